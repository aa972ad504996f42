//! Log-linear forms, closed forms, effects and signs as text, LaTeX and JSON.

use super::equations::latex::width;
use super::fold::Columns;
use super::formula::{aligned_row, broken_line, broken_row, change, change_of, latex, latex_pieces, latex_words, plain, term_pieces};
use super::hat_families::Writer;
use super::json;
use super::number::Digits;
use super::table::{Align, Table};
use crate::algebra::Formula;
use crate::algebra::sign::Verdict;
use crate::expr::Sym;
use crate::model::Economy;
use crate::sink::Tex;
use crate::statics::atoms::Atoms;
use crate::statics::derive::Derived;
use crate::statics::hat::Measure;
use crate::statics::hats::{Line, LogLinear};
use crate::statics::shorten::{Shown, filled};
use crate::statics::signs::{Answer, Inequality, Signed};
use crate::system::System;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// How a target is written: as a symbol or as the expression that was typed.
#[derive(Clone, Debug)]
pub struct Subject {
    pub name: String,
    pub display: String,
    pub latex: String,
}

/// What an answer stands on.
pub struct Setting<'a> {
    pub system: &'a System,
    pub regime: &'a str,
    pub digits: Digits,
    pub columns: Columns,
}

impl Setting<'_> {
    pub(super) fn change(&self, sym: Sym, measure: Measure) -> (String, String) {
        change_of(self.system.info(sym), measure)
    }
}

/// The left side of a closed form: `ŵ/β̂`.
fn ratio(target: &Subject, measure: Measure, wrt: (String, String)) -> (String, String) {
    let of = change(&target.display, &target.latex, measure);
    let brackets = |s: &str| if s.contains([' ', '/']) { format!("({s})") } else { s.to_string() };
    let over = match measure {
        Measure::Log if of.0.starts_with("d ln") => of.0.clone(),
        _ => brackets(&of.0),
    };
    (format!("{over}/{}", brackets(&wrt.0)), format!("{} / {}", of.1, wrt.1))
}

/// Named quantities, then the letters, each with its meaning and number.
pub(super) fn where_text(shown: &[&Shown], atoms: &Atoms, set: &Setting) -> String {
    let d = set.digits;
    let (mut used, mut named): (Vec<u32>, Vec<(u32, Formula)>) = Default::default();
    for s in shown {
        used.extend(s.atoms().into_iter().filter(|a| !used.contains(a)).collect::<Vec<_>>());
        for n in &s.named {
            if !named.iter().any(|x| x.0 == n.0) {
                named.push(n.clone());
            }
        }
    }
    let values = filled(&named, &atoms.values());
    let number = |a: u32| values.get(a as usize).copied().filter(|v| v.is_finite()).map_or_else(String::new, |v| d.value(v));
    let mut out = String::new();
    for (at, formula) in named.iter().rev() {
        let Some(atom) = atoms.get(*at) else { continue };
        let value = number(*at);
        let value = if value.is_empty() { value } else { format!(" = {value}") };
        let _ = writeln!(out, "  {} = {}{value}    {}", atom.display, plain(formula, atoms), atom.meaning);
    }
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right]);
    for at in used {
        let Some(atom) = atoms.get(at).filter(|_| !named.iter().any(|x| x.0 == at)) else { continue };
        table.row([atom.display.clone(), atom.meaning.clone(), number(at)]);
    }
    if !table.is_empty() {
        out.push_str(&table.within(2, set.columns));
    }
    out
}

pub(super) fn where_json(shown: &[&Shown], atoms: &Atoms) -> Value {
    let mut out = Map::new();
    for s in shown {
        let values = filled(&s.named, &atoms.values());
        for at in s.atoms() {
            let Some(atom) = atoms.get(at) else { continue };
            let mut entry = Map::new();
            entry.insert("meaning".into(), json!(atom.meaning));
            entry.insert("latex".into(), json!(atom.latex));
            entry.insert("value".into(), json::number(values.get(at as usize).copied().unwrap_or(f64::NAN)));
            if let Some((_, definition)) = s.named.iter().find(|n| n.0 == at) {
                entry.insert("definition".into(), json!(atoms.text(definition)));
            }
            out.insert(atom.name.clone(), Value::Object(entry));
        }
    }
    Value::Object(out)
}

