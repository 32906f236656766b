//! Rules of ratings: who is asked, which answer counts, and what a silence means (behaviour/ratings 5, 6).
//!
//! A request is asked once, rated once, and whatever comes second finds the first. Deliberately not here: finding the snapshot
//! (the store's) and wording questions and answers (the integrations').

mod closing;
mod otherwise;

use serde_json::json;

use crate::{
    Answer, Audience, Decision, Effect, EffectOrder, Explanation, Instant, Level, Notice, NoticeChange, NoticeClass,
    RatingId, Subject, TimerChange,
};

use super::{Change, Ending, Fact, Known, Lack, Message, Origin, Policy, Rate, Request, State, Voice};

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let mut decision = weigh(fact, at, known, policy);
    decision.explanation.otherwise = otherwise::of(&decision.explanation.rule, fact, at, known, policy);
    decision
}

fn weigh(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    if let Fact::StatusChanged(change) = fact {
        return closing::status_changed(change, at, known, policy);
    }
    let Some(request) = &known.request else {
        return answered(Answer::RatingNotAwaited, explain("no_request", known));
    };
    match fact {
        Fact::StatusChanged(_) => Decision::nothing(explain("no_request", known)),
        Fact::RatedElsewhere { rate, .. } => rated_elsewhere(request, *rate, at, known),
        Fact::ContactFound { contact, .. } => contact_found(request, contact, known, policy),
        Fact::ContactMissing { lack, .. } | Fact::PersonMissing { lack, .. } => {
            missing(request, *lack, "", at, known, policy)
        }
        Fact::PersonFound { user, .. } => person_found(request, user, at, known),
        Fact::Asked { message, way, .. } => {
            asked(request, &Message { id: message.clone(), way: way.clone() }, at, known, policy)
        }
        Fact::AskFailed { failure, detail, .. } => {
            missing(request, Lack::of(*failure, Lack::NoUser), detail, at, known, policy)
        }
        Fact::Answered { rate, voice, .. } => answer(request, *rate, voice, known),
        Fact::RateKept { rate, .. } => rate_kept(request, *rate, at, known),
        Fact::RateRefused { failure, detail, .. } => rate_refused(request, *failure, detail, at, known),
        Fact::QuestionWithdrawn { done, .. } => {
            Decision::nothing(explain("question_withdrawn", known).with("done", *done))
        }
        Fact::Due { .. } => due(request, at, known, policy),
        Fact::Held { reason, by, .. } => held(request, reason, by, at, known),
        Fact::Released { .. } => released(request, at, known, policy),
        Fact::Cancelled { reason, by, .. } => cancelled(request, reason, by, at, known),
        Fact::AskedAgain { .. } => asked_again(request, known, policy),
        Fact::RatedByHand { rate, by, .. } => rated_by_hand(request, *rate, by, known),
    }
}

fn explain(rule: &str, known: &Known) -> Explanation {
    let explanation = Explanation::of(rule, json!(known));
    match &known.request {
        Some(request) => explanation.with("issue", request.issue.0),
        None => explanation,
    }
}

fn answered(answer: Answer, explanation: Explanation) -> Decision<Change> {
    Decision { answer: Some(answer), ..Decision::nothing(explanation) }
}

fn change(change: Change, explanation: Explanation) -> Decision<Change> {
    Decision { changes: vec![change], ..answered(Answer::Done, explanation) }
}

fn order(request: RatingId, urgent: bool, effect: Effect) -> EffectOrder {
    EffectOrder { subject: Subject::rating(request), not_after: None, urgent, effect }
}

fn due_key(request: RatingId) -> String {
    format!("due/{request}")
}

/// The fact a deadline stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    Some(Fact::Due { request: RatingId(key.strip_prefix("due/")?.parse().ok()?) })
}

/// Takes the buttons of a question away, where there is one.
fn withdraw(request: &Request) -> Option<EffectOrder> {
    let (message, user) = (request.message.as_ref()?, request.user.as_ref()?);
    let effect = Effect::WithdrawQuestion {
        request: request.id,
        issue: request.issue,
        user: user.clone(),
        message: message.id.clone(),
        way: message.way.clone(),
    };
    Some(order(request.id, false, effect))
}

