//! `scv`: the Single Customer View desk for the terminal.

pub mod backend;
pub mod domain;
pub mod engine;
pub mod live;
pub mod store;
pub mod tui;
