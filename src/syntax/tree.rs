//! The syntax tree: what the file says, with a span on everything.
//!
//! Sums and products are flat lists, so that neither a walk nor a drop recurses on the length of an expression; only nesting recurses, and the
//! parser bounds that. Spans do not take part in [`Expr::same`], the equality that `parse ∘ format = identity` speaks of.

use crate::source::Span;
use std::sync::Arc;

/// A name, NFC-normalised, or a quoted element of a set; `m.name` is one name with a dot.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: Arc<str>,
    pub span: Span,
    pub quoted: bool,
}

/// The text of a string literal without its quotes, escapes resolved.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: Arc<str>,
    pub span: Span,
}

/// One file: its declarations in order; broken ones are left out and reported.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub declarations: Vec<Declaration>,
    /// Where the broken ones stand.
    pub broken: Vec<Span>,
}

#[derive(Clone, Debug)]
pub struct Declaration {
    pub span: Span,
    /// The `///` lines right before it, joined by newlines.
    pub doc: Option<Arc<str>>,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Model { name: Name, label: Option<Text> },
    Import { path: ImportPath, alias: Option<Name> },
    Parameter { name: Head, value: Expr, interval: Option<Interval>, label: Option<Text> },
    Set { name: Name, elements: Members, ordered: bool },
    Function { name: Name, arguments: Vec<Name>, body: Expr },
    Technology { name: Name, arguments: Vec<Name>, form: Form },
    Schedule { name: Name, task: Name, arguments: Vec<Name>, body: ScheduleBody },
    Country(Country),
    Factor { name: Head, label: Option<Text>, price: Option<Name>, specific: Option<Name> },
    Tasks(Tasks),
    Good(Good),
    Industry(Industry),
    Demand { form: Form, countries: Vec<Name> },
    Numeraire { value: Expr },
    Variable { name: Head, interval: Option<Interval>, start: Option<Expr>, label: Option<Text> },
    Equation { name: Head, left: Expr, relation: Relation, right: Expr, complements: Option<Expr> },
    Let { name: Head, value: Expr, label: Option<Text> },
    Report { items: Vec<Item> },
    Channels { of: Vec<Item>, channels: Vec<(Name, Vec<Expr>)> },
    Assume { left: Expr, comparison: Comparison, right: Expr },
    Shock { name: Name, changes: Vec<Change> },
    Sweep { name: Name, axes: Vec<Axis> },
    Border(Border),
}

/// The elements of a set: as listed, or a column of a file.
#[derive(Clone, Debug)]
pub enum Members {
    Listed(Vec<Name>),
    Loaded(Load),
}

/// `load "F.csv" [by "sector", "user"] [column "value"] [wide]`
#[derive(Clone, Debug)]
pub struct Load {
    pub span: Span,
    pub file: Text,
    pub by: Vec<Text>,
    pub column: Option<Text>,
    /// The last index stands in the heads of columns.
    pub wide: bool,
}

#[derive(Clone, Debug)]
pub enum ImportPath {
    /// `import schedules`
    Library(Name),
    /// `import "my/file.trade"`
    File(Text),
}

/// A declared name with the indices it binds: `K[g in S where g != x]`; `name` is absent in `good[g in S]`.
#[derive(Clone, Debug)]
pub struct Head {
    pub span: Span,
    pub name: Option<Name>,
    pub family: Option<Family>,
}

/// Binders with their guard.
#[derive(Clone, Debug)]
pub struct Family {
    pub binders: Vec<Binder>,
    pub guard: Option<Box<Expr>>,
}

/// `g in S`
#[derive(Clone, Debug)]
pub struct Binder {
    pub variable: Name,
    pub set: SetExpr,
}

#[derive(Clone, Debug)]
pub enum SetExpr {
    Named(Name),
    /// `{a, b}`
    Listed(Vec<Name>),
}

/// An expression of a list in braces, with the family that repeats it: `welfare[r] for r in R`.
#[derive(Clone, Debug)]
pub struct Item {
    pub value: Expr,
    pub family: Option<Family>,
}

/// What is drawn through the points of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    Linear,
    Smooth,
    Steps,
}

#[derive(Clone, Debug)]
pub enum ScheduleBody {
    Formula(Expr),
    Table {
        smooth: bool,
        rows: Vec<(Expr, Expr)>,
    },
    /// Piecewise constant: the ends of the steps, with the cost on each.
    Steps {
        rows: Vec<(Expr, Expr)>,
    },
    /// Points from a file.
    Loaded {
        points: Points,
        load: Load,
    },
}

