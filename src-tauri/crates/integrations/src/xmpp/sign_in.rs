//! Showing who we are: the mechanism chosen, the password prepared, and the server's own proof checked (RFC 5802, RFC 7677).
//!
//! The library's own sign-in takes a server's success without its proof and falls back to a password in clear without a word, so its
//! pieces are put together here anew. Deliberately not here: the connection and its encryption ([`super::dial`]), and asking for a resource
//! (the library's).

use std::collections::BTreeSet;

use futures_util::{SinkExt, StreamExt};
use sasl::{
    client::{
        Mechanism,
        mechanisms::{Plain, Scram},
    },
    common::{
        ChannelBinding, Credentials,
        scram::{Sha1, Sha256},
    },
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_xmpp::xmlstream::{ReadError, StreamHeader, XmppStream, XmppStreamElement};
use xmpp_parsers::{
    sasl::{Auth, Mechanism as Name, Nonza, Response},
    stream_features::StreamFeatures,
};

use super::{
    guard::{Guard, Watch, broken},
    lost::Lost,
};

/// The fewest rounds of hashing taken: fewer would make a stolen exchange cheap to guess from (RFC 7677 4).
const FEWEST_ROUNDS: u32 = 4096;

/// Who signs in.
pub(super) struct Login<'a> {
    pub(super) domain: &'a str,
    pub(super) name: &'a str,
    pub(super) password: &'a str,
    pub(super) allow_plain: bool,
}

/// A chosen way.
struct Chosen {
    name: Name,
    word: &'static str,
    mechanism: Box<dyn Mechanism + Send + Sync>,
    scram: bool,
}

/// Signs in and begins the stream anew; the mechanism's name, what the server offers then, and the stream.
///
/// # Errors
/// Why there is no session.
pub(super) async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: XmppStream<Guard<S>>,
    offered: &BTreeSet<String>,
    login: &Login<'_>,
) -> Result<(&'static str, StreamFeatures, XmppStream<Guard<S>>), Lost> {
    let chosen = choose(offered, login)?;
    let word = chosen.word;
    let watch = std::sync::Arc::clone(stream.get_stream().watch());
    authenticate(&mut stream, chosen, &watch).await?;
    // The server's new beginning comes only after ours.
    watch.anew();
    let header = StreamHeader { to: Some(login.domain.into()), from: None, id: None };
    let opened = stream.initiate_reset().send_header(header).await.map_err(|e| broken(&watch, &e))?;
    let (features, stream) = opened.recv_features().await.map_err(|e| broken(&watch, &e))?;
    Ok((word, features, stream))
}

/// The best way both sides have. Binding to the channel is left out: what the server offers for it is not told apart from what it cannot.
fn choose(offered: &BTreeSet<String>, login: &Login<'_>) -> Result<Chosen, Lost> {
    let (name, password) = (prepared(login.name)?, prepared(login.password)?);
    let credentials = |name: &str| {
        let credentials = Credentials::default().with_username(name).with_password(password.as_str());
        credentials.with_channel_binding(ChannelBinding::None)
    };
    // RFC 5802 5.1.
    let escaped = name.replace('=', "=3D").replace(',', "=2C");
    let failed = |e| Lost::NoMechanism(format!("{e}"));
    if offered.contains("SCRAM-SHA-256") {
        let mechanism = Box::new(Scram::<Sha256>::from_credentials(credentials(&escaped)).map_err(failed)?);
        return Ok(Chosen { name: Name::ScramSha256, word: "SCRAM-SHA-256", mechanism, scram: true });
    }
    if offered.contains("SCRAM-SHA-1") {
        let mechanism = Box::new(Scram::<Sha1>::from_credentials(credentials(&escaped)).map_err(failed)?);
        return Ok(Chosen { name: Name::ScramSha1, word: "SCRAM-SHA-1", mechanism, scram: true });
    }
    let any_scram = offered.iter().any(|name| name.starts_with("SCRAM-"));
    if offered.contains("PLAIN") && !any_scram {
        if !login.allow_plain {
            return Err(Lost::PlainOnly);
        }
        let mechanism = Box::new(Plain::from_credentials(credentials(&name)).map_err(failed)?);
        return Ok(Chosen { name: Name::Plain, word: "PLAIN", mechanism, scram: false });
    }
    Err(Lost::NoMechanism(offered.iter().cloned().collect::<Vec<_>>().join(", ")))
}

/// A name or password as SASL compares it (RFC 4013).
fn prepared(text: &str) -> Result<String, Lost> {
    let prepared = stringprep::saslprep(text);
    prepared
        .map(Into::into)
        .map_err(|_| Lost::NoMechanism("the password has characters nobody may sign in with".into()))
}

