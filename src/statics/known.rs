//! What is known of a formula's letters whatever the numbers are: ranges, shares that add up, intervals, and what the file assumes.

use super::atoms::{Atoms, Measures, Range};
use super::derive::{AGREE, Place};
use super::flows::Flows;
use crate::algebra::{Assumptions, Formula, Poly, Rational};
use crate::diag::Diagnostic;
use crate::expr::{Cmp, NodeId, Sym, eval};
use crate::model::Demand;
use crate::system::Role;

/// An inequality by number of the assumptions, in words; `assumed` by the file.
#[derive(Clone, Debug)]
pub struct Stated {
    pub assumed: bool,
    pub words: String,
}

/// Ranges of letters, and shares that add up; nothing that a letter's own number contradicts.
pub fn ranges(atoms: &Atoms, flows: &Flows) -> Assumptions {
    let mut known = Assumptions::new();
    let mut grouped: Vec<u32> = Vec::new();
    let share = |a: u32| atoms.get(a).is_some_and(|x| x.range == Range::Share && !(x.value <= 0.0 || x.value >= 1.0));
    let whole = |known: &mut Assumptions, group: &[u32], grouped: &mut Vec<u32>| {
        if group.len() > 1 && !group.iter().any(|a| grouped.contains(a)) && group.iter().all(|a| share(*a)) {
            known.shares(group.iter().copied(), true);
            grouped.extend(group);
        }
    };
    for group in &atoms.groups {
        whole(&mut known, group, &mut grouped);
    }
    let made: Vec<u32> = atoms.iter().filter(|(_, a)| matches!(a.measures, Measures::Made(_))).map(|x| x.0).collect();
    whole(&mut known, &made, &mut grouped);
    let factors: Vec<u32> = flows.named.iter().filter(|n| n.gap.is_none()).map(|n| n.atom).collect();
    if factors.len() > 1 && factors.iter().all(|a| share(*a)) {
        known.shares(factors.iter().copied(), false);
        grouped.extend(factors);
    }
    for (at, atom) in atoms.iter() {
        match atom.range {
            Range::Share if !grouped.contains(&at) && share(at) => {
                known.share(at);
            }
            Range::Positive if !(atom.value <= 0.0) => {
                known.positive(at);
            }
            Range::NonNegative if !(atom.value < 0.0) => {
                known.nonnegative(at);
            }
            _ => {}
        }
    }
    known
}

/// What the intervals of parameters and variables say beyond their sign: σ in (1, ∞) is above 1.
pub fn intervals(place: &Place, atoms: &Atoms, known: &mut Assumptions, stated: &mut Vec<Stated>) {
    let mut bound = |sym: Sym, value: f64, open: bool, below: bool| {
        let (Some(at), Some(number)) = (letter_of(place, sym, atoms), Rational::from_f64(value)) else { return };
        // What is above zero is known by its range.
        if below && number.is_zero() {
            return;
        }
        let (atom, limit) = (Poly::atom(at), Poly::constant(number.clone()));
        let Some(gap) = (if below { atom.minus(&limit) } else { limit.minus(&atom) }) else { return };
        let sign = match (below, open) {
            (true, true) => ">",
            (true, false) => "≥",
            (false, true) => "<",
            (false, false) => "≤",
        };
        if open {
            known.fact(gap);
        } else {
            known.weak_fact(gap);
        }
        let letter = atoms.get(at).map_or_else(String::new, |a| a.display.clone());
        stated.push(Stated { assumed: false, words: format!("{letter} {sign} {number}") });
    };
    for check in &place.economy.checks {
        let (Some(sym), Demand::Within(interval)) = (check.sym, &check.what) else { continue };
        for (end, open, below) in [(interval.low, interval.low_open, true), (interval.high, interval.high_open, false)] {
            if let Some(value) = end.and_then(|n| place.economy.dag.as_const(n)) {
                bound(sym, value, open, below);
            }
        }
    }
    for variable in &place.economy.variables {
        if let Role::Unknown { lower, upper, .. } = place.economy.info(variable.sym).role {
            for ((value, below), open) in [(lower, true), (upper, false)].into_iter().zip(variable.open) {
                if value.is_finite() {
                    bound(variable.sym, value, open, below);
                }
            }
        }
    }
}

/// Refuses an `assume` of the file that does not hold at the equilibrium.
///
/// # Errors
/// A060 with the numbers of both sides.
pub fn check_assumptions(place: &Place) -> Result<(), Diagnostic> {
    let Some((_, solution)) = place.solved else { return Ok(()) };
    for (left, cmp, right, span) in &place.economy.assumptions {
        let value = |n: NodeId| eval::evaluate_one(&place.system.dag, n, &mut |s| solution.value(s));
        let (l, r) = (value(*left), value(*right));
        if l.is_nan() || r.is_nan() {
            continue;
        }
        let near = (l - r).abs() <= AGREE * l.abs().max(r.abs());
        let (holds, word) = match cmp {
            Cmp::Less => (l < r && !near, "below"),
            Cmp::LessEqual => (l <= r || near, "at most"),
            Cmp::Equal | Cmp::Near => (near, "equal to"),
            Cmp::NotEqual => (!near, "different from"),
        };
        if !holds {
            return Err(Diagnostic::new("A060", "an assumption does not hold at this equilibrium")
                .at(*span, format!("what should be {word} {r:.6} is {l:.6} here"))
                .help("a sign may not rest on it: remove it, or move the parameters to where it holds"));
        }
    }
    Ok(())
}

/// The letter that stands for a symbol: one of its name and, where there are numbers, of its value.
fn letter_of(place: &Place, sym: Sym, atoms: &Atoms) -> Option<u32> {
    let at = atoms.find(&place.system.info(sym).name)?;
    let same = match (place.solved, atoms.get(at)) {
        (Some((_, solution)), Some(atom)) => (atom.value - solution.value(sym)).abs() <= AGREE * atom.value.abs(),
        _ => true,
    };
    same.then_some(at)
}

/// An assumed expression in the letters of the formula; `None` where it names something that the formula does not know.
pub fn level(place: &Place, node: NodeId, atoms: &Atoms) -> Option<Formula> {
    use crate::expr::Node;
    let all = |xs: &[NodeId]| xs.iter().map(|x| level(place, *x, atoms)).collect::<Option<Vec<_>>>();
    match place.system.dag.node(node) {
        Node::Const(r) => Rational::from_f64(r.0).map(Formula::from),
        Node::Sym(s) => letter_of(place, *s, atoms).map(Formula::atom),
        Node::Sum(xs) => all(xs).map(Formula::sum),
        Node::Prod(xs) => all(xs).map(Formula::product),
        Node::Neg(x) => level(place, *x, atoms).map(Formula::negated),
        Node::Div(a, b) => Some(level(place, *a, atoms)?.over(level(place, *b, atoms)?)),
        _ => None,
    }
}
