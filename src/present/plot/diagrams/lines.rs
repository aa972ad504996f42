//! Quantities along a sweep.

use crate::present::plot::{
    figure::{Band, Dash, Drop, Figure, Ink, Marker, Note, Side},
    number::significant,
    scale::{Axis, Scale},
    text::Label,
};

/// An interval of the swept parameter with one regime.
#[derive(Clone, Debug)]
pub struct Regime {
    pub from: f64,
    pub to: f64,
    pub name: Label,
    /// Its look on maps.
    pub look: Option<usize>,
}

/// Quantities over one parameter.
#[derive(Clone, Debug)]
pub struct LinesWithRegimes {
    pub title: Label,
    pub x_label: Label,
    pub x_scale: Scale,
    pub y_label: Label,
    /// Named curves; points of failed solves are not finite and leave gaps.
    pub series: Vec<(Label, Vec<(f64, f64)>)>,
    /// Regimes along the parameter; borders are where one ends and the next begins.
    pub regimes: Vec<Regime>,
    /// Turning points, such as the minimum of a U-shaped wage.
    pub turns: Vec<(f64, f64)>,
    /// The parameter's value in the model, marked if given.
    pub here: Option<(f64, Label)>,
}

/// Quantities against a parameter, with borders of regimes, their names above, and turning points.
///
/// Wages against β are U-shaped in the one-good economy of Grossman and Rossi-Hansberg (2008), AER 98(5), where the labor-supply effect
/// outweighs the productivity effect at first.
pub fn lines_with_regimes(data: &LinesWithRegimes) -> Figure {
    let mut x = Axis::new(data.x_label.clone());
    x.scale = data.x_scale;
    let mut figure = Figure::new(x, Axis::new(data.y_label.clone())).title(data.title.clone());
    for (name, points) in &data.series {
        figure = figure.line(name.clone(), points.clone());
    }
    let mut borders: Vec<f64> = Vec::new();
    for regime in &data.regimes {
        if data.regimes.len() > 1 {
            figure.bands.push(Band { from: regime.from, to: regime.to, name: regime.name.clone(), look: regime.look });
        }
        borders.extend([regime.from, regime.to].into_iter().filter(|v| v.is_finite()));
    }
    borders.sort_by(f64::total_cmp);
    // A border is an end of one regime that is also a beginning of another, up to how finely it was located.
    let mut last = f64::NAN;
    for pair in borders.windows(2) {
        let &[a, b] = pair else { continue };
        let same = |a: f64, b: f64| (b - a).abs() <= 1e-6 * a.abs().max(b.abs());
        if same(a, b) && !same(a, last) {
            figure = figure.marker(Side::X, a, significant(a, 4));
            last = a;
        }
    }
    if let Some((at, label)) = &data.here {
        figure.markers.push(Marker { side: Side::X, at: *at, label: label.clone(), ink: Ink::Text, dash: Dash::Dotted });
    }
    for (at, value) in &data.turns {
        let label = Label::plain(&format!("({}, {})", significant(*at, 4), significant(*value, 4)));
        figure.notes.push(Note { at: (*at, *value), label, dot: true, drop: Drop::None, ink: Ink::Text });
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_shared_ends() {
        let regime = |from, to| Regime { from, to, name: Label::plain("r"), look: None };
        let data = LinesWithRegimes {
            title: Label::default(),
            x_label: "β".into(),
            x_scale: Scale::Linear,
            y_label: "w".into(),
            series: vec![("w".into(), vec![(0.0, 0.0), (3.0, 1.0)])],
            regimes: vec![regime(f64::NEG_INFINITY, 1.0), regime(1.0, 2.0), regime(2.0, 3.0)],
            turns: vec![],
            here: None,
        };
        let at: Vec<f64> = lines_with_regimes(&data).markers.iter().map(|m| m.at).collect();
        assert_eq!(at, [1.0, 2.0]);
    }
}
