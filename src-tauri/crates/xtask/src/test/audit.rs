//! `npm audit` of a folder's lock file.
//!
//! Deliberately not here: which folders, and what a finding means for the run (`stages`).

use std::path::Path;

use anyhow::{Context, Result};

use crate::node;

/// What npm says of the packages of a lock file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Audit {
    /// No advisory of level high or above.
    Clean,
    /// npm's report.
    Found(String),
    /// The registry was not reached, or keeps no advisories: nobody can say.
    Unknown,
}

/// Asks the registry about every package of the folder's lock file; nothing is installed.
///
/// # Errors
/// When npm cannot be started.
pub(super) fn run(folder: &Path) -> Result<Audit> {
    // The project's own `audit=false` is about installing, where nobody would read the answer.
    let words = ["audit", "--package-lock-only", "--audit-level=high", "--audit=true", "--json"];
    println!("  npm {}", words.join(" "));
    let done = node::command("npm", folder).args(words).output().context("npm cannot be started")?;
    Ok(judge(done.status.success(), &String::from_utf8_lossy(&done.stdout)))
}

/// A report has counts of what was found; anything else is an error of the way there, an answer without advisories among them.
fn judge(success: bool, said: &str) -> Audit {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_default();
    match (&report["metadata"]["vulnerabilities"], success) {
        (counts, true) if counts.is_object() => Audit::Clean,
        (counts, false) if counts.is_object() => Audit::Found(said.trim().to_owned()),
        _ => Audit::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_report_says_anything_about_packages() {
        let report = r#"{"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0,"total":0}}}"#;
        assert_eq!(judge(true, report), Audit::Clean);
        let found = r#"{"vulnerabilities":{"a":{}},"metadata":{"vulnerabilities":{"high":1,"total":1}}}"#;
        assert_eq!(judge(false, found), Audit::Found(found.to_owned()));
        for nothing in
            [r#"{"error":{"code":"ENOAUDIT","summary":"the endpoint does not exist"}}"#, "", "<html>404</html>"]
        {
            assert_eq!((judge(false, nothing), judge(true, nothing)), (Audit::Unknown, Audit::Unknown), "{nothing}");
        }
    }
}
