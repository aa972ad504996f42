//! What can be told from the tokens alone, before pest runs: strange characters, brackets, depth.

use super::super::lexer::{Token, TokenKind};
use super::super::words;
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// Levels of brackets, powers, signs and conditions that may stand within each other.
pub const DEPTH_LIMIT: usize = 256;

/// An open bracket and the operators inside it that nest to the right.
#[derive(Clone, Copy)]
struct Frame {
    open: u8,
    at: usize,
    /// The bracket of a `sum`, `prod`, `min` or `max` that binds an index.
    fold: Fold,
    conditions: usize,
    folds: usize,
    powers: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Fold {
    No,
    Word,
    Binds,
}

impl Frame {
    fn new(open: u8, at: usize, fold: Fold) -> Self {
        Frame { open, at, fold, conditions: 0, folds: 0, powers: 0 }
    }

    fn depth(&self) -> usize {
        1 + self.conditions + self.folds + self.powers
    }
}

/// Reads one declaration's tokens and keeps the first thing that is wrong with them.
pub struct Scan<'a> {
    file: FileId,
    text: &'a str,
    frames: Vec<Frame>,
    /// Brackets beyond the limit, which are counted and not kept.
    beyond: usize,
    total: usize,
    /// The deepest level met.
    pub deepest: usize,
    /// Open braces.
    pub braces: usize,
    previous: Option<Token>,
    /// The word that begins the declaration, empty if none does.
    pub word: &'a str,
    pub trouble: Option<Diagnostic>,
}

impl<'a> Scan<'a> {
    pub fn new(file: FileId, text: &'a str, word: &'a str) -> Self {
        let base = Frame::new(0, 0, Fold::No);
        Scan { file, text, frames: vec![base], beyond: 0, total: 1, deepest: 1, braces: 0, previous: None, word, trouble: None }
    }

    fn slice(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.trouble.is_none() {
            self.trouble = Some(diagnostic);
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The last token that is no blank or comment.
    pub fn previous_word(&self) -> &'a str {
        self.previous.as_ref().map_or("", |t| self.slice(t))
    }

    /// Takes the next token, which is no blank or comment.
    pub fn feed(&mut self, token: &Token) {
        let slice = self.slice(token);
        match token.kind {
            TokenKind::Error => self.strange(token),
            TokenKind::UnclosedString => {
                let span = self.span(token.range.start, token.range.end);
                self.report(Diagnostic::new("P004", "this string is not closed").at(span, "no closing `\"` on this line"));
            }
            TokenKind::Bracket if matches!(slice, "(" | "[" | "{") => self.open(token, slice),
            TokenKind::Bracket => self.close(token, slice),
            TokenKind::Operator => self.operator(slice),
            TokenKind::Punctuation => self.set(|f| (f.conditions, f.folds, f.powers) = (0, 0, 0)),
            TokenKind::Keyword | TokenKind::Contextual | TokenKind::Name => self.word(token, slice),
            _ => {}
        }
        if self.total > DEPTH_LIMIT && self.trouble.is_none() {
            let help = "name parts of the expression with `let`";
            let span = self.span(token.range.start, token.range.end);
            self.report(Diagnostic::new("P012", format!("nesting is deeper than {DEPTH_LIMIT} levels")).at(span, "one level too many").help(help));
        }
        self.deepest = self.deepest.max(self.total);
        self.previous = Some(token.clone());
    }

    /// Changes the innermost frame and the total with it.
    fn set(&mut self, change: impl FnOnce(&mut Frame)) {
        if let Some(frame) = self.frames.last_mut() {
            let before = frame.depth();
            change(frame);
            self.total = self.total + frame.depth() - before;
        }
    }

    fn open(&mut self, token: &Token, slice: &str) {
        if self.frames.len() > DEPTH_LIMIT {
            self.beyond += 1;
            self.total += 1;
            return;
        }
        let after_fold_word = matches!(self.previous_word(), "sum" | "prod" | "min" | "max");
        let fold = if slice == "(" && after_fold_word { Fold::Word } else { Fold::No };
        self.frames.push(Frame::new(slice.bytes().next().unwrap_or(b'('), token.range.start, fold));
        self.total += 1;
        self.braces += usize::from(slice == "{");
    }

    fn close(&mut self, token: &Token, slice: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            self.total -= 1;
            return;
        }
        let top = self.frames.last().copied().unwrap_or(Frame::new(0, 0, Fold::No));
        // `(0, 1]` is an interval, so that either round or square closes either.
        let matches = if slice == "}" { top.open == b'{' } else { matches!(top.open, b'(' | b'[') };
        if matches {
            self.pop();
        } else if slice == "}" && self.braces > 0 {
            self.report(unclosed(self.span(top.at, top.at + 1), self.text));
            while self.frames.last().is_some_and(|f| f.open != b'{' && f.open != 0) {
                self.pop();
            }
            self.pop();
        } else {
            let span = self.span(token.range.start, token.range.end);
            self.report(Diagnostic::new("P003", format!("`{slice}` closes nothing")).at(span, "no bracket of this kind is open here"));
        }
    }

    fn pop(&mut self) {
        if self.frames.len() > 1
            && let Some(frame) = self.frames.pop()
        {
            self.total -= frame.depth();
            self.braces -= usize::from(frame.open == b'{');
            if frame.fold == Fold::Binds {
                self.set(|f| f.folds += 1);
            }
        }
    }

