//! Soft words: each begins a declaration only where what follows fits, and is a name everywhere else. Economists call parameters `tax` and `tariff`.

use super::lexer::TokenKind;

/// What must follow a soft word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A name, or an element in quotes.
    Name,
    Word(&'static str),
    /// A string.
    Text,
    /// The beginning of an operand.
    Value,
}

use Next::*;

/// A soft word with what makes it begin a declaration.
#[derive(Debug)]
pub struct Soft {
    pub word: &'static str,
    pub follows: &'static [Next],
    /// What it would declare, where the language does not have it yet.
    pub later: Option<&'static str>,
}

const fn soft(word: &'static str, follows: &'static [Next]) -> Soft {
    Soft { word, follows, later: None }
}

const fn later(word: &'static str, follows: &'static [Next], what: &'static str) -> Soft {
    Soft { word, follows, later: Some(what) }
}

const TAXES: &str = "taxes (`tax`)";
const CLAIMS: &str = "claims (`claim`)";

/// Every soft word; one that has several beginnings stands once for each.
pub const TABLE: &[Soft] = &[
    soft("iceberg", &[Name, Word("from")]),
    soft("tariff", &[Name, Word("from")]),
    soft("export", &[Word("tax"), Name, Word("from")]),
    later("household", &[Name, Word("in")], "households of their own (`household`)"),
    later("quota", &[Name, Word("from")], "quotas (`quota`)"),
    later("tax", &[Name, Word("in")], TAXES),
    later("tax", &[Word("output"), Name], TAXES),
    later("tax", &[Word("use"), Name], TAXES),
    later("subsidy", &[Name, Word("in")], "subsidies (`subsidy`)"),
    later("transfer", &[Value], "transfers (`transfer`)"),
    later("closure", &[Name, Word("{")], "closures (`closure`)"),
    later("continuum", &[Word("good")], "continua of goods (`continuum`)"),
    later("curve", &[Name, Word("(")], "curves (`curve`)"),
    later("map", &[Name, Word("=")], "maps between sets (`map`)"),
    later("wage", &[Word("floor")], "wage floors (`wage floor`)"),
    later("claim", &[Text], CLAIMS),
    later("claim", &[Word("prove")], CLAIMS),
    later("claim", &[Word("possible")], CLAIMS),
    later("claim", &[Word("refuted")], CLAIMS),
];

/// Words that begin declarations of this version softly, for completion and suggestions.
pub const DECLARATIONS: [&str; 3] = ["iceberg", "tariff", "export tax"];

impl Next {
    fn fits(self, kind: TokenKind, slice: &str) -> bool {
        match self {
            Name => matches!(kind, TokenKind::Name | TokenKind::Contextual | TokenKind::String),
            Word(word) => slice == word,
            Text => kind == TokenKind::String,
            Value => matches!(kind, TokenKind::Name | TokenKind::Contextual | TokenKind::Number) || slice == "(",
        }
    }
}

/// Whether a word may begin a declaration softly.
pub fn is_soft(word: &str) -> bool {
    TABLE.iter().any(|s| s.word == word)
}

/// The beginning that a word and the tokens after it are, if they are one.
pub fn begins<'t>(word: &str, following: impl Iterator<Item = (TokenKind, &'t str)> + Clone) -> Option<&'static Soft> {
    TABLE.iter().filter(|s| s.word == word).find(|s| {
        let mut tokens = following.clone();
        s.follows.iter().all(|next| tokens.next().is_some_and(|(kind, slice)| next.fits(kind, slice)))
    })
}

/// Whether a word that a name follows was meant to begin a declaration: no operand stands right before another.
pub fn nearly<'t>(word: &str, mut following: impl Iterator<Item = (TokenKind, &'t str)>) -> bool {
    is_soft(word) && following.next().is_some_and(|(kind, slice)| Name.fits(kind, slice))
}

/// What a soft word would declare that is not in the language yet, whatever follows.
pub fn later_of(word: &str) -> Option<&'static str> {
    TABLE.iter().find(|s| s.word == word).and_then(|s| s.later)
}
