//! Checks an equilibrium against its conditions, from the plain data of the economy and the solved values alone.

use super::economy::{Economy, Good, Industry, Input, Line, Nest, Numeraire, Shape};
use super::names::Names;

/// What the solver says, by name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<f64>;

/// The solved unknowns of an economy, as plain arrays.
pub struct Point {
    /// `pay[f][c]`, given ones included.
    pub pay: Vec<Vec<f64>>,
    /// `price[g][c]`
    pub price: Vec<Vec<f64>>,
    /// `output[industry][k]` in the k-th country of the industry.
    pub output: Vec<Vec<f64>>,
    /// By line, over all task sets in order.
    pub margin: Vec<f64>,
}

/// Reads the unknowns; an error names the first one that is missing.
pub fn read(e: &Economy, n: &Names, get: Lookup) -> Result<Point, String> {
    let value = |name: String| get(&name).filter(|x| x.is_finite()).ok_or(format!("{name} is missing"));
    let countries = e.countries.len();
    let mut pay = vec![vec![0.0; countries]; e.factors];
    for (f, row) in pay.iter_mut().enumerate() {
        for (c, cell) in row.iter_mut().enumerate() {
            *cell = if e.countries[c].outside { e.countries[c].amounts[f] } else { value(n.wage(f, c))? };
        }
    }
    let mut price = vec![vec![0.0; countries]; e.goods.len()];
    for (g, row) in price.iter_mut().enumerate() {
        for (c, cell) in row.iter_mut().enumerate() {
            *cell = match e.goods[g] {
                Good::Given(p) => p,
                Good::Free => value(n.price(g))?,
                Good::Nontraded if e.countries[c].outside => 1.0,
                Good::Nontraded => value(n.local_price(g, c))?,
            };
        }
    }
    let mut output = Vec::new();
    for i in &e.industries {
        output.push(i.countries.iter().map(|&c| value(n.of("output", i.good, c))).collect::<Result<Vec<f64>, String>>()?);
    }
    let margin = n.margins.iter().map(|m| value(m.clone())).collect::<Result<Vec<f64>, String>>()?;
    Ok(Point { pay, price, output, margin })
}

/// Unit cost of a nest at these prices.
pub fn cost(nest: &Nest, price: &dyn Fn(&Input) -> f64) -> f64 {
    let parts: Vec<(f64, f64)> = nest.inputs.iter().map(|(d, i)| (*d, unit(i, price))).collect();
    match nest.shape {
        Shape::Leontief => parts.iter().map(|(d, p)| d * p).sum(),
        Shape::CobbDouglas => parts.iter().map(|(d, p)| (p / d).powf(*d)).product(),
        Shape::Ces(s) => ces(s, &parts),
        Shape::Normalized(s) => {
            let total: f64 = parts.iter().map(|(d, _)| d).sum();
            ces(s, &parts.iter().map(|(d, p)| (d / total, *p)).collect::<Vec<_>>())
        }
    }
}

fn ces(s: f64, parts: &[(f64, f64)]) -> f64 {
    if s == 1.0 {
        return parts.iter().map(|(d, p)| p.powf(*d)).product();
    }
    parts.iter().map(|(d, p)| d * p.powf(1.0 - s)).sum::<f64>().powf(1.0 / (1.0 - s))
}

fn unit(input: &Input, price: &dyn Fn(&Input) -> f64) -> f64 {
    match input {
        Input::Nest(n) => cost(n, price),
        leaf => price(leaf),
    }
}

/// Quantities of the leaves per unit of the nest, added to `into` (factors first, then goods).
pub fn quantities(nest: &Nest, amount: f64, price: &dyn Fn(&Input) -> f64, factors: usize, into: &mut [f64]) {
    let c = cost(nest, price);
    let total: f64 = nest.inputs.iter().map(|(d, _)| d).sum();
    for (d, input) in &nest.inputs {
        let p = unit(input, price);
        let each = match nest.shape {
            Shape::Leontief => *d,
            Shape::CobbDouglas => d * c / p,
            Shape::Ces(s) => d * (c / p).powf(s),
            Shape::Normalized(s) => d / total * (c / p).powf(s),
        };
        match input {
            Input::Factor(f) => into[*f] += amount * each,
            Input::Good(g) => into[factors + *g] += amount * each,
            Input::Nest(inner) => quantities(inner, amount * each, price, factors, into),
        }
    }
}

/// The largest violation of each kind of condition, with its place.
pub struct Verdict {
    pub worst: Vec<(f64, String)>,
    /// Per inside country.
    pub income: Vec<f64>,
    /// `net[g][c]`: output less all use at home.
    pub net: Vec<Vec<f64>>,
}

