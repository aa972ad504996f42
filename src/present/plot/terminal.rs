//! A figure in a terminal: braille curves, block bars and maps, axes, borders and legend.

use super::{
    canvas::{Canvas, tinted},
    draw::band_span,
    figure::{Dash, Drop, Entry, Figure, Ink, Series, Side, Swatch},
    layout,
    number::significant,
    path::{P, Rect, spread, visible},
    scale::Range,
    stack,
    terminal_fill::{CATEGORY, MISSING, PART, area, cells, character, stacks, told_apart},
    text::{Label, columns, cut},
};

use crate::sink::Shown;

/// Size and colour of a picture in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    pub width: usize,
    pub height: usize,
    /// Colours by ANSI codes; without them dashes and fill characters tell series apart.
    pub color: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Terminal { width: 80, height: 24, color: false }
    }
}

/// The part of the picture that shows data.
pub(crate) struct Plot {
    pub canvas: Canvas,
    pub x: Range,
    pub y: Range,
    pub color: bool,
}

impl Plot {
    /// Column of a value, in view or not.
    pub fn column(&self, x: f64) -> Option<f64> {
        Some(self.x.place(x)?.clamp(-1e4, 1e4) * (self.canvas.width.saturating_sub(1)) as f64)
    }

    pub fn row(&self, y: f64) -> Option<f64> {
        Some((1.0 - self.y.place(y)?.clamp(-1e4, 1e4)) * (self.canvas.height.saturating_sub(1)) as f64)
    }

    fn dot(&self, p: (f64, f64)) -> Option<P> {
        let (w, h) = ((2 * self.canvas.width) as f64 - 1.0, (4 * self.canvas.height) as f64 - 1.0);
        Some((self.x.place(p.0)?.clamp(-1e4, 1e4) * w, (1.0 - self.y.place(p.1)?.clamp(-1e4, 1e4)) * h))
    }

    fn dots(&self) -> Rect {
        Rect { x0: 0.0, y0: 0.0, x1: (2 * self.canvas.width) as f64 - 1.0, y1: (4 * self.canvas.height) as f64 - 1.0 }
    }
}

impl Figure {
    /// The figure as lines of text, each ended by a newline, no wider than asked for (but never narrower than 24 columns).
    pub fn to_terminal(&self, terminal: &Terminal) -> Shown {
        told_apart(self, terminal.color).drawn(terminal)
    }

