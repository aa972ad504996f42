//! Formulas as people read them: with Greek letters and fractions on one line, and in LaTeX.

use super::equations::latex::{LINE, width};
use crate::algebra::{Formula, Rational};
use crate::sink::tex;
use crate::statics::atoms::Atoms;
use crate::statics::hat::Measure;
use crate::system::SymInfo;
use unicode_normalization::UnicodeNormalization;

/// A formula on one line: `−γ/(1 − γ)`, `η γ σ − θ_H`.
pub fn plain(formula: &Formula, atoms: &Atoms) -> String {
    text(formula, &|a| atoms.get(a).map_or_else(|| format!("s{a}"), |x| x.display.clone()), 0)
}

/// A formula in LaTeX math.
pub fn latex(formula: &Formula, atoms: &Atoms) -> String {
    tex(formula, &|a| atoms.get(a).map_or_else(|| format!("s_{{{a}}}"), |x| x.latex.clone()), 0)
}

/// Words of an answer as LaTeX text, their letters and signs in math.
pub fn latex_words(words: &str) -> String {
    let mut out = String::new();
    let mut chars = words.nfc().peekable();
    while let Some(c) = chars.next() {
        let mark = match chars.peek() {
            Some('\u{302}') => Some("\\hat"),
            _ => None,
        };
        let body = match c {
            '−' => "-".to_string(),
            '·' => "\\cdot".to_string(),
            '…' => "\\dots".to_string(),
            '≤' => "\\le".to_string(),
            '≥' => "\\ge".to_string(),
            '₀'..='₉' => format!("_{}", c as u32 - '₀' as u32),
            '*' | '<' | '>' => c.to_string(),
            '^' => "{}^{\\wedge}".to_string(),
            _ if c.is_ascii_alphanumeric() && mark.is_some() => c.to_string(),
            _ => match crate::model::naming::greek_name(c) {
                Some(word) => format!("\\{word}"),
                None => {
                    out.push_str(&tex::word_character(c, &crate::model::naming::greek_name));
                    continue;
                }
            },
        };
        match mark {
            Some(accent) => {
                chars.next();
                out.push_str(&format!("${accent}{{{body}}}$"));
            }
            None => out.push_str(&format!("${body}$")),
        }
    }
    out
}

/// `left &= right` for `align`, a long sum over several lines.
pub fn aligned_row(left: &str, right: &Formula, atoms: &Atoms) -> String {
    broken_row(&[left.to_string()], &latex_pieces(right, atoms))
}

/// A formula in LaTeX as pieces between which a line may end: terms with their signs; what is too wide by itself in brackets, broken inside.
pub fn latex_pieces(formula: &Formula, atoms: &Atoms) -> Vec<String> {
    pieces_named(formula, &|a| atoms.get(a).map_or_else(|| format!("s_{{{a}}}"), |x| x.latex.clone()))
}

/// The same with other names for its letters.
pub fn pieces_named(formula: &Formula, name: &dyn Fn(u32) -> String) -> Vec<String> {
    /// A piece up to this wide is left whole.
    const WHOLE: usize = LINE - 14;
    let bracketed = |f: &Formula, close: &str| {
        let mut out = pieces_named(f, name);
        if let Some(first) = out.first_mut() {
            first.insert_str(0, "\\bigl[ ");
        }
        if let Some(last) = out.last_mut() {
            last.push_str(&format!(" \\bigr]{close}"));
        }
        out
    };
    if let Formula::Sum(terms) = formula {
        let mut out = Vec::new();
        for (n, t) in terms.iter().enumerate() {
            let mut own = pieces_named(t, name);
            if let Some(first) = own.first_mut() {
                *first = with_sign(first, n == 0);
            }
            out.append(&mut own);
        }
        return out;
    }
    let whole = tex(formula, name, 0);
    if width(&whole) <= WHOLE {
        return vec![whole];
    }
    match formula {
        Formula::Quotient(top, bottom) => {
            let (minus, top) = match &**top {
                Formula::Product(list) => {
                    let (minus, rest) = leading(list);
                    (minus, Formula::product(rest))
                }
                other => (false, other.clone()),
            };
            let mut out = bracketed(&top, " \\big/");
            if let (true, Some(first)) = (minus, out.first_mut()) {
                first.insert(0, '-');
            }
            out.extend(bracketed(bottom, ""));
            out
        }
        Formula::Product(list) => {
            let (minus, rest) = leading(list);
            let mut out: Vec<String> = Vec::new();
            for f in &rest {
                let own = tex(f, name, 1);
                match f {
                    Formula::Sum(_) if width(&own) > WHOLE / 2 => out.extend(bracketed(f, "")),
                    Formula::Quotient(..) | Formula::Power(..) if width(&own) > WHOLE => out.extend(pieces_named(f, name)),
                    _ => out.push(own),
                }
            }
            if let (true, Some(first)) = (minus, out.first_mut()) {
                first.insert(0, '-');
            }
            out
        }
        Formula::Power(base, n) => bracketed(base, &format!("^{{{n}}}")),
        _ => vec![whole],
    }
}

