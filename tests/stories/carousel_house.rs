//! The service desk of the carousel, simulated, and a Pult on it, as all of their stories have them.
//!
//! Deliberately not here: anything that is proved.

use pult_simulators::{
    intradesk::{
        self, Assignment, By,
        world::{GroupOrder, PersonOrder, ServiceOrder, task::TaskOrder},
    },
    secret::Secret,
    service::fault::{Fault, FaultOrder},
};
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    clock::has_a_hand_clock,
    house::{House, Pultd, Setup, trust_ring},
};

const TENANT: &str = "company.intradesk.example";
pub(crate) const LOGIN: &str = "carousel-bot";
pub(crate) const PASSWORD: &str = "password of the carousel's bot";
pub(crate) const KEY: &str = "api-key-of-the-story";
pub(crate) const POST: u64 = 54_001;
pub(crate) const PRINT: u64 = 54_002;

/// A service desk with two services: 10, 20 and 30 serve the first, 40 and 50 the second.
pub(crate) struct Desk(pub(crate) intradesk::Simulator);

impl Desk {
    pub(crate) async fn open() -> Self {
        trust_ring();
        let settings = intradesk::Settings {
            api_key: Some(Secret::new(KEY)),
            demo: false,
            ..intradesk::Settings::new(TENANT, LOGIN, Secret::new(PASSWORD))
        };
        let desk = Self(intradesk::start(settings).await.unwrap());
        for (group, service, name, people) in
            [(61, POST, "Почта", &[10, 20, 30][..]), (62, PRINT, "Печать", &[40, 50][..])]
        {
            desk.group(group);
            for person in people {
                desk.person(*person, PersonOrder { groups: Some(vec![group]), ..PersonOrder::default() });
            }
            desk.service(service, name, &[group]);
        }
        desk
    }

    pub(crate) fn group(&self, id: u64) {
        let order = GroupOrder { id: Some(id), name: Some(format!("Группа {id}")), ..GroupOrder::default() };
        self.0.tenant().order_group(None, &order).unwrap();
    }

    pub(crate) fn service(&self, id: u64, name: &str, groups: &[u64]) {
        let (name, groups) = (Some(name.to_owned()), Some(groups.to_vec()));
        self.0
            .tenant()
            .order_service(None, &ServiceOrder { id: Some(id), name, groups, ..ServiceOrder::default() })
            .unwrap();
    }

    pub(crate) fn person(&self, id: u64, order: PersonOrder) {
        let first_name = Some(format!("Сотрудник {id}"));
        self.0.tenant().order_person(None, &PersonOrder { id: Some(id), first_name, ..order }).unwrap();
    }

    pub(crate) fn block(&self, id: u64) {
        let order = PersonOrder { blocked: Some(true), ..PersonOrder::default() };
        self.0.tenant().order_person(Some(id), &order).unwrap();
    }

    /// Tickets of a service, the first made first.
    pub(crate) fn tickets(&self, service: u64, count: u64) -> Vec<u64> {
        let one = TaskOrder { service: Some(service), ..TaskOrder::default() };
        let made = jiff_second();
        let created = |n: u64| Some(made.checked_add(jiff::SignedDuration::from_secs(n.cast_signed())).unwrap());
        (0..count).map(|n| self.0.tenant().make(&TaskOrder { created: created(n), ..one.clone() })).collect()
    }

    /// Who has a ticket.
    pub(crate) fn executor(&self, ticket: u64) -> Option<u64> {
        self.0.tenant().world(|world| world.tasks[&ticket].executor())
    }

    /// Writes of ours, in their order.
    pub(crate) fn ours(&self) -> Vec<(u64, u64)> {
        let by_us = |one: &Assignment| matches!(one.by, By::Gateway | By::Classic);
        self.0.tenant().assignments().into_iter().filter(by_us).map(|one| (one.task, one.person)).collect()
    }

    pub(crate) fn fault(&self, fault: Fault, on: &str, times: Option<u32>) {
        self.0.tenant().faults.set(FaultOrder { times, ..FaultOrder::new(fault, on, 1) });
    }

    pub(crate) fn heal(&self) {
        self.0.tenant().faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    }

    /// How often the tickets of a service were read.
    pub(crate) fn looks(&self, service: u64) -> u64 {
        self.0.tenant().lists().get(&service).copied().unwrap_or_default()
    }

    /// A Pult on this desk; `areas` and `vendor` are further lines of their sections.
    pub(crate) fn setup(&self, areas: &str, vendor: &str) -> Setup {
        let (login, api) = (self.0.login_base(), self.0.api_base());
        Setup::new().secret("carousel.password", PASSWORD).and(&format!(
            "[integrations.intradesk]\nenabled = true\ntenant = \"{TENANT}\"\nlogin = \"{LOGIN}\"\nlogin_base = \"{login}\"\n\
             api_base = \"{api}\"\nrate_per_second = 50\n{vendor}\n[areas.carousel]\ninterval_s = 86400\n{areas}\n"
        ))
    }

