//! The reference economies through the built binary: every program below `tests/models` against the figures beside it.
//!
//! `grh/` holds the economies of Grossman and Rossi-Hansberg, `classics/` regime maps and classic models, `later/` programs whose words the
//! language does not have yet. The figures come from independent work in 50 digits; `docs/models.md` says which paper each one is.

use crate::support;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::compare::{self, AFTER_SHOCK, BORDERS, DERIVATIVES, EFFECTS, VALUES};
use support::run::{Outcome, command};
use support::{Failures, files, json as read, stem};

/// A program, its figures, and the points at which they hold.
struct Case {
    program: PathBuf,
    figures: Value,
}

impl Case {
    fn all(folder: &str) -> Vec<Case> {
        files(folder, "trade").into_iter().map(|program| Case { figures: read(&program.with_extension("json")), program }).collect()
    }

    fn name(&self) -> String {
        stem(&self.program)
    }

    /// The points of the case; a case of `grh/` is one point at its own parameters.
    fn points(&self) -> Vec<Value> {
        match self.figures["points"].as_array() {
            Some(points) => points.clone(),
            None => vec![json!({
                "set": {}, "values": self.figures["variables"], "d_dln": self.figures["d_dln"], "elasticity": self.figures["elasticity"]
            })],
        }
    }

    fn shocks(&self) -> Vec<Value> {
        self.figures["shocks"].as_array().cloned().unwrap_or_default()
    }
}

fn every() -> Vec<Case> {
    let mut cases = Case::all("tests/models/grh");
    cases.extend(Case::all("tests/models/classics"));
    cases
}

fn settings(point: &Value) -> Vec<(String, f64)> {
    point["set"].as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect()
}

fn place(case: &Case, point: &Value) -> String {
    let set: Vec<String> = settings(point).iter().map(|(k, v)| format!("{k}={v}")).collect();
    format!("{} {}", case.name(), set.join(" "))
}

/// Runs a command at a point; a failure is one message and no further comparison.
fn at(failures: &mut Failures, verb: &str, case: &Case, point: &Value, argument: Option<&str>) -> Option<Outcome> {
    let outcome = command(verb, &case.program, argument, &settings(point));
    let place = place(case, point);
    failures.check(outcome.code == 0, || format!("{place}: {verb}: {}", outcome.complaint()));
    (outcome.code == 0).then_some(outcome)
}

fn solvable(point: &Value) -> bool {
    point["status"].is_null() || point["status"] == "solved"
}

#[test]
fn equilibria_and_regimes() {
    let mut failures = Failures::default();
    for case in every() {
        for point in case.points().iter().filter(|p| solvable(p)) {
            if point["values"].is_null() && point["regime"].is_null() {
                continue;
            }
            let Some(out) = at(&mut failures, "solve", &case, point, None) else { continue };
            let place = place(&case, point);
            failures.check(out.json["status"] == "solved", || format!("{place}: status {}", out.json["status"]));
            compare::numbers(&mut failures, &place, &out.json["variables"], &point["values"], VALUES);
            for (key, word) in point["regime"].as_object().into_iter().flatten() {
                let got = out.json["regime"].as_object().and_then(|r| compare::find(r, key));
                failures.check(got == Some(word), || format!("{place}: {key} is {}, expected {word}", got.unwrap_or(&Value::Null)));
            }
        }
    }
    failures.finish();
}

#[test]
fn derivatives() {
    let mut failures = Failures::default();
    for case in every() {
        for point in &case.points() {
            if point["d_dln"].is_null() && point["elasticity"].is_null() && point["sign"].is_null() {
                continue;
            }
            let Some(out) = at(&mut failures, "elasticities", &case, point, None) else { continue };
            let place = place(&case, point);
            compare::tables(&mut failures, &format!("{place} d_dln"), &out.json["d_dln"], &point["d_dln"], DERIVATIVES);
            compare::tables(&mut failures, &format!("{place} elasticity"), &out.json["elasticity"], &point["elasticity"], DERIVATIVES);
            for (parameter, signs) in point["sign"].as_object().into_iter().flatten() {
                for (name, sign) in signs.as_object().into_iter().flatten() {
                    let got = out.json["d_dln"][parameter][name].as_f64();
                    let holds = got.is_some_and(|x| (sign == "+" && x > 0.0) || (sign == "-" && x < 0.0));
                    failures.check(holds, || format!("{place}: d {name}/d ln {parameter} = {got:?}, expected {sign}"));
                }
            }
        }
    }
    failures.finish();
}

#[test]
fn bounds_of_the_regime() {
    let mut failures = Failures::default();
    for case in every() {
        for point in case.points().iter().filter(|p| !p["holds"].is_null()) {
            let Some(out) = at(&mut failures, "regime", &case, point, None) else { continue };
            let place = place(&case, point);
            for (parameter, bounds) in point["holds"].as_object().into_iter().flatten() {
                for (k, side) in ["lower", "upper"].into_iter().enumerate() {
                    let Some(want) = bounds[k].as_f64() else { continue };
                    let got = out.json["regime"]["holds"][parameter][k].as_f64();
                    failures.check(got.is_some_and(|x| BORDERS.holds(x, want)), || {
                        format!("{place}: {side} bound of {parameter} is {got:?}, expected {want}")
                    });
                }
            }
        }
    }
    failures.finish();
}

