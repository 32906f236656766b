//! Who may what: by the role in the project, by privacy, by the workflow. Administrators may everything, but go by the workflow too.

use super::world::{
    Principal, Project, World,
    issue::{Detail, Issue, Journal},
    tables::{NEW, Right, Role, role},
};

/// Whoever asks; nobody is who is not signed in.
pub(super) type Who = Option<u64>;

impl World {
    fn is_admin(&self, who: Who) -> bool {
        who.and_then(|id| self.person(id)).is_some_and(|person| person.admin)
    }

    /// The role somebody has in a project; none where they have nothing to look for.
    fn role(&self, who: Who, project: &Project) -> Option<&Role> {
        let own = who.and_then(|id| project.members.iter().find(|member| member.who == Principal::User(id)));
        let outside = if who.is_some() { role::NON_MEMBER } else { role::ANONYMOUS };
        let id = own.map(|member| member.role).or_else(|| project.public.then_some(outside))?;
        self.roles.iter().find(|role| role.id == id)
    }

    /// Whether somebody may this in a project.
    pub(super) fn may(&self, who: Who, right: Right, project: u64) -> bool {
        let Some(project) = self.project_of(project) else { return false };
        self.is_admin(who) || self.role(who, project).is_some_and(|role| role.rights.contains(&right))
    }

    /// Whether somebody may this anywhere.
    pub(super) fn may_somewhere(&self, who: Who, right: Right) -> bool {
        self.projects.iter().any(|project| self.may(who, right, project.id))
    }

    /// Whether a project is there for somebody.
    pub(super) fn sees_project(&self, who: Who, project: &Project) -> bool {
        self.is_admin(who) || self.role(who, project).is_some()
    }

    /// Whether an issue is.
    pub(super) fn sees(&self, who: Who, issue: &Issue) -> bool {
        if self.is_admin(who) {
            return true;
        }
        let Some(project) = self.project_of(issue.project) else { return false };
        let Some(role) = self.role(who, project).filter(|role| role.rights.contains(&Right::ViewIssues)) else {
            return false;
        };
        let own = who.is_some() && (who == Some(issue.author) || who == issue.assigned_to);
        role.sees_all || !issue.is_private || own
    }

    /// Whether a journal of an issue that is seen is seen too.
    pub(super) fn sees_journal(&self, who: Who, journal: &Journal, project: u64) -> bool {
        let note =
            !journal.private_notes || who == Some(journal.user) || self.may(who, Right::ViewPrivateNotes, project);
        note && (journal.has_notes() || journal.details.iter().any(|detail| self.sees_detail(who, detail)))
    }

    /// Whether a detail is: relations to what is not seen are not.
    pub(super) fn sees_detail(&self, who: Who, detail: &Detail) -> bool {
        if detail.property != "relation" {
            return true;
        }
        let other = detail.new_value.as_ref().or(detail.old_value.as_ref()).and_then(|id| id.parse().ok());
        other.and_then(|id: u64| self.issues.get(&id)).is_some_and(|issue| self.sees(who, issue))
    }

    /// Whether somebody may change the text of a journal.
    pub(super) fn edits(&self, who: Who, journal: &Journal, project: u64) -> bool {
        let own = who == Some(journal.user) && self.may(who, Right::EditOwnIssueNotes, project);
        own || self.may(who, Right::EditIssueNotes, project)
    }

    /// The statuses somebody may set, the present one among them where there is any other.
    pub(super) fn allowed_statuses(&self, who: Who, issue: &Issue) -> Vec<u64> {
        let Some(project) = self.project_of(issue.project) else { return Vec::new() };
        let own = self.role(who, project).map(|role| role.id);
        let mine = |role: &&Role| self.is_admin(who) || Some(role.id) == own;
        let ways = self.roles.iter().filter(mine).flat_map(|role| &role.ways);
        let mut found: Vec<u64> = ways.filter(|(from, _)| *from == issue.status).map(|(_, to)| *to).collect();
        if found.is_empty() {
            return found;
        }
        found.push(issue.status);
        found.sort_unstable();
        found.dedup();
        if self.descendants(issue.id).any(|child| !self.is_closed(child.status)) {
            found.retain(|status| !self.is_closed(*status));
        }
        let parent = issue.parent.and_then(|id| self.issues.get(&id));
        if parent.is_some_and(|parent| self.is_closed(parent.status)) {
            found.retain(|status| self.is_closed(*status));
        }
        found
    }

    /// The status of a new issue, whatever is asked: no role has a way from none.
    pub(super) const fn first_status() -> u64 {
        NEW
    }

    fn descendants(&self, issue: u64) -> Box<dyn Iterator<Item = &Issue> + '_> {
        Box::new(self.children_of(issue).flat_map(|child| std::iter::once(child).chain(self.descendants(child.id))))
    }

    /// Whether an issue may be given to somebody: members, its author, and who has it.
    pub(super) fn is_assignable(&self, issue: &Issue, before: Option<u64>, to: u64) -> bool {
        let active = self.person(to).is_some_and(|person| person.active);
        let member = self
            .project_of(issue.project)
            .is_some_and(|project| project.members.iter().any(|member| member.who == Principal::User(to)));
        (active && (member || to == issue.author)) || before == Some(to)
    }
}
