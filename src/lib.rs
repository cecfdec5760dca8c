//! `scv`: the Single Customer View desk for the terminal.

pub mod domain;
pub mod tui;
