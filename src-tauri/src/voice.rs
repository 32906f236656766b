//! Which language the window's own words are in: the one chosen in the console, kept for a start that opens no page.
//!
//! Deliberately not here: the words themselves (`words`).

use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::words::{Language, Words, language_of_the_system};

/// The file in the program's own folder that keeps the choice.
const FILE: &str = "language";

/// The language in force. Until the console has said one it is the system's, and Russian where that is none of ours.
pub(crate) struct Voice {
    language: watch::Sender<Language>,
    /// Absent where the person has no folder: then the choice lasts until the program ends.
    file: Option<PathBuf>,
}

impl Voice {
    /// Takes up the language of the last time.
    pub(crate) fn remembered(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let kept = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let language = kept.and_then(|code| Language::of_code(code.trim())).unwrap_or_else(language_of_the_system);
        Self { language: watch::Sender::new(language), file }
    }

    /// The words in force.
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(*self.language.borrow())
    }

    /// Takes what the console has chosen; a code without words here changes nothing.
    pub(crate) fn choose(&self, code: &str) {
        let Some(language) = Language::of_code(code) else { return };
        let changed = self.language.send_if_modified(|present| std::mem::replace(present, language) != language);
        let Some(file) = self.file.as_ref().filter(|file| changed || !file.exists()) else { return };
        let kept = file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(file, code));
        if let Err(error) = kept {
            tracing::warn!(%error, file = %file.display(), "the language is not kept for the next start");
        }
    }

    /// Tells of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<Language> {
        self.language.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consoles_choice_outlives_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("pult");
        let voice = Voice::remembered(Some(&home));
        let mut changes = voice.changes();
        for (code, title) in [("en", "Pult"), ("ru", "Пульт"), ("en", "Pult")] {
            voice.choose(code);
            assert_eq!(voice.words().title, title);
            assert_eq!(Voice::remembered(Some(&home)).words().title, title);
        }
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        voice.choose("en");
        voice.choose("tlh");
        assert!(!changes.has_changed().unwrap(), "the same again, or none of ours, is no change");
        assert_eq!(voice.words().title, "Pult");
    }

    #[test]
    fn without_a_folder_the_choice_lasts_as_long_as_the_program() {
        let voice = Voice::remembered(None);
        voice.choose("en");
        assert_eq!(voice.words().title, "Pult");
    }
}
