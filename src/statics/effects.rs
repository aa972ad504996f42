//! Effects by channel: the conditional form in the channels' own changes, each channel's response, and their products.
//!
//! Source: Grossman and Rossi-Hansberg (2006), equations (4) and (5), for any declared channels.

use super::ask::Ask;
use super::atoms::{Atom, Measures, Range};
use super::conditional::conditional;
use super::derive::{Answers, Derived, KNOWN, Place, agree, derive, determined, no_answer, own_mover, solve, solver, symbol};
use super::flows::Flows;
use super::gnp;
use super::hat::{Hats, Measure};
use super::linear::Linear;
use super::shorten::{self, Shown};
use crate::algebra::{Factored, Formula};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::model::Key;
use crate::system::{Quantity, Role, System};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// How long the channels' responses are sought together as formulas.
const TOGETHER: std::time::Duration = std::time::Duration::from_millis(2500);

/// The change of a target in terms of given changes.
#[derive(Clone, Debug)]
pub struct Form {
    pub target: String,
    pub measure: Measure,
    /// The target's place among those that the model declares channels of, from 0.
    pub equation: usize,
    pub terms: Vec<Term>,
    /// Conditions that are set aside for given unknowns.
    pub set_aside: Vec<String>,
    /// Definitions taken as given.
    pub independent: Vec<Sym>,
    /// The conditions that settle the target once these are given.
    pub conditions: Vec<String>,
    pub atoms: super::atoms::Atoms,
    /// How dependent shares are written in the form's independent ones.
    pub flows: Flows,
    pub equalities: Vec<String>,
}

/// One given change and its multiplier.
#[derive(Clone, Debug)]
pub struct Term {
    pub sym: Sym,
    pub measure: Measure,
    pub multiplier: Shown,
    pub value: Option<f64>,
    /// In independent shares.
    pub exact: Factored,
    /// The symbol is a margin that sits at a bound: it does not move.
    pub pinned: bool,
}

/// A channel: its members' multipliers and responses.
#[derive(Clone, Debug)]
pub struct Channel {
    pub name: Arc<str>,
    pub members: Vec<Member>,
    pub contribution: Shown,
    pub value: Option<f64>,
    /// Where all members share one multiplier of their weighted sum: that multiplier, and the weights as atoms (margins of one factor).
    pub common: Option<Common>,
    /// The sum of the members' multipliers, where it is a number: m_x + m_y = 1.
    pub sum: Option<f64>,
}

#[derive(Clone, Debug)]
pub struct Common {
    pub multiplier: Shown,
    pub value: Option<f64>,
    pub weights: Vec<Formula>,
}

#[derive(Clone, Debug)]
pub struct Member {
    /// Number of the term in the form.
    pub term: usize,
    pub response: Shown,
    pub response_value: Option<f64>,
}

/// The split of a response over channels.
#[derive(Clone, Debug)]
pub struct Effects {
    pub form: Form,
    pub channels: Vec<Channel>,
    /// What runs through no channel; `None` where there is nothing.
    pub direct: Option<(Shown, Option<f64>)>,
    pub total: Derived,
}

