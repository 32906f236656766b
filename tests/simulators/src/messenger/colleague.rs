//! A colleague with a program of their own: writes to somebody from time to time, and answers what they are written.
//!
//! Deliberately not here: whom they are let to see, and the server.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{MessengerError, program::Program};

/// How long an answer takes to be typed.
const TYPING: Duration = Duration::from_secs(3);
/// What is written by itself, one after another.
const LINES: &[&str] = &[
    "Добрый день! Вы сегодня на смене?",
    "Агентство просит перезвонить по сегодняшнему звонку",
    "Посмотрите, пожалуйста, мою заявку: статус изменился",
    "На линии очередь, кто свободен?",
    "Спасибо, вижу",
];
/// And what is answered.
const ANSWERS: &[&str] = &["Поняла, спасибо", "Сейчас посмотрю", "Да, на месте", "Перезвоню через пять минут"];

/// Writes and answers until `stop`.
///
/// # Errors
/// The server ends the stream.
pub async fn talk(
    mut program: Program,
    with: &str,
    every: Duration,
    stop: CancellationToken,
) -> Result<(), MessengerError> {
    let mut said = 0_usize;
    let mut turn = interval(every);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let texts = tokio::select! {
            () = stop.cancelled() => {
                program.end().await;
                return Ok(());
            }
            heard = program.next() => match heard? {
                Some(heard) if heard.from == with => {
                    sleep(TYPING).await;
                    ANSWERS
                }
                _ => continue,
            },
            _ = turn.tick() => LINES,
        };
        let id = format!("colleague-{:016x}", rand::random::<u64>());
        program.say(with, &id, texts.get(said % texts.len()).copied().unwrap_or_default()).await?;
        said += 1;
    }
}
