//! The rules of the product, each as a small story in its words.

mod claim;
mod link;
mod resolve;
