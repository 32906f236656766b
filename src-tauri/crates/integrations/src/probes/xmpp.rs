//! Opening an XMPP stream and closing it again, before anybody has said who they are.
//!
//! Deliberately not here: signing in, and encryption the server would offer next.

use std::time::Instant;

use pult_domain::areas::network::Trouble;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Answered, Fault, connect};
use crate::probe::ProbeOrder;

/// The most read of an answer, bytes.
const MOST: usize = 8 * 1024;

pub(super) async fn open(order: &ProbeOrder) -> Result<Answered, Fault> {
    let began = Instant::now();
    let mut stream = connect::open(&order.host, order.port).await?;
    let host = connect::ascii(&order.host)?;
    let opening = format!(
        "<?xml version='1.0'?><stream:stream to='{host}' version='1.0' xmlns='jabber:client' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    );
    stream.write_all(opening.as_bytes()).await.map_err(|e| Fault::of_io(&e))?;
    let mut heard = Vec::new();
    let mut piece = [0_u8; 1024];
    loop {
        let read = stream.read(&mut piece).await.map_err(|e| Fault::of_io(&e))?;
        heard.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&heard);
        if text.contains("<stream:stream") {
            // Manners only: whether it hears the end of the stream changes nothing.
            let _ = stream.write_all(b"</stream:stream>").await;
            return Ok(Answered { us: super::micros(began), ..Answered::default() });
        }
        if read == 0 || heard.len() > MOST {
            return Err(Fault::new(Trouble::Strange, "no stream was opened in return"));
        }
    }
}
