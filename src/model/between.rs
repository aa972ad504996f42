//! Built-in quantities of trade between places: prices, flows and shares by origin and destination, parities, revenue.

use super::border::{self, End};
use super::builtins::Ask;
use super::resolve::{Resolved, Resolver};
use super::{Key, naming};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use std::sync::Arc;

impl Ask<'_> {
    /// The price of a good that bears borders: the world's, or a country's.
    pub(super) fn bordered_price(&self, r: &mut Resolver, g: usize) -> Resolved<Sym> {
        let Some(place) = self.index.get(1) else {
            let ends: Vec<End> = std::iter::once(End::World).chain(r.economy.inside().map(End::Country)).collect();
            let offers: Vec<String> = ends.iter().map(|p| format!("`{}`", self.with(&[r.economy.end_name(*p)]))).collect();
            let shown = naming::indexed(self.name, self.index);
            let d = Diagnostic::new("N008", format!("`{shown}` needs a place"))
                .at(self.span, "a border stands between the world's price and a country's");
            return r.report(d.help(format!("write {}", offers.join(" or "))));
        };
        if place.as_ref() == border::WORLD && r.economy.country_named(place).is_none() {
            return match self.index.len() {
                2 => Ok(r.economy.good_price(g, None)),
                _ => self.wrong(r, "too many indices".into(), &[], 2),
            };
        }
        let c = self.country(r, 1)?;
        Ok(r.economy.good_price(g, Some(c)))
    }

    /// The asked name with further indices.
    fn with(&self, more: &[Arc<str>]) -> String {
        let all: Vec<Arc<str>> = self.index.iter().chain(more).cloned().collect();
        naming::indexed(self.name, &all)
    }

    pub(super) fn producer_price(&self, r: &mut Resolver) -> Resolved<Sym> {
        let (g, c) = self.good(r)?;
        match r.economy.goods[g].one_price() {
            true => Ok(r.economy.good_price(g, None)),
            false => Ok(r.economy.producer_price(g, c)),
        }
    }

    /// A good that is told apart by origin, its origin and its destination.
    pub(super) fn route(&self, r: &mut Resolver) -> Resolved<(usize, usize, usize)> {
        let (g, from, to) = self.ends(r)?;
        match (from, to, r.economy.goods[g].differentiated) {
            (End::Country(i), End::Country(j), true) => Ok((g, i, j)),
            _ => self.not_between(r, g),
        }
    }

    /// A good and the places that it comes from and goes to.
    fn ends(&self, r: &mut Resolver) -> Resolved<(usize, End, End)> {
        let goods: Vec<Arc<str>> = r.economy.goods.iter().filter(|g| g.differentiated || g.bordered).map(|g| g.name.clone()).collect();
        if goods.is_empty() {
            let d = Diagnostic::new("N009", format!("there is no `{}`", naming::indexed(self.name, self.index)));
            let help = "tell goods apart by origin, `good x differentiated(4)`, or put a border before one, `tariff x from world to Home = 0.1`";
            return r.report(d.at(self.span, "no good of this model has an origin and a destination").help(help));
        }
        let Some(g) = self.index.first().and_then(|name| r.economy.good_named(name)) else {
            let why = self.index.first().map_or("it needs a good".to_string(), |name| format!("`{name}` is not a good"));
            return self.wrong(r, why, &goods, 0);
        };
        if r.economy.goods[g].one_price() || r.economy.goods[g].nontraded {
            return self.not_between(r, g);
        }
        let from = self.end(r, g, 1)?;
        let to = self.end(r, g, 2)?;
        if self.index.len() > 3 {
            return self.wrong(r, "too many indices".into(), &[], 3);
        }
        Ok((g, from, to))
    }

    fn not_between<T>(&self, r: &mut Resolver, g: usize) -> Resolved<T> {
        let name = r.economy.goods[g].name.clone();
        self.wrong(r, format!("nothing tells the origins of `{name}` apart"), &[], usize::MAX)
    }

    /// The place at a position: an origin of the good, or where it goes.
    fn end(&self, r: &mut Resolver, g: usize, at: usize) -> Resolved<End> {
        let good = &r.economy.goods[g];
        let places: Vec<End> = match (good.bordered, at) {
            (true, _) => std::iter::once(End::World).chain(r.economy.inside().map(End::Country)).collect(),
            (false, 1) => r.economy.origins_of(g).into_iter().map(End::Country).collect(),
            (false, _) => r.economy.inside().map(End::Country).collect(),
        };
        let names: Vec<Arc<str>> = places.iter().map(|p| r.economy.end_name(*p)).collect();
        match self.index.get(at) {
            Some(name) => match names.iter().position(|n| n == name) {
                Some(k) => Ok(places[k]),
                None => self.wrong(r, format!("`{name}` is no {} of it", if at == 1 { "origin" } else { "destination" }), &names, at),
            },
            None => self.wrong(r, if at == 1 { "it needs an origin and a destination" } else { "it needs a destination" }.into(), &names, at),
        }
    }

    pub(super) fn trade(&self, r: &mut Resolver) -> Resolved<Sym> {
        let (g, from, to) = self.ends(r)?;
        let possible = match r.economy.goods[g].bordered {
            true => (from == End::World) != (to == End::World),
            false => true,
        };
        if possible { Ok(r.economy.quantity(Key::Trade(g, from, to))) } else { self.not_between(r, g) }
    }

    pub(super) fn revenue(&self, r: &mut Resolver) -> Resolved<Sym> {
        let c = self.country(r, 0)?;
        if r.economy.borders.is_empty() && !r.economy.levies() {
            let d = Diagnostic::new("N009", "there is no `revenue`").at(self.span, "no tariff and no export tax is declared");
            return r.report(d.help("declare one, as in `tariff x from A to B = 0.1`"));
        }
        Ok(r.economy.quantity(Key::Revenue(c)))
    }

    pub(super) fn parity(&self, r: &mut Resolver, key: fn(usize, usize) -> Key) -> Resolved<Sym> {
        let goods: Vec<Arc<str>> = r.economy.goods.iter().filter(|g| g.bordered).map(|g| g.name.clone()).collect();
        let Some(g) = self.index.first().and_then(|name| r.economy.good_named(name)).filter(|g| r.economy.goods[*g].bordered) else {
            return self.wrong(r, "it needs a good that is traded with `world` over a border".into(), &goods, 0);
        };
        let c = self.country(r, 1)?;
        Ok(r.economy.quantity(key(g, c)))
    }
}
