//! From text to tree: cut into declarations, each read by pest, so that one that is broken does not hide the next.

mod arguments;
mod blocks;
mod borders;
mod cut;
mod declare;
mod expect;
mod expression;
mod form;
pub mod grammar;
mod scan;

pub use arguments::{parse_assignment, parse_axes, parse_changes, parse_expr, parse_items, parse_plot, parse_query};
pub use expression::{invisible, normalize};

use super::tree::{Declaration, File};
use super::{soft, words};
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use cut::Chunk;
use expect::Context;
use expression::Builder;
use grammar::{Rule, read, with_stack};
use std::ops::Range;

/// Bytes of the longest declaration.
const LONGEST: usize = 8 << 20;
/// Errors shown of one file.
const SHOWN: usize = 20;
/// Broken declarations after which a file is read no further.
const HOPELESS: usize = 1000;

/// The text of a file's bytes, a byte-order mark left out.
///
/// Bytes that are not UTF-8 are an error that names the offset of the first.
pub fn decode(bytes: &[u8]) -> Result<String, Diagnostic> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_string()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes.get(..at).unwrap_or_default().iter().filter(|b| **b == b'\n').count() + 1;
            let byte = bytes.get(at).copied().unwrap_or_default();
            let help = match bytes {
                [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "the file looks like UTF-16; save it as UTF-8",
                _ => "save the file as UTF-8",
            };
            Err(Diagnostic::new("P016", format!("the byte 0x{byte:02X} at offset {at} (line {line}) is not UTF-8")).help(help))
        }
    }
}

/// The declarations of a file and everything that is wrong with its text; broken declarations are left out.
pub fn parse_file(file: FileId, text: &str) -> (File, Diagnostics) {
    let (mut tree, mut found) = (File::default(), Diagnostics::default());
    if u32::try_from(text.len()).is_err() {
        found.push(too_long(Span::new(file, 0, 0)));
        return (tree, found);
    }
    let mut chunks = cut::cut(file, text);
    let (mut broken, mut hidden, mut last) = (0, 0, None);
    // A reserved word used as a name begins a declaration of its own; what that lacks is no news.
    let mut excused = false;
    for chunk in chunks.by_ref() {
        let attempt = declaration(file, text, &chunk);
        let excuse = std::mem::take(&mut excused) && chunk.same_line;
        match attempt {
            Ok(declaration) => tree.declarations.push(declaration),
            Err(_) if excuse => tree.broken.push(Span::new(file, chunk.range.start, chunk.range.end)),
            Err(Broken { mut list, at_end }) => {
                broken += 1;
                tree.broken.push(Span::new(file, chunk.range.start, chunk.range.end));
                if at_end
                    && let Some((word, span)) = next_on_line(file, text, &chunk)
                    && let [only] = list.as_mut_slice()
                {
                    excused = true;
                    if only.code == "P001" && !only.labels.iter().any(|l| l.text.contains("a name") || l.text.contains("an expression")) {
                        only.title = only.title.replace("the end of the declaration", &format!("`{word}`"));
                        for label in &mut only.labels {
                            label.span = span;
                        }
                    } else if only.code == "P001" {
                        let wanted = only.labels.first().and_then(|l| l.text.strip_prefix("expected ")).unwrap_or("a name");
                        *only = expect::reserved(word, span, wanted);
                    }
                }
                for diagnostic in list {
                    if found.list.len() < SHOWN { found.push(diagnostic) } else { hidden += 1 }
                }
                last = Some(chunk.word_range);
            }
        }
        if broken >= HOPELESS {
            break;
        }
    }
    let unread = broken >= HOPELESS;
    if let Some(diagnostic) = chunks.unclosed_comment.take() {
        found.push(diagnostic);
    }
    if hidden > 0 {
        found.push(more(file, hidden, unread, last));
    }
    (tree, found)
}

/// Where the declarations of a text without errors stand, and how deep each nests.
pub(super) fn declaration_ranges(text: &str) -> Vec<(Range<usize>, usize)> {
    cut::cut(FileId(0), text).map(|chunk| (chunk.range, chunk.depth)).collect()
}

/// What is wrong with one declaration, and whether pest failed at its end.
struct Broken {
    list: Vec<Diagnostic>,
    at_end: bool,
}

impl From<Diagnostic> for Broken {
    fn from(diagnostic: Diagnostic) -> Self {
        Broken { list: vec![diagnostic], at_end: false }
    }
}