/// What the number of a response is: of the target's log change, or of its own.
pub(super) fn kind(measure: Measure) -> &'static str {
    match measure {
        Measure::Log => "elasticity",
        Measure::Margin => "dI/(1-I)",
        Measure::Plain => "differential",
    }
}

/// What the response is to: a log change of the parameter, or its own change where it is not positive.
fn per(measure: Measure) -> &'static str {
    match measure {
        Measure::Log => "log change",
        Measure::Margin => "dI/(1-I)",
        Measure::Plain => "own change",
    }
}

pub(super) fn foot(set: &Setting, equalities: &[String]) -> String {
    let mut out = if set.regime.is_empty() { String::new() } else { format!("  regime: {}\n", set.regime) };
    for e in equalities {
        let _ = writeln!(out, "  used: {e}");
    }
    out
}

/// `derive TARGET wrt PARAMETER`.
pub fn derived_text(d: &Derived, target: &Subject, set: &Setting) -> String {
    let wrt = set.system.info(d.wrt);
    let (left, _) = ratio(target, d.measure, change_of(wrt, d.per));
    let mut head = format!("{left} = {}", plain(&d.shown.formula, &d.atoms));
    let digits = Digits(set.digits.0.max(6));
    if let (Some(formula), Some(solver)) = (d.value, d.solver_value) {
        let check = format!("formula {} · solver {} ✓", digits.value(formula), digits.value(solver));
        let width = head.chars().count();
        let room = set.columns.unwrap_or(100).saturating_sub(check.chars().count());
        if width + check.chars().count() + 4 > set.columns.unwrap_or(100) {
            let _ = write!(head, "\n  {check}");
        } else {
            let _ = write!(head, "{}{check}", " ".repeat(60usize.min(room).saturating_sub(width).max(4)));
        }
    }
    let mut out = format!("{head}\n{}", where_text(&[&d.shown], &d.atoms, set));
    if d.value.is_none() {
        out.push_str("  no numbers: a technology is given by its shares and elasticities only\n");
    }
    out.push_str(&foot(set, &d.equalities));
    match (d.value, d.error) {
        _ if d.shown.formula.is_zero() => {
            let _ = writeln!(out, "  {} does not move {}.", wrt.display, target.display);
        }
        (Some(v), Some(error)) if v.abs() > error => {
            let _ = writeln!(out, "  {} falls: {} {}.", wrt.display, target.display, if v > 0.0 { "falls" } else { "rises" });
        }
        (Some(v), _) if v.is_finite() => {
            let _ = writeln!(out, "  here {} does not move {}: the number cannot be told from 0.", wrt.display, target.display);
        }
        _ => {}
    }
    out
}

pub fn derived_latex(d: &Derived, target: &Subject, set: &Setting) -> Tex {
    let (_, left) = ratio(target, d.measure, change_of(set.system.info(d.wrt), d.per));
    let mut out = format!("\\begin{{align*}}\n{}\n\\end{{align*}}\n", aligned_row(&left, &d.shown.formula, &d.atoms));
    out.push_str(&where_latex(&[&d.shown], &d.atoms));
    Tex::document(&out)
}

