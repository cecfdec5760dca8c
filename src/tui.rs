//! The terminal desk. Only this module knows ratatui; it never imports the store, the engine or the wire.

pub mod input;
pub mod screen;
pub mod text;
pub mod theme;
pub mod widget;
