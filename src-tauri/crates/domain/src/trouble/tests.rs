use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Instant {
    Instant::from_second(1_760_000_000 + second).unwrap()
}

fn stands(id: i64, about: About) -> Standing {
    let level = if matches!(about, About::Target(_)) { Level::Critical } else { Level::Warning };
    Standing { notice: NoticeId(id), about, level, since: at(id) }
}

fn target(id: i64) -> About {
    About::Target(TargetId(id))
}

fn source(name: &str) -> About {
    About::Source(name.to_owned())
}

fn deliveries(name: &str) -> About {
    About::Deliveries(name.to_owned())
}

fn place(id: i64, host: &str, parent: Option<i64>, down: bool) -> Place {
    Place { target: TargetId(id), host: host.to_owned(), parent: parent.map(TargetId), down, in_trouble: down }
}

/// A tunnel, a desk behind it, and a page that has nothing to do with either.
fn around(tunnel_down: bool) -> Around {
    let hosts = [("desk", vec!["desk.example.com"]), ("portal", vec!["portal.example.com"]), ("feed", vec![])];
    Around {
        places: vec![
            place(1, "192.0.2.1", None, tunnel_down),
            place(2, "Desk.example.com.", Some(1), false),
            place(3, "page.example.com", None, false),
        ],
        hosts: hosts
            .into_iter()
            .map(|(name, hosts)| (name.to_owned(), hosts.into_iter().map(str::to_owned).collect()))
            .collect(),
    }
}

fn members(incident: &Incident) -> Vec<i64> {
    incident.members.iter().map(|id| id.0).collect()
}

fn open(id: i64, incident: &Incident) -> Open {
    Open { id: TroubleId(id), cause: incident.cause.clone(), members: incident.members.clone() }
}

#[test]
fn a_dead_tunnel_is_one_incident_with_all_that_lies_behind_it() {
    let standing =
        [stands(4, source("desk")), stands(5, target(1)), stands(6, deliveries("desk")), stands(7, target(2))];
    let folded = fold(&standing, &around(true));
    assert_eq!(folded.len(), 1, "{folded:?}");
    let [incident] = folded.try_into().unwrap();
    assert_eq!((incident.cause.clone(), incident.head), (Cause::Target(TargetId(1)), NoticeId(5)));
    assert_eq!((members(&incident), incident.level, incident.since), (vec![4, 5, 6, 7], Level::Critical, at(4)));
}

#[test]
fn strangers_stay_apart_and_what_a_source_left_is_the_sources() {
    let standing = [
        stands(1, source("portal")),
        stands(2, target(3)),
        stands(3, deliveries("portal")),
        stands(4, deliveries("feed")),
        stands(5, About::Certificate(TargetId(3))),
    ];
    let folded = fold(&standing, &around(false));
    let told: Vec<_> = folded.iter().map(|incident| (incident.cause.clone(), members(incident))).collect();
    assert_eq!(
        told,
        [
            (Cause::Source("portal".to_owned()), vec![1, 3]),
            (Cause::Target(TargetId(3)), vec![2]),
            (Cause::Deliveries("feed".to_owned()), vec![4]),
            (Cause::Certificate(TargetId(3)), vec![5]),
        ]
    );
}

#[test]
fn an_incident_stays_the_same_while_its_cause_is_found_and_while_it_ends_bit_by_bit() {
    let alone = fold(&[stands(1, source("desk"))], &around(false));
    assert_eq!(follow(&[], &alone, &around(false)), [Change::Begin(alone[0].clone())]);
    // The tunnel turns out to be dead: the same incident, by another name.
    let both = fold(&[stands(1, source("desk")), stands(2, target(1))], &around(true));
    let known = [open(7, &alone[0])];
    assert_eq!(follow(&known, &both, &around(true)), [Change::Keep { id: TroubleId(7), now: both[0].clone() }]);
    // It is back, the desk is not heard yet.
    let known = [open(7, &both[0])];
    let rest = fold(&[stands(1, source("desk"))], &around(false));
    assert_eq!(follow(&known, &rest, &around(false)), [Change::Keep { id: TroubleId(7), now: rest[0].clone() }]);
    let known = [open(7, &rest[0])];
    let over = [Change::End { id: TroubleId(7), recovered: true }];
    assert_eq!(follow(&known, &[], &around(false)), over);
}

