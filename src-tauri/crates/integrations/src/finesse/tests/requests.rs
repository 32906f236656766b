//! Requests: what is sent, what answers mean, and what is never sent.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
};

use pult_domain::{
    CommandId, Effect, EffectKey, Fact, Failure,
    areas::floor::{self, Wanted},
};
use tokio::sync::Notify;

use super::{
    super::{
        Finesse, NodePin, NodeSettings, Settings,
        client::As,
        delivery::{self, request_id},
        trouble::Trouble,
        wire::system::Complaint,
    },
    server::{House, LOGIN, PASSWORD},
};
use crate::{
    Accounts as _, Attempt, CallError, CheckCertificate, CheckStep, Delivery, Integration, Settled, SignInRefusal,
    samples::text,
    transport::{obstacle::Obstacle, tls::Pin},
};

fn effect(wanted: Wanted, account: Option<&str>) -> Effect {
    Effect::ChangeOperatorState {
        command: CommandId(5),
        login_id: "70411".to_owned(),
        wanted,
        account: account.map(str::to_owned),
    }
}

fn key() -> EffectKey {
    EffectKey("console/asked-5/change_operator_state/0".to_owned())
}

async fn perform(house: &House, wanted: Wanted, account: Option<&str>) -> Attempt {
    house.finesse.perform(&effect(wanted, account), &key()).await
}

