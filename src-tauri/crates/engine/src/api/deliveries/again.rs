//! Whether a stored decision would be the same today, and what would differ.
//!
//! Deliberately not here: computing it (`areas::again`), and running a record again (`deliveries.preview`).

use pult_domain::{Candidate, Explanation, JournalId};
use pult_store::{
    Connection, StoreError,
    journal::{self, EntryRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::sight::Looker;
use crate::{
    Engine,
    areas::again::{self, Again},
    auth::Actor,
    error::ApiError,
};

/// Asks for one decision to be computed again from what it was made of. Changes nothing.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecomputeRequest {
    /// Which.
    pub id: JournalId,
}

/// What of a decision would differ today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "RecomputedPart")]
pub enum Part {
    /// The branch of the rule.
    Rule,
    /// What it says of what it decided about.
    Values,
    /// Who or what was chosen.
    Choice,
    /// What is changed.
    Changes,
    /// Which calls go out.
    Calls,
}

/// A stored decision, computed again by the rules and settings of today.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Recomputed {
    /// Today it would be the same.
    Same,
    /// Today it would be another.
    Differs {
        /// What differs.
        parts: Vec<Part>,
        /// Why it would be decided so today.
        explanation: Explanation,
    },
    /// Not enough of it is kept.
    NotKept,
}

pub(in crate::api) async fn recompute(
    engine: &Engine,
    actor: &Actor,
    request: RecomputeRequest,
) -> Result<Recomputed, ApiError> {
    let looker = Looker::of(engine, actor).await?;
    let read = move |c: &Connection| looker.sight(c)?.entries(c, vec![journal::get(c, request.id)?]);
    let found = engine.store().read(read).await?;
    let Some(entry) = found.into_iter().next() else { return Err(StoreError::NotFound("journal entry").into()) };
    let today = again::again(&entry, &engine.registry().terms());
    Ok(today.map_or(Recomputed::NotKept, |today| compare(&entry, today)))
}

fn compare(then: &EntryRow, today: Again) -> Recomputed {
    let chosen = |explanation: &Explanation| -> Vec<String> {
        let taken = explanation.candidates.iter().filter(|candidate| candidate.chosen);
        taken.map(|Candidate { name, .. }| name.clone()).collect()
    };
    let (was, is) = (&then.explanation, &today.explanation);
    let differing = [
        (Part::Rule, was.rule != is.rule),
        (Part::Values, was.values != is.values),
        // Who was weighed has been written down for less long than what was decided.
        (Part::Choice, !was.candidates.is_empty() && chosen(was) != chosen(is)),
        (Part::Changes, again::kinds(&then.changes) != today.changes),
        (Part::Calls, then.ordered != today.ordered),
    ];
    let parts: Vec<Part> = differing.into_iter().filter_map(|(part, differs)| differs.then_some(part)).collect();
    match parts.is_empty() {
        true => Recomputed::Same,
        false => Recomputed::Differs { parts, explanation: today.explanation },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use pult_domain::{
        Fact, FactKey, Instant, IssueId, Observed,
        areas::ratings::{self, Sighting, StatusChange},
    };
    use pult_store::{Connection, migrations};

    use super::*;
    use crate::{
        config::Config,
        decide::{self, Source},
        terms::{Pages, Terms},
    };

    fn now() -> Instant {
        "2026-11-20T14:32:22.123456Z".parse().unwrap()
    }

    fn terms(settings: &str) -> Terms {
        let performers = HashMap::from([("look_up_contact", "desk"), ("find_person", "portal")]);
        Terms::of(&Config::parse(settings).unwrap(), performers, "0a1b2c3d", Pages::default())
    }

    fn closed(db: &Connection, terms: &Terms, key: &str) -> EntryRow {
        let change = StatusChange {
            issue: IssueId(81),
            title: "Не печатает".to_owned(),
            status: "closed".to_owned(),
            contact: Some(7),
            rate: None,
            sighting: Sighting::Told,
        };
        let fact = Fact::Ratings(ratings::Fact::StatusChanged(Box::new(change)));
        let observed = Observed { key: FactKey(key.to_owned()), at: now(), fact };
        let source = Source { name: "desk".to_owned(), ..Source::default() };
        let entry = decide::fact(db, &observed, &source, now(), terms).unwrap().entry.unwrap();
        journal::get(db, entry).unwrap()
    }

    const ON: &str = "[areas.ratings]\nenabled = true\n";

    fn today(entry: &EntryRow, terms: &Terms) -> Recomputed {
        compare(entry, again::again(entry, terms).unwrap())
    }

    #[test]
    fn a_decision_is_the_same_until_the_settings_change_and_its_own_state_is_what_it_was() {
        let db = migrations::in_memory().unwrap();
        let entry = closed(&db, &terms(ON), "one");
        assert_eq!(entry.explanation.rule, "status_changed.closed");
        // The request that was begun is no part of what was known when it was decided.
        assert!(matches!(today(&entry, &terms(ON)), Recomputed::Same));
        let off = ON.replace("true", "false");
        let Recomputed::Differs { parts, explanation } = today(&entry, &terms(&off)) else { panic!() };
        // No service desk is connected: nothing was called then either.
        assert_eq!(parts, [Part::Rule, Part::Changes]);
        assert_eq!(
            (explanation.rule.as_str(), explanation.otherwise.as_deref()),
            ("status_changed.switched_off", Some("had.rating_on"))
        );
    }

    #[test]
    fn what_is_not_kept_is_not_computed() {
        let db = migrations::in_memory().unwrap();
        let entry = closed(&db, &terms(ON), "one");
        let erased = EntryRow { fact: serde_json::Value::Null, ..entry.clone() };
        assert!(again::again(&erased, &terms(ON)).is_none());
        let explanation = Explanation::of("status_changed.closed", serde_json::Value::Null);
        assert!(again::again(&EntryRow { explanation, ..entry }, &terms(ON)).is_none());
    }
}
