//! The links of ratings: following one only asks, confirming one rates, and nobody else's opens.

use pult_domain::{
    Answer, Fact, IssueId, RecordId,
    areas::ratings::{self, Rate, Voice},
};
use serde_json::{Value, json};

use super::{hooks::request, *};
use crate::{
    Admission, HttpAnswer, Outcome, Performed, RatingPage, Rejection, Reply, Unverified, Verdict,
    rating_links::{RatingLink, RatingLinks},
};

/// Routes of a followed and a confirmed link.
const PAGE: usize = 2;
const ANSWER: usize = 3;

/// The query of a link of ours.
fn sealed() -> String {
    let link = RatingLink { request: REQUEST, issue: IssueId(5120), rate: Rate::Normal, deadline: now() };
    let url = RatingLinks::new(secrets()).seal(&link, &"https://pult.example.com".parse().unwrap()).unwrap();
    assert_eq!(url.path(), okdesk().routes()[PAGE].path);
    url.query().unwrap().to_owned()
}

fn stored(okdesk: &Okdesk, accept: &str) -> StoredRequest {
    let mut request = request(okdesk, ANSWER, &sealed());
    request.headers.insert("accept", accept.parse().unwrap());
    okdesk.redact(&request.accept(okdesk, now()).unwrap())
}

#[test]
fn only_a_link_of_ours_opens() {
    let okdesk = okdesk();
    let ours = sealed();
    let bad_rate = Rejection::BadField { field: "rate", reason: "good, normal or bad".to_owned() };
    for (query, want, told) in [
        (ours.clone(), None, None),
        (ours.replace("normal", "excellent"), Some(bad_rate.clone()), Some((422, RatingPage::WrongRate))),
        (String::new(), Some(bad_rate), Some((422, RatingPage::WrongRate))),
        (ours.replace("normal", "good"), Some(Rejection::Wrong), Some((403, RatingPage::WrongLink))),
        (ours.replace("5120", "5121"), Some(Rejection::Wrong), Some((403, RatingPage::WrongLink))),
        ("rate=good&issue_id=5120".to_owned(), Some(Rejection::Wrong), Some((403, RatingPage::WrongLink))),
        (format!("rate=good&issue_id=5120&key={KEY}"), Some(Rejection::Wrong), Some((403, RatingPage::WrongLink))),
    ] {
        for route in [PAGE, ANSWER] {
            let verdict = okdesk.verify(&request(&okdesk, route, &query), now());
            match &want {
                None => assert_eq!(verdict, Ok(Verdict::Key { client: "rating_link".to_owned() })),
                Some(rejection) => {
                    assert_eq!(verdict.as_ref(), Err(rejection), "{query}");
                    let (status, page) = told.clone().unwrap();
                    let answer = okdesk.turn_away(&okdesk.routes()[route], rejection);
                    assert_eq!(answer, HttpAnswer::Rating { status, page });
                }
            }
        }
    }
    let off = connected(Settings { enabled: false, ..okdesk.settings.clone() }, secrets());
    assert_eq!(off.verify(&request(&off, PAGE, &ours), now()), Err(Rejection::NotSetUp));
    let later = HttpAnswer::Rating { status: 503, page: RatingPage::Later };
    assert_eq!(off.turn_away(&off.routes()[PAGE], &Rejection::NotSetUp), later);
}

#[test]
fn following_a_link_leaves_no_trace() {
    let okdesk = okdesk();
    let page = RatingPage::Confirm { rate: Rate::Normal, issue: "5120".to_owned() };
    let followed = request(&okdesk, PAGE, &sealed()).accept(&okdesk, now()).unwrap();
    assert_eq!(okdesk.admit(&followed), Admission::Glance(HttpAnswer::Rating { status: 200, page }));
    let confirmed = request(&okdesk, ANSWER, &sealed()).accept(&okdesk, now()).unwrap();
    assert_eq!(okdesk.admit(&confirmed), Admission::Record);
}

