//! The algebra engine: formulas in, factored formulas out, in a worker process.
//!
//! Symbolica, which does the algebra, is named in this folder only. Without a key it allows one thread per user and aborts the process
//! where a second one starts, so every request goes to a short-lived worker: this program started with a hidden subcommand. Workers
//! queue on a lock. Only rational functions of numbered atoms cross; checking and solving never come here.

mod assume;
pub mod clock;
mod engine;
mod error;
mod formula;
#[cfg(feature = "symbolic")]
mod kernel;
#[cfg(feature = "symbolic")]
mod lock;
mod number;
mod poly;
mod process;
mod sample;
pub mod sign;
mod task;
mod worker;

pub use assume::{Assumptions, Fact, Ground, Group};
pub use engine::{Config, Engine, Launch, served_by, serves_as_worker};
pub use error::AlgebraError;
pub use formula::Formula;
pub use number::Rational;
pub use poly::{Factored, Monomial, Poly};
pub use task::{Collected, Failure, LinearSystem, Relations, Reply, Task};
pub use worker::{SUBCOMMAND, worker_main};
