//! Closed forms: each target of the declared channels against each parameter that a shock moves.

use super::{Draft, INTERRUPTED, interrupted};
use crate::accounts::Accounts;
use crate::algebra::{AlgebraError, Config, Engine};
use crate::command::Request;
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::Economy;
use crate::present::report::formula::response;
use crate::session::Prepared;
use crate::solve::{Problem, Solution};
use crate::statics::ask::Ask;
use crate::statics::derive::{Place, derive as closed_form};
use crate::system::System;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Seconds that all formulas may take together where no limit is given.
const LIMIT: f64 = 60.0;
/// Formulas beyond this number are left to `derive`.
const MOST: usize = 24;
/// One formula may take the time of all divided by this.
const SHARE: f64 = 3.0;
/// The engine did not answer in time.
const LATE: &str = "A004";
/// A technology without numbers.
pub const LETTERS: &str = "S010";

/// The system that formulas are asked of; solved, or in letters only where a technology has no numbers.
struct Ground {
    economy: Economy,
    accounts: Arc<Accounts>,
    system: System,
    parameters: Vec<f64>,
    solved: Option<(Problem, Solution)>,
}

fn ground(r: &Request) -> Option<Ground> {
    let session = &*r.session;
    match session.prepare_standard() {
        Ok(mut prepared) => {
            let solution = prepared.equilibrium(session, r.interrupt);
            let Prepared { economy, accounts, system, problem, parameters, .. } = prepared;
            solution.is_equilibrium().then_some(Ground { economy, accounts, system, parameters, solved: Some((problem, solution)) })
        }
        Err(d) if d.list.iter().all(|x| x.code == LETTERS) => {
            let mut economy = session.economy.clone();
            let system = crate::lower::lower(&mut economy, &session.accounts).ok()?;
            let mut parameters = economy.parameter_values(&session.settings);
            parameters.resize(system.syms.len(), f64::NAN);
            let accounts = session.accounts.clone();
            Some(Ground { economy, accounts, system, parameters, solved: None })
        }
        Err(_) => None,
    }
}

pub fn derive(r: &mut Request, draft: &mut Draft) {
    let session = &*r.session;
    let Some(mut g) = ground(r) else { return };
    let stopped = || interrupted(r);
    let mut targets: Vec<Sym> = g.economy.channels.iter().flat_map(|c| c.of.clone()).collect();
    let mut parameters: Vec<Sym> = session.economy.shocks.iter().flat_map(|s| s.changes.iter().map(|c| c.target)).collect();
    for list in [&mut targets, &mut parameters] {
        let mut seen = rustc_hash::FxHashSet::default();
        list.retain(|s| seen.insert(*s));
    }
    if targets.is_empty() || parameters.is_empty() {
        let what = if targets.is_empty() { "channels" } else { "shocks" };
        draft.page.formula_notes.push(format!("The file declares no {what}, so no formulas stand here; `derive` answers single questions."));
        return;
    }
    let nodes: Vec<_> = targets.iter().map(|t| g.system.dag.sym(*t)).collect();
    let engine = Engine::new(Config { worker: r.options.worker.clone(), ..Config::default() });
    let limit = r.options.limit.filter(|l| l.is_finite() && *l > 0.0).unwrap_or(LIMIT);
    let limit = Duration::from_secs_f64(limit.min(86_400.0));
    let started = Instant::now();
    let solved = g.solved.as_ref().map(|(p, s)| (p, s));
    let place = Place { economy: &g.economy, accounts: &g.accounts, system: &g.system, parameters: &g.parameters, solved };
    let mut asked = 0;
    let mut without: Vec<(String, Vec<String>)> = Vec::new();
    for &wrt in &parameters {
        for (&target, &node) in targets.iter().zip(&nodes) {
            if stopped() {
                return;
            }
            let info = g.system.info(target);
            let title = format!("{} with respect to {}", info.display, g.system.info(wrt).display);
            asked += 1;
            let refused = if asked > MOST {
                "more formulas than a page can hold; `derive` answers single questions".to_string()
            } else {
                // One formula that never comes may not take the time of all the others.
                let left = limit.saturating_sub(started.elapsed());
                let ask = Ask::new(&engine, left.min(limit.div_f64(SHARE)), r.interrupt);
                let found = if left.is_zero() {
                    Err((&AlgebraError::Timeout { limit }).into())
                } else {
                    closed_form(&place, (info.name.as_str(), node), wrt, &[], &ask)
                };
                match found {
                    Ok(d) => {
                        draft.page.responses.push(response(&d, &info.display, &g.system, r.options.digits));
                        continue;
                    }
                    Err(d) if d.code == INTERRUPTED => return,
                    Err(d) if d.code == LATE => format!("it did not come in time; `--limit` gives more than {} s for all", limit.as_secs_f64()),
                    Err(d) if unavailable(&d) => {
                        let help = d.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
                        let some = if draft.page.responses.is_empty() { "Formulas" } else { "More formulas" };
                        draft
                            .page
                            .formula_notes
                            .push(format!("{some} are not here: {}{help}. All else on this page is complete without them.", d.title));
                        return;
                    }
                    Err(d) => d.title,
                }
            };
            match without.iter_mut().find(|w| w.0 == refused) {
                Some((_, list)) => list.push(title),
                None => without.push((refused, vec![title])),
            }
        }
    }
    for (why, list) in without {
        let shown = if list.len() > 6 {
            format!("{}, … ({} in all)", list.iter().take(5).cloned().collect::<Vec<_>>().join(", "), list.len())
        } else {
            list.join(", ")
        };
        draft.page.formula_notes.push(format!("No formula for {shown}: {why}."));
    }
}

/// Whether the engine itself is out of reach, so that further questions would fail like this one.
fn unavailable(d: &Diagnostic) -> bool {
    d.code < "A050" && d.code.starts_with('A')
}
