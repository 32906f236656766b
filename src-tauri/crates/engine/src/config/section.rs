//! How a section of the configuration is declared: one `section!` yields the struct, its defaults and the list of
//! its settings, so that the file, the Settings screen and the example cannot disagree.
//!
//! Deliberately not here: the sections themselves, and the judging of values (`check`).

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

/// What a setting's value is. The Settings screen picks its editor by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number within `min..=max`.
    Whole,
    /// One line of text, `min..=max` characters.
    Text,
    /// One of `choices`.
    Choice,
    /// `address:port` to listen on.
    Address,
    /// An http or https address without user name and password.
    Url,
    /// A file or folder.
    Path,
    /// A time zone of the IANA database.
    Zone,
    /// A list of texts, each 1 to 128 characters, `min..=max` of them.
    Texts,
    /// A list of lower-case names (`a-z`, `0-9`, `-`, `_`; 1 to 32 characters), `min..=max` of them.
    Names,
    /// A list of web origins, or `*`.
    Origins,
    /// A list of networks in CIDR form.
    Networks,
    /// A list of whole numbers.
    Numbers,
    /// Wrap-up reason to codes of the call journal.
    WrapupMap,
    /// Name of a queue to the words its teams, operators and calls are known by.
    Queues,
    /// Number of a person to a share.
    Weights,
    /// A time of day, `HH:MM`.
    TimeOfDay,
    /// A text of JSON: the bot's menu.
    Menu,
    /// A text of JSON: the form of a new request.
    Form,
}

/// One setting as the Settings screen and the example file show it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Field {
    /// Dotted path in the file, also what [`super::ConfigFile::set`] takes.
    pub path: String,
    /// What it means, in English.
    pub about: String,
    /// What its value is.
    pub kind: Kind,
    /// Unit of a number (`h`, `s`, `bytes`, …).
    pub unit: Option<&'static str>,
    /// The value used while the file says nothing; `null` when nothing is then set.
    pub default: Value,
    /// Least number, or fewest characters or items, by kind.
    #[ts(type = "number | null")]
    pub min: Option<i64>,
    /// Greatest number, or most characters or items, by kind.
    #[ts(type = "number | null")]
    pub max: Option<i64>,
    /// The allowed words of a [`Kind::Choice`], else empty.
    pub choices: Vec<&'static str>,
    /// True when a change takes effect at the next start only.
    pub needs_restart: bool,
    /// Always false: a secret is never a setting. Present so that one table can show both (see `secrets`).
    pub secret: bool,
    /// A value to show where there is no default, in TOML notation.
    #[serde(skip)]
    pub sample: Option<&'static str>,
}

impl Field {
    /// What is allowed, as the end of the sentence "expected …".
    #[must_use]
    pub fn expects(&self) -> String {
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("{min} or more"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any number of".to_owned(),
        };
        let unit = self.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        match self.kind {
            Kind::Flag => "true or false".to_owned(),
            Kind::Whole => format!("a whole number, {range}{unit}"),
            Kind::Text => format!("one line of text, {range} characters"),
            Kind::Choice => format!("one of {}", self.choices.join(", ")),
            Kind::Address => "an address and port such as 127.0.0.1:8480 or [::1]:8480".to_owned(),
            Kind::Url => "an http or https address without user name, password, query and fragment".to_owned(),
            Kind::Path => "the path of a file or folder".to_owned(),
            Kind::Zone => "a time zone such as Europe/Moscow".to_owned(),
            Kind::Texts => format!("a list of {range} different texts of 1 to 128 characters"),
            Kind::Names => format!("a list of {range} different names of 1 to 32 characters (a-z, 0-9, - and _)"),
            Kind::Origins => {
                format!("a list of {range} origins such as https://desk.example.com, or \"*\" alone for any")
            }
            Kind::Networks => {
                format!("a list of {range} networks such as 10.0.0.0/8 or 192.0.2.7/32")
            }
            Kind::Numbers => format!("a list of {range} whole numbers, none negative"),
            Kind::WrapupMap => format!(
                "a table of {range} lines such as \"Обработано\" = {{ result = 1, type_call = 2 }} \
                 (result 0 to 6, type_call 0 to 7)"
            ),
            Kind::Queues => format!(
                "a table of {range} lines such as \"Продажи\" = {{ teams = [\"продаж\"], operators = [\"белова\"], calls = [\"тур\"] }} \
                 (at least one word each, at most 50 different ones in a list)"
            ),
            Kind::Weights => format!("a table of {range} lines such as \"583001\" = 2 (shares 1 to 100)"),
            Kind::TimeOfDay => "a time of day such as 13:00".to_owned(),
            Kind::Menu => "JSON of a menu: its text and rows of buttons with known actions".to_owned(),
            Kind::Form => {
                "JSON of a form within what the messenger can show, one required input among its blocks".to_owned()
            }
        }
    }
}

