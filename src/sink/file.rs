//! Files written: whole or not at all, never over the program that is being read, nothing left behind.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why a file was not written.
#[derive(Debug)]
pub enum NotWritten {
    /// It is a file that the model is read from.
    Read,
    /// There is a folder of that name.
    Folder,
    System(io::Error),
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotWritten::Read => f.write_str("the model is read from it"),
            NotWritten::Folder => f.write_str("it is a folder"),
            NotWritten::System(e) => match e.kind() {
                io::ErrorKind::NotFound => f.write_str("there is no such folder"),
                io::ErrorKind::PermissionDenied => f.write_str("you may not write there"),
                io::ErrorKind::StorageFull => f.write_str("no space is left on the disk"),
                _ => write!(f, "{e}"),
            },
        }
    }
}

impl From<io::Error> for NotWritten {
    fn from(e: io::Error) -> Self {
        NotWritten::System(e)
    }
}

/// Whether `path` may be written while `read` are the files that a model is read from.
///
/// # Errors
/// It is one of them under whatever name, by a link too; it is a folder; its folder is missing.
pub fn may_write<'a>(path: &Path, read: impl IntoIterator<Item = &'a Path>) -> Result<(), NotWritten> {
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let target = followed(path)?;
            std::fs::metadata(folder(&target))?;
            return Ok(());
        }
        Err(e) => return Err(e.into()),
    };
    if found.is_dir() {
        return Err(NotWritten::Folder);
    }
    let same = |other: &Path| std::fs::metadata(other).is_ok_and(|o| same_file(&found, path, &o, other));
    if found.is_file() && read.into_iter().any(same) { Err(NotWritten::Read) } else { Ok(()) }
}

