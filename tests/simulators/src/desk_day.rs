//! A day between the service desk and the portal, for the demo: issues are closed, and the people who are asked answer as people
//! do: soon, late, or not at all. They follow the link in their message and confirm the page it opens.
//!
//! Not here: what either vendor is, and calls of any other kind.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use crate::{
    bitrix24::{self, Press, Pressed},
    okdesk::{self, IssueOrder},
};

/// From one closed issue to the next, seconds.
const CLOSING: std::ops::Range<u64> = 15..45;
/// The first one is closed soon, and its author can be asked, so that a demo shows a question in its first minute.
const FIRST: Duration = Duration::from_secs(5);
/// How long somebody takes to answer, seconds.
const ANSWERING: std::ops::Range<u64> = 5..60;
/// Who writes issues: most can be asked, some cannot.
const AUTHORS: [u64; 8] = [208, 208, 208, 208, 208, 209, 210, 211];
/// What people write about.
const TITLES: [&str; 6] = [
    "Не печатает принтер",
    "Не открывается почта",
    "Нужен доступ к отчётам",
    "Гаснет экран",
    "Медленно работает база",
    "Не слышно собеседника",
];
/// How they answer; nothing for those who do not.
const ANSWERS: [Option<&str>; 8] =
    [Some("Отлично"), Some("Отлично"), Some("Отлично"), Some("Хорошо"), Some("Хорошо"), Some("Плохо"), None, None];

fn one<T: Copy>(rng: &mut StdRng, list: &[T]) -> T {
    list[rng.random_range(0..list.len())]
}

/// Closes issues and answers questions until `stop`.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn play(
    desk: &okdesk::Simulator,
    portal: &bitrix24::Simulator,
    seed: u64,
    stop: CancellationToken,
) -> reqwest::Result<()> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut asked = 0;
    for number in 1_u64.. {
        let pause = if number == 1 { FIRST } else { Duration::from_secs(rng.random_range(CLOSING)) };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            break;
        }
        let order = IssueOrder {
            title: Some(one(&mut rng, &TITLES).to_owned()),
            contact: Some(if number == 1 { AUTHORS[0] } else { one(&mut rng, &AUTHORS) }),
            ..IssueOrder::default()
        };
        let issue = desk.desk().make(&order);
        desk.desk().close(issue);
        for message in questions(portal, &mut asked) {
            let Some(text) = one(&mut rng, &ANSWERS) else { continue };
            let press = Press { text: Some(text.to_owned()), ..Press::default() };
            let Ok(Pressed::Link(link)) = portal.portal().press(message, &press) else { continue };
            let (http, pause) = (http.clone(), Duration::from_secs(rng.random_range(ANSWERING)));
            tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
                tokio::time::sleep(pause).await;
                follow(&http, &link).await;
            }));
        }
    }
    Ok(())
}

/// Questions that have come since the last look.
fn questions(portal: &bitrix24::Simulator, asked: &mut u64) -> Vec<u64> {
    let new: Vec<u64> = portal.portal().world(|world| {
        let fresh = world.chat.messages.iter().filter(|m| m.id > *asked && !m.keyboard.is_empty());
        fresh.map(|message| message.id).collect()
    });
    *asked = new.iter().copied().fold(*asked, u64::max);
    new
}

/// Opens the link, and presses the button on its page.
async fn follow(http: &reqwest::Client, link: &str) {
    let browser = |request: reqwest::RequestBuilder| request.header("Accept", "text/html").send();
    let opened = async {
        browser(http.get(link)).await?.error_for_status()?;
        browser(http.post(link)).await?.error_for_status()
    };
    if let Err(error) = opened.await {
        tracing::info!(%error, "an answer did not arrive");
    }
}
