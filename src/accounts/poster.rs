//! Writes rows; what is written is read-only once closed.

use super::rows::*;
use crate::expr::{NodeId, Sym};
use crate::model::Economy;
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Rows in the making, beside the economy whose symbols and nodes they name.
pub struct Poster<'e> {
    pub economy: &'e mut Economy,
    pub(super) accounts: Accounts,
    commodities: FxHashMap<(What, Place), CommodityId>,
    agents: FxHashMap<Who, AgentId>,
}

impl<'e> Poster<'e> {
    pub fn new(economy: &'e mut Economy) -> Poster<'e> {
        // The route without wedges comes first: most entries take it.
        let accounts = Accounts { routes: vec![Vec::new()], ..Accounts::default() };
        Poster { economy, accounts, commodities: FxHashMap::default(), agents: FxHashMap::default() }
    }

    /// The rows as written.
    pub fn close(self) -> Accounts {
        self.accounts
    }

    pub fn node(&mut self, sym: Sym) -> NodeId {
        self.economy.dag.sym(sym)
    }

    pub fn agent(&mut self, who: Who, origin: Option<Span>) -> AgentId {
        if let Some(&id) = self.agents.get(&who) {
            return id;
        }
        let id = AgentId(self.accounts.agents.len() as u32);
        self.accounts.agents.push(Agent { who, origin });
        self.agents.insert(who, id);
        id
    }

    pub fn commodity(&mut self, what: What, place: Place, price: Price, origin: Option<Span>) -> CommodityId {
        let id = CommodityId(self.accounts.commodities.len() as u32);
        let (supply, taken) = (Total::default(), Total::default());
        self.accounts.commodities.push(Commodity { what, place, price, origin, supply, taken });
        self.commodities.insert((what, place), id);
        id
    }

    /// A factor in a country; none where it has no price.
    pub fn factor(&self, factor: usize, country: usize) -> Option<CommodityId> {
        self.commodities.get(&(What::Factor(factor), Place::In(country))).copied()
    }

    /// A good as a country's users buy it and its industries sell it.
    pub fn good(&self, good: usize, country: usize) -> Option<CommodityId> {
        let at = |place: Place| self.commodities.get(&(What::Good(good), place)).copied();
        at(Place::World).or_else(|| at(Place::In(country)))
    }

    pub fn bundle(&self, line: usize) -> Option<CommodityId> {
        let origin = self.economy.lines.get(line)?.origin;
        self.commodities.get(&(What::Bundle(line), Place::In(origin))).copied()
    }

    pub fn activity(&mut self, what: Doing, owner: AgentId, level: Level, unit_cost: Option<Sym>, origin: Option<Span>) -> ActivityId {
        let id = ActivityId(self.accounts.activities.len() as u32);
        self.accounts.activities.push(Activity { what, owner, takes: None, gives: None, level, unit_cost, entries: Vec::new(), origin });
        id
    }

    pub fn takes(&mut self, by: ActivityId, tree: TreeId) {
        self.accounts.activities[by.index()].takes = Some(tree);
    }

    pub fn gives(&mut self, by: ActivityId, tree: TreeId) {
        self.accounts.activities[by.index()].gives = Some(tree);
    }

    /// An entry at the commodity's own price.
    pub fn entry(&mut self, by: ActivityId, commodity: CommodityId, side: Side, amount: Amount) -> EntryId {
        let price = self.accounts.commodities[commodity.index()].price.sym();
        let paid = self.node(price);
        let id = EntryId(self.accounts.entries.len() as u32);
        self.accounts.entries.push(Entry { by, commodity, side, amount, route: RouteId(0), paid });
        self.accounts.activities[by.index()].entries.push(id);
        let row = &mut self.accounts.commodities[commodity.index()];
        match side {
            Side::Takes => row.taken.entries.push(id),
            Side::Gives => row.supply.entries.push(id),
        }
        id
    }

    /// The entry of that side that an activity has already: inputs that stand in several nests are one.
    pub fn entry_of(&self, by: ActivityId, commodity: CommodityId, side: Side) -> Option<EntryId> {
        let of = |id: &EntryId| &self.accounts.entries[id.index()];
        self.accounts.activity(by).entries.iter().copied().find(|id| of(id).commodity == commodity && of(id).side == side)
    }

    pub fn tree(&mut self, tree: Tree) -> TreeId {
        let id = TreeId(self.accounts.trees.len() as u32);
        self.accounts.trees.push(tree);
        id
    }

    /// Puts a wedge at the end of an entry's route.
    pub fn wedge(&mut self, entry: EntryId, wedge: Wedge) {
        let id = WedgeId(self.accounts.wedges.len() as u32);
        self.accounts.wedges.push(wedge);
        let mut route = self.accounts.routes[self.accounts.entries[entry.index()].route.index()].clone();
        route.push(id);
        let at = RouteId(self.accounts.routes.len() as u32);
        self.accounts.routes.push(route);
        self.accounts.entries[entry.index()].route = at;
    }

    pub fn margin(&mut self, margin: Margin) -> TreeId {
        let at = self.accounts.margins.len();
        self.accounts.margins.push(margin);
        self.tree(Tree::Schedule(at))
    }

    pub fn endow(&mut self, agent: AgentId, commodity: CommodityId, amount: Supply) {
        self.accounts.commodities[commodity.index()].supply.endowments.push(self.accounts.endowments.len());
        self.accounts.endowments.push(Endowment { agent, commodity, amount });
    }

    pub fn transfer(&mut self, from: AgentId, to: Option<AgentId>, passing: Passing) {
        self.accounts.transfers.push(Transfer { from, to, passing });
    }
}
