//! What theory knows of the programs below `tests/models/theory`: each question through the binary, with its sign, value and length.
//!
//! A `.json` beside a program is a list of questions: `ask` with any of `sign`, `sign_in`, `value`, `holds`, `max_chars` (of the printed formula
//! and of the letters that only abbreviate it), `max_condition`, `coefficients`, `distinct_letters`, `set`, `limit_s`, or the
//! code of the `error` that it has to be.
#![cfg(feature = "symbolic")]

use crate::support;

use serde_json::Value;
use std::path::Path;
use support::compare::Tolerance;
use support::ledger::Ledger;
use support::run::{Outcome, tasktrade};
use support::{files, json, stem};

const VALUES: Tolerance = Tolerance { relative: 1e-6, floor: 1e-9 };

/// `tasktrade VERB FILE REST [--set …] [--limit …] [--json]`
fn ask(program: &Path, question: &Value, form: Option<&str>) -> Outcome {
    let text = question["ask"].as_str().expect("a question asks something");
    let (verb, rest) = text.split_once(' ').expect("a verb and its argument");
    let mut arguments = vec![verb.to_owned(), program.display().to_string(), rest.to_owned()];
    for set in question["set"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        arguments.extend(["--set".to_owned(), set.to_owned()]);
    }
    if let Some(limit) = question["limit_s"].as_f64() {
        arguments.extend(["--limit".to_owned(), limit.to_string()]);
    }
    arguments.extend(form.map(str::to_owned));
    tasktrade(&arguments)
}

/// The name of the question: its words and what is set first.
fn title(program: &Path, question: &Value) -> String {
    let set: Vec<&str> = question["set"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let at = if set.is_empty() { String::new() } else { format!(" at {}", set.join(", ")) };
    format!("{}: {}{at}", stem(program), question["ask"].as_str().unwrap_or_default())
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What `derive` prints right of the first `=`, up to the number or the end of the line.
fn formula(text: &str) -> Option<&str> {
    let line = text.lines().find(|l| l.contains(" = ") && !l.starts_with(' '))?;
    let right = line.split_once(" = ")?.1;
    Some(right.split("   ").next().unwrap_or(right).trim())
}

/// Definitions of the letters that stand for a part of the formula and for nothing else.
fn abbreviations(text: &str) -> usize {
    let short = text.lines().filter(|l| l.contains("    short for "));
    short.filter_map(|l| l.split_once(" = ")?.1.rsplit_once(" = ")).map(|(body, _)| body.chars().count()).sum()
}

/// The printed condition, between the arrow and what it says of this economy.
fn condition(text: &str) -> Option<&str> {
    let line = text.lines().find(|l| l.contains('⇔'))?;
    let right = line.split_once('⇔')?.1;
    Some(right.split("   here").next().unwrap_or(right).trim())
}

fn answer(ledger: &mut Ledger, program: &Path, question: &Value) {
    let name = title(program, question);
    let out = ask(program, question, Some("--json"));
    if let Some(code) = question["error"].as_str() {
        ledger.check(&format!("{name}: refused"), out.code != 0 && out.complaint().contains(code), || format!("{} {}", out.code, out.complaint()));
        return;
    }
    if !ledger.check(&format!("{name}: answered"), out.code == 0, || out.complaint()) {
        return;
    }
    let got = &out.json;
    if let Some(want) = question["value"].as_f64() {
        let value = got["value"].as_f64().or(got["total"].as_f64());
        ledger.check(&format!("{name}: value"), value.is_some_and(|x| VALUES.holds(x, want)), || format!("{value:?}, expected {want}"));
    }
    let mut signs = words(&question["sign_in"]);
    signs.extend(question["sign"].as_str());
    if !signs.is_empty() {
        let sign = got["sign"].as_str().unwrap_or("none");
        ledger.check(&format!("{name}: sign"), signs.contains(&sign), || format!("{sign}, expected {}", signs.join(" or ")));
    }
    if let Some(want) = question["holds"].as_bool() {
        ledger.check(&format!("{name}: holds"), got["holds_here"].as_bool() == Some(want), || format!("{}, expected {want}", got["holds_here"]));
    }
    for (channel, want) in question["coefficients"].as_object().into_iter().flatten() {
        let want = want.as_f64().expect("a coefficient is a number");
        // The parameter's own channel has no quantity between: its contribution is its coefficient. No channel of that name: it contributes nothing.
        let value = got["coefficients"][channel]["value"].as_f64().or(got["contributions"][channel]["value"].as_f64());
        let holds = value.map_or(want == 0.0, |x| VALUES.holds(x, want));
        ledger.check(&format!("{name}: coefficient of {channel}"), holds, || format!("{value:?}, expected {want}"));
    }
    if question["distinct_letters"] == true {
        let letters = multipliers(got["conditional"].as_str().unwrap_or_default());
        let mut once = letters.clone();
        once.sort();
        once.dedup();
        ledger.check(&format!("{name}: distinct letters"), letters.len() > 1 && once.len() == letters.len(), || letters.join(" "));
    }
    if question["max_chars"].is_u64() || question["max_condition"].is_u64() {
        let text = ask(program, question, None).stdout;
        if let Some(most) = question["max_chars"].as_u64() {
            let length = formula(&text).map(|f| f.chars().count() + abbreviations(&text));
            ledger
                .check(&format!("{name}: length"), length.is_some_and(|n| n <= most as usize), || format!("{length:?} of {most} characters: {text}"));
        }
        if let Some(most) = question["max_condition"].as_u64() {
            let length = condition(&text).map(|c| c.chars().count());
            ledger.check(&format!("{name}: condition"), length.is_some_and(|n| n <= most as usize), || format!("{length:?} of {most} characters"));
        }
    }
}

/// The letters that multiply the channels of `ŵ = −α₁ p̂ − α₂ dI/(1−I)`.
fn multipliers(conditional: &str) -> Vec<String> {
    let letters = conditional.split_whitespace().map(|w| w.trim_start_matches('−'));
    letters.filter(|w| w.starts_with('α')).map(str::to_owned).collect()
}

#[test]
fn what_theory_knows() {
    let mut ledger = Ledger::open("theory/");
    for program in files("tests/models/theory", "trade") {
        let questions = json(&program.with_extension("json"));
        let questions = questions.as_array().cloned().unwrap_or_default();
        assert!(!questions.is_empty(), "{}: no question", stem(&program));
        for question in &questions {
            answer(&mut ledger, &program, question);
        }
    }
    ledger.finish();
}

/// The readers of printed text read what they are meant to.
#[test]
fn lengths_are_those_of_the_printed_formula() {
    let one = "p̂n/p̂ = (θ_Ln − θ_Ly)/(θ_Lx − θ_Ly)                        formula 0.602841 · solver 0.602841 ✓\n  θ_Ln  share of L  0.5\n";
    assert_eq!(formula(one), Some("(θ_Ln − θ_Ly)/(θ_Lx − θ_Ly)"));
    assert_eq!(abbreviations(one), 0);
    let two = "ŵ/L̂ = a/D\n  formula 1 · solver 1 ✓\n  D = a b + c = 0.2    short for a sum that recurs, or is long\n";
    assert_eq!((formula(two), abbreviations(two)), (Some("a/D"), 7));
    assert_eq!(condition("  w rises when b falls  ⇔  n_L n_H > 0   here yes\n"), Some("n_L n_H > 0"));
    assert_eq!(multipliers("ŵ = −ÔL − α₁ p̂ − α₂ dI/(1−I) − α₂ dJ/(1−J)"), ["α₁", "α₂", "α₂"]);
}
