//! Whom we trust: the system's roots, certificates given to us, and fingerprints pinned by a person for one host.
//!
//! Deliberately not here: a way to trust everybody. There is none.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use data_encoding::HEXLOWER;
use pult_domain::Instant;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use super::{http::SetupError, obstacle::Obstacle};

/// The longest wait for a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// A certificate a person has looked at and accepted for one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// SHA-256 of the certificate, 64 hexadecimal digits; colons and letter case do not matter.
    pub sha256: String,
    /// The person has also accepted that it is out of date.
    #[serde(default)]
    pub expired: bool,
    /// The person has also accepted that it names another host.
    #[serde(default)]
    pub other_name: bool,
}

impl Pin {
    /// The fingerprint as [`Shown`] has it.
    fn plain(&self) -> String {
        self.sha256.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect()
    }
}

/// A certificate as shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Whose it says it is.
    pub subject: String,
    /// Who vouches.
    pub issuer: String,
    /// The names it is for.
    pub names: Vec<String>,
    /// From when.
    pub not_before: Option<Instant>,
    /// Until when.
    pub not_after: Option<Instant>,
    /// It was valid at that moment.
    pub valid: bool,
    /// It is for the host that showed it.
    pub named: bool,
    /// SHA-256 of those a person has accepted for this host, hexadecimal.
    pub accepted: Vec<String>,
    /// What is wrong with it; absent when it is trusted.
    pub problem: Option<Problem>,
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr)]
#[strum(serialize_all = "snake_case")]
pub enum Problem {
    /// Nobody we trust vouches for it, and no person has.
    Untrusted,
    /// A person has accepted another one for this host.
    Changed,
    /// It is out of date, or not valid yet.
    Expired,
    /// It is for another host.
    OtherName,
}

/// How one host is recognised. Remembers the certificate it saw last.
#[derive(Debug, Clone)]
pub struct Trust {
    inner: Arc<Recogniser>,
}

#[derive(Debug)]
struct Recogniser {
    chains: Verifier,
    given: Vec<CertificateDer<'static>>,
    pins: Vec<Pin>,
    seen: Mutex<Option<Shown>>,
}

impl Trust {
    /// Trusts the system's roots, the certificates of a PEM file and the pinned ones.
    ///
    /// # Errors
    /// When the process or the certificates are not ready for it.
    pub fn new(pem: Option<&[u8]>, pins: Vec<Pin>) -> Result<Self, SetupError> {
        let provider = CryptoProvider::get_default().ok_or(SetupError::NoProvider)?;
        let given: Result<Vec<_>, _> = pem.map(CertificateDer::pem_slice_iter).into_iter().flatten().collect();
        let given = given.map_err(|e| SetupError::Ca(e.to_string()))?;
        if pem.is_some() && given.is_empty() {
            return Err(SetupError::Ca("no certificate in it".to_owned()));
        }
        let chains = Verifier::new_with_extra_roots(given.iter().cloned(), Arc::clone(provider));
        let chains = chains.map_err(|e| SetupError::Ca(e.to_string()))?;
        Ok(Self { inner: Arc::new(Recogniser { chains, given, pins, seen: Mutex::default() }) })
    }

    /// Terms of a connection that speaks one of `protocols` (ALPN).
    ///
    /// # Errors
    /// When the process has no cryptography.
    pub fn client(&self, protocols: &[&[u8]]) -> Result<ClientConfig, SetupError> {
        let provider = CryptoProvider::get_default().ok_or(SetupError::NoProvider)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
            .with_safe_default_protocol_versions()
            .map_err(|e| SetupError::Client(e.to_string()))?;
        let verifier = Arc::clone(&self.inner) as Arc<dyn ServerCertVerifier>;
        let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(config)
    }

