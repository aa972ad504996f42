//! An answer against the economy, and two answers to one economy against each other.

use super::answer::{Answer, Found, Status, solve};
use super::oracle::economy::Economy;
use super::oracle::evaluate;
use super::oracle::names::Names;
use std::collections::HashMap;

/// Every condition holds to this part of its own size.
const TOLERANCE: f64 = 1e-9;
/// Two answers to the same economy agree to this.
const ALIKE: f64 = 1e-6;

/// An answer that was verified, with its point.
pub struct Verified {
    pub answer: Answer,
    pub point: Option<evaluate::Point>,
}

/// Solves and, where there are values, checks every condition of the economy.
///
/// `read` takes the point from an answer by the names of the program. Where prices and quantities spread over decades a market may be a millionth of
/// the world's income, in which rounding counts: a condition is broken where it misses by more than the errors that the answer states explain.
pub fn verified(
    e: &Economy,
    names: &Names,
    text: &str,
    read: &dyn Fn(&Answer) -> Result<evaluate::Point, String>,
    variant: &'static str,
    findings: &mut Vec<Found>,
) -> Verified {
    let answer = solve(text);
    let mut point = None;
    if answer.status.has_values() {
        match read(&answer) {
            Err(missing) => findings.push(Found { what: "value missing", words: format!("{variant} {missing}"), wrong: true }),
            Ok(at) => {
                let verdict = evaluate::verdict(e, names, &at);
                let verdict_of: HashMap<String, f64> = verdict.worst.iter().map(|(size, place)| (place.clone(), *size)).collect();
                // A bundle of nothing but free factors leaves open how much of each it takes; such a condition cannot be judged from prices.
                let (open, judged): (Vec<_>, Vec<_>) = verdict.worst.into_iter().partition(|(size, _)| size.is_nan());
                let beyond: Vec<&(f64, String)> = judged.iter().filter(|w| w.0 > TOLERANCE).collect();
                if !beyond.is_empty() {
                    let places: Vec<String> = beyond.iter().map(|(size, place)| format!("{place}: {size:.1e}")).collect();
                    let words = format!("{variant} {} ({}, residual {:.1e})", places.join("; "), answer.status.word(), answer.residual);
                    let explained = explained(e, names, &answer, read, &verdict_of);
                    // What no error explains is wrong.
                    let wrong = beyond.iter().any(|(miss, place)| !(*miss <= TOLERANCE + explained.get(place).copied().unwrap_or(0.0)));
                    let what = if wrong { "no equilibrium of the economy" } else { "a small market that holds less exactly" };
                    findings.push(Found { what, words, wrong });
                }
                if !open.is_empty() {
                    // Where nothing is free, nothing may be open.
                    let free = at.pay.iter().flatten().any(|w| *w == 0.0);
                    let words = format!("{variant} {}", open.into_iter().map(|w| w.1).collect::<Vec<_>>().join("; "));
                    findings.push(Found { what: "condition that cannot be judged", words, wrong: !free });
                }
                point = Some(at);
            }
        }
    }
    Verified { answer, point }
}

/// By place, how much of a miss the stated errors explain: what each of them alone would change, added up.
///
/// Each is tried above and below: a market with slack misses by no more than it is worth, however large the slack, so one way alone may show nothing.
fn explained(
    e: &Economy,
    names: &Names,
    answer: &Answer,
    read: &dyn Fn(&Answer) -> Result<evaluate::Point, String>,
    own: &HashMap<String, f64>,
) -> HashMap<String, f64> {
    let mut out: HashMap<String, f64> = HashMap::new();
    for pair in answer.off() {
        let mut changes: HashMap<String, f64> = HashMap::new();
        for at in pair.iter().filter_map(|a| read(a).ok()) {
            for (size, place) in evaluate::verdict(e, names, &at).worst {
                // A place that was not judged before is one that the error brought in: all of it is a change.
                let change = (size - own.get(&place).copied().unwrap_or(0.0)).abs();
                if change.is_finite() {
                    let largest = changes.entry(place).or_default();
                    *largest = largest.max(change);
                }
            }
        }
        changes.into_iter().for_each(|(place, change)| *out.entry(place).or_default() += change);
    }
    out
}

/// The same verdict and, where nothing is free, the same equilibrium.
pub fn compare(a: &Verified, b: &Verified, variant: &'static str, findings: &mut Vec<Found>) {
    let (x, y) = (a.answer.status, b.answer.status);
    if x.has_values() != y.has_values() || x != y && !x.has_values() {
        let words = format!("{variant}: {} against {} {}", x.word(), y.word(), b.answer.words);
        // An equilibrium that was found where none is said to be is a false claim; one that was not found is a weak search.
        let wrong = [x, y].iter().any(|s| matches!(s, Status::None | Status::Panic | Status::Refused));
        findings.push(Found { what: "verdict depends on how it is written", words, wrong });
        return;
    }
    if let (Status::Solved, Status::Solved, Some(p), Some(q)) = (x, y, &a.point, &b.point)
        && let Some(words) = apart(p, q)
    {
        findings.push(Found { what: "another equilibrium", words: format!("{variant}: {words}"), wrong: true });
    }
}

/// Where two points of one economy differ in what does not depend on the units of money.
fn apart(p: &evaluate::Point, q: &evaluate::Point) -> Option<String> {
    let far = |a: f64, b: f64, size: f64| (a - b).abs() > ALIKE * size.max(a.abs());
    let largest = p.output.iter().flatten().copied().fold(0.0, f64::max);
    let outputs = p.output.iter().flatten().zip(q.output.iter().flatten()).map(|(a, b)| (*a, *b, largest, "output"));
    let margins = p.margin.iter().zip(&q.margin).map(|(a, b)| (*a, *b, 1.0, "margin"));
    let found = outputs.chain(margins).find(|(a, b, size, _)| far(*a, *b, *size));
    found.map(|(a, b, _, what)| format!("{what} {a} against {b}"))
}

/// What the first answer to an economy says, where it is no equilibrium; `class` is what else is known of it, `exists` that it has an equilibrium.
pub fn told(answer: &Answer, class: &str, exists: bool, findings: &mut Vec<Found>) {
    let (what, wrong) = match answer.status {
        Status::Solved | Status::Indeterminate => return,
        Status::Panic => ("panic", true),
        Status::Refused => ("refused", true),
        Status::None => ("none", exists),
        Status::NotFound => ("not_found", false),
    };
    let class = if class.is_empty() { String::new() } else { format!(" [{class}]") };
    findings.push(Found { what, words: format!("{}{class}", answer.words), wrong });
}