    /// Whether the previous token ends an operand, so that a sign after it joins and does not nest.
    pub fn after_operand(&self) -> bool {
        self.previous.as_ref().is_some_and(|p| match p.kind {
            TokenKind::Number | TokenKind::String | TokenKind::Name => true,
            TokenKind::Contextual => !matches!(self.slice(p), "and" | "or" | "not"),
            TokenKind::Bracket => matches!(self.slice(p), ")" | "]" | "}"),
            TokenKind::Operator => self.slice(p) == "%",
            _ => false,
        })
    }

    fn operator(&mut self, slice: &str) {
        let joins = self.after_operand();
        match slice {
            "^" => self.set(|f| f.powers += 1),
            "-" | "−" if !joins => self.set(|f| f.powers += 1),
            "*" | "×" | "/" => self.set(|f| f.powers = 0),
            "=" => self.set(|f| (f.conditions, f.folds, f.powers) = (0, 0, 0)),
            "%" => {}
            _ => self.set(|f| (f.folds, f.powers) = (0, 0)),
        }
    }

    fn word(&mut self, token: &Token, slice: &str) {
        if let Some(number) = self.previous.as_ref().filter(|p| p.kind == TokenKind::Number && p.range.end == token.range.start)
            && slice != "pp"
        {
            let number = self.slice(number);
            let (span, help) = (self.span(token.range.start, token.range.end), format!("a product is written `{number} * {slice}`"));
            self.report(Diagnostic::new("P007", format!("a name right after the number `{number}`")).at(span, "no operator before it").help(help));
        }
        match slice {
            "if" => self.set(|f| f.conditions += 1),
            "not" => self.set(|f| f.powers += 1),
            "in" => {
                if let Some(frame) = self.frames.last_mut().filter(|f| f.fold == Fold::Word) {
                    frame.fold = Fold::Binds;
                }
            }
            "and" | "or" | "then" | "else" => self.set(|f| (f.folds, f.powers) = (0, 0)),
            _ if token.kind == TokenKind::Keyword => self.set(|f| (f.conditions, f.folds, f.powers) = (0, 0, 0)),
            _ => {}
        }
    }

    /// A bracket left open at the declaration's end is its trouble.
    pub fn finish(&mut self) {
        if self.beyond == 0
            && let Some(frame) = self.frames.last().filter(|f| f.open != 0)
        {
            let at = frame.at;
            self.report(unclosed(self.span(at, at + 1), self.text));
        }
    }

    fn strange(&mut self, token: &Token) {
        let slice = self.slice(token);
        let c = slice.chars().next().unwrap_or('\u{FFFD}');
        let span = self.span(token.range.start, token.range.end);
        let beside_digit = self.previous.as_ref().is_some_and(|p| p.kind == TokenKind::Number && p.range.end == token.range.start)
            || self.text.get(token.range.end..).is_some_and(|rest| rest.starts_with(|d: char| d.is_ascii_digit()));
        if c == '.' && beside_digit {
            let help = "write `1.0` or `0.5`; a range is `a..b`";
            self.report(Diagnostic::new("P007", "a number needs a digit on both sides of its point").at(span, "this point").help(help));
            return;
        }
        if c == '@' && matches!(self.word, "industry" | "demand" | "technology") {
            self.report(not_yet("the benchmark form of technologies and demand (`40 @ 1.2`)", span));
            return;
        }
        let shown =
            if c.is_control() || c == '\u{FFFD}' { format!("the character U+{:04X}", c as u32) } else { format!("`{c}` (U+{:04X})", c as u32) };
        let mut diagnostic = Diagnostic::new("P006", format!("{shown} has no meaning here")).at(span, "no word, number or operator");
        if let Some(help) = instead(c) {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
    }
}

/// What to type instead of a character that looks like one of the language's or stands for one elsewhere.
fn instead(c: char) -> Option<&'static str> {
    Some(match c {
        '\0' => "this is a NUL byte: the file may be of another kind or another encoding (UTF-16)",
        '–' | '—' | '‐' => "the minus sign is `-`",
        '·' | '⋅' | '∗' => "a product is written with `*`",
        '÷' | '∕' => "a quotient is written with `/`",
        '“' | '”' | '„' | '«' | '»' | '\'' | '‘' | '’' | '`' => "strings stand in double quotes: `\"…\"`",
        '²' => "write `^2`",
        '³' => "write `^3`",
        '∞' => "write `inf`",
        '√' => "write `sqrt(…)`",
        '#' => "a comment begins with `//`",
        '&' => "write `and`",
        '|' => "write `or`",
        '!' | '¬' => "write `not`, or `!=` for unequal",
        '.' => "a range has two points: `a..b`",
        '\\' => "a declaration may run over several lines as it is",
        _ => return None,
    })
}

/// A construct that this version does not have.
pub fn not_yet(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("P020", format!("{what}: not yet in the language"))
        .at(span, "a later version will read this")
        .help("leave it out, or write its conditions with `variable` and `equation`")
}

fn unclosed(span: Span, text: &str) -> Diagnostic {
    let open = text.get(span.start as usize..span.end as usize).unwrap_or("(");
    let close = match open {
        "{" => "}",
        "[" => "]",
        _ => ")",
    };
    Diagnostic::new("P003", format!("`{open}` is not closed")).at(span, format!("no `{close}` for this one"))
}

/// Whether a word can be no name at its place because it begins something.
pub fn is_reserved_token(token: &Token, slice: &str) -> bool {
    token.kind == TokenKind::Keyword && words::is_reserved(slice)
}
