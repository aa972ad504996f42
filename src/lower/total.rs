//! Totals: what is brought to a market and what is taken from it, as sums of known terms.

use super::Lowering;
use crate::accounts::total::{Term, supplied, taken};
use crate::accounts::{AgentId, CommodityId, Supply};
use crate::expr::NodeId;
use crate::system::{Part, Whole};

impl Lowering<'_> {
    /// What is taken of the commodities of which that has a name.
    pub fn totals(&mut self) {
        let accounts = self.accounts;
        for (id, commodity) in accounts.commodities() {
            if let Some(amount) = commodity.amount {
                let total = self.taken(id, None);
                self.settle(amount, total);
            }
        }
    }

    /// What is taken of a commodity, by the activities of one agent alone if it is named.
    pub fn taken(&mut self, commodity: CommodityId, agent: Option<AgentId>) -> NodeId {
        let terms = taken(self.accounts, &mut self.economy.dag, commodity);
        let (terms, agent) = self.of_agent(terms, agent);
        self.sum_of(Whole::Taken(commodity, agent), &terms)
    }

    /// What is brought to a commodity's market; of one agent, what its activities bring.
    pub fn supply(&mut self, commodity: CommodityId, agent: Option<AgentId>) -> NodeId {
        let mut all = Vec::new();
        for &id in self.accounts.commodity(commodity).supply.endowments.iter().filter(|_| agent.is_none()) {
            if let Supply::Fixed(amount) = self.accounts.endowment(id).amount {
                all.push((self.node(amount), Part::Owned(id)));
            }
        }
        let terms = supplied(self.accounts, &mut self.economy.dag, commodity);
        let (terms, agent) = self.of_agent(terms, agent);
        all.extend(terms);
        self.sum_of(Whole::Supply(commodity, agent), &all)
    }

    /// The terms that an agent's activities move; nobody's name where there is nobody else.
    fn of_agent(&mut self, terms: Vec<Term>, agent: Option<AgentId>) -> (Vec<(NodeId, Part)>, Option<AgentId>) {
        let accounts = self.accounts;
        let own = |t: &Term| agent.is_none_or(|a| accounts.activity(accounts.entry(t.by).by).owner == a);
        let all = terms.iter().all(own);
        let kept = terms.iter().filter(|t| own(t)).map(|t| (t.quantity(&mut self.economy.dag), t.part())).collect();
        (kept, agent.filter(|_| !all))
    }
}
