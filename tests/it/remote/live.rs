//! What a desk on a server hears of: over a socket, over a bad one, and without one.

use std::io::Cursor;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use scv_desk::backend::Backend;
use scv_desk::backend::local::Clock;
use scv_desk::backend::remote::RemoteBackend;
use scv_desk::backend::remote::http::Http;
use scv_desk::backend::remote::live::{Live, Patience, Subjects};
use scv_desk::backend::view::Standing;
use scv_desk::domain::command::Command;
use scv_desk::domain::contact::ContactId;
use scv_desk::domain::conversation::ConversationId;
use scv_desk::domain::{Field, Moment};
use scv_desk::live::Topic;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_rustls::rustls::version;
use tokio_tungstenite::tungstenite::Message;

use super::faults::{Sockets, Way, message};
use super::{auth, desk, http, on, short};
use crate::server::journeys::{call, ingest};
use crate::server::place::{Caller, Place};
use crate::server::tls::Made;
use crate::world::{edit, fields};

/// A call of Lindsay's, and Lindsay.
const ONE: &str = "11111111-0000-4000-8000-000000000001";
const LINDSAY: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";
/// How long a topic may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// Times that no test waits for.
fn impatient() -> Patience {
    Patience {
        quiet: Duration::from_millis(100),
        answer: Duration::from_millis(100),
        polling: Duration::from_millis(100),
        look: Duration::from_millis(20),
    }
}

fn someone(last: &str) -> Command {
    Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, last),
        ])),
        link: None,
    }
}

async fn add(desk: &RemoteBackend, last: &str) -> ContactId {
    desk.run(someone(last)).await.unwrap().contact.unwrap()
}

/// Waits for a topic, whatever else is told before it.
async fn hears(topics: &mut broadcast::Receiver<Topic>, fits: impl Fn(&Topic) -> bool) {
    let hearing = async {
        loop {
            match topics.recv().await {
                Ok(topic) if fits(&topic) => return,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) if fits(&Topic::Elsewhere) => return,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => panic!("nobody tells any more"),
            }
        }
    };
    let heard = tokio::time::timeout(LIMIT, hearing).await;
    heard.expect("the topic in time");
}

/// What a desk shows: it reads anew when it is told that something changed, and only then.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    contacts: u64,
    standing: Standing,
}

/// A screen in front of a desk.
struct Screen(watch::Receiver<Shown>);

impl Screen {
    /// Follows the desk as long as somebody looks at it.
    async fn of(desk: RemoteBackend, patience: Patience) -> Self {
        let mut topics = desk.watch();
        let shown = Shown {
            contacts: desk.header().await.unwrap().contacts,
            standing: desk.standing(),
        };
        let (show, shown) = watch::channel(shown);
        tokio::spawn(async move {
            desk.follow_with(patience);
            while !show.is_closed() {
                if topics.recv().await == Err(RecvError::Closed) {
                    return;
                }
                let header = desk.header().await;
                show.send_modify(|shown| {
                    shown.contacts = header.map_or(shown.contacts, |header| header.contacts);
                    shown.standing = desk.standing();
                });
            }
        });
        Self(shown)
    }

    async fn shows(&mut self, fits: impl Fn(&Shown) -> bool) {
        let before = *self.0.borrow();
        let shown = self.0.wait_for(|shown| fits(shown));
        let is_shown = tokio::time::timeout(LIMIT, shown).await.is_ok();
        assert!(
            is_shown,
            "it shows {:?}, and before {before:?}",
            *self.0.borrow()
        );
    }

    fn contacts(&self) -> u64 {
        self.0.borrow().contacts
    }
}

#[test]
fn two_desks_hear_of_each_other_within_a_second() {
    let place = Place::filled();
    let (one, other) = (on(&place, "agent"), on(&place, "agent-merge"));
    place.runtime.block_on(async {
        let (mut of_one, mut of_other) = (one.watch(), other.watch());
        one.follow();
        other.follow();
        // A socket stands: everything is read anew, and heard of from here on.
        hears(&mut of_one, |topic| *topic == Topic::Elsewhere).await;
        hears(&mut of_other, |topic| *topic == Topic::Elsewhere).await;
        let mut fastest = Duration::MAX;
        for last in ["Byrne", "Nolan", "Daly"] {
            let begun = Instant::now();
            let made = add(&other, last).await;
            hears(&mut of_one, |topic| *topic == Topic::Contact(made)).await;
            fastest = fastest.min(begun.elapsed());
            let made = add(&one, last).await;
            hears(&mut of_other, |topic| *topic == Topic::Contact(made)).await;
        }
        assert!(fastest < Duration::from_secs(1), "{fastest:?}");
        assert_eq!(one.standing(), Standing::Fine);
    });
    let caller = place.as_nobody();
    let metrics = caller.get("/metrics").is(200).text;
    assert!(
        !metrics.contains("/desk/changes"),
        "nobody asks for changes: {metrics}"
    );
}

