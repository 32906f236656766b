//! Agencies on their own: who owns a number, and the Moscow centre's catalogue for reading.
//!
//! Deliberately not here: how a row of the catalogue is written (`calls::catalogue`).

use pult_domain::{AgencyId, PhoneNumber, areas::calls::ReportedAgency};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::calls::{Imported, TelephoneLine, catalogue, catalogue_sql as sql, clip};

/// The longest number `T_AGENCY_PHONE` keeps (behaviour/helpdesk 2.3).
const AGENCY_PHONE: usize = 1_000;
/// A row id of the source.
const ROW_ID: usize = 18;

/// Agencies that own a number, compared digit by digit, each once, the largest id first; at most fifty.
///
/// # Errors
/// The database's own.
pub fn agencies_of_phone(conn: &Connection, digits: &str) -> Result<Vec<AgencyId>> {
    conn.prepare_cached(sql::AGENCIES_OF_PHONE)?.query_map([digits], |r| r.get(0).map(AgencyId))?.collect()
}

/// A row of `T_AGENCY_PHONE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "each field is the column of the same name in behaviour/helpdesk 2.3")]
pub struct PhoneRow {
    pub agency_id: i64,
    pub agency_phone: String,
    #[serde(default)]
    pub oc_rowid: Option<String>,
    #[serde(default)]
    pub o_rowid: Option<String>,
}

/// Writes one imported telephone of an agency. Nothing is written for one without digits, or with too many.
///
/// # Errors
/// The database's own.
pub fn import_agency_phone(conn: &Connection, row: &PhoneRow) -> Result<Option<Imported>> {
    let Some(number) = PhoneNumber::digits_of(&row.agency_phone) else { return Ok(None) };
    let raw = clip(row.agency_phone.trim(), AGENCY_PHONE);
    let ids = [&row.oc_rowid, &row.o_rowid].map(|id| id.as_deref().map(|id| clip(id, ROW_ID)));
    let known = conn
        .prepare_cached(sql::AGENCY_PHONE_KNOWN)?
        .query_row(params![row.agency_id, raw], |_| Ok(()))
        .optional()?
        .is_some();
    conn.prepare_cached(sql::KEEP_AGENCY_PHONE)?.execute(params![
        row.agency_id,
        raw,
        number.as_str(),
        ids[0],
        ids[1]
    ])?;
    Ok(Some(if known { Imported::Updated } else { Imported::Added }))
}

/// Writes one imported agency of the Moscow centre, as a reported call's agency is written: what the row does not say stays. Nothing
/// is written for one without an id.
///
/// # Errors
/// The database's own.
pub fn import_agency(conn: &Connection, row: &ReportedAgency) -> Result<Option<Imported>> {
    let Some(id) = row.id else { return Ok(None) };
    let known = catalogue::agency_is_known(conn, id)?;
    catalogue::agency(conn, row)?;
    Ok(Some(if known { Imported::Updated } else { Imported::Added }))
}

/// A line of `/api/agencies`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the wire names of behaviour/helpdesk 1.1")]
pub struct AgencyLine {
    #[serde(rename = "ID_TR")]
    #[ts(type = "number")]
    pub id: i64,
    #[serde(rename = "NAME_RU")]
    pub name: Option<String>,
    #[serde(rename = "NAME_EN")]
    pub english_name: Option<String>,
    #[serde(rename = "ADDRESS")]
    pub address: Option<String>,
    #[serde(rename = "CITY_NAME")]
    pub city: Option<String>,
    #[serde(rename = "METRO_STATION_NAME")]
    pub metro: Option<String>,
    #[serde(rename = "DISTRICT_NAME")]
    pub district: Option<String>,
    pub telephone_1_number: Option<String>,
    pub telephone_2_number: Option<String>,
    pub telephone_3_number: Option<String>,
    pub telephone_4_number: Option<String>,
    pub telephone_5_number: Option<String>,
    pub telephone_6_number: Option<String>,
    pub telephone_7_number: Option<String>,
    #[serde(rename = "ALL_TELEPHONES_CONCAT")]
    pub all_telephones: String,
}

