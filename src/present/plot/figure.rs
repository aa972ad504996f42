//! What a figure shows, independent of how it is drawn.

use super::{scale::Axis, text::Label};

/// Which of the palette's inks draws something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ink {
    /// One of the colours that tell series apart, from 0, repeating.
    Series(usize),
    /// The ink of text and axes.
    Text,
    /// The grey of what stands behind.
    Muted,
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
    Long,
    DashDot,
}

/// Strokes that tell lines apart where colours do not, in the order of the lines.
const STROKES: [Dash; 5] = [Dash::Solid, Dash::Long, Dash::DashDot, Dash::Dotted, Dash::Dashed];

/// A curve through points in their order; a point that is not finite leaves a gap.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: Label,
    pub points: Vec<(f64, f64)>,
    pub ink: Ink,
    pub dash: Dash,
    pub width: f64,
}

/// A cloud of points; those that are not finite are left out.
#[derive(Clone, Debug)]
pub struct Cloud {
    pub name: Label,
    pub points: Vec<(f64, f64)>,
    pub ink: Ink,
}

/// The area between two curves over the same abscissae `(x, lower, upper)`, shaded behind everything.
#[derive(Clone, Debug)]
pub struct Area {
    pub name: Label,
    pub points: Vec<(f64, f64, f64)>,
    pub ink: Ink,
}

/// One bar a position, positive parts stacked above zero and negative parts below.
///
/// `parts[k].1[i]` is the value of part `k` at position `at[i]`; a bar with a part that is not finite is left out whole.
#[derive(Clone, Debug)]
pub struct Stack {
    pub at: Vec<f64>,
    pub parts: Vec<(Label, Vec<f64>)>,
    /// The sum as the reader should see it, drawn as a mark on each bar.
    pub total: Option<(Label, Vec<f64>)>,
    /// The ink of the first part; the others follow.
    pub first: usize,
}

/// A grid of cells, each of one category: a map of regimes.
///
/// `cell[j * x.len() + i]` indexes `categories` at centre `(x[i], y[j])`; `None` is a cell without an answer.
#[derive(Clone, Debug)]
pub struct Cells {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub cell: Vec<Option<usize>>,
    pub categories: Vec<Label>,
    /// By category: which of the palette's looks it has, so that it looks alike in every picture; its own number where there is none.
    pub looks: Vec<usize>,
    /// What the legend says of cells without an answer.
    pub missing: Label,
}

impl Cells {
    /// The category at column `i`, row `j`; one that does not exist counts as no answer.
    pub fn at(&self, i: usize, j: usize) -> Option<usize> {
        let index = j.checked_mul(self.x.len())?.checked_add(i).filter(|_| i < self.x.len())?;
        self.cell.get(index).copied().flatten().filter(|c| *c < self.categories.len())
    }
}

impl Cells {
    /// The ink of a category.
    pub fn ink(&self, category: usize) -> Ink {
        Ink::Series(self.looks.get(category).copied().unwrap_or(category))
    }

    /// The letter of a category on the map, in the order in which the legend lists them.
    pub(crate) fn key(&self, category: usize) -> Option<Label> {
        let used: Vec<usize> = (0..self.categories.len()).filter(|k| self.cell.contains(&Some(*k))).collect();
        let at = used.iter().position(|k| *k == category)?;
        (used.len() > 1).then(|| Label::plain(&super::layout::key_letter(at)))
    }
}

/// One layer of data.
#[derive(Clone, Debug)]
pub enum Series {
    Line(Line),
    Cloud(Cloud),
    Area(Area),
    Stack(Stack),
    Cells(Cells),
}

/// A named interval of the x axis, such as a regime.
#[derive(Clone, Debug)]
pub struct Band {
    pub from: f64,
    pub to: f64,
    pub name: Label,
    /// Which of the palette's looks it has on maps.
    pub look: Option<usize>,
}

/// Which axis a marker line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A vertical line at a value of x.
    X,
    /// A horizontal line at a value of y.
    Y,
}

/// A line across the figure at one value, such as a border of regimes.
#[derive(Clone, Debug)]
pub struct Marker {
    pub side: Side,
    pub at: f64,
    pub label: Label,
    pub ink: Ink,
    pub dash: Dash,
}

/// Dotted lines from a point to the axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    None,
    /// Down to the x axis.
    Foot,
    Both,
}

/// An annotated point.
#[derive(Clone, Debug)]
pub struct Note {
    pub at: (f64, f64),
    pub label: Label,
    /// Draws the point itself; without it the label stands alone.
    pub dot: bool,
    pub drop: Drop,
    pub ink: Ink,
}

