//! The law of signs: what is claimed of a response holds at other economies of the same regime, judged by the solver's derivative.
//!
//! Every parameter is moved: σ, weights, endowments, prices. The formula itself is held to the same.
#![cfg(feature = "symbolic")]

use crate::oracle;
use crate::statics_help;

use oracle::names::Names;
use oracle::rng::Rng;
use oracle::{generate, program::program};
use statics_help::*;
use std::sync::atomic::AtomicBool;
use tasktrade::diag::Diagnostic;
use tasktrade::expr::{Node, Sym};
use tasktrade::model::Demand;
use tasktrade::solve::{Position, Problem, Solution, derivatives, solve};
use tasktrade::statics::derive::Place;
use tasktrade::statics::hat::{Hats, Measure};
use tasktrade::statics::shorten::within;
use tasktrade::statics::signs::{Answer, Signed};
use tasktrade::system::{Quantity, Role};

/// Other economies that each answer is held to.
const OTHERS: u64 = 6;
/// Diagnostics that say honestly that there is no answer.
const HONEST: [&str; 7] = ["A051", "A052", "A053", "A054", "A059", "A060", "A004"];

/// An economy of a question's model with other numbers.
struct There {
    values: Vec<f64>,
    solution: Solution,
}

/// An economy of the same model with other numbers; `None` where these do not do, or lead to another regime.
fn moved(q: &Question, seed: u64) -> Option<There> {
    let mut rng = Rng::new(seed);
    let (economy, system) = (&q.prepared.economy, &q.prepared.system);
    let mut values = q.prepared.parameters.clone();
    let parameters: Vec<Sym> = system.parameters().filter(|s| system.info(*s).quantity != Quantity::Hidden).collect();
    let reach = *rng.pick(&[0.02, 0.1, 0.3]);
    for s in &parameters {
        let step = rng.number(-1.0, 1.0);
        if let Some(v) = values.get_mut(s.index()).filter(|v| v.is_finite()) {
            // The numeraire's own value and what is a whole number by nature stay.
            *v *= 1.0 + if system.info(*s).quantity == Quantity::Numeraire { 0.0 } else { reach * step };
        }
    }
    // Weights that have to add up still do.
    for check in &economy.checks {
        let Demand::SumsToOne { weights, .. } = &check.what else { continue };
        let members: Option<Vec<Sym>> = weights.iter().map(|w| if let Node::Sym(s) = economy.dag.node(*w) { Some(*s) } else { None }).collect();
        let Some(members) = members.filter(|m| m.iter().all(|s| matches!(system.info(*s).role, Role::Parameter(_)))) else { continue };
        let sum: f64 = members.iter().map(|s| values[s.index()]).sum();
        members.iter().for_each(|s| values[s.index()] /= sum);
    }
    let settings = parameters.iter().filter(|s| s.index() < economy.syms.len()).map(|s| (*s, values[s.index()])).collect();
    let all = economy.parameter_values(&settings);
    if economy.check_values(&all, &parameters).has_errors() {
        return None;
    }
    for (mine, theirs) in values.iter_mut().zip(all) {
        *mine = theirs;
    }
    let interrupt = AtomicBool::new(false);
    let solution = q.prepared.solve_at(&values, Some(&q.solution), &interrupt);
    let same = |a: &Solution, b: &Solution| a.positions.len() == b.positions.len() && a.positions.iter().zip(&b.positions).all(|(a, b)| a.1 == b.1);
    let kinks = solution.positions.iter().any(|p| p.1 == Position::Kink);
    let usable = solution.is_equilibrium() && !kinks && solution.borders.is_empty() && solution.residual < 1e-9 && same(&solution, &q.solution);
    usable.then_some(There { values, solution })
}

/// The solver's derivative of the target in levels.
fn slope(q: &Question, there: &There) -> Option<f64> {
    let problem = Problem::new(&q.prepared.system, &[q.nodes[0]]).ok()?;
    let solution = solve(&problem, &there.values, Some(&there.solution), &AtomicBool::new(false));
    let d = derivatives(&problem, &solution, &[q.sym(1)]);
    (solution.is_equilibrium() && !d.one_sided()).then(|| d.output(0, 0, false)).filter(|d| d.is_finite())
}

/// The letters' numbers at another economy, by name; NaN for what is not met there.
fn letters(q: &Question, there: &There, s: &Signed) -> Vec<f64> {
    let place = Place { parameters: &there.values, solved: Some((&q.prepared.problem, &there.solution)), ..q.place() };
    let point = place.point();
    let mut hats = Hats::new(place.economy, place.accounts, place.system, &point, [q.sym(1)]);
    hats.target_of(q.nodes[0], Some(q.sym(1)));
    hats.rows().unwrap_or_else(|d| panic!("{d:?}"));
    hats.flows();
    s.atoms.iter().map(|(_, a)| hats.atoms.find(&a.name).and_then(|at| hats.atoms.get(at)).map_or(f64::NAN, |b| b.value)).collect()
}

