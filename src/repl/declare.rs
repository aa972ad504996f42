//! A declaration typed at the prompt: it adds to the model or replaces the declaration of its name, or waits for what it names.

use super::item::{Item, mentions};
use super::state::{State, Valued};
use super::workspace::Asking;
use crate::diag::{Diagnostic, Diagnostics};
use crate::model::load::{Loaded, Program};
use crate::session::Failure;
use crate::source::SourceMap;
use crate::syntax::tree::Declaration;
use crate::system::Role;
use std::sync::Arc;

/// A declaration taken.
pub struct Done {
    pub state: State,
    /// What `undo` calls it.
    pub what: String,
    pub text: String,
    /// Warnings, or what a waiting declaration lacks.
    pub news: Diagnostics,
    /// Sources of `news`, where they are not the new state's.
    pub sources: Option<SourceMap>,
}

/// Quantities whose change is told.
const TOLD: usize = 6;
const PER_LINE: usize = 4;
/// Names that appear or disappear and are told.
const NAMED: usize = 8;

/// `a`, `b` and `c` of items.
pub fn list_words(items: &[Item]) -> String {
    items.iter().map(|i| i.words.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether more declarations can mend a finding: it names what is not there, or counts what is incomplete.
fn can_wait(d: &Diagnostic, new: &[Item]) -> bool {
    // Names that no longer fit elsewhere are the other declarations' to mend: they can be typed anew.
    if d.code.starts_with('N') && !d.labels.is_empty() && !new.iter().any(|i| within(i, d)) {
        return true;
    }
    let names = ["N001", "N002", "N003", "N009", "N031", "N032", "N033", "N034", "N035", "N036", "N037", "M026", "M033"];
    !d.is_error() || names.contains(&d.code) || (d.code.starts_with('T') && d.code != "T031")
}

/// Whether a finding points into an item, as its culprit or otherwise.
fn within_any(i: &Item, d: &Diagnostic) -> bool {
    d.labels.iter().any(|l| l.span.file == i.span.file && i.span.start <= l.span.start && l.span.start < i.span.end)
}

/// Whether a finding's culprit stands in an item.
fn within(i: &Item, d: &Diagnostic) -> bool {
    d.labels.iter().any(|l| l.primary && l.span.file == i.span.file && i.span.start <= l.span.start && l.span.start < i.span.end)
}

/// Takes a typed text into the model.
///
/// # Errors
/// Diagnostics of the text, or of the model with it where no further declaration could mend them.
pub fn declare(state: &State, name: &str, text: &str, ask: &Asking) -> Result<Done, Failure> {
    let (new, imported, program) = state.read(name, text)?;
    let fail = |d: Diagnostics| {
        let exit = Failure::wrong(SourceMap::default(), d.clone()).exit;
        Failure { sources: program.sources.clone(), diagnostics: d, exit }
    };
    let mut imports = state.imported.clone();
    imports.extend(imported);
    let waiting: Vec<Item> = state.waiting.iter().filter(|w| !new.iter().any(|n| n.key.replaces(&w.key))).cloned().collect();
    let what = list_words(&new);

    let mut everything = new.clone();
    everything.extend(waiting.iter().cloned());
    if let Ok((mut next, replaced)) = attempt(state, &everything, &imports, &program) {
        next.waiting.clear();
        return Ok(taken(state, next, &everything, &replaced, what, ask));
    }
    // Not all of it makes a model: what does is taken, the rest waits.
    let alone = attempt(state, &new, &imports, &program);
    if let Ok((next, replaced)) = alone {
        let (mut next, mut accepted, mut replaced, mut left) = (next, new.clone(), replaced, waiting);
        while let Some(at) = (0..left.len()).find(|&k| attempt(&next, &left[k..=k], &imports, &program).is_ok()) {
            let one = left.remove(at);
            if let Ok((more, also)) = attempt(&next, std::slice::from_ref(&one), &imports, &program) {
                next = more;
                replaced.extend(also);
                accepted.push(one);
            }
        }
        next.waiting = left;
        return Ok(taken(state, next, &accepted, &replaced, what, ask));
    }
    let found = alone.err().unwrap_or_default();
    if !found.list.iter().all(|d| can_wait(d, &new)) {
        return Err(fail(causes(found, &new)));
    }
    // What the other waiting declarations provide is not missing.
    let together = attempt(state, &everything, &imports, &program).err().unwrap_or_default();
    let mut lacking: Vec<&Diagnostic> = found.list.iter().filter(|d| d.is_error() && together.list.iter().any(|t| t.title == d.title)).collect();
    if lacking.is_empty() {
        lacking = together.list.iter().filter(|d| d.is_error()).collect();
    }
    // What follows elsewhere from a name that the new text lacks is no news.
    if lacking.iter().any(|d| new.iter().any(|i| within(i, d))) {
        lacking.retain(|d| new.iter().any(|i| within(i, d)));
    }
    let mut text = format!("{what} waits: {}\n", missing(state, &new, &lacking));
    if state.whole && !state.session.economy.industries.is_empty() {
        text.push_str("  the model is as it was until the rest is typed; `drop` forgets what waits\n");
    }
    let mut next = state.clone();
    next.waiting = everything;
    next.remember(imports, &program);
    Ok(Done { state: next, what, text, news: Diagnostics::default(), sources: Some(program.sources.clone()) })
}

/// Without what only follows from a name of the new text that something else has already.
fn causes(mut found: Diagnostics, new: &[Item]) -> Diagnostics {
    let taken = |d: &Diagnostic| d.code == "N040" && new.iter().any(|i| within_any(i, d));
    if found.list.iter().any(taken) {
        found.list.retain(taken);
    }
    found
}

/// What a declaration lacks, in one line; what others of the model would lack with it, with their names.
fn missing(state: &State, new: &[Item], found: &[&Diagnostic]) -> String {
    let mut titles: Vec<String> = found
        .iter()
        .map(|d| {
            if let Some(other) = state.items.iter().find(|i| within(i, d)) {
                return format!("{}, in {}", d.title, other.words);
            }
            match &d.help {
                Some(h) if d.code.starts_with('N') && h.starts_with("did you mean") && new.iter().any(|i| within(i, d)) => {
                    format!("{} ({h})", d.title)
                }
                _ => d.title.clone(),
            }
        })
        .collect();
    titles.dedup();
    let more = titles.len().saturating_sub(4);
    titles.truncate(4);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}", titles.join("; "))
}

/// The state with items added or in place of those that they replace, and which those were.
fn attempt(state: &State, new: &[Item], imports: &[Loaded], program: &Program) -> Result<(State, Vec<Item>), Diagnostics> {
    let mut items = state.items.clone();
    let mut replaced = Vec::new();
    for item in new {
        let mut item = item.clone();
        let at = items.iter().position(|old| item.key.replaces(&old.key));
        let mut k = 0;
        items.retain(|old| {
            let goes = item.key.replaces(&old.key);
            if goes {
                replaced.push(old.clone());
            }
            k += 1;
            !goes
        });
        match at {
            Some(at) => {
                if let Some(old) = replaced.iter().rev().find(|old| item.key.replaces(&old.key)) {
                    inherit(&mut item, old);
                }
                items.insert(at.min(items.len()), item);
            }
            None => items.push(item),
        }
    }
    // A declared value takes the place of a setting of the same name.
    let names: Vec<String> = new.iter().filter_map(|i| i.loaded.as_ref().and_then(|l| super::item::name_of(&l.declaration))).collect();
    let settings = state
        .settings
        .iter()
        .filter(|(n, _)| !names.iter().any(|d| n == d || n.strip_prefix(d.as_str()).is_some_and(|r| r.starts_with('['))))
        .cloned()
        .collect();
    let next = state.with_model(items, imports.to_vec(), program, settings)?;
    Ok((next, replaced))
}

/// A replaced declaration's documentation and layout go on, unless the new one brings its own.
fn inherit(item: &mut Item, old: &Item) {
    if !item.lead.contains("//") && !item.lead.contains("/*") {
        item.lead = old.lead.clone();
    }
    let (Some(new), Some(old)) = (&mut item.loaded, &old.loaded) else { return };
    if new.declaration.doc.is_none()
        && old.declaration.doc.is_some()
        && std::mem::discriminant(&new.declaration.kind) == std::mem::discriminant(&old.declaration.kind)
    {
        let d = &new.declaration;
        new.declaration = Arc::new(Declaration { span: d.span, doc: old.declaration.doc.clone(), kind: d.kind.clone() });
    }
}

fn taken(before: &State, after: State, new: &[Item], replaced: &[Item], what: String, ask: &Asking) -> Done {
    let mut text = String::new();
    for item in new {
        let old = replaced.iter().find(|old| item.key.replaces(&old.key));
        match old {
            Some(old) => {
                let users = users(&after, item);
                let used = if users.is_empty() { String::new() } else { format!(", used in {}", users.join(", ")) };
                let was = if old.words == item.words { String::new() } else { format!(" in place of {}", old.words) };
                text.push_str(&format!("replaced {}{was}{used}\n", item.words));
            }
            None => text.push_str(&format!("added {}\n", item.words)),
        }
    }
    let lost: Vec<String> = before
        .settings
        .iter()
        .filter(|(n, _)| !after.settings.iter().any(|(m, _)| m == n))
        .map(|(n, v)| format!("{n} = {}", ask.options.digits.short(*v)))
        .collect();
    if !lost.is_empty() {
        text.push_str(&format!("  no longer set: {}\n", lost.join(", ")));
    }
    if !before.made.is_empty() {
        text.push_str(&format!(
            "  {} made before belong{} to the old model; `show` starts afresh\n",
            if before.made.len() == 1 { "the shock" } else { "the shocks" },
            if before.made.len() == 1 { "s" } else { "" }
        ));
    }
    text.push_str(&differences(before, &after, ask));
    if !after.waiting.is_empty() {
        text.push_str(&format!("  still waiting: {}\n", list_words(&after.waiting)));
    }
    if after.whole && !before.whole && !after.session.economy.industries.is_empty() {
        text.push_str("  the model is complete\n");
    }
    // Warnings of the model as a whole were told when they arose.
    let news = after.session.warnings.keep(|d| !before.session.warnings.list.contains(d));
    Done { state: after, what, text, news, sources: None }
}

/// Declarations that name what an item declares.
pub fn users(state: &State, item: &Item) -> Vec<String> {
    let Some(name) = item.loaded.as_ref().and_then(|l| super::item::name_of(&l.declaration)) else { return Vec::new() };
    state.items.iter().filter(|i| i.key != item.key && mentions(&i.text, &name)).map(|i| i.words.clone()).collect()
}

/// What a change of the model or its settings does to the quantities: which are gone or new, and how the reported ones move.
pub fn differences(before: &State, after: &State, ask: &Asking) -> String {
    let mut out = String::new();
    let solvable = |s: &State| s.whole && !(s.session.economy.industries.is_empty() && s.session.economy.equations.is_empty());
    if !solvable(after) {
        return out;
    }
    if !solvable(before) {
        if let Ok(new) = after.equilibrium(ask.interrupt) {
            out.push_str(&format!("  regime: {}\n", new.prepared.regime_words(&new.solution)));
        }
        return out;
    }
    let old = before.equilibrium(ask.interrupt);
    let new = match after.equilibrium(ask.interrupt) {
        Ok(new) => new,
        Err(f) => {
            let why = f.diagnostics.list.iter().find(|d| d.is_error()).map(|d| d.title.clone()).unwrap_or_default();
            return if after.session.economy.is_numeric() { format!("  {why}\n") } else { out };
        }
    };
    let Ok(old) = old else { return out };
    let names = |s: &crate::session::solved::Solved| -> Vec<String> {
        let system = &s.prepared.system;
        s.prepared
            .listed()
            .into_iter()
            .filter(|q| !matches!(system.info(*q).role, Role::Parameter(_)))
            .map(|q| system.info(q).display.clone())
            .collect()
    };
    let (was, is) = (names(&old), names(&new));
    let short = |list: Vec<&String>| -> String {
        let more = list.len().saturating_sub(NAMED);
        let some: Vec<&str> = list.iter().take(NAMED).map(|s| s.as_str()).collect();
        if more > 0 { format!("{}, … ({} in all)", some.join(", "), list.len()) } else { some.join(", ") }
    };
    let gone: Vec<&String> = was.iter().filter(|n| !is.contains(n)).collect();
    let fresh: Vec<&String> = is.iter().filter(|n| !was.contains(n)).collect();
    if !gone.is_empty() {
        out.push_str(&format!("  gone: {}\n", short(gone)));
    }
    if !fresh.is_empty() {
        out.push_str(&format!("  new: {}\n", short(fresh)));
    }
    let (a, b) = (report(&old), report(&new));
    let mut moved = Vec::new();
    for v in &b {
        let old = a.iter().find(|u| u.name == v.name).filter(|u| (u.value - v.value).abs() > 1e-9 * u.value.abs().max(1e-3));
        if let Some(u) = old {
            moved.push(format!("{} {} → {}", v.display, ask.options.digits.value(u.value), ask.options.digits.value(v.value)));
        }
    }
    let more = moved.len().saturating_sub(TOLD);
    moved.truncate(TOLD);
    if !moved.is_empty() {
        if more > 0 {
            moved.push(format!("and {more} more (`show`)"));
        }
        for line in moved.chunks(PER_LINE) {
            out.push_str(&format!("  {}\n", line.join(" · ")));
        }
    }
    let (r, s) = (old.prepared.regime_words(&old.solution), new.prepared.regime_words(&new.solution));
    if r != s && !s.is_empty() {
        out.push_str(&format!("  regime: {s}\n"));
    }
    out
}

/// The quantities that the model reports, or its unknowns, with their values.
pub fn report(s: &crate::session::solved::Solved) -> Vec<Valued> {
    let p = &s.prepared;
    let of = |sym: crate::expr::Sym, name: String, display: String, value: f64| {
        let info = p.system.info(sym);
        let plain = matches!(info.quantity, crate::system::Quantity::Margin | crate::system::Quantity::NetFlow);
        Valued { name, display, meaning: info.meaning.clone(), plain, sym: Some(sym), value, error: s.solution.error(sym) }
    };
    if p.economy.report.is_empty() {
        return p.system.listed().map(|u| of(u, p.system.info(u).name.clone(), p.system.info(u).display.clone(), s.solution.value(u))).collect();
    }
    p.economy
        .report
        .iter()
        .map(|n| {
            let value = p.value_of(n.node, &s.solution);
            match p.system.dag.node(n.node) {
                crate::expr::Node::Sym(sym) => of(*sym, n.name.clone(), p.system.info(*sym).display.clone(), value),
                _ => {
                    let error = p.outputs.iter().position(|o| o.node == n.node).and_then(|o| s.solution.output_error(o));
                    Valued { name: n.name.clone(), display: n.name.clone(), meaning: String::new(), plain: false, sym: None, value, error }
                }
            }
        })
        .collect()
}
