//! Numbers of a CES nest: unit cost, input coefficients, derivatives in weights and in σ, without loss of digits near σ = 1.
//!
//! With r = 1 − σ and l = ln p, `ln c = ln(Σ d e^{r l}) / r`. Where |r| is small the sum is taken about the mean of l with `expm1` and `log1p`.

/// Below this distance from σ = 1 the sum is taken about its mean.
const NEAR_ONE: f64 = 0.05;
/// Within this distance from σ = 1 the weights have to sum to 1, and a smaller miss than [`SUM_SLACK`] is rounding.
const MUST_SUM: f64 = 1e-3;
const SUM_SLACK: f64 = 1e-9;

/// Σd, or exactly 1 where the difference from 1 can only be rounding.
fn weight_sum(r: f64, weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let slack = if r.abs() < MUST_SUM { SUM_SLACK } else { 2e-16 * (weights.len() + 2) as f64 };
    if (sum - 1.0).abs() <= slack { 1.0 } else { sum }
}

/// Unit cost `(Σ d_k p_k^(1−σ))^(1/(1−σ))`, in units of the prices.
///
/// σ = 0: `Σ d_k p_k`; σ = 1: `Π p_k^{d_k}`. An input with weight 0 does not count. At a price of 0 the cost is the limit: 0 where σ ≥ 1.
pub fn unit_cost(sigma: f64, weights: &[f64], prices: &[f64]) -> f64 {
    let r = 1.0 - sigma;
    if sigma == 0.0 {
        return weights.iter().zip(prices).map(|(d, p)| d * p).sum();
    }
    if used(weights, prices).any(|(_, p)| p == 0.0) {
        return at_zero_price(r, weights, prices);
    }
    if r == 0.0 {
        return used(weights, prices).map(|(d, p)| d * p.ln()).sum::<f64>().exp();
    }
    if r.abs() >= NEAR_ONE {
        let sum: f64 = used(weights, prices).map(|(d, p)| d * (r * p.ln()).exp()).sum();
        if sum.is_normal() {
            return (sum.ln() / r).exp();
        }
    }
    log_cost(r, weights, prices).exp()
}

fn used<'a>(weights: &'a [f64], prices: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    weights.iter().zip(prices).filter(|(d, _)| **d != 0.0).map(|(d, p)| (*d, *p))
}

fn at_zero_price(r: f64, weights: &[f64], prices: &[f64]) -> f64 {
    if r <= 0.0 {
        return 0.0;
    }
    let sum: f64 = used(weights, prices).filter(|(_, p)| *p != 0.0).map(|(d, p)| d * p.powf(r)).sum();
    sum.powf(1.0 / r)
}

/// ln c about the weighted mean of ln p, for r ≠ 0 and prices above 0.
fn log_cost(r: f64, weights: &[f64], prices: &[f64]) -> f64 {
    let total = weight_sum(r, weights);
    let raw: f64 = weights.iter().sum();
    let mean = used(weights, prices).map(|(d, p)| d * p.ln()).sum::<f64>() / raw;
    let highest = used(weights, prices).map(|(_, p)| r * (p.ln() - mean)).fold(f64::NEG_INFINITY, f64::max);
    let log_sum = if highest < 600.0 {
        (used(weights, prices).map(|(d, p)| d * (r * (p.ln() - mean)).exp_m1()).sum::<f64>() / raw).ln_1p()
    } else {
        highest + (used(weights, prices).map(|(d, p)| d * (r * (p.ln() - mean) - highest).exp()).sum::<f64>() / raw).ln()
    };
    let level = if total == 1.0 { 0.0 } else { total.ln() };
    mean + (log_sum + level) / r
}

/// Unit cost, and the input coefficients `∂c/∂p_k = d_k (c/p_k)^σ` into `inputs`.
pub fn cost_and_inputs(sigma: f64, weights: &[f64], prices: &[f64], inputs: &mut [f64]) -> f64 {
    let r = 1.0 - sigma;
    if sigma == 0.0 {
        let mut cost = 0.0;
        for ((d, p), a) in weights.iter().zip(prices).zip(inputs.iter_mut()) {
            cost += d * p;
            *a = *d;
        }
        return cost;
    }
    if r.abs() >= NEAR_ONE && prices.iter().all(|p| *p > 0.0) {
        // One exponential a price serves the cost and the coefficient: a_k = c (d_k e_k / S) / p_k.
        let mut sum = 0.0;
        for ((d, p), a) in weights.iter().zip(prices).zip(inputs.iter_mut()) {
            let term = d * (r * p.ln()).exp();
            sum += term;
            *a = term / p;
        }
        if sum.is_normal() {
            let cost = (sum.ln() / r).exp();
            let factor = cost / sum;
            for a in inputs.iter_mut() {
                *a *= factor;
            }
            return cost;
        }
    }
    let cost = unit_cost(sigma, weights, prices);
    for ((d, p), a) in weights.iter().zip(prices).zip(inputs.iter_mut()) {
        *a = if *d == 0.0 {
            0.0
        } else if r == 0.0 {
            d * cost / p
        } else {
            d * (cost / p).powf(sigma)
        };
    }
    cost
}

