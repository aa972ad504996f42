//! Formulas as text, in the language's own grammar, and in LaTeX; brackets only where they are needed.

use super::names;
use super::term::{Binder, Fold, Index, Name, Piecewise, Set, Term};

/// How a formula is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// For people: `β·t`, `−`, `≠`.
    Text,
    /// The language's own grammar in ASCII where names are: `beta*t`.
    Ascii,
    /// LaTeX math.
    Latex,
}

/// What a formula stands in; brackets are written where it binds less tightly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Open,
    /// A term of a sum after the first.
    Term,
    /// A factor that others follow.
    Factor,
    /// The last factor.
    LastFactor,
    /// Under a fraction's slash.
    Divisor,
    /// What is raised to a power.
    Base,
}

/// A formula in the given form.
pub fn print(term: &Term, target: Target) -> String {
    let mut p = Printer { target, out: String::new(), inline: false };
    p.term(term, Place::Open);
    p.out
}

/// `g in S`, several parted by commas, with the guard: what stands after `for`.
pub fn family(binders: &[Binder], guard: Option<&Term>, target: Target) -> String {
    let mut p = Printer { target, out: String::new(), inline: false };
    p.binders(binders, guard);
    p.out
}

/// A number: shortest form, 12 digits at most (all digits in ASCII).
pub fn number(v: f64, target: Target) -> String {
    if !v.is_finite() {
        let word = if v.is_nan() {
            "undefined"
        } else if v > 0.0 {
            "inf"
        } else {
            "-inf"
        };
        return match (target, word) {
            (Target::Latex, "inf") => "\\infty".into(),
            (Target::Latex, "-inf") => "-\\infty".into(),
            (Target::Latex, _) => "\\text{undefined}".into(),
            (Target::Text, "inf") => "∞".into(),
            (Target::Text, "-inf") => "−∞".into(),
            (_, word) => word.into(),
        };
    }
    let digits = if target == Target::Ascii { 15 } else { 11 };
    let rounded: f64 = format!("{v:.digits$e}").parse().unwrap_or(v);
    let (size, minus) = (rounded.abs(), if rounded < 0.0 { if target == Target::Text { "−" } else { "-" } } else { "" });
    if size == 0.0 || target == Target::Ascii || (1e-5..1e12).contains(&size) {
        return format!("{minus}{size}");
    }
    let scientific = format!("{size:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match target {
        Target::Latex if mantissa == "1" => format!("{minus}10^{{{exponent}}}"),
        Target::Latex => format!("{minus}{mantissa} \\cdot 10^{{{exponent}}}"),
        _ => format!("{minus}{mantissa}e{exponent}"),
    }
}

struct Printer {
    target: Target,
    out: String,
    /// In an exponent or an index: fractions are written with a slash.
    inline: bool,
}

impl Printer {
    fn push(&mut self, s: &str) {
        self.out.push_str(s);
    }

    fn pick(&mut self, text: &str, ascii: &str, latex: &str) {
        let s = match self.target {
            Target::Text => text,
            Target::Ascii => ascii,
            Target::Latex => latex,
        };
        self.out.push_str(s);
    }

    fn latex(&self) -> bool {
        self.target == Target::Latex
    }

    fn term(&mut self, t: &Term, place: Place) {
        if needs_brackets(t, place, self.latex(), self.inline) {
            self.bracketed(|p| p.bare(t));
        } else {
            self.bare(t);
        }
    }

    /// Writes what `inner` writes in brackets; in LaTeX in large ones where something tall stands within.
    fn bracketed(&mut self, inner: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        inner(self);
        let body = self.out.split_off(start);
        let tall = ["\\frac", "\\sum", "\\prod", "\\int", "\\begin", "\\left"].iter().any(|c| body.contains(c));
        let (open, close) = if self.latex() && tall { ("\\left(", "\\right)") } else { ("(", ")") };
        self.out.push_str(open);
        self.out.push_str(&body);
        self.out.push_str(close);
    }

