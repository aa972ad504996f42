//! A system by value: both sides of every equation at seeded random points, so that two ways of building it can be compared whatever their
//! expressions look like and however their symbols are numbered.

use super::{Condition, Equation, Quantity, Role, System};
use crate::expr::{NodeId, Sym, eval};

/// How many points a system is taken at.
pub const POINTS: u64 = 3;

/// An equation at the points.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    pub rule: &'static str,
    /// The equation's own name: `zero profit x in Home`.
    pub member: String,
    /// The name of the unknown that it is paired with.
    pub partner: Option<String>,
    pub complementary: bool,
    pub left: Vec<f64>,
    pub right: Vec<f64>,
}

/// A definition at the points.
#[derive(Clone, Debug, PartialEq)]
pub struct Defined {
    pub name: String,
    pub values: Vec<f64>,
}

/// A system by value.
#[derive(Clone, Debug, PartialEq)]
pub struct Dump {
    /// The equations, then the market set aside.
    pub equations: Vec<Sides>,
    pub definitions: Vec<Defined>,
}

/// Takes a system at its points: parameters within 5% of their own values, margins in (0, 1), other unknowns in (0.5, 1.5), each by its name.
pub fn dump(system: &System) -> Dump {
    let points: Vec<Vec<f64>> = (0..POINTS).map(|seed| point(system, seed)).collect();
    let at = |node: NodeId| -> Vec<f64> { points.iter().map(|p| eval::evaluate_one(&system.dag, node, &mut |s| p[s.index()])).collect() };
    let name = |s: Sym| system.info(s).name.clone();
    let sides = |e: &Equation, rule: &'static str| Sides {
        rule,
        member: e.name.clone(),
        partner: e.partner.map(name),
        complementary: e.complementary,
        left: at(e.left),
        right: at(e.right),
    };
    let mut equations: Vec<Sides> = system.equations.iter().map(|e| sides(e, word(e.condition))).collect();
    if let Some(aside) = &system.set_aside {
        equations.push(sides(&aside.equation, "set aside"));
    }
    let definitions = system.definitions().map(|(s, _)| Defined { name: name(s), values: points.iter().map(|p| p[s.index()]).collect() }).collect();
    Dump { equations, definitions }
}

fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::ZeroProfit => "zero profit",
        Condition::Market => "market",
        Condition::Margin => "margin",
        Condition::Parity => "parity",
        Condition::Income => "income",
        Condition::Numeraire => "numeraire",
        Condition::User => "user",
    }
}

/// Values of all symbols at a point, definitions by their expressions.
fn point(system: &System, seed: u64) -> Vec<f64> {
    let mut values: Vec<f64> = system
        .syms
        .iter()
        .map(|info| {
            let u = unit(&info.name, seed);
            match (&info.role, info.quantity) {
                (Role::Parameter(v), _) => v * (0.95 + 0.1 * u),
                (Role::Unknown { .. }, Quantity::Margin) => 0.05 + 0.9 * u,
                (Role::Unknown { .. }, _) => 0.5 + u,
                _ => f64::NAN,
            }
        })
        .collect();
    let mut pending: Vec<(Sym, NodeId)> = system.definitions().collect();
    // Each round settles the definitions whose own are settled; what has no value at the point stays without.
    loop {
        let before = pending.len();
        pending.retain(|&(sym, node)| {
            let v = eval::evaluate_one(&system.dag, node, &mut |s| values[s.index()]);
            values[sym.index()] = v;
            v.is_nan()
        });
        if pending.is_empty() || pending.len() == before {
            return values;
        }
    }
}

/// A number in (0, 1) that follows from a name and a seed alone (FNV-1a, then SplitMix64).
fn unit(name: &str, seed: u64) -> f64 {
    let mut h = name.bytes().fold(0xcbf2_9ce4_8422_2325u64 ^ seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    h = h.wrapping_add(0x9e37_79b9_7f4a_7c15);
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^= h >> 31;
    ((h >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}