/// What a claim gets wrong at an economy; `None` where it holds.
fn broken(s: &Signed, q: &Question, there: &There, slope: f64) -> Option<String> {
    let (own, by) = (q.prepared.value_of(q.nodes[0], &there.solution), there.solution.value(q.sym(1)));
    // In the measure of the formula, against the scale of an elasticity of one.
    let moved = slope * if s.derived.per == Measure::Log { by } else { 1.0 };
    let found = match s.derived.measure {
        Measure::Log => moved / own,
        Measure::Margin => moved / (1.0 - own),
        Measure::Plain => moved,
    };
    let scale = match (s.derived.measure, s.derived.per) {
        (Measure::Plain, Measure::Log) => own.abs(),
        (Measure::Plain, _) => (own / by).abs().min(1e300),
        _ => 1.0,
    };
    let noise = 1e-7 * if scale.is_finite() { scale } else { 1.0 };
    let holds = match s.answer {
        Answer::Plus | Answer::NotNegative => found >= -noise,
        Answer::Minus | Answer::NotPositive => found <= noise,
        Answer::Zero => found.abs() <= noise,
        Answer::Depends => true,
    };
    if !holds {
        return Some(format!("claimed {:?}, but {found:e}", s.answer));
    }
    let letters_there = within(&s.derived.letters, &letters(q, there, s));
    let values = within(&s.derived.shown.named, &letters_there.iter().map(|v| v.0).collect::<Vec<f64>>());
    let (formula, error) = s.derived.shown.formula.eval_within(&values);
    if formula.is_finite() && (formula - found).abs() > 1e-6 * found.abs().max(formula.abs()) + 100.0 * error + noise {
        return Some(format!("the formula is {formula:e} there, the solver {found:e}"));
    }
    if s.answer != Answer::Depends {
        return None;
    }
    let mut product = if s.positive { 1.0 } else { -1.0 };
    for c in &s.conditions {
        let (left, right) = (c.left.eval_within(&values), c.right.eval_within(&values));
        if !((left.0 - right.0).abs() > 1e-7 * (left.0.abs() + right.0.abs()) + 100.0 * (left.1 + right.1)) {
            return None;
        }
        product *= (left.0 - right.0).signum();
    }
    (product * found < -noise).then(|| format!("by its condition it should be {product}, but is {found:e}"))
}

#[derive(Default)]
struct Tally {
    claims: usize,
    depends: usize,
    points: usize,
    silent: usize,
    failures: Vec<String>,
}

impl Tally {
    fn fail(&mut self, why: String) {
        eprintln!("{why}");
        self.failures.push(why);
    }

    fn attack(&mut self, what: &str, m: &Model, ask: &str, seed: u64) {
        let (target, wrt) = ask.split_once(" wrt ").expect("wrt");
        let Some(q) = m.try_question(&[target, wrt]) else { return };
        let s = match sign_of(&q, ask) {
            Ok(s) => s,
            Err(d) if HONEST.contains(&d.code) || d.code == "A055" => {
                self.silent += 1;
                return;
            }
            Err(Diagnostic { code, title, .. }) => return self.fail(format!("{what}: {ask}: {code} {title}")),
        };
        if s.answer == Answer::Depends {
            self.depends += 1
        } else {
            self.claims += 1
        }
        for n in 0..OTHERS {
            let Some(there) = moved(&q, seed.wrapping_mul(1000) + n) else { continue };
            let Some(slope) = slope(&q, &there) else { continue };
            self.points += 1;
            if let Some(why) = broken(&s, &q, &there, slope) {
                self.fail(format!("{what}: {ask}: {why}"));
                return;
            }
        }
    }

    fn end(self) {
        eprintln!("{} signs and {} conditions at {} economies; {} questions without an answer", self.claims, self.depends, self.points, self.silent);
        assert!(self.failures.is_empty(), "{} of them false:\n{}", self.failures.len(), self.failures.join("\n"));
        assert!(self.points > 0 && self.claims > 0);
    }
}

#[test]
fn signs_of_the_examples_hold_elsewhere() {
    let mut tally = Tally::default();
    for (n, file) in files("examples").iter().enumerate() {
        let Some(m) = Model::try_open(file) else { continue };
        for ask in questions(&m, n as u64, effort() as usize) {
            tally.attack(file, &m, &ask, n as u64);
        }
    }
    tally.end();
}

#[test]
fn signs_of_the_reference_models_hold_elsewhere() {
    let mut tally = Tally::default();
    // A few of them in a usual run.
    let all = files("tests/models");
    let step = if effort() > 1 { 1 } else { 6 };
    for (n, file) in all.iter().enumerate().step_by(step) {
        let Some(m) = Model::try_open(file) else { continue };
        for ask in questions(&m, 77 + n as u64, effort().div_ceil(2) as usize) {
            tally.attack(file, &m, &ask, n as u64);
        }
    }
    tally.end();
}

#[test]
fn signs_of_random_economies_hold_elsewhere() {
    let mut tally = Tally::default();
    for seed in 0..12 * effort() {
        let e = generate::economy(seed);
        let text = program(&e, &Names::new(&e, seed), seed);
        let Some(m) = Model::try_text(&text) else { continue };
        for ask in questions(&m, seed, 2) {
            tally.attack(&format!("seed {seed}"), &m, &ask, seed);
        }
    }
    tally.end();
}