/// A line of the declared configuration, in file order.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// `[path]`.
    Section { path: String, about: String },
    /// A setting of the section before it.
    Field(Field),
}

/// What a section can tell about itself; written by `section!` only.
pub(crate) trait Section: Default {
    /// Appends this section and all below it.
    fn entries(path: &str, out: &mut Vec<Entry>);
}

/// The declared properties of a setting, besides its name, type, default and comment.
pub(crate) struct Rule {
    kind: Kind,
    unit: Option<&'static str>,
    min: Option<i64>,
    max: Option<i64>,
    choices: &'static [&'static str],
    needs_restart: bool,
    sample: Option<&'static str>,
}

/// A setting of this kind without bounds.
pub(crate) const fn any(kind: Kind) -> Rule {
    Rule { kind, unit: None, min: None, max: None, choices: &[], needs_restart: false, sample: None }
}

/// A setting of this kind with both bounds.
pub(crate) const fn bounded(kind: Kind, min: i64, max: i64) -> Rule {
    Rule { min: Some(min), max: Some(max), ..any(kind) }
}

/// A whole number with its unit.
pub(crate) const fn whole(min: i64, max: i64, unit: &'static str) -> Rule {
    Rule { unit: Some(unit), ..bounded(Kind::Whole, min, max) }
}

/// One of the given words.
pub(crate) const fn choice(choices: &'static [&'static str]) -> Rule {
    Rule { choices, ..any(Kind::Choice) }
}

impl Rule {
    /// The change waits for the next start.
    pub(crate) const fn restart(self) -> Self {
        Self { needs_restart: true, ..self }
    }

    /// What the example shows when nothing is set by default (TOML notation).
    pub(crate) const fn sample(self, sample: &'static str) -> Self {
        Self { sample: Some(sample), ..self }
    }

    /// Joins the rule with what the macro knows.
    pub(crate) fn field(self, section: &str, name: &str, about: &[&str], default: &impl Serialize) -> Field {
        Field {
            path: join(section, name),
            about: prose(about),
            kind: self.kind,
            unit: self.unit,
            // Every default is plain data, so the conversion cannot fail; a test compares all of them.
            default: serde_json::to_value(default).unwrap_or(Value::Null),
            min: self.min,
            max: self.max,
            choices: self.choices.to_vec(),
            needs_restart: self.needs_restart,
            secret: false,
            sample: self.sample,
        }
    }
}

/// `section.name`, or the name alone at the root.
pub(crate) fn join(section: &str, name: &str) -> String {
    if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") }
}

/// The lines of a doc comment as one paragraph.
pub(crate) fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Declares a section: `name: type = default => rule,` for each setting, then the sub-sections.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $( $(#[doc = $doc:literal])+ $field:ident: $ty:ty = $default:expr => $rule:expr, )*
        }
        sections {
            $( $(#[doc = $sub_doc:literal])+ $sub:ident: $sub_ty:ty, )*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $ty, )*
            $( $(#[doc = $sub_doc])+ pub $sub: $sub_ty, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* $( $sub: <$sub_ty>::default(), )* }
            }
        }

        impl $crate::config::section::Section for $name {
            fn entries(path: &str, out: &mut Vec<$crate::config::section::Entry>) {
                #[allow(unused_imports)]
                use $crate::config::section::{Entry, Kind, any, bounded, choice, join, prose, whole};
                out.push(Entry::Section { path: path.to_owned(), about: prose(&[$($about),+]) });
                #[allow(unused_variables)]
                let defaults = Self::default();
                $( out.push(Entry::Field(($rule).field(path, stringify!($field), &[$($doc),+], &defaults.$field))); )*
                $( <$sub_ty as $crate::config::section::Section>::entries(&join(path, stringify!($sub)), out); )*
            }
        }
    };
}
pub(crate) use section;
