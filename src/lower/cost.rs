//! Unit costs and inputs per unit of output, by nest; productivity divides them.

use super::Lowering;
use crate::expr::{NodeId, Sym};
use crate::model::{Input, Key, Nest, Shape};
use crate::system::SumLabel;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What an industry uses per unit of output.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub factors: FxHashMap<usize, NodeId>,
    pub goods: FxHashMap<usize, NodeId>,
    pub nests: FxHashMap<Arc<str>, NodeId>,
}

/// Who uses a nest: an industry, or the household of a country.
#[derive(Clone, Copy)]
pub enum User {
    Industry(usize),
    Household(usize),
}

impl Lowering<'_> {
    pub fn costs(&mut self) {
        for j in 0..self.economy.industries.len() {
            let ind = self.economy.industries[j].clone();
            let productivity: Vec<NodeId> =
                [self.economy.countries[ind.country].productivity, ind.productivity].into_iter().flatten().map(|s| self.economy.dag.sym(s)).collect();
            let productivity = self.economy.dag.prod(&productivity);
            let user = User::Industry(j);
            let bundle = self.nest_price(&ind.form, user);
            let cost = self.economy.dag.div(bundle, productivity);
            self.define(Key::UnitCost(j), cost);
            let one = self.constant(1.0);
            let per_unit = self.economy.dag.div(one, productivity);
            let mut inputs = Inputs::default();
            self.inputs_of(&ind.form, user, bundle, per_unit, &mut inputs);
            // Kept by name, so that each is evaluated once and equations stay short.
            for (key, amount) in named_inputs(self, &inputs) {
                let node = self.define(Key::InputPerUnit(key.0, j), amount);
                match key.1 {
                    Input::Factor(f) => inputs.factors.insert(f, node),
                    Input::Good(g) => inputs.goods.insert(g, node),
                    Input::Nest(_) => None,
                };
            }
            self.inputs.push(inputs);
        }
    }

    /// Price of an input as its user pays it: a factor's tasks cost ω, not w.
    pub fn input_price(&mut self, input: &Input, user: User) -> NodeId {
        match (input, user) {
            (Input::Factor(f), User::Industry(j)) => match self.economy.line_of(*f, j) {
                Some(l) => self.sym(Key::TaskPrice(l)),
                None => {
                    let country = self.economy.industries[j].country;
                    self.price(*f, country)
                }
            },
            (Input::Factor(f), User::Household(r)) => self.price(*f, r),
            (Input::Good(g), user) => {
                let r = match user {
                    User::Industry(j) => self.economy.industries[j].country,
                    User::Household(r) => r,
                };
                let s = self.economy.good_price(*g, Some(r));
                self.node(s)
            }
            (Input::Nest(n), user) => {
                let price = self.nest_price(n, user);
                match (user, &n.name) {
                    (User::Industry(j), Some(name)) => self.define(Key::NestPrice(name.clone(), j), price),
                    _ => price,
                }
            }
        }
    }

    /// Unit cost of a nest before productivity.
    pub fn nest_price(&mut self, nest: &Nest, user: User) -> NodeId {
        let prices: Vec<NodeId> = nest.inputs.iter().map(|i| self.input_price(&i.what, user)).collect();
        let weights: Vec<NodeId> = nest.inputs.iter().map(|i| i.weight).collect();
        let ces = self.economy.dag.ces(nest.sigma, &weights, &prices);
        let terms = nest.inputs.iter().map(|i| self.label(&i.what, user)).collect();
        let family = if matches!(user, User::Household(_)) { "expenditure_share" } else { "cost_share" };
        self.system.ces_labels.insert(ces, SumLabel { family, terms });
        // The level of a household's own expenditure function cancels; that of a nest inside it does not.
        let outermost = matches!(user, User::Household(_)) && nest.name.is_none();
        if nest.shape != Shape::CobbDouglas || outermost {
            return ces;
        }
        // The textbook production function Π v^d costs Π (p/d)^d.
        let scale: Vec<NodeId> = weights
            .iter()
            .map(|&d| {
                let minus = self.economy.dag.neg(d);
                self.economy.dag.pow(d, minus)
            })
            .collect();
        let scale = self.economy.dag.prod(&scale);
        self.economy.dag.mul(scale, ces)
    }

    fn label(&self, input: &Input, user: User) -> Vec<String> {
        let key = match input {
            Input::Factor(f) => self.economy.factors[*f].name.to_string(),
            Input::Good(g) => self.economy.goods[*g].name.to_string(),
            Input::Nest(n) => n.name.clone().unwrap_or_default().to_string(),
        };
        match user {
            User::Industry(j) => {
                let ind = &self.economy.industries[j];
                let mut label = vec![key, ind.name.to_string()];
                if self.economy.sole_country() != Some(ind.country) {
                    label.push(self.economy.countries[ind.country].name.to_string());
                }
                label
            }
            User::Household(r) => {
                let mut label = vec![key];
                if self.economy.sole_country() != Some(r) {
                    label.push(self.economy.countries[r].name.to_string());
                }
                label
            }
        }
    }

    /// Adds what a nest of price `price` uses when `amount` of it is used: `a_k = d_k (c/p_k)^σ`, the cost function's derivative.
    pub fn inputs_of(&mut self, nest: &Nest, user: User, price: NodeId, amount: NodeId, into: &mut Inputs) {
        for i in &nest.inputs {
            let p = self.input_price(&i.what, user);
            let relative = self.economy.dag.div(price, p);
            let substituted = self.economy.dag.pow(relative, nest.sigma);
            let used = self.economy.dag.prod(&[amount, i.weight, substituted]);
            match &i.what {
                Input::Factor(f) => self.add_input(used, into, |x| &mut x.factors, *f),
                Input::Good(g) => self.add_input(used, into, |x| &mut x.goods, *g),
                Input::Nest(n) => {
                    if let Some(name) = &n.name {
                        into.nests.insert(name.clone(), used);
                    }
                    // The named nest's own unit cost, as the equations see it.
                    let inner = match (user, &n.name) {
                        (User::Industry(_), Some(_)) => p,
                        _ => self.nest_price(n, user),
                    };
                    self.inputs_of(n, user, inner, used, into);
                }
            }
        }
    }

    fn add_input(&mut self, used: NodeId, into: &mut Inputs, table: impl Fn(&mut Inputs) -> &mut FxHashMap<usize, NodeId>, key: usize) {
        let before = table(into).get(&key).copied();
        let total = match before {
            Some(b) => self.economy.dag.add(b, used),
            None => used,
        };
        table(into).insert(key, total);
    }

    /// Use of an input by its key per unit of output, nests included.
    pub fn input_by_key(&self, key: &str, j: usize) -> Option<(NodeId, Option<Input>)> {
        let inputs = &self.inputs[j];
        if let Some(f) = self.economy.factor_named(key) {
            return inputs.factors.get(&f).map(|&n| (n, Some(Input::Factor(f))));
        }
        if let Some(g) = self.economy.good_named(key) {
            return inputs.goods.get(&g).map(|&n| (n, Some(Input::Good(g))));
        }
        inputs.nests.get(key).map(|&n| (n, None))
    }

    pub fn markup(&mut self, j: usize) -> Option<Sym> {
        self.economy.industries[j].markup
    }
}

/// Inputs by name, in a fixed order.
fn named_inputs(l: &Lowering, inputs: &Inputs) -> Vec<((Arc<str>, Input), NodeId)> {
    let mut factors: Vec<_> = inputs.factors.iter().map(|(&f, &n)| (f, n)).collect();
    let mut goods: Vec<_> = inputs.goods.iter().map(|(&g, &n)| (g, n)).collect();
    factors.sort_unstable();
    goods.sort_unstable();
    let factors = factors.into_iter().map(|(f, n)| ((l.economy.factors[f].name.clone(), Input::Factor(f)), n));
    factors.chain(goods.into_iter().map(|(g, n)| ((l.economy.goods[g].name.clone(), Input::Good(g)), n))).collect()
}
