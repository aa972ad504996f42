//! What is known of the atoms of a formula: positive symbols, shares that add up, inequalities.

use super::number::Rational;
use super::poly::{Monomial, Poly};
use std::collections::BTreeSet;

/// Shares of one whole: each in (0, 1), adding up to 1 or to less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub members: Vec<u32>,
    /// Whether the members are all there are.
    pub whole: bool,
}

/// What is known of the atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    positive: BTreeSet<u32>,
    nonnegative: BTreeSet<u32>,
    groups: Vec<Group>,
    facts: Vec<Fact>,
}

/// An inequality: `difference` is above zero, or (`weak`) not below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub difference: Poly,
    pub weak: bool,
}

/// What a conclusion rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ground {
    /// The atom is positive.
    Positive(u32),
    /// The atom is positive or zero.
    NonNegative(u32),
    /// The shares of this group add up to 1, or to less.
    AddingUp(usize),
    /// The inequality of this number.
    Fact(usize),
    /// A square is not negative.
    Square,
}

/// More terms than this are not worked with.
const TERMS: usize = 20_000;

/// Numbers from here on stand for things that no atom of a formula is: rests of groups, and above them differences of facts.
const OWN: u32 = u32::MAX - (1 << 20);
const DIFFERENCES: u32 = u32::MAX - (1 << 19);

/// The part of a whole that no atom stands for.
fn rest_of(group: usize) -> Option<u32> {
    u32::try_from(group).ok().and_then(|group| OWN.checked_add(group)).filter(|atom| *atom < DIFFERENCES)
}

/// By how much an inequality holds.
fn difference_of(fact: usize) -> Option<u32> {
    u32::try_from(fact).ok().and_then(|fact| DIFFERENCES.checked_add(fact)).filter(|atom| *atom < u32::MAX)
}

impl Assumptions {
    pub fn new() -> Assumptions {
        Assumptions::default()
    }

    /// The atom is above zero: a price, a quantity, an elasticity.
    pub fn positive(&mut self, atom: u32) -> &mut Self {
        self.positive.insert(atom);
        self
    }

    /// The atom is zero or above: a tariff in [0, ∞).
    pub fn nonnegative(&mut self, atom: u32) -> &mut Self {
        self.nonnegative.insert(atom);
        self
    }

    /// The atom is in (0, 1).
    pub fn share(&mut self, atom: u32) -> &mut Self {
        self.shares([atom], false)
    }

    /// The atoms are shares of one whole: all of it (`whole`), or a part of it.
    pub fn shares(&mut self, members: impl IntoIterator<Item = u32>, whole: bool) -> &mut Self {
        let distinct: BTreeSet<u32> = members.into_iter().collect();
        self.positive.extend(&distinct);
        self.groups.push(Group { members: distinct.into_iter().collect(), whole });
        self
    }

    /// `difference` is above zero.
    pub fn fact(&mut self, difference: Poly) -> &mut Self {
        self.facts.push(Fact { difference, weak: false });
        self
    }

