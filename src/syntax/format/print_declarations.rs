//! Declarations, technologies and tastes as text that reads back as the same tree.

use super::super::tree::*;
use super::print::*;
use std::fmt::Write;

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

fn text(out: &mut String, before: &str, t: &Option<Text>) {
    if let Some(t) = t {
        out.push_str(before);
        quoted(out, &t.text);
    }
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
        Kind::Set { name: n, elements, ordered } => {
            out.push_str("set ");
            name(out, n);
            out.push_str(" = ");
            match elements {
                Members::Listed(list) => set_list(out, list),
                Members::Loaded(l) => load(out, l),
            }
            if *ordered {
                out.push_str(" ordered");
            }
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
                ScheduleBody::Loaded { points, load: from } => {
                    out.push_str(match points {
                        Points::Linear => "",
                        Points::Smooth => "smooth table ",
                        Points::Steps => "steps ",
                    });
                    load(out, from);
                }
                ScheduleBody::Table { rows, .. } | ScheduleBody::Steps { rows } => {
                    out.push_str(match body {
                        ScheduleBody::Table { smooth: true, .. } => "smooth table {",
                        ScheduleBody::Steps { .. } => "steps {",
                        _ => "table {",
                    });
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
            if let Some(d) = &g.differentiated {
                differentiated(out, d);
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
            entries(out, "productivity", &i.augmentations);
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
        Kind::Border(b) => border(out, b),
    }
}

fn border(out: &mut String, b: &Border) {
    out.push_str(b.kind.words());
    for (word, n) in [(" ", &b.good), (" from ", &b.from), (" to ", &b.to)] {
        out.push_str(word);
        name(out, n);
    }
    value(out, " = ", &b.rate);
    out.push_str(if b.on_fob { " on fob" } else { "" });
    for_clause(out, &b.family);
}

fn differentiated(out: &mut String, d: &Differentiated) {
    match &d.origins {
        Origins::One(sigma) => bracketed(out, " differentiated(", std::slice::from_ref(sigma), ")"),
        Origins::Two { home, imports } => {
            value(out, " differentiated(home: ", home);
            value(out, ", imports: ", imports);
            out.push(')');
        }
    }
    optional(out, " weights ", &d.weights);
}

fn country(out: &mut String, c: &Country) {
    member(out, "country", &c.head);
    text(out, " ", &c.label);
    text(out, " mark ", &c.mark);
    out.push_str(if c.outside { " outside" } else { "" });
    if c.endowments.is_empty() && c.prices.is_empty() && c.augmentations.is_empty() && c.productivity.is_none() {
        return;
    }
    out.push_str(" {");
    entries(out, "endowment", &c.endowments);
    optional(out, " productivity = ", &c.productivity);
    entries(out, "productivity", &c.augmentations);
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
    optional(out, " substitution ", &t.substitution);
    for line in &t.lines {
        out.push_str("\n offshore ");
        name(out, &line.from);
        out.push_str(" -> ");
        name(out, &line.to);
        value(out, " cost ", &line.cost);
        in_list(out, &line.industries);
        symbol(out, " margin ", &line.margin);
        symbol(out, " bill ", &line.bill);
        optional(out, " substitution ", &line.substitution);
        for_clause(out, &line.family);
    }
    out.push_str("\n}");
}
