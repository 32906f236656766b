//! Links by which a person rates an issue: whoever has one may answer that question, and nobody can make one.
//!
//! A link names the request, the issue, the answer and the deadline of its sending, and carries an HMAC over them; nothing of it
//! is stored. Whether the answer still counts is decided by the request's row, not by the link (behaviour/ratings 6, step 5).
//! Deliberately not here: the message it stands in, and the page it opens.

use std::{str::FromStr, sync::Arc};

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use pult_domain::{Instant, IssueId, RatingId, areas::ratings::Rate};
use sha2::Sha256;
use url::Url;

use crate::Credentials;

/// The secret the links are signed with; made when first needed.
pub const KEY: &str = "ratings.link_key";
/// Bytes of the HMAC kept: 128 bits cannot be guessed.
const TAG: usize = 16;

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatingLink {
    /// Which request it answers.
    pub request: RatingId,
    /// Which issue.
    pub issue: IssueId,
    /// How.
    pub rate: Rate,
    /// The deadline when the question was sent.
    pub deadline: Instant,
}

/// Makes and opens links.
#[derive(Clone)]
pub struct RatingLinks {
    credentials: Arc<dyn Credentials>,
}

impl RatingLinks {
    /// With the key that `credentials` has at the moment of use.
    #[must_use]
    pub fn new(credentials: Arc<dyn Credentials>) -> Self {
        Self { credentials }
    }

    /// The address below `base`; `None` while there is no key.
    #[must_use]
    pub fn seal(&self, link: &RatingLink, base: &Url) -> Option<Url> {
        let mut url = base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(["api", "v1", "okdesk", "change_rate"]);
        let tag = self.mac(link)?.finalize().into_bytes();
        let token = format!("{}.{}.{}", link.request, link.deadline.as_second(), BASE32_NOPAD.encode(&tag[..TAG]));
        url.query_pairs_mut()
            .append_pair("rate", link.rate.as_ref())
            .append_pair("issue_id", &link.issue.to_string())
            .append_pair("t", &token.to_ascii_lowercase());
        Some(url)
    }

    /// What an address says; `None` when it was not made by us. Compared in constant time.
    #[must_use]
    pub fn open(&self, rate: &str, issue: &str, token: &str) -> Option<RatingLink> {
        let mut parts = token.splitn(3, '.');
        let (request, deadline, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let link = RatingLink {
            request: RatingId(request.parse().ok()?),
            issue: IssueId(issue.parse().ok()?),
            rate: Rate::from_str(rate).ok()?,
            deadline: Instant::from_second(deadline.parse().ok()?).ok()?,
        };
        let tag = BASE32_NOPAD.decode(tag.to_ascii_uppercase().as_bytes()).ok().filter(|tag| tag.len() == TAG)?;
        self.mac(&link)?.verify_truncated_left(&tag).ok()?;
        Some(link)
    }

    fn mac(&self, link: &RatingLink) -> Option<Hmac<Sha256>> {
        let key = self.credentials.secret(KEY).filter(|key| !key.is_empty())?;
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).ok()?;
        let said = format!("{}/{}/{}/{}", link.request, link.issue, link.rate.as_ref(), link.deadline.as_second());
        Some(mac.chain_update(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Keys(Option<&'static str>);

    impl Credentials for Keys {
        fn secret(&self, name: &str) -> Option<String> {
            (name == KEY).then(|| self.0.map(str::to_owned)).flatten()
        }
    }

    fn links(key: Option<&'static str>) -> RatingLinks {
        RatingLinks::new(Arc::new(Keys(key)))
    }

    fn link() -> RatingLink {
        RatingLink {
            request: RatingId(7),
            issue: IssueId(153),
            rate: Rate::Normal,
            deadline: Instant::from_second(1_790_000_000).unwrap(),
        }
    }

    fn parts(url: &Url) -> [String; 3] {
        ["rate", "issue_id", "t"].map(|name| url.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned())
    }

    #[test]
    fn a_link_opens_as_it_was_made() {
        let base = Url::parse("https://desk.example.com/pult/").unwrap();
        let url = links(Some("k")).seal(&link(), &base).unwrap();
        assert!(
            url.as_str()
                .starts_with("https://desk.example.com/pult/api/v1/okdesk/change_rate?rate=normal&issue_id=153&t=7.")
        );
        let [rate, issue, token] = parts(&url);
        assert_eq!(links(Some("k")).open(&rate, &issue, &token), Some(link()));
    }

    #[test]
    fn a_link_with_anything_changed_is_not_ours() {
        let base = Url::parse("https://desk.example.com").unwrap();
        let [rate, issue, token] = parts(&links(Some("k")).seal(&link(), &base).unwrap());
        let ours = links(Some("k"));
        for (rate, issue, token) in [
            ("good", issue.as_str(), token.clone()),
            (rate.as_str(), "154", token.clone()),
            (rate.as_str(), issue.as_str(), token.replacen("7.", "8.", 1)),
            (rate.as_str(), issue.as_str(), token.replacen("1790000000", "1790000001", 1)),
            (rate.as_str(), issue.as_str(), token[..token.len() - 2].to_owned()),
            (rate.as_str(), issue.as_str(), String::new()),
            ("excellent", issue.as_str(), token.clone()),
        ] {
            assert_eq!(ours.open(rate, issue, &token), None, "{rate} {issue} {token}");
        }
        assert_eq!(links(Some("other")).open(&rate, &issue, &token), None);
    }

    #[test]
    fn without_a_key_nothing_is_made_and_nothing_opens() {
        let base = Url::parse("https://desk.example.com").unwrap();
        let [rate, issue, token] = parts(&links(Some("k")).seal(&link(), &base).unwrap());
        assert_eq!(links(None).seal(&link(), &base), None);
        assert_eq!(links(Some("")).open(&rate, &issue, &token), None);
    }
}
