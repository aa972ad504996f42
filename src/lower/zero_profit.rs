//! Zero profit: `markup × unit cost ≥ price ⟂ output ≥ 0`.

use super::Lowering;
use crate::model::Key;
use crate::system::Condition;

impl Lowering<'_> {
    pub fn zero_profits(&mut self) {
        for j in 0..self.economy.industries.len() {
            let ind = self.economy.industries[j].clone();
            let cost = self.sym(Key::UnitCost(j));
            let left = match self.markup(j) {
                Some(m) => {
                    let m = self.node(m);
                    self.economy.dag.mul(m, cost)
                }
                None => cost,
            };
            let price = self.economy.good_price(ind.good, Some(ind.country));
            let price = self.node(price);
            let name = format!("zero profit {}{}", ind.name, self.within(ind.country));
            let activity = self.economy.quantity(Key::Activity(j));
            self.equation(name, Condition::ZeroProfit, left, price, activity, Some(ind.span));
        }
    }
}
