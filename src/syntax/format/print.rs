//! Trees as text that reads back as the same tree.

use super::super::tree::*;
use std::fmt::Write;

/// How tightly a construct binds, from the loosest.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
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

/// The technology or demand in the language's own words, on one line.
pub fn form_to_string(f: &Form) -> String {
    let mut out = String::new();
    form(&mut out, f);
    out
}

/// The declaration in canonical layout, its documentation before it.
pub fn declaration_to_string(d: &Declaration) -> String {
    let mut out = String::new();
    for line in d.doc.iter().flat_map(|doc| doc.split('\n')) {
        let _ = writeln!(out, "{}", format!("/// {line}").trim_end());
    }
    kind(&mut out, &d.kind);
    super::format(&out).map(|laid| laid.trim_end().to_string()).unwrap_or(out)
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
fn expr(out: &mut String, e: &Expr, least: Level, free: bool) {
    if level(&e.kind) < least || is_open(e) && !free {
        out.push('(');
        bare(out, e, true);
        out.push(')');
    } else {
        bare(out, e, free);
    }
}

fn bare(out: &mut String, e: &Expr, free: bool) {
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
        ExprKind::Paren(inner) => {
            out.push('(');
            bare(out, inner.bare(), true);
            out.push(')');
        }
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

fn comparison(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    }
}

fn bracketed(out: &mut String, open: &str, list: &[Expr], close: &str) {
    out.push_str(open);
    exprs(out, list);
    out.push_str(close);
}

fn exprs(out: &mut String, list: &[Expr]) {
    for (i, e) in list.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        expr(out, e, Level::Sum, true);
    }
}

fn name(out: &mut String, n: &Name) {
    if n.quoted { quoted(out, &n.text) } else { out.push_str(&n.text) }
}

fn names(out: &mut String, list: &[Name]) {
    for (i, n) in list.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        name(out, n);
    }
}

fn quoted(out: &mut String, text: &str) {
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

fn text(out: &mut String, before: &str, t: &Option<Text>) {
    if let Some(t) = t {
        out.push_str(before);
        quoted(out, &t.text);
    }
}

fn family(out: &mut String, f: &Family) {
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

fn set_list(out: &mut String, list: &[Name]) {
    out.push('{');
    names(out, list);
    out.push('}');
}

fn for_clause(out: &mut String, f: &Option<Family>) {
    if let Some(f) = f {
        out.push_str(" for ");
        family(out, f);
    }
}

fn head(out: &mut String, h: &Head) {
    if let Some(n) = &h.name {
        name(out, n);
    }
    if let Some(f) = &h.family {
        out.push('[');
        family(out, f);
        out.push(']');
    }
}

/// `good x`, `good[g in S]`
fn member(out: &mut String, word: &str, h: &Head) {
    out.push_str(word);
    if h.name.is_some() {
        out.push(' ');
    }
    head(out, h);
}

fn named(out: &mut String, word: &str, h: &Head) {
    out.push_str(word);
    out.push(' ');
    head(out, h);
}

fn arguments(out: &mut String, list: &[Name]) {
    out.push('(');
    names(out, list);
    out.push(')');
}

fn value(out: &mut String, before: &str, e: &Expr) {
    out.push_str(before);
    expr(out, e, Level::Sum, true);
}

fn optional(out: &mut String, before: &str, e: &Option<Expr>) {
    if let Some(e) = e {
        value(out, before, e);
    }
}

fn symbol(out: &mut String, before: &str, n: &Option<Name>) {
    if let Some(n) = n {
        out.push_str(before);
        name(out, n);
    }
}

fn in_list(out: &mut String, list: &[Name]) {
    if !list.is_empty() {
        out.push_str(" in ");
        names(out, list);
    }
}

fn interval(out: &mut String, i: &Option<Interval>) {
    if let Some(i) = i {
        out.push_str(if i.low_open { " in (" } else { " in [" });
        expr(out, &i.low, Level::Sum, true);
        value(out, ", ", &i.high);
        out.push(if i.high_open { ')' } else { ']' });
    }
}

fn form(out: &mut String, f: &Form) {
    match &f.kind {
        FormKind::Named { name: n, arguments } => {
            name(out, n);
            if !arguments.is_empty() {
                bracketed(out, "(", arguments, ")");
            }
        }
        FormKind::Nest { shape, normalized, inputs } => {
            match shape {
                Shape::Leontief => out.push_str("leontief"),
                Shape::CobbDouglas => out.push_str("cobb_douglas"),
                Shape::Ces(e) => bracketed(out, "ces(", std::slice::from_ref(e), ")"),
                Shape::General(e) => bracketed(out, "general(", std::slice::from_ref(e), ")"),
            }
            out.push_str(if *normalized { " normalized {" } else { " {" });
            for (i, input) in inputs.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { " " });
                expr(out, &input.key, Level::Atom, true);
                match (&input.weight, &input.nest) {
                    (Some(weight), Some(nest)) => {
                        out.push_str(": ");
                        expr(out, weight, Level::Product, false);
                        out.push_str(" * ");
                        form(out, nest);
                    }
                    (Some(weight), None) => value(out, ": ", weight),
                    (None, Some(nest)) => {
                        out.push_str(": ");
                        form(out, nest);
                    }
                    (None, None) => {}
                }
                for_clause(out, &input.family);
            }
            out.push_str(" }");
        }
    }
}

