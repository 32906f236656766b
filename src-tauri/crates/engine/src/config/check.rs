//! Reading a text into a [`Config`]: every key known, every value allowed, every combination safe.
//!
//! Deliberately not here: reading and writing files (`file`). Problems never repeat a value (see `error`).

use std::net::SocketAddr;
use std::ops::Range;

use pult_domain::areas::{
    chat_link::{Form, Menu, ShapeFault},
    messages::Address,
};
use pult_integrations::transport::http::is_this_machine;
use toml_edit::{Array, Document, Item, Table, TableLike};

use super::section::{Field, join};
use super::{
    Config, DeskAuth, DeskProduct, Exposure, Kind, Problem, ProblemCode, QueueKeywords, WrapupCodes, fields, sections,
};

/// Two names this similar are taken for a slip of the pen.
const SIMILAR: f64 = 0.75;

/// Checks a text; the problems are in file order, those of combinations last.
pub(super) fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    let document = Document::parse(text).map_err(|error| {
        // Only the message: the error's own text quotes the line, and the line may hold anything.
        let line = error.span().map(|span| line_of(text, span.start));
        vec![problem(ProblemCode::Syntax, "", line, format!("this is not valid TOML: {}", error.message()))]
    })?;
    let mut found = Vec::new();
    walk(text, document.as_table(), "", &mut found);
    if !found.is_empty() {
        found.sort_by_key(|problem| problem.line);
        return Err(found);
    }
    let config: Config = toml_edit::de::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        vec![problem(ProblemCode::NotAllowed, "", line, "this value cannot be used here".to_owned())]
    })?;
    let found: Vec<_> = combinations(&config)
        .into_iter()
        .map(|(code, path, message)| {
            let line = locate(document.as_table(), path).map(|span| line_of(text, span.start));
            problem(code, path, line, message.to_owned())
        })
        .collect();
    if found.is_empty() { Ok(config) } else { Err(found) }
}

fn problem(code: ProblemCode, path: &str, line: Option<u32>, message: String) -> Problem {
    Problem { code, path: path.to_owned(), line, message, shape: None }
}

fn walk(text: &str, table: &dyn TableLike, section: &str, found: &mut Vec<Problem>) {
    for (name, item) in table.iter() {
        let path = join(section, name);
        let key = table.get_key_value(name).and_then(|(key, _)| key.span());
        let line = key.or_else(|| item.span()).map(|span| line_of(text, span.start));
        if let Some(field) = fields().find(|field| field.path == path) {
            if !allows(field, item) {
                let expected = format!("expected {}", field.expects());
                let shape = shape_fault(field, item).map(Box::new);
                found.push(Problem { shape, ..problem(ProblemCode::NotAllowed, &path, line, expected) });
            }
        } else if sections().any(|section| section == path) {
            match item.as_table_like() {
                Some(inner) => walk(text, inner, &path, found),
                None => {
                    let message = format!("expected a section, written [{path}]");
                    found.push(problem(ProblemCode::NotAllowed, &path, line, message));
                }
            }
        } else {
            found.push(unknown(&path, line));
        }
    }
}

