//! Random economies, two a seed, one drawn freely and one with an equilibrium built in: each is solved, its equilibrium verified by an evaluator that
//! shares nothing with the solver, and solved again under another numeraire, with its declarations shuffled, and with a `report`.
//!
//! `cargo run --release --example soak -- 10000 [FIRST SEED]` prints counts by status and every economy that is told "none" or "not found" with its
//! seed, and ends with exit code 1 if an answer is wrong. `-- show KIND SEED` prints the program of a seed, with KIND one of those in the counts.

// `known` and `oracle` draw their numbers alike.
#![allow(clippy::duplicate_mod)]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

#[path = "../../tests/known/mod.rs"]
mod known;

mod answer;
mod built;
mod check;
mod drawn;

use answer::{Found, Status};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Kinds of economies: a name, the program of a seed, what a seed comes to.
type Kind = (&'static str, fn(u64) -> String, fn(u64) -> Case);
const KINDS: [Kind; 2] = [("drawn", drawn::text, drawn::case), ("built", built::text, built::case)];

/// Seeds that are worked on before their findings are printed, in order.
const BLOCK: u64 = 200;

/// What one seed came to.
pub struct Case {
    pub kind: &'static str,
    pub seed: u64,
    pub status: Status,
    pub findings: Vec<Found>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no whole number"));
    let done = match words[..] {
        ["show", kind, seed] => number(seed).and_then(|s| {
            let of = KINDS.iter().find(|k| k.0 == kind).ok_or_else(|| format!("`{kind}` is none of drawn, built"))?;
            print!("{}", of.1(s));
            Ok(true)
        }),
        [count] => number(count).map(|n| soak(0, n)),
        [count, first] => number(count).and_then(|n| Ok(soak(number(first)?, n))),
        _ => Err("give a count and, if wanted, the first seed: soak 10000 [SEED]; or: soak show drawn|built SEED".to_owned()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("soak: {message}");
            ExitCode::from(2)
        }
    }
}

/// Works through the seeds; true where nothing is wrong.
fn soak(first: u64, count: u64) -> bool {
    // A panic is a finding of its seed; its text would only interleave with the others.
    std::panic::set_hook(Box::new(|_| {}));
    let mut counts: BTreeMap<(&str, Status), u64> = BTreeMap::new();
    let (mut wrong, mut noted): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) = (BTreeMap::new(), BTreeMap::new());
    let mut from = first;
    let end = first.saturating_add(count);
    while from < end {
        let to = end.min(from + BLOCK);
        let cases: Vec<Case> = (from..to).into_par_iter().flat_map_iter(|seed| KINDS.iter().map(move |k| k.2(seed))).collect();
        for case in cases {
            *counts.entry((case.kind, case.status)).or_default() += 1;
            for f in case.findings {
                let mark = if f.wrong { "WRONG" } else { "note " };
                println!("{mark} {} {}: {}: {}", case.kind, case.seed, f.what, f.words);
                *(if f.wrong { &mut wrong } else { &mut noted }).entry(f.what).or_default() += 1;
            }
        }
        from = to;
    }
    println!("\nseeds {first} to {}", end.saturating_sub(1));
    for ((kind, status), n) in &counts {
        println!("{kind:10} {:13} {n:>8}", status.word());
    }
    for (title, list) in [("noted", &noted), ("wrong", &wrong)] {
        println!(
            "{title}: {}",
            if list.is_empty() { "0".to_owned() } else { list.iter().map(|(w, n)| format!("{n} × {w}")).collect::<Vec<_>>().join(", ") }
        );
    }
    wrong.is_empty()
}
