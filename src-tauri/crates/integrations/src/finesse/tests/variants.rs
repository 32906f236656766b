//! Spellings of the same thing that servers are known to use, and those that must do no harm.

use proptest::prelude::*;
use pult_domain::areas::{
    calls,
    floor::{self, DialogPhase, Direction, OperatorState, ReasonKind},
};

use super::{
    super::{
        NAME, wire,
        wire::{
            SystemInfo,
            envelope::{self, Carried},
            people::{User, join_reasons, read_reasons},
            query, route,
            system::Complaint,
            update::{Place, Told},
            xml::Fault,
        },
    },
    samples::{facts, record},
};
use crate::{samples::text, transport::xmpp::frame};

const NODE: &str = "/finesse/api/Team/61/Users";
const UPDATE: &str = "<Update><data><user><loginId>70411</loginId><state>READY</state></user></data><event>PUT</event>\
                      <source>/finesse/api/User/70411</source></Update>";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn message(inside: &str) -> Vec<Carried> {
    let text = format!(
        "<message xmlns=\"jabber:client\" from=\"pubsub.fin-a.cc.example\" type=\"headline\">\
         <event xmlns=\"http://jabber.org/protocol/pubsub#event\">{inside}</event></message>"
    );
    envelope::open(&frame::read(&text).unwrap())
}

fn item(payload: &str) -> String {
    format!("<item id=\"1\"><notification xmlns=\"http://jabber.org/protocol/pubsub\"{payload}</notification></item>")
}

#[test]
fn every_wrapping_of_a_notification_gives_the_same_update() {
    let plain = Told::read(UPDATE).unwrap();
    let lower = UPDATE.replace("Update", "update");
    for payload in [
        format!(">{}", escape(UPDATE)),
        format!(" type=\"html\">{}", escape(UPDATE)),
        format!("><![CDATA[{UPDATE}]]>"),
        format!(">{UPDATE}"),
        format!(">{lower}"),
        format!(">\n  {}\n", escape(&lower)),
        format!(">{}", UPDATE.replace("PUT", " put ")),
    ] {
        let carried = message(&format!("<items node=\"{NODE}\">{}</items>", item(&payload)));
        let [Carried::Item { node, text }] = carried.as_slice() else { panic!("{payload}: {carried:?}") };
        assert_eq!((node.as_str(), Told::read(text).unwrap()), (NODE, plain.clone()), "{payload}");
    }
}

#[test]
fn a_text_is_decoded_once() {
    let label =
        UPDATE.replace("70411</loginId>", "70411</loginId><ReasonCode><label>A &amp;lt; B</label></ReasonCode>");
    let carried = message(&format!("<items node=\"{NODE}\">{}</items>", item(&format!(">{}", escape(&label)))));
    let [Carried::Item { text, .. }] = carried.as_slice() else { panic!("{carried:?}") };
    let [floor::Fact::OperatorSeen { report, .. }] = &facts(&record(route::UPDATE, NODE, text))[..] else { panic!() };
    assert_eq!(report.reason.as_ref().unwrap().label.as_deref(), Some("A &lt; B"));
}

#[test]
fn several_items_come_in_order_and_upsets_name_their_node() {
    let two =
        format!("<items node=\"{NODE}\">{}{}</items>", item(&format!(">{}", escape(UPDATE))), item(">&lt;x/&gt;"));
    assert_eq!(message(&two).len(), 2);
    let upset = vec![Carried::Upset { node: NODE.to_owned() }];
    for inside in [
        format!("<items node=\"{NODE}\"><retract id=\"1\"/></items>"),
        format!("<purge node=\"{NODE}\"/>"),
        format!("<delete node=\"{NODE}\"><redirect uri=\"x\"/></delete>"),
        format!("<configuration node=\"{NODE}\"/>"),
    ] {
        assert_eq!(message(&inside), upset, "{inside}");
    }
    assert_eq!(message("<collection node=\"x\"/><items/>"), vec![]);
}