fn declaration(file: FileId, text: &str, chunk: &Chunk<'_>) -> Result<Declaration, Broken> {
    let span = Span::new(file, chunk.range.start, chunk.range.end);
    let first = Span::new(file, chunk.word_range.start, chunk.word_range.end);
    if let Some(what) = soft::later_of(chunk.word).or_else(|| words::later_attribute(chunk.word, "")) {
        return Err(Broken { list: vec![scan::not_yet(what, first)], at_end: true });
    }
    if chunk.word.is_empty() {
        return Err(stray(text, chunk, first).into());
    }
    if let Some(trouble) = &chunk.trouble {
        return Err(trouble.clone().into());
    }
    let own = text.get(chunk.range.clone()).unwrap_or_default();
    if own.len() > LONGEST {
        return Err(too_long(first).into());
    }
    let context = Context { file, text, range: chunk.range.clone(), word: chunk.word, form: expect::synopsis(chunk.word) };
    let work = || {
        let pairs = read(Rule::one_declaration, own).map_err(|failure| {
            let (diagnostic, at_end) = context.explain(failure);
            Broken { list: vec![diagnostic], at_end }
        })?;
        let mut builder = Builder::new(file, chunk.range.start);
        let inner = pairs.into_iter().next().and_then(|pair| pair.into_inner().next());
        let kind = inner.and_then(|pair| builder.declaration(pair));
        match kind {
            Some(kind) if builder.found.is_empty() => Ok(kind),
            None if builder.found.is_empty() => Err(unreadable(span).into()),
            _ => Err(Broken { list: builder.found, at_end: false }),
        }
    };
    let kind = with_stack(chunk.depth, work).unwrap_or_else(|| Err(no_stack(first).into()))?;
    Ok(Declaration { span, doc: chunk.doc.clone(), kind })
}

/// Text where a declaration should begin.
fn stray(text: &str, chunk: &Chunk<'_>, span: Span) -> Diagnostic {
    if let Some(trouble) = &chunk.trouble
        && trouble.code != "P003"
        && trouble.labels.first().is_some_and(|l| l.span == span)
    {
        return trouble.clone();
    }
    let slice = text.get(chunk.word_range.clone()).unwrap_or_default();
    if let Some(what) = words::later_attribute(slice, "") {
        return scan::not_yet(what, span);
    }
    let shown: String = slice.chars().take(40).collect();
    let help = match cut::nearly_declares(&shown) {
        Some(word) if shown.to_lowercase() == word => format!("the language's words are in lower case: `{word}`"),
        Some(word) => format!("did you mean `{word}`?"),
        None => "declarations begin with words such as `parameter`, `country`, `factor`, `good`, `industry`".to_string(),
    };
    Diagnostic::new("P002", format!("no declaration begins with `{shown}`")).at(span, "expected a declaration").help(help)
}

/// The reserved word that follows a declaration on its last line.
fn next_on_line<'a>(file: FileId, text: &'a str, chunk: &Chunk<'_>) -> Option<(&'a str, Span)> {
    let rest = text.get(chunk.range.end..)?;
    let line = rest.get(..rest.find('\n').unwrap_or(rest.len()))?;
    let token = super::lexer::lex(line).find(|t| !t.kind.is_trivia())?;
    let word = line.get(token.range.clone())?;
    let start = chunk.range.end + token.range.start;
    scan::is_reserved_token(&token, word).then(|| (word, Span::new(file, start, start + word.len())))
}

fn more(file: FileId, hidden: usize, unread: bool, last: Option<Range<usize>>) -> Diagnostic {
    let at_least = if unread { "at least " } else { "" };
    let mut diagnostic = Diagnostic::new("P017", format!("{at_least}{hidden} more errors in this file"));
    if let Some(range) = last {
        diagnostic = diagnostic.at(Span::new(file, range.start, range.end), if unread { "read up to here" } else { "the last one" });
    }
    diagnostic.help("correct the first ones and check again")
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::new("P013", "this text is too long").at(span, "").help("split it, or put the numbers in a table")
}

fn unreadable(span: Span) -> Diagnostic {
    Diagnostic::new("P001", "this cannot be read").at(span, "")
}

fn no_stack(span: Span) -> Diagnostic {
    Diagnostic::new("P012", "nesting is too deep for this machine").at(span, "").help("name parts of the expression with `let`")
}
