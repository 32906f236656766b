//! Everything has a bound, and whoever meets one hears which: rates, sizes, headers, connections, the queue.
//!
//! Deliberately not here: a full disk (`disk`).

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
};

use crate::{
    house::{CLIENT_KEY, House, PATIENCE, Pultd, Setup},
    senders::{batch, event, newcall, row, signed},
};

async fn raw(pultd: &Pultd) -> TcpStream {
    TcpStream::connect(pultd.hooks.strip_prefix("http://").unwrap()).await.unwrap()
}

/// All that comes until the other end closes.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut heard = vec![];
    // A reset is an end as well.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await.expect("it is never closed");
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn one_source_in_a_hurry_is_told_when_to_come_back() {
    let house = Setup::new().hooks("bind = \"127.0.0.1:0\"\nrate_per_source = 1\nburst_per_source = 3\n").build();
    let pultd = house.serve().await;
    let hooks = pultd.at_hooks();
    let mut answers = vec![];
    for _ in 0..20 {
        answers.push(hooks.get("/healthz").await);
    }
    let limited: Vec<_> = answers.iter().filter(|a| a.status == 429).collect();
    assert!(!limited.is_empty() && answers[..3].iter().all(|a| a.status == 200));
    for answer in limited {
        assert_eq!(answer.error().0, "busy");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_said() {
    let house = House::usual();
    let pultd = house.serve().await;
    for caller in [pultd.at_hooks(), pultd.at_console()] {
        for path in ["/no/such", "/hooks/", "/hooks/nobody", "/..%2f..%2fetc/passwd", "/%00"] {
            let answer = caller.get(path).await;
            assert_eq!((answer.status, answer.error().0.as_str()), (404, "not_found"), "{path}");
        }
    }
    let hooks = pultd.at_hooks();
    assert_eq!(hooks.get("/hooks/telephony").await.status, 405);
    assert_eq!(hooks.send(hooks.request(Method::DELETE, "/api/v1/calls")).await.status, 405);
}

#[tokio::test]
async fn a_signature_must_fit_and_be_fresh() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let hooks = pultd.at_hooks();
    let body = serde_json::to_vec(&newcall("e-1", "+37060011122", "o.belova")).unwrap();
    let now = Timestamp::now().as_second();
    for (request, status, code) in [
        (hooks.request(Method::POST, "/hooks/telephony").body(body.clone()), 401, "key_missing"),
        (signed(&hooks, &body, now, "wrong"), 403, "key_wrong"),
        (signed(&hooks, &body, now - 3600, CLIENT_KEY), 403, "stale"),
        (signed(&hooks, &body, now + 3600, CLIENT_KEY), 403, "stale"),
        (signed(&hooks, &body, now, CLIENT_KEY).body("{}"), 403, "key_wrong"),
    ] {
        let answer = hooks.send(request).await;
        assert_eq!((answer.status, answer.error().0.as_str()), (status, code));
    }
    assert_eq!(chief.calls().await, Vec::<Value>::new());
    // A replay of a good one is a repeat and adds nothing.
    for _ in 0..2 {
        assert_eq!(hooks.send(signed(&hooks, &body, now, CLIENT_KEY)).await.status, 200);
    }
    chief.until_settled().await;
    assert_eq!(chief.calls().await.len(), 1);
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let house = House::usual();
    let pultd = house.serve().await;
    let hooks = pultd.at_hooks();
    let large = vec![b' '; 17 * 1024];
    let answer = hooks.send(signed(&hooks, &large, Timestamp::now().as_second(), CLIENT_KEY)).await;
    assert_eq!((answer.status, answer.error()), (413, ("too_large".to_owned(), Some("body".to_owned()))));
}

#[tokio::test]
async fn too_many_headers_and_too_large_ones_are_refused() {
    let house = House::usual();
    let pultd = house.serve().await;
    let many: String = (0..100).map(|n| format!("X-H{n}: 1\r\n")).collect();
    for headers in [many, format!("X-Long: {}\r\n", "a".repeat(64 << 10))] {
        let mut stream = raw(&pultd).await;
        // The refusal may come before all of it is sent.
        let _ = stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes()).await;
        let heard = until_closed(&mut stream).await;
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 431") || heard.starts_with("HTTP/1.1 400"), "{heard}");
    }
    assert_eq!(pultd.at_hooks().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn nonsense_is_answered_or_cut_off_and_never_understood() {
    let house = House::usual();
    let pultd = house.serve().await;
    for bytes in
        [&b"\x16\x03\x01\x00\xa5\x01\x00"[..], b"GET\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n"]
    {
        let mut stream = raw(&pultd).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let heard = until_closed(&mut stream).await;
        assert!(!heard.starts_with("HTTP/1.1 2"), "{heard}");
    }
}

#[tokio::test]
async fn a_client_that_drips_its_headers_is_cut_off() {
    let house = House::usual();
    let pultd = house.serve().await;
    let mut stream = raw(&pultd).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let heard = until_closed(&mut stream).await;
    assert!(!heard.starts_with("HTTP/1.1 200"), "{heard}");
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_a_seat() {
    let house = Setup::new().hooks("bind = \"127.0.0.1:0\"\nconnections = 2\n").build();
    let pultd = house.serve().await;
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    };
    let hear = async |stream: &mut TcpStream| {
        let mut heard = [0; 12];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut heard)).await.expect("no answer").unwrap();
        assert_eq!(&heard, b"HTTP/1.1 200");
    };
    let (mut first, mut second) = (raw(&pultd).await, raw(&pultd).await);
    for seated in [&mut first, &mut second] {
        ask(seated).await;
        hear(seated).await;
    }
    let mut third = raw(&pultd).await;
    ask(&mut third).await;
    // Whole answers pass on a connection that has a seat, and none on the one that has not.
    for _ in 0..20 {
        ask(&mut second).await;
        second.readable().await.unwrap();
        let mut heard = [0; 4096];
        assert!(second.read(&mut heard).await.unwrap() > 0);
        assert!(third.try_read(&mut [0; 1]).is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock));
    }
    drop(first);
    hear(&mut third).await;
}

