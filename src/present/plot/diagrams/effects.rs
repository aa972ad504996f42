//! Effects by channel.

use crate::present::plot::{
    figure::{Figure, Legend, Series, Side, Stack},
    number::significant,
    scale::Axis,
    text::Label,
};

/// An effect split over channels, at several points of a sweep or for several shocks.
#[derive(Clone, Debug)]
pub struct EffectsBars {
    pub title: Label,
    pub x_label: Label,
    /// Where each bar stands.
    pub at: Vec<f64>,
    /// Names of the bars where they are shocks and not values of a parameter.
    pub names: Option<Vec<Label>>,
    pub y_label: Label,
    /// Contribution of each channel at each bar, in log changes, which sum exactly.
    pub channels: Vec<(Label, Vec<f64>)>,
    /// The whole effect, drawn as a mark on each bar.
    pub total: Option<(Label, Vec<f64>)>,
    /// Borders of regimes along the sweep.
    pub borders: Vec<f64>,
}

/// Contributions of channels as stacked bars, positive above zero and negative below, with their sum marked.
///
/// The decomposition of Grossman and Rossi-Hansberg (2008), AER 98(5): productivity, relative-price and labor-supply effects.
pub fn effects_bars(data: &EffectsBars) -> Figure {
    let mut x = Axis::new(data.x_label.clone());
    if let Some(names) = &data.names {
        x = x.named(data.at.iter().copied().zip(names.iter().cloned()).collect());
    }
    let mut figure = Figure::new(x, Axis::new(data.y_label.clone())).title(data.title.clone()).legend(Legend::Above);
    figure = figure.with(Series::Stack(Stack { at: data.at.clone(), parts: data.channels.clone(), total: data.total.clone(), first: 0 }));
    for border in &data.borders {
        figure = figure.marker(Side::X, *border, significant(*border, 4));
    }
    figure
}
