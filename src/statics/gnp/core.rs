//! The part of a country that minimises cost at given goods prices and endowments: its factor prices, outputs and margins of tasks.

use crate::algebra::{Formula, Poly};
use crate::expr::{Node, NodeId, Sym};
use crate::model::{Input, Key};
use crate::statics::atoms::{Measures, Range};
use crate::statics::flows::Flows;
use crate::statics::hat::{Hats, weighted};
use crate::statics::linear::{Linear, polynomial};
use crate::statics::rows::{Row, Rows};
use crate::system::{Condition, Role};

/// A factor with a market of its own in the country.
pub struct CoreFactor {
    pub name: String,
    pub price: Sym,
    /// How the price moves what industries pay, and what else moves that: ω̂ = paid · ŵ + rest.
    pub paid: Formula,
    pub rest: Linear,
    /// What moves the supply at given prices: the endowment.
    pub supply: Linear,
    /// φ: share of its bundle in the value made, at cost; a letter where there is one, and what it stands for.
    pub share: Formula,
    pub share_written: Formula,
    pub tasks: Option<Margin>,
}

impl CoreFactor {
    /// The letter of φ with what it stands for, where it has one.
    pub fn named_share(&self) -> Option<(u32, Formula)> {
        match &self.share {
            Formula::Atom(a) => Some((*a, self.share_written.clone())),
            _ => None,
        }
    }
}

/// Tasks of a factor that move at the margin.
pub struct Margin {
    pub margin: Sym,
    pub steepness: Formula,
    /// What parameters do to the cost of the marginal task: ŵ = cost + η dI/(1 − I).
    pub cost: Linear,
}

/// An active industry.
pub struct CoreGood {
    pub name: String,
    pub good: usize,
    pub activity: Sym,
    /// μ: share in the value made, at cost.
    pub made: Formula,
    pub sigma: Formula,
    /// θ by factor of the core; zero where it does not use it.
    pub theta: Vec<Formula>,
    /// λ by factor of the core.
    pub lambda: Vec<Formula>,
    /// What moves its price less what else moves its cost.
    pub price: Linear,
    /// What moves all its inputs per unit of output alike.
    pub inputs: Linear,
    /// What moves one input alone, by factor of the core.
    pub own: Vec<Linear>,
}

/// The core of one country.
pub struct Core {
    pub factors: Vec<CoreFactor>,
    pub goods: Vec<CoreGood>,
}

impl Core {
    /// The core of a country; `None` where its industries are no flat CES nests over its own factors, or something else than cost
    /// minimisation at given prices stands between them.
    pub fn find(hats: &mut Hats, rows: &Rows, flows: &Flows, country: usize) -> Option<Core> {
        let e = hats.economy;
        let active: Vec<(usize, Sym)> = e
            .industries
            .iter()
            .enumerate()
            .filter(|(_, i)| i.country == country)
            .filter_map(|(j, _)| e.keys.get(&Key::Activity(j)).map(|s| (j, *s)))
            .filter(|(_, s)| rows.unknowns.contains(s))
            .collect();
        let markets: Vec<(usize, Sym)> = (0..e.factors.len())
            .filter_map(|f| e.keys.get(&Key::FactorPrice(f, country)).map(|s| (f, *s)))
            .filter(|(_, s)| rows.unknowns.contains(s) && row_of(rows, *s, Condition::Market).is_some())
            .collect();
        // Who works for industries elsewhere is paid for by more than this country's industries.
        if active.is_empty() || markets.is_empty() || e.lines.iter().any(|l| l.goes_to(country)) {
            return None;
        }
        let mut factors = Vec::new();
        for &(f, price) in &markets {
            factors.push(factor(hats, rows, f, price, &active)?);
        }
        let mut goods = Vec::new();
        for &(j, activity) in &active {
            goods.push(good(hats, rows, flows, j, activity, &markets, &factors, country)?);
        }
        for (n, &(_, price)) in markets.iter().enumerate() {
            let row = row_of(rows, price, Condition::Market)?;
            let supply = supply(row, n, &factors, &goods)?;
            let (share, share_written) = share_of(hats, flows, markets.get(n)?.0, n, &goods);
            let own = factors.get_mut(n)?;
            (own.supply, own.share, own.share_written) = (supply, share, share_written);
        }
        Some(Core { factors, goods })
    }

    /// What the core rests on that is itself unknown.
    pub fn externals(&self, rows: &Rows) -> Vec<Sym> {
        let forms = self
            .factors
            .iter()
            .flat_map(|f| [Some(&f.rest), Some(&f.supply), f.tasks.as_ref().map(|t| &t.cost)])
            .flatten()
            .chain(self.goods.iter().flat_map(|g| [&g.price, &g.inputs].into_iter().chain(&g.own)));
        forms.flat_map(|f| f.terms()).map(|(s, _)| s).filter(|s| rows.unknowns.contains(s)).collect()
    }

