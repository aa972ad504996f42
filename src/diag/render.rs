//! Diagnostics as text for people and as JSON for machines.
//!
//! ariadne draws from a view of each file that holds only the lines near a label, cut to a readable width and free of control characters:
//! so a file of any size or content is drawn quickly and cannot disturb the terminal. Offsets are bytes in the file and in the view.

use super::{Diagnostic, Severity};
use crate::sink::Shown;
use crate::sink::shown::{MARK, obeyed};
use crate::source::{FileId, SourceMap, Span};
use ariadne::{Cache, Color, Config, IndexType, Label, LabelAttach, Report, ReportKind, Source};
use std::collections::BTreeMap;
use std::fmt::{Debug, Display, Write};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Characters of a line kept on either side of a label.
const WINDOW: usize = 80;

/// Bytes of a line that are shown at most, however many labels it carries.
const WIDEST: usize = 400;

/// All diagnostics as text, a blank line between two; without `color` the same words, plain.
pub fn render_text(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> Shown {
    render_within(diagnostics, sources, color, None)
}

/// The same within the columns of a terminal: sentences are broken between words, lines of the file cut around their labels.
pub fn render_within(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool, columns: Option<usize>) -> Shown {
    let mut out = String::new();
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        render_one(&mut out, diagnostic, sources, color, columns);
    }
    // What came from the model is harmless already; what is left of codes is this file's and ariadne's.
    Shown::coloured(&out)
}

/// A diagnostic in the JSON form that every command answers with.
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    let first = diagnostic.labels.iter().find(|l| l.primary).or(diagnostic.labels.first());
    let file = first.and_then(|l| sources.get(l.span.file)).map(|f| f.name.clone());
    let labels: Vec<serde_json::Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let (line, column) = sources.line_column(label.span.file, label.span.start);
            let mut value = serde_json::json!({
                "start": label.span.start, "end": label.span.end, "line": line, "column": column, "text": label.text,
            });
            let name = sources.get(label.span.file).map(|f| f.name.clone());
            if name != file
                && let Some(object) = value.as_object_mut()
            {
                object.insert("file".into(), serde_json::json!(name));
            }
            value
        })
        .collect();
    serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.title,
        "file": file,
        "labels": labels,
        "help": diagnostic.help,
    })
}

/// Letters of a word that are shown: nobody reads on.
const WORD: usize = 160;

/// A title with words of any length cut to a readable one.
fn readable(title: &str) -> String {
    if title.len() <= WORD {
        return title.to_string();
    }
    let cut = |word: &str| if word.chars().count() <= WORD { word.to_string() } else { word.chars().take(WORD).chain(['…']).collect() };
    title.split(' ').map(cut).collect::<Vec<_>>().join(" ")
}

fn render_one(out: &mut String, diagnostic: &Diagnostic, sources: &SourceMap, color: bool, columns: Option<usize>) {
    let (word, paint, escape) = match diagnostic.severity {
        Severity::Error => ("error", Color::Red, 31),
        Severity::Warning => ("warning", Color::Yellow, 33),
        Severity::Note => ("note", Color::Cyan, 36),
    };
    let kind = format!("{word}[{}]", diagnostic.code);
    let mut views = Views::new(diagnostic, sources, columns);
    let mut labels: Vec<_> = diagnostic.labels.iter().filter_map(|l| views.place(l.span).map(|place| (l, place))).collect();
    let title = sentence(&format!("{kind}: "), &clean(&readable(&diagnostic.title)), 2, columns);
    let title = if color { title.replacen(&kind, &format!("\u{1b}[1;{escape}m{kind}\u{1b}[0m"), 1) } else { title };
    let _ = writeln!(out, "{title}");
    let Some((_, head)) = labels.iter().find(|(l, _)| l.primary).or(labels.first()).cloned() else {
        write_help(out, diagnostic, columns);
        return;
    };
    // ariadne heads the report with the first file it meets, and starts a new excerpt where a label lies above the one before it.
    labels.sort_by_key(|(l, place)| (place.0 != head.0, l.span.file, l.span.start));
    let config = Config::new().with_index_type(IndexType::Byte).with_color(color).with_label_attach(LabelAttach::Start);
    let mut report = Report::build(ReportKind::Error, head.clone()).with_config(config);
    for (label, place) in &labels {
        let order = if place.0 == head.0 { 0 } else { 1 + place.0 as i32 };
        let paint = if label.primary { paint } else { Color::Blue };
        // ariadne marks nothing where a label says nothing.
        let words = if label.text.is_empty() { "here".to_string() } else { clean(&label.text) };
        report = report.with_label(Label::new(place.clone()).with_color(paint).with_order(order).with_message(words));
    }
    let mut bytes = Vec::new();
    if report.finish().write(&mut views, &mut bytes).is_ok() {
        // ariadne's own first line is dropped: it would be coloured even where no colour is wanted.
        for (n, line) in String::from_utf8_lossy(&bytes).lines().skip(1).enumerate() {
            let line = line.trim_end();
            let _ = match diagnostic.labels.iter().find(|l| l.primary).or(diagnostic.labels.first()) {
                // The excerpt may be cut from a long line; its head still says where in the file that is.
                Some(l) if n == 0 => writeln!(out, "{}", true_place(line, sources.line_column(l.span.file, l.span.start))),
                _ => writeln!(out, "{}", label_line(line, columns)),
            };
        }
    }
    for label in diagnostic.labels.iter().filter(|l| views.place(l.span).is_none()) {
        let (line, column) = sources.line_column(label.span.file, label.span.start);
        if let Some(file) = sources.get(label.span.file) {
            let _ = writeln!(out, "{}", sentence("", &format!("also at {}:{line}:{column}: {}", clean(&file.name), clean(&label.text)), 6, columns));
        }
    }
    write_help(out, diagnostic, columns);
}

