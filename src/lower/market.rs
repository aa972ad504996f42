//! Markets: `supply ≥ use ⟂ price ≥ 0`, for factors by country and for goods without a given price.

use super::Lowering;
use crate::expr::NodeId;
use crate::model::Key;
use crate::system::{Condition, OutsideBalance};
use std::sync::Arc;

impl Lowering<'_> {
    pub fn markets(&mut self) {
        for r in self.economy.inside().collect::<Vec<_>>() {
            for f in 0..self.economy.factors.len() {
                let Some(endowment) = self.economy.countries[r].endowments[f] else { continue };
                let supply = self.node(endowment);
                let terms = self.factor_use(f, r);
                let using = self.labelled_sum(&terms, "employment_share");
                let name = format!("market {}{}", self.economy.factors[f].name, self.within(r));
                let price = self.economy.quantity(Key::FactorPrice(f, r));
                let span = self.economy.written.get(&endowment).copied().or(Some(self.economy.factors[f].span));
                self.equation(name, Condition::Market, supply, using, price, span);
            }
        }
        for g in 0..self.economy.goods.len() {
            if self.economy.goods[g].given.is_some() {
                continue;
            }
            let places: Vec<Option<usize>> = if self.economy.goods[g].nontraded { self.economy.inside().map(Some).collect() } else { vec![None] };
            for place in places {
                let countries: Vec<usize> = match place {
                    Some(r) => vec![r],
                    None => self.economy.inside().collect(),
                };
                let (mut supply, mut using) = (Vec::new(), Vec::new());
                for r in countries {
                    supply.extend(self.good_supply(g, r));
                    using.extend(self.good_use(g, r));
                }
                let supply = self.labelled_sum(&supply, "supply_share");
                let using = self.labelled_sum(&using, "use_share");
                let name = format!("market {}{}", self.economy.goods[g].name, place.map(|r| self.within(r)).unwrap_or_default());
                let price = self.economy.good_price(g, place);
                let span = Some(self.economy.goods[g].span);
                self.equation(name, Condition::Market, supply, using, price, span);
            }
        }
        self.outside_balances();
    }

    /// What employs a factor in a country: its industries at home, and tasks done for others.
    pub fn factor_use(&mut self, f: usize, r: usize) -> Vec<(NodeId, Vec<Arc<str>>)> {
        let mut terms = Vec::new();
        for j in self.economy.industries_in(r).collect::<Vec<_>>() {
            let Some(per_unit) = self.inputs[j].factors.get(&f).copied() else { continue };
            let x = self.sym(Key::Activity(j));
            let work = match self.economy.line_of(f, j) {
                Some(l) => {
                    let (one, margin) = (self.constant(1.0), self.sym(Key::Margin(l)));
                    let stay = self.economy.dag.sub(one, margin);
                    self.economy.dag.prod(&[stay, per_unit, x])
                }
                None => self.economy.dag.mul(per_unit, x),
            };
            let mut label = vec![self.economy.factors[f].name.clone(), self.economy.industries[j].name.clone()];
            if self.economy.sole_country() != Some(r) {
                label.push(self.economy.countries[r].name.clone());
            }
            terms.push((work, label));
        }
        for l in 0..self.economy.lines.len() {
            let line = self.economy.lines[l].clone();
            if line.destination != r || self.economy.tasks[line.tasks].factor != f {
                continue;
            }
            let labor = self.sym(Key::ForeignLabor(l));
            for &j in &line.industries {
                let Some(per_unit) = self.inputs[j].factors.get(&f).copied() else { continue };
                let x = self.sym(Key::Activity(j));
                let ind = &self.economy.industries[j];
                let label = vec![
                    self.economy.factors[f].name.clone(),
                    ind.name.clone(),
                    self.economy.countries[ind.country].name.clone(),
                    self.economy.countries[r].name.clone(),
                ];
                terms.push((self.economy.dag.prod(&[labor, per_unit, x]), label));
            }
        }
        terms
    }

    fn good_label(&self, g: usize, what: &Arc<str>, r: usize) -> Vec<Arc<str>> {
        let mut label = vec![self.economy.goods[g].name.clone()];
        if *what != self.economy.goods[g].name {
            label.push(what.clone());
        }
        if self.economy.sole_country() != Some(r) {
            label.push(self.economy.countries[r].name.clone());
        }
        label
    }

    pub fn good_supply(&mut self, g: usize, r: usize) -> Vec<(NodeId, Vec<Arc<str>>)> {
        let makers = self.makers.get(&(g, r)).cloned().unwrap_or_default();
        makers
            .into_iter()
            .map(|j| {
                let label = self.good_label(g, &self.economy.industries[j].name.clone(), r);
                (self.sym(Key::Activity(j)), label)
            })
            .collect()
    }

    /// Final and intermediate use of a good in a country.
    pub fn good_use(&mut self, g: usize, r: usize) -> Vec<(NodeId, Vec<Arc<str>>)> {
        let last = self.final_demand(g, r);
        let mut terms = vec![(last, self.good_label(g, &"demand".into(), r))];
        for j in self.users.get(&(g, r)).cloned().unwrap_or_default() {
            let Some(per_unit) = self.inputs[j].goods.get(&g).copied() else { continue };
            let x = self.sym(Key::Activity(j));
            let label = self.good_label(g, &self.economy.industries[j].name.clone(), r);
            terms.push((self.economy.dag.mul(per_unit, x), label));
        }
        terms.retain(|(n, _)| !self.economy.dag.is_zero(*n));
        terms
    }

    /// Where prices are given: net exports of goods pay for tasks (without demand: value added pays factors and tasks).
    fn outside_balances(&mut self) {
        if self.economy.goods.iter().all(|g| g.given.is_none()) {
            return;
        }
        for r in self.economy.inside().collect::<Vec<_>>() {
            let has_demand = self.economy.households[r].is_some();
            let (mut exports, mut gross) = (Vec::new(), Vec::new());
            for g in 0..self.economy.goods.len() {
                let p = self.economy.good_price(g, Some(r));
                let p = self.node(p);
                let made: Vec<NodeId> = self.good_supply(g, r).into_iter().map(|t| t.0).collect();
                let made = self.economy.dag.sum(&made);
                let used: Vec<NodeId> = self.good_use(g, r).into_iter().map(|t| t.0).collect();
                let used = self.economy.dag.sum(&used);
                let net = self.economy.dag.sub(made, used);
                exports.push(self.economy.dag.mul(p, net));
                gross.push(self.economy.dag.mul(p, made));
            }
            let exports = self.economy.dag.sum(&exports);
            let mut payment = vec![self.payments(r)];
            if !has_demand {
                payment.push(self.sym(Key::Income(r)));
            }
            let payment = self.economy.dag.sum(&payment);
            gross.push(self.sym(Key::Income(r)));
            let scale = self.economy.dag.sum(&gross);
            self.system.outside_balances.push(OutsideBalance { exports, payment, scale });
        }
    }

    /// What a country pays for tasks done abroad, less what it earns by doing others'.
    pub fn payments(&mut self, r: usize) -> NodeId {
        let mut terms = Vec::new();
        for l in 0..self.economy.lines.len() {
            let line = self.economy.lines[l].clone();
            if line.origin == r {
                terms.push(self.task_imports(l));
            } else if line.destination == r {
                let earned = self.task_imports(l);
                terms.push(self.economy.dag.neg(earned));
            }
        }
        self.economy.dag.sum(&terms)
    }

    pub fn task_imports(&mut self, l: usize) -> NodeId {
        let line = self.economy.lines[l].clone();
        let away = self.price(self.economy.tasks[line.tasks].factor, line.destination);
        let (labor, bundles) = (self.sym(Key::ForeignLabor(l)), self.bundles(l));
        self.economy.dag.prod(&[away, labor, bundles])
    }

    /// Defines a quantity that only a reader asked for.
    pub fn on_demand(&mut self, key: &Key) {
        let node = match key {
            Key::Output(g, r) => {
                let terms = self.good_supply(*g, *r);
                self.labelled_sum(&terms, "output_share")
            }
            Key::Demand(g, r) => self.final_demand(*g, *r),
            Key::Use(g, r) => {
                let terms = self.good_use(*g, *r);
                self.labelled_sum(&terms, "use_share")
            }
            Key::Exports(g, r) => {
                let made = self.economy.output(*g, *r);
                let (made, used) = (self.node(made), self.sym(Key::Use(*g, *r)));
                self.economy.dag.sub(made, used)
            }
            Key::Balance(r) => {
                let mut terms = Vec::new();
                for g in 0..self.economy.goods.len() {
                    let p = self.economy.good_price(g, Some(*r));
                    let (p, net) = (self.node(p), self.sym(Key::Exports(g, *r)));
                    terms.push(self.economy.dag.mul(p, net));
                }
                let paid = self.payments(*r);
                terms.push(self.economy.dag.neg(paid));
                self.economy.dag.sum(&terms)
            }
            Key::InputPerUnit(what, j) => match self.input_by_key(what, *j) {
                Some((n, _)) => n,
                None => return,
            },
            Key::CostShare(what, j) => {
                let Some((per_unit, input)) = self.input_by_key(what, *j) else { return };
                let price = match input {
                    Some(i) => self.input_price(&i, super::cost::User::Industry(*j)),
                    None => self.sym(Key::NestPrice(what.clone(), *j)),
                };
                let value = self.economy.dag.mul(price, per_unit);
                let cost = self.sym(Key::UnitCost(*j));
                self.economy.dag.div(value, cost)
            }
            Key::EmploymentShare(f, j) => {
                let r = self.economy.industries[*j].country;
                let terms = self.factor_use(*f, r);
                let nodes: Vec<NodeId> = terms.iter().map(|t| t.0).collect();
                let total = self.economy.dag.sum(&nodes);
                let name = self.economy.industries[*j].name.clone();
                let own = terms.iter().find(|(_, label)| label.len() < 4 && label.get(1) == Some(&name)).map(|t| t.0);
                match own {
                    Some(own) => self.economy.dag.div(own, total),
                    None => self.constant(0.0),
                }
            }
            Key::ExpenditureShare(g, r) => {
                let p = self.economy.good_price(*g, Some(*r));
                let (p, d, y) = (self.node(p), self.final_demand(*g, *r), self.sym(Key::Income(*r)));
                let spent = self.economy.dag.mul(p, d);
                self.economy.dag.div(spent, y)
            }
            Key::OffshoredShare(l) => {
                let line = self.economy.lines[*l].clone();
                let away = self.price(self.economy.tasks[line.tasks].factor, line.destination);
                let labor = self.sym(Key::ForeignLabor(*l));
                let foreign = self.economy.dag.mul(labor, away);
                let bundle = self.sym(Key::TaskPrice(*l));
                self.economy.dag.div(foreign, bundle)
            }
            Key::MarginElasticity(l) => self.margin_elasticity(*l),
            Key::EmployedAbroad(l) => {
                let (labor, bundles) = (self.sym(Key::ForeignLabor(*l)), self.bundles(*l));
                self.economy.dag.mul(labor, bundles)
            }
            Key::TaskImports(l) => self.task_imports(*l),
            // All others are defined with the equations that need them.
            _ => return,
        };
        self.define(key.clone(), node);
    }
}
