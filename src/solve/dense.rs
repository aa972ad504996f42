//! Dense LU for small systems: partial pivoting on equilibrated rows, and a rank-revealing variant for singular ones.

/// Factors of a square matrix, row-major.
#[derive(Clone, Debug, Default)]
pub struct Dense {
    n: usize,
    lu: Vec<f64>,
    order: Vec<u32>,
    scale: Vec<f64>,
    work: Vec<f64>,
    /// Whether the rows were exchanged an odd number of times.
    odd: bool,
}

impl Dense {
    pub fn new(n: usize) -> Self {
        Dense { n, lu: vec![0.0; n * n], order: (0..n as u32).collect(), scale: vec![1.0; n], work: vec![0.0; n], odd: false }
    }

    /// The matrix to be filled in before [`Dense::factor`], row-major.
    pub fn matrix(&mut self) -> &mut [f64] {
        &mut self.lu
    }

    /// Factors in place. The answer is the smallest pivot relative to its row's largest entry; 0 or NaN for a singular or undefined matrix.
    pub fn factor(&mut self) -> f64 {
        let n = self.n;
        self.odd = false;
        for i in 0..n {
            let row = &self.lu[i * n..(i + 1) * n];
            let size = row.iter().fold(0.0f64, |m, x| if x.is_nan() { f64::NAN } else { m.max(x.abs()) });
            if !(size > 0.0 && size.is_finite()) {
                return if size == 0.0 { 0.0 } else { f64::NAN };
            }
            self.scale[i] = 1.0 / size;
            self.order[i] = i as u32;
        }
        let mut smallest = f64::INFINITY;
        for k in 0..n {
            let mut best = k;
            let mut size = -1.0;
            for i in k..n {
                let candidate = self.lu[i * n + k].abs() * self.scale[i];
                if candidate > size {
                    (best, size) = (i, candidate);
                }
            }
            smallest = smallest.min(size);
            if size <= 0.0 || size.is_nan() {
                return 0.0;
            }
            if best != k {
                for j in 0..n {
                    self.lu.swap(k * n + j, best * n + j);
                }
                self.scale.swap(k, best);
                self.order.swap(k, best);
                self.odd = !self.odd;
            }
            let (top, bottom) = self.lu.split_at_mut((k + 1) * n);
            let pivot_row = &top[k * n..];
            let inverse = 1.0 / pivot_row[k];
            for row in bottom.chunks_exact_mut(n) {
                let factor = row[k] * inverse;
                row[k] = factor;
                if factor != 0.0 {
                    for j in k + 1..n {
                        row[j] -= factor * pivot_row[j];
                    }
                }
            }
        }
        if n == 0 { 1.0 } else { smallest }
    }

    /// The sign of the factored matrix's determinant.
    pub fn sign(&self) -> f64 {
        let pivots = (0..self.n).map(|k| self.lu[k * (self.n + 1)].signum());
        pivots.fold(if self.odd { -1.0 } else { 1.0 }, |sign, pivot| sign * pivot)
    }

    /// Solves in place for the factored matrix.
    pub fn solve(&mut self, rhs: &mut [f64]) {
        let n = self.n;
        for (w, at) in self.work.iter_mut().zip(&self.order) {
            *w = rhs[*at as usize];
        }
        for i in 1..n {
            let row = &self.lu[i * n..i * n + i];
            let dot: f64 = row.iter().zip(&self.work).map(|(l, x)| l * x).sum();
            self.work[i] -= dot;
        }
        for i in (0..n).rev() {
            let row = &self.lu[i * n..(i + 1) * n];
            let dot: f64 = row[i + 1..].iter().zip(&self.work[i + 1..]).map(|(u, x)| u * x).sum();
            self.work[i] = (self.work[i] - dot) / row[i];
        }
        rhs.copy_from_slice(&self.work);
    }
}

