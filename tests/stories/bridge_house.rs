//! The bridge between two simulated systems, as all of its stories have it: both ends, a Pult between them, and looking at either end.
//!
//! Deliberately not here: anything that is proved.

use pult_simulators::{
    pachca::{
        self, Pressed,
        world::{chat::Message, people::UserOrder},
    },
    secret::Secret,
    service::fault::{Fault, FaultOrder},
    tracker::{self, world::issue::Issue},
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    caller::{Caller, look_until},
    house::{House, Pultd, Setup, trust_ring},
};

const TOKEN: &str = "token of the story's bot";
pub(crate) const SIGNING: &str = "signing secret of the story";
pub(crate) const TRACKER_TOKEN: &str = "token of the story's robot";
pub(crate) const HOOK_KEY: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";
const DIRECTORY: &str = "token of the story's directory";
/// The chat whose messages become issues, and people in it; Vera is one of the tracker's agents as well.
pub(crate) const DESK: u64 = 51_840;
pub(crate) const NINA: u64 = 815;
pub(crate) const VERA: u64 = 814;
pub(crate) const IVAN: u64 = 812;
pub(crate) const PAVEL: u64 = 817;

/// How Pult is known to the tracker: by a token that lasts, or by one of the cloud.
const LASTING: &str = "org_id = \"7654321\"";
const OF_THE_CLOUD: &str = "auth = \"bearer\"\ncloud_org_id = \"bpf0example\"";

/// Both ends.
pub(crate) struct Bridge {
    pub(crate) space: pachca::Simulator,
    pub(crate) tracker: tracker::Simulator,
    account: &'static str,
}

impl Bridge {
    pub(crate) async fn open() -> Self {
        Self::known_by(LASTING).await
    }

    /// The same, but that the tracker takes a token for hours only.
    pub(crate) async fn in_the_cloud() -> Self {
        Self::known_by(OF_THE_CLOUD).await
    }

    async fn known_by(account: &'static str) -> Self {
        trust_ring();
        let space =
            pachca::Settings { limit_scale: None, ..pachca::Settings::new(Secret::new(TOKEN), Secret::new(SIGNING)) };
        let tracker = tracker::Settings {
            directory_token: Some(Secret::new(DIRECTORY)),
            hook_key: Some(Secret::new(HOOK_KEY)),
            iam: (account == OF_THE_CLOUD).then(|| Secret::new(TRACKER_TOKEN)),
            cloud_org: Some("bpf0example".to_owned()),
            ..tracker::Settings::new(Secret::new(TRACKER_TOKEN))
        };
        let (space, tracker) = (pachca::start(space).await.unwrap(), tracker::start(tracker).await.unwrap());
        let bridge = Self { space, tracker, account };
        bridge.tracker.tracker().switch(&tracker::switches::SwitchOrder { no_limit: true, ..Default::default() });
        bridge
    }

    /// A Pult between them; `areas` are further lines of its section.
    pub(crate) fn house(&self, areas: &str) -> House {
        let tracker = self.tracker.base();
        Setup::new()
            .secret("ct.pachca_token", TOKEN)
            .secret("ct.webhook_secret", SIGNING)
            .secret("ct.tracker_token", TRACKER_TOKEN)
            .secret("ct.tracker_hook_key", HOOK_KEY)
            .secret("ct.y360_token", DIRECTORY)
            .and(&format!(
                "[integrations.pachca]\nenabled = true\nbase = \"{}\"\npoll_s = 1\nemail_domain = \"example.com\"\n\
                 [integrations.tracker]\nenabled = true\nbase = \"{tracker}\"\n{}\nqueue_key = \"DESK\"\n\
                 rate_per_second = 50\n[integrations.yandex360]\nenabled = true\nbase = \"{tracker}\"\norg_id = \"7654321\"\n\
                 [areas.chat_link]\ndesk_chats = [{DESK}]\n{areas}\n\
                 [lanes]\nbreaker_pause_s = 1\nbreaker_pause_max_s = 2\nbackoff_max_s = 2\n",
                self.space.base(),
                self.account,
            ))
            .build()
    }

    /// Sends what happens at both ends to this engine.
    pub(crate) fn tell(&self, pultd: &Pultd) {
        let hook = |name: &str| Some(Url::parse(&format!("{}/hooks/{name}", pultd.hooks)).unwrap());
        self.space.space().switch(&pachca::switches::SwitchOrder { hook_url: hook("pachca"), ..Default::default() });
        self.tracker
            .tracker()
            .switch(&tracker::switches::SwitchOrder { hook_url: hook("tracker"), ..Default::default() });
    }

