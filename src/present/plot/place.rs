//! Where labels go inside a figure: beside what they name, away from curves and from each other.

use super::path::{P, Rect};

/// What labels should not cover.
pub(crate) struct Crowd {
    frame: Rect,
    curves: Vec<P>,
    labels: Vec<Rect>,
}

/// A place for a label: its box, and how little it is liked before looking at the crowd.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    pub area: Rect,
    pub dislike: f64,
}

/// Distance between samples of a curve, in pixels: a label is higher than this.
const STEP: f64 = 4.0;
/// A figure with more curves than this has no free place to look for.
const MOST_SAMPLES: usize = 30_000;

impl Crowd {
    pub fn new(frame: Rect) -> Self {
        Crowd { frame, curves: Vec::new(), labels: Vec::new() }
    }

    /// Adds a curve, sampled densely enough that none passes through a label unseen.
    pub fn curve(&mut self, piece: &[P]) {
        if self.curves.len() > MOST_SAMPLES {
            return;
        }
        self.curves.extend(piece.first());
        for pair in piece.windows(2) {
            let &[a, b] = pair else { continue };
            let steps = ((b.0 - a.0).hypot(b.1 - a.1) / STEP).ceil().clamp(1.0, 2000.0) as usize;
            self.curves.extend((1..=steps).map(|k| k as f64 / steps as f64).map(|t| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))));
        }
    }

    pub fn label(&mut self, area: Rect) {
        self.labels.push(area);
    }

    /// The candidate that covers least; the first of equals. It joins the crowd.
    pub fn settle(&mut self, candidates: &[Candidate]) -> Option<Rect> {
        let best = candidates.iter().min_by(|a, b| self.cost(a).total_cmp(&self.cost(b)))?.area;
        self.labels.push(best);
        Some(best)
    }

    fn cost(&self, candidate: &Candidate) -> f64 {
        let area = candidate.area.grown(1.5);
        let size = ((area.x1 - area.x0) * (area.y1 - area.y0)).max(1.0);
        let curves = self.curves.iter().filter(|p| area.contains(**p)).count() as f64;
        let labels: f64 = self.labels.iter().map(|l| if l.overlap(&area) > 0.0 { 20.0 + 100.0 * l.overlap(&area) / size } else { 0.0 }).sum();
        let outside =
            1.0 - self.frame.overlap(&candidate.area) / ((candidate.area.x1 - candidate.area.x0) * (candidate.area.y1 - candidate.area.y0)).max(1.0);
        candidate.dislike + 3.0 * curves + labels + 200.0 * outside.max(0.0)
    }
}

/// Boxes of a size around a point, at a distance from it; those level with it or above it to the right are liked best.
pub(crate) fn around(at: P, width: f64, height: f64, gap: f64, dislike: f64) -> Vec<Candidate> {
    let diagonal = gap * 0.75;
    let place = |dx: f64, dy: f64| Rect { x0: at.0 + dx, y0: at.1 + dy, x1: at.0 + dx + width, y1: at.1 + dy + height };
    [
        place(diagonal, -diagonal - height),
        place(gap, -height / 2.0),
        place(-diagonal - width, -diagonal - height),
        place(-width / 2.0, -gap - height),
        place(diagonal, diagonal),
        place(-gap - width, -height / 2.0),
        place(-diagonal - width, diagonal),
        place(-width / 2.0, gap),
    ]
    .into_iter()
    .enumerate()
    .map(|(k, area)| Candidate { area, dislike: dislike + 0.2 * k as f64 })
    .collect()
}

