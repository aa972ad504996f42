//! A figure laid out on a canvas: shapes and words at pixels, before any file format.

use super::{
    figure::{Dash, Ink},
    metrics,
    path::{P, Rect},
    text::Label,
};

/// What something is painted with, before the ground is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Ink(Ink),
    /// An ink thinned for areas.
    Tint(Ink),
    /// An ink between its tint and itself, for strokes on the tint.
    Hatch(Ink),
    /// An ink made fit for words.
    Word(Ink),
    Ground,
    Grid,
    Frame,
    Band,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub paint: Paint,
    pub width: f64,
    pub dash: Dash,
}

#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub at: P,
    pub anchor: Anchor,
    pub size: f64,
    pub bold: bool,
    pub label: Label,
    pub paint: Paint,
    /// An outline in the ground's colour, for words that stand on data.
    pub halo: bool,
}

impl Words {
    /// The box that the words fill.
    pub fn area(&self) -> Rect {
        let width = metrics::width(&self.label, self.size, self.bold);
        let x0 = self.at.0
            - match self.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
        Rect { x0, y0: self.at.1 - ASCENT * self.size, x1: x0 + width, y1: self.at.1 + DESCENT * self.size }
    }
}

/// How far letters rise above and fall below the line, in units of the size.
pub(crate) const ASCENT: f64 = 0.78;
pub(crate) const DESCENT: f64 = 0.22;

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Open curves.
    Curves {
        pieces: Vec<Vec<P>>,
        stroke: Stroke,
    },
    /// Closed outlines, filled; `crisp` sets edges on whole pixels, so that neighbours leave no seam.
    Fill {
        pieces: Vec<Vec<P>>,
        paint: Paint,
        crisp: bool,
    },
    Dots {
        at: Vec<P>,
        radius: f64,
        paint: Paint,
        rim: bool,
    },
    /// Squares on their corners.
    Diamonds {
        at: Vec<P>,
        radius: f64,
        paint: Paint,
    },
    Words(Words),
}

/// Shapes from back to front on a canvas.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub width: f64,
    pub height: f64,
    /// What the figure is called, for readers who hear it.
    pub name: String,
    pub shapes: Vec<Shape>,
}

impl Scene {
    pub fn line(&mut self, a: P, b: P, paint: Paint, width: f64, dash: Dash) {
        self.shapes.push(Shape::Curves { pieces: vec![vec![a, b]], stroke: Stroke { paint, width, dash } });
    }

    pub fn fill(&mut self, rect: Rect, paint: Paint) {
        self.shapes.push(Shape::Fill { pieces: vec![outline(rect)], paint, crisp: true });
    }

    pub fn words(&mut self, at: P, anchor: Anchor, size: f64, paint: Paint, label: &Label) {
        self.shapes.push(Shape::Words(Words { at, anchor, size, bold: false, label: label.clone(), paint, halo: false }));
    }
}

/// The corners of a rectangle.
pub(crate) fn outline(r: Rect) -> Vec<P> {
    vec![(r.x0, r.y0), (r.x1, r.y0), (r.x1, r.y1), (r.x0, r.y1)]
}
