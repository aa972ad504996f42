//! The sign of a factored formula, proved from what is known of its atoms.
//!
//! Sound, not complete: `Plus` is a proof, `Undecided` says which factors decide. Each factor is rewritten so that a whole is the sum of
//! its shares, then collected by positive symbols; a sum of terms of one sign has that sign, a square is not negative.

use super::AlgebraError;
use super::assume::{Assumptions, Ground};
use super::number::Rational;
use super::poly::{Factored, Monomial, Poly};
use super::sample::Samples;
use std::collections::BTreeSet;

/// The sign of a formula under assumptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
    Zero,
    NotNegative,
    NotPositive,
    /// The sign is that of the product of `factors`, turned around where `turned`; each is in its shortest form.
    Undecided {
        turned: bool,
        factors: Vec<Poly>,
    },
}

/// What is known of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Positive,
    Negative,
    Zero,
    NotNegative,
    NotPositive,
    Unknown,
}

/// One factor with what was proved of it, and from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub factor: Poly,
    pub verdict: Verdict,
    pub grounds: BTreeSet<Ground>,
}

/// A sign with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub sign: Sign,
    /// The factors that are not single atoms.
    pub steps: Vec<Step>,
}

/// Factors polynomials, as [`Engine::factor`](super::Engine::factor) does; an empty answer leaves them as they are.
pub type Factorizer<'a> = dyn Fn(&[Poly]) -> Result<Vec<Factored>, AlgebraError> + 'a;

/// Sums of shares that are multiplied in beyond what adding up needs.
const EXTRA: u32 = 2;

/// How often collecting and factoring may follow each other.
const DEPTH: usize = 2;

/// Terms up to which completing a square is tried.
const LONGEST_SQUARE: usize = 120;

/// Multiples of an inequality that are tried.
const MULTIPLES: usize = 60;

type Proof = (Verdict, BTreeSet<Ground>);

impl Verdict {
    fn of(value: &Rational) -> Verdict {
        if value.is_zero() {
            Verdict::Zero
        } else if value.is_negative() {
            Verdict::Negative
        } else {
            Verdict::Positive
        }
    }

    fn turned(self) -> Verdict {
        match self {
            Verdict::Positive => Verdict::Negative,
            Verdict::Negative => Verdict::Positive,
            Verdict::NotNegative => Verdict::NotPositive,
            Verdict::NotPositive => Verdict::NotNegative,
            same => same,
        }
    }

    fn times(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Zero, _) | (_, Verdict::Zero) => Verdict::Zero,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            (Verdict::Positive, verdict) | (verdict, Verdict::Positive) => verdict,
            (Verdict::Negative, verdict) | (verdict, Verdict::Negative) => verdict.turned(),
            (Verdict::NotNegative, verdict) | (verdict, Verdict::NotNegative) => verdict,
            (Verdict::NotPositive, Verdict::NotPositive) => Verdict::NotNegative,
        }
    }

    fn plus(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Zero, verdict) | (verdict, Verdict::Zero) => verdict,
            (Verdict::Positive, Verdict::Positive | Verdict::NotNegative) | (Verdict::NotNegative, Verdict::Positive) => Verdict::Positive,
            (Verdict::Negative, Verdict::Negative | Verdict::NotPositive) | (Verdict::NotPositive, Verdict::Negative) => Verdict::Negative,
            (Verdict::NotNegative, Verdict::NotNegative) => Verdict::NotNegative,
            (Verdict::NotPositive, Verdict::NotPositive) => Verdict::NotPositive,
            _ => Verdict::Unknown,
        }
    }

    /// With zero allowed.
    fn weakened(self) -> Verdict {
        match self {
            Verdict::Positive => Verdict::NotNegative,
            Verdict::Negative => Verdict::NotPositive,
            same => same,
        }
    }

    fn is_known(self) -> bool {
        self != Verdict::Unknown
    }
}

