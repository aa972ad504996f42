//! The algebra engine and its worker process.

mod answers;
mod process;
mod sign;
mod soundness;
