//! The accounting system as Pult meets it: a client that posts documents, and sends one again when it did not hear "ok"; and, for the
//! demo, a portal whose people finish the tasks they were given.
//!
//! Not here: what becomes of a document, and any answer but the bytes that were promised.

use std::time::Duration;

use data_encoding::BASE64;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::bitrix24::{self, world::tasks::TaskOrder};

/// From one document to the next, seconds.
const PAUSE: std::ops::Range<u64> = 20..50;
/// The first one is there soon, so that a demo shows tasks in its first minute.
const FIRST: Duration = Duration::from_secs(5);
/// Sub-departments documents name.
const SHOPS: [&str; 5] = ["Швейный цех", "Литьё", "Мехобработка", "Покраска", "Участок ЧПУ"];
/// A slip of somebody's pen: there is no such one.
const SLIP: &str = "Швейный цех №2";
/// The first documents have none: a house that has just begun would seem not to work.
const WITHOUT_SLIP: u64 = 10;
/// What is ordered.
const GOODS: [&str; 5] = ["Куртка рабочая", "Корпус насоса", "Вал приводной", "Кронштейн", "Чехол"];
/// The only answer that means that all is well.
const ALL_WELL: &str = r#"{"message":"ok"}"#;

/// Sends documents to Pult and finishes tasks at the portal until `stop`.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn play(pult: Url, portal: &bitrix24::Simulator, seed: u64, stop: CancellationToken) -> reqwest::Result<()> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(40)).build()?;
    let mut rng = StdRng::seed_from_u64(seed);
    // Numbers of another day are other documents.
    let day = jiff::Timestamp::now().as_second();
    for number in 1_u64.. {
        let pause = if number == 1 { FIRST } else { Duration::from_secs(rng.random_range(PAUSE)) };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            break;
        }
        finish_one(portal, &mut rng);
        let document = document(&mut rng, day, number);
        if !sent(&http, &pult, &document).await {
            // As its makers taught it: whatever is not "ok" is sent once more.
            sent(&http, &pult, &document).await;
        }
    }
    Ok(())
}

async fn sent(http: &reqwest::Client, pult: &Url, document: &Value) -> bool {
    let answer = async { http.post(pult.clone()).json(document).send().await?.text().await };
    match answer.await {
        Ok(text) => text == ALL_WELL,
        Err(error) => {
            tracing::info!(%error, "a document was not answered");
            false
        }
    }
}

fn document(rng: &mut StdRng, day: i64, number: u64) -> Value {
    let lines = rng.random_range(1..=3_usize);
    // One in twelve names a shop that is not there.
    let slip = (number > WITHOUT_SLIP && rng.random_ratio(1, 12)).then_some(0);
    let lines: Vec<Value> = (0..lines)
        .map(|line| {
            let shop = if slip == Some(line) { SLIP } else { SHOPS[rng.random_range(0..SHOPS.len())] };
            let item = GOODS[rng.random_range(0..GOODS.len())];
            json!({
                "Ссылка": format!("{day}-{number}-{line}"), "Наименование": shop,
                "Трудозатраты": 30 * rng.random_range(1..=16),
                "items": [{ "name": item, "quantity": rng.random_range(1..=40), "unit": "шт" }],
            })
        })
        .collect();
    let mut document = json!({
        "Ссылка": format!("{day}-{number}"), "Номер": format!("00-{number:06}"),
        "Наименование": format!("Заказ покупателя {number}"), "Калькуляции": lines,
    });
    if rng.random_ratio(1, 3) {
        let content = BASE64.encode(format!("Чертёж к заказу {number}").as_bytes());
        document["Файлы"] = json!([{ "name": format!("Чертёж {number}.txt"), "content": content }]);
    }
    document
}

/// Somebody finishes the oldest of the tasks made of documents, once a handful is open.
fn finish_one(portal: &bitrix24::Simulator, rng: &mut StdRng) {
    let open: Vec<u64> = portal.portal().world(|world| {
        let ours = world.tasks.all.values().filter(|task| task.xml_id.is_some() && task.status < 4);
        ours.map(|task| task.id).collect()
    });
    if open.len() > 12 || (open.len() > 4 && rng.random_ratio(1, 2)) {
        let order = TaskOrder { status: Some(5), ..TaskOrder::default() };
        portal.portal().order_task(open.first().copied(), &order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_documents_name_shops_that_are_there_and_some_later_one_does_not() {
        for seed in 0..20 {
            let mut rng = StdRng::seed_from_u64(seed);
            let named = |number: u64, rng: &mut StdRng| document(rng, 1, number)["Калькуляции"].to_string();
            for number in 1..=WITHOUT_SLIP {
                assert!(!named(number, &mut rng).contains(SLIP), "{seed}/{number}");
            }
            assert!((WITHOUT_SLIP + 1..200).any(|number| named(number, &mut rng).contains(SLIP)), "{seed}");
        }
    }
}
