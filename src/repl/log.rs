//! The log of a session: questions and answers as a Markdown page, whose blocks can be typed again.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A page that grows with every input.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Begins a page; one that is there already goes on.
    ///
    /// # Errors
    /// The operating system's.
    pub fn begin(path: &Path, model: Option<&str>) -> std::io::Result<Log> {
        let fresh = std::fs::metadata(path).map_or(true, |m| m.len() == 0);
        let mut file = File::options().create(true).append(true).open(path)?;
        if fresh {
            writeln!(file, "# Session{}\n", model.map(|m| format!(" with {m}")).unwrap_or_default())?;
        }
        Ok(Log { path: path.to_path_buf(), file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an input and its answer; a page that cannot be written any more is no reason to disturb anyone.
    pub fn add(&mut self, input: &str, answer: &str) {
        let mut block = String::from("```session\n");
        for (k, line) in input.trim_end().lines().enumerate() {
            block.push_str(&format!("{} {line}\n", if k == 0 { ">>>" } else { "..." }));
        }
        block.push_str(answer);
        if !block.ends_with('\n') {
            block.push('\n');
        }
        block.push_str("```\n\n");
        let _ = self.file.write_all(block.as_bytes());
    }
}

/// The inputs of a page's session blocks, in order.
pub fn inputs(page: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut inside, mut typing) = (false, false);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line.starts_with("```session");
            typing = false;
        } else if let (true, Some(input)) = (inside, line.strip_prefix(">>> ")) {
            out.push(input.to_string());
            typing = true;
        } else if let (true, Some(more), Some(last)) = (inside && typing, line.strip_prefix("... "), out.last_mut()) {
            last.push('\n');
            last.push_str(more);
        } else {
            typing = false;
        }
    }
    out
}
