//! The letters of formulas: shares, elasticities and levels, each with its meaning and its number.

use crate::algebra::Formula;
use crate::expr::{NodeId, Sym};
use crate::system::part::ActivityId;
use crate::system::{Part, System, Whole};
use rustc_hash::FxHashMap;

/// What is known of an atom's value whatever the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Strictly between 0 and 1.
    Share,
    Positive,
    NonNegative,
    Any,
}

/// What an atom measures, where the value-flow table knows how to write it in others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Measures {
    /// Share of an input (by its place) in a nest: (industry, path of places from the top).
    Cost(usize, Vec<usize>),
    /// The same of an activity that neither makes nor consumes.
    Input(ActivityId, Vec<usize>),
    /// Share of spending, by the place in the nest; countries of one taste and one set of prices share the nest.
    Spending(NodeId, usize),
    /// Share of a factor of a country in an industry; `true`: for tasks that it does for an industry elsewhere.
    Work(usize, usize, usize, bool),
    /// Share of an industry in the bundles of tasks that a line's industries use.
    Bundle(usize, usize),
    /// Share of an industry in the supply on a market: (good, country of a nontraded one).
    Supply(usize, Option<usize>, usize),
    /// Share of an industry in the use on a market.
    Use(usize, Option<usize>, usize),
    /// Share of a country's household in the use on a market.
    Consumption(usize, Option<usize>, usize),
    /// Share of a term in a sum over rows of the accounts.
    Part(Whole, Part),
    /// Share of a factor in a country's income.
    Earnings(usize, usize),
    /// Share of an industry's profits in its country's income.
    Profits(usize),
    /// Offshored share of a line.
    Offshored(usize),
    /// Elasticity of a line's cost.
    Steepness(usize),
    /// An elasticity of substitution.
    Substitution,
    Markup,
    /// Share of a good in the cost of all that is made.
    Made(usize),
    /// Share of an industry in what is made of its good.
    Maker(usize),
    /// A quantity named to shorten a formula.
    Named,
    /// The level of a symbol.
    Level(Sym),
    Other,
}

#[derive(Clone, Debug)]
pub struct Atom {
    /// Key of `where`; an expression of the language where it has a word for it.
    pub name: String,
    pub display: String,
    pub latex: String,
    pub meaning: String,
    /// NaN where the model has no numbers.
    pub value: f64,
    pub range: Range,
    pub measures: Measures,
}

/// The atoms of one question, numbered as the algebra engine sees them.
#[derive(Clone, Debug, Default)]
pub struct Atoms {
    list: Vec<Atom>,
    names: FxHashMap<String, u32>,
    /// Groups of shares that add up to 1.
    pub groups: Vec<Vec<u32>>,
    definitions: FxHashMap<u32, Formula>,
}

impl Atoms {
    /// The atom of that name, made if it is new; one that measures something else gets a name of its own.
    pub fn intern(&mut self, mut atom: Atom) -> u32 {
        atom.name = readable(&atom.name);
        let mut suffix = 1;
        let base = atom.name.clone();
        while let Some(&at) = self.names.get(&atom.name) {
            if let Some(known) = self.list.get_mut(at as usize).filter(|a| a.measures == atom.measures && a.meaning == atom.meaning) {
                if known.range == Range::Any {
                    known.range = atom.range;
                }
                return at;
            }
            suffix += 1;
            atom.name = match base.split_once('[') {
                Some((word, rest)) => format!("{word}_{suffix}[{rest}"),
                None => format!("{base}_{suffix}"),
            };
        }
        let at = self.list.len() as u32;
        self.names.insert(atom.name.clone(), at);
        self.list.push(atom);
        at
    }

    /// The atom for a named quantity with this definition; one of that name with another definition keeps its name, and this one gets a number.
    pub fn define(&mut self, mut atom: Atom, definition: &Formula) -> u32 {
        let (name, display, latex) = (atom.name.clone(), atom.display.clone(), atom.latex.clone());
        let mut number = 1;
        while let Some(&at) = self.names.get(&atom.name) {
            if self.definitions.get(&at) == Some(definition) {
                return at;
            }
            number += 1;
            atom.name = format!("{name}_{number}");
            atom.display = format!("{display}{number}");
            atom.latex = format!("{{{latex}}}_{{{number}}}");
        }
        let at = self.list.len() as u32;
        self.names.insert(atom.name.clone(), at);
        self.definitions.insert(at, definition.clone());
        self.list.push(atom);
        at
    }

    /// Numbers letters anew in this order: D, D2, D3.
    pub fn renumber(&mut self, order: &[u32], (name, latex): (&str, &str)) {
        for at in order {
            if let Some(a) = self.list.get(*at as usize) {
                self.names.remove(&a.name);
            }
        }
        for (n, at) in order.iter().enumerate() {
            let Some(a) = self.list.get_mut(*at as usize) else { continue };
            (a.name, a.display, a.latex) = match n {
                0 => (name.to_string(), name.to_string(), latex.to_string()),
                _ => (format!("{name}_{}", n + 1), format!("{name}{}", n + 1), format!("{{{latex}}}_{{{}}}", n + 1)),
            };
            self.names.insert(a.name.clone(), *at);
        }
    }

