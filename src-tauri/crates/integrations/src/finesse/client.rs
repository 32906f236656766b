//! Requests to one node: who asks, how often, within which bounds.
//!
//! Deliberately not here: which node, and another attempt (`session`, the lanes).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use data_encoding::BASE64;
use http::{HeaderValue, header};
use reqwest::Method;
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, Semaphore},
    time::Instant as Tick,
};
use url::Url;

use crate::{
    Credentials, Exchange,
    transport::{
        Clock,
        http::{self as web, Answer, SetupError},
        mask::Mask,
        tls::Trust,
    },
};

use super::{
    NodePin, NodeSettings,
    attempts::Attempts,
    pace::Pace,
    personal::secret_name,
    trouble::{Asked, Trouble, judge},
    wire::{self, SystemInfo, people::User, system::Complaint, xml::MAX_BYTES},
};

/// Requests under way at once at one node.
pub(super) const AT_ONCE: usize = 2;
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest a request may take.
pub(super) const TOTAL: Duration = Duration::from_secs(15);

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum As<'a> {
    /// Nobody: no credentials are sent.
    Nobody,
    /// The engine's own account.
    Engine,
    /// A person's own account, whose password is a secret of that name.
    Person(&'a str),
    /// An account with a password just typed in.
    Typed(&'a str, &'a str),
}

/// A change of a person's state.
pub(super) struct Change<'a> {
    /// Whose.
    pub(super) login_id: &'a str,
    /// The state's word.
    pub(super) state: &'static str,
    /// By which the change is recognised when it is told.
    pub(super) request_id: &'a str,
}

/// One node and the way to ask it.
pub(super) struct Node {
    /// Its address; requests and notifications share the host.
    pub(super) base: Url,
    /// The host as configured, for a person.
    pub(super) host: String,
    /// How it is recognised.
    pub(super) trust: Trust,
    /// The port of WebSockets on older releases.
    pub(super) old_websocket_port: u16,
    /// The port of XMPP within TLS.
    pub(super) direct_tls_port: u16,
    client: web::Client,
    at_once: Semaphore,
    pace: Mutex<Pace>,
    since: Tick,
}