pub(super) fn where_latex(shown: &[&Shown], atoms: &Atoms) -> String {
    let (mut rows, mut definitions, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for s in shown {
        for at in s.atoms() {
            let Some(atom) = atoms.get(at).filter(|_| !seen.contains(&at)) else { continue };
            seen.push(at);
            let words = latex_words(&atom.meaning);
            match s.named.iter().find(|n| n.0 == at) {
                Some((_, definition)) => {
                    definitions.push(aligned_row(&atom.latex, definition, atoms));
                    rows.push(format!("  ${}$ & {words}", atom.latex));
                }
                None => rows.push(format!("  ${}$ & {words}", atom.latex)),
            }
        }
    }
    let mut out = String::new();
    if !definitions.is_empty() {
        let _ = write!(out, "\\begin{{align*}}\n{}\n\\end{{align*}}\n", definitions.join(" \\\\\n"));
    }
    if !rows.is_empty() {
        out.push_str(&letters_latex(&rows));
    }
    out
}

/// Letters beyond this width take more than a third of the page.
const LONG_LETTER: usize = 24;

/// Letters and their meanings: tables of so many rows that a page holds each.
fn letters_latex(rows: &[String]) -> String {
    const PAGE: usize = 40;
    let tables = rows.chunks(PAGE).map(|part| {
        let body: Vec<&str> = part.iter().map(|r| r.trim()).collect();
        // The words take what the longest letter leaves of the page.
        let letter = |r: &&str| r.split_once('&').map_or(0, |(letter, _)| width(letter));
        let words = if body.iter().map(letter).max().unwrap_or(0) > LONG_LETTER { "0.5" } else { "0.64" };
        format!("\\par\\noindent\\begin{{tabular}}{{@{{}}lp{{{words}\\textwidth}}@{{}}}}\n  {}\n\\end{{tabular}}\n", body.join(" \\\\\n  "))
    });
    tables.collect::<Vec<_>>().join("\\par\n")
}

/// `sign --latex`: the sign or its condition, then the formula.
pub fn signed_latex(s: &Signed, target: &Subject, set: &Setting, falls: Option<bool>) -> Tex {
    let falls = falls.unwrap_or(true);
    let (of, by) = (&target.latex, &set.system.info(s.derived.wrt).latex);
    let arrow = |up: bool| if up { "\\uparrow" } else { "\\downarrow" };
    let by = format!("{by} {}", arrow(!falls));
    let fixed = |positive: bool| format!("{by} \\;\\Rightarrow\\; {of} {}", arrow(positive != falls));
    let rises = if falls { !s.positive } else { s.positive };
    let line = match (s.answer, s.conditions.as_slice()) {
        (Answer::Plus, _) => fixed(true),
        (Answer::Minus, _) => fixed(false),
        (Answer::Zero, _) => format!("d{of} = 0"),
        (Answer::NotNegative | Answer::NotPositive, _) => {
            let up = (s.answer == Answer::NotNegative) != falls;
            format!("{by} \\;\\Rightarrow\\; d{of} {} 0", if up { "\\ge" } else { "\\le" })
        }
        (Answer::Depends, [one]) => {
            let head = format!("{by} \\;\\Rightarrow\\; {of} \\uparrow \\quad\\Longleftrightarrow\\quad");
            let rows = compared(head, one, rises, &s.atoms);
            return Tex::document(&format!("\\begin{{align*}}\n{rows}\n\\end{{align*}}\n{}", derived_latex(&s.derived, target, set)));
        }
        (Answer::Depends, list) => {
            let mut pieces = vec![format!("{by} \\;\\Rightarrow\\; {of} \\uparrow \\quad\\Longleftrightarrow\\quad")];
            for i in list {
                let mut own = latex_pieces(&i.left.clone().minus(i.right.clone()), &s.atoms);
                if let Some(first) = own.first_mut() {
                    first.insert_str(0, "\\bigl[ ");
                }
                if let Some(last) = own.last_mut() {
                    last.push_str(" \\bigr]");
                }
                pieces.extend(own);
            }
            pieces.push(format!("{} 0", if rises { ">" } else { "<" }));
            let rows = broken_line(&pieces);
            return Tex::document(&format!("\\begin{{align*}}\n{rows}\n\\end{{align*}}\n{}", derived_latex(&s.derived, target, set)));
        }
    };
    Tex::document(&format!("\\begin{{align*}}\n  &{line}\n\\end{{align*}}\n{}", derived_latex(&s.derived, target, set)))
}

/// A condition with what it decides before it, broken where it is wide.
fn compared(head: String, one: &Inequality, greater: bool, atoms: &Atoms) -> String {
    let side = |f: &Formula| if f.is_zero() { vec!["0".to_string()] } else { latex_pieces(f, atoms) };
    let (left, mut right) = (side(&one.left), side(&one.right));
    if let Some(first) = right.first_mut() {
        first.insert_str(0, if greater { "> " } else { "< " });
    }
    let all: Vec<String> = std::iter::once(head).chain(left).chain(right).collect();
    broken_line(&all)
}

pub fn derived_json(d: &Derived, target: &Subject, set: &Setting) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("target".into(), json!(target.name));
    out.insert("wrt".into(), json!(set.system.info(d.wrt).name));
    out.insert("formula".into(), json!(d.shown.text(&d.atoms)));
    out.insert("latex".into(), json!(latex(&d.shown.formula, &d.atoms)));
    out.insert("kind".into(), json!(kind(d.measure)));
    out.insert("per".into(), json!(per(d.per)));
    out.insert("where".into(), where_json(&[&d.shown], &d.atoms));
    out.insert("value".into(), json::optional(d.value));
    out.insert("solver_value".into(), json::optional(d.solver_value));
    out.insert("regime".into(), json!(set.regime));
    if !d.equalities.is_empty() {
        out.insert("used".into(), json!(d.equalities));
    }
    out
}

