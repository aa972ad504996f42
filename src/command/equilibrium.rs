//! `solve`, `run`, `regime`, `elasticities`.

use super::several::{self, Several};
use super::{Answer, Request, grid, shocks};
use crate::expr::Sym;
use crate::present::fold::Columns;
use crate::present::json;
use crate::present::number::{Digits, digits_known};
use crate::present::sheet::{Cell, Line, Sheet};
use crate::present::table::{Align, Table};
use crate::session::elasticities::{Elasticities, measures};
use crate::session::regime::{Holds, State};
use crate::session::solved::Solved;
use crate::session::{Failure, Session, failure::exit};
use crate::solve::{NOTHING, Solution, Status};
use crate::system::{Quantity, Role};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

/// Fewer digits than this are worth a line.
const TAKEN_FOR_GRANTED: usize = 9;

fn solved(r: &Request) -> Result<Solved, Failure> {
    r.session.solve(r.interrupt).map_err(|d| r.session.failure(d))
}

pub fn solve(r: Request) -> Result<Answer, Failure> {
    let s = solved(&r)?;
    let mut answer = Answer::new(r.session);
    answer.json = equilibrium_json(&s, r.session, &[], r.interrupt);
    let found = r.options.starts.map(|n| Several::new(&s, n, r.interrupt));
    let mut text = heading(r.session);
    text.push_str(&status_lines(&s, r.options.digits, (&[], &[]), found.as_ref()));
    if let Some(found) = &found {
        text.push_str(&found.text(&s, r.options.digits));
        found.json(&s, &mut answer.json);
    }
    text.push('\n');
    let listed: Vec<(Sym, f64)> = s.prepared.listed().into_iter().map(|sym| (sym, s.solution.values[sym.index()])).collect();
    let (details, main): (Vec<_>, Vec<_>) = listed.into_iter().partition(|(sym, _)| is_detail(s.prepared.system.info(*sym).quantity));
    text.push_str(&value_table(&s, &main, r.options.digits, r.options.columns));
    if !details.is_empty() {
        text.push_str("\n  shares and flows\n");
        text.push_str(&value_table(&s, &details, r.options.digits, r.options.columns));
    }
    answer.text = text;
    let listed: Vec<Sym> = s.prepared.listed();
    answer.sheet(&r, &|| values_sheet(&s, &listed))?;
    Ok(answer)
}

pub fn run(mut r: Request) -> Result<Answer, Failure> {
    let s = solved(&r)?;
    let mut answer = Answer::new(r.session);
    let holds = s.holds_of(r.session, r.interrupt);
    answer.json = equilibrium_json(&s, r.session, &holds, r.interrupt);
    let d = r.options.digits;
    let mut text = heading(r.session);
    text.push_str(&status_lines(&s, d, (&holds, &s.left_out(r.session, &holds)), None));
    text.push('\n');
    let report = report_rows(&s);
    let cuts = cuts(&s);
    if report.is_empty() && cuts.is_empty() {
        let rows: Vec<(Sym, f64)> = s.prepared.system.listed().map(|x| (x, s.solution.values[x.index()])).collect();
        text.push_str(&value_table(&s, &rows, d, r.options.columns));
    } else {
        let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
        table.row(["".into(), "".into(), "value".into(), "".into()]);
        let mut values = Map::new();
        for (n, (name, display, meaning, value, note)) in report.into_iter().enumerate() {
            values.insert(name, json::number(value));
            let text = match s.prepared.economy.report.get(n).map(|r| s.prepared.system.dag.node(r.node)) {
                Some(crate::expr::Node::Sym(sym)) => known_value(&s, *sym, value, d),
                _ => d.known(value, report_error(&s, n)),
            };
            table.row([display, meaning, text, note]);
        }
        for (name, list) in cuts {
            for (at, before, after) in &list {
                table.row([name.clone(), format!("{before} | {after}"), d.value(*at), String::new()]);
            }
            let list = list.into_iter().map(|(at, before, after)| json!({"at": json::number(at), "before": before, "after": after}));
            values.insert(name, Value::Array(list.collect()));
        }
        text.push_str(&table.within(2, r.options.columns));
        answer.json.insert("report".into(), Value::Object(values));
    }
    let names: Vec<String> = r.session.economy.shocks.iter().map(|s| s.name.to_string()).collect();
    let mut shocks_json = Map::new();
    for name in names {
        let one = shocks::named(&mut r, &name)?;
        let _ = write!(text, "\n{}", one.text);
        shocks_json.insert(name, Value::Object(one.json));
        answer.exit = answer.exit.max(one.exit);
        answer.diagnostics.extend(one.diagnostics);
    }
    if !shocks_json.is_empty() {
        answer.json.insert("shocks".into(), Value::Object(shocks_json));
    }
    let sweeps: Vec<String> = r.session.economy.sweeps.iter().map(|s| s.name.to_string()).collect();
    let mut sweeps_json = Map::new();
    for name in sweeps {
        let one = grid::named(&mut r, &name)?;
        let _ = write!(text, "\n{}", one.text);
        sweeps_json.insert(name, Value::Object(one.json));
        answer.exit = answer.exit.max(one.exit);
        answer.diagnostics.extend(one.diagnostics);
        if one.exit == exit::INTERRUPTED {
            answer.json.insert("status".into(), Value::String("interrupted".into()));
            break;
        }
    }
    if !sweeps_json.is_empty() {
        answer.json.insert("sweeps".into(), Value::Object(sweeps_json));
    }
    answer.text = text;
    answer.sheet(&r, &|| report_sheet(&s))?;
    Ok(answer)
}

