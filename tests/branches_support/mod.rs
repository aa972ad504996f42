//! Exchange economies between two countries, with little substitution and unlike tastes: the smallest place where equilibria are several.

/// A draw of two endowments, tastes and an elasticity.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// By country, by good.
    pub endowments: [[f64; 2]; 2],
    pub weights: [[f64; 2]; 2],
    pub sigma: [f64; 2],
}

/// Ways to count in this economy, each with the name of what it is the price of.
pub const NUMERAIRES: [&str; 6] = ["price[x]", "price[y]", "fx[A]", "fy[B]", "income[A]", "price_index[B]"];

impl Exchange {
    /// Kehoe (1998): three equilibria, p₁ = 0.1129, 0.5, 0.8871 of p₁ + p₂ = 1.
    pub fn kehoe() -> Self {
        Exchange { endowments: [[12.0, 1.0], [1.0, 12.0]], weights: [[4.0, 1.0], [1.0, 4.0]], sigma: [0.2, 0.2] }
    }

    pub fn drawn(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut e = Exchange::kehoe();
        for c in 0..2 {
            // Each country is rich in the good that it wants most: where that goes with little substitution, equilibria may be three. Half of the
            // draws lie around such a one.
            let near = seed.is_multiple_of(2);
            e.endowments[c][c] = if near { random.between(11.5, 12.5) } else { random.between(8.0, 14.0) };
            e.endowments[c][1 - c] = if near { random.between(0.95, 1.05) } else { random.between(0.3, 2.0) };
            e.weights[c][c] = if near { random.between(3.8, 4.2) } else { random.between(1.5, 6.0) };
            e.sigma[c] = if near { random.between(0.14, 0.2) } else { random.between(0.1, 0.9) };
        }
        e
    }

    pub fn program(&self, numeraire: &str, more: &str) -> String {
        let [[ax, ay], [bx, by]] = self.endowments;
        let [[wax, way], [wbx, wby]] = self.weights;
        let [sa, sb] = self.sigma;
        format!(
            "parameter gift = 0 in (-10, 10)
            country A {{ endowment X = {ax} - gift, Y = {ay} }}
            country B {{ endowment X = {bx} + gift, Y = {by} }}
            factor X price fx
            factor Y price fy
            good x
            good y
            industry x {{ technology leontief {{ X: 1 }} }}
            industry y {{ technology leontief {{ Y: 1 }} }}
            demand ces({sa}) {{ x: {wax}, y: {way} }} in A
            demand ces({sb}) {{ x: {wbx}, y: {wby} }} in B
            numeraire {numeraire}
            let q = price[y] / price[x]
            {more}"
        )
    }

    /// Excess demand for good x at a relative price q of y, worked out apart from the program.
    fn excess(&self, q: f64) -> f64 {
        (0..2)
            .map(|c| {
                let [x, y] = self.endowments[c];
                let [a, b] = self.weights[c];
                (x + q * y) * a / (a + b * q.powf(1.0 - self.sigma[c])) - x
            })
            .sum()
    }

    /// All equilibria q, by sign changes of the excess demand on a fine grid of logs, with the index of each: a price of y that is too high leaves
    /// too much demand for x where it is 1.
    pub fn equilibria(&self) -> Vec<(f64, i64)> {
        let at = |k: usize| (-12.0 + 24.0 * k as f64 / 6000.0).exp();
        (0..6000)
            .filter_map(|k| {
                let (mut a, mut b) = (at(k), at(k + 1));
                let sign = self.excess(a).signum();
                if sign == self.excess(b).signum() {
                    return None;
                }
                for _ in 0..100 {
                    let m = (a * b).sqrt();
                    if self.excess(m).signum() == sign { a = m } else { b = m }
                }
                Some((a, if sign < 0.0 { 1 } else { -1 }))
            })
            .collect()
    }
}

/// A fixed sequence for each seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}
