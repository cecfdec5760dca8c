//! A notification channel: made, subscribed, connected. The socket goes to the API's own host or to the one that
//! its region streams from, nowhere else; what comes over it is limited in size.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::http::{Again, Call, Failure, Http};

const CHANNELS: &str = "/api/v2/notifications/channels";
/// Most bytes of a message; an event is far smaller.
const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Bytes that are read at once.
const READ_BYTES: usize = 8 << 10;
/// How long connecting may take, TLS and handshake included.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a message of ours may take to be sent.
const SEND_TIME_MAX: Duration = Duration::from_secs(5);
/// Letters of a channel's id.
const ID_LETTERS_MAX: usize = 200;
/// What the other end answers in words.
const PING: &str = r#"{"message":"ping"}"#;

/// Why there is no socket. For the log; the header says that changes are asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSocket {
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("the channel is of another shape")]
    Strange,
    #[error("the channel is to be connected at another host")]
    Elsewhere,
    #[error("{0} is not told of")]
    Rejected(String),
    #[error("the socket cannot be connected: {0}")]
    Unconnected(&'static str),
}

/// A channel of the server.
pub struct Channel {
    id: String,
    uri: Url,
    made: Instant,
}

/// A connected channel.
pub struct Socket(WebSocketStream<Box<dyn Way>>);

/// What a socket is spoken over.
trait Way: AsyncRead + AsyncWrite + Send + Unpin {}

impl<W: AsyncRead + AsyncWrite + Send + Unpin> Way for W {}

/// Something that was told.
#[derive(Debug, PartialEq, Deserialize)]
pub struct Event {
    #[serde(rename = "topicName")]
    pub topic: String,
    #[serde(rename = "eventBody", default)]
    pub body: Value,
}

/// What came over a socket.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Event(Event),
    /// A sign of life.
    Nothing,
    /// It is closed, or broke off.
    Gone,
}

impl Channel {
    /// Makes one. One too many, after an answer that was lost, does no harm: the server drops it.
    pub async fn make(http: &Http) -> Result<Self, NoSocket> {
        let mut call = Call::get(CHANNELS);
        call.method = Method::POST;
        let made = http.ask(&call).await?;
        let text = |name: &str| made.get(name).and_then(Value::as_str);
        let id = text("id")
            .filter(|id| is_plain(id))
            .ok_or(NoSocket::Strange)?;
        let uri = text("connectUri").and_then(|uri| Url::parse(uri).ok());
        let uri = uri.ok_or(NoSocket::Strange)?;
        match is_allowed(http.base(), &uri) {
            true => Ok(Self {
                id: id.to_owned(),
                uri,
                made: Instant::now(),
            }),
            false => Err(NoSocket::Elsewhere),
        }
    }

    /// Since when there is this channel.
    pub fn made(&self) -> Instant {
        self.made
    }

    /// Subscribes to these topics instead of those before, as far as they may be had; those in `needed` must be.
    pub async fn subscribe(
        &self,
        http: &Http,
        topics: &[String],
        needed: &[&str],
    ) -> Result<(), NoSocket> {
        let path = format!("{CHANNELS}/{}/subscriptions", self.id);
        let wanted: Vec<Value> = topics.iter().map(|topic| json!({ "id": topic })).collect();
        // The same list once more changes nothing.
        let call = Call::with(Method::PUT, &path, wanted.into(), Again::Read);
        let answer = http.ask(&call.query("ignoreErrors", true)).await?;
        let taken = answer.get("entities").and_then(Value::as_array);
        let taken = taken.ok_or(NoSocket::Strange)?;
        let is_taken = |topic: &str| {
            taken.iter().any(|one| {
                let state = one.get("state").and_then(Value::as_str);
                one.get("id").and_then(Value::as_str) == Some(topic) && state != Some("Rejected")
            })
        };
        match needed.iter().find(|topic| !is_taken(topic)) {
            Some(topic) => Err(NoSocket::Rejected((*topic).to_owned())),
            None => Ok(()),
        }
    }

    /// Connects it. The token stays here: the channel's id is its secret.
    pub async fn connect(&self, http: &Http) -> Result<Socket, NoSocket> {
        match timeout(CONNECT_TIME_MAX, self.dial(http)).await {
            Ok(Ok(socket)) => Ok(Socket(socket)),
            Ok(Err(why)) => Err(NoSocket::Unconnected(why)),
            Err(_) => Err(NoSocket::Unconnected("it takes too long")),
        }
    }

