//! Equations of the user's own: shares that are named quantities, both sides of an equation, first-order conditions, levels.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;
use tasktrade::statics::signs::Answer;

/// Fixed random numbers.
struct Dice(u64);

impl Dice {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }
}

/// Two countries that spend all on varieties of both, with any freeness of trade.
fn varieties(dice: &mut Dice) -> String {
    format!(
        "parameter sg = {:.3} in (1, inf)\nparameter ph = {:.3} in (0, 1)\nparameter L1 = {:.3} in (0, inf)\nparameter L2 = {:.3} in (0, inf)\n\
         variable w in (0, inf) start 1\nlet s11 = L1 * w^(1 - sg) / (L1 * w^(1 - sg) + ph * L2)\n\
         let s12 = ph * L1 * w^(1 - sg) / (ph * L1 * w^(1 - sg) + L2)\nequation labor: w * L1 = s11 * w * L1 + s12 * L2\n",
        dice.between(1.5, 9.0),
        dice.between(0.1, 0.9),
        dice.between(2.0, 20.0),
        dice.between(2.0, 20.0)
    )
}

#[test]
fn both_sides_of_an_equation_are_one_number() {
    let mut dice = Dice(7);
    for _ in 0..4 {
        let m = Model::text(&varieties(&mut dice));
        let d = m.derive("w wrt L1").unwrap_or_else(|e| panic!("{e:?}"));
        // The share of home sales in the wage bill is the share of home varieties in spending, and no letter of its own.
        assert_is(&d, "(s11 - s12)/(1 + (sg - 1)*(1 + s11 - s12))");
        // Home buys more of its own than the other does, since trade is not free: nothing else decides.
        assert_eq!(m.sign("w wrt L1").answer, Answer::Plus);
        assert_eq!(m.sign("w wrt L2").answer, Answer::Minus);
    }
}

#[test]
fn gains_from_trade_with_intermediates() {
    let mut dice = Dice(11);
    for _ in 0..3 {
        let text = format!(
            "parameter th = {:.3} in (0, inf)\nparameter b = {:.3} in (0, 1)\nparameter d = {:.3} in (1, inf)\nparameter T1 = {:.3} in (0, inf)\n\
             parameter T2 = 1 in (0, inf)\nparameter L1 = {:.3} in (0, inf)\nparameter L2 = 10 in (0, inf)\nvariable w in (0, inf) start 1\n\
             variable P1 in (0, inf) start 1\nvariable P2 in (0, inf) start 1\nlet c1 = w^b * P1^(1 - b)\nlet c2 = P2^(1 - b)\n\
             let phi1 = T1 * c1^(-th) + T2 * (d * c2)^(-th)\nlet phi2 = T1 * (d * c1)^(-th) + T2 * c2^(-th)\nlet pi11 = T1 * c1^(-th) / phi1\n\
             let pi12 = T1 * (d * c1)^(-th) / phi2\nlet U1 = w / P1\nequation index1: P1 = phi1^(-1 / th)\nequation index2: P2 = phi2^(-1 / th)\n\
             equation labor: w * L1 = pi11 * w * L1 + pi12 * L2\n",
            dice.between(2.0, 8.0),
            dice.between(0.2, 0.9),
            dice.between(1.1, 2.5),
            dice.between(0.5, 2.0),
            dice.between(5.0, 20.0)
        );
        let m = Model::text(&text);
        for (ask, sign) in [("U1 wrt d", Answer::Minus), ("U1 wrt T2", Answer::Plus), ("w wrt T1", Answer::Plus), ("w wrt L1", Answer::Minus)] {
            assert_eq!(m.sign(ask).answer, sign, "{ask}");
        }
        // Welfare by the home share alone: −1/(θ b).
        let d = m.derive("U1 wrt pi11 holding pi11").map(|_| ()).err();
        assert!(d.is_some(), "what moves cannot be held");
    }
}

#[test]
fn what_may_be_negative_has_levels_and_no_share() {
    let mut dice = Dice(3);
    for _ in 0..4 {
        let (a, b) = (dice.between(0.2, 0.8), dice.between(0.2, 0.8));
        let text = format!(
            "parameter T = {:.3} in (0, inf)\nparameter ax = 10 in (0, inf)\nparameter by = {:.3} in (0, inf)\nparameter mA = {a:.4} in (0, 1)\n\
             parameter mB = {b:.4} in (0, 1)\nvariable p in (0, inf) start 1\nlet YA = p * ax - T\nlet YB = by + T\nlet UA = YA * p^(-mA)\n\
             let UB = YB * p^(-mB)\nequation market: mA * YA + mB * YB = p * ax\nassume YA > 0\nassume YB > 0\n",
            dice.between(0.1, 0.6),
            dice.between(6.0, 12.0)
        );
        let m = Model::text(&text);
        assert_is(&m.derive("p wrt T").unwrap_or_else(|e| panic!("{e:?}")), "-(mA - mB)*T/(p*ax*(1 - mA))");
        let s = m.sign("p wrt T");
        assert_eq!((s.answer, s.positive_here), (Answer::Depends, Some(b > a)));
        assert!(s.conditions.len() <= 2, "{:?}", s.conditions);
        // The giver loses and the receiver gains, whoever likes which good.
        assert_eq!((m.sign("UA wrt T").answer, m.sign("UB wrt T").answer), (Answer::Minus, Answer::Plus));
        assert_eq!(m.sign("p wrt mA").answer, Answer::Plus);
    }
}

#[test]
fn a_choice_makes_shares_of_utility_shares_of_spending() {
    let mut dice = Dice(5);
    for _ in 0..4 {
        let es = dice.between(1.5, 5.0);
        let text = format!(
            "parameter t = {:.6} in (0, inf)\nparameter es = {es:.4} in (1, inf)\nparameter s = {:.3} in (0, inf)\nparameter x0 = 10 in (0, inf)\n\
             parameter k = 4 in (0, inf)\nvariable p in (0, inf) start 1\nvariable m in (0, inf) start 1\nlet q = p * (1 + t)\nlet c = x0 - p * m\n\
             let U = (c^((s - 1) / s) + m^((s - 1) / s))^(s / (s - 1))\nequation choice: m / c = q^(-s)\nequation offer: p * m = k * p^es\n",
            1.0 / (es - 1.0) * 1.3,
            dice.between(0.5, 3.0)
        );
        let m = Model::text(&text);
        // U turns at the optimum tariff 1/(ε* − 1), and nothing else decides.
        let d = m.derive("U wrt t").unwrap_or_else(|e| panic!("{e:?}"));
        let text = d.shown.text(&d.atoms);
        assert!(text.contains("t*es") && !text.contains("share"), "{text}");
        assert!(d.value.is_some_and(|v| v < 0.0), "beyond the optimum");
    }
}

#[test]
fn logarithms_of_what_is_above_one_are_positive() {
    let m = Model::text("parameter k = 2 in (1, inf)\nparameter g = 0.3 in (0, 1)\nvariable p in (0, inf) start 1\nequation e: p = k^g\n");
    assert_eq!(m.sign("p wrt g").answer, Answer::Plus);
}
