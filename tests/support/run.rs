//! Runs the built binary and reads what it says.

use crate::start::{self, ended};
use serde_json::Value;
use std::path::Path;

/// What a command printed and how it ended.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// The one object on stdout, null where it is not JSON.
    pub json: Value,
}

impl Outcome {
    /// The codes of the diagnostics, or stderr where there is no JSON: for messages of failing tests.
    pub fn complaint(&self) -> String {
        let list = self.json["diagnostics"].as_array().cloned().unwrap_or_default();
        let errors: Vec<String> = list
            .iter()
            .filter(|d| d["severity"] == "error")
            .map(|d| format!("{} {}", d["code"].as_str().unwrap_or("?"), d["message"].as_str().unwrap_or("?")))
            .collect();
        let text = if errors.is_empty() { self.stderr.trim().chars().take(300).collect() } else { errors.join("; ") };
        format!("exit {}: {text}", self.code)
    }
}

/// `tasktrade COMMAND FILE [ARGUMENT] [--set NAME=VALUE …] --json`
///
/// Runs in the crate's root, with the file's path relative to it where it lies below.
pub fn command(command: &str, file: &Path, argument: Option<&str>, set: &[(String, f64)]) -> Outcome {
    let mut args = vec![command.to_owned(), file.display().to_string()];
    args.extend(argument.map(str::to_owned));
    for (name, value) in set {
        args.push("--set".to_owned());
        args.push(format!("{name}={value:?}"));
    }
    args.push("--json".to_owned());
    tasktrade(&args)
}

/// The binary with these arguments.
pub fn tasktrade(args: &[String]) -> Outcome {
    let output = ended(&mut start::tasktrade(args));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = serde_json::from_str(&stdout).unwrap_or(Value::Null);
    Outcome { code: output.status.code().unwrap_or(-1), stderr: String::from_utf8_lossy(&output.stderr).into_owned(), stdout, json }
}
