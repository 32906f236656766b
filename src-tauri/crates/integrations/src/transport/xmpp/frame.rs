//! Stanzas out of bytes: bounded in size and depth before anything is built of them.
//!
//! Deliberately not here: where the bytes come from, and what a stanza means.

use minidom::{
    Element,
    rxml::{Parse, RawEvent, RawParser, error::EndOrError},
    tree_builder::TreeBuilder,
};

/// The largest stanza, bytes.
pub const MAX_STANZA: usize = 1024 * 1024;
/// The deepest nesting within a stanza.
const MAX_DEPTH: usize = 64;

/// Why bytes are no stanza.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// Not well-formed, a DTD, a comment or another thing a stream may not hold.
    #[error("not a well-formed stanza")]
    Malformed,
    /// Larger or deeper than any stanza is.
    #[error("a stanza over the bounds")]
    TooLarge,
    /// The text goes on after its element, or ends before it does.
    #[error("not exactly one stanza")]
    NotOne,
}

/// The one stanza of a text.
///
/// # Errors
/// When it is not exactly one stanza within the bounds.
pub fn read(text: &str) -> Result<Element, Garbled> {
    if text.len() > MAX_STANZA {
        return Err(Garbled::TooLarge);
    }
    let mut parser = RawParser::new();
    let mut tree = TreeBuilder::new();
    let mut rest = text.as_bytes();
    loop {
        match parser.parse(&mut rest, true) {
            Ok(Some(event)) => grow(&mut tree, event)?,
            Ok(None) => return tree.root.take().ok_or(Garbled::NotOne),
            Err(_) if tree.root.is_some() => return Err(Garbled::NotOne),
            Err(_) => return Err(Garbled::Malformed),
        }
    }
}

/// What a byte stream has come to.
#[derive(Debug, PartialEq)]
pub enum Piece {
    /// The stream's own beginning.
    Opened,
    /// A whole stanza.
    Stanza(Element),
    /// The stream's own end.
    Closed,
}

/// Takes a stream apart: one endless element, each child of which is a stanza.
#[derive(Default)]
pub struct Splitter {
    parser: RawParser,
    tree: TreeBuilder,
    /// Elements open, the stream's own included.
    depth: usize,
    /// Bytes of the stanza being read.
    size: usize,
    closed: bool,
}

impl Splitter {
    /// The next piece of `bytes`, which loses what was used; `None` when more are needed.
    ///
    /// # Errors
    /// When they are not a stream within the bounds; nothing can be read after that.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Piece>, Garbled> {
        while !self.closed {
            let before = bytes.len();
            let event = match self.parser.parse(bytes, false) {
                Err(EndOrError::NeedMoreData) => None,
                Err(_) => return Err(Garbled::Malformed),
                Ok(None) => return Ok(Some(self.close())),
                Ok(event) => event,
            };
            self.size += before - bytes.len();
            if self.size > MAX_STANZA {
                return Err(Garbled::TooLarge);
            }
            let Some(event) = event else { return Ok(None) };
            if let Some(piece) = self.take(event)? {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn take(&mut self, event: RawEvent) -> Result<Option<Piece>, Garbled> {
        let (opens, closes) =
            (matches!(event, RawEvent::ElementHeadClose(_)), matches!(event, RawEvent::ElementFoot(_)));
        if closes && self.depth == 1 {
            return Ok(Some(self.close()));
        }
        if self.depth == 1 && matches!(event, RawEvent::Text(..)) {
            // White space between stanzas keeps the line open, and would otherwise pile up in the stream's element.
            self.size = 0;
            return Ok(None);
        }
        grow(&mut self.tree, event)?;
        if opens {
            self.depth += 1;
            if self.depth == 1 {
                self.size = 0;
                return Ok(Some(Piece::Opened));
            }
        }
        if closes {
            self.depth -= 1;
            if self.depth == 1 {
                self.size = 0;
                return Ok(self.tree.unshift_child().map(Piece::Stanza));
            }
        }
        Ok(None)
    }

    fn close(&mut self) -> Piece {
        self.closed = true;
        Piece::Closed
    }
}

/// Adds an event to the tree, which must not become deeper than bearable.
fn grow(tree: &mut TreeBuilder, event: RawEvent) -> Result<(), Garbled> {
    if tree.depth() > MAX_DEPTH {
        return Err(Garbled::TooLarge);
    }
    tree.process_event(event).map_err(|_| Garbled::Malformed)
}

#[cfg(test)]
mod tests;
