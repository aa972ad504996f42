//! Labels of a figure: running text with variables in italics, subscripts, superscripts and hats.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_width::UnicodeWidthStr;

/// Where a piece of a label stands relative to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    Base,
    Sub,
    Sup,
}

/// A piece of a label that is set in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub shift: Shift,
    pub italic: bool,
}

/// A label as economists write it: `θ_Ly`, `β t(i) w*`, `10^{-3}`, `\hat{w}`.
///
/// `_{…}` and `^{…}` lower and raise; without braces they do so after a single letter (`θ_Ly`, `L^2`), so that `high_skill` stays as it is.
/// `\hat{w}` puts the hat on `w`. Letters that stand alone are variables and are set in italics, capital Greek upright as usual in print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub spans: Vec<Span>,
}

impl Label {
    /// Text in which nothing is markup and nothing is a variable.
    pub fn plain(text: &str) -> Self {
        let text = clean(text);
        if text.is_empty() { Label::default() } else { Label { spans: vec![Span { text, shift: Shift::Base, italic: false }] } }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().all(|s| s.text.trim().is_empty())
    }

    /// The label in plain Unicode: raised and lowered characters where Unicode has them all, `_` and `^` otherwise.
    pub fn unicode(&self) -> String {
        let mut out = String::new();
        for group in self.spans.chunk_by(|a, b| a.shift == b.shift) {
            let text: String = group.iter().map(|s| s.text.as_str()).collect();
            let (table, mark) = match group.first().map_or(Shift::Base, |s| s.shift) {
                Shift::Base => {
                    out.push_str(&text);
                    continue;
                }
                Shift::Sub => (SUBSCRIPTS, '_'),
                Shift::Sup => (SUPERSCRIPTS, '^'),
            };
            match text.chars().map(|c| table.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)).collect::<Option<String>>() {
                Some(small) => out.push_str(&small),
                None if text.chars().all(char::is_alphanumeric) => out.extend([mark.to_string(), text]),
                None => out.push_str(&format!("{mark}({text})")),
            }
        }
        out
    }

    /// `self` followed by `text`, which is read with markup.
    pub fn then(mut self, text: &str) -> Self {
        self.spans.extend(Label::from(text).spans);
        self
    }

    /// `self` followed by another label.
    pub fn join(mut self, other: &Label) -> Self {
        self.spans.extend(other.spans.iter().cloned());
        self
    }

    /// Splits into words, so that a label can be set in several lines; a word keeps the styles of its pieces.
    pub(crate) fn words(&self) -> Vec<Label> {
        let mut words = vec![Label::default()];
        for span in &self.spans {
            for (k, piece) in span.text.split(' ').enumerate() {
                if k > 0 {
                    words.push(Label::default());
                }
                if let Some(word) = words.last_mut().filter(|_| !piece.is_empty()) {
                    word.spans.push(Span { text: piece.to_string(), ..span.clone() });
                }
            }
        }
        words.retain(|w| !w.spans.is_empty());
        // A relation stays with its sides: `I = 0` is one word to a line break.
        let relation = |w: &Label| matches!(w.spans.as_slice(), [s] if matches!(s.text.as_str(), "=" | "<" | ">" | "≤" | "≥" | "×" | "+" | "−"));
        let mut glued: Vec<Label> = Vec::new();
        let mut glue = false;
        for word in words {
            let operator = relation(&word);
            match glued.last_mut().filter(|_| glue || operator) {
                Some(last) => *last = std::mem::take(last).then(" ").join(&word),
                None => glued.push(word),
            }
            glue = operator;
        }
        glued
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        parse(&clean(text))
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Label::from(text.as_str())
    }
}

/// Columns that a text takes in a terminal.
pub(crate) fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The longest prefix of at most `width` columns, marked by `…` where something was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        let mut longer = out.clone();
        longer.push(c);
        if columns(&longer) + 1 > width {
            break;
        }
        out = longer;
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// Control characters have no place in a figure and some are not allowed in XML at all.
fn clean(text: &str) -> String {
    // Longer labels are no labels, and fitting them would take long.
    text.nfc()
        .take(2000)
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect()
}

fn parse(text: &str) -> Label {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces: Vec<(String, Shift)> = Vec::new();
    let mut base = String::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at + 1..).unwrap_or(&[]);
        if c == '\\'
            && rest.starts_with(&['h', 'a', 't', '{'])
            && let Some(length) = rest.iter().position(|c| *c == '}')
        {
            let inner: String = rest.get(4..length).unwrap_or(&[]).iter().collect();
            base.extend(format!("{inner}\u{302}").nfc());
            at += length + 2;
            continue;
        }
        if c == '_' || c == '^' {
            let shift = if c == '_' { Shift::Sub } else { Shift::Sup };
            let (inner, used) = raised(rest, ends_in_variable(&base));
            if used > 0 {
                pieces.push((std::mem::take(&mut base), Shift::Base));
                pieces.push((inner, shift));
                at += used + 1;
                continue;
            }
        }
        base.push(c);
        at += 1;
    }
    pieces.push((base, Shift::Base));
    let has_words = pieces.iter().any(|(t, s)| *s == Shift::Base && t.split(|c: char| !c.is_alphabetic()).any(|w| w.chars().count() > 1));
    let mut label = Label::default();
    for (text, shift) in pieces {
        italicise(&text, shift, has_words, &mut label.spans);
    }
    label
}

