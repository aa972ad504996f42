//! Margins of a figure: how much room words take, and what is left for data.

use super::{
    figure::{Entry, Figure, Ink, Legend, Series, Side, Swatch},
    metrics::{fit, width, wrap},
    path::{P, Rect, spread},
    scale::{Axis, Range, Tick},
    text::Label,
};

pub(crate) const PAD: f64 = 14.0;
pub(crate) const TITLE: f64 = 15.0;
pub(crate) const SUBTITLE: f64 = 12.0;
pub(crate) const AXIS: f64 = 12.0;
pub(crate) const TICK: f64 = 10.5;
pub(crate) const NAME: f64 = 11.5;
pub(crate) const SMALL: f64 = 10.0;
/// What a figure says that has nothing else to say.
pub(crate) const NO_DATA: &str = "no data";
/// Longest list of names that have no room in the header.
pub(crate) const MOST_KEYS: usize = 26;
/// Line height in units of the font size.
pub(crate) const LEADING: f64 = 1.32;
/// Longest line of a legend beside a map, and the room between the two.
const BESIDE: f64 = 200.0;
const GUTTER: f64 = 18.0;
/// Width of a legend's swatch with the space after it.
pub(crate) const SWATCH: f64 = 26.0;

/// A line of words at its baseline.
pub(crate) struct Set {
    pub at: P,
    pub label: Label,
}

/// A word at the right of the plot, and the height on the frame that it names.
pub(crate) struct Tag {
    pub y: f64,
    pub level: f64,
    pub label: Label,
    pub ink: Ink,
}

/// One entry of the legend: where its swatch stands and the lines of its name.
pub(crate) struct Key {
    pub at: P,
    pub entry: Entry,
    pub lines: Vec<Label>,
}

/// Everything that does not depend on how data are drawn.
pub(crate) struct Layout {
    pub width: f64,
    pub height: f64,
    pub plot: Rect,
    pub x: Range,
    pub y: Range,
    pub x_ticks: Vec<(f64, Vec<Label>)>,
    pub y_ticks: Vec<Tick>,
    pub title: Vec<Set>,
    pub subtitle: Vec<Set>,
    pub note: Vec<Set>,
    pub x_label: Vec<Set>,
    pub y_label: Vec<Set>,
    pub legend: Vec<Key>,
    pub tags: Vec<Tag>,
    /// Whether tags are led to their lines because some had to move.
    pub leaders: bool,
    /// Names of bands and values of vertical markers above the plot, centred.
    pub header: Vec<Set>,
}

impl Layout {
    /// The pixel of a point of the data.
    pub fn point(&self, p: (f64, f64)) -> Option<P> {
        Some((self.across(p.0)?, self.down(p.1)?))
    }

    pub fn across(&self, x: f64) -> Option<f64> {
        Some(self.plot.x0 + self.x.place(x)?.clamp(-1e6, 1e6) * (self.plot.x1 - self.plot.x0))
    }

    pub fn down(&self, y: f64) -> Option<f64> {
        Some(self.plot.y1 - self.y.place(y)?.clamp(-1e6, 1e6) * (self.plot.y1 - self.plot.y0))
    }
}

/// Sides of the data in both axes.
pub(crate) fn ranges(figure: &Figure) -> (Range, Range) {
    let clouds = figure.series.iter().any(|s| matches!(s, Series::Cloud(_)));
    let cells = figure.series.iter().any(|s| matches!(s, Series::Cells(_)));
    let of = |side: Side, axis: &Axis, pad| {
        let (values, zero) = figure.extent(side);
        if !cells {
            return Range::of(axis, &values, zero, pad);
        }
        // A map reaches as far as its cells: a strip down to zero would be a region of nothing.
        let ends = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let tight = Axis { range: axis.range.or((ends.0 < ends.1).then_some(ends)), ..axis.clone() };
        Range::of(&tight, &values, zero, 0.0)
    };
    (of(Side::X, &figure.x, if clouds { 0.03 } else { 0.0 }), of(Side::Y, &figure.y, 0.06))
}

