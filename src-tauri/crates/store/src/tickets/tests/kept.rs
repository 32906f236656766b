//! What is shown of one ticket, and to whom; what is forgotten.

use std::collections::BTreeSet;

use pult_domain::areas::tickets::{Dictionary, Priority, Upload};

use super::*;
use crate::blobs::BlobRef;

#[test]
fn private_words_are_shown_to_the_accounts_they_were_shown_to_and_to_nobody_else() {
    let history = || vec![entry(1, Some("Всем")), private(2, "Тихо")];
    let connection = house([read(ticket(1, history()))]);
    let (open, hidden) = ((1, Some("Всем".to_owned()), false), (2, None, true));
    let shown = (2, Some("Тихо".to_owned()), false);
    // The engine's account may read them; nobody reads with its eyes.
    assert_eq!(words(&connection, None), [open.clone(), hidden.clone()]);
    keep(&connection, [view(PETR, ticket(1, history()))]);
    assert_eq!(words(&connection, Some(PETR)), [open.clone(), shown]);
    assert_eq!(words(&connection, Some(MARIA)), [open.clone(), hidden.clone()]);
    assert_eq!(words(&connection, None), [open.clone(), hidden.clone()]);
    // They are no longer, when that account no longer sees them; the entry stays.
    keep(&connection, [view(PETR, ticket(1, vec![entry(1, Some("Всем"))]))]);
    assert_eq!(words(&connection, Some(PETR)), [open.clone(), hidden.clone()]);
    keep(&connection, [view(PETR, ticket(1, history())), listed(card(2))]);
    keep(&connection, [view(PETR, ticket(2, vec![private(3, "Другое")]))]);
    keep(&connection, [Change::Unseen { account: PETR, ticket: TicketId(1) }]);
    assert_eq!(words(&connection, Some(PETR)), [open, hidden]);
    let other = detail_for(&connection, &supervisor(), Some(PETR), 2).unwrap();
    assert_eq!(other.entries[0].notes.as_deref(), Some("Другое"), "of another ticket it may still read them");
}

#[test]
fn private_words_that_only_somebodys_own_account_sees_are_not_taken_for_removed() {
    let own = view(PETR, ticket(1, vec![entry(1, Some("Всем")), private(2, "Тихо")]));
    let engines = ticket(1, vec![entry(1, Some("Всем")), entry(3, None)]);
    let connection = house([read(ticket(1, vec![])), own, read(engines)]);
    assert_eq!(words(&connection, Some(PETR)).len(), 3);
    assert_eq!(words(&connection, Some(PETR))[1].1.as_deref(), Some("Тихо"));
}

#[test]
fn an_entry_that_becomes_private_is_hidden_and_one_that_becomes_public_is_shown() {
    let connection = house([read(ticket(1, vec![entry(1, Some("Открыто")), entry(2, None)]))]);
    keep(&connection, [read(ticket(1, vec![private(1, "Открыто"), entry(2, None)]))]);
    assert_eq!(words(&connection, None)[0], (1, None, true));
    keep(&connection, [read(ticket(1, vec![entry(1, Some("Открыто")), entry(2, None)]))]);
    assert_eq!(words(&connection, None)[0], (1, Some("Открыто".to_owned()), false));
}

#[test]
fn a_note_the_tracker_removed_is_removed_here_and_a_history_that_was_cut_is_not() {
    let history = |ids: &[i64]| ids.iter().map(|id| entry(*id, Some("Слова"))).collect::<Vec<_>>();
    let connection = house([read(ticket(1, history(&[1, 2, 3, 4])))]);
    let ids = |connection: &Connection| words(connection, None).iter().map(|word| word.0).collect::<Vec<_>>();
    keep(&connection, [read(ticket(1, history(&[1, 2, 4])))]);
    assert_eq!(ids(&connection), [1, 2, 4]);
    let kept = "SELECT notes IS NULL AND details = '[]' FROM ticket_entry WHERE id = 3";
    assert!(connection.query_row(kept, [], |r| r.get::<_, bool>(0)).unwrap(), "nothing of it is left");
    // Only the end of a long history is read.
    keep(&connection, [read(ticket(1, history(&[4, 5])))]);
    assert_eq!(ids(&connection), [1, 2, 4, 5]);
    // It is there again where it was hidden for a while only, and an entry may be given to another ticket.
    keep(&connection, [read(ticket(1, history(&[3, 4, 5]))), read(ticket(2, history(&[2])))]);
    assert_eq!(ids(&connection), [1, 3, 4, 5]);
    // Where none is left, none is known to be cut.
    keep(&connection, [read(ticket(1, vec![]))]);
    assert_eq!(ids(&connection), [1, 3, 4, 5]);
}