    async fn dial(&self, http: &Http) -> Result<WebSocketStream<Box<dyn Way>>, &'static str> {
        let host = self.uri.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        let port = self.uri.port_or_known_default().unwrap_or(443);
        let stream = TcpStream::connect((host, port)).await;
        let stream = stream.map_err(|_| "the host does not answer")?;
        let way: Box<dyn Way> = match self.uri.scheme() {
            "wss" => {
                let name = ServerName::try_from(host.to_owned());
                let name = name.map_err(|_| "the host has no name for TLS")?;
                let connecting = TlsConnector::from(http.tls()).connect(name, stream);
                Box::new(connecting.await.map_err(|_| "TLS is not agreed on")?)
            }
            _ => Box::new(stream),
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MESSAGE_BYTES_MAX)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let shaken = client_async_with_config(self.uri.as_str(), way, Some(config)).await;
        let (socket, _) = shaken.map_err(|error| match error {
            Error::Http(_) => "it is refused",
            _ => "the handshake breaks off",
        })?;
        Ok(socket)
    }
}

impl Socket {
    /// The next that comes. What is no event counts as a sign of life.
    pub async fn next(&mut self) -> Heard {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(text.as_str()) {
                Ok(event) => Heard::Event(event),
                Err(_) => Heard::Nothing,
            },
            // The library answers a ping by itself.
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Heard::Nothing,
            Some(Ok(Message::Frame(_))) => Heard::Nothing,
            Some(Ok(Message::Close(_))) | Some(Err(_)) | None => Heard::Gone,
        }
    }

    /// Asks the other end whether it is there. False when that cannot be sent.
    pub async fn ping(&mut self) -> bool {
        let sending = self.0.send(Message::text(PING));
        matches!(timeout(SEND_TIME_MAX, sending).await, Ok(Ok(())))
    }
}

/// Whether an id can stand in a path as it is.
fn is_plain(id: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
    !id.is_empty() && id.len() <= ID_LETTERS_MAX && id.bytes().all(is_letter)
}

/// Whether a channel of the API at `base` may be connected at `uri`: at the API's own host, or at the one that its
/// region streams from. Nothing goes unencrypted where the API does not.
fn is_allowed(base: &Url, uri: &Url) -> bool {
    let is_encrypted = match uri.scheme() {
        "wss" => true,
        "ws" => false,
        _ => return false,
    };
    if !is_encrypted && base.scheme() != "http" {
        return false;
    }
    if !uri.username().is_empty() || uri.password().is_some() {
        return false;
    }
    let (Some(api), Some(host)) = (base.host_str(), uri.host_str()) else {
        return false;
    };
    let port = uri.port_or_known_default();
    if host == api {
        return port == base.port_or_known_default();
    }
    let region = api.strip_prefix("api.");
    let is_region = region.is_some() && region == host.strip_prefix("streaming.");
    is_region && is_encrypted && port == Some(443)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    #[test]
    fn a_socket_goes_to_the_api_or_where_its_region_streams_from() {
        let is_allowed = |base: &str, uri: &str| {
            super::is_allowed(&base.parse().unwrap(), &uri.parse().unwrap())
        };
        let cloud = "https://api.mypurecloud.ie/";
        assert!(is_allowed(
            cloud,
            "wss://streaming.mypurecloud.ie/channels/x"
        ));
        assert!(is_allowed(cloud, "wss://api.mypurecloud.ie/channels/x"));
        for other in [
            "ws://streaming.mypurecloud.ie/channels/x",
            "wss://streaming.mypurecloud.ie:8443/channels/x",
            "wss://streaming.mypurecloud.de/channels/x",
            "wss://streaming.mypurecloud.ie.evil.example/channels/x",
            "wss://evil.example/channels/x",
            "wss://u:p@streaming.mypurecloud.ie/channels/x",
            "https://streaming.mypurecloud.ie/channels/x",
        ] {
            assert!(!is_allowed(cloud, other), "{other}");
        }
        let near = "http://127.0.0.1:8400/";
        assert!(is_allowed(near, "ws://127.0.0.1:8400/channels/x"));
        assert!(!is_allowed(near, "ws://127.0.0.1:8401/channels/x"));
        assert!(!is_allowed(near, "ws://localhost:8400/channels/x"));
        let own = "https://scv.example.com/";
        assert!(is_allowed(own, "wss://scv.example.com/channels/x"));
        assert!(!is_allowed(own, "ws://scv.example.com/channels/x"));
        assert!(!is_allowed(own, "wss://streaming.example.com/channels/x"));
    }
}
