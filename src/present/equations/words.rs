//! The user's own equations and definitions: their text, and the tree of it as a formula.

use super::names::{self, Style};
use super::term::{self, Binder, Fold, Index, Name, Set, Term};
use crate::model::{Economy, naming};
use crate::source::{SourceMap, Span};
use crate::syntax::tree::{self, Comparison, Expr, ExprKind, Family, Head, SetExpr};
use crate::system::SymInfo;
use std::sync::Arc;

/// Reads expressions of one file as formulas, without computing anything.
pub struct Reader<'a> {
    pub economy: &'a Economy,
    pub syms: &'a [SymInfo],
    /// The alias of the file, for the full names of what it declares.
    pub prefix: Option<Arc<str>>,
    style: Style,
    bound: Vec<Arc<str>>,
}

impl<'a> Reader<'a> {
    pub fn new(economy: &'a Economy, syms: &'a [SymInfo], prefix: Option<Arc<str>>, style: Style) -> Self {
        Reader { economy, syms, prefix, style, bound: Vec::new() }
    }

    /// A base name in the reader's style.
    fn base(&self, word: &Arc<str>) -> Arc<str> {
        if self.style == Style::Canonical { word.clone() } else { naming::pretty_base(word).0.into() }
    }

    /// A name alone, as an argument of a function.
    pub fn letter(&self, n: &tree::Name) -> Term {
        Term::Name(Name::plain(self.base(&n.text)))
    }

    /// A function of arguments.
    pub fn call(&self, f: &tree::Name, arguments: Vec<Term>) -> Term {
        Term::Call(self.base(&f.text), arguments)
    }

    /// Binders and guard of a family; they stay bound for what is read after.
    pub fn family(&mut self, family: Option<&Family>) -> (Vec<Binder>, Option<Term>) {
        let Some(f) = family else { return (Vec::new(), None) };
        let binders = f.binders.iter().map(|b| self.binder(b)).collect();
        let guard = f.guard.as_ref().map(|g| self.guard(g));
        (binders, guard)
    }

    fn binder(&mut self, b: &tree::Binder) -> Binder {
        self.bound.push(b.variable.text.clone());
        let set = match &b.set {
            SetExpr::Named(n) => Set::Named(n.text.clone()),
            SetExpr::Listed(names) => Set::Listed(names.iter().map(|n| n.text.clone()).collect()),
        };
        Binder { variable: Index::Variable(b.variable.text.clone()), set }
    }

    /// The declared name with the indices that its family binds.
    pub fn head(&self, head: &Head) -> Term {
        let base = head.name.as_ref().map(|n| n.text.clone()).unwrap_or_default();
        let index = head.family.iter().flat_map(|f| &f.binders).map(|b| Index::Variable(b.variable.text.clone())).collect();
        Term::Name(Name { base: self.base(&base), mark: None, index })
    }

