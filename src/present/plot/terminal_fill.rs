//! Bars, areas and maps of regimes in block characters.

use super::{
    figure::{Area, Cells, Figure, Ink, Series, Stack},
    stack,
    terminal::Plot,
};

/// Fills of the parts of a bar where there is no colour.
pub(crate) const PART: [char; 8] = ['█', '▒', '░', '▓', '#', '+', 'o', '%'];
/// Fills of the categories of a map where there is no colour.
pub(crate) const CATEGORY: [char; 10] = ['·', '░', '▓', '+', '▒', 'o', '█', '#', '=', '%'];
/// A cell of a map without an answer.
pub(crate) const MISSING: char = '?';

/// The figure with looks for its maps that a terminal can tell apart: each region keeps the look that it has on pages unless another of the picture
/// has it already.
pub(crate) fn told_apart(figure: &Figure, color: bool) -> Figure {
    let mut own = figure.clone();
    // Colours of a terminal, or its characters.
    let kinds = if color { PART.len() } else { CATEGORY.len() };
    for series in &mut own.series {
        let Series::Cells(map) = series else { continue };
        let wanted: Vec<usize> = (0..map.categories.len()).map(|k| if let Ink::Series(look) = map.ink(k) { look } else { k }).collect();
        let mut looks: Vec<usize> = Vec::new();
        for want in wanted {
            let free = (0..kinds).map(|n| (want % kinds + n) % kinds).find(|l| !looks.contains(l));
            looks.push(free.unwrap_or(want % kinds));
        }
        map.looks = looks;
    }
    own
}

/// The fill of part or category `k`.
pub(crate) fn character(table: &[char], k: usize, color: bool) -> char {
    if color { '█' } else { table.get(k % table.len().max(1)).copied().map_or('█', |c| c) }
}

/// Half a cell: what fills it.
type Half = Option<Ink>;

/// Puts two halves, one above the other, into a cell: by colours, or by the fill of the larger part.
fn put(plot: &mut Plot, column: usize, row: usize, halves: (Half, Half), table: &[char]) {
    if plot.color {
        match halves {
            (None, None) => {}
            (Some(a), Some(b)) if a == b => plot.canvas.fill(column, row, '█', Some(a), Some(a)),
            (Some(a), None) => plot.canvas.fill(column, row, '▀', Some(a), None),
            (None, Some(b)) => plot.canvas.fill(column, row, '▄', Some(b), None),
            (Some(a), Some(b)) => plot.canvas.fill(column, row, '▀', Some(a), Some(b)),
        }
    } else if let Some(ink) = halves.0.or(halves.1) {
        let c = match ink {
            Ink::Series(k) => character(table, k, false),
            _ => MISSING,
        };
        plot.canvas.fill(column, row, c, Some(ink), None);
    }
}

/// Values at the middles of the upper and the lower half of a row, as fractions of the height from the bottom.
///
/// Without colour both are the middle of the row, as a cell can show only one fill.
fn middles(plot: &Plot, row: usize) -> (f64, f64) {
    let high = plot.canvas.height.max(1) as f64;
    let at = |part: f64| 1.0 - (row as f64 + part) / high;
    if plot.color { (at(0.25), at(0.75)) } else { (at(0.5), at(0.5)) }
}

pub(crate) fn stacks(stack: &Stack, figure: &Figure, plot: &mut Plot) {
    let edges = stack::edges(&stack.at, figure.x.log());
    let wide = plot.canvas.width as f64;
    let span = |i: usize| {
        let (from, to) = edges.get(i).copied().flatten()?;
        let whole = |v: f64| Some((plot.x.place(v)? * wide).round().clamp(0.0, wide) as usize);
        let first = whole(from)?;
        Some((first, whole(to)?.max(first + 1)))
    };
    let bars: Vec<_> = stack::pieces(stack).into_iter().filter_map(|(i, parts)| Some((span(i)?, parts))).collect();
    // A blank column keeps bars apart where all are wide enough to spare one.
    let gap = usize::from(bars.iter().all(|((first, last), _)| last - first >= 3));
    for ((first, last), parts) in bars {
        let spans: Vec<(usize, f64, f64)> = parts
            .iter()
            .filter_map(|(k, low, high)| {
                let (a, b) = (plot.y.place(*low)?, plot.y.place(*high)?);
                Some((*k, a.min(b), a.max(b)))
            })
            .collect();
        let at = |y: f64| spans.iter().find(|s| y >= s.1 && y < s.2).map(|s| Ink::Series(stack.first.saturating_add(s.0)));
        for row in 0..plot.canvas.height {
            let (upper, lower) = middles(plot, row);
            for column in first..last - gap {
                put(plot, column, row, (at(upper), at(lower)), &PART);
            }
        }
    }
}

pub(crate) fn area(area: &Area, plot: &mut Plot) {
    for pair in area.points.windows(2) {
        let &[a, b] = pair else { continue };
        let places = [a, b].map(|p| Some((plot.column(p.0)?, plot.row(p.1)?, plot.row(p.2)?)));
        let [Some(a), Some(b)] = places else { continue };
        let (from, to) = (a.0.min(b.0).max(0.0).ceil(), a.0.max(b.0).min(plot.canvas.width as f64 - 1.0));
        let mut column = from;
        while column <= to {
            let t = if b.0 == a.0 { 0.0 } else { (column - a.0) / (b.0 - a.0) };
            let (low, high) = (a.1 + t * (b.1 - a.1), a.2 + t * (b.2 - a.2));
            let (top, bottom) = (low.min(high).max(0.0).ceil(), low.max(high).min(plot.canvas.height as f64 - 1.0));
            let mut row = top;
            while row <= bottom {
                plot.canvas.fill(column as usize, row as usize, '░', Some(area.ink), None);
                row += 1.0;
            }
            column += 1.0;
        }
    }
}

pub(crate) fn cells(map: &Cells, figure: &Figure, plot: &mut Plot) {
    let span = |edges: Vec<Option<(f64, f64)>>, place: &dyn Fn(f64) -> Option<f64>| -> Vec<(usize, f64, f64)> {
        edges.into_iter().enumerate().filter_map(|(i, e)| Some((i, place(e?.0)?, place(e?.1)?))).collect()
    };
    let columns = span(stack::edges(&map.x, figure.x.log()), &|v| plot.x.place(v));
    let rows = span(stack::edges(&map.y, figure.y.log()), &|v| plot.y.place(v));
    let find = |spans: &[(usize, f64, f64)], at: f64| spans.iter().find(|s| at >= s.1.min(s.2) && at <= s.1.max(s.2)).map(|s| s.0);
    let wide = plot.canvas.width.max(1) as f64;
    let across: Vec<Option<usize>> = (0..plot.canvas.width).map(|c| find(&columns, (c as f64 + 0.5) / wide)).collect();
    for row in 0..plot.canvas.height {
        let (upper, lower) = middles(plot, row);
        let (upper, lower) = (find(&rows, upper), find(&rows, lower));
        for (column, i) in across.iter().enumerate() {
            let kind = |j: Option<usize>| -> Half { i.zip(j).map(|(i, j)| map.at(i, j).map_or(Ink::Muted, |k| map.ink(k))) };
            put(plot, column, row, (kind(upper), kind(lower)), &CATEGORY);
        }
    }
}
