//! What a line typed at the prompt is: a declaration, a command, an expression.

use crate::syntax::lexer::{Completeness, Token, TokenKind, is_complete, lex};
use crate::syntax::{soft, words};

/// One input, classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// Blanks and comments only.
    Nothing,
    Declaration(&'a str),
    Command {
        name: &'a str,
        argument: &'a str,
    },
    Expression(&'a str),
}

/// Commands whose argument is a file name or prose, in which brackets and operators mean nothing.
const LITERAL: [&str; 9] = ["load", "save", "reload", "source", "log", "help", "explain", "exit", "quit"];

fn words_of(text: &str) -> impl Iterator<Item = Token> + Clone + '_ {
    lex(text).filter(|t| !t.kind.is_trivia())
}

/// Classifies an input; `is_command` knows the commands, `is_name` the names of the model.
///
/// A command's word that the model also declares is the name where an operator or nothing follows.
pub fn classify<'a>(text: &'a str, is_command: &dyn Fn(&str) -> bool, is_name: &dyn Fn(&str) -> bool) -> Input<'a> {
    let mut tokens = words_of(text);
    let Some(first) = tokens.next() else {
        return if lex(text).any(|t| t.kind == TokenKind::UnclosedComment) { Input::Expression(text) } else { Input::Nothing };
    };
    let slice = |t: &Token| text.get(t.range.clone()).unwrap_or_default();
    let word = slice(&first);
    if word == "?" {
        return Input::Command { name: "help", argument: text.get(first.range.end..).unwrap_or_default().trim() };
    }
    let rest: Vec<Token> = tokens.take(4).collect();
    let follows = |k: usize| rest.get(k).map(slice).unwrap_or_default();
    let command = || Input::Command { name: word, argument: argument(text, first.range.end) };
    if words::begins_declaration(word) {
        let declares = match word {
            // `shock NAME {` declares, `shock NAME` runs.
            "shock" | "sweep" => follows(0) == "{" || follows(1) == "{",
            "report" => follows(0) == "{",
            "set" => follows(1) == "=" && (follows(2) == "{" || follows(2) == "load" && follows(3).starts_with('"')),
            "demand" => {
                if matches!(follows(0), "[" | "*") {
                    return Input::Expression(text);
                }
                true
            }
            _ => true,
        };
        return if declares || !is_command(word) { Input::Declaration(text) } else { command() };
    }
    let following = rest.iter().map(|t| (t.kind, slice(t)));
    if soft::begins(word, following.clone()).is_some() || soft::nearly(word, following) {
        return Input::Declaration(text);
    }
    if first.kind.is_word() && is_command(word) {
        let goes_on =
            rest.first().is_none_or(|t| matches!(t.kind, TokenKind::Operator | TokenKind::Punctuation) || slice(t) == "[" || slice(t) == "(");
        if !(goes_on && is_name(word)) {
            return command();
        }
    }
    Input::Expression(text)
}

/// What follows a command's word, without a comment at its end.
fn argument(text: &str, from: usize) -> &str {
    let rest = text.get(from..).unwrap_or_default();
    let mut end = rest.len();
    for token in lex(rest).collect::<Vec<_>>().iter().rev() {
        match token.kind {
            TokenKind::Whitespace => end = token.range.start,
            // A path may contain `//`.
            TokenKind::Comment if token.range.start == 0 || rest.get(..token.range.start).is_some_and(|r| r.ends_with(char::is_whitespace)) => {
                end = token.range.start
            }
            _ => break,
        }
    }
    rest.get(..end).unwrap_or(rest).trim()
}

/// Whether Enter ends the input; otherwise it opens another line.
///
/// An empty line always ends it, so that nobody is caught in an unbalanced bracket.
pub fn ends(text: &str) -> bool {
    let last_line = text.rsplit('\n').next().unwrap_or(text);
    if text.contains('\n') && last_line.trim().is_empty() {
        return true;
    }
    let mut tokens = words_of(text);
    let first = tokens.next();
    if let Some(first) = &first {
        let word = text.get(first.range.clone()).unwrap_or_default();
        if LITERAL.contains(&word) || (word == "?" && first.range.start == 0) {
            return true;
        }
    }
    // A documentation comment waits for what it documents.
    let last = lex(text).filter(|t| t.kind != TokenKind::Whitespace).last();
    if last.is_some_and(|t| t.kind == TokenKind::DocComment) {
        return false;
    }
    is_complete(text) == Completeness::Complete
}

/// Cuts a text of several lines, pasted or piped, into inputs.
///
/// A line belongs to the input before it while that is incomplete, and an indented line to a declaration before it.
pub fn split(text: &str, is_command: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        if !open.is_empty() {
            open.push('\n');
        }
        open.push_str(line);
        if open.trim().is_empty() {
            open.clear();
            continue;
        }
        if !ends(&open) {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        match out.last_mut() {
            Some(last) if indented && !open.contains('\n') && is_declaration(last, is_command) && !is_declaration(&open, is_command) => {
                last.push('\n');
                last.push_str(&open);
            }
            _ => out.push(open.clone()),
        }
        open.clear();
    }
    if !open.trim().is_empty() {
        out.push(open);
    }
    out
}