impl AgencyLine {
    fn read(row: &Row<'_>) -> Result<Self> {
        let phones: Vec<Option<String>> = (7..14).map(|column| row.get(column)).collect::<Result<_>>()?;
        let all_telephones = phones.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
        let mut phones = phones.into_iter();
        let mut phone = || phones.next().flatten();
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            english_name: row.get(2)?,
            address: row.get(3)?,
            city: row.get(4)?,
            metro: row.get(5)?,
            district: row.get(6)?,
            telephone_1_number: phone(),
            telephone_2_number: phone(),
            telephone_3_number: phone(),
            telephone_4_number: phone(),
            telephone_5_number: phone(),
            telephone_6_number: phone(),
            telephone_7_number: phone(),
            all_telephones,
        })
    }

    /// Whether one of the searched columns contains `part`, which is in lower case already.
    fn contains(&self, part: &str) -> bool {
        let names = [&self.name, &self.english_name, &self.address, &self.city, &self.metro, &self.district];
        let phones = [
            &self.telephone_1_number,
            &self.telephone_2_number,
            &self.telephone_3_number,
            &self.telephone_4_number,
            &self.telephone_5_number,
            &self.telephone_6_number,
            &self.telephone_7_number,
        ];
        // SQLite folds the case of Latin letters only, so Russian names are compared here.
        names.iter().chain(&phones).copied().flatten().any(|text| text.to_lowercase().contains(part))
    }
}

/// Agencies that are not hidden, by name; with a search, those with it in a name, the address, city, metro, district or a number.
///
/// # Errors
/// The database's own.
pub fn agencies_search(conn: &Connection, search: Option<&str>, most: usize) -> Result<Vec<AgencyLine>> {
    let part = search.map(|s| s.trim().to_lowercase()).filter(|s| !s.is_empty());
    let mut statement = conn.prepare_cached(sql::AGENCIES)?;
    let mut rows = statement.query([])?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        if found.len() == most {
            break;
        }
        let line = AgencyLine::read(row)?;
        if part.as_deref().is_none_or(|part| line.contains(part)) {
            found.push(line);
        }
    }
    Ok(found)
}

/// The columns of an agency that both of its shapes call by the same names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct AgencyColumns {
    #[ts(type = "number | null")]
    pub tel_1_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_2_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_3_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_4_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_5_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_6_id: Option<i64>,
    #[ts(type = "number | null")]
    pub tel_7_id: Option<i64>,
    #[ts(type = "number | null")]
    pub city_id: Option<i64>,
    pub city_name: Option<String>,
    #[ts(type = "number | null")]
    pub metro_id: Option<i64>,
    #[ts(type = "number | null")]
    pub district_id: Option<i64>,
    pub district_name: Option<String>,
    #[ts(type = "number | null")]
    pub area_id: Option<i64>,
    pub area_name: Option<String>,
    pub region_name_from_db: Option<String>,
    pub time_zone: Option<String>,
    #[ts(type = "number | null")]
    pub time_rezhim_id: Option<i64>,
    pub english: Option<bool>,
    pub tickets: Option<bool>,
    pub station_not_set: Option<bool>,
    pub switch_msk_agency: Option<bool>,
    pub bank_card: Option<bool>,
    pub stambul: Option<bool>,
    pub austria: Option<bool>,
}

/// An agency's columns with the names they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct Agency {
    #[ts(type = "number")]
    pub id: i64,
    pub name: Option<String>,
    pub english_name: Option<String>,
    pub adres: Option<String>,
    pub comment: Option<String>,
    pub metro_name: Option<String>,
    #[ts(type = "number | null")]
    pub region: Option<i64>,
    #[serde(flatten)]
    pub columns: AgencyColumns,
}

