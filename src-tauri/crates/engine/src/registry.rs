//! The integrations at work: the one list in which a vendor's name meets its settings.
//!
//! Adding a vendor is its folder in `pult-integrations` and its lines here. Deliberately not here: what any of them does.

mod kept;
mod messenger;
pub(crate) mod platform;

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

use pult_integrations::{
    Bodies, Credentials, Mailboxes, Prober, Shared, Uploads, agencies, bitrix24, call_feed, erp, intradesk, okdesk,
    pachca, probes::Probes, redmine, staff, telephony, tracker, transport::http::SetupError, yandex360,
};

use pult_store::notices::USUAL_CHECK;
use tokio::sync::Notify;

use crate::{
    bodies::{Kept, NoRecords},
    clock::Clock,
    config::{Config, DeskAuth, DeskProduct, Easy, MessageMethod, RateBody, TrackerAuth},
    mailboxes::{KeptMailboxes, NoMailboxes},
    peers::Peers,
    standing::Standing,
    terms::{Pages, Terms},
};

use self::kept::Held;

/// The integrations that the configuration switches on. Clones see the same list; a changed configuration makes a new one.
#[derive(Clone)]
pub struct Registry {
    outside: Outside,
    current: Arc<RwLock<Current>>,
}

/// What every integration is given of the outside.
#[derive(Clone)]
struct Outside {
    mailboxes: Arc<dyn Mailboxes>,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    /// Names this installation among the sessions of an account.
    installation: String,
    records: Arc<dyn Bodies>,
    uploads: Arc<dyn Uploads>,
    standing: Standing,
    peers: Peers,
    pace: TicketPace,
    /// Connections that hold sessions, for as long as nothing of theirs is set up otherwise.
    held: Arc<Held>,
}

/// How often tickets are looked at: twice within the shortest time in which somebody wants to hear of a change, in force at once
/// (contracts/redmine 6). Clones are the same one.
#[derive(Clone)]
pub struct TicketPace {
    every_s: Arc<AtomicU32>,
    sooner: Arc<Notify>,
}

impl Default for TicketPace {
    fn default() -> Self {
        Self { every_s: Arc::new(AtomicU32::new(USUAL_CHECK / 2)), sooner: Arc::default() }
    }
}

impl TicketPace {
    /// Takes the shortest time that somebody wants, seconds. Whoever waits for the next look is told where it comes sooner now.
    pub fn within(&self, shortest_s: u32) {
        let every = (shortest_s / 2).max(1);
        if every < self.every_s.swap(every, Ordering::Relaxed) {
            self.sooner.notify_waiters();
        }
    }

    /// Ends when the next look comes sooner than it did.
    pub async fn sooner(&self) {
        self.sooner.notified().await;
    }
}

struct Current {
    integrations: Vec<Shared>,
    terms: Arc<Terms>,
}

impl Current {
    fn of(config: &Config, outside: &Outside) -> Self {
        let integrations = connect(config, outside);
        outside.peers.know(&integrations);
        let performers: HashMap<_, _> = integrations
            .iter()
            .flat_map(|i| i.delivery().map_or(&[][..], |d| d.kinds()).iter().map(|kind| (*kind, i.name())))
            .collect();
        let names: Vec<&str> = integrations.iter().map(|i| i.name()).collect();
        let pages = Pages {
            ticket: config.areas.tickets.page.clone().or_else(|| integrations.iter().find_map(|i| i.page_of_tickets())),
            task: integrations.iter().find_map(|i| i.page_of_tasks()),
            console: config.console.public_url.as_ref().map(ToString::to_string),
        };
        let terms = Terms::of(config, performers, &outside.installation, pages).reaching(config, &names);
        Self { terms: Arc::new(terms), integrations }
    }
}

impl Registry {
    /// The integrations of a configuration, for looking at them: sessions are held by an installation.
    #[must_use]
    pub fn new(config: &Config, credentials: Arc<dyn Credentials>, clock: Clock) -> Self {
        let outside = Outside {
            mailboxes: Arc::new(NoMailboxes),
            credentials,
            clock,
            installation: "00000000".to_owned(),
            records: Arc::new(NoRecords),
            uploads: Arc::new(NoRecords),
            standing: Standing::default(),
            peers: Peers::default(),
            pace: TicketPace::default(),
            held: Arc::default(),
        };
        Self::of(config, outside)
    }

    /// The integrations of a configuration at an installation that holds sessions of its own.
    #[must_use]
    pub fn of_installation(
        config: &Config,
        credentials: Arc<dyn Credentials>,
        clock: Clock,
        installation: String,
        kept: Arc<Kept>,
        standing: Standing,
    ) -> Self {
        let outside = Outside {
            mailboxes: Arc::new(KeptMailboxes(kept.0.clone())),
            credentials,
            clock,
            installation,
            records: kept.clone(),
            uploads: kept,
            standing,
            peers: Peers::default(),
            pace: TicketPace::default(),
            held: Arc::default(),
        };
        Self::of(config, outside)
    }

