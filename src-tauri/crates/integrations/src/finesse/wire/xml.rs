//! Reading XML by the rules of contracts/finesse 4: local names in any letter case, absent and empty alike, bounded.
//!
//! Deliberately not here: what any element means.

use percent_encoding::percent_decode_str;
use pult_domain::Instant;
use roxmltree::{Document, Node, ParsingOptions};

/// The largest document, bytes.
pub(in crate::finesse) const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The deepest nesting.
const MAX_DEPTH: usize = 64;
/// More nodes than a team of thousands has.
const MAX_NODES: u32 = 300_000;
/// The most characters kept of one value.
const MAX_TEXT: usize = 500;

/// Why a document is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::finesse) enum Fault {
    /// Not a well-formed document within the bounds, or one with a DTD.
    #[error("{0}")]
    NotXml(String),
    /// Well-formed, and not what was asked for.
    #[error("a document without {0}")]
    Lacks(&'static str),
}

/// The document of `text`.
pub(in crate::finesse) fn document(text: &str) -> Result<Document<'_>, Fault> {
    if text.len() > MAX_BYTES {
        return Err(Fault::NotXml(format!("larger than {MAX_BYTES} bytes")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let parsed = Document::parse_with_options(text.trim_start_matches('\u{feff}').trim_start(), options);
    let document = parsed.map_err(|error| {
        // The parser's own words may quote the document; the kind of fault is enough.
        Fault::NotXml(match error {
            roxmltree::Error::DtdDetected => "a DTD, which is refused".to_owned(),
            roxmltree::Error::NodesLimitReached => format!("more than {MAX_NODES} nodes"),
            other => format!("not well-formed at {}", other.pos()),
        })
    })?;
    // Bounded for each node, so that a deep document costs no more than a wide one.
    if document.descendants().any(|node| node.ancestors().take(MAX_DEPTH + 2).count() > MAX_DEPTH + 1) {
        return Err(Fault::NotXml(format!("deeper than {MAX_DEPTH}")));
    }
    Ok(document)
}

/// The document of bytes, which have to be UTF-8.
pub(in crate::finesse) fn utf8(body: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(body).map_err(|_| Fault::NotXml("not UTF-8".to_owned()))
}

/// Whether it is the element of that name, whatever its namespace and letter case.
pub(in crate::finesse) fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

/// The root, when it has that name.
pub(in crate::finesse) fn root<'a, 'input>(
    document: &'a Document<'input>,
    name: &'static str,
) -> Result<Node<'a, 'input>, Fault> {
    Some(document.root_element()).filter(|root| is(root, name)).ok_or(Fault::Lacks(name))
}

/// The first child of that name.
pub(in crate::finesse) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is(child, name))
}

/// The entries of a list below a container; entries that say nothing are left out.
pub(in crate::finesse) fn entries<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    container: &str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let within = child(node, container).into_iter().flat_map(|list| list.children());
    within.filter(move |entry| is(entry, name) && (entry.has_children()))
}

/// All text directly in an element, untouched but bounded.
pub(in crate::finesse) fn raw(node: Node<'_, '_>) -> String {
    let parts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    parts.flat_map(str::chars).take(MAX_TEXT).collect()
}

/// The trimmed text of an element; `None` when it says nothing.
pub(in crate::finesse) fn content(node: Node<'_, '_>) -> Option<String> {
    let all = raw(node);
    let text = all.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The trimmed text of a child; `None` when it is absent or says nothing.
pub(in crate::finesse) fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).and_then(content)
}

/// A child's number; `None` when it is absent or none.
pub(in crate::finesse) fn number<T: std::str::FromStr>(node: Node<'_, '_>, name: &str) -> Option<T> {
    text(node, name)?.parse().ok()
}

/// A child's yes or no.
pub(in crate::finesse) fn flag(node: Node<'_, '_>, name: &str) -> Option<bool> {
    match text(node, name)?.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A child's instant; `None` when it is absent or cannot be read.
pub(in crate::finesse) fn time(node: Node<'_, '_>, name: &str) -> Option<Instant> {
    text(node, name)?.parse().ok()
}

/// The last segment of an address, decoded; a slash at its end does not count.
pub(in crate::finesse) fn last_segment(uri: &str) -> Option<String> {
    let segment = uri.trim().trim_end_matches('/').rsplit('/').next().filter(|segment| !segment.is_empty())?;
    Some(decoded(segment))
}

/// A segment of an address without its percent-encoding.
pub(in crate::finesse) fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// The id an element has of itself: its field, else the end of its address.
pub(in crate::finesse) fn id(node: Node<'_, '_>, field: &str) -> Option<String> {
    text(node, field).or_else(|| last_segment(&text(node, "uri")?))
}
