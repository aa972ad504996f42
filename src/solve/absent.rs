//! What a country has none of: a factor that is not endowed has no price, and what needs it is not made.
//!
//! The price counts as infinite. In place of a number its power is carried through the instructions, as of X where X grows without bound: a nest whose
//! elasticity is at most 1 costs infinitely much with such an input, one of a larger elasticity does without it, and with what goes into that input
//! only; an industry of infinite cost is idle; tasks whose home work is not to be had are all done abroad. The pairs that this settles stay where they
//! are put, and their conditions are met by it; what vanishes is 0.

use super::engine::{Engine, Residual};
use super::kernel::{Want, Work};
use super::problem::{Kind, Problem};
use super::tape::{Code, Op};
use super::{Position, Solution};
use crate::expr::Sym;
use crate::system::Condition;

/// Powers nearer to 0 are none.
const SMALL: f64 = 1e-12;

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

    /// Whether an unknown is the price of what there is none of.
    pub fn is_price(&self, problem: &Problem, k: usize) -> bool {
        problem.unknowns[k].kind == Kind::Price && self.settled.iter().any(|s| s.0 == k)
    }

    /// Whether parameters that move (slot, rate) bring something to a market of which nothing is supplied.
    pub fn is_opened(&self, work: &mut Work<1>, problem: &Problem, seeds: &[(u32, f64)]) -> bool {
        if self.closed.is_empty() {
            return false;
        }
        let mut slots = vec![0.0; problem.tape.block.slots];
        seeds.iter().for_each(|(slot, rate)| slots[*slot as usize] = *rate);
        work.tangent(&problem.tape.block, 0..problem.tape.fixed, 0, &mut slots);
        self.closed.iter().any(|i| slots[problem.tape.sides[*i].0 as usize] != 0.0)
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
    engine.work.nothing.clear();
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
    let Search { settled, power, masks, .. } = search;
    engine.work.masks = masks;
    engine.work.nothing = if power.iter().any(|p| *p < 0.0) { power.iter().map(|p| *p < 0.0).collect() } else { Vec::new() };
    let equations = settled.iter().filter_map(|(k, _)| problem.unknowns[*k].equation).collect();
    // What is counted in such a price has no meaning either.
    let block = &problem.tape.block;
    let per_price = |op: &&Op| op.code == Code::Div && block.args[op.range()].get(1).is_some_and(|a| power[*a as usize] > 0.0);
    let mut meaningless: Vec<u32> = block.ops.iter().filter(per_price).map(|op| op.out).collect();
    meaningless.extend((0..power.len() as u32).filter(|s| power[*s as usize] > 0.0));
    meaningless.sort_unstable();
    meaningless.dedup();
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

/// Whether with the first unit of a parameter that is 0 there begins to be what there is none of at a solution.
pub fn begins(problem: &Problem, solution: &Solution, parameter: Sym) -> bool {
    let mut engine = Engine::new(problem);
    engine.set_parameters_for(&solution.values, Want::All);
    let Some((_, slot)) = problem.parameters.iter().find(|p| p.0 == parameter) else { return false };
    engine.absent.is_opened(&mut engine.work, problem, &[(*slot, 1.0)])
}

struct Search<'a> {
    problem: &'a Problem,
    work: Work<1>,
    settled: Vec<(usize, Position)>,
    /// By slot: the power of an infinite price in it; 0 of what is finite.
    power: Vec<f64>,
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
        let mut search = Search { problem, work: engine.work.clone(), settled: Vec::new(), power: vec![0.0; block.slots], known, masks: Vec::new() };
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
            self.power[unknown.slot as usize] = 1.0;
        } else {
            self.known[unknown.slot as usize] = true;
            if let Some(low) = unknown.low {
                self.known[low as usize] = true;
                self.work.values[low as usize] = [0.0];
            }
            self.work.values[unknown.slot as usize] = [if position == Position::Upper { unknown.upper } else { unknown.lower }];
        }
        true
    }

    fn run(&mut self, goods: bool) {
        loop {
            self.carry();
            // Work abroad that is not to be had, or work at home: what costs infinitely much is known only once tasks have their place.
            let tasks = self.pass(&|search, i, left, right| match search.problem.relations[i].condition {
                Condition::Margin if left => Some(Position::Lower),
                Condition::Margin if right => Some(Position::Upper),
                _ => None,
            });
            let made = |search: &Self, i: usize, left: bool, _: bool| {
                let supplied = search.problem.tape.sides[i].0 as usize;
                let none = search.known[supplied] && search.work.values[supplied][0] == 0.0;
                match search.problem.relations[i].condition {
                    Condition::ZeroProfit if left => Some(Position::Lower),
                    // Nobody can make it.
                    Condition::Market if goods && none => Some(Position::Lower),
                    _ => None,
                }
            };
            if !tasks && !self.pass(&made) {
                return;
            }
        }
    }

    /// Settles each condition that `place` has a place for, told which of its sides are infinite; whether there was one.
    fn pass(&mut self, place: &dyn Fn(&Self, usize, bool, bool) -> Option<Position>) -> bool {
        let mut moved = false;
        for i in 0..self.problem.relations.len() {
            let (l, r) = self.problem.tape.sides[i];
            if let Some(position) = place(self, i, self.is_infinite(l), self.is_infinite(r)) {
                moved |= self.settle(i, position);
            }
        }
        moved
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
                self.power[op.out as usize] = 0.0;
                continue;
            }
            let power = self.power_of(op, args);
            self.power[op.out as usize] = if power.abs() > SMALL { power } else { 0.0 };
            if power < -SMALL {
                self.known[op.out as usize] = true;
                self.work.values[op.out as usize] = [0.0];
            }
        }
    }

    fn is_infinite(&self, slot: u32) -> bool {
        self.power[slot as usize] > 0.0
    }

    fn power_of(&mut self, op: &Op, args: &[u32]) -> f64 {
        let at = |s: &Self, k: usize| args.get(k).map_or(0.0, |a| s.power[*a as usize]);
        let value = |s: &Self, k: usize| args.get(k).map_or(0.0, |a| s.work.values[*a as usize][0]);
        let powers = args.iter().map(|a| self.power[*a as usize]);
        match op.code {
            // What is 0 besides has no power, and neither has a sum of nothing else.
            Code::Sum => {
                let nothing = |a: &&u32| self.known[**a as usize] && self.work.values[**a as usize][0] == 0.0 && self.power[**a as usize] == 0.0;
                args.iter().filter(|a| !nothing(a)).map(|a| self.power[*a as usize]).reduce(f64::max).unwrap_or(0.0)
            }
            Code::Prod => powers.sum(),
            Code::Div => at(self, 0) - at(self, 1),
            Code::Pow => at(self, 0) * args.get(1).map_or(1.0, |_| value(self, 1)),
            Code::Ces => {
                let inputs = args.len().saturating_sub(1) / 2;
                let sigma = value(self, 0);
                let used: Vec<usize> = (0..inputs).filter(|k| value(self, 1 + k) != 0.0).collect();
                let price = |s: &Self, k: usize| at(s, 1 + inputs + k);
                let lacking: Vec<usize> = used.iter().copied().filter(|k| price(self, *k) > 0.0).collect();
                if sigma > 1.0 && lacking.len() < used.len() {
                    self.masks.extend(lacking.iter().map(|k| op.first + 1 + *k as u32));
                    return 0.0;
                }
                // A nest that uses nothing costs nothing: no power.
                let prices = used.iter().map(|k| price(self, *k));
                if sigma > 1.0 {
                    prices.reduce(f64::min).unwrap_or(0.0)
                } else if sigma == 1.0 {
                    used.iter().map(|k| value(self, 1 + k) * price(self, *k)).sum()
                } else {
                    prices.fold(0.0, f64::max)
                }
            }
            _ => powers.fold(0.0, f64::max),
        }
    }

    /// Whether a market that is left asks for something of infinite worth: a household's good that nobody can make.
    fn needed(&self) -> bool {
        self.problem.relations.iter().enumerate().any(|(i, relation)| {
            let (l, r) = self.problem.tape.sides[i];
            let settled = relation.partner.is_some_and(|k| self.settled.iter().any(|s| s.0 == k));
            !settled && (self.is_infinite(r) || self.is_infinite(l))
        }) || self.problem.unknowns.iter().enumerate().any(|(k, u)| {
            // A good without makers that is asked for all the same.
            let Some(i) = u.equation.filter(|i| u.kind == Kind::Price && !self.problem.relations[*i].given) else { return false };
            self.settled.iter().any(|s| s.0 == k) && {
                let used = self.problem.tape.sides[i].1;
                self.is_infinite(used) && !self.known[used as usize]
            }
        })
    }
}