#[test]
fn absent_empty_and_self_closed_are_the_same() {
    let of = |inside: &str| User::read(format!("<user><loginId> 7 </loginId>{inside}</user>").as_bytes()).unwrap();
    let bare = of("");
    for inside in [
        "<extension/><pendingState></pendingState><stateChangeTime> </stateChangeTime><teams/>",
        "<teams><Team/><Team></Team></teams><reasonCode/><reasonCodeId>-1</reasonCodeId><roles><role/></roles>",
        "<unknown><state>READY</state></unknown><mediaState><state>READY</state><extension>9</extension></mediaState>",
    ] {
        assert_eq!(of(inside), bare, "{inside}");
    }
    assert_eq!(bare.report.state, OperatorState::Unknown);
    assert_eq!(bare.report.login_id, "7");
}

#[test]
fn an_id_is_read_from_its_field_or_the_end_of_the_address() {
    let of = |inside: &str| User::read(format!("<User>{inside}</User>").as_bytes()).map(|user| user.report.login_id);
    assert_eq!(of("<uri>/finesse/api/User/O%20Petrov/</uri>").unwrap(), "O Petrov");
    assert_eq!(of("<loginId>OPetrov</loginId><uri>/finesse/api/User/x</uri>").unwrap(), "OPetrov");
    assert_eq!(of("<firstName>O</firstName>"), Err(Fault::Lacks("loginId")));
    assert_eq!(Place::of("finesse/api/User/O%2FP/Dialogs/"), Place::UserDialogs("O/P".to_owned()));
    assert_eq!(Place::of("/finesse/api/User/1/Media/2"), Place::Other);
    assert_eq!(Place::of("/elsewhere/User/1"), Place::Other);
}

#[test]
fn a_namespace_or_prefix_changes_nothing() {
    let plain = SystemInfo::read(b"<SystemInfo><status>IN_SERVICE</status></SystemInfo>").unwrap();
    let spaced = b"<?xml version='1.0'?><!-- made --><f:systemInfo xmlns:f='urn:x'><f:status>IN_<![CDATA[SERVICE]]></f:status></f:systemInfo>";
    assert_eq!(SystemInfo::read(spaced).unwrap(), plain);
    assert!(plain.in_service());
    for status in ["PARTIAL_SERVICE", "PARTIAL", "in_service", "", "WAKING"] {
        let body = format!("<SystemInfo><status>{status}</status></SystemInfo>");
        assert!(!SystemInfo::read(body.as_bytes()).unwrap().in_service(), "{status}");
    }
}

#[test]
fn a_second_node_of_the_same_name_is_none() {
    let of = |second: &str| {
        let body = format!(
            "<SystemInfo><primaryNode><host>fin-a.cc.example</host></primaryNode>\
             <secondaryNode><host>{second}</host></secondaryNode></SystemInfo>"
        );
        SystemInfo::read(body.as_bytes()).unwrap().secondary.map(|node| node.host)
    };
    assert_eq!(of("FIN-A.cc.example"), None);
    assert_eq!(of(""), None);
    assert_eq!(of("fin-b.cc.example").as_deref(), Some("fin-b.cc.example"));
}

#[test]
fn only_sso_and_hybrid_want_another_way_of_signing_in() {
    for (mode, wants) in [("NON_SSO", false), ("non-SSO", false), ("", false), ("SSO", true), ("Hybrid", true)] {
        let body = format!("<SystemInfo><systemAuthMode>{mode}</systemAuthMode></SystemInfo>");
        assert_eq!(SystemInfo::read(body.as_bytes()).unwrap().wants_sso(), wants, "{mode}");
    }
}

#[test]
fn times_come_with_any_number_of_digits_and_any_offset() {
    for time in [
        "2026-03-17T08:40:02Z",
        "2026-03-17T08:40:02.000000000Z",
        "2026-03-17T11:40:02.0+03:00",
        "2026-03-17T11:40:02+0300",
    ] {
        let body = format!("<User><loginId>7</loginId><stateChangeTime>{time}</stateChangeTime></User>");
        let since = User::read(body.as_bytes()).unwrap().report.since;
        assert_eq!(since.map(|since| since.as_second()), Some(1_773_736_802), "{time}");
    }
    let body = b"<User><loginId>7</loginId><stateChangeTime>yesterday</stateChangeTime></User>";
    assert_eq!(User::read(body).unwrap().report.since, None);
}

