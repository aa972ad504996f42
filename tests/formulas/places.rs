//! Closed forms of trade between places: every response of a world of two countries, a small open economy in each of its regimes, Lerner's symmetry.
#![cfg(feature = "symbolic")]

use crate::statics_help::*;
use tasktrade::statics::signs::Answer;

const ARMINGTON: &str = "
parameter t = RATE in (-1, inf)
parameter tau = 1.3 in [1, inf)
parameter sigma = 3 in (1, inf)
country Home { endowment L = 100 }
country Foreign { endowment L = 150 }
factor L price w
good y differentiated(sigma)
industry y { technology leontief { L: 1 } }
demand cobb_douglas { y: 1 }
iceberg y from Home to Foreign = tau
tariff y from Foreign to Home = t BASE
numeraire w[Foreign]
";

const SMALL: &str = "
parameter t = RATE in [0, inf)
country Home { endowment L = 80, K = 100 }
factor L price w
factor K price r
good x price = 1
good z price = 1
industry x { technology cobb_douglas { L: 0.7, K: 0.3 } }
industry z { technology cobb_douglas { L: 0.4, K: 0.6 } }
demand cobb_douglas { x: 0.6, z: 0.4 }
LINE = t
";

/// The formula is the solver's derivative.
#[track_caller]
fn agrees(m: &Model, ask: &str) {
    let d = m.derive(ask).unwrap_or_else(|e| panic!("{ask}: {e:?}"));
    let (formula, solver) = (d.value.expect("a number"), d.solver_value.expect("a number"));
    assert!((formula - solver).abs() <= 1e-7 * solver.abs().max(1e-3), "{ask}: {formula} {solver}");
}

#[test]
fn responses_of_two_countries() {
    for (rate, base) in [("0.1", ""), ("0", ""), ("0.2", "on fob"), ("-0.05", "")] {
        let m = Model::text(&ARMINGTON.replace("RATE", rate).replace("BASE", base));
        for target in ["w[Home]", "price[y, Home]", "income[Home]", "revenue[Home]", "welfare[Home]", "welfare[Foreign]", "share[y, Foreign, Home]"] {
            for by in ["t", "tau", "L[Home]", "sigma"] {
                agrees(&m, &format!("{target} wrt {by}"));
            }
        }
        for target in ["trade[y, Foreign, Home]", "price[y, Foreign, Home]", "use[y, Home]", "producer_price[y, Home]", "output[y, Home]"] {
            agrees(&m, &format!("{target} wrt t"));
        }
    }
}

#[test]
fn responses_of_a_small_open_economy() {
    for (rate, line) in [
        // Imported, not traded, exported under an export tax and under a subsidy.
        ("0.05", "tariff x from world to Home"),
        ("0", "tariff x from world to Home"),
        ("0.5", "tariff x from world to Home"),
        ("0.05", "export tax z from Home to world"),
        ("0.1", "tariff z from world to Home"),
    ] {
        let m = Model::text(&SMALL.replace("RATE", rate).replace("LINE", line));
        for target in ["w", "r", "output[x]", "income", "welfare"] {
            for by in ["t", "L", "K"] {
                agrees(&m, &format!("{target} wrt {by}"));
            }
        }
    }
}

/// While the good is imported its price moves with the tariff, and the factor that it uses most gains more than in proportion.
#[test]
fn a_tariff_does_what_stolper_and_samuelson_say() {
    let m = Model::text(&SMALL.replace("RATE", "0").replace("LINE", "tariff x from world to Home"));
    assert_eq!(m.sign("price[x, Home] wrt t").answer, Answer::Plus);
    let d = m.derive("w/price[x, Home] wrt t").expect("a formula");
    assert!(d.value.expect("a number") > 0.0);
    // What is not imported does not mind.
    let none = Model::text(&SMALL.replace("RATE", "0.05").replace("LINE", "tariff z from world to Home"));
    assert_eq!(none.sign("w wrt t").answer, Answer::Zero);
}

/// Lerner: a tariff on all imports undone by a subsidy of all exports moves nothing real.
#[test]
fn an_export_subsidy_undoes_a_tariff() {
    let text = ARMINGTON.replace("RATE", "0").replace("BASE", "").replace("= t ", "= s");
    let m = Model::text(&format!("parameter s = 0.1 in (-1, inf) {text} export tax y from Home to Foreign = 1 / (1 + s) - 1"));
    for real in ["trade[y, Foreign, Home]", "trade[y, Home, Foreign]", "output[y, Home]", "welfare[Foreign]", "share[y, Home, Home]"] {
        let d = m.derive(&format!("{real} wrt s")).unwrap_or_else(|e| panic!("{real}: {e:?}"));
        assert!(d.value.is_some_and(|v| v.abs() < 1e-12) && d.solver_value.is_some_and(|v| v.abs() < 1e-10), "{real}: {:?}", d.value);
    }
    agrees(&m, "w[Home] wrt s");
}
