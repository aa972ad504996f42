//! Prices along a route from the seller to the user, and what each wedge leaves to whom.

use super::rows::*;
use crate::expr::{Dag, Node, NodeId};

/// What a wedge takes in for each unit that the user gets.
#[derive(Clone, Debug)]
pub struct Revenue {
    pub wedge: WedgeId,
    pub to: AgentId,
    /// Its factors.
    pub each: Vec<NodeId>,
}

/// The user's price of what is taken: the market's, raised by each wedge in order.
pub fn paid(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> NodeId {
    climb(accounts, dag, entry).0
}

/// The factors by which more leaves the seller than the user gets.
pub fn burnt(accounts: &Accounts, entry: EntryId) -> Vec<NodeId> {
    let wedges = accounts.route(accounts.entry(entry).route).iter().map(|w| accounts.wedge(*w));
    wedges.filter(|w| w.to == To::Burnt).map(|w| w.factor).collect()
}

/// The factors between the two ends of a route, for a seller whose price is what is left of the user's.
pub fn factors(accounts: &Accounts, entry: EntryId) -> Vec<NodeId> {
    accounts.route(accounts.entry(entry).route).iter().map(|w| accounts.wedge(*w).factor).collect()
}

/// What the wedges of an entry take in, in the order of its route.
pub fn revenues(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> Vec<Revenue> {
    match accounts.entry(entry).side {
        Side::Takes => climb(accounts, dag, entry).1,
        Side::Gives => descend(accounts, dag, entry),
    }
}

fn climb(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> (NodeId, Vec<Revenue>) {
    let row = accounts.entry(entry);
    let mut price = dag.sym(accounts.commodity(row.commodity).price.sym());
    let mut at: Vec<(Stage, NodeId)> = Vec::new();
    let mut out: Vec<Revenue> = Vec::new();
    for &id in accounts.route(row.route) {
        let wedge = accounts.wedge(id);
        if at.is_empty() {
            at.push((wedge.base, price));
        }
        let base = at.iter().rev().find(|(s, _)| *s == wedge.base).map_or(price, |b| b.1);
        match wedge.to {
            // What is lost on the way has been paid for, its taxes too.
            To::Burnt => out.iter_mut().for_each(|r| r.each.push(wedge.factor)),
            To::Agent(to) => {
                let rise = excess(dag, wedge.factor);
                out.push(Revenue { wedge: id, to, each: vec![rise, base] });
            }
        }
        price = if base == price {
            dag.mul(price, wedge.factor)
        } else {
            let rise = excess(dag, wedge.factor);
            let more = dag.mul(rise, base);
            dag.add(price, more)
        };
        at.push((wedge.stage, price));
    }
    (price, out)
}

/// From the market's price down to what is left for the seller: each wedge's base is the stage before it.
fn descend(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> Vec<Revenue> {
    let row = accounts.entry(entry);
    let mut left = row.paid;
    let mut out = Vec::new();
    for &id in accounts.route(row.route).iter().rev() {
        let wedge = accounts.wedge(id);
        if let To::Agent(to) = wedge.to {
            let part = rise_from_below(dag, wedge.factor);
            out.push(Revenue { wedge: id, to, each: vec![part, left] });
        }
        left = dag.div(left, wedge.factor);
    }
    out.reverse();
    out
}

/// What part of the price above is the rise from the one below: `1 − 1/factor`, or `t/(1 + t)` of a rate t.
fn rise_from_below(dag: &mut Dag, factor: NodeId) -> NodeId {
    if matches!(dag.node(factor), Node::Sum(_)) {
        let rise = excess(dag, factor);
        return dag.div(rise, factor);
    }
    let one = dag.constant(1.0);
    let inverse = dag.div(one, factor);
    dag.sub(one, inverse)
}

/// `factor − 1`; the rate itself where the factor is written 1 + rate.
fn excess(dag: &mut Dag, factor: NodeId) -> NodeId {
    if let Node::Sum(terms) = dag.node(factor).clone()
        && let Some(one) = terms.iter().position(|t| dag.is_one(*t))
    {
        let rest: Vec<NodeId> = terms.iter().enumerate().filter(|(k, _)| *k != one).map(|(_, t)| *t).collect();
        return dag.sum(&rest);
    }
    let one = dag.constant(1.0);
    dag.sub(factor, one)
}
