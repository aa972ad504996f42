//! The rows: what is traded, who does what with it, who owns it, and what stands between a seller's price and a user's.

use crate::expr::{NodeId, Sym};
use crate::model::Shape;
use crate::source::Span;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(super) u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A row of [`Accounts::commodities`].
    CommodityId,
    /// A row of [`Accounts::activities`].
    ActivityId,
    /// A row of [`Accounts::agents`].
    AgentId,
    /// A row of [`Accounts::trees`].
    TreeId,
    /// A row of [`Accounts::entries`].
    EntryId,
    /// A row of [`Accounts::routes`].
    RouteId,
    /// A row of [`Accounts::wedges`].
    WedgeId,
}

/// What a commodity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Factor(usize),
    Good(usize),
    /// The bundle of all tasks of a factor, as the industries of a task line use it.
    Bundle(usize),
}

/// Where a commodity has one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    World,
    In(usize),
}

/// What settles a commodity's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// Its market.
    Cleared(Sym),
    /// Nothing here: a parameter.
    Given(Sym),
    /// Its one maker's unit cost, a definition.
    Cost(Sym),
}

impl Price {
    pub fn sym(self) -> Sym {
        let (Price::Cleared(s) | Price::Given(s) | Price::Cost(s)) = self;
        s
    }
}

/// Something with one price: a factor in a country, a good on its market, the tasks' bundle of a line.
#[derive(Clone, Debug)]
pub struct Commodity {
    pub what: What,
    pub place: Place,
    pub price: Price,
    pub origin: Option<Span>,
    /// Who brings it to the market, and who takes it from there.
    pub supply: Total,
    pub taken: Total,
}

/// The rows that a market adds up.
#[derive(Clone, Debug, Default)]
pub struct Total {
    pub entries: Vec<EntryId>,
    /// Indices into [`Accounts::endowments`].
    pub endowments: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// The household of a country.
    Household(usize),
    /// An outside country, which earns by its factors.
    Outside(usize),
    /// The world market, where prices are given.
    World,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub who: Who,
    pub origin: Option<Span>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// An industry of the economy makes its good.
    Make(usize),
    /// The tasks of a line, at home and abroad, make its bundle.
    Tasks(usize),
    /// A household turns goods into welfare.
    Consume,
    Abroad(Trade),
}

/// The world market's own trades at a given price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trade {
    /// It buys what is not used.
    Buy,
    /// It sells what is not made.
    Sell,
}

/// How much of an activity there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An unknown, with zero profit as its condition.
    Free(Sym),
    /// What is taken of its one output.
    Follows(CommodityId),
    /// Entries say whole quantities.
    Whole,
}

#[derive(Clone, Debug)]
pub struct Activity {
    pub what: Doing,
    pub owner: AgentId,
    pub takes: Option<TreeId>,
    pub gives: Option<TreeId>,
    pub level: Level,
    pub unit_cost: Option<Sym>,
    pub entries: Vec<EntryId>,
    pub origin: Option<Span>,
}

/// How inputs substitute for each other.
#[derive(Clone, Debug)]
pub enum Tree {
    Leaf(EntryId),
    Nest {
        /// Absent at the top.
        name: Option<Arc<str>>,
        shape: Shape,
        sigma: NodeId,
        parts: Vec<(NodeId, TreeId)>,
    },
    /// A continuum of tasks: an index into [`Accounts::margins`].
    Schedule(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Takes,
    Gives,
}

/// How much of a commodity an entry moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Per unit of the activity's level.
    PerUnit(NodeId),
    Whole(NodeId),
}

/// One activity takes or gives one commodity.
#[derive(Clone, Debug)]
pub struct Entry {
    pub by: ActivityId,
    pub commodity: CommodityId,
    pub side: Side,
    pub amount: Amount,
    pub route: RouteId,
    /// The price on the activity's side of the route.
    pub paid: NodeId,
}

/// A price between cost and market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Cost,
    Producer,
}

/// What raises a price from one stage to the next by a factor, and who gets the difference.
#[derive(Clone, Debug)]
pub struct Wedge {
    pub base: Stage,
    pub stage: Stage,
    /// Price at `stage` over price at `base`.
    pub factor: NodeId,
    pub rate: Sym,
    pub to: AgentId,
    pub origin: Option<Span>,
}

/// The border between tasks at home and abroad.
#[derive(Clone, Debug)]
pub struct Margin {
    pub line: usize,
    pub at: Sym,
    pub home: EntryId,
    pub away: EntryId,
    pub task: Sym,
    pub cost: NodeId,
    /// K(I).
    pub abroad: Sym,
    /// ω.
    pub price: Sym,
    /// Ω.
    pub bill: Sym,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    Fixed(Sym),
    /// Whatever is taken, at a given price.
    Elastic,
}

/// What an agent owns.
#[derive(Clone, Debug)]
pub struct Endowment {
    pub agent: AgentId,
    pub commodity: CommodityId,
    pub amount: Supply,
}

/// Why an agent hands on all that it earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passing {
    /// It buys on the world market.
    Spends,
    /// No demand is declared.
    Unspent,
}

#[derive(Clone, Debug)]
pub struct Transfer {
    pub from: AgentId,
    /// Absent where there is nobody outside to leave it to.
    pub to: Option<AgentId>,
    pub passing: Passing,
}

/// Who pays whom for what, as declared; read-only once posted.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub(super) commodities: Vec<Commodity>,
    pub(super) activities: Vec<Activity>,
    pub(super) agents: Vec<Agent>,
    pub(super) trees: Vec<Tree>,
    pub(super) entries: Vec<Entry>,
    pub(super) routes: Vec<Vec<WedgeId>>,
    pub(super) wedges: Vec<Wedge>,
    pub(super) margins: Vec<Margin>,
    pub(super) endowments: Vec<Endowment>,
    pub(super) transfers: Vec<Transfer>,
}

impl Accounts {
    pub fn is_empty(&self) -> bool {
        self.activities.is_empty()
    }

    pub fn commodities(&self) -> impl Iterator<Item = (CommodityId, &Commodity)> {
        self.commodities.iter().enumerate().map(|(i, c)| (CommodityId(i as u32), c))
    }

    pub fn activities(&self) -> impl Iterator<Item = (ActivityId, &Activity)> {
        self.activities.iter().enumerate().map(|(i, a)| (ActivityId(i as u32), a))
    }

    pub fn agents(&self) -> impl Iterator<Item = (AgentId, &Agent)> {
        self.agents.iter().enumerate().map(|(i, a)| (AgentId(i as u32), a))
    }

    pub fn entries(&self) -> impl Iterator<Item = (EntryId, &Entry)> {
        self.entries.iter().enumerate().map(|(i, e)| (EntryId(i as u32), e))
    }

    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    pub fn endowments(&self) -> &[Endowment] {
        &self.endowments
    }

    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    pub fn commodity(&self, id: CommodityId) -> &Commodity {
        &self.commodities[id.index()]
    }

    pub fn activity(&self, id: ActivityId) -> &Activity {
        &self.activities[id.index()]
    }

    pub fn agent(&self, id: AgentId) -> &Agent {
        &self.agents[id.index()]
    }

    pub fn tree(&self, id: TreeId) -> &Tree {
        &self.trees[id.index()]
    }

    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.index()]
    }

    pub fn wedge(&self, id: WedgeId) -> &Wedge {
        &self.wedges[id.index()]
    }

    /// The wedges from seller to user, in order.
    pub fn route(&self, id: RouteId) -> &[WedgeId] {
        &self.routes[id.index()]
    }
}
