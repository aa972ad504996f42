//! What shares are called: after the input, the factor, the good, the country whose share they are.

use super::atoms::{Atom, Measures, Range, dressed, parts};
use super::hat::Hats;
use crate::algebra::Formula;
use crate::expr::{Dag, Func, Node, NodeId, Sym};
use crate::model::{Demand, Economy, Input, Key, Nest, naming};
use crate::system::{Quantity, Role, SymInfo};
use std::sync::Arc;

/// Steps that the search for a proof of positivity goes down.
const DEEP: u8 = 12;
/// The same for what an equation of the user's says, which is not asked again on the way.
const EQUATIONS: u8 = 6;

/// Who spends on a nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    Industry(usize),
    /// Countries of one taste and one set of prices share the nest.
    Households(Vec<usize>),
}

/// A CES nest of the system: whose, where in the form, over what.
#[derive(Clone, Debug)]
pub struct NestOf {
    pub owner: Owner,
    /// Places from the top of the form.
    pub path: Vec<usize>,
    /// Names of the nests from the top, without the top itself.
    pub within: Vec<Arc<str>>,
    pub inputs: Vec<Arc<str>>,
    pub cost_meaning: String,
}

impl Hats<'_> {
    /// Finds the nests of all industries and households among the system's CES nodes.
    pub(super) fn find_nests(&mut self) {
        let economy = self.economy;
        for j in 0..economy.industries.len() {
            let Some(node) = self.definition(&Key::UnitCost(j)).and_then(|n| nest_node(&self.dag, n)) else { continue };
            let ind = &economy.industries[j];
            let within =
                if economy.sole_country() == Some(ind.country) { String::new() } else { format!(" in {}", economy.countries[ind.country].name) };
            let meaning = format!("the unit cost of {}{within}", ind.name);
            self.register(&ind.form, node, Owner::Industry(j), Vec::new(), Vec::new(), meaning);
        }
        for r in economy.inside() {
            let Some(household) = &economy.households[r] else { continue };
            let Some(node) = self.definition(&Key::Expenditure(r)).and_then(|n| nest_node(&self.dag, n)) else { continue };
            if let Some(NestOf { owner: Owner::Households(list), .. }) = self.nests.get_mut(&node) {
                list.push(r);
                continue;
            }
            let meaning = "the cost of a unit of utility".to_string();
            self.register(&household.form, node, Owner::Households(vec![r]), Vec::new(), Vec::new(), meaning);
        }
    }

    fn definition(&self, key: &Key) -> Option<NodeId> {
        let sym = self.economy.keys.get(key)?;
        match self.system.info(*sym).role {
            Role::Definition(node) => Some(node),
            _ => None,
        }
    }

    fn register(&mut self, nest: &Nest, node: NodeId, owner: Owner, path: Vec<usize>, within: Vec<Arc<str>>, cost_meaning: String) {
        let Node::Ces { prices, .. } = self.dag.node(node).clone() else { return };
        let inputs = nest.inputs.iter().map(|i| input_name(self.economy, &i.what)).collect();
        for (k, (input, price)) in nest.inputs.iter().zip(prices.iter()).enumerate() {
            let Input::Nest(inner) = &input.what else { continue };
            let price = match self.dag.node(*price) {
                Node::Sym(s) => match self.system.info(*s).role {
                    Role::Definition(n) => n,
                    _ => continue,
                },
                _ => *price,
            };
            let Some(found) = nest_node(&self.dag, price) else { continue };
            let (mut path, mut within) = (path.clone(), within.clone());
            path.push(k);
            within.push(inner.name.clone().unwrap_or_else(|| format!("nest {}", k + 1).into()));
            let meaning = format!("the unit cost of {} in {}", within.last().map_or("a nest", |w| w.as_ref()), cost_meaning);
            self.register(inner, found, owner.clone(), path, within, meaning);
        }
        self.nests.insert(node, NestOf { owner, path, within, inputs, cost_meaning });
    }

    /// The share of the `k`-th input of a CES node.
    pub(super) fn nest_share(&mut self, node: NodeId, k: usize, value: f64) -> Atom {
        let Some(nest) = self.nests.get(&node).cloned() else {
            let label = self.system.ces_labels.get(&node).and_then(|l| l.terms.get(k)).cloned().unwrap_or_else(|| vec![format!("{}", k + 1)]);
            return self.plain_share("cost_share", label, "share in a unit cost", value, Measures::Spending(node, k));
        };
        let input = nest.inputs.get(k).cloned().unwrap_or_else(|| "".into());
        match &nest.owner {
            Owner::Industry(j) => {
                let info = naming::describe(self.economy, &Key::CostShare(input.clone(), *j));
                let mut path = nest.path.clone();
                path.push(k);
                let mut atom = share_atom(&info, value, Measures::Cost(*j, path));
                if let Some(inner) = nest.within.last() {
                    insert_index(&mut atom, inner);
                    atom.meaning = format!("share of {input} in {}", nest.cost_meaning);
                }
                atom
            }
            Owner::Households(countries) => {
                let word = if self.economy.names.entries.contains_key("alpha") { "expenditure_share" } else { "alpha" };
                let mut index: Vec<Arc<str>> = nest.within.iter().rev().take(1).cloned().collect();
                index.insert(0, input.clone());
                let country = match countries.as_slice() {
                    [r] => Some(*r),
                    _ => None,
                };
                let (name, display, latex) = naming::by_country(self.economy, word, &index, country);
                let of = country
                    .filter(|r| self.economy.sole_country() != Some(*r))
                    .map_or_else(String::new, |r| format!(" in {}", self.economy.countries[r].name));
                let meaning = match nest.within.last() {
                    Some(inner) => format!("share of {input} in spending on {inner}{of}"),
                    None => format!("share of {input} in spending{of}"),
                };
                let info = SymInfo { name, display, latex, meaning, role: Role::Bound, quantity: Quantity::Share, origin: None };
                let mut path = nest.path.clone();
                path.push(k);
                let place = path.iter().fold(0usize, |at, k| at.wrapping_mul(64).wrapping_add(k + 1));
                share_atom(&info, value, Measures::Spending(node, place))
            }
        }
    }

    /// What a sum is: a definition of the model, a side of one of its equations, or itself written out.
    fn whole_words(&self, node: NodeId) -> String {
        let named = self.system.definitions().find(|d| d.1 == node).map(|d| self.system.info(d.0).display.clone());
        let side = || {
            let of = |e: &crate::system::Equation| match (e.left == node, e.right == node) {
                (true, _) => Some(format!("the left side of {}", e.name)),
                (_, true) => Some(format!("the right side of {}", e.name)),
                _ => None,
            };
            self.system.equations.iter().find_map(of)
        };
        named.or_else(side).unwrap_or_else(|| self.words(node))
    }

    /// What a weight, or σ itself (`None`), does to the unit cost of a CES nest.
    pub(super) fn nest_effect(&mut self, node: NodeId, k: Option<usize>, value: f64) -> Formula {
        let nest = self.nests.get(&node).cloned();
        let what = nest.as_ref().map_or_else(|| "a unit cost".to_string(), |n| n.cost_meaning.clone());
        let by = match (k, &nest) {
            (None, _) => Arc::from("sigma"),
            (Some(k), Some(n)) => n.inputs.get(k).cloned().unwrap_or_else(|| "".into()),
            (Some(k), None) => Arc::from(format!("{}", k + 1)),
        };
        let meaning = match k {
            None => format!("elasticity of {what} in its elasticity of substitution"),
            Some(_) => format!("elasticity of {what} in the weight of {by}"),
        };
        let (mut index, country) = match nest.as_ref().map(|n| &n.owner) {
            Some(Owner::Industry(j)) => {
                let ind = self.economy.industries.get(*j);
                (ind.map(|i| i.name.clone()).into_iter().collect::<Vec<_>>(), ind.map(|i| i.country))
            }
            Some(Owner::Households(list)) => (vec![Arc::from("demand")], list.first().copied().filter(|_| list.len() == 1)),
            None => (vec![Arc::from(format!("{}", self.sum_number(node)))], None),
        };
        index.extend(nest.as_ref().and_then(|n| n.within.last().cloned()));
        index.push(by);
        let (name, ..) = naming::by_country(self.economy, "cost_effect", &index, country);
        let shown: Vec<String> = parts(&name).1.into_iter().map(|i| if i == "sigma" { "σ".to_string() } else { i }).collect();
        let (display, latex) = dressed("ψ", "\\psi", &shown);
        let atom = Atom { name, display, latex, meaning, value, range: Range::Any, measures: Measures::Other };
        Formula::atom(self.atoms.intern(atom))
    }

    /// The number of a sum that has no name, in order of appearance.
    fn sum_number(&mut self, node: NodeId) -> usize {
        let at = self.sums.iter().position(|n| *n == node).unwrap_or_else(|| {
            self.sums.push(node);
            self.sums.len() - 1
        });
        at + 1
    }

    /// The share of a symbol in a sum is named after it; that of an expression by numbers.
    fn own_share(&mut self, node: NodeId, k: usize, term: NodeId, meaning: &str, value: f64) -> Atom {
        if let Node::Sym(s) = self.dag.node(term) {
            let info = self.system.info(*s);
            let (base, index) = parts(&info.name);
            let (name, letter) = match base {
                "weight" => ("weight_share".to_string(), ("δ".to_string(), "\\delta".to_string())),
                _ => {
                    let word = format!("{base}_share");
                    let latex = format!("\\mathit{{{}}}", naming::latex_text(&word));
                    (word.clone(), (word, latex))
                }
            };
            let shown: Vec<String> = index.iter().filter(|i| *i != "demand").cloned().collect();
            let (display, latex) = dressed(&letter.0, &letter.1, &shown);
            let full = if index.is_empty() { name } else { format!("{name}[{}]", index.join(", ")) };
            return Atom { name: full, display, latex, meaning: meaning.to_string(), value, range: Range::Share, measures: Measures::Other };
        }
        let n = self.sum_number(node);
        let index = [format!("{n}"), format!("{}", k + 1)];
        let (display, latex) = dressed("ζ", "\\zeta", &index);
        Atom {
            name: format!("share_{}", index.join("_")),
            display,
            latex,
            meaning: meaning.to_string(),
            value,
            range: Range::Share,
            measures: Measures::Other,
        }
    }

    /// Shares of the terms of a sum, in the words that lowering gave them, or new ones.
    pub(super) fn sum_shares(&mut self, node: NodeId, present: &[(usize, NodeId)]) -> Vec<Formula> {
        let whole = self.value(node);
        let label = self.system.sum_labels.get(&node).cloned();
        let positive = present.iter().all(|(_, x)| self.positive(*x));
        if label.is_none()
            && let Some(shares) = self.own_shares(node, present, positive)
        {
            return shares;
        }
        let words = self.whole_words(node);
        let mut group = Vec::new();
        let all: Vec<NodeId> = present.iter().map(|p| p.1).collect();
        for &(k, x) in present {
            let value = self.value(x) / whole;
            let known = label.as_ref().and_then(|l| l.terms.get(k).and_then(|t| self.labelled(l.family, t, value)));
            let known = known.or_else(|| self.bundle_share(&all, x, value));
            let mut atom = match (known, self.ratio(x, node)) {
                (Some(atom), _) => atom,
                (None, Some(s)) => share_atom(self.system.info(s), value, Measures::Level(s)),
                (None, None) => {
                    let part = self.words(x);
                    let meaning = format!("{part} as a share of {words}");
                    match label.as_ref().and_then(|l| l.terms.get(k).map(|t| (l.family, t.clone()))) {
                        Some((family, index)) => self.plain_share(family, index, &meaning, value, Measures::Other),
                        None => self.own_share(node, k, x, &meaning, value),
                    }
                }
            };
            if !positive {
                atom.range = Range::Any;
            }
            group.push(self.atoms.intern(atom));
        }
        self.atoms.add_group(group.clone());
        group.into_iter().map(Formula::atom).collect()
    }

    /// The letter of a named share of a whole.
    pub(super) fn part_atom(&mut self, s: Sym) -> u32 {
        let value = self.point.value(s);
        self.atoms.intern(share_atom(self.system.info(s), value, Measures::Level(s)))
    }

    /// The industry and the factor of a term `input per unit · output`.
    fn employment(&self, node: NodeId) -> Option<(Arc<str>, usize)> {
        let Node::Prod(xs) = self.dag.node(node) else { return None };
        let [a, x] = xs.as_ref() else { return None };
        let (Node::Sym(a), Node::Sym(x)) = (self.dag.node(*a), self.dag.node(*x)) else { return None };
        let key = |s: &Sym| self.economy.keys.iter().find(|(_, v)| *v == s).map(|(k, _)| k.clone());
        match (key(a)?, key(x)?) {
            (Key::InputPerUnit(what, j), Key::Activity(i)) if i == j => Some((what, j)),
            _ => None,
        }
    }

    /// The share of an industry in the bundles of tasks that several use.
    fn bundle_share(&self, all: &[NodeId], term: NodeId, value: f64) -> Option<Atom> {
        let list: Vec<(Arc<str>, usize)> = all.iter().map(|n| self.employment(*n)).collect::<Option<_>>()?;
        let (what, j) = self.employment(term)?;
        let f = self.economy.factors.iter().position(|f| f.name == what)?;
        let line = self.economy.line_of(f, j)?;
        if list.iter().any(|(w, i)| *w != what || self.economy.line_of(f, *i) != Some(line)) {
            return None;
        }
        let ind = &self.economy.industries[j];
        let meaning = format!("share of {} in the bundles of {}", ind.name, self.economy.tasks[self.economy.lines[line].tasks].name);
        Some(self.plain_share("bundle_share", vec![what.to_string(), ind.name.to_string()], &meaning, value, Measures::Bundle(line, j)))
    }

    fn plain_share(&self, word: &str, index: Vec<String>, meaning: &str, value: f64, measures: Measures) -> Atom {
        let (display, latex) = dressed(word, &format!("\\mathit{{{}}}", naming::latex_text(word)), &index);
        let elements: Vec<String> = index.iter().map(|i| naming::element(i)).collect();
        let name = format!("{word}[{}]", elements.join(", "));
        Atom { name, display, latex, meaning: meaning.to_string(), value, range: Range::Share, measures }
    }

    /// The atom for a term that lowering labelled.
    fn labelled(&self, family: &str, term: &[String], value: f64) -> Option<Atom> {
        let e = self.economy;
        let country = |name: &str| e.countries.iter().position(|c| c.name.as_ref() == name);
        let last = || if e.sole_country().is_some() { e.sole_country() } else { term.last().and_then(|c| country(c)) };
        let industry = |name: &str, r: usize| e.industries.iter().position(|i| i.name.as_ref() == name && i.country == r);
        match family {
            "employment_share" => {
                let f = e.factors.iter().position(|f| Some(f.name.as_ref()) == term.first().map(String::as_str))?;
                if let [_, ind, origin, destination] = term {
                    let (from, to) = (country(origin)?, country(destination)?);
                    let j = industry(ind, from)?;
                    let index: Vec<Arc<str>> = vec![e.factors[f].name.clone(), "tasks".into(), ind.as_str().into()];
                    let word = if e.names.entries.contains_key("lambda") { "employment_share" } else { "lambda" };
                    let (name, display, latex) = naming::by_country(e, word, &index, Some(to));
                    let meaning = format!("share of {}'s {} that performs tasks for {ind} in {origin}", destination, e.factors[f].name);
                    let info = SymInfo { name, display, latex, meaning, role: Role::Bound, quantity: Quantity::Share, origin: None };
                    return Some(share_atom(&info, value, Measures::Work(f, to, j, true)));
                }
                let r = last()?;
                let j = industry(term.get(1)?, r)?;
                let info = naming::describe(e, &Key::EmploymentShare(f, j));
                Some(share_atom(&info, value, Measures::Work(f, r, j, false)))
            }
            "supply_share" | "use_share" => {
                let g = e.goods.iter().position(|g| Some(g.name.as_ref()) == term.first().map(String::as_str))?;
                let r = last()?;
                let inner = if e.sole_country().is_some() { term.get(1) } else { term.get(1).filter(|_| term.len() > 2) };
                let place = e.goods[g].nontraded.then_some(r);
                let within = if e.sole_country().is_some() { String::new() } else { format!(" in {}", e.countries[r].name) };
                let household = family == "use_share" && inner.is_some_and(|i| i == "demand");
                let (measures, meaning) = if household {
                    (Measures::Consumption(g, place, r), format!("share of consumption{within} in the use of {}", e.goods[g].name))
                } else {
                    let name = inner.map_or(e.goods[g].name.as_ref(), |i| i.as_str());
                    let j = industry(name, r)?;
                    match family {
                        "supply_share" => (Measures::Supply(g, place, j), format!("share of {name}{within} in the supply of {}", e.goods[g].name)),
                        _ => (Measures::Use(g, place, j), format!("share of {name}{within} in the use of {}", e.goods[g].name)),
                    }
                };
                let mut atom = self.plain_share(family, term.to_vec(), &meaning, value, measures);
                (atom.display, atom.latex) = dressed(
                    if family == "supply_share" { "ς" } else { "υ" },
                    if family == "supply_share" { "\\varsigma" } else { "\\upsilon" },
                    term,
                );
                Some(atom)
            }
            "income_share" => {
                let r = last()?;
                let within = if e.sole_country().is_some() { String::new() } else { format!(" in {}", e.countries[r].name) };
                let what = term.first()?;
                let (measures, meaning) = match e.factors.iter().position(|f| f.name.as_ref() == what) {
                    Some(f) => (Measures::Earnings(f, r), format!("share of {} in income{within}", e.factors[f].name)),
                    None => (Measures::Profits(industry(what.strip_prefix("profits ")?, r)?), format!("share of {what} in income{within}")),
                };
                let mut atom = self.plain_share("income_share", term.to_vec(), &meaning, value, measures);
                (atom.display, atom.latex) = dressed("ι", "\\iota", term);
                Some(atom)
            }
            _ => None,
        }
    }

    /// The atom for the level of a symbol.
    pub(super) fn symbol_atom(&mut self, s: Sym) -> u32 {
        let info = self.system.info(s).clone();
        let elasticity = self.is_substitution(s);
        // An elasticity of substitution is above zero unless its interval allows zero: then fixed coefficients are one of its cases.
        let (range, measures) = match (elasticity, self.interval(s)) {
            (true, Some(Range::NonNegative)) => (Range::NonNegative, Measures::Substitution),
            (true, _) => (Range::Positive, Measures::Substitution),
            _ => (self.range_of(s), Measures::Level(s)),
        };
        let range = match info.role {
            Role::Definition(inner)
                if range == Range::Any && (self.positive(inner) || self.positive_by_equation(s, &|n| self.positive_to(n, EQUATIONS))) =>
            {
                Range::Positive
            }
            _ => range,
        };
        let (base, index) = parts(&info.display);
        let (_, latex_base) = naming::pretty_base(base);
        let (display, latex) =
            if info.quantity == Quantity::Place { dressed(base, &latex_base, &index) } else { (info.display.clone(), info.latex.clone()) };
        let value = self.point.value(s);
        let meaning = match info.role {
            Role::Parameter(_) if info.meaning.is_empty() => "parameter".to_string(),
            _ => described(&info),
        };
        self.atoms.intern(Atom { name: info.name, display, latex, meaning, value, range, measures })
    }

    /// Whether a parameter is the elasticity of substitution of some nest.
    fn is_substitution(&self, s: Sym) -> bool {
        self.nests.keys().any(|n| matches!(self.dag.node(*n), Node::Ces { sigma, .. } if *self.dag.node(*sigma) == Node::Sym(s)))
    }

    /// What is known of a symbol's value, from what it is and what the model demands of it.
    pub(super) fn range_of(&self, s: Sym) -> Range {
        use Quantity::*;
        let info = self.system.info(s);
        match info.quantity {
            Endowment | GivenPrice | Numeraire | FactorPrice | GoodPrice | Activity | Output | Bill | TaskPrice | UnitCost | Income | PriceIndex
            | Flow => Range::Positive,
            Margin | Share => Range::Share,
            Variable => match self.economy.syms.get(s.index()).map(|i| &i.role) {
                // Inside its bounds, as long as the regime lasts.
                Some(Role::Unknown { lower, .. }) if *lower >= 0.0 => Range::Positive,
                _ => Range::Any,
            },
            _ => self.interval(s).unwrap_or_else(|| self.demanded(s)),
        }
    }

    /// What the interval of a parameter says of its sign; `None` without an interval.
    fn interval(&self, s: Sym) -> Option<Range> {
        let within = |c: &crate::model::ValueCheck| match &c.what {
            Demand::Within(i) if c.sym == Some(s) => Some((i.low.and_then(|n| self.economy.dag.as_const(n)), i.low_open)),
            _ => None,
        };
        let (low, open) = self.economy.checks.iter().find_map(within)?;
        Some(match low {
            Some(l) if l > 0.0 || l == 0.0 && open => Range::Positive,
            Some(0.0) => Range::NonNegative,
            _ => Range::Any,
        })
    }

    /// What the model demands of a value: productivities and markups are positive, weights too as long as what they weigh is used at all.
    fn demanded(&self, s: Sym) -> Range {
        let own = |node: NodeId| matches!(self.economy.dag.node(node), Node::Sym(x) if *x == s);
        let mut range = Range::Any;
        for check in &self.economy.checks {
            match &check.what {
                Demand::Positive if check.sym == Some(s) => return Range::Positive,
                Demand::NonNegative if check.sym == Some(s) => range = Range::NonNegative,
                Demand::NonNegative if check.sym.is_none() && own(check.node) => return Range::Positive,
                _ => {}
            }
        }
        range
    }

    /// Whether an expression is positive whatever the numbers are.
    pub(super) fn positive(&self, node: NodeId) -> bool {
        self.positive_to(node, DEEP)
    }

    fn positive_to(&self, node: NodeId, depth: u8) -> bool {
        let Some(below) = depth.checked_sub(1) else { return false };
        match self.dag.node(node) {
            Node::Const(r) => r.0 > 0.0,
            Node::Sym(s) => match self.range_of(*s) {
                Range::Share | Range::Positive => true,
                _ => {
                    let own = match self.system.info(*s).role {
                        Role::Definition(inner) => self.positive_to(inner, below),
                        Role::Unknown { lower, .. } => lower >= 0.0,
                        _ => false,
                    };
                    own || below > EQUATIONS && self.positive_by_equation(*s, &|n| self.positive_to(n, EQUATIONS))
                }
            },
            Node::Sum(xs) => self.home_part_like(xs) || self.rest_of_part(xs, below) || self.sum_positive(xs, below),
            Node::Prod(xs) => xs.iter().all(|x| self.positive_to(*x, below)),
            Node::Div(a, b) => self.positive_to(*a, below) && self.positive_to(*b, below),
            Node::Pow(a, _) => self.positive_to(*a, below),
            Node::Func(Func::Exp, _) | Node::Ces { .. } => true,
            _ => false,
        }
    }

    /// A sum of positive terms and of parameters that are not negative.
    fn sum_positive(&self, xs: &[NodeId], depth: u8) -> bool {
        let not_negative = |x: NodeId| matches!(self.dag.node(x), Node::Sym(s) if self.range_of(*s) == Range::NonNegative);
        let positive: Vec<bool> = xs.iter().map(|x| self.positive_to(*x, depth)).collect();
        positive.contains(&true) && xs.iter().zip(positive).all(|(x, p)| p || not_negative(*x))
    }

    /// `1 − a/(a + b)`, what a share leaves.
    fn rest_of_part(&self, xs: &[NodeId], depth: u8) -> bool {
        let [one, rest] = xs else { return false };
        let Node::Neg(part) = self.dag.node(*rest) else { return false };
        let inner = match self.dag.node(*part) {
            Node::Sym(s) => match self.system.info(*s).role {
                Role::Definition(inner) => inner,
                _ => return false,
            },
            _ => *part,
        };
        let Node::Div(a, b) = self.dag.node(inner) else { return false };
        match self.dag.node(*b) {
            Node::Sum(list) => self.dag.is_one(*one) && list.contains(a) && list.iter().all(|x| self.positive_to(*x, depth)),
            _ => false,
        }
    }

    fn home_part_like(&self, xs: &[NodeId]) -> bool {
        matches!(xs, [one, rest] if self.dag.is_one(*one)
            && matches!(self.dag.node(*rest), Node::Neg(x) if matches!(self.dag.node(*x), Node::Sym(s) if self.system.info(*s).quantity == Quantity::Margin)))
    }

    /// An expression in words, for the meaning of an atom.
    pub(super) fn words(&self, node: NodeId) -> String {
        write_node(&self.dag, &|s| self.system.info(s).display.clone(), node, 0, 6)
    }
}

