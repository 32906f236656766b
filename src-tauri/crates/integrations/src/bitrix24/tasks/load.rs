//! What people have to do: one list for all of them, and where the portal refuses that, one each, so that only those whose tasks may
//! not be read are unknown (behaviour/erp_tasks 6.5, contracts/bitrix24 6).
//!
//! Deliberately not here: which load is the least.

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::areas::erp::Load;
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        Bitrix24,
        client::{Command, First, Key, Listing, Success, Trouble},
        loose::{entry, number},
    },
    has_to_wait, reason,
};

/// The method that lists tasks.
pub(super) const METHOD: &str = "tasks.task.list";
/// More open tasks than a house has.
pub(super) const LISTING: Listing = Listing { under: Some("tasks"), id: "id", most: 20_000 };
/// Waiting and in progress; one that awaits control is its creator's turn.
const OPEN: [u8; 2] = [2, 3];
/// The status from which on a task is no longer its responsible's turn.
const NOT_OPEN: i64 = 4;

/// Asks for the open tasks of these people.
pub(super) fn open_tasks(people: &[i64]) -> Value {
    json!({
        "filter": {"RESPONSIBLE_ID": people, "REAL_STATUS": OPEN},
        "select": ["ID", "RESPONSIBLE_ID", "STATUS", "TIME_ESTIMATE", "TIME_SPENT_IN_LOGS"],
        "order": {"ID": "asc"},
        "start": 0,
    })
}

/// Asks how many open tasks one has. The newest come first: those we have just given are on the first page, which is all that is read.
pub(super) fn count(person: i64) -> Value {
    json!({
        "filter": {"RESPONSIBLE_ID": person, "REAL_STATUS": OPEN},
        "select": ["ID"],
        "order": {"ID": "desc"},
        "start": 0,
    })
}

/// The load that an answer to [`count`] tells.
pub(super) fn counted(outcome: Result<Success, Trouble>) -> Load {
    let unknown = |reason: String| Load::Unknown { reason };
    match outcome {
        Ok(Success { total: None, .. }) => unknown(format!("{METHOD} did not count the tasks")),
        Ok(Success { total: Some(total), result, .. }) => Load::Known {
            remaining_s: None,
            unestimated: 0,
            open: u32::try_from(total).unwrap_or(u32::MAX),
            tasks: rows(&result).iter().filter_map(|row| field(row, "id")).collect(),
        },
        Err(trouble) => unknown(reason(trouble.error)),
    }
}

fn rows(result: &Value) -> &[Value] {
    entry(result, "tasks").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn field(row: &Value, key: &str) -> Option<i64> {
    entry(row, key).and_then(number)
}

/// The loads of all these people out of their tasks.
///
/// # Errors
/// Why nobody's is known: the list does not say whose the tasks are.
pub(super) fn of_all(rows: &[Value], people: &BTreeSet<i64>) -> Result<BTreeMap<i64, Load>, String> {
    let mut sums: BTreeMap<i64, Sum> = people.iter().map(|person| (*person, Sum::default())).collect();
    for row in rows {
        let whose = field(row, "responsibleId").ok_or_else(|| format!("{METHOD} does not say whose the tasks are"))?;
        // The portal may have ignored the conditions.
        let is_open = field(row, "status").is_none_or(|status| status < NOT_OPEN);
        if let Some(sum) = sums.get_mut(&whose).filter(|_| is_open) {
            sum.add(row);
        }
    }
    Ok(sums.into_iter().map(|(person, sum)| (person, sum.into_load())).collect())
}

#[derive(Default)]
struct Sum {
    remaining_s: i64,
    unestimated: u32,
    tasks: Vec<i64>,
}

impl Sum {
    fn add(&mut self, row: &Value) {
        // Seconds; nothing where nobody has logged anything.
        let of = |key: &str| field(row, key).unwrap_or(0);
        match of("timeEstimate") {
            estimate if estimate > 0 => self.remaining_s += (estimate - of("timeSpentInLogs")).max(0),
            _ => self.unestimated += 1,
        }
        self.tasks.extend(field(row, "id"));
    }

    fn into_load(self) -> Load {
        let Self { remaining_s, unestimated, tasks } = self;
        let open = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
        Load::Known { remaining_s: Some(remaining_s), unestimated, open, tasks }
    }
}

impl Bitrix24 {
    /// The loads of these people, each asked for alone.
    pub(super) async fn loads_apart(
        &self,
        people: &BTreeSet<i64>,
        said: &mut Vec<Exchange>,
    ) -> Result<BTreeMap<i64, Load>, CallError> {
        let command = |person: &i64| Command::repeatable(format!("load_{person}"), METHOD, open_tasks(&[*person]));
        let commands: Vec<_> = people.iter().map(command).collect();
        let (mut loads, mut whose, mut firsts) = (BTreeMap::new(), vec![], vec![]);
        let ran = self.run(&commands, said).await?;
        for ((person, command), ran) in people.iter().zip(commands).zip(ran) {
            match ran.outcome() {
                Ok(page) => {
                    whose.push(*person);
                    firsts.push(First { command, listing: LISTING, page });
                }
                Err(trouble) => _ = loads.insert(*person, unknown(trouble)?),
            }
        }
        for (person, rows) in whose.into_iter().zip(self.client.rest(Key::Tasks, firsts, said).await?) {
            let load = match rows {
                Ok(rows) => of_all(&rows, &BTreeSet::from([person])).map(|mut loads| loads.remove(&person)),
                Err(trouble) => Ok(Some(unknown(trouble)?)),
            };
            let load = load.unwrap_or_else(|reason| Some(Load::Unknown { reason }));
            loads.extend(load.map(|load| (person, load)));
        }
        Ok(loads)
    }
}

/// Why a load is unknown.
///
/// # Errors
/// Where it is only for now.
fn unknown(trouble: Trouble) -> Result<Load, CallError> {
    if has_to_wait(&trouble.error) { Err(trouble.error) } else { Ok(Load::Unknown { reason: reason(trouble.error) }) }
}
