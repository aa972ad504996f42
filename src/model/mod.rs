//! The economy as declared: names, sets, countries, factors, tasks, goods, industries, households; every expression resolved to a DAG node.

pub mod assignment;
mod augmentation;
mod between;
pub mod bodies;
pub mod border;
pub mod bounds;
pub mod builtins;
pub mod calls;
pub mod checks;
mod conditions;
pub mod consistency;
mod data;
pub mod echo;
pub mod forms;
pub mod items;
pub mod library;
pub mod load;
pub mod names;
pub mod naming;
mod order;
pub mod origin;
mod printed;
pub mod reference;
pub mod resolve;
pub mod structure;
pub mod targets;
pub mod task_border;
mod tasks;
pub mod values;

use crate::diag::Diagnostics;
use crate::expr::{Dag, NodeId, Sym};
use crate::source::Span;
use crate::syntax::tree;
use crate::system::{Quantity, Role, SymInfo};
use rustc_hash::FxHashMap;
use std::sync::Arc;
pub use tasks::{Ends, TaskLine, Tasks};

/// A country: inside ones clear their markets, an outside one has given factor prices.
#[derive(Clone, Debug)]
pub struct Country {
    pub name: Arc<str>,
    pub label: Option<Arc<str>>,
    pub mark: Option<Arc<str>>,
    pub outside: bool,
    pub span: Span,
    /// By factor: the endowment's symbol.
    pub endowments: Vec<Option<Sym>>,
    /// By factor: the given price of an outside country.
    pub prices: Vec<Option<Sym>>,
    pub productivity: Option<Sym>,
    /// By factor whose work counts for more or less than its hours: the factor's productivity.
    pub augmentations: Vec<(usize, Sym)>,
}