    /// Gives each letter a print form and a LaTeX form of its own, those in `first` before the others; the quantities whose changes the answer
    /// speaks of keep theirs.
    pub fn distinguish(&mut self, first: &[u32], system: &System, spoken: impl IntoIterator<Item = Sym>) {
        let mut owners: [FxHashMap<String, String>; 2] = Default::default();
        for info in spoken.into_iter().map(|s| system.info(s)) {
            for (form, taken) in [&info.display, &info.latex].into_iter().zip(&mut owners) {
                taken.entry(form.clone()).or_insert_with(|| readable(&info.name));
            }
        }
        let rest = (0..self.list.len() as u32).filter(|at| !first.contains(at));
        for at in first.iter().copied().chain(rest) {
            let Some(atom) = self.list.get(at as usize) else { continue };
            let mut forms = [atom.display.clone(), atom.latex.clone()];
            let mut number = 1;
            let free = |forms: &[String; 2]| forms.iter().zip(&owners).all(|(f, taken)| taken.get(f).is_none_or(|owner| *owner == atom.name));
            while !free(&forms) {
                number += 1;
                forms = [numbered(&atom.display, number), format!("{{{}}}^{{({number})}}", atom.latex)];
            }
            for (form, taken) in forms.iter().zip(&mut owners) {
                taken.insert(form.clone(), atom.name.clone());
            }
            if let Some(atom) = self.list.get_mut(at as usize) {
                [atom.display, atom.latex] = forms;
            }
        }
    }

    /// Lets letters whose definitions hold what may be zero be zero too: a sum over elasticities of which the intervals allow 0.
    pub fn weaken(&mut self, letters: &[(u32, Formula)]) {
        for (at, definition) in letters {
            let may_vanish = definition.atoms().into_iter().any(|a| self.range(a) == Range::NonNegative);
            if let Some(atom) = self.list.get_mut(*at as usize).filter(|a| may_vanish && matches!(a.range, Range::Share | Range::Positive)) {
                atom.range = Range::NonNegative;
            }
        }
    }

    /// Says what is known of an atom's value.
    pub fn restrict(&mut self, at: u32, range: Range) {
        if let Some(atom) = self.list.get_mut(at as usize) {
            atom.range = range;
        }
    }

    pub fn get(&self, at: u32) -> Option<&Atom> {
        self.list.get(at as usize)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Atom)> {
        self.list.iter().enumerate().map(|(i, a)| (i as u32, a))
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        self.names.get(name).or_else(|| self.names.get(&readable(name))).copied()
    }

    pub fn measuring(&self, what: &Measures) -> Option<u32> {
        self.list.iter().position(|a| a.measures == *what).map(|i| i as u32)
    }

    pub fn values(&self) -> Vec<f64> {
        self.list.iter().map(|a| a.value).collect()
    }

    pub fn range(&self, at: u32) -> Range {
        self.get(at).map_or(Range::Any, |a| a.range)
    }

    pub fn name(&self, at: u32) -> String {
        self.get(at).map_or_else(|| format!("s{at}"), |a| a.name.clone())
    }

    /// Adds a group of shares that add up to 1.
    pub fn add_group(&mut self, group: Vec<u32>) {
        if group.len() > 1 && !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }

    pub fn text(&self, formula: &Formula) -> String {
        formula.to_text(&|i| self.name(i))
    }
}

/// `θ2_Lx`, `θ2[L, cloth]`: the number goes to the letter, before its indices.
fn numbered(display: &str, number: usize) -> String {
    let at = display.find('[').or_else(|| display.find('_').filter(|at| display[..*at].chars().count() == 1)).unwrap_or(display.len());
    let (letter, index) = display.split_at(at);
    format!("{letter}{number}{index}")
}

/// Print form and LaTeX of an atom from its base word's print form and LaTeX, and its indices: `θ_Lx`, or `θ[L, cloth]` where indices are words.
pub fn dressed(display: &str, latex: &str, index: &[String]) -> (String, String) {
    if index.is_empty() {
        return (display.to_string(), latex.to_string());
    }
    let short = index.iter().all(|i| i.chars().count() == 1);
    let shown = if short { format!("{display}_{}", index.concat()) } else { format!("{display}[{}]", index.join(", ")) };
    let sub: Vec<String> = index
        .iter()
        .map(|i| {
            if i.chars().count() == 1 { crate::model::naming::latex_text(i) } else { format!("\\mathrm{{{}}}", crate::model::naming::latex_text(i)) }
        })
        .collect();
    let base = if latex.contains('_') { format!("{{{latex}}}") } else { latex.to_string() };
    (shown, format!("{base}_{{{}}}", sub.join(if short { "" } else { ",\\," })))
}

/// A name that the language's grammar reads: an element that is a reserved word stands in quotes.
fn readable(name: &str) -> String {
    let (base, index) = parts(name);
    if !index.iter().any(|i| crate::syntax::words::is_reserved(i)) {
        return name.to_string();
    }
    let quoted: Vec<String> = index.into_iter().map(|i| if crate::syntax::words::is_reserved(&i) { format!("\"{i}\"") } else { i }).collect();
    format!("{base}[{}]", quoted.join(", "))
}

/// Splits `base[a, b]` into its base and indices.
pub fn parts(name: &str) -> (&str, Vec<String>) {
    match name.split_once('[') {
        Some((base, rest)) => (base, rest.strip_suffix(']').unwrap_or(rest).split(", ").map(str::to_string).collect()),
        None => (name, Vec::new()),
    }
}
