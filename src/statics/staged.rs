//! Long responses in stages: goods prices and margins first, then the target in their responses.
//!
//! Between countries nothing passes but goods' prices and margins of tasks. With these given each country's part of the system is small, and its
//! multipliers are short; the conditions that were set aside then form a small system in the given changes alone.

use super::ask::{Ask, one};
use super::atoms::{Atom, Measures, Range};
use super::conditional::conditional;
use super::derive::{Answers, Place, no_answer, solve};
use super::flows::Flows;
use super::hat::{Hats, Measure};
use super::linear::Linear;
use super::rows::{Rows, is_active};
use super::shorten::{self, Shown};
use crate::algebra::{Factored, Formula, LinearSystem, Task};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::model::Key;
use crate::system::{Quantity, System};
use rustc_hash::FxHashMap;

/// A response in stages.
pub struct Staged {
    pub shown: Shown,
    pub atoms: super::atoms::Atoms,
    pub flows: Flows,
}

/// How long all conditions together are tried.
const AT_ONCE: std::time::Duration = std::time::Duration::from_millis(1500);
/// Monomials of an effect beyond which the unknowns are taken one by one.
const PAGE: usize = 150;
/// Responses with more given changes than this are not taken apart.
const GIVEN: usize = 6;

/// The response of `target` to `wrt` through the responses of goods prices and margins; `None` where there are none between.
///
/// # Errors
/// The algebra engine's.
pub fn staged(place: &Place, target: NodeId, wrt: Sym, held: &[Sym], ask: &Ask) -> Result<Option<Staged>, Diagnostic> {
    let outer = conditional(place.system, held)?.system;
    let point = place.point();
    let between: Vec<Sym> = outer
        .unknowns()
        .filter(|s| matches!(outer.info(*s).quantity, Quantity::GoodPrice | Quantity::Margin) && point.bound(*s).is_none())
        .filter(|s| outer.equations.iter().any(|e| e.partner == Some(*s) && is_active(e, &point)))
        .collect();
    if between.is_empty() || between.len() > GIVEN {
        return Ok(None);
    }
    // Where a task bill joins two countries' factor prices, it is given too.
    let bills: Vec<(Sym, usize)> = (0..place.economy.lines.len())
        .filter(|l| {
            place
                .economy
                .lines
                .get(*l)
                .is_some_and(|line| line.places.iter().any(|p| !place.economy.countries.get(p.destination).is_none_or(|c| c.outside)))
        })
        .filter_map(|l| place.economy.keys.get(&Key::Bill(l)).map(|s| (*s, l)))
        .filter(|(s, _)| !held.contains(s))
        .collect();
    if bills.is_empty() || !apart(place) {
        if let Some(found) = through(place, target, wrt, held, &outer, &between, &[], ask)? {
            return Ok(Some(found));
        }
    }
    through(place, target, wrt, held, &outer, &between, &bills, ask)
}

/// Unknowns up to which a system is solved in letters for its own coefficients.
const LETTERED: usize = 4;

