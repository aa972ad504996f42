//! Where an equilibrium stands between two regimes, or on a kink of a function, a question about a parameter has two answers: to its left and to its
//! right.

use crate::expr::Sym;
use crate::present::statics::Setting;
use crate::session::solved::Solved;
use crate::session::{Failure, Prepared};
use crate::sink::Tex;
use crate::solve::{Solution, Status, derivatives};
use crate::statics::derive::Place;
use crate::system::Role;
use serde_json::{Map, Value, json};
use std::sync::atomic::AtomicBool;

/// How far beside a kink the numbers of a side are taken, relative to the parameter: far enough for the functions to tell the sides apart.
const BESIDE: f64 = 1e-8;

/// One side of the place where an equilibrium stands.
pub struct Side<'a> {
    pub word: &'static str,
    /// `border` of two regimes, or `kink` of a function within one.
    pub of: &'static str,
    prepared: &'a Prepared,
    solution: Solution,
    parameters: Vec<f64>,
    pub regime: String,
}

impl Side<'_> {
    pub fn place(&self) -> Place<'_> {
        let Prepared { economy, accounts, system, problem, .. } = self.prepared;
        Place { economy, accounts, system, parameters: &self.parameters, solved: Some((problem, &self.solution)) }
    }

    fn heading(&self) -> String {
        format!("{} of the {}: {}", self.word, self.of, self.regime)
    }
}

/// An answer in its three forms.
pub type Told = (String, Tex, Map<String, Value>);

/// The two sides that a parameter leads into; none where the equilibrium stands inside a regime.
pub fn sides<'a>(s: &'a Solved, wrt: Sym, interrupt: &AtomicBool) -> Vec<Side<'a>> {
    let p = &s.prepared;
    let d = derivatives(&p.problem, &s.solution, &[wrt]);
    let (Some(left), Some(right)) = (d.side(0, true), d.side(0, false)) else { return Vec::new() };
    if !d.one_sided() || left.positions.is_empty() || right.positions.is_empty() {
        return Vec::new();
    }
    let side = |word, of, solution: Solution, parameters| {
        let regime = p.regime_words(&solution);
        Side { word, of, prepared: p, solution, parameters, regime }
    };
    if left.positions != right.positions {
        let on = |word, own| side(word, "border", s.solution.on_side(own), p.parameters.clone());
        return vec![on("left", left), on("right", right)];
    }
    let beside = |word, direction: f64| {
        let (parameters, solution) = moved(p, &s.solution, wrt, direction, interrupt)?;
        Some(side(word, "kink", solution, parameters))
    };
    [beside("left", -1.0), beside("right", 1.0)].into_iter().flatten().collect()
}

/// The equilibrium a little beside, in the same regime.
fn moved(p: &Prepared, from: &Solution, wrt: Sym, direction: f64, interrupt: &AtomicBool) -> Option<(Vec<f64>, Solution)> {
    let mut settings = rustc_hash::FxHashMap::default();
    for (k, info) in p.economy.syms.iter().enumerate() {
        if let (Role::Parameter(_), Some(&v)) = (&info.role, p.parameters.get(k)) {
            settings.insert(Sym(k as u32), v);
        }
    }
    let value = from.value(wrt);
    settings.insert(wrt, value + direction * BESIDE * if value == 0.0 { 1.0 } else { value.abs() });
    let mut parameters = p.economy.parameter_values(&settings);
    parameters.resize(p.system.syms.len(), f64::NAN);
    let solution = p.solve_at(&parameters, Some(from), interrupt);
    (solution.status == Status::Solved && p.same_regime(from, &solution)).then_some((parameters, solution))
}

/// The answers of both sides under their headings; one answer where they do not differ. A side without one says why, unless neither has one.
///
/// # Errors
/// That of the first side, where no side has an answer.
pub fn both(sides: &[Side], setting: &Setting, ask: &mut dyn FnMut(&Place, &Setting) -> Result<Told, Failure>) -> Result<Told, Failure> {
    let mut told = Vec::new();
    for side in sides {
        let place = side.place();
        let set = Setting { system: place.system, regime: &side.regime, digits: setting.digits, columns: setting.columns };
        told.push((side, ask(&place, &set)));
    }
    let none = told.iter().all(|t| t.1.is_err());
    let one = matches!(told.as_slice(), [(side, Ok(a)), (_, Ok(b))] if side.of == "kink" && alike(&a.2, &b.2));
    if none || one {
        return told.swap_remove(0).1;
    }
    let (mut text, mut latex, mut json) = (String::new(), Tex::default(), Map::new());
    for (side, answer) in told {
        text.push_str(&format!("{}\n", side.heading()));
        latex.push(&Tex::document(&format!("% {}\n", side.heading())));
        match answer {
            Ok((words, tex, object)) => {
                text.push_str(&words);
                latex.push(&tex);
                json.insert(side.word.into(), Value::Object(object));
            }
            Err(why) => {
                let why = why.diagnostics.list.iter().map(|d| format!("{}: {}", d.code, d.title)).next().unwrap_or_default();
                text.push_str(&format!("  no answer: {why}\n"));
                json.insert(side.word.into(), json!({ "error": why }));
            }
        }
    }
    Ok((text, latex, json))
}

/// Whether two answers are one formula with one number.
fn alike(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let value = |t: &Map<String, Value>| t.get("value").and_then(Value::as_f64);
    ["formula", "sign", "total"].iter().all(|k| a.get(*k) == b.get(*k))
        && value(a).zip(value(b)).is_some_and(|(a, b)| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()))
}
