//! The "Check" button.

use super::{
    server::{Line, Vendor, good, line, myself},
    *,
};

const DATE: &str = "Fri, 20 Nov 2026 10:00:07 GMT";

fn empty(total: u64) -> Line {
    good(json!({"issues": [], "total_count": total, "offset": 0, "limit": 1})).with("date", DATE).to("GET /issues.json")
}

fn projects() -> Line {
    good(json!({"projects": [{"id": 1, "name": "Desk", "identifier": "desk"}], "total_count": 1, "limit": 100}))
        .to("GET /projects.json")
}

fn roles() -> [Line; 2] {
    let memberships = json!({"user": {"id": ME, "memberships": [{"project": {"id": 1}, "roles": [{"id": 4}]}]}});
    [
        good(memberships).to("GET /users/current.json?include=memberships"),
        good(json!({"role": {"permissions": ["view_issues"]}})).to("GET /roles/4.json"),
    ]
}

async fn steps(script: Vec<Line>, change: impl FnOnce(&mut Settings)) -> Vec<(&'static str, bool, String)> {
    let (_, tracker) = Vendor::with_settings(script, secrets(), change).await;
    tracker.check().await.into_iter().map(|step| (step.step, step.ok, step.detail)).collect()
}

fn bad(steps: &[(&'static str, bool, String)]) -> Vec<String> {
    let bad = steps.iter().filter(|(step, ok, _)| !ok && *step != "tls");
    bad.map(|(step, _, detail)| format!("{step}: {detail}")).collect()
}

#[tokio::test]
async fn a_tracker_that_is_ready_passes_every_step() {
    let script = [vec![myself(), empty(0), projects()], roles().to_vec(), vec![empty(3)]].concat();
    let found = steps(script, |settings| settings.projects = vec!["desk".to_owned()]).await;
    assert!(bad(&found).is_empty(), "{found:?}");
    let names: Vec<_> = found.iter().map(|(step, ..)| *step).collect();
    assert_eq!(names, ["tls", "rest", "sign_in", "filter", "projects", "private_notes", "clock", "webhook_key"]);
    assert_eq!(found[2].2, "Pult Robot (pult, 9), not an administrator");
    assert_eq!(found[5].2, "private notes are not visible to this key: nobody is told of them");
    assert_eq!(found[6].2, "the tracker's clock differs from ours by 7 s");
    assert!(!format!("{found:?}").contains(SECRET));
}

#[tokio::test]
async fn every_lack_is_told_by_its_own_step() {
    let late = good(json!({"issues": [], "total_count": 0, "limit": 1})).with("date", "Fri, 20 Nov 2026 10:09:00 GMT");
    let admin = good(json!({"user": {"id": 1, "login": "admin", "admin": true}}));
    let script = vec![admin, empty(4), empty(4), empty(4), projects(), late];
    let found = steps(script, |settings| settings.projects = vec!["desk".to_owned(), "two".to_owned()]).await;
    assert_eq!(
        bad(&found),
        [
            "filter: the filter by time is passed over: the list is read from its newest end, which takes longer",
            "projects: the account does not see: two",
            "clock: the tracker's clock differs from ours by 540 s",
        ]
    );
    assert_eq!(found[5].2, "private notes are visible to this key");
}

#[tokio::test]
async fn what_cannot_be_gone_on_with_ends_the_check() {
    let stranger = steps(vec![line(401, " ")], |_| {}).await;
    assert_eq!(bad(&stranger), ["sign_in: credentials refused: HTTP 401"]);
    let off = steps(vec![line(403, "")], |_| {}).await;
    assert!(bad(&off)[0].starts_with("rest: credentials refused: HTTP 403: the REST web service is off"), "{off:?}");
}
