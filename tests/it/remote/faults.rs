//! A bad way to the server: what was asked is cut off, delayed, sent twice, refused for a while; sockets break or
//! fall silent. Every change is made once or told as not made; what nobody knows is known once the way is good
//! again, and what changed meanwhile is seen.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use scv_desk::backend::remote::RemoteBackend;
use scv_desk::backend::remote::http::Pauses;
use scv_desk::backend::view::Standing;
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::Field;
use scv_desk::domain::command::Command;
use scv_desk::live::Topic;
use scv_desk::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

use super::{desk, http, short};
use crate::server::place::Place;
use crate::world::fields;

/// Changes of the run in CI; `SCV_OPS` sets another number.
const OPS: usize = 5_000;
/// Faults in a hundred requests.
const FAULTS_PERCENT: u64 = 20;
/// Desks that act at the same time.
const DESKS: usize = 8;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// The way breaks before the server has it.
    CutBefore,
    /// It breaks in the middle of it.
    CutInside,
    /// The server has it and answers into nothing.
    CutAfter,
    /// Half of the answer comes.
    HalfAnswer,
    /// It comes to the server twice.
    Twice,
    Delay,
    TooMany,
    Away,
}

/// What happens to sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sockets {
    Carried,
    /// Those that are open break, and new ones are carried.
    Cut,
    /// Those that are open fall silent for ever, though their connections stay.
    Silent,
    /// Those that are open break, and new ones are refused.
    Refused,
    /// The way breaks for everything.
    Away,
}

/// What lies between a desk and a server.
pub struct Way {
    server: SocketAddr,
    dice: AtomicU64,
    is_bad: AtomicBool,
    faults: AtomicU64,
    requests: AtomicU64,
    /// Our own routes are not there: what is left is the Platform API.
    is_platform: bool,
    /// What happens to every request, if not what the dice say.
    always: Mutex<Option<Fault>>,
    /// What happens to new sockets, and every change of it for those that are open.
    sockets: Mutex<Sockets>,
    turns: broadcast::Sender<Sockets>,
}

