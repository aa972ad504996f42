//! What the table of value flows does not explain: for those who work on it.

use super::atoms::Measures;
use super::derive::Place;
use super::hat::Hats;
use crate::diag::Diagnostic;
use crate::expr::Sym;

/// Names of atoms, in the order in which they are met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unexplained {
    /// Shares that the table writes in others, with another value than they have.
    pub dropped: Vec<String>,
    /// Letters that measure nothing the table knows.
    pub other: Vec<String>,
}

/// Of the active equations of a place, every listed parameter moving.
///
/// # Errors
/// A054: one of them is too long to work with.
pub fn unexplained(place: &Place) -> Result<Unexplained, Diagnostic> {
    let point = place.point();
    let moving: Vec<Sym> = place.system.parameters().filter(|s| place.system.info(*s).quantity.is_listed()).collect();
    let mut hats = Hats::new(place.economy, place.accounts, place.system, &point, moving);
    hats.rows()?;
    let flows = hats.flows();
    let mut dropped: Vec<String> = flows.dropped.iter().map(|a| hats.atoms.name(*a)).collect();
    dropped.dedup();
    let other = hats.atoms.iter().filter(|(_, a)| a.measures == Measures::Other).map(|(_, a)| a.name.clone()).collect();
    Ok(Unexplained { dropped, other })
}
