//! Elasticities by the implicit function theorem, one-sided at borders and kinks.

use super::Prepared;
use crate::expr::Sym;
use crate::solve::{Derivatives, Solution, derivatives};

/// The derivatives of all listed quantities in all listed parameters.
pub struct Elasticities {
    pub parameters: Vec<Sym>,
    pub quantities: Vec<Sym>,
    pub derivatives: Derivatives,
}

/// One derivative in its three measures; `None` where a measure does not exist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// d value / d ln parameter
    pub d_dln: Option<f64>,
    /// d ln value / d ln parameter
    pub elasticity: Option<f64>,
    /// d ln value / d parameter
    pub semi: Option<f64>,
}

impl Prepared {
    pub fn elasticities(&self, solution: &Solution, parameters: Vec<Sym>, quantities: Vec<Sym>) -> Elasticities {
        let derivatives = derivatives(&self.problem, solution, &parameters);
        Elasticities { parameters, quantities, derivatives }
    }
}

/// An elasticity below this is rounding where the value is known to all its digits.
const ROUNDING: f64 = 1e-13;
/// A derivative is known about as well as the value, as a part of an elasticity of 1.
const AS_WELL: f64 = 10.0;

/// The measures of a derivative `d value / d parameter`, of a value known to a relative `error`; one that is nothing but rounding is 0.
pub fn measures(derivative: f64, value: f64, parameter: f64, error: Option<f64>) -> Measures {
    let derivative = if value.is_nan() { f64::NAN } else { derivative };
    let unit = if parameter == 0.0 { 1.0 } else { parameter.abs() };
    // Where no error is known nothing but plain rounding is cleared.
    let nothing = ROUNDING.max(AS_WELL * error.unwrap_or(0.0)) * value.abs();
    let derivative = if (derivative * unit).abs() <= nothing { 0.0 } else { derivative };
    let finite = |v: f64| v.is_finite().then_some(if v == 0.0 { 0.0 } else { v });
    let d_dln = if parameter == 0.0 { None } else { finite(derivative * parameter) };
    let logs = value > 0.0;
    Measures {
        d_dln,
        elasticity: if logs && parameter != 0.0 { finite(derivative * parameter / value) } else { None },
        semi: if logs { finite(derivative / value) } else { None },
    }
}
