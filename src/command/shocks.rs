//! `shock`: by name, or by its changes.

use super::equilibrium::{regime_json, values_json};
use super::{Answer, Request};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::Change;
use crate::present::fold::Columns;
use crate::present::json;
use crate::present::number::Digits;
use crate::present::sheet::{Cell, Line, Sheet};
use crate::present::table::{Align, Table};
use crate::session::shock::{Changed, ChannelSplit, Shocked};
use crate::session::{Failure, Session, single};
use crate::solve::{Solution, Status};
use crate::syntax::parser;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The changes of a shock, resolved in a copy of the economy.
type Asked = (crate::model::Economy, Vec<Change>);

pub fn shock(mut r: Request) -> Result<Answer, Failure> {
    let (shocked, title) = solve(&mut r)?;
    let mut answer = told(&r, &shocked, &title);
    if let Some(words) = super::several::words(&shocked.prepared, &shocked.before, None) {
        let _ = writeln!(answer.text, "  unique: {words}");
    }
    answer.sheet(&r, &|| sheet(&shocked))?;
    Ok(answer)
}

/// The shock that the argument names or describes, and its title.
///
/// # Errors
/// Diagnostics of the argument; no equilibrium before, after or on the way.
pub fn solve(r: &mut Request) -> Result<(Shocked, String), Failure> {
    let argument = r.argument.trim().to_string();
    let (economy, changes) = asked(r, &argument)?;
    Ok((run(r, economy, &changes)?, argument))
}

/// The changes that an argument names or describes, resolved in a copy of the economy.
///
/// # Errors
/// Diagnostics of the argument.
pub fn asked(r: &mut Request, argument: &str) -> Result<Asked, Failure> {
    if let Some(shock) = r.session.economy.shocks.iter().find(|s| *s.name == *argument) {
        return Ok((r.session.economy.clone(), shock.changes.clone()));
    }
    if argument.is_empty() {
        let known: Vec<String> = r.session.economy.shocks.iter().map(|s| format!("`{}`", s.name)).collect();
        let help = if known.is_empty() {
            "write the change: `beta -10%`, `A = 1.5`, `L +1`".to_string()
        } else {
            format!("name a shock of the file ({}), or write the change: `beta -10%`", known.join(", "))
        };
        return Err(r.session.failure(single(Diagnostic::new("C004", "shock what?").help(help))));
    }
    if argument.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(r.session.failure(single(unnamed(r.session, argument))));
    }
    resolve(r, argument)
}

/// A word that is no shock: a parameter without its change, or a slip.
fn unnamed(session: &Session, word: &str) -> Diagnostic {
    let names = &session.economy.names;
    if names.tables.contains_key(word) {
        return Diagnostic::new("C012", format!("by how much does `{word}` change?"))
            .help(format!("write `{word} -10%`, `{word} = 1.5` or `{word} +1`"));
    }
    let known: Vec<&str> = session.economy.shocks.iter().map(|s| s.name.as_ref()).collect();
    let d = Diagnostic::new("C004", format!("there is no shock `{word}`"));
    match crate::model::names::nearest(word, known.iter().copied()) {
        Some(n) => d.help(format!("did you mean `{n}`?")),
        None if known.is_empty() => d.help("the file declares none; write the change: `beta -10%`, `A = 1.5`, `L +1`"),
        None => d.help(format!("the file declares `{}`; or write the change: `beta -10%`", known.join("`, `"))),
    }
}

/// A shock that the file declares.
pub fn named(r: &mut Request, name: &str) -> Result<Answer, Failure> {
    let Some(shock) = r.session.economy.shocks.iter().find(|s| *s.name == *name).cloned() else {
        return Err(r.session.failure(single(Diagnostic::new("C004", format!("there is no shock `{name}`")))));
    };
    let economy = r.session.economy.clone();
    let shocked = run(r, economy, &shock.changes)?;
    let mut answer = told(r, &shocked, name);
    answer.sheet(r, &|| sheet(&shocked))?;
    Ok(answer)
}

pub fn resolve(r: &mut Request, text: &str) -> Result<Asked, Failure> {
    let file = r.session.add_text("<argument>", text);
    let parsed = parser::parse_changes(file, text).map_err(|d| r.session.failure(d))?;
    r.session.resolve(|res, scope| res.changes(&parsed, scope)).map_err(|d| r.session.failure(d))
}

