//! Tokens with comments and blanks, from any text whatever: for colours, multi-line input, recovery and layout.

use super::words;
use logos::Logos;
use std::ops::Range;

/// What a token is, as colouring and recovery need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A reserved word.
    Keyword,
    /// A word with a meaning at its place, which may be a name elsewhere.
    Contextual,
    Name,
    Number,
    String,
    Comment,
    DocComment,
    /// `+ - * / ^ % = == != < <= > >= -> ..`, and `− × ≤ ≥ ≠ →` as they are printed
    Operator,
    /// `, ; :`
    Punctuation,
    Bracket,
    Whitespace,
    /// A string without its closing quote, up to the line's end.
    UnclosedString,
    /// A comment without its closing `*/`, up to the text's end.
    UnclosedComment,
    /// A character that the language does not use.
    Error,
}

impl TokenKind {
    /// Blanks and comments, between which the language sees no difference.
    pub fn is_trivia(self) -> bool {
        use TokenKind::*;
        matches!(self, Whitespace | Comment | DocComment | UnclosedComment)
    }

    /// A reserved or contextual word, or a name.
    pub fn is_word(self) -> bool {
        matches!(self, TokenKind::Keyword | TokenKind::Contextual | TokenKind::Name)
    }
}

/// A token and the bytes that it covers; the tokens of a text cover it without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
}

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
enum Raw {
    #[regex(r"[ \t\r\n\x0B\x0C\u{A0}\u{FEFF}]+")]
    Whitespace,
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*(\.[\p{XID_Start}_]\p{XID_Continue}*)*")]
    Word,
    #[regex(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")]
    Number,
    #[token("\"", string)]
    String(bool),
    #[token("//", line_comment)]
    LineComment(bool),
    #[token("/*", block_comment)]
    BlockComment(bool),
    #[token("+")]
    #[token("-")]
    #[token("*")]
    #[token("/")]
    #[token("^")]
    #[token("%")]
    #[token("=")]
    #[token("==")]
    #[token("!=")]
    #[token("<")]
    #[token("<=")]
    #[token(">")]
    #[token(">=")]
    #[token("->")]
    #[token("..")]
    #[token("−")]
    #[token("×")]
    #[token("≤")]
    #[token("≥")]
    #[token("≠")]
    #[token("→")]
    Operator,
    #[token(",")]
    #[token(";")]
    #[token(":")]
    Punctuation,
    #[token("(")]
    #[token(")")]
    #[token("[")]
    #[token("]")]
    #[token("{")]
    #[token("}")]
    Bracket,
}

/// Reads on to the closing quote; `false` where the line ends first.
fn string(lexer: &mut logos::Lexer<Raw>) -> bool {
    let bytes = lexer.remainder().as_bytes();
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'"' => {
                lexer.bump(at + 1);
                return true;
            }
            b'\n' | b'\r' => break,
            b'\\' if bytes.get(at + 1).is_some_and(|&c| c != b'\n' && c != b'\r') => {
                let escaped = lexer.remainder()[at + 1..].chars().next().map_or(1, char::len_utf8);
                at += 1 + escaped;
            }
            _ => at += 1,
        }
    }
    lexer.bump(at);
    false
}

/// Reads on to the line's end; `true` for a `///` that no fourth `/` follows.
fn line_comment(lexer: &mut logos::Lexer<Raw>) -> bool {
    let rest = lexer.remainder();
    let doc = rest.starts_with('/') && !rest.starts_with("//");
    let mut end = rest.find('\n').unwrap_or(rest.len());
    if rest[..end].ends_with('\r') {
        end -= 1;
    }
    lexer.bump(end);
    doc
}

/// Reads on past `*/`; `false` where the text ends first.
fn block_comment(lexer: &mut logos::Lexer<Raw>) -> bool {
    let rest = lexer.remainder();
    let end = rest.find("*/");
    lexer.bump(end.map_or(rest.len(), |i| i + 2));
    end.is_some()
}

/// The tokens of a text one by one, without holding them all.
pub fn lex(text: &str) -> impl Iterator<Item = Token> + Clone + '_ {
    Raw::lexer(text).spanned().map(move |(raw, range)| {
        let kind = match raw {
            Ok(Raw::Whitespace) => TokenKind::Whitespace,
            Ok(Raw::Word) => word_kind(text.get(range.clone()).unwrap_or_default()),
            Ok(Raw::Number) => TokenKind::Number,
            Ok(Raw::String(true)) => TokenKind::String,
            Ok(Raw::String(false)) => TokenKind::UnclosedString,
            Ok(Raw::LineComment(true)) => TokenKind::DocComment,
            Ok(Raw::LineComment(false)) | Ok(Raw::BlockComment(true)) => TokenKind::Comment,
            Ok(Raw::BlockComment(false)) => TokenKind::UnclosedComment,
            Ok(Raw::Operator) => TokenKind::Operator,
            Ok(Raw::Punctuation) => TokenKind::Punctuation,
            Ok(Raw::Bracket) => TokenKind::Bracket,
            Err(()) => TokenKind::Error,
        };
        Token { kind, range }
    })
}

fn word_kind(word: &str) -> TokenKind {
    if words::is_reserved(word) {
        TokenKind::Keyword
    } else if words::is_contextual(word) {
        TokenKind::Contextual
    } else {
        TokenKind::Name
    }
}

