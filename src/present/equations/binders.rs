//! Letters for bound indices: those that the file itself uses for the set, never one that is declared or already bound.

use super::fold::families;
use super::term::{Binder, Index, Set, Term};
use super::words;
use crate::model::Economy;
use rustc_hash::FxHashMap;
use std::sync::Arc;

const LETTERS: &[&str] = &["i", "j", "k", "l", "m", "n", "q", "u", "v", "z"];

#[derive(Clone, Debug, Default)]
pub struct Letters {
    of: FxHashMap<Set, Vec<Arc<str>>>,
    taken: Vec<Arc<str>>,
}

type Bound = Vec<(u32, Arc<str>)>;

impl Letters {
    pub fn of(economy: &Economy) -> Letters {
        let mut out = Letters { of: FxHashMap::default(), taken: economy.names.entries.keys().cloned().collect() };
        for name in &economy.names.order {
            let Some(entry) = economy.names.entries.get(name) else { continue };
            for family in families(&entry.declaration.kind) {
                for (set, letter) in words::letters(family) {
                    let known = out.of.entry(set).or_default();
                    if !known.contains(&letter) {
                        known.push(letter);
                    }
                }
            }
        }
        out.taken.sort();
        out
    }

    fn pick(&self, set: &Set, bound: &Bound) -> Arc<str> {
        let free = |l: &Arc<str>| self.taken.binary_search(l).is_err() && !bound.iter().any(|(_, b)| b == l);
        let own = self.of.get(set).into_iter().flatten().cloned();
        let initial = match set {
            Set::Named(name) => name.rsplit('.').next().and_then(|n| n.chars().next()).map(|c| c.to_lowercase().collect::<String>().into()),
            Set::Listed(_) => None,
        };
        let common = LETTERS.iter().map(|&l| Arc::from(l));
        let numbered = (1..).map(|n| Arc::from(format!("i{n}")));
        own.chain(initial).chain(common).chain(numbered).find(free).unwrap_or_else(|| "i".into())
    }

    /// Gives letters to a family's binders and to all folds in its formulas.
    pub fn christen(&self, binders: &mut [Binder], guard: &mut Option<Term>, formulas: &mut [&mut Term]) {
        self.christen_as(&[], binders, guard, formulas);
    }

    /// The same, with the family's own letters given where there are as many as binders.
    pub fn christen_as(&self, own: &[Arc<str>], binders: &mut [Binder], guard: &mut Option<Term>, formulas: &mut [&mut Term]) {
        let mut bound = Bound::new();
        if own.len() == binders.len() {
            for (b, letter) in binders.iter_mut().zip(own) {
                if let Index::Bound(n) = b.variable {
                    bound.push((n, letter.clone()));
                    b.variable = Index::Variable(letter.clone());
                }
            }
        } else {
            self.bind(binders, &mut bound);
        }
        if let Some(g) = guard {
            self.walk(g, &mut bound);
        }
        for f in formulas {
            self.walk(f, &mut bound);
        }
    }

    fn bind(&self, binders: &mut [Binder], bound: &mut Bound) {
        for b in binders {
            match &b.variable {
                Index::Bound(n) => {
                    let letter = self.pick(&b.set, bound);
                    bound.push((*n, letter.clone()));
                    b.variable = Index::Variable(letter);
                }
                // What the file wrote keeps its letter, which no index within may take.
                Index::Variable(v) => bound.push((u32::MAX, v.clone())),
                _ => {}
            }
        }
    }

    fn walk(&self, t: &mut Term, bound: &mut Bound) {
        match t {
            Term::Fold { binders, guard, body, .. } => {
                let before = bound.len();
                self.bind(binders, bound);
                if let Some(g) = guard {
                    self.walk(g, bound);
                }
                self.walk(body, bound);
                bound.truncate(before);
            }
            Term::Name(_) | Term::Index(_) => t.indices_mut(&mut |i| {
                if let Index::Bound(n) = i
                    && let Some((_, letter)) = bound.iter().rev().find(|(b, _)| b == n)
                {
                    *i = Index::Variable(letter.clone());
                }
            }),
            other => other.children_mut(&mut |c| self.walk(c, bound)),
        }
    }
}
