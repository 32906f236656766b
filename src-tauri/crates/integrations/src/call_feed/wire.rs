//! A row of the feed in the words of the call centre's tables, and what it means to us.
//!
//! Rows come as JSON objects of the form `{"source_id", "calls": {…}, "telephone": {…}, …}`, or as the cells of a table whose
//! headers are `source_id` and `<table>.<column>`; a header without a table is a column of `calls`. A reference (`country_id`,
//! `tel_1_id`) holds an id, a name (of a telephone: its number), or an object. Deliberately not here: how single values are
//! read (`fields`) and where tables come from (`table`, `folder`).

use jiff::tz::TimeZone;
use pult_domain::{
    Fact, FactKey, Observed,
    areas::calls::{self, CallResultRow, ReportedAgency, ReportedCall, ReportedPhone, ReportedProcessing},
};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{ParseError, Parsed, Reason, RejectedRow, StoredRequest, reason};

use super::{
    MAX_ROWS,
    fields::{Fields, Form},
    table,
};

/// [`ParseError::field`] of a body that is not a batch at all.
pub(super) const NOT_A_BATCH: &str = "body";
/// [`ParseError::field`] of a batch with too many rows.
pub(super) const TOO_MANY: &str = "calls";
/// The query parameter by which a record of a file says that the file could not be read.
pub(super) const FAULT: &str = "fault";

/// The most calls to agencies told of one enquiry.
const MAX_CALL_RESULTS: usize = 100;

/// The body of a posted batch, its rows unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch<'b> {
    #[serde(borrow)]
    pub(super) calls: Vec<&'b RawValue>,
}

/// Reads a body's outline.
pub(super) fn outline(body: &[u8]) -> Result<Batch<'_>, ParseError> {
    serde_json::from_slice(body).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        let reason = match e.is_data() {
            true => reason!("not {{\"calls\": [..]}} (line {line}, column {column})"),
            false => reason!("not JSON (line {line}, column {column})"),
        };
        ParseError::at(NOT_A_BATCH, reason)
    })
}

/// What a record of the feed means; a bad row stands among the rejected and stops no other.
pub(super) fn batch(record: &StoredRequest, zone: &TimeZone) -> Result<Parsed, ParseError> {
    if let Some(fault) = record.query_value(FAULT) {
        return Err(ParseError::at(NOT_A_BATCH, Reason::verbatim(fault.to_owned())));
    }
    let too_many =
        |count: usize| ParseError::at(TOO_MANY, reason!("at most {MAX_ROWS} calls in a batch, and these are {count}"));
    let is_table = record.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/csv"));
    let rows: Vec<Result<ReportedCall, ParseError>> = if is_table {
        let table = table::read(&record.body)?;
        if table.rows.len() > MAX_ROWS {
            return Err(too_many(table.rows.len()));
        }
        table.rows.iter().map(|cells| row(table.object(cells)?, Form::Cells, zone)).collect()
    } else {
        let batch = outline(&record.body)?;
        if batch.calls.len() > MAX_ROWS {
            return Err(too_many(batch.calls.len()));
        }
        batch.calls.iter().map(|raw| json_row(raw, zone)).collect()
    };
    let mut parsed = Parsed::default();
    for (index, row) in rows.into_iter().enumerate() {
        match row {
            Ok(call) => parsed.facts.push(observed(call)),
            Err(error) => parsed.rejected.push(RejectedRow { index, error: error.to_string() }),
        }
    }
    Ok(parsed)
}

/// A row of a JSON batch.
pub(super) fn json_row(raw: &RawValue, zone: &TimeZone) -> Result<ReportedCall, ParseError> {
    let value = serde_json::from_str(raw.get()).map_err(|_| ParseError::at("row", reason!("nested too deeply")))?;
    row(value, Form::Json, zone)
}

fn required(field: &str) -> ParseError {
    ParseError::at(field, reason!("required"))
}

/// A row as its object.
pub(super) fn row(value: Value, form: Form, zone: &TimeZone) -> Result<ReportedCall, ParseError> {
    let mut row = Fields::of("", value, form)?;
    let source_id = row.text("source_id", 128)?.filter(|id| !id.trim().is_empty());
    let source_id = source_id.ok_or_else(|| required("source_id"))?;

    let mut calls = row.nested("calls")?.ok_or_else(|| required("calls.datetime"))?;
    let datetime = calls.instant("datetime", zone)?.ok_or_else(|| required("calls.datetime"))?;
    let id = calls.whole("id")?;
    let mut card_id = calls.whole("card_id")?;
    let privat_processing_id = calls.whole("privat_processing_id")?;
    // A code outside the tables is kept: the journal shows it as unknown, and the call is not lost for it.
    let result = calls.whole("result")?;
    let type_call = calls.whole("type_call")?;
    let mut operator = calls.reference("operator_id")?;
    calls.done()?;

    if let Some(mut named) = row.nested("operators")? {
        let (id, name) = (named.whole("id")?, named.text("name", 128)?);
        named.done()?;
        let known = operator.get_or_insert_default();
        known.id = id.or(known.id);
        known.name = name.or(known.name.take());
    }
    let mut telephone = row.nested("telephone")?.map(phone_row).transpose()?;
    if let Some(mut card) = row.nested("cards")? {
        let (own, of_card) = (card.whole("id")?, phone(&mut card, "telephone_id")?);
        card.done()?;
        card_id = card_id.or(own);
        telephone = telephone.or(of_card);
    }
    let privat_processing = row.nested("privat_processing")?.map(processing).transpose()?;
    let calls_result = row.list("calls_result", MAX_CALL_RESULTS)?;
    let calls_result = calls_result.into_iter().map(|fields| call_result(fields, zone)).collect::<Result<_, _>>()?;
    let agentstvo = row.nested("agentstvo")?.map(agency).transpose()?;
    row.done()?;
    Ok(ReportedCall {
        source_id,
        datetime,
        id,
        card_id,
        privat_processing_id,
        result,
        type_call,
        operator,
        telephone,
        privat_processing,
        calls_result,
        agentstvo,
    })
}

