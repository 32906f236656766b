//! What belongs together and what does not, by examples; `always` has what holds whatever there is.

mod always;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{AgencyId, CallId, ChatLinkId, DocumentId, Instant, IntervalId, IssueId, PhoneNumber, RatingId, TicketId};

const WIDE: Bounds = Bounds { things: 100, moments: 100 };

fn at(hours: i64) -> Instant {
    Instant::from_second(1_790_000_000 + hours * 3_600).unwrap()
}

fn number(digits: &str) -> PhoneNumber {
    PhoneNumber::digits_of(digits).unwrap()
}

fn phone(digits: &str) -> Piece {
    Piece::of(Thing::Phone(number(digits)), at(0))
}

fn call(id: i64, digits: &str) -> Piece {
    Piece { phone: Some(number(digits)), ..Piece::of(Thing::Call(CallId(id)), at(id)) }
}

fn ticket(id: i64, text: &str) -> Piece {
    saying(Piece::of(Thing::Ticket(TicketId(id)), at(id)), text)
}

fn pair(id: i64, key: &str, text: &str) -> Piece {
    saying(Piece { key: Some(key.to_owned()), ..Piece::of(Thing::Pair(ChatLinkId(id)), at(id)) }, text)
}

fn rating(id: i64, issue: i64) -> Piece {
    Piece { issue: Some(IssueId(issue)), ..Piece::of(Thing::Rating(RatingId(id)), at(id)) }
}

fn from(piece: Piece, address: &str) -> Piece {
    Piece { addresses: BTreeSet::from([address.to_owned()]), ..piece }
}

fn saying(piece: Piece, text: &str) -> Piece {
    let written = mentions(text).into_iter().map(|mention| (mention, Written { place: "text".to_owned() }));
    Piece { written: written.collect(), ..piece }
}

fn hand(id: i64, one: &Thing, other: &Thing, verdict: Verdict) -> Hand {
    let (a, b) = ordered(one.clone(), other.clone());
    Hand { id, a, b, verdict, reason: "сказала".to_owned(), by: "vera".to_owned(), at: at(0) }
}

fn case_of(root: &Thing, pieces: &[Piece], said: &[Hand]) -> Case {
    assemble(root, pieces, joins(pieces, said), said, vec![], &WIDE)
}