#[derive(Clone, Debug)]
pub struct Country {
    pub head: Head,
    pub label: Option<Text>,
    pub mark: Option<Text>,
    pub outside: bool,
    pub endowments: Vec<Entry>,
    pub prices: Vec<Entry>,
    pub productivity: Option<Expr>,
    /// Of a factor's work: `productivity L = 1.1`.
    pub augmentations: Vec<Entry>,
}

/// `L = 100` or `K[g] = Kbar[g] for g in S`: the key is a name or an indexed name.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Expr,
    pub value: Expr,
    pub family: Option<Family>,
}

#[derive(Clone, Debug)]
pub struct Tasks {
    pub name: Name,
    pub label: Option<Text>,
    pub factor: Expr,
    pub lines: Vec<Offshore>,
    /// `margin`, `bill` and `substitution` written in the block instead of in its lines.
    pub margin: Option<Name>,
    pub bill: Option<Name>,
    pub substitution: Option<Expr>,
}

/// One `offshore A -> B cost EXPR [in x, y] [margin I] [bill Omega] [substitution rho] [for …]`.
#[derive(Clone, Debug)]
pub struct Offshore {
    pub span: Span,
    pub from: Name,
    pub to: Name,
    pub cost: Expr,
    pub industries: Vec<Name>,
    pub margin: Option<Name>,
    pub bill: Option<Name>,
    pub substitution: Option<Expr>,
    pub family: Option<Family>,
}

#[derive(Clone, Debug)]
pub struct Good {
    pub head: Head,
    pub label: Option<Text>,
    pub price: Option<Price>,
    pub numeraire: bool,
    pub nontraded: bool,
    pub differentiated: Option<Differentiated>,
}

/// `differentiated(4)`, `differentiated(home: 2, imports: 4) weights b[from, to]`
#[derive(Clone, Debug)]
pub struct Differentiated {
    pub span: Span,
    pub origins: Origins,
    /// Weight of an origin in a destination; `from` and `to` are bound in it.
    pub weights: Option<Expr>,
}

/// How varieties of one good substitute for each other.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // A file has a handful of them.
pub enum Origins {
    /// All alike.
    One(Expr),
    /// The home variety against imports, and imports among each other.
    Two { home: Expr, imports: Expr },
}

/// A wedge between two places: `tariff x from A to B = r [on fob] [for …]`.
#[derive(Clone, Debug)]
pub struct Border {
    pub kind: BorderKind,
    pub good: Name,
    pub from: Name,
    pub to: Name,
    pub rate: Expr,
    /// A tariff on the price at the exporter's border.
    pub on_fob: bool,
    pub family: Option<Family>,
}

/// What a border does to a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BorderKind {
    /// On what goes out, to the exporter's household.
    ExportTax,
    /// Units shipped per unit that arrives.
    Iceberg,
    /// On what comes in, to the importer's household.
    Tariff,
}

impl BorderKind {
    /// The words that begin its declaration.
    pub fn words(self) -> &'static str {
        match self {
            BorderKind::ExportTax => "export tax",
            BorderKind::Iceberg => "iceberg",
            BorderKind::Tariff => "tariff",
        }
    }
}

/// `price`, `price p`, `price = 1`, `price p = 1.2`
#[derive(Clone, Debug)]
pub struct Price {
    pub span: Span,
    pub symbol: Option<Name>,
    pub value: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct Industry {
    pub head: Head,
    pub label: Option<Text>,
    pub countries: Vec<Name>,
    pub makes: Option<Name>,
    pub technology: Option<Form>,
    pub productivity: Option<Expr>,
    /// Of a factor's work here: `productivity L = 1.1`.
    pub augmentations: Vec<Entry>,
    pub markup: Option<Expr>,
}

/// A technology or demand: a nest, or a named form with its arguments.
#[derive(Clone, Debug)]
pub struct Form {
    pub span: Span,
    pub kind: FormKind,
}

#[derive(Clone, Debug)]
pub enum FormKind {
    Nest { shape: Shape, normalized: bool, inputs: Vec<Input> },
    Named { name: Name, arguments: Vec<Expr> },
}

#[derive(Clone, Debug)]
pub enum Shape {
    Leontief,
    CobbDouglas,
    Ces(Expr),
    /// `general(σ) {L, H}`: only shares and elasticities, no numbers.
    General(Expr),
}

/// `L: 0.3`, `VA: 0.7 * ces(1.2) {…}`, `h: io[h, g] for h in S`; in `general` the key alone.
///
/// A named technology as a nest (`VA: 0.7 * value_added(2)`) is kept in `weight`; names tell it apart later.
#[derive(Clone, Debug)]
pub struct Input {
    pub span: Span,
    /// A name, an indexed name (`K[g]`) or a quoted element.
    pub key: Expr,
    pub weight: Option<Expr>,
    pub nest: Option<Form>,
    pub family: Option<Family>,
}

/// `in (0, inf)`
#[derive(Clone, Debug)]
pub struct Interval {
    pub span: Span,
    pub low: Expr,
    pub high: Expr,
    pub low_open: bool,
    pub high_open: bool,
}

/// How the sides of an equation compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    AtLeast,
    AtMost,
}

