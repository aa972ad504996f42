//! The system by condition, in MathML.

use super::html::{Cell, escape, table};
use super::{formula, mathml};
use crate::present::equations::given::{Given, Value};
use crate::present::equations::print::{Target, number};
use crate::present::equations::sheet::{Partner, Relation, Row, Section, Sheet};
use crate::present::equations::term::Term;
use crate::present::equations::text::difference;

/// Families with more values than this are summed up.
const LISTED: usize = 16;

pub fn section(sheet: &Sheet) -> String {
    let plural = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let mut out = format!("<p>{} for {}.", plural(sheet.equations, "condition"), plural(sheet.unknowns, "unknown"));
    if sheet.sections.iter().flat_map(|s| &s.rows).any(|r| r.relation == Relation::AtLeast) {
        out.push_str(" <math><mi>a</mi><mo>≥</mo><mi>b</mi><mspace width=\"0.5em\"/><mo>⟂</mo><mspace width=\"0.5em\"/><mi>z</mi><mo>≥</mo><mn>0</mn></math> means: both hold, at least one of them with equality.");
    }
    out.push_str("</p>\n");
    for s in &sheet.sections {
        conditions(s, &mut out);
    }
    if !sheet.givens.is_empty() {
        out.push_str("<h3>Given</h3>\n");
        let rows: Vec<Vec<Cell>> = sheet.givens.iter().map(given).collect();
        out.push_str(&table("Prices, endowments and parameters as the file has them", &["", "meaning"], &rows));
    }
    out
}

fn conditions(s: &Section, out: &mut String) {
    out.push_str(&format!("<h3>{}</h3>\n", escape(s.title)));
    if let Some(note) = s.note {
        out.push_str(&format!("<p class=\"note\">{}</p>\n", escape(note)));
    }
    let named = !matches!(s.key, "income" | "unit_cost" | "input" | "demand" | "price_index");
    out.push_str("<ul class=\"equations\">\n");
    for r in &s.rows {
        out.push_str(&format!("<li><div class=\"scroll equation\" tabindex=\"0\">{}</div>", equation(r)));
        let mut beside = Vec::new();
        if let Some(p) = &r.partner {
            beside.push(format!("<span class=\"partner\"><math><mo form=\"prefix\">⟂</mo><mspace width=\"0.4em\"/>{}</math></span>", bounds(p)));
        }
        if !r.binders.is_empty() {
            beside.push(format!("<span class=\"family\">for <math>{}</math></span>", mathml::family(&r.binders, r.guard.as_ref())));
        }
        let mut words: Vec<&str> = Vec::new();
        if named && !r.name.is_empty() {
            words.push(&r.name);
        }
        words.extend(r.note.as_deref());
        if !words.is_empty() {
            beside.push(format!("<span class=\"name\">{}</span>", escape(&words.join("; "))));
        }
        if !beside.is_empty() {
            out.push_str(&format!("<div class=\"beside\">{}</div>", beside.join(" ")));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn equation(r: &Row) -> String {
    let sign = match r.relation {
        Relation::Between => return broken("", &difference(r)),
        Relation::AtLeast => "≥",
        Relation::Equal | Relation::Defined => "=",
    };
    broken(&format!("{}<mo>{sign}</mo>", mathml::row(&r.left)), &r.right)
}

/// A formula whose lines break between the terms of its sum, as the width of the page asks for.
fn broken(left: &str, right: &Term) -> String {
    let mut pieces = mathml::pieces(right).into_iter();
    let mut out = mathml::wrap(&format!("{left}{}", pieces.next().unwrap_or_default()));
    for p in pieces {
        out.push(' ');
        out.push_str(&mathml::wrap(&p));
    }
    out
}

fn bounds(p: &Partner) -> String {
    let name = mathml::row(&p.term);
    match (p.lower.is_finite(), p.upper.is_finite()) {
        (true, true) => format!("{}<mo>≤</mo>{name}<mo>≤</mo>{}", mathml::number(p.lower), mathml::number(p.upper)),
        (true, false) => format!("{name}<mo>≥</mo>{}", mathml::number(p.lower)),
        (false, true) => format!("{name}<mo>≤</mo>{}", mathml::number(p.upper)),
        (false, false) => name,
    }
}

fn given(g: &Given) -> Vec<Cell> {
    let name = mathml::row(&g.name);
    let value = match (&g.follows, g.values.as_slice()) {
        (Some(f), [v]) => format!("{} {}", formula::joined(&name, f), mathml::wrap(&format!("<mo form=\"infix\">=</mo>{}", mathml::number(v.value)))),
        (Some(f), _) => formula::joined(&name, f),
        (None, [v]) => mathml::wrap(&format!("{name}<mo>=</mo>{}", mathml::number(v.value))),
        (None, values) => format!("{} {}", mathml::wrap(&name), listing(values)),
    };
    let mut meaning = escape(&g.meaning);
    if !g.binders.is_empty() {
        let family = format!("for <math>{}</math>", mathml::family(&g.binders, g.guard.as_ref()));
        meaning = if meaning.is_empty() { family } else { format!("{meaning}, {family}") };
    }
    vec![Cell::html(format!("<span class=\"given\">{value}</span>")), Cell::html(meaning)]
}

/// The values of a family with the elements that they belong to.
fn listing(values: &[Value]) -> String {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v.value), h.max(v.value)));
    let short = |v: f64| escape(&number(v, Target::Text));
    if low == high {
        return format!("= {}", short(low));
    }
    if values.len() > LISTED {
        return format!("{} values from {} to {}", values.len(), short(low), short(high));
    }
    let parts: Vec<String> = values
        .iter()
        .map(|v| format!("<span class=\"pair\"><span class=\"at\">{}</span> {}</span>", escape(&v.at.join(", ")), short(v.value)))
        .collect();
    format!("<br>{}", parts.join(" "))
}
