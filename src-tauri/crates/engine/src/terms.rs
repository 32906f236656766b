//! Everything settled beforehand that a decision may depend on: the areas' policies and who performs which effect.
//!
//! Made anew from the configuration whenever it changes; a decision holds one version of it from beginning to end.
//! Deliberately not here: anything read from the database or the clock.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, tz::TimeZone};
use pult_domain::{
    EmployeeId, TicketId,
    areas::{calls::Policy, carousel, chat_link, erp, floor, messages, network, ratings, tickets},
};
use pult_store::calls::Zones;

use crate::{
    config::{Config, QueueKeywords, SilentRate, TicketOrder},
    lanes::Patience,
};

/// An open call of which no end was reported for this long is closed with an unknown end.
const OPEN_AT_MOST: SignedDuration = SignedDuration::from_hours(4);
/// An agency card that comes later than this is of no use to the operator.
const CARD_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// Rows of two sources that began within this time are the same call (behaviour/helpdesk 1.5).
const SAME_CALL: SignedDuration = SignedDuration::from_secs(60);

/// A request to change an operator's state is worth so much waiting (contracts/finesse 5.9).
const COMMAND_LIFE: SignedDuration = SignedDuration::from_secs(15);
/// Colleagues' news of the same moment has come by then.
const WEIGH_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Where the halves of a day meet when nothing else is settled.
const MIDDAY: jiff::civil::Time = jiff::civil::time(13, 0, 0, 0);

/// Addresses under which people read more of what a notice says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    /// Of a ticket's page; `{id}` stands for its number.
    pub ticket: Option<String>,
    /// Of a task's page: `{id}` stands for its number, `{person}` for that of whoever is responsible.
    pub task: Option<String>,
    /// Of the console.
    pub console: Option<String>,
}

impl Pages {
    /// The page of a ticket, where it is known and meant, else the console's list of notices.
    #[must_use]
    pub fn of(&self, ticket: Option<TicketId>) -> Option<String> {
        let page = ticket.zip(self.ticket.as_ref()).map(|(id, page)| page.replace("{id}", &id.to_string()));
        page.or_else(|| Some(format!("{}/ui/#/inbox", self.console.as_deref()?.trim_end_matches('/'))))
    }
}

/// One version of the terms.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The policy of calls.
    pub calls: Policy,
    /// The policy of the floor.
    pub floor: floor::Policy,
    /// The policy of the network.
    pub network: network::Policy,
    /// The policy of ratings.
    pub ratings: ratings::Policy,
    /// The policy of documents.
    pub erp: erp::Policy,
    /// The policy of the carousel.
    pub carousel: carousel::Policy,
    /// The policy of conversations and their issues.
    pub chat_link: chat_link::Policy,
    /// The policy of tickets.
    pub tickets: tickets::Policy,
    /// The policy of messages.
    pub messages: messages::Policy,
    /// Where people read more.
    pub pages: Pages,
    /// In which zones the centres count their days.
    pub zones: Zones,
    /// Agencies left out of cards.
    pub excluded_agencies: Vec<i64>,
    /// How long lanes wait and try.
    pub patience: Patience,
    /// The integrations at work, each with the hosts it is reached at.
    pub hosts: BTreeMap<String, Vec<String>>,
    /// Which integration performs a kind of effect.
    pub performers: HashMap<&'static str, &'static str>,
}

