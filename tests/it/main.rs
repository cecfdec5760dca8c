//! The one test binary: it only names its modules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canvas;
mod cli;
mod demo;
mod docs;
mod field;
mod guard;
mod hostile;
mod input;
mod org;
mod search;
mod store;
mod surface;
mod text;
mod theme;
mod tidy;
mod widget;
mod wire;
