//! What values must satisfy, at load and at every shocked value: intervals, signs, weights, rising costs.

use super::{Demand, Economy, Interval, ValueCheck, assignment};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{Dag, NodeId, Sym, differentiate, eval};
use crate::system::Role;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Slack for sums of weights: what decimal input loses in binary.
const WEIGHT_SLACK: f64 = 1e-9;
/// What a costless round trip may earn by rounding.
const ROUND_TRIP: f64 = 1e-12;
/// σ within this of 1 counts as 1 for the demand on weights.
const NEAR_ONE: f64 = 1e-3;
/// Points at which a cost is looked at before the search between them.
const GRID: usize = 512;

impl Economy {
    /// Checks all values; `swept` are parameters that will move, so that what holds only by their present value is checked too.
    pub fn check_values(&self, values: &[f64], swept: &[Sym]) -> Diagnostics {
        let mut out = Diagnostics::default();
        let numberless = !self.is_numeric();
        for (i, info) in self.syms.iter().enumerate() {
            let hidden = info.quantity == crate::system::Quantity::Hidden || info.quantity == crate::system::Quantity::Numeraire;
            if info.quantity.is_parameter() && !hidden && !values[i].is_finite() && !(numberless && values[i].is_nan()) {
                let mut d = Diagnostic::new("M001", format!("`{}` has no finite value", info.name));
                if let Some(span) = self.written.get(&Sym(i as u32)).copied().or(info.origin) {
                    d = d.at(span, "this gives no number").help("look for a division by zero, or a logarithm or power of something negative");
                }
                out.push(d);
            }
        }
        // Checks share most of what they look at: all of it is evaluated once.
        let nodes: Vec<NodeId> = self.checks.iter().flat_map(looked_at).collect();
        let found = eval::evaluate(&self.dag, &nodes, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
        let found: FxHashMap<NodeId, f64> = nodes.into_iter().zip(found).collect();
        // The graph with the slopes of all costs, made where there is a cost.
        let mut slopes: Option<Dag> = None;
        for check in &self.checks {
            if let Some(d) = self.check_one(check, values, swept, &|n| found.get(&n).copied().unwrap_or(f64::NAN), &mut slopes) {
                out.push(d);
            }
        }
        out
    }

    /// Whether some value lies outside its interval or has the wrong sign: the quick part of [`Economy::check_values`], for points of a grid.
    pub fn check_intervals(&self, values: &[f64]) -> bool {
        self.checks.iter().any(|c| self.fails(c, values))
    }

    /// The quick checks that look at `axes` alone, by number, if no parameter follows the axes; `None` where some do.
    pub fn checks_on(&self, axes: &[Sym]) -> Option<Vec<usize>> {
        let looks = |nodes: &[NodeId]| self.dag.symbols(nodes).iter().any(|s| axes.contains(s));
        for info in self.syms.iter().filter(|i| i.quantity.is_parameter()) {
            if let Role::Definition(node) = info.role
                && looks(&[node])
            {
                return None;
            }
        }
        let nodes = |c: &ValueCheck| match &c.what {
            Demand::Within(interval) => std::iter::once(c.node).chain(interval.low).chain(interval.high).collect(),
            _ => vec![c.node],
        };
        Some((0..self.checks.len()).filter(|k| looks(&nodes(&self.checks[*k]))).collect())
    }

    /// [`Economy::check_intervals`] for some of the checks.
    pub fn check_some(&self, which: &[usize], values: &[f64]) -> bool {
        which.iter().filter_map(|k| self.checks.get(*k)).any(|c| self.fails(c, values))
    }

    fn fails(&self, c: &ValueCheck, values: &[f64]) -> bool {
        !matches!(c.what, Demand::Rising { .. } | Demand::Order { .. } | Demand::SumsToOne { .. })
            && self.check_one(c, values, &[], &|n| self.value(n, values), &mut None).is_some_and(|d| d.is_error())
    }

    fn value(&self, node: NodeId, values: &[f64]) -> f64 {
        eval::evaluate(&self.dag, &[node], &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN))[0]
    }

