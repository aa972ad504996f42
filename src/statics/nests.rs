//! CES nests of the system: whose they are, what their shares are called, what weights and σ do to their cost.

use super::atoms::{Atom, Measures, Range, dressed, parts};
use super::hat::Hats;
use super::names::share_atom;
use crate::accounts::{ActivityId, Doing, Tree, TreeId};
use crate::algebra::Formula;
use crate::expr::{Dag, Node, NodeId, Sym};
use crate::model::{Key, naming};
use crate::system::{Quantity, Role, SymInfo};
use std::sync::Arc;

/// Who spends on a nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    Industry(usize),
    /// What neither makes nor consumes.
    Activity(ActivityId),
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
    /// Finds the nests of all activities among the system's CES nodes.
    pub(super) fn find_nests(&mut self) {
        let accounts = self.accounts;
        for (id, activity) in accounts.activities() {
            let (Some(takes), Some(cost)) = (activity.takes, activity.unit_cost) else { continue };
            let Role::Definition(cost) = self.system.info(cost).role else { continue };
            let Some(node) = nest_node(&self.dag, cost) else { continue };
            let country = accounts.country_of(id);
            let (owner, meaning) = match (activity.what, country) {
                (Doing::Consume, Some(r)) => {
                    if let Some(NestOf { owner: Owner::Households(list), .. }) = self.nests.get_mut(&node) {
                        list.push(r);
                        continue;
                    }
                    (Owner::Households(vec![r]), "the cost of a unit of utility".to_string())
                }
                (Doing::Make(j), _) => {
                    (Owner::Industry(j), format!("the unit cost of {}{}", accounts.activity_name(self.economy, id), self.inside(country)))
                }
                _ => (Owner::Activity(id), format!("the unit cost of {}{}", accounts.activity_name(self.economy, id), self.inside(country))),
            };
            self.register(takes, node, owner, Vec::new(), Vec::new(), meaning);
        }
    }

    fn register(&mut self, tree: TreeId, node: NodeId, owner: Owner, path: Vec<usize>, within: Vec<Arc<str>>, cost_meaning: String) {
        let Node::Ces { prices, .. } = self.dag.node(node).clone() else { return };
        let Tree::Nest { parts, .. } = self.accounts.tree(tree) else { return };
        let inputs = parts.iter().map(|(_, part)| self.input_of(*part)).collect();
        for (k, ((_, part), price)) in parts.iter().zip(prices.iter()).enumerate() {
            let Tree::Nest { name, .. } = self.accounts.tree(*part) else { continue };
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
            within.push(name.clone().unwrap_or_else(|| format!("nest {}", k + 1).into()));
            let meaning = format!("the unit cost of {} in {}", within.last().map_or("a nest", |w| w.as_ref()), cost_meaning);
            self.register(*part, found, owner.clone(), path, within, meaning);
        }
        self.nests.insert(node, NestOf { owner, path, within, inputs, cost_meaning });
    }

    /// What an input of a nest is called.
    fn input_of(&self, tree: TreeId) -> Arc<str> {
        match self.accounts.tree(tree) {
            Tree::Leaf(entry) => self.accounts.input_name(self.economy, self.accounts.entry(*entry).commodity),
            Tree::Nest { name, .. } => name.clone().unwrap_or_else(|| "".into()),
            Tree::Schedule(_) => "".into(),
        }
    }

    /// The share of the `k`-th input of a CES node.
    pub(super) fn nest_share(&mut self, node: NodeId, k: usize, value: f64) -> Atom {
        let Some(nest) = self.nests.get(&node).cloned() else {
            return self.plain_share("cost_share", vec![format!("{}", k + 1)], "share in a unit cost", value, Measures::Spending(node, k));
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
            Owner::Activity(id) if matches!(self.accounts.activity(*id).what, Doing::Blend { .. }) => self.origin_share(*id, &nest.path, k, value),
            Owner::Activity(id) => {
                let name = self.accounts.activity_name(self.economy, *id);
                let mut index = vec![input.clone(), name];
                index.extend(nest.within.last().cloned());
                let country = self.accounts.country_of(*id);
                let (name, display, latex) = naming::by_country(self.economy, "cost_share", &index, country);
                let meaning = format!("share of {input} in {}", nest.cost_meaning);
                let info = SymInfo { name, display, latex, meaning, role: Role::Bound, quantity: Quantity::Share, origin: None };
                let mut path = nest.path.clone();
                path.push(k);
                share_atom(&info, value, Measures::Input(*id, path))
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
            Some(Owner::Activity(id)) => (vec![self.accounts.activity_name(self.economy, *id)], self.accounts.country_of(*id)),
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

    /// Whether a parameter is the elasticity of substitution of some nest.
    pub(super) fn is_substitution(&self, s: Sym) -> bool {
        self.nests.keys().any(|n| matches!(self.dag.node(*n), Node::Ces { sigma, .. } if *self.dag.node(*sigma) == Node::Sym(s)))
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

fn insert_index(atom: &mut Atom, inner: &str) {
    if let Some(at) = atom.name.find(", ") {
        atom.name = format!("{}, {}{}", &atom.name[..at], naming::element(inner), &atom.name[at..]);
    }
    let (base, mut index) = parts(&atom.name);
    index.truncate(3);
    let (letter, latex) = naming::pretty_base(base);
    (atom.display, atom.latex) = dressed(&letter, &latex, &index);
}