/// A target in terms of `given` quantities (and of a parameter, `wrt`, where one moves): the conditional form.
///
/// # Errors
/// As [`derive`]; what is given leaves the system without a unique answer.
pub fn in_terms_of(place: &Place, target: (&str, NodeId), given: &[Sym], wrt: Option<Sym>, ask: &Ask) -> Result<Form, Diagnostic> {
    let own = own_mover(place, wrt);
    let place = &own.as_ref().map_or(*place, |system| Place { system, ..*place });
    let held = conditional(place.system, given)?;
    let point = place.point();
    let mut sources: Vec<Sym> = given.to_vec();
    sources.extend(wrt.filter(|w| !given.contains(w)));
    let pinned: FxHashSet<Sym> = given.iter().copied().filter(|s| point.bound(*s).is_some()).collect();
    let mut hats = Hats::new(place.economy, place.accounts, &held.system, &point, sources.iter().copied().filter(|s| !pinned.contains(s)));
    let (form, measure) = hats.target_of(target.1, wrt);
    let rows = hats.rows()?;
    let answers = solve(&mut hats, &rows, &[form.clone()], &sources, ask)?;
    let mut terms = Vec::new();
    for (n, &sym) in sources.iter().enumerate() {
        let exact = answers.exact(n, 0).cloned().ok_or_else(no_answer)?;
        let multiplier = shown(&answers, n, &mut hats, ask)?;
        let multiplier = if pinned.contains(&sym) { multiplier } else { gnp::shorter(&mut hats, &rows, &form, sym, multiplier, ask)? };
        let values = hats.atoms.values();
        let value = point.numeric.then(|| multiplier.value(&values));
        let per = hats.measure(sym);
        if !pinned.contains(&sym) {
            let check = solver(place, &held.system, target.1, sym, measure, per)?;
            let what = format!("{} in terms of {}", target.0, place.system.info(sym).name);
            determined(place, &held.system, given, check)?;
            agree(&what, point.numeric.then(|| multiplier.value_within(&values)), check, || multiplier.text(&hats.atoms))?;
        }
        terms.push(Term { sym, measure: per, multiplier, value, exact, pinned: pinned.contains(&sym) });
    }
    let set_aside = held.set_aside.iter().filter_map(|(at, _)| place.system.equations.get(*at)).map(|e| e.name.clone()).collect();
    let equation = match place.system.dag.node(target.1) {
        crate::expr::Node::Sym(s) => place.economy.channels.iter().find_map(|c| c.of.iter().position(|o| o == s)).unwrap_or(0),
        _ => 0,
    };
    let used: Vec<u32> = terms.iter().flat_map(|t| t.multiplier.atoms()).collect();
    hats.atoms.distinguish(&used, place.system, symbol(place, target.1).into_iter().chain(sources.iter().copied()));
    let form = Form {
        target: target.0.to_string(),
        measure,
        equation,
        terms,
        set_aside,
        independent: held.independent,
        conditions: answers.conditions.clone(),
        equalities: answers.flows.equalities.clone(),
        atoms: hats.atoms,
        flows: answers.flows,
    };
    Ok(form)
}

fn shown(answers: &Answers, source: usize, hats: &mut Hats, ask: &Ask) -> Result<Shown, Diagnostic> {
    let exact = answers.exact(source, 0).ok_or_else(no_answer)?;
    shorten::shortest(exact, answers.natural(source, 0), &mut hats.atoms, &answers.flows, ask)
}

