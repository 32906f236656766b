use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, http::StatusCode, routing::get};
use pult_domain::areas::network::Grade;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::transport::http::tests::{provider, serve};

const LIMIT: Duration = Duration::from_secs(5);

fn order(kind: ProbeKind, port: u16) -> ProbeOrder {
    ProbeOrder {
        kind,
        host: "127.0.0.1".to_owned(),
        port,
        path: "/".to_owned(),
        packets: 3,
        limit: LIMIT,
        certificate_port: None,
    }
}

fn probes(ca: Option<&str>) -> Probes {
    provider();
    // A machine without any certificates of its own still has ours.
    Probes::new(Some(ca.unwrap_or(&authority().pem()).as_bytes())).unwrap()
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "Example House CA");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A listener that takes connections and says nothing, and how many it took.
async fn silent() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let taken = count.clone();
    tokio::spawn(async move {
        let mut held = vec![];
        while let Ok((stream, _)) = listener.accept().await {
            taken.fetch_add(1, Ordering::SeqCst);
            held.push(stream);
        }
    });
    (address, count)
}

/// A port nobody listens on: taken and let go.
async fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Says `answer` to whoever connects, once something was heard.
async fn says(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0_u8; 1024]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// A TLS server with a certificate for these names that is good for so many days from a day ago.
async fn secure(ca: &CertifiedIssuer<'static, KeyPair>, names: &[&str], days: i64, router: Router) -> SocketAddr {
    provider();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
    let now = std::time::SystemTime::now();
    let day = Duration::from_secs(86_400);
    params.not_before = (now - day * 30).into();
    params.not_after = match days >= 0 {
        true => (now + day * u32::try_from(days).unwrap()).into(),
        false => (now - day * u32::try_from(-days).unwrap()).into(),
    };
    let certificate = params.signed_by(&key, ca).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, router) = (acceptor.clone(), router.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = hyper_util::service::TowerToHyperService::new(router);
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

fn platform(status: &'static str) -> Router {
    let body = format!("<SystemInfo><deploymentType>UCCX</deploymentType><status>{status}</status></SystemInfo>");
    Router::new().route("/finesse/api/SystemInfo", get(move || async move { body }))
}

#[tokio::test]
async fn a_cycle_opens_as_many_connections_as_it_has_packets() {
    let (address, count) = silent().await;
    let cycle = probes(None).cycle(&order(ProbeKind::Tcp, address.port())).await;
    assert_eq!((cycle.sent, cycle.lost, cycle.trouble, cycle.tcp_instead), (3, 0, None, false));
    assert_eq!(Grade::of(&cycle), Grade::Excellent);
    // A connection counts for the client before its server has taken it.
    while count.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_closed_port_is_refused_and_all_packets_are_lost() {
    let cycle = probes(None).cycle(&order(ProbeKind::Tcp, closed().await)).await;
    assert_eq!((cycle.lost, cycle.rtt, cycle.trouble), (3, None, Some(Trouble::Refused)));
}

#[tokio::test]
async fn a_closed_port_still_shows_that_the_host_is_there() {
    let cycle = tcp::cycle(&order(ProbeKind::Icmp, closed().await), tcp::Refusal::Answers).await;
    assert_eq!((cycle.lost, cycle.trouble), (0, None));
}

#[tokio::test]
async fn an_echo_request_comes_back_or_a_connection_is_opened_and_says_so() {
    let (address, count) = silent().await;
    let cycle = probes(None).cycle(&order(ProbeKind::Icmp, address.port())).await;
    assert_eq!((cycle.sent, cycle.lost, cycle.trouble), (3, 0, None));
    while cycle.tcp_instead && count.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count.load(Ordering::SeqCst), if cycle.tcp_instead { 3 } else { 0 });
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_told_from_a_host_that_is_silent() {
    for kind in [ProbeKind::Tcp, ProbeKind::Icmp, ProbeKind::Dns, ProbeKind::Http] {
        let nowhere = ProbeOrder { host: "nowhere.invalid".to_owned(), ..order(kind, 80) };
        assert_eq!(probes(None).cycle(&nowhere).await.trouble, Some(Trouble::Name), "{kind:?}");
    }
    let here = ProbeOrder { host: "localhost".to_owned(), ..order(ProbeKind::Dns, 53) };
    assert!(probes(None).cycle(&here).await.answered());
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let (address, _) = silent().await;
    for kind in [ProbeKind::Tls, ProbeKind::Xmpp] {
        let short = ProbeOrder { packets: 1, limit: Duration::from_millis(50), ..order(kind, address.port()) };
        assert_eq!(probes(None).cycle(&short).await.trouble, Some(Trouble::Timeout), "{kind:?}");
    }
}

#[tokio::test]
async fn a_handshake_tells_how_long_the_certificate_is_good_and_who_signed_it() {
    let ca = authority();
    let server = secure(&ca, &["127.0.0.1"], 40, Router::new()).await;
    let cycle = probes(Some(&ca.pem())).cycle(&order(ProbeKind::Tls, server.port())).await;
    assert_eq!((cycle.lost, cycle.trouble), (0, None), "{}", cycle.detail);
    let certificate = cycle.certificate.unwrap();
    let days = certificate.until.duration_since(pult_domain::Instant::now()).as_hours() / 24;
    assert!((39..=40).contains(&days), "{days}");
    assert_eq!(certificate.issuer, "Example House CA");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_is_refused_and_its_end_still_told() {
    let (ca, stranger) = (authority(), authority());
    let trusting = probes(Some(&ca.pem()));
    for (server, trouble) in [
        (secure(&ca, &["127.0.0.1"], -2, Router::new()).await, Trouble::CertificateExpired),
        (secure(&ca, &["other.example.com"], 40, Router::new()).await, Trouble::CertificateName),
        (secure(&stranger, &["127.0.0.1"], 40, Router::new()).await, Trouble::CertificateUntrusted),
    ] {
        let cycle = trusting.cycle(&order(ProbeKind::Tls, server.port())).await;
        assert_eq!((cycle.rtt, cycle.trouble), (None, Some(trouble)), "{}", cycle.detail);
        assert!(cycle.certificate.is_some(), "{trouble:?}");
    }
}

#[tokio::test]
async fn the_certificate_is_read_beside_another_way_of_asking() {
    let ca = authority();
    let server = secure(&ca, &["127.0.0.1"], 40, Router::new()).await;
    let asked = ProbeOrder { certificate_port: Some(server.port()), ..order(ProbeKind::Tcp, server.port()) };
    let cycle = probes(Some(&ca.pem())).cycle(&asked).await;
    assert_eq!((cycle.sent, cycle.lost, cycle.trouble), (3, 0, None));
    assert!(cycle.certificate.is_some());
    let stranger = probes(None).cycle(&asked).await;
    assert_eq!((stranger.lost, stranger.trouble), (0, Some(Trouble::CertificateUntrusted)), "the host itself answers");
}

#[tokio::test]
async fn a_page_is_there_also_when_it_asks_who_we_are() {
    let ca = authority();
    let router = Router::new()
        .route("/", get(|| async { "well" }))
        .route("/closed", get(|| async { StatusCode::UNAUTHORIZED }))
        .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/moved", get(|| async { (StatusCode::FOUND, [("location", "/")]) }));
    let port = secure(&ca, &["127.0.0.1"], 40, router).await.port();
    let probes = probes(Some(&ca.pem()));
    for (path, status, there) in [
        ("/", 200, true),
        ("/closed", 401, true),
        ("/moved", 302, true),
        ("/broken", 502, false),
        ("/none", 404, false),
    ] {
        let cycle =
            probes.cycle(&ProbeOrder { path: path.to_owned(), packets: 1, ..order(ProbeKind::Http, port) }).await;
        assert_eq!((cycle.status, cycle.answered()), (Some(status), there), "{path}: {}", cycle.detail);
        assert_eq!(cycle.trouble, (!there).then_some(Trouble::Status), "{path}");
        assert!(cycle.certificate.is_some(), "{path}");
    }
}

#[tokio::test]
async fn a_plain_server_on_an_encrypted_port_is_a_fault_of_the_encryption() {
    let port = serve(Router::new()).await.port().unwrap();
    let cycle = probes(None).cycle(&ProbeOrder { packets: 1, ..order(ProbeKind::Http, port) }).await;
    assert_eq!(cycle.trouble, Some(Trouble::Tls), "{}", cycle.detail);
}

#[tokio::test]
async fn only_the_exact_word_counts_as_in_service() {
    let ca = authority();
    let probes = probes(Some(&ca.pem()));
    for (status, trouble) in [
        ("IN_SERVICE", None),
        ("OUT_OF_SERVICE", Some(Trouble::NotInService)),
        ("in_service", Some(Trouble::NotInService)),
        ("IN_SERVICE_PARTIAL", Some(Trouble::NotInService)),
    ] {
        let port = secure(&ca, &["127.0.0.1"], 40, platform(status)).await.port();
        let cycle = probes.cycle(&ProbeOrder { packets: 1, ..order(ProbeKind::Platform, port) }).await;
        assert_eq!((cycle.trouble, cycle.answered()), (trouble, trouble.is_none()), "{status}");
        assert_eq!(cycle.detail, status);
    }
}

#[tokio::test]
async fn a_stream_that_opens_in_return_is_an_answer_and_a_page_is_not() {
    let ask = async |port| probes(None).cycle(&ProbeOrder { packets: 1, ..order(ProbeKind::Xmpp, port) }).await;
    let opens =
        says("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='1'>").await;
    assert!(ask(opens.port()).await.answered());
    let page = says("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert_eq!(ask(page.port()).await.trouble, Some(Trouble::Strange));
}