/// A factor, or one member of a family of factors (`K[x]`).
#[derive(Clone, Debug)]
pub struct Factor {
    /// `L`, or `K[x]`.
    pub name: Arc<str>,
    pub base: Arc<str>,
    pub index: Vec<Arc<str>>,
    pub label: Option<Arc<str>>,
    /// Symbol of its price, where declared.
    pub price: Option<Arc<str>>,
    pub specific: Option<Arc<str>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Good {
    pub name: Arc<str>,
    pub label: Option<Arc<str>>,
    /// Symbol of its price and its index, for `price p` in a family.
    pub price: Option<(Arc<str>, Vec<Arc<str>>)>,
    /// The given world price.
    pub given: Option<Sym>,
    pub numeraire: bool,
    pub nontraded: bool,
    /// Declared with a world price, [`Good::given`] once that is resolved.
    pub at_world_price: bool,
    /// Its varieties differ by the country that makes them.
    pub differentiated: bool,
    /// How they substitute for each other, once that is resolved.
    pub origins: Option<origin::Origins>,
    /// A border changes its price, so that each country has its own.
    pub bordered: bool,
    pub span: Span,
}

impl Good {
    /// Whether users pay one price in all countries.
    pub fn one_price(&self) -> bool {
        !self.nontraded && !self.differentiated && !self.bordered
    }
}

/// One industry in one country.
#[derive(Clone, Debug)]
pub struct Industry {
    pub name: Arc<str>,
    pub label: Option<Arc<str>>,
    pub country: usize,
    pub good: usize,
    pub form: Nest,
    pub productivity: Option<Sym>,
    pub augmentations: Vec<(usize, Sym)>,
    /// A parameter, or an expression that may name anything.
    pub markup: Option<Sym>,
    pub span: Span,
}

/// A nest of a technology or of demand, with resolved inputs.
#[derive(Clone, Debug)]
pub struct Nest {
    /// Absent at the top.
    pub name: Option<Arc<str>>,
    pub shape: Shape,
    pub sigma: NodeId,
    pub inputs: Vec<NestInput>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Leontief,
    /// The textbook production function: unit cost `Π (p_k/d_k)^{d_k}`.
    CobbDouglas,
    Ces,
    /// Only shares and elasticities.
    General,
}

#[derive(Clone, Debug)]
pub struct NestInput {
    pub weight: NodeId,
    pub what: Input,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Input {
    Factor(usize),
    Good(usize),
    Nest(Box<Nest>),
}

#[derive(Clone, Debug)]
pub struct UserVariable {
    pub sym: Sym,
    /// Whether its interval excludes its lower, its upper end.
    pub open: [bool; 2],
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct UserEquation {
    pub name: String,
    pub left: NodeId,
    pub right: NodeId,
    pub relation: tree::Relation,
    pub complements: Option<Sym>,
    pub span: Span,
}

/// An expression with the words it was written in.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub node: NodeId,
    pub span: Span,
}

/// How the effects on some quantities are split.
#[derive(Clone, Debug)]
pub struct Channels {
    pub of: Vec<Sym>,
    pub channels: Vec<(Arc<str>, Vec<Sym>)>,
    pub span: Span,
}

/// `low`, `high` are expressions of parameters; `None` is infinite.
#[derive(Clone, Debug)]
pub struct Interval {
    pub low: Option<NodeId>,
    pub high: Option<NodeId>,
    pub low_open: bool,
    pub high_open: bool,
    pub span: Span,
}

/// One line of a shock, resolved.
#[derive(Clone, Debug)]
pub struct Change {
    pub target: Sym,
    pub by: By,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// Multiplies by `1 + value`.
    Relative(NodeId),
    Set(NodeId),
    Add(NodeId),
}

#[derive(Clone, Debug)]
pub struct Shock {
    pub name: Arc<str>,
    pub changes: Vec<Change>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Axis {
    pub target: Sym,
    pub grid: Grid,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Grid {
    Range { from: NodeId, to: NodeId, points: Option<NodeId>, log: bool },
    List(Vec<NodeId>),
}

#[derive(Clone, Debug)]
pub struct Sweep {
    pub name: Arc<str>,
    pub axes: Vec<Axis>,
    pub span: Span,
}

/// A quantity of the model that is no parameter and no user definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    FactorPrice(usize, usize),
    /// Country for a good that is not traded.
    GoodPrice(usize, Option<usize>),
    Output(usize, usize),
    Activity(usize),
    Demand(usize, usize),
    Use(usize, usize),
    Exports(usize, usize),
    Income(usize),
    PriceIndex(usize),
    /// The constant that makes a price index 1 at the file's own parameters.
    PriceBase(usize),
    /// The expenditure function, before that normalisation.
    Expenditure(usize),
    Welfare(usize),
    Balance(usize),
    /// Units of an input (factor, good or nest by its key) per unit of output of an industry.
    InputPerUnit(Arc<str>, usize),
    CostShare(Arc<str>, usize),
    NestPrice(Arc<str>, usize),
    UnitCost(usize),
    EmploymentShare(usize, usize),
    ExpenditureShare(usize, usize),
    Margin(usize),
    /// The share of one step's tasks that is done abroad, where the cost jumps.
    Step(usize, usize),
    /// Of one piece's tasks done in the first places, up to the one after this number, the share done in those up to this number.
    Cut(usize, usize, usize),
    /// 1 − I, where it is no unknown's complement.
    HomeTasks(usize),
    /// κ̄, what tasks abroad take on average where tasks replace each other; of one step where the cost jumps.
    MeanCost(usize, usize),
    /// The share of all tasks that is done in one place.
    TasksIn(usize, usize),
    Bill(usize),
    /// ω = w Ω, what a unit of the tasks' bundle costs.
    TaskPrice(usize),
    /// K(I): foreign labor that the tasks done in a place take per unit of the bundle.
    ForeignLabor(usize, usize),
    /// In all places, or in one of several.
    OffshoredShare(usize, Option<usize>),
    /// The share of a bill that is paid at home, where there are several places.
    HomeShare(usize),
    MarginElasticity(usize),
    EmployedAbroad(usize, Option<usize>),
    TaskImports(usize, Option<usize>),
    /// What makers in a country get for their variety of a good.
    ProducerPrice(usize, usize),
    /// What a good costs its users when it comes from one country to another.
    Delivered(usize, usize, usize),
    /// What arrives of a good, by origin and destination.
    Trade(usize, border::End, border::End),
    /// Share of an origin in what a country spends on a good.
    OriginShare(usize, usize, usize),
    /// Units of an origin's variety per unit of what a country uses of a good.
    OriginInput(usize, usize, usize),
    /// What a country's borders bring its household.
    Revenue(usize),
    /// World price with all that stands between it and a country's users.
    ImportParity(usize, usize),
    /// World price less all that stands between a country's makers and it.
    ExportParity(usize, usize),
    /// Where a price stands between export parity (0) and import parity (1).
    Parity(usize, usize),
}

/// Where a definition that follows parameters is declared with an interval or another demand on its value.
#[derive(Clone, Debug)]
pub struct ValueCheck {
    pub sym: Option<Sym>,
    pub node: NodeId,
    pub what: Demand,
    pub span: Span,
    /// How messages call the value: "`beta`", "the endowment of `L` in Home".
    pub subject: String,
}

/// What a value must satisfy, at load and at every shocked value.
#[derive(Clone, Debug)]
pub enum Demand {
    Within(Interval),
    Positive,
    NonNegative,
    /// Weights that must sum to 1 where σ is 1 (or may become 1).
    SumsToOne {
        weights: Vec<NodeId>,
        sigma: NodeId,
    },
    /// A tax rate: above −1.
    Rate,
    /// What a round trip over a country's border costs, as a share of the price: not negative.
    RoundTrip,
    /// A cost that is positive and strictly increasing on [0, 1].
    Rising {
        task: Sym,
        margin: String,
        /// Whether it jumps, so that it may be flat between the jumps.
        steps: bool,
    },
    /// Places that keep their order in how steeply the costs of a line rise.
    Order {
        line: usize,
    },
}

/// Taste of one country's household.
#[derive(Clone, Debug)]
pub struct Household {
    pub form: Nest,
    pub span: Span,
}

/// The model after names: everything that `lower` needs, and the names to resolve further expressions with.
#[derive(Clone, Debug, Default)]
pub struct Economy {
    pub name: Option<Arc<str>>,
    pub label: Option<Arc<str>>,
    pub span: Option<Span>,
    pub dag: Dag,
    pub syms: Vec<SymInfo>,
    pub keys: FxHashMap<Key, Sym>,
    /// Keys in the order they were asked for; `lower` defines each.
    pub asked: Vec<(Key, Sym)>,
    /// Where each stands there.
    asked_at: FxHashMap<Sym, usize>,
    pub countries: Vec<Country>,
    pub factors: Vec<Factor>,
    pub goods: Vec<Good>,
    pub industries: Vec<Industry>,
    pub tasks: Vec<Tasks>,
    pub lines: Vec<TaskLine>,
    /// By country.
    pub households: Vec<Option<Household>>,
    pub borders: border::Borders,
    pub numeraire: Option<Named>,
    pub variables: Vec<UserVariable>,
    pub equations: Vec<UserEquation>,
    pub lets: Vec<Sym>,
    pub report: Vec<Named>,
    /// Lines whose cuts a `report` lists, as it names them.
    pub cuts: Vec<(String, usize)>,
    pub channels: Vec<Channels>,
    pub assumptions: Vec<(NodeId, crate::expr::Cmp, NodeId, Span)>,
    pub shocks: Vec<Shock>,
    pub sweeps: Vec<Sweep>,
    pub checks: Vec<ValueCheck>,
    pub names: names::Names,
    pub index: Index,
    /// Terms and members resolved so far, against [`bounds::TERMS`].
    pub resolved: usize,
    /// Calls inlined for the call being resolved.
    pub inlined: usize,
    /// Documentation comments by declared name.
    pub docs: FxHashMap<Arc<str>, Arc<str>>,
    /// The expression that each `let`, parameter and place was given, for `info` and `equations`.
    pub written: FxHashMap<Sym, Span>,
}

/// Where countries, factors, goods and industries stand, by name.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub countries: FxHashMap<Arc<str>, usize>,
    pub factors: FxHashMap<Arc<str>, usize>,
    pub goods: FxHashMap<Arc<str>, usize>,
    /// By name and country.
    pub industries: FxHashMap<(Arc<str>, usize), usize>,
    /// The industries of a name, by country.
    pub named: FxHashMap<Arc<str>, Vec<usize>>,
    /// The industries of a country.
    pub within: FxHashMap<usize, Vec<usize>>,
    /// The industries that make a good in a country.
    pub makers: FxHashMap<(usize, usize), Vec<usize>>,
    /// The line of a factor's tasks in an industry.
    pub lines: FxHashMap<(usize, usize), usize>,
    /// Countries inside, and those of them without a mark.
    pub inside: usize,
    pub unmarked: usize,
}

impl Economy {
    pub fn country_named(&self, name: &str) -> Option<usize> {
        self.index.countries.get(name).copied()
    }

