//! Strongly connected components of the active equations, in the order in which they can be solved.

use super::System;
use super::balance::{Incidence, Matching};
use crate::expr::Sym;

/// Equations that have to be solved together, with the unknowns that they determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub equations: Vec<usize>,
    pub unknowns: Vec<Sym>,
}

const NONE: usize = usize::MAX;

/// The blocks of a system under a matching; an equation for which `active` is false is left out with its unknown. A block depends on earlier
/// ones only. (Tarjan 1972, without recursion.)
pub fn blocks(system: &System, matching: &Matching, active: &dyn Fn(usize) -> bool) -> Vec<Block> {
    let incidence = Incidence::new(system);
    let equations = system.equations.len();
    let mut owner = vec![NONE; system.syms.len()];
    for (i, sym) in matching.unknown.iter().enumerate() {
        if active(i) {
            owner[sym.index()] = i;
        }
    }
    for (k, sym) in incidence.definitions.iter().enumerate() {
        owner[sym.index()] = equations + k;
    }
    let successors: Vec<Vec<usize>> = incidence
        .rows
        .iter()
        .enumerate()
        .map(|(i, syms)| syms.iter().map(|s| owner[s.index()]).filter(|j| *j != NONE && *j != i).collect())
        .collect();
    let nodes: Vec<usize> = (0..equations).filter(|i| active(*i) && *i < matching.unknown.len()).collect();
    components(&successors, &nodes)
        .into_iter()
        .filter_map(|members| {
            let mut equations: Vec<usize> = members.into_iter().filter(|i| *i < equations).collect();
            equations.sort_unstable();
            let unknowns = equations.iter().map(|i| matching.unknown[*i]).collect();
            (!equations.is_empty()).then_some(Block { equations, unknowns })
        })
        .collect()
}

/// Components of a directed graph, successors first.
fn components(successors: &[Vec<usize>], nodes: &[usize]) -> Vec<Vec<usize>> {
    let n = successors.len();
    let mut number = vec![NONE; n];
    let mut low = vec![NONE; n];
    let mut on_stack = vec![false; n];
    let mut stack = Vec::new();
    let mut out = Vec::new();
    let mut next = 0;
    for &root in nodes {
        if number[root] != NONE {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((v, at)) = calls.last_mut() {
            let v = *v;
            if *at == 0 {
                number[v] = next;
                low[v] = next;
                next += 1;
                stack.push(v);
                on_stack[v] = true;
            }
            match successors[v].get(*at) {
                Some(&w) => {
                    *at += 1;
                    if number[w] == NONE {
                        calls.push((w, 0));
                    } else if on_stack[w] {
                        low[v] = low[v].min(number[w]);
                    }
                }
                None => {
                    calls.pop();
                    if let Some((parent, _)) = calls.last() {
                        low[*parent] = low[*parent].min(low[v]);
                    }
                    if low[v] == number[v] {
                        let mut component = Vec::new();
                        while let Some(w) = stack.pop() {
                            on_stack[w] = false;
                            component.push(w);
                            if w == v {
                                break;
                            }
                        }
                        out.push(component);
                    }
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_in_solve_order() {
        let successors = vec![vec![1], vec![0, 2], vec![], vec![0, 2]];
        let found = components(&successors, &[0, 1, 2, 3]);
        let sorted: Vec<Vec<usize>> = found
            .into_iter()
            .map(|mut c| {
                c.sort_unstable();
                c
            })
            .collect();
        assert_eq!(sorted, vec![vec![2], vec![0, 1], vec![3]]);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let n = 200_000;
        let successors: Vec<Vec<usize>> = (0..n).map(|i| if i + 1 < n { vec![i + 1] } else { vec![] }).collect();
        assert_eq!(components(&successors, &(0..n).collect::<Vec<_>>()).len(), n);
    }
}
