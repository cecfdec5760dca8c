//! Walks through the real program in a pseudo-terminal, on the organization with known truth; afterwards the
//! store is looked at. A walk waits for words on the screen, never for time.

mod actions;
mod contact;
mod counts;
mod demo;
mod given_back;
mod ground;
mod history;
mod identity;
mod idle;
mod kiosk;
mod live;
mod look;
mod merge;
pub mod place;
mod refusals;
mod review;
mod server;
mod sizes;
mod ssh;
mod typed;
pub mod window;
