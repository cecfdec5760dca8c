//! The API over HTTP, on a port of its own: what every route answers, to whom, in which shape, and what it refuses.

mod contacts;
mod contract;
mod doors;
mod journeys;
mod oauth;
pub mod place;
mod program;
mod roles;
pub mod shape;
