//! The channels of an effect as bars along a parameter: exact log changes from the present equilibrium.

use super::{Picture, curves, failures, parse};
use crate::command::Request;
use crate::diag::Diagnostic;
use crate::expr::{Node, Sym};
use crate::present::json;
use crate::present::plot::Label;
use crate::present::plot::diagrams::{EffectsBars, effects_bars};
use crate::session::{Failure, grid, single};
use crate::solve::Solution;
use crate::statics::path::{self, Move, Question};
use serde_json::{Map, Value, json};

/// Bars where the request names no number.
const BARS: usize = 13;

pub fn draw(r: &mut Request, text: &str) -> Result<Picture, Failure> {
    let request = parse(r, text)?;
    let (economy, axis) = curves::one_axis(r, &request, BARS)?;
    let fail = |r: &Request, d: Diagnostic| r.session.failure(single(d));
    let mut prepared = r.session.prepare(economy, Vec::new(), true).map_err(|d| r.session.failure(d))?;
    let (resolved, node) = match request.targets.as_slice() {
        [one] => r.session.resolve(|res, scope| res.expr(one, scope).ok()).map_err(|d| r.session.failure(d))?,
        _ => return Err(fail(r, Diagnostic::new("C044", "effects are drawn for one quantity").help("as in `plot effects w against beta`"))),
    };
    let name = node.and_then(|n| if let Node::Sym(s) = resolved.dag.node(n) { Some(resolved.info(*s).name.clone()) } else { None });
    let target = name.as_ref().and_then(|n| prepared.system.find(n));
    let channels = target.and_then(|t| prepared.economy.channels.iter().find(|c| c.of.contains(&t)).cloned());
    let (Some(target), Some(channels)) = (target, channels) else {
        let title =
            name.map_or("effects are drawn for a quantity, not for an expression".to_string(), |n| format!("no channels are declared for `{n}`"));
        return Err(fail(
            r,
            Diagnostic::new("C044", title).help("as in `channels of w { productivity = Omega, relative_price = p, labor_supply = I }`"),
        ));
    };
    let base = prepared.equilibrium(r.session, r.interrupt);
    if let Some(d) = prepared.why_unsolved(&base) {
        return Err(fail(r, d));
    }
    let points = grid::points(&prepared.economy, &prepared.parameters, std::slice::from_ref(&axis)).map_err(|d| r.session.failure(d))?;
    let at = points.values.first().cloned().unwrap_or_default();
    let own = prepared.parameters[axis.target.index()];
    let lists: Vec<Vec<Sym>> = channels.channels.iter().map(|c| c.1.clone()).collect();
    let n = lists.len();
    // Contributions add up along one path, so each bar goes on from its neighbour nearer to the present value.
    let mut bars: Vec<Option<Vec<f64>>> = vec![None; at.len()];
    let mut borders: Vec<(f64, String)> = Vec::new();
    for up in [true, false] {
        let mut order: Vec<usize> = (0..at.len()).filter(|&k| if up { at[k] >= own } else { at[k] < own }).collect();
        order.sort_by(|a, b| if up { at[*a].total_cmp(&at[*b]) } else { at[*b].total_cmp(&at[*a]) });
        let (mut from, mut solution, mut sum): (f64, Solution, Vec<f64>) = (own, base.clone(), vec![0.0; n + 1]);
        for k in order {
            if at[k] != from {
                let parameters = prepared.with(&[(axis.target, from)]);
                let moves = [Move { parameter: axis.target, from, to: at[k] }];
                let groups: Vec<Vec<usize>> = (0..moves.len()).map(|k| vec![k]).collect();
                let question = Question {
                    system: &prepared.system,
                    problem: &prepared.problem,
                    parameters: &parameters,
                    moves: &moves,
                    groups: &groups,
                    targets: &[target],
                    channels: &lists,
                    quantities: &[],
                };
                let Ok(split) = path::split(&question, &solution, r.interrupt) else { break };
                if split.stretches.iter().any(|s| s.jump) {
                    break;
                }
                for (total, x) in sum.iter_mut().zip(split.effects.first().into_iter().flatten().chain(&split.direct)) {
                    *total += x;
                }
                for s in split.stretches.iter().filter(|s| !s.switches.is_empty()) {
                    // Said as it goes with the parameter rising, like the axis.
                    let words: Vec<String> = s
                        .switches
                        .iter()
                        .map(|&(sym, a, b)| if up { prepared.switch_words(sym, a, b) } else { prepared.switch_words(sym, b, a) })
                        .collect();
                    borders.push((moves[0].at(s.to).0, words.join(", ")));
                }
                solution = split.end;
                from = at[k];
            }
            bars[k] = Some(sum.clone());
        }
    }
    if r.interrupt.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(fail(r, Diagnostic::new("S130", "interrupted")));
    }
    borders.sort_by(|a, b| a.0.total_cmp(&b.0));
    let part = |c: usize| -> Vec<f64> { bars.iter().map(|b| b.as_ref().and_then(|b| b.get(c)).map_or(f64::NAN, |v| 100.0 * v)).collect() };
    let mut parts: Vec<(Label, Vec<f64>)> =
        channels.channels.iter().enumerate().map(|(c, (name, _))| (Label::plain(&name.replace('_', " ")), part(c))).collect();
    if bars.iter().flatten().any(|b| b.get(n).is_some_and(|v| v.abs() > 1e-12)) {
        parts.push((Label::plain("direct"), part(n)));
    }
    let totals: Vec<f64> = bars.iter().map(|b| b.as_ref().map_or(f64::NAN, |b| 100.0 * b.iter().sum::<f64>())).collect();
    let (name, parameter) = (super::shown(prepared.system.info(target)), super::shown(prepared.system.info(axis.target)));
    let d = r.options.digits;
    let data = EffectsBars {
        title: Label::plain("change of ").join(&Label::from(name.as_str())).join(&Label::plain(" from ")).join(&super::here(&parameter, own, d)),
        x_label: super::axis_label(prepared.system.info(axis.target)),
        at: at.clone(),
        names: None,
        y_label: Label::plain("100 × log change"),
        channels: parts.clone(),
        total: Some((Label::plain("total"), totals.clone())),
        borders: borders.iter().map(|b| b.0).collect(),
    };
    let (mut text, exit) = failures(bars.iter().filter(|b| b.is_none()).count(), at.len());
    for (at, what) in &borders {
        text.push_str(&format!("  at {parameter} = {}: {what}\n", d.short(*at)));
    }
    let mut body = Map::new();
    body.insert("kind".into(), json!("effects"));
    body.insert("at".into(), Value::Array(at.iter().map(|v| json::number(*v)).collect()));
    let rows: Map<String, Value> =
        parts.iter().map(|(l, v)| (l.unicode(), Value::Array(v.iter().map(|x| json::number(x / 100.0)).collect()))).collect();
    body.insert("effects".into(), Value::Object(rows));
    body.insert("total".into(), Value::Array(totals.iter().map(|x| json::number(x / 100.0)).collect()));
    Ok(Picture { figure: effects_bars(&data), json: body, text, exit })
}
