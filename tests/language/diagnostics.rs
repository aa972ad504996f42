//! Every broken program below `tests/diag` against the diagnostics it gives: source and rendering in one golden file.

use crate::start::{ended, tasktrade};
use crate::support;

#[test]
fn broken_programs_say_what_is_wrong() {
    support::golden::each("tests/diag", &["names", "model", "balance", "solve"], "trade", |path| {
        let source = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.strip_prefix(support::root()).unwrap_or(path).display().to_string();
        let verb = if name.contains("/solve/") { "solve" } else { "check" };
        let out = ended(&mut tasktrade([verb, &name]));
        let code = out.status.code().unwrap_or(-1);
        let text = format!("{source}----- {verb}: exit {code}\n{}", String::from_utf8_lossy(&out.stderr));
        insta::assert_snapshot!(text);
    });
}

/// Labels are bytes in JSON and characters on the page: a Greek letter before an error shifts neither.
#[test]
fn labels_of_greek_programs_cover_their_words() {
    let path = "tests/diag/model/value_outside_interval.trade";
    let out = support::run::tasktrade(&["check".into(), path.into(), "--json".into()]);
    let text = std::fs::read(support::root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let label = &out.json["diagnostics"][0]["labels"][0];
    let range = label["start"].as_u64().unwrap_or(0) as usize..label["end"].as_u64().unwrap_or(0) as usize;
    assert_eq!(std::str::from_utf8(&text[range]), Ok("-1.3"));
    assert_eq!((label["line"].as_u64(), label["column"].as_u64()), (Some(2), Some(15)));
}

/// A slip, where it stands, and what its help has to lead to: the help's own words put in the slip's place leave fewer errors.
///
/// `@` in a text is the place; the suggestion is the first thing in backticks of the first error's help, or the one that holds `part`.
const SLIPS: &[(&str, &str, &str)] = &[
    ("shock", "beta 10%", "+"),
    ("shock", "beta by -10%", ""),
    ("shock", "beta to 1.2", ""),
    ("shock", "beta falls by 10%", ""),
    ("shock", "bata -10%", ""),
    ("plot", "w vs beta", ""),
    ("file", "industri x { technology ces(0.6) { L: 0.3, H: 0.7 } }", "industry"),
    ("file", "industry x { technology cse(0.6) { L: 0.3, H: 0.7 } }", "ces"),
    ("file", "industry x { technology ces(0.6) { L 0.3, H: 0.7 } }", "L: 0.3"),
    ("report", "sum(w for r in R)", "r in R"),
    ("report", "sum(w + 1 for r in R where r != \"Home\")", "(w + 1)"),
    ("report", "sum(r in R, wage_of[r])", "sum(g in S)"),
    ("report", "sum[r in R] w", "sum(g in S)"),
    ("report", "sum_{r in R} w", "sum(g in S)"),
    ("report", "sum r in R w", "sum(g in S)"),
    ("report", "wage", ""),
    ("report", "utility", ""),
    ("report", "production", ""),
];

const MODEL: &str = "model m
set S = {a1, a2}
set R = {Home, b1}
parameter a[g in S] = 1
parameter beta = 1.3 in (0, inf)
schedule t(i) = 1 + i
country Home { endowment L = 100, H = 110 }
country Abroad mark \"*\" outside { price L = 0.5 }
factor L \"low-skilled labor\" price w
factor H \"high-skilled labor\" price s
tasks Ltasks of L { offshore Home -> Abroad cost beta * t(i) margin I bill Omega }
good x price p = 1.2
good y price = 1
INDUSTRY
industry y { technology ces(0.6) { L: 0.6, H: 0.4 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
report { REPORT }
";

#[test]
fn helps_lead_out_of_the_slip() {
    let mut failures = support::Failures::default();
    let folder = tempfile::tempdir().expect("a folder");
    let errors = |kind: &str, text: &str| -> Vec<serde_json::Value> {
        let industry = "industry x { technology ces(0.6) { L: 0.3, H: 0.7 } }";
        let (file, command, argument) = match kind {
            "file" => (MODEL.replace("INDUSTRY", text).replace("REPORT", "w"), "check", None),
            "report" => (MODEL.replace("INDUSTRY", industry).replace("REPORT", text), "check", None),
            command => (MODEL.replace("INDUSTRY", industry).replace("REPORT", "w"), command, Some(text)),
        };
        let path = folder.path().join("m.trade");
        std::fs::write(&path, file).expect("written");
        let mut args = vec![command.to_string(), path.display().to_string(), "--json".into()];
        args.extend(argument.map(str::to_string));
        let out = support::run::tasktrade(&args);
        out.json["diagnostics"].as_array().into_iter().flatten().filter(|d| d["severity"] == "error").cloned().collect()
    };
    for (kind, slip, part) in SLIPS {
        let found = errors(kind, slip);
        failures.check(found.len() == 1, || format!("{slip}: {} errors for one slip: {found:?}", found.len()));
        let Some(first) = found.first() else { continue };
        let help = first["help"].as_str().unwrap_or_default();
        let offers: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        let Some(offer) = offers.iter().find(|o| o.contains(part)) else {
            failures.check(false, || format!("{slip}: no help with {part:?}: {help}"));
            continue;
        };
        // A word takes the place of the label's; a phrase that of the whole slip, or of what it nearly repeats.
        let text = first["labels"][0]["text"].as_str().unwrap_or_default();
        let candidates: Vec<String> = slip
            .split(|c: char| " {},".contains(c))
            .filter(|w| !w.is_empty())
            .map(|w| slip.replacen(w, offer, 1))
            .chain([offer.to_string(), slip.replacen("L 0.3", offer, 1), slip.replacen("cse(0.6)", &offer.replace('σ', "0.6"), 1)])
            .collect();
        let left = candidates.iter().map(|c| errors(kind, c).len()).min().unwrap_or(usize::MAX);
        failures.check(left < found.len(), || format!("{slip}: `{offer}` in its place ({text}) leaves {left} errors; the help was: {help}"));
    }
    failures.finish();
}
