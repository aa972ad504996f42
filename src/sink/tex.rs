//! LaTeX: nothing in it but the commands that the program itself writes.

use unicode_normalization::UnicodeNormalization;

/// A piece of LaTeX that a document may `\input`: formulas and the words of a model.
///
/// The words of a model are escaped where they are put in ([`words`], and `naming::latex_text` in mathematics). What should get past that is caught
/// here: a command that is none of [`COMMANDS`] prints its name instead of running, and `^^` loses its meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tex(String);

/// Every command that the program writes. None of them reads, writes or defines anything.
#[rustfmt::skip]
pub const COMMANDS: &[&str] = &[
    "AE", "Delta", "Gamma", "H", "L", "Lambda", "Longleftrightarrow", "O", "OE", "Omega", "Phi", "Pi", "Psi", "Rightarrow", "Sigma", "Theta", "Xi",
    "ae", "allowdisplaybreaks", "alpha", "backslash", "bar", "begin", "begingroup", "beta", "big", "bigl", "bigr", "c", "cdot", "chi", "delta",
    "dots", "downarrow", "emph", "end", "endgroup", "epsilon", "eta", "exp", "frac", "gamma", "ge", "geq", "hat", "hline", "i", "in", "infty",
    "int", "iota", "kappa", "l", "label", "lambda", "land", "ldots", "le", "left", "leq", "ln", "lor", "mathit", "mathrm", "max", "medskip", "min",
    "mu", "multicolumn", "neg", "neq", "noindent", "notag", "nu", "o", "oe", "omega", "par", "paragraph", "perp", "phantom", "phi", "pi", "prime",
    "prod", "psi", "qquad", "quad", "r", "rho", "right", "sigma", "sim", "sqrt", "ss", "sum", "tag", "tau", "text", "textasciicircum",
    "textasciitilde", "textbackslash", "textstyle", "textwidth", "tfrac", "theta", "times", "u", "uparrow", "upsilon", "v", "varepsilon",
    "varsigma", "wedge", "widehat", "xi", "zeta",
];

impl Tex {
    /// A whole piece as a printer wrote it.
    pub fn document(text: &str) -> Tex {
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            // A comment ends with its line, and TeX reads nothing in it.
            let comment = line.trim_start().starts_with('%');
            if comment {
                let words: String = line.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
                out.push_str(&words.replace("^^", "^ ^"));
            } else {
                tame(line, &mut out);
            }
        }
        Tex(out)
    }

    /// Adds another piece.
    pub fn push(&mut self, more: &Tex) {
        self.0.push_str(&more.0);
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Tex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line with each command that the program does not write made text.
fn tame(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' => {
                let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
                let (word, then) = after.split_at(end);
                if word.is_empty() {
                    let next = after.chars().next();
                    match next.filter(|c| c.is_ascii() && !c.is_control()) {
                        Some(sign) => {
                            out.extend(['\\', sign]);
                            &after[1..]
                        }
                        None => {
                            out.push_str(BACKSLASH);
                            after
                        }
                    }
                } else if COMMANDS.contains(&word) {
                    out.push('\\');
                    out.push_str(word);
                    then
                } else {
                    out.push_str(BACKSLASH);
                    after
                }
            }
            '^' if after.starts_with('^') => {
                out.push_str("\\textasciicircum{}");
                after
            }
            '\n' => {
                out.push(c);
                after
            }
            c if c.is_control() => {
                out.push_str(&code(c));
                after
            }
            c => {
                out.push(c);
                after
            }
        };
    }
}

const BACKSLASH: &str = "\\textbackslash{}";

/// A character that has no LaTeX of its own.
fn code(c: char) -> String {
    format!("[U+{:04X}]", u32::from(c))
}

/// Text outside mathematics, with everything that LaTeX would read as its own escaped; pdfLaTeX takes the result without packages.
///
/// `greek` gives the name of a Greek letter.
pub fn words(text: &str, greek: &dyn Fn(char) -> Option<&'static str>) -> String {
    text.chars().map(|c| word_character(c, greek)).collect()
}

