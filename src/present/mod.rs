//! One result, several renderers: terminal text, JSON, CSV, plots.

pub mod json;
pub mod number;
pub mod plot;
pub mod table;
