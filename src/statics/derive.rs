//! Closed forms: the response of a quantity to a parameter, from the log-linear form of the active regime.

use super::ask::{Ask, OPEN, failed};
use super::atoms::Atoms;
use super::conditional::conditional;
use super::flows::Flows;
use super::gnp;
use super::hat::{Hats, Measure};
use super::linear::Linear;
use super::open::settled;
use super::point::Point;
use super::rows::{Part, Rows, coefficient};
use super::shorten::{self, Shown};
use super::staged::{Staged, lettered, staged};
use crate::accounts::Accounts;
use crate::algebra::{Factored, Failure, Formula, LinearSystem, Task};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::model::Economy;
use crate::solve::{Problem, Solution, begins, derivatives};
use crate::system::{Role, System};
use rustc_hash::{FxHashMap, FxHashSet};
use std::time::Duration;

/// Relative difference beyond which a formula and the solver disagree.
pub const AGREE: f64 = 1e-8;
/// How well a letter's number is known, relative to it: what may be left of formulas whose terms cancel.
pub const KNOWN: f64 = 1e-10;
/// Monomials beyond which a formula is written in stages.
const LONG: usize = 120;
/// Characters of a formula and its definitions beyond which it is refused.
const PAGES: usize = 60_000;
/// Characters, definitions at half weight, beyond which stages are tried too.
const WORDY: usize = 1500;
/// Monomials up to which one formula is laid out all the same.
const READABLE: usize = 400;
/// Equations beyond which one formula for all is not even sought, where countries' shares differ.
const WHOLE: usize = 10;
/// How long one formula for all is sought.
const AT_ONCE: Duration = Duration::from_millis(2500);
/// Quantities in between beyond which steps are no help.
const STEPS: usize = 8;
/// Rows up to which a system is also solved in its own shares, for a shorter formula.
const SMALL: usize = 5;

/// Where comparative statics are asked for.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub economy: &'a Economy,
    pub accounts: &'a Accounts,
    pub system: &'a System,
    /// Parameter values by symbol.
    pub parameters: &'a [f64],
    /// Absent for a technology without numbers.
    pub solved: Option<(&'a Problem, &'a Solution)>,
}

/// The response of one quantity to one parameter.
#[derive(Clone, Debug)]
pub struct Derived {
    pub target: String,
    pub wrt: Sym,
    pub measure: Measure,
    /// How the parameter's own move is measured: in logs, or plainly where it is not positive.
    pub per: Measure,
    pub shown: Shown,
    /// In independent shares, for signs and tests.
    pub exact: Factored,
    /// The same in letters of the quadratic form of the value made, and with own equations used: for signs.
    pub forms: Vec<Formula>,
    /// What letters of `forms` stand for.
    pub letters: Vec<(u32, Formula)>,
    pub atoms: Atoms,
    pub flows: Flows,
    pub value: Option<f64>,
    /// How far `value` may be off: less than that is no different from zero.
    pub error: Option<f64>,
    pub solver_value: Option<f64>,
    pub solver_error: Option<f64>,
    /// Equalities of the theory that shorten the formula.
    pub equalities: Vec<String>,
}

impl Place<'_> {
    pub fn point(&self) -> Point {
        match self.solved {
            Some((_, solution)) => Point::of(self.system, solution),
            None => Point::interior(self.system),
        }
    }
}

