//! Comparative statics: log-linear forms, closed forms, effects by channel, signs.

pub mod atoms;
pub mod conditional;
pub mod flows;
pub mod hat;
pub mod linear;
pub mod names;
pub mod path;
pub mod point;
pub mod rows;
pub mod tasks;
