//! The active equations of a system in changes: one row each, with the unknowns that still move.

use super::hat::{Hats, Measure};
use super::linear::Linear;
use super::point::Point;
use crate::algebra::Formula;
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::model::Key;
use crate::system::{Condition, Equation, Role, System};
use rustc_hash::{FxHashMap, FxHashSet};

/// `Σ coefficient · change = 0`, over unknowns and moving parameters.
#[derive(Clone, Debug)]
pub struct Row {
    /// Place of the equation in the system.
    pub equation: usize,
    pub name: String,
    pub condition: Condition,
    pub form: Linear,
    pub partner: Option<Sym>,
}

/// The log-linear form of the active regime.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// Unknowns that move: inside their bounds.
    pub unknowns: Vec<Sym>,
}

/// Whether an equation holds with equality around the point: its partner is inside its bounds.
pub fn is_active(equation: &Equation, point: &Point) -> bool {
    !equation.complementary || equation.partner.is_none_or(|p| point.bound(p).is_none())
}

/// Unknowns of the system that are inside their bounds.
pub fn moving_unknowns(system: &System, point: &Point) -> Vec<Sym> {
    // A free unknown of an equation without complementarity moves even where it happens to meet a bound.
    let held: FxHashSet<Sym> = system.equations.iter().filter(|e| !is_active(e, point)).filter_map(|e| e.partner).collect();
    system.unknowns().filter(|s| point.bound(*s).is_none() || !held.contains(s)).filter(|s| !held.contains(s)).collect()
}

impl Hats<'_> {
    /// All active equations in changes.
    ///
    /// # Errors
    /// A054: one of them, or of what was asked for before, is too long to work with.
    pub fn rows(&mut self) -> Result<Rows, Diagnostic> {
        let system = self.system;
        let mut rows = Vec::new();
        for (at, equation) in system.equations.iter().enumerate() {
            if is_active(equation, self.point) {
                rows.push(self.row(at, equation));
            }
        }
        let mut unknowns = moving_unknowns(system, self.point);
        let present: FxHashSet<Sym> = rows.iter().flat_map(|r| r.form.terms().map(|t| t.0)).collect();
        // What appears in no active equation (an idle country's price) has no change to speak of.
        unknowns.retain(|s| present.contains(s));
        rows.retain(|r| !r.form.is_zero());
        self.complete()?;
        Ok(Rows { rows, unknowns })
    }

    /// An equation in changes: zero where it holds.
    pub fn condition(&mut self, equation: &Equation) -> Linear {
        let line = equation.partner.filter(|_| equation.condition == Condition::Margin).and_then(|m| self.line_of_margin(m));
        match line {
            Some((l, None)) => self.margin_row(l),
            Some((l, Some((k, j)))) => self.cut_row(l, k, j),
            None if equation.condition == Condition::User => {
                self.straight_difference(equation.left, equation.right).unwrap_or_else(|| self.difference(equation.left, equation.right))
            }
            None => self.difference(equation.left, equation.right),
        }
    }

    fn row(&mut self, at: usize, equation: &Equation) -> Row {
        let form = self.condition(equation);
        Row { equation: at, name: equation.name.clone(), condition: equation.condition, form, partner: equation.partner }
    }

    /// The line of a margin; which piece it belongs to and which cut it is there, where it is a share.
    fn line_of_margin(&self, margin: Sym) -> Option<(usize, Option<(usize, usize)>)> {
        let is = |key: Key| self.economy.keys.get(&key) == Some(&margin);
        (0..self.economy.lines.len()).find_map(|l| {
            if is(Key::Margin(l)) {
                return Some((l, None));
            }
            self.economy.lines[l].pieces.iter().enumerate().find_map(|(k, piece)| {
                let last = piece.places.len() - 1;
                if is(Key::Step(l, k)) {
                    return Some((l, Some((k, last))));
                }
                (0..last).find(|j| is(Key::Cut(l, k, *j))).map(|j| (l, Some((k, j))))
            })
        })
    }

    /// left − right in logs where both are positive, as plain differentials otherwise.
    fn difference(&mut self, left: NodeId, right: NodeId) -> Linear {
        let logs = !self.point.numeric || self.value(left) > 0.0 && self.value(right) > 0.0;
        if logs {
            let left = self.hat(left);
            let right = self.hat(right);
            left.minus(&right)
        } else {
            let left = self.plain(left);
            let right = self.plain(right);
            left.minus(&right)
        }
    }

    /// The change of a target as the change of `wrt` asks for: what moves by its own change, such as a tariff of zero, has responses in levels.
    pub fn target_of(&mut self, node: NodeId, wrt: Option<Sym>) -> (Linear, Measure) {
        if wrt.is_some_and(|s| self.measure(s) == Measure::Plain) { (self.plain(node), Measure::Plain) } else { self.target(node) }
    }

    /// The change of a target in its own measure: log, dI/(1 − I), or plain.
    pub fn target(&mut self, node: NodeId) -> (Linear, Measure) {
        if let crate::expr::Node::Sym(s) = *self.dag.node(node) {
            let unknown = matches!(self.system.info(s).role, Role::Unknown { .. }) || self.moving.contains(&s);
            match self.measure(s) {
                Measure::Margin if unknown => {
                    let pinned = self.point.bound(s).is_some();
                    return (if pinned { Linear::zero() } else { Linear::change(s) }, Measure::Margin);
                }
                Measure::Margin => {
                    if let Some(form) = self.stepped_margin(s) {
                        return (form, Measure::Margin);
                    }
                }
                Measure::Plain if self.point.numeric || self.system.info(s).quantity == crate::system::Quantity::NetFlow => {
                    return (self.plain(node), Measure::Plain);
                }
                _ => {}
            }
        } else if self.value(node) <= 0.0 {
            return (self.plain(node), Measure::Plain);
        }
        (self.hat(node), Measure::Log)
    }
}

