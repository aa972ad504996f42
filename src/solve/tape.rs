//! The system as one flat list of instructions in evaluation order: definitions inlined, each computed once.
//!
//! A slot holds a value: a symbol's, a constant's, or an instruction's result. Instructions that no unknown reaches come first (once a set of
//! parameters), then those that the equations need (once an iteration), then the rest (once a solution).

use super::SolveError;
use crate::expr::{Cmp, Dag, Func, Node, NodeId, Sym, TablePart, eval::dependents};
use crate::system::{Condition, Role, System};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// No index.
pub const NONE: u32 = u32::MAX;

/// What an instruction computes from its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// With the arguments' signs.
    Sum,
    Prod,
    Div,
    Pow,
    Exp,
    Ln,
    Sqrt,
    Abs,
    Sign,
    Min,
    Max,
    /// Arguments: σ, weights, prices.
    Ces,
    /// Arguments: x, knots.
    Table {
        smooth: bool,
        part: TablePart,
    },
    /// Arguments: the upper limit, then what the body takes from outside.
    Quad(u32),
    /// Arguments: a, b, then, otherwise.
    Select(Cmp),
}

#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub code: Code,
    /// Its arguments, and their partial derivatives, are `first..first + len`.
    pub first: u32,
    pub len: u32,
    pub out: u32,
    /// Index of its choice of branch, or [`NONE`].
    pub branch: u32,
}

impl Op {
    pub fn range(&self) -> Range<usize> {
        self.first as usize..(self.first + self.len) as usize
    }
}

/// A list of instructions over slots.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub ops: Vec<Op>,
    pub args: Vec<u32>,
    /// −1 for a subtracted term of a sum, else 1.
    pub signs: Vec<f64>,
    /// Whether the partial derivative in that argument is wanted at every iteration.
    pub wanted: Vec<bool>,
    pub constants: Vec<(u32, f64)>,
    pub slots: usize,
    pub branches: usize,
    pub quads: Vec<Quad>,
}

/// The body of a quadrature: slot 0 is its variable, then what it takes from outside.
#[derive(Clone, Debug)]
pub struct Quad {
    pub block: Block,
    pub result: u32,
}

/// The compiled system.
#[derive(Clone, Debug)]
pub struct Tape {
    pub block: Block,
    /// `ops[..fixed]` see parameters only, `ops[fixed..main]` are needed by the equations, the rest by definitions and outputs.
    pub fixed: usize,
    pub main: usize,
    /// Slot of each symbol of the system.
    pub slot_of: Vec<u32>,
    /// Left and right side of each equation.
    pub sides: Vec<(u32, u32)>,
    pub outputs: Vec<u32>,
    /// Slots of what rounding left of a margin, by its symbol: `1 − I` keeps its digits where nearly all tasks are abroad.
    pub lows: FxHashMap<Sym, u32>,
}

impl Tape {
    /// Compiles equations, definitions and further nodes.
    ///
    /// # Errors
    /// A definition that depends on itself.
    pub fn new(system: &System, outputs: &[NodeId]) -> Result<Tape, SolveError> {
        let mut builder = Builder::new(&system.dag, Some(system));
        for equation in system.equations.iter().filter(|e| e.condition == Condition::Margin) {
            if let Some(margin) = equation.partner {
                let slot = builder.fresh();
                builder.block.constants.push((slot, 0.0));
                builder.lows.insert(margin, slot);
            }
        }
        let mut sides = Vec::with_capacity(system.equations.len());
        for equation in &system.equations {
            sides.push((builder.slot(equation.left)?, builder.slot(equation.right)?));
        }
        for (_, node) in system.definitions() {
            builder.slot(node)?;
        }
        let mut output_slots = Vec::with_capacity(outputs.len());
        for node in outputs {
            output_slots.push(builder.slot(*node)?);
        }
        let mut slot_of = Vec::with_capacity(system.syms.len());
        for (k, info) in system.syms.iter().enumerate() {
            slot_of.push(match info.role {
                Role::Definition(node) => builder.slot(node)?,
                _ => builder.leaf(Sym(k as u32)),
            });
        }
        let unknown_slots: Vec<u32> = system.unknowns().map(|s| slot_of[s.index()]).collect();
        let kept: Vec<u32> = slot_of.iter().chain(&output_slots).copied().collect();
        let lows = builder.lows;
        let (block, [fixed, main]) = arrange(builder.block, &unknown_slots, &sides, &kept);
        Ok(Tape { block, fixed, main, slot_of, sides, outputs: output_slots, lows })
    }
}