/// Decides the sign of `value` where the assumptions hold and its denominator is not zero.
///
/// Errors: those of `factor`.
pub fn sign(value: &Factored, known: &Assumptions, factor: &Factorizer<'_>) -> Result<Judgement, AlgebraError> {
    let judge = Judge { known, samples: Samples::new(known), factor };
    let mut overall = Verdict::of(&value.constant);
    let mut undecided = Vec::new();
    let mut steps = Vec::new();
    if value.is_zero() {
        return Ok(Judgement { sign: Sign::Zero, steps });
    }
    let factors = value.numerator.iter().map(|factor| (factor, false)).chain(value.denominator.iter().map(|factor| (factor, true)));
    for ((poly, power), divides) in factors {
        let (mut verdict, mut grounds) = judge.decide(poly, 0)?;
        if divides {
            verdict = match verdict {
                Verdict::NotNegative => Verdict::Positive,
                Verdict::NotPositive => Verdict::Negative,
                same => same,
            };
        }
        let even = power % 2 == 0;
        let contribution = if even && (divides || matches!(verdict, Verdict::Positive | Verdict::Negative)) {
            Verdict::Positive
        } else if even && verdict != Verdict::Zero {
            grounds.insert(Ground::Square);
            Verdict::NotNegative
        } else {
            verdict
        };
        if poly.terms().len() > 1 {
            steps.push(Step { factor: poly.clone(), verdict, grounds });
        }
        if contribution.is_known() {
            overall = overall.times(contribution);
        } else {
            undecided.push(known.shorten(poly));
        }
    }
    if undecided.is_empty() || overall == Verdict::Zero {
        let sign = match overall {
            Verdict::Positive => Sign::Plus,
            Verdict::Negative => Sign::Minus,
            Verdict::NotNegative => Sign::NotNegative,
            Verdict::NotPositive => Sign::NotPositive,
            Verdict::Zero => Sign::Zero,
            Verdict::Unknown => Sign::Undecided { turned: false, factors: undecided },
        };
        return Ok(Judgement { sign, steps });
    }
    let turned = matches!(overall, Verdict::Negative | Verdict::NotPositive);
    Ok(Judgement { sign: Sign::Undecided { turned, factors: undecided }, steps })
}

/// What is proved of a single polynomial.
///
/// Errors: those of `factor`.
pub fn verdict(poly: &Poly, known: &Assumptions, factor: &Factorizer<'_>) -> Result<Step, AlgebraError> {
    let judge = Judge { known, samples: Samples::new(known), factor };
    let mut proof = judge.quick_product(poly);
    if !proof.0.is_known() {
        proof = match factor(std::slice::from_ref(poly))?.as_slice() {
            [factored] => judge.product(factored, 0)?,
            _ => judge.decide(poly, 0)?,
        };
    }
    Ok(Step { factor: poly.clone(), verdict: proof.0, grounds: proof.1 })
}

struct Judge<'a> {
    known: &'a Assumptions,
    samples: Samples,
    factor: &'a Factorizer<'a>,
}

fn unknown() -> Proof {
    (Verdict::Unknown, BTreeSet::new())
}