/// The point at a fraction of a curve's length.
pub(crate) fn along(piece: &[P], fraction: f64) -> Option<P> {
    let length = |pair: &[P]| if let [a, b] = pair { (b.0 - a.0).hypot(b.1 - a.1) } else { 0.0 };
    let mut left = fraction * piece.windows(2).map(length).sum::<f64>();
    for pair in piece.windows(2) {
        let (here, &[a, b]) = (length(pair), pair) else { continue };
        if left <= here && here > 0.0 {
            let t = left / here;
            return Some((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
        }
        left -= here;
    }
    piece.last().copied()
}

/// The box of `width` × `height` that lies wholly in cells of one kind, as far inside as there is room.
///
/// `x` and `y` are the cells' edges in pixels, ascending; `inside(i, j)` says whether a cell is of the kind.
pub(crate) fn within(x: &[(f64, f64)], y: &[(f64, f64)], inside: impl Fn(usize, usize) -> bool, width: f64, height: f64) -> Option<Rect> {
    let columns = x.len() + 1;
    // Counts of cells above and to the left, so that any box is counted in four look-ups.
    let mut sums = vec![0u32; columns.checked_mul(y.len() + 1)?];
    let at = |sums: &[u32], i: usize, j: usize| sums.get(j * columns + i).copied().map_or(0, |s| s);
    for j in 0..y.len() {
        let mut row = 0;
        for i in 0..x.len() {
            row += u32::from(inside(i, j));
            let above = at(&sums, i + 1, j);
            if let Some(slot) = sums.get_mut((j + 1) * columns + i + 1) {
                *slot = above + row;
            }
        }
    }
    let span = |edges: &[(f64, f64)], from: f64, to: f64| (edges.partition_point(|e| e.1 <= from), edges.partition_point(|e| e.0 < to));
    let (left, right) = (x.first()?.0, x.last()?.1);
    let (top, bottom) = (y.first()?.0, y.last()?.1);
    let clear = |c: P, scale: f64| {
        let (w, h) = (width * scale / 2.0, height * scale / 2.0);
        if c.0 - w < left || c.0 + w > right || c.1 - h < top || c.1 + h > bottom {
            return false;
        }
        let ((i0, i1), (j0, j1)) = (span(x, c.0 - w, c.0 + w), span(y, c.1 - h, c.1 + h));
        let count = i64::from(at(&sums, i1, j1)) - i64::from(at(&sums, i0, j1)) - i64::from(at(&sums, i1, j0)) + i64::from(at(&sums, i0, j0));
        count == (i1.saturating_sub(i0) * j1.saturating_sub(j0)) as i64
    };
    let mut best: Option<(f64, P)> = None;
    const GRID: usize = 48;
    for j in 0..=GRID {
        for i in 0..=GRID {
            let c = (left + (right - left) * i as f64 / GRID as f64, top + (bottom - top) * j as f64 / GRID as f64);
            let mut scale = best.map_or(1.0, |b| b.0 * 1.1);
            while scale < 40.0 && clear(c, scale) {
                best = Some((scale, c));
                scale *= 1.1;
            }
        }
    }
    // Of places with about as much room the one nearest to the middle of the region looks least accidental.
    let mut middle = (0.0, 0.0, 0.0);
    for (j, row) in y.iter().enumerate() {
        for (_, column) in x.iter().enumerate().filter(|(i, _)| inside(*i, j)) {
            let weight = (column.1 - column.0) * (row.1 - row.0);
            middle = (middle.0 + weight, middle.1 + weight * (column.0 + column.1) / 2.0, middle.2 + weight * (row.0 + row.1) / 2.0);
        }
    }
    let far = |c: P| (c.0 - middle.1 / middle.0).hypot(c.1 - middle.2 / middle.0);
    if let Some((scale, c)) = best.as_mut() {
        let enough = (*scale * 0.8).max(1.0);
        for j in 0..=GRID {
            for i in 0..=GRID {
                let other = (left + (right - left) * i as f64 / GRID as f64, top + (bottom - top) * j as f64 / GRID as f64);
                if far(other) < far(*c) && clear(other, enough) {
                    *c = other;
                }
            }
        }
    }
    best.map(|(_, c)| Rect { x0: c.0 - width / 2.0, y0: c.1 - height / 2.0, x1: c.0 + width / 2.0, y1: c.1 + height / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };

    #[test]
    fn labels_keep_off_curves_and_frame() {
        let mut crowd = Crowd::new(FRAME);
        crowd.curve(&[(50.0, 50.0), (100.0, 0.0)]);
        let area = crowd.settle(&around((50.0, 50.0), 20.0, 10.0, 6.0, 0.0));
        assert!(area.is_some_and(|r| r.x1 <= 50.0 || r.y0 >= 50.0), "{area:?}");
        let second = crowd.settle(&around((50.0, 50.0), 20.0, 10.0, 6.0, 0.0));
        assert!(area.zip(second).is_some_and(|(a, b)| a.overlap(&b) == 0.0));
    }

    #[test]
    fn a_box_lies_in_its_cells() {
        let edges: Vec<(f64, f64)> = (0..10).map(|k| (10.0 * k as f64, 10.0 * k as f64 + 10.0)).collect();
        let area = within(&edges, &edges, |i, _| i >= 6, 30.0, 10.0);
        assert!(area.is_some_and(|r| r.x0 >= 60.0 && r.x1 <= 100.0), "{area:?}");
        assert_eq!(within(&edges, &edges, |i, _| i >= 6, 50.0, 10.0), None);
        assert_eq!(within(&[], &edges, |_, _| true, 1.0, 1.0), None);
    }

    #[test]
    fn a_curve_has_a_middle() {
        assert_eq!(along(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], 0.75), Some((10.0, 5.0)));
        assert_eq!(along(&[], 0.5), None);
    }
}