fn refused(attempt: Attempt) -> Failure {
    match attempt.outcome {
        Err(CallError::Refused { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_state_is_asked_for_as_the_sample_does_and_its_receipt_says_only_that_it_was_taken() {
    let house = House::new().await;
    let attempt = perform(&house, Wanted::Ready, None).await;
    let facts = attempt.outcome.unwrap();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].key.0, key().0);
    assert_eq!(facts[0].fact, Fact::Floor(floor::Fact::RequestTaken { command: CommandId(5) }));
    let seen = house.server.world().seen.remove(0);
    assert_eq!(seen.line, "PUT /finesse/api/User/70411");
    let sample: String = text("finesse", "13-put-user-state-request.xml").split_whitespace().collect();
    assert_eq!(seen.body, sample);
    assert_eq!(seen.headers["content-type"], "application/xml");
    assert_eq!(seen.headers["accept"], "application/xml");
    assert_eq!(seen.headers["requestid"], request_id(&key()));
    assert!(seen.headers["authorization"].starts_with("Basic "));
    // What is kept of it holds no password, in no spelling.
    let kept = format!("{:?}", attempt.exchanges);
    let basic = seen.headers["authorization"].strip_prefix("Basic ").unwrap();
    assert!(!kept.contains(PASSWORD) && !kept.contains(basic), "{kept}");
    assert!(kept.contains("READY") && attempt.exchanges.len() == 1);
}

#[test]
fn a_request_is_recognised_by_what_caused_it() {
    let id = request_id(&key());
    assert_eq!(id, request_id(&key()));
    assert_ne!(id, request_id(&EffectKey("another".to_owned())));
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!((parts, &id[14..15]), (vec![8, 4, 4, 4, 12], "4"));
}

#[tokio::test]
async fn a_refusal_says_what_kind_it_is() {
    use Failure::{DoesNotExist, Refused, Rights, State, Unsupported};
    let house = House::new().await;
    let state = |now: &str| text("finesse", "10-apierrors-400-invalid-state.xml").replace("TALKING", now);
    let of = |kind: &str| format!("<ApiErrors><ApiError><ErrorType>{kind}</ErrorType></ApiError></ApiErrors>");
    let supervisor = text("finesse", "11-apierrors-401-invalid-supervisor.xml");
    let table = [
        (400, state("TALKING"), Wanted::NotReady, State),
        (400, state("LOGOUT"), Wanted::SignedOut, State),
        (401, state("LOGOUT"), Wanted::SignedOut, State),
        // From there it would be allowed: this release does not know the wish.
        (400, state("READY"), Wanted::NotReady, Unsupported),
        (400, of("Invalid Input"), Wanted::NotReady, Unsupported),
        (400, of("Invalid Input"), Wanted::Ready, Refused),
        (400, "<html>bad</html>".to_owned(), Wanted::Ready, Refused),
        (401, supervisor, Wanted::Ready, Rights),
        (403, String::new(), Wanted::Ready, Rights),
        (404, of("User Not Found"), Wanted::Ready, DoesNotExist),
        (404, "<html>no</html>".to_owned(), Wanted::Ready, DoesNotExist),
        (501, String::new(), Wanted::Ready, Unsupported),
        (503, text("finesse", "12-apierrors-503.xml"), Wanted::Ready, Refused),
        (429, String::new(), Wanted::Ready, Refused),
    ];
    for (row, (status, body, wanted, why)) in table.into_iter().enumerate() {
        house.server.answer("PUT /finesse/api/User/", status, &body);
        assert_eq!(refused(perform(&house, wanted, None).await), why, "row {row}");
    }
}

#[test]
fn what_may_have_been_done_is_not_called_refused() {
    let of = |trouble: Trouble| delivery::error(trouble, As::Engine, Wanted::Ready);
    assert!(matches!(of(Trouble::Unknown(String::new())), CallError::OutcomeUnknown { .. }));
    assert!(matches!(of(Trouble::Strange(String::new())), CallError::OutcomeUnknown { .. }));
    assert!(matches!(of(Trouble::Unreachable(Obstacle::Refused, String::new())), CallError::Unreachable { .. }));
    assert!(matches!(of(Trouble::WrongPassword), CallError::Unauthorized { .. }));
    assert!(matches!(of(Trouble::Refused(400, Complaint::default())), CallError::Refused { .. }));
}

#[tokio::test]
async fn a_server_that_fails_at_a_request_may_have_done_it() {
    let house = House::new().await;
    house.server.answer("PUT /finesse/api/User/", 500, "");
    let attempt = perform(&house, Wanted::Ready, None).await;
    assert!(matches!(attempt.outcome, Err(CallError::OutcomeUnknown { .. })), "{attempt:?}");
    assert_eq!(house.server.lines().len(), 1);
}

#[tokio::test]
async fn not_ready_is_no_longer_offered_where_the_release_does_not_know_it() {
    let house = House::new().await;
    let lacks = || house.finesse.cluster.lacks_not_ready.load(Ordering::Relaxed);
    house.server.answer("PUT /finesse/api/User/", 400, &text("finesse", "10-apierrors-400-invalid-state.xml"));
    perform(&house, Wanted::NotReady, None).await;
    assert!(!lacks());
    house.server.answer("PUT /finesse/api/User/", 501, "");
    perform(&house, Wanted::NotReady, None).await;
    assert!(lacks());
}

#[tokio::test]
async fn a_request_in_a_persons_name_uses_their_password_and_their_mistakes_are_their_own() {
    let house = House::new().await;
    assert_eq!(refused(perform(&house, Wanted::Ready, Some("70401")).await), Failure::Rights, "no password was set");
    assert_eq!(house.server.lines(), Vec::<String>::new());

    house.secrets.lock().unwrap().insert("finesse.account.70401".to_owned(), "theirs".to_owned());
    house.server.world().passwords.insert("70401".to_owned(), "theirs".to_owned());
    assert!(perform(&house, Wanted::Ready, Some("70401")).await.outcome.is_ok());

    house.server.world().passwords.insert("70401".to_owned(), "changed".to_owned());
    house.server.world().seen.clear();
    let attempt = perform(&house, Wanted::Ready, Some("70401")).await;
    assert_eq!(attempt.exchanges.len(), 2, "the request, and whether it was the password");
    assert_eq!(refused(attempt), Failure::Rights);
    assert_eq!(house.server.lines(), ["PUT /finesse/api/User/70411", "GET /finesse/api/User/70401"]);
    assert_eq!(refused(perform(&house, Wanted::Ready, Some("70401")).await), Failure::Rights);
    assert_eq!(house.server.lines().len(), 2, "the refused password is not sent again");
    assert!(perform(&house, Wanted::Ready, None).await.outcome.is_ok(), "the engine's own goes on");
}

#[tokio::test]
async fn a_lack_of_rights_elsewhere_says_nothing_about_the_password() {
    let house = House::new().await;
    let client = &house.finesse.client;
    let node = house.finesse.cluster.current().unwrap();
    house.server.answer("GET /finesse/api/Team/61", 401, &text("finesse", "09-apierrors-401.xml"));
    for _ in 0..6 {
        let (_, other) = client.get(&node, As::Engine, &["Team", "61"], None).await;
        assert!(matches!(other, Err(Trouble::NoRights(_))), "{other:?}");
    }
    // Each time only the own user could tell.
    let own = house.server.lines().iter().filter(|line| *line == "GET /finesse/api/User/70400").count();
    assert_eq!((own, client.attempts.count(LOGIN)), (6, 0));
    house.server.answer("GET /finesse/api/Team/61", 401, &text("finesse", "11-apierrors-401-invalid-supervisor.xml"));
    house.server.world().seen.clear();
    assert!(matches!(client.get(&node, As::Engine, &["Team", "61"], None).await.1, Err(Trouble::NoRights(_))));
    assert_eq!(house.server.lines(), ["GET /finesse/api/Team/61"], "this one names the rights");
}

#[tokio::test]
async fn a_password_changed_while_many_teams_are_read_is_shown_three_times_at_most() {
    let house = House::new().await;
    house.server.world().passwords.insert(LOGIN.to_owned(), "changed".to_owned());
    let client = &house.finesse.client;
    let node = house.finesse.cluster.current().unwrap();
    let teams: Vec<String> = (61..81).map(|team| team.to_string()).collect();
    let asking = teams.iter().map(|team| {
        let node = Arc::clone(&node);
        async move { client.get(&node, As::Engine, &["Team", team], None).await.1 }
    });
    let outcomes = futures_util::future::join_all(asking).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(Trouble::is_the_secrets)), "{outcomes:?}");
    // Two were under way, and one of them asked whether it was the password.
    assert!(house.server.lines().len() <= 3, "{:?}", house.server.lines());
}

