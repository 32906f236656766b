//! Goes from a thing to what it leads to, and on from there, as far as somebody may see and a case may grow.
//!
//! What may not be seen is never loaded, so nothing is joined through it. Deliberately not here: which things belong together (the
//! domain's), and reading them (the store's).

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::{
    Instant,
    areas::cases::{Bounds, Case, Cut, Excess, Hand, Join, Piece, Thing, assemble, joins, reach},
};
use pult_store::{
    Connection, StoreError,
    cases::{Found, Sight, beside, load, story},
};

/// What a case may hold.
pub(super) const BOUNDS: Bounds = Bounds { things: 150, moments: 1_000 };
/// Things looked at for it, at most.
const MOST_LOADED: usize = 400;

/// A case, and the things that were found around it, those that were kept out among them.
pub(super) struct Gathered {
    pub(super) case: Case,
    pub(super) found: BTreeMap<Thing, Found>,
}

/// Gathers the case of a thing; nothing where there is no such thing for whoever looks.
pub(super) fn gather(
    connection: &Connection,
    sight: &Sight,
    root: &Thing,
    now: Instant,
) -> Result<Option<Gathered>, StoreError> {
    let Some(first) = load(connection, sight, root, true, now)? else { return Ok(None) };
    let mut found = BTreeMap::from([(root.clone(), first)]);
    let (mut looked, mut missing) = (BTreeSet::new(), BTreeSet::new());
    let mut more = false;
    loop {
        let (pieces, hand, joins) = known(&found);
        let within = reach(root, &pieces, &joins, &hand, BOUNDS.things);
        // The nearest first: where there is too much, what is far is left.
        let mut next: Vec<_> = within
            .into_iter()
            .filter(|(thing, member)| member.certain && !thing.is_leaf() && !looked.contains(thing))
            .map(|(thing, member)| (member.steps, thing))
            .collect();
        next.sort();
        if next.is_empty() {
            break;
        }
        for (_, thing) in next {
            let Some(known) = found.get(&thing) else { continue };
            looked.insert(thing);
            let around = beside(connection, sight, known, now)?;
            more |= around.more;
            for other in around.things {
                if found.contains_key(&other) || missing.contains(&other) {
                    continue;
                }
                if found.len() >= MOST_LOADED {
                    more = true;
                    break;
                }
                match load(connection, sight, &other, false, now)? {
                    Some(loaded) => _ = found.insert(other, loaded),
                    None => _ = missing.insert(other),
                }
            }
        }
    }
    let (pieces, hand, joins) = known(&found);
    let members = reach(root, &pieces, &joins, &hand, BOUNDS.things);
    let mut moments = vec![];
    for thing in members.keys() {
        if let Some(found) = found.get(thing) {
            moments.extend(story(connection, sight, found, now)?);
        }
    }
    let mut case = assemble(root, &pieces, joins, &hand, moments, &BOUNDS);
    if more && !case.cut.iter().any(|cut| cut.what == Excess::Things) {
        case.cut.push(Cut { what: Excess::Things, shown: u32::try_from(case.things.len()).unwrap_or(u32::MAX) });
    }
    Ok(Some(Gathered { case, found }))
}

/// What the rules make of what was found so far.
fn known(found: &BTreeMap<Thing, Found>) -> (Vec<Piece>, Vec<Hand>, Vec<Join>) {
    let pieces: Vec<Piece> = found.values().map(|found| found.piece.clone()).collect();
    // The same word is known from both of its ends.
    let hand: BTreeMap<i64, Hand> =
        found.values().flat_map(|found| &found.hand).map(|said| (said.id, said.clone())).collect();
    let hand: Vec<Hand> = hand.into_values().collect();
    let joins = joins(&pieces, &hand);
    (pieces, hand, joins)
}