#[test]
fn a_ticket_is_shown_with_names_for_the_trackers_numbers() {
    let dictionary = Dictionary {
        statuses: vec![status(1, "Новая", false), status(2, "В работе", false), status(5, "Закрыта", true)],
        priorities: vec![Priority { id: 9, name: "Срочный".to_owned(), default: false }],
        fields: [(16, "Что нового".to_owned())].into(),
        ..Dictionary::default()
    };
    let part = |part: Part, name: &str, old: Option<&str>, new: Option<&str>| Detail {
        part,
        name: name.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let details = vec![
        part(Part::Status, "status_id", Some("1"), Some("6")),
        part(Part::Priority, "priority_id", None, Some("9")),
        part(Part::Custom, "16", None, Some("1")),
        part(Part::Custom, "17", None, Some("да")),
        part(Part::Attachment, "31", None, Some("фото.png")),
        part(Part::Other, "easy_helpdesk_need_reaction", None, Some("1")),
    ];
    let connection = house([
        Change::Dictionary { dictionary: Box::new(dictionary), at: at(0) },
        read(ticket(1, vec![Entry { details, ..entry(1, None) }])),
        wish(asked(1, Some(1))),
    ]);
    let shown = detail_for(&connection, &supervisor(), None, 1).unwrap();
    let parts: Vec<_> = shown.entries[0]
        .parts
        .iter()
        .map(|part| (part.name.as_str(), part.old.as_deref(), part.new.as_deref()))
        .collect();
    let wanted = [
        ("", Some("Новая"), Some("#6")),
        ("", None, Some("Срочный")),
        ("Что нового", None, Some("1")),
        ("#17", None, Some("да")),
        ("", None, Some("фото.png")),
        ("easy_helpdesk_need_reaction", None, Some("1")),
    ];
    assert_eq!(parts, wanted);
    let change = &shown.changes[0];
    let texts = [&change.status, &change.priority, &change.assignee, &change.note].map(|text| text.as_deref());
    assert_eq!(texts, [Some("В работе"), Some("Срочный"), Some(""), Some("Смотрю")]);
    assert_eq!(
        (shown.description.as_str(), shown.children.len(), shown.read_at),
        ("Второй этаж, комната «Ёж»", 1, Some(at(100).as_millisecond()))
    );
    assert_eq!(shown.attachments.iter().map(|file| file.id).collect::<Vec<_>>(), [11, 12]);
}

#[test]
fn the_statuses_offered_are_those_of_ones_own_account_else_the_engines_else_all() {
    let lists = Dictionary {
        statuses: vec![status(1, "Новая", false), status(5, "Закрыта", true)],
        ..Dictionary::default()
    };
    let connection = house([
        Change::Dictionary { dictionary: Box::new(lists), at: at(0) },
        read(Ticket { allowed: None, ..ticket(1, vec![]) }),
    ]);
    let offered = |account: Option<i64>| {
        let shown = detail_for(&connection, &supervisor(), account, 1).unwrap();
        (shown.statuses.iter().map(|status| status.id).collect::<Vec<_>>(), shown.statuses_known)
    };
    assert_eq!(offered(Some(PETR)), (vec![1, 5], false));
    keep(&connection, [read(ticket(1, vec![]))]);
    assert_eq!(offered(Some(PETR)), (vec![1, 2], true));
    keep(&connection, [view(PETR, Ticket { allowed: Some(vec![named(5, "Закрыта")]), ..ticket(1, vec![]) })]);
    assert_eq!(offered(Some(PETR)), (vec![1, 5], true), "the status it has is always there");
    assert_eq!((offered(None), offered(Some(MARIA))), ((vec![1, 2], true), (vec![1, 2], true)));
    keep(&connection, [view(PETR, Ticket { allowed: None, ..ticket(1, vec![]) })]);
    assert_eq!(offered(Some(PETR)), (vec![1, 5], false), "of ones own account nothing is guessed from another");
}

#[test]
fn changes_are_shown_for_an_hour_after_they_are_settled_and_private_words_of_them_never() {
    let settled = |id: i64, second: i64| Asked { settled_at: Some(at(second)), ..asked(id, Some(1)) };
    let mut quiet = asked(3, Some(1));
    if let Intent::Change { private, .. } = &mut quiet.ask.what {
        *private = true;
    }
    let connection =
        house([read(ticket(1, vec![])), wish(settled(1, 200 - HOUR - 1)), wish(settled(2, 200 - HOUR + 1))]);
    keep(&connection, [wish(quiet)]);
    let shown = detail_for(&connection, &supervisor(), None, 1).unwrap();
    let rows: Vec<_> = shown.changes.iter().map(|row| (row.id.0, row.note.as_deref())).collect();
    assert_eq!(rows, [(2, Some("Смотрю")), (3, None)]);
    assert_eq!(
        changes_of(&connection, TicketChangeId(1)).unwrap().map(|row| row.name),
        Some("Смирнова Анна".to_owned())
    );
    assert_eq!(changes_of(&connection, TicketChangeId(9)).unwrap(), None);
}

#[test]
fn who_watches_is_told_to_those_who_see_every_ticket_and_to_themselves() {
    let connection = house([read(ticket(1, vec![]))]);
    let own = Viewer { number: Some(PETR), ..Viewer::default() };
    let watchers = |viewer: &Viewer| -> Vec<i64> {
        detail_for(&connection, viewer, None, 1).unwrap().watchers.into_iter().map(|who| who.id).collect()
    };
    assert_eq!((watchers(&supervisor()), watchers(&own)), (vec![3, 9], vec![]));
    let watch = |user: i64, on: bool| Change::Watched { ticket: TicketId(1), user, on };
    keep(&connection, [watch(PETR, true), watch(9, false), watch(4, false)]);
    assert_eq!((watchers(&supervisor()), watchers(&own)), (vec![3, PETR], vec![PETR]));
    keep(&connection, [Change::Watched { ticket: TicketId(99), user: PETR, on: true }]);
}

#[test]
fn words_that_were_taken_away_are_gone_for_everybody() {
    let entries = || vec![entry(1, Some("Слова")), private(2, "Тихо"), entry(3, Some("Ещё"))];
    let connection = house([read(ticket(1, entries())), view(PETR, ticket(1, entries()))]);
    let gone = |entry: i64, removed: bool| Change::NoteGone { ticket: TicketId(1), entry, removed };
    keep(&connection, [gone(1, false), gone(2, true)]);
    assert_eq!(words(&connection, Some(PETR)), [(1, None, false), (3, Some("Ещё".to_owned()), false)]);
    let rewritten = |text: Option<&str>, private: bool| {
        let text = text.map(str::to_owned);
        let what = Intent::Rewrite { ticket: TicketId(1), entry: 3, seen: "Ещё".to_owned(), text, private };
        let mut asked = asked(1, Some(1));
        asked.ask.what = what;
        keep(&connection, [wish(asked)]);
        let row = changes_of(&connection, TicketChangeId(1)).unwrap().unwrap();
        connection.execute("DELETE FROM ticket_change", []).unwrap();
        (row.act, row.entry, row.note)
    };
    assert_eq!(rewritten(Some("Иначе"), false), (TicketAct::EditNote, Some(3), Some("Иначе".to_owned())));
    assert_eq!(rewritten(Some("Иначе"), true), (TicketAct::EditNote, Some(3), None));
    assert_eq!(rewritten(None, true), (TicketAct::DeleteNote, Some(3), None));
}

#[test]
fn what_was_not_made_stays_until_it_is_put_aside_by_whoever_asked() {
    let old = |id: i64, ticket: Option<i64>, state: AskedState| Asked {
        settled_at: Some(at(200 - 2 * HOUR)),
        state,
        ..asked(id, ticket)
    };
    let connection = house([
        read(ticket(1, vec![])),
        wish(old(1, Some(1), AskedState::Failed)),
        wish(old(2, Some(1), AskedState::Done)),
        wish(old(3, None, AskedState::Failed)),
    ]);
    let shown = || -> Vec<i64> {
        let detail = detail_for(&connection, &supervisor(), None, 1).unwrap();
        detail.changes.into_iter().map(|row| row.id.0).collect()
    };
    let new = |login: &str| -> Vec<i64> { unmade(&connection, login).unwrap().iter().map(|row| row.id.0).collect() };
    assert_eq!((shown(), new("anna"), new("petr")), (vec![1], vec![3], vec![]));
    assert!(asked_by(&connection, "petr", TicketChangeId(1)).unwrap().is_none());
    assert!(!put_aside(&connection, "petr", TicketChangeId(1)).unwrap());
    assert!(put_aside(&connection, "anna", TicketChangeId(1)).unwrap());
    assert!(put_aside(&connection, "anna", TicketChangeId(3)).unwrap());
    assert_eq!((shown(), new("anna")), (vec![], vec![]));
    keep(&connection, [wish(asked(4, Some(1)))]);
    assert!(!put_aside(&connection, "anna", TicketChangeId(4)).unwrap(), "it is still on its way");
}

#[test]
fn a_status_is_held_since_it_was_last_changed() {
    let later = |status: i64, second: i64| Card { status: named(status, "?"), updated_on: at(second), ..card(1) };
    let connection = house([listed(card(1)), listed(later(1, 50))]);
    let since = || detail_for(&connection, &supervisor(), None, 1).unwrap().ticket.status_at;
    assert_eq!(since(), at(1).as_millisecond());
    keep(&connection, [listed(later(2, 60)), listed(later(2, 70))]);
    assert_eq!(since(), at(60).as_millisecond());
}

#[test]
fn tickets_that_are_over_or_gone_are_forgotten_by_age_with_all_that_belongs_to_them() {
    let over = |id: i64, closed: bool, second: i64| {
        let mut ticket = ticket(id, vec![entry(id * 10, Some("Слова")), private(id * 10 + 1, "Тихо")]);
        (ticket.card.closed, ticket.card.updated_on) = (Some(closed), at(second));
        ticket
    };
    let connection =
        house([read(over(1, true, 10)), read(over(2, false, 10)), read(over(3, false, 10)), read(over(4, true, 90))]);
    keep(&connection, [view(PETR, over(1, true, 10)), view(PETR, over(4, true, 90))]);
    keep(&connection, [Change::Looked { ticket: TicketId(3), missed: 2, gone_at: Some(at(20)), at: at(20) }]);
    let settled = |id: i64, second: i64| Asked { at: at(second), settled_at: Some(at(second)), ..asked(id, Some(1)) };
    keep(&connection, [wish(settled(1, 10)), wish(asked(2, Some(1))), wish(settled(3, 90))]);
    assert_eq!(forget(&connection, at(50), 1).unwrap(), 2, "a slice of each");
    assert_eq!(forget(&connection, at(50), 10).unwrap(), 1);
    assert_eq!(forget(&connection, at(50), 10).unwrap(), 0);
    let ids = |statement: &str| -> BTreeSet<i64> {
        let mut rows = connection.prepare(statement).unwrap();
        rows.query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let tables = [
        "SELECT id FROM ticket",
        "SELECT ticket_id FROM ticket_email",
        "SELECT rowid FROM ticket_words",
        "SELECT ticket_id FROM ticket_entry",
        "SELECT ticket_id FROM ticket_attachment",
        "SELECT ticket_id FROM ticket_view",
    ];
    for table in tables {
        assert_eq!(ids(table), [2, 4].into(), "{table}");
    }
    assert_eq!(ids("SELECT entry_id FROM ticket_reader"), [41].into());
    assert_eq!(ids("SELECT id FROM ticket_change"), [2, 3].into());
}

#[test]
fn what_a_person_wrote_and_asked_for_is_forgotten_wherever_it_stands() {
    let client = "client@example.com";
    let mut theirs = ticket(1, vec![entry(1, Some("Слова Петра"))]);
    theirs.card.author = None;
    let mut written = ticket(2, vec![Entry { user: named(31, "Клиент Иван"), ..entry(2, Some("Слова Ивана")) }]);
    (written.card.author, written.card.emails) = (Some(named(31, "Клиент Иван")), vec![]);
    let mut other =
        ticket(3, vec![Entry { user: named(31, "Клиент Иван"), ..entry(3, Some("И сюда")) }, entry(4, Some("Чужое"))]);
    other.card.emails = vec!["other@example.com".to_owned()];
    let user = pult_domain::areas::tickets::TicketUser {
        id: 31,
        login: Some("ivan".to_owned()),
        name: "Клиент Иван".to_owned(),
        email: Some(client.to_owned()),
    };
    let lists = Dictionary { users: vec![user], ..Dictionary::default() };
    let connection = house([Change::Dictionary { dictionary: Box::new(lists), at: at(0) }]);
    keep(&connection, [read(theirs), read(written), read(other)]);
    person(&connection, "ivan", Some("Client@Example.com"));
    let by_ivan = Asked { ask: Ask { by: "ivan".to_owned(), ..asked(1, None).ask }, ..asked(1, Some(3)) };
    keep(&connection, [wish(by_ivan), wish(asked(2, Some(1))), wish(asked(3, Some(3)))]);
    assert_eq!(erase_author(&connection, "CLIENT@example.com").unwrap(), [1, 2, 3].map(TicketId));
    let shown = |id: i64| detail_for(&connection, &supervisor(), None, id).unwrap();
    for id in [1, 2] {
        let row = shown(id);
        assert_eq!((row.ticket.subject.as_str(), row.description.as_str(), row.emails.len()), ("", "", 0));
        assert!(row.custom.is_empty() && row.attachments.iter().all(|file| file.author.is_none()));
    }
    let row = shown(3);
    assert_eq!((row.ticket.subject.as_str(), row.emails.len()), ("Не печатает принтер", 1), "it is somebody else's");
    let said: Vec<_> = row.entries.iter().map(|entry| (entry.user.name.as_str(), entry.notes.as_deref())).collect();
    assert_eq!(said, [("", None), ("Жуков Пётр", Some("Чужое"))]);
    let left = [1, 2, 3].map(|id| changes_of(&connection, TicketChangeId(id)).unwrap().is_some());
    assert_eq!(left, [false, false, true]);
    let named = "SELECT count(*) FROM ticket_words WHERE ticket_words MATCH '\"Иван\"'";
    assert_eq!(connection.query_row(named, [], |r| r.get::<_, i64>(0)).unwrap(), 0);
    assert_eq!(own_number(&connection, "redmine", "x", Some(client)).unwrap(), None);
}

fn upload_of(name: &str, sha256: &str) -> (BlobRef, Upload) {
    let upload =
        Upload { sha256: sha256.to_owned(), name: name.to_owned(), content_type: "image/png".to_owned(), size: 3 };
    (BlobRef { sha256: sha256.to_owned(), bytes: 3, held: None }, upload)
}

#[test]
fn a_file_somebody_brought_is_theirs_alone_and_its_bytes_go_with_the_last_who_brought_it() {
    let connection = in_memory().unwrap();
    let sha256 = "a".repeat(64);
    let bring = |login: &str, name: &str, second: i64| {
        let (blob, upload) = upload_of(name, &sha256);
        keep_upload(&connection, login, &blob, &upload, at(second)).unwrap();
    };
    bring("anna", "первый.png", 0);
    bring("anna", "второй.png", 10);
    let name = |login: &str| upload(&connection, login, &sha256).unwrap().map(|file| file.name);
    assert_eq!(name("anna").as_deref(), Some("второй.png"));
    assert_eq!(name("boris"), None, "that one knows its number does not make it theirs");
    bring("boris", "свой.png", 20);
    let named = || {
        let count = "SELECT coalesce(max(uses), 0) FROM blob WHERE sha256 = ?1";
        connection.query_row(count, [&sha256], |r| r.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(named(), 3);
    assert_eq!(forget_uploads(&connection, at(15), 1).unwrap(), 1);
    assert_eq!(forget_uploads(&connection, at(15), 10).unwrap(), 1);
    assert_eq!((name("anna"), name("boris").as_deref(), named()), (None, Some("свой.png"), 1));
    assert_eq!(forget_uploads(&connection, at(50), 10).unwrap(), 1);
    assert_eq!(named(), 0);
}

#[test]
fn choices_are_kept_by_name_for_each_and_fifty_at_most() {
    let connection = in_memory().unwrap();
    let kept = |name: &str, search: &str| KeptFilter {
        name: name.to_owned(),
        filter: TicketFilter { search: Some(search.to_owned()), ..TicketFilter::default() },
    };
    for number in 0..50 {
        assert!(keep_filter(&connection, "anna", &kept(&format!("{number:02}"), "a")).unwrap());
    }
    assert!(!keep_filter(&connection, "anna", &kept("ещё", "a")).unwrap());
    assert!(keep_filter(&connection, "anna", &kept("07", "b")).unwrap(), "one that is there is replaced");
    assert!(keep_filter(&connection, "boris", &kept("07", "c")).unwrap());
    assert_eq!(filters(&connection, "anna").unwrap()[7], kept("07", "b"));
    remove_filter(&connection, "anna", "07").unwrap();
    let left = |login: &str| filters(&connection, login).unwrap().len();
    assert_eq!((left("anna"), left("boris")), (49, 1));
}