impl Agency {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            english_name: row.get(2)?,
            adres: row.get(3)?,
            comment: row.get(4)?,
            metro_name: row.get(15)?,
            region: row.get(20)?,
            columns: AgencyColumns {
                tel_1_id: row.get(5)?,
                tel_2_id: row.get(6)?,
                tel_3_id: row.get(7)?,
                tel_4_id: row.get(8)?,
                tel_5_id: row.get(9)?,
                tel_6_id: row.get(10)?,
                tel_7_id: row.get(11)?,
                city_id: row.get(12)?,
                city_name: row.get(13)?,
                metro_id: row.get(14)?,
                district_id: row.get(16)?,
                district_name: row.get(17)?,
                area_id: row.get(18)?,
                area_name: row.get(19)?,
                region_name_from_db: row.get(21)?,
                time_zone: row.get(22)?,
                time_rezhim_id: row.get(23)?,
                english: row.get(24)?,
                tickets: row.get(25)?,
                station_not_set: row.get(26)?,
                switch_msk_agency: row.get(27)?,
                bank_card: row.get(28)?,
                stambul: row.get(29)?,
                austria: row.get(30)?,
            },
        })
    }

    fn telephone_ids(&self) -> impl Iterator<Item = i64> {
        let c = &self.columns;
        [c.tel_1_id, c.tel_2_id, c.tel_3_id, c.tel_4_id, c.tel_5_id, c.tel_6_id, c.tel_7_id].into_iter().flatten()
    }
}

/// When a telephone is answered: `HH:MM - HH:MM`, or `Выходной`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the days of the week")]
pub struct WorkSchedule {
    pub monday: String,
    pub tuesday: String,
    pub wednesday: String,
    pub thursday: String,
    pub friday: String,
    pub saturday: String,
    pub sunday: String,
}

/// A telephone of an agency with the hours it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AgencyTelephone {
    /// The telephone.
    #[serde(flatten)]
    pub line: TelephoneLine,
    /// The source's id of its hours.
    #[ts(type = "number | null")]
    pub time_rezhim_id: Option<i64>,
    /// Its hours; absent where the source told none.
    pub work_schedule: Option<WorkSchedule>,
}

/// The answer of `/api/agency-details/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AgencyDetails {
    /// The agency.
    #[serde(flatten)]
    pub agency: Agency,
    /// Whether searches leave it out.
    pub hidden: bool,
    /// Its telephones, in their order.
    pub telephones: Vec<AgencyTelephone>,
}

/// An agency with its telephones and their hours.
///
/// # Errors
/// The database's own.
pub fn agency_details(conn: &Connection, id: i64) -> Result<Option<AgencyDetails>> {
    let found = conn.prepare_cached(sql::AGENCY)?.query_row([id], |r| Ok((Agency::read(r)?, r.get(31)?))).optional()?;
    let Some((agency, hidden)) = found else { return Ok(None) };
    let telephones = telephones(conn, &agency)?
        .into_iter()
        .map(|(line, time_rezhim_id)| {
            let work_schedule = match time_rezhim_id {
                Some(id) => schedule(conn, id)?,
                None => None,
            };
            Ok(AgencyTelephone { line, time_rezhim_id, work_schedule })
        })
        .collect::<Result<_>>()?;
    Ok(Some(AgencyDetails { agency, hidden, telephones }))
}

/// The telephones of an agency, each with the id of its hours.
pub(crate) fn telephones(conn: &Connection, agency: &Agency) -> Result<Vec<(TelephoneLine, Option<i64>)>> {
    let mut statement = conn.prepare_cached(sql::TELEPHONE)?;
    let mut lines = vec![];
    for id in agency.telephone_ids() {
        let line =
            |r: &Row<'_>| Ok((TelephoneLine { id: r.get(0)?, number: r.get(1)?, comment: r.get(2)? }, r.get(3)?));
        lines.extend(statement.query_row([id], line).optional()?);
    }
    Ok(lines)
}

fn schedule(conn: &Connection, id: i64) -> Result<Option<WorkSchedule>> {
    conn.prepare_cached(sql::SCHEDULE)?
        .query_row([id], |r| {
            let day = |n: usize| -> Result<String> {
                let (from, to): (Option<String>, Option<String>) = (r.get(n * 2)?, r.get(n * 2 + 1)?);
                Ok(match (from, to) {
                    (Some(from), Some(to)) => format!("{from} - {to}"),
                    _ => "Выходной".to_owned(),
                })
            };
            Ok(WorkSchedule {
                monday: day(0)?,
                tuesday: day(1)?,
                wednesday: day(2)?,
                thursday: day(3)?,
                friday: day(4)?,
                saturday: day(5)?,
                sunday: day(6)?,
            })
        })
        .optional()
}
