//! Words that must not cross a wall: SQL, vendors' names, the window's framework, input and output in rules.

use std::collections::BTreeSet;

use crate::tree::{Text, expect_none, has_word, lines_where, paths, texts};

const INTEGRATIONS: &str = "src-tauri/crates/integrations/src/";

/// Integration folders whose name is also a plain word of the trade. Only their module path is looked for elsewhere.
const PLAIN_WORDS: &[&str] = &["agencies", "erp", "probes", "staff", "telephony", "tracker", "xmpp"];

/// Where a vendor's name may stand beside its own folder: the list and what connects it, settings, texts, the commands
/// that write demo settings. Tests, fixtures and simulators are left out by `is_test`.
const MAY_NAME_VENDORS: &[&str] = &[
    "src-tauri/crates/integrations/src/lib.rs",
    // The one question the network monitor asks the platform.
    "src-tauri/crates/integrations/src/probes/finesse.rs",
    "src-tauri/crates/integrations/src/probes/mod.rs",
    // The historic address of the page on which an issue is rated.
    "src-tauri/crates/integrations/src/rating_links.rs",
    "src-tauri/crates/engine/src/config",
    // What the previous systems of the Moscow centre exported has the form of the feed that goes on with it.
    "src-tauri/crates/engine/src/imports/agencies.rs",
    "src-tauri/crates/engine/src/imports/moscow.rs",
    "src-tauri/crates/engine/src/registry.rs",
    "src-tauri/crates/engine/src/registry/",
    "src-tauri/crates/engine/src/secrets/catalog.rs",
    "src-tauri/crates/xtask/src/",
    "src-tauri/crates/server/src/cards/harness.rs",
    "src-tauri/crates/server/src/legacy/floor.rs",
    "src-tauri/crates/server/src/legacy/mod.rs",
    "src-tauri/crates/server/src/legacy/notices.rs",
    "src-tauri/crates/server/src/legacy/reports.rs",
    "src-tauri/crates/engine/src/sentences.rs",
    "src-tauri/src/words.rs",
    "ui/src/bindings/",
    "ui/src/i18n/",
    // Whose check knows what a setting can be.
    "ui/src/screens/settings/choices.svelte.ts",
    "ui/src/screens/settings/vendors.ts",
    // The right to reports has its name from the system before.
    "ui/src/state/rights.ts",
    "ui/src/screens/reports/rights.ts",
];

fn sources() -> impl Iterator<Item = &'static Text> {
    texts().iter().filter(|file| matches!(file.extension(), "rs" | "ts" | "svelte"))
}

/// The code of a line without its comment.
fn code(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) }
}

#[test]
fn sql_lives_in_the_store() {
    let statements = [
        "SELECT ",
        "INSERT INTO ",
        "INSERT OR ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "PRAGMA ",
        "WITH RECURSIVE ",
    ];
    let wrong = |line: &str| {
        let begins = |text: &str| statements.iter().any(|statement| text.trim_start().starts_with(statement));
        // Inside a literal, or on a line of its own inside a longer one.
        code(line).split('"').skip(1).any(begins) || begins(code(line))
    };
    let outside = sources().filter(|file| !file.path.starts_with("src-tauri/crates/store/") && !file.is_test());
    expect_none(
        "SQL belongs to crate `store`, behind a function that names the question: add one there and call it.",
        outside.flat_map(|file| lines_where(file, file.without_tests(), wrong)).collect(),
    );
}

#[test]
fn a_vendor_stays_in_its_folder() {
    let folders = paths().iter().filter_map(|path| path.strip_prefix(INTEGRATIONS)?.split_once('/'));
    let vendors: BTreeSet<&str> = folders.map(|(folder, _)| folder).filter(|folder| *folder != "transport").collect();
    assert!(!vendors.is_empty(), "no integration folder found: has {INTEGRATIONS} moved?");
    let mut found = Vec::new();
    for vendor in vendors {
        let own = format!("{INTEGRATIONS}{vendor}/");
        let elsewhere = sources().filter(|file| {
            !file.is_test()
                && !file.path.starts_with(&own)
                && !MAY_NAME_VENDORS.iter().any(|place| file.path.starts_with(place))
        });
        let module = format!("{vendor}::");
        let wrong = |line: &str| {
            if PLAIN_WORDS.contains(&vendor) {
                code(line).contains("integrations::") && code(line).contains(&module)
            } else {
                has_word(&code(line).to_lowercase(), vendor)
            }
        };
        found.extend(elsewhere.flat_map(|file| lines_where(file, file.without_tests(), wrong)));
    }
    expect_none(
        "A vendor's name stands in its folder, the list, settings, texts, fixtures and simulators only: speak the area's \
         word here, and convert at the bottom of the vendor's wire.rs.",
        found,
    );
}

#[test]
fn the_windows_framework_is_imported_in_two_rooms() {
    let rust = |line: &str| has_word(code(line), "tauri") && (line.contains("tauri::") || line.contains("use tauri"));
    let page = |line: &str| code(line).contains("@tauri-apps/");
    let found = sources().flat_map(|file| {
        let allowed = ["src-tauri/src/", "src-tauri/build.rs", "ui/src/backend/", "tests/"];
        if allowed.iter().any(|place| file.path.starts_with(place)) {
            Vec::new()
        } else if file.extension() == "rs" {
            lines_where(file, &file.text, rust)
        } else if file.is_test() {
            Vec::new()
        } else {
            lines_where(file, &file.text, page)
        }
    });
    // The packager names the CLI's npm package in a command line; it imports nothing.
    expect_none(
        "Tauri is known to src-tauri/src and ui/src/backend alone: go through the engine's API or the backend interface.",
        found.filter(|line| !line.starts_with("src-tauri/crates/xtask/")).collect(),
    );
}

#[test]
fn rules_do_no_input_and_output() {
    let words = [
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "TimeZone::system",
        "async fn",
        "tokio",
        "reqwest",
        "rand::",
    ];
    let domain = sources().filter(|file| file.path.starts_with("src-tauri/crates/domain/src/"));
    let wrong = |line: &str| words.iter().any(|word| code(line).contains(word));
    expect_none(
        "A rule is a pure function of a fact, a state and the time: what it needs comes in as an argument, what it wants \
         done goes out as an effect.",
        domain.flat_map(|file| lines_where(file, file.without_tests(), wrong)).collect(),
    );
}