/// Coefficient times change, with its sign: one piece, or several where the coefficient is wide.
pub fn term_pieces(size: &Formula, name: &dyn Fn(u32) -> String, change: &str, minus: bool, first: bool) -> Vec<String> {
    let mut out = if size.is_one() {
        vec![change.to_string()]
    } else {
        let mut own = pieces_named(size, name);
        let sum = matches!(size, Formula::Sum(_));
        let wide = own.iter().map(|p| width(p) + 1).sum::<usize>() > LINE / 2;
        if sum && !wide {
            own = vec![format!("\\left({}\\right)", tex(size, name, 0))];
        } else if sum {
            if let Some(first) = own.first_mut() {
                first.insert_str(0, "\\bigl[ ");
            }
            if let Some(last) = own.last_mut() {
                last.push_str(" \\bigr]");
            }
        }
        if let Some(last) = own.last_mut() {
            last.push_str(&format!(" \\, {change}"));
        }
        own
    };
    if let Some(piece) = out.first_mut() {
        let sign = match (first, minus) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => "- ",
            (false, false) => "+ ",
        };
        piece.insert_str(0, sign);
    }
    out
}

/// A term with its sign before it, spaced where it is not the first.
pub fn with_sign(term: &str, first: bool) -> String {
    match (first, term.strip_prefix('-')) {
        (true, _) => term.to_string(),
        (false, Some(rest)) => format!("- {}", rest.trim_start()),
        (false, None) => format!("+ {term}"),
    }
}

/// A row of `align`, `left &= right`, broken between pieces where it is wider than a page: a wide left side takes lines of its own.
pub fn broken_row(left: &[String], right: &[String]) -> String {
    let size = |list: &[String]| list.iter().map(|p| width(p) + 1).sum::<usize>();
    if size(left) <= LINE / 2 {
        return format!("  {} &= {}", left.join(" "), broken(right, size(left) + 3, "\\quad {}"));
    }
    format!("  &{} \\\\\n    &\\qquad = {}", broken(left, 0, "\\quad {}"), broken(right, 9, "\\qquad\\quad {}"))
}

/// Pieces on lines of their own, aligned at their beginning.
pub fn broken_line(pieces: &[String]) -> String {
    format!("  &{}", broken(pieces, 0, "\\quad {}"))
}

/// Pieces on lines of a page's width, of which the first has `used` columns taken.
fn broken(pieces: &[String], used: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut at = used;
    for (n, piece) in pieces.iter().enumerate() {
        // An operator in front of a line keeps its spaces by the empty group before it.
        if n > 0 && at + width(piece) > LINE - 4 {
            out.push_str(&format!(" \\\\\n    &{indent}"));
            at = width(indent) + 2;
        }
        if n > 0 {
            out.push(' ');
        }
        out.push_str(piece);
        at += width(piece) + 1;
    }
    out
}

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

fn superscript(n: i32) -> String {
    let digits: String = n.unsigned_abs().to_string().chars().filter_map(|c| c.to_digit(10)).filter_map(|d| SUPERSCRIPTS.get(d as usize)).collect();
    if n < 0 { format!("⁻{digits}") } else { digits }
}