/// One line of a shock: `beta -10%`, `A = 1.5`, `L[Home] +1`, `rate +2pp`.
#[derive(Clone, Debug)]
pub struct Change {
    pub span: Span,
    pub target: Expr,
    pub by: By,
    pub family: Option<Family>,
}

#[derive(Clone, Debug)]
pub enum By {
    /// Relative change as a fraction: `-10%` is the expression −0.1, an [`ExprKind::Percent`] of text `10`, perhaps negated.
    Percent(Expr),
    Set(Expr),
    /// `+1`, `-1`, `+(EXPR)`, `-(EXPR)`: the number or bracket, negated for a minus.
    Add(Expr),
    /// Percentage points, as a fraction: `+2pp` is 0.02, an [`ExprKind::Percent`] of text `2`, perhaps negated.
    Points(Expr),
}

/// One axis of a sweep.
#[derive(Clone, Debug)]
pub struct Axis {
    pub span: Span,
    pub target: Expr,
    pub grid: Grid,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // A file has a handful of them.
pub enum Grid {
    /// `a..b : n [log]`; a range without `: n` leaves the number of points to the command.
    Range { from: Expr, to: Expr, points: Option<Expr>, log: bool },
    /// `{v, v}`
    List(Vec<Expr>),
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// The value and the text it was written with.
    Number(f64, Arc<str>),
    /// `10%`: the fraction 0.1 and the text `10`.
    Percent(f64, Arc<str>),
    Name(Name),
    /// `a[i, j]`
    Index(Name, Vec<Expr>),
    /// `f(a, b)`; includes `min`, `max` with several arguments.
    Call(Name, Vec<Expr>),
    Negate(Box<Expr>),
    /// `true` marks a subtracted term.
    Sum(Vec<(bool, Expr)>),
    /// `true` marks a divisor.
    Product(Vec<(bool, Expr)>),
    Power(Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `a and b`, `a or b`, `not a`: in guards and conditions.
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// `sum(g in S where …) body`
    Fold {
        fold: Fold,
        family: Family,
        body: Box<Expr>,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// `{USA: 1, MEX: 2}`; keys are names or quoted elements, values may be tables again.
    Table(Vec<(Name, Expr)>),
    /// A parameter's values in a file.
    Load(Box<Load>),
    /// Brackets as written; [`Expr::same`] looks through them.
    Paren(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Sum,
    Prod,
    Min,
    Max,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

impl Expr {
    /// The expression inside any brackets.
    pub fn bare(&self) -> &Expr {
        let mut e = self;
        while let ExprKind::Paren(inner) = &e.kind {
            e = inner;
        }
        e
    }
}

/// A question to the statics: `w, s in terms of p, I wrt beta holding L`, `w when beta falls`.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pub targets: Vec<Expr>,
    pub wrt: Option<Expr>,
    pub holding: Vec<Expr>,
    pub in_terms_of: Vec<Expr>,
    /// `when PARAM falls` (`true`) or `rises` (`false`); the parameter stands in `wrt`.
    pub falls: Option<bool>,
}

/// What a picture shows: `w, s against beta = 1.1..1.5 : 50`, `regimes over beta, L`, `margin`.
#[derive(Clone, Debug)]
pub struct PlotRequest {
    pub targets: Vec<Expr>,
    pub axes: Vec<PlotAxis>,
}

/// An axis of a picture; without a grid its range is left to the command.
#[derive(Clone, Debug)]
pub struct PlotAxis {
    pub span: Span,
    pub target: Expr,
    pub grid: Option<Grid>,
}