/// The response from the linear system with a letter for each of its coefficients: the last resort, short for few unknowns whatever they are.
///
/// # Errors
/// The algebra engine's.
pub fn lettered(hats: &mut Hats, rows: &Rows, form: &Linear, wrt: Sym, ask: &Ask) -> Result<Option<(Shown, Flows)>, Diagnostic> {
    let unknowns: Vec<Sym> = form.terms().map(|t| t.0).filter(|s| rows.unknowns.contains(s)).collect();
    let Ok(part) = rows.part(&unknowns) else { return Ok(None) };
    if part.unknowns.len() > LETTERED {
        return Ok(None);
    }
    let flows = hats.flows();
    let mut table = Table { entries: Vec::new(), named: Vec::new(), flows };
    let written = |f: &Formula, flows: &Flows| f.replace(&|a| flows.replace.get(&a).cloned());
    let mut forms: Vec<(String, &Linear)> = part.rows.iter().filter_map(|r| rows.rows.get(*r)).map(|r| (r.name.clone(), &r.form)).collect();
    forms.push(("the target".to_string(), form));
    let (mut matrix, mut side) = (Vec::new(), Vec::new());
    let last = part.unknowns.len();
    let wanted = |s: Sym| s == wrt || part.unknowns.contains(&s);
    let raw: Vec<Formula> = forms.iter().flat_map(|(_, f)| f.terms()).filter(|(s, _)| wanted(*s)).map(|(_, c)| written(c, &table.flows)).collect();
    let mut best = shorter(raw, hats, ask)?.into_iter();
    for (k, (what, form)) in forms.iter().enumerate() {
        let own = k == last;
        let mut entries = Vec::new();
        let mut given = Formula::zero();
        for (s, _) in form.terms().filter(|(s, _)| wanted(*s)) {
            let Some(c) = best.next() else { return Ok(None) };
            let place = part.unknowns.iter().position(|u| *u == s);
            let meaning = format!("effect of {} on {what}", hats.system.info(s).display);
            let index = place.map_or(0, |n| n + 1);
            let name = (format!("c_{}_{index}", k + 1), format!("c_{}{index}", k + 1), format!("c_{{{}{index}}}", k + 1));
            let c = table.under(hats, c, name, meaning);
            match place {
                Some(n) => entries.push((n, if own { c.negated() } else { c })),
                None if s == wrt => given = if own { c } else { c.negated() },
                None => {}
            }
        }
        if own {
            entries.push((last, Formula::one()));
        }
        matrix.push(entries);
        side.push(given);
    }
    let task = Task::Solve { system: LinearSystem { rows: matrix, sides: vec![side] }, wanted: vec![last] };
    let solved = one(&mut ask.tasks(&[task])?).solution().map_err(|f| super::ask::failed(&f))?;
    let Some(factored) = solved.into_iter().next().and_then(|mut r| r.pop()) else { return Ok(None) };
    let formula = factored.to_formula();
    keep_used(&formula, &mut table.named);
    order_definitions(&mut table.named);
    Ok(Some((Shown { formula, named: table.named, factored }, table.flows)))
}

/// Each formula as the algebra engine writes it, where that is shorter.
fn shorter(formulas: Vec<Formula>, hats: &Hats, ask: &Ask) -> Result<Vec<Formula>, Diagnostic> {
    let nice = ask.factor_all(formulas.clone())?;
    let best = formulas.into_iter().zip(nice).map(|(plain, f)| match f.map(|f| f.to_formula()) {
        Some(f) if hats.atoms.text(&f).len() < hats.atoms.text(&plain).len() => f,
        _ => plain,
    });
    Ok(best.collect())
}

/// Whether countries' factor prices differ by more than productivity.
fn apart(place: &Place) -> bool {
    let point = place.point();
    let mut hats = Hats::new(place.economy, place.accounts, place.system, &point, []);
    hats.flows().equalities.is_empty()
}

