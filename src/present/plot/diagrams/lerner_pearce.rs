//! The Lerner–Pearce diagram.

use crate::present::plot::{
    figure::{Area, Dash, Drop, Figure, Ink, Legend, Line, Note, Series},
    scale::Axis,
    text::Label,
};

/// A unit-value isoquant: input pairs that make one unit of value of a good.
#[derive(Clone, Debug)]
pub enum Isoquant {
    /// Constant elasticity of substitution `sigma`; with the inputs in use and factor prices nothing else is needed.
    Ces { sigma: f64 },
    /// The curve itself, as pairs (first factor, second factor).
    Points(Vec<(f64, f64)>),
}

/// One good of the diagram.
#[derive(Clone, Debug)]
pub struct UnitValue {
    pub name: Label,
    /// Inputs a unit of value, `(a_L / p, a_H / p)`.
    pub inputs: (f64, f64),
    pub isoquant: Isoquant,
}

/// Two factors, their prices, and the goods that use them.
#[derive(Clone, Debug)]
pub struct LernerPearce {
    pub title: Label,
    pub factors: (Label, Label),
    /// Prices of the factors; where tasks are offshored the first is the price of the bundle, `w Ω`.
    pub prices: (f64, f64),
    pub goods: Vec<UnitValue>,
    /// Endowments, of which the diagram shows the proportion.
    pub endowment: Option<(f64, f64)>,
}

/// Unit-value isoquants tangent to the common unit isocost line, the rays of the cone of diversification, and the endowment ray.
///
/// Lerner (1952), "Factor Prices and International Trade", Economica 19; Pearce (1952), "The Factor Price Equalisation Myth", Review of Economic Studies 19.
pub fn lerner_pearce(data: &LernerPearce) -> Figure {
    let (w, s) = data.prices;
    let positive = |v: f64| v.is_finite() && v > 0.0;
    let reach = |a: f64, fallback: f64| if positive(a) { 1.0 / a } else { fallback };
    let most = |pick: fn(&UnitValue) -> f64| data.goods.iter().map(pick).filter(|v| positive(*v)).fold(0.0, f64::max);
    let across = 1.12 * reach(w, most(|g| g.inputs.0)).max(most(|g| g.inputs.0));
    let up = 1.12 * reach(s, most(|g| g.inputs.1)).max(most(|g| g.inputs.1));
    let (across, up) = (if positive(across) { across } else { 1.0 }, if positive(up) { up } else { 1.0 });
    let axis = |name: &Label, high: f64| Axis::new(name.clone().then(" per unit of value")).between(0.0, high);
    let mut figure = Figure::new(axis(&data.factors.0, across), axis(&data.factors.1, up)).title(data.title.clone()).legend(Legend::Inside);
    figure.grid = false;

    let line = |name: Label, points, ink, dash, width| Series::Line(Line { name, points, ink, dash, width });
    let mut rays: Vec<f64> = data.goods.iter().map(|g| g.inputs).filter(|a| positive(a.0) && positive(a.1)).map(|a| a.1 / a.0).collect();
    rays.sort_by(f64::total_cmp);
    if let (Some(low), Some(high)) = (rays.first(), rays.last())
        && high > low
    {
        let at = |k: f64, x: f64| (k * x).min(up);
        let samples = (0..=64).map(|k| across * f64::from(k) / 64.0).map(|x| (x, at(*low, x), at(*high, x)));
        let cone = samples.chain([(up / high).min(across)].map(|x| (x, at(*low, x), at(*high, x))));
        let mut points: Vec<(f64, f64, f64)> = cone.collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        figure = figure.with(Series::Area(Area { name: Label::default(), points, ink: Ink::Muted }));
    }
    if positive(w) && positive(s) {
        let points = vec![(0.0, 1.0 / s), (1.0 / w, 0.0)];
        figure = figure.with(line(Label::plain("unit isocost"), points, Ink::Text, Dash::Solid, 1.4));
    }
    for (k, good) in data.goods.iter().enumerate() {
        let ink = Ink::Series(k);
        let (a, b) = good.inputs;
        if positive(a) && positive(b) {
            let far = (across / a).min(up / b);
            figure = figure.with(line(Label::default(), vec![(0.0, 0.0), (far * a, far * b)], ink, Dash::Dashed, 1.0));
        }
        let curve = match &good.isoquant {
            Isoquant::Points(points) => points.clone(),
            Isoquant::Ces { sigma } => ces_isoquant(*sigma, good.inputs, data.prices, across, up),
        };
        figure = figure.with(line(good.name.clone(), curve, ink, Dash::Solid, 1.9));
    }
    if let Some((l, h)) = data.endowment.filter(|e| positive(e.0) && positive(e.1)) {
        let far = (across / l).min(up / h);
        figure = figure.with(line(Label::plain("endowments"), vec![(0.0, 0.0), (far * l, far * h)], Ink::Text, Dash::Dotted, 1.6));
    }
    for (k, good) in data.goods.iter().enumerate() {
        figure.notes.push(Note { at: good.inputs, label: Label::default(), dot: true, drop: Drop::None, ink: Ink::Series(k) });
    }
    figure
}

