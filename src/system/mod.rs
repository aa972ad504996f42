//! The equilibrium system: equations paired with unknowns and bounds, definitions kept by name, an origin on everything.

pub mod balance;
pub mod blocks;
pub mod dump;
pub mod part;

use crate::expr::{Dag, NodeId, Sym};
use crate::source::Span;
pub use part::{Part, Parts, Whole};
use rustc_hash::FxHashMap;

/// What a symbol stands for in the system.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// Exogenous, with its value.
    Parameter(f64),
    /// Determined by its expression; kept by name, evaluated once.
    Definition(NodeId),
    /// Determined by the equations; `lower` and `upper` are ±∞ where there is no bound.
    Unknown { lower: f64, upper: f64, start: Option<f64> },
    /// The variable of a quadrature or of a schedule.
    Bound,
}

/// What kind of quantity a symbol is: decides how its change is measured and where it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A `parameter` of the file.
    Declared,
    Endowment,
    /// A given world price of a good, or an outside factor price.
    GivenPrice,
    /// A number with a name by its place: `sigma[x]`, `weight[x, L]`, `markup[x]`, `productivity[Foreign]`.
    Place,
    /// The value of the numeraire.
    Numeraire,
    /// A constant that the program sets by itself, as the base of a price index.
    Hidden,
    FactorPrice,
    GoodPrice,
    Activity,
    Output,
    Margin,
    /// Ω, the tasks' cost as a share of doing all at home.
    Bill,
    /// ω = w Ω, the price of the tasks' bundle.
    TaskPrice,
    UnitCost,
    Income,
    PriceIndex,
    Share,
    /// A flow that may be zero or negative: net exports, balance.
    NetFlow,
    /// Any other positive quantity: demand, use, welfare, …
    Flow,
    /// Declared by `variable`.
    Variable,
    /// Declared by `let`, or an expression typed by the user.
    Named,
}

impl Quantity {
    pub fn is_parameter(self) -> bool {
        use Quantity::*;
        matches!(self, Declared | Endowment | GivenPrice | Place | Numeraire | Hidden)
    }

    /// Listed by `elasticities` without `--all`.
    pub fn is_listed(self) -> bool {
        matches!(self, Quantity::Declared | Quantity::Endowment | Quantity::GivenPrice)
    }
}

#[derive(Clone, Debug)]
pub struct SymInfo {
    /// Canonical name, ASCII where the model's own names are: `output[x, Home]`, `w`, `Omega`.
    pub name: String,
    /// How it is printed for people: `w*`, `Ω`, `output[x]`.
    pub display: String,
    pub latex: String,
    /// In the model's words: "low-skilled labor", "marginal L-task".
    pub meaning: String,
    pub role: Role,
    pub quantity: Quantity,
    pub origin: Option<Span>,
}

/// The rule that an equation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    ZeroProfit,
    Market,
    Margin,
    /// The market at home of a good that is traded with the world over a border: its partner says where the price stands between the parities.
    Parity,
    /// What an agent receives, where that rests on its own spending: a tax on what it buys.
    Income,
    Numeraire,
    User,
}

/// One equilibrium condition `F = left − right`, paired with the unknown that it usually determines.
///
/// With `complementary`: `F ≥ 0` where the partner is at its lower bound, `F ≤ 0` at its upper bound, `F = 0` between. Without: `F = 0`, the
/// partner is free inside its interval, and the pairing is a label for reports; `balance` computes its own matching.
#[derive(Clone, Debug)]
pub struct Equation {
    /// `zero profit of x in Home`, or the user's own name.
    pub name: String,
    pub condition: Condition,
    pub left: NodeId,
    pub right: NodeId,
    pub partner: Option<Sym>,
    pub complementary: bool,
    pub origin: Option<Span>,
}

/// The market that Walras' law makes redundant.
#[derive(Clone, Debug)]
pub struct SetAside {
    pub equation: Equation,
    /// The equation's place among the system's before it was set aside.
    pub place: usize,
    /// World income at the market's prices: the residual is printed relative to it.
    pub scale: NodeId,
    /// The price of the market, to value its excess supply.
    pub price: NodeId,
}

/// Net exports of goods against the payment for tasks done abroad, where goods' prices are given.
#[derive(Clone, Debug)]
pub struct OutsideBalance {
    pub exports: NodeId,
    pub payment: NodeId,
    /// Gross flows, for a relative residual.
    pub scale: NodeId,
}

/// The system as lowered; kept, printed, checked and hatted. `solve` reduces a copy of its own.
#[derive(Clone, Debug, Default)]
pub struct System {
    pub dag: Dag,
    /// Indexed by [`Sym`].
    pub syms: Vec<SymInfo>,
    pub equations: Vec<Equation>,
    pub set_aside: Option<SetAside>,
    pub outside_balances: Vec<OutsideBalance>,
    /// Nominal anchors: given prices, outside factor prices, the numeraire.
    pub anchors: Vec<Sym>,
    /// Hidden parameters that take the value of an expression at the file's own equilibrium (price indices are 1 there).
    pub base_values: Vec<(Sym, NodeId)>,
    /// Sums of which every term is known. Equal expressions are one node: what it was made for first it stays.
    pub sums: FxHashMap<NodeId, Parts>,
    /// A second way to write a definition, used when a symbol in it is taken as given: ω = w·Ω instead of (1 − I) w + K(I) w*.
    pub alternatives: FxHashMap<Sym, NodeId>,
    /// Sums of unknowns of which one moves at a time, by what they add up to: margins of tasks whose cost jumps.
    pub steps: FxHashMap<Sym, Vec<Sym>>,
    /// Shares that divide tasks among places, by what each of them is of: of those done in the first places.
    pub cuts: Vec<Sym>,
}

impl System {
    pub fn info(&self, sym: Sym) -> &SymInfo {
        &self.syms[sym.index()]
    }

    pub fn unknowns(&self) -> impl Iterator<Item = Sym> + '_ {
        self.filter(|r| matches!(r, Role::Unknown { .. }))
    }

    /// What the conditions settle, as it is listed: the unknowns, with a sum in the place of those that only add up to it.
    pub fn listed(&self) -> impl Iterator<Item = Sym> + '_ {
        let part = |s: Sym| self.cuts.contains(&s) || self.steps.values().any(|parts| parts.contains(&s));
        let all = self.syms.iter().enumerate().map(|(i, info)| (Sym(i as u32), info));
        all.filter(move |(s, info)| matches!(info.role, Role::Unknown { .. }) && !part(*s) || self.steps.contains_key(s)).map(|(s, _)| s)
    }

    pub fn parameters(&self) -> impl Iterator<Item = Sym> + '_ {
        self.filter(|r| matches!(r, Role::Parameter(_)))
    }

    pub fn definitions(&self) -> impl Iterator<Item = (Sym, NodeId)> + '_ {
        self.syms.iter().enumerate().filter_map(|(i, s)| match s.role {
            Role::Definition(node) => Some((Sym(i as u32), node)),
            _ => None,
        })
    }

    fn filter(&self, keep: impl Fn(&Role) -> bool + 'static) -> impl Iterator<Item = Sym> + '_ {
        self.syms.iter().enumerate().filter(move |(_, s)| keep(&s.role)).map(|(i, _)| Sym(i as u32))
    }

    /// The symbol of that canonical name.
    pub fn find(&self, name: &str) -> Option<Sym> {
        self.syms.iter().position(|s| s.name == name).map(|i| Sym(i as u32))
    }
}
