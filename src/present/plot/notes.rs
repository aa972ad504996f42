//! Words inside a figure: annotated points, and names along the curves.

use super::{
    draw::{candidates, line_pieces},
    figure::{Dash, Drop, Figure, Ink, Series},
    layout::{Layout, NAME},
    metrics,
    path::{P, segment},
    place::{Candidate, Crowd, along},
    scene::{ASCENT, Anchor, Paint, Scene, Shape, Words},
};

/// Labels of points beyond this would cover the figure; the points stay.
const MOST_LABELS: usize = 60;

/// Draws annotated points, each label where it covers least.
pub(crate) fn draw_notes(figure: &Figure, plan: &Layout, crowd: &mut Crowd, scene: &mut Scene) {
    let placed = figure.notes.iter().filter_map(|note| Some((note, plan.point(note.at)?))).filter(|(_, p)| plan.plot.contains(*p));
    let placed: Vec<_> = placed.collect();
    for (note, p) in &placed {
        let feet = [(p.0, plan.plot.y1), (plan.plot.x0, p.1)];
        let count = match note.drop {
            Drop::None => 0,
            Drop::Foot => 1,
            Drop::Both => 2,
        };
        for foot in feet.into_iter().take(count) {
            scene.line(*p, foot, Paint::Ink(Ink::Muted), 1.0, Dash::Dotted);
            crowd.curve(&[*p, foot]);
        }
    }
    for (note, p) in &placed {
        if note.dot {
            scene.shapes.push(Shape::Dots { at: vec![*p], radius: 3.6, paint: Paint::Ink(note.ink), rim: true });
            crowd.label(super::path::Rect { x0: p.0 - 3.0, y0: p.1 - 3.0, x1: p.0 + 3.0, y1: p.1 + 3.0 });
        }
    }
    for (note, p) in placed.into_iter().take(MOST_LABELS) {
        if note.label.is_empty() {
            continue;
        }
        let label = metrics::fit(&note.label, NAME, false, plan.plot.x1 - plan.plot.x0);
        let width = metrics::width(&label, NAME, false);
        let mut places = Vec::new();
        for (k, gap) in [7.0, 13.0, 22.0].into_iter().enumerate() {
            places.extend(candidates(p, width, NAME, if note.dot { gap } else { gap - 5.0 }, 1.5 * k as f64));
        }
        set(&label, note.ink, &places, crowd, scene);
    }
}

/// Draws the names of lines along them and those of areas inside them.
pub(crate) fn draw_names(figure: &Figure, plan: &Layout, crowd: &mut Crowd, scene: &mut Scene) {
    for series in &figure.series {
        let (label, ink, places) = match series {
            Series::Line(line) => {
                let label = metrics::fit(&line.name, NAME, false, plan.plot.x1 - plan.plot.x0);
                let width = metrics::width(&label, NAME, false);
                let mut places: Vec<Candidate> = Vec::new();
                for piece in line_pieces(line, plan) {
                    for (k, fraction) in [0.92, 0.84, 1.0, 0.76, 0.08, 0.66, 0.2, 0.0, 0.55, 0.35].into_iter().enumerate() {
                        if let Some(p) = along(&piece, fraction) {
                            places.extend(candidates(p, width, NAME, 6.0, 0.5 * k as f64));
                        }
                    }
                }
                (label, line.ink, places)
            }
            Series::Area(area) => {
                let label = metrics::fit(&area.name, NAME, false, plan.plot.x1 - plan.plot.x0);
                let width = metrics::width(&label, NAME, false);
                let mut places = Vec::new();
                let middles = area.points.iter().filter_map(|(x, low, high)| {
                    let (a, b) = segment(plan.point((*x, *low))?, plan.point((*x, *high))?, plan.plot)?;
                    Some(((a.0, (a.1 + b.1) / 2.0), (a.1 - b.1).abs()))
                });
                let middles: Vec<(P, f64)> = middles.collect();
                let tallest = middles.iter().map(|m| m.1).fold(1.0, f64::max);
                let every = (middles.len() / 40).max(1);
                for (p, tall) in middles.into_iter().step_by(every) {
                    // Below or above a sliver that has no room for its name.
                    places.extend(candidates(p, width, NAME, tall / 2.0 + 8.0, 5.0));
                    let area = super::path::Rect { x0: p.0 - width / 2.0, y0: p.1 - NAME / 2.0, x1: p.0 + width / 2.0, y1: p.1 + NAME / 2.0 };
                    places.push(Candidate { area, dislike: 4.0 * (1.0 - tall / tallest) });
                }
                (label, area.ink, places)
            }
            _ => continue,
        };
        if !label.is_empty() {
            set(&label, ink, &places, crowd, scene);
        }
    }
}

fn set(label: &super::text::Label, ink: Ink, places: &[Candidate], crowd: &mut Crowd, scene: &mut Scene) {
    if let Some(area) = crowd.settle(places) {
        let at = (area.x0, area.y0 + ASCENT * NAME);
        let words = Words { at, anchor: Anchor::Start, size: NAME, bold: false, label: label.clone(), paint: Paint::Word(ink), halo: true };
        scene.shapes.push(Shape::Words(words));
    }
}
