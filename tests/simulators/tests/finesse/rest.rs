//! What REST answers and what it refuses.

use pult_simulators::finesse::{
    NodeName, Settings,
    tls::Pair,
    world::{Deployment, Plan},
    xml::Order,
};
use reqwest::Method;
use roxmltree::Document;
use serde_json::json;

use crate::{
    house::{House, PASSWORD, SUPERVISOR, send, small, text_of},
    talk::Talk,
};

/// An agent of the first team, which the supervisor has.
const AGENT: &str = "71003";

fn ucce() -> Settings {
    let settings = small();
    Settings { plan: Plan { deployment: Deployment::Ucce, ..settings.plan.clone() }, ..settings }
}

#[tokio::test]
async fn a_node_tells_anybody_how_it_is_and_where_the_other_is() {
    let house = House::new().await;
    for (node, domain) in [(NodeName::A, "fin-a.cc.example"), (NodeName::B, "fin-b.cc.example")] {
        let answer = send(house.http.get(house.url(node, "/finesse/api/SystemInfo"))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text("status").as_deref(), Some("IN_SERVICE"));
        assert_eq!(answer.text("xmppDomain").as_deref(), Some(domain));
        assert_eq!(answer.text("xmppPubSubDomain"), Some(format!("pubsub.{domain}")));
        let document = Document::parse(&answer.body).unwrap();
        let host = |name| {
            let node = document.descendants().find(|node| node.has_tag_name(name)).unwrap();
            let text = |name| node.descendants().find(|node| node.has_tag_name(name)).unwrap().text().unwrap();
            format!("{}:{}", text("host"), text("httpsPort"))
        };
        assert_eq!(host("primaryNode"), house.cluster.addresses(NodeName::A).front.to_string());
        assert_eq!(host("secondaryNode"), house.cluster.addresses(NodeName::B).front.to_string());
    }
    let guarded = House::with(Settings { guarded: true, ..small() }).await;
    assert_eq!(send(guarded.request(Method::GET, "/finesse/api/SystemInfo")).await.status, 401);
    assert_eq!(guarded.get("/finesse/api/SystemInfo").await.status, 200);
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_five_minutes() {
    let house = House::new().await;
    let path = "/finesse/api/User/70400";
    let wrong = || send(house.request(Method::GET, path).basic_auth(SUPERVISOR, Some("rose")));
    for _ in 0..5 {
        let answer = wrong().await;
        assert_eq!(answer.refusal(), (401, "Authorization Failure".to_owned()));
        assert_eq!(answer.text("ErrorMessage").as_deref(), Some("UNAUTHORIZED"));
    }
    assert_eq!(house.get(path).await.status, 401, "the right one does not help either");
    house.sim("/sim/clock", json!({ "advance": 299 })).await;
    assert_eq!(house.get(path).await.status, 401);
    house.sim("/sim/clock", json!({ "advance": 2 })).await;
    assert_eq!(house.get(path).await.status, 200);
    assert_eq!(send(house.request(Method::GET, path)).await.status, 401, "nobody is not somebody");
}

#[tokio::test]
async fn everybody_reads_only_what_the_role_allows() {
    let house = House::new().await;
    let own = house.get("/finesse/api/User/70400").await;
    assert_eq!(own.status, 200);
    let document = Document::parse(&own.body).unwrap();
    let texts = |name| document.descendants().filter(move |node| node.has_tag_name(name)).map(|node| node.text());
    assert_eq!(texts("role").collect::<Vec<_>>(), [Some("Agent"), Some("Supervisor")]);
    let teams = document.descendants().filter(|node| node.has_tag_name("Team"));
    assert_eq!(teams.count(), 3);

    let foreign = "Invalid Authorization User Specified".to_owned();
    assert_eq!(house.get("/finesse/api/User/71003").await.refusal(), (401, foreign));
    assert_eq!(house.get("/finesse/api/User/nobody").await.refusal(), (404, "User Not Found".to_owned()));
    for list in ["/finesse/api/Users", "/finesse/api/Teams"] {
        assert_eq!(house.get(list).await.refusal(), (401, "Authorization Failure".to_owned()), "{list}");
    }
    assert_eq!(house.get_as("70498", "/finesse/api/User/70498").await.status, 200);
    assert_eq!(house.get_as("70498", "/finesse/api/Team/61").await.status, 401, "no team is this supervisor's");
    assert_eq!(house.get_as(AGENT, "/finesse/api/User/71003").await.status, 200);
    assert_eq!(house.get_as(AGENT, "/finesse/api/Team/61").await.status, 401, "an agent has no right to a team");
    assert_eq!(house.get("/finesse/api/Team/9999").await.refusal(), (404, "Not Found".to_owned()));
    assert_eq!(house.get("/finesse/api/Nonsense").await.status, 404);
}

#[tokio::test]
async fn a_team_holds_summaries_and_its_signed_out_members() {
    let house = House::new().await;
    house.put_into(AGENT, "LOGOUT").await;
    house.sim("/sim/agents/71002/state", json!({ "state": "NOT_READY", "reason": 21 })).await;
    house.sim("/sim/agents/71005/state", json!({ "state": "LOGOUT", "at": "" })).await;
    let team = house.get("/finesse/api/Team/61").await;
    let document = Document::parse(&team.body).unwrap();
    let users: Vec<_> = document.descendants().filter(|node| node.has_tag_name("User")).collect();
    assert_eq!(users.len(), 10);
    let user = |id: &str| {
        let has = |node: &roxmltree::Node<'_, '_>| {
            node.children().any(|child| child.has_tag_name("loginId") && child.text() == Some(id))
        };
        *users.iter().find(|node| has(node)).unwrap()
    };
    let text = |id: &str, name| {
        let found = user(id).descendants().find(|node| node.has_tag_name(name));
        found.map(|node| node.text().unwrap_or_default().to_owned())
    };
    assert_eq!(text(AGENT, "extension").as_deref(), Some(""));
    assert_eq!(text("71005", "stateChangeTime").as_deref(), Some(""));
    assert_eq!(text("71002", "label").as_deref(), Some("Обед"));
    assert!(text("71002", "reasonCode").is_some() && text("71002", "ReasonCode").is_none());
    assert_eq!(text("71002", "teamId"), None);
    let agent = house.get_as("71002", "/finesse/api/User/71002").await;
    assert!(agent.text("ReasonCode").is_some(), "elsewhere it has a capital");
}

#[tokio::test]
async fn elements_come_by_name_or_as_the_guide_has_them() {
    let first = |body: &str| {
        let document = Document::parse(body).unwrap();
        document.root_element().first_element_child().unwrap().tag_name().name().to_owned()
    };
    let by_name = House::new().await;
    assert_eq!(first(&by_name.get("/finesse/api/Team/61").await.body), "id");
    let as_guide = House::with(Settings { order: Order::Guide, ..small() }).await;
    assert_eq!(first(&as_guide.get("/finesse/api/Team/61").await.body), "uri");
}

#[tokio::test]
async fn reasons_are_asked_for_by_category() {
    let house = House::new().await;
    let not_ready = house.get("/finesse/api/User/70400/ReasonCodes?category=NOT_READY").await;
    assert!(not_ready.body.contains("<label>1:1 &lt;лид&gt;</label>"), "{}", not_ready.body);
    assert_eq!(attribute(&not_ready.body, "category"), "NOT_READY");
    let logout = house.get("/finesse/api/User/70400/ReasonCodes?category=LOGOUT").await;
    assert_eq!(logout.text("label").as_deref(), Some("Конец смены"));
    let of = |query| format!("/finesse/api/User/70400/ReasonCodes{query}");
    assert_eq!(house.get(&of("")).await.refusal(), (400, "Parameter Missing".to_owned()));
    assert_eq!(house.get(&of("?category=LUNCH")).await.refusal(), (400, "Invalid Input".to_owned()));
    assert_eq!(house.get("/finesse/api/User/71003/ReasonCodes?category=LOGOUT").await.status, 401);
}

fn attribute(body: &str, name: &str) -> String {
    Document::parse(body).unwrap().root_element().attribute(name).unwrap().to_owned()
}

#[tokio::test]
async fn calls_of_an_agent_are_open_to_the_supervisor_unless_they_are_not() {
    let open = House::new().await;
    open.put_into(AGENT, "TALKING").await;
    let calls = open.get("/finesse/api/User/71003/Dialogs").await;
    assert_eq!(calls.text("mediaAddressType").as_deref(), Some("AGENT_DEVICE"));
    assert!(calls.text("fromAddress").unwrap().chars().all(|digit| digit.is_ascii_digit()));
    assert!(calls.body.contains("<name>callVariable1</name>"));
    open.put_into(AGENT, "READY").await;
    assert_eq!(open.get("/finesse/api/User/71003/Dialogs").await.text("Dialog"), None);

    let closed = House::with(Settings { member_dialogs: false, ..small() }).await;
    let refused = closed.get("/finesse/api/User/71003/Dialogs").await;
    assert_eq!(refused.refusal(), (401, "Authorization Failure".to_owned()));
    assert_eq!(closed.get("/finesse/api/User/70400/Dialogs").await.status, 200, "the own ones are");
}

#[tokio::test]
async fn only_one_product_has_queues() {
    let without = House::new().await;
    for path in ["/finesse/api/User/70400/Queues", "/finesse/api/Queue/5031"] {
        assert_eq!(without.get(path).await.refusal(), (501, "Not Implemented".to_owned()), "{path}");
    }
    let with = House::with(ucce()).await;
    let queues = with.get("/finesse/api/User/70400/Queues").await;
    assert!(queues.body.contains("<callsInQueue>-1</callsInQueue>"), "{}", queues.body);
    assert_eq!(with.get("/finesse/api/Queue/5031").await.text("name").as_deref(), Some("RETAIL_QUESTIONS"));
    assert_eq!(with.get("/finesse/api/Queue/1").await.status, 404);
    assert_eq!(with.get("/finesse/api/User/mzotova").await.status, 200, "a name is understood here");
    assert_eq!(without.get("/finesse/api/User/mzotova").await.status, 404);
}

#[tokio::test]
async fn a_malformed_order_is_refused_by_name() {
    let house = House::new().await;
    house.put_into(AGENT, "READY").await;
    let put = async |by: &str, agent: &str, body: &str| {
        house.put_as(by, &format!("/finesse/api/User/{agent}"), body, "r").await.refusal()
    };
    let state = |state: &str| format!("<User><state>{state}</state></User>");
    let case = |status: u16, kind: &str| (status, kind.to_owned());
    assert_eq!(put(SUPERVISOR, AGENT, "<User><state>READY</state>").await, case(400, "Bad Request"));
    assert_eq!(put(SUPERVISOR, AGENT, "<Team><state>READY</state></Team>").await, case(400, "Bad Request"));
    assert_eq!(put(SUPERVISOR, AGENT, "<User></User>").await, case(400, "Parameter Missing"));
    assert_eq!(put(SUPERVISOR, AGENT, &state("LUNCH")).await, case(400, "Invalid Input"));
    assert_eq!(put(SUPERVISOR, AGENT, &state("LOGIN")).await, case(400, "Invalid Input"));
    let mood = "<User><state>LOGOUT</state><mood>good</mood></User>";
    assert_eq!(put(SUPERVISOR, AGENT, mood).await, case(400, "Invalid Input"));
    let reason = "<User><state>NOT_READY</state><reasonCodeId>9</reasonCodeId></User>";
    assert_eq!(put(SUPERVISOR, AGENT, reason).await, case(400, "Invalid Input"), "a supervisor gives no reason");
    assert_eq!(put(SUPERVISOR, AGENT, &state("READY")).await, case(400, "Invalid State"));
    assert_eq!(put(SUPERVISOR, "nobody", &state("READY")).await, case(404, "User Not Found"));
    assert_eq!(put("70401", AGENT, &state("LOGOUT")).await.0, 401, "this id is a word here");
    assert_eq!(put("70498", AGENT, &state("LOGOUT")).await, case(401, "Invalid Supervisor"));
    let foreign = case(401, "Invalid Authorization User Specified");
    assert_eq!(put("71002", AGENT, &state("LOGOUT")).await, foreign, "an agent moves nobody else");
    assert_eq!(put(AGENT, AGENT, &state("NOT_READY")).await, case(400, "Parameter Missing"), "without a reason");

    let request = house.request(Method::PUT, "/finesse/api/User/71003").basic_auth(SUPERVISOR, Some(PASSWORD));
    let wrong = send(request.header("Content-Type", "text/plain").body(state("LOGOUT"))).await;
    assert_eq!(wrong.refusal(), case(400, "Bad Request"));
}

#[tokio::test]
async fn a_supervisor_moves_an_agent_only_along_the_permitted_ways() {
    let house = House::new().await;
    let cases = [
        ("TALKING", "NOT_READY", 400),
        ("TALKING", "READY", 400),
        ("TALKING", "LOGOUT", 202),
        ("NOT_READY", "READY", 202),
        ("WORK", "NOT_READY", 202),
        ("RESERVED", "LOGOUT", 202),
        ("LOGOUT", "LOGOUT", 400),
        ("UNKNOWN", "LOGOUT", 400),
    ];
    for (agent, (from, to, status)) in (71_010..).zip(cases) {
        // Each on an agent of its own, of the teams whose ids are numbers.
        let agent = if (agent - 71_001) % 7 == 3 { format!("Op{agent}") } else { agent.to_string() };
        house.put_into(&agent, from).await;
        assert_eq!(house.order(&agent, to).await.status, status, "{from} to {to}");
    }
    house.sim("/sim/fault", json!({ "noNotReady": true })).await;
    house.put_into(AGENT, "READY").await;
    let old = house.order(AGENT, "NOT_READY").await;
    assert_eq!(old.refusal(), (400, "Invalid State".to_owned()), "as an old release");
}

#[tokio::test]
async fn an_accepted_order_shows_in_a_notification_with_its_request() {
    let house = House::new().await;
    house.put_into(AGENT, "READY").await;
    house.sim("/sim/fault", json!({ "echo": 1.0 })).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe("/finesse/api/Team/61/Users", "70400@fin-a.cc.example/console-1").await.unwrap();
    let answer = house.order(AGENT, "NOT_READY").await;
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
    let update = talk.update().await;
    assert_eq!(text_of(&update, "requestId").as_deref(), Some("r-1"));
    assert_eq!(text_of(&update, "state").as_deref(), Some("NOT_READY"));
    assert_eq!(text_of(&update, "code").as_deref(), Some("33"), "the server writes the reason");

    house.sim("/sim/fault", json!({ "echo": 0.0 })).await;
    house.order(AGENT, "READY").await;
    let update = talk.update().await;
    assert_eq!(text_of(&update, "requestId").as_deref(), Some(""));
    assert_eq!(text_of(&update, "state").as_deref(), Some("READY"));
}

#[tokio::test]
async fn orders_for_one_agent_wait_for_each_other() {
    let house = House::new().await;
    house.put_into(AGENT, "READY").await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe("/finesse/api/Team/61/Users", "70400@fin-a.cc.example/console-1").await.unwrap();
    for state in ["NOT_READY", "READY", "LOGOUT"] {
        assert_eq!(house.order(AGENT, state).await.status, 202);
    }
    for state in ["NOT_READY", "READY", "LOGOUT"] {
        assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some(state));
    }
}

