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

/// What `notices.news` answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Fresh {
    pub(crate) fresh: Vec<New>,
    /// So many are told in one sentence, and none of them by itself.
    pub(crate) storm: Option<usize>,
    /// A toast says only that there is something.
    pub(crate) private: bool,
    pub(crate) newest: i64,
    pub(crate) now: i64,
}

/// A notice that is new to the person, and whether it is shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct New {
    pub(crate) notice: News,
    pub(crate) announcement: Announcement,
}

/// How the engine wants the person told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Announcement {
    pub(crate) toast: bool,
}

impl Fresh {
    /// Those that are shown, oldest first.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &News> {
        self.fresh.iter().filter(|new| new.announcement.toast).map(|new| &new.notice)
    }
}

fn text(news: &News, name: &str) -> String {
    match news.values.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "—".to_owned(),
        Some(other) => other.to_string(),
    }
}

/// The title of a notice of a ticket and what happened; the title alone says enough where nothing is below it.
pub(crate) fn of_ticket(news: &News, language: Language) -> Option<(String, String)> {
    let yes = |name: &str| news.values.get(name).and_then(Value::as_bool) == Some(true);
    let changed = news.code == "tickets.status_now" || (news.code == "tickets.entry" && yes("status"));
    let (title, line): (&str, &str) = match (news.code.as_str(), language) {
        (_, Language::Ru) if changed => ("Изменение статуса заявки #{}", "Статус изменился с '{}' на '{}'"),
        (_, Language::En) if changed => ("Status of ticket #{} changed", "The status changed from '{}' to '{}'"),
        ("tickets.entry", Language::Ru) if yes("private") => {
            ("Новый комментарий к заявке #{}", "Добавлен закрытый комментарий от '{}'")
        }
        ("tickets.entry", Language::En) if yes("private") => {
            ("New comment on ticket #{}", "'{}' added a private comment")
        }
        ("tickets.entry", Language::Ru) if yes("commented") => {
            ("Новый комментарий к заявке #{}", "Добавлен комментарий от '{}'")
        }
        ("tickets.entry", Language::En) if yes("commented") => ("New comment on ticket #{}", "'{}' added a comment"),
        ("tickets.entry", Language::Ru) => ("Новый исполнитель заявки #{}", ""),
        ("tickets.entry", Language::En) => ("New assignee of ticket #{}", ""),
        ("tickets.created", Language::Ru) => ("Новая заявка #{}", ""),
        ("tickets.created", Language::En) => ("New ticket #{}", ""),
        ("tickets.gone", Language::Ru) => ("Заявка #{} больше не видна", ""),
        ("tickets.gone", Language::En) => ("Ticket #{} can no longer be seen", ""),
        ("tickets.not_changed", Language::Ru) => ("Заявка #{} не изменена", ""),
        ("tickets.not_changed", Language::En) => ("Ticket #{} was not changed", ""),
        ("tickets.many", Language::Ru) => ("Заявки изменились", ""),
        ("tickets.many", Language::En) => ("Tickets changed", ""),
        _ => return None,
    };
    let line = match (changed, line.is_empty()) {
        (true, _) => fill(line, &[&text(news, "old_status"), &text(news, "new_status")]),
        (false, false) => fill(line, &[&text(news, "by")]),
        (false, true) => news.values.get("subject").and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    Some((fill(title, &[&text(news, "ticket")]), line))
}

/// One line about a notice.
pub(crate) fn line(news: &News, language: Language) -> String {
    let (sentence, names): (&str, &[&str]) = match (news.code.as_str(), language) {
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
    let values: Vec<String> = names.iter().map(|name| text(news, name)).collect();
    let values: Vec<&dyn std::fmt::Display> = values.iter().map(|value| value as &dyn std::fmt::Display).collect();
    fill(sentence, &values)
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
    fn only_what_the_engine_wants_shown_is_shown() {
        let new = |id, toast| New { notice: news(id, Level::Info), announcement: Announcement { toast } };
        let fresh = Fresh { fresh: vec![new(1, false), new(2, true)], storm: None, private: false, newest: 2, now: 0 };
        assert_eq!(fresh.shown().map(|news| news.id).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_the_engine_answers_is_read() {
        let fresh: Fresh = serde_json::from_str(
            r#"{"fresh":[{"notice":{"id":7,"level":"newer","code":"a.b","values":{},"class":"ticket"},
                "announcement":{"toast":true,"sound":false,"messenger":false,"why":"new"}}],
                "storm":null,"private":true,"newest":7,"now":9}"#,
        )
        .unwrap();
        assert_eq!((fresh.shown().count(), fresh.private, fresh.fresh[0].notice.level), (1, true, Level::Other));
    }

    #[test]
    fn a_ticket_is_told_by_what_happened_to_it() {
        let told = |code: &str, values: Value| {
            let values = values.as_object().cloned().unwrap_or_default();
            of_ticket(&News { id: 1, level: Level::Info, code: code.to_owned(), values }, Language::Ru)
        };
        let pair = |title: &str, line: &str| Some((title.to_owned(), line.to_owned()));
        let status = json!({ "ticket": 4312, "status": true, "old_status": "Новая", "new_status": null });
        assert_eq!(
            told("tickets.entry", status),
            pair("Изменение статуса заявки #4312", "Статус изменился с 'Новая' на '—'")
        );
        let secret = json!({ "ticket": 4312, "commented": true, "private": true, "by": "Анна" });
        assert_eq!(
            told("tickets.entry", secret),
            pair("Новый комментарий к заявке #4312", "Добавлен закрытый комментарий от 'Анна'")
        );
        let gone = json!({ "ticket": 4312, "subject": "Касса" });
        assert_eq!(told("tickets.gone", gone), pair("Заявка #4312 больше не видна", "Касса"));
        assert_eq!(told("floor.too_long", json!({})), None);
    }

    #[test]
    fn a_line_names_what_it_is_about() {
        assert_eq!(line(&news(1, Level::Warning), Language::Ru), "Белова О.: одно состояние дольше 30 мин");
        let unknown = News { code: "newer".to_owned(), ..news(1, Level::Other) };
        assert_eq!(line(&unknown, Language::En), "A new notice");
    }
}
