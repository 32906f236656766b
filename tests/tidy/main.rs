//! The house rules that a compiler does not know, each as one test whose message says what to do instead.
//!
//! `layout` looks at where files are and how they begin, `walls` at words that must not cross a wall, `crates` at what
//! depends on what, `migrations` at the history of the schema. Rules that a type or a lint can hold are not here.

mod crates;
mod layout;
mod migrations;
mod tree;
mod walls;