fn lift(request: &Request) -> TimerChange {
    TimerChange::Lift { key: due_key(request.id) }
}

/// Ends the asking without a rating of ours.
fn end(request: &Request, change: Change, explanation: Explanation) -> Decision<Change> {
    Decision {
        changes: vec![change],
        effects: withdraw(request).into_iter().collect(),
        timers: vec![lift(request)],
        ..answered(Answer::Done, explanation)
    }
}

fn cancel(request: &Request, ending: Ending, rate: Option<Rate>, at: Instant) -> Change {
    Change::Cancel { request: request.id, ending, rate, reason: None, by: None, at }
}

fn rated_elsewhere(request: &Request, rate: Option<Rate>, at: Instant, known: &Known) -> Decision<Change> {
    match request.state {
        // The service desk tells of our own rating too; what it keeps is read by the effect that set it.
        State::Rating | State::Rated | State::Cancelled => {
            Decision::nothing(explain("rated_elsewhere.not_awaited", known))
        }
        _ => end(
            request,
            cancel(request, Ending::RatedElsewhere, rate, at),
            explain("rated_elsewhere", known).with("rate", json!(rate)),
        ),
    }
}

fn contact_found(request: &Request, contact: &super::Contact, known: &Known, policy: &Policy) -> Decision<Change> {
    if request.state != State::Received {
        return Decision::nothing(explain("contact_found.late", known));
    }
    let mut changes =
        vec![Change::Contact { request: request.id, name: contact.name.clone(), email: contact.email.clone() }];
    let mut effects = vec![];
    if policy.messenger {
        effects.push(order(
            request.id,
            false,
            Effect::FindPerson { request: request.id, email: contact.email.clone() },
        ));
    } else {
        changes.push(Change::Undeliverable { request: request.id, lack: Lack::Refused, detail: String::new() });
    }
    Decision { changes, effects, ..answered(Answer::Done, explain("contact_found", known)) }
}

fn missing(
    request: &Request,
    lack: Lack,
    detail: &str,
    at: Instant,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    if !matches!(request.state, State::Received | State::Resolving) {
        return Decision::nothing(explain("not_asked.late", known).with("lack", lack.as_ref()));
    }
    let change =
        Change::Undeliverable { request: request.id, lack, detail: detail.chars().take(500).collect::<String>() };
    // Past its time already, it is due at once: the timers' worker looks again right after this decision.
    let due = request.deadline.max(at);
    let timers = match policy.rate_unasked && request.held_at.is_none() {
        true => vec![TimerChange::Set { key: due_key(request.id), due }],
        false => vec![],
    };
    Decision {
        changes: vec![change],
        timers,
        ..answered(Answer::Done, explain("not_asked", known).with("lack", lack.as_ref()))
    }
}

fn person_found(request: &Request, user: &str, at: Instant, known: &Known) -> Decision<Change> {
    if request.state != State::Resolving {
        return Decision::nothing(explain("person_found.late", known));
    }
    Decision {
        changes: vec![Change::Person { request: request.id, user: user.to_owned() }],
        effects: vec![order(request.id, false, question(request, user, at))],
        ..answered(Answer::Done, explain("person_found", known).with("user", user))
    }
}

fn question(request: &Request, user: &str, at: Instant) -> Effect {
    Effect::AskForRating {
        request: request.id,
        issue: request.issue,
        title: request.title.clone(),
        user: user.to_owned(),
        deadline: request.deadline.max(at),
    }
}

