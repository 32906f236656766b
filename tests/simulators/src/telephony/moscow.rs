//! The calls of Moscow: tourists ring operators, who write down the outcome and hand buyers on to an agency. Rows are
//! written in the words of the live feed (behaviour of the help desk, sections 1.2, 1.3 and 1.5); nothing is sent here.
//!
//! Reading of the contract: a reference field (`…_id`) holds the name, or the number of a phone, where the sender has
//! no id of the receiver; ids are sent for the rows the sender owns (card, client's request, agency).

use std::{cmp::Reverse, collections::BinaryHeap, iter::Peekable, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::arrivals::{Lines, Profile, arrivals, choose, day_random, later, length, written};
use crate::catalogue::{self, Agency, LITHUANIAN, OPERATORS};

/// Local time of the centre.
pub const ZONE: &str = "Europe/Moscow";

/// Codes of `calls.result`.
pub const RESULTS: std::ops::RangeInclusive<i8> = 0..=6;
/// Codes of `calls.type_call`.
pub const TYPES: std::ops::RangeInclusive<i8> = 0..=7;
/// Codes of `calls_result.result`.
pub const TRANSFER_RESULTS: std::ops::RangeInclusive<i8> = -1..=5;

const COUNTRIES: [&str; 7] = ["Турция", "Египет", "Таиланд", "Россия", "Кипр", "Австрия", "Вьетнам"];
const ADS: [&str; 5] = ["Радио", "Поиск в интернете", "Наружная реклама", "Рекомендация знакомых", "Справочник"];
const NAMES: [&str; 8] = ["Анастасия", "Борис", "Валентина", "Дмитрий", "Ксения", "Николай", "Татьяна", "Юрий"];
const METRO: [&str; 6] = ["Сокол", "Курская", "Автозаводская", "Медведково", "Кунцевская", "Таганская"];

/// One call as the Moscow exchange writes it down.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `moscow-<date>-<number>`: the same call has the same key on every run.
    pub key: String,
    /// When it came in.
    pub at: Timestamp,
    /// When it was over and its row is ready.
    pub ends: Timestamp,
    /// The caller's number; hidden from some.
    pub phone: Option<String>,
    /// Who took it; nobody when all were on the phone.
    pub operator: Option<&'static str>,
    /// Final code of [`RESULTS`].
    pub result: i8,
    /// Code of [`TYPES`].
    pub type_call: i8,
    /// What a buyer asked for.
    pub request: Option<Request>,
    /// A later resend of the row: when, and the `result` it corrects. The same code means a plain repetition.
    pub resend: Option<(Timestamp, i8)>,
}

/// A buyer's request, handed on to an agency.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    client: &'static str,
    metro: &'static str,
    country: &'static str,
    ad: &'static str,
    agency: usize,
    phone: String,
    /// Attempts to reach the agency, each with its time and code of [`TRANSFER_RESULTS`].
    pub transfers: Vec<(Timestamp, i8)>,
}

/// What the centre is like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides every day together with its date.
    pub seed: u64,
    /// How busy it is.
    pub profile: Profile,
}

impl Plan {
    /// The calls of a local day in the order of their arrival.
    pub fn day(&self, date: Date, zone: &TimeZone) -> Vec<Call> {
        let agencies = catalogue::agencies();
        let mut random = day_random(self.seed, "moscow", date);
        let mut lines = Lines::new(OPERATORS.len());
        arrivals(&mut random, &self.profile, date, zone)
            .into_iter()
            .enumerate()
            .map(|(index, at)| {
                let key = format!("moscow-{date}-{}", index + 1);
                let line = lines.take(&mut random, at);
                let call = call(&mut random, key, at, line, &agencies);
                if let Some(line) = line {
                    lines.hold(line, call.ends);
                }
                call
            })
            .collect()
    }

    /// All calls from an instant on, without end; none at all where the profile is silent.
    pub fn from(self, from: Timestamp, zone: TimeZone) -> impl Iterator<Item = Call> + Send {
        let mut date = from.to_zoned(zone.clone()).date();
        std::iter::from_fn(move || {
            if self.profile.is_silent() {
                return None;
            }
            let today = date;
            date = date.tomorrow().ok()?;
            Some(self.day(today, &zone))
        })
        .flatten()
        .skip_while(move |call| call.at < from)
    }
}