/// The part of a system that settles some unknowns.
#[derive(Clone, Debug)]
pub struct Part {
    /// Numbers of rows, in solving order.
    pub rows: Vec<usize>,
    pub unknowns: Vec<Sym>,
    /// Blocks in solving order: numbers of rows each.
    pub blocks: Vec<Vec<usize>>,
}

impl Part {
    /// The unknowns that a block of rows settles.
    pub fn unknowns_of(&self, block: &[usize]) -> Vec<Sym> {
        block.iter().filter_map(|r| self.rows.iter().position(|x| x == r)).filter_map(|n| self.unknowns.get(n)).copied().collect()
    }
}

impl Rows {
    /// The rows and unknowns needed for `wanted`, by the block structure of the rows; `Err` names the unknowns that nothing determines.
    pub fn part(&self, wanted: &[Sym]) -> Result<Part, Vec<Sym>> {
        let column: FxHashMap<Sym, usize> = self.unknowns.iter().enumerate().map(|(i, s)| (*s, i)).collect();
        let incidence: Vec<Vec<usize>> = self.rows.iter().map(|r| r.form.terms().filter_map(|(s, _)| column.get(&s).copied()).collect()).collect();
        let expected: Vec<Option<usize>> = self.rows.iter().map(|r| r.partner.and_then(|p| column.get(&p).copied())).collect();
        let owner = pair(&incidence, self.unknowns.len(), &expected);
        let mut needed: Vec<usize> = wanted.iter().filter_map(|s| column.get(s).copied()).collect();
        let mut seen: FxHashSet<usize> = needed.iter().copied().collect();
        let mut loose = Vec::new();
        let mut rows = Vec::new();
        while let Some(k) = needed.pop() {
            let Some(row) = owner.get(k).copied().flatten() else {
                loose.extend(self.unknowns.get(k).copied());
                continue;
            };
            rows.push(row);
            for &other in incidence.get(row).into_iter().flatten() {
                if seen.insert(other) {
                    needed.push(other);
                }
            }
        }
        if !loose.is_empty() {
            return Err(loose);
        }
        rows.sort_unstable();
        let of_row: FxHashMap<usize, usize> = owner.iter().enumerate().filter_map(|(k, r)| r.map(|r| (r, k))).collect();
        let unknowns = rows.iter().filter_map(|r| of_row.get(r).and_then(|k| self.unknowns.get(*k)).copied()).collect();
        let blocks = components(&rows, &|r| {
            let own = of_row.get(&r).copied();
            incidence.get(r).into_iter().flatten().filter(|k| Some(**k) != own).filter_map(|k| owner.get(*k).copied().flatten()).collect()
        });
        Ok(Part { rows, unknowns, blocks })
    }
}

