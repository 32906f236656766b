//! What a message of the notification service carries: one text for each item, decoded once, whatever wrapping it came in.
//!
//! Deliberately not here: who sent the message (`session`) and what the text says (`update`).

use minidom::{Element, Node};

use crate::transport::xmpp::stanza::escape;

const EVENT: &str = "http://jabber.org/protocol/pubsub#event";

/// What is said of a notification node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::finesse) enum Carried {
    /// An item's text.
    Item {
        /// The node.
        node: String,
        /// The update, as text.
        text: String,
    },
    /// Items were taken back, or the node itself changed: what is known from it is to be read anew.
    Upset {
        /// The node.
        node: String,
    },
}

/// What a message carries, in order; nothing for a message of another kind.
pub(in crate::finesse) fn open(message: &Element) -> Vec<Carried> {
    let events = message.children().filter(|child| child.is("event", EVENT));
    let parts = events.flat_map(Element::children).filter_map(|part| Some((part, part.attr("node")?.to_owned())));
    parts
        .flat_map(|(part, node)| match part.name() {
            "items" => items(part, &node),
            "purge" | "delete" | "configuration" => vec![Carried::Upset { node }],
            _ => vec![],
        })
        .collect()
}

fn items(items: &Element, node: &str) -> Vec<Carried> {
    let carried = |child: &Element| match child.name() {
        "item" => child
            .children()
            .filter(|payload| payload.name().eq_ignore_ascii_case("notification"))
            .map(|payload| Carried::Item { node: node.to_owned(), text: payload_text(payload) })
            .collect(),
        "retract" => vec![Carried::Upset { node: node.to_owned() }],
        _ => vec![],
    };
    items.children().flat_map(carried).collect()
}

/// The escaped document, or the document itself where the server did not escape it.
fn payload_text(payload: &Element) -> String {
    match payload.children().next() {
        Some(document) => {
            let mut text = String::new();
            write(document, &mut text);
            text
        }
        None => payload.text(),
    }
}

/// The element as text without its namespaces and attributes, which mean nothing here. The stanza's bound on depth is its own.
fn write(element: &Element, text: &mut String) {
    let name = element.name();
    text.extend(["<", name, ">"]);
    for node in element.nodes() {
        match node {
            Node::Element(child) => write(child, text),
            Node::Text(plain) => text.push_str(&escape(plain)),
        }
    }
    text.extend(["</", name, ">"]);
}
