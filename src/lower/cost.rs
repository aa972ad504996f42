//! Unit costs and what is taken for a unit, by nest; productivity divides them.

use super::Lowering;
use crate::accounts::{ActivityId, Amount, Doing, EntryId, Level, Tree, TreeId};
use crate::expr::{Node, NodeId};
use crate::model::Shape;
use rustc_hash::FxHashMap;

impl Lowering<'_> {
    /// Unit costs of all activities that choose among their inputs; what a household buys follows its income.
    pub fn costs(&mut self) {
        let accounts = self.accounts;
        for (id, activity) in accounts.activities() {
            let (Some(takes), true) = (activity.takes, activity.what != Doing::Consume) else { continue };
            if matches!(accounts.tree(takes), Tree::Schedule(_)) {
                continue;
            }
            let productivity = activity.productivity.unwrap_or_else(|| self.economy.dag.constant(1.0));
            let mut bundle = self.tree_price(takes, false);
            let cost = self.economy.dag.div(bundle, productivity);
            if let Some(sym) = activity.unit_cost {
                let named = self.settle(sym, cost);
                // What follows a need is known by its price.
                if matches!(activity.level, Level::Follows(_)) && activity.productivity.is_none() {
                    bundle = named;
                }
            }
            let one = self.constant(1.0);
            let scale = self.economy.dag.div(one, productivity);
            self.chosen(id, takes, bundle, scale);
        }
    }

    /// What a tree costs for each unit, before productivity; `outermost`: of a household's tastes, whose level cancels.
    pub fn tree_price(&mut self, tree: TreeId, outermost: bool) -> NodeId {
        let accounts = self.accounts;
        match accounts.tree(tree) {
            Tree::Leaf(entry) => self.entry_price(*entry),
            Tree::Schedule(margin) => self.node(accounts.margin(*margin).price),
            Tree::Nest { shape, sigma, parts, .. } => {
                let prices: Vec<NodeId> = parts.iter().map(|(_, part)| self.part_price(*part)).collect();
                let weights: Vec<NodeId> = parts.iter().map(|p| p.0).collect();
                let ces = self.economy.dag.ces(*sigma, &weights, &prices);
                // The level of a household's own expenditure function cancels; that of a nest inside it does not.
                if *shape != Shape::CobbDouglas || outermost {
                    return ces;
                }
                // The textbook production function Π v^d costs Π (p/d)^d.
                let scale: Vec<NodeId> = weights
                    .iter()
                    .map(|&d| {
                        let minus = self.economy.dag.neg(d);
                        self.economy.dag.pow(d, minus)
                    })
                    .collect();
                let scale = self.economy.dag.prod(&scale);
                self.economy.dag.mul(scale, ces)
            }
        }
    }

    /// The price of a part of a nest: a nest's own where it has a name, a leaf's as its user pays it.
    fn part_price(&mut self, tree: TreeId) -> NodeId {
        let accounts = self.accounts;
        match accounts.tree(tree) {
            Tree::Leaf(entry) => accounts.entry(*entry).paid,
            Tree::Nest { price: Some(sym), .. } => {
                let node = self.tree_price(tree, false);
                self.settle(*sym, node)
            }
            _ => self.tree_price(tree, false),
        }
    }

    /// What a unit of an activity pays for an entry that is all it takes.
    fn entry_price(&mut self, entry: EntryId) -> NodeId {
        let row = self.accounts.entry(entry);
        match row.amount {
            Amount::PerUnit(units) => self.economy.dag.mul(units, row.paid),
            Amount::Whole(_) => row.paid,
        }
    }

    /// Defines what cost minimisation takes by each entry of a tree of price `price` of which `scale` is used.
    ///
    /// Inputs that stand in several nests add up. Kept by name, so that each is evaluated once and equations stay short.
    pub fn chosen(&mut self, by: ActivityId, tree: TreeId, price: NodeId, scale: NodeId) {
        let mut uses: FxHashMap<EntryId, NodeId> = FxHashMap::default();
        self.inputs_of(by, tree, price, scale, &mut uses);
        let mut uses: Vec<_> = uses.into_iter().collect();
        uses.sort_unstable_by_key(|u| u.0);
        for (entry, used) in uses {
            if let Node::Sym(s) = *self.economy.dag.node(self.accounts.entry(entry).amount.node()) {
                self.settle(s, used);
            }
        }
    }

    /// `a_k = d_k (c/p_k)^σ`, the cost function's derivative, down the nests.
    fn inputs_of(&mut self, by: ActivityId, tree: TreeId, price: NodeId, scale: NodeId, into: &mut FxHashMap<EntryId, NodeId>) {
        let accounts = self.accounts;
        // A single input that is no nest's takes what its row says.
        let Tree::Nest { sigma, parts, .. } = accounts.tree(tree) else { return };
        for &(weight, part) in parts {
            let p = self.part_price(part);
            let relative = self.economy.dag.div(price, p);
            let substituted = self.economy.dag.pow(relative, *sigma);
            let used = self.economy.dag.prod(&[scale, weight, substituted]);
            match accounts.tree(part) {
                Tree::Leaf(entry) => {
                    let total = match into.get(entry) {
                        Some(&before) => self.economy.dag.add(before, used),
                        None => used,
                    };
                    into.insert(*entry, total);
                }
                Tree::Nest { name, .. } => {
                    if let Some(name) = name {
                        self.nests.insert((by, name.clone()), used);
                    }
                    self.inputs_of(by, part, p, used, into);
                }
                Tree::Schedule(_) => {}
            }
        }
    }
}
