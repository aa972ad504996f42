//! Goods told apart by origin, and what borders do to them: random worlds against conditions written down a second time.

use crate::oracle::rng::Rng;
use crate::support::Failures;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tasktrade::model::load::{Disk, load_text};
use tasktrade::session::Session;
use tasktrade::session::solved::Solved;

const SEEDS: u64 = 60;
/// Residuals relative to what a condition compares.
const EXACT: f64 = 1e-8;

/// A cost function of factors and goods.
pub struct Form {
    /// `None` is the textbook Cobb–Douglas form, whose exponents sum to 1.
    sigma: Option<f64>,
    factors: Vec<f64>,
    goods: Vec<f64>,
}

impl Form {
    fn weights(&self) -> impl Iterator<Item = f64> + '_ {
        self.factors.iter().chain(&self.goods).copied()
    }

    fn cost(&self, prices: &[f64]) -> f64 {
        let used = || self.weights().zip(prices).filter(|(d, _)| *d > 0.0);
        match self.sigma {
            None => used().map(|(d, p)| (p / d).powf(d)).product(),
            Some(s) => used().map(|(d, p)| d * p.powf(1.0 - s)).sum::<f64>().powf(1.0 / (1.0 - s)),
        }
    }

    fn input(&self, k: usize, prices: &[f64]) -> f64 {
        let d = self.weights().nth(k).expect("an origin for each price");
        match (d > 0.0, self.sigma) {
            (false, _) => 0.0,
            (true, None) => d * self.cost(prices) / prices[k],
            (true, Some(s)) => d * (self.cost(prices) / prices[k]).powf(s),
        }
    }

    fn text(&self) -> String {
        let name = |k: usize| if k < self.factors.len() { format!("F{k}") } else { format!("g{}", k - self.factors.len()) };
        let list: Vec<String> = self.weights().enumerate().filter(|(_, d)| *d > 0.0).map(|(k, d)| format!("{}: {d}", name(k))).collect();
        let head = match self.sigma {
            None => "cobb_douglas".to_string(),
            Some(s) => format!("ces({s})"),
        };
        format!("{head} {{ {} }}", list.join(", "))
    }
}

/// A world of countries that trade varieties.
pub struct World {
    n: usize,
    goods: usize,
    factors: usize,
    /// By country and factor.
    endowment: Vec<Vec<f64>>,
    /// By good: one technology for all countries.
    technology: Vec<Form>,
    /// By country and good: output per unit of inputs.
    skill: Vec<f64>,
    taste: Form,
    /// By good: between origins, and between home and imports where that differs.
    sigma: Vec<(f64, Option<f64>)>,
    /// By good, origin, destination.
    weight: HashMap<(usize, usize, usize), f64>,
    iceberg: HashMap<(usize, usize, usize), f64>,
    /// With `true` on fob prices.
    tariff: HashMap<(usize, usize, usize), (f64, bool)>,
    export_tax: HashMap<(usize, usize, usize), f64>,
    weighted: bool,
}

impl World {
    /// Countries and goods.
    pub fn size(&self) -> (usize, usize) {
        (self.n, self.goods)
    }

