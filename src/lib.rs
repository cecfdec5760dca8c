//! `scv`: the Single Customer View desk for the terminal.
//!
//! Every conversation, on any channel, is stitched by identity resolution to one external contact. The desk
//! shows who it is and why, and everything that person did in the last 60 days; agents link, merge, unlink,
//! edit and undo. This file is the map.
//!
//! # Layers
//! A module imports only from the layers below it (`tests/it/tidy.rs` checks).
//!
//! | layer | modules | own |
//! |---|---|---|
//! | 0 | [`domain`] | the nouns: contacts, identifiers, conversations, changes, commands, facts |
//! | 1 | [`engine`] | the rules, pure: facts and a command in, a plan or a refusal out |
//! | 1 | [`store`] | keeps facts, applies plans, appends the journal, searches; the only place that knows SQL |
//! | 1 | [`wire`] | the Platform API's JSON and the import's CSV |
//! | 1 | [`live`] | topics: what changed |
//! | 2 | [`backend`] | the one port of the desk; `local` is engine + store, `remote` a server of ours or another |
//! | 3 | [`tui`] | the desk on a terminal; the only place that knows ratatui |
//! | 3 | [`server`] | the Platform API over HTTP: routes, who asks, what they may |
//! | 4 | [`demo`] | bundled data and a script that drives a backend; visitors over SSH |
//! | 5 | `config` | a file and the environment, turned into each module's `Options` |
//! | 6 | `cli` | the command line |
//!
//! # Invariants
//! - Rules are pure: no I/O, no clock, no randomness in `engine`. Time and fresh ids are arguments.
//! - A decision is planned and applied inside one write transaction, whole or not at all, and journalled with
//!   its evidence. Every [`domain::Change`] has an exact `inverse()`: undo, history and audit stand on that.
//! - An identifier is claimed by at most one live contact; merge trees are forests.
//! - Rights are checked in `engine::plan` and in the backend's reads, behind every door; the desk only mirrors.
//! - Text from outside reaches a terminal through `tui::text` only.
//! - No globals: theme, keymap, clock and identity belong to a session.
//!
//! # Where to add things
//! - an action: `domain::command` (its row of names and rights), a function in `engine`, a row in
//!   `tui::action`, a sub-command in `cli`;
//! - a field of a contact: `domain::field::FIELDS` and `domain::contact::Fields`;
//! - a channel: `domain::conversation::Channel`, `wire::channel`, `engine::resolve`;
//! - a fact that a rule needs: `domain::facts`, then the store's `facts`;
//! - a route of the API: a row in `server::route`, whose handler is in the module of what it serves;
//! - a table or column: a new file in `assets/migrations/sqlite`.

#![forbid(unsafe_code)]

pub mod backend;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod live;
pub mod server;
pub mod store;
pub mod tui;
pub mod wire;
