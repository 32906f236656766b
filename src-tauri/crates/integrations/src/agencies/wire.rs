//! The gate's documents: a session, a card, an error. Elements are found by local name; a DTD is refused.
//!
//! Deliberately not here: requests (`client`). The card in our words stands at the bottom.

use pult_domain::{PhoneNumber, areas::calls::AgencyCard};
use roxmltree::{Document, Node, ParsingOptions};

/// More nodes than any card has; a document with more is refused unread.
const MAX_NODES: u32 = 50_000;
/// The most characters kept of one value.
const MAX_TEXT: usize = 500;
/// The most managers named.
const MAX_MANAGERS: usize = 10;

/// Why a document is not the answer hoped for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not a well-formed document of a bearable size, or one with a DTD.
    NotXml(String),
    /// The gate says no.
    Gate {
        /// What it complains about, as far as its words tell.
        about: Complaint,
        /// Its words.
        text: String,
    },
    /// Well-formed, and nothing we know.
    Strange,
}

/// What the gate complains about. The contract gives no list of errors, so this goes by their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaint {
    /// The session is unknown or over.
    Session,
    /// The agency does not exist.
    Agency,
    /// Anything else.
    Other,
}

fn parse(body: &[u8]) -> Result<Document<'_>, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::NotXml("not UTF-8".to_owned()))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let parsed = Document::parse_with_options(text.trim_start_matches('\u{feff}').trim_start(), options);
    // The page of a server or proxy in between may well be well-formed; it is not the gate that speaks.
    if parsed.as_ref().is_ok_and(|page| page.root_element().tag_name().name().eq_ignore_ascii_case("html")) {
        return Err(Fault::NotXml("an HTML page".to_owned()));
    }
    parsed.map_err(|error| {
        // The parser's own words may quote the document; the kind of fault is enough.
        Fault::NotXml(match error {
            roxmltree::Error::DtdDetected => "a DTD, which is refused".to_owned(),
            roxmltree::Error::NodesLimitReached => format!("more than {MAX_NODES} nodes"),
            other => format!("not well-formed at {}", other.pos()),
        })
    })
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is(child, name))
}

/// The element's text, trimmed and bounded; `None` when it says nothing.
fn text_of(node: Node<'_, '_>) -> Option<String> {
    let text: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    let text: String = text.trim().chars().take(MAX_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

fn text(node: Node<'_, '_>, path: &[&str]) -> Option<String> {
    path.iter().try_fold(node, |node, name| child(node, name)).and_then(text_of)
}

fn flag(node: Node<'_, '_>, name: &str) -> Option<bool> {
    match text(node, &[name])?.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// The error a document speaks of: its root, or an element just below, is called `error` or much like it.
fn complaint(document: &Document<'_>) -> Option<Fault> {
    let root = document.root_element();
    let named = |node: &Node<'_, '_>| {
        node.is_element()
            && ["error", "errors", "exception", "fault"].contains(&&*node.tag_name().name().to_lowercase())
    };
    let error = Some(root).filter(named).or_else(|| root.children().find(named))?;
    let words: Vec<_> =
        error.descendants().filter(Node::is_text).filter_map(|node| node.text()).map(str::trim).collect();
    let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(": ");
    let lower = words.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let about = if says(&["session", "сесси", "sessionid", "not logged", "expired", "истек"]) {
        Complaint::Session
    } else if says(&["not_found", "not found", "notfound", "unknown agency", "не найден", "не существует"])
    {
        Complaint::Agency
    } else {
        Complaint::Other
    };
    Some(Fault::Gate { about, text: words.chars().take(MAX_TEXT).collect() })
}

/// The session of a sign-in's answer.
pub(super) fn session(body: &[u8]) -> Result<String, Fault> {
    let document = parse(body)?;
    let found = document.descendants().find(|node| is(node, "sessionId")).and_then(text_of);
    found.ok_or_else(|| complaint(&document).unwrap_or(Fault::Strange))
}

/// The card of an agency, the contact being the one who owns `phone`.
pub(super) fn card(body: &[u8], phone: &PhoneNumber) -> Result<AgencyCard, Fault> {
    let document = parse(body)?;
    let root = document.root_element();
    let holds_one = |node: &Node<'_, '_>| node.is_element() && (is(node, "agency") || child(*node, "name").is_some());
    let agency = Some(root).filter(|root| !is(root, "error") && holds_one(root));
    let Some(agency) = agency.or_else(|| root.children().find(holds_one)) else {
        return Err(complaint(&document).unwrap_or(Fault::Strange));
    };
    if !agency.children().any(|node| node.is_element()) {
        return Err(Fault::Gate { about: Complaint::Agency, text: "an empty card".to_owned() });
    }
    Ok(to_card(agency, phone))
}

fn to_card(agency: Node<'_, '_>, phone: &PhoneNumber) -> AgencyCard {
    let owns = |contact: &Node<'_, '_>| {
        is(contact, "contact")
            && text(*contact, &["value"]).and_then(|value| PhoneNumber::digits_of(&value)).as_ref() == Some(phone)
    };
    let contact = child(agency, "contacts").and_then(|contacts| contacts.children().find(owns));
    let managers: Vec<_> = child(agency, "managers")
        .into_iter()
        .flat_map(|managers| managers.children())
        .filter(|node| is(node, "manager"))
        .filter_map(text_of)
        .take(MAX_MANAGERS)
        .collect();
    AgencyCard {
        agency_name: text(agency, &["name"]),
        company_name_en: text(agency, &["nameEng"]),
        agency_city: text(agency, &["city"]),
        agency_percent: text(agency, &["percent"]),
        agency_front_office: text(agency, &["frontOffice"]),
        agency_contract: flag(agency, "contract"),
        agency_quantity_tourists: text(agency, &["sentTourists"]),
        agency_boss: text(agency, &["boss"]),
        agency_curator_name: text(agency, &["curator", "fullName"]),
        agency_blacklist: flag(agency, "blackList"),
        agency_contact_person: contact.and_then(|contact| text(contact, &["person"])),
        agency_contact_description: contact.and_then(|contact| text(contact, &["description"])),
        agency_employee: (!managers.is_empty()).then(|| managers.join(" / ")),
    }
}
