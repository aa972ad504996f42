//! The system compiled for the solver: tape, Jacobian plan, pairing of equations and unknowns.

use super::SolveError;
use super::jacobian::Plan;
use super::relative::Relative;
use super::tape::{Code, NONE, Tape};
use super::whole::Whole;
use crate::expr::{NodeId, Sym};
use crate::system::{Condition, Quantity, Role, SymInfo, System};
use std::ops::Range;
use std::sync::Arc;

/// What an unknown is to the solver, by the condition that it is paired with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Price,
    Activity,
    Margin,
    Other,
}

#[derive(Clone, Debug)]
pub struct Unknown {
    pub sym: Sym,
    pub slot: u32,
    pub lower: f64,
    pub upper: f64,
    pub start: Option<f64>,
    pub kind: Kind,
    pub name: String,
    /// The complementary equation paired with it.
    pub equation: Option<usize>,
    /// Where a margin keeps what its own digits do not hold.
    pub low: Option<u32>,
}

/// Numbers of instructions and of entries of the Jacobian's matrix, and the most entries in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub instructions: usize,
    pub entries: usize,
    pub longest_row: usize,
}

#[derive(Clone, Debug)]
pub struct Relation {
    pub name: String,
    /// Its number among the system's equations.
    pub number: usize,
    pub condition: Condition,
    /// The paired unknown, where the pair is complementary.
    pub partner: Option<usize>,
    /// Whether the left side depends on parameters only.
    pub given: bool,
    /// Where a side is a sum, its terms, for the scale of a residual.
    left_terms: Range<u32>,
    right_terms: Range<u32>,
}

/// A system ready to be solved at any values of its parameters.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) tape: Tape,
    pub(crate) plan: Plan,
    pub(crate) unknowns: Vec<Unknown>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) parameters: Vec<(Sym, u32)>,
    pub(crate) anchors: Vec<Sym>,
    pub(crate) outputs: usize,
    /// Output numbers of supply, use, price and scale of the market set aside.
    pub(crate) set_aside: Option<[u32; 4]>,
    /// Slots of exports, payment and scale.
    pub(crate) outside: Vec<[u32; 3]>,
    /// By equation: the entry of its own partner.
    pub(crate) diagonal: Vec<u32>,
    /// What the determinant of the plan's matrix is multiplied by to give that of the Jacobian with every equation in the row of its own partner;
    /// 0 where the pairing is none of all with all.
    pub(crate) orientation: f64,
    /// Whether theory does not exclude that there are several equilibria: paths then guard the branch that they are on.
    pub(crate) several: bool,
    pub(crate) bounds: Vec<Sym>,
    /// Net flows, and the instruction that adds each up: what rounding leaves of large flows that cancel is none.
    pub(crate) nets: Vec<(Sym, usize)>,
    /// The same economy in relative prices, where none are given.
    pub(crate) relative: Option<Arc<Relative>>,
    /// The same economy with all its markets, where one is set aside.
    pub(crate) whole: Option<Arc<Whole>>,
}

impl Problem {
    /// Compiles a system; `outputs` are further expressions to be evaluated at each solution.
    ///
    /// # Errors
    /// A definition in terms of itself; more equations than unknowns, or fewer.
    pub fn new(system: &System, outputs: &[NodeId]) -> Result<Problem, SolveError> {
        let mut problem = Problem::plain(system, outputs)?;
        problem.relative = Relative::new(system)?.map(Arc::new);
        problem.whole = Whole::new(system, outputs).map(Arc::new);
        Ok(problem)
    }

