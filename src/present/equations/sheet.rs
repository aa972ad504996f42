//! The system sorted by condition, one row a rule.

use super::binders::Letters;
use super::build::Builder;
use super::fold::{Group, Sets, compress, generalise};
use super::names::Style;
use super::term::{Binder, Index, Term};
use crate::expr::{Node, NodeId, Sym};
use crate::model::{Economy, Key};
use crate::source::{SourceMap, Span};
use crate::system::{Condition, Equation, Quantity, Role, System};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// How the sides of a row compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `left ≥ right ⟂ partner ≥ 0`
    AtLeast,
    /// `left − right ⟂ 0 ≤ partner ≤ 1`: no side is larger throughout.
    Between,
    Equal,
    Defined,
}

/// The unknown that a condition is paired with, and its bounds.
#[derive(Clone, Debug)]
pub struct Partner {
    pub term: Term,
    pub lower: f64,
    pub upper: f64,
}

/// One condition or definition, or one rule for many.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub left: Term,
    pub relation: Relation,
    pub right: Term,
    pub partner: Option<Partner>,
    pub binders: Vec<Binder>,
    pub guard: Option<Term>,
    /// Canonical names of all that the row stands for.
    pub members: Vec<String>,
    /// As the file has it, where the user wrote it.
    pub words: Option<String>,
    /// A remark on the row: the market that is set aside, what a base is.
    pub note: Option<String>,
    pub origin: Option<Span>,
}

/// Rows of one kind.
#[derive(Clone, Debug)]
pub struct Section {
    pub key: &'static str,
    pub title: &'static str,
    pub note: Option<&'static str>,
    pub rows: Vec<Row>,
}

/// Everything that is printed, before it is a text.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub sections: Vec<Section>,
    pub givens: Vec<super::given::Given>,
    pub equations: usize,
    pub unknowns: usize,
}

/// A row before members are brought under rules.
pub struct Item {
    pub name: String,
    /// Canonical name of what it stands for.
    pub member: String,
    pub left: Side,
    pub relation: Relation,
    pub right: NodeId,
    pub partner: Option<Sym>,
    pub note: Option<String>,
    pub origin: Option<Span>,
    /// The industry whose bundle's cost is printed by name: its inputs repeat it.
    pub industry: Option<usize>,
}

/// The left side of an item.
pub enum Side {
    Node(NodeId),
    /// The name that is defined.
    Name(Term),
}

/// What all sections are made with.
pub struct Maker<'a> {
    pub system: &'a System,
    pub economy: &'a Economy,
    pub sources: &'a SourceMap,
    pub sets: Sets,
    pub letters: Letters,
    pub builder: Builder<'a>,
    /// The key of a quantity's symbol.
    pub keys: FxHashMap<Sym, &'a Key>,
    /// Definitions that are printed.
    pub used: FxHashSet<Sym>,
}

/// Sorts a system into rows.
pub fn sheet(system: &System, economy: &Economy, sources: &SourceMap, style: Style) -> Sheet {
    let mut m = Maker {
        system,
        economy,
        sources,
        sets: Sets::of(economy),
        letters: Letters::of(economy),
        builder: Builder::of(economy, &system.dag, &system.syms, style),
        keys: economy.keys.iter().map(|(k, s)| (*s, k)).collect(),
        used: FxHashSet::default(),
    };
    m.used = m.used_definitions();
    let mut sections = m.conditions();
    sections.extend(m.definitions());
    sections.retain(|s| !s.rows.is_empty());
    let givens = m.givens();
    Sheet { sections, givens, equations: system.equations.len(), unknowns: system.unknowns().count() }
}

