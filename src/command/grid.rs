//! `sweep`: a grid of equilibria, to the terminal or to CSV.

use super::{Answer, Request};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::model::{Axis, Economy};
use crate::present::cell::Rows;
use crate::present::fold::Columns;
use crate::present::{json, number, table};
use crate::session::grid::{self, Points, Table};
use crate::session::{Failure, Prepared, failure::exit, single};
use crate::solve::Solution;
use crate::syntax::parser;
use crate::system::Role;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Rows that the terminal shows.
const SHOWN: usize = 25;

/// A grid solved, with what was asked of it.
pub struct Swept {
    pub prepared: Prepared,
    pub base: Solution,
    pub points: Points,
    pub asked: Vec<Sym>,
    pub table: Table,
}

pub fn sweep(mut r: Request) -> Result<Answer, Failure> {
    let argument = r.argument.trim().to_string();
    if r.session.economy.sweeps.iter().any(|s| *s.name == argument) {
        return named(&mut r, &argument);
    }
    if argument.is_empty() {
        let known: Vec<String> = r.session.economy.sweeps.iter().map(|s| format!("`{}`", s.name)).collect();
        if let [_] = known.as_slice() {
            let name = r.session.economy.sweeps[0].name.to_string();
            return named(&mut r, &name);
        }
        let help = if known.is_empty() {
            "write the grid: `beta = 1.1..1.5 : 100`".to_string()
        } else {
            format!("name a sweep of the file ({}), or write the grid: `beta = 1.1..1.5 : 100`", known.join(", "))
        };
        return Err(r.session.failure(single(Diagnostic::new("C005", "sweep what?").help(help))));
    }
    if argument.chars().all(|c| c.is_alphanumeric() || c == '_') {
        let known: Vec<&str> = r.session.economy.sweeps.iter().map(|s| s.name.as_ref()).collect();
        let d = Diagnostic::new("C005", format!("there is no sweep `{argument}`"));
        let d = match crate::model::names::nearest(&argument, known.iter().copied()) {
            Some(n) => d.help(format!("did you mean `{n}`?")),
            None => d.help(format!("write the grid: `{argument} = 1.1..1.5 : 100`")),
        };
        return Err(r.session.failure(single(d)));
    }
    let (economy, axes) = axes(&mut r, &argument)?;
    answer(&mut r, economy, &axes, &argument)
}

pub fn named(r: &mut Request, name: &str) -> Result<Answer, Failure> {
    let Some(sweep) = r.session.economy.sweeps.iter().find(|s| *s.name == *name).cloned() else {
        return Err(r.session.failure(single(Diagnostic::new("C005", format!("there is no sweep `{name}`")))));
    };
    let economy = r.session.economy.clone();
    answer(r, economy, &sweep.axes, name)
}

pub fn axes(r: &mut Request, text: &str) -> Result<(Economy, Vec<Axis>), Failure> {
    let file = r.session.add_text("<argument>", text);
    let parsed = parser::parse_axes(file, text).map_err(|d| r.session.failure(d))?;
    r.session.resolve(|res, scope| res.axes(&parsed, scope)).map_err(|d| r.session.failure(d))
}

/// Solves a grid; rows hold what is listed and what the expressions `of` rest on.
///
/// # Errors
/// Diagnostics of the system and the grid; the user stopped it.
pub fn solve(r: &Request, economy: Economy, axes: &[Axis], of: &[NodeId]) -> Result<Swept, Failure> {
    let swept = solve_finished(r, economy, axes, of, None)?;
    match stopped(&swept.table, &swept.points) {
        Some(d) => Err(r.session.failure(single(d))),
        None => Ok(swept),
    }
}

/// The equilibria of a sweep that a table shows, with those that are finished where the user stops it.
///
/// # Errors
/// Diagnostics of the system and the grid.
pub fn shown(r: &Request, economy: Economy, axes: &[Axis]) -> Result<Swept, Failure> {
    solve_finished(r, economy, axes, &[], Some(picked))
}

