//! Activities at one equilibrium as netputs: what a unit takes and gives, nest by nest, at which prices, with what is levied on the way.
//!
//! The form of MPSGE: quantities and prices of a reference point and elasticities describe the same technologies as weights do.

use super::rows::*;
use super::{route, total};
use crate::expr::ces::cost_and_inputs;
use crate::expr::{Dag, NodeId, eval};
use crate::model::{Economy, Key, Shape};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What is given or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Traded {
    Commodity(CommodityId),
    /// What a household's spending buys: its welfare.
    Welfare(AgentId),
    /// The world's money.
    Exchange,
}

/// What a sector does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doer {
    Activity(ActivityId),
    /// A good leaves for the world or comes from it, at the given price.
    Abroad(Trade, CommodityId),
    /// A factor is hired in any amount at its given price.
    Hired(CommodityId),
}

#[derive(Clone, Debug)]
pub struct Netput {
    pub traded: Traded,
    /// For a unit of the sector's level.
    pub quantity: f64,
    /// The sector's own price, taxes included.
    pub price: f64,
    /// (who levies it, rate on the market's price)
    pub taxes: Vec<(AgentId, f64)>,
    /// Its place among the nests; the outermost is 0.
    pub nest: usize,
}

#[derive(Clone, Debug)]
pub struct NestRow {
    pub name: Option<Arc<str>>,
    pub inside: Option<usize>,
    pub sigma: f64,
}

#[derive(Clone, Debug)]
pub struct Sector {
    pub doer: Doer,
    pub level: f64,
    /// It may run backwards.
    pub reversible: bool,
    pub nests: Vec<NestRow>,
    pub gives: Netput,
    pub takes: Vec<Netput>,
}

#[derive(Clone, Debug)]
pub struct Consumer {
    pub agent: AgentId,
    pub income: f64,
    pub endowments: Vec<(CommodityId, f64)>,
    pub buys: Traded,
}

/// An economy's netputs at an equilibrium.
#[derive(Clone, Debug, Default)]
pub struct Netputs {
    pub sectors: Vec<Sector>,
    pub consumers: Vec<Consumer>,
    /// Commodities that have a price here, with it.
    pub prices: Vec<(CommodityId, f64)>,
    /// Whether the world's money is used.
    pub exchange: bool,
    /// Industries that lack a factor here.
    pub left_out: Vec<ActivityId>,
}

/// Why an economy has no netputs.
#[derive(Clone, Debug, PartialEq)]
pub enum NoNetputs {
    /// A continuum of tasks.
    Tasks(ActivityId),
    /// Only shares and elasticities are known.
    General(ActivityId),
    /// A rate, an elasticity or a productivity that follows from the equilibrium.
    Moving(ActivityId),
    /// A used price is 0 here, where reference prices have to be positive.
    Free(CommodityId),
    /// What an agent earns is spent nowhere.
    Unspent(AgentId),
}

/// The nodes that netputs are read from, to be valued at equilibria.
pub struct Plan {
    rows: Arc<Accounts>,
    nodes: FxHashMap<NodeId, usize>,
    list: Vec<NodeId>,
    /// What an activity's level is.
    levels: FxHashMap<ActivityId, NodeId>,
    /// What is levied for each unit that an entry moves.
    levies: FxHashMap<EntryId, Vec<(AgentId, NodeId)>>,
    /// What a unit of a good brings at the border, and what it costs there.
    borders: FxHashMap<CommodityId, (NodeId, NodeId)>,
    /// How much is hired of a factor.
    hired: Vec<(CommodityId, NodeId)>,
    /// Nodes that may not move with the equilibrium.
    fixed: Vec<(ActivityId, NodeId)>,
}

