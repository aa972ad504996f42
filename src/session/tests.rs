//! What every modeller runs by hand: homogeneity, Walras' law or the outside balance, derivatives against re-solves.

use super::solved::Solved;
use crate::expr::Sym;
use crate::solve::{Status, derivatives};
use crate::system::{Quantity, Role};
use std::sync::atomic::AtomicBool;

/// The outcome of one law.
#[derive(Clone, Debug)]
pub struct Law {
    pub name: &'static str,
    pub passed: bool,
    /// The largest relative deviation.
    pub worst: f64,
    pub tolerance: f64,
    /// The quantity that deviates most.
    pub at: Option<String>,
}

/// Factor by which all nominal anchors are raised.
const SCALE: f64 = 1.1;
const LEVELS: f64 = 1e-9;
/// Re-solves are differences of two numbers known to about 1e-13: Richardson's step keeps this much.
const SLOPES: f64 = 1e-5;

impl Solved {
    pub fn laws(&self, interrupt: &AtomicBool) -> Vec<Law> {
        let mut out =
            vec![Law { name: "residuals", passed: self.solution.residual <= 1e-10, worst: self.solution.residual, tolerance: 1e-10, at: None }];
        out.extend(self.homogeneity(interrupt));
        let closing = match (self.solution.walras, self.solution.outside_balance) {
            (Some(w), _) => Some(("Walras' law", w)),
            (None, Some(b)) => Some(("outside balance", b)),
            _ => None,
        };
        if let Some((name, worst)) = closing {
            out.push(Law { name, passed: worst.abs() <= LEVELS, worst: worst.abs(), tolerance: LEVELS, at: None });
        }
        out.extend(self.slopes(interrupt));
        out
    }

    /// With all anchors × 1.1 prices and incomes rise by 10% and quantities stay.
    fn homogeneity(&self, interrupt: &AtomicBool) -> Option<Law> {
        let p = &self.prepared;
        let anchors = &p.system.anchors;
        // The user's own equations may be written in money: the law is about the primitives.
        if anchors.is_empty() || p.system.unknowns().any(|u| p.system.info(u).quantity == Quantity::Variable) {
            return None;
        }
        let changes: Vec<(Sym, f64)> = anchors.iter().map(|&a| (a, self.solution.values[a.index()] * SCALE)).collect();
        // Given prices that follow parameters are raised themselves, whatever they follow.
        let mut loose = p.system.clone();
        for &(a, v) in &changes {
            loose.syms[a.index()].role = Role::Parameter(v);
        }
        let problem = crate::solve::Problem::new(&loose, &[]).ok()?;
        let after = crate::solve::solve(&problem, &p.with(&changes), Some(&self.solution), interrupt);
        let mut worst: (f64, Option<String>) = (0.0, None);
        let open = |solution: &crate::solve::Solution, sym: Sym| matches!(&solution.status, Status::Indeterminate { free } if free.contains(&sym));
        let mut passed = true;
        // What there is none of has no price to rise.
        let absent = |s: Sym| p.is_absent(&self.solution, s) && p.is_absent(&after, s);
        for sym in p.system.unknowns().filter(|s| !open(&self.solution, *s) && !open(&after, *s) && !absent(*s)) {
            let info = p.system.info(sym);
            let factor = match info.quantity {
                Quantity::FactorPrice | Quantity::GoodPrice | Quantity::Income => SCALE,
                Quantity::Activity | Quantity::Margin => 1.0,
                _ => continue,
            };
            let (x, y) = (self.solution.values[sym.index()] * factor, after.values.get(sym.index()).copied().unwrap_or(f64::NAN));
            // Each is known to its own error only; without one the law is as strict as can be.
            let known = 2.0 * self.solution.error(sym).unwrap_or(0.0);
            let d = (x - y).abs() / x.abs().max(1e-9);
            passed &= d <= LEVELS + known;
            if d > worst.0 || d.is_nan() {
                worst = (if d.is_nan() { f64::INFINITY } else { d }, Some(info.display.clone()));
            }
        }
        Some(Law { name: "homogeneity (anchors × 1.1)", passed, worst: worst.0, tolerance: LEVELS, at: worst.1 })
    }

    /// Derivatives by the implicit function theorem against differences of re-solved equilibria.
    fn slopes(&self, interrupt: &AtomicBool) -> Option<Law> {
        let p = &self.prepared;
        let parameters: Vec<Sym> = p.listed_parameters(false).into_iter().filter(|s| self.solution.values[s.index()] != 0.0).collect();
        let d = derivatives(&p.problem, &self.solution, &parameters);
        if d.one_sided() || parameters.is_empty() {
            return None;
        }
        let mut passed = true;
        let mut worst: (f64, Option<String>) = (0.0, None);
        for (k, &par) in parameters.iter().enumerate() {
            let at = self.solution.values[par.index()];
            let solve = |h: f64| p.solve_at(&p.with(&[(par, at * (1.0 + h))]), Some(&self.solution), interrupt);
            let h = 1e-4;
            let (a, b, c, e) = (solve(h), solve(-h), solve(h / 2.0), solve(-h / 2.0));
            let same = |s: &crate::solve::Solution| s.positions == self.solution.positions;
            if ![&a, &b, &c, &e].into_iter().all(same) {
                continue;
            }
            for sym in p.system.unknowns() {
                let i = sym.index();
                // What the regime leaves open has no derivative.
                let open = matches!(&self.solution.status, Status::Indeterminate { free } if free.contains(&sym));
                if open || p.is_absent(&self.solution, sym) || !matches!(p.system.info(sym).role, Role::Unknown { .. }) {
                    continue;
                }
                let (wide, narrow) = ((a.values[i] - b.values[i]) / (2.0 * h * at), (c.values[i] - e.values[i]) / (h * at));
                let difference = (4.0 * narrow - wide) / 3.0;
                let formula = d.get(sym, k, true);
                let scale = formula.abs().max((self.solution.values[i] / at).abs()).max(1e-9);
                // A difference of values that are known to an error is known to that over the step; without one the law is as strict as can be.
                let known = 4.0 * self.solution.error(sym).unwrap_or(0.0) * self.solution.values[i].abs() / (h * at.abs());
                let gap = (difference - formula).abs() / scale;
                passed &= gap <= SLOPES + known / scale;
                if gap > worst.0 || gap.is_nan() {
                    worst = (
                        if gap.is_nan() { f64::INFINITY } else { gap },
                        Some(format!("{} in {}", p.system.info(sym).display, p.system.info(par).display)),
                    );
                }
            }
        }
        Some(Law { name: "derivatives against re-solves", passed, worst: worst.0, tolerance: SLOPES, at: worst.1 })
    }
}
