//! Who asks for a new ticket, below what they write.
//!
//! Deliberately not here: who they are (the register of people).

use pult_domain::markup::{escaped, is_html};

/// A description with the lines of a signature below it, in the manner in which it is written.
pub(super) fn signed(description: String, lines: &[String]) -> String {
    if lines.is_empty() {
        return description;
    }
    let text = description.trim_end();
    match is_html(text) {
        true => {
            let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
            format!("{text}<br><br>{}", lines.join("<br>"))
        }
        false => format!("{text}\n\n{}", lines.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_written_as_the_text_above_it_is() {
        let lines = ["Вера Сменная".to_owned(), "R&D <2>".to_owned()];
        for (text, signed_text) in [
            ("Нет звука\n", "Нет звука\n\nВера Сменная\nR&D <2>"),
            ("<p>Нет звука</p>\n", "<p>Нет звука</p><br><br>Вера Сменная<br>R&amp;D &lt;2&gt;"),
            ("1 < 2", "1 < 2\n\nВера Сменная\nR&D <2>"),
        ] {
            assert_eq!(signed(text.to_owned(), &lines), signed_text);
        }
        assert_eq!(signed("<p>a</p>".to_owned(), &[]), "<p>a</p>");
    }
}
