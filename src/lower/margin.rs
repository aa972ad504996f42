//! Margins of offshoring: `κ(I) w* − w ⟂ 0 ≤ I ≤ 1`, `ω = (1 − I) w + K(I) w*`, `Ω = ω / w`.
//!
//! Where the cost jumps each step has a margin of its own, the share of its tasks that is done abroad. Where tasks replace each other with
//! elasticity ρ, `ω^(1−ρ) = (1 − I) w^(1−ρ) + ∫_0^I (κ(i) w*)^(1−ρ) di` (footnote 10).

use super::Lowering;
use crate::accounts::Margin;
use crate::expr::steps::{self, Step};
use crate::expr::{Cmp, Dag, Func, NEAR, Node, NodeId, Sym, differentiate, integrate};
use crate::model::Key;
use crate::system::Condition;
use rustc_hash::FxHashMap;

/// Tasks done abroad that lie side by side: from where, how wide a part of [0, 1] they are, and where it ends.
struct Portion {
    step: Step,
    width: NodeId,
    end: NodeId,
    /// κ̄, where tasks replace each other.
    mean: Option<NodeId>,
}

impl Lowering<'_> {
    pub fn margins(&mut self) {
        let accounts = self.accounts;
        for (_, m) in accounts.margins() {
            let [home, away] = [m.home, m.away].map(|e| accounts.entry(e));
            let mut portions = self.portions(m);
            if let Some(rho) = m.substitution {
                for (k, p) in portions.iter_mut().enumerate() {
                    let mean = self.mean_cost(m, p, rho);
                    p.mean = Some(self.define(Key::MeanCost(m.line, k), mean));
                }
            }
            let bundle = match m.substitution {
                None => {
                    let labor = self.labor(m, &portions);
                    self.settle(m.abroad, labor);
                    let domestic = self.economy.dag.mul(home.amount.node(), home.paid);
                    let foreign = self.economy.dag.mul(away.amount.node(), away.paid);
                    self.economy.dag.sum(&[domestic, foreign])
                }
                Some(rho) => {
                    let labor = self.labor(m, &portions);
                    self.settle(m.abroad, labor);
                    let (mut weights, mut prices) = (vec![m.stay], vec![home.paid]);
                    for p in &portions {
                        let Some(mean) = p.mean else { continue };
                        weights.push(p.width);
                        prices.push(self.economy.dag.mul(mean, away.paid));
                    }
                    self.economy.dag.ces(rho, &weights, &prices)
                }
            };
            let bundle = self.settle(m.price, bundle);
            let bill = self.economy.dag.div(bundle, home.paid);
            let bill = self.settle(m.bill, bill);
            // Where Ω is taken as given, the bundle costs w Ω.
            let given = self.economy.dag.mul(home.paid, bill);
            self.system.alternatives.insert(m.price, given);

            let origin = accounts.activity(home.by).origin;
            if m.steps.is_empty() {
                let at = self.node(m.at);
                let cost = self.at_margin(m.cost, m.task, at);
                let left = self.economy.dag.mul(cost, away.paid);
                let name = format!("margin {}", self.economy.info(m.at).name);
                self.equation(name, Condition::Margin, left, home.paid, m.at, origin);
            } else {
                self.step_margins(m, &portions);
            }
        }
    }

    /// A margin for each step, and I as what they add up to.
    fn step_margins(&mut self, m: &Margin, portions: &[Portion]) {
        let accounts = self.accounts;
        let [home, away] = [m.home, m.away].map(|e| accounts.entry(e));
        let origin = accounts.activity(home.by).origin;
        let one = self.constant(1.0);
        let (mut gone, mut left_at_home) = (Vec::new(), Vec::new());
        for ((step, share), portion) in m.steps.iter().zip(portions) {
            let cost = self.at_margin(step.value, m.task, portion.end);
            let left = self.economy.dag.mul(cost, away.paid);
            let name = format!("margin {}", self.economy.info(*share).name);
            self.equation(name, Condition::Margin, left, home.paid, *share, origin);
            gone.push(portion.width);
            let share = self.node(*share);
            let rest = self.economy.dag.sub(one, share);
            let wide = self.economy.dag.sub(step.to, step.from);
            left_at_home.push(self.economy.dag.mul(wide, rest));
        }
        let offshored = self.economy.dag.sum(&gone);
        let at = self.settle(m.at, offshored);
        if let Node::Sym(stay) = *self.economy.dag.node(m.stay) {
            let sum = self.economy.dag.sum(&left_at_home);
            self.settle(stay, sum);
            // Where I is taken as given, all is written in it.
            let rest = self.economy.dag.sub(one, at);
            self.system.alternatives.insert(stay, rest);
        }
        let up_to: Vec<Portion> = m
            .steps
            .iter()
            .zip(portions)
            .map(|((step, _), own)| {
                let below = self.economy.dag.min(&[at, step.to]);
                let end = self.economy.dag.max(&[below, step.from]);
                let width = self.economy.dag.sub(end, step.from);
                Portion { step: *step, width, end, mean: own.mean }
            })
            .collect();
        let labor = self.labor(m, &up_to);
        self.system.alternatives.insert(m.abroad, labor);
        self.system.steps.insert(m.at, m.steps.iter().map(|s| s.1).collect());
    }

    /// What is done abroad, in parts over which the cost does not jump.
    fn portions(&mut self, m: &Margin) -> Vec<Portion> {
        if m.steps.is_empty() {
            let (at, zero, one) = (self.node(m.at), self.constant(0.0), self.constant(1.0));
            return vec![Portion { step: Step { from: zero, to: one, value: m.cost }, width: at, end: at, mean: None }];
        }
        let mut out = Vec::new();
        for (step, share) in &m.steps {
            let share = self.node(*share);
            let wide = self.economy.dag.sub(step.to, step.from);
            let width = self.economy.dag.mul(wide, share);
            let end = self.economy.dag.add(step.from, width);
            out.push(Portion { step: *step, width, end, mean: None });
        }
        out
    }

    /// Foreign labor per unit of the bundle: `∫ κ`, or `Σ width κ̄ (ω/(κ̄ w*))^ρ` where tasks replace each other.
    fn labor(&mut self, m: &Margin, portions: &[Portion]) -> NodeId {
        let mut parts = Vec::new();
        for p in portions {
            parts.push(match m.substitution {
                None if m.steps.is_empty() => integrate::integral(&mut self.economy.dag, m.cost, m.task, p.end),
                None => steps::between(&mut self.economy.dag, &p.step, m.task, p.end, p.width),
                Some(rho) => {
                    let mean = p.mean.unwrap_or(p.step.value);
                    let wage = self.accounts.entry(m.away).paid;
                    let abroad = self.economy.dag.mul(mean, wage);
                    let bundle = self.node(m.price);
                    let relative = self.economy.dag.div(bundle, abroad);
                    let towards = self.economy.dag.pow(relative, rho);
                    self.economy.dag.prod(&[p.width, mean, towards])
                }
            });
        }
        self.economy.dag.sum(&parts)
    }

    /// κ̄, the mean of order 1 − ρ of the cost over a portion: `(∫_0^1 κ(from + width u)^(1−ρ) du)^(1/(1−ρ))`; the geometric mean at ρ = 1.
    fn mean_cost(&mut self, m: &Margin, p: &Portion, rho: NodeId) -> NodeId {
        if !self.economy.dag.symbols(&[p.step.value]).contains(&m.task) {
            return p.step.value;
        }
        let dag = &mut self.economy.dag;
        let u = dag.sym(m.task);
        let shift = dag.mul(p.width, u);
        let at = dag.add(p.step.from, shift);
        let map: FxHashMap<Sym, NodeId> = std::iter::once((m.task, at)).collect();
        let cost = dag.substitute(p.step.value, &map);
        let one = dag.constant(1.0);
        let order = dag.sub(one, rho);
        let zero = dag.constant(0.0);
        let known = dag.as_const(order);
        // Of the two ways to write it only the one that holds is integrated: an integral up to 0 costs nothing.
        let choice = |dag: &mut Dag, then: NodeId, otherwise: NodeId| match known {
            Some(r) => {
                if r.abs() <= NEAR {
                    then
                } else {
                    otherwise
                }
            }
            None => dag.intern(Node::Select { cmp: Cmp::Near, a: order, b: zero, then, otherwise }),
        };
        let (near_one, elsewhere) = (choice(dag, one, zero), choice(dag, zero, one));
        let integral = |dag: &mut Dag, body: NodeId, upper: NodeId| dag.intern(Node::Quad { var: m.task, body, upper });
        // Next to ρ = 1 powers lose their digits: ln κ̄ = E ln κ + (1 − ρ)/2 · variance + (1 − ρ)²/6 · third cumulant + …
        let log = dag.func(Func::Ln, cost);
        let (squared, cubed) = (dag.mul(log, log), dag.prod(&[log, log, log]));
        let [first, second, third] = [log, squared, cubed].map(|body| integral(dag, body, near_one));
        let [half, minus_three, two, sixth] = [0.5, -3.0, 2.0, 1.0 / 6.0].map(|v| dag.constant(v));
        let subtracted = dag.mul(first, first);
        let variance = dag.sub(second, subtracted);
        let (mixed, alone) = (dag.prod(&[minus_three, first, second]), dag.prod(&[two, first, first, first]));
        let cumulant = dag.sum(&[third, mixed, alone]);
        let (bent, skewed) = (dag.prod(&[half, order, variance]), dag.prod(&[sixth, order, order, cumulant]));
        let exponent = dag.sum(&[first, bent, skewed]);
        let near = dag.func(Func::Exp, exponent);
        // Where it does not hold it is finite all the same.
        let power = choice(dag, one, order);
        let raised = dag.pow(cost, power);
        let sum = integral(dag, raised, elsewhere);
        let sum = choice(dag, one, sum);
        let inverse = dag.div(one, power);
        let plain = dag.pow(sum, inverse);
        choice(dag, near, plain)
    }

    /// An expression in the task, at the margin.
    fn at_margin(&mut self, node: NodeId, task: Sym, at: NodeId) -> NodeId {
        let map: FxHashMap<Sym, NodeId> = std::iter::once((task, at)).collect();
        self.economy.dag.substitute(node, &map)
    }

    /// Elasticity of cost with respect to 1 − I: `κ′(I)(1 − I)/κ(I)`.
    pub fn margin_elasticity(&mut self, m: &Margin) -> NodeId {
        let at = self.node(m.at);
        let slope = differentiate::derivative(&mut self.economy.dag, m.cost, m.task);
        let (slope, cost) = (self.at_margin(slope, m.task, at), self.at_margin(m.cost, m.task, at));
        let top = self.economy.dag.mul(slope, m.stay);
        self.economy.dag.div(top, cost)
    }
}
