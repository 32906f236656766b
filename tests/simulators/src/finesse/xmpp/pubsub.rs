//! Publish and subscribe as a client may use it: subscribe, unsubscribe, list. Everything an owner or publisher does is
//! refused; the conditions are Prosody's.

use roxmltree::Node;

use super::{Session, split};
use crate::finesse::xml::escape;

const PUBSUB: &str = "http://jabber.org/protocol/pubsub";

enum Refusal {
    InvalidJid,
    NodeRequired,
    NoSuchNode,
    Forbidden,
    NotSubscribed,
}

impl Refusal {
    const fn parts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InvalidJid => ("modify", "bad-request", "invalid-jid"),
            Self::NodeRequired => ("modify", "bad-request", "nodeid-required"),
            Self::NoSuchNode => ("cancel", "item-not-found", ""),
            Self::Forbidden => ("auth", "forbidden", ""),
            Self::NotSubscribed => ("modify", "unexpected-request", "not-subscribed"),
        }
    }
}

impl Session {
    pub(super) fn pubsub(&self, stanza: Node<'_, '_>, request: Node<'_, '_>) {
        let Some(action) = request.first_element_child() else {
            return self.error(stanza, "cancel", "bad-request", "");
        };
        let answer = match (stanza.attribute("type"), action.tag_name().name()) {
            (Some("set"), "subscribe") => self.subscribe(action, true),
            (Some("set"), "unsubscribe") => self.subscribe(action, false),
            (Some("get"), "subscriptions") => self.subscriptions(action),
            (Some("set"), "publish" | "retract" | "create" | "delete" | "configure") => Err(Refusal::Forbidden),
            _ => return self.error(stanza, "cancel", "service-unavailable", ""),
        };
        match answer {
            Ok(payload) => self.result(stanza, &format!("<pubsub xmlns=\"{PUBSUB}\">{payload}</pubsub>")),
            Err(refusal) => {
                let (kind, condition, own) = refusal.parts();
                let more = match own {
                    "" => String::new(),
                    own => format!("<{own} xmlns=\"{PUBSUB}#errors\"/>"),
                };
                self.error(stanza, kind, condition, &more);
            }
        }
    }

    fn subscribe(&self, action: Node<'_, '_>, on: bool) -> Result<String, Refusal> {
        let jid = action.attribute("jid").filter(|jid| !jid.is_empty()).ok_or(Refusal::InvalidJid)?;
        let node = action.attribute("node").ok_or(Refusal::NodeRequired)?;
        let own = self.address().unwrap_or_default();
        let (bare, resource) = split(jid);
        // The case of a local part is folded, so that of the address asked for does not matter.
        let (jid, bare) = match resource {
            Some(resource) => (format!("{}/{resource}", bare.to_ascii_lowercase()), bare.to_ascii_lowercase()),
            None => (bare.to_ascii_lowercase(), bare.to_ascii_lowercase()),
        };
        if bare != split(&own).0 {
            return Err(Refusal::Forbidden);
        }
        let feed = self.hub.feeds.get(node).ok_or(Refusal::NoSuchNode)?;
        let local = bare.split('@').next().unwrap_or_default();
        if feed.only.as_ref().is_some_and(|only| !only.iter().any(|id| id.eq_ignore_ascii_case(local))) {
            return Err(Refusal::Forbidden);
        }
        let mut inner = self.hub.inner();
        if inner.missing.contains(node) {
            return Err(Refusal::NoSuchNode);
        }
        let subscribers = inner.subscriptions.entry(node.to_owned()).or_default();
        let is = if on {
            subscribers.insert(jid.clone());
            "subscribed"
        } else if subscribers.remove(&jid) {
            "none"
        } else {
            return Err(Refusal::NotSubscribed);
        };
        Ok(subscription(node, &jid, is))
    }

    fn subscriptions(&self, action: Node<'_, '_>) -> Result<String, Refusal> {
        let only = action.attribute("node");
        if only.is_some_and(|node| !self.hub.feeds.contains_key(node)) {
            return Err(Refusal::NoSuchNode);
        }
        let own = self.address().unwrap_or_default();
        let inner = self.hub.inner();
        let nodes = inner.subscriptions.iter().filter(|(node, _)| only.is_none_or(|only| only == node.as_str()));
        let mut mine: Vec<_> = nodes
            .flat_map(|(node, jids)| jids.iter().map(move |jid| (node, jid)))
            .filter(|(_, jid)| split(jid).0 == split(&own).0)
            .collect();
        mine.sort();
        let list: String = mine.into_iter().map(|(node, jid)| subscription(node, jid, "subscribed")).collect();
        Ok(format!("<subscriptions>{list}</subscriptions>"))
    }
}

fn subscription(node: &str, jid: &str, is: &str) -> String {
    format!("<subscription node=\"{}\" jid=\"{}\" subscription=\"{is}\"/>", escape(node), escape(jid))
}
