//! People, teams and the reasons of states.
//!
//! Deliberately not here: calls (`calls`), and which of two reports is newer (the rules).

use pult_domain::areas::floor::{OperatorReport, OperatorState, Reason, ReasonKind, TeamReport};
use roxmltree::Node;

use super::xml::{self, Fault, child, document, entries, flag, id, is, number, text, time};

/// The states of contracts/finesse 6 in our words.
const STATES: [(&str, OperatorState); 12] = [
    ("LOGIN", OperatorState::SigningIn),
    ("LOGOUT", OperatorState::SignedOut),
    ("NOT_READY", OperatorState::NotReady),
    ("READY", OperatorState::Ready),
    ("RESERVED", OperatorState::Reserved),
    ("RESERVED_OUTBOUND", OperatorState::ReservedOutbound),
    ("RESERVED_OUTBOUND_PREVIEW", OperatorState::ReservedPreview),
    ("TALKING", OperatorState::Talking),
    ("HOLD", OperatorState::Hold),
    ("WORK", OperatorState::WrapUp),
    ("WORK_READY", OperatorState::WrapUpReady),
    ("UNKNOWN", OperatorState::Unknown),
];

/// The codes the system itself gives and what they mean (contracts/finesse 6). Their names are the console's, in its language.
const SYSTEM_REASONS: [(i64, ReasonKind); 22] = [
    (33, ReasonKind::Supervisor),
    (255, ReasonKind::ConnectionLost),
    (999, ReasonKind::Supervisor),
    (32749, ReasonKind::CallFlow),
    (32750, ReasonKind::OtherSystem),
    (32751, ReasonKind::CallFlow),
    (32752, ReasonKind::CallFlow),
    (32753, ReasonKind::PhoneDown),
    (32754, ReasonKind::PhoneDown),
    (32755, ReasonKind::CallFlow),
    (32756, ReasonKind::Restored),
    (32757, ReasonKind::PlatformFailed),
    (32758, ReasonKind::CallFlow),
    (32759, ReasonKind::PhoneDown),
    (32760, ReasonKind::SignedIn),
    (32761, ReasonKind::CallFlow),
    (32762, ReasonKind::CallFlow),
    (32763, ReasonKind::DidNotAnswer),
    (32764, ReasonKind::PlatformFailed),
    (32765, ReasonKind::ConnectionLost),
    (32767, ReasonKind::SignedIn),
    (50006, ReasonKind::CallFlow),
];

/// From here on no house chooses its codes without an id of its own.
const SYSTEM_CODES_FROM: i64 = 32_000;

/// The state a word stands for; one nobody knows is kept as it came.
pub(in crate::finesse) fn state(word: &str) -> OperatorState {
    match STATES.iter().find(|(known, _)| *known == word) {
        Some((_, state)) => state.clone(),
        None => OperatorState::Other(word.chars().take(64).collect()),
    }
}

/// The word of a state we may ask for.
pub(in crate::finesse) fn word(state: &OperatorState) -> Option<&'static str> {
    STATES.iter().find(|(_, known)| known == state).map(|(word, _)| *word)
}

/// A team as a person's list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::finesse) struct TeamName {
    /// The server's id.
    pub(in crate::finesse) id: String,
    /// Its name.
    pub(in crate::finesse) name: Option<String>,
}

/// One person in full; in a team or an event only the report is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::finesse) struct User {
    /// What everybody may see.
    pub(in crate::finesse) report: OperatorReport,
    /// `Agent`, `Supervisor`.
    pub(in crate::finesse) roles: Vec<String>,
    /// The team the person belongs to, which they need not supervise.
    pub(in crate::finesse) team: Option<TeamName>,
    /// The teams the person supervises.
    pub(in crate::finesse) teams: Vec<TeamName>,
}

impl User {
    /// Whether the person may see anybody else.
    pub(in crate::finesse) fn supervises(&self) -> bool {
        !self.teams.is_empty() && self.roles.iter().any(|role| role.eq_ignore_ascii_case("Supervisor"))
    }

    /// The person of an element.
    pub(in crate::finesse) fn of(node: Node<'_, '_>) -> Result<Self, Fault> {
        let belongs = text(node, "teamId").map(|id| TeamName { id, name: text(node, "teamName") });
        Ok(Self {
            report: report(node).ok_or(Fault::Lacks("loginId"))?,
            roles: entries(node, "roles", "role").filter_map(xml::content).collect(),
            team: belongs,
            teams: entries(node, "teams", "Team").filter_map(team_name).collect(),
        })
    }

