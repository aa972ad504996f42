//! Curves on a canvas: gaps, clipping, and thinning that the eye does not see.

/// A point of the canvas, in pixels.
pub(crate) type P = (f64, f64);

/// A rectangle of the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Rect {
    pub fn contains(&self, p: P) -> bool {
        p.0 >= self.x0 && p.0 <= self.x1 && p.1 >= self.y0 && p.1 <= self.y1
    }

    /// The area that two rectangles share.
    pub fn overlap(&self, other: &Rect) -> f64 {
        let x = self.x1.min(other.x1) - self.x0.max(other.x0);
        let y = self.y1.min(other.y1) - self.y0.max(other.y0);
        x.max(0.0) * y.max(0.0)
    }

    pub fn grown(&self, by: f64) -> Rect {
        Rect { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }
}

/// The visible pieces of a curve: split at points without a place, cut at the frame, thinned to what `grain` pixels resolve.
///
/// A piece of one point stays, so that a lone solution between failed ones is seen.
pub(crate) fn visible(points: impl Iterator<Item = Option<P>>, frame: Rect, grain: f64) -> Vec<Vec<P>> {
    let mut pieces: Vec<Vec<P>> = Vec::new();
    let mut run: Vec<P> = Vec::new();
    for point in points.chain(std::iter::once(None)) {
        match point.filter(|p| p.0.is_finite() && p.1.is_finite()) {
            Some(p) => run.push(p),
            None if run.is_empty() => {}
            None => clip(&thin(&std::mem::take(&mut run), grain), frame, &mut pieces),
        }
    }
    pieces.into_iter().map(|piece| straighten(&piece, 0.04 * grain.max(1.0))).collect()
}

/// Keeps of all consecutive points in one column of the canvas the first, the lowest, the highest and the last.
fn thin(run: &[P], grain: f64) -> Vec<P> {
    if run.len() < 64 || grain <= 0.0 {
        return run.to_vec();
    }
    let column = |p: &P| (p.0 / grain).floor();
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(first) = run.get(start) {
        let rest = run.get(start..).unwrap_or(&[]);
        let length = rest.iter().position(|p| column(p) != column(first)).map_or(rest.len(), |n| n).max(1);
        let group = rest.get(..length).unwrap_or(&[]);
        let by = |better: fn(f64, f64) -> bool| {
            let mut best = 0;
            for (k, p) in group.iter().enumerate() {
                if group.get(best).is_some_and(|b| better(p.1, b.1)) {
                    best = k;
                }
            }
            best
        };
        let mut keep = [0, by(|a, b| a < b), by(|a, b| a > b), length - 1];
        keep.sort_unstable();
        let mut last = None;
        for k in keep {
            if last != Some(k) {
                out.extend(group.get(k));
                last = Some(k);
            }
        }
        start += length;
    }
    out
}

/// Cuts a curve at the frame (Liang–Barsky, a segment at a time).
fn clip(run: &[P], frame: Rect, out: &mut Vec<Vec<P>>) {
    if let [lone] = run {
        if frame.contains(*lone) {
            out.push(vec![*lone]);
        }
        return;
    }
    let mut piece: Vec<P> = Vec::new();
    for pair in run.windows(2) {
        let &[a, b] = pair else { continue };
        match segment(a, b, frame) {
            Some((from, to)) => {
                if piece.last() != Some(&from) {
                    if !piece.is_empty() {
                        out.push(std::mem::take(&mut piece));
                    }
                    piece.push(from);
                }
                piece.push(to);
                if to != b {
                    out.push(std::mem::take(&mut piece));
                }
            }
            None if piece.is_empty() => {}
            None => out.push(std::mem::take(&mut piece)),
        }
    }
    if !piece.is_empty() {
        out.push(piece);
    }
}

/// The part of a segment inside the frame.
pub(crate) fn segment(a: P, b: P, frame: Rect) -> Option<(P, P)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (step, room) in [(-dx, a.0 - frame.x0), (dx, frame.x1 - a.0), (-dy, a.1 - frame.y0), (dy, frame.y1 - a.1)] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            from = from.max(room / step);
        } else {
            to = to.min(room / step);
        }
    }
    if from > to || from.is_nan() || to.is_nan() {
        return None;
    }
    let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    Some((if from == 0.0 { a } else { at(from) }, if to == 1.0 { b } else { at(to) }))
}

