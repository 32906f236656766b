//! A TLS handshake with a verified certificate, and what that certificate says, also when it is refused.
//!
//! Deliberately not here: trusting anything that does not verify. The witness below only remembers what it hands on to be judged.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use pult_domain::areas::network::{Certificate, Trouble};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{Answered, Fault, connect};
use crate::{probe::ProbeOrder, transport::http::SetupError};

/// The certificates of a PEM text.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let list = list.map_err(|e| SetupError::Ca(e.to_string()))?;
    match list.is_empty() {
        true => Err(SetupError::Ca("no certificate in it".to_owned())),
        false => Ok(list),
    }
}

/// One handshake, timed from the first packet of the connection.
pub(super) async fn handshake(verifier: &Arc<dyn ServerCertVerifier>, order: &ProbeOrder) -> Result<Answered, Fault> {
    let began = Instant::now();
    let (_, certificate) = open(verifier, &order.host, order.port).await?;
    Ok(Answered { us: super::micros(began), certificate, ..Answered::default() })
}

/// What the certificate at a port says.
pub(super) async fn read_certificate(
    verifier: &Arc<dyn ServerCertVerifier>,
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<Certificate, Fault> {
    let opened = tokio::time::timeout(limit, open(verifier, host, port)).await;
    let (_, certificate) = opened.unwrap_or_else(|_| Err(Fault::timeout(limit)))?;
    certificate.ok_or_else(|| Fault::new(Trouble::Tls, "the certificate cannot be read"))
}

/// An encrypted connection, and the certificate it was opened with.
pub(super) async fn open(
    verifier: &Arc<dyn ServerCertVerifier>,
    host: &str,
    port: u16,
) -> Result<(TlsStream<TcpStream>, Option<Certificate>), Fault> {
    let name = ServerName::try_from(connect::ascii(host)?)
        .map_err(|_| Fault::new(Trouble::Name, "the host cannot be named in a certificate"))?;
    let stream = connect::open(host, port).await?;
    let witness = Arc::new(Witness { judge: verifier.clone(), seen: Mutex::default() });
    // A fresh configuration resumes no session, so the certificate is shown each time.
    let config =
        ClientConfig::builder().dangerous().with_custom_certificate_verifier(witness.clone()).with_no_client_auth();
    let opened = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let certificate = witness.certificate();
    match opened {
        Ok(stream) => Ok((stream, certificate)),
        Err(error) => Err(Fault { certificate, ..fault(&error) }),
    }
}

fn fault(error: &io::Error) -> Fault {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                Fault::new(Trouble::Tls, "the connection was closed during the handshake")
            }
            _ => Fault::of_io(error),
        };
    };
    use CertificateError as Wrong;
    let trouble = match tls {
        Error::InvalidCertificate(
            Wrong::Expired | Wrong::ExpiredContext { .. } | Wrong::NotValidYet | Wrong::NotValidYetContext { .. },
        ) => Trouble::CertificateExpired,
        Error::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => {
            Trouble::CertificateName
        }
        Error::InvalidCertificate(_) => Trouble::CertificateUntrusted,
        _ => Trouble::Tls,
    };
    Fault::new(trouble, tls.to_string())
}

/// Hands every certificate on to the judge and remembers the last one.
#[derive(Debug)]
struct Witness {
    judge: Arc<dyn ServerCertVerifier>,
    seen: Mutex<Option<Vec<u8>>>,
}

impl Witness {
    fn certificate(&self) -> Option<Certificate> {
        said_by(&self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()?)
    }
}

/// What a certificate says, if it can be read.
fn said_by(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
    let issuer = parsed.issuer();
    let name = issuer.iter_common_name().chain(issuer.iter_organization()).find_map(|n| n.as_str().ok());
    let until = pult_domain::Instant::from_second(parsed.validity().not_after.timestamp()).ok()?;
    Some(Certificate { until, issuer: name.unwrap_or_default().chars().take(128).collect() })
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.as_ref().to_vec());
        self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    proptest! {
        #[test]
        fn no_certificate_makes_it_panic(
            names in proptest::collection::vec("[a-z]{1,10}", 1..3),
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..8),
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let key = KeyPair::generate().unwrap();
            let whole = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
            let (mut der, pem) = (whole.der().to_vec(), whole.pem().into_bytes());
            prop_assert!(said_by(&der).is_some());
            let mut damaged = pem;
            for (place, byte) in changes {
                let (length, in_text) = (der.len(), damaged.len());
                der[place.index(length)] = byte;
                damaged[place.index(in_text)] = byte;
            }
            for der in [der, bytes.clone()] {
                prop_assert!(said_by(&der).is_none_or(|said| said.issuer.chars().count() <= 128));
            }
            for pem in [damaged, bytes] {
                prop_assert!(certificates(&pem).is_ok_and(|list| !list.is_empty()) || certificates(&pem).is_err());
            }
        }
    }
}
