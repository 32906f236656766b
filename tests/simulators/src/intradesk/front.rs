//! All faces over HTTP on one listener, which their paths tell apart: the token service, the gateway, the classic product. Who may
//! come in, faults, the journal. What calls do is in `reads`, `writes`, `login` and `classic`.

use std::{io, sync::Arc};

use axum::{extract::Request, http::Method, response::Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Tenant,
    asked::{API_KEY, Asked},
    classic, login, reads,
    route::{About, Route, Target, route},
    writes,
};
use crate::service::wire::{self, Answer, Caller};

/// Answer to a call, or what it is refused with.
pub(super) type Reply = Result<Answer, Answer>;

pub(super) async fn serve(listener: TcpListener, tenant: Arc<Tenant>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, tenant, stop, move |tenant, caller, request| {
        let stop = waits.clone();
        async move { answer(&tenant, caller, request, &stop).await }
    })
    .await
}

async fn answer(tenant: &Tenant, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let (head, body) = request.into_parts();
    let asked = Asked::read(head, body).await;
    let route = route(&asked.path);
    let about = About::of(tenant, route, &asked);
    let fault = tenant.faults.next_of(&about.names, |_| true);
    if let Some(service) = about.lists {
        *tenant.state().lists.entry(service).or_default() += 1;
    }
    // Until the answer is made or its client is gone.
    let _under_way = about.writes.map(|service| tenant.flight.begin(service));
    if about.writes.is_some() {
        stop.run_until_cancelled(tenant.let_go()).await;
    }
    let note = {
        let (query, body) = asked.shown();
        let request = json!({ "query": query, "body": body, "fault": fault.as_ref().map(|fault| fault.kind()) });
        let (name, line) = (about.names[0].clone(), format!("{} {}", asked.method, asked.path));
        move |answer: Option<&Answer>| {
            let error = answer.and_then(|answer| answer.body.as_ref()).and_then(complaint);
            tenant.journal.put(&name, line, request, answer.map(|answer| answer.status), error);
        }
    };
    let act = || act(tenant, route, &asked).unwrap_or_else(|refusal| refusal);
    wire::respond(fault, &caller, stop, act, note).await
}

/// What the vendor said no with.
fn complaint(body: &Value) -> Option<String> {
    let of_write = || {
        let no = body.get("isSuccess").or(body.get("IsSuccess")) == Some(&json!(false));
        body.get("message").or(body.get("Message")).filter(|_| no || body.get("Message").is_some())
    };
    let error = body.get("error");
    let found = error.and_then(|error| error.get("message")).or(error).or_else(of_write)?;
    Some(found.as_str()?.to_owned())
}

fn act(tenant: &Tenant, route: Option<Route>, asked: &Asked) -> Reply {
    let Some(Route { target, methods, .. }) = route else { return Err(Answer::empty(404)) };
    let may = match target {
        Target::Token => Ok(()),
        Target::ClassicTasks | Target::ClassicTask(_) | Target::ClassicStatuses | Target::ClassicUser => {
            classic::enter(tenant, asked)
        }
        _ => enter(tenant, asked),
    };
    may?;
    if !methods.contains(&asked.method) {
        return Err(Answer::empty(405));
    }
    match target {
        Target::Token => Ok(login::token(tenant, asked)),
        Target::Tasks { v3 } => reads::tasks(tenant, asked, v3),
        Target::Change { .. } if asked.method == Method::POST => writes::create(tenant, asked),
        Target::Change { v3 } => writes::change(tenant, asked, v3),
        Target::Employees => reads::employees(tenant, asked),
        Target::Employee(id) => reads::employee(tenant, id),
        Target::Groups => reads::groups(tenant, asked),
        Target::Statuses => reads::statuses(tenant, asked),
        Target::FormStatuses => Ok(reads::form_statuses(tenant)),
        Target::ServiceUsers(id) => reads::service_users(tenant, id),
        Target::Rules => reads::rules(tenant, asked),
        Target::Services => Ok(reads::services(tenant)),
        Target::Executors => reads::executors(tenant, asked),
        Target::ClassicTasks => classic::tasks(tenant, asked),
        Target::ClassicTask(number) if asked.method == Method::PUT => classic::change(tenant, asked, number),
        Target::ClassicTask(number) => classic::task(tenant, asked, number),
        Target::ClassicStatuses => classic::statuses(tenant, asked),
        Target::ClassicUser => classic::user(tenant, asked),
    }
}

/// The gateway wants a token or the key; whichever is there has to be good.
fn enter(tenant: &Tenant, asked: &Asked) -> Result<(), Answer> {
    let refused = |challenge| Err(Answer { challenge: Some(challenge), ..Answer::empty(401) });
    let keys: Vec<&str> =
        asked.query.iter().filter(|(name, _)| name == API_KEY).map(|(_, value)| value.as_str()).collect();
    let right = tenant.settings.api_key.as_ref().map(|key| key.reveal());
    if keys.iter().any(|key| Some(*key) != right) || keys.len() > 1 {
        return refused("ApiKey");
    }
    match asked.authorization.as_deref() {
        None if keys.is_empty() => refused("Bearer"),
        None => Ok(()),
        Some(text) => {
            let token = text.strip_prefix("Bearer ").unwrap_or_default();
            let good = tenant.state().tokens.is_good(token, tenant.hands.now());
            if good { Ok(()) } else { refused("Bearer error=\"invalid_token\"") }
        }
    }
}