impl Way {
    /// A way to a server with the faults of a seed, good at first; its address.
    pub async fn lay(server: SocketAddr, seed: u64, is_platform: bool) -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let way = Arc::new(Self {
            server,
            dice: AtomicU64::new(seed),
            is_bad: AtomicBool::new(false),
            faults: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            is_platform,
            always: Mutex::new(None),
            sockets: Mutex::new(Sockets::Carried),
            turns: broadcast::channel(256).0,
        });
        tokio::spawn(Arc::clone(&way).serve(listener));
        (way, address)
    }

    /// From now on things go wrong, or no longer.
    pub fn turn(&self, is_bad: bool) {
        self.is_bad.store(is_bad, Ordering::Relaxed);
    }

    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    /// Says what happens to sockets from here on.
    pub fn sockets(&self, now: Sockets) {
        *self.sockets.lock().unwrap() = now;
        // Nobody listening is no fault: no socket is open.
        let _ = self.turns.send(now);
    }

    fn always(&self, fault: Option<Fault>) {
        *self.always.lock().unwrap() = fault;
    }

    fn roll(&self) -> u64 {
        // SplitMix64: the same faults in the same order for the same seed.
        let mut z = self
            .dice
            .fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn fault(&self) -> Fault {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(fault) = *self.always.lock().unwrap() {
            return fault;
        }
        let roll = self.roll();
        if !self.is_bad.load(Ordering::Relaxed) || FAULTS_PERCENT <= roll % 100 {
            return Fault::None;
        }
        self.faults.fetch_add(1, Ordering::Relaxed);
        use Fault as F;
        let all = [
            F::CutBefore,
            F::CutInside,
            F::CutAfter,
            F::HalfAnswer,
            F::Twice,
            F::Delay,
            F::TooMany,
            F::Away,
        ];
        match all[(roll / 100) as usize % all.len()] {
            // The Platform API cannot tell one change that comes twice from two.
            F::Twice if self.is_platform => F::Delay,
            fault => fault,
        }
    }

    async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&self).carry(stream));
        }
    }

    /// Carries the requests of one connection, one after the other.
    async fn carry(self: Arc<Self>, mut desk: TcpStream) -> Option<()> {
        loop {
            let request = message(&mut desk).await?;
            if *self.sockets.lock().unwrap() == Sockets::Away {
                return None;
            }
            if is_upgrade(&request) {
                return self.tunnel(desk, &request).await;
            }
            if self.is_platform && is_own(&request) {
                let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
                desk.write_all(answer).await.ok()?;
                continue;
            }
            let fault = self.fault();
            match fault {
                Fault::CutBefore => return None,
                Fault::CutInside => {
                    let mut server = TcpStream::connect(self.server).await.ok()?;
                    server.write_all(&request[..request.len() / 2]).await.ok()?;
                    return None;
                }
                Fault::TooMany | Fault::Away => {
                    let status = match fault {
                        Fault::TooMany => "429 Too Many Requests\r\nretry-after: 0",
                        _ => "503 Service Unavailable",
                    };
                    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                    desk.write_all(answer.as_bytes()).await.ok()?;
                    continue;
                }
                Fault::Delay => tokio::time::sleep(Duration::from_millis(30)).await,
                Fault::Twice => drop(self.exchange(&request).await),
                Fault::None | Fault::CutAfter | Fault::HalfAnswer => {}
            }
            let answer = self.exchange(&request).await?;
            match fault {
                Fault::CutAfter => return None,
                Fault::HalfAnswer => {
                    desk.write_all(&answer[..answer.len() / 2]).await.ok()?;
                    return None;
                }
                _ => desk.write_all(&answer).await.ok()?,
            }
        }
    }

    /// Carries a socket for as long as sockets are carried.
    async fn tunnel(&self, mut desk: TcpStream, request: &[u8]) -> Option<()> {
        let mut turns = self.turns.subscribe();
        let is_refused = *self.sockets.lock().unwrap() == Sockets::Refused;
        if is_refused {
            let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
            return desk.write_all(answer.as_bytes()).await.ok();
        }
        let mut server = TcpStream::connect(self.server).await.ok()?;
        server.write_all(request).await.ok()?;
        loop {
            let turn = tokio::select! {
                carried = tokio::io::copy_bidirectional(&mut desk, &mut server) => {
                    return carried.ok().map(|_| ());
                }
                turn = turns.recv() => turn.ok()?,
            };
            match turn {
                Sockets::Carried => {}
                Sockets::Cut | Sockets::Refused | Sockets::Away => return None,
                // Both ends stay open, and nothing passes any more.
                Sockets::Silent => std::future::pending::<()>().await,
            }
        }
    }

    async fn exchange(&self, request: &[u8]) -> Option<Vec<u8>> {
        let mut server = TcpStream::connect(self.server).await.ok()?;
        server.write_all(request).await.ok()?;
        message(&mut server).await
    }
}

fn is_upgrade(request: &[u8]) -> bool {
    let head = String::from_utf8_lossy(request).to_ascii_lowercase();
    head.contains("upgrade: websocket")
}

/// Whether a request is one for a route of ours.
fn is_own(request: &[u8]) -> bool {
    let line = request
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(line).contains(" /api/scv/")
}

/// A whole HTTP message with a length.
pub async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = vec![0_u8; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |text| text.trim().parse().unwrap());
            if end + 4 + length <= bytes.len() {
                return Some(bytes);
            }
        }
        let count = stream.read(&mut part).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&part[..count]);
    }
}

fn number_of(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// A change of which can be told afterwards how often it was made.
fn create(number: usize) -> Command {
    let last = format!("Person{number}");
    Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, &last),
        ])),
        link: None,
    }
}

#[test]
#[allow(clippy::print_stdout)]
fn every_change_is_made_once_however_bad_the_way_is() {
    let place = Place::new();
    let ops = number_of("SCV_OPS", OPS);
    let seed = number_of("SCV_SEED", 1) as u64;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let token = place.token("admin");
    let (way, unknown) = runtime.block_on(async {
        let (way, address) = Way::lay(place.address, seed, false).await;
        let mut desks = Vec::new();
        for _ in 0..DESKS {
            desks.push(Arc::new(desk(&address, &token).await.unwrap()));
        }
        way.turn(true);
        let acts = stream::iter(0..ops).map(|number| {
            let desk = Arc::clone(&desks[number % DESKS]);
            async move { (number, desk.run(create(number)).await) }
        });
        let done: Vec<(usize, Result<_, Trouble>)> =
            acts.buffer_unordered(DESKS * 2).collect().await;
        way.turn(false);
        let mut unknown = Vec::new();
        for (number, outcome) in done {
            match outcome {
                Ok(outcome) => assert!(outcome.entry.is_some()),
                // Refused or not sent: it may not be made either.
                Err(trouble) => unknown.push((number, trouble.to_string())),
            }
        }
        (way, unknown)
    });
    let made = runtime.block_on(place.store.counts()).unwrap();
    let made: u64 = made.contacts.iter().map(|(_, count)| count).sum();
    let faults = way.faults();
    println!(
        "{ops} changes, {} requests, {faults} faults, {} not made or not known, seed {seed}",
        way.requests.load(Ordering::Relaxed),
        unknown.len()
    );
    assert!(ops as u64 / 10 < faults, "{faults} faults");
    assert_eq!(unknown, Vec::new(), "every change is told of in the end");
    assert_eq!(made, ops as u64, "each was made once");
    let breaches = runtime.block_on(place.store.check()).unwrap();
    assert_eq!(breaches, Vec::<String>::new());
}