/// Where the names of series stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legend {
    /// At the ends of lines where all of them end on the right, in rows above the figure otherwise.
    Auto,
    /// Along the curves, inside the figure.
    Inside,
    /// In rows above the figure.
    Above,
    None,
}

/// A figure: axes, layers of data, marks, and words.
#[derive(Clone, Debug)]
pub struct Figure {
    pub title: Label,
    pub subtitle: Label,
    /// Small print below.
    pub note: Label,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub bands: Vec<Band>,
    pub markers: Vec<Marker>,
    pub notes: Vec<Note>,
    pub legend: Legend,
    /// Faint lines at the ticks of y.
    pub grid: bool,
}

impl Figure {
    pub fn new(x: Axis, y: Axis) -> Self {
        Figure {
            title: Label::default(),
            subtitle: Label::default(),
            note: Label::default(),
            x,
            y,
            series: Vec::new(),
            bands: Vec::new(),
            markers: Vec::new(),
            notes: Vec::new(),
            legend: Legend::Auto,
            grid: true,
        }
    }

    pub fn title(mut self, title: impl Into<Label>) -> Self {
        self.title = title.into();
        self
    }

    pub fn subtitle(mut self, subtitle: impl Into<Label>) -> Self {
        self.subtitle = subtitle.into();
        self
    }

    pub fn note(mut self, note: impl Into<Label>) -> Self {
        self.note = note.into();
        self
    }

    pub fn legend(mut self, legend: Legend) -> Self {
        self.legend = legend;
        self
    }

    /// Adds a solid line in the next ink of the palette.
    pub fn line(self, name: impl Into<Label>, points: Vec<(f64, f64)>) -> Self {
        let ink = Ink::Series(self.next_ink());
        self.with(Series::Line(Line { name: name.into(), points, ink, dash: Dash::Solid, width: 1.8 }))
    }

    /// Adds a cloud of points in the next ink of the palette.
    pub fn cloud(self, name: impl Into<Label>, points: Vec<(f64, f64)>) -> Self {
        let ink = Ink::Series(self.next_ink());
        self.with(Series::Cloud(Cloud { name: name.into(), points, ink }))
    }

    /// Adds a layer as it is.
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    pub fn band(mut self, from: f64, to: f64, name: impl Into<Label>) -> Self {
        self.bands.push(Band { from, to, name: name.into(), look: None });
        self
    }

    /// Adds a dashed grey line at a value of one axis.
    pub fn marker(mut self, side: Side, at: f64, label: impl Into<Label>) -> Self {
        self.markers.push(Marker { side, at, label: label.into(), ink: Ink::Muted, dash: Dash::Dashed });
        self
    }

    /// Adds a dot with a label.
    pub fn mark(mut self, at: (f64, f64), label: impl Into<Label>) -> Self {
        self.notes.push(Note { at, label: label.into(), dot: true, drop: Drop::None, ink: Ink::Text });
        self
    }

    /// The first ink of the palette that no layer has taken.
    pub fn next_ink(&self) -> usize {
        let after = |ink: &Ink| if let Ink::Series(k) = ink { k.saturating_add(1) } else { 0 };
        self.series
            .iter()
            .map(|s| match s {
                Series::Line(line) => after(&line.ink),
                Series::Cloud(cloud) => after(&cloud.ink),
                Series::Area(area) => after(&area.ink),
                Series::Stack(stack) => stack.first.saturating_add(stack.parts.len()),
                Series::Cells(cells) => (0..cells.categories.len()).map(|k| after(&cells.ink(k))).max().unwrap_or(0),
            })
            .max()
            .map_or(0, |k| k)
    }

    /// How a line is broken on a page: where all named lines are solid each has a stroke of its own, so that they can be told apart without colour.
    pub(crate) fn stroke(&self, line: &Line) -> Dash {
        let lines = || self.series.iter().filter_map(|s| if let Series::Line(l) = s { Some(l) } else { None });
        if line.name.is_empty() || lines().any(|l| l.dash != Dash::Solid) {
            return line.dash;
        }
        match line.ink {
            Ink::Series(k) => STROKES.get(k % STROKES.len()).copied().map_or(Dash::Solid, |d| d),
            _ => line.dash,
        }
    }

    /// The entries of the legend as a page shows them: lines by their strokes, a map's regions by their letters, so that they can be told apart
    /// without colour.
    pub(crate) fn keyed_entries(&self) -> Vec<Entry> {
        let mut entries = self.legend_entries();
        for series in &self.series {
            match series {
                Series::Cells(cells) => {
                    for k in 0..cells.categories.len() {
                        let own = |e: &&mut Entry| e.swatch == Swatch::Tint && e.ink == cells.ink(k);
                        if let (Some(key), Some(entry)) = (cells.key(k), entries.iter_mut().find(own)) {
                            entry.name = key.then(" ").join(&entry.name);
                        }
                    }
                }
                Series::Line(line) => {
                    let own = |e: &&mut Entry| e.swatch == Swatch::Line(line.dash) && e.ink == line.ink;
                    if let Some(entry) = entries.iter_mut().find(own) {
                        entry.swatch = Swatch::Line(self.stroke(line));
                    }
                }
                _ => {}
            }
        }
        entries
    }

