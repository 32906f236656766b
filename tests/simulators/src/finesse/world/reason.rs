//! Reasons for being not ready or signed out: those an office configures, and those the system writes itself.

use super::{Deployment, State};
use crate::finesse::xml::Element;

/// A reason with its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Id in the database; −1 for a system reason.
    pub id: i32,
    /// The number that reports show.
    pub code: u32,
    /// The words.
    pub label: &'static str,
    /// Whether it is for every team.
    pub for_all: bool,
    /// Whether it stands for a sign-out and not for a pause.
    pub logout: bool,
}

const fn reason(id: i32, code: u32, label: &'static str, for_all: bool, logout: bool) -> Reason {
    Reason { id, code, label, for_all, logout }
}

/// Lunch.
pub const LUNCH: Reason = reason(9, 21, "Обед", true, false);
/// The end of a shift.
pub const SHIFT_END: Reason = reason(31, 41, "Конец смены", true, true);
/// The configured reasons.
pub const CONFIGURED: [Reason; 8] = [
    LUNCH,
    reason(10, 22, "Обучение / Training", true, false),
    reason(11, 23, "Перерыв", true, false),
    reason(12, 24, "Совещание", true, false),
    reason(13, 25, "Исходящие звонки", true, false),
    reason(14, 37, "1:1 <лид>", false, false),
    SHIFT_END,
    reason(32, 42, "Сбой рабочего места", true, true),
];

const SYSTEM: [(u32, &str); 22] = [
    (33, "Supervisor initiated"),
    (255, "Forced Logout"),
    (999, "Supervisor initiated"),
    (50_006, "Own call from Ready"),
    (32_767, "Agent Relogin"),
    (32_765, "Connection Lost"),
    (32_764, "CCX Failure"),
    (32_763, "Agent Not Responding - System Change"),
    (32_762, "Off-hook"),
    (32_761, "Direct Call"),
    (32_760, "Agent Logon"),
    (32_759, "Phone Failure"),
    (32_758, "Work Timer Expired"),
    (32_757, "CM Failover"),
    (32_756, "Phone Working"),
    (32_755, "Call Ended"),
    (32_754, "Device Restricted"),
    (32_753, "Line Restricted"),
    (32_752, "Preview Cancelled"),
    (32_751, "Preview Skipped"),
    (32_750, "Extension Changed"),
    (32_749, "Consult Cancelled"),
];

/// The reason with this number in this state: a configured one, a system one, or one nobody labelled.
pub fn of_code(code: u32, state: &State) -> Reason {
    let logout = *state == State::Logout;
    let configured = CONFIGURED.iter().find(|reason| reason.code == code && reason.logout == logout);
    configured.copied().unwrap_or_else(|| system(code, logout))
}

/// A system reason.
pub fn system(code: u32, logout: bool) -> Reason {
    let label = SYSTEM.iter().find(|(known, _)| *known == code).map_or("", |(_, label)| label);
    reason(-1, code, label, true, logout)
}

/// What the system writes when a supervisor makes somebody not ready.
pub fn forced(deployment: Deployment) -> Reason {
    let code = match deployment {
        Deployment::Uccx => 33,
        Deployment::Ucce => 999,
    };
    system(code, false)
}

impl Reason {
    /// `NOT_READY` or `LOGOUT`.
    pub const fn category(&self) -> &'static str {
        if self.logout { "LOGOUT" } else { "NOT_READY" }
    }

    const fn is_system(&self) -> bool {
        self.id < 0
    }

    fn uri(&self) -> String {
        if self.is_system() { String::new() } else { format!("/finesse/api/ReasonCode/{}", self.id) }
    }

    /// As a user has it.
    pub fn of_user(&self) -> Element {
        Element::group(
            "ReasonCode",
            [
                Element::text("category", self.category()),
                Element::text("code", self.code.to_string()),
                Element::text("forAll", self.for_all.to_string()),
                Element::text("id", self.id.to_string()),
                Element::text("label", self.label),
                Element::text("systemCode", self.is_system().to_string()),
                Element::text("uri", self.uri()),
            ],
        )
    }

    /// As a member of a team has it: another name, and nothing of the configuration.
    pub fn of_member(&self) -> Element {
        Element::group(
            "reasonCode",
            [
                Element::text("category", self.category()),
                Element::text("code", self.code.to_string()),
                Element::text("id", self.id.to_string()),
                Element::text("label", self.label),
                Element::text("uri", self.uri()),
            ],
        )
    }

    /// As the list of reasons has it.
    pub fn of_list(&self) -> Element {
        Element::group(
            "ReasonCode",
            [
                Element::text("uri", self.uri()),
                Element::text("category", self.category()),
                Element::text("code", self.code.to_string()),
                Element::text("label", self.label),
                Element::text("forAll", self.for_all.to_string()),
                Element::text("systemCode", self.is_system().to_string()),
            ],
        )
    }
}