/// The problem of a path that names nothing, with the likeliest cure.
pub(super) fn unknown(path: &str, line: Option<u32>) -> Problem {
    let name = path.rsplit('.').next().unwrap_or(path);
    // The name is the person's own text: shortened, and without anything that could disturb a terminal.
    let path: String = path.chars().filter(|c| !c.is_control()).take(128).collect();
    if ["password", "secret", "token", "api_key", "key", "credential"].iter().any(|word| name.ends_with(word)) {
        let message = "secrets are never kept in this file: remove the line, and set it in Settings or with the command `secret set`".to_owned();
        return Problem { code: ProblemCode::SecretHere, path, line, message, shape: None };
    }
    let known = fields().map(|field| field.path.as_str()).chain(sections());
    let nearest = known
        .map(|known| {
            let same_name = known.rsplit('.').next() == Some(name);
            let likeness = if same_name { 0.99 } else { strsim::normalized_damerau_levenshtein(known, &path) };
            (likeness, known)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let message = match nearest {
        Some((likeness, known)) if likeness >= SIMILAR => format!("there is no such setting; did you mean {known}?"),
        _ => "there is no such setting; `Settings` in the console and the example file list all of them".to_owned(),
    };
    Problem { code: ProblemCode::UnknownKey, path, line, message, shape: None }
}

/// Whether a setting may have this value.
fn allows(field: &Field, item: &Item) -> bool {
    let within = |n: i64| field.min.is_none_or(|min| min <= n) && field.max.is_none_or(|max| n <= max);
    let count = |n: usize| i64::try_from(n).is_ok_and(within);
    let all = |judge: &dyn Fn(&toml_edit::Value) -> bool| {
        item.as_array().is_some_and(|list| count(list.len()) && list.iter().all(judge))
    };
    let distinct = || item.as_array().is_some_and(are_distinct);
    let text = item.as_str();
    match field.kind {
        Kind::Flag => item.is_bool(),
        Kind::Whole => item.as_integer().is_some_and(within),
        Kind::Text => text.is_some_and(|text| is_line(text) && count(text.chars().count())),
        Kind::Choice => text.is_some_and(|text| field.choices.contains(&text)),
        Kind::Address => text.is_some_and(|text| text.parse::<SocketAddr>().is_ok()),
        Kind::Url => text.is_some_and(is_plain_url),
        Kind::Path => text.is_some_and(is_path),
        Kind::Zone => text.is_some_and(|text| !text.is_empty() && jiff::tz::TimeZone::get(text).is_ok()),
        Kind::Texts => distinct() && all(&|value| value.as_str().is_some_and(is_item)),
        Kind::Names => distinct() && all(&|value| value.as_str().is_some_and(is_name)),
        Kind::Origins => {
            let any = all(&|value| value.as_str() == Some("*")) && item.as_array().is_some_and(|list| list.len() == 1);
            distinct() && (any || all(&|value| value.as_str().is_some_and(is_origin)))
        }
        Kind::Networks => all(&|value| value.as_str().is_some_and(|text| text.parse::<ipnet::IpNet>().is_ok())),
        Kind::Numbers => all(&|value| value.as_integer().is_some_and(|n| n >= 0)),
        Kind::WrapupMap => item.as_table_like().is_some_and(|map| {
            count(map.len()) && map.iter().all(|(reason, codes)| is_item(reason) && are_wrapup_codes(codes))
        }),
        Kind::Queues => item.as_table_like().is_some_and(|map| {
            count(map.len()) && map.iter().all(|(name, words)| is_item(name) && are_queue_words(words))
        }),
        Kind::Weights => item.as_table_like().is_some_and(|map| {
            let is_share = |share: &Item| share.as_integer().is_some_and(|n| (1..=100).contains(&n));
            count(map.len())
                && map.iter().all(|(person, share)| person.parse::<i64>().is_ok_and(|n| n > 0) && is_share(share))
        }),
        Kind::Menu | Kind::Form => text.is_some() && shape_fault(field, item).is_none(),
        Kind::TimeOfDay => text.is_some_and(|text| text.len() == 5 && text.parse::<jiff::civil::Time>().is_ok()),
    }
}

/// What is wrong with the shape of a menu or form.
fn shape_fault(field: &Field, item: &Item) -> Option<ShapeFault> {
    match field.kind {
        Kind::Menu => Menu::of_json(item.as_str()?).err(),
        Kind::Form => Form::of_json(item.as_str()?).err(),
        _ => None,
    }
}

fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn is_item(text: &str) -> bool {
    is_line(text) && !text.trim().is_empty() && text.chars().count() <= 128
}

fn is_name(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// A path, not a pasted key: PEM text has line breaks.
fn is_path(text: &str) -> bool {
    is_line(text) && !text.trim().is_empty() && text.len() <= 4096
}

fn is_plain_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

fn is_origin(text: &str) -> bool {
    is_plain_url(text) && url::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}

fn are_wrapup_codes(codes: &Item) -> bool {
    codes.as_table_like().is_some_and(|codes| {
        !codes.is_empty()
            && codes.iter().all(|(name, code)| match name {
                "result" => code.as_integer().is_some_and(|n| (0..=WrapupCodes::RESULT_MAX).contains(&n)),
                "type_call" => code.as_integer().is_some_and(|n| (0..=WrapupCodes::TYPE_MAX).contains(&n)),
                _ => false,
            })
    })
}

/// Twice the same item is a slip; for clients it would be two holders of one key.
fn are_distinct(list: &Array) -> bool {
    let mut seen: Vec<_> = list.iter().filter_map(|value| value.as_str()).collect();
    seen.sort_unstable();
    seen.windows(2).all(|pair| pair[0] != pair[1])
}

fn are_queue_words(words: &Item) -> bool {
    let is_list = |list: &Array| {
        list.len() <= QueueKeywords::WORDS_MAX
            && are_distinct(list)
            && list.iter().all(|word| word.as_str().is_some_and(is_item))
    };
    words.as_table_like().is_some_and(|lists| {
        lists.iter().all(|(name, list)| QueueKeywords::LISTS.contains(&name) && list.as_array().is_some_and(is_list))
            // A queue without any word would show zeros for ever.
            && lists.iter().any(|(_, list)| list.as_array().is_some_and(|list| !list.is_empty()))
    })
}

/// Settings that are fine alone but not together.
fn combinations(config: &Config) -> Vec<(ProblemCode, &'static str, &'static str)> {
    use ProblemCode::{Conflict, Unsafe};
    let Config { console, hooks, lanes, areas, integrations, .. } = config;
    let mut found = Vec::new();
    let same_door = |a: SocketAddr, b: SocketAddr| {
        a.port() != 0
            && a.port() == b.port()
            && (a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified())
    };
    let mut rule = |broken: bool, code, path, message| {
        if broken {
            found.push((code, path, message));
        }
    };
    rule(
        console.tls.certificate.is_some() != console.tls.key.is_some(),
        Conflict,
        "console.tls",
        "certificate and key belong together: set both or neither",
    );
    rule(
        hooks.tls.certificate.is_some() != hooks.tls.key.is_some(),
        Conflict,
        "hooks.tls",
        "certificate and key belong together: set both or neither",
    );
    rule(
        matches!(console.exposure(), Exposure::Private | Exposure::Public),
        Unsafe,
        "console.bind",
        "the console is not served beyond this machine without protection: set console.tls.certificate and \
         console.tls.key, or console.trusted_proxies, or bind to 127.0.0.1",
    );
    rule(
        hooks.exposure() == Exposure::Public,
        Unsafe,
        "hooks.bind",
        "plain HTTP is served on private addresses only: set hooks.tls.certificate and hooks.tls.key, or \
         hooks.trusted_proxies, or bind to a private address",
    );
    rule(
        hooks.exposure() == Exposure::Private && !hooks.allow_plain_http,
        Unsafe,
        "hooks.bind",
        "plain HTTP beyond this machine needs hooks.allow_plain_http = true; TLS or a trusted proxy is better",
    );
    for (proxies, path) in
        [(&console.trusted_proxies, "console.trusted_proxies"), (&hooks.trusted_proxies, "hooks.trusted_proxies")]
    {
        rule(
            proxies.iter().any(|network| network.prefix_len() == 0),
            Unsafe,
            path,
            "a network of all addresses would trust everybody: name the proxies",
        );
    }
    rule(
        same_door(console.bind, hooks.bind),
        Conflict,
        "hooks.bind",
        "the console listens there already (console.bind): choose another port",
    );
    rule(
        integrations.erp.enabled
            && [console.bind, hooks.bind].into_iter().any(|other| same_door(integrations.erp.bind, other)),
        Conflict,
        "integrations.erp.bind",
        "the console or the hooks listen there already (console.bind, hooks.bind): choose another port",
    );
    let own_account = integrations.xmpp.jid.as_deref();
    rule(
        integrations.xmpp.enabled && own_account.and_then(Address::read).is_none(),
        Conflict,
        "integrations.xmpp.jid",
        "the messenger needs an account of the engine's own: write its address as name@domain",
    );
    rule(
        areas.messages.staff.iter().any(|of| of.contains('@') && Address::read(of).is_none()),
        Conflict,
        "areas.messages.staff",
        "an address is written as name@domain, and a domain without @",
    );
    rule(
        lanes.breaker_pause_s > lanes.breaker_pause_max_s,
        Conflict,
        "lanes.breaker_pause_s",
        "must not exceed lanes.breaker_pause_max_s",
    );
    rule(
        u64::from(lanes.backoff_base_ms) > u64::from(lanes.backoff_max_s) * 1_000,
        Conflict,
        "lanes.backoff_base_ms",
        "must not exceed lanes.backoff_max_s",
    );
    rule(
        integrations.telephony.enabled && integrations.telephony.clients.is_empty(),
        Conflict,
        "integrations.telephony.clients",
        "nobody could call: name at least one client, or set integrations.telephony.enabled = false",
    );
    rule(
        integrations.agencies.enabled
            && (integrations.agencies.base.is_none() || integrations.agencies.login.is_none()),
        Conflict,
        "integrations.agencies.enabled",
        "needs integrations.agencies.base and integrations.agencies.login",
    );
    for (enabled, reachable, section, needs) in [
        (
            integrations.finesse.enabled,
            integrations.finesse.url.is_some() && integrations.finesse.login.is_some(),
            "integrations.finesse.enabled",
            "needs integrations.finesse.url and integrations.finesse.login",
        ),
        (
            integrations.okdesk.enabled,
            integrations.okdesk.base.is_some(),
            "integrations.okdesk.enabled",
            "needs integrations.okdesk.base",
        ),
        (
            integrations.bitrix24.enabled,
            integrations.bitrix24.base.is_some(),
            "integrations.bitrix24.enabled",
            "needs integrations.bitrix24.base",
        ),
        (
            integrations.redmine.enabled,
            integrations.redmine.base.is_some(),
            "integrations.redmine.enabled",
            "needs integrations.redmine.base",
        ),
        (
            integrations.yandex360.enabled,
            integrations.yandex360.org_id.is_some(),
            "integrations.yandex360.enabled",
            "needs integrations.yandex360.org_id",
        ),
    ] {
        rule(enabled && !reachable, Conflict, section, needs);
    }
    let desk = &integrations.intradesk;
    let reachable = match desk.product {
        DeskProduct::Intradesk => desk.tenant.is_some() && (desk.auth == DeskAuth::Apikey || desk.login.is_some()),
        DeskProduct::Intraservice => desk.base.is_some() && desk.login.is_some(),
    };
    rule(
        desk.enabled && !reachable,
        Conflict,
        "integrations.intradesk.enabled",
        "needs integrations.intradesk.tenant and integrations.intradesk.login (auth = \"apikey\" needs no login); \
         product = \"intraservice\" needs integrations.intradesk.base and integrations.intradesk.login",
    );
    let register = &integrations.staff;
    rule(
        register.enabled && register.base.is_none(),
        Conflict,
        "integrations.staff.enabled",
        "needs integrations.staff.base",
    );
    rule(
        register.base.as_ref().is_some_and(|base| base.scheme() != "https" && !is_this_machine(base)),
        Unsafe,
        "integrations.staff.base",
        "people's passwords are said to it: plain http is for an address of this machine alone, use https",
    );
    rule(
        areas.network.failures > areas.network.failure_window,
        Conflict,
        "areas.network.failures",
        "must not exceed areas.network.failure_window",
    );
    found
}

/// Where a setting stands, or the deepest of its sections that is there.
fn locate(root: &Table, path: &str) -> Option<Range<usize>> {
    let mut table: &dyn TableLike = root;
    let mut span = None;
    for name in path.split('.') {
        let Some((key, item)) = table.get_key_value(name) else { break };
        span = key.span().or_else(|| item.span()).or(span);
        match item.as_table_like() {
            Some(inner) => table = inner,
            None => break,
        }
    }
    span
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> u32 {
    let breaks = text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}
