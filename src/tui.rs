//! The terminal desk. Only this module knows ratatui; it never imports the store, the engine or the wire.

pub mod action;
pub mod context;
pub mod dialog;
pub mod effect;
pub mod input;
pub mod keymap;
pub mod layer;
pub mod load;
pub mod msg;
pub mod notice;
pub mod pane;
pub mod screen;
pub mod text;
pub mod theme;
pub mod time;
pub mod widget;
