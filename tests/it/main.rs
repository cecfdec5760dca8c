//! The one test binary: it only names its modules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canvas;
mod desk;
mod dialog;
mod fake;
mod field;
mod guard;
mod hostile;
mod input;
mod people;
mod surface;
mod text;
mod theme;
mod widget;