fn nest_node(dag: &Dag, node: NodeId) -> Option<NodeId> {
    match dag.node(node) {
        Node::Ces { .. } => Some(node),
        Node::Div(a, _) => nest_node(dag, *a),
        Node::Prod(xs) => xs.iter().find_map(|x| nest_node(dag, *x)),
        _ => None,
    }
}

fn input_name(e: &Economy, input: &Input) -> Arc<str> {
    match input {
        Input::Factor(f) => e.factors[*f].name.clone(),
        Input::Good(g) => e.goods[*g].name.clone(),
        Input::Nest(n) => n.name.clone().unwrap_or_else(|| "".into()),
    }
}

/// An atom from a quantity's names, its indices set as a subscript.
fn share_atom(info: &SymInfo, value: f64, measures: Measures) -> Atom {
    let (word, _) = parts(&info.name);
    let (shown, index) = parts(&info.display);
    let (letter, latex) = naming::pretty_base(word);
    let mark = shown.strip_prefix(letter.as_str()).unwrap_or("");
    let latex = if mark.is_empty() { latex } else { format!("{latex}^{{{}}}", naming::latex_text(mark)) };
    let (display, latex) = if latex.contains('^') { with_mark(shown, &latex, &index) } else { dressed(shown, &latex, &index) };
    Atom { name: info.name.clone(), display, latex, meaning: described(info), value, range: Range::Share, measures }
}

