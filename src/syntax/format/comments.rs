//! The comments between two things and the blank lines among them.

use super::super::lexer::{Token, TokenKind};
use super::separate;

/// A comment that does not stand after something on its line.
#[derive(Clone, Debug)]
pub struct Comment {
    pub text: String,
    /// On a line of its own, not after another comment.
    pub newline: bool,
    pub blank: bool,
}

/// What stands between two things.
#[derive(Clone, Debug, Default)]
pub struct Gap {
    /// Comments on the line where the first of the two ends.
    pub trailing: Vec<String>,
    pub leading: Vec<Comment>,
    /// An empty line right before the second.
    pub blank: bool,
    /// A line break anywhere.
    pub newline: bool,
}

impl Gap {
    /// Reads blanks and comments; without something before them no comment trails.
    pub fn read(text: &str, trivia: &[Token], after_something: bool) -> Gap {
        let mut gap = Gap::default();
        let mut newlines = 0;
        for token in trivia {
            let slice = text.get(token.range.clone()).unwrap_or_default();
            if token.kind == TokenKind::Whitespace {
                newlines += slice.matches('\n').count();
                gap.newline |= newlines > 0;
                continue;
            }
            let comment = clean(slice);
            if after_something && !gap.newline {
                gap.newline |= comment.contains('\n');
                gap.trailing.push(comment);
            } else {
                let newline = newlines > 0 || gap.leading.is_empty();
                gap.leading.push(Comment { text: comment, newline, blank: newlines > 1 });
            }
            newlines = 0;
        }
        gap.blank = newlines > 1;
        gap
    }
}

/// A comment's text without what editors leave behind.
pub fn clean(comment: &str) -> String {
    let comment = comment.replace("\r\n", "\n");
    if comment.starts_with("//") { comment.trim_end().to_string() } else { comment }
}

/// Whether nothing may follow on the comment's line.
pub fn ends_line(comment: &str) -> bool {
    comment.starts_with("//")
}

/// Comments at the left margin, each on its line unless it shared one.
pub fn write(out: &mut String, comments: &[Comment]) {
    for comment in comments {
        if comment.newline {
            separate(out, comment.blank);
        } else {
            out.push(' ');
        }
        out.push_str(&comment.text);
    }
}
