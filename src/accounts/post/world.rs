//! The world beyond the model: at given prices it buys what is not used and sells what is not made; outside countries spend there what they earn,
//! and what a household without demand does not spend is a claim on it.

use super::border;
use crate::accounts::total::{supplied, taken};
use crate::accounts::{Amount, CommodityId, Doing, Level, Passing, Poster, Price, Side, Trade, Tree, What, Who};
use crate::expr::NodeId;
use rustc_hash::FxHashSet;

pub fn post(p: &mut Poster) {
    let given: Vec<_> = p
        .accounts
        .commodities()
        .filter(|(_, c)| matches!((c.what, c.price), (What::Good(_), Price::Given(_) | Price::Parity { .. })))
        .map(|(id, c)| (id, c.origin))
        .collect();
    let world = (!given.is_empty()).then(|| p.agent(Who::World, None));
    for (commodity, origin) in given {
        let net = left_over(p, commodity);
        if matches!(p.accounts.commodity(commodity).price, Price::Parity { .. }) {
            border::trade(p, commodity, net);
            continue;
        }
        let zero = p.economy.dag.constant(0.0);
        let short = p.economy.dag.neg(net);
        let Some(world) = world else { continue };
        for (trade, side, net) in [(Trade::Buy, Side::Takes, net), (Trade::Sell, Side::Gives, short)] {
            let moved = p.economy.dag.max(&[net, zero]);
            let trading = p.activity(Doing::Abroad(trade), world, Level::Whole, None, origin);
            let entry = p.entry(trading, commodity, side, Amount::Whole(moved));
            let leaf = p.tree(Tree::Leaf(entry));
            match side {
                Side::Takes => p.takes(trading, leaf),
                Side::Gives => p.gives(trading, leaf),
            }
        }
    }
    let agents: Vec<_> = p.accounts.agents().map(|(id, a)| (id, a.who)).collect();
    let spending: FxHashSet<_> = p.accounts.activities().filter(|(_, a)| a.what == Doing::Consume).map(|(_, a)| a.owner).collect();
    for (id, who) in agents {
        match who {
            Who::Outside(_) => p.transfer(id, world, Passing::Spends),
            Who::Household(_) if !spending.contains(&id) => p.transfer(id, world, Passing::Unspent),
            _ => {}
        }
    }
}

/// What is made of a commodity less what is used.
fn left_over(p: &mut Poster, commodity: CommodityId) -> NodeId {
    let mut terms: Vec<_> = supplied(&p.accounts, &mut p.economy.dag, commodity).iter().map(|t| t.quantity(&mut p.economy.dag)).collect();
    for t in taken(&p.accounts, &mut p.economy.dag, commodity) {
        let n = t.quantity(&mut p.economy.dag);
        terms.push(p.economy.dag.neg(n));
    }
    p.economy.dag.sum(&terms)
}
