//! The rules of the product, each as a small story in its words.

mod apart;
mod automerge;
mod claim;
mod edit;
mod erase;
mod fieldwise;
mod import;
mod life;
mod link;
mod merge;
mod obstacle;
mod permission;
mod released;
mod resolve;
mod shared;
mod suggest;
mod take;
mod undo;
mod unmerge;
