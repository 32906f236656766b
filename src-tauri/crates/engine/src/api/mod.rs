//! The console's commands: one list of name, role, request and response. The window and the server both call [`dispatch`], the
//! TypeScript types are generated from the same list, and rights are checked here and nowhere else.
//!
//! Deliberately not here: transports, sessions and signing in (the server's), and anything a command would have to invent.

pub mod accounts;
pub mod agencies;
pub mod calls;
pub mod carousel;
pub mod cases;
pub mod chat_link;
pub mod deliveries;
pub mod erp;
pub mod floor;
pub mod handover;
pub mod health;
pub mod imports;
pub mod lists;
pub mod messages;
pub mod network;
pub mod notices;
pub mod now;
pub mod people;
pub mod ratings;
pub mod reports;
pub mod routes;
pub mod settings;
pub mod tickets;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Engine,
    auth::{Access, Actor, Grant, Role},
    error::{ApiError, ErrorCode},
};
use routes::KeyRoute;

/// What the console asks first: who looks, and whether anybody can sign in yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Session {
    /// Sent back with every command; empty in the window, which needs none.
    pub csrf: String,
    /// Who is signed in.
    pub me: Option<Me>,
    /// No administrator exists yet: the first-run screen is shown.
    pub setup_needed: bool,
    /// The version of the program.
    pub version: String,
}

/// The person at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Me {
    /// What they sign in with; `window` for whoever sits at the engine's own window.
    pub login: String,
    /// Their name.
    pub full_name: String,
    /// What they may do.
    pub rights: crate::auth::role::Rights,
    /// Whether they have an account with a password of their own.
    pub has_account: bool,
    /// Whether the staff register was away when they signed in: their password was compared with what is remembered.
    pub checked_offline: bool,
    /// The register answers again: the session ends then, and they sign in anew. Milliseconds UTC.
    #[ts(type = "number | null")]
    pub ask_again_at: Option<i64>,
}

/// An empty request or response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, Serialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

macro_rules! grant {
    () => {
        None
    };
    ($grant:ident) => {
        Some(Grant::$grant)
    };
}

macro_rules! commands {
    ($($name:literal $role:ident $(+ $grant:ident)? $handler:path: $request:ty => $response:ty;)*) => {
        /// All commands, in the order of the list.
        pub const COMMANDS: &[KeyRoute] =
            &[$(KeyRoute { name: $name, role: Role::$role, grant: grant!($($grant)?) }),*];

        /// Calls a command by its name.
        ///
        /// # Errors
        /// When there is no such command, the actor may not call it, the request does not fit, or the command's own reasons.
        pub async fn dispatch(
            engine: &Engine,
            actor: &Actor,
            name: &str,
            request: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            match name {
                $($name => {
                    allow(actor, KeyRoute { name: $name, role: Role::$role, grant: grant!($($grant)?) })?;
                    let request: $request = read(request)?;
                    let response: $response = $handler(engine, actor, request).await?;
                    write(&response)
                })*
                _ => Err(ApiError::new(ErrorCode::NotFound, "no such command")),
            }
        }

        /// Writes every type the list mentions, and returns the map from name to request and response with the types it names.
        #[cfg(test)]
        fn export_bindings(config: &ts_rs::Config) -> Result<(String, std::collections::BTreeSet<String>), ts_rs::ExportError> {
            use ts_rs::TS;
            let mut map = String::from("export interface Commands {\n");
            let mut names = std::collections::BTreeSet::new();
            $(
                <$request>::export_all(config)?;
                <$response>::export_all(config)?;
                let (request, response) = (<$request>::name(config), <$response>::name(config));
                map.push_str(&format!("  '{}': {{ request: {request}; response: {response} }};\n", $name));
                names.extend([request, response]);
            )*
            map.push_str("}\n");
            Ok((map, names))
        }
    };
}