    pub(crate) async fn ready(&self, areas: &str) -> (House, Pultd, Caller) {
        let house = self.house(areas);
        let (pultd, chief) = house.open().await;
        self.tell(&pultd);
        (house, pultd, chief)
    }

    /// What the bot wrote into a chat, oldest first.
    pub(crate) fn bots(&self, chat: u64) -> Vec<Message> {
        let bot = |message: &Message| message.user == pachca::world::BOT;
        self.space.space().messages(chat).into_iter().filter(bot).collect()
    }

    /// What the bot wrote to a person in private.
    pub(crate) fn told(&self, user: u64) -> Vec<Message> {
        self.space.space().direct_chat(user).map(|chat| self.bots(chat)).unwrap_or_default()
    }

    /// The first message of the newest issue's conversation and its key, once it stands in the chat.
    pub(crate) async fn anchor(&self, chat: u64, count: usize) -> (Message, String) {
        let anchor = look_until(|| self.bots(chat).into_iter().nth(count - 1)).await;
        let key = anchor.content.rsplit('/').next().unwrap_or_default().trim().to_owned();
        (anchor, key)
    }

    /// A message in the desk's chat, and the conversation it became.
    pub(crate) async fn conversation(&self, user: u64, text: &str) -> (Message, String) {
        let before = self.bots(DESK).len();
        self.space.space().say(user, DESK, text).unwrap();
        self.anchor(DESK, before + 1).await
    }

    /// Comments of an issue as (who, what).
    pub(crate) fn comments(&self, key: &str) -> Vec<(String, String)> {
        let all = self.tracker.tracker().comments(key);
        all.into_iter().map(|comment| (comment.author, comment.text)).collect()
    }

    /// What stands in a thread, oldest first.
    pub(crate) fn thread(&self, anchor: &Message) -> Vec<String> {
        self.space.space().in_thread_of(anchor.id).into_iter().map(|message| message.content).collect()
    }

    pub(crate) async fn pair(&self, chief: &Caller, key: &str) -> Value {
        let page = chief.must("chat_link.page", json!({ "filter": { "issue": key }, "limit": 1 })).await;
        let id = page["rows"][0]["id"].clone();
        chief.must("chat_link.pair", json!({ "id": id, "limit": 100 })).await
    }

    /// What the bot told a person, once it has told them so many things: the last of these.
    pub(crate) async fn told_as(&self, user: u64, count: usize) -> Message {
        look_until(|| self.told(user).into_iter().nth(count - 1)).await
    }

    /// Somebody presses a button of the bot's; what a form could be opened with.
    pub(crate) fn press(&self, user: u64, message: u64, button: &str) -> String {
        match self.space.space().press(user, message, button) {
            Ok(Pressed::Trigger(trigger)) => trigger,
            other => panic!("{button}: {other:?}"),
        }
    }

    /// Gives the messenger's Vera the address of the agent of that name.
    pub(crate) fn make_agent(&self) {
        let order = UserOrder { email: Some("vera@example.com".to_owned()), ..UserOrder::default() };
        self.space.space().order_user(Some(VERA), &order).unwrap();
    }

    pub(crate) fn issue(&self, key: &str) -> Issue {
        self.tracker.tracker().issue(key).unwrap()
    }

    /// Keys of the issues made for the messenger.
    pub(crate) fn made(&self) -> Vec<String> {
        let issues = self.tracker.tracker().issues().into_iter();
        issues.filter(|issue| issue.tags.iter().any(|tag| tag == "Создана в Пачке")).map(|issue| issue.key).collect()
    }

    /// Lets calls to the messenger fail so often.
    pub(crate) fn break_space(&self, fault: Fault, on: &str, times: u32) {
        self.space.space().faults.set(FaultOrder::new(fault, on, times));
    }

    /// Lets calls to the tracker or the directory fail so often.
    pub(crate) fn break_tracker(&self, fault: Fault, on: &str, times: u32) {
        self.tracker.tracker().faults.set(FaultOrder::new(fault, on, times));
    }

    /// Waits until nothing is on its way any more, also of what comes back from what was done.
    pub(crate) async fn quiet(&self, chief: &Caller) {
        for _ in 0..2 {
            self.space.space().settled().await;
            self.tracker.tracker().settled().await;
            chief.until_settled().await;
        }
    }
}

/// Codes of the notices that stand.
pub(crate) async fn notices(chief: &Caller) -> Vec<String> {
    let all = chief.must("notices.list", json!({ "which": "standing", "limit": 100 })).await;
    all["rows"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
}