#[test]
fn what_is_kept_of_a_confirmation_says_who_answered_what_and_opens_nothing() {
    let okdesk = okdesk();
    // From the address, or from the form of the page.
    let form = |kind: &'static str| -> Unverified {
        let mut request = request(&okdesk, ANSWER, "");
        request.headers.insert("content-type", kind.parse().unwrap());
        request.body = sealed().into();
        request
    };
    assert!(form("text/plain").accept(&okdesk, now()).is_err());
    let form = form("application/x-www-form-urlencoded; charset=utf-8").accept(&okdesk, now()).unwrap();
    let by_form = okdesk.redact(&form);
    let by_address = stored(&okdesk, "*/*");
    assert_eq!(by_form, by_address);
    let token = sealed().rsplit('=').next().unwrap().to_owned();
    assert!(!format!("{by_address:?}").contains(&token));
    let kept: Vec<_> = by_address.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(kept, [("rate", "normal"), ("issue_id", "5120"), ("request", "7")]);
    assert_eq!(okdesk.order_of(&by_address), Some("okdesk:5120".to_owned()));
    assert_eq!(okdesk.reply(&by_address), Reply::AtSettled { limit: Duration::from_secs(3) });

    let parsed = okdesk.parse(&by_address, now()).unwrap();
    let want = ratings::Fact::Answered {
        request: Some(REQUEST),
        issue: Some(IssueId(5120)),
        rate: Rate::Normal,
        voice: Voice::Link,
    };
    assert_eq!((parsed.facts[0].key.0.as_str(), &parsed.facts[0].fact), ("", &Fact::Ratings(want)));
    for (field, value) in [(0, "excellent"), (1, "x"), (2, "")] {
        let mut record = by_address.clone();
        record.query[field].1 = value.to_owned();
        assert_eq!(okdesk.parse(&record, now()).unwrap_err().field, record.query[field].0);
    }
}

#[test]
fn every_outcome_has_its_page_and_its_words() {
    let okdesk = okdesk();
    let record = RecordId(1);
    let decided = |answer: Answer, done: Option<Option<bool>>| Outcome::Decided {
        record,
        answers: vec![answer],
        rejected: vec![],
        effects: done.map(|done| Performed { kind: "set_rating".to_owned(), done }).into_iter().collect(),
    };
    let withdrawn = Outcome::Decided {
        record,
        answers: vec![Answer::RatingTaken],
        rejected: vec![],
        effects: vec![Performed { kind: "withdraw_question".to_owned(), done: Some(false) }],
    };
    let error = ParseError::at("rate", crate::reason!("?"));
    let taken = Answer::RatingTaken;
    let rows = [
        (decided(taken.clone(), Some(Some(true))), 200, RatingPage::Thanks, "Request with id 5120 was rated as normal"),
        (decided(taken.clone(), Some(Some(false))), 422, RatingPage::NotSaved, "not taken"),
        (decided(taken.clone(), Some(None)), 202, RatingPage::Accepted, "accepted"),
        (decided(taken, None), 202, RatingPage::Accepted, "accepted"),
        (withdrawn, 202, RatingPage::Accepted, "accepted"),
        (Outcome::Committed { record }, 202, RatingPage::Accepted, "accepted"),
        (decided(Answer::RatedAlready, None), 200, RatingPage::Already, "rated already"),
        (decided(Answer::RatingNotAwaited, None), 404, RatingPage::NotAwaited, "awaits no rating"),
        (decided(Answer::NotAsked, None), 403, RatingPage::WrongLink, "not valid"),
        (Outcome::NotUnderstood { record, error }, 403, RatingPage::WrongLink, "not valid"),
        (Outcome::NotRecorded, 503, RatingPage::Later, "not recorded"),
    ];
    let (person, program) = (stored(&okdesk, "text/html,*/*;q=0.8"), stored(&okdesk, "*/*"));
    for (outcome, status, page, words) in rows {
        assert_eq!(okdesk.answer(&person, &outcome), HttpAnswer::Rating { status, page }, "{outcome:?}");
        let HttpAnswer::Json { status: told, body } = okdesk.answer(&program, &outcome) else { panic!("{outcome:?}") };
        let name = if status < 300 { "message" } else { "detail" };
        assert_eq!(told, status);
        assert!(body[name].as_str().is_some_and(|text| text.contains(words)), "{body}");
    }
    let thanks = okdesk.answer(&program, &decided(Answer::RatingTaken, Some(Some(true))));
    let body: Value = json!({"message": "Request with id 5120 was rated as normal"});
    assert_eq!(thanks, HttpAnswer::Json { status: 200, body });
}
