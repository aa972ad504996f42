//! The sheet as a LaTeX file to `\input`.

use super::given::{Given, Value};
use super::letters::Letter;
use super::names;
use super::print::{self, Target, pieces, print};
use super::sheet::{Relation, Row, Section, Sheet};
use super::term::Term;
use super::text::{bounds, complement, difference};
use crate::model::Economy;
use std::fmt::Write;

/// A line of an article holds about this many characters of mathematics.
pub(crate) const LINE: usize = 62;
/// Families with more values than this are summed up.
const LISTED: usize = 9;

/// `letters` are those that stand for built-in quantities, with their meanings.
pub fn render(sheet: &Sheet, letters: &[Letter], economy: &Economy) -> String {
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
        section(s, letters, &mut out);
    }
    if !letters.is_empty() {
        let list: Vec<String> = letters.iter().map(|l| format!("${}$ {}", print(&l.letter, Target::Latex), names::text(l.meaning))).collect();
        let _ = writeln!(out, "\n\\paragraph{{Letters.}}\n{}.", list.join(", "));
    }
    if !sheet.givens.is_empty() {
        out.push_str("\n\\paragraph{Given.}\n");
        // Lists of values are long: in one environment with the others they would push all meanings off the page.
        let (single, lists): (Vec<&Given>, Vec<&Given>) = sheet.givens.iter().partition(|g| g.values.len() == 1);
        for part in [single, lists].iter().filter(|p| !p.is_empty()) {
            let rows: Vec<String> = part.iter().map(|g| given(g)).collect();
            let _ = writeln!(out, "\\begin{{align*}}\n{}\n\\end{{align*}}", rows.join(" \\\\\n"));
        }
    }
    out.push_str("\\endgroup\n");
    out
}

fn section(s: &Section, letters: &[Letter], out: &mut String) {
    let _ = writeln!(out, "\n\\paragraph{{{}.}}", names::text(s.title));
    if let Some(note) = s.note {
        // A remark speaks of quantities as the rows do.
        let letter = |word: &str| letters.iter().find(|l| l.word == word).map(|l| format!("${}$", print(&l.letter, Target::Latex)));
        let words: Vec<String> = note.split(' ').map(|w| letter(w).unwrap_or_else(|| names::text(w))).collect();
        let _ = writeln!(out, "({}.)", words.join(" "));
    }
    out.push_str("\\begin{align}\n");
    let last = s.rows.len().saturating_sub(1);
    let beside = fits_beside(&s.rows);
    for (k, r) in s.rows.iter().enumerate() {
        let name = match (&r.note, r.name.is_empty()) {
            (Some(n), _) => format!("{}; {n}", r.name),
            (None, false) => r.name.clone(),
            (None, true) => print(&r.left, Target::Ascii),
        };
        let _ = writeln!(out, "  % {}", comment(&name));
        let _ = writeln!(out, "{}{}", row(r, beside), if k < last { " \\\\" } else { "" });
    }
    out.push_str("\\end{align}\n");
}

/// What a comment may hold: one line.
fn comment(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One row of an align environment, broken between terms where it is long; what belongs to it stands beside it or below.
pub fn row(r: &Row, beside: bool) -> String {
    let (left, relation, right) = sides(r);
    let note = belongings(r);
    let parts = pieces(&right, Target::Latex);
    let mut out = format!("  {left} &{relation}");
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
    match (note.is_empty(), beside) {
        (true, _) => {}
        (false, true) => out.push_str(&format!(" && {note}")),
        (false, false) => out.push_str(&format!(" \\notag \\\\\n    &\\qquad {note}")),
    }
    out
}

/// Left side, sign, right side; the left is empty where the sides are not compared.
fn sides(r: &Row) -> (String, &'static str, Term) {
    match r.relation {
        Relation::Between => (String::new(), "", difference(r)),
        Relation::AtLeast => (print(&r.left, Target::Latex), "\\geq ", r.right.clone()),
        Relation::Equal | Relation::Defined => (print(&r.left, Target::Latex), "= ", r.right.clone()),
    }
}

/// Partner, family and remark of a row.
fn belongings(r: &Row) -> String {
    let mut out = Vec::new();
    if let Some(p) = complement(r) {
        out.push(format!("\\perp\\ {}", bounds(p, Target::Latex)));
    }
    if !r.binders.is_empty() {
        out.push(print::family(&r.binders, r.guard.as_ref(), Target::Latex));
    }
    if r.note.is_some() {
        out.push("\\text{(set aside)}".into());
    }
    out.join(",\\quad ")
}

/// Whether all rows leave room for a column beside them: one wide row would push it off the page for all.
fn fits_beside(rows: &[Row]) -> bool {
    let widest = |f: &dyn Fn(&Row) -> usize| rows.iter().map(f).max().unwrap_or_default();
    let left = widest(&|r| width(&sides(r).0));
    let right = widest(&|r| pieces(&sides(r).2, Target::Latex).iter().map(|p| width(p) + 1).sum());
    let beside = widest(&|r| width(&belongings(r)));
    left + right + beside + 6 <= LINE
}

/// About how many characters wide a piece of LaTeX is: a command counts as one, a fraction as its wider half.
pub(crate) fn width(s: &str) -> usize {
    let mut n = 0;
    // Three thin spaces take a letter's room.
    let mut thin = 0;
    let mut rest = s;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                rest = after;
                match word {
                    "" => {
                        thin += usize::from(rest.starts_with(','));
                        rest = rest.get(1..).unwrap_or_default();
                    }
                    "frac" => {
                        let (above, after) = group(rest);
                        let (below, after) = group(after);
                        n += width(above).max(width(below));
                        rest = after;
                    }
                    "left" | "right" | "mathrm" | "mathit" | "text" | "notag" => {}
                    "geq" | "leq" | "neq" | "perp" | "in" | "sum" | "prod" | "qquad" | "quad" => n += 3,
                    _ => n += 1,
                }
            }
            '{' | '}' | '^' | '_' | ' ' => {}
            // An element that is to be replaced by an index.
            '\u{1}' => {
                rest = rest.split_once('\u{2}').map_or("", |x| x.1);
                n += 1;
            }
            '+' | '-' | '=' | '<' | '>' => n += 3,
            _ => n += 1,
        }
    }
    n + thin / 3
}

/// The group in braces that a text begins with, and what follows it.
fn group(s: &str) -> (&str, &str) {
    let Some(inner) = s.strip_prefix('{') else { return ("", s) };
    let mut depth = 1usize;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&inner[..at], &inner[at + 1..]);
        }
    }
    (inner, "")
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
    let beside = match (beside.is_empty(), g.values.len()) {
        (true, _) => String::new(),
        (false, 1) => format!(" && {}", beside.join(",\\ ")),
        // A list of values leaves no room beside it.
        _ => format!(" \\\\\n    &\\qquad {}", beside.join(",\\ ")),
    };
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
    let mut out = String::new();
    let mut at = 0;
    for (k, v) in values.iter().enumerate() {
        let part = format!("{}\\ (\\text{{{}}})", number(v.value), names::text(&v.at.join(", ")));
        if k > 0 && at + width(&part) > LINE - 12 {
            out.push_str(", \\\\\n    &\\phantom{={}}");
            at = 0;
        } else if k > 0 {
            out.push_str(",\\ ");
        }
        at += width(&part) + 2;
        out.push_str(&part);
    }
    out
}
