//! A call of the Moscow journal as its source reports it: a new row, or a known one brought up to date.
//!
//! Deliberately not here: which row is meant (the rule's decision) and the rows around it (`catalogue`).

use pult_domain::{
    CallId, RecordId,
    areas::calls::{Centre, ReportedCall},
};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Zones, backwards, catalogue, centre_of, limit, said, sql};

struct Row {
    source_key: String,
    centre: Centre,
    card_id: Option<i64>,
    pp_id: Option<i64>,
}

/// Writes what is reported. Nothing when the row it should fill is gone.
pub(super) fn apply(
    conn: &Connection,
    call: Option<CallId>,
    source_key: &str,
    reported: &ReportedCall,
    record: Option<RecordId>,
    zones: &Zones,
) -> Result<Option<CallId>> {
    let row = match call {
        None => None,
        Some(id) => {
            let found = conn
                .prepare_cached(sql::REPORTED_ROW)?
                .query_row([id.0], |r| {
                    Ok(Row {
                        source_key: r.get(0)?,
                        centre: centre_of(1, r.get(1)?)?,
                        card_id: r.get(2)?,
                        pp_id: r.get(3)?,
                    })
                })
                .optional()?;
            match found {
                None => return Ok(None),
                Some(row) => Some((id, row)),
            }
        }
    };
    let operator = match &reported.operator {
        Some(reference) => catalogue::operator(conn, reference)?,
        None => None,
    };
    let (telephone, phone) = match &reported.telephone {
        Some(phone) => (catalogue::telephone(conn, phone)?, catalogue::digits_of(conn, phone)?),
        None => (None, None),
    };
    let ani =
        reported.telephone.as_ref().filter(|_| phone.is_none()).and_then(|t| said(t.number.as_deref(), limit::NAME));
    if let Some(card) = reported.card_id.or(row.as_ref().and_then(|(_, r)| r.card_id)).filter(|id| *id > 0) {
        catalogue::card(conn, card, telephone)?;
    }
    let enquiry = catalogue::enquiry(
        conn,
        row.as_ref().and_then(|(_, r)| r.pp_id),
        reported.privat_processing_id,
        reported.privat_processing.as_ref(),
        &reported.calls_result,
    )?;
    let agency = match &reported.agentstvo {
        Some(agency) => catalogue::agency(conn, agency)?,
        None => None,
    };
    let agency_name = match agency {
        Some(id) => catalogue::agency_name(conn, id)?,
        None => None,
    };
    let reversed = phone.as_deref().map(backwards);
    let began = reported.datetime.as_millisecond();
    let Some((id, row)) = row else {
        let id = conn.prepare_cached(sql::REPORT_NEW)?.insert(params![
            source_key,
            zones.day(Centre::Moscow, reported.datetime),
            began,
            phone,
            reversed,
            ani,
            operator,
            reported.result,
            reported.type_call,
            agency_name,
            reported.card_id,
            enquiry,
            record.map(|r| r.0),
        ])?;
        return Ok(Some(CallId(id)));
    };
    // Another source began this row and knew the instant; what this one adds is the rest.
    let own = row.source_key == source_key;
    if !own {
        conn.prepare_cached(sql::ADD_ALIAS)?.execute(params![source_key, id.0])?;
    }
    conn.prepare_cached(sql::REPORT_AGAIN)?.execute(params![
        id.0,
        own.then(|| zones.day(row.centre, reported.datetime)),
        own.then_some(began),
        phone,
        reversed,
        ani,
        operator,
        reported.result,
        reported.type_call,
        agency_name,
        reported.card_id,
        enquiry,
    ])?;
    Ok(Some(id))
}
