//! Every example works as written, and the standard library can be imported by name.

use crate::support;

use serde_json::Value;
use std::path::Path;
use support::{Failures, files, run, stem};

const LINES: usize = 30;
/// With the lines that load data.
const WITH_DATA: usize = 40;

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn examples_are_short_and_say_what_they_show() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        let (name, text) = (stem(&file), text(&file));
        let most = if text.contains(" load ") { WITH_DATA } else { LINES };
        failures.check(text.lines().count() <= most, || format!("{name}: more than {most} lines"));
        failures.check(text.starts_with("// "), || format!("{name}: does not open with a comment"));
        failures.check(text.contains(&format!("model {name}")), || format!("{name}: the model has another name than its file"));
        for word in ["report", "shock"] {
            failures.check(text.lines().any(|l| l.starts_with(word)), || format!("{name}: no {word}"));
        }
    }
    failures.finish();
}

/// `run` solves each example with everything that it declares; none needs a warning.
#[test]
fn examples_run() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        let name = stem(&file);
        let out = run::command("run", &file, None, &[]);
        failures.check(out.code == 0, || format!("{name}: run: {}", out.complaint()));
        for d in out.json["diagnostics"].as_array().into_iter().flatten() {
            failures.check(d["severity"] != "warning", || format!("{name}: warning {} {}", d["code"], d["message"]));
        }
    }
    failures.finish();
}

/// Homogeneity, Walras or outside balance, derivatives against re-solves.
#[test]
fn examples_pass_their_own_tests() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        let out = run::command("test", &file, None, &[]);
        failures.check(out.code == 0, || format!("{}: test: {} {}", stem(&file), out.complaint(), out.json));
    }
    failures.finish();
}

/// In each example all industries that can compete are active and each margin is inside (0, 1): the effects the comments speak of are there.
#[test]
fn examples_stand_inside_their_regime() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        let name = stem(&file);
        let out = run::command("solve", &file, None, &[]);
        failures.check(out.code == 0 && out.json["status"] == "solved", || format!("{name}: solve: {}", out.complaint()));
        // Ricardo's point is that idle industries are idle.
        for (key, word) in out.json["regime"].as_object().into_iter().flatten().filter(|_| name != "ricardo") {
            let inside = word.as_str().is_none_or(|w| matches!(w, "active" | "part" | "imported" | "exported"));
            failures.check(inside, || format!("{name}: {key} is {word}"));
        }
    }
    failures.finish();
}

/// Every sweep of every example finds an equilibrium at each of its points.
#[test]
fn sweeps_have_no_holes() {
    let mut failures = Failures::default();
    for file in files("examples", "trade") {
        for line in text(&file).lines().filter(|l| l.starts_with("sweep")) {
            let name = line.split_whitespace().nth(1).unwrap_or_default();
            let out = run::command("sweep", &file, Some(name), &[]);
            failures.check(out.code == 0, || format!("{}: sweep {name}: {}", stem(&file), out.complaint()));
        }
    }
    failures.finish();
}

fn library() -> Vec<String> {
    files("stdlib", "trade").iter().map(|f| stem(f)).collect()
}

/// Solves a small program that imports all of the library and uses `body`.
fn with_library(body: &str) -> run::Outcome {
    let imports: String = library().iter().map(|name| format!("import {name}\n")).collect();
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("no temporary file: {e}"));
    let program = format!(
        "model user\n{imports}\ncountry Home {{ endowment L = 90, H = 100, K = 80 }}\ncountry Abroad outside {{ price L = 0.3 }}\nfactor L price w\n\
         factor H price s\nfactor K price r\ngood x price p = 1.1\ngood y price = 1\ngood z price = 1\n{body}\n"
    );
    std::fs::write(file.path(), program).unwrap_or_else(|e| panic!("no temporary file: {e}"));
    run::command("solve", file.path(), None, &[])
}

const INDUSTRIES: &str = "industry x { technology cobb_douglas { L: 0.3, H: 0.4, K: 0.3 } }
industry y { technology cobb_douglas { L: 0.5, H: 0.2, K: 0.3 } }
industry z { technology cobb_douglas { L: 0.4, H: 0.2, K: 0.4 } }";

#[test]
fn library_schedules_price_tasks() {
    let mut failures = Failures::default();
    let calls = [
        "linear(i; 1.5)",
        "power(i; 1.5, 2)",
        "power(i; 1.5, 0.5)",
        "exponential(i; 1.2)",
        "pole(i; 0.6)",
        "scaled_pole(i; 0.5, 0.6)",
        "saturating(i; 1.5, 2)",
        "logarithmic(i; 2, 3)",
        "quadratic(i; 0.5, 1)",
    ];
    for call in calls {
        let out = with_library(&format!("{INDUSTRIES}\ntasks T of L {{ offshore Home -> Abroad cost 1.2 * {call} margin I }}"));
        failures.check(out.code == 0, || format!("{call}: {}", out.complaint()));
    }
    for line in text(&support::root().join("stdlib/schedules.trade")).lines().filter_map(|l| l.strip_prefix("schedule ")) {
        let name = line.split('(').next().unwrap_or_default();
        failures.check(calls.iter().any(|c| c.starts_with(&format!("{name}("))), || format!("the schedule {name} has no test"));
    }
    failures.finish();
}

