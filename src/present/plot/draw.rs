//! From a figure to shapes on a canvas.

use super::{
    figure::{Area, Band, Cells, Dash, Figure, Ink, Legend, Line, Series, Side, Stack, Swatch},
    hatch,
    layout::{self, Layout, NAME, SMALL, SUBTITLE, SWATCH, TICK, TITLE, layout},
    metrics,
    path::{P, Rect, visible},
    place::{self, Candidate, Crowd},
    scale::Range,
    scene::{ASCENT, Anchor, DESCENT, Paint, Scene, Shape, Stroke, Words},
    stack,
};

/// Finest detail that is kept, in pixels of the canvas.
const GRAIN: f64 = 0.5;

/// Draws a figure on a canvas of about the given size.
pub(crate) fn scene(figure: &Figure, width: f64, height: f64) -> Scene {
    let cells = figure.series.iter().any(|s| matches!(s, Series::Cells(_)));
    let mut plan = layout(figure, (width, height), cells);
    let mut regions = if cells { region_names(figure, &plan) } else { None };
    if cells && regions.is_none() {
        plan = layout(figure, (width, height), false);
        regions = Some(region_keys(figure, &plan));
    }
    let name = [&figure.title, &figure.subtitle, &figure.y.label].into_iter().find(|l| !l.is_empty()).map_or(String::new(), |l| l.unicode());
    let mut scene = Scene { width: plan.width, height: plan.height, name, shapes: Vec::new() };
    let mut crowd = Crowd::new(plan.plot);

    for (k, band) in figure.bands.iter().enumerate().filter(|(k, _)| k % 2 == 1) {
        if let Some((a, b)) = band_span(band, &plan.x).filter(|_| k < 1000) {
            let wide = plan.plot.x1 - plan.plot.x0;
            scene.fill(Rect { x0: plan.plot.x0 + a * wide, x1: plan.plot.x0 + b * wide, ..plan.plot }, Paint::Band);
        }
    }
    draw_strip(figure, &plan, &mut scene);
    if figure.grid && !cells {
        for tick in &plan.y_ticks {
            let y = plan.plot.y1 - tick.place * (plan.plot.y1 - plan.plot.y0);
            scene.line((plan.plot.x0, y), (plan.plot.x1, y), Paint::Grid, 0.8, Dash::Solid);
        }
    }
    for series in &figure.series {
        match series {
            Series::Cells(cells) => draw_cells(cells, figure, &plan, &mut scene),
            Series::Area(area) => draw_area(area, &plan, &mut scene),
            Series::Stack(stack) => draw_stack(stack, figure, &plan, &mut scene),
            Series::Line(_) | Series::Cloud(_) => {}
        }
    }
    draw_axes(figure, &plan, cells, &mut scene);
    for line in draw_markers(figure, &plan, &mut scene) {
        crowd.curve(&line);
    }
    for series in &figure.series {
        match series {
            Series::Line(line) => {
                for piece in draw_line(line, figure.stroke(line), &plan, &mut scene) {
                    crowd.curve(&piece);
                }
            }
            Series::Cloud(cloud) => {
                let at = dots(cloud.points.iter().filter_map(|p| plan.point(*p)), plan.plot);
                for p in at.iter().take(20_000) {
                    crowd.curve(&[*p]);
                }
                scene.shapes.push(Shape::Dots { at, radius: 2.4, paint: Paint::Ink(cloud.ink), rim: false });
            }
            _ => {}
        }
    }
    draw_words(&plan, &mut scene);
    if figure.is_blank() {
        let middle = ((plan.plot.x0 + plan.plot.x1) / 2.0, (plan.plot.y0 + plan.plot.y1) / 2.0);
        scene.words(middle, Anchor::Middle, NAME, Paint::Ink(Ink::Muted), &layout::NO_DATA.into());
    }
    for words in regions.into_iter().flatten() {
        crowd.label(words.area());
        scene.shapes.push(Shape::Words(words));
    }
    super::notes::draw_notes(figure, &plan, &mut crowd, &mut scene);
    if figure.legend == Legend::Inside {
        super::notes::draw_names(figure, &plan, &mut crowd, &mut scene);
    }
    scene
}