/// As [`solve`], with the points that are finished where the user stops it; of all points those that `chosen` takes.
fn solve_finished(
    r: &Request,
    mut economy: Economy,
    axes: &[Axis],
    of: &[NodeId],
    chosen: Option<fn(usize) -> Vec<usize>>,
) -> Result<Swept, Failure> {
    r.session.cut(&mut economy, &axes.iter().map(|a| a.target).collect::<Vec<_>>());
    let mut prepared = r.session.prepare(economy, Vec::new(), true).map_err(|d| r.session.failure(d))?;
    let base = prepared.equilibrium(r.session, r.interrupt);
    let mut points = grid::points(&prepared.economy, &prepared.parameters, axes).map_err(|d| r.session.failure(d))?;
    points.chosen = chosen.map(|c| c(points.len()));
    let mut asked = prepared.listed();
    asked.retain(|s| !matches!(prepared.system.info(*s).role, Role::Parameter(_)));
    asked.extend(unknown(&prepared, of).into_iter().filter(|s| !asked.contains(s)).collect::<Vec<_>>());
    let table = finished(r, &prepared, &base, &points, &asked);
    Ok(Swept { prepared, base, points, asked, table })
}

/// What expressions rest on that is no parameter.
fn unknown(prepared: &Prepared, of: &[NodeId]) -> Vec<Sym> {
    let fixed = |s: &Sym| matches!(prepared.system.info(*s).role, Role::Parameter(_) | Role::Bound);
    prepared.system.dag.symbols(of).into_iter().filter(|s| !fixed(s)).collect()
}

/// As [`solve`], over points given as numbers; only what the expressions rest on is kept, if there are any.
///
/// # Errors
/// Diagnostics of the system.
pub(super) fn solve_points(r: &Request, mut economy: Economy, points: Points, of: &[NodeId]) -> Result<Swept, Failure> {
    r.session.cut(&mut economy, &points.axes);
    let mut prepared = r.session.prepare(economy, Vec::new(), of.is_empty()).map_err(|d| r.session.failure(d))?;
    let base = prepared.equilibrium(r.session, r.interrupt);
    let asked = if of.is_empty() {
        prepared.listed().into_iter().filter(|s| !matches!(prepared.system.info(*s).role, Role::Parameter(_))).collect()
    } else {
        unknown(&prepared, of)
    };
    let table = finished(r, &prepared, &base, &points, &asked);
    Ok(Swept { prepared, base, points, asked, table })
}

/// Solves all of some points.
///
/// # Errors
/// The user stopped it.
pub fn table(r: &Request, prepared: &Prepared, base: &Solution, points: &Points, asked: &[Sym]) -> Result<Table, Failure> {
    let table = finished(r, prepared, base, points, asked);
    match stopped(&table, points) {
        Some(d) => Err(r.session.failure(single(d))),
        None => Ok(table),
    }
}

/// Where a sweep that the user stopped stands.
fn stopped(table: &Table, points: &Points) -> Option<Diagnostic> {
    let words = format!("interrupted after {} of {} points", table.rows.len(), points.len());
    table.stopped.then(|| Diagnostic::new("S130", words))
}

/// Nobody wonders before.
const QUIET: Duration = Duration::from_secs(1);

/// Solves points until the user stops it, with a bar on stderr from the second second on.
fn finished(r: &Request, prepared: &Prepared, base: &Solution, points: &Points, asked: &[Sym]) -> Table {
    let n = points.len();
    let bar = if r.options.progress {
        let bar = ProgressBar::new(n as u64);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} points, {eta} left") {
            bar.set_style(style);
        }
        bar
    } else {
        ProgressBar::hidden()
    };
    // What the file checks at its own values holds at every point of a grid too.
    let session = &*r.session;
    let economy = &prepared.economy;
    let settled = economy.parameter_values(&session.settings);
    let few = economy.checks_on(&points.axes).filter(|_| !economy.check_intervals(&settled));
    let admissible = |at: &[f64]| {
        if let Some(few) = &few {
            let mut values = settled.clone();
            points.axes.iter().zip(at).for_each(|(s, v)| values[s.index()] = *v);
            return !economy.check_some(few, &values);
        }
        let mut settings = session.settings.clone();
        settings.extend(points.axes.iter().copied().zip(at.iter().copied()));
        !economy.check_intervals(&economy.parameter_values(&settings))
    };
    let began = Instant::now();
    let tell = |done: usize| {
        if began.elapsed() > QUIET {
            bar.set_position(done as u64);
        }
    };
    let table = prepared.grid(base, points, asked, &admissible, r.options.threads, &tell, r.interrupt);
    bar.finish_and_clear();
    table
}

