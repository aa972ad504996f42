//! Evaluation of expressions one point at a time, for parameters, checks and formulas; the solver's inner loops use the tape.

use super::Func;

/// The value of an elementary function.
pub fn func(f: Func, x: f64) -> f64 {
    match f {
        Func::Exp => x.exp(),
        Func::Ln => x.ln(),
        Func::Sqrt => x.sqrt(),
        Func::Abs => x.abs(),
        Func::Sign => {
            if x == 0.0 {
                0.0
            } else {
                x.signum()
            }
        }
    }
}