/// The response through prices, margins and task bills.
#[allow(clippy::too_many_arguments)]
fn through(
    place: &Place,
    target: NodeId,
    wrt: Sym,
    held: &[Sym],
    outer: &System,
    prices: &[Sym],
    bills: &[(Sym, usize)],
    ask: &Ask,
) -> Result<Option<Staged>, Diagnostic> {
    let point = place.point();
    let between: Vec<Sym> = prices.iter().copied().chain(bills.iter().map(|b| b.0)).collect();
    let given: Vec<Sym> = held.iter().chain(&between).copied().collect();
    let Ok(inner) = conditional(place.system, &given) else { return Ok(None) };
    let mut sources = between.clone();
    sources.push(wrt);
    let mut hats = Hats::new(place.economy, place.accounts, &inner.system, &point, sources.iter().copied());
    let (form, _) = hats.target_of(target, Some(wrt));
    let mut targets = vec![form];
    // What was set aside, in the given changes: one condition each.
    for s in &between {
        if let Some((_, l)) = bills.iter().find(|b| b.0 == *s) {
            targets.push(hats.bill_row(*l, *s));
            continue;
        }
        let Some(equation) = outer.equations.iter().find(|e| e.partner == Some(*s)) else { return Ok(None) };
        targets.push(hats.condition(equation));
    }
    let rows = hats.rows()?;
    // What a condition settles without anything else that moves cannot be given: its price is no link between countries.
    let settled = |s: &Sym| {
        let alone = |f: &Linear| f.terms().all(|(x, _)| !rows.unknowns.contains(&x)) && f.terms().any(|(x, _)| x == *s);
        rows.rows.iter().any(|r| alone(&r.form))
    };
    let (fixed, links): (Vec<Sym>, Vec<Sym>) = prices.iter().copied().partition(settled);
    if !fixed.is_empty() {
        if links.is_empty() && bills.is_empty() {
            return Ok(None);
        }
        return through(place, target, wrt, held, outer, &links, bills, ask);
    }
    // Every condition at once where that is short enough, otherwise the unknowns in them one by one: each belongs to one country.
    let mut table = match solve(&mut hats, &rows, &targets, &sources, &ask.part(AT_ONCE)) {
        Ok(answers) if answers.largest() <= PAGE => Table::whole(answers, targets.len(), sources.len())?,
        Ok(_) => Table::by_unknown(&mut hats, &rows, &targets, &sources, ask)?,
        // Without the bills given the countries hang together, and one by one is no shorter.
        Err(d)
            if (d.code == "A004" || d.code == "A054")
                && bills.is_empty()
                && !place.economy.lines.is_empty()
                && place.economy.inside().count() > 1 =>
        {
            return Ok(None);
        }
        // What is given here leaves something open that the whole system settles: these are no stages.
        Err(d) if d.code == "A052" => return Ok(None),
        Err(d) if d.code == "A004" || d.code == "A054" => Table::by_unknown(&mut hats, &rows, &targets, &sources, ask)?,
        Err(d) => return Err(d),
    };
    // Each coefficient of the small system under a letter of its own.
    let mut matrix = Vec::new();
    let mut side = Vec::new();
    for (k, s) in between.iter().enumerate() {
        let what = condition_word(outer, *s);
        let mut entries = Vec::new();
        for (n, m) in between.iter().enumerate() {
            let meaning = format!("effect of {} on the condition for {what}", outer.info(*m).display);
            let f = table.letter(&mut hats, (n, k + 1), &[k + 1, n + 1], meaning, ask)?;
            if !f.is_zero() {
                entries.push((n, f));
            }
        }
        let meaning = format!("effect of {} on the condition for {what}", outer.info(wrt).display);
        let f = table.letter(&mut hats, (between.len(), k + 1), &[k + 1, 0], meaning, ask)?;
        matrix.push(entries);
        side.push(f.negated());
    }
    let task = Task::Solve { system: LinearSystem { rows: matrix, sides: vec![side] }, wanted: (0..between.len()).collect() };
    let mut replies = ask.tasks(&[task])?;
    let solved = one(&mut replies).solution().map_err(|f| super::ask::failed(&f))?;
    let Some(responses) = solved.into_iter().next() else { return Ok(None) };
    let mut terms = Vec::new();
    for (n, (s, response)) in between.iter().zip(&responses).enumerate() {
        let multiplier = table.entry(&mut hats, n, 0, ask)?;
        if multiplier.is_zero() || response.is_zero() {
            continue;
        }
        let info = outer.info(*s);
        let word =
            if hats.measure(*s) == Measure::Margin { format!("d{0}/(1−{0})", info.display) } else { format!("the change of {}", info.display) };
        let meaning = format!("response of {word} to {}", outer.info(wrt).display);
        let value = value_of(response, &table.named, &hats.atoms);
        let atom = Atom {
            name: format!("response[{}]", info.name),
            display: format!("R_{}", info.display),
            latex: format!("R_{{{}}}", info.latex),
            meaning,
            value,
            range: Range::Any,
            measures: Measures::Named,
        };
        let at = hats.atoms.define(atom, &response.to_formula());
        table.named.push((at, response.to_formula()));
        terms.push(Formula::atom(at).times(multiplier));
    }
    let direct = table.entry(&mut hats, between.len(), 0, ask)?;
    if !direct.is_zero() {
        terms.push(direct);
    }
    let mut named = table.named;
    let mut formula = Formula::sum(terms);
    // A target that is itself one of the given changes is its response in the small system.
    if let Formula::Atom(only) = formula
        && let Some(at) = named.iter().position(|n| n.0 == only)
    {
        formula = named.remove(at).1;
    }
    let factored = ask.factor(formula.clone())?;
    keep_used(&formula, &mut named);
    super::recur::reuse(&mut named);
    order_definitions(&mut named);
    Ok(Some(Staged { shown: Shown { formula, named, factored }, atoms: hats.atoms, flows: table.flows }))
}