/// Where one place hands over to the next, by task: the cuts that the model reports.
fn cuts(s: &Solved) -> Vec<(String, Vec<(f64, String, String)>)> {
    let e = &s.prepared.economy;
    let list = |l: usize| -> Vec<(f64, String, String)> {
        let Some(line) = e.lines.get(l) else { return Vec::new() };
        let name = |place: usize| line.places.get(place).map_or(String::new(), |p| e.countries[p.destination].name.to_string());
        let done = e.done(l, &|q| s.solution.value(q));
        let home = e.countries[line.origin].name.to_string();
        let next = |n: usize| done.get(n + 1).map_or(home.clone(), |d| name(d.place));
        done.iter().enumerate().filter(|(n, d)| *n + 1 < done.len() || d.to < 1.0).map(|(n, d)| (d.to, name(d.place), next(n))).collect()
    };
    e.cuts.iter().map(|(name, l)| (name.clone(), list(*l))).collect()
}

pub fn regime(r: Request) -> Result<Answer, Failure> {
    let s = solved(&r)?;
    let mut answer = Answer::new(r.session);
    let holds = s.holds_of(r.session, r.interrupt);
    answer.json = equilibrium_json(&s, r.session, &holds, r.interrupt);
    let mut text = heading(r.session);
    text.push_str(&status_lines(&s, r.options.digits, (&holds, &s.left_out(r.session, &holds)), None));
    let mut table = Table::new(&[Align::Left, Align::Left]);
    for e in s.prepared.regime(&s.solution) {
        table.row([e.name, e.state.word().to_string()]);
    }
    text.push('\n');
    text.push_str(&table.within(2, r.options.columns));
    answer.text = text;
    Ok(answer)
}

