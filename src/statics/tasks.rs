//! Log changes of what belongs to tasks: the envelope of their cost, the margin, the labor that they take abroad.

use super::atoms::{Atom, Measures, Range, dressed, parts};
use super::hat::Hats;
use super::linear::Linear;
use super::point::Bound;
use crate::algebra::Formula;
use crate::expr::{Node, NodeId, Sym, differentiate};
use crate::model::{Key, naming};
use crate::system::Role;
use rustc_hash::FxHashMap;

/// Which part of a task line a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinePart {
    /// ω, what the bundle costs.
    Cost,
    /// K(I), foreign labor per unit of the bundle, in one place.
    Labor(usize),
    /// 1 − I, where the cost jumps.
    Home,
}

impl Hats<'_> {
    pub(super) fn find_lines(&mut self) {
        for l in 0..self.economy.lines.len() {
            let mut parts = vec![(Key::TaskPrice(l), LinePart::Cost)];
            parts.extend((0..self.economy.lines[l].places.len()).map(|d| (Key::ForeignLabor(l, d), LinePart::Labor(d))));
            if !self.economy.lines[l].pieces.is_empty() {
                parts.push((Key::HomeTasks(l), LinePart::Home));
            }
            for (key, part) in parts {
                let Some(&sym) = self.economy.keys.get(&key) else { continue };
                // Where Ω is given the bundle's cost is w Ω by definition, and has no rule of its own; nor has 1 − I where I is given.
                let replaced = matches!(self.system.info(sym).role, Role::Definition(n) if self.system.alternatives.get(&sym) == Some(&n));
                if !replaced || matches!(part, LinePart::Labor(_)) {
                    self.lines.insert(sym, (l, part));
                }
            }
        }
    }

    /// Whether a symbol changes by a rule of its line's own; where parameters move the ends of steps all is differentiated as it is written.
    pub(super) fn is_line_part(&mut self, s: Sym) -> bool {
        let line = self.lines.get(&s).map(|(l, _)| *l);
        line.is_some_and(|l| !self.ends_move(l))
    }

    /// The prices that a part of a line rests on.
    pub(super) fn line_needs(&mut self, s: Sym) -> Vec<NodeId> {
        match self.lines.get(&s) {
            Some(&(l, LinePart::Cost)) if !self.moving.contains(&s) => {
                let away = (0..self.economy.lines[l].places.len()).filter_map(|d| self.away_price(l, d)).collect::<Vec<_>>();
                self.home_price(l).into_iter().chain(away).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What the tasks at home cost an hour.
    pub(super) fn home_price(&mut self, l: usize) -> Option<NodeId> {
        let margin = self.accounts.margin_of(l)?;
        Some(self.accounts.entry(margin.home).paid)
    }

    /// What the tasks done in a place cost an hour, with all that stands between what is earned there and what is paid for it.
    pub(super) fn away_price(&mut self, l: usize, place: usize) -> Option<NodeId> {
        let margin = self.accounts.margin_of(l)?;
        Some(self.accounts.entry(margin.places.get(place)?.entry).paid)
    }

    /// The change of what the tasks at home cost an hour.
    pub(super) fn home_change(&mut self, l: usize) -> Linear {
        self.home_price(l).map(|n| self.hat(n)).unwrap_or_default()
    }

    /// The change of what the tasks done in a place cost an hour.
    pub(super) fn away_change(&mut self, l: usize, place: usize) -> Linear {
        self.away_price(l, place).map(|n| self.hat(n)).unwrap_or_default()
    }

    /// 1 + t of a tariff on a line's tasks from a place.
    pub(super) fn tariff_factor(&mut self, l: usize, place: usize) -> Option<Formula> {
        let rate = self.economy.lines.get(l)?.places.get(place)?.tariff.as_ref()?.rate;
        let node = self.dag.sym(rate);
        Some(Formula::one().plus(self.level(node)))
    }

    pub(super) fn margin(&self, l: usize) -> Option<Sym> {
        self.economy.keys.get(&Key::Margin(l)).copied()
    }

    /// The value of an expression in the task.
    pub(super) fn cost_at(&self, l: usize, node: NodeId, at: f64) -> f64 {
        let task = self.economy.lines[l].task;
        crate::expr::eval::evaluate_one(&self.dag, node, &mut |s| if s == task { at } else { self.point.value(s) })
    }

    /// η: the elasticity of cost in 1 − I at the margin.
    pub(super) fn steepness(&mut self, l: usize) -> Formula {
        let line = self.economy.lines[l].clone();
        let cost = line.places[self.marginal_place(l)].cost;
        let slope = differentiate::derivative(&mut self.dag, cost, line.task);
        let value = match self.margin(l) {
            Some(m) => {
                let at = self.point.value(m);
                self.cost_at(l, slope, at) * (1.0 - at) / self.cost_at(l, cost, at)
            }
            None => f64::NAN,
        };
        let atom = self.line_atom(l, Key::MarginElasticity(l), value, Range::Positive, Measures::Steepness(l));
        Formula::atom(self.atoms.intern(atom))
    }

    /// An atom of a line, without the indices that the only line does not need in print.
    pub(super) fn line_atom(&self, l: usize, key: Key, value: f64, range: Range, measures: Measures) -> Atom {
        let info = naming::describe(self.economy, &key);
        let (word, index) = parts(&info.name);
        let (letter, latex) = naming::pretty_base(word);
        let mut name = info.name.clone();
        // Of one of several places: its country tells it apart.
        let place = match key {
            Key::OffshoredShare(_, Some(_)) | Key::HomeShare(_) => index.last().cloned(),
            _ => None,
        };
        let mut shown: Vec<String> = Vec::new();
        let mut meaning = info.meaning;
        if self.economy.lines.len() > 1 {
            // Told apart by their margins: γ_x of I_x.
            let margin = self.margin(l).map(|m| self.system.info(m).clone());
            match margin {
                Some(m) if index.len() < 2 + usize::from(place.is_some()) => {
                    let of_tasks = self.economy.lines.iter().filter(|x| x.tasks == self.economy.lines[l].tasks).count();
                    if of_tasks > 1 {
                        let of: Vec<&str> = std::iter::once(m.name.as_str()).chain(place.as_deref()).collect();
                        name = format!("{word}[{}]", of.join(", "));
                        meaning = format!("{meaning}, margin {}", m.display);
                    }
                    let short = m.display.strip_prefix('I').map(|r| r.trim_start_matches('_')).filter(|r| !r.is_empty()).unwrap_or(&m.display);
                    shown.push(short.trim_matches(['[', ']']).to_string());
                }
                _ => shown.extend(index.iter().skip(1).cloned()),
            }
        }
        if let Some(place) = place.filter(|p| shown.last() != Some(p)) {
            shown.push(place);
        }
        let (display, latex) = dressed(&letter, &latex, &shown);
        Atom { name, display, latex, meaning, value, range, measures }
    }

    /// The step whose tasks are split between home and abroad, with its unknown.
    pub(super) fn split_step(&self, l: usize) -> Option<(usize, Sym)> {
        (0..self.economy.lines.get(l)?.pieces.len()).find_map(|k| {
            let share = *self.economy.keys.get(&Key::Step(l, k))?;
            self.is_inside(share).then_some((k, share))
        })
    }

    /// Whether a share is inside its bounds and moves, by itself or because it is given.
    pub(super) fn is_inside(&self, share: Sym) -> bool {
        let moves = matches!(self.system.info(share).role, Role::Unknown { .. }) || self.moving.contains(&share);
        moves && self.point.bound(share).is_none()
    }

    /// Whether parameters that move say where steps end.
    fn ends_move(&mut self, l: usize) -> bool {
        let ends: Vec<NodeId> = self.economy.lines.get(l).into_iter().flat_map(|line| line.pieces.iter().map(|s| s.to)).collect();
        self.dag.symbols(&ends).into_iter().any(|s| !self.sized_change(s).0.is_zero())
    }

    /// The tasks of the split step that are done at home, as a share of all done at home: the last step's are all there are.
    fn step_at_home(&mut self, l: usize, k: usize, share: Sym) -> Formula {
        let line = self.economy.lines[l].clone();
        if k + 1 == line.pieces.len() {
            return Formula::one();
        }
        let (from, to) = (self.value(line.pieces[k].from), self.value(line.pieces[k].to));
        let home = self.margin(l).map_or(f64::NAN, |m| 1.0 - self.point.value(m));
        let value = (to - from) * (1.0 - self.point.value(share)) / home;
        let tasks = self.economy.tasks[line.tasks].name.to_string();
        let step = (k + 1).to_string();
        let (display, latex) = dressed("ι", "\\iota", std::slice::from_ref(&step));
        let meaning = format!("share of step {step} in the tasks of {tasks} done at home");
        let index: Vec<String> = std::iter::once(tasks).chain(naming::apart(self.economy, l).iter().map(|i| i.to_string())).chain([step]).collect();
        let name = format!("step_share[{}]", index.join(", "));
        let atom = Atom { name, display, latex, meaning, value, range: Range::Share, measures: Measures::Other };
        Formula::atom(self.atoms.intern(atom))
    }

    /// How the marginal task moves, in dI/(1 − I).
    pub(super) fn margin_change(&mut self, l: usize) -> Linear {
        let Some(margin) = self.margin(l) else { return Linear::zero() };
        if self.moving.contains(&margin) {
            return if self.point.bound(margin).is_none() { Linear::change(margin) } else { Linear::zero() };
        }
        if let Some((k, share)) = self.split_step(l) {
            let part = self.step_at_home(l, k, share);
            return Linear::change(share).scaled(&part);
        }
        let moves = matches!(self.system.info(margin).role, Role::Unknown { .. }) && self.point.bound(margin).is_none();
        if moves { Linear::change(margin) } else { Linear::zero() }
    }

    /// The change of a margin that is a sum of steps.
    pub(super) fn stepped_margin(&mut self, s: Sym) -> Option<Linear> {
        let l = (0..self.economy.lines.len()).find(|l| !self.economy.lines[*l].pieces.is_empty() && self.margin(*l) == Some(s))?;
        if !self.ends_move(l) {
            return Some(self.margin_change(l));
        }
        let Role::Definition(sum) = self.system.info(s).role else { return None };
        let node = self.dag.sym(s);
        let rest = Formula::one().minus(self.level(node));
        Some(self.plain(sum).map(|c| c.clone().over(rest.clone())))
    }

    /// A definition of a line with what tasks abroad take on average written out.
    pub(super) fn written_out(&mut self, l: usize, node: NodeId) -> NodeId {
        let portions: usize = self.economy.lines[l].pieces.iter().map(|p| p.places.len()).sum();
        let means = (0..portions.max(1)).filter_map(|k| self.economy.keys.get(&Key::MeanCost(l, k)));
        let map: FxHashMap<Sym, NodeId> = means
            .filter_map(|s| match self.system.info(*s).role {
                Role::Definition(n) => Some((*s, n)),
                _ => None,
            })
            .collect();
        self.dag.substitute(node, &map)
    }

    /// What an elasticity of substitution between tasks that moves does to what they cost, and to the labor abroad.
    fn substitution_moves(&mut self, l: usize, s: Sym) -> Linear {
        let Some(rho) = self.economy.lines.get(l).and_then(|line| line.substitution) else { return Linear::zero() };
        let Role::Definition(node) = self.system.info(s).role else { return Linear::zero() };
        let node = self.written_out(l, node);
        let mut out = Linear::zero();
        for sym in self.dag.symbols(&[rho]) {
            let (change, size) = self.sized_change(sym);
            if change.is_zero() {
                continue;
            }
            let slope = differentiate::derivative(&mut self.dag, node, sym);
            let value = self.value(slope) * size / self.value(node);
            let name = self.system.info(sym).name.clone();
            let own = self.dag.sym(s);
            let words = self.system.info(s).meaning.clone();
            let factor = self.generated((own, sym.index() as u32), &format!("elasticity of the {words} in {name}"), value);
            out.add(&change, &factor);
        }
        out
    }

    /// The log change of a line's own symbol; `None` for any other symbol.
    pub(super) fn line_part(&mut self, s: Sym) -> Option<Linear> {
        let (l, part) = self.lines.get(&s).copied()?;
        if self.ends_move(l) {
            return None;
        }
        let mut out = Linear::zero();
        match part {
            LinePart::Home => out.add(&self.margin_change(l), &Formula::int(-1)),
            LinePart::Cost => {
                // The envelope: the margin's own move changes nothing, since the marginal task costs the same in both places.
                let home = self.home_change(l);
                out.add(&home, &self.at_home(l));
                for d in 0..self.economy.lines[l].places.len() {
                    let share = self.offshored(l, d);
                    if !share.is_zero() {
                        let (_, mean) = self.cost_changes(l, d);
                        out.add(&self.away_change(l, d).plus(&mean), &share);
                    }
                }
                out = out.plus(&self.substitution_moves(l, s));
            }
            LinePart::Labor(d) => {
                let (_, mean) = self.cost_changes(l, d);
                if self.economy.lines[l].places.len() > 1 {
                    out = out.plus(&self.cuts_move(l, s));
                } else {
                    let share = self.offshored(l, 0);
                    let moved = self.margin_change(l);
                    if !moved.is_zero() {
                        // κ(1 − I)/K = (1 − γ)/γ, since κ w* = w at the margin; where tasks replace each other, so do κ^(1−ρ) and ∫κ^(1−ρ).
                        out.add(&moved, &Formula::one().minus(share.clone()).over(share));
                    }
                }
                match self.economy.lines.get(l).and_then(|line| line.substitution) {
                    None => out = out.plus(&mean),
                    Some(rho) => {
                        // Tasks abroad replace those at home as they become cheaper: ∫κ^(1−ρ) (ω/w*)^ρ.
                        let rho = self.level(rho);
                        out.add(&mean, &Formula::one().minus(rho.clone()));
                        let bundle = self.economy.keys.get(&Key::TaskPrice(l)).copied().map(|s| self.of(s)).unwrap_or_default();
                        let away = self.away_change(l, d);
                        out.add(&bundle.minus(&away), &rho);
                        out = out.plus(&self.substitution_moves(l, s));
                    }
                }
            }
        }
        Some(out)
    }

    /// The condition of the marginal task in changes: κ̂ + ŵ* − ŵ, with κ̂ = what parameters do + η dI/(1 − I).
    pub(super) fn margin_row(&mut self, l: usize) -> Linear {
        let place = self.marginal_place(l);
        let (mut out, _) = self.cost_changes(l, place);
        let moved = self.margin_change(l);
        // On a flat step the marginal task costs what all others do.
        if !moved.is_zero() && !self.is_flat(l) {
            let steepness = self.steepness(l);
            out.add(&moved, &steepness);
        }
        out.plus(&self.away_change(l, place)).minus(&self.home_change(l))
    }

    /// The definition of a task bill in changes, where the bill is taken as given: Ω̂ − γ(ŵ* + κ̂ − ŵ).
    pub(super) fn bill_row(&mut self, l: usize, bill: Sym) -> Linear {
        let home = self.home_change(l);
        let mut out = Linear::change(bill);
        for d in 0..self.economy.lines[l].places.len() {
            let share = self.offshored(l, d);
            if !share.is_zero() {
                let (_, mean) = self.cost_changes(l, d);
                out.add(&self.away_change(l, d).plus(&mean).minus(&home), &share.negated());
            }
        }
        out
    }

    /// Whether the cost does not rise at the margin, so that the marginal task is any of a step.
    fn is_flat(&self, l: usize) -> bool {
        let line = &self.economy.lines[l];
        let Some((k, _)) = self.split_step(l) else { return false };
        let Some(piece) = line.pieces.get(k) else { return false };
        let last = piece.places.get(self.used_below(l, k, piece.places.len() - 1));
        last.is_some_and(|s| !self.dag.symbols(&[s.cost]).contains(&line.task))
    }

    /// What parameters do to the cost of the marginal task in a place, and to that of the tasks done there on average.
    pub(super) fn cost_changes(&mut self, l: usize, place: usize) -> (Linear, Linear) {
        let Some(line) = self.economy.lines.get(l).cloned() else { return Default::default() };
        let Some(cost) = line.places.get(place).map(|p| p.cost) else { return Default::default() };
        let mut split = Split::default();
        split_cost(self, cost, line.task, true, &mut split);
        let mut common = Linear::zero();
        for (factor, up) in split.free {
            let change = self.hat(factor);
            common = if up { common.plus(&change) } else { common.minus(&change) };
        }
        let (mut margin, mut mean) = (common.clone(), common);
        if split.bound.is_empty() {
            return (margin, mean);
        }
        let labor = self.economy.keys.get(&Key::ForeignLabor(l, place)).and_then(|s| match self.system.info(*s).role {
            Role::Definition(n) => Some(n),
            _ => None,
        });
        let at = self.margin(l).map_or(f64::NAN, |m| self.point.value(m));
        // Where tasks replace each other the mean is that of their shares in what they cost: the envelope of ω.
        let bundle = self.economy.lines[l].substitution.and_then(|_| self.economy.keys.get(&Key::TaskPrice(l))).and_then(|s| {
            match self.system.info(*s).role {
                Role::Definition(n) => Some((n, self.share_abroad(l, place))),
                _ => None,
            }
        });
        let bundle = bundle.map(|(n, share)| (self.written_out(l, n), share));
        for s in self.dag.symbols(&split.bound) {
            if s == line.task {
                continue;
            }
            let (change, size) = self.sized_change(s);
            if change.is_zero() {
                continue;
            }
            let name = self.system.info(s).name.clone();
            let value_at =
                |h: &Self, n: NodeId| crate::expr::eval::evaluate_one(&h.dag, n, &mut |x| if x == line.task { at } else { h.point.value(x) });
            // The factors free of the task are counted already, so their own elasticity in `s` is taken off.
            let slope = differentiate::derivative(&mut self.dag, cost, s);
            let total = value_at(self, slope) * size / value_at(self, cost);
            let counted = self.counted(&margin, s);
            let tasks = self.economy.tasks[line.tasks].name.clone();
            let at_margin = self.line_elasticity(
                "cost_elasticity",
                &tasks,
                &name,
                &format!("elasticity in {name} of the cost of the marginal task"),
                total - counted,
            );
            let average = match labor {
                _ if bundle.is_some() => {
                    let (n, share) = bundle.unwrap_or((cost, f64::NAN));
                    let slope = differentiate::derivative(&mut self.dag, n, s);
                    self.value(slope) * size / self.value(n) / share - counted
                }
                Some(n) => {
                    let slope = differentiate::derivative(&mut self.dag, n, s);
                    self.value(slope) * size / self.value(n) - counted
                }
                None => f64::NAN,
            };
            let on_average = self.line_elasticity(
                "mean_elasticity",
                &tasks,
                &name,
                &format!("elasticity in {name} of the cost of the offshored tasks, on average"),
                average,
            );
            margin.add(&change, &at_margin);
            if self.point.bound(self.margin(l).unwrap_or(s)) != Some(Bound::Lower) {
                mean.add(&change, &on_average);
            }
        }
        (margin, mean)
    }

    /// The number by which a form already moves with a symbol's own change.
    fn counted(&mut self, form: &Linear, s: Sym) -> f64 {
        let values = self.atoms.values();
        form.get(s).map_or(0.0, |c| c.eval(&values))
    }

    fn line_elasticity(&mut self, word: &str, tasks: &str, parameter: &str, meaning: &str, value: f64) -> Formula {
        let index = [tasks.to_string(), parameter.to_string()];
        let letter = if word == "mean_elasticity" { ("ε̄", "\\bar\\epsilon") } else { ("ε", "\\epsilon") };
        let (display, latex) = dressed(letter.0, letter.1, &[parameter.to_string()]);
        let atom = Atom {
            name: format!("{word}[{}]", index.join(", ")),
            display,
            latex,
            meaning: meaning.to_string(),
            value,
            range: Range::Any,
            measures: Measures::Other,
        };
        Formula::atom(self.atoms.intern(atom))
    }
}

/// A cost as a product of factors without the task (`true`: above the line) and the rest.
#[derive(Default)]
struct Split {
    free: Vec<(NodeId, bool)>,
    bound: Vec<NodeId>,
}

fn split_cost(h: &Hats, node: NodeId, task: Sym, up: bool, out: &mut Split) {
    let depends: FxHashMap<NodeId, ()> = crate::expr::eval::dependents(&h.dag, node, task).into_iter().map(|n| (n, ())).collect();
    if depends.is_empty() {
        out.free.push((node, up));
        return;
    }
    match h.dag.node(node) {
        Node::Prod(xs) => xs.iter().for_each(|x| split_cost(h, *x, task, up, out)),
        Node::Div(a, b) => {
            split_cost(h, *a, task, up, out);
            split_cost(h, *b, task, !up, out);
        }
        _ => out.bound.push(node),
    }
}
