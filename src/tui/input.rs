//! What a person does at the terminal: presses, pastes, clicks, and the window around it.
//!
//! The only place that knows how crossterm tells it. What a press means is decided elsewhere.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use futures_util::Stream;
use ratatui::layout::Position;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

use super::text;
use super::theme::Ground;
use answer::{Answers, Taken};

mod answer;
mod press;

pub use press::{Chord, Key, Press, PressError};

/// The letters of an answer follow each other within this time; what stands alone was pressed.
const ANSWER_GAP_MAX: Duration = Duration::from_millis(30);
/// The longest paste that is taken; what is longer is cut.
pub const PASTE_BYTES_MAX: usize = 64 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Press),
    /// As it was pasted: foreign text that has not passed a door yet.
    Paste(String),
    Mouse(Mouse),
    Resize {
        width: u16,
        height: u16,
    },
    FocusGained,
    FocusLost,
}

/// A click, drag or turn of the wheel at a cell of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    pub kind: MouseKind,
    pub column: u16,
    pub row: u16,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    Down(Button),
    Up(Button),
    Drag(Button),
    WheelUp,
    WheelDown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    Left,
    Middle,
    Right,
}

impl Input {
    /// The input in an event of the terminal; releases, plain motion and unknown keys are none.
    pub fn from_event(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) => Press::from_event(key).map(Self::Key),
            Event::Paste(mut pasted) => {
                pasted.truncate(text::boundary_before(&pasted, PASTE_BYTES_MAX));
                Some(Self::Paste(pasted))
            }
            Event::Mouse(mouse) => Mouse::from_event(mouse).map(Self::Mouse),
            Event::Resize(width, height) => Some(Self::Resize { width, height }),
            Event::FocusGained => Some(Self::FocusGained),
            Event::FocusLost => Some(Self::FocusLost),
        }
    }
}

impl Mouse {
    /// The cell of a click with the left button.
    pub fn click(self) -> Option<Position> {
        (self.kind == MouseKind::Down(Button::Left)).then_some(Position {
            x: self.column,
            y: self.row,
        })
    }

    fn from_event(mouse: MouseEvent) -> Option<Self> {
        let kind = match mouse.kind {
            MouseEventKind::Down(button) => MouseKind::Down(button.into()),
            MouseEventKind::Up(button) => MouseKind::Up(button.into()),
            MouseEventKind::Drag(button) => MouseKind::Drag(button.into()),
            MouseEventKind::ScrollUp => MouseKind::WheelUp,
            MouseEventKind::ScrollDown => MouseKind::WheelDown,
            MouseEventKind::Moved | MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => {
                return None;
            }
        };
        Some(Self {
            kind,
            column: mouse.column,
            row: mouse.row,
            ctrl: mouse.modifiers.contains(KeyModifiers::CONTROL),
            alt: mouse.modifiers.contains(KeyModifiers::ALT),
            shift: mouse.modifiers.contains(KeyModifiers::SHIFT),
        })
    }
}

impl From<MouseButton> for Button {
    fn from(button: MouseButton) -> Self {
        match button {
            MouseButton::Left => Self::Left,
            MouseButton::Middle => Self::Middle,
            MouseButton::Right => Self::Right,
        }
    }
}

/// The inputs of a terminal as a stream. It ends when the terminal is gone.
///
/// While it is paused nothing is read, so that an editor gets every key; polling it then waits.
pub struct Reader<S = EventStream> {
    events: Option<S>,
    /// Where the terminal's answers go, if it is asked anything.
    listens: Option<watch::Sender<Option<Ground>>>,
    answers: Answers,
    /// Inputs that are a person's.
    due: VecDeque<Input>,
    /// Until when more of an answer is waited for.
    wait: Option<Pin<Box<Sleep>>>,
}

impl Reader {
    /// Reads the program's own terminal. Within a runtime only.
    pub fn new() -> Self {
        Self::over(EventStream::new())
    }

    /// Reads on after a pause. Poll the stream again afterwards.
    pub fn resume(&mut self) {
        self.events.get_or_insert_with(EventStream::new);
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Reader<S> {
    /// Reads events from anywhere.
    pub fn over(events: S) -> Self {
        Self {
            events: Some(events),
            listens: None,
            answers: Answers::default(),
            due: VecDeque::new(),
            wait: None,
        }
    }

    /// Picks out what the terminal answers about its background, and tells it there.
    pub fn telling(self, listens: watch::Sender<Option<Ground>>) -> Self {
        Self {
            listens: Some(listens),
            ..self
        }
    }

    /// Stops reading at once; what was not read stays for whoever reads next.
    pub fn pause(&mut self) {
        self.events = None;
    }
}

/// Where the desk has its inputs from. What is not the program's own terminal need not pause.
pub trait Inputs: Stream<Item = Input> + Unpin {
    /// Stops reading, because somebody else gets the keys.
    fn pause(&mut self) {}

    /// Reads on.
    fn resume(&mut self) {}
}

impl Inputs for Reader {
    fn pause(&mut self) {
        Reader::pause(self);
    }

    fn resume(&mut self) {
        Reader::resume(self);
    }
}

/// Inputs from any stream, for tests.
pub struct Piped<S>(pub S);

impl<S: Stream<Item = Input> + Unpin> Stream for Piped<S> {
    type Item = Input;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Input>> {
        Pin::new(&mut self.get_mut().0).poll_next(context)
    }
}

impl<S: Stream<Item = Input> + Unpin> Inputs for Piped<S> {}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Reader<S> {
    fn take(&mut self, input: Input) {
        let Some(listens) = &self.listens else {
            self.due.push_back(input);
            return;
        };
        match self.answers.take(input) {
            Taken::Held => {}
            Taken::Passed(inputs) => self.due.extend(inputs),
            Taken::Told(Some(ground)) => drop(listens.send_replace(Some(ground))),
            Taken::Told(None) => {}
        }
    }
}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Stream for Reader<S> {
    type Item = Input;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Input>> {
        let reader = self.get_mut();
        loop {
            if let Some(input) = reader.due.pop_front() {
                return Poll::Ready(Some(input));
            }
            let Some(events) = &mut reader.events else {
                return Poll::Pending;
            };
            match Pin::new(events).poll_next(context) {
                Poll::Ready(Some(Ok(event))) => {
                    reader.wait = None;
                    if let Some(input) = Input::from_event(event) {
                        reader.take(input);
                    }
                }
                Poll::Ready(Some(Err(_)) | None) => {
                    reader.due.extend(reader.answers.let_go());
                    if reader.due.is_empty() {
                        return Poll::Ready(None);
                    }
                }
                Poll::Pending if reader.answers.may_be_typed() => {
                    let wait = reader
                        .wait
                        .get_or_insert_with(|| Box::pin(sleep(ANSWER_GAP_MAX)));
                    if wait.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    reader.wait = None;
                    reader.due.extend(reader.answers.let_go());
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