fn is_declaration(text: &str, is_command: &dyn Fn(&str) -> bool) -> bool {
    matches!(classify(text, is_command, &|_| false), Input::Declaration(_))
}

/// Options at the end of a command's argument: `plot w against beta --svg F`.
pub fn options(argument: &str) -> (&str, Vec<(&str, &str)>) {
    let mut starts: Vec<usize> = Vec::new();
    let mut quoted = false;
    for (at, c) in argument.char_indices() {
        if c == '"' {
            quoted = !quoted;
        }
        let letter = argument.get(at + 2..).and_then(|r| r.chars().next()).is_some_and(char::is_alphabetic);
        let free = at == 0 || argument.get(..at).is_some_and(|b| b.ends_with(char::is_whitespace));
        if !quoted && free && letter && argument.get(at..).is_some_and(|r| r.starts_with("--")) {
            starts.push(at);
        }
    }
    let head = argument.get(..starts.first().copied().unwrap_or(argument.len())).unwrap_or(argument).trim();
    let list = starts
        .iter()
        .enumerate()
        .map(|(k, &at)| {
            let end = starts.get(k + 1).copied().unwrap_or(argument.len());
            let text = argument.get(at + 2..end).unwrap_or_default().trim();
            let (name, value) = text.split_once([' ', '=', '\t']).unwrap_or((text, ""));
            (name, value.trim().trim_matches('"'))
        })
        .collect();
    (head, list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Input<'_> {
        let commands = ["shock", "sweep", "report", "set", "show", "sign", "help", "load", "run"];
        classify(text, &|w| commands.contains(&w), &|n| n == "sign")
    }

    #[test]
    fn inputs_are_told_apart() {
        assert_eq!(kind("  // nothing"), Input::Nothing);
        assert_eq!(kind("shock beta -10%"), Input::Command { name: "shock", argument: "beta -10%" });
        assert!(matches!(kind("shock more { beta -10% }"), Input::Declaration(_)));
        assert!(matches!(kind("sweep s { beta = {1, 2} }"), Input::Declaration(_)));
        assert_eq!(kind("sweep beta = {1, 2} // two"), Input::Command { name: "sweep", argument: "beta = {1, 2}" });
        assert!(matches!(kind("set S = {a, b}"), Input::Declaration(_)));
        assert!(matches!(kind("set S = load \"a.csv\" ordered"), Input::Declaration(_)));
        assert_eq!(kind("set load = 3"), Input::Command { name: "set", argument: "load = 3" });
        assert_eq!(kind("set beta = 1.2"), Input::Command { name: "set", argument: "beta = 1.2" });
        assert!(matches!(kind("demand[x] / income"), Input::Expression(_)));
        assert!(matches!(kind("demand ces(2) { x: 1 }"), Input::Declaration(_)));
        assert!(matches!(kind("report { w }"), Input::Declaration(_)));
        assert_eq!(kind("report --html a.html"), Input::Command { name: "report", argument: "--html a.html" });
        assert!(matches!(kind("w / s"), Input::Expression(_)));
        assert!(matches!(kind("sign * 2"), Input::Expression(_)));
        assert!(matches!(kind("sign w wrt beta"), Input::Command { .. }));
        assert_eq!(kind("load a//b.trade"), Input::Command { name: "load", argument: "a//b.trade" });
        assert_eq!(kind("? shock"), Input::Command { name: "help", argument: "shock" });
    }

    #[test]
    fn inputs_end() {
        assert!(ends("w"));
        assert!(!ends("country A {"));
        assert!(!ends("/// doc"));
        assert!(ends("/// doc\nlet a = 1"));
        assert!(ends("country A {\n"));
        assert!(ends("load examples/"));
        assert!(!ends("w +"));
    }

    #[test]
    fn pasted_texts_are_cut() {
        let text = "good x \"a\"\n  price p = 1\n\nindustry x {\n  technology T\n}\nw\n  s\n";
        let cut = split(text, &|w| w == "show");
        assert_eq!(cut, ["good x \"a\"\n  price p = 1", "industry x {\n  technology T\n}", "w", "  s"]);
    }

    #[test]
    fn options_end_an_argument() {
        assert_eq!(options("w against beta --svg a b.svg --dark"), ("w against beta", vec![("svg", "a b.svg"), ("dark", "")]));
        assert_eq!(options("beta - 1 --order beta, A"), ("beta - 1", vec![("order", "beta, A")]));
        assert_eq!(options("a --1"), ("a --1", vec![]));
        assert_eq!(options(""), ("", vec![]));
    }
}
