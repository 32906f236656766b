//! A day of the space, for the demo: at a calm pace colleagues write to the bot or in the service desk's chat, press what it
//! offers, fill in its forms and answer in its threads.
//!
//! Not here: the bot.

use std::{collections::BTreeMap, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{
    Outcome, Pressed, Simulator, Space,
    world::{BOT, DESK, World, views::View},
};

/// From one thing that happens to the next, seconds.
const PAUSE: std::ops::Range<u64> = 12..40;
/// How long somebody takes over a form, seconds.
const FILLING: std::ops::Range<u64> = 5..20;
/// How long somebody waits for a form to open.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who writes.
const PEOPLE: [u64; 4] = [811, 812, 815, 817];
/// What people write to the bot.
const GREETINGS: [&str; 4] = ["Здравствуйте", "Нужна помощь", "Привет! Как создать обращение?", "меню"];
/// What people are troubled by.
const TROUBLES: [&str; 8] = [
    "Не печатает принтер, 3 этаж",
    "Пропадает интернет в переговорной",
    "Нет гудка в телефоне",
    "Не открывается общий диск",
    "Забыл пароль от почты",
    "Гаснет второй экран",
    "Не слышно собеседника на созвоне",
    "Нужен доступ к отчётам",
];
/// What people answer in threads.
const ANSWERS: [&str; 5] = [
    "Спасибо, проверю",
    "Всё равно не работает",
    "Заработало!",
    "Перезагружал, не помогло",
    "@vera посмотрите, пожалуйста",
];

fn one<T: Copy>(rng: &mut StdRng, list: &[T]) -> T {
    list[rng.random_range(0..list.len())]
}

/// Lets things happen until `stop`.
pub async fn play(simulator: &Simulator, seed: u64, stop: CancellationToken) {
    let mut rng = StdRng::seed_from_u64(seed);
    let space = simulator.space();
    loop {
        let pause = Duration::from_secs(rng.random_range(PAUSE));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        if let Some(trigger) = step(space, &mut rng) {
            let filling = fill_in(space, &mut rng, &trigger);
            if stop.run_until_cancelled(filling).await.is_none() {
                return;
            }
        }
    }
}

/// One thing happens; answers the trigger when a button was pressed.
fn step(space: &Space, rng: &mut StdRng) -> Option<String> {
    let who = one(rng, &PEOPLE);
    let done = match rng.random_range(0..10) {
        0..2 => space.write_to_bot(who, one(rng, &GREETINGS)).map(|_| ()),
        2..4 => space.say(who, DESK, one(rng, &TROUBLES)).map(|_| ()),
        4..8 => match newest_menu(space, rng) {
            Some((who, message, data)) => match space.press(who, message, &data) {
                Ok(Pressed::Trigger(trigger)) => return Some(trigger),
                other => other.map(|_| ()),
            },
            None => space.write_to_bot(who, one(rng, &GREETINGS)).map(|_| ()),
        },
        _ => match newest_thread(space) {
            Some(message) => space.say_in_thread(who, message, one(rng, &ANSWERS)).map(|_| ()),
            None => Ok(()),
        },
    };
    if let Err(error) = done {
        tracing::info!(%error, "somebody could not do what they wanted");
    }
    None
}

/// Who can press what on the newest messages of the bot.
fn newest_menu(space: &Space, rng: &mut StdRng) -> Option<(u64, u64, String)> {
    let offers = |world: &World| -> Vec<(u64, u64, String)> {
        let newest = world.messages.values().rev().filter(|one| one.user == BOT && one.deleted_at.is_none()).take(6);
        let mut all = Vec::new();
        for message in newest {
            let people = PEOPLE.into_iter().filter(|who| world.is_member(message.chat, *who));
            for who in people {
                let data = message.buttons.iter().flatten().filter_map(|button| button.data.clone());
                all.extend(data.map(|data| (who, message.id, data)));
            }
        }
        all
    };
    let mut all = space.world(offers);
    if all.is_empty() {
        return None;
    }
    Some(all.swap_remove(rng.random_range(0..all.len())))
}

/// The newest message of the bot in the desk's chat that has a thread.
fn newest_thread(space: &Space) -> Option<u64> {
    let messages = space.messages(DESK);
    messages.iter().rev().find(|message| message.user == BOT && message.thread.is_some()).map(|message| message.id)
}

/// Waits for the form of a trigger and sends it, a second time when it comes back with errors.
async fn fill_in(space: &Space, rng: &mut StdRng, trigger: &str) {
    // Most buttons open no form.
    let Ok(view) = tokio::time::timeout(PATIENCE, space.opened(trigger)).await else { return };
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(rng.random_range(FILLING))).await;
        match space.submit_with(view.id, &answers(&view, rng), &BTreeMap::new()).await {
            Ok(Outcome::Closed) => return,
            Ok(outcome) => tracing::info!(?outcome, "a form was not taken"),
            Err(error) => tracing::info!(%error, "a form could not be sent"),
        }
    }
    // Whoever fails twice gives up; there is none to close when it closed itself.
    let _ = space.close_view(view.id);
}

