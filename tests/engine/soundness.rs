//! A sign that is proved holds at every point where the assumptions do.

use proptest::prelude::*;
use std::collections::BTreeMap;
use tasktrade::algebra::sign::{Sign, sign};
use tasktrade::algebra::{Assumptions, Factored, Monomial, Poly, Rational};

/// Atoms 0 to 2 are shares of a whole, 3 and 4 of another, 5 is a share, 6 and 7 are positive, 8 is free; `overlap` adds that 2 + 3 < 1.
fn assumptions(overlap: bool, facts: &[Poly]) -> Assumptions {
    let mut known = Assumptions::new();
    known.shares([0, 1, 2], true).shares([3, 4], true).share(5).positive(6).positive(7);
    if overlap {
        known.shares([2, 3], false);
    }
    for fact in facts {
        known.fact(fact.clone());
    }
    known
}

fn poly(degree: u32, terms: usize) -> impl Strategy<Value = Poly> {
    let monomial = proptest::collection::vec((0u32..9, 1..=degree), 0..3);
    let term = (-3i64..=3, monomial).prop_map(|(value, powers)| (Rational::from(value), Monomial::new(powers)));
    proptest::collection::vec(term, 1..terms).prop_map(|terms| Poly::new(terms).unwrap_or_default())
}

fn factored() -> impl Strategy<Value = Factored> {
    let side = || proptest::collection::vec((poly(2, 5), 1u32..3), 0..3);
    (prop_oneof![Just(1i64), Just(-2)], side(), side()).prop_filter_map("a zero divisor", |(constant, above, below)| {
        if below.iter().any(|factor| factor.0.is_zero()) { None } else { Factored::new(constant.into(), above, below) }
    })
}

/// Twelve numbers in (0, 1) make a point.
fn point(draws: &[f64]) -> Vec<f64> {
    let part = |range: std::ops::Range<usize>, index: usize| draws[index].powi(3) / draws[range].iter().map(|draw| draw.powi(3)).sum::<f64>();
    let scale = |draw: f64| (draw / (1.0 - draw)).powi(2);
    vec![
        part(0..3, 0),
        part(0..3, 1),
        part(0..3, 2),
        part(3..5, 3),
        part(3..5, 4),
        draws[5],
        scale(draws[6]),
        scale(draws[7]),
        scale(draws[8]) - scale(draws[9]),
    ]
}

fn holds(sign: &Sign, value: f64, size: f64) -> bool {
    let tiny = 1e-9 * size;
    match sign {
        Sign::Plus => value > -tiny,
        Sign::Minus => value < tiny,
        Sign::NotNegative => value >= -tiny,
        Sign::NotPositive => value <= tiny,
        Sign::Zero => value.abs() <= tiny,
        Sign::Undecided { .. } => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proved_is_true(
        value in factored(),
        overlap in any::<bool>(),
        facts in proptest::collection::vec(poly(1, 4), 0..3),
        draws in proptest::collection::vec(proptest::collection::vec(0.01f64..0.99, 10), 40),
    ) {
        let known = assumptions(overlap, &facts);
        let judgement = sign(&value, &known, &|_: &[Poly]| Ok(Vec::new())).expect("nothing to fail");
        for draws in &draws {
            let point = point(draws);
            if (overlap && point[2] + point[3] >= 1.0) || facts.iter().any(|fact| fact.eval(&point) <= 0.0) {
                continue;
            }
            let at = |atom: u32| point[atom as usize];
            let size = |list: &[(Poly, u32)]| list.iter().map(|(poly, power)| poly.eval_at(at).1.powi(*power as i32)).product::<f64>();
            let below = value.denominator.iter().map(|(poly, power)| poly.eval(&point).powi(*power as i32)).product::<f64>();
            let found = value.eval(&point);
            if !found.is_finite() || below.abs() < 1e-9 * size(&value.denominator) {
                continue;
            }
            let scale = size(&value.numerator) / below.abs();
            prop_assert!(holds(&judgement.sign, found, scale), "{:?} but {found} at {point:?}", judgement.sign);
            if let Sign::Undecided { turned, factors } = &judgement.sign {
                let product: f64 = factors.iter().map(|factor| factor.eval(&point)).product();
                let said = if *turned { -product } else { product };
                prop_assert!(said * found >= -1e-6 * scale * product.abs(), "{:?}: {said} against {found}", judgement.sign);
            }
        }
    }

    #[test]
    fn shortening_changes_nothing_where_shares_add_up(value in poly(3, 6), draws in proptest::collection::vec(0.01f64..0.99, 10)) {
        let known = assumptions(false, &[]);
        let point = point(&draws);
        let short = known.shorten(&value);
        let (before, scale) = value.eval_at(|atom| point[atom as usize]);
        prop_assert!((short.eval(&point) - before).abs() <= 1e-9 * scale.max(1.0));
        prop_assert!(short.terms().len() <= value.terms().len());
    }
}

#[test]
fn proofs_are_found_and_not_only_refused() {
    let known = assumptions(false, &[]);
    let one_minus = |atoms: &[u32]| atoms.iter().try_fold(Poly::one(), |left, atom| left.minus(&Poly::atom(*atom))).expect("small numbers");
    let cases: BTreeMap<&str, (Poly, bool)> = BTreeMap::from([
        ("1 − a − b", (one_minus(&[0, 1]), true)),
        ("1 − ab", (one_minus(&[]).minus(&Poly::atom(0).times(&Poly::atom(3)).expect("small")).expect("small"), true)),
        ("a + b − 1", (one_minus(&[0, 1]).negated(), false)),
    ]);
    for (name, (poly, positive)) in cases {
        let value = Factored::new(Rational::ONE, vec![(poly, 1)], vec![]).expect("small numbers");
        let found = sign(&value, &known, &|_: &[Poly]| Ok(Vec::new())).expect("nothing to fail").sign;
        assert_eq!(found, if positive { Sign::Plus } else { Sign::Minus }, "{name}");
    }
}