/// The things of a case in their written form, those that are only likely with a question mark.
fn names(case: &Case) -> String {
    let name = |(thing, member): (&Thing, &Member)| format!("{thing}{}", if member.certain { "" } else { "?" });
    case.things.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn reasons(case: &Case) -> Vec<Reason> {
    case.joins.iter().map(|join| join.reason).collect()
}

#[test]
fn a_thing_is_written_and_read_again() {
    for text in ["phone:37060011122", "call:17", "ticket:4312", "pair:3", "rating:5", "document:9", "task:88"] {
        assert_eq!(text.parse::<Thing>().unwrap().to_string(), text);
    }
    for text in ["", "call", "call:", "call:0", "call:-1", "call:x", "phone:+370", "phone:", "people:1", "ticket:1 "] {
        assert!(text.parse::<Thing>().is_err(), "{text}");
    }
}

#[test]
fn a_text_names_whole_numbers_and_keys_and_no_parts_of_them() {
    for (text, want) in [
        ("Перезвоните на +370 (600) 11-122!", "+37060011122"),
        ("tel. 37060011122, 37060011133", "+37060011122 +37060011133"),
        ("37060011122 37060011133", "+37060011122 +37060011133"),
        ("8 495 123-45-67", "+84951234567"),
        ("112, 9-00, 2 шт.", ""),
        ("см. #4312 и (#77)", "#4312 #77"),
        ("##4312x, a#12", ""),
        ("ABC-12, abc-13: не ABC-14-test и не x.ABC-15", "ABC-12 ABC-13"),
        ("счёт УТ-000123", "УТ-000123"),
        ("b2b3c4d5-1234567-aa, id37060011122", ""),
        ("http://example.com/37060011122", ""),
        ("3706001112233445566778899", ""),
    ] {
        let mut found: Vec<_> = mentions(text).iter().map(ToString::to_string).collect();
        found.sort();
        let mut want: Vec<_> = want.split_whitespace().map(str::to_owned).collect();
        want.sort();
        assert_eq!(found, want, "{text}");
    }
    for text in ["+37060011122", "#4312", "УТ-000123"] {
        assert_eq!(text.parse::<Mention>().unwrap().to_string(), text);
    }
}

#[test]
fn a_caller_who_called_twice_and_whose_number_stands_in_a_ticket_is_one_case() {
    let there = [
        phone("37060011122"),
        call(1, "37060011122"),
        call(2, "37060011122"),
        call(3, "37060011123"),
        ticket(7, "Клиент: +370 600 11122, ждёт"),
        ticket(8, "Номер 3706001112"),
    ];
    for root in ["phone:37060011122", "call:1", "ticket:7"] {
        let case = case_of(&root.parse().unwrap(), &there, &[]);
        assert_eq!(names(&case), "phone:37060011122 call:1 call:2 ticket:7", "{root}");
        assert_eq!(reasons(&case), [Reason::SameNumber, Reason::SameNumber, Reason::NumberInText]);
    }
    let evidence = &case_of(&there[1].thing, &there, &[]).joins[2].values;
    assert_eq!((&evidence["named"], &evidence["place"]), (&"+37060011122".into(), &"text".into()));
}

#[test]
fn what_is_named_in_a_text_is_joined_whichever_of_the_two_says_so() {
    let there = [
        ticket(4312, ""),
        pair(1, "ABC-12", "как в #4312"),
        pair(2, "ABC-13", "то же, что abc-12"),
        Piece { key: Some("УТ-000123".to_owned()), ..Piece::of(Thing::Document(DocumentId(5)), at(5)) },
        Piece { document: Some(DocumentId(5)), ..Piece::of(Thing::Task(88), at(6)) },
        ticket(9, "По документу ут-000123, часть #4312"),
    ];
    let case = case_of(&there[0].thing, &there, &[]);
    assert_eq!(names(&case), "ticket:9 ticket:4312 pair:1 pair:2 document:5 task:88");
    assert!(reasons(&case).contains(&Reason::TaskOfDocument));
}

#[test]
fn a_likely_join_brings_one_thing_and_nothing_further() {
    let there = [
        from(ticket(1, ""), "anna@example.com"),
        from(rating(2, 500), "anna@example.com"),
        rating(3, 500),
        from(ticket(1_000, ""), "anna@example.com"),
    ];
    let case = case_of(&there[0].thing, &there, &[]);
    assert_eq!(names(&case), "ticket:1 rating:2?", "too long ago is not likely");
    assert_eq!(case.joins[0].strength, Strength::Likely);
    // The number of an issue of the other desk may be anybody's.
    let there = [ticket(1, "см. #500"), rating(3, 500), rating(4, 500)];
    assert_eq!(names(&case_of(&there[0].thing, &there, &[])), "ticket:1 rating:3? rating:4?");
    assert_eq!(names(&case_of(&there[1].thing, &there, &[])), "ticket:1? rating:3 rating:4");
}

#[test]
fn an_agency_and_a_state_say_something_of_a_call_and_lead_to_no_other() {
    let agency = Some((AgencyId(4), Some("Глобус".to_owned())));
    let spell = |from, to, state: Option<&str>| {
        Some(Spell { operator: "Анна".to_owned(), from: at(from), to: at(to), state: state.map(str::to_owned) })
    };
    let there = [
        Piece { agency: agency.clone(), spell: spell(1, 2, None), ..call(1, "3700001") },
        Piece { agency, spell: spell(1, 2, None), ..call(2, "3700002") },
        Piece::of(Thing::Agency(AgencyId(4)), at(0)),
        Piece { spell: spell(0, 9, Some("talking")), ..Piece::of(Thing::Stretch(IntervalId(6)), at(0)) },
        Piece { spell: spell(3, 9, Some("ready")), ..Piece::of(Thing::Stretch(IntervalId(7)), at(3)) },
    ];
    let case = case_of(&there[0].thing, &there, &[]);
    assert_eq!(names(&case), "call:1 agency:4 stretch:6");
    assert_eq!(case.joins[0].values["agency"], "Глобус");
}

#[test]
fn a_split_by_hand_keeps_out_whatever_way_it_would_have_come() {
    let there =
        [phone("3700001"), call(1, "3700001"), ticket(7, "3700001, см. #8"), ticket(8, "3700001"), call(2, "3700001")];
    let split = hand(1, &there[1].thing, &there[2].thing, Verdict::Split);
    let case = case_of(&there[1].thing, &there, std::slice::from_ref(&split));
    assert_eq!(names(&case), "phone:3700001 call:1 call:2 ticket:8");
    assert_eq!(case.apart, [split]);
    // Nothing else leads to the thing: what was said is told all the same, from either of its two.
    let two = [ticket(7, "3700001"), phone("3700001")];
    let split = hand(1, &two[0].thing, &two[1].thing, Verdict::Split);
    for root in [&two[0].thing, &two[1].thing] {
        assert_eq!(case_of(root, &two, std::slice::from_ref(&split)).apart, std::slice::from_ref(&split));
    }
    // Joined again, by hand: the last word is what is kept.
    let join = hand(2, &there[1].thing, &there[2].thing, Verdict::Joined);
    let case = case_of(&there[1].thing, &there, &[join]);
    assert_eq!(names(&case), "phone:3700001 call:1 call:2 ticket:7 ticket:8");
    assert_eq!(case.joins.iter().find(|join| join.reason == Reason::ByHand).unwrap().values["by"], "vera");
}

#[test]
fn a_bound_leaves_out_the_oldest_and_says_so() {
    let mut there = vec![phone("3700001")];
    there.extend((1..=20).map(|id| call(id, "3700001")));
    let moments: Vec<_> = (1..=20).map(|id| Moment::of(at(id), &Thing::Call(CallId(id)), "call_began", None)).collect();
    let few = Bounds { things: 6, moments: 3 };
    let case = assemble(&there[0].thing, &there, joins(&there, &[]), &[], moments, &few);
    assert_eq!(names(&case), "phone:3700001 call:16 call:17 call:18 call:19 call:20");
    assert_eq!(case.timeline.iter().map(|moment| moment.at).collect::<Vec<_>>(), [at(18), at(19), at(20)]);
    let cut: Vec<_> = case.cut.iter().map(|cut| (cut.what, cut.shown)).collect();
    assert_eq!(cut, [(Excess::Things, 6), (Excess::Moments, 3)]);
}
