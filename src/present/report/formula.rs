//! Closed forms as MathML: the same letters as in the equations, hats on relative changes.

use super::html::{Cell, escape, prose, read_name, symbol, table};
use super::mathml;
use crate::algebra::{Formula, Rational};
use crate::present::equations::term::{Name, Term};
use crate::present::number::Digits;
use crate::statics::atoms::Atoms;
use crate::statics::derive::Derived;
use crate::statics::hat::Measure;
use crate::statics::shorten::filled;
use crate::system::System;

/// The response of one target to one parameter, as the page shows it.
pub struct Response {
    /// `ŵ/β̂ = …` in MathML.
    pub formula: String,
    /// `w with respect to beta`
    pub title: String,
    pub letters: Vec<Letter>,
    /// What the formula gives and what the solver gives.
    pub check: Option<String>,
    pub equalities: Vec<String>,
}

/// What a letter of a formula stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub display: String,
    /// As HTML.
    pub meaning: String,
    pub value: String,
    /// Written in other letters.
    pub named: bool,
}

impl Response {
    /// Whether two responses mean the same by each letter that both use.
    fn agrees(&self, other: &Response) -> bool {
        self.letters.iter().all(|l| other.letters.iter().all(|o| o.display != l.display || o == l))
    }
}

/// Reads a closed form.
pub fn response(d: &Derived, display: &str, system: &System, digits: Digits) -> Response {
    let wrt = &system.info(d.wrt).display;
    let left = format!("<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>", change(display, d.measure), change(wrt, d.per));
    let right = term(&d.shown.formula, &d.atoms);
    let formula = joined(&left, &right);
    let mut letters = Vec::new();
    let values = filled(&d.shown.named, &d.atoms.values());
    let named: Vec<u32> = d.shown.named.iter().map(|n| n.0).collect();
    let mut order = named.clone();
    order.extend(d.shown.atoms().into_iter().filter(|a| !named.contains(a)));
    for at in order {
        let Some(atom) = d.atoms.get(at) else { continue };
        let value = values.get(at as usize).copied().filter(|v| v.is_finite()).map_or_else(String::new, |v| digits.value(v));
        let mut meaning = escape(&atom.meaning);
        if let Some((_, f)) = d.shown.named.iter().find(|n| n.0 == at) {
            meaning = format!("{meaning}: {}", joined(&symbol_row(&atom.display), &term(f, &d.atoms)));
        }
        letters.push(Letter { display: atom.display.clone(), meaning, value, named: named.contains(&at) });
    }
    let check = d.value.zip(d.solver_value).map(|(f, s)| {
        let fine = Digits(digits.0.max(6));
        format!("formula {}, solver {}", fine.value(f), fine.value(s))
    });
    Response { formula, title: format!("{display} with respect to {wrt}"), letters, check, equalities: d.equalities.clone() }
}

/// `left = right`, with places to break a long right side.
pub fn joined(left: &str, right: &Term) -> String {
    let mut pieces = mathml::pieces(right).into_iter();
    let first = pieces.next().unwrap_or_default();
    let mut out = mathml::wrap(&format!("{left}<mo>=</mo>{first}"));
    for p in pieces {
        out.push(' ');
        out.push_str(&mathml::wrap(&p));
    }
    out
}

/// All responses; those that mean the same by their letters stand over one table of them.
pub fn section(responses: &[Response]) -> String {
    let mut groups: Vec<Vec<&Response>> = Vec::new();
    for r in responses {
        match groups.iter_mut().find(|g| g.iter().all(|x| x.agrees(r))) {
            Some(g) => g.push(r),
            None => groups.push(vec![r]),
        }
    }
    groups.iter().map(|g| group(g)).collect()
}

