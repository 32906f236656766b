//! What a page of old posts: fields of a form, and files beside them (RFC 7578).
//!
//! Deliberately not here: what the fields mean (`acts`), and how much may be posted at all (the router's).

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};

/// The most parts of a form; what comes behind them is not read.
const MOST_PARTS: usize = 64;

/// A file of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    /// Its name without a path: some browsers send the whole one.
    pub(super) name: String,
    /// What it says it is.
    pub(super) content_type: String,
    /// Its bytes, at least one.
    pub(super) bytes: Bytes,
}

/// A form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    fields: BTreeMap<String, String>,
    /// Files in their order; a place where none was chosen is no file.
    pub(super) files: Vec<Sent>,
}

impl Form {
    /// A field that says something, trimmed.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    fn put(&mut self, name: String, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.fields.insert(name, value.to_owned());
        }
    }
}

/// Reads a form of either kind; `None` for one with parts that has no boundary, or does not keep to it.
pub(super) async fn read(headers: &HeaderMap, body: Bytes) -> Option<Form> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return parts(multer::parse_boundary(kind).ok()?, body).await.ok();
    }
    let mut form = Form::default();
    for (name, value) in url::form_urlencoded::parse(&body).into_owned() {
        form.put(name, &value);
    }
    Some(form)
}

async fn parts(boundary: String, body: Bytes) -> multer::Result<Form> {
    let whole = futures_util::stream::once(async { Ok::<_, Infallible>(body) });
    let (mut parts, mut form) = (multer::Multipart::new(whole, boundary), Form::default());
    for _ in 0..MOST_PARTS {
        let Some(part) = parts.next_field().await? else { break };
        let Some(name) = part.name().map(str::to_owned) else { continue };
        match part.file_name().map(str::to_owned) {
            None => form.put(name, &part.text().await?),
            Some(path) => {
                let content_type =
                    part.content_type().map_or("application/octet-stream".to_owned(), ToString::to_string);
                let bytes = part.bytes().await?;
                if !bytes.is_empty() {
                    form.files.push(Sent { name: bare(&path), content_type, bytes });
                }
            }
        }
    }
    Ok(form)
}

/// A file's name without a path.
fn bare(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    async fn of(kind: &str, body: &'static [u8]) -> Option<Form> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())]);
        read(&headers, Bytes::from_static(body)).await
    }

    #[tokio::test]
    async fn fields_and_files_are_read_as_browsers_send_them() {
        let body = "before\r\n--x1\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\n Касса \r\n--x1\r\n\
            content-disposition: form-data; name=\"files\"; filename=\"C:\\fakepath\\фото 1.png\"\r\nContent-Type: image/png\r\n\r\n\
            \u{1}\r\n--x\r\n--x1\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\n\r\n\r\n--x1\r\n\
            Content-Disposition: form-data; name=\"empty\"\r\n\r\n \r\n--x1--\r\nbehind";
        let form = of("multipart/form-data; charset=utf-8; boundary=\"x1\"", body.as_bytes()).await.unwrap();
        assert_eq!((form.text("subject"), form.text("empty")), (Some("Касса"), None));
        let bytes = Bytes::from_static(b"\x01\r\n--x");
        let file = Sent { name: "фото 1.png".to_owned(), content_type: "image/png".to_owned(), bytes };
        assert_eq!(form.files, [file]);
    }

    #[tokio::test]
    async fn a_form_without_files_is_read_as_before_and_a_broken_one_is_refused() {
        let form = of("application/x-www-form-urlencoded", b"subject=+a%20b+&empty=").await.unwrap();
        assert_eq!((form.text("subject"), form.text("empty"), form.files.len()), (Some("a b"), None, 0));
        for (kind, body) in [
            ("multipart/form-data", &b"--x\r\n"[..]),
            ("multipart/form-data; boundary=x", b"--y\r\n"),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end"),
            ("multipart/form-data; boundary=x", b"--x\r\nno head ends"),
        ] {
            assert_eq!(of(kind, body).await, None, "{kind} {}", String::from_utf8_lossy(body));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            body in prop::collection::vec(any::<u8>(), 0..300),
            pieces in prop::collection::vec(0_usize..6, 0..20),
        ) {
            let head = b"Content-Disposition: form-data; name=\"a";
            let known: [&[u8]; 6] = [b"--x", b"\r\n", b"\r\n\r\n", head, b"\"; filename=\"", b"--"];
            let mut woven = body;
            pieces.iter().for_each(|piece| woven.extend_from_slice(known[*piece]));
            let read = parts("x".to_owned(), Bytes::from(woven));
            let _ = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read);
        }
    }
}