    fn check_one(
        &self,
        check: &ValueCheck,
        values: &[f64],
        swept: &[Sym],
        value: &dyn Fn(NodeId) -> f64,
        slopes: &mut Option<Dag>,
    ) -> Option<Diagnostic> {
        let v = value(check.node);
        if v.is_nan() && !matches!(check.what, Demand::Rising { .. } | Demand::Order { .. }) {
            return None;
        }
        let subject = &check.subject;
        match &check.what {
            Demand::Within(interval) => {
                let (low, high) = (interval.low.map_or(f64::NEG_INFINITY, value), interval.high.map_or(f64::INFINITY, value));
                let below = v < low || (interval.low_open && v <= low);
                let above = v > high || (interval.high_open && v >= high);
                (below || above).then(|| {
                    Diagnostic::new("M002", format!("{subject} is outside its interval"))
                        .at(check.span, format!("the value is {}", number(v)))
                        .see(interval.span, format!("it must lie in {}", shown(interval, low, high)))
                        .help("choose a value inside, or widen the interval")
                })
            }
            Demand::Positive => (v <= 0.0)
                .then(|| Diagnostic::new("M003", format!("{subject} must be positive")).at(check.span, format!("the value is {}", number(v)))),
            Demand::NonNegative => (v < 0.0)
                .then(|| Diagnostic::new("M004", format!("{subject} cannot be negative")).at(check.span, format!("the value is {}", number(v)))),
            Demand::Rate => (v <= -1.0).then(|| {
                Diagnostic::new("M074", format!("{subject} takes away the whole price"))
                    .at(check.span, format!("the value is {}", number(v)))
                    .help("a rate is above -1: 0.1 is a tax of 10 %, -0.1 a subsidy of 10 %")
            }),
            Demand::RoundTrip => (v < -ROUND_TRIP).then(|| {
                Diagnostic::new("M075", format!("{subject} would pay without end"))
                    .at(check.span, format!("a round trip over the border earns {} of the price", number(-v / (1.0 + v))))
                    .help("subsidies of imports and exports together may not exceed what stands in their way")
            }),
            Demand::SumsToOne { weights, sigma } => {
                let s = value(*sigma);
                let moves = !swept.is_empty() && self.dag.symbols(&[*sigma]).iter().any(|x| swept.contains(x));
                let matters = (s - 1.0).abs() <= NEAR_ONE || moves;
                (matters && (v - 1.0).abs() > WEIGHT_SLACK * weights.len() as f64).then(|| {
                    let why = if moves { "where σ moves, weights must sum to 1" } else { "with an elasticity of 1, weights must sum to 1" };
                    Diagnostic::new("M005", format!("the weights of {subject} sum to {}, not 1", number(v)))
                        .at(check.span, why)
                        .help("change a weight, or write `normalized` after `ces(…)` to divide by their sum")
                })
            }
            Demand::Rising { task, margin, steps } => {
                self.check_cost(check, (*task, *steps), margin, values, slopes.get_or_insert_with(|| self.dag.clone()))
            }
            Demand::Order { line } => self.check_order(check, *line, values, slopes.get_or_insert_with(|| self.dag.clone())),
        }
    }

    /// Of two places the one does the easier tasks whose cost rises more steeply: which it is may not change on a piece.
    fn check_order(&self, check: &ValueCheck, line: usize, values: &[f64], dag: &mut Dag) -> Option<Diagnostic> {
        let line = self.lines.get(line)?;
        let (at, first, second) = assignment::out_of_order(dag, &line.pieces, line.task, values)?;
        let name = |place: usize| line.places.get(place).map_or("", |p| self.countries[p.destination].name.as_ref());
        let (first, second) = (name(first), name(second));
        Some(
            Diagnostic::new("M013", format!("{} change their order", check.subject))
                .at(
                    check.span,
                    format!(
                        "at task {} the cost in {second} rises more steeply than in {first}; with the file's own values it is the other way round",
                        number(at)
                    ),
                )
                .help("which place does the easier tasks is settled where a file is read: write these values into the file itself"),
        )
    }

