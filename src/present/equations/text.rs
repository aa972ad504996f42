//! The sheet as a text for the terminal.

use super::given::{Given, Value};
use super::names;
use super::print::{self, Target, print};
use super::sheet::{Partner, Relation, Row, Section, Sheet};
use super::term::Term;
use crate::model::Economy;
use crate::present::fold::Columns;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// Formulas longer than this are broken between the terms of a sum.
const LINE: usize = 100;
/// Formulas up to this long share a column with what stands beside them.
const COLUMN: usize = 64;
/// Families with more values than this are summed up.
const LISTED: usize = 12;

pub fn render(sheet: &Sheet, economy: &Economy, room: Columns) -> String {
    let mut out = String::new();
    if let Some(name) = &economy.name {
        let label = economy.label.as_ref().map(|l| format!(" · {l}")).unwrap_or_default();
        let _ = writeln!(out, "{name}{label}");
    }
    let plural = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let _ = writeln!(out, "{} for {}", plural(sheet.equations, "condition"), plural(sheet.unknowns, "unknown"));
    if sheet.sections.iter().flat_map(|s| &s.rows).any(|r| matches!(r.relation, Relation::AtLeast)) {
        out.push_str("a ≥ b ⟂ z ≥ 0: both hold, at least one of them with equality\n");
    }
    for s in &sheet.sections {
        section(s, room, &mut out);
    }
    if !sheet.givens.is_empty() {
        out.push_str("\nGiven\n");
        let lines: Vec<Vec<String>> = sheet.givens.iter().map(given).collect();
        columns(&lines, room, &mut out);
    }
    out
}

fn section(s: &Section, room: Columns, out: &mut String) {
    let note = s.note.map(|n| format!("   ({n})")).unwrap_or_default();
    let _ = writeln!(out, "\n{}{note}", s.title);
    let named = !matches!(s.key, "income" | "unit_cost" | "input" | "demand" | "price_index");
    let lines: Vec<Vec<String>> = s
        .rows
        .iter()
        .map(|r| {
            if let Some(words) = &r.words {
                return vec![words.clone()];
            }
            let mut name = if named { r.name.clone() } else { String::new() };
            if let Some(note) = &r.note {
                name = if name.is_empty() { note.clone() } else { format!("{name}; {note}") };
            }
            vec![formula(r), complement(r).map(|p| format!("⟂ {}", bounds(p, Target::Text))).unwrap_or_default(), clause(r), name]
        })
        .collect();
    columns(&lines, room, out);
}

fn clause(r: &Row) -> String {
    if r.binders.is_empty() { String::new() } else { format!("for {}", print::family(&r.binders, r.guard.as_ref(), Target::Text)) }
}

/// The formula of a row on one line.
pub fn formula(r: &Row) -> String {
    let target = Target::Text;
    match r.relation {
        Relation::Between => print(&difference(r), target),
        Relation::AtLeast => format!("{} ≥ {}", print(&r.left, target), print(&r.right, target)),
        Relation::Equal | Relation::Defined => format!("{} = {}", print(&r.left, target), print(&r.right, target)),
    }
}

/// The partner of a complementarity condition; an equality holds whatever its partner is.
pub fn complement(r: &Row) -> Option<&Partner> {
    r.partner.as_ref().filter(|_| r.relation != Relation::Equal)
}

/// `left − right`, for conditions without a larger side.
pub fn difference(r: &Row) -> Term {
    Term::sum(vec![r.left.clone(), Term::neg(r.right.clone())])
}

/// `z ≥ 0`, `0 ≤ I ≤ 1`, `z` where it is free.
pub fn bounds(p: &Partner, target: Target) -> String {
    let name = print(&p.term, target);
    let number = |v: f64| print::number(v, target);
    let (at_least, at_most) = match target {
        Target::Latex => (" \\geq ", " \\leq "),
        Target::Ascii => (" >= ", " <= "),
        Target::Text => (" ≥ ", " ≤ "),
    };
    match (p.lower.is_finite(), p.upper.is_finite()) {
        (true, true) => format!("{}{at_most}{name}{at_most}{}", number(p.lower), number(p.upper)),
        (true, false) => format!("{name}{at_least}{}", number(p.lower)),
        (false, true) => format!("{name}{at_most}{}", number(p.upper)),
        (false, false) => name,
    }
}

