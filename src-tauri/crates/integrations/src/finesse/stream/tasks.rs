//! The session's readings, each in a task of its own.
//!
//! Deliberately not here: when to read (`session`), and the bounds of a request (`client`).

use std::sync::Arc;

use crate::{StoredRequest, transport::obstacle::Obstacle};

use super::{
    super::{
        session::{Given, Reading},
        trouble::Trouble,
        wire::{self, people, route, system, xml::Fault},
    },
    As, Client, Cluster, Driver, Event, Node,
};

impl Driver {
    pub(super) fn probe(&mut self, at: usize, credentials: bool) {
        let (client, events, node) = (Arc::clone(&self.client), self.events.clone(), self.cluster.node(at));
        self.tasks.spawn(async move {
            let who = if credentials { As::Engine } else { As::Nobody };
            let outcome = match node {
                Some(node) => client.system(&node, who).await.1,
                None => Err(nobody()),
            };
            // Nobody listens only when the session has ended.
            let _ = events.send(Event::Info { node: at, outcome }).await;
        });
    }

    pub(super) fn read(&mut self, at: usize, ticket: u64, what: Reading) {
        let (client, events, node) = (Arc::clone(&self.client), self.events.clone(), self.cluster.node(at));
        let cluster = Arc::clone(&self.cluster);
        self.tasks.spawn(async move {
            let outcome = match node {
                Some(node) => given(&client, &node, &cluster, &what).await,
                None => Err(nobody()),
            };
            let _ = events.send(Event::Read { ticket, outcome }).await;
        });
    }
}

fn nobody() -> Trouble {
    Trouble::Unreachable(Obstacle::Broken, "the node cannot be used".to_owned())
}

fn strange(fault: Fault) -> Trouble {
    Trouble::Strange(fault.to_string())
}

/// A record of something read.
fn record(route: &str, path: &[&str], body: bytes::Bytes) -> StoredRequest {
    StoredRequest {
        route: route.to_owned(),
        method: "GET".to_owned(),
        path: format!("{}{}", wire::ROOT, path.join("/")),
        query: vec![],
        headers: vec![],
        body,
    }
}

async fn given(client: &Client, node: &Node, cluster: &Cluster, what: &Reading) -> Result<Given, Trouble> {
    let login = client.login();
    match what {
        Reading::Own => {
            let (answer, user) = client.own(node, As::Engine).await.1?;
            Ok(Given::Own { user: Box::new(user), record: record(route::USER, &["User", login], answer.body) })
        }
        Reading::Team(id) => {
            let path = ["Team", id];
            let answer = client.get(node, As::Engine, &path, None).await.1?;
            let team = people::read_team(&answer.body).map_err(strange)?;
            let members: Vec<_> = team.members.into_iter().map(|member| (member.login_id, member.extension)).collect();
            cluster.team_has(id, members.iter().map(|(login_id, _)| login_id.clone()));
            Ok(Given::Team { members, record: record(route::TEAM, &path, answer.body) })
        }
        Reading::Queues => {
            let path = ["User", login, "Queues"];
            let answer = client.get(node, As::Engine, &path, None).await.1?;
            let ids = system::read_queues(&answer.body).map_err(strange)?.into_iter().map(|queue| queue.id).collect();
            Ok(Given::Queues { ids, record: record(route::QUEUES, &path, answer.body) })
        }
        Reading::Reasons(category) => {
            let path = ["User", login, "ReasonCodes"];
            let answer = client.get(node, As::Engine, &path, Some(("category", category))).await.1?;
            people::read_reasons(&answer.body).map_err(strange)?;
            Ok(Given::Reasons(record(route::REASONS, &path, answer.body)))
        }
    }
}