    /// A cost of offshoring must be positive and rise strictly over [0, 1].
    fn check_cost(&self, check: &ValueCheck, (task, steps): (Sym, bool), margin: &str, values: &[f64], dag: &mut Dag) -> Option<Diagnostic> {
        let slope = differentiate::derivative(dag, check.node, task);
        let points = RefCell::new(eval::Repeated::new(dag, &[check.node, slope]));
        let at = |i: f64| {
            let mut points = points.borrow_mut();
            let mut found = points.at(&mut |s| if s == task { i } else { values.get(s.index()).copied().unwrap_or(f64::NAN) });
            (found.next().unwrap_or(f64::NAN), found.next().unwrap_or(f64::NAN))
        };
        let points: Vec<f64> = (0..=GRID).map(|k| k as f64 / GRID as f64).collect();
        let costs: Vec<(f64, f64)> = points.iter().map(|&i| at(i)).collect();
        let subject = &check.subject;
        let error = |title: String, why: String, help: &str| Some(Diagnostic::new("M006", title).at(check.span, why).help(help));
        for (k, &(c, _)) in costs.iter().enumerate() {
            let last = k == GRID;
            if c.is_nan() || (c.is_infinite() && !last) {
                return error(
                    format!("{subject} is not defined everywhere"),
                    format!("no finite value at task {}", number(points[k])),
                    "a schedule is defined on [0, 1]; it may rise to infinity only at 1",
                );
            }
            if c <= 0.0 {
                let how = if c == 0.0 { "is zero" } else { "is negative" };
                return error(
                    format!("{subject} must be positive"),
                    format!("it {how} at task {}", number(points[k])),
                    "a task takes some labor wherever it is done",
                );
            }
        }
        if !steps && costs.iter().all(|&(c, _)| c == costs[0].0) {
            return Some(
                Diagnostic::new("T031", format!("no condition determines `{margin}`"))
                    .at(check.span, "the cost of offshoring is the same for every task, so none is the marginal one")
                    .help("let the schedule rise, as in `1 + 0.5 * i`"),
            );
        }
        // A fall between grid points shows as a negative slope near the flattest one.
        let scale = costs[0].0.abs();
        for k in 0..GRID {
            let (a, b) = (costs[k], costs[k + 1]);
            if b.0 < a.0 - 1e-13 * scale {
                let end = (k + 1..=GRID).take_while(|&m| costs[m].0 < costs[m - 1].0).last().unwrap_or(k + 1);
                return error(
                    format!("{subject} must rise"),
                    format!(
                        "it falls from {} at task {} to {} at task {}",
                        number(a.0),
                        number(points[k]),
                        number(costs[end].0),
                        number(points[end])
                    ),
                    "order tasks by their cost: `t` rises from the task easiest to offshore to the hardest",
                );
            }
            // Where the slope turns within the cell, look for its least value by bisection on the cost's own dip.
            if a.1 < 0.0 || b.1 < 0.0 || dips(&at, points[k], points[k + 1]) {
                let place = if a.1 < 0.0 { points[k] } else { points[k + 1] };
                return error(
                    format!("{subject} must rise"),
                    format!("it falls near task {}", number(place)),
                    "order tasks by their cost: `t` rises from the task easiest to offshore to the hardest",
                );
            }
        }
        // Between jumps a cost may be flat: the labor market then says how many of these tasks go abroad.
        let flat = (0..GRID).find(|&k| !steps && costs[k + 1].0 == costs[k].0);
        if let Some(k) = flat {
            let end = (k..GRID).find(|&m| costs[m + 1].0 != costs[m].0).map_or(1.0, |m| points[m]);
            return Some(
                Diagnostic::new("M007", format!("{subject} is flat from task {} to {}", number(points[k]), number(end)))
                    .at(check.span, "tasks of equal cost: which of them go abroad is not determined there")
                    .help("let it rise, if only slightly"),
            );
        }
        if costs[0].0 <= 1.0 {
            return Some(
                Diagnostic::new("M008", format!("{subject} starts at {}, at or below 1", number(costs[0].0)))
                    .at(check.span, "the easiest task takes no more labor abroad than at home")
                    .help("usual schedules start above 1: offshoring costs something"),
            );
        }
        None
    }
}

/// The nodes whose values a check compares.
fn looked_at(check: &ValueCheck) -> Vec<NodeId> {
    match &check.what {
        Demand::Within(interval) => std::iter::once(check.node).chain(interval.low).chain(interval.high).collect(),
        Demand::SumsToOne { sigma, .. } => vec![check.node, *sigma],
        Demand::Rising { .. } | Demand::Order { .. } => Vec::new(),
        Demand::Positive | Demand::NonNegative | Demand::Rate | Demand::RoundTrip => vec![check.node],
    }
}

/// Whether the cost falls somewhere inside a cell at whose ends it rises.
fn dips(at: &impl Fn(f64) -> (f64, f64), a: f64, b: f64) -> bool {
    const INSIDE: [f64; 3] = [0.25, 0.5, 0.75];
    INSIDE.iter().any(|t| at(a + t * (b - a)).1 < 0.0)
}

/// A number as a message shows it.
pub fn number(v: f64) -> String {
    let text = format!("{v:.6}");
    if v != 0.0 && v.abs() < 1e-4 || v.abs() >= 1e9 {
        return format!("{v:.4e}");
    }
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

fn shown(i: &Interval, low: f64, high: f64) -> String {
    let end = |v: f64| {
        if v == f64::INFINITY {
            "inf".to_string()
        } else if v == f64::NEG_INFINITY {
            "-inf".into()
        } else {
            number(v)
        }
    };
    format!("{}{}, {}{}", if i.low_open { "(" } else { "[" }, end(low), end(high), if i.high_open { ")" } else { "]" })
}
