//! The API over HTTP, on a port of its own: what every route answers, to whom, in which shape, and what it refuses.

mod contacts;
mod contract;
mod doors;
mod journeys;
mod notices;
mod oauth;
pub mod place;
mod program;
mod roles;
pub mod shape;
mod socket;
mod tls;
