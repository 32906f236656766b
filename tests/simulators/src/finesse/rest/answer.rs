//! Answers before they are bytes, and the error documents (section 7 of the contract).

use crate::finesse::xml::Element;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The document.
    pub body: Option<Element>,
    /// `WWW-Authenticate` is wanted.
    pub challenge: bool,
}

impl Answer {
    /// A document.
    pub const fn ok(body: Element) -> Self {
        Self { status: 200, body: Some(body), challenge: false }
    }

    /// No document.
    pub const fn empty(status: u16) -> Self {
        Self { status, body: None, challenge: false }
    }

    /// An error document; the order of its elements is one of those that were seen.
    pub fn error(status: u16, kind: &str, message: &str, data: &str) -> Self {
        let error = Element::group(
            "ApiError",
            [
                Element::text("ErrorType", kind),
                Element::text("ErrorMessage", message),
                Element::text("ErrorData", data),
            ],
        );
        Self { status, body: Some(Element::group("ApiErrors", [error])), challenge: false }
    }

    /// Not signed in, or without the role: the answer is the same.
    pub fn unauthorized(id: &str) -> Self {
        Self { challenge: true, ..Self::error(401, "Authorization Failure", "UNAUTHORIZED", id) }
    }

    /// Not there.
    pub fn not_found(kind: &str, what: &str) -> Self {
        Self::error(404, kind, "The requested resource was not found", what)
    }

    /// The node is not in service.
    pub fn out_of_service() -> Self {
        Self::error(503, "Service Unavailable", "SERVER_OUT_OF_SERVICE", "")
    }
}