    fn of(config: &Config, outside: Outside) -> Self {
        let current = Arc::new(RwLock::new(Current::of(config, &outside)));
        Self { outside, current }
    }

    /// How often tickets are looked at.
    #[must_use]
    pub fn ticket_pace(&self) -> &TicketPace {
        &self.outside.pace
    }

    /// Takes a changed configuration: connections are made anew, what is under way ends with the old ones. Those that hold a
    /// session stay as they are unless their own settings have changed.
    pub fn reconfigure(&self, config: &Config) {
        let new = Current::of(config, &self.outside);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    fn read<T>(&self, ask: impl FnOnce(&Current) -> T) -> T {
        ask(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The integration of a name, when it is switched on.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Shared> {
        self.read(|c| c.integrations.iter().find(|i| i.name() == name).cloned())
    }

    /// All that are switched on.
    #[must_use]
    pub fn all(&self) -> Vec<Shared> {
        self.read(|c| c.integrations.clone())
    }

    /// What is asked of all that are switched on, without a copy of their list.
    pub fn among<T>(&self, ask: impl FnOnce(&[Shared]) -> T) -> T {
        self.read(|c| ask(&c.integrations))
    }

    /// The terms in force.
    #[must_use]
    pub fn terms(&self) -> Arc<Terms> {
        self.read(|c| c.terms.clone())
    }
}

/// The ways of asking the network, which are no vendor's.
///
/// # Errors
/// When the certificates of the settings cannot be read.
pub fn prober(settings: &crate::config::Network) -> Result<Arc<dyn Prober>, SetupError> {
    let ca = settings.ca.as_ref().map(std::fs::read).transpose();
    let ca = ca.map_err(|e| SetupError::Ca(e.to_string()))?;
    Ok(Arc::new(Probes::new(ca.as_deref())?))
}

/// The list.
fn connect(config: &Config, outside: &Outside) -> Vec<Shared> {
    let Outside { credentials, clock, .. } = outside;
    let settings = &config.integrations;
    let mut list: Vec<Shared> = Vec::new();
    if settings.telephony.enabled {
        let settings = telephony::Settings {
            enabled: true,
            clients: settings.telephony.clients.clone(),
            allow_addresses: settings.telephony.allow_addresses.clone(),
            cors_origins: settings.telephony.cors_origins.clone(),
            number_prefix: settings.telephony.number_prefix.clone(),
        };
        list.push(Arc::new(telephony::Telephony::new(settings, credentials.clone())));
    }
    if settings.call_feed.enabled {
        let settings = call_feed::Settings {
            enabled: true,
            moscow_zone: config.areas.calls.moscow_zone.clone(),
            watch_dir: config.areas.calls.watch_dir.clone(),
        };
        match call_feed::CallFeed::new(settings, credentials.clone()) {
            Ok(feed) => list.push(Arc::new(feed)),
            Err(error) => tracing::error!(%error, "the feed of calls cannot be connected as it is set up"),
        }
    }
    if let agencies @ crate::config::Agencies { enabled: true, base: Some(base), login: Some(login), .. } =
        &settings.agencies
    {
        let settings = agencies::Settings {
            enabled: true,
            base: base.clone(),
            login: login.clone(),
            timeout_s: agencies.timeout_s,
            session_minutes: agencies.session_minutes,
            rate_per_second: agencies.rate_per_second,
            concurrency: agencies.concurrency,
            ca: agencies.ca.clone(),
        };
        let clock = clock.clone();
        match agencies::Agencies::new(settings, credentials.clone(), Arc::new(move || clock.now())) {
            Ok(agencies) => list.push(Arc::new(agencies)),
            Err(error) => tracing::error!(%error, "the agency service cannot be connected as it is set up"),
        }
    }
    list.extend(platform::connect(&settings.finesse, outside));
    if let Some(settings) = okdesk_settings(config) {
        let clock = clock.clone();
        match okdesk::Okdesk::new(settings, credentials.clone(), Arc::new(move || clock.now())) {
            Ok(okdesk) => list.push(Arc::new(okdesk)),
            Err(error) => tracing::error!(%error, "the service desk cannot be connected as it is set up"),
        }
    }
    if let Some(settings) = bitrix24_settings(config) {
        let clock = clock.clone();
        let contents = bitrix24::Contents { records: outside.records.clone(), file: erp::file_content };
        match bitrix24::Bitrix24::new(settings, credentials.clone(), Arc::new(move || clock.now()), contents) {
            Ok(portal) => list.push(Arc::new(portal)),
            Err(error) => tracing::error!(%error, "the portal cannot be connected as it is set up"),
        }
    }
    if let Some(settings) = intradesk_settings(&settings.intradesk) {
        let clock = clock.clone();
        match intradesk::Intradesk::new(settings, credentials.clone(), Arc::new(move || clock.now())) {
            Ok(desk) => list.push(Arc::new(desk)),
            Err(error) => {
                tracing::error!(%error, "the service desk of the carousel cannot be connected as it is set up")
            }
        }
    }
    if settings.erp.enabled {
        let settings = erp::Settings {
            enabled: true,
            bind: settings.erp.bind,
            sync_timeout_s: settings.erp.sync_timeout_s,
            max_body_mb: settings.erp.max_body_mb,
            portal: bitrix24::NAME,
        };
        let standing = Arc::new(outside.standing.clone());
        list.push(Arc::new(erp::Erp::new(settings, credentials.clone(), standing)));
    }
    connect_bridge(config, outside, &mut list);
    connect_register(config, outside, &mut list);
    if let Some(settings) = redmine_settings(config) {
        let (clock, uploads, every) = (clock.clone(), outside.uploads.clone(), outside.pace.every_s.clone());
        let now = Arc::new(move || clock.now());
        match redmine::Redmine::new(settings, credentials.clone(), uploads, every, now) {
            Ok(tracker) => list.push(Arc::new(tracker)),
            Err(error) => tracing::error!(%error, "the tracker of tickets cannot be connected as it is set up"),
        }
    }
    list.extend(messenger::connect(&config.integrations.xmpp, outside));
    list
}

/// The staff register.
fn connect_register(config: &Config, outside: &Outside, list: &mut Vec<Shared>) {
    let crate::config::Staff { enabled: true, base: Some(base), ca, .. } = &config.integrations.staff else { return };
    let settings = staff::Settings { ca: ca.clone(), ..staff::Settings::new(base.clone()) };
    let clock = outside.clock.clone();
    match staff::Staff::new(settings, outside.credentials.clone(), Arc::new(move || clock.now())) {
        Ok(register) => list.push(Arc::new(register)),
        Err(error) => tracing::error!(%error, "the staff register cannot be connected as it is set up"),
    }
}

/// The settings of the tracker people work in by hand, once the address is named.
fn redmine_settings(config: &Config) -> Option<redmine::Settings> {
    let tracker = &config.integrations.redmine;
    let base = tracker.base.clone().filter(|_| tracker.enabled)?;
    Some(redmine::Settings {
        projects: tracker.projects.clone(),
        overlap_s: tracker.overlap_s,
        history_days: tracker.history_days,
        max_file_mb: config.areas.tickets.max_file_mb,
        easy: match tracker.easy {
            Easy::Auto => redmine::Easy::Auto,
            Easy::On => redmine::Easy::On,
            Easy::Off => redmine::Easy::Off,
        },
        ca: tracker.ca.clone(),
        ..redmine::Settings::new(base)
    })
}

/// Both ends of the bridge between conversations and issues, and the directory beside it.
fn connect_bridge(config: &Config, outside: &Outside, list: &mut Vec<Shared>) {
    let Outside { credentials, clock, peers, .. } = outside;
    let now = || {
        let clock = clock.clone();
        Arc::new(move || clock.now())
    };
    if let Some(settings) = pachca_settings(config) {
        match pachca::Pachca::new(settings, credentials.clone(), now(), peers.files_of(tracker::NAME)) {
            Ok(messenger) => list.push(Arc::new(messenger)),
            Err(error) => tracing::error!(%error, "the messenger cannot be connected as it is set up"),
        }
    }
    if let Some(settings) = tracker_settings(&config.integrations.tracker) {
        match tracker::Tracker::new(settings, credentials.clone(), peers.files_of(pachca::NAME), now()) {
            Ok(tracker) => list.push(Arc::new(tracker)),
            Err(error) => tracing::error!(%error, "the tracker cannot be connected as it is set up"),
        }
    }
    if let crate::config::Yandex360 { enabled: true, base, ca, org_id: Some(org) } = &config.integrations.yandex360 {
        let usual = yandex360::Settings::new(org.as_str());
        let settings = yandex360::Settings { base: base.clone(), ca: ca.clone(), ..usual };
        match yandex360::Yandex360::new(settings, credentials.clone(), now()) {
            Ok(directory) => list.push(Arc::new(directory)),
            Err(error) => tracing::error!(%error, "the directory cannot be connected as it is set up"),
        }
    }
}

/// The messenger's settings.
fn pachca_settings(config: &Config) -> Option<pachca::Settings> {
    let messenger = &config.integrations.pachca;
    let base = messenger.base.clone().or_else(|| pachca::BASE.parse().ok()).filter(|_| messenger.enabled)?;
    Some(pachca::Settings {
        email_domain: messenger.email_domain.clone().unwrap_or_default(),
        window_s: messenger.window_s,
        allow_addresses: messenger.allow_addresses.clone(),
        file_hosts: messenger.file_hosts.clone(),
        poll_s: messenger.poll_s,
        ca: messenger.ca.clone(),
        ..pachca::Settings::new(base)
    })
}

/// The tracker's settings.
fn tracker_settings(tracker: &crate::config::Tracker) -> Option<tracker::Settings> {
    if !tracker.enabled {
        return None;
    }
    let org = tracker.org_id.clone().unwrap_or_default();
    Some(tracker::Settings {
        base: tracker.base.clone(),
        auth: match tracker.auth {
            TrackerAuth::Oauth => tracker::Auth::Oauth,
            TrackerAuth::Bearer => tracker::Auth::Bearer,
        },
        cloud_org_id: tracker.cloud_org_id.clone().unwrap_or_default(),
        queue_id: tracker.queue_id.clone().unwrap_or_default(),
        tag: tracker.tag.clone(),
        board_id: tracker.board_id.and_then(|id| u64::try_from(id).ok()).unwrap_or_default(),
        field_prefix: tracker.field_prefix.clone().unwrap_or_default(),
        key_field: tracker.key_field.clone(),
        mark_field: tracker.mark_field.clone(),
        people_url: tracker.people_url.clone(),
        closed_statuses: tracker.closed_statuses.clone(),
        trigger_ids: tracker.trigger_ids.clone(),
        poll_minutes: tracker.poll_minutes,
        rate_per_second: tracker.rate_per_second,
        ca: tracker.ca.clone(),
        ..tracker::Settings::new(org, tracker.queue_key.clone())
    })
}

/// The service desk's settings, once the address is named.
fn okdesk_settings(config: &Config) -> Option<okdesk::Settings> {
    let crate::config::Okdesk { enabled: true, base: Some(base), ca, poll_minutes, rate_body, rate_per_second } =
        &config.integrations.okdesk
    else {
        return None;
    };
    Some(okdesk::Settings {
        closed_codes: config.areas.ratings.closed_codes.clone(),
        rate_body: match rate_body {
            RateBody::Flat => okdesk::RateBody::Flat,
            RateBody::Nested => okdesk::RateBody::Nested,
        },
        // Closed issues are looked for only where their authors are to be asked.
        poll_minutes: if config.areas.ratings.enabled { *poll_minutes } else { 0 },
        rate_per_second: *rate_per_second,
        ca: ca.clone(),
        ..okdesk::Settings::new(base.clone())
    })
}

/// The portal's settings, once the address is named.
fn bitrix24_settings(config: &Config) -> Option<bitrix24::Settings> {
    let portal @ crate::config::Bitrix24 { enabled: true, base: Some(base), .. } = &config.integrations.bitrix24 else {
        return None;
    };
    Some(bitrix24::Settings {
        message_method: match portal.message_method {
            MessageMethod::Auto => bitrix24::MessageMethod::Auto,
            MessageMethod::ImbotV2 => bitrix24::MessageMethod::ImbotV2,
            MessageMethod::Imbot => bitrix24::MessageMethod::Imbot,
            MessageMethod::Im => bitrix24::MessageMethod::Im,
        },
        bot_id: portal.bot_id,
        client_id: portal.client_id.clone(),
        public_url: config.areas.ratings.public_url.clone(),
        rate_per_second: portal.rate_per_second,
        ca: portal.ca.clone(),
        ..bitrix24::Settings::new(base.clone())
    })
}

/// The settings of the carousel's service desk, once the tenant or the address is named.
fn intradesk_settings(desk: &crate::config::Intradesk) -> Option<intradesk::Settings> {
    if !desk.enabled {
        return None;
    }
    let own = || intradesk::Auth::Password { login: desk.login.clone().unwrap_or_default() };
    let usual = match desk.product {
        DeskProduct::Intradesk => {
            let auth = if desk.auth == DeskAuth::Apikey { intradesk::Auth::ApiKey } else { own() };
            intradesk::Settings::new(desk.tenant.clone()?, auth)
        }
        DeskProduct::Intraservice => intradesk::Settings::classic(desk.base.clone()?, desk.login.clone()?),
    };
    Some(intradesk::Settings {
        login_base: desk.login_base.clone(),
        api_base: desk.api_base.clone(),
        zone: desk.time_zone.clone(),
        rate_per_second: desk.rate_per_second,
        ca: desk.ca.clone(),
        ..usual
    })
}