/// The visible part of a band as fractions of the width.
pub(crate) fn band_span(band: &Band, x: &Range) -> Option<(f64, f64)> {
    let end = |v: f64, infinite: f64| if v.is_infinite() { Some(infinite) } else { x.place(v) };
    let (low, high) = (band.from.min(band.to), band.from.max(band.to));
    // On a logarithmic axis a band may begin at zero, which has no place of its own.
    let a = end(low, 0.0).map_or(if low <= 0.0 { 0.0 } else { 1.0 }, |v| v.clamp(0.0, 1.0));
    let b = end(high, 1.0)?.clamp(0.0, 1.0);
    (b > a && !low.is_nan()).then_some((a, b))
}

/// Height of the strip that shows the colours of bands, in pixels.
const STRIP: f64 = 5.0;

/// A strip above the data in the colours that regimes have on maps.
fn draw_strip(figure: &Figure, plan: &Layout, scene: &mut Scene) {
    let wide = plan.plot.x1 - plan.plot.x0;
    for band in figure.bands.iter().take(1000) {
        if let (Some(look), Some((a, b))) = (band.look, band_span(band, &plan.x)) {
            let area = Rect { x0: plan.plot.x0 + a * wide, x1: plan.plot.x0 + b * wide, y0: plan.plot.y0, y1: plan.plot.y0 + STRIP };
            scene.fill(area, Paint::Tint(Ink::Series(look)));
        }
    }
}

/// Curve pieces of a line in view, as drawn.
pub(crate) fn line_pieces(line: &Line, plan: &Layout) -> Vec<Vec<P>> {
    visible(line.points.iter().map(|p| plan.point(*p)), plan.plot, GRAIN)
}

fn draw_line(line: &Line, dash: Dash, plan: &Layout, scene: &mut Scene) -> Vec<Vec<P>> {
    let all = line_pieces(line, plan);
    let (lone, pieces): (Vec<Vec<P>>, Vec<Vec<P>>) = all.iter().cloned().partition(|piece| piece.len() < 2);
    let width = if line.width.is_finite() { line.width.clamp(0.2, 20.0) } else { 1.8 };
    if !pieces.is_empty() {
        scene.shapes.push(Shape::Curves { pieces, stroke: Stroke { paint: Paint::Ink(line.ink), width, dash } });
    }
    if !lone.is_empty() {
        scene.shapes.push(Shape::Dots { at: lone.concat(), radius: width * 1.2, paint: Paint::Ink(line.ink), rim: false });
    }
    all
}

/// Points in view, one for each half pixel.
fn dots(points: impl Iterator<Item = P>, frame: Rect) -> Vec<P> {
    let mut seen = std::collections::BTreeSet::new();
    points.filter(|p| frame.contains(*p) && seen.insert(((p.0 / GRAIN) as i64, (p.1 / GRAIN) as i64))).collect()
}

fn draw_area(area: &Area, plan: &Layout, scene: &mut Scene) {
    let mut pieces = Vec::new();
    let mut run: Vec<(P, P)> = Vec::new();
    let clamp = |p: P| (p.0.clamp(plan.plot.x0, plan.plot.x1), p.1.clamp(plan.plot.y0, plan.plot.y1));
    let ends = area.points.iter().map(|(x, low, high)| Some((clamp(plan.point((*x, *low))?), clamp(plan.point((*x, *high))?))));
    for pair in ends.chain(std::iter::once(None)) {
        match pair {
            Some(pair) => run.push(pair),
            None => {
                let run = std::mem::take(&mut run);
                let side = |pick: fn(&(P, P)) -> P| visible(run.iter().map(|p| Some(pick(p))), plan.plot, GRAIN).concat();
                let mut edge = side(|p| p.0);
                edge.extend(side(|p| p.1).into_iter().rev());
                if run.len() > 1 {
                    pieces.push(edge);
                }
            }
        }
    }
    if !pieces.is_empty() {
        scene.shapes.push(Shape::Fill { pieces, paint: Paint::Tint(area.ink), crisp: false });
    }
}

