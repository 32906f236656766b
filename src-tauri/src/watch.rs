//! Keeps page, tray and toasts up to date: passes changes on and asks for figures when they may have moved.
//!
//! Deliberately not here: what the figures mean (`status`), and what people are told (`toasts`).

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter, Manager};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::{
    app::Notes,
    desk::{Desk, Reach},
    notify::Notifier,
    status::{self, Figures},
    toasts::Incidents,
    tray::Tray,
    voice::Voice,
    words::Words,
};

/// The event that tells the page of a change.
const CHANGE: &str = "pult://change";
/// The event that tells the page whether news comes.
const REACH: &str = "pult://reach";
/// Ages grow by themselves, so the lines are made anew at least this often.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15);
/// Changes within this time share one reading.
const TOGETHER: Duration = Duration::from_secs(2);

/// Passes what the engine tells on to the page.
pub(crate) async fn pass_on(app: AppHandle, desk: Desk) {
    let mut changes = desk.changes();
    while let Some(change) = changes.next().await {
        tell(&app, CHANGE, &change);
    }
}

/// Passes on whether news comes.
pub(crate) async fn pass_reach_on(app: AppHandle, desk: Desk) {
    let Some(mut reach) = desk.reach() else { return };
    while reach.changed().await.is_ok() {
        let now = *reach.borrow_and_update();
        tell(&app, REACH, &now);
    }
}

fn tell<T: serde::Serialize>(app: &AppHandle, event: &str, content: &T) {
    if let Err(error) = app.emit(event, content) {
        tracing::warn!(%error, event, "the page could not be told");
    }
}

/// Keeps the tray and the toasts up to date.
pub(crate) async fn figures(app: AppHandle, desk: Desk, notes: Notes, tray: Option<Tray>) {
    let mut language = app.state::<Voice>().changes();
    let (notifier, mut incidents) = (Notifier::new(app.clone(), desk.clone()), Incidents::default());
    let mut changes = desk.changes();
    let mut reach = desk.reach();
    let mut clock = interval(AT_LEAST_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut due: Option<Instant> = None;
    // The newest notice the person was told of, and when. What was there before the window began is in the bell.
    let mut told: Option<(i64, i64)> = None;
    loop {
        let soon = due.unwrap_or_else(|| Instant::now() + AT_LEAST_EVERY);
        tokio::select! {
            // News that is gathering is told together, or a storm would begin with single toasts.
            _ = clock.tick(), if due.is_none() => {}
            () = sleep_until(soon), if due.is_some() => {}
            () = notes.changed() => {}
            () = turned(&mut reach) => {}
            Ok(()) = language.changed() => {}
            change = changes.next() => {
                if change.is_none() {
                    return;
                }
                due.get_or_insert_with(|| Instant::now() + TOGETHER);
                continue;
            }
        }
        due = None;
        let words = Words::of(*language.borrow_and_update());
        let figures = gather(&desk, &notes, told).await;
        told = figures.notices.as_ref().map(|fresh| (fresh.newest, fresh.now)).or(told);
        for toast in incidents.observe(&figures, words) {
            tracing::info!(title = toast.title, text = toast.text, "told the person");
            notifier.show(words, toast);
        }
        if let Some(tray) = &tray {
            tray.speak(words);
            tray.show(&app, &status::of(&figures, words));
        }
    }
}

async fn turned(reach: &mut Option<tokio::sync::watch::Receiver<Reach>>) {
    if let Some(reach) = reach
        && reach.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

async fn gather(desk: &Desk, notes: &Notes, told: Option<(i64, i64)>) -> Figures {
    let reach = desk.reach().map(|reach| *reach.borrow());
    let mut figures = Figures { reach, listening: notes.listening(), ..Figures::default() };
    if reach.is_some_and(|reach| reach != Reach::Connected) {
        // A server out of reach would only be asked to time out.
        return figures;
    }
    let today = jiff::Zoned::now().date();
    let day = |only_open: bool| {
        json!({ "filter": {
            "centre": null, "days": { "from": today, "to": today }, "phone": null, "operator": null, "result": null,
            "type_call": null, "theme": null, "agency": null, "only_open": only_open,
        }})
    };
    figures.health = ask(desk, "engine.health", Value::Null, "").await;
    figures.stuck = ask(desk, "deliveries.summary", Value::Null, "/failed").await;
    figures.now = ask(desk, "now.get", Value::Null, "").await;
    figures.floor = ask(desk, "floor.counts", Value::Null, "").await;
    figures.network = ask(desk, "network.list", json!({ "station": null }), "").await;
    let (after, since) = told.unzip();
    figures.notices = ask(desk, "notices.news", json!({ "after": after, "since": since }), "").await;
    figures.unread = ask(desk, "notices.unread", Value::Null, "/unread").await;
    figures.open = ask(desk, "calls.totals", day(true), "/count").await;
    figures.today = ask(desk, "calls.totals", day(false), "/count").await;
    figures
}

/// A part of a command's answer. What the person may not see, or what fails, is simply not known here.
async fn ask<T: DeserializeOwned>(desk: &Desk, name: &str, request: Value, part: &str) -> Option<T> {
    let answer = match desk.call(name, request).await {
        Ok(answer) => answer,
        Err(refusal) => {
            tracing::debug!(name, code = refusal.code, message = refusal.message, "a figure of the tray is not known");
            return None;
        }
    };
    let part = answer.pointer(part)?.clone();
    match serde_json::from_value(part) {
        Ok(figure) => Some(figure),
        Err(error) => {
            tracing::debug!(name, %error, "an answer has another shape");
            None
        }
    }
}