fn sides(i: &Inequality, atoms: &Atoms, greater: bool) -> String {
    let zero = |f: &Formula| if f.is_zero() { "0".to_string() } else { plain(f, atoms) };
    format!("{} {} {}", zero(&i.left), if greater { ">" } else { "<" }, zero(&i.right))
}

/// The sign as a word of the answer.
fn symbol(a: Answer) -> &'static str {
    match a {
        Answer::Plus => "+",
        Answer::Minus => "-",
        Answer::Zero => "0",
        Answer::NotNegative => "+ or 0",
        Answer::NotPositive => "- or 0",
        Answer::Depends => "depends",
    }
}

/// The condition under which the target rises when the parameter falls (or rises).
fn condition(s: &Signed, falls: bool) -> Option<String> {
    let rises = if falls { !s.positive } else { s.positive };
    match s.conditions.as_slice() {
        [] => None,
        [one] => Some(sides(one, &s.atoms, rises)),
        list => {
            let gap = |i: &Inequality| format!("({})", plain(&i.left.clone().minus(i.right.clone()), &s.atoms));
            Some(format!("{} {} 0", list.iter().map(gap).collect::<Vec<_>>().join(" "), if rises { ">" } else { "<" }))
        }
    }
}

/// `sign TARGET wrt PARAMETER`, or `when PARAMETER falls`.
pub fn signed_text(s: &Signed, target: &Subject, set: &Setting, falls: Option<bool>) -> String {
    let wrt = set.system.info(s.derived.wrt);
    let name = &wrt.display;
    let falls = falls.unwrap_or(true);
    let verb = if falls { "falls" } else { "rises" };
    let d = set.digits;
    let mut out = String::new();
    let clause = format!("sign {} wrt {name}", target.display);
    let word = |plus: bool| if plus == falls { "falls" } else { "rises" };
    match s.answer {
        Answer::Plus | Answer::Minus => {
            let _ = writeln!(out, "{clause}: {}      {} {} when {name} {verb}", symbol(s.answer), target.display, word(s.answer == Answer::Plus));
        }
        Answer::Zero => {
            let _ = writeln!(out, "{clause}: 0      {name} does not move {}", target.display);
        }
        Answer::NotNegative | Answer::NotPositive => {
            let _ = writeln!(
                out,
                "{clause}: {}      {} does not {} when {name} {verb}",
                symbol(s.answer),
                target.display,
                if (s.answer == Answer::NotNegative) == falls { "rise" } else { "fall" }
            );
        }
        Answer::Depends => {
            let _ = writeln!(out, "{clause}: depends");
            if let Some(c) = condition(s, falls) {
                let values = match s.conditions.as_slice() {
                    [Inequality { left_value: Some(l), right_value: Some(r), border, .. }] => {
                        let than = if *border {
                            "="
                        } else if l > r {
                            ">"
                        } else {
                            "<"
                        };
                        format!("{} {than} {}  ", d.value(*l), d.value(*r))
                    }
                    _ => String::new(),
                };
                let here = match s.positive_here {
                    _ if s.border => format!("   here {values}on the border"),
                    Some(p) => format!("   here {values}{}", if p == falls { "no" } else { "yes" }),
                    None => String::new(),
                };
                let _ = writeln!(out, "  {} rises when {name} {verb}  ⇔  {c}{here}", target.display);
            }
        }
    }
    let (left, _) = ratio(target, s.derived.measure, change_of(wrt, s.derived.per));
    let zero = s.derived.shown.formula.is_zero();
    let number = s.derived.value.filter(|_| !zero).map_or_else(String::new, |v| format!(" = {} ✓", Digits(d.0.max(6)).value(v)));
    let _ = writeln!(out, "  {left} = {}{number}", plain(&s.derived.shown.formula, &s.derived.atoms));
    for p in &s.proofs {
        let _ = writeln!(
            out,
            "  proved: {} {}   from {}",
            plain(&p.what, &s.atoms),
            verdict(p.verdict),
            if p.from.is_empty() { "itself".to_string() } else { p.from.join(", ") }
        );
    }
    if let Some(begins) = s.begins {
        let move_ = match begins {
            Answer::Zero => "does not move".to_string(),
            a => format!("{} when {name} {verb}", word(a == Answer::Plus)),
        };
        let _ = writeln!(out, "  where offshoring begins (γ = 0): {} {move_}", target.display);
    }
    if !s.turns.is_empty() {
        let list: Vec<String> =
            s.turns.iter().map(|t| format!("{} = {} ({})", name, d.short(t.at), if t.minimum { "minimum" } else { "maximum" })).collect();
        let _ = writeln!(out, "  along {name} here: {} turns at {}", target.display, list.join(" and "));
    }
    out.push_str(&where_text(&[&s.derived.shown], &s.derived.atoms, set));
    out.push_str(&foot(set, &s.derived.equalities));
    out
}