fn list<T>(out: &mut String, items: &[T], mut one: impl FnMut(&mut String, &T)) {
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        one(out, item);
    }
}

fn item(out: &mut String, i: &Item) {
    expr(out, &i.value, Level::Sum, true);
    for_clause(out, &i.family);
}

fn entries(out: &mut String, word: &str, list: &[Entry]) {
    for entry in list {
        let _ = write!(out, " {word} ");
        expr(out, &entry.key, Level::Atom, true);
        value(out, " = ", &entry.value);
        for_clause(out, &entry.family);
    }
}

fn change(out: &mut String, c: &Change) {
    expr(out, &c.target, Level::Atom, true);
    let (amount, unit) = match &c.by {
        By::Set(e) => {
            value(out, " = ", e);
            return for_clause(out, &c.family);
        }
        By::Percent(e) => (e, "%"),
        By::Points(e) => (e, "pp"),
        By::Add(e) => (e, ""),
    };
    let (sign, amount) = match &amount.kind {
        ExprKind::Negate(inner) => (" -", &**inner),
        _ => (" +", amount),
    };
    out.push_str(sign);
    let mut shown = String::new();
    match &amount.kind {
        ExprKind::Percent(_, text) if !text.is_empty() => shown.push_str(text),
        ExprKind::Percent(v, _) => shown = format!("{:?}", v * 100.0),
        ExprKind::Number(..) | ExprKind::Paren(_) => bare(&mut shown, amount, true),
        _ => {
            shown.push('(');
            bare(&mut shown, amount, true);
            shown.push(')');
        }
    }
    out.push_str(&shown);
    out.push_str(unit);
    for_clause(out, &c.family);
}

fn axis(out: &mut String, a: &Axis) {
    expr(out, &a.target, Level::Atom, true);
    match &a.grid {
        Grid::List(list) => {
            out.push_str(" = {");
            exprs(out, list);
            out.push('}');
        }
        Grid::Range { from, to, points, log } => {
            value(out, " = ", from);
            value(out, "..", to);
            optional(out, " : ", points);
            out.push_str(if *log { " log" } else { "" });
        }
    }
}

