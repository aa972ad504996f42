//! The sheet as a LaTeX file to `\input`.

use super::given::{Given, Value};
use super::names;
use super::print::{self, Target, pieces, print};
use super::sheet::{Relation, Row, Section, Sheet};
use super::text::{bounds, difference};
use crate::model::Economy;
use std::fmt::Write;

/// A line of an article holds about this many characters of mathematics.
const LINE: usize = 62;
/// Families with more values than this are summed up.
const LISTED: usize = 9;

pub fn render(sheet: &Sheet, economy: &Economy) -> String {
    let mut out = String::new();
    let title = [&economy.name, &economy.label].into_iter().flatten().map(|s| comment(s)).collect::<Vec<_>>().join(": ");
    let _ = writeln!(out, "% Equilibrium conditions of {}", if title.is_empty() { "a model without a name" } else { &title });
    out.push_str("% \\input this file into a document that loads amsmath: \\usepackage{amsmath}\n");
    out.push_str("% Rows are numbered by align; put \\tag{...} or \\label{...} before the \\\\ of a row, \\notag to leave it out.\n");
    if sheet.sections.iter().flat_map(|s| &s.rows).any(|r| r.relation == Relation::AtLeast) {
        out.push_str("% a \\geq b \\perp z \\geq 0: both hold, at least one of them with equality.\n");
    }
    out.push_str("\\begingroup\\allowdisplaybreaks\n");
    for s in &sheet.sections {
        section(s, &mut out);
    }
    if !sheet.givens.is_empty() {
        out.push_str("\n\\paragraph{Given.}\n\\begin{align*}\n");
        let rows: Vec<String> = sheet.givens.iter().map(given).collect();
        let _ = writeln!(out, "{}", rows.join(" \\\\\n"));
        out.push_str("\\end{align*}\n");
    }
    out.push_str("\\endgroup\n");
    out
}

fn section(s: &Section, out: &mut String) {
    let _ = writeln!(out, "\n\\paragraph{{{}.}}", names::text(s.title));
    if let Some(note) = s.note {
        let _ = writeln!(out, "({}.)", names::text(note));
    }
    out.push_str("\\begin{align}\n");
    let last = s.rows.len().saturating_sub(1);
    for (k, r) in s.rows.iter().enumerate() {
        let name = match (&r.note, r.name.is_empty()) {
            (Some(n), _) => format!("{}; {n}", r.name),
            (None, false) => r.name.clone(),
            (None, true) => print(&r.left, Target::Ascii),
        };
        let _ = writeln!(out, "  % {}", comment(&name));
        let _ = writeln!(out, "{}{}", row(r), if k < last { " \\\\" } else { "" });
    }
    out.push_str("\\end{align}\n");
}

/// What a comment may hold: one line.
fn comment(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One row of an align environment, broken between terms where it is long.
pub fn row(r: &Row) -> String {
    let (left, relation, right) = match r.relation {
        Relation::Between => (String::new(), "", difference(r)),
        Relation::AtLeast => (print(&r.left, Target::Latex), "\\geq ", r.right.clone()),
        Relation::Equal | Relation::Defined => (print(&r.left, Target::Latex), "= ", r.right.clone()),
    };
    let mut beside = Vec::new();
    if let Some(p) = &r.partner {
        beside.push(format!("\\perp\\ {}", bounds(p, Target::Latex)));
    }
    if !r.binders.is_empty() {
        beside.push(print::family(&r.binders, r.guard.as_ref(), Target::Latex));
    }
    if r.note.is_some() {
        beside.push("\\text{(set aside)}".into());
    }
    let beside = beside.join(",\\quad ");
    let parts = pieces(&right, Target::Latex);
    let total = width(&left) + parts.iter().map(|p| width(p) + 1).sum::<usize>();
    let mut out = format!("  {left} &{relation}");
    if total + width(&beside) + 4 <= LINE {
        out.push_str(&parts.join(" "));
        if !beside.is_empty() {
            out.push_str(&format!(" && {beside}"));
        }
        return out;
    }
    let mut at = width(&left) + 3;
    for (k, p) in parts.iter().enumerate() {
        if k > 0 && at + width(p) > LINE {
            out.push_str(" \\notag \\\\\n    &\\quad {}");
            at = 4;
        } else if k > 0 {
            out.push(' ');
        }
        out.push_str(p);
        at += width(p) + 1;
    }
    if !beside.is_empty() {
        out.push_str(&format!(" \\notag \\\\\n    &\\qquad {beside}"));
    }
    out
}

/// About how many characters wide a piece of LaTeX is: a command counts as one, fractions as their wider half nearly.
fn width(s: &str) -> usize {
    let mut n = 0;
    let mut rest = s.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let mut word = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_alphabetic()) {
                    word.push(c);
                }
                match word.as_str() {
                    "" => {
                        rest.next();
                    }
                    "left" | "right" | "mathrm" | "mathit" | "text" | "frac" => {}
                    _ => n += 1,
                }
            }
            '{' | '}' | '^' | '_' | ' ' => {}
            _ => n += 1,
        }
    }
    n
}

fn given(g: &Given) -> String {
    let name = print(&g.name, Target::Latex);
    let number = |v: f64| print::number(v, Target::Latex);
    let value = match (&g.follows, g.values.as_slice()) {
        (Some(f), [v]) => format!("{} = {}", print(f, Target::Latex), number(v.value)),
        (Some(f), _) => print(f, Target::Latex),
        (None, [v]) => number(v.value),
        (None, values) => listing(values),
    };
    let mut beside = Vec::new();
    if !g.binders.is_empty() {
        beside.push(print::family(&g.binders, g.guard.as_ref(), Target::Latex));
    }
    if !g.meaning.is_empty() {
        beside.push(format!("\\text{{{}}}", names::text(&g.meaning)));
    }
    let beside = if beside.is_empty() { String::new() } else { format!(" && {}", beside.join(",\\ ")) };
    format!("  {name} &= {value}{beside}")
}

fn listing(values: &[Value]) -> String {
    let number = |v: f64| print::number(v, Target::Latex);
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v.value), h.max(v.value)));
    if low == high {
        return number(low);
    }
    if values.len() > LISTED {
        return format!("{} \\ldots {}", number(low), number(high));
    }
    let parts: Vec<String> = values.iter().map(|v| format!("{}\\ (\\text{{{}}})", number(v.value), names::text(&v.at.join(", ")))).collect();
    parts.chunks(3).map(|c| c.join(",\\ ")).collect::<Vec<_>>().join(", \\\\\n    &\\phantom{={}}")
}
