//! What shares are called: after the input, the factor, the good, the country whose share they are.

use super::atoms::{Atom, Measures, Range, dressed, parts};
use super::hat::Hats;
use crate::algebra::Formula;
use crate::expr::{Dag, Func, Node, NodeId, Sym};
use crate::model::{Demand, naming};
use crate::system::{Quantity, Role, SymInfo};

/// Steps that the search for a proof of positivity goes down.
const DEEP: u8 = 12;
/// The same for what an equation of the user's says, which is not asked again on the way.
const EQUATIONS: u8 = 6;

impl Hats<'_> {
    /// What a sum is: a definition of the model, a side of one of its equations, or itself written out.
    fn whole_words(&self, node: NodeId) -> String {
        let named = self.system.definitions().find(|d| d.1 == node).map(|d| self.system.info(d.0).display.clone());
        let side = || {
            let of = |e: &crate::system::Equation| match (e.left == node, e.right == node) {
                (true, _) => Some(format!("the left side of {}", e.name)),
                (_, true) => Some(format!("the right side of {}", e.name)),
                _ => None,
            };
            self.system.equations.iter().find_map(of)
        };
        named.or_else(side).unwrap_or_else(|| self.words(node))
    }

    /// The number of a sum that has no name, in order of appearance.
    pub(super) fn sum_number(&mut self, node: NodeId) -> usize {
        let at = self.sums.iter().position(|n| *n == node).unwrap_or_else(|| {
            self.sums.push(node);
            self.sums.len() - 1
        });
        at + 1
    }

    /// The share of a symbol in a sum is named after it; that of an expression by numbers.
    fn own_share(&mut self, node: NodeId, k: usize, term: NodeId, meaning: &str, value: f64) -> Atom {
        if let Node::Sym(s) = self.dag.node(term) {
            let info = self.system.info(*s);
            let (base, index) = parts(&info.name);
            let (name, letter) = match base {
                "weight" => ("weight_share".to_string(), ("δ".to_string(), "\\delta".to_string())),
                _ => {
                    let word = format!("{base}_share");
                    let latex = format!("\\mathit{{{}}}", naming::latex_text(&word));
                    (word.clone(), (word, latex))
                }
            };
            let shown: Vec<String> = index.iter().filter(|i| *i != "demand").cloned().collect();
            let (display, latex) = dressed(&letter.0, &letter.1, &shown);
            let full = if index.is_empty() { name } else { format!("{name}[{}]", index.join(", ")) };
            return Atom { name: full, display, latex, meaning: meaning.to_string(), value, range: Range::Share, measures: Measures::Other };
        }
        let n = self.sum_number(node);
        let index = [format!("{n}"), format!("{}", k + 1)];
        let (display, latex) = dressed("ζ", "\\zeta", &index);
        Atom {
            name: format!("share_{}", index.join("_")),
            display,
            latex,
            meaning: meaning.to_string(),
            value,
            range: Range::Share,
            measures: Measures::Other,
        }
    }

    /// Shares of the terms of a sum, in the words that lowering gave them, or new ones.
    pub(super) fn sum_shares(&mut self, node: NodeId, present: &[(usize, NodeId)]) -> Vec<Formula> {
        let whole = self.value(node);
        let parts = self.system.sums.get(&node).cloned();
        let positive = present.iter().all(|(_, x)| self.positive(*x));
        if parts.is_none()
            && let Some(shares) = self.own_shares(node, present, positive)
        {
            return shares;
        }
        let words = self.whole_words(node);
        let mut group = Vec::new();
        for &(k, x) in present {
            let value = self.value(x) / whole;
            let part = parts.as_ref().and_then(|p| Some((p.whole, *p.list.get(k)?)));
            let mut atom = match (part, self.ratio(x, node)) {
                (Some((whole, part)), _) => self.part_share(whole, part, value),
                (None, Some(s)) => share_atom(self.system.info(s), value, Measures::Level(s)),
                (None, None) => {
                    let part = self.words(x);
                    self.own_share(node, k, x, &format!("{part} as a share of {words}"), value)
                }
            };
            if !positive {
                atom.range = Range::Any;
            }
            group.push(self.atoms.intern(atom));
        }
        self.atoms.add_group(group.clone());
        group.into_iter().map(Formula::atom).collect()
    }

    /// The letter of a named share of a whole.
    pub(super) fn part_atom(&mut self, s: Sym) -> u32 {
        let value = self.point.value(s);
        self.atoms.intern(share_atom(self.system.info(s), value, Measures::Level(s)))
    }

    pub(super) fn plain_share(&self, word: &str, index: Vec<String>, meaning: &str, value: f64, measures: Measures) -> Atom {
        let (display, latex) = dressed(word, &format!("\\mathit{{{}}}", naming::latex_text(word)), &index);
        let elements: Vec<String> = index.iter().map(|i| naming::element(i)).collect();
        let name = format!("{word}[{}]", elements.join(", "));
        Atom { name, display, latex, meaning: meaning.to_string(), value, range: Range::Share, measures }
    }

    /// The atom for the level of a symbol.
    pub(super) fn symbol_atom(&mut self, s: Sym) -> u32 {
        let info = self.system.info(s).clone();
        let elasticity = self.is_substitution(s);
        // An elasticity of substitution is above zero unless its interval allows zero: then fixed coefficients are one of its cases.
        let (range, measures) = match (elasticity, self.interval(s)) {
            (true, Some(Range::NonNegative)) => (Range::NonNegative, Measures::Substitution),
            (true, _) => (Range::Positive, Measures::Substitution),
            _ => (self.range_of(s), Measures::Level(s)),
        };
        let range = match info.role {
            Role::Definition(inner)
                if range == Range::Any && (self.positive(inner) || self.positive_by_equation(s, &|n| self.positive_to(n, EQUATIONS))) =>
            {
                Range::Positive
            }
            _ => range,
        };
        let (base, index) = parts(&info.display);
        let (_, latex_base) = naming::pretty_base(base);
        let (display, latex) =
            if info.quantity == Quantity::Place { dressed(base, &latex_base, &index) } else { (info.display.clone(), info.latex.clone()) };
        let value = self.point.value(s);
        let meaning = match info.role {
            Role::Parameter(_) if info.meaning.is_empty() => "parameter".to_string(),
            _ => described(&info),
        };
        self.atoms.intern(Atom { name: info.name, display, latex, meaning, value, range, measures })
    }

    /// What is known of a symbol's value, from what it is and what the model demands of it.
    pub(super) fn range_of(&self, s: Sym) -> Range {
        use Quantity::*;
        let info = self.system.info(s);
        match info.quantity {
            Endowment | GivenPrice | Numeraire | FactorPrice | GoodPrice | Activity | Output | Bill | TaskPrice | UnitCost | Income | PriceIndex
            | Flow => Range::Positive,
            Margin | Share => Range::Share,
            Variable => match self.economy.syms.get(s.index()).map(|i| &i.role) {
                // Inside its bounds, as long as the regime lasts.
                Some(Role::Unknown { lower, .. }) if *lower >= 0.0 => Range::Positive,
                _ => Range::Any,
            },
            _ => self.interval(s).unwrap_or_else(|| self.demanded(s)),
        }
    }

    /// What the interval of a parameter says of its sign; `None` without an interval.
    pub(super) fn interval(&self, s: Sym) -> Option<Range> {
        let within = |c: &crate::model::ValueCheck| match &c.what {
            Demand::Within(i) if c.sym == Some(s) => Some((i.low.and_then(|n| self.economy.dag.as_const(n)), i.low_open)),
            _ => None,
        };
        let (low, open) = self.economy.checks.iter().find_map(within)?;
        Some(match low {
            Some(l) if l > 0.0 || l == 0.0 && open => Range::Positive,
            Some(0.0) => Range::NonNegative,
            _ => Range::Any,
        })
    }

    /// What the model demands of a value: productivities and markups are positive, weights too as long as what they weigh is used at all.
    fn demanded(&self, s: Sym) -> Range {
        let own = |node: NodeId| matches!(self.economy.dag.node(node), Node::Sym(x) if *x == s);
        let mut range = Range::Any;
        for check in &self.economy.checks {
            match &check.what {
                Demand::Positive if check.sym == Some(s) => return Range::Positive,
                Demand::NonNegative if check.sym == Some(s) => range = Range::NonNegative,
                Demand::NonNegative if check.sym.is_none() && own(check.node) => return Range::Positive,
                _ => {}
            }
        }
        range
    }

    /// Whether an expression is positive whatever the numbers are.
    pub(super) fn positive(&self, node: NodeId) -> bool {
        self.positive_to(node, DEEP)
    }

    fn positive_to(&self, node: NodeId, depth: u8) -> bool {
        let Some(below) = depth.checked_sub(1) else { return false };
        match self.dag.node(node) {
            Node::Const(r) => r.0 > 0.0,
            Node::Sym(s) => match self.range_of(*s) {
                Range::Share | Range::Positive => true,
                _ => {
                    let own = match self.system.info(*s).role {
                        Role::Definition(inner) => self.positive_to(inner, below),
                        Role::Unknown { lower, .. } => lower >= 0.0,
                        _ => false,
                    };
                    own || below > EQUATIONS && self.positive_by_equation(*s, &|n| self.positive_to(n, EQUATIONS))
                }
            },
            Node::Sum(xs) => self.home_part_like(xs) || self.rest_of_part(xs, below) || self.sum_positive(xs, below),
            Node::Prod(xs) => xs.iter().all(|x| self.positive_to(*x, below)),
            Node::Div(a, b) => self.positive_to(*a, below) && self.positive_to(*b, below),
            Node::Pow(a, _) => self.positive_to(*a, below),
            Node::Func(Func::Exp, _) | Node::Ces { .. } => true,
            _ => false,
        }
    }

    /// A sum of positive terms and of parameters that are not negative.
    fn sum_positive(&self, xs: &[NodeId], depth: u8) -> bool {
        let not_negative = |x: NodeId| matches!(self.dag.node(x), Node::Sym(s) if self.range_of(*s) == Range::NonNegative);
        let positive: Vec<bool> = xs.iter().map(|x| self.positive_to(*x, depth)).collect();
        positive.contains(&true) && xs.iter().zip(positive).all(|(x, p)| p || not_negative(*x))
    }

    /// `1 − a/(a + b)`, what a share leaves.
    fn rest_of_part(&self, xs: &[NodeId], depth: u8) -> bool {
        let [one, rest] = xs else { return false };
        let Node::Neg(part) = self.dag.node(*rest) else { return false };
        let inner = match self.dag.node(*part) {
            Node::Sym(s) => match self.system.info(*s).role {
                Role::Definition(inner) => inner,
                _ => return false,
            },
            _ => *part,
        };
        let Node::Div(a, b) = self.dag.node(inner) else { return false };
        match self.dag.node(*b) {
            Node::Sum(list) => self.dag.is_one(*one) && list.contains(a) && list.iter().all(|x| self.positive_to(*x, depth)),
            _ => false,
        }
    }

    fn home_part_like(&self, xs: &[NodeId]) -> bool {
        matches!(xs, [one, rest] if self.dag.is_one(*one)
            && matches!(self.dag.node(*rest), Node::Neg(x) if matches!(self.dag.node(*x), Node::Sym(s) if self.system.info(*s).quantity == Quantity::Margin)))
    }

    /// An expression in words, for the meaning of an atom.
    pub(super) fn words(&self, node: NodeId) -> String {
        write_node(&self.dag, &|s| self.system.info(s).display.clone(), node, 0, 6)
    }
}

