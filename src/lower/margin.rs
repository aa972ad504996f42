//! Margins of offshoring: `κ(I) w* − w ⟂ 0 ≤ I ≤ 1`, `ω = (1 − I) w + K(I) w*`, `Ω = ω / w`.

use super::Lowering;
use crate::accounts::Margin;
use crate::expr::{NodeId, Sym, differentiate, integrate};
use crate::system::Condition;
use rustc_hash::FxHashMap;

impl Lowering<'_> {
    pub fn margins(&mut self) {
        let accounts = self.accounts;
        for (_, m) in accounts.margins() {
            let at = self.node(m.at);
            let [home, away] = [m.home, m.away].map(|e| accounts.entry(e));
            let labor = integrate::integral(&mut self.economy.dag, m.cost, m.task, at);
            self.settle(m.abroad, labor);
            let domestic = self.economy.dag.mul(home.amount.node(), home.paid);
            let foreign = self.economy.dag.mul(away.amount.node(), away.paid);
            let bundle = self.economy.dag.sum(&[domestic, foreign]);
            let bundle = self.settle(m.price, bundle);
            let bill = self.economy.dag.div(bundle, home.paid);
            let bill = self.settle(m.bill, bill);
            // Where Ω is taken as given, the bundle costs w Ω.
            let given = self.economy.dag.mul(home.paid, bill);
            self.system.alternatives.insert(m.price, given);

            let cost = self.at_margin(m.cost, m.task, at);
            let left = self.economy.dag.mul(cost, away.paid);
            let name = format!("margin {}", self.economy.info(m.at).name);
            let origin = accounts.activity(home.by).origin;
            self.equation(name, Condition::Margin, left, home.paid, m.at, origin);
        }
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
        let one = self.constant(1.0);
        let stay = self.economy.dag.sub(one, at);
        let top = self.economy.dag.mul(slope, stay);
        self.economy.dag.div(top, cost)
    }
}
