//! Maps of regimes.

use crate::present::plot::{
    figure::{Cells, Drop, Figure, Ink, Note, Series},
    scale::{Axis, Scale},
    text::Label,
};

/// Which regime holds at each pair of two parameters.
#[derive(Clone, Debug)]
pub struct RegimeMap {
    pub title: Label,
    pub x_label: Label,
    pub x_scale: Scale,
    pub x: Vec<f64>,
    pub y_label: Label,
    pub y_scale: Scale,
    pub y: Vec<f64>,
    /// Names of the regimes.
    pub regimes: Vec<Label>,
    /// By regime: its look, the same in every picture of a model.
    pub looks: Vec<usize>,
    /// `cell[j * x.len() + i]` indexes `regimes` at `(x[i], y[j])`; `None` where no equilibrium was found.
    pub cell: Vec<Option<usize>>,
    /// The model's own point.
    pub here: Option<(f64, f64, Label)>,
}

/// The map of regimes in two parameters, each region named in place where its name has room.
///
/// Regions where the same goods are made are cones of diversification: Chipman (1966), "A Survey of the Theory of International Trade: Part 3",
/// Econometrica 34(1); here over any two parameters of a model.
pub fn regime_map(data: &RegimeMap) -> Figure {
    let axis = |label: &Label, scale| Axis { scale, ..Axis::new(label.clone()) };
    let mut figure = Figure::new(axis(&data.x_label, data.x_scale), axis(&data.y_label, data.y_scale)).title(data.title.clone());
    figure = figure.with(Series::Cells(Cells {
        x: data.x.clone(),
        y: data.y.clone(),
        cell: data.cell.clone(),
        categories: data.regimes.clone(),
        looks: data.looks.clone(),
        missing: Label::plain("no equilibrium found"),
    }));
    if let Some((x, y, label)) = &data.here {
        figure.notes.push(Note { at: (*x, *y), label: label.clone(), dot: true, drop: Drop::None, ink: Ink::Text });
    }
    figure
}
