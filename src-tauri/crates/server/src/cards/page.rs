//! The card as a page: large where it matters, whole without scripts.
//!
//! Its texts are Russian, except the durations, whose English words are fixed (behaviour/helpdesk 2.2). Deliberately not here:
//! reading what it shows (`view`).

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, html};
use pult_domain::{Instant, areas::calls::AgencyCard};
use pult_store::calls::{CallRow, CardState};
use sha2::{Digest, Sha256};

use super::{
    text::{duration, groups, moment},
    view::{CallView, Glance, View, caller, readable},
};

pub(super) const STYLE: &str = include_str!("card.css");
pub(super) const SCRIPT: &str = include_str!("card.js");
/// Addresses of both with a mark of their content, so that a browser may keep them for ever.
static STYLE_AT: LazyLock<String> = LazyLock::new(|| format!("/call-card.css?{}", mark(STYLE)));
static SCRIPT_AT: LazyLock<String> = LazyLock::new(|| format!("/call-card.js?{}", mark(SCRIPT)));

/// Keys that choose one of the first ten themes.
const DIGITS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/// What a card is drawn with.
pub(super) struct Frame<'a> {
    /// The last part of its address.
    pub(super) id: &'a str,
    /// Themes to choose from.
    pub(super) themes: &'a [String],
    /// The zone of its times.
    pub(super) zone: TimeZone,
    /// The time.
    pub(super) now: Instant,
}

/// Tells one content from another.
pub(super) fn mark(content: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(content.as_bytes())[..8])
}

/// A page of ours around its content.
pub(crate) fn document(title: &str, head: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ru" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href=(*STYLE_AT);
                (head)
            }
            (content)
        }
    }
}

/// The page of a record's card.
pub(super) fn card(frame: &Frame<'_>, view: &View) -> Markup {
    let inside = content(frame, view).into_string();
    let head = html! {
        script src=(*SCRIPT_AT) defer {}
        @if view.awaits() {
            noscript { meta http-equiv="refresh" content="2"; }
        }
    };
    let body = html! {
        body data-card={ "/call-card/" (frame.id) } {
            main data-seen=(mark(&inside)) { (maud::PreEscaped(&inside)) }
            p #said role="status" {}
        }
    };
    document(&format!("{} · Pult", view.number()), &head, &body)
}

/// The part of the card that changes.
pub(super) fn content(frame: &Frame<'_>, view: &View) -> Markup {
    match view {
        View::Recording { ani } => html! {
            (heading(&readable(ani), "Входящий звонок"))
            p.wait { "Звонок записывается" }
        },
        View::NoCall { ani, ended: false } => unknown_agency(&readable(ani)),
        View::NoCall { ani, ended: true } => html! {
            (heading(&readable(ani), "Звонок завершён"))
            p.muted { "Открытого звонка с этим номером нет: завершать было нечего" }
        },
        View::Call(call) if call.ended => summary(frame, view, call),
        View::Call(call) => call_card(frame, view, call),
    }
}

fn call_card(frame: &Frame<'_>, view: &View, call: &CallView) -> Markup {
    let row = &call.detail.row;
    html! {
        (alarm(row))
        (heading(&caller(row), if view.goes_on() { "Входящий звонок" } else { "Звонок завершён" }))
        p.muted {
            (time(row.started_at, frame))
            @if let Some(operator) = &row.operator { " · оператор " (operator) }
            @if !view.goes_on() { " · " (duration(row)) }
        }
        (agency(call))
        (themes(frame, row))
        // Without an agency there are no calls of one.
        @if row.agency_id.is_some_and(|a| a.0 > 0) {
            (history(frame, &call.history, "Последние звонки агентства"))
        }
    }
}

fn summary(frame: &Frame<'_>, view: &View, call: &CallView) -> Markup {
    let row = &call.detail.row;
    html! {
        (alarm(row))
        (heading(&caller(row), if view.goes_on() { "Входящий звонок" } else { "Звонок завершён" }))
        dl.facts {
            (line("Агентство", agency_name(call)))
            (line("Контактное лицо", row.agency_manager.as_deref()))
            (line("Оператор", row.operator.as_deref()))
            div { dt { "Начало" } dd { (time(row.started_at, frame)) } }
            (line("Длительность", Some(&duration(row))))
            (line("Тема", row.theme.as_deref()))
        }
        (themes(frame, row))
    }
}

