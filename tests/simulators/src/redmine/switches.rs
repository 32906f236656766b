//! What the administrator decides, what versions differ in, and what the contract leaves open; to be changed while it runs.

use serde::{Deserialize, Serialize};
use url::Url;

use super::world::people::ADMIN;
use crate::service::{bucket::Limit, some_url};

/// How Easy Redmine takes filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EasyFilters {
    /// Plain ones with `set_filter`, and brackets.
    #[default]
    SetFilter,
    /// Brackets with `set_filter` alone.
    Brackets,
    /// None at all: everything is answered.
    Never,
}

/// How the server is at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// REST is switched on.
    pub rest: bool,
    /// Nobody sees anything without signing in.
    pub login_required: bool,
    /// A version of today: journals say when they were changed, webhooks are sent.
    pub modern: bool,
    /// Easy Redmine: other fields, other filters, fewer paths, errors in another form.
    pub easy: bool,
    /// See [`EasyFilters`].
    pub easy_filters: EasyFilters,
    /// What is hidden is answered as what is absent, 404, and not with the 403 that was measured.
    pub hidden_as_absent: bool,
    /// The header `Date` says nothing, as behind a server that sends none.
    pub no_date: bool,
    /// What addresses of files begin with; where the client came without this.
    pub content_base: Option<String>,
    /// Largest file, bytes.
    pub largest_file: usize,
    /// `Retry-After` of the limit, seconds; none without.
    pub retry_after: Option<u32>,
    /// Calls that are refused with 403, by their names in the journal.
    pub forbidden: Vec<String>,
    /// Whose the webhook is: it tells what they see.
    pub hook_owner: String,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            rest: true,
            login_required: true,
            modern: false,
            easy: false,
            easy_filters: EasyFilters::default(),
            hidden_as_absent: false,
            no_date: false,
            content_base: None,
            largest_file: 5 << 20,
            retry_after: None,
            forbidden: Vec::new(),
            hook_owner: ADMIN.to_owned(),
        }
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// See [`Switches`].
    pub rest: Option<bool>,
    /// See [`Switches`].
    pub login_required: Option<bool>,
    /// See [`Switches`].
    pub modern: Option<bool>,
    /// See [`Switches`].
    pub easy: Option<bool>,
    /// See [`Switches`].
    pub easy_filters: Option<EasyFilters>,
    /// See [`Switches`].
    pub hidden_as_absent: Option<bool>,
    /// See [`Switches`].
    pub no_date: Option<bool>,
    /// See [`Switches`]; empty for where the client came.
    pub content_base: Option<String>,
    /// See [`Switches`].
    pub largest_file: Option<usize>,
    /// See [`Switches`].
    pub retry_after: Option<u32>,
    /// See [`Switches`].
    pub forbidden: Option<Vec<String>>,
    /// See [`Switches`].
    pub hook_owner: Option<String>,
    /// Where webhooks go from now on.
    #[serde(deserialize_with = "some_url")]
    pub hook_url: Option<Url>,
    /// Size of the bucket of requests, as a server in front counts them.
    pub limit: Option<Limit>,
    /// There is no limit any more.
    pub no_limit: bool,
}

impl Switches {
    /// Changes them; where webhooks go and the limit are kept elsewhere.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        for (field, new) in [
            (&mut self.rest, order.rest),
            (&mut self.login_required, order.login_required),
            (&mut self.modern, order.modern),
            (&mut self.easy, order.easy),
            (&mut self.hidden_as_absent, order.hidden_as_absent),
            (&mut self.no_date, order.no_date),
        ] {
            *field = new.unwrap_or(*field);
        }
        self.easy_filters = order.easy_filters.unwrap_or(self.easy_filters);
        if let Some(base) = &order.content_base {
            self.content_base = Some(base.clone()).filter(|base| !base.is_empty());
        }
        self.largest_file = order.largest_file.unwrap_or(self.largest_file);
        self.retry_after = order.retry_after.or(self.retry_after);
        if let Some(forbidden) = &order.forbidden {
            self.forbidden.clone_from(forbidden);
        }
        if let Some(owner) = &order.hook_owner {
            self.hook_owner.clone_from(owner);
        }
    }
}
