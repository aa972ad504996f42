//! Markets: `supply ≥ use ⟂ price ≥ 0`, of every commodity whose price its market settles.

use super::Lowering;
use crate::accounts::{Place, Price};
use crate::system::Condition;

impl Lowering<'_> {
    pub fn markets(&mut self) {
        let accounts = self.accounts;
        for (id, commodity) in accounts.commodities() {
            // Between parities the world trades nothing, at them whatever is left: what the place's own activities do settles where the price is.
            let (condition, partner, own) = match (commodity.price, commodity.place) {
                (Price::Cleared(price), _) => (Condition::Market, price, None),
                (Price::Parity { at, .. }, Place::In(r)) => (Condition::Parity, at, accounts.household(r)),
                _ => continue,
            };
            let (supply, using) = (self.supply(id, own), self.taken(id, own));
            let name = format!("market {}{}", accounts.commodity_name(self.economy, id), self.within(commodity.place));
            self.equation(name, condition, supply, using, partner, commodity.origin);
        }
    }
}
