//! Lines from nodes.

use super::WIDTH;
use super::comments::ends_line;
use super::nodes::{Block, Entry, Node};
use unicode_width::UnicodeWidthStr;

/// Columns by which a line that goes on is indented, and those of a block's entries.
const CONTINUED: usize = 4;
const INSIDE: usize = 2;

/// The nodes as text, from the left margin.
pub fn lay(nodes: &[Node]) -> String {
    let mut out = Lines { text: String::new(), column: 0 };
    out.nodes(nodes, 0, 0);
    out.text
}

/// The nodes on one line, if they can stand on one.
pub fn flat(nodes: &[Node]) -> Option<String> {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Word(word) => {
                if word.ends_line || word.text.contains('\n') {
                    return None;
                }
                if word.space {
                    out.push(' ');
                }
                out.push_str(&word.text);
            }
            Node::Block(block) => {
                if block.space {
                    out.push(' ');
                }
                out.push_str(&flat_block(block)?);
            }
        }
    }
    Some(out)
}

fn flat_block(block: &Block) -> Option<String> {
    if !block.end.leading.is_empty() || block.end.newline {
        return None;
    }
    let mut out = String::from(if block.braces.padded { "{ " } else { "{" });
    for (i, entry) in block.entries.iter().enumerate() {
        if entry.gap.newline || !entry.gap.leading.is_empty() || entry.trailing.iter().any(|c| ends_line(c) || c.contains('\n')) {
            return None;
        }
        if i > 0 {
            out.push_str(if block.braces.commas { " " } else { "  " });
        }
        out.push_str(&flat(&entry.nodes)?);
        if block.braces.commas && i + 1 < block.entries.len() {
            out.push(',');
        }
        for comment in &entry.trailing {
            out.push(' ');
            out.push_str(comment);
        }
    }
    if block.entries.is_empty() {
        return Some("{}".into());
    }
    out.push_str(if block.braces.padded { " }" } else { "}" });
    Some(out)
}

struct Lines {
    text: String,
    column: usize,
}

impl Lines {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = text.get(at + 1..).unwrap_or_default().width(),
            None => self.column += text.width(),
        }
    }

    fn newline(&mut self, indent: usize) {
        while self.text.ends_with(' ') {
            self.text.pop();
        }
        self.text.push('\n');
        self.text.push_str(&" ".repeat(indent));
        self.column = indent;
    }

    /// Writes nodes whose further lines are indented from `indent`; `tail` columns follow them.
    fn nodes(&mut self, nodes: &[Node], indent: usize, tail: usize) {
        let mut fresh = true;
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            match node {
                Node::Block(block) => {
                    if block.space && !fresh {
                        self.push(" ");
                    }
                    match flat_block(block).filter(|s| self.column + s.width() + tail <= WIDTH) {
                        Some(flat) => self.push(&flat),
                        None => self.block(block, indent),
                    }
                    fresh = false;
                    at += 1;
                }
                Node::Word(_) => {
                    let mut end = at + 1;
                    while matches!(nodes.get(end), Some(Node::Word(w)) if !w.breaks) && !ends(nodes.get(end - 1)) {
                        end += 1;
                    }
                    fresh = self.run(nodes.get(at..end).unwrap_or_default(), indent, fresh, if end == nodes.len() { tail } else { 0 });
                    at = end;
                }
            }
        }
    }

    /// Words between two places where the line may break; answers whether a new line was begun after them.
    fn run(&mut self, words: &[Node], indent: usize, fresh: bool, tail: usize) -> bool {
        let width = flat(words).map_or(0, |s| s.width());
        let breaks = matches!(words.first(), Some(Node::Word(w)) if w.breaks && w.space);
        let mut fresh = fresh;
        if breaks && !fresh && self.column + width + tail > WIDTH {
            self.newline(indent + CONTINUED);
            fresh = true;
        }
        for node in words {
            if let Node::Word(word) = node {
                if word.space && !fresh {
                    self.push(" ");
                }
                self.push(&word.text);
                fresh = false;
            }
        }
        if ends(words.last()) {
            self.newline(indent + CONTINUED);
            fresh = true;
        }
        fresh
    }

    /// A block over several lines.
    fn block(&mut self, block: &Block, indent: usize) {
        self.push("{");
        let inside = indent + INSIDE;
        let kept = block.entries.iter().any(|e| e.gap.newline);
        let mut forced = true;
        for (i, entry) in block.entries.iter().enumerate() {
            self.comments(entry, inside, i == 0);
            let last = i + 1 == block.entries.len();
            let separator = if block.braces.commas { 1 } else { 2 };
            let fits = flat(&entry.nodes).is_some_and(|s| self.column + separator + s.width() < WIDTH);
            if forced || !entry.gap.leading.is_empty() || entry.gap.newline || !fits || (!block.braces.commas && !kept) {
                if i > 0 && entry.gap.blank || i == 0 && entry.gap.blank && !entry.gap.leading.is_empty() {
                    self.newline(0);
                }
                self.newline(inside);
            } else {
                self.push(&" ".repeat(separator));
            }
            let before = self.text.len();
            self.nodes(&entry.nodes, inside, 1);
            if block.braces.commas && !last {
                self.push(",");
            }
            for comment in &entry.trailing {
                self.push(if ends_line(comment) { "  " } else { " " });
                self.push(comment);
            }
            let written = self.text.get(before..).unwrap_or_default();
            forced = written.contains('\n') || entry.trailing.iter().any(|c| ends_line(c));
        }
        self.leading(&block.end.leading, inside, block.entries.is_empty());
        self.newline(indent);
        self.push("}");
    }

    fn comments(&mut self, entry: &Entry, inside: usize, first: bool) {
        self.leading(&entry.gap.leading, inside, first);
    }

    fn leading(&mut self, comments: &[super::comments::Comment], inside: usize, first: bool) {
        for (i, comment) in comments.iter().enumerate() {
            if comment.newline {
                if comment.blank && !(first && i == 0) {
                    self.newline(0);
                }
                self.newline(inside);
            } else {
                self.push(" ");
            }
            self.push(&comment.text);
        }
    }
}

fn ends(node: Option<&Node>) -> bool {
    matches!(node, Some(Node::Word(w)) if w.ends_line)
}
