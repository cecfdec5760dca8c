//! Overlays: lists that lie over the panes and change nothing by themselves.

mod help;
mod notices;
mod recent;
pub(in crate::tui) mod which;

pub use help::Help;
pub use notices::{Log, role as role_of};
pub use recent::Recent;