/// The response of `target` to `wrt`, split over channels.
///
/// # Errors
/// As [`derive`]; A056 where a channel stands twice.
pub fn effects(place: &Place, target: (&str, NodeId), wrt: Sym, channels: &[(Arc<str>, Vec<Sym>)], ask: &Ask) -> Result<Effects, Diagnostic> {
    let given: Vec<Sym> = channels.iter().flat_map(|c| c.1.iter().copied()).collect();
    let distinct: FxHashSet<Sym> = given.iter().copied().collect();
    if distinct.len() < given.len() {
        return Err(Diagnostic::new("A056", "a quantity stands in two channels").help("each quantity runs through one channel"));
    }
    let own = own_mover(place, Some(wrt));
    let place = &own.as_ref().map_or(*place, |system| Place { system, ..*place });
    let total = derive(place, target, wrt, &[], ask)?;
    let mut form = in_terms_of(place, target, &given, Some(wrt), ask)?;
    let flows = form.flows.clone();
    let point = place.point();
    let mut hats = Hats::new(place.economy, place.accounts, place.system, &point, [wrt]);
    hats.atoms = form.atoms.clone();
    let targets: Vec<Linear> = given
        .iter()
        .map(|s| {
            let node = hats.dag.sym(*s);
            if *s == wrt { Linear::change(wrt) } else { hats.target(node).0 }
        })
        .collect();
    let rows = hats.rows()?;
    let answers = match solve(&mut hats, &rows, &targets, &[wrt], &ask.part(TOGETHER)) {
        Ok(answers) => Some(answers),
        Err(d) if d.code == "A004" || d.code == "A054" => None,
        Err(d) => return Err(d),
    };
    let mut out = Vec::new();
    let mut at = 0;
    for (name, members) in channels {
        let mut list = Vec::new();
        let mut products = Vec::new();
        for &sym in members {
            let Some(term) = form.terms.get(at) else { return Err(no_answer()) };
            let Some(answers) = &answers else {
                // Too long as a formula: its number and its name.
                let response_value = if sym == wrt {
                    Some(1.0)
                } else if term.pinned || is_given(place.system, sym) {
                    Some(0.0)
                } else {
                    let node = hats.dag.sym(sym);
                    solver(place, place.system, node, wrt, term.measure, total.per)?.map(|s| s.0)
                };
                let formula = letter(place, &mut hats, sym, wrt, response_value);
                products.push(term.exact.to_formula().times(formula.clone()));
                list.push(Member { term: at, response: Shown::bare(formula), response_value });
                at += 1;
                continue;
            };
            let exact = answers.exact(0, at).cloned().ok_or_else(no_answer)?;
            let response = shorten::shortest(&exact, answers.natural(0, at), &mut hats.atoms, &answers.flows, ask)?;
            let response = match targets.get(at) {
                Some(form) if sym != wrt => gnp::shorter(&mut hats, &rows, form, wrt, response, ask)?,
                _ => response,
            };
            let values = hats.atoms.values();
            let response_value = point.numeric.then(|| response.value(&values));
            let measure = term.measure;
            if sym != wrt && !term.pinned {
                let node = hats.dag.sym(sym);
                let check = solver(place, place.system, node, wrt, measure, total.per)?;
                let what = format!("{} with respect to {}", place.system.info(sym).name, place.system.info(wrt).name);
                agree(&what, point.numeric.then(|| response.value_within(&values)), check, || response.text(&hats.atoms))?;
            }
            products.push(term.exact.to_formula().times(exact.to_formula()));
            list.push(Member { term: at, response, response_value });
            at += 1;
        }
        let contribution = ask.factor(Formula::sum(products))?;
        let contribution = shorten::shorten(&contribution, &mut hats.atoms, &flows, ask)?;
        let value = point.numeric.then(|| contribution.value(&hats.atoms.values()));
        let common = common(place, &form, members, &list, &mut hats, &flows, ask)?;
        let sum = constant_sum(&form, &list, ask)?;
        out.push(Channel { name: name.clone(), members: list, contribution, value, common, sum });
    }
    let direct = match form.terms.iter().position(|t| t.sym == wrt && !given.contains(&wrt)) {
        Some(n) => form.terms.get(n).map(|t| (t.multiplier.clone(), t.value)).filter(|t| !t.0.formula.is_zero()),
        None => None,
    };
    form.terms.truncate(given.len());
    let shown = form.terms.iter().map(|t| &t.multiplier).chain(out.iter().flat_map(|c| c.members.iter().map(|m| &m.response)));
    let shown: Vec<&Shown> = shown.chain(out.iter().map(|c| &c.contribution)).collect();
    super::recur::renumber(&shown, &mut hats.atoms);
    let used: Vec<u32> = shown.iter().flat_map(|s| s.atoms()).collect();
    let spoken = symbol(place, target.1).into_iter().chain([wrt]).chain(given.iter().copied());
    hats.atoms.distinguish(&used, place.system, spoken);
    form.atoms = hats.atoms;
    if let Some(solver) = total.solver_value {
        let parts = || out.iter().filter_map(|c| c.value).chain(direct.iter().filter_map(|d| d.1));
        // Parts that cancel leave the error of the largest; a solver's value without an error of its own (0) is held to theirs alone.
        let error = KNOWN * parts().map(f64::abs).sum::<f64>();
        agree("the sum over channels", Some((parts().sum(), error)), Some((solver, total.solver_error.unwrap_or(0.0))), String::new)?;
    }
    Ok(Effects { form, channels: out, direct, total })
}

