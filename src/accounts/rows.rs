//! The rows: what is traded, who does what with it, who owns it, and what stands between a seller's price and a user's.

use crate::expr::{NodeId, Sym};
use crate::model::Shape;
use crate::model::assignment::Piece;
use crate::source::Span;
pub use crate::system::part::{ActivityId, AgentId, CommodityId, EndowmentId, EntryId, MarginId, RouteId, TreeId, WedgeId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a commodity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Factor(usize),
    Good(usize),
    /// What one country makes of a good that is told apart by origin.
    Variety {
        good: usize,
        from: usize,
    },
    /// The blend of all varieties of a good.
    Composite(usize),
    /// The bundle of all tasks of a factor, as the industries of a task line use it.
    Bundle(usize),
}

/// Where a commodity has one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    World,
    In(usize),
    /// What has come from the first country to the second.
    Between(usize, usize),
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
    /// The world's, with what exporting takes or importing adds: a definition that moves between the two with the unknown `at`, which the market
    /// at home settles.
    Parity { price: Sym, at: Sym },
}

impl Price {
    pub fn sym(self) -> Sym {
        let (Price::Cleared(s) | Price::Given(s) | Price::Cost(s) | Price::Parity { price: s, .. }) = self;
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
    /// A name for all that is taken: what whoever follows the commodity makes, instead of each taker's need by itself.
    pub amount: Option<Sym>,
}

/// The rows that a market adds up.
#[derive(Clone, Debug, Default)]
pub struct Total {
    pub entries: Vec<EntryId>,
    pub endowments: Vec<EndowmentId>,
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
    /// All that it receives; absent outside the model.
    pub income: Option<Sym>,
    pub origin: Option<Span>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// An industry of the economy makes its good.
    Make(usize),
    /// The tasks of a line, at home and abroad, make its bundle.
    Tasks(usize),
    /// A variety goes from one country to another.
    Ship {
        good: usize,
        from: usize,
        to: usize,
    },
    /// Varieties become what a country uses of a good.
    Blend {
        good: usize,
        to: usize,
    },
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
    /// Divides what is taken for a unit.
    pub productivity: Option<NodeId>,
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
        /// A name for its price, a definition.
        price: Option<Sym>,
    },
    /// A continuum of tasks.
    Schedule(MarginId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Takes,
    Gives,
}

/// How much of a commodity an entry moves, on the user's side of its route. What a nest chooses is a symbol, a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Per unit of the activity's level.
    PerUnit(NodeId),
    Whole(NodeId),
}

impl Amount {
    pub fn node(self) -> NodeId {
        let (Amount::PerUnit(n) | Amount::Whole(n)) = self;
        n
    }
}

/// One activity takes or gives one commodity.
///
/// The route leads from the seller to the user. Who gives sells to the market, at the market's price; who takes buys from it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub by: ActivityId,
    pub commodity: CommodityId,
    pub side: Side,
    pub amount: Amount,
    pub route: RouteId,
    /// The user's price, at the end of the route.
    pub paid: NodeId,
}

/// A price between cost and market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Cost,
    Producer,
    /// At the exporter's border, export taxes paid.
    Fob,
    /// Past the importer's border, tariffs paid.
    Border,
}

/// Where the difference between two prices goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Agent(AgentId),
    /// Part of what is shipped is lost on the way.
    Burnt,
}

/// What raises a price from one stage to the next by a factor, and who gets the difference.
#[derive(Clone, Debug)]
pub struct Wedge {
    pub base: Stage,
    pub stage: Stage,
    /// The price rises by `(factor − 1)` of that at `base`: by the factor itself where `base` is the stage before.
    pub factor: NodeId,
    pub rate: Sym,
    pub to: To,
    pub origin: Option<Span>,
}

/// The border between tasks at home and abroad.
#[derive(Clone, Debug)]
pub struct Margin {
    pub line: usize,
    pub at: Sym,
    pub home: EntryId,
    pub places: Vec<Abroad>,
    pub task: Sym,
    /// Where a cost jumps, or there are several places: what the costs are on each piece, and the shares that settle who does its tasks.
    pub pieces: Vec<(Piece, Cuts)>,
    /// 1 − I.
    pub stay: NodeId,
    /// How easily tasks replace each other, where not in fixed proportions.
    pub substitution: Option<NodeId>,
    /// ω.
    pub price: Sym,
    /// Ω.
    pub bill: Sym,
}

