//! Models that people asked about in public, below `tests/models/reports`: their figures through the binary, and what each report found wanting.
//!
//! A `.json` beside a program holds `points` (`set`, `values`, `holds`, `elasticity`, `tolerance`), `shocks` (`argument`, `after`), `equilibria`
//! (a shock's argument → all that there are), `undetermined`, `sign`, `formula`, and `wanted`: a sentence that has its own check here.

use crate::support;

use serde_json::Value;
use std::path::Path;
use support::compare::{BORDERS, DERIVATIVES, Tolerance, find};
use support::ledger::Ledger;
use support::run::{Outcome, command, tasktrade};
use support::{files, json, stem};

const FOLDER: &str = "tests/models/reports";

/// The printed figures have 9 digits or more.
fn values(point: &Value, case: &Value) -> Tolerance {
    let relative = point["tolerance"].as_f64().or(case["tolerance"].as_f64()).unwrap_or(1e-9);
    Tolerance { relative, floor: 1e-10 }
}

fn settings(point: &Value) -> Vec<(String, f64)> {
    point["set"].as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect()
}

fn place(program: &Path, point: &Value) -> String {
    let set: Vec<String> = settings(point).iter().map(|(k, v)| format!("{k}={v}")).collect();
    if set.is_empty() { stem(program) } else { format!("{} at {}", stem(program), set.join(", ")) }
}

/// Every number of `want` against that of the same name.
fn compare(ledger: &mut Ledger, name: &str, got: &Value, want: &Value, tolerance: Tolerance) {
    for (quantity, value) in want.as_object().into_iter().flatten() {
        let Some(expected) = value.as_f64() else { continue };
        let found = got.as_object().and_then(|m| find(m, quantity)).and_then(Value::as_f64);
        let holds = found.is_some_and(|x| tolerance.holds(x, expected));
        ledger.check(name, holds, || format!("{quantity} = {found:?}, expected {expected}"));
    }
}

