//! Carries a session over a TLS connection that speaks XMPP from its first byte on.

use std::sync::Arc;

use roxmltree::Document;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, split},
    sync::{mpsc, watch},
};
use tokio_util::sync::CancellationToken;

use super::{
    Carrier, Hub, Inbound, Out, Session,
    reader::{self, Piece},
};
use crate::finesse::node::{Condition, Xmpp};

/// Serves one client to its end, or until `cut`.
pub async fn serve(
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    hub: Arc<Hub>,
    mut condition: watch::Receiver<Condition>,
    cut: CancellationToken,
) {
    let (mut session, mut outbound) = hub.connect(Carrier::Tcp);
    let (from, mut to) = split(stream);
    let (sender, mut pieces) = mpsc::channel(16);
    // Reading an element is not something that can be broken off and taken up again.
    let reading = tokio::spawn(cut.clone().run_until_cancelled_owned(reader::read(from, sender)));
    let carried = async {
        loop {
            if condition.wait_for(|condition| condition.xmpp != Xmpp::Hang).await.is_err() {
                return;
            }
            tokio::select! {
                // In this order: a client that has said its last word still hears the farewell.
                biased;
                changed = condition.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                out = outbound.recv() => match out {
                    Some(Out::Text(text)) => {
                        if to.write_all(text.as_bytes()).await.is_err() || to.flush().await.is_err() {
                            return;
                        }
                    }
                    Some(Out::End | Out::Refuse(..)) | None => {
                        // Whoever has hung up already needs no farewell.
                        let _ = to.shutdown().await;
                        return;
                    }
                },
                piece = pieces.recv() => match piece {
                    Some(piece) => take(&mut session, &piece),
                    None => return,
                },
            }
        }
    };
    cut.run_until_cancelled(carried).await;
    session.gone();
    reading.abort();
}

fn take(session: &mut Session, piece: &Piece) {
    match piece {
        Piece::Open { to, .. } => session.receive(Inbound::Open(to.as_deref()), "<stream:stream>"),
        Piece::Close => session.receive(Inbound::Close, "</stream:stream>"),
        Piece::Broken => session.fail("not-well-formed"),
        Piece::Element(text) => {
            let wrapped = Piece::wrapped(text);
            match Document::parse(&wrapped) {
                Ok(document) => match document.root_element().first_element_child() {
                    Some(element) => session.receive(Inbound::Element(element), text),
                    None => session.fail("not-well-formed"),
                },
                Err(_) => session.fail("not-well-formed"),
            }
        }
    }
}