fn verdict(v: Verdict) -> &'static str {
    match v {
        Verdict::Positive => "> 0",
        Verdict::Negative => "< 0",
        Verdict::Zero => "= 0",
        Verdict::NotNegative => "≥ 0",
        Verdict::NotPositive => "≤ 0",
        Verdict::Unknown => "?",
    }
}

pub fn signed_json(s: &Signed, target: &Subject, set: &Setting, falls: Option<bool>) -> Map<String, Value> {
    let mut out = derived_json(&s.derived, target, set);
    let flipped = falls == Some(true);
    let sign = match (s.answer, flipped) {
        (Answer::Plus, true) => "-",
        (Answer::Minus, true) => "+",
        (Answer::NotNegative, true) => symbol(Answer::NotPositive),
        (Answer::NotPositive, true) => symbol(Answer::NotNegative),
        (a, _) => symbol(a),
    };
    out.insert("sign".into(), json!(sign));
    let ascii = |i: &Inequality, greater: bool| format!("{} {} {}", s.atoms.text(&i.left), if greater { ">" } else { "<" }, s.atoms.text(&i.right));
    // The condition for a positive sign of what was asked: the response, or the change when the parameter falls.
    let wanted = s.positive != flipped;
    let text = match s.conditions.as_slice() {
        [] => Value::Null,
        [one] => json!(ascii(one, wanted)),
        list => {
            let gap = |i: &Inequality| format!("({})", s.atoms.text(&i.left.clone().minus(i.right.clone())));
            json!(format!("{} {} 0", list.iter().map(gap).collect::<Vec<_>>().join("*"), if wanted { ">" } else { "<" }))
        }
    };
    out.insert("condition".into(), text);
    if s.border {
        out.insert("on_the_border".into(), json!(true));
    }
    out.insert("holds_here".into(), s.positive_here.filter(|_| !s.conditions.is_empty()).map_or(Value::Null, |p| json!(p != flipped)));
    let proved: Vec<String> =
        s.proofs.iter().map(|p| format!("{} {} from {}", s.atoms.text(&p.what), verdict(p.verdict), p.from.join(", "))).collect();
    out.insert("proved".into(), json!(proved));
    if let Some(begins) = s.begins {
        let sign = match (begins, flipped) {
            (Answer::Plus, true) => "-",
            (Answer::Minus, true) => "+",
            (a, _) => symbol(a),
        };
        out.insert("where_offshoring_begins".into(), json!(sign));
    }
    let turns: Vec<Value> =
        s.turns.iter().map(|t| json!({"at": json::number(t.at), "kind": if t.minimum { "minimum" } else { "maximum" }})).collect();
    out.insert("turns".into(), Value::Array(turns));
    out
}

/// What `hats` says of a model without conditions.
const NO_CONDITIONS: &str = "No conditions: nothing is unknown, all values follow from what the file gives.";

/// `hats`.
pub fn hats_text(h: &LogLinear, set: &Setting) -> String {
    let mut out = String::new();
    if h.groups.is_empty() {
        let _ = writeln!(out, "{NO_CONDITIONS}");
    }
    for (group, lines) in &h.groups {
        let _ = writeln!(out, "{group}");
        for line in lines {
            let _ = writeln!(out, "  {}", hat_line(line, h, set));
        }
    }
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right]);
    for at in &h.used {
        if let Some(a) = h.atoms.get(*at) {
            table.row([a.display.clone(), a.meaning.clone(), if a.value.is_finite() { set.digits.value(a.value) } else { String::new() }]);
        }
    }
    if !table.is_empty() {
        out.push_str("where\n");
        out.push_str(&table.within(2, set.columns));
    }
    out.push_str(&foot(set, &[]));
    out
}