fn point(ledger: &mut Ledger, program: &Path, case: &Value, point: &Value) {
    let place = place(program, point);
    let out = command("regime", program, None, &settings(point));
    let solved = matches!(out.json["status"].as_str(), Some("solved" | "indeterminate"));
    if !ledger.check(&format!("{place}: solved"), out.code == 0 && solved, || out.complaint()) {
        return;
    }
    compare(ledger, &format!("{place}: values"), &out.json["variables"], &point["values"], values(point, case));
    for (parameter, bounds) in point["holds"].as_object().into_iter().flatten() {
        for k in 0..2 {
            let (got, want) = (out.json["regime"]["holds"][parameter][k].as_f64(), bounds[k].as_f64());
            let holds = match (got, want) {
                (Some(x), Some(y)) => BORDERS.holds(x, y),
                (got, want) => got.is_none() && want.is_none(),
            };
            ledger.check(&format!("{place}: holds"), holds, || format!("bound {k} of {parameter} is {got:?}, expected {want:?}"));
        }
    }
    let free: Vec<&str> = out.json["free"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for quantity in case["undetermined"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        ledger.check(&format!("{place}: free"), free.contains(&quantity), || format!("{quantity} is not among {free:?}"));
    }
    if !point["elasticity"].is_null() {
        let out = command("elasticities", program, None, &settings(point));
        for (parameter, wanted) in point["elasticity"].as_object().into_iter().flatten() {
            compare(ledger, &format!("{place}: elasticity"), &out.json["elasticity"][parameter], wanted, DERIVATIVES);
        }
    }
}

/// Questions of the algebra: signs, and formulas that are written as the program writes them.
#[cfg(feature = "symbolic")]
fn formulas(ledger: &mut Ledger, program: &Path, case: &Value) {
    let name = stem(program);
    for (question, want) in case["sign"].as_object().into_iter().flatten() {
        let out = command("sign", program, Some(question), &[]);
        let want = if want.as_str().is_some_and(|w| w.starts_with("positive")) { "+" } else { "-" };
        ledger.check(&format!("{name}: sign {question}"), out.json["sign"] == want, || {
            format!("{}, expected {want}; {} {}", out.json["sign"], out.json["condition"], out.complaint())
        });
    }
    for (question, want) in case["formula"].as_object().into_iter().flatten() {
        let want = want.as_str().unwrap_or_default();
        let got = |question: &str| command("derive", program, Some(question), &[]);
        let (holds, said) = match want.split_once(" times the elasticity of ") {
            // "cut times the elasticity of omega": a product of two numbers of the solution.
            Some((share, other)) => {
                let other = other.split(' ').next().unwrap_or_default();
                let wrt = question.split_once(" wrt ").map(|(_, w)| w).unwrap_or_default();
                let share = command("solve", program, None, &[]).json["variables"][share].as_f64();
                let (whole, part) = (got(question).json["value"].as_f64(), got(&format!("{other} wrt {wrt}")).json["value"].as_f64());
                let holds = matches!((whole, share, part), (Some(w), Some(s), Some(p)) if (w - s * p).abs() < 1e-9);
                (holds, format!("{whole:?} is not {share:?} times {part:?}"))
            }
            None => {
                let out = got(question.trim_end_matches(" in levels"));
                let printed = out.json["formula"].as_str().unwrap_or_default().to_owned();
                let plain = |s: &str| s.replace(' ', "");
                (same(&plain(&printed), &plain(want)), format!("{printed}, expected {want}; {}", out.complaint()))
            }
        };
        ledger.check(&format!("{name}: formula {question}"), holds, || said);
    }
}

/// Equal as text, up to a minus carried into the denominator's difference: `a/(b-c)` and `-a/(c-b)`.
#[cfg(feature = "symbolic")]
fn same(a: &str, b: &str) -> bool {
    let turned = |s: &str| -> Option<String> {
        let (top, bottom) = s.split_once("/(")?;
        let (x, y) = bottom.strip_suffix(')')?.split_once('-')?;
        let top = top.strip_prefix('-').map_or_else(|| format!("-{top}"), str::to_owned);
        Some(format!("{top}/({y}-{x})"))
    };
    a == b || turned(a).as_deref() == Some(b)
}

#[test]
fn figures_and_wishes() {
    let mut ledger = Ledger::open("reports/");
    for program in files(FOLDER, "trade") {
        let case = json(&program.with_extension("json"));
        let name = stem(&program);
        for p in case["points"].as_array().into_iter().flatten() {
            point(&mut ledger, &program, &case, p);
        }
        for shock in case["shocks"].as_array().into_iter().flatten() {
            let argument = shock["argument"].as_str().expect("a shock has an argument");
            let out = command("shock", &program, Some(argument), &settings(shock));
            let check = format!("{name}: shock {argument}");
            if ledger.check(&check, out.code == 0, || out.complaint()) {
                compare(&mut ledger, &check, &out.json["after"], &shock["after"], values(shock, &case));
            }
        }
        for (set, all) in case["equilibria"].as_object().into_iter().flatten() {
            equilibria(&mut ledger, &program, set, all);
        }
        #[cfg(feature = "symbolic")]
        formulas(&mut ledger, &program, &case);
        if let Some(sentence) = case["wanted"].as_str() {
            wanted(&mut ledger, &program, sentence);
        }
    }
    ledger.finish();
}

/// All equilibria of a point, and no other.
fn equilibria(ledger: &mut Ledger, program: &Path, set: &str, all: &Value) {
    let arguments = ["solve", &program.display().to_string(), "--starts", "40", "--set", set, "--json"].map(str::to_owned);
    let out = tasktrade(&arguments);
    let name = format!("{}: equilibria at {set}", stem(program));
    if !ledger.check(&name, out.code == 0, || out.complaint()) {
        return;
    }
    let wanted = all.as_array().cloned().unwrap_or_default();
    let mut got = out.json["equilibria"].as_array().cloned().unwrap_or_default();
    if got.is_empty() {
        got.push(out.json.clone());
    }
    ledger.check(&name, got.len() == wanted.len(), || format!("{} found, {} expected", got.len(), wanted.len()));
    let tolerance = Tolerance { relative: 1e-9, floor: 1e-11 };
    for one in &wanted {
        let met = got.iter().any(|g| {
            one.as_object().into_iter().flatten().all(|(quantity, value)| {
                let found = g["variables"].as_object().and_then(|m| find(m, quantity)).and_then(Value::as_f64);
                found.zip(value.as_f64()).is_some_and(|(x, y)| tolerance.holds(x, y))
            })
        });
        ledger.check(&name, met, || format!("{one} is not among them"));
    }
}

/// The program with some of its text replaced, through a command.
fn variant(verb: &str, program: &Path, pieces: &[(&str, &str)]) -> Outcome {
    let mut text = std::fs::read_to_string(program).unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    for (from, to) in pieces {
        assert!(text.contains(from), "{}: no `{from}`", program.display());
        text = text.replace(from, to);
    }
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("no temporary file: {e}"));
    std::fs::write(file.path(), text).unwrap_or_else(|e| panic!("no temporary file: {e}"));
    command(verb, file.path(), None, &[])
}

