//! The one test binary: it only names its modules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canvas;
mod field;
mod guard;
mod hostile;
mod input;
mod store;
mod surface;
mod text;
mod theme;
mod widget;
mod wire;