#[tokio::test]
async fn an_order_may_fail_after_it_was_accepted() {
    let house = House::new().await;
    house.put_into(AGENT, "READY").await;
    house.sim("/sim/fault", json!({ "asyncError": "next", "echo": 1.0 })).await;
    let mut talk = Talk::supervisor(&house).await;
    assert_eq!(house.order(AGENT, "NOT_READY").await.status, 202);
    let update = talk.update().await;
    assert_eq!(text_of(&update, "errorMessage").as_deref(), Some("CF_INVALID_AGENT_WORKMODE"));
    assert_eq!(text_of(&update, "source").as_deref(), Some("/finesse/api/User/71003"));
    assert_eq!(text_of(&update, "requestId").as_deref(), Some("r-1"));
}

#[tokio::test]
async fn a_call_can_be_handed_on() {
    let house = House::new().await;
    house.put_into(AGENT, "TALKING").await;
    let id = house.get("/finesse/api/User/71003/Dialogs").await.text("id").unwrap();
    let path = format!("/finesse/api/Dialog/{id}");
    let body = "<Dialog><requestedAction>TRANSFER_SST</requestedAction><targetMediaAddress>10002</targetMediaAddress>\
                <toAddress>7200</toAddress></Dialog>";
    assert_eq!(house.put_as("70498", &path, body, "r").await.status, 401);
    assert_eq!(house.put_as(AGENT, &path, body, "r").await.status, 202);
    let calls = house.get("/finesse/api/User/71003/Dialogs").await;
    assert!(calls.body.contains("<state>WRAP_UP</state>"), "{}", calls.body);
    assert_ne!(calls.text("wrapUpReason").as_deref(), Some(""));
    assert_eq!(house.put_as(AGENT, &path, body, "r").await.refusal(), (400, "Invalid State".to_owned()));
    assert_eq!(house.put_as(AGENT, "/finesse/api/Dialog/1", body, "r").await.status, 404);
}

