//! Mutated programs through each stage, on any toolchain; `fuzz/` has the same targets guided by coverage.
//!
//! `cargo run --release --example fuzz -- all 20s` or `-- check 100000 [SEED]`: a target, or `all`, and how long or how often. An input that breaks
//! a law is written to a file that is named, and the exit code is 1.

mod mutate;
#[allow(dead_code)] // economies are drawn with the rest
#[path = "../../tests/oracle/rng.rs"]
mod rng;
mod targets;

use rng::Rng;
use std::io::{Seek, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

/// How long a target runs.
enum Until {
    Time(Duration),
    Count(u64),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Ok((list, until, seed)) => {
            let mut well = true;
            for target in list {
                well &= run(target, &until, seed);
            }
            if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(message) => {
            eprintln!("fuzz: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<(Vec<Target>, Until, u64), String> {
    let usage = || format!("fuzz TARGET|all COUNT|SECONDSs [SEED]; targets: {}", TARGETS.map(|t| t.0).join(", "));
    let (name, length, seed) = match arguments {
        [name, length] => (name, length, "0"),
        [name, length, seed] => (name, length, seed.as_str()),
        _ => return Err(usage()),
    };
    let list: Vec<Target> = TARGETS.into_iter().filter(|t| name == "all" || t.0 == name).collect();
    if list.is_empty() {
        return Err(usage());
    }
    let until = match length.strip_suffix('s') {
        Some(seconds) => Until::Time(Duration::from_secs(seconds.parse().map_err(|_| usage())?)),
        None => Until::Count(length.parse().map_err(|_| usage())?),
    };
    Ok((list, until, seed.parse().map_err(|_| usage())?))
}

/// Runs one target; true where no input broke a law.
fn run((name, target): Target, until: &Until, seed: u64) -> bool {
    let corpus = mutate::corpus(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(!corpus.is_empty(), "no corpus");
    let mut last = Last::new(name);
    let (begun, mut slowest) = (Instant::now(), Duration::ZERO);
    let mut k = 0;
    loop {
        match until {
            Until::Time(t) if begun.elapsed() >= *t => break,
            Until::Count(n) if k >= *n => break,
            _ => {}
        }
        let mut r = Rng::new(seed.wrapping_mul(0x1_0000_0001).wrapping_add(k));
        // The first inputs are the corpus itself.
        let input = corpus.get(k as usize).filter(|_| seed == 0).cloned().unwrap_or_else(|| mutate::input(&corpus, &mut r));
        last.keep(&input);
        let start = Instant::now();
        if catch_unwind(|| target(&input)).is_err() {
            println!("{name}: input {k} of seed {seed} breaks a law: {}", last.path.display());
            return false;
        }
        slowest = slowest.max(start.elapsed());
        k += 1;
    }
    println!("{name:7} {k:>9} inputs in {:.0} s, slowest {:.2} s: none breaks a law", begun.elapsed().as_secs_f64(), slowest.as_secs_f64());
    let _ = std::fs::remove_file(&last.path);
    true
}

/// The last input, on disk before it is tried, so that it is there after an abort too.
struct Last {
    path: PathBuf,
    file: Option<std::fs::File>,
}

impl Last {
    fn new(name: &str) -> Last {
        let path = std::env::temp_dir().join(format!("tasktrade_fuzz_{name}_{}.trade", std::process::id()));
        let file = std::fs::File::create(&path).ok();
        Last { path, file }
    }

    fn keep(&mut self, input: &[u8]) {
        if let Some(f) = &mut self.file {
            let _ = f.rewind().and_then(|()| f.write_all(input)).and_then(|()| f.set_len(input.len() as u64));
        }
    }
}
