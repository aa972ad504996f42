//! Equilibria at many points given as columns of numbers, for programs that hold their grids in arrays.

use super::{Request, grid};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::eval;
use crate::model::resolve::{Resolver, Scope};
use crate::session::{Failure, grid::Points, single};
use crate::solve::LOOSE;
use crate::syntax::{
    parser,
    tree::{Expr, Item},
};

/// What is moved, and what is kept of each point.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Parameters with their values.
    pub axes: Vec<(String, Vec<f64>)>,
    /// Every combination, the first axis slowest; else the axes move together, row by row.
    pub product: bool,
    /// Expressions to keep; all quantities of the model if empty.
    pub of: Vec<String>,
    /// Points that are solved one after the other, where these are a part of more; see [`chunk`].
    pub chunk: Option<usize>,
}

/// The points solved, in the order of the grid.
#[derive(Debug, Default)]
pub struct Table {
    /// The axes' values, by axis.
    pub axes: Vec<(String, Vec<f64>)>,
    /// `solved`, `indeterminate`, `none`, `not_found`, `outside` (of an interval).
    pub status: Vec<&'static str>,
    /// Indices into `regimes`; `u32::MAX` where there is no equilibrium.
    pub regime: Vec<u32>,
    pub regimes: Vec<String>,
    /// The largest relative error of the quantities that are kept or behind what is, [`LOOSE`] where it is not larger.
    pub error: Vec<f64>,
    /// What was kept, by column; NaN where a point failed.
    pub values: Vec<(String, Vec<f64>)>,
    /// Whether the user stopped it: the rows are those that were finished before.
    pub stopped: bool,
}

/// Points that a sweep of so many solves one after the other. A part that starts at a multiple of it, solved with that chunk, has the bits of the whole.
pub fn chunk(points: usize) -> usize {
    crate::solve::chunk_size(points)
}

/// Solves all points.
///
/// # Errors
/// Diagnostics of names, of axes of unlike lengths, of the system.
pub fn solve(mut r: Request, columns: &Columns) -> Result<Table, Failure> {
    let fail = |r: &Request, d: Diagnostic| r.session.failure(single(d));
    if columns.axes.is_empty() {
        return Err(fail(&r, Diagnostic::new("C014", "nothing is moved").help("name a parameter and its values")));
    }
    let lengths: Vec<usize> = columns.axes.iter().map(|a| a.1.len()).collect();
    if !columns.product && lengths.windows(2).any(|w| w[0] != w[1]) {
        let list: Vec<String> = columns.axes.iter().map(|a| format!("{} of `{}`", a.1.len(), a.0)).collect();
        return Err(fail(
            &r,
            Diagnostic::new("C025", format!("columns of unlike lengths: {}", list.join(", ")))
                .help("a row is a point: give each parameter as many values"),
        ));
    }
    let targets = read(&mut r, "<axis>", columns.axes.iter().map(|a| &a.0))?;
    let of = read(&mut r, "<quantity>", columns.of.iter())?;
    let items: Vec<Item> = of.into_iter().map(|value| Item { value, family: None }).collect();
    let ask = |res: &mut Resolver, scope: &Scope| {
        let axes: Vec<_> = targets.iter().filter_map(|t| res.parameter(t, scope).ok()).collect();
        (axes, res.named(&items, scope))
    };
    let (economy, (axes, named)) = r.session.resolve(ask).map_err(|d| r.session.failure(d))?;
    if let Some(k) = (1..axes.len()).find(|k| axes[..*k].contains(&axes[*k])) {
        return Err(fail(&r, Diagnostic::new("C011", format!("`{}` is swept twice", columns.axes[k].0))));
    }
    let nodes: Vec<_> = named.iter().map(|n| n.node).collect();
    let points =
        Points { axes, values: columns.axes.iter().map(|a| a.1.clone()).collect(), together: !columns.product, chunk: columns.chunk, chosen: None };
    let swept = grid::solve_points(&r, economy, points, &nodes)?;
    let system = &swept.prepared.system;
    let rows = &swept.table.rows;
    let mut out = Table {
        axes: swept
            .points
            .axes
            .iter()
            .enumerate()
            .map(|(k, s)| (system.info(*s).name.clone(), rows.iter().map(|row| row.parameters[k]).collect()))
            .collect(),
        status: rows.iter().map(|row| row.status).collect(),
        regime: rows.iter().map(|row| row.regime).collect(),
        regimes: swept.table.regimes.iter().map(|x| swept.prepared.regime_words(x)).collect(),
        error: rows.iter().map(|row| row.errors.iter().flatten().fold(LOOSE, |m, e| m.max(*e))).collect(),
        values: Vec::new(),
        stopped: swept.table.stopped,
    };
    if nodes.is_empty() {
        out.values =
            swept.asked.iter().enumerate().map(|(k, s)| (system.info(*s).name.clone(), rows.iter().map(|row| row.values[k]).collect())).collect();
        return Ok(out);
    }
    out.values = columns.of.iter().map(|name| (name.clone(), Vec::with_capacity(rows.len()))).collect();
    let mut values = swept.prepared.parameters.clone();
    for row in rows {
        for (s, v) in swept.points.axes.iter().zip(&row.parameters).chain(swept.asked.iter().zip(&row.values)) {
            values[s.index()] = *v;
        }
        let fine = row.regime != u32::MAX;
        let found = eval::evaluate(&system.dag, &nodes, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
        for (column, v) in out.values.iter_mut().zip(found) {
            column.1.push(if fine { v } else { f64::NAN });
        }
    }
    Ok(out)
}

/// Expressions from their texts; all that are wrong are told at once.
fn read<'t>(r: &mut Request, what: &str, texts: impl Iterator<Item = &'t String>) -> Result<Vec<Expr>, Failure> {
    let mut found = Diagnostics::default();
    let mut out = Vec::new();
    for text in texts {
        let file = r.session.add_text(what, text);
        match parser::parse_expr(file, text) {
            Ok(e) => out.push(e),
            Err(d) => found.extend(d),
        }
    }
    if found.has_errors() { Err(r.session.failure(found)) } else { Ok(out) }
}
