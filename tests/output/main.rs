//! What is printed, drawn and written, on good days and bad ones.

#[path = "../support/start.rs"]
mod start;
#[path = "../support/mod.rs"]
mod support;

mod docs;
mod faults;
mod hostile;
mod plot;
mod report;
mod tables;
