//! Pieces of HTML: escaped text, tables, figures, symbols.

use super::mathml;
use crate::present::equations::term::{Index, Name};
use crate::sink::shown::{MARK, obeyed};
use std::sync::Arc;

/// Text with everything that HTML reads as its own replaced; control characters, which no page may hold, as a mark.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            // Characters that reorder the text around them could make it read as something else.
            _ if obeyed(c) => out.push(MARK),
            _ => out.push(c),
        }
    }
    out
}

/// A sentence, in which what stands between backticks is code.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    parts.iter().enumerate().map(|(k, p)| if k % 2 == 0 { escape(p) } else { format!("<code>{}</code>", escape(p)) }).collect()
}

/// A cell: its content as HTML, and whether it is a number.
pub struct Cell {
    pub html: String,
    pub number: bool,
}

impl Cell {
    pub fn text(text: &str) -> Cell {
        Cell { html: escape(text), number: false }
    }

    pub fn html(html: String) -> Cell {
        Cell { html, number: false }
    }

    pub fn number(text: &str) -> Cell {
        Cell { html: escape(text), number: true }
    }
}

/// A table that scrolls by itself where the page is narrow; the first cell of each row heads it.
pub fn table(caption: &str, head: &[&str], rows: &[Vec<Cell>]) -> String {
    table_of(caption, &head.iter().map(|h| escape(h)).collect::<Vec<_>>(), rows)
}

/// The same with heads that are markup of our own.
pub fn table_of(caption: &str, head: &[String], rows: &[Vec<Cell>]) -> String {
    let number = |k: usize| {
        rows.iter().all(|r| r.get(k).is_none_or(|c| c.number || c.html.is_empty())) && rows.iter().any(|r| r.get(k).is_some_and(|c| c.number))
    };
    let mut out = format!("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n", escape(caption));
    if !caption.is_empty() {
        out.push_str(&format!("<caption>{}</caption>\n", escape(caption)));
    }
    if head.iter().any(|h| !h.is_empty()) {
        out.push_str("<thead><tr>");
        for (k, h) in head.iter().enumerate() {
            let class = if number(k) { " class=\"number\"" } else { "" };
            match h.is_empty() {
                true => out.push_str("<td></td>"),
                false => out.push_str(&format!("<th scope=\"col\"{class}>{h}</th>")),
            }
        }
        out.push_str("</tr></thead>\n");
    }
    out.push_str("<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let class = if cell.number { " class=\"number\"" } else { "" };
            match k {
                0 => out.push_str(&format!("<th scope=\"row\"{class}>{}</th>", cell.html)),
                _ => out.push_str(&format!("<td{class}>{}</td>", cell.html)),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    out
}

/// A drawing with its caption and remarks; `svg` is markup of our own.
pub fn figure(svg: &str, caption: &str, notes: &[String]) -> String {
    // Inside a page the name of its namespace is understood.
    let svg = svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let label = escape(caption);
    let notes: String = notes.iter().map(|n| format!("<br><span class=\"remark\">{}</span>", prose(n))).collect();
    format!(
        "<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\">\n{svg}</div>\n<figcaption>{label}.{notes}</figcaption>\n</figure>\n"
    )
}

/// The print form of a quantity as MathML where it is a letter with marks and indices, as code otherwise.
pub fn symbol(display: &str) -> String {
    match read_name(display) {
        Some(n) => format!("<math>{}</math>", mathml::name(&n, false)),
        None => format!("<code>{}</code>", escape(display)),
    }
}

/// `w*[x, Home]`, `θ_Lx`, `Ω`: the parts of a print form; none for expressions.
pub fn read_name(display: &str) -> Option<Name> {
    let is_mark = |c: char| matches!(c, '*' | '\'' | '′');
    let end = display.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(display.len());
    let (base, rest) = display.split_at(end);
    if !base.starts_with(char::is_alphabetic) {
        return None;
    }
    let marks = rest.find(|c| !is_mark(c)).unwrap_or(rest.len());
    let (mark, rest) = rest.split_at(marks);
    let mark: Option<Arc<str>> = (!mark.is_empty()).then(|| mark.into());
    let element = |s: &str| Index::Element(s.into());
    if rest.is_empty() {
        // `θ_Lx`: one letter, then letters that are indices each.
        return Some(match base.split_once('_') {
            Some((letter, index)) if letter.chars().count() == 1 && index.chars().count() <= 4 && index.chars().all(char::is_alphanumeric) => {
                Name { base: letter.into(), mark, index: index.chars().map(|c| element(&c.to_string())).collect() }
            }
            _ => Name { base: base.into(), mark, index: Vec::new() },
        });
    }
    if let Some(index) = rest.strip_prefix('_').filter(|i| i.chars().count() <= 4 && i.chars().all(char::is_alphanumeric)) {
        return Some(Name { base: base.into(), mark, index: index.chars().map(|c| element(&c.to_string())).collect() });
    }
    let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
    let index = crate::present::equations::names::split(&format!("a[{inner}]")).1;
    Some(Name { base: base.into(), mark, index })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_forms_are_read() {
        let n = read_name("w*[x, Home]").expect("a name");
        assert_eq!((n.base.as_ref(), n.mark.as_deref(), n.index.len()), ("w", Some("*"), 2));
        assert_eq!(read_name("θ_Lx").map(|n| n.index.len()), Some(2));
        assert_eq!(read_name("high_skill").map(|n| (n.base.to_string(), n.index.len())), Some(("high_skill".into(), 0)));
        assert!(read_name("real(w)").is_none() && read_name("w/p").is_none() && read_name("").is_none());
    }

    #[test]
    fn backticks_are_code_in_pairs() {
        assert_eq!(prose("see `a<b` there"), "see <code>a&lt;b</code> there");
        assert_eq!(prose("one ` alone"), "one ` alone");
    }

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("</p><script>\"&\u{0}\u{202e}"), "&lt;/p&gt;&lt;script&gt;&quot;&amp;\u{fffd}\u{fffd}");
    }
}
