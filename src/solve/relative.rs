//! The economy in relative prices, whatever its numeraire.
//!
//! Where nothing has a given price, the search counts in units of world income: no price can be that of something worthless, none runs off, and what
//! is found does not depend on the numeraire that the file names. No market is set aside either: one factor scales every use, and by Walras' law it
//! is 1 where all conditions hold. The solution is then counted in the numeraire. One that is worth nothing at an equilibrium of relative prices can
//! count nothing: that proves that there is none in its terms.

use super::engine::Engine;
use super::problem::{Kind, Problem, Unknown};
use super::{Position, SolveError, kernel::Want, solution, start};
use crate::expr::{NodeId, Sym};
use crate::system::{Condition, Equation, Quantity, Role, SymInfo, System};

/// The system with all its markets, the numeraire's price among the unknowns and world income as the unit of account.
#[derive(Clone, Debug)]
pub struct Relative {
    pub problem: Problem,
    /// The parameter that holds world income; none where equations of the file's own may hold at its own price level only.
    income: Option<Sym>,
    /// The anchor of the file.
    anchor: Sym,
    /// The same with no unit of account yet, what the numeraire is worth, and prices that may be one, by name.
    open: Option<(System, NodeId, Vec<Sym>)>,
}

/// Prices that are tried as the unit of account.
const UNITS: usize = 8;

/// What something in excess supply may be worth, relative to the dearest price, to count as worthless.
const WORTHLESS: f64 = 1e-60;
/// By how much supply must exceed use there, in logs.
const EXCESS: f64 = 1e-9;