    pub fn factor_named(&self, name: &str) -> Option<usize> {
        self.index.factors.get(name).copied()
    }

    pub fn good_named(&self, name: &str) -> Option<usize> {
        self.index.goods.get(name).copied()
    }

    /// The industry of that name in a country.
    pub fn industry_named(&self, name: &Arc<str>, country: usize) -> Option<usize> {
        self.index.industries.get(&(name.clone(), country)).copied()
    }

    pub(crate) fn add_country(&mut self, country: Country) {
        let at = self.countries.len();
        self.index.countries.entry(country.name.clone()).or_insert(at);
        self.index.inside += usize::from(!country.outside);
        self.index.unmarked += usize::from(!country.outside && country.mark.is_none());
        self.countries.push(country);
    }

    pub(crate) fn add_factor(&mut self, factor: Factor) {
        self.index.factors.entry(factor.name.clone()).or_insert(self.factors.len());
        self.factors.push(factor);
    }

    pub(crate) fn add_good(&mut self, good: Good) {
        self.index.goods.entry(good.name.clone()).or_insert(self.goods.len());
        self.goods.push(good);
    }

    pub(crate) fn add_industry(&mut self, industry: Industry) {
        let at = self.industries.len();
        self.index.industries.entry((industry.name.clone(), industry.country)).or_insert(at);
        self.index.named.entry(industry.name.clone()).or_default().push(at);
        self.index.within.entry(industry.country).or_default().push(at);
        self.index.makers.entry((industry.good, industry.country)).or_default().push(at);
        self.industries.push(industry);
    }