#[test]
fn two_incidents_that_turn_out_to_be_one_go_on_as_the_older() {
    let mut around = around(false);
    around.places.push(place(4, "portal.example.com", Some(1), false));
    let apart = fold(&[stands(1, source("desk")), stands(2, source("portal"))], &around);
    let known = [open(7, &apart[0]), open(8, &apart[1])];
    around.places[0].down = true;
    let together = fold(&[stands(1, source("desk")), stands(2, source("portal")), stands(3, target(1))], &around);
    let changes = follow(&known, &together, &around);
    let expected =
        [Change::Merge { id: TroubleId(8), into: 0 }, Change::Keep { id: TroubleId(7), now: together[0].clone() }];
    assert_eq!(changes, expected);
}

#[test]
fn a_target_whose_notice_was_taken_back_for_its_parent_has_not_recovered() {
    let mut around = around(false);
    around.places[1] = Place { down: true, in_trouble: true, ..around.places[1].clone() };
    let child = fold(&[stands(1, target(2))], &around);
    around.places[0] = Place { down: true, in_trouble: true, ..around.places[0].clone() };
    let parent = fold(&[stands(2, target(1))], &around);
    let changes = follow(&[open(7, &child[0])], &parent, &around);
    // The older goes on, so that nobody is told twice.
    assert_eq!(changes, [Change::Keep { id: TroubleId(7), now: parent[0].clone() }]);
    // Silent because it was planned: over, and no news.
    around.places[0] = Place { down: false, in_trouble: true, ..around.places[0].clone() };
    let changes = follow(&[open(7, &parent[0])], &[], &around);
    assert_eq!(changes, [Change::End { id: TroubleId(7), recovered: false }]);
}

#[test]
fn what_a_day_without_a_source_left_behind_is_an_incident_of_its_own_and_hides_no_new_one() {
    let dead = fold(&[stands(1, source("desk")), stands(2, deliveries("desk"))], &around(false));
    let left = fold(&[stands(2, deliveries("desk"))], &around(false));
    let changes = follow(&[open(7, &dead[0])], &left, &around(false));
    assert_eq!(
        changes,
        [Change::End { id: TroubleId(7), recovered: true }, Change::Begin(left[0].clone())],
        "the source is back"
    );
    let again = fold(&[stands(2, deliveries("desk")), stands(3, source("desk"))], &around(false));
    assert_eq!((again[0].since, again[0].head), (at(3), NoticeId(3)));
    let changes = follow(&[open(8, &left[0])], &again, &around(false));
    assert_eq!(changes, [Change::Merge { id: TroubleId(8), into: 0 }, Change::Begin(again[0].clone())]);
    let changes = follow(&[open(8, &left[0])], &[], &around(false));
    assert_eq!(changes, [Change::End { id: TroubleId(8), recovered: false }], "somebody dealt with it");
}

#[test]
fn a_source_that_was_switched_off_has_not_recovered() {
    let mut around = around(false);
    let alone = fold(&[stands(1, source("desk"))], &around);
    around.hosts.remove("desk");
    let changes = follow(&[open(7, &alone[0])], &[], &around);
    assert_eq!(changes, [Change::End { id: TroubleId(7), recovered: false }]);
}

#[test]
fn what_a_notice_is_about_is_read_from_it() {
    let of = |class, key: &str, subject: &str| About::of(class, key, &Subject::from(subject), Some("platform"));
    assert_eq!(of(NoticeClass::NetworkIncident, "network/3", "target:3"), Some(target(3)));
    let certificate = of(NoticeClass::NetworkIncident, "network/3/certificate", "target:3");
    assert_eq!(certificate, Some(About::Certificate(TargetId(3))));
    assert_eq!(of(NoticeClass::FloorSource, "floor/lost", "floor"), Some(source("platform")));
    assert_eq!(of(NoticeClass::Source, "source/desk/calls", "source:desk"), Some(source("desk")));
    assert_eq!(of(NoticeClass::Delivery, "delivery/desk/set_rating", "delivery:desk"), Some(deliveries("desk")));
    assert_eq!(of(NoticeClass::Ticket, "tickets:entry/4", "ticket:4"), None);
}

