//! A finite shock: equilibria before and after, exact changes, their splits, the linear prediction.

use super::{Prepared, Session};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{Node, Sym};
use crate::model::Change;
use crate::session::single;
use crate::solve::{Solution, Status, accuracy, derivatives, solve};
use crate::statics::path::{self, Move, Question, Split, Stretch};
use crate::system::Quantity;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The channels that the file declares for some quantity.
#[derive(Clone, Debug)]
pub struct ChannelSplit {
    pub target: Sym,
    pub names: Vec<Arc<str>>,
    /// By channel: contribution to the log change.
    pub effects: Vec<f64>,
    pub direct: f64,
}

/// A quantity before and after.
#[derive(Clone, Debug)]
pub struct Changed {
    pub name: String,
    pub display: String,
    pub sym: Option<Sym>,
    pub before: f64,
    pub after: f64,
    /// Moves as a plain difference: margins, net flows.
    pub plain: bool,
    /// First-order prediction of the change, in the same measure.
    pub linear: Option<f64>,
    /// By group of parameters, where several move.
    pub by_parameter: Vec<f64>,
}

impl Changed {
    /// Log change, or the plain one; `None` where a log does not exist.
    pub fn change(&self) -> Option<f64> {
        if self.plain {
            let size = self.before.abs().max(self.after.abs());
            return Some(clean(self.after - self.before, size)).filter(|v| v.is_finite());
        }
        (self.before > 0.0 && self.after > 0.0).then(|| clean((self.after / self.before).ln(), 1.0))
    }
}

/// A change, as part of this size, that is 0 up to the arithmetic of two solutions.
const NOTHING: f64 = 1e-12;

/// A change relative to a size; what is nothing but arithmetic is 0.
pub fn clean(change: f64, size: f64) -> f64 {
    if change.abs() <= NOTHING * size { 0.0 } else { change }
}

/// Parameters that count as one: a family that one line of the shock moves, or a parameter by itself.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    /// Numbers of its moves.
    pub members: Vec<usize>,
}

/// The split by parameter is given for at most so many, unless it is asked for.
const SPLIT: usize = 12;

/// Everything about one shock.
pub struct Shocked {
    pub moves: Vec<Move>,
    pub groups: Vec<Group>,
    /// Whether the change is split by group of parameters.
    pub by_group: bool,
    pub before: Solution,
    pub after: Solution,
    pub quantities: Vec<Changed>,
    pub splits: Vec<ChannelSplit>,
    pub stretches: Vec<Stretch>,
    pub error: f64,
    /// Whether the changes are split: not across a jump, nor where the parts miss the change.
    pub given: bool,
    /// Quantities that rest on what the active conditions leave free, before or after: one of many values is shown.
    pub free: Vec<Sym>,
    pub prepared: Prepared,
}

impl Shocked {
    /// Whether the regime is the same before, after and all along the path.
    pub fn regime_stays(&self) -> bool {
        let same = |s: &Solution| self.prepared.same_regime(&self.before, s);
        // A path that ends where an industry stops has it inside its bounds, at 0.
        let system = &self.prepared.system;
        let stops = |s: Sym| system.info(s).quantity == Quantity::Activity && self.before.value(s) > 0.0 && self.after.value(s) <= 0.0;
        same(&self.after) && !system.unknowns().any(stops) && self.stretches.iter().all(|x| x.switches.is_empty() && !x.jump && same(&x.start))
    }

    /// Whether a quantity rests on what the active conditions leave free, before or after.
    pub fn is_free(&self, c: &Changed) -> bool {
        c.sym.is_some_and(|x| self.free.contains(&x))
    }
}

impl Prepared {
    /// Whether a quantity's change is a plain difference.
    pub fn is_plain(&self, sym: Sym, before: f64, after: f64) -> bool {
        match self.system.info(sym).quantity {
            Quantity::Margin | Quantity::NetFlow => true,
            // What the model's author defined may have any sign.
            Quantity::Variable | Quantity::Named => before <= 0.0 || after <= 0.0,
            _ => false,
        }
    }
}

