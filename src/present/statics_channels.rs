//! Conditional forms and effects by channel as text, LaTeX and JSON.

use super::formula::{aligned_row, broken_row, change, change_of, latex, latex_pieces, plain};
use super::json;
use super::statics::{Setting, Subject, foot, kind, where_json, where_latex, where_text};
use super::table::{Align, Table};
use crate::algebra::Formula;
use crate::sink::Tex;
use crate::statics::effects::{Effects, Form, Term};
use crate::statics::shorten::Shown;
use crate::system::Quantity;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Characters up to which a formula stands in its cell of the table.
const INLINE: usize = 60;

/// The letter of a multiplier, in print and in LaTeX.
#[derive(Clone)]
struct Letter {
    shown: String,
    tex: String,
}

/// What a quantity's own index is: `x` of `Ωx`, `I_x`, `I[x]`.
fn own_index(display: &str) -> String {
    let rest: String = display.chars().skip(1).collect();
    rest.trim_start_matches('_').trim_matches(['[', ']']).to_string()
}

/// Letters as the paper has them: α₁ for the price and α₂ for the margins in the first equation, α₃ and α₄ in the second; m for a task bill
/// whose multiplier is not −1. Other lists of channels are numbered in order. Multipliers that are numbers have no letter.
fn letters(form: &Form, set: &Setting) -> Vec<Option<Letter>> {
    let quantity = |t: &Term| set.system.info(t.sym).quantity;
    let is_price = |t: &Term| matches!(quantity(t), Quantity::GoodPrice | Quantity::GivenPrice);
    let lettered = |t: &Term| t.exact.as_constant().is_none_or(|c| c.is_zero());
    let all: Vec<&Term> = form.terms.iter().filter(|t| lettered(t)).collect();
    let paper = form.terms.iter().filter(|t| is_price(t)).count() <= 1
        && all.iter().all(|t| is_price(t) || matches!(quantity(t), Quantity::Margin | Quantity::Bill));
    let several = |q: Quantity| form.terms.iter().filter(|t| quantity(t) == q).count() > 1;
    let alpha = |n: usize, index: String| {
        let tex = if index.is_empty() { format!("{n}") } else { format!("{n}{}", crate::model::naming::latex_text(&index)) };
        Letter { shown: format!("α{}{index}", subscript(n)), tex: format!("\\alpha_{{{tex}}}") }
    };
    let shown = |t: &Term| set.system.info(t.sym).display.as_str();
    let mut count = 0;
    let mut out = Vec::new();
    for term in &form.terms {
        if !lettered(term) {
            out.push(None);
            continue;
        }
        count += 1;
        // I_x by its x; margins I and J, which have no index to tell them apart, by their names.
        let twin = |t: &Term| t.sym != term.sym && quantity(t) == quantity(term) && own_index(shown(t)) == own_index(shown(term));
        let index = || if form.terms.iter().any(twin) { shown(term).to_string() } else { own_index(shown(term)) };
        out.push(Some(match quantity(term) {
            Quantity::Bill if paper => {
                let index = if several(Quantity::Bill) { index() } else { String::new() };
                match index.is_empty() {
                    true => Letter { shown: "m".into(), tex: "m".into() },
                    false => Letter { shown: format!("m_{index}"), tex: format!("m_{{{}}}", crate::model::naming::latex_text(&index)) },
                }
            }
            Quantity::Margin if paper => alpha(2 * form.equation + 2, if several(Quantity::Margin) { index() } else { String::new() }),
            _ if paper => alpha(2 * form.equation + 1, String::new()),
            _ => alpha(count, String::new()),
        }));
    }
    out
}

