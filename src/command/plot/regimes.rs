//! The map of regimes in two parameters.

use super::{Picture, axes, failures, here, scale, shown};
use crate::command::{Request, grid};
use crate::diag::Diagnostic;
use crate::present::json;
use crate::present::plot::Label;
use crate::present::plot::diagrams::{RegimeMap, regime_map};
use crate::session::{Failure, single};
use crate::syntax::tree::PlotRequest;
use serde_json::{Map, Value, json};

/// Cells along an axis where the request names no number.
const CELLS: usize = 80;

pub fn draw(r: &mut Request, request: &PlotRequest) -> Result<Picture, Failure> {
    if request.axes.len() != 2 {
        let d = Diagnostic::new("C041", "a map of regimes has two parameters")
            .help("as in `plot regimes over beta, L`, or with ranges: `beta = 1..2, L = 50..150`");
        return Err(r.session.failure(single(d)));
    }
    let (economy, axes) = axes(r, request, CELLS)?;
    let swept = grid::solve(r, economy, &axes, &[])?;
    let p = &swept.prepared;
    let (&[across, up], [x, y]) = (swept.points.axes.as_slice(), swept.points.values.as_slice()) else {
        return Err(r.session.failure(single(Diagnostic::new("C041", "a map of regimes has two parameters"))));
    };
    let words: Vec<String> = swept.table.regimes.iter().map(|s| p.regime_words(s)).collect();
    let mut names: Vec<String> = Vec::new();
    for w in &words {
        if !names.contains(w) {
            names.push(w.clone());
        }
    }
    // Rows come with the first axis slowest.
    let mut cell = vec![None; x.len() * y.len()];
    for (k, row) in swept.table.rows.iter().enumerate() {
        let (i, j) = (k / y.len().max(1), k % y.len().max(1));
        let category = words.get(row.regime as usize).and_then(|w| names.iter().position(|n| n == w));
        if let Some(c) = cell.get_mut(j * x.len() + i) {
            *c = category;
        }
    }
    let (a, b) = (p.system.info(across), p.system.info(up));
    let (x_name, y_name) = (shown(a), shown(b));
    let at = |s: crate::expr::Sym| p.parameters.get(s.index()).copied().unwrap_or(f64::NAN);
    let inside = |v: f64, list: &[f64]| list.first().zip(list.last()).is_some_and(|(f, l)| (f.min(*l)..=f.max(*l)).contains(&v));
    let own = inside(at(across), x) && inside(at(up), y);
    let d = r.options.digits;
    let label = here(&x_name, at(across), d).join(&Label::plain(", ")).join(&here(&y_name, at(up), d));
    let data = RegimeMap {
        title: Label::plain("regimes over ").join(&Label::from(x_name.as_str())).join(&Label::plain(" and ")).join(&Label::from(y_name.as_str())),
        x_label: Label::from(x_name.as_str()),
        x_scale: scale(&axes[0]),
        x: x.clone(),
        y_label: Label::from(y_name.as_str()),
        y_scale: scale(&axes[1]),
        y: y.clone(),
        regimes: names.iter().map(|n| Label::plain(n)).collect(),
        cell: cell.clone(),
        here: own.then(|| (at(across), at(up), label)),
    };
    let (text, exit) = failures(swept.table.failed, swept.table.rows.len());
    let mut body = Map::new();
    body.insert("kind".into(), json!("regimes"));
    body.insert("parameters".into(), json!([a.name, b.name]));
    body.insert("x".into(), Value::Array(x.iter().map(|v| json::number(*v)).collect()));
    body.insert("y".into(), Value::Array(y.iter().map(|v| json::number(*v)).collect()));
    body.insert("regimes".into(), json!(names));
    body.insert("cells".into(), json!(cell));
    Ok(Picture { figure: regime_map(&data), json: body, text, exit })
}
