//! What the contract leaves open or the organization decides, to be changed while it runs.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::service::{bucket::Limit, some_url};

/// How the organization is at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// The search learns of changes so late, milliseconds of the simulated clock.
    pub index_lag_ms: u64,
    /// `myself` is an array of one.
    pub myself_list: bool,
    /// A new issue is answered as an array of one.
    pub issue_list: bool,
    /// A new comment is answered as an array of one.
    pub comment_list: bool,
    /// Both organization headers at once are taken, `X-Org-ID` counting.
    pub both_headers: bool,
    /// A bare text is taken for a list of tags.
    pub bare_tags: bool,
    /// Local fields take numbers for texts and texts for numbers.
    pub loose_kinds: bool,
    /// Issues show the type of their status.
    pub status_type: bool,
    /// Comments show their files without being asked with `expand`.
    pub comment_files: bool,
    /// The token's owner may write.
    pub licence: bool,
    /// The OAuth token is over.
    pub revoked: bool,
    /// Calls that the token's owner may not make, by their names in the journal.
    pub forbidden: Vec<String>,
    /// Largest file, bytes.
    pub largest_file: usize,
    /// `Retry-After` of the limit, seconds; none without.
    pub retry_after: Option<u32>,
    /// Triggers leave their secrets out.
    pub no_secret: bool,
    /// The directory's token has its scopes.
    pub directory_scope: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            index_lag_ms: 2_000,
            myself_list: false,
            issue_list: false,
            comment_list: false,
            both_headers: false,
            bare_tags: false,
            loose_kinds: false,
            status_type: false,
            comment_files: false,
            licence: true,
            revoked: false,
            forbidden: Vec::new(),
            largest_file: 16 << 20,
            retry_after: Some(1),
            no_secret: false,
            directory_scope: true,
        }
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// See [`Switches`].
    pub index_lag_ms: Option<u64>,
    /// See [`Switches`].
    pub myself_list: Option<bool>,
    /// See [`Switches`].
    pub issue_list: Option<bool>,
    /// See [`Switches`].
    pub comment_list: Option<bool>,
    /// See [`Switches`].
    pub both_headers: Option<bool>,
    /// See [`Switches`].
    pub bare_tags: Option<bool>,
    /// See [`Switches`].
    pub loose_kinds: Option<bool>,
    /// See [`Switches`].
    pub status_type: Option<bool>,
    /// See [`Switches`].
    pub comment_files: Option<bool>,
    /// See [`Switches`].
    pub licence: Option<bool>,
    /// See [`Switches`].
    pub revoked: Option<bool>,
    /// See [`Switches`].
    pub forbidden: Option<Vec<String>>,
    /// See [`Switches`].
    pub largest_file: Option<usize>,
    /// See [`Switches`].
    pub retry_after: Option<u32>,
    /// The limit says nothing of when to come again.
    pub no_retry_after: bool,
    /// See [`Switches`].
    pub no_secret: Option<bool>,
    /// See [`Switches`].
    pub directory_scope: Option<bool>,
    /// Where triggers without an address of their own send from now on.
    #[serde(deserialize_with = "some_url")]
    pub hook_url: Option<Url>,
    /// Size of the bucket of requests.
    pub limit: Option<Limit>,
    /// There is no limit any more.
    pub no_limit: bool,
}

impl Switches {
    /// Changes them; where hooks go and the limit are kept elsewhere.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        self.index_lag_ms = order.index_lag_ms.unwrap_or(self.index_lag_ms);
        self.myself_list = order.myself_list.unwrap_or(self.myself_list);
        self.issue_list = order.issue_list.unwrap_or(self.issue_list);
        self.comment_list = order.comment_list.unwrap_or(self.comment_list);
        self.both_headers = order.both_headers.unwrap_or(self.both_headers);
        self.bare_tags = order.bare_tags.unwrap_or(self.bare_tags);
        self.loose_kinds = order.loose_kinds.unwrap_or(self.loose_kinds);
        self.status_type = order.status_type.unwrap_or(self.status_type);
        self.comment_files = order.comment_files.unwrap_or(self.comment_files);
        self.licence = order.licence.unwrap_or(self.licence);
        self.revoked = order.revoked.unwrap_or(self.revoked);
        if let Some(forbidden) = &order.forbidden {
            self.forbidden.clone_from(forbidden);
        }
        self.largest_file = order.largest_file.unwrap_or(self.largest_file);
        self.retry_after = order.retry_after.or(self.retry_after).filter(|_| !order.no_retry_after);
        self.no_secret = order.no_secret.unwrap_or(self.no_secret);
        self.directory_scope = order.directory_scope.unwrap_or(self.directory_scope);
    }
}
