//! What the contract leaves open or the portal's administrator decides, to be changed while it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::service::{bucket::Limit, some_url};

/// What a task that is not there looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingTask {
    /// An error.
    #[default]
    Error,
    /// An empty result.
    Empty,
}

/// How the portal is at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// Scopes of the webhook.
    pub scopes: Vec<String>,
    /// Whether its owner is an administrator, who sees everybody's tasks.
    pub admin: bool,
    /// The webhook is revoked or has expired.
    pub revoked: bool,
    /// Users whose tasks cannot be listed: a list that asks for one of them is refused.
    pub unreadable: Vec<u64>,
    /// Methods that ignore their filter, in lower case.
    pub ignore_filters: Vec<String>,
    /// `tasks.task.list` filters by `XML_ID`.
    pub xml_id_filters: bool,
    /// See [`MissingTask`].
    pub missing_task: MissingTask,
    /// `im.notify` creates nothing and answers `false`.
    pub no_notify: bool,
    /// `tasks.task.add` refuses `TAGS`.
    pub reject_tags: bool,
    /// The `time` block says nothing of operating time, as on old portals.
    pub hide_operating: bool,
}

impl Default for Switches {
    fn default() -> Self {
        let scopes = ["user", "department", "im", "imbot", "task", "disk", "sonet", "timeman", "calendar"];
        Self {
            scopes: scopes.map(str::to_owned).to_vec(),
            admin: true,
            revoked: false,
            unreadable: Vec::new(),
            ignore_filters: Vec::new(),
            xml_id_filters: false,
            missing_task: MissingTask::default(),
            no_notify: false,
            reject_tags: false,
            hide_operating: false,
        }
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// See [`Switches`].
    pub scopes: Option<Vec<String>>,
    /// See [`Switches`].
    pub admin: Option<bool>,
    /// See [`Switches`].
    pub revoked: Option<bool>,
    /// See [`Switches`].
    pub unreadable: Option<Vec<u64>>,
    /// See [`Switches`].
    pub ignore_filters: Option<Vec<String>>,
    /// See [`Switches`].
    pub xml_id_filters: Option<bool>,
    /// See [`Switches`].
    pub missing_task: Option<MissingTask>,
    /// See [`Switches`].
    pub no_notify: Option<bool>,
    /// See [`Switches`].
    pub reject_tags: Option<bool>,
    /// See [`Switches`].
    pub hide_operating: Option<bool>,
    /// Where the outgoing webhook sends from now on.
    #[serde(deserialize_with = "some_url")]
    pub hook_url: Option<Url>,
    /// Size of the bucket of requests.
    pub limit: Option<Limit>,
    /// There is no limit any more.
    pub no_limit: bool,
    /// Seconds of operating time that a method may use up in ten minutes.
    pub operating_ceiling: Option<f64>,
    /// Seconds that a call costs, by method in lower case; what is not named costs as before.
    pub costs: Option<BTreeMap<String, f64>>,
}

impl Switches {
    /// Changes them; limits and where events go are the portal's.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        if let Some(scopes) = &order.scopes {
            self.scopes.clone_from(scopes);
        }
        if let Some(unreadable) = &order.unreadable {
            self.unreadable.clone_from(unreadable);
        }
        if let Some(methods) = &order.ignore_filters {
            self.ignore_filters = methods.iter().map(|method| method.to_lowercase()).collect();
        }
        for (switch, new) in [
            (&mut self.admin, order.admin),
            (&mut self.revoked, order.revoked),
            (&mut self.xml_id_filters, order.xml_id_filters),
            (&mut self.no_notify, order.no_notify),
            (&mut self.reject_tags, order.reject_tags),
            (&mut self.hide_operating, order.hide_operating),
        ] {
            *switch = new.unwrap_or(*switch);
        }
        self.missing_task = order.missing_task.unwrap_or(self.missing_task);
    }
}