/// A largest matching: for each column its row.
fn pair(incidence: &[Vec<usize>], columns: usize, expected: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; columns];
    let mut own: Vec<Option<usize>> = vec![None; incidence.len()];
    for (row, columns) in incidence.iter().enumerate() {
        if let Some(k) = expected.get(row).copied().flatten()
            && columns.contains(&k)
            && owner[k].is_none()
        {
            (owner[k], own[row]) = (Some(row), Some(k));
        }
    }
    for row in 0..incidence.len() {
        if own[row].is_some() {
            continue;
        }
        let mut from: Vec<Option<usize>> = vec![None; columns];
        let mut queue = std::collections::VecDeque::from([row]);
        let mut end = None;
        'search: while let Some(r) = queue.pop_front() {
            for &k in &incidence[r] {
                if from[k].is_some() {
                    continue;
                }
                from[k] = Some(r);
                match owner[k] {
                    Some(next) => queue.push_back(next),
                    None => {
                        end = Some(k);
                        break 'search;
                    }
                }
            }
        }
        while let Some(k) = end {
            let Some(r) = from[k] else { break };
            end = own[r];
            (owner[k], own[r]) = (Some(r), Some(k));
            if r == row {
                break;
            }
        }
    }
    owner
}

/// Strongly connected components of `nodes` under `next`, those that others rest on first.
fn components(nodes: &[usize], next: &dyn Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    #[derive(Default)]
    struct State {
        number: FxHashMap<usize, usize>,
        low: FxHashMap<usize, usize>,
        stack: Vec<usize>,
        on_stack: FxHashSet<usize>,
        out: Vec<Vec<usize>>,
    }
    let mut st = State::default();
    for &root in nodes {
        if st.number.contains_key(&root) {
            continue;
        }
        let mut work: Vec<(usize, Vec<usize>, usize)> = vec![(root, next(root), 0)];
        let n = st.number.len();
        st.number.insert(root, n);
        st.low.insert(root, n);
        st.stack.push(root);
        st.on_stack.insert(root);
        while let Some((v, children, at)) = work.last_mut() {
            let v = *v;
            if let Some(&w) = children.get(*at) {
                *at += 1;
                if !st.number.contains_key(&w) {
                    let n = st.number.len();
                    st.number.insert(w, n);
                    st.low.insert(w, n);
                    st.stack.push(w);
                    st.on_stack.insert(w);
                    work.push((w, next(w), 0));
                } else if st.on_stack.contains(&w) {
                    let low = st.low[&v].min(st.number[&w]);
                    st.low.insert(v, low);
                }
                continue;
            }
            work.pop();
            if let Some((parent, ..)) = work.last() {
                let low = st.low[parent].min(st.low[&v]);
                st.low.insert(*parent, low);
            }
            if st.low[&v] == st.number[&v] {
                let mut component = Vec::new();
                while let Some(w) = st.stack.pop() {
                    st.on_stack.remove(&w);
                    component.push(w);
                    if w == v {
                        break;
                    }
                }
                component.sort_unstable();
                st.out.push(component);
            }
        }
    }
    st.out
}

/// The coefficient of a parameter or unknown, zero where it does not appear.
pub fn coefficient(form: &Linear, sym: Sym) -> Formula {
    form.get(sym).cloned().unwrap_or_else(Formula::zero)
}
