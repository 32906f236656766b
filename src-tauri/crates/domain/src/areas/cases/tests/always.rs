//! Whatever there is and in whatever order: one case, every thing of it for stated reasons, and no split that comes back.

use proptest::prelude::*;

use super::*;

const DIGITS: [&str; 3] = ["3700001", "3700002", "3700003"];
const ADDRESSES: [&str; 2] = ["anna@example.com", "boris@example.com"];

/// A house with few of everything, so that much belongs together.
fn house() -> impl Strategy<Value = Vec<Piece>> {
    let texts = prop::collection::vec(
        prop_oneof![
            (0..DIGITS.len()).prop_map(|n| format!("+{}", DIGITS[n])),
            (1..6_i64).prop_map(|n| format!("#{n}")),
            (1..4_i64).prop_map(|n| format!("ABC-{n}")),
        ],
        0..3,
    );
    let address = prop::option::of(0..ADDRESSES.len());
    let kind = 0..6_usize;
    prop::collection::vec((kind, 1..6_i64, 0..DIGITS.len(), texts, address, 0..500_i64), 1..24).prop_map(|rows| {
        let mut there: BTreeMap<Thing, Piece> = BTreeMap::new();
        for (kind, id, digits, texts, address, hour) in rows {
            let text = texts.join(", ");
            let piece = match kind {
                0 => phone(DIGITS[digits]),
                1 => Piece { agency: Some((AgencyId(1), None)), ..call(id, DIGITS[digits]) },
                2 => ticket(id, &text),
                3 => pair(id, &format!("ABC-{id}"), &text),
                4 => rating(id, id),
                _ => Piece::of(Thing::Agency(AgencyId(1)), at(0)),
            };
            let piece = Piece { at: at(hour), ..piece };
            let piece = address.map_or(piece.clone(), |n| from(piece, ADDRESSES[n]));
            there.insert(piece.thing.clone(), piece);
        }
        there.into_values().collect()
    })
}

type Said = Vec<(prop::sample::Index, prop::sample::Index, bool)>;

fn hands(there: &[Piece], said: &Said) -> Vec<Hand> {
    let mut kept: BTreeMap<(Thing, Thing), Hand> = BTreeMap::new();
    for (n, (one, other, split)) in said.iter().enumerate() {
        let (one, other) = (&one.get(there).thing, &other.get(there).thing);
        if one != other {
            let verdict = if *split { Verdict::Split } else { Verdict::Joined };
            let said = hand(n as i64 + 1, one, other, verdict);
            kept.insert((said.a.clone(), said.b.clone()), said);
        }
    }
    kept.into_values().collect()
}

fn said() -> impl Strategy<Value = Said> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 0..6)
}

proptest! {
    #[test]
    fn the_order_in_which_things_come_does_not_matter(
        there in house(), said in said(), root in any::<prop::sample::Index>(), most in 1..12_usize, turn in any::<prop::sample::Index>()
    ) {
        let root = root.get(&there).thing.clone();
        let hands = hands(&there, &said);
        let bounds = Bounds { things: most, moments: 100 };
        let case = assemble(&root, &there, joins(&there, &hands), &hands, vec![], &bounds);
        let (mut turned, mut hands) = (there.clone(), hands);
        turned.reverse();
        turned.rotate_left(turn.index(there.len()));
        hands.reverse();
        let mut found = joins(&turned, &hands);
        found.reverse();
        let again = assemble(&root, &turned, found, &hands, vec![], &bounds);
        prop_assert_eq!(case, again);
    }

    #[test]
    fn a_split_never_comes_back(there in house(), said in said(), root in any::<prop::sample::Index>()) {
        let hands = hands(&there, &said);
        let case = case_of(&root.get(&there).thing, &there, &hands);
        for said in hands.iter().filter(|said| said.verdict == Verdict::Split) {
            prop_assert!(!(case.things.contains_key(&said.a) && case.things.contains_key(&said.b)), "{said:?}");
        }
    }

    #[test]
    fn every_thing_is_reached_by_stated_joins(there in house(), said in said(), root in any::<prop::sample::Index>()) {
        let hands = hands(&there, &said);
        let root = &root.get(&there).thing;
        let case = case_of(root, &there, &hands);
        prop_assert_eq!(&case.things[root], &Member { steps: 0, certain: true });
        for (thing, member) in case.things.iter().filter(|(thing, _)| *thing != root) {
            let leads = case.joins.iter().filter_map(|join| Some((join.strength, join.beside(thing)?)));
            let mut leads = leads.map(|(strength, end)| (strength, end, &case.things[end]));
            let strength = if member.certain { Strength::Certain } else { Strength::Likely };
            let reached = leads.any(|(of, end, before)| {
                of == strength && before.certain && before.steps + 1 == member.steps && !end.is_leaf()
            });
            prop_assert!(reached, "{} in {:?}", thing, case);
        }
    }

    #[test]
    fn no_more_things_than_the_bound(there in house(), root in any::<prop::sample::Index>(), most in 1..6_usize) {
        let bounds = Bounds { things: most, moments: 0 };
        let root = &root.get(&there).thing;
        let case = assemble(root, &there, joins(&there, &[]), &[], vec![], &bounds);
        let whole = case_of(root, &there, &[]);
        prop_assert!(case.things.len() <= most);
        prop_assert_eq!(case.cut.is_empty(), case.things.len() == whole.things.len());
        prop_assert!(case.things.keys().all(|thing| whole.things.contains_key(thing)));
    }

    #[test]
    fn any_text_is_read_without_a_fault(text in "\\PC{0,200}") {
        for mention in mentions(&text) {
            prop_assert_eq!(mention.to_string().parse::<Mention>().unwrap(), mention);
        }
    }
}