/// Lays a figure out; a canvas too small for its words grows.
///
/// `named_inside` says that regions carry their names, so that no legend is needed.
pub(crate) fn layout(figure: &Figure, canvas: (f64, f64), named_inside: bool) -> Layout {
    let size = |v: f64, low: f64| if v.is_finite() { v.clamp(low, 8000.0) } else { low };
    let (wide, high) = (size(canvas.0, 200.0), size(canvas.1, 140.0));
    let (x, y) = ranges(figure);
    let room = wide - 2.0 * PAD;
    let y_ticks = y.ticks(&figure.y, ((high - 120.0) / 42.0).max(2.0) as usize);

    let ends = if figure.legend == Legend::Auto { line_ends(figure, &x, &y, high) } else { None };
    let mut tags: Vec<Tag> =
        ends.iter().flatten().map(|(place, label, ink)| Tag { y: 0.0, level: *place, label: label.clone(), ink: *ink }).collect();
    for marker in figure.markers.iter().filter(|m| m.side == Side::Y && !m.label.is_empty()) {
        if let Some(place) = y.place(marker.at).filter(|p| (0.0..=1.0).contains(p)) {
            tags.push(Tag { y: 0.0, level: place, label: marker.label.clone(), ink: marker.ink });
        }
    }
    tags.truncate((0.9 * high / (LEADING * NAME)) as usize);
    for tag in &mut tags {
        tag.label = fit(&tag.label, NAME, false, 0.34 * wide);
    }
    let tag_room = tags.iter().map(|t| width(&t.label, NAME, false)).fold(0.0, f64::max);
    let right = if tags.is_empty() { PAD + 4.0 } else { tag_room + 22.0 + 6.0 };
    let left = PAD + y_ticks.iter().map(|t| width(&t.label, TICK, false)).fold(0.0, f64::max).min(0.4 * wide) + 8.0;
    let (x0, x1) = (left, (wide - right).max(left + 40.0));

    let mut top = PAD;
    let mut lines = |label: &Label, size: f64, bold: bool, after: f64| {
        let mut set = Vec::new();
        for line in if label.is_empty() { Vec::new() } else { wrap(label, size, bold, room) } {
            set.push(Set { at: (PAD, top + size), label: fit(&line, size, bold, room) });
            top += LEADING * size;
        }
        if !set.is_empty() {
            top += after;
        }
        set
    };
    let title = lines(&figure.title, TITLE, true, 2.0);
    let subtitle = lines(&figure.subtitle, SUBTITLE, false, 4.0);
    let wants_legend = match figure.legend {
        Legend::Auto => ends.is_none() && !named_inside,
        Legend::Above => true,
        Legend::Inside | Legend::None => false,
    };
    let mut legend: Vec<Key> = Vec::new();
    // The regions of a map are sentences: beside the map, on a wider page, they take nothing from it.
    let beside = wants_legend && figure.series.iter().any(|s| matches!(s, Series::Cells(_)));
    if wants_legend && !beside {
        top += 4.0;
        let mut at = PAD;
        for mut entry in figure.keyed_entries() {
            entry.name = fit(&entry.name, NAME, false, room - SWATCH);
            let length = SWATCH + width(&entry.name, NAME, false);
            if at > PAD && at + length > PAD + room {
                at = PAD;
                top += LEADING * NAME + 2.0;
            }
            legend.push(Key { at: (at, top + NAME), lines: vec![entry.name.clone()], entry });
            at += length + 18.0;
        }
        if !legend.is_empty() {
            top += LEADING * NAME + 4.0;
        }
    }

    let mut note = figure.note.clone();
    let (rows, keys) = header(figure, &x, x0, x1);
    let more = keys.len().saturating_sub(MOST_KEYS);
    let rest = (more > 0).then(|| Label::plain(&format!("And {more} more.")));
    for key in keys.into_iter().take(MOST_KEYS).chain(rest) {
        note = if note.is_empty() { key } else { note.then("   ").join(&key) };
    }
    let mut y_label = Vec::new();
    let label_width = width(&figure.y.label, AXIS, false);
    if !figure.y.label.is_empty() {
        // A short name stands beside the header, a longer one above it.
        if !rows.is_empty() && label_width <= x0 - PAD - 6.0 {
            y_label.push(Set { at: (PAD, f64::NAN), label: figure.y.label.clone() });
        } else {
            for line in wrap(&figure.y.label, AXIS, false, room) {
                y_label.push(Set { at: (PAD, top + AXIS), label: fit(&line, AXIS, false, room) });
                top += LEADING * AXIS;
            }
            top += 3.0;
        }
    }
    let mut header = Vec::new();
    for row in rows {
        for (centre, label) in row.items {
            header.push(Set { at: (centre, top + SMALL), label });
        }
        top += LEADING * SMALL;
    }
    let y0 = top + 6.0;
    for set in y_label.iter_mut().filter(|s| s.at.1.is_nan()) {
        set.at.1 = y0 - 8.0;
    }

    let mut full = wide;
    let mut low = y0;
    if beside {
        for entry in figure.keyed_entries() {
            let lines: Vec<Label> = wrap(&entry.name, NAME, false, BESIDE).iter().map(|l| fit(l, NAME, false, BESIDE)).collect();
            let longest = lines.iter().map(|l| width(l, NAME, false)).fold(0.0, f64::max);
            full = full.max(x1 + GUTTER + SWATCH + longest + PAD);
            let rows = lines.len() as f64;
            legend.push(Key { at: (x1 + GUTTER, low + NAME), entry, lines });
            low += rows * LEADING * NAME + 5.0;
        }
    }

    let x_ticks = x_ticks(figure, &x, x0, x1, wide);
    let tick_lines = x_ticks.iter().map(|t| t.1.len()).max().map_or(0, |n| n);
    let x_lines = if figure.x.label.is_empty() { Vec::new() } else { wrap(&figure.x.label, AXIS, false, x1 - x0) };
    let note_lines = if note.is_empty() { Vec::new() } else { wrap(&note, SMALL, false, room) };
    let below = 7.0
        + tick_lines as f64 * LEADING * TICK
        + x_lines.len() as f64 * LEADING * AXIS
        + if x_lines.is_empty() { 0.0 } else { 4.0 }
        + note_lines.len() as f64 * LEADING * SMALL
        + if note_lines.is_empty() { 0.0 } else { 6.0 }
        + PAD * 0.7;
    let y1 = (high - below).max(y0 + 60.0).max(low);
    let mut at = y1 + 7.0 + tick_lines as f64 * LEADING * TICK;
    let mut x_label = Vec::new();
    for line in x_lines {
        x_label.push(Set { at: ((x0 + x1) / 2.0, at + 4.0 + AXIS), label: fit(&line, AXIS, false, room) });
        at += LEADING * AXIS;
    }
    at += if x_label.is_empty() { 6.0 } else { 10.0 };
    let mut note = Vec::new();
    for line in note_lines {
        note.push(Set { at: (PAD, at + SMALL), label: fit(&line, SMALL, false, room) });
        at += LEADING * SMALL;
    }

    let plot = Rect { x0, y0, x1, y1 };
    let wanted: Vec<(f64, f64)> = tags.iter().map(|t| (y1 - t.level * (y1 - y0), LEADING * NAME)).collect();
    let settled = spread(&wanted, y0 - 8.0, y1 + 8.0);
    let mut leaders = false;
    for (k, tag) in tags.iter_mut().enumerate() {
        let level = wanted.get(k).map_or(y1, |w| w.0);
        // Without room for all they overlap; the layout has already refused more tags than fit a usual figure.
        tag.y = settled.as_ref().and_then(|s| s.get(k).copied()).map_or(level, |v| v);
        tag.level = level;
        leaders |= (tag.y - level).abs() > 2.5;
    }
    Layout { width: full, height: y1 + below, plot, x, y, x_ticks, y_ticks, title, subtitle, note, x_label, y_label, legend, tags, leaders, header }
}

