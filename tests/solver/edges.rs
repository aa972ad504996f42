//! Parameters at the end of what has a meaning: a weight of 0, where a share's slope is infinite.

use crate::support;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use support::Failures;
use tasktrade::command::{self, Options, Request};
use tasktrade::model::load;
use tasktrade::session::Session;

static INTERRUPT: AtomicBool = AtomicBool::new(false);

fn economy(a: f64) -> String {
    format!(
        "parameter a = {a:?} parameter b = 0.3 country Home {{ endowment L = 100, K = 50 }} factor L price w factor K price r good x price = 1 \
         good y price = 1.1 industry x {{ technology cobb_douglas {{ L: 1 - a, K: a }} }} industry y {{ technology ces(0.5) {{ L: b, K: 0.6 }} }} \
         demand cobb_douglas {{ x: 0.5, y: 0.5 }} report {{ w, r }}"
    )
}

fn asked(command: &str, argument: &str, a: f64) -> (serde_json::Map<String, serde_json::Value>, String) {
    let mut session =
        Session::new(load::load_text("edge", &economy(a), Path::new("edge"), &load::Disk)).unwrap_or_else(|f| panic!("{:?}", f.diagnostics.list));
    let options = Options::default();
    let answer = command::run(command, Request { session: &mut session, argument, options: &options, interrupt: &INTERRUPT });
    let answer = answer.unwrap_or_else(|f| panic!("{:?}", f.diagnostics.list));
    (answer.json, answer.text)
}

/// What is found of a regime at the end of a weight's interval is what is found inside, and what has no meaning bounds nothing.
#[test]
fn the_regime_holds_as_far_from_the_end_as_from_inside() {
    let mut failures = Failures::default();
    let ends = |a: f64| {
        let (json, text) = asked("regime", "", a);
        (json["regime"]["holds"]["a"].clone(), text)
    };
    let (inside, text) = ends(0.001);
    let high = inside[1].as_f64().unwrap_or_else(|| panic!("{inside} {text}"));
    for a in [0.0, 1e-12, 1e-6, 0.01] {
        let (found, text) = ends(a);
        failures.check(found[0].is_null(), || format!("a = {a}: {text}"));
        let at = found[1].as_f64().unwrap_or(f64::NAN);
        failures.check((at - high).abs() < 1e-6, || format!("a = {a}: up to {at}, from inside {high}: {text}"));
    }
    failures.finish();
}

/// A shock from there is the difference of the two equilibria; no derivative is none, in words.
#[test]
fn a_shock_from_the_end_arrives() {
    let (json, text) = asked("shock", "a = 0.1", 0.0);
    let (direct, _) = asked("solve", "", 0.1);
    let [found, want] = [&json["after"]["w"], &direct["variables"]["w"]].map(|v| v.as_f64().unwrap_or(f64::NAN));
    assert!((found - want).abs() < 1e-9, "{found} {want}\n{text}");
    assert!(!text.contains("NaN"), "{text}");
}

/// Where the last task's cost is infinite some tasks stay at home, in an industry that is idle too: there the border is `w = β(1 − I)^(−a) w*`.
#[test]
fn tasks_of_infinite_cost_stay_at_home() {
    let mut failures = Failures::default();
    for a in [0.05, 0.29, 0.8, 2.0] {
        for beta in [0.2, 1.0, 1.4, 2.9] {
            // Idle at a price of 0.1, active at 10.
            for price in [0.1, 10.0] {
                let text = format!(
                    "schedule t(i) = (1 - i)^(-{a}) country Home {{ endowment L = 100, H = 60 }} country Abroad outside {{ price L = 0.3 }} \
                     factor L price w factor H price s tasks T of L {{ offshore Home -> Abroad cost {beta} * t(i) in x margin I bill Omega }} \
                     good x price = {price} good y price = 1 good z price = 1.2 industry x {{ technology leontief {{ L: 0.6, H: 0.5 }} }} \
                     industry y {{ technology ces(0.6) {{ L: 0.7, H: 0.3 }} }} industry z {{ technology ces(0.6) {{ L: 0.3, H: 0.7 }} }}"
                );
                let session = Session::new(load::load_text("edge", &text, Path::new("edge"), &load::Disk));
                let mut session = session.unwrap_or_else(|f| panic!("{:?}", f.diagnostics.list));
                let options = Options::default();
                let answer = command::run("solve", Request { session: &mut session, argument: "", options: &options, interrupt: &INTERRUPT });
                let answer = answer.unwrap_or_else(|f| panic!("{:?}", f.diagnostics.list));
                let value = |name: &str| answer.json["variables"][name].as_f64().unwrap_or(f64::NAN);
                let want = (1.0 - (beta * 0.3 / value("w")).powf(1.0 / a)).max(0.0);
                let found = value("I");
                failures.check((found - want).abs() < 1e-9, || format!("a = {a}, β = {beta}, price {price}: I = {found}, not {want}"));
            }
        }
    }
    failures.finish();
}

