//! From pairs to declarations: those that are one line or a list.

use super::super::tree::*;
use super::expression::{Builder, comparison};
use super::grammar::Rule;
use crate::diag::Diagnostic;
use crate::source::Span;
use pest::iterators::Pair;

/// An attribute that may stand once.
pub struct Once<T>(Option<(T, Span)>);

impl<T> Once<T> {
    pub fn new() -> Self {
        Once(None)
    }

    pub fn set(&mut self, builder: &mut Builder, value: T, span: Span, what: &str) {
        match &self.0 {
            Some((_, first)) => {
                let diagnostic = Diagnostic::new("P009", format!("{what} stands twice")).at(span, "again here").see(*first, "first here");
                builder.found.push(diagnostic.help("keep one of them"));
            }
            None => self.0 = Some((value, span)),
        }
    }

    pub fn take(self) -> Option<T> {
        self.0.map(|(value, _)| value)
    }
}

impl Builder {
    /// What a declaration's pair says; `None` where a finding already says why not.
    pub fn declaration(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        match pair.as_rule() {
            Rule::model => self.model(pair),
            Rule::import => self.import(pair),
            Rule::parameter => self.parameter(pair),
            Rule::set => self.set(pair),
            Rule::function => self.function(pair),
            Rule::technology => self.technology(pair),
            Rule::schedule => self.schedule(pair),
            Rule::country => self.country(pair).map(Kind::Country),
            Rule::factor => self.factor(pair),
            Rule::tasks => self.tasks(pair).map(Kind::Tasks),
            Rule::good => self.good(pair).map(Kind::Good),
            Rule::industry => self.industry(pair).map(Kind::Industry),
            Rule::demand => self.demand(pair),
            Rule::numeraire => Some(Kind::Numeraire { value: self.inner_expr(pair)? }),
            Rule::variable => self.variable(pair),
            Rule::equation => self.equation(pair),
            Rule::definition => self.definition(pair),
            Rule::report => {
                let items = pair.into_inner().filter(|p| p.as_rule() == Rule::item).map(|p| self.item(p)).collect::<Option<_>>()?;
                Some(Kind::Report { items })
            }
            Rule::channels => self.channels(pair),
            Rule::assumption => self.assumption(pair),
            Rule::iceberg => self.border(pair, BorderKind::Iceberg),
            Rule::tariff => self.border(pair, BorderKind::Tariff),
            Rule::export_tax => self.border(pair, BorderKind::ExportTax),
            Rule::shock => {
                let (mut name, mut changes) = (None, Vec::new());
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::ident => name = Some(self.name(&part)),
                        Rule::change => changes.push(self.change(part)?),
                        _ => {}
                    }
                }
                Some(Kind::Shock { name: name?, changes })
            }
            Rule::sweep => {
                let (mut name, mut axes) = (None, Vec::new());
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::ident => name = Some(self.name(&part)),
                        Rule::axis => axes.push(self.axis(part)?),
                        _ => {}
                    }
                }
                Some(Kind::Sweep { name: name?, axes })
            }
            _ => None,
        }
    }

    /// The one expression inside a pair.
    pub fn inner_expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let inner = pair.into_inner().find(|p| p.as_rule() == Rule::expr)?;
        self.expr(inner)
    }

    /// The first name inside a pair.
    pub fn inner_name(&mut self, pair: Pair<'_, Rule>) -> Option<Name> {
        let inner = pair.into_inner().find(|p| matches!(p.as_rule(), Rule::ident | Rule::name | Rule::string))?;
        Some(self.name(&inner))
    }

    /// A label, or the string inside a pair.
    pub fn inner_text(&mut self, pair: Pair<'_, Rule>) -> Option<Text> {
        if pair.as_rule() == Rule::label {
            return Some(self.text(&pair));
        }
        let inner = pair.into_inner().find(|p| p.as_rule() == Rule::string)?;
        Some(self.text(&inner))
    }

    pub fn head(&mut self, pair: Pair<'_, Rule>) -> Option<Head> {
        let mut head = Head { span: self.span(&pair), name: None, family: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident | Rule::string => head.name = Some(self.name(&part)),
                Rule::binding => {
                    let binders = part.into_inner().find(|p| p.as_rule() == Rule::binders)?;
                    head.family = Some(self.family(binders)?);
                }
                _ => {}
            }
        }
        Some(head)
    }

    pub fn for_clause(&mut self, pair: Pair<'_, Rule>) -> Option<Family> {
        let binders = pair.into_inner().find(|p| p.as_rule() == Rule::binders)?;
        self.family(binders)
    }

    /// A name or an indexed name or, as a target, a call.
    pub fn key(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let mut parts = pair.into_inner();
        let name = self.name(&parts.next()?);
        match parts.next() {
            Some(indices) => self.applied(name, indices),
            None => Some(Expr { span: name.span, kind: ExprKind::Name(name) }),
        }
    }

    fn interval(&mut self, pair: Pair<'_, Rule>) -> Option<Interval> {
        let span = self.span(&pair);
        let (mut low_open, mut high_open, mut ends) = (true, true, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::lbracket => low_open = false,
                Rule::rbracket => high_open = false,
                Rule::expr => ends.push(self.expr(part)?),
                _ => {}
            }
        }
        let high = ends.pop()?;
        Some(Interval { span, low: ends.pop()?, high, low_open, high_open })
    }

    fn model(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut label) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.name(&part)),
                Rule::label => label = self.inner_text(part),
                _ => {}
            }
        }
        Some(Kind::Model { name: name?, label })
    }

    fn import(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut path, mut alias) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::string => path = Some(ImportPath::File(self.text(&part))),
                Rule::name => path = Some(ImportPath::Library(self.name(&part))),
                Rule::ident => alias = Some(self.name(&part)),
                _ => {}
            }
        }
        Some(Kind::Import { path: path?, alias })
    }

    fn parameter(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut value, mut interval, mut label) = (None, None, Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::head => name = Some(self.head(part)?),
                Rule::expr => value = Some(self.expr(part)?),
                Rule::load => value = Some(Expr { span, kind: ExprKind::Load(Box::new(self.load(part)?)) }),
                Rule::interval => {
                    let given = self.interval(part)?;
                    interval.set(self, given, span, "the interval");
                }
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                _ => {}
            }
        }
        Some(Kind::Parameter { name: name?, value: value?, interval: interval.take(), label: label.take() })
    }

    fn set(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut elements, mut ordered) = (None, Members::Listed(Vec::new()), false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.name(&part)),
                Rule::set_list => elements = Members::Listed(self.elements(part)),
                Rule::load => elements = Members::Loaded(self.load(part)?),
                Rule::kw_ordered => ordered = true,
                _ => {}
            }
        }
        Some(Kind::Set { name: name?, elements, ordered })
    }

    fn load(&mut self, pair: Pair<'_, Rule>) -> Option<Load> {
        let span = self.span(&pair);
        let (mut file, mut by, mut column, mut wide) = (None, Once::new(), Once::new(), false);
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::string => file = Some(self.text(&part)),
                Rule::load_by => {
                    let heads = part.into_inner().filter(|p| p.as_rule() == Rule::string).map(|p| self.text(&p)).collect();
                    by.set(self, heads, at, "`by`");
                }
                Rule::load_column => {
                    let head = part.into_inner().find(|p| p.as_rule() == Rule::string).map(|p| self.text(&p))?;
                    column.set(self, head, at, "`column`");
                }
                Rule::kw_wide => wide = true,
                _ => {}
            }
        }
        Some(Load { span, file: file?, by: by.take().unwrap_or_default(), column: column.take(), wide })
    }

    fn function(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut arguments, mut body) = (None, Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.name(&part)),
                Rule::parameters => arguments = self.elements(part),
                Rule::expr => body = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(Kind::Function { name: name?, arguments, body: body? })
    }

    fn technology(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut arguments, mut form) = (None, Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.name(&part)),
                Rule::parameters => arguments = self.elements(part),
                Rule::form => form = Some(self.form(part)?),
                _ => {}
            }
        }
        Some(Kind::Technology { name: name?, arguments, form: form? })
    }

    fn schedule(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut names, mut body) = (Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => names.push(self.name(&part)),
                Rule::expr => body = Some(ScheduleBody::Formula(self.expr(part)?)),
                Rule::points => body = Some(self.points(part)?),
                Rule::loaded_points => body = Some(self.loaded_points(part)?),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        Some(Kind::Schedule { name: names.next()?, task: names.next()?, arguments: names.collect(), body: body? })
    }

    fn points(&mut self, pair: Pair<'_, Rule>) -> Option<ScheduleBody> {
        let (mut smooth, mut steps, mut rows) = (false, false, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_smooth => smooth = true,
                Rule::kw_steps => steps = true,
                Rule::point => {
                    let mut ends = part.into_inner().filter(|p| p.as_rule() == Rule::expr);
                    let (at, value) = (ends.next()?, ends.next()?);
                    rows.push((self.expr(at)?, self.expr(value)?));
                }
                _ => {}
            }
        }
        Some(if steps { ScheduleBody::Steps { rows } } else { ScheduleBody::Table { smooth, rows } })
    }

    fn loaded_points(&mut self, pair: Pair<'_, Rule>) -> Option<ScheduleBody> {
        let (mut points, mut load) = (Points::Linear, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_smooth => points = Points::Smooth,
                Rule::kw_steps => points = Points::Steps,
                Rule::load => load = Some(self.load(part)?),
                _ => {}
            }
        }
        Some(ScheduleBody::Loaded { points, load: load? })
    }

    fn demand(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut form, mut countries) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::form => form = Some(self.form(part)?),
                Rule::in_list => countries = self.elements(part),
                _ => {}
            }
        }
        Some(Kind::Demand { form: form?, countries })
    }

    fn variable(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut interval, mut start, mut label) = (None, Once::new(), Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::head => name = Some(self.head(part)?),
                Rule::interval => {
                    let given = self.interval(part)?;
                    interval.set(self, given, span, "the interval");
                }
                Rule::start => {
                    let given = self.inner_expr(part)?;
                    start.set(self, given, span, "`start`");
                }
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                _ => {}
            }
        }
        Some(Kind::Variable { name: name?, interval: interval.take(), start: start.take(), label: label.take() })
    }

    fn equation(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut sides, mut relation, mut complements) = (None, Vec::new(), None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::head => name = Some(self.head(part)?),
                Rule::expr => sides.push(self.expr(part)?),
                Rule::relation => {
                    relation = Some(match part.as_str() {
                        ">=" | "≥" => Relation::AtLeast,
                        "<=" | "≤" => Relation::AtMost,
                        _ => Relation::Equal,
                    })
                }
                Rule::target => complements = Some(self.key(part)?),
                _ => {}
            }
        }
        let right = sides.pop()?;
        Some(Kind::Equation { name: name?, left: sides.pop()?, relation: relation?, right, complements })
    }

    fn definition(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut name, mut value, mut label) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::head => name = Some(self.head(part)?),
                Rule::expr => value = Some(self.expr(part)?),
                Rule::label => label = self.inner_text(part),
                _ => {}
            }
        }
        Some(Kind::Let { name: name?, value: value?, label })
    }

    pub fn item(&mut self, pair: Pair<'_, Rule>) -> Option<Item> {
        let (mut value, mut family) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => value = Some(self.expr(part)?),
                Rule::for_clause => family = Some(self.for_clause(part)?),
                _ => {}
            }
        }
        Some(Item { value: value?, family })
    }

    fn channels(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut of, mut channels) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::item => of.push(self.item(part)?),
                Rule::channel => {
                    let (mut name, mut list) = (None, Vec::new());
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::ident => name = Some(self.name(&inner)),
                            Rule::expr => list.push(self.expr(inner)?),
                            Rule::channel_list => list = self.expr_list(inner)?,
                            _ => {}
                        }
                    }
                    channels.push((name?, list));
                }
                _ => {}
            }
        }
        Some(Kind::Channels { of, channels })
    }

    /// The expressions inside a pair.
    pub fn expr_list(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<Expr>> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::expr).map(|p| self.expr(p)).collect()
    }

    fn assumption(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut sides, mut op) = (Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => sides.push(self.expr(part)?),
                Rule::compare => op = Some(comparison(part.as_str())),
                _ => {}
            }
        }
        let right = sides.pop()?;
        Some(Kind::Assume { left: sides.pop()?, comparison: op?, right })
    }

    /// `beta -10%`, `A = 1.5`, `L[Home] +1 for …`
    pub fn change(&mut self, pair: Pair<'_, Rule>) -> Option<Change> {
        let span = self.span(&pair);
        let (mut target, mut by, mut family) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::target => target = Some(self.key(part)?),
                Rule::set_to => by = Some(By::Set(self.inner_expr(part)?)),
                Rule::shift => by = Some(self.shift(part)?),
                Rule::for_clause => family = Some(self.for_clause(part)?),
                _ => {}
            }
        }
        Some(Change { span, target: target?, by: by?, family })
    }

    fn shift(&mut self, pair: Pair<'_, Rule>) -> Option<By> {
        let mut parts = pair.into_inner();
        let sign = parts.next()?;
        let sign = (sign.as_rule() == Rule::minus).then(|| self.span(&sign));
        let signed = |e: Expr| match sign {
            Some(sign) => Expr { span: sign.to(e.span), kind: ExprKind::Negate(Box::new(e)) },
            None => e,
        };
        let amount = parts.next()?;
        if amount.as_rule() == Rule::paren {
            let span = self.span(&amount);
            let inner = amount.into_inner().find(|p| p.as_rule() == Rule::condition)?;
            let inner = self.either(inner)?;
            return Some(By::Add(signed(Expr { span, kind: ExprKind::Paren(Box::new(inner)) })));
        }
        Some(match parts.next() {
            Some(unit) => {
                let unit_span = self.span(&unit);
                let value = signed(self.number(&amount, Some(unit_span)));
                if unit.as_rule() == Rule::kw_pp { By::Points(value) } else { By::Percent(value) }
            }
            None => By::Add(signed(self.number(&amount, None))),
        })
    }

    /// `beta = 1.1..1.5 : 100`
    pub fn axis(&mut self, pair: Pair<'_, Rule>) -> Option<Axis> {
        let span = self.span(&pair);
        let (mut target, mut grid) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::target => target = Some(self.key(part)?),
                Rule::grid => grid = Some(self.grid(part)?),
                _ => {}
            }
        }
        Some(Axis { span, target: target?, grid: grid? })
    }

    pub fn grid(&mut self, pair: Pair<'_, Rule>) -> Option<Grid> {
        let inner = pair.into_inner().next()?;
        if inner.as_rule() == Rule::channel_list {
            return Some(Grid::List(self.expr_list(inner)?));
        }
        let log = inner.clone().into_inner().any(|p| p.as_rule() == Rule::kw_log);
        let mut numbers = self.expr_list(inner)?.into_iter();
        Some(Grid::Range { from: numbers.next()?, to: numbers.next()?, points: numbers.next(), log })
    }
}
