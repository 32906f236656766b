//! Everything once against the simulated organization, which knows the contract and not this client.

use chat_link::{
    owed::{Event, IssueChange, List, NewIssue, PostComment},
    shown::Conversation,
};
use pult_simulators::{
    secret::Secret,
    service::fault::{Fault, FaultOrder},
    tracker::{self as organization, NewFile, Simulator, switches::SwitchOrder},
};

use super::{server::perform, *};
use crate::{Delivery, yandex360};

const DIRECTORY: &str = "Y360_TOKEN";

async fn begun() -> (Simulator, Tracker) {
    crate::transport::http::tests::provider();
    let settings = organization::Settings::new(Secret::new(SECRET_TOKEN));
    let settings = organization::Settings { directory_token: Some(Secret::new(DIRECTORY)), ..settings };
    let simulator = organization::start(settings).await.unwrap();
    simulator.tracker().switch(&SwitchOrder { index_lag_ms: Some(0), ..SwitchOrder::default() });
    let base = Some(simulator.base().parse().unwrap());
    let settings = Settings { base, rate_per_second: 1_000_000, ..settings_of_the_desk() };
    (simulator, connected(settings, secrets()))
}

fn settings_of_the_desk() -> Settings {
    Settings { queue_id: "29".to_owned(), ..settings() }
}

fn new_issue(unique: &str) -> Effect {
    Effect::CreateIssue(Box::new(NewIssue {
        request: ChatRequestId(7),
        unique: unique.to_owned(),
        summary: "Проблемы с телефонией".to_owned(),
        subcategory: None,
        text: "Нет гудка".to_owned(),
        direct: false,
        login: Some("vera".to_owned()),
        name: "Вера Смирнова".to_owned(),
        department: Some("Бронирование".to_owned()),
        files: vec![file("лог.txt", "1")],
    }))
}

fn comment(key: &str) -> Effect {
    Effect::PostComment(Box::new(PostComment {
        item: ChatItemId(5),
        issue: key.to_owned(),
        author: "Вера Смирнова".to_owned(),
        user: 811,
        event: Event::Written,
        text: "всё равно не работает, @petr".to_owned(),
        files: vec![file("фото.png", "2")],
        since: now(),
    }))
}

async fn done(tracker: &Tracker, effect: &Effect) -> chat_link::Fact {
    fact(perform(tracker, effect).await)
}

async fn created(tracker: &Tracker) -> String {
    let said = done(tracker, &new_issue("console:a1:1")).await;
    let chat_link::Fact::IssueCreated { issue, .. } = said else { panic!("{said:?}") };
    issue.key
}

#[tokio::test]
async fn a_conversation_and_its_issue_are_kept_from_end_to_end() {
    let (simulator, tracker) = begun().await;
    let desk = simulator.tracker();
    assert_eq!(tracker.check().await.iter().filter(|step| !step.ok).map(|step| step.step).collect::<Vec<_>>(), ["tls"]);
    let key = created(&tracker).await;
    let kept = desk.issue(&key).unwrap();
    assert_eq!((kept.author.as_str(), kept.boards.as_slice(), kept.files.len()), ("vera", &[1][..], 1));
    let conversation = Conversation { user: Some(811), chat: 51_840, message: 700_108 };
    let link = Effect::LinkIssue { link: ChatLinkId(3), issue: key.clone(), conversation };
    assert_eq!(done(&tracker, &link).await, chat_link::Fact::IssueLinked { link: ChatLinkId(3), skipped: vec![] });
    let find = Effect::FindIssueOfMessage { item: ChatItemId(5), message: 700_108 };
    let chat_link::Fact::IssueOfMessage { issue: Some(card), .. } = done(&tracker, &find).await else { panic!() };
    assert_eq!((card.key.as_str(), card.conversation), (key.as_str(), Some(conversation)));
    // A comment of ours, and one of a person's with a file.
    assert_eq!(word(&perform(&tracker, &comment(&key)).await), "message_copied");
    let brought = NewFile { name: "a b.txt", mimetype: "text/plain", content: b"bytes" };
    desk.comment_with_file("petr", &key, "Проверил \"порт\"", &brought).unwrap();
    let read = Effect::ReadComments { issue: key.clone(), after: Some("0".to_owned()), named: None, since: None };
    let chat_link::Fact::CommentsRead { comments, .. } = done(&tracker, &read).await else { panic!() };
    assert_eq!(comments.iter().map(|comment| comment.own).collect::<Vec<_>>(), [true, false]);
    assert!(
        comments[0].text.starts_with("Комментарий из Пачки от Вера Смирнова (id 811):") && comments[0].files.len() == 1
    );
    let found = &comments[1].files[0];
    assert_eq!(found.name, "a b.txt");
    assert_eq!(tracker.attachments().unwrap().fetch(found, 5).await.unwrap(), "bytes");
    let after = Effect::ReadComments { issue: key, after: Some(comments[0].id.clone()), named: None, since: None };
    let chat_link::Fact::CommentsRead { comments, .. } = done(&tracker, &after).await else { panic!() };
    assert_eq!(comments.len(), 1);
    simulator.stop().await;
}

