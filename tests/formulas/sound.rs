//! Claims at the edges: zeros of the regime, parameters at 0, closed intervals, false assumptions, optima, formulas too long to show.
#![cfg(feature = "symbolic")]

use crate::statics_help;

use statics_help::*;
use tasktrade::statics::derive::Derived;
use tasktrade::statics::hat::Measure;
use tasktrade::statics::signs::Answer;

fn small(extra: &str) -> Model {
    Model::text(&format!(
        "country Home {{ endowment L = 100, K = 90 }}\nfactor L price w\nfactor K price r\ngood x price p = 1.05\ngood y price = 1\n\
         industry x {{ technology ces(0.7) {{ L: 0.65, K: 0.35 }} }}\nindustry y {{ technology ces(0.7) {{ L: 0.35, K: 0.65 }} }}\n\
         demand cobb_douglas {{ x: 0.5, y: 0.5 }}\n{extra}\n"
    ))
}

fn refused(m: &Model, ask: &str) -> String {
    let (target, wrt) = ask.split_once(" wrt ").expect("wrt");
    let q = m.question(&[target, wrt]);
    sign_of(&q, ask)
        .err()
        .map_or_else(String::new, |d| format!("{} {} {}", d.code, d.title, d.labels.iter().map(|l| l.text.clone()).collect::<String>()))
}

fn derived(m: &Model, ask: &str) -> Derived {
    m.derive(ask).unwrap_or_else(|d| panic!("{ask}: {d:?}"))
}

#[test]
fn an_assumption_is_held_to_the_equilibrium() {
    assert_eq!(small("assume theta[L, x] > theta[L, y]").sign("w wrt p").answer, Answer::Plus);
    let why = refused(&small("assume theta[L, x] < theta[L, y]"), "w wrt p");
    assert!(why.starts_with("A060") && why.contains("0.661019") && why.contains("0.361181"), "{why}");
    let why = refused(&small("parameter a = 2\nparameter b = 2\nassume a > b"), "w wrt p");
    assert!(why.starts_with("A060"), "{why}");
    // Equal is allowed where the assumption allows it, and then nothing strict rests on it.
    let weak =
        small("parameter a = 2 in (0, inf)\nparameter b = 2 in (0, inf)\nassume a >= b\nvariable v in (0, inf) start 1\nequation e: v = p^(a - b)");
    assert_eq!(weak.sign("v wrt p").answer, Answer::Zero);
    let weak =
        small("parameter a = 3 in (0, inf)\nparameter b = 2 in (0, inf)\nassume a >= b\nvariable v in (0, inf) start 1\nequation e: v = p^(a - b)");
    assert_eq!(weak.sign("v wrt p").answer, Answer::NotNegative);
}

#[test]
fn closed_intervals_allow_zero() {
    let tariff = |interval: &str| {
        Model::text(&format!(
            "parameter t = 0.2 in {interval}\nparameter c = 3 in (0, inf)\nvariable p in (0, inf) start 1\nequation e: p = (1 + t) * c\n"
        ))
    };
    assert_eq!(tariff("[0, inf)").sign("p wrt t").answer, Answer::NotNegative);
    assert_eq!(tariff("(0, inf)").sign("p wrt t").answer, Answer::Plus);
    assert_eq!(tariff("(-1, inf)").sign("p wrt t").answer, Answer::Depends);
    // Fixed coefficients are one of the cases of σ in [0, ∞).
    let specific = |interval: &str| {
        Model::text(&format!(
            "parameter sg = 0.5 in {interval}\ncountry Home {{ endowment L = 100, Kx = 40, Ky = 50 }}\nfactor L price w\nfactor Kx price rx\nfactor Ky price ry\n\
             good x price p = 1.1\ngood y price = 1\nindustry x {{ technology ces(sg) {{ L: 0.6, Kx: 0.4 }} }}\n\
             industry y {{ technology ces(0.8) {{ L: 0.5, Ky: 0.5 }} }}\ndemand cobb_douglas {{ x: 0.5, y: 0.5 }}\n"
        ))
    };
    assert_eq!(specific("(0, inf)").sign("w wrt p").answer, Answer::Plus);
    assert_eq!(specific("[0, inf)").sign("w wrt p").answer, Answer::NotNegative);
}

