//! The WebSocket of a channel: events and a heartbeat go out, pings come in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval_at, sleep, timeout};

use super::super::problem::Problem;
use super::super::site::Site;
use super::event;
use super::teller::{NoNews, Teller};
use super::touched::Touched;
use super::{Stop, Wire};
use crate::backend::ask::Changes;

/// Between two heartbeats.
const BEAT: Duration = Duration::from_secs(30);
/// A socket from which nothing came for so long, not even the answer to a ping, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(90);
/// How long a message may take to be sent.
const SEND_TIME_MAX: Duration = Duration::from_secs(10);
/// How long the other end may take to close.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(1);
/// Most bytes of a message that comes in.
const MESSAGE_BYTES_MAX: usize = 4096;
/// Bytes that a socket reads at once: it hears little.
const READ_BYTES: usize = 1024;
/// Bytes that wait to be sent before a message is refused; an event is far smaller.
const WRITE_BYTES_MAX: usize = 4 << 20;

/// Pause before what could not be read is read again.
const AGAIN: Duration = Duration::from_millis(250);

/// A place of a socket; given back when it is dropped.
struct Seat {
    site: Arc<Site>,
    id: String,
    number: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.site.notices.disconnect(&self.id, self.number);
    }
}

/// Why a socket is left.
enum End {
    /// From this side, which says so.
    Stop(Stop),
    /// Nothing more gets through, or the other end has closed.
    Gone,
}

/// `GET /channels/{channelId}`, asked for as a WebSocket. The id is the secret.
pub async fn connect(site: &Arc<Site>, id: &str, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(|_| Problem::no_socket())?;
    // Both before the socket stands: what comes from here on is told.
    let place = site.changes.place();
    let head = site.store().head().await?;
    let wire = site.notices.connect(id, site.now(), head.id)?;
    let seat = Seat {
        site: Arc::clone(site),
        id: id.to_owned(),
        number: wire.number,
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| serve(socket, seat, wire, place)))
}

async fn serve(mut socket: WebSocket, seat: Seat, wire: Wire, place: u64) {
    let teller = Teller::new(Arc::clone(&seat.site), seat.id.clone(), seat.number, place);
    match run(&mut socket, teller, wire).await {
        End::Stop(stop) => {
            if stop == Stop::Revoked {
                seat.site.notices.forget(&seat.id);
            }
            close(socket, &seat, stop).await;
        }
        End::Gone => {}
    }
}

async fn run(socket: &mut WebSocket, mut teller: Teller, mut wire: Wire) -> End {
    let mut beat = interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    // How things stand is learned before anything is answered.
    if let Err(end) = tell(socket, &mut teller, &wire, Touched::subscribed()).await {
        return end;
    }
    loop {
        let done = tokio::select! {
            biased;
            stopped = wire.stop.changed() => {
                // Without a channel there is nobody who could say why.
                let stop = stopped.ok().and(*wire.stop.borrow());
                return End::Stop(stop.unwrap_or(Stop::Dropped));
            }
            touched = wire.pending.take() => tell(socket, &mut teller, &wire, touched).await,
            _ = beat.tick() => match SILENCE_MAX < heard.elapsed() {
                true => Err(End::Gone),
                false => remain(socket, &mut teller).await,
            },
            received = socket.recv() => {
                heard = Instant::now();
                match received {
                    Some(Ok(message)) => hear(socket, message).await,
                    Some(Err(_)) | None => Err(End::Gone),
                }
            }
            changes = teller.changes() => tell_desk(socket, &mut teller, &changes).await,
        };
        if let Err(end) = done {
            return end;
        }
    }
}

/// Answers what came in.
async fn hear(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match message {
        Message::Text(text) if is_ping(text.as_str()) => {
            send(socket, text_of(&event::metadata("pong"))).await
        }
        Message::Close(_) => Err(End::Gone),
        // The library answers a ping by itself.
        Message::Text(_) | Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
    }
}

/// Sends what tells of what changed.
async fn tell(
    socket: &mut WebSocket,
    teller: &mut Teller,
    wire: &Wire,
    touched: Touched,
) -> Result<(), End> {
    match teller.news(&touched).await {
        Ok(events) => {
            for event in events {
                send(socket, text_of(&event)).await?;
            }
            Ok(())
        }
        Err(NoNews::Stop(stop)) => Err(End::Stop(stop)),
        Err(NoNews::Problem(problem)) => {
            tracing::warn!(cause = problem.cause, "a channel waits for the store");
            sleep(AGAIN).await;
            wire.pending.add(&touched);
            Ok(())
        }
    }
}

/// Tells a desk what changed.
async fn tell_desk(
    socket: &mut WebSocket,
    teller: &mut Teller,
    changes: &Changes,
) -> Result<(), End> {
    match teller.tell_changes(changes).await {
        Ok(event) => send(socket, text_of(&event)).await,
        Err(NoNews::Stop(stop)) => Err(End::Stop(stop)),
        Err(NoNews::Problem(problem)) => {
            tracing::warn!(cause = problem.cause, "a desk waits for the store");
            sleep(AGAIN).await;
            Ok(())
        }
    }
}

/// Says that the channel lives, if it still may.
async fn remain(socket: &mut WebSocket, teller: &mut Teller) -> Result<(), End> {
    match teller.look().await {
        Err(NoNews::Stop(stop)) => return Err(End::Stop(stop)),
        // The store is looked at again when something changes.
        Ok(()) | Err(NoNews::Problem(_)) => {}
    }
    send(socket, text_of(&event::metadata("WebSocket Heartbeat"))).await?;
    send(socket, Message::Ping(Vec::new().into())).await
}

fn is_ping(text: &str) -> bool {
    let said: Option<Value> = serde_json::from_str(text).ok();
    said.is_some_and(|said| said.get("message").and_then(Value::as_str) == Some("ping"))
}

fn text_of(text: &str) -> Message {
    Message::Text(text.into())
}

/// Sends a message; whoever does not take it in time is left.
async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(SEND_TIME_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

/// Says why, and closes.
async fn close(mut socket: WebSocket, seat: &Seat, stop: Stop) {
    let (code, reason) = match stop {
        Stop::Replaced => (4000, "the channel was connected once more"),
        Stop::Dropped => (4001, "the channel is gone"),
        Stop::Expired => (4002, "the channel has expired"),
        Stop::Revoked => (4003, "the token is no longer valid"),
        Stop::Ending => (1001, "the server ends"),
    };
    if let Some(told) = event::farewell(stop, &seat.id)
        && send(&mut socket, text_of(&told)).await.is_err()
    {
        return;
    }
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    if send(&mut socket, Message::Close(Some(frame))).await.is_ok() {
        let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
        // Whoever does not answer is left alone.
        let _ = timeout(CLOSE_TIME_MAX, answered).await;
    }
}
