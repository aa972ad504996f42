//! Letters as a paper has them for the built-in quantities, where the model has no other use for the letter.

use super::sheet::Sheet;
use super::term::{Binder, Index, Name, Term};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Built-in quantities, their letters, and what the letter stands for.
const LETTERS: [(&str, &str, &str); 12] = [
    ("unit_cost", "c", "unit cost"),
    ("input", "a", "input per unit of output"),
    ("price", "p", "price"),
    ("output", "q", "output"),
    ("activity", "z", "output of an industry"),
    ("demand", "d", "final demand"),
    ("exports", "x", "net exports"),
    ("income", "Y", "income"),
    ("living_cost", "e", "cost of a unit of utility"),
    ("price_base", "e_0", "that cost at the file's own parameter values"),
    ("price_index", "P", "price index"),
    ("welfare", "U", "real income"),
];

/// A letter that stands for a built-in quantity.
pub struct Letter {
    pub word: &'static str,
    pub letter: Term,
    pub meaning: &'static str,
}

/// Puts letters in place of built-in words; answers with those that were used, in the order of the table.
pub fn lettered(sheet: &mut Sheet) -> Vec<Letter> {
    let mut taken: FxHashSet<Arc<str>> = FxHashSet::default();
    let mut words: FxHashSet<Arc<str>> = FxHashSet::default();
    names(sheet, &mut |n| {
        words.insert(n.base.clone());
        // `p_x` is a price of x as well as a name of its own.
        taken.insert(n.base.split_once('_').map_or(n.base.clone(), |(stem, _)| stem.into()));
        n.index.iter().for_each(|i| bound(i, &mut taken));
    });
    binders(sheet, &mut |b| bound(&b.variable, &mut taken));
    let free = |letter: &str| !taken.contains(letter.split('_').next().unwrap_or(letter));
    let chosen: Vec<_> = LETTERS.iter().filter(|(word, letter, _)| words.contains(*word) && free(letter)).collect();
    names(sheet, &mut |n| {
        if let Some((_, letter, _)) = chosen.iter().find(|c| c.0 == n.base.as_ref()) {
            n.base = (*letter).into();
        }
    });
    chosen.into_iter().map(|(word, letter, meaning)| Letter { word, letter: Term::Name(Name::plain(*letter)), meaning }).collect()
}

/// The letter that an index is bound under.
fn bound(index: &Index, taken: &mut FxHashSet<Arc<str>>) {
    match index {
        Index::Variable(letter) => drop(taken.insert(letter.clone())),
        Index::Nested(base, inner) => {
            taken.insert(base.clone());
            inner.iter().for_each(|i| bound(i, taken));
        }
        Index::Element(_) | Index::Bound(_) => {}
    }
}

/// Every formula of the sheet.
fn terms(sheet: &mut Sheet, f: &mut impl FnMut(&mut Term)) {
    for row in sheet.sections.iter_mut().flat_map(|s| &mut s.rows) {
        f(&mut row.left);
        f(&mut row.right);
        row.partner.iter_mut().for_each(|p| f(&mut p.term));
        row.guard.iter_mut().for_each(&mut *f);
    }
    for given in &mut sheet.givens {
        f(&mut given.name);
        given.follows.iter_mut().chain(&mut given.guard).for_each(&mut *f);
    }
}

fn names(sheet: &mut Sheet, f: &mut impl FnMut(&mut Name)) {
    fn of(term: &mut Term, f: &mut impl FnMut(&mut Name)) {
        if let Term::Name(n) = term {
            f(n);
        }
        term.children_mut(&mut |t| of(t, f));
    }
    terms(sheet, &mut |t| of(t, f));
}

fn binders(sheet: &mut Sheet, f: &mut impl FnMut(&Binder)) {
    fn of(term: &mut Term, f: &mut impl FnMut(&Binder)) {
        if let Term::Fold { binders, .. } = term {
            binders.iter().for_each(&mut *f);
        }
        term.children_mut(&mut |t| of(t, f));
    }
    for row in sheet.sections.iter().flat_map(|s| &s.rows) {
        row.binders.iter().for_each(&mut *f);
    }
    for given in &sheet.givens {
        given.binders.iter().for_each(&mut *f);
    }
    terms(sheet, &mut |t| of(t, f));
}
