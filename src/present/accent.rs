//! Colour for answers on a terminal: the same text, its headings bold, its remarks dim.

use std::borrow::Cow;

/// Words that head an answer or a line of one.
const HEADS: [&str; 8] = ["Regime", "Solved", "Free", "shock", "sweep", "pass", "replaced", "added"];
/// Beginnings of lines that say how to read the answer.
const REMARKS: [&str; 7] = ["lp = ", "linear prediction", "the session stands", "regime: ", "written to", "· change of the level", "holds for"];

/// The text with ANSI styles where `color` asks for them; lines that carry colours already are left alone.
pub fn accented(text: &str, color: bool) -> Cow<'_, str> {
    if !color {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let end = line.get(body.len()..).unwrap_or_default();
        let inner = body.trim_start();
        let lead = body.get(..body.len() - inner.len()).unwrap_or_default();
        let word = inner.split(' ').next().unwrap_or_default();
        let remark = REMARKS.iter().any(|r| inner.starts_with(r));
        if body.contains('\x1b') || inner.is_empty() {
            out.push_str(body);
        } else if word == "FAIL" {
            out.push_str(&format!("{lead}\x1b[1;31m{inner}\x1b[0m"));
        } else if remark {
            out.push_str(&format!("{lead}\x1b[2m{inner}\x1b[0m"));
        } else if HEADS.contains(&word) {
            let rest = inner.get(word.len()..).unwrap_or_default();
            out.push_str(&format!("{lead}\x1b[1m{word}\x1b[0m{rest}"));
        } else {
            out.push_str(body);
        }
        out.push_str(end);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_leave_the_text() {
        let text = "shock beta -10%   beta 1.3 → 1.17\n  w  0.78\n  lp = 100 × log change\n\n  FAIL  Walras' law";
        assert_eq!(accented(text, false), text);
        let styled = accented(text, true);
        assert!(styled.starts_with("\x1b[1mshock\x1b[0m beta"));
        assert!(styled.contains("\x1b[2mlp = "));
        let mut plain = styled.into_owned();
        for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text);
        assert_eq!(accented("\x1b[38;5;33m⣀\x1b[39m w\n", true), "\x1b[38;5;33m⣀\x1b[39m w\n");
    }
}
