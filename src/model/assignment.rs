//! Which place does which tasks: each the ones that cost least there.
//!
//! `[0, 1]` is taken apart where a cost jumps and where two places change in how steeply their costs rise. On each piece the place whose cost rises most
//! steeply (in logs) does the easiest tasks, if it does any; the home country, whose wage is the same for all tasks, the hardest.

use super::{Economy, Key};
use crate::expr::{Dag, NodeId, Sym, differentiate, eval, steps};
use rustc_hash::FxHashMap;

/// A part of `[0, 1]` on which no cost jumps and the order of the places does not change.
#[derive(Clone, Debug)]
pub struct Piece {
    pub from: NodeId,
    pub to: NodeId,
    /// The places, the one whose cost rises most steeply first.
    pub places: Vec<Stretch>,
}

/// What tasks cost in one place, on one piece.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Its number among the line's places.
    pub place: usize,
    pub cost: NodeId,
}

/// Tasks that lie side by side and are done in one place abroad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// Its number among the line's places.
    pub place: usize,
    pub from: f64,
    pub to: f64,
}

/// Why there is no order of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOrder {
    /// Jumps of several schedules, some of them where a parameter says.
    Jumps,
    /// A cost has no value without numbers for its parameters.
    Numberless,
    /// Costs change places in how steeply they rise without end.
    Endless,
}

/// Points of a piece between which two costs may change places in how steeply they rise.
const GRID: usize = 256;
/// How often what is found is looked at again.
const DEPTH: usize = 3;
/// So few tasks that it does not matter who does them.
const SLIVER: f64 = 1e-6;
/// Slopes that differ by less than this are those of one schedule.
const ALIKE: f64 = 1e-9;
/// More pieces than any schedule people write has.
const MOST: usize = 64;

impl Economy {
    /// Which of a line's tasks are done where abroad, in their order; stretches without a task are left out, neighbours of one place are one.
    pub fn done(&self, l: usize, value: &dyn Fn(Sym) -> f64) -> Vec<Done> {
        let Some(line) = self.lines.get(l) else { return Vec::new() };
        let of = |key: &Key| self.keys.get(key).map_or(f64::NAN, |s| value(*s));
        if line.pieces.is_empty() {
            let to = of(&Key::Margin(l));
            return if to > 0.0 { vec![Done { place: 0, from: 0.0, to }] } else { Vec::new() };
        }
        let mut out: Vec<Done> = Vec::new();
        for (k, piece) in line.pieces.iter().enumerate() {
            let ends = eval::evaluate(&self.dag, &[piece.from, piece.to], &mut |s| value(s));
            let (low, high) = (ends[0], ends[1]);
            // From the last cut down.
            let mut cuts = vec![low + (high - low) * of(&Key::Step(l, k))];
            for j in (0..piece.places.len() - 1).rev() {
                let next = cuts.last().copied().unwrap_or(low);
                cuts.push(low + (next - low) * of(&Key::Cut(l, k, j)));
            }
            let mut from = low;
            for (stretch, to) in piece.places.iter().zip(cuts.into_iter().rev()) {
                if to > from {
                    match out.last_mut().filter(|d| d.place == stretch.place && d.to == from) {
                        Some(last) => last.to = to,
                        None => out.push(Done { place: stretch.place, from, to }),
                    }
                }
                from = to.max(from);
            }
        }
        out
    }

    /// The pieces of a line's `[0, 1]`; none where there is one place, whose cost does not jump.
    ///
    /// # Errors
    /// Where the order of places, or of jumps, is not known.
    pub fn pieces(&mut self, costs: &[NodeId], task: Sym) -> Result<Vec<Piece>, NoOrder> {
        let mut parts = steps::together(&mut self.dag, costs, task).map_err(|_| NoOrder::Jumps)?;
        let [zero, one] = [0.0, 1.0].map(|v| self.dag.constant(v));
        if costs.len() == 1 {
            let alone = |cost: NodeId| vec![Stretch { place: 0, cost }];
            let piece = |(from, to, values): (NodeId, NodeId, Vec<NodeId>)| Some(Piece { from, to, places: alone(*values.first()?) });
            return Ok(parts.into_iter().filter_map(piece).collect());
        }
        if parts.is_empty() {
            parts.push((zero, one, costs.to_vec()));
        }
        let known = self.parameter_values(&FxHashMap::default());
        let value = |s: Sym| known.get(s.index()).copied().unwrap_or(f64::NAN);
        let mut out: Vec<Piece> = Vec::new();
        for (from, to, values) in parts {
            let ends = [from, to].map(|n| eval::evaluate_one(&self.dag, n, &mut { value }));
            let steepness: Vec<NodeId> = values.iter().map(|c| steepness(&mut self.dag, *c, task)).collect();
            let at = |i: f64| eval::evaluate(&self.dag, &steepness, &mut |s| if s == task { i } else { value(s) });
            let borders = all_borders(&at, ends, 0)?;
            let middles: Vec<Vec<usize>> = borders
                .iter()
                .scan(ends[0], |low, high| {
                    let own = (*low, *high);
                    *low = *high;
                    Some(steepest_first(&at, values.len(), own))
                })
                .collect();
            let mut low = from;
            for (high, order) in borders.into_iter().zip(middles) {
                let end = if high == ends[1] { to } else { self.dag.constant(high) };
                let places = order.into_iter().filter_map(|place| Some(Stretch { place, cost: *values.get(place)? })).collect();
                out.push(Piece { from: low, to: end, places });
                low = end;
            }
            if out.len() > MOST {
                return Err(NoOrder::Endless);
            }
        }
        Ok(out)
    }
}