#[test]
fn what_is_absent_does_not_move() {
    let m = Model::open("tests/models/theory/zero_demand.trade");
    assert_eq!(m.sign("demand[x] wrt L").answer, Answer::Zero);
    assert_eq!(m.sign("demand[x] wrt p").answer, Answer::Zero);
    let m = Model::open("tests/models/theory/tot_growth.trade");
    assert_eq!(m.sign("lambda[K, x, Foreign] wrt L[Foreign]").answer, Answer::Zero);
    // A weight of zero that moves: 97.8 = income/p.
    let m = Model::open("tests/models/theory/zero_demand.trade");
    let d = derived(&m, "demand[x] wrt a");
    assert_eq!((d.measure, d.per), (Measure::Plain, Measure::Plain));
    let q = m.question(&["income", "p"]);
    let income = q.solution.value(q.sym(0)) / q.solution.value(q.sym(1));
    assert!((d.value.expect("a number") - income).abs() < 1e-9 * income);
}

#[test]
fn parameters_at_zero_have_responses_in_levels() {
    let text = |t: f64| {
        format!(
            "parameter t = {t:?} in (-1, inf)\nparameter c = 3 in (0, inf)\nvariable q in (0, inf) start 1\nvariable b in (-inf, inf) start 0\n\
             let toll = t * q\nlet U = (q - toll)^0.5 + t^2\nequation e: q * (1 + t) = c * (1 + 2 * t)^2 + t * b\nequation f: b = t * q + t * c\n"
        )
    };
    let m = Model::text(&text(0.0));
    for target in ["q", "b", "toll", "U"] {
        let d = derived(&m, &format!("{target} wrt t"));
        let at = |t: f64| {
            let m = Model::text(&text(t));
            let q = m.question(&[target]);
            q.solution.value(q.sym(0))
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        let value = d.value.expect("a number");
        assert!((value - slope).abs() < 1e-6 * slope.abs().max(1.0), "{target}: {value}, by differences {slope}");
        assert_eq!((d.measure, d.per), (Measure::Plain, Measure::Plain), "{target}");
    }
}

#[test]
fn at_an_optimum_the_answer_is_the_border() {
    let text = std::fs::read_to_string(format!("{}/tests/models/theory/opt_tariff.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    let m = Model::text(&text.replace("parameter t = 0.2", "parameter t = 0.5"));
    let s = m.sign("U wrt t");
    assert_eq!((s.answer, s.border, s.positive_here), (Answer::Depends, true, None));
    let s = Model::text(&text).sign("U wrt t");
    assert_eq!((s.answer, s.border, s.positive_here), (Answer::Depends, false, Some(true)));
}

#[test]
fn a_parameter_that_follows_others_can_move_alone() {
    let text = |extra: &str| {
        format!(
            "parameter BL = 1 in (0, inf)\ncountry Home {{ endowment L = 100 * BL, K = 90 }}\nfactor L price w\nfactor K price r\ngood x price p = 1.05\ngood y price = 1\n\
             industry x {{ technology ces(0.7) {{ L: 0.65, K: 0.35 }} }}\nindustry y {{ technology ces(0.7) {{ L: 0.35, K: 0.65 }} }}\n{extra}"
        )
    };
    let m = Model::text(&text(""));
    let (alone, by) = (derived(&m, "output[x] wrt L"), derived(&m, "output[x] wrt BL"));
    assert!((alone.value.expect("a number") - by.value.expect("a number")).abs() < 1e-9);
}

#[test]
fn what_nothing_determines_has_no_formula() {
    let m = Model::text(
        "country Home { endowment L = 100, K = 100 }\nfactor L price w\nfactor K price r\ngood x price p = 1\ngood y price = 1\ngood z price = 1\n\
         industry x { technology ces(0.7) { L: 0.65, K: 0.35 } }\nindustry y { technology ces(0.7) { L: 0.35, K: 0.65 } }\n\
         industry z { technology ces(0.7) { L: 0.5, K: 0.5 } }\n",
    );
    for ask in ["w wrt p", "output[x] wrt L"] {
        let code = m.derive(ask).err().map(|d| d.code);
        assert_eq!(code, Some("A052"), "{ask}");
    }
}

#[test]
fn too_long_to_show_is_no_timeout() {
    let m = Model::open("tests/models/reports/27_standard_cge.trade");
    let d = m.derive("utility wrt taum[brd]").expect_err("too long");
    assert_eq!(d.code, "A059");
    assert!(d.title.contains("-0.00511"), "{}", d.title);
}
