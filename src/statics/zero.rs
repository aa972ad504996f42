//! What is zero in the regime, whatever the numbers are, and what is zero here and moves.
//!
//! An idle industry's use, tasks that stay at home, a good that nobody wants, an endowment that is not there: such a term is absent. A tariff of
//! zero that moves, or a difference that happens to be zero, has a differential and no log change.

use super::hat::Hats;
use crate::expr::{Func, Node, NodeId, Sym, eval};
use crate::system::Role;

/// What decides whether a node is absent.
enum Rule {
    Settled(bool),
    Any(Vec<NodeId>),
    All(Vec<NodeId>),
}

impl Hats<'_> {
    /// Whether a term is absent: zero at every point of the regime.
    pub(super) fn absent(&mut self, root: NodeId) -> bool {
        if self.value(root) != 0.0 {
            return false;
        }
        // Worked off a stack, since definitions may form long chains.
        let mut open = vec![root];
        while let Some(&node) = open.last() {
            if self.none.contains_key(&node) {
                open.pop();
                continue;
            }
            let settled = match self.rule(node) {
                Rule::Settled(is) => Some(is),
                Rule::Any(list) => self.decided(&list, true, &mut open),
                Rule::All(list) => self.decided(&list, false, &mut open),
            };
            if let Some(is) = settled {
                self.none.insert(node, is);
                open.pop();
            }
        }
        self.none.get(&root).copied().unwrap_or(false)
    }

    /// Whether an expression is zero here and may move: it has a differential and no log change.
    pub(super) fn vanishes(&mut self, node: NodeId) -> bool {
        self.value(node) == 0.0 && !self.absent(node)
    }

    /// Whether one (`any`) or each of the nodes is absent; `None` while some have to be looked at first.
    fn decided(&mut self, list: &[NodeId], any: bool, open: &mut Vec<NodeId>) -> Option<bool> {
        let missing: Vec<NodeId> = list.iter().copied().filter(|n| self.value(*n) == 0.0 && !self.none.contains_key(n)).collect();
        if !missing.is_empty() {
            open.extend(missing);
            return None;
        }
        let mut each = list.iter().map(|n| self.none.get(n).copied().unwrap_or(false));
        Some(if any { each.any(|x| x) } else { each.all(|x| x) })
    }

    fn rule(&mut self, node: NodeId) -> Rule {
        match self.dag.node(node).clone() {
            Node::Const(_) => Rule::Settled(true),
            Node::Sym(s) => self.symbol_rule(s),
            Node::Sum(xs) => Rule::All(xs.to_vec()),
            Node::Prod(xs) => {
                let zeros: Vec<NodeId> = xs.iter().copied().filter(|x| self.value(*x) == 0.0).collect();
                // No factor is zero: the product is below what numbers reach.
                if zeros.is_empty() { Rule::Settled(true) } else { Rule::Any(zeros) }
            }
            Node::Neg(x) | Node::Div(x, _) | Node::Func(Func::Sqrt | Func::Abs | Func::Sign, x) => Rule::All(vec![x]),
            Node::Pow(x, _) if self.value(x) == 0.0 => Rule::All(vec![x]),
            Node::Pow(..) | Node::Func(Func::Exp, _) => Rule::Settled(true),
            Node::Func(Func::Ln, _) | Node::Table { .. } | Node::Ces { .. } => Rule::Settled(false),
            Node::Min(xs) | Node::Max(xs) => Rule::All(self.branch(node, &xs).into_iter().collect()),
            Node::Select { cmp, a, b, then, otherwise } => {
                let (va, vb) = (self.value(a), self.value(b));
                Rule::All(vec![if eval::compare(cmp, va, vb) { then } else { otherwise }])
            }
            Node::Quad { upper, .. } => Rule::All(vec![upper]),
        }
    }

    fn symbol_rule(&self, s: Sym) -> Rule {
        if self.moving.contains(&s) {
            return Rule::Settled(false);
        }
        match self.system.info(s).role {
            Role::Parameter(_) => Rule::Settled(true),
            Role::Unknown { .. } => Rule::Settled(self.point.bound(s).is_some()),
            Role::Definition(inner) => Rule::All(vec![inner]),
            Role::Bound => Rule::Settled(false),
        }
    }
}
