//! `PUT /finesse/api/User/{id}`: a state, the own or that of an agent of one's teams. Orders for one agent wait for each
//! other; each shows its outcome in a notification 50 to 300 ms after it was taken up.

use std::sync::Arc;

use roxmltree::Document;

use super::{Answer, Asked};
use crate::finesse::{
    Core, NodeName,
    node::Node,
    world::{
        Wish,
        reason::CONFIGURED,
        state::{State, Verdict, own, supervised},
    },
};

/// An accepted order.
#[derive(Clone, Debug)]
pub struct Order {
    at: NodeName,
    by: usize,
    wish: Wish,
    request: Option<String>,
}

/// Fields of the body, each at most once.
pub(super) fn fields<'a>(asked: &'a Asked, root: &str, known: &[&str]) -> Result<Vec<(String, String)>, Answer> {
    let kind = asked.content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/xml") {
        return Err(Answer::error(400, "Bad Request", "Content-Type must be application/xml", kind));
    }
    let malformed = || Answer::error(400, "Bad Request", "The body is not a document of this resource", "");
    let document: Document<'a> = Document::parse(&asked.body).map_err(|_| malformed())?;
    if !document.root_element().has_tag_name(root) {
        return Err(malformed());
    }
    let mut fields = Vec::<(String, String)>::new();
    for child in document.root_element().children().filter(|node| node.is_element()) {
        let name = child.tag_name().name();
        let twice = fields.iter().any(|(known, _)| known == name);
        if twice || !known.contains(&name) || child.first_element_child().is_some() {
            return Err(Answer::error(400, "Invalid Input", "Unknown element", name));
        }
        fields.push((name.to_owned(), child.text().unwrap_or_default().trim().to_owned()));
    }
    Ok(fields)
}

pub(super) fn user(core: &Arc<Core>, node: &Node, by: usize, id: &str, asked: &Asked) -> Answer {
    check(core, node, by, id, asked).map_or_else(
        |refused| refused,
        |(who, wish)| {
            let order = Order { at: node.name, by, wish, request: asked.request_id.clone() };
            enqueue(core, who, order);
            Answer::empty(202)
        },
    )
}

fn check(core: &Core, node: &Node, by: usize, id: &str, asked: &Asked) -> Result<(usize, Wish), Answer> {
    let fields = fields(asked, "User", &["state", "reasonCodeId", "extension"])?;
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let waiting = |who| core.orders().get(&who).is_some_and(|orders| !orders.is_empty());
    core.with_world(|world, _| {
        let who = world.find(id).ok_or_else(|| Answer::not_found("User Not Found", id))?;
        let mine = by == who;
        if !mine && !world.people[by].supervisor {
            return Err(Answer::error(401, "Invalid Authorization User Specified", "UNAUTHORIZED", id));
        }
        if !mine && !world.is_over(by, who) {
            let message = "Agent is outside the teams of this supervisor";
            return Err(Answer::error(401, "Invalid Supervisor", message, id));
        }
        let word = field("state").filter(|word| !word.is_empty());
        let word = word.ok_or_else(|| Answer::error(400, "Parameter Missing", "state is missing", "state"))?;
        let state = State::parse(word);
        if !matches!(state, State::Ready | State::NotReady | State::Logout) {
            return Err(Answer::error(400, "Invalid Input", "This state cannot be asked for", word));
        }
        if !mine && (field("reasonCodeId").is_some() || field("extension").is_some()) {
            return Err(Answer::error(400, "Invalid Input", "A supervisor gives no reason code", "reasonCodeId"));
        }
        let reason = match field("reasonCodeId").filter(|id| !id.is_empty()) {
            Some(id) => {
                let logout = state == State::Logout;
                let found = CONFIGURED.iter().find(|known| known.id.to_string() == id && known.logout == logout);
                Some(*found.ok_or_else(|| Answer::error(400, "Invalid Input", "Unknown reason code", id))?)
            }
            None => None,
        };
        if mine && state == State::NotReady && reason.is_none() {
            let data = "finesse.api.reasoncode.require_reasoncode";
            return Err(Answer::error(400, "Parameter Missing", "A reason code is required", data));
        }
        let from = &world.people[who].state;
        let verdict = match mine {
            true => own(from, &state, world.deployment),
            false if state == State::NotReady && node.faults.no_not_ready() => Verdict::Refused,
            false => supervised(from, &state),
        };
        // What the one before it leaves behind is not known yet.
        if verdict == Verdict::Refused && !waiting(who) {
            let message = "The requested transition is not permitted";
            return Err(Answer::error(400, "Invalid State", message, from.word()));
        }
        Ok((who, Wish { state, reason }))
    })
}

fn enqueue(core: &Arc<Core>, who: usize, order: Order) {
    let mut orders = core.orders();
    let queue = orders.entry(who).or_default();
    queue.push_back(order);
    if queue.len() == 1 {
        let core = Arc::clone(core);
        tokio::spawn(async move { carry_out(&core, who).await });
    }
}

/// Works off the orders for one agent. The first of the queue is the one being worked on.
async fn carry_out(core: &Core, who: usize) {
    loop {
        let Some(order) = core.orders().get(&who).and_then(|orders| orders.front().cloned()) else { return };
        let faults = &core.node(order.at).faults;
        let (echo, delay) = faults.luck();
        if core.stop.run_until_cancelled(tokio::time::sleep(delay)).await.is_none() {
            return;
        }
        let request = order.request.as_deref().filter(|_| echo);
        let fails = faults.fails();
        core.with_world(|world, now| {
            if fails {
                world.fail(order.by, who, request);
            } else {
                world.obey(order.by, who, order.wish.clone(), now, request);
            }
        });
        let mut orders = core.orders();
        let Some(queue) = orders.get_mut(&who) else { return };
        queue.pop_front();
        if queue.is_empty() {
            orders.remove(&who);
            return;
        }
    }
}
