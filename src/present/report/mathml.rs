//! Formulas as MathML Core: what browsers set without a script.

use super::html::escape;
use crate::model::naming;
use crate::present::equations::print::{self, Place, Target, ends_in_number, needs_brackets, starts_with_number};
use crate::present::equations::term::{Binder, Fold, Index, Name, Piecewise, Set, Term};

/// A space between factors, as wide as print has it.
const THIN: &str = "<mspace width=\"0.17em\"/>";
const SPACE: &str = "<mspace width=\"0.35em\"/>";

/// A formula that stands in a line or a cell, in display style.
pub fn math(term: &Term) -> String {
    wrap(&row(term))
}

/// What stands inside one `math` element.
pub fn wrap(inner: &str) -> String {
    format!("<math displaystyle=\"true\">{inner}</math>")
}

/// The elements of a formula, without their root.
pub fn row(term: &Term) -> String {
    placed(term, Place::Open)
}

fn placed(term: &Term, place: Place) -> String {
    let mut p = Printer { out: String::new(), inline: false };
    p.term(term, place);
    p.out
}

/// The parts of a formula between which a line may break: the terms of its outermost sum, each with its sign.
pub fn pieces(term: &Term) -> Vec<String> {
    let Term::Sum(terms) = term else { return vec![row(term)] };
    let mut out = Vec::with_capacity(terms.len());
    for (k, t) in terms.iter().enumerate() {
        let (minus, body) = match t {
            Term::Neg(inner) => (true, placed(inner, Place::LastFactor)),
            Term::Number(v) if *v < 0.0 => (true, row(&Term::Number(-v))),
            other => (false, placed(other, if k == 0 { Place::Open } else { Place::Term })),
        };
        // An infix sign keeps its blanks though it opens its own formula.
        let sign = match (k, minus) {
            (0, false) => "",
            (0, true) => "<mo>−</mo>",
            (_, true) => "<mo form=\"infix\" lspace=\"0\">−</mo>",
            (_, false) => "<mo form=\"infix\" lspace=\"0\">+</mo>",
        };
        out.push(format!("{sign}{body}"));
    }
    out
}

/// `g ∈ S, … : guard`.
pub fn family(binders: &[Binder], guard: Option<&Term>) -> String {
    let mut p = Printer { out: String::new(), inline: false };
    p.binders(binders, guard);
    p.out
}

/// A number.
pub fn number(v: f64) -> String {
    let text = print::number(v, Target::Text);
    match text.strip_prefix('−') {
        Some(size) => format!("<mo>−</mo><mn>{}</mn>", escape(size)),
        None => format!("<mn>{}</mn>", escape(&text)),
    }
}

/// A name as letters: its own subscript, its mark, its indices; with a hat on the letter where a relative change is meant.
pub fn name(n: &Name, hat: bool) -> String {
    let (stem, subscript, superscript) = parts(n);
    let stem = letter(&stem);
    let stem = if hat { format!("<mover accent=\"true\">{stem}<mo stretchy=\"false\">^</mo></mover>") } else { stem };
    scripts(&stem, &subscript, &superscript)
}

/// Whether a hat fits on a name: it has one letter, with scripts or without.
pub fn takes_hat(n: &Name) -> bool {
    stem(&n.base).0.chars().count() == 1
}

fn scripts(stem: &str, subscript: &str, superscript: &str) -> String {
    match (subscript.is_empty(), superscript.is_empty()) {
        (true, true) => stem.to_string(),
        (false, true) => format!("<msub>{stem}<mrow>{subscript}</mrow></msub>"),
        (true, false) => format!("<msup>{stem}<mrow>{superscript}</mrow></msup>"),
        (false, false) => format!("<msubsup>{stem}<mrow>{subscript}</mrow><mrow>{superscript}</mrow></msubsup>"),
    }
}

/// Stem, subscript and superscript of a name.
fn parts(n: &Name) -> (String, String, String) {
    let (stem, own) = stem(&n.base);
    let mut list: Vec<String> = Vec::new();
    if let Some(own) = own {
        list.push(word(&own));
    }
    list.extend(n.index.iter().map(index));
    // Single letters stand side by side, words are parted.
    let letters = own_is_letter(&n.base) && n.index.iter().all(|i| matches!(i, Index::Element(e) | Index::Variable(e) if is_letter(e)));
    let subscript = list.join(if letters { "" } else { "<mo>,</mo>" });
    let superscript = n.mark.as_deref().map(mark).unwrap_or_default();
    (stem, subscript, superscript)
}

fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic())
}

fn own_is_letter(base: &str) -> bool {
    stem(base).1.is_none_or(|own| is_letter(&own))
}

/// A base name and the subscript that it carries itself: `Ωx` is Ω and x, `I_L` is I and L, `tau` is τ.
fn stem(base: &str) -> (String, Option<String>) {
    let pretty = naming::pretty_base(base).0;
    let mut chars = pretty.chars();
    let Some(first) = chars.next() else { return (pretty, None) };
    let rest = chars.as_str();
    let trimmed = rest.trim_start_matches('_');
    let greek = naming::greek_word(first.encode_utf8(&mut [0; 4])).is_some();
    let small_word = pretty.len() == 3 && pretty.chars().all(|c| c.is_ascii_lowercase());
    let short = rest.chars().count() <= 2 && rest.chars().all(|c| c.is_ascii_alphanumeric()) && !small_word;
    if !trimmed.is_empty() && (greek || short || rest.starts_with('_')) {
        return (first.to_string(), Some(trimmed.to_string()));
    }
    (pretty, None)
}

/// A letter in italics, a word upright; Greek capitals upright as print has them.
fn letter(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if ('Α'..='Ω').contains(&c) => format!("<mi mathvariant=\"normal\">{c}</mi>"),
        _ => word(text),
    }
}

fn word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(char::is_numeric) {
        format!("<mn>{}</mn>", escape(text))
    } else if text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
        format!("<mi>{}</mi>", escape(text))
    } else {
        format!("<mtext>{}</mtext>", escape(text))
    }
}

fn mark(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '*' | '\'' | '′') {
                format!("<mo lspace=\"0\" rspace=\"0\">{}</mo>", if c == '*' { '*' } else { '′' })
            } else {
                word(&c.to_string())
            }
        })
        .collect()
}

fn index(i: &Index) -> String {
    match i {
        Index::Element(e) | Index::Variable(e) => word(e),
        Index::Bound(n) => format!("<mi>#{n}</mi>"),
        Index::Nested(base, inner) => name(&Name { base: base.clone(), mark: None, index: inner.clone() }, false),
    }
}

struct Printer {
    out: String,
    /// In an exponent or below a sign: fractions have a slash.
    inline: bool,
}

impl Printer {
    fn push(&mut self, s: &str) {
        self.out.push_str(s);
    }

    fn term(&mut self, t: &Term, place: Place) {
        if needs_brackets(t, place, true, self.inline) {
            self.bracketed(|p| p.bare(t));
        } else {
            self.bare(t);
        }
    }

    fn bracketed(&mut self, inner: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        inner(self);
        let body = self.out.split_off(start);
        // Brackets that may stretch are set wider even where they do not.
        let tall = ["<mfrac", "<munder", "<mtable", "<msqrt", "<mo>∫"].iter().any(|t| body.contains(t));
        let still = if tall { "" } else { " stretchy=\"false\"" };
        self.push(&format!("<mrow><mo{still}>(</mo>{body}<mo{still}>)</mo></mrow>"));
    }

    /// One element, as scripts and fractions need their parts.
    fn group(&mut self, t: &Term, place: Place) {
        self.push("<mrow>");
        self.term(t, place);
        self.push("</mrow>");
    }

