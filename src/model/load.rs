//! From a file to all files it imports, parsed.

use super::data::{self, Sheet};
use super::library;
use super::names::nearest;
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::parser;
use crate::syntax::tree::{Declaration, ImportPath, Kind, Load};
use rustc_hash::{FxHashMap, FxHashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A declaration with the alias that its file was imported under.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub declaration: Arc<Declaration>,
    pub prefix: Option<Arc<str>>,
    /// The table that it loads.
    pub(super) sheet: Option<Arc<Sheet>>,
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
    done: FxHashSet<(Place, Option<Arc<str>>)>,
    /// Bytes of all texts so far.
    bytes: usize,
    /// Tables that were read, by their paths; `None` of those that could not be.
    sheets: FxHashMap<PathBuf, Option<Arc<Sheet>>>,
}

/// How files are read, so that the library touches no file system by itself.
pub trait Reader {
    /// # Errors
    /// A message for the user when the file cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, String>;

    /// Reads a file that another one imports.
    ///
    /// # Errors
    /// As [`Reader::read`]; the file is a pipe or a device.
    fn import(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.read(path)
    }

    /// A file that is there and may be meant by a path where there is none.
    fn near(&self, _path: &Path) -> Option<String> {
        None
    }

    /// One path for each file, however it is reached.
    fn real(&self, path: &Path) -> PathBuf {
        normalised(path)
    }
}

/// Bytes of the texts that make up one model.
const LARGEST: usize = 64 << 20;
/// Files that one model imports; under two aliases a file counts twice.
const IMPORTS: usize = 1000;
/// Files that import each other in a chain.
const DEEPEST: usize = 100;

/// Files of a folder that are looked at for one that may be meant.
const SEARCHED: usize = 2000;

/// Reads from disk; `examples/NAME` comes with the program where no file is in its place.
pub struct Disk;

impl Reader for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        match (std::fs::File::open(path), library::example(path)) {
            (Ok(found), _) => bounded(found),
            (Err(e), Some(bytes)) if e.kind() == std::io::ErrorKind::NotFound => Ok(bytes.to_vec()),
            (Err(e), _) => Err(words(&e)),
        }
    }

    fn import(&self, path: &Path) -> Result<Vec<u8>, String> {
        // A pipe would be waited for, a device read without end.
        match std::fs::metadata(path) {
            Ok(found) if !found.is_file() && !found.is_dir() => Err("this is a pipe or a device, not a file".to_string()),
            _ => self.read(path),
        }
    }

    fn near(&self, path: &Path) -> Option<String> {
        if path.exists() {
            return None;
        }
        let name = path.file_name()?.to_str()?;
        // A name without its ending, or without the folder of the examples, is that file.
        let full = if path.extension().is_some() { name.to_string() } else { format!("{name}.trade") };
        let beside = path.with_file_name(&full);
        if beside.exists() {
            return Some(beside.display().to_string());
        }
        let examples = || library::EXAMPLES.iter().map(|(n, _)| *n);
        let example = |n: &str| format!("{}/{n}", library::EXAMPLES_FOLDER);
        if examples().any(|n| n == full) {
            return Some(example(&full));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let there: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .take(SEARCHED)
            .filter_map(|e| e.file_name().into_string().ok().filter(|n| n.ends_with(".trade")))
            .collect();
        let here = nearest(&full, there.iter().map(String::as_str)).map(|n| path.with_file_name(n).display().to_string());
        here.or_else(|| nearest(&full, examples()).map(|n| example(&n)))
    }

    fn real(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| normalised(path))
    }
}

/// All bytes of a stream, unless they are more than a model has.
///
/// # Errors
/// A message for the user.
pub fn bounded(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|e| words(&e))?;
    if bytes.len() > LARGEST { Err(format!("it has more than {} MB", LARGEST >> 20)) } else { Ok(bytes) }
}

fn words(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_string(),
        std::io::ErrorKind::PermissionDenied => "you may not read this file".to_string(),
        std::io::ErrorKind::IsADirectory => "this is a folder".to_string(),
        #[cfg(unix)]
        _ if e.raw_os_error() == Some(libc::ELOOP) => "its symbolic links lead in a circle".to_string(),
        _ => e.to_string(),
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Library(String),
    File(PathBuf),
}

struct Loader<'r> {
    reader: &'r dyn Reader,
    program: Program,
    /// Files being loaded, outermost first: an import of one of them is a cycle.
    open: Vec<(Place, String)>,
    /// It was said that there are too many imports.
    refused: bool,
}

/// Loads a model from its text; `path` is its file, or the folder that its imports are relative to.
pub fn load_text(name: &str, text: &str, path: &Path, reader: &dyn Reader) -> Program {
    load(name, text, path, None, reader)
}

