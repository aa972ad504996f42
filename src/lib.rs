//! tasktrade: a language, solver and REPL for models of international trade.

pub use tasktrade_algebra as algebra;
pub mod accounts;
pub mod cli;
pub mod command;
pub mod diag;
pub mod expr;
pub mod lower;
pub mod model;
pub mod present;
pub mod repl;
pub mod session;
pub mod sink;
pub mod solve;
pub mod source;
pub mod statics;
pub mod syntax;
pub mod system;
