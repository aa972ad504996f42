//! Margins of offshoring: `κ(I) w* − w ⟂ 0 ≤ I ≤ 1`, `ω = (1 − I) w + K(I) w*`, `Ω = ω / w`.
//!
//! Where the cost jumps each step has a margin of its own, the share of its tasks that is done abroad. Where tasks replace each other with
//! elasticity ρ, `ω^(1−ρ) = (1 − I) w^(1−ρ) + ∫_0^I (κ(i) w*)^(1−ρ) di` (footnote 10).

use super::Lowering;
use crate::accounts::{Cuts, EntryId, Margin};
use crate::expr::steps::{self, Step};
use crate::expr::{Cmp, Dag, Func, NEAR, Node, NodeId, Sym, differentiate, eval, integrate};
use crate::model::Key;
use crate::model::assignment::{Piece, Stretch};
use crate::system::Condition;
use rustc_hash::FxHashMap;

/// A width that is none, of a portion whose cost has no slope where it begins: no task at all, and all slopes are numbers.
const NARROW: f64 = 1e-200;

/// Tasks done in one place that lie side by side: from where, how wide a part of [0, 1] they are, and where it ends.
struct Portion {
    /// The number of the place.
    place: usize,
    step: Step,
    width: NodeId,
    end: NodeId,
    /// κ̄, where tasks replace each other.
    mean: Option<NodeId>,
}

