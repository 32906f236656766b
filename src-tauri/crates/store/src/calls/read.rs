//! Rows by id, and totals of the journal.
//!
//! Deliberately not here: pages and streams (`page`), and shapes the legacy API fixes (`legacy`).

use jiff::SignedDuration;
use pult_domain::{
    AgencyId, CallId, Instant, RecordId,
    areas::{
        calls::{
            CallState, Centre,
            codes::{Badge, result_text, type_text},
        },
        floor::CountedCall,
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, params_from_iter, types::Type};

use super::{
    CallDetail, CallRow, CardState, Filter, HourBar, LatestCall, OperatorTotal, Sight, Zones, centre_code, centre_of,
    instant, search::Search, sql, unreadable, write::lack_of,
};

const HOUR_MS: i64 = 3_600_000;
/// Calls looked through for those that wait.
const RECENT_AT_MOST: i64 = 5_000;

/// Reads the columns of [`sql::ROW`].
pub(super) fn row(row: &Row<'_>) -> Result<CallRow> {
    let result: Option<i64> = row.get(8)?;
    let type_call: Option<i64> = row.get(9)?;
    let lack: Option<String> = row.get(16)?;
    Ok(CallRow {
        id: CallId(row.get(0)?),
        centre: centre_of(1, row.get(1)?)?,
        started_at: row.get(2)?,
        ended_at: row.get(3)?,
        state: if row.get(4)? { CallState::Ended } else { CallState::Open },
        phone: row.get(5)?,
        ani: row.get(6)?,
        operator: row.get(7)?,
        result,
        result_text: result_text(result).to_owned(),
        badge: Badge::of(result),
        type_call,
        type_text: type_text(type_call).to_owned(),
        theme: row.get(10)?,
        agency_id: row.get::<_, Option<i64>>(11)?.map(AgencyId),
        agency_name: row.get(12)?,
        agency_manager: row.get(13)?,
        blacklist: row.get(14)?,
        card_state: match row.get(15)? {
            0 => CardState::None,
            1 => CardState::Asked,
            2 => CardState::Found,
            3 => CardState::Missing,
            _ => return Err(unreadable(15, Type::Integer, "the state of a card is 0 to 3")),
        },
        lack: lack.as_deref().and_then(lack_of),
        has_client_card: row.get(17)?,
        pp_id: row.get(18)?,
        called_back_by: row.get(19)?,
        called_back_at: row.get(20)?,
    })
}

/// The rows of these calls, in the order asked for; a call that is gone is left out.
///
/// # Errors
/// The database's own.
pub fn by_ids(conn: &Connection, ids: &[CallId]) -> Result<Vec<CallRow>> {
    let mut statement = conn.prepare_cached(sql::ROW_BY_ID)?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(statement.query_row([id.0], row).optional()?);
    }
    Ok(rows)
}

/// One call with all that is kept of it.
///
/// # Errors
/// The database's own.
pub fn detail(conn: &Connection, id: CallId) -> Result<Option<CallDetail>> {
    conn.prepare_cached(sql::DETAIL)?
        .query_row([id.0], |r| {
            let card: Option<String> = r.get(21)?;
            Ok(CallDetail {
                row: row(r)?,
                card: card
                    .map(|json| serde_json::from_str(&json))
                    .transpose()
                    .map_err(|e| rusqlite::Error::FromSqlConversionFailure(21, Type::Text, Box::new(e)))?,
                region: r.get(22)?,
                card_id: r.get(23)?,
                record: r.get::<_, Option<i64>>(24)?.map(RecordId),
            })
        })
        .optional()
}

/// Calls that began within a short period up to `now`, as far as a count of queues needs them; the newest where there are very many.
///
/// # Errors
/// The database's own.
pub fn recent(conn: &Connection, within: SignedDuration, now: Instant) -> Result<Vec<CountedCall>> {
    let now = now.as_millisecond();
    let since = now.saturating_sub(i64::try_from(within.as_millis()).unwrap_or(i64::MAX));
    conn.prepare_cached(sql::RECENT)?
        .query_map(params![since, now, RECENT_AT_MOST], |r| {
            let type_call: Option<i64> = r.get(4)?;
            let said: [Option<String>; 5] = [r.get(2)?, r.get(3)?, r.get(5)?, r.get(6)?, r.get(7)?];
            let says = said.into_iter().flatten().chain(type_call.map(|code| type_text(Some(code)).to_owned()));
            Ok(CountedCall { began: instant(0, r.get(0)?)?, result: r.get(1)?, says: says.collect() })
        })?
        .collect()
}

