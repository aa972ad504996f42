//! Signs of the theory's findings, proved or with their exact condition; never from numbers.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;
use tasktrade::statics::signs::Answer;

fn reference(name: &str) -> Model {
    Model::open(&format!("tests/models/grh/{name}.trade"))
}

fn example(name: &str) -> Model {
    Model::open(&format!("examples/{name}.trade"))
}

/// The condition under which the target falls with the parameter's fall… as `left > right` for a positive response, in ASCII.
fn condition(s: &tasktrade::statics::signs::Signed) -> String {
    let [one] = s.conditions.as_slice() else { panic!("one condition, not {:?}", s.conditions) };
    let (left, right) = (s.atoms.text(&one.left), s.atoms.text(&one.right));
    if s.positive { format!("{left} > {right}") } else { format!("{left} < {right}") }
}

#[test]
fn small_economy_rises_for_sure() {
    // F1: with both goods made and I > 0 the wage rises as offshoring gets cheaper, whatever the numbers.
    let m = example("small_ho");
    assert_eq!(m.sign("w wrt beta").answer, Answer::Minus);
    assert_eq!(m.sign("s wrt beta").answer, Answer::Zero);
    assert_eq!(m.sign("I wrt beta").answer, Answer::Minus);
    // Falling beta shrinks x: the condition is that x uses less labor per unit of skill.
    let x = m.sign("output[x] wrt beta");
    assert_eq!(x.answer, Answer::Depends);
    assert_eq!(condition(&x), "lambda[L, x] < lambda[H, x]");
}

