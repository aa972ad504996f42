//! Who pays whom, and for what: every payment of the economy as a row, posted from the economy as declared. At an equilibrium the rows are a
//! social accounting matrix.

pub mod netputs;
pub mod payments;
mod post;
mod poster;
pub mod route;
mod rows;
pub mod sam;
pub mod total;
mod words;

pub use post::post;
pub use poster::Poster;
pub use rows::*;
