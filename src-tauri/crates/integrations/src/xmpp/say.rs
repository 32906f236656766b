//! The few stanzas that are said: a message, a word that one came, an answer to who may see whom.
//!
//! Deliberately not here: the wording ([`super::words`]).

use minidom::Element;
use pult_domain::areas::messages::{SendMessage, Words};
use xmpp_parsers::{
    jid::{BareJid, Jid},
    message::{Id, Lang, Message, MessageType},
    ns,
    presence::{Presence, Type},
    receipts,
};

use super::words::{self, Line};

/// XEP-0393: nothing in it is meant as markup.
const STYLING: &str = "urn:xmpp:styling:0";

/// How messages are said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// With a second body for programs that show links and lines by XHTML.
    pub(super) xhtml: bool,
    /// Notices that ask for nothing go as headlines, which are not kept for those who are away.
    pub(super) headlines: bool,
}

/// A message, with the id under which it is looked for later.
pub(super) fn message(send: &SendMessage, to: BareJid, manner: Manner) -> Message {
    let lines = words::lines(&send.words);
    let body = words::body(&lines);
    let typed = matches!(send.words, Words::Typed { .. });
    let headline = manner.headlines && matches!(send.words, Words::Told { .. });
    let kind = if headline { MessageType::Headline } else { MessageType::Chat };
    let mut message = Message::new_with_type(kind, Jid::from(to));
    message.id = Some(Id(send.uid.clone()));
    if headline && let Some(first) = lines.first() {
        message.subjects.insert(Lang::new(), first.text().to_owned());
    }
    message.bodies.insert(Lang::new(), body);
    if !headline {
        message.payloads.push(receipts::Request.into());
    }
    if !typed {
        message.payloads.push(Element::bare("unstyled", STYLING));
        if manner.xhtml {
            message.payloads.push(xhtml(&lines));
        }
    }
    message
}

/// The same lines as XHTML (XEP-0071).
fn xhtml(lines: &[Line]) -> Element {
    let mut paragraph = Element::builder("p", ns::XHTML);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            paragraph = paragraph.append(Element::bare("br", ns::XHTML));
        }
        paragraph = match line {
            Line::Link(url) => {
                let link =
                    Element::builder("a", ns::XHTML).attr(minidom::rxml::xml_ncname!("href").to_owned(), url.as_str());
                paragraph.append(link.append(url.as_str()).build())
            }
            Line::Text(text) if text.is_empty() => paragraph,
            Line::Text(text) => paragraph.append(text.as_str()),
        };
    }
    let body = Element::builder("body", ns::XHTML).append(paragraph.build()).build();
    Element::builder("html", ns::XHTML_IM).append(body).build()
}

/// A word that a message is here.
pub(super) fn receipt(to: Jid, id: String, of: String) -> Message {
    let mut message = Message::chat(to);
    message.id = Some(Id(id));
    message.payloads.push(receipts::Received { id: of }.into());
    message
}

/// Tells somebody whether they may see us; where they may, we ask the same.
pub(super) fn subscription(to: &BareJid, allow: bool) -> Vec<Presence> {
    let said: &[Type] = if allow { &[Type::Subscribed, Type::Subscribe] } else { &[Type::Unsubscribed] };
    said.iter().map(|kind| Presence::new(kind.clone()).with_to(Jid::from(to.clone()))).collect()
}
