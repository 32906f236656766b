//! Plain words out of somebody's markup.
//!
//! Deliberately not here: making markup harmless for a page that draws it.

/// Elements by which a text is known to be HTML: what editors on pages make.
const ELEMENTS: [&str; 22] = [
    "a",
    "b",
    "blockquote",
    "br",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "td",
    "u",
    "ul",
];

/// Whether a text is HTML: it has an element people write with. `a < b` and `<name@example.com>` are none.
#[must_use]
pub fn is_html(text: &str) -> bool {
    text.split('<').skip(1).any(|after| {
        let Some((tag, _)) = after.split_once('>') else { return false };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let rest = &tag.trim_start_matches('/')[name.len()..];
        let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\n', '/']);
        ends && ELEMENTS.contains(&name.to_ascii_lowercase().as_str())
    })
}

/// Plain words as HTML shows them.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text without tags of HTML and with its entities read. What only looks like a tag stays: a `<` that no letter, `/` or `!` follows, or
/// that nothing closes.
#[must_use]
pub fn without_tags(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let begins = after.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match after.find('>').filter(|_| begins) {
            Some(end) => rest = &after[end + 1..],
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    entities(&plain)
}

/// The entities people meet, each read once.
fn entities(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let found = after.find(';').filter(|end| *end <= 8).and_then(|end| Some((entity(&after[..end])?, end)));
        match found {
            Some((c, end)) => {
                plain.push(c);
                rest = &after[end + 1..];
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_known_by_its_elements() {
        for text in ["<p>a</p>", "a<br/>b", "a<BR>b", "a</div>", "<a href=\"x\">y</a>", "1 < 2 <b>3</b>"] {
            assert!(is_html(text), "{text}");
        }
        for text in ["", "1 < 2 и 3 > 2", "<anna@example.com>", "<br", "<тег>", "<b-52>", "*a* <x>"] {
            assert!(!is_html(text), "{text}");
        }
        assert_eq!(escaped("<a> & \"b\""), "&lt;a&gt; &amp; &quot;b&quot;");
    }

    #[test]
    fn tags_go_and_what_only_looks_like_one_stays() {
        for (text, plain) in [
            ("<pre>a</pre> b<br/>c", "a bc"),
            ("1 < 2 и 3 > 2", "1 < 2 и 3 > 2"),
            ("x <- y", "x <- y"),
            ("открыт <тег и все", "открыт <тег и все"),
            ("<b незакрыт", "<b незакрыт"),
            ("&lt;b&gt; &amp;lt; &#1071;&#x42F;&nbsp;&unknown; &", "<b> &lt; ЯЯ\u{a0}&unknown; &"),
            ("<!-- c -->d", "d"),
            ("*жирный* _курсив_", "*жирный* _курсив_"),
        ] {
            assert_eq!(without_tags(text), plain, "{text}");
        }
    }
}
