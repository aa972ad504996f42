//! From the economy to its equilibrium system, one file a condition.

mod cost;
mod household;
mod income;
mod margin;
mod market;
mod numeraire;
mod user;
mod zero_profit;

use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym};
use crate::model::{Economy, Key, consistency};
use crate::system::{Condition, Equation, Role, SumLabel, System};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Work in progress: the economy's own DAG and symbols grow, equations gather.
pub struct Lowering<'e> {
    pub economy: &'e mut Economy,
    pub system: System,
    /// By industry: per unit of output, the use of each factor and good.
    inputs: Vec<cost::Inputs>,
    /// Industries by what they make, and by what they use, in which country.
    makers: Places,
    users: Places,
    /// Goods that a country's household wants.
    wanted: FxHashSet<(usize, usize)>,
}

/// Industries by good and country.
type Places = FxHashMap<(usize, usize), Vec<usize>>;

/// Lowers an economy without errors to its system.
///
/// # Errors
/// Diagnostics of what only the whole system shows: circles among definitions.
pub fn lower(economy: &mut Economy) -> Result<System, Diagnostics> {
    let mut makers = Places::default();
    for (j, industry) in economy.industries.iter().enumerate() {
        makers.entry((industry.good, industry.country)).or_default().push(j);
    }
    let (users, wanted) = (Places::default(), FxHashSet::default());
    let mut l = Lowering { economy, system: System::default(), inputs: Vec::new(), makers, users, wanted };
    l.margins();
    l.costs();
    for (j, inputs) in l.inputs.iter().enumerate() {
        for g in inputs.goods.keys() {
            l.users.entry((*g, l.economy.industries[j].country)).or_default().push(j);
        }
    }
    l.zero_profits();
    l.incomes();
    l.households();
    l.markets();
    l.user_equations();
    l.anchor();
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
        self.economy.syms[s.index()].role = Role::Definition(node);
        self.economy.dag.sym(s)
    }

    pub fn constant(&mut self, v: f64) -> NodeId {
        self.economy.dag.constant(v)
    }

    /// A sum whose terms' shares have names.
    pub fn labelled_sum(&mut self, terms: &[(NodeId, Vec<Arc<str>>)], family: &'static str) -> NodeId {
        let kept: Vec<&(NodeId, Vec<Arc<str>>)> = terms.iter().filter(|(n, _)| !self.economy.dag.is_zero(*n)).collect();
        let nodes: Vec<NodeId> = kept.iter().map(|t| t.0).collect();
        let sum = self.economy.dag.sum(&nodes);
        if let crate::expr::Node::Sum(xs) = self.economy.dag.node(sum)
            && xs.len() == kept.len()
        {
            let terms = kept.iter().map(|t| t.1.iter().map(|s| s.to_string()).collect()).collect();
            self.system.sum_labels.insert(sum, SumLabel { family, terms });
        }
        sum
    }

    pub fn equation(&mut self, name: String, condition: Condition, left: NodeId, right: NodeId, partner: Sym, origin: Option<crate::source::Span>) {
        self.system.equations.push(Equation { name, condition, left, right, partner: Some(partner), complementary: true, origin });
    }

    /// ` in Home`, or nothing where one country makes it plain.
    pub fn within(&self, r: usize) -> String {
        if self.economy.sole_country() == Some(r) { String::new() } else { format!(" in {}", self.economy.countries[r].name) }
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
