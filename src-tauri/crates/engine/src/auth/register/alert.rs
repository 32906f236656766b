//! The one notice that the staff register cannot be relied on: raised for the administrators, ended by its next answer. Its connection
//! shows the same.
//!
//! Deliberately not here: its sentences (the console's).

use pult_domain::{Audience, Instant, Level, Notice, NoticeChange, NoticeClass, Subject, Told};
use pult_integrations::{CallError, Unavailable, verifier::Silence};
use pult_store::{Connection, StoreError, connections, people};

use crate::{
    decide::{self, Decided},
    terms::Terms,
};

/// One key for whatever is wrong: while it stands, another fault is no second alert.
const KEY: &str = "sign_in/register";
/// Whoever sits at the engine's own window is an administrator without an account.
const WINDOW: &str = "window";

/// Tells the administrators what is wrong.
pub(super) fn raise(
    connection: &Connection,
    integration: &str,
    silent: &Unavailable,
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    let detail = silent.detail.clone();
    let trouble = match silent.silence {
        Silence::Token => CallError::Unauthorized { detail },
        _ => CallError::Unreachable { detail },
    };
    connections::set_trouble(connection, integration, Some(&serde_json::to_string(&trouble)?))?;
    let logins = people::admins(connection)?.into_iter().chain([WINDOW.to_owned()]);
    let told = logins.map(|login| Told { login, why: "administrator".to_owned() }).collect();
    let notice = Notice {
        key: KEY.to_owned(),
        class: NoticeClass::Other,
        level: Level::Warning,
        subject: Subject(format!("integration:{integration}")),
        code: match silent.silence {
            Silence::Token => "sign_in.token",
            Silence::Setup => "sign_in.setup",
            Silence::Answer => "sign_in.answer",
            Silence::Away | Silence::NotAsked => "sign_in.away",
        }
        .to_owned(),
        values: [("detail".to_owned(), silent.detail.clone().into())].into_iter().collect(),
        to: Audience::People(told),
    };
    decide::notices(connection, &[NoticeChange::Raise(notice)], now, terms)
}

/// It works again.
pub(in crate::auth) fn end(connection: &Connection, now: Instant, terms: &Terms) -> Result<Decided, StoreError> {
    decide::notices(connection, &[NoticeChange::Clear { key: KEY.to_owned() }], now, terms)
}