/// `ŵ = −Ω̂ − α₁ p̂ − α₂ dI/(1−I)`: multipliers that are no numbers under their letters.
fn form_line(form: &Form, target: &Subject, set: &Setting, tex: bool) -> String {
    let pick = |pair: (String, String)| if tex { pair.1 } else { pair.0 };
    let mut line = format!("{} = ", pick(change(&target.display, &target.latex, form.measure)));
    let mut first = true;
    for (term, letter) in form.terms.iter().zip(letters(form, set)) {
        let of = pick(set.change(term.sym, term.measure));
        let (minus, size) = match letter {
            Some(l) => (leads_negative(term), format!("{} ", if tex { l.tex } else { l.shown })),
            None => {
                let v = term.exact.as_constant().map_or(1.0, |c| c.to_f64());
                (v < 0.0, if v.abs() == 1.0 { String::new() } else { format!("{} ", set.digits.short(v.abs())) })
            }
        };
        line.push_str(match (first, minus, tex) {
            (true, true, true) => "-",
            (true, true, false) => "−",
            (true, false, _) => "",
            (false, true, true) => " - ",
            (false, true, false) => " − ",
            (false, false, _) => " + ",
        });
        first = false;
        let _ = write!(line, "{size}{of}");
    }
    if first {
        line.push('0');
    }
    line
}

/// A letter is written with a minus before it where the multiplier is negative here, or begins with a minus.
fn leads_negative(term: &Term) -> bool {
    term.exact.is_zero() || term.value.map_or_else(|| crate::statics::shorten::negative(&term.multiplier.formula), |v| v < 0.0)
}

/// The letter of a multiplier in the form with its sign, where it has one.
fn letter_of(form: &Form, term: &Term, set: &Setting) -> Option<String> {
    let at = form.terms.iter().position(|t| t.sym == term.sym)?;
    let letter = letters(form, set).into_iter().nth(at).flatten()?;
    Some(format!("{}{}", if leads_negative(term) { "−" } else { "" }, letter.shown))
}

fn subscript(n: usize) -> String {
    n.to_string().chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_u32(0x2080 + d)).collect()
}

fn given_words(form: &Form, set: &Setting) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !form.set_aside.is_empty() {
        parts.push(format!("set aside: {}", form.set_aside.join(", ")));
    }
    for s in &form.independent {
        parts.push(format!("{} taken as given", set.system.info(*s).display));
    }
    parts.join("; ")
}

/// Why a multiplier is zero: what settles the target without it.
fn zero_reason(form: &Form, term: &Term, set: &Setting) -> String {
    if term.pinned {
        return format!("{} sits at its bound", set.system.info(term.sym).display);
    }
    let settled: Vec<&str> = form.conditions.iter().map(String::as_str).collect();
    match settled.as_slice() {
        [] => "the target does not move".to_string(),
        list if list.len() <= 4 => format!("{} settle{} it", list.join(", "), if list.len() == 1 { "s" } else { "" }),
        list => format!("{} conditions without it settle it", list.len()),
    }
}

/// `derive TARGET in terms of …`.
pub fn form_text(form: &Form, target: &Subject, set: &Setting) -> String {
    let mut out = format!("{}        {}\n", form_line(form, target, set, false), given_words(form, set));
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right]);
    let mut below = Vec::new();
    for term in &form.terms {
        let of = set.change(term.sym, term.measure).0;
        let multiplier = multiplier_cell(form, term, set, &mut below);
        table.row([of, multiplier, term.value.map_or_else(String::new, |v| set.digits.value(v))]);
    }
    out.push_str(&table.within(2, set.columns));
    for line in below {
        let _ = writeln!(out, "  {line}");
    }
    let shown: Vec<&Shown> = form.terms.iter().map(|t| &t.multiplier).collect();
    out.push_str(&where_text(&shown, &form.atoms, set));
    out.push_str(&foot(set, &form.equalities));
    out
}

fn multiplier_words(form: &Form, term: &Term, set: &Setting) -> String {
    let letter = letter_of(form, term, set).map_or_else(String::new, |l| format!("{l} = "));
    if term.multiplier.formula.is_zero() {
        return format!("{letter}0 ({})", zero_reason(form, term, set));
    }
    format!("{letter}{}", plain(&term.multiplier.formula, &form.atoms))
}

