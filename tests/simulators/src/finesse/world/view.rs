//! The world's resources as elements, in the order of the guide.

use super::{
    World, instant,
    people::Person,
    queue::{self, Queue},
    reason::CONFIGURED,
    state::State,
};
use crate::finesse::xml::Element;

impl World {
    /// A whole user under one of its two names.
    pub fn user(&self, name: &'static str, who: usize) -> Element {
        let person = &self.people[who];
        let mut fields = head(person);
        fields.extend([Element::text("loginName", &person.login_name), Element::text("mediaType", "1")]);
        let id = person.reason.map_or(-1, |reason| reason.id);
        fields.push(Element::text("reasonCodeId", id.to_string()));
        fields.extend(person.reason.map(|reason| reason.of_user()));
        let supervisor = person.supervisor.then(|| Element::text("role", "Supervisor"));
        fields.push(Element::group("roles", [Element::text("role", "Agent")].into_iter().chain(supervisor)));
        fields.push(Element::group(
            "settings",
            [
                Element::text("wrapUpOnIncoming", "OPTIONAL"),
                Element::text("wrapUpOnOutgoing", "NOT_ALLOWED"),
                Element::text("deviceSelection", "disabled"),
            ],
        ));
        if let Some(team) = self.teams.get(person.team) {
            fields.extend([Element::text("teamId", team.id.to_string()), Element::text("teamName", &team.name)]);
        }
        if person.supervisor {
            let teams = person.supervises.iter().map(|team| self.team_fields("Team", *team, None));
            fields.push(Element::group("teams", teams));
        }
        Element::group(name, fields)
    }

    /// What a team's node tells about a member: the summary, with the user's way to write the reason.
    pub(super) fn news_of_member(&self, who: usize) -> Element {
        let person = &self.people[who];
        let mut fields = head(person);
        fields.extend(person.reason.map(|reason| reason.of_user()));
        let id = person.reason.map_or(-1, |reason| reason.id);
        fields.push(Element::text("reasonCodeId", id.to_string()));
        Element::group("user", fields)
    }

    /// A team with its members, under one of its two names.
    pub fn team(&self, name: &'static str, team: usize) -> Element {
        let members = self.people.iter().filter(|person| person.teams().any(|of| of == team)).map(|person| {
            let mut fields = head(person);
            fields.extend(person.reason.map(|reason| reason.of_member()));
            Element::group("User", fields)
        });
        self.team_fields(name, team, Some(Element::group("users", members)))
    }

    fn team_fields(&self, name: &'static str, team: usize, users: Option<Element>) -> Element {
        let team = &self.teams[team];
        let fields = [
            Element::text("uri", format!("/finesse/api/Team/{}", team.id)),
            Element::text("id", team.id.to_string()),
            Element::text("name", &team.name),
        ];
        Element::group(name, fields.into_iter().chain(users))
    }

    /// Somebody's calls.
    pub fn dialogs(&self, who: usize) -> Element {
        let calls = self.people[who].call.iter().map(|call| call.element("Dialog", self.deployment));
        Element::group("Dialogs", calls)
    }

    /// The configured reasons for a pause, or for signing out.
    pub fn reasons(&self, state: &State) -> Element {
        let logout = *state == State::Logout;
        let reasons = CONFIGURED.iter().filter(|reason| reason.logout == logout).map(|reason| reason.of_list());
        Element::group("ReasonCodes", reasons).attribute("category", state.word())
    }

    /// Queues of somebody: those of the supervised teams, or of the own one.
    pub fn queues_of(&self, who: usize) -> Element {
        let person = &self.people[who];
        let mine = |queue: &&Queue| match person.supervisor {
            true => person.supervises.iter().any(|team| queue.serves(*team)),
            false => queue.serves(person.team),
        };
        let queues = self.queues.iter().filter(mine).map(|queue| queue.element(&self.people));
        Element::group("Queues", queues.chain(person.supervisor.then(queue::unassigned)))
    }

    /// One queue.
    pub fn queue(&self, id: u32) -> Option<Element> {
        if id == queue::UNASSIGNED {
            return Some(queue::unassigned());
        }
        self.queues.iter().find(|queue| queue.id() == id).map(|queue| queue.element(&self.people))
    }
}

/// What every form of a user begins with.
fn head(person: &Person) -> Vec<Element> {
    vec![
        Element::text("uri", person.uri()),
        Element::text("loginId", &person.id),
        Element::text("firstName", &person.first),
        Element::text("lastName", &person.last),
        Element::text("extension", person.extension()),
        Element::text("dialogs", format!("{}/Dialogs", person.uri())),
        Element::text("pendingState", person.pending.as_ref().map_or("", State::word)),
        Element::text("state", person.state.word()),
        Element::text("stateChangeTime", instant(person.since)),
    ]
}