/// Sorts instructions into parameters-only, needed by the equations, and the rest (what is of no use is dropped);
/// marks the partial derivatives that Newton's method needs.
fn arrange(mut block: Block, unknown_slots: &[u32], sides: &[(u32, u32)], kept: &[u32]) -> (Block, [usize; 2]) {
    let mut moves = vec![false; block.slots];
    for s in unknown_slots {
        moves[*s as usize] = true;
    }
    for op in &block.ops {
        let mut hit = false;
        for k in op.range() {
            block.wanted[k] = moves[block.args[k] as usize];
            hit |= block.wanted[k];
        }
        moves[op.out as usize] = hit;
    }
    let needed_for = |slots: &mut dyn Iterator<Item = u32>| {
        let mut needed = vec![false; block.slots];
        slots.for_each(|s| needed[s as usize] = true);
        for op in block.ops.iter().rev() {
            if needed[op.out as usize] {
                for k in op.range() {
                    needed[block.args[k] as usize] = true;
                }
            }
        }
        needed
    };
    let needed = needed_for(&mut sides.iter().flat_map(|(l, r)| [*l, *r]));
    let useful = needed_for(&mut sides.iter().flat_map(|(l, r)| [*l, *r]).chain(kept.iter().copied()));
    let class = |op: &Op| {
        if !moves[op.out as usize] {
            0
        } else if needed[op.out as usize] {
            1
        } else {
            2
        }
    };
    let mut sorted: Vec<Op> = block.ops.iter().filter(|op| useful[op.out as usize]).copied().collect();
    sorted.sort_by_key(class);
    let ends = [0, 1].map(|last| sorted.partition_point(|op| class(op) <= last));
    block.ops = sorted;
    (block, ends)
}

struct Builder<'a> {
    dag: &'a Dag,
    system: Option<&'a System>,
    block: Block,
    slot_of: FxHashMap<NodeId, u32>,
    leaves: FxHashMap<Sym, u32>,
    lows: FxHashMap<Sym, u32>,
}

impl<'a> Builder<'a> {
    fn new(dag: &'a Dag, system: Option<&'a System>) -> Self {
        Builder { dag, system, block: Block::default(), slot_of: FxHashMap::default(), leaves: FxHashMap::default(), lows: FxHashMap::default() }
    }

    fn fresh(&mut self) -> u32 {
        self.block.slots += 1;
        self.block.slots as u32 - 1
    }

    fn leaf(&mut self, sym: Sym) -> u32 {
        match self.leaves.get(&sym) {
            Some(&slot) => slot,
            None => {
                let slot = self.fresh();
                self.leaves.insert(sym, slot);
                slot
            }
        }
    }

    fn definition(&self, node: NodeId) -> Option<NodeId> {
        match self.dag.node(node) {
            Node::Sym(s) => self.system.and_then(|system| match system.syms.get(s.index()).map(|i| &i.role) {
                Some(Role::Definition(body)) => Some(*body),
                _ => None,
            }),
            _ => None,
        }
    }

    /// The slot of a node, compiled with all that it needs; no recursion on depth.
    fn slot(&mut self, root: NodeId) -> Result<u32, SolveError> {
        let mut stack = vec![(root, false)];
        let mut open: FxHashMap<NodeId, ()> = FxHashMap::default();
        while let Some((node, ready)) = stack.pop() {
            if self.slot_of.contains_key(&node) {
                continue;
            }
            if ready {
                let slot = self.emit(node)?;
                self.slot_of.insert(node, slot);
                open.remove(&node);
                continue;
            }
            if open.insert(node, ()).is_some() {
                let name = match (self.dag.node(node), self.system) {
                    (Node::Sym(s), Some(system)) => system.syms.get(s.index()).map(|i| i.name.clone()),
                    _ => None,
                };
                return Err(SolveError::Cycle { name: name.unwrap_or_default() });
            }
            stack.push((node, true));
            let at = stack.len();
            match self.definition(node) {
                Some(body) => stack.push((body, false)),
                None => self.outside(node).into_iter().for_each(|c| stack.push((c, false))),
            }
            stack[at..].reverse();
        }
        self.slot_of.get(&root).copied().ok_or(SolveError::Cycle { name: String::new() })
    }

    /// The nodes whose values an instruction for `node` takes: its children, for a quadrature the limit and what its body takes from outside.
    fn outside(&self, node: NodeId) -> Vec<NodeId> {
        let mut children = Vec::new();
        match self.dag.node(node) {
            Node::Quad { var, body, upper } => {
                children.push(*upper);
                children.extend(self.captured(*var, *body));
            }
            other => other.for_children(|c| children.push(c)),
        }
        children
    }

