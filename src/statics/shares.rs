//! Polynomials in shares that add up: written so that every term has the same degree in each group, which shows signs and determinants.

use super::atoms::{Atoms, Measures, Range};
use crate::algebra::{Monomial, Poly};

/// Terms beyond which equal degrees shorten nothing.
const EVEN: usize = 80;

/// Groups of shares whose last member is what the others leave.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// The free members, and the atom of the last one where it has a name.
    pub list: Vec<(Vec<u32>, Option<u32>)>,
}

impl Groups {
    /// All groups of the atoms; a share in no group is one with its complement.
    pub fn of(atoms: &Atoms) -> Groups {
        let mut list: Vec<(Vec<u32>, Option<u32>)> = Vec::new();
        for group in &atoms.groups {
            if let Some((last, others)) = group.split_last()
                && !list.iter().any(|(free, l)| *l == Some(*last) || free.iter().any(|a| group.contains(a)))
            {
                list.push((others.to_vec(), Some(*last)));
            }
        }
        // Shares of output and of makers: the last of each is a formula in the others.
        let made: Vec<u32> = atoms.iter().filter(|(_, a)| matches!(a.measures, Measures::Made(_))).map(|x| x.0).collect();
        if let Some((last, others)) = made.split_last()
            && !others.is_empty()
        {
            list.push((others.to_vec(), Some(*last)));
        }
        Groups { list }
    }

    /// The groups, with one of its own for each share of `poly` that is in none.
    fn with_lone(&self, poly: &Poly, atoms: &Atoms) -> Vec<(Vec<u32>, Option<u32>)> {
        let mut all: Vec<_> = self.list.clone();
        for a in poly.atoms() {
            let grouped = all.iter().any(|(free, last)| free.contains(&a) || *last == Some(a));
            if !grouped && atoms.range(a) == Range::Share {
                all.push((vec![a], None));
            }
        }
        all
    }

    /// `poly` with each term multiplied by powers of `Σ group = 1` until all have the same degree in each group, `extra` degrees more.
    ///
    /// Complements without a name get numbers from `virtual_from` on. Last members inside `poly` are taken as they are.
    /// `None` where the polynomial outgrows exact arithmetic.
    pub fn homogeneous(&self, poly: &Poly, atoms: &Atoms, lone: bool, extra: u32, virtual_from: u32) -> Option<Poly> {
        let groups = if lone { self.with_lone(poly, atoms) } else { self.list.clone() };
        let mut out = poly.clone();
        for (n, (free, last)) in groups.iter().enumerate() {
            let last = last.unwrap_or(virtual_from + n as u32);
            let members: Vec<u32> = free.iter().copied().chain([last]).collect();
            let degree = |m: &Monomial| m.powers().iter().filter(|(a, _)| members.contains(a)).map(|(_, p)| *p).sum::<u32>();
            let top = out.terms().iter().map(|(_, m)| degree(m)).max().unwrap_or(0);
            if top == 0 {
                continue;
            }
            let whole = members.iter().try_fold(Poly::zero(), |sum, a| sum.plus(&Poly::atom(*a)))?;
            let mut powers = vec![Poly::one()];
            for _ in 0..top + extra {
                let next = powers.last()?.times(&whole)?;
                powers.push(next);
            }
            let mut all = Vec::new();
            for (c, m) in out.terms() {
                let missing = (top + extra).checked_sub(degree(m))?;
                let term = Poly::term(c.clone(), m.clone()).times(powers.get(missing as usize)?)?;
                all.extend(term.terms().iter().cloned());
                if all.len() > 4 * EVEN {
                    return None;
                }
            }
            let sum = Poly::new(all)?;
            if sum.terms().len() > EVEN {
                return None;
            }
            out = sum;
        }
        Some(out)
    }
}

impl Groups {
    /// The shortest of the forms that equal degrees in some of the groups give; `length` measures.
    pub fn shortest(&self, poly: &Poly, atoms: &Atoms, length: &dyn Fn(&Poly) -> usize) -> Poly {
        let mut best = poly.clone();
        let mut size = length(&best);
        let met: Vec<_> =
            self.list.iter().filter(|(free, last)| poly.atoms().iter().any(|a| free.contains(a) || *last == Some(*a))).cloned().collect();
        if let Some(all) = (Groups { list: met.clone() }).homogeneous(poly, atoms, false, 0, 0) {
            let n = length(&all);
            if n < size {
                (best, size) = (all, n);
            }
        }
        let mut from = poly.clone();
        // Written in the last share instead of a free one: θ_L λ − λ = −θ_H λ.
        for (free, last) in &met {
            let Some(last) = last else { continue };
            for a in free.iter().filter(|a| poly.degree_in(**a) > 0) {
                let others = free.iter().filter(|b| *b != a).chain([last]).try_fold(Poly::one(), |left, b| left.minus(&Poly::atom(*b)));
                let Some(next) = others.and_then(|o| from.replace(*a, &o)) else { continue };
                if next.terms().len() < from.terms().len() {
                    (best, size) = (next.clone(), length(&next));
                    from = next;
                }
            }
        }
        for group in met {
            let alone = Groups { list: vec![group] };
            if let Some(next) = alone.homogeneous(&from, atoms, false, 0, 0) {
                let n = length(&next);
                if n < size {
                    (best, size) = (next.clone(), n);
                    from = next;
                }
            }
        }
        best
    }
}
