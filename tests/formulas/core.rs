//! Responses at given goods prices, from the quadratic form of the value made: random economies of any size against the solver.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;
use std::fmt::Write;
use tasktrade::statics::derive::Derived;
use tasktrade::statics::signs::Answer;

/// Fixed random numbers.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

const FACTORS: [&str; 5] = ["L", "K", "T", "H", "N"];
const GOODS: [&str; 5] = ["x", "y", "z", "u", "v"];

/// An economy in which each good uses every factor, one of them most: all goods are made at prices near 1.
fn square(factors: usize, goods: usize, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut text = String::from("country Home { endowment ");
    let endowments: Vec<String> = FACTORS.iter().take(factors).map(|f| format!("{f} = {:.2}", dice.between(95.0, 105.0))).collect();
    let _ = writeln!(text, "{} }}", endowments.join(", "));
    for f in FACTORS.iter().take(factors) {
        let _ = writeln!(text, "factor {f} price w{f}");
    }
    for g in GOODS.iter().take(goods) {
        let _ = writeln!(text, "good {g} price p{g} = 1");
    }
    for (n, g) in GOODS.iter().take(goods).enumerate() {
        let weights: Vec<f64> = (0..factors).map(|f| if f == n { dice.between(0.5, 0.6) } else { dice.between(0.1, 0.2) }).collect();
        let sum: f64 = weights.iter().sum();
        let inputs: Vec<String> = weights.iter().zip(FACTORS).map(|(w, f)| format!("{f}: {:.4}", w / sum)).collect();
        let _ = writeln!(text, "parameter Z{g} = 1 in (0, inf)");
        let _ = writeln!(text, "industry {g} {{ technology ces({:.2}) {{ {} }} productivity Z{g} }}", dice.between(0.5, 1.5), inputs.join(", "));
    }
    text
}

/// Sectors with a factor each, and labor.
fn star(sectors: usize, seed: u64) -> String {
    let mut dice = Dice(seed);
    let all: Vec<String> = (0..sectors).map(|n| format!("s{n}")).collect();
    let mut text = format!("set G = {{{}}}\n", all.join(", "));
    let prices: Vec<String> = all.iter().map(|s| format!("{s}: {:.3}", dice.between(0.8, 1.2))).collect();
    let _ = writeln!(text, "parameter price_of[g in G] = {{{}}}", prices.join(", "));
    let _ = writeln!(text, "country Home {{ endowment L = 100, K[g] = {:.2} for g in G }}", dice.between(20.0, 40.0));
    let _ = writeln!(text, "factor L \"labor\" price w\nfactor K[g in G] specific to g price r\ngood[g in G] price = price_of[g]");
    let _ = writeln!(text, "industry[g in G] {{ technology ces({:.2}) {{ L: 0.6, K[g]: 0.4 }} }}", dice.between(0.5, 1.5));
    text
}

/// The answer in letters of the form, against the solver.
fn checked(m: &Model, ask: &str) -> Derived {
    let d = m.derive(ask).unwrap_or_else(|e| panic!("{ask}: {e:?}"));
    let Some(solver) = d.solver_value else { panic!("{ask}: no number") };
    assert!(!d.forms.is_empty(), "{ask}: no form of the core");
    for form in &d.forms {
        let value = form.eval(&d.atoms.values());
        assert!((value - solver).abs() <= 1e-7 * solver.abs().max(1e-3), "{ask}: {value} by a form, {solver} by the solver");
    }
    d
}

#[test]
fn any_number_of_factors_and_goods() {
    for (factors, goods) in [(2, 2), (3, 3), (4, 4), (3, 2), (4, 3), (5, 4), (4, 2), (5, 3), (3, 1)] {
        let m = Model::text(&square(factors, goods, (factors * 10 + goods) as u64));
        for ask in ["wL wrt px", "wK wrt px", "wL wrt L", "wK wrt L", "output[x] wrt px", "output[x] wrt L", "output[x] wrt Zx", "wL wrt Zx"] {
            checked(&m, ask);
        }
        if goods > 1 {
            checked(&m, "output[y] wrt px");
            checked(&m, "wL/wK wrt py");
        }
    }
}