impl Session {
    /// Shocks the present equilibrium.
    ///
    /// With `order` the parameters move one after the other, and each one's contribution is what its own leg changes. A family counts as one
    /// parameter, and more than a dozen are not split, unless `split_all` asks for every member.
    ///
    /// # Errors
    /// Diagnostics: no equilibrium before, after, or on the way.
    pub fn shock(
        &self,
        mut prepared: Prepared,
        changes: &[Change],
        order: Option<&[Sym]>,
        split_all: bool,
        interrupt: &AtomicBool,
    ) -> Result<Shocked, Diagnostics> {
        let values = self.changed(&prepared.economy, changes)?;
        let before = prepared.equilibrium(self, interrupt);
        if let Some(d) = prepared.why_unsolved(&before) {
            return Err(single(d));
        }
        for (sym, ..) in &values {
            if !matches!(prepared.system.info(*sym).role, crate::system::Role::Parameter(_)) {
                prepared.cut(*sym, before.values[sym.index()])?;
            }
        }
        let all: Vec<Move> = values.iter().map(|&(parameter, from, to)| Move { parameter, from, to }).collect();
        let groups = groups(&prepared, changes, &all, split_all || order.is_some());
        let by_group = groups.len() > 1 && (groups.len() <= SPLIT || split_all);
        let legs: Vec<Vec<Move>> = match order {
            None => vec![all.clone()],
            Some(order) => order.iter().filter_map(|s| all.iter().find(|m| m.parameter == *s).map(|m| vec![*m])).collect(),
        };
        let listed = prepared.listed();
        let channels: Vec<(Vec<Sym>, Vec<Arc<str>>, Vec<Vec<Sym>>)> = prepared
            .economy
            .channels
            .iter()
            .map(|c| (c.of.clone(), c.channels.iter().map(|x| x.0.clone()).collect(), c.channels.iter().map(|x| x.1.clone()).collect()))
            .collect();
        let mut result = Walk {
            at: before.clone(),
            parameters: prepared.parameters.clone(),
            splits: Vec::new(),
            by_parameter: vec![vec![0.0; if by_group { groups.len() } else { 0 }]; listed.len()],
            stretches: Vec::new(),
            error: 0.0,
            given: true,
        };
        let legs_count = legs.len() as f64;
        for (n, leg) in legs.iter().enumerate() {
            result.leg(
                &prepared,
                leg,
                &all,
                &groups,
                if by_group { &listed } else { &[] },
                &channels,
                n as f64 / legs_count,
                1.0 / legs_count,
                interrupt,
            )?;
        }
        let parts = result.splits.iter_mut().flat_map(|s| s.effects.iter_mut().chain(std::iter::once(&mut s.direct)));
        let stretches = result.stretches.iter_mut().flat_map(|s| &mut s.effects).flatten();
        parts.chain(stretches).chain(result.by_parameter.iter_mut().flatten()).for_each(|v| *v = clean(*v, 1.0));
        if !result.given {
            result.splits.clear();
            result.by_parameter.iter_mut().for_each(Vec::clear);
        }
        let mut after = result.at.clone();
        // A path does not notice what its last regime leaves open; a solve does.
        after.status = solve(&prepared.problem, &after.values, Some(&after), interrupt).status;
        if !after.is_equilibrium() {
            after.status = Status::Solved;
        }
        accuracy(&prepared.problem, &mut after);
        let wrt: Vec<Sym> = all.iter().map(|m| m.parameter).collect();
        let slopes = derivatives(&prepared.problem, &before, &wrt);
        let mut quantities = Vec::new();
        for (n, &sym) in listed.iter().enumerate() {
            let info = prepared.system.info(sym);
            let (b, a) = (before.values[sym.index()], after.values[sym.index()]);
            let plain = prepared.is_plain(sym, b, a);
            // First order in the logs of the parameters, as elasticities are.
            let first: f64 = all.iter().enumerate().map(|(k, m)| slopes.get(sym, k, m.to < m.from) * m.at(0.0).1).sum();
            let linear = if plain { Some(clean(first, b.abs().max(a.abs()))) } else { (b > 0.0).then(|| clean(first / b, 1.0)) };
            quantities.push(Changed {
                name: info.name.clone(),
                display: info.display.clone(),
                sym: Some(sym),
                before: b,
                after: a,
                plain,
                linear,
                by_parameter: result.by_parameter[n].clone(),
            });
        }
        for named in &prepared.economy.report {
            if matches!(prepared.system.dag.node(named.node), Node::Sym(_)) {
                continue;
            }
            let (b, a) = (prepared.value_of(named.node, &before), prepared.value_of(named.node, &after));
            quantities.push(Changed {
                name: named.name.clone(),
                display: named.name.clone(),
                sym: None,
                before: b,
                after: a,
                plain: b <= 0.0 || a <= 0.0,
                linear: None,
                by_parameter: Vec::new(),
            });
        }
        let (splits, stretches, error, given) = (result.splits, result.stretches, result.error, result.given);
        let mut free = prepared.free_quantities(&before);
        free.extend(prepared.free_quantities(&after));
        Ok(Shocked { moves: all, groups, by_group, before, after, quantities, splits, stretches, error, given, free, prepared })
    }
}

