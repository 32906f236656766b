//! Queues of calls and what is counted about them; only one of the two deployments has any.

use jiff::Timestamp;
use rand::{Rng, rngs::StdRng};

use super::{State, people::Person};
use crate::finesse::xml::Element;

/// How many queues there are, not counting the one nobody is assigned to.
pub const COUNT: usize = 6;
/// The queue nobody is assigned to: every figure of it is unknown.
pub const UNASSIGNED: u32 = 5090;
const FIRST: u32 = 5031;
const NAMES: [&str; COUNT] =
    ["RETAIL_QUESTIONS", "RETAIL_PURCHASE", "AGENCY_SUPPORT", "VISA & DOCS", "ПРЕТЕНЗИИ", "OVERFLOW"];
const FIGURES: [&str; 11] = [
    "callsInQueue",
    "startTimeOfLongestCallInQueue",
    "agentsReady",
    "agentsNotReady",
    "agentsBusyOther",
    "agentsLoggedOn",
    "agentsTalkingInbound",
    "agentsTalkingOutbound",
    "agentsTalkingInternal",
    "agentsWrapUpNotReady",
    "agentsWrapUpReady",
];

/// A queue; its agents are the members of every sixth team.
#[derive(Clone, Debug)]
pub struct Queue {
    index: usize,
    waiting: u32,
    longest: Option<Timestamp>,
    told: Option<[String; 11]>,
}

impl Queue {
    /// All of them, empty.
    pub fn all() -> Vec<Self> {
        (0..COUNT).map(|index| Self { index, waiting: 0, longest: None, told: None }).collect()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        FIRST + self.index as u32
    }

    /// Path of a queue, which is also its notification node.
    pub fn path(id: u32) -> String {
        format!("/finesse/api/Queue/{id}")
    }

    /// Whether the members of this team (by index) take its calls.
    pub fn serves(&self, team: usize) -> bool {
        team % COUNT == self.index
    }

    /// Lets calls come and go; `true` when a figure differs from what was last told.
    pub fn pass(&mut self, people: &[Person], at: Timestamp, random: &mut StdRng) -> bool {
        let before = self.waiting;
        self.waiting = (self.waiting + random.random_range(0..3_u32)).saturating_sub(random.random_range(0..3));
        self.longest = match (self.waiting, before) {
            (0, _) => None,
            (_, 0) => Some(at),
            _ => self.longest,
        };
        let figures = Some(self.figures(people));
        let news = self.told != figures;
        self.told = figures;
        news
    }

    /// The queue with its figures.
    pub fn element(&self, people: &[Person]) -> Element {
        element(self.id(), NAMES[self.index], self.figures(people))
    }

    fn figures(&self, people: &[Person]) -> [String; 11] {
        let mut counts = [0_u32; 6];
        for person in people.iter().filter(|person| person.listed && self.serves(person.team)) {
            let place = match person.state {
                State::Logout => continue,
                State::Ready => Some(0),
                State::NotReady => Some(1),
                State::Talking | State::Hold => Some(3),
                State::Work => Some(4),
                State::WorkReady => Some(5),
                State::Reserved | State::Other(_) => None,
            };
            counts[2] += 1;
            if let Some(place) = place {
                counts[place] += 1;
            }
        }
        let [ready, not_ready, logged_on, talking, wrap_not_ready, wrap_ready] = counts.map(|count| count.to_string());
        // Whole seconds: the one time of the interface that has no fraction.
        let longest = self.longest.and_then(|at| Timestamp::from_second(at.as_second()).ok());
        let none = || "0".to_owned();
        [
            self.waiting.to_string(),
            longest.map(|at| at.to_string()).unwrap_or_default(),
            ready,
            not_ready,
            none(),
            logged_on,
            talking,
            none(),
            none(),
            wrap_not_ready,
            wrap_ready,
        ]
    }
}

/// The queue nobody is assigned to.
pub fn unassigned() -> Element {
    let unknown = |index| if index == 1 { String::new() } else { "-1".to_owned() };
    element(UNASSIGNED, "Not assigned", std::array::from_fn(unknown))
}

fn element(id: u32, name: &str, figures: [String; 11]) -> Element {
    let figures = FIGURES.into_iter().zip(figures).map(|(name, figure)| Element::text(name, figure));
    Element::group(
        "Queue",
        [Element::text("uri", Queue::path(id)), Element::text("name", name), Element::group("statistics", figures)],
    )
}