    pub(crate) fn add_line(&mut self, line: TaskLine) -> usize {
        let at = self.lines.len();
        let factor = self.tasks[line.tasks].factor;
        for j in &line.industries {
            self.index.lines.entry((factor, *j)).or_insert(at);
        }
        for place in &line.places {
            self.tasks[line.tasks].ends.add(line.origin, place.destination);
        }
        self.lines.push(line);
        at
    }

    pub fn inside(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.countries.len()).filter(|&r| !self.countries[r].outside)
    }

    /// The inside country, where there is just one.
    pub fn sole_country(&self) -> Option<usize> {
        if self.index.inside != 1 {
            return None;
        }
        let mut inside = self.inside();
        match (inside.next(), inside.next()) {
            (Some(r), None) => Some(r),
            _ => None,
        }
    }

    pub fn new_sym(&mut self, info: SymInfo) -> Sym {
        self.syms.push(info);
        Sym(self.syms.len() as u32 - 1)
    }

    pub fn info(&self, sym: Sym) -> &SymInfo {
        &self.syms[sym.index()]
    }

    /// The symbol of a quantity, made when first asked for.
    pub fn quantity(&mut self, key: Key) -> Sym {
        if let Some(&sym) = self.keys.get(&key) {
            return sym;
        }
        let info = naming::describe(self, &key);
        let sym = self.new_sym(info);
        self.keys.insert(key.clone(), sym);
        self.asked_at.insert(sym, self.asked.len());
        self.asked.push((key, sym));
        sym
    }

    /// The key that a symbol was asked for by.
    pub fn asked_key(&self, sym: Sym) -> Option<&Key> {
        self.asked_at.get(&sym).and_then(|at| self.asked.get(*at)).map(|(key, _)| key)
    }

    /// Whether some tasks of factor `f` may be done abroad by this industry, and by which line.
    pub fn line_of(&self, factor: usize, industry: usize) -> Option<usize> {
        self.index.lines.get(&(factor, industry)).copied()
    }

    pub fn industries_in(&self, country: usize) -> impl Iterator<Item = usize> + '_ {
        self.index.within.get(&country).into_iter().flatten().copied()
    }

    pub fn makers(&self, good: usize, country: usize) -> impl Iterator<Item = usize> + '_ {
        self.index.makers.get(&(good, country)).into_iter().flatten().copied()
    }

    /// Values of parameters and of the definitions that follow them only, by symbol; NaN for everything else.
    pub fn parameter_values(&self, settings: &FxHashMap<Sym, f64>) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.syms.len()];
        let mut pending: FxHashMap<Sym, NodeId> = FxHashMap::default();
        for (i, info) in self.syms.iter().enumerate() {
            let sym = Sym(i as u32);
            match (settings.get(&sym), &info.role) {
                (Some(&v), _) => values[i] = v,
                (None, Role::Parameter(v)) => values[i] = *v,
                (None, Role::Definition(node)) if info.quantity.is_parameter() => drop(pending.insert(sym, *node)),
                _ => {}
            }
        }
        if !pending.is_empty() {
            crate::expr::eval::definitions(&self.dag, &pending, &mut values);
        }
        values
    }

    /// Whether a symbol is a parameter, or a definition that follows parameters only.
    pub fn is_parametric(&self, sym: Sym) -> bool {
        self.info(sym).quantity.is_parameter() || matches!(self.info(sym).role, Role::Bound)
    }

    pub fn is_numeric(&self) -> bool {
        fn numeric(nest: &Nest) -> bool {
            nest.shape != Shape::General && nest.inputs.iter().all(|i| if let Input::Nest(n) = &i.what { numeric(n) } else { true })
        }
        self.industries.iter().all(|j| numeric(&j.form)) && self.households.iter().flatten().all(|h| numeric(&h.form))
    }
}

/// Builds the economy from loaded files; diagnostics of names and economics together, as many as can be found at once.
pub fn build(program: &load::Program) -> (Economy, Diagnostics) {
    structure::build(program)
}

pub(crate) fn parameter_info(name: String, quantity: Quantity, role: Role, meaning: String, origin: Option<Span>) -> SymInfo {
    let (display, latex) = naming::pretty(&name);
    SymInfo { name, display, latex, meaning, role, quantity, origin }
}
