//! The notification nodes there are, who may subscribe to each, and who is subscribed without asking. The same list is
//! given to the built-in stream and to Prosody.

use super::world::{Deployment, World, queue};

/// A notification node.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its name, which is a path of the REST interface or below one.
    pub node: String,
    /// Who may subscribe; everybody without this.
    pub only: Option<Vec<String>>,
    /// Who is subscribed from the start, by bare address.
    pub automatic: Vec<String>,
}

/// All of them. `member_dialogs` says whether supervisors may follow the calls of their agents.
pub fn feeds(world: &World, member_dialogs: bool) -> Vec<Feed> {
    let everybody = || world.people.iter().map(|person| person.id.clone()).collect::<Vec<_>>();
    let mut feeds = vec![Feed { node: "/finesse/api/SystemInfo".to_owned(), only: None, automatic: everybody() }];
    for (who, person) in world.people.iter().enumerate() {
        let own = vec![person.id.clone()];
        let mut listeners = own.clone();
        if member_dialogs {
            let over = (0..world.people.len()).filter(|by| *by != who && world.is_over(*by, who));
            listeners.extend(over.map(|by| world.people[by].id.clone()));
        }
        let uri = person.uri();
        feeds.push(Feed { node: format!("{uri}/Dialogs"), only: Some(listeners), automatic: own.clone() });
        if world.deployment == Deployment::Ucce {
            feeds.push(Feed { node: format!("{uri}/Queues"), only: Some(own.clone()), automatic: Vec::new() });
        }
        feeds.push(Feed { node: uri, only: Some(own.clone()), automatic: own });
    }
    for team in 0..world.teams.len() {
        let over = world.people.iter().filter(|person| person.supervises.contains(&team));
        let only = Some(over.map(|person| person.id.clone()).collect());
        feeds.push(Feed { node: world.team_node(team), only, automatic: Vec::new() });
    }
    if world.deployment == Deployment::Ucce {
        let queues = queue::Queue::all().into_iter().map(|queue| queue.id()).chain([queue::UNASSIGNED]);
        feeds.extend(queues.map(|id| Feed { node: queue::Queue::path(id), only: None, automatic: Vec::new() }));
    }
    feeds
}
