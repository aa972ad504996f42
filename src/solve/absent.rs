//! What a country has none of: a factor that is not endowed has no price, and what needs it is not made.
//!
//! The price counts as infinite. That is carried through the instructions in place of a number: a nest whose elasticity is at most 1 costs infinitely
//! much with such an input, one of a larger elasticity does without it; an industry of infinite cost is idle; tasks whose home work is not to be had
//! are all done abroad. The pairs that this settles stay where they are put, and their conditions are met by it.

use super::Position;
use super::engine::{Engine, Residual};
use super::kernel::{Want, Work};
use super::problem::{Kind, Problem};
use super::tape::{Code, Op};
use crate::system::Condition;

/// What is settled by what there is none of.
#[derive(Clone, Debug, Default)]
pub struct Absent {
    /// The markets of which nothing is supplied.
    pub closed: Vec<usize>,
    /// Unknowns that are not there to be solved for, by number, with their place.
    pub settled: Vec<(usize, Position)>,
    /// Their equations.
    pub equations: Vec<usize>,
    /// Slots of values that have no meaning.
    pub meaningless: Vec<u32>,
}

impl Absent {
    pub fn is_empty(&self) -> bool {
        self.settled.is_empty()
    }

    /// Puts the settled unknowns in their places.
    pub fn place(&self, problem: &Problem, z: &mut [f64], positions: &mut [Position]) {
        for (k, position) in &self.settled {
            positions[*k] = *position;
            z[*k] = if *position == Position::Upper { problem.unknowns[*k].upper } else { problem.unknowns[*k].lower };
        }
    }

    /// The conditions that are met by it, with room to spare.
    pub fn meet(&self, residuals: &mut [Residual]) {
        for ((_, position), i) in self.settled.iter().zip(&self.equations) {
            residuals[*i] = Residual { value: if *position == Position::Upper { -1.0 } else { 1.0 }, left: 0.0, right: 0.0 };
        }
    }
}

/// What there is none of at the parameters that the engine holds; `masks` of its workspace are set.
pub fn find(engine: &mut Engine) -> Absent {
    let problem = engine.problem;
    engine.work.masks.clear();
    let closed = closed(engine);
    if closed.is_empty() {
        return Absent::default();
    }
    let mut search = Search::new(engine, &closed);
    search.run(true);
    // A household that cannot do without a good that is not made has no equilibrium: the good's price is then left to say so.
    if search.needed() {
        search = Search::new(engine, &closed);
        search.run(false);
    }
    let Search { settled, infinite, masks, .. } = search;
    engine.work.masks = masks;
    let equations = settled.iter().filter_map(|(k, _)| problem.unknowns[*k].equation).collect();
    let meaningless = (0..infinite.len() as u32).filter(|s| infinite[*s as usize]).collect();
    Absent { closed, settled, equations, meaningless }
}

/// The markets whose given supply is zero.
pub fn closed(engine: &Engine) -> Vec<usize> {
    (0..engine.problem.relations.len()).filter(|i| is_closed(engine, *i)).collect()
}

fn is_closed(engine: &Engine, i: usize) -> bool {
    let relation = &engine.problem.relations[i];
    relation.given && relation.condition == Condition::Market && relation.partner.is_some() && engine.value(engine.problem.tape.sides[i].0) == 0.0
}