/// The response of `target` to `wrt`, with `given` held.
///
/// # Errors
/// A diagnostic: what is given leaves the system without a unique answer; the algebra engine's; A070 where the formula and the solver disagree.
pub fn derive(place: &Place, target: (&str, NodeId), wrt: Sym, given: &[Sym], ask: &Ask) -> Result<Derived, Diagnostic> {
    let own = own_mover(place, Some(wrt));
    let place = &own.as_ref().map_or(*place, |system| Place { system, ..*place });
    let held = conditional(place.system, given)?;
    let point = place.point();
    let mut hats = Hats::new(place.economy, place.accounts, &held.system, &point, [wrt]);
    let (form, measure) = hats.target_of(target.1, Some(wrt));
    let per = hats.measure(wrt);
    if given.contains(&wrt) {
        let name = &place.system.info(wrt).name;
        return Err(Diagnostic::new("A055", format!("`{name}` cannot move and be held at once")).help("leave it out of `holding`"));
    }
    let Ok(rows) = hats.rows() else {
        return Err(too_long(place, &held.system, &Rows::default(), target, wrt, (measure, per), given, None, ask));
    };
    let check = solver(place, &held.system, target.1, wrt, measure, per)?;
    let core = gnp::response(&mut hats, &rows, &form, wrt, &ask.part(AT_ONCE)).ok().flatten();
    let core = core.filter(|c| agrees(point.numeric.then(|| c.shown.value_within(&hats.atoms.values())), check));
    let at_once = whole(&mut hats, &rows, form, wrt, ask);
    let long = match &at_once {
        Ok((exact, ..)) => exact.size() > LONG,
        Err(d) => d.code == "A004" || d.code == "A054",
    };
    let direct = match at_once {
        Ok((exact, answers)) if exact.size() <= READABLE || !long => {
            let shown = shorten::shortest(&exact, answers.natural(0, 0), &mut hats.atoms, &answers.flows, ask)?;
            Some((exact, shown, answers.flows))
        }
        Err(d) if !long && core.is_none() => return Err(d),
        _ => None,
    };
    let long = long || direct.as_ref().is_some_and(|d| d.1.length(&hats.atoms) > WORDY);
    // In stages where one formula would be too long to read, or to find.
    let parts = if long && core.is_none() { staged(place, target.1, wrt, given, ask)? } else { None };
    let parts = match parts {
        None if long && core.is_none() => {
            let mut fresh = Hats::new(place.economy, place.accounts, &held.system, &point, [wrt]);
            let (form, _) = fresh.target_of(target.1, Some(wrt));
            let rows = fresh.rows()?;
            lettered(&mut fresh, &rows, &form, wrt, ask)?.map(|(shown, flows)| Staged { shown, flows, atoms: fresh.atoms })
        }
        other => other,
    };
    let own = direct.as_ref().map(|d| super::own::rewritten(&mut hats, &d.0.to_formula())).unwrap_or_default();
    let letters = core.as_ref().map(|c| c.letters.clone()).unwrap_or_default();
    let forms: Vec<Formula> = core.iter().flat_map(|c| c.forms.iter().cloned()).chain(own).collect();
    let (exact, shown, flows) = match (direct, parts) {
        (Some(d), _) if core.as_ref().is_some_and(|c| c.shown.whole(&hats.atoms) < d.1.whole(&hats.atoms)) => {
            let shown = core.map_or(d.1, |c| c.shown);
            (d.0, shown, d.2)
        }
        (None, _) if core.is_some() => {
            let flows = hats.flows();
            let Some(c) = core else { return Err(no_answer()) };
            (c.exact, c.shown, flows)
        }
        (Some(d), Some(s)) if s.shown.length(&s.atoms) < d.1.length(&hats.atoms) => {
            // Letters of stages are numbered anew; the exact form is that of the stages.
            hats.atoms = s.atoms;
            (s.shown.factored.clone(), s.shown, s.flows)
        }
        (Some(d), _) => d,
        (None, Some(s)) => {
            hats.atoms = s.atoms;
            (s.shown.factored.clone(), s.shown, s.flows)
        }
        (None, None) => return Err(too_long(place, &held.system, &rows, target, wrt, (measure, per), given, None, ask)),
    };
    let pages = hats.atoms.text(&shown.formula).len() + shown.named.iter().map(|(_, f)| hats.atoms.text(f).len()).sum::<usize>();
    if pages > PAGES {
        return Err(too_long(place, &held.system, &rows, target, wrt, (measure, per), given, Some(pages), ask));
    }
    super::recur::renumber(&[&shown], &mut hats.atoms);
    hats.atoms.distinguish(&shown.atoms(), place.system, symbol(place, target.1).into_iter().chain([wrt]));
    let values = hats.atoms.values();
    let found = point.numeric.then(|| shown.value_within(&values));
    let derived = Derived {
        target: target.0.to_string(),
        wrt,
        measure,
        per,
        shown,
        exact,
        forms,
        letters,
        equalities: flows.equalities.clone(),
        atoms: hats.atoms,
        flows,
        value: found.map(shorten::cleared),
        error: found.map(|v| v.1),
        solver_value: check.map(|c| c.0),
        solver_error: check.map(|c| c.1),
    };
    let what = format!("{} with respect to {}", derived.target, place.system.info(wrt).name);
    determined(place, &held.system, given, check)?;
    agree(&what, found, check, || derived.shown.text(&derived.atoms))?;
    Ok(derived)
}