/// The places by how steeply their costs rise on the whole of a piece; those of one schedule stay in the order of their lines.
fn steepest_first(at: &dyn Fn(f64) -> Vec<f64>, places: usize, (low, high): (f64, f64)) -> Vec<usize> {
    const LOOKS: usize = 7;
    let mut mean = vec![0.0; places];
    for k in 0..LOOKS {
        let found = at(low + (k as f64 + 0.5) / LOOKS as f64 * (high - low));
        mean.iter_mut().zip(found).for_each(|(m, v)| *m += v.min(1e12) / LOOKS as f64);
    }
    let mut order: Vec<usize> = Vec::new();
    for place in 0..places {
        let before = order.iter().position(|o| mean[place] > mean[*o] && !alike(mean[place], mean[*o]));
        order.insert(before.unwrap_or(order.len()), place);
    }
    order
}

fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= ALIKE * (1.0 + a.abs().max(b.abs()))
}

/// `κ′/κ`.
pub fn steepness(dag: &mut Dag, cost: NodeId, task: Sym) -> NodeId {
    let slope = differentiate::derivative(dag, cost, task);
    dag.div(slope, cost)
}

/// Where two of these change places between the ends, and the last end; what is found is looked at again piece by piece.
fn all_borders(at: &dyn Fn(f64) -> Vec<f64>, [low, high]: [f64; 2], depth: usize) -> Result<Vec<f64>, NoOrder> {
    let found = borders(at, [low, high])?;
    if found.len() == 1 || depth == DEPTH {
        return Ok(found);
    }
    let mut out = Vec::new();
    let mut from = low;
    for to in found {
        match to - from > SLIVER {
            true => out.extend(all_borders(at, [from, to], depth + 1)?),
            false => out.push(to),
        }
        from = to;
    }
    if out.len() > MOST { Err(NoOrder::Endless) } else { Ok(out) }
}

/// How far along a stretch to look: evenly, and ever closer to its ends, off them, where a schedule may be infinite or belong to the next piece.
fn looks([low, high]: [f64; 2]) -> Vec<f64> {
    let even = (0..GRID).map(|k| (k as f64 + 0.5) / GRID as f64);
    let close = (2..=8).flat_map(|k| [10f64.powi(-k), 1.0 - 10f64.powi(-k)]);
    let mut out: Vec<f64> = even.chain(close).map(|t| low + t * (high - low)).collect();
    out.sort_by(f64::total_cmp);
    out
}

fn borders(at: &dyn Fn(f64) -> Vec<f64>, [low, high]: [f64; 2]) -> Result<Vec<f64>, NoOrder> {
    if !(low.is_finite() && high.is_finite()) {
        return Err(NoOrder::Numberless);
    }
    let places = looks([low, high]);
    let seen: Vec<Vec<f64>> = places.iter().map(|i| at(*i)).collect();
    if seen.iter().flatten().any(|v| v.is_nan()) {
        return Err(NoOrder::Numberless);
    }
    let n = seen.first().map_or(0, Vec::len);
    let mut out: Vec<f64> = Vec::new();
    for (a, b) in (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))) {
        let difference = |v: &[f64]| if alike(v[a], v[b]) { 0.0 } else { (v[a] - v[b]).signum() };
        let mut last: Option<(f64, f64)> = None;
        for (i, v) in places.iter().zip(&seen) {
            let now = difference(v);
            if now == 0.0 {
                continue;
            }
            if let Some((x, before)) = last
                && before != now
            {
                let (mut x, mut y) = (x, *i);
                for _ in 0..60 {
                    let middle = 0.5 * (x + y);
                    if difference(&at(middle)) == before { x = middle } else { y = middle }
                }
                out.push(0.5 * (x + y));
            }
            last = Some((*i, now));
        }
    }
    out.sort_by(f64::total_cmp);
    // Several pairs may change places at one task.
    out.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    out.retain(|b| *b > low && *b < high);
    out.push(high);
    Ok(out)
}

/// Whether the order of the places on each piece is the one that they have at these values; the first task at which it is not, and which two places.
pub fn out_of_order(dag: &mut Dag, pieces: &[Piece], task: Sym, values: &[f64]) -> Option<(f64, usize, usize)> {
    let value = |s: Sym| values.get(s.index()).copied().unwrap_or(f64::NAN);
    for piece in pieces {
        let rises: Vec<NodeId> = piece.places.iter().map(|s| steepness(dag, s.cost, task)).collect();
        let ends = eval::evaluate(dag, &[piece.from, piece.to], &mut { value });
        let at = |i: f64| eval::evaluate(dag, &rises, &mut |s| if s == task { i } else { value(s) });
        let wrong = |i: f64| {
            let found = at(i);
            let first = found.windows(2).position(|w| w[0] < w[1] && !alike(w[0], w[1]))?;
            Some((i, piece.places[first].place, piece.places[first + 1].place))
        };
        // A border between pieces is known to some digits only.
        let inside = |i: &f64| (i - ends[0]).min(ends[1] - i) > SLIVER;
        if let Some(found) = looks([ends[0], ends[1]]).into_iter().filter(inside).find_map(wrong) {
            return Some(found);
        }
    }
    None
}

/// The tasks' own symbol in place of another.
pub fn in_the_same_task(dag: &mut Dag, cost: NodeId, from: Sym, to: Sym) -> NodeId {
    let node = dag.sym(to);
    let map: FxHashMap<Sym, NodeId> = std::iter::once((from, node)).collect();
    dag.substitute(cost, &map)
}
