//! Whether every unknown has a condition that can determine it, on the system as lowered.
//!
//! A bounded complementary pair may be matched to itself, since its unknown may sit on its bound; free unknowns and equalities are matched through
//! incidence (Hopcroft and Karp 1973), and the parts that stay over- or under-determined are named after Dulmage and Mendelsohn (1958).

use super::{Role, System};
use crate::expr::{Node, NodeId, Sym};
use std::collections::VecDeque;

/// Which equation determines which unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// By equation: its unknown.
    pub unknown: Vec<Sym>,
}

/// The parts of a system that have too many or too few conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imbalance {
    /// Equations that share too few unknowns.
    pub over: Vec<usize>,
    /// Unknowns that share too few equations.
    pub under: Vec<Sym>,
}

const NONE: usize = usize::MAX;

/// Matches equations with unknowns.
///
/// A definition takes part as an equation that determines its own symbol, so that the graph stays as sparse as the text.
///
/// # Errors
/// The over- and the under-determined part.
pub fn balance(system: &System) -> Result<Matching, Imbalance> {
    let incidence = Incidence::new(system);
    let unknowns: Vec<Sym> = system.unknowns().collect();
    let columns: Vec<Sym> = unknowns.iter().copied().chain(incidence.definitions.iter().copied()).collect();
    let mut column = vec![NONE; system.syms.len()];
    for (k, s) in columns.iter().enumerate() {
        column[s.index()] = k;
    }
    let mut rows: Vec<Vec<usize>> = Vec::with_capacity(incidence.rows.len());
    for (i, syms) in incidence.rows.iter().enumerate() {
        let mut row: Vec<usize> = syms.iter().map(|s| column[s.index()]).filter(|k| *k != NONE).collect();
        // The natural match comes first, so that it is taken where there is a choice.
        let (own, always) = match system.equations.get(i) {
            Some(equation) => match equation.partner {
                Some(partner) => (column[partner.index()], equation.complementary && is_bounded(system, partner)),
                None => (NONE, false),
            },
            None => (unknowns.len() + i - system.equations.len(), true),
        };
        match row.iter().position(|k| *k == own) {
            Some(at) => row.swap(0, at),
            None if always && own != NONE => row.insert(0, own),
            None => {}
        }
        rows.push(row);
    }
    let equations = system.equations.len();
    let graph = Graph::new(rows, columns.len());
    let (by_row, by_column) = graph.maximum_matching();
    if by_row.iter().chain(&by_column).all(|m| *m != NONE) {
        // An equation that determines a definition determines, through it, the unknown at the end of the chain.
        let follow = |i: usize| {
            let mut k = by_row[i];
            while k >= unknowns.len() {
                k = by_row[equations + k - unknowns.len()];
            }
            unknowns[k]
        };
        return Ok(Matching { unknown: (0..equations).map(follow).collect() });
    }
    let over = graph.over(&by_row, &by_column).into_iter().filter(|i| *i < equations).collect();
    let under = graph.under(&by_row, &by_column).into_iter().filter_map(|k| unknowns.get(k).copied()).collect();
    Err(Imbalance { over, under })
}

fn is_bounded(system: &System, sym: Sym) -> bool {
    matches!(system.info(sym).role, Role::Unknown { lower, upper, .. } if lower > f64::NEG_INFINITY || upper < f64::INFINITY)
}

/// The symbols that each equation, and after them each definition, contains by name.
pub(super) struct Incidence {
    pub definitions: Vec<Sym>,
    /// Equations first, then definitions; unknowns and definitions only.
    pub rows: Vec<Vec<Sym>>,
}

impl Incidence {
    pub fn new(system: &System) -> Self {
        let mut stamp = vec![0; system.dag.len()];
        let mut rows = Vec::new();
        for equation in &system.equations {
            rows.push(symbols(system, &[equation.left, equation.right], &mut stamp, rows.len() as u32 + 1));
        }
        // Of the definitions those that the equations rest on: what is only reported has no part in the balance.
        let mut definitions = Vec::new();
        let mut reached = vec![false; system.syms.len()];
        let mut at = 0;
        while at < rows.len() {
            for sym in rows[at].clone() {
                if let Role::Definition(node) = system.info(sym).role
                    && !std::mem::replace(&mut reached[sym.index()], true)
                {
                    definitions.push(sym);
                    rows.push(symbols(system, &[node], &mut stamp, rows.len() as u32 + 1));
                }
            }
            at += 1;
        }
        Incidence { definitions, rows }
    }
}

fn symbols(system: &System, roots: &[NodeId], stamp: &mut [u32], mark: u32) -> Vec<Sym> {
    let mut stack = roots.to_vec();
    let mut out = Vec::new();
    while let Some(node) = stack.pop() {
        if std::mem::replace(&mut stamp[node.index()], mark) == mark {
            continue;
        }
        match system.dag.node(node) {
            Node::Sym(s) => {
                if matches!(system.syms.get(s.index()).map(|i| &i.role), Some(Role::Definition(_) | Role::Unknown { .. })) {
                    out.push(*s);
                }
            }
            other => other.for_children(|c| stack.push(c)),
        }
    }
    out.sort_unstable();
    out
}

struct Graph {
    rows: Vec<Vec<usize>>,
    columns: Vec<Vec<usize>>,
}

impl Graph {
    fn new(rows: Vec<Vec<usize>>, width: usize) -> Self {
        let mut columns = vec![Vec::new(); width];
        for (i, row) in rows.iter().enumerate() {
            for k in row {
                columns[*k].push(i);
            }
        }
        Graph { rows, columns }
    }

