//! What the sender is told of troubles, in Russian: people of the accounting system read it (behaviour/erp_tasks 2, 6).
//!
//! Deliberately not here: how the same is said in the console (its own texts).

use pult_domain::areas::erp::Trouble;

/// The queue or the disk is full.
pub(super) const NOT_RECORDED: &str = "Документ не сохранён: очередь заполнена. Отправьте его ещё раз позже";
/// Decided, and no outcome is known: the journal has the rest.
pub(super) const NO_OUTCOME: &str = "Документ сохранён, но не обработан. Подробности в журнале Pult";

/// The work goes on past the limit.
pub(super) fn not_in_time(limit_s: u32) -> String {
    format!("Обработка не завершена за {limit_s} с, документ сохранён")
}

/// Why a document could not be worked on to its end.
pub(super) fn of(trouble: &Trouble) -> String {
    match trouble {
        Trouble::NotConnected => {
            "Портал Битрикс24 не подключён: включите его в настройках Pult и задайте вебхук задач".to_owned()
        }
        Trouble::NoRoot { name } => format!("Подразделение \"{name}\" не найдено"),
        Trouble::SeveralRoots { name, ids } => several(&format!("Подразделений \"{name}\""), ids),
        Trouble::NoDepartment { name } => format!("Подотдел \"{name}\" не найден"),
        Trouble::SeveralDepartments { name, ids } => several(&format!("Подотделов \"{name}\""), ids),
        Trouble::NoStaff { name } => format!("В подотделе \"{name}\" нет сотрудников"),
        Trouble::NoProject { name } => format!("Проект \"{name}\" не найден"),
        Trouble::LoadsUnknown { name, reason } => {
            because(&format!("Загрузку сотрудников подотдела \"{name}\" прочитать не удалось"), reason)
        }
        Trouble::LineRefused { line, name, detail } => {
            because(&format!("Задача по строке {line} \"{name}\" не создана"), detail)
        }
        Trouble::PortalFailed { detail } => because("Портал Битрикс24 не ответил на нужный вопрос", detail),
        Trouble::UpdateRefused { detail } => because("При обновлении задачи произошла ошибка", detail),
    }
}

fn several(what: &str, ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("{what} несколько, их номера: {}", ids.join(", "))
}

fn because(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}