#[tokio::test]
async fn a_node_out_of_service_answers_nothing_but_how_it_is() {
    let house = House::new().await;
    for status in ["OUT_OF_SERVICE", "PARTIAL_SERVICE", "WHO_KNOWS"] {
        house.sim("/sim/node/a", json!({ "status": status })).await;
        let refused = house.get("/finesse/api/User/70400").await;
        assert_eq!(refused.refusal(), (503, "Service Unavailable".to_owned()));
        assert_eq!(refused.text("ErrorMessage").as_deref(), Some("SERVER_OUT_OF_SERVICE"));
        assert_eq!(house.get("/finesse/api/SystemInfo").await.text("status").as_deref(), Some(status));
    }
    let b = house.http.get(house.url(NodeName::B, "/finesse/api/User/70400")).basic_auth(SUPERVISOR, Some(PASSWORD));
    assert_eq!(send(b).await.status, 200, "the other node is well");
}

#[tokio::test]
async fn answers_can_be_replaced() {
    let house = House::new().await;
    let path = "/finesse/api/Team/61";
    house.sim("/sim/fault", json!({ "rest": { "status": 429, "retryAfter": 7, "times": 1 } })).await;
    let busy = house.get(path).await;
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(house.get(path).await.status, 200);
    house.sim("/sim/fault", json!({ "rest": { "status": 502, "html": true, "path": path } })).await;
    let page = house.get(path).await;
    assert!(page.status == 502 && page.body.starts_with("<html>"));
    assert_eq!(house.get("/finesse/api/User/70400").await.status, 200);
    house.sim("/sim/fault", json!({ "heal": true })).await;
    assert_eq!(house.get(path).await.status, 200);
    house.sim("/sim/node/a", json!({ "rest": "500" })).await;
    assert_eq!(house.get(path).await.refusal(), (500, "Internal Server Error".to_owned()));
}

