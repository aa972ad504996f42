//! Source files and the spans that point into them.

use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Index of a file in its [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of bytes `[start, end)` of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file, start: offset(start), end: offset(end) }
    }

    /// The smallest span that covers both; `self`'s file is kept.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One source text and the name that it is reported under.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub name: String,
    pub text: Arc<str>,
    /// Where the text was read from, if from a file.
    pub path: Option<Arc<Path>>,
}

/// All texts of a session: model files, imports, standard library, lines typed at the prompt.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile { name: name.into(), text: text.into(), path: None });
        FileId(self.files.len() as u32 - 1)
    }

    /// A text that was read from a file.
    pub fn add_read(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>, path: &Path) -> FileId {
        let id = self.add(name, text);
        if let Some(file) = self.files.last_mut() {
            file.path = Some(path.into());
        }
        id
    }

    /// The files that texts were read from.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter_map(|f| f.path.as_deref())
    }

    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The file of an id that this map gave out; an empty file without a name for any other.
    pub fn file(&self, id: FileId) -> &SourceFile {
        static LOST: LazyLock<SourceFile> = LazyLock::new(|| SourceFile { name: String::new(), text: "".into(), path: None });
        self.get(id).unwrap_or(&LOST)
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// The text that a span covers; empty where the span does not fall on characters.
    pub fn snippet(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn line_column(&self, file: FileId, offset: u32) -> (usize, usize) {
        let text = &self.file(file).text;
        let mut end = (offset as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}