/// The isoquant through the inputs in use whose slope there is that of the isocost line.
///
/// In calibrated form `θ (l/l₀)^ρ + (1 − θ) (h/h₀)^ρ = 1`, `ρ = (σ − 1)/σ`, `θ = w l₀ / (w l₀ + s h₀)`.
fn ces_isoquant(sigma: f64, inputs: (f64, f64), prices: (f64, f64), across: f64, up: f64) -> Vec<(f64, f64)> {
    let (l0, h0) = inputs;
    let theta = prices.0 * l0 / (prices.0 * l0 + prices.1 * h0);
    if !(theta > 0.0 && theta < 1.0 && sigma >= 0.0) || sigma.is_nan() {
        return Vec::new();
    }
    if sigma < 1e-3 {
        return vec![(l0, up), (l0, h0), (across, h0)];
    }
    let rho = (sigma - 1.0) / sigma;
    const STEPS: i32 = 400;
    // Along the log of the input ratio the curve has an even density of points on both arms.
    let span = 12.0 * sigma.clamp(0.3, 4.0);
    let mut points = Vec::new();
    for k in -STEPS..=STEPS {
        let ratio = span * f64::from(k) / f64::from(STEPS);
        let (ln_l, ln_h) = (ratio / 2.0, -ratio / 2.0);
        let ln_bundle = if rho.abs() < 1e-9 {
            theta * ln_l + (1.0 - theta) * ln_h
        } else {
            (theta * (rho * ln_l).exp_m1() + (1.0 - theta) * (rho * ln_h).exp_m1()).ln_1p() / rho
        };
        let point = (l0 * (ln_l - ln_bundle).exp(), h0 * (ln_h - ln_bundle).exp());
        if point.0 <= 1.5 * across && point.1 <= 1.5 * up {
            points.push(point);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isoquants_touch_the_isocost_line_and_lie_above_it() {
        let prices = (0.8, 1.4);
        for sigma in [0.0, 0.05, 0.6, 1.0, 1.0 + 1e-12, 2.5, 40.0] {
            let inputs = (0.5, (1.0 - 0.8 * 0.5) / 1.4);
            let curve = ces_isoquant(sigma, inputs, prices, 2.0, 2.0);
            let cost = |p: &(f64, f64)| prices.0 * p.0 + prices.1 * p.1;
            assert!(curve.len() > 2, "{sigma}");
            assert!(curve.iter().all(|p| cost(p) >= 1.0 - 1e-12), "{sigma}");
            assert!(curve.iter().any(|p| (cost(p) - 1.0).abs() < 1e-9), "{sigma}");
        }
        assert!(ces_isoquant(f64::NAN, (1.0, 1.0), prices, 1.0, 1.0).is_empty());
        assert!(ces_isoquant(1.0, (0.0, 1.0), prices, 1.0, 1.0).is_empty());
    }

    #[test]
    fn cobb_douglas_keeps_its_product() {
        let curve = ces_isoquant(1.0, (0.5, 0.5), (1.0, 1.0), 2.0, 2.0);
        assert!(curve.iter().all(|p| (p.0 * p.1 - 0.25).abs() < 1e-12));
    }
}
