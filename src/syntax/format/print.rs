//! Expressions as text that reads back as the same tree.

use super::super::tree::*;
use std::fmt::Write;

/// How tightly a construct binds, from the loosest.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// The expression in the language's own words.
pub fn expr_to_string(e: &Expr) -> String {
    let mut out = String::new();
    expr(&mut out, e, Level::Or, true);
    out
}

fn level(kind: &ExprKind) -> Level {
    match kind {
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare(..) => Level::Compare,
        ExprKind::Sum(terms) if terms.len() != 1 || terms.first().is_some_and(|t| t.0) => Level::Sum,
        ExprKind::Product(factors) if factors.len() != 1 || factors.first().is_some_and(|f| f.0) => Level::Product,
        ExprKind::Negate(_) => Level::Sign,
        ExprKind::Power(..) => Level::Power,
        ExprKind::Number(value, text) if value.is_sign_negative() && (text.is_empty() || text.starts_with('-')) => Level::Sign,
        _ => Level::Atom,
    }
}

/// Whether the text of an expression takes in what is written after it.
fn is_open(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Fold { .. } | ExprKind::If { .. })
}

/// Writes `e` where at least `least` is needed; `free` if nothing follows that it could take in.
pub(super) fn expr(out: &mut String, e: &Expr, least: Level, free: bool) {
    if level(&e.kind) < least || is_open(e) && !free {
        out.push('(');
        bare(out, e, true);
        out.push(')');
    } else {
        bare(out, e, free);
    }
}

pub(super) fn bare(out: &mut String, e: &Expr, free: bool) {
    match &e.kind {
        ExprKind::Number(value, text) if text.is_empty() => {
            let _ = write!(out, "{value:?}");
        }
        ExprKind::Number(_, text) => out.push_str(text),
        ExprKind::Percent(value, text) if text.is_empty() => {
            let _ = write!(out, "{:?}%", value * 100.0);
        }
        ExprKind::Percent(_, text) => {
            let _ = write!(out, "{text}%");
        }
        ExprKind::Name(n) => name(out, n),
        ExprKind::Index(n, list) => {
            name(out, n);
            bracketed(out, "[", list, "]");
        }
        ExprKind::Call(n, list) => {
            name(out, n);
            bracketed(out, "(", list, ")");
        }
        ExprKind::Negate(inner) => {
            out.push('-');
            expr(out, inner, Level::Sign, free);
        }
        ExprKind::Sum(terms) => chain(out, terms, " + ", " - ", Level::Product, free),
        ExprKind::Product(factors) => chain(out, factors, " * ", " / ", Level::Sign, free),
        ExprKind::Power(base, exponent) => {
            expr(out, base, Level::Atom, false);
            out.push('^');
            expr(out, exponent, Level::Sign, free);
        }
        ExprKind::Compare(op, left, right) => {
            expr(out, left, Level::Sum, false);
            let _ = write!(out, " {} ", comparison(*op));
            expr(out, right, Level::Sum, free);
        }
        ExprKind::And(parts) => joined(out, parts, " and ", Level::Not, free),
        ExprKind::Or(parts) => joined(out, parts, " or ", Level::And, free),
        ExprKind::Not(inner) => {
            out.push_str("not ");
            expr(out, inner, Level::Not, free);
        }
        ExprKind::Fold { fold, family: f, body } => {
            out.push_str(match fold {
                Fold::Sum => "sum(",
                Fold::Prod => "prod(",
                Fold::Min => "min(",
                Fold::Max => "max(",
            });
            family(out, f);
            out.push_str(") ");
            expr(out, body, Level::Product, free);
        }
        ExprKind::If { condition, then, otherwise } => {
            out.push_str("if ");
            expr(out, condition, Level::Or, true);
            out.push_str(" then ");
            expr(out, then, Level::Sum, true);
            out.push_str(" else ");
            expr(out, otherwise, Level::Sum, free);
        }
        ExprKind::Table(rows) => {
            out.push('{');
            for (i, (key, value)) in rows.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                name(out, key);
                out.push_str(": ");
                expr(out, value, Level::Sum, true);
            }
            out.push('}');
        }
        ExprKind::Load(l) => load(out, l),
        ExprKind::Paren(inner) => {
            out.push('(');
            bare(out, inner.bare(), true);
            out.push(')');
        }
    }
}

/// `load "F.csv" by "sector" column "value" wide`
pub fn load(out: &mut String, l: &Load) {
    out.push_str("load ");
    quoted(out, &l.file.text);
    for (k, head) in l.by.iter().enumerate() {
        out.push_str(if k == 0 { " by " } else { ", " });
        quoted(out, &head.text);
    }
    if let Some(head) = &l.column {
        out.push_str(" column ");
        quoted(out, &head.text);
    }
    if l.wide {
        out.push_str(" wide");
    }
}

fn chain(out: &mut String, parts: &[(bool, Expr)], plain: &str, inverse: &str, least: Level, free: bool) {
    for (i, (inverted, part)) in parts.iter().enumerate() {
        match (i, inverted) {
            (0, false) => {}
            // A tree that a program built may begin with an inverse, which the language cannot.
            (0, true) => out.push_str(if plain == " + " { "0 - " } else { "1 / " }),
            (_, false) => out.push_str(plain),
            (_, true) => out.push_str(inverse),
        }
        expr(out, part, least, free && i + 1 == parts.len());
    }
}

fn joined(out: &mut String, parts: &[Expr], word: &str, least: Level, free: bool) {
    for (i, part) in parts.iter().enumerate() {
        out.push_str(if i > 0 { word } else { "" });
        expr(out, part, least, free && i + 1 == parts.len());
    }
}

pub(super) fn comparison(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    }
}

pub(super) fn bracketed(out: &mut String, open: &str, list: &[Expr], close: &str) {
    out.push_str(open);
    exprs(out, list);
    out.push_str(close);
}

pub(super) fn exprs(out: &mut String, list: &[Expr]) {
    for (i, e) in list.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        expr(out, e, Level::Sum, true);
    }
}

pub(super) fn name(out: &mut String, n: &Name) {
    if n.quoted { quoted(out, &n.text) } else { out.push_str(&n.text) }
}

pub(super) fn names(out: &mut String, list: &[Name]) {
    for (i, n) in list.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        name(out, n);
    }
}

pub(super) fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
}

pub(super) fn family(out: &mut String, f: &Family) {
    for (i, binder) in f.binders.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        name(out, &binder.variable);
        out.push_str(" in ");
        match &binder.set {
            SetExpr::Named(n) => name(out, n),
            SetExpr::Listed(list) => set_list(out, list),
        }
    }
    if let Some(guard) = &f.guard {
        out.push_str(" where ");
        expr(out, guard, Level::Or, true);
    }
}

pub(super) fn set_list(out: &mut String, list: &[Name]) {
    out.push('{');
    names(out, list);
    out.push('}');
}
