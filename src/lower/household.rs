//! Demand: income spent at least cost of a unit of utility; price index, welfare.

use super::Lowering;
use crate::accounts::{Doing, Who};
use crate::model::Key;

impl Lowering<'_> {
    pub fn households(&mut self) {
        let accounts = self.accounts;
        for (id, activity) in accounts.activities().filter(|(_, a)| a.what == Doing::Consume) {
            let owner = accounts.agent(activity.owner);
            let (Some(tastes), Some(cost), Some(income)) = (activity.takes, activity.unit_cost, owner.income) else { continue };
            let unit = self.tree_price(tastes, true);
            let expenditure = self.settle(cost, unit);
            let income = self.node(income);
            let utility = self.economy.dag.div(income, expenditure);
            self.chosen(id, tastes, expenditure, utility);
            if let Who::Household(r) = owner.who {
                let base = self.economy.quantity(Key::PriceBase(r));
                let base_node = self.node(base);
                self.system.base_values.push((base, expenditure));
                let index = self.economy.dag.div(expenditure, base_node);
                let index = self.define(Key::PriceIndex(r), index);
                let welfare = self.economy.dag.div(income, index);
                self.define(Key::Welfare(r), welfare);
            }
        }
    }
}
