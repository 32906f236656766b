//! A link to the server that can be cut, and kept from carrying anything there or back.
//!
//! Deliberately not here: what either side makes of it.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

use super::{MessengerError, SOON};

/// The link. It is there as long as the runtime it was made in.
pub struct Link {
    /// Where it is entered, on 127.0.0.1.
    pub port: u16,
    cut: Arc<Mutex<CancellationToken>>,
    ways: Arc<Ways>,
    closed: Arc<AtomicBool>,
    connections: watch::Receiver<usize>,
    lost: watch::Receiver<usize>,
}

/// What is carried.
struct Ways {
    deaf: AtomicBool,
    mute: AtomicBool,
    /// Bytes that were not carried there.
    lost: watch::Sender<usize>,
}

impl Link {
    /// A link to a port of this machine.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn to(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = listener.local_addr()?.port();
        let cut = Arc::new(Mutex::new(CancellationToken::new()));
        let closed = Arc::new(AtomicBool::new(false));
        let (swallowed, lost) = watch::channel(0);
        let ways = Arc::new(Ways { deaf: AtomicBool::default(), mute: AtomicBool::default(), lost: swallowed });
        let (count, connections) = watch::channel(0);
        let link = Self {
            port: own,
            cut: Arc::clone(&cut),
            ways: Arc::clone(&ways),
            closed: Arc::clone(&closed),
            connections,
            lost,
        };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if closed.load(Ordering::SeqCst) {
                    continue;
                }
                count.send_modify(|count| *count += 1);
                let (cut, ways) = (cut.lock().unwrap_or_else(PoisonError::into_inner).clone(), Arc::clone(&ways));
                tokio::spawn(async move { cut.run_until_cancelled(carry(near, port, &ways)).await });
            }
        });
        Ok(link)
    }

    /// Ends every connection as a broken line would; the next ones carry everything.
    pub fn cut(&self) {
        let old = std::mem::take(&mut *self.cut.lock().unwrap_or_else(PoisonError::into_inner));
        old.cancel();
        self.deaf(false);
        self.ways.mute.store(false, Ordering::SeqCst);
    }

    /// Whether what the server says is kept from coming back.
    pub fn deaf(&self, deaf: bool) {
        self.ways.deaf.store(deaf, Ordering::SeqCst);
    }

    /// Keeps what is said from getting there.
    pub fn mute(&mut self) {
        self.lost.borrow_and_update();
        self.ways.mute.store(true, Ordering::SeqCst);
    }

    /// Waits until something was said and did not get there.
    ///
    /// # Errors
    /// Nothing is said in time.
    pub async fn lost(&mut self) -> Result<(), MessengerError> {
        let silent = || MessengerError::Silent("a word that does not get there".to_owned());
        let changed = tokio::time::timeout(SOON, self.lost.changed()).await.map_err(|_| silent())?;
        changed.map_err(|_| MessengerError::Ended)
    }

    /// Whether new connections are ended at once.
    pub fn closed(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }

    /// Connections made so far.
    pub fn made(&self) -> usize {
        *self.connections.borrow()
    }
}

async fn carry(near: TcpStream, port: u16, ways: &Ways) {
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let there = async {
        let mut piece = [0; 8192];
        while let Ok(read @ 1..) = near_in.read(&mut piece).await {
            if ways.mute.load(Ordering::SeqCst) {
                ways.lost.send_modify(|lost| *lost += read);
            } else if far_out.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        let mut piece = [0; 8192];
        while let Ok(read @ 1..) = far_in.read(&mut piece).await {
            if !ways.deaf.load(Ordering::SeqCst) && near_out.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}
