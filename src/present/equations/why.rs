//! Which condition determines a quantity, with numbers.

use super::binders::Letters;
use super::build::Builder;
use super::fold::{Sets, compress};
use super::names::Style;
use super::print::{self, Target, print};
use super::term::Term;
use crate::expr::{Node, NodeId, Sym, eval};
use crate::model::Economy;
use crate::system::{Condition, Equation, Role, System, balance, blocks};

/// How a quantity gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An unknown, determined by a condition.
    Condition,
    /// Defined by an expression.
    Definition,
    /// A parameter.
    Given,
}

/// The answer to `why NAME`.
#[derive(Clone, Debug)]
pub struct Why {
    pub kind: Kind,
    /// Canonical name, print name, the quantity in the model's words.
    pub name: String,
    pub display: String,
    pub meaning: String,
    pub value: f64,
    /// The condition or the definition as it is printed.
    pub text: String,
    /// `market L in Home`, `definition`, `given`.
    pub condition: String,
    /// The unknowns that are determined together with it, by print name; itself alone where the condition suffices.
    pub block: Vec<String>,
    /// The terms of the left side with their values; empty for definitions.
    pub left: Vec<(String, f64)>,
    /// The terms of the right side, or of the definition; where it is no sum, the quantities in it.
    pub right: Vec<(String, f64)>,
    /// A remark: at which bound the unknown sits, which market was set aside.
    pub note: Option<String>,
}

impl Why {
    /// All terms with their values, those of the left side first.
    pub fn terms(&self) -> Vec<(String, f64)> {
        self.left.iter().chain(&self.right).cloned().collect()
    }
}

struct Asker<'a> {
    system: &'a System,
    sets: Sets,
    letters: Letters,
    builder: Builder<'a>,
    values: &'a [f64],
}

/// What determines a symbol; `values` are by symbol, NaN or missing where unknown.
pub fn why(system: &System, economy: &Economy, values: &[f64], sym: Sym) -> Option<Why> {
    let info = system.syms.get(sym.index())?;
    let mut a = Asker {
        system,
        sets: Sets::of(economy),
        letters: Letters::of(economy),
        builder: Builder::of(economy, &system.dag, &system.syms, Style::Display),
        values,
    };
    let value = values.get(sym.index()).copied().unwrap_or(f64::NAN);
    let mut out = Why {
        kind: Kind::Given,
        name: info.name.clone(),
        display: info.display.clone(),
        meaning: info.meaning.clone(),
        value,
        text: String::new(),
        condition: String::new(),
        block: Vec::new(),
        left: Vec::new(),
        right: Vec::new(),
        note: None,
    };
    match info.role {
        Role::Parameter(v) => {
            let v = if value.is_nan() { v } else { value };
            (out.value, out.condition) = (v, "given".into());
            out.text = format!("{} = {}", info.display, print::number(v, Target::Text));
        }
        Role::Bound => {
            out.condition = "bound".into();
            out.text = format!("{} is bound where it stands", info.display);
        }
        Role::Definition(node) => {
            (out.kind, out.condition) = (Kind::Definition, "definition".into());
            out.text = format!("{} = {}", print(&a.builder.symbol(sym), Target::Text), a.formula(node));
            out.right = a.parts(node);
        }
        Role::Unknown { lower, upper, .. } => {
            out.kind = Kind::Condition;
            a.condition(sym, lower, upper, &mut out);
        }
    }
    Some(out)
}

impl Asker<'_> {
    fn condition(&mut self, sym: Sym, lower: f64, upper: f64, out: &mut Why) {
        let s = self.system;
        let matching = balance::balance(s).ok();
        let partnered = s.equations.iter().position(|e| e.partner == Some(sym));
        let matched = || matching.as_ref().and_then(|m| m.unknown.iter().position(|&u| u == sym));
        if let Some(m) = &matching {
            let all = blocks::blocks(s, m, &|_| true);
            let own = all.into_iter().find(|b| b.unknowns.contains(&sym));
            out.block = own.into_iter().flat_map(|b| b.unknowns).map(|u| s.info(u).display.clone()).collect();
        }
        let at = |bound: f64| bound.is_finite() && (out.value - bound).abs() <= 1e-9 * (1.0 + bound.abs());
        let mut notes = Vec::new();
        if at(lower) || at(upper) {
            notes.push(format!("{} is at its bound, so the condition need not hold with equality", out.display));
        }
        match partnered.or_else(matched).and_then(|k| s.equations.get(k)) {
            Some(e) => {
                let bounded = lower.is_finite() && upper.is_finite();
                self.equation(e, bounded, out);
                if e.condition == Condition::Numeraire {
                    notes.push("its own market is set aside by Walras' law; the numeraire fixes the level of prices".into());
                }
            }
            None => {
                out.condition = "none".into();
                out.text = format!("no condition is paired with {}", out.display);
            }
        }
        out.note = (!notes.is_empty()).then(|| notes.join("; "));
    }

    fn equation(&mut self, e: &Equation, bounded: bool, out: &mut Why) {
        let (left, right) = (self.formula(e.left), self.formula(e.right));
        out.condition = e.name.clone();
        out.text = match (e.complementary, bounded) {
            (false, _) => format!("{left} = {right}"),
            (true, true) => format!("{left} = {right} where {} is inside its bounds", out.display),
            (true, false) => format!("{left} ≥ {right} ⟂ {} ≥ 0", out.display),
        };
        (out.left, out.right) = (self.terms(e.left), self.terms(e.right));
    }

    fn formula(&mut self, node: NodeId) -> String {
        let mut t = self.builder.term(node);
        compress(&mut t, &self.sets);
        self.letters.christen(&mut [], &mut None, &mut [&mut t]);
        print(&t, Target::Text)
    }

    /// The terms of a sum, or the whole.
    fn terms(&mut self, node: NodeId) -> Vec<(String, f64)> {
        let nodes = match self.system.dag.node(node) {
            Node::Sum(xs) => xs.to_vec(),
            _ => vec![node],
        };
        self.valued(&nodes)
    }

    /// The terms of a sum; of anything else the quantities that stand in it.
    fn parts(&mut self, node: NodeId) -> Vec<(String, f64)> {
        if let Node::Sum(_) = self.system.dag.node(node) {
            return self.terms(node);
        }
        let symbols = self.system.dag.symbols(&[node]);
        symbols.into_iter().map(|s| (print(&self.builder.symbol(s), Target::Text), self.value(s))).collect()
    }

    fn value(&self, s: Sym) -> f64 {
        match (self.values.get(s.index()), self.system.syms.get(s.index()).map(|i| &i.role)) {
            (Some(v), _) if !v.is_nan() => *v,
            (_, Some(Role::Parameter(v))) => *v,
            _ => f64::NAN,
        }
    }

    fn valued(&mut self, nodes: &[NodeId]) -> Vec<(String, f64)> {
        let values = eval::evaluate(&self.system.dag, nodes, &mut |s| self.value(s));
        let texts: Vec<String> = nodes.iter().map(|&n| print_term(&mut self.builder, n)).collect();
        texts.into_iter().zip(values).collect()
    }
}

fn print_term(b: &mut Builder, node: NodeId) -> String {
    let t: Term = b.term(node);
    print(&t, Target::Text)
}