#[tokio::test]
async fn after_one_refused_password_nothing_of_the_account_is_sent() {
    let house = House::new().await;
    house.server.world().passwords.insert(LOGIN.to_owned(), "changed".to_owned());
    let client = &house.finesse.client;
    let node = house.finesse.cluster.current().unwrap();
    assert!(matches!(client.own(&node, As::Engine).await.1, Err(Trouble::WrongPassword)));
    house.server.world().seen.clear();
    assert!(matches!(client.get(&node, As::Engine, &["Team", "61"], None).await.1, Err(Trouble::Stopped)));
    assert!(matches!(perform(&house, Wanted::Ready, None).await.outcome, Err(CallError::Unauthorized { .. })));
    assert_eq!(house.server.lines(), Vec::<String>::new());
    house.secrets.lock().unwrap().insert("finesse.password".to_owned(), "changed".to_owned());
    assert!(client.own(&node, As::Engine).await.1.is_ok(), "another password may be tried");
}

#[tokio::test]
async fn a_connection_set_up_anew_remembers_the_wrong_passwords_of_the_one_before() {
    let house = House::new().await;
    let node = house.finesse.cluster.current().unwrap();
    for guess in ["one", "two", "three", "four"] {
        house.secrets.lock().unwrap().insert("finesse.password".to_owned(), guess.to_owned());
        let refused = house.anew().client.own(&node, As::Engine).await.1;
        assert!(matches!(refused, Err(Trouble::WrongPassword)));
    }
    house.secrets.lock().unwrap().insert("finesse.password".to_owned(), PASSWORD.to_owned());
    house.server.world().seen.clear();
    let fifth = house.anew().client.own(&node, As::Engine).await.1;
    assert!(matches!(fifth, Err(Trouble::Stopped)), "a fifth would lock the account");
    assert_eq!(house.server.lines(), Vec::<String>::new());
    house.second.fetch_add(300, Ordering::SeqCst);
    assert!(house.anew().client.own(&node, As::Engine).await.1.is_ok());
}