    /// Whether the symbol is a price of a factor, an output or a margin of this core.
    pub fn owns(&self, s: Sym) -> bool {
        let margin = |f: &CoreFactor| f.tasks.as_ref().is_some_and(|t| t.margin == s);
        self.goods.iter().any(|g| g.activity == s) || self.factors.iter().any(|f| f.price == s || margin(f))
    }

    /// Whether a source moves prices and all inputs of an industry alike, and nothing else here.
    pub fn neutral(&self, source: Sym) -> bool {
        let touched = |f: &Linear| f.get(source).is_some();
        self.factors.iter().all(|f| !touched(&f.supply) && !touched(&f.rest) && f.tasks.is_none())
            && self.goods.iter().all(|g| !g.own.iter().any(touched))
    }
}

fn row_of(rows: &Rows, partner: Sym, condition: Condition) -> Option<&Row> {
    rows.rows.iter().find(|r| r.partner == Some(partner) && r.condition == condition)
}

/// The line of tasks that all industries of the country that use the factor share; `Err` where only some do.
fn line(hats: &Hats, f: usize, active: &[(usize, Sym)]) -> Result<Option<usize>, ()> {
    let e = hats.economy;
    let uses = |j: usize| e.industries.get(j).is_some_and(|i| crate::model::forms::factors_of(&i.form).contains(&f));
    let lines: Vec<Option<usize>> = active.iter().filter(|(j, _)| uses(*j)).map(|(j, _)| e.line_of(f, *j)).collect();
    match lines.split_first() {
        Some((first, others)) if others.iter().all(|l| l == first) => Ok(*first),
        _ => Err(()),
    }
}

fn factor(hats: &mut Hats, rows: &Rows, f: usize, price: Sym, active: &[(usize, Sym)]) -> Option<CoreFactor> {
    let e = hats.economy;
    let line = line(hats, f, active).ok()?;
    let mut rest = match line {
        Some(l) => {
            let sym = *e.keys.get(&Key::TaskPrice(l))?;
            hats.of(sym)
        }
        None => Linear::change(price),
    };
    let paid = rest.remove(price)?;
    let tasks = match line.and_then(|l| e.keys.get(&Key::Margin(l)).copied()).filter(|m| rows.unknowns.contains(m)) {
        None => None,
        Some(margin) => {
            let mut cost = row_of(rows, margin, Condition::Margin)?.form.clone();
            let steepness = cost.remove(margin)?;
            let home = cost.remove(price)?;
            if home != Formula::int(-1) {
                return None;
            }
            Some(Margin { margin, steepness, cost })
        }
    };
    let name = e.factors.get(f)?.name.to_string();
    Some(CoreFactor { name, price, paid, rest, supply: Linear::zero(), share: Formula::zero(), share_written: Formula::zero(), tasks })
}

/// What industries pay for the factor, in changes.
fn paid(f: &CoreFactor) -> Linear {
    Linear::change(f.price).scaled(&f.paid).plus(&f.rest)
}

#[allow(clippy::too_many_arguments)]
fn good(
    hats: &mut Hats,
    rows: &Rows,
    flows: &Flows,
    j: usize,
    activity: Sym,
    markets: &[(usize, Sym)],
    factors: &[CoreFactor],
    country: usize,
) -> Option<CoreGood> {
    let e = hats.economy;
    let industry = e.industries.get(j)?;
    let sigma = sigma(hats, j)?;
    let mut theta = vec![Formula::zero(); markets.len()];
    let mut lambda = vec![Formula::zero(); markets.len()];
    let mut inner = Linear::zero();
    let lone = industry.form.inputs.len() == 1;
    for (k, input) in industry.form.inputs.iter().enumerate() {
        let Input::Factor(f) = input.what else { return None };
        let at = markets.iter().position(|m| m.0 == f)?;
        let share = match hats.atoms.measuring(&Measures::Cost(j, vec![k])) {
            Some(a) => Formula::atom(a),
            None if lone => Formula::one(),
            None => return None,
        };
        let slot = theta.get_mut(at).filter(|s| s.is_zero())?;
        *slot = share.clone();
        inner.add(&paid(factors.get(at)?), &share);
        let work = hats.atoms.measuring(&Measures::Work(f, country, j, false)).map_or_else(Formula::one, Formula::atom);
        *lambda.get_mut(at)? = work;
    }
    let zero_profit = &row_of(rows, activity, Condition::ZeroProfit)?.form;
    let price = without(inner.minus(zero_profit), factors, activity)?;
    // What moves an input beyond σ (ĉ − ω̂): the same for all inputs where it is output's productivity.
    let mut extra = Vec::new();
    for (n, (f, _)) in markets.iter().enumerate() {
        if theta.get(n).is_none_or(Formula::is_zero) {
            extra.push(None);
            continue;
        }
        let sym = *e.keys.get(&Key::InputPerUnit(e.factors.get(*f)?.name.clone(), j))?;
        let mut own = hats.of(sym);
        own.add(&paid(factors.get(n)?), &sigma);
        own.add(&inner, &sigma.clone().negated());
        extra.push(Some(without(own, factors, activity)?));
    }
    let inputs = common(&extra);
    let own = extra.into_iter().map(|x| x.map_or_else(Linear::zero, |x| x.minus(&inputs))).collect();
    let made = flows.made.get(&j)?.clone();
    Some(CoreGood { name: industry.name.to_string(), good: industry.good, activity, made, sigma, theta, lambda, price, inputs, own })
}

