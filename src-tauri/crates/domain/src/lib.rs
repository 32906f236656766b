//! The words and rules of the field: facts, state, decisions, effects.
//!
//! Pure by construction. Deliberately not here: clocks, I/O, async, SQL, and the name of any vendor.

pub mod areas;
pub mod decision;
pub mod effect;
pub mod fact;
pub mod id;
pub mod markup;
pub mod notice;
pub mod phone;
pub mod trouble;

pub use decision::{Answer, Candidate, Decision, Explanation, TimerChange};
pub use effect::{Effect, EffectOrder, Failure};
pub use fact::{Area, Fact, Observed};
pub use id::{
    AbsenceId, AgencyId, AssignmentId, CallId, ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, CommandId,
    DocumentId, EffectId, EffectKey, EmployeeId, FactKey, GroupId, IncidentId, IntervalId, IssueId, JournalId,
    MaintenanceId, MessageId, NoticeId, OperatorId, RatingId, RecordId, ServiceId, Subject, TargetId, TicketChangeId,
    TicketId, TicketNumber, TroubleId,
};
pub use notice::{Audience, Level, Notice, NoticeChange, NoticeClass, Told};
pub use phone::PhoneNumber;

/// An instant in UTC. Zones are named where a person or a vendor thinks in local time.
pub type Instant = jiff::Timestamp;