fn draw_stack(stack: &Stack, figure: &Figure, plan: &Layout, scene: &mut Scene) {
    let edges = stack::edges(&stack.at, figure.x.log());
    let mut fills: Vec<Vec<Vec<P>>> = vec![Vec::new(); stack.parts.len()];
    let mut totals = Vec::new();
    let mut taken = std::collections::BTreeSet::new();
    for (i, parts) in stack::pieces(stack) {
        let Some((from, to)) = edges.get(i).copied().flatten() else { continue };
        let (Some(a), Some(b)) = (plan.across(from), plan.across(to)) else { continue };
        // Of bars narrower than the grain the first in each column stands for all.
        if (b - a).abs() < GRAIN && !taken.insert((a / GRAIN) as i64) {
            continue;
        }
        // A lone bar should not be a wall.
        let gap = if b - a > 5.0 { (0.12 * (b - a)).max((b - a) / 2.0 - 55.0) } else { 0.0 };
        let (x0, x1) = ((a + gap).max(plan.plot.x0), (b - gap).max(a + GRAIN).min(plan.plot.x1));
        for (k, low, high) in parts {
            let (Some(y0), Some(y1)) = (plan.down(low), plan.down(high)) else { continue };
            let clamp = |y: f64| y.clamp(plan.plot.y0, plan.plot.y1);
            let rect = Rect { x0, y0: clamp(y0.min(y1)), x1, y1: clamp(y0.max(y1)) };
            if let Some(fill) = fills.get_mut(k).filter(|_| rect.x1 > rect.x0 && rect.y1 > rect.y0) {
                fill.push(super::scene::outline(rect));
            }
        }
        if let Some(p) = stack::total(stack, i).and_then(|t| Some(((a + b) / 2.0, plan.down(t)?))) {
            totals.push((b - a, p));
        }
    }
    let narrow = totals.iter().any(|t| t.0 < 9.0);
    for (k, pieces) in fills.into_iter().enumerate().filter(|(_, f)| !f.is_empty()) {
        let look = stack.first.saturating_add(k);
        let mut bars: Vec<Rect> = pieces.iter().map(|p| bounds(p)).collect();
        bars.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        scene.shapes.push(Shape::Fill { pieces, paint: Paint::Ink(Ink::Series(look)), crisp: narrow });
        // Bars of one part stand side by side.
        let inside = |p: P| {
            let after = bars.partition_point(|r| r.x0 <= p.0);
            after.checked_sub(1).and_then(|k| bars.get(k)).is_some_and(|r| r.contains(p))
        };
        hatched(hatch::strokes(k, plan.plot, inside), Paint::Ground, scene);
    }
    let at: Vec<P> = totals.iter().map(|t| t.1).filter(|p| plan.plot.contains(*p)).collect();
    if narrow {
        let pieces = visible(at.iter().map(|p| Some(*p)), plan.plot, GRAIN);
        scene.shapes.push(Shape::Curves { pieces, stroke: Stroke { paint: Paint::Ink(Ink::Text), width: 1.6, dash: Dash::Solid } });
    } else if !at.is_empty() {
        scene.shapes.push(Shape::Diamonds { at, radius: 4.0, paint: Paint::Ink(Ink::Text) });
    }
}

/// Width of the strokes of hatchings, in pixels.
const HATCH: f64 = 0.8;

/// Strokes over an area that is filled already.
fn hatched(pieces: Vec<Vec<P>>, paint: Paint, scene: &mut Scene) {
    if !pieces.is_empty() {
        scene.shapes.push(Shape::Curves { pieces, stroke: Stroke { paint, width: HATCH, dash: Dash::Solid } });
    }
}

/// The rectangle round an outline.
fn bounds(piece: &[P]) -> Rect {
    let mut r = Rect { x0: f64::INFINITY, y0: f64::INFINITY, x1: f64::NEG_INFINITY, y1: f64::NEG_INFINITY };
    for (x, y) in piece {
        r = Rect { x0: r.x0.min(*x), y0: r.y0.min(*y), x1: r.x1.max(*x), y1: r.y1.max(*y) };
    }
    r
}

/// Index of a column or row of a map, and where it begins and ends in pixels.
type Span = (usize, f64, f64);