    pub fn draw(seed: u64) -> World {
        let mut rng = Rng::new(seed);
        let (n, goods, factors) = (rng.whole(2, 3), rng.whole(1, 2), rng.whole(1, 2));
        let endowment = (0..n).map(|_| (0..factors).map(|_| rng.number(20.0, 150.0)).collect()).collect();
        let skill = (0..n).map(|_| rng.number(0.5, 2.0)).collect();
        let intermediates = rng.chance(0.4);
        let technology = (0..goods).map(|g| Self::form(&mut rng, factors, goods, Some(g).filter(|_| intermediates))).collect();
        let taste = {
            let mut weights: Vec<f64> = (0..goods).map(|_| rng.number(0.2, 1.0)).collect();
            let sum: f64 = weights.iter().sum();
            let sigma = rng.chance(0.5).then(|| rng.number(0.3, 3.0)).filter(|s| (s - 1.0).abs() > 0.05);
            weights.iter_mut().for_each(|w| *w /= sum);
            Form { sigma, factors: vec![0.0; factors], goods: weights }
        };
        let nested = rng.chance(0.3);
        let sigma = (0..goods).map(|_| (rng.number(1.5, 8.0), nested.then(|| rng.number(1.2, 4.0)))).collect();
        let weighted = rng.chance(0.5);
        let (mut weight, mut iceberg, mut tariff, mut export_tax) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        for g in 0..goods {
            for i in 0..n {
                for j in 0..n {
                    weight.insert((g, i, j), if weighted { rng.number(0.3, 2.0) } else { 1.0 });
                    if i == j {
                        continue;
                    }
                    if rng.chance(0.7) {
                        iceberg.insert((g, i, j), rng.number(1.0, 1.8));
                    }
                    if rng.chance(0.6) {
                        tariff.insert((g, i, j), (rng.number(-0.1, 0.5), rng.chance(0.4)));
                    }
                    if rng.chance(0.3) {
                        export_tax.insert((g, i, j), rng.number(-0.1, 0.3));
                    }
                }
            }
        }
        World { n, goods, factors, endowment, technology, skill, taste, sigma, weight, iceberg, tariff, export_tax, weighted }
    }

    fn form(rng: &mut Rng, factors: usize, goods: usize, intermediate: Option<usize>) -> Form {
        let sigma = rng.chance(0.5).then(|| rng.number(0.2, 2.0)).filter(|s| (s - 1.0).abs() > 0.05);
        let mut own: Vec<f64> = (0..factors).map(|_| rng.number(0.2, 1.0)).collect();
        let mut used: Vec<f64> = (0..goods).map(|_| if intermediate.is_some() && rng.chance(0.6) { rng.number(0.05, 0.3) } else { 0.0 }).collect();
        let sum: f64 = own.iter().chain(&used).sum();
        own.iter_mut().chain(&mut used).for_each(|w| *w /= sum);
        Form { sigma, factors: own, goods: used }
    }

    /// The world as a program. Weights are written so that they sum to 1 to the last digit that matters.
    pub fn program(&self) -> String {
        let mut out = String::from("model world\n");
        for c in 0..self.n {
            let list: Vec<String> = (0..self.factors).map(|f| format!("F{f} = {}", self.endowment[c][f])).collect();
            out += &format!("country C{c} {{ endowment {}  productivity = {} }}\n", list.join(", "), self.skill[c]);
        }
        for f in 0..self.factors {
            out += &format!("factor F{f} price w{f}\n");
        }
        if self.weighted {
            out += &format!("set C = {{{}}}\n", (0..self.n).map(|c| format!("C{c}")).collect::<Vec<_>>().join(", "));
        }
        for g in 0..self.goods {
            let (s, home) = self.sigma[g];
            let of = home.map_or(format!("{s}"), |h| format!("home: {h}, imports: {s}"));
            let weights = if self.weighted { format!(" weights b{g}[from, to]") } else { String::new() };
            out += &format!("good g{g} differentiated({of}){weights}\n");
            if self.weighted {
                let row = |i: usize| (0..self.n).map(|j| format!("C{j}: {}", self.weight[&(g, i, j)])).collect::<Vec<_>>().join(", ");
                let rows: Vec<String> = (0..self.n).map(|i| format!("C{i}: {{{}}}", row(i))).collect();
                out += &format!("parameter b{g}[i in C, j in C] = {{{}}}\n", rows.join(", "));
            }
            out += &format!("industry g{g} {{ technology {} }}\n", self.technology[g].text());
        }
        out += &format!("demand {}\n", self.taste.text());
        let mut lines: Vec<String> = Vec::new();
        for ((g, i, j), v) in &self.iceberg {
            lines.push(format!("iceberg g{g} from C{i} to C{j} = {v}\n"));
        }
        for ((g, i, j), (v, fob)) in &self.tariff {
            lines.push(format!("tariff g{g} from C{i} to C{j} = {v}{}\n", if *fob { " on fob" } else { "" }));
        }
        for ((g, i, j), v) in &self.export_tax {
            lines.push(format!("export tax g{g} from C{i} to C{j} = {v}\n"));
        }
        lines.sort();
        out.push_str(&lines.concat());
        out.push_str("numeraire w0[C0]\n");
        out
    }

