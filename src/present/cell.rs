//! Cells of a CSV file.

use super::number;
use crate::sink::shown::harmless;

/// Rows of a CSV file after RFC 4180, safe to open in a spreadsheet; the only writer of cells.
///
/// A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return. A text of that kind gets an apostrophe in front, which
/// spreadsheets read as "this is text" and other readers as a character; numbers are written as they are. Control characters are replaced.
pub struct Rows {
    out: csv::Writer<Vec<u8>>,
    number: String,
}

impl Default for Rows {
    fn default() -> Self {
        Rows { out: csv::Writer::from_writer(Vec::new()), number: String::new() }
    }
}

impl Rows {
    /// Adds a cell of words to the row.
    ///
    /// # Errors
    /// Out of memory.
    pub fn text(&mut self, text: &str) -> Result<(), csv::Error> {
        let clean = harmless(text);
        let runs = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '＝' | '＋' | '－' | '＠');
        if clean.trim_start_matches([' ', '\n', '"']).starts_with(runs) {
            self.out.write_field(format!("'{clean}"))
        } else {
            self.out.write_field(clean.as_bytes())
        }
    }

    /// Adds a number with all its digits to the row, an empty cell where it is none.
    ///
    /// # Errors
    /// Out of memory.
    pub fn number(&mut self, v: f64) -> Result<(), csv::Error> {
        self.number.clear();
        if v.is_finite() {
            number::write_exact(&mut self.number, v);
        }
        self.out.write_field(&self.number)
    }

    /// Ends the row.
    ///
    /// # Errors
    /// The row has another length than the first.
    pub fn end(&mut self) -> Result<(), csv::Error> {
        self.out.write_record(None::<&[u8]>)
    }

    /// # Errors
    /// Out of memory.
    pub fn finish(self) -> Result<Vec<u8>, csv::Error> {
        self.out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[Result<&str, f64>]) -> String {
        let mut rows = Rows::default();
        for cell in cells {
            match cell {
                Ok(text) => rows.text(text),
                Err(v) => rows.number(*v),
            }
            .expect("a cell");
        }
        rows.end().expect("one row");
        String::from_utf8(rows.finish().expect("written")).expect("text")
    }

    #[test]
    fn no_cell_of_text_starts_a_formula() {
        for start in ["=", "+", "-", "@", "\t=", " =", "\n=", "\r=", "\"=", "＝"] {
            let text = written(&[Ok(&format!("{start}cmd|'/c calc'!A1"))]);
            let first = text.trim_start_matches('"').chars().next();
            assert!(first.is_some_and(|c| c == '\'' || c == crate::sink::shown::MARK), "{start:?}: {text}");
        }
        assert_eq!(written(&[Ok("output[x]"), Ok("both goods, none")]), "output[x],\"both goods, none\"\n");
    }

    #[test]
    fn numbers_stay_numbers() {
        assert_eq!(written(&[Err(-1.5), Err(f64::NAN), Err(1e-300)]), "-1.5,,1e-300\n");
    }
}
