//! What is given: prices, endowments, parameters, with their values.

use super::fold::{families, generalise};
use super::print::{Target, print};
use super::sheet::{Maker, Relation};
use super::term::{Binder, Index, Term};
use crate::expr::Sym;
use crate::model::naming;
use crate::system::{Quantity, Role};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A parameter, or a family of parameters.
#[derive(Clone, Debug)]
pub struct Given {
    pub kind: &'static str,
    pub name: Term,
    /// In the model's words.
    pub meaning: String,
    pub binders: Vec<Binder>,
    pub guard: Option<Term>,
    /// What it follows, where it is defined by other parameters.
    pub follows: Option<Term>,
    pub values: Vec<Value>,
}

/// One member: its canonical name, the elements at the places where the family's name has letters, its value.
#[derive(Clone, Debug)]
pub struct Value {
    pub name: String,
    pub at: Vec<Arc<str>>,
    pub value: f64,
}

type Kind = (&'static str, fn(Quantity) -> bool);

const KINDS: [Kind; 3] = [
    ("price", |q| matches!(q, Quantity::GivenPrice | Quantity::Numeraire)),
    ("endowment", |q| q == Quantity::Endowment),
    ("parameter", |q| matches!(q, Quantity::Declared | Quantity::Place)),
];

impl Maker<'_> {
    /// Given prices, endowments and parameters, families together; after the rows, which decide what is printed by name.
    pub fn givens(&mut self) -> Vec<Given> {
        let values = self.economy.parameter_values(&FxHashMap::default());
        let value = |s: Sym| {
            values.get(s.index()).copied().filter(|v| !v.is_nan()).or(match self.system.info(s).role {
                Role::Parameter(v) => Some(v),
                _ => None,
            })
        };
        let mut out = Vec::new();
        for (kind, keep) in KINDS {
            let mut order: Vec<(String, bool)> = Vec::new();
            let mut families: FxHashMap<(String, bool), Vec<Sym>> = FxHashMap::default();
            for (i, info) in self.system.syms.iter().enumerate() {
                let s = Sym(i as u32);
                let defined = matches!(info.role, Role::Definition(_));
                let plain = matches!(info.role, Role::Parameter(_)) && (info.quantity != Quantity::Place || self.builder.named_places.contains(&s));
                let level = info.quantity == Quantity::Numeraire && info.name.starts_with("numeraire[");
                if level || !keep(info.quantity) || !(plain || defined) {
                    continue;
                }
                let name = self.builder.name(s);
                let key = (format!("{}{}", name.base, name.mark.as_deref().unwrap_or_default()), defined);
                if !families.contains_key(&key) {
                    order.push(key.clone());
                }
                families.entry(key).or_default().push(s);
            }
            for key in order {
                let Some(syms) = families.remove(&key) else { continue };
                if key.1 {
                    out.extend(self.following(kind, &syms, &value));
                } else {
                    out.extend(self.plain(kind, &syms, &value));
                }
            }
        }
        out
    }

    fn plain(&self, kind: &'static str, syms: &[Sym], value: &impl Fn(Sym) -> Option<f64>) -> Vec<Given> {
        let names: Vec<Term> = syms.iter().map(|&s| Term::Name(self.builder.name(s))).collect();
        let mut out = Vec::new();
        for g in generalise(&names, &self.sets) {
            let (mut binders, mut guard, mut name) = (g.binders, g.guard, g.rule);
            let own = self.declared_letters(&name);
            self.letters.christen_as(&own, &mut binders, &mut guard, &mut [&mut name]);
            let members: Vec<Sym> = g.members.iter().filter_map(|&m| syms.get(m).copied()).collect();
            let values = members.iter().map(|&s| self.value(s, &name, value(s))).collect();
            let meaning =
                members.first().filter(|_| binders.is_empty() || self.shared_meaning(&members)).map(|&s| self.system.info(s).meaning.clone());
            out.push(Given { kind, name, meaning: meaning.unwrap_or_default(), binders, guard, follows: None, values });
        }
        out
    }

    /// The letters that a parameter's own declaration binds.
    fn declared_letters(&self, name: &Term) -> Vec<Arc<str>> {
        let Term::Name(n) = name else { return Vec::new() };
        let entries = &self.economy.names.entries;
        let entry = entries.get(&n.base).or_else(|| entries.get(naming::greek_word(&n.base)?));
        entry.into_iter().flat_map(|e| families(&e.declaration.kind)).flat_map(|f| f.binders.iter().map(|b| b.variable.text.clone())).collect()
    }

    fn shared_meaning(&self, members: &[Sym]) -> bool {
        let first = members.first().map(|&s| &self.system.info(s).meaning);
        members.iter().all(|&s| Some(&self.system.info(s).meaning) == first)
    }

    fn value(&self, s: Sym, rule: &Term, value: Option<f64>) -> Value {
        let own = self.builder.name(s);
        let rule: &[Index] = if let Term::Name(n) = rule { &n.index } else { &[] };
        let at = rule.iter().zip(&own.index).filter(|(r, o)| r != o);
        let word = |i: &Index| match i {
            Index::Element(e) => e.clone(),
            other => print(&Term::Index(other.clone()), Target::Text).into(),
        };
        Value { name: self.system.info(s).name.clone(), at: at.map(|(_, o)| word(o)).collect(), value: value.unwrap_or(f64::NAN) }
    }

    fn following(&mut self, kind: &'static str, syms: &[Sym], value: &impl Fn(Sym) -> Option<f64>) -> Vec<Given> {
        let items: Vec<_> = syms
            .iter()
            .filter_map(|&s| if let Role::Definition(n) = self.system.info(s).role { Some(self.definition(s, n)) } else { None })
            .collect();
        let by_name: FxHashMap<String, Sym> = syms.iter().map(|&s| (self.system.info(s).name.clone(), s)).collect();
        let rows = self.rows(items);
        let mut out = Vec::new();
        for r in rows.into_iter().filter(|r| r.relation == Relation::Defined) {
            let members: Vec<Sym> = r.members.iter().filter_map(|m| by_name.get(m).copied()).collect();
            let values = members.iter().map(|&s| self.value(s, &r.left, value(s))).collect();
            let meaning = if r.binders.is_empty() { r.name } else { String::new() };
            out.push(Given { kind, name: r.left, meaning, binders: r.binders, guard: r.guard, follows: Some(r.right), values });
        }
        out
    }
}