impl Plan {
    /// Of an economy that is still to be lowered: the nodes stay valid in what is lowered from it.
    ///
    /// # Errors
    /// What has no netputs at any equilibrium.
    pub fn new(rows: Arc<Accounts>, economy: &mut Economy) -> Result<Plan, NoNetputs> {
        let mut plan = Plan {
            rows: rows.clone(),
            nodes: FxHashMap::default(),
            list: Vec::new(),
            levels: FxHashMap::default(),
            levies: FxHashMap::default(),
            borders: FxHashMap::default(),
            hired: Vec::new(),
            fixed: Vec::new(),
        };
        for (id, activity) in rows.activities() {
            plan.activity(economy, id, activity)?;
        }
        for (id, commodity) in rows.commodities() {
            let price = economy.dag.sym(commodity.price.sym());
            plan.keep(price);
            let (What::Good(g), true) = (commodity.what, matches!(commodity.price, Price::Given(_) | Price::Parity { .. })) else { continue };
            let pair = match commodity.place {
                Place::In(r) => (Key::ExportParity(g, r), Key::ImportParity(g, r)),
                _ => {
                    plan.borders.insert(id, (price, price));
                    continue;
                }
            };
            let [out, into] = [pair.0, pair.1].map(|k| economy.quantity(k)).map(|s| economy.dag.sym(s));
            plan.keep(out);
            plan.keep(into);
            plan.borders.insert(id, (out, into));
        }
        for (_, endowment) in rows.endowments() {
            match endowment.amount {
                Supply::Fixed(s) => {
                    let node = economy.dag.sym(s);
                    plan.keep(node);
                }
                Supply::Elastic => {
                    let terms: Vec<NodeId> =
                        total::taken(&rows, &mut economy.dag, endowment.commodity).iter().map(|t| t.quantity(&mut economy.dag)).collect();
                    let taken = economy.dag.sum(&terms);
                    plan.keep(taken);
                    plan.hired.push((endowment.commodity, taken));
                }
            }
        }
        for (_, agent) in rows.agents() {
            if let Some(income) = agent.income {
                let node = economy.dag.sym(income);
                plan.keep(node);
            }
        }
        for t in rows.transfers() {
            if t.to.is_none() {
                return Err(NoNetputs::Unspent(t.from));
            }
        }
        Ok(plan)
    }

    fn keep(&mut self, node: NodeId) {
        let next = self.list.len();
        if *self.nodes.entry(node).or_insert(next) == next {
            self.list.push(node);
        }
    }

    /// A node that has to stay where it is.
    fn keep_fixed(&mut self, by: ActivityId, node: NodeId) {
        self.keep(node);
        self.fixed.push((by, node));
    }

    fn activity(&mut self, economy: &mut Economy, id: ActivityId, activity: &Activity) -> Result<(), NoNetputs> {
        let rows = self.rows.clone();
        let level = match activity.level {
            Level::Free(s) => economy.dag.sym(s),
            Level::Follows(commodity) => match rows.commodity(commodity).amount {
                Some(s) => economy.dag.sym(s),
                None => {
                    let terms: Vec<NodeId> = total::taken(&rows, &mut economy.dag, commodity).iter().map(|t| t.quantity(&mut economy.dag)).collect();
                    economy.dag.sum(&terms)
                }
            },
            Level::Whole => match (activity.what, activity.entries.first()) {
                (Doing::Abroad(_), Some(e)) => rows.entry(*e).amount.node(),
                _ => economy.dag.constant(1.0),
            },
        };
        self.keep(level);
        self.levels.insert(id, level);
        if let Some(p) = activity.productivity {
            self.keep_fixed(id, p);
        }
        if let Some(tree) = activity.takes {
            self.tree(id, tree)?;
        }
        for &e in &activity.entries {
            let row = rows.entry(e);
            self.keep(row.paid);
            if let Amount::PerUnit(n) = row.amount {
                self.keep(n);
            }
            for n in route::burnt(&rows, e) {
                self.keep_fixed(id, n);
            }
            for n in route::factors(&rows, e) {
                self.keep_fixed(id, n);
            }
            let mut levied = Vec::new();
            for revenue in route::revenues(&rows, &mut economy.dag, e) {
                let each = economy.dag.prod(&revenue.each);
                self.keep(each);
                levied.push((revenue.to, each));
            }
            self.levies.insert(e, levied);
        }
        Ok(())
    }