impl Maker<'_> {
    fn conditions(&mut self) -> Vec<Section> {
        let kinds = [
            (Condition::ZeroProfit, "zero_profit", "Zero profit", None),
            (Condition::Market, "market", "Market clearing", None),
            (Condition::Margin, "margin", "Margins", Some("the left side is ≥ 0 at the lower bound, ≤ 0 at the upper, 0 between")),
            (
                Condition::Parity,
                "parity",
                "Trade at the border",
                Some("what is left is ≥ 0 at export parity (0), ≤ 0 at import parity (1), 0 between"),
            ),
        ];
        let mut out = Vec::new();
        for (condition, key, title, note) in kinds {
            let mut rows = self.rows_of(condition);
            if let (Condition::Market, Some(aside)) = (condition, &self.system.set_aside) {
                let item = self.item(&aside.equation, Some("set aside: by Walras' law it holds when all others do".into()));
                rows.extend(self.rows(vec![item]));
            }
            let note = note.filter(|_| rows.iter().any(|r| r.relation == Relation::Between));
            out.push(Section { key, title, note, rows });
        }
        let mut rows = self.rows_of(Condition::Income);
        rows.extend(self.incomes());
        out.push(Section { key: "income", title: "Income", note: None, rows });
        let rows = self.rows_of(Condition::Numeraire);
        out.push(Section { key: "numeraire", title: "Numeraire", note: None, rows });
        let rows = self.user_equations();
        out.push(Section { key: "user", title: "The file's own equations", note: None, rows });
        out
    }

    fn rows_of(&mut self, condition: Condition) -> Vec<Row> {
        let items = self.system.equations.iter().filter(|e| e.condition == condition).map(|e| self.item(e, None)).collect();
        self.rows(items)
    }

    /// A condition as an item.
    pub fn item(&self, e: &Equation, note: Option<String>) -> Item {
        let bounded = e
            .partner
            .is_some_and(|p| matches!(self.system.info(p).role, Role::Unknown { lower, upper, .. } if lower.is_finite() && upper.is_finite()));
        let relation = match (e.complementary, bounded) {
            (false, _) => Relation::Equal,
            (true, true) => Relation::Between,
            (true, false) => Relation::AtLeast,
        };
        Item {
            name: e.name.clone(),
            member: e.name.clone(),
            left: Side::Node(e.left),
            relation,
            right: e.right,
            partner: e.partner,
            note,
            origin: e.origin,
            industry: None,
        }
    }

    /// Items under as few rules as they follow; numbers are printed by name where that makes many rules one.
    pub fn rows(&mut self, items: Vec<Item>) -> Vec<Row> {
        if items.is_empty() {
            return Vec::new();
        }
        let before = self.builder.named_places.clone();
        let mut found = self.grouped(&items);
        if found.len() > 2 {
            let kept = std::mem::replace(&mut self.builder.named_places, before);
            self.builder.set_numbers(false);
            let named = self.grouped(&items);
            if named.len() * 2 <= found.len() {
                found = named;
            } else {
                self.builder.named_places = kept;
            }
            self.builder.set_numbers(true);
        }
        found.into_iter().map(|g| self.row(&items, g)).collect()
    }

    fn grouped(&mut self, items: &[Item]) -> Vec<Group> {
        let mut terms = Vec::with_capacity(items.len());
        for i in items {
            let left = match &i.left {
                Side::Node(n) => self.builder.term(*n),
                Side::Name(t) => t.clone(),
            };
            let replaced = i.industry.and_then(|j| self.bundle_by_name(j)).into_iter().collect();
            let right = self.builder.term_with(i.right, replaced);
            let mut parts = vec![left, right, Term::Number(i.relation as u8 as f64)];
            if let Some(p) = i.partner {
                let (lower, upper) = self.bounds(p);
                parts.extend([Term::Name(self.builder.name(p)), Term::Number(lower), Term::Number(upper)]);
            }
            let mut whole = Term::Tuple(parts);
            compress(&mut whole, &self.sets);
            terms.push(whole);
        }
        generalise(&terms, &self.sets)
    }

    /// Bounds of an unknown; a price or activity is at least 0, whatever fixed it.
    fn bounds(&self, s: Sym) -> (f64, f64) {
        match self.system.info(s).role {
            Role::Unknown { lower, upper, .. } => (lower, upper),
            _ => (0.0, f64::INFINITY),
        }
    }

    fn row(&self, items: &[Item], g: Group) -> Row {
        let first = g.members.first().copied().unwrap_or_default();
        let item = items.get(first);
        let members: Vec<String> = g.members.iter().filter_map(|&m| Some(items.get(m)?.member.clone())).collect();
        let (mut binders, mut guard, mut rule) = (g.binders, g.guard, g.rule);
        self.letters.christen(&mut binders, &mut guard, &mut [&mut rule]);
        let example = items.get(g.example.0).map(|i| i.name.as_str()).unwrap_or_default();
        let name = if binders.is_empty() { example.to_string() } else { general_name(example, &g.example.1, &binders) };
        let mut parts = match rule {
            Term::Tuple(parts) => parts.into_iter(),
            other => vec![other].into_iter(),
        };
        let left = parts.next().unwrap_or(Term::Cut);
        let right = parts.next().unwrap_or(Term::Cut);
        let rest: Vec<Term> = parts.collect();
        let partner = match rest.as_slice() {
            [_, term, lower, upper] => Some(Partner {
                term: term.clone(),
                lower: lower.number().unwrap_or(f64::NEG_INFINITY),
                upper: upper.number().unwrap_or(f64::INFINITY),
            }),
            _ => None,
        };
        Row {
            name,
            left,
            relation: item.map_or(Relation::Equal, |i| i.relation),
            right,
            partner,
            binders,
            guard,
            members,
            words: None,
            note: item.and_then(|i| i.note.clone()),
            origin: item.and_then(|i| i.origin),
        }
    }

    /// Definitions of the quantities that `place` gives a place, by that place, then in the order of their symbols.
    pub fn defined_by(&self, place: impl Fn(&Key) -> Option<u8>) -> Vec<Item> {
        let mut found: Vec<(u8, Sym, NodeId)> = self
            .system
            .definitions()
            .filter(|(s, _)| self.used.contains(s))
            .filter_map(|(s, node)| Some((self.keys.get(&s).and_then(|k| place(k))?, s, node)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, s, node)| self.definition(s, node)).collect()
    }

    /// A definition as an item: `name = formula`.
    pub fn definition(&self, s: Sym, node: NodeId) -> Item {
        let info = self.system.info(s);
        let industry = if let Some(Key::InputPerUnit(_, j)) = self.keys.get(&s) { Some(*j) } else { None };
        Item {
            name: info.meaning.clone(),
            member: info.name.clone(),
            left: Side::Name(self.builder.symbol(s)),
            relation: Relation::Defined,
            right: node,
            partner: None,
            note: None,
            origin: info.origin,
            industry,
        }
    }

    /// The cost of an industry's bundle of inputs, as productivity times its unit cost.
    fn bundle_by_name(&mut self, j: usize) -> Option<(NodeId, Term)> {
        let &cost = self.economy.keys.get(&Key::UnitCost(j))?;
        let Role::Definition(body) = self.system.info(cost).role else { return None };
        let name = Term::Name(self.builder.name(cost));
        match *self.system.dag.node(body) {
            Node::Div(bundle, productivity) => {
                let by = self.builder.term(productivity);
                Some((bundle, Term::prod(vec![by, name])))
            }
            Node::Const(_) | Node::Sym(_) => None,
            _ => Some((body, name)),
        }
    }

    /// Definitions that the equations, the file's own definitions and its report rest on, and those that every answer lists.
    fn used_definitions(&self) -> FxHashSet<Sym> {
        let s = self.system;
        let always = |k: &Key| {
            matches!(
                k,
                Key::TaskPrice(_)
                    | Key::Margin(_)
                    | Key::HomeTasks(_)
                    | Key::MeanCost(..)
                    | Key::Bill(_)
                    | Key::ForeignLabor(..)
                    | Key::TasksIn(..)
                    | Key::UnitCost(_)
                    | Key::NestPrice(..)
                    | Key::InputPerUnit(..)
                    | Key::Income(_)
                    | Key::Expenditure(_)
                    | Key::PriceIndex(_)
                    | Key::Welfare(_)
                    | Key::Demand(..)
            )
        };
        let mut used: FxHashSet<Sym> = FxHashSet::default();
        let mut roots: Vec<NodeId> = s.equations.iter().chain(s.set_aside.iter().map(|a| &a.equation)).flat_map(|e| [e.left, e.right]).collect();
        roots.extend(self.economy.report.iter().map(|n| n.node).filter(|n| n.index() < s.dag.len()));
        for (sym, node) in s.definitions() {
            let own = s.info(sym).quantity == Quantity::Named;
            if own || self.keys.get(&sym).is_some_and(|k| always(k)) {
                used.insert(sym);
                roots.push(node);
            }
        }
        while !roots.is_empty() {
            let found = s.dag.symbols(&roots);
            roots.clear();
            for sym in found {
                if let Role::Definition(node) = s.info(sym).role
                    && used.insert(sym)
                {
                    roots.push(node);
                }
            }
        }
        used
    }
}

/// A condition's name with the elements of one member replaced by the letters they are members of.
fn general_name(name: &str, elements: &[Arc<str>], binders: &[Binder]) -> String {
    let letter_of = |at: usize| match binders.get(at).map(|b| &b.variable) {
        Some(Index::Variable(v)) => Some(v.to_string()),
        _ => None,
    };
    let letter = |word: &str| letter_of(elements.iter().position(|e| e.as_ref() == word)?);
    // Elements of several words first.
    let mut name = name.to_string();
    for (at, e) in elements.iter().enumerate().filter(|(_, e)| e.contains(|c: char| !is_word(c))) {
        if let Some(l) = letter_of(at) {
            name = name.replace(e.as_ref(), &l);
        }
    }
    let mut out = String::with_capacity(name.len());
    let mut word = String::new();
    for c in name.chars().chain(['\0']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        out.push_str(&letter(&word).unwrap_or(std::mem::take(&mut word)));
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}
