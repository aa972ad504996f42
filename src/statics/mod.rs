//! Comparative statics: log-linear forms, closed forms, effects by channel, signs.

pub mod arrange;
pub mod ask;
pub mod atoms;
pub mod average;
pub mod conditional;
pub mod derive;
pub mod effects;
pub mod flows;
pub mod gnp;
pub mod hat;
pub mod hats;
pub mod known;
pub mod linear;
pub mod names;
pub mod own;
pub mod path;
pub mod point;
pub mod recur;
pub mod rows;
pub mod shares;
pub mod shorten;
pub mod signs;
pub mod staged;
pub mod tasks;
pub mod unexplained;
pub mod zero;
