//! Tables of text for the terminal.

use super::fold::{self, Columns};
use crate::sink::shown::harmless;
use unicode_width::UnicodeWidthStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Columns of words are not made narrower than this to save a table from being folded.
const WORDS: usize = 16;

/// Rows of cells under a header, columns as wide as their widest cell.
#[derive(Clone, Debug, Default)]
pub struct Table {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
    /// Columns that begin a group: a folded table is cut there first.
    groups: Vec<usize>,
    /// Columns that a further part of a folded table shows again, besides the first.
    again: Vec<usize>,
}

impl Table {
    pub fn new(align: &[Align]) -> Self {
        Table { align: align.to_vec(), ..Table::default() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        // Before widths are taken: a mark is a column wide, what it stands for may be none.
        self.rows.push(cells.into_iter().map(|c| harmless(&c).replace('\n', " ")).collect());
    }

    /// Marks the column that begins a group, and the earlier ones that are shown again with it where the table is folded.
    pub fn group(&mut self, first: usize, again: &[usize]) {
        self.groups.push(first);
        self.again.extend_from_slice(again);
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn count(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn align(&self, column: usize) -> Align {
        self.align.get(column).copied().unwrap_or(Align::Right)
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |r| r.get(column)).map(String::as_str)
    }

    fn widths(&self) -> Vec<usize> {
        (0..self.count()).map(|c| self.cells(c).map(|s| s.width()).max().unwrap_or(0)).collect()
    }

    /// The lines, each indented, two spaces between columns, nothing after the last cell.
    pub fn render(&self, indent: usize) -> String {
        let all: Vec<usize> = (0..self.count()).collect();
        self.part(indent, &all, &self.widths(), &[])
    }

    /// The lines within the columns of a terminal: columns of words are broken; a table of many columns is folded by its groups.
    pub fn within(&self, indent: usize, columns: Columns) -> String {
        let widths = self.widths();
        let Some(room) = columns.map(|c| c.saturating_sub(indent)).filter(|c| total(&widths) > *c) else { return self.render(indent) };
        if let Some(narrow) = self.narrowed(&widths, room) {
            let all: Vec<usize> = (0..self.count()).collect();
            return self.part(indent, &all, &narrow, &[]);
        }
        let mut out = String::new();
        let mut shown: Vec<usize> = Vec::new();
        for part in self.parts(&widths, room) {
            let narrow = self.narrowed_part(&part, &widths, room);
            out.push_str(&self.part(indent, &part, &narrow, &shown));
            shown.extend(part);
        }
        out
    }

    /// Widths that fit, if columns of words can be broken to give way.
    fn narrowed(&self, widths: &[usize], room: usize) -> Option<Vec<usize>> {
        let mut out = widths.to_vec();
        let least: Vec<usize> = (0..widths.len()).map(|c| self.least(c, widths[c])).collect();
        while total(&out) > room {
            let widest = (0..out.len()).filter(|c| out[*c] > least[*c]).max_by_key(|c| out[*c])?;
            out[widest] -= 1;
        }
        Some(out)
    }

    /// The same for some columns, as far as it goes.
    fn narrowed_part(&self, part: &[usize], widths: &[usize], room: usize) -> Vec<usize> {
        let mut out = widths.to_vec();
        loop {
            let sum = part.iter().map(|c| out[*c]).sum::<usize>() + 2 * part.len().saturating_sub(1);
            let next = part.iter().copied().filter(|c| out[*c] > self.least(*c, widths[*c])).max_by_key(|c| out[*c]);
            match next {
                Some(c) if sum > room => out[c] -= 1,
                _ => return out,
            }
        }
    }

    /// How narrow a column may become: names and numbers keep their width.
    fn least(&self, column: usize, natural: usize) -> usize {
        if self.align(column) == Align::Right || column == 0 && natural <= 2 * WORDS {
            return natural;
        }
        self.cells(column).map(fold::longest).max().unwrap_or(0).max(WORDS).min(natural)
    }

    /// The columns of each part of a folded table, the first one in all.
    fn parts(&self, widths: &[usize], room: usize) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        let mut start = 1;
        while start < widths.len() {
            let mut part = vec![0];
            if !out.is_empty() && self.groups.contains(&start) {
                part.extend(self.again.iter().copied().filter(|c| *c < start));
            }
            let keys = part.len();
            let mut used = part.iter().map(|c| widths[*c] + 2).sum::<usize>();
            let mut next = start;
            while next < widths.len() && (next == start || used + widths[next] <= room) {
                used += widths[next] + 2;
                part.push(next);
                next += 1;
            }
            // A group that does not fit as a whole begins a part of its own.
            if next < widths.len()
                && let Some(group) = self.groups.iter().copied().filter(|g| *g > start && *g < next).max()
            {
                part.truncate(keys + group - start);
                next = group;
            }
            start = next;
            out.push(part);
        }
        out
    }

    /// Some columns; a row that has nothing in them but what is `shown` already is left out.
    fn part(&self, indent: usize, columns: &[usize], widths: &[usize], shown: &[usize]) -> String {
        let whole = columns.len() == self.count();
        let mut out = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            let says = |c: &usize| *c > 0 && !shown.contains(c) && row.get(*c).is_some_and(|s| !s.is_empty());
            if !whole && at > 0 && !columns.iter().any(says) {
                continue;
            }
            let cells: Vec<Vec<String>> = columns
                .iter()
                .map(|c| {
                    let cell = row.get(*c).map_or("", String::as_str);
                    if cell.width() > widths[*c] { fold::lines(cell, widths[*c], widths[*c]) } else { vec![cell.to_string()] }
                })
                .collect();
            for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
                let mut text = " ".repeat(indent);
                for (c, cell) in columns.iter().zip(&cells) {
                    let cell = cell.get(line).map_or("", String::as_str);
                    let pad = " ".repeat(widths[*c].saturating_sub(cell.width()));
                    match self.align(*c) {
                        Align::Left => text.extend([cell, &pad]),
                        Align::Right => text.extend([pad.as_str(), cell]),
                    }
                    text.push_str("  ");
                }
                out.push_str(text.trim_end());
                out.push('\n');
            }
        }
        out
    }
}

