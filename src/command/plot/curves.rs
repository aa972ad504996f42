//! Quantities against a parameter.

use super::regimes::Named;
use super::{Picture, axes, axis_label, failures, here, scale, shown};
use crate::command::{Request, grid};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym, eval};
use crate::model::{Axis, Economy, Named as Asked};
use crate::present::json;
use crate::present::plot::Label;
use crate::present::plot::diagrams::{LinesWithRegimes, Regime, lines_with_regimes};
use crate::session::{Failure, Prepared, single};
use crate::solve::Solution;
use crate::syntax::tree::{Item, PlotRequest};
use serde_json::{Map, Value, json};
use std::sync::atomic::AtomicBool;

/// Points of a curve where the request names no number.
const POINTS: usize = 161;
/// Most turning points that are marked.
const TURNS: usize = 4;

/// Expressions along one parameter, with the regimes passed.
pub struct Along {
    pub prepared: Prepared,
    pub parameter: Sym,
    pub names: Vec<Asked>,
    /// By point: the parameter, and each expression's value, NaN where the point failed.
    pub points: Vec<(f64, Vec<f64>)>,
    pub failed: usize,
    /// Maximal intervals with one regime and its words; borders refined.
    pub stretches: Vec<(f64, f64, String)>,
    /// By stretch: its regime's look on maps.
    pub looks: Vec<usize>,
    /// What happens at the start of each stretch but the first, where the stretch before ends there.
    pub switches: Vec<(f64, String)>,
}

pub fn draw(r: &mut Request, request: &PlotRequest) -> Result<Picture, Failure> {
    let along = along(r, request)?;
    let d = r.options.digits;
    let info = along.prepared.system.info(along.parameter);
    let x = shown(info);
    let display = |n: &Asked| match along.prepared.economy.dag.node(n.node) {
        crate::expr::Node::Sym(s) => shown(along.prepared.system.info(*s)),
        _ => n.name.clone(),
    };
    let labels: Vec<String> = along.names.iter().map(display).collect();
    let series: Vec<(Label, Vec<(f64, f64)>)> =
        labels.iter().enumerate().map(|(k, l)| (Label::from(l.as_str()), along.points.iter().map(|(x, v)| (*x, v[k])).collect())).collect();
    let turns = turns(&along, r.interrupt);
    let (_, axis) = axes(r, request, POINTS)?;
    let at = along.prepared.parameters.get(along.parameter.index()).copied().unwrap_or(f64::NAN);
    let (first, last) = (along.points.first().map_or(f64::NAN, |p| p.0), along.points.last().map_or(f64::NAN, |p| p.0));
    let data = LinesWithRegimes {
        title: Label::plain(&format!("{} against ", labels.join(", "))).join(&Label::from(x.as_str())),
        x_label: axis_label(info),
        x_scale: axis.first().map_or(crate::present::plot::Scale::Linear, scale),
        y_label: match (labels.as_slice(), along.names.as_slice()) {
            ([label], [one]) => match along.prepared.economy.dag.node(one.node) {
                crate::expr::Node::Sym(s) => axis_label(along.prepared.system.info(*s)),
                _ => Label::from(label.as_str()),
            },
            _ => Label::default(),
        },
        series,
        regimes: along
            .stretches
            .iter()
            .zip(&along.looks)
            .map(|((from, to, name), look)| Regime { from: *from, to: *to, name: Label::plain(name), look: Some(*look) })
            .collect(),
        turns: turns.iter().map(|(_, x, y)| (*x, *y)).collect(),
        here: (first.min(last)..=first.max(last)).contains(&at).then(|| (at, here(&x, at, d))),
    };
    let (mut text, exit) = failures(along.failed, along.points.len());
    for (at, what) in &along.switches {
        text.push_str(&format!("  at {} = {}: {what}\n", info.display, d.short(*at)));
    }
    for (k, x, y) in &turns {
        text.push_str(&format!("  {} turns at {} = {}, {}\n", labels[*k], info.display, d.short(*x), d.value(*y)));
    }
    let mut body = Map::new();
    body.insert("kind".into(), json!("lines"));
    body.insert("parameter".into(), json!(info.name));
    body.insert("at".into(), Value::Array(along.points.iter().map(|p| json::number(p.0)).collect()));
    let curves: Map<String, Value> = along
        .names
        .iter()
        .enumerate()
        .map(|(k, n)| (n.name.clone(), Value::Array(along.points.iter().map(|p| json::number(p.1[k])).collect())))
        .collect();
    body.insert("series".into(), Value::Object(curves));
    body.insert(
        "regimes".into(),
        Value::Array(along.stretches.iter().map(|(a, b, n)| json!({"from": json::number(*a), "to": json::number(*b), "regime": n})).collect()),
    );
    body.insert(
        "turns".into(),
        Value::Array(
            turns.iter().map(|(k, x, y)| json!({"name": along.names[*k].name, "at": json::number(*x), "value": json::number(*y)})).collect(),
        ),
    );
    Ok(Picture { figure: lines_with_regimes(&data), json: body, text, exit })
}

