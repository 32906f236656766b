//! What the contract leaves open or the account's owner decides, to be changed while it runs.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::service::{bucket::Limit, some_url};

/// What becomes of a rating for an issue that has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rated {
    /// 422.
    #[default]
    Refuse,
    /// The new one counts.
    Overwrite,
}

/// What a rating is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateAnswer {
    /// 200 and the id with its rating.
    #[default]
    Json,
    /// 204 and nothing.
    Empty,
}

/// What a contact that is not there looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// `[]`.
    #[default]
    List,
    /// `{}`.
    Map,
    /// `null`.
    Null,
}

/// What a contact that is there looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hit {
    /// One object.
    #[default]
    Object,
    /// An array with it.
    List,
}

/// Shape of the issue in webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookShape {
    /// Text ids; the contact in `issue.client.contact`.
    #[default]
    Client,
    /// A number for an id; the contact in `issue.contact`, no `client`.
    Root,
}

/// How the account is at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// The rating in an `issue` object is taken too.
    pub nested_rate: bool,
    /// See [`Rated`].
    pub rated: Rated,
    /// See [`RateAnswer`].
    pub rate_answer: RateAnswer,
    /// See [`Miss`].
    pub contact_miss: Miss,
    /// See [`Hit`].
    pub contact_hit: Hit,
    /// Calls that the token's role may not make, by their names in the journal.
    pub forbidden: Vec<String>,
    /// What is changed over REST sends webhooks.
    pub api_hooks: bool,
    /// Issues tell when they came into each status.
    pub status_times: bool,
    /// See [`HookShape`].
    pub hook_shape: HookShape,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            nested_rate: false,
            rated: Rated::default(),
            rate_answer: RateAnswer::default(),
            contact_miss: Miss::default(),
            contact_hit: Hit::default(),
            forbidden: Vec::new(),
            api_hooks: true,
            status_times: true,
            hook_shape: HookShape::default(),
        }
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// See [`Switches`].
    pub nested_rate: Option<bool>,
    /// See [`Switches`].
    pub rated: Option<Rated>,
    /// See [`Switches`].
    pub rate_answer: Option<RateAnswer>,
    /// See [`Switches`].
    pub contact_miss: Option<Miss>,
    /// See [`Switches`].
    pub contact_hit: Option<Hit>,
    /// See [`Switches`].
    pub forbidden: Option<Vec<String>>,
    /// See [`Switches`].
    pub api_hooks: Option<bool>,
    /// See [`Switches`].
    pub status_times: Option<bool>,
    /// See [`Switches`].
    pub hook_shape: Option<HookShape>,
    /// Where webhooks go from now on.
    #[serde(deserialize_with = "some_url")]
    pub hook_url: Option<Url>,
    /// Size of the bucket of requests.
    pub limit: Option<Limit>,
    /// There is no limit any more.
    pub no_limit: bool,
}

impl Switches {
    /// Changes them; where webhooks go and the limit are the desk's.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        self.nested_rate = order.nested_rate.unwrap_or(self.nested_rate);
        self.rated = order.rated.unwrap_or(self.rated);
        self.rate_answer = order.rate_answer.unwrap_or(self.rate_answer);
        self.contact_miss = order.contact_miss.unwrap_or(self.contact_miss);
        self.contact_hit = order.contact_hit.unwrap_or(self.contact_hit);
        if let Some(forbidden) = &order.forbidden {
            self.forbidden.clone_from(forbidden);
        }
        self.api_hooks = order.api_hooks.unwrap_or(self.api_hooks);
        self.status_times = order.status_times.unwrap_or(self.status_times);
        self.hook_shape = order.hook_shape.unwrap_or(self.hook_shape);
    }
}
