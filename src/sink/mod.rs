//! Where text and bytes leave the program. Every sink takes a type of its own that only escaping makes, so that forgetting to escape does not compile.

pub mod file;
pub mod shown;
pub mod stream;
pub mod tex;

pub use shown::Shown;
pub use stream::Stream;
pub use tex::Tex;
