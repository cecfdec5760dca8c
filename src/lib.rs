//! `scv`: the Single Customer View desk for the terminal.

pub mod backend;
pub mod domain;
pub mod live;
pub mod store;
pub mod tui;
pub mod wire;
