//! Tables for other programs: CSV that says what JSON says, LaTeX that has as many cells in each row.

use crate::support;

use serde_json::Value;
use support::Failures;
use support::run::{Outcome, tasktrade};

fn ask(args: &[&str]) -> Outcome {
    tasktrade(&args.iter().map(|a| a.to_string()).collect::<Vec<_>>())
}

/// The rows of a table by their first cell, and its heads.
fn read(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().expect("a header").iter().map(str::to_string).collect();
    let rows = reader.records().map(|r| r.expect("rows of one length").iter().map(str::to_string).collect()).collect();
    (heads, rows)
}

/// Every number of a column is the one that JSON has, to the digits that are known.
fn compare(failures: &mut Failures, what: &str, text: &str, column: &str, want: impl Fn(&str) -> Option<f64>) {
    let (heads, rows) = read(text);
    let Some(at) = heads.iter().position(|h| h == column) else { return failures.add(format!("{what}: no column {column} in {heads:?}")) };
    failures.check(!rows.is_empty(), || format!("{what}: no rows"));
    for row in rows {
        let name = row[0].trim_start_matches('\'');
        let (found, expected) = (row[at].parse::<f64>().ok(), want(name).filter(|v| v.is_finite()));
        let same = match (found, expected) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-8 * b.abs().max(1e-12),
            (a, b) => a.is_none() && b.is_none(),
        };
        failures.check(same, || format!("{what}: {column} of {name} is {found:?}, in JSON {expected:?}"));
    }
}

#[test]
fn tables_say_what_json_says() {
    let mut failures = Failures::default();
    for file in support::files("examples", "trade") {
        let path = file.display().to_string();
        let both = |args: &[&str]| {
            let with = |flag: &'static str| ask(&[args, &[flag]].concat());
            (with("--csv").stdout, with("--json").json, with("--latex").stdout)
        };
        let (text, json, tex) = both(&["solve", &path]);
        compare(&mut failures, &format!("{path} solve"), &text, "value", |n| json["variables"][n].as_f64());
        compare(&mut failures, &format!("{path} solve"), &text, "error", |n| json["error"][n].as_f64());
        even(&mut failures, &format!("{path} solve"), &tex);
        let (text, json, tex) = both(&["run", &path]);
        let report: &Value = if json["report"].is_object() { &json["report"] } else { &json["variables"] };
        compare(&mut failures, &format!("{path} run"), &text, "value", |n| report[n].as_f64());
        even(&mut failures, &format!("{path} run"), &tex);
        let (text, json, tex) = both(&["elasticities", &path]);
        let (heads, rows) = read(&text);
        let is_level = |n: &str| rows.iter().any(|r| r[0] == n && r[1] == "level");
        // Where there are two sides the table has the right one.
        let side = if json["right"].is_object() { &json["right"] } else { &json };
        for parameter in heads.iter().skip(2).take(4) {
            compare(&mut failures, &format!("{path} elasticities"), &text, parameter, |n| {
                let table = if is_level(n) { "d_dln" } else { "elasticity" };
                side[table][parameter][n].as_f64()
            });
        }
        even(&mut failures, &format!("{path} elasticities"), &tex);
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let Some(shock) = text.lines().find_map(|l| l.strip_prefix("shock ")).and_then(|l| l.split_whitespace().next()) else { continue };
        let (text, json, tex) = both(&["shock", &path, shock]);
        for column in ["before", "after", "change"] {
            compare(&mut failures, &format!("{path} shock {shock}"), &text, column, |n| json[column][n].as_f64());
        }
        even(&mut failures, &format!("{path} shock"), &tex);
    }
    failures.finish();
}

/// Each row of a LaTeX table has the cells that its first line declares.
fn even(failures: &mut Failures, what: &str, tex: &str) {
    let columns = tex.split_once("tabular}{").and_then(|t| t.1.split_once('}')).map_or(0, |t| t.0.len());
    failures.check(columns > 1, || format!("{what}: no table in {tex}"));
    for line in tex.lines().filter(|l| l.ends_with("\\\\")) {
        let cells = line.replace("\\&", "").matches('&').count() + 1;
        failures.check(cells == columns, || format!("{what}: {cells} cells of {columns} in {line}"));
    }
}