#[tokio::test]
async fn what_became_of_a_request_is_read_from_the_team() {
    let house = House::new().await;
    let unknown = |settled: &Settled| matches!(settled, Settled::Unknown(CallError::OutcomeUnknown { .. }));
    let settle = async |login_id: &str, wanted: Wanted| {
        let effect =
            Effect::ChangeOperatorState { command: CommandId(5), login_id: login_id.to_owned(), wanted, account: None };
        house.finesse.settle(&effect, &key()).await
    };
    assert!(unknown(&settle("70411", Wanted::Ready).await), "nobody knows the team yet");
    assert_eq!(house.server.lines(), Vec::<String>::new());
    house.finesse.cluster.team_has("61", (70_411..70_421).map(|id| id.to_string()));
    assert!(matches!(settle("70411", Wanted::Ready).await, Settled::Done(facts) if facts.len() == 1));
    assert!(matches!(settle("70413", Wanted::NotReady).await, Settled::Done(_)), "it follows the call");
    assert!(unknown(&settle("70411", Wanted::NotReady).await));
    assert_eq!(house.server.lines(), ["GET /finesse/api/Team/61"; 3]);
    house.server.answer("GET /finesse/api/Team/61", 200, "<Team>");
    assert!(unknown(&settle("70411", Wanted::Ready).await));
}

#[tokio::test]
async fn a_person_is_signed_in_by_one_look_at_their_own_user() {
    let house = House::new().await;
    let own = house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap();
    assert_eq!((own.report.display_name().as_str(), own.supervisor), ("Марина Зотова", true));
    assert_eq!(own.team.as_deref(), Some("Первая линия"));
    assert_eq!(house.server.lines(), ["GET /finesse/api/User/70400"]);
}

#[tokio::test]
async fn an_id_is_one_segment_of_the_address_whatever_is_in_it() {
    let house = House::new().await;
    house.server.world().passwords.insert("o p/../x?й".to_owned(), "p".to_owned());
    let _ = house.finesse.sign_in("o p/../x?й", "p").await;
    assert_eq!(house.server.lines(), ["GET /finesse/api/User/o%20p%2F..%2Fx%3F%D0%B9"]);
    for (id, password) in [("", "p"), ("a:b", "p"), ("a", "")] {
        assert_eq!(house.finesse.sign_in(id, password).await, Err(SignInRefusal::Unknown), "{id}");
    }
    assert_eq!(house.server.lines().len(), 1);
}

#[tokio::test]
async fn after_four_wrong_passwords_an_account_is_not_tried_for_five_minutes() {
    let house = House::new().await;
    for tries in 1..=4 {
        let refusal = house.finesse.sign_in(LOGIN, "guess").await.unwrap_err();
        assert_eq!(refusal, SignInRefusal::Wrong { tries, left: 4 - tries });
    }
    let SignInRefusal::Blocked { until } = house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap_err() else { panic!() };
    assert_eq!(until.as_second(), super::samples::NOW + 300);
    assert_eq!(house.server.lines().len(), 4);
    house.second.fetch_add(300, Ordering::SeqCst);
    assert!(house.finesse.sign_in(LOGIN, PASSWORD).await.is_ok());
    assert!(matches!(house.finesse.sign_in(LOGIN, "guess").await, Err(SignInRefusal::Wrong { tries: 1, left: 3 })));
}

#[tokio::test]
async fn an_account_is_good_until_its_kept_password_is_refused_or_gone() {
    let house = House::new().await;
    let keep = |password: &str| {
        house.secrets.lock().unwrap().insert(house.finesse.secret_of(LOGIN), password.to_owned());
    };
    assert!(!house.finesse.is_good(LOGIN), "none is kept");
    keep(PASSWORD);
    house.finesse.sign_in(LOGIN, "guess").await.unwrap_err();
    assert!(house.finesse.is_good(LOGIN), "another one was refused");
    keep("of last year");
    house.finesse.sign_in(LOGIN, "of last year").await.unwrap_err();
    assert!(!house.finesse.is_good(LOGIN));
    house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap();
    keep(PASSWORD);
    assert!(house.finesse.is_good(LOGIN));
}

