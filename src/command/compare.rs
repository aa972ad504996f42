//! `compare`: scenarios side by side, a column each: levels, changes from the first, welfare last.

use super::shocks;
use super::{Answer, Request};
use crate::diag::Diagnostic;
use crate::present::fold::Columns;
use crate::present::json;
use crate::present::number::Digits;
use crate::present::sheet::{Cell, Line, Sheet};
use crate::present::table::{Align, Table};
use crate::session::shock::{Changed, Shocked, clean};
use crate::session::{Failure, single};
use crate::sink::Tex;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The scenario without any shock.
const BASELINE: &str = "baseline";

/// A quantity in every scenario.
struct Row {
    name: String,
    display: String,
    latex: String,
    /// Its change is a plain difference.
    plain: bool,
    levels: Vec<f64>,
    /// Their relative errors, where they are larger than is taken for granted.
    errors: Vec<Option<f64>>,
}

impl Row {
    /// Levels with their errors.
    fn known(&self) -> impl Iterator<Item = (f64, Option<f64>)> + '_ {
        self.levels.iter().copied().zip(self.errors.iter().copied())
    }

    /// Percentage change from the first scenario, or the plain one.
    fn change(&self, k: usize) -> Option<(f64, bool)> {
        let (base, v) = (*self.levels.first()?, *self.levels.get(k)?);
        if !base.is_finite() || !v.is_finite() {
            return None;
        }
        // What is nothing but the arithmetic of two solutions is no change.
        let v = if clean(v - base, base.abs().max(v.abs())) == 0.0 { base } else { v };
        if self.plain || base <= 0.0 || v <= 0.0 { Some((v - base, true)) } else { Some((100.0 * (v / base - 1.0), false)) }
    }
}

pub fn compare(r: Request) -> Result<Answer, Failure> {
    let names = scenarios(&r)?;
    let mut columns: Vec<(String, Option<Shocked>)> = vec![(BASELINE.to_string(), None)];
    for name in names.into_iter().filter(|n| n != BASELINE) {
        let mut one = Request { session: &mut *r.session, argument: &name, options: r.options, interrupt: r.interrupt };
        let (shocked, title) = shocks::solve(&mut one)?;
        columns.push((title, Some(shocked)));
    }
    let Some(first) = columns.iter().find_map(|c| c.1.as_ref()) else {
        let d = Diagnostic::new("C004", "a baseline alone has nothing beside it").help(known(&r));
        return Err(r.session.failure(single(d)));
    };
    let rows = rows(first, &columns);
    let titles: Vec<String> = columns.iter().map(|c| c.0.clone()).collect();
    let mut out = Answer::new(r.session);
    out.json = body(&rows, &columns);
    let d = r.options.digits;
    if r.options.csv {
        let rows =
            sheet(&rows, &titles).csv().map_err(|e| r.session.failure(single(Diagnostic::new("F003", format!("cannot write the rows: {e}")))))?;
        out.text = rows;
        out.copy = true;
    } else if r.options.latex {
        out.latex = Some(Tex::document(&latex(&rows, &titles, d)));
    } else {
        out.text = text(&rows, &columns, d, r.options.columns);
    }
    Ok(out)
}

/// What is compared: names of shocks, or changes as a shock takes them, between commas; those that the file declares where nothing is named.
fn scenarios(r: &Request) -> Result<Vec<String>, Failure> {
    let declared: Vec<&str> = r.session.economy.shocks.iter().map(|s| s.name.as_ref()).collect();
    let text = r.argument.trim();
    if text.is_empty() {
        if declared.is_empty() {
            return Err(r.session.failure(single(Diagnostic::new("C004", "compare what?").help(known(r)))));
        }
        return Ok(declared.into_iter().map(str::to_string).collect());
    }
    let mut depth = 0i32;
    let cut = |c: char| {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        c == ',' && depth == 0
    };
    let list: Vec<String> = text.split(cut).map(|s| s.trim().to_string()).filter(|s| !s.is_empty()).collect();
    Ok(list)
}

fn known(r: &Request) -> String {
    let declared: Vec<String> = r.session.economy.shocks.iter().map(|s| s.name.to_string()).collect();
    if declared.is_empty() { "write changes: `compare beta -10%, beta -20%`".into() } else { format!("write `compare {}`", declared.join(", ")) }
}

/// The reported quantities, welfare last.
fn rows(first: &Shocked, columns: &[(String, Option<Shocked>)]) -> Vec<Row> {
    let system = &first.prepared.system;
    let row = |c: &Changed| {
        let of = |s: &Shocked| s.quantities.iter().find(|q| q.name == c.name).map(|q| (q.after, q.plain, q.sym.and_then(|x| s.after.error(x))));
        let before = || (c.before, c.plain, c.sym.and_then(|x| first.before.error(x)));
        let found: Vec<Option<(f64, bool, Option<f64>)>> = columns.iter().map(|(_, s)| s.as_ref().map_or_else(|| Some(before()), of)).collect();
        Row {
            name: c.name.clone(),
            display: c.display.clone(),
            latex: c.sym.map_or_else(|| crate::model::naming::latex_text(&c.name), |s| system.info(s).latex.clone()),
            plain: found.iter().flatten().any(|f| f.1),
            levels: found.iter().map(|f| f.map_or(f64::NAN, |f| f.0)).collect(),
            errors: found.iter().map(|f| f.and_then(|f| f.2)).collect(),
        }
    };
    let shown = shocks::shown(first);
    let is_welfare = |c: &Changed| c.name == "welfare" || c.name.starts_with("welfare[");
    let welfare = first.quantities.iter().filter(|c| is_welfare(c));
    shown.into_iter().filter(|c| !is_welfare(c)).chain(welfare).map(row).collect()
}