    /// [`Problem::new`] without the economy in relative prices.
    pub(crate) fn plain(system: &System, outputs: &[NodeId]) -> Result<Problem, SolveError> {
        let mut roots = outputs.to_vec();
        if let Some(aside) = &system.set_aside {
            roots.extend([aside.equation.left, aside.equation.right, aside.price, aside.scale]);
        }
        for balance in &system.outside_balances {
            roots.extend([balance.exports, balance.payment, balance.scale]);
        }
        let mut tape = Tape::new(system, &roots)?;
        let mut unknowns: Vec<Unknown> = Vec::new();
        let mut position = vec![NONE; system.syms.len()];
        // In the order of their names, so that neither the order of declarations nor what else is asked for decides what is found.
        let mut named: Vec<Sym> = system.unknowns().collect();
        named.sort_by(|a, b| system.info(*a).name.cmp(&system.info(*b).name));
        let mut order: Vec<usize> = (0..system.equations.len()).collect();
        order.sort_by(|a, b| system.equations[*a].name.cmp(&system.equations[*b].name).then(a.cmp(b)));
        tape.sides = order.iter().map(|i| tape.sides[*i]).collect();
        for sym in named {
            if let Role::Unknown { lower, upper, start } = system.info(sym).role {
                position[sym.index()] = unknowns.len() as u32;
                let slot = tape.slot_of[sym.index()];
                let name = system.info(sym).name.clone();
                let low = tape.lows.get(&sym).copied();
                unknowns.push(Unknown { sym, slot, lower, upper, start, kind: Kind::Other, name, equation: None, low });
            }
        }
        if unknowns.len() != system.equations.len() {
            return Err(SolveError::NotSquare { equations: system.equations.len(), unknowns: unknowns.len() });
        }
        let mut moves = vec![false; tape.block.slots];
        for (number, op) in tape.block.ops.iter().enumerate() {
            moves[op.out as usize] = number >= tape.fixed;
        }
        unknowns.iter().for_each(|u| moves[u.slot as usize] = true);
        let terms = terms(&tape);
        let mut relations = Vec::with_capacity(system.equations.len());
        for (i, number) in order.iter().copied().enumerate() {
            let equation = &system.equations[number];
            let partner = equation.partner.map(|s| position[s.index()]).filter(|k| *k != NONE).map(|k| k as usize);
            let mut paired = None;
            if let Some(k) = partner {
                let unknown = &mut unknowns[k];
                if unknown.kind == Kind::Other {
                    unknown.kind = kind(equation.condition);
                }
                let bounded = unknown.lower > f64::NEG_INFINITY || unknown.upper < f64::INFINITY;
                if equation.complementary && bounded && unknown.equation.is_none() {
                    unknown.equation = Some(i);
                    paired = Some(k);
                }
            }
            relations.push(Relation {
                name: equation.name.clone(),
                number,
                condition: equation.condition,
                partner: paired,
                given: !moves[tape.sides[i].0 as usize],
                left_terms: terms(tape.sides[i].0),
                right_terms: terms(tape.sides[i].1),
            });
        }
        let slots: Vec<u32> = unknowns.iter().map(|u| u.slot).collect();
        let partners: Vec<Option<usize>> = relations.iter().map(|r| r.partner).collect();
        let plan = Plan::new(&tape, &slots, &partners);
        let diagonal = diagonal(&plan, &partners);
        // In the order of the rows.
        let pairs = order.iter().map(|n| system.equations[*n].partner.map(|s| position[s.index()]).filter(|k| *k != NONE).map(|k| k as usize));
        let orientation = orientation(&pairs.collect::<Vec<_>>(), plan.size() - relations.len());
        let parameters = system.parameters().map(|s| (s, tape.slot_of[s.index()])).collect();
        let bounds = system.syms.iter().enumerate().filter(|(_, s)| s.role == Role::Bound).map(|(i, _)| Sym(i as u32)).collect();
        let sums: rustc_hash::FxHashMap<u32, usize> =
            tape.block.ops.iter().enumerate().filter(|(_, op)| matches!(op.code, Code::Sum)).map(|(n, op)| (op.out, n)).collect();
        let net = |(i, s): (usize, &SymInfo)| {
            let sum = sums.get(tape.slot_of.get(i)?)?;
            (s.quantity == Quantity::NetFlow).then_some((Sym(i as u32), *sum))
        };
        let nets = system.syms.iter().enumerate().filter_map(net).collect();
        let mut extra = tape.outputs[outputs.len()..].iter().copied();
        let mut next = || extra.next().unwrap_or(0);
        let set_aside = system.set_aside.as_ref().map(|_| [next(), next(), next(), next()]);
        let outside = system.outside_balances.iter().map(|_| [next(), next(), next()]).collect();
        Ok(Problem {
            plan,
            unknowns,
            relations,
            parameters,
            anchors: system.anchors.clone(),
            outputs: outputs.len(),
            set_aside,
            outside,
            diagonal,
            orientation,
            several: false,
            bounds,
            nets,
            relative: None,
            whole: None,
            tape,
        })
    }

