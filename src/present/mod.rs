//! What the commands print: one result type a question, several renderers.

pub mod plot;