/// A desk over a way that loses every answer, or every request, for as long as a change is tried for.
async fn lost(way: &Way, address: &str, token: &str, fault: Fault) -> (RemoteBackend, Trouble) {
    let pauses = Pauses {
        write: Duration::from_millis(200),
        late: Duration::from_millis(50),
        ..short()
    };
    let desk = RemoteBackend::connect(http(address, token, pauses)).await;
    let desk = desk.unwrap();
    way.always(Some(fault));
    let trouble = desk.run(create(1)).await.unwrap_err();
    (desk, trouble)
}

#[test]
fn what_became_of_a_change_is_known_once_the_way_is_good_again() {
    let place = Place::new();
    let token = place.token("admin");
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        for (fault, is_made) in [(Fault::CutAfter, true), (Fault::CutBefore, false)] {
            way.always(None);
            let before = place.store.counts().await.unwrap().entries;
            let (desk, trouble) = lost(&way, &address, &token, fault).await;
            let said = trouble.to_string();
            assert!(said.contains("is not known yet"), "{said}");
            let Trouble::Unknown { number, .. } = trouble else {
                panic!("{trouble:?}");
            };
            let mut heard = desk.watch();
            let asking = tokio::spawn(async move { desk.fate(number.unwrap()).await });
            // However often it is asked while the way is bad, nobody knows.
            let asked = way.requests.load(Ordering::Relaxed) + 8;
            while way.requests.load(Ordering::Relaxed) < asked {
                tokio::task::yield_now().await;
            }
            assert!(!asking.is_finished());
            way.always(None);
            let fate = asking.await.unwrap().unwrap();
            let made = place.store.counts().await.unwrap().entries - before;
            assert_eq!(made, u64::from(is_made), "it was made once or not at all");
            assert_eq!(fate.is_some(), is_made, "{fault:?}");
            if let Some(contact) = fate.and_then(|outcome| outcome.contact) {
                assert_eq!(heard.recv().await.unwrap(), Topic::Contact(contact));
            }
        }
    });
}

#[test]
fn what_became_of_the_change_of_another_is_not_told() {
    let place = Place::new();
    let (one, other) = (place.token("admin"), place.token("admin"));
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        let (desk, trouble) = lost(&way, &address, &one, Fault::CutAfter).await;
        way.always(None);
        let Trouble::Unknown { number, .. } = trouble else {
            panic!("{trouble:?}");
        };
        let pauses = Pauses {
            late: Duration::ZERO,
            ..short()
        };
        let stranger = RemoteBackend::connect(http(&address, &other, pauses)).await;
        let told = stranger.unwrap().fate(number.unwrap()).await;
        assert_eq!(told.unwrap(), None);
        assert!(desk.fate(number.unwrap()).await.unwrap().is_some());
    });
}