/// Columns or rows of a map in pixels: index of the cell and its span, ascending, at most one a pixel.
fn spans(at: &[f64], log: bool, pixel: impl Fn(f64) -> Option<f64>, low: f64, high: f64) -> Vec<Span> {
    let mut spans: Vec<Span> = stack::edges(at, log)
        .into_iter()
        .enumerate()
        .filter_map(|(i, edge)| {
            let (a, b) = (pixel(edge?.0)?.clamp(low, high), pixel(edge?.1)?.clamp(low, high));
            (a != b).then_some((i, a.min(b), a.max(b)))
        })
        .collect();
    spans.sort_by(|a, b| a.1.total_cmp(&b.1));
    if spans.len() as f64 <= high - low {
        return spans;
    }
    let mut out: Vec<Span> = Vec::new();
    for (i, a, b) in spans {
        match out.last_mut() {
            Some(last) if b - last.1 < 1.0 => last.2 = b,
            Some(last) => {
                let from = last.2;
                out.push((i, from, b));
            }
            None => out.push((i, a, b)),
        }
    }
    out
}

/// Column and row spans of a map on the canvas.
fn grid(cells: &Cells, figure: &Figure, plan: &Layout) -> (Vec<Span>, Vec<Span>) {
    (
        spans(&cells.x, figure.x.log(), |v| plan.across(v), plan.plot.x0, plan.plot.x1),
        spans(&cells.y, figure.y.log(), |v| plan.down(v), plan.plot.y0, plan.plot.y1),
    )
}

fn draw_cells(cells: &Cells, figure: &Figure, plan: &Layout, scene: &mut Scene) {
    let (columns, rows) = grid(cells, figure, plan);
    let mut fills: std::collections::BTreeMap<Option<usize>, Vec<Rect>> = std::collections::BTreeMap::new();
    let mut borders: Vec<Vec<P>> = Vec::new();
    let mut above: Option<usize> = None;
    // The latest vertical border at the left of each column.
    let mut upright: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for (j, top, bottom) in &rows {
        let mut runs: Vec<(Option<usize>, f64, f64)> = Vec::new();
        for (i, left, right) in &columns {
            let kind = cells.at(*i, *j);
            if above.is_some_and(|row| cells.at(*i, row) != kind) {
                let level = |b: &&mut Vec<P>| b.last() == Some(&(*left, *top)) && b.first().is_some_and(|p| p.1 == *top);
                match borders.last_mut().filter(level).and_then(|b| b.last_mut()) {
                    Some(end) => end.0 = *right,
                    None => borders.push(vec![(*left, *top), (*right, *top)]),
                }
            }
            match runs.last_mut().filter(|r| r.0 == kind) {
                Some(run) => run.2 = *right,
                None => {
                    if !runs.is_empty() {
                        // A border that goes on from the row above is one stroke.
                        let open = upright.get(i).copied().and_then(|k| borders.get_mut(k)).and_then(|b| b.last_mut()).filter(|end| end.1 == *top);
                        match open {
                            Some(end) => end.1 = *bottom,
                            None => {
                                upright.insert(*i, borders.len());
                                borders.push(vec![(*left, *top), (*left, *bottom)]);
                            }
                        }
                    }
                    runs.push((kind, *left, *right));
                }
            }
        }
        for (kind, x0, x1) in runs {
            let list = fills.entry(kind).or_default();
            // A run that repeats the one above makes it taller.
            match list.iter_mut().rev().take(64).find(|r| r.x0 == x0 && r.x1 == x1 && r.y1 == *top) {
                Some(rect) => rect.y1 = *bottom,
                None => list.push(Rect { x0, y0: *top, x1, y1: *bottom }),
            }
        }
        above = Some(*j);
    }
    for (kind, rects) in fills {
        let paint = kind.map_or(Paint::Tint(Ink::Muted), |k| Paint::Tint(cells.ink(k)));
        scene.shapes.push(Shape::Fill { pieces: rects.into_iter().map(super::scene::outline).collect(), paint, crisp: true });
        let Some((k, Ink::Series(look))) = kind.map(|k| (k, cells.ink(k))) else { continue };
        let cell = |p: P| {
            let span = |spans: &[Span], v: f64| spans.get(spans.partition_point(|s| s.2 < v)).filter(|s| s.1 <= v).map(|s| s.0);
            Some((span(&columns, p.0)?, span(&rows, p.1)?))
        };
        let inside = |p: P| cell(p).is_some_and(|(i, j)| cells.at(i, j) == Some(k));
        hatched(hatch::strokes(look, plan.plot, inside), Paint::Hatch(Ink::Series(look)), scene);
    }
    if !borders.is_empty() {
        scene.shapes.push(Shape::Curves { pieces: borders, stroke: Stroke { paint: Paint::Frame, width: 0.9, dash: Dash::Solid } });
    }
}