/// Binding strength: 0 a sum, 1 a product or quotient, 2 a power, 3 a letter.
fn strength(formula: &Formula) -> u8 {
    match formula {
        Formula::Number(n) if n.is_negative() => 0,
        Formula::Number(n) if !n.is_integer() => 1,
        Formula::Number(_) | Formula::Atom(_) => 3,
        Formula::Sum(_) => 0,
        Formula::Product(list) if list.first().is_some_and(crate::statics::shorten::negative) => 0,
        Formula::Product(_) | Formula::Quotient(..) => 1,
        Formula::Power(..) => 2,
    }
}

fn text(formula: &Formula, name: &dyn Fn(u32) -> String, level: u8) -> String {
    let body = match formula {
        Formula::Number(n) => n.to_string().replacen('-', "−", 1),
        Formula::Atom(a) => name(*a),
        Formula::Sum(list) => signed(list.iter().map(|t| text(t, name, 1.min(u8::from(strength(t) > 0)))), " − ", " + "),
        Formula::Product(list) => {
            let (minus, rest) = leading(list);
            let parts: Vec<String> = rest.iter().map(|f| text(f, name, if matches!(f, Formula::Quotient(..)) { 2 } else { 1 })).collect();
            let glued =
                if parts.iter().all(|p| p.starts_with('(') || p.chars().count() <= 1) && parts.len() > 1 { parts.concat() } else { parts.join(" ") };
            format!("{}{glued}", if minus { "−" } else { "" })
        }
        Formula::Power(base, n) => format!("{}{}", text(base, name, 3), superscript(*n)),
        Formula::Quotient(top, bottom) => {
            format!("{}/{}", text(top, name, u8::from(!matches!(**top, Formula::Number(_) | Formula::Product(_)))), text(bottom, name, 2))
        }
    };
    if strength(formula) < level || (level >= 3 && strength(formula) == 2) { format!("({body})") } else { body }
}

/// A leading −1 as a sign.
fn leading(list: &[Formula]) -> (bool, Vec<Formula>) {
    match list.split_first() {
        Some((Formula::Number(n), rest)) if n.is_negative() && !rest.is_empty() => {
            let size = n.abs();
            let mut all = Vec::new();
            if !size.is_one() {
                all.push(Formula::Number(size));
            }
            all.extend(rest.iter().cloned());
            (true, all)
        }
        _ => (false, list.to_vec()),
    }
}

fn signed(parts: impl Iterator<Item = String>, minus: &str, plus: &str) -> String {
    let mut out = String::new();
    for (n, part) in parts.enumerate() {
        let rest = part.strip_prefix('−').or_else(|| part.strip_prefix('-')).map(str::to_string);
        match (n, rest) {
            (0, _) => out.push_str(&part),
            (_, Some(rest)) => out.extend([minus, &rest]),
            (_, None) => out.extend([plus, &part]),
        }
    }
    out
}

fn tex(formula: &Formula, name: &dyn Fn(u32) -> String, level: u8) -> String {
    let body = match formula {
        Formula::Number(n) => number(n),
        Formula::Atom(a) => name(*a),
        Formula::Sum(list) => signed(list.iter().map(|t| tex(t, name, u8::from(strength(t) > 0))), " - ", " + "),
        Formula::Product(list) => {
            let (minus, rest) = leading(list);
            let parts: Vec<String> = rest.iter().map(|f| tex(f, name, 1)).collect();
            format!("{}{}", if minus { "-" } else { "" }, parts.join(" \\, "))
        }
        Formula::Power(base, n) => format!("{}^{{{n}}}", braced(tex(base, name, 3))),
        Formula::Quotient(top, bottom) => {
            let (minus, top) = match &**top {
                Formula::Product(list) => {
                    let (minus, rest) = leading(list);
                    (minus, Formula::product(rest))
                }
                Formula::Number(n) if n.is_negative() => (true, Formula::Number(n.abs())),
                other => (false, other.clone()),
            };
            format!("{}\\frac{{{}}}{{{}}}", if minus { "-" } else { "" }, tex(&top, name, 0), tex(bottom, name, 0))
        }
    };
    // A fraction brackets itself.
    let own = if matches!(formula, Formula::Quotient(..)) && !body.starts_with('-') { 2 } else { strength(formula) };
    if own < level || (level >= 3 && own == 2) { format!("\\left({body}\\right)") } else { body }
}

/// A base with a superscript of its own takes another one only in braces.
fn braced(base: String) -> String {
    if base.contains('^') && !base.starts_with("\\left(") { format!("{{{base}}}") } else { base }
}

