//! The equilibrium system in the model's own notation: as text, as LaTeX, for machines.
//!
//! Conditions are sorted by kind, each with the unknown that it is paired with; what follows one rule over a set is printed once, as that rule.

mod binders;
mod build;
mod definitions;
mod fold;
pub(crate) mod given;
pub(crate) mod latex;
mod letters;
mod machine;
pub(crate) mod names;
pub(crate) mod print;
pub(crate) mod sheet;
pub(crate) mod term;
pub(crate) mod text;
mod why;
mod words;

use super::fold::Columns;
use crate::expr::{Dag, NodeId};
use crate::model::Economy;
use crate::sink::Tex;
use crate::source::SourceMap;
use crate::system::{SymInfo, System};
use build::Builder;
use names::Style;
pub use print::Target;
pub use why::{Kind, Why, why};

/// The equilibrium system by condition, with definitions and given values.
///
/// Conditions read `left ≥ right ⟂ partner ≥ 0`; the user's own equations and definitions stand in the words of the file.
pub fn text(system: &System, economy: &Economy, sources: &SourceMap, columns: Columns) -> String {
    text::render(&sheet::sheet(system, economy, sources, Style::Display), economy, columns)
}

/// The system by condition before it is a text, for renderers of other forms.
pub(crate) fn rows(system: &System, economy: &Economy, sources: &SourceMap) -> sheet::Sheet {
    sheet::sheet(system, economy, sources, Style::Display)
}

/// The same as a LaTeX file to `\input`: align environments, a row a condition; needs amsmath.
pub fn latex(system: &System, economy: &Economy, sources: &SourceMap) -> Tex {
    let mut sheet = sheet::sheet(system, economy, sources, Style::Display);
    let letters = letters::lettered(&mut sheet);
    Tex::document(&latex::render(&sheet, &letters, economy))
}

/// The same for machines: `equations`, `definitions`, `given`, in canonical names, each row with all its members.
pub fn json(system: &System, economy: &Economy, sources: &SourceMap) -> serde_json::Value {
    machine::render(system, economy, sources)
}

/// One expression: for people, in LaTeX, or in ASCII as the language's own grammar reads it, where all its names are canonical.
pub fn expression(dag: &Dag, syms: &[SymInfo], node: NodeId, target: Target) -> String {
    let style = if target == Target::Ascii { Style::Canonical } else { Style::Display };
    let mut b = Builder::new(dag, syms, style);
    print::print(&b.term(node), target)
}
