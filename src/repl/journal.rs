//! What a prompt keeps of its session on disk, so that nothing typed is lost where it is killed: one file a running prompt, gone when it is left.

use super::state::State;
use super::{editor, save};
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The file of this prompt; removed when the prompt is left.
pub struct Journal {
    path: Option<PathBuf>,
    /// Held while the prompt runs: a journal whose lock is free was left behind.
    _lock: Option<File>,
    written: String,
}

/// What a killed prompt left behind.
pub struct Left {
    pub path: PathBuf,
    /// The file that its model was loaded from.
    pub file: Option<PathBuf>,
    pub model: String,
    pub waiting: String,
    pub settings: Vec<(String, f64)>,
}

impl Journal {
    /// A journal beside the history, named by the process.
    pub fn begin() -> Journal {
        let path = folder().map(|f| f.join(format!("{}.json", std::process::id())));
        let lock = path.as_ref().and_then(|p| {
            std::fs::create_dir_all(p.parent()?).ok()?;
            let file = File::create(p.with_extension("lock")).ok()?;
            file.try_lock().ok().map(|()| file)
        });
        Journal { path: path.filter(|_| lock.is_some()), _lock: lock, written: String::new() }
    }

    /// Writes what would be lost now; nothing where nothing would be. A journal that cannot be written is no reason to disturb anyone.
    pub fn keep(&mut self, state: &State, unsaved: bool) {
        let Some(path) = &self.path else { return };
        if !unsaved && state.settings.is_empty() {
            self.written.clear();
            let _ = std::fs::remove_file(path);
            return;
        }
        let waiting: Vec<&str> = state.waiting.iter().map(|w| w.text.as_ref()).collect();
        let body = json!({
            "file": state.file,
            "model": save::text(state, false).0,
            "waiting": waiting.join("\n"),
            "settings": state.settings.iter().map(|(n, v)| json!([n, v])).collect::<Vec<_>>(),
        });
        let text = body.to_string();
        if text == self.written {
            return;
        }
        if crate::sink::file::replace(path, text.as_bytes()).is_ok() {
            self.written = text;
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
            let _ = std::fs::remove_file(path.with_extension("lock"));
        }
    }
}

fn folder() -> Option<PathBuf> {
    editor::history_file().and_then(|h| h.parent().map(|p| p.join("open")))
}

/// Journals whose prompt does not run any more, the latest first.
pub fn left() -> Vec<Left> {
    let Some(folder) = folder() else { return Vec::new() };
    let mut found: Vec<(std::time::SystemTime, Left)> = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let held = || File::open(path.with_extension("lock")).is_ok_and(|lock| lock.try_lock().is_err());
        if path.extension().is_none_or(|e| e != "json") || held() {
            continue;
        }
        let time = entry.metadata().and_then(|m| m.modified()).unwrap_or(std::time::UNIX_EPOCH);
        found.extend(read(&path).map(|l| (time, l)));
    }
    found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    found.into_iter().map(|(_, l)| l).collect()
}

fn read(path: &Path) -> Option<Left> {
    let body: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let settings = body.get("settings").and_then(Value::as_array).into_iter().flatten();
    let settings = settings.filter_map(|s| Some((s.get(0)?.as_str()?.to_string(), s.get(1)?.as_f64()?))).collect();
    let file = body.get("file").and_then(Value::as_str).map(PathBuf::from);
    Some(Left { path: path.to_path_buf(), file, model: text("model"), waiting: text("waiting"), settings })
}

impl Left {
    /// Forgets what was left behind.
    pub fn forget(&self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(self.path.with_extension("lock"));
    }
}
