//! What recurs in a formula, or is too long to read in it, under a name of its own.

use super::atoms::{Atom, Atoms, Measures, Range};
use crate::algebra::Formula;
use rustc_hash::FxHashMap;

/// Characters from which a sum that recurs is named.
const RECURRING: usize = 60;
/// Characters from which any sum is named, once the whole formula is beyond the second number.
const LONG: usize = 150;
const BUDGET: usize = 320;

const MEANING: &str = "short for a sum that recurs, or is long";

/// Names sums of a formula and of its definitions; new definitions come before those that use them.
pub fn name_recurring(formula: Formula, named: Vec<(u32, Formula)>, atoms: &mut Atoms) -> (Formula, Vec<(u32, Formula)>) {
    let (mut formula, mut named) = (formula, named);
    for _ in 0..6 {
        let Some(sum) = candidate(&formula, &named, atoms) else { break };
        let values = values(&named, atoms);
        let value = sum.eval(&values);
        let size = atoms.text(&sum).len();
        let negative = value < 0.0 && size > 0;
        let body = if negative { super::shorten::turned_sum(sum.clone()) } else { sum.clone() };
        let letter = fresh(&body, value.abs(), atoms);
        let by = if negative { Formula::atom(letter).negated() } else { Formula::atom(letter) };
        formula = swap(&formula, &sum, &by);
        for (_, definition) in &mut named {
            *definition = swap(definition, &sum, &by);
        }
        let at = named.iter().position(|(_, d)| d.atoms().contains(&letter)).unwrap_or(named.len());
        // After everything that it is written in.
        let after = named.iter().rposition(|(a, _)| body.atoms().contains(a)).map_or(0, |n| n + 1);
        named.insert(at.max(after).min(named.len()), (letter, body));
    }
    (formula, named)
}

/// Numbers the letters of sums in the order in which they are read, those no longer in use last.
pub fn renumber(shown: &[&super::shorten::Shown], atoms: &mut Atoms) {
    let sums: Vec<u32> = atoms.iter().filter(|(_, a)| a.measures == Measures::Named && a.meaning == MEANING).map(|x| x.0).collect();
    let mut used: Vec<u32> = Vec::new();
    for a in shown.iter().flat_map(|s| s.atoms()) {
        if sums.contains(&a) && !used.contains(&a) {
            used.push(a);
        }
    }
    let rest: Vec<u32> = sums.iter().copied().filter(|a| !used.contains(a)).collect();
    atoms.renumber(&used.into_iter().chain(rest).collect::<Vec<_>>(), ("D", "D"));
}

/// Writes each sum that has a name by that name wherever else it stands.
pub fn reuse(named: &mut [(u32, Formula)]) {
    for n in 0..named.len() {
        let Some((at, sum @ Formula::Sum(_))) = named.get(n).cloned() else { continue };
        let by = Formula::atom(at);
        for (_, definition) in named.iter_mut().filter(|x| x.0 != at) {
            if *definition != sum {
                *definition = swap(definition, &sum, &by);
            }
        }
    }
}

fn values(named: &[(u32, Formula)], atoms: &Atoms) -> Vec<f64> {
    super::shorten::filled(named, &atoms.values())
}

/// The longest sum that stands at two places, or the longest of all where the formula is over budget.
fn candidate(formula: &Formula, named: &[(u32, Formula)], atoms: &Atoms) -> Option<Formula> {
    let mut found: Vec<(Formula, usize)> = Vec::new();
    sums(formula, &mut found);
    for (_, definition) in named {
        // A definition that is itself a sum is named already.
        match definition {
            Formula::Sum(list) => list.iter().for_each(|t| sums(t, &mut found)),
            other => sums(other, &mut found),
        }
    }
    let length: FxHashMap<usize, usize> = found.iter().enumerate().map(|(n, f)| (n, atoms.text(&f.0).len())).collect();
    let long = |n: usize| length.get(&n).copied().unwrap_or(0);
    let whole = atoms.text(formula).len();
    let best = (0..found.len()).filter(|n| found.get(*n).is_some_and(|f| f.1 > 1) && long(*n) >= RECURRING).max_by_key(|n| long(*n));
    let best = best.or_else(|| {
        let top = matches!(formula, Formula::Sum(_)).then_some(formula);
        (0..found.len()).filter(|n| whole > BUDGET && long(*n) >= LONG && found.get(*n).map(|f| &f.0) != top).max_by_key(|n| long(*n))
    })?;
    found.get(best).map(|f| f.0.clone())
}

fn sums(formula: &Formula, out: &mut Vec<(Formula, usize)>) {
    match formula {
        Formula::Number(_) | Formula::Atom(_) => {}
        Formula::Sum(list) => match out.iter_mut().find(|f| f.0 == *formula) {
            Some(f) => f.1 += 1,
            None => {
                out.push((formula.clone(), 1));
                list.iter().for_each(|t| sums(t, out));
            }
        },
        Formula::Product(list) => list.iter().for_each(|t| sums(t, out)),
        Formula::Power(base, _) => sums(base, out),
        Formula::Quotient(top, bottom) => {
            sums(top, out);
            sums(bottom, out);
        }
    }
}

fn swap(formula: &Formula, from: &Formula, to: &Formula) -> Formula {
    if formula == from {
        return to.clone();
    }
    let all = |list: &[Formula]| list.iter().map(|t| swap(t, from, to)).collect::<Vec<_>>();
    match formula {
        Formula::Number(_) | Formula::Atom(_) => formula.clone(),
        Formula::Sum(list) => Formula::sum(all(list)),
        Formula::Product(list) => {
            let parts = all(list);
            let minus = parts.iter().filter(|p| matches!(p, Formula::Product(l) if l.len() == 2 && l.first() == Some(&Formula::int(-1)))).count();
            if minus == 0 {
                return Formula::product(parts);
            }
            // A minus of a named sum goes in front of the product.
            let bare = parts.into_iter().map(|p| match p {
                Formula::Product(l) if l.len() == 2 && l.first() == Some(&Formula::int(-1)) => l.get(1).cloned().unwrap_or_else(Formula::one),
                other => other,
            });
            let product = Formula::product(bare);
            if minus % 2 == 0 { product } else { super::shorten::turned(product) }
        }
        Formula::Power(base, n) => match swap(base, from, to) {
            // The square of a named sum with a minus is that of the sum.
            Formula::Product(list) if n % 2 == 0 && list.len() == 2 && list.first() == Some(&Formula::int(-1)) => {
                list.into_iter().nth(1).unwrap_or_else(Formula::one).power(*n)
            }
            base => base.power(*n),
        },
        Formula::Quotient(top, bottom) => swap(top, from, to).over(swap(bottom, from, to)),
    }
}

/// A letter that no other sum has: D, D_2, …
fn fresh(body: &Formula, value: f64, atoms: &mut Atoms) -> u32 {
    let meaning = MEANING.to_string();
    atoms
        .define(Atom { name: "D".into(), display: "D".into(), latex: "D".into(), meaning, value, range: Range::Any, measures: Measures::Named }, body)
}
