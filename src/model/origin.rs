//! Goods told apart by origin (Armington): each country makes a variety of its own, users everywhere want all of them.

use super::resolve::{Binding, Reported, Resolved, Scope};
use super::structure::Builder;
use super::{Demand, Economy, ValueCheck, naming};
use crate::diag::Diagnostic;
use crate::expr::NodeId;
use crate::syntax::tree::{self, Expr, Kind};
use crate::system::Quantity;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How a good's varieties substitute for each other.
#[derive(Clone, Debug)]
pub struct Origins {
    /// Between all origins, or between imports where the home variety stands apart.
    pub sigma: NodeId,
    /// Between the home variety and imports, where that differs.
    pub home: Option<NodeId>,
    /// Weights by origin and destination; 1 where none are given.
    pub weights: FxHashMap<(usize, usize), NodeId>,
}

impl Builder<'_> {
    /// Elasticities and weights of all goods that are told apart by origin.
    pub fn origins(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Good(g) = &d.kind else { continue };
            let Some(declared) = &g.differentiated else { continue };
            for (name, s) in self.elements(&g.head, &scope) {
                let Some(at) = self.economy.good_named(&name) else { continue };
                if self.refused(at, declared) {
                    break;
                }
                let Ok(origins) = self.origins_of(at, declared, &s) else { continue };
                self.economy.goods[at].origins = Some(origins);
            }
        }
    }

    /// What cannot be told apart, or not yet.
    fn refused(&mut self, at: usize, declared: &tree::Differentiated) -> bool {
        let good = self.economy.goods[at].clone();
        let name = &good.name;
        let d = if good.nontraded {
            Diagnostic::new("M076", format!("`{name}` is not traded, so it has one origin in each country"))
                .at(declared.span, "told apart by origin")
                .see(good.span, "declared nontraded")
                .help("remove one of the two")
        } else if good.at_world_price {
            Diagnostic::new("P020", format!("a world price for `{name}`, whose origins differ: not yet in the language"))
                .at(declared.span, "a later version will read this")
                .see(good.span, "one price is given for all origins")
                .help("model the rest of the world as a country")
        } else if good.numeraire {
            let country = self.economy.inside().next().map_or("Home".into(), |r| self.economy.countries[r].name.clone());
            Diagnostic::new("M076", format!("the numeraire `{name}` has a price for each origin"))
                .at(declared.span, "told apart by origin, so no single price anchors the others")
                .help(format!("write `numeraire {}` with the origin that is meant", naming::indexed("producer_price", &[name.clone(), country])))
        } else {
            return false;
        };
        self.report(d);
        self.incomplete = true;
        true
    }

    fn origins_of(&mut self, at: usize, declared: &tree::Differentiated, s: &Scope) -> Resolved<Origins> {
        let name = self.economy.goods[at].name.clone();
        let of = |what: &str| format!("elasticity of substitution between {what} of {name}");
        let (sigma, home) = match &declared.origins {
            tree::Origins::One(e) => (self.elasticity("origins", &name, e, s, &of("origins"))?, None),
            tree::Origins::Two { home, imports } => {
                let home = self.elasticity("home", &name, home, s, &of("the home variety and imports"));
                let imports = self.elasticity("origins", &name, imports, s, &of("imports"));
                (imports?, Some(home?))
            }
        };
        let mut weights = FxHashMap::default();
        let places: Vec<usize> = self.economy.inside().collect();
        for &to in &places {
            let (mut own, mut imported) = (Vec::new(), Vec::new());
            for &from in &places {
                if self.economy.makers(at, from).next().is_none() {
                    continue;
                }
                let weight = match &declared.weights {
                    Some(e) => {
                        let weight = self.origin_weight(&name, from, to, e, s)?;
                        weights.insert((from, to), weight);
                        weight
                    }
                    None => self.economy.dag.constant(1.0),
                };
                if from == to { own.push(weight) } else { imported.push(weight) }
            }
            self.weights_of(at, to, declared, (sigma, home), own, imported);
        }
        Ok(Origins { sigma, home, weights })
    }

    /// `sigma[y, origins]`, `sigma[y, home]`: the industry of that name may have a `sigma[y]` of its own.
    fn elasticity(&mut self, which: &'static str, good: &Arc<str>, e: &Expr, s: &Scope, meaning: &str) -> Resolved<NodeId> {
        let word = self.place_word("sigma", "substitution_elasticity");
        let index = vec![good.clone(), which.into()];
        let place = naming::indexed(word, &index);
        let Some(sym) = self.place(place, Quantity::Place, e, s, meaning, false) else { return Err(Reported) };
        self.enter(word, index, sym, false);
        self.check(sym, Demand::NonNegative, e.span, format!("the {meaning}"));
        Ok(self.economy.dag.sym(sym))
    }

    /// A weight, in which `from` and `to` stand for the two countries.
    fn origin_weight(&mut self, good: &Arc<str>, from: usize, to: usize, e: &Expr, s: &Scope) -> Resolved<NodeId> {
        let [from, to] = [from, to].map(|r| self.economy.countries[r].name.clone());
        let scope = s.with("from".into(), Binding::Element(from.clone())).with("to".into(), Binding::Element(to.clone()));
        let index = vec![good.clone(), from, to];
        let meaning = format!("weight of {} from {} in {}", index[0], index[1], index[2]);
        let place = naming::indexed("origin_weight", &index);
        let Some(sym) = self.place(place, Quantity::Place, e, &scope, &meaning, false) else { return Err(Reported) };
        self.enter("origin_weight", index, sym, false);
        self.check(sym, Demand::NonNegative, e.span, format!("the {meaning}"));
        Ok(self.economy.dag.sym(sym))
    }

    /// Some variety must be wanted; where an elasticity is 1 weights are shares.
    fn weights_of(
        &mut self,
        at: usize,
        to: usize,
        declared: &tree::Differentiated,
        (sigma, home): (NodeId, Option<NodeId>),
        own: Vec<NodeId>,
        imported: Vec<NodeId>,
    ) {
        let subject = format!("`{}` in {}, by origin,", self.economy.goods[at].name, self.economy.countries[to].name);
        let span = declared.weights.as_ref().map_or(declared.span, |e| e.span);
        let all: Vec<NodeId> = own.iter().chain(&imported).copied().collect();
        let node = self.economy.dag.sum(&all);
        let wanted = format!("the sum of the weights of {subject}");
        self.economy.checks.push(ValueCheck { sym: None, node, what: Demand::Positive, span, subject: wanted });
        let nests = match home {
            None => vec![(all, sigma)],
            Some(home) => {
                let one = self.economy.dag.constant(1.0);
                vec![(own.into_iter().chain([one]).collect(), home), (imported, sigma)]
            }
        };
        for (weights, sigma) in nests {
            let node = self.economy.dag.sum(&weights);
            let what = Demand::SumsToOne { weights, sigma };
            self.economy.checks.push(ValueCheck { sym: None, node, what, span, subject: subject.clone() });
        }
    }
}

impl Economy {
    /// The countries that make a good, in order.
    pub fn origins_of(&self, good: usize) -> Vec<usize> {
        self.inside().filter(|&r| self.makers(good, r).next().is_some()).collect()
    }

    /// The weight of an origin in what a country uses of a good.
    pub fn origin_weight(&mut self, good: usize, from: usize, to: usize) -> NodeId {
        let given = self.goods[good].origins.as_ref().and_then(|o| o.weights.get(&(from, to)).copied());
        given.unwrap_or_else(|| self.dag.constant(1.0))
    }
}
