//! The gate's documents. Only well-formed ones: the broken ones are made in `routes`, out of these.

use super::{Refusal, Root};
use crate::catalogue::Agency;

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

impl Refusal {
    /// The code in the error document.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LoginFailed => "LOGIN_FAILED",
            Self::SessionInvalid => "SESSION_INVALID",
            Self::AgencyNotFound => "AGENCY_NOT_FOUND",
            Self::ParameterMissing(_) => "PARAMETER_MISSING",
            Self::ParameterBad(_) => "PARAMETER_BAD",
        }
    }

    fn text(self) -> String {
        match self {
            Self::LoginFailed => "Неверное имя пользователя или пароль".to_owned(),
            Self::SessionInvalid => "Сессия не найдена или истекла".to_owned(),
            Self::AgencyNotFound => "Агентство не найдено".to_owned(),
            Self::ParameterMissing(name) => format!("Не указан параметр {name}"),
            Self::ParameterBad(name) => format!("Неверное значение параметра {name}"),
        }
    }
}

/// The error document.
pub fn error(refusal: Refusal) -> String {
    format!("{PROLOGUE}<error>{}{}</error>", element("code", refusal.code()), element("text", &refusal.text()))
}

/// The answer to a login.
pub fn session(id: &str) -> String {
    format!("{PROLOGUE}<auth>{}</auth>", element("sessionId", id))
}

/// The card of an agency.
pub fn card(agency: &Agency, root: Root) -> String {
    let body = agency_element(agency);
    match root {
        Root::Bare => format!("{PROLOGUE}{body}"),
        Root::Wrapped => format!("{PROLOGUE}<response>{body}</response>"),
    }
}

/// A document of a few hundred bytes that grows a billionfold in a parser that expands entities.
pub fn entity_bomb() -> String {
    let mut text = format!("{PROLOGUE}<!DOCTYPE agency [\n<!ENTITY e0 \"ха\">\n");
    for level in 1..=9 {
        let reference = format!("&e{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY e{level} \"{reference}\">\n"));
    }
    text + "]>\n<agency><name>&e9;</name></agency>"
}

/// `document` with an element of `bytes` bytes put in before its last end tag: right but for its size.
pub fn padded(document: &str, bytes: usize) -> String {
    let tail = document.rfind("</").unwrap_or(document.len());
    format!("{}<remark>{}</remark>{}", &document[..tail], "x".repeat(bytes), &document[tail..])
}

fn agency_element(agency: &Agency) -> String {
    let contacts: String = agency
        .contacts
        .iter()
        .map(|contact| {
            let inner = element("value", &contact.phone)
                + &element("person", &contact.person)
                + &element("description", contact.description);
            format!("<contact>{inner}</contact>")
        })
        .collect();
    let managers: String = agency.managers.iter().map(|manager| element("manager", manager)).collect();
    let fields = [
        element("id", &agency.id.to_string()),
        element("name", &agency.name),
        optional("nameEng", agency.name_eng.as_deref()),
        element("city", agency.city),
        element("percent", agency.percent),
        optional("frontOffice", agency.front_office),
        element("contract", &agency.contract.to_string()),
        element("sentTourists", &agency.sent_tourists.to_string()),
        // A gate of this age writes an empty element here, where elsewhere it leaves the element out.
        element("boss", agency.boss.as_deref().unwrap_or_default()),
        format!("<curator>{}</curator>", element("fullName", &agency.curator)),
        element("blackList", &agency.black_list.to_string()),
        format!("<contacts>{contacts}</contacts>"),
        format!("<managers>{managers}</managers>"),
    ];
    format!("<agency>{}</agency>", fields.concat())
}

fn optional(name: &str, text: Option<&str>) -> String {
    text.map(|text| element(name, text)).unwrap_or_default()
}

fn element(name: &str, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    format!("<{name}>{escaped}</{name}>")
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;
    use crate::catalogue::{self, CROWDED, PUNCTUATED};

    #[test]
    fn every_card_is_well_formed_in_both_shapes() {
        for agency in catalogue::agencies() {
            for (root, name) in [(Root::Bare, "agency"), (Root::Wrapped, "response")] {
                let text = card(&agency, root);
                assert_eq!(Document::parse(&text).unwrap().root_element().tag_name().name(), name);
            }
        }
    }

    #[test]
    fn text_survives_escaping() {
        let agency = &catalogue::agencies()[PUNCTUATED];
        let text = card(agency, Root::Bare);
        let document = Document::parse(&text).unwrap();
        let name = document.descendants().find(|node| node.has_tag_name("name")).unwrap();
        assert_eq!(name.text(), Some(agency.name.as_str()));
    }

    #[test]
    fn all_managers_are_sent() {
        let text = card(&catalogue::agencies()[CROWDED], Root::Bare);
        let document = Document::parse(&text).unwrap();
        assert_eq!(document.descendants().filter(|node| node.has_tag_name("manager")).count(), 12);
    }

    #[test]
    fn the_bomb_is_small_and_wants_a_dtd() {
        let bomb = entity_bomb();
        assert!(bomb.len() < 1_024);
        assert!(matches!(Document::parse(&bomb), Err(roxmltree::Error::DtdDetected)));
    }
}
