//! A client's session with an XMPP server over any way that carries whole stanzas: signing in, a resource of our own,
//! questions and their answers.
//!
//! Deliberately not here: the ways themselves ([`super::xmpp_ws`], [`super::xmpp_tls`]), time limits and another attempt (the
//! caller's), stream management and anything a vendor adds.

pub mod frame;
mod line;
pub mod stanza;

use async_trait::async_trait;
use data_encoding::BASE64;
use minidom::Element;
use sasl::{
    client::{
        Mechanism,
        mechanisms::{Plain, Scram},
    },
    common::{
        Credentials,
        scram::{Sha1, Sha256},
    },
};

pub use line::{Heard, Line, Say};

use self::{frame::Garbled, stanza::Build};
use super::obstacle::Obstacle;

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
const STREAMS: &str = "http://etherx.jabber.org/streams";

/// Why there is no session, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The other side could not be reached, or the connection broke.
    #[error("{1}")]
    Broken(Obstacle, String),
    /// Somebody is there and does not speak XMPP in this way.
    #[error("no XMPP there: {0}")]
    NotSpoken(String),
    /// What came is no XMPP.
    #[error("{0}")]
    Garbled(#[from] Garbled),
    /// The other side said good-bye.
    #[error("closed by the server")]
    Closed,
    /// The other side sends us elsewhere, which is not followed.
    #[error("sent elsewhere by the server")]
    SeeOther(String),
    /// The other side ended the stream for a reason, by its name in RFC 6120 4.9.3.
    #[error("ended by the server: {0}")]
    Ended(String),
    /// The password is wrong.
    #[error("credentials refused")]
    NotAuthorized,
    /// Signing in failed for another reason, by its name in RFC 6120 6.5.
    #[error("sign-in refused: {0}")]
    SignIn(String),
    /// No way of signing in that we have.
    #[error("no way to sign in that we have")]
    NoMechanism,
    /// The resource was refused.
    #[error("no resource given: {0}")]
    NotBound(String),
}

/// Who signs in, and as what.
#[derive(Clone)]
pub struct Login {
    /// The domain.
    pub domain: String,
    /// The name to sign in with, as the server knows it.
    pub name: String,
    /// The password.
    pub password: String,
    /// The resource asked for.
    pub resource: String,
}

/// A way that carries whole stanzas. Each call but [`next`](Self::next) ends only when it is done.
#[async_trait]
pub trait Frames: Send {
    /// Begins the stream, or begins it anew after signing in.
    async fn open(&mut self, domain: &str) -> Result<(), Lost>;
    /// Sends one stanza.
    async fn send(&mut self, stanza: &Element) -> Result<(), Lost>;
    /// The next stanza. May be dropped at any time without losing any.
    async fn next(&mut self) -> Result<Element, Lost>;
    /// Says good-bye and waits a moment for the other side's.
    async fn close(&mut self);
}

/// The sign-in mechanisms a server offers: what can be found out without credentials.
///
/// # Errors
/// Why there is no stream.
pub async fn offers(frames: &mut dyn Frames, domain: &str) -> Result<Vec<String>, Lost> {
    frames.open(domain).await?;
    Ok(mechanisms(&features(frames).await?))
}

/// Signs in and asks for the resource; the full address that was given.
///
/// # Errors
/// Why there is no session.
pub async fn sign_in(frames: &mut dyn Frames, login: &Login) -> Result<String, Lost> {
    let offered = offers(frames, &login.domain).await?;
    let mut mechanism = choose(&offered, login)?;
    authenticate(frames, mechanism.as_mut()).await?;
    frames.open(&login.domain).await?;
    let features = features(frames).await?;
    let ask = Element::bare("bind", BIND).with_child(Element::bare("resource", BIND).with_text(&login.resource));
    let bound = ask_once(frames, "bind", ask).await?;
    let address = bound.and_then(|bound| bound.get_child("jid", BIND).map(Element::text));
    let address = address.filter(|address| !address.is_empty()).ok_or(Lost::NotBound("no address".to_owned()))?;
    // Servers before RFC 6121 deliver nothing before this is asked for.
    let session = features.get_child("session", SESSION);
    if session.is_some_and(|session| !session.has_child("optional", SESSION)) {
        ask_once(frames, "session", Element::bare("session", SESSION)).await?;
    }
    Ok(address)
}

