//! Nothing acknowledged is lost and no effect is repeated, however often the engine is killed in the middle of its work.
//!
//! Three kinds of sender talk to it at once and, as real ones do, send again what was not acknowledged. Each round ends with
//! SIGKILL after a random number of acknowledgements, so that the kill meets a commit, a decision, a call or a restart.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    caller::Caller,
    house::{Gatehouse, House, Pultd, Setup, import_phones},
    senders::{ENTRY, batch, entry, event, newcall, row},
};

/// Kills, unless the variable `ROUNDS` says otherwise.
const ROUNDS: usize = 50;
/// Connections of each kind of sender.
const EACH: usize = 3;
const SEED: u64 = 20_261_121;
/// Rows of a batch.
const ROWS: usize = 20;
/// Cards looked up at once.
const AT_ONCE: i64 = 4;

/// What a sender wants acknowledged; each has a number of its own.
#[derive(Debug, Clone, Copy)]
enum Message {
    /// A signed event that a call began.
    Hook { n: usize },
    /// The same at the entry address.
    Entry { n: usize },
    /// A batch of the feed.
    Batch { n: usize },
}

impl Message {
    /// Sends it; whether it was acknowledged.
    async fn send(self, caller: &Caller) -> bool {
        let (request, wanted) = match self {
            Self::Hook { n } => (event(caller, &newcall(&format!("event-{n}"), &ani(n), &format!("hook-{n}"))), 200),
            Self::Entry { n } => {
                let curator = format!("curator-{n}");
                (entry(caller, ENTRY, &[("type", "newcall"), ("ani", &ani(n)), ("curator_id", &curator)]), 303)
            }
            Self::Batch { n } => {
                let row = |i| row(&format!("row-{n}-{i}"), "2026-11-20 10:00:00", "+74950009999");
                (batch(caller, &(0..ROWS).map(row).collect::<Vec<Value>>()), 200)
            }
        };
        match caller.try_send(request).await {
            Ok(answer) if answer.status == wanted => true,
            // Recorded and not counted yet, or not recorded: a feed sends again either way.
            Ok(answer) if answer.status == 503 => {
                assert!(!answer.header("retry-after").is_empty());
                false
            }
            Ok(answer) => panic!("{self:?}: {} {}", answer.status, answer.text()),
            Err(_) => false,
        }
    }
}

/// All senders' books: what is to be sent (again), what was acknowledged.
#[derive(Default)]
struct Books {
    again: Mutex<Vec<Message>>,
    acknowledged: Mutex<Vec<Message>>,
    next: AtomicUsize,
    count: AtomicUsize,
    told: Notify,
}

impl Books {
    fn new_message(&self, kind: usize) -> Message {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        match kind {
            0 => Message::Hook { n },
            1 => Message::Entry { n },
            _ => Message::Batch { n },
        }
    }

    async fn send(&self, message: Message, caller: &Caller) -> bool {
        let acknowledged = message.send(caller).await;
        let book = if acknowledged { &self.acknowledged } else { &self.again };
        book.lock().unwrap().push(message);
        if acknowledged {
            self.count.fetch_add(1, Ordering::Relaxed);
            self.told.notify_one();
        }
        acknowledged
    }

    /// Talks until the engine is gone.
    async fn talk(self: Arc<Self>, kind: usize, caller: Caller) {
        loop {
            let message = self.again.lock().unwrap().pop();
            let message = message.unwrap_or_else(|| self.new_message(kind));
            let alive = || caller.try_send(caller.request(Method::GET, "/healthz"));
            if !self.send(message, &caller).await && alive().await.is_err() {
                return;
            }
        }
    }

    async fn until_acknowledged(&self, count: usize) {
        while self.count.load(Ordering::Relaxed) < count {
            self.told.notified().await;
        }
    }
}

