//! `dump`: the lowered system by value, for those who work on the program.

use super::{Answer, Request};
use crate::present::json;
use crate::session::solved::Solved;
use crate::session::{Failure, single};
use crate::statics::derive::Place;
use crate::statics::unexplained::unexplained;
use crate::system::dump::dump as sampled;
use serde_json::{Value, json};
use std::fmt::Write;

pub fn dump(r: Request) -> Result<Answer, Failure> {
    let mut answer = Answer::new(r.session);
    let mut prepared = r.session.prepare_standard().map_err(|d| r.session.failure(d))?;
    let sampled = sampled(&prepared.system);
    let list = |values: &[f64]| Value::Array(values.iter().map(|v| json::number(*v)).collect());
    let row = |values: &[f64]| values.iter().map(|v| crate::present::number::exact(*v)).collect::<Vec<_>>().join(" ");
    let mut text = String::new();
    for e in &sampled.equations {
        let partner = e.partner.as_deref().map(|p| format!(" ⟂ {p}")).unwrap_or_default();
        let _ = writeln!(text, "{}: {}{partner}\n  {}\n  {}", e.rule, e.member, row(&e.left), row(&e.right));
    }
    for d in &sampled.definitions {
        let _ = writeln!(text, "{}\n  {}", d.name, row(&d.values));
    }
    let equations = sampled.equations.iter().map(|e| {
        json!({"rule": e.rule, "member": e.member, "partner": e.partner, "complementary": e.complementary, "left": list(&e.left), "right": list(&e.right)})
    });
    answer.json.insert("equations".into(), Value::Array(equations.collect()));
    answer.json.insert("definitions".into(), sampled.definitions.iter().map(|d| (d.name.clone(), list(&d.values))).collect());
    // What statics says of it needs an equilibrium; the system is there without one.
    let solution = prepared.equilibrium(r.session, r.interrupt);
    if let Ok(s) = (Solved { prepared, solution }).checked(r.interrupt) {
        let (p, x) = (&s.prepared, &s.solution);
        let place = Place { economy: &p.economy, accounts: &p.accounts, system: &p.system, parameters: &p.parameters, solved: Some((&p.problem, x)) };
        let found = unexplained(&place).map_err(|d| r.session.failure(single(d)))?;
        let _ = writeln!(text, "dropped: {}\nother: {}", found.dropped.join(", "), found.other.join(", "));
        answer.json.insert("dropped".into(), json!(found.dropped));
        answer.json.insert("other".into(), json!(found.other));
    }
    answer.text = text;
    Ok(answer)
}
