//! Income: what an agent's factors earn, and what wedges leave to it. A definition, or an equation where it rests on what is spent.

use super::Lowering;
use crate::accounts::total::received;
use crate::accounts::{AgentId, EndowmentId, Level, Supply, To, route};
use crate::expr::NodeId;
use crate::system::{Condition, Equation, Part, Role, Whole};
use rustc_hash::{FxHashMap, FxHashSet};

impl Lowering<'_> {
    pub fn incomes(&mut self) {
        let accounts = self.accounts;
        let mut terms: FxHashMap<AgentId, Vec<(NodeId, Part)>> = FxHashMap::default();
        for (id, endowment) in accounts.endowments() {
            if let Some(value) = self.earned(id) {
                terms.entry(endowment.agent).or_default().push((value, Part::Owned(id)));
            }
        }
        for (id, entry) in accounts.entries() {
            if accounts.route(entry.route).is_empty() {
                continue;
            }
            let moved = received(accounts, &mut self.economy.dag, id);
            for revenue in route::revenues(accounts, &mut self.economy.dag, id) {
                for t in &moved {
                    let factors: Vec<NodeId> = revenue.each.iter().chain(&t.factors).copied().collect();
                    let value = self.economy.dag.prod(&factors);
                    terms.entry(revenue.to).or_default().push((value, Part::Revenue { entry: id, by: t.by, wedge: revenue.wedge }));
                }
            }
        }
        let resting = self.resting_on_spending();
        for (id, agent) in accounts.agents() {
            let Some(income) = agent.income else { continue };
            let total = self.sum_of(Whole::Income(id), &terms.remove(&id).unwrap_or_default());
            if resting.contains(&id) {
                self.economy.syms[income.index()].role = Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: None };
                let left = self.node(income);
                let name = self.economy.info(income).name.clone();
                let (condition, partner, origin) = (Condition::Income, Some(income), agent.origin);
                self.system.equations.push(Equation { name, condition, left, right: total, partner, complementary: false, origin });
            } else {
                self.settle(income, total);
            }
        }
    }

    /// What an endowment earns; `None` where it is sold in any amount.
    fn earned(&mut self, id: EndowmentId) -> Option<NodeId> {
        let row = self.accounts.endowment(id);
        let Supply::Fixed(amount) = row.amount else { return None };
        let (price, amount) = (self.node(self.accounts.commodity(row.commodity).price.sym()), self.node(amount));
        Some(self.economy.dag.mul(price, amount))
    }

    /// Agents to whom a wedge leaves part of what is spent: their income is no definition, since spending follows income.
    fn resting_on_spending(&self) -> FxHashSet<AgentId> {
        let accounts = self.accounts;
        let spent = accounts.entries().filter(|(_, e)| !matches!(accounts.activity(e.by).level, Level::Free(_)));
        let wedges = spent.flat_map(|(_, e)| accounts.route(e.route).iter().map(|w| accounts.wedge(*w).to));
        wedges.filter_map(|to| if let To::Agent(agent) = to { Some(agent) } else { None }).collect()
    }
}
