//! One worker at a time for each user: a lock that lives in a fixed place, whatever HOME is.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Waits for the lock and holds it for as long as the file stays open; the file names the process that it is held for.
///
/// Errors: the first of the places that is there belongs to somebody else or is open to others, and falling back to another would let two programs
/// hold two locks; no directory can be made in any of the places.
pub fn acquire() -> io::Result<File> {
    let mut refusal = io::Error::other("no directory for it can be made");
    for place in places() {
        let made = match private(&place) {
            Ok(()) => open(&place.join(NAME)).map_err(|e| io::Error::other(format!("{}: {e}", place.join(NAME).display()))),
            Err(error) if std::fs::symlink_metadata(&place).is_ok() => return Err(error),
            Err(error) => Err(io::Error::other(format!("{}: {error}", place.display()))),
        };
        match made {
            Ok(file) => {
                file.lock()?;
                // For those who wait; a lock without a name is one all the same.
                let _ = sign(&file);
                return Ok(file);
            }
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

const NAME: &str = "algebra.lock";

fn sign(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", parent())
}

/// The process that the lock is held for, as its user knows it.
pub fn holder() -> Option<String> {
    let text = places().iter().find_map(|place| {
        let mut text = String::new();
        open(&place.join(NAME)).ok()?.take(100).read_to_string(&mut text).ok()?;
        (!text.trim().is_empty()).then_some(text)
    })?;
    let process: u32 = text.trim().parse().ok()?;
    let words = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let words: Vec<String> = words.split(|b| *b == 0).filter(|w| !w.is_empty()).map(|w| String::from_utf8_lossy(w).into_owned()).collect();
    let line: String = words.join(" ").chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
    Some(if line.is_empty() { format!("process {process}") } else { format!("process {process}: {line}") })
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    std::process::id()
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    options.open(path)
}

#[cfg(unix)]
fn user() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// Where the lock may live, best first: the session's own directory, then the system's directories for temporary files.
#[cfg(unix)]
fn places() -> Vec<PathBuf> {
    let user = user();
    let name = format!("tasktrade-{user}");
    let session = Path::new("/run/user").join(user.to_string());
    let lasting = Path::new("/var").join("tmp");
    let mut places = Vec::new();
    if owned(&session).is_ok() {
        places.push(session.join("tasktrade"));
    }
    places.extend([lasting.join(&name), std::env::temp_dir().join(&name)]);
    places
}

#[cfg(not(unix))]
fn places() -> Vec<PathBuf> {
    vec![std::env::temp_dir().join("tasktrade")]
}

/// Makes the directory if need be, and refuses one that others could write to.
#[cfg(unix)]
fn private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    match std::fs::DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    owned(directory)?;
    if std::fs::symlink_metadata(directory)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other(format!("{} is open to other users", directory.display())));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)
}

/// Whether this is a directory, not a link to one, and belongs to this user.
#[cfg(unix)]
fn owned(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::symlink_metadata(directory)?;
    if !found.is_dir() || found.uid() != user() {
        return Err(io::Error::other(format!("{} is not a directory of this user", directory.display())));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_directory_open_to_others_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        let place = base.path().join("lock");
        private(&place).expect("made");
        assert_eq!(std::fs::metadata(&place).expect("there").permissions().mode() & 0o777, 0o700);
        private(&place).expect("found again");
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o770)).expect("changed");
        assert!(private(&place).is_err());
    }

    #[test]
    fn a_link_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        let link = base.path().join("link");
        std::os::unix::fs::symlink(base.path(), &link).expect("linked");
        assert!(private(&link).is_err());
    }
}
