//! Productivity of a factor's work: an hour counts as more than one, in a country or in one of its industries.

use super::resolve::Scope;
use super::structure::Builder;
use super::{Demand, naming};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::source::Span;
use crate::syntax::tree;
use crate::system::Quantity;
use std::sync::Arc;

impl Builder<'_> {
    /// The factors that entries name, each with its productivity at a place: `productivity[L, Home]`, `productivity[L, x]`.
    pub(super) fn augmentations(&mut self, entries: &[tree::Entry], place: &[Arc<str>], shown: &str, optional: bool, s: &Scope) -> Vec<(usize, Sym)> {
        let mut out: Vec<(usize, Sym)> = Vec::new();
        for entry in entries {
            let Ok(scopes) = self.resolver().members(entry.family.as_ref(), s) else { continue };
            for s in scopes {
                let Ok(key) = self.resolver().element(&entry.key, &s) else { continue };
                let Some(f) = self.economy.factor_named(&key) else {
                    let d = Diagnostic::new("N031", format!("`{key}` is not a factor"))
                        .at(entry.key.span, "only a factor's work has a productivity of its own");
                    let near = self.near(&key, || self.economy.factors.iter().map(|f| f.name.as_ref()));
                    self.report(match near {
                        Some(n) => d.help(format!("did you mean `{n}`?")),
                        None => d.help(format!("declare it: `factor {key}`; of all inputs together: `productivity = …`")),
                    });
                    continue;
                };
                if out.iter().any(|(other, _)| *other == f) {
                    let d =
                        Diagnostic::new("M024", format!("the productivity of `{key}` is given twice in {shown}")).at(entry.key.span, "again here");
                    self.report(d.help("keep one of them"));
                    continue;
                }
                let word = self.place_word("productivity", "efficiency");
                let mut index = vec![self.economy.factors[f].name.clone()];
                index.extend(place.iter().cloned());
                let meaning = format!("productivity of {key} in {shown}");
                let Some(sym) = self.place(naming::indexed(word, &index), Quantity::Place, &entry.value, &s, &meaning, false) else { continue };
                self.enter(word, index, sym, optional);
                self.check(sym, Demand::Positive, entry.value.span, format!("the productivity of `{key}` in {shown}"));
                out.push((f, sym));
            }
        }
        out
    }

    /// Refuses a productivity of work that is divided into tasks, at home or abroad: their cost counts its hours.
    pub(super) fn augmented_tasks(&mut self) {
        let lines = self.economy.lines.iter().flat_map(|l| {
            let places = l.places.iter().map(|p| (l.tasks, p.destination, p.span));
            std::iter::once((l.tasks, l.origin, l.span)).chain(places)
        });
        let lines: Vec<(usize, usize, Span)> = lines.collect();
        for (set, r, span) in lines {
            let e = &self.economy;
            let f = e.tasks[set].factor;
            let here = e.industries.iter().filter(|i| i.country == r).flat_map(|i| &i.augmentations);
            if e.countries[r].augmentations.iter().chain(here).any(|a| a.0 == f) {
                let (factor, country) = (&e.factors[f].name, &e.countries[r].name);
                let words = format!("a productivity of `{factor}` in {country}, where its work is divided into tasks: not yet in the language");
                let d = Diagnostic::new("P020", words).at(span, "these tasks");
                self.report(d.help("the cost of a task says how many hours abroad stand for one at home; `productivity = …` of all inputs works"));
                return;
            }
        }
    }
}
