//! How long the prompt takes: from start to prompt, a shock in every example, a hint.

use divan::{Bencher, black_box};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use tasktrade::command::Options;
use tasktrade::present::number::Digits;
use tasktrade::repl::{Asking, Workspace, hint};

static INTERRUPT: AtomicBool = AtomicBool::new(false);

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn open(path: &Path) -> Workspace {
    let options = Options::default();
    let mut workspace = Workspace::default();
    if let Err(f) = workspace.open(path, &Asking { options: &options, interrupt: &INTERRUPT }) {
        panic!("{}: {:?}", path.display(), f.diagnostics.list);
    }
    workspace
}

/// Names of the examples that declare a shock.
fn examples() -> Vec<String> {
    let mut list: Vec<String> = std::fs::read_dir(root().join("examples"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "trade"))
        .filter(|e| !open(&e.path()).state.session.economy.shocks.is_empty())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    list.sort();
    list
}

#[divan::bench]
fn start_to_prompt() {
    let status = Command::new(env!("CARGO_BIN_EXE_tasktrade")).stdin(Stdio::null()).stdout(Stdio::null()).status();
    black_box(status.is_ok_and(|s| s.success()));
}

#[divan::bench(args = examples())]
fn shock(bencher: Bencher, name: &str) {
    let options = Options::default();
    let ask = Asking { options: &options, interrupt: &INTERRUPT };
    let mut workspace = open(&root().join("examples").join(name));
    let Some(shock) = workspace.state.session.economy.shocks.first().map(|s| format!("shock {}", s.name)) else { return };
    bencher.bench_local(|| {
        black_box(workspace.run(&shock, &ask).is_ok());
        black_box(workspace.run("undo", &ask).is_ok());
    });
}

#[divan::bench]
fn hint_while_typing(bencher: Bencher) {
    let workspace = open(&root().join("examples/large_ho.trade"));
    bencher.bench_local(|| black_box(hint(&workspace, "w[Home] / s[Home] * theta[L, x, Home]", Digits::default())));
}
