//! Cuts a file into its declarations, so that one that is broken does not hide the next.
//!
//! A declaration begins at a word that begins one, at brace depth 0. Such a word first on its line inside a block begins one too: it can be
//! nothing else there, so the block before it was not closed.

use super::super::lexer::{Token, TokenKind, lex};
use super::super::{soft, words};
use super::scan::Scan;
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use std::ops::Range;
use std::sync::Arc;

/// Words after which a name must come, so that no declaration ends with them.
const WAITING: [&str; 15] =
    ["in", "of", "to", "from", "price", "margin", "bill", "substitution", "mark", "as", "specific", "makes", "cost", "start", "complements"];

/// The text of one declaration.
pub struct Chunk<'a> {
    pub range: Range<usize>,
    /// The word that begins it, empty for text before any declaration.
    pub word: &'a str,
    pub word_range: Range<usize>,
    pub doc: Option<Arc<str>>,
    pub depth: usize,
    /// What its tokens alone show to be wrong; it cannot be read then.
    pub trouble: Option<Diagnostic>,
    /// Whether it begins on the line where the one before ends.
    pub same_line: bool,
}

/// Iterates over the declarations of a text.
pub struct Cutter<'a, I: Iterator<Item = Token> + Clone> {
    file: FileId,
    text: &'a str,
    tokens: I,
    /// The first token of the next declaration with its documentation.
    pending: Option<(Token, Option<Arc<str>>, bool)>,
    /// A comment without end, found once the text is read.
    pub unclosed_comment: Option<Diagnostic>,
}

/// The declarations of a text.
pub fn cut(file: FileId, text: &str) -> Cutter<'_, impl Iterator<Item = Token> + Clone + '_> {
    Cutter { file, text, tokens: lex(text), pending: None, unclosed_comment: None }
}

/// What stands between two tokens.
#[derive(Default)]
struct Between {
    newline: bool,
    /// Only blanks since the line's beginning.
    fresh: bool,
    docs: Vec<Range<usize>>,
}

impl<'a, I: Iterator<Item = Token> + Clone> Cutter<'a, I> {
    fn slice(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    /// Whether a word begins a declaration here.
    fn begins(&self, token: &Token, scan: Option<&Scan<'_>>, line_first: bool) -> bool {
        let word = self.slice(token);
        // An attribute's word may end a declaration too.
        let ended = |s: &Scan| s.braces == 0 && (s.after_operand() || s.previous_word() == "numeraire") && !WAITING.contains(&s.previous_word());
        if token.kind != TokenKind::Keyword && soft::is_soft(word) {
            let following = self.next_words().map(|t| (t.kind, self.slice(&t)));
            let here = soft::begins(word, following.clone()).is_some() || line_first && soft::nearly(word, following);
            return here && scan.is_none_or(ended);
        }
        if token.kind == TokenKind::Name {
            return line_first && scan.is_some_and(ended) && self.is_misspelt(word);
        }
        if token.kind != TokenKind::Keyword || !words::begins_declaration(word) {
            return false;
        }
        let quantity = |t: Token| self.slice(&t) == "[" || self.slice(&t) == "*" && t.range.start == token.range.end;
        if word == "demand" && self.next_words().next().is_some_and(quantity) {
            return false;
        }
        let Some(scan) = scan else { return true };
        if word == "demand" && scan.previous_word() == "export" {
            return false;
        }
        if scan.braces == 0 {
            return !(word == "numeraire" && scan.word == "good" && !self.value_follows());
        }
        let inside = match word {
            "technology" => matches!(scan.word, "industry" | "continuum"),
            "demand" => matches!(scan.word, "household" | "continuum"),
            _ => false,
        };
        line_first && !inside
    }

    /// Whether a name in a declaration's place was meant to begin one: nearly its word, and a name, a brace or a binder follows.
    fn is_misspelt(&self, word: &str) -> bool {
        let Some(next) = self.next_words().next() else { return false };
        let follows = next.kind.is_word() || matches!(self.slice(&next), "{" | "[");
        follows && nearly_declares(word).is_some()
    }

    /// The tokens to come, without blanks and comments.
    fn next_words(&self) -> impl Iterator<Item = Token> + Clone + use<'a, I> {
        self.tokens.clone().filter(|t| !t.kind.is_trivia())
    }