    fn melting(&self, k: (usize, usize, usize)) -> f64 {
        self.iceberg.get(&k).copied().unwrap_or(1.0)
    }

    /// What a unit pays on the way, for a unit that arrives: producer, export tax, tariff.
    fn way(&self, k: (usize, usize, usize), p: f64) -> (f64, f64, f64) {
        let melting = self.melting(k);
        // A way without a declared tax is free of it.
        let rate = self.export_tax.get(&k).copied().unwrap_or(0.0);
        let (tax, fob) = (p * rate * melting, p * (1.0 + rate));
        let tariff = match self.tariff.get(&k) {
            Some((t, true)) => t * fob,
            Some((t, false)) => t * fob * melting,
            None => 0.0,
        };
        (p * melting, tax, tariff)
    }

    /// Every condition at the values found, with all that follows from prices, activities and incomes worked out anew.
    pub fn verify(&self, name: &str, get: &dyn Fn(&str) -> f64, failures: &mut Failures) {
        let mut near = |what: String, a: f64, b: f64| {
            let scale = a.abs().max(b.abs()).max(1e-3);
            failures.check((a - b).abs() <= EXACT * scale, || format!("{name}: {what}: {a} is not {b}"));
        };
        let (n, goods) = (self.n, self.goods);
        let wage: Vec<Vec<f64>> = (0..n).map(|c| (0..self.factors).map(|f| get(&format!("w{f}[C{c}]"))).collect()).collect();
        let p: Vec<Vec<f64>> = (0..goods).map(|g| (0..n).map(|i| get(&format!("producer_price[g{g}, C{i}]"))).collect()).collect();
        let x: Vec<Vec<f64>> = (0..goods).map(|g| (0..n).map(|i| get(&format!("output[g{g}, C{i}]"))).collect()).collect();
        let income: Vec<f64> = (0..n).map(|c| get(&format!("income[C{c}]"))).collect();
        // Delivered prices and the composites'.
        let ces = |s: f64, list: &[(f64, f64)]| list.iter().map(|(b, q)| b * q.powf(1.0 - s)).sum::<f64>().powf(1.0 / (1.0 - s));
        let mut per_unit: HashMap<(usize, usize, usize), f64> = HashMap::new();
        let mut composite = vec![vec![0.0; n]; goods];
        for g in 0..goods {
            for j in 0..n {
                let delivered: Vec<f64> = (0..n)
                    .map(|i| {
                        let (a, b, c) = self.way((g, i, j), p[g][i]);
                        a + b + c
                    })
                    .collect();
                for (i, d) in delivered.iter().enumerate() {
                    near(format!("price[g{g}, C{i}, C{j}]"), get(&format!("price[g{g}, C{i}, C{j}]")), *d);
                }
                let (s, home) = self.sigma[g];
                let list: Vec<(f64, f64)> = (0..n).map(|i| (self.weight[&(g, i, j)], delivered[i])).collect();
                composite[g][j] = match home {
                    None => {
                        let price = ces(s, &list);
                        for i in 0..n {
                            per_unit.insert((g, i, j), list[i].0 * (price / list[i].1).powf(s));
                        }
                        price
                    }
                    Some(h) => {
                        let foreign: Vec<(f64, f64)> = (0..n).filter(|i| *i != j).map(|i| list[i]).collect();
                        let imports = ces(s, &foreign);
                        let price = ces(h, &[list[j], (1.0, imports)]);
                        for i in 0..n {
                            let used = if i == j {
                                list[i].0 * (price / list[i].1).powf(h)
                            } else {
                                (price / imports).powf(h) * list[i].0 * (imports / list[i].1).powf(s)
                            };
                            per_unit.insert((g, i, j), used);
                        }
                        price
                    }
                };
                near(format!("price[g{g}, C{j}]"), get(&format!("price[g{g}, C{j}]")), composite[g][j]);
            }
        }
        let prices = |c: usize| -> Vec<f64> { wage[c].iter().copied().chain((0..goods).map(|g| composite[g][c])).collect() };
        // Zero profit, what is used, what comes from where.
        let mut used = vec![vec![0.0; n]; goods];
        for c in 0..n {
            let q = prices(c);
            for g in 0..goods {
                let wanted = self.taste.input(self.factors + g, &q) * income[c] / self.taste.cost(&q);
                let inside: f64 = (0..goods).map(|k| self.technology[k].input(self.factors + g, &q) / self.skill[c] * x[k][c]).sum();
                used[g][c] = wanted + inside;
                near(format!("use[g{g}, C{c}]"), get(&format!("use[g{g}, C{c}]")), used[g][c]);
                near(format!("zero profit of g{g} in C{c}"), self.technology[g].cost(&q) / self.skill[c], p[g][c]);
            }
            for f in 0..self.factors {
                let work: f64 = (0..goods).map(|k| self.technology[k].input(f, &q) / self.skill[c] * x[k][c]).sum();
                near(format!("market of F{f} in C{c}"), work, self.endowment[c][f]);
            }
        }
        let mut revenue = vec![0.0; n];
        for g in 0..goods {
            for i in 0..n {
                let mut shipped = 0.0;
                for j in 0..n {
                    let k = (g, i, j);
                    let trade = per_unit[&k] * used[g][j];
                    near(format!("trade[g{g}, C{i}, C{j}]"), get(&format!("trade[g{g}, C{i}, C{j}]")), trade);
                    shipped += self.melting(k) * trade;
                    let (own, tax, tariff) = self.way(k, p[g][i]);
                    revenue[i] += tax * trade;
                    revenue[j] += tariff * trade;
                    let share = (own + tax + tariff) * trade / (composite[g][j] * used[g][j]);
                    near(format!("share[g{g}, C{i}, C{j}]"), get(&format!("share[g{g}, C{i}, C{j}]")), share);
                }
                near(format!("market of g{g} from C{i}"), shipped, x[g][i]);
            }
        }
        for c in 0..n {
            let earned: f64 = (0..self.factors).map(|f| wage[c][f] * self.endowment[c][f]).sum();
            near(format!("income[C{c}]"), income[c], earned + revenue[c]);
            if !self.tariff.is_empty() || !self.export_tax.is_empty() || !self.iceberg.is_empty() {
                near(format!("revenue[C{c}]"), get(&format!("revenue[C{c}]")), revenue[c]);
            }
        }
    }
}

