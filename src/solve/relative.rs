//! The economy in relative prices, whatever its numeraire.
//!
//! Where nothing has a given price, the search counts in units of world income: no price can be that of something worthless, none runs off, and what
//! is found does not depend on the numeraire that the file names. The solution is then counted in the numeraire. One that is worth nothing at an
//! equilibrium of relative prices can count nothing: that proves that there is none in its terms.

use super::engine::Engine;
use super::problem::{Kind, Problem};
use super::{SolveError, kernel::Want, start::start};
use crate::expr::{NodeId, Sym};
use crate::system::{Condition, Equation, Quantity, Role, SetAside, SymInfo, System};

/// The system with the numeraire's price among the unknowns and world income as the unit of account.
#[derive(Clone, Debug)]
pub struct Relative {
    pub problem: Problem,
    /// The parameter that holds world income.
    income: Sym,
    /// The anchor of the file.
    anchor: Sym,
}

/// What something in excess supply may be worth, relative to the dearest price, to count as worthless.
const WORTHLESS: f64 = 1e-60;

impl Relative {
    /// `None` where prices are given, or where equations of the file's own may hold at one price level only.
    ///
    /// # Errors
    /// As [`Problem::new`].
    pub fn new(system: &System) -> Result<Option<Relative>, SolveError> {
        let ([anchor], Some(aside)) = (system.anchors.as_slice(), &system.set_aside) else { return Ok(None) };
        if system.equations.iter().any(|e| matches!(e.condition, Condition::Income | Condition::User)) {
            return Ok(None);
        }
        let mut s = system.clone();
        // The numeraire: a price that was a parameter, or an expression by an equation.
        let level = match s.equations.iter().position(|e| e.condition == Condition::Numeraire) {
            Some(at) => s.equations.remove(at).left,
            None => {
                s.syms[anchor.index()].role = Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: None };
                s.dag.sym(*anchor)
            }
        };
        s.equations.push(aside.equation.clone());
        let Some(dropped) = largest_market(&s) else { return Ok(None) };
        let equation = s.equations.remove(dropped);
        let Some(partner) = equation.partner else { return Ok(None) };
        let price = s.dag.sym(partner);
        let income = Sym(s.syms.len() as u32);
        s.syms.push(SymInfo {
            name: "world income".into(),
            display: String::new(),
            latex: String::new(),
            meaning: String::new(),
            role: Role::Parameter(1.0),
            quantity: Quantity::Hidden,
            origin: None,
        });
        let right = s.dag.sym(income);
        s.equations.push(Equation {
            name: "world income".into(),
            condition: Condition::Numeraire,
            left: aside.scale,
            right,
            partner: Some(partner),
            complementary: false,
            origin: None,
        });
        s.set_aside = Some(SetAside { equation, place: dropped, scale: aside.scale, price });
        s.outside_balances.clear();
        let outputs: [NodeId; 2] = [level, aside.scale];
        let problem = Problem::plain(&s, &outputs)?;
        Ok(Some(Relative { problem, income, anchor: *anchor }))
    }

    /// Parameters for this problem: world income is what it is at the start, so that prices are near 1.
    pub fn parameters(&self, params: &[f64]) -> Vec<f64> {
        let mut own = params.to_vec();
        own.resize(self.income.index() + 1, f64::NAN);
        own[self.income.index()] = 1.0;
        let mut engine = Engine::new(&self.problem);
        engine.set_parameters(&own);
        let z = start(&mut engine, &own, 0);
        super::solution::complete(&mut engine, &z, Want::Values);
        let income = engine.value(self.problem.tape.outputs[1]);
        if income.is_finite() && income > 0.0 {
            own[self.income.index()] = income;
        }
        own
    }

    /// The point of `target`, which counts in the file's numeraire, that this problem's solution `z` is; `Err` with the names of all prices worth
    /// something where the numeraire is worth nothing.
    pub fn translate(
        &self,
        target: &Problem,
        params: &[f64],
        engine: &mut Engine,
        z: &[f64],
        positions: &[super::Position],
    ) -> Result<Point, Vec<String>> {
        super::solution::complete(engine, z, Want::Values);
        let prices = || self.problem.unknowns.iter().zip(z).filter(|(u, _)| u.kind == Kind::Price);
        let top = prices().map(|(_, z)| *z).fold(0.0f64, f64::max);
        let worth = engine.limit(self.problem.tape.outputs[0]);
        if !(worth > WORTHLESS * top) {
            return Err(prices().filter(|(_, z)| **z > 1e-6 * top).map(|(u, _)| u.name.clone()).collect());
        }
        let factor = params.get(self.anchor.index()).copied().unwrap_or(1.0) / worth;
        let find = |sym: Sym| self.problem.unknowns.iter().position(|u| u.sym == sym);
        Ok(target
            .unknowns
            .iter()
            .map(|u| match find(u.sym) {
                Some(k) => (if u.kind == Kind::Price { z[k] * factor } else { z[k] }, positions[k]),
                None => (f64::NAN, super::Position::Interior),
            })
            .unzip())
    }
}

/// A point by unknown, with positions.
pub type Point = (Vec<f64>, Vec<super::Position>);

/// The market of the largest given endowment; by name among equals.
fn largest_market(s: &System) -> Option<usize> {
    let size = |e: &Equation| match s.dag.node(e.left) {
        crate::expr::Node::Sym(sym) => match s.info(*sym).role {
            Role::Parameter(v) if s.info(*sym).quantity == Quantity::Endowment => v,
            _ => 0.0,
        },
        _ => 0.0,
    };
    let markets = s.equations.iter().enumerate().filter(|(_, e)| e.condition == Condition::Market);
    markets.max_by(|a, b| size(a.1).total_cmp(&size(b.1)).then_with(|| b.1.name.cmp(&a.1.name))).map(|m| m.0)
}
