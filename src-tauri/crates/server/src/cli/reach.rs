//! How a command reaches the data: through the engine that has it, else by taking it for itself.
//!
//! Either way the same verbs answer, so a command behaves alike whether the engine runs or not. Deliberately not here: what the
//! verbs do (`verbs`), and the socket's talk (`control`).

use std::path::{Path, PathBuf};

use pult_engine::{Engine, clock::Clock};
use pult_store::OpenError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Here,
    control::Line,
    exit::{Exit, Failure},
    verbs,
};
use crate::assembly::{Remedy, Site};

/// A way to the data.
pub(super) enum Reach {
    /// An engine runs: it does what is asked.
    Running(Line),
    /// None runs: this process has the data, at rest.
    Own(Engine),
}

impl Reach {
    /// Finds the way, taking the data when no engine has it.
    pub(super) async fn find(here: Here<'_>) -> Result<Self, Failure> {
        let site = here.site()?;
        match Line::open(&site.data_dir).await? {
            Some(line) => Ok(Self::Running(line)),
            None => Self::take(here, site).await,
        }
    }

    /// The running engine, when there is one.
    pub(super) async fn running(site: &Site) -> Result<Option<Self>, Failure> {
        Ok(Line::open(&site.data_dir).await?.map(Self::Running))
    }

    async fn take(here: Here<'_>, site: Site) -> Result<Self, Failure> {
        prepare_folder(&site.data_dir)?;
        let (secrets, folder, remedy) = (here.secrets(&site.data_dir).await?, site.data_dir.clone(), site.remedy());
        match site.at_rest(secrets, Clock::system()).await {
            Ok(engine) => Ok(Self::Own(engine)),
            Err(error) => Err(match error.downcast_ref::<OpenError>() {
                // It has the data and no socket: the window, or one that is only just starting.
                Some(OpenError::Taken { .. }) => Failure::new(
                    Exit::Unreachable,
                    format!(
                        "an engine is using {} and takes no commands here: use its console, or stop it and try again",
                        folder.display()
                    ),
                ),
                _ => explained(&remedy, error),
            }),
        }
    }

    /// Gives a command and returns its answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &mut self,
        command: &str,
        request: impl Serialize,
    ) -> Result<T, Failure> {
        self.call_telling(command, request, &|_| ()).await
    }

    /// As [`Self::call`], for one that tells how far it is.
    pub(super) async fn call_telling<T: DeserializeOwned>(
        &mut self,
        command: &str,
        request: impl Serialize,
        tell: verbs::Tell<'_>,
    ) -> Result<T, Failure> {
        let request = serde_json::to_value(request)?;
        let answer: Value = match self {
            Self::Running(line) => line.call(command, request, tell).await?,
            Self::Own(engine) => verbs::call(engine, command, request, tell).await?,
        };
        Ok(serde_json::from_value(answer)?)
    }

    /// Whether an engine runs.
    pub(super) fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    /// Lets the data go.
    pub(super) async fn close(self) {
        if let Self::Own(engine) = self {
            engine.stop().await;
        }
    }
}

/// The error with the whole command that mends it.
pub(super) fn explained(remedy: &Remedy, error: anyhow::Error) -> Failure {
    let words = remedy.words(&error);
    let mut failure = Failure::from(error);
    if let Some(words) = words {
        failure.text.push('\n');
        failure.text.push_str(&words);
    }
    failure
}

/// Makes the data folder for its owner only. One that is there stays as it is, and is used by nobody but its owner: files left
/// in it by another account would lock the engine out.
pub(super) fn prepare_folder(folder: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| OpenError::Folder { folder: PathBuf::from(folder), detail: e.to_string() };
    if !folder.exists() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(fail)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (owner, me) = (std::fs::metadata(folder).map_err(fail)?.uid(), rustix::process::geteuid().as_raw());
        if me == 0 && owner != 0 {
            return Err(Failure::new(
                Exit::Failed,
                format!(
                    "{} belongs to another account: run this as its owner, for instance with `sudo -u pult`",
                    folder.display()
                ),
            ));
        }
    }
    Ok(())
}
