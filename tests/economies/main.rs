//! Whole economies with their figures: reference cases, reported problems, questions of theory, examples.

#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../support/start.rs"]
mod start;
#[path = "../support/mod.rs"]
mod support;

mod cases;
mod examples;
mod mpsge;
mod net;
mod origins;
mod reports;
mod sam;
mod theory;
mod trade;
