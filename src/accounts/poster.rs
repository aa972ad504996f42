//! Writes rows; what is written is read-only once closed.

use super::route;
use super::rows::*;
use crate::expr::{NodeId, Sym};
use crate::model::{Economy, Key};
use crate::source::Span;

/// Rows in the making, beside the economy whose symbols and nodes they name.
pub struct Poster<'e> {
    pub economy: &'e mut Economy,
    pub(super) accounts: Accounts,
}

impl<'e> Poster<'e> {
    pub fn new(economy: &'e mut Economy) -> Poster<'e> {
        // The route without wedges comes first: most entries take it.
        let accounts = Accounts { routes: vec![Vec::new()], ..Accounts::default() };
        Poster { economy, accounts }
    }

    /// The rows as written.
    pub fn close(self) -> Accounts {
        self.accounts
    }

    pub fn node(&mut self, sym: Sym) -> NodeId {
        self.economy.dag.sym(sym)
    }

    pub fn agent(&mut self, who: Who, origin: Option<Span>) -> AgentId {
        if let Some(&id) = self.accounts.who.get(&who) {
            return id;
        }
        let id = AgentId(self.accounts.agents.len() as u32);
        let income = match who {
            Who::Household(r) => Some(self.economy.quantity(Key::Income(r))),
            Who::Outside(_) | Who::World => None,
        };
        self.accounts.agents.push(Agent { who, income, origin });
        self.accounts.who.insert(who, id);
        id
    }

    pub fn commodity(&mut self, what: What, place: Place, price: Price, origin: Option<Span>) -> CommodityId {
        let id = CommodityId(self.accounts.commodities.len() as u32);
        let (supply, taken) = (Total::default(), Total::default());
        self.accounts.commodities.push(Commodity { what, place, price, origin, supply, taken, amount: None });
        self.accounts.places.insert((what, place), id);
        id
    }

    /// Gives all that is taken of a commodity a name.
    pub fn amount(&mut self, commodity: CommodityId, sym: Sym) {
        self.accounts.commodities[commodity.index()].amount = Some(sym);
    }

    /// Defines a quantity of a construct's own.
    pub fn define(&mut self, sym: Sym, node: NodeId) {
        self.accounts.definitions.push((sym, node));
    }

    pub fn bundle(&self, line: usize) -> Option<CommodityId> {
        let origin = self.economy.lines.get(line)?.origin;
        self.accounts.find(What::Bundle(line), Place::In(origin))
    }

    pub fn activity(&mut self, what: Doing, owner: AgentId, level: Level, unit_cost: Option<Sym>, origin: Option<Span>) -> ActivityId {
        let id = ActivityId(self.accounts.activities.len() as u32);
        let (takes, gives, productivity, entries) = (None, None, None, Vec::new());
        self.accounts.activities.push(Activity { what, owner, takes, gives, level, productivity, unit_cost, entries, origin });
        self.accounts.done.entry(what).or_insert(id);
        id
    }

    pub fn productivity(&mut self, by: ActivityId, node: NodeId) {
        self.accounts.activities[by.index()].productivity = Some(node);
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

    pub fn tree(&mut self, tree: Tree) -> TreeId {
        let id = TreeId(self.accounts.trees.len() as u32);
        self.accounts.trees.push(tree);
        id
    }

    /// Puts a wedge at the end of an entry's route. What is taken costs more by it; what is given leaves less of the market's price.
    pub fn wedge(&mut self, entry: EntryId, wedge: Wedge) {
        let id = WedgeId(self.accounts.wedges.len() as u32);
        self.accounts.wedges.push(wedge);
        let row = &self.accounts.entries[entry.index()];
        let mut route = self.accounts.routes[row.route.index()].clone();
        route.push(id);
        let at = RouteId(self.accounts.routes.len() as u32);
        self.accounts.routes.push(route);
        self.accounts.entries[entry.index()].route = at;
        if self.accounts.entries[entry.index()].side == Side::Takes {
            let paid = route::paid(&self.accounts, &mut self.economy.dag, entry);
            self.accounts.entries[entry.index()].paid = paid;
        }
    }

    pub fn margin(&mut self, margin: Margin) -> TreeId {
        let at = MarginId(self.accounts.margins.len() as u32);
        self.accounts.margins.push(margin);
        self.tree(Tree::Schedule(at))
    }

    pub fn endow(&mut self, agent: AgentId, commodity: CommodityId, amount: Supply) {
        let id = EndowmentId(self.accounts.endowments.len() as u32);
        self.accounts.commodities[commodity.index()].supply.endowments.push(id);
        self.accounts.endowments.push(Endowment { agent, commodity, amount });
    }

    pub fn transfer(&mut self, from: AgentId, to: Option<AgentId>, passing: Passing) {
        self.accounts.transfers.push(Transfer { from, to, passing });
    }
}
