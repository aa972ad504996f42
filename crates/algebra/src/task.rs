//! What can be asked of the algebra engine, and what it answers.

use super::formula::Formula;
use super::poly::{Factored, Monomial};
use serde::{Deserialize, Serialize};

/// One question, about rational functions of atoms over the exact rationals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// The unknowns `wanted` of a square linear system; answered by [`Reply::Solution`].
    Solve { system: LinearSystem, wanted: Vec<usize> },
    /// One quotient in lowest terms, factored; answered by [`Reply::Factored`].
    Factor { formula: Formula },
    /// One quotient in lowest terms, numerator and denominator each expanded; answered by [`Reply::Factored`].
    Together { formula: Formula },
    /// Other formulas in place of atoms, all at once, then factored; answered by [`Reply::Factored`].
    Substitute { formula: Formula, replacements: Vec<(u32, Formula)> },
    /// Whether the formula vanishes wherever the relations hold; answered by [`Reply::Truth`].
    ///
    /// `true` is proved. Under relations `false` says that it does not follow from them algebraically.
    IsZero { formula: Formula, given: Relations },
    /// Numerator and denominator reduced modulo the relations, then factored; answered by [`Reply::Factored`].
    Reduce { formula: Formula, given: Relations },
    /// The numerator sorted by powers of some atoms; answered by [`Reply::Collected`].
    Collect { formula: Formula, atoms: Vec<u32> },
    /// The derivative with respect to an atom, factored; answered by [`Reply::Factored`].
    Derivative { formula: Formula, atom: u32 },
    /// Partial fractions in an atom; answered by [`Reply::Parts`].
    Apart { formula: Formula, atom: u32 },
    /// The greatest common divisor of two polynomials; answered by [`Reply::Factored`].
    Gcd { first: Formula, second: Formula },
    /// The resultant of two polynomials in an atom; answered by [`Reply::Factored`].
    Resultant { first: Formula, second: Formula, atom: u32 },
}

/// `A x = b` for one or several right-hand sides `b`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearSystem {
    /// Each equation as its coefficients (unknown, formula); a coefficient not listed is zero.
    pub rows: Vec<Vec<(usize, Formula)>>,
    /// Each right-hand side, one formula an equation.
    pub sides: Vec<Vec<Formula>>,
}

impl LinearSystem {
    /// From a full matrix.
    pub fn dense(matrix: Vec<Vec<Formula>>, sides: Vec<Vec<Formula>>) -> LinearSystem {
        let sparse = |row: Vec<Formula>| row.into_iter().enumerate().filter(|entry| !entry.1.is_zero()).collect();
        LinearSystem { rows: matrix.into_iter().map(sparse).collect(), sides }
    }
}

/// What is known of the atoms: formulas that are zero, and formulas that are not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Relations {
    pub zero: Vec<Formula>,
    pub nonzero: Vec<Formula>,
}

/// One answer, in the order of the tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// For each right-hand side the unknowns in the order of `wanted`.
    Solution(Vec<Vec<Factored>>),
    Factored(Factored),
    Truth(bool),
    Collected(Collected),
    Parts(Vec<Factored>),
    /// This task has no answer; the others of the request have theirs.
    Failed(Failure),
}

/// `Σ coefficient · monomial / denominator`, the monomials in the atoms that were asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    pub terms: Vec<(Monomial, Factored)>,
    pub denominator: Factored,
}

/// Why a task has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The linear system determines no unique solution.
    Singular,
    /// A division by something that is zero identically, or under the relations.
    DivisionByZero,
    /// The relations contradict each other, or the formulas said not to be zero.
    Contradiction,
    /// The question is malformed: a missing row, an unknown out of range, a denominator where only polynomials are allowed.
    Malformed(String),
    /// Powers or numbers beyond what is worked with.
    TooLarge,
    /// The engine gave up; a bug.
    Internal(String),
}

impl Reply {
    /// The quotient, where the task is one that answers with a quotient.
    pub fn factored(self) -> Result<Factored, Failure> {
        match self {
            Reply::Factored(value) => Ok(value),
            other => Err(other.unexpected()),
        }
    }

    pub fn solution(self) -> Result<Vec<Vec<Factored>>, Failure> {
        match self {
            Reply::Solution(value) => Ok(value),
            other => Err(other.unexpected()),
        }
    }

    pub fn truth(self) -> Result<bool, Failure> {
        match self {
            Reply::Truth(value) => Ok(value),
            other => Err(other.unexpected()),
        }
    }

    pub fn collected(self) -> Result<Collected, Failure> {
        match self {
            Reply::Collected(value) => Ok(value),
            other => Err(other.unexpected()),
        }
    }

    pub fn parts(self) -> Result<Vec<Factored>, Failure> {
        match self {
            Reply::Parts(value) => Ok(value),
            other => Err(other.unexpected()),
        }
    }

    fn unexpected(self) -> Failure {
        match self {
            Reply::Failed(failure) => failure,
            _ => Failure::Internal("the answer is of another kind than the question".to_string()),
        }
    }
}