/// Whether two paths lead to one file, whatever their names.
#[cfg(unix)]
fn same_file(a: &std::fs::Metadata, _: &Path, b: &std::fs::Metadata, _: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_: &std::fs::Metadata, a: &Path, _: &std::fs::Metadata, b: &Path) -> bool {
    std::fs::canonicalize(a).ok().is_some_and(|a| std::fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Writes a file whole: to a temporary name beside it, synced, then renamed, so that no reader and no crash sees half of it.
///
/// Symbolic links are followed. A device, pipe or socket is written to, not replaced. A file that is there keeps its permissions; a new one gets
/// those that the umask leaves.
///
/// # Errors
/// As [`may_write`]; the operating system's.
pub fn write<'a>(path: &Path, bytes: &[u8], read: impl IntoIterator<Item = &'a Path>) -> Result<(), NotWritten> {
    may_write(path, read)?;
    replace(path, bytes)
}

/// [`write`] for a file that is itself meant to be replaced: the model on `save`, a program on `fmt --write`.
///
/// # Errors
/// As [`write`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), NotWritten> {
    let found = std::fs::metadata(path).ok();
    if found.as_ref().is_some_and(|f| f.is_dir()) {
        return Err(NotWritten::Folder);
    }
    if found.as_ref().is_some_and(|f| !f.is_file()) || of_the_system(path) {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.write_all(bytes)?;
        file.flush()?;
        return Ok(());
    }
    let target = followed(path)?;
    let mut temporary = Temporary::beside(&target)?;
    temporary.file.write_all(bytes)?;
    if let Some(found) = found {
        temporary.file.set_permissions(found.permissions())?;
    }
    temporary.file.sync_all()?;
    temporary.persist(&target)?;
    // The new name is on the disk once the folder is; not every system lets a folder be synced.
    if let Ok(folder) = File::open(folder(&target)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// `/dev/stdout` and the like stand for something that is open already.
fn of_the_system(path: &Path) -> bool {
    let mut at = path.to_path_buf();
    for _ in 0..LINKS {
        if at.starts_with("/dev") || at.starts_with("/proc") {
            return std::fs::metadata(path).is_ok();
        }
        match std::fs::read_link(&at) {
            Ok(to) => at = folder(&at).join(to),
            Err(_) => return false,
        }
    }
    false
}

/// Links that are followed, as many as the system would.
const LINKS: usize = 40;

/// The file that a path leads to, which need not exist.
fn followed(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = std::fs::canonicalize(path) {
        return Ok(real);
    }
    let mut at = path.to_path_buf();
    for _ in 0..LINKS {
        match std::fs::read_link(&at) {
            Ok(to) => at = folder(&at).join(to),
            Err(_) => return Ok(at),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Temporary files that are being written, removed when the program is told to end.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn open() -> MutexGuard<'static, Vec<PathBuf>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files and lets no other be made or renamed: for the last moments before the program is ended by a signal.
pub fn abandon() {
    let mut all = open();
    remove(&mut all);
    std::mem::forget(all);
}

fn remove(all: &mut Vec<PathBuf>) {
    for path in all.drain(..) {
        let _ = std::fs::remove_file(path);
    }
}

/// A file beside its target that is gone when it is dropped before it is renamed.
struct Temporary {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Temporary {
    fn beside(target: &Path) -> io::Result<Temporary> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut all = open();
        for n in 0..1000u32 {
            let short: String = name.chars().take(40).collect();
            let path = folder(target).join(format!(".{short}.{}-{n}.tmp", std::process::id()));
            // The umask takes from the permissions what it takes from those of any new file.
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    all.push(path.clone());
                    return Ok(Temporary { path, file, kept: false });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::other("no name is free for a temporary file"))
    }

    fn persist(mut self, target: &Path) -> io::Result<()> {
        let mut all = open();
        std::fs::rename(&self.path, target)?;
        self.kept = true;
        all.retain(|p| *p != self.path);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            let mut all = open();
            let _ = std::fs::remove_file(&self.path);
            all.retain(|p| *p != self.path);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn none() -> [&'static Path; 0] {
        []
    }

    fn left(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).expect("folder").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_file_that_is_read_is_refused_under_every_name() {
        let base = tempfile::tempdir().expect("folder");
        let model = base.path().join("m.trade");
        std::fs::write(&model, "factor L").expect("written");
        symlink("m.trade", base.path().join("link")).expect("link");
        std::fs::hard_link(&model, base.path().join("hard")).expect("link");
        for name in ["m.trade", "./m.trade", "link", "hard"] {
            let refused = write(&base.path().join(name), b"x", [model.as_path()]);
            assert!(matches!(refused, Err(NotWritten::Read)), "{name}: {refused:?}");
        }
        assert_eq!(std::fs::read(&model).expect("read"), b"factor L");
        write(&base.path().join("other"), b"x", [model.as_path()]).expect("written");
        assert_eq!(left(base.path()), ["hard", "link", "m.trade", "other"]);
    }

    #[test]
    fn links_are_followed_and_permissions_kept() {
        let base = tempfile::tempdir().expect("folder");
        let real = base.path().join("real.csv");
        std::fs::write(&real, "old").expect("written");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).expect("mode");
        let link = base.path().join("link.csv");
        symlink("real.csv", &link).expect("link");
        write(&link, b"new", none()).expect("written");
        assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(std::fs::read(&real).expect("read"), b"new");
        assert_eq!(std::fs::metadata(&real).expect("there").mode() & 0o777, 0o600);
        let dangling = base.path().join("dangling");
        symlink("made.csv", &dangling).expect("link");
        write(&dangling, b"x", none()).expect("written");
        assert_eq!(std::fs::read(base.path().join("made.csv")).expect("read"), b"x");
        symlink("loop", base.path().join("loop")).expect("link");
        assert!(write(&base.path().join("loop"), b"x", none()).is_err());
        assert!(matches!(write(base.path(), b"x", none()), Err(NotWritten::Folder)));
        assert!(write(&base.path().join("no/such/folder.csv"), b"x", none()).is_err());
        assert_eq!(left(base.path()), ["dangling", "link.csv", "loop", "made.csv", "real.csv"]);
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_other() {
        let base = tempfile::tempdir().expect("folder");
        std::fs::write(base.path().join("a"), "").expect("written");
        write(&base.path().join("b"), b"", none()).expect("written");
        let mode = |n: &str| std::fs::metadata(base.path().join(n)).expect("there").mode();
        assert_eq!(mode("a"), mode("b"));
    }

    #[test]
    fn what_is_being_written_is_gone_when_the_program_is_ended() {
        let base = tempfile::tempdir().expect("folder");
        let temporary = Temporary::beside(&base.path().join("a.csv")).expect("made");
        assert_eq!(left(base.path()).len(), 1);
        let mut own: Vec<PathBuf> = open().iter().filter(|p| p.starts_with(base.path())).cloned().collect();
        assert_eq!(own, [temporary.path.clone()]);
        remove(&mut own);
        assert_eq!(left(base.path()).len(), 0);
        drop(temporary);
        assert!(!open().iter().any(|p| p.starts_with(base.path())));
    }

    #[test]
    fn a_pipe_is_written_to() {
        let base = tempfile::tempdir().expect("folder");
        let pipe = base.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::read(pipe).expect("read"))
        };
        write(&pipe, b"rows", none()).expect("written");
        assert_eq!(reader.join().expect("reader"), b"rows");
        assert!(!std::fs::metadata(&pipe).expect("there").is_file());
        write(Path::new("/dev/null"), b"x", none()).expect("written");
    }
}
