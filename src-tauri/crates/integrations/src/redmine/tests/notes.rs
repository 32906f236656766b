//! Notes that are rewritten or taken away: what is asked, what is believed, and what is found out when an answer was lost.

use pult_domain::{
    TicketChangeId,
    areas::tickets::{Note, RewriteNote},
};

use super::{
    server::{Line, Vendor, line, lost, perform, shown},
    *,
};
use crate::Delivery;

fn rewrite(text: &str) -> RewriteNote {
    RewriteNote {
        change: TicketChangeId(12),
        ticket: TicketId(41),
        account: Some(PERSON),
        entry: 900,
        seen: "Смотрю".to_owned(),
        note: Note { text: text.to_owned(), private: false },
    }
}

fn effect(text: &str) -> Effect {
    Effect::RewriteTicketNote(Box::new(rewrite(text)))
}

/// The ticket with the note as it stands there, or without it.
fn says(note: Option<&str>) -> Line {
    let journals: Vec<Value> = note.map(|note| journal(900, PERSON, note, json!([]))).into_iter().collect();
    shown(issue(41, json!({"journals": journals})))
}

fn marked(words: &str) -> String {
    format!("{words}\r\n\r\n{MARK}")
}

fn written(vendor: &Vendor) -> Vec<Value> {
    let lines = vendor.lines().into_iter().enumerate().filter(|(_, line)| line.starts_with("PUT "));
    lines.map(|(number, _)| vendor.asked(number).json()).collect()
}

#[tokio::test]
async fn a_note_is_rewritten_with_the_key_of_whoever_wrote_it_and_keeps_its_mark() {
    for (text, wanted, after) in [
        ("Починили", marked("Починили"), says(Some(&marked("Починили")))),
        ("", String::new(), says(None)),
        ("", String::new(), says(Some(""))),
    ] {
        let (vendor, tracker) = Vendor::with([says(Some(&marked("Смотрю"))), line(204, ""), after]).await;
        let tickets::Fact::Changed { change, left, entries, .. } = fact(perform(&tracker, &effect(text)).await) else {
            panic!()
        };
        assert_eq!((change.0, left.len(), entries.len()), (12, 0, 0));
        assert_eq!(written(&vendor), [json!({"journal": {"notes": wanted}})]);
        assert_eq!(vendor.lines()[1], "PUT /journals/900.json");
        assert_eq!(vendor.asked(1).header("x-redmine-api-key"), PERSON_KEY);
        assert_eq!(vendor.asked(1).header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_a_conflict_and_nothing_is_written() {
    for (there, text, outcome) in [
        (Some("Иначе"), "Починили", "ticket_conflict"),
        (Some("Иначе"), "", "ticket_conflict"),
        (None, "Починили", "ticket_conflict"),
        // It is as it is wanted already.
        (None, "", "ticket_changed"),
        (Some(""), "", "ticket_changed"),
        (Some("Починили"), "Починили", "ticket_changed"),
    ] {
        let (vendor, tracker) = Vendor::with([says(there)]).await;
        let receipt = perform(&tracker, &effect(text)).await;
        assert_eq!((word(&receipt).as_str(), written(&vendor).len()), (outcome, 0), "{there:?} {text}");
        if let Ok(Fact::Tickets(tickets::Fact::Conflict { fields, .. })) = receipt.map(|mut facts| facts.remove(0).fact)
        {
            assert_eq!(fields, ["note"]);
        }
    }
}

#[tokio::test]
async fn what_somebody_else_said_is_not_touched() {
    let there = shown(issue(41, json!({"journals": [journal(900, ME, "Смотрю", json!([]))]})));
    let (vendor, tracker) = Vendor::with([there]).await;
    let refused = "refused rights: the note is somebody else's: nothing was written";
    assert_eq!(word(&perform(&tracker, &effect("")).await), refused);
    assert!(written(&vendor).is_empty());
}

#[tokio::test]
async fn a_note_of_which_only_the_beginning_was_read_is_not_shortened() {
    let long = "ы".repeat(40_000);
    let (vendor, tracker) = Vendor::with([says(Some(&long))]).await;
    let cut = "ы".repeat(32_768);
    let effect = |text: &str| {
        let rewrite = RewriteNote { seen: cut.clone(), ..rewrite(text) };
        Effect::RewriteTicketNote(Box::new(rewrite))
    };
    let refused = "refused unsupported: the note is too long to be rewritten here: nothing was written";
    assert_eq!(word(&perform(&tracker, &effect("Короче")).await), refused);
    assert!(written(&vendor).is_empty());
    vendor.go_on([says(Some(&long)), line(204, ""), says(None)]);
    assert_eq!(word(&perform(&tracker, &effect("")).await), "ticket_changed", "it can be taken away whole");
}

#[tokio::test]
async fn a_tracker_that_does_not_do_it_is_told_from_a_note_that_is_gone() {
    let before = || says(Some("Смотрю"));
    for (answer, after, outcome) in [
        (
            line(404, ""),
            before(),
            "refused unsupported: this tracker does not let notes be rewritten: nothing was written",
        ),
        (line(404, ""), says(None), "ticket_conflict"),
        // It said yes and left it as it was.
        (line(204, ""), before(), "ticket_changed"),
        (line(204, ""), line(502, "<html>"), "unknown"),
    ] {
        let (_, tracker) = Vendor::with([before(), answer, after]).await;
        let receipt = perform(&tracker, &effect("Починили")).await;
        assert_eq!(word(&receipt), outcome);
        if let Ok(Fact::Tickets(tickets::Fact::Changed { left, .. })) = receipt.map(|mut facts| facts.remove(0).fact) {
            assert_eq!(left, ["note"]);
        }
    }
    let (_, tracker) = Vendor::with([before(), line(403, "")]).await;
    assert!(word(&perform(&tracker, &effect("Починили")).await).starts_with("refused rights"));
}

#[tokio::test]
async fn private_words_are_not_kept_of_what_was_said() {
    let there = |notes: &str| {
        let mut entry = journal(900, PERSON, notes, json!([]));
        entry["private_notes"] = json!(true);
        shown(issue(41, json!({"journals": [entry]})))
    };
    let (vendor, tracker) = Vendor::with([there("Смотрю"), line(204, ""), there("Между нами")]).await;
    let attempt = tracker.perform(&effect("Между нами"), &key()).await;
    assert_eq!(written(&vendor), [json!({"journal": {"notes": "Между нами", "private_notes": true}})]);
    let said = format!("{:?}", attempt.exchanges);
    assert!(!said.contains("Между нами") && !said.contains("Смотрю"), "{said}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    let before = says(Some("Смотрю"));
    let (_, tracker) = Vendor::with([before.clone(), lost(), before.clone()]).await;
    assert_eq!(word(&perform(&tracker, &effect("Починили")).await), "unknown");
    assert_eq!(settled(tracker.settle(&effect("Починили"), &key()).await), "not done");
    for (there, outcome) in [
        (says(Some("Починили")), "done ticket_changed"),
        (before, "not done"),
        (says(None), "done ticket_conflict"),
        (says(Some("Третье")), "done ticket_conflict"),
    ] {
        let (_, tracker) = Vendor::with([there]).await;
        assert_eq!(settled(tracker.settle(&effect("Починили"), &key()).await), outcome);
    }
}
