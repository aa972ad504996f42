//! The system with some quantities taken as given: what `in terms of`, `channels` and finite splits are written in.

use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::system::{Equation, Role, System};
use rustc_hash::{FxHashMap, FxHashSet};

/// A system in which some quantities are given, and what was set aside for it.
#[derive(Clone, Debug)]
pub struct Conditional {
    /// Given quantities are parameters here, with value NaN until one is set; symbols keep their numbers.
    pub system: System,
    /// Equations of the original system that no longer hold, by their place there, with the unknown that each was paired with.
    pub set_aside: Vec<(usize, Sym)>,
    /// Definitions that became independent symbols.
    pub independent: Vec<Sym>,
}

/// `system` with each of `given` held: an unknown becomes a parameter and its complementarity partner is set aside; a definition becomes a
/// parameter wherever it is used by name; a parameter stays.
///
/// # Errors
/// A diagnostic that names the quantities without a partner, or the unknowns that no remaining equation determines.
pub fn conditional(system: &System, given: &[Sym]) -> Result<Conditional, Diagnostic> {
    let mut out = Conditional { system: system.clone(), set_aside: Vec::new(), independent: Vec::new() };
    let mut dropped: FxHashSet<usize> = FxHashSet::default();
    let mut lone = Vec::new();
    for &sym in given {
        let Some(info) = out.system.syms.get_mut(sym.index()) else { continue };
        match info.role {
            Role::Unknown { .. } => {
                info.role = Role::Parameter(f64::NAN);
                match system.equations.iter().position(|e| e.partner == Some(sym)) {
                    Some(at) => {
                        if dropped.insert(at) {
                            out.set_aside.push((at, sym));
                        }
                    }
                    None => lone.push(sym),
                }
            }
            Role::Definition(_) => {
                info.role = Role::Parameter(f64::NAN);
                out.independent.push(sym);
                // What adds up to it is given with it.
                for part in system.steps.get(&sym).into_iter().flatten() {
                    out.system.syms[part.index()].role = Role::Parameter(f64::NAN);
                    let own = system.equations.iter().position(|e| e.partner == Some(*part));
                    out.set_aside.extend(own.filter(|at| dropped.insert(*at)).map(|at| (at, *part)));
                }
            }
            Role::Parameter(_) | Role::Bound => {}
        }
    }
    let mut at = 0;
    out.system.equations.retain(|_| {
        at += 1;
        !dropped.contains(&(at - 1))
    });
    use_alternatives(&mut out);
    if !lone.is_empty() {
        return Err(no_partner(system, &lone));
    }
    let loose = undetermined(&out.system);
    if loose.is_empty() { Ok(out) } else { Err(not_square(system, given, &loose)) }
}

/// Writes definitions in the given ones: ω = w Ω once Ω is given.
///
/// Only a given definition calls for it: with w given and Ω not, ω = w Ω and Ω = ω / w would go round in a circle.
fn use_alternatives(out: &mut Conditional) {
    let replaced: Vec<(Sym, NodeId)> = out
        .system
        .alternatives
        .iter()
        .filter(|(_, node)| out.system.dag.symbols(&[**node]).iter().any(|s| out.independent.contains(s)))
        .map(|(&sym, &node)| (sym, node))
        .collect();
    for (sym, node) in replaced {
        let role = &mut out.system.syms[sym.index()].role;
        if matches!(role, Role::Definition(_)) {
            *role = Role::Definition(node);
        }
    }
}

/// For every definition, the unknowns that it rests on, directly or through other definitions.
fn unknowns_of(system: &System, roots: &[NodeId], memo: &mut FxHashMap<Sym, Vec<Sym>>) -> Vec<Sym> {
    // Definitions form no circle, so a stack of those still open ends.
    let mut open: Vec<Sym> = system.dag.symbols(roots);
    while let Some(&sym) = open.last() {
        let Role::Definition(node) = system.info(sym).role else {
            open.pop();
            continue;
        };
        if memo.contains_key(&sym) {
            open.pop();
            continue;
        }
        let inner = system.dag.symbols(&[node]);
        let missing: Vec<Sym> =
            inner.iter().copied().filter(|s| matches!(system.info(*s).role, Role::Definition(_)) && !memo.contains_key(s)).collect();
        if missing.is_empty() {
            let found = gather(system, &inner, memo);
            memo.insert(sym, found);
            open.pop();
        } else {
            open.extend(missing);
        }
    }
    gather(system, &system.dag.symbols(roots), memo)
}