    fn tree(&mut self, by: ActivityId, tree: TreeId) -> Result<(), NoNetputs> {
        let rows = self.rows.clone();
        match rows.tree(tree) {
            Tree::Leaf(_) => Ok(()),
            Tree::Schedule(_) => Err(NoNetputs::Tasks(by)),
            Tree::Nest { shape: Shape::General, .. } => Err(NoNetputs::General(by)),
            Tree::Nest { sigma, parts, .. } => {
                self.keep_fixed(by, *sigma);
                for (weight, part) in parts {
                    self.keep_fixed(by, *weight);
                    self.tree(by, *part)?;
                }
                Ok(())
            }
        }
    }

    /// The netputs at the values of all symbols; `moves` says whether a node of `dag` rests on what an equilibrium determines.
    ///
    /// # Errors
    /// What has no netputs here.
    pub fn at(&self, dag: &Dag, values: &[f64], moves: &dyn Fn(NodeId) -> bool) -> Result<Netputs, NoNetputs> {
        if let Some((by, _)) = self.fixed.iter().find(|(_, n)| moves(*n)) {
            return Err(NoNetputs::Moving(*by));
        }
        let found = eval::evaluate(dag, &self.list, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
        Reading { plan: self, rows: &self.rows, dag, values, found }.netputs()
    }
}

struct Reading<'a> {
    plan: &'a Plan,
    rows: &'a Accounts,
    dag: &'a Dag,
    values: &'a [f64],
    found: Vec<f64>,
}

