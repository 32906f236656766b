//! A node of the cluster: what it is called, how well it is, and the worker through which everything it publishes goes
//! out in order. How it is listened to is in `front`, who carries its notifications in `xmpp` and `prosody`.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Addresses, NodeName, fault::Switchboard, prosody::Prosody, world::instant, xml::Element, xmpp::Hub};

/// How long a window of reordering waits for more before it is let go.
const WINDOW: Duration = Duration::from_millis(200);

/// Whether the notification service works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Xmpp {
    /// It works.
    Up,
    /// It said `system-shutdown` and is gone.
    Down,
    /// Connections stay open and nothing moves on them.
    Hang,
}

/// Whether the REST application works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rest {
    /// It works.
    Up,
    /// Every request's connection is closed without an answer.
    Down,
    /// Every answer takes some seconds.
    Slow,
    /// Every request is answered with 500.
    #[serde(rename = "500")]
    Broken,
}

/// Whether the user `finesse` is available on the notification service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Available.
    Up,
    /// Unavailable.
    Down,
}

/// What is to change about a node; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NodeOrder {
    /// `SystemInfo/status`, any text.
    pub status: Option<String>,
    /// `SystemInfo/statusReason`; without one, a usual reason.
    pub reason: Option<String>,
    /// The notification service.
    pub xmpp: Option<Xmpp>,
    /// The REST application.
    pub rest: Option<Rest>,
    /// The user `finesse`.
    pub finesse_presence: Option<Presence>,
    /// `SystemInfo/finesseMMode`.
    pub maintenance: Option<String>,
    /// `SystemInfo/systemAuthMode`.
    pub auth_mode: Option<String>,
    /// Sends every stream to this place and closes it (built-in stream only).
    pub see_other: Option<String>,
}

/// How a node is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `SystemInfo/status`.
    pub status: String,
    /// `SystemInfo/statusReason`.
    pub reason: String,
    /// The notification service.
    pub xmpp: Xmpp,
    /// The REST application.
    pub rest: Rest,
    /// The user `finesse`.
    pub finesse_presence: Presence,
    /// `SystemInfo/finesseMMode`.
    pub maintenance: String,
    /// `SystemInfo/systemAuthMode`.
    pub auth_mode: String,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            status: "IN_SERVICE".to_owned(),
            reason: String::new(),
            xmpp: Xmpp::Up,
            rest: Rest::Up,
            finesse_presence: Presence::Up,
            maintenance: String::new(),
            auth_mode: "NON_SSO".to_owned(),
        }
    }
}

impl Condition {
    /// Whether anything but `SystemInfo` is answered.
    pub fn in_service(&self) -> bool {
        self.status == "IN_SERVICE"
    }

    /// Whether the machine as a whole can be reached.
    pub fn reachable(&self) -> bool {
        self.rest != Rest::Down || self.xmpp != Xmpp::Down
    }
}

/// Who carries a node's notifications.
#[derive(Clone)]
pub enum Stream {
    /// The stream of this crate.
    BuiltIn(Arc<Hub>),
    /// A Prosody.
    Prosody(Arc<Prosody>),
}

/// Something for the node's worker.
pub(super) enum Parcel {
    Publish {
        node: String,
        update: String,
    },
    /// An envelope-less stanza for every session.
    Raw(String),
    Presence(bool),
    Xmpp(Xmpp),
    SeeOther(String),
    /// Answers once everything before it is done.
    Done(oneshot::Sender<()>),
}

/// A node.
pub struct Node {
    /// A or B.
    pub name: NodeName,
    /// The host it is known by.
    pub host: String,
    /// Its XMPP domain.
    pub domain: String,
    /// Where it listens.
    pub addresses: Addresses,
    /// Who carries its notifications.
    pub stream: Stream,
    pub(super) faults: Arc<Switchboard>,
    condition: watch::Sender<Condition>,
    worker: mpsc::UnboundedSender<Parcel>,
}