/// The same in a table: a long one by its letter, its formula on a line of its own below.
fn multiplier_cell(form: &Form, term: &Term, set: &Setting, below: &mut Vec<String>) -> String {
    let words = multiplier_words(form, term, set);
    match letter_of(form, term, set) {
        Some(letter) if words.chars().count() > INLINE && !term.multiplier.formula.is_zero() => {
            below.push(words);
            letter
        }
        _ => words,
    }
}

pub fn form_json(form: &Form, target: &Subject, set: &Setting) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("target".into(), json!(target.name));
    out.insert("conditional".into(), json!(form_line(form, target, set, false)));
    out.insert("latex".into(), json!(form_line(form, target, set, true)));
    out.insert("set_aside".into(), json!(form.set_aside));
    let coefficients: Map<String, Value> = form.terms.iter().map(|t| (set.system.info(t.sym).name.clone(), term_json(form, t, set))).collect();
    out.insert("coefficients".into(), Value::Object(coefficients));
    let shown: Vec<&Shown> = form.terms.iter().map(|t| &t.multiplier).collect();
    out.insert("where".into(), where_json(&shown, &form.atoms));
    out.insert("regime".into(), json!(set.regime));
    out
}

fn term_json(form: &Form, term: &Term, set: &Setting) -> Value {
    let mut out = Map::new();
    out.insert("formula".into(), json!(term.multiplier.text(&form.atoms)));
    out.insert("latex".into(), json!(latex(&term.multiplier.formula, &form.atoms)));
    out.insert("value".into(), json::optional(term.value));
    if term.exact.as_constant().is_none() {
        out.insert("alpha".into(), json::optional(term.value.map(f64::abs)));
    }
    out.insert("kind".into(), json!(kind(term.measure)));
    if term.multiplier.formula.is_zero() {
        out.insert("reason".into(), json!(zero_reason(form, term, set)));
    }
    Value::Object(out)
}

pub fn form_latex(form: &Form, target: &Subject, set: &Setting) -> Tex {
    let mut out = conditional_latex(form, target, set);
    let shown: Vec<&Shown> = form.terms.iter().map(|t| &t.multiplier).collect();
    out.push_str(&where_latex(&shown, &form.atoms));
    Tex::document(&out)
}

fn conditional_latex(form: &Form, target: &Subject, set: &Setting) -> String {
    let mut out = format!("\\begin{{equation*}}\n  {}\n\\end{{equation*}}\n", form_line(form, target, set, true));
    let mut rows = Vec::new();
    for (term, letter) in form.terms.iter().zip(letters(form, set)) {
        let Some(letter) = letter else { continue };
        let formula =
            if leads_negative(term) { crate::statics::shorten::turned(term.multiplier.formula.clone()) } else { term.multiplier.formula.clone() };
        rows.push(aligned_row(&letter.tex, &formula, &form.atoms));
    }
    out.push_str(&aligned(&rows));
    out
}

fn aligned(rows: &[String]) -> String {
    if rows.is_empty() { String::new() } else { format!("\\begin{{align*}}\n{}\n\\end{{align*}}\n", rows.join(" \\\\\n")) }
}

