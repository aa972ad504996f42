//! Random economies from fixed seeds: each is solved and checked against a plain evaluation.

#[path = "numeric_support/mod.rs"]
mod support;

use std::sync::atomic::AtomicBool;
use support::*;
use tasktrade::solve::{Problem, Status, declared, solve};

/// A small generator with a fixed sequence.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.uniform()
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    fn log(&mut self, a: f64, b: f64) -> f64 {
        (self.between(a.ln(), b.ln())).exp()
    }

    fn sigma(&mut self) -> f64 {
        match self.below(6) {
            0 => 0.0,
            1 => 1.0,
            2 => self.between(0.05, 0.5),
            3 => self.between(0.5, 1.5),
            4 => self.between(1.5, 3.0),
            _ => self.between(3.0, 5.0),
        }
    }
}

fn schedule(r: &mut Random) -> Schedule {
    match r.below(5) {
        0 => Schedule::Linear(1.0, r.between(0.3, 5.0)),
        1 => Schedule::Power(r.between(0.5, 6.0), r.between(0.6, 2.5)),
        2 => Schedule::Exp(r.between(0.3, 3.0)),
        3 => Schedule::Pole(r.between(0.2, 0.8)),
        _ => Schedule::Points(vec![(0.0, 1.0), (0.3, r.between(1.1, 1.5)), (0.7, r.between(1.6, 2.5)), (1.0, r.between(2.6, 5.0))]),
    }
}

fn industries(
    r: &mut Random,
    factors: usize,
    goods: usize,
    country: usize,
    intermediate: bool,
    cap: f64,
    like: Option<&[Industry]>,
) -> Vec<Industry> {
    (0..goods)
        .map(|good| {
            if let Some(same) = like.and_then(|l| l.get(good)) {
                return Industry { country, ..same.clone() };
            }
            // Substitutes for all factors would let goods be made from goods alone.
            let sigma = r.sigma().min(if intermediate { 1.0 } else { cap });
            let mut weights: Vec<f64> = (0..factors).map(|_| r.between(0.1, 1.0)).collect();
            let total: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|w| *w /= total);
            let mut inputs: Vec<(Input, f64)> = weights.iter().enumerate().map(|(f, w)| (Input::Factor(f), *w)).collect();
            if intermediate && goods > 1 && r.chance(0.5) {
                let share = r.between(0.05, 0.35);
                inputs.iter_mut().for_each(|i| i.1 *= 1.0 - share);
                inputs.push((Input::Good((good + 1 + r.below(goods - 1)) % goods), share));
            }
            // Another level of productivity, by the weights; goods as inputs keep the one that makes them productive.
            if sigma != 1.0 && r.chance(0.5) && inputs.len() == factors {
                let scale = r.log(0.5, 2.0).powf(1.0 - sigma);
                inputs.iter_mut().for_each(|i| i.1 *= scale);
            }
            Industry { good, country, sigma, inputs, textbook: sigma == 1.0 && r.chance(0.5) }
        })
        .collect()
}

/// A small open economy: goods at given prices, perhaps a nontraded good, tasks done in an outside country.
fn open(seed: u64) -> Spec {
    let r = &mut Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let factors = 1 + r.below(4);
    let traded = 1 + r.below(5);
    let nontraded = usize::from(r.chance(0.3));
    let goods = traded + nontraded;
    let intermediate = r.chance(0.5);
    // The last factor's tasks stay at home, and no industry can do without it: that bounds what the world market can offer.
    let industries = industries(r, factors, goods, 0, intermediate, 1.0, None);
    let tasks: Vec<Tasks> = (0..factors - 1)
        .filter_map(|factor| r.chance(0.6).then(|| Tasks { factor, home: 0, abroad: 1, beta: r.log(0.6, 4.0), schedule: schedule(r), only: None }))
        .collect();
    Spec {
        factors,
        goods: (0..goods).map(|g| Good { price: (g < traded).then(|| r.log(0.5, 2.0)), nontraded: g >= traded }).collect(),
        countries: vec![
            Country { endowment: (0..factors).map(|_| r.log(1.0, 30.0)).collect(), ..Country::default() },
            Country { outside: Some((0..factors).map(|_| r.log(0.05, 0.8)).collect()), ..Country::default() },
        ],
        industries,
        tasks,
        demand: Some((r.sigma(), (0..goods).map(|_| r.between(0.2, 1.0)).collect())),
        numeraire: None,
    }
}

