//! Equilibria: found where they exist, known to the digits said, followed along paths.
// `known` and `oracle` draw their numbers alike.
#![allow(clippy::duplicate_mod)]

#[allow(dead_code)]
#[path = "../support/ask.rs"]
mod ask;
#[allow(dead_code)]
#[path = "../branches_support/mod.rs"]
mod branches_support;
#[path = "../known/mod.rs"]
mod known;
#[path = "../numeric_support/mod.rs"]
mod numeric_support;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../support/start.rs"]
mod start;
#[path = "../support/mod.rs"]
mod support;

mod absent;
mod accuracy;
mod augmentation;
mod borders;
mod branches;
mod by_hand;
mod edges;
mod existence;
mod extreme;
mod large;
mod paths;
mod random;
mod random_by_hand;
