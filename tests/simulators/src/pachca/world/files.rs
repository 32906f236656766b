//! Files: what was uploaded, which form of upload is open, and the links that live for an hour. A link carries its own proof,
//! so that none has to be kept.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

/// A file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its id.
    pub id: u64,
    /// Where it lies.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `file`, `image`, `audio` or `voice`.
    pub file_type: String,
    /// Its bytes.
    #[serde(skip)]
    pub content: Vec<u8>,
}

impl File {
    pub(super) fn rest(&self, link: &str) -> Value {
        json!({
            "id": self.id, "key": self.key, "name": self.name, "file_type": self.file_type, "url": link,
            "width": null, "height": null,
        })
    }
}

/// Uploads on their way.
#[derive(Debug, Default)]
pub struct Uploads {
    /// Fields that are awaited, by their policy.
    pub(in crate::pachca) forms: BTreeMap<String, Vec<(String, String)>>,
    /// What was uploaded and stands in no message yet, by key: name and bytes.
    pub(in crate::pachca) kept: BTreeMap<String, (String, Vec<u8>)>,
}

/// Proof of a link to file `id` that lives until `expires`, Unix seconds.
fn proof(key: &[u8], id: u64, expires: i64) -> String {
    // HMAC takes keys of any length; the type of the constructor does not say so.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}:{expires}").as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

/// Path and query of a link.
pub(in crate::pachca) fn link(key: &[u8], file: &File, until: Timestamp) -> String {
    let expires = until.as_second();
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    format!("/files/{}/{name}?X-Amz-Expires={expires}&X-Amz-Signature={}", file.id, proof(key, file.id, expires))
}

/// Whether a link with this query may be followed now.
pub(in crate::pachca) fn is_good(key: &[u8], id: u64, query: &[(String, String)], now: Timestamp) -> bool {
    let of = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let expires = of("X-Amz-Expires").and_then(|text| text.parse().ok());
    let (Some(expires), Some(shown)) = (expires, of("X-Amz-Signature")) else { return false };
    now.as_second() < expires && shown == proof(key, id, expires)
}
