use pult_domain::{AgencyId, CallId, EffectKey, EffectOrder, JournalId, PhoneNumber};
use pult_store::Store;

use super::*;
use crate::{
    aftermath::Aftermath,
    bodies::Kept,
    bus::Bus,
    clock::Clock,
    config::Config,
    registry::Registry,
    secrets::{FromSecrets, SecretStore},
    standing::Standing,
};

const SERVICE: &str = "[integrations.agencies]\nenabled = true\nbase = \"http://127.0.0.1:9\"\nlogin = \"desk\"\n\
                       concurrency = 2\nrate_per_second = 1000\n";
const NAME: &str = "agencies";

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

/// A lane of which nothing runs, in a folder that goes with it.
fn lane() -> (Lane, tempfile::TempDir) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (clock, standing) = (Clock::hand(at(0)), Standing::default());
    let credentials = Arc::new(FromSecrets::new(SecretStore::with_file(folder.path(), |_| None)));
    let registry = Registry::of_installation(
        &Config::parse(SERVICE).unwrap(),
        credentials,
        clock.clone(),
        "test".to_owned(),
        Arc::new(Kept(store.clone())),
        standing.clone(),
    );
    let aftermath = Aftermath::new(Bus::default(), [NAME]);
    let stop = tokio_util::sync::CancellationToken::new();
    let parts = Arc::new(PumpParts { store, clock, registry, standing, aftermath, stop });
    (Lane::new(NAME, parts, tokio::sync::watch::channel(None).0), folder)
}

/// What a call is owed: how many effects, until when the first of them waits, and until when all of them may be done.
type OfCall = (i64, u32, i64, Option<i64>);

/// Orders the effects of calls.
async fn owe(lane: &Lane, calls: impl IntoIterator<Item = OfCall>) {
    let calls: Vec<OfCall> = calls.into_iter().collect();
    let write = move |c: &pult_store::Connection| {
        let phone = PhoneNumber::digits_of("37060011122").unwrap();
        for (call, count, next, not_after) in calls {
            for n in 0..count {
                let effect = Effect::LookUpAgency { call: CallId(call), agency: AgencyId(9), phone: phone.clone() };
                let subject = Subject::call(CallId(call));
                let order = EffectOrder { subject, not_after: not_after.map(at), urgent: false, effect };
                let key = EffectKey(format!("{call}/{n}/look_up_agency/0"));
                let id = outbox::insert(c, &key, NAME, &order, JournalId(1), at(0))?.unwrap();
                if n == 0 {
                    outbox::postpone(c, id, at(next), false, "{}")?;
                }
            }
        }
        Ok(())
    };
    lane.parts.store.write(write).await.unwrap();
}

async fn begun(lane: &Lane, course: &mut Course, now: i64) -> (Vec<String>, Option<Instant>) {
    let round = lane.look(at(now), course, 0).await.unwrap();
    (round.start.into_iter().map(|effect| effect.subject.0).collect(), round.look_again)
}

#[tokio::test]
async fn those_behind_a_subject_that_waits_go_on_however_much_it_is_owed() {
    let (lane, _folder) = lane();
    owe(&lane, [(1, 1_500, 600, None), (2, 3, 0, None)]).await;
    assert_eq!(begun(&lane, &mut Course::default(), 1).await, (vec!["call:2".to_owned()], Some(at(600))));
    assert_eq!(begun(&lane, &mut Course::default(), 600).await.0, ["call:1", "call:2"]);
}

#[tokio::test]
async fn many_subjects_behind_the_window_take_turns() {
    let (lane, _folder) = lane();
    owe(&lane, [(1, 1_500, 600, None)]).await;
    // More than are read at once there.
    owe(&lane, (1_000..1_070).map(|call| (call, 1, 0, None))).await;
    let mut course = Course::default();
    let mut all = Vec::new();
    for _ in 0..35 {
        let (begun, _) = begun(&lane, &mut course, 1).await;
        assert_eq!(begun.len(), 2);
        all.extend(begun);
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 70, "nothing was chosen twice before all were chosen once");
    assert_eq!(begun(&lane, &mut course, 1).await.0, ["call:1000", "call:1001"], "and then from the beginning");
}

#[tokio::test]
async fn with_nothing_to_begin_it_waits_for_the_soonest_of_all() {
    let (lane, _folder) = lane();
    owe(&lane, [(1, 1_500, 600, None)]).await;
    owe(&lane, (1_000..1_200).map(|call| (call, 1, call - 900, None))).await;
    let mut course = Course { reached: Some("call:1100".to_owned()), ..Course::default() };
    assert_eq!(begun(&lane, &mut course, 1).await, (vec![], Some(at(100))));
}

#[tokio::test]
async fn what_ends_behind_the_window_is_told_in_time() {
    let (lane, _folder) = lane();
    owe(&lane, [(1, 1_500, 600, None), (1_000, 2, 500, Some(60))]).await;
    let round = lane.look(at(1), &mut Course::default(), 0).await.unwrap();
    assert_eq!((round.expired.len(), round.look_again), (0, Some(at(60))));
    let round = lane.look(at(61), &mut Course::default(), 0).await.unwrap();
    assert_eq!((round.expired.len(), round.start.len()), (2, 0));
}
