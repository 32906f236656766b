//! The document, from the lists that the routers and the engine go by.
//!
//! Deliberately not here: how it is served.

use std::sync::Arc;

use pult_engine::{
    api::{
        COMMANDS,
        routes::{self, KeyRoute},
    },
    auth::Grant,
    clock::Clock,
    config::Config,
    registry::Registry,
};
use pult_integrations::{Credentials, Doorway, Route, Shared};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
    path::{OperationBuilder, PathItem},
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    tag::TagBuilder,
};

use super::parts::{
    API_KEY, BEARER, SESSION, answer, body, empty, error, error_schema, json, known, method, object, operation, page,
    query, texts,
};
use crate::{
    cards,
    legacy::{self, LegacyRoute},
};

const HOOKS: &str = "Hooks";
const OWN: &str = "Listeners of their own";
const CARDS: &str = "Call card";
const LEGACY: &str = "Legacy";
const SIGN_IN: &str = "Signing in";
const COMMAND: &str = "Commands";
const OPS: &str = "Operations";
const FORM: &str = "application/x-www-form-urlencoded";

/// The headings in their order, with the listener that answers.
const TAGS: &[(&str, &str)] = &[
    (HOOKS, "At the hooks' listener: what other systems send"),
    (OWN, "Each at a listener that answers nothing else, `bind` of the integration's section"),
    (CARDS, "At the hooks' listener: the operator's page, opened by an unguessable address"),
    (LEGACY, "At the console's listener: addresses of the systems before Pult, for a session or a key"),
    (SIGN_IN, "At the console's listener: a person's session"),
    (COMMAND, "At the console's listener: everything the console does, for a session or a key"),
    (OPS, "At both listeners, metrics at the console's"),
];

/// Everything there is, whether it is switched on here or not.
pub(super) fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for integration in integrations() {
        let Some(webhook) = integration.webhook() else { continue };
        for route in webhook.routes() {
            let operation = match webhook.doorway() {
                Doorway::Shared => hook(route),
                Doorway::Own { .. } => own(route),
            };
            paths = add(paths, route.method, route.path, operation);
        }
    }
    for (verb, path, summary) in cards::ROUTES {
        paths = add(paths, verb, path, card(verb, path, summary));
    }
    for route in legacy::ROUTES {
        paths = add(paths, route.verb, route.path, old(route));
    }
    for command in COMMANDS {
        let path = format!("/api/console/call/{}", command.name);
        paths = add(paths, "post", &path, act(command, &path));
    }
    paths = operations(doors(paths));
    let info = InfoBuilder::new()
        .title("Pult")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Contact-centre and service-desk console: hooks, legacy addresses, console commands"));
    let components = ComponentsBuilder::new()
        .schema("Error", error_schema())
        .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("pult_session"))))
        .security_scheme(API_KEY, SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Api-Key"))))
        .security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let tags = TAGS.iter().map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build());
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags.collect::<Vec<_>>()))
        .build()
}

fn add(paths: PathsBuilder, verb: &str, path: &str, operation: OperationBuilder) -> PathsBuilder {
    paths.path(path, PathItem::new(method(verb), operation))
}

/// All integrations as they would be connected were they switched on: their routes are constants.
pub(super) fn integrations() -> Vec<Shared> {
    struct Nothing;
    impl Credentials for Nothing {
        fn secret(&self, _: &str) -> Option<String> {
            None
        }
    }
    // Whoever connects over HTTPS is told whose cryptography to use; most have been told already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut found: Vec<Shared> = vec![];
    // An address is needed to connect, and not to say which addresses the other side may call: of either shape there is.
    for base in ["https://vendor.example.com", "https://vendor.example.com/rest/1/"] {
        let mut settings = serde_json::to_value(Config::default()).unwrap_or_default();
        let sections = settings.get_mut("integrations").and_then(|all| all.as_object_mut());
        for section in sections.into_iter().flat_map(|all| all.values_mut()) {
            if let Some(enabled) = section.get_mut("enabled") {
                *enabled = true.into();
            }
            if let Some(address) = section.get_mut("base").filter(|address| address.is_null()) {
                *address = base.into();
            }
        }
        let config: Config = serde_json::from_value(settings).unwrap_or_default();
        let connected = Registry::new(&config, Arc::new(Nothing), Clock::system()).all();
        found.extend(
            connected
                .into_iter()
                .filter(|new| !found.iter().any(|known| known.name() == new.name()))
                .collect::<Vec<_>>(),
        );
    }
    found
}

