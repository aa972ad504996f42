//! What is printed, drawn and written, on good days and bad ones.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/start.rs"]
mod start;

mod docs;
mod faults;
mod hostile;
mod plot;
mod report;
