//! Families over an ordered set: what a series of data or of definitions does from one element to the next.

use super::{Picture, parse};
use crate::command::Request;
use crate::diag::Diagnostic;
use crate::model::resolve::Resolver;
use crate::model::{Economy, Named};
use crate::present::json;
use crate::present::plot::diagrams::{LinesWithRegimes, lines_with_regimes};
use crate::present::plot::{Label, Scale};
use crate::session::{Failure, single};
use crate::syntax::parser;
use crate::syntax::tree::PlotRequest;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The set of the model that a request is drawn over.
pub fn set_of(r: &Request, request: &PlotRequest) -> Option<Arc<str>> {
    let [axis] = request.axes.as_slice() else { return None };
    let crate::syntax::tree::ExprKind::Name(name) = &axis.target.kind else { return None };
    let names = &r.session.economy.names;
    names.sets.get_key_value(&name.text).map(|(set, _)| set.clone()).filter(|_| axis.grid.is_none())
}

/// Draws each target's members, `x` or `x[i]` for `x[t]` or `x[i, t]`, over the elements of a set: at their numbers where they are numbers.
///
/// # Errors
/// Diagnostics of the targets; a set without elements; no equilibrium.
pub fn draw(r: &mut Request, text: &str, set: &str) -> Result<Picture, Failure> {
    let request = parse(r, text)?;
    let elements = r.session.economy.names.sets.get(set).cloned().unwrap_or_default();
    if elements.is_empty() {
        let d = Diagnostic::new("C041", format!("`{set}` has no elements")).help("a set of a file without rows has none");
        return Err(r.session.failure(single(d)));
    }
    // Written out, so that a family is read as everywhere else.
    let member = |target: &str, element: &str| match target.trim().strip_suffix(']') {
        Some(open) => format!("{open}, {element}]"),
        None => format!("{}[{element}]", target.trim()),
    };
    let targets: Vec<String> = request.targets.iter().map(|t| r.session.sources.snippet(t.span).to_string()).collect();
    let written = |elements: &[Arc<str>]| {
        let all = targets.iter().flat_map(|t| elements.iter().map(|e| member(t, &crate::model::naming::element(e))));
        all.collect::<Vec<String>>().join(", ")
    };
    // What is wrong with one member is wrong with all: it is told once.
    resolved(r, &written(elements.get(..1).unwrap_or_default()))?;
    let (economy, names) = resolved(r, &written(&elements))?;
    let nodes: Vec<_> = names.iter().map(|n| n.node).collect();
    let mut prepared = r.session.prepare(economy, names, true).map_err(|d| r.session.failure(d))?;
    let solution = prepared.equilibrium(r.session, r.interrupt);
    if !solution.is_equilibrium() {
        let d = r.session.solve(r.interrupt).err().unwrap_or_else(|| single(Diagnostic::new("S002", "no equilibrium was found")));
        return Err(r.session.failure(d));
    }
    let values = crate::expr::eval::evaluate(&prepared.system.dag, &nodes, &mut |s| solution.value(s));
    let numbers: Vec<Option<f64>> = elements.iter().map(|e| e.parse().ok()).collect();
    let numeric = numbers.iter().all(Option::is_some);
    let at: Vec<f64> = numbers.iter().enumerate().map(|(k, v)| if numeric { v.unwrap_or(f64::NAN) } else { k as f64 + 1.0 }).collect();
    let rows: Vec<Vec<f64>> = values.chunks(elements.len()).map(<[f64]>::to_vec).collect();
    let series = targets.iter().zip(&rows).map(|(t, v)| {
        let shown = crate::model::naming::pretty(t).0;
        (Label::from(shown.as_str()), at.iter().copied().zip(v.iter().copied()).collect())
    });
    let data = LinesWithRegimes {
        title: Label::plain(&format!("{} over {set}", targets.join(", "))),
        x_label: Label::plain(set),
        x_scale: Scale::Linear,
        y_label: if let [one] = targets.as_slice() { Label::from(crate::model::naming::pretty(one).0.as_str()) } else { Label::default() },
        series: series.collect(),
        regimes: Vec::new(),
        turns: Vec::new(),
        here: None,
    };
    let text = if numeric {
        String::new()
    } else {
        let list: Vec<String> = elements.iter().enumerate().map(|(k, e)| format!("{} {e}", k + 1)).collect();
        format!("  {set}: {}\n", list.join(", "))
    };
    let mut body = Map::new();
    body.insert("kind".into(), json!("lines"));
    body.insert("set".into(), json!(set));
    body.insert("at".into(), json!(elements));
    let curves: Map<String, Value> =
        targets.iter().zip(&rows).map(|(t, v)| (t.clone(), Value::Array(v.iter().map(|x| json::number(*x)).collect()))).collect();
    body.insert("series".into(), Value::Object(curves));
    Ok(Picture { figure: lines_with_regimes(&data), json: body, text, exit: 0 })
}

/// The members as they are written, in a copy of the model.
fn resolved(r: &mut Request, written: &str) -> Result<(Economy, Vec<Named>), Failure> {
    let file = r.session.add_text("<argument>", written);
    let items = parser::parse_items(file, written).map_err(|d| r.session.failure(d))?;
    let mut economy = r.session.economy.clone();
    let mut found = crate::diag::Diagnostics::default();
    let names = Resolver { economy: &mut economy, diagnostics: &mut found }.named(&items, &Default::default());
    if found.has_errors() { Err(r.session.failure(found)) } else { Ok((economy, names)) }
}