fn hook(route: &Route) -> OperationBuilder {
    let operation = operation(HOOKS, route.path, route.summary)
        .response("401", error("No key or signature"))
        .response("403", error("The key, the signature or the address is wrong"))
        .response("413", error("The body is too large"))
        .response("503", error("Not switched on, not set up, or nothing can be recorded now: see Retry-After"));
    match route.method {
        "GET" => operation
            .description(Some("The key is sent in the query as `key`, unless the sender's address is allowed"))
            .parameter(query("key", "The sender's key"))
            .parameter(query("type", "newcall, endcall, or nothing to only look"))
            .parameter(query("ani", "The caller's number"))
            .parameter(query("curator_id", "The operator's id"))
            .response("303", empty("The call card")),
        _ => operation
            .request_body(Some(body("application/json", object("As the integration's contract says"))))
            .response("200", json("Recorded"))
            .response("400", error("Not understood; the field is named")),
    }
}

fn own(route: &Route) -> OperationBuilder {
    let operation = operation(OWN, route.path, route.summary);
    match route.method {
        "GET" => operation.response("200", answer("What is asked for: JSON, or a page", "*/*", texts(&[]))),
        _ => operation
            .description(Some("The header X-Api-Key carries the key, where one has been set"))
            .request_body(Some(body("application/json", object("As the integration's contract says"))))
            .response("200", json("Done, or done but for what comes after"))
            .response("401", json("The key is missing or wrong"))
            .response("413", error("The body is too large"))
            .response("422", json("Not understood; the place is named"))
            .response("500", answer("Not done, or not in time: the reason in words", "text/plain", texts(&[])))
            .response("503", answer("Not recorded, or not set up: see Retry-After", "text/plain", texts(&[]))),
    }
}

fn card(verb: &str, path: &str, summary: &str) -> OperationBuilder {
    let operation = operation(CARDS, path, summary);
    match verb {
        "post" => {
            let operation = operation
                .request_body(Some(body(FORM, texts(&["theme"]))))
                .response("200", json("Updated, or a warning that nothing changed"))
                .response("400", json("There is no such call, or the theme is empty or longer than 128 characters"))
                .response("500", json("Not kept"))
                .response("503", json("Not kept now: see Retry-After"));
            match path.contains("{id}") {
                true => operation.response("303", empty("Back to the card, for a plain form")),
                false => operation,
            }
        }
        _ if path.ends_with("/events") => operation
            .parameter(query("seen", "The mark of the content seen last"))
            .response("200", answer("Events named `changed`", "text/event-stream", texts(&[])))
            .response("404", page("There is no such card, or its day is over")),
        _ => operation
            .response("200", page("The card"))
            .response("404", page("There is no such card, or its day is over"))
            .response("503", page("It cannot be read now: see Retry-After")),
    }
}

fn old(route: &LegacyRoute) -> OperationBuilder {
    let about = format!("Role: {}. A key names this route `{}`.", right(&route.opens), route.opens.name);
    let start = known(operation(LEGACY, route.path, route.summary)).description(Some(about));
    let operation = route.query.iter().fold(start, |operation, (name, about)| operation.parameter(query(name, about)));
    let operation = match route.page {
        true => operation.response("200", page("The page; a failure is said on it")),
        false => operation.response("200", json("As the previous system answered")),
    };
    match route.opens {
        routes::VILNIUS => operation,
        routes::CALL_STATS => operation.response("503", json("The figures cannot be read now")),
        routes::AGENCY_DETAILS => operation
            .response("404", json("There is no such agency"))
            .response("500", json("The database cannot be read")),
        routes::TICKET_REPORT | routes::STALE_TICKETS => operation
            .response("400", answer("Without a project, or not understood", "text/plain", texts(&[])))
            .response("500", error("The database cannot be read")),
        _ => operation.response("500", json("The database cannot be read")),
    }
}