commands! {
    "now.get" Viewer now::get: Nothing => now::Now;
    "now.acknowledge" Supervisor now::acknowledge: now::AcknowledgeIncident => now::Now;
    "now.snooze" Supervisor now::snooze: now::SnoozeIncident => now::Now;
    "now.take_operator" Supervisor now::operators::take: now::TakeOperator => now::Now;
    "now.snooze_operator" Supervisor now::operators::snooze: now::SnoozeOperator => now::Now;
    "handover.get" Viewer handover::get: handover::HandoverRequest => handover::Handover;

    "calls.page" Viewer calls::page: calls::PageRequest => pult_store::calls::Page;
    "calls.rows" Viewer calls::rows: calls::Ids => calls::Rows;
    "calls.totals" Viewer calls::totals: calls::TotalsRequest => calls::Totals;
    "calls.themes" Viewer calls::themes: Nothing => calls::Themes;
    "calls.detail" Viewer calls::detail: calls::Id => calls::CallPanel;
    "calls.set_theme" Supervisor calls::set_theme: calls::SetTheme => pult_store::calls::CallRow;
    "calls.mark_called_back" Supervisor calls::mark_called_back: calls::MarkCalledBack => pult_store::calls::CallRow;
    "calls.export" Viewer calls::export: calls::ExportRequest => File;
    "agencies.search" Viewer + CallsMoscow agencies::search: agencies::Search => agencies::Found;
    "agencies.detail" Viewer + CallsMoscow agencies::detail: agencies::AgencyRequest => agencies::AgencyPanel;

    "floor.board" Viewer floor::board: Nothing => floor::FloorBoard;
    "floor.queues" Viewer floor::queues: Nothing => floor::Queues;
    "floor.counts" Viewer floor::counts: Nothing => floor::FloorCounts;
    "floor.rows" Viewer floor::rows: floor::OperatorIds => floor::Operators;
    "floor.moment" Viewer floor::moment: floor::MomentRequest => floor::Moments;
    "floor.stretches" Viewer floor::stretches: floor::StretchesRequest => pult_store::floor::StretchPage;
    "floor.totals" Viewer floor::totals: floor::PeriodRequest => floor::FloorTotals;
    "floor.operator" Viewer floor::panel: floor::OperatorRequest => floor::OperatorPanel;
    "floor.ask" Supervisor floor::ask: floor::AskRequest => floor::Asked;
    "floor.note" Supervisor floor::note: floor::NoteRequest => floor::OperatorPanel;
    "floor.note_edit" Supervisor floor::edit_note: floor::NoteEdit => floor::OperatorPanel;
    "floor.note_remove" Supervisor floor::remove_note: floor::NoteRemoval => floor::OperatorPanel;
    "floor.messenger" Supervisor floor::messenger: floor::MessengerRequest => floor::OperatorPanel;
    "floor.overrule" Supervisor floor::overrule: floor::OverruleRequest => floor::OperatorPanel;
    "floor.refresh" Viewer floor::refresh: Nothing => floor::Ordered;
    "floor.account" Viewer accounts::read: Nothing => accounts::FloorAccount;
    "floor.sign_in" Viewer accounts::sign_in: accounts::FloorSignIn => accounts::FloorAccount;
    "floor.sign_out" Viewer accounts::sign_out: Nothing => accounts::FloorAccount;
    "floor.connect" Supervisor floor::connect: Nothing => floor::Ordered;

    "network.list" Operator network::list: network::NetworkRequest => network::NetworkList;
    "network.history" Operator network::history: network::TargetHistoryRequest => network::TargetHistory;
    "network.probe_now" Supervisor network::probe_now: network::ProbeRequest => network::NetworkList;
    "network.workstation_report" Operator network::workstation_report: network::WorkstationReport => Nothing;
    "network.set_target" Admin network::set_target: network::SetTarget => network::NetworkList;
    "network.remove_target" Admin network::remove_target: network::TargetRequest => network::NetworkList;
    "network.set_maintenance" Admin network::set_maintenance: pult_domain::areas::network::Maintenance => network::NetworkList;
    "network.lift_maintenance" Admin network::lift_maintenance: network::MaintenanceRequest => network::NetworkList;

    "ratings.page" Viewer ratings::page: ratings::PageRequest => pult_store::ratings::Page;
    "ratings.rows" Viewer ratings::rows: ratings::Ids => ratings::Rows;
    "ratings.figures" Viewer ratings::figures: ratings::PeriodRequest => ratings::Figures;
    "ratings.detail" Viewer ratings::detail: ratings::Id => ratings::RatingPanel;
    "ratings.export" Viewer lists::ratings: lists::RatingsExport => File;
    "ratings.hold" Supervisor ratings::hold: ratings::WithReason => pult_store::ratings::RatingRow;
    "ratings.release" Supervisor ratings::release: ratings::Id => pult_store::ratings::RatingRow;
    "ratings.cancel" Supervisor ratings::cancel: ratings::WithReason => pult_store::ratings::RatingRow;
    "ratings.ask_again" Supervisor ratings::ask_again: ratings::Id => pult_store::ratings::RatingRow;
    "ratings.rate" Supervisor ratings::rate: ratings::RateRequest => pult_store::ratings::RatingRow;

    "erp.page" Viewer erp::page: erp::PageRequest => pult_store::erp::Page;
    "erp.export" Viewer lists::documents: lists::DocumentsExport => File;
    "erp.rows" Viewer erp::rows: erp::Ids => erp::Rows;
    "erp.counts" Viewer erp::counts: Nothing => pult_store::erp::Counts;
    "erp.detail" Viewer erp::detail: erp::Id => erp::DocumentPanel;
    "erp.directory" Viewer erp::directory: Nothing => erp::HouseDirectory;
    "erp.again" Supervisor erp::again: erp::Id => pult_store::erp::DocumentRow;
    "erp.forget_directory" Supervisor erp::forget_directory: Nothing => erp::HouseDirectory;

    "carousel.desk" Viewer carousel::desk: Nothing => carousel::CarouselDesk;
    "carousel.waiting" Viewer carousel::waiting: carousel::ServiceRequest => carousel::CarouselTickets;
    "carousel.plan" Viewer carousel::plan: carousel::ServiceRequest => carousel::CarouselPlan;
    "carousel.log" Viewer carousel::log: carousel::LogRequest => pult_store::carousel::LogPage;
    "carousel.export" Viewer lists::assignments: lists::AssignmentsExport => File;
    "carousel.lab" Viewer carousel::lab: carousel::LabRequest => carousel::CarouselLab;
    "carousel.switch_service" Supervisor carousel::switch_service: carousel::SwitchService => carousel::CarouselDesk;
    "carousel.switch_person" Supervisor carousel::switch_person: carousel::SwitchPerson => carousel::CarouselDesk;
    "carousel.keep_absence" Supervisor carousel::keep_absence: carousel::KeepAbsence => carousel::CarouselDesk;
    "carousel.drop_absence" Supervisor carousel::drop_absence: carousel::DropAbsence => carousel::CarouselDesk;
    "carousel.turn_now" Admin carousel::turn_now: Nothing => carousel::CarouselDesk;
    "carousel.import_now" Admin carousel::import_now: Nothing => carousel::CarouselDesk;
    "carousel.reassign" Admin carousel::reassign: carousel::Reassign => Nothing;
    "carousel.release" Admin carousel::release: carousel::TicketRequest => carousel::CarouselTickets;

    "chat_link.desk" Viewer chat_link::desk: Nothing => chat_link::ChatDesk;
    "chat_link.page" Viewer chat_link::page: chat_link::PageRequest => pult_store::chat_link::Page;
    "chat_link.export" Viewer lists::pairs: lists::PairsExport => File;
    "chat_link.pair" Viewer chat_link::pair: chat_link::LineageRequest => chat_link::ChatPair;
    "chat_link.pause" Supervisor chat_link::pause: chat_link::PairRequest => chat_link::ChatPair;
    "chat_link.resume" Supervisor chat_link::resume: chat_link::PairRequest => chat_link::ChatPair;
    "chat_link.drop_item" Supervisor chat_link::drop_item: chat_link::ItemRequest => chat_link::ChatPair;
    "chat_link.send_item" Supervisor chat_link::send_item: chat_link::ItemRequest => chat_link::ChatPair;
    "chat_link.request_again" Supervisor chat_link::request_again: chat_link::RequestRequest => chat_link::ChatDesk;

    "tickets.desk" Operator tickets::desk: Nothing => tickets::TicketDesk;
    "tickets.page" Operator tickets::page: tickets::TicketPageRequest => pult_store::tickets::TicketPage;
    "tickets.counts" Operator tickets::counts: tickets::TicketCountsRequest => pult_store::tickets::TicketCounts;
    "tickets.activity" Operator tickets::activity::activity: tickets::activity::TicketActivityRequest => tickets::activity::TicketActivity;
    "tickets.rows" Operator tickets::rows: tickets::TicketIds => tickets::TicketRows;
    "tickets.export" Operator lists::tickets: lists::TicketsExport => File;
    "tickets.detail" Operator tickets::detail: tickets::OneTicket => pult_store::tickets::TicketDetailRow;
    "tickets.open" Operator tickets::open: tickets::OneTicket => pult_store::tickets::TicketDetailRow;
    "tickets.change" Operator tickets::change: tickets::ChangeTicketRequest => pult_store::tickets::TicketChangeRow;
    "tickets.edit_note" Operator tickets::edit_note: tickets::EditNoteRequest => pult_store::tickets::TicketChangeRow;
    "tickets.delete_note" Operator tickets::delete_note: tickets::DeleteNoteRequest => pult_store::tickets::TicketChangeRow;
    "tickets.watch" Operator tickets::watch: tickets::WatchTicketRequest => pult_store::tickets::TicketChangeRow;
    "tickets.create" Operator tickets::create: tickets::NewTicketRequest => pult_store::tickets::TicketChangeRow;
    "tickets.again" Operator tickets::again: tickets::AgainRequest => pult_store::tickets::TicketChangeRow;
    "tickets.put_aside" Operator tickets::put_aside: tickets::OneTicketChange => Nothing;
    "tickets.change_state" Operator tickets::change_state: tickets::OneTicketChange => pult_store::tickets::TicketChangeRow;
    "tickets.upload" Operator tickets::upload: tickets::UploadRequest => pult_domain::areas::tickets::Upload;
    "tickets.attachment" Operator tickets::attachment: tickets::AttachmentRequest => File;
    "tickets.keep_filter" Operator tickets::keep_filter: pult_store::tickets::KeptFilter => tickets::KeptFilters;
    "tickets.remove_filter" Operator tickets::remove_filter: tickets::FilterName => tickets::KeptFilters;
    "tickets.connect" Operator tickets::connect: tickets::ConnectTickets => tickets::TicketAccount;
    "tickets.disconnect" Operator tickets::disconnect: Nothing => Nothing;

    "messages.overview" Operator messages::overview: Nothing => messages::MessagesOverview;
    "messages.colleagues" Operator messages::colleagues: Nothing => messages::Colleagues;
    "messages.list" Operator messages::list: messages::MessagesRequest => pult_store::messages::MessagePage;
    "messages.write" Operator messages::write: messages::WriteMessage => pult_store::messages::MessageRow;
    "messages.seen" Operator messages::seen: messages::SeenMessages => messages::UnreadMessages;
    "messages.send_again" Operator messages::send_again: messages::OneMessage => pult_store::messages::MessageRow;
    "messages.answer_subscription" Operator messages::answer_subscription: messages::AnswerQuestion => messages::MessagesOverview;
    "messages.connect" Operator messages::connect: messages::ConnectMessenger => messages::OwnMessenger;
    "messages.disconnect" Operator messages::disconnect: Nothing => Nothing;
    "messages.try_again" Operator messages::try_again: Nothing => floor::Ordered;

    "reports.tickets" Viewer reports::tickets: reports::TicketReportRequest => reports::TicketReportFigures;
    "reports.ticket_details" Viewer reports::details: reports::TicketReportDetails => reports::TicketReportLines;
    "reports.ticket_export" Viewer reports::export: reports::TicketReportExport => File;
    "reports.stale" Viewer reports::stale: reports::StaleRequest => pult_store::tickets::StalePage;
    "reports.stale_export" Viewer reports::stale_export: reports::StaleExport => File;
    "reports.quality" Viewer reports::quality::quality: reports::quality::QualityRequest => reports::quality::QualityReport;
    "reports.quality_export" Viewer reports::quality::export: reports::quality::QualityExport => File;
    "reports.calls" Viewer reports::figures::calls: reports::figures::CallReportRequest => reports::figures::CallReport;
    "reports.states" Viewer reports::figures::states: reports::figures::ReportOfDays => reports::figures::StateReport;
    "reports.ratings" Viewer reports::figures::ratings: reports::figures::ReportOfDays => reports::figures::RatingReport;
    "reports.availability" Viewer reports::figures::availability: reports::figures::ReportOfDays => reports::figures::AvailabilityReport;
    "reports.export" Viewer reports::files::export: reports::files::ReportExport => File;

    "cases.find" Viewer cases::find: cases::FindCase => cases::CaseCandidates;
    "cases.get" Viewer cases::get: cases::OneCase => cases::CaseView;
    "cases.join" Supervisor cases::join: cases::SayOfTwo => cases::CaseSaid;
    "cases.split" Supervisor cases::split: cases::SayOfTwo => cases::CaseSaid;
    "cases.take_back" Supervisor cases::take_back: cases::CaseSaid => Nothing;

    "notices.list" Operator notices::list: notices::NoticesRequest => notices::Notices;
    "notices.rows" Operator notices::rows: notices::NoticeIds => notices::Notices;
    "notices.unread" Operator notices::unread: Nothing => notices::Marked;
    "notices.counts" Operator notices::counts: Nothing => pult_store::notices::Counts;
    "notices.news" Operator notices::news::news: notices::news::NewsRequest => notices::news::News;
    "notices.why" Operator notices::wishes::why: notices::wishes::NoticeRequest => notices::wishes::NoticeWhy;
    "notices.mark" Operator notices::mark: notices::MarkNotices => notices::Marked;
    "notices.finish" Operator notices::finish: notices::FinishNotices => notices::Marked;
    "notices.snooze" Operator notices::snooze: notices::SnoozeNotices => notices::Marked;
    "notices.empty" Operator notices::empty: Nothing => notices::Emptied;
    "notices.undo_empty" Operator notices::undo_empty: Nothing => notices::Emptied;
    "notices.mutes" Operator notices::wishes::mutes: Nothing => notices::wishes::Mutes;
    "notices.mute" Operator notices::wishes::mute: notices::wishes::MuteRequest => notices::wishes::Mutes;
    "notices.unmute" Operator notices::wishes::unmute: notices::wishes::Unmute => notices::wishes::Mutes;
    "notices.preferences" Operator notices::wishes::preferences: Nothing => pult_store::notices::Preferences;
    "notices.set_preferences" Operator notices::wishes::set_preferences: pult_store::notices::Preferences => pult_store::notices::Preferences;
    "notices.messenger" Operator messages::reach: Nothing => messages::MessengerReach;
    "notices.hold_back" Operator notices::wishes::hold_back: notices::wishes::HoldBack => pult_store::notices::Preferences;

    "deliveries.summary" Viewer deliveries::summary: Nothing => deliveries::Summary;
    "deliveries.records" Viewer deliveries::records: deliveries::RecordsRequest => deliveries::RecordPage;
    "deliveries.record" Supervisor deliveries::record: deliveries::RecordRequest => deliveries::RecordDetail;
    "deliveries.effects" Viewer deliveries::effects: deliveries::EffectsRequest => deliveries::EffectPage;
    "table.export" Viewer lists::shown: lists::ShownTable => File;
    "deliveries.records_export" Viewer lists::records: lists::RecordsExport => File;
    "deliveries.effects_export" Viewer lists::effects: lists::EffectsExport => File;
    "deliveries.effect" Supervisor deliveries::effect: deliveries::EffectRequest => deliveries::EffectDetail;
    "deliveries.preview" Supervisor deliveries::preview: deliveries::RecordRequest => crate::replay::Preview;
    "deliveries.replay" Supervisor deliveries::replay: deliveries::ReplayRequest => deliveries::Outcomes;
    "deliveries.retry" Supervisor deliveries::retry: deliveries::RetryRequest => deliveries::Outcomes;
    "deliveries.cancel" Supervisor deliveries::cancel: deliveries::RetryRequest => deliveries::Outcomes;
    "deliveries.pause" Supervisor deliveries::pause: deliveries::PauseRequest => Nothing;
    "deliveries.erase" Admin deliveries::erase: deliveries::RecordRequest => Nothing;
    "deliveries.why" Viewer deliveries::why::why: deliveries::why::WhyRequest => deliveries::why::Why;
    "deliveries.recompute" Viewer deliveries::again::recompute: deliveries::again::RecomputeRequest => deliveries::again::Recomputed;

    "engine.health" Viewer health::health: Nothing => health::Health;

    "settings.read" Admin settings::read_all: Nothing => settings::Settings;
    "settings.write" Admin settings::write_some: settings::WriteRequest => settings::Settings;
    "settings.export" Admin settings::transfer::export: Nothing => File;
    "settings.compare" Admin settings::transfer::compare: settings::transfer::SettingsText => settings::transfer::SettingsOffer;
    "settings.connections" Admin settings::connections: Nothing => settings::Connections;
    "settings.check" Admin settings::check: settings::CheckRequest => settings::CheckReport;
    "settings.accept_certificate" Admin settings::certificates::accept: settings::certificates::AcceptCertificate => settings::Settings;
    "settings.set_secret" Admin settings::set_secret: settings::SetSecret => settings::Connections;
    "settings.make_secret" Admin settings::make_secret: settings::MakeSecret => settings::MadeSecret;
    "settings.remove_secret" Admin settings::remove_secret: settings::RemoveSecret => settings::Connections;
    "backup.list" Admin settings::backups: Nothing => settings::Backups;
    "backup.make" Admin settings::back_up: Nothing => settings::Backups;

    "people.list" Admin people::list: Nothing => people::People;
    "people.create" Admin people::create: people::CreateRequest => people::People;
    "people.update" Admin people::update: people::UpdateRequest => people::People;
    "people.forget_password" Admin people::forget_password: people::PersonRequest => people::People;
    "people.set_password" Admin people::set_password: people::SetPassword => Nothing;
    "people.change_own_password" Operator people::change_own_password: people::ChangeOwnPassword => Nothing;
    "people.end_sessions" Admin people::end_sessions: people::PersonRequest => people::People;
    "keys.list" Admin people::keys: Nothing => people::Keys;
    "keys.routes" Admin routes::list: Nothing => routes::KeyRoutes;
    "keys.create" Admin people::create_key: people::CreateKey => people::MadeKey;
    "keys.revoke" Admin people::revoke_key: people::RevokeKey => people::Keys;
    "audit.page" Admin people::audit: people::AuditRequest => people::AuditPage;
    "audit.export" Admin lists::audit: lists::AuditExport => File;

    "imports.list" Admin imports::list: Nothing => imports::Imports;
    "imports.start" Admin imports::start: imports::StartRequest => imports::Imports;
    "imports.check" Admin imports::check: imports::StartRequest => crate::imports::Checked;
    "imports.preview_staff" Admin imports::preview_staff: imports::StartRequest => imports::StaffPreview;
    "imports.cancel" Admin imports::cancel: imports::ImportRequest => imports::Imports;
    "imports.rejected" Admin imports::rejected: imports::ImportRequest => File;

}