/// Where tasks are done abroad.
#[derive(Clone, Copy, Debug)]
pub struct Abroad {
    pub entry: EntryId,
    /// κ.
    pub cost: NodeId,
    /// K(I), of the tasks done there.
    pub labor: Sym,
}

/// Who does the tasks of a piece, an unknown each: I is the sum of what is done abroad.
#[derive(Clone, Debug)]
pub struct Cuts {
    /// The share of the piece that is done abroad.
    pub abroad: Sym,
    /// By place but the last, in the piece's order: of the tasks done in the places up to the next, the share done in those up to this one.
    pub among: Vec<Sym>,
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
    /// Quantities that constructs define by themselves.
    pub(super) definitions: Vec<(Sym, NodeId)>,
    pub(super) places: FxHashMap<(What, Place), CommodityId>,
    pub(super) done: FxHashMap<Doing, ActivityId>,
    pub(super) who: FxHashMap<Who, AgentId>,
}

impl Accounts {
    /// Whether nothing is made, so that nobody pays anybody.
    pub fn is_empty(&self) -> bool {
        !self.activities.iter().any(|a| matches!(a.what, Doing::Make(_)))
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

    pub fn margins(&self) -> impl Iterator<Item = (MarginId, &Margin)> {
        self.margins.iter().enumerate().map(|(i, m)| (MarginId(i as u32), m))
    }

    pub fn endowments(&self) -> impl Iterator<Item = (EndowmentId, &Endowment)> {
        self.endowments.iter().enumerate().map(|(i, e)| (EndowmentId(i as u32), e))
    }

    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    pub fn definitions(&self) -> &[(Sym, NodeId)] {
        &self.definitions
    }

    /// What has one price in a place.
    pub fn find(&self, what: What, place: Place) -> Option<CommodityId> {
        self.places.get(&(what, place)).copied()
    }

    /// A good as a country's users buy it.
    pub fn bought(&self, good: usize, country: usize) -> Option<CommodityId> {
        self.find(What::Composite(good), Place::In(country)).or_else(|| self.sold(good, country))
    }

    /// A good as a country's industries sell it.
    pub fn sold(&self, good: usize, country: usize) -> Option<CommodityId> {
        let own = self.find(What::Variety { good, from: country }, Place::In(country)).or_else(|| self.find(What::Good(good), Place::In(country)));
        own.or_else(|| self.find(What::Good(good), Place::World))
    }

    pub fn factor(&self, factor: usize, country: usize) -> Option<CommodityId> {
        self.find(What::Factor(factor), Place::In(country))
    }

    /// The activity that does this; the first one.
    pub fn doing(&self, what: Doing) -> Option<ActivityId> {
        self.done.get(&what).copied()
    }

    /// The household of a country.
    pub fn household(&self, country: usize) -> Option<AgentId> {
        self.who.get(&Who::Household(country)).copied()
    }

    /// The country whose household an activity belongs to.
    pub fn country_of(&self, activity: ActivityId) -> Option<usize> {
        match self.agent(self.activity(activity).owner).who {
            Who::Household(r) | Who::Outside(r) => Some(r),
            Who::World => None,
        }
    }

    pub fn endowment(&self, id: EndowmentId) -> &Endowment {
        &self.endowments[id.index()]
    }

    /// The margin of a task line.
    pub fn margin_of(&self, line: usize) -> Option<&Margin> {
        self.margins.iter().find(|m| m.line == line)
    }

    /// The entry by which an activity takes or gives a commodity.
    pub fn entry_of(&self, by: ActivityId, commodity: CommodityId, side: Side) -> Option<EntryId> {
        let fits = |e: &Entry| e.commodity == commodity && e.side == side;
        self.activity(by).entries.iter().copied().find(|id| fits(self.entry(*id)))
    }

    pub fn margin(&self, id: MarginId) -> &Margin {
        &self.margins[id.index()]
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