/// One choice among all radio buttons, the first of each list, a trouble in each text.
fn answers(view: &View, rng: &mut StdRng) -> Value {
    let radios: Vec<&Value> = view.fields().filter(|block| block["type"] == "radio").collect();
    let chosen = (!radios.is_empty()).then(|| radios[rng.random_range(0..radios.len())]["name"].clone());
    let mut all = Map::new();
    for block in view.fields() {
        let options = block["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        let value = match block["type"].as_str() {
            Some("input") => one(rng, &TROUBLES).into(),
            Some("radio") if Some(&block["name"]) != chosen.as_ref() => continue,
            Some("radio" | "select") if !options.is_empty() => {
                options[rng.random_range(0..options.len())]["value"].clone()
            }
            _ => continue,
        };
        all.insert(block["name"].as_str().unwrap_or_default().to_owned(), value);
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::{
        super::{
            Settings, start,
            world::chat::{Button, Message},
        },
        *,
    };
    use crate::secret::Secret;

    async fn space() -> Simulator {
        start(Settings::new(Secret::new("tulip"), Secret::new("rose"))).await.unwrap()
    }

    #[tokio::test]
    async fn a_day_brings_messages_to_the_bot_and_to_the_desk() {
        let simulator = space().await;
        let mut rng = StdRng::seed_from_u64(7);
        for _ in 0..60 {
            assert_eq!(step(simulator.space(), &mut rng), None, "there is nothing to press");
        }
        assert!(simulator.space().messages(DESK).len() > 5);
        let direct = PEOPLE.into_iter().filter_map(|user| simulator.space().direct_chat(user));
        assert!(direct.count() > 2);
        assert!(simulator.space().history().len() > 20);
    }

    fn view(blocks: &Value) -> View {
        View {
            id: 1,
            trigger: "trigger".to_owned(),
            user: 811,
            chat: DESK,
            callback_id: None,
            private_metadata: None,
            view: json!({ "blocks": blocks }),
            open: true,
            errors: BTreeMap::new(),
            failure: None,
            sent: 0,
        }
    }

    #[tokio::test]
    async fn buttons_of_the_bot_are_pressed_by_whoever_sees_them() {
        let simulator = space().await;
        let space = simulator.space();
        space.act(|state| {
            let mut menu = Message::new(1, DESK, BOT, "Выберите действие:", space.hands.now());
            let button =
                Button { text: "Мои задачи".to_owned(), url: None, data: Some("my_tasks".to_owned()) };
            menu.buttons = vec![vec![button]];
            state.world.post(menu, true);
        });
        let mut rng = StdRng::seed_from_u64(7);
        let pressed = (0..40).filter_map(|_| step(space, &mut rng)).count();
        assert!(pressed > 5, "{pressed}");
        let people = space.world(|world| world.triggers.values().map(|trigger| trigger.user).collect::<BTreeSet<_>>());
        assert!(people.len() > 1, "{people:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_cannot_send_a_form_twice_gives_up() {
        let simulator = space().await;
        let space = simulator.space();
        let blocks = json!([{ "type": "input", "name": "text", "label": "x" }]);
        space.act(|state| state.world.views.insert(1, view(&blocks)));
        let mut rng = StdRng::seed_from_u64(7);
        fill_in(space, &mut rng, "trigger").await;
        let (open, sent) = space.world(|world| (world.views[&1].open, world.views[&1].sent));
        assert_eq!((open, sent), (false, 2));
        fill_in(space, &mut rng, "a button without a form").await;
    }

    #[test]
    fn a_form_is_answered_with_one_of_its_topics() {
        let radio = |name: &str| json!({ "type": "radio", "name": name, "label": "x", "options": [{ "text": "A", "value": name }] });
        let view = view(&json!([radio("a"), radio("b"), { "type": "input", "name": "text", "label": "x" }]));
        for seed in 0..20 {
            let given = answers(&view, &mut StdRng::seed_from_u64(seed));
            assert!(given["a"].is_null() != given["b"].is_null(), "{given}");
            assert!(given["text"].as_str().is_some_and(|text| !text.is_empty()));
            assert_eq!(view.filled(given.as_object().unwrap()).unwrap().len(), 3);
        }
    }
}
