//! Equilibria: found where they exist, known to the digits said, followed along paths.

#[allow(dead_code)]
#[path = "../support/ask.rs"]
mod ask;
#[allow(dead_code)]
#[path = "../branches_support/mod.rs"]
mod branches_support;
#[allow(dead_code)]
#[path = "../known/mod.rs"]
mod known;
#[allow(dead_code)]
#[path = "../numeric_support/mod.rs"]
mod numeric_support;
#[allow(dead_code)]
#[path = "../oracle/mod.rs"]
mod oracle;
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

mod accuracy;
mod borders;
mod branches;
mod by_hand;
mod existence;
mod extreme;
mod large;
mod paths;
mod random;
mod random_by_hand;
