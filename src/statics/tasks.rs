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
    /// K(I), foreign labor per unit of the bundle.
    Labor,
}

impl Hats<'_> {
    pub(super) fn find_lines(&mut self) {
        for l in 0..self.economy.lines.len() {
            for (key, part) in [(Key::TaskPrice(l), LinePart::Cost), (Key::ForeignLabor(l), LinePart::Labor)] {
                let Some(&sym) = self.economy.keys.get(&key) else { continue };
                // Where Ω is given the bundle's cost is w Ω by definition, and has no rule of its own.
                let replaced = matches!(self.system.info(sym).role, Role::Definition(n) if self.system.alternatives.get(&sym) == Some(&n));
                if !replaced {
                    self.lines.insert(sym, (l, part));
                }
            }
        }
    }

    pub(super) fn is_line_part(&self, s: Sym) -> bool {
        self.lines.contains_key(&s)
    }

    /// The prices that a part of a line rests on.
    pub(super) fn line_needs(&mut self, s: Sym) -> Vec<NodeId> {
        match self.lines.get(&s) {
            Some(&(l, LinePart::Cost)) if !self.moving.contains(&s) => self.home_price(l).into_iter().chain(self.away_price(l)).collect(),
            _ => Vec::new(),
        }
    }

    fn factor_price(&mut self, factor: usize, country: usize) -> Option<NodeId> {
        let given = self.economy.countries.get(country).and_then(|c| c.prices.get(factor).copied().flatten());
        let sym = given.or_else(|| self.economy.keys.get(&Key::FactorPrice(factor, country)).copied())?;
        Some(self.dag.sym(sym))
    }

    pub(super) fn home_price(&mut self, l: usize) -> Option<NodeId> {
        let line = self.economy.lines.get(l)?;
        let factor = self.economy.tasks.get(line.tasks)?.factor;
        self.factor_price(factor, line.origin)
    }

    pub(super) fn away_price(&mut self, l: usize) -> Option<NodeId> {
        let line = self.economy.lines.get(l)?;
        let factor = self.economy.tasks.get(line.tasks)?.factor;
        self.factor_price(factor, line.destination)
    }

    pub(super) fn margin(&self, l: usize) -> Option<Sym> {
        self.economy.keys.get(&Key::Margin(l)).copied()
    }

    /// γ: an atom where tasks are split, 0 or 1 where none or all are done abroad.
    pub(super) fn offshored(&mut self, l: usize) -> Formula {
        match self.margin(l).and_then(|m| self.point.bound(m)) {
            Some(Bound::Lower) => Formula::zero(),
            Some(Bound::Upper) => Formula::one(),
            None => {
                let value = self.share_abroad(l);
                let atom = self.line_atom(l, Key::OffshoredShare(l), value, Range::Share, Measures::Offshored(l));
                Formula::atom(self.atoms.intern(atom))
            }
        }
    }

    fn share_abroad(&mut self, l: usize) -> f64 {
        let (Some(away), Some(labor), Some(cost)) =
            (self.away_price(l), self.economy.keys.get(&Key::ForeignLabor(l)).copied(), self.economy.keys.get(&Key::TaskPrice(l)).copied())
        else {
            return f64::NAN;
        };
        self.value(away) * self.point.value(labor) / self.point.value(cost)
    }

    /// η: the elasticity of cost in 1 − I at the margin.
    pub(super) fn steepness(&mut self, l: usize) -> Formula {
        let line = self.economy.lines[l].clone();
        let slope = differentiate::derivative(&mut self.dag, line.cost, line.task);
        let value = match self.margin(l) {
            Some(m) => {
                let at = self.point.value(m);
                let at_margin =
                    |h: &Self, n: NodeId| crate::expr::eval::evaluate_one(&h.dag, n, &mut |s| if s == line.task { at } else { h.point.value(s) });
                at_margin(self, slope) * (1.0 - at) / at_margin(self, line.cost)
            }
            None => f64::NAN,
        };
        let atom = self.line_atom(l, Key::MarginElasticity(l), value, Range::Positive, Measures::Steepness(l));
        Formula::atom(self.atoms.intern(atom))
    }

    /// An atom of a line, without the indices that the only line does not need in print.
    fn line_atom(&self, l: usize, key: Key, value: f64, range: Range, measures: Measures) -> Atom {
        let info = naming::describe(self.economy, &key);
        let (word, index) = parts(&info.name);
        let (letter, latex) = naming::pretty_base(word);
        let mut name = info.name.clone();
        let mut shown: Vec<String> = Vec::new();
        let mut meaning = info.meaning;
        if self.economy.lines.len() > 1 {
            // Told apart by their margins: γ_x of I_x.
            let margin = self.margin(l).map(|m| self.system.info(m).clone());
            match margin {
                Some(m) if index.len() < 2 => {
                    let of_tasks = self.economy.lines.iter().filter(|x| x.tasks == self.economy.lines[l].tasks).count();
                    if of_tasks > 1 {
                        name = format!("{word}[{}]", m.name);
                        meaning = format!("{meaning}, margin {}", m.display);
                    }
                    let short = m.display.strip_prefix('I').map(|r| r.trim_start_matches('_')).filter(|r| !r.is_empty()).unwrap_or(&m.display);
                    shown.push(short.trim_matches(['[', ']']).to_string());
                }
                _ => shown.extend(index.iter().skip(1).cloned()),
            }
        }
        let (display, latex) = dressed(&letter, &latex, &shown);
        Atom { name, display, latex, meaning, value, range, measures }
    }

    /// The log change of a line's own symbol; `None` for any other symbol.
    pub(super) fn line_part(&mut self, s: Sym) -> Option<Linear> {
        let (l, part) = self.lines.get(&s).copied()?;
        let (margin, mean) = self.cost_changes(l);
        let share = self.offshored(l);
        let mut out = Linear::zero();
        match part {
            LinePart::Cost => {
                // The envelope: the margin's own move changes nothing, since the marginal task costs the same in both places.
                let home = self.home_price(l).map(|n| self.hat(n)).unwrap_or_default();
                let away = self.away_price(l).map(|n| self.hat(n)).unwrap_or_default();
                out.add(&home, &Formula::one().minus(share.clone()));
                out.add(&away.plus(&mean), &share);
            }
            LinePart::Labor => {
                let margin_symbol = self.margin(l)?;
                let moves = self.point.bound(margin_symbol).is_none()
                    && (self.moving.contains(&margin_symbol) || matches!(self.system.info(margin_symbol).role, Role::Unknown { .. }));
                if moves {
                    // κ(1 − I)/K = (1 − γ)/γ, since κ w* = w at the margin.
                    out.add_term(margin_symbol, Formula::one().minus(share.clone()).over(share));
                }
                out = out.plus(&mean);
            }
        }
        let _ = margin;
        Some(out)
    }

    /// The condition of the marginal task in changes: κ̂ + ŵ* − ŵ, with κ̂ = what parameters do + η dI/(1 − I).
    pub(super) fn margin_row(&mut self, l: usize) -> Linear {
        let (mut out, _) = self.cost_changes(l);
        if let Some(margin) = self.margin(l) {
            let steepness = self.steepness(l);
            let moves =
                self.moving.contains(&margin) || matches!(self.system.info(margin).role, Role::Unknown { .. }) && self.point.bound(margin).is_none();
            if moves {
                out.add_term(margin, steepness);
            }
        }
        let away = self.away_price(l).map(|n| self.hat(n)).unwrap_or_default();
        let home = self.home_price(l).map(|n| self.hat(n)).unwrap_or_default();
        out.plus(&away).minus(&home)
    }

    /// The definition of a task bill in changes, where the bill is taken as given: Ω̂ − γ(ŵ* + κ̂ − ŵ).
    pub(super) fn bill_row(&mut self, l: usize, bill: Sym) -> Linear {
        let (_, mean) = self.cost_changes(l);
        let share = self.offshored(l);
        let away = self.away_price(l).map(|n| self.hat(n)).unwrap_or_default();
        let home = self.home_price(l).map(|n| self.hat(n)).unwrap_or_default();
        let mut out = Linear::change(bill);
        out.add(&away.plus(&mean).minus(&home), &share.negated());
        out
    }

    /// What parameters do to the cost of the marginal task, and to that of the offshored tasks on average.
    fn cost_changes(&mut self, l: usize) -> (Linear, Linear) {
        let Some(line) = self.economy.lines.get(l).cloned() else { return Default::default() };
        let mut split = Split::default();
        split_cost(self, line.cost, line.task, true, &mut split);
        let mut common = Linear::zero();
        for (factor, up) in split.free {
            let change = self.hat(factor);
            common = if up { common.plus(&change) } else { common.minus(&change) };
        }
        let (mut margin, mut mean) = (common.clone(), common);
        if split.bound.is_empty() {
            return (margin, mean);
        }
        let labor = self.economy.keys.get(&Key::ForeignLabor(l)).and_then(|s| match self.system.info(*s).role {
            Role::Definition(n) => Some(n),
            _ => None,
        });
        let at = self.margin(l).map_or(f64::NAN, |m| self.point.value(m));
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
            let slope = differentiate::derivative(&mut self.dag, line.cost, s);
            let total = value_at(self, slope) * size / value_at(self, line.cost);
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