#[test]
fn a_desk_sees_every_change_after_a_socket_breaks_or_falls_silent() {
    let place = Place::filled();
    let token = place.token("agent");
    let other = on(&place, "agent-merge");
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        let one = desk(&address, &token).await.unwrap();
        let mut screen = Screen::of(one, impatient()).await;
        let mut count = screen.contacts();
        use Sockets as S;
        for fault in [S::Cut, S::Silent, S::Refused, S::Silent, S::Away, S::Cut] {
            way.sockets(fault);
            add(&other, "Byrne").await;
            way.sockets(S::Carried);
            screen.shows(|shown| shown.contacts == count + 1).await;
            screen.shows(|shown| shown.standing == Standing::Fine).await;
            add(&other, "Nolan").await;
            count += 2;
            screen.shows(|shown| shown.contacts == count).await;
        }
    });
}

#[test]
fn a_desk_sees_every_change_however_often_its_socket_breaks() {
    let place = Place::new();
    let token = place.token("agent");
    let other = on(&place, "agent-merge");
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        let one = desk(&address, &token).await.unwrap();
        let mut screen = Screen::of(one, impatient()).await;
        let mut dice = 7_u64;
        for number in 0..60 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            way.sockets(match (dice >> 33) % 6 {
                0 => Sockets::Cut,
                1 => Sockets::Silent,
                2 => Sockets::Refused,
                3 => Sockets::Away,
                _ => Sockets::Carried,
            });
            add(&other, &format!("Byrne{number}")).await;
        }
        way.sockets(Sockets::Carried);
        screen.shows(|shown| shown.contacts == 60).await;
    });
}

#[test]
fn without_a_socket_changes_are_asked_for_and_the_desk_says_so() {
    let place = Place::filled();
    let token = place.token("agent");
    let other = on(&place, "agent-merge");
    place.runtime.block_on(async {
        let (way, address) = Way::lay(place.address, 1, false).await;
        way.sockets(Sockets::Refused);
        let one = desk(&address, &token).await.unwrap();
        let mut screen = Screen::of(one, impatient()).await;
        let count = screen.contacts();
        screen
            .shows(|shown| shown.standing == Standing::Polling)
            .await;
        add(&other, "Byrne").await;
        let is_seen = |shown: &Shown| shown.contacts == count + 1;
        screen
            .shows(|shown| is_seen(shown) && shown.standing == Standing::Polling)
            .await;
        // A socket is tried for again by itself.
        way.sockets(Sockets::Carried);
        screen.shows(|shown| shown.standing == Standing::Fine).await;
        add(&other, "Nolan").await;
        screen.shows(|shown| shown.contacts == count + 2).await;
    });
}

/// As on a server that is no scv: by the topics of the Platform API alone.
#[test]
fn the_contact_that_is_shown_and_the_own_conversations_are_followed() {
    let place = Place::filled();
    let switch = place.as_role("admin");
    let desk = on(&place, "admin");
    let account = place.account(
        scv_desk::store::account::AccountKind::User,
        "Lindsay Keady-Miskell",
        "agent",
    );
    let token = place.grant(&account);
    let address = format!("http://{}/", place.address);
    place.runtime.block_on(async {
        let (efa, other) = (add(&desk, "Byrne").await, add(&desk, "Nolan").await);
        let (told, mut topics) = broadcast::channel(64);
        let subjects = Subjects {
            user: Some(LINDSAY.to_owned()),
            own: None,
        };
        let http = Arc::new(http(&address, &token, short()));
        let live = Live::with(Arc::clone(&http), subjects, told, Patience::default());
        hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
        // What is shown is subscribed to, and read once more: it may have changed meanwhile.
        live.shows(&[efa]);
        hears(&mut topics, |topic| *topic == Topic::Contact(efa)).await;
        let rename = |contact, last: &str| Command::Edit {
            contact,
            edits: vec![edit(Field::LastName, last)],
        };
        desk.run(rename(other, "Quinn")).await.unwrap();
        desk.run(rename(efa, "Quinn")).await.unwrap();
        match tokio::time::timeout(LIMIT, topics.recv())
            .await
            .unwrap()
            .unwrap()
        {
            Topic::Contact(contact) => assert_eq!(contact, efa, "only who is shown"),
            topic => panic!("{topic:?}"),
        }
        live.shows(&[other]);
        hears(&mut topics, |topic| *topic == Topic::Contact(other)).await;
        desk.run(rename(other, "Roche")).await.unwrap();
        hears(&mut topics, |topic| *topic == Topic::Contact(other)).await;
        let one: ConversationId = ONE.parse().unwrap();
        // The server has threads of its own.
        ingest(&switch, &[call(ONE, "+353861234567", LINDSAY)]);
        hears(&mut topics, |topic| *topic == Topic::Conversation(one)).await;
        assert_eq!(http.standing(), Standing::Fine);
    });
}