    fn drawn(&self, terminal: &Terminal) -> Shown {
        let width = terminal.width.clamp(24, 500);
        let (x, y) = layout::ranges(self);
        let text = |label: &Label| label.unicode();
        let mut head: Vec<String> = [&self.title, &self.subtitle].into_iter().filter(|l| !l.is_empty()).map(|l| cut(&text(l), width)).collect();
        let mut foot: Vec<String> = if self.note.is_empty() { Vec::new() } else { vec![cut(&text(&self.note), width)] };

        let y_label = cut(&text(&self.y.label), width);
        let x_label = text(&self.x.label);
        let entries = self.legend_entries();
        // Room for the data once words have theirs; a first guess, because ticks depend on it and rows on ticks.
        let rough = terminal.height.saturating_sub(head.len() + foot.len() + 4).clamp(5, 200);
        let y_ticks = y.ticks(&self.y, (rough / 4).clamp(2, 10));
        let gutter = y_ticks.iter().map(|t| columns(&text(&t.label))).max().map_or(0, |w| w).min(width / 4) + 1;
        let ends = layout::line_ends(self, &x, &y, 1e9).filter(|ends| !ends.is_empty() && ends.len() * 2 <= rough);
        let solid = |e: &&Entry| e.swatch == Swatch::Line(Dash::Solid);
        // A line that is named at its end can be followed there; one that is named in a legend must look like its sample.
        let dashes = !terminal.color && ends.is_none() && entries.iter().filter(solid).count() > 1;
        let mut tags: Vec<(f64, String, Ink)> = ends.iter().flatten().map(|(place, label, ink)| (*place, text(label), *ink)).collect();
        for marker in self.markers.iter().filter(|m| m.side == Side::Y && !m.label.is_empty()) {
            tags.extend(y.place(marker.at).filter(|p| (0.0..=1.0).contains(p)).map(|p| (p, text(&marker.label), marker.ink)));
        }
        let tag_room = tags.iter().map(|t| columns(&t.1)).max().map_or(0, |w| (w + 1).min(width / 3));
        let wide = width.saturating_sub(gutter + tag_room).max(8);

        let (names, keys) = band_names(self, &x, wide);
        foot.extend(keys.into_iter().take(layout::MOST_KEYS).map(|k| cut(&k, width)));
        let mut legend =
            if ends.is_some() || self.legend == super::Legend::None { Vec::new() } else { legend_rows(&entries, dashes, terminal.color, width) };
        let markers = marker_row(self, &x, wide);
        let header = usize::from(!names.is_empty()) + usize::from(!markers.is_empty());
        let around = head.len() + foot.len() + legend.len() + header + usize::from(!y_label.is_empty()) + 2 + usize::from(!x_label.is_empty());
        let high = terminal.height.saturating_sub(around).clamp(5, 200);

        let mut plot = Plot { canvas: Canvas::new(wide, high), x, y, color: terminal.color };
        draw(self, dashes, &mut plot);

        head.append(&mut legend);
        if !y_label.is_empty() {
            head.push(y_label);
        }
        for row in [names, markers].into_iter().filter(|r| !r.is_empty()) {
            head.push(format!("{}{row}", " ".repeat(gutter)).trim_end().to_string());
        }
        let mut out = head;
        let last = high.saturating_sub(1);
        let row_of = |place: f64| ((1.0 - place) * last as f64).round() as usize;
        let mut right = vec![String::new(); high];
        place_tags(&tags, high, tag_room, terminal.color, &mut right);
        for (row, body) in plot.canvas.rows(terminal.color).into_iter().enumerate() {
            let tick = y_ticks.iter().find(|t| row_of(t.place) == row);
            let label = tick.map_or(String::new(), |t| cut(&text(&t.label), gutter.saturating_sub(1)));
            let pad = " ".repeat(gutter.saturating_sub(1).saturating_sub(columns(&label)));
            let edge = if tick.is_some() { '┤' } else { '│' };
            let tag = right.get(row).map_or("", |t| t.as_str());
            let gap = if tag.is_empty() { 0 } else { (wide + 1).saturating_sub(visible_columns(&body)) };
            out.push(format!("{pad}{label}{edge}{body}{}{tag}", " ".repeat(gap)));
        }
        out.extend(x_axis(self, &x, gutter, wide, width));
        if !x_label.is_empty() {
            let label = cut(&x_label, width);
            let indent = (gutter + wide / 2).saturating_sub(columns(&label) / 2).min(width.saturating_sub(columns(&label)));
            out.push(format!("{}{label}", " ".repeat(indent)));
        }
        out.extend(foot);
        // Labels are harmless since they were made; what is left of codes is the canvas's own.
        Shown::coloured(&out.iter().map(|line| format!("{}\n", line.trim_end())).collect::<String>())
    }
}

/// Columns of a row, not counting colour codes.
fn visible_columns(row: &str) -> usize {
    let mut plain = String::new();
    let mut code = false;
    for c in row.chars() {
        match (code, c) {
            (false, '\x1b') => code = true,
            (true, 'm') => code = false,
            (false, c) => plain.push(c),
            _ => {}
        }
    }
    columns(&plain)
}