/// Distance of names from annotated points, in pixels.
const CLEAR: f64 = 9.0;

/// The names of a map's regions inside them; none unless every region has room for its name.
fn region_names(figure: &Figure, plan: &Layout) -> Option<Vec<Words>> {
    if figure.legend != Legend::Auto {
        return Some(Vec::new());
    }
    let mut names = Vec::new();
    let points: Vec<P> = figure.notes.iter().take(60).filter_map(|n| plan.point(n.at)).collect();
    for series in &figure.series {
        let Series::Cells(cells) = series else {
            // Layers beside the map need a legend of their own.
            let named = matches!(series, Series::Line(l) if !l.name.is_empty()) || !matches!(series, Series::Line(_));
            if named && figure.series.iter().any(|s| matches!(s, Series::Cells(_) | Series::Stack(_) | Series::Area(_) | Series::Cloud(_))) {
                return None;
            }
            continue;
        };
        let (columns, rows) = grid(cells, figure, plan);
        let flat = |spans: &[Span]| spans.iter().map(|s| (s.1, s.2)).collect::<Vec<_>>();
        let (x, y) = (flat(&columns), flat(&rows));
        let mut kinds: Vec<Option<usize>> = (0..cells.categories.len()).map(Some).collect();
        kinds.push(None);
        for kind in kinds {
            let of_kind = |i: usize, j: usize| columns.get(i).zip(rows.get(j)).is_some_and(|(c, r)| cells.at(c.0, r.0) == kind);
            if !(0..rows.len()).any(|j| (0..columns.len()).any(|i| of_kind(i, j))) {
                continue;
            }
            // A name must not stand on an annotated point.
            let near = |p: &P, c: &Span, r: &Span| p.0 >= c.1 - CLEAR && p.0 <= c.2 + CLEAR && p.1 >= r.1 - CLEAR && p.1 <= r.2 + CLEAR;
            let open =
                |i: usize, j: usize| of_kind(i, j) && columns.get(i).zip(rows.get(j)).is_some_and(|(c, r)| !points.iter().any(|p| near(p, c, r)));
            let label = kind.map_or(Some(&cells.missing), |k| cells.categories.get(k))?;
            if label.is_empty() {
                continue;
            }
            let whole = metrics::width(label, NAME, false);
            let fitting = [1.0, 0.6, 0.4].into_iter().find_map(|share| {
                let lines = metrics::wrap(label, NAME, false, whole * share + 1.0);
                let wide = lines.iter().map(|l| metrics::width(l, NAME, false)).fold(0.0, f64::max);
                let high = lines.len() as f64 * layout::LEADING * NAME;
                place::within(&x, &y, open, wide + 6.0, high + 4.0).map(|area| (lines, area))
            });
            let (lines, area) = fitting?;
            for (k, line) in lines.into_iter().enumerate() {
                let at = ((area.x0 + area.x1) / 2.0, area.y0 + 2.0 + (k as f64 + 0.86) * layout::LEADING * NAME);
                names.push(Words { at, anchor: Anchor::Middle, size: NAME, bold: false, label: line, paint: Paint::Ink(Ink::Text), halo: true });
            }
        }
    }
    Some(names)
}

