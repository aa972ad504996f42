//! `export`: the economy at its equilibrium in another program's language.

use super::{Answer, Request};
use crate::accounts::netputs::{Netputs, NoNetputs, Plan};
use crate::accounts::{Accounts, ActivityId};
use crate::diag::Diagnostic;
use crate::expr::{Dag, NodeId, Sym};
use crate::model::Economy;
use crate::present::mpsge::{self, Subject};
use crate::session::solved::Solved;
use crate::session::{Failure, single};
use crate::system::Role;
use serde_json::json;
use std::path::Path;

pub fn export(mut r: Request) -> Result<Answer, Failure> {
    if !r.options.mpsge {
        let d = Diagnostic::new("C026", "in which language?").help("`--mpsge` writes a GAMS program with an MPSGE model");
        return Err(r.session.failure(single(d)));
    }
    let mut answer = Answer::new(r.session);
    let (text, netputs) = mpsge_of(&mut r)?;
    answer.json.insert("model".into(), json!(r.session.economy.name.as_deref()));
    for (what, n) in [("sectors", netputs.sectors.len()), ("consumers", netputs.consumers.len())] {
        answer.json.insert(what.into(), json!(n));
    }
    match &r.options.out {
        Some(path) => {
            r.write(path, text.as_bytes())?;
            answer.json.insert("file".into(), json!(path.display().to_string()));
            answer.text = format!("{} sectors, {} consumers in {}\n", netputs.sectors.len(), netputs.consumers.len(), path.display());
        }
        None => {
            answer.json.insert("mpsge".into(), json!(text));
            answer.text = text;
            answer.copy = true;
        }
    }
    Ok(answer)
}

fn mpsge_of(r: &mut Request) -> Result<(String, Netputs), Failure> {
    let session = &r.session;
    let refused = |d: Diagnostic| session.failure(single(d));
    let mut economy = session.economy.clone();
    if let Some(e) = economy.equations.first() {
        let d = Diagnostic::new("M120", "equations of the file's own have no place in MPSGE").at(e.span, "this one");
        return Err(refused(d.help("MPSGE knows zero profit, market clearing and income balance only")));
    }
    if economy.industries.is_empty() {
        return Err(refused(Diagnostic::new("M120", "there is nothing to export: no industries")));
    }
    let rows = session.accounts.clone();
    let no = |why: NoNetputs, economy: &Economy| refused(refusal(&why, &rows, economy));
    let plan = Plan::new(rows.clone(), &mut economy).map_err(|why| no(why, &session.economy))?;
    let mut prepared = session.prepare(economy, Vec::new(), true).map_err(|d| session.failure(d))?;
    let solution = prepared.equilibrium(session, r.interrupt);
    let solved = Solved { prepared, solution }.checked(r.interrupt).map_err(|d| session.failure(d))?;
    let p = &solved.prepared;
    let moves = |node: NodeId| moves(&p.economy, &p.system.dag, node);
    let netputs = plan.at(&p.system.dag, &solved.solution.values, &moves).map_err(|why| no(why, &p.economy))?;
    let held = p.system.anchors.iter().find_map(|s| netputs.prices.iter().find(|(c, _)| rows.commodity(*c).price.sym() == *s));
    let title = session.economy.name.as_deref().or_else(|| stem(session.sources.paths().next())).unwrap_or("economy").to_string();
    let subject = Subject { economy: &p.economy, rows: &rows, title: &title, numeraire: held.or(netputs.prices.first()).copied() };
    Ok((mpsge::text(&subject, &netputs), netputs))
}

fn stem(path: Option<&Path>) -> Option<&str> {
    path?.file_stem()?.to_str()
}

/// Whether a node rests on what the equilibrium determines.
fn moves(economy: &Economy, dag: &Dag, node: NodeId) -> bool {
    let mut open = vec![node];
    let mut seen: std::collections::HashSet<Sym> = std::collections::HashSet::new();
    while let Some(node) = open.pop() {
        for s in dag.symbols(&[node]) {
            if !seen.insert(s) {
                continue;
            }
            match economy.info(s).role {
                Role::Unknown { .. } => return true,
                Role::Definition(body) => open.push(body),
                Role::Parameter(_) | Role::Bound => {}
            }
        }
    }
    false
}

fn refusal(why: &NoNetputs, rows: &Accounts, economy: &Economy) -> Diagnostic {
    let at = |d: Diagnostic, id: ActivityId, words: &str| match rows.activity(id).origin {
        Some(span) => d.at(span, words.to_string()),
        None => d,
    };
    let name = |id: ActivityId| rows.activity_name(economy, id);
    match why {
        NoNetputs::Tasks(id) => at(Diagnostic::new("M121", "a continuum of tasks has no place in MPSGE"), *id, "tasks with a schedule of costs")
            .help("MPSGE knows nests of finitely many inputs"),
        NoNetputs::General(id) => at(Diagnostic::new("M122", format!("`{}` has no form", name(*id))), *id, "only shares and elasticities")
            .help("give a form with weights, such as `ces(0.5) { L: 0.4, H: 0.6 }`"),
        NoNetputs::Moving(id) => {
            let d = Diagnostic::new("M123", format!("something of `{}` moves with the equilibrium", name(*id)));
            at(d, *id, "a rate, weight, elasticity or productivity").help("MPSGE takes constants here; give it a parameter")
        }
        NoNetputs::Free(c) => {
            let what = rows.commodity_name(economy, *c);
            Diagnostic::new("M124", format!("the price of `{what}` is 0 at this equilibrium"))
                .help("MPSGE describes a technology by a point where used prices are positive; set parameters at which they are, then export")
        }
        NoNetputs::Unspent(_) => Diagnostic::new("M125", "what is earned is spent nowhere: there is no demand, and no good has a world price")
            .help("declare `demand`, or give a good a price"),
    }
}