impl Node {
    /// A node, and what its worker will take in.
    pub(super) fn new(
        name: NodeName,
        host: String,
        domain: String,
        addresses: Addresses,
        stream: Stream,
        faults: Arc<Switchboard>,
    ) -> (Self, mpsc::UnboundedReceiver<Parcel>) {
        let (worker, parcels) = mpsc::unbounded_channel();
        let condition = watch::Sender::new(Condition::default());
        (Self { name, host, domain, addresses, stream, faults, condition, worker }, parcels)
    }

    /// How it is.
    pub fn condition(&self) -> Condition {
        self.condition.borrow().clone()
    }

    /// Follows how it is.
    pub fn watch(&self) -> watch::Receiver<Condition> {
        self.condition.subscribe()
    }

    pub(super) fn hand(&self, parcel: Parcel) {
        // Only a simulator that is being stopped has no worker.
        let _ = self.worker.send(parcel);
    }

    /// Changes how it is; `true` when its `SystemInfo` changed by that.
    pub(super) fn order(&self, order: &NodeOrder) -> bool {
        let before = self.condition();
        self.condition.send_modify(|condition| {
            if let Some(status) = &order.status {
                condition.reason = match status.as_str() {
                    "IN_SERVICE" => String::new(),
                    _ => "CTI connection lost".to_owned(),
                };
                condition.status.clone_from(status);
            }
            let set = |field: &mut String, value: &Option<String>| {
                if let Some(value) = value {
                    field.clone_from(value);
                }
            };
            set(&mut condition.reason, &order.reason);
            set(&mut condition.maintenance, &order.maintenance);
            set(&mut condition.auth_mode, &order.auth_mode);
            condition.xmpp = order.xmpp.unwrap_or(condition.xmpp);
            condition.rest = order.rest.unwrap_or(condition.rest);
            condition.finesse_presence = order.finesse_presence.unwrap_or(condition.finesse_presence);
        });
        let now = self.condition();
        if now.xmpp != before.xmpp {
            self.hand(Parcel::Xmpp(now.xmpp));
        }
        if now.finesse_presence != before.finesse_presence {
            self.hand(Parcel::Presence(now.finesse_presence == Presence::Up));
        }
        if let Some(place) = &order.see_other {
            self.hand(Parcel::SeeOther(place.clone()));
        }
        (now.status, now.reason, now.maintenance) != (before.status, before.reason, before.maintenance)
    }

    /// `SystemInfo`, whole or as a notification tells it.
    pub(super) fn system_info(
        &self,
        name: &'static str,
        whole: bool,
        pair: &[Self; 2],
        deployment: &'static str,
        now: Timestamp,
    ) -> Element {
        let is = self.condition();
        let mut fields = vec![
            Element::text("currentTimestamp", instant(Some(now))),
            Element::text("status", &is.status),
            Element::text("statusReason", &is.reason),
            Element::text("uri", "/finesse/api/SystemInfo"),
            Element::text("xmppDomain", &self.domain),
            Element::text("xmppPubSubDomain", format!("pubsub.{}", self.domain)),
        ];
        if whole {
            let host = |name, node: &Self| {
                let port = |name, address: Option<std::net::SocketAddr>| {
                    address.map(|address| Element::text(name, address.port().to_string()))
                };
                let host = [Element::text("host", &node.host)].into_iter();
                let https = port("httpsPort", Some(node.addresses.front));
                // The port without TLS is named and, as in newer releases, closed.
                let xmpp = Element::text("xmppPort", "5222");
                let secure = port("xmppSecurePort", node.addresses.direct);
                Element::group(name, host.chain(https).chain([xmpp]).chain(secure))
            };
            fields.extend([
                Element::text("deploymentType", deployment),
                Element::text("lastCTIHeartbeatStatus", if is.in_service() { "success" } else { "failure" }),
                Element::text("lastSuccessCTIHeartbeatTime", now.as_millisecond().to_string()),
                Element::text("ctiVersion", "24"),
                Element::text("ctiHeartbeatInterval", "5"),
                Element::text("ctiMMode", ""),
                Element::text("ctiTimeInMMode", "-1"),
                Element::text("finesseMMode", &is.maintenance),
                Element::text("finesseTimeInMMode", "-1"),
                Element::text("license", "PREMIUM"),
                Element::text("peripheralId", "1"),
                host("primaryNode", &pair[0]),
                host("secondaryNode", &pair[1]),
                Element::text("systemAuthMode", &is.auth_mode),
                Element::text("timezoneOffset", "180"),
                cti_servers(),
            ]);
        }
        Element::group(name, fields)
    }
}

