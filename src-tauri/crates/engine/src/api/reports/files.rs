//! Figures of a period as files: the same that the console shows, under Russian headings as the console's people read them.
//!
//! Deliberately not here: tickets, which are files of their own (`book`), and how a table is written (`export`).

use pult_domain::{
    ServiceId,
    areas::{
        calls::{Centre, codes},
        floor::Group,
        tickets::Named,
    },
};
use pult_store::{carousel, tickets};
use serde::Deserialize;
use ts_rs::TS;

use super::figures::{self, CallReportRequest, RatingsOfDay, ReportDays, ReportOfDays, StateTimes};
use crate::{
    Engine,
    api::{
        File,
        calls::Format,
        carousel::{self as lab, LabRequest},
    },
    auth::Actor,
    error::ApiError,
    export::{Cell, ExportError, Table},
};

/// A report as a file.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReportExport {
    /// Which.
    pub what: Exported,
    /// In which form.
    pub format: Format,
}

/// Which report.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(tag = "report", rename_all = "snake_case", deny_unknown_fields)]
#[ts(rename = "ExportedReport")]
pub enum Exported {
    /// One's own tickets by status.
    OwnTickets {},
    /// Calls by operator, day and hour.
    Calls {
        /// Of which days.
        days: ReportDays,
        /// Of one centre.
        centre: Option<Centre>,
    },
    /// Time in states, by operator and by team.
    States {
        /// Of which days.
        days: ReportDays,
    },
    /// How even the carousel was.
    Fairness {
        /// Of which days.
        days: ReportDays,
        /// Of one service.
        service: Option<ServiceId>,
    },
    /// Ratings, answers of people and silences apart.
    Ratings {
        /// Of which days.
        days: ReportDays,
    },
    /// How much each target answered.
    Availability {
        /// Of which days.
        days: ReportDays,
    },
}

pub(in crate::api) async fn export(engine: &Engine, actor: &Actor, request: ReportExport) -> Result<File, ApiError> {
    let mut table = Table::empty(request.format);
    let (name, days) = match request.what {
        Exported::OwnTickets {} => {
            own_tickets(engine, actor, &mut table).await?;
            ("my-tickets", None)
        }
        Exported::Calls { days, centre } => {
            calls(engine, actor, CallReportRequest { days, centre }, &mut table).await?;
            ("calls", Some(days))
        }
        Exported::States { days } => {
            states(engine, actor, ReportOfDays { days }, &mut table).await?;
            ("state-time", Some(days))
        }
        Exported::Fairness { days, service } => {
            fairness(engine, actor, LabRequest { from: days.from, to: days.to, service }, &mut table).await?;
            ("fairness", Some(days))
        }
        Exported::Ratings { days } => {
            ratings(engine, actor, ReportOfDays { days }, &mut table).await?;
            ("csat", Some(days))
        }
        Exported::Availability { days } => {
            availability(engine, actor, ReportOfDays { days }, &mut table).await?;
            ("availability", Some(days))
        }
    };
    let bytes = table.finish().map_err(failed)?;
    let today = engine.clock().now().strftime("%Y-%m-%d").to_string();
    let when = days.map_or(today, |days| format!("{}-{}", days.from, days.to));
    Ok(request.format.file(&format!("{name}-{when}"), &bytes))
}

fn failed(error: ExportError) -> ApiError {
    pult_store::StoreError::from(error).into()
}

fn text(text: &str) -> Cell {
    Cell::text(Some(text))
}

fn date(day: jiff::civil::Date) -> Cell {
    Cell::Text(day.strftime("%d.%m.%Y").to_string())
}

/// A part as per cent with two decimals.
fn percent(share: Option<f64>) -> Cell {
    share.map_or(Cell::Empty, |share| Cell::Decimal((share * 10_000.0).round() / 100.0))
}

fn centre(centre: Centre) -> Cell {
    text(match centre {
        Centre::Moscow => "Москва",
        Centre::Vilnius => "Вильнюс",
    })
}

