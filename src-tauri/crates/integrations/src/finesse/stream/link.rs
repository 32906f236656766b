//! A link: connecting, signing in, and the translation between stanzas and the session's words.
//!
//! Deliberately not here: what any of it leads to (`session`).

use std::{sync::Arc, time::Duration};

use minidom::Element;
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinHandle},
};

use crate::{
    StoredRequest,
    transport::{
        obstacle::Obstacle,
        xmpp::{
            self, Frames, Line, Login, Lost, Say,
            stanza::{Build, CLIENT},
        },
        xmpp_tls::DirectTls,
        xmpp_ws::WebSocket,
    },
};

use super::{
    super::{
        session::{Gone, Heard, Question, Way},
        trouble::Trouble,
        wire::{
            envelope::{self, Carried},
            route,
            update::{Place, Told},
        },
    },
    As, Cluster, Driver, ENDING, Event, Node, websocket_url,
};

const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
const PING: &str = "urn:xmpp:ping";
/// The longest connecting and signing in.
const SIGN_IN: Duration = Duration::from_secs(15);
/// What may wait to be said; a link that takes no more is dead.
const SAYINGS: usize = 2_000;
/// What may wait to be translated.
const HEARD: usize = 64;

/// A link in use.
pub(super) struct Handle {
    say: mpsc::Sender<Say>,
    task: JoinHandle<()>,
    domain: String,
    pubsub: String,
}

/// "Here we are", with the priority without which nothing is delivered.
pub(super) fn appear() -> Element {
    Element::bare("presence", CLIENT).with_child(Element::bare("priority", CLIENT).with_text("0"))
}

/// "Tell us when you come and go."
pub(super) fn watch(address: &str) -> Element {
    Element::bare("presence", CLIENT).with("type", "subscribe").with("to", address)
}

impl Driver {
    pub(super) fn link(&mut self, at: usize, way: Way, link: u64, domain: String, pubsub: String) {
        let (say, words) = mpsc::channel(SAYINGS);
        let (events, cluster, node) = (self.events.clone(), Arc::clone(&self.cluster), self.cluster.node(at));
        let (client, resource, ending) = (Arc::clone(&self.client), self.resource.clone(), self.ending.take());
        let (to, from) = (domain.clone(), pubsub.clone());
        let task = tokio::spawn(async move {
            // Never two sessions at once.
            if let Some(ending) = ending {
                let _ = tokio::time::timeout(ENDING, ending).await;
            }
            let connecting = async {
                let node = node.ok_or_else(|| Gone::Lost(broken("the node cannot be used")))?;
                let (name, password) = client.secret(As::Engine).map_err(|trouble| refused(&trouble))?;
                connect(&node, way, &Login { domain: to, name, password, resource }).await
            };
            let connected = tokio::time::timeout(SIGN_IN, connecting).await;
            let why = match connected {
                Ok(Ok((frames, address))) => {
                    // Nobody listens only when the session has ended.
                    let _ = events.send(Event::Linked { link, address }).await;
                    let (heard, hearing) = mpsc::channel(HEARD);
                    let translating = translate(link, hearing, &events, &from, &cluster);
                    let (lost, ()) = tokio::join!(Line::new(frames).run(words, heard), translating);
                    Gone::Lost(lost)
                }
                Ok(Err(gone)) => gone,
                Err(_) => Gone::Lost(Lost::Broken(Obstacle::Timeout, "no sign-in in time".to_owned())),
            };
            let _ = events.send(Event::Unlinked { link, why }).await;
        });
        self.links.insert(link, Handle { say, task, domain, pubsub });
    }

    pub(super) fn unlink(&mut self, link: u64, leaving: bool) {
        let Some(Handle { say, task, .. }) = self.links.remove(&link) else { return };
        let goodbye = Element::bare("presence", CLIENT).with("type", "unavailable");
        let said = !leaving || say.try_send(Say::Stanza(goodbye)).is_ok();
        if !said || say.try_send(Say::Close).is_err() {
            task.abort();
        }
        let abort = task.abort_handle();
        let before = self.ending.take();
        self.ending = Some(tokio::spawn(async move {
            let _cut = Cut(abort);
            if let Some(before) = before {
                let _ = tokio::time::timeout(ENDING, before).await;
            }
            let _ = tokio::time::timeout(ENDING, task).await;
        }));
    }

    pub(super) fn say(&mut self, link: u64, stanza: Element) {
        self.speak(link, Say::Stanza(stanza));
    }

    fn speak(&mut self, link: u64, words: Say) {
        // A link that takes no more is found dead by its silence.
        if let Some(handle) = self.links.get(&link) {
            let _ = handle.say.try_send(words);
        }
    }

