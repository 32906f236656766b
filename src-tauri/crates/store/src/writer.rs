//! One thread writes. It takes what is queued, runs it in one transaction, and answers everybody after the commit: the price of
//! a synchronous disk is shared by all who wait for it. It never lingers for more work.
//!
//! Two queues: ordinary work (a caller waits for an answer) goes first, work that can lag behind goes in slices so that intake
//! never waits behind a backlog. Deliberately not here: what is written.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::StoreError;

/// Acts waiting for the writer at most; more are refused with [`StoreError::Busy`].
const QUEUE: usize = 8192;
/// Acts of one transaction at most.
const BATCH: usize = 512;
/// How long a transaction goes on taking work that can lag behind.
const SLICE: Duration = Duration::from_millis(5);

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
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> Self {
        let shared = Arc::new(Shared {
            queues: Mutex::new(Queues::default()),
            arrived: Condvar::new(),
            waiting: AtomicUsize::new(0),
        });
        let theirs = shared.clone();
        let thread =
            std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || work(&theirs, &connection));
        if let Err(error) = &thread {
            tracing::error!(%error, "the writer thread could not be started");
        }
        Self { shared, thread: thread.ok() }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.enqueue(act, false).await
    }

    pub(crate) async fn run_behind<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.enqueue(act, true).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        behind: bool,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let act: Act = Box::new(move |connection| {
            let result = alone(connection, act);
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
    // A defect in one act must not take the writer, and so everybody, with it.
    let result = catch_unwind(AssertUnwindSafe(|| act(connection)))
        .unwrap_or_else(|_| Err(StoreError::Failed("an act panicked; see the log".to_owned())));
    if result.is_err() {
        connection.prepare_cached("ROLLBACK TO act")?.execute([])?;
    }
    connection.prepare_cached("RELEASE act")?.execute([])?;
    result
}

fn work(shared: &Shared, connection: &Connection) {
    loop {
        let first = {
            let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                if let Some(act) = next(&mut queues, true) {
                    break act;
                }
                if queues.closed {
                    return;
                }
                queues = shared.arrived.wait(queues).unwrap_or_else(PoisonError::into_inner);
            }
        };
        transaction(shared, connection, first);
    }
}

fn next(queues: &mut Queues, behind_too: bool) -> Option<Act> {
    queues.ordinary.pop_front().or_else(|| if behind_too { queues.behind.pop_front() } else { None })
}

fn transaction(shared: &Shared, connection: &Connection, first: Act) {
    let began = Instant::now();
    let mut told = Vec::new();
    let mut outcome = connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.execute([])).map(drop);
    let mut act = Some(first);
    while let Some(current) = act.take() {
        told.push(current(connection));
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        // Some failures (a full disk among them) end the transaction by themselves: nothing more may run outside one.
        if outcome.is_err() || connection.is_autocommit() {
            break;
        }
        if told.len() < BATCH {
            let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            act = next(&mut queues, began.elapsed() < SLICE);
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
    metrics::histogram!("pult_store_batch_acts").record(told.len() as f64);
    metrics::histogram!("pult_store_commit_seconds").record(began.elapsed().as_secs_f64());
    let outcome = outcome.map_err(|error| {
        tracing::error!(%error, "a write transaction was lost");
        StoreError::from(error)
    });
    for tell in told {
        tell(outcome.clone());
    }
}
