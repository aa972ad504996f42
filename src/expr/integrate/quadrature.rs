//! Adaptive Gauss–Kronrod quadrature, with extrapolation at an end where the integrand is infinite.

/// Nodes and weights of the 15-point Kronrod rule on [−1, 1], and of the 7-point Gauss rule inside it.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_55,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_82,
];
const GAUSS: [f64; 4] = [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

const RELATIVE: f64 = 1e-14;
const MAX_PIECES: usize = 400;

/// `∫_0^upper f`, to 1e-13 of its size for integrands that are smooth, have kinks, or an integrable singularity at an end. NaN where f is.
pub fn quadrature(f: &mut dyn FnMut(f64) -> f64, upper: f64) -> f64 {
    if upper == 0.0 {
        return 0.0;
    }
    if !upper.is_finite() {
        return f64::NAN;
    }
    let (wild_start, wild_end) = (!f(0.0).is_finite(), !f(upper).is_finite());
    let middle = 0.5 * upper;
    match (wild_start, wild_end) {
        (false, false) => adaptive(f, 0.0, upper),
        (true, false) => toward(f, upper, 0.0),
        (false, true) => toward(f, 0.0, upper),
        (true, true) => toward(f, middle, 0.0) + toward(f, middle, upper),
    }
}

/// One application of both rules: integral and estimate of its error.
fn rule(f: &mut dyn FnMut(f64) -> f64, a: f64, b: f64) -> (f64, f64) {
    let (center, half) = (0.5 * (a + b), 0.5 * (b - a));
    let (mut kronrod, mut gauss) = (0.0, 0.0);
    for (k, node) in NODES.iter().enumerate() {
        let pair = if *node == 0.0 { f(center) } else { f(center - half * node) + f(center + half * node) };
        kronrod += KRONROD[k] * pair;
        if k % 2 == 1 {
            gauss += GAUSS[k / 2] * pair;
        }
    }
    (kronrod * half, ((kronrod - gauss) * half).abs())
}

/// Bisects the worst piece until the sum of errors is at rounding; pieces are summed in a fixed order.
fn adaptive(f: &mut dyn FnMut(f64) -> f64, a: f64, b: f64) -> f64 {
    let (value, error) = rule(f, a, b);
    let mut pieces = vec![(a, b, value, error)];
    while pieces.len() < MAX_PIECES {
        let total: f64 = pieces.iter().map(|p| p.2).sum();
        let error: f64 = pieces.iter().map(|p| p.3).sum();
        if error.is_nan() || error <= RELATIVE * total.abs() {
            break;
        }
        let Some(worst) = (0..pieces.len()).max_by(|i, j| pieces[*i].3.total_cmp(&pieces[*j].3)) else { break };
        let (a, b, value, error) = pieces[worst];
        let middle = 0.5 * (a + b);
        if error <= 0.2 * RELATIVE * value.abs() || middle == a || middle == b {
            break;
        }
        let (left, right) = (rule(f, a, middle), rule(f, middle, b));
        pieces[worst] = (a, middle, left.0, left.1);
        pieces.push((middle, b, right.0, right.1));
    }
    pieces.iter().map(|p| p.2).sum()
}

/// From a tame end toward a wild one: pieces that halve, whose sums are extrapolated by Wynn's epsilon algorithm.
fn toward(f: &mut dyn FnMut(f64) -> f64, tame: f64, wild: f64) -> f64 {
    let sign = if wild > tame { 1.0 } else { -1.0 };
    let mut left = tame;
    let mut sums = Vec::new();
    let mut total = 0.0;
    let (mut best, mut change) = (f64::NAN, f64::INFINITY);
    for piece in 0..36 {
        let right = wild - (wild - left) * 0.5;
        if right == left || right == wild {
            break;
        }
        total += sign * adaptive(f, left.min(right), left.max(right));
        left = right;
        sums.push(total);
        if piece >= 4 {
            let (limit, error) = epsilon(&sums);
            if error < change {
                (best, change) = (limit, error);
            }
            if change <= 1e-15 * best.abs() {
                break;
            }
        }
    }
    if wild > tame { best } else { -best }
}

/// Wynn's epsilon algorithm: the limit of a sequence and how much its last two estimates differ.
fn epsilon(sums: &[f64]) -> (f64, f64) {
    let mut previous = vec![0.0; sums.len() + 1];
    let mut current = sums.to_vec();
    let (mut best, mut error) = (sums.last().copied().unwrap_or(f64::NAN), f64::INFINITY);
    let mut column = 0;
    while current.len() > 1 {
        let mut next = Vec::with_capacity(current.len() - 1);
        for k in 0..current.len() - 1 {
            let gap = current[k + 1] - current[k];
            if gap == 0.0 {
                return (current[k], 0.0);
            }
            next.push(previous[k + 1] + 1.0 / gap);
        }
        previous = current;
        current = next;
        column += 1;
        if let [.., a, b] = current[..]
            && column % 2 == 0
            && (b - a).abs() < error
        {
            (best, error) = (b, (b - a).abs());
        }
    }
    (best, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, tol: f64) {
        assert!((value - expected).abs() <= tol * expected.abs(), "{value} against {expected}");
    }

    #[test]
    fn smooth_kinked_and_singular_integrands() {
        close(quadrature(&mut |x| x.exp(), 1.0), 1f64.exp() - 1.0, 1e-14);
        close(quadrature(&mut |x| (x - 0.3).abs(), 1.0), 0.29, 1e-13);
        close(quadrature(&mut |x| x.powf(0.3), 1.0), 1.0 / 1.3, 1e-13);
        close(quadrature(&mut |x| x.powf(-0.5), 0.7), 2.0 * 0.7f64.sqrt(), 1e-12);
        close(quadrature(&mut |x| (1.0 - x).powf(-0.8), 0.9), (1.0 - 0.1f64.powf(0.2)) / 0.2, 1e-13);
    }

    #[test]
    fn a_singularity_at_one_is_extrapolated() {
        close(quadrature(&mut |x| (1.0 - x).powf(-0.8), 1.0), 5.0, 1e-9);
        close(quadrature(&mut |x| (1.0 - x).powf(-0.5), 1.0), 2.0, 1e-11);
        close(quadrature(&mut |x| -(1.0 - x).ln(), 1.0), 1.0, 1e-10);
    }
}
