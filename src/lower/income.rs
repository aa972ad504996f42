//! Income = factor income + profits, a definition.

use super::Lowering;
use crate::expr::NodeId;
use crate::model::Key;
use std::sync::Arc;

impl Lowering<'_> {
    pub fn incomes(&mut self) {
        for r in self.economy.inside().collect::<Vec<_>>() {
            let mut terms: Vec<(NodeId, Vec<Arc<str>>)> = Vec::new();
            let country = self.economy.countries[r].name.clone();
            let index = |what: &Arc<str>, l: &Self| {
                let mut v = vec![what.clone()];
                if l.economy.sole_country() != Some(r) {
                    v.push(country.clone());
                }
                v
            };
            for f in 0..self.economy.factors.len() {
                if let Some(endowment) = self.economy.countries[r].endowments[f] {
                    let (w, e) = (self.price(f, r), self.node(endowment));
                    let label = index(&self.economy.factors[f].name.clone(), self);
                    terms.push((self.economy.dag.mul(w, e), label));
                }
            }
            for j in self.economy.industries_in(r).collect::<Vec<_>>() {
                let Some(m) = self.markup(j) else { continue };
                let good = self.economy.industries[j].good;
                let p = self.economy.good_price(good, Some(r));
                let (m, p, x) = (self.node(m), self.node(p), self.sym(Key::Activity(j)));
                // Profits p x (1 − 1/markup): price over cost, on what is made.
                let one = self.constant(1.0);
                let inverse = self.economy.dag.div(one, m);
                let margin = self.economy.dag.sub(one, inverse);
                let label = index(&format!("profits {}", self.economy.industries[j].name).into(), self);
                terms.push((self.economy.dag.prod(&[margin, p, x]), label));
            }
            let income = self.labelled_sum(&terms, "income_share");
            self.define(Key::Income(r), income);
        }
    }
}
