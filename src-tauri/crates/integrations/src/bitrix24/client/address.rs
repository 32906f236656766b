//! Where a method is asked for, by whose webhook.
//!
//! Two of the webhooks share the address of the settings and differ by their keys; that of tasks is a secret as a whole, and has to
//! be one of the same portal, whose pace all of them share. Deliberately not here: asking.

use url::Url;

use crate::CallError;

use super::{Client, Key};

impl Client {
    /// The address of a method by the webhook of `key`, and what of it nobody may see.
    pub(super) fn address(&self, key: Key, method: &str) -> Result<(Url, Vec<String>), CallError> {
        let secret = self.credentials.secret(key.secret()).filter(|secret| !secret.trim().is_empty());
        let secret =
            secret.ok_or_else(|| CallError::Unauthorized { detail: format!("no {} has been set", key.secret()) })?;
        let mut url = match key {
            Key::Users | Key::Messages => {
                let mut url = self.base.clone();
                if let Ok(mut path) = url.path_segments_mut() {
                    path.pop_if_empty().push(&secret);
                }
                url
            }
            Key::Tasks => whole(&secret, &self.base)?,
        };
        let hidden = url.path().rsplit('/').next().map(str::to_owned).into_iter();
        let mut hidden: Vec<_> = hidden.chain([url.path().trim_start_matches('/').to_owned()]).collect();
        if key != Key::Tasks {
            hidden.push(secret);
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&format!("{method}.json"));
        }
        Ok((url, hidden))
    }
}

/// A webhook's whole address, which is one of the portal at `base`.
fn whole(secret: &str, base: &Url) -> Result<Url, CallError> {
    let wrong = |what: &str| CallError::Unauthorized { detail: format!("{} {what}", Key::Tasks.secret()) };
    let form = "is not of the form https://<portal>/rest/<user id>/<key>";
    let mut url: Url = secret.trim().parse().map_err(|_| wrong(form))?;
    if url.origin() != base.origin() {
        return Err(wrong("belongs to another portal than the one the settings name: both must have the same host"));
    }
    let path: Vec<_> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let is_webhook = matches!(path[..], [.., "rest", owner, _] if owner.bytes().all(|b| b.is_ascii_digit()));
    let has_more = url.query().is_some() || url.fragment().is_some();
    if !is_webhook || has_more || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(form));
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
    }
    Ok(url)
}
