//! One thread writes. It takes what is queued, runs it in one transaction, and answers everybody after the commit: the price of
//! a synchronous disk is shared by all who wait for it. It never lingers for more work.
//!
//! Two queues: ordinary work (a caller waits for an answer) goes first, work that can lag behind goes in slices, so that intake
//! never waits behind a backlog and a backlog never waits for ever. Deliberately not here: what is written.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::{StoreError, checkpoint::Checkpoints};

/// Acts waiting for the writer at most; more are refused with [`StoreError::Busy`].
const QUEUE: usize = 8192;
/// Acts of one transaction at most.
const BATCH: usize = 512;
/// How long a transaction goes on taking work that can lag behind.
const SLICE: Duration = Duration::from_millis(5);
/// How long ordinary work may have the writer to itself while other work waits: twenty parts to one.
const PATIENCE: Duration = Duration::from_millis(100);
/// The same once that other work has fallen far back: half and half.
const PRESSED: Duration = SLICE;
/// How long nobody has to come before other work begins: whoever was answered may come again at once.
const PAUSE: Duration = Duration::from_micros(500);
/// More callers than this in one commit are a crowd.
const CROWD: usize = 4;
/// How long nobody has to come for a crowd to be over. The processor is short then as well.
const CALM: Duration = Duration::from_millis(5);

/// Runs inside the transaction and yields what is to be told after the commit.
type Act = Box<dyn FnOnce(&Connection) -> Told + Send>;
/// Told after the commit, or with the reason why there was none.
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

#[derive(Default)]
struct Queues {
    ordinary: VecDeque<Act>,
    behind: VecDeque<Act>,
    closed: bool,
}

struct Shared {
    queues: Mutex<Queues>,
    arrived: Condvar,
    waiting: AtomicUsize,
    pressed: AtomicBool,
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// `checkpoints`: a connection of its own for what is done beside the writing.
    pub(crate) fn start(connection: Connection, checkpoints: Connection) -> Self {
        let shared = Arc::new(Shared {
            queues: Mutex::default(),
            arrived: Condvar::new(),
            waiting: AtomicUsize::new(0),
            pressed: AtomicBool::new(false),
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work(&theirs, &connection, checkpoints));
        if let Err(error) = &thread {
            tracing::error!(%error, "the writer thread could not be started");
        }
        Self { shared, thread: thread.ok() }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    /// Gives work that can lag behind half of the time, or the little it usually has while there is ordinary work.
    pub(crate) fn press(&self, pressed: bool) {
        self.shared.pressed.store(pressed, Ordering::Relaxed);
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.enqueue(|connection| alone(connection, act), false).await
    }

    pub(crate) async fn run_statement<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.enqueue(|connection| unharmed(connection, act), false).await
    }

    pub(crate) async fn run_behind<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.enqueue(|connection| alone(connection, act), true).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        behind: bool,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let act: Act = Box::new(move |connection| {
            let result = act(connection);
            Box::new(move |committed| {
                // Nobody listening any more is not an error: the act is committed all the same.
                let _ = tell.send(committed.and(result));
            })
        });
        {
            let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            if queues.closed || self.thread.is_none() {
                return Err(StoreError::Closed);
            }
            if queues.ordinary.len() + queues.behind.len() >= QUEUE {
                return Err(StoreError::Busy);
            }
            if behind {
                queues.behind.push_back(act)
            } else {
                queues.ordinary.push_back(act)
            }
            self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        }
        self.shared.arrived.notify_one();
        told.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Writer {
    /// Finishes what is queued, then stops.
    fn drop(&mut self) {
        self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.arrived.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer thread ended in a panic");
        }
    }
}

/// Runs one act so that its failure undoes it and nothing else.
fn alone<T>(connection: &Connection, act: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    connection.prepare_cached("SAVEPOINT act")?.execute([])?;
    let result = unharmed(connection, act);
    if result.is_err() {
        connection.prepare_cached("ROLLBACK TO act")?.execute([])?;
    }
    connection.prepare_cached("RELEASE act")?.execute([])?;
    result
}

/// Runs one act so that a defect in it does not take the writer, and so everybody, with it.
fn unharmed<T>(
    connection: &Connection,
    act: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(|| act(connection)))
        .unwrap_or_else(|_| Err(StoreError::Failed("an act panicked; see the log".to_owned())))
}