/// Each named technology gives the same equilibrium as its form written out.
#[test]
fn library_technologies_are_their_forms() {
    let rest = "industry y { technology cobb_douglas { L: 0.5, H: 0.2, K: 0.3 } }";
    let pairs = [
        ("pair(L, H, 0.6, 0.3)", "ces(0.6) { L: 0.3, H: 0.7 }"),
        ("triple(L, H, K, 0.6, 0.3, 0.4)", "ces(0.6) { L: 0.3, H: 0.4, K: 0.3 }"),
        ("nested(L, H, K, 0.6, 0.4, 0.3, 0.5)", "ces(0.6) { L: 0.3, b: 0.7 * ces(0.4) { H: 0.5, K: 0.5 } }"),
        ("capital_skill(L, H, K, 1.5, 0.5, 0.3, 0.6)", "ces(1.5) { L: 0.3, b: 0.7 * ces(0.5) { H: 0.6, K: 0.4 } }"),
        ("with_material(L, H, z, 0.6, 0.4, 0.2)", "leontief { b: ces(0.6) { L: 0.4, H: 0.6 }, z: 0.2 }"),
        ("material_share(L, H, z, 0.6, 0.4, 0.2)", "ces(1) { b: 0.8 * ces(0.6) { L: 0.4, H: 0.6 }, z: 0.2 }"),
    ];
    let mut failures = Failures::default();
    for (named, written) in pairs {
        let [a, b] = [named, written].map(|form| with_library(&format!("industry x {{ technology {form} }}\n{rest}")));
        failures.check(a.code == 0 && b.code == 0, || format!("{named}: {} / {}", a.complaint(), b.complaint()));
        same(&mut failures, named, &a.json["variables"], &b.json["variables"]);
    }
    let named = text(&support::root().join("stdlib/technologies.trade"));
    for name in named.lines().filter_map(|l| l.strip_prefix("technology ")).filter_map(|l| l.split('(').next()) {
        failures.check(pairs.iter().any(|(n, _)| n.starts_with(&format!("{name}("))), || format!("the technology {name} has no test"));
    }
    failures.finish();
}

fn same(failures: &mut Failures, place: &str, a: &Value, b: &Value) {
    for name in ["w", "s", "r", "output[x]", "output[y]"] {
        let of = |v: &Value| v.as_object().and_then(|m| support::compare::find(m, name)).and_then(Value::as_f64);
        let equal = matches!((of(a), of(b)), (Some(x), Some(y)) if (x - y).abs() <= 1e-10 * y.abs().max(1e-3));
        failures.check(equal, || format!("{place}: {name} is {:?}, written out {:?}", of(a), of(b)));
    }
}

#[test]
fn library_tastes_and_measures() {
    let mut failures = Failures::default();
    for form in ["constant_shares(x, y, 0.4)", "two_goods(x, y, 0.7, 0.4)", "outside_good(z, x, y, 1.5, 0.7, 0.3, 0.5)"] {
        let body = format!(
            "{INDUSTRIES}\ndemand {form}\nlet ev = equivalent_variation(1.1 * welfare, price_index, income)\nlet cv = compensating_variation(income, price_index, welfare)\n\
             let gain = gains_from_trade(0.8, 4)\nlet points = log_points(income, income)\nlet index = index_of_two(p, price[y], 0.7, 0.4)\nreport {{ ev, cv, gain, points, index }}"
        );
        let out = with_library(&body);
        failures.check(out.code == 0, || format!("{form}: {}", out.complaint()));
        let value = |name: &str| out.json["variables"][name].as_f64();
        let near = |name: &str, want: f64| value(name).is_some_and(|x| (x - want).abs() < 1e-9);
        failures.check(near("gain", 0.8f64.powf(-0.25)), || format!("{form}: gain = {:?}", value("gain")));
        failures.check(near("points", 0.0) && near("cv", 0.0), || format!("{form}: points {:?}, cv {:?}", value("points"), value("cv")));
        failures.check(value("ev").is_some_and(|x| x > 0.0), || format!("{form}: ev = {:?}", value("ev")));
    }
    failures.finish();
}

#[test]
fn library_definitions_are_documented() {
    let mut failures = Failures::default();
    for file in files("stdlib", "trade") {
        let text = text(&file);
        failures.check(!text.lines().any(|l| l.starts_with("model ")), || format!("{}: a library file has no model", stem(&file)));
        let lines: Vec<&str> = text.lines().collect();
        for (k, line) in lines.iter().enumerate() {
            if ["schedule ", "technology ", "function "].iter().any(|w| line.starts_with(w)) {
                failures.check(k > 0 && lines[k - 1].starts_with("///"), || format!("{}: `{line}` has no documentation", stem(&file)));
            }
        }
    }
    failures.finish();
}
