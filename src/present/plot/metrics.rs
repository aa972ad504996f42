//! Widths of text, read from the embedded font, so that labels can be placed without drawing them.

use super::text::{Label, Shift, Span};
use std::{collections::HashMap, sync::OnceLock};

/// Size of sub- and superscripts relative to the line.
pub(crate) const SMALL: f64 = 0.72;

/// Advance widths of one face, in units of the em.
struct Face {
    widths: HashMap<char, f64>,
}

/// Width of a label in pixels at a font size.
pub(crate) fn width(label: &Label, size: f64, bold: bool) -> f64 {
    label.spans.iter().map(|s| span_width(s, size, bold)).sum()
}

pub(crate) fn span_width(span: &Span, size: f64, bold: bool) -> f64 {
    let face = face(bold);
    let size = if span.shift == Shift::Base { size } else { size * SMALL };
    span.text.chars().map(|c| face.widths.get(&c).copied().unwrap_or_else(|| fallback(c))).sum::<f64>() * size
}

/// Lines of words that keep to `room` pixels; a word that is longer gets a line of its own.
pub(crate) fn wrap(label: &Label, size: f64, bold: bool, room: f64) -> Vec<Label> {
    let mut lines: Vec<Label> = Vec::new();
    for word in label.words() {
        let longer = lines.last().map(|line| line.clone().then(" ").join(&word));
        match (lines.last_mut(), longer) {
            (Some(line), Some(longer)) if width(&longer, size, bold) <= room => *line = longer,
            _ => lines.push(word),
        }
    }
    lines
}

/// The label cut to `room` pixels, with `…` for what is gone.
pub(crate) fn fit(label: &Label, size: f64, bold: bool, room: f64) -> Label {
    if width(label, size, bold) <= room {
        return label.clone();
    }
    let mut short = label.clone();
    while let Some(last) = short.spans.last_mut() {
        last.text.pop();
        if last.text.is_empty() {
            short.spans.pop();
        }
        let marked = short.clone().then("…");
        if width(&marked, size, bold) <= room || short.spans.is_empty() {
            return marked;
        }
    }
    short
}

/// Characters that the font lacks: as wide as a terminal would make them.
fn fallback(c: char) -> f64 {
    0.6 * unicode_width::UnicodeWidthChar::width(c).map_or(0.0, |w| w as f64)
}

fn face(bold: bool) -> &'static Face {
    static FACES: [OnceLock<Face>; 2] = [OnceLock::new(), OnceLock::new()];
    if bold {
        FACES[1].get_or_init(|| Face { widths: read(dejavu::sans::bold()).unwrap_or_default() })
    } else {
        FACES[0].get_or_init(|| Face { widths: read(dejavu::sans::regular()).unwrap_or_default() })
    }
}

/// Reads the character map (format 12) and the horizontal metrics of a TrueType file.
fn read(font: &[u8]) -> Option<HashMap<char, f64>> {
    let units = u16_at(font, table(font, b"head")? + 18)? as f64;
    let long = u16_at(font, table(font, b"hhea")? + 34)? as usize;
    let (metrics, map) = (table(font, b"hmtx")?, table(font, b"cmap")?);
    let groups = (0..u16_at(font, map + 2)? as usize)
        .filter_map(|k| Some(map + u32_at(font, map + 8 + 8 * k)? as usize))
        .find(|at| u16_at(font, *at) == Some(12))?;
    let mut widths = HashMap::new();
    for k in 0..(u32_at(font, groups + 12)? as usize).min(4096) {
        let group = groups + 16 + 12 * k;
        let (first, last, glyph) = (u32_at(font, group)?, u32_at(font, group + 4)?, u32_at(font, group + 8)?);
        for code in first..=last.min(first.saturating_add(0xffff)) {
            let glyph = (glyph + (code - first)) as usize;
            let advance = u16_at(font, metrics + 4 * glyph.min(long.saturating_sub(1)))?;
            // Combining marks stand on the letter before them, whatever the font's advance.
            if let Some(c) = char::from_u32(code).filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
                widths.insert(c, advance as f64 / units);
            }
        }
    }
    Some(widths)
}

fn table(font: &[u8], tag: &[u8; 4]) -> Option<usize> {
    let count = u16_at(font, 4)? as usize;
    (0..count).map(|k| 12 + 16 * k).find(|at| font.get(*at..*at + 4) == Some(tag)).and_then(|at| Some(u32_at(font, at + 8)? as usize))
}

fn u16_at(font: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(font.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(font: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(font.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_come_from_the_font() {
        let w = |text: &str| width(&Label::plain(text), 10.0, false);
        assert!(w("WWW") > 1.5 * w("iii"));
        assert!((w("0") - 6.362).abs() < 1e-2, "{}", w("0"));
        assert!(w("β") > 4.0 && w("β̂") == w("β"));
        assert!(w("漢") > 0.0);
        assert!(width(&Label::plain("Wage"), 10.0, true) > w("Wage"));
    }

    #[test]
    fn lines_wrap_and_cut() {
        let label = Label::plain("both goods are made at home");
        let lines = wrap(&label, 10.0, false, 70.0);
        assert!(lines.len() > 1 && lines.iter().all(|l| width(l, 10.0, false) <= 70.0));
        assert!(width(&fit(&label, 10.0, false, 50.0), 10.0, false) <= 50.0);
        assert_eq!(fit(&label, 10.0, false, 0.0).unicode(), "…");
    }
}