/// Where two equilibria meet there is no derivative, however the curve lies: `(x − a)² = c` at its turning point, from either side of rounding.
#[cfg(feature = "symbolic")]
#[test]
fn a_turning_point_has_no_derivative() {
    for a in ["0", "2", "0.37", "-1.5", "12"] {
        let text = format!("parameter c = 1 variable x in (-inf, inf) start {a} + 0.7 equation e: (x - {a})^2 = 1 - c report {{ x }}");
        for command in ["derive", "sign"] {
            let told = crate::ask::ask(command, &text, &["x wrt c"]);
            assert!(told.json.get("value").is_none() && told.code != 0, "{command} a = {a}: {}", told.json);
            assert!(!told.codes().contains(&"A070"), "{command} a = {a}: {:?}", told.codes());
        }
    }
}

/// Two equilibria that meet at c = 1 in the middle of what the equation's own terms make of them: squares, sums that cancel, a system, a tangent.
fn meetings() -> Vec<(String, f64)> {
    let mut out = Vec::new();
    for a in [0.0, 2.0, 0.37, -1.5, 12.0, 1200.0, 1e-3] {
        let free = format!("parameter c = 0 variable x in (-inf, inf) start {a:?} + 0.7");
        out.push((format!("{free} equation e: (x - {a:?})^2 = 1 - c report {{ x }}"), a));
        out.push((format!("{free} equation e: x^2 + ({a:?})^2 + c = 1 + 2 * ({a:?}) * x report {{ x }}"), a));
        out.push((format!("{free} variable y in (-inf, inf) start 0.5 equation e: y * y + c = 1 equation f: x = {a:?} + 2 * y report {{ x }}"), a));
        if a > 0.0 {
            out.push((
                format!("parameter c = 0 variable x in (0, inf) start 2.5 * {a:?} equation e: x / {a:?} + {a:?} / x + c = 3 report {{ x }}"),
                a,
            ));
        }
    }
    out
}

/// Where two equilibria meet every command says so, beyond it there is none of them, and before it there are derivatives.
#[test]
fn two_equilibria_that_meet_are_told_from_what_falls_without_bound() {
    let mut failures = Failures::default();
    for (text, a) in meetings() {
        let beyond = crate::ask::ask("shock", &text, &["c = 1.5"]);
        let told = beyond.json["diagnostics"].to_string();
        failures.check(told.contains("two equilibria meet") && !told.contains("without bound"), || format!("shock beyond: {text}\n{told}"));
        for from in ["0", "0.99"] {
            let there = crate::ask::ask("shock", &text, &["c = 1", "--set", &format!("c = {from}")]);
            let x = there.json["after"]["x"].as_f64().unwrap_or(f64::NAN);
            failures.check(there.json["turning_point"] == "c", || format!("shock to it from {from}: {text}\n{}", there.json));
            failures.check((x - a).abs() < 1e-4 * a.abs().max(1.0), || format!("shock to it from {from}: x = {x}\n{text}"));
        }
        let here = crate::ask::ask("solve", &text, &["--set", "c = 1"]);
        failures.check(here.json["turning_point"] == "c", || format!("solve: {text}\n{}", here.json));
        for (c, fine) in [("1", false), ("0.99", true)] {
            let near = crate::ask::ask("solve", &text, &["--set", &format!("c = {c}")]);
            failures.check(near.json.get("turning_point").is_none() == fine, || format!("solve at {c}: {text}"));
            #[cfg(feature = "symbolic")]
            {
                let told = crate::ask::ask("derive", &text, &["x wrt c", "--set", &format!("c = {c}")]);
                failures.check(told.json.get("value").is_some() == fine, || format!("derive at {c}: {text}\n{}", told.json));
                failures.check(!told.codes().contains(&"A070"), || format!("derive at {c}: {text}\n{}", told.json));
            }
        }
    }
    failures.finish();
}
