//! tasktrade: a language, solver and REPL for models of international trade.

pub mod algebra;
pub mod diag;
pub mod lower;
pub mod model;
pub mod expr;
pub mod present;
pub mod solve;
pub mod source;
pub mod syntax;
pub mod system;