#[test]
fn a_reason_is_the_houses_only_where_it_has_an_id_there() {
    let kind = |inside: &str| {
        let body = format!("<ReasonCodes><ReasonCode>{inside}</ReasonCode></ReasonCodes>");
        let reasons = read_reasons(body.as_bytes()).unwrap();
        reasons.first().map(|reason| (reason.kind, reason.label.clone()))
    };
    let label = |text: &str| Some(text.to_owned());
    assert_eq!(kind("<code>33</code><id>-1</id>"), Some((ReasonKind::Supervisor, None)));
    assert_eq!(kind("<code>33</code><id>9</id><label>Обед</label>"), Some((ReasonKind::Chosen, label("Обед"))));
    assert_eq!(kind("<code>33</code><systemCode>false</systemCode>"), Some((ReasonKind::Chosen, None)));
    assert_eq!(kind("<code>32765</code>"), Some((ReasonKind::ConnectionLost, None)));
    assert_eq!(
        kind("<code>32765</code><label>Нет  связи</label>"),
        Some((ReasonKind::ConnectionLost, label("Нет  связи")))
    );
    assert_eq!(kind("<code>32766</code>"), Some((ReasonKind::OtherSystem, None)));
    assert_eq!(kind("<code>500</code><id>3</id><systemCode>true</systemCode>"), Some((ReasonKind::OtherSystem, None)));
    assert_eq!(kind("<code>21</code>"), Some((ReasonKind::Chosen, None)));
    assert_eq!(kind("<forAll>true</forAll>"), None);
}

#[test]
fn a_mere_id_of_a_reason_is_one_and_minus_one_is_none() {
    let reason = |id: &str| {
        let body = format!("<User><loginId>7</loginId><reasonCodeId>{id}</reasonCodeId></User>");
        User::read(body.as_bytes()).unwrap().report.reason
    };
    assert_eq!(reason("9").and_then(|reason| reason.id).as_deref(), Some("9"));
    assert_eq!((reason("-1"), reason("")), (None, None));
}

#[test]
fn lists_of_reasons_are_joined_into_one_document() {
    let list = text(NAME, "06-reasoncodes-not-ready.xml");
    let other = "<ReasonCodes category=\"LOGOUT\"><ReasonCode><code>5</code></ReasonCode></ReasonCodes>";
    let joined = join_reasons(&[list.as_bytes(), other.as_bytes()]);
    assert_eq!(read_reasons(joined.as_bytes()).unwrap().len(), 4);
    assert_eq!(read_reasons(b"<User/>"), Err(Fault::Lacks("ReasonCodes")));
}