/// As [`load_text`] for a text that was read from the file `read`, which is not to be written over.
pub fn load_read(name: &str, text: &str, path: &Path, read: &Path, reader: &dyn Reader) -> Program {
    load(name, text, path, Some(read), reader)
}

fn load(name: &str, text: &str, path: &Path, read_from: Option<&Path>, reader: &dyn Reader) -> Program {
    let mut loader = Loader { reader, program: Program::default(), open: Vec::new(), refused: false };
    loader.open.push((Place::File(reader.real(path)), name.to_string()));
    loader.program.bytes += text.len();
    let file = match read_from {
        Some(read) => loader.program.sources.add_read(name, text, read),
        None => loader.program.sources.add(name, text),
    };
    loader.program.main = Some(file);
    loader.parse(file, None, path);
    loader.program
}

/// Adds a text to a loaded program, with its imports relative to `folder`; what the program imports already is not read again.
///
/// Diagnostics of the text are added to the program's.
pub fn extend(program: Program, name: &str, text: &str, folder: &Path, reader: &dyn Reader) -> (Program, FileId) {
    let path = folder.join(name);
    // A table may have changed since it was read.
    let program = Program { sheets: FxHashMap::default(), ..program };
    let mut loader = Loader { reader, program, open: vec![(Place::File(reader.real(&path)), name.to_string())], refused: false };
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
    let bytes = reader.read(path).map_err(|why| {
        let d = Diagnostic::new("F001", format!("cannot read `{name}`: {why}"));
        match reader.near(path) {
            Some(near) => d.help(format!("did you mean `{near}`?")),
            None => d,
        }
    })?;
    let text = parser::decode(&bytes).map_err(|d| Diagnostic { title: format!("{} (in `{name}`)", d.title), ..d })?;
    Ok(load_read(&name, &text, path, path, reader))
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
                kind => {
                    let sheet = data::load_of(kind).and_then(|load| self.sheet(load, path));
                    self.program.declarations.push(Loaded { declaration: Arc::new(declaration), prefix: prefix.clone(), sheet });
                }
            }
        }
    }

    /// The table that a declaration of the file at `from` loads, read once.
    fn sheet(&mut self, load: &Load, from: &Path) -> Option<Arc<Sheet>> {
        let path = from.parent().unwrap_or(Path::new("")).join(load.file.text.as_ref());
        if let Some(found) = self.program.sheets.get(&path) {
            return found.clone();
        }
        let sheet = match data::read(&path, load, self.reader) {
            Ok(sheet) => {
                // Results do not replace what a model is read from.
                self.program.sources.add_read(path.display().to_string(), "", &path);
                Some(Arc::new(sheet))
            }
            Err(d) => {
                self.program.diagnostics.push(d);
                None
            }
        };
        self.program.sheets.insert(path, sheet.clone());
        sheet
    }

    fn import(&mut self, target: &ImportPath, prefix: Option<Arc<str>>, from: &Path, span: Span) {
        let (place, name, path) = match target {
            ImportPath::Library(n) => (Place::Library(n.text.to_string()), n.text.to_string(), PathBuf::new()),
            ImportPath::File(t) => {
                let path = from.parent().unwrap_or(Path::new("")).join(t.text.as_ref());
                let name = path.display().to_string();
                let path = normalised(&path);
                (Place::File(self.reader.real(&path)), name, path)
            }
        };
        if let Some(at) = self.open.iter().position(|(p, _)| *p == place) {
            let mut cycle: Vec<&str> = self.open[at..].iter().map(|(_, n)| n.as_str()).collect();
            cycle.push(&self.open[at].1);
            let diagnostic = Diagnostic::new("N010", format!("files import each other: {}", cycle.join(" → ")))
                .at(span, "this import closes the circle")
                .help("move what both need into a third file and import that from each");
            self.program.diagnostics.push(diagnostic);
            return;
        }
        if !self.program.done.insert((place.clone(), prefix.clone())) {
            return;
        }
        if self.program.done.len() > IMPORTS || self.open.len() > DEEPEST || self.program.bytes > LARGEST {
            if !self.refused {
                self.refused = true;
                let d = Diagnostic::new(
                    "N012",
                    format!("this model imports more than {IMPORTS} files, or {DEEPEST} in a chain, or {} MB", LARGEST >> 20),
                );
                self.program
                    .diagnostics
                    .push(d.at(span, "the last of them").help("a file that is imported under two aliases counts twice, with all that it imports"));
            }
            return;
        }
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
            Place::File(_) => {
                let read = self.reader.import(&path).map_err(|why| Diagnostic::new("F002", format!("cannot import `{name}`: {why}")));
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
        self.program.bytes += text.len();
        let file = match &place {
            Place::File(_) => self.program.sources.add_read(shown, text, &path),
            Place::Library(_) => self.program.sources.add(shown, text),
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
