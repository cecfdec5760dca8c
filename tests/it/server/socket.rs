//! A client of notifications: a channel, what it is subscribed to, and the events that come.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

use super::place::{Caller, Place};
use super::shape::conforms;

pub const CHANNELS: &str = "/api/v2/notifications/channels";

/// A connected channel.
pub struct Channel {
    pub id: String,
    socket: WebSocket<TcpStream>,
    /// Events that came before one that was waited for.
    early: VecDeque<Value>,
}

/// Opens a channel, subscribes it and connects it.
pub fn open(caller: &Caller, topics: &[String]) -> Channel {
    let made = caller.post(CHANNELS, json!({})).is(200).json();
    let id = made["id"].as_str().unwrap().to_owned();
    subscribe(caller, &id, topics);
    let socket = dial(caller.place, made["connectUri"].as_str().unwrap()).unwrap();
    let early = VecDeque::new();
    Channel { id, socket, early }
}

pub fn subscribe(caller: &Caller, id: &str, topics: &[String]) {
    let topics: Vec<Value> = topics.iter().map(|topic| json!({"id": topic})).collect();
    let path = format!("{CHANNELS}/{id}/subscriptions");
    caller.post(&path, topics.into()).is(200);
}

/// Opens a socket; the status of the answer where there is none.
pub fn dial(place: &Place, uri: &str) -> Result<WebSocket<TcpStream>, u16> {
    let stream = TcpStream::connect(place.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    match tungstenite::client(uri, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(Error::Http(answer))) => {
            Err(answer.status().as_u16())
        }
        Err(error) => panic!("{error}"),
    }
}

impl Channel {
    /// The next event, whatever it is; the code with which the server closed otherwise.
    pub fn next(&mut self) -> Result<Value, u16> {
        if let Some(event) = self.early.pop_front() {
            return Ok(event);
        }
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let event: Value = serde_json::from_str(text.as_str()).unwrap();
                    conforms("NotificationEnvelope", &event).unwrap();
                    return Ok(event);
                }
                Ok(Message::Close(frame)) => return Err(frame.map_or(1005, |it| it.code.into())),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The body of the next event of a topic; what comes before it is kept.
    #[track_caller]
    pub fn hear(&mut self, topic: &str) -> Value {
        self.hear_one(topic, |_| true)
    }

    /// The body of the next event of a topic that fits.
    #[track_caller]
    pub fn hear_one(&mut self, topic: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let is_it = |event: &Value| event["topicName"] == topic && fits(&event["eventBody"]);
        if let Some(at) = self.early.iter().position(is_it) {
            return self.early.remove(at).unwrap()["eventBody"].take();
        }
        let mut others = VecDeque::new();
        loop {
            match self.next() {
                Ok(mut event) if is_it(&event) => {
                    others.append(&mut self.early);
                    self.early = others;
                    return event["eventBody"].take();
                }
                Ok(event) => others.push_back(event),
                Err(code) => panic!("closed with {code} before {topic}; came: {others:?}"),
            }
        }
    }

    /// Everything that came until the server answers a ping: nothing else was told before it.
    pub fn flush(&mut self) -> Vec<Value> {
        self.say(&json!({"message": "ping"}).to_string());
        let mut came = Vec::new();
        loop {
            let event = self.next().unwrap();
            if event["topicName"] == "channel.metadata" {
                assert_eq!(event["eventBody"]["message"], "pong");
                return came;
            }
            came.push(event);
        }
    }

    pub fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).unwrap();
    }

    /// The code with which the server went away; `None` for one that just closed the connection.
    pub fn gone(&mut self) -> Option<u16> {
        loop {
            match self.socket.read() {
                Ok(Message::Close(frame)) => return frame.map(|it| it.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Waits until the server closes; what came before, and the code.
    pub fn closed(&mut self) -> (Vec<Value>, u16) {
        let begun = Instant::now();
        let mut came = Vec::new();
        loop {
            assert!(begun.elapsed().as_secs() < 20, "it stays open: {came:?}");
            match self.next() {
                Ok(event) => came.push(event),
                Err(code) => return (came, code),
            }
        }
    }
}
