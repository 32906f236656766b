//! The commented example file, made from the declarations so that it cannot fall behind them.
//!
//! Deliberately not here: any text about a single setting (its declaration has it).

use super::entries;
use super::file::toml_value;
use super::section::{Entry, Field};

/// Widest comment line.
const WIDTH: usize = 110;

const HEAD: &str = "\
# Pult: configuration. Every setting is shown with its default, or with an example where nothing is set by default.
# Remove the `# ` before a setting to change it; what is not here keeps its default. Passwords, keys and tokens are
# never kept in this file: `pultd secret set NAME` stores them (`pult secret set NAME` beside the window).
";

/// The file as text.
pub(super) fn example() -> String {
    let mut text = HEAD.to_owned();
    let mut entries = entries().iter().peekable();
    while let Some(entry) = entries.next() {
        match entry {
            // A section that only holds sections needs no header.
            Entry::Section { path, about } => {
                if matches!(entries.peek(), Some(Entry::Field(_))) {
                    text.push('\n');
                    comment(&mut text, about);
                    text.push_str(&format!("[{path}]\n"));
                }
            }
            Entry::Field(field) => setting(&mut text, field),
        }
    }
    text
}

fn setting(text: &mut String, field: &Field) {
    let restart = if field.needs_restart { " A change needs a restart." } else { "" };
    let default = toml_value(&field.default).map(|value| value.to_string().trim().to_owned());
    let unset = if default.is_none() { " Not set by default." } else { "" };
    text.push('\n');
    comment(text, &field.about);
    comment(text, &format!("Allowed: {}.{unset}{restart}", field.expects()));
    let name = field.path.rsplit('.').next().unwrap_or(&field.path);
    let shown = default.as_deref().or(field.sample).unwrap_or("\"\"");
    // A text of several lines stays one setting.
    text.extend(format!("{name} = {shown}").lines().map(|line| format!("# {line}\n")));
}

/// Writes a paragraph as comment lines, broken between words.
fn comment(text: &mut String, paragraph: &str) {
    let mut line = String::from("##");
    for word in paragraph.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("##");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}