fn group(responses: &[&Response]) -> String {
    let mut out = String::from("<div class=\"formulas\">\n");
    for r in responses {
        let check = r.check.as_ref().map(|c| format!("<p class=\"check\">{}</p>", escape(c))).unwrap_or_default();
        let label = escape(&r.title);
        out.push_str(&format!(
            "<div class=\"formula\" role=\"group\" aria-label=\"{label}\"><div class=\"scroll equation\" tabindex=\"0\">{}</div>{check}</div>\n",
            r.formula
        ));
    }
    let mut letters: Vec<&Letter> = Vec::new();
    for l in responses.iter().flat_map(|r| &r.letters) {
        if !letters.contains(&l) {
            letters.push(l);
        }
    }
    // What is written in other letters stands before them.
    letters.sort_by_key(|l| !l.named);
    if !letters.is_empty() {
        let rows: Vec<Vec<Cell>> = letters
            .iter()
            .map(|l| vec![Cell::html(symbol(&l.display)), Cell::html(l.meaning.clone()), Cell { html: escape(&l.value), number: true }])
            .collect();
        out.push_str(&table("where", &["", "meaning", "value"], &rows));
    }
    let mut used: Vec<&String> = Vec::new();
    for e in responses.iter().flat_map(|r| &r.equalities) {
        if !used.contains(&e) {
            used.push(e);
            out.push_str(&format!("<p class=\"note\">Used: {}</p>\n", prose(e)));
        }
    }
    out.push_str("</div>\n");
    out
}

fn symbol_row(display: &str) -> String {
    match read_name(display) {
        Some(n) => mathml::name(&n, false),
        None => format!("<mtext>{}</mtext>", escape(display)),
    }
}

/// `ŵ`, `dI/(1−I)`, `d exports_x`.
fn change(display: &str, measure: Measure) -> String {
    let plain = symbol_row(display);
    match (measure, read_name(display)) {
        (Measure::Log, Some(n)) if mathml::takes_hat(&n) => mathml::name(&n, true),
        (Measure::Log, _) => format!("<mi>d</mi><mspace width=\"0.17em\"/><mi>ln</mi><mo>&#8289;</mo>{plain}"),
        (Measure::Margin, _) => format!(
            "<mi>d</mi>{plain}<mo lspace=\"0\" rspace=\"0\">/</mo><mrow><mo stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo>{plain}<mo stretchy=\"false\">)</mo></mrow>"
        ),
        (Measure::Plain, _) => format!("<mi>d</mi>{plain}"),
    }
}

/// A rational function of atoms as a formula to print.
pub fn term(f: &Formula, atoms: &Atoms) -> Term {
    match f {
        Formula::Number(n) => number(n),
        Formula::Atom(a) => match atoms.get(*a) {
            Some(atom) => Term::Name(read_name(&atom.display).unwrap_or_else(|| Name::plain(atom.display.as_str()))),
            None => Term::Name(Name::plain(format!("s{a}"))),
        },
        Formula::Sum(list) => Term::Sum(list.iter().map(|t| term(t, atoms)).collect()),
        Formula::Product(list) => product(list, atoms),
        Formula::Power(base, n) if *n < 0 => {
            let below = if *n == -1 { term(base, atoms) } else { Term::Pow(Box::new(term(base, atoms)), Box::new(Term::Number(-f64::from(*n)))) };
            Term::Div(Box::new(Term::Number(1.0)), Box::new(below))
        }
        Formula::Power(base, n) => Term::Pow(Box::new(term(base, atoms)), Box::new(Term::Number(f64::from(*n)))),
        Formula::Quotient(top, bottom) => {
            let bottom = Box::new(term(bottom, atoms));
            match term(top, atoms) {
                Term::Neg(top) => Term::Neg(Box::new(Term::Div(top, bottom))),
                top => Term::Div(Box::new(top), bottom),
            }
        }
    }
}

/// Factors, a number in front, its sign before all.
fn product(list: &[Formula], atoms: &Atoms) -> Term {
    let mut factors = Vec::with_capacity(list.len());
    let mut negative = false;
    for f in list {
        let mut t = term(f, atoms);
        if let Term::Neg(inner) = t {
            negative = !negative;
            t = *inner;
        }
        if t != Term::Number(1.0) {
            factors.push(t);
        }
    }
    let whole = match factors.len() {
        0 => Term::Number(1.0),
        1 => factors.remove(0),
        _ => Term::Prod(factors),
    };
    if negative { Term::Neg(Box::new(whole)) } else { whole }
}

fn number(n: &Rational) -> Term {
    let (top, bottom) = n.abs().parts();
    let exact = |s: &str| s.parse::<f64>().unwrap_or(f64::NAN);
    let size = if bottom == "1" {
        Term::Number(exact(&top))
    } else {
        Term::Div(Box::new(Term::Number(exact(&top))), Box::new(Term::Number(exact(&bottom))))
    };
    if n.is_negative() { Term::Neg(Box::new(size)) } else { size }
}