pub(super) fn run(r: &mut Request, economy: crate::model::Economy, changes: &[Change]) -> Result<Shocked, Failure> {
    let mut order: Option<Vec<Sym>> = None;
    if let Some(text) = &r.options.order {
        let file = r.session.add_text("<order>", text.as_str());
        let items = parser::parse_items(file, text).map_err(|d| r.session.failure(d))?;
        let (_, syms) = r
            .session
            .resolve(|res, scope| items.iter().filter_map(|i| res.parameter(&i.value, scope).ok()).collect::<Vec<_>>())
            .map_err(|d| r.session.failure(d))?;
        let missing: Vec<String> =
            changes.iter().filter(|c| !syms.contains(&c.target)).map(|c| format!("`{}`", economy.info(c.target).name)).collect();
        if !missing.is_empty() {
            return Err(r.session.failure(single(
                Diagnostic::new("C013", format!("the order leaves out {}", missing.join(", "))).help("name every shocked parameter once"),
            )));
        }
        order = Some(syms);
    }
    if changes.is_empty() {
        let d = Diagnostic::new("C014", "nothing is moved").help("write the change of a parameter: `beta -10%`");
        return Err(r.session.failure(single(d)));
    }
    let prepared = r.session.prepare(economy, Vec::new(), true).map_err(|d| r.session.failure(d))?;
    r.session.shock(prepared, changes, order.as_deref(), r.options.split_all, r.interrupt).map_err(|d| r.session.failure(d))
}

fn told(r: &Request, shocked: &Shocked, title: &str) -> Answer {
    let mut out = Answer::new(r.session);
    for note in shocked.moves.iter().filter_map(|m| r.session.cut_note(m.parameter)) {
        out.diagnostics.push(note);
    }
    out.text = text(shocked, title, r.options.digits, r.options.columns);
    out.json = body(shocked, r.session.economy.name.as_deref());
    out
}

/// Quantities before and after, their change, what each channel did to it, and what the elasticities at the start would have predicted.
pub fn sheet(s: &Shocked) -> Sheet {
    let same = s.splits.iter().all(|x| Some(&x.names) == s.splits.first().map(|f| &f.names));
    let channels: Vec<String> = s.splits.first().filter(|_| same).map(|x| x.names.iter().map(ToString::to_string).collect()).unwrap_or_default();
    let mut heads = ["before", "after", "change", "kind"].map(str::to_string).to_vec();
    heads.extend(channels.iter().map(|c| format!("{c} (log)")));
    heads.push("linear".into());
    let number = |v: Option<f64>| v.filter(|v| v.is_finite()).map_or(Cell::None, |v| Cell::Number(v, None));
    let lines = shown(s).into_iter().map(|c| {
        let error = |solution: &Solution| c.sym.and_then(|sym| solution.error(sym));
        let mut cells = vec![Cell::Number(c.before, error(&s.before)), Cell::Number(c.after, error(&s.after))];
        let moved = !s.is_free(c);
        cells.push(number(c.change().filter(|_| moved)));
        let kind = match (moved, c.plain) {
            (false, _) => "free",
            (_, true) => "level",
            (_, false) => "log",
        };
        cells.push(Cell::Words(kind.into()));
        let split = s.splits.iter().find(|x| Some(x.target) == c.sym);
        cells.extend((0..channels.len()).map(|k| number(split.and_then(|x| x.effects.get(k).copied()))));
        cells.push(number(c.linear.filter(|_| moved)));
        let latex = c.sym.map_or_else(|| crate::model::naming::latex_text(&c.name), |sym| s.prepared.system.info(sym).latex.clone());
        Line { name: c.name.clone(), latex, cells }
    });
    Sheet { heads, lines: lines.collect() }
}

/// Quantities that the table shows: the report, or prices, outputs and margins.
pub(super) fn shown(s: &Shocked) -> Vec<&Changed> {
    let report: Vec<&str> = s.prepared.economy.report.iter().map(|n| n.name.as_str()).collect();
    if report.is_empty() {
        let unknown = |c: &&Changed| c.sym.is_some_and(|x| matches!(s.prepared.system.info(x).role, crate::system::Role::Unknown { .. }));
        let mut rows: Vec<&Changed> = s.quantities.iter().filter(unknown).collect();
        rows.truncate(40);
        return rows;
    }
    report.iter().filter_map(|n| s.quantities.iter().find(|c| c.name == *n)).collect()
}

