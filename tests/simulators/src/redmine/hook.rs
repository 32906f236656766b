//! Webhooks of the versions of today: what they say, as their owner sees it, and how they are signed. A journal that the owner does
//! not see is left out. Sending is the post's, and goes to loopback too, which the real one refuses.

use serde_json::{Value, json};
use url::Url;

use super::{
    show::{View, time},
    state::{Deed, Kind},
    world::issue::Issue,
};
use crate::{
    secret::Secret,
    service::{
        post::{Parcel, Sheet},
        sign::signature,
    },
};

/// Header of the signature.
pub const SIGNATURE: &str = "X-Redmine-Signature-256";
/// What hooks are signed with where the right secret is not to be used.
const WRONG_SECRET: &str = "certainly-not-the-secret";

/// Where hooks go, and what signs them; nothing does without a secret.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) url: Url,
    pub(super) secret: Option<Secret>,
}

impl Hook {
    pub(super) fn parcel(&self, event: &str, body: &Value, wrong: bool) -> Parcel {
        let body = body.to_string().into_bytes();
        let mut headers = vec![("user-agent", "Redmine".to_owned())];
        if let Some(secret) = &self.secret {
            let signed = if wrong { signature(&Secret::new(WRONG_SECRET), &body) } else { signature(secret, &body) };
            headers.push((SIGNATURE, format!("sha256={signed}")));
        }
        let parcel = Parcel::new(event, self.url.clone(), "application/json", Vec::new());
        Parcel { sheet: Sheet { headers, body }, ..parcel }
    }
}

/// What a deed says; nothing where the owner does not see the issue.
pub(super) fn said(view: View<'_>, deed: &Deed) -> Option<(&'static str, Value)> {
    let (event, issue, at): (_, &Issue, _) = match &deed.kind {
        Kind::Deleted(issue, at) => ("issue.deleted", issue, *at),
        kind => {
            let issue = view.world.issues.get(&deed.issue)?;
            let event = if matches!(kind, Kind::Created) { "issue.created" } else { "issue.updated" };
            (event, issue, issue.updated_on)
        }
    };
    if !view.world.sees(view.who, issue) {
        return None;
    }
    let mut data = json!({ "issue": view.issue(issue, false) });
    let journals = deed.journals.iter().filter_map(|id| view.world.journals.get(id));
    let mut seen = journals.filter(|journal| view.world.sees_journal(view.who, journal, issue.project));
    if let Some(journal) = seen.next_back() {
        data["journal"] = view.told(journal);
    }
    Some((event, json!({ "type": event, "timestamp": time(at), "data": data })))
}
