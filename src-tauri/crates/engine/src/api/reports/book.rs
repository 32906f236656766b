//! Reports on tickets as files (behaviour/helpdesk 8): a workbook has the parameters and the groups on its first sheet and the tickets on the
//! second; a CSV has the tickets.
//!
//! Deliberately not here: counting, and who may look (`reports`).

use jiff::tz::TimeZone;
use pult_domain::areas::tickets::{
    Dictionary,
    report::{Day, Group, Grouping, Line, Report, StatusIs, UNASSIGNED},
};
use pult_store::tickets::StalePage;

use crate::export::{Cell, ExportError, Table};

/// Nobody works on it (behaviour/helpdesk 8).
pub const NOBODY: &str = "Исполнитель не назначен";

/// The name of a group for people.
#[must_use]
pub fn name_of(group: &Group) -> &str {
    if group.id == UNASSIGNED { NOBODY } else { &group.name }
}

fn text(text: &str) -> Cell {
    Cell::text(Some(text))
}

/// Parameters and groups of a report, beside its table. `lines` are those the groups were made of.
pub(super) fn summary(
    table: &mut Table,
    report: &Report,
    groups: &[Group],
    lines: &[Line],
    names: &Dictionary,
) -> Result<(), ExportError> {
    table.aside("Отчёт", &["Параметр", "Значение", "Заявок"])?;
    for (title, value) in parameters(report, lines, names) {
        table.push(vec![text(title), text(&value)]);
    }
    let total: u32 = groups.iter().map(|group| group.count).sum();
    table.push(vec![text("Всего"), Cell::Empty, Cell::Whole(total.into())]);
    table.push(vec![]);
    table.push(["Группа", "Внутри группы", "Заявок"].map(|title| Cell::Heading(title.to_owned())).into());
    for group in groups {
        table.push(vec![text(name_of(group)), Cell::Empty, Cell::Whole(group.count.into())]);
        for child in &group.children {
            table.push(vec![text(name_of(group)), text(name_of(child)), Cell::Whole(child.count.into())]);
        }
    }
    Ok(())
}

/// What a report was asked for, in words. What was not asked for is left out.
fn parameters(report: &Report, lines: &[Line], names: &Dictionary) -> Vec<(&'static str, String)> {
    let numbered = |found: Option<&String>, id: i64| found.cloned().unwrap_or_else(|| format!("№ {id}"));
    let project = names.projects.iter().find(|project| project.id == report.project);
    let period = match report.day {
        Day::Created => "по дате создания",
        Day::Closed => "по дате закрытия",
    };
    let grouping = match report.grouping {
        Grouping::Executor => "исполнитель",
        Grouping::Month => "месяц",
        Grouping::ExecutorMonth => "исполнитель, месяц",
        Grouping::MonthExecutor => "месяц, исполнитель",
    };
    let months = || report.months.iter().map(i8::to_string).collect::<Vec<_>>().join(", ");
    let status = |status: StatusIs| match status {
        StatusIs::Open => "открытые".to_owned(),
        StatusIs::Closed => "закрытые".to_owned(),
        StatusIs::Is { id } => numbered(names.statuses.iter().find(|s| s.id == id).map(|s| &s.name), id),
    };
    let executor = |id: i64| match id {
        0 => NOBODY.to_owned(),
        _ => {
            // Whoever is no member any more still stands in their tickets.
            let of_lines = || lines.iter().filter_map(|line| line.executor.as_ref()).find(|who| who.id == id);
            let member = project.and_then(|p| p.members.iter().find(|m| m.id == id)).map(|m| &m.name);
            numbered(member.or_else(|| of_lines().map(|who| &who.name)), id)
        }
    };
    [
        Some(("Проект", numbered(project.map(|p| &p.name), report.project))),
        Some(("Период", period.to_owned())),
        report.year.map(|year| ("Год", year.to_string())),
        (!report.months.is_empty()).then(|| ("Месяцы", months())),
        report.from.map(|day| ("С", day.strftime("%d.%m.%Y").to_string())),
        report.to.map(|day| ("По", day.strftime("%d.%m.%Y").to_string())),
        report.status.map(|of| ("Статус", status(of))),
        report.executor.map(|id| ("Исполнитель", executor(id))),
        Some(("Группировка", grouping.to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The tickets of a report.
pub(super) fn issues<'l>(
    table: &mut Table,
    lines: impl Iterator<Item = &'l Line>,
    zone: &TimeZone,
) -> Result<(), ExportError> {
    table.sheet("Issues", &["ID", "Тема", "Статус", "Создана", "Закрыта", "Исполнитель"])?;
    for line in lines {
        table.push(vec![
            Cell::Whole(line.id.0),
            text(&line.subject),
            text(&line.status.name),
            Cell::time(Some(line.created_on.as_millisecond()), zone),
            Cell::time(line.closed_on.map(|at| at.as_millisecond()), zone),
            text(line.executor.as_ref().map_or(NOBODY, |who| &who.name)),
        ]);
    }
    Ok(())
}

/// Tickets that have stood still.
pub(super) fn stale(table: &mut Table, page: &StalePage, now: i64, zone: &TimeZone) -> Result<(), ExportError> {
    let columns = ["ID", "Тема", "Статус", "Создана", "Статус с", "Дней без движения", "Возраст, дней", "Исполнитель"];
    table.sheet("Зависшие задачи", &columns)?;
    let days = |at: i64| Cell::Whole(super::days_since(at, now));
    for ticket in &page.rows {
        table.push(vec![
            Cell::Whole(ticket.id.0),
            text(&ticket.subject),
            text(&ticket.status.name),
            Cell::time(Some(ticket.created_on), zone),
            Cell::time(Some(ticket.status_at), zone),
            days(ticket.status_at),
            days(ticket.created_on),
            text(ticket.assignee.as_ref().map_or(NOBODY, |who| &who.name)),
        ]);
    }
    Ok(())
}