    fn bare(&mut self, t: &Term) {
        match t {
            Term::Number(v) => {
                let s = number(*v, self.target);
                self.push(&s);
            }
            Term::Name(n) => self.name(n),
            Term::Index(i) => self.index(i),
            Term::Sum(xs) => self.sum(xs),
            Term::Prod(xs) => {
                for (k, x) in xs.iter().enumerate() {
                    if k > 0 {
                        let digits = xs.get(k - 1).is_some_and(ends_in_number) && starts_with_number(x);
                        self.pick("·", "*", if digits { " \\cdot " } else { " \\, " });
                    }
                    self.term(x, if k + 1 == xs.len() { Place::LastFactor } else { Place::Factor });
                }
            }
            Term::Neg(x) => {
                self.pick("−", "-", "-");
                self.term(x, Place::LastFactor);
            }
            Term::Div(a, b) => self.fraction(a, b),
            Term::Pow(a, b) => self.power(a, b),
            Term::Call(f, xs) => self.call(f, xs),
            Term::Fold { fold, binders, guard, body } => self.fold(*fold, binders, guard.as_deref(), body),
            Term::Integral { variable, body, upper } => self.integral(variable, body, upper),
            Term::Table { what, smooth, points, at } => self.table(*what, *smooth, points, at),
            Term::Relation(op, a, b) => {
                self.term(a, Place::Open);
                let latex = match *op {
                    "!=" => " \\neq ",
                    "<=" => " \\leq ",
                    ">=" => " \\geq ",
                    "<" => " < ",
                    ">" => " > ",
                    _ => " = ",
                };
                let text = match *op {
                    "!=" => " ≠ ",
                    "<=" => " ≤ ",
                    ">=" => " ≥ ",
                    "==" => " = ",
                    _ => latex,
                };
                self.pick(text, &format!(" {op} "), latex);
                self.term(b, Place::Open);
            }
            Term::Logic(word, xs) => {
                if *word == "not" {
                    self.pick("not ", "not ", "\\neg ");
                }
                for (k, x) in xs.iter().enumerate() {
                    if k > 0 {
                        let latex = if *word == "or" { " \\lor " } else { ", \\ " };
                        self.pick(&format!(" {word} "), &format!(" {word} "), latex);
                    }
                    // `and` and `or` do not mix without brackets.
                    self.term(x, if matches!(x, Term::Logic(..)) || *word == "not" { Place::Term } else { Place::Open });
                }
            }
            Term::Choice { condition, then, otherwise } => {
                self.pick("if ", "if ", "\\begin{cases} ");
                if self.latex() {
                    self.term(then, Place::Open);
                    self.push(" & \\text{if } ");
                    self.term(condition, Place::Open);
                    self.push(" \\\\ ");
                    self.term(otherwise, Place::Open);
                    self.push(" & \\text{otherwise} \\end{cases}");
                } else {
                    self.term(condition, Place::Open);
                    self.push(" then ");
                    self.term(then, Place::Open);
                    self.push(" else ");
                    self.term(otherwise, Place::Open);
                }
            }
            Term::Tuple(xs) => {
                for (k, x) in xs.iter().enumerate() {
                    if k > 0 {
                        self.push(", ");
                    }
                    self.term(x, Place::Open);
                }
            }
            Term::Cut => self.pick("…", "...", "\\ldots "),
        }
    }

    fn sum(&mut self, xs: &[Term]) {
        for (k, x) in xs.iter().enumerate() {
            match x {
                Term::Neg(y) if k > 0 => {
                    self.pick(" − ", " - ", " - ");
                    self.term(y, Place::LastFactor);
                }
                Term::Number(v) if k > 0 && *v < 0.0 => {
                    self.pick(" − ", " - ", " - ");
                    self.bare(&Term::Number(-v));
                }
                _ => {
                    if k > 0 {
                        self.push(" + ");
                    }
                    self.term(x, if k == 0 { Place::Open } else { Place::Term });
                }
            }
        }
    }

    fn fraction(&mut self, a: &Term, b: &Term) {
        if self.latex() && !self.inline {
            self.push("\\frac{");
            self.term(a, Place::Open);
            self.push("}{");
            self.term(b, Place::Open);
            self.push("}");
            return;
        }
        self.term(a, Place::Factor);
        self.push("/");
        self.term(b, Place::Divisor);
    }

    fn power(&mut self, a: &Term, b: &Term) {
        if !self.latex() {
            self.term(a, Place::Base);
            self.push("^");
            match b {
                Term::Number(v) if *v >= 0.0 && plain(*v) => self.bare(b),
                Term::Name(n) if n.mark.is_none() => self.bare(b),
                _ => {
                    self.push("(");
                    self.bare(b);
                    self.push(")");
                }
            }
            return;
        }
        self.term(a, Place::Base);
        self.push("^{");
        let before = std::mem::replace(&mut self.inline, true);
        self.term(b, Place::Open);
        self.inline = before;
        self.push("}");
    }