/// One formula for the whole response, in the time that leaves room for stages.
fn whole(hats: &mut Hats, rows: &Rows, form: Linear, wrt: Sym, ask: &Ask) -> Result<(Factored, Answers), Diagnostic> {
    let unknowns: Vec<Sym> = form.terms().map(|t| t.0).filter(|s| rows.unknowns.contains(s)).collect();
    let size = rows.part(&unknowns).map(|p| p.rows.len()).unwrap_or_default();
    if size > WHOLE && hats.flows().equalities.is_empty() {
        return Err(Diagnostic::new("A054", "the formula outgrows what can be worked with"));
    }
    let limited = ask.part(AT_ONCE);
    let answers = solve(hats, rows, &[form], &[wrt], &limited)?;
    let exact = answers.exact(0, 0).cloned().ok_or_else(no_answer)?;
    Ok((exact, answers))
}

/// Solutions of the hat system for several targets and several sources.
pub struct Answers {
    /// By source, by target; in independent shares.
    exact: Vec<Vec<Factored>>,
    /// The same in the system's own shares, where it is small.
    natural: Vec<Vec<Factored>>,
    pub flows: Flows,
    /// The conditions that settle the targets, by name.
    pub conditions: Vec<String>,
}

impl Answers {
    /// The response of a target to a source, in independent shares.
    pub fn exact(&self, source: usize, target: usize) -> Option<&Factored> {
        self.exact.get(source).and_then(|r| r.get(target))
    }

    /// Monomials of the longest answer.
    pub fn largest(&self) -> usize {
        self.exact.iter().flatten().map(Factored::size).max().unwrap_or(0)
    }

    pub fn natural(&self, source: usize, target: usize) -> Option<&Factored> {
        self.natural.get(source).and_then(|r| r.get(target))
    }
}

pub(super) fn no_answer() -> Diagnostic {
    Diagnostic::new("A071", "the algebra engine gave no answer")
}

/// Each target's response to each source: a linear system for each target, only as large as it needs. Where the conditions leave something open, of
/// those targets that do not rest on it.
pub fn solve(hats: &mut Hats, rows: &Rows, targets: &[Linear], sources: &[Sym], ask: &Ask) -> Result<Answers, Diagnostic> {
    match solve_all(hats, rows, targets, sources, ask) {
        Err(d) if d.code == OPEN && hats.point.numeric => match settled(rows, targets, sources, &hats.atoms.values()) {
            Some(rows) => solve_all(hats, &rows, targets, sources, ask),
            None => Err(d),
        },
        answers => answers,
    }
}

fn solve_all(hats: &mut Hats, rows: &Rows, targets: &[Linear], sources: &[Sym], ask: &Ask) -> Result<Answers, Diagnostic> {
    let unknowns: FxHashSet<Sym> = rows.unknowns.iter().copied().collect();
    let flows = hats.flows();
    let adding_up = hats.adding_up();
    let mut parts = Vec::new();
    for target in targets {
        let wanted: Vec<Sym> = target.terms().map(|x| x.0).filter(|s| unknowns.contains(s)).collect();
        parts.push(rows.part(&wanted).map_err(|loose| free(hats.system, &loose))?);
    }
    let tasks: Vec<Task> = targets.iter().zip(&parts).map(|(t, part)| task(rows, part, t, sources, &flows.replace)).collect();
    let mut exact = vec![Vec::new(); sources.len()];
    for reply in ask.tasks(&tasks)? {
        for (n, mut answer) in reply.solution().map_err(|f| failed(&f))?.into_iter().enumerate() {
            if let (Some(list), Some(value)) = (exact.get_mut(n), answer.pop()) {
                list.push(value);
            }
        }
    }
    let mut natural = vec![Vec::new(); sources.len()];
    if parts.iter().all(|p| p.rows.len() <= SMALL) && adding_up != flows.replace {
        // Only for looks: a timeout here costs nothing but a longer formula.
        let limit = ask.left().min(Duration::from_millis(1500));
        let tasks: Vec<Task> = targets.iter().zip(&parts).map(|(t, part)| task(rows, part, t, sources, &adding_up)).collect();
        for reply in ask.within(&tasks, limit).unwrap_or_default() {
            for (n, mut answer) in reply.solution().unwrap_or_default().into_iter().enumerate() {
                if let (Some(list), Some(value)) = (natural.get_mut(n), answer.pop()) {
                    list.push(value);
                }
            }
        }
        if natural.iter().any(|list| list.len() != targets.len()) {
            natural.clear();
        }
    }
    let mut conditions: Vec<String> = Vec::new();
    for r in parts.iter().flat_map(|p| &p.rows) {
        if let Some(name) = rows.rows.get(*r).map(|r| r.name.clone()).filter(|n| !conditions.contains(n)) {
            conditions.push(name);
        }
    }
    Ok(Answers { exact, natural, flows, conditions })
}

