//! Somebody who receives hooks and events, and answers them as they are told to.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::Uri, response::IntoResponse};
use reqwest::StatusCode;
use tokio::net::TcpListener;

/// Something that was received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) uri: Uri,
    pub(crate) body: String,
}

/// Somebody who receives hooks, and what they answer next.
pub(crate) struct Receiver {
    pub(crate) at: SocketAddr,
    shared: Arc<Mutex<Mail>>,
}

#[derive(Default)]
struct Mail {
    received: Vec<Received>,
    statuses: VecDeque<u16>,
}

impl Receiver {
    pub(crate) async fn open() -> Self {
        let shared = Arc::<Mutex<Mail>>::default();
        let take = async |State(mail): State<Arc<Mutex<Mail>>>, uri: Uri, body: Bytes| {
            let mut mail = mail.lock().unwrap();
            mail.received.push(Received { uri, body: String::from_utf8(body.to_vec()).unwrap() });
            let status = mail.statuses.pop_front().unwrap_or(200);
            StatusCode::from_u16(status).unwrap().into_response()
        };
        let pages = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, pages).await });
        Self { at, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.at)
    }

    /// The next requests are answered like this.
    pub(crate) fn answers(&self, statuses: &[u16]) {
        self.shared.lock().unwrap().statuses.extend(statuses);
    }

    /// What came in since it was last asked.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.shared.lock().unwrap().received)
    }
}
