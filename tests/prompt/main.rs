//! The prompt: transcripts, a pseudo-terminal, undoing.

#[path = "../session_support/mod.rs"]
mod session_support;
#[path = "../support/start.rs"]
mod start;

mod terminal;
mod transcripts;
mod undo;