    /// An expression as it is written.
    pub fn expr(&mut self, e: &Expr) -> Term {
        match &e.bare().kind {
            ExprKind::Number(v, _) | ExprKind::Percent(v, _) => Term::Number(*v),
            ExprKind::Name(n) => self.name(n, &[]),
            ExprKind::Index(n, index) => self.name(n, index),
            ExprKind::Call(f, xs) => {
                let xs = xs.iter().map(|x| self.expr(x)).collect();
                self.call(f, xs)
            }
            ExprKind::Negate(x) => Term::Neg(Box::new(self.expr(x))),
            ExprKind::Sum(xs) => Term::Sum(
                xs.iter()
                    .map(|(minus, x)| {
                        let x = self.expr(x);
                        if *minus { Term::Neg(Box::new(x)) } else { x }
                    })
                    .collect(),
            ),
            ExprKind::Product(xs) => self.product(xs),
            ExprKind::Power(a, b) => Term::Pow(Box::new(self.expr(a)), Box::new(self.expr(b))),
            ExprKind::Compare(..) | ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) => self.guard(e),
            ExprKind::Fold { fold, family, body } => {
                let before = self.bound.len();
                let (binders, guard) = self.family(Some(family));
                let body = self.expr(body);
                self.bound.truncate(before);
                let fold = match fold {
                    tree::Fold::Sum => Fold::Sum,
                    tree::Fold::Prod => Fold::Prod,
                    tree::Fold::Min => Fold::Min,
                    tree::Fold::Max => Fold::Max,
                };
                Term::Fold { fold, binders, guard: guard.map(Box::new), body: Box::new(body) }
            }
            ExprKind::If { condition, then, otherwise } => {
                let condition = Box::new(self.guard(condition));
                Term::Choice { condition, then: Box::new(self.expr(then)), otherwise: Box::new(self.expr(otherwise)) }
            }
            // A table has no value of its own: its entries are values.
            ExprKind::Table(_) | ExprKind::Load(_) | ExprKind::Paren(_) => Term::Cut,
        }
    }

    /// Factors from left to right: `a/b*c` is (a/b)·c.
    fn product(&mut self, xs: &[(bool, Expr)]) -> Term {
        let mut top: Vec<Term> = Vec::new();
        let mut negative = false;
        for (k, (divides, x)) in xs.iter().enumerate() {
            let x = match self.expr(x) {
                // The sign of a first factor stands before the product.
                Term::Neg(x) if k == 0 => {
                    negative = true;
                    *x
                }
                x => x,
            };
            if *divides {
                let above = if top.len() == 1 { top.remove(0) } else { Term::Prod(std::mem::take(&mut top)) };
                top = vec![Term::Div(Box::new(above), Box::new(x))];
            } else {
                top.push(x);
            }
        }
        let whole = if top.len() == 1 { top.remove(0) } else { Term::Prod(top) };
        if negative { Term::Neg(Box::new(whole)) } else { whole }
    }

    fn guard(&mut self, e: &Expr) -> Term {
        match &e.bare().kind {
            ExprKind::Compare(c, a, b) => {
                let op = match c {
                    Comparison::Less => "<",
                    Comparison::LessEqual => "<=",
                    Comparison::Greater => ">",
                    Comparison::GreaterEqual => ">=",
                    Comparison::Equal => "==",
                    Comparison::NotEqual => "!=",
                };
                Term::Relation(op, Box::new(self.compared(a)), Box::new(self.compared(b)))
            }
            ExprKind::And(xs) => Term::Logic("and", xs.iter().map(|x| self.guard(x)).collect()),
            ExprKind::Or(xs) => Term::Logic("or", xs.iter().map(|x| self.guard(x)).collect()),
            ExprKind::Not(x) => Term::Logic("not", vec![self.guard(x)]),
            _ => self.expr(e),
        }
    }

    /// One side of a comparison: an index where it is one.
    fn compared(&mut self, e: &Expr) -> Term {
        match &e.bare().kind {
            ExprKind::Name(n) if n.quoted || self.is_element(&n.text) || self.bound.contains(&n.text) => Term::Index(self.index(e)),
            _ => self.expr(e),
        }
    }

    fn is_element(&self, word: &Arc<str>) -> bool {
        self.economy.names.sets.values().any(|s| s.contains(word)) && !self.economy.names.tables.contains_key(word)
    }

    fn index(&self, e: &Expr) -> Index {
        match &e.bare().kind {
            ExprKind::Name(n) if !n.quoted && self.bound.contains(&n.text) => Index::Variable(n.text.clone()),
            ExprKind::Name(n) => Index::Element(n.text.clone()),
            ExprKind::Index(n, inner) => Index::Nested(n.text.clone(), inner.iter().map(|i| self.index(i)).collect()),
            ExprKind::Number(_, text) => Index::Element(text.clone()),
            _ => Index::Element("…".into()),
        }
    }

    fn name(&self, n: &tree::Name, index: &[Expr]) -> Term {
        let index: Vec<Index> = index.iter().map(|e| self.index(e)).collect();
        // What names one symbol is printed as that symbol is, with its country's mark.
        let elements: Option<Vec<Arc<str>>> = index.iter().map(|i| if let Index::Element(e) = i { Some(e.clone()) } else { None }).collect();
        let full = self.economy.names.full_name(&n.text, self.prefix.as_deref());
        let found = elements.and_then(|e| self.economy.names.tables.get(&full)?.members.get(&e).copied());
        if let Some(info) = found.and_then(|s| self.syms.get(s.index())) {
            return Term::Name(names::of(info, self.style));
        }
        Term::Name(Name { base: self.base(&n.text), mark: None, index })
    }
}

/// The text of a declaration on one line, without its comments and its leading keyword.
pub fn written(sources: &SourceMap, span: Span, keyword: &str) -> Option<String> {
    let text = one_line(sources.snippet(span));
    let rest = text.strip_prefix(keyword).map(str::trim_start).unwrap_or(&text).to_string();
    (!rest.is_empty()).then_some(rest)
}

/// Comments dropped and white space gathered; what stands in quotes is kept.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    let mut quoted = false;
    let mut space = false;
    while let Some((at, c)) = rest.next() {
        let ahead = &text[at..];
        if !quoted && ahead.starts_with("//") {
            while rest.next_if(|(_, c)| *c != '\n').is_some() {}
            space = true;
            continue;
        }
        if !quoted && ahead.starts_with("/*") {
            let end = ahead.find("*/").map_or(text.len(), |e| at + e + 2);
            while rest.next_if(|(i, _)| *i < end).is_some() {}
            space = true;
            continue;
        }
        if c == '"' {
            quoted = !quoted;
        }
        if !quoted && c.is_whitespace() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && !out.is_empty() {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Whether a formula holds a part that could not be read back.
pub fn is_whole(t: &Term) -> bool {
    !matches!(t, Term::Cut) && t.children().into_iter().all(is_whole)
}

/// The set names that a family's binders run over, for choosing the same letters elsewhere.
pub fn letters(family: &Family) -> Vec<(Set, Arc<str>)> {
    family
        .binders
        .iter()
        .map(|b| {
            let set = match &b.set {
                SetExpr::Named(n) => term::Set::Named(n.text.clone()),
                SetExpr::Listed(names) => Set::Listed(names.iter().map(|n| n.text.clone()).collect()),
            };
            (set, b.variable.text.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_line_breaks_are_gathered() {
        assert_eq!(one_line("let a = 1 // one\n  + 2 /* and\n more */ + \"// kept  so\""), "let a = 1 + 2 + \"// kept  so\"");
    }
}