/// Another machine of the contact centre; its `host` is not one of the cluster's.
fn cti_servers() -> Element {
    let server = [
        Element::text("host", "cti-1.cc.example"),
        Element::text("connectedDuration", "93811"),
        Element::text("active", "true"),
    ];
    Element::group("ctiServers", [Element::group("ctiServer", server)])
}

/// Takes parcels to the stream, through whatever faults are switched on.
pub(super) async fn work(
    stream: Stream,
    mut parcels: mpsc::UnboundedReceiver<Parcel>,
    faults: Arc<Switchboard>,
    stop: CancellationToken,
) {
    let mut window: VecDeque<(String, String)> = VecDeque::new();
    loop {
        let next = async {
            if window.is_empty() {
                return parcels.recv().await;
            }
            // A window that nothing more comes into is let go.
            timeout(WINDOW, parcels.recv()).await.unwrap_or(Some(Parcel::Raw(String::new())))
        };
        let Some(Some(parcel)) = stop.run_until_cancelled(next).await else { break };
        match parcel {
            Parcel::Publish { node, update } => {
                let came = Instant::now();
                let (copies, update, delay, reorder) = faults.meet(&node, update);
                sleep_until(came + delay).await;
                for _ in 0..copies {
                    // The last to come is the first to go.
                    window.push_front((node.clone(), update.clone()));
                }
                if window.len() >= reorder {
                    flush(&stream, &mut window).await;
                }
            }
            other => {
                flush(&stream, &mut window).await;
                match other {
                    Parcel::Publish { .. } => {}
                    Parcel::Raw(stanza) if stanza.is_empty() => {}
                    Parcel::Raw(stanza) => stream.raw(&stanza),
                    Parcel::Presence(up) => stream.presence(up).await,
                    Parcel::Xmpp(xmpp) => stream.switch(xmpp).await,
                    Parcel::SeeOther(place) => stream.see_other(&place),
                    Parcel::Done(done) => {
                        stream.settle().await;
                        let _ = done.send(());
                    }
                }
            }
        }
    }
    stream.end().await;
}

async fn flush(stream: &Stream, window: &mut VecDeque<(String, String)>) {
    while let Some((node, update)) = window.pop_front() {
        stream.publish(&node, &update).await;
    }
}

impl Stream {
    async fn publish(&self, node: &str, update: &str) {
        match self {
            Self::BuiltIn(hub) => hub.publish(node, update),
            Self::Prosody(prosody) => prosody.publish(node, update).await,
        }
    }

    fn raw(&self, stanza: &str) {
        if let Self::BuiltIn(hub) = self {
            hub.raw(stanza);
        }
    }

    fn see_other(&self, place: &str) {
        if let Self::BuiltIn(hub) = self {
            hub.see_other(place);
        }
    }

    async fn settle(&self) {
        if let Self::Prosody(prosody) = self {
            prosody.settle().await;
        }
    }

    async fn presence(&self, up: bool) {
        match self {
            Self::BuiltIn(hub) => hub.presence(up),
            Self::Prosody(prosody) => prosody.presence(up).await,
        }
    }

    async fn switch(&self, xmpp: Xmpp) {
        match (self, xmpp) {
            (Self::BuiltIn(hub), Xmpp::Down) => hub.shut_down(),
            (Self::BuiltIn(hub), Xmpp::Up) => hub.start_again(),
            (Self::Prosody(prosody), Xmpp::Down) => prosody.stop().await,
            (Self::Prosody(prosody), Xmpp::Up) => prosody.start_again().await,
            // Whoever carries the bytes holds them while the node hangs.
            (_, Xmpp::Hang) => {}
        }
    }

    async fn end(&self) {
        match self {
            Self::BuiltIn(hub) => hub.shut_down(),
            Self::Prosody(prosody) => prosody.stop().await,
        }
    }
}
