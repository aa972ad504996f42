//! `sam`: the equilibrium with its social accounting matrix.

use super::solved::Solved;
use super::{Prepared, Session};
use crate::accounts::sam::{Ledger, Sam};
use crate::diag::Diagnostics;
use crate::solve::Solution;
use std::sync::atomic::AtomicBool;

impl Prepared {
    /// The matrix at a solution; the ledger is of the economy that this was prepared from.
    pub fn sam(&self, ledger: &Ledger, solution: &Solution) -> Sam {
        let lacking = self.system.unknowns().any(|s| self.is_absent(solution, s));
        ledger.at(&self.system.dag, &solution.values, lacking)
    }
}

impl Session {
    /// The equilibrium and its matrix.
    ///
    /// # Errors
    /// Diagnostics of the model, or why there is no solution.
    pub fn sam(&self, interrupt: &AtomicBool) -> Result<(Solved, Ledger, Sam), Diagnostics> {
        let mut economy = self.economy.clone();
        let ledger = Ledger::new(self.accounts.clone(), &mut economy);
        let mut prepared = self.prepare(economy, Vec::new(), true)?;
        let solution = prepared.equilibrium(self, interrupt);
        let solved = Solved { prepared, solution }.checked(interrupt)?;
        let sam = solved.prepared.sam(&ledger, &solved.solution);
        Ok((solved, ledger, sam))
    }
}