/// Whom a route is open to.
fn right(opens: &KeyRoute) -> String {
    match (opens.grant, opens.role) {
        (Some(grant @ Grant::CallsMoscow), _) => format!("viewer with the right to {}", routes::named(grant)),
        (Some(grant), _) => format!("supervisor, or viewer with the right to {}", routes::named(grant)),
        (None, role) => format!("{role:?}").to_lowercase(),
    }
}

fn act(command: &KeyRoute, path: &str) -> OperationBuilder {
    let (name, role) = (command.name, right(command));
    known(operation(COMMAND, path, name))
        .description(Some(format!(
            "Role: {role}. A key names this route `{name}`. A session repeats its token in the header X-Pult-Csrf. \
             The fields are those of `Commands['{name}']` in the console's generated types."
        )))
        .request_body(Some(body("application/json", object("The request; an empty body stands for an empty one"))))
        .response("200", json("The response"))
        .response("400", error("A field is wrong, and named"))
        .response("404", error("It is not there"))
        .response("409", error("Somebody else changed it, or it is so already"))
        .response("503", error("Not now: see Retry-After"))
}

/// Signing in and out, and the stream of changes.
fn doors(paths: PathsBuilder) -> PathsBuilder {
    let door = |path: &str, summary: &str, fields: &[&str]| {
        operation(SIGN_IN, path, summary)
            .request_body(Some(body("application/json", texts(fields))))
            .response("204", empty("Done"))
            .response("400", error("Not what this address expects"))
            .response("403", error("Blocked, no account yet, a wrong code, or another site's page asks"))
    };
    let session = operation(SIGN_IN, "/api/console/session", "Who looks, and whether anybody can sign in yet")
        .response("200", json("The session"))
        .response("503", error("Nobody can say now"));
    let sign_in = door("/api/console/sign-in", "Opens a session", &["login", "password"])
        .response("401", error("The login or the password is wrong"))
        .response("429", error("Locked after too many failures"))
        .response("503", error("The staff register cannot be asked now, or too many sign in at once"));
    let first_run = door(
        "/api/console/first-run",
        "Makes the first administrator, once",
        &["code", "login", "full_name", "password"],
    )
    .response("409", error("There is one already"));
    let sign_out =
        known(operation(SIGN_IN, "/api/console/sign-out", "Ends the session")).response("204", empty("Done"));
    let events = known(operation(SIGN_IN, "/api/console/events", "A WebSocket of changes: areas and ids, no content"))
        .description(Some(
            "Role: operator. A key names this route `events`. It ends with the session, or when the key is taken back.",
        ))
        .response("101", empty("The stream"));
    let paths = add(paths, "get", "/api/console/session", session);
    let paths = add(paths, "post", "/api/console/sign-in", sign_in);
    let paths = add(paths, "post", "/api/console/sign-out", sign_out);
    let paths = add(paths, "post", "/api/console/first-run", first_run);
    add(paths, "get", "/api/console/events", events)
}

fn operations(paths: PathsBuilder) -> PathsBuilder {
    let alive = operation(OPS, "/healthz", "Whether the process is alive").response("200", json("It is"));
    let ready = operation(OPS, "/readyz", "Whether a row can be committed and the queue has room")
        .response("200", json("Ready"))
        .response("503", json("Not ready: see Retry-After"));
    let metrics = known(operation(OPS, "/metrics", "Figures for Prometheus"))
        .description(Some("Role: viewer. A key names this route `metrics`."))
        .response("200", answer("Figures", "text/plain", texts(&[])));
    let docs = operation(OPS, "/api/docs", "This document as a page").response("200", page("The page"));
    let this = operation(OPS, "/api/docs/openapi.json", "This document").response("200", json("The document"));
    let paths = add(paths, "get", "/healthz", alive);
    let paths = add(paths, "get", "/readyz", ready);
    let paths = add(paths, "get", "/metrics", metrics);
    let paths = add(paths, "get", "/api/docs", docs);
    add(paths, "get", "/api/docs/openapi.json", this)
}