    fn call(&mut self, f: &str, xs: &[Term]) {
        if self.latex() {
            if let ("sqrt", [x]) = (f, xs) {
                self.push("\\sqrt{");
                self.term(x, Place::Open);
                self.push("}");
                return;
            }
            if let ("abs", [x]) = (f, xs) {
                self.push("\\left| ");
                self.term(x, Place::Open);
                self.push(" \\right|");
                return;
            }
            match f {
                "exp" | "ln" | "min" | "max" => self.push(&format!("\\{f}")),
                _ => {
                    let (base, sub) = names::latex_base(f);
                    self.push(&base);
                    if let Some(s) = sub {
                        self.push(&format!("_{{{s}}}"));
                    }
                }
            }
        } else {
            self.push(f);
        }
        self.bracketed(|p| {
            for (k, x) in xs.iter().enumerate() {
                if k > 0 {
                    p.push(", ");
                }
                p.term(x, Place::Open);
            }
        });
    }

    fn fold(&mut self, fold: Fold, binders: &[Binder], guard: Option<&Term>, body: &Term) {
        let word = match fold {
            Fold::Sum => "sum",
            Fold::Prod => "prod",
            Fold::Min => "min",
            Fold::Max => "max",
        };
        self.pick(word, word, &format!("\\{word}"));
        self.pick("(", "(", "_{");
        let before = std::mem::replace(&mut self.inline, true);
        self.binders(binders, guard);
        self.inline = before;
        self.pick(") ", ") ", "} ");
        self.term(body, Place::LastFactor);
    }

    fn binders(&mut self, binders: &[Binder], guard: Option<&Term>) {
        for (k, b) in binders.iter().enumerate() {
            if k > 0 {
                self.pick(", ", ", ", ",\\, ");
            }
            self.index(&b.variable);
            self.pick(" in ", " in ", " \\in ");
            self.set(&b.set);
        }
        if let Some(g) = guard {
            self.pick(" where ", " where ", " :\\ ");
            self.term(g, Place::Open);
        }
    }

    fn set(&mut self, set: &Set) {
        match set {
            Set::Named(name) => {
                let s = if self.latex() { named(name, None, &[]) } else { name.to_string() };
                self.push(&s);
            }
            Set::Listed(elements) => {
                self.pick("{", "{", "\\{");
                for (k, e) in elements.iter().enumerate() {
                    if k > 0 {
                        self.push(", ");
                    }
                    self.index(&Index::Element(e.clone()));
                }
                self.pick("}", "}", "\\}");
            }
        }
    }

    fn integral(&mut self, variable: &str, body: &Term, upper: &Term) {
        match self.target {
            Target::Latex => {
                self.push("\\int_0^{");
                self.term(upper, Place::Open);
                self.push("} ");
                self.term(body, Place::LastFactor);
                let (base, _) = names::latex_base(variable);
                self.push(&format!(" \\, d{base}"));
            }
            Target::Text => {
                self.push("∫(0 to ");
                self.term(upper, Place::Open);
                self.push(") ");
                self.term(body, Place::LastFactor);
                self.push(&format!(" d{variable}"));
            }
            Target::Ascii => {
                self.push("integral(");
                self.term(body, Place::Open);
                self.push(&format!(", {variable}, 0, "));
                self.term(upper, Place::Open);
                self.push(")");
            }
        }
    }

    fn table(&mut self, what: Piecewise, smooth: bool, points: &[(Term, Term)], at: &Term) {
        match what {
            Piecewise::Value => {}
            Piecewise::Slope => self.pick("slope of ", "slope of ", "\\text{slope of }"),
            Piecewise::Integral => self.pick("integral of ", "integral of ", "\\textstyle\\int\\,"),
        }
        if smooth {
            self.pick("smooth ", "smooth ", "\\text{smooth }");
        }
        self.pick("table {", "table {", "\\text{table }\\{");
        for (k, (x, y)) in points.iter().enumerate() {
            if k > 0 {
                self.push(", ");
            }
            self.term(x, Place::Open);
            self.push(": ");
            self.term(y, Place::Open);
        }
        self.pick("}", "}", "\\}");
        self.bracketed(|p| p.term(at, Place::Open));
    }

    fn name(&mut self, n: &Name) {
        if self.latex() {
            let s = named(&n.base, n.mark.as_deref(), &n.index);
            self.push(&s);
            return;
        }
        self.push(&n.base);
        if let Some(m) = &n.mark {
            self.push(m);
        }
        self.brackets(&n.index);
    }

    fn brackets(&mut self, index: &[Index]) {
        if index.is_empty() {
            return;
        }
        self.push("[");
        for (k, i) in index.iter().enumerate() {
            if k > 0 {
                self.push(", ");
            }
            self.index(i);
        }
        self.push("]");
    }

