//! Keeps the portal's own secrets out of what is kept of an exchange: links to files, which anybody may follow
//! (contracts/bitrix24 6).
//!
//! Deliberately not here: our secrets, which the call knows.

use crate::transport::mask::HIDDEN;

/// How such a link is named wherever files are shown.
const LINK: &str = "\"DOWNLOAD_URL\":\"";

/// Takes the links out by which anybody could download what an answer shows.
pub(super) fn without_links(response: &mut String) {
    let mut from = 0;
    while let Some(at) = response[from..].find(LINK).map(|at| from + at + LINK.len()) {
        let end = response[at..].find('"').map_or(response.len(), |end| at + end);
        response.replace_range(at..end, HIDDEN);
        from = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_is_left_even_of_an_answer_that_breaks_off() {
        let mut shown =
            r#"{"a":{"DOWNLOAD_URL":"https:\/\/p.example\/?token=A","ID":1},"b":{"DOWNLOAD_URL":"https://p.exa"#
                .to_owned();
        without_links(&mut shown);
        assert_eq!(shown, r#"{"a":{"DOWNLOAD_URL":"***","ID":1},"b":{"DOWNLOAD_URL":"***"#);
    }
}
