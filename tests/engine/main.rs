//! The algebra engine and its worker process.

#[path = "../support/start.rs"]
mod start;

mod answers;
mod process;
mod sign;
mod soundness;
