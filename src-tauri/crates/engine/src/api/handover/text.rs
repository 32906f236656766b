//! The handover in words: lines a person can paste into a letter or a chat.
//!
//! Pure: the same shift gives the same text, to the byte. Deliberately not here: what stands in it (`handover`), and the console's own
//! texts.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use pult_domain::{Instant, trouble::Cause};
use pult_store::outbox::EffectState;

use super::{Handover, Language, ShiftIncident};

/// Words of one language.
struct Words {
    title: &'static str,
    day: &'static str,
    time: &'static str,
    incidents: &'static str,
    none: &'static str,
    lost: &'static str,
    certificate: &'static str,
    source: &'static str,
    deliveries: &'static str,
    goes_on: &'static str,
    taken_by: &'static str,
    calls: [&'static str; 5],
    operators: &'static str,
    too_long: &'static str,
    not_ready: &'static str,
    tickets: [&'static str; 4],
    ratings: [&'static str; 7],
    bad: &'static str,
    carousel: [&'static str; 3],
    stuck: &'static str,
    states: [&'static str; 3],
    notes: &'static str,
    minutes: &'static str,
    hours: &'static str,
}

const RU: Words = Words {
    title: "Передача смены",
    day: "%d.%m.%Y %H:%M",
    time: "%d.%m %H:%M",
    incidents: "Сбои",
    none: "не было",
    lost: "нет связи",
    certificate: "кончается сертификат",
    source: "система недоступна",
    deliveries: "доставки не ушли",
    goes_on: "продолжается",
    taken_by: "занимается",
    calls: ["Звонки", "обработано", "положили трубку", "сорвалось", "без результата"],
    operators: "Операторы",
    too_long: "превышений порога",
    not_ready: "не готов",
    tickets: ["Заявки: изменено", "новых", "закрыто", "стоят больше 3 дней"],
    ratings: ["Оценки: хорошо", "нормально", "плохо", "автоматически", "ждут ответа", "не спрошены", "Плохие оценки"],
    bad: "заявка №",
    carousel: ["Карусель: назначено", "не удалось", "некому назначать"],
    stuck: "Зависшие доставки",
    states: ["отклонено", "просрочено", "не доставлено"],
    notes: "Заметки",
    minutes: "мин",
    hours: "ч",
};

const EN: Words = Words {
    title: "Shift handover",
    day: "%Y-%m-%d %H:%M",
    time: "%m-%d %H:%M",
    incidents: "Incidents",
    none: "none",
    lost: "no connection",
    certificate: "certificate ends",
    source: "system out of reach",
    deliveries: "deliveries given up",
    goes_on: "goes on",
    taken_by: "taken by",
    calls: ["Calls", "handled", "hung up", "failed", "no result"],
    operators: "Operators",
    too_long: "times past the limit",
    not_ready: "not ready",
    tickets: ["Tickets: changed", "new", "closed", "untouched for 3 days"],
    ratings: ["Ratings: good", "normal", "bad", "automatic", "waiting", "not asked", "Bad ratings"],
    bad: "issue No. ",
    carousel: ["Carousel: given", "failed", "nobody to give to"],
    stuck: "Stuck deliveries",
    states: ["refused", "expired", "dead"],
    notes: "Notes",
    minutes: "min",
    hours: "h",
};

/// The text.
pub(super) fn of(shift: &Handover, zone: &TimeZone, language: Language) -> String {
    let words = match language {
        Language::Ru => &RU,
        Language::En => &EN,
    };
    let at = |ms: i64, form: &str| {
        let instant = Instant::from_millisecond(ms).unwrap_or(Instant::UNIX_EPOCH);
        instant.to_zoned(zone.clone()).strftime(form).to_string()
    };
    let mut lines = vec![
        words.title.to_owned(),
        format!("{} — {} ({})", at(shift.from, words.day), at(shift.until, words.day), shift.zone),
        String::new(),
    ];
    part(&mut lines, words, words.incidents, shift.incidents.iter().map(|one| incident(one, words, &at)));
    let calls = &shift.calls;
    let [all, handled, hung_up, failed, no_result] = words.calls;
    lines.push(format!(
        "{all}: {} ({handled} {}, {hung_up} {}, {failed} {}, {no_result} {})",
        calls.total, calls.handled, calls.hung_up, calls.failed, calls.no_result
    ));
    part(
        &mut lines,
        words,
        words.operators,
        shift.operators.iter().map(|one| {
            let mut line = one.name.clone();
            let mut said = vec![];
            if one.too_long > 0 {
                said.push(format!("{} {}", words.too_long, one.too_long));
            }
            if one.not_ready_ms > 0 {
                said.push(format!("{} {}", words.not_ready, length(one.not_ready_ms, words)));
            }
            let _ = write!(line, ": {}", said.join(", "));
            line
        }),
    );
    let tickets = &shift.tickets;
    let [changed, opened, closed, still] = words.tickets;
    lines.push(format!(
        "{changed} {}, {opened} {}, {closed} {}, {still} {}",
        tickets.changed, tickets.opened, tickets.closed, tickets.still
    ));
    let ratings = &shift.ratings;
    let [good, normal, bad, automatic, waiting, not_asked, bad_ones] = words.ratings;
    let [a, b, c] = ratings.answered;
    lines.push(format!(
        "{good} {a}, {normal} {b}, {bad} {c}, {automatic} {}, {waiting} {}, {not_asked} {}",
        ratings.automatic, ratings.waiting, ratings.not_asked
    ));
    if !ratings.bad.is_empty() {
        let named = ratings.bad.iter().map(|one| format!("{}{}: {}", words.bad, one.issue, one.title));
        part(&mut lines, words, bad_ones, named);
    }
    let carousel = &shift.carousel;
    let [given, failed, nobody] = words.carousel;
    let mut line = format!("{given} {}, {failed} {}", carousel.given, carousel.failed);
    if !carousel.nobody.is_empty() {
        let _ = write!(line, ", {nobody}: {}", carousel.nobody.join(", "));
    }
    lines.push(line);
    let groups = shift.stuck.iter().map(|group| {
        let state = match group.state {
            EffectState::Refused => words.states[0],
            EffectState::Expired => words.states[1],
            _ => words.states[2],
        };
        format!("{} / {}: {} {}", group.integration, group.kind, state, group.count)
    });
    part(&mut lines, words, words.stuck, groups);
    let notes = shift
        .notes
        .iter()
        .map(|note| format!("{} {}: {} ({})", at(note.at, words.time), note.name, one_line(&note.text), note.by));
    part(&mut lines, words, words.notes, notes);
    lines.join("\n") + "\n"
}

/// A heading and its lines; one line where there is nothing.
fn part(lines: &mut Vec<String>, words: &Words, title: &str, of: impl Iterator<Item = String>) {
    let of: Vec<String> = of.map(|line| format!("- {line}")).collect();
    match of.is_empty() {
        true => lines.push(format!("{title}: {}", words.none)),
        false => {
            lines.push(format!("{title}: {}", of.len()));
            lines.extend(of);
        }
    }
}

fn incident(one: &ShiftIncident, words: &Words, at: &impl Fn(i64, &str) -> String) -> String {
    let what = match one.cause {
        Cause::Target(_) => words.lost,
        Cause::Certificate(_) => words.certificate,
        Cause::Source(_) => words.source,
        Cause::Deliveries(_) => words.deliveries,
    };
    let began = at(one.since, words.time);
    let mut line = match one.ended_at {
        Some(ended) => {
            let lasted = length(ended - one.since, words);
            format!("{}: {what}, {began} — {} ({lasted})", one.title, at(ended, words.time))
        }
        None => format!("{}: {what}, {began} — {}", one.title, words.goes_on),
    };
    if let Some(by) = &one.acknowledged_by {
        let _ = write!(line, ", {} {by}", words.taken_by);
    }
    line
}

fn length(ms: i64, words: &Words) -> String {
    let minutes = ms.max(0) / 60_000;
    match minutes {
        0..60 => format!("{minutes} {}", words.minutes),
        _ => format!("{} {} {} {}", minutes / 60, words.hours, minutes % 60, words.minutes),
    }
}

/// Lines of a note in one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