/// A connection from another address of this machine.
async fn from_another(pultd: &Pultd) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    socket.connect(pultd.hooks.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap()
}

/// Asks whether it is alive and hears that it is; `false` when the connection is closed instead.
async fn answered(stream: &mut TcpStream) -> bool {
    // A connection that is closed at once may break off already here.
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut heard = [0; 12];
    let came =
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut heard)).await.expect("neither answered nor closed");
    came.is_ok_and(|_| &heard == b"HTTP/1.1 200")
}

#[tokio::test]
async fn one_source_that_sends_its_bodies_slowly_takes_its_own_seats_only() {
    let lines = "bind = \"127.0.0.1:0\"\nconnections = 6\nconnections_per_source = 4\n";
    let house = Setup::new().hooks(lines).build();
    let (pultd, chief) = house.open().await;
    let mut slow = vec![];
    for _ in 0..4 {
        let mut stream = raw(&pultd).await;
        assert!(answered(&mut stream).await);
        stream.write_all(b"POST /hooks/telephony HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{").await.unwrap();
        slow.push(stream);
    }
    for _ in 0..3 {
        assert!(!answered(&mut raw(&pultd).await).await, "a fifth connection of the same source");
    }
    assert!(answered(&mut from_another(&pultd).await).await, "somebody else");
    let figures = chief.get("/metrics").await.text();
    assert!(figures.contains("pult_connections_refused_total{listener=\"hooks\"} 3"), "{figures}");
    // What the source gives up it gets back.
    slow.pop();
    while !answered(&mut raw(&pultd).await).await {}
}

#[tokio::test]
async fn a_trusted_proxy_brings_many_senders_and_each_has_its_own_bound() {
    let lines = "bind = \"127.0.0.1:0\"\nconnections_per_source = 2\ntrusted_proxies = [\"127.0.0.1/32\"]\n";
    let house = Setup::new().hooks(lines).build();
    let pultd = house.serve().await;
    let slow = async |sender: &str| {
        let mut stream = raw(&pultd).await;
        let head = format!(
            "POST /hooks/telephony HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {sender}\r\nContent-Length: 1000\r\n\
             Expect: 100-continue\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // It is asked to go on, so its request is under way.
        let mut heard = [0; 12];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut heard)).await.expect("no answer").unwrap();
        (stream, String::from_utf8_lossy(&heard).into_owned())
    };
    let kept = [slow("192.0.2.1").await, slow("192.0.2.1").await, slow("192.0.2.2").await];
    assert!(kept.iter().all(|(_, said)| said == "HTTP/1.1 100"), "{:?}", kept.map(|(_, said)| said));
    let (_, said) = slow("192.0.2.1").await;
    assert_eq!(said, "HTTP/1.1 429");
    assert!(answered(&mut raw(&pultd).await).await, "the proxy's own connections have no bound of a source");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_sends_everybody_away_for_a_while() {
    let lines = "bind = \"127.0.0.1:0\"\nqueue_limit = 100\nrate_per_source = 1000000\nburst_per_source = 1000000\n";
    let house = Setup::new().hooks(lines).build();
    let (pultd, chief) = house.open().await;
    // Everybody goes on until the bound is met, however fast the records are decided meanwhile.
    let (met, told) = watch::channel(false);
    let met = Arc::new(met);
    let send = |n: usize| {
        let (hooks, met, told) = (pultd.at_hooks(), Arc::clone(&met), told.clone());
        tokio::spawn(async move {
            for round in 0.. {
                let key = |i| format!("q-{n}-{round}-{i}");
                let rows: Vec<Value> = (0..300).map(|i| row(&key(i), "2026-03-10 10:00:00", "+74950001111")).collect();
                let answer = hooks.send(batch(&hooks, &rows)).await;
                match answer.status {
                    200 => assert_eq!(answer.json()["accepted"], 300),
                    503 => {
                        assert!(!answer.header("retry-after").is_empty());
                        met.send_if_modified(|met| {
                            let told = answer.text().contains("not recorded");
                            *met |= told;
                            told
                        });
                    }
                    other => panic!("{other}: {}", answer.text()),
                }
                if *told.borrow() {
                    return;
                }
            }
        })
    };
    let senders: Vec<_> = (0..160).map(send).collect();
    tokio::time::timeout(PATIENCE, told.clone().wait_for(|met| *met)).await.expect("nobody met the bound").unwrap();
    for sender in senders {
        sender.await.unwrap();
    }
    chief.until_settled().await;
    let hooks = pultd.at_hooks();
    assert_eq!(hooks.send(event(&hooks, &newcall("after", "+37060011122", "o.belova"))).await.status, 200);
    let summary = chief.must("deliveries.summary", json!({})).await;
    assert!(summary["waiting"].as_u64().unwrap() <= 1);
}