/// The last `most` calls of the Vilnius centre that somebody may see, as `/get_latest_calls` names them, newest first.
///
/// # Errors
/// The database's own.
pub fn latest(conn: &Connection, sight: &Sight, most: usize, zones: &Zones) -> Result<Vec<LatestCall>> {
    let zone = zones.of(Centre::Vilnius);
    let at = |column: usize, ms: Option<i64>| -> Result<String> {
        let Some(ms) = ms else { return Ok("N/A".to_owned()) };
        Ok(instant(column, ms)?.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string())
    };
    conn.prepare_cached(sql::LATEST)?
        .query_map(params![most as i64, sight.ids()], |r| {
            let began: i64 = r.get(1)?;
            // The end of an open call is its beginning (behaviour/helpdesk 2.2 step 4).
            let ended = if r.get(3)? { r.get(2)? } else { Some(began) };
            Ok(LatestCall {
                call_info_id: CallId(r.get(0)?),
                time_begin: at(1, Some(began))?,
                time_end: at(2, ended)?,
                phone_number: r.get(4)?,
                currator: r.get(5)?,
                theme: r.get(6)?,
                region: r.get(7)?,
                agency_manager: r.get(8)?,
                agency_name: r.get(9)?,
            })
        })?
        .collect()
}

/// Calls and mean duration for each operator, by name, the unnamed first. Costs grow with the days asked for.
///
/// # Errors
/// The database's own.
pub fn operator_totals(conn: &Connection, filter: &Filter, zones: &Zones) -> Result<Vec<OperatorTotal>> {
    let searches = Search::of(conn, filter, zones)?;
    if searches.is_empty() {
        return Ok(vec![]);
    }
    let (sql, values) = totals_statement(&searches);
    conn.prepare_cached(&sql)?
        .query_map(params_from_iter(values), |r| {
            let (timed, ms): (i64, Option<i64>) = (r.get(2)?, r.get(3)?);
            Ok(OperatorTotal { operator: r.get(0)?, calls: r.get(1)?, mean_seconds: mean_seconds(timed, ms) })
        })?
        .collect()
}

pub(super) fn totals_statement(searches: &[Search]) -> (String, Vec<rusqlite::types::Value>) {
    let parts = searches.iter().map(|search| {
        let (low, high) = search.edges();
        search.between("c.operator_id, c.started_at, c.ended_at", low, high, "")
    });
    let (parts, values): (Vec<_>, Vec<_>) = parts.unzip();
    let columns = "operator_id, count(*) AS calls, count(ended_at) AS timed, sum(ended_at - started_at) AS ms";
    let inner = format!("SELECT {columns} FROM ({}) GROUP BY operator_id", parts.join(" UNION ALL "));
    let sql = format!(
        "SELECT o.name, sums.calls, sums.timed, sums.ms FROM ({inner}) sums LEFT JOIN operators o ON o.id = sums.operator_id \
         ORDER BY o.name"
    );
    (sql, values.concat())
}

/// The mean of `timed` durations that took `ms` together.
pub(super) fn mean_seconds(timed: i64, ms: Option<i64>) -> Option<f64> {
    (timed > 0).then(|| ms.unwrap_or(0) as f64 / timed as f64 / 1_000.0)
}

/// Calls by hour, centre and result for the days and the centre of a filter and nothing else of it, as far as somebody may see; none where
/// it names no days. Of some operators the calls themselves are counted, for the roll-up knows nobody's name: costs grow with the days then.
///
/// # Errors
/// The database's own.
pub fn hours(conn: &Connection, filter: &Filter, zones: &Zones) -> Result<Vec<HourBar>> {
    let (Some(days), Some(centre)) = (filter.days, filter.sight.centre(filter.centre)) else { return Ok(vec![]) };
    if filter.sight.ids().is_none() {
        let (from, to) = days.edges(centre, zones);
        return hour_histogram(conn, from, to, centre);
    }
    let filter = Filter { centre, days: filter.days, sight: filter.sight.clone(), ..Filter::default() };
    let mut bars = vec![];
    for search in Search::of(conn, &filter, zones)? {
        let (low, high) = search.edges();
        let columns = "c.started_at / 3600000 AS hour, c.centre, iif(c.result BETWEEN 0 AND 6, c.result, -1) AS result";
        let (inner, values) = search.between(columns, low, high, "");
        let sql = format!("SELECT hour, centre, result, count(*) FROM ({inner}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
        for bar in conn.prepare_cached(&sql)?.query_map(params_from_iter(values), bar)? {
            bars.push(bar?);
        }
    }
    Ok(bars)
}

fn bar(r: &Row<'_>) -> Result<HourBar> {
    Ok(HourBar {
        hour: r.get::<_, i64>(0)? * HOUR_MS,
        centre: centre_of(1, r.get(1)?)?,
        result: Some(r.get(2)?).filter(|code| *code >= 0),
        calls: r.get(3)?,
    })
}

/// Calls by hour, centre and result, for hours that begin in `from..to` (ms). Hours without calls are left out.
///
/// # Errors
/// The database's own.
pub fn hour_histogram(conn: &Connection, from: i64, to: i64, centre: Option<Centre>) -> Result<Vec<HourBar>> {
    let hour = |ms: i64| ms.div_euclid(HOUR_MS) + i64::from(ms.rem_euclid(HOUR_MS) > 0);
    conn.prepare_cached(sql::HISTOGRAM)?
        .query_map(params![hour(from), hour(to), centre.map(centre_code)], bar)?
        .collect()
}

/// Themes ever given, the most frequent first.
///
/// # Errors
/// The database's own.
pub fn themes_used(conn: &Connection, most: usize) -> Result<Vec<String>> {
    conn.prepare_cached(sql::THEMES)?.query_map([most as i64], |r| r.get(0))?.collect()
}