pub fn opened(name: &str, text: &str) -> Session {
    Session::new(load_text(name, text, Path::new(name), &Disk)).unwrap_or_else(|f| panic!("{name}: {:?}\n{text}", f.diagnostics.list))
}

/// Values by canonical name.
pub fn values(solved: &Solved) -> HashMap<String, f64> {
    let syms = &solved.prepared.system.syms;
    syms.iter().enumerate().map(|(k, s)| (s.name.clone(), solved.solution.values.get(k).copied().unwrap_or(f64::NAN))).collect()
}

#[test]
fn random_worlds_meet_the_conditions_written_a_second_time() {
    let stop = AtomicBool::new(false);
    let mut failures = Failures::default();
    for seed in 0..SEEDS {
        let world = World::draw(seed);
        let (name, text) = (format!("seed {seed}"), world.program());
        let session = opened(&name, &text);
        match session.solve(&stop) {
            Ok(solved) => {
                let found = values(&solved);
                let get = |name: &str| found.get(name).copied().unwrap_or(f64::NAN);
                world.verify(&name, &get, &mut failures);
            }
            Err(d) => failures.add(format!("{name}: {:?}\n{text}", d.list)),
        }
    }
    failures.finish();
}

#[test]
fn random_worlds_balance_and_count_in_any_money() {
    let stop = AtomicBool::new(false);
    let mut failures = Failures::default();
    for seed in 0..SEEDS {
        let (name, text) = (format!("seed {seed}"), World::draw(seed).program());
        let session = opened(&name, &text);
        match session.sam(&stop) {
            Ok((solved, _, sam)) => {
                let balance = sam.balance();
                failures.check(balance.payments > 0.0 && balance.gap() <= 1e-9, || format!("{name}: {balance:?}"));
                for law in solved.laws(&stop) {
                    failures.check(law.passed, || format!("{name}: {law:?}"));
                }
            }
            Err(d) => failures.add(format!("{name}: {:?}", d.list)),
        }
    }
    failures.finish();
}