    /// Makes the solver heed that there may be several equilibria: it follows a branch step by step.
    pub fn may_have_several(&mut self) {
        self.several = true;
    }

    /// Whether the solver heeds that there may be several equilibria.
    pub fn several(&self) -> bool {
        self.several
    }

    /// The unknowns, in the order of the solver.
    pub fn unknowns(&self) -> impl Iterator<Item = Sym> + '_ {
        self.unknowns.iter().map(|u| u.sym)
    }

    /// How large the compiled problem is: what grows faster than the model is seen here before it is felt.
    pub fn size(&self) -> Size {
        let rows = self.plan.starts.windows(2).map(|w| w[1] - w[0]);
        Size { instructions: self.tape.block.ops.len(), entries: self.plan.entries.len(), longest_row: rows.max().unwrap_or(0) }
    }

    /// Name of an equation by its number in the system.
    pub fn equation_name(&self, equation: usize) -> &str {
        self.relations.iter().find(|r| r.number == equation).map_or("", |r| r.name.as_str())
    }
}

impl Relation {
    /// A size for the residual `left − right`: the largest side or term.
    pub fn scale<const N: usize>(&self, tape: &Tape, values: &[[f64; N]], lane: usize, left: f64, right: f64) -> f64 {
        let mut size = left.abs().max(right.abs());
        for range in [&self.left_terms, &self.right_terms] {
            for k in range.clone() {
                size = size.max(values[tape.block.args[k as usize] as usize][lane].abs());
            }
        }
        size.max(1e-10)
    }
}

/// The sign of the permutation that takes equations to their partners; each extra row contributes a factor of −1. 0 where it is no permutation.
fn orientation(partner: &[Option<usize>], extra: usize) -> f64 {
    let mut seen = vec![false; partner.len()];
    let mut odd = extra % 2 == 1;
    for first in 0..partner.len() {
        let (mut at, mut length) = (first, 0);
        while !seen[at] {
            seen[at] = true;
            length += 1;
            match partner[at] {
                Some(next) if next < partner.len() => at = next,
                _ => return 0.0,
            }
        }
        if length > 0 && at != first {
            return 0.0;
        }
        odd ^= length > 0 && length % 2 == 0;
    }
    if odd { -1.0 } else { 1.0 }
}

/// Where a slot holds a sum, the range of its terms.
fn terms(tape: &Tape) -> impl Fn(u32) -> Range<u32> + use<> {
    let mut ranges = vec![0..0; tape.block.slots];
    for op in tape.block.ops.iter().filter(|op| op.code == Code::Sum) {
        ranges[op.out as usize] = op.first..op.first + op.len;
    }
    move |slot| ranges[slot as usize].clone()
}

/// By equation: the entry of its own partner.
fn diagonal(plan: &Plan, partners: &[Option<usize>]) -> Vec<u32> {
    let entry = |i: usize, own: Option<usize>| {
        let found = plan.row(i).iter().position(|e| Some(e.col as usize) == own);
        found.map_or(NONE, |at| (plan.starts[i] + at) as u32)
    };
    partners.iter().enumerate().map(|(i, own)| entry(i, *own)).collect()
}

fn kind(condition: Condition) -> Kind {
    match condition {
        Condition::ZeroProfit => Kind::Activity,
        // A numeraire's partner is the price of the market set aside.
        Condition::Market | Condition::Numeraire => Kind::Price,
        Condition::Margin | Condition::Parity => Kind::Margin,
        Condition::Income | Condition::User => Kind::Other,
    }
}

/// Parameter values by symbol, as the system declares them; NaN elsewhere.
pub fn declared(system: &System) -> Vec<f64> {
    system
        .syms
        .iter()
        .map(|s| match s.role {
            Role::Parameter(value) => value,
            _ => f64::NAN,
        })
        .collect()
}
