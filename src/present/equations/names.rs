//! Names of symbols with their structure, and how names and words are written in LaTeX.

use super::term::{Index, Name};
use crate::model::naming;
use crate::sink::tex;
use crate::system::SymInfo;
use std::sync::Arc;

/// Which of a symbol's names is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people: `w*`, `Ω`, `output[x]`.
    Display,
    /// As it can be typed: `w[Foreign]`, `Omega`, `output[x, Home]`.
    Canonical,
}

/// The structured name of a symbol.
pub fn of(info: &SymInfo, style: Style) -> Name {
    let (canonical, index) = split(&info.name);
    match style {
        Style::Canonical => Name { base: canonical.into(), mark: None, index },
        Style::Display => {
            let (shown, index) = split(&info.display);
            let pretty = naming::pretty_base(canonical).0;
            match shown.strip_prefix(pretty.as_str()) {
                Some(mark) if !mark.is_empty() => Name { base: pretty.into(), mark: Some(mark.into()), index },
                _ => Name { base: shown.into(), mark: None, index },
            }
        }
    }
}

/// Base and indices of a name in brackets form.
pub fn split(name: &str) -> (&str, Vec<Index>) {
    match name.split_once('[') {
        Some((base, rest)) if !base.is_empty() => (base, indices(rest.strip_suffix(']').unwrap_or(rest))),
        _ => (name, Vec::new()),
    }
}

/// Indices parted at commas outside quotes and brackets.
fn indices(inner: &str) -> Vec<Index> {
    let mut out = Vec::new();
    let (mut depth, mut quoted, mut start) = (0usize, false, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                out.push(index(&inner[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(index(&inner[start..]));
    out
}

fn index(text: &str) -> Index {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(word) => Index::Element(word.into()),
        None => match split(text) {
            (base, inner) if !inner.is_empty() => Index::Nested(base.into(), inner),
            _ => Index::Element(text.into()),
        },
    }
}

/// The LaTeX of a base name, with a subscript of its own taken apart: `beta_x` is `\beta` and `x`.
pub fn latex_base(base: &str) -> (String, Option<String>) {
    if !base.is_ascii() && naming::greek_word(base).is_none() {
        let mut chars = base.chars();
        let first = chars.next().map(String::from).unwrap_or_default();
        let rest = chars.as_str();
        return match naming::greek_word(&first) {
            Some(word) if rest.is_ascii() => (format!("\\{word}"), Some(word_in_math(rest.trim_start_matches('_')))),
            _ => (word_in_math(base), None),
        };
    }
    // Three small letters are a word, not a letter with a subscript.
    if base.len() == 3 && base.chars().all(|c| c.is_ascii_lowercase()) && naming::greek_letter(base).is_none() {
        return (format!("\\mathit{{{base}}}"), None);
    }
    if let Some((letter, rest)) = base.split_once('_')
        && letter.len() == 1
        && !rest.is_empty()
        && rest.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return (letter.to_string(), Some(word_in_math(rest)));
    }
    let latex = naming::pretty_base(base).1;
    match latex.split_once("_{") {
        Some((stem, rest)) if !stem.contains('{') => (stem.to_string(), Some(rest.strip_suffix('}').unwrap_or(rest).to_string())),
        _ => (latex, None),
    }
}

/// A word as an index or an operator: one letter in italics, more upright.
pub fn word_in_math(word: &str) -> String {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (None, _) => String::new(),
        (Some(c), None) if c.is_ascii_alphanumeric() => c.to_string(),
        (Some(c), None) if naming::greek_word(c.encode_utf8(&mut [0; 4])).is_some() => text(word).trim_matches('$').to_string(),
        _ if word.chars().all(|c| c.is_ascii_alphanumeric()) => format!("\\mathrm{{{word}}}"),
        _ => format!("\\text{{{}}}", text(word)),
    }
}

/// A mark as a superscript.
pub fn mark_in_math(mark: &str) -> String {
    mark.chars()
        .map(|c| {
            if matches!(c, '\'' | '′') {
                "\\prime ".to_string()
            } else if c == '*' {
                "*".to_string()
            } else {
                word_in_math(&c.to_string())
            }
        })
        .collect()
}

/// Text outside or inside math, with everything that LaTeX would read as its own escaped; pdfLaTeX takes the result without packages.
pub fn text(s: &str) -> String {
    tex::words(s, &naming::greek_name)
}

/// An element as an index is written: quoted unless it is an identifier.
pub fn element(word: &Arc<str>) -> String {
    naming::element(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_parted_outside_brackets_and_quotes() {
        let (base, index) = split("input[K[x], \"Rest, of [World]\", Home]");
        assert_eq!(base, "input");
        assert_eq!(
            index,
            vec![
                Index::Nested("K".into(), vec![Index::Element("x".into())]),
                Index::Element("Rest, of [World]".into()),
                Index::Element("Home".into()),
            ]
        );
    }

    #[test]
    fn text_is_escaped_for_latex() {
        assert_eq!(text("50% of_Ωx~é"), "50\\% of\\_$\\Omega$x\\textasciitilde{}\\'{e}");
        assert_eq!(text("中"), "[U+4E2D]");
        assert_eq!(word_in_math("Rest of World"), "\\text{Rest of World}");
        assert_eq!(word_in_math("x"), "x");
        assert_eq!(mark_in_math("*"), "*");
    }
}
