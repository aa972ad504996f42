//! A declaration's tokens as words and blocks, each word knowing whether a blank stands before it.

use super::super::lexer::{Token, TokenKind};
use super::comments::{Gap, clean, ends_line};
use super::marks::{Braces, Marks};

#[derive(Debug)]
pub enum Node {
    Word(Word),
    Block(Block),
}

#[derive(Debug)]
pub struct Word {
    pub text: String,
    /// A blank before it, unless it begins a line.
    pub space: bool,
    /// A good place to break the line before.
    pub breaks: bool,
    /// The first word of an attribute.
    pub attribute: bool,
    /// A comment to the line's end.
    pub ends_line: bool,
}

#[derive(Debug)]
pub struct Block {
    pub space: bool,
    pub braces: Braces,
    pub entries: Vec<Entry>,
    /// What stands before the closing brace.
    pub end: Gap,
}

#[derive(Debug)]
pub struct Entry {
    pub gap: Gap,
    pub nodes: Vec<Node>,
    /// Comments after it on its line.
    pub trailing: Vec<String>,
}

impl Node {
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Word(word) => Some(&word.text),
            Node::Block(_) => None,
        }
    }

    pub fn starts_attribute(&self) -> bool {
        matches!(self, Node::Word(word) if word.attribute)
    }
}

/// The nodes of a declaration.
pub fn read(text: &str, tokens: &[Token], marks: &Marks) -> Vec<Node> {
    let mut reader = Reader { text, tokens, marks, at: 0 };
    let mut nodes = Nodes::default();
    while let Some(token) = reader.next() {
        reader.put(&mut nodes, token);
    }
    nodes.list
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    marks: &'a Marks,
    at: usize,
}

/// Nodes in the making.
struct Nodes {
    list: Vec<Node>,
    /// The last word takes no blank after it.
    glue: bool,
}

impl Default for Nodes {
    fn default() -> Self {
        Nodes { list: Vec::new(), glue: true }
    }
}

impl Nodes {
    fn word(&mut self, text: String, space: bool) -> Option<&mut Word> {
        let word = Word { text, space: space && !self.glue, breaks: false, attribute: false, ends_line: false };
        self.list.push(Node::Word(word));
        self.glue = false;
        match self.list.last_mut() {
            Some(Node::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn comment(&mut self, comment: String) {
        let ends = ends_line(&comment);
        if let Some(word) = self.word(comment, true) {
            word.ends_line = ends;
        }
    }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn slice(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    fn put(&mut self, nodes: &mut Nodes, token: &Token) {
        let (slice, at) = (self.slice(token), token.range.start);
        match token.kind {
            TokenKind::Whitespace => return,
            kind if kind.is_trivia() => return nodes.comment(clean(slice)),
            _ => {}
        }
        if self.marks.dropped.contains(&at) {
            return;
        }
        if self.marks.equals.contains(&at) {
            nodes.word("=".into(), true);
        }
        for i in 0..self.marks.open.get(&at).copied().unwrap_or(0) {
            let breaks = i == 0 && self.marks.breaks.contains(&at);
            if let Some(word) = nodes.word("(".into(), true) {
                word.breaks = breaks;
            }
            nodes.glue = true;
        }
        if let Some(braces) = self.marks.braces.get(&at) {
            let space = !nodes.glue;
            let block = self.block(*braces, space);
            nodes.list.push(Node::Block(block));
            nodes.glue = false;
        } else {
            let tight = matches!(slice, "," | ";" | ")" | "]" | "^" | "..")
                || slice == ":" && !self.marks.wide.contains(&at)
                || self.marks.tight.contains(&at);
            let (breaks, attribute) = (self.marks.breaks.contains(&at), self.marks.attributes.contains(&at));
            if let Some(word) = nodes.word(slice.to_string(), !tight) {
                word.breaks = breaks;
                word.attribute = attribute;
            }
            nodes.glue = matches!(slice, "(" | "[" | "^" | "..") || self.marks.signs.contains(&at);
        }
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(token.range.end, |t| t.range.end);
        for _ in 0..self.marks.close.get(&end).copied().unwrap_or(0) {
            nodes.word(")".into(), false);
        }
    }

    /// A block from after its `{` to its `}`.
    fn block(&mut self, braces: Braces, space: bool) -> Block {
        let mut entries: Vec<Entry> = Vec::new();
        let mut current: Option<(Gap, Nodes)> = None;
        let mut trailing: Vec<String> = Vec::new();
        let mut trivia = self.at;
        loop {
            let index = self.at;
            let Some(token) = self.next() else { break };
            if token.kind.is_trivia() {
                continue;
            }
            let (slice, pending) = (self.slice(token), self.tokens.get(trivia..index).unwrap_or_default());
            trivia = self.at;
            let closes = slice == "}";
            if closes || self.marks.entries.contains(&token.range.start) {
                let mut gap = Gap::read(self.text, pending, current.is_some());
                trailing.append(&mut gap.trailing);
                if let Some((gap, nodes)) = current.take() {
                    entries.push(Entry { gap, nodes: nodes.list, trailing: std::mem::take(&mut trailing) });
                }
                if closes {
                    return Block { space, braces, entries, end: gap };
                }
                let mut nodes = Nodes::default();
                self.put(&mut nodes, token);
                trivia = self.at;
                current = Some((gap, nodes));
                continue;
            }
            let (_, nodes) = current.get_or_insert_with(|| (Gap::default(), Nodes::default()));
            let separator = slice == "," && self.separates();
            for token in pending.iter().filter(|t| t.kind != TokenKind::Whitespace) {
                let comment = clean(self.slice(token));
                if separator && ends_line(&comment) { trailing.push(comment) } else { nodes.comment(comment) }
            }
            if !separator {
                self.put(nodes, token);
                trivia = self.at;
            }
        }
        Block { space, braces, entries, end: Gap::default() }
    }

    /// Whether the comma just read stands between two entries, or after the last.
    fn separates(&self) -> bool {
        let next = self.tokens.get(self.at..).unwrap_or_default().iter().find(|t| !t.kind.is_trivia());
        next.is_none_or(|t| self.slice(t) == "}" || self.marks.entries.contains(&t.range.start))
    }
}
