//! Colour for answers on a terminal: the same text, its headings bold, its remarks dim.

use crate::sink::Shown;
use crate::sink::shown::Style;

/// Words that head an answer or a line of one.
const HEADS: [&str; 8] = ["Regime", "Solved", "Free", "shock", "sweep", "pass", "replaced", "added"];
/// Beginnings of lines that say how to read the answer.
const REMARKS: [&str; 7] = ["lp = ", "linear prediction", "the session stands", "regime: ", "written to", "· change of the level", "holds for"];

/// The text, harmless to a terminal, with styles where `color` asks for them.
pub fn accented(text: &str, color: bool) -> Shown {
    if !color {
        return Shown::plain(text);
    }
    let mut out = Shown::default();
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let end = line.get(body.len()..).unwrap_or_default();
        let inner = body.trim_start();
        let lead = body.get(..body.len() - inner.len()).unwrap_or_default();
        let word = inner.split(' ').next().unwrap_or_default();
        out.push_plain(lead);
        if inner.is_empty() {
        } else if word == "FAIL" {
            out.push(&Shown::styled(Style::BoldRed, inner));
        } else if REMARKS.iter().any(|r| inner.starts_with(r)) {
            out.push(&Shown::styled(Style::Dim, inner));
        } else if HEADS.contains(&word) {
            out.push(&Shown::styled(Style::Bold, word));
            out.push_plain(inner.get(word.len()..).unwrap_or_default());
        } else {
            out.push_plain(inner);
        }
        out.push_plain(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_leave_the_text() {
        let text = "shock beta -10%   beta 1.3 → 1.17\n  w  0.78\n  lp = 100 × log change\n\n  FAIL  Walras' law";
        assert_eq!(accented(text, false).as_str(), text);
        let styled = accented(text, true).to_string();
        assert!(styled.starts_with("\x1b[1mshock\x1b[0m beta"));
        assert!(styled.contains("\x1b[2mlp = "));
        let mut plain = styled;
        for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text);
        for color in [false, true] {
            assert!(!accented("shock \x1b[2J\n\x07w\n", color).as_str().contains("\x1b[2J"));
        }
    }
}