fn call(random: &mut StdRng, key: String, at: Timestamp, line: Option<usize>, agencies: &[Agency]) -> Call {
    let talk = length(random, Duration::from_secs(130), 0.8, Duration::from_secs(4), Duration::from_secs(25 * 60));
    let phone = (!random.random_bool(0.07)).then(|| format!("+7495001{:04}", random.random_range(0..2_500)));
    let Some(line) = line else {
        // Nobody free: the caller listens to music for a while and gives up.
        let ends = later(at, talk.min(Duration::from_secs(90)));
        return Call { key, at, ends, phone, operator: None, result: 0, type_call: 7, request: None, resend: None };
    };
    let ends = later(at, talk);
    let type_call = choose(random, &[(6, 0), (2, 1), (14, 2), (16, 3), (18, 4), (26, 5), (8, 6), (10, 7)]).unwrap_or(6);
    let result = match type_call {
        7 => choose(random, &[(5, 0), (4, 4), (3, 5), (3, 6), (1, 3)]).unwrap_or(0),
        _ => choose(random, &[(85, 1), (11, 2), (2, 3), (1, 5), (1, 6)]).unwrap_or(1),
    };
    let request = (matches!(type_call, 4 | 5) && result == 1).then(|| request(random, at, talk, agencies));
    let after = Duration::from_secs(random.random_range(15..180));
    let resend = match random.random_range(0..100) {
        0..10 => Some((later(ends, after), if result == 0 { 1 } else { 0 })),
        10..14 => Some((later(ends, after), result)),
        _ => None,
    };
    Call { key, at, ends, phone, operator: Some(OPERATORS[line].name), result, type_call, request, resend }
}

fn request(random: &mut StdRng, at: Timestamp, talk: Duration, agencies: &[Agency]) -> Request {
    let agency = random.random_range(LITHUANIAN..agencies.len());
    let contacts = &agencies[agency].contacts;
    let tries = random.random_range(1..=3);
    let transfers = (1..=tries)
        .map(|attempt| {
            let when = later(at, talk.mul_f64(f64::from(attempt) / f64::from(tries + 1)));
            let failed = choose(random, &[(1, -1), (4, 1), (4, 2), (1, 3), (1, 4), (1, 5)]);
            let reached = attempt == tries && random.random_bool(0.8);
            (when, if reached { 0 } else { failed.unwrap_or(1) })
        })
        .collect();
    let one = |random: &mut StdRng, of: &[&'static str]| of.choose(random).copied().unwrap_or_default();
    Request {
        client: one(random, &NAMES),
        metro: one(random, &METRO),
        country: one(random, &COUNTRIES),
        ad: one(random, &ADS),
        agency,
        phone: contacts[random.random_range(0..contacts.len())].phone.clone(),
        transfers,
    }
}

/// A sending of a call's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// When it is due.
    pub at: Timestamp,
    /// The call.
    pub call: Call,
    /// The result this sending carries.
    pub result: i8,
}

/// The first sending of a call and, where there is one, its resend.
pub fn reports(call: Call) -> impl Iterator<Item = Report> {
    let (first, second) = match call.resend {
        None => (call.result, None),
        Some((at, corrected)) => (corrected, Some(Report { at, result: call.result, call: call.clone() })),
    };
    std::iter::once(Report { at: call.ends, result: first, call }).chain(second)
}

/// The row of a report as the live feed takes it. `prefix` keeps one run's ids apart from another's; `stamp` turns an
/// instant of the generator into the one to write down.
pub fn row(report: &Report, prefix: &str, agencies: &[Agency], stamp: impl Fn(Timestamp) -> Timestamp) -> Value {
    let call = &report.call;
    let source_id = format!("{prefix}{}", call.key);
    let own = own_id(&source_id);
    let text = |at| written(stamp(at));
    let mut row = Map::new();
    let mut calls = json!({"datetime": text(call.at), "result": report.result, "type_call": call.type_call});
    if let Some(phone) = &call.phone {
        calls["card_id"] = own.into();
        row.insert("cards".into(), json!({"id": own, "telephone_id": phone}));
        row.insert("telephone".into(), json!({"number": phone}));
    }
    if let Some(name) = call.operator {
        row.insert("operators".into(), json!({"name": name}));
    }
    if let Some(request) = &call.request {
        calls["privat_processing_id"] = own.into();
        let agency = &agencies[request.agency];
        let processing = json!({
            "id": own,
            "country_id": request.country,
            "metro_id": request.metro,
            "manager_name_id": agency.managers.first(),
            "client_name_id": request.client,
            "client_city_id": "Москва",
            "ads_id": request.ad,
        });
        row.insert("privat_processing".into(), processing);
        let transfers = request
            .transfers
            .iter()
            .map(|(at, result)| json!({"telephone_id": request.phone, "result": result, "datetime": text(*at)}));
        row.insert("calls_result".into(), transfers.collect());
        row.insert("agentstvo".into(), agency_row(agency));
    }
    row.insert("source_id".into(), source_id.into());
    row.insert("calls".into(), calls);
    Value::Object(row)
}

