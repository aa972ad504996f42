//! Names as they are printed: `w*`, `β` where the file says `beta`, `Ω`, `θ_Hx`; each reads as the one quantity that prints so.

use super::builtins;
use super::naming::{greek_name, pretty_base};
use super::resolve::{Resolved, Resolver, Scope};
use crate::expr::Sym;
use crate::source::Span;
use crate::syntax::tree::Name;
use std::sync::Arc;

/// The symbol that prints like this, where the name itself is none; `None` where no name or more than one prints so.
pub fn symbol(r: &mut Resolver, n: &Name, index: &[Arc<str>], span: Span, scope: &Scope) -> Option<Resolved<Sym>> {
    if n.quoted {
        return None;
    }
    let (base, country) = unmarked(r, &n.text);
    let with = |index: &[Arc<str>]| index.iter().cloned().chain(country.clone()).collect::<Vec<_>>();
    let found = match base.split_once('_') {
        _ if is_known(r, base, scope) => (country.is_some()).then(|| (Arc::from(base), with(index))),
        Some((letter, run)) if index.is_empty() && builtins::long_name(letter).is_some() && !r.economy.names.entries.contains_key(letter) => {
            places(r, letter, run).map(|place| (Arc::from(letter), with(&place)))
        }
        _ => twin(r, base).map(|name| (name, with(index))),
    };
    let (name, index) = found?;
    Some(r.symbol_at(&Name { text: name, span: n.span, quoted: false }, index, span, scope))
}

/// A name without a country's mark, and that country.
fn unmarked<'a>(r: &Resolver, text: &'a str) -> (&'a str, Option<Arc<str>>) {
    r.economy
        .countries
        .iter()
        .filter_map(|c| {
            let mark = c.mark.as_deref().filter(|m| !m.is_empty())?;
            let base = text.strip_suffix(mark).filter(|b| !b.is_empty())?;
            Some((base, Some(c.name.clone())))
        })
        .next()
        .unwrap_or((text, None))
}

fn is_known(r: &Resolver, name: &str, scope: &Scope) -> bool {
    r.economy.names.lookup(name, scope.prefix.as_deref()).is_some()
        || r.economy.names.tables.contains_key(name)
        || builtins::NAMES.contains(&name)
        || matches!(name, "I" | "Omega" | "Ω")
}

/// The one declared name that prints like this one.
fn twin(r: &Resolver, base: &str) -> Option<Arc<str>> {
    let shown = pretty_base(base).0;
    let names = &r.economy.names;
    // Only a Greek letter has two ways to be written: itself, or its word, with what follows it.
    let letter = shown.chars().next()?;
    let rest = &shown[letter.len_utf8()..];
    let word = greek_name(letter)?;
    // Names by their place, `sigma[x]`, are declared nowhere.
    let declared = |n: &str| names.entries.get_key_value(n).map(|e| e.0).or_else(|| names.tables.get_key_value(n).map(|t| t.0));
    let written = [shown.clone(), format!("{word}{rest}"), format!("{word}_{rest}")];
    let mut found: Vec<&Arc<str>> = written.iter().filter(|n| *n != base && pretty_base(n).0 == shown).filter_map(|n| declared(n)).collect();
    found.sort();
    found.dedup();
    match found.as_slice() {
        [one] => Some((*one).clone()),
        _ => None,
    }
}

/// The indices that are written as one run behind a share's letter: `Hx` of `θ_Hx`.
fn places(r: &Resolver, letter: &str, run: &str) -> Option<Vec<Arc<str>>> {
    let e = &*r.economy;
    let mut found: Vec<Vec<Arc<str>>> = Vec::new();
    match builtins::long_name(letter)? {
        "cost_share" | "employment_share" => {
            for industry in e.industries.iter().filter(|j| run.ends_with(j.name.as_ref())) {
                let keys = builtins::keys_of(e, &industry.form).into_iter();
                found.extend(keys.filter(|k| format!("{k}{}", industry.name) == run).map(|k| vec![k, industry.name.clone()]));
            }
        }
        "expenditure_share" => found.extend(e.goods.iter().filter(|g| g.name.as_ref() == run).map(|g| vec![g.name.clone()])),
        _ => {
            let tasks = e.tasks.iter().map(|t| t.name.clone());
            let margins = e.lines.iter().filter_map(|l| l.margin_name.clone());
            found.extend(tasks.chain(margins).filter(|t| t.as_ref() == run).map(|t| vec![t]));
        }
    }
    // Several countries have the same industry: one run all the same.
    found.dedup();
    match found.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}