    /// The person of a document.
    pub(in crate::finesse) fn read(body: &[u8]) -> Result<Self, Fault> {
        let document = document(xml::utf8(body)?)?;
        Self::of(xml::root(&document, "User")?)
    }
}

fn team_name(node: Node<'_, '_>) -> Option<TeamName> {
    Some(TeamName { id: id(node, "id")?, name: text(node, "name") })
}

/// An operator; `None` where not even an id is told.
pub(in crate::finesse) fn report(node: Node<'_, '_>) -> Option<OperatorReport> {
    Some(OperatorReport {
        login_id: id(node, "loginId")?,
        login_name: text(node, "loginName"),
        first_name: text(node, "firstName"),
        last_name: text(node, "lastName"),
        extension: text(node, "extension"),
        state: text(node, "state").map_or(OperatorState::Unknown, |word| state(&word)),
        since: time(node, "stateChangeTime"),
        pending: text(node, "pendingState").map(|word| state(&word)),
        reason: reason_of_state(node),
    })
}

/// A team with everybody in it.
pub(in crate::finesse) fn team(node: Node<'_, '_>) -> Result<TeamReport, Fault> {
    Ok(TeamReport {
        id: id(node, "id").ok_or(Fault::Lacks("id"))?,
        name: text(node, "name"),
        members: entries(node, "users", "User").filter_map(report).collect(),
    })
}

/// The team of a document.
pub(in crate::finesse) fn read_team(body: &[u8]) -> Result<TeamReport, Fault> {
    let document = document(xml::utf8(body)?)?;
    team(xml::root(&document, "Team")?)
}

/// All reasons of a document that holds one or more lists of them.
pub(in crate::finesse) fn read_reasons(body: &[u8]) -> Result<Vec<Reason>, Fault> {
    let document = document(xml::utf8(body)?)?;
    let mut lists = document.descendants().filter(|node| is(node, "ReasonCodes")).peekable();
    if lists.peek().is_none() {
        return Err(Fault::Lacks("ReasonCodes"));
    }
    Ok(lists.flat_map(|list| list.children()).filter(|node| is(node, "ReasonCode")).filter_map(reason).collect())
}

/// Several lists of reasons as one document.
pub(in crate::finesse) fn join_reasons(lists: &[&[u8]]) -> String {
    let lists = lists.iter().filter_map(|list| std::str::from_utf8(list).ok());
    // A declaration stands at the beginning of a document only.
    let bare = lists.map(|list| {
        list.split_once("?>").filter(|_| list.trim_start().starts_with("<?xml")).map_or(list, |(_, rest)| rest)
    });
    format!("<ReasonLists>{}</ReasonLists>", bare.collect::<String>())
}

/// The reason of a person's state: the element, else the mere id of one.
fn reason_of_state(user: Node<'_, '_>) -> Option<Reason> {
    let told = child(user, "ReasonCode").and_then(reason);
    told.or_else(|| {
        let id = text(user, "reasonCodeId").filter(|id| id != "-1")?;
        Some(Reason { code: None, id: Some(id), label: None, kind: ReasonKind::Chosen })
    })
}

fn reason(node: Node<'_, '_>) -> Option<Reason> {
    let code: Option<i64> = number(node, "code");
    let id = id(node, "id").filter(|id| id != "-1");
    let label = text(node, "label");
    if code.is_none() && id.is_none() && label.is_none() {
        return None;
    }
    let known = code.and_then(|code| SYSTEM_REASONS.iter().find(|(known, _)| *known == code));
    // An entry of the house's own list has an id there; what the system wrote has none or says so.
    let kind = match (flag(node, "systemCode"), &id, known, code) {
        (Some(false), ..) | (None, Some(_), ..) => ReasonKind::Chosen,
        (_, _, Some((_, kind)), _) => *kind,
        (Some(true), ..) => ReasonKind::OtherSystem,
        (_, _, None, Some(code)) if code >= SYSTEM_CODES_FROM => ReasonKind::OtherSystem,
        _ => ReasonKind::Chosen,
    };
    Some(Reason { code, id, label, kind })
}
