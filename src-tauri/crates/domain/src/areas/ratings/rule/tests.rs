use jiff::SignedDuration;

use super::*;
use crate::{
    Failure, IssueId,
    areas::ratings::{Contact, Sighting, StatusChange},
};

const DAY: i64 = 86_400;

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

fn policy() -> Policy {
    Policy {
        enabled: true,
        closed: vec!["closed".to_owned()],
        reopened: vec!["opened".to_owned()],
        patience: SignedDuration::from_hours(24),
        silence: Rate::Good,
        rate_unasked: false,
        desk: true,
        messenger: true,
    }
}

/// A request asked at second 60 about an issue closed at second 0.
fn request(state: State) -> Request {
    let asked = matches!(state, State::Asked | State::Rating | State::Rated | State::Cancelled);
    Request {
        id: RatingId(7),
        issue: IssueId(153),
        title: "Печать".to_owned(),
        state,
        contact: 21,
        name: Some("Орлова".to_owned()),
        email: Some("m.orlova@example.com".to_owned()),
        user: asked.then(|| "41".to_owned()),
        closed_at: at(0),
        deadline: at(DAY),
        held_at: None,
        asked_at: asked.then(|| at(60)),
        message: asked.then(|| Message { id: "900".to_owned(), way: "imbot".to_owned() }),
        rate: None,
        origin: None,
        refused: false,
        lack: None,
        ending: None,
    }
}

fn known(request: Request) -> Known {
    Known { next: RatingId(8), request: Some(request) }
}

fn in_state(state: State) -> Known {
    known(request(state))
}

fn nobody() -> Known {
    Known { next: RatingId(7), request: None }
}

fn status(code: &str, contact: Option<i64>, rate: Option<&str>, sighting: Sighting) -> Fact {
    Fact::StatusChanged(Box::new(StatusChange {
        issue: IssueId(153),
        title: "Печать".to_owned(),
        status: code.to_owned(),
        contact,
        rate: rate.map(str::to_owned),
        sighting,
    }))
}

fn closed() -> Fact {
    status("closed", Some(21), None, Sighting::Told)
}

fn rule_of(decision: &Decision<Change>) -> &str {
    &decision.explanation.rule
}

fn kinds(decision: &Decision<Change>) -> Vec<&'static str> {
    decision.effects.iter().map(|o| o.effect.kind()).collect()
}

fn due_at(decision: &Decision<Change>) -> Option<Instant> {
    decision.timers.iter().find_map(|t| match t {
        TimerChange::Set { key, due } if key == "due/7" => Some(*due),
        _ => None,
    })
}

fn id() -> RatingId {
    RatingId(7)
}

#[test]
fn a_closed_issue_has_its_author_looked_up_and_a_day_from_that_instant() {
    let decision = decide(&closed(), at(0), &nobody(), &policy());
    assert_eq!((rule_of(&decision), kinds(&decision)), ("status_changed.closed", vec!["look_up_contact"]));
    let [Change::Begin(new)] = decision.changes.as_slice() else { panic!("{:?}", decision.changes) };
    assert_eq!((new.closed_at, new.deadline), (at(0), at(DAY)));
    // Not asked yet: nothing is due.
    assert!(decision.timers.is_empty());
}

#[test]
fn anything_else_than_a_closing_of_somebodys_issue_asks_nobody() {
    let other = Policy { enabled: false, ..policy() };
    for (fact, known, policy, rule) in [
        (status("completed", Some(21), None, Sighting::Told), nobody(), policy(), "status_changed.not_closed"),
        (status("closed", None, None, Sighting::Told), nobody(), policy(), "status_changed.no_contact"),
        (status("closed", Some(21), Some("normal"), Sighting::Told), nobody(), policy(), "status_changed.rated"),
        (closed(), in_state(State::Received), policy(), "status_changed.again"),
        (closed(), in_state(State::Asked), policy(), "status_changed.again"),
        (closed(), in_state(State::Undeliverable), policy(), "status_changed.again"),
        (closed(), nobody(), other, "status_changed.switched_off"),
    ] {
        let decision = decide(&fact, at(5), &known, &policy);
        assert_eq!(rule_of(&decision), rule);
        assert!(decision.changes.is_empty() && decision.effects.is_empty(), "{rule}");
    }
}