/// The groups of a shock's moves: members of one family that one line moves stand together.
fn groups(p: &Prepared, changes: &[Change], all: &[Move], apart: bool) -> Vec<Group> {
    let mut out: Vec<(Option<(&str, crate::source::Span)>, Group)> = Vec::new();
    for (k, m) in all.iter().enumerate() {
        let name = p.system.info(m.parameter).name.as_str();
        let family = name.split_once('[').map(|(base, _)| base).filter(|_| !apart);
        let line = changes.iter().find(|c| c.target == m.parameter).map(|c| c.span);
        let key = family.zip(line);
        match out.iter_mut().find(|(other, _)| key.is_some() && *other == key) {
            Some((_, group)) => {
                group.name = family.unwrap_or(name).to_string();
                group.members.push(k);
            }
            None => out.push((key, Group { name: name.to_string(), members: vec![k] })),
        }
    }
    out.into_iter().map(|(_, g)| g).collect()
}

impl Prepared {
    /// Cuts a definition that follows parameters loose, so that it can be moved by itself.
    fn cut(&mut self, sym: Sym, value: f64) -> Result<(), Diagnostics> {
        self.system.syms[sym.index()].role = crate::system::Role::Parameter(value);
        self.parameters[sym.index()] = value;
        let nodes: Vec<_> = self.outputs.iter().map(|o| o.node).collect();
        let mut problem = crate::solve::Problem::new(&self.system, &nodes).map_err(|e| single(Diagnostic::new("S011", e.to_string())))?;
        if !self.uniqueness.is_proved() {
            problem.may_have_several();
        }
        self.problem = problem;
        Ok(())
    }
}

struct Walk {
    at: Solution,
    parameters: Vec<f64>,
    splits: Vec<ChannelSplit>,
    by_parameter: Vec<Vec<f64>>,
    stretches: Vec<Stretch>,
    error: f64,
    given: bool,
}

impl Walk {
    #[allow(clippy::too_many_arguments)]
    fn leg(
        &mut self,
        p: &Prepared,
        leg: &[Move],
        all: &[Move],
        groups: &[Group],
        listed: &[Sym],
        channels: &[(Vec<Sym>, Vec<Arc<str>>, Vec<Vec<Sym>>)],
        from: f64,
        share: f64,
        interrupt: &AtomicBool,
    ) -> Result<(), Diagnostics> {
        // By leg: which of its moves belong to which group of the shock.
        let number = |m: &Move| all.iter().position(|a| a.parameter == m.parameter);
        let mut of_groups: Vec<usize> = Vec::new();
        let mut ways: Vec<Vec<usize>> = Vec::new();
        for (k, m) in leg.iter().enumerate() {
            let Some(g) = groups.iter().position(|g| number(m).is_some_and(|n| g.members.contains(&n))) else { continue };
            match of_groups.iter().position(|o| *o == g) {
                Some(at) => ways[at].push(k),
                None => {
                    of_groups.push(g);
                    ways.push(vec![k]);
                }
            }
        }
        let empty = (Vec::new(), Vec::new(), Vec::new());
        let channel_groups: Vec<&(Vec<Sym>, Vec<Arc<str>>, Vec<Vec<Sym>>)> =
            if channels.is_empty() { vec![&empty] } else { channels.iter().collect() };
        let mut end = self.at.clone();
        for (g, (of, names, lists)) in channel_groups.into_iter().enumerate() {
            let quantities: &[Sym] = if g == 0 { listed } else { &[] };
            let question = Question {
                system: &p.system,
                problem: &p.problem,
                parameters: &self.parameters,
                moves: leg,
                groups: &ways,
                targets: of,
                channels: lists,
                quantities,
            };
            let split: Split = path::split(&question, &self.at, interrupt).map_err(single)?;
            for (t, &target) in of.iter().enumerate() {
                match self.splits.iter_mut().find(|s| s.target == target && s.names == *names) {
                    Some(s) => {
                        for (x, y) in s.effects.iter_mut().zip(&split.effects[t]) {
                            *x += y;
                        }
                        s.direct += split.direct[t];
                    }
                    None => {
                        self.splits.push(ChannelSplit { target, names: names.clone(), effects: split.effects[t].clone(), direct: split.direct[t] })
                    }
                }
            }
            for (row, found) in self.by_parameter.iter_mut().zip(&split.by_parameter) {
                for (g, v) in of_groups.iter().zip(found) {
                    if let Some(cell) = row.get_mut(*g) {
                        *cell += v;
                    }
                }
            }
            self.error = self.error.max(split.error);
            self.given &= split.given;
            if g == 0 {
                self.stretches.extend(split.stretches.into_iter().map(|s| Stretch { from: from + share * s.from, to: from + share * s.to, ..s }));
                end = split.end;
            }
        }
        self.at = end;
        for m in leg {
            self.parameters[m.parameter.index()] = m.to;
        }
        Ok(())
    }
}
