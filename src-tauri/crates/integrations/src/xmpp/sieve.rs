//! Lets a server's words through to the library, but for stanzas over the bounds: one of those would end the library's stream, and the
//! server would bring it again and again, so that one message could keep a session away for good. It is replaced by an empty message, which
//! keeps the count of stanzas right (XEP-0198).
//!
//! Deliberately not here: the connection ([`super::guard`]).

use minidom::rxml::{AttrMap, Event, Options, Parse, Parser, QName, WithOptions, error::EndOrError};

/// The largest stanza, bytes (contracts/xmpp 6).
const LARGEST: usize = 512 * 1024;
/// The most of one stanza that is read at all, bytes.
const MOST: usize = 8 * 1024 * 1024;
/// The deepest nesting within a stanza (contracts/xmpp 6).
const DEEPEST: usize = 100;
/// The longest name or attribute, bytes: the library's own reader ends the stream over one of 8 KiB.
const LONGEST: usize = 4096;
/// What stands in the place of a stanza over the bounds.
const NOTHING: &[u8] = b"<message xmlns='jabber:client'/>";
/// The most that is remembered of a stanza's parts.
const PARTS: usize = 16;

/// The namespace of stanzas.
const CLIENT: &str = "jabber:client";

/// A stanza in short: enough to tell why a server ends a stream.
#[derive(Debug, Default)]
pub(super) struct Brief {
    pub(super) ns: String,
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// Its first parts: how deep, namespace, name, text.
    pub(super) parts: Vec<(usize, String, String, String)>,
}

impl Brief {
    pub(super) fn is(&self, name: &str, ns: &str) -> bool {
        self.name == name && self.ns == ns
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The first part so deep in a namespace that is not a mere text: its name and text.
    pub(super) fn condition(&self, depth: usize, ns: &str) -> Option<(&str, &str)> {
        let mut parts = self.parts.iter().filter(|part| part.0 == depth && part.1 == ns && part.2 != "text");
        parts.next().map(|(_, _, name, text)| (name.as_str(), text.as_str()))
    }
}

/// Takes a stream apart and puts it together again.
pub(super) struct Sieve {
    parser: Parser,
    /// Elements open, the stream's own included.
    depth: usize,
    /// What was read and not let through yet.
    raw: Vec<u8>,
    /// Bytes of the stanza being read.
    size: usize,
    /// The stanza being read is over the bounds.
    over: bool,
    brief: Brief,
}

impl Default for Sieve {
    fn default() -> Self {
        // Longer than anything let through, so that the reader does not give up over it.
        let options = Options { max_token_length: LARGEST, ..Options::default() };
        let parser = Parser::with_options(options);
        Self { parser, depth: 0, raw: vec![], size: 0, over: false, brief: Brief::default() }
    }
}

impl Sieve {
    /// Reads on; what may go to the library is appended to `through`, each whole stanza is shown.
    ///
    /// # Errors
    /// What is wrong with the stream, in words; nothing can be read after that.
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        through: &mut Vec<u8>,
        mut show: impl FnMut(&Brief),
    ) -> Result<(), String> {
        loop {
            let before = bytes;
            let event = self.parser.parse(&mut bytes, false);
            let read = &before[..before.len() - bytes.len()];
            self.size += read.len();
            if !self.over {
                self.raw.extend_from_slice(read);
            }
            if self.size > LARGEST {
                self.exceed();
            }
            if self.size > MOST {
                return Err("a stanza over all bounds".to_owned());
            }
            match event {
                Ok(Some(event)) => self.follow(event, through, &mut show)?,
                Ok(None) => return Ok(()),
                Err(EndOrError::NeedMoreData) => return Ok(()),
                Err(EndOrError::Error(error)) => return Err(error.to_string()),
            }
        }
    }

