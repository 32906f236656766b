//! Words for people in the messenger (behaviour/chat_tracker 5).
//!
//! Deliberately not here: the words of copies and of the first message (the integrations'), the menu and the form (settings).

use super::super::{Action, IssueCard, IssueRow, markdown::in_line as escaped};

pub(super) const WHICH: &str = "Выберите, какие задачи показать:";
pub(super) const NO_PERSON: &str = "Не удалось определить никнейм пользователя в Пачке.";
pub(super) const NO_RIGHT: &str = "Нет прав на это действие";
pub(super) const SEARCH_FAILED: &str = "Ошибка при запросе задач в Трекере.";
pub(super) const FORM_FAILED: &str = "Не удалось открыть форму автоматически - нажми кнопку ещё раз.";
pub(super) const OPEN_FORM: &str = "Открыть форму";
pub(super) const GONE: &str = "Обращение больше не найдено.";
pub(super) const NO_TRACKER: &str = "трекер не подключён";
pub(super) const NO_MESSENGER: &str = "мессенджер не подключён";
pub(super) const TOO_LATE: &str = "Не получилось вовремя - нажми кнопку ещё раз.";
/// A message is split before it is longer, in characters (behaviour/chat_tracker 13.17).
const LONGEST: usize = 3500;
/// So many of the issues that are over, or followed, are shown (behaviour/chat_tracker 5.2).
const LAST: usize = 10;
/// A title in a list is no longer.
const LONGEST_SUMMARY: usize = 300;

pub(super) fn not_created(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    format!("Не удалось создать задачу в трекере: {}. Обратитесь в ServiceDesk или попробуйте позже.", escaped(reason))
}

pub(super) fn no_way(issue: &IssueCard) -> String {
    format!("{}: из статуса «{}» такого перехода нет.", issue.key, escaped(&issue.status_name))
}

pub(super) fn which_way(issue: &IssueCard) -> String {
    format!("{}, сейчас «{}». Куда перевести?", issue.key, escaped(&issue.status_name))
}

pub(super) fn changed(issue: &IssueCard) -> String {
    format!(
        "{}: {}. Исполнитель: {}",
        issue.key,
        escaped(&issue.status_name),
        issue.assignee.as_deref().map_or_else(|| "—".to_owned(), escaped)
    )
}

pub(super) fn refused(reason: &str) -> String {
    format!("Не получилось: {}", escaped(reason.trim()))
}

pub(super) fn not_let_in(issue: &str, logins: &[String], reason: &str) -> String {
    let (logins, reason) = (escaped(&logins.join(", ")), reason.trim().trim_end_matches('.'));
    format!("Не удалось дать доступ к задаче {issue} тем, кого вы упомянули ({logins}): {}.", escaped(reason))
}

/// Somebody named people in a conversation, and may not let them in.
pub(super) fn may_not_let_in(issue: &str, logins: &[String]) -> String {
    let logins = escaped(&logins.join(", "));
    format!(
        "Те, кого вы упомянули ({logins}), не получили доступ к задаче {issue}: открыть её могут автор, исполнитель, наблюдатели и агенты."
    )
}

/// A list of issues as messages, none of them too long.
pub(super) fn list(action: &Action, rows: &[IssueRow]) -> Vec<String> {
    let (head, none) = match action {
        Action::Closed => ("Закрытые (последние 10):", "Закрытых задач не найдено 📁"),
        Action::Watched => ("Задачи, где я наблюдатель (последние 10):", "Наблюдаемых задач не найдено 📁"),
        _ => ("Открытые задачи:", "Активных задач не найдено ✅"),
    };
    if rows.is_empty() {
        return vec![none.to_owned()];
    }
    let mut messages = vec![head.to_owned()];
    let most = if matches!(action, Action::Closed | Action::Watched) { LAST } else { rows.len() };
    for row in rows.iter().take(most) {
        let line = line(row);
        match messages.last_mut() {
            Some(last) if last.chars().count() + line.chars().count() + 2 <= LONGEST => {
                last.push_str("\n\n");
                last.push_str(&line);
            }
            _ => messages.push(line),
        }
    }
    messages
}

fn line(row: &IssueRow) -> String {
    let summary: String = row.summary.chars().take(LONGEST_SUMMARY).collect();
    let assignee = row.assignee.as_deref().map_or_else(|| "—".to_owned(), escaped);
    format!("[{}]({}) — {} ({})\nИсполнитель: {assignee}", row.key, row.url, escaped(&summary), escaped(&row.status))
}