impl Lowering<'_> {
    pub fn margins(&mut self) {
        let accounts = self.accounts;
        for (_, m) in accounts.margins() {
            let home = accounts.entry(m.home);
            let mut portions = self.portions(m);
            if let Some(rho) = m.substitution {
                for (k, p) in portions.iter_mut().enumerate() {
                    let mean = self.mean_cost(m, p, rho);
                    p.mean = Some(self.define(Key::MeanCost(m.line, k), mean));
                }
            }
            for (d, abroad) in m.places.iter().enumerate() {
                let labor = self.labor(m, d, &portions);
                self.settle(abroad.labor, labor);
            }
            let bundle = match m.substitution {
                None => {
                    let mut bills = vec![self.economy.dag.mul(home.amount.node(), home.paid)];
                    for abroad in &m.places {
                        let away = accounts.entry(abroad.entry);
                        bills.push(self.economy.dag.mul(away.amount.node(), away.paid));
                    }
                    self.economy.dag.sum(&bills)
                }
                Some(rho) => {
                    let (mut weights, mut prices) = (vec![m.stay], vec![home.paid]);
                    for p in &portions {
                        let (Some(mean), Some(away)) = (p.mean, self.wage_of(m, p.place)) else { continue };
                        weights.push(p.width);
                        prices.push(self.economy.dag.mul(mean, away));
                    }
                    self.economy.dag.ces(rho, &weights, &prices)
                }
            };
            let bundle = self.settle(m.price, bundle);
            let bill = self.economy.dag.div(bundle, home.paid);
            let bill = self.settle(m.bill, bill);
            // Where Ω is taken as given, the bundle costs w Ω.
            let given = self.economy.dag.mul(home.paid, bill);
            self.system.alternatives.insert(m.price, given);

            let origin = accounts.activity(home.by).origin;
            match m.places.first().filter(|_| m.pieces.is_empty()) {
                Some(abroad) => {
                    let at = self.node(m.at);
                    let cost = self.at_margin(abroad.cost, m.task, at);
                    let left = self.economy.dag.mul(cost, accounts.entry(abroad.entry).paid);
                    let name = format!("margin {}", self.economy.info(m.at).name);
                    self.equation(name, Condition::Margin, left, home.paid, m.at, origin);
                }
                None => self.piece_margins(m, &portions),
            }
        }
    }

    /// The share of a line's tasks that is done in one place.
    pub fn tasks_in(&mut self, m: &Margin, place: usize) -> NodeId {
        let portions = self.portions(m);
        let widths: Vec<NodeId> = portions.iter().filter(|p| p.place == place).map(|p| p.width).collect();
        self.economy.dag.sum(&widths)
    }

    /// What labor in one of a line's places costs those who have tasks done there.
    fn wage_of(&self, m: &Margin, place: usize) -> Option<NodeId> {
        Some(self.accounts.entry(m.places.get(place)?.entry).paid)
    }

    /// Margins of each piece, and I as what is done abroad in all of them.
    fn piece_margins(&mut self, m: &Margin, portions: &[Portion]) {
        let one = self.constant(1.0);
        let (mut gone, mut left_at_home) = (Vec::new(), Vec::new());
        let mut own = portions.iter();
        for (piece, cuts) in &m.pieces {
            self.system.cuts.extend(&cuts.among);
            let portions: Vec<&Portion> = own.by_ref().take(piece.places.len()).collect();
            gone.extend(portions.iter().map(|p| p.width));
            self.cuts(m, piece, cuts, &portions);
            let share = self.node(cuts.abroad);
            let rest = self.economy.dag.sub(one, share);
            let wide = self.economy.dag.sub(piece.to, piece.from);
            left_at_home.push(self.economy.dag.mul(wide, rest));
        }
        let offshored = self.economy.dag.sum(&gone);
        let at = self.settle(m.at, offshored);
        if let Node::Sym(stay) = *self.economy.dag.node(m.stay) {
            let sum = self.economy.dag.sum(&left_at_home);
            self.settle(stay, sum);
            // Where I is taken as given, all is written in it.
            let rest = self.economy.dag.sub(one, at);
            self.system.alternatives.insert(stay, rest);
        }
        let mut up_to = Vec::new();
        let mut own = portions.iter().map(|p| p.mean);
        for (piece, cuts) in &m.pieces {
            let below = self.economy.dag.min(&[at, piece.to]);
            let end = self.economy.dag.max(&[below, piece.from]);
            let width = self.economy.dag.sub(end, piece.from);
            up_to.extend(self.stretches(piece, cuts, width, end));
        }
        up_to.iter_mut().for_each(|p| p.mean = own.next().flatten());
        for (d, abroad) in m.places.iter().enumerate() {
            let labor = self.labor(m, d, &up_to);
            self.system.alternatives.insert(abroad.labor, labor);
        }
        self.system.steps.insert(m.at, m.pieces.iter().map(|p| p.1.abroad).collect());
    }

    /// The conditions of one piece. Where place j hands over to the next at task c, doing a bit more there costs F_j = κ_j(c) w_j − κ_{j+1}(c) w_{j+1}
    /// more, the last place handing over to home at w. Those before that end at c too would go along, so the condition of c_j is
    /// F_j + s_{j−1} (F_{j−1} + s_{j−2} (…)) ⟂ 0 ≤ s_j ≤ 1, with s_j = 1 where all before c_{j+1} is done before c_j.
    fn cuts(&mut self, m: &Margin, piece: &Piece, cuts: &Cuts, portions: &[&Portion]) {
        let accounts = self.accounts;
        let home = accounts.entry(m.home);
        let origin = accounts.activity(home.by).origin;
        let mut before: Option<(NodeId, NodeId)> = None;
        for (j, (stretch, portion)) in piece.places.iter().zip(portions).enumerate() {
            let last = j + 1 == piece.places.len();
            let partner = cuts.among.get(j).copied().unwrap_or(cuts.abroad);
            let cost = |s: &mut Self, stretch: &Stretch| -> NodeId {
                let cost = s.at_margin(stretch.cost, m.task, portion.end);
                let wage = s.wage_of(m, stretch.place).unwrap_or(home.paid);
                s.economy.dag.mul(cost, wage)
            };
            let own = cost(self, stretch);
            let next = match piece.places.get(j + 1).filter(|_| !last) {
                Some(next) => cost(self, next),
                None => home.paid,
            };
            let (left, right) = match before {
                None => (own, next),
                Some((left, right)) => {
                    let share = cuts.among.get(j - 1).map(|s| self.node(*s)).unwrap_or(own);
                    let [left, right] = [left, right].map(|side| self.economy.dag.mul(share, side));
                    (self.economy.dag.sum(&[own, left]), self.economy.dag.sum(&[next, right]))
                }
            };
            let name = format!("margin {}", self.economy.info(partner).name);
            self.equation(name, Condition::Margin, left, right, partner, origin);
            before = Some((left, right));
        }
    }

    /// What is done abroad, in parts over which the cost does not jump, piece by piece.
    fn portions(&mut self, m: &Margin) -> Vec<Portion> {
        if let (Some(abroad), true) = (m.places.first(), m.pieces.is_empty()) {
            let (at, zero, one) = (self.node(m.at), self.constant(0.0), self.constant(1.0));
            return vec![Portion { place: 0, step: Step { from: zero, to: one, value: abroad.cost }, width: at, end: at, mean: None }];
        }
        let mut out = Vec::new();
        for (piece, cuts) in &m.pieces {
            let share = self.node(cuts.abroad);
            let wide = self.economy.dag.sub(piece.to, piece.from);
            let width = self.economy.dag.mul(wide, share);
            let end = self.economy.dag.add(piece.from, width);
            out.extend(self.stretches(piece, cuts, width, end));
        }
        out
    }

    /// Who does what of a piece, of which a part so wide is done abroad.
    fn stretches(&mut self, piece: &Piece, cuts: &Cuts, width: NodeId, end: NodeId) -> Vec<Portion> {
        let mut out: Vec<Portion> = Vec::new();
        let (mut width, mut end) = (width, end);
        for (j, stretch) in piece.places.iter().enumerate().rev() {
            let step = Step { from: piece.from, to: piece.to, value: stretch.cost };
            let Some(among) = j.checked_sub(1).and_then(|j| cuts.among.get(j)) else {
                out.push(Portion { place: stretch.place, step, width, end, mean: None });
                break;
            };
            let share = self.node(*among);
            let below = self.economy.dag.mul(width, share);
            let cut = self.economy.dag.add(piece.from, below);
            let one = self.constant(1.0);
            let rest = self.economy.dag.sub(one, share);
            let own = self.economy.dag.mul(width, rest);
            out.push(Portion { place: stretch.place, step: Step { from: cut, ..step }, width: own, end, mean: None });
            (width, end) = (below, cut);
        }
        out.reverse();
        out
    }

    /// Labor in a place per unit of the bundle: `∫ κ`, or `Σ width κ̄ (ω/(κ̄ w*))^ρ` where tasks replace each other.
    fn labor(&mut self, m: &Margin, place: usize, portions: &[Portion]) -> NodeId {
        let mut parts = Vec::new();
        for p in portions.iter().filter(|p| p.place == place) {
            parts.push(match m.substitution {
                None if m.pieces.is_empty() => integrate::integral(&mut self.economy.dag, p.step.value, m.task, p.end),
                None => steps::between(&mut self.economy.dag, &p.step, m.task, p.end, p.width),
                Some(rho) => {
                    let mean = p.mean.unwrap_or(p.step.value);
                    let Some(wage) = self.wage_of(m, place) else { continue };
                    let abroad = self.economy.dag.mul(mean, wage);
                    let bundle = self.node(m.price);
                    let relative = self.economy.dag.div(bundle, abroad);
                    let towards = self.economy.dag.pow(relative, rho);
                    self.economy.dag.prod(&[p.width, mean, towards])
                }
            });
        }
        self.economy.dag.sum(&parts)
    }

    /// κ̄, the mean of order 1 − ρ of the cost over a portion: `(∫_0^1 κ(from + width u)^(1−ρ) du)^(1/(1−ρ))`; the geometric mean at ρ = 1.
    fn mean_cost(&mut self, m: &Margin, p: &Portion, rho: NodeId) -> NodeId {
        if !self.economy.dag.symbols(&[p.step.value]).contains(&m.task) {
            return p.step.value;
        }
        let vertical = self.is_vertical(p, m.task);
        let dag = &mut self.economy.dag;
        let u = dag.sym(m.task);
        let width = match vertical {
            true => {
                let least = dag.constant(NARROW);
                dag.add(least, p.width)
            }
            false => p.width,
        };
        let shift = dag.mul(width, u);
        let at = dag.add(p.step.from, shift);
        let map: FxHashMap<Sym, NodeId> = std::iter::once((m.task, at)).collect();
        let cost = dag.substitute(p.step.value, &map);
        let one = dag.constant(1.0);
        let order = dag.sub(one, rho);
        let zero = dag.constant(0.0);
        let known = dag.as_const(order);
        // Of the two ways to write it only the one that holds is integrated: an integral up to 0 costs nothing.
        let choice = |dag: &mut Dag, then: NodeId, otherwise: NodeId| match known {
            Some(r) => {
                if r.abs() <= NEAR {
                    then
                } else {
                    otherwise
                }
            }
            None => dag.intern(Node::Select { cmp: Cmp::Near, a: order, b: zero, then, otherwise }),
        };
        let (near_one, elsewhere) = (choice(dag, one, zero), choice(dag, zero, one));
        let integral = |dag: &mut Dag, body: NodeId, upper: NodeId| dag.intern(Node::Quad { var: m.task, body, upper });
        // Next to ρ = 1 powers lose their digits: ln κ̄ = E ln κ + (1 − ρ)/2 · variance + (1 − ρ)²/6 · third cumulant + …
        let log = dag.func(Func::Ln, cost);
        let (squared, cubed) = (dag.mul(log, log), dag.prod(&[log, log, log]));
        let [first, second, third] = [log, squared, cubed].map(|body| integral(dag, body, near_one));
        let [half, minus_three, two, sixth] = [0.5, -3.0, 2.0, 1.0 / 6.0].map(|v| dag.constant(v));
        let subtracted = dag.mul(first, first);
        let variance = dag.sub(second, subtracted);
        let (mixed, alone) = (dag.prod(&[minus_three, first, second]), dag.prod(&[two, first, first, first]));
        let cumulant = dag.sum(&[third, mixed, alone]);
        let (bent, skewed) = (dag.prod(&[half, order, variance]), dag.prod(&[sixth, order, order, cumulant]));
        let exponent = dag.sum(&[first, bent, skewed]);
        let near = dag.func(Func::Exp, exponent);
        // Where it does not hold it is finite all the same.
        let power = choice(dag, one, order);
        let raised = dag.pow(cost, power);
        let sum = integral(dag, raised, elsewhere);
        let sum = choice(dag, one, sum);
        let inverse = dag.div(one, power);
        let plain = dag.pow(sum, inverse);
        choice(dag, near, plain)
    }

    /// Whether the cost rises without a slope where a portion begins, as `i^0.5` does at 0.
    fn is_vertical(&mut self, p: &Portion, task: Sym) -> bool {
        let slope = differentiate::derivative(&mut self.economy.dag, p.step.value, task);
        let known = self.economy.parameter_values(&FxHashMap::default());
        let value = |s: Sym| known.get(s.index()).copied().unwrap_or(f64::NAN);
        let from = eval::evaluate_one(&self.economy.dag, p.step.from, &mut { value });
        // Where a cut begins it is no number: a slope at 0 is met where all before it is none.
        let from = if from.is_finite() { from } else { 0.0 };
        !eval::evaluate_one(&self.economy.dag, slope, &mut |s| if s == task { from } else { value(s) }).is_finite()
    }

    /// An expression in the task, at the margin.
    fn at_margin(&mut self, node: NodeId, task: Sym, at: NodeId) -> NodeId {
        let map: FxHashMap<Sym, NodeId> = std::iter::once((task, at)).collect();
        self.economy.dag.substitute(node, &map)
    }

    /// Elasticity of the cost of the marginal task with respect to 1 − I: `κ′(I)(1 − I)/κ(I)`, in the place that does it where there are several.
    pub fn margin_elasticity(&mut self, m: &Margin) -> NodeId {
        let at = self.node(m.at);
        let mut out = self.constant(f64::NAN);
        let Some((first, others)) = m.places.split_first() else { return out };
        out = self.elasticity_of(m, first.cost, at);
        let mut least = self.cost_in(m, first.cost, first.entry, at);
        for other in others {
            let cost = self.cost_in(m, other.cost, other.entry, at);
            let own = self.elasticity_of(m, other.cost, at);
            out = self.economy.dag.intern(Node::Select { cmp: Cmp::LessEqual, a: least, b: cost, then: out, otherwise: own });
            least = self.economy.dag.min(&[least, cost]);
        }
        out
    }

    fn cost_in(&mut self, m: &Margin, cost: NodeId, entry: EntryId, at: NodeId) -> NodeId {
        let cost = self.at_margin(cost, m.task, at);
        let wage = self.accounts.entry(entry).paid;
        self.economy.dag.mul(cost, wage)
    }

    fn elasticity_of(&mut self, m: &Margin, cost: NodeId, at: NodeId) -> NodeId {
        let slope = differentiate::derivative(&mut self.economy.dag, cost, m.task);
        let (slope, cost) = (self.at_margin(slope, m.task, at), self.at_margin(cost, m.task, at));
        let top = self.economy.dag.mul(slope, m.stay);
        self.economy.dag.div(top, cost)
    }
}
