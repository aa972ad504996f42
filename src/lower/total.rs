//! Totals: what is brought to a market and what is taken from it, as sums of known terms.

use super::Lowering;
use crate::accounts::total::{supplied, taken};
use crate::accounts::{AgentId, CommodityId, Side, Supply};
use crate::expr::NodeId;
use crate::system::{Part, Whole};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What is moved on a commodity's market, term by term, and whose activities move it.
#[derive(Default)]
pub struct Moved {
    terms: Vec<(NodeId, Part)>,
    by_owner: FxHashMap<AgentId, Vec<usize>>,
}

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
        let (terms, agent) = self.of_agent(commodity, Side::Takes, agent);
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
        let (terms, agent) = self.of_agent(commodity, Side::Gives, agent);
        all.extend(terms);
        self.sum_of(Whole::Supply(commodity, agent), &all)
    }

    /// The terms that an agent's activities move; nobody's name where there is nobody else.
    fn of_agent(&mut self, commodity: CommodityId, side: Side, agent: Option<AgentId>) -> (Vec<(NodeId, Part)>, Option<AgentId>) {
        let moved = self.moved(commodity, side);
        let Some(agent) = agent else { return (moved.terms.clone(), None) };
        let own = moved.by_owner.get(&agent).map(Vec::as_slice).unwrap_or_default();
        (own.iter().filter_map(|k| moved.terms.get(*k).copied()).collect(), (own.len() < moved.terms.len()).then_some(agent))
    }

    /// Each market's terms are made once, however many agents ask for their own.
    fn moved(&mut self, commodity: CommodityId, side: Side) -> Rc<Moved> {
        if let Some(known) = self.moved.get(&(commodity, side)) {
            return known.clone();
        }
        let accounts = self.accounts;
        let terms = match side {
            Side::Takes => taken(accounts, &mut self.economy.dag, commodity),
            Side::Gives => supplied(accounts, &mut self.economy.dag, commodity),
        };
        let mut moved = Moved::default();
        for (k, t) in terms.iter().enumerate() {
            moved.by_owner.entry(accounts.activity(accounts.entry(t.by).by).owner).or_default().push(k);
            moved.terms.push((t.quantity(&mut self.economy.dag), t.part()));
        }
        let moved = Rc::new(moved);
        self.moved.insert((commodity, side), moved.clone());
        moved
    }
}
