//! Hides known secrets in text that is stored or shown, in every spelling the wire gives them.
//!
//! Deliberately not here: which values are secret (the caller knows) and where headers are dropped as a whole.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in a secret's place.
pub const HIDDEN: &str = "***";

/// The secrets of one exchange.
#[derive(Clone, Default)]
pub struct Mask {
    spellings: Vec<String>,
}

impl Mask {
    /// Hides each of `secrets`: as it is, in a query, percent-encoded, and inside JSON or XML text. Empty ones are ignored.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut mask = Self::default();
        for secret in secrets {
            mask.add(secret);
        }
        mask
    }

    /// Hides one more.
    pub fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        self.spellings.extend([secret.to_owned(), utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()]);
        // A mask is made for every request, and of these the other spellings are the secret itself.
        if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-._".contains(&byte)) {
            let json = serde_json::Value::from(secret).to_string();
            let xml = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            let form = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            self.spellings.extend([form, json.trim_matches('"').to_owned(), xml]);
        }
        // The longest first: a short spelling inside a long one must not leave the long one's ends readable.
        self.spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        self.spellings.dedup();
    }

    /// `text` without any of the secrets.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.spellings.iter().fold(Cow::Borrowed(text), |text, spelling| {
            if text.contains(spelling.as_str()) { Cow::Owned(text.replace(spelling, HIDDEN)) } else { text }
        })
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mask").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn every_spelling_is_hidden() {
        let mask = Mask::new(["p&ss w\"rd", ""]);
        for text in
            ["p&ss w\"rd", "a=p%26ss+w%22rd&b", "p%26ss%20w%22rd", r#"{"p":"p&ss w\"rd"}"#, "p&amp;ss w&quot;rd"]
        {
            let hidden = mask.hide(text);
            assert!(hidden.contains("***") && !hidden.contains("rd"), "{text} became {hidden}");
        }
        assert_eq!(mask.hide("nothing"), "nothing");
    }

    #[test]
    fn a_plain_secret_is_hidden_in_the_two_spellings_it_has() {
        let plain = "Key-of_the.desk*1";
        let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
        assert_eq!((form.as_str(), serde_json::Value::from(plain).to_string()), (plain, format!("\"{plain}\"")));
        assert_eq!(Mask::new([plain]).hide("a=Key-of_the.desk*1&b=Key%2Dof%5Fthe%2Edesk%2A1"), "a=***&b=***");
    }

    #[test]
    fn a_secret_inside_another_leaves_nothing_readable() {
        assert_eq!(Mask::new(["abc", "xabcx"]).hide("1xabcx2abc3"), "1***2***3");
    }
}
