//! Text within the columns of a terminal: sentences and formulas broken between words and before operators, never inside a word.

use unicode_width::UnicodeWidthStr;

/// Columns of the terminal; `None` where text goes to a file or a pipe, and lines may be as long as they are.
pub type Columns = Option<usize>;

/// The narrowest terminal that text is folded for.
const NARROWEST: usize = 30;
/// A gap of so many blanks separates parts of a line.
const GAP: usize = 2;
/// What follows a first word and a gap up to this column is continued below itself.
const HANG: usize = 16;

/// Where a line may end, with what speaks for it.
struct Break {
    /// Bytes before the blanks, and after them.
    at: usize,
    next: usize,
    /// Columns up to here.
    width: usize,
    favour: f64,
}

/// Whether a word joins what stands on both sides of it: a line may begin with it, but not end.
fn joins(word: &str) -> bool {
    matches!(word, "=" | "+" | "−" | "-" | "·" | "×" | "/" | "<" | ">" | "≤" | "≥" | "⇔" | "⟂" | ">=" | "<=" | "==" | "&" | "≈")
}

/// The places at which a text may be broken: blanks outside of `a → b`, not behind an operator.
fn breaks(text: &str) -> Vec<Break> {
    let mut out = Vec::new();
    let (mut depth, mut quoted) = (0usize, false);
    let (mut width, mut word_from) = (0, 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            // Indices stay with their name.
            '[' => depth += 2,
            ']' => depth = depth.saturating_sub(2),
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            '`' => quoted = !quoted,
            ' ' => {
                let before = text.get(word_from..at).unwrap_or_default();
                let mut end = at + 1;
                while let Some((more, _)) = chars.next_if(|(_, c)| *c == ' ') {
                    end = more + 1;
                }
                let after = text.get(end..).and_then(|r| r.split(' ').next()).unwrap_or_default();
                let wide = end - at >= GAP;
                // `d ln w` is one symbol.
                let part = matches!(before, "→" | "d" | "ln") || after == "→";
                if at > 0 && !after.is_empty() && (wide || !joins(before) && !part) {
                    let level = depth + usize::from(quoted);
                    // `0 < I < 1` stays together where it can.
                    let related = |w: &str| matches!(w, "<" | ">" | "≤" | "≥");
                    let stop = before.ends_with([',', ':']) || joins(after) && !related(after);
                    let clause = if before.ends_with(';') { 0.25 } else { 0.0 };
                    let level = level + usize::from(related(after));
                    let favour = 0.25 - 0.25 * level.min(4) as f64
                        + clause
                        + if before.ends_with(';') || stop { 0.1 } else { 0.0 }
                        + if wide { 0.3 } else { 0.0 };
                    out.push(Break { at, next: end, width, favour });
                }
                width += end - at;
                word_from = end;
                continue;
            }
            _ => {}
        }
        width += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
    }
    out
}

/// A text cut into lines: the first of at most `first` columns, the others of `rest`; a word that is longer stays whole.
pub fn lines(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut left = text.trim_end();
    let mut room = first;
    while left.width() > room {
        let places = breaks(left);
        let fits = places.iter().filter(|b| b.width <= room);
        let best = fits.max_by(|a, b| (a.width as f64 / room as f64 + a.favour).total_cmp(&(b.width as f64 / room as f64 + b.favour)));
        let Some(cut) = best.or(places.first()) else { break };
        out.push(left.get(..cut.at).unwrap_or_default().trim_end().to_string());
        left = left.get(cut.next..).unwrap_or_default();
        room = rest;
    }
    out.push(left.to_string());
    out
}

/// Columns that the longest part of a text takes that cannot be broken.
pub fn longest(text: &str) -> usize {
    lines(text, 1, 1).iter().map(|l| l.width()).max().unwrap_or(0)
}

/// Every line that is too wide, broken, its further lines indented below what it says.
///
/// Lines with colours of their own are pictures and left alone.
pub fn folded(text: &str, columns: Columns) -> String {
    let Some(columns) = columns.map(|c| c.max(NARROWEST)) else { return text.to_string() };
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        if body.width() <= columns || body.contains('\x1b') {
            out.push_str(line);
            continue;
        }
        let inner = body.trim_start_matches(' ');
        let lead = body.len() - inner.len();
        let hang = hang(inner).filter(|h| lead + h <= HANG).map_or(lead + if lead == 0 { 2 } else { 4 }, |h| lead + h);
        for (k, part) in lines(inner, columns - lead.min(columns / 2), columns - hang.min(columns / 2)).iter().enumerate() {
            out.push_str(&" ".repeat(if k == 0 { lead } else { hang }));
            out.push_str(part);
            out.push('\n');
        }
        if !line.ends_with('\n') {
            out.pop();
        }
    }
    out
}

/// Columns before what follows a first word and a gap: `Regime   both industries active`.
fn hang(text: &str) -> Option<usize> {
    let at = text.find(' ')?;
    let blanks = text.get(at..)?.len() - text.get(at..)?.trim_start_matches(' ').len();
    (blanks >= GAP).then(|| text.get(..at).unwrap_or_default().width() + blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// No line is wider than asked for unless it is one word, and no word is lost, cut or moved.
    #[test]
    fn lines_keep_their_words() {
        let texts = [
            "Solved   residual 3e-16 · outside balance 3e-17: net exports of goods 17.777 = payment for tasks 17.777 · 10 iterations",
            "  ŵ/β̂ = −(ηγ − θ_Hy)/(η(1 − γ) + θ_Hy) − (θ_Lx θ_Hy − θ_Ly θ_Hx)/(1 − γ − η) = −0.0513366 ✓",
            "  proved: η(1 − γ) + θ_Hy > 0   from η > 0, 0 < γ < 1, 0 < θ_Ly < 1, 0 < θ_Hy < 1, θ_Ly + θ_Hy = 1, γ < 1",
            "shock cheaper_offshoring   beta 1.3 → 1.17 (−10%)        regime unchanged",
            "    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
        ];
        for text in texts {
            for columns in 30..140 {
                let out = folded(text, Some(columns));
                assert_eq!(squeezed(&out), squeezed(text));
                for line in out.lines() {
                    assert!(line.width() <= columns || longest(line.trim()) + 16 > columns, "{columns}: {line}");
                    let last = line.split(' ').next_back().unwrap_or_default();
                    assert!(!joins(last), "ends with an operator: {line}");
                }
            }
            assert_eq!(folded(text, None), text);
        }
    }

    #[test]
    fn formulas_are_broken_outside_of_brackets() {
        let text = "ŵ = (aaaaaaaa + bbbbbbbb) x + (cccccccc + dddddddd) y";
        assert_eq!(lines(text, 34, 34), ["ŵ = (aaaaaaaa + bbbbbbbb) x", "+ (cccccccc + dddddddd) y"]);
    }

    #[test]
    fn further_lines_stand_below_the_text() {
        let out = folded("Regime   both industries active; L-tasks partly offshored (0 < I < 1)", Some(50));
        assert_eq!(out, "Regime   both industries active;\n         L-tasks partly offshored (0 < I < 1)");
    }
}
