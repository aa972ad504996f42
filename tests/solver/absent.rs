//! A factor that there is none of: the equilibrium is the limit of those with ever less of it, in all that has a limit.

use crate::support;

use crate::oracle::rng::Rng;
use serde_json::Value;
use support::Failures;

/// A small economy whose endowment of L is `at`: nests of several depths and elasticities, tasks of L abroad in half of the draws, a second country in
/// some.
pub fn drawn(seed: u64, at: f64) -> String {
    let mut r = Rng::new(seed);
    let mut number = |low: f64, high: f64| (low + (high - low) * r.uniform()) * 1.0;
    let sigma = |u: f64| [0.0, 0.5, 0.8, 1.0, 1.4, 2.5][(u * 6.0) as usize % 6];
    let mut technology = |first: &str| {
        let (outer, inner) = (sigma(number(0.0, 1.0)), sigma(number(0.0, 1.0)));
        let (a, b, c) = (number(0.2, 0.5), number(0.1, 0.4), number(0.2, 0.5));
        let nest = |s: f64, inputs: &str| match s {
            0.0 => format!("leontief {{ {inputs} }}"),
            1.0 => format!("cobb_douglas {{ {inputs} }}"),
            s => format!("ces({s:?}) {{ {inputs} }}"),
        };
        let (b, c) = if inner == 1.0 { (b, 1.0 - b) } else { (b, c) };
        let rest = if outer == 1.0 { 1.0 - a } else { number(0.4, 0.8) };
        match first {
            "flat" => nest(outer, &format!("L: {a:?}, K: {rest:?}")),
            "L deep" => nest(outer, &format!("H: {a:?}, deep: {rest:?} * {}", nest(inner, &format!("L: {b:?}, K: {c:?}")))),
            _ => nest(outer, &format!("L: {a:?}, deep: {rest:?} * {}", nest(inner, &format!("H: {b:?}, K: {c:?}")))),
        }
    };
    let kinds = ["flat", "L deep", "L first"];
    let x = technology(kinds[(seed % 3) as usize]);
    let y = technology(kinds[(seed / 3 % 3) as usize]);
    let z = technology("flat").replace("L:", "H:");
    let tasks = if seed % 2 == 0 {
        format!(
            "schedule t(i) = 1 + i country Abroad outside {{ price L = {:?} }} tasks Ltasks of L {{ offshore Home -> Abroad cost {:?} * t(i) margin I \
             bill Omega }}",
            number(0.2, 0.6),
            number(1.0, 1.6)
        )
    } else {
        String::new()
    };
    format!(
        "country Home {{ endowment L = {at:?}, H = {:?}, K = {:?} }} factor L price w factor H price s factor K price r good x price = 1 good y price = \
         {:?} good z price = {:?} industry x {{ technology {x} }} industry y {{ technology {y} }} industry z {{ technology {z} }} {tasks} demand \
         cobb_douglas {{ x: 0.4, y: 0.3, z: 0.3 }} report {{ w, s, r, output[x], output[y], output[z] }}",
        number(50.0, 150.0),
        number(50.0, 150.0),
        number(0.7, 1.4),
        number(0.7, 1.4),
    )
}

fn solved(seed: u64, at: f64) -> Value {
    let told = crate::ask::ask("solve", &drawn(seed, at), &[]);
    assert!(!told.codes().iter().any(|c| c.starts_with('E') || c.starts_with('N')), "seed {seed}: {}\n{}", drawn(seed, at), told.stderr);
    told.json
}

#[test]
fn an_endowment_of_nothing_is_the_limit_of_ever_less() {
    let mut failures = Failures::default();
    let mut compared = 0;
    for seed in 0..150 {
        let small: Vec<Value> = [1e-5, 1e-7, 1e-9].iter().map(|at| solved(seed, *at)).collect();
        if small.iter().any(|s| s["status"] != "solved") {
            continue;
        }
        let none = solved(seed, 0.0);
        failures.check(none["status"] == "solved" || none["status"] == "indeterminate", || {
            format!("seed {seed}: {}\n{}", none["status"], drawn(seed, 0.0))
        });
        for name in ["s", "r", "output[x]", "output[y]", "output[z]", "income", "exports[x]", "exports[y]", "welfare"] {
            let value = |v: &Value| v["variables"][name].as_f64();
            let ([Some(a), Some(b), Some(c)], Some(at)) = ([0, 1, 2].map(|k| value(&small[k])), value(&none)) else { continue };
            if none["free"].as_array().is_some_and(|free| free.iter().any(|f| f == name)) {
                continue;
            }
            // What is left of the way, if its steps shrink as they did.
            let (first, second) = ((a - b).abs(), (b - c).abs());
            let shrinks = (second / first).min(0.99);
            if !(second <= 0.7 * first) && second > 1e-7 {
                continue;
            }
            let left = if second > 0.0 { second * shrinks / (1.0 - shrinks) } else { 0.0 };
            compared += 1;
            let scale = if name.len() == 1 { 1.0 } else { 100.0 };
            failures.check((at - c).abs() <= 4.0 * left + 1e-6 * scale, || {
                format!("seed {seed}: {name} = {at} without, {a}, {b}, {c} with ever less of it\n{}", drawn(seed, 0.0))
            });
        }
    }
    assert!(compared > 300, "{compared} values compared");
    assert!(compared > 300, "{compared} values compared");
    failures.finish();
}