async fn own_tickets(engine: &Engine, actor: &Actor, table: &mut Table) -> Result<(), ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    let filter = tickets::TicketFilter::default();
    let counts = engine.store().read(move |c| tickets::counts(c, &viewer, &filter)).await?;
    table.sheet("Мои заявки", &["Статус", "Завершает заявку", "Заявок"]).map_err(failed)?;
    for tickets::StatusCount { status: Named { name, .. }, closed, count } in counts.statuses {
        table.push(vec![text(&name), text(if closed { "Да" } else { "Нет" }), Cell::Whole(count.into())]);
    }
    Ok(())
}

async fn calls(engine: &Engine, actor: &Actor, request: CallReportRequest, table: &mut Table) -> Result<(), ApiError> {
    let report = figures::calls(engine, actor, request).await?;
    table.sheet("Операторы", &["Оператор", "Звонков", "Средняя длительность, с"]).map_err(failed)?;
    for one in &report.operators {
        let mean = one.mean_seconds.map_or(Cell::Empty, |mean| Cell::Whole(mean.round() as i64));
        table.push(vec![text(one.operator.as_deref().unwrap_or("Оператор не указан")), Cell::Whole(one.calls), mean]);
    }
    table.aside("По дням", &["День", "Центр", "Результат", "Звонков"]).map_err(failed)?;
    for bar in &report.days {
        let result = text(codes::result_text(bar.result));
        table.push(vec![date(bar.day), centre(bar.centre), result, Cell::Whole(bar.calls)]);
    }
    table.aside("По часам", &["Час", "Центр", "Результат", "Звонков"]).map_err(failed)?;
    for bar in &report.hours {
        let result = text(codes::result_text(bar.result));
        table.push(vec![Cell::Text(format!("{:02}:00", bar.hour)), centre(bar.centre), result, Cell::Whole(bar.calls)]);
    }
    Ok(())
}

const GROUPS: [(Group, &str); 6] = [
    (Group::Talking, "Разговор, с"),
    (Group::Ready, "Готов, с"),
    (Group::WrapUp, "Постобработка, с"),
    (Group::NotReady, "Не готов, с"),
    (Group::Unknown, "Неизвестно, с"),
    (Group::SignedOut, "Выход, с"),
];
const VERDICTS: [(&str, &str); 5] = [
    ("network", "Не готов: сеть, с"),
    ("phone", "Не готов: телефон, с"),
    ("desktop_closed", "Не готов: рабочее место закрыто, с"),
    ("person", "Не готов: оператор, с"),
    ("unknown", "Не готов: неизвестно, с"),
];

async fn states(engine: &Engine, actor: &Actor, request: ReportOfDays, table: &mut Table) -> Result<(), ApiError> {
    let report = figures::states(engine, actor, request).await?;
    let columns = |first: &[&'static str]| {
        let times = GROUPS.iter().map(|(_, title)| *title).chain(VERDICTS.iter().map(|(_, title)| *title));
        first.iter().copied().chain(["Звонков"]).chain(times).collect::<Vec<_>>()
    };
    table.sheet("Операторы", &columns(&["Оператор", "Команды"])).map_err(failed)?;
    for one in &report.operators {
        table.push([vec![text(&one.name), text(&one.teams.join(", "))], times(&one.times)].concat());
    }
    table.aside("Команды", &columns(&["Команда", "Человек"])).map_err(failed)?;
    for team in &report.teams {
        table.push([vec![text(&team.name), Cell::Whole(team.people.into())], times(&team.times)].concat());
    }
    Ok(())
}

fn times(times: &StateTimes) -> Vec<Cell> {
    let seconds = |ms: Option<&i64>| Cell::Whole(ms.copied().unwrap_or_default() / 1_000);
    let groups = GROUPS.iter().map(|(group, _)| seconds(times.by_group.get(group)));
    let verdicts = VERDICTS.iter().map(|(verdict, _)| seconds(times.not_ready_by_verdict.get(*verdict)));
    [Cell::Whole(times.talks.into())].into_iter().chain(groups).chain(verdicts).collect()
}