/// A server that takes no more: every command is answered with the same head. Counts what comes.
async fn limited(place: &Place, token: &str, head: &'static str) -> (String, Arc<AtomicU64>) {
    let good = desk(&format!("http://{}/", place.address), token).await;
    let greeting = serde_json::to_string(good.unwrap().greeting()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let came = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            while let Some(request) = message(&mut stream).await {
                let answer = if request.starts_with(b"GET ") {
                    let length = greeting.len();
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{greeting}")
                } else {
                    counted.fetch_add(1, Ordering::Relaxed);
                    format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n")
                };
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    (address, came)
}

#[test]
fn a_change_that_would_have_to_wait_too_long_says_for_how_long() {
    let place = Place::new();
    let token = place.token("admin");
    place.runtime.block_on(async {
        let head = "429 Too Many Requests\r\nretry-after: 90";
        let (address, came) = limited(&place, &token, head).await;
        let held = desk(&address, &token).await.unwrap();
        for _ in 0..2 {
            let trouble = held.run(create(1)).await.unwrap_err();
            let Trouble::Limited(said) = &trouble else {
                panic!("{trouble:?}");
            };
            assert!(said.contains("takes no more for 90 seconds"), "{said}");
            assert!(said.contains("nothing was changed"), "{said}");
        }
        assert_eq!(came.load(Ordering::Relaxed), 1, "nothing is sent before");
        assert!(matches!(held.standing(), Standing::Waiting(_)));
    });
}

#[test]
fn a_pause_of_hours_is_kept_too() {
    let place = Place::new();
    let token = place.token("admin");
    place.runtime.block_on(async {
        let head = "429 Too Many Requests\r\nretry-after: 18446744073709551615";
        let (address, came) = limited(&place, &token, head).await;
        let held = desk(&address, &token).await.unwrap();
        let trouble = held.roster().await.unwrap_err();
        assert!(trouble.to_string().contains("24 hours"), "{trouble}");
        held.header().await.unwrap_err();
        assert_eq!(came.load(Ordering::Relaxed), 1, "nothing is sent before");
    });
}

#[test]
fn a_change_without_a_way_says_that_nothing_was_changed() {
    let place = Place::new();
    let token = place.token("admin");
    place.runtime.block_on(async {
        let good = desk(&format!("http://{}/", place.address), &token).await;
        let greeting = serde_json::to_string(good.unwrap().greeting()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let once = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            message(&mut stream).await.unwrap();
            let length = greeting.len();
            let head = format!("content-length: {length}\r\nconnection: close");
            let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{greeting}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let pauses = Pauses {
            write: Duration::from_millis(100),
            ..short()
        };
        let desk = RemoteBackend::connect(http(&address, &token, pauses)).await;
        let desk = desk.unwrap();
        once.await.unwrap();
        let trouble = desk.run(create(1)).await.unwrap_err();
        assert!(matches!(trouble, Trouble::Offline(_)), "{trouble:?}");
        assert!(trouble.to_string().contains("nothing was changed"));
        assert!(matches!(desk.standing(), Standing::Offline(_)));
    });
}

#[test]
fn nothing_is_sent_before_the_time_that_the_server_named() {
    let place = Place::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let token = place.token("admin");
    runtime.block_on(async {
        let good = desk(&format!("http://{}/", place.address), &token).await.unwrap();
        let greeting = serde_json::to_string(good.greeting()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let (come, mut came) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                while message(&mut stream).await.is_some() {
                    number += 1;
                    let _ = come.send(Instant::now());
                    let answer = match number {
                        2 => "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n".to_owned(),
                        _ => format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{greeting}", greeting.len()),
                    };
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                }
            }
        });
        let held = desk(&address, &token).await.unwrap();
        // Two questions at once: neither comes before the time.
        let _ = tokio::join!(held.roster(), held.run(create(1)));
        let mut times = Vec::new();
        while let Ok(at) = came.try_recv() {
            times.push(at);
        }
        let second = times[1];
        let early = times[2..].iter().filter(|at| **at < second + Duration::from_secs(1));
        // One of the two was on its way when the other was told to wait.
        assert!(early.count() <= 1, "{times:?}");
        assert!(3 <= times.len());
    });
}

#[test]
fn a_change_that_is_tried_again_before_anybody_knows_of_it_is_made_once() {
    let place = Place::new();
    let token = place.token("admin");
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        for fault in [Fault::CutAfter, Fault::CutBefore] {
            way.always(None);
            let before = place.store.counts().await.unwrap().entries;
            let (desk, trouble) = lost(&way, &address, &token, fault).await;
            assert!(matches!(trouble, Trouble::Unknown { .. }), "{trouble:?}");
            way.always(None);
            desk.run(create(1)).await.unwrap();
            let made = place.store.counts().await.unwrap().entries - before;
            assert_eq!(made, 1, "{fault:?}");
            desk.run(create(1)).await.unwrap();
            let made = place.store.counts().await.unwrap().entries - before;
            assert_eq!(
                made, 2,
                "what is known is another change when it is asked for again"
            );
        }
    });
}
