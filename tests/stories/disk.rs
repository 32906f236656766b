//! A full disk: nothing is acknowledged, nothing is half-written, and work goes on by itself once there is room.
//!
//! The data folder lies on a small file system of its own, in a mount namespace of the engine; where the system allows neither
//! root nor user namespaces the story says so and is skipped.

use std::{fs, io::Write as _, path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{Pultd, Setup},
    senders::{event, feed, newcall, ring, row},
};

/// Mounts a small file system over the data folder, moves what lay there onto it, and becomes the engine.
const WRAP: &str = r#"set -e
data=$(sed -n 's/^data_dir = "\(.*\)"$/\1/p' "$3")
rm -rf "$data.before"
cp -a "$data" "$data.before"
mount -t tmpfs -o size=8m,mode=700 none "$data"
cp -a "$data.before/." "$data"
exec "$@""#;

fn namespaces() -> Option<Vec<&'static str>> {
    let ways = [vec!["unshare", "--mount"], vec!["unshare", "--user", "--map-root-user", "--mount"]];
    ways.into_iter().find(|way| {
        let mut try_out = Command::new(way[0]);
        try_out.args(&way[1..]).args(["sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]);
        try_out.output().is_ok_and(|output| output.status.success())
    })
}

/// The data folder as the engine sees it.
fn inside(pultd: &Pultd, data: PathBuf) -> PathBuf {
    let root = PathBuf::from(format!("/proc/{}/root", pultd.id()));
    root.join(data.strip_prefix("/").unwrap())
}

/// Leaves no room: in large pieces first, then in small ones.
fn fill(path: &PathBuf) {
    let mut file = fs::File::create(path).unwrap();
    for piece in [vec![1; 64 << 10], vec![1; 512]] {
        while file.write_all(&piece).and_then(|()| file.flush()).is_ok() {}
    }
}

async fn newest(chief: &Caller) -> usize {
    chief.calls().await.len()
}

#[tokio::test]
async fn a_full_disk_is_said_and_survived() {
    let Some(mut words) = namespaces() else {
        eprintln!("SKIPPED: this system lets nobody mount a file system of their own");
        return;
    };
    words.extend(["sh", "-c", WRAP, "pult"]);
    let house = Setup::new().unhurried().build();
    house.person("chief", "admin").await;
    let house = house.under(&words);
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let hooks = pultd.at_hooks();
    assert_eq!(hooks.send(event(&hooks, &newcall("before", "+37060011122", "o.belova"))).await.status, 200);
    chief.until_settled().await;

    let filler = inside(&pultd, house.data()).join("filler");
    fill(&filler);
    // A commit that still finds room in the log of the database may pass; the log ends soon.
    let mut acknowledged = vec!["before".to_owned()];
    let mut refused = None;
    for n in 0..2000 {
        let id = format!("full-{n}");
        let answer = hooks.send(event(&hooks, &newcall(&id, "+37060011122", &id))).await;
        match answer.status {
            200 => acknowledged.push(id),
            503 => {
                refused = Some((id, answer));
                break;
            }
            other => panic!("{other}: {}", answer.text()),
        }
    }
    let (id, answer) = refused.expect("the disk never got full");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(answer.error().0, "not_recorded");
    let rows: Vec<Value> = (0..100).map(|n| row(&format!("m-{n}"), "2026-03-10 10:00:00", "+74950001111")).collect();
    let batch = feed(&hooks, &rows).await;
    assert_eq!((batch.status, batch.header("retry-after").is_empty()), (503, false));
    let card = ring(&hooks, "newcall", "+37060077788", "i.gavrilov").await;
    assert_eq!(card.status, 503);
    assert!(card.text().contains("не записано"), "{}", card.text());
    assert!(card.text().contains("+") && card.text().contains("370"), "the number is shown: {}", card.text());
    assert_eq!(hooks.get("/readyz").await.status, 503);
    assert_eq!(hooks.get("/healthz").await.status, 200);

    fs::remove_file(&filler).unwrap();
    let again = hooks.send(event(&hooks, &newcall(&id, "+37060011122", &id))).await;
    assert_eq!(again.status, 200, "{}", again.text());
    acknowledged.push(id);
    assert_eq!(feed(&hooks, &rows).await.json()["accepted"], 100);
    assert_eq!(hooks.get("/readyz").await.status, 200);
    chief.until_settled().await;
    let wanted = acknowledged.len() + 100;
    assert_eq!(newest(&chief).await, wanted.min(500), "every acknowledged call once, and nothing of the refused ones");
    let summary = chief.must("deliveries.summary", json!({})).await;
    assert_eq!(summary["waiting"], 0);
    assert!(pultd.stop().await.success());
}
