use serde_json::json;

use super::*;

/// A server, or a note why there is none.
async fn server() -> Option<RedmineServer> {
    if is_installed() {
        return Some(start().await.unwrap());
    }
    eprintln!("SKIPPED: {}", RedmineError::Missing);
    None
}

async fn status(server: &RedmineServer, key: &str) -> u16 {
    // Whichever test comes first installs it for all.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.get(format!("{}/users/current.json", server.base())).header("X-Redmine-API-Key", key);
    asked.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn two_copies_do_not_see_each_other() {
    let (Some(one), Some(other)) = (server().await, server().await) else { return };
    one.set_rest(false).await.unwrap();
    one.ruby("Attachment.create!(file: 'x', filename: 'x.txt', author: User.first)").await.unwrap();
    assert_eq!(status(&one, one.key(SUPERVISOR)).await, 403);
    assert_eq!(status(&other, other.key(SUPERVISOR)).await, 200);
    let files = |server: &RedmineServer| {
        let walk = walk(&server._folder.path().join("files"));
        walk.len()
    };
    assert_eq!((files(&one), files(&other)), (1, 0));
    one.set_rest(true).await.unwrap();
    assert_eq!(status(&one, one.key(REPORTER)).await, 200);
}

/// Every file below.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|place| if place.is_dir() { walk(&place) } else { vec![place] }).collect()
}

#[tokio::test]
async fn ruby_answers_with_a_value_or_says_what_is_wrong() {
    let Some(server) = server().await else { return };
    assert!(server.version().starts_with("5.0."), "{}", server.version());
    let [admin, supervisor] = [ADMIN, SUPERVISOR].map(|login| server.id(login));
    let project = server.project();
    assert_eq!(server.ruby("[User.find_by_login('admin').id, 'ё']").await.unwrap(), json!([admin, "ё"]));
    let members = "Project.find('desk').then { |it| [it.id, it.users.map(&:id).sort.first] }";
    assert_eq!(server.ruby(members).await.unwrap(), json!([project, supervisor]));
    assert_eq!(server.ruby("nil").await.unwrap(), Value::Null);
    assert!(matches!(server.ruby("1 +").await, Err(RedmineError::Ruby(said)) if said.contains("SyntaxError")));
    assert!(matches!(server.ruby("raise 'x'").await, Err(RedmineError::Ruby(said)) if said == "RuntimeError: x"));
}

/// As when the test is killed: the input closes.
#[tokio::test]
async fn a_server_whose_starter_is_gone_ends_and_leaves_nothing() {
    let Some(server) = server().await else { return };
    let RedmineServer { talk, mut _child, _folder, .. } = server;
    drop(talk);
    assert!(_child.wait().await.unwrap().success());
    assert!(!_folder.path().exists());
}