/// Solves along the request's one axis and evaluates its targets.
pub fn along(r: &mut Request, request: &PlotRequest) -> Result<Along, Failure> {
    let fail = |r: &Request, d: Diagnostic| r.session.failure(single(d));
    if request.axes.len() != 1 {
        let title = if request.axes.is_empty() { "against which parameter?" } else { "curves are drawn against one parameter" };
        return Err(fail(r, Diagnostic::new("C041", title).help("as in `plot w, s against beta = 1.1..1.5`; `plot regimes over beta, L` maps two")));
    }
    let items: Vec<Item> = request.targets.iter().map(|t| Item { value: t.clone(), family: None }).collect();
    let (economy, axes) = axes(r, request, POINTS)?;
    // Both are asked of one copy of the model, so that their symbols agree.
    let (economy, names) = with(r, economy, &items)?;
    let nodes: Vec<NodeId> = names.iter().map(|n| n.node).collect();
    let Some(axis) = axes.first().cloned() else {
        return Err(fail(r, Diagnostic::new("C014", "nothing is moved").help("name a parameter and its values: `beta = 1.1..1.5 : 100`")));
    };
    let parameter = axis.target;
    let swept = grid::solve(r, economy, &[axis], &nodes)?;
    let p = &swept.prepared;
    let mut points = Vec::new();
    for row in &swept.table.rows {
        let mut values = p.parameters.clone();
        values[parameter.index()] = row.parameters[0];
        for (s, v) in swept.asked.iter().zip(&row.values) {
            values[s.index()] = *v;
        }
        let fine = row.regime != u32::MAX;
        let found = eval::evaluate(&p.system.dag, &nodes, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
        points.push((row.parameters[0], if fine { found } else { vec![f64::NAN; nodes.len()] }));
    }
    let mut stretches: Vec<(f64, f64, String)> = Vec::new();
    let mut switches = Vec::new();
    let mut named = Named::default();
    let mut kinds: Vec<usize> = Vec::new();
    let mut last: Option<(f64, u32)> = None;
    for row in &swept.table.rows {
        let x = row.parameters[0];
        let Some(solution) = swept.table.regimes.get(row.regime as usize) else {
            last = None;
            continue;
        };
        let words = p.regime_words(solution);
        match (last, stretches.last_mut()) {
            (Some((_, key)), Some(open)) if key == row.regime || open.2 == words => open.1 = x,
            (Some((x0, key)), Some(open)) => {
                let from = swept.table.regimes.get(key as usize);
                let (border, near) = match from {
                    Some(f) => border(p, parameter, f, x0, x, r.interrupt),
                    None => (0.5 * (x0 + x), solution.clone()),
                };
                // A curve has its kink at the border, which is no point of the grid.
                points.push((border, eval::evaluate(&p.system.dag, &nodes, &mut |s| near.value(s))));
                open.1 = border;
                switches.push((border, from.map_or(String::new(), |f| switched(p, f, solution))));
                stretches.push((border, x, words));
                kinds.push(named.of(p, solution));
            }
            _ => {
                stretches.push((x, x, words));
                kinds.push(named.of(p, solution));
            }
        }
        last = Some((x, row.regime));
    }
    let falls = swept.table.rows.first().zip(swept.table.rows.last()).is_some_and(|(a, b)| a.parameters[0] > b.parameters[0]);
    points.sort_by(|a, b| if falls { b.0.total_cmp(&a.0) } else { a.0.total_cmp(&b.0) });
    let failed = swept.table.failed;
    let looks = named.looks();
    let looks = kinds.iter().map(|k| looks[*k]).collect();
    Ok(Along { parameter, names, points, failed, stretches, looks, switches, prepared: swept.prepared })
}

/// An economy that expressions were asked of beside what was asked of it before.
fn with(r: &Request, mut economy: Economy, items: &[Item]) -> Result<(Economy, Vec<Asked>), Failure> {
    let mut found = crate::diag::Diagnostics::default();
    let names = crate::model::resolve::Resolver { economy: &mut economy, diagnostics: &mut found }.named(items, &Default::default());
    if found.has_errors() { Err(r.session.failure(found)) } else { Ok((economy, names)) }
}

/// Where the regime of `from`, which holds at `a`, gives way on the way to `b`, with the equilibrium there.
fn border(p: &Prepared, parameter: Sym, from: &Solution, a: f64, b: f64, interrupt: &AtomicBool) -> (f64, Solution) {
    let (mut low, mut high) = (a, b);
    let mut near = from.clone();
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        let s = p.solve_at(&p.with(&[(parameter, middle)]), Some(&near), interrupt);
        if s.is_equilibrium() && p.regime_words(&s) == p.regime_words(from) {
            low = middle;
            near = s;
        } else {
            high = middle;
        }
    }
    (0.5 * (low + high), near)
}

