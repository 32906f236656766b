//! Puts a case together: what is within reach of a thing over joins, what is kept out by hand, and what happened, in its order.
//!
//! Certain joins lead on, likely ones lead one step. Nothing enters a case beside a thing it was split from, whichever way it would have
//! come. Deliberately not here: finding joins (`rule`), and words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use ts_rs::TS;

use super::{Hand, Join, Moment, Piece, Strength, Thing, Verdict};
use crate::Instant;

/// How much a case may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Things, the nearest first and the newest among them.
    pub things: usize,
    /// What happened, the newest.
    pub moments: usize,
}

/// A thing of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Joins between it and the thing the case was opened with.
    pub steps: u32,
    /// Whether all of them are certain.
    pub certain: bool,
}

/// What a case had more of than it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "CaseExcess")]
pub enum Excess {
    /// Things.
    Things,
    /// What happened.
    Moments,
}

/// Something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CaseCut")]
pub struct Cut {
    /// Of what.
    pub what: Excess,
    /// How many are shown.
    pub shown: u32,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its things; the one it was opened with is among them, with no steps.
    pub things: BTreeMap<Thing, Member>,
    /// Why they are in it: every join whose two things are.
    pub joins: Vec<Join>,
    /// Splits by hand that keep something out.
    pub apart: Vec<Hand>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
    /// What was left out.
    pub cut: Vec<Cut>,
}

/// Puts a case together of what was found around a thing. `joins` are those of [`super::joins`].
#[must_use]
pub fn assemble(
    root: &Thing,
    pieces: &[Piece],
    joins: Vec<Join>,
    hand: &[Hand],
    moments: Vec<Moment>,
    bounds: &Bounds,
) -> Case {
    let (things, apart, more) = grown(root, pieces, &joins, hand, bounds.things);
    let within =
        |join: &Join| things.contains_key(&join.a) && things.contains_key(&join.b) && !is_split(hand, &join.a, &join.b);
    let mut joins: Vec<Join> = joins.into_iter().filter(within).collect();
    joins.sort_by(|x, y| (&x.a, &x.b, x.reason).cmp(&(&y.a, &y.b, y.reason)));
    let mut timeline: Vec<Moment> = moments.into_iter().filter(|moment| things.contains_key(&moment.thing)).collect();
    timeline.sort_by(|x, y| (x.at, &x.thing, &x.code).cmp(&(y.at, &y.thing, &y.code)));
    let mut cut = vec![];
    let shown = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    if more {
        cut.push(Cut { what: Excess::Things, shown: shown(things.len()) });
    }
    if timeline.len() > bounds.moments {
        timeline.drain(..timeline.len() - bounds.moments);
        cut.push(Cut { what: Excess::Moments, shown: shown(timeline.len()) });
    }
    Case { things, joins, apart, timeline, cut }
}

/// The things within reach, as far as the bound lets.
#[must_use]
pub fn reach(root: &Thing, pieces: &[Piece], joins: &[Join], hand: &[Hand], most: usize) -> BTreeMap<Thing, Member> {
    grown(root, pieces, joins, hand, most).0
}

type Neighbours<'a> = BTreeMap<&'a Thing, BTreeSet<(Strength, &'a Thing)>>;

fn grown(
    root: &Thing,
    pieces: &[Piece],
    joins: &[Join],
    hand: &[Hand],
    most: usize,
) -> (BTreeMap<Thing, Member>, Vec<Hand>, bool) {
    let began: BTreeMap<&Thing, Instant> = pieces.iter().map(|piece| (&piece.thing, piece.at)).collect();
    let mut beside: Neighbours<'_> = BTreeMap::new();
    for join in joins.iter().filter(|join| began.contains_key(&join.a) && began.contains_key(&join.b)) {
        beside.entry(&join.a).or_default().insert((join.strength, &join.b));
        beside.entry(&join.b).or_default().insert((join.strength, &join.a));
    }
    let mut things = BTreeMap::from([(root.clone(), Member { steps: 0, certain: true })]);
    let mut more = false;
    let mut admit = |things: &mut BTreeMap<Thing, Member>, thing: &Thing, member: Member| {
        let keeps_out = |said: &Hand| {
            said.verdict == Verdict::Split && other_end(said, thing).is_some_and(|end| things.contains_key(end))
        };
        if hand.iter().any(keeps_out) {
            return false;
        }
        if things.len() >= most {
            more = true;
            return false;
        }
        things.insert(thing.clone(), member);
        true
    };
    // The newest of those equally near come first, so that a bound leaves out the oldest.
    let newest_first = |found: BTreeSet<&Thing>| {
        let mut found: Vec<_> = found.into_iter().map(|thing| (began.get(thing).copied(), thing.clone())).collect();
        found.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
        found.into_iter().map(|(_, thing)| thing)
    };
    let mut last = vec![root.clone()];
    let mut steps = 0;
    while !last.is_empty() {
        steps += 1;
        let found = next(&beside, &last, Strength::Certain, &things);
        last = newest_first(found).filter(|thing| admit(&mut things, thing, Member { steps, certain: true })).collect();
    }
    let certain: BTreeMap<u32, Vec<Thing>> = things.iter().fold(BTreeMap::new(), |mut by, (thing, member)| {
        by.entry(member.steps).or_insert_with(Vec::new).push(thing.clone());
        by
    });
    for (steps, from) in certain {
        for thing in newest_first(next(&beside, &from, Strength::Likely, &things)) {
            admit(&mut things, &thing, Member { steps: steps + 1, certain: false });
        }
    }
    // Rules join nothing that was split, so a thing that only the split kept out was never met above.
    let kept_out = |said: &&Hand| {
        let ends = [&said.a, &said.b];
        said.verdict == Verdict::Split
            && ends.iter().all(|end| began.contains_key(*end))
            && ends.iter().filter(|end| things.contains_key(**end)).count() == 1
    };
    let mut apart: Vec<Hand> = hand.iter().filter(kept_out).cloned().collect();
    apart.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    (things, apart, more)
}

/// What is one join of a strength away from some things, and not among those that are in already.
fn next<'a>(
    beside: &Neighbours<'a>,
    from: &[Thing],
    strength: Strength,
    things: &BTreeMap<Thing, Member>,
) -> BTreeSet<&'a Thing> {
    let leading = from.iter().filter(|thing| !thing.is_leaf());
    let found = leading.filter_map(|thing| beside.get(thing)).flatten();
    found.filter(|(of, thing)| *of == strength && !things.contains_key(*thing)).map(|(_, thing)| *thing).collect()
}

fn is_split(hand: &[Hand], a: &Thing, b: &Thing) -> bool {
    hand.iter().any(|said| said.verdict == Verdict::Split && other_end(said, a) == Some(b))
}

fn other_end<'a>(said: &'a Hand, thing: &Thing) -> Option<&'a Thing> {
    if said.a == *thing {
        return Some(&said.b);
    }
    (said.b == *thing).then_some(&said.a)
}
