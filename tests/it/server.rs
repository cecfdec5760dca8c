//! The API over HTTP, on a port of its own: what every route answers, to whom, in which shape, and what it refuses.

mod contacts;
mod contract;
mod doors;
mod enrich;
mod gdpr;
pub mod journeys;
mod notices;
mod oauth;
mod organizations;
pub mod place;
pub mod program;
mod roles;
mod seen;
pub mod shape;
pub mod socket;
pub mod tls;