#[test]
fn derivatives_on_both_sides_of_a_border() {
    let mut failures = Failures::default();
    for case in every() {
        for point in case.points().iter().filter(|p| !p["border"].is_null()) {
            let Some(out) = at(&mut failures, "elasticities", &case, point, None) else { continue };
            for (parameter, sides) in point["border"].as_object().into_iter().flatten() {
                for side in ["left", "right"] {
                    let place = format!("{} {side} of {parameter}", place(&case, point));
                    for table in ["d_dln", "elasticity"] {
                        compare::numbers(&mut failures, &place, &out.json[side][table][parameter], &sides[side][table], DERIVATIVES);
                    }
                }
            }
        }
    }
    failures.finish();
}

#[test]
fn where_no_equilibrium_exists() {
    let mut failures = Failures::default();
    for case in every() {
        for point in case.points().iter().filter(|p| !solvable(p)) {
            let out = command("solve", &case.program, None, &settings(point));
            let place = place(&case, point);
            failures.check(out.code == 3, || format!("{place}: expected exit 3, {}", out.complaint()));
            failures.check(out.json["status"] == point["status"], || format!("{place}: status {}, expected {}", out.json["status"], point["status"]));
        }
    }
    failures.finish();
}

/// `beta_factor` of a `grh/` case as the argument of `shock`: the shocked value, set exactly.
fn argument(case: &Case, shock: &Value, before: &Value) -> Option<String> {
    if let Some(text) = shock["argument"].as_str() {
        return Some(text.to_owned());
    }
    let beta = before["parameters"]["beta"].as_f64()?;
    let factor = shock["beta_factor"].as_f64()?;
    assert!(factor > 0.0, "{}: beta_factor", case.name());
    Some(format!("beta = {:?}", beta * factor))
}

#[test]
fn finite_shocks() {
    let mut failures = Failures::default();
    for case in every() {
        for shock in case.shocks() {
            let Some(base) = at(&mut failures, "solve", &case, &shock, None) else { continue };
            let Some(argument) = argument(&case, &shock, &base.json) else {
                failures.add(format!("{}: the solution names no parameter beta", case.name()));
                continue;
            };
            let Some(out) = at(&mut failures, "shock", &case, &shock, Some(&argument)) else { continue };
            let place = format!("{} {argument}", case.name());
            compare::numbers(&mut failures, &format!("{place} after"), &out.json["after"], &shock["after"], AFTER_SHOCK);
            compare::numbers(&mut failures, &format!("{place} change"), &out.json["change"], &shock["change"], AFTER_SHOCK);
            for (name, channels) in shock["effects"].as_object().into_iter().flatten() {
                effects(&mut failures, &format!("{place} effects: {name}"), &out.json["effects"][name], channels);
            }
            for border in shock["borders"].as_array().into_iter().flatten().filter_map(Value::as_f64) {
                let path = out.json["path"].as_array().cloned().unwrap_or_default();
                let ends =
                    |piece: &Value| piece["to"].as_object().is_some_and(|to| to.values().filter_map(Value::as_f64).any(|x| BORDERS.holds(x, border)));
                let met = path.iter().any(ends);
                failures.check(met, || format!("{place}: no piece of the path ends at {border}: {path:?}"));
            }
        }
    }
    failures.finish();
}

/// A channel that a model does not have contributes nothing, so a figure of 0 may be missing.
fn effects(failures: &mut Failures, place: &str, got: &Value, want: &Value) {
    for (channel, value) in want.as_object().into_iter().flatten() {
        let Some(expected) = value.as_f64() else { continue };
        let found = got[channel].as_f64();
        let holds = found.map_or(expected == 0.0, |x| EFFECTS.holds(x, expected));
        failures.check(holds, || format!("{place}: {channel} = {found:?}, expected {expected}"));
    }
}

/// Programs with words of the language's second part are refused in one clear sentence; when a word arrives, its case moves up.
#[test]
fn later_words_say_so() {
    let mut failures = Failures::default();
    for program in files("tests/models/later", "trade") {
        let out = command("check", Path::new(&program), None, &[]);
        let name = stem(&program);
        failures.check(out.code == 1, || format!("{name}: exit {}: the language has the word now, move the case to grh/ or classics/", out.code));
        let said = out.json["diagnostics"].as_array().is_some_and(|d| d.iter().any(|d| d["message"].as_str().is_some_and(|m| m.contains("not yet"))));
        failures.check(said, || format!("{name}: no diagnostic says `not yet`: {}", out.complaint()));
    }
    failures.finish();
}
