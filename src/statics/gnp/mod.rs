//! Responses at given goods prices and endowments, from the quadratic form of the value made.
//!
//! Given goods prices p and endowments v the hats of a country of CES industries solve
//! `min over ŵ of ½ Σ_j μ_j σ_j Σ_f θ_fj (p̂_j − ŵ_f)² + Σ_f φ_f v̂_f ŵ_f` subject to `Σ_f θ_fj ŵ_f = p̂_j` for each good made; the multipliers are
//! the outputs. The matrix is symmetric, so that one determinant and one set of minors serve all questions, reciprocity is free and own responses
//! have their sign by convexity. A margin of tasks adds φ_f/(η(1 − γ)) to the diagonal.
//!
//! Sources: Dixit and Norman, Theory of International Trade (1980), ch. 2; Diewert and Woodland, Econometrica 45 (1977), 375–398; Jones, in Bhagwati
//! et al. (eds.), Trade, Balance of Payments and Growth (1971), for specific factors; Jones and Easton, JIE 15 (1983), 67–99, for three factors.

mod core;
mod minors;
mod solve;
mod world;

use super::ask::Ask;
use super::hat::Hats;
use super::linear::Linear;
use super::rows::Rows;
use super::shorten::Shown;
use crate::algebra::{Factored, Formula};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use core::{Core, CoreFactor};
use rustc_hash::FxHashMap;
use solve::{Letters, Solver};
use world::World;

/// A response in letters of the quadratic form.
pub struct Response {
    pub shown: Shown,
    /// In all letters.
    pub exact: Factored,
    /// In fewer and fewer letters, at last in independent shares alone, for signs.
    pub forms: Vec<Formula>,
    /// All letters with what they stand for.
    pub letters: Vec<(u32, Formula)>,
}

/// The response of a target to a source; `None` where the target does not belong to one country's core at given prices.
///
/// # Errors
/// The algebra engine's.
pub fn response(hats: &mut Hats, rows: &Rows, target: &Linear, source: Sym, ask: &Ask) -> Result<Option<Response>, Diagnostic> {
    let flows = hats.flows();
    let countries: Vec<usize> = hats.economy.inside().collect();
    let mut cores: Vec<Core> = countries.into_iter().filter_map(|c| Core::find(hats, rows, &flows, c)).collect();
    let shares: Vec<(u32, Formula)> = cores.iter().flat_map(|c| &c.factors).filter_map(CoreFactor::named_share).collect();
    let unknown = |s: Sym| rows.unknowns.contains(&s);
    let mut letters = Letters { hats: &mut *hats, named: shares, brief: Vec::new() };
    for core in cores.iter().filter(|c| c.externals(rows).is_empty()) {
        let Some(solver) = Solver::new(core, source) else { continue };
        if let Some(formula) = solver.response(target, &mut letters, &unknown) {
            let (all, brief) = (letters.named, letters.brief);
            return shown(hats, formula, all, &brief, &flows.replace, ask).map(Some);
        }
    }
    let Some(world) = World::find(letters.hats, rows, std::mem::take(&mut cores)) else { return Ok(None) };
    let Some(formula) = world.response(target, source, &mut letters, rows) else { return Ok(None) };
    let (all, brief) = (letters.named, letters.brief);
    shown(hats, formula, all, &brief, &flows.replace, ask).map(Some)
}