fn shown_change(change: Option<(f64, bool)>, d: Digits) -> String {
    match change {
        None => "–".into(),
        Some((v, true)) => format!("({}{})", if v > 0.0 { "+" } else { "" }, d.value(v)),
        Some((v, false)) => d.signed(v),
    }
}

fn text(rows: &[Row], columns: &[(String, Option<Shocked>)], d: Digits, room: Columns) -> String {
    let mut out = String::new();
    for (title, shocked) in columns {
        match shocked {
            None => out.push_str(&format!("{title}   as it stands\n")),
            Some(s) => out.push_str(&format!("{title}   {}\n", shocks::moves_words(s, d))),
        }
    }
    let head = |label: &str| std::iter::once(label.to_string()).chain(columns.iter().map(|c| c.0.clone())).collect::<Vec<_>>();
    let mut table = Table::new(&[Align::Left]);
    table.row(head("level"));
    for r in rows {
        table.row(std::iter::once(r.display.clone()).chain(r.known().map(|(v, error)| d.known(v, error))));
    }
    out.push_str(&table.within(2, room));
    let mut table = Table::new(&[Align::Left]);
    let mut line = head("% change");
    line.remove(1);
    table.row(line);
    for r in rows {
        table.row(std::iter::once(r.display.clone()).chain((1..r.levels.len()).map(|k| shown_change(r.change(k), d))));
    }
    out.push_str(&table.within(2, room));
    for (title, shocked) in columns {
        let Some(s) = shocked else { continue };
        let (before, after) = (s.prepared.regime_words(&s.before), s.prepared.regime_words(&s.after));
        if before != after {
            out.push_str(&format!("  {title}: {after}\n"));
        }
    }
    if rows.iter().any(|r| (1..r.levels.len()).any(|k| r.change(k).is_some_and(|c| c.1))) {
        out.push_str("  in brackets: change of the level\n");
    }
    out
}

fn latex(rows: &[Row], titles: &[String], d: Digits) -> String {
    use crate::present::formula::latex_words;
    let number = |s: String| if s == "–" { "--".to_string() } else { format!("${}$", s.replace('−', "-")) };
    let names: Vec<String> = titles.iter().map(|t| latex_words(&t.replace('_', " "))).collect();
    let n = titles.len();
    let mut out = format!("\\begin{{tabular}}{{l{}}}\n\\hline\n & {} \\\\\n\\hline\n", "r".repeat(n), names.join(" & "));
    let _ = writeln!(out, "\\multicolumn{{{}}}{{l}}{{\\emph{{Levels}}}} \\\\", n + 1);
    for r in rows {
        let cells: Vec<String> = r.known().map(|(v, error)| number(d.known(v, error))).collect();
        let _ = writeln!(out, "${}$ & {} \\\\", r.latex, cells.join(" & "));
    }
    let _ = writeln!(out, "\\multicolumn{{{}}}{{l}}{{\\emph{{Changes in per cent; of the level in brackets}}}} \\\\", n + 1);
    for r in rows {
        let cells: Vec<String> = (1..n).map(|k| number(shown_change(r.change(k), d))).collect();
        let _ = writeln!(out, "${}$ & & {} \\\\", r.latex, cells.join(" & "));
    }
    out.push_str("\\hline\n\\end{tabular}\n");
    out
}

fn sheet(rows: &[Row], titles: &[String]) -> Sheet {
    let changes = titles.iter().skip(1).flat_map(|t| [format!("{t}: change"), format!("{t}: kind")]);
    let heads = titles.iter().cloned().chain(changes).collect();
    let lines = rows.iter().map(|r| {
        let levels = r.known().map(|(v, error)| Cell::Number(v, error));
        let changes = (1..titles.len()).flat_map(|k| match r.change(k) {
            Some((v, plain)) => [Cell::Number(v, None), Cell::Words(if plain { "level" } else { "percent" }.to_string())],
            None => [Cell::None, Cell::None],
        });
        Line { name: r.name.clone(), latex: r.latex.clone(), cells: levels.chain(changes).collect() }
    });
    Sheet { heads, lines: lines.collect() }
}

fn body(rows: &[Row], columns: &[(String, Option<Shocked>)]) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("scenarios".into(), json!(columns.iter().map(|c| c.0.as_str()).collect::<Vec<_>>()));
    let of = |f: &dyn Fn(&Row) -> Value| Value::Object(rows.iter().map(|r| (r.name.clone(), f(r))).collect());
    out.insert("levels".into(), of(&|r| Value::Array(r.levels.iter().map(|v| json::number(*v)).collect())));
    let changes = |r: &Row| {
        let one = |k: usize| {
            r.change(k).map_or(Value::Null, |(v, plain)| json!({"value": json::number(v), "kind": if plain { "level" } else { "percent" }}))
        };
        Value::Array((1..r.levels.len()).map(one).collect())
    };
    out.insert("changes".into(), of(&changes));
    let regimes: Vec<Value> = columns.iter().map(|(_, s)| s.as_ref().map_or(Value::Null, |s| json!(s.prepared.regime_words(&s.after)))).collect();
    out.insert("regimes".into(), Value::Array(regimes));
    out
}