/// Lines of cells; short first cells are aligned, long ones are broken and what belongs to them follows below.
fn columns(lines: &[Vec<String>], room: Columns, out: &mut String) {
    let most = room.map_or(COLUMN, |r| COLUMN.min(r.saturating_sub(2)));
    let count = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |c: usize| {
        let fits = lines.iter().filter(|l| l.first().is_some_and(|f| f.width() <= most));
        fits.filter_map(|l| l.get(c)).map(|s| s.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    for line in lines {
        let Some((first, rest)) = line.split_first() else { continue };
        let rest_empty = rest.iter().all(String::is_empty);
        let beside: usize = line.iter().zip(&widths).filter(|(_, w)| **w > 0).map(|(_, w)| w + 3).sum::<usize>().saturating_sub(1);
        if first.width() > most || rest_empty || room.is_some_and(|r| beside > r) {
            wrap(first, room.map_or(LINE, |r| LINE.min(r)), out);
            if !rest_empty {
                let joined: Vec<&str> = rest.iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
                let _ = writeln!(out, "      {}", joined.join("   "));
            }
            continue;
        }
        let mut text = String::from("  ");
        for (cell, w) in line.iter().zip(&widths) {
            if *w > 0 {
                text.push_str(cell);
                text.push_str(&" ".repeat(w.saturating_sub(cell.width()) + 3));
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

/// Writes a formula, broken before the signs of its outermost terms.
fn wrap(text: &str, room: usize, out: &mut String) {
    let mut line = String::from("  ");
    let mut depth = 0usize;
    let mut word = String::new();
    let flush = |word: &mut String, line: &mut String, out: &mut String| {
        if line.width() + word.width() > room && line.trim() != "" {
            out.push_str(line.trim_end());
            out.push('\n');
            *line = String::from("      ");
            *word = word.trim_start().to_string();
        }
        line.push_str(word);
        word.clear();
    };
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ahead = &text[at..];
        if depth == 0 && [" + ", " − ", " - ", " = ", " ≥ ", " >= "].iter().any(|s| ahead.starts_with(s)) {
            flush(&mut word, &mut line, out);
        }
        word.push(c);
    }
    flush(&mut word, &mut line, out);
    out.push_str(line.trim_end());
    out.push('\n');
}

fn given(g: &Given) -> Vec<String> {
    let target = Target::Text;
    let family = if g.binders.is_empty() { String::new() } else { format!("for {}", print::family(&g.binders, g.guard.as_ref(), target)) };
    let name = print(&g.name, target);
    let first = match (&g.follows, g.values.as_slice()) {
        (Some(f), [v]) => format!("{name} = {} = {}", print(f, target), short(v.value)),
        (Some(f), _) => format!("{name} = {}", print(f, target)),
        (None, [v]) => format!("{name} = {}", short(v.value)),
        (None, values) => format!("{name} = {}", listing(values)),
    };
    vec![first, family, g.meaning.clone()]
}

/// Values as a table of the language, or their range where they are many.
fn listing(values: &[Value]) -> String {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v.value), h.max(v.value)));
    if low == high {
        return short(low);
    }
    if values.len() > LISTED {
        return format!("{} values from {} to {}", values.len(), short(low), short(high));
    }
    let rows: Vec<Cell> = values.iter().map(|v| (v.at.as_slice(), v.value)).collect();
    table(&rows)
}

type Cell<'a> = (&'a [Arc<str>], f64);

/// `{USA: {EUR: 1.4}}`, nested by index.
fn table(rows: &[Cell]) -> String {
    let mut keys: Vec<&Arc<str>> = Vec::new();
    let mut parts: FxHashMap<&Arc<str>, Vec<Cell>> = FxHashMap::default();
    for (at, v) in rows {
        let Some((key, rest)) = at.split_first() else { return short(*v) };
        if !parts.contains_key(key) {
            keys.push(key);
        }
        parts.entry(key).or_default().push((rest, *v));
    }
    let cells: Vec<String> = keys.into_iter().filter_map(|k| Some(format!("{}: {}", names::element(k), table(parts.get(k)?)))).collect();
    format!("{{{}}}", cells.join(", "))
}

fn short(v: f64) -> String {
    print::number(v, Target::Text)
}