pub fn elasticities(r: Request) -> Result<Answer, Failure> {
    let s = solved(&r)?;
    let mut answer = Answer::new(r.session);
    let parameters = s.prepared.listed_parameters(r.options.all);
    let quantities = s.prepared.listed();
    let e = s.prepared.elasticities(&s.solution, parameters, quantities);
    let system = &s.prepared.system;
    let sides: &[(&str, bool)] = if e.derivatives.one_sided() { &[("left", true), ("right", false)] } else { &[("", false)] };
    let mut body = equilibrium_json(&s, r.session, &[], r.interrupt);
    let mut text = heading(r.session);
    text.push_str(&status_lines(&s, r.options.digits, (&[], &[]), None));
    for (side, left) in sides {
        let (mut levels, mut logs, mut semi) = (Map::new(), Map::new(), Map::new());
        let mut table = Table::new(&[Align::Left]);
        let shown: Vec<Sym> = e.quantities.iter().copied().filter(|q| main_quantity(system.info(*q).quantity)).collect();
        table.row(std::iter::once("d ln ↓ / d ln →".to_string()).chain(e.parameters.iter().map(|p| system.info(*p).name.clone())));
        let mut cells: Vec<Vec<String>> = shown.iter().map(|q| vec![system.info(*q).display.clone()]).collect();
        for (k, &p) in e.parameters.iter().enumerate() {
            let at = s.solution.values[p.index()];
            let name = system.info(p).name.clone();
            let (mut l, mut g, mut m) = (Map::new(), Map::new(), Map::new());
            for &q in &e.quantities {
                let value = s.solution.values[q.index()];
                let found = measures(e.derivatives.get(q, k, *left), value, at, s.solution.error(q));
                let q_name = system.info(q).name.clone();
                if at != 0.0 {
                    l.insert(q_name.clone(), json::optional(found.d_dln));
                    if let Some(v) = found.elasticity {
                        g.insert(q_name.clone(), json::number(v));
                    }
                }
                m.insert(q_name, json::optional(found.semi));
            }
            for (row, &q) in cells.iter_mut().zip(&shown) {
                let value = s.solution.values[q.index()];
                let found = measures(e.derivatives.get(q, k, *left), value, at, s.solution.error(q));
                let margin = matches!(system.info(q).quantity, Quantity::Margin | Quantity::NetFlow);
                let v = if margin { found.d_dln } else { found.elasticity.or(found.d_dln) };
                let mark = if margin || found.elasticity.is_none() { "·" } else { "" };
                row.push(v.map_or("–".into(), |v| format!("{}{mark}", r.options.digits.value(v))));
            }
            if at != 0.0 {
                levels.insert(name.clone(), Value::Object(l));
                logs.insert(name.clone(), Value::Object(g));
            }
            semi.insert(name, Value::Object(m));
        }
        for row in cells {
            table.row(row);
        }
        let target = if side.is_empty() { &mut body } else { &mut Map::new() };
        target.insert("d_dln".into(), Value::Object(levels));
        target.insert("elasticity".into(), Value::Object(logs));
        target.insert("semi".into(), Value::Object(semi));
        if !side.is_empty() {
            let object = target.clone();
            body.insert((*side).into(), Value::Object(object));
            let _ = match e.derivatives.side_note(*left) {
                Some(note) => write!(text, "\n{side} of the border: {note}\n"),
                None => write!(text, "\n{side} of the kink of a function\n"),
            };
        } else {
            text.push('\n');
        }
        text.push_str(&table.within(2, r.options.columns));
    }
    if text.contains('·') {
        text.push_str("  · change of the level per unit of d ln (parameter)\n");
    }
    answer.json = body;
    answer.text = text;
    answer.sheet(&r, &|| elasticities_sheet(&s, &e))?;
    Ok(answer)
}

/// A quantity of the system in a table.
fn line(s: &Solved, sym: Sym, cells: Vec<Cell>) -> Line {
    let info = s.prepared.system.info(sym);
    Line { name: info.name.clone(), latex: info.latex.clone(), cells }
}

/// Quantities with their meaning, value, relative error, and whether they are free or not there.
fn values_sheet(s: &Solved, listed: &[Sym]) -> Sheet {
    let free = s.prepared.free_quantities(&s.solution);
    let lines = listed.iter().map(|&sym| {
        let (value, error) = (s.solution.value(sym), s.solution.error(sym));
        let note = if s.prepared.is_absent(&s.solution, sym) {
            "none there"
        } else if free.contains(&sym) {
            "free"
        } else {
            ""
        };
        let meaning = s.prepared.system.info(sym).meaning.clone();
        line(
            s,
            sym,
            vec![Cell::Words(meaning), Cell::Number(value, error), error.map_or(Cell::None, |e| Cell::Number(e, None)), Cell::Words(note.into())],
        )
    });
    Sheet { heads: ["meaning", "value", "error", "note"].map(str::to_string).to_vec(), lines: lines.collect() }
}

/// What the file reports, or the unknowns where it reports nothing.
fn report_sheet(s: &Solved) -> Sheet {
    let rows = report_rows(s);
    if rows.is_empty() {
        return values_sheet(s, &s.prepared.system.listed().collect::<Vec<_>>());
    }
    let lines = rows.into_iter().enumerate().map(|(n, (name, _, meaning, value, note))| {
        let latex = match s.prepared.economy.report.get(n).map(|r| s.prepared.system.dag.node(r.node)) {
            Some(crate::expr::Node::Sym(sym)) => s.prepared.system.info(*sym).latex.clone(),
            _ => crate::model::naming::latex_text(&name),
        };
        let error = report_error(s, n);
        let cells = vec![Cell::Words(meaning), Cell::Number(value, error), error.map_or(Cell::None, |e| Cell::Number(e, None)), Cell::Words(note)];
        Line { name, latex, cells }
    });
    Sheet { heads: ["meaning", "value", "error", "note"].map(str::to_string).to_vec(), lines: lines.collect() }
}

