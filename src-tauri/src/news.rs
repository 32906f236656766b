//! Notices as toasts: which are new to the person at this window, and what is said of them.
//!
//! The console words every notice in full; a toast has one line. Deliberately not here: raising a notice (the rules'), and who has
//! read it (the console's bell).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::words::{Language, fill};

/// How much a notice presses; a word of a newer server presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Info,
    Warning,
    Critical,
    #[serde(other)]
    Other,
}

/// A notice that holds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct News {
    pub(crate) id: i64,
    pub(crate) level: Level,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) values: Map<String, Value>,
}

/// The newest notice the person was told of; `None` until notices were first read.
#[derive(Debug, Default)]
pub(crate) struct Told(Option<i64>);

impl Told {
    /// Those nobody at this window has been told of, oldest first. What stood before the window began is in the bell.
    pub(crate) fn fresh<'n>(&mut self, standing: &'n [News]) -> Vec<&'n News> {
        let newest = standing.iter().map(|news| news.id).max();
        let before = self.0;
        self.0 = before.max(newest).or(Some(0));
        let Some(before) = before else { return vec![] };
        let mut fresh: Vec<&News> =
            standing.iter().filter(|news| news.id > before && news.level != Level::Info).collect();
        fresh.sort_by_key(|news| news.id);
        fresh
    }
}

/// One line about a notice.
pub(crate) fn line(news: &News, language: Language) -> String {
    let (text, names): (&str, &[&str]) = match (news.code.as_str(), language) {
        ("floor.too_long", Language::Ru) => ("{}: одно состояние дольше {} мин", &["operator", "minutes"]),
        ("floor.too_long", Language::En) => ("{}: in one state for more than {} min", &["operator", "minutes"]),
        ("floor.source_lost", Language::Ru) => ("Операторов не слышно, команд без наблюдения: {}", &["teams"]),
        ("floor.source_lost", Language::En) => ("Operators are not heard, teams not watched: {}", &["teams"]),
        ("network.lost", Language::Ru) => ("{}: нет ответа", &["title"]),
        ("network.lost", Language::En) => ("{}: no answer", &["title"]),
        ("network.poor", Language::Ru) => ("{}: плохая связь", &["title"]),
        ("network.poor", Language::En) => ("{}: poor connection", &["title"]),
        ("network.certificate", Language::Ru) => ("{}: сертификат кончается, осталось дней: {}", &["title", "days"]),
        ("network.certificate", Language::En) => ("{}: its certificate ends, days left: {}", &["title", "days"]),
        ("network.certificate_ended", Language::Ru) => ("{}: сертификат кончился", &["title"]),
        ("network.certificate_ended", Language::En) => ("{}: its certificate has ended", &["title"]),
        ("ratings.bad", Language::Ru) => ("Плохая оценка заявки № {}: {}", &["issue", "title"]),
        ("erp.document", Language::Ru) => ("Документ 1С № {}: созданы не все задачи", &["number"]),
        ("erp.document", Language::En) => ("ERP document No. {}: not all tasks were created", &["number"]),
        ("ratings.bad", Language::En) => ("A bad rating of request No. {}: {}", &["issue", "title"]),
        ("ratings.refused", Language::Ru) => ("Оценка заявки № {} не сохранена", &["issue"]),
        ("ratings.refused", Language::En) => ("The rating of request No. {} is not saved", &["issue"]),
        // A newer server's notice: the bell has its words.
        (_, Language::Ru) => ("Новое уведомление", &[]),
        (_, Language::En) => ("A new notice", &[]),
    };
    let values: Vec<String> = names
        .iter()
        .map(|name| match news.values.get(*name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => "—".to_owned(),
            Some(other) => other.to_string(),
        })
        .collect();
    let values: Vec<&dyn std::fmt::Display> = values.iter().map(|value| value as &dyn std::fmt::Display).collect();
    fill(text, &values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn news(id: i64, level: Level) -> News {
        let values = json!({ "operator": "Белова О.", "minutes": 30 });
        News { id, level, code: "floor.too_long".to_owned(), values: values.as_object().cloned().unwrap_or_default() }
    }

    #[test]
    fn what_stood_before_the_window_began_is_not_told_and_nothing_is_told_twice() {
        let mut told = Told::default();
        assert!(told.fresh(&[news(3, Level::Critical)]).is_empty());
        let standing = [news(5, Level::Warning), news(4, Level::Info), news(3, Level::Critical)];
        assert_eq!(told.fresh(&standing).iter().map(|n| n.id).collect::<Vec<_>>(), [5]);
        assert!(told.fresh(&standing).is_empty());
        // The newest one was cleared: the older ones are not new again.
        assert!(told.fresh(&standing[1..]).is_empty());
    }

    #[test]
    fn the_first_notice_of_an_empty_house_is_told() {
        let mut told = Told::default();
        assert!(told.fresh(&[]).is_empty());
        assert_eq!(told.fresh(&[news(1, Level::Warning)]).len(), 1);
    }

    #[test]
    fn a_line_names_what_it_is_about() {
        assert_eq!(line(&news(1, Level::Warning), Language::Ru), "Белова О.: одно состояние дольше 30 мин");
        let unknown = News { code: "newer".to_owned(), ..news(1, Level::Other) };
        assert_eq!(line(&unknown, Language::En), "A new notice");
    }
}