impl Relative {
    /// `None` where prices are given.
    ///
    /// # Errors
    /// As [`Problem::new`].
    pub fn new(system: &System) -> Result<Option<Relative>, SolveError> {
        let ([anchor], Some(aside)) = (system.anchors.as_slice(), &system.set_aside) else { return Ok(None) };
        let mut s = system.clone();
        s.equations.insert(aside.place.min(s.equations.len()), aside.equation.clone());
        let factor = hidden(&mut s, "use of everything", Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: Some(1.0) });
        let times = s.dag.sym(factor);
        for equation in s.equations.iter_mut().filter(|e| e.condition == Condition::Market) {
            equation.right = s.dag.mul(times, equation.right);
        }
        let own = system.equations.iter().any(|e| matches!(e.condition, Condition::Income | Condition::User));
        s.set_aside = None;
        s.outside_balances.clear();
        if own {
            let level = s.dag.sym(*anchor);
            return Ok(Some(Relative { problem: Problem::plain(&s, &[level])?, income: None, anchor: *anchor, open: None }));
        }
        let level = free_the_level(&mut s, *anchor);
        let mut prices: Vec<Sym> = s.equations.iter().filter(|e| e.condition == Condition::Market).filter_map(|e| e.partner).collect();
        prices.sort_by(|a, b| s.info(*a).name.cmp(&s.info(*b).name));
        let step = prices.len().div_ceil(UNITS).max(1);
        let open = Some((s.clone(), level, prices.into_iter().step_by(step).collect()));
        let income = count_in_income(&mut s, aside.scale);
        Ok(Some(Relative { problem: Problem::plain(&s, &[level])?, income: Some(income), anchor: *anchor, open }))
    }

    /// The economy counted in one price after another: the same ones whatever the file's own numeraire.
    pub fn otherwise(&self) -> impl Iterator<Item = (Sym, Problem)> + '_ {
        self.open.iter().flat_map(|(system, level, prices)| {
            prices.iter().filter_map(|unit| {
                let mut s = system.clone();
                s.syms[unit.index()].role = Role::Parameter(1.0);
                Some((*unit, Problem::plain(&s, &[*level]).ok()?))
            })
        })
    }

    /// Parameters for this problem: world income is such that prices are near 1 in the mean if each factor earns as much as the others.
    pub fn parameters(&self, params: &[f64]) -> Vec<f64> {
        let mut own = params.to_vec();
        let Some(income) = self.income else { return own };
        let mut engine = Engine::new(&self.problem);
        engine.set_parameters(params);
        let endowments = start::endowments(&engine);
        let mean = endowments.iter().map(|(_, e)| e.ln()).sum::<f64>() / endowments.len() as f64;
        own.resize(income.index() + 1, f64::NAN);
        own[income.index()] = if endowments.is_empty() { 1.0 } else { endowments.len() as f64 * mean.exp() };
        own
    }

    /// The point of `target`, which counts in the file's numeraire, that a solution `z` in world income, or in another price, is; `Err` with the names of all prices worth
    /// something where the numeraire is worth nothing, or with none where it is too little to tell.
    pub fn translate(
        &self,
        target: &Problem,
        params: &[f64],
        engine: &mut Engine,
        (z, positions): (&[f64], &[Position]),
        unit: Option<Sym>,
    ) -> Result<Point, Vec<String>> {
        let from = engine.problem;
        engine.evaluate(z, Want::Values);
        solution::complete(engine, z, Want::Values);
        let point = |factor: f64| -> Point {
            let find = |sym: Sym| from.unknowns.iter().position(|u| u.sym == sym);
            let own = target.unknowns.iter().map(|u| match find(u.sym) {
                Some(k) => (if u.kind == Kind::Price { z[k] * factor } else { z[k] }, positions[k]),
                None if unit == Some(u.sym) => (factor, Position::Interior),
                None => (f64::NAN, Position::Interior),
            });
            own.unzip()
        };
        if self.income.is_none() {
            return Ok(point(1.0));
        }
        let prices = || from.unknowns.iter().zip(z).filter(|(u, _)| u.kind == Kind::Price);
        let top = prices().map(|(_, z)| *z).fold(if unit.is_some() { 1.0 } else { 0.0 }, f64::max);
        let worth = engine.limit(from.tape.outputs[0]);
        if !(worth > WORTHLESS * top) {
            // What is next to nothing, and not in excess supply at a price of zero, is worth something all the same.
            let of_zero = |(k, u): (usize, &Unknown)| {
                let slack = u.equation.map_or(0.0, |i| engine.residuals[i].value);
                u.kind != Kind::Price || z[k] > WORTHLESS * top || positions[k] == Position::Lower && slack > EXCESS
            };
            if !from.unknowns.iter().enumerate().all(of_zero) {
                return Err(Vec::new());
            }
            return Err(prices().filter(|(_, z)| **z > 1e-6 * top).map(|(u, _)| u.name.clone()).collect());
        }
        Ok(point(params.get(self.anchor.index()).copied().unwrap_or(1.0) / worth))
    }
}

/// A point by unknown, with positions.
pub type Point = (Vec<f64>, Vec<Position>);

/// Makes the numeraire's price an unknown; what the numeraire is worth.
fn free_the_level(s: &mut System, anchor: Sym) -> NodeId {
    s.anchors.clear();
    // The numeraire: a price that was a parameter, or an expression by an equation.
    match s.equations.iter().position(|e| e.condition == Condition::Numeraire) {
        Some(at) => s.equations.remove(at).left,
        None => {
            s.syms[anchor.index()].role = Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: None };
            s.dag.sym(anchor)
        }
    }
}

/// Makes world income a given number, a parameter.
fn count_in_income(s: &mut System, scale: NodeId) -> Sym {
    let income = hidden(s, "world income", Role::Parameter(1.0));
    let right = s.dag.sym(income);
    s.equations.push(Equation {
        name: "world income".into(),
        condition: Condition::Numeraire,
        left: scale,
        right,
        partner: None,
        complementary: false,
        origin: None,
    });
    income
}

/// A symbol that is never shown.
pub(super) fn hidden(s: &mut System, name: &str, role: Role) -> Sym {
    let sym = Sym(s.syms.len() as u32);
    s.syms.push(SymInfo {
        name: name.into(),
        display: String::new(),
        latex: String::new(),
        meaning: String::new(),
        role,
        quantity: Quantity::Hidden,
        origin: None,
    });
    sym
}