/// What follows `_` or `^`: a group in braces, or after a single letter the letters and digits next to it; and how many characters it took.
fn raised(rest: &[char], after_variable: bool) -> (String, usize) {
    if rest.first() == Some(&'{') {
        return match rest.iter().position(|c| *c == '}') {
            Some(end) if end > 1 => (rest.get(1..end).unwrap_or(&[]).iter().map(|c| if *c == '-' { '−' } else { *c }).collect(), end + 1),
            _ => (String::new(), 0),
        };
    }
    if !after_variable {
        return (String::new(), 0);
    }
    let length = rest.iter().take_while(|c| c.is_alphanumeric()).count();
    (rest.iter().take(length).collect(), length)
}

fn ends_in_variable(text: &str) -> bool {
    let mut back = text.chars().rev().skip_while(|c| is_combining_mark(*c));
    back.next().is_some_and(|c| c.is_alphabetic()) && !back.next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Cuts a piece into letters that stand alone (italic) and the rest (upright).
fn italicise(text: &str, shift: Shift, has_words: bool, out: &mut Vec<Span>) {
    let chars: Vec<char> = text.chars().collect();
    let mut push = |text: String, italic: bool| {
        if text.is_empty() {
            return;
        }
        match out.last_mut() {
            Some(last) if last.italic == italic && last.shift == shift => last.text.push_str(&text),
            _ => out.push(Span { text, shift, italic }),
        }
    };
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if !c.is_alphabetic() {
            push(c.to_string(), false);
            at += 1;
            continue;
        }
        // Greek beside Latin is a product of two variables, as in βT(I).
        let greek = is_greek(c);
        let end = chars
            .iter()
            .skip(at)
            .position(|d| !(is_combining_mark(*d) || d.is_alphabetic() && is_greek(*d) == greek))
            .map_or(chars.len(), |n| at + n);
        let run = chars.get(at..end).unwrap_or(&[]);
        let letters = run.iter().filter(|d| !is_combining_mark(**d)).count();
        let before = at.checked_sub(1).and_then(|k| chars.get(k));
        let hyphenated = |c: Option<&char>| matches!(c, Some('-' | '\'' | '’'));
        let joined = hyphenated(chars.get(end)) && chars.get(end + 1).is_some_and(|c| c.is_alphabetic())
            || hyphenated(before) && at.checked_sub(2).and_then(|k| chars.get(k)).is_some_and(|c| c.is_alphabetic())
            || before.is_some_and(|c| c.is_numeric());
        let article = has_words && matches!(c, 'a' | 'A');
        let capital_greek = greek && c.is_uppercase();
        let italic = letters == 1 && !joined && !article && !capital_greek;
        push(run.iter().collect(), italic);
        at = end;
    }
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

#[rustfmt::skip]
const SUBSCRIPTS: &[(char, char)] = &[
    ('0', '₀'), ('1', '₁'), ('2', '₂'), ('3', '₃'), ('4', '₄'), ('5', '₅'), ('6', '₆'), ('7', '₇'), ('8', '₈'), ('9', '₉'), ('+', '₊'), ('−', '₋'),
    ('a', 'ₐ'), ('e', 'ₑ'), ('h', 'ₕ'), ('i', 'ᵢ'), ('j', 'ⱼ'), ('k', 'ₖ'), ('l', 'ₗ'), ('m', 'ₘ'), ('n', 'ₙ'), ('o', 'ₒ'), ('p', 'ₚ'), ('r', 'ᵣ'),
    ('s', 'ₛ'), ('t', 'ₜ'), ('u', 'ᵤ'), ('v', 'ᵥ'), ('x', 'ₓ'),
];

#[rustfmt::skip]
const SUPERSCRIPTS: &[(char, char)] = &[
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'), ('9', '⁹'), ('+', '⁺'), ('−', '⁻'), ('*', '*'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        Label::from(text)
            .spans
            .iter()
            .map(|s| {
                let inner = if s.italic { format!("/{}/", s.text) } else { s.text.clone() };
                match s.shift {
                    Shift::Base => inner,
                    Shift::Sub => format!("_[{inner}]"),
                    Shift::Sup => format!("^[{inner}]"),
                }
            })
            .collect()
    }

    #[test]
    fn variables_are_italic_and_words_are_not() {
        assert_eq!(marked("β t(i) w*"), "/β/ /t/(/i/) /w/*");
        assert_eq!(marked("wage w of low-skilled labor"), "wage /w/ of low-skilled labor");
        assert_eq!(marked("L-tasks, a U-shape"), "L-tasks, a U-shape");
        assert_eq!(marked("βT(I)w*/(Ωw)"), "/βT/(/I/)/w/*/(Ω/w/)");
    }

    #[test]
    fn subscripts_need_braces_or_a_single_letter() {
        assert_eq!(marked("θ_Ly"), "/θ/_[Ly]");
        assert_eq!(marked("high_skill wage"), "high_skill wage");
        assert_eq!(marked("2×10^{-3}"), "2×10^[−3]");
        assert_eq!(marked("L^2 and a^"), "/L/^[2] and a^");
    }

    #[test]
    fn hats_compose() {
        assert_eq!(Label::from("\\hat{w}/\\hat{β}").unicode(), "ŵ/β\u{302}");
        assert_eq!(marked("\\hat{β}"), "/β\u{302}/");
        assert_eq!(Label::from("10^{-3} θ_x θ_Ly P^{1−σ}").unicode(), "10⁻³ θₓ θ_Ly P^(1−σ)");
    }

    #[test]
    fn relations_do_not_break() {
        let words: Vec<String> = Label::from("no offshoring (I = 0) at 0 < I < 1").words().iter().map(Label::unicode).collect();
        assert_eq!(words, ["no", "offshoring", "(I = 0)", "at", "0 < I < 1"]);
    }

    #[test]
    fn cutting_keeps_to_the_width() {
        assert_eq!(cut("services", 5), "serv…");
        assert_eq!(cut("w", 0), "");
        assert_eq!(Label::plain("a\u{0}b\nc").unicode(), "a b c");
    }
}
