//! The service desk and the portal of ratings, simulated, as all of their stories have them.
//!
//! Deliberately not here: anything that is proved.

use pult_simulators::{
    bitrix24::{self, Press, Pressed},
    okdesk,
    secret::Secret,
};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::{
    caller::{Answer, Caller},
    clock::has_a_hand_clock,
    house::{House, Pultd, Setup, trust_ring},
};

pub(crate) const TOKEN: &str = "desk token of the story";
pub(crate) const HOOK_KEY: &str = "hook key of the story";
const PORTAL_KEY: &str = "portalkeyofthestory";
pub(crate) const EVENTS: &str = "application token of the story";
pub(crate) const NOON: &str = "2026-03-28T12:00:00Z";

/// A service desk and a portal whose people are the same.
pub(crate) struct Vendors {
    pub(crate) desk: okdesk::Simulator,
    pub(crate) portal: bitrix24::Simulator,
}

impl Vendors {
    pub(crate) async fn open() -> Self {
        trust_ring();
        let desk =
            okdesk::Settings { hook_key: Some(Secret::new(HOOK_KEY)), ..okdesk::Settings::new(Secret::new(TOKEN)) };
        let portal = bitrix24::Settings::new(Secret::new(PORTAL_KEY), Secret::new(EVENTS));
        let (desk, portal) = (okdesk::start(desk).await.unwrap(), bitrix24::start(portal).await.unwrap());
        Self { desk, portal }
    }

    /// A Pult that works with both; `areas` and `portal` are further lines of their sections.
    pub(crate) fn house(&self, areas: &str, portal: &str) -> House {
        self.setup(areas, portal, "").build()
    }

    /// The same, to be set up further; `desk` are further lines of the service desk's section.
    pub(crate) fn setup(&self, areas: &str, portal: &str, desk: &str) -> Setup {
        Setup::new()
            .secret("ratings.okdesk_token", TOKEN)
            .secret("ratings.webhook_key", HOOK_KEY)
            .secret("ratings.bitrix_user_key", PORTAL_KEY)
            .secret("ratings.bitrix_message_key", PORTAL_KEY)
            .secret("bitrix24.application_token", EVENTS)
            .secret("bitrix24.bot_token", "bot token of the story")
            .and(&format!(
                "[integrations.okdesk]\nenabled = true\nbase = \"{}\"\n{desk}\n[integrations.bitrix24]\nenabled = true\n\
                 base = \"{}\"\nrate_per_second = 50\n{portal}\n[areas.ratings]\nenabled = true\n{areas}\n",
                self.desk.base(),
                self.portal.base()
            ))
    }

    /// The same, with links in its questions.
    pub(crate) fn linked(&self, areas: &str) -> House {
        let links = format!("public_url = \"https://hooks.example.com\"\n{areas}");
        self.house(&links, "message_method = \"im\"")
    }

    /// Opens a house at noon, by a clock that stands, and sends the desk's webhooks there; none where the clock cannot be turned.
    pub(crate) async fn at_noon(&self, house: House) -> Option<(House, Pultd, Caller)> {
        has_a_hand_clock(&house).await.then_some(())?;
        house.person("chief", "admin").await;
        let pultd = house.try_serve(&["--hand-clock", NOON]).await.unwrap();
        let chief = pultd.signed_in("chief").await;
        self.tell(&pultd);
        Some((house, pultd, chief))
    }

    /// Sends the desk's webhooks to this engine.
    pub(crate) fn tell(&self, pultd: &Pultd) {
        let url = Url::parse(&format!("{}/hooks/okdesk", pultd.hooks)).unwrap();
        self.desk.desk().switch(&okdesk::switches::SwitchOrder { hook_url: Some(url), ..Default::default() });
    }

    /// A contact's new issue, closed at once; its number.
    pub(crate) async fn closed_issue(&self, contact: u64) -> u64 {
        let order =
            okdesk::IssueOrder {
                title: Some("Не печатает".to_owned()), contact: Some(contact), ..Default::default()
            };
        let issue = self.desk.desk().make(&order);
        assert!(self.desk.desk().close(issue));
        self.desk.desk().settled().await;
        issue
    }

    /// Messages with buttons that ask about an issue: their ids, oldest first.
    pub(crate) fn questions(&self, issue: u64) -> Vec<u64> {
        let about = format!("№ {issue} ");
        self.portal.portal().world(|world| {
            let asking = world.chat.messages.iter().filter(|m| !m.keyboard.is_empty() && m.text.contains(&about));
            asking.map(|m| m.id).collect()
        })
    }

    /// The path and query of a link in a question.
    pub(crate) fn link(&self, question: u64, text: &str) -> String {
        let press = Press { text: Some(text.to_owned()), ..Press::default() };
        let Ok(Pressed::Link(link)) = self.portal.portal().press(question, &press) else {
            panic!("no link «{text}»")
        };
        let link = Url::parse(&link).unwrap();
        assert_eq!(link.host_str(), Some("hooks.example.com"));
        format!("{}?{}", link.path(), link.query().unwrap())
    }

    /// What the desk was given, as (rating, who gave it).
    pub(crate) fn ratings(&self, issue: u64) -> Vec<(String, &'static str)> {
        let all = self.desk.desk().ratings();
        all.into_iter().filter(|r| r.issue == issue).map(|r| (r.rate, r.by)).collect()
    }
}

/// The newest request about an issue.
pub(crate) async fn request(caller: &Caller, issue: u64) -> Option<Value> {
    let mut newest: Option<Value> = None;
    for which in ["pending", "ended"] {
        let page =
            caller.must("ratings.page", json!({ "filter": { "which": which, "issue": issue }, "limit": 10 })).await;
        for row in page["rows"].as_array().unwrap() {
            if newest.as_ref().is_none_or(|known| row["id"].as_i64() > known["id"].as_i64()) {
                newest = Some(row.clone());
            }
        }
    }
    newest
}

/// Waits until the newest request about an issue is in a state.
pub(crate) async fn until(caller: &Caller, issue: u64, state: &str) -> Value {
    caller.until(async || request(caller, issue).await.filter(|row| row["state"] == state)).await
}

/// Opens a link as a browser does, or confirms what it showed.
pub(crate) async fn follow(hooks: &Caller, method: Method, link: &str) -> Answer {
    hooks.send(hooks.request(method, link).header("accept", "text/html")).await
}