impl Judge<'_> {
    fn decide(&self, poly: &Poly, depth: usize) -> Result<Proof, AlgebraError> {
        if poly.is_zero() {
            return Ok((Verdict::Zero, BTreeSet::new()));
        }
        let (content, rest) = poly.monomial_content();
        let outside = self.term(&Rational::ONE, &content);
        let mut inside = self.quick(&rest);
        if !inside.0.is_known() && depth < DEPTH {
            inside = self.slow(&rest, depth)?;
        }
        let grounds = &outside.1 | &inside.1;
        Ok((outside.0.times(inside.0), grounds))
    }

    /// A term: its coefficient times powers of atoms.
    fn term(&self, coefficient: &Rational, monomial: &Monomial) -> Proof {
        let mut verdict = Verdict::of(coefficient);
        let mut grounds = BTreeSet::new();
        for (atom, power) in monomial.powers() {
            if self.known.is_positive(*atom) {
                grounds.insert(self.known.ground(*atom));
            } else if self.known.is_nonnegative(*atom) {
                grounds.insert(self.known.ground(*atom));
                verdict = verdict.times(Verdict::NotNegative);
            } else if power % 2 == 0 {
                grounds.insert(Ground::Square);
                verdict = verdict.times(Verdict::NotNegative);
            } else {
                return unknown();
            }
        }
        (verdict, grounds)
    }

    /// A sum of terms of one sign.
    fn direct(&self, poly: &Poly) -> Proof {
        let mut sum = (Verdict::Zero, BTreeSet::new());
        for (coefficient, monomial) in poly.terms() {
            let (verdict, grounds) = self.term(coefficient, monomial);
            sum.0 = sum.0.plus(verdict);
            if !sum.0.is_known() {
                return unknown();
            }
            sum.1.extend(grounds);
        }
        sum
    }

    /// Without collecting: as it stands, through adding up, through inequalities.
    fn quick(&self, poly: &Poly) -> Proof {
        let plain = self.adding_up(poly);
        if plain.0.is_known() {
            return plain;
        }
        let from_facts = self.facts(poly);
        if from_facts.0.is_known() {
            return from_facts;
        }
        let turned = self.facts(&poly.negated());
        (turned.0.turned(), turned.1)
    }

    fn adding_up(&self, poly: &Poly) -> Proof {
        let plain = self.direct(poly);
        if plain.0.is_known() {
            return plain;
        }
        if self.samples.mixed(poly, self.known) {
            return unknown();
        }
        let orders = [self.known.disjoint(poly, false), self.known.disjoint(poly, true)];
        for groups in orders.iter().take(if orders[0] == orders[1] { 1 } else { 2 }) {
            for extra in 0..=EXTRA {
                let full = groups.iter().try_fold(poly.clone(), |poly, group| self.known.homogenised(&poly, *group, extra));
                let Some(full) = full else { break };
                let (verdict, mut grounds) = self.direct(&full);
                if verdict.is_known() {
                    grounds.extend(groups.iter().map(|group| Ground::AddingUp(*group)));
                    return (verdict, grounds);
                }
            }
        }
        unknown()
    }

    /// Above zero because it is a positive multiple of an inequality's difference and something not negative; not below it where the inequality is weak.
    fn facts(&self, poly: &Poly) -> Proof {
        let Some(poly) = self.known.normal(poly) else { return unknown() };
        for (index, fact) in self.known.facts().iter().enumerate() {
            let (weak, Some(fact)) = (fact.weak, self.known.normal(&fact.difference)) else { continue };
            for multiple in multiples(&poly, &fact) {
                if !matches!(self.term(&multiple.0, &multiple.1).0, Verdict::Positive) {
                    continue;
                }
                let part = Poly::term(multiple.0, multiple.1).times(&fact);
                let Some(left) = part.and_then(|part| poly.minus(&part)) else { continue };
                if self.samples.negative(&left, self.known) {
                    continue;
                }
                let (verdict, mut grounds) = self.adding_up(&left);
                if matches!(verdict, Verdict::Zero | Verdict::Positive | Verdict::NotNegative) {
                    grounds.insert(Ground::Fact(index));
                    grounds.extend(self.used_wholes(&poly));
                    let strict = !weak || verdict == Verdict::Positive;
                    return (if strict { Verdict::Positive } else { Verdict::NotNegative }, grounds);
                }
            }
        }
        unknown()
    }

    fn used_wholes(&self, poly: &Poly) -> Vec<Ground> {
        let atoms = poly.atoms();
        let used = |group: &super::assume::Group| group.whole && group.members.iter().any(|member| atoms.contains(member));
        self.known.groups().iter().enumerate().filter(|entry| used(entry.1)).map(|entry| Ground::AddingUp(entry.0)).collect()
    }

    /// With factoring: by coefficients, by completing a square, through symbols written by their bounds.
    fn slow(&self, poly: &Poly, depth: usize) -> Result<Proof, AlgebraError> {
        let mut proof = self.collected(poly, depth)?;
        if !proof.0.is_known() && poly.terms().len() <= LONGEST_SQUARE {
            proof = self.square_completed(poly, depth)?;
        }
        if !proof.0.is_known()
            && depth == 0
            && let Some(unfolded) = self.known.unfolded(poly)
        {
            proof = self.quick(&unfolded);
            if !proof.0.is_known() {
                proof = self.collected(&unfolded, depth)?;
            }
        }
        Ok(proof)
    }

    /// `A v² + B v + C` has the sign of A where `4 A C − B²` is not negative.
    fn square_completed(&self, poly: &Poly, depth: usize) -> Result<Proof, AlgebraError> {
        for atom in poly.atoms() {
            if poly.degree_in(atom) != 2 {
                continue;
            }
            let mut parts = [Poly::zero(), Poly::zero(), Poly::zero()];
            for (monomial, part) in poly.collect(&|other| other == atom) {
                if let Some(place) = usize::try_from(monomial.power_of(atom)).ok().and_then(|power| parts.get_mut(power)) {
                    *place = part;
                }
            }
            let [constant, linear, quadratic] = &parts;
            let (leading, mut grounds) = self.quick_product(quadratic);
            if !matches!(leading, Verdict::Positive | Verdict::Negative) {
                continue;
            }
            let product = quadratic.times(constant).and_then(|product| product.scaled(&4.into()));
            let Some(left) = product.and_then(|product| product.minus(&linear.times(linear)?)) else { continue };
            let [factored] = &(self.factor)(&[left])?[..] else { continue };
            let (rest, more) = self.product(factored, depth + 1)?;
            let verdict = match rest {
                Verdict::Positive => leading,
                Verdict::Zero | Verdict::NotNegative => leading.weakened(),
                _ => continue,
            };
            grounds.extend(more);
            grounds.insert(Ground::Square);
            return Ok((verdict, grounds));
        }
        Ok(unknown())
    }

    /// By the coefficients of positive symbols and of shares, each factored.
    fn collected(&self, poly: &Poly, depth: usize) -> Result<Proof, AlgebraError> {
        let scale = |atom: u32| self.known.is_nonnegative(atom) && !self.known.is_share(atom);
        let groups = self.known.disjoint(poly, false);
        let mut candidates: Vec<Vec<usize>> = vec![Vec::new()];
        candidates.extend(groups.iter().map(|group| vec![*group]));
        if groups.len() > 2 {
            candidates.extend(groups.iter().map(|left_out| groups.iter().copied().filter(|group| group != left_out).collect()));
        }
        for chosen in candidates {
            let parts: BTreeSet<u32> = chosen.iter().flat_map(|group| self.known.parts(*group)).collect();
            let full = chosen.iter().try_fold(poly.clone(), |poly, group| self.known.homogenised(&poly, *group, 0));
            let Some(full) = full else { continue };
            let keep = |atom: u32| scale(atom) || parts.contains(&atom);
            let terms = full.collect(&keep);
            // One term is the irreducible polynomial itself.
            if terms.len() < 2 {
                continue;
            }
            let (verdict, mut grounds) = self.sum(&terms, depth)?;
            if verdict.is_known() {
                grounds.extend(chosen.iter().map(|group| Ground::AddingUp(*group)));
                return Ok((verdict, grounds));
            }
        }
        Ok(unknown())
    }

    fn sum(&self, terms: &[(Monomial, Poly)], depth: usize) -> Result<Proof, AlgebraError> {
        let mut sum = (Verdict::Zero, BTreeSet::new());
        let mut open = Vec::new();
        for (monomial, coefficient) in terms {
            let (verdict, grounds) = self.quick_product(coefficient);
            if verdict.is_known() {
                let outside = self.term(&Rational::ONE, monomial);
                sum.0 = sum.0.plus(verdict.times(outside.0));
                sum.1.extend(grounds.into_iter().chain(outside.1));
                if !sum.0.is_known() {
                    return Ok(unknown());
                }
            } else {
                open.push((coefficient.clone(), self.term(&Rational::ONE, monomial)));
            }
        }
        if open.is_empty() {
            return Ok(sum);
        }
        let coefficients: Vec<Poly> = open.iter().map(|entry| entry.0.clone()).collect();
        let answers = (self.factor)(&coefficients)?;
        if answers.len() != open.len() {
            return Ok(unknown());
        }
        for (factored, (_, outside)) in answers.iter().zip(open) {
            let (verdict, grounds) = self.product(factored, depth + 1)?;
            sum.0 = sum.0.plus(verdict.times(outside.0));
            if !sum.0.is_known() {
                return Ok(unknown());
            }
            sum.1.extend(grounds.into_iter().chain(outside.1));
        }
        Ok(sum)
    }

    fn quick_product(&self, poly: &Poly) -> Proof {
        let (content, rest) = poly.monomial_content();
        let (outside, inside) = (self.term(&Rational::ONE, &content), self.quick(&rest));
        (outside.0.times(inside.0), &outside.1 | &inside.1)
    }

    fn product(&self, value: &Factored, depth: usize) -> Result<Proof, AlgebraError> {
        let mut product = (Verdict::of(&value.constant), BTreeSet::new());
        for (poly, power) in &value.numerator {
            let (verdict, mut grounds) = self.decide(poly, depth)?;
            let verdict = match verdict {
                Verdict::Positive | Verdict::Negative if power % 2 == 0 => Verdict::Positive,
                Verdict::Zero => Verdict::Zero,
                _ if power % 2 == 0 => {
                    grounds = BTreeSet::from([Ground::Square]);
                    Verdict::NotNegative
                }
                odd => odd,
            };
            product.0 = product.0.times(verdict);
            product.1.extend(grounds);
        }
        Ok(product)
    }
}

/// Monomials with which a multiple of `fact` matches a term of `poly`.
fn multiples(poly: &Poly, fact: &Poly) -> Vec<(Rational, Monomial)> {
    let mut found = Vec::new();
    for (value, monomial) in poly.terms() {
        for (own, below) in fact.terms() {
            let ratio = own.checked_recip().and_then(|own| value.checked_mul(&own)).filter(Rational::is_positive);
            if let (Some(ratio), Some(monomial)) = (ratio, monomial.divided_by(below))
                && !found.contains(&(ratio.clone(), monomial.clone()))
            {
                found.push((ratio, monomial));
                if found.len() >= MULTIPLES {
                    return found;
                }
            }
        }
    }
    found
}
