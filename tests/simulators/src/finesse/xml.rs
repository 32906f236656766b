//! A small tree of elements and how it is written: in alphabetical order, as live servers do, or in the guide's.
//! Reading is left to the XML crates; attributes are the few that the resources have.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// In which order the children of an element are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By name, whatever its case.
    #[default]
    Alphabetical,
    /// As the developer guide lists them.
    Guide,
}

/// An element with either text or children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    name: &'static str,
    attribute: Option<(&'static str, String)>,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Text(String),
    Children(Vec<Element>),
}

impl Element {
    /// An element with text; an empty one is written with both tags.
    pub fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, attribute: None, content: Content::Text(text.into()) }
    }

    /// An element of elements, in the guide's order.
    pub fn group(name: &'static str, children: impl IntoIterator<Item = Self>) -> Self {
        Self { name, attribute: None, content: Content::Children(children.into_iter().collect()) }
    }

    /// The same with an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attribute = Some((name, value.into()));
        self
    }

    /// As a whole document.
    pub fn document(&self, order: Order) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", self.fragment(order))
    }

    /// As part of something else.
    pub fn fragment(&self, order: Order) -> String {
        let mut out = String::new();
        self.write(&mut out, order, 0);
        out
    }

    fn write(&self, out: &mut String, order: Order, depth: usize) {
        out.extend(std::iter::repeat_n("  ", depth));
        out.push('<');
        out.push_str(self.name);
        if let Some((name, value)) = &self.attribute {
            out.push_str(&format!(" {name}=\"{}\"", escape(value)));
        }
        out.push('>');
        match &self.content {
            Content::Text(text) => out.push_str(&escape(text)),
            Content::Children(children) if children.is_empty() => {}
            Content::Children(children) => {
                let mut children: Vec<_> = children.iter().collect();
                if order == Order::Alphabetical {
                    // The sort is stable: members of a list keep their places.
                    children.sort_by_key(|child| child.name.to_ascii_lowercase());
                }
                out.push('\n');
                for child in children {
                    child.write(out, order, depth + 1);
                    out.push('\n');
                }
                out.extend(std::iter::repeat_n("  ", depth));
            }
        }
        out.push_str(&format!("</{}>", self.name));
    }
}

/// `text` fit for an element or a quoted attribute.
pub fn escape(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_come_by_name_or_as_they_were_put() {
        let user = Element::group("User", [Element::text("uri", "/u"), Element::text("ReasonCode", "a & b")]);
        assert_eq!(
            user.fragment(Order::Alphabetical),
            "<User>\n  <ReasonCode>a &amp; b</ReasonCode>\n  <uri>/u</uri>\n</User>"
        );
        assert_eq!(
            user.fragment(Order::Guide),
            "<User>\n  <uri>/u</uri>\n  <ReasonCode>a &amp; b</ReasonCode>\n</User>"
        );
    }

    #[test]
    fn nothing_is_written_with_both_tags() {
        assert_eq!(Element::group("data", []).fragment(Order::Guide), "<data></data>");
        assert_eq!(Element::text("requestId", "").fragment(Order::Guide), "<requestId></requestId>");
    }
}
