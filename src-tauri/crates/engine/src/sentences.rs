//! A notice in one line: what a toast of the window says of it, and what goes to somebody's messenger.
//!
//! The console words every notice in full, with what its screen knows besides. Deliberately not here: whether anybody is told (`announce`),
//! and the words around a notice (whoever shows it).

use std::fmt::Display;

use pult_domain::markup::without_tags;
use serde::Serialize;
use serde_json::{Map, Value};

/// Characters of a comment that a line has room for.
const LONGEST_SAID: usize = 200;

/// A language there are words in; as JSON its two-letter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// The language of a two-letter code; `None` for one without words here.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "ru" => Some(Self::Ru),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// Puts values in the places of `{}`, in order.
#[must_use]
pub fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        if let Some(value) = values.get(at) {
            filled.push_str(&value.to_string());
        }
        filled.push_str(part);
    }
    filled
}

type Values = Map<String, Value>;

fn text(values: &Values, name: &str) -> String {
    match values.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Null | Value::String(_)) | None => "—".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn is(values: &Values, name: &str) -> bool {
    values.get(name).and_then(Value::as_bool) == Some(true)
}

/// Whether a notice tells of another status of a ticket.
#[must_use]
pub fn tells_status(code: &str, values: &Values) -> bool {
    code == "tickets.status_now" || (code == "tickets.entry" && is(values, "status"))
}

/// Whether a notice tells of a comment, alone or beside another status.
#[must_use]
pub fn tells_comment(code: &str, values: &Values) -> bool {
    code == "tickets.entry" && is(values, "commented")
}

/// Who commented, and what they said where everybody who is told may read it. A comment is news for its words.
fn comment(values: &Values, language: Language) -> String {
    let by = match (language, is(values, "private")) {
        (Language::Ru, false) => "Добавлен комментарий от '{}'",
        (Language::Ru, true) => "Добавлен закрытый комментарий от '{}'",
        (Language::En, false) => "'{}' added a comment",
        (Language::En, true) => "'{}' added a private comment",
    };
    let by = fill(by, &[&text(values, "by")]);
    let said = values.get("comment").and_then(Value::as_str).filter(|_| !is(values, "private")).unwrap_or_default();
    let said = without_tags(said).split_whitespace().collect::<Vec<_>>().join(" ");
    match said.is_empty() {
        true => by,
        false => format!("{by}: {}", shortened(said)),
    }
}

/// The beginning of what somebody said: as much as a toast shows.
fn shortened(said: String) -> String {
    match said.char_indices().nth(LONGEST_SAID) {
        None => said,
        Some((end, _)) => format!("{}…", said[..end].trim_end()),
    }
}