fn phone(fields: &mut Fields, name: &str) -> Result<Option<ReportedPhone>, ParseError> {
    if fields.holds_object(name) {
        return fields.nested(name)?.map(phone_row).transpose();
    }
    Ok(fields.id_or_number(name)?.map(|found| match found {
        Ok(id) => ReportedPhone { id: Some(id), ..ReportedPhone::default() },
        Err(number) => ReportedPhone { number: Some(number), ..ReportedPhone::default() },
    }))
}

fn phone_row(mut fields: Fields) -> Result<ReportedPhone, ParseError> {
    let phone = ReportedPhone {
        id: fields.whole("id")?,
        number: fields.text("number", 64)?,
        comment: fields.text("comment", 1000)?,
        time_rezhim_id: fields.whole("time_rezhim_id")?,
    };
    fields.done()?;
    Ok(phone)
}

fn processing(mut fields: Fields) -> Result<ReportedProcessing, ParseError> {
    let processing = ReportedProcessing {
        id: fields.whole("id")?,
        calls_results_ids: fields.text_or_number("calls_results_ids", 2000)?,
        country: fields.reference("country_id")?,
        metro: fields.reference("metro_id")?,
        manager_name: fields.reference("manager_name_id")?,
        client_name: fields.reference("client_name_id")?,
        client_city: fields.reference("client_city_id")?,
        ads: fields.reference("ads_id")?,
    };
    fields.done()?;
    Ok(processing)
}

fn call_result(mut fields: Fields, zone: &TimeZone) -> Result<CallResultRow, ParseError> {
    let row = CallResultRow {
        id: fields.whole("id")?,
        telephone: phone(&mut fields, "telephone_id")?,
        result: fields.whole("result")?,
        datetime: fields.instant("datetime", zone)?,
    };
    fields.done()?;
    Ok(row)
}

/// An agency by itself, as the feed's `agentstvo` has it.
pub(super) fn agency_alone(row: Map<String, Value>, form: Form) -> Result<ReportedAgency, ParseError> {
    agency(Fields::of("", Value::Object(row), form)?)
}

fn agency(mut fields: Fields) -> Result<ReportedAgency, ParseError> {
    let mut telephones = vec![];
    for name in ["tel_1_id", "tel_2_id", "tel_3_id", "tel_4_id", "tel_5_id", "tel_6_id", "tel_7_id"] {
        // The places count: the third telephone stays the third when the second is not given.
        telephones.push(phone(&mut fields, name)?.unwrap_or_default());
    }
    let used = telephones.iter().rposition(|phone| *phone != ReportedPhone::default()).map_or(0, |last| last + 1);
    telephones.truncate(used);
    let agency = ReportedAgency {
        id: fields.whole("id")?,
        name: fields.text("name", 255)?,
        english_name: fields.text("english_name", 255)?,
        adres: fields.text("adres", 1000)?,
        comment: fields.text("comment", 4000)?,
        telephones,
        city: fields.reference("city_id")?,
        metro: fields.reference("metro_id")?,
        district: fields.reference("district_id")?,
        area: fields.reference("area_id")?,
        region: fields.reference("region")?,
        time_zone: fields.text_or_number("time_zone", 64)?,
        time_rezhim_id: fields.whole("time_rezhim_id")?,
        english: fields.flag("english")?,
        tickets: fields.flag("tickets")?,
        station_not_set: fields.flag("station_not_set")?,
        switch_msk_agency: fields.flag("switch_msk_agency")?,
        bank_card: fields.flag("bank_card")?,
        stambul: fields.flag("stambul")?,
        austria: fields.flag("austria")?,
        hidden: fields.flag("hidden")?,
    };
    fields.done()?;
    Ok(agency)
}

/// The fact of a row. It carries no key of its own: the same row may be reported as A, then B, then A again, and the last word
/// counts each time. The row is found again by its source id, so nothing is doubled.
fn observed(call: ReportedCall) -> Observed {
    Observed {
        key: FactKey(String::new()),
        at: call.datetime,
        fact: Fact::Calls(calls::Fact::CallReported(Box::new(call))),
    }
}