#[test]
fn large_economy_terms_of_trade_and_skill() {
    // F3: ŝ without conditions; p̂ by which good is skill-intensive, and for sure once that is assumed.
    let m = reference("large_ho_ces_ces");
    assert_eq!(m.sign("s[Home] wrt beta").answer, Answer::Minus);
    let p = m.sign("p wrt beta");
    assert_eq!(condition(&p), "theta[L, x, Home] > theta[L, y, Home]");
    assert_eq!(p.positive_here, Some(false));
    let text = std::fs::read_to_string(format!("{}/tests/models/grh/large_ho_ces_ces.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    let m = Model::text(&format!("{text}\nassume theta[L, y, Home] > theta[L, x, Home]\n"));
    let p = m.sign("p wrt beta");
    assert_eq!(p.answer, Answer::Minus);
    assert!(p.proofs.iter().any(|p| p.from.iter().any(|f| f.starts_with("assumed"))), "{:?}", p.proofs);
    // F2: the wage by the economy's elasticity of substitution against θ_Hy λ_L.
    let w = m.sign("w[Home] wrt beta");
    assert_eq!(w.answer, Answer::Depends);
    let c = condition(&w);
    assert!(c == "Sigma < country_share[L]*theta[H, y, Home]" || c == "Sigma < theta[H, y, Home]*country_share[L]", "{c}");
    assert_eq!(w.positive_here, Some(false));
    let low = reference("large_ho_wfall_lowsigma").sign("w[Home] wrt beta");
    assert_eq!(low.positive_here, Some(true));
    // The foreign wage in y falls with p; with Cobb–Douglas everywhere home's wage rises for sure.
    assert_eq!(example("large_ho").sign("w[Home] wrt beta").answer, Answer::Minus);
    assert_eq!(example("large_ho").sign("w[Foreign] wrt beta").answer, Answer::Plus);
}

#[test]
fn foreign_gains_by_factor_content() {
    // F3: without markups foreign real income falls iff home has the larger share in what L earns.
    let f = example("large_ho").sign("welfare[Foreign] wrt beta");
    assert_eq!(condition(&f), "country_share[L] < country_share[H]");
}

#[test]
fn one_good_economy_turns() {
    // F4: η γ σ against θ_H, and where along β the wage turns.
    let s = reference("spec_ces_high").sign("w wrt beta");
    assert_eq!(s.answer, Answer::Depends);
    let c = condition(&s);
    assert!(c == "theta[H, y] > eta[Ltasks]*gamma[Ltasks]*sigma[y]" || c.contains("sigma[y]") && c.contains("theta[H, y]"), "{c}");
    let s = reference("spec_cd_largeI").sign("w wrt beta");
    let turns: Vec<f64> = s.turns.iter().map(|t| t.at).collect();
    assert_eq!(turns.len(), 2, "{turns:?}");
    assert!((turns[0] - 6.667197607174).abs() < 1e-6 && (turns[1] - 0.375055784675).abs() < 1e-8, "{turns:?}");
    assert!(s.turns[0].minimum && !s.turns[1].minimum);
    assert!(s.proofs.iter().any(|p| p.verdict == tasktrade::algebra::sign::Verdict::Positive));
    assert_eq!(reference("spec_cd_largeI").sign("s wrt beta").answer, Answer::Minus);
}

#[test]
fn more_factors_than_goods() {
    // F5: α₂ ≥ 0 always, so more is offshored for sure (equal cost shares of both goods aside); the freed labor's effect on s by n_L n_H.
    let m = reference("small3f_cd_Kmiddle");
    assert_eq!(m.sign("I wrt beta").answer, Answer::NotPositive);
    assert_eq!(m.sign("Omega wrt beta").answer, Answer::NotNegative);
    let s = m.sign("s wrt beta");
    assert_eq!((s.answer, s.conditions.len()), (Answer::Depends, 2));
    assert_eq!(s.positive_here, Some(true));
    assert_eq!(reference("small3f_cd_Hmiddle").sign("s wrt beta").positive_here, Some(false));
    let w = m.sign("w wrt beta");
    let [one] = w.conditions.as_slice() else { panic!("one condition") };
    assert!(w.atoms.text(&one.left).contains("eta[Ltasks]") || w.atoms.text(&one.right).contains("eta[Ltasks]"));
}

#[test]
fn concentrated_offshoring_by_domestic_intensity() {
    // F6: the wage rises iff y stays the more intensive user of domestic labor; in x alone no condition.
    let y = reference("conc_y_cd").sign("w wrt betay");
    let c = condition(&y);
    assert_eq!(c, "theta[L, x]*theta[H, y] > theta[H, x]*theta[L, y]*(1 - gamma[Ltasks])");
    assert_eq!(y.positive_here, Some(false));
    let reversal = reference("conc_y_reversal").sign("w wrt betay");
    assert_eq!((condition(&reversal), reversal.positive_here), (c, Some(true)));
    let x = reference("conc_x_cd").sign("w wrt betax");
    assert_eq!(x.answer, Answer::Depends);
    assert_eq!(condition(&x), "theta[L, x]*theta[H, y]*(1 - gamma[Ltasks]) < theta[H, x]*theta[L, y]");
    // With y the intensive user of task labor, offshoring in x lowers the wage for sure.
    let text = std::fs::read_to_string(format!("{}/tests/models/grh/conc_x_cd.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    let m = Model::text(&format!("{text}\nassume theta[L, y] > theta[L, x]\n"));
    assert_eq!(m.sign("w wrt betax").answer, Answer::Plus);
    assert_eq!(m.sign("s wrt betax").answer, Answer::Minus);
}

#[test]
fn stolper_samuelson_magnified() {
    let text = std::fs::read_to_string(format!("{}/examples/stolper_samuelson.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    let m = Model::text(&format!("{text}\nassume theta[L, y] > theta[L, x]\n"));
    // ŝ > p̂ > 0 > ŵ
    assert_eq!(m.sign("s/p wrt p").answer, Answer::Plus);
    assert_eq!(m.sign("s wrt p").answer, Answer::Plus);
    assert_eq!(m.sign("w wrt p").answer, Answer::Minus);
    // Specific factors: r̂_x > p̂ > ŵ > 0 > r̂_y, without conditions.
    let m = example("specific_factors");
    assert_eq!(m.sign("rx/p wrt p").answer, Answer::Plus);
    assert_eq!(m.sign("w/p wrt p").answer, Answer::Minus);
    assert_eq!(m.sign("w wrt p").answer, Answer::Plus);
    assert_eq!(m.sign("ry wrt p").answer, Answer::Minus);
}
