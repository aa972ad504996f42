//! Long responses in stages: goods prices and margins first, then the target in their responses.
//!
//! Between countries nothing passes but goods' prices and margins of tasks. With these given each country's part of the system is small, and its
//! multipliers are short; the conditions that were set aside then form a small system in the given changes alone.

use super::ask::{Ask, one};
use super::atoms::{Atom, Measures, Range};
use super::conditional::conditional;
use super::derive::{Answers, Place, no_answer, solve};
use super::hat::{Hats, Measure};
use super::rows::is_active;
use super::shorten::{self, Shown};
use crate::algebra::{Factored, Formula, LinearSystem, Task};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::system::Quantity;

/// A response in stages.
pub struct Staged {
    pub shown: Shown,
    pub atoms: super::atoms::Atoms,
    pub answers: Answers,
}

/// Responses with more given changes than this are not taken apart.
const GIVEN: usize = 6;

/// The response of `target` to `wrt` through the responses of goods prices and margins; `None` where there are none between.
///
/// # Errors
/// The algebra engine's.
pub fn staged(place: &Place, target: NodeId, wrt: Sym, held: &[Sym], ask: &Ask) -> Result<Option<Staged>, Diagnostic> {
    let outer = conditional(place.system, held)?.system;
    let point = place.point();
    let own = match place.system.dag.node(target) {
        crate::expr::Node::Sym(s) => Some(*s),
        _ => None,
    };
    let between: Vec<Sym> = outer
        .unknowns()
        .filter(|s| matches!(outer.info(*s).quantity, Quantity::GoodPrice | Quantity::Margin) && point.bound(*s).is_none() && Some(*s) != own)
        .filter(|s| outer.equations.iter().any(|e| e.partner == Some(*s) && is_active(e, &point)))
        .collect();
    if between.is_empty() || between.len() > GIVEN {
        return Ok(None);
    }
    let given: Vec<Sym> = held.iter().chain(&between).copied().collect();
    let Ok(inner) = conditional(place.system, &given) else { return Ok(None) };
    let mut sources = between.clone();
    sources.push(wrt);
    let mut hats = Hats::new(place.economy, &inner.system, &point, sources.iter().copied());
    let (form, _) = hats.target(target);
    let mut targets = vec![form];
    // What was set aside, in the given changes: one condition each.
    for s in &between {
        let Some(equation) = outer.equations.iter().find(|e| e.partner == Some(*s)) else { return Ok(None) };
        targets.push(hats.condition(equation));
    }
    let rows = hats.rows();
    let answers = solve(&mut hats, &rows, &targets, &sources, ask)?;
    // Each coefficient of the small system under a letter of its own.
    let mut named: Vec<(u32, Formula)> = Vec::new();
    let mut matrix = Vec::new();
    let mut side = Vec::new();
    for (k, s) in between.iter().enumerate() {
        let what = condition_word(&outer, *s);
        let mut entries = Vec::new();
        for (n, m) in between.iter().enumerate() {
            let meaning = format!("effect of {} on the condition for {what}", outer.info(*m).display);
            let f = letter(&mut hats, &answers, (n, k + 1), ("c", &[k + 1, n + 1]), meaning, &mut named, ask)?;
            if !f.is_zero() {
                entries.push((n, f));
            }
        }
        let meaning = format!("effect of {} on the condition for {what}", outer.info(wrt).display);
        let f = letter(&mut hats, &answers, (between.len(), k + 1), ("c", &[k + 1, 0]), meaning, &mut named, ask)?;
        matrix.push(entries);
        side.push(f.negated());
    }
    let task = Task::Solve { system: LinearSystem { rows: matrix, sides: vec![side] }, wanted: (0..between.len()).collect() };
    let mut replies = ask.tasks(&[task])?;
    let solved = one(&mut replies).solution().map_err(|f| super::ask::failed(&f))?;
    let Some(responses) = solved.into_iter().next() else { return Ok(None) };
    let mut terms = Vec::new();
    for (n, (s, response)) in between.iter().zip(&responses).enumerate() {
        let multiplier = answers.exact(n, 0).cloned().ok_or_else(no_answer)?;
        if multiplier.is_zero() || response.is_zero() {
            continue;
        }
        let info = outer.info(*s);
        let word = if hats.measure(*s) == Measure::Margin { format!("d{0}/(1−{0})", info.display) } else { format!("the change of {}", info.display) };
        let meaning = format!("response of {word} to {}", outer.info(wrt).display);
        let value = value_of(response, &named, &hats.atoms);
        let atom = Atom {
            name: format!("response[{}]", info.name),
            display: format!("R_{}", info.display),
            latex: format!("R_{{{}}}", info.latex),
            meaning,
            value,
            range: Range::Any,
            measures: Measures::Named,
        };
        let at = hats.atoms.intern(atom);
        named.push((at, response.to_formula()));
        let shown = shorten::shorten(&multiplier, &mut hats.atoms, &answers.flows, ask)?;
        merge(&mut named, shown.named);
        terms.push(Formula::atom(at).times(shown.formula));
    }
    let direct = answers.exact(between.len(), 0).cloned().ok_or_else(no_answer)?;
    if !direct.is_zero() {
        let shown = shorten::shorten(&direct, &mut hats.atoms, &answers.flows, ask)?;
        merge(&mut named, shown.named);
        terms.push(shown.formula);
    }
    let formula = Formula::sum(terms);
    let factored = ask.factor(formula.clone())?;
    // Only what the formula uses, directly or through other names.
    let mut used: Vec<u32> = formula.atoms().into_iter().collect();
    for (at, definition) in named.iter().rev() {
        if used.contains(at) {
            used.extend(definition.atoms());
        }
    }
    named.retain(|(at, _)| used.contains(at));
    order_definitions(&mut named);
    Ok(Some(Staged { shown: Shown { formula, named, factored }, atoms: hats.atoms, answers }))
}

