//! Linear systems over the Jacobian's pattern: dense for small ones, sparse LU (faer) for the rest.

use super::dense::Dense;
use super::jacobian::{DENSE, Plan};
use super::start::SplitMix;
use faer::linalg::solvers::Solve;
use faer::sparse::linalg::solvers::{Lu, SymbolicLu};
use faer::sparse::{SparseColMat, SymbolicSparseColMat};

/// A matrix with the pattern of a [`Plan`], one value an entry in the plan's order.
pub enum Linear {
    Dense { lu: Dense, places: Vec<u32> },
    Sparse(Box<Sparse>),
}

pub struct Sparse {
    n: usize,
    pattern: SymbolicSparseColMat<usize>,
    places: Vec<u32>,
    values: Vec<f64>,
    symbolic: Option<SymbolicLu<usize>>,
    lu: Option<Lu<usize, f64>>,
    rhs: Vec<f64>,
}

impl Linear {
    pub fn new(plan: &Plan) -> Linear {
        let n = plan.size();
        if n <= DENSE {
            let places = plan.entries.iter().map(|e| e.row * n as u32 + e.col).collect();
            return Linear::Dense { lu: Dense::new(n), places };
        }
        let mut order: Vec<usize> = (0..plan.entries.len()).collect();
        order.sort_unstable_by_key(|k| (plan.entries[*k].col, plan.entries[*k].row));
        let mut places = vec![0; order.len()];
        let mut starts = vec![0; n + 1];
        let mut rows = Vec::with_capacity(order.len());
        for (at, k) in order.iter().enumerate() {
            places[*k] = at as u32;
            starts[plan.entries[*k].col as usize + 1] += 1;
            rows.push(plan.entries[*k].row as usize);
        }
        for j in 0..n {
            starts[j + 1] += starts[j];
        }
        let values = vec![0.0; rows.len()];
        let pattern = SymbolicSparseColMat::new_checked(n, n, starts, None, rows);
        let symbolic = SymbolicLu::try_new(pattern.as_ref()).ok();
        Linear::Sparse(Box::new(Sparse { n, pattern, places, values, symbolic, lu: None, rhs: vec![0.0; n] }))
    }

    pub fn is_sparse(&self) -> bool {
        matches!(self, Linear::Sparse(_))
    }

    /// Factors the matrix; the smallest relative pivot (1 where unknown), 0 or NaN if singular or undefined.
    pub fn factor(&mut self, values: &[f64]) -> f64 {
        match self {
            Linear::Dense { lu, places, .. } => {
                let matrix = lu.matrix();
                matrix.fill(0.0);
                for (place, value) in places.iter().zip(values) {
                    matrix[*place as usize] = *value;
                }
                lu.factor()
            }
            Linear::Sparse(sparse) => sparse.factor(values),
        }
    }

    /// How near the factored matrix is to a singular one: `pivot` of a dense factorisation says so itself, a sparse one is tried on a fixed
    /// right-hand side, whose solution is large where the matrix is nearly singular.
    pub fn distance_to_singular(&mut self, pivot: f64) -> f64 {
        let Linear::Sparse(sparse) = self else { return pivot };
        if pivot.is_nan() || pivot == 0.0 {
            return pivot;
        }
        let mut random = SplitMix(7);
        let mut rhs: Vec<f64> = (0..sparse.n).map(|_| random.normal()).collect();
        sparse.solve(&mut rhs);
        let largest = rhs.iter().fold(0.0f64, |m, x| if x.is_nan() { f64::NAN } else { m.max(x.abs()) });
        if largest.is_finite() { 1.0 / largest.max(1.0) } else { 0.0 }
    }

    /// The sign of the factored matrix's determinant; 0 where the factors do not tell.
    pub fn sign(&self) -> f64 {
        match self {
            Linear::Dense { lu, .. } => lu.sign(),
            Linear::Sparse(_) => 0.0,
        }
    }

    /// Solves in place; `false` if the answer is not finite.
    pub fn solve(&mut self, rhs: &mut [f64]) -> bool {
        match self {
            Linear::Dense { lu, .. } => lu.solve(rhs),
            Linear::Sparse(sparse) => sparse.solve(rhs),
        }
        rhs.iter().all(|x| x.is_finite())
    }
}

impl Sparse {
    fn factor(&mut self, values: &[f64]) -> f64 {
        self.lu = None;
        for (place, value) in self.places.iter().zip(values) {
            if !value.is_finite() {
                return f64::NAN;
            }
            self.values[*place as usize] = *value;
        }
        let Some(symbolic) = self.symbolic.clone() else { return 0.0 };
        let matrix = SparseColMat::new(self.pattern.clone(), self.values.clone());
        self.lu = Lu::try_new_with_symbolic(symbolic, matrix.as_ref()).ok();
        if self.lu.is_some() { 1.0 } else { 0.0 }
    }

    fn solve(&mut self, rhs: &mut [f64]) {
        match &self.lu {
            Some(lu) => {
                self.rhs.copy_from_slice(rhs);
                let n = self.n;
                let mut column = faer::MatMut::from_column_major_slice_mut(&mut self.rhs, n, 1);
                lu.solve_in_place(column.as_mut());
                rhs.copy_from_slice(&self.rhs);
            }
            None => rhs.fill(f64::NAN),
        }
    }
}