/// Elasticities in the parameters, the change of the level where there is no log: `kind` says which. To the right of a border where it has two sides.
fn elasticities_sheet(s: &Solved, e: &Elasticities) -> Sheet {
    let system = &s.prepared.system;
    let shown = e.quantities.iter().copied().filter(|q| main_quantity(system.info(*q).quantity));
    let lines = shown.map(|q| {
        let (value, plain) = (s.solution.value(q), matches!(system.info(q).quantity, Quantity::Margin | Quantity::NetFlow));
        let level = plain || !(value > 0.0);
        let one = |(k, p): (usize, &Sym)| {
            let found = measures(e.derivatives.get(q, k, false), value, s.solution.value(*p), s.solution.error(q));
            (if level { found.d_dln } else { found.elasticity }).map_or(Cell::None, |v| Cell::Number(v, None))
        };
        let kind = Cell::Words(if level { "level" } else { "elasticity" }.to_string());
        line(s, q, std::iter::once(kind).chain(e.parameters.iter().enumerate().map(one)).collect())
    });
    let heads = std::iter::once("kind".to_string()).chain(e.parameters.iter().map(|p| system.info(*p).name.clone()));
    Sheet { heads: heads.collect(), lines: lines.collect() }
}

/// Declared parameters whose interval is looked for where the file moves none.
const HOLDS: usize = 8;

/// Shares and flows, which follow from the rest.
pub(super) fn is_detail(q: Quantity) -> bool {
    matches!(q, Quantity::Share | Quantity::Flow)
}

/// Quantities of the printed table; JSON has all.
fn main_quantity(q: Quantity) -> bool {
    use Quantity::*;
    matches!(q, FactorPrice | GoodPrice | Activity | Output | Margin | Bill | Variable | Named | NetFlow)
}

impl Solved {
    /// The parameters that shocks and sweeps of the file move, or all declared ones.
    fn asked_of(&self, session: &Session) -> Vec<Sym> {
        let moved = session.moving();
        if !moved.is_empty() {
            return moved;
        }
        let declared = |p: &Sym| self.prepared.system.info(*p).quantity == Quantity::Declared;
        self.prepared.listed_parameters(false).into_iter().filter(declared).collect()
    }

    /// Names of the parameters that [`Solved::holds_of`] leaves out.
    pub fn left_out(&self, session: &Session, holds: &[Holds]) -> Vec<String> {
        if holds.is_empty() {
            return Vec::new();
        }
        let said = |p: &Sym| holds.iter().any(|h| h.parameter == *p);
        let is_parameter = |p: &Sym| matches!(self.prepared.system.info(*p).role, Role::Parameter(_));
        let names = self.asked_of(session).into_iter().filter(|p| !said(p) && is_parameter(p));
        names.map(|p| self.prepared.system.info(p).name.clone()).collect()
    }

    /// The parameters whose interval of validity is worth saying: those that shocks and sweeps move, or all declared ones.
    pub fn holds_of(&self, session: &Session, interrupt: &AtomicBool) -> Vec<Holds> {
        // Without anything that can switch there is no regime to last.
        if matches!(self.solution.status, Status::Indeterminate { .. }) || self.prepared.regime_words(&self.solution).is_empty() {
            return Vec::new();
        }
        let mut moved = self.asked_of(session);
        moved.truncate(if session.moving().is_empty() { HOLDS } else { usize::MAX });
        let parameters = moved.into_iter().filter(|p| matches!(self.prepared.system.info(*p).role, Role::Parameter(_)));
        let found: Vec<Holds> = parameters.map(|p| self.prepared.holds(&self.solution, p, interrupt)).collect();
        // A border that was not looked for to the end is no "no limit".
        if interrupt.load(std::sync::atomic::Ordering::Relaxed) { Vec::new() } else { found }
    }
}