impl Verdict {
    /// Conditions violated by more than this.
    pub fn beyond(&self, tolerance: f64) -> Vec<String> {
        self.worst.iter().filter(|(size, _)| !(*size <= tolerance)).map(|(size, place)| format!("{place}: {size:.1e}")).collect()
    }
}

/// How far `lhs >= rhs ⟂ z >= 0` is from holding, with both sides already in units of one.
fn complementary(slack: f64, z: f64) -> f64 {
    if slack.is_nan() || z.is_nan() { f64::NAN } else { slack.min(z).abs() }
}

/// Checks every condition of section 5 of the language's page.
pub fn verdict(e: &Economy, n: &Names, at: &Point) -> Verdict {
    let (countries, factors) = (e.countries.len(), e.factors);
    let inside = e.inside();
    let mut worst: Vec<(f64, String)> = Vec::new();
    let mut use_of = vec![vec![0.0; countries]; factors];
    let mut net = vec![vec![0.0; countries]; e.goods.len()];
    let mut profits = vec![0.0; countries];
    let mut revenue = vec![0.0; countries];
    let mut abroad = 0.0;
    for (i, industry) in e.industries.iter().enumerate() {
        for (k, &c) in industry.countries.iter().enumerate() {
            let output = at.output[i][k];
            let (price, unit_cost) = (at.price[industry.good][c], unit_cost(e, at, industry, c));
            let gap = (industry.markup * unit_cost - price) / price.abs().max(1e-12);
            worst.push((complementary(gap, output / scale_of(e, c)), format!("zero profit of {}", n.of("output", industry.good, c))));
            // An idle industry uses nothing, whatever the inputs of a unit would be: at a free factor they may be infinite.
            if output == 0.0 {
                continue;
            }
            profits[c] += (price - unit_cost) * output;
            net[industry.good][c] += output;
            let mut q = vec![0.0; factors + e.goods.len()];
            let amount = output / (industry.productivity * e.countries[c].productivity);
            quantities(&industry.technology, amount, &|input| leaf(e, at, industry.good, c, input), factors, &mut q);
            for (f, &bundle) in q[..factors].iter().enumerate() {
                match e.line(f, c, industry.good) {
                    None => use_of[f][c] += bundle,
                    Some((line, l)) => {
                        let share = at.margin[line];
                        let (_, stay, work) = l.divided(share, at.pay[f][c], &|to| at.pay[f][to]);
                        use_of[f][c] += stay * bundle;
                        // A bundle of free factors may be open; what is not done abroad is none of it.
                        if share == 0.0 {
                            continue;
                        }
                        for (l, work) in l.places().into_iter().zip(work).filter(|x| x.1 != 0.0) {
                            use_of[f][l.to] += work * bundle;
                            revenue[c] += worth(at.pay[f][l.to], l.tariff * work * bundle);
                            if e.countries[l.to].outside {
                                abroad += work * bundle * at.pay[f][l.to];
                            }
                        }
                    }
                }
            }
            for (g, &amount) in q[factors..].iter().enumerate() {
                net[g][c] -= amount;
            }
        }
    }
    margins(e, n, at, &mut worst);
    let mut incomes = Vec::new();
    for (k, &c) in inside.iter().enumerate() {
        let earned: f64 = (0..factors).map(|f| at.pay[f][c] * e.countries[c].amounts[f]).sum();
        let income = earned + profits[c] + revenue[c];
        let price = |input: &Input| leaf(e, at, usize::MAX, c, input);
        let welfare = income / cost(&e.tastes[k], &price);
        let mut q = vec![0.0; factors + e.goods.len()];
        quantities(&e.tastes[k], welfare, &price, factors, &mut q);
        for (g, &amount) in q[factors..].iter().enumerate() {
            net[g][c] -= amount;
        }
        incomes.push(income);
    }
    let world: f64 = incomes.iter().sum();
    for &c in &inside {
        for f in 0..factors {
            let supply = e.countries[c].amounts[f];
            // A bundle of nothing but free factors leaves open in which proportion it takes them.
            if at.pay[f][c] == 0.0 && use_of[f][c].is_nan() {
                continue;
            }
            let slack = (supply - use_of[f][c]) / supply;
            worst.push((complementary(slack, at.pay[f][c] * supply / world), format!("market of {}", n.wage(f, c))));
        }
    }
    for (g, good) in e.goods.iter().enumerate() {
        let output = |c: usize| -> f64 {
            let made = e.industries.iter().enumerate().filter(|(_, i)| i.good == g);
            made.flat_map(|(i, x)| x.countries.iter().enumerate().filter(|(_, d)| **d == c).map(move |(k, _)| at.output[i][k])).sum()
        };
        match good {
            Good::Given(_) => {}
            Good::Free => {
                let (excess, size): (f64, f64) = (inside.iter().map(|&c| net[g][c]).sum(), inside.iter().map(|&c| output(c)).sum());
                if at.price[g][0] == 0.0 && excess.is_nan() {
                    continue;
                }
                let slack = excess / size.max(1e-12);
                worst.push((complementary(slack, at.price[g][0] * size / world), format!("market of {}", n.price(g))));
            }
            Good::Nontraded => {
                for &c in &inside {
                    if at.price[g][c] == 0.0 && net[g][c].is_nan() {
                        continue;
                    }
                    let size = output(c);
                    let slack = net[g][c] / size.max(1e-12);
                    worst.push((complementary(slack, at.price[g][c] * size / world), format!("market of {}", n.local_price(g, c))));
                }
            }
        }
    }
    // What the countries export together pays for the tasks done outside them.
    let exports: f64 = (0..e.goods.len()).flat_map(|g| inside.iter().map(move |&c| (g, c))).map(|(g, c)| worth(at.price[g][c], net[g][c])).sum();
    worst.push(((exports - abroad).abs() / world, "outside balance".to_owned()));
    match e.numeraire {
        Numeraire::None => {}
        Numeraire::Good(g) => worst.push(((at.price[g][0] - 1.0).abs(), "numeraire".to_owned())),
        Numeraire::Factor(f, c) => worst.push(((at.pay[f][c] - 1.0).abs(), "numeraire".to_owned())),
    }
    Verdict { worst, income: incomes, net }
}

