//! The server's word about itself, queues, and its complaints.
//!
//! Deliberately not here: what to do about an outage (`session`) or a complaint (`client`).

use pult_domain::{Instant, areas::floor::QueueReport};
use roxmltree::Node;

use super::xml::{self, Fault, child, document, is, number, text, time};

/// Which of the two products it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::finesse) enum Deployment {
    /// `UCCX`: no queues.
    Express,
    /// `UCCE`.
    Enterprise,
}

/// A node as the cluster names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::finesse) struct NodeName {
    /// Its host.
    pub(in crate::finesse) host: String,
    /// Its port for requests, where told.
    pub(in crate::finesse) https: Option<u16>,
    /// Its port for XMPP within TLS, where told.
    pub(in crate::finesse) xmpp_tls: Option<u16>,
}

/// What a node says about itself; an event may tell only part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::finesse) struct SystemInfo {
    /// `IN_SERVICE`, or anything else for "not usable".
    pub(in crate::finesse) status: Option<String>,
    /// Why.
    pub(in crate::finesse) reason: Option<String>,
    /// The server's clock.
    pub(in crate::finesse) time: Option<Instant>,
    /// Which product.
    pub(in crate::finesse) deployment: Option<Deployment>,
    /// The first node.
    pub(in crate::finesse) primary: Option<NodeName>,
    /// The second; absent where there is only one.
    pub(in crate::finesse) secondary: Option<NodeName>,
    /// How people sign in.
    pub(in crate::finesse) auth_mode: Option<String>,
    /// The domain of addresses.
    pub(in crate::finesse) domain: Option<String>,
    /// The address of the notification service.
    pub(in crate::finesse) pubsub: Option<String>,
    /// Being made ready for a rest.
    pub(in crate::finesse) maintenance: bool,
}

impl SystemInfo {
    /// Whether the node can be worked with.
    pub(in crate::finesse) fn in_service(&self) -> bool {
        self.status.as_deref() == Some("IN_SERVICE")
    }

    /// Whether it wants a way of signing in that we do not have.
    pub(in crate::finesse) fn wants_sso(&self) -> bool {
        self.auth_mode.as_deref().is_some_and(|mode| matches!(mode.to_ascii_uppercase().as_str(), "SSO" | "HYBRID"))
    }

    /// Its status and reason, for a person.
    pub(in crate::finesse) fn words(&self) -> String {
        let status = self.status.as_deref().unwrap_or("no status");
        self.reason.as_ref().map_or_else(|| status.to_owned(), |reason| format!("{status}: {reason}"))
    }

    /// What an element tells.
    pub(in crate::finesse) fn of(node: Node<'_, '_>) -> Self {
        let primary = node_name(node, "primaryNode");
        let second = node_name(node, "secondaryNode");
        let same =
            |other: &NodeName| primary.as_ref().is_some_and(|first| first.host.eq_ignore_ascii_case(&other.host));
        Self {
            status: text(node, "status"),
            reason: text(node, "statusReason"),
            time: time(node, "currentTimestamp"),
            deployment: text(node, "deploymentType").and_then(|kind| match kind.to_ascii_uppercase().as_str() {
                "UCCX" => Some(Deployment::Express),
                "UCCE" => Some(Deployment::Enterprise),
                _ => None,
            }),
            secondary: second.filter(|second| !same(second)),
            primary,
            auth_mode: text(node, "systemAuthMode"),
            domain: text(node, "xmppDomain"),
            pubsub: text(node, "xmppPubSubDomain"),
            maintenance: text(node, "finesseMMode").is_some(),
        }
    }

    /// What a document tells.
    pub(in crate::finesse) fn read(body: &[u8]) -> Result<Self, Fault> {
        let document = document(xml::utf8(body)?)?;
        Ok(Self::of(xml::root(&document, "SystemInfo")?))
    }
}

fn node_name(node: Node<'_, '_>, name: &str) -> Option<NodeName> {
    let node = child(node, name)?;
    Some(NodeName {
        host: text(node, "host")?,
        https: number(node, "httpsPort"),
        xmpp_tls: number(node, "xmppSecurePort"),
    })
}

/// A queue; `None` where not even an id is told. `-1` is "not known".
pub(in crate::finesse) fn queue(node: Node<'_, '_>) -> Option<QueueReport> {
    let figures = child(node, "statistics");
    let figure = |name: &str| figures.and_then(|figures| number::<u32>(figures, name));
    let sum = |names: &[&str]| {
        let known: Vec<u32> = names.iter().filter_map(|name| figure(name)).collect();
        (!known.is_empty()).then(|| known.into_iter().fold(0, u32::saturating_add))
    };
    Some(QueueReport {
        id: xml::id(node, "id")?,
        name: text(node, "name"),
        waiting: figure("callsInQueue"),
        longest_since: figures.and_then(|figures| time(figures, "startTimeOfLongestCallInQueue")),
        ready: figure("agentsReady"),
        not_ready: figure("agentsNotReady"),
        busy_other: figure("agentsBusyOther"),
        signed_in: figure("agentsLoggedOn"),
        talking: sum(&["agentsTalkingInbound", "agentsTalkingOutbound", "agentsTalkingInternal"]),
        wrap_up: sum(&["agentsWrapUpNotReady", "agentsWrapUpReady"]),
        // The platform does not count them by queue.
        reserved: None,
    })
}

/// The queues of a document.
pub(in crate::finesse) fn read_queues(body: &[u8]) -> Result<Vec<QueueReport>, Fault> {
    let document = document(xml::utf8(body)?)?;
    let root = xml::root(&document, "Queues")?;
    Ok(root.children().filter(|node| is(node, "Queue")).filter_map(queue).collect())
}

/// A complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::finesse) struct Complaint {
    /// What kind it is, runs of white space made one.
    pub(in crate::finesse) kind: String,
    /// In words.
    pub(in crate::finesse) message: Option<String>,
    /// What it is about.
    pub(in crate::finesse) data: Option<String>,
}

impl Complaint {
    /// The complaint of an element.
    pub(in crate::finesse) fn of(errors: Node<'_, '_>) -> Option<Self> {
        let error = errors.children().find(|node| is(node, "ApiError"))?;
        let kind = text(error, "ErrorType").unwrap_or_default();
        Some(Self {
            kind: kind.split_whitespace().collect::<Vec<_>>().join(" "),
            message: text(error, "ErrorMessage"),
            data: text(error, "ErrorData"),
        })
    }

    /// The first complaint of a body; `None` for a page, nothing, or anything else.
    pub(in crate::finesse) fn read(body: &[u8]) -> Option<Self> {
        let document = document(xml::utf8(body).ok()?).ok()?;
        Self::of(xml::root(&document, "ApiErrors").ok()?)
    }

    /// Whether it is of that kind.
    pub(in crate::finesse) fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// In words, without what it is about: that may name a person.
    pub(in crate::finesse) fn words(&self) -> String {
        match &self.message {
            Some(message) => format!("{}: {message}", self.kind),
            None => self.kind.clone(),
        }
    }
}
