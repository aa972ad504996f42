//! Where prices are given: net exports of goods pay for factors' work abroad (without demand: value added pays factors and that work).

use super::Lowering;
use crate::accounts::total::received;
use crate::accounts::{Accounts, ActivityId, AgentId, CommodityId, Doing, EntryId, Level, Place, What, Who, route};
use crate::expr::NodeId;
use crate::system::OutsideBalance;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// By agent, what it is paid by others or, below 0, pays them.
#[derive(Default)]
pub struct Abroad {
    levied: FxHashMap<AgentId, Vec<NodeId>>,
    /// What it pays for work, and is paid for its own below 0.
    work: FxHashMap<AgentId, Vec<NodeId>>,
}

impl Lowering<'_> {
    pub fn outside_balances(&mut self) {
        let accounts = self.accounts;
        if accounts.agents().all(|(_, a)| a.who != Who::World) {
            return;
        }
        let spending: FxHashSet<AgentId> = accounts.activities().filter(|(_, a)| a.what == Doing::Consume).map(|(_, a)| a.owner).collect();
        let goods: Vec<_> = accounts.commodities().filter(|(_, c)| is_good(c.what)).map(|(id, c)| (id, c.price.sym())).collect();
        for (agent, row) in accounts.agents() {
            let (Who::Household(_), Some(income)) = (row.who, row.income) else { continue };
            let income = self.node(income);
            let (mut exports, mut gross) = (Vec::new(), Vec::new());
            for &(id, price) in &goods {
                let price = self.node(price);
                let (made, net) = self.net(id, agent);
                exports.push(self.economy.dag.mul(price, net));
                gross.push(self.economy.dag.mul(price, made));
            }
            exports.extend(self.levied_across(agent));
            let exports = self.economy.dag.sum(&exports);
            let mut payment = vec![self.paid_abroad(agent)];
            if !spending.contains(&agent) {
                payment.push(income);
            }
            let payment = self.economy.dag.sum(&payment);
            gross.push(income);
            let scale = self.economy.dag.sum(&gross);
            self.system.outside_balances.push(OutsideBalance { exports, payment, scale });
        }
    }

    /// What an agent's activities bring to a commodity's market, and that less what they take.
    pub fn net(&mut self, commodity: CommodityId, agent: AgentId) -> (NodeId, NodeId) {
        let (made, used) = (self.supply(commodity, Some(agent)), self.taken(commodity, Some(agent)));
        (made, self.economy.dag.sub(made, used))
    }

    /// Wedges paid across borders: what an agent takes in on others' purchases, less what others take in on its own.
    pub fn levied_across(&mut self, agent: AgentId) -> Vec<NodeId> {
        self.abroad().levied.get(&agent).cloned().unwrap_or_default()
    }

    /// What a country pays for factors' work abroad, less what others pay for its own.
    pub fn paid_abroad(&mut self, agent: AgentId) -> NodeId {
        let abroad = self.abroad();
        let terms = abroad.work.get(&agent).map(Vec::as_slice).unwrap_or_default();
        self.economy.dag.sum(terms)
    }

    /// All payments between agents, looked for once.
    fn abroad(&mut self) -> Rc<Abroad> {
        if let Some(known) = &self.abroad {
            return known.clone();
        }
        let accounts = self.accounts;
        let mut abroad = Abroad::default();
        for (id, entry) in accounts.entries().filter(|(_, e)| !accounts.route(e.route).is_empty()) {
            let payer = accounts.activity(entry.by).owner;
            for revenue in route::revenues(accounts, &mut self.economy.dag, id).into_iter().filter(|r| r.to != payer) {
                for moved in received(accounts, &mut self.economy.dag, id) {
                    let factors: Vec<NodeId> = revenue.each.iter().chain(&moved.factors).copied().collect();
                    let value = self.economy.dag.prod(&factors);
                    abroad.levied.entry(revenue.to).or_default().push(value);
                    let less = self.economy.dag.neg(value);
                    abroad.levied.entry(payer).or_default().push(less);
                }
            }
        }
        for (_, commodity) in accounts.commodities().filter(|(_, c)| matches!(c.what, What::Factor(_))) {
            let home = owner(accounts, commodity.place);
            for &entry in &commodity.taken.entries {
                let buyer = accounts.activity(accounts.entry(entry).by).owner;
                if home == Some(buyer) {
                    continue;
                }
                let paid = self.value(entry);
                abroad.work.entry(buyer).or_default().push(paid);
                if let Some(home) = home {
                    let less = self.economy.dag.neg(paid);
                    abroad.work.entry(home).or_default().push(less);
                }
            }
        }
        let abroad = Rc::new(abroad);
        self.abroad = Some(abroad.clone());
        abroad
    }

    /// What the market of an entry's commodity is paid for what it moves.
    pub fn value(&mut self, entry: EntryId) -> NodeId {
        let accounts = self.accounts;
        let row = accounts.entry(entry);
        let price = self.node(accounts.commodity(row.commodity).price.sym());
        let mut factors = vec![price];
        factors.extend(route::burnt(accounts, entry));
        factors.push(row.amount.node());
        factors.extend(self.level(row.by));
        self.economy.dag.prod(&factors)
    }

    /// How much of an activity there is; `None` where its entries say whole quantities.
    pub fn level(&mut self, activity: ActivityId) -> Option<NodeId> {
        match self.accounts.activity(activity).level {
            Level::Free(sym) => Some(self.node(sym)),
            Level::Follows(commodity) => Some(match self.accounts.commodity(commodity).amount {
                Some(sym) => self.node(sym),
                None => self.taken(commodity, None),
            }),
            Level::Whole => None,
        }
    }
}

/// What is traded as goods are, whatever its place.
pub fn is_good(what: What) -> bool {
    !matches!(what, What::Factor(_) | What::Bundle(_))
}

/// Whose a factor of a place is.
fn owner(accounts: &Accounts, place: Place) -> Option<AgentId> {
    match place {
        Place::In(r) => accounts.household(r),
        Place::World | Place::Between(..) => None,
    }
}
