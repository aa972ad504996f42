//! Hatching: thin strokes that tell areas apart where colours do not, in grey print or to a colour-blind eye.

use super::path::{P, Rect};

/// Distance between strokes, in pixels.
const GAP: f64 = 7.0;
/// How finely the edge of an area is found along a stroke, in pixels.
const STEP: f64 = 0.5;
/// Hues of the palette; each round through them has its hatchings moved on, so that no two looks agree in both.
const HUES: usize = 8;
/// How many looks of areas differ from one another.
pub const LOOKS: usize = HUES * HUES;

/// Directions of the strokes of a look, none for the first.
fn directions(look: usize) -> &'static [P] {
    const S: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const KINDS: [&[P]; HUES] =
        [&[], &[(S, -S)], &[(S, S)], &[(1.0, 0.0)], &[(0.0, 1.0)], &[(S, -S), (S, S)], &[(1.0, 0.0), (0.0, 1.0)], &[(0.5, -0.866_025_403_784_438_6)]];
    KINDS.get((look % HUES + look / HUES % HUES) % HUES).copied().map_or(&[], |k| k)
}

/// The strokes of a look over the points of `area` that are `inside`; where areas of one look meet, their strokes go on.
pub(crate) fn strokes(look: usize, area: Rect, inside: impl Fn(P) -> bool) -> Vec<Vec<P>> {
    let corners = [(area.x0, area.y0), (area.x1, area.y0), (area.x0, area.y1), (area.x1, area.y1)];
    let reach = |d: P| {
        let along = corners.map(|c| c.0 * d.0 + c.1 * d.1);
        (along.iter().copied().fold(f64::INFINITY, f64::min), along.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    let mut out = Vec::new();
    for &d in directions(look) {
        let normal = (-d.1, d.0);
        let ((low, high), (from, to)) = (reach(normal), reach(d));
        let mut line = (low / GAP).ceil();
        while line * GAP < high {
            let offset = line * GAP;
            let at = |t: f64| (offset * normal.0 + t * d.0, offset * normal.1 + t * d.1);
            let mut open: Option<f64> = None;
            let steps = ((to - from) / STEP).ceil().max(0.0) as usize;
            for k in 0..=steps {
                let t = from + k as f64 * STEP;
                let p = at(t);
                let within = k < steps && p.0 >= area.x0 && p.0 <= area.x1 && p.1 >= area.y0 && p.1 <= area.y1 && inside(p);
                match (open, within) {
                    (None, true) => open = Some(t),
                    (Some(start), false) => {
                        if t - STEP > start {
                            out.push(vec![at(start), at(t - STEP)]);
                        }
                        open = None;
                    }
                    _ => {}
                }
            }
            line += 1.0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_stay_inside() {
        let area = Rect { x0: 10.0, y0: 20.0, x1: 110.0, y1: 90.0 };
        let inside = |p: P| (p.0 - 60.0).hypot(p.1 - 55.0) < 30.0;
        for look in 0..LOOKS {
            let found = strokes(look, area, inside);
            assert_eq!(found.is_empty(), directions(look).is_empty(), "{look}");
            for p in found.iter().flatten() {
                assert!((p.0 - 60.0).hypot(p.1 - 55.0) < 30.5, "{look}: {p:?}");
            }
        }
    }

    #[test]
    fn no_two_looks_agree_in_hue_and_hatching() {
        let mut seen = std::collections::BTreeSet::new();
        for look in 0..LOOKS {
            assert!(seen.insert((look % HUES, format!("{:?}", directions(look)))), "{look}");
        }
    }
}