fn call(kind: &str, from: &str, to: &str, state: &str, extension: Option<&str>) -> floor::DialogReport {
    let body = format!(
        "<Dialogs><Dialog><id>1</id><fromAddress>{from}</fromAddress><toAddress>{to}</toAddress><state>ACTIVE</state>\
         <mediaProperties><callType>{kind}</callType></mediaProperties><participants>\
         <Participant><mediaAddress>9001</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><state>DROPPED</state></Participant>\
         <Participant><mediaAddress>5413</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><state>{state}</state></Participant>\
         </participants></Dialog></Dialogs>"
    );
    let mut record = record(route::DIALOGS, "", body);
    record.query.push((query::LOGIN_ID.to_owned(), "70413".to_owned()));
    record.query.extend(extension.map(|extension| (query::EXTENSION.to_owned(), extension.to_owned())));
    match facts(&record).remove(0) {
        floor::Fact::DialogSeen(report) => *report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_operators_part_of_a_call_is_the_one_with_their_phone() {
    let phase = |state: &str, extension: Option<&str>| call("ACD_IN", "7495", "7100", state, extension).phase;
    for (state, want) in [
        ("INITIATING", DialogPhase::Ringing),
        ("ALERTING", DialogPhase::Ringing),
        ("ACTIVE", DialogPhase::Active),
        ("HELD", DialogPhase::Held),
        ("WRAP_UP", DialogPhase::WrapUp),
        ("DROPPED", DialogPhase::Ended),
        ("FAILED", DialogPhase::Failed),
        // A word we do not know leaves the word of the whole call.
        ("DANCING", DialogPhase::Active),
    ] {
        assert_eq!(phase(state, Some("5413")), want, "{state}");
    }
    assert_eq!(phase("ACTIVE", Some("9001")), DialogPhase::Ended);
    assert_eq!(phase("HELD", None), DialogPhase::Held, "without a phone: the part furthest from over");
}

#[test]
fn who_called_whom_is_told_by_the_kind_of_call_or_by_the_numbers() {
    let told = |kind: &str, from: &str, to: &str| {
        let report = call(kind, from, to, "ACTIVE", Some("5413"));
        (report.direction, report.number.unwrap())
    };
    let number = str::to_owned;
    assert_eq!(told("ACD_IN", "7495", "7100"), (Direction::Inbound, number("7495")));
    assert_eq!(told("OUT", "5413", "7916"), (Direction::Outbound, number("7916")));
    assert_eq!(told("OUTBOUND_CALLBACK", "5413", "7916"), (Direction::Outbound, number("7916")));
    assert_eq!(told("AGENT_INSIDE", "5413", "5414"), (Direction::Internal, number("5414")));
    assert_eq!(told("AGENT_INSIDE", "5414", "5413"), (Direction::Internal, number("5414")));
    assert_eq!(told("TRANSFER", "7495", "5413"), (Direction::Inbound, number("7495")));
    assert_eq!(told("NEW_KIND", "5413", "7916"), (Direction::Outbound, number("7916")));
}

#[test]
fn a_call_that_ends_is_told_in_full_once_more() {
    const CALLS: &str = "/finesse/api/User/70413/Dialogs";
    let body = text(NAME, "18-update-dialogs-post.xml").replace("POST", "DELETE");
    let [floor::Fact::DialogSeen(report), floor::Fact::DialogGone { id, login_id }] =
        &facts(&record(route::UPDATE, CALLS, body))[..]
    else {
        panic!()
    };
    assert_eq!((report.phase, report.changed), (DialogPhase::Ended, Some(super::samples::now())));
    assert_eq!(report.began.map(|began| began.as_second()), Some(1_773_736_694));
    assert_eq!((report.number.as_deref(), report.queue.as_deref()), (Some("74955550142"), Some("RETAIL_QUESTIONS")));
    assert_eq!((report.wrap_up.as_deref(), report.direction), (Some("Перенос даты"), Direction::Inbound));
    assert_eq!((id.as_str(), login_id.as_str()), ("33561027", "70413"));
    // The journal hears of it under a key of its own, so that the same end told twice is one call.
    let ended = record(route::UPDATE, CALLS, text(NAME, "18-update-dialogs-post.xml").replace("POST", "DELETE"));
    let row = calls::Fact::CallWatched(report.clone());
    assert_eq!(super::samples::calls(&ended), [("dialog/33561027/70413".to_owned(), row)]);
    assert_eq!(super::samples::calls(&record(route::UPDATE, CALLS, text(NAME, "18-update-dialogs-post.xml"))), []);

    let bare = "<Update><data/><event>DELETE</event><source>/finesse/api/Dialog/5</source></Update>";
    let gone = floor::Fact::DialogGone { id: "5".to_owned(), login_id: "70413".to_owned() };
    assert_eq!(facts(&record(route::UPDATE, CALLS, bare)), [gone]);
}

#[test]
fn a_call_that_is_no_telephone_call_is_left_out() {
    let body = text(NAME, "07-dialogs-of-user.xml").replace("<mediaType>Voice<", "<mediaType>Chat<");
    let mut record = record(route::DIALOGS, "", body);
    record.query.push((query::LOGIN_ID.to_owned(), "70413".to_owned()));
    assert_eq!(facts(&record), []);
}

#[test]
fn queues_come_and_go() {
    const NODE: &str = "/finesse/api/User/70400/Queues";
    let list = text(NAME, "08-queues-of-supervisor.xml").replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");
    let update =
        |event: &str| format!("<Update><data>{list}</data><event>{event}</event><source>{NODE}</source></Update>");
    let kinds = |event: &str| -> Vec<&str> {
        facts(&record(route::UPDATE, NODE, update(event))).iter().map(floor::Fact::kind).collect()
    };
    assert_eq!(kinds("POST"), ["queue_seen"; 3]);
    assert_eq!(kinds("DELETE"), ["queue_gone"; 3]);
    let gone = "<Update><event>DELETE</event><source>/finesse/api/Queue/5031</source></Update>";
    let facts = facts(&record(route::UPDATE, "/finesse/api/Queue/5031", gone));
    assert_eq!(facts, [floor::Fact::QueueGone { id: "5031".to_owned() }]);
}

#[test]
fn a_dtd_depth_and_size_are_refused() {
    let read = |body: &str| wire::parse(&record(route::TEAM, "", body), super::samples::now()).unwrap_err();
    assert!(read("<!DOCTYPE x [<!ENTITY a 'b'>]><Team/>").reason.contains("DTD"));
    let nest = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(read(&nest(65)).reason.contains("deeper"));
    assert!(read(&nest(100_000)).reason.contains("deeper"));
    assert_eq!(read(&nest(64)).field, "Team", "a bearable depth is read, and is no team");
    assert!(read(&format!("<Team>{}</Team>", " ".repeat(8 * 1024 * 1024))).reason.contains("larger"));
    assert!(read("<Team><id>1").reason.contains("not well-formed"));
    assert!(!read("<Team><id>secret</x>").reason.contains("secret"));
}

#[test]
fn a_complaint_is_read_in_both_letter_cases_and_a_page_is_none() {
    let complaint =
        Complaint::read(b"<apiErrors><apiError><errorType>Invalid\n   State</errorType></apiError></apiErrors>");
    assert!(complaint.unwrap().is("invalid state"));
    for body in [&b"<html>no</html>"[..], b"", b"<html>", b"{}", b"<ApiErrors/>", b"\xff"] {
        assert_eq!(Complaint::read(body), None);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reading_panic(
        body in "(<|</|>|/>|Update|data|user|User|Team|users|event|PUT|DELETE|source|/finesse/api/|User/|Dialogs|Dialog|Queue|id|loginId|state|&amp;|&#0;|<!|\\[CDATA\\[|\\]\\]|\"|=|xmlns|:|-1|\\PC){0,60}",
        route in prop::sample::select(vec![route::TEAM, route::USER, route::UPDATE, route::DIALOGS, route::QUEUES, route::REASONS]),
    ) {
        let record = record(route, NODE, body.clone());
        let _ = wire::parse(&record, super::samples::now());
        let _ = Told::read(&body);
        let _ = SystemInfo::read(body.as_bytes());
        let _ = Complaint::read(body.as_bytes());
        let _ = frame::read(&body);
    }

    #[test]
    fn a_sample_cut_anywhere_or_with_a_byte_changed_does_no_harm(file in 0_usize..23, at in 0.0_f64..1.0, byte in any::<u8>(), cut in any::<bool>()) {
        let mut files: Vec<_> = std::fs::read_dir(crate::samples::folder(NAME)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        let mut body = std::fs::read(&files[file]).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short file")]
        let place = (at * (body.len() - 1) as f64) as usize;
        if cut { body.truncate(place) } else { body[place] = byte }
        let text = String::from_utf8_lossy(&body).into_owned();
        for route in [route::TEAM, route::USER, route::UPDATE, route::DIALOGS, route::QUEUES, route::REASONS] {
            let _ = wire::parse(&record(route, NODE, text.clone()), super::samples::now());
        }
        if let Ok(stanza) = frame::read(&text) {
            let _ = envelope::open(&stanza);
        }
    }
}
