//! An invented effect of each kind, for the preview of an answer.
//!
//! Deliberately not here: those of areas that make many kinds; each has its own.

use super::Effect;
use crate::{
    AgencyId, CallId, CommandId, Instant, IssueId, PhoneNumber, RatingId,
    areas::{carousel, chat_link, erp, floor, messages, ratings::Rate, tickets},
};

impl Effect {
    /// An effect of a kind with invented particulars: what the preview of an answer takes it to be the answer to.
    #[must_use]
    pub fn example(kind: &str) -> Option<Self> {
        match kind {
            "look_up_agency" => Some(Self::LookUpAgency {
                call: CallId(1),
                agency: AgencyId(1),
                phone: PhoneNumber::digits_of("+37060011122")?,
            }),
            "change_operator_state" => Some(Self::ChangeOperatorState {
                command: CommandId(1),
                login_id: "70411".to_owned(),
                wanted: floor::Wanted::NotReady,
                account: None,
            }),
            "look_at_operator" => Some(Self::LookAtOperator {
                command: CommandId(1),
                login_id: "70411".to_owned(),
                teams: vec!["61".to_owned()],
            }),
            "look_up_contact" => Some(Self::LookUpContact { request: RatingId(1), contact: 21 }),
            "find_person" => Some(Self::FindPerson { request: RatingId(1), email: "m.orlova@example.com".to_owned() }),
            "ask_for_rating" => Some(Self::AskForRating {
                request: RatingId(1),
                issue: IssueId(153),
                title: "Печать".to_owned(),
                user: "41".to_owned(),
                deadline: Instant::MAX,
            }),
            "withdraw_question" => Some(Self::WithdrawQuestion {
                request: RatingId(1),
                issue: IssueId(153),
                user: "41".to_owned(),
                message: "1".to_owned(),
                way: "imbot".to_owned(),
            }),
            "set_rating" => Some(Self::SetRating { request: RatingId(1), issue: IssueId(153), rate: Rate::Good }),
            _ => erp::example(kind)
                .or_else(|| carousel::example(kind))
                .or_else(|| chat_link::example(kind))
                .or_else(|| tickets::example(kind))
                .or_else(|| messages::example(kind)),
        }
    }
}