impl Reading<'_> {
    fn value(&self, node: NodeId) -> f64 {
        self.plan.nodes.get(&node).and_then(|i| self.found.get(*i)).copied().or_else(|| self.dag.as_const(node)).unwrap_or(f64::NAN)
    }

    fn symbol(&self, s: crate::expr::Sym) -> f64 {
        self.values.get(s.index()).copied().unwrap_or(f64::NAN)
    }

    fn price(&self, commodity: CommodityId) -> f64 {
        self.symbol(self.rows.commodity(commodity).price.sym())
    }

    fn netputs(&self) -> Result<Netputs, NoNetputs> {
        let mut out = Netputs { exchange: !self.plan.borders.is_empty(), ..Netputs::default() };
        out.prices = self.rows.commodities().map(|(id, _)| (id, self.price(id))).filter(|(_, p)| !p.is_nan()).collect();
        for (id, activity) in self.rows.activities() {
            match activity.what {
                Doing::Consume => self.consumption(&mut out, id, activity)?,
                Doing::Abroad(trade) => out.sectors.extend(self.abroad(id, activity, trade)),
                _ => match self.production(id, activity)? {
                    Some(sector) => out.sectors.push(sector),
                    None => out.left_out.push(id),
                },
            }
        }
        for &(commodity, taken) in &self.plan.hired {
            out.exchange = true;
            let price = self.price(commodity);
            let gives = Netput { traded: Traded::Commodity(commodity), quantity: 1.0, price, taxes: Vec::new(), nest: 0 };
            let takes = vec![Netput { traded: Traded::Exchange, quantity: price, price: 1.0, taxes: Vec::new(), nest: 0 }];
            let level = self.value(taken);
            out.sectors.push(Sector { doer: Doer::Hired(commodity), level, reversible: false, nests: vec![outermost(0.0)], gives, takes });
        }
        for (id, agent) in self.rows.agents() {
            let (Some(income), Who::Household(_)) = (agent.income, agent.who) else { continue };
            let owned = self.rows.endowments().filter(|(_, e)| e.agent == id);
            let endowments = owned.filter_map(|(_, e)| match e.amount {
                Supply::Fixed(s) => Some((e.commodity, self.symbol(s))),
                Supply::Elastic => None,
            });
            let endowments = endowments.filter(|(c, a)| *a != 0.0 && !self.price(*c).is_nan()).collect();
            let spends = self.rows.activities().any(|(_, a)| a.owner == id && a.what == Doing::Consume);
            let buys = if spends { Traded::Welfare(id) } else { Traded::Exchange };
            out.consumers.push(Consumer { agent: id, income: self.symbol(income), endowments, buys });
        }
        for s in &out.sectors {
            for n in s.takes.iter().chain([&s.gives]) {
                if let Traded::Commodity(c) = n.traded
                    && self.price(c) == 0.0
                {
                    return Err(NoNetputs::Free(c));
                }
            }
        }
        Ok(out)
    }

    /// An activity that makes one commodity; none where an input cannot be had.
    fn production(&self, id: ActivityId, activity: &Activity) -> Result<Option<Sector>, NoNetputs> {
        let Some(takes) = activity.takes else { return Ok(None) };
        let Some(made) = activity.entries.iter().copied().find(|e| self.rows.entry(*e).side == Side::Gives) else { return Ok(None) };
        let productivity = activity.productivity.map_or(1.0, |p| self.value(p));
        let (mut nests, mut used) = (Vec::new(), Vec::new());
        self.uses(takes, 1.0 / productivity, None, false, &mut nests, &mut used);
        let gives = self.netput(made, 1.0, 0);
        let takes: Vec<Netput> = used.iter().map(|&(e, quantity, nest)| self.netput(e, quantity, nest)).collect();
        if takes.iter().chain([&gives]).any(|n| n.quantity.is_nan() || n.price.is_nan()) {
            return Ok(None);
        }
        let level = self.plan.levels.get(&id).map_or(0.0, |n| self.value(*n));
        Ok(Some(Sector { doer: Doer::Activity(id), level, reversible: false, nests, gives, takes }))
    }

    fn consumption(&self, out: &mut Netputs, id: ActivityId, activity: &Activity) -> Result<(), NoNetputs> {
        let (Some(takes), Some(income)) = (activity.takes, self.rows.agent(activity.owner).income) else { return Ok(()) };
        let income = self.symbol(income);
        let cost = self.cost(takes, true);
        let (mut nests, mut used) = (Vec::new(), Vec::new());
        self.uses(takes, income / cost, None, true, &mut nests, &mut used);
        let takes = used.iter().map(|&(e, quantity, nest)| self.netput(e, quantity, nest)).collect();
        let gives = Netput { traded: Traded::Welfare(activity.owner), quantity: income, price: 1.0, taxes: Vec::new(), nest: 0 };
        out.sectors.push(Sector { doer: Doer::Activity(id), level: 1.0, reversible: false, nests, gives, takes });
        Ok(())
    }

    /// What leaves earns what it brings at the border; what comes in costs what it costs there. At one price both are one trade, which runs
    /// either way.
    fn abroad(&self, id: ActivityId, activity: &Activity, trade: Trade) -> Option<Sector> {
        let entry = *activity.entries.first()?;
        let commodity = self.rows.entry(entry).commodity;
        let row = self.rows.commodity(commodity);
        let others = |e: &EntryId| !matches!(self.rows.activity(self.rows.entry(*e).by).what, Doing::Abroad(_));
        if !row.supply.entries.iter().chain(&row.taken.entries).any(others) {
            return None;
        }
        let (brings, costs) = self.plan.borders.get(&commodity).map(|(a, b)| (self.value(*a), self.value(*b)))?;
        let reversible = matches!(row.price, Price::Given(_));
        let good = self.netput(entry, 1.0, 0);
        let levied: f64 = good.taxes.iter().map(|t| t.1).sum();
        let money = |quantity| Netput { traded: Traded::Exchange, quantity, price: 1.0, taxes: Vec::new(), nest: 0 };
        let (gives, takes) = match trade {
            Trade::Buy => (money(brings * (1.0 + levied)), vec![good]),
            Trade::Sell => {
                let paid = money(costs * (1.0 - levied));
                (good, vec![paid])
            }
        };
        let moved = |id: ActivityId| self.plan.levels.get(&id).map_or(0.0, |n| self.value(*n)).max(0.0);
        let level = match (reversible, trade) {
            (true, Trade::Sell) => return None,
            (true, Trade::Buy) => {
                let back = row.supply.entries.iter().map(|e| self.rows.entry(*e).by);
                moved(id) - back.filter(|a| self.rows.activity(*a).what == Doing::Abroad(Trade::Sell)).map(moved).sum::<f64>()
            }
            (false, _) => moved(id),
        };
        Some(Sector { doer: Doer::Abroad(trade, commodity), level, reversible, nests: vec![outermost(0.0)], gives, takes })
    }

    /// An entry that moves `quantity`, on its user's side, for a unit of the level.
    fn netput(&self, entry: EntryId, quantity: f64, nest: usize) -> Netput {
        let row = self.rows.entry(entry);
        let lost: f64 = route::burnt(self.rows, entry).iter().map(|n| self.value(*n)).product();
        let (market, paid) = (self.price(row.commodity), self.value(row.paid));
        let levies = self.plan.levies.get(&entry).into_iter().flatten();
        let taxes = levies.map(|(to, each)| (*to, self.value(*each) / (market * lost))).collect();
        Netput { traded: Traded::Commodity(row.commodity), quantity: quantity * lost, price: paid / lost, taxes, nest }
    }

    fn part_prices(&self, parts: &[(NodeId, TreeId)]) -> Vec<f64> {
        let price = |t: TreeId| match self.rows.tree(t) {
            Tree::Leaf(e) => self.value(self.rows.entry(*e).paid),
            _ => self.cost(t, false),
        };
        parts.iter().map(|p| price(p.1)).collect()
    }

    /// What a unit of a tree costs; the level of a household's outermost nest is no one's concern.
    fn cost(&self, tree: TreeId, outermost: bool) -> f64 {
        self.nest(tree, outermost).map_or(f64::NAN, |n| n.0)
    }

    /// Cost and uses for a unit of a nest. The textbook function Π v^d costs Π (p/d)^d.
    fn nest(&self, tree: TreeId, outermost: bool) -> Option<(f64, Vec<f64>)> {
        let Tree::Nest { shape, sigma, parts, .. } = self.rows.tree(tree) else { return None };
        let weights: Vec<f64> = parts.iter().map(|p| self.value(p.0)).collect();
        let prices = self.part_prices(parts);
        // An input of no weight may have no price.
        let prices: Vec<f64> = prices.iter().zip(&weights).map(|(p, w)| if *w == 0.0 && p.is_nan() { 1.0 } else { *p }).collect();
        let mut inputs = vec![0.0; parts.len()];
        let cost = cost_and_inputs(self.value(*sigma), &weights, &prices, &mut inputs);
        let textbook = *shape == Shape::CobbDouglas && !outermost;
        let scale: f64 = if textbook { weights.iter().filter(|d| **d > 0.0).map(|d| d.powf(-d)).product() } else { 1.0 };
        inputs.iter_mut().for_each(|a| *a *= scale);
        Some((cost * scale, inputs))
    }

    /// The leaves of a tree with what each uses, and the nests that they stand in.
    fn uses(
        &self,
        tree: TreeId,
        quantity: f64,
        inside: Option<usize>,
        outermost: bool,
        nests: &mut Vec<NestRow>,
        into: &mut Vec<(EntryId, f64, usize)>,
    ) {
        match self.rows.tree(tree) {
            Tree::Leaf(e) => {
                if nests.is_empty() {
                    nests.push(self::outermost(0.0));
                }
                let each = match self.rows.entry(*e).amount {
                    Amount::PerUnit(n) if inside.is_none() => self.value(n),
                    _ => 1.0,
                };
                if quantity * each != 0.0 {
                    into.push((*e, quantity * each, inside.unwrap_or(0)));
                }
            }
            Tree::Nest { name, sigma, parts, .. } => {
                let Some((_, inputs)) = self.nest(tree, outermost) else { return };
                let at = nests.len();
                nests.push(NestRow { name: name.clone(), inside, sigma: self.value(*sigma) });
                for ((_, part), used) in parts.iter().zip(inputs) {
                    if used != 0.0 {
                        self.uses(*part, quantity * used, Some(at), false, nests, into);
                    }
                }
            }
            Tree::Schedule(_) => {}
        }
    }
}

fn outermost(sigma: f64) -> NestRow {
    NestRow { name: None, inside: None, sigma }
}