/// A number of its own for each message; every fourth belongs to an agency, whose card is then looked up.
fn ani(n: usize) -> String {
    let agencies = pult_simulators::catalogue::agencies();
    if n.is_multiple_of(4) {
        agencies[n / 4 % agencies.len()].contacts[0].phone.clone()
    } else {
        format!("+3706{n:07}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_loses_nothing_and_repeats_nothing() {
    let gatehouse = Gatehouse::open().await;
    let pace = format!("concurrency = {AT_ONCE}\n");
    let house = Setup::new().unhurried().agencies(&gatehouse).and(&pace).build();
    import_phones(&house).await;
    house.person("chief", "admin").await;

    let (books, mut random) = (Arc::new(Books::default()), StdRng::seed_from_u64(SEED));
    let rounds = std::env::var("ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().expect("a number of kills"));
    for _ in 0..rounds {
        let pultd = house.serve().await;
        let senders: Vec<_> =
            (0..3 * EACH).map(|n| tokio::spawn(books.clone().talk(n % 3, pultd.at_hooks()))).collect();
        let more = random.random_range(1..60);
        books.until_acknowledged(books.count.load(Ordering::Relaxed) + more).await;
        pultd.kill().await;
        for sender in senders {
            sender.await.unwrap();
        }
    }
    let pultd = house.serve().await;
    finish(&books, &pultd).await;
    assert!(pultd.stop().await.success());
    audit(&books, &house, &gatehouse, rounds);
}

/// The senders send what is still to be sent, and the engine finishes what it owes.
async fn finish(books: &Books, pultd: &Pultd) {
    let caller = pultd.at_hooks();
    let left = std::mem::take(&mut *books.again.lock().unwrap());
    for message in left {
        assert!(books.send(message, &caller).await, "an engine that is left alone acknowledges everything");
    }
    let chief = pultd.signed_in("chief").await;
    chief.until_settled().await;
}

/// Everything acknowledged is there once, and every effect was ordered and settled once.
fn audit(books: &Books, house: &House, gatehouse: &Gatehouse, rounds: usize) {
    let database = rusqlite::Connection::open(house.data().join(pult_store::FILE)).unwrap();
    let one = |sql: &str| database.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    let strings = |sql: &str| {
        let mut rows = database.prepare(sql).unwrap();
        rows.query_map([], |r| r.get::<_, String>(0)).unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let (mut hooks, mut curators, mut rows) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for message in books.acknowledged.lock().unwrap().drain(..) {
        match message {
            Message::Hook { n } => assert!(hooks.insert(format!("hook/main/event-{n}"))),
            Message::Entry { n } => assert!(curators.insert(format!("curator-{n}"))),
            Message::Batch { n } => (0..ROWS).for_each(|i| assert!(rows.insert(format!("feed/row-{n}-{i}")))),
        }
    }
    assert!(!hooks.is_empty() && !curators.is_empty() && !rows.is_empty());

    // Lists, not sets: a call that is there twice would make them longer.
    let found = strings("SELECT source_key FROM calls WHERE source_key LIKE 'hook/main/%' ORDER BY source_key");
    assert_eq!(found, Vec::from_iter(hooks), "signed events and their calls");
    let found = strings(
        "SELECT o.name FROM calls c JOIN operators o ON o.id = c.operator_id WHERE o.name LIKE 'curator-%' ORDER BY o.name",
    );
    assert_eq!(found, Vec::from_iter(curators), "requests to the entry address and their calls");
    let found = strings("SELECT source_key FROM calls WHERE source_key LIKE 'feed/%' ORDER BY source_key");
    assert_eq!(found, Vec::from_iter(rows), "rows of the feed and their calls");
    assert_eq!(one("SELECT count(*) FROM inbox WHERE state NOT IN (1, 2)"), 0, "every record is decided or a repeat");
    assert_eq!(one("SELECT count(*) FROM calls"), one("SELECT sum(calls) FROM call_days"), "totals agree with rows");

    let effects = one("SELECT count(*) FROM outbox");
    assert!(effects > 0);
    assert_eq!(one("SELECT count(DISTINCT subject) FROM outbox"), effects, "one look-up a call");
    assert_eq!(one("SELECT count(*) FROM outbox WHERE state <> 2"), 0, "every look-up is done");
    let receipts = one("SELECT count(*) FROM journal WHERE kind IN ('agency_found', 'agency_missing')");
    assert_eq!(receipts, effects, "one receipt an effect");
    // A reading may be repeated only when a kill cut it off before its receipt: at most as many a round as run at once.
    let views = i64::try_from(gatehouse.gate.journal().views).unwrap();
    assert!(views >= effects && views <= effects + AT_ONCE * rounds as i64, "{views} readings for {effects} cards");

    let verdict: String = database.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}