/// `effects --latex`: the conditional form, each channel's response, and the contributions.
pub fn effects_latex(e: &Effects, target: &Subject, set: &Setting) -> Tex {
    let form = &e.form;
    let mut out = conditional_latex(form, target, set);
    let by = change_of(set.system.info(e.total.wrt), e.total.per).1;
    let mut rows = Vec::new();
    for m in e.channels.iter().flat_map(|c| &c.members) {
        let Some(term) = form.terms.get(m.term) else { continue };
        if term.sym == e.total.wrt {
            continue;
        }
        let of = set.change(term.sym, term.measure).1;
        let mut pieces = latex_pieces(&m.response.formula, &form.atoms);
        match &m.response.formula {
            f if f.is_zero() => pieces = vec!["0".to_string()],
            Formula::Sum(_) => {
                pieces.insert(0, "\\bigl[".into());
                pieces.push(format!("\\bigr] \\, {by}"));
            }
            _ => pieces.push(format!("\\, {by}")),
        }
        rows.push(broken_row(&[of], &pieces));
    }
    out.push_str(&aligned(&rows));
    let mut table = Vec::new();
    for channel in &e.channels {
        let name = crate::sink::tex::words(&channel.name.replace('_', " "), &crate::model::naming::greek_name);
        let number = channel.value.map_or_else(String::new, |v| set.digits.value(v).replace('−', "-"));
        table.push(contribution(&name, &channel.contribution.formula, form, &number));
    }
    if let Some((shown, v)) = &e.direct {
        let number = v.map_or_else(String::new, |v| set.digits.value(v).replace('−', "-"));
        table.push(contribution("direct", &shown.formula, form, &number));
    }
    let total = e.total.value.map_or_else(String::new, |v| set.digits.value(v).replace('−', "-"));
    table.push(format!("  \\text{{total}} &= {total}"));
    out.push_str(&aligned(&table));
    out.push_str(&where_latex(&all_shown(e), &form.atoms));
    Tex::document(&out)
}

/// What a channel contributes, as a row: its formula and its number.
fn contribution(name: &str, formula: &Formula, form: &Form, number: &str) -> String {
    let mut pieces = latex_pieces(formula, &form.atoms);
    if !number.is_empty() && !formula.is_zero() {
        pieces.push(format!("= {number}"));
    }
    broken_row(&[format!("\\text{{{name}}}")], &pieces)
}

/// All formulas of an answer, for its list of letters.
fn all_shown(e: &Effects) -> Vec<&Shown> {
    let mut shown: Vec<&Shown> = e.form.terms.iter().map(|t| &t.multiplier).collect();
    shown.extend(e.channels.iter().flat_map(|c| c.members.iter().map(|m| &m.response)));
    shown.extend(e.channels.iter().map(|c| &c.contribution));
    shown.extend(e.direct.iter().map(|x| &x.0));
    shown
}

