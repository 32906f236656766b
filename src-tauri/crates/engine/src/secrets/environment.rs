//! Secrets in environment variables, for containers and tests.
//!
//! Deliberately not here: listing. A variable's name does not tell which of `.`, `-` and `_` stood in the secret's name,
//! so this source only answers for names it is asked.

use std::ffi::OsString;

use super::{Secret, SecretError, SecretName, SecretSource, Source};

type Variable = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

pub(super) struct Environment {
    variable: Variable,
}

impl Environment {
    pub(super) fn new(variable: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self { variable: Box::new(variable) }
    }
}

impl Source for Environment {
    fn kind(&self) -> SecretSource {
        SecretSource::Environment
    }

    /// An empty variable counts as none: that is how a unit or a compose file takes one away.
    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError> {
        let variable = name.variable();
        let Some(value) = (self.variable)(&variable).filter(|value| !value.is_empty()) else { return Ok(None) };
        let unreadable = |reason: String| SecretError::Unreadable { place: format!("${variable}"), reason };
        // The error of the conversion holds the value and is dropped.
        let text = value.into_string().map_err(|_| unreadable("it is not UTF-8 text".to_owned()))?;
        Secret::new(text).map(Some).map_err(|error| unreadable(error.to_string()))
    }

    fn names(&self) -> Result<Vec<SecretName>, SecretError> {
        Ok(Vec::new())
    }
}
