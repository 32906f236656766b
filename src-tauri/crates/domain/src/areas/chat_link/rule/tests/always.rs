//! Whatever happens, in whatever order: what a person writes is never lost, and never copied twice.

use proptest::prelude::*;

use super::*;

/// Something that may happen.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody writes in the first conversation, in one the tracker knows, or in one of no issue.
    Write(usize, usize),
    /// The same message is told of again.
    Repeat(usize),
    /// Somebody comments, and the tracker tells of it or does not.
    Comment(usize, bool),
    /// The tracker tells of nothing in particular.
    Stir,
    /// The next thing owed of a kind is done, or refused.
    Answer(usize, bool),
    Edit(usize),
    Delete(usize),
    Pause,
    Resume,
    Drop(usize),
    Again(usize),
    Wait(i64),
    /// The messenger or the tracker is switched off, or on again.
    Switch(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3_usize, 0..TEXTS.len()).prop_map(|(thread, text)| Step::Write(thread, text)),
        1 => any::<usize>().prop_map(Step::Repeat),
        3 => (0..TEXTS.len(), any::<bool>()).prop_map(|(text, told)| Step::Comment(text, told)),
        1 => Just(Step::Stir),
        12 => (0..3_usize, prop::bool::weighted(0.85)).prop_map(|(place, done)| Step::Answer(place, done)),
        1 => any::<usize>().prop_map(Step::Edit),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => any::<usize>().prop_map(Step::Drop),
        1 => any::<usize>().prop_map(Step::Again),
        1 => (1..900_i64).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Switch),
    ];
    prop::collection::vec(step, 1..120)
}

const TEXTS: [&str; 5] = ["Да", "Нет гудка на втором телефоне", "> Нет гудка на втором телефоне", "Кто придёт?", ""];
const THREADS: [i64; 3] = [ANCHOR, 8_000, 7_000];

/// What is told of a person's words by the house.
struct Told {
    house: House,
    messages: Vec<(i64, i64, String)>,
}

impl Told {
    fn new(edits: Edits) -> Self {
        let mut house = House::with_issue();
        house.policy.edits = edits;
        house.world.issue("DESK-7", Some((DESK, THREADS[1], MARIA)));
        Self { house, messages: vec![] }
    }

    fn goes(&mut self, step: &Step) {
        let by = || "anna".to_owned();
        let house = &mut self.house;
        match *step {
            Step::Write(thread, text) => {
                let place = Place::Thread { parent: Some(THREADS[thread]) };
                let message = house.says(MARIA, place, TEXTS[text]);
                self.messages.push((message, THREADS[thread], TEXTS[text].to_owned()));
            }
            Step::Repeat(place) => {
                if let Some((id, parent, text)) = self.messages.get(place % self.messages.len().max(1)).cloned() {
                    let place = Place::Thread { parent: Some(parent) };
                    house.happens(&Fact::Written(ChatMessage { id, chat: DESK, place, user: MARIA, text }));
                }
            }
            Step::Comment(text, told) => {
                let comment = house.world.comments(ISSUE, "Жуков Пётр", TEXTS[text], house.now);
                if told {
                    house.happens(&Fact::IssueStirred {
                        issue: ISSUE.to_owned(),
                        comment: Some(comment),
                        since: None,
                        late: false,
                    });
                }
            }
            Step::Stir => {
                house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
            }
            Step::Answer(place, done) => {
                // Subjects do not wait for each other; within one, things go in order.
                let mut firsts: Vec<usize> = vec![];
                for (index, order) in house.owed.iter().enumerate() {
                    if !firsts.iter().any(|first| house.owed[*first].subject == order.subject) {
                        firsts.push(index);
                    }
                }
                if let Some(order) = firsts.get(place % firsts.len().max(1)).and_then(|first| house.owed.remove(*first))
                {
                    house.carry_out(&order, (!done).then_some(Failure::Refused));
                }
            }
            Step::Edit(place) => {
                if let Some((message, ..)) = self.messages.get(place % self.messages.len().max(1)) {
                    house.now += SignedDuration::from_millis(1);
                    house.happens(&Fact::Edited { message: *message, text: "Иначе".to_owned() });
                }
            }
            Step::Delete(place) => {
                if let Some((message, ..)) = self.messages.get(place % self.messages.len().max(1)) {
                    house.now += SignedDuration::from_millis(1);
                    house.happens(&Fact::Deleted { message: *message });
                }
            }
            Step::Pause => drop(house.happens(&Fact::PauseAsked { link: LINK, by: by() })),
            Step::Resume => {
                for link in house.links.keys().copied().collect::<Vec<_>>() {
                    house.happens(&Fact::ResumeAsked { link, by: by() });
                }
            }
            Step::Drop(place) => {
                let item = ChatItemId((place % house.items.len().max(1)) as i64 + 1);
                house.happens(&Fact::ItemDropped { item, by: by() });
            }
            Step::Again(place) => {
                let item = ChatItemId((place % house.items.len().max(1)) as i64 + 1);
                house.happens(&Fact::ItemSentAgain { item, by: by() });
            }
            Step::Wait(seconds) => house.now += SignedDuration::from_secs(seconds),
            Step::Switch(chat) => {
                let side = if chat { &mut house.policy.chat } else { &mut house.policy.tracker };
                *side = !*side;
            }
        }
    }

