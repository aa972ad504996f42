//! From a file to all files it imports, parsed.

use super::library;
use super::names::nearest;
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::parser;
use crate::syntax::tree::{Declaration, ImportPath, Kind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A declaration with the alias that its file was imported under.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub declaration: Arc<Declaration>,
    pub prefix: Option<Arc<str>>,
}

/// Everything that makes up one model.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub sources: SourceMap,
    pub declarations: Vec<Loaded>,
    pub diagnostics: Diagnostics,
    /// The texts of the declarations that could not be read.
    pub broken: Vec<String>,
    /// The text of the main file.
    pub main: Option<FileId>,
    /// What has been imported already, under which alias.
    done: Vec<(Place, Option<Arc<str>>)>,
}

/// How files are read, so that the library touches no file system by itself.
pub trait Reader {
    /// # Errors
    /// A message for the user when the file cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, String>;
}

/// Reads from disk.
pub struct Disk;

impl Reader for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            std::io::ErrorKind::PermissionDenied => "you may not read this file".to_string(),
            std::io::ErrorKind::IsADirectory => "this is a folder".to_string(),
            _ => e.to_string(),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Library(String),
    File(PathBuf),
}

struct Loader<'r> {
    reader: &'r dyn Reader,
    program: Program,
    /// Files being loaded, outermost first: an import of one of them is a cycle.
    open: Vec<(Place, String)>,
}

/// Loads a model from its text; `path` is its file, or the folder that its imports are relative to.
pub fn load_text(name: &str, text: &str, path: &Path, reader: &dyn Reader) -> Program {
    let mut loader = Loader { reader, program: Program::default(), open: Vec::new() };
    let place = Place::File(path.to_path_buf());
    loader.open.push((place.clone(), name.to_string()));
    let file = loader.program.sources.add(name, text);
    loader.program.main = Some(file);
    loader.parse(file, None, path);
    loader.program
}

/// Adds a text to a loaded program, with its imports relative to `folder`; what the program imports already is not read again.
///
/// Diagnostics of the text are added to the program's.
pub fn extend(program: Program, name: &str, text: &str, folder: &Path, reader: &dyn Reader) -> (Program, FileId) {
    let path = folder.join(name);
    let mut loader = Loader { reader, program, open: vec![(Place::File(path.clone()), name.to_string())] };
    let file = loader.program.sources.add(name, text);
    loader.parse(file, None, &path);
    (loader.program, file)
}

/// Reads and loads a model file.
///
/// # Errors
/// A diagnostic (code `F…`) when the file cannot be read or is not UTF-8.
pub fn load_file(path: &Path, reader: &dyn Reader) -> Result<Program, Diagnostic> {
    let name = path.display().to_string();
    let bytes = reader.read(path).map_err(|why| Diagnostic::new("F001", format!("cannot read `{name}`: {why}")))?;
    let text = parser::decode(&bytes).map_err(|d| Diagnostic { title: format!("{} (in `{name}`)", d.title), ..d })?;
    Ok(load_text(&name, &text, path, reader))
}

impl Loader<'_> {
    fn parse(&mut self, file: FileId, prefix: Option<Arc<str>>, path: &Path) {
        let text = self.program.sources.file(file).text.clone();
        let (tree, diagnostics) = parser::parse_file(file, &text);
        self.program.diagnostics.extend(diagnostics);
        self.program.broken.extend(tree.broken.iter().filter_map(|s| text.get(s.start as usize..s.end as usize).map(str::to_string)));
        let imported = self.open.len() > 1;
        for declaration in tree.declarations {
            match &declaration.kind {
                Kind::Import { path: target, alias } => {
                    let alias = alias.as_ref().map(|a| match &prefix {
                        Some(p) => format!("{p}.{}", a.text).into(),
                        None => a.text.clone(),
                    });
                    self.import(target, alias.or_else(|| prefix.clone()), path, declaration.span);
                }
                // The model of an imported file lends its parts, not its name.
                Kind::Model { .. } if imported => {}
                _ => self.program.declarations.push(Loaded { declaration: Arc::new(declaration), prefix: prefix.clone() }),
            }
        }
    }

    fn import(&mut self, target: &ImportPath, prefix: Option<Arc<str>>, from: &Path, span: Span) {
        let (place, name) = match target {
            ImportPath::Library(n) => (Place::Library(n.text.to_string()), n.text.to_string()),
            ImportPath::File(t) => {
                let path = from.parent().unwrap_or(Path::new("")).join(t.text.as_ref());
                let name = path.display().to_string();
                (Place::File(normalised(&path)), name)
            }
        };
        if let Some(at) = self.open.iter().position(|(p, _)| match (p, &place) {
            (Place::File(a), Place::File(b)) => normalised(a) == *b,
            (a, b) => a == b,
        }) {
            let mut cycle: Vec<&str> = self.open[at..].iter().map(|(_, n)| n.as_str()).collect();
            cycle.push(&self.open[at].1);
            let diagnostic = Diagnostic::new("N010", format!("files import each other: {}", cycle.join(" → ")))
                .at(span, "this import closes the circle")
                .help("move what both need into a third file and import that from each");
            self.program.diagnostics.push(diagnostic);
            return;
        }
        if self.program.done.contains(&(place.clone(), prefix.clone())) {
            return;
        }
        self.program.done.push((place.clone(), prefix.clone()));
        let text = match &place {
            Place::Library(n) => match library::find(n) {
                Some(text) => text.to_string(),
                None => {
                    let known: Vec<&str> = library::FILES.iter().map(|(n, _)| *n).collect();
                    let help = match nearest(n, known.iter().copied()) {
                        Some(s) => format!("did you mean `{s}`?"),
                        None => format!("the library has {}; a file of yours is imported by its name in quotes", known.join(", ")),
                    };
                    self.program
                        .diagnostics
                        .push(Diagnostic::new("N011", format!("the standard library has no `{n}`")).at(span, "imported here").help(help));
                    return;
                }
            },
            Place::File(path) => {
                let read = self.reader.read(path).map_err(|why| Diagnostic::new("F002", format!("cannot import `{name}`: {why}")));
                match read.and_then(|bytes| parser::decode(&bytes)) {
                    Ok(text) => text,
                    Err(d) => {
                        self.program.diagnostics.push(d.at(span, "imported here").help("the path is relative to the importing file"));
                        return;
                    }
                }
            }
        };
        let shown = if matches!(place, Place::Library(_)) { format!("<{name}>") } else { name.clone() };
        let file = self.program.sources.add(shown, text);
        let path = match &place {
            Place::File(p) => p.clone(),
            Place::Library(_) => PathBuf::new(),
        };
        self.open.push((place, name));
        self.parse(file, prefix, &path);
        self.open.pop();
    }
}

/// A path without `.` and inner `..`, so that one file has one name.
fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}
