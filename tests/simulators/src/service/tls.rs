//! A service's own certificates: an authority, a second one that nobody trusts yet, and for each node an identity that
//! can be exchanged while it is in use. Files are written by whoever starts the simulator.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
    server::{ClientHello, NoServerSessionStorage, ResolvesServerCert},
    sign::CertifiedKey,
};
use serde::Deserialize;

/// How long a node's certificate is good for: as long as public authorities give one.
const VALID: Duration = Duration::from_hours(398 * 24);

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Key or certificate cannot be made, or those given cannot be used.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library does not take it.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// It is not PEM.
    #[error("certificate: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
}

/// Whose certificate a node shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signer {
    /// The authority whose certificate was handed out.
    #[default]
    First,
    /// Another one.
    Second,
    /// The certificate itself, as from the factory.
    Own,
}

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate with its key, as files have them.
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

impl Authority {
    /// A new authority of this name.
    ///
    /// # Errors
    /// No key could be made.
    pub fn new(name: &str) -> Result<Self, TlsError> {
        let mut params = params(name, &[])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// An authority that exists already.
    ///
    /// # Errors
    /// It is not a PEM pair of certificate and key.
    pub fn from_pem(pair: &Pair) -> Result<Self, TlsError> {
        let issuer = Issuer::from_ca_cert_pem(&pair.certificate, KeyPair::from_pem(&pair.key)?)?;
        Ok(Self { issuer, pem: pair.certificate.clone() })
    }

    /// Its certificate.
    pub fn pem(&self) -> &str {
        &self.pem
    }
}

/// The authorities of a service.
pub struct Authorities {
    /// The one whose certificate is handed out.
    pub first: Authority,
    /// The one nobody trusts yet.
    pub second: Authority,
}

impl Authorities {
    /// A certificate for these names. `expired` makes one whose time is over.
    ///
    /// # Errors
    /// No key could be made.
    pub fn issue(&self, signer: Signer, names: &[String], expired: bool) -> Result<Pair, TlsError> {
        let name = names.first().map_or("node", String::as_str);
        let mut params = params(name, names)?;
        params.not_after = (SystemTime::now() + VALID).into();
        if expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let key = KeyPair::generate()?;
        let certificate = match signer {
            Signer::First => params.signed_by(&key, &self.first.issuer)?,
            Signer::Second => params.signed_by(&key, &self.second.issuer)?,
            Signer::Own => params.self_signed(&key)?,
        };
        Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

fn params(name: &str, names: &[String]) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

/// What a node shows whoever connects; can be exchanged for later connections.
#[derive(Default)]
pub struct Identity {
    shown: RwLock<Option<Arc<CertifiedKey>>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// Shows this pair from here on.
    ///
    /// # Errors
    /// It is not a PEM pair the TLS library takes.
    pub fn show(&self, pair: &Pair) -> Result<(), TlsError> {
        let certificate = CertificateDer::from_pem_slice(pair.certificate.as_bytes())?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(pair.key.as_bytes())?;
        let key = CertifiedKey::from_der(vec![certificate], PrivateKeyDer::Pkcs8(key), &ring::default_provider())?;
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key));
        Ok(())
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How TLS is spoken with this identity, offering these protocols.
///
/// # Errors
/// The TLS library does not take it.
pub fn config(identity: Arc<Identity>, protocols: &[&str]) -> Result<Arc<ServerConfig>, TlsError> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config = builder
        .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(identity);
    // A session that is taken up again shows no certificate: one that was exchanged would not be noticed.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}