fn answer(r: &mut Request, economy: Economy, axes: &[Axis], title: &str) -> Result<Answer, Failure> {
    if axes.is_empty() {
        let d = Diagnostic::new("C014", "nothing is moved").help("name a parameter and its values: `beta = 1.1..1.5 : 100`");
        return Err(r.session.failure(single(d)));
    }
    let swept = solve_finished(r, economy, axes, &[], None)?;
    let mut out = Answer::new(r.session);
    let system = &swept.prepared.system;
    let parameters: Vec<String> = swept.points.axes.iter().map(|s| system.info(*s).name.clone()).collect();
    let names: Vec<String> = swept.asked.iter().map(|s| system.info(*s).name.clone()).collect();
    if let Some(path) = &r.options.out {
        if path.extension().is_some_and(|e| e == "parquet") {
            return Err(r.session.failure(single(Diagnostic::new("C024", "Parquet files are not yet written").help("write CSV: `--out F.csv`"))));
        }
        let bytes = csv(&swept, &parameters, &names)
            .map_err(|e| r.session.failure(single(Diagnostic::new("F003", format!("cannot write the rows: {e}")))))?;
        r.write(path, &bytes)?;
    }
    let n = swept.table.rows.len();
    let stopped = stopped(&swept.table, &swept.points);
    let mut text = match &stopped {
        Some(_) => format!("sweep {title}   stopped: {n} of {} points", swept.points.len()),
        None => format!("sweep {title}   {n} points"),
    };
    match swept.table.failed {
        0 => {}
        f => {
            let _ = write!(text, ", {f} failed");
        }
    }
    text.push('\n');
    text.push_str(&borders(&swept, r.options.digits));
    text.push_str(&other_branch(&swept, r.options.digits));
    if let Some(path) = &r.options.out {
        let _ = writeln!(text, "  written to {}", path.display());
    } else {
        text.push_str(&rows(&swept, r.options.digits, r.options.columns));
    }
    out.text = text;
    out.json.insert("parameters".into(), json!(parameters));
    out.json.insert("columns".into(), json!(names));
    // Rows as JSON take longer than the solutions themselves.
    let wanted = if r.options.json { swept.table.rows.len() } else { 0 };
    let list: Vec<Value> = swept
        .table
        .rows
        .iter()
        .take(wanted)
        .map(|row| {
            let at: Vec<Value> = row.parameters.iter().map(|v| json::number(*v)).collect();
            let values: Vec<Value> = row.values.iter().map(|v| json::number(*v)).collect();
            let mut row_json = json!({"at": at, "status": row.status, "values": values});
            if let Some(errors) = &row.errors {
                row_json["error"] = errors.iter().map(|e| json::number(*e)).collect();
            }
            if row.other_branch {
                row_json["other_branch"] = json!(true);
            }
            row_json
        })
        .collect();
    out.json.insert("rows".into(), Value::Array(list));
    out.json.insert("failed".into(), json!(swept.table.failed));
    if swept.table.failed > 0 {
        out.exit = exit::NO_EQUILIBRIUM;
    }
    if let Some(d) = stopped {
        out.json.insert("status".into(), json!("interrupted"));
        out.json.insert("points".into(), json!(swept.points.len()));
        out.diagnostics.push(d);
        out.exit = exit::INTERRUPTED;
    }
    Ok(out)
}

fn csv(s: &Swept, parameters: &[String], names: &[String]) -> Result<Vec<u8>, csv::Error> {
    let mut out = Rows::default();
    for head in parameters.iter().map(String::as_str).chain(["status", "regime"]).chain(names.iter().map(String::as_str)) {
        out.text(head)?;
    }
    out.end()?;
    let words: Vec<String> = s.table.regimes.iter().map(|x| s.prepared.regime_words(x)).collect();
    for row in &s.table.rows {
        for v in &row.parameters {
            out.number(*v)?;
        }
        out.text(row.status)?;
        out.text(words.get(row.regime as usize).map_or("", String::as_str))?;
        for (c, v) in row.values.iter().enumerate() {
            out.number(number::to_known(*v, row.error(c)))?;
        }
        out.end()?;
    }
    out.finish()
}

