//! What a change of the inside must leave as it is: every system by value, what statics makes of the examples as text, what its table misses.
//!
//! `INSTA_UPDATE=always` writes what is kept anew.

use crate::support;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use support::{Failures, files, root, run, stem};
use tasktrade::model::load::{Disk, load_file};
use tasktrade::session::Session;
use tasktrade::session::solved::Solved;
use tasktrade::statics::derive::Place;
use tasktrade::statics::unexplained::unexplained;
use tasktrade::system::dump::dump;

/// Both sides of an equation agree with what is kept to this, relative to the larger.
const SAME: f64 = 1e-13;

fn models() -> Vec<PathBuf> {
    ["examples", "tests/models/classics", "tests/models/grh", "tests/models/trade"].iter().flat_map(|f| files(f, "trade")).collect()
}

fn session(path: &Path) -> Session {
    let program = load_file(path, &Disk).unwrap_or_else(|d| panic!("{}: {d:?}", path.display()));
    Session::new(program).unwrap_or_else(|f| panic!("{}: {:?}", path.display(), f.diagnostics.list))
}

/// The last folder and the name: `examples/ricardo`.
fn short(path: &Path) -> String {
    let folder = path.parent().map(stem).unwrap_or_default();
    format!("{folder}/{}", stem(path))
}

fn update() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always")
}

/// A line an equation, its sides summed over the points; and a line for all definitions of a model, each weighted by its place in order of names.
fn lines(path: &Path) -> Vec<(String, Vec<f64>)> {
    let prepared = session(path).prepare_standard().unwrap_or_else(|d| panic!("{}: {:?}", path.display(), d.list));
    let dump = dump(&prepared.system);
    let name = short(path);
    let mut out: Vec<(String, Vec<f64>)> = dump
        .equations
        .iter()
        .map(|e| {
            let relation = if e.complementary { "⟂" } else { "~" };
            let key = format!("{name}\t{}\t{} {relation} {}", e.rule, e.member, e.partner.as_deref().unwrap_or("-"));
            (key, vec![e.left.iter().sum(), e.right.iter().sum()])
        })
        .collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    let mut definitions = dump.definitions;
    definitions.sort_by(|a, b| a.name.cmp(&b.name));
    definitions.retain(|d| d.values.iter().all(|v| v.is_finite()));
    let weighted = definitions.iter().enumerate().map(|(k, d)| {
        let v: f64 = d.values.iter().sum();
        // Values of every size count alike.
        (k as f64 + 1.0).sqrt() * v / (1.0 + v.abs())
    });
    out.push((format!("{name}\tdefinitions\t{}", definitions.len()), vec![weighted.sum()]));
    out
}

#[test]
fn systems_are_what_they_were_by_value() {
    let kept = root().join("tests/net/systems.tsv");
    let found: Vec<(String, Vec<f64>)> = models().iter().flat_map(|p| lines(p)).collect();
    if update() {
        let mut text = String::new();
        for (key, values) in &found {
            let _ = writeln!(text, "{key}\t{}", values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join("\t"));
        }
        std::fs::write(&kept, text).unwrap_or_else(|e| panic!("{}: {e}", kept.display()));
    }
    let text = std::fs::read_to_string(&kept).unwrap_or_else(|e| panic!("{}: {e}", kept.display()));
    let known: HashMap<String, Vec<f64>> = text
        .lines()
        .map(|l| {
            let parts: Vec<&str> = l.split('\t').collect();
            let at = parts.len().min(3);
            (parts[..at].join("\t"), parts[at..].iter().map(|v| v.parse().unwrap_or(f64::NAN)).collect())
        })
        .collect();
    let mut failures = Failures::default();
    failures.check(known.len() == found.len(), || format!("{} lines are kept, {} were found", known.len(), found.len()));
    for (key, values) in &found {
        let Some(was) = known.get(key) else {
            failures.add(format!("nothing is kept of: {key}"));
            continue;
        };
        let size = values.iter().chain(was).fold(0.0f64, |m, v| m.max(v.abs()));
        let same = |(a, b): (&f64, &f64)| (a - b).abs() <= SAME * size || a.is_nan() && b.is_nan();
        failures.check(was.len() == values.len() && values.iter().zip(was).all(same), || format!("{key}: {was:?} is now {values:?}"));
    }
    failures.finish();
}

