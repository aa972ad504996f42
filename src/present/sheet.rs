//! A table of quantities for other programs: CSV with all digits that are known, LaTeX with those that are shown.

use super::cell::Rows;
use super::formula::latex_words;
use super::number::{Digits, to_known};
use crate::sink::Tex;
use std::fmt::Write;

/// A cell behind a quantity's name.
#[derive(Clone, Debug)]
pub enum Cell {
    Words(String),
    /// A number with its relative error, where that is larger than is taken for granted.
    Number(f64, Option<f64>),
    None,
}

/// A quantity: its name, its symbol in LaTeX, what is said of it.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    pub latex: String,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub struct Sheet {
    /// Of the columns behind the names.
    pub heads: Vec<String>,
    pub lines: Vec<Line>,
}

impl Sheet {
    /// Rows for machines.
    ///
    /// # Errors
    /// Out of memory.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let mut out = Rows::default();
        out.text("quantity")?;
        for head in &self.heads {
            out.text(head)?;
        }
        out.end()?;
        for line in &self.lines {
            out.text(&line.name)?;
            for cell in &line.cells {
                match cell {
                    Cell::Words(words) => out.text(words)?,
                    Cell::Number(v, error) => out.number(to_known(*v, *error))?,
                    Cell::None => out.text("")?,
                }
            }
            out.end()?;
        }
        Ok(String::from_utf8_lossy(&out.finish()?).into_owned())
    }

    /// A table that LaTeX's `\input` takes: words to the left, numbers to the right.
    pub fn latex(&self, d: Digits) -> Tex {
        let words = |k: usize| self.lines.iter().any(|l| matches!(l.cells.get(k), Some(Cell::Words(_))));
        let columns: String = (0..self.heads.len()).map(|k| if words(k) { 'l' } else { 'r' }).collect();
        let heads: String = self.heads.iter().map(|h| format!(" & {}", latex_words(&h.replace('_', " ")))).collect();
        let mut out = format!("\\begin{{tabular}}{{l{columns}}}\n\\hline\n{heads} \\\\\n\\hline\n");
        for line in &self.lines {
            let _ = write!(out, "${}$", line.latex);
            for cell in &line.cells {
                let _ = match cell {
                    Cell::Words(w) => write!(out, " & {}", latex_words(w)),
                    Cell::Number(v, _) if v.is_nan() => write!(out, " & --"),
                    Cell::Number(v, error) => write!(out, " & ${}$", d.known(*v, *error).replace('−', "-").replace('∞', "\\infty")),
                    Cell::None => write!(out, " & "),
                };
            }
            out.push_str(" \\\\\n");
        }
        out.push_str("\\hline\n\\end{tabular}\n");
        Tex::document(&out)
    }
}