fn kind(out: &mut String, k: &Kind) {
    match k {
        Kind::Model { name: n, label } => {
            out.push_str("model ");
            name(out, n);
            text(out, " ", label);
        }
        Kind::Import { path, alias } => {
            out.push_str("import ");
            match path {
                ImportPath::Library(n) => name(out, n),
                ImportPath::File(t) => quoted(out, &t.text),
            }
            symbol(out, " as ", alias);
        }
        Kind::Parameter { name: n, value: v, interval: i, label } => {
            named(out, "parameter", n);
            value(out, " = ", v);
            interval(out, i);
            text(out, " ", label);
        }
        Kind::Set { name: n, elements } => {
            out.push_str("set ");
            name(out, n);
            out.push_str(" = ");
            set_list(out, elements);
        }
        Kind::Function { name: n, arguments: a, body } => {
            out.push_str("function ");
            name(out, n);
            arguments(out, a);
            value(out, " = ", body);
        }
        Kind::Technology { name: n, arguments: a, form: f } => {
            out.push_str("technology ");
            name(out, n);
            if !a.is_empty() {
                arguments(out, a);
            }
            out.push_str(" = ");
            form(out, f);
        }
        Kind::Schedule { name: n, task, arguments: a, body } => {
            out.push_str("schedule ");
            name(out, n);
            out.push('(');
            name(out, task);
            if !a.is_empty() {
                out.push_str("; ");
                names(out, a);
            }
            out.push_str(") = ");
            match body {
                ScheduleBody::Formula(e) => expr(out, e, Level::Sum, true),
                ScheduleBody::Table { smooth, rows } => {
                    out.push_str(if *smooth { "smooth table {" } else { "table {" });
                    list(out, rows, |out, (at, v)| {
                        expr(out, at, Level::Sum, true);
                        value(out, ": ", v);
                    });
                    out.push('}');
                }
            }
        }
        Kind::Country(c) => country(out, c),
        Kind::Factor { name: n, label, price, specific } => {
            named(out, "factor", n);
            text(out, " ", label);
            symbol(out, " price ", price);
            symbol(out, " specific to ", specific);
        }
        Kind::Tasks(t) => tasks(out, t),
        Kind::Good(g) => {
            member(out, "good", &g.head);
            text(out, " ", &g.label);
            if let Some(price) = &g.price {
                out.push_str(" price");
                symbol(out, " ", &price.symbol);
                optional(out, " = ", &price.value);
            }
            out.push_str(if g.nontraded { " nontraded" } else { "" });
            out.push_str(if g.numeraire { " numeraire" } else { "" });
        }
        Kind::Industry(i) => {
            member(out, "industry", &i.head);
            in_list(out, &i.countries);
            text(out, " ", &i.label);
            out.push_str(" {");
            symbol(out, " makes ", &i.makes);
            if let Some(f) = &i.technology {
                out.push_str(" technology ");
                form(out, f);
            }
            optional(out, " productivity ", &i.productivity);
            optional(out, " markup ", &i.markup);
            out.push_str(" }");
        }
        Kind::Demand { form: f, countries } => {
            out.push_str("demand ");
            form(out, f);
            in_list(out, countries);
        }
        Kind::Numeraire { value: v } => value(out, "numeraire ", v),
        Kind::Variable { name: n, interval: i, start, label } => {
            named(out, "variable", n);
            interval(out, i);
            optional(out, " start ", start);
            text(out, " ", label);
        }
        Kind::Equation { name: n, left, relation, right, complements } => {
            named(out, "equation", n);
            value(out, ": ", left);
            let sign = match relation {
                Relation::Equal => " = ",
                Relation::AtLeast => " >= ",
                Relation::AtMost => " <= ",
            };
            value(out, sign, right);
            optional(out, " complements ", complements);
        }
        Kind::Let { name: n, value: v, label } => {
            named(out, "let", n);
            value(out, " = ", v);
            text(out, " ", label);
        }
        Kind::Report { items } => {
            out.push_str("report { ");
            list(out, items, item);
            out.push_str(" }");
        }
        Kind::Channels { of, channels } => {
            out.push_str("channels of ");
            list(out, of, item);
            out.push_str(" { ");
            list(out, channels, |out, (n, of)| {
                name(out, n);
                match of.as_slice() {
                    [one] => value(out, " = ", one),
                    several => {
                        out.push_str(" = {");
                        exprs(out, several);
                        out.push('}');
                    }
                }
            });
            out.push_str(" }");
        }
        Kind::Assume { left, comparison: op, right } => {
            value(out, "assume ", left);
            let _ = write!(out, " {} ", comparison(*op));
            expr(out, right, Level::Sum, true);
        }
        Kind::Shock { name: n, changes } => {
            out.push_str("shock ");
            name(out, n);
            out.push_str(" { ");
            list(out, changes, change);
            out.push_str(" }");
        }
        Kind::Sweep { name: n, axes } => {
            out.push_str("sweep ");
            name(out, n);
            out.push_str(" { ");
            list(out, axes, axis);
            out.push_str(" }");
        }
    }
}

fn country(out: &mut String, c: &Country) {
    member(out, "country", &c.head);
    text(out, " ", &c.label);
    text(out, " mark ", &c.mark);
    out.push_str(if c.outside { " outside" } else { "" });
    if c.endowments.is_empty() && c.prices.is_empty() && c.productivity.is_none() {
        return;
    }
    out.push_str(" {");
    entries(out, "endowment", &c.endowments);
    optional(out, " productivity = ", &c.productivity);
    entries(out, "price", &c.prices);
    out.push_str(" }");
}

fn tasks(out: &mut String, t: &Tasks) {
    out.push_str("tasks ");
    name(out, &t.name);
    text(out, " ", &t.label);
    out.push_str(" of ");
    expr(out, &t.factor, Level::Atom, true);
    out.push_str(" {\n");
    symbol(out, " margin ", &t.margin);
    symbol(out, " bill ", &t.bill);
    for line in &t.lines {
        out.push_str("\n offshore ");
        name(out, &line.from);
        out.push_str(" -> ");
        name(out, &line.to);
        value(out, " cost ", &line.cost);
        in_list(out, &line.industries);
        symbol(out, " margin ", &line.margin);
        symbol(out, " bill ", &line.bill);
        for_clause(out, &line.family);
    }
    out.push_str("\n}");
}