fn asked(request: &Request, message: &Message, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let fresh = Request { message: Some(message.clone()), ..request.clone() };
    match request.state {
        State::Resolving | State::Asked => {
            // Asked too late for the day after the closing to be waited out: the day begins with the question.
            let deadline = match request.deadline <= at {
                true => at.checked_add(policy.patience).unwrap_or(Instant::MAX),
                false => request.deadline,
            };
            let timers = match request.held_at {
                None => vec![TimerChange::Set { key: due_key(request.id), due: deadline }],
                Some(_) => vec![],
            };
            let rule = match deadline == request.deadline {
                true => "asked",
                false => "asked.late",
            };
            Decision {
                changes: vec![Change::Asked { request: request.id, at, message: message.clone(), deadline }],
                // Asked once more: only the newest question keeps its buttons.
                effects: withdraw(request).into_iter().collect(),
                timers,
                ..answered(Answer::Done, explain(rule, known))
            }
        }
        _ => Decision {
            effects: withdraw(&fresh).into_iter().collect(),
            ..Decision::nothing(explain("asked.not_awaited", known))
        },
    }
}

fn answer(request: &Request, rate: Rate, voice: &Voice, known: &Known) -> Decision<Change> {
    let explain = |rule: &str| explain(rule, known).with("rate", rate.as_ref());
    if let Voice::Command { user } = voice
        && request.user.as_deref() != Some(user.as_str())
    {
        return answered(Answer::NotAsked, explain("answered.somebody_else").with("user", user.as_str()));
    }
    match request.state {
        State::Cancelled => answered(Answer::RatingNotAwaited, explain("answered.not_awaited")),
        State::Rated => answered(Answer::RatedAlready, explain("answered.again")),
        State::Rating if !request.refused => answered(Answer::RatedAlready, explain("answered.again")),
        _ => rate_now(request, rate, Origin::User, None, explain("answered")),
    }
}

fn rate_now(
    request: &Request,
    rate: Rate,
    origin: Origin,
    by: Option<&str>,
    explanation: Explanation,
) -> Decision<Change> {
    Decision {
        changes: vec![Change::Rate { request: request.id, rate, origin, by: by.map(str::to_owned) }],
        effects: vec![order(
            request.id,
            origin != Origin::Auto,
            Effect::SetRating { request: request.id, issue: request.issue, rate },
        )],
        timers: vec![lift(request)],
        ..answered(Answer::RatingTaken, explanation.with("rate", rate.as_ref()).with("origin", origin.as_ref()))
    }
}

fn rate_kept(request: &Request, rate: Rate, at: Instant, known: &Known) -> Decision<Change> {
    let explanation = explain("rate_kept", known).with("rate", rate.as_ref());
    if request.state != State::Rating {
        return Decision::nothing(explanation);
    }
    if request.rate != Some(rate) {
        let change = cancel(request, Ending::RatedElsewhere, Some(rate), at);
        return Decision {
            notices: vec![NoticeChange::Clear { key: refused_key(request) }],
            ..end(request, change, explain("rate_kept.other", known).with("rate", rate.as_ref()))
        };
    }
    let bad = rate == Rate::Bad && request.origin == Some(Origin::User);
    Decision {
        notices: [NoticeChange::Clear { key: refused_key(request) }]
            .into_iter()
            .chain(bad.then(|| NoticeChange::Raise(notice(request, false))))
            .collect(),
        ..end(request, Change::Rated { request: request.id, at }, explanation)
    }
}

fn refused_key(request: &Request) -> String {
    format!("ratings.refused/{}", request.id)
}

/// A person should look: the service desk refused the rating, or the author's own is a bad one.
fn notice(request: &Request, refused: bool) -> Notice {
    let values = json!({ "issue": request.issue, "title": request.title, "name": request.name });
    let key = if refused { refused_key(request) } else { format!("ratings.bad/{}", request.id) };
    Notice {
        key,
        class: NoticeClass::Rating,
        level: Level::Warning,
        subject: Subject::rating(request.id),
        code: if refused { "ratings.refused" } else { "ratings.bad" }.to_owned(),
        values: values.as_object().cloned().unwrap_or_default(),
        to: Audience::Everyone,
    }
}

fn rate_refused(
    request: &Request,
    failure: crate::Failure,
    detail: &str,
    at: Instant,
    known: &Known,
) -> Decision<Change> {
    let explanation = explain("rate_refused", known).with("failure", failure.as_ref());
    if request.state != State::Rating {
        return Decision::nothing(explanation);
    }
    if failure == crate::Failure::DoesNotExist {
        return end(request, cancel(request, Ending::Gone, None, at), explain("rate_refused.gone", known));
    }
    // What a person answered is not given up for a silence's rating: it waits for somebody to look.
    Decision {
        notices: vec![NoticeChange::Raise(notice(request, true))],
        ..change(
            Change::Refused { request: request.id, detail: detail.chars().take(500).collect::<String>() },
            explanation,
        )
    }
}