#[test]
fn reciprocity_and_curvature() {
    for (factors, goods) in [(3, 3), (4, 3), (4, 2)] {
        let m = Model::text(&square(factors, goods, (factors * 7 + goods) as u64));
        // ∂w/∂p = ∂y/∂v: in elasticities by the shares of both in the value made.
        let (pay, made) = (checked(&m, "wL wrt px"), checked(&m, "output[x] wrt L"));
        let share = |d: &Derived, name: &str| {
            let q = m.question(&[name]);
            let _ = d;
            q.solution.value(q.sym(0))
        };
        let (w, l) = (share(&pay, "wL"), share(&pay, "L"));
        let (p, y) = (share(&pay, "px"), share(&pay, "output[x]"));
        let (a, b) = (pay.value.expect("a number") * w * l, made.value.expect("a number") * p * y);
        assert!((a - b).abs() < 1e-7 * a.abs(), "{factors} × {goods}: {a} and {b}");
        assert_eq!(m.sign("output[x] wrt px").answer, Answer::Plus, "{factors} × {goods}");
        let own = m.sign("wL wrt L").answer;
        assert!(matches!(own, Answer::Minus | Answer::NotPositive | Answer::Zero), "{factors} × {goods}: {own:?}");
    }
}

#[test]
fn specific_factors_in_any_number_of_sectors() {
    for sectors in [2, 3, 5, 9] {
        let m = Model::text(&star(sectors, sectors as u64));
        let d = checked(&m, "w wrt price_of[s0]");
        let text = d.shown.text(&d.atoms);
        assert!(d.shown.whole(&d.atoms) < 50 + 30 * sectors, "{sectors} sectors: {text}");
        for ask in ["w wrt L", "r[s1] wrt price_of[s0]", "r[s0] wrt price_of[s0]", "w wrt K[s0]", "output[s1] wrt price_of[s0]", "output[s0] wrt L"] {
            checked(&m, ask);
        }
        // r̂ of its own > p̂ > ŵ > 0 > r̂ of the others.
        for (ask, sign) in [
            ("w wrt price_of[s0]", Answer::Plus),
            ("w/price_of[s0] wrt price_of[s0]", Answer::Minus),
            ("r[s0]/price_of[s0] wrt price_of[s0]", Answer::Plus),
            ("r[s1] wrt price_of[s0]", Answer::Minus),
            ("w wrt L", Answer::Minus),
            ("r[s1] wrt L", Answer::Plus),
        ] {
            assert_eq!(m.sign(ask).answer, sign, "{sectors} sectors: {ask}");
        }
    }
}

#[test]
fn margins_of_tasks_stand_on_the_diagonal() {
    for name in ["three_factors", "one_good", "small_ho"] {
        let m = Model::open(&format!("examples/{name}.trade"));
        let d = m.derive("w wrt beta").unwrap_or_else(|e| panic!("{name}: {e:?}"));
        if let Some(form) = d.forms.first() {
            let (value, solver) = (form.eval(&d.atoms.values()), d.solver_value.expect("numbers"));
            assert!((value - solver).abs() <= 1e-8 * solver.abs(), "{name}: {value} and {solver}");
        }
    }
    let two = "parameter bL = 1.3 in (0, inf)\nparameter bH = 1.3 in (0, inf)\nschedule t(i) = 1 + 1.5 * i\n\
        country Home { endowment L = 100, H = 100, K = 100 }\ncountry Abroad mark \"*\" outside { price L = 0.2, H = 0.25 }\n\
        factor L price w\nfactor H price s\nfactor K price r\n\
        tasks Lt of L { offshore Home -> Abroad cost bL * t(i) margin I bill OL }\n\
        tasks Ht of H { offshore Home -> Abroad cost bH * t(i) margin J bill OH }\ngood x price p = 1\ngood y price = 1\n\
        industry x { technology cobb_douglas { L: 0.2, H: 0.5, K: 0.3 } }\nindustry y { technology cobb_douglas { L: 0.5, H: 0.2, K: 0.3 } }\n";
    let m = Model::text(two);
    for ask in ["w wrt bL", "s wrt bL", "r wrt bH", "I wrt bL", "J wrt bL", "w wrt p", "output[x] wrt p", "output[x] wrt bH", "w wrt L"] {
        checked(&m, ask);
    }
}

