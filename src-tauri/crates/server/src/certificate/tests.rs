//! A renewal as its visitors see it: the next handshake, and no restart.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::Router;
use jiff::ToSpan;
use pult_engine::{bus::Listener as Bus, config::Tls};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
use tokio::net::TcpStream;
use tokio_util::task::TaskTracker;

use crate::{cards::harness::Site, listen::Listener, seats::Seats};

struct Pair {
    certificate: String,
    key: String,
    der: CertificateDer<'static>,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["pult.example.com".to_owned()]).unwrap();
    let (certificate, der) = (made.cert.pem(), made.cert.der().clone());
    Pair { certificate, key: made.signing_key.serialize_pem(), der }
}

struct Door {
    site: Site,
    address: SocketAddr,
    files: [PathBuf; 2],
    bus: Bus,
    _folder: tempfile::TempDir,
}

impl Door {
    async fn open(first: &Pair) -> Self {
        let (site, folder) = (Site::start(), tempfile::tempdir().unwrap());
        let files = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        fs::write(&files[0], &first.certificate).unwrap();
        fs::write(&files[1], &first.key).unwrap();
        let tls = Tls { certificate: Some(files[0].clone()), key: Some(files[1].clone()) };
        let engine = site.app.engine.clone();
        let bind = "127.0.0.1:0".parse().unwrap();
        let listener = Listener {
            name: "console",
            engine: &engine,
            bind,
            tls: &tls,
            connections: 8,
            per_source: Seats::new(8),
            proxies: &[],
            only_from: None,
        };
        let address = listener.open(Router::new(), engine.stop_signal(), &TaskTracker::new()).await.unwrap();
        let bus = engine.bus().listen();
        Self { site, address, files, bus, _folder: folder }
    }

    /// The certificate a visitor is shown now, one of these.
    async fn shown(&self, known: &[&Pair]) -> CertificateDer<'static> {
        let mut roots = RootCertStore::empty();
        for pair in known {
            roots.add(pair.der.clone()).unwrap();
        }
        let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = "pult.example.com".try_into().unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }

    /// Lets the next look at the files come, and waits until something else is known of them.
    async fn looked_at(&mut self) {
        let engine = self.site.app.engine.clone();
        let (now, before) = (engine.clock().now(), engine.own_certificates().all());
        self.site.at(&now.checked_add(1.minute()).unwrap().to_string());
        while engine.own_certificates().all() == before {
            self.bus.next().await.unwrap();
        }
    }

    fn is_troubled(&self) -> bool {
        self.site.app.engine.own_certificates().all().iter().any(|one| one.trouble.is_some())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_shown_to_the_next_visitor_and_a_broken_one_to_nobody() {
    let [old, new, other] = [pair(), pair(), pair()];
    let mut door = Door::open(&old).await;
    let known = [&old, &new, &other];
    assert_eq!(door.shown(&known).await, old.der);
    fs::write(&door.files[0], &new.certificate).unwrap();
    fs::write(&door.files[1], &new.key).unwrap();
    door.looked_at().await;
    assert_eq!((door.shown(&known).await, door.is_troubled()), (new.der.clone(), false));
    fs::write(&door.files[0], "-----BEGIN CERTIFICATE-----\nno certificate").unwrap();
    door.looked_at().await;
    assert_eq!(door.shown(&known).await, new.der);
    assert!(door.is_troubled());
    // A certificate whose key is not there yet is no pair; when the key has come, it is.
    fs::write(&door.files[0], &other.certificate).unwrap();
    door.looked_at().await;
    assert_eq!(door.shown(&known).await, new.der);
    assert!(door.is_troubled());
    fs::write(&door.files[1], &other.key).unwrap();
    door.looked_at().await;
    assert_eq!((door.shown(&known).await, door.is_troubled()), (other.der.clone(), false));
}
