//! Programs as text: what is read, what is refused and in which words, what it may cost.

#[allow(dead_code)]
#[path = "../support/ask.rs"]
mod ask;
#[path = "../support/start.rs"]
mod start;
#[path = "../support/mod.rs"]
mod support;

mod arguments;
mod cost;
mod data;
mod diagnostics;
mod hostile_text;
mod places;
mod random_text;
mod syntax;
mod words;
