//! `calendar.*` and `timeman.*`: working hours, holidays, who is away.

use jiff::{civil::Date, tz};
use serde_json::{Value, json};

use super::{Call, Method};
use crate::{
    bitrix24::{
        OWNER,
        answer::{Done, Refusal, Reply, stamp},
        params::{Params, id, ids, text},
        world::staff::Absence,
    },
    service::local,
};

const CALENDAR: &[&str] = &["calendar"];
const TIMEMAN: &[&str] = &["timeman"];

pub(super) const METHODS: &[Method] = &[
    Method::new("calendar.settings.get", CALENDAR, settings),
    Method::new("calendar.accessibility.get", CALENDAR, accessibility),
    Method::new("timeman.settings", TIMEMAN, working_time),
    Method::new("timeman.schedule.get", TIMEMAN, schedule),
    Method::new("timeman.status", TIMEMAN, status),
];

fn settings(_: &mut Call<'_>, _: &Params) -> Done {
    Ok(Reply::new(json!({
        "work_time_start": "9", "work_time_end": "19",
        "year_holidays": "1.01,2.01,7.01,23.02,8.03,1.05,9.05,12.06,4.11", "year_workdays": "31.12",
        "week_holidays": ["SA", "SU"], "week_start": "MO", "user_name_template": "#NAME# #LAST_NAME#",
        "sync_by_push": "", "user_show_login": "1",
    })))
}

fn accessibility(call: &mut Call<'_>, params: &Params) -> Done {
    let unset = |name: &str| {
        let text =
            format!("The required parameter \"{name}\" for the method \"calendar.accessibility.get\" is not set.");
        Refusal::bad("", &text)
    };
    let users = ids(params.get("users"));
    if users.is_empty() {
        return Err(unset("users"));
    }
    let day = |name: &str| {
        let text = text(params.get(name)).filter(|text| !text.is_empty()).ok_or_else(|| unset(name))?;
        text.parse::<Date>().map_err(|_| Refusal::bad("", &format!("The parameter \"{name}\" is not a date.")))
    };
    let (from, to) = (day("from")?, day("to")?);
    let within = |absence: &&Absence| local(absence.from).date() <= to && local(absence.to).date() >= from;
    let mut found = serde_json::Map::new();
    for user in users {
        let events = call.world.staff.absences.iter().enumerate().filter(|(_, absence)| absence.user == user);
        let events = events.filter(|(_, absence)| within(absence));
        found.insert(user.to_string(), events.map(|(index, absence)| event(index, absence)).collect());
    }
    Ok(Reply::new(found.into()))
}

/// Of whole days both stamps are midnights, the second that on which the last day begins.
fn event(index: usize, absence: &Absence) -> Value {
    let second = |at: jiff::Timestamp| {
        let at = if absence.all_day { midnight(at) } else { at };
        at.as_second().to_string()
    };
    let date = |at| local(at).strftime(if absence.all_day { "%d.%m.%Y" } else { "%d.%m.%Y %H:%M:%S" }).to_string();
    json!({
        "ID": (901 + index).to_string(), "NAME": if absence.accessibility == "absent" { "Отпуск" } else { "Встреча" },
        "DATE_FROM": date(absence.from), "DATE_TO": date(absence.to), "DATE_FROM_TS_UTC": second(absence.from),
        "DATE_TO_TS_UTC": second(absence.to), "DT_SKIP_TIME": if absence.all_day { "Y" } else { "N" },
        "ACCESSIBILITY": absence.accessibility, "IMPORTANCE": "normal", "EVENT_TYPE": "",
    })
}

fn midnight(at: jiff::Timestamp) -> jiff::Timestamp {
    let zone = tz::TimeZone::fixed(tz::offset(3));
    local(at).date().to_zoned(zone).map_or(at, |midnight| midnight.timestamp())
}

fn known(call: &Call<'_>, params: &Params) -> Result<u64, Refusal> {
    let user = id(params.any("USER_ID")).unwrap_or(OWNER);
    let found = call.world.staff.user(user).map(|user| user.id);
    found.ok_or_else(|| Refusal::bad("USER_NOT_FOUND", "User not found"))
}

fn working_time(call: &mut Call<'_>, params: &Params) -> Done {
    known(call, params)?;
    Ok(Reply::new(json!({
        "UF_TIMEMAN": true, "UF_TM_FREE": false, "UF_TM_MAX_START": "09:15:00", "UF_TM_MIN_FINISH": "17:45:00",
        "UF_TM_MIN_DURATION": "08:00:00", "UF_TM_ALLOWED_DELTA": "00:15:00", "ADMIN": call.switches.admin,
    })))
}

fn schedule(_: &mut Call<'_>, params: &Params) -> Done {
    if id(params.any("id")) != Some(2) {
        return Ok(Reply::new(json!([])));
    }
    Ok(Reply::new(json!({
        "ID": 2, "NAME": "Цех 2/2", "SCHEDULE_TYPE": "FIXED", "REPORT_PERIOD": "MONTH", "CALENDAR_ID": 2,
        "DELETED": "0", "IS_FOR_ALL_USERS": false,
        "SHIFTS": [{
            "ID": 5, "NAME": "День", "BREAK_DURATION": 3600, "WORK_TIME_START": 28_800, "WORK_TIME_END": 61_200,
            "WORK_DAYS": "12345", "SCHEDULE_ID": 2, "DELETED": false,
        }],
        "CALENDAR": { "ID": 2, "NAME": "", "PARENT_CALENDAR_ID": 0, "SYSTEM_CODE": "", "EXCLUSIONS": [] },
    })))
}

fn status(call: &mut Call<'_>, params: &Params) -> Done {
    known(call, params)?;
    Ok(Reply::new(json!({
        "STATUS": "OPENED", "TIME_START": stamp(midnight(call.now)), "TIME_FINISH": null, "DURATION": "00:00:00",
        "TIME_LEAKS": "00:00:00", "ACTIVE": true, "TZ_OFFSET": 10_800,
    })))
}