fn heading(number: &str, what: &str) -> Markup {
    html! {
        header {
            p.what { (what) }
            @if number.is_empty() {
                h1.number { "Номер не определён" }
            } @else {
                h1.number aria-label=(number) { (grouped(number)) }
            }
        }
    }
}

/// A number in the groups it is read by; what is no number as it is.
fn grouped(number: &str) -> Markup {
    let digits = number.strip_prefix('+').filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    html! {
        @match digits {
            Some(digits) => { "+" @for group in groups(digits) { span.group { (group) } } },
            None => (number),
        }
    }
}

fn alarm(row: &CallRow) -> Markup {
    html! {
        @if row.blacklist == Some(true) {
            p.alarm role="alert" { "Агентство в чёрном списке" }
        }
    }
}

fn unknown_agency(number: &str) -> Markup {
    html! {
        (heading(number, "Входящий звонок"))
        h2.agency { "Агентство не найдено" }
        p.muted { "Этого номера нет ни у одного агентства" }
    }
}

/// The best name known: of the card, of the call, of the agency's last call.
fn agency_name(call: &CallView) -> Option<&str> {
    let card = call.detail.card.as_ref().and_then(|c| c.agency_name.as_deref());
    card.or(call.detail.row.agency_name.as_deref())
        .or_else(|| call.history.iter().find_map(|row| row.agency_name.as_deref()))
}

fn agency(call: &CallView) -> Markup {
    let row = &call.detail.row;
    let Some(id) = row.agency_id.filter(|a| a.0 > 0) else {
        return html! {
            section aria-label="Агентство" {
                h2.agency { "Агентство не найдено" }
                p.muted { "Этого номера нет ни у одного агентства" }
            }
        };
    };
    let none = AgencyCard::default();
    html! {
        section aria-label="Агентство" {
            h2.agency {
                @match agency_name(call) {
                    Some(name) => (name),
                    None => { "Агентство " (id) },
                }
            }
            @match row.card_state {
                CardState::Asked => p.wait { "Загружаем карточку агентства" },
                CardState::Missing => {
                    p.failure role="alert" { "Ошибка при получении данных (ID: " (id) ")" }
                    (fields(&none))
                },
                CardState::None => p.muted { "Справочник агентств не подключён (ID: " (id) ")" },
                CardState::Found => (fields(call.detail.card.as_ref().unwrap_or(&none))),
            }
        }
    }
}

fn fields(card: &AgencyCard) -> Markup {
    let yes_no = |said: Option<bool>, alarm: bool| {
        html! {
            @match said {
                Some(value) if value == alarm => dd.bad { (word(value)) },
                Some(value) => dd { (word(value)) },
                None => dd.none { "—" },
            }
        }
    };
    html! {
        dl.facts {
            (line("Название", card.agency_name.as_deref()))
            (line("Название (англ.)", card.company_name_en.as_deref()))
            (line("Контактное лицо", card.agency_contact_person.as_deref()))
            (line("О контакте", card.agency_contact_description.as_deref()))
            div { dt { "Договор" } (yes_no(card.agency_contract, false)) }
            div { dt { "Чёрный список" } (yes_no(card.agency_blacklist, true)) }
            (line("Город", card.agency_city.as_deref()))
            (line("Процент", card.agency_percent.as_deref()))
            (line("Отправлено туристов", card.agency_quantity_tourists.as_deref()))
            (line("Куратор", card.agency_curator_name.as_deref()))
            (line("Руководитель", card.agency_boss.as_deref()))
            (line("Фронт-офис", card.agency_front_office.as_deref()))
            (line("Менеджеры", card.agency_employee.as_deref()))
        }
    }
}

fn word(value: bool) -> &'static str {
    if value { "Да" } else { "Нет" }
}