    /// The certificate the host showed last.
    #[must_use]
    pub fn seen(&self) -> Option<Shown> {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Recogniser {
    /// The certificate with what can be said of it here and now.
    fn show(&self, der: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Shown {
        let shown = show(der);
        let now = i64::try_from(now.as_secs()).ok().and_then(|now| Instant::from_second(now).ok());
        let valid = match (shown.not_before, shown.not_after, now) {
            (Some(from), Some(until), Some(now)) => (from..=until).contains(&now),
            _ => false,
        };
        let named = ParsedCertificate::try_from(der).and_then(|parsed| verify_server_name(&parsed, name)).is_ok();
        Shown { valid, named, accepted: self.pins.iter().map(Pin::plain).collect(), ..shown }
    }

    /// Whether a person, or the file given to us, vouches for exactly this certificate.
    fn vouched(&self, shown: &Shown, der: &CertificateDer<'_>) -> Result<(), Problem> {
        let pin = self.pins.iter().find(|pin| pin.plain() == shown.sha256);
        if pin.is_none() && !self.given.iter().any(|given| given.as_ref() == der.as_ref()) {
            return Err(if self.pins.is_empty() { Problem::Untrusted } else { Problem::Changed });
        }
        if !shown.valid && !pin.is_some_and(|pin| pin.expired) {
            return Err(Problem::Expired);
        }
        if !shown.named && !pin.is_some_and(|pin| pin.other_name) {
            return Err(Problem::OtherName);
        }
        Ok(())
    }
}

impl ServerCertVerifier for Recogniser {
    fn verify_server_cert(
        &self,
        der: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut shown = self.show(der, name, now);
        let verdict = self.chains.verify_server_cert(der, intermediates, name, ocsp, now).or_else(|error| {
            self.vouched(&shown, der).map(|()| ServerCertVerified::assertion()).map_err(|problem| {
                // A chain that is right but for one thing is told by that thing.
                shown.problem = Some(match &error {
                    _ if problem != Problem::Untrusted => problem,
                    Error::InvalidCertificate(CertificateError::NotValidForName) => Problem::OtherName,
                    Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) => Problem::OtherName,
                    Error::InvalidCertificate(CertificateError::Expired | CertificateError::NotValidYet) => {
                        Problem::Expired
                    }
                    Error::InvalidCertificate(CertificateError::ExpiredContext { .. }) => Problem::Expired,
                    _ => problem,
                });
                error
            })
        });
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Connects within TLS to a host and port, speaking one protocol where one is named (ALPN).
///
/// # Errors
/// What stands in the way, and in words.
pub async fn connect(
    host: &str,
    port: u16,
    trust: &Trust,
    protocol: Option<&[u8]>,
) -> Result<TlsStream<TcpStream>, (Obstacle, String)> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let connecting = async {
        let stream = TcpStream::connect((bare, port)).await.map_err(told)?;
        stream.set_nodelay(true).map_err(told)?;
        over(stream, bare, trust, protocol).await
    };
    let connected = tokio::time::timeout(CONNECT, connecting).await;
    connected.unwrap_or_else(|_| Err((Obstacle::Timeout, "no connection in time".to_owned())))
}

/// Begins TLS within a connection there is, with whoever calls himself `name`. How long it may take is the caller's.
///
/// # Errors
/// What stands in the way, and in words.
pub async fn over(
    stream: TcpStream,
    name: &str,
    trust: &Trust,
    protocol: Option<&[u8]>,
) -> Result<TlsStream<TcpStream>, (Obstacle, String)> {
    let protocols: Vec<&[u8]> = protocol.into_iter().collect();
    let config = trust.client(&protocols).map_err(|e| (Obstacle::Tls, e.to_string()))?;
    let name = ServerName::try_from(name.to_owned()).map_err(|e| (Obstacle::Dns, e.to_string()))?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(told)
}

fn told(error: std::io::Error) -> (Obstacle, String) {
    (Obstacle::of(&error), error.to_string())
}

fn show(der: &CertificateDer<'_>) -> Shown {
    let sha256 = HEXLOWER.encode(&Sha256::digest(der.as_ref()));
    let bare = Shown {
        sha256,
        subject: String::new(),
        issuer: String::new(),
        names: vec![],
        not_before: None,
        not_after: None,
        valid: false,
        named: false,
        accepted: vec![],
        problem: None,
    };
    let Ok((_, parsed)) = X509Certificate::from_der(der.as_ref()) else { return bare };
    let names = parsed.extensions().iter().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
        _ => None,
    });
    let instant = |time: x509_parser::time::ASN1Time| Instant::from_second(time.timestamp()).ok();
    Shown {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        names: names.flatten().filter_map(name_of).collect(),
        not_before: instant(parsed.validity().not_before),
        not_after: instant(parsed.validity().not_after),
        ..bare
    }
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match *bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