fn work(shared: &Shared, connection: &Connection, checkpoints: Connection) {
    let mut turns = Turns::new(Instant::now());
    let mut checkpoints = Checkpoints::start(connection, checkpoints);
    while wait(shared, &mut turns) {
        transaction(shared, connection, &mut turns);
        checkpoints.committed(connection);
    }
}

/// Waits for work whose turn it is; false when there will be none any more.
fn wait(shared: &Shared, turns: &mut Turns) -> bool {
    let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if queues.ordinary.is_empty() && queues.behind.is_empty() {
            if queues.closed {
                return false;
            }
            queues = shared.arrived.wait(queues).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let pause = turns.begin(&queues, shared.pressed.load(Ordering::Relaxed), Instant::now());
        // What is left at the end stands aside for nobody.
        let Some(pause) = pause.filter(|_| !queues.closed) else { return true };
        queues = shared.arrived.wait_timeout(queues, pause).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Whose turn it is: what the transaction under way may take, and what those before it took.
struct Turns {
    /// How much longer this transaction takes work behind.
    left: Duration,
    /// Whether work behind was kept waiting for so long that it keeps its slice whoever comes.
    due: bool,
    /// When work behind last had its turn, or had no need of one.
    served: Instant,
    /// Until when work behind stands aside, should nobody come.
    aside: Instant,
    /// Acts of this transaction: ordinary ones, and others.
    taken: (usize, usize),
}

impl Turns {
    fn new(now: Instant) -> Self {
        Self { left: Duration::ZERO, due: false, served: now, aside: now, taken: (0, 0) }
    }

    /// A transaction is to begin. When only work behind is there and it is not its turn yet: how long to wait for somebody.
    fn begin(&mut self, queues: &Queues, pressed: bool, now: Instant) -> Option<Duration> {
        let patience = if pressed { PRESSED } else { PATIENCE };
        let kept = patience.saturating_sub(now.saturating_duration_since(self.served));
        self.due = kept.is_zero() && !queues.behind.is_empty();
        self.taken = (0, 0);
        self.left = if self.due || queues.ordinary.is_empty() { SLICE } else { Duration::ZERO };
        let calm = self.aside.saturating_duration_since(now);
        let pause = if queues.ordinary.is_empty() { calm.min(kept) } else { Duration::ZERO };
        (!pause.is_zero()).then_some(pause)
    }

    /// The next act, and whether it is one from behind.
    fn next(&mut self, queues: &mut Queues) -> Option<(Act, bool)> {
        if let Some(act) = queues.ordinary.pop_front() {
            self.taken.0 += 1;
            if !self.due {
                // Somebody waits for this commit now.
                self.left = Duration::ZERO;
            }
            return Some((act, false));
        }
        let act = if self.left.is_zero() { None } else { queues.behind.pop_front() }?;
        self.taken.1 += 1;
        Some((act, true))
    }

    /// An act from behind took so long.
    fn spent(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }

    /// The transaction is over.
    fn end(&mut self, queues: &Queues, now: Instant) {
        let (ordinary, behind) = self.taken;
        if behind > 0 || queues.behind.is_empty() {
            self.served = now;
        }
        if ordinary > 0 {
            self.aside = now + if ordinary > CROWD { CALM } else { PAUSE };
        }
    }
}

fn transaction(shared: &Shared, connection: &Connection, turns: &mut Turns) {
    let began = Instant::now();
    let lock = || shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
    let mut told = Vec::new();
    let mut outcome = connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.execute([])).map(drop);
    while told.len() < BATCH {
        let Some((act, behind)) = turns.next(&mut lock()) else { break };
        let started = behind.then(Instant::now);
        told.push(act(connection));
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        if let Some(started) = started {
            turns.spent(started.elapsed());
        }
        // Some failures (a full disk among them) end the transaction by themselves: nothing more may run outside one.
        if outcome.is_err() || connection.is_autocommit() {
            break;
        }
    }
    if outcome.is_ok() {
        outcome = match connection.is_autocommit() {
            true => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None)),
            false => connection.prepare_cached("COMMIT").and_then(|mut s| s.execute([])).map(drop),
        };
    }
    if outcome.is_err()
        && !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a failed transaction could not be rolled back");
    }
    let took = began.elapsed();
    turns.end(&lock(), Instant::now());
    metrics::histogram!("pult_store_batch_acts").record(told.len() as f64);
    metrics::histogram!("pult_store_commit_seconds").record(took.as_secs_f64());
    let outcome = outcome.map_err(|error| {
        tracing::error!(%error, "a write transaction was lost");
        StoreError::from(error)
    });
    for tell in told {
        tell(outcome.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queues(ordinary: usize, behind: usize) -> Queues {
        let act = || -> Act { Box::new(|_| Box::new(|_| ())) };
        Queues {
            ordinary: (0..ordinary).map(|_| act()).collect(),
            behind: (0..behind).map(|_| act()).collect(),
            closed: false,
        }
    }

    const MS: Duration = Duration::from_millis(1);

    /// Runs one transaction in which an act from behind takes a millisecond and the others no time; how many of each it took.
    fn one(
        turns: &mut Turns,
        queues: &mut Queues,
        pressed: bool,
        now: &mut Instant,
    ) -> Result<(usize, usize), Duration> {
        if let Some(pause) = turns.begin(queues, pressed, *now) {
            return Err(pause);
        }
        while let Some((_, from_behind)) = turns.next(queues) {
            if from_behind {
                turns.spent(MS);
                *now += MS;
            }
        }
        turns.end(queues, *now);
        Ok(turns.taken)
    }

    #[test]
    fn work_behind_has_slices_while_nobody_else_waits() {
        let mut now = Instant::now();
        let (mut turns, mut queues) = (Turns::new(now), queues(0, 20));
        assert_eq!(one(&mut turns, &mut queues, false, &mut now), Ok((0, 5)));
        assert_eq!(one(&mut turns, &mut queues, false, &mut now), Ok((0, 5)));
    }

    #[test]
    fn whoever_comes_in_the_middle_of_a_slice_ends_it() {
        let now = Instant::now();
        let (mut turns, mut waiting) = (Turns::new(now), queues(0, 20));
        assert_eq!(turns.begin(&waiting, false, now), None);
        assert!(turns.next(&mut waiting).is_some_and(|(_, behind)| behind));
        waiting.ordinary.append(&mut queues(2, 0).ordinary);
        assert!((0..2).all(|_| turns.next(&mut waiting).is_some_and(|(_, behind)| !behind)));
        assert!(turns.next(&mut waiting).is_none(), "the commit is waited for");
    }

    #[test]
    fn work_behind_is_kept_waiting_only_so_long() {
        for (pressed, patience) in [(false, PATIENCE), (true, PRESSED)] {
            let begin = Instant::now();
            let (mut now, mut turns) = (begin, Turns::new(begin));
            while one(&mut turns, &mut queues(3, 20), pressed, &mut now) == Ok((3, 0)) {
                now += MS;
            }
            assert_eq!(now - begin, patience + SLICE);
            assert_eq!(turns.taken, (3, 5));
        }
    }

    #[test]
    fn work_behind_stands_aside_for_whoever_may_come_again() {
        for (ordinary, aside) in [(1, PAUSE), (CROWD + 1, CALM)] {
            let mut now = Instant::now();
            let mut turns = Turns::new(now);
            assert_eq!(one(&mut turns, &mut queues(ordinary, 20), false, &mut now), Ok((ordinary, 0)));
            let mut left = queues(0, 20);
            assert_eq!(one(&mut turns, &mut left, false, &mut now), Err(aside));
            now += aside;
            assert_eq!(one(&mut turns, &mut left, false, &mut now), Ok((0, 5)));
        }
    }
}