    fn follow(&mut self, event: Event, through: &mut Vec<u8>, show: &mut impl FnMut(&Brief)) -> Result<(), String> {
        match event {
            Event::XmlDeclaration(..) => {}
            Event::StartElement(_, name, attributes) => {
                self.depth += 1;
                match self.depth {
                    1 => self.let_through(through),
                    _ => self.enter(&name, &attributes),
                }
            }
            Event::Text(_, text) => match self.depth {
                // White space between stanzas keeps the line open and says nothing.
                0 | 1 if !self.raw.contains(&b'<') => (self.size, self.raw) = (0, vec![]),
                0 | 1 => {}
                _ => {
                    if let Some((_, _, _, own)) = self.brief.parts.last_mut().filter(|part| part.3.len() < LONGEST) {
                        own.push_str(&text);
                    }
                }
            },
            Event::EndElement(_) => {
                self.depth = self.depth.saturating_sub(1);
                match self.depth {
                    0 => self.let_through(through),
                    1 => self.leave(through, show)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, (ns, name): &QName, attributes: &AttrMap) {
        let mut long = name.as_str().len() > LONGEST || ns.as_str().len() > LONGEST;
        for ((_, own), value) in attributes {
            long |= own.as_str().len() > LONGEST || value.len() > LONGEST;
        }
        if self.depth == 2 {
            let short = attributes.iter().filter(|(_, value)| value.len() <= LONGEST);
            let attributes = short.map(|((_, own), value)| (own.as_str().to_owned(), value.clone())).collect();
            self.brief = Brief { ns: ns.to_string(), name: name.as_str().to_owned(), attributes, parts: vec![] };
        } else if self.brief.parts.len() < PARTS {
            self.brief.parts.push((self.depth - 2, ns.to_string(), name.as_str().to_owned(), String::new()));
        }
        if long || self.depth > DEEPEST + 1 {
            self.exceed();
        }
    }

    fn exceed(&mut self) {
        self.over = true;
        self.raw = vec![];
    }

    fn leave(&mut self, through: &mut Vec<u8>, show: &mut impl FnMut(&Brief)) -> Result<(), String> {
        if !self.over {
            show(&self.brief);
            self.let_through(through);
            return Ok(());
        }
        let stanza = self.brief.ns == CLIENT && ["message", "presence", "iq"].contains(&self.brief.name.as_str());
        if !stanza {
            return Err("over the bounds, and no stanza".to_owned());
        }
        tracing::warn!(name = self.brief.name, bytes = self.size, "a stanza over the bounds is left out");
        through.extend_from_slice(NOTHING);
        (self.over, self.size) = (false, 0);
        Ok(())
    }

    fn let_through(&mut self, through: &mut Vec<u8>) {
        through.append(&mut self.raw);
        (self.over, self.size) = (false, 0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPENED: &str =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

    fn sifted(text: &str, piece: usize) -> Result<String, String> {
        let (mut sieve, mut through) = (Sieve::default(), vec![]);
        for piece in text.as_bytes().chunks(piece) {
            sieve.take(piece, &mut through, |_| {})?;
        }
        Ok(String::from_utf8(through).unwrap())
    }

    #[test]
    fn what_is_within_the_bounds_goes_through_byte_for_byte_wherever_it_is_cut() {
        let said = "<message to='a&amp;b'><body>x &lt; 😀</body></message><a xmlns='urn:xmpp:sm:3' h='1'/><presence/>\
                    <iq id='1'><stream:x/></iq></stream:stream>";
        let text = format!("{OPENED}{said}");
        for piece in [1, 2, 3, 7, 64, 4096] {
            assert_eq!(sifted(&text, piece).as_deref(), Ok(text.as_str()), "{piece}");
        }
        let spaced = format!("{OPENED} \n <presence/>  \n");
        assert!(sifted(&spaced, 5).unwrap().ends_with("<presence/>"));
    }

    #[test]
    fn a_stanza_over_the_bounds_is_replaced_and_the_next_one_comes() {
        let next = "<message id='next'><body>здесь</body></message>";
        let large = format!("<message><body>{}</body></message>", "x".repeat(LARGEST));
        let deep = format!("<presence>{}{}</presence>", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        let attribute = format!("<message id='{}'/>", "i".repeat(9_000));
        let within = format!("<iq id='q'><q x='{}'/></iq>", "i".repeat(200_000));
        let name = format!("<message><{0}/></message>", "n".repeat(9_000));
        for over in [large, deep, attribute, within, name] {
            for piece in [1_000, 65_536] {
                let through = sifted(&format!("{OPENED}{over}{next}"), piece).unwrap();
                assert_eq!(through, format!("{OPENED}<message xmlns='jabber:client'/>{next}"), "{}", &over[..30]);
            }
        }
        let bearable = format!("<message><body>{}</body></message>", "x".repeat(400_000));
        assert!(sifted(&format!("{OPENED}{bearable}"), 8_192).unwrap().ends_with(&bearable));
    }

    #[test]
    fn what_is_no_stream_ends_it() {
        let endless = format!("<message><body>{}", "x".repeat(MOST + 1));
        let error = format!("<stream:error id='{}'/>", "x".repeat(5_000));
        for wrong in [
            "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///x'>]>",
            "<message>&e;</message>",
            "<a></b>",
            "<x:a/>",
            "<?pi?>",
            &endless,
            &error,
        ] {
            assert!(sifted(&format!("{OPENED}{wrong}"), 65_536).is_err(), "{}", &wrong[..20.min(wrong.len())]);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "[<>/a-c='& ]{0,200}") {
            let (mut sieve, mut through) = (Sieve::default(), vec![]);
            let _ = sieve.take(OPENED.as_bytes(), &mut through, |_| {});
            let _ = sieve.take(text.as_bytes(), &mut through, |_| {}).and_then(|()| sieve.take(&bytes, &mut through, |_| {}));
        }
    }
}