    /// `difference` is zero or above.
    pub fn weak_fact(&mut self, difference: Poly) -> &mut Self {
        self.facts.push(Fact { difference, weak: true });
        self
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Whether the atom, the unnamed rest of a group, or the difference of a fact is above zero.
    pub fn is_positive(&self, atom: u32) -> bool {
        self.positive.contains(&atom) || self.group_of_rest(atom).is_some() || self.fact_of_difference(atom).is_some_and(|fact| !self.is_weak(fact))
    }

    /// Whether the atom is at or above zero.
    pub fn is_nonnegative(&self, atom: u32) -> bool {
        self.is_positive(atom) || self.nonnegative.contains(&atom) || self.fact_of_difference(atom).is_some()
    }

    fn is_weak(&self, fact: usize) -> bool {
        self.facts.get(fact).is_none_or(|fact| fact.weak)
    }

    /// Why the atom is positive, or not negative.
    pub(super) fn ground(&self, atom: u32) -> Ground {
        let own = self.group_of_rest(atom).map(Ground::AddingUp).or_else(|| self.fact_of_difference(atom).map(Ground::Fact));
        own.unwrap_or(if self.positive.contains(&atom) { Ground::Positive(atom) } else { Ground::NonNegative(atom) })
    }

    fn group_of_rest(&self, atom: u32) -> Option<usize> {
        let index = usize::try_from(atom.checked_sub(OWN)?).ok()?;
        (atom < DIFFERENCES && index < self.groups.len()).then_some(index)
    }

    fn fact_of_difference(&self, atom: u32) -> Option<usize> {
        let index = usize::try_from(atom.checked_sub(DIFFERENCES)?).ok()?;
        (index < self.facts.len()).then_some(index)
    }

    /// The polynomial with symbols that are no shares written through the facts that bound them: σ > 1 makes σ one and something positive.
    ///
    /// `None` where no fact serves.
    pub(super) fn unfolded(&self, poly: &Poly) -> Option<Poly> {
        let mut result = poly.clone();
        let mut written: BTreeSet<u32> = BTreeSet::new();
        for (index, Fact { difference: fact, .. }) in self.facts.iter().enumerate() {
            if fact.atoms().iter().any(|atom| written.contains(atom)) {
                continue;
            }
            let linear = |term: &&(Rational, Monomial)| match term.1.powers() {
                [(atom, 1)] => fact.degree_in(*atom) == 1 && !self.is_share(*atom) && result.degree_in(*atom) > 0 && alone(fact, *atom),
                _ => false,
            };
            let Some((coefficient, monomial)) = fact.terms().iter().find(linear) else { continue };
            let [(atom, _)] = monomial.powers() else { continue };
            let others = fact.minus(&Poly::term(coefficient.clone(), monomial.clone()))?;
            let value = Poly::atom(difference_of(index)?).minus(&others)?.scaled(&coefficient.checked_recip()?)?;
            result = result.replace(*atom, &value)?;
            written.insert(*atom);
        }
        (!written.is_empty() && result.terms().len() <= TERMS).then_some(result)
    }

    pub(super) fn is_share(&self, atom: u32) -> bool {
        self.groups.iter().any(|group| group.members.contains(&atom)) || self.group_of_rest(atom).is_some()
    }

    /// Groups without a common member, those with most members in the polynomial first; `late` prefers the ones declared last.
    pub(super) fn disjoint(&self, poly: &Poly, late: bool) -> Vec<usize> {
        let atoms = poly.atoms();
        let met = |group: &Group| group.members.iter().filter(|member| atoms.contains(member)).count();
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        if late {
            order.reverse();
        }
        order.sort_by_key(|index| std::cmp::Reverse(self.groups.get(*index).map_or(0, met)));
        let mut taken = BTreeSet::new();
        order.retain(|index| {
            let Some(group) = self.groups.get(*index) else { return false };
            if met(group) == 0 || group.members.iter().any(|member| taken.contains(member)) {
                return false;
            }
            taken.extend(group.members.iter().copied());
            true
        });
        order
    }

    /// The members of a group with the unnamed rest.
    pub(super) fn parts(&self, group: usize) -> Vec<u32> {
        let Some(found) = self.groups.get(group) else { return Vec::new() };
        let mut parts = found.members.clone();
        if !found.whole {
            parts.extend(rest_of(group));
        }
        parts
    }

    /// The same polynomial with all terms of the same degree in the parts of a group, `extra` above the highest: a factor 1 is their sum.
    ///
    /// `None` where that grows too large.
    pub(super) fn homogenised(&self, poly: &Poly, group: usize, extra: u32) -> Option<Poly> {
        let parts = self.parts(group);
        let degree = |monomial: &Monomial| monomial.powers().iter().filter(|pair| parts.contains(&pair.0)).map(|pair| pair.1).sum::<u32>();
        let highest = poly.terms().iter().map(|term| degree(&term.1)).max().unwrap_or(0).checked_add(extra)?;
        let one = Poly::new(parts.iter().map(|part| (Rational::ONE, Monomial::new([(*part, 1)]))))?;
        let mut powers = vec![Poly::one()];
        let mut terms = Vec::new();
        for (coefficient, monomial) in poly.terms() {
            let missing = usize::try_from(highest.checked_sub(degree(monomial))?).ok()?;
            while powers.len() <= missing {
                let next = powers.last()?.times(&one)?;
                powers.push(next);
            }
            let filled = Poly::term(coefficient.clone(), monomial.clone()).times(powers.get(missing)?)?;
            terms.extend(filled.terms().iter().cloned());
            if terms.len() > TERMS {
                return None;
            }
        }
        Poly::new(terms)
    }

    /// One form for polynomials that are equal through adding up: a member of each whole is written as 1 less the others.
    pub(super) fn normal(&self, poly: &Poly) -> Option<Poly> {
        self.eliminated(poly, true)
    }

    /// Without the last, or the first, member of each whole.
    fn eliminated(&self, poly: &Poly, last: bool) -> Option<Poly> {
        let mut result = poly.clone();
        for index in self.disjoint_wholes() {
            let Some(members) = self.groups.get(index).map(|group| group.members.as_slice()) else { continue };
            let Some((out, others)) = (if last { members.split_last() } else { members.split_first() }) else { continue };
            result = result.replace(*out, &one_minus(others)?)?;
            if result.terms().len() > TERMS {
                return None;
            }
        }
        Some(result)
    }

    fn disjoint_wholes(&self) -> Vec<usize> {
        let mut taken = BTreeSet::new();
        let mut chosen = Vec::new();
        for (index, group) in self.groups.iter().enumerate().filter(|entry| entry.1.whole) {
            if !group.members.iter().any(|member| taken.contains(member)) {
                taken.extend(group.members.iter().copied());
                chosen.push(index);
            }
        }
        chosen
    }

    /// The shortest form found by writing shares as 1 less the others of their group: `1 − θ_L` becomes `θ_H`.
    ///
    /// Equal to `poly` wherever the groups add up; of equally short forms the one nearest to `poly`.
    pub fn shorten(&self, poly: &Poly) -> Poly {
        let mut best = self.shorten_from(poly);
        for last in [true, false] {
            if let Some(start) = self.eliminated(poly, last) {
                let candidate = self.shorten_from(&start);
                if measure(&candidate) < measure(&best) {
                    best = candidate;
                }
            }
        }
        best
    }

    /// By single steps while they shorten.
    fn shorten_from(&self, start: &Poly) -> Poly {
        let mut best = start.clone();
        loop {
            let mut better: Option<Poly> = None;
            for group in self.groups.iter().filter(|group| group.whole) {
                for member in group.members.iter().filter(|member| best.degree_in(**member) > 0) {
                    let others: Vec<u32> = group.members.iter().copied().filter(|other| other != member).collect();
                    let Some(candidate) = one_minus(&others).and_then(|value| best.replace(*member, &value)) else { continue };
                    if measure(&candidate) < measure(better.as_ref().unwrap_or(&best)) {
                        better = Some(candidate);
                    }
                }
            }
            match better {
                Some(found) => best = found,
                None => return best,
            }
        }
    }
}

/// Terms, then atoms in them.
fn measure(poly: &Poly) -> (usize, u64) {
    (poly.terms().len(), poly.terms().iter().map(|term| term.1.degree()).sum())
}

/// Whether the atom stands in one term only.
fn alone(poly: &Poly, atom: u32) -> bool {
    poly.terms().iter().filter(|term| term.1.power_of(atom) > 0).count() == 1
}

fn one_minus(atoms: &[u32]) -> Option<Poly> {
    atoms.iter().try_fold(Poly::one(), |left, atom| left.minus(&Poly::atom(*atom)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(index: u32) -> String {
        if index >= OWN { "rest".to_string() } else { format!("s{index}") }
    }

    #[test]
    fn what_is_missing_to_one_is_another_share() {
        let mut known = Assumptions::new();
        known.shares([0, 1, 2], true).share(3);
        let poly = one_minus(&[0]).and_then(|a| a.times(&one_minus(&[3])?)).expect("small numbers");
        let first = known.homogenised(&poly, 0, 0).expect("small");
        assert_eq!(known.homogenised(&first, 1, 0).expect("small").to_text(&named), "s1*rest + s2*rest");
        assert_eq!(known.shorten(&one_minus(&[0, 1]).expect("small numbers")).to_text(&named), "s2");
        assert_eq!(known.shorten(&Poly::atom(0)).to_text(&named), "s0");
    }

    #[test]
    fn equal_through_adding_up_is_equal_in_normal_form() {
        let mut known = Assumptions::new();
        known.shares([0, 1], true).shares([2, 3], true);
        // θ_Lx θ_Hy − θ_Ly θ_Hx = θ_Lx − θ_Ly.
        let product = |a, b| Poly::atom(a).times(&Poly::atom(b));
        let determinant = product(0, 3).and_then(|first| first.minus(&product(2, 1)?)).expect("small numbers");
        let difference = Poly::atom(0).minus(&Poly::atom(2)).expect("small numbers");
        assert_eq!(known.normal(&determinant), known.normal(&difference));
        assert_eq!(known.shorten(&determinant), difference);
    }

    #[test]
    fn groups_that_overlap_are_not_used_together() {
        let mut known = Assumptions::new();
        known.shares([0, 1], true).shares([1, 2], true).shares([3], false);
        let poly = one_minus(&[1, 2, 3]).expect("small numbers");
        assert_eq!(known.disjoint(&poly, false), [1, 2]);
        assert!(known.is_share(3) && !known.is_share(4));
    }
}