fn line(name: &str, value: Option<&str>) -> Markup {
    html! {
        div {
            dt { (name) }
            @match value.filter(|v| !v.trim().is_empty()) {
                Some(value) => dd { (value) },
                None => dd.none { "—" },
            }
        }
    }
}

fn themes(frame: &Frame<'_>, row: &CallRow) -> Markup {
    let given = row.theme.as_deref();
    // A theme given elsewhere is shown as chosen although it is not in the list.
    let other = given.filter(|g| !frame.themes.iter().any(|t| t == g));
    html! {
        section aria-label="Тема звонка" {
            h2 { "Тема звонка" }
            form.themes method="post" action={ "/call-card/" (frame.id) "/theme" } {
                @for (n, theme) in frame.themes.iter().enumerate() {
                    button name="theme" value=(theme) aria-pressed=(given == Some(theme.as_str())) {
                        @if let Some(digit) = DIGITS.get(n) { kbd { (digit) } }
                        (theme)
                    }
                }
                @if let Some(theme) = other {
                    button name="theme" value=(theme) aria-pressed="true" { (theme) }
                }
            }
        }
    }
}

/// A list of calls.
pub(super) fn history(frame: &Frame<'_>, rows: &[CallRow], title: &str) -> Markup {
    html! {
        section aria-label=(title) {
            h2 { (title) }
            @if rows.is_empty() {
                p.muted { "Других звонков нет" }
            } @else {
                table {
                    thead { tr {
                        th scope="col" { "Время" } th scope="col" { "Номер" } th scope="col" { "Оператор" }
                        th scope="col" { "Тема" } th.right scope="col" { "Длительность" }
                    } }
                    tbody {
                        @for row in rows {
                            tr {
                                td { (time(row.started_at, frame)) }
                                td { (grouped(&caller(row))) }
                                td { (row.operator.as_deref().unwrap_or("—")) }
                                td { (row.theme.as_deref().unwrap_or("—")) }
                                td.right { (duration(row)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn time(ms: i64, frame: &Frame<'_>) -> Markup {
    let at = moment(ms, &frame.zone, frame.now);
    html! { time datetime=(at.exact) title=(at.full) { (at.short) } }
}

/// The page of a number without a call.
pub(super) fn number(frame: &Frame<'_>, ani: &str, known: &Glance) -> Markup {
    let number = readable(ani);
    let body = html! {
        body { main {
            @if known.history.iter().any(|row| row.blacklist == Some(true)) && !known.agencies.is_empty() {
                p.alarm role="alert" { "Агентство в чёрном списке" }
            }
            @match known.agencies.iter().find(|a| a.0 > 0) {
                Some(agency) => {
                    (heading(&number, "Номер"))
                    h2.agency {
                        @match known.history.iter().find_map(|row| row.agency_name.as_deref()) {
                            Some(name) => (name),
                            None => { "Агентство " (agency) },
                        }
                    }
                    (history(frame, &known.history, "Последние звонки агентства"))
                },
                None => {
                    (unknown_agency(&number))
                    @if !known.history.is_empty() {
                        (history(frame, &known.history, "Последние звонки с этого номера"))
                    }
                },
            }
            p.muted { "Просмотр: звонок не записан" }
        } }
    };
    document(&format!("{number} · Pult"), &html! {}, &body)
}

/// The page of a call that could not be made safe.
pub(super) fn not_recorded(ani: &str) -> Markup {
    let number = readable(ani);
    let body = html! {
        body { main {
            p.alarm role="alert" { "Внимание: не записано" }
            (heading(&number, "Входящий звонок"))
            p.muted { "Разговор это не затронет. Откройте карточку ещё раз через несколько секунд" }
        } }
    };
    document(&format!("{number} · не записано"), &html! {}, &body)
}

/// A page of one sentence.
pub(super) fn sentence(title: &str, text: &str) -> Markup {
    let body = html! {
        body { main {
            h1 { (title) }
            p.muted { (text) }
        } }
    };
    document(title, &html! {}, &body)
}