#[tokio::test]
async fn a_node_that_is_down_refuses_connections_until_it_is_up() {
    let house = House::new().await;
    let try_get = || house.request(Method::GET, "/finesse/api/SystemInfo").send();
    house.sim("/sim/node/a", json!({ "rest": "down" })).await;
    assert!(!try_get().await.unwrap_err().is_connect(), "the notification service still listens there");
    house.sim("/sim/node/a", json!({ "xmpp": "down" })).await;
    // The port is closed by whoever holds it, a moment later.
    while !try_get().await.is_err_and(|error| error.is_connect()) {}
    house.sim("/sim/node/a", json!({ "rest": "up", "xmpp": "up" })).await;
    while try_get().await.is_err() {}
}

#[tokio::test]
async fn the_front_speaks_both_versions_and_the_plain_port_none() {
    let house = House::new().await;
    let answer = house.request(Method::GET, "/finesse/api/SystemInfo").send().await.unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_2);
    let plain = house.cluster.addresses(NodeName::A).plain.unwrap();
    let answer = send(house.http.get(format!("http://{plain}/finesse/api/User/70400"))).await;
    assert_eq!(answer.status, 301);
    assert_eq!(answer.headers["location"], house.url(NodeName::A, "/finesse/api/User/70400"));
}

#[tokio::test]
async fn an_authority_that_exists_already_signs_too() {
    let mut params = rcgen::CertificateParams::new([]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "An older authority");
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let authority = Some(Pair { certificate: certificate.clone(), key: key.serialize_pem() });
    let house = House::with(Settings { authority, ..small() }).await;
    assert_eq!(house.cluster.authority(), certificate);
    assert_eq!(house.get("/finesse/api/SystemInfo").await.status, 200);
}

#[tokio::test]
async fn a_certificate_of_somebody_else_can_be_shown() {
    let house = House::new().await;
    let try_get = || house.request(Method::GET, "/finesse/api/SystemInfo").send();
    let others = [
        json!({ "signer": "second" }),
        json!({ "signer": "own" }),
        json!({ "names": ["elsewhere.example"] }),
        json!({ "expired": true }),
    ];
    for order in others {
        house.sim("/sim/tls/a", order.clone()).await;
        assert!(try_get().await.is_err(), "{order}");
    }
    house.sim("/sim/tls/a", json!({})).await;
    assert_eq!(try_get().await.unwrap().status(), 200);
}
