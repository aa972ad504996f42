//! Random economies and a plain evaluator of the equilibrium conditions.
//!
//! Nothing here uses the crate's lowering or evaluation: costs, demands, schedules and markets are written down a second time, as plainly as possible,
//! so that an error in one of the two shows.
#![allow(dead_code)] // each test file is its own crate and uses a part

pub mod economy;
pub mod evaluate;
pub mod generate;
pub mod names;
pub mod program;
pub mod rng;
