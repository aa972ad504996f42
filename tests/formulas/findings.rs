//! The findings of a careful reader of the theory: signs and conditions that the paper's text does not say, each under its name.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;
use tasktrade::statics::signs::{Answer, Signed};

fn reference(name: &str) -> Model {
    Model::open(&format!("tests/models/grh/{name}.trade"))
}

fn classic(name: &str) -> Model {
    Model::open(&format!("tests/models/classics/{name}/{name}.trade"))
}

/// A case with more declarations, or with one of its numbers changed.
fn changed(file: &str, from: &str, to: &str, more: &str) -> Model {
    let path = format!("{}/tests/models/{file}.trade", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the file");
    assert!(text.contains(from), "{from}");
    Model::text(&format!("{}\n{more}\n", text.replace(from, to)))
}

/// The one condition under which the target rises as the parameter falls, in ASCII.
fn rises_when_it_falls(s: &Signed) -> String {
    assert_eq!(s.answer, Answer::Depends);
    let [one] = s.conditions.as_slice() else { panic!("one condition, not {:?}", s.conditions) };
    let (left, right) = (s.atoms.text(&one.left), s.atoms.text(&one.right));
    if s.positive { format!("{right} > {left}") } else { format!("{left} > {right}") }
}

fn close(got: Option<f64>, expected: f64, digits: f64) {
    let got = got.expect("a number");
    assert!((got - expected).abs() < digits, "{got}, not {expected}");
}

const STEEPER: &str = "assume theta[L, y, Home] > theta[L, x, Home]";

#[test]
fn f1_small_economy() {
    // With both goods made and I > 0: ŵ = −Ω̂ > 0 and ŝ = 0 as β falls, whatever the numbers.
    let here = changed("classics/corner_map_cd/corner_map_cd", "model", "model", "");
    let w = here.sign("w wrt beta");
    assert_eq!(w.answer, Answer::Minus);
    assert_is(&w.derived, "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    assert_eq!(here.sign("s wrt beta").answer, Answer::Zero);
    let e = here.effects("w wrt beta");
    assert_eq!(e.form.terms[0].exact.as_constant().map(|c| c.to_f64()), Some(-1.0));
    assert!(e.form.terms[2].exact.is_zero());
    // (a) It needs I > 0 already: nothing moves before the threshold, β = 2.628020578155, and the elasticity starts from zero.
    let at = |beta: &str| changed("classics/corner_map_cd/corner_map_cd", "beta = 2.4", &format!("beta = {beta}"), "");
    assert_eq!(at("2.7").sign("w wrt beta").answer, Answer::Zero);
    close(at("2.628").derive("w wrt beta").expect("a formula").value, 0.0, 1e-4);
    // (b) It needs both goods after the shock: falling β shrinks x and ends in y alone, where s rises and w may fall; w peaks at the switch.
    assert_eq!(at("2.0").sign("output[x] wrt beta").positive_here, Some(true));
    let y_only = at("1.4");
    assert_eq!(y_only.sign("s wrt beta").answer, Answer::Minus);
    let w = y_only.sign("w wrt beta");
    assert_eq!(w.positive_here, Some(true));
    assert_eq!(rises_when_it_falls(&w), "eta[Ltasks]*gamma[Ltasks] > theta[H, y]");
    let [turn] = w.turns.as_slice() else { panic!("{:?}", w.turns) };
    assert!((turn.at - 1.603098571645).abs() < 1e-6 && !turn.minimum, "{turn:?}");
    close(at("1.6031").derive("w wrt beta").expect("a formula").value, -1.21838, 1e-4);
    close(at("1.60309").derive("w wrt beta").expect("a formula").value, 0.38249, 1e-4);
}

#[test]
fn f2_inelastic_demand_and_similar_intensities() {
    // w falls iff θ_Hy λ_L > Σ, in units of the import good.
    let w = reference("large_ho_ces_ces").sign("w[Home] wrt beta");
    assert_eq!(rises_when_it_falls(&w), "Sigma > theta[H, y, Home]*country_share[L]");
    assert_eq!(w.positive_here, Some(false));
    assert_eq!(reference("large_ho_wfall_lowsigma").sign("w[Home] wrt beta").positive_here, Some(true));
    // With elasticities of substitution of one it always rises, whatever the demand elasticity and the intensities.
    let similar = changed("grh/large_ho_similar_cd", "model", "model", STEEPER).sign("w[Home] wrt beta");
    assert_eq!(similar.answer, Answer::Minus);
    close(similar.derived.value, -0.2005, 1e-4);
}

#[test]
fn f3_terms_of_trade_and_skill() {
    let m = changed("grh/large_ho_ces_ces", "model", "model", STEEPER);
    // p̂ > 0 and ŝ > 0 as β falls, without conditions, also in units of consumption.
    for what in ["p", "s[Home]", "real(s[Home])", "s[Foreign]"] {
        assert_eq!(m.sign(&format!("{what} wrt beta")).answer, Answer::Minus, "{what}");
    }
    // The foreign wage in y falls: ŵ* = −α₁ p̂.
    assert_eq!(m.sign("w[Foreign] wrt beta").answer, Answer::Plus);
    // Foreign real income falls iff the foreign country has the larger share in what L earns.
    let f = m.sign("welfare[Foreign] wrt beta");
    assert_eq!(rises_when_it_falls(&f), "country_share[L] > country_share[H]");
    assert_eq!(f.positive_here, Some(true));
    // With markups it can rise all the same: a smaller loss of p turned by profits.
    close(reference("markup_large").derive("welfare[Foreign] wrt beta").expect("a formula").value, -0.0023, 1e-4);
}

#[test]
fn f4_one_good_economy() {
    // w rises as β falls iff η γ σ > θ_H; it falls where offshoring begins.
    let w = reference("spec_ces_high").sign("w wrt beta");
    assert_eq!(rises_when_it_falls(&w), "eta[Ltasks]*gamma[Ltasks]*sigma[y] > theta[H, y]");
    assert_eq!(w.begins, Some(Answer::Plus));
    assert!(w.proofs.iter().any(|p| p.verdict == tasktrade::algebra::sign::Verdict::Positive));
    let cases: [(&str, &[(f64, bool)]); 3] = [
        // t′/t bounded on [0, 1]: fall, rise, fall.
        ("ushape_cd_exp", &[(6.667197607174, true), (0.375055784675, false)]),
        // A pole at 1: a true U.
        ("ushape_cd_pole", &[(1.288767, true)]),
        // Too flat a pole: no reversal.
        ("ushape_cd_pole_low", &[]),
    ];
    for (name, expected) in cases {
        let s = classic(name).sign("w wrt beta");
        let turns: Vec<(f64, bool)> = s.turns.iter().map(|t| (t.at, t.minimum)).collect();
        assert_eq!(turns.len(), expected.len(), "{name}: {turns:?}");
        for (got, want) in turns.iter().zip(expected) {
            assert!((got.0 - want.0).abs() < 2e-6 * want.0 && got.1 == want.1, "{name}: {got:?}, not {want:?}");
        }
    }
    // The skilled gain without conditions.
    assert_eq!(reference("spec_ces_high").sign("s wrt beta").answer, Answer::Minus);
}

#[test]
fn f5_more_factors_than_goods() {
    let minor = |a: &str, b: &str| format!("(theta[{a}, x]*theta[{b}, y] - theta[{b}, x]*theta[{a}, y])");
    let (nl, nh) = (minor("H", "K"), minor("K", "L"));
    // α₂ ≥ 0 always: labor supply never raises w, so the effect of Ω bounds it.
    for name in ["small3f_cd_Kmiddle", "small3f_cd_Hmiddle", "small3f_ces"] {
        let m = reference(name);
        assert_eq!(m.sign("I wrt beta").answer, Answer::NotPositive, "{name}");
        assert_eq!(m.sign("Omega wrt beta").answer, Answer::NotNegative, "{name}");
    }
    // α₄ > 0 iff n_L n_H < 0: with H and L the two extremes the freed labor lowers s.
    let s = reference("small3f_cd_Kmiddle").sign("s wrt beta");
    let [one, two] = s.conditions.as_slice() else { panic!("two conditions") };
    let product = one.left.clone().minus(one.right.clone()).times(two.left.clone().minus(two.right.clone()));
    let words = (&s.atoms, &s.derived.flows);
    let same = |text: &str| is_zero(product.clone().minus(written(words, text)), words);
    assert!(same(&format!("{nl}*{nh}")) || same(&format!("-{nl}*{nh}")), "{}", s.atoms.text(&product));
    assert_eq!(s.positive_here, Some(true));
    assert_eq!(reference("small3f_cd_Hmiddle").sign("s wrt beta").positive_here, Some(false));
    let e = reference("small3f_cd_Kmiddle").effects("s wrt beta");
    close(e.form.terms.last().and_then(|t| t.value), -0.1657, 1e-4);
    // Two countries: s falls a little though p rises, labor supply beating α₃ p̂.
    let e = reference("large3f_cd").effects("s[Home] wrt beta");
    close(e.total.value, 0.0027, 1e-4);
    let part = |n: usize| e.channels[n].value.expect("a number");
    assert!(part(1) < 0.0 && part(2) > 0.0 && part(2) > -part(1), "{} {}", part(1), part(2));
}

#[test]
fn f6_offshoring_concentrated_in_one_industry() {
    // m − 1 = θ_Lx θ_Hy/|θ|: more than in the neutral case at the same Ω̂.
    let e = reference("conc_y_cd").effects("w wrt betay");
    let extra = "theta[L, x]*theta[H, y]/(theta[L, y] - theta[L, x])";
    assert_same(&e.form.terms[0].exact, (&e.form.atoms, &e.form.flows), &format!("-(1 + {extra})"));
    // It needs y to stay the more intensive user of domestic labor.
    let condition = "theta[H, x]*theta[L, y]*(1 - gamma[Ltasks]) > theta[L, x]*theta[H, y]";
    let w = reference("conc_y_cd").sign("w wrt betay");
    assert_eq!(rises_when_it_falls(&w), condition);
    assert_eq!(w.positive_here, Some(false));
    // s falls with it; after heavy offshoring both turn.
    assert_eq!(reference("conc_y_cd").sign("s wrt betay").positive_here, Some(true));
    let w = reference("conc_y_reversal").sign("w wrt betay");
    assert_eq!((rises_when_it_falls(&w).as_str(), w.positive_here), (condition, Some(true)));
    close(w.derived.value, 2.098, 1e-3);
    assert_eq!(reference("conc_y_reversal").sign("s wrt betay").positive_here, Some(false));
    // All of y's tasks abroad: w falls for sure.
    let all = classic("full_y_cd").sign("w wrt betay");
    assert_eq!(all.answer, Answer::Plus);
    close(all.derived.value, 1.833333, 1e-5);
    // In x only: w falls and s rises, without conditions once y is the labor-intensive good.
    let x = changed("grh/conc_x_cd", "model", "model", "assume theta[L, y] > theta[L, x]");
    assert_eq!(x.sign("w wrt betax").answer, Answer::Plus);
    assert_eq!(x.sign("s wrt betax").answer, Answer::Minus);
}

#[test]
fn f7_both_kinds_of_tasks() {
    // In the small economy each wage rises by its own tasks' cost: alike only where they start alike.
    let m = reference("lh_unequal_cd");
    assert_is(&m.derive("w wrt beta").expect("a formula"), "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    assert_is(&m.derive("s wrt beta").expect("a formula"), "-gamma[Htasks]/(1 - gamma[Htasks])");
    let m = reference("lh_equal_cd");
    let both: Vec<f64> = ["w wrt beta", "s wrt beta"].iter().map(|a| m.derive(a).expect("a formula").value.expect("a number")).collect();
    assert!((both[0] - both[1]).abs() < 1e-9, "{both:?}");
    // In the large one p stays only where home has equal shares in what both factors earn.
    close(reference("large_lh").derive("p wrt beta").expect("a formula").value, 0.0072, 1e-4);
    close(reference("large_lh_prop").derive("p wrt beta").expect("a formula").value, 0.0, 1e-9);
}

#[test]
fn f8_high_skill_tasks() {
    // p falls and w rises as skilled tasks move; s by 1 − θ_Ly λ_H/Σ.
    let m = changed("grh/large_h_only", "model", "model", STEEPER);
    assert_eq!(m.sign("p wrt beta").answer, Answer::Plus);
    assert_eq!(m.sign("w[Home] wrt beta").answer, Answer::Minus);
    assert_eq!(m.sign("s[Home] wrt beta").positive_here, Some(false));
}

#[test]
fn f10_markups_leave_factor_prices_alone() {
    let text = |m: &Model, ask: &str| {
        let d = m.derive(ask).expect("a formula");
        d.shown.text(&d.atoms)
    };
    let (with, without) = (reference("markup_large"), reference("large_ho_ces_ces"));
    for ask in ["w[Home] wrt beta", "s[Home] wrt beta", "p wrt beta"] {
        assert_eq!(text(&with, ask), text(&without, ask), "{ask}");
    }
    assert_is(&reference("markup_small").derive("w wrt beta").expect("a formula"), "-gamma[Ltasks]/(1 - gamma[Ltasks])");
}

/// Tasks that substitute for each other with elasticity ρ, in the user's own equations: Ω = [1 − I + (βw*/w)^(1−ρ) ∫t^(1−ρ)]^(1/(1−ρ)), and home
/// labor per unit of the bundle is (1 − I) Ω^ρ.
fn substitutable(prices: &str, labor: &str, more: &str) -> Model {
    Model::text(&format!(
        "parameter beta = 1.1 in (0, inf)\nparameter rho = 0.3 in (0, 1)\nparameter b = 0.2 in (0, 1)\nparameter ws = 0.13 in (0, inf)\n\
         parameter Lbar = 10 in (0, inf)\nparameter Hbar = 8 in (0, inf)\nschedule tr(i) = exp(4 * i * (1 - rho))\n\
         variable w in (0, inf) start 0.8\nvariable s in (0, inf) start 0.5\nvariable I in [0, 0.999] start 0.4\nvariable y in (0, inf) start 10\n\
         let Om = (1 - I + (beta * ws / w)^(1 - rho) * integral(tr, I))^(1 / (1 - rho))\nlet om = w * Om\n\
         equation profit: (om / (1 - b))^(1 - b) * (s / b)^b = 1\nequation margin: beta * exp(4 * I) * ws >= w complements I\n\
         {prices}\n{labor}\n{more}\nchannels of w, s {{ productivity = Om, labor_supply = I }}\n"
    ))
}

#[test]
fn f9_substitution_between_tasks() {
    // One good: the productivity effect is scaled by 1 − ρ θ_H/σ (σ = 1 and θ_H = b here), so it needs ρ < σ/θ_H.
    let m = substitutable("", "equation labor: (1 - I) * Om^rho * (1 - b) * y / om = Lbar\nequation skill: b * y / s = Hbar", "");
    let e = m.effects("w wrt beta");
    assert_same(&e.form.terms[0].exact, (&e.form.atoms, &e.form.flows), "-(1 - rho*b)");
    assert_same(&e.form.terms[1].exact, (&e.form.atoms, &e.form.flows), "-b*I/(1 - I)");
    // Two goods at given prices: ŵ = −Ω̂ for every ρ.
    let m = substitutable(
        "parameter p = 1.2 in (0, inf)\nvariable x in (0, inf) start 5\nequation profit_x: (om / 0.3)^0.3 * (s / 0.7)^0.7 = p",
        "equation labor: (1 - I) * Om^rho * ((1 - b) * y + 0.3 * p * x) / om = Lbar\nequation skill: (b * y + 0.7 * p * x) / s = Hbar",
        "",
    );
    let e = m.effects("w wrt beta");
    assert_eq!(e.form.terms[0].exact.as_constant().map(|c| c.to_f64()), Some(-1.0));
    assert!(e.form.terms[1].exact.is_zero());
}
