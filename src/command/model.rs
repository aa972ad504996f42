//! `check`, `equations`, `test`.

use super::equilibrium::heading;
use super::{Answer, Request};
use crate::diag::Severity;
use crate::present::equations;
use crate::present::table::{Align, Table};
use crate::session::{Failure, failure::exit};
use crate::system::Role;
use serde_json::{Value, json};
use std::fmt::Write;

pub fn check(r: Request) -> Result<Answer, Failure> {
    let mut answer = Answer::new(r.session);
    // A technology without numbers is a model all the same; only solving it fails.
    match r.session.prepare_standard() {
        Ok(_) => {}
        Err(d) if d.list.iter().all(|x| x.code == "S010") => {}
        Err(d) => {
            let mut all = answer.diagnostics.clone();
            all.extend(d);
            return Err(r.session.failure(all));
        }
    }
    let e = &r.session.economy;
    let warnings = answer.diagnostics.list.iter().filter(|d| d.severity == Severity::Warning).count();
    let countries = e.inside().count();
    let counts = [
        (countries, "country", "countries"),
        (e.factors.len(), "factor", "factors"),
        (e.goods.len(), "good", "goods"),
        (e.tasks.len(), "task set", "task sets"),
        (e.variables.len(), "variable", "variables"),
    ];
    let mut words: Vec<String> =
        counts.iter().filter(|c| c.0 > 0).map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
    let mut text = heading(r.session);
    let definitions = e.names.entries.len();
    if words.is_empty() {
        words.push(format!("{definitions} {}", if definitions == 1 { "definition" } else { "definitions" }));
    }
    let _ = writeln!(
        text,
        "fine: {}{}",
        words.join(", "),
        match warnings {
            0 => String::new(),
            1 => "; 1 warning".into(),
            n => format!("; {n} warnings"),
        }
    );
    answer.json.insert("model".into(), json!(e.name.as_deref()));
    for (n, _, many) in counts {
        answer.json.insert(many.replace(' ', "_"), json!(n));
    }
    answer.text = text;
    Ok(answer)
}

pub fn equations(r: Request) -> Result<Answer, Failure> {
    let mut answer = Answer::new(r.session);
    let mut economy = r.session.economy.clone();
    // What was set by hand is what is printed as given; a definition that was set no longer follows.
    for (sym, value) in &r.session.settings {
        if let Some(info) = economy.syms.get_mut(sym.index()) {
            info.role = Role::Parameter(*value);
        }
    }
    let system = crate::lower::lower(&mut economy, &r.session.accounts).map_err(|d| r.session.failure(d))?;
    if r.options.latex {
        answer.latex = Some(equations::latex(&system, &economy, &r.session.sources));
    } else {
        answer.text = equations::text(&system, &economy, &r.session.sources, r.options.columns);
    }
    if !r.options.json {
        return Ok(answer);
    }
    if let Value::Object(body) = equations::json(&system, &economy, &r.session.sources) {
        answer.json = body;
    }
    if r.options.latex {
        answer.json.insert("latex".into(), json!(equations::latex(&system, &economy, &r.session.sources)));
    }
    Ok(answer)
}

pub fn test(r: Request) -> Result<Answer, Failure> {
    let s = r.session.solve(r.interrupt).map_err(|d| r.session.failure(d))?;
    let mut answer = Answer::new(r.session);
    let results = s.laws(r.interrupt);
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
    let mut list = Vec::new();
    for t in &results {
        let verdict = if t.passed { "pass" } else { "FAIL" };
        table.row([verdict.into(), t.name.to_string(), r.options.digits.residual(t.worst), t.at.clone().unwrap_or_default()]);
        list.push(json!({"name": t.name, "passed": t.passed, "worst": crate::present::json::number(t.worst), "at": t.at, "tolerance": t.tolerance}));
    }
    answer.text = format!("{}{}", heading(r.session), table.within(2, r.options.columns));
    answer.json.insert("tests".into(), Value::Array(list));
    if results.iter().any(|t| !t.passed) {
        answer.exit = exit::WRONG_MODEL;
    }
    Ok(answer)
}
