//! In whatever order looks, repeats, crashes, late entries, changes and sweeps come: what is news is told once to whoever it concerns.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// Somebody writes into a ticket: who, what, and how much later.
    Write(usize, usize, Kind, i64),
    /// A comment gets its number, and is there only later.
    Begin(usize, usize),
    Commit,
    /// Somebody wants a change made, with the engine's account or their own.
    Ask(usize, usize, bool),
    /// A look goes out; what it saw comes when it comes.
    Fetch(usize, Look),
    /// One of the looks and receipts that are out comes; it may come again.
    Arrive(usize, bool),
    Sweep(bool),
    Wait(i64),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Comment,
    Private,
    Status,
    Hand,
    Other,
}

#[derive(Debug, Clone, Copy)]
enum Look {
    Poll,
    Open,
    Own(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Kind::{Comment, Hand, Other, Private, Status};
    let kind = prop::sample::select(vec![Comment, Private, Status, Hand, Other]);
    let look = prop::sample::select(vec![Look::Poll, Look::Poll, Look::Poll, Look::Open, Look::Own(PETR)]);
    let (ticket, person) = (0..2_usize, 0..PEOPLE.len());
    let step = prop_oneof![
        6 => (ticket.clone(), person.clone(), kind, 0..3_i64).prop_map(|(t, p, k, s)| Step::Write(t, p, k, s)),
        2 => (ticket.clone(), person.clone()).prop_map(|(t, p)| Step::Begin(t, p)),
        2 => Just(Step::Commit),
        2 => (ticket.clone(), person, any::<bool>()).prop_map(|(t, p, own)| Step::Ask(t, p, own)),
        8 => (ticket, look).prop_map(|(t, look)| Step::Fetch(t, look)),
        8 => (any::<usize>(), prop::bool::weighted(0.3)).prop_map(|(n, again)| Step::Arrive(n, again)),
        1 => any::<bool>().prop_map(Step::Sweep),
        1 => (1..2000_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..80)
}

const PEOPLE: [(i64, &str); 4] = [(MARIA, "maria"), (PETR, "petr"), (OLEG, "oleg"), (INNA, "inna")];

/// The tracker, and what it ought to be told of.
struct World {
    house: House,
    tickets: Vec<Ticket>,
    /// Comments that have a number and are not there yet, with whoever works on the ticket as they are written.
    begun: Vec<(usize, Entry, Vec<i64>)>,
    /// What is on its way to the house.
    out: Vec<Fact>,
    next: i64,
    clock: i64,
    /// By entry: who made it, who worked on the ticket before and after it, and whether it is news.
    made: BTreeMap<i64, (String, Vec<i64>, bool)>,
    asked: i64,
}

impl World {
    fn new() -> Self {
        let mut house = House::new();
        house.readers.push(reader("anna", None, Scope::All));
        let old = ticket(vec![says(1, PETR, 10, "Давно"), moves(2, MARIA, 20, 1, 2)]);
        let mut new = ticket(vec![]);
        (new.card.id, new.card.created_on, new.card.updated_on) = (TicketId(5000), at(FROM + 1), at(FROM + 1));
        let made = [(1, ("petr".to_owned(), vec![], false)), (2, ("maria".to_owned(), vec![], false))].into();
        let tickets = vec![old, new];
        Self { house, tickets, begun: vec![], out: vec![], next: 2, clock: FROM + 1, made, asked: 0 }
    }

    fn number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    fn write(&mut self, place: usize, entry: Entry, login: &str) {
        let card = &mut self.tickets[place].card;
        let before = card.assignee.as_ref().map(|who| who.id);
        for detail in &entry.details {
            let new = detail.new.as_ref().and_then(|id| id.parse().ok());
            match detail.part {
                Part::Status => card.status = status(new.unwrap()),
                Part::Assignee => card.assignee = new.map(who),
                _ => {}
            }
        }
        card.closed = Some(card.status.id == 5);
        card.updated_on = card.updated_on.max(entry.created_on);
        let after = card.assignee.as_ref().map(|who| who.id);
        let telling = entry.notes.is_some()
            || entry.details.iter().any(|detail| matches!(detail.part, Part::Status | Part::Assignee));
        let held = [before, after].into_iter().flatten().collect();
        self.made.insert(entry.id, (login.to_owned(), held, telling));
        let entries = &mut self.tickets[place].entries;
        entries.push(entry);
        entries.sort_by_key(|entry| entry.id);
    }

    fn entry(&mut self, place: usize, by: i64, kind: Kind) -> Entry {
        let (id, clock, card) = (self.number(), self.clock, self.tickets[place].card.clone());
        match kind {
            Kind::Comment => says(id, by, clock, "Слова"),
            Kind::Private => Entry { private: true, ..says(id, by, clock, "Тихо") },
            Kind::Status => moves(id, by, clock, card.status.id, card.status.id % 5 + 1),
            Kind::Hand => {
                let old = card.assignee.map(|who| who.id);
                let new = [Some(PETR), Some(INNA), None].into_iter().find(|new| *new != old && id % 2 == 0);
                hands(id, by, clock, old, new.flatten())
            }
            Kind::Other => Entry { details: vec![detail(Part::DoneRatio, Some(0), Some(10))], ..entry(id, by, clock) },
        }
    }

    fn goes(&mut self, step: &Step) {
        match *step {
            Step::Write(place, person, kind, later) => {
                self.clock += later;
                let (by, login) = PEOPLE[person];
                let entry = self.entry(place, by, kind);
                self.write(place, entry, login);
            }
            Step::Begin(place, person) => {
                let entry = self.entry(place, PEOPLE[person].0, Kind::Comment);
                let held = self.tickets[place].card.assignee.iter().map(|who| who.id).collect();
                self.begun.push((place, entry, held));
            }
            Step::Commit => {
                if !self.begun.is_empty() {
                    let (place, entry, held) = self.begun.remove(0);
                    let (id, by) = (entry.id, entry.user.id);
                    self.write(place, entry, PEOPLE.iter().find(|(id, _)| *id == by).unwrap().1);
                    self.made.get_mut(&id).unwrap().1 = held;
                }
            }
            Step::Ask(place, person, own) => self.asks(place, person, own),
            Step::Fetch(place, look) => {
                let fact = self.look(place, look);
                self.out.push(fact);
            }
            Step::Arrive(place, again) => {
                if !self.out.is_empty() {
                    let place = place % self.out.len();
                    let fact = if again { self.out[place].clone() } else { self.out.remove(place) };
                    self.arrives(&fact);
                }
            }
            Step::Sweep(found) => {
                let asked: Vec<_> = self.tickets.iter().map(|ticket| ticket.card.id).collect();
                let found = if found { asked.clone() } else { vec![] };
                self.arrives(&Fact::LookedFor { asked, found });
            }
            Step::Wait(seconds) => self.clock += seconds,
        }
    }

    fn arrives(&mut self, fact: &Fact) {
        self.house.now = at(self.clock + 5);
        self.house.happens(fact);
    }

    fn look(&self, place: usize, look: Look) -> Fact {
        let ticket = Box::new(self.tickets[place].clone());
        let read = |from| Fact::Read { ticket: ticket.clone(), in_scope: true, from, many: false };
        match look {
            Look::Poll => read(Some(at(FROM))),
            Look::Open => read(None),
            Look::Own(account) => Fact::Seen { account, ticket },
        }
    }

    /// A change is wanted and made at once; its receipt is on its way.
    fn asks(&mut self, place: usize, person: usize, own: bool) {
        let (number, login) = PEOPLE[person];
        let id = self.tickets[place].card.id;
        let what = Intent::Change {
            ticket: id,
            wanted: Wanted::default(),
            seen: Wanted::default(),
            note: Some("Слова".to_owned()),
            private: false,
            files: vec![],
        };
        self.house.now = at(self.clock + 5);
        self.house.asks(login, own.then_some(number), what);
        self.asked += 1;
        let mark = self.house.policy.mark(TicketChangeId(self.asked));
        let (by, entry) = (if own { number } else { ENGINE }, self.number());
        let entry = says(entry, by, self.clock, &format!("Слова\n\n{mark}"));
        let entries = vec![entry.id];
        self.write(place, entry, login);
        let ticket = Box::new(self.tickets[place].clone());
        self.out.push(Fact::Changed { change: TicketChangeId(self.asked), ticket, entries, left: vec![] });
    }

    /// How often somebody was told under a key.
    fn times(&self, key: &str, login: &str) -> usize {
        self.house.told.iter().filter(|(k, l, _)| k == key && l == login).count()
    }
}

proptest! {
    #[test]
    fn each_entry_that_is_news_is_told_once_to_each_it_concerns_and_never_to_whoever_made_it(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.goes(step);
        }
        while !world.begun.is_empty() {
            world.goes(&Step::Commit);
        }
        for place in 0..world.tickets.len() {
            let last = world.look(place, Look::Poll);
            world.arrives(&last);
            world.arrives(&last);
        }
        let all = ["maria", "petr", "oleg", "inna", "anna"];
        for ticket in &world.tickets {
            for entry in &ticket.entries {
                let (actor, held, telling) = &world.made[&entry.id];
                let key = format!("tickets:entry/{}", entry.id);
                for login in all {
                    let number = PEOPLE.iter().find(|(_, name)| *name == login).map(|(id, _)| *id);
                    let concerns = matches!(login, "maria" | "oleg" | "anna") || number.is_some_and(|id| held.contains(&id));
                    let times = world.times(&key, login);
                    prop_assert!(times <= 1, "{} was told of {} {} times", login, key, times);
                    prop_assert!(times == 0 || (*telling && login != actor), "{} was told of {}", login, key);
                    let must = *telling && concerns && login != actor;
                    prop_assert!(times == 1 || !must, "{} was not told of {}", login, key);
                }
            }
            let card = &world.house.kept[&ticket.card.id].card;
            prop_assert_eq!(card, &ticket.card, "the last look is what is kept");
        }
        for (login, times) in [("maria", 0), ("oleg", 1), ("anna", 1)] {
            prop_assert_eq!(world.times("tickets:created/5000", login), times, "{} of the new ticket", login);
            prop_assert_eq!(world.times("tickets:created/4312", login), 0);
        }
        let other = world.house.told.iter().find(|(key, ..)| key.starts_with("tickets:status/"));
        prop_assert!(other.is_none(), "every status was explained: {:?}", other);
    }
}