#[test]
fn a_closing_found_in_the_list_counts_from_when_it_happened_or_from_the_finding() {
    for (closed_at, begins) in [(Some(at(-7_200)), at(-7_200)), (None, at(0)), (Some(at(99)), at(0))] {
        let fact = status("closed", Some(21), None, Sighting::Found { closed_at });
        let decision = decide(&fact, at(0), &nobody(), &policy());
        let [Change::Begin(new)] = decision.changes.as_slice() else { panic!("{:?}", decision.changes) };
        assert_eq!((new.closed_at, rule_of(&decision)), (begins, "status_changed.found"));
    }
}

#[test]
fn a_closing_of_long_ago_is_left_alone() {
    let found = |second| status("closed", Some(21), None, Sighting::Found { closed_at: Some(at(second)) });
    assert_eq!(rule_of(&decide(&found(-7 * DAY - 1), at(0), &nobody(), &policy())), "status_changed.long_ago");
    assert_eq!(rule_of(&decide(&found(-7 * DAY), at(0), &nobody(), &policy())), "status_changed.found");
}

#[test]
fn a_closing_found_again_asks_nobody_twice() {
    let found = |second| status("closed", Some(21), None, Sighting::Found { closed_at: Some(at(second)) });
    let by_hand = Request { ending: Some(Ending::ByHand), ..request(State::Cancelled) };
    let reopened = Request { ending: Some(Ending::Reopened), ..request(State::Cancelled) };
    for (last, second, rule) in [
        (request(State::Rated), 0, "status_changed.known"),
        (by_hand, 500, "status_changed.known"),
        (reopened.clone(), 0, "status_changed.known"),
        (reopened, 500, "status_changed.found"),
    ] {
        assert_eq!(rule_of(&decide(&found(second), at(600), &known(last), &policy())), rule);
    }
}

#[test]
fn the_author_is_found_in_the_messenger_and_asked() {
    let contact = Contact { name: "Орлова".to_owned(), email: "m.orlova@example.com".to_owned() };
    let found = Fact::ContactFound { request: id(), contact };
    assert_eq!(kinds(&decide(&found, at(5), &in_state(State::Received), &policy())), ["find_person"]);
    assert_eq!(rule_of(&decide(&found, at(5), &in_state(State::Cancelled), &policy())), "contact_found.late");
    let person = Fact::PersonFound { request: id(), user: "41".to_owned() };
    let decision = decide(&person, at(6), &in_state(State::Resolving), &policy());
    assert_eq!(kinds(&decision), ["ask_for_rating"]);
}

fn sent() -> Fact {
    Fact::Asked { request: id(), message: "900".to_owned(), way: "imbot".to_owned() }
}

#[test]
fn a_question_waits_until_a_day_after_the_closing() {
    let decision = decide(&sent(), at(60), &in_state(State::Resolving), &policy());
    assert_eq!((rule_of(&decision), due_at(&decision)), ("asked", Some(at(DAY))));
}

#[test]
fn a_question_that_goes_out_too_late_waits_a_day_of_its_own() {
    for late in [DAY, DAY + 21_600] {
        let decision = decide(&sent(), at(late), &in_state(State::Resolving), &policy());
        assert_eq!((rule_of(&decision), due_at(&decision)), ("asked.late", Some(at(late + DAY))));
    }
}

#[test]
fn a_question_that_is_no_longer_wanted_loses_its_buttons() {
    let person = Request { user: Some("41".to_owned()), message: None, ..request(State::Cancelled) };
    let decision = decide(&sent(), at(60), &known(person), &policy());
    assert_eq!((rule_of(&decision), kinds(&decision)), ("asked.not_awaited", vec!["withdraw_question"]));
}

#[test]
fn a_silence_is_rated_at_the_deadline_and_not_a_second_before() {
    let due = Fact::Due { request: id() };
    let early = decide(&due, at(DAY - 1), &in_state(State::Asked), &policy());
    assert_eq!((rule_of(&early), due_at(&early), early.effects.len()), ("due.early", Some(at(DAY)), 0));
    for second in [DAY, DAY + 108_000] {
        let decision = decide(&due, at(second), &in_state(State::Asked), &policy());
        let [Change::Rate { rate: Rate::Good, origin: Origin::Auto, .. }] = decision.changes.as_slice() else {
            panic!("{:?}", decision.changes)
        };
        assert_eq!(kinds(&decision), ["set_rating"]);
    }
}

#[test]
fn a_click_and_the_deadline_make_one_rating() {
    let click = Fact::Answered { request: Some(id()), issue: None, rate: Rate::Bad, voice: Voice::Link };
    let first = decide(&click, at(DAY), &in_state(State::Asked), &policy());
    assert_eq!((first.answer.clone(), kinds(&first)), (Some(Answer::RatingTaken), vec!["set_rating"]));
    let second = decide(&Fact::Due { request: id() }, at(DAY), &in_state(State::Rating), &policy());
    assert!(second.effects.is_empty());
    let third = decide(&click, at(DAY + 1), &in_state(State::Rating), &policy());
    assert_eq!((third.answer, third.effects.len()), (Some(Answer::RatedAlready), 0));
}

