//! Somebody who receives hooks and events, and answers them as they are told to.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri},
    response::IntoResponse,
};
use reqwest::StatusCode;
use tokio::net::TcpListener;

/// Something that was received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    #[allow(dead_code, reason = "not every vendor has something in its address")]
    pub(crate) uri: Uri,
    #[allow(dead_code, reason = "not every vendor signs")]
    pub(crate) headers: HeaderMap,
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
    /// Nothing is for ever.
    answers: VecDeque<Option<(u16, String)>>,
}

impl Receiver {
    pub(crate) async fn open() -> Self {
        let shared = Arc::<Mutex<Mail>>::default();
        let take = async |State(mail): State<Arc<Mutex<Mail>>>, uri: Uri, headers: HeaderMap, body: Bytes| {
            let answer = {
                let mut mail = mail.lock().unwrap();
                mail.received.push(Received { uri, headers, body: String::from_utf8_lossy(&body).into_owned() });
                mail.answers.pop_front().unwrap_or_else(|| Some((200, String::new())))
            };
            let Some((status, body)) = answer else { return std::future::pending().await };
            (StatusCode::from_u16(status).unwrap(), body).into_response()
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
        self.shared.lock().unwrap().answers.extend(statuses.iter().map(|status| Some((*status, String::new()))));
    }

    /// The next request is answered with this, or never.
    #[allow(dead_code, reason = "not every vendor reads what is answered")]
    pub(crate) fn replies(&self, answer: Option<(u16, &str)>) {
        self.shared.lock().unwrap().answers.push_back(answer.map(|(status, body)| (status, body.to_owned())));
    }

    /// What came in since it was last asked.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.shared.lock().unwrap().received)
    }
}