/// A file a command made: exports are bounded (see `calls.export`), so it travels whole.
#[derive(Debug, Clone, Serialize, ts_rs::TS)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes, Base64.
    pub content_base64: String,
}

impl File {
    /// A file of these bytes.
    #[must_use]
    pub fn of(name: String, mime: &str, bytes: &[u8]) -> Self {
        Self { name, mime: mime.to_owned(), content_base64: data_encoding::BASE64.encode(bytes) }
    }
}

fn allow(actor: &Actor, command: KeyRoute) -> Result<(), ApiError> {
    if !actor.may(command.name, Access::role(command.role)) {
        return Err(ApiError::new(ErrorCode::Forbidden, "the role does not allow this"));
    }
    match command.lacks(actor) {
        None => Ok(()),
        Some(grant) => {
            let words = format!("the right to {} is missing", routes::named(grant));
            Err(ApiError::new(ErrorCode::Forbidden, words))
        }
    }
}

fn read<T: DeserializeOwned>(request: serde_json::Value) -> Result<T, ApiError> {
    // No request at all stands for an empty one.
    let request = if request.is_null() { serde_json::json!({}) } else { request };
    serde_json::from_value(request).map_err(|e| ApiError::field("request", e.to_string()))
}

fn write<T: Serialize>(response: &T) -> Result<serde_json::Value, ApiError> {
    serde_json::to_value(response).map_err(|e| {
        tracing::error!(error = %e, "a response could not be written");
        ApiError::new(ErrorCode::Internal, "the response could not be written")
    })
}

#[cfg(test)]
mod tests;