#[test]
fn a_storm_behind_one_dead_tunnel_is_one_incident() {
    let mut around = Around { places: vec![place(1, "192.0.2.1", None, true)], ..Around::default() };
    let mut standing = vec![stands(1, target(1))];
    for n in 2..=300 {
        around.places.push(place(n, &format!("host{n}.example.com"), Some(n / 2), n % 3 == 0));
        around.hosts.insert(format!("source{n}"), vec![format!("host{n}.example.com")]);
        let about = [target(n), source(&format!("source{n}")), deliveries(&format!("source{n}"))];
        standing.push(stands(n, about[usize::try_from(n).unwrap() % 3].clone()));
    }
    let folded = fold(&standing, &around);
    assert_eq!((folded.len(), folded[0].members.len(), folded[0].head), (1, 300, NoticeId(1)));
}

fn any_about() -> impl Strategy<Value = About> {
    prop_oneof![
        (0_i64..8).prop_map(target),
        (0_i64..8).prop_map(|id| About::Certificate(TargetId(id))),
        (0_u8..5).prop_map(|n| source(&format!("s{n}"))),
        (0_u8..5).prop_map(|n| deliveries(&format!("s{n}"))),
    ]
}

fn any_around() -> impl Strategy<Value = Around> {
    let places = prop::collection::vec((prop::option::of(0_i64..8), any::<bool>(), 0_u8..5), 0..8);
    let hosts = prop::collection::btree_map((0_u8..5).prop_map(|n| format!("s{n}")), 0_u8..5, 0..5);
    (places, hosts).prop_map(|(places, hosts)| Around {
        places: (0..)
            .zip(places)
            .map(|(id, (parent, down, host))| place(id, &format!("h{host}"), parent, down))
            .collect(),
        hosts: hosts.into_iter().map(|(name, host)| (name, vec![format!("h{host}")])).collect(),
    })
}

proptest! {
    #[test]
    fn every_notice_is_in_exactly_one_incident(
        abouts in prop::collection::vec(any_about(), 0..40),
        around in any_around(),
    ) {
        let standing: Vec<_> = (1..).zip(abouts).map(|(id, about)| stands(id, about)).collect();
        let folded = fold(&standing, &around);
        let mut all: Vec<_> = folded.iter().flat_map(|incident| incident.members.iter().copied()).collect();
        all.sort_unstable();
        let expected: Vec<_> = standing.iter().map(|notice| notice.notice).collect();
        prop_assert_eq!(all, expected);
        for incident in &folded {
            prop_assert!(incident.members.contains(&incident.head));
        }
        let causes: BTreeSet<_> = folded.iter().map(|incident| incident.cause.clone()).collect();
        prop_assert_eq!(causes.len(), folded.len());
    }

    #[test]
    fn every_incident_before_and_now_has_one_course(
        before in prop::collection::vec(any_about(), 0..20),
        now in prop::collection::vec(any_about(), 0..20),
        (then, around) in (any_around(), any_around()),
    ) {
        let stand = |first: i64, abouts: Vec<About>| -> Vec<Standing> {
            (first..).zip(abouts).map(|(id, about)| stands(id, about)).collect()
        };
        // Half of what stood still stands.
        let old = stand(1, before);
        let mut standing: Vec<_> = old.iter().filter(|notice| notice.notice.0 % 2 == 0).cloned().collect();
        standing.extend(stand(100, now));
        let known: Vec<_> = (1..).zip(fold(&old, &then)).map(|(id, incident)| open(id, &incident)).collect();
        let folded = fold(&standing, &around);
        let changes = follow(&known, &folded, &around);
        let mut ids: Vec<_> = changes.iter().filter_map(|change| match change {
            Change::Begin(_) => None,
            Change::Keep { id, .. } | Change::Merge { id, .. } | Change::End { id, .. } => Some(*id),
        }).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, known.iter().map(|open| open.id).collect::<Vec<_>>());
        let seen = changes.iter().filter(|change| matches!(change, Change::Begin(_) | Change::Keep { .. })).count();
        prop_assert_eq!(seen, folded.len());
    }
}
