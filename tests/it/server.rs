//! The API over HTTP, on a port of its own: what every route answers, to whom, in which shape, and what it refuses.

mod attributes;
mod contacts;
mod contract;
mod doors;
mod enrich;
mod exports;
mod gdpr;
pub mod journeys;
mod named;
mod notes;
mod notices;
mod oauth;
mod organizations;
pub mod place;
pub mod program;
mod review;
mod roles;
pub mod said;
mod seen;
pub mod shape;
pub mod socket;
mod sources;
mod taken;
pub mod tls;