async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut XmppStream<Guard<S>>,
    chosen: Chosen,
    watch: &Watch,
) -> Result<(), Lost> {
    let Chosen { name, mut mechanism, scram, .. } = chosen;
    let first = mechanism.initial();
    let nonce = nonce_of(&first).map(ToOwned::to_owned);
    say(stream, watch, Nonza::Auth(Auth { mechanism: name, data: first })).await?;
    let (mut challenged, mut proven) = (false, !scram);
    loop {
        match next(stream, watch).await? {
            Nonza::Challenge(challenge) if scram && !challenged => {
                fair(&challenge.data, nonce.as_deref().unwrap_or_default())?;
                let data = mechanism.response(&challenge.data).map_err(|e| Lost::NotProven(e.to_string()))?;
                challenged = true;
                say(stream, watch, Nonza::Response(Response { data })).await?;
            }
            // A server may show its proof before it says that all is well.
            Nonza::Challenge(proof) if scram && !proven => {
                mechanism.success(&proof.data).map_err(|e| Lost::NotProven(e.to_string()))?;
                proven = true;
                say(stream, watch, Nonza::Response(Response { data: vec![] })).await?;
            }
            Nonza::Success(_) if proven => return Ok(()),
            // A server that cannot prove that it knows the password is not the one we mean.
            Nonza::Success(success) => {
                return mechanism.success(&success.data).map_err(|e| Lost::NotProven(e.to_string()));
            }
            Nonza::Failure(failure) => return Err(Lost::Refused(format!("{:?}", failure.defined_condition))),
            _ => return Err(Lost::Garbled("an answer to nothing that was asked".to_owned())),
        }
    }
}

/// The number with which a message of SCRAM begins or goes on.
fn nonce_of(message: &[u8]) -> Option<&str> {
    part(message, "r=")
}

fn part<'a>(message: &'a [u8], name: &str) -> Option<&'a str> {
    std::str::from_utf8(message).ok()?.split(',').find_map(|part| part.strip_prefix(name))
}

/// Whether a challenge goes on from our own number and makes guessing costly enough.
fn fair(challenge: &[u8], nonce: &str) -> Result<(), Lost> {
    let goes_on = nonce_of(challenge).is_some_and(|theirs| theirs.len() > nonce.len() && theirs.starts_with(nonce));
    if nonce.is_empty() || !goes_on {
        return Err(Lost::NotProven("its challenge is not an answer to ours".to_owned()));
    }
    let rounds: u32 = part(challenge, "i=").and_then(|rounds| rounds.parse().ok()).unwrap_or(0);
    if rounds < FEWEST_ROUNDS {
        return Err(Lost::NotProven(format!("it wants only {rounds} rounds of hashing")));
    }
    Ok(())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut XmppStream<Guard<S>>,
    watch: &Watch,
    nonza: Nonza,
) -> Result<(), Lost> {
    stream.send(&XmppStreamElement::Sasl(nonza)).await.map_err(|e| broken(watch, &e))
}

async fn next<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut XmppStream<Guard<S>>,
    watch: &Watch,
) -> Result<Nonza, Lost> {
    loop {
        let heard = stream.next().await.map(|element| element.and_then(|element| element.into_read_error()));
        // What the server said is told before what the library made of it.
        match (heard, watch.lost()) {
            (_, Some(lost)) => return Err(lost),
            (Some(Ok(XmppStreamElement::Sasl(nonza))), _) => return Ok(nonza),
            (Some(Err(ReadError::SoftTimeout)), _) => {}
            (Some(Ok(_)), _) => return Err(Lost::Garbled("not signed in and spoken to".to_owned())),
            (Some(Err(e)), _) => return Err(broken(watch, &e)),
            (None, _) => return Err(Lost::Garbled("the stream has ended".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(offered: &[&str], allow_plain: bool) -> Result<&'static str, Lost> {
        let offered = offered.iter().map(|name| (*name).to_owned()).collect();
        let login = Login { domain: "chat.example", name: "desk", password: "secret", allow_plain };
        choose(&offered, &login).map(|chosen| chosen.word)
    }

    #[test]
    fn the_strongest_way_is_taken_and_the_clear_one_only_by_setting() {
        assert_eq!(chosen(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"], true), Ok("SCRAM-SHA-256"));
        assert_eq!(chosen(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"], true), Ok("SCRAM-SHA-1"));
        assert_eq!(chosen(&["PLAIN"], true), Ok("PLAIN"));
        assert_eq!(chosen(&["PLAIN"], false), Err(Lost::PlainOnly));
        assert_eq!(chosen(&["PLAIN", "SCRAM-SHA-512"], true).map_err(|lost| lost.cause()), Err("no_mechanism".into()));
        assert_eq!(chosen(&["ANONYMOUS", "DIGEST-MD5"], true).map_err(|lost| lost.cause()), Err("no_mechanism".into()));
    }

    #[test]
    fn a_name_is_written_so_that_it_stays_one_name() {
        let offered = ["SCRAM-SHA-1".to_owned()].into();
        let login = Login { domain: "chat.example", name: "a=b,c", password: "x", allow_plain: false };
        let mut chosen = choose(&offered, &login).unwrap();
        let first = String::from_utf8(chosen.mechanism.initial()).unwrap();
        assert!(first.starts_with("n,,n=a=3Db=2Cc,r="), "{first}");
    }

    #[test]
    fn a_challenge_that_is_no_answer_or_makes_guessing_cheap_is_refused() {
        assert_eq!(fair(b"r=abcXYZ,s=QSXC,i=4096", "abc"), Ok(()));
        for weak in ["r=abcXYZ,s=QSXC,i=4095", "r=abc,s=QSXC,i=4096", "r=xyzabc,s=QSXC,i=9999", "r=abcX,s=Q", ""] {
            assert!(matches!(fair(weak.as_bytes(), "abc"), Err(Lost::NotProven(_))), "{weak}");
        }
    }
}