/// A server of the Platform API that gives the same answers: its channel is to be connected at `uri`, or at its own
/// address.
async fn standing_in(uri: Option<String>, subscriptions: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let uri = uri.unwrap_or(format!("ws://{place}/channels/c1"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (uri, subscriptions) = (uri.clone(), subscriptions.clone());
            tokio::spawn(async move {
                while let Some(request) = message(&mut stream).await {
                    let answer = match request.starts_with(b"POST") {
                        true => json!({"id": "c1", "connectUri": uri}),
                        false => subscriptions.clone(),
                    };
                    let answer = answer.to_string();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}", answer.len());
                    let answer = format!("{head}\r\n\r\n{answer}");
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{place}/")
}

/// Waits until changes are asked for at a server.
async fn falls_back(address: &str) {
    let (told, mut topics) = broadcast::channel(64);
    let http = Arc::new(http(address, "token", short()));
    let live = Live::with(Arc::clone(&http), Subjects::default(), told, impatient());
    while http.standing() != Standing::Polling {
        hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
    }
    // It goes on being read anew from time to time.
    hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
    drop(live);
}

#[test]
fn a_channel_that_leads_to_another_host_is_not_connected() {
    let place = Place::new();
    place.runtime.block_on(async {
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("ws://{}/channels/c1", other.local_addr().unwrap());
        let came = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&came);
        tokio::spawn(async move {
            let _connection = other.accept().await;
            noted.store(true, Ordering::Relaxed);
        });
        let address = standing_in(Some(uri), json!({"entities": []})).await;
        falls_back(&address).await;
        assert!(!came.load(Ordering::Relaxed), "nobody connects there");
    });
}

#[test]
fn a_channel_that_makes_no_sense_is_no_socket() {
    let place = Place::new();
    place.runtime.block_on(async {
        for uri in [
            "",
            "nonsense",
            "http://127.0.0.1/",
            "ws://127.0.0.1:1/channels/c1",
        ] {
            let address = standing_in(Some(uri.to_owned()), json!({"entities": []})).await;
            falls_back(&address).await;
        }
        // The answer to the handshake is none either.
        for subscriptions in [json!({"entities": []}), json!({"x": 7}), json!("nonsense")] {
            let address = standing_in(None, subscriptions).await;
            falls_back(&address).await;
        }
    });
}

/// A server of the Platform API with sockets: each that is connected is told the next of these and held open. Says
/// what is done there.
async fn telling(texts: Vec<String>) -> (String, mpsc::UnboundedReceiver<&'static str>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let (seen, sees) = mpsc::unbounded_channel();
    let texts = Arc::new(Mutex::new(texts.into_iter()));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (seen, texts) = (seen.clone(), Arc::clone(&texts));
            tokio::spawn(async move {
                while let Some(request) = message(&mut stream).await {
                    let answer = match &request[..4] {
                        b"POST" => {
                            seen.send("made").unwrap();
                            json!({"id": "c1", "connectUri": format!("ws://{place}/channels/c1")})
                        }
                        b"PUT " => json!({"entities": []}),
                        _ => {
                            let (rest, out) = stream.into_split();
                            let whole = tokio::io::join(Cursor::new(request).chain(rest), out);
                            let mut socket = tokio_tungstenite::accept_async(whole).await.unwrap();
                            seen.send("connected").unwrap();
                            let text = texts.lock().unwrap().next();
                            if let Some(text) = text {
                                socket.send(Message::text(text)).await.unwrap();
                            }
                            while let Some(Ok(_)) = socket.next().await {}
                            return;
                        }
                    };
                    let answer = answer.to_string();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}", answer.len());
                    let answer = format!("{head}\r\n\r\n{answer}");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (format!("http://{place}/"), sees)
}

fn event(topic: &str) -> String {
    json!({"topicName": topic, "version": "2", "eventBody": {"id": "c1"}}).to_string()
}

#[test]
fn a_socket_that_is_closed_is_opened_again_and_a_channel_that_is_gone_made_anew() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let efa = ContactId(uuid::Uuid::from_u128(7));
        let texts = [
            event("v2.system.socket_closing"),
            event("v2.system.no_longer_subscribed.c1"),
            event(&format!(
                "v2.externalcontacts.contacts.{efa}.journey.sessions"
            )),
        ];
        let (address, mut seen) = telling(texts.to_vec()).await;
        let (told, mut topics) = broadcast::channel(64);
        let http = Arc::new(http(&address, "token", short()));
        let _live = Live::start(http, Subjects::default(), told);
        hears(&mut topics, |topic| *topic == Topic::Contact(efa)).await;
        let mut all = Vec::new();
        while let Ok(one) = seen.try_recv() {
            all.push(one);
        }
        assert_eq!(all, ["made", "connected", "connected", "made", "connected"]);
    });
}

#[test]
fn what_is_told_and_makes_no_sense_is_left_and_what_is_too_large_ends_the_socket() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let texts = ["x".repeat(2 << 20), "nonsense".to_owned()];
        let (address, mut seen) = telling(texts.to_vec()).await;
        let (told, _) = broadcast::channel(64);
        let http_of = |address: &str| Arc::new(http(address, "token", short()));
        let live = Live::start(http_of(&address), Subjects::default(), told);
        // The second socket stays.
        for expected in ["made", "connected", "connected"] {
            assert_eq!(seen.recv().await, Some(expected));
        }
        drop(live);
        for text in [
            event("v2.users.u1.conversations"),
            event("v2.scv.desk.changes"),
        ] {
            let (address, _seen) = telling(vec![text]).await;
            let (told, mut topics) = broadcast::channel(64);
            let _live = Live::start(http_of(&address), Subjects::default(), told);
            // Something changed that cannot be read: everything is read anew, beside what the socket's begin tells.
            hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
            hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
        }
    });
}