fn number(n: &Rational) -> String {
    let (top, bottom) = n.parts();
    match (bottom.as_str(), top.strip_prefix('-')) {
        ("1", _) => top,
        (_, Some(rest)) => format!("-\\tfrac{{{rest}}}{{{bottom}}}"),
        _ => format!("\\tfrac{{{top}}}{{{bottom}}}"),
    }
}

/// How a change is written: `ŵ`, `dI/(1−I)`, `d exports[x]`; and in LaTeX.
pub fn change(display: &str, latex: &str, measure: Measure) -> (String, String) {
    match measure {
        Measure::Log => hat(display, latex),
        Measure::Margin => (format!("d{display}/(1−{display})"), format!("\\frac{{d{latex}}}{{1-{latex}}}")),
        Measure::Plain => (format!("d {display}"), format!("d{latex}")),
    }
}

pub fn change_of(info: &SymInfo, measure: Measure) -> (String, String) {
    change(&info.display, &info.latex, measure)
}

/// A hat on a letter, with what follows it; words and expressions take `d ln`.
fn hat(display: &str, latex: &str) -> (String, String) {
    let mut chars = display.chars();
    let Some(first) = chars.next() else { return (String::new(), String::new()) };
    let rest: String = chars.collect();
    let suffix = rest.is_empty() || rest.starts_with(['*', '[', '_', '′']) || (rest.chars().count() == 1 && rest.chars().all(char::is_alphanumeric));
    if !first.is_alphabetic() || !suffix || display.contains([' ', '/', '(']) && !rest.starts_with('[') {
        let shown =
            if display.chars().all(|c| c.is_alphanumeric() || "[]_*, ".contains(c)) { format!("d ln {display}") } else { format!("d ln({display})") };
        return (shown, format!("d\\ln {latex}"));
    }
    let composed: String = [first, '\u{302}'].iter().collect::<String>().nfc().collect();
    (format!("{composed}{rest}"), wide_hat(latex))
}

/// The hat goes over the letter, before sub- and superscripts.
fn wide_hat(latex: &str) -> String {
    let end = latex.find(['_', '^']).unwrap_or(latex.len());
    let (base, rest) = latex.split_at(end);
    if base.is_empty() || base.contains('{') { format!("\\widehat{{{latex}}}") } else { format!("\\hat{{{base}}}{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(a: u32) -> String {
        ["γ", "θ_Lx", "θ_Ly", "η"].get(a as usize).map_or_else(String::new, |s| s.to_string())
    }

    fn a(n: u32) -> Formula {
        Formula::atom(n)
    }

    #[test]
    fn formulas_read_as_they_are_written() {
        let one = Formula::one();
        let response = a(0).negated().over(one.clone().minus(a(0)));
        assert_eq!(text(&response, &name, 0), "−γ/(1 − γ)");
        assert_eq!(tex(&response, &name, 0), "-\\frac{γ}{1 - γ}");
        let gap = a(1).minus(a(2));
        assert_eq!(text(&a(3).times(a(0)).times(gap.clone()), &name, 0), "ηγ(θ_Lx − θ_Ly)");
        assert_eq!(text(&gap.clone().power(2), &name, 0), "(θ_Lx − θ_Ly)²");
        assert_eq!(text(&one.clone().minus(gap.clone()), &name, 0), "1 − (θ_Lx − θ_Ly)");
        assert_eq!(text(&one.minus(gap.over(a(3))), &name, 0), "1 − (θ_Lx − θ_Ly)/η");
    }

    #[test]
    fn changes_wear_hats() {
        assert_eq!(change("w", "w", Measure::Log), ("ŵ".into(), "\\hat{w}".into()));
        assert_eq!(change("w*", "w^{*}", Measure::Log), ("ŵ*".into(), "\\hat{w}^{*}".into()));
        assert_eq!(change("I", "I", Measure::Margin).0, "dI/(1−I)");
        assert_eq!(change("output[x]", "x", Measure::Log).0, "d ln output[x]");
        assert_eq!(change("w/p", "w/p", Measure::Log).0, "d ln(w/p)");
        assert_eq!(change("exports[x]", "e", Measure::Plain).0, "d exports[x]");
    }
}