pub fn heading(session: &Session) -> String {
    match (&session.economy.name, &session.economy.label) {
        (Some(n), Some(l)) => format!("{n} · {l}\n"),
        (Some(n), None) => format!("{n}\n"),
        _ => String::new(),
    }
}

/// Regime, interval of validity, residual and check.
fn status_lines(s: &Solved, d: Digits, (holds, left_out): (&[Holds], &[String]), searched: Option<&Several>) -> String {
    let p = &s.prepared;
    let mut out = String::new();
    let words = p.regime_words(&s.solution);
    if !words.is_empty() {
        let _ = writeln!(out, "Regime   {words}");
    }
    for h in holds {
        let name = &p.system.info(h.parameter).name;
        let range = match (h.low, h.high) {
            (Some(l), Some(u)) => format!("{} < {name} < {}", d.short(l), d.short(u)),
            (Some(l), None) => format!("{name} > {}", d.short(l)),
            (None, Some(u)) => format!("{name} < {}", d.short(u)),
            (None, None) => format!("every {name}"),
        };
        let ends: Vec<String> =
            [("below", &h.below), ("above", &h.above)].iter().filter_map(|(side, w)| w.as_ref().map(|w| format!("{side}: {w}"))).collect();
        let ends = if ends.is_empty() { String::new() } else { format!("   ({})", ends.join("; ")) };
        let _ = writeln!(out, "         holds for {range}{ends}");
    }
    if !left_out.is_empty() {
        let some = left_out.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
        let more = if left_out.len() > 6 { ", …" } else { "" };
        let _ =
            writeln!(out, "         {} more not looked at: {some}{more} (a `shock` or `sweep` of the file names those that matter)", left_out.len());
    }
    if let Some(names) = p.free_words(&s.solution) {
        let shift = if p.prices_stand(&s.solution) { ": these may shift without changing prices" } else { ": one of many values is shown" };
        let _ = writeln!(out, "Free     the active conditions leave {names} undetermined{shift}");
    }
    if let Some(words) = p.border_of(&s.solution) {
        let _ = writeln!(out, "Border   two regimes meet here: {words}");
    }
    if let Some(parameter) = p.turning(&s.solution) {
        let info = p.system.info(parameter);
        let at = d.short(s.solution.values[parameter.index()]);
        let _ = writeln!(out, "Turns    two equilibria meet at {} = {at}: on one side there are both, on the other neither", info.display);
    }
    if p.system.unknowns().next().is_none() {
        out.push_str("Given    nothing is unknown: all values follow from what the file gives\n");
        return out;
    }
    let _ = writeln!(out, "Solved   {}", solved_words(s, d));
    if let Some(words) = known_words(s) {
        let _ = writeln!(out, "Known    {words}");
    }
    if let Some(words) = several::words(p, &s.solution, searched) {
        let _ = writeln!(out, "Unique   {words}");
    }
    out
}

/// How many digits are known, where that is fewer than a reader would take for granted.
fn known_words(s: &Solved) -> Option<String> {
    let p = &s.prepared;
    if let Some(names) = p.unknown_words(&s.solution) {
        return Some(format!("no digit of {names}: the conditions hold them so loosely that rounding leaves them open (indeterminate)"));
    }
    // Flows that cancel are known in terms of what they are the difference of.
    let listed = p.listed().into_iter().filter(|q| p.system.info(*q).quantity != Quantity::NetFlow);
    let errors = listed.filter_map(|q| Some((q, s.solution.error(q)?)));
    let (worst, error) = errors.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let digits = digits_known(error);
    let plural = if digits == 1 { "digit" } else { "digits" };
    (digits < TAKEN_FOR_GRANTED)
        .then(|| format!("to {digits} {plural} or more (least: {}); the table shows what is known", p.system.info(worst).display))
}

/// A small market may miss by this part without a word.
const UNNOTICED: f64 = 1e-9;

