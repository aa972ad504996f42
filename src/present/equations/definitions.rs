//! What the conditions are written with: definitions, the user's own in the words of the file.

use super::names;
use super::sheet::{Maker, Partner, Relation, Row, Section};
use super::term::{Piecewise, Term};
use super::words::{self, Reader};
use crate::model::Key;
use crate::model::names::{Entry, What};
use crate::syntax::tree::{self, Kind};
use crate::system::{Condition, Quantity, Role};
use rustc_hash::FxHashMap;
use std::sync::Arc;

const SECTIONS: [(&str, &str); 7] = [
    ("tasks", "Bundles of tasks"),
    ("unit_cost", "Unit costs"),
    ("input", "Inputs per unit of output"),
    ("places", "Trade between places"),
    ("demand", "Demand"),
    ("price_index", "Price indices and welfare"),
    ("further", "Further quantities"),
];

const BASE: &str = "price_base is living_cost at the file's own parameter values, so that price_index is 1 there";
const LIMIT: &str = "where an elasticity of substitution is 1 the limit holds: the product of prices to the power of their weights";

/// The section that a definition stands in, and its place there: what others are written with comes first.
fn place(key: &Key) -> Option<(&'static str, u8)> {
    Some(match key {
        Key::Income(_) => ("income", 0),
        Key::ForeignLabor(..) => ("tasks", 0),
        Key::HomeTasks(_) | Key::MeanCost(..) | Key::TasksIn(..) => ("tasks", 0),
        Key::TaskPrice(_) => ("tasks", 1),
        Key::Bill(_) => ("tasks", 2),
        Key::Margin(_) => ("tasks", 3),
        Key::NestPrice(..) => ("unit_cost", 0),
        Key::UnitCost(_) => ("unit_cost", 1),
        Key::InputPerUnit(..) => ("input", 0),
        Key::Delivered(..) => ("places", 0),
        Key::ImportParity(..) => ("places", 1),
        Key::ExportParity(..) => ("places", 2),
        Key::GoodPrice(_, Some(_)) => ("places", 3),
        Key::OriginInput(..) => ("places", 4),
        Key::Trade(..) => ("places", 5),
        Key::OriginShare(..) => ("places", 6),
        Key::Revenue(_) => ("places", 7),
        Key::Demand(..) => ("demand", 0),
        Key::Expenditure(_) => ("price_index", 0),
        Key::PriceIndex(_) => ("price_index", 1),
        Key::Welfare(_) => ("price_index", 2),
        Key::Output(..) => ("further", 0),
        Key::Use(..) => ("further", 1),
        Key::Exports(..) => ("further", 2),
        Key::TaskImports(..) => ("further", 3),
        Key::EmployedAbroad(..) => ("further", 4),
        Key::Balance(_) => ("further", 5),
        Key::CostShare(..) => ("further", 6),
        Key::EmploymentShare(..) => ("further", 7),
        Key::ExpenditureShare(..) => ("further", 8),
        Key::OffshoredShare(..) | Key::HomeShare(_) => ("further", 9),
        Key::MarginElasticity(_) => ("further", 10),
        Key::FactorPrice(..) | Key::GoodPrice(_, None) | Key::ProducerPrice(..) | Key::Activity(_) | Key::PriceBase(_) => return None,
        Key::Step(..) | Key::Cut(..) | Key::Parity(..) => return None,
    })
}

