//! The journal in the shapes the legacy API fixes (behaviour/helpdesk 1.1).
//!
//! Deliberately not here: the envelopes with `success` and the errors' texts (the server's).

use jiff::civil::Date;
use pult_domain::{
    CallId,
    areas::calls::{
        Centre,
        codes::{agency_result_text, result_text, type_text},
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, params_from_iter};

use super::{
    AgencyOfEnquiry, ClientCard, DayRange, Filter, MonthTotal, MoscowCall, Sight, TodayStats, Zones, catalogue::ids_of,
    catalogue_sql, centre_code, day_number, instant, read::mean_seconds, search::Search, sql,
};
use crate::agencies::{Agency, telephones};

/// All calls of the Moscow centre of one day, newest first.
///
/// # Errors
/// The database's own.
pub fn moscow_day(conn: &Connection, day: Date, zones: &Zones) -> Result<Vec<MoscowCall>> {
    let (low, high) = DayRange::day(day).edges(Some(Centre::Moscow), zones);
    let zone = zones.of(Centre::Moscow);
    conn.prepare_cached(sql::MOSCOW_DAY)?
        .query_map([low, high], |r| {
            let (result, type_call) = (r.get(7)?, r.get(8)?);
            Ok(MoscowCall {
                id: CallId(r.get(0)?),
                phone_number: r.get(1)?,
                operator: r.get(2)?,
                time: instant(3, r.get(3)?)?.to_zoned(zone.clone()).strftime("%d.%m.%Y, %H:%M:%S").to_string(),
                card_id: r.get(4)?,
                pp_id: r.get(5)?,
                has_client_card: r.get(6)?,
                result,
                call_result_text: result_text(result),
                call_type_text: type_text(type_call),
            })
        })?
        .collect()
}

/// The client of a call; nothing for a call without a client card.
///
/// # Errors
/// The database's own.
pub fn client_card(conn: &Connection, call: CallId) -> Result<Option<ClientCard>> {
    conn.prepare_cached(catalogue_sql::CLIENT_CARD)?
        .query_row([call.0], |r| {
            Ok(ClientCard {
                processing_id: r.get(0)?,
                client_name: r.get(1)?,
                client_city: r.get(2)?,
                manager_name: r.get(3)?,
                metro_name: r.get(4)?,
                country_name: r.get(5)?,
                ad_name: r.get(6)?,
                phone: r.get(7)?,
            })
        })
        .optional()
}

struct CallToAgency {
    id: i64,
    telephone: i64,
    result: Option<i64>,
    at: Option<i64>,
}

/// The agency an enquiry was last passed to: that of its latest call to a telephone of an agency which is neither hidden, nor in
/// a hidden district, nor one of `excluded`.
///
/// # Errors
/// The database's own.
pub fn agency_of_enquiry(
    conn: &Connection,
    enquiry: i64,
    excluded: &[i64],
    zones: &Zones,
) -> Result<Option<AgencyOfEnquiry>> {
    type Names = (String, [Option<String>; 5]);
    let found: Option<Names> = conn
        .prepare_cached(catalogue_sql::ENQUIRY)?
        .query_row([enquiry], |r| Ok((r.get(0)?, [r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?])))
        .optional()?;
    let Some((listed, [client_country, client_metro, manager_name, client_name, operator_name])) = found else {
        return Ok(None);
    };
    let Some((call, agency)) = latest_agency(conn, &listed, excluded)? else { return Ok(None) };
    let telephones_detailed = telephones(conn, &agency)?.into_iter().map(|(line, _)| line).collect();
    let datetime = match call.at {
        Some(ms) => {
            let at = instant(3, ms)?.to_zoned(zones.of(Centre::Moscow).clone());
            Some(at.strftime("%d.%m.%Y %H:%M:%S").to_string())
        }
        None => None,
    };
    Ok(Some(AgencyOfEnquiry {
        id: call.id,
        agency_db_id: agency.id,
        agency_name_ru: agency.name,
        agency_name_en: agency.english_name,
        agency_address: agency.adres,
        agency_comment: agency.comment,
        agency_metro_name: agency.metro_name,
        agency_region_id: agency.region,
        columns: agency.columns,
        result: call.result,
        call_result_text: agency_result_text(call.result).to_owned(),
        client_country,
        client_metro,
        manager_name,
        datetime,
        client_name,
        operator_name,
        telephones_detailed,
    }))
}

fn latest_agency(conn: &Connection, listed: &str, excluded: &[i64]) -> Result<Option<(CallToAgency, Agency)>> {
    let mut statement = conn.prepare_cached(catalogue_sql::RESULT_BY_ID)?;
    let mut calls = vec![];
    for id in ids_of(listed) {
        let call = statement
            .query_row([id], |r| {
                let telephone: Option<i64> = r.get(1)?;
                let (id, result, at) = (r.get(0)?, r.get(2)?, r.get(3)?);
                Ok(telephone.map(|telephone| CallToAgency { id, telephone, result, at }))
            })
            .optional()?;
        calls.extend(call.flatten());
    }
    calls.sort_by_key(|call| std::cmp::Reverse((call.at, call.id)));
    let mut owners = conn.prepare_cached(catalogue_sql::AGENCY_OF_TELEPHONE)?;
    for call in calls {
        for agency in owners.query_map([call.telephone], Agency::read)? {
            let agency = agency?;
            if !excluded.contains(&agency.id) {
                return Ok(Some((call, agency)));
            }
        }
    }
    Ok(None)
}

/// Calls of the Moscow centre by month over all time, in order. Deleted ones are included where somebody sees everybody's calls; of some
/// operators those that are kept are counted, which costs as many index entries.
///
/// # Errors
/// The database's own.
pub fn monthly_stats(conn: &Connection, sight: &Sight) -> Result<Vec<MonthTotal>> {
    if !sight.has_moscow() {
        return Ok(vec![]);
    }
    let total = |r: &Row<'_>| Ok(MonthTotal { year: r.get(0)?, month: r.get(1)?, count: r.get(2)? });
    match sight.ids() {
        None => conn.prepare_cached(sql::MONTHS)?.query_map([], total)?.collect(),
        Some(ids) => conn.prepare_cached(sql::MONTHS_OF_SOME)?.query_map([ids], total)?.collect(),
    }
}

/// Calls of one day that somebody may see and their mean duration, of one centre or of both.
///
/// # Errors
/// The database's own.
pub fn stats_of_day(
    conn: &Connection,
    day: Date,
    centre: Option<Centre>,
    sight: &Sight,
    zones: &Zones,
) -> Result<TodayStats> {
    let Some(centre) = sight.centre(centre) else { return Ok(TodayStats { calls: 0, mean_seconds: None }) };
    if sight.ids().is_none() {
        return today_stats(conn, day, centre);
    }
    let filter = Filter { centre, days: Some(DayRange::day(day)), sight: sight.clone(), ..Filter::default() };
    let (mut calls, mut timed, mut ms) = (0, 0, 0);
    for search in Search::of(conn, &filter, zones)? {
        let (low, high) = search.edges();
        let (inner, values) = search.between("c.started_at, c.ended_at", low, high, "");
        let sum = format!("SELECT count(*), count(ended_at), sum(ended_at - started_at) FROM ({inner})");
        let found: (i64, i64, Option<i64>) = conn
            .prepare_cached(&sum)?
            .query_row(params_from_iter(values), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        (calls, timed, ms) = (calls + found.0, timed + found.1, ms + found.2.unwrap_or(0));
    }
    Ok(TodayStats { calls, mean_seconds: mean_seconds(timed, Some(ms)) })
}

/// Calls of one day and their mean duration, of one centre or of both.
///
/// # Errors
/// The database's own.
pub fn today_stats(conn: &Connection, today: Date, centre: Option<Centre>) -> Result<TodayStats> {
    conn.prepare_cached(sql::DAY_TOTAL)?.query_row(params![day_number(today), centre.map(centre_code)], |r| {
        let timed: Option<i64> = r.get(1)?;
        Ok(TodayStats {
            calls: r.get::<_, Option<i64>>(0)?.unwrap_or(0),
            mean_seconds: mean_seconds(timed.unwrap_or(0), r.get(2)?),
        })
    })
}
