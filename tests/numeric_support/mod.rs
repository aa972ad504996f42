//! Economies for the solver's tests, lowered by hand.
#![allow(dead_code)]

pub mod check;

use rustc_hash::FxHashMap;
use tasktrade::expr::differentiate::input_coefficient;
use tasktrade::expr::integrate::integral;
use tasktrade::expr::{Node, NodeId, Sym, TablePart};
use tasktrade::system::{Condition, Equation, OutsideBalance, Quantity, Role, SetAside, SymInfo, System};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input {
    Factor(usize),
    Good(usize),
}

#[derive(Clone, Debug)]
pub enum Schedule {
    Linear(f64, f64),
    Power(f64, f64),
    Exp(f64),
    Pole(f64),
    Points(Vec<(f64, f64)>),
}

#[derive(Clone, Debug, Default)]
pub struct Good {
    pub price: Option<f64>,
    pub nontraded: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Country {
    pub endowment: Vec<f64>,
    /// Given factor prices: the country is outside.
    pub outside: Option<Vec<f64>>,
    pub productivity: f64,
}

#[derive(Clone, Debug)]
pub struct Industry {
    pub good: usize,
    pub country: usize,
    pub sigma: f64,
    pub inputs: Vec<(Input, f64)>,
    /// Unit cost `Π (p/d)^d`.
    pub textbook: bool,
}

#[derive(Clone, Debug)]
pub struct Tasks {
    pub factor: usize,
    pub home: usize,
    pub abroad: usize,
    pub beta: f64,
    pub schedule: Schedule,
    pub only: Option<Vec<usize>>,
}

#[derive(Clone, Debug, Default)]
pub struct Spec {
    pub factors: usize,
    pub goods: Vec<Good>,
    pub countries: Vec<Country>,
    pub industries: Vec<Industry>,
    pub tasks: Vec<Tasks>,
    /// Elasticity and weights.
    pub demand: Option<(f64, Vec<f64>)>,
    pub numeraire: Option<usize>,
}

pub struct Lowered {
    pub system: System,
    pub names: FxHashMap<String, Sym>,
}

impl Lowered {
    pub fn sym(&self, name: &str) -> Sym {
        *self.names.get(name).unwrap_or_else(|| panic!("no {name}"))
    }
}

#[derive(Default)]
pub struct Build {
    pub s: System,
    pub names: FxHashMap<String, Sym>,
}

impl Build {
    pub fn add(&mut self, name: &str, role: Role, quantity: Quantity) -> NodeId {
        let sym = Sym(self.s.syms.len() as u32);
        self.s.syms.push(SymInfo {
            name: name.into(),
            display: name.into(),
            latex: name.into(),
            meaning: String::new(),
            role,
            quantity,
            origin: None,
        });
        self.names.insert(name.into(), sym);
        self.s.dag.sym(sym)
    }

    pub fn param(&mut self, name: &str, value: f64) -> NodeId {
        self.add(name, Role::Parameter(value), Quantity::Declared)
    }

    pub fn define(&mut self, name: &str, node: NodeId) -> NodeId {
        self.add(name, Role::Definition(node), Quantity::Named)
    }

    pub fn unknown(&mut self, name: &str, lower: f64, upper: f64) -> NodeId {
        self.add(name, Role::Unknown { lower, upper, start: None }, Quantity::Variable)
    }

    pub fn equation(&mut self, name: &str, condition: Condition, left: NodeId, right: NodeId, partner: &str, complementary: bool) {
        let partner = self.names.get(partner).copied();
        self.s.equations.push(Equation { name: name.into(), condition, left, right, partner, complementary, origin: None });
    }

    pub fn done(self) -> Lowered {
        Lowered { system: self.s, names: self.names }
    }