async fn fairness(engine: &Engine, actor: &Actor, request: LabRequest, table: &mut Table) -> Result<(), ApiError> {
    let report = lab::lab(engine, actor, request).await?;
    let people = engine.store().read(carousel::employees).await?;
    table.sheet("Справедливость", &["Сотрудник", "Роздано", "Поровну", "Разница"]).map_err(failed)?;
    let tenth = |value: f64| Cell::Decimal((value * 10.0).round() / 10.0);
    for share in report.actual {
        let name = people.iter().find(|person| person.id == share.person).map(|person| person.name.as_str());
        let name = name.map_or_else(|| format!("№ {}", share.person.0), str::to_owned);
        let given = f64::from(share.given);
        table.push(vec![text(&name), Cell::Whole(share.given.into()), tenth(share.even), tenth(given - share.even)]);
    }
    Ok(())
}

async fn ratings(engine: &Engine, actor: &Actor, request: ReportOfDays, table: &mut Table) -> Result<(), ApiError> {
    let report = figures::ratings(engine, actor, request).await?;
    let columns = [
        "День",
        "CSAT по ответам клиентов, %",
        "Клиент: отлично",
        "Клиент: хорошо",
        "Клиент: плохо",
        "Автоматически: отлично",
        "Автоматически: хорошо",
        "Автоматически: плохо",
        "Супервизор: отлично",
        "Супервизор: хорошо",
        "Супервизор: плохо",
    ];
    table.sheet("CSAT", &columns).map_err(failed)?;
    for RatingsOfDay { day, by_user, by_auto, by_supervisor } in report.days {
        let answers = f64::from(by_user.iter().sum::<u32>());
        let satisfied = f64::from(by_user[0] + by_user[1]);
        let share = (answers > 0.0).then(|| satisfied / answers);
        let counts = [by_user, by_auto, by_supervisor].concat().into_iter().map(|number| Cell::Whole(number.into()));
        table.push([date(day), percent(share)].into_iter().chain(counts).collect());
    }
    let (figures, counts) = (report.figures, report.figures.counts);
    table.aside("За период", &["Показатель", "Значение"]).map_err(failed)?;
    for (title, value) in [
        ("CSAT по ответам клиентов, %", percent(figures.satisfaction)),
        ("То же с автоматическими, %", percent(figures.with_automatic)),
        ("Не спрошены", Cell::Whole(counts.not_asked.into())),
        ("Ждут ответа", Cell::Whole(counts.pending.into())),
        ("Отменены", Cell::Whole(counts.cancelled.into())),
    ] {
        table.push(vec![text(title), value]);
    }
    Ok(())
}

async fn availability(
    engine: &Engine,
    actor: &Actor,
    request: ReportOfDays,
    table: &mut Table,
) -> Result<(), ApiError> {
    let report = figures::availability(engine, actor, request).await?;
    let columns = [
        "Цель",
        "Адрес",
        "Доступность, % наблюдённого",
        "Проверок",
        "Без ответа",
        "Потеря пакетов, %",
        "Наблюдали, с",
        "Не наблюдали, с",
    ];
    table.sheet("Доступность", &columns).map_err(failed)?;
    for target in report.targets {
        let seen = target.availability;
        let loss = (seen.sent > 0).then(|| seen.lost as f64 / seen.sent as f64);
        table.push(vec![
            text(&target.title),
            text(&target.host),
            percent(seen.share),
            Cell::Whole(seen.cycles),
            Cell::Whole(seen.failed),
            percent(loss),
            Cell::Whole(seen.watched_ms / 1_000),
            Cell::Whole((report.length_ms - seen.watched_ms).max(0) / 1_000),
        ]);
    }
    Ok(())
}
