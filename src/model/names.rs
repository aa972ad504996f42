//! Declared names: one namespace for all kinds, with suggestions for what was misspelt.

use crate::expr::Sym;
use crate::source::Span;
use crate::syntax::tree::Declaration;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a declared name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Parameter,
    Set,
    Function,
    Technology,
    Schedule,
    Country,
    Factor,
    FactorPrice,
    Tasks,
    Margin,
    Bill,
    Good,
    GoodPrice,
    Industry,
    Variable,
    Let,
    Equation,
    Shock,
    Sweep,
}

impl What {
    pub fn word(&self) -> &'static str {
        match self {
            What::Parameter => "a parameter",
            What::Set => "a set",
            What::Function => "a function",
            What::Technology => "a technology",
            What::Schedule => "a schedule",
            What::Country => "a country",
            What::Factor => "a factor",
            What::FactorPrice => "the price of a factor",
            What::Tasks => "a task set",
            What::Margin => "a marginal task",
            What::Bill => "the bill of tasks",
            What::Good => "a good",
            What::GoodPrice => "the price of a good",
            What::Industry => "an industry",
            What::Variable => "a variable",
            What::Let => "a definition",
            What::Equation => "an equation",
            What::Shock => "a shock",
            What::Sweep => "a sweep",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub what: What,
    pub span: Span,
    pub declaration: Arc<Declaration>,
    /// The alias of the file it came from: names in its body are looked up with it first.
    pub prefix: Option<Arc<str>>,
}

/// A name with its members by index: `a[x]`, `w[Home]`; a plain name has one member without index.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its last index is a country, which may be left out where only one is inside.
    pub by_country: bool,
    pub members: FxHashMap<Vec<Arc<str>>, Sym>,
    /// Members in order of declaration.
    pub order: Vec<Vec<Arc<str>>>,
}

impl Table {
    pub fn insert(&mut self, index: Vec<Arc<str>>, sym: Sym) {
        if self.members.insert(index.clone(), sym).is_none() {
            self.order.push(index);
        }
    }
}

/// How the elements of a set follow each other.
#[derive(Clone, Debug, Default)]
pub struct Order {
    pub places: FxHashMap<Arc<str>, usize>,
    /// Of a set of numbers, such as years: the smallest distance between neighbours, which is the usual one.
    pub step: Option<f64>,
}

impl Order {
    pub fn of(list: &[Arc<str>]) -> Order {
        let places = list.iter().cloned().enumerate().map(|(k, e)| (e, k)).collect();
        let numbers: Option<Vec<f64>> = list.iter().map(|e| e.parse().ok()).collect();
        let apart = |n: &[f64]| n.windows(2).map(|w| if let [a, b] = w { (b - a).abs() } else { f64::INFINITY }).fold(f64::INFINITY, f64::min);
        Order { places, step: numbers.map(|n| apart(&n)).filter(|s| *s > 0.0 && s.is_finite()) }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Names {
    pub entries: FxHashMap<Arc<str>, Entry>,
    /// In order of declaration, for `list` and stable messages.
    pub order: Vec<Arc<str>>,
    pub sets: FxHashMap<Arc<str>, Vec<Arc<str>>>,
    /// Sets whose elements follow each other.
    pub ordered: FxHashMap<Arc<str>, Order>,
    /// The elements of all sets.
    pub elements: FxHashSet<Arc<str>>,
    /// Comparisons made for suggestions.
    compared: Arc<AtomicUsize>,
    /// Symbols by name and index.
    pub tables: FxHashMap<Arc<str>, Table>,
}

impl Names {
    /// Looks a name up with the prefix of the file it stands in, then bare.
    pub fn lookup(&self, name: &str, prefix: Option<&str>) -> Option<(&Arc<str>, &Entry)> {
        if let Some(p) = prefix
            && let Some(found) = self.entries.get_key_value(format!("{p}.{name}").as_str())
        {
            return Some(found);
        }
        self.entries.get_key_value(name)
    }

    pub fn full_name(&self, name: &str, prefix: Option<&str>) -> Arc<str> {
        self.lookup(name, prefix).map_or_else(|| name.into(), |(full, _)| full.clone())
    }

    /// Declared names and `others` nearest to a misspelt one, best first.
    pub fn suggest(&self, name: &str, others: &[&str]) -> Option<String> {
        if self.compared.fetch_add(self.order.len(), Ordering::Relaxed) > COMPARED {
            return None;
        }
        let own = near(name, self.order.iter().map(|n| n.as_ref()));
        let other = near(name, others.iter().copied());
        // Of two that are equally near the model's own is meant.
        match (own, other) {
            (Some((d, own)), Some((e, other))) => Some(if d <= e { own } else { other }.to_string()),
            (own, other) => own.or(other).map(|x| x.1.to_string()),
        }
    }
}

/// Letters of the longest name that another is suggested for.
const LONG: usize = 64;
/// Names that are compared for suggestions in all, so that many unknown names in a file of many names do not take the product of both.
const COMPARED: usize = 200_000;

/// Letters of a word from which on it may be one left unfinished.
const UNFINISHED: usize = 3;

/// The candidate nearest to `name`, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    near(name, candidates).map(|(_, c)| c.to_string())
}

/// Which letters a word has, as bits; letters that share a bit count as one.
fn letters_of(word: &str) -> u64 {
    word.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64))
}

/// The same with its distance.
fn near<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<(usize, &'a str)> {
    // Nobody means another name by one of this length, and comparing takes the product of both.
    let length = name.chars().count();
    if length > LONG {
        return None;
    }
    let lower = name.to_lowercase();
    let letters = letters_of(&lower);
    let candidates = candidates.filter(|c| c.len() <= 4 * LONG && c.chars().count().abs_diff(length) <= 1 + LONG / 4);
    candidates
        .filter_map(|c| {
            let other = c.to_lowercase();
            // The beginning of a longer word is that word left unfinished.
            let begun = length >= UNFINISHED && other.starts_with(&lower) && other != lower;
            let limit = 1 + name.chars().count().max(c.chars().count()) / 4;
            // Letters that only one of two words has are edits each: most names need no closer look.
            let apart = |a: u64, b: u64| (a & !b).count_ones() as usize > limit;
            let theirs = letters_of(&other);
            if !begun && (apart(letters, theirs) || apart(theirs, letters)) {
                return None;
            }
            let distance = if begun { 1 } else { strsim::damerau_levenshtein(&lower, &other) };
            (distance <= limit && distance < name.chars().count().max(c.chars().count())).then_some((distance, c))
        })
        // Of two that are equally near, a letter was more likely left out than mistaken.
        .min_by_key(|&(d, c)| (d, lower.chars().filter(|l| !c.contains(*l)).count(), c.len()))
}
