//! Settings of the areas: what a person would call house rules.
//!
//! Deliberately not here: anything that depends on a vendor (`integrations`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::section::section;

section! {
    /// House rules, one section per area.
    pub struct Areas {}
    sections {
        /// The call journal of both centres.
        calls: Calls,
        /// The floor: operators and their states.
        floor: Floor,
        /// The network: addresses that are watched.
        network: Network,
        /// Ratings of closed issues.
        ratings: Ratings,
        /// Documents of the accounting system, and the tasks made of them.
        erp: Erp,
        /// The carousel: tickets nobody took are given out in turn.
        carousel: Carousel,
        /// Conversations of the messenger and issues of the tracker.
        chat_link: ChatLink,
        /// Tickets that people work with by hand.
        tickets: Tickets,
        /// What people write to each other.
        messages: Messages,
    }
}

section! {
    /// The call journal of both centres.
    pub struct Calls {
        /// Zone in which a day of the Moscow centre begins and its times are shown.
        moscow_zone: String = "Europe/Moscow".to_owned() => any(Kind::Zone),
        /// Zone in which a day of the Vilnius centre begins and its times are shown.
        vilnius_zone: String = "Europe/Vilnius".to_owned() => any(Kind::Zone),
        /// A second announcement of the same call (same agent, same number, still open) within this time adds no row.
        repeat_seconds: u32 = 60 => whole(0, 3_600, "s"),
        /// Agencies left out of the cards, by id.
        excluded_agencies: Vec<i64> = vec![280, 318] => bounded(Kind::Numbers, 0, 1_000),
        /// Themes an agent picks from on the call card, in this order.
        themes: Vec<String> = default_themes() => bounded(Kind::Texts, 1, 50),
        /// Folder watched for call files (CSV or JSON). Unset: none is watched.
        watch_dir: Option<PathBuf> = None => any(Kind::Path).sample(r#""/var/lib/pult/incoming""#),
        /// Which codes of the journal a wrap-up reason of the phone system stands for. A reason not named here stays unknown.
        wrapup_map: BTreeMap<String, WrapupCodes> = BTreeMap::new() => bounded(Kind::WrapupMap, 0, 200),
    }
    sections {}
}

section! {
    /// The network: addresses that are watched. Which they are is settled on the network screen.
    pub struct Network {
        /// Whether they are watched from here.
        enabled: bool = true => any(Kind::Flag),
        /// From one look at a target to the next, where the target names no other time.
        period_s: u32 = 10 => whole(5, 3_600, "s"),
        /// Longest wait for one answer.
        timeout_ms: u32 = 1_000 => whole(100, 10_000, "ms"),
        /// Targets asked at once.
        concurrency: u32 = 32 => whole(1, 256, "targets"),
        /// Looks in a row on one side of the present grade that change it.
        steady_cycles: u32 = 3 => whole(1, 10, "looks"),
        /// Looks without an answer, among the last few, that count as disconnected.
        failures: u32 = 2 => whole(1, 10, "looks"),
        /// How many of the last looks those are counted among.
        failure_window: u32 = 3 => whole(1, 10, "looks"),
        /// From one reading of a certificate to the next.
        certificate_minutes: u32 = 5 => whole(1, 1_440, "min"),
        /// A certificate that ends within this time is told.
        certificate_days: u32 = 21 => whole(1, 365, "days"),
        /// Zone by whose clock a weekly maintenance begins.
        zone: String = "Europe/Moscow".to_owned() => any(Kind::Zone),
        /// How long each single look is kept.
        cycles_days: u32 = 7 => whole(1, 90, "days"),
        /// How long the figures of each minute, and incidents, are kept.
        minutes_days: u32 = 90 => whole(1, 3_650, "days"),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/network-ca.pem""#),
    }
    sections {}
}

section! {
    /// Ratings of closed issues: whose authors are asked, and what a silence counts as.
    pub struct Ratings {
        /// Whether authors of closed issues are asked.
        enabled: bool = false => any(Kind::Flag),
        /// Codes of statuses that count as closed.
        closed_codes: Vec<String> = vec!["closed".to_owned()] => bounded(Kind::Texts, 1, 20),
        /// Codes of statuses that mean the issue is open again: whoever was asked is not waited for any more.
        reopened_codes: Vec<String> = ["opened", "in_progress", "delayed"].map(str::to_owned).to_vec() => bounded(Kind::Texts, 0, 20),
        /// How long an answer is waited for, from the closing.
        auto_after_h: u32 = 24 => whole(1, 720, "h"),
        /// What a silence counts as.
        auto_rate: SilentRate = SilentRate::Good => choice(<SilentRate as strum::VariantNames>::VARIANTS),
        /// Whether an author who could not be asked is rated automatically too.
        auto_rate_unasked: bool = false => any(Kind::Flag),
        /// Address at which people reach our hooks from outside: with it, questions carry links. Unset: buttons of the messenger's bot.
        public_url: Option<Url> = None => any(Kind::Url).sample(r#""https://hooks.example.com""#),
    }
    sections {}
}

section! {
    /// Documents of the accounting system, and the tasks made of them.
    pub struct Erp {
        /// Name of the department whose sub-departments are given tasks.
        root_department: String = "Производство".to_owned() => bounded(Kind::Text, 1, 255),
        /// Its id, where several departments have that name.
        root_department_id: Option<i64> = None => bounded(Kind::Whole, 1, 1_000_000_000).sample("12"),
        /// Name of the project tasks are linked to.
        project_name: String = "Задачи из 1с".to_owned() => bounded(Kind::Text, 1, 255),
        /// Whether there is no task without it.
        project_required: bool = true => any(Kind::Flag),
        /// Folder for files on the portal's disk, by its id. Unset: the common disk.
        disk_folder_id: Option<i64> = None => bounded(Kind::Whole, 1, 1_000_000_000).sample("88"),
        /// What an open task without an estimate counts.
        default_estimate_s: u32 = 3_600 => whole(0, 864_000, "s"),
        /// By what people are compared: working time left in their open tasks, or how many tasks are open.
        busy_metric: BusyMetric = BusyMetric::RemainingTime => choice(<BusyMetric as strum::VariantNames>::VARIANTS),
        /// How long departments are believed.
        ttl_departments_s: u32 = 3_600 => whole(0, 86_400, "s"),
        /// How long the list of people is believed; everybody is looked at once more before getting a task.
        ttl_users_s: u32 = 900 => whole(0, 86_400, "s"),
        /// How long working hours and the project are believed.
        ttl_schedule_s: u32 = 86_400 => whole(0, 604_800, "s"),
        /// Zone that times without one are meant in, and working hours too.
        time_zone: String = "Europe/Moscow".to_owned() => any(Kind::Zone),
        /// Whether a completed task is given anew when its document comes again.
        reopen_completed: bool = false => any(Kind::Flag),
    }
    sections {}
}

section! {
    /// The carousel: tickets nobody took are given out in turn, to people and for services that are switched on in the console.
    pub struct Carousel {
        /// Let it turn.
        enabled: bool = true => any(Kind::Flag),
        /// From one look for tickets to the next.
        interval_s: u32 = 60 => whole(5, 86_400, "s"),
        /// From one reading of services, people and groups to the next. 0: only when asked.
        import_interval_min: u32 = 60 => whole(0, 10_080, "min"),
        /// Which ticket goes first: the oldest (`asc`) or the newest (`desc`).
        order: TicketOrder = TicketOrder::Asc => choice(<TicketOrder as strum::VariantNames>::VARIANTS),
        /// Only show what would be done; nobody is given a ticket.
        dry_run: bool = false => any(Kind::Flag),
        /// Most tickets of one service given out in one look.
        max_per_pass: u32 = 200 => whole(1, 10_000, "tickets"),
        /// Who is taken among those present: strictly in turn by number (`turn`), who has waited longest (`round_robin`), the smallest
        /// part of a share (`weighted`), the fewest tickets today (`least_loaded`).
        strategy: TurnStrategy = TurnStrategy::Turn => choice(<TurnStrategy as strum::VariantNames>::VARIANTS),
        /// Most tickets one person is given in a day. Unset: no limit.
        capacity: Option<u32> = None => bounded(Kind::Whole, 1, 10_000).sample("20"),
        /// Shares of people for `weighted`, by their numbers at the service desk; 1 where none is named.
        weights: BTreeMap<String, u32> = BTreeMap::new() => bounded(Kind::Weights, 0, 1_000),
        /// Where the halves of a day meet, for half days of absence.
        half_day_at: String = "13:00".to_owned() => any(Kind::TimeOfDay),
        /// Tickets in these states are left alone, by the states' numbers at the service desk.
        skip_status_ids: Vec<i64> = Vec::new() => bounded(Kind::Numbers, 0, 100),
        /// Zone days of absence are counted in. Unset: this machine's.
        time_zone: Option<String> = None => any(Kind::Zone).sample(r#""Europe/Moscow""#),
    }
    sections {}
}

/// The bot's menu while nothing else is settled (behaviour/chat_tracker 5.1).
pub(super) const STANDARD_MENU: &str = include_str!("../../../../../assets/chat_menu.json");
/// The form of a new request while nothing else is settled (behaviour/chat_tracker 5.3).
pub(super) const STANDARD_FORM: &str = include_str!("../../../../../assets/chat_form.json");

section! {
    /// Conversations of the messenger and issues of the tracker: requests become issues, and what is said on one side is copied to the
    /// other.
    pub struct ChatLink {
        /// Let messages become issues, and copy what is said.
        enabled: bool = true => any(Kind::Flag),
        /// Which messages become issues without the form: those of `desk_chats` (`chats`), none (`off`), all where the bot is (`all`).
        direct_create: DirectCreate = DirectCreate::Chats => choice(<DirectCreate as strum::VariantNames>::VARIANTS),
        /// Chats whose new messages become issues, by the messenger's numbers.
        desk_chats: Vec<i64> = Vec::new() => bounded(Kind::Numbers, 0, 200),
        /// Buttons under the first message of an issue's conversation.
        anchor_buttons: bool = true => any(Kind::Flag),
        /// Logins of those who may press all of them, whoever follows the issue.
        agents: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 200),
        /// What becomes of a message that is changed or deleted after it was copied: nothing (`ignore`), or another comment (`note`).
        edits: ChatEdits = ChatEdits::Ignore => choice(<ChatEdits as strum::VariantNames>::VARIANTS),
        /// What the bot answers whoever writes to it.
        menu: String = STANDARD_MENU.to_owned() => any(Kind::Menu),
        /// The form of a new request.
        form: String = STANDARD_FORM.to_owned() => any(Kind::Form),
    }
    sections {}
}

section! {
    /// Tickets that people work with by hand.
    pub struct Tickets {
        /// The address of the page on which people read a ticket; `{id}` stands for its number. Unset: the tracker's own.
        page: Option<String> = None => bounded(Kind::Text, 10, 500).sample(r#""https://help.example.com/issues/{id}""#),
        /// The largest file that is attached.
        max_file_mb: u32 = 20 => whole(1, 20, "MiB"),
        /// How long what somebody wants may wait for the tracker before it is given up.
        patience_s: u32 = 300 => whole(10, 86_400, "s"),
        /// Whether people are told when a ticket of theirs is no longer visible.
        tell_gone: bool = true => any(Kind::Flag),
        /// The status, by its number, that a comment gives a ticket which is over. Unset: it stays over.
        reopen_status_id: Option<i64> = None => bounded(Kind::Whole, 1, 1_000_000).sample("4"),
    }
    sections {}
}

section! {
    /// What people write to each other by the messenger.
    pub struct Messages {
        /// Whether what strangers write is kept: those who are neither on a person's list of contacts nor of the house, nor people of the
        /// console.
        strangers: bool = false => any(Kind::Flag),
        /// Addresses or domains of the house: they may see how people are without being asked about, and are no strangers. The console's
        /// people are of the house by their own addresses.
        staff: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 500),
    }
    sections {}
}

/// Which ticket goes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TicketOrder {
    /// The oldest.
    #[default]
    Asc,
    /// The newest.
    Desc,
}

section! {
    /// The floor: operators and their states.
    pub struct Floor {
        /// Whether the first limit of a state raises a notice too, not only the second.
        notify_amber: bool = false => any(Kind::Flag),
        /// How long the source may be unheard before that is worth a notice.
        silence_s: u32 = 60 => whole(10, 3_600, "s"),
        /// Queues counted by Pult where the source has none: for each, words of the names of its teams and operators, and words its
        /// calls have in the journal.
        queues: BTreeMap<String, QueueKeywords> = BTreeMap::new() => bounded(Kind::Queues, 0, 50),
    }
    sections {
        /// How long a state may last: past the first limit a row turns amber, past the second red. 0 switches a limit off.
        limits: FloorLimits,
    }
}

section! {
    /// How long a state may last: past the first limit a row turns amber, past the second red. 0 switches a limit off.
    pub struct FloorLimits {
        /// A call is being offered: first limit.
        reserved_amber_s: u32 = 20 => whole(0, 86_400, "s"),
        /// A call is being offered: second limit.
        reserved_red_s: u32 = 40 => whole(0, 86_400, "s"),
        /// Talking: first limit.
        talking_amber_s: u32 = 900 => whole(0, 86_400, "s"),
        /// Talking: second limit.
        talking_red_s: u32 = 1_800 => whole(0, 86_400, "s"),
        /// The caller is on hold: first limit.
        hold_amber_s: u32 = 60 => whole(0, 86_400, "s"),
        /// The caller is on hold: second limit.
        hold_red_s: u32 = 180 => whole(0, 86_400, "s"),
        /// After a call: first limit.
        wrap_up_amber_s: u32 = 120 => whole(0, 86_400, "s"),
        /// After a call: second limit.
        wrap_up_red_s: u32 = 300 => whole(0, 86_400, "s"),
        /// Not ready: first limit.
        not_ready_amber_s: u32 = 900 => whole(0, 86_400, "s"),
        /// Not ready: second limit.
        not_ready_red_s: u32 = 1_800 => whole(0, 86_400, "s"),
    }
    sections {}
}

pub use pult_domain::areas::{
    carousel::Strategy as TurnStrategy,
    chat_link::{DirectCreate, Edits as ChatEdits},
    erp::Metric as BusyMetric,
};

/// What a silence counts as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SilentRate {
    /// «Отлично».
    #[default]
    Good,
    /// «Хорошо».
    Normal,
    /// «Плохо».
    Bad,
}

/// Codes of the call journal that one wrap-up reason stands for; an absent one stays unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapupCodes {
    /// Result of the call, 0 to 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<u8>,
    /// Type of the call, 0 to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_call: Option<u8>,
}

/// Words by which the teams, operators and calls of a queue are known; an empty list fits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueKeywords {
    /// Words of the names of its teams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// Words of the names or user ids of its operators.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<String>,
    /// Words of what a call says of itself: its operator, number, type, theme, agency or region.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
}

impl QueueKeywords {
    /// The lists, by name.
    pub(super) const LISTS: [&str; 3] = ["teams", "operators", "calls"];
    /// Words of one list at most.
    pub(super) const WORDS_MAX: usize = 50;
}

impl WrapupCodes {
    /// Greatest code of a call's result.
    pub const RESULT_MAX: i64 = 6;
    /// Greatest code of a call's type.
    pub const TYPE_MAX: i64 = 7;
}

/// What travel agencies call about, as a start; each house edits the list.
fn default_themes() -> Vec<String> {
    ["Бронирование", "Изменение тура", "Аннуляция", "Оплата", "Документы", "Авиабилеты", "Рекламация", "Другое"]
        .map(str::to_owned)
        .to_vec()
}
