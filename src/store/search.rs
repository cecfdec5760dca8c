//! Search as you type over curated contacts.
//!
//! Every write appends the contact's document to `search_delta` in its own transaction, so a contact can be
//! found the moment its write is acknowledged. Readers keep the delta as an index in memory. This module owns
//! what is found and in which order; it knows neither contacts nor the rest of the store.

mod answer;
mod bits;
mod delta;
mod document;
mod fold;
mod run;
mod term;
mod typed;
mod typo;

pub use document::{Document, FieldKind};

/// The tables of the index.
pub const MIGRATION: &str = include_str!("../../assets/migrations/sqlite/0002_search.sql");