/// What the command prints for people.
fn printed(verb: &str, program: &Path, rest: &[&str]) -> String {
    let arguments: Vec<String> = [verb, &program.display().to_string()].iter().chain(rest).map(|s| s.to_string()).collect();
    tasktrade(&arguments).stdout
}

fn codes(out: &Outcome) -> Vec<&str> {
    out.json["diagnostics"].as_array().into_iter().flatten().filter_map(|d| d["code"].as_str()).collect()
}

/// One check, or several, for each sentence; a sentence without one fails.
fn wanted(ledger: &mut Ledger, program: &Path, sentence: &str) {
    let name = stem(program);
    let mut check = |what: &str, holds: bool, message: String| {
        ledger.check(&format!("{name}: wanted: {what}"), holds, || message);
    };
    match name.as_str() {
        "07_good_named_output" => {
            let out = command("solve", program, None, &[]);
            let value = out.json["variables"]["output[output]"].as_f64();
            check("its output is reached by name", out.code == 0 && value.is_some_and(|x| (x - 400.0).abs() < 1e-6), out.complaint());
        }
        "13_transport_elastic" => {
            #[cfg(feature = "symbolic")]
            letters(&mut check, program);
        }
        "13_transport_fixed" => {
            #[cfg(feature = "symbolic")]
            {
                let out = command("derive", program, Some("cost wrt freight"), &[]);
                let holds = out.json["value"].as_f64().is_some_and(|x| (x - 1.0).abs() < 1e-9);
                check("the elasticity of the cost is 1", holds, out.complaint());
            }
        }
        "15_spatial_two_goods" => {
            let out = command("regime", program, None, &[]);
            let (bounds, all) =
                (out.json["regime"]["holds"].as_object().map_or(0, |h| h.len()), out.json["parameters"].as_object().map_or(0, |p| p.len()));
            let text = printed("regime", program, &[]);
            let said = (1..all).any(|left| text.contains(&format!("{left} more")) || text.contains(&format!("{left} other")))
                || text.contains(&format!("of {all} "));
            check("bounds that are left out are counted", bounds == all || said, format!("{bounds} of {all} parameters: {text}"));
        }
        "19_cake_eating" => {
            let text = printed("regime", program, &["--set", "stock = 1000"]);
            let clauses = text.lines().find(|l| l.starts_with("Regime")).map_or(99, |l| l.split(';').count());
            check("a family is one phrase", clauses <= 2, format!("{clauses} clauses: {text}"));
        }
        "23_ek_intermediates" => {
            #[cfg(feature = "symbolic")]
            waits(&mut check, program, "real_wage[a] wrt state[b]");
        }
        "27_standard_cge" => {
            #[cfg(feature = "symbolic")]
            waits(&mut check, program, "utility wrt taum[brd]");
        }
        "25_tariff_partial" => {
            #[cfg(feature = "symbolic")]
            {
                let out = command("sign", program, Some("welfare_home wrt duty"), &[]);
                let turns = out.json["turns"].to_string();
                check("welfare turns at duty = 20/3", turns.contains("6.66666"), format!("turns {turns}; {}", out.complaint()));
            }
        }
        "29_harris_todaro_core" => {
            let out = command("solve", program, None, &[]);
            let helps: Vec<&str> = out.json["diagnostics"].as_array().into_iter().flatten().filter_map(|d| d["help"].as_str()).collect();
            let fits = out.code == 0 || !helps.is_empty() && helps.iter().all(|h| !h.contains("`variable`"));
            check("productivity of the equilibrium, or a help that fits", fits, helps.join("; "));
        }
        // Their signs are among the figures.
        "31_taste_ranges" | "33_increasing_returns" => {}
        "35_land_in_one_country" => {
            for (what, out) in [
                ("endowment 0", command("solve", program, None, &[])),
                ("endowment 0, industry in A", variant("solve", program, &[("industry x {", "industry x in A {")])),
                ("no endowment, industry in A", {
                    let text = std::fs::read_to_string(program).unwrap_or_default();
                    let from = text.lines().find(|l| l.starts_with("country B")).unwrap_or_default().to_owned();
                    variant("solve", program, &[(&from, "country B { endowment L = 10 }"), ("industry x {", "industry x in A {")])
                }),
            ] {
                let price = &out.json["variables"]["t[B]"];
                check(what, out.code == 0 && price.is_null(), format!("t[B] = {price}; {}", out.complaint()));
            }
        }
        "35_land_vanishes" => {
            let out = command("shock", program, Some("gone"), &[]);
            let text = printed("shock", program, &["gone"]);
            check("a shock that stops an industry changes the regime", out.code == 0 && !text.contains("regime unchanged"), text);
            check(
                "no price of land where there is none",
                out.code == 0 && out.json["after"]["t[B]"].is_null(),
                out.json["after"]["t[B]"].to_string(),
            );
            let sweep = command("sweep", program, Some("down"), &[]);
            check("a sweep reaches it", sweep.code == 0, sweep.complaint());
        }
        "37_gift" => gift(&mut check, program),
        _ => check("has a check", false, sentence.to_owned()),
    }
}

