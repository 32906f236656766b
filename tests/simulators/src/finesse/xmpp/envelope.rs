//! The stanza around a notification, in every shape that was seen in the field.

use serde::{Deserialize, Serialize};

use crate::finesse::xml::escape;

/// The shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Escaped text; the message has type `headline` and a random id.
    Prosody,
    /// Escaped text; the message has no type and an id made of node and address.
    #[default]
    Openfire,
    /// As Openfire, with `type="html"` on the notification.
    Html,
    /// As Openfire, the document put in as elements.
    Unescaped,
    /// As Openfire, the document put in as CDATA.
    Cdata,
}

/// What is written on an envelope.
pub(super) struct Envelope<'a> {
    /// Domain of the node; the sender is its `pubsub` service.
    pub(super) domain: &'a str,
    /// The notification node.
    pub(super) node: &'a str,
    /// The subscribed address.
    pub(super) to: &'a str,
    /// Id of the item.
    pub(super) item: &'a str,
    /// What is random about the id of the message.
    pub(super) id: &'a str,
}

impl Envelope<'_> {
    /// The stanza with an `Update` in it.
    pub(super) fn write(&self, shape: Shape, update: &str) -> String {
        let Self { domain, node, to, item, id } = self;
        let bare = to.split('/').next().unwrap_or(to);
        let head = match shape {
            Shape::Prosody => format!("type=\"headline\" id=\"{id}{item}\""),
            _ => format!("id=\"{}\"", escape(&format!("{node}__{bare}__{id}"))),
        };
        let kind = if shape == Shape::Html { " type=\"html\"" } else { "" };
        let content = match shape {
            Shape::Unescaped => update.to_owned(),
            Shape::Cdata => format!("<![CDATA[{}]]>", update.replace("]]>", "]]]]><![CDATA[>")),
            Shape::Prosody | Shape::Openfire | Shape::Html => escape(update).into_owned(),
        };
        format!(
            "<message xmlns=\"jabber:client\" from=\"pubsub.{domain}\" to=\"{}\" {head}>\
             <event xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"{}\"><item id=\"{item}\">\
             <notification xmlns=\"http://jabber.org/protocol/pubsub\"{kind}>{content}</notification>\
             </item></items></event></message>",
            escape(to),
            escape(node)
        )
    }
}
