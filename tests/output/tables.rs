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

/// An economy over twelve decades, of which the output of the numeraire good is known to three digits.
const LOOSE: &str = "model loose
good g4
industry g1 in C0 { technology ces(0.37) { F0: 4.4743136668408966e-5, F1: 233.43391230105658 } }
industry g2 in C0 { technology ces(1.0) { g4: 0.3350462824290034, F1: 0.6435441088675022, N01: 0.02140960870349427 * leontief { F0: 0.9760343003787717, g5: 0.023965699621228236 } } productivity 2.0315810951492567e-7 markup 1.191 }
country C0 { productivity = 2.785 endowment F0 = 564.9774602481808, F1 = 341790.9130397115 }
good g0
demand ces(6.987) { g0: 7.068860209381275e-28, g2: 1.5742757127176293e-12, g3: 0.9999997649377519, g4: 1.893038670678531e-10, g5: 2.348713699570309e-7, g1: 5.160171929547242e-53 } in C0
industry g3 in C0 { technology ces(2.44) { F0: 1.0 } productivity 0.0010626231796437412 markup 1.224 }
industry g0 in C0 { technology ces(0.416) { F1: 1.000000000000001 } productivity 1.0744051596737414e-8 }
good g5
industry g4 in C0 { technology ces(0.752) { F0: 1.0 } productivity 0.0014845535331652923 }
factor F0 price w0
factor F1 price w1
industry a2 in C0 { makes g2 technology ces(2.533) { F0: 0.0001732418658788582 } }
good g3
industry g5 in C0 { technology ces(0.446) { F0: 1.1967819894366767, g3: 0.002267978322572649, g2: 0.004650917189367189 } productivity 0.0049832300138142015 }
good g2
numeraire price[g0]
good g1 nontraded
report { output[g0] }
";

/// Digits that are not known are printed nowhere: by `show`, `run` and `compare`, as text and as CSV.
#[test]
fn only_known_digits_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("loose.trade");
    std::fs::write(&path, LOOSE).expect("written");
    let file = path.display().to_string();
    let error = ask(&["solve", &file, "--json"]).json["error"]["output[g0]"].as_f64().expect("an error");
    assert!(error > 1e-5, "{error}: nothing to hide");
    let typed = format!("load {file}\nshow\nshow --csv\nshow output[g0]\n");
    let none: [&str; 0] = [];
    let shown = crate::start::fed(crate::start::tasktrade(none).current_dir(folder.path()), &typed);
    let texts = [
        String::from_utf8_lossy(&shown.stdout).into_owned(),
        ask(&["run", &file]).stdout,
        ask(&["run", &file, "--csv"]).stdout,
        ask(&["compare", &file, "F0 +0%, F1 +0%"]).stdout,
        ask(&["compare", &file, "F0 +0%, F1 +0%", "--csv"]).stdout,
    ];
    for text in texts {
        let row = text.lines().filter(|l| l.trim_start().starts_with("output[g0]")).collect::<Vec<_>>();
        assert!(!row.is_empty(), "{text}");
        for number in row.iter().flat_map(|l| l.split([' ', ','])).filter(|w| w.parse::<f64>().is_ok_and(|v| v > 1e-7 && v < 1e-5)) {
            // Tables for machines keep two digits more.
            let digits = number.split('e').next().unwrap_or("").trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count();
            assert!(digits <= 5, "{number} in {row:?}");
        }
    }
}
