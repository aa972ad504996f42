//! Margins of offshoring: `κ(I) w* − w ⟂ 0 ≤ I ≤ 1`, `ω = (1 − I) w + K(I) w*`, `Ω = ω / w`.

use super::Lowering;
use crate::expr::{NodeId, Sym, differentiate, integrate};
use crate::model::Key;
use crate::system::Condition;
use rustc_hash::FxHashMap;

impl Lowering<'_> {
    pub fn margins(&mut self) {
        for l in 0..self.economy.lines.len() {
            let line = self.economy.lines[l].clone();
            let factor = self.economy.tasks[line.tasks].factor;
            let margin = self.economy.quantity(Key::Margin(l));
            let at = self.node(margin);
            let home = self.price(factor, line.origin);
            let away = self.price(factor, line.destination);

            let labor = integrate::integral(&mut self.economy.dag, line.cost, line.task, at);
            let labor = self.define(Key::ForeignLabor(l), labor);
            let one = self.constant(1.0);
            let stay = self.economy.dag.sub(one, at);
            let domestic = self.economy.dag.mul(stay, home);
            let foreign = self.economy.dag.mul(labor, away);
            let terms = [(domestic, vec![line_name(self, l), "home".into()]), (foreign, vec![line_name(self, l), "abroad".into()])];
            let bundle = self.labelled_sum(&terms, "task_share");
            let bundle = self.define(Key::TaskPrice(l), bundle);
            let bill = self.economy.dag.div(bundle, home);
            let bill = self.define(Key::Bill(l), bill);
            // Where Ω is taken as given, the bundle costs w Ω.
            let given = self.economy.dag.mul(home, bill);
            let task_price = self.economy.quantity(Key::TaskPrice(l));
            self.system.alternatives.insert(task_price, given);

            let cost = self.at_margin(line.cost, line.task, at);
            let left = self.economy.dag.mul(cost, away);
            let name = format!("margin {}", self.economy.info(margin).name);
            self.equation(name, Condition::Margin, left, home, margin, Some(line.span));
        }
    }

    /// The price of a factor in a country; zero where an outside country gives none, which `check` refuses.
    pub fn price(&mut self, factor: usize, country: usize) -> NodeId {
        match self.economy.factor_price(factor, country) {
            Some(s) => self.node(s),
            None => self.constant(0.0),
        }
    }

    /// An expression in the task, at the margin.
    pub fn at_margin(&mut self, node: NodeId, task: Sym, at: NodeId) -> NodeId {
        let map: FxHashMap<Sym, NodeId> = std::iter::once((task, at)).collect();
        self.economy.dag.substitute(node, &map)
    }

    /// Elasticity of cost with respect to 1 − I: `κ′(I)(1 − I)/κ(I)`.
    pub fn margin_elasticity(&mut self, l: usize) -> NodeId {
        let line = self.economy.lines[l].clone();
        let at = self.sym(Key::Margin(l));
        let slope = differentiate::derivative(&mut self.economy.dag, line.cost, line.task);
        let (slope, cost) = (self.at_margin(slope, line.task, at), self.at_margin(line.cost, line.task, at));
        let one = self.constant(1.0);
        let stay = self.economy.dag.sub(one, at);
        let top = self.economy.dag.mul(slope, stay);
        self.economy.dag.div(top, cost)
    }

    /// Units of the tasks' bundle that the line's industries use.
    pub fn bundles(&mut self, l: usize) -> NodeId {
        let line = self.economy.lines[l].clone();
        let factor = self.economy.tasks[line.tasks].factor;
        let mut terms = Vec::new();
        for &j in &line.industries {
            if let Some(per_unit) = self.inputs[j].factors.get(&factor).copied() {
                let x = self.sym(Key::Activity(j));
                terms.push(self.economy.dag.mul(per_unit, x));
            }
        }
        self.economy.dag.sum(&terms)
    }
}

fn line_name(l: &Lowering, line: usize) -> std::sync::Arc<str> {
    l.economy.tasks[l.economy.lines[line].tasks].name.clone()
}
