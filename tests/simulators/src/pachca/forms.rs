//! A form on somebody's screen: filled in, sent, and closed or not by what the bot answers in time.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Space,
    deeds::{Attached, Impossible, person},
    hook,
    world::views::View,
};
use crate::service::post::Reply;

/// Longest text of an error, in characters.
const LONGEST: usize = 2_000;

/// What sending a form came to, as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It was taken, and is gone.
    Closed,
    /// It stays, with these texts beside its blocks.
    Errors {
        /// Texts by the blocks' names.
        errors: BTreeMap<String, String>,
    },
    /// It stays, and says that it could not be sent.
    Failed {
        /// Status of the answer, when there was one.
        status: Option<u16>,
        /// What was wrong.
        why: String,
    },
}

impl Space {
    /// Forms on somebody's screen, oldest first.
    pub fn views(&self, user: u64) -> Vec<View> {
        self.world(|world| world.views.values().filter(|view| view.open && view.user == user).cloned().collect())
    }

    /// The form opened with this trigger, as soon as it is.
    pub async fn opened(&self, trigger: &str) -> View {
        self.until(|world| world.views.values().find(|view| view.trigger == trigger).cloned()).await
    }

    /// Its reader sends a form with this in its blocks, by name; a block that is not named holds what it held.
    ///
    /// # Errors
    /// It is not on the screen, or its blocks cannot hold this.
    pub async fn submit(&self, view: u64, data: &Value) -> Result<Outcome, Impossible> {
        self.submit_with(view, data, &BTreeMap::new()).await
    }

    /// The same, with files in the blocks that take them.
    ///
    /// # Errors
    /// It is not on the screen, or its blocks cannot hold this.
    pub async fn submit_with(
        &self,
        view: u64,
        data: &Value,
        files: &BTreeMap<String, Vec<Attached>>,
    ) -> Result<Outcome, Impossible> {
        let now = self.hands.now();
        let (url, payload, patience) = self.act(|state| {
            let shown = state.world.views.get(&view).filter(|view| view.open).ok_or(Impossible::NoView)?.clone();
            person(&state.world, shown.user)?;
            let mut given = data.as_object().cloned().unwrap_or_else(Map::new);
            for (name, files) in files {
                let block = shown.field(name).filter(|block| block["type"] == "file_input");
                let most = block.and_then(|block| block["max_files"].as_u64()).unwrap_or(10);
                if block.is_none() || u64::try_from(files.len()).is_ok_and(|count| count > most) {
                    return Err(Impossible::Field(name.clone()));
                }
                let mut keep = |file: &Attached| {
                    let content = file.content.clone();
                    let size = content.len();
                    let id = state.world.keep(None, &file.name, "file", content);
                    json!({ "name": file.name, "size": size, "url": self.link(state, id, now) })
                };
                let rows: Vec<Value> = files.iter().map(&mut keep).collect();
                given.insert(name.clone(), rows.into());
            }
            let filled = shown.filled(&given).map_err(Impossible::Field)?;
            if let Some(view) = state.world.views.get_mut(&view) {
                view.sent += 1;
            }
            let payload = hook::submit(&shown, filled.into(), now);
            Ok((state.hook_url.clone(), payload, state.switches.form_patience_ms))
        })?;
        let outcome = match url {
            None => Outcome::Failed { status: None, why: "the bot has no address".to_owned() },
            Some(url) => {
                let parcel = self.parcel(url, "view_submit", payload);
                let reply = self.post.ask(&parcel, Duration::from_millis(patience)).await;
                self.world(|world| world.views.get(&view).map(|view| judge(view, &reply))).ok_or(Impossible::NoView)?
            }
        };
        self.act(|state| {
            if let Some(view) = state.world.views.get_mut(&view) {
                show(view, &outcome);
            }
        });
        Ok(outcome)
    }

    /// Its reader closes a form without sending it; nobody is told.
    ///
    /// # Errors
    /// It is not on the screen.
    pub fn close_view(&self, view: u64) -> Result<(), Impossible> {
        self.act(|state| {
            let shown = state.world.views.get_mut(&view).filter(|view| view.open);
            shown.map(|view| view.open = false).ok_or(Impossible::NoView)
        })
    }
}

fn judge(view: &View, reply: &Reply) -> Outcome {
    let failed = |why: &str| Outcome::Failed { status: reply.status, why: why.to_owned() };
    match (reply.status, reply.failure) {
        (Some(200), _) => Outcome::Closed,
        (Some(400), _) => match errors(view, &reply.body) {
            Ok(errors) => Outcome::Errors { errors },
            Err(why) => failed(&why),
        },
        (None, Some(why)) => failed(why),
        _ => failed("neither 200 nor 400"),
    }
}

/// The texts of a body that keeps the form open.
fn errors(view: &View, body: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let body: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let given = body["errors"].as_object().filter(|errors| !errors.is_empty());
    let mut errors = BTreeMap::new();
    for (name, text) in given.ok_or_else(|| "the body has no errors".to_owned())? {
        let text = text.as_str().filter(|text| !text.is_empty() && text.chars().count() <= LONGEST);
        let text = text.ok_or_else(|| format!("the error of {name} is no text of 1 to {LONGEST} characters"))?;
        if view.field(name).is_none() {
            return Err(format!("there is no block {name}"));
        }
        errors.insert(name.clone(), text.to_owned());
    }
    Ok(errors)
}

fn show(view: &mut View, outcome: &Outcome) {
    view.errors.clear();
    view.failure = None;
    match outcome {
        Outcome::Closed => view.open = false,
        Outcome::Errors { errors } => view.errors.clone_from(errors),
        Outcome::Failed { why, .. } => view.failure = Some(why.clone()),
    }
}