async fn features(frames: &mut dyn Frames) -> Result<Element, Lost> {
    let features = expect(frames).await?;
    if features.is("features", STREAMS) { Ok(features) } else { Err(Lost::Garbled(Garbled::Malformed)) }
}

/// The next stanza, unless it ends the stream.
async fn expect(frames: &mut dyn Frames) -> Result<Element, Lost> {
    let stanza = frames.next().await?;
    if stanza.is("error", STREAMS) { Err(ended(&stanza)) } else { Ok(stanza) }
}

/// What a stream error says.
fn ended(error: &Element) -> Lost {
    let conditions = error.children().filter(|child| child.has_ns("urn:ietf:params:xml:ns:xmpp-streams"));
    let mut names = conditions.map(Element::name).filter(|name| *name != "text");
    Lost::Ended(names.next().unwrap_or("undefined-condition").to_owned())
}

fn mechanisms(features: &Element) -> Vec<String> {
    let offered = features.get_child("mechanisms", SASL).into_iter().flat_map(Element::children);
    offered.filter(|child| child.is("mechanism", SASL)).map(|child| child.text().trim().to_owned()).collect()
}

/// PLAIN where it is offered: every way here is within TLS, and servers with a foreign user store can check nothing else.
fn choose(offered: &[String], login: &Login) -> Result<Box<dyn Mechanism + Send + Sync>, Lost> {
    let credentials = || Credentials::default().with_username(&login.name).with_password(&login.password);
    let has = |name: &str| offered.iter().any(|offer| offer == name);
    let none = |_| Lost::NoMechanism;
    if has("PLAIN") {
        Ok(Box::new(Plain::from_credentials(credentials()).map_err(none)?))
    } else if has("SCRAM-SHA-256") {
        Ok(Box::new(Scram::<Sha256>::from_credentials(credentials()).map_err(none)?))
    } else if has("SCRAM-SHA-1") {
        Ok(Box::new(Scram::<Sha1>::from_credentials(credentials()).map_err(none)?))
    } else {
        Err(Lost::NoMechanism)
    }
}

async fn authenticate(frames: &mut dyn Frames, mechanism: &mut (dyn Mechanism + Send + Sync)) -> Result<(), Lost> {
    let first = BASE64.encode(&mechanism.initial());
    let auth = Element::bare("auth", SASL).with("mechanism", mechanism.name()).with_text(&first);
    frames.send(&auth).await?;
    loop {
        let reply = expect(frames).await?;
        let data = BASE64.decode(reply.text().trim().as_bytes()).unwrap_or_default();
        match (reply.has_ns(SASL), reply.name()) {
            (true, "challenge") => {
                let response = mechanism.response(&data).map_err(|e| Lost::SignIn(e.to_string()))?;
                let text = BASE64.encode(&response);
                frames.send(&Element::bare("response", SASL).with_text(&text)).await?;
            }
            // A server that cannot prove that it knows the password is not the one we mean.
            (true, "success") => return mechanism.success(&data).map_err(|e| Lost::SignIn(e.to_string())),
            (true, "failure") => {
                let condition = reply.children().map(Element::name).find(|name| *name != "text");
                return Err(match condition.unwrap_or("undefined") {
                    "not-authorized" => Lost::NotAuthorized,
                    other => Lost::SignIn(other.to_owned()),
                });
            }
            _ => return Err(Lost::Garbled(Garbled::Malformed)),
        }
    }
}

/// Asks something before there is a session, and waits for its answer.
async fn ask_once(frames: &mut dyn Frames, id: &str, payload: Element) -> Result<Option<Element>, Lost> {
    frames.send(&stanza::iq("set", id, None).with_child(payload)).await?;
    loop {
        let reply = expect(frames).await?;
        if reply.name() != "iq" || reply.attr("id") != Some(id) {
            continue;
        }
        return match reply.attr("type") {
            Some("result") => Ok(reply.children().next().cloned()),
            _ => Err(Lost::NotBound(stanza::condition(&reply))),
        };
    }
}

#[cfg(test)]
pub(crate) mod prosody;
#[cfg(test)]
mod tests;
