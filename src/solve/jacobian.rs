//! The sparse Jacobian: which derivative feeds which, worked out once; then one multiply-add an entry and iteration.
//!
//! In large systems an intermediate result that many unknowns reach and many equations use gets a row and a column of its own, so that the
//! matrix stays sparse; eliminating those columns gives the Jacobian in the unknowns.

use super::kernel::Work;
use super::tape::{Code, Tape};

/// Systems up to this size are handled dense and without extra columns.
pub const DENSE: usize = 60;
/// In larger systems, a result that depends on more columns than this and is used more than once gets its own.
const WIDE: usize = 6;

/// In systems beyond this size, a result that depends on more columns than [`LONG`] is summed up over several rows: one long row would fill the
/// factors.
const HUGE: usize = 500;
const LONG: usize = 32;

/// Derivative slots 0 and 1 hold 1 and 0.
const ONE: u32 = 0;
const ZERO: u32 = 1;

#[derive(Clone, Copy, Debug)]
struct Step {
    target: u32,
    source: u32,
    partial: u32,
}

/// One entry: derivative slots of the left and of the right side (extra rows use `left` alone).
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub row: u32,
    pub col: u32,
    left: u32,
    right: u32,
}

/// The plan for the Jacobian of a tape's equations in its unknowns.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Equations come first, then one row for each extra column.
    pub rows: usize,
    /// Sorted by row, then column; `starts[i]` is the first of row i.
    pub entries: Vec<Entry>,
    pub starts: Vec<usize>,
    steps: Vec<Step>,
    slots: usize,
}

impl Plan {
    /// `partner[i]` is the column that equation i is paired with: that entry always exists.
    pub fn new(tape: &Tape, unknown_slots: &[u32], partner: &[Option<usize>]) -> Plan {
        let mut maker = Maker::new(tape, unknown_slots);
        maker.run(tape);
        maker.finish(tape, partner)
    }

    /// Derivatives at the point last run with partial derivatives, into `d`.
    pub fn derivatives<const N: usize>(&self, work: &Work<N>, d: &mut Vec<[f64; N]>) {
        d.clear();
        d.resize(self.slots, [0.0; N]);
        d[ONE as usize] = [1.0; N];
        for step in &self.steps {
            let (source, partial) = (d[step.source as usize], work.partials[step.partial as usize]);
            let target = &mut d[step.target as usize];
            for n in 0..N {
                target[n] += source[n] * partial[n];
            }
        }
    }

    /// The value of an entry of point `lane`: `left` and `right` scale the derivatives of the two sides.
    pub fn value<const N: usize>(&self, entry: &Entry, d: &[[f64; N]], lane: usize, left: f64, right: f64) -> f64 {
        left * d[entry.left as usize][lane] - right * d[entry.right as usize][lane]
    }

    pub fn size(&self) -> usize {
        self.rows
    }

    pub fn row(&self, i: usize) -> &[Entry] {
        &self.entries[self.starts[i]..self.starts[i + 1]]
    }
}

struct Maker {
    unknowns: usize,
    columns: usize,
    large: bool,
    uses: Vec<u32>,
    /// By slot: columns that it depends on and the derivative slot of each, sorted by column.
    depends: Vec<Vec<(u32, u32)>>,
    steps: Vec<Step>,
    slots: u32,
    extra: Vec<Entry>,
    one: u32,
}

impl Maker {
    fn new(tape: &Tape, unknown_slots: &[u32]) -> Self {
        let mut depends = vec![Vec::new(); tape.block.slots];
        for (k, slot) in unknown_slots.iter().enumerate() {
            depends[*slot as usize] = vec![(k as u32, ONE)];
        }
        let mut uses = vec![0; tape.block.slots];
        for op in &tape.block.ops[tape.fixed..tape.main] {
            for k in op.range() {
                uses[tape.block.args[k] as usize] += 1;
            }
        }
        for (l, r) in &tape.sides {
            uses[*l as usize] += 1;
            uses[*r as usize] += 1;
        }
        let unknowns = unknown_slots.len();
        Maker {
            unknowns,
            columns: unknowns,
            large: unknowns > DENSE,
            uses,
            depends,
            steps: Vec::new(),
            slots: 2,
            extra: Vec::new(),
            one: tape.block.args.len() as u32,
        }
    }