/// The head of an excerpt, `╭─[ file:line:column ]`, with the place in the file itself.
fn true_place(head: &str, (line, column): (usize, usize)) -> String {
    let Some((before, rest)) = head.rsplit_once(':') else { return head.to_string() };
    let Some((before, _)) = before.rsplit_once(':') else { return head.to_string() };
    let end = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}:{line}:{column}{end}")
}

fn write_help(out: &mut String, diagnostic: &Diagnostic, columns: Option<usize>) {
    if let Some(help) = &diagnostic.help {
        for (i, line) in help.lines().enumerate() {
            let _ = writeln!(out, "{}", sentence(if i == 0 { "help: " } else { "      " }, &clean(line), 6, columns));
        }
    }
}

/// A sentence after its head, broken between words where a terminal is narrow; further lines are indented.
fn sentence(head: &str, text: &str, indent: usize, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return format!("{head}{text}") };
    let room = columns.max(30);
    let lines = words(text, room - head.width().min(room / 2), room - indent);
    format!("{head}{}", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// A text cut between words into lines of so many columns.
fn words(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let room = if lines.is_empty() { first } else { rest };
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// A label with less room than this to its right stands on lines of its own.
const NARROW: usize = 20;

/// A line of an excerpt whose label is too long, continued below the label.
fn label_line(line: &str, columns: Option<usize>) -> String {
    let shown = |s: &str| strip(s).width();
    let Some(columns) = columns.filter(|c| shown(line) > *c) else { return line.to_string() };
    let Some(at) = ["╰", "├"].iter().filter_map(|m| line.rfind(m)).max() else { return line.to_string() };
    let Some(start) = line.get(at..).and_then(|r| r.find(' ')).map(|k| at + k + 1) else { return line.to_string() };
    let (head, text) = line.split_at(start);
    let lead = shown(head);
    let gutter = strip(head).chars().position(|c| matches!(c, '│' | '┆')).unwrap_or(0);
    let room = columns.saturating_sub(lead);
    if room < NARROW {
        // So far to the right there is no room: the words stand below, from the margin on.
        let margin: String = strip(head).chars().take(gutter + 1).collect();
        let lines = words(text, columns.saturating_sub(gutter + 3), columns.saturating_sub(gutter + 3));
        let told: String = lines.iter().map(|l| format!("\n{margin}  {l}")).collect();
        return format!("{}{told}", head.trim_end());
    }
    let below: String = strip(head).chars().enumerate().map(|(k, c)| if k == gutter { c } else { ' ' }).collect();
    format!("{head}{}", words(text, room, room).join(&format!("\n{below}")))
}

/// A text without escape sequences.
pub fn strip(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            let _ = chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            out.push(c);
        }
    }
    out
}

/// Replaces what would move the cursor or reorder the line.
fn clean(text: &str) -> String {
    text.chars().map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        '\t' => ' ',
        // Joiners have no width of their own; an excerpt shows where one stands.
        '\u{200C}' | '\u{200D}' | '\n' => MARK,
        c if obeyed(c) => MARK,
        c => c,
    }
}

/// A line of a file as it is drawn: where its window begins in the file, and the text of the window.
struct Line {
    start: usize,
    window: Range<usize>,
    number: usize,
}

/// The drawn excerpt of each file that the diagnostic touches.
struct Views<'a> {
    /// Characters of a line kept on either side of a label.
    window: usize,
    sources: &'a SourceMap,
    lines: BTreeMap<u32, Vec<Line>>,
    drawn: BTreeMap<u32, (Source<String>, Vec<usize>)>,
}

