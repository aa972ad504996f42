//! Symbolica at work: called in the worker process only, on its one thread.

mod convert;
mod ideal;
mod linear;
mod minors;

use crate::task::{Collected, Failure, Reply, Task};
use crate::{Factored, Formula, Monomial};
use convert::{Quotient, Ring, Whole};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use symbolica::prelude::*;

/// Makes Symbolica start: it prints its notice, or ends the process where it may not run.
pub fn start() {
    let _ = symbol!("s0");
    let _ = LicenseManager::is_licensed();
}

/// Answers each task; one that panics inside the library fails alone.
pub fn run(tasks: &[Task]) -> Vec<Reply> {
    let message: Arc<Mutex<String>> = Arc::default();
    let noted = Arc::clone(&message);
    std::panic::set_hook(Box::new(move |panic| {
        if let Ok(mut text) = noted.lock() {
            *text = panic.to_string();
        }
    }));
    tasks
        .iter()
        .map(|task| match catch_unwind(AssertUnwindSafe(|| answer(task))) {
            Ok(Ok(reply)) => reply,
            Ok(Err(failure)) => Reply::Failed(failure),
            Err(_) => Reply::Failed(Failure::Internal(message.lock().map(|text| text.clone()).unwrap_or_default())),
        })
        .collect()
}

fn answer(task: &Task) -> Result<Reply, Failure> {
    match task {
        Task::Solve { system, wanted } => linear::solve(system, wanted).map(Reply::Solution),
        Task::Factor { formula } => {
            let ring = Ring::of([formula]);
            ring.factored(&ring.quotient(formula)?).map(Reply::Factored)
        }
        Task::Together { formula } => {
            let ring = Ring::of([formula]);
            ring.together(&ring.quotient(formula)?).map(Reply::Factored)
        }
        Task::Substitute { formula, replacements } => substitute(formula, replacements).map(Reply::Factored),
        Task::IsZero { formula, given } => ideal::is_zero(formula, given).map(Reply::Truth),
        Task::Reduce { formula, given } => ideal::reduce(formula, given).map(Reply::Factored),
        Task::Collect { formula, atoms } => collect(formula, atoms).map(Reply::Collected),
        Task::Derivative { formula, atom } => {
            let ring = Ring::of([formula]);
            let value = ring.quotient(formula)?;
            match ring.place(*atom) {
                Some(variable) => ring.factored(&value.derivative(variable)).map(Reply::Factored),
                None => Ok(Reply::Factored(Factored::zero())),
            }
        }
        Task::Apart { formula, atom } => {
            let ring = Ring::of([formula]);
            let value = ring.quotient(formula)?;
            let parts = match ring.place(*atom) {
                Some(variable) => value.apart(variable),
                None => vec![value],
            };
            parts.iter().map(|part| ring.factored(part)).collect::<Result<_, _>>().map(Reply::Parts)
        }
        Task::Gcd { first, second } => {
            let ring = Ring::of([first, second]);
            let common = ring.polynomial(first)?.gcd(&ring.polynomial(second)?);
            ring.factored_polynomial(&common).map(Reply::Factored)
        }
        Task::Resultant { first, second, atom } => {
            let ring = Ring::of([first, second]);
            let (left, right) = (ring.polynomial(first)?, ring.polynomial(second)?);
            let variable = ring.place(*atom).ok_or_else(|| Failure::Malformed(format!("s{atom} does not occur")))?;
            ring.factored_polynomial(&ring.resultant(&left, &right, variable)).map(Reply::Factored)
        }
    }
}

fn substitute(formula: &Formula, replacements: &[(u32, Formula)]) -> Result<Factored, Failure> {
    let ring = Ring::of(std::iter::once(formula).chain(replacements.iter().map(|pair| &pair.1)));
    let values: BTreeMap<u32, Quotient> =
        replacements.iter().map(|(atom, value)| Ok((*atom, ring.quotient(value)?))).collect::<Result<_, Failure>>()?;
    ring.factored(&ring.quotient_with(formula, &values)?)
}

fn collect(formula: &Formula, atoms: &[u32]) -> Result<Collected, Failure> {
    let ring = Ring::of([formula]);
    let value = ring.quotient(formula)?;
    let wanted: BTreeSet<u32> = atoms.iter().copied().collect();
    let mut groups: BTreeMap<Monomial, Whole> = BTreeMap::new();
    for index in 0..value.numerator.nterms() {
        let exponents = value.numerator.exponents(index);
        let (inside, outside) = ring.split(exponents, |atom| wanted.contains(&atom));
        let coefficient = value.numerator.to_monomial_view(index).coefficient.clone();
        groups.entry(inside).or_insert_with(|| value.numerator.zero()).append_monomial(coefficient, &outside);
    }
    let terms = groups.iter().map(|(monomial, part)| Ok((monomial.clone(), ring.factored_polynomial(part)?)));
    let mut terms = terms.collect::<Result<Vec<_>, Failure>>()?;
    terms.sort_by(|a, b| b.0.degree().cmp(&a.0.degree()).then_with(|| a.0.cmp(&b.0)));
    Ok(Collected { terms, denominator: ring.factored_polynomial(&value.denominator)? })
}