/// Where lines end on the right as fractions of the height, if every named layer is a line that ends there.
pub(crate) fn line_ends(figure: &Figure, x: &Range, y: &Range, high: f64) -> Option<Vec<(f64, Label, Ink)>> {
    let entries = figure.keyed_entries();
    if entries.iter().any(|e| !matches!(e.swatch, Swatch::Line(_))) || entries.len() as f64 * LEADING * NAME > 0.5 * high {
        return None;
    }
    let mut ends = Vec::new();
    for series in &figure.series {
        let Series::Line(line) = series else { continue };
        if line.name.is_empty() {
            continue;
        }
        let place = |p: &(f64, f64)| Some((x.place(p.0)?, y.place(p.1)?));
        let seen = |p: &(f64, f64)| (-1e-9..=1.0 + 1e-9).contains(&p.0) && (-1e-9..=1.0 + 1e-9).contains(&p.1);
        let last = line.points.iter().filter_map(place).filter(seen).max_by(|a, b| a.0.total_cmp(&b.0))?;
        if last.0 < 0.94 {
            return None;
        }
        ends.push((last.1, line.name.clone(), line.ink));
    }
    Some(ends)
}

/// Ticks of x at their pixels, as many as have room for their labels.
fn x_ticks(figure: &Figure, x: &Range, x0: f64, x1: f64, wide: f64) -> Vec<(f64, Vec<Label>)> {
    let place = |t: &Tick| x0 + t.place * (x1 - x0);
    if figure.x.ticks.is_some() {
        let ticks = x.ticks(&figure.x, 2);
        let mut places: Vec<f64> = ticks.iter().map(place).collect();
        places.sort_by(f64::total_cmp);
        let gap = places.windows(2).map(|w| if let [a, b] = w { b - a } else { f64::INFINITY }).filter(|g| *g > 0.0).fold(x1 - x0, f64::min);
        let set = |t: &Tick| {
            let mut lines: Vec<Label> = wrap(&t.label, TICK, false, gap - 6.0).iter().map(|l| fit(l, TICK, false, gap.max(14.0) - 4.0)).collect();
            lines.truncate(3);
            (place(t), lines)
        };
        // Names closer than a letter cannot be read; every second or third can.
        let every = (16.0 / gap).ceil().clamp(1.0, 1e6) as usize;
        return ticks.iter().step_by(every).map(set).collect();
    }
    let mut count = ((x1 - x0) / 60.0).clamp(2.0, 12.0) as usize;
    loop {
        let ticks = x.ticks(&figure.x, count);
        let boxes: Vec<(f64, f64)> = ticks.iter().map(|t| (place(t), width(&t.label, TICK, false) / 2.0)).collect();
        let crowded = boxes.windows(2).any(|w| if let [a, b] = w { a.0 + a.1 + 7.0 > b.0 - b.1 } else { false });
        let over = boxes.iter().any(|b| b.0 + b.1 > wide - 2.0);
        if count <= 2 || !(crowded || over) {
            let fits = |t: &&Tick| !over || place(t) + width(&t.label, TICK, false) / 2.0 <= wide - 2.0;
            let step = if crowded { 2 } else { 1 };
            return ticks.iter().filter(fits).step_by(step).map(|t| (place(t), vec![t.label.clone()])).collect();
        }
        count -= 1;
    }
}