fn merge(named: &mut Vec<(u32, Formula)>, more: Vec<(u32, Formula)>) {
    for (at, f) in more {
        if !named.iter().any(|n| n.0 == at) {
            named.push((at, f));
        }
    }
}

/// Definitions after what they are written in.
fn order_definitions(named: &mut Vec<(u32, Formula)>) {
    let mut out: Vec<(u32, Formula)> = Vec::new();
    while !named.is_empty() {
        let open: Vec<u32> = named.iter().map(|n| n.0).collect();
        let Some(next) = named.iter().position(|(_, f)| f.atoms().iter().all(|a| !open.contains(a))) else { break };
        out.push(named.remove(next));
    }
    out.append(named);
    *named = out;
}

fn condition_word(system: &crate::system::System, s: Sym) -> String {
    match system.equations.iter().find(|e| e.partner == Some(s)) {
        Some(e) => e.name.clone(),
        None => system.info(s).name.clone(),
    }
}

fn value_of(value: &Factored, named: &[(u32, Formula)], atoms: &super::atoms::Atoms) -> f64 {
    let mut values = atoms.values();
    for (at, formula) in named {
        let v = formula.eval(&values);
        if let Some(slot) = values.get_mut(*at as usize) {
            *slot = v;
        }
    }
    value.eval(&values)
}

/// A coefficient: itself where it is a number or one letter, otherwise a new letter with its definition.
fn letter(hats: &mut Hats, answers: &Answers, at: (usize, usize), name: (&str, &[usize]), meaning: String, named: &mut Vec<(u32, Formula)>, ask: &Ask) -> Result<Formula, Diagnostic> {
    let exact = answers.exact(at.0, at.1).cloned().ok_or_else(no_answer)?;
    if exact.size() <= 1 {
        return Ok(exact.to_formula());
    }
    let shown = shorten::shorten(&exact, &mut hats.atoms, &answers.flows, ask)?;
    let values = hats.atoms.values();
    let value = shown.value(&values);
    let index: Vec<String> = name.1.iter().map(|n| n.to_string()).collect();
    let atom = Atom {
        name: format!("{}[{}]", name.0, index.join(", ")),
        display: format!("{}_{}", name.0, index.concat()),
        latex: format!("{}_{{{}}}", name.0, index.concat()),
        meaning,
        value,
        range: Range::Any,
        measures: Measures::Named,
    };
    let atom = hats.atoms.intern(atom);
    merge(named, shown.named);
    named.push((atom, shown.formula));
    Ok(Formula::atom(atom))
}