impl Maker<'_> {
    /// The definitions of incomes.
    pub fn incomes(&mut self) -> Vec<Row> {
        let items = self.defined_by(|k| place(k).filter(|p| p.0 == "income").map(|p| p.1));
        self.rows(items)
    }

    /// Sections of definitions, the user's own last.
    pub fn definitions(&mut self) -> Vec<Section> {
        let mut out = Vec::new();
        for (key, title) in SECTIONS {
            let items = self.defined_by(|k| place(k).filter(|p| p.0 == key).map(|p| p.1));
            let rows = self.rows(items);
            let note = match key {
                "price_index" if !rows.is_empty() => Some(BASE),
                "unit_cost" if std::mem::take(&mut self.builder.general) => Some(LIMIT),
                _ => None,
            };
            out.push(Section { key, title, note, rows });
        }
        let markups = self.system.definitions().filter(|(s, _)| self.system.info(*s).quantity == Quantity::Flow && !self.keys.contains_key(s));
        let markups: Vec<_> = markups.map(|(s, n)| self.definition(s, n)).collect();
        out.push(Section { key: "markup", title: "Markups", note: None, rows: self.rows(markups) });
        let rows = self.functions();
        out.push(Section { key: "function", title: "Schedules and functions", note: None, rows });
        let rows = self.lets();
        out.push(Section { key: "let", title: "The file's own definitions", note: None, rows });
        out
    }

    fn entries(&self, what: What) -> Vec<(Arc<str>, Entry)> {
        let names = &self.economy.names;
        names.order.iter().filter_map(|n| Some((n.clone(), names.entries.get(n)?.clone()))).filter(|(_, e)| e.what == what).collect()
    }

    fn lets(&mut self) -> Vec<Row> {
        let mut out = Vec::new();
        for (full, entry) in self.entries(What::Let) {
            let Kind::Let { name, value, label } = &entry.declaration.kind else { continue };
            let mut reader = Reader::new(self.economy, &self.system.syms, entry.prefix.clone(), self.builder.style);
            let (binders, guard) = reader.family(name.family.as_ref());
            let (left, right) = (reader.head(name), reader.expr(value));
            let members = self.members(&full);
            if !words::is_whole(&right) {
                let items = self.economy.names.tables.get(&full).into_iter().flat_map(|t| t.order.iter().filter_map(|i| t.members.get(i)));
                let items = items
                    .filter_map(|&s| if let Role::Definition(n) = self.system.info(s).role { Some(self.definition(s, n)) } else { None })
                    .collect();
                out.extend(self.rows(items));
                continue;
            }
            out.push(Row {
                name: label.as_ref().map(|l| l.text.to_string()).unwrap_or_default(),
                left,
                relation: Relation::Defined,
                right,
                partner: None,
                binders,
                guard,
                members,
                words: words::written(self.sources, entry.declaration.span, "let"),
                note: None,
                origin: Some(entry.declaration.span),
            });
        }
        out
    }

    /// Schedules and functions of the model's own file, and those of others that it names.
    fn functions(&self) -> Vec<Row> {
        let mut out = Vec::new();
        let own = self.economy.span.map(|s| s.file).or_else(|| self.sources.files().next().map(|f| f.0));
        let text = own.map(|f| self.sources.file(f).text.clone()).unwrap_or_default();
        for what in [What::Schedule, What::Function] {
            for (full, entry) in self.entries(what) {
                if Some(entry.span.file) != own && !text.contains(&format!("{full}(")) {
                    continue;
                }
                let row = |left: Term, keyword: &str, right: Term| Row {
                    name: self.economy.docs.get(&full).map(|d| d.lines().next().unwrap_or_default().to_string()).unwrap_or_default(),
                    left,
                    relation: Relation::Defined,
                    right,
                    partner: None,
                    binders: Vec::new(),
                    guard: None,
                    members: vec![full.to_string()],
                    words: words::written(self.sources, entry.declaration.span, keyword),
                    note: None,
                    origin: Some(entry.declaration.span),
                };
                let mut reader = Reader::new(self.economy, &self.system.syms, entry.prefix.clone(), self.builder.style);
                match &entry.declaration.kind {
                    Kind::Function { name, arguments, body } => {
                        let left = reader.call(name, arguments.iter().map(|a| reader.letter(a)).collect());
                        out.push(row(left, "function", reader.expr(body)));
                    }
                    Kind::Schedule { name, task, arguments, body } => {
                        let at = reader.letter(task);
                        let right = match body {
                            tree::ScheduleBody::Formula(e) => reader.expr(e),
                            tree::ScheduleBody::Loaded { .. } => continue,
                            tree::ScheduleBody::Steps { rows } => {
                                let mut stair: Vec<(Term, Term)> = rows.iter().map(|(end, value)| (reader.expr(end), reader.expr(value))).collect();
                                let last = stair.pop().map_or(Term::Number(f64::NAN), |s| s.1);
                                stair.into_iter().rev().fold(last, |otherwise, (end, then)| {
                                    let condition = Box::new(Term::Relation("<=", Box::new(at.clone()), Box::new(end)));
                                    Term::Choice { condition, then: Box::new(then), otherwise: Box::new(otherwise) }
                                })
                            }
                            tree::ScheduleBody::Table { smooth, rows } => {
                                let points = rows.iter().map(|(x, y)| (reader.expr(x), reader.expr(y))).collect();
                                Term::Table { what: Piecewise::Value, smooth: *smooth, points, at: Box::new(at) }
                            }
                        };
                        let left = reader.call(name, std::iter::once(task).chain(arguments).map(|a| reader.letter(a)).collect());
                        out.push(row(left, "schedule", right));
                    }
                    _ => {}
                }
            }
        }
        out
    }

    fn members(&self, full: &Arc<str>) -> Vec<String> {
        let Some(t) = self.economy.names.tables.get(full) else { return Vec::new() };
        t.order.iter().filter_map(|i| Some(self.system.info(*t.members.get(i)?).name.clone())).collect()
    }

    /// The user's own equations, a row a declaration.
    pub fn user_equations(&mut self) -> Vec<Row> {
        let mut members: FxHashMap<&str, Vec<String>> = FxHashMap::default();
        for e in self.system.equations.iter().filter(|e| e.condition == Condition::User) {
            members.entry(names::split(&e.name).0).or_default().push(e.name.clone());
        }
        let mut out = Vec::new();
        for (full, entry) in self.entries(What::Equation) {
            let Kind::Equation { name, left, relation, right, complements } = &entry.declaration.kind else { continue };
            let Some(members) = members.remove(full.as_ref()) else { continue };
            let mut reader = Reader::new(self.economy, &self.system.syms, entry.prefix.clone(), self.builder.style);
            let (binders, guard) = reader.family(name.family.as_ref());
            let (left, right) = (reader.expr(left), reader.expr(right));
            let (left, right) = if *relation == tree::Relation::AtMost { (right, left) } else { (left, right) };
            let first = self.system.equations.iter().find(|e| Some(&e.name) == members.first());
            let bounds = first.and_then(|e| e.partner).map(|p| match self.system.info(p).role {
                Role::Unknown { lower, upper, .. } => (lower, upper),
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            });
            let partner = complements.as_ref().zip(bounds).map(|(c, (lower, upper))| Partner { term: reader.expr(c), lower, upper });
            let relation = match (relation, bounds) {
                (tree::Relation::Equal, _) => Relation::Equal,
                (_, Some((l, u))) if l.is_finite() && u.is_finite() => Relation::Between,
                _ => Relation::AtLeast,
            };
            out.push(Row {
                name: full.to_string(),
                left,
                relation,
                right,
                partner,
                binders,
                guard,
                members,
                words: words::written(self.sources, entry.declaration.span, "equation"),
                note: None,
                origin: Some(entry.declaration.span),
            });
        }
        // What no declaration of this session holds is printed from the system.
        let rest: Vec<String> = members.into_values().flatten().collect();
        let items: Vec<_> =
            self.system.equations.iter().filter(|e| e.condition == Condition::User && rest.contains(&e.name)).map(|e| self.item(e, None)).collect();
        out.extend(self.rows(items));
        out
    }
}