#[test]
fn nobody_who_was_not_asked_is_rated_unless_a_setting_says_so() {
    let due = Fact::Due { request: id() };
    let missing = Fact::PersonMissing { request: id(), lack: Lack::NoUser };
    let strict = decide(&missing, at(9), &in_state(State::Resolving), &policy());
    assert!(strict.timers.is_empty());
    assert!(decide(&due, at(DAY), &in_state(State::Undeliverable), &policy()).effects.is_empty());
    let lax = Policy { rate_unasked: true, ..policy() };
    assert_eq!(due_at(&decide(&missing, at(9), &in_state(State::Resolving), &lax)), Some(at(DAY)));
    assert_eq!(kinds(&decide(&due, at(DAY), &in_state(State::Undeliverable), &lax)), ["set_rating"]);
}

#[test]
fn a_question_that_could_not_go_out_is_not_an_answer() {
    let failed = Fact::AskFailed { request: id(), failure: Failure::TooLate, detail: "24 h".to_owned() };
    let decision = decide(&failed, at(DAY), &in_state(State::Resolving), &policy());
    assert_eq!(rule_of(&decision), "not_asked");
    assert!(decision.timers.is_empty() && decision.effects.is_empty());
}

#[test]
fn a_held_request_is_not_due_and_gets_its_time_back() {
    let hold = Fact::Held { request: id(), reason: "спор".to_owned(), by: "chief".to_owned() };
    let held = decide(&hold, at(3_600), &in_state(State::Asked), &policy());
    assert_eq!(held.timers, [TimerChange::Lift { key: "due/7".to_owned() }]);
    let standing = Request { held_at: Some(at(3_600)), ..request(State::Asked) };
    let due = decide(&Fact::Due { request: id() }, at(DAY), &known(standing.clone()), &policy());
    assert_eq!(rule_of(&due), "due.not_awaited");
    let release = Fact::Released { request: id(), by: "chief".to_owned() };
    let released = decide(&release, at(DAY + 3_600), &known(standing), &policy());
    assert_eq!(due_at(&released), Some(at(2 * DAY)));
}

#[test]
fn an_issue_opened_again_takes_the_question_back() {
    let open = status("opened", Some(21), None, Sighting::Told);
    for (state, withdrawn) in [
        (State::Received, vec![]),
        (State::Resolving, vec![]),
        (State::Undeliverable, vec![]),
        (State::Asked, vec!["withdraw_question"]),
    ] {
        let decision = decide(&open, at(10_800), &in_state(state), &policy());
        assert_eq!((rule_of(&decision), kinds(&decision)), ("status_changed.reopened", withdrawn));
    }
    // And closed once more, it is asked once more.
    let ended = Request { ending: Some(Ending::Reopened), ..request(State::Cancelled) };
    assert_eq!(rule_of(&decide(&closed(), at(20_000), &known(ended), &policy())), "status_changed.closed");
}

#[test]
fn a_rating_given_at_the_service_desk_ends_the_asking() {
    let fact = Fact::RatedElsewhere { issue: IssueId(153), rate: Some(Rate::Bad) };
    let decision = decide(&fact, at(90), &in_state(State::Asked), &policy());
    assert!(matches!(decision.changes[..], [Change::Cancel { ending: Ending::RatedElsewhere, .. }]));
    // Our own rating is told to us as well.
    assert!(decide(&fact, at(90), &in_state(State::Rating), &policy()).changes.is_empty());
}

#[test]
fn a_rating_found_there_is_never_taken_for_ours() {
    let ours = Request { rate: Some(Rate::Good), origin: Some(Origin::Auto), ..request(State::Rating) };
    let kept = |rate| Fact::RateKept { request: id(), rate };
    let decision = decide(&kept(Rate::Good), at(DAY), &known(ours.clone()), &policy());
    assert!(matches!(decision.changes[..], [Change::Rated { .. }]));
    let decision = decide(&kept(Rate::Bad), at(DAY), &known(ours), &policy());
    assert!(matches!(decision.changes[..], [Change::Cancel { ending: Ending::RatedElsewhere, .. }]));
    // A refusal told before is no trouble any more.
    assert_eq!(decision.notices, [NoticeChange::Clear { key: "ratings.refused/7".to_owned() }]);
}

