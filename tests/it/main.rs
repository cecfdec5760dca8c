//! The one test binary: it only names its modules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A list of one range is what it says here: a match with one part.
#![allow(clippy::single_range_in_vec_init)]

mod canvas;
mod cli;
mod demo;
mod desk;
mod desk_acts;
mod desk_journey;
mod desk_lacks;
mod desk_lines;
mod desk_notices;
mod desk_past;
mod desk_roster;
mod desk_server;
mod desk_statistics;
mod desk_waits;
mod desk_widths;
mod dialog;
mod docs;
mod engine;
mod erase;
mod explained;
mod fake;
mod field;
mod guard;
mod history;
mod hostile;
mod input;
mod journeys;
mod keymap;
mod lost;
mod model;
mod monkey;
mod mouse;
mod org;
mod people;
mod pictures;
mod property;
mod remote;
mod review;
mod rights;
mod search;
mod server;
mod stage;
mod store;
mod surface;
#[cfg(unix)]
mod terminal;
mod text;
mod theme;
mod tidy;
mod transcripts;
mod unsaved;
mod visit;
mod widget;
mod wire;
mod world;