/// The terms of one side, each with its sign.
fn hat_pieces(terms: &[(Formula, Sym)], h: &LogLinear, set: &Setting, tex: bool) -> Vec<String> {
    let mut out = Vec::new();
    for (n, (coefficient, sym)) in terms.iter().enumerate() {
        let measure = h.measures.iter().find(|m| m.0 == *sym).map_or(Measure::Log, |m| m.1);
        let (shown, texed) = set.change(*sym, measure);
        let minus = crate::statics::shorten::negative(coefficient);
        let size = if minus { crate::statics::shorten::turned(coefficient.clone()) } else { coefficient.clone() };
        if tex {
            let name = |a: u32| h.atoms.get(a).map_or_else(String::new, |x| x.latex.clone());
            out.extend(term_pieces(&size, &name, &texed, minus, n == 0));
            continue;
        }
        let letters = plain(&size, &h.atoms);
        let letters = match size {
            _ if size.is_one() => String::new(),
            Formula::Sum(_) => format!("({letters}) "),
            _ => format!("{letters} "),
        };
        let sign = match (n, minus) {
            (0, true) => "−",
            (0, false) => "",
            (_, true) => "− ",
            (_, false) => "+ ",
        };
        out.push(format!("{sign}{letters}{shown}"));
    }
    if out.is_empty() {
        out.push("0".into());
    }
    out
}

fn hat_line(line: &Line, h: &LogLinear, set: &Setting) -> String {
    let side = |terms: &[(Formula, Sym)]| hat_pieces(terms, h, set, false).join(" ");
    format!("{} = {}        [{}]", side(&line.left), side(&line.right), line.name)
}

/// `hats --latex`: a paragraph a group, families once with their index, then the letters.
pub fn hats_latex(h: &LogLinear, set: &Setting, economy: &Economy) -> Tex {
    let writer = Writer { system: set.system, economy, form: h };
    let alone = |l: &Line| {
        let side = |terms: &[(Formula, Sym)]| hat_pieces(terms, h, set, true);
        broken_row(&side(&l.left), &side(&l.right))
    };
    let mut out = String::from("\\begingroup\\allowdisplaybreaks\n");
    if h.groups.is_empty() {
        let _ = writeln!(out, "\\par\\noindent {NO_CONDITIONS}");
    }
    for (group, lines) in &h.groups {
        let rows: Vec<String> = writer
            .rows(lines, &alone)
            .into_iter()
            .map(|p| format!("  % {}\n{}", p.names.join("; ").split_whitespace().collect::<Vec<_>>().join(" "), p.row))
            .collect();
        let mut title = group.to_string();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let _ = write!(out, "\\paragraph{{{title}.}}\n\\begin{{align*}}\n{}\n\\end{{align*}}\n", rows.join(" \\\\\n"));
    }
    let rows: Vec<String> = writer.letters(&h.used).into_iter().map(|(letter, words)| format!("${letter}$ & {words}")).collect();
    if !rows.is_empty() {
        out.push_str(&format!("\\paragraph{{Where}}\n{}", letters_latex(&rows)));
    }
    if !set.regime.is_empty() {
        let _ = writeln!(out, "\\par\\noindent Regime: {}.", latex_words(set.regime));
    }
    out.push_str("\\endgroup\n");
    Tex::document(&out)
}

pub fn hats_json(h: &LogLinear, set: &Setting) -> Map<String, Value> {
    let mut out = Map::new();
    let side = |terms: &[(Formula, Sym)]| -> Value {
        let list: Map<String, Value> = terms.iter().map(|(f, s)| (set.system.info(*s).name.clone(), json!(h.atoms.text(f)))).collect();
        Value::Object(list)
    };
    let rows: Vec<Value> = h
        .groups
        .iter()
        .flat_map(|(g, lines)| {
            lines.iter().map(|l| json!({"group": g, "name": l.name, "left": side(&l.left), "right": side(&l.right)})).collect::<Vec<_>>()
        })
        .collect();
    out.insert("equations".into(), Value::Array(rows));
    let letters: Map<String, Value> = h
        .used
        .iter()
        .filter_map(|a| h.atoms.get(*a))
        .map(|a| (a.name.clone(), json!({"meaning": a.meaning, "latex": a.latex, "value": json::number(a.value)})))
        .collect();
    out.insert("where".into(), Value::Object(letters));
    out.insert("regime".into(), json!(set.regime));
    out
}
