//! A small server of ours: answers that a test sets, requests that it keeps, and a notification service that signs people in and
//! pushes what it is told to. The cluster in full is the simulator's.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    extract::{
        Request, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    response::{IntoResponse, Response},
    routing::any,
};
use data_encoding::BASE64;
use minidom::Element;
use pult_domain::Instant;
use tempfile::TempDir;
use tokio::sync::{Notify, broadcast};

use super::super::{Finesse, Settings};
use crate::{
    samples::{Secrets, text},
    transport::{
        Clock,
        http::tests::{provider, serve},
        tls::tests::{Authority, front},
        xmpp::frame,
    },
};

pub(super) const LOGIN: &str = "70400";
pub(super) const PASSWORD: &str = "pä&ss <word>";
pub(super) const DOMAIN: &str = "fin-a.cc.example";

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// An answer, by the beginning of its request's line.
type Answers = BTreeMap<String, (u16, Vec<(&'static str, String)>, String)>;

pub(super) struct World {
    pub(super) seen: Vec<Seen>,
    pub(super) answers: Answers,
    /// Who may sign in.
    pub(super) passwords: BTreeMap<String, String>,
    /// Stanzas heard by the notification service.
    pub(super) stanzas: Vec<String>,
    /// Requests under way, and the most there were.
    pub(super) at_once: (usize, usize),
    /// Requests wait for this, where set.
    pub(super) gate: Option<Arc<Notify>>,
}

#[derive(Clone)]
pub(super) struct Server {
    world: Arc<Mutex<World>>,
    /// What the notification service sends to everybody who is signed in.
    pub(super) push: broadcast::Sender<String>,
    /// Tells that something was heard or asked.
    pub(super) moved: Arc<Notify>,
}

/// A server, a connection to it, and what keeps both alive.
pub(super) struct House {
    pub(super) server: Server,
    pub(super) finesse: Finesse,
    /// The second the connection's clock shows.
    pub(super) second: Arc<AtomicI64>,
    pub(super) secrets: Arc<Mutex<BTreeMap<String, String>>>,
    _folder: TempDir,
}

struct Shared(Arc<Mutex<BTreeMap<String, String>>>);

impl crate::Credentials for Shared {
    fn secret(&self, name: &str) -> Option<String> {
        Secrets(self.0.lock().unwrap().clone()).secret(name)
    }
}

impl House {
    /// A server with the samples for answers, and a connection to it.
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        provider();
        let mut answers = Answers::new();
        let mut say = |line: &str, file: &str| answers.insert(line.to_owned(), (200, vec![], text("finesse", file)));
        say("GET /finesse/api/SystemInfo", "01-systeminfo-in-service.xml");
        say("GET /finesse/api/User/70400", "03-user-supervisor.xml");
        say("GET /finesse/api/Team/61", "05-team-61.xml");
        say("GET /finesse/api/User/70400/ReasonCodes?category=NOT_READY", "06-reasoncodes-not-ready.xml");
        let team = "<Team><id>62</id><name>Escalation</name><users/></Team>".to_owned();
        answers.insert("GET /finesse/api/Team/62".to_owned(), (200, vec![], team));
        answers.insert("PUT /finesse/api/User/".to_owned(), (202, vec![], String::new()));
        let world = World {
            seen: vec![],
            answers,
            passwords: BTreeMap::from([(LOGIN.to_owned(), PASSWORD.to_owned())]),
            stanzas: vec![],
            at_once: (0, 0),
            gate: None,
        };
        let server =
            Server { world: Arc::new(Mutex::new(world)), push: broadcast::channel(1000).0, moved: Arc::default() };
        let router = Router::new().route("/ws/", any(notifications)).fallback(answer).with_state(server.clone());
        let authority = Authority::new();
        let plain = serve(router).await;
        let port = front(&authority.issue("localhost", 2200), plain.port().unwrap()).await;
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).unwrap();
        let mut settings = Settings::new(format!("https://localhost:{port}").parse().unwrap(), LOGIN);
        settings.ca = Some(ca);
        change(&mut settings);
        let second = Arc::new(AtomicI64::new(super::samples::NOW));
        let hand = Arc::clone(&second);
        let clock: Clock = Arc::new(move || Instant::from_second(hand.load(Ordering::SeqCst)).unwrap());
        let secrets = Arc::new(Mutex::new(BTreeMap::from([("finesse.password".to_owned(), PASSWORD.to_owned())])));
        let finesse =
            Finesse::new(settings, Arc::new(Shared(Arc::clone(&secrets))), clock, "console-6f2c", Arc::default());
        let finesse = finesse.unwrap();
        Self { server, finesse, second, secrets, _folder: folder }
    }

    /// The same connection, set up anew.
    pub(super) fn anew(&self) -> Finesse {
        let Finesse { settings, clock, client, .. } = &self.finesse;
        let secrets = Arc::new(Shared(Arc::clone(&self.secrets)));
        let attempts = Arc::clone(&client.attempts);
        Finesse::new(settings.clone(), secrets, Arc::clone(clock), "console-6f2c", attempts).unwrap()
    }
}