/// What a quantity is, in the model's words or by its name.
fn described(info: &SymInfo) -> String {
    if info.meaning.is_empty() { format!("level of {}", info.name) } else { info.meaning.clone() }
}

fn with_mark(display: &str, latex: &str, index: &[String]) -> (String, String) {
    let (shown, sub) = dressed(display, "", index);
    (shown, format!("{latex}{sub}"))
}

fn insert_index(atom: &mut Atom, inner: &str) {
    if let Some(at) = atom.name.find(", ") {
        atom.name = format!("{}, {}{}", &atom.name[..at], naming::element(inner), &atom.name[at..]);
    }
    let (base, mut index) = parts(&atom.name);
    index.truncate(3);
    let (letter, latex) = naming::pretty_base(base);
    (atom.display, atom.latex) = dressed(&letter, &latex, &index);
}

fn write_node(dag: &Dag, name: &dyn Fn(Sym) -> String, node: NodeId, level: u8, depth: u8) -> String {
    if depth == 0 {
        return "…".to_string();
    }
    let sub = |n: NodeId, l: u8| write_node(dag, name, n, l, depth - 1);
    let list = |xs: &[NodeId], l: u8, by: &str| xs.iter().take(8).map(|x| sub(*x, l)).collect::<Vec<_>>().join(by);
    let (text, own) = match dag.node(node) {
        Node::Const(r) => (format!("{}", r.0), 3),
        Node::Sym(s) => (name(*s), 3),
        Node::Sum(xs) => (list(xs, 0, " + ").replace("+ −", "− ").replace("+ -", "− "), 0),
        Node::Prod(xs) => (list(xs, 1, " "), 1),
        Node::Neg(x) => (format!("−{}", sub(*x, 1)), 0),
        Node::Div(a, b) => (format!("{}/{}", sub(*a, 1), sub(*b, 2)), 1),
        Node::Pow(a, b) => (format!("{}^{}", sub(*a, 3), sub(*b, 3)), 2),
        Node::Func(f, x) => (format!("{}({})", format!("{f:?}").to_lowercase(), sub(*x, 0)), 3),
        Node::Min(xs) => (format!("min({})", list(xs, 0, ", ")), 3),
        Node::Max(xs) => (format!("max({})", list(xs, 0, ", ")), 3),
        Node::Ces { prices, .. } => (format!("unit cost of ({})", list(prices, 0, ", ")), 3),
        Node::Table { x, .. } => (format!("table({})", sub(*x, 0)), 3),
        Node::Quad { upper, .. } => (format!("integral to {}", sub(*upper, 0)), 3),
        Node::Select { then, otherwise, .. } => (format!("if … then {} else {}", sub(*then, 0), sub(*otherwise, 0)), 0),
    };
    if own < level { format!("({text})") } else { text }
}
