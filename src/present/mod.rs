//! What the commands print: one result type a question, several renderers.

pub mod accent;
pub mod equations;
pub mod formula;
pub mod json;
pub mod number;
pub mod plot;
pub mod report;
pub mod sam;
pub mod statics;
pub mod statics_channels;
pub mod table;

use std::io::Write;
use std::path::Path;

/// Writes a file whole: to a temporary name beside it, then renamed, so that no reader sees half of it.
///
/// # Errors
/// The operating system's.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.flush()?;
    let permissions = match std::fs::metadata(path) {
        Ok(existing) => existing.permissions(),
        Err(_) => default_permissions(&file)?,
    };
    std::fs::set_permissions(file.path(), permissions)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Temporary files are private; a result is readable like any other new file.
fn default_permissions(file: &tempfile::NamedTempFile) -> std::io::Result<std::fs::Permissions> {
    let mut p = file.as_file().metadata()?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut p, 0o644);
    #[cfg(not(unix))]
    p.set_readonly(false);
    Ok(p)
}
