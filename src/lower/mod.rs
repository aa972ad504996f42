//! From the economy and its accounts to the equilibrium system, one file a condition over their rows.

mod balance;
mod cost;
mod household;
mod income;
mod margin;
mod market;
mod numeraire;
mod quantities;
mod total;
mod user;
mod zero_profit;

use crate::accounts::{Accounts, ActivityId, CommodityId, Place, Side};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{Node, NodeId, Sym};
use crate::model::{Economy, Key, consistency};
use crate::system::{Condition, Equation, Part, Parts, Role, System, Whole};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Work in progress: the economy's own DAG and symbols grow, equations gather.
pub struct Lowering<'e> {
    pub economy: &'e mut Economy,
    pub accounts: &'e Accounts,
    pub system: System,
    /// What an activity takes of each nest of its own per unit.
    nests: FxHashMap<(ActivityId, Arc<str>), NodeId>,
    moved: FxHashMap<(CommodityId, Side), Rc<total::Moved>>,
    abroad: Option<Rc<balance::Abroad>>,
}

/// Lowers an economy without errors, with the accounts that were posted from it, to its system.
///
/// # Errors
/// Diagnostics of what only the whole system shows: circles among definitions.
pub fn lower(economy: &mut Economy, accounts: &Accounts) -> Result<System, Diagnostics> {
    let mut l = Lowering { economy, accounts, system: System::default(), nests: FxHashMap::default(), moved: FxHashMap::default(), abroad: None };
    l.margins();
    l.costs();
    l.zero_profits();
    l.incomes();
    l.households();
    l.totals();
    l.markets();
    l.outside_balances();
    l.user_equations();
    l.anchor();
    l.own_definitions();
    l.asked();
    l.finish()
}

impl Lowering<'_> {
    pub fn sym(&mut self, key: Key) -> NodeId {
        let s = self.economy.quantity(key);
        self.economy.dag.sym(s)
    }

    pub fn node(&mut self, sym: Sym) -> NodeId {
        self.economy.dag.sym(sym)
    }

    /// Defines a quantity by its expression and gives back the symbol's node.
    pub fn define(&mut self, key: Key, node: NodeId) -> NodeId {
        let s = self.economy.quantity(key);
        self.settle(s, node)
    }

    /// Defines a symbol by its expression and gives back its node.
    pub fn settle(&mut self, sym: Sym, node: NodeId) -> NodeId {
        self.economy.syms[sym.index()].role = Role::Definition(node);
        self.economy.dag.sym(sym)
    }

    pub fn constant(&mut self, v: f64) -> NodeId {
        self.economy.dag.constant(v)
    }

    /// A sum of which every term is known.
    pub fn sum_of(&mut self, whole: Whole, terms: &[(NodeId, Part)]) -> NodeId {
        let kept: Vec<&(NodeId, Part)> = terms.iter().filter(|(n, _)| !self.economy.dag.is_zero(*n)).collect();
        let nodes: Vec<NodeId> = kept.iter().map(|t| t.0).collect();
        let sum = self.economy.dag.sum(&nodes);
        if matches!(self.economy.dag.node(sum), Node::Sum(xs) if xs.len() == kept.len()) {
            let list = kept.iter().map(|t| t.1).collect();
            self.system.sums.entry(sum).or_insert(Parts { whole, list });
        }
        sum
    }

    pub fn equation(&mut self, name: String, condition: Condition, left: NodeId, right: NodeId, partner: Sym, origin: Option<crate::source::Span>) {
        self.system.equations.push(Equation { name, condition, left, right, partner: Some(partner), complementary: true, origin });
    }

    /// ` in Home`, or nothing where one country makes it plain.
    pub fn within(&self, place: Place) -> String {
        match place {
            Place::In(r) | Place::Between(_, r) if self.economy.sole_country() != Some(r) => format!(" in {}", self.economy.countries[r].name),
            _ => String::new(),
        }
    }

    /// What constructs define by themselves.
    fn own_definitions(&mut self) {
        for &(sym, node) in self.accounts.definitions() {
            self.settle(sym, node);
        }
    }

    /// Defines what was asked for by name and is not part of the equations.
    fn asked(&mut self) {
        // Defining one quantity may ask for others.
        let mut at = 0;
        while at < self.economy.asked.len() {
            let (key, sym) = self.economy.asked[at].clone();
            if matches!(self.economy.info(sym).role, Role::Bound) {
                self.on_demand(&key);
            }
            at += 1;
        }
    }

    fn finish(mut self) -> Result<System, Diagnostics> {
        if let Some(cycle) = consistency::find_cycle(&self.economy.dag, &self.economy.syms) {
            let names: Vec<String> = cycle.iter().chain(cycle.first()).map(|&s| format!("`{}`", self.economy.info(s).name)).collect();
            let mut d = Diagnostic::new("N050", format!("definitions lead in a circle: {}", names.join(" → ")));
            for &s in &cycle {
                if let Some(&span) = self.economy.written.get(&s) {
                    d = d.at(span, format!("`{}` is defined by the next", self.economy.info(s).name));
                }
            }
            let mut out = Diagnostics::default();
            out.push(d.help("what only the equilibrium can settle is a `variable` with an `equation`"));
            return Err(out);
        }
        self.system.dag = self.economy.dag.clone();
        self.system.syms = self.economy.syms.clone();
        Ok(self.system)
    }
}