/// The form without unknowns of the core, which cancel; `None` where they do not.
fn without(form: Linear, factors: &[CoreFactor], activity: Sym) -> Option<Linear> {
    let form = form.map(|c| polynomial(c).map_or_else(|| c.clone(), |p| p.to_formula()));
    let own = |s: Sym| s == activity || factors.iter().any(|f| f.price == s || f.tasks.as_ref().is_some_and(|t| t.margin == s));
    if form.terms().any(|(s, _)| own(s)) { None } else { Some(form) }
}

/// For each symbol the coefficient that most forms have.
fn common(forms: &[Option<Linear>]) -> Linear {
    let there: Vec<&Linear> = forms.iter().flatten().collect();
    let mut out = Linear::zero();
    for (s, c) in there.iter().flat_map(|f| f.terms()) {
        let same = there.iter().filter(|f| f.get(s) == Some(c)).count();
        if out.get(s).is_none() && 2 * same > there.len() {
            out.add_term(s, c.clone());
        }
    }
    out
}

fn sigma(hats: &mut Hats, j: usize) -> Option<Formula> {
    let cost = hats.economy.keys.get(&Key::UnitCost(j))?;
    let Role::Definition(node) = hats.system.info(*cost).role else { return None };
    let nest = nest_of(hats, node)?;
    let Node::Ces { sigma, .. } = hats.dag.node(nest) else { return None };
    let sigma = *sigma;
    Some(hats.level(sigma))
}

fn nest_of(hats: &Hats, node: NodeId) -> Option<NodeId> {
    match hats.dag.node(node) {
        Node::Ces { .. } => Some(node),
        Node::Div(a, _) => nest_of(hats, *a),
        Node::Prod(xs) => xs.iter().find_map(|x| nest_of(hats, *x)),
        _ => None,
    }
}

/// What is left of a factor's market once its use is taken out: the endowment's change.
fn supply(row: &Row, n: usize, factors: &[CoreFactor], goods: &[CoreGood]) -> Option<Linear> {
    let own = factors.get(n)?;
    let (mut parts, mut shares) = (Vec::new(), Vec::new());
    for g in goods.iter().filter(|g| g.theta.get(n).is_some_and(|t| !t.is_zero())) {
        let inner = g.theta.iter().zip(factors).fold(Linear::zero(), |mut sum, (t, f)| {
            sum.add(&paid(f), t);
            sum
        });
        let mut part = Linear::change(g.activity).plus(&g.inputs).plus(g.own.get(n)?);
        part.add(&inner.minus(&paid(own)), &g.sigma);
        if let Some(t) = &own.tasks {
            part = part.minus(&Linear::change(t.margin));
        }
        parts.push(part);
        shares.push(g.lambda.get(n)?.clone());
    }
    let part = if parts.len() == 1 { parts.pop()? } else { weighted(&parts, &shares) };
    let left = row.form.plus(&part);
    // Shares of the factor's work add up to 1.
    let (last, others) = shares.split_last()?;
    let left = match polynomial(last).map(|p| p.atoms().into_iter().collect::<Vec<u32>>()) {
        Some(list) if list.len() == 1 && shares.len() > 1 => {
            let at = *list.first()?;
            let rest = others.iter().fold(Formula::one(), |sum, o| sum.minus(o.clone()));
            left.map(|c| normal(&c.replace(&|a| (a == at).then(|| rest.clone()))))
        }
        _ => left.map(normal),
    };
    let core =
        |s: Sym| goods.iter().any(|g| g.activity == s) || factors.iter().any(|f| f.price == s || f.tasks.as_ref().is_some_and(|t| t.margin == s));
    if left.terms().any(|(s, _)| core(s)) { None } else { Some(left) }
}

fn normal(c: &Formula) -> Formula {
    polynomial(c).map_or_else(|| c.clone(), |p: Poly| p.to_formula())
}

/// φ by its name where it has one.
fn share_of(hats: &Hats, flows: &Flows, f: usize, n: usize, goods: &[CoreGood]) -> (Formula, Formula) {
    let name = hats.economy.factors.get(f).map(|x| x.name.to_string()).unwrap_or_default();
    let sum = Formula::sum(goods.iter().filter_map(|g| Some(g.made.clone().times(g.theta.get(n)?.clone()))));
    let sole = hats.economy.inside().count() == 1;
    let named = hats
        .atoms
        .iter()
        .find(|(at, a)| a.range == Range::Share && a.name == format!("factor_share[{name}]") && flows.named.iter().any(|x| x.atom == *at));
    match named {
        Some((at, _)) if sole => (Formula::atom(at), sum),
        _ => (sum.clone(), sum),
    }
}