#[tokio::test]
async fn people_are_let_in_and_issues_taken_moved_and_listed() {
    let (simulator, tracker) = begun().await;
    let key = created(&tracker).await;
    let conversation = Conversation { user: Some(811), chat: 51_840, message: 700_108 };
    done(&tracker, &Effect::LinkIssue { link: ChatLinkId(3), issue: key.clone(), conversation }).await;
    let grant = |logins: &[&str]| {
        let logins = logins.iter().map(|login| (*login).to_owned()).collect();
        Effect::GrantAccess { issue: key.clone(), logins, only_for: None, named_by: None }
    };
    for (logins, want) in [(&["petr", "nobody"][..], vec!["petr"]), (&["petr"], vec![])] {
        let chat_link::Fact::AccessGranted { added, .. } = done(&tracker, &grant(logins)).await else { panic!() };
        assert_eq!(added, want);
    }
    let change = |change| Effect::ChangeIssue { wish: ChatWishId(2), issue: key.clone(), change };
    let moved = |way: &str| change(IssueChange::Move { transition: way.to_owned() });
    let take = change(IssueChange::Assign { login: "vera".to_owned() });
    let chat_link::Fact::IssueChanged { issue, .. } = done(&tracker, &take).await else { panic!() };
    assert_eq!((issue.assignee.is_some(), issue.access), (true, vec!["petr".to_owned()]));
    let refused = word(&perform(&tracker, &moved("close")).await);
    assert!(refused.starts_with("refused refused: resolution: "), "{refused}");
    // The answer is lost, and the issue looked at.
    done(&tracker, &moved("start_progress")).await;
    simulator.tracker().faults.set(FaultOrder::new(Fault::HalfAnswer, "transition", 1));
    let chat_link::Fact::IssueChanged { issue, .. } = done(&tracker, &moved("resolve")).await else { panic!() };
    assert!(issue.over);
    let list = |list| Effect::SearchIssues { wish: ChatWishId(2), list };
    for (wanted, count) in [
        (List::Own { user: 811, over: true }, 1),
        (List::Own { user: 811, over: false }, 0),
        (List::Own { user: 812, over: true }, 0),
        (List::Watched { login: "petr".to_owned() }, 1),
    ] {
        let chat_link::Fact::IssuesFound { rows, .. } = done(&tracker, &list(wanted)).await else { panic!() };
        assert_eq!(rows.len(), count);
    }
    simulator.stop().await;
}

#[tokio::test]
async fn what_is_in_doubt_is_found_and_made_once() {
    let (simulator, tracker) = begun().await;
    let desk = simulator.tracker();
    desk.faults.set(FaultOrder::new(Fault::HalfAnswer, "issue_create", 1));
    let new = new_issue("console:a1:2");
    assert_eq!(word(&perform(&tracker, &new).await), "unknown");
    assert_eq!(word(&perform(&tracker, &new).await), "unknown");
    assert_eq!(settled(tracker.settle(&new, &key()).await), "done issue_created");
    let [issue] = desk.issues().try_into().unwrap();
    desk.faults.set(FaultOrder::new(Fault::HalfAnswer, "comment_add", 1));
    let comment = comment(&issue.key);
    assert_eq!(settled(tracker.settle(&comment, &key()).await), "not done");
    assert_eq!(word(&perform(&tracker, &comment).await), "unknown");
    assert_eq!(settled(tracker.settle(&comment, &key()).await), "done message_copied");
    assert_eq!(desk.comments(&issue.key).len(), 1);
    simulator.stop().await;
}

#[tokio::test]
async fn changes_no_hook_told_of_are_found() {
    let (simulator, _) = begun().await;
    let base = Some(simulator.base().parse().unwrap());
    let settings = Settings { base, rate_per_second: 1_000_000, ..settings_of_the_desk() };
    // The clock of the simulated organization.
    let tracker =
        Tracker::new(settings, Arc::new(Secrets(secrets())), Arc::new(Messenger), Arc::new(Instant::now)).unwrap();
    let poll = tracker.poll().unwrap();
    let cursor = poll.fetch(None, Instant::now()).await.unwrap().next_cursor.unwrap();
    let key = created(&tracker).await;
    let page = poll.fetch(Some(&cursor), Instant::now()).await.unwrap();
    assert_eq!(
        page.records.iter().filter_map(|record| tracker.order_of(record)).collect::<Vec<_>>(),
        [format!("tracker:{key}")]
    );
    let page = poll.fetch(page.next_cursor.as_deref(), Instant::now()).await.unwrap();
    assert!(page.records.is_empty());
    simulator.stop().await;
}

#[tokio::test]
async fn the_department_of_somebody_on_any_page_is_found() {
    let (simulator, _) = begun().await;
    let secrets = Secrets(BTreeMap::from([("ct.y360_token".to_owned(), DIRECTORY.to_owned())]));
    let settings = yandex360::Settings {
        base: Some(simulator.base().parse().unwrap()),
        rate_per_second: 1_000_000,
        ..yandex360::Settings::new("7654321")
    };
    let directory = yandex360::Yandex360::new(settings, Arc::new(secrets), Arc::new(now)).unwrap();
    assert!(directory.check().await[1].ok);
    let people = simulator.tracker().world(|world| world.people.clone());
    let names = simulator.tracker().world(|world| world.departments.clone());
    for person in &people {
        let effect = Effect::ReadDepartment { request: ChatRequestId(7), email: person.email.to_uppercase() };
        let said = fact(directory.perform(&effect, &key()).await.outcome);
        let works = person.enabled && !person.dismissed && !person.robot;
        let name = names.iter().find(|known| known.id == person.department).map(|known| known.name.clone());
        let department = name.filter(|_| works);
        assert_eq!(said, chat_link::Fact::DepartmentRead { request: ChatRequestId(7), department }, "{}", person.email);
    }
    simulator.stop().await;
}
