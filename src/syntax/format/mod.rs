//! The canonical layout of a program, and trees as text.
//!
//! Layout works on tokens, so that every comment and every number stays as it was typed; pest's pairs say what each token is. Line breaks
//! between the entries of a block are kept, those inside an entry are not; a line of more than 100 columns is broken at its outermost block.

mod comments;
mod layout;
mod marks;
mod nodes;
mod print;
mod print_declarations;

pub use print::expr_to_string;
pub use print_declarations::{declaration_to_string, form_to_string};

use super::lexer::{Token, tokens};
use super::parser::grammar::{Rule, read, with_stack};
use super::parser::{declaration_ranges, parse_file};
use crate::diag::Diagnostics;
use crate::source::FileId;
use comments::{Comment, Gap};
use marks::Marks;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Columns of a line.
const WIDTH: usize = 100;

/// A declaration as it will stand, with what surrounds it.
struct Entry {
    leading: Vec<Comment>,
    blank: bool,
    body: String,
    trailing: Vec<String>,
    align: Option<Align>,
}

/// Where blanks may be put in so that neighbouring lines of a kind align.
#[derive(Clone, Copy, PartialEq)]
struct Align {
    class: Class,
    at: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// The keyword of `report`, `channels`, `shock`, `sweep`.
    Keyword,
    /// The label of a factor.
    Factor,
    /// The label of a good.
    Good,
}

/// The program in canonical layout: the same tree, every comment kept, a fixed point of itself.
///
/// A text with errors is not laid out; its diagnostics come back.
pub fn format(text: &str) -> Result<String, Diagnostics> {
    let (_, found) = parse_file(FileId(0), text);
    if found.has_errors() {
        return Err(found);
    }
    let all = tokens(text);
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest: &[Token] = &all;
    for (range, depth) in declaration_ranges(text) {
        let (before, from) = rest.split_at(rest.partition_point(|t| t.range.start < range.start));
        let (own, after) = from.split_at(from.partition_point(|t| t.range.start < range.end));
        rest = after;
        let gap = Gap::read(text, before, !entries.is_empty());
        if let Some(last) = entries.last_mut() {
            last.trailing = gap.trailing;
        }
        let (body, align) = with_stack(depth, || declaration(text, own, range.clone())).unwrap_or_else(|| (raw(text, range.clone()), None));
        entries.push(Entry { leading: gap.leading, blank: gap.blank, body, trailing: Vec::new(), align });
    }
    let end = Gap::read(text, rest, !entries.is_empty());
    if let Some(last) = entries.last_mut() {
        last.trailing = end.trailing;
    }
    align(&mut entries);
    let mut out = String::new();
    for entry in &entries {
        comments::write(&mut out, &entry.leading);
        separate(&mut out, entry.blank);
        out.push_str(&entry.body);
        for (i, comment) in entry.trailing.iter().enumerate() {
            out.push_str(if i == 0 { "  " } else { " " });
            out.push_str(comment);
        }
    }
    comments::write(&mut out, &end.leading);
    if !out.is_empty() {
        out.push('\n');
    }
    Ok(out)
}

fn raw(text: &str, range: Range<usize>) -> String {
    text.get(range).unwrap_or_default().replace("\r\n", "\n")
}

/// A new line, after an empty one if there was one.
fn separate(out: &mut String, blank: bool) {
    if !out.is_empty() {
        out.push_str(if blank { "\n\n" } else { "\n" });
    }
}

fn declaration(text: &str, tokens: &[Token], range: Range<usize>) -> (String, Option<Align>) {
    let own = text.get(range.clone()).unwrap_or_default();
    let Ok(mut pairs) = read(Rule::one_declaration, own) else { return (raw(text, range), None) };
    let Some(pair) = pairs.next().and_then(|p| p.into_inner().next()) else { return (raw(text, range), None) };
    let class = match pair.as_rule() {
        Rule::report | Rule::channels | Rule::shock | Rule::sweep => Some(Class::Keyword),
        Rule::factor => Some(Class::Factor),
        Rule::good => Some(Class::Good),
        _ => None,
    };
    let marks = Marks::read(pair, range.start);
    let nodes = nodes::read(text, tokens, &marks);
    let body = layout::lay(&nodes);
    let align = class.filter(|_| !body.contains('\n')).and_then(|class| {
        let at = match class {
            Class::Keyword => nodes.first().and_then(|n| n.text()).map(str::len),
            Class::Factor | Class::Good => label_end(&nodes),
        };
        at.map(|at| Align { class, at })
    });
    (body, align)
}

/// Where a label that comes first among the attributes ends, if another one follows.
fn label_end(nodes: &[nodes::Node]) -> Option<usize> {
    let label = nodes.iter().position(|n| n.starts_attribute())?;
    let is_label = nodes.get(label)?.text().is_some_and(|t| t.starts_with('"'));
    let before = nodes.get(..=label)?;
    (is_label && nodes.len() > label + 1).then(|| layout::flat(before).map(|s| s.len()))?
}

/// Puts blanks into neighbouring lines of a kind so that what follows the keyword, or the label, begins in one column.
fn align(entries: &mut [Entry]) {
    let mut start = 0;
    while start < entries.len() {
        let class = entries.get(start).and_then(|e| e.align).map(|a| a.class);
        let mut end = start + 1;
        while class.is_some()
            && entries.get(end).is_some_and(|e| e.align.map(|a| a.class) == class && e.leading.is_empty() && !e.blank)
            && entries.get(end - 1).is_some_and(|e| e.trailing.is_empty() || !e.trailing.iter().any(|t| t.contains('\n')))
        {
            end += 1;
        }
        if let Some(run) = entries.get_mut(start..end) {
            align_run(run);
        }
        start = end;
    }
}

fn align_run(run: &mut [Entry]) {
    let width = |e: &Entry| e.align.and_then(|a| e.body.get(..a.at)).map_or(0, |s| s.width());
    let widest = run.iter().map(width).max().unwrap_or(0);
    if run.len() < 2 || run.iter().any(|e| e.body.width() + widest - width(e) > WIDTH) {
        return;
    }
    for entry in run {
        let padding = widest - width(entry);
        if let Some(align) = entry.align
            && entry.body.is_char_boundary(align.at)
        {
            entry.body.insert_str(align.at, &" ".repeat(padding));
        }
    }
}
