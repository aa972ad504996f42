//! Σ, the elasticity of substitution of a whole economy: an average of its industries' and households' own.

use super::ask::{Ask, one};
use super::atoms::{Atom, Atoms, Measures, Range};
use super::flows::Flows;
use super::known::ranges;
use super::shorten::is_elasticity;
use crate::algebra::sign::{Verdict, verdict};
use crate::algebra::{Factored, Formula, Monomial, Poly, Task};
use crate::diag::Diagnostic;

/// A factor that is an average of elasticities of substitution, up to factors without them: named Σ where that shortens.
///
/// Named so only where the coefficients of the elasticities are proved to have one sign, and not all to be zero: Σ is an average, and positive.
pub fn average_elasticity(best: &Factored, atoms: &mut Atoms, flows: &Flows, ask: &Ask) -> Result<Option<(Factored, (u32, Formula))>, Diagnostic> {
    let candidates: Vec<Poly> =
        best.denominator.iter().chain(&best.numerator).map(|f| f.0.clone()).filter(|p| p.terms().len() > 2 && is_average(p, atoms)).collect();
    if candidates.is_empty() {
        return Ok(None);
    }
    let at_one: Vec<Formula> = candidates.iter().map(|p| p.to_formula().replace(&|a| is_elasticity(atoms, a).then(Formula::one))).collect();
    let sums = ask.factor_all(at_one)?;
    for (poly, sum) in candidates.iter().zip(sums) {
        let Some(sum) = sum.filter(|s| !s.is_zero()) else { continue };
        let factors: u32 = sum.numerator.iter().map(|f| f.1).sum();
        let short = sum.denominator.is_empty() && (sum.as_constant().is_some() || factors > 1) && sum.size() < poly.terms().len();
        if !short {
            continue;
        }
        let list: Vec<u32> = poly.atoms().into_iter().filter(|a| is_elasticity(atoms, *a)).collect();
        let Some(positive) = weights_agree(poly, &list, atoms, flows, ask)? else { continue };
        let definition = poly.to_formula().over(sum.to_formula());
        let shown: Vec<String> = list.iter().filter_map(|a| atoms.get(*a)).map(|a| a.display.clone()).collect();
        let meaning = format!(
            "elasticity of substitution of the whole economy: an average of {}{}",
            shown.join(", "),
            if homogeneous(poly, atoms) { "" } else { " and of unit elasticities" }
        );
        let value = definition.eval(&atoms.values());
        let atom = Atom {
            name: "Sigma".into(),
            display: "Σ".into(),
            latex: "\\Sigma".into(),
            meaning,
            value,
            range: if positive { Range::Positive } else { Range::NonNegative },
            measures: Measures::Named,
        };
        let at = atoms.define(atom, &definition);
        // Σ stands for one of the elasticities: P = Σ·N, and P is linear in it.
        for e in &list {
            let Some((rest, slope)) = split(poly, *e) else { continue };
            let instead = Formula::atom(at).times(sum.to_formula()).minus(rest.to_formula()).over(slope.to_formula());
            let mut replies = ask.tasks(&[Task::Substitute { formula: best.to_formula(), replacements: vec![(*e, instead)] }])?;
            let Ok(shorter) = one(&mut replies).factored() else { continue };
            if shorter.size() < best.size() && !shorter.atoms().iter().any(|a| list.contains(a)) {
                return Ok(Some((shorter, (at, definition))));
            }
        }
    }
    Ok(None)
}

/// `P = rest + slope · e` of a polynomial that is linear in `e`.
fn split(poly: &Poly, e: u32) -> Option<(Poly, Poly)> {
    let rest = poly.replace(e, &Poly::zero())?;
    let slope = poly.replace(e, &Poly::one())?.minus(&rest)?;
    Some((rest, slope))
}

/// Whether the coefficients of the elasticities, and what stands beside them, are all proved to have one sign, one of them strictly; then,
/// whether the average is above zero and not only at it.
fn weights_agree(poly: &Poly, list: &[u32], atoms: &Atoms, flows: &Flows, ask: &Ask) -> Result<Option<bool>, Diagnostic> {
    let known = ranges(atoms, flows);
    let factor = |polys: &[Poly]| ask.factors(polys);
    // Each weight with whether what it weighs is above zero for sure.
    let mut signs: Vec<(Verdict, bool)> = Vec::new();
    let mut left = Some(poly.clone());
    for e in list {
        let Some((rest, slope)) = left.as_ref().and_then(|p| split(p, *e)) else { return Ok(None) };
        signs.push((verdict(&slope, &known, &factor).map_err(|e| Diagnostic::from(&e))?.verdict, known.is_positive(*e)));
        left = Some(rest);
    }
    let beside = left.unwrap_or_else(Poly::zero);
    if !beside.is_zero() {
        signs.push((verdict(&beside, &known, &factor).map_err(|e| Diagnostic::from(&e))?.verdict, true));
    }
    // A weight may be zero, as the square of a difference is where intensities meet; not all of them.
    let one_sign = |strict: Verdict, weak: Verdict| signs.iter().all(|s| s.0 == strict || s.0 == weak) && signs.iter().any(|s| s.0 == strict);
    let strict = [(Verdict::Positive, Verdict::NotNegative), (Verdict::Negative, Verdict::NotPositive)].into_iter().find(|s| one_sign(s.0, s.1));
    Ok(strict.map(|(strict, _)| signs.iter().any(|s| s.0 == strict && s.1)))
}

/// Linear in elasticities of substitution, at least one of them.
fn is_average(poly: &Poly, atoms: &Atoms) -> bool {
    let degree = |m: &Monomial| m.powers().iter().filter(|(a, _)| is_elasticity(atoms, *a)).map(|(_, p)| *p).sum::<u32>();
    poly.terms().iter().all(|(_, m)| degree(m) <= 1) && poly.terms().iter().any(|(_, m)| degree(m) == 1)
}

fn homogeneous(poly: &Poly, atoms: &Atoms) -> bool {
    poly.terms().iter().all(|(_, m)| m.powers().iter().any(|(a, _)| is_elasticity(atoms, *a)))
}