#[test]
fn a_socket_speaks_tls_where_the_api_does() {
    let made = Made::new();
    let place = Place::with(|options| options.tls = Some(made.identity()));
    let token = place.token("agent");
    let address = format!("https://localhost:{}/", place.address.port());
    place.runtime.block_on(async {
        let backend = async || {
            let clock: Clock = Arc::new(Moment::of_machine);
            let (base, auth) = auth(&address, &token, &clock);
            let tls = made.trusting(&[&version::TLS13]);
            let http = Http::with_tls(base, auth, clock, short(), tls).unwrap();
            RemoteBackend::connect(http).await.unwrap()
        };
        let (one, other) = (backend().await, backend().await);
        let mut topics = one.watch();
        one.follow();
        hears(&mut topics, |topic| *topic == Topic::Elsewhere).await;
        let made = add(&other, "Byrne").await;
        hears(&mut topics, |topic| *topic == Topic::Contact(made)).await;
        assert_eq!(one.standing(), Standing::Fine);
    });
}

#[test]
fn a_desk_finds_out_that_its_server_has_ended() {
    let mut place = Place::new();
    let token = place.token("agent");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = format!("http://{}/", place.address);
    runtime.block_on(async {
        let one = desk(&address, &token).await.unwrap();
        let mut screen = Screen::of(one, impatient()).await;
        place.end();
        screen
            .shows(|shown| matches!(shown.standing, Standing::Offline(_)))
            .await;
    });
}

#[test]
fn the_topic_of_a_desk_is_anybodys_and_carries_ids_alone() {
    let place = Place::new();
    let token = place.token("agent");
    let caller = Caller {
        place: &place,
        token: Some(token),
    };
    let topic = "v2.scv.desk.changes".to_owned();
    let mut channel = crate::server::socket::open(&caller, std::slice::from_ref(&topic));
    let made = place.as_role("admin").post(
        "/api/v2/externalcontacts/contacts",
        json!({"firstName": "Efa", "lastName": "Byrne"}),
    );
    let contact = made.is(200).id();
    let contact = json!({"contact": contact});
    let names = |body: &Value| body["topics"].as_array().unwrap().contains(&contact);
    let told = channel.hear_one(&topic, names);
    assert!(told["place"].is_u64());
    let listed = caller.get("/api/v2/notifications/availabletopics?expand=schema,topicParameters");
    let listed = listed.is(200).json();
    let all = listed["entities"].as_array().unwrap();
    let own = all.iter().find(|one| one["id"] == topic.as_str()).unwrap();
    assert_eq!(own["topicParameters"], json!([]));
    assert!(own["schema"]["properties"]["topics"].is_object());
}