    /// A Pult on the same desk as the classic product shows it.
    pub(crate) fn classic(&self) -> Setup {
        let base = self.0.classic_base();
        Setup::new().secret("carousel.password", PASSWORD).and(&format!(
            "[integrations.intradesk]\nenabled = true\nproduct = \"intraservice\"\nlogin = \"{LOGIN}\"\nbase = \"{base}\"\n\
             rate_per_second = 50\n[areas.carousel]\ninterval_s = 86400\n"
        ))
    }

    /// A Pult that has read the catalogue, with everybody of the first service and the service itself switched on.
    pub(crate) async fn ready(&self, areas: &str) -> (House, Pultd, Caller) {
        let house = self.setup(areas, "").build();
        let (pultd, chief) = house.open().await;
        imported(&chief).await;
        switch_on(&chief, POST, &[10, 20, 30]).await;
        (house, pultd, chief)
    }
}

/// Imports a file of rows on the command line; what it came to.
pub(crate) async fn bring(house: &House, kind: &str, text: &str) -> Value {
    let file = house.folder().join(format!("{kind}.file"));
    std::fs::write(&file, text).unwrap();
    serde_json::from_str(&house.must(&["import", kind, file.to_str().unwrap(), "--json"], "").await).unwrap()
}

/// Waits until another import has ended.
pub(crate) async fn import_again(chief: &Caller) -> Value {
    let imported = async || chief.must("carousel.desk", json!({})).await["imported"].clone();
    let before = imported().await;
    chief.must("carousel.import_now", json!({})).await;
    chief.until(async || Some(imported().await).filter(|now| *now != before)).await
}

/// Somebody of the carousel's desk.
pub(crate) async fn person(chief: &Caller, id: u64) -> Value {
    let desk = chief.must("carousel.desk", json!({})).await;
    desk["people"].as_array().unwrap().iter().find(|p| p["row"]["id"] == id).unwrap().clone()
}

/// The day of tickets: nobody looks at it but to order them.
pub(crate) fn jiff_second() -> jiff::Timestamp {
    "2026-10-28T08:20:00Z".parse().unwrap()
}

pub(crate) async fn imported(chief: &Caller) {
    chief
        .until(async || {
            let desk = chief.must("carousel.desk", json!({})).await;
            (desk["importing_since"].is_null() && !desk["services"].as_array().unwrap().is_empty()).then_some(())
        })
        .await;
}

pub(crate) async fn switch_on(chief: &Caller, service: u64, people: &[u64]) {
    chief.must("carousel.switch_service", json!({ "service": service, "enabled": true })).await;
    for person in people {
        chief.must("carousel.switch_person", json!({ "person": person, "enabled": true })).await;
    }
}

pub(crate) async fn service(chief: &Caller, id: u64) -> Value {
    let desk = chief.must("carousel.desk", json!({})).await;
    desk["services"].as_array().unwrap().iter().find(|s| s["row"]["id"] == id).unwrap().clone()
}

/// Has the carousel turn, and waits until the service is done.
pub(crate) async fn turn(chief: &Caller, id: u64) -> Value {
    let before = service(chief, id).await["row"]["stage_at"].clone();
    chief.must("carousel.turn_now", json!({})).await;
    over(chief, id, &before).await
}

pub(crate) async fn over(chief: &Caller, id: u64, before: &Value) -> Value {
    chief
        .until(async || {
            let service = service(chief, id).await;
            (service["row"]["stage"].is_null() && service["row"]["stage_at"] != *before).then_some(service)
        })
        .await
}

pub(crate) async fn log(chief: &Caller, filter: Value) -> Vec<Value> {
    let page = chief.must("carousel.log", json!({ "filter": filter, "limit": 100 })).await;
    page["rows"].as_array().unwrap().clone()
}

pub(crate) async fn notices(chief: &Caller) -> Vec<String> {
    let all = chief.must("notices.list", json!({ "which": "standing", "limit": 100 })).await;
    all["rows"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
}

/// A Pult whose clock stands, with the first service and its people switched on; nothing where the clock cannot be turned.
pub(crate) async fn with_a_hand_clock(desk: &Desk, areas: &str) -> Option<(House, Pultd, Caller)> {
    let house = desk.setup(areas, "").build();
    has_a_hand_clock(&house).await.then_some(())?;
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", "2026-10-28T09:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    imported(&chief).await;
    switch_on(&chief, POST, &[10, 20, 30]).await;
    Some((house, pultd, chief))
}

/// Nothing but the place of secrets holds this.
pub(crate) fn not_told(house: &House, secret: &str) {
    for file in house.files().into_iter().filter(|file| !file.ends_with("secrets.toml")) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{}", file.display());
    }
}
