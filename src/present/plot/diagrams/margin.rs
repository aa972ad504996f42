//! The margin of offshoring.

use crate::present::plot::{
    figure::{Area, Dash, Drop, Figure, Ink, Legend, Line, Note, Series},
    number::significant,
    scale::Axis,
    text::Label,
};

/// One task set's choice between home and abroad.
#[derive(Clone, Debug)]
pub struct MarginDiagram {
    pub title: Label,
    /// By place: its name as the model prints it, such as `β t(i) w*`, and the cost of doing task `i` there, at the same tasks from 0 to 1 for all;
    /// infinite values are left out.
    pub costs: Vec<(Label, Vec<(f64, f64)>)>,
    /// Tasks at which one place hands over to the next.
    pub cuts: Vec<f64>,
    /// Cost of doing any task at home: the wage.
    pub wage: f64,
    /// The marginal task, 0 where none is offshored and 1 where all are.
    pub margin: f64,
    /// Names as the model prints them, such as `w` and `I`.
    pub wage_name: Label,
    pub margin_name: Label,
}

/// Cost of each task at home and abroad, crossing at the marginal task; the shaded area is the saving `w (1 − Ω)` a unit of the bundle.
///
/// Grossman and Rossi-Hansberg (2008), "Trading Tasks: A Simple Theory of Offshoring", AER 98(5): the marginal task has `w = β t(I) w*`.
pub fn margin_diagram(data: &MarginDiagram) -> Figure {
    let is_finite = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    // What a task costs where it costs least.
    let least = |k: usize| {
        let at: Vec<(f64, f64)> = data.costs.iter().filter_map(|c| c.1.get(k).copied()).collect();
        at.into_iter().reduce(|a, b| if b.1 < a.1 { b } else { a })
    };
    let finite: Vec<(f64, f64)> = (0..data.costs.first().map_or(0, |c| c.1.len())).filter_map(least).filter(is_finite).collect();
    // A schedule that rises without bound would press everything else on the floor.
    let first = finite.first().map_or(data.wage, |p| p.1);
    let ceiling = 2.2 * if data.wage.is_finite() { data.wage.max(first) } else { first };
    let highest = finite.iter().map(|p| p.1).fold(data.wage, f64::max);
    let lowest = finite.iter().map(|p| p.1).fold(data.wage, f64::min);
    let top = if ceiling > lowest { highest.min(ceiling) } else { highest };
    // Below the curves there is room for the name of the area, which may be a sliver.
    let y = Axis::new("cost of a task").between((lowest - 0.2 * (top - lowest)).max(0.0), top + 0.05 * (top - lowest));
    let mut figure = Figure::new(Axis::new("task i").between(0.0, 1.0), y).title(data.title.clone()).legend(Legend::Inside);
    figure.grid = false;

    let saving = saving(&finite, data.wage, data.margin);
    if saving.len() > 1 {
        let name = Label::from("saving ").join(&data.wage_name).then(" (1 − Ω)");
        figure = figure.with(Series::Area(Area { name, points: saving, ink: Ink::Series(0) }));
    }
    let line = |name: &Label, points, ink| Series::Line(Line { name: name.clone(), points, ink, dash: Dash::Solid, width: 1.8 });
    let wage = vec![(0.0, data.wage), (1.0, data.wage)];
    let (first, others) = data.costs.split_at(data.costs.len().min(1));
    let curve = |(name, cost): &(Label, Vec<(f64, f64)>), ink| line(name, cost.iter().copied().filter(is_finite).collect(), ink);
    for cost in first {
        figure = figure.with(curve(cost, Ink::Series(0)));
    }
    figure = figure.with(line(&data.wage_name, wage, Ink::Series(1)));
    for (k, cost) in others.iter().enumerate() {
        figure = figure.with(curve(cost, Ink::Series(k + 2)));
    }
    for cut in &data.cuts {
        let below = finite.iter().rev().find(|p| p.0 <= *cut);
        let above = finite.iter().find(|p| p.0 >= *cut);
        let (Some(a), Some(b)) = (below, above) else { continue };
        let height = if b.0 > a.0 { a.1 + (b.1 - a.1) * (cut - a.0) / (b.0 - a.0) } else { a.1 };
        figure.notes.push(Note { at: (*cut, height), label: Label::plain(&significant(*cut, 4)), dot: true, drop: Drop::Foot, ink: Ink::Text });
    }
    let label = data.margin_name.clone().then(" = ").then(&significant(data.margin, 4));
    figure.notes.push(Note { at: (data.margin, data.wage), label, dot: true, drop: Drop::Foot, ink: Ink::Text });
    figure
}

/// The area between cost and wage over the offshored tasks.
fn saving(cost: &[(f64, f64)], wage: f64, margin: f64) -> Vec<(f64, f64, f64)> {
    let mut area: Vec<(f64, f64, f64)> = Vec::new();
    if !wage.is_finite() || !margin.is_finite() {
        return area;
    }
    let mut before: Option<(f64, f64)> = None;
    for (i, c) in cost.iter().copied() {
        if i <= margin {
            area.push((i, c.min(wage), wage));
        } else {
            // The marginal task usually lies between two samples.
            if let Some((i0, c0)) = before.filter(|b| b.0 < margin) {
                let at = c0 + (c - c0) * (margin - i0) / (i - i0);
                area.push((margin, at.min(wage), wage));
            }
            break;
        }
        before = Some((i, c));
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_saving_ends_at_the_margin() {
        let cost: Vec<(f64, f64)> = (0..=10).map(|k| f64::from(k) / 10.0).map(|i| (i, 0.65 * (1.0 + i))).collect();
        let area = saving(&cost, 0.8, 0.8 / 0.65 - 1.0);
        let end = area.last().copied();
        assert!(end.is_some_and(|(i, low, high)| (i - 0.230_769).abs() < 1e-6 && (low - high).abs() < 1e-9), "{end:?}");
        // ∫ (w − κ w*) = w (1 − Ω); with t = 1 + i both are quadratic in I.
        let sum: f64 = area.windows(2).map(|p| (p[1].0 - p[0].0) * (p[1].2 - p[1].1 + p[0].2 - p[0].1) / 2.0).sum();
        let margin: f64 = 0.8 / 0.65 - 1.0;
        let omega = 1.0 - margin + 0.65 * (margin + margin * margin / 2.0) / 0.8;
        assert!((sum - 0.8 * (1.0 - omega)).abs() < 1e-12);
        assert!(saving(&cost, 0.5, 0.0).len() <= 1);
    }
}