/// One character of [`words`].
pub fn word_character(c: char, greek: &dyn Fn(char) -> Option<&'static str>) -> String {
    let plain = match c {
        '_' | '%' | '&' | '#' | '$' | '{' | '}' => return format!("\\{c}"),
        '\\' => BACKSLASH,
        '^' => "\\textasciicircum{}",
        '~' => "\\textasciitilde{}",
        '<' => "$<$",
        '>' => "$>$",
        '|' => "$|$",
        '–' => "--",
        '—' => "---",
        '−' => "$-$",
        '“' | '”' | '"' => "''",
        '’' => "'",
        '‘' => "`",
        '·' => "$\\cdot$",
        '×' => "$\\times$",
        '≥' => "$\\geq$",
        '≤' => "$\\leq$",
        '≠' => "$\\neq$",
        '∞' => "$\\infty$",
        '′' => "$\\prime$",
        'ø' => "{\\o}",
        'Ø' => "{\\O}",
        'æ' => "{\\ae}",
        'Æ' => "{\\AE}",
        'œ' => "{\\oe}",
        'Œ' => "{\\OE}",
        'ł' => "{\\l}",
        'Ł' => "{\\L}",
        'ß' => "{\\ss}",
        'ı' => "{\\i}",
        _ if c.is_ascii_graphic() || c == ' ' => return c.to_string(),
        _ if c.is_whitespace() => " ",
        _ => return foreign(c, greek),
    };
    plain.to_string()
}

/// A letter outside ASCII: Greek as math, accents by their commands, others by their code.
fn foreign(c: char, greek: &dyn Fn(char) -> Option<&'static str>) -> String {
    if let Some(word) = greek(c) {
        return format!("$\\{word}$");
    }
    let parts: Vec<char> = c.nfd().collect();
    let accent = match parts.as_slice() {
        [_, '\u{300}'] => "`",
        [_, '\u{301}'] => "'",
        [_, '\u{302}'] => "^",
        [_, '\u{303}'] => "~",
        [_, '\u{304}'] => "=",
        [_, '\u{306}'] => "u",
        [_, '\u{307}'] => ".",
        [_, '\u{308}'] => "\"",
        [_, '\u{30a}'] => "r",
        [_, '\u{30b}'] => "H",
        [_, '\u{30c}'] => "v",
        [_, '\u{327}'] => "c",
        _ => return code(c),
    };
    match parts.first() {
        Some(base) if base.is_ascii_alphabetic() => format!("\\{accent}{{{base}}}"),
        _ => code(c),
    }
}

/// Text inside mathematics, with everything that LaTeX would read as its own escaped; quotation marks are left out.
pub fn math(text: &str, greek: &dyn Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => out.extend(['\\', c]),
            ' ' => out.push_str("\\ "),
            '"' => {}
            '\\' => out.push_str("\\backslash{}"),
            '^' => out.push_str("\\wedge{}"),
            '~' => out.push_str("\\sim{}"),
            // TeX reads an apostrophe as a prime, twice the same superscript in a superscript would be an error.
            '\'' | '′' => out.push_str("\\prime{}"),
            _ if c.is_ascii_graphic() => out.push(c),
            _ => match greek(c) {
                Some(word) => out.push_str(&format!("\\{word} ")),
                None => out.push_str(&format!("\\text{{{}}}", word_character(c, greek))),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether TeX would run a command of this name.
    fn runs(tex: &str, command: &str) -> bool {
        tex.match_indices(&format!("\\{command}")).any(|(at, _)| tex[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0)
    }

    #[test]
    fn only_known_commands_run() {
        for text in ["$\\input{/etc/passwd}$", "\\\\\\input x", "\\write18{rm}", "\\csname input\\endcsname", "a\\\u{7}\\def\\x{}", "\\inputé"] {
            let tex = Tex::document(text);
            for command in ["input", "write", "csname", "endcsname", "def", "x"] {
                assert!(!runs(tex.as_str(), command), "{text}: {tex}");
            }
        }
        assert!(!Tex::document("^^5cinput").as_str().contains("^^"));
        assert!(!Tex::document("% a\rb").as_str().contains('\r'));
        assert_eq!(Tex::document("\\frac{a}{b} \\\\\n  \\beta_{x}").as_str(), "\\frac{a}{b} \\\\\n  \\beta_{x}");
    }

    #[test]
    fn words_of_a_model_print_as_they_are() {
        let none = |_| None;
        for hostile in ["\\input{x}", "^^5cinput", "}\\def", "%", "$", "\u{1b}[2J", "a\nb", "~"] {
            for tex in [words(hostile, &none), math(hostile, &none)] {
                assert_eq!(Tex::document(&tex).as_str(), tex, "{hostile}");
                assert!(!runs(&tex, "input") && !runs(&tex, "def"), "{tex}");
                let own = tex.replace("\\{", "").replace("\\}", "");
                assert_eq!(own.matches('{').count(), own.matches('}').count(), "{tex}");
            }
        }
    }
}
