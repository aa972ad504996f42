//! Equations of a file's own that are straight in what moves: their changes in levels, without shares of sums that may change sign.

use super::hat::Hats;
use super::linear::Linear;
use crate::algebra::Formula;
use crate::expr::{Node, NodeId};
use crate::system::{Quantity, Role};
use rustc_hash::FxHashSet;

/// Expressions that are looked at in one equation, each as often as it stands in another: beyond that the changes in levels are longer than shares.
const LOOKED_AT: usize = 400;

impl Hats<'_> {
    /// left − right as plain differentials, where both are straight in what moves and a share of a sum would have no sign: a term of it is
    /// negative.
    pub(super) fn straight_difference(&mut self, left: NodeId, right: NodeId) -> Option<Linear> {
        let both = |h: &mut Self, test: fn(&mut Self, NodeId, &mut usize) -> bool| {
            let mut rest = LOOKED_AT;
            let found = [test(h, left, &mut rest), test(h, right, &mut rest)];
            (rest > 0).then_some(found)
        };
        // Asked first: nothing is named that is not used.
        if !self.point.numeric || both(self, Self::has_loose_sum)? == [false; 2] || both(self, Self::is_straight)? != [true; 2] {
            return None;
        }
        let mut rest = LOOKED_AT;
        let (left, right) = (self.straight(left, &mut rest)?, self.straight(right, &mut rest)?);
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

    fn is_straight(&mut self, node: NodeId, rest: &mut usize) -> bool {
        if !look(rest) {
            return false;
        }
        if self.stands_still(node) {
            return true;
        }
        match self.dag.node(node).clone() {
            Node::Sum(terms) => terms.iter().all(|t| self.is_straight(*t, rest)),
            Node::Neg(x) => self.is_straight(x, rest),
            Node::Prod(factors) => {
                let moving: Vec<NodeId> = factors.iter().copied().filter(|x| !self.stands_still(*x)).collect();
                moving.len() == 1 && moving.iter().all(|x| self.is_straight(*x, rest))
            }
            Node::Div(above, below) => self.stands_still(below) && self.is_straight(above, rest),
            Node::Sym(s) => match self.own_definition(node) {
                Some(inner) => self.is_straight(inner, rest),
                None => !matches!(self.system.info(s).role, Role::Definition(_)) || self.moving.contains(&s),
            },
            _ => false,
        }
    }

    /// The differential of an expression that is straight in what moves.
    fn straight(&mut self, node: NodeId, rest: &mut usize) -> Option<Linear> {
        if !look(rest) {
            return None;
        }
        if self.stands_still(node) {
            return Some(Linear::zero());
        }
        match self.dag.node(node).clone() {
            Node::Sum(terms) => {
                let mut out = Linear::zero();
                for term in terms.iter() {
                    out.add(&self.straight(*term, rest)?, &Formula::one());
                }
                Some(out)
            }
            Node::Neg(x) => Some(self.straight(x, rest)?.scaled(&Formula::int(-1))),
            Node::Prod(factors) => {
                let mut moving = None;
                let mut fixed = Vec::new();
                for factor in factors.iter() {
                    let change = self.straight(*factor, rest)?;
                    if change.is_zero() {
                        fixed.push(self.level(*factor));
                    } else if moving.replace(change).is_some() {
                        return None;
                    }
                }
                Some(moving?.scaled(&Formula::product(fixed)))
            }
            Node::Div(above, below) if self.straight(below, rest)?.is_zero() => {
                let below = self.level(below);
                Some(self.straight(above, rest)?.map(|c| c.clone().over(below.clone())))
            }
            Node::Sym(s) => match self.own_definition(node) {
                Some(inner) => self.straight(inner, rest),
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
    fn has_loose_sum(&mut self, node: NodeId, rest: &mut usize) -> bool {
        if !look(rest) {
            return false;
        }
        match self.dag.node(node).clone() {
            Node::Sum(terms) => terms.iter().any(|t| self.value(*t) < 0.0 || self.has_loose_sum(*t, rest)),
            Node::Neg(x) => self.has_loose_sum(x, rest),
            Node::Prod(list) => list.iter().any(|x| self.has_loose_sum(*x, rest)),
            Node::Div(a, b) => self.has_loose_sum(a, rest) || self.has_loose_sum(b, rest),
            _ => self.own_definition(node).is_some_and(|inner| self.has_loose_sum(inner, rest)),
        }
    }
}

/// Counts an expression that is looked at; whether there was room for it.
fn look(rest: &mut usize) -> bool {
    *rest = rest.saturating_sub(1);
    *rest > 0
}