/// A response under its own name, where its formula is too long: `derive` has it in stages.
fn letter(place: &Place, hats: &mut Hats, sym: Sym, wrt: Sym, value: Option<f64>) -> Formula {
    match value {
        Some(0.0) => return Formula::zero(),
        Some(1.0) if sym == wrt => return Formula::one(),
        _ => {}
    }
    let info = place.system.info(sym);
    let by = place.system.info(wrt);
    let atom = Atom {
        name: format!("response[{}]", info.name),
        display: format!("R_{}", info.display),
        latex: format!("R_{{{}}}", info.latex),
        meaning: format!("response of {} to {}; `derive {} wrt {}` has its formula", info.display, by.display, info.name, by.name),
        value: value.unwrap_or(f64::NAN),
        range: Range::Any,
        measures: Measures::Other,
    };
    Formula::atom(hats.atoms.intern(atom))
}

/// One multiplier for a list of margins of one factor: that of Σ_j λ[L, j] dI_j/(1 − I_j).
fn common(
    place: &Place,
    form: &Form,
    syms: &[Sym],
    members: &[Member],
    hats: &mut Hats,
    flows: &Flows,
    ask: &Ask,
) -> Result<Option<Common>, Diagnostic> {
    let margins = syms.len() > 1 && syms.iter().all(|s| place.system.info(*s).quantity == Quantity::Margin);
    if !margins {
        return Ok(None);
    }
    // One factor's: the weights are shares of its work.
    let factor = |s: &Sym| {
        let e = place.economy;
        let line = (0..e.lines.len()).find(|l| e.keys.get(&Key::Margin(*l)) == Some(s)).and_then(|l| e.lines.get(l))?;
        Some((e.tasks.get(line.tasks)?.factor, line.origin))
    };
    if syms.windows(2).any(|w| factor(&w[0]) != factor(&w[1])) {
        return Ok(None);
    }
    let weights: Vec<Formula> = syms.iter().filter_map(|s| employment_of(place, hats, *s)).collect();
    if weights.len() != syms.len() {
        return Ok(None);
    }
    let written = |f: &Formula| f.replace(&|a| flows.replace.get(&a).cloned());
    let ratios: Vec<Formula> =
        members.iter().zip(&weights).filter_map(|(m, w)| form.terms.get(m.term).map(|t| t.exact.to_formula().over(written(w)))).collect();
    let factored = ask.factor_all(ratios)?;
    let Some(Some(first)) = factored.first().cloned().filter(|f| f.as_ref().is_some_and(|f| !f.is_zero())) else { return Ok(None) };
    if !factored.iter().all(|f| f.as_ref() == Some(&first)) {
        return Ok(None);
    }
    let multiplier = shorten::shorten(&first, &mut hats.atoms, flows, ask)?;
    let value = hats.point.numeric.then(|| multiplier.value(&hats.atoms.values()));
    Ok(Some(Common { multiplier, value, weights }))
}

/// The share of the factor's work that the industries of a margin's line employ.
fn employment_of(place: &Place, hats: &mut Hats, margin: Sym) -> Option<Formula> {
    let e = place.economy;
    let l = (0..e.lines.len()).find(|l| e.keys.get(&Key::Margin(*l)) == Some(&margin))?;
    let line = e.lines.get(l)?;
    let factor = e.tasks.get(line.tasks)?.factor;
    let shares: Vec<Formula> = line
        .industries
        .iter()
        .filter_map(|j| hats.atoms.measuring(&super::atoms::Measures::Work(factor, line.origin, *j, false)).map(Formula::atom))
        .collect();
    (!shares.is_empty()).then(|| Formula::sum(shares))
}

/// The sum of a list's multipliers, where it is a number.
fn constant_sum(form: &Form, members: &[Member], ask: &Ask) -> Result<Option<f64>, Diagnostic> {
    if members.len() < 2 {
        return Ok(None);
    }
    let terms: Vec<&Term> = members.iter().filter_map(|m| form.terms.get(m.term)).filter(|t| !t.exact.is_zero()).collect();
    if terms.len() < 2 {
        return Ok(None);
    }
    let sum = Formula::sum(terms.iter().map(|t| t.exact.to_formula()));
    Ok(ask.factor(sum)?.as_constant().map(|c| c.to_f64()).filter(|v| *v != 0.0))
}

/// Whether a channel's quantity is a parameter that no condition moves.
pub fn is_given(system: &System, sym: Sym) -> bool {
    matches!(system.info(sym).role, Role::Parameter(_))
}