impl<'a> Views<'a> {
    fn new(diagnostic: &Diagnostic, sources: &'a SourceMap, columns: Option<usize>) -> Self {
        // The excerpt's margin takes about eight columns.
        let window = columns.map_or(WINDOW, |c| (c.saturating_sub(8) / 2).clamp(20, WINDOW));
        let mut views = Views { window, sources, lines: BTreeMap::new(), drawn: BTreeMap::new() };
        let (culprits, others): (Vec<_>, Vec<_>) = diagnostic.labels.iter().partition(|l| l.primary);
        for label in culprits.into_iter().chain(others) {
            views.open(label.span);
        }
        let files: Vec<u32> = views.lines.keys().copied().collect();
        for file in files {
            views.draw(file);
        }
        views
    }

    /// Notes the line of a span, widening its window so that the span's first characters show.
    fn open(&mut self, span: Span) {
        let Some(file) = self.sources.get(span.file) else { return };
        let text: &str = &file.text;
        let (start, end) = clamp(text, span);
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
        let line_end = if text[start..line_end].ends_with('\r') { line_end - 1 } else { line_end };
        let low = back(text, start, self.window).max(line_start);
        let high = forth(text, start.max(end.min(forth(text, start, self.window))), self.window).min(line_end);
        let high = if self.window < WINDOW { high.min(forth(text, low, 2 * self.window)) } else { high };
        let lines = self.lines.entry(span.file.0).or_default();
        match lines.iter_mut().find(|l| l.start == line_start) {
            Some(line) => {
                let wider = line.window.start.min(low)..line.window.end.max(high);
                // Two places far apart on one line are no excerpt: the second is told in words.
                if wider.len() <= WIDEST {
                    line.window = wider;
                }
            }
            None => lines.push(Line { start: line_start, window: low..high, number: text[..line_start].matches('\n').count() }),
        }
    }

    /// Writes the view: empty lines, so that numbers stay right, and the windows of the noted ones.
    fn draw(&mut self, file: u32) {
        let Some(source) = self.sources.get(FileId(file)) else { return };
        let Some(lines) = self.lines.get_mut(&file) else { return };
        lines.sort_by_key(|l| l.start);
        let (mut text, mut starts, mut at) = (String::new(), Vec::new(), 0);
        for line in lines.iter() {
            while at < line.number {
                text.push('\n');
                at += 1;
            }
            starts.push(text.len());
            text.extend(source.text[line.window.clone()].chars().map(plain));
            // A label at the end of a line is one character wide and needs something to stand under.
            text.push(' ');
        }
        self.drawn.insert(file, (Source::from(text), starts));
    }

    /// Where a span is drawn: at least one character wide, on one line.
    fn place(&self, span: Span) -> Option<(u32, Range<usize>)> {
        let source = self.sources.get(span.file)?;
        let (start, end) = clamp(&source.text, span);
        let lines = self.lines.get(&span.file.0)?;
        let (_, starts) = self.drawn.get(&span.file.0)?;
        let line_start = source.text[..start].rfind('\n').map_or(0, |i| i + 1);
        let index = lines.iter().position(|l| l.start == line_start)?;
        let (line, base) = (lines.get(index)?, *starts.get(index)?);
        if start < line.window.start || start > line.window.end {
            return None;
        }
        let drawn = |range: Range<usize>| source.text.get(range).map_or(0, |s| s.chars().map(|c| plain(c).len_utf8()).sum::<usize>());
        let from = base + drawn(line.window.start..start.max(line.window.start));
        let visible = end.min(line.window.end).max(start);
        let mut width = drawn(start..visible);
        let trimmed = source.text[start..visible].trim_end();
        if !trimmed.is_empty() {
            width = drawn(start..start + trimmed.len());
        }
        if width == 0 {
            let next = source.text[start..line.window.end.max(start)].chars().next();
            width = next.map_or(1, |c| plain(c).len_utf8());
        }
        Some((span.file.0, from..from + width))
    }
}

impl Cache<u32> for Views<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &u32) -> Result<&Source<String>, impl Debug> {
        self.drawn.get(id).map(|(source, _)| source).ok_or("no such file")
    }

    fn display<'b>(&self, id: &'b u32) -> Option<impl Display + 'b> {
        self.sources.get(FileId(*id)).map(|f| clean(&f.name))
    }
}

