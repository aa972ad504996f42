//! What is printed, drawn and written, on good days and bad ones.

#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

mod docs;
mod faults;
mod hostile;
mod plot;
mod report;
