use proptest::prelude::*;

use super::*;

const HEAD: &str =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

fn pieces(bytes: &[u8], chunk: usize) -> Result<Vec<Piece>, Garbled> {
    let mut splitter = Splitter::default();
    let mut found = vec![];
    let mut held = vec![];
    for part in bytes.chunks(chunk) {
        held.extend_from_slice(part);
        let mut rest = held.as_slice();
        while let Some(piece) = splitter.next(&mut rest)? {
            found.push(piece);
        }
        held = rest.to_vec();
    }
    Ok(found)
}

#[test]
fn a_stream_falls_into_its_stanzas_wherever_it_is_cut() {
    let text = format!("{HEAD} <a>x<b/>й</a>\n<stream:features><c xmlns='urn:c'/></stream:features></stream:stream>");
    for chunk in 1..text.len() {
        let found = pieces(text.as_bytes(), chunk).unwrap();
        let [Piece::Opened, Piece::Stanza(a), Piece::Stanza(features), Piece::Closed] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((a.name(), a.ns().as_str(), a.text().as_str()), ("a", "jabber:client", "xй"));
        assert!(features.is("features", "http://etherx.jabber.org/streams"));
    }
}

#[test]
fn a_message_holds_exactly_one_stanza() {
    assert_eq!(read("<a xmlns='urn:a'/>").unwrap().name(), "a");
    assert_eq!(read("<a xmlns='urn:a'/><b xmlns='urn:a'/>"), Err(Garbled::NotOne));
    for text in
        ["", " ", "text", "<a xmlns='urn:a'>", "<a/>", "<!DOCTYPE a><a xmlns='u'/>", "<a xmlns='u'><!-- --></a>"]
    {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn depth_and_size_are_bounded_before_anything_is_built() {
    let nest = |depth: usize| format!("<a xmlns='urn:a'>{}{}</a>", "<b>".repeat(depth), "</b>".repeat(depth));
    assert!(read(&nest(60)).is_ok());
    assert_eq!(read(&nest(65)), Err(Garbled::TooLarge));
    let flood = format!("{HEAD}{}", nest(200_000));
    assert_eq!(pieces(flood.as_bytes(), 4096), Err(Garbled::TooLarge));
    let long = format!("<a xmlns='urn:a'>{}</a>", "x".repeat(MAX_STANZA));
    assert_eq!(read(&long), Err(Garbled::TooLarge));
    assert_eq!(pieces(format!("{HEAD}{long}").as_bytes(), 4096), Err(Garbled::TooLarge));
}

#[test]
fn white_space_between_stanzas_neither_grows_nor_counts() {
    let text = format!("{HEAD}{}<a/>", " ".repeat(3 * MAX_STANZA));
    assert_eq!(pieces(text.as_bytes(), 4096).unwrap().len(), 2);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(<|/|>|a|xmlns|=|'|:|&|;|!|\\?|\\PC){0,60}", chunk in 1_usize..50) {
        let _ = pieces(&bytes, chunk);
        let _ = pieces(format!("{HEAD}{text}").as_bytes(), chunk);
        let _ = read(&text);
    }
}