impl Terms {
    /// The terms of a configuration with these integrations at work, at the installation of this name.
    #[must_use]
    pub fn of(config: &Config, performers: HashMap<&'static str, &'static str>, instance: &str, pages: Pages) -> Self {
        let calls = &config.areas.calls;
        Self {
            calls: Policy {
                repeat: SignedDuration::from_secs(calls.repeat_seconds.into()),
                same_call: SAME_CALL,
                open_at_most: OPEN_AT_MOST,
                card_wait: CARD_WAIT,
                region: config.integrations.telephony.region.clone(),
                wrapup: calls
                    .wrapup_map
                    .iter()
                    .map(|(reason, codes)| {
                        (reason.clone(), (codes.result.map(i64::from), codes.type_call.map(i64::from)))
                    })
                    .collect(),
                agency_service: performers.contains_key("look_up_agency"),
            },
            floor: floor_policy(&config.areas.floor, performers.contains_key("change_operator_state")),
            network: network_policy(&config.areas.network),
            ratings: ratings_policy(&config.areas.ratings, |kind| performers.contains_key(kind)),
            erp: erp_policy(&config.areas.erp, performers.contains_key("create_tasks")),
            carousel: carousel::Policy {
                by_file: config.integrations.desk_lists_by_file(),
                ..carousel_policy(&config.areas.carousel, performers.contains_key("assign_ticket"))
            },
            chat_link: chat_policy(&config.areas.chat_link, instance, |kind| performers.contains_key(kind)),
            tickets: tickets_policy(&config.areas.tickets, instance, performers.contains_key("change_ticket")),
            messages: messages_policy(&config.areas.messages, performers.contains_key("send_message")),
            pages,
            zones: Zones { moscow: zone(&calls.moscow_zone), vilnius: zone(&calls.vilnius_zone) },
            excluded_agencies: calls.excluded_agencies.clone(),
            patience: Patience::from(&config.lanes),
            hosts: BTreeMap::new(),
            performers,
        }
    }

    /// The same with these integrations at work.
    #[must_use]
    pub fn reaching(mut self, config: &Config, integrations: &[&str]) -> Self {
        self.hosts = integrations.iter().map(|name| ((*name).to_owned(), config.integrations.hosts_of(name))).collect();
        self
    }

    /// The integration that watches the floor: the one that can change an operator's state.
    #[must_use]
    pub fn floor_source(&self) -> Option<&'static str> {
        self.performers.get("change_operator_state").copied()
    }
}

fn floor_policy(floor: &crate::config::Floor, acts: bool) -> floor::Policy {
    let limits = &floor.limits;
    let pairs = [
        ("reserved", limits.reserved_amber_s, limits.reserved_red_s),
        ("talking", limits.talking_amber_s, limits.talking_red_s),
        ("hold", limits.hold_amber_s, limits.hold_red_s),
        ("wrap_up", limits.wrap_up_amber_s, limits.wrap_up_red_s),
        ("not_ready", limits.not_ready_amber_s, limits.not_ready_red_s),
    ];
    let limits: BTreeMap<_, _> = pairs
        .into_iter()
        .filter(|(_, amber, _)| *amber > 0)
        .map(|(word, amber, red)| {
            let span = |s: u32| SignedDuration::from_secs(s.into());
            // A second limit switched off, or set before the first, leaves the first alone for good.
            let red = if red > amber { span(red) } else { SignedDuration::MAX };
            (word.to_owned(), floor::Limit { amber: span(amber), red })
        })
        .collect();
    floor::Policy {
        limits,
        notify_amber: floor.notify_amber,
        command_life: COMMAND_LIFE,
        weigh_after: WEIGH_AFTER,
        silence: SignedDuration::from_secs(floor.silence_s.into()),
        acts,
        queues: floor.queues.iter().map(|(name, words)| queue_words(name, words)).collect(),
    }
}

fn queue_words(name: &str, words: &QueueKeywords) -> floor::QueueWords {
    let QueueKeywords { teams, operators, calls } = words.clone();
    floor::QueueWords { name: name.to_owned(), teams, operators, calls }
}

fn network_policy(network: &crate::config::Network) -> network::Policy {
    let count = |n: u32| n as usize;
    network::Policy {
        steadiness: network::Steadiness {
            cycles: count(network.steady_cycles),
            failures: count(network.failures),
            window: count(network.failure_window),
        },
        period: SignedDuration::from_secs(network.period_s.into()),
        certificate_days: network.certificate_days.into(),
        zone: zone(&network.zone),
    }
}

