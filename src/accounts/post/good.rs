//! Goods: one market for all countries, or one a country for what is not traded; at a given price, or at one that clears it.

use super::{border, origin};
use crate::accounts::{Place, Poster, Price, What};

pub fn post(p: &mut Poster) {
    for g in 0..p.economy.goods.len() {
        let good = p.economy.goods[g].clone();
        if let Some(origins) = &good.origins {
            origin::post(p, g, origins);
            continue;
        }
        if good.bordered {
            border::goods(p, g);
            continue;
        }
        if let Some(sym) = good.given {
            p.commodity(What::Good(g), Place::World, Price::Given(sym), Some(good.span));
            continue;
        }
        let places: Vec<Option<usize>> = if good.nontraded { p.economy.inside().map(Some).collect() } else { vec![None] };
        for place in places {
            let price = Price::Cleared(p.economy.good_price(g, place));
            p.commodity(What::Good(g), place.map_or(Place::World, Place::In), price, Some(good.span));
        }
    }
}