/// Between which points of a one-dimensional sweep the regime changes.
fn borders(s: &Swept, d: number::Digits) -> String {
    let mut out = String::new();
    if s.points.axes.len() != 1 || s.table.regimes.iter().all(|r| s.prepared.regime_words(r).is_empty()) {
        return out;
    }
    let name = &s.prepared.system.info(s.points.axes[0]).name;
    let words = |x: &Solution| {
        let free = s.prepared.free_words(x).map_or(String::new(), |f| format!("; undetermined, one of many shown: {f}"));
        format!("{}{free}", s.prepared.regime_words(x))
    };
    let mut last: Option<usize> = None;
    for (k, row) in s.table.rows.iter().enumerate() {
        let Some(solution) = s.table.regimes.get(row.regime as usize) else { continue };
        match last {
            Some(l) if s.table.rows[l].regime == row.regime => {}
            Some(l) => {
                let _ = writeln!(
                    out,
                    "  between {name} = {} and {}: {}",
                    d.short(s.table.rows[l].parameters[0]),
                    d.short(row.parameters[0]),
                    words(solution)
                );
            }
            None => {
                let _ = writeln!(out, "  from {name} = {}: {}", d.short(row.parameters[0]), words(solution));
            }
        }
        last = Some(k);
    }
    out
}

/// Where a sweep shows another equilibrium than the one it starts from.
fn other_branch(s: &Swept, d: number::Digits) -> String {
    let there: Vec<&grid::Row> = s.table.rows.iter().filter(|r| r.other_branch).collect();
    let (Some(first), Some(last)) = (there.first(), there.last()) else { return String::new() };
    let place = match (s.points.axes.as_slice(), first.parameters.first(), last.parameters.first()) {
        ([axis], Some(a), Some(b)) => format!(", {} from {} to {}", s.prepared.system.info(*axis).name, d.short(*a), d.short(*b)),
        _ => String::new(),
    };
    format!("  another equilibrium at {} points{place}: the branch of the present one ends on the way there\n", there.len())
}

/// Which of `n` points a table shows.
pub fn picked(n: usize) -> Vec<usize> {
    if n <= SHOWN { (0..n).collect() } else { (0..SHOWN).map(|k| k * (n - 1) / (SHOWN - 1)).collect() }
}

/// The columns of a table of equilibria: those of the report, or the unknowns without one.
pub fn heads(s: &Swept) -> Vec<Sym> {
    let system = &s.prepared.system;
    let report: Vec<Sym> = s
        .prepared
        .economy
        .report
        .iter()
        .filter_map(|n| if let crate::expr::Node::Sym(x) = s.prepared.system.dag.node(n.node) { Some(*x) } else { None })
        .collect();
    let wanted = |x: &Sym| if report.is_empty() { matches!(system.info(*x).role, Role::Unknown { .. }) } else { report.contains(x) };
    s.asked.iter().copied().filter(wanted).take(8).collect()
}

/// The cells of the `k`-th row: parameters, then what `heads` names.
pub fn cells(s: &Swept, k: usize, heads: &[Sym], d: number::Digits) -> Vec<String> {
    let Some(row) = s.table.rows.get(k) else { return Vec::new() };
    let cell = |x: &Sym| {
        let Some((c, v)) = s.asked.iter().position(|a| a == x).and_then(|c| Some((c, *row.values.get(c)?))) else { return row.status.to_string() };
        if v.is_nan() { row.status.to_string() } else { d.known(v, row.error(c)) }
    };
    row.parameters.iter().map(|v| d.short(*v)).chain(heads.iter().map(cell)).collect()
}

fn rows(s: &Swept, d: number::Digits, columns: Columns) -> String {
    let system = &s.prepared.system;
    let heads = heads(s);
    let mut t = table::Table::new(&[]);
    let axes = s.points.axes.iter().map(|x| system.info(*x).name.clone());
    t.row(axes.chain(heads.iter().map(|x| system.info(*x).display.clone())));
    let n = s.table.rows.len();
    for k in picked(n) {
        t.row(cells(s, k, &heads, d));
    }
    let mut out = t.within(2, columns);
    if n > SHOWN {
        let _ = writeln!(out, "  ({SHOWN} of {n} points; `--out F.csv` writes them all)");
    }
    out
}