/// How well the solution solves: residual, what is set aside, outside balance.
pub(super) fn solved_words(s: &Solved, d: Digits) -> String {
    let p = &s.prepared;
    let mut out = String::new();
    let _ = write!(out, "residual {}", d.residual(s.solution.residual));
    if let Some(set) = &p.system.set_aside {
        let anchor =
            p.system.anchors.first().map(|a| p.system.info(*a)).map(|i| match i.name.strip_prefix("numeraire[").and_then(|n| n.strip_suffix(']')) {
                Some(expression) => expression.to_string(),
                None => i.display.clone(),
            });
        let _ = write!(
            out,
            " · numeraire {} · {} set aside (Walras' law), residual {}",
            anchor.unwrap_or_default(),
            set.equation.name,
            d.residual(s.solution.walras.unwrap_or(f64::NAN))
        );
        // The rounding of all markets ends up in this one, which may be small.
        let [supply, used] = [set.equation.left, set.equation.right].map(|n| p.value_of(n, &s.solution));
        let miss = (supply - used).abs() / supply.abs().max(used.abs());
        if miss > UNNOTICED {
            let _ = write!(out, ", which is {} of that market", d.residual(miss));
        }
    }
    if let Some(b) = p.system.outside_balances.first() {
        let scale = p.value_of(b.scale, &s.solution);
        // What is zero but for rounding reads as zero.
        let clean = |v: f64| if v.abs() <= 1e-13 * scale { 0.0 } else { v };
        let (x, y) = (clean(p.value_of(b.exports, &s.solution)), clean(p.value_of(b.payment, &s.solution)));
        let has_demand = p.economy.households.iter().any(Option::is_some);
        let residual = d.residual(s.solution.outside_balance.unwrap_or(f64::NAN));
        if has_demand {
            let tasks = !p.economy.lines.is_empty();
            let paid = if tasks { format!(" = payment for tasks {}", d.value(y)) } else { String::new() };
            let _ = write!(out, " · outside balance {residual}: net exports of goods {}{paid}", d.value(x));
        } else if p.economy.lines.is_empty() {
            let _ = write!(out, " · outside balance {residual}: value added {} = income {}", d.value(x), d.value(y));
        } else {
            let _ = write!(out, " · outside balance {residual}: value added {} = income and payment for tasks {}", d.value(x), d.value(y));
        }
    }
    let _ = write!(out, " · {} iterations", s.solution.iterations);
    out
}

/// A value with the digits that are known of it.
fn known_value(s: &Solved, sym: Sym, v: f64, d: Digits) -> String {
    let error = s.solution.error(sym);
    if s.prepared.is_absent(&s.solution, sym) {
        "none there".into()
    } else if s.prepared.system.info(sym).quantity == Quantity::NetFlow && error.is_some_and(|e| e > NOTHING) {
        // What is left of flows that cancel.
        "0".into()
    } else {
        d.known(v, error)
    }
}

/// Symbols with their meaning and value.
pub fn value_table(s: &Solved, rows: &[(Sym, f64)], d: Digits, columns: Columns) -> String {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
    let free = s.prepared.free_quantities(&s.solution);
    let open = s.prepared.open_prices(&s.solution);
    for &(sym, v) in rows {
        let info = s.prepared.system.info(sym);
        let note = match open.iter().find(|o| o.0 == sym) {
            Some((_, cost)) => format!("free, at most its unit cost {}", d.value(*cost)),
            None if free.contains(&sym) => "free".to_string(),
            None => String::new(),
        };
        table.row([info.display.clone(), info.meaning.clone(), known_value(s, sym, v, d), note]);
    }
    table.within(2, columns)
}

/// Name, print form, meaning, value and note of every reported expression.
pub(super) fn report_rows(s: &Solved) -> Vec<(String, String, String, f64, String)> {
    let p = &s.prepared;
    let free = p.free_quantities(&s.solution);
    p.economy
        .report
        .iter()
        .map(|n| {
            let value = p.value_of(n.node, &s.solution);
            match p.system.dag.node(n.node) {
                crate::expr::Node::Sym(sym) => {
                    let info = p.system.info(*sym);
                    let note = match info.quantity {
                        _ if free.contains(sym) => "free",
                        Quantity::Bill => "(all at home = 1)",
                        _ => "",
                    };
                    (n.name.clone(), info.display.clone(), info.meaning.clone(), value, note.to_string())
                }
                _ => {
                    let note = if p.system.dag.symbols(&[n.node]).iter().any(|s| free.contains(s)) { "free" } else { "" };
                    (n.name.clone(), n.name.clone(), String::new(), value, note.to_string())
                }
            }
        })
        .collect()
}

