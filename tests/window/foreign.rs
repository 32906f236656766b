//! What strangers write stays words in the web view of the window too: the corpus of foreign markup in a ticket. What it becomes, and the
//! other places that show such texts, are the page's and the browser's tests.

use std::fs;

use fantoccini::{Client, Locator};
use pult_simulators::{
    redmine::{self, IssueOrder, Settings},
    secret::Secret,
};
use serde_json::{Map, Value, json};

use super::{PATIENCE, free_address, invoke, listens, open_window, site, start_driver, until};

/// Has every deed of a text kept: a script that runs, and what the page's policy refuses.
const WATCH: &str = "window.deeds = []; window.hit = () => window.deeds.push('a script ran');
    document.addEventListener('securitypolicyviolation', event => {
        window.deeds.push(event.effectiveDirective + ' ' + event.blockedURI);
    });";
/// How many elements there are that no text of strangers may become, and how many that act.
const FOREIGN: &str = "const names = Element.prototype.getAttributeNames;
    return [...document.querySelectorAll('#app *')].filter(each =>
        each.matches('script, iframe, object, embed, img, meta, base, link, style, form[action]')
        || names.call(each).some(name => /^on/.test(name))).length";
/// What was fetched from elsewhere.
const FETCHED: &str = "return performance.getEntriesByType('resource').filter(({ name }) => /evil/.test(name)).length";
/// What a text could do that nobody has made harmless. The web view looks at a handler only when it is called.
const WOUND: &str = "document.querySelector('main').insertAdjacentHTML('beforeend',
    '<p><img src=\"https://evil.example.org/t.png\"><b onmouseover=\"hit()\">x</b></p>');
    document.querySelector('b[onmouseover]').dispatchEvent(new MouseEvent('mouseover'))";

async fn ask(window: &Client, script: &str) -> Value {
    window.execute(script, vec![]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_markup_in_a_ticket_does_nothing() {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let corpus: Vec<String> = serde_json::from_str(include_str!("../../ui/tests/foreign.json")).unwrap();
    let key = "0123456789abcdef0123456789abcdef01234567";
    let tracker = redmine::start(Settings::new([("admin", Secret::new(key))])).await.unwrap();
    let fields = Map::from_iter([("description".to_owned(), json!(format!("<p>До</p> {}", corpus.join("\n"))))]);
    let order = IssueOrder { subject: Some(corpus.concat().chars().take(200).collect()), fields, ..Default::default() };
    let issue = tracker.redmine().make(&order).unwrap();
    let written: Vec<String> = corpus
        .iter()
        .flat_map(|text| [format!("<p>До</p> {text}"), format!("h3. До\n\n{text} после"), format!("**До**\n\n{text}")])
        .collect();
    for text in &written {
        tracker.redmine().comment("rep1", issue, text, false).unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    let (hooks, address) = (free_address(), free_address());
    let config = site(folder.path(), hooks);
    let tickets = format!("[integrations.redmine]\nenabled = true\nbase = \"{}\"\n", tracker.base());
    fs::write(&config, fs::read_to_string(&config).unwrap() + &tickets).unwrap();
    fs::write(folder.path().join("data/secrets.toml"), format!("\"redmine.key\" = \"{key}\"\n")).unwrap();
    let driver = start_driver(folder.path(), address);
    listens(address).await;
    let window = open_window(address, &["--config", &config]).await;
    window.wait().at_most(PATIENCE).for_element(Locator::Css("nav a")).await.unwrap();

    let console = async |name: &str| {
        let request = json!({ "name": name, "request": { "id": issue } });
        invoke(&window, "console", request).await["ok"].clone()
    };
    until("the ticket is known", async || console("tickets.detail").await.is_object()).await;
    console("tickets.open").await;
    until("all was read", async || {
        console("tickets.detail").await["entries"].as_array().is_some_and(|all| all.len() == written.len())
    })
    .await;

    ask(&window, WATCH).await;
    ask(&window, &format!("location.hash = '#/tickets?open=ticket:{issue}'")).await;
    let drawn = "return ['h4', 'strong'].every(each => document.querySelectorAll(each).length > 9)";
    until("the texts are drawn", async || ask(&window, drawn).await == json!(true)).await;
    assert_eq!(ask(&window, "return window.deeds").await, json!([]));
    assert_eq!(ask(&window, FOREIGN).await, json!(0));
    assert_eq!(ask(&window, FETCHED).await, json!(0));

    // The same look finds what a sanitizer would have let through.
    ask(&window, WOUND).await;
    until("the policy refuses both", async || {
        let deeds = ask(&window, "return window.deeds.join()").await.to_string();
        deeds.contains("img-src") && deeds.contains("script-src")
    })
    .await;
    assert_eq!(ask(&window, FOREIGN).await, json!(2));

    window.close().await.unwrap();
    drop(driver);
    tracker.stop().await;
}
