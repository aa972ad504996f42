//! The shape of the code and the licenses it rests on.

#[path = "../support/start.rs"]
mod start;
#[path = "../support/mod.rs"]
mod support;

mod layers;
mod licenses;
mod pages;