/// What is different between two regimes, in words.
fn switched(p: &Prepared, from: &Solution, to: &Solution) -> String {
    let words: Vec<String> =
        to.positions.iter().filter_map(|&(sym, now)| from.position(sym).filter(|was| *was != now).map(|was| p.switch_words(sym, was, now))).collect();
    words.join(", ")
}

/// Smooth extrema inside the range: which curve, where, its value.
fn turns(along: &Along, interrupt: &AtomicBool) -> Vec<(usize, f64, f64)> {
    let mut out = Vec::new();
    for k in 0..along.names.len() {
        let size = along.points.iter().map(|p| p.1[k].abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
        for w in along.points.windows(3) {
            let [(x0, a), (x1, b), (x2, c)] = w else { continue };
            let (y0, y1, y2) = (a[k], b[k], c[k]);
            let (s, t) = ((y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1));
            let within = along.stretches.iter().any(|(from, to, _)| *from < *x0 && *x2 < *to);
            if s * t >= 0.0 || (s * t).is_nan() || !within || (y1 - y0).abs().max((y2 - y1).abs()) < 1e-9 * size {
                continue;
            }
            out.push((k, [(*x0, y0), (*x1, y1), (*x2, y2)]));
        }
    }
    // A curve that turns again and again is noise to the reader's eye.
    if out.len() > TURNS {
        return Vec::new();
    }
    out.into_iter().map(|(k, three)| refined(along, k, three, interrupt)).collect()
}

/// The vertex of the parabola through three points.
fn vertex([(x0, y0), (x1, y1), (x2, y2)]: [(f64, f64); 3]) -> (f64, f64) {
    let (s, t) = ((y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1));
    let curvature = (t - s) / (x2 - x0);
    let at = 0.5 * (x0 + x1) - 0.5 * s / curvature;
    (at, y0 + s * (at - x0) + curvature * (at - x0) * (at - x1))
}

/// An extremum between grid points, by parabolas ever closer round it.
fn refined(along: &Along, k: usize, three: [(f64, f64); 3], interrupt: &AtomicBool) -> (usize, f64, f64) {
    let p = &along.prepared;
    let value = |x: f64| {
        let s = p.solve_at(&p.with(&[(along.parameter, x)]), None, interrupt);
        if s.is_equilibrium() { along.names.get(k).map_or(f64::NAN, |n| p.value_of(n.node, &s)) } else { f64::NAN }
    };
    let mut best = vertex(three);
    let mut step = 0.5 * (three[2].0 - three[0].0);
    for _ in 0..3 {
        step *= 0.1;
        let (low, high) = (best.0 - step, best.0 + step);
        let next = vertex([(low, value(low)), (best.0, value(best.0)), (high, value(high))]);
        if !((next.0 - best.0).abs() <= 10.0 * step && next.1.is_finite()) {
            break;
        }
        best = next;
    }
    (k, best.0, best.1)
}

/// The one axis of a request, for pictures that step along it.
pub fn one_axis(r: &Request, request: &PlotRequest, points: usize) -> Result<(Economy, Axis), Failure> {
    let (economy, axes) = axes(r, request, points)?;
    match axes.into_iter().next() {
        Some(axis) if request.axes.len() == 1 => Ok((economy, axis)),
        _ => {
            Err(r.session.failure(single(Diagnostic::new("C041", "against which parameter?").help("as in `plot effects w against beta = 1.1..1.5`"))))
        }
    }
}