impl Node {
    /// A node at an `https` address; of the pinned certificates its own count.
    ///
    /// # Errors
    /// When the address is another, or no client can be made.
    pub(super) fn new(settings: &NodeSettings, ca: Option<&[u8]>, pins: &[NodePin]) -> Result<Self, SetupError> {
        let host = settings.url.host_str().filter(|_| settings.url.scheme() == "https");
        let host = host.ok_or_else(|| SetupError::Client(format!("{} is not an https address", settings.url)))?;
        let own = pins.iter().filter(|pinned| pinned.node.eq_ignore_ascii_case(host));
        let trust = Trust::new(ca, own.map(|pinned| pinned.pin.clone()).collect())?;
        let bounds = web::Options { connect: CONNECT, total: TOTAL, max_body: MAX_BYTES, ca: None };
        let client = web::Client::with_tls(&bounds, trust.client(&[b"h2", b"http/1.1"])?)?;
        Ok(Self {
            host: host.to_owned(),
            base: settings.url.clone(),
            trust,
            old_websocket_port: settings.old_websocket_port,
            direct_tls_port: settings.direct_tls_port,
            client,
            at_once: Semaphore::new(AT_ONCE),
            pace: Mutex::default(),
            since: Tick::now(),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place among the requests of this second.
    async fn place(&self) {
        loop {
            let now = self.now();
            let Err(until) = self.pace().take(now) else { return };
            tokio::time::sleep(Duration::from_millis(until.saturating_sub(now))).await;
        }
    }

    fn url(&self, path: &[&str], query: Option<(&str, &str)>) -> Url {
        let mut url = self.base.clone();
        url.set_path(wire::ROOT);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if let Some((name, value)) = query {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }
}

/// Who may ask, and with what.
pub(super) struct Client {
    login: String,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    /// Wrong passwords, shared by everything that signs in.
    pub(super) attempts: Arc<Attempts>,
    /// Held by whoever asks whether a refusal was the password's: one is enough.
    doubt: AsyncMutex<()>,
    /// Told when the engine's own password was found to be refused outside of its session.
    pub(super) dismissed: Notify,
}

/// What came of a request, and what was said.
pub(super) type Asking<T> = (Vec<Exchange>, Result<T, Trouble>);

/// One request in full.
struct Request<'a> {
    asked: Asked,
    method: Method,
    path: &'a [&'a str],
    query: Option<(&'a str, &'a str)>,
    /// By which a change is recognised, and its body.
    change: Option<(&'a str, String)>,
}

impl<'a> Request<'a> {
    fn get(asked: Asked, path: &'a [&'a str]) -> Self {
        Self { asked, method: Method::GET, path, query: None, change: None }
    }
}

impl Client {
    pub(super) fn new(login: &str, credentials: Arc<dyn Credentials>, clock: Clock, attempts: Arc<Attempts>) -> Self {
        Self {
            login: login.to_owned(),
            credentials,
            clock,
            attempts,
            doubt: AsyncMutex::default(),
            dismissed: Notify::new(),
        }
    }

    /// The engine's own account.
    pub(super) fn login(&self) -> &str {
        &self.login
    }

    /// The account and password of whoever asks. A password that was refused is not given out again.
    pub(super) fn secret(&self, who: As<'_>) -> Result<(String, String), Trouble> {
        let (account, name) = match who {
            As::Nobody => return Ok((String::new(), String::new())),
            As::Typed(account, password) => return Ok((account.to_owned(), password.to_owned())),
            As::Engine => (self.login.as_str(), "finesse.password".to_owned()),
            As::Person(account) => (account, secret_name(account)),
        };
        let password =
            self.credentials.secret(&name).filter(|password| !password.is_empty()).ok_or(Trouble::NoSecret)?;
        let blocked = self.attempts.blocked(account, (self.clock)()).is_some();
        if blocked || self.attempts.refused(account, &password) {
            return Err(Trouble::Stopped);
        }
        Ok((account.to_owned(), password))
    }

    /// The engine's own password was refused by the notification service.
    pub(super) fn engine_refused(&self) {
        if let Ok((account, password)) = self.secret(As::Engine) {
            self.attempts.wrong(&account, &password, (self.clock)());
        }
    }

    /// The node's word about itself; with credentials only where it asks for them.
    pub(super) async fn system(&self, node: &Node, who: As<'_>) -> Asking<SystemInfo> {
        let (said, answer) = self.ask(node, who, Request::get(Asked::Reading, &["SystemInfo"])).await;
        (said, answer.and_then(|answer| read(SystemInfo::read(&answer.body))))
    }

    /// The own user of whoever asks: the one request that tells a wrong password from a lack of rights.
    pub(super) async fn own(&self, node: &Node, who: As<'_>) -> Asking<(Answer, User)> {
        let account = match self.secret(who) {
            Ok((account, _)) => account,
            Err(trouble) => return (vec![], Err(trouble)),
        };
        let (said, answer) = self.ask(node, who, Request::get(Asked::Own, &["User", &account])).await;
        let both = |answer: Answer| read(User::read(&answer.body)).map(|user| (answer, user));
        (said, answer.and_then(both))
    }

    /// Any other resource, as it came.
    pub(super) async fn get(
        &self,
        node: &Node,
        who: As<'_>,
        path: &[&str],
        query: Option<(&str, &str)>,
    ) -> Asking<Answer> {
        self.ask(node, who, Request { query, ..Request::get(Asked::Reading, path) }).await
    }

    /// Asks for a state. Success means that the server has taken the request, not that it is done.
    pub(super) async fn put_state(&self, node: &Node, who: As<'_>, change: &Change<'_>) -> Asking<()> {
        let body = format!("<User><state>{}</state></User>", change.state);
        let path = ["User", change.login_id];
        let request = Request {
            method: Method::PUT,
            change: Some((change.request_id, body)),
            ..Request::get(Asked::Writing, &path)
        };
        let (said, answer) = self.ask(node, who, request).await;
        (said, answer.map(|_| ()))
    }

    /// Asks, and where the refusal may be the password's, asks for the own user before anybody shows the password again.
    async fn ask(&self, node: &Node, who: As<'_>, request: Request<'_>) -> Asking<Answer> {
        let _held = node.at_once.acquire().await;
        let (said, outcome) = self.send(node, who, request).await;
        let status = said.as_ref().and_then(|exchange| exchange.status);
        let mut exchanges: Vec<_> = said.into_iter().collect();
        let outcome = match outcome {
            Err(Trouble::NoRights(complaint)) if status == Some(401) && may_be_the_password(who, &complaint) => {
                let (said, verdict) = self.doubt(node, who).await;
                exchanges.extend(said);
                Err(verdict.unwrap_or(Trouble::NoRights(complaint)))
            }
            outcome => outcome,
        };
        (exchanges, outcome)
    }

    /// Whether the password of whoever asks is good no more; nothing when it is, or when that cannot be told now.
    async fn doubt(&self, node: &Node, who: As<'_>) -> (Option<Exchange>, Option<Trouble>) {
        let _alone = self.doubt.lock().await;
        let account = match self.secret(who) {
            Ok((account, _)) => account,
            // Somebody else has found it out meanwhile.
            Err(trouble) => return (None, Some(trouble)),
        };
        let (said, outcome) = self.send(node, who, Request::get(Asked::Own, &["User", &account])).await;
        (said, outcome.err().filter(Trouble::is_the_secrets))
    }

    async fn send(
        &self,
        node: &Node,
        who: As<'_>,
        request: Request<'_>,
    ) -> (Option<Exchange>, Result<Answer, Trouble>) {
        let Request { asked, method, path, query, change } = request;
        node.place().await;
        // Read only now: it may have been refused while we waited.
        let (account, password) = match self.secret(who) {
            Ok(secret) => secret,
            Err(trouble) => return (None, Err(trouble)),
        };
        let mut request = node.client.request(method, node.url(path, query)).header(header::ACCEPT, "application/xml");
        let mut mask = Mask::default();
        if !matches!(who, As::Nobody) {
            let basic = BASE64.encode(format!("{account}:{password}").as_bytes());
            mask = Mask::new([password.as_str(), basic.as_str()]);
            let Ok(mut value) = HeaderValue::from_str(&format!("Basic {basic}")) else {
                return (None, Err(Trouble::Strange("the credentials cannot be sent".to_owned())));
            };
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some((id, body)) = change {
            request = request.header("requestId", id).header(header::CONTENT_TYPE, "application/xml").body(body);
        }
        let Ok(request) = request.build() else {
            return (None, Err(Trouble::Strange("the request cannot be made".to_owned())));
        };
        let said = node.client.send(request, &mask).await;
        let (exchange, outcome) = judge(said, asked, node.trust.seen());
        match &outcome {
            Ok(_) if asked == Asked::Own => self.attempts.right(&account),
            Err(Trouble::WrongPassword) => {
                self.attempts.wrong(&account, &password, (self.clock)());
            }
            Err(Trouble::Later(Some(pause))) => {
                let until = node.now().saturating_add(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
                node.pace().hold(until);
            }
            _ => {}
        }
        (Some(exchange), outcome)
    }
}

/// Whether a 401 may mean that the password is no longer good. Two kinds are about rights alone (contracts/finesse 7).
fn may_be_the_password(who: As<'_>, complaint: &Complaint) -> bool {
    let rights = ["Invalid Supervisor", "Invalid Authorization User Specified"];
    !matches!(who, As::Nobody) && !rights.iter().any(|kind| complaint.is(kind))
}

fn read<T>(parsed: Result<T, wire::xml::Fault>) -> Result<T, Trouble> {
    parsed.map_err(|fault| Trouble::Strange(fault.to_string()))
}
