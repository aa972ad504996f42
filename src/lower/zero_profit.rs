//! Zero profit: `wedges × unit cost ≥ price ⟂ level ≥ 0`.

use super::Lowering;
use crate::accounts::{Activity, ActivityId, Level, Place, Side, Who, route};
use crate::expr::NodeId;
use crate::system::Condition;

impl Lowering<'_> {
    pub fn zero_profits(&mut self) {
        let accounts = self.accounts;
        for (id, activity) in accounts.activities() {
            let (Level::Free(level), Some(cost)) = (activity.level, activity.unit_cost) else { continue };
            let cost = self.node(cost);
            let (left, right) = self.cost_and_sales(activity, cost);
            let name = format!("zero profit {}", self.activity_words(id));
            self.equation(name, Condition::ZeroProfit, left, right, level, activity.origin);
        }
    }

    /// What a unit must fetch, and what it does; wedges on a single output raise the cost that it must cover.
    fn cost_and_sales(&mut self, activity: &Activity, cost: NodeId) -> (NodeId, NodeId) {
        let accounts = self.accounts;
        let given: Vec<_> = activity.entries.iter().copied().filter(|e| accounts.entry(*e).side == Side::Gives).collect();
        let single = given.len() == 1;
        let (mut raised, mut sales) = (Vec::new(), Vec::new());
        for entry in given {
            let row = accounts.entry(entry);
            let each = self.economy.dag.mul(row.amount.node(), row.paid);
            let wedges = route::factors(accounts, entry);
            if single {
                raised = wedges;
                sales.push(each);
            } else {
                let wedges = self.economy.dag.prod(&wedges);
                sales.push(self.economy.dag.div(each, wedges));
            }
        }
        raised.push(cost);
        (self.economy.dag.prod(&raised), self.economy.dag.sum(&sales))
    }

    /// An activity in words: what it makes or does, and where.
    fn activity_words(&self, id: ActivityId) -> String {
        let activity = self.accounts.activity(id);
        let place = match self.accounts.agent(activity.owner).who {
            Who::Household(r) | Who::Outside(r) => Place::In(r),
            Who::World => Place::World,
        };
        format!("{}{}", self.accounts.activity_name(self.economy, id), self.within(place))
    }
}
