//! A canvas of characters with braille dots, as a terminal shows it.

use super::{figure::Ink, palette};
use unicode_width::UnicodeWidthChar;

/// One character of the canvas.
#[derive(Clone, Debug, Default)]
struct Cell {
    /// What stands here; empty where a wide character to the left reaches over.
    text: String,
    /// Braille dots, shown where there is no text above them.
    dots: u8,
    ink: Option<Ink>,
    ground: Option<Ink>,
    /// Whether the text is a mark or a word, which dots must not hide.
    firm: bool,
}

/// A grid of characters, each 2 × 4 dots.
pub(crate) struct Canvas {
    pub width: usize,
    pub height: usize,
    cells: Vec<Cell>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Canvas { width, height, cells: vec![Cell { text: " ".to_string(), ..Cell::default() }; width.saturating_mul(height)] }
    }

    fn cell(&mut self, column: usize, row: usize) -> Option<&mut Cell> {
        if column >= self.width || row >= self.height { None } else { self.cells.get_mut(row * self.width + column) }
    }

    /// Sets the dot at `(x, y)`, counted in dots from the top left.
    pub fn dot(&mut self, x: i64, y: i64, ink: Ink) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let bit = BITS.get(y % 4).and_then(|row| row.get(x % 2)).copied().map_or(0, |b| b);
        if let Some(cell) = self.cell(x / 2, y / 4) {
            cell.dots |= bit;
            if !cell.firm {
                cell.ink = Some(ink);
            }
        }
    }

    /// Puts a fill into a cell; `ground` colours what the character leaves free.
    pub fn fill(&mut self, column: usize, row: usize, c: char, ink: Option<Ink>, ground: Option<Ink>) {
        if let Some(cell) = self.cell(column, row) {
            cell.text = c.to_string();
            cell.ink = ink;
            cell.ground = ground;
        }
    }

    /// Puts a character where nothing stands yet.
    pub fn behind(&mut self, column: usize, row: usize, c: char, ink: Ink) {
        if let Some(cell) = self.cell(column, row).filter(|c| c.text == " " && c.dots == 0 && c.ground.is_none()) {
            cell.text = c.to_string();
            cell.ink = Some(ink);
        }
    }

    /// Puts words over whatever is there; what does not fit on the right is lost.
    pub fn words(&mut self, column: usize, row: usize, text: &str, ink: Ink) {
        let mut at = column;
        for c in text.chars() {
            let wide = c.width().map_or(0, |w| w);
            if wide == 0 {
                if let Some(cell) = at.checked_sub(1).and_then(|k| self.cell(k, row)) {
                    cell.text.push(c);
                }
                continue;
            }
            if at + wide > self.width {
                return;
            }
            for k in 0..wide {
                if let Some(cell) = self.cell(at + k, row) {
                    let text = if k == 0 { c.to_string() } else { String::new() };
                    *cell = Cell { text, ink: Some(ink), ground: cell.ground, firm: true, dots: 0 };
                }
            }
            at += wide;
        }
    }

    /// Whether cells are free of dots and words; fills and faint marks do not count.
    pub fn free(&mut self, column: usize, row: usize, length: usize) -> bool {
        column + length <= self.width && (column..column + length).all(|k| self.cell(k, row).is_some_and(|c| c.dots == 0 && !c.firm))
    }

    /// The rows as text, with colours if asked for, without trailing blanks.
    pub fn rows(&self, color: bool) -> Vec<String> {
        self.cells.chunks(self.width.max(1)).map(|row| paint(row, color)).collect()
    }
}

/// A word in an ink, if colours are asked for.
pub(crate) fn tinted(text: &str, ink: Ink, color: bool) -> String {
    match palette::terminal(ink).filter(|_| color) {
        Some(code) => format!("\x1b[38;5;{code}m{text}\x1b[0m"),
        None => text.to_string(),
    }
}

fn paint(row: &[Cell], color: bool) -> String {
    let mut out = String::new();
    let mut style = (None, None);
    for cell in row {
        let braille = cell.dots != 0 && !cell.firm;
        let blank = !braille && cell.text == " ";
        let wanted = if color {
            (if blank { None } else { cell.ink.and_then(palette::terminal) }, cell.ground.and_then(palette::terminal))
        } else {
            (None, None)
        };
        if wanted != style {
            if style != (None, None) {
                out.push_str("\x1b[0m");
            }
            if let Some(ink) = wanted.0 {
                out.push_str(&format!("\x1b[38;5;{ink}m"));
            }
            if let Some(ground) = wanted.1 {
                out.push_str(&format!("\x1b[48;5;{ground}m"));
            }
            style = wanted;
        }
        if braille {
            out.extend(char::from_u32(0x2800 + u32::from(cell.dots)));
        } else {
            out.push_str(&cell.text);
        }
    }
    if style != (None, None) {
        out.push_str("\x1b[0m");
    }
    out.trim_end_matches(' ').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_make_braille() {
        let mut canvas = Canvas::new(3, 1);
        canvas.dot(0, 0, Ink::Text);
        canvas.dot(1, 3, Ink::Text);
        canvas.dot(-1, 0, Ink::Text);
        canvas.dot(99, 99, Ink::Text);
        assert_eq!(canvas.rows(false), ["⢁"]);
        assert_eq!(canvas.rows(true), ["⢁"]);
        canvas.dot(2, 0, Ink::Series(0));
        assert_eq!(canvas.rows(true), ["⢁\x1b[38;5;33m⠁\x1b[0m"]);
    }

    #[test]
    fn words_keep_to_the_canvas() {
        let mut canvas = Canvas::new(4, 1);
        canvas.words(1, 0, "β\u{302}漢字", Ink::Text);
        assert_eq!(canvas.rows(false), [" β\u{302}漢"]);
        assert!(!canvas.free(1, 0, 1) && canvas.free(0, 0, 1) && !canvas.free(0, 0, 9));
    }
}
