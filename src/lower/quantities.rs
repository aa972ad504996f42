//! Quantities that only a reader asked for.

use super::Lowering;
use crate::accounts::total::taken;
use crate::accounts::{ActivityId, Doing, EntryId, Margin, Place, Side, What};
use crate::expr::NodeId;
use crate::model::Key;

impl Lowering<'_> {
    /// Defines a quantity that is not part of the conditions.
    pub fn on_demand(&mut self, key: &Key) {
        let accounts = self.accounts;
        let node = match key {
            Key::Output(g, r) => match accounts.sold(*g, *r) {
                Some(good) => self.supply(good, accounts.household(*r)),
                None => self.constant(0.0),
            },
            Key::Use(g, r) => match accounts.bought(*g, *r) {
                Some(good) => self.taken(good, accounts.household(*r)),
                None => self.constant(0.0),
            },
            // What a household wants is defined with its tastes.
            Key::Demand(..) => self.constant(0.0),
            Key::Exports(g, r) => {
                let made = self.economy.output(*g, *r);
                let (made, used) = (self.node(made), self.sym(Key::Use(*g, *r)));
                self.economy.dag.sub(made, used)
            }
            Key::Balance(r) => {
                let mut terms = Vec::new();
                for g in (0..self.economy.goods.len()).filter(|g| !self.economy.goods[*g].differentiated).collect::<Vec<_>>() {
                    let p = self.economy.good_price(g, Some(*r));
                    let (p, net) = (self.node(p), self.sym(Key::Exports(g, *r)));
                    terms.push(self.economy.dag.mul(p, net));
                }
                if let Some(agent) = accounts.household(*r) {
                    // A variety is sold where another is bought.
                    for (id, c) in accounts.commodities().filter(|(_, c)| matches!((c.what, c.place), (What::Variety { .. }, Place::In(_)))) {
                        let (p, (_, net)) = (self.node(c.price.sym()), self.net(id, agent));
                        terms.push(self.economy.dag.mul(p, net));
                    }
                    terms.extend(self.levied_across(agent));
                    let paid = self.paid_abroad(agent);
                    terms.push(self.economy.dag.neg(paid));
                }
                self.economy.dag.sum(&terms)
            }
            Key::InputPerUnit(what, j) => match self.make(*j).and_then(|a| self.nests.get(&(a, what.clone())).copied()) {
                Some(used) => used,
                None => return,
            },
            Key::CostShare(what, j) => {
                let Some(activity) = self.make(*j) else { return };
                let (price, per_unit) = match self.input_named(activity, what).map(|e| accounts.entry(e)) {
                    Some(row) => (row.paid, row.amount.node()),
                    None => {
                        let Some(&used) = self.nests.get(&(activity, what.clone())) else { return };
                        (self.sym(Key::NestPrice(what.clone(), *j)), used)
                    }
                };
                let cost = self.sym(Key::UnitCost(*j));
                let value = self.economy.dag.mul(price, per_unit);
                self.economy.dag.div(value, cost)
            }
            Key::EmploymentShare(f, j) => {
                let country = self.economy.industries[*j].country;
                let Some(factor) = accounts.factor(*f, country) else { return };
                let terms = taken(accounts, &mut self.economy.dag, factor);
                let total = self.taken(factor, None);
                match terms.into_iter().find(|t| Some(accounts.entry(t.by).by) == self.make(*j)) {
                    Some(own) => {
                        let own = own.quantity(&mut self.economy.dag);
                        self.economy.dag.div(own, total)
                    }
                    None => self.constant(0.0),
                }
            }
            Key::ExpenditureShare(g, r) => {
                let consuming = accounts.activities().find(|(_, a)| a.what == Doing::Consume && Some(a.owner) == accounts.household(*r));
                let bought = consuming.and_then(|(id, _)| accounts.entry_of(id, accounts.bought(*g, *r)?, Side::Takes));
                match bought.map(|e| accounts.entry(e)) {
                    Some(row) => {
                        let spent = self.economy.dag.mul(row.paid, row.amount.node());
                        let income = self.sym(Key::Income(*r));
                        self.economy.dag.div(spent, income)
                    }
                    None => self.constant(0.0),
                }
            }
            Key::HomeTasks(l) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                m.stay
            }
            Key::OffshoredShare(l, d) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                let foreign = self.abroad_of(m, *d, |s, away| s.economy.dag.mul(accounts.entry(away).amount.node(), accounts.entry(away).paid));
                let bundle = self.node(m.price);
                self.economy.dag.div(foreign, bundle)
            }
            Key::HomeShare(l) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                let home = accounts.entry(m.home);
                let (paid, bundle) = (self.economy.dag.mul(home.amount.node(), home.paid), self.node(m.price));
                self.economy.dag.div(paid, bundle)
            }
            Key::TasksIn(l, d) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                self.tasks_in(m, *d)
            }
            Key::MarginElasticity(l) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                self.margin_elasticity(m)
            }
            Key::EmployedAbroad(l, d) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                self.abroad_of(m, *d, |s, away| {
                    let away = accounts.entry(away);
                    let factors: Vec<NodeId> = [away.amount.node()].into_iter().chain(s.level(away.by)).collect();
                    s.economy.dag.prod(&factors)
                })
            }
            Key::TaskImports(l, d) => {
                let Some(m) = accounts.margin_of(*l) else { return };
                self.abroad_of(m, *d, |s, away| s.value(away))
            }
            // All others are defined with the equations that need them.
            _ => return,
        };
        self.define(key.clone(), node);
    }

    /// The sum of something over the places where a line's tasks are done abroad, or of one of them.
    fn abroad_of(&mut self, m: &Margin, place: Option<usize>, of: impl Fn(&mut Self, EntryId) -> NodeId) -> NodeId {
        let places = m.places.iter().enumerate().filter(|(d, _)| place.is_none_or(|p| p == *d));
        let terms: Vec<NodeId> = places.map(|(_, abroad)| of(self, abroad.entry)).collect();
        self.economy.dag.sum(&terms)
    }

    fn make(&self, industry: usize) -> Option<ActivityId> {
        self.accounts.doing(Doing::Make(industry))
    }

    /// The entry by which an activity takes the factor or good of that name.
    fn input_named(&self, activity: ActivityId, name: &str) -> Option<EntryId> {
        let accounts = self.accounts;
        let named = |e: &&EntryId| accounts.input_name(self.economy, accounts.entry(**e).commodity).as_ref() == name;
        accounts.activity(activity).entries.iter().filter(|e| accounts.entry(**e).side == Side::Takes).find(named).copied()
    }
}