fn merge(named: &mut Vec<(u32, Formula)>, more: Vec<(u32, Formula)>) {
    for (at, f) in more {
        if !named.iter().any(|n| n.0 == at) {
            named.push((at, f));
        }
    }
}

/// Only what the formula uses, directly or through other names.
pub(super) fn keep_used(formula: &Formula, named: &mut Vec<(u32, Formula)>) {
    let mut used: Vec<u32> = formula.atoms().into_iter().collect();
    let mut at = 0;
    while let Some(a) = used.get(at).copied() {
        at += 1;
        if let Some((_, definition)) = named.iter().find(|n| n.0 == a) {
            used.extend(definition.atoms().into_iter().filter(|x| !used.contains(x)).collect::<Vec<_>>());
        }
    }
    named.retain(|(at, _)| used.contains(at));
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
    value.eval(&super::shorten::filled(named, &atoms.values()))
}

fn value_in(value: &Formula, named: &[(u32, Formula)], atoms: &super::atoms::Atoms) -> f64 {
    value.eval(&super::shorten::filled(named, &atoms.values()))
}

/// Effects of the given changes on the target (row 0) and on the conditions set aside, and the letters they are written in.
struct Table {
    /// By source, by row: a formula to be shortened, or one that is short.
    entries: Vec<Vec<Entry>>,
    named: Vec<(u32, Formula)>,
    flows: Flows,
}

#[derive(Clone)]
enum Entry {
    Long(Factored),
    Short(Formula),
}

impl Table {
    fn whole(answers: Answers, rows: usize, sources: usize) -> Result<Table, Diagnostic> {
        let mut entries = Vec::new();
        for n in 0..sources {
            let list: Option<Vec<Entry>> = (0..rows).map(|k| answers.exact(n, k).cloned().map(Entry::Long)).collect();
            entries.push(list.ok_or_else(no_answer)?);
        }
        Ok(Table { entries, named: Vec::new(), flows: answers.flows })
    }

