//! The shape of the code and the licenses it rests on.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/start.rs"]
mod start;

mod layers;
mod licenses;
