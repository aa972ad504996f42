//! What is brought to a market and what is taken from it, term by term.

use super::route;
use super::rows::*;
use crate::expr::{Dag, NodeId};
use crate::system::part::Part;

/// A term of a total: an entry and the entry that it is moved for, itself unless its activity follows another's need.
#[derive(Clone, Debug)]
pub struct Term {
    pub entry: EntryId,
    pub by: EntryId,
    /// The factors of the quantity.
    pub factors: Vec<NodeId>,
}

impl Term {
    pub fn part(&self) -> Part {
        Part::Moved { entry: self.entry, by: self.by }
    }

    pub fn quantity(&self, dag: &mut Dag) -> NodeId {
        dag.prod(&self.factors)
    }
}

/// What is taken of a commodity: at home first, households before industries.
pub fn taken(accounts: &Accounts, dag: &mut Dag, commodity: CommodityId) -> Vec<Term> {
    let row = accounts.commodity(commodity);
    let terms = row.taken.entries.iter().flat_map(|e| moved(accounts, dag, *e)).collect();
    sorted(accounts, row, terms)
}

/// What activities bring to a commodity's market, in the same order; endowments are no activity's.
pub fn supplied(accounts: &Accounts, dag: &mut Dag, commodity: CommodityId) -> Vec<Term> {
    let row = accounts.commodity(commodity);
    let terms = row.supply.entries.iter().flat_map(|e| moved(accounts, dag, *e)).collect();
    sorted(accounts, row, terms)
}

/// What an entry moves, as the market of its commodity sees it: with what is lost on the way.
pub fn moved(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> Vec<Term> {
    let mut terms = received(accounts, dag, entry);
    if accounts.entry(entry).side == Side::Takes {
        let burnt = route::burnt(accounts, entry);
        terms.iter_mut().for_each(|t| t.factors.splice(0..0, burnt.iter().copied()).for_each(drop));
    }
    terms
}

/// What an entry moves, as its user sees it.
pub fn received(accounts: &Accounts, dag: &mut Dag, entry: EntryId) -> Vec<Term> {
    follow(accounts, dag, entry, &mut Vec::new())
}

fn follow(accounts: &Accounts, dag: &mut Dag, entry: EntryId, open: &mut Vec<CommodityId>) -> Vec<Term> {
    let row = accounts.entry(entry);
    let direct = |factors: Vec<NodeId>| vec![Term { entry, by: entry, factors }];
    match (row.amount, accounts.activity(row.by).level) {
        // Markets take their own activities' whole quantities last; the world's own trades are nobody's need.
        (Amount::Whole(n), _) => direct(vec![n]),
        (Amount::PerUnit(n), Level::Free(level)) => {
            let level = dag.sym(level);
            direct(vec![n, level])
        }
        (Amount::PerUnit(n), Level::Follows(commodity)) => {
            let needed = accounts.commodity(commodity);
            if let Some(amount) = needed.amount {
                let amount = dag.sym(amount);
                return direct(vec![n, amount]);
            }
            // What follows itself is a circle of definitions, which is refused elsewhere.
            if open.contains(&commodity) {
                return Vec::new();
            }
            open.push(commodity);
            let mut out = Vec::new();
            for &need in &needed.taken.entries {
                let burnt = route::burnt(accounts, need);
                for term in follow(accounts, dag, need, open) {
                    let factors = [n].into_iter().chain(burnt.iter().copied()).chain(term.factors).collect();
                    out.push(Term { entry, by: term.by, factors });
                }
            }
            open.pop();
            out
        }
        (Amount::PerUnit(_), Level::Whole) => Vec::new(),
    }
}

fn sorted(accounts: &Accounts, commodity: &Commodity, mut terms: Vec<Term>) -> Vec<Term> {
    let home = match commodity.place {
        Place::In(r) | Place::Between(_, r) => Some(r),
        Place::World => None,
    };
    let mut keyed: Vec<_> = terms
        .drain(..)
        .map(|t| {
            let activity = accounts.entry(t.by).by;
            let country = accounts.country_of(activity);
            let produces = accounts.activity(activity).what != Doing::Consume;
            ((home.is_some() && country != home, country, produces, activity, t.entry), t)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, t)| t).collect()
}
