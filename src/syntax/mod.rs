//! From text to tree: the pest grammar's parser, the logos lexer, the formatter.
//!
//! pest defines the language and parses it; logos does what must be fast and never fail on half a program. One test holds that both agree on
//! token boundaries.

pub mod format;
pub mod lexer;
pub mod parser;
mod same;
pub use same::Same;
pub mod soft;
pub mod tree;
pub mod words;