/// Columns of a line, two between cells.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Table {
        let mut t = Table::new(&[Align::Left]);
        t.row(["", "before", "after", "lp", "= productivity", "+ labor supply"].map(String::from));
        t.row(["w", "0.7795", "0.8097", "+3.81", "+3.81", "0"].map(String::from));
        t.row(["output[x]", "116.37", "78.147", "−39.82"].map(String::from));
        t.group(4, &[3]);
        t
    }

    #[test]
    fn many_columns_are_folded_by_group() {
        let t = numbers();
        assert_eq!(t.within(2, None), t.render(2));
        assert_eq!(t.within(2, Some(200)), t.render(2));
        let folded = "             before   after      lp\n  w          0.7795  0.8097   +3.81\n  output[x]  116.37  78.147  −39.82\n                 lp  = productivity  + labor supply\n  w           +3.81           +3.81               0\n";
        assert_eq!(t.within(2, Some(60)), folded);
    }

    #[test]
    fn words_are_broken_before_numbers_are_moved() {
        let mut t = Table::new(&[Align::Left, Align::Left, Align::Right]);
        t.row(["θ_Hy", "share of high-skilled labor in the cost of textiles", "0.2000"].map(String::from));
        let folded = "  θ_Hy  share of high-skilled  0.2000\n        labor in the cost of\n        textiles\n";
        assert_eq!(t.within(2, Some(37)), folded);
    }

    /// Every cell is there at any width, and every line fits where its own cells do.
    #[test]
    fn nothing_is_lost() {
        let t = numbers();
        for columns in 20..80 {
            let text = t.within(2, Some(columns));
            for cell in t.rows.iter().flatten().flat_map(|c| c.split(' ')) {
                assert!(text.contains(cell), "{columns}: {cell}");
            }
            assert!(columns < 36 || text.lines().all(|l| l.width() <= columns), "{columns}:\n{text}");
        }
    }
}