    fn schedule(&mut self, schedule: &Schedule, i: NodeId) -> NodeId {
        let d = &mut self.s.dag;
        match schedule {
            Schedule::Linear(a, b) => {
                let (a, b) = (d.constant(*a), d.constant(*b));
                let t = d.mul(b, i);
                d.add(a, t)
            }
            Schedule::Power(k, g) => {
                let (k, g, one) = (d.constant(*k), d.constant(*g), d.constant(1.0));
                let p = d.pow(i, g);
                let t = d.mul(k, p);
                d.add(one, t)
            }
            Schedule::Exp(k) => {
                let k = d.constant(*k);
                let t = d.mul(k, i);
                d.func(tasktrade::expr::Func::Exp, t)
            }
            Schedule::Pole(g) => {
                let (g, one) = (d.constant(-*g), d.constant(1.0));
                let t = d.sub(one, i);
                d.pow(t, g)
            }
            Schedule::Points(points) => {
                let knots: Vec<NodeId> = points.iter().flat_map(|(x, y)| [*x, *y]).map(|v| d.constant(v)).collect();
                d.intern(Node::Table { smooth: false, part: TablePart::Value, x: i, knots: knots.into() })
            }
        }
    }
}

struct TaskNodes {
    margin: NodeId,
    paid: NodeId,
    kappa_sum: NodeId,
    used: Vec<NodeId>,
}

/// Writes the economy as a complementarity problem: unknowns are factor prices, free goods prices, activities, margins.
pub fn lower(spec: &Spec) -> Lowered {
    let mut b = Build::default();
    let inf = f64::INFINITY;
    let mut w: FxHashMap<(usize, usize), NodeId> = FxHashMap::default();
    let mut endowment: FxHashMap<(usize, usize), NodeId> = FxHashMap::default();
    for (c, country) in spec.countries.iter().enumerate() {
        for f in 0..spec.factors {
            let name = format!("w[{f},{c}]");
            match &country.outside {
                Some(prices) => {
                    if let Some(p) = prices.get(f).filter(|p| **p > 0.0) {
                        let node = b.param(&name, *p);
                        b.s.anchors.push(b.names[&name]);
                        w.insert((f, c), node);
                    }
                }
                None => {
                    if let Some(e) = country.endowment.get(f).filter(|e| **e > 0.0) {
                        w.insert((f, c), b.unknown(&name, 0.0, inf));
                        endowment.insert((f, c), b.param(&format!("L[{f},{c}]"), *e));
                    }
                }
            }
        }
    }
    let inside: Vec<usize> = (0..spec.countries.len()).filter(|c| spec.countries[*c].outside.is_none()).collect();
    let mut price: FxHashMap<(usize, usize), NodeId> = FxHashMap::default();
    for (g, good) in spec.goods.iter().enumerate() {
        if good.nontraded {
            for &c in &inside {
                price.insert((g, c), b.unknown(&format!("p[{g},{c}]"), 0.0, inf));
            }
            continue;
        }
        let name = format!("p[{g}]");
        let given = good.price.or((spec.numeraire == Some(g)).then_some(1.0));
        let node = match given {
            Some(value) => {
                let node = b.param(&name, value);
                b.s.anchors.push(b.names[&name]);
                node
            }
            None => b.unknown(&name, 0.0, inf),
        };
        for c in 0..spec.countries.len() {
            price.insert((g, c), node);
        }
    }
    let mut task_nodes: Vec<TaskNodes> = Vec::new();
    for (t, tasks) in spec.tasks.iter().enumerate() {
        let beta_name = format!("beta[{t}]");
        let beta = match b.names.get(&beta_name) {
            Some(s) => b.s.dag.sym(*s),
            None => b.param(&beta_name, tasks.beta),
        };
        let margin = b.unknown(&format!("I[{t}]"), 0.0, 1.0);
        let var = b.add(&format!("i{t}"), Role::Bound, Quantity::Hidden);
        let var_sym = b.names[&format!("i{t}")];
        let schedule = b.schedule(&tasks.schedule, var);
        let cost = b.s.dag.mul(beta, schedule);
        let sum = integral(&mut b.s.dag, cost, var_sym, margin);
        let mut map = FxHashMap::default();
        map.insert(var_sym, margin);
        let kappa = b.s.dag.substitute(cost, &map);
        let (wh, wf) = (w[&(tasks.factor, tasks.home)], w[&(tasks.factor, tasks.abroad)]);
        let one = b.s.dag.constant(1.0);
        let rest = b.s.dag.sub(one, margin);
        let (own, foreign) = (b.s.dag.mul(rest, wh), b.s.dag.mul(sum, wf));
        let omega = b.s.dag.add(own, foreign);
        let paid = b.define(&format!("omega[{t}]"), omega);
        let ratio = b.s.dag.div(paid, wh);
        b.define(&format!("Omega[{t}]"), ratio);
        let left = b.s.dag.mul(kappa, wf);
        b.equation(&format!("margin {t}"), Condition::Margin, left, wh, &format!("I[{t}]"), true);
        task_nodes.push(TaskNodes { margin, paid, kappa_sum: sum, used: Vec::new() });
    }
    let mut factor_use: FxHashMap<(usize, usize), Vec<NodeId>> = FxHashMap::default();
    let mut good_use: FxHashMap<(usize, usize), Vec<NodeId>> = FxHashMap::default();
    let mut supply: FxHashMap<(usize, usize), Vec<NodeId>> = FxHashMap::default();
    let place = |g: usize, c: usize| if spec.goods[g].nontraded { (g, c) } else { (g, usize::MAX) };
    for (j, industry) in spec.industries.iter().enumerate() {
        let (g, c) = (industry.good, industry.country);
        let x = b.unknown(&format!("x[{j}]"), 0.0, inf);
        let sigma = b.param(&format!("sigma[{j}]"), industry.sigma);
        let (mut weights, mut prices, mut task_of) = (Vec::new(), Vec::new(), Vec::new());
        for (k, (input, weight)) in industry.inputs.iter().enumerate() {
            weights.push(b.param(&format!("d[{j},{k}]"), *weight));
            let task = spec
                .tasks
                .iter()
                .position(|t| *input == Input::Factor(t.factor) && t.home == c && t.only.as_ref().is_none_or(|only| only.contains(&g)));
            task_of.push(task);
            prices.push(match (input, task) {
                (_, Some(t)) => task_nodes[t].paid,
                (Input::Factor(f), _) => w[&(*f, c)],
                (Input::Good(h), _) => price[&(*h, c)],
            });
        }
        let nest = b.s.dag.ces(sigma, &weights, &prices);
        let nest = b.define(&format!("nest[{j}]"), nest);
        let mut scale = 1.0 / if spec.countries[c].productivity > 0.0 { spec.countries[c].productivity } else { 1.0 };
        if industry.textbook {
            scale *= industry.inputs.iter().map(|(_, d)| d.powf(-d)).product::<f64>();
        }
        let scale = b.param(&format!("scale[{j}]"), scale);
        let cost = b.s.dag.mul(scale, nest);
        let cost = b.define(&format!("c[{j}]"), cost);
        b.equation(&format!("zero profit {j}"), Condition::ZeroProfit, cost, price[&(g, c)], &format!("x[{j}]"), true);
        supply.entry(place(g, c)).or_default().push(x);
        for (k, (input, _)) in industry.inputs.iter().enumerate() {
            let a = input_coefficient(&mut b.s.dag, nest, sigma, weights[k], prices[k]);
            let used = b.s.dag.prod(&[scale, a, x]);
            match (input, task_of[k]) {
                (_, Some(t)) => task_nodes[t].used.push(used),
                (Input::Factor(f), _) => factor_use.entry((*f, c)).or_default().push(used),
                (Input::Good(h), _) => good_use.entry(place(*h, c)).or_default().push(used),
            }
        }
    }
    let mut payments = Vec::new();
    for (t, tasks) in spec.tasks.iter().enumerate() {
        let total = b.s.dag.sum(&task_nodes[t].used.clone());
        let total = b.define(&format!("E[{t}]"), total);
        let one = b.s.dag.constant(1.0);
        let rest = b.s.dag.sub(one, task_nodes[t].margin);
        let home = b.s.dag.mul(rest, total);
        let abroad = b.s.dag.mul(task_nodes[t].kappa_sum, total);
        factor_use.entry((tasks.factor, tasks.home)).or_default().push(home);
        factor_use.entry((tasks.factor, tasks.abroad)).or_default().push(abroad);
        let wf = w[&(tasks.factor, tasks.abroad)];
        payments.push(b.s.dag.mul(abroad, wf));
    }
    let mut keys: Vec<_> = endowment.keys().copied().collect();
    keys.sort_unstable();
    for (f, c) in keys {
        let used = b.s.dag.sum(&factor_use.get(&(f, c)).cloned().unwrap_or_default());
        b.equation(&format!("market of factor {f} in {c}"), Condition::Market, endowment[&(f, c)], used, &format!("w[{f},{c}]"), true);
    }
    let mut incomes = Vec::new();
    let mut demands: FxHashMap<(usize, usize), Vec<NodeId>> = FxHashMap::default();
    if let Some((epsilon, shares)) = &spec.demand {
        let epsilon = b.param("epsilon", *epsilon);
        let total: f64 = shares.iter().sum();
        let weights: Vec<NodeId> = shares.iter().enumerate().map(|(g, a)| b.param(&format!("alpha[{g}]"), a / total)).collect();
        for &c in &inside {
            let mut terms = Vec::new();
            for f in 0..spec.factors {
                if let Some(e) = endowment.get(&(f, c)) {
                    terms.push(b.s.dag.mul(*e, w[&(f, c)]));
                }
            }
            let income = b.s.dag.sum(&terms);
            let income = b.define(&format!("Y[{c}]"), income);
            incomes.push(income);
            let prices: Vec<NodeId> = (0..spec.goods.len()).map(|g| price[&(g, c)]).collect();
            let index = b.s.dag.ces(epsilon, &weights, &prices);
            let index = b.define(&format!("P[{c}]"), index);
            let welfare = b.s.dag.div(income, index);
            let welfare = b.define(&format!("U[{c}]"), welfare);
            for g in 0..spec.goods.len() {
                let a = input_coefficient(&mut b.s.dag, index, epsilon, weights[g], prices[g]);
                let d = b.s.dag.mul(a, welfare);
                let d = b.define(&format!("D[{g},{c}]"), d);
                demands.entry(place(g, c)).or_default().push(d);
            }
        }
    }
    let world = b.s.dag.sum(&incomes);
    let world = b.define("world income", world);
    for (g, good) in spec.goods.iter().enumerate() {
        let places: Vec<(usize, usize)> = if good.nontraded { inside.iter().map(|c| (g, *c)).collect() } else { vec![(g, usize::MAX)] };
        for at in places {
            let made = b.s.dag.sum(&supply.get(&at).cloned().unwrap_or_default());
            let mut uses = demands.get(&at).cloned().unwrap_or_default();
            uses.extend(good_use.get(&at).cloned().unwrap_or_default());
            let used = b.s.dag.sum(&uses);
            let partner = if good.nontraded { format!("p[{g},{}]", at.1) } else { format!("p[{g}]") };
            let equation = Equation {
                name: format!("market of good {g}"),
                condition: Condition::Market,
                left: made,
                right: used,
                partner: b.names.get(&partner).copied(),
                complementary: true,
                origin: None,
            };
            if spec.numeraire == Some(g) {
                b.s.set_aside = Some(SetAside { equation, place: 0, scale: world, price: price[&(g, 0)] });
            } else if good.price.is_none() {
                b.s.equations.push(equation);
            }
        }
    }
    if spec.goods.iter().any(|g| g.price.is_some()) && spec.demand.is_some() && spec.goods.iter().all(|g| g.price.is_some() || g.nontraded) {
        let (mut exports, mut gross) = (Vec::new(), Vec::new());
        for g in 0..spec.goods.len() {
            if spec.goods[g].nontraded {
                continue;
            }
            let at = place(g, 0);
            for x in supply.get(&at).cloned().unwrap_or_default() {
                let v = b.s.dag.mul(price[&(g, 0)], x);
                exports.push(v);
                gross.push(v);
            }
            for x in demands.get(&at).into_iter().chain(good_use.get(&at)).flatten().copied().collect::<Vec<_>>() {
                let v = b.s.dag.mul(price[&(g, 0)], x);
                exports.push(b.s.dag.neg(v));
            }
        }
        let exports = b.s.dag.sum(&exports);
        let payment = b.s.dag.sum(&payments);
        let scale = b.s.dag.sum(&gross);
        b.s.outside_balances.push(OutsideBalance { exports, payment, scale });
    }
    b.done()
}
