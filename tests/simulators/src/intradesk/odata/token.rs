//! The words of a filter: names, literals, brackets and commas. A quote inside a text is doubled.

use std::iter::Peekable;

use jiff::Timestamp;

use super::{Wrong, wrong};

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(i64),
    Time(Timestamp),
    Text(String),
    Open,
    Close,
    Comma,
}

/// Takes a filter apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    let mut rest = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = rest.peek().copied() {
        match letter {
            ' ' | '\t' => {
                rest.next();
            }
            '(' | ')' | ',' => {
                rest.next();
                tokens.push(match letter {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    _ => Token::Comma,
                });
            }
            '\'' => tokens.push(Token::Text(quoted(&mut rest)?)),
            '-' | '0'..='9' => tokens.push(literal(&run(&mut rest, |letter| {
                letter.is_ascii_alphanumeric() || matches!(letter, '-' | ':' | '.' | '+')
            }))?),
            'a'..='z' | 'A'..='Z' | '_' => {
                tokens.push(Token::Name(run(&mut rest, |letter| letter.is_ascii_alphanumeric() || letter == '_')));
            }
            other => return wrong(format!("Nothing begins with '{other}'.")),
        }
    }
    Ok(tokens)
}

fn run(rest: &mut Peekable<impl Iterator<Item = char>>, of: impl Fn(char) -> bool) -> String {
    let mut word = String::new();
    while let Some(letter) = rest.next_if(|letter| of(*letter)) {
        word.push(letter);
    }
    word
}

fn quoted(rest: &mut Peekable<impl Iterator<Item = char>>) -> Result<String, Wrong> {
    let mut text = String::new();
    rest.next();
    while let Some(letter) = rest.next() {
        if letter == '\'' && rest.next_if_eq(&'\'').is_none() {
            return Ok(text);
        }
        text.push(letter);
    }
    wrong("A text is not closed.")
}

fn literal(word: &str) -> Result<Token, Wrong> {
    if let Ok(number) = word.parse() {
        return Ok(Token::Number(number));
    }
    match word.parse() {
        Ok(at) => Ok(Token::Time(at)),
        Err(_) => wrong(format!("'{word}' is neither a number nor an instant.")),
    }
}
