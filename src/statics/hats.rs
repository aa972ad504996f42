//! The log-linear form of the active regime as it is printed: equations by condition, definitions that keep them short.

use super::atoms::Atoms;
use super::derive::Place;
use super::flows::Flows;
use super::hat::{Hats, Measure};
use super::linear::{Linear, polynomial};
use super::shorten::{Layout, negative, turned};
use crate::algebra::Formula;
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::Key;
use crate::system::{Condition, Role};

/// One equation in changes: sums of coefficient · change on either side.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    pub left: Vec<(Formula, Sym)>,
    pub right: Vec<(Formula, Sym)>,
}

/// The log-linear form, grouped.
#[derive(Clone, Debug)]
pub struct LogLinear {
    pub groups: Vec<(&'static str, Vec<Line>)>,
    pub atoms: Atoms,
    /// How each symbol's change is measured.
    pub measures: Vec<(Sym, Measure)>,
    /// Atoms in use.
    pub used: Vec<u32>,
}

/// The active equations of a place in log changes; nothing is solved, and no algebra engine is needed.
///
/// # Errors
/// None at present; the place's own diagnostics come before.
pub fn log_linear(place: &Place) -> Result<LogLinear, Diagnostic> {
    let point = place.point();
    let e = place.economy;
    let parameters: Vec<Sym> = place.system.parameters().filter(|s| place.system.info(*s).quantity.is_listed()).collect();
    let mut kept: Vec<Sym> = Vec::new();
    for l in 0..e.lines.len() {
        kept.extend(e.keys.get(&Key::TaskPrice(l)));
    }
    for r in e.inside() {
        kept.extend(e.keys.get(&Key::Income(r)));
        for g in 0..e.goods.len() {
            kept.extend(e.keys.get(&Key::Demand(g, r)));
        }
    }
    for j in 0..e.industries.len() {
        let nested = e.industries[j].form.inputs.iter().any(|i| matches!(i.what, crate::model::Input::Nest(_)));
        if nested {
            kept.extend(e.keys.get(&Key::UnitCost(j)));
        }
    }
    kept.retain(|s| matches!(place.system.info(*s).role, Role::Definition(_)) && point.value(*s) != 0.0);
    let mut hats = Hats::new(e, place.accounts, place.system, &point, parameters.iter().chain(&kept).copied());
    let rows = hats.rows()?;
    let mut definitions = Vec::new();
    for &s in &kept {
        let Role::Definition(node) = place.system.info(s).role else { continue };
        let form = match hats.line_part(s) {
            Some(form) => form,
            None => hats.hat(node),
        };
        definitions.push((s, form));
    }
    hats.complete()?;
    let layout = Layout::new(&hats.atoms, &Flows::default());
    let mut groups: Vec<(&'static str, Vec<Line>)> = Vec::new();
    let words = [
        (Condition::ZeroProfit, "zero profit"),
        (Condition::Market, "market clearing"),
        (Condition::Margin, "margin of tasks"),
        (Condition::Parity, "trade at the border"),
        (Condition::Income, "income"),
        (Condition::Numeraire, "numeraire"),
        (Condition::User, "equations"),
    ];
    for (condition, word) in words {
        let lines: Vec<Line> = rows.rows.iter().filter(|r| r.condition == condition).map(|r| line(&r.name, &r.form, None, &layout)).collect();
        if !lines.is_empty() {
            groups.push((word, lines));
        }
    }
    // A definition that no equation uses would only lengthen the list.
    let mut needed: Vec<Sym> = rows.rows.iter().flat_map(|r| r.form.terms().map(|t| t.0)).collect();
    let mut at = 0;
    while let Some(&s) = needed.get(at) {
        at += 1;
        if let Some((_, form)) = definitions.iter().find(|d| d.0 == s) {
            needed.extend(form.terms().map(|t| t.0).filter(|x| !needed.contains(x)).collect::<Vec<_>>());
        }
    }
    let lines: Vec<Line> =
        definitions.iter().filter(|d| needed.contains(&d.0)).map(|(s, form)| line(&place.system.info(*s).name, form, Some(*s), &layout)).collect();
    if !lines.is_empty() {
        groups.push(("definitions", lines));
    }
    let all = || groups.iter().flat_map(|g| &g.1).flat_map(|l| l.left.iter().chain(&l.right));
    let mut used: Vec<u32> = Vec::new();
    for a in all().flat_map(|(f, _)| f.atoms_as_read()) {
        if !used.contains(&a) {
            used.push(a);
        }
    }
    let mut measures: Vec<(Sym, Measure)> = all().map(|(_, s)| *s).map(|s| (s, hats.measure(s))).collect();
    measures.sort_unstable_by_key(|m| m.0);
    measures.dedup_by_key(|m| m.0);
    hats.atoms.distinguish(&used, place.system, measures.iter().map(|m| m.0));
    Ok(LogLinear { groups, measures, used, atoms: hats.atoms })
}

/// Terms with a minus go to the other side; a definition stands alone on the left.
fn line(name: &str, form: &Linear, defines: Option<Sym>, layout: &Layout) -> Line {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let nice = |f: &Formula| polynomial(f).map_or_else(|| f.clone(), |p| layout.poly(&p));
    for (sym, coefficient) in form.terms() {
        let coefficient = nice(coefficient);
        match (negative(&coefficient), defines) {
            (_, Some(_)) => right.push((coefficient, sym)),
            (true, None) => right.push((turned(coefficient), sym)),
            (false, None) => left.push((coefficient, sym)),
        }
    }
    if let Some(s) = defines {
        left.push((Formula::one(), s));
    }
    if left.is_empty() {
        std::mem::swap(&mut left, &mut right);
    }
    Line { name: name.to_string(), left, right }
}
