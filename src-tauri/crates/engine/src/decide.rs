//! One fact from beginning to end, inside the caller's transaction: known before? decide, apply, remember why, order effects.
//!
//! Deliberately not here: where facts come from (pump, lanes, timers, commands) and carrying effects out (lanes).

use pult_domain::{
    Answer, Area, EffectId, EffectKey, EffectOrder, FactKey, Instant, JournalId, NoticeChange, Observed, RecordId,
    areas::messages::rule::of_notice,
};
use pult_store::{Connection, StoreError, journal, notices, outbox, timers};
use serde_json::json;

use crate::{areas, duplicates, terms::Terms, troubles};

/// Where a fact comes from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The integration, `console` or `timer`.
    pub name: String,
    /// The record at the beginning of the chain that led here.
    pub record: Option<RecordId>,
    /// The effect whose receipt the fact is.
    pub effect: Option<EffectId>,
    /// The person behind it.
    pub actor: Option<String>,
    /// Set when a record is run again: the fact is decided although it is known, its effects keep their keys.
    pub replay: bool,
}

/// What became of one fact.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    /// Its journal entry; for a repeat, that of the first time.
    pub entry: Option<JournalId>,
    /// Whether it was known.
    pub repeat: bool,
    /// For a caller that waits.
    pub answer: Option<Answer>,
    /// What to announce once it is committed.
    pub touched: Vec<(Area, i64)>,
    /// Integrations that owe something new.
    pub owing: Vec<&'static str>,
    /// Whether deadlines were set or lifted.
    pub timers: bool,
}

/// Decides about a fact.
///
/// # Errors
/// When something cannot be read or written; nothing of it is then kept by the transaction.
pub fn fact(
    connection: &Connection,
    observed: &Observed,
    source: &Source,
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    let mut journal_key = observed.key.clone();
    if let Some(entry) = journal::find(connection, &source.name, &observed.key.0)? {
        if !source.replay {
            let answer = Some(areas::answer_to_repeat(&observed.fact));
            return Ok(Decided { entry: Some(entry), repeat: true, answer, ..Decided::default() });
        }
        // A fact stands in the journal once per run; only the first bears the plain key.
        let run = source.record.map_or(0, |r| r.0);
        journal_key = FactKey(format!("{}#{run}", observed.key));
    }
    let decision = areas::decide(connection, observed, source, terms)?;
    let area = observed.fact.area();
    let mut touched: Vec<_> = decision.touched.iter().map(|id| (area, *id)).collect();
    if observed.fact.is_observation() && decision.effects.is_empty() && decision.notices.is_empty() {
        // A mere look at how things are leaves its traces in its area's own history.
        for change in &decision.timers {
            timers::apply(connection, area.as_ref(), change)?;
        }
        return Ok(Decided { touched, timers: !decision.timers.is_empty(), ..Decided::default() });
    }
    let entry = journal::insert(
        connection,
        &journal::NewEntry {
            at: observed.at,
            decided_at: now,
            area: area.as_ref(),
            kind: observed.fact.kind(),
            source: &source.name,
            fact_key: &journal_key.0,
            subject: decision.subject.as_ref(),
            record: source.record,
            effect: source.effect,
            actor: source.actor.as_deref(),
            fact: serde_json::to_string(&*areas::journaled(&observed.fact))?,
            changes: decision.changes.to_string(),
            ordered: decision.effects.iter().map(|o| o.effect.kind()).collect(),
            explanation: &decision.explanation,
        },
    )?;
    let mut owing = Vec::new();
    for (n, order) in decision.effects.iter().enumerate() {
        let key = EffectKey::caused_by(&source.name, &observed.key, order.effect.kind(), n);
        owing.extend(owe(connection, &key, order, entry, terms, now)?);
    }
    for change in &decision.timers {
        timers::apply(connection, area.as_ref(), change)?;
    }
    let noticed = troubles::carry_out(connection, &decision.notices, Some(entry), now, terms)?;
    touched.extend(noticed.touched);
    for raised in &noticed.raised {
        let owed = duplicates::of(connection, raised, terms, now)?;
        owing.extend(owe_all(connection, &owed, entry, terms, now)?);
    }
    Ok(Decided {
        entry: Some(entry),
        repeat: false,
        answer: decision.answer,
        touched,
        owing,
        timers: !decision.timers.is_empty(),
    })
}

/// What is said of notices where no fact led to it: a system out of reach, calls that were given up, a register that is away. They go to
/// people's messengers as all others do; the journal then has an entry of its own, by which it can be seen why.
///
/// # Errors
/// When it cannot be read or written.
pub(crate) fn notices(
    connection: &Connection,
    changes: &[NoticeChange],
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    let noticed = troubles::carry_out(connection, changes, None, now, terms)?;
    let mut decided = Decided { touched: noticed.touched, ..Decided::default() };
    for raised in &noticed.raised {
        let owed = duplicates::of(connection, raised, terms, now)?;
        let Some((key, order)) = owed.first() else { continue };
        let Some(sender) = terms.performers.get(order.effect.kind()) else { continue };
        let Some(said) = notices::said(connection, raised.id)? else { continue };
        let notice = json!({ "notice": raised.id, "code": said.code });
        let entry = journal::insert(
            connection,
            &journal::NewEntry {
                at: now,
                decided_at: now,
                area: Area::Messages.as_ref(),
                kind: "notice_raised",
                source: sender,
                fact_key: &key.0,
                subject: Some(&said.subject),
                record: None,
                effect: None,
                actor: None,
                fact: notice.to_string(),
                changes: "[]".to_owned(),
                ordered: owed.iter().map(|(_, order)| order.effect.kind()).collect(),
                explanation: &of_notice(raised.id, &said.code),
            },
        )?;
        decided.owing.extend(owe_all(connection, &owed, entry, terms, now)?);
    }
    Ok(decided)
}

fn owe_all(
    connection: &Connection,
    owed: &[(EffectKey, EffectOrder)],
    entry: JournalId,
    terms: &Terms,
    now: Instant,
) -> Result<Vec<&'static str>, StoreError> {
    let owed = owed.iter().map(|(key, order)| owe(connection, key, order, entry, terms, now));
    Ok(owed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Orders an effect of whoever performs its kind, unless it is ordered already; names who owes something new.
fn owe(
    connection: &Connection,
    key: &EffectKey,
    order: &EffectOrder,
    entry: JournalId,
    terms: &Terms,
    now: Instant,
) -> Result<Option<&'static str>, StoreError> {
    let kind = order.effect.kind();
    // A rule asks only for what its policy says can be performed; should that ever disagree, the effect must not vanish.
    let Some(performer) = terms.performers.get(kind) else {
        return Err(StoreError::Failed(format!("no integration performs {kind}")));
    };
    Ok(outbox::insert(connection, key, performer, order, entry, now)?.map(|_| *performer))
}