/// The value of an amount: nothing at a price of zero, even where the amount is open.
fn worth(price: f64, amount: f64) -> f64 {
    if price == 0.0 { 0.0 } else { price * amount }
}

/// A size for outputs of a country, to measure them in units of one.
fn scale_of(e: &Economy, c: usize) -> f64 {
    e.countries[c].amounts.iter().fold(1.0, |a: f64, &b| a.max(b))
}

/// Price of a leaf for an industry (or the household): a factor's price with its tasks where they are cheapest, or the good's price.
fn leaf(e: &Economy, at: &Point, good: usize, c: usize, input: &Input) -> f64 {
    match input {
        Input::Factor(f) => match e.line(*f, c, good) {
            None => at.pay[*f][c],
            Some((line, l)) => l.divided(at.margin[line], at.pay[*f][c], &|to| at.pay[*f][to]).0,
        },
        Input::Good(g) => at.price[*g][c],
        Input::Nest(_) => f64::NAN,
    }
}

pub fn unit_cost(e: &Economy, at: &Point, industry: &Industry, c: usize) -> f64 {
    let productivity = industry.productivity * e.countries[c].productivity;
    cost(&industry.technology, &|input| leaf(e, at, industry.good, c, input)) / productivity
}

/// Task I costs the same in both places, or is at the end to which its cost drives it.
fn margins(e: &Economy, n: &Names, at: &Point, worst: &mut Vec<(f64, String)>) {
    let lines = e.tasks.iter().flat_map(|t| t.lines.iter().map(move |l| (t.factor, l)));
    for (k, (f, line)) in lines.enumerate() {
        let share = at.margin[k];
        let home = at.pay[f][line.from];
        let places = line.places();
        let size = places.iter().map(|l| at.pay[f][l.to]).fold(home.max(1e-12), f64::max);
        let paid = |l: &Line| at.pay[f][l.to] * (1.0 + l.tariff);
        let least = |cost: &dyn Fn(&Line) -> f64| places.iter().map(|l| cost(l) * paid(l)).fold(f64::INFINITY, f64::min);
        let dearer = (least(&|l| l.cost(share)) - home) / size;
        let next = (least(&|l| l.cost_above(share)) - home) / size;
        // At a jump of the cost the marginal task is cheaper abroad, and the next one at home.
        let jumps = places.iter().any(|l| l.steps.iter().any(|s| (s.0 - share).abs() <= 1e-9));
        let at_jump = jumps && dearer <= 1e-9 && next >= -1e-9;
        let off = if at_jump {
            0.0
        } else if !(0.0..=1.0).contains(&share) {
            f64::INFINITY
        } else if dearer > 0.0 {
            dearer.min(share)
        } else {
            (-dearer).min(1.0 - share)
        };
        worst.push((off, format!("margin {}", n.margins[k])));
    }
}