/// `∂c/∂d_k` into `out`: `c e_k / (r Σ d e)`, e = p^(1−σ); `c ln p_k` at σ = 1 and, along changes that keep the sum of weights, near it.
pub fn weight_partials(sigma: f64, weights: &[f64], prices: &[f64], out: &mut [f64]) {
    if sigma == 0.0 {
        out.copy_from_slice(prices);
        return;
    }
    let r = 1.0 - sigma;
    let cost = unit_cost(sigma, weights, prices);
    for (p, o) in prices.iter().zip(out.iter_mut()) {
        let l = p.ln();
        // c^r = Σ d e
        let scale = (-r * cost.ln()).exp();
        *o = if r == 0.0 {
            cost * l
        } else if r.abs() < MUST_SUM {
            cost * (r * l).exp_m1() / r * scale
        } else {
            cost * (r * (l - cost.ln())).exp() / r
        };
    }
}

/// `∂c/∂σ`: `−c KL(θ‖d)/(1−σ)²` with cost shares θ, which is `−½ c Var_d(ln p)` at σ = 1.
pub fn sigma_partial(sigma: f64, weights: &[f64], prices: &[f64]) -> f64 {
    let r = 1.0 - sigma;
    let cost = unit_cost(sigma, weights, prices);
    let log_cost = cost.ln();
    if r == 0.0 {
        let mean = log_cost;
        let variance: f64 = used(weights, prices).map(|(d, p)| d * (p.ln() - mean).powi(2)).sum();
        return -0.5 * cost * variance;
    }
    let divergence: f64 = used(weights, prices).map(|(d, p)| d * excess(r * (p.ln() - log_cost))).sum();
    let miss = 1.0 - weight_sum(r, weights);
    -cost * (divergence + miss) / (r * r)
}

/// `x e^x − e^x + 1`, which is x²/2 + x³/3 + … near 0.
fn excess(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        return 1.0;
    }
    if x.abs() > 0.05 {
        return x * x.exp() - x.exp_m1();
    }
    // Σ_{n≥2} (n−1) xⁿ/n!
    let (mut term, mut sum) = (x, 0.0);
    for n in 2..12 {
        term *= x / n as f64;
        sum += (n - 1) as f64 * term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: [f64; 3] = [0.2, 0.5, 0.3];
    const P: [f64; 3] = [0.7, 1.9, 1.1];

    fn close(a: f64, b: f64, tol: f64) {
        assert!((a - b).abs() <= tol * b.abs().max(1.0), "{a} against {b}");
    }

    #[test]
    fn limits_of_sigma_are_met() {
        close(unit_cost(0.0, &D, &P), 0.2 * 0.7 + 0.5 * 1.9 + 0.3 * 1.1, 1e-15);
        let cobb = 0.7f64.powf(0.2) * 1.9f64.powf(0.5) * 1.1f64.powf(0.3);
        close(unit_cost(1.0, &D, &P), cobb, 1e-15);
        for gap in [1e-15, 1e-12, 1e-9, 1e-6, 1e-4] {
            let slope = sigma_partial(1.0, &D, &P);
            close(unit_cost(1.0 + gap, &D, &P), cobb + slope * gap, 1e-15 + gap * gap);
            close(unit_cost(1.0 - gap, &D, &P), cobb - slope * gap, 1e-15 + gap * gap);
        }
    }

    #[test]
    fn partials_agree_with_differences() {
        let h = 1e-6;
        for sigma in [0.0, 0.3, 0.97, 0.9999, 1.0, 1.00001, 1.04, 2.5, 5.0] {
            let mut a = [0.0; 3];
            let c = cost_and_inputs(sigma, &D, &P, &mut a);
            close(c, unit_cost(sigma, &D, &P), 1e-14);
            for k in 0..3 {
                let (mut up, mut down) = (P, P);
                up[k] += h;
                down[k] -= h;
                close(a[k], (unit_cost(sigma, &D, &up) - unit_cost(sigma, &D, &down)) / (2.0 * h), 1e-8);
            }
            let euler: f64 = a.iter().zip(&P).map(|(a, p)| a * p).sum();
            close(euler, c, 1e-14);
            if sigma > 0.1 {
                let step = 1e-4;
                let difference = (unit_cost(sigma + step, &D, &P) - unit_cost(sigma - step, &D, &P)) / (2.0 * step);
                close(sigma_partial(sigma, &D, &P), difference, 1e-7);
            }
            let mut b = [0.0; 3];
            weight_partials(sigma, &D, &P, &mut b);
            // Along a change that keeps the sum of the weights.
            let (mut up, mut down) = (D, D);
            up[0] += h;
            up[1] -= h;
            down[0] -= h;
            down[1] += h;
            close(b[0] - b[1], (unit_cost(sigma, &up, &P) - unit_cost(sigma, &down, &P)) / (2.0 * h), 1e-7);
        }
    }

    #[test]
    fn zero_prices_give_limits() {
        close(unit_cost(0.0, &[0.4, 0.6], &[0.0, 2.0]), 1.2, 1e-15);
        close(unit_cost(0.5, &[0.4, 0.6], &[0.0, 2.0]), 0.36 * 2.0, 1e-14);
        assert_eq!(unit_cost(1.0, &[0.4, 0.6], &[0.0, 2.0]), 0.0);
        assert_eq!(unit_cost(2.0, &[0.4, 0.6], &[0.0, 2.0]), 0.0);
        close(unit_cost(2.0, &[0.0, 1.0], &[0.0, 2.0]), 2.0, 1e-15);
    }

    #[test]
    fn wide_prices_do_not_overflow() {
        let c = unit_cost(5.0, &[0.5, 0.5], &[1e-120, 1e120]);
        close(c.ln(), (1e-120f64).ln() - 0.5f64.ln() / 4.0, 1e-12);
        assert!(unit_cost(0.02, &[0.5, 0.5], &[1e-250, 1e250]).is_finite());
    }
}
