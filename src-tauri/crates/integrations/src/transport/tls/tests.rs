use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::transport::http::tests::provider;

/// A certificate and its key, PEM.
pub(crate) struct Own {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Somebody who vouches for certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name`, valid until that year.
    pub(crate) fn issue(&self, name: &str, until: i32) -> Own {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, until).signed_by(&key, &self.0).unwrap();
        Own { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

fn params(name: &str, until: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

fn self_signed(name: &str, until: i32) -> Own {
    let key = KeyPair::generate().unwrap();
    Own { certificate: params(name, until).self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

/// The server's side of TLS with that certificate.
fn acceptor(own: &Own) -> TlsAcceptor {
    provider();
    let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A port that shows the certificate and hands everything on to another one of this machine.
pub(crate) async fn front(own: &Own, to: u16) -> u16 {
    let acceptor = acceptor(own);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut back = TcpStream::connect(("127.0.0.1", to)).await?;
                let mut stream = acceptor.accept(stream).await?;
                tokio::io::copy_bidirectional(&mut stream, &mut back).await
            });
        }
    });
    port
}

/// A port that shows the certificate and waits for nothing else.
async fn show_at(own: &Own) -> u16 {
    let acceptor = acceptor(own);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = acceptor.accept(stream).await;
        }
    });
    port
}

/// Whether a connection comes about, and what is said of the certificate.
async fn met(own: &Own, pem: Option<&str>, pins: Vec<Pin>) -> (bool, Shown) {
    let port = show_at(own).await;
    let trust = Trust::new(pem.map(str::as_bytes), pins).unwrap();
    let outcome = connect("localhost", port, &trust, None).await;
    if let Err((obstacle, _)) = &outcome {
        assert_eq!(*obstacle, Obstacle::Tls);
    }
    (outcome.is_ok(), trust.seen().unwrap())
}

fn pin(sha256: &str) -> Pin {
    Pin { sha256: sha256.to_owned(), expired: false, other_name: false }
}

#[tokio::test]
async fn a_certificate_of_an_authority_given_to_us_is_trusted() {
    let authority = Authority::new();
    let own = authority.issue("localhost", 2200);
    let (met_it, shown) = met(&own, Some(&authority.pem()), vec![]).await;
    assert!(met_it);
    assert_eq!((shown.problem, shown.names), (None, vec!["localhost".to_owned()]));
    assert_eq!(shown.not_after.unwrap().to_string(), "2200-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_stranger_is_refused_until_a_person_pins_the_fingerprint() {
    let own = self_signed("localhost", 2200);
    let (met_it, shown) = met(&own, None, vec![]).await;
    assert_eq!((met_it, shown.problem), (false, Some(Problem::Untrusted)));
    let pairs: Vec<String> =
        shown.sha256.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two).to_uppercase()).collect();
    for spelling in [shown.sha256.clone(), pairs.join(":")] {
        let (met_it, shown) = met(&own, None, vec![pin(&spelling)]).await;
        assert_eq!((met_it, shown.problem), (true, None), "{spelling}");
    }
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_a_change() {
    let (old, new) = (self_signed("localhost", 2200), self_signed("localhost", 2200));
    let (_, shown) = met(&old, None, vec![]).await;
    let (met_it, shown) = met(&new, None, vec![pin(&shown.sha256)]).await;
    assert_eq!((met_it, shown.problem), (false, Some(Problem::Changed)));
}

#[tokio::test]
async fn a_pin_stands_for_neither_the_date_nor_the_name_unless_a_person_said_so() {
    let expired = self_signed("localhost", 2021);
    let (_, shown) = met(&expired, None, vec![]).await;
    assert_eq!(met(&expired, None, vec![pin(&shown.sha256)]).await.1.problem, Some(Problem::Expired));
    assert!(met(&expired, None, vec![Pin { expired: true, ..pin(&shown.sha256) }]).await.0);

    let other = self_signed("elsewhere.example", 2200);
    let (_, shown) = met(&other, None, vec![]).await;
    assert_eq!(met(&other, None, vec![pin(&shown.sha256)]).await.1.problem, Some(Problem::OtherName));
    assert!(met(&other, None, vec![Pin { other_name: true, ..pin(&shown.sha256) }]).await.0);
}

#[tokio::test]
async fn a_chain_that_is_right_but_for_one_thing_is_told_by_that_thing() {
    let authority = Authority::new();
    let pem = authority.pem();
    let problem = async |own: Own| met(&own, Some(&pem), vec![]).await.1.problem;
    assert_eq!(problem(authority.issue("localhost", 2021)).await, Some(Problem::Expired));
    assert_eq!(problem(authority.issue("elsewhere.example", 2200)).await, Some(Problem::OtherName));
}

#[tokio::test]
async fn a_servers_own_certificate_may_be_given_as_a_file() {
    let own = self_signed("localhost", 2200);
    assert!(met(&own, Some(&own.certificate), vec![]).await.0);
    let expired = self_signed("localhost", 2021);
    assert_eq!(met(&expired, Some(&expired.certificate), vec![]).await.1.problem, Some(Problem::Expired));
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_apart() {
    provider();
    let trust = Trust::new(None, vec![]).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let obstacle = async |host: &str| connect(host, port, &trust, None).await.err().map(|(obstacle, _)| obstacle);
    assert_eq!(obstacle("127.0.0.1").await, Some(Obstacle::Refused));
    assert_eq!(obstacle("no such host").await, Some(Obstacle::Dns));
    assert_eq!(obstacle("nobody.invalid").await, Some(Obstacle::Dns));
}

#[test]
fn a_file_without_certificates_is_refused() {
    provider();
    for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"] {
        assert!(matches!(Trust::new(Some(pem.as_bytes()), vec![]), Err(SetupError::Ca(_))), "{pem}");
    }
}