/// The relative error of the report's entry number `n`.
fn report_error(s: &Solved, n: usize) -> Option<f64> {
    let node = s.prepared.economy.report.get(n)?.node;
    let output = s.prepared.outputs.iter().position(|o| o.node == node)?;
    s.solution.output_error(output)
}

/// The body of `solve`, with `holds` where it was found.
pub fn equilibrium_json(s: &Solved, session: &Session, holds: &[Holds], _interrupt: &AtomicBool) -> Map<String, Value> {
    let p = &s.prepared;
    let mut out = Map::new();
    out.insert("model".into(), json!(session.economy.name.as_deref()));
    let status = match &s.solution.status {
        Status::Solved => "solved",
        Status::Indeterminate { .. } => "indeterminate",
        Status::NotFound => "not_found",
        Status::None => "none",
    };
    out.insert("status".into(), json!(status));
    if matches!(s.solution.status, Status::Indeterminate { .. }) {
        let shown = p.listed();
        let free = p.free_quantities(&s.solution).into_iter().filter(|f| shown.contains(f));
        out.insert("free".into(), json!(free.map(|f| p.system.info(f).name.clone()).collect::<Vec<_>>()));
    }
    let open = p.open_prices(&s.solution);
    if !open.is_empty() {
        let most: Map<String, Value> = open.iter().map(|(sym, cost)| (p.system.info(*sym).name.clone(), json::number(*cost))).collect();
        out.insert("at_most".into(), Value::Object(most));
    }
    if let Some(words) = p.border_of(&s.solution) {
        out.insert("border".into(), json!(words));
    }
    if let Some(parameter) = p.turning(&s.solution) {
        out.insert("turning_point".into(), json!(p.system.info(parameter).name));
    }
    several::json(p, &s.solution, &mut out);
    let mut regime = regime_json(p, &s.solution);
    if !holds.is_empty() {
        let h: Map<String, Value> =
            holds.iter().map(|h| (p.system.info(h.parameter).name.clone(), json!([json::optional(h.low), json::optional(h.high)]))).collect();
        regime.insert("holds".into(), Value::Object(h));
        let ends: Map<String, Value> =
            holds.iter().map(|h| (p.system.info(h.parameter).name.clone(), json!({"below": h.below, "above": h.above}))).collect();
        regime.insert("ends".into(), Value::Object(ends));
        let left_out = s.left_out(session, holds);
        if !left_out.is_empty() {
            regime.insert("left_out".into(), json!(left_out));
        }
    }
    out.insert("regime".into(), Value::Object(regime));
    out.insert("variables".into(), Value::Object(values_json(p, &s.solution)));
    let parameters: Map<String, Value> =
        p.listed_parameters(true).into_iter().map(|q| (p.system.info(q).name.clone(), json::number(s.solution.values[q.index()]))).collect();
    out.insert("parameters".into(), Value::Object(parameters));
    out.insert("residual".into(), json::number(s.solution.residual));
    let errors = p.listed().into_iter().filter_map(|q| Some((p.system.info(q).name.clone(), json::number(s.solution.error(q)?))));
    out.insert("error".into(), Value::Object(errors.collect()));
    out.insert("walras".into(), json::optional(s.solution.walras.or(s.solution.outside_balance)));
    if let Some(set) = &p.system.set_aside {
        out.insert("set_aside".into(), json!(set.equation.name));
    }
    if p.system.set_aside.is_some() || !p.system.anchors.is_empty() {
        out.insert("anchors".into(), json!(p.system.anchors.iter().map(|a| p.system.info(*a).name.clone()).collect::<Vec<_>>()));
    }
    out.insert("outside_balance".into(), json::optional(s.solution.outside_balance));
    out.insert("iterations".into(), json!(s.solution.iterations));
    out
}

pub fn regime_json(p: &crate::session::Prepared, solution: &Solution) -> Map<String, Value> {
    let mut out = Map::new();
    for e in p.regime(solution) {
        let word = if e.state == State::Part && p.position(solution, e.sym) == crate::solve::Position::Kink { "step" } else { e.state.word() };
        out.insert(e.name, json!(word));
    }
    out
}

pub fn values_json(p: &crate::session::Prepared, solution: &Solution) -> Map<String, Value> {
    p.listed().into_iter().map(|q| (p.system.info(q).name.clone(), json::number(solution.values[q.index()]))).collect()
}