/// `effects TARGET wrt PARAMETER`.
pub fn effects_text(e: &Effects, target: &Subject, set: &Setting) -> String {
    let d = set.digits;
    let form = &e.form;
    let wrt = change_of(set.system.info(e.total.wrt), e.total.per).0;
    let mut out = format!("{}        {}\n", form_line(form, target, set, false), given_words(form, set));
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left, Align::Right, Align::Right]);
    table.row(["channel".into(), "multiplier".into(), "value".into(), format!("× response to {wrt}"), "".into(), "= contribution".into()]);
    let value = |v: Option<f64>| v.map_or_else(String::new, |v| d.value(v));
    let mut below: Vec<String> = Vec::new();
    for channel in &e.channels {
        let name = channel.name.replace('_', " ");
        for (n, member) in channel.members.iter().enumerate() {
            let Some(term) = form.terms.get(member.term) else { continue };
            let of = set.change(term.sym, term.measure).0;
            let long = plain(&member.response.formula, &form.atoms).chars().count() > INLINE;
            if long {
                below.push(format!("{of} = {}", plain(&member.response.formula, &form.atoms)));
            }
            let response = match (member.response.formula.is_zero(), crate::statics::effects::is_given(set.system, term.sym)) {
                (true, true) => format!("{of} given"),
                (true, false) => format!("{of} = 0"),
                _ if long => of,
                _ => format!("{of} = {}", plain(&member.response.formula, &form.atoms)),
            };
            let last = n + 1 == channel.members.len();
            table.row([
                if n == 0 { name.clone() } else { String::new() },
                multiplier_cell(form, term, set, &mut below),
                value(term.value),
                response,
                value(member.response_value),
                if last { value(channel.value) } else { String::new() },
            ]);
        }
        if let Some(common) = &channel.common {
            let list: Vec<String> = channel
                .members
                .iter()
                .zip(&common.weights)
                .filter_map(|(m, w)| {
                    form.terms.get(m.term).map(|t| {
                        format!(
                            "{} {}",
                            if matches!(w, Formula::Sum(_)) { format!("({})", plain(w, &form.atoms)) } else { plain(w, &form.atoms) },
                            set.change(t.sym, t.measure).0
                        )
                    })
                })
                .collect();
            table.row([
                "".into(),
                format!("together {} × ({})", plain(&common.multiplier.formula, &form.atoms), list.join(" + ")),
                value(common.value),
                "".into(),
                "".into(),
                "".into(),
            ]);
        }
        if let Some(sum) = channel.sum {
            table.row(["".into(), "multipliers add up to".into(), d.value(sum), "".into(), "".into(), "".into()]);
        }
    }
    if let Some((shown, v)) = &e.direct {
        table.row(["direct".into(), plain(&shown.formula, &form.atoms), value(*v), format!("{wrt} = 1"), "1".into(), value(*v)]);
    }
    table.row(["total".into(), "".into(), "".into(), "".into(), "".into(), value(e.total.value)]);
    out.push_str(&table.within(2, set.columns));
    for line in below {
        let _ = writeln!(out, "  {line}");
    }
    let mut shown: Vec<&Shown> = form.terms.iter().map(|t| &t.multiplier).collect();
    shown.extend(e.channels.iter().flat_map(|c| c.members.iter().map(|m| &m.response)));
    out.push_str(&where_text(&shown, &form.atoms, set));
    out.push_str(&foot(set, &form.equalities));
    let name = &set.system.info(e.total.wrt).display;
    let _ = writeln!(out, "  per +1% of {name}; for a fall in {name} reverse the signs");
    out
}

pub fn effects_json(e: &Effects, target: &Subject, set: &Setting) -> Map<String, Value> {
    let form = &e.form;
    let mut out = form_json(form, target, set);
    out.insert("wrt".into(), json!(set.system.info(e.total.wrt).name));
    let mut coefficients = Map::new();
    let mut contributions = Map::new();
    let mut responses = Map::new();
    for channel in &e.channels {
        let mut members = Map::new();
        for m in &channel.members {
            let Some(term) = form.terms.get(m.term) else { continue };
            let name = set.system.info(term.sym).name.clone();
            members.insert(name.clone(), term_json(form, term, set));
            responses.insert(name, json!({"formula": m.response.text(&form.atoms), "value": json::optional(m.response_value)}));
        }
        let entry = match (&channel.common, members.len()) {
            (_, 1) => members.into_iter().next().map_or(Value::Null, |x| x.1),
            (Some(c), _) => json!({"formula": c.multiplier.text(&form.atoms), "value": json::optional(c.value), "members": members}),
            (None, _) => json!({"members": members, "sum": channel.sum}),
        };
        coefficients.insert(channel.name.to_string(), entry);
        contributions
            .insert(channel.name.to_string(), json!({"formula": channel.contribution.text(&form.atoms), "value": json::optional(channel.value)}));
    }
    if let Some((shown, v)) = &e.direct {
        contributions.insert("direct".into(), json!({"formula": shown.text(&form.atoms), "value": json::optional(*v)}));
    }
    out.insert("coefficients".into(), Value::Object(coefficients));
    out.insert("responses".into(), Value::Object(responses));
    out.insert("contributions".into(), Value::Object(contributions));
    let shown = all_shown(e);
    out.insert("where".into(), where_json(&shown, &form.atoms));
    out.insert("total".into(), json::optional(e.total.value));
    out.insert("formula".into(), json!(e.total.shown.text(&e.total.atoms)));
    out
}
