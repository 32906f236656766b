//! Bodies of kind `multipart/form-data`, read whole. Parts of parts are not read.

use percent_encoding::percent_decode_str;

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Name of its file, when it is one.
    pub filename: Option<String>,
    /// What its file is.
    pub content_type: Option<String>,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The fields in their order; nothing when the body is not such a form, or is cut.
pub fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split_once("boundary=")?.1;
    let mark = format!("--{}", boundary.split(';').next()?.trim_matches('"'));
    let start = find(body, mark.as_bytes())? + mark.len();
    let mut rest = body.get(start..)?;
    let mut all = Vec::new();
    while !rest.starts_with(b"--") {
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..end]).ok()?;
        let content = &part[end + 4..];
        let end = find(content, format!("\r\n{mark}").as_bytes())?;
        let filename = quoted(head, "filename").or_else(|| encoded(head));
        let (name, content_type) = (quoted(head, "name")?, kind(head));
        all.push(Part { name, filename, content_type, content: content[..end].to_vec() });
        rest = content.get(end + 2 + mark.len()..)?;
    }
    Some(all)
}

/// `key="value"`.
fn quoted(head: &str, key: &str) -> Option<String> {
    let (_, text) = head.split_once(&format!(" {key}=\""))?;
    text.split('"').next().map(str::to_owned)
}

/// `filename*=utf-8''value`, for names beyond ASCII.
fn encoded(head: &str) -> Option<String> {
    let (_, text) = head.split_once(" filename*=")?;
    let (_, text) = text.split_once("''")?;
    let text = text.split(['\r', ';']).next()?;
    Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// The part's own `Content-Type`.
fn kind(head: &str) -> Option<String> {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut named = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    named.next().map(|(_, value)| value.trim().to_owned())
}

fn find(within: &[u8], wanted: &[u8]) -> Option<usize> {
    within.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_whole_and_in_order() {
        let mut body = b"--X\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/${filename}\r\n--X\r\n".to_vec();
        body.extend(b"Content-Disposition: form-data; name=\"file\"; filename*=utf-8''%D1%8F.png\r\n");
        body.extend(b"Content-Type: image/png\r\n\r\n");
        body.extend(b"\x00\r\n--\xff\r\n--X--\r\n");
        let found = parts("multipart/form-data; boundary=\"X\"", &body).unwrap();
        assert_eq!((found[0].name.as_str(), found[0].content.as_slice()), ("key", b"a/${filename}".as_slice()));
        assert_eq!(found[1].filename.as_deref(), Some("я.png"));
        assert_eq!((found[0].content_type.as_deref(), found[1].content_type.as_deref()), (None, Some("image/png")));
        assert_eq!(found[1].content, b"\x00\r\n--\xff");
        assert_eq!(parts("multipart/form-data; boundary=X", &body[..body.len() - 10]), None, "cut");
        assert_eq!(parts("application/json", &body), None);
    }
}