/// One answer in one `run`: the table, the sweep's row, and a split that adds up or is not given.
fn gift(check: &mut dyn FnMut(&str, bool, String), program: &Path) {
    let solved = command("solve", program, None, &[]).json["variables"]["q"].as_f64();
    let sweep = command("sweep", program, Some("gift = -1..2 : 13"), &[]).json;
    let column = sweep["columns"].as_array().into_iter().flatten().position(|c| c == "q").unwrap_or(usize::MAX);
    let row = sweep["rows"].as_array().into_iter().flatten().find(|r| r["at"][0].as_f64().is_some_and(|x| x.abs() < 1e-12)).cloned();
    let swept = row.and_then(|r| r["values"][column].as_f64());
    let same = solved.zip(swept).is_some_and(|(a, b)| (a - b).abs() < 1e-8 * a.abs());
    check("the table and its sweep's row agree", same, format!("{solved:?} and {swept:?}"));
    let shock = command("shock", program, Some("gift = 1"), &[]).json;
    let total = shock["change"]["welfare[A]"].as_f64().unwrap_or(f64::NAN);
    let parts = shock["effects"]["welfare[A]"].as_object().map(|e| e.values().filter_map(Value::as_f64).sum::<f64>());
    let adds = parts.is_none_or(|sum| (sum - total).abs() < 1e-4);
    check("the split adds up, or is not given", adds, format!("{parts:?} of {total}"));
}

/// No two quantities of an answer share a printed letter, in text or LaTeX.
#[cfg(feature = "symbolic")]
fn letters(check: &mut dyn FnMut(&str, bool, String), program: &Path) {
    let question = "price_of[new_york] wrt freight";
    let out = command("derive", program, Some(question), &[]);
    let letters = out.json["where"].as_object().cloned().unwrap_or_default();
    let mut latex: Vec<&str> = letters.values().filter_map(|l| l["latex"].as_str()).collect();
    let all = latex.len();
    latex.sort();
    latex.dedup();
    check("one LaTeX symbol a quantity", out.code == 0 && all > 1 && latex.len() == all, format!("{} symbols for {all} quantities", latex.len()));
    let text = printed("derive", program, &[question]);
    // The table of letters: two blanks, the letter, two blanks or more, its meaning.
    let rows = text.lines().filter(|l| l.starts_with("  ") && !l.starts_with("   ") && !l.contains(" = "));
    let mut names: Vec<&str> = rows.filter_map(|l| l.trim_start().split_once("  ").map(|(n, _)| n)).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    check("one printed letter a quantity", all > 1 && names.len() == all, format!("{} letters for {all} quantities", names.len()));
}

/// What is given up on says so in seconds that were waited for, or does not speak of time.
#[cfg(feature = "symbolic")]
fn waits(check: &mut dyn FnMut(&str, bool, String), program: &Path, question: &str) {
    let begun = std::time::Instant::now();
    let out = command("derive", program, Some(question), &[]);
    let waited = begun.elapsed().as_secs_f64();
    let timed_out = codes(&out).contains(&"A004") && waited < 30.0;
    check("no invented timeout", !timed_out && (out.code == 0 || !codes(&out).is_empty()), format!("after {waited:.1} s: {}", out.complaint()));
}
