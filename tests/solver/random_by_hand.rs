//! Random economies from fixed seeds: each is solved and checked against a plain evaluation.

use crate::numeric_support as support;

use std::sync::atomic::AtomicBool;
use support::*;
use tasktrade::solve::{Problem, Status, declared, derivatives, solve, trace};

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
    let size = (1 + r.below(4), 1 + r.below(6), 1 + r.below(4));
    world_of(r, size)
}

fn world_of(r: &mut Random, (factors, goods, countries): (usize, usize, usize)) -> Spec {
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
        // Households that want goods in fixed proportions may leave the numeraire free, or money unspent: then there is none.
        Status::None if spec.demand.as_ref().is_some_and(|d| d.0 == 0.0) => {
            assert!(solution.evidence.as_ref().is_some_and(|e| e.contains("without bound")));
            Ok(false)
        }
        status => Err(format!("{name} {seed}: {status:?} after {} iterations, {:?} {:?}", solution.iterations, solution.evidence, solution.worst)),
    }
}

fn count(name: &str, make: impl Fn(u64) -> Spec, seeds: std::ops::Range<u64>) {
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
fn worlds_of_many_countries() {
    let large = |seed: u64| {
        let r = &mut Random(seed.wrapping_mul(0xA076_1D64_78BD_642F) | 1);
        let mut spec = world_of(r, (3, 8, 12));
        spec.demand.iter_mut().for_each(|d| d.0 = d.0.max(0.5));
        spec
    };
    count("many countries", large, 1..12);
}

#[test]
fn small_open_economies() {
    count("open", open, 1..400);
}

#[test]
fn worlds() {
    count("world", world, 1..400);
}

/// What is wrong with the derivatives of one economy, compared with differences of re-solved equilibria.
fn slopes(name: &str, spec: &Spec, seed: u64) -> Result<(), String> {
    let lowered = lower(spec);
    let problem = Problem::new(&lowered.system, &[]).map_err(|e| e.to_string())?;
    let params = declared(&lowered.system);
    let never = AtomicBool::new(false);
    let base = solve(&problem, &params, None, &never);
    if base.status != Status::Solved || !base.borders.is_empty() {
        return Ok(());
    }
    for parameter in lowered.system.parameters() {
        let at = params[parameter.index()];
        if at == 0.0 {
            continue;
        }
        let d = derivatives(&problem, &base, &[parameter]);
        let solve_at = |h: f64| {
            let mut p = params.clone();
            p[parameter.index()] = at * (1.0 + h);
            solve(&problem, &p, Some(&base), &never)
        };
        let h = 1e-4;
        let [a, b, c, e] = [h, -h, h / 2.0, -h / 2.0].map(solve_at);
        if d.one_sided() || [&a, &b, &c, &e].iter().any(|s| s.positions != base.positions || !s.is_equilibrium()) {
            continue;
        }
        for sym in lowered.system.unknowns().chain(lowered.system.definitions().map(|d| d.0)) {
            let wide = (a.value(sym) - b.value(sym)) / (2.0 * h * at);
            let narrow = (c.value(sym) - e.value(sym)) / (h * at);
            let (difference, formula) = ((4.0 * narrow - wide) / 3.0, d.get(sym, 0, true));
            let size = formula.abs().max((base.value(sym) / at).abs()).max(1e-6);
            // What is relative to a price of zero has no derivative.
            if !base.value(sym).is_finite() || formula.is_nan() && difference == 0.0 {
                continue;
            }
            let gap = (difference - formula).abs() / size;
            // A difference of solutions is itself only as good as its curvature allows.
            let curved = (wide - narrow).abs() / size;
            if !(gap < 1e-6 + 0.1 * curved) {
                return Err(format!(
                    "{name} {seed}: d {} / d {}: {formula} against {difference}",
                    lowered.system.info(sym).name,
                    lowered.system.info(parameter).name
                ));
            }
        }
    }
    Ok(())
}

#[test]
fn derivatives_of_random_economies() {
    let mut wrong = Vec::new();
    for seed in 1..60 {
        wrong.extend(slopes("open", &open(seed), seed).err());
        wrong.extend(slopes("world", &world(seed), seed).err());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A path must end where a solve from nothing does, and switch where its neighbours say so.
#[test]
fn paths_of_random_economies() {
    let mut wrong = Vec::new();
    for seed in 1..120 {
        let spec = if seed % 2 == 0 { open(seed) } else { world(seed) };
        let lowered = lower(&spec);
        let problem = Problem::new(&lowered.system, &[]).unwrap();
        let params = declared(&lowered.system);
        let never = AtomicBool::new(false);
        let base = solve(&problem, &params, None, &never);
        let parameters: Vec<_> = lowered.system.parameters().collect();
        let r = &mut Random(seed * 77 + 5);
        let parameter = parameters[r.below(parameters.len())];
        let name = &lowered.system.info(parameter).name;
        // Weights and elasticities are not to be moved apart from each other.
        if base.status != Status::Solved || !(name.starts_with("L[") || name.starts_with("beta") || name.starts_with("p[") || name.starts_with("w["))
        {
            continue;
        }
        let factor = r.log(0.5, 2.0);
        let path = |s: f64| {
            let mut p = params.clone();
            p[parameter.index()] *= factor.powf(s);
            p
        };
        let end = solve(&problem, &path(1.0), None, &never);
        if end.status != Status::Solved {
            continue;
        }
        let walk = trace(&problem, &base, &path, &never);
        let Some(arrived) = &walk.end else {
            wrong.push(format!("seed {seed}, {name} by {factor}: stopped at {} of {} stretches: {:?}", walk.reached, walk.segments.len(), walk.note));
            continue;
        };
        for sym in lowered.system.unknowns() {
            let (x, y) = (arrived.value(sym), end.value(sym));
            if (x - y).abs() > 1e-7 * x.abs().max(y.abs()).max(1e-6) {
                wrong.push(format!("seed {seed}, {name} by {factor}: {} = {x} along the path, {y} from nothing", lowered.system.info(sym).name));
                break;
            }
        }
        for segment in &walk.segments {
            if segment.to > segment.from {
                let middle = solve(&problem, &path(0.5 * (segment.from + segment.to)), Some(&segment.start), &never);
                check::equilibrium(&lowered, &middle);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