/// The letters of a map's regions inside them, where a region has room for one: its name stands in the legend.
fn region_keys(figure: &Figure, plan: &Layout) -> Vec<Words> {
    let mut out = Vec::new();
    let points: Vec<P> = figure.notes.iter().take(60).filter_map(|n| plan.point(n.at)).collect();
    for series in &figure.series {
        let Series::Cells(cells) = series else { continue };
        let (columns, rows) = grid(cells, figure, plan);
        let flat = |spans: &[Span]| spans.iter().map(|s| (s.1, s.2)).collect::<Vec<_>>();
        let (x, y) = (flat(&columns), flat(&rows));
        let near = |p: &P, c: &Span, r: &Span| p.0 >= c.1 - CLEAR && p.0 <= c.2 + CLEAR && p.1 >= r.1 - CLEAR && p.1 <= r.2 + CLEAR;
        for kind in 0..cells.categories.len() {
            let Some(label) = cells.key(kind) else { continue };
            let open = |i: usize, j: usize| {
                columns.get(i).zip(rows.get(j)).is_some_and(|(c, r)| cells.at(c.0, r.0) == Some(kind) && !points.iter().any(|p| near(p, c, r)))
            };
            let wide = metrics::width(&label, NAME, false);
            if let Some(area) = place::within(&x, &y, open, wide + 4.0, NAME + 4.0) {
                let at = ((area.x0 + area.x1) / 2.0, area.y0 + 2.0 + 0.86 * NAME);
                out.push(Words { at, anchor: Anchor::Middle, size: NAME, bold: false, label, paint: Paint::Ink(Ink::Text), halo: true });
            }
        }
    }
    out
}

fn draw_axes(figure: &Figure, plan: &Layout, boxed: bool, scene: &mut Scene) {
    let plot = plan.plot;
    let mut edge = |a: P, b: P| scene.line(a, b, Paint::Frame, 1.0, Dash::Solid);
    edge((plot.x0, plot.y1), (plot.x1, plot.y1));
    edge((plot.x0, plot.y0), (plot.x0, plot.y1));
    if boxed {
        edge((plot.x0, plot.y0), (plot.x1, plot.y0));
        edge((plot.x1, plot.y0), (plot.x1, plot.y1));
    }
    for (x, _) in &plan.x_ticks {
        edge((*x, plot.y1), (*x, plot.y1 + 4.0));
    }
    for tick in &plan.y_ticks {
        let y = plot.y1 - tick.place * (plot.y1 - plot.y0);
        edge((plot.x0 - 4.0, y), (plot.x0, y));
    }
    if let Some(zero) = plan.y.place(0.0).filter(|p| *p > 0.0 && *p < 1.0 && !figure.y.log()) {
        let y = plot.y1 - zero * (plot.y1 - plot.y0);
        scene.line((plot.x0, y), (plot.x1, y), Paint::Frame, 1.0, Dash::Solid);
    }
}

fn draw_markers(figure: &Figure, plan: &Layout, scene: &mut Scene) -> Vec<[P; 2]> {
    let plot = plan.plot;
    let mut lines = Vec::new();
    for marker in &figure.markers {
        let (a, b) = match marker.side {
            Side::X => {
                let Some(x) = plan.across(marker.at).filter(|x| *x >= plot.x0 && *x <= plot.x1) else { continue };
                ((x, plot.y0 - if marker.label.is_empty() { 0.0 } else { 4.0 }), (x, plot.y1))
            }
            Side::Y => {
                let Some(y) = plan.down(marker.at).filter(|y| *y >= plot.y0 && *y <= plot.y1) else { continue };
                ((plot.x0, y), (plot.x1, y))
            }
        };
        scene.line(a, b, Paint::Ink(marker.ink), 1.1, marker.dash);
        lines.push([a, b]);
    }
    lines
}

