//! The words of our messages: whom they mention, what is escaped, and where they are cut.

use proptest::prelude::*;
use pult_domain::{
    ChatItemId, ChatRequestId, Instant,
    areas::chat_link::{
        FileLink,
        owed::{Addressee, Anchor, Reply},
    },
};

use super::super::text::{self, Beyond, MAX_CONTENT, is_said, names};

const URL: &str = "https://tracker.example.com/DESK-41";

fn anchor(summary: &str, text: &str) -> String {
    text::anchor(&Anchor {
        request: ChatRequestId(7),
        to: Addressee::Chat { chat: 1 },
        summary: summary.to_owned(),
        text: text.to_owned(),
        issue: "DESK-41".to_owned(),
        url: URL.to_owned(),
        buttons: vec![],
        since: Instant::UNIX_EPOCH,
    })
}

fn reply(text: &str, files: usize) -> Reply {
    let file = FileLink { name: "a".to_owned(), size: None, source: String::new(), page: None };
    Reply {
        item: ChatItemId(12),
        issue: "DESK-41".to_owned(),
        url: URL.to_owned(),
        chat: 1,
        anchor: 2,
        author: "Вера".to_owned(),
        text: text.to_owned(),
        files: vec![file; files],
        since: Instant::UNIX_EPOCH,
    }
}

fn comment(text: &str) -> String {
    text::comment(&reply(text, 0), &Default::default())
}

fn escaped(text: &str) -> String {
    comment(text).strip_prefix("🔔 Добавлен комментарий:\nАвтор: Вера\n").unwrap().to_owned()
}

#[test]
fn names_are_what_stands_behind_an_at_sign_of_its_own() {
    for (text, want) in [
        ("@vera", vec!["vera"]),
        ("(@vera.s-1_x)", vec!["vera.s-1_x"]),
        ("@vera. @petr- @Vera", vec!["vera", "petr"]),
        ("@Вера, привет", vec!["Вера"]),
        ("a@example.com https://x.example.com/@vera @@x", vec![]),
        ("@ @. @-", vec![]),
        ("\n@vera\n", vec!["vera"]),
    ] {
        assert_eq!(names(text, 20), want, "{text}");
    }
    let many: String = (0..30).map(|n| format!("@n{n} ")).collect();
    assert_eq!(names(&many, 20).len(), 20);
}

#[test]
fn nothing_of_a_persons_text_is_a_mark() {
    for (text, want) in [
        ("*жирно* `код` [я](https://x.example.com)", r"\*жирно\* \`код\` \[я\](https://x.example.com)"),
        ("snake_case _курсив_ ~5 ~~нет~~", r"snake_case \_курсив\_ ~5 \~\~нет\~\~"),
        ("# раз\n > два\nтри # > четыре", "\\# раз\n \\> два\nтри # > четыре"),
        (r"C:\dir <b>", r"C:\\dir \<b>"),
        ("https://x.example.com/_a_/b_c?~~ _x_", r"https://x.example.com/_a_/b_c?~~ \_x\_"),
        ("@vera_s_ и _", r"@vera_s_ и \_"),
    ] {
        assert_eq!(escaped(text), want);
    }
}

#[test]
fn a_long_description_is_cut_and_the_link_stays() {
    let long = anchor("Тема [1]", &"*".repeat(5_000));
    assert!(long.chars().count() <= MAX_CONTENT && long.chars().count() > MAX_CONTENT - 3, "{}", long.chars().count());
    assert!(long.ends_with(&format!("\\*…\nСсылка на задачу: {URL}")), "{long}");
    assert!(long.starts_with("📩 Обращение в ServiceDesk\nТема: Тема \\[1\\]\nОписание: \\*"));
    assert_eq!(
        anchor("две\nстроки", " раз\nдва "),
        format!("📩 Обращение в ServiceDesk\nТема: две строки\nОписание: раз\nдва\nСсылка на задачу: {URL}")
    );
    let subject = anchor(&"ы".repeat(5_000), "x");
    assert!(subject.chars().count() < 500 && subject.contains("ы…\n"));
}

#[test]
fn a_comment_of_4001_characters_is_cut_with_its_link_and_room_for_what_follows() {
    for (length, files) in [(4_001, 0), (4_001, 3), (100_000, 0)] {
        let reply = reply(&"ы".repeat(length), files);
        let said = text::comment(&reply, &Default::default());
        assert!(said.ends_with(&format!("…\n{URL}")), "{said}");
        let left = text::left(&vec!["ы".repeat(200); 10], URL);
        let all = match files {
            0 => format!("{said}\n{}", text::mark(&reply)),
            _ => format!("{said}\n{left}\n{}", text::mark(&reply)),
        };
        assert!(all.chars().count() <= MAX_CONTENT, "{}", all.chars().count());
        assert!(left.ends_with(URL) && left.contains('…'));
    }
    assert!(!comment(&"ы".repeat(3_800)).contains('…'));
    assert_eq!(comment("  "), "🔔 Добавлен комментарий:\nАвтор: Вера");
    assert_eq!(text::bounded(&"ы".repeat(4_001)).chars().count(), MAX_CONTENT);
    assert_eq!(text::bounded("ы"), "ы");
}

#[test]
fn a_message_is_known_by_its_words_and_what_we_put_behind_them() {
    let (words, mark) = ("раз\nдва", "DESK-41 (№ 12)");
    let left = text::left(&["a".to_owned()], URL);
    for (content, want) in [
        ("раз\nдва".to_owned(), Some(Beyond::Plain)),
        (" раз\nдва \n".to_owned(), Some(Beyond::Plain)),
        (format!("раз\nдва\n{mark}"), Some(Beyond::Marked)),
        (format!("раз\nдва\n{left}"), Some(Beyond::Plain)),
        (format!("раз\nдва\n{left}\n{mark}"), Some(Beyond::Marked)),
        ("раз\nдва\nтри".to_owned(), None),
        ("раз\nдваа".to_owned(), None),
        ("раз".to_owned(), None),
        ("раз\nдва\nDESK-41 (№ 13)".to_owned(), None),
    ] {
        assert_eq!(is_said(&content, words, mark), want, "{content}");
    }
}

proptest! {
    #[test]
    fn whatever_people_write_fits_and_tells_nothing_to_the_messenger(text in "(\\PC|\n|@|_|\\*|https://){0,300}") {
        for said in [anchor(&text, &text), comment(&text)] {
            prop_assert!(said.chars().count() <= MAX_CONTENT);
            let mut before = None;
            let mut escapes = false;
            for c in said.chars() {
                // Every mark has its own stroke before it.
                if !escapes {
                    prop_assert!(!matches!(c, '*' | '`' | '[' | ']' | '<'), "{:?} after {:?} in {}", c, before, said);
                }
                escapes = c == '\\' && !escapes;
                before = Some(c);
            }
        }
        prop_assert_eq!(is_said(&comment(&text), &comment(&text), "mark"), Some(Beyond::Plain));
    }
}