/// The title of a notice that has one, and what happened; the title alone says enough where nothing is below it.
#[must_use]
pub fn titled(code: &str, values: &Values, language: Language) -> Option<(String, String)> {
    if code == "messages.heard" {
        return Some((text(values, "name"), text(values, "text")));
    }
    let (changed, commented) = (tells_status(code, values), tells_comment(code, values));
    let title: &str = match (code, language) {
        (_, Language::Ru) if changed => "Изменение статуса заявки #{}",
        (_, Language::En) if changed => "Status of ticket #{} changed",
        (_, Language::Ru) if commented => "Новый комментарий к заявке #{}",
        (_, Language::En) if commented => "New comment on ticket #{}",
        ("tickets.entry", Language::Ru) => "Новый исполнитель заявки #{}",
        ("tickets.entry", Language::En) => "New assignee of ticket #{}",
        ("tickets.created", Language::Ru) => "Новая заявка #{}",
        ("tickets.created", Language::En) => "New ticket #{}",
        ("tickets.gone", Language::Ru) => "Заявка #{} больше не видна",
        ("tickets.gone", Language::En) => "Ticket #{} can no longer be seen",
        ("tickets.not_changed", Language::Ru) => "Заявка #{} не изменена",
        ("tickets.not_changed", Language::En) => "Ticket #{} was not changed",
        ("tickets.many", Language::Ru) => "Заявки изменились",
        ("tickets.many", Language::En) => "Tickets changed",
        _ => return None,
    };
    let status = match language {
        Language::Ru => "Статус изменился с '{}' на '{}'",
        Language::En => "The status changed from '{}' to '{}'",
    };
    let status = || fill(status, &[&text(values, "old_status"), &text(values, "new_status")]);
    let line = match (changed, commented) {
        (true, true) => format!("{}. {}", status(), comment(values, language)),
        (true, false) => status(),
        (false, true) => comment(values, language),
        (false, false) => values.get("subject").and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    Some((fill(title, &[&text(values, "ticket")]), line))
}

/// The codes of a line and the values it has places for: `code, Russian, English, values`.
const LINES: &[(&str, &str, &str, &[&str])] = &[
    (
        "floor.too_long",
        "{}: одно состояние дольше {} мин",
        "{}: in one state for more than {} min",
        &["operator", "minutes"],
    ),
    (
        "floor.source_lost",
        "Операторов не слышно, команд без наблюдения: {}",
        "Operators are not heard, teams not watched: {}",
        &["teams"],
    ),
    ("network.lost", "{}: нет ответа", "{}: no answer", &["title"]),
    ("network.poor", "{}: плохая связь", "{}: poor connection", &["title"]),
    (
        "network.certificate",
        "{}: сертификат кончается, осталось дней: {}",
        "{}: its certificate ends, days left: {}",
        &["title", "days"],
    ),
    ("network.certificate_ended", "{}: сертификат кончился", "{}: its certificate has ended", &["title"]),
    ("ratings.bad", "Плохая оценка заявки № {}: {}", "A bad rating of request No. {}: {}", &["issue", "title"]),
    ("ratings.refused", "Оценка заявки № {} не сохранена", "The rating of request No. {} is not saved", &["issue"]),
    (
        "erp.document",
        "Документ 1С № {}: созданы не все задачи",
        "ERP document No. {}: not all tasks were created",
        &["number"],
    ),
    ("carousel.nobody", "Некому отдавать тикеты сервиса «{}»", "Nobody to give tickets of “{}” to", &["service"]),
    (
        "carousel.parked",
        "Тикет № {} отложен: отдать его не вышло, «{}»",
        "Ticket No. {} is parked: it could not be given to anybody, “{}”",
        &["ticket", "service"],
    ),
    (
        "carousel.service_refused",
        "Служба заявок не даёт работать с сервисом «{}»",
        "The service desk does not let “{}” be worked on",
        &["service"],
    ),
    (
        "carousel.refused",
        "Служба заявок не приняла исполнителя: {}, «{}»",
        "The service desk refused {} for “{}”",
        &["person", "service"],
    ),
    ("carousel.import_failed", "Импорт сервисов и людей не удался", "Services and people could not be imported", &[]),
    (
        "chat_link.echo",
        "Эхо в переписке {}: пара остановлена",
        "Echo in the conversation of {}: the pair was stopped",
        &["issue"],
    ),
    (
        "chat_link.storm",
        "Шквал сообщений в {}: пара остановлена",
        "Storm of messages in {}: the pair was stopped",
        &["issue"],
    ),
    (
        "chat_link.chat_gone",
        "Переписки {} в чате больше нет: пара остановлена",
        "The conversation of {} is gone from its chat: the pair was stopped",
        &["issue"],
    ),
    (
        "chat_link.issue_gone",
        "Задачи {} больше нет: пара остановлена",
        "Issue {} is gone: the pair was stopped",
        &["issue"],
    ),
    (
        "chat_link.barred",
        "Нет прав: сообщения не копируются, первое {}",
        "No rights: messages are not copied, the first one {}",
        &["issue"],
    ),
    ("chat_link.request_failed", "Обращение не создано: {}", "A request was not created: {}", &["summary"]),
    ("chat_link.not_copied", "Сообщение не скопировано: {}", "A message was not copied: {}", &["issue"]),
    (
        "chat_link.not_linked",
        "В задачу {} не записана её переписка",
        "Issue {} was not told of its conversation",
        &["issue"],
    ),
    (
        "chat_link.comments_not_read",
        "Комментарии задачи {} не читаются: переписка ждёт",
        "Comments of issue {} cannot be read: the conversation waits",
        &["issue"],
    ),
    (
        "chat_link.unplaced",
        "Сообщение из обсуждения осталось без задачи",
        "A message of a discussion has no issue",
        &[],
    ),
    ("chat_link.fields", "В очереди трекера нет полей: {}", "The tracker’s queue lacks fields: {}", &["fields"]),
    ("source.unreachable", "Нет связи с системой: {}", "A system is out of reach: {}", &["source"]),
    (
        "source.refused",
        "{}: вход отклонён, проверьте пароль или ключ",
        "{}: sign-in refused, check the password or the key",
        &["source"],
    ),
    (
        "source.unreachable/news",
        "{}: новости не читаются, нет связи",
        "{}: news cannot be read, out of reach",
        &["source"],
    ),
    (
        "source.refused/news",
        "{}: читать новости не дают, проверьте пароль или ключ",
        "{}: reading the news is refused, check the password or the key",
        &["source"],
    ),
    // Why, in the engine's own words, is in the console, which has them in both languages.
    ("backup.failed", "Резервная копия не сделана", "No backup could be made", &[]),
    (
        "database.damaged",
        "База данных повреждена. Верните последнюю копию: {}",
        "The database is damaged. Restore the latest backup: {}",
        &["command"],
    ),
    ("deliveries.dead", "{}: не ушло вызовов: {}", "{}: calls given up: {}", &["source", "count"]),
    ("sign_in.token", "ERP не знает токена Пульта", "The ERP does not know Pult’s token", &[]),
    ("sign_in.setup", "Проверка паролей настроена неверно", "Password checks are set up wrong", &[]),
    ("sign_in.answer", "Ответ ERP о паролях не понят", "The ERP’s answer about passwords is not understood", &[]),
    (
        "sign_in.away",
        "ERP не отвечает, пароли сверяются по памяти",
        "The ERP does not answer, passwords are checked from memory",
        &[],
    ),
    (
        "messages.undelivered",
        "Уведомления не доходят в мессенджер: {}",
        "Notices do not reach the messenger: {}",
        &["peer"],
    ),
];

/// What people call the systems around us: `name, Russian, English`.
const SOURCES: &[(&str, &str, &str)] = &[
    ("telephony", "Телефония", "Telephony"),
    ("agencies", "Справочник агентств", "Agency directory"),
    ("call_feed", "Журнал колл-центра", "Call centre journal"),
    ("finesse", "Cisco Finesse", "Cisco Finesse"),
    ("okdesk", "Okdesk", "Okdesk"),
    ("bitrix24", "Битрикс24", "Bitrix24"),
    ("erp", "1С", "1C"),
    ("intradesk", "Intradesk", "Intradesk"),
    ("pachca", "Пачка", "Pachca"),
    ("tracker", "Яндекс Трекер", "Yandex Tracker"),
    ("yandex360", "Яндекс 360", "Yandex 360"),
    ("redmine", "Redmine", "Redmine"),
    ("staff", "Проверка паролей", "Password checks"),
    ("xmpp", "Мессенджер", "Messenger"),
];

/// What people call a system around us; one of a newer server is called by its own name.
#[must_use]
pub fn source(name: &str, language: Language) -> &str {
    match (SOURCES.iter().find(|(known, ..)| *known == name), language) {
        (Some((_, ru, _)), Language::Ru) => ru,
        (Some((_, _, en)), Language::En) => en,
        (None, _) => name,
    }
}

/// What was broken and works again. Whatever stands for itself says nothing of what was.
fn recovered(values: &Values, language: Language) -> String {
    let was = text(values, "was");
    let what = if was == RECOVERED { String::new() } else { line(&was, values, language) };
    let sentence = match language {
        Language::Ru => "Снова в порядке через {} мин: {}",
        Language::En => "All right again after {} min: {}",
    };
    fill(sentence, &[&text(values, "minutes"), &what])
}

/// The code of the note that an incident is over.
const RECOVERED: &str = "incident.recovered";

/// Whether there is a line of its own for a code.
#[must_use]
pub fn has_line(code: &str) -> bool {
    code == RECOVERED
        || LINES.iter().any(|(of, ..)| *of == code)
        || titled(code, &Values::new(), Language::Ru).is_some()
}

/// One line about a notice.
#[must_use]
pub fn line(code: &str, values: &Values, language: Language) -> String {
    if code == RECOVERED {
        return recovered(values, language);
    }
    // The two ways to a system are told apart.
    let news = values.get("way").and_then(Value::as_str) == Some("news");
    let key = if news { format!("{code}/news") } else { code.to_owned() };
    let found = LINES.iter().find(|(of, ..)| *of == key).or_else(|| LINES.iter().find(|(of, ..)| *of == code));
    let (sentence, names): (&str, &[&str]) = match (found, language) {
        (Some((_, ru, _, names)), Language::Ru) => (ru, names),
        (Some((_, _, en, names)), Language::En) => (en, names),
        // A newer server's notice: the bell has its words.
        (None, Language::Ru) => ("Новое уведомление", &[]),
        (None, Language::En) => ("A new notice", &[]),
    };
    let said = |name: &str| match name {
        "source" => source(&text(values, name), language).to_owned(),
        name => text(values, name),
    };
    let values: Vec<String> = names.iter().map(|name| said(name)).collect();
    let values: Vec<&dyn Display> = values.iter().map(|value| value as &dyn Display).collect();
    fill(sentence, &values)
}

/// A notice in one line, whether it has a title or not.
#[must_use]
pub fn whole(code: &str, values: &Values, language: Language) -> String {
    match titled(code, values, language) {
        Some((title, below)) if below.is_empty() => title,
        Some((title, below)) => format!("{title}: {below}"),
        None => line(code, values, language),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(of: Value) -> Values {
        of.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn values_take_their_places_in_order() {
        assert_eq!(fill("{} of {} live", &[&2, &3]), "2 of 3 live");
        assert_eq!(fill("none", &[&2]), "none");
    }

    #[test]
    fn a_ticket_is_told_by_what_happened_to_it() {
        let told = |code: &str, of: Value| titled(code, &values(of), Language::Ru);
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
        let both = json!({ "ticket": 4312, "status": true, "old_status": "Новая", "new_status": "В работе", "commented": true,
            "comment": "<p>Смотрю</p>\n<b>кабель</b>", "private": false, "by": "Анна" });
        assert_eq!(
            told("tickets.entry", both),
            pair(
                "Изменение статуса заявки #4312",
                "Статус изменился с 'Новая' на 'В работе'. Добавлен комментарий от 'Анна': Смотрю кабель"
            )
        );
        let long = json!({ "ticket": 4312, "commented": true, "comment": "й".repeat(5_000), "by": "Анна" });
        let (_, line) = told("tickets.entry", long).unwrap();
        assert_eq!(line, format!("Добавлен комментарий от 'Анна': {}…", "й".repeat(LONGEST_SAID)));
        let gone = json!({ "ticket": 4312, "subject": "Касса" });
        assert_eq!(told("tickets.gone", gone), pair("Заявка #4312 больше не видна", "Касса"));
        assert_eq!(told("floor.too_long", json!({})), None);
        let heard = json!({ "name": "Анна", "text": "Добрый день" });
        assert_eq!(told("messages.heard", heard), pair("Анна", "Добрый день"));
    }

    #[test]
    fn a_line_names_what_it_is_about() {
        let long = values(json!({ "operator": "Белова О.", "minutes": 30 }));
        assert_eq!(line("floor.too_long", &long, Language::Ru), "Белова О.: одно состояние дольше 30 мин");
        assert_eq!(line("newer", &long, Language::En), "A new notice");
        for (code, calls, news) in [
            ("source.unreachable", "Нет связи с системой: Redmine", "Redmine: новости не читаются, нет связи"),
            (
                "source.refused",
                "Redmine: вход отклонён, проверьте пароль или ключ",
                "Redmine: читать новости не дают, проверьте пароль или ключ",
            ),
        ] {
            let by = |way: &str| line(code, &values(json!({ "source": "redmine", "way": way })), Language::Ru);
            assert_eq!((by("calls").as_str(), by("news").as_str()), (calls, news));
        }
        let back = values(json!({ "source": "okdesk", "was": "source.unreachable", "minutes": 12 }));
        let again = "All right again after 12 min: A system is out of reach: Okdesk";
        assert_eq!(line("incident.recovered", &back, Language::En), again);
        assert_eq!(whole("tickets.many", &Values::new(), Language::Ru), "Заявки изменились");
    }

    /// It fails when words of the engine, which are English, stand in a line of another language.
    #[test]
    fn no_line_has_the_engine_s_own_words() {
        assert!(LINES.iter().all(|(.., names)| !names.contains(&"detail")));
    }

    #[test]
    fn every_system_has_a_name_for_people() {
        for name in pult_integrations::names() {
            assert!(SOURCES.iter().any(|(known, ..)| known == name), "{name}");
        }
        assert_eq!((source("erp", Language::Ru), source("newer", Language::En)), ("1С", "newer"));
    }

    #[test]
    fn both_languages_have_a_place_for_every_value() {
        for (code, ru, en, names) in LINES {
            for sentence in [ru, en] {
                assert_eq!(sentence.matches("{}").count(), names.len(), "{code}: {sentence}");
            }
        }
    }
}
