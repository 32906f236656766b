//! Building and reading the few stanzas every session has.
//!
//! Deliberately not here: any extension's own elements (their user's).

use minidom::{
    Element, Node,
    rxml::{Namespace, NcName},
};

use super::{Garbled, Lost};

/// The namespace of stanzas between a client and its server.
pub const CLIENT: &str = "jabber:client";
const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

/// Putting an element together.
pub trait Build {
    /// With an attribute; a name that XML does not allow is left out.
    #[must_use]
    fn with(self, name: &'static str, value: &str) -> Self;
    /// With a child at its end.
    #[must_use]
    fn with_child(self, child: Element) -> Self;
    /// With text at its end.
    #[must_use]
    fn with_text(self, text: &str) -> Self;
}

impl Build for Element {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(name) = NcName::try_from(name) {
            self.set_attr(Namespace::NONE, name, value);
        }
        self
    }

    fn with_child(mut self, child: Element) -> Self {
        self.append_child(child);
        self
    }

    fn with_text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.append_text(text);
        }
        self
    }
}

/// The text of an element of ours.
///
/// # Errors
/// When it holds a character that XML does not allow.
pub fn write(element: &Element) -> Result<String, Lost> {
    let mut text = String::new();
    append(element, "", &mut text);
    // The library's own writing ends the process over such a character.
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let allowed = |c: char| allowed(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.chars().all(allowed) { Ok(text) } else { Err(Lost::Garbled(Garbled::Malformed)) }
}

/// Appends an element that stands within `namespace`.
fn append(element: &Element, namespace: &str, text: &mut String) {
    let (name, own) = (element.name(), element.ns());
    text.extend(["<", name]);
    if own != namespace {
        text.extend([" xmlns='", &escape(&own), "'"]);
    }
    for ((_, name), value) in element.attrs() {
        text.extend([" ", name.as_str(), "='", &escape(value), "'"]);
    }
    text.push('>');
    for node in element.nodes() {
        match node {
            Node::Element(child) => append(child, &own, text),
            Node::Text(plain) => text.push_str(&escape(plain)),
        }
    }
    text.extend(["</", name, ">"]);
}

/// Text as it stands in XML, in an attribute as well.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

/// A question or its answer, without payload.
#[must_use]
pub fn iq(kind: &str, id: &str, to: Option<&str>) -> Element {
    let iq = Element::bare("iq", CLIENT).with("type", kind).with("id", id);
    match to {
        Some(to) => iq.with("to", to),
        None => iq,
    }
}

/// The condition of an answer of type `error`, by its name in RFC 6120 8.3.3.
#[must_use]
pub fn condition(stanza: &Element) -> String {
    let errors = stanza.children().filter(|child| child.name() == "error").flat_map(Element::children);
    let mut names = errors.filter(|child| child.has_ns(STANZAS)).map(Element::name).filter(|name| *name != "text");
    names.next().unwrap_or("undefined-condition").to_owned()
}

/// The answer to a question nobody here understands.
#[must_use]
pub fn not_here(id: &str, to: Option<&str>) -> Element {
    let reason = Element::bare("service-unavailable", STANZAS);
    iq("error", id, to).with_child(Element::bare("error", CLIENT).with("type", "cancel").with_child(reason))
}

/// A local part whose disallowed characters are written as XEP-0106 says.
#[must_use]
pub fn escape_local(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (at, c) in name.char_indices() {
        match c {
            ' ' | '"' | '&' | '\'' | '/' | ':' | '<' | '>' | '@' => {
                escaped.push_str(&format!("\\{:02x}", u32::from(c)))
            }
            // A backslash only where the text would otherwise read as an escape.
            '\\' if is_escape(&name[at + 1..]) => escaped.push_str("\\5c"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn is_escape(after: &str) -> bool {
    const CODES: [&str; 10] = ["20", "22", "26", "27", "2f", "3a", "3c", "3e", "40", "5c"];
    after.get(..2).is_some_and(|two| CODES.contains(&two))
}
