//! The user's own variables and equations.

use super::Lowering;
use crate::syntax::tree::Relation;
use crate::system::{Condition, Equation, Role};

impl Lowering<'_> {
    pub fn user_equations(&mut self) {
        for e in self.economy.equations.clone() {
            let complementary = e.relation != Relation::Equal;
            // `a ≤ b complements v` is `b − a ≥ 0 ⟂ v ≥ 0`.
            let (left, right) = if e.relation == Relation::AtMost { (e.right, e.left) } else { (e.left, e.right) };
            if let (true, Some(v)) = (complementary, e.complements) {
                // A complementary variable needs a bound to sit on: 0 unless it has one.
                if let Role::Unknown { lower, .. } = &mut self.economy.syms[v.index()].role
                    && *lower == f64::NEG_INFINITY
                {
                    *lower = 0.0;
                }
            }
            self.system.equations.push(Equation {
                name: e.name.clone(),
                condition: Condition::User,
                left,
                right,
                partner: e.complements,
                complementary,
                origin: Some(e.span),
            });
        }
    }
}
