//! The query language of a search, as far as the contract shows it: `Queue: DESK Updated: >= "2026-11-20" "Sort By": Updated ASC`.
//! Times are UTC, a day or to the second. Everything else is refused.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    filter::{By, Sort},
    refused::Refused,
    world::issue::Issue,
};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Colon,
    Comma,
    Sign(&'static str),
}

/// A condition.
#[derive(Clone, Debug)]
enum Term {
    Queues(Vec<String>),
    Time { by: By, sign: &'static str, from: Timestamp, to: Timestamp },
}

/// A query.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    terms: Vec<Term>,
    pub(super) order: Vec<Sort>,
}

fn refuse(what: &str) -> Refused {
    Refused::text(400, &format!("Запрос не удалось разобрать: {what}"))
}

impl Query {
    pub(super) fn read(text: &str) -> Result<Self, Refused> {
        let mut tokens = tokens(text)?.into_iter().peekable();
        let mut query = Self::default();
        while let Some(token) = tokens.next() {
            let Token::Word(name) = token else { return Err(refuse("нет поля")) };
            if tokens.next() != Some(Token::Colon) {
                return Err(refuse(&name));
            }
            let sign = match tokens.peek() {
                Some(Token::Sign(sign)) => {
                    let sign = *sign;
                    tokens.next();
                    sign
                }
                _ => "",
            };
            let mut values = Vec::new();
            loop {
                let Some(Token::Word(value)) = tokens.next() else { return Err(refuse(&name)) };
                values.push(value);
                if tokens.next_if_eq(&Token::Comma).is_none() {
                    break;
                }
            }
            match (name.to_lowercase().as_str(), sign, values.as_slice()) {
                ("queue", "", _) => query.terms.push(Term::Queues(values)),
                ("updated" | "created", _, [value]) => {
                    let by = By::of(&name).ok_or_else(|| refuse(&name))?;
                    let (from, to) = span(value).ok_or_else(|| refuse(value))?;
                    query.terms.push(Term::Time { by, sign, from, to });
                }
                ("sort by", "", [value]) => {
                    let by = By::of(value).ok_or_else(|| refuse(value))?;
                    let way = |token: &Token| matches!(token, Token::Word(word) if word == "ASC" || word == "DESC");
                    let falls = tokens.next_if(way) == Some(Token::Word("DESC".to_owned()));
                    query.order.push((by, falls));
                }
                _ => return Err(refuse(&name)),
            }
        }
        Ok(query)
    }

    pub(super) fn fits(&self, issue: &Issue) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Queues(queues) => queues.contains(&issue.queue),
            Term::Time { by, sign, from, to } => {
                let at = if *by == By::Created { issue.created_at } else { issue.updated_at };
                match *sign {
                    ">=" => at >= *from,
                    ">" => at >= *to,
                    "<=" => at < *to,
                    "<" => at < *from,
                    _ => at >= *from && at < *to,
                }
            }
        })
    }
}

/// Beginning and end of a day or of a second.
fn span(text: &str) -> Option<(Timestamp, Timestamp)> {
    let at: DateTime = text.parse().ok()?;
    let from = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let length = if text.contains(':') { SignedDuration::from_secs(1) } else { SignedDuration::from_hours(24) };
    Some((from, from.checked_add(length).ok()?))
}

fn tokens(text: &str) -> Result<Vec<Token>, Refused> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let token = match character {
            space if space.is_whitespace() => continue,
            ':' => Token::Colon,
            ',' => Token::Comma,
            '>' if characters.next_if_eq(&'=').is_some() => Token::Sign(">="),
            '<' if characters.next_if_eq(&'=').is_some() => Token::Sign("<="),
            '>' => Token::Sign(">"),
            '<' => Token::Sign("<"),
            '"' => {
                let mut word = String::new();
                loop {
                    match characters.next() {
                        Some('"') => break Token::Word(word),
                        Some(other) => word.push(other),
                        None => return Err(refuse("нет второй кавычки")),
                    }
                }
            }
            other if other.is_alphanumeric() => {
                let mut word = String::from(other);
                while let Some(next) =
                    characters.next_if(|next| next.is_alphanumeric() || matches!(next, '-' | '_' | '.'))
                {
                    word.push(next);
                }
                Token::Word(word)
            }
            other => return Err(refuse(&other.to_string())),
        };
        found.push(token);
    }
    Ok(found)
}
