//! Figures: one description of what is shown, drawn in a terminal, as SVG and as PNG.

pub mod diagrams;
pub mod figure;
pub mod number;
pub mod palette;
pub mod scale;
pub mod text;

mod metrics;
mod path;
mod stack;

pub use figure::{Area, Band, Cells, Cloud, Dash, Figure, Ink, Legend, Line, Marker, Note, Series, Side, Stack};
pub use palette::Theme;
pub use scale::{Axis, Scale};
pub use text::Label;