    fn small(&mut self, inner: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.inline, true);
        inner(self);
        self.inline = before;
    }

    fn bare(&mut self, t: &Term) {
        match t {
            Term::Number(v) => self.push(&number(*v)),
            Term::Name(n) => self.push(&name(n, false)),
            Term::Index(i) => self.push(&index(i)),
            Term::Sum(xs) => self.sum(xs),
            Term::Prod(xs) => {
                for (k, x) in xs.iter().enumerate() {
                    if k > 0 {
                        let digits = xs.get(k - 1).is_some_and(ends_in_number) && starts_with_number(x);
                        self.push(if digits { "<mo>·</mo>" } else { THIN });
                    }
                    self.term(x, if k + 1 == xs.len() { Place::LastFactor } else { Place::Factor });
                }
            }
            Term::Neg(x) => {
                self.push("<mo>−</mo>");
                self.term(x, Place::LastFactor);
            }
            Term::Div(a, b) if self.inline => {
                self.term(a, Place::Factor);
                self.push("<mo lspace=\"0\" rspace=\"0\">/</mo>");
                self.term(b, Place::Divisor);
            }
            Term::Div(a, b) => {
                self.push("<mfrac>");
                self.group(a, Place::Open);
                self.group(b, Place::Open);
                self.push("</mfrac>");
            }
            Term::Pow(a, b) => self.power(a, b),
            Term::Call(f, xs) => self.call(f, xs),
            Term::Fold { fold, binders, guard, body } => self.fold(*fold, binders, guard.as_deref(), body),
            Term::Integral { variable, body, upper } => {
                self.push("<msubsup><mo>∫</mo><mn>0</mn>");
                self.small(|p| p.group(upper, Place::Open));
                self.push("</msubsup>");
                self.term(body, Place::LastFactor);
                self.push(&format!("{THIN}<mi>d</mi>{}", word(&stem(variable).0)));
            }
            Term::Table { what, smooth, points, at } => self.table(*what, *smooth, points, at),
            Term::Relation(op, a, b) => {
                self.term(a, Place::Open);
                let sign = match *op {
                    "!=" => "≠",
                    "<=" => "≤",
                    ">=" => "≥",
                    "<" => "&lt;",
                    ">" => "&gt;",
                    _ => "=",
                };
                self.push(&format!("<mo>{sign}</mo>"));
                self.term(b, Place::Open);
            }
            Term::Logic(joined, xs) => self.logic(joined, xs),
            Term::Choice { condition, then, otherwise } => {
                self.push("<mrow><mo>{</mo><mtable columnalign=\"left\"><mtr><mtd>");
                self.term(then, Place::Open);
                self.push("</mtd><mtd><mtext>if&#160;</mtext>");
                self.term(condition, Place::Open);
                self.push("</mtd></mtr><mtr><mtd>");
                self.term(otherwise, Place::Open);
                self.push("</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>");
            }
            Term::Tuple(xs) => self.list(xs),
            Term::Cut => self.push("<mo>…</mo>"),
        }
    }

    fn list(&mut self, xs: &[Term]) {
        for (k, x) in xs.iter().enumerate() {
            if k > 0 {
                self.push("<mo>,</mo>");
            }
            self.term(x, Place::Open);
        }
    }

    fn logic(&mut self, joined: &str, xs: &[Term]) {
        if joined == "not" {
            self.push("<mo>¬</mo>");
        }
        for (k, x) in xs.iter().enumerate() {
            if k > 0 {
                self.push(&format!("<mtext>&#160;{}&#160;</mtext>", escape(joined)));
            }
            self.term(x, if matches!(x, Term::Logic(..)) || joined == "not" { Place::Term } else { Place::Open });
        }
    }

    fn sum(&mut self, xs: &[Term]) {
        for (k, x) in xs.iter().enumerate() {
            match x {
                Term::Neg(y) if k > 0 => {
                    self.push("<mo>−</mo>");
                    self.term(y, Place::LastFactor);
                }
                Term::Number(v) if k > 0 && *v < 0.0 => {
                    self.push("<mo>−</mo>");
                    self.bare(&Term::Number(-v));
                }
                _ => {
                    if k > 0 {
                        self.push("<mo>+</mo>");
                    }
                    self.term(x, if k == 0 { Place::Open } else { Place::Term });
                }
            }
        }
    }

    fn power(&mut self, a: &Term, b: &Term) {
        // An exponent stands above the indices of a name, not behind them.
        if let Term::Name(n) = a
            && n.mark.is_none()
        {
            let (stem, subscript, _) = parts(n);
            if !subscript.is_empty() {
                self.push(&format!("<msubsup>{}<mrow>{subscript}</mrow>", letter(&stem)));
                self.small(|p| p.group(b, Place::Open));
                self.push("</msubsup>");
                return;
            }
        }
        self.push("<msup>");
        self.group(a, Place::Base);
        self.small(|p| p.group(b, Place::Open));
        self.push("</msup>");
    }

    fn call(&mut self, f: &str, xs: &[Term]) {
        match (f, xs) {
            ("sqrt", [x]) => {
                self.push("<msqrt>");
                self.group(x, Place::Open);
                self.push("</msqrt>");
            }
            ("abs", [x]) => {
                self.push("<mrow><mo form=\"prefix\" stretchy=\"true\">|</mo>");
                self.term(x, Place::Open);
                self.push("<mo form=\"postfix\" stretchy=\"true\">|</mo></mrow>");
            }
            _ => {
                self.push(&name(&Name::plain(f), false));
                self.push("<mo>&#8289;</mo>");
                self.bracketed(|p| p.list(xs));
            }
        }
    }

    fn fold(&mut self, fold: Fold, binders: &[Binder], guard: Option<&Term>, body: &Term) {
        self.push("<munder>");
        self.push(match fold {
            Fold::Sum => "<mo>∑</mo>",
            Fold::Prod => "<mo>∏</mo>",
            Fold::Min => "<mi>min</mi>",
            Fold::Max => "<mi>max</mi>",
        });
        self.push("<mrow>");
        self.small(|p| p.binders(binders, guard));
        self.push("</mrow></munder>");
        self.push(THIN);
        self.term(body, Place::LastFactor);
    }

    fn binders(&mut self, binders: &[Binder], guard: Option<&Term>) {
        for (k, b) in binders.iter().enumerate() {
            if k > 0 {
                self.push("<mo>,</mo>");
            }
            self.push(&index(&b.variable));
            self.push("<mo>∈</mo>");
            match &b.set {
                Set::Named(n) => self.push(&name(&Name::plain(n.clone()), false)),
                Set::Listed(elements) => {
                    let words: Vec<String> = elements.iter().map(|e| word(e)).collect();
                    self.push(&format!("<mrow><mo>{{</mo>{}<mo>}}</mo></mrow>", words.join("<mo>,</mo>")));
                }
            }
        }
        if let Some(g) = guard {
            self.push("<mo>:</mo>");
            self.term(g, Place::Open);
        }
    }

    fn table(&mut self, what: Piecewise, smooth: bool, points: &[(Term, Term)], at: &Term) {
        let word = match what {
            Piecewise::Value => "",
            Piecewise::Slope => "slope of ",
            Piecewise::Integral => "integral of ",
        };
        self.push(&format!("<mtext>{word}{}table&#160;</mtext><mrow><mo>{{</mo>", if smooth { "smooth " } else { "" }));
        for (k, (x, y)) in points.iter().enumerate() {
            if k > 0 {
                self.push("<mo>,</mo>");
            }
            self.term(x, Place::Open);
            self.push("<mo>:</mo>");
            self.term(y, Place::Open);
        }
        self.push(&format!("<mo>}}</mo></mrow>{SPACE}"));
        self.bracketed(|p| p.term(at, Place::Open));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter_of(base: &str) -> Term {
        Term::Name(Name::plain(base))
    }

    #[test]
    fn names_have_scripts() {
        let marked = Name { base: "w".into(), mark: Some("*".into()), index: vec![Index::Element("x".into())] };
        assert_eq!(name(&marked, false), "<msubsup><mi>w</mi><mrow><mi>x</mi></mrow><mrow><mo lspace=\"0\" rspace=\"0\">*</mo></mrow></msubsup>");
        assert_eq!(name(&Name::plain("I_L"), false), "<msub><mi>I</mi><mrow><mi>L</mi></mrow></msub>");
        assert_eq!(name(&Name::plain("Omega"), false), "<mi mathvariant=\"normal\">Ω</mi>");
        assert_eq!(name(&Name::plain("output"), false), "<mi>output</mi>");
        assert!(takes_hat(&marked) && !takes_hat(&Name::plain("output")));
    }

    #[test]
    fn brackets_stand_where_they_are_needed() {
        let sum = Term::Sum(vec![letter_of("a"), Term::Neg(Box::new(letter_of("b")))]);
        let product = Term::Prod(vec![letter_of("c"), sum.clone()]);
        assert_eq!(
            row(&product),
            format!("<mi>c</mi>{THIN}<mrow><mo stretchy=\"false\">(</mo><mi>a</mi><mo>−</mo><mi>b</mi><mo stretchy=\"false\">)</mo></mrow>")
        );
        let fraction = Term::Div(Box::new(sum), Box::new(letter_of("d")));
        assert_eq!(row(&fraction), "<mfrac><mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow><mrow><mi>d</mi></mrow></mfrac>");
    }

    #[test]
    fn what_html_reads_as_its_own_is_escaped() {
        let hostile = Name { base: "p".into(), mark: None, index: vec![Index::Element("a<b&\"c".into())] };
        assert_eq!(name(&hostile, false), "<msub><mi>p</mi><mrow><mtext>a&lt;b&amp;&quot;c</mtext></mrow></msub>");
    }

    #[test]
    fn pieces_are_the_terms_with_their_signs() {
        let sum = Term::Sum(vec![letter_of("a"), Term::Neg(Box::new(letter_of("b"))), letter_of("c")]);
        let found = pieces(&sum);
        assert_eq!(found.len(), 3);
        assert!(found[1].contains('−') && found[2].contains('+'));
    }
}
