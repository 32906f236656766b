//! Rights are checked once for the whole list; the TypeScript of the list is generated here.

use ts_rs::TS;

use super::*;
use crate::bus::Change;

/// Writes the console's types where `TS_RS_EXPORT_DIR` says: `cargo xtask bindings` runs it and compares with what is committed.
#[test]
fn export_bindings() {
    let config = ts_rs::Config::from_env();
    Change::export_all(&config).unwrap();
    ApiError::export_all(&config).unwrap();
    Session::export_all(&config).unwrap();
    let (map, names) = super::export_bindings(&config).unwrap();
    let mut file = String::from(
        "// The console's commands, generated from the engine's list by `cargo xtask bindings`. Do not edit.\n\n",
    );
    for name in names {
        file.push_str(&format!("import type {{ {name} }} from './{name}';\n"));
    }
    file.push_str(&format!("\n{map}\nexport type CommandName = keyof Commands;\n"));
    std::fs::write(config.out_dir().join("commands.ts"), file).unwrap();
}

#[test]
fn every_command_is_named_once_by_area_and_verb() {
    let mut names: Vec<&str> = COMMANDS.iter().map(|c| c.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands twice");
    assert!(names.iter().all(|n| n.split('.').count() == 2), "{names:?}");
}