/// Shares that the table of value flows gives another value than they have, and letters that it does not know, model by model.
#[test]
fn what_the_table_of_flows_misses() {
    let stop = AtomicBool::new(false);
    let mut out = String::new();
    for path in models() {
        let session = session(&path);
        let mut prepared = session.prepare_standard().unwrap_or_else(|d| panic!("{}: {:?}", path.display(), d.list));
        let solution = prepared.equilibrium(&session, &stop);
        let solved = Solved { prepared, solution };
        let (p, x) = (&solved.prepared, &solved.solution);
        let place = Place { economy: &p.economy, accounts: &p.accounts, system: &p.system, parameters: &p.parameters, solved: Some((&p.problem, x)) };
        let found = unexplained(&place).unwrap_or_else(|d| panic!("{}: {}", path.display(), d.title));
        for (word, list) in [("dropped", &found.dropped), ("other", &found.other)] {
            if !list.is_empty() {
                let _ = writeln!(out, "{} {word} {}: {}", short(&path), list.len(), list.iter().take(6).cloned().collect::<Vec<_>>().join(", "));
            }
        }
    }
    insta::assert_snapshot!("missed", out);
}

/// The first target of `channels`, or the first report, and the first parameter that a shock of the file moves.
fn question(path: &Path) -> (String, String) {
    let session = session(path);
    let e = &session.economy;
    let target = match e.channels.first().and_then(|c| c.of.first()) {
        Some(s) => e.info(*s).name.clone(),
        None => e.report.first().map(|r| r.name.clone()).unwrap_or_else(|| panic!("{}: no report", path.display())),
    };
    let change = e.shocks.iter().find_map(|s| s.changes.first()).unwrap_or_else(|| panic!("{}: no shock", path.display()));
    (target, e.info(change.target).name.clone())
}

/// The first lines of an answer and the first words of a line; what is left out shows as a number that follows from it.
fn kept(text: &str) -> String {
    const LINES: usize = 40;
    const LETTERS: usize = 180;
    let number = |text: &str| text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut out = String::new();
    for line in text.lines().take(LINES) {
        let start: String = line.chars().take(LETTERS).collect();
        match line.strip_prefix(start.as_str()) {
            Some("") | None => out.push_str(line),
            Some(rest) => out.push_str(&format!("{start}… {:016x}", number(rest))),
        }
        out.push('\n');
    }
    let rest: Vec<&str> = text.lines().skip(LINES).collect();
    if !rest.is_empty() {
        let _ = writeln!(out, "… {} more lines {:016x}", rest.len(), number(&rest.join("\n")));
    }
    out
}

#[test]
fn statics_of_the_examples_read_as_they_did() {
    for path in files("examples", "trade") {
        let (target, parameter) = question(&path);
        let asked = format!("{target} wrt {parameter}");
        let mut out = String::new();
        for (command, argument) in [("hats", None), ("derive", Some(&asked)), ("sign", Some(&asked)), ("effects", Some(&asked))] {
            let mut args = vec![command.to_string(), path.display().to_string()];
            args.extend(argument.cloned());
            let answer = run::tasktrade(&args);
            // The path and the time of a refusal are not the program's.
            let refused = answer.stderr.lines().find(|l| l.starts_with("error")).unwrap_or("").to_string();
            let _ = writeln!(out, "# {command}{}\n{}{refused}", argument.map(|a| format!(" {a}")).unwrap_or_default(), kept(&answer.stdout));
        }
        insta::assert_snapshot!(format!("statics_{}", stem(&path)), out);
    }
}