    /// Matches by row and by column.
    fn maximum_matching(&self) -> (Vec<usize>, Vec<usize>) {
        let mut by_row = vec![NONE; self.rows.len()];
        let mut by_column = vec![NONE; self.columns.len()];
        for (i, row) in self.rows.iter().enumerate() {
            if let Some(k) = row.first().filter(|k| by_column[**k] == NONE) {
                by_row[i] = *k;
                by_column[*k] = i;
            }
        }
        while self.augment(&mut by_row, &mut by_column) {}
        (by_row, by_column)
    }

    /// One phase: shortest augmenting paths by layers; `false` when there is none.
    fn augment(&self, by_row: &mut [usize], by_column: &mut [usize]) -> bool {
        let mut layer = vec![u32::MAX; self.rows.len()];
        let mut queue = VecDeque::new();
        for (i, k) in by_row.iter().enumerate() {
            if *k == NONE {
                layer[i] = 0;
                queue.push_back(i);
            }
        }
        let mut reachable = false;
        while let Some(i) = queue.pop_front() {
            for k in &self.rows[i] {
                match by_column[*k] {
                    NONE => reachable = true,
                    next if layer[next] == u32::MAX => {
                        layer[next] = layer[i] + 1;
                        queue.push_back(next);
                    }
                    _ => {}
                }
            }
        }
        if !reachable {
            return false;
        }
        let mut cursor = vec![0; self.rows.len()];
        let mut grown = false;
        for start in 0..self.rows.len() {
            if by_row[start] == NONE {
                grown |= self.dive(start, &layer, &mut cursor, by_row, by_column);
            }
        }
        grown
    }

    /// Depth-first along the layers, with its own stack.
    fn dive(&self, start: usize, layer: &[u32], cursor: &mut [usize], by_row: &mut [usize], by_column: &mut [usize]) -> bool {
        let mut path = vec![start];
        while let Some(&i) = path.last() {
            let Some(&k) = self.rows[i].get(cursor[i]) else {
                path.pop();
                if let Some(&above) = path.last() {
                    cursor[above] += 1;
                }
                continue;
            };
            let next = by_column[k];
            if next == NONE {
                for &row in path.iter().rev() {
                    let column = self.rows[row][cursor[row]];
                    by_row[row] = column;
                    by_column[column] = row;
                }
                return true;
            }
            if layer[next] == layer[i] + 1 {
                path.push(next);
            } else {
                cursor[i] += 1;
            }
        }
        false
    }

    /// Rows reached from unmatched rows along alternating paths.
    fn over(&self, by_row: &[usize], by_column: &[usize]) -> Vec<usize> {
        let mut seen: Vec<bool> = by_row.iter().map(|k| *k == NONE).collect();
        let mut stack: Vec<usize> = (0..by_row.len()).filter(|i| seen[*i]).collect();
        while let Some(i) = stack.pop() {
            for k in &self.rows[i] {
                let next = by_column[*k];
                if next != NONE && !seen[next] {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        (0..by_row.len()).filter(|i| seen[*i]).collect()
    }

    /// Columns reached from unmatched columns along alternating paths.
    fn under(&self, by_row: &[usize], by_column: &[usize]) -> Vec<usize> {
        let mut seen: Vec<bool> = by_column.iter().map(|i| *i == NONE).collect();
        let mut stack: Vec<usize> = (0..by_column.len()).filter(|k| seen[*k]).collect();
        while let Some(k) = stack.pop() {
            for i in &self.columns[k] {
                let next = by_row[*i];
                if next != NONE && !seen[next] {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        (0..by_column.len()).filter(|k| seen[*k]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Condition, Equation, Quantity, SymInfo};
    use super::*;

    fn system(unknowns: &[(f64, f64)], equations: &[(&[usize], Option<usize>, bool)]) -> System {
        let mut s = System::default();
        for (k, (lower, upper)) in unknowns.iter().enumerate() {
            s.syms.push(SymInfo {
                name: format!("v{k}"),
                display: String::new(),
                latex: String::new(),
                meaning: String::new(),
                role: Role::Unknown { lower: *lower, upper: *upper, start: None },
                quantity: Quantity::Variable,
                origin: None,
            });
        }
        for (contains, partner, complementary) in equations {
            let terms: Vec<_> = contains.iter().map(|k| s.dag.sym(Sym(*k as u32))).collect();
            let left = s.dag.sum(&terms);
            let right = s.dag.constant(1.0);
            let partner = partner.map(|k| Sym(k as u32));
            s.equations.push(Equation {
                name: String::new(),
                condition: Condition::User,
                left,
                right,
                partner,
                complementary: *complementary,
                origin: None,
            });
        }
        s
    }

    const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);

    #[test]
    fn a_chain_is_matched_however_it_is_labelled() {
        let s = system(&[FREE, FREE, FREE], &[(&[0], Some(1), false), (&[0, 1], None, false), (&[1, 2], Some(0), false)]);
        let matching = balance(&s).unwrap();
        assert_eq!(matching.unknown, vec![Sym(0), Sym(1), Sym(2)]);
    }

    #[test]
    fn parts_that_do_not_balance_are_named() {
        let s = system(&[FREE, FREE, FREE], &[(&[0], None, false), (&[0], None, false), (&[1, 2], None, false)]);
        assert_eq!(balance(&s), Err(Imbalance { over: vec![0, 1], under: vec![Sym(1), Sym(2)] }));
    }

    #[test]
    fn a_bounded_pair_may_match_itself() {
        // Three industries, one factor: the zero profits contain the wage alone.
        let s = system(&[POSITIVE; 3], &[(&[2], Some(0), true), (&[2], Some(1), true), (&[0, 1], Some(2), true)]);
        assert!(balance(&s).is_ok());
        let free = system(&[FREE; 3], &[(&[2], Some(0), true), (&[2], Some(1), true), (&[0, 1], Some(2), true)]);
        assert!(balance(&free).is_err());
    }
}
