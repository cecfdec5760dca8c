//! Walks through the real program in a pseudo-terminal, on the organization with known truth; afterwards the
//! store is looked at. A walk waits for words on the screen, never for time.

mod actions;
mod contact;
mod counts;
mod demo;
mod given_back;
mod history;
mod identity;
mod kiosk;
mod live;
mod look;
mod merge;
pub mod place;
mod refusals;
mod server;
mod sizes;
mod ssh;
pub mod window;