/// A shock that takes the last of a factor away, and one that brings the first, arrive at the equilibria that `solve` finds, without a jump where there
/// is none; derivatives are those of what is there.
#[test]
fn the_last_and_the_first_of_a_factor_are_no_jump() {
    let mut failures = Failures::default();
    let program = "country Home { endowment L = 400, T = 400 } factor L price w factor T price t good q numeraire industry q { technology cobb_douglas { \
                   L: 0.5, T: 0.5 } } demand cobb_douglas { q: 1 } report { w, t, output[q] }";
    let small_ho = std::fs::read_to_string("examples/small_ho.trade").unwrap_or_default();
    for (text, name) in [(program.to_string(), "output[q]"), (small_ho, "s")] {
        for (from, to) in [("400", "0"), ("0", "400")] {
            let shocked = crate::ask::ask("shock", &text, &[&format!("L = {to}"), "--set", &format!("L = {from}")]);
            let direct = crate::ask::ask("solve", &text, &["--set", &format!("L = {to}")]);
            let (a, b) = (&shocked.json["after"][name], &direct.json["variables"][name]);
            let near = a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-9 * b.abs().max(1.0));
            failures.check(near, || format!("{name} from {from} to {to}: {a}, solved {b}\n{}{}", shocked.stderr, direct.stderr));
            let words = shocked.json["path"].to_string();
            failures.check(!words.contains("jump") && !words.contains("w falls"), || format!("from {from} to {to}: {words}"));
        }
    }
    failures.finish();
}

#[cfg(feature = "symbolic")]
#[test]
fn formulas_hold_where_a_factor_is_not_there() {
    let mut failures = Failures::default();
    let mut derived = 0;
    for seed in 0..20 {
        let text = drawn(seed, 0.0);
        if crate::ask::ask("solve", &text, &[]).json["status"] != "solved" {
            continue;
        }
        for question in ["s wrt H", "r wrt price[x]", "output[x] wrt K", "income wrt price[y]"] {
            let told = crate::ask::ask("derive", &text, &[question]);
            derived += usize::from(told.json.get("value").is_some());
            let fine = told.codes().iter().all(|c| ["A052", "A054", "A059", "S005"].contains(c));
            failures.check(fine, || format!("seed {seed}: {question}: {}\n{text}", told.json["diagnostics"]));
        }
        for question in ["s wrt L", "w wrt H"] {
            let told = crate::ask::ask("derive", &text, &[question]);
            failures.check(told.codes().contains(&"S005"), || format!("seed {seed}: {question}: {}\n{text}", told.json));
        }
    }
    assert!(derived > 25, "{derived} formulas");
    failures.finish();
}

/// The laws that `test` checks hold of what is there.
#[test]
fn the_laws_of_test_hold_without_a_factor() {
    let mut failures = Failures::default();
    for seed in 0..30 {
        let text = drawn(seed, 0.0);
        if crate::ask::ask("solve", &text, &[]).json["status"] == "solved" {
            let told = crate::ask::ask("test", &text, &[]);
            failures.check(told.code == 0, || format!("seed {seed}: {}\n{text}", told.json["tests"]));
        }
    }
    failures.finish();
}

/// What there is none of has no price to count in, and under any other numeraire there is the same equilibrium.
#[test]
fn nothing_is_counted_in_what_is_not_there() {
    let text = std::fs::read_to_string("examples/protection.trade").unwrap_or_default();
    let told = crate::ask::ask("solve", &text, &["--set", "L[Foreign] = 0"]);
    assert!(told.codes().contains(&"S001") && told.stderr.contains("what there is none of"), "{}", told.stderr);
    let other = crate::ask::ask("solve", &text.replace("numeraire w[Foreign]", "numeraire w[Home]"), &["--set", "L[Foreign] = 0"]);
    assert_eq!(other.json["status"], "solved", "{}", other.stderr);
}