pub fn text(s: &Shocked, title: &str, d: Digits, columns: Columns) -> String {
    let mut out = String::new();
    let system = &s.prepared.system;
    let same = s.regime_stays();
    let _ = writeln!(out, "shock {title}   {}{}", moves_words(s, d), if same { "        regime unchanged" } else { "" });
    if !same {
        out.push_str(&path_rows(s, d, columns));
    }
    let names: Vec<String> = s.splits.first().map(|x| x.names.iter().map(|n| n.replace('_', " ")).collect()).unwrap_or_default();
    let one_group = s.splits.iter().all(|x| Some(&x.names) == s.splits.first().map(|f| &f.names));
    let direct = s.splits.iter().any(|x| x.direct.abs() > 1e-12);
    let mut table = Table::new(&[Align::Left]);
    let mut head = vec!["".to_string(), "before".into(), "after".into(), "% change".into(), "lp".into()];
    if one_group {
        for (k, n) in names.iter().enumerate() {
            head.push(format!("{} {n}", if k == 0 { "=" } else { "+" }));
        }
        if direct {
            head.push("+ direct".into());
        }
    }
    table.row(head);
    table.group(5, &[4]);
    for c in shown(s) {
        let known = |v: f64, solution: &Solution| d.known(v, c.sym.and_then(|sym| solution.error(sym)));
        let mut row = vec![c.display.clone(), known(c.before, &s.before), known(c.after, &s.after)];
        if s.is_free(c) {
            row.push("free".into());
            table.row(row);
            continue;
        }
        match (c.plain, c.change()) {
            (true, Some(v)) => {
                row.push(format!("({}{})", if v > 0.0 { "+" } else { "" }, d.value(v)));
                row.push(String::new());
            }
            (false, Some(v)) => {
                row.push(d.signed(100.0 * v.exp_m1()));
                row.push(d.signed(100.0 * v));
            }
            (_, None) => row.extend(["–".to_string(), String::new()]),
        }
        if let Some(split) = s.splits.iter().find(|x| Some(x.target) == c.sym).filter(|_| one_group) {
            row.extend(split.effects.iter().map(|v| d.signed(100.0 * v)));
            if direct {
                row.push(d.signed(100.0 * split.direct));
            }
        }
        table.row(row);
    }
    out.push_str(&table.within(2, columns));
    if !one_group {
        for split in &s.splits {
            let parts: Vec<String> =
                split.names.iter().zip(&split.effects).map(|(n, v)| format!("{} {}", n.replace('_', " "), d.signed(100.0 * v))).collect();
            let _ = writeln!(
                out,
                "  {} = {}{}",
                system.info(split.target).display,
                parts.join(" + "),
                if split.direct.abs() > 1e-12 { format!(" + direct {}", d.signed(100.0 * split.direct)) } else { String::new() }
            );
        }
    }
    if s.by_group {
        let mut table = Table::new(&[Align::Left]);
        table.row(std::iter::once("lp by parameter".to_string()).chain(s.groups.iter().map(|g| g.name.clone())));
        for c in shown(s).into_iter().filter(|c| !c.plain && c.by_parameter.iter().all(|v| v.is_finite()) && !c.by_parameter.is_empty()) {
            table.row(std::iter::once(c.display.clone()).chain(c.by_parameter.iter().map(|v| d.signed(100.0 * v))));
        }
        out.push_str(&table.within(2, columns));
    }
    if !s.by_group && s.groups.len() > 1 {
        let _ = writeln!(out, "  not split by the {} parameters that move; `--split all` does that", s.groups.len());
    } else if s.groups.len() < s.moves.len() {
        out.push_str("  a family shocked together counts as one; `--split all` gives its members\n");
    }
    out.push_str(&linear_line(s, d));
    for (when, solution) in [("before", &s.before), ("after", &s.after)] {
        if let Some(free) = s.prepared.free_words(solution) {
            let _ = writeln!(out, "  undetermined {when}, one of many shown: {free}");
        }
        if let Some(parameter) = s.prepared.turning(solution) {
            let at = d.short(solution.value(parameter));
            let _ = writeln!(
                out,
                "  {when}, two equilibria meet at {} = {at}: on one side there are both, on the other neither",
                system.info(parameter).display
            );
        }
    }
    if s.stretches.iter().any(|x| x.jump) {
        out.push_str("  no split by channel or parameter: none exists across a jump\n");
    } else if !s.given {
        let _ = writeln!(out, "  no split by channel or parameter: its parts would miss the change by up to {}", d.residual(s.error));
    }
    if !s.splits.is_empty() {
        let _ = writeln!(out, "  lp = 100 × log change; the split is exact (error below {}), path straight in logs", d.residual(s.error.max(1e-12)));
    }
    out
}