    /// What a legend would list: name, ink and kind of each named layer or part.
    pub(crate) fn legend_entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut add = |name: &Label, ink: Ink, swatch: Swatch| {
            if !name.is_empty() {
                entries.push(Entry { name: name.clone(), ink, swatch });
            }
        };
        for series in &self.series {
            match series {
                Series::Line(line) => add(&line.name, line.ink, Swatch::Line(line.dash)),
                Series::Cloud(cloud) => add(&cloud.name, cloud.ink, Swatch::Dot),
                Series::Area(area) => add(&area.name, area.ink, Swatch::Tint),
                Series::Stack(stack) => {
                    for (k, (name, _)) in stack.parts.iter().enumerate() {
                        add(name, Ink::Series(stack.first.saturating_add(k)), Swatch::Fill);
                    }
                    if let Some((name, _)) = &stack.total {
                        add(name, Ink::Text, Swatch::Diamond);
                    }
                }
                Series::Cells(cells) => {
                    let used = |k: usize| cells.cell.contains(&Some(k));
                    for (k, name) in cells.categories.iter().enumerate().filter(|(k, _)| used(*k)) {
                        add(name, cells.ink(k), Swatch::Tint);
                    }
                    if (0..cells.y.len()).any(|j| (0..cells.x.len()).any(|i| cells.at(i, j).is_none())) {
                        add(&cells.missing, Ink::Muted, Swatch::Tint);
                    }
                }
            }
        }
        let more = entries.len().saturating_sub(MOST_ENTRIES);
        if more > 0 {
            entries.truncate(MOST_ENTRIES);
            entries.push(Entry { name: Label::plain(&format!("and {more} more")), ink: Ink::Muted, swatch: Swatch::Dot });
        }
        entries
    }

    /// Whether there is nothing to draw but the axes.
    pub(crate) fn is_blank(&self) -> bool {
        self.extent(Side::X).0.is_empty() || self.extent(Side::Y).0.is_empty()
    }

    /// Every finite coordinate of one axis that must be in view, and whether zero must be.
    pub(crate) fn extent(&self, side: Side) -> (Vec<f64>, bool) {
        let mut values = Vec::new();
        let mut zero = false;
        let pick = |p: &(f64, f64)| if side == Side::X { p.0 } else { p.1 };
        let whole = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
        for series in &self.series {
            match series {
                Series::Line(Line { points, .. }) | Series::Cloud(Cloud { points, .. }) => values.extend(points.iter().filter(whole).map(pick)),
                Series::Area(area) => {
                    for (x, low, high) in area.points.iter().filter(|p| p.0.is_finite() && p.1.is_finite() && p.2.is_finite()) {
                        if side == Side::X { values.push(*x) } else { values.extend([*low, *high]) }
                    }
                }
                Series::Stack(stack) if side == Side::X => values.extend(super::stack::outer_edges(&stack.at, self.x.log())),
                Series::Stack(stack) => {
                    zero = true;
                    for (_, low, high, total) in super::stack::reaches(stack) {
                        values.extend([low, high]);
                        values.extend(total);
                    }
                }
                Series::Cells(cells) => {
                    let (at, log) = if side == Side::X { (&cells.x, self.x.log()) } else { (&cells.y, self.y.log()) };
                    values.extend(super::stack::outer_edges(at, log));
                }
            }
        }
        values.extend(self.markers.iter().filter(|m| m.side == side && side == Side::Y).map(|m| m.at));
        values.extend(self.notes.iter().map(|n| n.at).filter(|p| p.0.is_finite() && p.1.is_finite()).map(|p| pick(&p)));
        if side == Side::X && values.iter().all(|v| !v.is_finite()) {
            values.extend(self.bands.iter().flat_map(|b| [b.from, b.to]));
            values.extend(self.markers.iter().filter(|m| m.side == side).map(|m| m.at));
        }
        values.retain(|v| v.is_finite());
        (values, zero)
    }
}

/// Longest legend: what follows is counted, not listed.
const MOST_ENTRIES: usize = 40;

/// One line of a legend.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub name: Label,
    pub ink: Ink,
    pub swatch: Swatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Swatch {
    Line(Dash),
    Dot,
    Fill,
    Tint,
    Diamond,
}