fn draw(figure: &Figure, dashes: bool, plot: &mut Plot) {
    if figure.is_blank() {
        let column = (plot.canvas.width / 2).saturating_sub(columns(layout::NO_DATA) / 2);
        plot.canvas.words(column, plot.canvas.height / 2, layout::NO_DATA, Ink::Muted);
    }
    for series in &figure.series {
        match series {
            Series::Cells(map) => cells(map, figure, plot),
            // An area without a name is a backdrop, which characters cannot thin enough.
            Series::Area(a) if a.name.is_empty() => {}
            Series::Area(a) => area(a, plot),
            Series::Stack(s) => stacks(s, figure, plot),
            Series::Line(_) | Series::Cloud(_) => {}
        }
    }
    let mut order = 0;
    for series in &figure.series {
        match series {
            Series::Line(line) => {
                let counted = !line.name.is_empty() && line.dash == Dash::Solid;
                let pattern = if dashes && counted { pattern(order) } else { dash(line.dash) };
                order += usize::from(counted);
                let pieces = visible(line.points.iter().map(|p| plot.dot(*p)), plot.dots(), 1.0);
                for piece in pieces {
                    trace(&piece, pattern, line.ink, &mut plot.canvas);
                }
            }
            Series::Cloud(cloud) => {
                let frame = plot.dots();
                for p in cloud.points.iter().filter_map(|p| plot.dot(*p)).filter(|p| frame.contains(*p)).collect::<Vec<_>>() {
                    plot.canvas.dot(p.0.round() as i64, p.1.round() as i64, cloud.ink);
                }
            }
            _ => {}
        }
    }
    for series in &figure.series {
        let Series::Stack(s) = series else { continue };
        for (i, at) in s.at.iter().enumerate() {
            let (Some(place), Some(row)) = (plot.x.place(*at), stack::total(s, i).and_then(|t| plot.row(t))) else { continue };
            let column = (place * plot.canvas.width as f64 - 0.5).round();
            if let Some((column, row)) = inside(plot, column, row) {
                plot.canvas.words(column, row, "◆", Ink::Text);
            }
        }
    }
    draw_marks(figure, plot);
    if let Some(row) = plot.row(0.0).filter(|r| *r >= 0.0 && *r < plot.canvas.height as f64 - 1.0) {
        for column in 0..plot.canvas.width {
            plot.canvas.behind(column, row.round() as usize, '─', Ink::Muted);
        }
    }
}

/// Whole column and row of a place, if in view.
fn inside(plot: &Plot, column: f64, row: f64) -> Option<(usize, usize)> {
    let fits = |v: f64, n: usize| (v >= -0.5 && v <= n as f64 - 0.5).then(|| (v.round().max(0.0) as usize).min(n.saturating_sub(1)));
    Some((fits(column, plot.canvas.width)?, fits(row, plot.canvas.height)?))
}

fn draw_marks(figure: &Figure, plot: &mut Plot) {
    let notes: Vec<_> = figure.notes.iter().filter_map(|n| Some((n, inside(plot, plot.column(n.at.0)?, plot.row(n.at.1)?)?))).collect();
    for (note, (column, row)) in &notes {
        if note.dot {
            plot.canvas.words(*column, *row, "●", note.ink);
        }
    }
    for (note, (column, row)) in notes.iter().take(60) {
        let label = note.label.unicode();
        let length = columns(&label);
        if length == 0 || length > plot.canvas.width {
            continue;
        }
        let gap = usize::from(note.dot) + 1;
        let mut places = Vec::new();
        for dy in [0i64, -1, 1, -2, 2] {
            let Some(row) = row.checked_add_signed(dy as isize) else { continue };
            places.push((column + gap, row));
            places.extend(column.checked_sub(length + gap - 1).map(|c| (c, row)));
            places.push((column.saturating_sub(length / 2).min(plot.canvas.width - length), row));
        }
        let free = places.into_iter().find(|(c, r)| plot.canvas.free(*c, *r, length));
        let fallback = ((column + gap).min(plot.canvas.width - length), *row);
        let (c, r) = free.map_or(fallback, |p| p);
        plot.canvas.words(c, r, &label, note.ink);
    }
    for marker in &figure.markers {
        let place = match marker.side {
            Side::X => plot.column(marker.at).and_then(|c| inside(plot, c, 0.0)),
            Side::Y => plot.row(marker.at).and_then(|r| inside(plot, 0.0, r)),
        };
        let Some((column, row)) = place else { continue };
        match marker.side {
            Side::X => (0..plot.canvas.height).for_each(|r| plot.canvas.behind(column, r, '┊', marker.ink)),
            Side::Y => (0..plot.canvas.width).for_each(|c| plot.canvas.behind(c, row, '┈', marker.ink)),
        }
    }
    for (note, (column, row)) in notes {
        if note.drop != Drop::None {
            (row..plot.canvas.height).for_each(|r| plot.canvas.behind(column, r, '┆', Ink::Muted));
        }
        if note.drop == Drop::Both {
            (0..column).for_each(|c| plot.canvas.behind(c, row, '┄', Ink::Muted));
        }
    }
}