    /// Each row as a combination of its unknowns' own responses, which get letters.
    fn by_unknown(hats: &mut Hats, rows: &Rows, targets: &[Linear], sources: &[Sym], ask: &Ask) -> Result<Table, Diagnostic> {
        let mut unknowns: Vec<Sym> = targets.iter().flat_map(|t| t.terms().map(|x| x.0)).filter(|s| rows.unknowns.contains(s)).collect();
        unknowns.sort_unstable();
        unknowns.dedup();
        let flows = hats.flows_with(hats.economy.inside().count() > 1);
        let mut table = Table { entries: Vec::new(), named: Vec::new(), flows };
        let part = rows.part(&unknowns).map_err(|_| no_answer())?;
        let written = |f: &Formula, flows: &Flows| f.replace(&|a| flows.replace.get(&a).cloned());
        // Block by block: what earlier blocks do stands in later ones by its letters.
        let mut known: FxHashMap<Sym, Vec<Formula>> = FxHashMap::default();
        for block in &part.blocks {
            let own: Vec<Sym> = part.unknowns_of(block);
            let column: FxHashMap<Sym, usize> = own.iter().enumerate().map(|(k, s)| (*s, k)).collect();
            let mut matrix = Vec::new();
            let mut direct = vec![Vec::new(); sources.len()];
            // Rows that other blocks drive: what each source does to them, under a letter.
            let mut driven: Vec<(usize, String, Vec<Formula>)> = Vec::new();
            for (at, row) in block.iter().filter_map(|r| rows.rows.get(*r)).enumerate() {
                let mut entries = Vec::new();
                let mut rest: Vec<Vec<Formula>> = vec![Vec::new(); sources.len()];
                let outside = row.form.terms().any(|(s, _)| known.contains_key(&s) && !column.contains_key(&s));
                for (s, c) in row.form.terms() {
                    match (column.get(&s), known.get(&s)) {
                        (Some(k), _) => entries.push((*k, written(c, &table.flows))),
                        (None, Some(responses)) => {
                            for (list, response) in rest.iter_mut().zip(responses) {
                                list.push(c.clone().times(response.clone()));
                            }
                        }
                        (None, None) => {
                            if let Some(list) = sources.iter().position(|x| *x == s).and_then(|n| rest.get_mut(n)) {
                                list.push(if outside { c.clone() } else { written(c, &table.flows) });
                            }
                        }
                    }
                }
                matrix.push(entries);
                for (side, list) in direct.iter_mut().zip(&rest) {
                    side.push(if outside { Formula::zero() } else { Formula::sum(list.clone()).negated() });
                }
                if outside {
                    let sums = shorter(rest.into_iter().map(Formula::sum).collect(), hats, ask)?;
                    let pushes = sources.iter().zip(sums).map(|(by, sum)| table.push(hats, &row.name, *by, sum)).collect();
                    driven.push((at, row.name.clone(), pushes));
                }
            }
            let unit = |at: usize| (0..matrix.len()).map(|r| if r == at { Formula::int(-1) } else { Formula::zero() }).collect::<Vec<_>>();
            let sides: Vec<Vec<Formula>> = direct.into_iter().chain(driven.iter().map(|d| unit(d.0))).collect();
            let task = Task::Solve { system: LinearSystem { rows: matrix, sides }, wanted: (0..own.len()).collect() };
            let solved = one(&mut ask.tasks(&[task])?).solution().map_err(|f| super::ask::failed(&f))?;
            for (u, s) in own.iter().enumerate() {
                let of = hats.system.info(*s).clone();
                let mut multipliers = Vec::new();
                for ((_, row, _), answers) in driven.iter().zip(solved.iter().skip(sources.len())) {
                    let exact = answers.get(u).cloned().ok_or_else(no_answer)?;
                    let meaning = format!("response of {} to a unit more on the side of use of {row}", of.display);
                    let name = (
                        format!("effect[{}, \"{row}\"]", of.name),
                        format!("e({}, {row})", of.display),
                        format!("e_{{{},\\,{}}}", of.latex, crate::model::naming::latex_words(row)),
                    );
                    multipliers.push(table.named_entry(hats, exact, name, meaning, ask)?);
                }
                let mut responses = Vec::new();
                for (n, (source, answers)) in sources.iter().zip(&solved).enumerate() {
                    let by = hats.system.info(*source).clone();
                    let meaning = format!("response of {} to {} with the other given changes held", of.display, by.display);
                    let exact = answers.get(u).cloned().ok_or_else(no_answer)?;
                    let name = (
                        format!("effect[{}, {}]", of.name, by.name),
                        format!("e({}, {})", of.display, by.display),
                        format!("e_{{{},{}}}", of.latex, by.latex),
                    );
                    let own = shorten::shorten(&exact, &mut hats.atoms, &table.flows, ask)?;
                    merge(&mut table.named, own.named);
                    let passed = driven.iter().zip(&multipliers).filter_map(|((_, _, h), m)| h.get(n).map(|h| m.clone().times(h.clone())));
                    let all = Formula::sum(std::iter::once(own.formula).chain(passed));
                    responses.push(table.under(hats, all, name, meaning));
                }
                known.insert(*s, responses);
            }
        }
        for (n, source) in sources.iter().enumerate() {
            let responses: Vec<Formula> =
                unknowns.iter().map(|s| known.get(s).and_then(|r| r.get(n)).cloned().unwrap_or_else(Formula::zero)).collect();
            let mut list = Vec::new();
            for target in targets {
                let mut sum: Vec<Formula> = Vec::new();
                for (s, c) in target.terms() {
                    if let Some(u) = unknowns.iter().position(|x| *x == s) {
                        sum.push(c.clone().times(responses.get(u).cloned().unwrap_or_else(Formula::zero)));
                    } else if s == *source {
                        sum.push(c.clone());
                    }
                }
                list.push(Entry::Short(Formula::sum(sum)));
            }
            table.entries.push(list);
        }
        Ok(table)
    }

