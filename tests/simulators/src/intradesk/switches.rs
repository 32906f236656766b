//! What the contract leaves open or the tenant decides, to be changed while it runs.

use serde::{Deserialize, Serialize};

/// What the executor of a row looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutorForm {
    /// `583001`.
    #[default]
    Number,
    /// `"583001"`.
    Text,
    /// `{"id":583001}`.
    ObjectId,
    /// `{"userid":583001}`.
    ObjectUserId,
}

/// What a row without an executor has in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NobodyForm {
    /// `null`.
    #[default]
    Null,
    /// `0`.
    Zero,
    /// No such key.
    Missing,
}

/// What a service without groups is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoGroups {
    /// `null`.
    #[default]
    Null,
    /// `[]`.
    Empty,
}

/// How the classic product wraps a list of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListWrapper {
    /// `{"Tasks":[…],"Paginator":{…}}`.
    #[default]
    Tasks,
    /// The same inside `TaskList`.
    TaskList,
    /// `[…]`.
    Array,
}

/// How it wraps one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskWrapper {
    /// `{"Task":{…}}`.
    #[default]
    Task,
    /// `{…}`.
    Bare,
    /// `{"Tasks":[{…}]}`.
    Tasks,
}

/// How it spells the wrapper of whoever asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserWrapper {
    /// `CurrentUserInfo`.
    #[default]
    Current,
    /// `CurrenUserInfo`.
    Curren,
}

/// How it writes instants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `2026-10-28T09:00:00`, of the server's zone.
    #[default]
    Iso,
    /// `28.10.2026 09:00:00`, of the server's zone.
    Dotted,
    /// `/Date(1793167200000)/`.
    Milliseconds,
}

/// How the tenant is at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// Life of tokens that are given out from here on, seconds.
    pub token_life: u64,
    /// A token to renew with is given out.
    pub refresh: bool,
    /// So many wrong passwords in a row lock the account.
    pub lock_after: Option<u32>,
    /// Lists that go on tell where.
    pub next_link: bool,
    /// See [`ExecutorForm`].
    pub executor: ExecutorForm,
    /// See [`NobodyForm`].
    pub nobody: NobodyForm,
    /// See [`NoGroups`].
    pub no_groups: NoGroups,
    /// See [`ListWrapper`].
    pub classic_list: ListWrapper,
    /// See [`TaskWrapper`].
    pub classic_task: TaskWrapper,
    /// See [`UserWrapper`].
    pub classic_user: UserWrapper,
    /// See [`DateForm`].
    pub classic_dates: DateForm,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            token_life: 3_600,
            refresh: true,
            lock_after: None,
            next_link: false,
            executor: ExecutorForm::default(),
            nobody: NobodyForm::default(),
            no_groups: NoGroups::default(),
            classic_list: ListWrapper::default(),
            classic_task: TaskWrapper::default(),
            classic_user: UserWrapper::default(),
            classic_dates: DateForm::default(),
        }
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// All as at the beginning first, an account that is locked too.
    pub reset: bool,
    /// See [`Switches`].
    pub token_life: Option<u64>,
    /// See [`Switches`].
    pub refresh: Option<bool>,
    /// See [`Switches`].
    pub lock_after: Option<u32>,
    /// See [`Switches`].
    pub next_link: Option<bool>,
    /// See [`Switches`].
    pub executor: Option<ExecutorForm>,
    /// See [`Switches`].
    pub nobody: Option<NobodyForm>,
    /// See [`Switches`].
    pub no_groups: Option<NoGroups>,
    /// See [`Switches`].
    pub classic_list: Option<ListWrapper>,
    /// See [`Switches`].
    pub classic_task: Option<TaskWrapper>,
    /// See [`Switches`].
    pub classic_user: Option<UserWrapper>,
    /// See [`Switches`].
    pub classic_dates: Option<DateForm>,
}

impl Switches {
    /// Changes them; unlocking the account is the tenant's.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        if order.reset {
            *self = Self::default();
        }
        self.token_life = order.token_life.unwrap_or(self.token_life);
        self.refresh = order.refresh.unwrap_or(self.refresh);
        self.lock_after = order.lock_after.or(self.lock_after);
        self.next_link = order.next_link.unwrap_or(self.next_link);
        self.executor = order.executor.unwrap_or(self.executor);
        self.nobody = order.nobody.unwrap_or(self.nobody);
        self.no_groups = order.no_groups.unwrap_or(self.no_groups);
        self.classic_list = order.classic_list.unwrap_or(self.classic_list);
        self.classic_task = order.classic_task.unwrap_or(self.classic_task);
        self.classic_user = order.classic_user.unwrap_or(self.classic_user);
        self.classic_dates = order.classic_dates.unwrap_or(self.classic_dates);
    }
}
