//! Factors: owned by their country's household, sold on a market of the country; an outside country sells what is taken at its given price.

use crate::accounts::{Place, Poster, Price, Supply, What, Who};

pub fn post(p: &mut Poster) {
    for r in 0..p.economy.countries.len() {
        let country = p.economy.countries[r].clone();
        for f in 0..p.economy.factors.len() {
            let endowment = country.endowments.get(f).copied().flatten();
            let owned = match (country.outside, endowment) {
                (true, _) => Supply::Elastic,
                (false, Some(e)) => Supply::Fixed(e),
                (false, None) => continue,
            };
            let Some(sym) = p.economy.factor_price(f, r) else { continue };
            let price = if country.outside { Price::Given(sym) } else { Price::Cleared(sym) };
            let origin = endowment.and_then(|e| p.economy.written.get(&e).copied()).unwrap_or(p.economy.factors[f].span);
            let who = if country.outside { Who::Outside(r) } else { Who::Household(r) };
            let commodity = p.commodity(What::Factor(f), Place::In(r), price, Some(origin));
            let agent = p.agent(who, Some(country.span));
            p.endow(agent, commodity, owned);
        }
    }
}
