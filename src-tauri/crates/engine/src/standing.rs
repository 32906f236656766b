//! How the connections were when they were last used: for those who may not ask the other side themselves.
//!
//! Deliberately not here: what is stored of connections, and the console's picture of their health.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// The last word on each connection since the start. Clones see the same.
#[derive(Clone, Default)]
pub struct Standing(Arc<RwLock<HashMap<String, bool>>>);

impl Standing {
    /// A connection was used, and worked or did not.
    pub fn note(&self, integration: &str, works: bool) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(integration).copied();
        if known != Some(works) {
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(integration.to_owned(), works);
        }
    }
}

impl pult_integrations::Standing for Standing {
    fn of(&self, integration: &str) -> Option<bool> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(integration).copied()
    }
}