/// The unknowns that an expression rests on, directly or through definitions.
pub(super) fn unknowns_under(system: &System, node: NodeId) -> Vec<Sym> {
    unknowns_of(system, &[node], &mut FxHashMap::default())
}

fn gather(system: &System, syms: &[Sym], memo: &FxHashMap<Sym, Vec<Sym>>) -> Vec<Sym> {
    let mut out = Vec::new();
    for s in syms {
        match &system.info(*s).role {
            Role::Unknown { .. } => out.push(*s),
            Role::Definition(_) => out.extend(memo.get(s).into_iter().flatten().copied()),
            _ => {}
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Unknowns without an equation of their own in a largest matching; a complementary pair may be matched with itself.
fn undetermined(system: &System) -> Vec<Sym> {
    let mut memo = FxHashMap::default();
    let incidence: Vec<Vec<Sym>> = system
        .equations
        .iter()
        .map(|e| {
            let mut syms = unknowns_of(system, &[e.left, e.right], &mut memo);
            if let (true, Some(p)) = (e.complementary, e.partner)
                && matches!(system.info(p).role, Role::Unknown { .. })
                && !syms.contains(&p)
            {
                syms.push(p);
            }
            syms
        })
        .collect();
    let matched = matching(&incidence, &preferred(&system.equations));
    system.unknowns().filter(|s| !matched.contains_key(s)).collect()
}

fn preferred(equations: &[Equation]) -> Vec<Option<Sym>> {
    equations.iter().map(|e| e.partner).collect()
}

/// A largest matching of equations with unknowns: unknown → equation. Starts from `first`, the pairs that are expected.
fn matching(incidence: &[Vec<Sym>], first: &[Option<Sym>]) -> FxHashMap<Sym, usize> {
    let mut owner: FxHashMap<Sym, usize> = FxHashMap::default();
    let mut free = Vec::new();
    for (row, syms) in incidence.iter().enumerate() {
        match first.get(row).copied().flatten() {
            Some(s) if syms.contains(&s) && !owner.contains_key(&s) => {
                owner.insert(s, row);
            }
            _ => free.push(row),
        }
    }
    for row in free {
        // Breadth first along alternating paths; `from` remembers which row reached each unknown.
        let mut from: FxHashMap<Sym, usize> = FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([row]);
        let mut end = None;
        'search: while let Some(r) = queue.pop_front() {
            for &s in incidence.get(r).into_iter().flatten() {
                if from.contains_key(&s) {
                    continue;
                }
                from.insert(s, r);
                match owner.get(&s) {
                    Some(&next) => queue.push_back(next),
                    None => {
                        end = Some(s);
                        break 'search;
                    }
                }
            }
        }
        while let Some(s) = end {
            let Some(&r) = from.get(&s) else { break };
            let before = owner.iter().find(|(_, o)| **o == r).map(|(s, _)| *s);
            owner.insert(s, r);
            end = if r == row { None } else { before };
        }
    }
    owner
}

fn list(system: &System, syms: &[Sym]) -> String {
    syms.iter().map(|s| format!("`{}`", system.info(*s).name)).collect::<Vec<_>>().join(", ")
}

fn no_partner(system: &System, lone: &[Sym]) -> Diagnostic {
    let mut d = Diagnostic::new("A050", format!("{} cannot be taken as given: no condition is paired with it", list(system, lone)));
    for s in lone {
        if let Some(span) = system.info(*s).origin {
            d = d.at(span, "declared here");
        }
    }
    d.help("name its condition: `equation NAME: … complements VARIABLE`")
}

/// As many conditions as unknowns, but not independent of each other at this equilibrium.
pub(super) fn dependent(system: &System, given: &[Sym]) -> Diagnostic {
    Diagnostic::new("A051", format!("with {} given, the conditions that are left do not determine the rest", list(system, given)))
        .help("take fewer quantities as given, or other ones")
}

pub(super) fn not_square(system: &System, given: &[Sym], loose: &[Sym]) -> Diagnostic {
    let mut d = Diagnostic::new("A051", format!("with {} given, nothing determines {}", list(system, given), list(system, loose)));
    for s in loose {
        if let Some(span) = system.info(*s).origin {
            d = d.at(span, "no condition is left for this");
        }
    }
    d.help("take fewer quantities as given, or also those that are left undetermined")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{Condition, Quantity, SymInfo};

    fn sym(system: &mut System, name: &str, role: Role) -> (Sym, NodeId) {
        system.syms.push(SymInfo {
            name: name.into(),
            display: name.into(),
            latex: name.into(),
            meaning: String::new(),
            role,
            quantity: Quantity::Flow,
            origin: None,
        });
        let s = Sym(system.syms.len() as u32 - 1);
        let node = system.dag.sym(s);
        (s, node)
    }

    fn unknown() -> Role {
        Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: None }
    }

    fn equation(system: &mut System, left: NodeId, right: NodeId, partner: Option<Sym>) {
        system.equations.push(Equation { name: "e".into(), condition: Condition::User, left, right, partner, complementary: false, origin: None });
    }

    /// w and I with bundle = (1 − I) w + I, bill = bundle / w; bundle = 2 and w = 1 + I.
    fn tasks() -> (System, [Sym; 4]) {
        let mut s = System::default();
        let (w, wn) = sym(&mut s, "w", unknown());
        let (i, at) = sym(&mut s, "I", unknown());
        let one = s.dag.constant(1.0);
        let two = s.dag.constant(2.0);
        let stay = s.dag.sub(one, at);
        let home = s.dag.mul(stay, wn);
        let cost = s.dag.add(home, at);
        let (bundle, bundle_node) = sym(&mut s, "bundle", Role::Definition(cost));
        let ratio = s.dag.div(bundle_node, wn);
        let (bill, bill_node) = sym(&mut s, "bill", Role::Definition(ratio));
        let other = s.dag.mul(wn, bill_node);
        s.alternatives.insert(bundle, other);
        equation(&mut s, bundle_node, two, Some(w));
        let rising = s.dag.add(one, at);
        equation(&mut s, wn, rising, Some(i));
        (s, [w, i, bundle, bill])
    }

    #[test]
    fn a_given_unknown_takes_its_condition_along() {
        let (s, [w, i, ..]) = tasks();
        let c = conditional(&s, &[i]).expect("square");
        assert_eq!(c.set_aside, vec![(1, i)]);
        assert_eq!(c.system.equations.len(), 1);
        assert_eq!(c.system.unknowns().collect::<Vec<_>>(), vec![w]);
    }

    #[test]
    fn a_given_definition_is_used_by_name() {
        let (s, [w, _, bundle, bill]) = tasks();
        let c = conditional(&s, &[bill]).expect("square");
        assert_eq!(c.independent, vec![bill]);
        let Role::Definition(node) = c.system.info(bundle).role else { panic!("a definition still") };
        assert_eq!(c.system.dag.symbols(&[node]), vec![w, bill]);
        // Without the bill given the bundle keeps its own definition.
        let c = conditional(&s, &[w]).expect("square");
        assert_eq!(c.system.info(bundle).role, s.info(bundle).role);
    }

    #[test]
    fn what_has_no_partner_or_leaves_a_hole_is_named() {
        let (mut s, [w, i, ..]) = tasks();
        s.equations[1].partner = None;
        let error = conditional(&s, &[i]).expect_err("no partner");
        assert_eq!((error.code, error.title.contains("`I`")), ("A050", true));
        s.equations[1].partner = Some(w);
        s.equations[0].partner = Some(i);
        let (one, two) = (s.dag.constant(1.0), s.dag.constant(2.0));
        s.equations[1] = Equation { left: one, right: two, ..s.equations[1].clone() };
        let error = conditional(&s, &[i]).expect_err("w is undetermined");
        assert_eq!((error.code, error.title.contains("determines `w`")), ("A051", true));
    }
}
