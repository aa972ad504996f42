//! What is said of the number of equilibria, and the list that `solve --starts n` prints.

use super::equilibrium::values_json;
use crate::expr::{Node, Sym};
use crate::present::number::Digits;
use crate::present::table::{Align, Table};
use crate::session::solved::Solved;
use crate::session::{Prepared, Uniqueness};
use crate::solve::{Solution, index, several};
use serde_json::{Map, Value, json};
use std::sync::atomic::AtomicBool;

/// Columns of the printed list.
const SHOWN: usize = 6;
/// Rows where the file reports nothing.
const ROWS: usize = 12;

/// The equilibria found from scattered starts, the one shown first.
pub struct Several {
    starts: usize,
    all: Vec<(Solution, Option<i8>)>,
}

impl Several {
    pub fn new(s: &Solved, starts: usize, interrupt: &AtomicBool) -> Several {
        let problem = &s.prepared.problem;
        let all = several(problem, &s.solution, starts, interrupt);
        Several { starts, all: all.into_iter().map(|x| (x.clone(), index_of(&s.prepared, &x))).collect() }
    }

    /// A column an equilibrium: what the file reports, its index, and whether it is stable where that can be said.
    pub fn text(&self, s: &Solved, d: Digits) -> String {
        if self.all.len() < 2 {
            return String::new();
        }
        let p = &s.prepared;
        let shown = &self.all[..self.all.len().min(SHOWN)];
        let mut table = Table::new(&[Align::Left]);
        let heads = (1..=shown.len()).map(|k| if k == 1 { "1 (shown)".to_string() } else { k.to_string() });
        table.row(std::iter::once("equilibrium".to_string()).chain(heads));
        let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
        for n in &p.economy.report {
            let name = match p.system.dag.node(n.node) {
                Node::Sym(sym) => p.system.info(*sym).display.clone(),
                _ => n.name.clone(),
            };
            rows.push((name, shown.iter().map(|(x, _)| p.value_of(n.node, x)).collect()));
        }
        if rows.is_empty() {
            let unknowns: Vec<Sym> = p.system.listed().take(ROWS).collect();
            rows.extend(unknowns.into_iter().map(|u| (p.system.info(u).display.clone(), shown.iter().map(|(x, _)| x.value(u)).collect())));
        }
        for (name, values) in rows {
            table.row(std::iter::once(name).chain(values.into_iter().map(|v| d.value(v))));
        }
        if shown.iter().any(|(_, index)| index.is_some()) {
            table.row(std::iter::once("index".to_string()).chain(shown.iter().map(|(_, i)| index_word(*i).to_string())));
        }
        if one_price(s) {
            let word = |i: &Option<i8>| i.map_or("–", |i| if i > 0 { "stable" } else { "unstable" }).to_string();
            table.row(std::iter::once("adjustment".to_string()).chain(shown.iter().map(|(_, i)| word(i))));
        }
        let mut out = format!("\n{}", table.render(2));
        if self.all.len() > SHOWN {
            out.push_str(&format!("  ({SHOWN} of {} shown; `--json` has all)\n", self.all.len()));
        }
        out
    }

    pub fn json(&self, s: &Solved, out: &mut Map<String, Value>) {
        let one = one_price(s);
        let list: Vec<Value> = self
            .all
            .iter()
            .map(|(x, index)| {
                let mut row = Map::new();
                row.insert("variables".into(), Value::Object(values_json(&s.prepared, x)));
                row.insert("index".into(), json!(index));
                if one {
                    row.insert("stable".into(), json!(index.map(|i| i > 0)));
                }
                Value::Object(row)
            })
            .collect();
        out.insert("starts".into(), json!(self.starts));
        out.insert("equilibria".into(), Value::Array(list));
    }

    /// The sum of the indices, where all are known and must sum to 1.
    fn sum(&self, p: &Prepared) -> Option<i32> {
        theorem(p).then(|| self.all.iter().map(|(_, i)| i.map(i32::from)).sum::<Option<i32>>())?
    }
}

fn index_word(index: Option<i8>) -> &'static str {
    match index {
        Some(1) => "+1",
        Some(_) => "−1",
        None => "–",
    }
}

/// Whether the indices of all equilibria sum to 1.
fn theorem(p: &Prepared) -> bool {
    match &p.uniqueness {
        Uniqueness::Proved(_) => p.system.set_aside.is_some(),
        Uniqueness::Open { index_theorem, .. } => *index_theorem,
    }
}

/// The index of an equilibrium, where it means something: not beside equations of the model's own.
fn index_of(p: &Prepared, x: &Solution) -> Option<i8> {
    let e = &p.economy;
    if e.variables.is_empty() && e.equations.is_empty() { index(&p.problem, x) } else { None }
}

/// Whether one relative price adjusts, that of two goods which all countries trade freely, with undistorted production behind it: there the index
/// is 1 just where the price comes back after a disturbance.
fn one_price(s: &Solved) -> bool {
    let e = &s.prepared.economy;
    let adjusts = e.goods.len() == 2 && e.goods.iter().all(|g| g.one_price() && g.given.is_none()) && e.countries.iter().all(|c| !c.outside);
    adjusts && theorem(&s.prepared) && e.industries.iter().all(|j| j.markup.is_none())
}

/// One line on the number of equilibria; `None` where theory gives uniqueness.
pub fn words(p: &Prepared, solution: &Solution, searched: Option<&Several>) -> Option<String> {
    if let Some(found) = searched {
        let from = format!("from {} starts", found.starts);
        return Some(match (found.all.len(), &p.uniqueness, found.sum(p)) {
            (1, Uniqueness::Proved(why), _) => format!("yes: {why}"),
            (1, _, Some(1)) => format!("no other equilibrium found {from}; its index is +1, which does not exclude others"),
            (1, _, Some(_)) => format!("no: its index is −1, so there are others (indices sum to 1), not found {from}"),
            (1, ..) => format!("no other equilibrium found {from}; that is no proof"),
            (n, _, Some(sum)) if sum != 1 => format!("no: {n} equilibria found {from}; their indices sum to {sum} instead of 1, so there are more"),
            (n, _, Some(_)) => format!("no: {n} equilibria found {from}; their indices sum to 1, as they must"),
            (n, ..) => format!("no: {n} equilibria found {from}"),
        });
    }
    let Uniqueness::Open { why, index_theorem } = &p.uniqueness else { return None };
    if *index_theorem && index_of(p, solution) == Some(-1) {
        return Some("no: the index of this equilibrium is −1, so there are others (`solve --starts 20` looks for them)".into());
    }
    Some(format!("not known: {why}; `solve --starts 20` looks for other equilibria"))
}

/// What is known of the number of equilibria, for every answer about one.
pub fn json(p: &Prepared, solution: &Solution, out: &mut Map<String, Value>) {
    let own = if p.uniqueness.is_proved() { None } else { index_of(p, solution) };
    let (known, why) = match &p.uniqueness {
        Uniqueness::Proved(why) => (json!(true), (*why).to_string()),
        Uniqueness::Open { index_theorem: true, .. } if own == Some(-1) => (json!(false), "the index of this equilibrium is -1".to_string()),
        Uniqueness::Open { why, .. } => (Value::Null, why.clone()),
    };
    out.insert("unique".into(), known);
    out.insert("unique_why".into(), json!(why));
    out.insert("index".into(), json!(own));
}