    pub(super) fn ask(&mut self, link: u64, id: u64, question: Question) {
        let Some(handle) = self.links.get(&link) else { return };
        let (domain, pubsub) = (handle.domain.clone(), handle.pubsub.clone());
        let within = |child: Element| Element::bare("pubsub", PUBSUB).with_child(child);
        let (to, set, payload) = match question {
            Question::Ping => (domain, false, Element::bare("ping", PING)),
            Question::Subscriptions => (pubsub, false, within(Element::bare("subscriptions", PUBSUB))),
            Question::Subscribe(node) => {
                let address = self.machine.address().unwrap_or_default();
                let subscribe = Element::bare("subscribe", PUBSUB).with("node", &node).with("jid", &address);
                (pubsub, true, within(subscribe))
            }
            Question::Unsubscribe { node, address } => {
                let unsubscribe = Element::bare("unsubscribe", PUBSUB).with("node", &node).with("jid", &address);
                (pubsub, true, within(unsubscribe))
            }
        };
        self.speak(link, Say::Ask { id, to, set, payload });
    }
}

/// Ends a task that did not end by itself.
struct Cut(AbortHandle);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn broken(what: &str) -> Lost {
    Lost::Broken(Obstacle::Broken, what.to_owned())
}

fn refused(trouble: &Trouble) -> Gone {
    Gone::Lost(match trouble {
        Trouble::Stopped => Lost::NotAuthorized,
        other => broken(&other.to_string()),
    })
}

async fn connect(node: &Node, way: Way, login: &Login) -> Result<(Box<dyn Frames>, String), Gone> {
    let port = match way {
        Way::Websocket => node.base.port_or_known_default().unwrap_or(443),
        Way::OldWebsocket => node.old_websocket_port,
        Way::DirectTls => node.direct_tls_port,
    };
    let connected: Result<Box<dyn Frames>, Lost> = match way {
        Way::Websocket | Way::OldWebsocket => {
            WebSocket::connect(&websocket_url(node, port), &node.trust).await.map(|socket| Box::new(socket) as _)
        }
        Way::DirectTls => {
            let host = node.base.host_str().unwrap_or_default();
            DirectTls::connect(host, port, &node.trust).await.map(|direct| Box::new(direct) as _)
        }
    };
    let mut frames = connected.map_err(|lost| match (&lost, node.trust.seen()) {
        (Lost::Broken(Obstacle::Tls, _), Some(shown)) if shown.problem.is_some() => Gone::Certificate(Box::new(shown)),
        _ => Gone::Lost(lost),
    })?;
    let address = xmpp::sign_in(frames.as_mut(), login).await.map_err(Gone::Lost)?;
    Ok((frames, address))
}

/// Hands on what a link hears, in the session's words.
async fn translate(
    link: u64,
    mut hearing: mpsc::Receiver<xmpp::Heard>,
    events: &mpsc::Sender<Event>,
    pubsub: &str,
    cluster: &Cluster,
) {
    while let Some(heard) = hearing.recv().await {
        for what in words(heard, pubsub, cluster) {
            if events.send(Event::Heard { link, what }).await.is_err() {
                return;
            }
        }
    }
}

fn words(heard: xmpp::Heard, pubsub: &str, cluster: &Cluster) -> Vec<Heard> {
    match heard {
        xmpp::Heard::Sign => vec![Heard::Sign],
        xmpp::Heard::Answer { id, outcome } => {
            vec![Heard::Answer { id, outcome: outcome.map(|payload| subscriptions(payload.as_ref())) }]
        }
        xmpp::Heard::Stanza(stanza) => match stanza.name() {
            "presence" => {
                let available = match stanza.attr("type") {
                    None => true,
                    Some("unavailable") => false,
                    Some(_) => return vec![Heard::Sign],
                };
                let from = stanza.attr("from").unwrap_or_default().to_owned();
                vec![Heard::Presence { from, available }]
            }
            // Anybody may write to us; only the service's word counts.
            "message" if stanza.attr("from").is_some_and(|from| from.eq_ignore_ascii_case(pubsub)) => {
                let mut words: Vec<Heard> = envelope::open(&stanza).into_iter().map(|one| item(one, cluster)).collect();
                if words.is_empty() {
                    words.push(Heard::Sign);
                }
                words
            }
            _ => vec![Heard::Sign],
        },
    }
}

fn item(carried: Carried, cluster: &Cluster) -> Heard {
    let (node, text) = match carried {
        Carried::Upset { node } => return Heard::Upset { node },
        Carried::Item { node, text } => (node, text),
    };
    let told = Told::read(&text).ok();
    if let (Place::TeamUsers(team), Some(Told::Member { login_id, gone: false, .. })) = (Place::of(&node), &told) {
        cluster.joined(&team, login_id);
    }
    let record = StoredRequest {
        route: route::UPDATE.to_owned(),
        method: "PUSH".to_owned(),
        path: node.clone(),
        query: vec![],
        headers: vec![],
        body: text.into(),
    };
    Heard::Item { node, told: told.map(Box::new), record: Box::new(record) }
}

/// Subscriptions as node and address, where the answer lists any.
fn subscriptions(payload: Option<&Element>) -> Vec<(String, String)> {
    let lists = payload.into_iter().flat_map(Element::children).filter(|child| child.name() == "subscriptions");
    let each = lists.flat_map(Element::children).filter(|child| child.name() == "subscription");
    each.filter_map(|one| Some((one.attr("node")?.to_owned(), one.attr("jid")?.to_owned()))).collect()
}