struct Row {
    items: Vec<(f64, Label)>,
}

/// Rows above the plot, from the top: names of bands, then values of vertical markers; and the keys of names that had no room.
fn header(figure: &Figure, x: &Range, x0: f64, x1: f64) -> (Vec<Row>, Vec<Label>) {
    let across = |v: f64| x.place(v).map(|p| x0 + p.clamp(0.0, 1.0) * (x1 - x0));
    let mut rows: Vec<Row> = Vec::new();
    let mut keys = Vec::new();
    let mut names: Vec<(f64, Vec<Label>)> = Vec::new();
    for band in figure.bands.iter().filter(|b| !b.name.is_empty()) {
        let Some((a, b)) = super::draw::band_span(band, x).map(|(a, b)| (x0 + a * (x1 - x0), x0 + b * (x1 - x0))) else { continue };
        let (centre, room) = ((a + b) / 2.0, b - a - 8.0);
        let lines = wrap(&band.name, SMALL, false, room);
        if lines.len() <= 3 && lines.iter().all(|l| width(l, SMALL, false) <= room) {
            names.push((centre, lines));
        } else {
            let letter = Label::plain(&key_letter(keys.len()));
            names.push((centre, vec![letter.clone()]));
            keys.push(letter.then(" ").join(&band.name).then("."));
        }
    }
    let depth = names.iter().map(|n| n.1.len()).max().map_or(0, |n| n);
    for k in 0..depth {
        // Names end on the row next to the plot, however many lines they have.
        let line = |lines: &[Label]| (k + lines.len()).checked_sub(depth).and_then(|k| lines.get(k).cloned());
        let items: Vec<(f64, Label)> = names.iter().filter_map(|(c, lines)| Some((*c, line(lines)?))).collect();
        rows.extend(settle(items, x0, x1));
    }
    let markers = figure.markers.iter().filter(|m| m.side == Side::X && !m.label.is_empty());
    let seen = |v: f64| x.place(v).is_some_and(|p| (0.0..=1.0).contains(&p));
    let items: Vec<(f64, Label)> = markers.filter(|m| seen(m.at)).filter_map(|m| Some((across(m.at)?, m.label.clone()))).collect();
    if !items.is_empty() {
        rows.extend(settle(items, x0, x1));
    }
    (rows, keys)
}

/// Moves the words of a row apart; what has no room goes, the rest stays legible.
fn settle(mut items: Vec<(f64, Label)>, x0: f64, x1: f64) -> Option<Row> {
    items.sort_by(|a, b| a.0.total_cmp(&b.0));
    items.truncate(((x1 - x0) / 8.0) as usize);
    loop {
        let wanted: Vec<(f64, f64)> = items.iter().map(|(c, label)| (*c, width(label, SMALL, false) + 8.0)).collect();
        if let Some(centres) = spread(&wanted, x0 - 8.0, x1 + 8.0) {
            let items: Vec<(f64, Label)> = items.into_iter().zip(centres).map(|((_, label), c)| (c, label)).collect();
            return (!items.is_empty()).then_some(Row { items });
        }
        items.pop()?;
    }
}

/// A, B, …, Z, AA, AB, …
pub(crate) fn key_letter(k: usize) -> String {
    // In brackets and small it is no parameter's name.
    let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
    if k < 26 { format!("({})", letter(k)) } else { format!("({}{})", letter(k / 26 - 1), letter(k)) }
}
