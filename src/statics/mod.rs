//! Comparative statics: log-linear forms, closed forms, effects by channel, signs.

pub mod conditional;
pub mod path;
