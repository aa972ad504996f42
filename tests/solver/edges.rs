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