struct Search<'a> {
    problem: &'a Problem,
    work: Work<1>,
    settled: Vec<(usize, Position)>,
    /// By slot.
    infinite: Vec<bool>,
    /// Values that rest on parameters and settled unknowns alone.
    known: Vec<bool>,
    masks: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(engine: &Engine<'a>, closed: &[usize]) -> Self {
        let problem = engine.problem;
        let block = &problem.tape.block;
        let mut known = vec![false; block.slots];
        block.constants.iter().for_each(|(slot, _)| known[*slot as usize] = true);
        problem.parameters.iter().for_each(|(_, slot)| known[*slot as usize] = true);
        block.ops[..problem.tape.fixed].iter().for_each(|op| known[op.out as usize] = true);
        let mut search =
            Search { problem, work: engine.work.clone(), settled: Vec::new(), infinite: vec![false; block.slots], known, masks: Vec::new() };
        for i in closed {
            search.settle(*i, Position::Lower);
        }
        search
    }

    /// Puts the partner of an equation in its place; a price is infinite there.
    fn settle(&mut self, equation: usize, position: Position) -> bool {
        let Some(k) = self.problem.relations[equation].partner.filter(|k| !self.settled.iter().any(|s| s.0 == *k)) else { return false };
        let unknown = &self.problem.unknowns[k];
        self.settled.push((k, position));
        if unknown.kind == Kind::Price {
            self.infinite[unknown.slot as usize] = true;
        } else {
            self.known[unknown.slot as usize] = true;
            self.work.values[unknown.slot as usize] = [if position == Position::Upper { unknown.upper } else { unknown.lower }];
        }
        true
    }

    fn run(&mut self, goods: bool) {
        loop {
            self.carry();
            let mut moved = false;
            for i in 0..self.problem.relations.len() {
                let relation = &self.problem.relations[i];
                let (l, r) = self.problem.tape.sides[i];
                let (left, right) = (self.infinite[l as usize], self.infinite[r as usize]);
                moved |= match relation.condition {
                    Condition::ZeroProfit if left => self.settle(i, Position::Lower),
                    // Work abroad that is not to be had, or work at home.
                    Condition::Margin if left => self.settle(i, Position::Lower),
                    Condition::Margin if right => self.settle(i, Position::Upper),
                    // Nobody can make it.
                    Condition::Market if goods && self.known[l as usize] && self.work.values[l as usize][0] == 0.0 => self.settle(i, Position::Lower),
                    _ => false,
                };
            }
            if !moved {
                return;
            }
        }
    }

    /// Carries what is infinite, and what is known, through the instructions.
    fn carry(&mut self) {
        let block = &self.problem.tape.block;
        self.masks.clear();
        for op in &block.ops[self.problem.tape.fixed..] {
            let args = &block.args[op.range()];
            if args.iter().all(|a| self.known[*a as usize]) {
                self.work.one(block, op, Want::Values);
                self.known[op.out as usize] = true;
            }
            // Nothing times whatever is nothing.
            let nothing = |s: &Self| op.code == Code::Prod && args.iter().any(|a| s.known[*a as usize] && s.work.values[*a as usize][0] == 0.0);
            if nothing(self) {
                self.known[op.out as usize] = true;
                self.work.values[op.out as usize] = [0.0];
                self.infinite[op.out as usize] = false;
            } else {
                self.infinite[op.out as usize] = self.is_infinite(op, args);
            }
        }
    }

    fn is_infinite(&mut self, op: &Op, args: &[u32]) -> bool {
        let at = |s: &Self, k: usize| args.get(k).is_some_and(|a| s.infinite[*a as usize]);
        match op.code {
            Code::Div => at(self, 0),
            Code::Pow => at(self, 0) && args.get(1).is_none_or(|a| self.work.values[*a as usize][0] > 0.0),
            Code::Ces => {
                let inputs = args.len().saturating_sub(1) / 2;
                let sigma = args.first().map_or(0.0, |a| self.work.values[*a as usize][0]);
                let lacking: Vec<usize> =
                    (0..inputs).filter(|k| at(self, 1 + inputs + k) && self.work.values[args[1 + k] as usize][0] != 0.0).collect();
                if lacking.is_empty() {
                    return false;
                }
                if sigma > 1.0 && lacking.len() < inputs {
                    self.masks.extend(lacking.iter().map(|k| op.first + 1 + *k as u32));
                    return false;
                }
                true
            }
            _ => args.iter().any(|a| self.infinite[*a as usize]),
        }
    }

    /// Whether a market that is left asks for something of infinite worth: a household's good that nobody can make.
    fn needed(&self) -> bool {
        self.problem.relations.iter().enumerate().any(|(i, relation)| {
            let (l, r) = self.problem.tape.sides[i];
            let settled = relation.partner.is_some_and(|k| self.settled.iter().any(|s| s.0 == k));
            !settled && (self.infinite[r as usize] || self.infinite[l as usize])
        }) || self.problem.unknowns.iter().enumerate().any(|(k, u)| {
            // A good without makers that is asked for all the same.
            let Some(i) = u.equation.filter(|i| u.kind == Kind::Price && !self.problem.relations[*i].given) else { return false };
            self.settled.iter().any(|s| s.0 == k) && {
                let used = self.problem.tape.sides[i].1 as usize;
                self.infinite[used] && !self.known[used]
            }
        })
    }
}