#[tokio::test]
async fn a_server_that_cannot_say_is_not_taken_for_a_refusal() {
    let house = House::new().await;
    for (status, cause) in [(503, "http_503"), (500, "http_500"), (501, "http_501")] {
        house.server.answer("GET /finesse/api/User/70400", status, "");
        let refusal = house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap_err();
        assert!(matches!(&refusal, SignInRefusal::NotAsked { cause: told, .. } if told == cause), "{refusal:?}");
    }
    house.server.answer("GET /finesse/api/User/70400", 200, "<html>welcome</html>");
    let refusal = house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap_err();
    assert!(matches!(&refusal, SignInRefusal::NotAsked { cause, .. } if cause == "not_understood"), "{refusal:?}");
    house.server.answer("GET /finesse/api/User/70400", 404, "");
    assert_eq!(house.finesse.sign_in(LOGIN, PASSWORD).await, Err(SignInRefusal::Unknown));
}

#[tokio::test]
async fn being_sent_elsewhere_is_not_followed() {
    let house = House::new().await;
    let elsewhere = vec![("location", "https://localhost:1/finesse/api/User/70400".to_owned())];
    house.server.world().answers.insert("GET /finesse/api/User/70400".to_owned(), (301, elsewhere, String::new()));
    let refusal = house.finesse.sign_in(LOGIN, PASSWORD).await.unwrap_err();
    assert!(matches!(refusal, SignInRefusal::NotAsked { .. }), "{refusal:?}");
    assert_eq!(house.server.lines().len(), 1);
}

#[tokio::test]
async fn two_requests_are_under_way_at_once_and_no_more() {
    let house = House::new().await;
    let gate = Arc::new(Notify::new());
    house.server.world().gate = Some(Arc::clone(&gate));
    let node = house.finesse.cluster.current().unwrap();
    let client = &house.finesse.client;
    let asking = futures_util::future::join_all((0..4).map(|_| client.get(&node, As::Engine, &["Team", "61"], None)));
    let opening = async {
        for seen in 2..=4 {
            house.server.until(|world| world.seen.len() >= seen && world.at_once.0 >= 2.min(5 - seen)).await;
            gate.notify_one();
        }
        house.server.world().gate = None;
        gate.notify_waiters();
        gate.notify_one();
    };
    let (answers, ()) = tokio::join!(asking, opening);
    assert!(answers.iter().all(|(_, answer)| answer.is_ok()));
    assert_eq!(house.server.world().at_once.1, 2);
}

#[tokio::test]
async fn an_address_without_tls_is_refused() {
    let house = House::new().await;
    let mut settings = house.finesse.settings.clone();
    settings.a.url = "http://localhost:8082".parse().unwrap();
    let secrets = crate::samples::secrets("finesse.password", PASSWORD);
    let clock = Arc::clone(&house.finesse.clock);
    let made = super::super::Finesse::new(settings, secrets, clock, "console-0001", Arc::default());
    assert!(made.is_err());
}

#[tokio::test]
async fn the_check_tells_what_it_saw_and_changes_nothing() {
    let house = House::new().await;
    let steps = house.finesse.check().await;
    let words: Vec<(&str, bool)> = steps.iter().map(|step| (step.step, step.ok)).collect();
    assert_eq!(words, [("certificate", true), ("system", true), ("sign_in", true), ("notifications", true)]);
    assert!(steps[0].detail.contains("days left"), "{}", steps[0].detail);
    assert_eq!(steps[2].detail, "Agent, Supervisor; Первая линия, Escalation & VIP");
    assert!(steps[3].detail.contains("PLAIN"));
    let methods: BTreeSet<String> =
        house.server.lines().iter().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
    assert_eq!(methods, BTreeSet::from(["GET".to_owned()]));
    assert!(!house.server.world().stanzas.iter().any(|stanza| stanza.contains("auth")));

    house.server.world().passwords.clear();
    house.server.answer("GET /finesse/api/SystemInfo", 200, &text("finesse", "02-systeminfo-out-of-service.xml"));
    let steps = house.finesse.check().await;
    let bad: Vec<&CheckStep> = steps.iter().filter(|step| !step.ok).collect();
    assert_eq!(bad.len(), 1);
    assert!(bad[0].detail.contains("CTI connection lost"), "{bad:?}");
}