fn draw_words(plan: &Layout, scene: &mut Scene) {
    let text = Paint::Ink(Ink::Text);
    let muted = Paint::Ink(Ink::Muted);
    for set in &plan.title {
        let words = Words { at: set.at, anchor: Anchor::Start, size: TITLE, bold: true, label: set.label.clone(), paint: text, halo: false };
        scene.shapes.push(Shape::Words(words));
    }
    for (sets, anchor, size, paint) in [
        (&plan.subtitle, Anchor::Start, SUBTITLE, muted),
        (&plan.y_label, Anchor::Start, layout::AXIS, text),
        (&plan.x_label, Anchor::Middle, layout::AXIS, text),
        (&plan.header, Anchor::Middle, SMALL, muted),
        (&plan.note, Anchor::Start, SMALL, muted),
    ] {
        for set in sets {
            scene.words(set.at, anchor, size, paint, &set.label);
        }
    }
    for (x, lines) in &plan.x_ticks {
        for (k, line) in lines.iter().enumerate() {
            scene.words((*x, plan.plot.y1 + 7.0 + TICK + k as f64 * layout::LEADING * TICK), Anchor::Middle, TICK, muted, line);
        }
    }
    for tick in &plan.y_ticks {
        let y = plan.plot.y1 - tick.place * (plan.plot.y1 - plan.plot.y0);
        scene.words((plan.plot.x0 - 7.0, y + 0.36 * TICK), Anchor::End, TICK, muted, &tick.label);
    }
    let mut fills = 0;
    for key in &plan.legend {
        // The parts of bars are hatched in their own order.
        let look = match (key.entry.swatch, key.entry.ink) {
            (Swatch::Tint, Ink::Series(k)) => k,
            (Swatch::Fill, _) => {
                fills += 1;
                fills - 1
            }
            _ => 0,
        };
        draw_swatch(key.at, key.entry.ink, key.entry.swatch, look, scene);
        for (k, line) in key.lines.iter().enumerate() {
            scene.words((key.at.0 + SWATCH, key.at.1 + k as f64 * layout::LEADING * NAME), Anchor::Start, NAME, text, line);
        }
    }
    for tag in &plan.tags {
        let x = plan.plot.x1;
        if plan.leaders {
            scene.line((x + 3.0, tag.level), (x + 16.0, tag.y), Paint::Ink(tag.ink), 0.9, Dash::Solid);
        }
        let at = (x + if plan.leaders { 19.0 } else { 7.0 }, tag.y + 0.36 * NAME);
        scene.words(at, Anchor::Start, NAME, Paint::Word(tag.ink), &tag.label);
    }
}

fn draw_swatch(at: P, ink: Ink, swatch: Swatch, look: usize, scene: &mut Scene) {
    let middle = at.1 - 0.36 * NAME;
    let square = Rect { x0: at.0 + 5.0, y0: middle - 5.5, x1: at.0 + 20.0, y1: middle + 5.5 };
    match swatch {
        Swatch::Line(dash) => scene.line((at.0, middle), (at.0 + 20.0, middle), Paint::Ink(ink), 2.0, dash),
        Swatch::Dot => scene.shapes.push(Shape::Dots { at: vec![(at.0 + 12.0, middle)], radius: 3.0, paint: Paint::Ink(ink), rim: false }),
        Swatch::Fill => {
            scene.fill(square, Paint::Ink(ink));
            hatched(hatch::strokes(look, square, |_| true), Paint::Ground, scene);
        }
        Swatch::Tint => {
            scene.fill(square, Paint::Tint(ink));
            hatched(hatch::strokes(look, square, |_| true), Paint::Hatch(ink), scene);
            let mut edge = super::scene::outline(square);
            edge.extend(edge.first().copied());
            scene.shapes.push(Shape::Curves { pieces: vec![edge], stroke: Stroke { paint: Paint::Frame, width: 0.6, dash: Dash::Solid } });
        }
        Swatch::Diamond => scene.shapes.push(Shape::Diamonds { at: vec![(at.0 + 12.0, middle)], radius: 4.5, paint: Paint::Ink(ink) }),
    }
}

