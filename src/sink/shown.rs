//! Text for a terminal: nothing in it moves the cursor, rings, changes the title or reorders a line.

use serde_json::Value;
use std::borrow::Cow;

/// Text that a terminal may be given: a model's words with what a terminal obeys replaced, and styles of the program's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(String);

/// Styles of the program's own, as ANSI numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Bold,
    Dim,
    BoldRed,
    BoldGreen,
    BoldYellow,
    BoldCyan,
}

impl Style {
    fn codes(self) -> &'static str {
        match self {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::BoldRed => "1;31",
            Style::BoldGreen => "1;32",
            Style::BoldYellow => "1;33",
            Style::BoldCyan => "1;36",
        }
    }
}

impl Shown {
    /// Any text, with what a terminal would obey replaced; lines and tabs stay.
    pub fn plain(text: &str) -> Shown {
        Shown(harmless(text).into_owned())
    }

    /// Any text in one style, ended before its line does.
    pub fn styled(style: Style, text: &str) -> Shown {
        Shown(format!("\x1b[{}m{}\x1b[0m", style.codes(), harmless(text)))
    }

    /// Text whose model words are harmless already and that carries colours of the program's own: only well-formed colour codes stay.
    pub(crate) fn coloured(text: &str) -> Shown {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\x1b') {
            out.push_str(&harmless(&rest[..at]));
            let code = &rest[at..];
            let length = code.strip_prefix("\x1b[").and_then(|c| c.find(|c: char| !(c.is_ascii_digit() || c == ';')));
            match length.filter(|n| code[2 + n..].starts_with('m')) {
                Some(n) => {
                    out.push_str(&code[..n + 3]);
                    rest = &code[n + 3..];
                }
                None => {
                    out.push(MARK);
                    rest = &code[1..];
                }
            }
        }
        out.push_str(&harmless(rest));
        Shown(out)
    }

    /// A JSON value on one line; a character that a terminal would obey is written by its number, which JSON reads as the same.
    pub fn json(value: &Value) -> Shown {
        let text = value.to_string();
        if !text.chars().any(obeyed) {
            return Shown(text);
        }
        let mut out = String::with_capacity(text.len() + 64);
        for c in text.chars() {
            if obeyed(c) {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")));
            } else {
                out.push(c);
            }
        }
        Shown(out)
    }

    pub fn push(&mut self, more: &Shown) {
        self.0.push_str(&more.0);
    }

    pub fn push_plain(&mut self, text: &str) {
        self.0.push_str(&harmless(text));
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::ops::Deref for Shown {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands in place of a character that is not shown.
pub const MARK: char = '\u{fffd}';

/// Whether a terminal would obey a character instead of showing it: controls of both sets, and those that reorder or hide the text around them.
pub fn obeyed(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

/// The text with a mark in place of each character that a terminal would obey.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().any(obeyed) { Cow::Owned(text.chars().map(|c| if obeyed(c) { MARK } else { c }).collect()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = format!("a{c}b");
            let plain = Shown::plain(&text);
            let controls = |s: &str| s.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
            assert!(!controls(plain.as_str()), "{c:?}");
            assert!(!controls(Shown::coloured(&text).as_str()), "{c:?}");
            let json = Shown::json(&Value::String(text.clone()));
            assert!(!controls(json.as_str()), "{c:?}");
            if obeyed(c) {
                assert!(!json.as_str().contains(c), "{c:?}");
            }
            assert_eq!(serde_json::from_str::<Value>(json.as_str()).ok(), Some(Value::String(text)));
        }
        assert_eq!(Shown::plain("β ≥ 1, fête, 貿易, می‌خواهم").as_str(), "β ≥ 1, fête, 貿易, می‌خواهم");
    }

    #[test]
    fn colours_stay_and_other_codes_go() {
        assert_eq!(Shown::coloured("\x1b[38;5;33mw\x1b[0m").as_str(), "\x1b[38;5;33mw\x1b[0m");
        for code in ["\x1b[2J", "\x1b]0;title\x07", "\x1b", "\x1b[", "\x1b[3", "\x1bc", "\u{9b}2J"] {
            let out = Shown::coloured(code);
            assert!(!out.as_str().chars().any(char::is_control), "{code:?}");
        }
        assert_eq!(Shown::styled(Style::Dim, "\x1b[0ma").as_str(), format!("\x1b[2m{MARK}[0ma\x1b[0m"));
    }
}
