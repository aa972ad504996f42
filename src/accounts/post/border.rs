//! Borders: what tariffs and export taxes leave to whom, and trade with the world in goods that bear them.

use crate::accounts::total::received;
use crate::accounts::{Amount, CommodityId, Doing, EntryId, Level, Place, Poster, Price, Side, Stage, To, Trade, Tree, Wedge, What, Who, route};
use crate::expr::NodeId;
use crate::model::Key;
use crate::model::border::{BorderKind, End};

/// Puts the taxes of a border on an entry's route: the exporter's first, then the importer's. What the world levies is part of its prices.
pub fn levied(p: &mut Poster, entry: EntryId, good: usize, from: End, to: End) {
    let mut base = Stage::Producer;
    for (kind, by, stage) in [(BorderKind::ExportTax, from, Stage::Fob), (BorderKind::Tariff, to, Stage::Border)] {
        let (Some(border), Some(r)) = (p.economy.border(kind, good, from, to).cloned(), by.country()) else { continue };
        let factor = match kind {
            BorderKind::Tariff => p.economy.entering(good, from, to),
            _ => p.economy.leaving(good, from, to),
        };
        let to = To::Agent(p.agent(Who::Household(r), None));
        p.wedge(entry, Wedge { base, stage, factor, rate: border.rate, to, origin: Some(border.span) });
        base = stage;
    }
}

/// A good of given world price at the border of each country: its price there lies between what exporting brings and what importing costs.
pub fn goods(p: &mut Poster, good: usize) {
    let origin = Some(p.economy.goods[good].span);
    let world = p.economy.good_price(good, None);
    p.commodity(What::Good(good), Place::World, Price::Given(world), origin);
    for r in p.economy.inside().collect::<Vec<_>>() {
        let [import, export, at] = [Key::ImportParity(good, r), Key::ExportParity(good, r), Key::Parity(good, r)].map(|k| p.economy.quantity(k));
        let price = p.economy.good_price(good, Some(r));
        let world = p.node(world);
        let inward = p.economy.passage(good, End::World, End::Country(r));
        let outward = p.economy.passage(good, End::Country(r), End::World);
        let landed = p.economy.dag.mul(world, inward);
        let brought = p.economy.dag.div(world, outward);
        p.define(import, landed);
        p.define(export, brought);
        let [import, export, u] = [import, export, at].map(|s| p.node(s));
        let dag = &mut p.economy.dag;
        let one = dag.constant(1.0);
        let rest = dag.sub(one, u);
        let (low, high) = (dag.mul(rest, export), dag.mul(u, import));
        let between = dag.sum(&[low, high]);
        p.define(price, between);
        p.commodity(What::Good(good), Place::In(r), Price::Parity { price, at }, origin);
    }
}

/// The world buys what a country does not use of such a good, or sells what it lacks.
pub fn trade(p: &mut Poster, commodity: CommodityId, net: NodeId) {
    let row = p.accounts.commodity(commodity);
    let (What::Good(good), Place::In(r), origin) = (row.what, row.place, row.origin) else { return };
    let world = p.agent(Who::World, None);
    let home = End::Country(r);
    let zero = p.economy.dag.constant(0.0);
    let short = p.economy.dag.neg(net);
    for (trade, side, net, from, to) in [(Trade::Buy, Side::Takes, net, home, End::World), (Trade::Sell, Side::Gives, short, End::World, home)] {
        // What leaves melts before it arrives; what comes in has arrived.
        let left = p.economy.dag.max(&[net, zero]);
        let melting = if side == Side::Takes { p.economy.melting(good, from, to) } else { p.economy.dag.constant(1.0) };
        let arrives = p.economy.dag.div(left, melting);
        let flow = p.economy.quantity(Key::Trade(good, from, to));
        p.define(flow, arrives);
        let flow = p.node(flow);
        let moved = p.economy.dag.mul(melting, flow);
        let trading = p.activity(Doing::Abroad(trade), world, Level::Whole, None, origin);
        let entry = p.entry(trading, commodity, side, Amount::Whole(moved));
        levied(p, entry, good, from, to);
        let leaf = p.tree(Tree::Leaf(entry));
        match side {
            Side::Takes => p.takes(trading, leaf),
            Side::Gives => p.gives(trading, leaf),
        }
    }
}

/// What the borders of each country bring.
pub fn revenues(p: &mut Poster) {
    if p.economy.borders.is_empty() && !p.economy.levies() {
        return;
    }
    let entries: Vec<EntryId> = p.accounts.entries().map(|(id, _)| id).collect();
    let households: Vec<_> = p.accounts.agents().filter_map(|(id, a)| if let Who::Household(r) = a.who { Some((id, r)) } else { None }).collect();
    for (agent, r) in households {
        let mut terms = Vec::new();
        for &entry in &entries {
            for revenue in route::revenues(&p.accounts, &mut p.economy.dag, entry) {
                let border = matches!(p.accounts.wedge(revenue.wedge).stage, Stage::Fob | Stage::Border);
                if revenue.to != agent || !border {
                    continue;
                }
                for moved in received(&p.accounts, &mut p.economy.dag, entry) {
                    let factors: Vec<NodeId> = revenue.each.iter().chain(&moved.factors).copied().collect();
                    terms.push(p.economy.dag.prod(&factors));
                }
            }
        }
        let total = p.economy.dag.sum(&terms);
        let revenue = p.economy.quantity(Key::Revenue(r));
        p.define(revenue, total);
    }
}