/// The linear system of a part, with the target as one more unknown: T − Σ c x = c₀.
fn task(rows: &Rows, part: &Part, target: &Linear, sources: &[Sym], replace: &FxHashMap<u32, Formula>) -> Task {
    let column: FxHashMap<Sym, usize> = part.unknowns.iter().enumerate().map(|(k, s)| (*s, k)).collect();
    let written = |f: &Formula| f.replace(&|a| replace.get(&a).cloned());
    let mut matrix: Vec<Vec<(usize, Formula)>> = Vec::new();
    let mut sides: Vec<Vec<Formula>> = vec![Vec::new(); sources.len()];
    for &r in &part.rows {
        let Some(row) = rows.rows.get(r) else { continue };
        let form = row.form.map(written);
        matrix.push(form.terms().filter_map(|(s, c)| column.get(&s).map(|k| (*k, c.clone()))).collect());
        for (side, source) in sides.iter_mut().zip(sources) {
            side.push(coefficient(&form, *source).negated());
        }
    }
    let form = target.map(written);
    let mut entries: Vec<(usize, Formula)> = form.terms().filter_map(|(s, c)| column.get(&s).map(|k| (*k, c.clone().negated()))).collect();
    entries.push((part.unknowns.len(), Formula::one()));
    matrix.push(entries);
    for (side, source) in sides.iter_mut().zip(sources) {
        side.push(coefficient(&form, *source));
    }
    Task::Solve { system: LinearSystem { rows: matrix, sides }, wanted: vec![part.unknowns.len()] }
}

/// Unknowns that the active equations leave free.
fn free(system: &System, loose: &[Sym]) -> Diagnostic {
    let names: Vec<String> = loose.iter().map(|s| format!("`{}`", system.info(*s).name)).collect();
    Diagnostic::new(OPEN, format!("nothing determines {} in this regime", names.join(", ")))
        .help("the active equations leave it free; `solve` says what may shift")
}

/// The system with a parameter that follows others set free of them, so that it moves alone; `None` where it does already.
pub(super) fn own_mover(place: &Place, wrt: Option<Sym>) -> Option<System> {
    let sym = wrt?;
    let info = place.system.info(sym);
    if !info.quantity.is_parameter() || !matches!(info.role, Role::Definition(_)) {
        return None;
    }
    let value = place.solved.map_or(f64::NAN, |(_, solution)| solution.value(sym));
    let mut system = place.system.clone();
    system.syms[sym.index()].role = Role::Parameter(value);
    Some(system)
}

/// Elasticities beyond this are looked at again next to where they were found.
const ENDLESS: f64 = 10.0;
/// How far beside, relative to the parameter: further than rounding, nearer than anything else.
const BESIDE: f64 = 1e-9;

/// Whether a slope is a number that rounding made: next to the point, on either side where there is an equilibrium, it is another by half and more.
fn is_endless(problem: &Problem, solution: &Solution, (own, slope): (Sym, f64), wrt: Sym) -> bool {
    let never = std::sync::atomic::AtomicBool::new(false);
    [-BESIDE, BESIDE].into_iter().any(|part| {
        let mut params = solution.values.clone();
        let Some(p) = params.get_mut(wrt.index()) else { return false };
        *p += part * if *p == 0.0 { 1.0 } else { p.abs() };
        let beside = crate::solve::solve(problem, &params, Some(solution), &never);
        let there = derivatives(problem, &beside, &[wrt]).get(own, 0, false);
        beside.is_equilibrium() && !((there - slope).abs() <= 0.5 * slope.abs())
    })
}

