//! Asking for a page: connection, handshake where the port wants one, and the head of the answer.
//!
//! Deliberately not here: reading the page, following where it sends us, and a second try.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use pult_domain::areas::network::{Certificate, Trouble};
use rustls::client::danger::ServerCertVerifier;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Answered, Fault, connect, tls};
use crate::probe::ProbeOrder;

/// The port of pages without encryption.
const PLAIN: u16 = 80;
/// The most read of a page, bytes.
const MOST: usize = 64 * 1024;

/// The answer to a request, its body unread.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) us: u32,
    pub(super) certificate: Option<Certificate>,
    body: Incoming,
}

impl Page {
    /// The body, when it is of a bearable size.
    pub(super) async fn body(self) -> Result<Bytes, Fault> {
        let whole = Limited::new(self.body, MOST).collect().await;
        Ok(whole.map_err(|e| Fault::new(Trouble::Strange, e.to_string()))?.to_bytes())
    }
}

/// Whether a page is there: it answers, also by asking who we are, and does not say that it is broken or absent.
pub(super) async fn page(verifier: &Arc<dyn ServerCertVerifier>, order: &ProbeOrder) -> Result<Answered, Fault> {
    let page = get(verifier, order, &order.path).await?;
    let status = page.status;
    let there = status.is_success()
        || status.is_redirection()
        || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let answered =
        Answered { us: page.us, status: Some(status.as_u16()), certificate: page.certificate, detail: String::new() };
    match there {
        true => Ok(answered),
        false => Err(Fault {
            status: answered.status,
            certificate: answered.certificate,
            ..Fault::new(Trouble::Status, format!("HTTP {}", status.as_u16()))
        }),
    }
}

/// The answer of a host to `GET path`, timed up to its head.
pub(super) async fn get(verifier: &Arc<dyn ServerCertVerifier>, order: &ProbeOrder, path: &str) -> Result<Page, Fault> {
    let began = Instant::now();
    if order.port == PLAIN {
        let stream = connect::open(&order.host, order.port).await?;
        return exchange(stream, order, path, began, None).await;
    }
    let (stream, certificate) = tls::open(verifier, &order.host, order.port).await?;
    exchange(stream, order, path, began, certificate).await
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    order: &ProbeOrder,
    path: &str,
    began: Instant,
    certificate: Option<Certificate>,
) -> Result<Page, Fault> {
    let strange = |e: hyper::Error| Fault::new(Trouble::Strange, e.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(strange)?;
    // It ends with the exchange: nobody holds its sender any longer then.
    tokio::spawn(connection);
    let host = connect::ascii(&order.host)?;
    let host = if order.port == PLAIN || order.port == 443 { host } else { format!("{host}:{}", order.port) };
    let request = Request::get(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, concat!("Pult/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|e| Fault::new(Trouble::Strange, e.to_string()))?;
    let answer = sender.send_request(request).await.map_err(strange)?;
    Ok(Page { status: answer.status(), us: super::micros(began), certificate, body: answer.into_body() })
}