fn ratings_policy(ratings: &crate::config::Ratings, performed: impl Fn(&str) -> bool) -> ratings::Policy {
    ratings::Policy {
        enabled: ratings.enabled,
        closed: ratings.closed_codes.clone(),
        reopened: ratings.reopened_codes.clone(),
        patience: SignedDuration::from_hours(ratings.auto_after_h.into()),
        silence: match ratings.auto_rate {
            SilentRate::Good => ratings::Rate::Good,
            SilentRate::Normal => ratings::Rate::Normal,
            SilentRate::Bad => ratings::Rate::Bad,
        },
        rate_unasked: ratings.auto_rate_unasked,
        desk: performed("look_up_contact") && performed("set_rating"),
        messenger: performed("find_person") && performed("ask_for_rating"),
    }
}

fn erp_policy(erp: &crate::config::Erp, portal: bool) -> erp::Policy {
    let life = |s: u32| SignedDuration::from_secs(s.into());
    erp::Policy {
        root: erp::Root { name: erp.root_department.clone(), id: erp.root_department_id },
        project: erp.project_name.clone(),
        project_required: erp.project_required,
        folder: erp.disk_folder_id,
        default_estimate: life(erp.default_estimate_s),
        metric: erp.busy_metric,
        lives: erp::directory::Lives {
            departments: life(erp.ttl_departments_s),
            people: life(erp.ttl_users_s),
            project: life(erp.ttl_schedule_s),
            schedule: life(erp.ttl_schedule_s),
        },
        zone: zone(&erp.time_zone),
        reopen_completed: erp.reopen_completed,
        portal,
    }
}

fn chat_policy(chat: &crate::config::ChatLink, instance: &str, performed: impl Fn(&str) -> bool) -> chat_link::Policy {
    chat_link::Policy {
        enabled: chat.enabled,
        chat: performed("post_reply"),
        tracker: performed("post_comment"),
        directory: performed("read_department"),
        direct_create: chat.direct_create,
        desk_chats: chat.desk_chats.clone(),
        anchor_buttons: chat.anchor_buttons,
        agents: chat.agents.clone(),
        // Judged when the settings were read; a test holds that the standard ones are right.
        menu: chat_link::Menu::of_json(&chat.menu).unwrap_or_default(),
        form: chat_link::Form::of_json(&chat.form).unwrap_or_default(),
        edits: chat.edits,
        instance: instance.to_owned(),
    }
}

fn tickets_policy(rules: &crate::config::Tickets, instance: &str, connected: bool) -> tickets::Policy {
    tickets::Policy {
        enabled: connected,
        tell_gone: rules.tell_gone,
        // Only its number is looked at; its name comes with the ticket.
        reopen: rules.reopen_status_id.map(|id| tickets::Named { id, name: String::new() }),
        patience: SignedDuration::from_secs(rules.patience_s.into()),
        instance: instance.to_owned(),
    }
}

fn messages_policy(rules: &crate::config::Messages, sender: bool) -> messages::Policy {
    let staff = rules.staff.iter().map(|of| of.trim().to_lowercase()).collect();
    messages::Policy { strangers: rules.strangers, sender, staff }
}

fn carousel_policy(carousel: &crate::config::Carousel, connected: bool) -> carousel::Policy {
    let minutes = carousel.import_interval_min;
    carousel::Policy {
        enabled: carousel.enabled,
        connected,
        by_file: false,
        interval: SignedDuration::from_secs(carousel.interval_s.into()),
        import_every: (minutes > 0).then(|| SignedDuration::from_mins(minutes.into())),
        oldest_first: carousel.order == TicketOrder::Asc,
        dry_run: carousel.dry_run,
        max_per_pass: carousel.max_per_pass,
        strategy: carousel.strategy,
        capacity: carousel.capacity,
        weights: carousel.weights.iter().filter_map(|(id, n)| Some((EmployeeId(id.parse().ok()?), *n))).collect(),
        half_day_at: carousel.half_day_at.parse().unwrap_or(MIDDAY),
        zone: carousel.time_zone.as_deref().map_or_else(TimeZone::system, zone),
        skip_statuses: carousel.skip_status_ids.clone(),
    }
}

/// A zone by name. A loaded configuration names only zones that exist.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|error| {
        tracing::error!(name, %error, "a time zone is missing on this machine; days are counted in UTC");
        TimeZone::UTC
    })
}