/// The solver's own derivative in the same measure, and how far it may be off.
pub(super) fn solver(
    place: &Place,
    held: &System,
    target: NodeId,
    wrt: Sym,
    measure: Measure,
    per: Measure,
) -> Result<Option<(f64, f64)>, Diagnostic> {
    let Some((_, solution)) = place.solved else { return Ok(None) };
    // A symbol of its own for the target, so that an expression has a derivative like any quantity.
    let mut system = held.clone();
    let mut info = system.info(wrt).clone();
    (info.name, info.role, info.quantity) = ("(target)".to_string(), Role::Definition(target), crate::system::Quantity::Named);
    system.syms.push(info);
    let own = Sym(system.syms.len() as u32 - 1);
    let problem = Problem::new(&system, &[target]).map_err(|e| Diagnostic::new("A070", e.to_string()))?;
    let mut solution = solution.clone();
    solution.values.resize(place.system.syms.len(), f64::NAN);
    let value = crate::expr::eval::evaluate_one(&system.dag, target, &mut |s| solution.value(s));
    solution.values.push(value);
    let unknowns: FxHashSet<Sym> = system.unknowns().collect();
    solution.positions.retain(|(s, _)| unknowns.contains(s));
    let is_price = |s: Sym| matches!(place.system.info(s).quantity, crate::system::Quantity::FactorPrice | crate::system::Quantity::GoodPrice);
    let name = |s: Sym| place.system.info(s).display.clone();
    let not_there = |words: String| Err(Diagnostic::new("S005", words).help("give the country some of it: `--set`, or `set` at the prompt"));
    if let Some(none) = system.dag.symbols(&[target]).into_iter().find(|s| is_price(*s) && solution.value(*s).is_nan()) {
        return not_there(format!("{} is the price of what there is none of", name(none)));
    }
    if value.is_nan() && place.system.unknowns().any(|s| is_price(s) && solution.value(s).is_nan()) {
        return not_there("this counts in the price of what there is none of, and has no value".to_string());
    }
    if begins(&problem, &solution, wrt) {
        return not_there(format!("{} is 0: with the first of it another regime begins", name(wrt)));
    }
    let all = derivatives(&problem, &solution, &[wrt]);
    let slope = all.get(own, 0, false);
    let unit = |x: f64| x.abs().max(1e-6);
    if slope.abs() * unit(solution.value(wrt)) > ENDLESS * unit(value) && is_endless(&problem, &solution, (own, slope), wrt) {
        let name = &place.system.info(wrt).display;
        let d = Diagnostic::new("S004", format!("there is no derivative at {name} = {}", crate::model::checks::number(solution.value(wrt))));
        return Err(
            d.help("next to it the response is another by far: two equilibria meet there, or a slope has no bound; ask a little further inside")
        );
    }
    let measured = |slope: f64| {
        let moved = match per {
            Measure::Log => slope * solution.value(wrt),
            Measure::Margin => slope * (1.0 - solution.value(wrt)),
            Measure::Plain => slope,
        };
        match measure {
            Measure::Log => moved / value,
            // At its end a margin stands.
            Measure::Margin if moved == 0.0 => 0.0,
            Measure::Margin => moved / (1.0 - value),
            Measure::Plain => moved,
        }
    };
    // What the target's ingredients add to its change before they cancel.
    let mut dag = system.dag.clone();
    let parts = system.dag.symbols(&[target]).into_iter().map(|s| {
        let partial = crate::expr::differentiate::derivative(&mut dag, target, s);
        let partial = crate::expr::eval::evaluate_one(&dag, partial, &mut |s| solution.value(s));
        let moves = if s == wrt { 1.0 } else { all.get(s, 0, false) };
        (partial * moves).abs()
    });
    let size: f64 = parts.filter(|p| p.is_finite()).sum();
    // An elasticity of 1 is the scale on which a response of zero may miss; of a parameter at 0, as a rate is, a change by 1.
    let unit = measured(value / Some(solution.value(wrt)).filter(|v| *v != 0.0).unwrap_or(1.0)).abs();
    let off = KNOWN * (measured(size).abs() + if unit.is_finite() { unit } else { 0.0 });
    let off = if off.is_finite() { off } else { 0.0 };
    Ok(Some((shorten::cleared((measured(slope), off)), off)))
}

/// The symbol that an expression is.
pub(super) fn symbol(place: &Place, node: NodeId) -> Option<Sym> {
    match place.system.dag.node(node) {
        crate::expr::Node::Sym(s) => Some(*s),
        _ => None,
    }
}

/// Refuses a response that nothing determines: some conditions cannot hold together after a change, and others are too few.
///
/// A target may follow from a part of the conditions even so; the solver, which needs all of them, has no number then.
pub(super) fn determined(place: &Place, held: &System, given: &[Sym], solver: Option<(f64, f64)>) -> Result<(), Diagnostic> {
    if solver.is_none_or(|s| s.0.is_finite()) {
        return Ok(());
    }
    let point = place.point();
    let mut hats = Hats::new(place.economy, place.accounts, held, &point, given.iter().copied());
    let rows = hats.rows()?;
    match (rows.part(&rows.unknowns), given.is_empty()) {
        (Err(loose), true) => Err(free(held, &loose)),
        (Err(loose), false) => Err(super::conditional::not_square(held, given, &loose)),
        (Ok(_), true) => Err(failed(&Failure::Singular)),
        (Ok(_), false) => Err(super::conditional::dependent(held, given)),
    }
}

