//! The rules of the product, each as a small story in its words.

mod automerge;
mod claim;
mod edit;
mod import;
mod link;
mod merge;
mod resolve;
mod shared;