/// `beta 1.3 → 1.17 (−10%)`, a family by its number of members where several move alike.
pub fn moves_words(s: &Shocked, d: Digits) -> String {
    let system = &s.prepared.system;
    let percent = |from: f64, to: f64| match from != 0.0 {
        true => format!(" ({}%)", d.signed(100.0 * (to / from - 1.0)).trim_end_matches('0').trim_end_matches('.')),
        false => String::new(),
    };
    let one = |m: &crate::statics::path::Move| {
        format!("{} {} → {}{}", system.info(m.parameter).name, d.short(m.from), d.short(m.to), percent(m.from, m.to))
    };
    let parts: Vec<String> = s
        .groups
        .iter()
        .map(|g| match g.members.as_slice() {
            [k] => s.moves.get(*k).map(one).unwrap_or_default(),
            members => {
                let moves: Vec<&crate::statics::path::Move> = members.iter().filter_map(|k| s.moves.get(*k)).collect();
                let shares = moves.iter().map(|m| m.to / m.from - 1.0);
                let (low, high) = shares.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
                let by = if (high - low).abs() < 1e-9 { percent(1.0, 1.0 + low).trim().to_string() } else { "by different steps".to_string() };
                format!("{} of {} members {by}", g.name, moves.len())
            }
        })
        .collect();
    parts.join(", ")
}

/// What the elasticities at the start would have predicted, for the quantities whose change is split.
fn linear_line(s: &Shocked, d: Digits) -> String {
    let targets: Vec<&Changed> = if s.splits.is_empty() {
        shown(s).into_iter().filter(|c| !c.plain).take(2).collect()
    } else {
        s.splits.iter().filter_map(|x| s.quantities.iter().find(|c| c.sym == Some(x.target))).collect()
    };
    let mut parts = Vec::new();
    for c in targets {
        if s.is_free(c) {
            continue;
        }
        let (Some(l), Some(v)) = (c.linear, c.change()) else { continue };
        if v.abs() < 1e-12 && l.abs() < 1e-12 {
            continue;
        }
        let gap = if l.is_nan() {
            "no derivative at the start".to_string()
        } else if v.abs() > 1e-12 {
            let share = 100.0 * (l / v - 1.0);
            if share.abs() > 300.0 && l * v > 0.0 {
                "far too large".to_string()
            } else if share.abs() < 0.5 {
                "exact to 0.5%".to_string()
            } else if l == 0.0 {
                "misses it".to_string()
            } else if l * v < 0.0 {
                "wrong sign".to_string()
            } else {
                format!("{:.0}% too {}", share.abs(), if share < 0.0 { "small" } else { "large" })
            }
        } else {
            "truly 0".into()
        };
        parts.push(format!("{} {} ({gap})", c.display, d.signed(100.0 * l)));
    }
    if parts.is_empty() { String::new() } else { format!("  linear prediction, lp: {}\n", parts.join(", ")) }
}

/// A target and what each channel did to it over a stretch of the path; `None` where none did anything.
pub(super) fn contributions(s: &Shocked, split: &ChannelSplit, effects: &[f64], d: Digits) -> Option<String> {
    let parts: Vec<String> = split
        .names
        .iter()
        .zip(effects)
        .filter(|(_, v)| v.abs() > 5e-7)
        .map(|(n, v)| format!("{} {}", n.replace('_', " "), d.signed(100.0 * v)))
        .collect();
    (!parts.is_empty()).then(|| format!("{}: {}", s.prepared.system.info(split.target).display, parts.join(", ")))
}

/// A row a stretch of the path, and a row a switch.
fn path_rows(s: &Shocked, d: Digits, columns: Columns) -> String {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left]);
    let Some(first) = s.moves.first() else { return String::new() };
    let value = |x: f64| d.short(first.at(x).0);
    // What the start stands on the border of, and which way the path leaves it.
    for (sym, from, to) in s.stretches.first().map(|st| s.prepared.switches(&s.before, &st.start)).unwrap_or_default() {
        table.row([value(0.0), s.prepared.switch_words(sym, from, to), String::new()]);
    }
    for st in &s.stretches {
        if st.to > st.from {
            let effects: Vec<String> = s.splits.iter().enumerate().filter_map(|(t, split)| contributions(s, split, st.effects.get(t)?, d)).collect();
            let mut effects = effects.into_iter();
            let head = [format!("{} → {}", value(st.from), value(st.to)), s.prepared.regime_words(&st.start), effects.next().unwrap_or_default()];
            table.row(head);
            for more in effects {
                table.row([String::new(), String::new(), more]);
            }
        }
        for (sym, from, to) in &st.switches {
            table.row([value(st.to), s.prepared.switch_words(*sym, *from, *to), String::new()]);
        }
        if st.fold {
            table.row([value(st.to), "two equilibria meet and vanish: the branch ends".into(), String::new()]);
        }
        if st.jump {
            let words = if st.fold { "beyond, another equilibrium" } else { "the equilibrium jumps: at this value it is one of many" };
            table.row([value(st.to), words.into(), String::new()]);
        }
    }
    table.within(2, columns)
}

