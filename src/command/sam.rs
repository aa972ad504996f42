//! `sam`: the social accounting matrix, and after a shock the matrices before and after with the change.

use super::{Answer, Request, shocks};
use crate::accounts::sam::{Ledger, Sam, change};
use crate::present::sam::{self as present, Subject};
use crate::session::failure::exit;
use crate::session::{Failure, Prepared, single};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A row and its column may differ by this part of all payments where the declared accounts are all that is paid; more is a fault of the program.
const FAULT: f64 = 1e-6;

pub fn sam(mut r: Request) -> Result<Answer, Failure> {
    let argument = r.argument.trim().to_string();
    let mut answer = Answer::new(r.session);
    answer.json.insert("model".into(), json!(r.session.economy.name.as_deref()));
    if r.session.economy.industries.is_empty() {
        answer.json.extend([("accounts", json!([])), ("cells", json!([])), ("balance", Value::Null)].map(|(k, v)| (k.to_string(), v)));
        answer.text = format!("{}: no accounts: there are no industries, and equations of the file's own post no payments\n", title(&r));
        return Ok(answer);
    }
    if argument.is_empty() {
        let (solved, ledger, sam) = r.session.sam(r.interrupt).map_err(|d| r.session.failure(d))?;
        let subject = Subject { economy: &solved.prepared.economy, rows: &ledger.rows };
        let regime = solved.prepared.regime_words(&solved.solution);
        answer.json.extend(present::json(&subject, &sam));
        tell(&r, &mut answer, &solved.prepared, &subject, &format!("{}   {regime}", title(&r)), &[("", &sam)])?;
        free(&r, &mut answer, &solved.prepared, &[("", &solved.solution)]);
        return Ok(answer);
    }
    let (mut economy, changes) = shocks::asked(&mut r, &argument)?;
    let ledger = Ledger::new(r.session.accounts.clone(), &mut economy);
    let shocked = shocks::run(&mut r, economy, &changes)?;
    for note in shocked.moves.iter().filter_map(|m| r.session.cut_note(m.parameter)) {
        answer.diagnostics.push(note);
    }
    let p = &shocked.prepared;
    let [before, after] = [&shocked.before, &shocked.after].map(|s| p.sam(&ledger, s));
    let difference = change(&before, &after);
    let subject = Subject { economy: &p.economy, rows: &ledger.rows };
    answer.json.extend(present::json_shock(&subject, &before, &after));
    let parts = [("before", &before), ("after", &after), ("change", &difference)];
    tell(&r, &mut answer, p, &subject, &format!("{}   {argument}", title(&r)), &parts)?;
    free(&r, &mut answer, p, &[(" before", &shocked.before), (" after", &shocked.after)]);
    Ok(answer)
}

fn title(r: &Request) -> String {
    match &r.session.economy.name {
        Some(name) => format!("sam of {name}"),
        None => "sam".to_string(),
    }
}

fn tell(r: &Request, answer: &mut Answer, p: &Prepared, subject: &Subject, heading: &str, parts: &[(&str, &Sam)]) -> Result<(), Failure> {
    let own = !p.economy.equations.is_empty();
    let worst = parts.iter().filter(|x| x.0 != "change").map(|x| x.1.balance().gap()).fold(0.0, f64::max);
    if r.options.csv {
        answer.text = present::csv(subject, parts).map_err(|e| {
            let d = crate::diag::Diagnostic::new("F003", format!("cannot write the matrix: {e}"));
            r.session.failure(single(d))
        })?;
    } else if r.options.latex {
        answer.text = present::latex(subject, parts, r.options.digits);
    } else {
        answer.text = format!("{heading}\n{}", present::text(subject, parts, r.options.digits, r.options.columns));
        if !(worst <= 1e-9) && own {
            answer.text.push_str("the file's own equations post no payments: what they levy or hand out is missing here\n");
        }
    }
    if r.options.latex && r.options.json {
        answer.json.insert("latex".into(), json!(present::latex(subject, parts, r.options.digits)));
    }
    if !(worst <= FAULT) && !own {
        answer.exit = exit::INTERNAL;
    }
    Ok(())
}

/// Where an equilibrium is one of many, the matrix is that of the one shown.
fn free(r: &Request, answer: &mut Answer, p: &Prepared, solutions: &[(&str, &crate::solve::Solution)]) {
    let mut found = Map::new();
    for (when, solution) in solutions {
        let Some(words) = p.free_words(solution) else { continue };
        // A file for machines holds nothing but the matrix.
        if !r.options.csv && !r.options.latex {
            let _ = writeln!(answer.text, "undetermined{when}, one of many shown: {words}");
        }
        let key = if when.is_empty() { "now" } else { when.trim() };
        found.insert(key.to_string(), json!(words));
    }
    if !found.is_empty() {
        answer.json.insert("undetermined".into(), Value::Object(found));
    }
}