/// The shorter of the formula as it was built and as the algebra engine factors it, with the letters that it uses.
fn shown(
    hats: &mut Hats,
    formula: Formula,
    all: Vec<(u32, Formula)>,
    brief: &[u32],
    independent: &FxHashMap<u32, Formula>,
    ask: &Ask,
) -> Result<Response, Diagnostic> {
    let exact = ask.factor(formula.clone())?;
    let tidy = super::shorten::in_order(&exact.to_formula(), &hats.atoms);
    let built = powers(&super::shorten::in_order(&formula, &hats.atoms));
    let mut formula = if hats.atoms.text(&tidy).len() < hats.atoms.text(&built).len() { tidy } else { built };
    let mut named = all.clone();
    super::staged::keep_used(&formula, &mut named);
    // What stands once and is read better where it stands.
    for at in brief.iter().rev() {
        let Some(n) = named.iter().position(|x| x.0 == *at) else { continue };
        let inside: usize = named.iter().map(|(_, d)| times(d, *at)).sum();
        if times(&formula, *at) + inside != 1 {
            continue;
        }
        let (_, definition) = named.remove(n);
        let by = |f: &Formula| f.replace(&|a| (a == *at).then(|| definition.clone()));
        formula = by(&formula);
        for (_, d) in &mut named {
            *d = by(d);
        }
    }
    for (_, d) in &mut named {
        *d = super::shorten::in_order(d, &hats.atoms);
    }
    let mut forms = vec![exact.to_formula()];
    if !all.is_empty() {
        forms.push(written(&exact.to_formula(), &all, |at| brief.contains(&at)));
        let shares = written(&exact.to_formula(), &all, |_| true);
        forms.push(shares.replace(&|a| independent.get(&a).cloned()));
    }
    Ok(Response { shown: Shown { formula, named, factored: exact.clone() }, exact, forms, letters: all })
}

/// The same with equal factors of a product as one power.
pub(super) fn powers(formula: &Formula) -> Formula {
    let all = |list: &[Formula]| list.iter().map(powers).collect::<Vec<_>>();
    match formula {
        Formula::Number(_) | Formula::Atom(_) => formula.clone(),
        Formula::Sum(list) => Formula::Sum(all(list)),
        Formula::Power(base, n) => powers(base).power(*n),
        Formula::Quotient(top, bottom) => Formula::Quotient(Box::new(powers(top)), Box::new(powers(bottom))),
        Formula::Product(list) => {
            let mut out: Vec<(Formula, i32)> = Vec::new();
            for factor in all(list) {
                let (base, n) = match factor {
                    Formula::Power(base, n) => (*base, n),
                    other => (other, 1),
                };
                match out.iter_mut().find(|(b, _)| *b == base && !matches!(b, Formula::Number(_))) {
                    Some(there) => there.1 += n,
                    None => out.push((base, n)),
                }
            }
            Formula::product(out.into_iter().map(|(b, n)| b.power(n)))
        }
    }
}

/// The shorter of a formula and the same response in letters of the quadratic form, where the number confirms that.
///
/// # Errors
/// The algebra engine's.
pub fn shorter(hats: &mut Hats, rows: &Rows, target: &Linear, source: Sym, than: Shown, ask: &Ask) -> Result<Shown, Diagnostic> {
    let Some(found) = response(hats, rows, target, source, ask)? else { return Ok(than) };
    let values = hats.atoms.values();
    let (a, b) = (found.shown.value(&values), than.value(&values));
    let same = !hats.point.numeric || (a - b).abs() <= super::derive::AGREE * a.abs().max(1e-3);
    Ok(if same && found.shown.whole(&hats.atoms) < than.whole(&hats.atoms) { found.shown } else { than })
}

/// The formula with some letters written out.
fn written(formula: &Formula, letters: &[(u32, Formula)], which: impl Fn(u32) -> bool) -> Formula {
    let mut out = formula.clone();
    // A letter is written in earlier ones.
    for (at, definition) in letters.iter().rev().filter(|l| which(l.0)) {
        out = out.replace(&|a| (a == *at).then(|| definition.clone()));
    }
    out
}

/// How often an atom stands in a formula.
fn times(formula: &Formula, at: u32) -> usize {
    match formula {
        Formula::Number(_) => 0,
        Formula::Atom(a) => usize::from(*a == at),
        Formula::Sum(list) | Formula::Product(list) => list.iter().map(|f| times(f, at)).sum(),
        Formula::Power(base, _) => times(base, at),
        Formula::Quotient(top, bottom) => times(top, at) + times(bottom, at),
    }
}