/// Leaves out points within `tolerance` of the line between their kept neighbours (Ramer–Douglas–Peucker, without recursion).
fn straighten(piece: &[P], tolerance: f64) -> Vec<P> {
    let mut keep = vec![false; piece.len()];
    let mut open = vec![(0, piece.len().saturating_sub(1))];
    for end in [0, piece.len().saturating_sub(1)] {
        if let Some(k) = keep.get_mut(end) {
            *k = true;
        }
    }
    while let Some((a, b)) = open.pop() {
        let (Some(&from), Some(&to)) = (piece.get(a), piece.get(b)) else { continue };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let mut worst = (tolerance, None);
        for (k, p) in piece.iter().enumerate().take(b).skip(a + 1) {
            let (px, py) = (p.0 - from.0, p.1 - from.1);
            let along = if length > 0.0 { (px * dx + py * dy) / length } else { 0.0 };
            // Beyond the ends the distance is to the end, or a curve that turns back would lose its tip.
            let far = if along < 0.0 || length == 0.0 {
                px.hypot(py)
            } else if along > length {
                (p.0 - to.0).hypot(p.1 - to.1)
            } else {
                (px * dy - py * dx).abs() / length
            };
            if far > worst.0 {
                worst = (far, Some(k));
            }
        }
        if let Some(k) = worst.1 {
            if let Some(slot) = keep.get_mut(k) {
                *slot = true;
            }
            open.push((a, k));
            open.push((k, b));
        }
    }
    piece.iter().zip(keep).filter(|(_, k)| *k).map(|(p, _)| *p).collect()
}

/// Moves items of given sizes from where they would like to be just so far that none overlap, within `low … high`.
///
/// Returns the centres in the order given; `None` where there is no room for all. The least squares answer, by pooling neighbours.
pub(crate) fn spread(wanted: &[(f64, f64)], low: f64, high: f64) -> Option<Vec<f64>> {
    if wanted.iter().map(|w| w.1).sum::<f64>() > high - low {
        return None;
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted.get(*a).map_or(0.0, |w| w.0).total_cmp(&wanted.get(*b).map_or(0.0, |w| w.0)));
    // A group: its items, the sum of where they want its start, and its length.
    let mut groups: Vec<(Vec<usize>, f64, f64)> = Vec::new();
    let start = |g: &(Vec<usize>, f64, f64)| (g.1 / g.0.len().max(1) as f64).clamp(low, (high - g.2).max(low));
    for index in order {
        let Some(&(centre, size)) = wanted.get(index) else { continue };
        let mut group = (vec![index], centre - size / 2.0, size);
        while let Some(before) = groups.pop_if(|g| start(g) + g.2 > start(&group)) {
            let shifted = group.1 - before.2 * group.0.len() as f64;
            let mut items = before.0;
            items.append(&mut group.0);
            group = (items, before.1 + shifted, before.2 + group.2);
        }
        groups.push(group);
    }
    let mut out = vec![0.0; wanted.len()];
    for group in &groups {
        let mut at = start(group);
        for index in &group.0 {
            let size = wanted.get(*index).map_or(0.0, |w| w.1);
            if let Some(slot) = out.get_mut(*index) {
                *slot = at + size / 2.0;
            }
            at += size;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };

    #[test]
    fn gaps_and_frame_cut_a_curve() {
        let points = [Some((-10.0, 50.0)), Some((50.0, 50.0)), None, Some((60.0, 60.0)), None, Some((70.0, 70.0)), Some((70.0, 170.0))];
        assert_eq!(visible(points.into_iter(), FRAME, 0.5), [vec![(0.0, 50.0), (50.0, 50.0)], vec![(60.0, 60.0)], vec![(70.0, 70.0), (70.0, 100.0)]]);
        assert!(visible([Some((-5.0, -5.0)), Some((-1.0, 200.0))].into_iter(), FRAME, 0.5).is_empty());
        let leaves = [Some((10.0, 50.0)), Some((50.0, 150.0)), Some((90.0, 50.0))];
        assert_eq!(visible(leaves.into_iter(), FRAME, 0.5).len(), 2);
    }

    #[test]
    fn thinning_keeps_extremes() {
        let n = 100_000;
        let wave = (0..n).map(|k| Some((100.0 * k as f64 / n as f64, 50.0 + 40.0 * (k as f64 * 0.7).sin())));
        let pieces = visible(wave, FRAME, 0.5);
        let all: Vec<P> = pieces.concat();
        assert_eq!(pieces.len(), 1);
        assert!(all.len() < 1000, "{}", all.len());
        assert!(all.iter().any(|p| p.1 > 89.99) && all.iter().any(|p| p.1 < 10.01));
    }

    #[test]
    fn straight_runs_lose_their_middle() {
        let line = (0..50).map(|k| Some((k as f64, 2.0 * k as f64)));
        assert_eq!(visible(line, FRAME, 0.5), [vec![(0.0, 0.0), (49.0, 98.0)]]);
    }

    #[test]
    fn spreading_moves_no_more_than_needed() {
        assert_eq!(spread(&[(50.0, 10.0), (20.0, 10.0)], 0.0, 100.0), Some(vec![50.0, 20.0]));
        assert_eq!(spread(&[(50.0, 10.0), (50.0, 10.0)], 0.0, 100.0), Some(vec![45.0, 55.0]));
        assert_eq!(spread(&[(1.0, 10.0), (2.0, 10.0)], 0.0, 100.0), Some(vec![5.0, 15.0]));
        assert_eq!(spread(&[(1.0, 60.0), (2.0, 60.0)], 0.0, 100.0), None);
    }
}
