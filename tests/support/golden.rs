//! Golden files, one for each file of a folder.

use super::files;
use std::path::Path;

/// Does `check` for each file of these folders below `base` with this extension; the snapshots in it carry the file's place below `base`.
pub fn each(base: &str, folders: &[&str], extension: &str, check: impl Fn(&Path)) {
    for folder in folders {
        let below = if folder.is_empty() { base.to_owned() } else { format!("{base}/{folder}") };
        for path in files(&below, extension) {
            let inner = path.strip_prefix(super::root().join(base)).unwrap_or(&path).display().to_string();
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_suffix(inner.replace('/', "__"));
            settings.bind(|| check(&path));
        }
    }
}