/// An atom from a quantity's names, its indices set as a subscript.
pub(super) fn share_atom(info: &SymInfo, value: f64, measures: Measures) -> Atom {
    let (word, _) = parts(&info.name);
    let (shown, index) = parts(&info.display);
    let (letter, latex) = naming::pretty_base(word);
    let mark = shown.strip_prefix(letter.as_str()).unwrap_or("");
    let latex = if mark.is_empty() { latex } else { format!("{latex}^{{{}}}", naming::latex_text(mark)) };
    let (display, latex) = if latex.contains('^') { with_mark(shown, &latex, &index) } else { dressed(shown, &latex, &index) };
    Atom { name: info.name.clone(), display, latex, meaning: described(info), value, range: Range::Share, measures }
}

/// What a quantity is, in the model's words or by its name.
fn described(info: &SymInfo) -> String {
    if info.meaning.is_empty() { format!("level of {}", info.name) } else { info.meaning.clone() }
}

fn with_mark(display: &str, latex: &str, index: &[String]) -> (String, String) {
    let (shown, sub) = dressed(display, "", index);
    (shown, format!("{latex}{sub}"))
}

fn write_node(dag: &Dag, name: &dyn Fn(Sym) -> String, node: NodeId, level: u8, depth: u8) -> String {
    if depth == 0 {
        return "…".to_string();
    }
    let sub = |n: NodeId, l: u8| write_node(dag, name, n, l, depth - 1);
    let list = |xs: &[NodeId], l: u8, by: &str| xs.iter().take(8).map(|x| sub(*x, l)).collect::<Vec<_>>().join(by);
    let (text, own) = match dag.node(node) {
        Node::Const(r) => (format!("{}", r.0), 3),
        Node::Sym(s) => (name(*s), 3),
        Node::Sum(xs) => (list(xs, 0, " + ").replace("+ −", "− ").replace("+ -", "− "), 0),
        Node::Prod(xs) => (list(xs, 1, " "), 1),
        Node::Neg(x) => (format!("−{}", sub(*x, 1)), 0),
        Node::Div(a, b) => (format!("{}/{}", sub(*a, 1), sub(*b, 2)), 1),
        Node::Pow(a, b) => (format!("{}^{}", sub(*a, 3), sub(*b, 3)), 2),
        Node::Func(f, x) => (format!("{}({})", format!("{f:?}").to_lowercase(), sub(*x, 0)), 3),
        Node::Min(xs) => (format!("min({})", list(xs, 0, ", ")), 3),
        Node::Max(xs) => (format!("max({})", list(xs, 0, ", ")), 3),
        Node::Ces { prices, .. } => (format!("unit cost of ({})", list(prices, 0, ", ")), 3),
        Node::Table { x, .. } => (format!("table({})", sub(*x, 0)), 3),
        Node::Quad { upper, .. } => (format!("integral to {}", sub(*upper, 0)), 3),
        Node::Select { then, otherwise, .. } => (format!("if … then {} else {}", sub(*then, 0), sub(*otherwise, 0)), 0),
    };
    if own < level { format!("({text})") } else { text }
}