    fn run(&mut self, tape: &Tape) {
        let block = &tape.block;
        let mut merged: Vec<(u32, u32, u32)> = Vec::new();
        for op in &block.ops[tape.fixed..tape.main] {
            merged.clear();
            for k in op.range() {
                if !block.wanted[k] || matches!(op.code, Code::Select(_)) && k < op.range().start + 2 {
                    continue;
                }
                let partial = match op.code {
                    Code::Sum if block.signs[k] < 0.0 => self.one + 1,
                    Code::Sum => self.one,
                    _ => k as u32,
                };
                merged.extend(self.depends[block.args[k] as usize].iter().map(|(column, source)| (*column, *source, partial)));
            }
            merged.sort_unstable_by_key(|m| m.0);
            let mut own: Vec<(u32, u32)> = Vec::new();
            for &(column, source, partial) in &merged {
                if own.last().is_none_or(|o| o.0 != column) {
                    own.push((column, self.slots));
                    self.slots += 1;
                }
                let target = self.slots - 1;
                self.steps.push(Step { target, source, partial });
            }
            let long = self.unknowns > HUGE && own.len() > LONG;
            if self.large && own.len() > WIDE && self.uses[op.out as usize] > 1 || long {
                own = self.own_columns(&own);
            }
            self.depends[op.out as usize] = own;
        }
    }

    /// Gives a result a column of its own, by rows of limited length, each of which adds to the one before.
    fn own_columns(&mut self, own: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let mut sum: Option<u32> = None;
        let length = if self.unknowns > HUGE { LONG } else { own.len().max(1) };
        for part in own.chunks(length) {
            let column = self.columns as u32;
            self.columns += 1;
            self.extra.extend(part.iter().map(|(c, slot)| Entry { row: column, col: *c, left: *slot, right: ZERO }));
            self.extra.extend(sum.map(|before| Entry { row: column, col: before, left: ONE, right: ZERO }));
            self.extra.push(Entry { row: column, col: column, left: ZERO, right: ONE });
            sum = Some(column);
        }
        sum.map(|column| (column, ONE)).into_iter().collect()
    }

    fn finish(self, tape: &Tape, partner: &[Option<usize>]) -> Plan {
        let mut entries = Vec::new();
        for (row, (l, r)) in tape.sides.iter().enumerate() {
            let mut found: Vec<(u32, u32, u32)> = self.depends[*l as usize].iter().map(|(c, s)| (*c, *s, ZERO)).collect();
            found.extend(self.depends[*r as usize].iter().map(|(c, s)| (*c, ZERO, *s)));
            if let Some(Some(own)) = partner.get(row) {
                found.push((*own as u32, ZERO, ZERO));
            }
            found.sort_unstable_by_key(|f| f.0);
            let first = entries.len();
            for (col, left, right) in found {
                match entries[first..].last_mut() {
                    Some(Entry { col: last, left: l, right: r, .. }) if *last == col => {
                        if left != ZERO {
                            *l = left;
                        }
                        if right != ZERO {
                            *r = right;
                        }
                    }
                    _ => entries.push(Entry { row: row as u32, col, left, right }),
                }
            }
        }
        let equations = tape.sides.len();
        // Extra rows follow the equations: row numbers start where the extra columns do only if the system is square.
        let shift = |row: u32| row as usize - self.unknowns + equations;
        for e in &self.extra {
            entries.push(Entry { row: shift(e.row) as u32, ..*e });
        }
        let rows = equations + self.columns - self.unknowns;
        let mut starts = vec![0; rows + 1];
        for e in &entries {
            starts[e.row as usize + 1] += 1;
        }
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        Plan { rows, entries, starts, steps: self.steps, slots: self.slots as usize }
    }
}