    /// Each item stands in exactly one place, and what is said of it there is so.
    fn holds(&self) -> Result<(), TestCaseError> {
        let house = &self.house;
        for (message, ..) in &self.messages {
            prop_assert!(house.item_of(*message).is_some(), "a message is lost: {}", message);
        }
        for item in house.items.values() {
            let owed = house.owed.iter().map(|order| aim(&order.effect)).filter(|(id, _)| *id == Some(item.id));
            let (sending, asking): (Vec<_>, Vec<_>) = owed.partition(|(_, copies)| *copies);
            let sent = house.world.posted.iter().map(|comment| comment.item);
            let all = sent.chain(house.world.replies.iter().map(|reply| reply.item));
            let copied = all.filter(|id| *id == item.id).count();
            let (wanted_sending, wanted_copied, reason) = match item.state {
                ItemState::Finding | ItemState::Reading => (0, 0, false),
                ItemState::Sending => (1, 0, false),
                ItemState::Done => (0, 1, false),
                ItemState::Held | ItemState::Failed | ItemState::Skipped => (0, 0, true),
            };
            prop_assert_eq!((sending.len(), copied), (wanted_sending, wanted_copied), "{:?}", item);
            let asked = !asking.is_empty();
            prop_assert!(asked || !matches!(item.state, ItemState::Finding | ItemState::Reading), "stuck: {item:?}");
            prop_assert_eq!(item.reason.is_some(), reason, "{:?}", item);
        }
        Ok(())
    }
}

/// The item an effect is for, and whether it copies it.
fn aim(effect: &Effect) -> (Option<ChatItemId>, bool) {
    match effect {
        Effect::ReadMessage { item, .. } | Effect::FindIssueOfMessage { item, .. } => (Some(*item), false),
        Effect::PostComment(comment) => (Some(comment.item), true),
        Effect::PostReply(reply) => (Some(reply.item), true),
        _ => (None, false),
    }
}

proptest! {
    #[test]
    fn every_message_and_comment_is_copied_once_on_its_way_held_skipped_or_failed(steps in steps(), note in any::<bool>()) {
        let mut told = Told::new(if note { Edits::Note } else { Edits::Ignore });
        for step in &steps {
            told.goes(step);
            told.holds()?;
        }
        // Nothing is under way for ever, and every comment is kept in the end.
        (told.house.policy.chat, told.house.policy.tracker) = (true, true);
        told.goes(&Step::Stir);
        told.house.settle();
        told.holds()?;
        let house = &told.house;
        let ended = |item: &Item| !matches!(item.state, ItemState::Finding | ItemState::Reading | ItemState::Sending);
        prop_assert!(house.items.values().all(ended));
        let comments = house.items.values().filter(|item| item.side == Side::Tracker).count();
        let written = steps.iter().filter(|step| matches!(step, Step::Comment(..))).count();
        prop_assert_eq!(comments, written);
    }

    #[test]
    fn what_nobody_touches_is_copied_in_the_order_it_was_said(texts in prop::collection::vec(("[а-я]{1,8}", any::<bool>(), 0..3_usize), 1..25)) {
        let mut house = House::with_issue();
        for (text, comment, answers) in &texts {
            if *comment {
                house.world.comments(ISSUE, "Жуков Пётр", text, house.now);
                house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
            } else {
                house.says(MARIA, IN_THREAD, text);
            }
            for _ in 0..*answers {
                if let Some(order) = house.owed.pop_front() {
                    house.carry_out(&order, None);
                }
            }
        }
        house.settle();
        let said = |side: bool| texts.iter().filter(|(_, comment, _)| *comment == side).map(|(text, ..)| text.clone()).collect::<Vec<_>>();
        prop_assert_eq!(house.world.posted.iter().map(|comment| comment.text.clone()).collect::<Vec<_>>(), said(false));
        prop_assert_eq!(house.world.replies.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>(), said(true));
    }
}