/// A basic solution of a possibly singular system, and the directions that it leaves free.
#[derive(Clone, Debug)]
pub struct Singular {
    pub solution: Vec<f64>,
    /// Columns of the null space, each scaled to largest entry 1.
    pub free: Vec<Vec<f64>>,
    /// Largest residual of the equations that have no pivot, relative to the right-hand side.
    pub inconsistency: f64,
}

/// Complete pivoting on a row-major matrix with rows of comparable size: pivots below `tolerance` of the largest count as zero.
pub fn solve_singular(mut a: Vec<f64>, mut rhs: Vec<f64>, n: usize, tolerance: f64) -> Singular {
    let mut columns: Vec<usize> = (0..n).collect();
    let mut rank = 0;
    let size = rhs.iter().fold(1e-300f64, |m, x| m.max(x.abs()));
    let mut largest = 0.0f64;
    for k in 0..n {
        let (mut bi, mut bj, mut big) = (k, k, 0.0);
        for i in k..n {
            for j in k..n {
                let x = a[i * n + j].abs();
                if x > big {
                    (bi, bj, big) = (i, j, x);
                }
            }
        }
        largest = largest.max(big);
        if big <= tolerance * largest || big == 0.0 {
            break;
        }
        for j in 0..n {
            a.swap(k * n + j, bi * n + j);
        }
        rhs.swap(k, bi);
        for i in 0..n {
            a.swap(i * n + k, i * n + bj);
        }
        columns.swap(k, bj);
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            if factor != 0.0 {
                for j in k..n {
                    a[i * n + j] -= factor * a[k * n + j];
                }
                rhs[i] -= factor * rhs[k];
            }
        }
        rank += 1;
    }
    let back = |mut b: Vec<f64>| {
        for i in (0..rank).rev() {
            for j in i + 1..rank {
                b[i] -= a[i * n + j] * b[j];
            }
            b[i] /= a[i * n + i];
        }
        b
    };
    let mut solution = vec![0.0; n];
    for (x, at) in back(rhs[..rank].to_vec()).into_iter().zip(&columns) {
        solution[*at] = x;
    }
    let mut free = Vec::new();
    for k in rank..n {
        let b: Vec<f64> = (0..rank).map(|i| -a[i * n + k]).collect();
        let mut direction = vec![0.0; n];
        for (x, at) in back(b).into_iter().zip(&columns) {
            direction[*at] = x;
        }
        direction[columns[k]] = 1.0;
        let top = direction.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        direction.iter_mut().for_each(|x| *x /= top);
        free.push(direction);
    }
    let inconsistency = rhs[rank..].iter().fold(0.0f64, |m, x| m.max(x.abs())) / size;
    Singular { solution, free, inconsistency }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permuted_badly_scaled_matrix_is_solved() {
        let a = [0.0, 2.0, 1.0, 1e6, 0.0, 3e6, 1.0, 1.0, 0.0];
        let x = [1.0, -2.0, 0.5];
        let mut b: Vec<f64> = (0..3).map(|i| (0..3).map(|j| a[i * 3 + j] * x[j]).sum()).collect();
        let mut lu = Dense::new(3);
        lu.matrix().copy_from_slice(&a);
        assert!(lu.factor() > 0.1);
        // The determinant is 7e6.
        assert_eq!(lu.sign(), 1.0);
        lu.solve(&mut b);
        for (got, want) in b.iter().zip(x) {
            assert!((got - want).abs() < 1e-14);
        }
    }

    #[test]
    fn a_singular_system_names_its_free_directions() {
        let a = vec![1.0, 1.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0, 3.0];
        let s = solve_singular(a, vec![2.0, 4.0, 3.0], 3, 1e-12);
        assert_eq!(s.free.len(), 1);
        assert!(s.inconsistency < 1e-15 && s.free[0][2] == 0.0 && (s.free[0][0] + s.free[0][1]).abs() < 1e-15);
        assert!((s.solution[0] + s.solution[1] - 2.0).abs() < 1e-15 && (s.solution[2] - 1.0).abs() < 1e-15);
    }
}