#[test]
fn an_authors_bad_rating_is_told() {
    let bad = |origin| Request { rate: Some(Rate::Bad), origin: Some(origin), ..request(State::Rating) };
    let kept = Fact::RateKept { request: id(), rate: Rate::Bad };
    let told = |origin| {
        let decision = decide(&kept, at(90), &known(bad(origin)), &policy());
        decision.notices.iter().any(|n| matches!(n, NoticeChange::Raise(notice) if notice.code == "ratings.bad"))
    };
    assert!(told(Origin::User));
    assert!(!told(Origin::Supervisor));
}

#[test]
fn a_refused_rating_waits_for_a_person_and_is_not_overruled_by_a_silence() {
    let refused = Fact::RateRefused { request: id(), failure: Failure::Refused, detail: "rate: forbidden".to_owned() };
    let decision = decide(&refused, at(90), &in_state(State::Rating), &policy());
    assert!(matches!(decision.changes[..], [Change::Refused { .. }]));
    assert_eq!(decision.notices.len(), 1);
    let stuck = Request { refused: true, rate: Some(Rate::Bad), ..request(State::Rating) };
    assert!(decide(&Fact::Due { request: id() }, at(DAY), &known(stuck.clone()), &policy()).effects.is_empty());
    let hand = Fact::RatedByHand { request: id(), rate: Rate::Bad, by: "chief".to_owned() };
    assert_eq!(kinds(&decide(&hand, at(DAY), &known(stuck), &policy())), ["set_rating"]);
    let gone = Fact::RateRefused { request: id(), failure: Failure::DoesNotExist, detail: String::new() };
    let decision = decide(&gone, at(90), &in_state(State::Rating), &policy());
    assert!(matches!(decision.changes[..], [Change::Cancel { ending: Ending::Gone, .. }]));
}

#[test]
fn a_command_counts_only_from_whoever_was_asked() {
    let typed = |user: &str| Fact::Answered {
        request: None,
        issue: Some(IssueId(153)),
        rate: Rate::Normal,
        voice: Voice::Command { user: user.to_owned() },
    };
    assert_eq!(decide(&typed("41"), at(90), &in_state(State::Asked), &policy()).answer, Some(Answer::RatingTaken));
    let other = decide(&typed("42"), at(90), &in_state(State::Asked), &policy());
    assert_eq!((other.answer, other.changes.len()), (Some(Answer::NotAsked), 0));
    assert_eq!(decide(&typed("41"), at(90), &nobody(), &policy()).answer, Some(Answer::RatingNotAwaited));
}

#[test]
fn an_author_is_asked_again_from_where_it_failed() {
    let again = Fact::AskedAgain { request: id(), by: "chief".to_owned() };
    assert_eq!(kinds(&decide(&again, at(90), &in_state(State::Undeliverable), &policy())), ["look_up_contact"]);
    assert_eq!(kinds(&decide(&again, at(90), &in_state(State::Asked), &policy())), ["ask_for_rating"]);
    assert_eq!(decide(&again, at(90), &in_state(State::Rated), &policy()).answer, Some(Answer::Unchanged));
    // The newest question alone keeps its buttons.
    let decision = decide(&sent(), at(95), &in_state(State::Asked), &policy());
    assert_eq!(kinds(&decision), ["withdraw_question"]);
    assert_eq!(due_at(&decision), Some(at(DAY)));
}

#[test]
fn what_is_over_stays_over() {
    let by = || "chief".to_owned();
    for state in [State::Rated, State::Cancelled] {
        for fact in [
            Fact::Held { request: id(), reason: "x".to_owned(), by: by() },
            Fact::Released { request: id(), by: by() },
            Fact::Cancelled { request: id(), reason: "x".to_owned(), by: by() },
            Fact::RatedByHand { request: id(), rate: Rate::Bad, by: by() },
            Fact::Due { request: id() },
            Fact::RateKept { request: id(), rate: Rate::Good },
        ] {
            let decision = decide(&fact, at(2 * DAY), &in_state(state), &policy());
            assert!(decision.changes.is_empty() && decision.effects.is_empty(), "{state:?} {fact:?}");
        }
    }
}

#[test]
fn without_vendors_nobody_can_be_asked_and_that_is_said() {
    let alone = Policy { desk: false, messenger: false, ..policy() };
    let decision = decide(&closed(), at(0), &nobody(), &alone);
    assert!(matches!(decision.changes[..], [Change::Begin(_), Change::Undeliverable { lack: Lack::Refused, .. }]));
    assert!(decision.effects.is_empty());
}
