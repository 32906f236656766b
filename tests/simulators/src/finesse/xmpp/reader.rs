//! Cuts a stream of RFC 6120 into its pieces, whichever side sent it. Meaning is left to whoever takes the pieces.

use quick_xml::{
    Reader, Writer,
    events::{BytesStart, Event},
};
use tokio::{
    io::{AsyncRead, BufReader},
    sync::mpsc,
};

/// Largest element taken, bytes.
const LARGEST: usize = 1 << 20;

/// A piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The header, with the domain it is for or from.
    Open {
        /// `to`.
        to: Option<String>,
        /// `from`.
        from: Option<String>,
    },
    /// A complete element, as it was written.
    Element(String),
    /// The end tag of the stream.
    Close,
    /// What came is not XML, or too large.
    Broken,
}

impl Piece {
    /// An element in a document of its own, with the namespaces that the stream's header declared.
    pub fn wrapped(element: &str) -> String {
        format!(
            "<stream:stream xmlns=\"jabber:client\" xmlns:stream=\"http://etherx.jabber.org/streams\">{element}\
             </stream:stream>"
        )
    }
}

/// Reads pieces until the stream ends or nobody takes them.
pub async fn read(from: impl AsyncRead + Unpin, pieces: mpsc::Sender<Piece>) {
    let mut reader = Reader::from_reader(BufReader::new(from));
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    let mut element = Writer::new(Vec::new());
    loop {
        buffer.clear();
        let event = match reader.read_event_into_async(&mut buffer).await {
            Ok(Event::Eof) => return,
            Ok(event) => event,
            Err(_) => Event::Eof,
        };
        let piece = match &event {
            Event::Eof | Event::DocType(_) | Event::PI(_) => Some(Piece::Broken),
            // A header may come again, inside the stream that it renews.
            Event::Start(start) if depth <= 1 && start.name().as_ref() == "stream:stream" => {
                depth = 1;
                Some(Piece::Open { to: attribute(start, "to"), from: attribute(start, "from") })
            }
            Event::Start(_) | Event::Empty(_) if depth == 0 => Some(Piece::Broken),
            Event::Start(_) => {
                depth += 1;
                keep(&mut element, &event)
            }
            Event::Empty(_) if depth == 1 => keep(&mut element, &event).or_else(|| Some(taken(&mut element))),
            Event::End(_) if depth == 1 => Some(Piece::Close),
            Event::End(_) => {
                depth -= 1;
                let broken = keep(&mut element, &event);
                if depth == 1 { broken.or_else(|| Some(taken(&mut element))) } else { broken }
            }
            _ if depth > 1 => keep(&mut element, &event),
            // The declaration, and white space that keeps the connection alive.
            _ => None,
        };
        let Some(piece) = piece else { continue };
        let last = matches!(piece, Piece::Close | Piece::Broken);
        if pieces.send(piece).await.is_err() || last {
            return;
        }
    }
}

fn keep(element: &mut Writer<Vec<u8>>, event: &Event<'_>) -> Option<Piece> {
    let written = element.write_event(event.borrow());
    (written.is_err() || element.get_ref().len() > LARGEST).then_some(Piece::Broken)
}

fn taken(element: &mut Writer<Vec<u8>>) -> Piece {
    String::from_utf8(std::mem::take(element.get_mut())).map_or(Piece::Broken, Piece::Element)
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    Some(start.try_get_attribute(name).ok()??.value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pieces(text: &str) -> Vec<Piece> {
        let (sender, mut receiver) = mpsc::channel(100);
        read(text.as_bytes(), sender).await;
        let mut all = Vec::new();
        while let Some(piece) = receiver.recv().await {
            all.push(piece);
        }
        all
    }

    #[tokio::test]
    async fn a_stream_is_cut_into_elements() {
        let open = Piece::Open { to: Some("fin-a".to_owned()), from: None };
        let element = |text: &str| Piece::Element(text.to_owned());
        assert_eq!(
            pieces("<?xml version='1.0'?><stream:stream to='fin-a'> <a/>\n<b x='1'>&lt;c <c/></b><stream:stream to='fin-a'></stream:stream>")
                .await,
            [open.clone(), element("<a/>"), element("<b x='1'>&lt;c <c/></b>"), open, Piece::Close]
        );
    }

    #[tokio::test]
    async fn what_is_not_xml_ends_it() {
        assert_eq!(pieces("<stream:stream><a></b>").await.last(), Some(&Piece::Broken));
        assert_eq!(pieces("<iq/>").await, [Piece::Broken]);
        assert_eq!(pieces("<iq></iq>").await, [Piece::Broken]);
    }
}
