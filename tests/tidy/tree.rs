//! The files of the repository as git sees them: tracked, or new and not ignored. Build products never come into sight.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A text file, by its path from the top with forward slashes.
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Text {
    /// The extension, or an empty text.
    pub(crate) fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
    }

    /// Is the whole file a test, a fixture or a simulator?
    pub(crate) fn is_test(&self) -> bool {
        let path = &self.path;
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/benches/")
            || path.ends_with("/tests.rs")
            || path.ends_with(".test.ts")
    }

    /// What comes before the tests at the bottom of a Rust file; the whole of any other file.
    pub(crate) fn without_tests(&self) -> &str {
        let bottom = "\n#[cfg(test)]\nmod tests {";
        self.text.split_once(bottom).map_or(&self.text, |(above, _)| above)
    }

    /// The tests of this file: all of it, or the module at the bottom.
    pub(crate) fn tests(&self) -> &str {
        if self.is_test() { &self.text } else { &self.text[self.without_tests().len()..] }
    }
}

/// The repository's top folder, which is also this package's.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every path that git knows or would add.
pub(crate) fn paths() -> &'static [String] {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let output = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"])
            .current_dir(root())
            .output()
            .expect("git lists the repository's files");
        assert!(output.status.success(), "these tests look at a git work tree: {}", root().display());
        let listed = String::from_utf8(output.stdout).expect("paths of this repository are UTF-8");
        // A file that was deleted and not yet committed is still listed.
        listed.split_terminator('\0').filter(|path| root().join(path).is_file()).map(str::to_owned).collect()
    });
    &PATHS
}

/// Every file that is text.
pub(crate) fn texts() -> &'static [Text] {
    static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
        let read = |path: &String| {
            let text = std::fs::read_to_string(root().join(path)).ok()?;
            Some(Text { path: path.clone(), text })
        };
        paths().iter().filter_map(read).collect()
    });
    &TEXTS
}

/// Fails with the advice and every finding, unless there is none.
#[track_caller]
pub(crate) fn expect_none(advice: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{advice}\n  {}\n", findings.join("\n  "));
}

/// `path:line: text` for each line of `part` (a piece of the file's text) that `wrong` picks.
pub(crate) fn lines_where(file: &Text, part: &str, wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let before = part.as_ptr() as usize - file.text.as_ptr() as usize;
    let first = file.text[..before].matches('\n').count() + 1;
    let numbered = part.lines().enumerate().filter(|(_, line)| wrong(line));
    numbered.map(|(index, line)| format!("{}:{}: {}", file.path, first + index, line.trim())).collect()
}

/// Does `word` occur in `line` with nothing on either side that would make it part of a longer word?
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric();
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}