/// The span within the text, on character boundaries, not backwards.
fn clamp(text: &str, span: Span) -> (usize, usize) {
    let mut start = (span.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}

/// `count` characters back from `at`, or the text's start.
fn back(text: &str, at: usize, count: usize) -> usize {
    text[..at].char_indices().rev().take(count).last().map_or(at, |(i, _)| i)
}

/// `count` characters on from `at`, or the text's end.
fn forth(text: &str, at: usize, count: usize) -> usize {
    text[at..].char_indices().nth(count).map_or(text.len(), |(i, _)| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(file: FileId, start: usize, end: usize) -> Span {
        Span::new(file, start, end)
    }

    fn one(text: &str, start: usize, end: usize) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("a.trade", text);
        render_text(&[Diagnostic::new("P001", "title").at(span(file, start, end), "here").help("do this")], &sources, false).to_string()
    }

    #[test]
    fn places_far_apart_on_one_line_are_told_in_words() {
        let line = "good x ".repeat(20_000);
        let mut sources = SourceMap::default();
        let file = sources.add("a.trade", line.as_str());
        let d = Diagnostic::new("N040", "twice").at(span(file, 70_000, 70_004), "again here").see(span(file, 0, 4), "declared here");
        let text = render_text(&[d], &sources, false);
        assert!(text.len() < 2_000, "{} bytes", text.len());
        assert!(text.contains("again here") && text.contains("also at a.trade:1:1: declared here"), "{}", text.as_str());
    }

    #[test]
    fn header_place_and_help() {
        let text = one("let a = 1\nlet b = $\n", 18, 19);
        assert!(text.starts_with("error[P001]: title\n"), "{text}");
        assert!(text.contains("a.trade:2:9"), "{text}");
        assert!(text.contains("let b = $"), "{text}");
        assert!(text.ends_with("help: do this\n"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn greek_letters_do_not_shift_labels() {
        let text = one("let β = γ + $", "let β = γ + ".len(), "let β = γ + $".len());
        assert!(text.contains("a.trade:1:13"), "{text}");
    }

    #[test]
    fn any_span_is_drawn() {
        let text = "β\u{0}\r\n\té ";
        for start in 0..20 {
            for end in 0..20 {
                assert!(one(text, start, end).contains("here"), "{start}..{end}");
            }
        }
        assert!(one("", 0, 0).contains("here"));
        assert!(one("a\n", 2, 2).contains("a.trade:2:1"));
    }

    #[test]
    fn a_line_of_a_million_characters_is_cut() {
        let line = "x".repeat(1_000_000);
        assert!(one(&line, 500_000, 900_000).len() < 4000);
    }

    #[test]
    fn labels_in_several_files() {
        let mut sources = SourceMap::default();
        let a = sources.add("a.trade", "good x\n");
        let b = sources.add("b.trade", "\ngood x\n");
        let d = Diagnostic::new("P001", "twice").see(span(a, 5, 6), "first here").at(span(b, 6, 7), "again here");
        let text = render_text(std::slice::from_ref(&d), &sources, false);
        assert!(text.contains("b.trade:2:6") && text.contains("a.trade:1:6"), "{text}");
        let json = to_json(&d, &sources);
        assert_eq!(json["file"], "b.trade");
        assert_eq!(json["labels"][0]["file"], "a.trade");
        assert_eq!(json["labels"][1]["line"], 2);
        assert_eq!(json["severity"], "error");
        assert!(json["help"].is_null());
    }

    #[test]
    fn without_labels_and_with_a_lost_file() {
        let sources = SourceMap::default();
        let d = Diagnostic::new("P001", "title").help("a\nb");
        assert_eq!(render_text(std::slice::from_ref(&d), &sources, false).as_str(), "error[P001]: title\nhelp: a\n      b\n");
        let lost = Diagnostic::new("P001", "title").at(span(FileId(7), 0, 1), "here");
        assert_eq!(render_text(std::slice::from_ref(&lost), &sources, false).as_str(), "error[P001]: title\n");
        assert!(to_json(&lost, &sources)["file"].is_null());
    }

    /// Wherever on its line a label stands, and however much it says, the excerpt fits the terminal.
    #[test]
    fn an_excerpt_fits_the_terminal() {
        for columns in [60, 80, 120] {
            for length in [1, 30, 59, 75, 130, 400] {
                for start in (0..length).step_by(7) {
                    for width in [1, 10, 200] {
                        for label in ["here", "this condition is not met where the search ended, and the one that stands beside it is not met either"]
                        {
                            let mut sources = SourceMap::default();
                            let file = sources.add("a.trade", &"word ".repeat(80)[..length]);
                            let d = Diagnostic::new("P001", "title").at(span(file, start, (start + width).min(length)), label);
                            let text = render_within(&[d], &sources, false, Some(columns)).to_string();
                            let widest = text.lines().map(|l| l.width()).max().unwrap_or(0);
                            assert!(widest <= columns, "{widest} columns of {columns}, {start} to {} of {length}:\n{text}", start + width);
                        }
                    }
                }
            }
        }
    }
}
