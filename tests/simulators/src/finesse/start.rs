//! Puts a cluster together and sets it going.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Addresses, Backend, Core, NodeName, Seat, Settings, Simulator, StartError,
    accounts::Accounts,
    control,
    fault::Switchboard,
    feeds::feeds,
    front::{Door, Role},
    journal::Journal,
    node::{Node, Stream, work},
    port::Port,
    prosody::{Prosody, Setup},
    rest::serve::Served,
    tls::{Authorities, Authority, Identity, Pair, Signer, config},
    world::World,
    xmpp::Hub,
};
use crate::hands::Hands;

/// How often the world is looked at.
const TICK: Duration = Duration::from_millis(10);

struct Listeners {
    all: Vec<(Role, Port, TcpListener)>,
    addresses: Addresses,
}

/// Starts a cluster; every listener is open when this returns.
///
/// # Errors
/// An address is taken, a certificate cannot be made, Prosody is missing or does not start.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    if !settings.control.ip().is_loopback() {
        return Err(StartError::ControlExposed(settings.control));
    }
    let authorities = Authorities {
        first: settings.authority.as_ref().map_or_else(|| Authority::new("Finesse test CA"), Authority::from_pem)?,
        second: Authority::new("Another test CA")?,
    };
    let hands = Hands::new(settings.clock.clone());
    let journal = Arc::new(Journal::new(hands.clock()));
    let world = World::new(&settings.plan, hands.now());
    let feeds = feeds(&world, settings.member_dialogs);
    let ids = world.people.iter().map(|person| person.id.clone()).collect::<Vec<_>>();
    let accounts = Arc::new(Accounts::new(ids.iter().cloned(), settings.password.reveal()));
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    // Whatever was started before something fails ends with this function.
    let guard = stop.clone().drop_guard();

    let mut doors = Vec::new();
    let mut raise = async |name, seat: &Seat| -> Result<_, StartError> {
        let (identity, pair) = identity(&authorities, seat)?;
        let listeners = listen(seat)?;
        let stream = match settings.backend {
            Backend::BuiltIn => Stream::BuiltIn(Arc::new(Hub::new(
                name,
                seat.domain.clone(),
                settings.shape,
                Arc::clone(&accounts),
                hands.clone(),
                Arc::clone(&journal),
                &feeds,
            ))),
            Backend::Prosody => {
                let setup = Setup {
                    name,
                    domain: &seat.domain,
                    shape: settings.shape,
                    ids: &ids,
                    password: settings.password.reveal(),
                    feeds: &feeds,
                    pair: &pair,
                    journal: Arc::clone(&journal),
                };
                Stream::Prosody(Arc::new(Prosody::start(setup).await?))
            }
        };
        let faults = Arc::new(Switchboard::new(settings.plan.seed));
        let (host, domain) = (seat.host.clone(), seat.domain.clone());
        let (node, parcels) = Node::new(name, host, domain, listeners.addresses, stream, faults);
        tasks.spawn(work(node.stream.clone(), parcels, Arc::clone(&node.faults), stop.clone()));
        doors.extend(listeners.all.into_iter().map(|(role, port, listener)| (name, role, port, listener)));
        Ok((node, identity))
    };
    let (a, identity_a) = raise(NodeName::A, &settings.seats[0]).await?;
    let (b, identity_b) = raise(NodeName::B, &settings.seats[1]).await?;
    let core = Arc::new(Core {
        journal,
        accounts,
        hands,
        deployment: settings.plan.deployment,
        order: settings.order,
        guarded: settings.guarded,
        member_dialogs: settings.member_dialogs,
        authorities,
        identities: [identity_a, identity_b],
        names: [names(&settings.seats[0]), names(&settings.seats[1])],
        nodes: [a, b],
        world: Mutex::new(world),
        orders: Mutex::new(HashMap::new()),
        stop: stop.clone(),
    });
    for (name, role, port, listener) in doors {
        let protocols: &[&str] = match role {
            Role::Front => &["h2", "http/1.1"],
            Role::Notification => &["http/1.1"],
            Role::Direct | Role::Plain => &[],
        };
        let tls = if role == Role::Plain { None } else { Some(config(core.identity(name), protocols)?) };
        let served = Served { core: Arc::clone(&core), name };
        let door = Door { role, port, served, tls, stop: stop.clone() };
        tasks.spawn(async move {
            if let Err(error) = door.serve(listener).await {
                tracing::error!("a listener of the cluster ended: {error}");
            }
        });
    }
    tasks.spawn(tick(Arc::clone(&core), stop.clone()));
    let (control, listener) = open(settings.control)?;
    let control = control.address();
    tasks.spawn(control::serve(listener, Arc::clone(&core), stop.clone()));
    let authority = core.authorities.first.pem().to_owned();
    guard.disarm();
    Ok(Simulator { core, control, authority, tasks, stop })
}

/// What a node shows, at first a certificate of the authority that is handed out.
fn identity(authorities: &Authorities, seat: &Seat) -> Result<(Arc<Identity>, Pair), StartError> {
    let identity = Arc::new(Identity::default());
    let pair = authorities.issue(Signer::First, &names(seat), false)?;
    identity.show(&pair)?;
    Ok((identity, pair))
}

/// What the certificate of a node is for.
fn names(seat: &Seat) -> Vec<String> {
    let mut names = vec![seat.host.clone(), seat.domain.clone(), seat.front.ip().to_string(), "localhost".to_owned()];
    names.sort();
    names.dedup();
    names
}

async fn tick(core: Arc<Core>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TICK);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        core.with_world(|_, _| ());
    }
}

fn listen(seat: &Seat) -> Result<Listeners, StartError> {
    let (front, listener) = open(seat.front)?;
    let mut addresses = Addresses { front: front.address(), notification: None, direct: None, plain: None };
    let mut all = vec![(Role::Front, front, listener)];
    let others = [
        (Role::Notification, seat.notification, &mut addresses.notification),
        (Role::Direct, seat.direct, &mut addresses.direct),
        (Role::Plain, seat.plain, &mut addresses.plain),
    ];
    for (role, wanted, got) in others {
        if let Some(wanted) = wanted {
            let (port, listener) = open(wanted)?;
            *got = Some(port.address());
            all.push((role, port, listener));
        }
    }
    Ok(Listeners { all, addresses })
}

fn open(address: SocketAddr) -> Result<(Port, TcpListener), StartError> {
    let opened = Port::take(address).and_then(|port| port.listen().map(|listener| (port, listener)));
    opened.map_err(|error| StartError::Listen(address, error))
}