#[tokio::test]
async fn the_check_shows_the_fingerprint_of_a_stranger_and_sends_no_credentials() {
    let house = House::with(|settings| settings.ca = None).await;
    let steps = house.finesse.check().await;
    assert_eq!(
        steps.iter().map(|step| (step.step, step.ok)).collect::<Vec<_>>(),
        [("certificate", false), ("system", false)]
    );
    assert!(steps[0].detail.contains("SHA-256") && steps[0].detail.contains("untrusted"), "{steps:?}");
    assert_eq!(house.server.lines(), Vec::<String>::new());
}

/// What a check shows of the certificates of a house's nodes, with certificates accepted for nodes.
async fn certificates(house: &House, learnt: Option<&str>, pins: Vec<NodePin>) -> Vec<CheckCertificate> {
    let settings = Settings { pins, ..house.finesse.settings.clone() };
    let secrets = crate::samples::secrets("finesse.password", PASSWORD);
    let finesse =
        Finesse::new(settings, secrets, Arc::clone(&house.finesse.clock), "console-0001", Arc::default()).unwrap();
    if let Some(learnt) = learnt {
        finesse.cluster.learn(&NodeSettings::new(learnt.parse().unwrap())).unwrap();
    }
    finesse.check().await.into_iter().filter_map(|step| step.certificate.map(|certificate| *certificate)).collect()
}

#[tokio::test]
async fn an_accepted_certificate_is_good_for_its_own_node_alone() {
    let house = House::with(|settings| settings.ca = None).await;
    let strange = certificates(&house, None, vec![]).await.remove(0);
    assert_eq!((strange.node.as_str(), strange.problem.as_deref()), ("localhost", Some("untrusted")));
    assert_eq!(
        (strange.names.as_slice(), strange.valid, strange.named),
        (["localhost".to_owned()].as_slice(), true, true)
    );
    assert_eq!((strange.sha256.len(), strange.accepted.is_empty(), strange.not_after.is_some()), (64, true, true));
    assert!(!strange.subject.is_empty() && !strange.issuer.is_empty());

    let pin = |node: &str, sha256: &str, other_name| NodePin {
        node: node.to_owned(),
        pin: Pin { sha256: sha256.to_owned(), expired: false, other_name },
    };
    let shown = certificates(&house, None, vec![pin("fin-b.cc.example", &strange.sha256, false)]).await.remove(0);
    assert_eq!(
        shown.problem.as_deref(),
        Some("untrusted"),
        "what was accepted for another node counts for nothing here"
    );
    assert_eq!(house.server.lines(), Vec::<String>::new());

    let other = "c".repeat(64);
    let shown = certificates(&house, None, vec![pin("localhost", &other, false)]).await.remove(0);
    assert_eq!(
        (shown.problem.as_deref(), shown.accepted, shown.sha256),
        (Some("changed"), vec![other], strange.sha256.clone())
    );
    assert_eq!(house.server.lines(), Vec::<String>::new());

    // The other node is learnt: what was accepted for it counts from the first request on.
    let learnt = format!("https://127.0.0.1:{}", house.finesse.settings.a.url.port().unwrap());
    let both =
        |other_name| vec![pin("LOCALHOST", &strange.sha256, false), pin("127.0.0.1", &strange.sha256, other_name)];
    let shown = certificates(&house, Some(&learnt), both(false)).await;
    let problems: Vec<_> = shown.iter().map(|each| (each.node.as_str(), each.problem.as_deref(), each.named)).collect();
    assert_eq!(problems, [("localhost", None, true), ("127.0.0.1", Some("other_name"), false)]);
    let shown = certificates(&house, Some(&learnt), both(true)).await;
    assert!(shown.iter().all(|each| each.problem.is_none()), "{shown:?}");
}
