//! Diagrams that the field draws, from plain numbers.

mod effects;
mod lerner_pearce;
mod lines;
mod margin;
mod regimes;

pub use effects::{EffectsBars, effects_bars};
pub use lerner_pearce::{Isoquant, LernerPearce, UnitValue, lerner_pearce};
pub use lines::{LinesWithRegimes, Regime, lines_with_regimes};
pub use margin::{MarginDiagram, margin_diagram};
pub use regimes::{RegimeMap, regime_map};