impl Server {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Answers requests whose line begins so.
    pub(super) fn answer(&self, line: &str, status: u16, body: &str) {
        self.world().answers.insert(line.to_owned(), (status, vec![], body.to_owned()));
    }

    /// The lines of all requests.
    pub(super) fn lines(&self) -> Vec<String> {
        self.world().seen.iter().map(|seen| seen.line.clone()).collect()
    }

    /// Waits until the world is so.
    pub(super) async fn until(&self, so: impl Fn(&World) -> bool) {
        let waiting = async {
            loop {
                let moved = self.moved.notified();
                if so(&self.world()) {
                    return;
                }
                moved.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), waiting).await.expect("it does not come");
    }

    fn knows(&self, basic: &str) -> bool {
        let text = basic.strip_prefix("Basic ").and_then(|code| BASE64.decode(code.as_bytes()).ok());
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let Some((name, password)) = text.split_once(':') else { return false };
        self.world().passwords.get(name).is_some_and(|known| known == password)
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    let line = format!("{} {}", parts.method, parts.uri);
    let headers: BTreeMap<String, String> =
        parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let known = server.knows(headers.get("authorization").map_or("", String::as_str));
    let gate = {
        let mut world = server.world();
        world.seen.push(Seen { line: line.clone(), headers, body: String::from_utf8_lossy(&body).into_owned() });
        world.at_once.0 += 1;
        world.at_once.1 = world.at_once.1.max(world.at_once.0);
        world.gate.clone()
    };
    server.moved.notify_waiters();
    if let Some(gate) = gate {
        gate.notified().await;
    }
    let mut world = server.world();
    world.at_once.0 -= 1;
    if !known && !line.ends_with("/SystemInfo") {
        return (axum::http::StatusCode::UNAUTHORIZED, text("finesse", "09-apierrors-401.xml")).into_response();
    }
    // The longest beginning that fits.
    let found = world
        .answers
        .iter()
        .filter(|(begins, _)| line.starts_with(begins.as_str()))
        .max_by_key(|(begins, _)| begins.len());
    let exact = found.filter(|(begins, _)| begins.ends_with('/') || **begins == line);
    let Some((_, (status, headers, body))) = exact else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let mut response = (axum::http::StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

async fn notifications(State(server): State<Server>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["xmpp"]).on_upgrade(move |socket| converse(server, socket))
}

async fn converse(server: Server, mut socket: WebSocket) {
    let mut pushed = server.push.subscribe();
    let mut name = None;
    loop {
        let stanza = tokio::select! {
            Ok(text) = pushed.recv(), if name.is_some() => {
                let _ = socket.send(Message::text(text)).await;
                continue;
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => frame::read(&text).unwrap(),
                _ => return,
            },
        };
        let replies = reply(&server, &stanza, &mut name);
        server.world().stanzas.push(String::from(&stanza));
        server.moved.notify_waiters();
        for reply in replies {
            let _ = socket.send(Message::text(reply)).await;
        }
        if stanza.name() == "close" {
            return;
        }
    }
}

fn reply(server: &Server, stanza: &Element, name: &mut Option<String>) -> Vec<String> {
    const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
    const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
    let id = stanza.attr("id").unwrap_or_default();
    let from = stanza.attr("to").map(|to| format!(" from='{to}'")).unwrap_or_default();
    match stanza.name() {
        "open" => {
            let offer = match name {
                None => format!("<mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism></mechanisms>"),
                Some(_) => "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>".to_owned(),
            };
            let features = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>";
            vec![format!("<open xmlns='{FRAMING}' from='{DOMAIN}'/>"), format!("{features}{offer}</stream:features>")]
        }
        "close" => vec![format!("<close xmlns='{FRAMING}'/>")],
        "auth" => {
            let plain = BASE64.decode(stanza.text().as_bytes()).unwrap();
            let plain = String::from_utf8(plain).unwrap();
            let parts: Vec<&str> = plain.split('\0').collect();
            if server.world().passwords.get(parts[1]).is_some_and(|known| known == parts[2]) {
                *name = Some(parts[1].to_owned());
                return vec![format!("<success xmlns='{SASL}'/>")];
            }
            vec![format!("<failure xmlns='{SASL}'><not-authorized/></failure>")]
        }
        "iq" if stanza.children().any(|child| child.name() == "bind") => {
            let resource = stanza.children().next().unwrap().children().next().unwrap().text();
            let address = format!("{}@{DOMAIN}/{resource}", name.as_deref().unwrap());
            let bound = format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{address}</jid></bind>");
            vec![format!("<iq xmlns='jabber:client' type='result' id='{id}'>{bound}</iq>")]
        }
        "iq" => vec![format!("<iq xmlns='jabber:client' type='result' id='{id}'{from}/>")],
        _ => vec![],
    }
}
