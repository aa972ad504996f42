//! The prompt: transcripts, a pseudo-terminal, undoing.

#[allow(dead_code)]
#[path = "../session_support/mod.rs"]
mod session_support;

mod terminal;
mod transcripts;
mod undo;
