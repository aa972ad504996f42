//! What commands take: expressions, changes, axes, questions, pictures.

use super::super::lexer::lex;
use super::super::tree::*;
use super::expect::Context;
use super::expression::Builder;
use super::grammar::{Rule, read, with_stack};
use super::scan::Scan;
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use pest::iterators::Pairs;

/// An expression, or a condition.
pub fn parse_expr(file: FileId, text: &str) -> Result<Expr, Diagnostics> {
    argument(file, text, Rule::only_expr, "an expression, as in `w / s`", |builder, mut pairs| {
        let condition = pairs.find(|p| p.as_rule() == Rule::condition)?;
        builder.either(condition)
    })
}

/// `beta -10%, A = 1.5`
pub fn parse_changes(file: FileId, text: &str) -> Result<Vec<Change>, Diagnostics> {
    argument(file, text, Rule::only_changes, "`beta -10%`, `A = 1.5` or `L +1`, several with commas", |builder, pairs| {
        pairs.filter(|p| p.as_rule() == Rule::change).map(|p| builder.change(p)).collect()
    })
}

/// `beta = 1.1..1.5 : 1000, L = {1, 2}`
pub fn parse_axes(file: FileId, text: &str) -> Result<Vec<Axis>, Diagnostics> {
    argument(file, text, Rule::only_axes, "`beta = 1.1..1.5 : 100`, several with commas", |builder, pairs| {
        pairs.filter(|p| p.as_rule() == Rule::axis).map(|p| builder.axis(p)).collect()
    })
}

/// `beta = 1.2`: what is set and to what.
pub fn parse_assignment(file: FileId, text: &str) -> Result<(Expr, Expr), Diagnostics> {
    argument(file, text, Rule::only_assignment, "`NAME = VALUE`, as in `beta = 1.2`", |builder, pairs| {
        let (mut target, mut value) = (None, None);
        for part in pairs {
            match part.as_rule() {
                Rule::target => target = Some(builder.key(part)?),
                Rule::expr => value = Some(builder.expr(part)?),
                _ => {}
            }
        }
        Some((target?, value?))
    })
}

/// `w, s, welfare[r] for r in R`
pub fn parse_items(file: FileId, text: &str) -> Result<Vec<Item>, Diagnostics> {
    argument(file, text, Rule::only_items, "quantities with commas, as in `w, s, w/s`", |builder, pairs| {
        pairs.filter(|p| p.as_rule() == Rule::item).map(|p| builder.item(p)).collect()
    })
}

/// `w, s in terms of Omega, p wrt beta holding L`, `w when beta falls`; clauses come in any order.
pub fn parse_query(file: FileId, text: &str) -> Result<Query, Diagnostics> {
    argument(
        file,
        text,
        Rule::only_query,
        "`w wrt beta`, `w when beta falls`, `w wrt beta holding p` or `w in terms of Omega, p`",
        |builder, pairs| {
            let mut query = Query::default();
            let mut seen = Vec::new();
            for part in pairs {
                let (rule, span) = (part.as_rule(), builder.span(&part));
                let clause = match rule {
                    Rule::wrt | Rule::when => Rule::wrt,
                    rule => rule,
                };
                if matches!(clause, Rule::wrt | Rule::in_terms_of | Rule::holding) {
                    match seen.iter().find(|(r, _)| *r == clause) {
                        Some((_, first)) => {
                            let twice = Diagnostic::new("P009", "a clause stands twice").at(span, "again here").see(*first, "first here");
                            builder.found.push(twice.help("keep one of them"));
                        }
                        None => seen.push((clause, span)),
                    }
                }
                match rule {
                    Rule::expr => query.targets.push(builder.expr(part)?),
                    Rule::in_terms_of => query.in_terms_of = builder.expr_list(part)?,
                    Rule::holding => query.holding = builder.expr_list(part)?,
                    Rule::wrt => query.wrt = Some(builder.inner_expr(part)?),
                    Rule::when => {
                        query.falls = Some(part.clone().into_inner().any(|p| p.as_rule() == Rule::kw_falls));
                        query.wrt = Some(builder.inner_expr(part)?);
                    }
                    _ => {}
                }
            }
            Some(query)
        },
    )
}

/// `w, s against beta = 1.1..1.5 : 50`, `regimes over beta, L`, `margin`
pub fn parse_plot(file: FileId, text: &str) -> Result<PlotRequest, Diagnostics> {
    argument(
        file,
        text,
        Rule::only_plot,
        "`w, s against beta = 1.1..1.5`, `margin`, `effects w against beta`, `isocost` or `regimes over beta, A`",
        |builder, pairs| {
            let mut request = PlotRequest { targets: Vec::new(), axes: Vec::new() };
            for part in pairs {
                match part.as_rule() {
                    Rule::plotted => request.targets.push(builder.inner_expr(part)?),
                    Rule::plot_axis => {
                        let span = builder.span(&part);
                        let (mut target, mut grid) = (None, None);
                        for inner in part.into_inner() {
                            match inner.as_rule() {
                                Rule::target => target = Some(builder.key(inner)?),
                                Rule::grid => grid = Some(builder.grid(inner)?),
                                _ => {}
                            }
                        }
                        request.axes.push(PlotAxis { span, target: target?, grid });
                    }
                    _ => {}
                }
            }
            Some(request)
        },
    )
}

/// Reads a text by one rule after the same checks of its tokens that a declaration gets.
fn argument<T: Send>(
    file: FileId,
    text: &str,
    rule: Rule,
    form: &'static str,
    build: impl Fn(&mut Builder, Pairs<'_, Rule>) -> Option<T> + Sync,
) -> Result<T, Diagnostics> {
    let mut found = Diagnostics::default();
    if text.len() > super::LONGEST {
        found.push(super::too_long(Span::new(file, 0, 0)));
        return Err(found);
    }
    let mut scan = Scan::new(file, text, "");
    let mut end = 0;
    for token in lex(text) {
        if token.kind == super::super::lexer::TokenKind::UnclosedComment {
            let span = Span::new(file, token.range.start, token.range.start + 2);
            found.push(Diagnostic::new("P005", "this comment is not closed").at(span, "no `*/` follows"));
            return Err(found);
        }
        if !token.kind.is_trivia() {
            end = token.range.end;
            scan.feed(&token);
        }
    }
    scan.finish();
    if let Some(trouble) = scan.trouble {
        found.push(trouble);
        return Err(found);
    }
    let context = Context { file, text, range: 0..end, word: "", form: Some(form) };
    let own = text.get(..end).unwrap_or(text);
    let work = || {
        let pairs = read(rule, own).map_err(|failure| vec![context.explain(failure).0])?;
        let mut builder = Builder::new(file, 0);
        // Each argument's rule wraps its parts in one pair.
        let value = pairs.into_iter().next().and_then(|pair| build(&mut builder, pair.into_inner()));
        if builder.found.is_empty() { value.ok_or_else(|| vec![super::unreadable(Span::new(file, 0, end))]) } else { Err(builder.found) }
    };
    match with_stack(scan.deepest, work).unwrap_or_else(|| Err(vec![super::no_stack(Span::new(file, 0, end))])) {
        Ok(value) => Ok(value),
        Err(list) => {
            for diagnostic in list {
                found.push(diagnostic);
            }
            Err(found)
        }
    }
}
