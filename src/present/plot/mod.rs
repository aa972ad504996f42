//! Figures: one description of what is shown, drawn in a terminal, as SVG, PDF and PNG.

pub mod diagrams;
pub mod figure;
pub mod number;
pub mod palette;
pub mod scale;
pub mod text;

mod canvas;
mod draw;
mod hatch;
mod layout;
mod metrics;
mod notes;
mod path;
mod pdf;
mod place;
mod png;
mod scene;
mod stack;
mod svg;
mod terminal;
mod terminal_fill;

pub use figure::{Area, Band, Cells, Cloud, Dash, Drop, Figure, Ink, Legend, Line, Marker, Note, Series, Side, Stack};
pub use hatch::LOOKS;
pub use palette::Theme;
pub use png::DrawError;
pub use scale::{Axis, Scale};
pub use svg::Canvas;
pub use terminal::Terminal;
pub use text::Label;