pub fn body(s: &Shocked, model: Option<&str>) -> Map<String, Value> {
    let p = &s.prepared;
    let mut out = Map::new();
    out.insert("model".into(), json!(model));
    let side = |solution: &Solution, extra: &dyn Fn(&Changed) -> f64| {
        let mut values = values_json(p, solution);
        for c in s.quantities.iter().filter(|c| c.sym.is_none()) {
            values.insert(c.name.clone(), json::number(extra(c)));
        }
        Value::Object(values)
    };
    out.insert("before".into(), side(&s.before, &|c| c.before));
    out.insert("after".into(), side(&s.after, &|c| c.after));
    // What is free has values, but no change.
    let change: Map<String, Value> = s.quantities.iter().map(|c| (c.name.clone(), json::optional(c.change().filter(|_| !s.is_free(c))))).collect();
    out.insert("change".into(), Value::Object(change));
    out.insert("regime_unchanged".into(), json!(s.regime_stays()));
    for (when, solution) in [("turning_point_before", &s.before), ("turning_point", &s.after)] {
        if let Some(parameter) = p.turning(solution) {
            out.insert(when.into(), json!(p.system.info(parameter).name));
        }
    }
    let mut effects = Map::new();
    for split in &s.splits {
        let mut row: Map<String, Value> = split.names.iter().zip(&split.effects).map(|(n, v)| (n.to_string(), json::number(*v))).collect();
        if split.direct.abs() > 1e-13 {
            row.insert("direct".into(), json::number(split.direct));
        }
        effects.insert(p.system.info(split.target).name.clone(), Value::Object(row));
    }
    out.insert("effects".into(), Value::Object(effects));
    if s.by_group {
        let by: Map<String, Value> = s
            .quantities
            .iter()
            .filter(|c| !c.by_parameter.is_empty())
            .map(|c| {
                let row: Map<String, Value> = s.groups.iter().zip(&c.by_parameter).map(|(g, v)| (g.name.clone(), json::number(*v))).collect();
                (c.name.clone(), Value::Object(row))
            })
            .collect();
        out.insert("by_parameter".into(), Value::Object(by));
    }
    let linear: Map<String, Value> =
        s.quantities.iter().filter(|c| !s.is_free(c)).filter_map(|c| c.linear.map(|l| (c.name.clone(), json::number(l)))).collect();
    out.insert("linear".into(), Value::Object(linear));
    let parameters: Map<String, Value> =
        s.moves.iter().map(|m| (p.system.info(m.parameter).name.clone(), json!([json::number(m.from), json::number(m.to)]))).collect();
    out.insert("parameters".into(), Value::Object(parameters));
    let path: Vec<Value> = s
        .stretches
        .iter()
        .map(|st| {
            let at = |x: f64| -> Value {
                Value::Object(s.moves.iter().map(|m| (p.system.info(m.parameter).name.clone(), json::number(m.at(x).0))).collect())
            };
            let fold = st.fold.then(|| "two equilibria meet and vanish".to_string());
            let jump = fold.into_iter().chain(st.jump.then(|| "the equilibrium jumps".to_string()));
            let switches: Vec<String> = st.switches.iter().map(|(sym, a, b)| p.switch_words(*sym, *a, *b)).chain(jump).collect();
            json!({"from": at(st.from), "to": at(st.to), "regime": Value::Object(regime_json(p, &st.start)), "switches": switches})
        })
        .collect();
    out.insert("path".into(), Value::Array(path));
    out.insert("error".into(), if s.given { json::number(s.error) } else { Value::Null });
    if !s.free.is_empty() {
        out.insert("free".into(), json!(s.quantities.iter().filter(|c| s.is_free(c)).map(|c| c.name.clone()).collect::<Vec<_>>()));
    }
    let status = match &s.after.status {
        Status::Indeterminate { .. } => "indeterminate",
        _ => "solved",
    };
    out.insert("status".into(), json!(status));
    out
}
