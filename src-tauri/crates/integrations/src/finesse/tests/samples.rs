//! What each sample of the contract means.

use minidom::Element;
use pult_domain::{
    Fact, Instant, Observed,
    areas::{calls, floor},
};

use super::super::{
    NAME, wire,
    wire::{
        envelope::{self, Carried},
        people::{User, word},
        query, route,
        system::{Complaint, SystemInfo},
        update::Told,
    },
};
use crate::{
    Parsed, StoredRequest,
    samples::{folder, text},
    transport::xmpp::frame,
};

pub(super) const NOW: i64 = 1_773_737_100;

pub(super) fn now() -> Instant {
    Instant::from_second(NOW).unwrap()
}

pub(super) fn record(route: &str, path: &str, body: impl Into<String>) -> StoredRequest {
    StoredRequest {
        route: route.to_owned(),
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: vec![],
        headers: vec![],
        body: body.into().into(),
    }
}

/// What a record means for the floor.
pub(super) fn facts(record: &StoredRequest) -> Vec<floor::Fact> {
    let floors = |observed: Observed| match observed.fact {
        Fact::Floor(fact) => Some(fact),
        _ => None,
    };
    meant(record).into_iter().filter_map(floors).collect()
}

/// What a record means for the journal of calls, with the keys it is known by there.
pub(super) fn calls(record: &StoredRequest) -> Vec<(String, calls::Fact)> {
    let journals = |observed: Observed| match observed.fact {
        Fact::Calls(fact) => Some((observed.key.0, fact)),
        _ => None,
    };
    meant(record).into_iter().filter_map(journals).collect()
}

fn meant(record: &StoredRequest) -> Vec<Observed> {
    let Parsed { facts, rejected } = wire::parse(record, now()).unwrap();
    assert!(rejected.is_empty());
    facts
}

fn update(path: &str, body: &str) -> String {
    format!("{:#?}\n{:#?}", Told::read(body).unwrap(), wire::parse(&record(route::UPDATE, path, body), now()).unwrap())
}

/// What a sample means, as the session or the console would be told.
fn meaning(name: &str, body: &str) -> String {
    const TEAM: &str = "/finesse/api/Team/61/Users";
    const SECOND: &str = "/finesse/api/Team/62/Users";
    let parsed = |route: &str| format!("{:#?}", wire::parse(&record(route, "/finesse/api/", body), now()).unwrap());
    match &name[..2] {
        "01" | "02" => format!("{:#?}", SystemInfo::read(body.as_bytes()).unwrap()),
        "03" | "04" => format!("{:#?}\n{}", User::read(body.as_bytes()).unwrap(), parsed(route::USER)),
        "05" => parsed(route::TEAM),
        "06" => parsed(route::REASONS),
        "07" => {
            let mut record = record(route::DIALOGS, "/finesse/api/User/70413/Dialogs", body);
            record.query =
                [(query::LOGIN_ID, "70413"), (query::EXTENSION, "5413")].map(|(k, v)| (k.into(), v.into())).into();
            format!("{:#?}", wire::parse(&record, now()).unwrap())
        }
        "08" => parsed(route::QUEUES),
        "09" | "10" | "11" | "12" => format!("{:#?}", Complaint::read(body.as_bytes()).unwrap()),
        "13" => {
            let ours = format!("<User><state>{}</state></User>", word(&floor::Wanted::Ready.state()).unwrap());
            let bare: String = body.split_whitespace().collect();
            assert_eq!(ours, bare, "what we send is what the sample sends");
            ours
        }
        "14" | "17" => update(TEAM, body),
        "15" => {
            let carried = envelope::open(&frame::read(body).unwrap());
            let [Carried::Item { node, text }] = carried.as_slice() else { panic!("{carried:?}") };
            format!("{node}\n{}", update(node, text))
        }
        "16" => update(SECOND, body),
        "18" => update("/finesse/api/User/70413/Dialogs", body),
        "19" => update("/finesse/api/SystemInfo", body),
        "20" => update("/finesse/api/Queue/5031", body),
        "21" => update("/finesse/api/User/70413", body),
        "22" | "23" => {
            // Ours to send, and a presence: they are stanzas, and nothing of a notification.
            let stanza: Element = frame::read(body).unwrap();
            assert!(envelope::open(&stanza).is_empty());
            format!("{stanza:#?}")
        }
        other => panic!("sample {other} is new: say what it means"),
    }
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files.len(), 23);
    for file in files {
        let name = file.into_string().unwrap();
        insta::assert_snapshot!(name.trim_end_matches(".xml"), meaning(&name, &text(NAME, &name)));
    }
}

#[test]
fn sample_5_falls_into_the_groups_the_contract_names() {
    use floor::Group;
    let body = text(NAME, "05-team-61.xml");
    let [floor::Fact::TeamSeen(team)] = &facts(&record(route::TEAM, "", body))[..] else { panic!() };
    let count = |group: Group| team.members.iter().filter(|member| member.state.group() == group).count();
    let groups = [Group::Ready, Group::NotReady, Group::Talking, Group::WrapUp, Group::SignedOut, Group::Unknown];
    assert_eq!(groups.map(count), [1, 2, 3, 1, 2, 1]);
}
