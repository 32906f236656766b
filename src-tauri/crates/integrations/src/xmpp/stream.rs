//! The sessions of all accounts: the engine's own, and one for each person who has an account here.
//!
//! Deliberately not here: what a session does ([`super::session`]).

use std::collections::BTreeMap;

use async_trait::async_trait;
use pult_domain::{
    Area,
    areas::messages::{Account, Address},
};
use tokio::{
    sync::mpsc,
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;
use xmpp_parsers::jid::BareJid;

use crate::{Stream, StreamDesk, StreamItem, StreamOrder};

use super::{
    Xmpp,
    hold::{Holding, hold},
};

#[async_trait]
impl Stream for Xmpp {
    fn area(&self) -> Area {
        Area::Messages
    }

    async fn run(&self, desk: StreamDesk) {
        let mut holder =
            Holder { xmpp: self, sessions: BTreeMap::new(), tasks: JoinSet::new(), by_task: BTreeMap::new() };
        let StreamDesk { out, mut orders, now, stop } = desk;
        holder.begin(Account::Bot, self.bot.clone(), &out, &now, &stop);
        holder.refresh(&out, &now, &stop).await;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = out.closed() => break,
                order = orders.recv() => match order {
                    Some(StreamOrder::Refresh) => holder.refresh(&out, &now, &stop).await,
                    Some(StreamOrder::Connect) => holder.connect(),
                    None => break,
                },
                Some(ended) = holder.tasks.join_next_with_id() => {
                    let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, ())| *id);
                    // A session that broke off by a fault of ours is held anew at the next look.
                    holder.ended(id);
                }
            }
        }
        holder.stop();
        while holder.tasks.join_next().await.is_some() {}
    }
}

struct Session {
    address: BareJid,
    connect: mpsc::Sender<()>,
    stop: CancellationToken,
    task: Id,
}

struct Holder<'a> {
    xmpp: &'a Xmpp,
    sessions: BTreeMap<Account, Session>,
    tasks: JoinSet<()>,
    by_task: BTreeMap<Id, Account>,
}

type Now = crate::transport::Clock;

impl Holder<'_> {
    /// Looks whose sessions are to be held, ends those that are not, and begins those that are missing.
    async fn refresh(&mut self, out: &mpsc::Sender<StreamItem>, now: &Now, stop: &CancellationToken) {
        let mut wanted: BTreeMap<Account, BareJid> = BTreeMap::from([(Account::Bot, self.xmpp.bot.clone())]);
        for mailbox in self.xmpp.mailboxes.all().await {
            match read(&mailbox.address) {
                Some(address) => drop(wanted.insert(Account::Person(mailbox.person), address)),
                None => tracing::warn!(person = mailbox.person, "the person's address is none"),
            }
        }
        let others = self.sessions.iter().filter(|(account, session)| wanted.get(account) != Some(&session.address));
        for account in others.map(|(account, _)| *account).collect::<Vec<_>>() {
            if let Some(session) = self.sessions.remove(&account) {
                self.by_task.remove(&session.task);
                session.stop.cancel();
                self.xmpp.lines.end(account);
                if !wanted.contains_key(&account) && out.send(StreamItem::Personal(account, None)).await.is_err() {
                    return;
                }
            }
        }
        for (account, address) in wanted {
            if !self.sessions.contains_key(&account) {
                self.begin(account, address, out, now, stop);
            }
        }
    }

    fn begin(
        &mut self,
        account: Account,
        address: BareJid,
        out: &mpsc::Sender<StreamItem>,
        now: &Now,
        stop: &CancellationToken,
    ) {
        let place = match self.xmpp.place_of(&address) {
            Ok(place) => place,
            Err(error) => {
                tracing::error!(%error, "no session can be held");
                return;
            }
        };
        let (connect, orders) = mpsc::channel(1);
        let stop = stop.child_token();
        let holding = Holding {
            account,
            address: address.clone(),
            resource: self.xmpp.resource_of(account),
            secret: super::secret_of(account),
            place,
            credentials: std::sync::Arc::clone(&self.xmpp.credentials),
            mailboxes: std::sync::Arc::clone(&self.xmpp.mailboxes),
            now: std::sync::Arc::clone(now),
            out: out.clone(),
            connect: orders,
            held: self.xmpp.lines.begin(account),
            stop: stop.clone(),
        };
        let task = self.tasks.spawn(hold(holding)).id();
        self.by_task.insert(task, account);
        self.sessions.insert(account, Session { address, connect, stop, task });
    }

    fn connect(&self) {
        for session in self.sessions.values() {
            // One order that waits is as good as two.
            let _ = session.connect.try_send(());
        }
    }

    fn ended(&mut self, task: Id) {
        if let Some(account) = self.by_task.remove(&task) {
            self.sessions.remove(&account);
            self.xmpp.lines.end(account);
        }
    }

    fn stop(&mut self) {
        for (account, session) in &self.sessions {
            session.stop.cancel();
            self.xmpp.lines.end(*account);
        }
    }
}

/// An address as the wire compares it.
pub(super) fn read(address: &Address) -> Option<BareJid> {
    BareJid::new(address.as_str()).ok()
}
