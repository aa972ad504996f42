//! Log changes where tasks are divided among places: shares of the bill, and the tasks at which one place hands over to the next.

use super::atoms::{Measures, Range};
use super::hat::Hats;
use super::linear::Linear;
use super::point::Bound;
use crate::algebra::Formula;
use crate::expr::{NodeId, Sym, differentiate};
use crate::model::Key;
use crate::system::Role;

impl Hats<'_> {
    /// γ of a place: an atom where tasks are split, 0 or 1 where none or all are done there.
    pub(super) fn offshored(&mut self, l: usize, place: usize) -> Formula {
        if self.economy.lines[l].places.len() > 1 {
            return self.divided(l).get(place).cloned().unwrap_or_else(Formula::zero);
        }
        // At the end of a step some tasks are abroad and the margin is at a bound all the same.
        let inside = |m: &Sym| !self.economy.lines[l].pieces.is_empty() && (0.0..1.0).contains(&self.point.value(*m)) && self.point.value(*m) > 0.0;
        match self.margin(l).filter(|m| !inside(m)).and_then(|m| self.point.bound(m)) {
            Some(Bound::Lower) => Formula::zero(),
            Some(Bound::Upper) => Formula::one(),
            None => {
                let value = self.share_abroad(l, 0);
                let atom = self.line_atom(l, Key::OffshoredShare(l, None), value, Range::Share, Measures::Offshored(l));
                Formula::atom(self.atoms.intern(atom))
            }
        }
    }

    /// The share of the bill that is paid at home.
    pub(super) fn at_home(&mut self, l: usize) -> Formula {
        match self.economy.lines[l].places.len() {
            1 => Formula::one().minus(self.offshored(l, 0)),
            several => self.divided(l).get(several).cloned().unwrap_or_else(Formula::zero),
        }
    }

    /// Shares of the bill by place, then at home: they add up to 1.
    pub(super) fn divided(&mut self, l: usize) -> Vec<Formula> {
        let places = self.economy.lines[l].places.len();
        let mut values: Vec<f64> = (0..places).map(|d| self.share_abroad(l, d)).collect();
        let bill = self.economy.keys.get(&Key::TaskPrice(l)).map_or(f64::NAN, |s| self.point.value(*s));
        let home = self.accounts.margin_of(l).map(|m| self.accounts.entry(m.home)).map(|row| (row.amount.node(), row.paid));
        let home = home.map_or(f64::NAN, |(amount, paid)| self.value(amount) * self.value(paid) / bill);
        values.push(home);
        let used: Vec<usize> = (0..values.len()).filter(|d| values[*d] != 0.0).collect();
        if let [only] = used.as_slice() {
            return (0..values.len()).map(|d| if d == *only { Formula::one() } else { Formula::zero() }).collect();
        }
        let mut group = Vec::new();
        let mut out = vec![Formula::zero(); values.len()];
        for d in used {
            let key = if d == places { Key::HomeShare(l) } else { Key::OffshoredShare(l, Some(d)) };
            let atom = self.line_atom(l, key, values[d], Range::Share, if d == places { Measures::Other } else { Measures::Offshored(l) });
            let at = self.atoms.intern(atom);
            group.push(at);
            out[d] = Formula::atom(at);
        }
        if !self.atoms.groups.contains(&group) {
            self.atoms.groups.push(group);
        }
        out
    }

    pub(super) fn share_abroad(&mut self, l: usize, place: usize) -> f64 {
        let (Some(away), Some(labor), Some(cost)) = (
            self.away_price(l, place),
            self.economy.keys.get(&Key::ForeignLabor(l, place)).copied(),
            self.economy.keys.get(&Key::TaskPrice(l)).copied(),
        ) else {
            return f64::NAN;
        };
        self.value(away) * self.point.value(labor) / self.point.value(cost)
    }

    /// Where the marginal task is done if it is done abroad: the place that it costs least in.
    pub(super) fn marginal_place(&mut self, l: usize) -> usize {
        let line = self.economy.lines[l].clone();
        if line.places.len() == 1 {
            return 0;
        }
        let at = self.margin(l).map_or(f64::NAN, |m| self.point.value(m));
        // The last of the places that do tasks of the split piece; where the margin is between pieces, the cheapest at its end.
        if let Some((k, _)) = self.split_step(l) {
            return line.pieces.get(k).and_then(|p| p.places.get(self.used_below(l, k, p.places.len() - 1))).map_or(0, |s| s.place);
        }
        let cost = |h: &mut Self, d: usize| {
            let wage = h.away_price(l, d).map_or(f64::NAN, |n| h.value(n));
            wage * h.cost_at(l, line.places[d].cost, at)
        };
        (0..line.places.len()).map(|d| (d, cost(self, d))).min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |x| x.0)
    }

    /// The last place up to the `j`th of a piece's order that does any of its tasks.
    pub(super) fn used_below(&self, l: usize, k: usize, j: usize) -> usize {
        let mut at = j;
        while at > 0 && self.economy.keys.get(&Key::Cut(l, k, at - 1)).is_some_and(|s| self.point.bound(*s) == Some(Bound::Upper)) {
            at -= 1;
        }
        at
    }

    /// Shares that settle who does the tasks of a line and are inside their bounds.
    pub(super) fn moving_shares(&self, l: usize) -> Vec<Sym> {
        let mut out = Vec::new();
        for (k, piece) in self.economy.lines.get(l).into_iter().flat_map(|line| line.pieces.iter().enumerate()) {
            let keys = (1..piece.places.len()).map(|j| Key::Cut(l, k, j - 1)).chain([Key::Step(l, k)]);
            out.extend(keys.filter_map(|key| self.economy.keys.get(&key).copied()).filter(|s| self.is_inside(*s)));
        }
        out
    }

    /// What the cuts between places do to the labor in one of them.
    pub(super) fn cuts_move(&mut self, l: usize, labor: Sym) -> Linear {
        let Role::Definition(node) = self.system.info(labor).role else { return Linear::zero() };
        let value = self.value(node);
        let mut out = Linear::zero();
        // Where I is given labor is written in it.
        let given = self.margin(l).filter(|m| self.moving.contains(m));
        let moving = self.moving_shares(l);
        let written = self.written_out(l, node);
        for share in moving.into_iter().chain(given) {
            let slope = differentiate::derivative(&mut self.dag, written, share);
            let size = 1.0 - self.point.value(share);
            let elasticity = self.value(slope) * size / value;
            if elasticity == 0.0 || !elasticity.is_finite() {
                continue;
            }
            let name = self.system.info(share).display.clone();
            let words = self.system.info(labor).meaning.clone();
            let own = self.dag.sym(labor);
            let factor = self.generated((own, share.index() as u32), &format!("response of {words} to d{name}/(1 − {name})"), elasticity);
            out.add(&Linear::change(share), &factor);
        }
        out
    }

    /// The condition of a cut between two places, or of the marginal task: κ̂ + ŵ of the place before less that of the one after.
    pub(super) fn cut_row(&mut self, l: usize, k: usize, j: usize) -> Linear {
        let line = self.economy.lines[l].clone();
        let Some(piece) = line.pieces.get(k) else { return Linear::zero() };
        if j + 1 == piece.places.len() {
            return self.margin_row(l);
        }
        let Some(cut) = self.cut_at(l, k, j) else { return Linear::zero() };
        let [before, after] = [self.used_below(l, k, j), j + 1].map(|n| piece.places[n]);
        let mut out = Linear::zero();
        let mut steepness = 0.0;
        for (stretch, sign) in [(before, 1), (after, -1)] {
            let wage = self.away_change(l, stretch.place);
            let own = self.cost_change_at(l, line.places[stretch.place].cost, cut);
            out.add(&own.plus(&wage), &Formula::int(sign));
            let slope = differentiate::derivative(&mut self.dag, stretch.cost, line.task);
            steepness += f64::from(sign as i32) * self.cost_at(l, slope, cut) / self.cost_at(l, stretch.cost, cut);
        }
        // The cut moves with its own share and with those of the places after it.
        let from = self.value(piece.from);
        let names = [before, after].map(|s| self.economy.countries[line.places[s.place].destination].name.clone());
        for share in self.moving_shares(l) {
            let later = (j..piece.places.len()).any(|m| self.economy.keys.get(&share_key(l, k, m, piece.places.len())) == Some(&share));
            let value = self.point.value(share);
            let size = steepness * (cut - from) * (1.0 - value) / value;
            if !later || size == 0.0 || !size.is_finite() {
                continue;
            }
            let name = self.system.info(share).display.clone();
            let own = self.economy.keys.get(&share_key(l, k, j, piece.places.len())).copied().unwrap_or(share);
            let own = self.dag.sym(own);
            let words = format!("rise of the cost in {} over that in {} at the task between them, with d{name}/(1 − {name})", names[0], names[1]);
            let factor = self.generated((own, share.index() as u32), &words, size);
            out.add(&Linear::change(share), &factor);
        }
        out
    }

    /// The task at which a place of a piece hands over to the next.
    fn cut_at(&mut self, l: usize, k: usize, j: usize) -> Option<f64> {
        let line = self.economy.lines.get(l)?.clone();
        let piece = line.pieces.get(k)?;
        let (from, to) = (self.value(piece.from), self.value(piece.to));
        let shares = (j..piece.places.len()).filter_map(|m| self.economy.keys.get(&share_key(l, k, m, piece.places.len())));
        Some(from + shares.map(|s| self.point.value(*s)).product::<f64>() * (to - from))
    }

    /// What parameters do to the cost of a task.
    fn cost_change_at(&mut self, l: usize, cost: NodeId, at: f64) -> Linear {
        let line = self.economy.lines[l].clone();
        let mut out = Linear::zero();
        for s in self.dag.symbols(&[cost]) {
            let (change, size) = if s == line.task { continue } else { self.sized_change(s) };
            if change.is_zero() {
                continue;
            }
            let slope = differentiate::derivative(&mut self.dag, cost, s);
            let value = self.cost_at(l, slope, at) * size / self.cost_at(l, cost, at);
            if value == 1.0 {
                out = out.plus(&change);
                continue;
            }
            let name = self.system.info(s).name.clone();
            let factor = self.generated((cost, s.index() as u32), &format!("elasticity in {name} of the cost of the task between two places"), value);
            out.add(&change, &factor);
        }
        out
    }
}

/// The share that says where the `j`th place of a piece hands over to the next.
fn share_key(l: usize, k: usize, j: usize, places: usize) -> Key {
    if j + 1 == places { Key::Step(l, k) } else { Key::Cut(l, k, j) }
}