/// Candidates that set a label of the given size around a point.
pub(crate) fn candidates(at: P, width: f64, size: f64, gap: f64, dislike: f64) -> Vec<Candidate> {
    place::around(at, width, size * (ASCENT + DESCENT), gap, dislike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::plot::{scale::Axis, text::Label};

    fn map(kind: impl Fn(usize, usize) -> usize) -> Figure {
        let at: Vec<f64> = (0..12).map(f64::from).collect();
        let cell = (0..144).map(|k| Some(kind(k % 12, k / 12))).collect();
        let categories = vec![Label::plain("a"), Label::plain("b"), Label::plain("c")];
        let cells = Cells { x: at.clone(), y: at, cell, categories, looks: Vec::new(), missing: Label::default() };
        Figure::new(Axis::new("x"), Axis::new("y")).with(Series::Cells(cells))
    }

    fn borders(figure: &Figure) -> Vec<Vec<P>> {
        let shapes = scene(figure, 640.0, 420.0).shapes;
        let strokes = shapes.into_iter().filter_map(|s| if let Shape::Curves { pieces, stroke } = s { Some((pieces, stroke.width)) } else { None });
        strokes.filter(|s| s.1 == 0.9).flat_map(|s| s.0).collect()
    }

    #[test]
    fn borders_of_regions_follow_the_cells() {
        type Kind = fn(usize, usize) -> usize;
        let kinds: [Kind; 4] = [|i, j| usize::from(i > j), |i, j| usize::from(i + j > 11), |i, j| (i * 7 + j * 5) % 3, |i, _| i / 4];
        for kind in kinds {
            let strokes = borders(&map(kind));
            assert!(strokes.iter().all(|b| b.len() == 2 && (b[0].0 == b[1].0 || b[0].1 == b[1].1)));
            let length = |b: &Vec<P>| ((b[1].0 - b[0].0).abs(), (b[1].1 - b[0].1).abs());
            let cell = {
                let plan = layout(&map(kind), (640.0, 420.0), true);
                ((plan.plot.x1 - plan.plot.x0) / 12.0, (plan.plot.y1 - plan.plot.y0) / 12.0)
            };
            let mut across = 0;
            let mut down = 0;
            for j in 0..12 {
                for i in 0..12 {
                    across += usize::from(j > 0 && kind(i, j) != kind(i, j - 1));
                    down += usize::from(i > 0 && kind(i, j) != kind(i - 1, j));
                }
            }
            let total = strokes.iter().map(length).fold((0.0, 0.0), |sum, l| (sum.0 + l.0, sum.1 + l.1));
            assert!((total.0 / cell.0 - across as f64).abs() < 1e-6, "{total:?} {cell:?} {across}");
            assert!((total.1 / cell.1 - down as f64).abs() < 1e-6, "{total:?} {cell:?} {down}");
        }
    }

    #[test]
    fn lines_that_end_early_are_named_in_a_legend() {
        let lines = |end: f64| {
            Figure::new(Axis::new("x"), Axis::new("y")).line("short", vec![(0.0, 0.0), (end, 1.0)]).line("long", vec![(0.0, 1.0), (2.0, 0.0)])
        };
        for end in [1.0, 2.0] {
            let shapes = scene(&lines(end), 640.0, 420.0).shapes;
            let names = shapes.iter().filter(|s| matches!(s, Shape::Words(w) if ["short", "long"].contains(&w.label.unicode().as_str()))).count();
            assert_eq!(names, 2, "{end}");
        }
    }

    #[test]
    fn words_of_a_figure_do_not_overlap() {
        let wave = |phase: f64| (0..50).map(|k| f64::from(k) / 10.0).map(|x| (x, (x + phase).sin())).collect::<Vec<_>>();
        let mut figure =
            Figure::new(Axis::new("cost level of offshoring β"), Axis::new("wage, in units of the numeraire")).title("A title").note("A note.");
        for k in 0..5 {
            figure = figure.line(format!("series {k}"), wave(0.1 * f64::from(k)));
        }
        figure = figure.band(0.0, 1.0, "x shuts down").band(1.0, 1.2, "a regime too narrow for its name").band(1.2, 5.0, "both goods");
        figure = figure.marker(Side::X, 1.0, "1.000").marker(Side::X, 1.2, "1.200").marker(Side::X, 1.21, "1.210");
        figure = figure.mark((1.5, 0.99), "(1.5, 0.99)").mark((1.6, 0.99), "(1.6, 0.99)");
        let scene = scene(&figure, 640.0, 420.0);
        let words: Vec<&Words> = scene.shapes.iter().filter_map(|s| if let Shape::Words(w) = s { Some(w) } else { None }).collect();
        assert!(words.len() > 20);
        for (k, a) in words.iter().enumerate() {
            let area = a.area();
            assert!(area.x0 >= 0.0 && area.x1 <= scene.width && area.y0 >= 0.0 && area.y1 <= scene.height, "{:?} is cut", a.label.unicode());
            for b in words.iter().skip(k + 1) {
                assert_eq!(area.overlap(&b.area()), 0.0, "{:?} on {:?}", a.label.unicode(), b.label.unicode());
            }
        }
    }
}
