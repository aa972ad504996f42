//! Equations of a file's own that are straight in what moves: their changes in levels, without shares of sums that may change sign.

use super::hat::Hats;
use super::linear::Linear;
use crate::algebra::Formula;
use crate::expr::{Node, NodeId};
use crate::system::{Quantity, Role};
use rustc_hash::FxHashSet;

/// Definitions within definitions that are looked through.
const DEPTH: usize = 40;

impl Hats<'_> {
    /// left − right as plain differentials, where both are straight in what moves and a share of a sum would have no sign: a term of it is
    /// negative.
    pub(super) fn straight_difference(&mut self, left: NodeId, right: NodeId) -> Option<Linear> {
        let both = |h: &mut Self, test: fn(&mut Self, NodeId, usize) -> bool| [test(h, left, DEPTH), test(h, right, DEPTH)];
        // Asked first: nothing is named that is not used.
        if !self.point.numeric || both(self, Self::has_loose_sum) == [false; 2] || both(self, Self::is_straight) != [true; 2] {
            return None;
        }
        let (left, right) = (self.straight(left, DEPTH)?, self.straight(right, DEPTH)?);
        Some(left.minus(&right))
    }

    /// Whether an expression rests on nothing that moves.
    fn stands_still(&self, node: NodeId) -> bool {
        let mut open = vec![node];
        let mut seen = FxHashSet::default();
        while let Some(node) = open.pop() {
            for s in self.dag.symbols(&[node]) {
                let moves = self.moving.contains(&s) || matches!(self.system.info(s).role, Role::Unknown { .. }) && self.point.bound(s).is_none();
                if moves {
                    return false;
                }
                if let Role::Definition(inner) = self.system.info(s).role
                    && seen.insert(s)
                {
                    open.push(inner);
                }
            }
        }
        true
    }

    fn is_straight(&mut self, node: NodeId, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if self.stands_still(node) {
            return true;
        }
        match self.dag.node(node).clone() {
            Node::Sum(terms) => terms.iter().all(|t| self.is_straight(*t, depth)),
            Node::Neg(x) => self.is_straight(x, depth),
            Node::Prod(factors) => {
                let moving: Vec<NodeId> = factors.iter().copied().filter(|x| !self.stands_still(*x)).collect();
                moving.len() == 1 && moving.iter().all(|x| self.is_straight(*x, depth))
            }
            Node::Div(above, below) => self.stands_still(below) && self.is_straight(above, depth),
            Node::Sym(s) => match self.own_definition(node) {
                Some(inner) => self.is_straight(inner, depth),
                None => !matches!(self.system.info(s).role, Role::Definition(_)) || self.moving.contains(&s),
            },
            _ => false,
        }
    }

    /// The differential of an expression that is straight in what moves.
    fn straight(&mut self, node: NodeId, depth: usize) -> Option<Linear> {
        let depth = depth.checked_sub(1)?;
        if self.stands_still(node) {
            return Some(Linear::zero());
        }
        match self.dag.node(node).clone() {
            Node::Sum(terms) => {
                let mut out = Linear::zero();
                for term in terms.iter() {
                    out.add(&self.straight(*term, depth)?, &Formula::one());
                }
                Some(out)
            }
            Node::Neg(x) => Some(self.straight(x, depth)?.scaled(&Formula::int(-1))),
            Node::Prod(factors) => {
                let mut moving = None;
                let mut fixed = Vec::new();
                for factor in factors.iter() {
                    let change = self.straight(*factor, depth)?;
                    if change.is_zero() {
                        fixed.push(self.level(*factor));
                    } else if moving.replace(change).is_some() {
                        return None;
                    }
                }
                Some(moving?.scaled(&Formula::product(fixed)))
            }
            Node::Div(above, below) if self.straight(below, depth)?.is_zero() => {
                let below = self.level(below);
                Some(self.straight(above, depth)?.map(|c| c.clone().over(below.clone())))
            }
            Node::Sym(s) => match self.own_definition(node) {
                Some(inner) => self.straight(inner, depth),
                None if matches!(self.system.info(s).role, Role::Definition(_)) && !self.moving.contains(&s) => None,
                None => Some(self.plain(node)),
            },
            _ => None,
        }
    }

    /// What the file itself says a name stands for.
    fn own_definition(&self, node: NodeId) -> Option<NodeId> {
        let Node::Sym(s) = *self.dag.node(node) else { return None };
        let info = self.system.info(s);
        match info.role {
            Role::Definition(inner) if info.quantity == Quantity::Named && !self.moving.contains(&s) => Some(inner),
            _ => None,
        }
    }

    /// Whether a sum under an expression has a negative term.
    fn has_loose_sum(&mut self, node: NodeId, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.dag.node(node).clone() {
            Node::Sum(terms) => terms.iter().any(|t| self.value(*t) < 0.0 || self.has_loose_sum(*t, depth)),
            Node::Neg(x) => self.has_loose_sum(x, depth),
            Node::Prod(list) => list.iter().any(|x| self.has_loose_sum(*x, depth)),
            Node::Div(a, b) => self.has_loose_sum(a, depth) || self.has_loose_sum(b, depth),
            _ => self.own_definition(node).is_some_and(|inner| self.has_loose_sum(inner, depth)),
        }
    }
}
