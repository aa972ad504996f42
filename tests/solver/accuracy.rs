//! What is said to be known is known: values against the same economies written so that nothing cancels, under other numeraires, by other commands.

use crate::known;
use crate::support;

use known::known;
use serde_json::Value;
use support::{Failures, run};

fn ask(command: &str, text: &str, argument: Option<&str>, set: &[(String, f64)]) -> run::Outcome {
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("no temporary file: {e}"));
    std::fs::write(file.path(), text).unwrap_or_else(|e| panic!("no temporary file: {e}"));
    run::command(command, file.path(), argument, set)
}

/// The relative error stated of a value; none is known of what is free.
fn error(answer: &Value, name: &str) -> f64 {
    let free = answer["free"].as_array().is_some_and(|list| list.iter().any(|f| f == name));
    number(answer, "error", name).unwrap_or(if free { f64::INFINITY } else { 0.0 })
}

fn number(answer: &Value, table: &str, name: &str) -> Option<f64> {
    answer[table][name].as_f64()
}

/// Three countries after Eaton and Kortum; in terms of what is sold at home, or of trade alone, where nothing cancels.
fn world(barrier: f64, trade_alone: bool) -> String {
    let labor = match trade_alone {
        false => "equation labor[i in R where i != c1]: w[i] * L[i] = sum(n in R) pi[n, i] * w[n] * L[n]",
        true => {
            "equation labor[i in R where i != c1]: w[i] * L[i] * (sum(n in R where n != i) pi[i, n]) = sum(n in R where n != i) pi[n, i] * w[n] * L[n]"
        }
    };
    format!(
        "model world\nset R = {{c1, c2, c3}}\nparameter theta = 4.5\nparameter dscale = {barrier:?}\n\
         parameter T[r in R] = {{c1: 1.5, c2: 1, c3: 0.8}}\nparameter L[r in R] = {{c1: 10, c2: 14, c3: 8}}\n\
         parameter d[n in R, i in R] = {{c1: {{c1: 1, c2: 1.5, c3: 1.7}}, c2: {{c1: 1.4, c2: 1, c3: 1.6}}, c3: {{c1: 1.7, c2: 1.5, c3: 1}}}}\n\
         variable w[r in R] in (0, inf) start 1\n\
         let S[n in R, i in R] = T[i] * (w[i] * (if n != i then dscale * d[n, i] else 1))^(-theta)\n\
         let Phi[n in R] = sum(i in R) S[n, i]\nlet pi[n in R, i in R] = S[n, i] / Phi[n]\n\
         equation anchor: w[c1] = 1\n{labor}\nreport {{ w[r] for r in R }}\n"
    )
}

#[test]
fn wages_are_as_well_known_as_is_said_where_trade_dies_out() {
    let mut failures = Failures::default();
    for barrier in [1.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 5000.0] {
        let (got, want) = (ask("solve", &world(barrier, false), None, &[]), ask("solve", &world(barrier, true), None, &[]));
        for name in ["w[c2]", "w[c3]"] {
            let (Some(x), Some(exact)) = (number(&got.json, "variables", name), number(&want.json, "variables", name)) else {
                failures.add(format!("{name} at {barrier}: {} and {}", got.complaint(), want.complaint()));
                continue;
            };
            let (e, own) = (error(&got.json, name), error(&want.json, name));
            failures.check(own < 1e-10, || format!("{name} at {barrier}: where nothing cancels the error is said to be {own:e}"));
            failures.check((x / exact - 1.0).abs() <= e + own, || format!("{name} at {barrier}: {x}, exactly {exact}, said to be known to {e:e}"));
            failures.check(e < 0.1 || got.json["status"] == "indeterminate", || format!("{name} at {barrier}: error {e:e}, {}", got.json["status"]));
            failures.check(barrier > 20.0 || e < 1e-7, || format!("{name} at {barrier}: error {e:e} where trade is alive"));
        }
    }
    failures.finish();
}