    /// What a source does to a condition by way of earlier blocks, in shares as they are.
    fn push(&mut self, hats: &mut Hats, row: &str, by: Sym, sum: Formula) -> Formula {
        let by = hats.system.info(by).clone();
        let meaning = format!("effect of {} on {row}, by way of what is settled before", by.display);
        let name = (
            format!("push[\"{row}\", \"{}\"]", by.name),
            format!("h({row}, {})", by.display),
            format!("h_{{{},\\,{}}}", crate::model::naming::latex_words(row), by.latex),
        );
        self.under(hats, sum, name, meaning)
    }

    /// An effect as a formula, its own names added.
    fn entry(&mut self, hats: &mut Hats, source: usize, row: usize, ask: &Ask) -> Result<Formula, Diagnostic> {
        match self.entries.get(source).and_then(|r| r.get(row)).cloned().ok_or_else(no_answer)? {
            Entry::Short(formula) => Ok(formula),
            Entry::Long(exact) => {
                let shown = shorten::shorten(&exact, &mut hats.atoms, &self.flows, ask)?;
                merge(&mut self.named, shown.named);
                Ok(shown.formula)
            }
        }
    }

    /// An effect under a letter, unless it is a number or a letter itself.
    fn letter(&mut self, hats: &mut Hats, at: (usize, usize), index: &[usize], meaning: String, ask: &Ask) -> Result<Formula, Diagnostic> {
        let index: Vec<String> = index.iter().map(|n| n.to_string()).collect();
        let name = (format!("c_{}", index.join("_")), format!("c_{}", index.concat()), format!("c_{{{}}}", index.concat()));
        let formula = self.entry(hats, at.0, at.1, ask)?;
        Ok(self.under(hats, formula, name, meaning))
    }

    fn named_entry(
        &mut self,
        hats: &mut Hats,
        exact: Factored,
        name: (String, String, String),
        meaning: String,
        ask: &Ask,
    ) -> Result<Formula, Diagnostic> {
        let shown = shorten::shorten(&exact, &mut hats.atoms, &self.flows, ask)?;
        merge(&mut self.named, shown.named);
        Ok(self.under(hats, shown.formula, name, meaning))
    }

    fn under(&mut self, hats: &mut Hats, formula: Formula, (name, display, latex): (String, String, String), meaning: String) -> Formula {
        if formula.size() <= 3 {
            return formula;
        }
        let value = value_in(&formula, &self.named, &hats.atoms);
        let atom = hats.atoms.define(Atom { name, display, latex, meaning, value, range: Range::Any, measures: Measures::Named }, &formula);
        self.named.push((atom, formula));
        Formula::atom(atom)
    }
}
