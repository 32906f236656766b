//! Scenarios: what a bad or busy day does to the cluster, planned in one go and played by the same clock as everything
//! else.

use std::time::Duration;

use jiff::Timestamp;
use rand::{Rng, seq::SliceRandom};
use serde::Deserialize;

use super::{
    Change, Deployment, Happening, World,
    reason::{self, LUNCH, SHIFT_END},
    state::State,
};
use crate::{
    finesse::{
        NodeName,
        node::{NodeOrder, Presence, Rest, Xmpp},
    },
    telephony::arrivals::later,
};

/// Most changes one scenario may plan.
const MOST: u32 = 200_000;

/// What can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Everybody signs in, all within `seconds` (2). Who is in is signed out first.
    LoginStorm,
    /// `rate` (200) changes a second for `seconds` (10).
    Storm,
    /// Node A goes down altogether and comes back after `seconds` (30).
    Failover,
    /// A third of the ready agents go to lunch within `seconds` (60) and come back after ten times that.
    Lunch,
    /// Every tenth agent's phone fails now and works again after `seconds` (60).
    NetworkBreak,
    /// Agents stop doing anything by themselves.
    Quiet,
    /// And begin again.
    Life,
}

/// How a scenario is played; absent values are its own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its length, seconds.
    pub seconds: Option<u32>,
    /// Changes a second.
    pub rate: Option<u32>,
}

/// One step of a scenario.
#[derive(Clone, Debug)]
pub(super) enum Act {
    SignIn(usize),
    /// Into a pause with this reason, from whatever state.
    Pause(usize, u32),
    /// Back to work, if still in a pause.
    Return(usize),
    /// Lunch, if still ready.
    Lunch(usize),
    /// The next change of somebody.
    Toss,
    Node(NodeName, NodeOrder),
}

impl World {
    /// Plans a scenario that begins at `now`.
    pub fn play(&mut self, scenario: Scenario, measure: Measure, now: Timestamp) {
        let seconds = |otherwise: u32| Duration::from_secs(measure.seconds.unwrap_or(otherwise).into());
        match scenario {
            Scenario::LoginStorm => self.login_storm(seconds(2), now),
            Scenario::Storm => {
                let rate = measure.rate.unwrap_or(200).max(1);
                let length = seconds(10);
                let count = u32::try_from(length.as_secs()).unwrap_or(MOST).saturating_mul(rate).min(MOST);
                for step in 0..count {
                    self.plan_act(later(now, Duration::from_secs(1) * step / rate), Act::Toss);
                }
            }
            Scenario::Failover => self.fail_over(seconds(30), now),
            Scenario::Lunch => {
                let length = seconds(60);
                for who in self.some_in(&State::Ready, 3) {
                    let at = later(now, length.mul_f64(self.random.random()));
                    self.plan_act(at, Act::Lunch(who));
                    self.plan_act(later(at, length * 10), Act::Return(who));
                }
            }
            Scenario::NetworkBreak => {
                let back = later(now, seconds(60));
                let (mut broken, _) = self.signed_in();
                broken.retain(|_| self.random.random_range(0..10) == 0);
                for (place, who) in broken.into_iter().enumerate() {
                    let code = if place % 2 == 0 { 32_759 } else { 32_765 };
                    self.plan_act(now, Act::Pause(who, code));
                    self.plan_act(back, Act::Pause(who, 32_756));
                    self.plan_act(later(back, Duration::from_secs(2)), Act::Return(who));
                }
            }
            Scenario::Quiet => self.set_live(false, now),
            Scenario::Life => self.set_live(true, now),
        }
    }

    /// Agents who are signed in, and those who are not.
    fn signed_in(&self) -> (Vec<usize>, Vec<usize>) {
        (0..self.people.len())
            .filter(|who| self.people[*who].listed)
            .partition(|who| self.people[*who].state != State::Logout)
    }

    /// One in `share` of those in this state.
    fn some_in(&mut self, state: &State, share: usize) -> Vec<usize> {
        let mut all: Vec<_> = (0..self.people.len())
            .filter(|who| self.people[*who].listed && self.people[*who].state == *state)
            .collect();
        all.shuffle(&mut self.random);
        all.truncate(all.len().div_ceil(share));
        all
    }

    fn login_storm(&mut self, length: Duration, now: Timestamp) {
        let (inside, _) = self.signed_in();
        for who in inside {
            self.change(who, Change::to(State::Logout, now).because(SHIFT_END), now, None);
        }
        let (_, mut all) = self.signed_in();
        all.shuffle(&mut self.random);
        let count = u32::try_from(all.len().max(1)).unwrap_or(MOST);
        for (place, who) in (0..count).zip(all) {
            self.plan_act(later(now, length * place / count), Act::SignIn(who));
        }
    }

    fn fail_over(&mut self, length: Duration, now: Timestamp) {
        let down = NodeOrder {
            status: Some("OUT_OF_SERVICE".to_owned()),
            xmpp: Some(Xmpp::Down),
            rest: Some(Rest::Down),
            finesse_presence: Some(Presence::Down),
            ..NodeOrder::default()
        };
        let up = NodeOrder {
            status: Some("IN_SERVICE".to_owned()),
            xmpp: Some(Xmpp::Up),
            rest: Some(Rest::Up),
            finesse_presence: Some(Presence::Up),
            ..NodeOrder::default()
        };
        self.out.push(Happening::Node(NodeName::A, down));
        self.plan_act(later(now, length), Act::Node(NodeName::A, up));
        if self.deployment == Deployment::Uccx {
            let (inside, _) = self.signed_in();
            for who in inside.into_iter().filter(|who| self.people[*who].state == State::Talking).collect::<Vec<_>>() {
                self.intend(who, Some(State::Logout), None);
            }
        }
        for who in self.some_in(&State::Ready, 5) {
            self.plan_act(now, Act::Pause(who, 32_764));
            self.plan_act(later(now, length), Act::Return(who));
        }
        self.run(now);
    }

    pub(super) fn act(&mut self, act: Act, at: Timestamp) {
        match act {
            Act::SignIn(who) if self.people[who].state == State::Logout => {
                let change = Change::to(State::NotReady, at).because(reason::system(32_760, false));
                self.change(who, change, at, None);
            }
            Act::Pause(who, code) if self.people[who].state != State::Logout => {
                let change = Change::to(State::NotReady, at).because(reason::system(code, false));
                self.change(who, change, at, None);
            }
            Act::Return(who) if self.people[who].state == State::NotReady => {
                self.change(who, Change::to(State::Ready, at), at, None);
            }
            Act::Lunch(who) if self.people[who].state == State::Ready => {
                self.change(who, Change::to(State::NotReady, at).because(LUNCH), at, None);
            }
            Act::SignIn(_) | Act::Pause(..) | Act::Return(_) | Act::Lunch(_) => {}
            Act::Toss => {
                let (inside, _) = self.signed_in();
                if !inside.is_empty() {
                    let who = inside[self.random.random_range(0..inside.len())];
                    self.live_on(who, at);
                }
            }
            Act::Node(node, order) => self.out.push(Happening::Node(node, order)),
        }
    }
}