#[test]
fn solve_shock_and_sweep_of_one_point_agree_within_the_error_stated() {
    let mut failures = Failures::default();
    let start = world(1.0, false);
    for barrier in [2.0, 30.0, 200.0, 1000.0] {
        let solved = ask("solve", &world(barrier, false), None, &[]);
        let shocked = ask("shock", &start, Some(&format!("dscale = {barrier:?}")), &[]);
        let set = ask("solve", &start, None, &[("dscale".to_owned(), barrier)]);
        for name in ["w[c2]", "w[c3]"] {
            let (Some(x), stated) = (number(&solved.json, "variables", name), error(&solved.json, name)) else {
                failures.add(format!("{name} at {barrier}: {}", solved.complaint()));
                continue;
            };
            let after = shocked.json["after"][name].as_f64();
            for (what, y) in [("shock", after), ("--set", number(&set.json, "variables", name))] {
                // Either may be off by what is stated, to its side.
                let near = y.is_some_and(|y| (y / x - 1.0).abs() <= 2.0 * stated);
                failures.check(near || y.is_none() && what == "shock", || format!("{name} at {barrier}: solve {x}, {what} {y:?}, error {stated:e}"));
            }
        }
    }
    failures.finish();
}

/// A row's value of a name, with its relative error where one is stated.
fn cell(answer: &Value, row: usize, name: &str) -> Option<(f64, f64)> {
    let at = answer["columns"].as_array()?.iter().position(|c| c == name)?;
    let row = &answer["rows"][row];
    Some((row["values"][at].as_f64()?, row["error"][at].as_f64().unwrap_or(TAKEN_FOR_GRANTED)))
}

/// What a row of a sweep may be off by without saying so.
const TAKEN_FOR_GRANTED: f64 = 1e-9;

#[test]
fn rows_of_a_sweep_are_as_well_known_as_they_say() {
    let mut failures = Failures::default();
    let mut stated = 0;
    for grid in ["1.5..1000 : 5", "1000..1.5 : 5", "1..300 : 40", "log 1..5000 : 30", "{700, 1, 700, 40, 400}", "200..230 : 25"] {
        let swept = ask("sweep", &world(1.0, false), Some(&format!("dscale = {grid}")), &[]);
        for (k, row) in swept.json["rows"].as_array().into_iter().flatten().enumerate() {
            let Some(barrier) = row["at"][0].as_f64() else { continue };
            let want = ask("solve", &world(barrier, true), None, &[]);
            for name in ["w[c2]", "w[c3]"] {
                let (Some((x, e)), Some(exact)) = (cell(&swept.json, k, name), number(&want.json, "variables", name)) else {
                    failures.add(format!("{name} at {barrier} of {grid}: {}", swept.complaint()));
                    continue;
                };
                stated += usize::from(e > TAKEN_FOR_GRANTED);
                failures.check((x / exact - 1.0).abs() <= e, || format!("{name} at {barrier} of {grid}: {x}, exactly {exact}, known to {e:e}"));
                failures.check(e < 0.1 || row["status"] == "indeterminate", || format!("{name} at {barrier} of {grid}: {}", row["status"]));
                failures.check(barrier > 20.0 || e < 1e-7, || format!("{name} at {barrier} of {grid}: error {e:e} where trade is alive"));
            }
        }
    }
    assert!(stated > 50, "{stated} errors stated");
    failures.finish();
}

#[test]
fn random_economies_are_known_to_what_is_said() {
    let mut failures = Failures::default();
    let mut compared = 0;
    for seed in 0..240 {
        let k = known(seed);
        if k.open || k.numeraires.len() < 2 {
            continue;
        }
        let answers = [0, 1].map(|n| ask("solve", &k.program(n, seed + n as u64, false), None, &[]));
        if answers.iter().any(|a| a.json["status"] != "solved") {
            continue;
        }
        let [a, b] = answers.map(|a| a.json);
        // Ratios to the first factor price that both have.
        let unit = k.numeraires[1].0.as_str();
        let Some(per) = number(&a, "variables", unit) else { continue };
        let unit_error = error(&a, unit);
        for (name, _) in k.values(0) {
            let price = name.starts_with('w') || name.starts_with("price");
            let (Some(x), Some(y)) = (number(&a, "variables", &name), number(&b, "variables", &name)) else { continue };
            let x = if price { x / per } else { x };
            let said = error(&a, &name) + error(&b, &name) + if price { unit_error } else { 0.0 };
            // Another of several equilibria is no error.
            if x == 0.0 || (y / x - 1.0).abs() > 1e-3 && said < 1e-6 {
                continue;
            }
            compared += 1;
            failures.check((y / x - 1.0).abs() <= said, || format!("seed {seed}: {name} = {x} or {y}, said to be known to {said:e}"));
        }
    }
    assert!(compared > 100, "{compared} values compared");
    failures.finish();
}
