//! The map of regimes in two parameters.

use super::{Picture, axes, axis_label, failures, here, scale, shown};
use crate::command::Request;
use crate::command::grid::{self, Swept};
use crate::diag::Diagnostic;
use crate::model::{Axis, Grid};
use crate::present::json;
use crate::present::plot::diagrams::{RegimeMap, regime_map};
use crate::present::plot::{LOOKS, Label};
use crate::session::Prepared;
use crate::session::grid::{Points, Table};
use crate::session::{Failure, single};
use crate::solve::Solution;
use crate::syntax::tree::PlotRequest;
use serde_json::{Map, Value, json};

/// Cells along an axis where the request names no number.
const CELLS: usize = 80;
/// Into how many parts a cell is cut, along each axis, where a border passes and the picture is `fine`.
const PARTS: usize = 8;

pub fn draw(r: &mut Request, request: &PlotRequest, fine: bool) -> Result<Picture, Failure> {
    if request.axes.len() != 2 {
        let d = Diagnostic::new("C041", "a map of regimes has two parameters")
            .help("as in `plot regimes over beta, L`, or with ranges: `beta = 1..2, L = 50..150`");
        return Err(r.session.failure(single(d)));
    }
    let (economy, axes) = axes(r, request, CELLS)?;
    let [first, second] = axes.as_slice() else {
        let d = Diagnostic::new("C014", "nothing is moved").help("name two parameters: `plot regimes over beta, L`");
        return Err(r.session.failure(single(d)));
    };
    let swept = grid::solve(r, economy, &axes, &[])?;
    let p = &swept.prepared;
    let (&[across, up], [x, y]) = (swept.points.axes.as_slice(), swept.points.values.as_slice()) else {
        return Err(r.session.failure(single(Diagnostic::new("C041", "a map of regimes has two parameters"))));
    };
    let mut names = Named::default();
    // Rows come with the first axis slowest.
    let mut cell = vec![None; x.len() * y.len()];
    for (k, category) in categories(p, &swept.table, &mut names).into_iter().enumerate() {
        let (i, j) = (k / y.len().max(1), k % y.len().max(1));
        if let Some(c) = cell.get_mut(j * x.len() + i) {
            *c = category;
        }
    }
    let drawn = if fine { refined(r, &swept, [first, second], &cell, &mut names)? } else { None };
    let (a, b) = (p.system.info(across), p.system.info(up));
    let (x_name, y_name) = (shown(a), shown(b));
    let at = |s: crate::expr::Sym| p.parameters.get(s.index()).copied().unwrap_or(f64::NAN);
    let inside = |v: f64, list: &[f64]| list.first().zip(list.last()).is_some_and(|(f, l)| (f.min(*l)..=f.max(*l)).contains(&v));
    let own = inside(at(across), x) && inside(at(up), y);
    let d = r.options.digits;
    let label = here(&x_name, at(across), d).join(&Label::plain(", ")).join(&here(&y_name, at(up), d));
    let data = RegimeMap {
        title: Label::plain("regimes over ").join(&Label::from(x_name.as_str())).join(&Label::plain(" and ")).join(&Label::from(y_name.as_str())),
        x_label: axis_label(a),
        x_scale: scale(first),
        x: drawn.as_ref().map_or_else(|| x.clone(), |d| d.x.clone()),
        y_label: axis_label(b),
        y_scale: scale(second),
        y: drawn.as_ref().map_or_else(|| y.clone(), |d| d.y.clone()),
        regimes: names.words.iter().map(|n| Label::plain(n)).collect(),
        looks: names.looks(),
        cell: drawn.map_or_else(|| cell.clone(), |d| d.cell),
        here: own.then(|| (at(across), at(up), label)),
    };
    let (text, exit) = failures(swept.table.failed, swept.table.rows.len());
    let mut body = Map::new();
    body.insert("kind".into(), json!("regimes"));
    body.insert("parameters".into(), json!([a.name, b.name]));
    body.insert("x".into(), Value::Array(x.iter().map(|v| json::number(*v)).collect()));
    body.insert("y".into(), Value::Array(y.iter().map(|v| json::number(*v)).collect()));
    body.insert("regimes".into(), json!(names.words));
    body.insert("cells".into(), json!(cell));
    Ok(Picture { figure: regime_map(&data), json: body, text, exit })
}

/// The regimes of a picture, told by their words.
#[derive(Default)]
pub(super) struct Named {
    words: Vec<String>,
    /// By regime: the look that it has where no other of the picture has it.
    wanted: Vec<usize>,
}

impl Named {
    /// The number of an equilibrium's regime in this picture.
    pub(super) fn of(&mut self, p: &Prepared, solution: &Solution) -> usize {
        let words = p.regime_words(solution);
        self.words.iter().position(|n| *n == words).unwrap_or_else(|| {
            self.wanted.push(p.regime_number(solution, &words, LOOKS));
            self.words.push(words);
            self.words.len() - 1
        })
    }

    /// A look for each regime: the same in every picture of the model, as far as no two of one picture ask for the same.
    pub(super) fn looks(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.words.len()).collect();
        order.sort_by(|a, b| self.words[*a].cmp(&self.words[*b]));
        let mut taken = [false; LOOKS];
        let mut out = vec![0; self.words.len()];
        for k in order {
            let want = self.wanted[k];
            let free = (0..LOOKS).map(|n| (want + n) % LOOKS).find(|l| !taken[*l]).unwrap_or(want);
            taken[free] = true;
            out[k] = free;
        }
        out
    }
}