    fn index(&mut self, i: &Index) {
        let s = if self.latex() { index_latex(i) } else { index_text(i) };
        self.push(&s);
    }
}

/// Whether a formula needs brackets at its place; `typeset` where fractions have a bar and folds a sign, `inline` where fractions have a slash all the same.
pub(crate) fn needs_brackets(t: &Term, place: Place, typeset: bool, inline: bool) -> bool {
    let fraction = typeset && !inline;
    match t {
        Term::Number(v) => *v < 0.0 && place != Place::Open || place == Place::Base && !plain(*v),
        Term::Name(n) => place == Place::Base && n.mark.is_some(),
        Term::Sum(_) => place >= Place::Factor,
        Term::Neg(_) => place >= Place::Term,
        Term::Prod(_) => place >= Place::Divisor,
        Term::Div(..) if fraction => place == Place::Base,
        Term::Div(..) => place >= Place::Divisor,
        Term::Pow(..) | Term::Integral { .. } => {
            place == Place::Base || matches!(t, Term::Integral { .. }) && place >= Place::Factor && place != Place::LastFactor
        }
        // A fold takes all that follows it in a product.
        Term::Fold { fold: Fold::Min | Fold::Max, .. } => place == Place::Base && typeset,
        Term::Fold { .. } => place >= Place::Factor && place != Place::LastFactor,
        Term::Choice { .. } => place > Place::Open && !typeset || place == Place::Base,
        Term::Relation(..) | Term::Logic(..) => place > Place::Open,
        Term::Index(_) | Term::Call(..) | Term::Table { .. } | Term::Tuple(_) | Term::Cut => {
            place == Place::Base && typeset && matches!(t, Term::Call(..) | Term::Table { .. })
        }
    }
}

/// A number without sign or exponent: it needs no brackets under a power.
fn plain(v: f64) -> bool {
    v >= 0.0 && (v == 0.0 || (1e-5..1e12).contains(&v))
}

pub(crate) fn starts_with_number(t: &Term) -> bool {
    match t {
        Term::Number(_) => true,
        Term::Pow(a, _) => starts_with_number(a),
        _ => false,
    }
}

pub(crate) fn ends_in_number(t: &Term) -> bool {
    matches!(t, Term::Number(_))
}

fn index_text(i: &Index) -> String {
    match i {
        Index::Element(e) => names::element(e),
        Index::Variable(v) => v.to_string(),
        Index::Bound(n) => format!("#{n}"),
        Index::Nested(base, inner) => format!("{base}[{}]", inner.iter().map(index_text).collect::<Vec<_>>().join(", ")),
    }
}

fn index_latex(i: &Index) -> String {
    match i {
        Index::Element(e) => names::word_in_math(e),
        Index::Variable(v) => names::word_in_math(v),
        Index::Bound(n) => format!("\\#{n}"),
        Index::Nested(base, inner) => named(base, None, inner),
    }
}

/// A name with its mark as a superscript and its indices, after a subscript of its own, as subscripts.
fn named(base: &str, mark: Option<&str>, index: &[Index]) -> String {
    let (stem, own) = names::latex_base(base);
    let subscripts: Vec<String> = own.into_iter().chain(index.iter().map(index_latex)).collect();
    let mut out = stem;
    if let Some(m) = mark {
        out.push_str(&format!("^{{{}}}", names::mark_in_math(m)));
    }
    if !subscripts.is_empty() {
        out.push_str(&format!("_{{{}}}", subscripts.join(",")));
    }
    out
}

/// Parts of a formula to break a line between: the terms of its outermost sum, each with its sign, or the formula whole.
pub fn pieces(t: &Term, target: Target) -> Vec<String> {
    let Term::Sum(xs) = t else { return vec![print(t, target)] };
    let terms: Vec<Term> = xs.to_vec();
    let mut out = Vec::with_capacity(terms.len());
    for (k, x) in terms.iter().enumerate() {
        let (negative, body) = match x {
            Term::Neg(y) => (true, y.as_ref().clone()),
            Term::Number(v) if *v < 0.0 => (true, Term::Number(-v)),
            other => (false, other.clone()),
        };
        let body = if matches!(body, Term::Sum(_)) && negative { format!("({})", print(&body, target)) } else { print(&body, target) };
        let minus = if target == Target::Text { "−" } else { "-" };
        out.push(match (k, negative) {
            (0, false) => body,
            (0, true) => format!("{minus}{body}"),
            (_, false) => format!("+ {body}"),
            (_, true) => format!("{minus} {body}"),
        });
    }
    out
}