/// A world of several countries with free prices.
fn world(seed: u64) -> Spec {
    let r = &mut Random(seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1);
    let factors = 1 + r.below(4);
    let goods = 1 + r.below(6);
    let countries = 1 + r.below(4);
    let same = r.chance(0.5);
    let intermediate = r.chance(0.4);
    let base = industries(r, factors, goods, 0, intermediate, 9.0, None);
    let mut all = base.clone();
    for c in 1..countries {
        let more = industries(r, factors, goods, c, intermediate, 9.0, same.then_some(base.as_slice()));
        all.extend(more);
    }
    let mut tasks = Vec::new();
    if countries > 1 {
        for factor in 0..factors {
            if r.chance(0.4) {
                tasks.push(Tasks { factor, home: 0, abroad: 1, beta: r.log(0.8, 4.0), schedule: schedule(r), only: None });
            }
        }
    }
    let nontraded = goods > 1 && r.chance(0.25);
    Spec {
        factors,
        goods: (0..goods).map(|g| Good { price: None, nontraded: nontraded && g == goods - 1 }).collect(),
        countries: (0..countries)
            .map(|_| Country { endowment: (0..factors).map(|_| r.log(1.0, 50.0)).collect(), productivity: r.log(0.7, 1.5), ..Country::default() })
            .collect(),
        industries: all,
        tasks,
        demand: Some((r.sigma(), (0..goods).map(|_| r.between(0.2, 1.0)).collect())),
        numeraire: Some(0),
    }
}

fn run(name: &str, spec: &Spec, seed: u64) -> Result<bool, String> {
    let lowered = lower(spec);
    let problem = Problem::new(&lowered.system, &[]).map_err(|e| e.to_string())?;
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    match &solution.status {
        Status::Solved | Status::Indeterminate { .. } => {
            check::equilibrium(&lowered, &solution);
            if let Some(w) = solution.walras {
                assert!(w.abs() < 1e-9, "{name} {seed}: Walras {w}");
            }
            if let Some(w) = solution.outside_balance {
                assert!(w.abs() < 1e-9, "{name} {seed}: outside balance {w}");
            }
            Ok(solution.status == Status::Solved)
        }
        status => Err(format!("{name} {seed}: {status:?} after {} iterations, {:?} {:?}", solution.iterations, solution.evidence, solution.worst)),
    }
}

fn count(name: &str, make: fn(u64) -> Spec, seeds: std::ops::Range<u64>) {
    let total = seeds.end - seeds.start;
    let mut failed = Vec::new();
    let mut loose = 0;
    for seed in seeds {
        match run(name, &make(seed), seed) {
            Ok(true) => {}
            Ok(false) => loose += 1,
            Err(why) => failed.push(why),
        }
    }
    for why in failed.iter().take(20) {
        println!("{why}");
    }
    println!("{name}: {} of {total} failed, {loose} indeterminate", failed.len());
    assert!(failed.is_empty());
}

#[test]
fn small_open_economies() {
    count("open", open, 1..400);
}

#[test]
fn worlds() {
    count("world", world, 1..400);
}

#[test]
fn zz_debug() {
    let Ok(seed) = std::env::var("SEED") else { return };
    let (kind, seed) = seed.split_once(':').unwrap();
    let seed: u64 = seed.parse().unwrap();
    let spec = if kind == "open" { open(seed) } else { world(seed) };
    println!("{spec:#?}");
    let lowered = lower(&spec);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    for (s, p) in &solution.positions {
        println!("{} = {} {p:?}", lowered.system.info(*s).name, solution.value(*s));
    }
    for e in &lowered.system.equations {
        println!("{}: {} {} ", e.name, check::value(&lowered, e.left, &solution), check::value(&lowered, e.right, &solution));
    }
    for b in &lowered.system.outside_balances {
        println!("exports {} payment {}", check::value(&lowered, b.exports, &solution), check::value(&lowered, b.payment, &solution));
    }
    for (name, s) in &lowered.names {
        if name.contains("E[") || name.contains("omega") || name.contains('Y') || name.contains('D') || name.contains("c[") {
            println!("{name} {}", solution.value(*s));
        }
    }
    println!("{:?} {}", solution.status, solution.residual);
}
