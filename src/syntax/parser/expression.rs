//! From pairs to expressions: precedence is resolved here, on flat lists, without recursion on length.

use super::super::tree::*;
use super::grammar::{Rule, end_of};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use pest::iterators::{Pair, Pairs};
use std::iter::Peekable;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

pub type Stream<'i> = Peekable<Pairs<'i, Rule>>;

/// Turns pairs into a tree; findings that the grammar cannot express are collected.
pub struct Builder {
    pub file: FileId,
    /// Where the text that pest read begins in the file.
    pub base: usize,
    pub found: Vec<Diagnostic>,
}

impl Builder {
    pub fn new(file: FileId, base: usize) -> Self {
        Builder { file, base, found: Vec::new() }
    }

    pub fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        Span::new(self.file, self.base + pair.as_span().start(), self.base + end_of(pair))
    }

    pub fn name(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let span = self.span(pair);
        let quoted = pair.as_rule() == Rule::string;
        let text = if quoted { normalize(&self.unescape(pair)) } else { normalize(pair.as_str()) };
        if let Some(c) = text.chars().find(|c| invisible(*c)) {
            let d = Diagnostic::new("N049", format!("an invisible character (U+{:04X}) in a name", c as u32));
            self.found.push(d.at(span, "it looks like another name without it").help("delete the name and type it again"));
        }
        Name { text, span, quoted }
    }

    pub fn text(&mut self, pair: &Pair<'_, Rule>) -> Text {
        Text { text: self.unescape(pair), span: self.span(pair) }
    }

    fn unescape(&mut self, pair: &Pair<'_, Rule>) -> Arc<str> {
        let raw = pair.as_str();
        let inner = raw.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or(raw);
        if !inner.contains('\\') {
            return inner.into();
        }
        let mut out = String::with_capacity(inner.len());
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                other => {
                    let width = 1 + other.map_or(0, |(_, c)| c.len_utf8());
                    let start = self.span(pair).start as usize + 1 + at;
                    let span = Span::new(self.file, start, start + width);
                    let help = "strings have `\\\"`, `\\\\`, `\\n` and `\\t`";
                    self.found.push(Diagnostic::new("P018", "an escape that strings do not have").at(span, "this one").help(help));
                    out.extend(other.map(|(_, c)| c));
                }
            }
        }
        out.into()
    }

    /// A number-valued expression (`expr`, `product`, `weight`).
    pub fn expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let value = self.disjunction(&mut pair.into_inner().peekable())?;
        self.number_valued(&value);
        Some(value)
    }

    /// A condition that must hold or not (`condition`).
    pub fn condition(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let value = self.disjunction(&mut pair.into_inner().peekable())?;
        self.truth_valued(&value);
        Some(value)
    }

    /// An expression or a condition.
    pub fn either(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        self.disjunction(&mut pair.into_inner().peekable())
    }

    fn number_valued(&mut self, e: &Expr) {
        if is_truth(e) {
            let help = "a comparison stands after `where` and `if`, and in `assume`";
            self.found.push(Diagnostic::new("P014", "a comparison where a number is needed").at(e.span, "this is true or false").help(help));
        }
    }

    fn truth_valued(&mut self, e: &Expr) {
        if !is_truth(e) {
            let help = "compare two sides, as in `i != j` or `a > 0`";
            self.found.push(Diagnostic::new("P014", "a number where a comparison is needed").at(e.span, "this is no comparison").help(help));
        }
    }

    fn disjunction(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        self.joined(s, Rule::kw_or, Self::conjunction, ExprKind::Or)
    }

    fn conjunction(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        self.joined(s, Rule::kw_and, Self::comparison, ExprKind::And)
    }

    fn joined(
        &mut self,
        s: &mut Stream<'_>,
        rule: Rule,
        part: fn(&mut Self, &mut Stream<'_>) -> Option<Expr>,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Option<Expr> {
        let first = part(self, s)?;
        if s.peek().map(Pair::as_rule) != Some(rule) {
            return Some(first);
        }
        let mut parts = vec![first];
        while s.next_if(|p| p.as_rule() == rule).is_some() {
            parts.push(part(self, s)?);
        }
        for part in &parts {
            self.truth_valued(part);
        }
        let span = spanned(&parts.iter().map(|p| p.span).collect::<Vec<_>>())?;
        Some(Expr { span, kind: join(parts) })
    }

    fn comparison(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        let mut nots = Vec::new();
        while let Some(not) = s.next_if(|p| p.as_rule() == Rule::kw_not) {
            nots.push(self.span(&not));
        }
        let mut e = self.sum(s)?;
        if let Some(op) = s.next_if(|p| p.as_rule() == Rule::compare) {
            let right = self.sum(s)?;
            self.number_valued(&e);
            self.number_valued(&right);
            let span = e.span.to(right.span);
            e = Expr { span, kind: ExprKind::Compare(comparison(op.as_str()), Box::new(e), Box::new(right)) };
            while let Some(next) = s.next_if(|p| p.as_rule() == Rule::compare) {
                let help = "join two comparisons with `and`: `0 < a and a < 1`";
                self.found.push(Diagnostic::new("P011", "comparisons in a chain").at(self.span(&next), "a second comparison").help(help));
                self.sum(s)?;
            }
        }
        for span in nots.into_iter().rev() {
            self.truth_valued(&e);
            e = Expr { span: span.to(e.span), kind: ExprKind::Not(Box::new(e)) };
        }
        Some(e)
    }

    fn sum(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        let first = self.product(s)?;
        let joins = |p: &Pair<'_, Rule>| matches!(p.as_rule(), Rule::plus | Rule::minus);
        if !s.peek().is_some_and(joins) {
            return Some(first);
        }
        let mut terms = vec![(false, first)];
        while let Some(op) = s.next_if(joins) {
            terms.push((op.as_rule() == Rule::minus, self.product(s)?));
        }
        self.list(terms, ExprKind::Sum)
    }

    fn product(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        let first = self.signed(s)?;
        let joins = |p: &Pair<'_, Rule>| matches!(p.as_rule(), Rule::times | Rule::slash);
        if !s.peek().is_some_and(joins) {
            return Some(first);
        }
        let mut factors = vec![(false, first)];
        while let Some(op) = s.next_if(joins) {
            factors.push((op.as_rule() == Rule::slash, self.signed(s)?));
        }
        self.list(factors, ExprKind::Product)
    }

    fn list(&mut self, parts: Vec<(bool, Expr)>, kind: fn(Vec<(bool, Expr)>) -> ExprKind) -> Option<Expr> {
        for (_, part) in &parts {
            self.number_valued(part);
        }
        let span = parts.first()?.1.span.to(parts.last()?.1.span);
        Some(Expr { span, kind: kind(parts) })
    }

    /// Signs and the power after them: −a^2 is −(a^2).
    fn signed(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        let signs = self.signs(s);
        let mut powers = vec![(Vec::new(), self.operand(s)?)];
        while s.next_if(|p| p.as_rule() == Rule::caret).is_some() {
            let signs = self.signs(s);
            powers.push((signs, self.operand(s)?));
        }
        if powers.len() > 1 {
            for (_, e) in &powers {
                self.number_valued(e);
            }
        }
        let (last_signs, mut e) = powers.pop()?;
        let mut pending = last_signs;
        while let Some((signs, base)) = powers.pop() {
            let exponent = negate(pending, e);
            let span = base.span.to(exponent.span);
            e = Expr { span, kind: ExprKind::Power(Box::new(base), Box::new(exponent)) };
            pending = signs;
        }
        if !signs.is_empty() {
            self.number_valued(&e);
        }
        Some(negate(signs, e))
    }

    fn signs(&mut self, s: &mut Stream<'_>) -> Vec<Span> {
        let mut signs = Vec::new();
        while let Some(sign) = s.next_if(|p| matches!(p.as_rule(), Rule::minus | Rule::kw_not)) {
            let span = self.span(&sign);
            if sign.as_rule() == Rule::kw_not {
                let help = "put the comparison after it in brackets";
                self.found.push(Diagnostic::new("P014", "`not` stands before a comparison").at(span, "not before a number").help(help));
            } else {
                signs.push(span);
            }
        }
        signs
    }

    fn operand(&mut self, s: &mut Stream<'_>) -> Option<Expr> {
        let pair = s.next()?;
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::number => {
                let percent = s.next_if(|p| p.as_rule() == Rule::percent_sign);
                Some(self.number(&pair, percent.map(|p| self.span(&p))))
            }
            Rule::name => {
                let name = self.name(&pair);
                match s.peek().map(Pair::as_rule) {
                    Some(Rule::indices | Rule::arguments) => self.applied(name, s.next()?),
                    _ => Some(Expr { span, kind: ExprKind::Name(name) }),
                }
            }
            Rule::string => Some(Expr { span, kind: ExprKind::Name(self.name(&pair)) }),
            Rule::paren => {
                let inner = pair.into_inner().find(|p| p.as_rule() == Rule::condition)?;
                let inner = self.either(inner)?;
                Some(Expr { span, kind: ExprKind::Paren(Box::new(inner)) })
            }
            Rule::table => Some(Expr { span, kind: ExprKind::Table(self.table(pair)?) }),
            Rule::conditional => self.conditional(pair, span),
            Rule::fold => self.fold(pair, span),
            _ => None,
        }
    }

    /// A number, or the fraction of a percentage whose sign ends at `percent`.
    pub fn number(&mut self, pair: &Pair<'_, Rule>, percent: Option<Span>) -> Expr {
        let (span, text) = (self.span(pair), pair.as_str());
        let value: f64 = text.parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            self.found.push(Diagnostic::new("P019", "a number out of range").at(span, "too large").help("an interval without end has `inf`"));
        }
        match percent {
            // The decimal fraction nearest to the text: 0.1 × the percentage would be off in the last digit.
            Some(sign) => {
                let fraction = match text.split_once(['e', 'E']) {
                    None => format!("{text}e-2").parse().unwrap_or(value / 100.0),
                    Some(_) => value / 100.0,
                };
                Expr { span: span.to(sign), kind: ExprKind::Percent(fraction, text.into()) }
            }
            None => Expr { span, kind: ExprKind::Number(value, text.into()) },
        }
    }

    /// `name[…]` or `name(…)`.
    pub fn applied(&mut self, name: Name, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = name.span.to(self.span(&pair));
        let call = pair.as_rule() == Rule::arguments;
        let mut list = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::expr => list.push(self.expr(inner)?),
                Rule::string => list.push(Expr { span: self.span(&inner), kind: ExprKind::Name(self.name(&inner)) }),
                _ => {}
            }
        }
        if !call {
            return Some(Expr { span, kind: ExprKind::Index(name, list) });
        }
        match name.text.as_ref() {
            "log" => {
                let help = "write `ln(…)`; for base 10, `ln(…) / ln(10)`";
                self.found.push(Diagnostic::new("P010", "write `ln`: `log` means base 10 to some").at(name.span, "write `ln`").help(help));
            }
            word @ ("sum" | "prod") => {
                let help = format!("write `{word}(g in S) a[g]`");
                self.found.push(Diagnostic::new("P022", format!("`{word}` needs a binder")).at(span, "over which set?").help(help));
            }
            _ => {}
        }
        Some(Expr { span, kind: ExprKind::Call(name, list) })
    }

    fn table(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<(Name, Expr)>> {
        let mut rows = Vec::new();
        for row in pair.into_inner().filter(|p| p.as_rule() == Rule::table_row) {
            let (mut key, mut value) = (None, None);
            for part in row.into_inner() {
                match part.as_rule() {
                    Rule::name | Rule::string | Rule::number => key = Some(self.name(&part)),
                    Rule::expr => value = Some(self.expr(part)?),
                    _ => {}
                }
            }
            rows.push((key?, value?));
        }
        Some(rows)
    }

    fn conditional(&mut self, pair: Pair<'_, Rule>, span: Span) -> Option<Expr> {
        let mut parts = pair.into_inner().filter(|p| matches!(p.as_rule(), Rule::condition | Rule::expr));
        let condition = Box::new(self.condition(parts.next()?)?);
        let then = Box::new(self.expr(parts.next()?)?);
        let otherwise = Box::new(self.expr(parts.next()?)?);
        Some(Expr { span, kind: ExprKind::If { condition, then, otherwise } })
    }

    fn fold(&mut self, pair: Pair<'_, Rule>, span: Span) -> Option<Expr> {
        let (mut fold, mut family, mut body) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::fold_word => {
                    fold = Some(match part.as_str() {
                        "sum" => Fold::Sum,
                        "prod" => Fold::Prod,
                        "min" => Fold::Min,
                        _ => Fold::Max,
                    })
                }
                Rule::binders => family = Some(self.family(part)?),
                Rule::product => body = Some(Box::new(self.expr(part)?)),
                _ => {}
            }
        }
        Some(Expr { span, kind: ExprKind::Fold { fold: fold?, family: family?, body: body? } })
    }

    /// `g in S, r in R where …`
    pub fn family(&mut self, pair: Pair<'_, Rule>) -> Option<Family> {
        let mut family = Family { binders: Vec::new(), guard: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::binder => {
                    let mut inner = part.into_inner().filter(|p| p.as_rule() != Rule::kw_in);
                    let variable = self.name(&inner.next()?);
                    let over = inner.next()?;
                    let set = match over.as_rule() {
                        Rule::set_list => SetExpr::Listed(self.elements(over)),
                        _ => SetExpr::Named(self.name(&over)),
                    };
                    family.binders.push(Binder { variable, set });
                }
                Rule::guard => {
                    let condition = part.into_inner().find(|p| p.as_rule() == Rule::condition)?;
                    family.guard = Some(Box::new(self.condition(condition)?));
                }
                _ => {}
            }
        }
        Some(family)
    }

    /// The names of a list: `{a, "b c"}`, `in x, y`, `(a, b)`.
    pub fn elements(&mut self, pair: Pair<'_, Rule>) -> Vec<Name> {
        let names = pair.into_inner().filter(|p| matches!(p.as_rule(), Rule::name | Rule::string | Rule::ident | Rule::number));
        names.map(|p| self.name(&p)).collect()
    }
}

fn is_truth(e: &Expr) -> bool {
    matches!(e.bare().kind, ExprKind::Compare(..) | ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_))
}

fn negate(signs: Vec<Span>, e: Expr) -> Expr {
    signs.into_iter().rev().fold(e, |e, sign| Expr { span: sign.to(e.span), kind: ExprKind::Negate(Box::new(e)) })
}

fn spanned(spans: &[Span]) -> Option<Span> {
    Some(spans.first()?.to(*spans.last()?))
}

pub fn comparison(op: &str) -> Comparison {
    match op {
        "<" => Comparison::Less,
        "<=" | "≤" => Comparison::LessEqual,
        ">" => Comparison::Greater,
        ">=" | "≥" => Comparison::GreaterEqual,
        "!=" | "≠" => Comparison::NotEqual,
        _ => Comparison::Equal,
    }
}

/// Characters without a form of their own: two names that differ by one look the same.
pub fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// NFC, with the micro sign read as μ; NFC itself reads the ohm sign as Ω.
pub fn normalize(text: &str) -> Arc<str> {
    if text.is_ascii() {
        return text.into();
    }
    let normal: String = text.nfc().map(|c| if c == '\u{B5}' { 'μ' } else { c }).collect();
    normal.into()
}