/// The regime of each row as a number into `names`, which grows by new ones.
fn categories(p: &Prepared, table: &Table, names: &mut Named) -> Vec<Option<usize>> {
    let of: Vec<usize> = table.regimes.iter().map(|s| names.of(p, s)).collect();
    table.rows.iter().map(|row| of.get(row.regime as usize).copied()).collect()
}

/// A map on a finer grid.
struct Drawn {
    x: Vec<f64>,
    y: Vec<f64>,
    cell: Vec<Option<usize>>,
}

/// The map with more points where neighbours differ, so that borders come out as lines and not as steps.
///
/// Elsewhere a point takes the regime of the four around it. `None` where a single row or column leaves nothing to cut.
fn refined(r: &Request, swept: &Swept, axes: [&Axis; 2], cell: &[Option<usize>], names: &mut Named) -> Result<Option<Drawn>, Failure> {
    let [x, y] = swept.points.values.as_slice() else { return Ok(None) };
    let (nx, ny) = (x.len(), y.len());
    if nx < 2 || ny < 2 || axes.iter().any(|a| !matches!(a.grid, Grid::Range { .. })) {
        return Ok(None);
    }
    let cut = |list: &[f64], axis: &Axis| -> Vec<f64> {
        let log = matches!(axis.grid, Grid::Range { log: true, .. });
        let between = |a: f64, b: f64, t: f64| if log { a * (b / a).powf(t) } else { a + (b - a) * t };
        let parts = list.windows(2).flat_map(|w| (0..PARTS).map(move |k| between(w[0], w[1], k as f64 / PARTS as f64)));
        parts.chain(list.last().copied()).collect()
    };
    let (fx, fy) = (cut(x, axes[0]), cut(y, axes[1]));
    let at = |i: usize, j: usize| cell.get(j * nx + i).copied().flatten();
    let mut fine = vec![None; fx.len() * fy.len()];
    let mut open = Vec::new();
    for (i, _) in fx.iter().enumerate() {
        for (j, _) in fy.iter().enumerate() {
            let (left, low) = (i / PARTS, j / PARTS);
            let (right, high) = (i.div_ceil(PARTS), j.div_ceil(PARTS));
            let kind = at(left, low);
            if at(right, low) == kind && at(left, high) == kind && at(right, high) == kind {
                fine[j * fx.len() + i] = kind;
            } else {
                open.push(i * fy.len() + j);
            }
        }
    }
    let points = Points { axes: swept.points.axes.clone(), values: vec![fx.clone(), fy.clone()], chosen: Some(open), ..Points::default() };
    let table = grid::table(r, &swept.prepared, &swept.base, &points, &[])?;
    let found = categories(&swept.prepared, &table, names);
    for (k, category) in points.chosen.iter().flatten().zip(found) {
        fine[(k % fy.len()) * fx.len() + k / fy.len()] = category;
    }
    Ok(Some(Drawn { x: fx, y: fy, cell: fine }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Options;
    use crate::model::load;
    use crate::session::Session;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    fn map(fine: bool) -> (Vec<f64>, Vec<f64>, Vec<Option<usize>>) {
        let text = include_str!("../../../examples/small_ho.trade");
        let Ok(mut session) = Session::new(load::load_text("small_ho", text, Path::new("small_ho.trade"), &load::Disk)) else { panic!("a model") };
        let (options, interrupt) = (Options::default(), AtomicBool::new(false));
        let argument = "regimes over beta = 1..2 : 9, L = 50..200 : 9";
        let mut r = Request { session: &mut session, options: &options, argument, interrupt: &interrupt };
        let Ok(request) = super::super::parse(&mut r, argument) else { panic!("a request") };
        let Ok(picture) = draw(&mut r, &request, fine) else { panic!("a map") };
        let cells = picture.figure.series.into_iter().find_map(|s| match s {
            crate::present::plot::figure::Series::Cells(c) => Some((c.x, c.y, c.cell)),
            _ => None,
        });
        cells.expect("cells")
    }

    /// At its own points a fine map says what the coarse one says, and it places borders within a part of a cell.
    #[test]
    fn a_fine_map_refines_borders_only() {
        let (coarse, fine) = (map(false), map(true));
        assert_eq!((coarse.0.len(), fine.0.len(), fine.1.len()), (9, 8 * PARTS + 1, 8 * PARTS + 1));
        for (j, _) in coarse.1.iter().enumerate() {
            for (i, _) in coarse.0.iter().enumerate() {
                assert_eq!(coarse.2[j * 9 + i], fine.2[j * PARTS * fine.0.len() + i * PARTS], "at {i}, {j}");
            }
        }
        // The tasks' border does not depend on L where both goods are made: β = 1.533148.
        let top = fine.1.len() - 1;
        let row = &fine.2[top * fine.0.len()..];
        let last = (1..row.len()).rev().find(|i| row[*i] != row[*i - 1]).expect("a border");
        assert!((fine.0[last - 1]..fine.0[last]).contains(&1.533148), "{} to {}", fine.0[last - 1], fine.0[last]);
    }
}