    /// Free nodes on the border of a body's part that depends on its variable.
    fn captured(&self, var: Sym, body: NodeId) -> Vec<NodeId> {
        let inner = dependents(self.dag, body, var);
        let mut out = Vec::new();
        let mut take = |c: NodeId| {
            if inner.binary_search(&c).is_err() && self.dag.as_const(c).is_none() && !out.contains(&c) {
                out.push(c);
            }
        };
        for id in &inner {
            match self.dag.node(*id) {
                Node::Quad { var, body, upper } => {
                    // What the nested body takes from outside itself: its own variable is bound there.
                    take(*upper);
                    let nested = dependents(self.dag, *body, *var);
                    for n in &nested {
                        self.dag.node(*n).for_children(|c| {
                            if nested.binary_search(&c).is_err() {
                                take(c);
                            }
                        });
                    }
                    if nested.is_empty() {
                        take(*body);
                    }
                }
                other => other.for_children(&mut take),
            }
        }
        if inner.is_empty() {
            take(body);
        }
        out
    }

    fn push(&mut self, code: Code, args: &[(u32, f64)]) -> u32 {
        let first = self.block.args.len() as u32;
        for (arg, sign) in args {
            self.block.args.push(*arg);
            self.block.signs.push(*sign);
            self.block.wanted.push(true);
        }
        let branching = matches!(code, Code::Min | Code::Max | Code::Abs | Code::Sign | Code::Select(_) | Code::Table { .. });
        let branch = if branching {
            self.block.branches += 1;
            self.block.branches as u32 - 1
        } else {
            NONE
        };
        let out = self.fresh();
        self.block.ops.push(Op { code, first, len: args.len() as u32, out, branch });
        out
    }

    fn emit(&mut self, node: NodeId) -> Result<u32, SolveError> {
        if let Some(body) = self.definition(node) {
            return self.slot_of.get(&body).copied().ok_or(SolveError::Cycle { name: String::new() });
        }
        let children = self.outside(node);
        let mut args: Vec<(u32, f64)> = Vec::with_capacity(children.len());
        for c in &children {
            let slot = self.slot_of.get(c).copied().ok_or(SolveError::Cycle { name: String::new() })?;
            args.push((slot, 1.0));
        }
        let code = match self.dag.node(node) {
            Node::Const(r) => {
                let slot = self.fresh();
                self.block.constants.push((slot, r.0));
                return Ok(slot);
            }
            Node::Sym(s) => return Ok(self.leaf(*s)),
            Node::Sum(xs) => {
                // A negated term is taken from under its sign.
                for (arg, x) in args.iter_mut().zip(xs.iter()) {
                    if let Node::Neg(inner) = self.dag.node(*x)
                        && let Some(slot) = self.slot_of.get(inner)
                    {
                        *arg = (*slot, -1.0);
                    }
                }
                for x in xs.iter() {
                    let (inner, sign) = match self.dag.node(*x) {
                        Node::Neg(inner) => (*inner, -1.0),
                        _ => (*x, 1.0),
                    };
                    if let Node::Sym(s) = self.dag.node(inner)
                        && let Some(low) = self.lows.get(s)
                    {
                        args.push((*low, sign));
                    }
                }
                Code::Sum
            }
            Node::Neg(_) => {
                args[0].1 = -1.0;
                Code::Sum
            }
            Node::Prod(_) => Code::Prod,
            Node::Div(..) => Code::Div,
            Node::Pow(..) => Code::Pow,
            Node::Func(f, _) => match f {
                Func::Exp => Code::Exp,
                Func::Ln => Code::Ln,
                Func::Sqrt => Code::Sqrt,
                Func::Abs => Code::Abs,
                Func::Sign => Code::Sign,
            },
            Node::Min(_) => Code::Min,
            Node::Max(_) => Code::Max,
            Node::Ces { .. } => Code::Ces,
            Node::Table { smooth, part, .. } => Code::Table { smooth: *smooth, part: *part },
            Node::Quad { var, body, .. } => {
                let quad = self.quad(*var, *body)?;
                self.block.quads.push(quad);
                Code::Quad(self.block.quads.len() as u32 - 1)
            }
            Node::Select { cmp, .. } => Code::Select(*cmp),
        };
        Ok(self.push(code, &args))
    }

    fn quad(&self, var: Sym, body: NodeId) -> Result<Quad, SolveError> {
        // The inner block meets no definitions: they stand outside and are taken as values.
        let mut inner = Builder::new(self.dag, None);
        inner.leaf(var);
        for c in self.captured(var, body) {
            let slot = inner.fresh();
            inner.slot_of.insert(c, slot);
        }
        let result = inner.slot(body)?;
        Ok(Quad { block: inner.block, result })
    }
}