/// Whether the solver confirms a formula.
fn agrees(formula: Option<(f64, f64)>, solver: Option<(f64, f64)>) -> bool {
    agree("", formula, solver, String::new).is_ok()
}

/// Refuses a formula that the solver does not confirm, beyond what both may be off.
pub(super) fn agree(what: &str, formula: Option<(f64, f64)>, solver: Option<(f64, f64)>, text: impl Fn() -> String) -> Result<(), Diagnostic> {
    let (Some((formula, error)), Some((solver, off))) = (formula, solver) else { return Ok(()) };
    if (formula - solver).abs() <= (AGREE * solver.abs().max(formula.abs()).max(1e-3)).max(error + off) {
        return Ok(());
    }
    if !formula.is_finite() && solver.is_finite() {
        return Err(failed(&Failure::DivisionByZero));
    }
    Err(Diagnostic::new("A070", format!("the formula for {what} gives {formula:e}, the solver {solver:e}"))
        .help(format!("this is a bug in tasktrade; please report it with the model. Formula: {}", text())))
}

/// What is said where a formula is too long to show: its size, its number without it, and what to ask instead.
fn too_long(
    place: &Place,
    held: &System,
    rows: &Rows,
    target: (&str, NodeId),
    wrt: Sym,
    (measure, per): (Measure, Measure),
    given: &[Sym],
    pages: Option<usize>,
    ask: &Ask,
) -> Diagnostic {
    if pages.is_none() && ask.is_over() {
        return (&crate::algebra::AlgebraError::Timeout { limit: ask.limit() }).into();
    }
    let name = &place.system.info(wrt).name;
    let size = match pages {
        Some(n) => format!("would take {n} characters"),
        None if rows.rows.is_empty() => "outgrows what can be worked with".to_string(),
        None => format!("comes out of {} conditions in {} unknowns that hang together", rows.rows.len(), rows.unknowns.len()),
    };
    let kind = match (measure, per) {
        (Measure::Plain, Measure::Plain) => "derivative",
        (Measure::Log, Measure::Log) => "elasticity",
        _ => "response",
    };
    let number = match solver(place, held, target.1, wrt, measure, per) {
        Ok(Some((v, _))) if v.is_finite() => format!("; by the solver the {kind} is {v:.6}"),
        _ => String::new(),
    };
    let mut d = Diagnostic::new("A059", format!("the formula for {} with respect to {name} is too long to show: it {size}{number}", target.0));
    d = match between(place, rows, target.1, given) {
        Some(list) => d.help(format!("ask for it in steps: `derive {} in terms of {list} wrt {name}`, then for each of these", target.0)),
        None if rows.rows.is_empty() => {
            d.help(format!("ask for it in terms of a definition on the way: `derive {} in terms of DEFINITION, … wrt {name}`", target.0))
        }
        None => d.help(format!(
            "name the conditions that settle some variables, `equation NAME: … complements VARIABLE`, then `derive {} in terms of VARIABLE, … wrt {name}`",
            target.0
        )),
    };
    d
}

/// Quantities in between that can be given: goods' prices and margins, or the unknowns that the target is written in.
fn between(place: &Place, rows: &Rows, target: NodeId, given: &[Sym]) -> Option<String> {
    let is_target = |s: Sym| symbol(place, target) == Some(s);
    let passing = |s: &Sym| matches!(place.system.info(*s).quantity, crate::system::Quantity::GoodPrice | crate::system::Quantity::Margin);
    let prices: Vec<Sym> = rows.unknowns.iter().copied().filter(passing).collect();
    let own: Vec<Sym> = super::conditional::unknowns_under(place.system, target);
    [prices, own].into_iter().find_map(|mut list| {
        list.retain(|s| rows.unknowns.contains(s) && !given.contains(s) && !is_target(*s));
        let all: Vec<Sym> = given.iter().chain(&list).copied().collect();
        let names: Vec<&str> = list.iter().map(|s| place.system.info(*s).name.as_str()).collect();
        (!list.is_empty() && list.len() <= STEPS && conditional(place.system, &all).is_ok()).then(|| names.join(", "))
    })
}
