//! Everything settled beforehand that a decision may depend on: the areas' policies and who performs which effect.
//!
//! Made anew from the configuration whenever it changes; a decision holds one version of it from beginning to end.
//! Deliberately not here: anything read from the database or the clock.

use std::collections::HashMap;

use jiff::{SignedDuration, tz::TimeZone};
use pult_domain::areas::calls::Policy;
use pult_store::calls::Zones;

use crate::{config::Config, lanes::Patience};

/// An open call of which no end was reported for this long is closed with an unknown end.
const OPEN_AT_MOST: SignedDuration = SignedDuration::from_hours(4);
/// An agency card that comes later than this is of no use to the operator.
const CARD_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// Rows of two sources that began within this time are the same call (behaviour/helpdesk 1.5).
const SAME_CALL: SignedDuration = SignedDuration::from_secs(60);

/// One version of the terms.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The policy of calls.
    pub calls: Policy,
    /// In which zones the centres count their days.
    pub zones: Zones,
    /// Agencies left out of cards.
    pub excluded_agencies: Vec<i64>,
    /// How long lanes wait and try.
    pub patience: Patience,
    /// Which integration performs a kind of effect.
    pub performers: HashMap<&'static str, &'static str>,
}

impl Terms {
    /// The terms of a configuration with these integrations at work.
    #[must_use]
    pub fn of(config: &Config, performers: HashMap<&'static str, &'static str>) -> Self {
        let calls = &config.areas.calls;
        Self {
            calls: Policy {
                repeat: SignedDuration::from_secs(calls.repeat_seconds.into()),
                same_call: SAME_CALL,
                open_at_most: OPEN_AT_MOST,
                card_wait: CARD_WAIT,
                region: config.integrations.telephony.region.clone(),
                agency_service: performers.contains_key("look_up_agency"),
            },
            zones: Zones { moscow: zone(&calls.moscow_zone), vilnius: zone(&calls.vilnius_zone) },
            excluded_agencies: calls.excluded_agencies.clone(),
            patience: Patience::from(&config.lanes),
            performers,
        }
    }
}

/// A zone by name. A loaded configuration names only zones that exist.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|error| {
        tracing::error!(name, %error, "a time zone is missing on this machine; days are counted in UTC");
        TimeZone::UTC
    })
}