/// How many dots are drawn and how many left out.
type Pattern = (usize, usize);

fn pattern(order: usize) -> Pattern {
    const PATTERNS: [Pattern; 5] = [(1, 0), (6, 3), (2, 2), (10, 2), (3, 3)];
    PATTERNS.get(order % PATTERNS.len()).copied().map_or((1, 0), |p| p)
}

fn dash(dash: Dash) -> Pattern {
    match dash {
        Dash::Solid => (1, 0),
        Dash::Dashed => (4, 3),
        Dash::Dotted => (1, 2),
        Dash::Long => (8, 3),
        Dash::DashDot => (6, 2),
    }
}

fn trace(piece: &[P], (on, off): Pattern, ink: Ink, canvas: &mut Canvas) {
    let mut count = 0;
    let mut put = |p: P| {
        if count % (on + off) < on {
            canvas.dot(p.0.round() as i64, p.1.round() as i64, ink);
        }
        count += 1;
    };
    if let Some(first) = piece.first() {
        put(*first);
    }
    for pair in piece.windows(2) {
        let &[a, b] = pair else { continue };
        let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs()).ceil().clamp(1.0, 10_000.0) as usize;
        for k in 1..=steps {
            let t = k as f64 / steps as f64;
            put((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
        }
    }
}

/// Names of bands over their columns, and the keys of those that have no room.
fn band_names(figure: &Figure, x: &Range, wide: usize) -> (String, Vec<String>) {
    let mut row = Canvas::new(wide, 1);
    let mut keys: Vec<String> = Vec::new();
    let mut any = false;
    for band in figure.bands.iter().filter(|b| !b.name.is_empty()) {
        let Some((a, b)) = band_span(band, x) else { continue };
        let (from, to) = ((a * wide as f64).round() as usize, (b * wide as f64).round() as usize);
        let (name, room) = (band.name.unicode(), to.saturating_sub(from));
        let shown = if columns(&name) < room {
            name
        } else {
            let key = layout::key_letter(keys.len());
            keys.push(format!("{key} {name}"));
            key
        };
        let start = (from + room / 2).saturating_sub(columns(&shown) / 2);
        let start = (start..wide).find(|c| row.free(c.saturating_sub(1), 0, (columns(&shown) + 1).min(wide))).map_or(wide, |c| c);
        row.words(start, 0, &shown, Ink::Muted);
        any = true;
    }
    (if any { row.rows(false).concat() } else { String::new() }, keys)
}

/// Values of vertical markers over their columns, moved apart where they meet.
fn marker_row(figure: &Figure, x: &Range, wide: usize) -> String {
    let mut items: Vec<(f64, String)> = Vec::new();
    for marker in figure.markers.iter().filter(|m| m.side == Side::X) {
        let Some(place) = x.place(marker.at).filter(|p| (0.0..=1.0).contains(p)) else { continue };
        let label = if marker.label.is_empty() { Label::from(significant(marker.at, 4)) } else { marker.label.clone() };
        items.push((place * wide.saturating_sub(1) as f64 + 0.5, label.unicode()));
    }
    items.truncate(wide);
    while !items.is_empty() {
        let wanted: Vec<(f64, f64)> = items.iter().map(|(c, label)| (*c, columns(label) as f64 + 1.0)).collect();
        if let Some(centres) = spread(&wanted, -0.5, wide as f64 + 0.5) {
            let mut row = Canvas::new(wide, 1);
            for ((_, label), centre) in items.iter().zip(centres) {
                row.words((centre - columns(label) as f64 / 2.0).round().max(0.0) as usize, 0, label, Ink::Muted);
            }
            return row.rows(false).concat();
        }
        items.pop();
    }
    String::new()
}

fn place_tags(tags: &[(f64, String, Ink)], high: usize, room: usize, color: bool, rows: &mut [String]) {
    let wanted: Vec<(f64, f64)> = tags.iter().map(|t| ((1.0 - t.0) * high.saturating_sub(1) as f64 + 0.5, 1.0)).collect();
    let centres = spread(&wanted, 0.0, high as f64);
    for (k, (_, name, ink)) in tags.iter().enumerate() {
        let Some(centre) = centres.as_ref().and_then(|c| c.get(k)) else { continue };
        // Pooled neighbours are one row apart, so their floors differ.
        if let Some(slot) = rows.get_mut((centre.floor().max(0.0) as usize).min(high.saturating_sub(1))) {
            let name = cut(name, room.saturating_sub(1));
            *slot = tinted(&name, *ink, color);
        }
    }
}

fn legend_rows(entries: &[Entry], dashes: bool, color: bool, width: usize) -> Vec<String> {
    let mut rows: Vec<(String, usize)> = Vec::new();
    let (mut lines, mut parts, mut categories) = (0, 0, 0);
    for entry in entries {
        let sample = match entry.swatch {
            Swatch::Line(d) => {
                let mut canvas = Canvas::new(4, 1);
                let pattern = if dashes && d == Dash::Solid { pattern(lines) } else { dash(d) };
                lines += usize::from(d == Dash::Solid);
                trace(&[(0.0, 1.0), (7.0, 1.0)], pattern, entry.ink, &mut canvas);
                canvas.rows(false).concat()
            }
            Swatch::Dot => "⠂".to_string(),
            Swatch::Diamond => "◆".to_string(),
            Swatch::Fill => {
                parts += 1;
                character(&PART, parts - 1, color).to_string()
            }
            Swatch::Tint if entry.ink == Ink::Muted => MISSING.to_string(),
            Swatch::Tint => {
                let k = if let Ink::Series(k) = entry.ink { k } else { categories };
                categories += 1;
                character(&CATEGORY, k, color).to_string()
            }
        };
        let name = cut(&entry.name.unicode(), width.saturating_sub(columns(&sample) + 1));
        let length = columns(&sample) + 1 + columns(&name);
        let sample = tinted(&sample, entry.ink, color);
        match rows.last_mut().filter(|r| r.1 + 3 + length <= width) {
            Some(row) => {
                row.0.push_str(&format!("   {sample} {name}"));
                row.1 += 3 + length;
            }
            None => rows.push((format!("{sample} {name}"), length)),
        }
    }
    rows.into_iter().map(|r| r.0).collect()
}

/// The axis below the data and the row of its labels.
fn x_axis(figure: &Figure, x: &Range, gutter: usize, wide: usize, width: usize) -> Vec<String> {
    let last = wide.saturating_sub(1);
    let mut count = (wide / 8).clamp(2, 12);
    loop {
        let ticks = x.ticks(&figure.x, count);
        let named = figure.x.ticks.is_some();
        let mut axis = Canvas::new(wide, 1);
        (0..wide).for_each(|c| axis.behind(c, 0, '─', Ink::Text));
        let mut labels = Canvas::new(width, 1);
        let mut columns_of: Vec<usize> = ticks.iter().map(|t| (t.place * last as f64).round() as usize).collect();
        columns_of.sort_unstable();
        let slot = columns_of.windows(2).map(|w| if let [a, b] = w { b - a } else { wide }).min().map_or(wide, |s| s);
        let mut crowded = false;
        for tick in &ticks {
            let column = (tick.place * last as f64).round() as usize;
            let text = tick.label.unicode();
            let text = if named { cut(&text, slot.saturating_sub(1).max(1)) } else { text };
            let length = columns(&text);
            let start = (gutter + column).saturating_sub(length / 2).min(width.saturating_sub(length));
            // One blank on each side keeps neighbours apart.
            if labels.free(start.saturating_sub(1), 0, (length + 2).min(width - start.saturating_sub(1))) {
                labels.words(start, 0, &text, Ink::Text);
                axis.words(column, 0, "┬", Ink::Text);
            } else {
                crowded = true;
            }
        }
        if !crowded || named || count <= 2 {
            let pad = " ".repeat(gutter.saturating_sub(1));
            return vec![format!("{pad}└{}", axis.rows(false).concat()), labels.rows(false).concat()];
        }
        count -= 1;
    }
}