fn due(request: &Request, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let awaited = match request.state {
        State::Asked => true,
        State::Undeliverable => policy.rate_unasked,
        _ => false,
    };
    if !awaited || request.held_at.is_some() {
        return Decision::nothing(explain("due.not_awaited", known));
    }
    if request.deadline > at {
        return Decision {
            timers: vec![TimerChange::Set { key: due_key(request.id), due: request.deadline }],
            ..Decision::nothing(explain("due.early", known))
        };
    }
    rate_now(request, policy.silence, Origin::Auto, None, explain("due", known))
}

/// Whether a person may still decide about it.
fn open_to_people(request: &Request) -> bool {
    match request.state {
        State::Rated | State::Cancelled => false,
        State::Rating => request.refused,
        _ => true,
    }
}

fn unchanged(rule: &str, known: &Known) -> Decision<Change> {
    answered(Answer::Unchanged, explain(rule, known))
}

fn held(request: &Request, reason: &str, by: &str, at: Instant, known: &Known) -> Decision<Change> {
    if !open_to_people(request) || request.state == State::Rating || request.held_at.is_some() {
        return unchanged("held.not_possible", known);
    }
    let change_ = Change::Hold { request: request.id, at, reason: reason.to_owned(), by: by.to_owned() };
    Decision { timers: vec![lift(request)], ..change(change_, explain("held", known).with("by", by)) }
}

fn released(request: &Request, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let (Some(since), true) = (request.held_at, open_to_people(request)) else {
        return unchanged("released.not_held", known);
    };
    let stood = at.duration_since(since).max(jiff::SignedDuration::ZERO);
    let deadline = request.deadline.checked_add(stood).unwrap_or(Instant::MAX);
    let waits = request.state == State::Asked || (request.state == State::Undeliverable && policy.rate_unasked);
    let timers = match waits {
        true => vec![TimerChange::Set { key: due_key(request.id), due: deadline }],
        false => vec![],
    };
    Decision { timers, ..change(Change::Release { request: request.id, deadline }, explain("released", known)) }
}

fn cancelled(request: &Request, reason: &str, by: &str, at: Instant, known: &Known) -> Decision<Change> {
    if !open_to_people(request) {
        return unchanged("cancelled.not_possible", known);
    }
    let change = Change::Cancel {
        request: request.id,
        ending: Ending::ByHand,
        rate: None,
        reason: Some(reason.to_owned()),
        by: Some(by.to_owned()),
        at,
    };
    Decision {
        notices: vec![NoticeChange::Clear { key: refused_key(request) }],
        ..end(request, change, explain("cancelled", known).with("by", by))
    }
}

fn asked_again(request: &Request, known: &Known, policy: &Policy) -> Decision<Change> {
    match (request.state, &request.user) {
        (State::Undeliverable, _) if policy.desk => Decision {
            effects: vec![order(
                request.id,
                true,
                Effect::LookUpContact { request: request.id, contact: request.contact },
            )],
            timers: vec![lift(request)],
            ..change(Change::LookUpAgain { request: request.id }, explain("asked_again.from_the_start", known))
        },
        (State::Asked, Some(user)) if policy.messenger => Decision {
            effects: vec![order(request.id, true, question(request, user, request.deadline))],
            ..answered(Answer::Done, explain("asked_again", known))
        },
        _ => unchanged("asked_again.not_possible", known),
    }
}

fn rated_by_hand(request: &Request, rate: Rate, by: &str, known: &Known) -> Decision<Change> {
    if !open_to_people(request) {
        return unchanged("rated_by_hand.not_possible", known);
    }
    rate_now(request, rate, Origin::Supervisor, Some(by), explain("rated_by_hand", known).with("by", by))
}

#[cfg(test)]
mod tests;
