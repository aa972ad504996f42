//! Goods told apart by origin: each country's makers sell a variety of their own, which is shipped to every country; there a blend of all varieties
//! is what users buy.

use super::border::levied;
use crate::accounts::{ActivityId, Amount, CommodityId, Doing, EntryId, Level, Place, Poster, Price, Side, Tree, TreeId, What, Who};
use crate::expr::NodeId;
use crate::model::border::End;
use crate::model::origin::Origins;
use crate::model::{Key, Shape};

/// What makers sell and users buy of a good; whoever makes or uses it posts its own entries.
pub fn post(p: &mut Poster, good: usize, origins: &Origins) {
    let span = Some(p.economy.goods[good].span);
    let from = p.economy.origins_of(good);
    for &i in &from {
        let price = p.economy.producer_price(good, i);
        p.commodity(What::Variety { good, from: i }, Place::In(i), Price::Cleared(price), span);
    }
    for j in p.economy.inside().collect::<Vec<_>>() {
        let price = p.economy.good_price(good, Some(j));
        let blend = p.commodity(What::Composite(good), Place::In(j), Price::Cost(price), span);
        let used = p.economy.quantity(Key::Use(good, j));
        p.amount(blend, used);
        let owner = p.agent(Who::Household(j), None);
        let blending = p.activity(Doing::Blend { good, to: j }, owner, Level::Follows(blend), Some(price), span);
        let arrived: Vec<(usize, EntryId)> = from.iter().map(|&i| (i, arrives(p, good, i, j, blending))).collect();
        let takes = nest(p, good, j, origins, &arrived);
        p.takes(blending, takes);
        let one = p.economy.dag.constant(1.0);
        p.entry(blending, blend, Side::Gives, Amount::PerUnit(one));
    }
}

/// A variety as it is shipped from one country to another, and the blend's use of it.
fn arrives(p: &mut Poster, good: usize, i: usize, j: usize, blending: ActivityId) -> EntryId {
    let span = Some(p.economy.goods[good].span);
    let [price, trade, per_unit, share] =
        [Key::Delivered(good, i, j), Key::Trade(good, End::Country(i), End::Country(j)), Key::OriginInput(good, i, j), Key::OriginShare(good, i, j)]
            .map(|k| p.economy.quantity(k));
    let delivered = p.commodity(What::Variety { good, from: i }, Place::Between(i, j), Price::Cost(price), span);
    p.amount(delivered, trade);
    ship(p, good, (i, j), delivered);
    let units = p.node(per_unit);
    let (price, blend) = (p.node(price), p.economy.good_price(good, Some(j)));
    let blend = p.node(blend);
    let spent = p.economy.dag.mul(price, units);
    let node = p.economy.dag.div(spent, blend);
    p.define(share, node);
    p.entry(blending, delivered, Side::Takes, Amount::PerUnit(units))
}

/// What arrives takes more where it melts, at the price that the borders leave.
fn ship(p: &mut Poster, good: usize, (i, j): (usize, usize), delivered: CommodityId) {
    let Some(variety) = p.accounts.find(What::Variety { good, from: i }, Place::In(i)) else { return };
    let (from, to) = (End::Country(i), End::Country(j));
    let owner = p.agent(Who::Household(j), None);
    let cost = p.accounts.commodity(delivered).price.sym();
    let shipping = p.activity(Doing::Ship { good, from: i, to: j }, owner, Level::Follows(delivered), Some(cost), None);
    let units = p.economy.melting(good, from, to);
    let taken = p.entry(shipping, variety, Side::Takes, Amount::PerUnit(units));
    levied(p, taken, good, from, to);
    let leaf = p.tree(Tree::Leaf(taken));
    p.takes(shipping, leaf);
    let one = p.economy.dag.constant(1.0);
    p.entry(shipping, delivered, Side::Gives, Amount::PerUnit(one));
}

/// All varieties in one nest, or imports in a nest beside the home variety.
fn nest(p: &mut Poster, good: usize, j: usize, origins: &Origins, arrived: &[(usize, EntryId)]) -> TreeId {
    let weighted = |p: &mut Poster, keep: &dyn Fn(usize) -> bool| -> Vec<(NodeId, TreeId)> {
        let kept: Vec<(usize, EntryId)> = arrived.iter().copied().filter(|(i, _)| keep(*i)).collect();
        kept.into_iter().map(|(i, e)| (p.economy.origin_weight(good, i, j), p.tree(Tree::Leaf(e)))).collect()
    };
    let ces = |sigma: NodeId, parts: Vec<(NodeId, TreeId)>| Tree::Nest { name: None, shape: Shape::Ces, sigma, parts, price: None };
    let Some(home) = origins.home else {
        let parts = weighted(p, &|_| true);
        return p.tree(ces(origins.sigma, parts));
    };
    let mut parts = weighted(p, &|i| i == j);
    let imports = weighted(p, &|i| i != j);
    if !imports.is_empty() {
        let one = p.economy.dag.constant(1.0);
        let imports = p.tree(ces(origins.sigma, imports));
        parts.push((one, imports));
    }
    p.tree(ces(home, parts))
}
