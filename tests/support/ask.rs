//! A small program through the binary, its text on stdin.

use crate::start::{fed, tasktrade};
use serde_json::Value;

/// What the program answered.
pub struct Told {
    pub code: i32,
    pub json: Value,
    pub stderr: String,
}

impl Told {
    pub fn codes(&self) -> Vec<&str> {
        self.json["diagnostics"].as_array().map(|l| l.iter().filter_map(|d| d["code"].as_str()).collect()).unwrap_or_default()
    }

    pub fn value(&self, name: &str) -> f64 {
        let all = &self.json["variables"];
        let found = self.json["report"][name].as_f64().or_else(|| all[name].as_f64());
        found.unwrap_or_else(|| panic!("no `{name}` in {all}\n{}", self.stderr))
    }
}

/// `tasktrade COMMAND - ARGUMENTS --json`, the program on stdin.
pub fn ask(command: &str, program: &str, arguments: &[&str]) -> Told {
    let args = [command, "-"].into_iter().chain(arguments.iter().copied()).chain(["--json"]);
    let out = fed(&mut tasktrade(args), program);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let json = serde_json::from_str(&text).unwrap_or_else(|e| panic!("stdout is not one JSON object ({e}): {text}"));
    Told { code: out.status.code().unwrap_or(-1), json, stderr: String::from_utf8_lossy(&out.stderr).into_owned() }
}