    /// Whether what follows `numeraire` in a good's line can be its value, so that it is a declaration of its own.
    fn value_follows(&self) -> bool {
        let mut next = self.next_words();
        let Some(first) = next.next() else { return false };
        let slice = self.slice(&first);
        match first.kind {
            TokenKind::Number => true,
            TokenKind::Bracket => slice == "(",
            TokenKind::Operator => slice == "-",
            TokenKind::Keyword if slice == "if" => true,
            TokenKind::Keyword if slice != "demand" => false,
            _ if matches!(slice, "price" | "demand") => next.next().is_some_and(|t| self.slice(&t) == "["),
            TokenKind::Contextual | TokenKind::Name => {
                let following = next.map(|t| (t.kind, self.slice(&t)));
                let attribute = slice == "nontraded" || slice == "differentiated" && following.clone().next().is_some_and(|t| t.1 == "(");
                !attribute && soft::begins(slice, following).is_none()
            }
            _ => false,
        }
    }

    fn documentation(&self, between: &Between) -> Option<Arc<str>> {
        let lines: Vec<&str> = between
            .docs
            .iter()
            .filter_map(|r| self.text.get(r.clone()))
            .map(|line| line.strip_prefix("///").unwrap_or(line))
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n").into())
    }
}

impl<'a, I: Iterator<Item = Token> + Clone> Iterator for Cutter<'a, I> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let mut chunk: Option<(Chunk<'a>, Scan<'a>)> = None;
        let mut between = Between { fresh: true, ..Between::default() };
        if let Some((token, doc, same_line)) = self.pending.take() {
            chunk = Some(self.start(token, doc, same_line, true));
        }
        while let Some(token) = self.tokens.next() {
            match token.kind {
                TokenKind::Whitespace => {
                    let newline = self.slice(&token).contains('\n');
                    between.newline |= newline;
                    between.fresh |= newline;
                }
                TokenKind::DocComment => {
                    // After a declaration on the same line it is an ordinary comment.
                    if between.fresh || (chunk.is_none() && token.range.start == 0) {
                        between.docs.push(token.range);
                    }
                }
                TokenKind::Comment => {
                    let newline = self.slice(&token).contains('\n');
                    between.newline |= newline;
                    between.fresh = newline;
                }
                TokenKind::UnclosedComment => {
                    let span = Span::new(self.file, token.range.start, token.range.start + 2);
                    let diagnostic = Diagnostic::new("P005", "this comment is not closed").at(span, "no `*/` follows");
                    self.unclosed_comment = Some(diagnostic);
                }
                _ => {
                    let line_first = between.newline || chunk.is_none();
                    if self.begins(&token, chunk.as_ref().map(|(_, scan)| scan), line_first) {
                        let doc = self.documentation(&between);
                        match chunk {
                            None => chunk = Some(self.start(token, doc, false, true)),
                            Some((chunk, scan)) => {
                                self.pending = Some((token, doc, !line_first));
                                return Some(finish(chunk, scan));
                            }
                        }
                    } else if let Some((chunk, scan)) = &mut chunk {
                        scan.feed(&token);
                        chunk.range.end = token.range.end;
                    } else {
                        chunk = Some(self.start(token, None, false, false));
                    }
                    between = Between::default();
                }
            }
        }
        chunk.map(|(chunk, scan)| finish(chunk, scan))
    }
}

impl<'a, I: Iterator<Item = Token> + Clone> Cutter<'a, I> {
    fn start(&self, token: Token, doc: Option<Arc<str>>, same_line: bool, declaration: bool) -> (Chunk<'a>, Scan<'a>) {
        // A misspelt word begins no declaration, but what it begins is none of the declaration before it.
        let own = self.slice(&token);
        let word = if declaration && (token.kind != TokenKind::Name || soft::is_soft(own)) { own } else { "" };
        let mut scan = Scan::new(self.file, self.text, word);
        scan.feed(&token);
        let (range, word_range) = (token.range.clone(), token.range);
        (Chunk { range, word, word_range, doc, depth: 0, trouble: None, same_line }, scan)
    }
}

/// The word that begins a declaration which another word nearly is.
pub fn nearly_declares(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let known = words::DECLARATIONS.iter().chain(&words::DEFINITIONS);
    let near = known.map(|w| (strsim::damerau_levenshtein(w, &lower), *w));
    near.filter(|(distance, w)| *distance <= 1 + w.len() / 4 && *distance < w.len().min(lower.len())).min().map(|(_, w)| w)
}

fn finish<'a>(mut chunk: Chunk<'a>, mut scan: Scan<'a>) -> Chunk<'a> {
    scan.finish();
    chunk.depth = scan.deepest;
    chunk.trouble = scan.trouble;
    chunk
}
