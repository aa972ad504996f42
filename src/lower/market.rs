//! Markets: `supply ≥ use ⟂ price ≥ 0`, of every commodity whose price its market settles.

use super::Lowering;
use crate::accounts::Price;
use crate::system::Condition;

impl Lowering<'_> {
    pub fn markets(&mut self) {
        let accounts = self.accounts;
        for (id, commodity) in accounts.commodities() {
            let Price::Cleared(price) = commodity.price else { continue };
            let (supply, using) = (self.supply(id, None), self.taken(id, None));
            let name = format!("market {}{}", accounts.commodity_name(self.economy, id), self.within(commodity.place));
            self.equation(name, Condition::Market, supply, using, price, commodity.origin);
        }
    }
}