fn agency_row(agency: &Agency) -> Value {
    let mut row = json!({
        "id": agency.id,
        "name": agency.name,
        "english_name": agency.name_eng,
        "adres": agency.address,
        "city_id": agency.city,
        "metro_id": agency.metro,
        "district_id": agency.district,
        "time_zone": 3,
        "bank_card": u8::from(agency.bank_card),
        "tickets": 1,
        "hidden": 0,
    });
    for (index, contact) in agency.contacts.iter().enumerate() {
        row[format!("tel_{}_id", index + 1)] = contact.phone.as_str().into();
    }
    row
}

/// A number for the rows a call owns; the same for every sending of it. 47 bits: exact in any reader's numbers.
fn own_id(source_id: &str) -> u64 {
    let hash = source_id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash >> 17) | 1
}

/// Reports of a stream of calls in the order they are due, though calls end in another order than they begin.
pub struct Reports<I: Iterator<Item = Call>> {
    calls: Peekable<I>,
    waiting: BinaryHeap<Reverse<Due>>,
}

impl<I: Iterator<Item = Call>> Reports<I> {
    /// `calls` in the order of their arrival.
    pub fn new(calls: I) -> Self {
        Self { calls: calls.peekable(), waiting: BinaryHeap::new() }
    }
}

impl<I: Iterator<Item = Call>> Iterator for Reports<I> {
    type Item = Report;

    fn next(&mut self) -> Option<Report> {
        loop {
            // A report is next once no call can begin, let alone end, before it.
            let due = self.waiting.peek().map(|Reverse(due)| due.0.at);
            let ready = match (due, self.calls.peek()) {
                (Some(due), Some(call)) => due <= call.at,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if ready {
                return self.waiting.pop().map(|Reverse(due)| due.0);
            }
            self.waiting.extend(reports(self.calls.next()?).map(|report| Reverse(Due(report))));
        }
    }
}

struct Due(Report);

impl Due {
    fn key(&self) -> (Timestamp, &str) {
        (self.0.at, &self.0.call.key)
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    fn month() -> Vec<Call> {
        let zone = TimeZone::get(ZONE).unwrap();
        let plan = Plan { seed: 42, profile: Profile::office(120.0) };
        (1..=28).flat_map(|day| plan.day(date(2026, 2, day), &zone)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_day() {
        assert_eq!(month(), month());
    }

    #[test]
    fn every_code_occurs() {
        let calls = month();
        let results: BTreeSet<_> = calls.iter().map(|call| call.result).collect();
        let types: BTreeSet<_> = calls.iter().map(|call| call.type_call).collect();
        let transfers: BTreeSet<_> = calls
            .iter()
            .filter_map(|call| call.request.as_ref())
            .flat_map(|request| &request.transfers)
            .map(|transfer| transfer.1)
            .collect();
        assert_eq!(results, RESULTS.collect());
        assert_eq!(types, TYPES.collect());
        assert_eq!(transfers, TRANSFER_RESULTS.collect());
    }

    #[test]
    fn reports_come_in_the_order_they_are_due() {
        let calls = month();
        let expected = calls.len() + calls.iter().filter(|call| call.resend.is_some()).count();
        let all: Vec<_> = Reports::new(calls.into_iter()).collect();
        assert_eq!(all.len(), expected);
        assert!(all.is_sorted_by_key(|report| report.at));
    }

    #[test]
    fn a_resend_has_the_id_of_the_first_and_the_final_result() {
        let agencies = catalogue::agencies();
        let call = month().into_iter().find(|call| call.resend.is_some_and(|(_, first)| first != call.result)).unwrap();
        let rows: Vec<_> = reports(call.clone()).map(|report| row(&report, "run/", &agencies, |at| at)).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["source_id"], format!("run/{}", call.key));
        assert_eq!(rows[0]["source_id"], rows[1]["source_id"]);
        assert_ne!(rows[0]["calls"]["result"], rows[1]["calls"]["result"]);
        assert_eq!(rows[1]["calls"]["result"], call.result);
        assert_eq!(rows[0]["calls"]["card_id"], rows[1]["calls"]["card_id"]);
    }

    #[test]
    fn a_request_brings_a_client_card_and_an_agency_reachable_by_the_transfers() {
        let agencies = catalogue::agencies();
        let call = month().into_iter().find(|call| call.request.is_some() && call.phone.is_some()).unwrap();
        let row = row(&reports(call).next().unwrap(), "", &agencies, |at| at);
        assert!(row["calls"]["card_id"].as_u64().unwrap() > 0);
        assert_eq!(row["calls"]["privat_processing_id"], row["privat_processing"]["id"]);
        let reached = &row["calls_result"][0]["telephone_id"];
        assert!((1..=7).any(|line| row["agentstvo"][format!("tel_{line}_id")] == *reached));
    }
}