/// Two countries with specific factors and one taste.
fn two_countries(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut n = |low: f64, high: f64| format!("{:.2}", dice.between(low, high));
    format!(
        "country Home {{ endowment L = {}, K = {}, T = {} }}\ncountry Foreign mark \"*\" {{ endowment L = {}, K = {}, T = {} }}\nfactor L price w\n\
         factor K price r specific to x\nfactor T price v specific to y\ngood x price p\ngood y numeraire\n\
         industry x {{ technology ces({}) {{ L: 0.6, K: 0.4 }} }}\nindustry y {{ technology ces({}) {{ L: 0.5, T: 0.5 }} }}\n\
         demand ces({}) {{ x: 0.5, y: 0.5 }}\n",
        n(80.0, 120.0),
        n(40.0, 80.0),
        n(40.0, 80.0),
        n(80.0, 120.0),
        n(40.0, 80.0),
        n(40.0, 80.0),
        n(0.5, 1.5),
        n(0.5, 1.5),
        n(0.5, 2.0)
    )
}

#[test]
fn one_relative_price_by_supply_and_demand() {
    let jones = "parameter sd = 0.8 in (0, inf)\nparameter Zx = 1 in (0, inf)\ncountry Home { endowment L = 100, K = 90 }\nfactor L price w\n\
        factor K price r\ngood x price p\ngood y numeraire\nindustry x { technology ces(0.7) { L: 0.65, K: 0.35 } productivity Zx }\n\
        industry y { technology ces(1.4) { L: 0.35, K: 0.65 } }\ndemand ces(sd) { x: 1, y: 1 }\n";
    let m = Model::text(jones);
    let d = checked(&m, "p wrt Zx");
    assert_eq!(d.shown.text(&d.atoms), "-(1 + sigma_S)/(sigma_S + sd)");
    for ask in ["p wrt L", "w wrt L", "w/r wrt K", "w/r wrt Zx", "output[x] wrt Zx", "output[y] wrt L"] {
        checked(&m, ask);
    }
    for seed in 1..=3 {
        let m = Model::text(&two_countries(seed));
        for ask in ["p wrt K[Home]", "p wrt L[Foreign]", "w[Home] wrt K[Foreign]", "r[Home] wrt L[Home]", "output[x, Home] wrt T[Home]"] {
            checked(&m, ask);
        }
        // More of what only x uses makes x cheaper and hurts its owners everywhere.
        for (ask, sign) in [("p wrt K[Home]", Answer::Minus), ("r[Home] wrt K[Home]", Answer::Minus), ("r[Foreign] wrt K[Home]", Answer::Minus)] {
            assert_eq!(m.sign(ask).answer, sign, "{ask}");
        }
    }
}

#[test]
fn what_is_no_cost_minimising_core_is_left_to_elimination() {
    let nested = "country Home { endowment L = 100, K = 90 }\nfactor L price w\nfactor K price r\ngood x price p = 1\ngood y price = 1\n\
        industry x { technology ces(0.7) { L: 0.65, K: 0.35 } }\n\
        industry y { technology ces(0.7) { L: 0.35, B: 0.65 * ces(0.4) { K: 0.9, L: 0.1 } } }\n";
    let d = Model::text(nested).derive("w wrt p").unwrap_or_else(|e| panic!("{e:?}"));
    assert!(d.forms.is_empty(), "nests in nests have curvature of their own");
}