/// The tokens of a text, blanks and comments among them.
pub fn tokens(text: &str) -> Vec<Token> {
    lex(text).collect()
}

/// Whether a prompt's input can be read as it stands, or what it still waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    /// A bracket is open.
    Bracket,
    /// A `/*` comment is open.
    Comment,
    /// The last token is one that something must follow.
    Operator,
}

/// Whether the input is complete; wrong input is complete, since more of it does not mend it.
pub fn is_complete(text: &str) -> Completeness {
    let (mut depth, mut last) = (0i64, None);
    let (mut word_end, mut starred) = (None, false);
    for token in lex(text) {
        let slice = text.get(token.range.clone()).unwrap_or_default();
        match token.kind {
            TokenKind::UnclosedComment => return Completeness::Comment,
            TokenKind::Bracket if matches!(slice, "(" | "[" | "{") => depth += 1,
            TokenKind::Bracket => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Completeness::Complete;
        }
        if !token.kind.is_trivia() {
            last = Some((token.kind, slice));
            starred = slice == "*" && word_end == Some(token.range.start);
            word_end = token.kind.is_word().then_some(token.range.end);
        }
    }
    match last {
        _ if depth > 0 => Completeness::Bracket,
        // A star right behind a name is a mark, `w*`.
        Some((TokenKind::Operator, slice)) if slice != "%" && !starred => Completeness::Operator,
        Some((TokenKind::Punctuation, _)) => Completeness::Operator,
        Some((TokenKind::Keyword, slice)) if words::CONNECTIVES.contains(&slice) => Completeness::Operator,
        Some((TokenKind::Contextual, "and" | "or" | "not")) => Completeness::Operator,
        _ => Completeness::Complete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).into_iter().filter(|t| t.kind != Whitespace).map(|t| (t.kind, &text[t.range])).collect()
    }

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(kinds("1.1..1.5"), [(Number, "1.1"), (Operator, ".."), (Number, "1.5")]);
        assert_eq!(kinds("1e-3 2E5 10pp"), [(Number, "1e-3"), (Number, "2E5"), (Number, "10"), (Contextual, "pp")]);
        assert_eq!(kinds("1."), [(Number, "1"), (Error, ".")]);
        assert_eq!(kinds("1..n"), [(Number, "1"), (Operator, ".."), (Name, "n")]);
        assert_eq!(kinds("1e"), [(Number, "1"), (Name, "e")]);
        assert_eq!(kinds("1ex 1e+"), [(Number, "1"), (Name, "ex"), (Number, "1"), (Name, "e"), (Operator, "+")]);
    }

    #[test]
    fn words_end_where_an_identifier_cannot_go_on() {
        assert_eq!(kinds("in income price pricey"), [(Keyword, "in"), (Name, "income"), (Contextual, "price"), (Name, "pricey")]);
        assert_eq!(kinds("m.set a..b βγ_1"), [(Name, "m.set"), (Name, "a"), (Operator, ".."), (Name, "b"), (Name, "βγ_1")]);
    }

    #[test]
    fn strings_and_comments() {
        assert_eq!(kinds(r#""a\"b" "c"#), [(String, r#""a\"b""#), (UnclosedString, "\"c")]);
        assert_eq!(kinds("\"a\\\nb"), [(UnclosedString, "\"a\\"), (Name, "b")]);
        assert_eq!(kinds("\"\\β\""), [(String, "\"\\β\"")]);
        assert_eq!(kinds("a // b\r\n/// c\n//// d"), [(Name, "a"), (Comment, "// b"), (DocComment, "/// c"), (Comment, "//// d")]);
        assert_eq!(kinds("/* a */ b /* \" c"), [(Comment, "/* a */"), (Name, "b"), (UnclosedComment, "/* \" c")]);
        assert_eq!(kinds("/**/ /*/"), [(Comment, "/**/"), (UnclosedComment, "/*/")]);
    }

    #[test]
    fn tokens_cover_any_text() {
        for text in ["", "\u{FEFF}let a", "a\u{0}b", "−×“", "\"", "/*", "\\", "\r\n", "a . b ... c"] {
            let mut at = 0;
            for token in tokens(text) {
                assert_eq!(token.range.start, at, "{text:?}");
                at = token.range.end;
            }
            assert_eq!(at, text.len(), "{text:?}");
        }
    }

    #[test]
    fn completeness() {
        for (text, expected) in [
            ("", Completeness::Complete),
            ("shock beta -10%", Completeness::Complete),
            ("country A {", Completeness::Bracket),
            ("let a = (1 + ", Completeness::Bracket),
            ("let a = 1 +", Completeness::Operator),
            ("let a = 1 + // more\n", Completeness::Operator),
            ("set S =", Completeness::Operator),
            ("let a = sum(g in S) a[g] /* and", Completeness::Comment),
            ("let a = if", Completeness::Operator),
            ("w*", Completeness::Complete),
            ("w *", Completeness::Operator),
            ("a }", Completeness::Complete),
            ("let a = \"(", Completeness::Complete),
            ("let a = 1 // (", Completeness::Complete),
        ] {
            assert_eq!(is_complete(text), expected, "{text:?}");
        }
    }
}
