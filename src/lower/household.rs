//! Demand: income spent at least cost of a unit of utility; price index, welfare.

use super::Lowering;
use super::cost::{Inputs, User};
use crate::model::Key;

impl Lowering<'_> {
    pub fn households(&mut self) {
        for r in self.economy.inside().collect::<Vec<_>>() {
            let Some(household) = self.economy.households[r].clone() else { continue };
            let user = User::Household(r);
            let unit = self.nest_price(&household.form, user);
            let expenditure = self.define(Key::Expenditure(r), unit);
            let income = self.sym(Key::Income(r));
            let utility = self.economy.dag.div(income, expenditure);
            let mut inputs = Inputs::default();
            self.inputs_of(&household.form, user, expenditure, utility, &mut inputs);
            let mut goods: Vec<_> = inputs.goods.into_iter().collect();
            goods.sort_unstable();
            for (g, amount) in goods {
                self.define(Key::Demand(g, r), amount);
                self.wanted.insert((g, r));
            }
            let base = self.economy.quantity(Key::PriceBase(r));
            let base_node = self.node(base);
            self.system.base_values.push((base, expenditure));
            let index = self.economy.dag.div(expenditure, base_node);
            let index = self.define(Key::PriceIndex(r), index);
            let welfare = self.economy.dag.div(income, index);
            self.define(Key::Welfare(r), welfare);
        }
    }

    /// Final demand for a good in a country; zero where its household does not want it.
    pub fn final_demand(&mut self, g: usize, r: usize) -> crate::expr::NodeId {
        if self.wanted.contains(&(g, r)) { self.sym(Key::Demand(g, r)) } else { self.constant(0.0) }
    }
}
