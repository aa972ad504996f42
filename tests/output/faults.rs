//! Faults around a command: lost output, files that may not be replaced, the program's own failures, Ctrl-C, imports that are no files.

use crate::start::{self, BINARY, ended, fed};
use crate::support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::run::tasktrade;
use support::{Failures, root};

const MODEL: &str = "examples/small_ho.trade";

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"))
}

fn owned(args: &[&str]) -> Vec<String> {
    args.iter().map(|a| a.to_string()).collect()
}

/// What the prompt answers to inputs through a pipe.
fn prompt(args: &[&str], env: &[(&str, &str)], input: &str) -> Output {
    fed(start::tasktrade(["repl"]).args(args).envs(env.iter().copied()), input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(target_os = "linux")]
fn shell(line: &str) -> (i32, String) {
    let out = Command::new("sh").args(["-c", line]).current_dir(root()).output().unwrap_or_else(|e| panic!("{e}"));
    (out.status.code().unwrap_or(-1), text(&out.stderr))
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_is_lost_is_a_failure() {
    let mut failures = Failures::default();
    let commands = [
        "solve F --json",
        "run F",
        "fmt F",
        "equations F --latex",
        "sweep F 'p = 1.1..1.3 : 3' --json",
        "explain",
        "--help",
        "check F",
        "explain F004",
    ];
    for command in commands {
        let line = format!("'{BINARY}' {}", command.replace('F', MODEL).replace(&format!("{MODEL}004"), "F004"));
        for lost in ["> /dev/full", ">&-"] {
            let (code, said) = shell(&format!("{line} {lost}"));
            failures.check(code == 5, || format!("{command} {lost}: exit {code}"));
            failures.check(said.contains("F005"), || format!("{command} {lost}: {said}"));
        }
        // A pager that its user closes is no failure.
        let (_, said) = shell(&format!("{line} | true"));
        failures.check(said.is_empty(), || format!("{command} | true: {said}"));
    }
    failures.finish();
}

/// A model with an import, in a folder of its own.
fn two_files() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = scratch();
    let (main, part) = (folder.path().join("m.trade"), folder.path().join("part.trade"));
    let model = std::fs::read_to_string(root().join(MODEL)).unwrap_or_else(|e| panic!("{e}"));
    std::fs::write(&main, format!("import \"part.trade\"\n{model}")).unwrap_or_else(|e| panic!("{e}"));
    std::fs::write(&part, "parameter unused_here = 1\n").unwrap_or_else(|e| panic!("{e}"));
    (folder, main, part)
}

#[test]
fn no_result_replaces_what_is_being_read() {
    let mut failures = Failures::default();
    let (folder, main, part) = two_files();
    let name = main.display().to_string();
    let before = (std::fs::read(&main).ok(), std::fs::read(&part).ok());
    let link = folder.path().join("link.trade");
    #[cfg(unix)]
    std::os::unix::fs::symlink("part.trade", &link).unwrap_or_else(|e| panic!("{e}"));
    #[cfg(not(unix))]
    std::fs::hard_link(&part, &link).unwrap_or_else(|e| panic!("{e}"));
    for target in [&main, &part, &link] {
        let to = target.display().to_string();
        for args in [
            owned(&["sweep", &name, "p = 1.1..1.3 : 3", "--out", &to]),
            owned(&["plot", &name, "w against p = 1.1..1.3 : 3", "--svg", &to]),
            owned(&["plot", &name, "w against p = 1.1..1.3 : 3", "--png", &to]),
            owned(&["report", &name, "--html", &to]),
        ] {
            let out = tasktrade(&args);
            failures.check(out.code == 5 && out.stderr.contains("F004"), || format!("{args:?}: {} {}", out.code, out.stderr));
        }
        let out = prompt(&[&name], &[], &format!("sweep p = 1.1..1.3 : 3 --out {to}\n"));
        failures.check(out.status.code() == Some(5), || format!("prompt: {}", text(&out.stderr)));
    }
    // The program itself is what `save` replaces, an import is not.
    let out = prompt(&[&name], &[], &format!("save {}\n", link.display()));
    failures.check(text(&out.stderr).contains("F004"), || text(&out.stderr));
    failures.check((std::fs::read(&main).ok(), std::fs::read(&part).ok()) == before, || "a file has changed".into());
    let out = prompt(&[&name], &[], &format!("set p = 1.25\nsave {name}\n"));
    failures.check(out.status.success(), || text(&out.stderr));
    failures.check(std::fs::read_to_string(&main).is_ok_and(|t| t.contains("1.25")), || "save has not written the model".into());
    failures.finish();
}

#[test]
fn a_factor_that_nobody_owns_moves_nothing() {
    let mut failures = Failures::default();
    let folder = scratch();
    let file = folder.path().join("m.trade");
    std::fs::write(&file, "factor H \"labor\" price s\nset S = {a}\nparameter q[i in S] = 1\n").unwrap_or_else(|e| panic!("{e}"));
    let name = file.display().to_string();
    for (command, argument) in [
        ("plot", "1 against H = 1..2 : 5"),
        ("plot", "1 against H"),
        ("plot", "regimes over H, H"),
        ("plot", "effects s against H = 1..2"),
        ("sweep", "H = 1..2 : 5"),
        ("shock", "H +1%"),
        ("shock", "q[i] +1% for i in S where i != i"),
    ] {
        let out = tasktrade(&owned(&[command, &name, argument, "--json"]));
        failures.check(matches!(out.code, 1 | 2), || format!("{command} {argument}: exit {} {}", out.code, out.stderr));
        let errors = out.json["diagnostics"].as_array().map_or(0, |l| l.iter().filter(|d| d["severity"] == "error").count());
        failures.check(errors > 0, || format!("{command} {argument}: {}", out.stdout));
    }
    let inputs = "plot 1 against H = 1..2 : 5\nsweep H = 1..2 : 5\nshock H +1%\nH\n1 + 1\n";
    let out = prompt(&[&name], &[], inputs);
    failures.check(text(&out.stdout).contains('2'), || format!("the prompt: {} {}", text(&out.stdout), text(&out.stderr)));
    failures.finish();
}

/// A failure of the program itself: told as one, and the prompt goes on where it was.
#[cfg(debug_assertions)]
#[test]
fn a_panic_ends_a_command_and_not_the_prompt() {
    let out = ended(start::tasktrade(["solve", MODEL]).env("TASKTRADE_PANIC", "solve"));
    let said = text(&out.stderr);
    assert_eq!(out.status.code(), Some(70), "{said}");
    assert!(said.contains("X070") && said.contains("told to fail") && said.contains("report"), "{said}");
    assert!(!said.contains("RUST_BACKTRACE") && !said.contains("panicked at"), "{said}");
    let out = ended(start::tasktrade(["solve", MODEL, "--json"]).env("TASKTRADE_PANIC", "solve"));
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    assert_eq!(json["diagnostics"][0]["code"], "X070", "{json}");
    let out = prompt(&[MODEL], &[("TASKTRADE_PANIC", "regime")], "set p = 1.3\nregime\np\nundo\np\n");
    let said = text(&out.stdout);
    assert_eq!(out.status.code(), Some(70));
    assert!(said.contains("p = 1.3") && said.contains("undone: set p"), "{said}{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("the session is as it was"), "{}", text(&out.stderr));
}

#[test]
fn every_command_of_the_prompt_answers_in_json() {
    let folder = scratch();
    let path = |n: &str| folder.path().join(n).display().to_string();
    let argument = |name: &str| -> String {
        match name {
            "load" | "run" => MODEL.into(),
            "save" => path("saved.trade"),
            "info" | "show" | "why" => "w".into(),
            "set" => "p = 1.25".into(),
            "shock" => "p +1%".into(),
            "sweep" => "p = 1.1..1.3 : 3".into(),
            "derive" | "effects" | "sign" => "w wrt p".into(),
            "plot" => "w against p = 1.1..1.3 : 3".into(),
            "report" => format!("--html {}", path("page.html")),
            _ => String::new(),
        }
    };
    let mut failures = Failures::default();
    for (_, group) in tasktrade::repl::help::GROUPS {
        for entry in *group {
            if matches!(entry.name, "exit" | "quit") {
                continue;
            }
            let input = format!("{} {} --json", entry.name, argument(entry.name));
            let out = prompt(&[MODEL], &[], &format!("{input}\n"));
            let lines: Vec<String> = text(&out.stdout).lines().map(str::to_string).collect();
            let json = lines.first().and_then(|l| serde_json::from_str::<Value>(l).ok()).unwrap_or_default();
            failures.check(lines.len() == 1 && json["command"].is_string(), || format!("{input}: {} {}", text(&out.stdout), text(&out.stderr)));
        }
    }
    failures.finish();
}

/// Starts the program, ends it by Ctrl-C after some seconds, and waits for what it says.
#[cfg(unix)]
fn stopped_after(seconds: u64, args: &[&str]) -> Output {
    let child = start::tasktrade(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap_or_else(|e| panic!("{e}"));
    std::thread::sleep(std::time::Duration::from_secs(seconds));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().is_ok_and(|s| s.success()));
    child.wait_with_output().unwrap_or_else(|e| panic!("{e}"))
}

/// A page that is stopped holds what was done by then, and says so: on the page, on the terminal, in JSON.
#[cfg(unix)]
#[test]
fn a_report_that_is_stopped_keeps_its_parts() {
    let folder = scratch();
    let (model, page) = (folder.path().join("m.trade"), folder.path().join("page.html"));
    let mut program = std::fs::read_to_string(root().join(MODEL)).unwrap_or_else(|e| panic!("{e}"));
    // No formulas, but more shocks than anybody waits for.
    program = program.lines().filter(|l| !l.starts_with("channels")).map(|l| format!("{l}\n")).collect();
    const SHOCKS: usize = 6_000;
    program.extend((0..SHOCKS).map(|k| format!("shock s{k} {{ beta -{}% }}\n", 1 + k % 9)));
    std::fs::write(&model, program).unwrap_or_else(|e| panic!("{e}"));
    let out = stopped_after(8, &["report", &model.display().to_string(), "--html", &page.display().to_string(), "--json"]);
    assert_eq!(out.status.code(), Some(130), "{}", text(&out.stderr));
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&out.stdout)));
    assert_eq!(json["status"], "interrupted", "{json}");
    let done = json["holds"]["shocks"].as_array().map_or(0, Vec::len);
    assert!(done > 0 && done < SHOCKS, "{done} shocks");
    assert_eq!(json["holds"]["equilibrium"], true);
    assert!(text(&out.stderr).contains("S130"), "{}", text(&out.stderr));
    let html = std::fs::read_to_string(&page).unwrap_or_else(|e| panic!("{e}"));
    assert!(html.ends_with("</html>\n") && html.contains("interrupted while shocks were worked out"));
    assert!(html.contains(&format!("<h3>s{}</h3>", done / 2)), "the page lacks a shock that was done");
}

/// Ctrl-C keeps what is done: on the terminal, in the file, in JSON.
#[cfg(unix)]
#[test]
fn a_sweep_that_is_stopped_keeps_its_points() {
    let folder = scratch();
    let file = folder.path().join("out.csv");
    let out = stopped_after(6, &["sweep", MODEL, "p = 1.1..1.3 : 3000000", "--json", "--threads", "1", "--out", &file.display().to_string()]);
    assert_eq!(out.status.code(), Some(130), "{}", text(&out.stderr));
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&out.stdout)));
    let rows = json["rows"].as_array().map_or(0, Vec::len);
    assert!(rows > 0 && rows < 3_000_000, "{rows} rows");
    assert_eq!((json["status"].as_str(), json["points"].as_u64()), (Some("interrupted"), Some(3_000_000)));
    assert!(text(&out.stderr).contains("S130"), "{}", text(&out.stderr));
    let lines = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}")).lines().count();
    assert_eq!(lines, rows + 1);
    // What was finished is right.
    let statuses: Vec<&Value> = json["rows"].as_array().into_iter().flatten().map(|r| &r["status"]).collect();
    assert!(statuses.iter().all(|s| *s == "solved"), "{:?}", statuses.iter().find(|s| **s != "solved"));
}

fn check(file: &Path) -> support::run::Outcome {
    tasktrade(&owned(&["check", &file.display().to_string(), "--json"]))
}

#[cfg(unix)]
#[test]
fn imports_are_files() {
    let mut failures = Failures::default();
    let folder = scratch();
    let at = |n: &str| folder.path().join(n);
    assert!(Command::new("mkfifo").arg(at("fifo")).status().is_ok_and(|s| s.success()));
    std::os::unix::fs::symlink("a.trade", at("b.trade")).unwrap_or_else(|e| panic!("{e}"));
    std::os::unix::fs::symlink("c.trade", at("c.trade")).unwrap_or_else(|e| panic!("{e}"));
    for (import, code, words) in [
        ("fifo", "F002", "pipe"),
        ("/dev/zero", "F002", "device"),
        ("/dev/random", "F002", "device"),
        (".", "F002", "folder"),
        ("c.trade", "F002", "circle"),
        // The file itself under another name.
        ("b.trade", "N010", "import each other"),
    ] {
        std::fs::write(at("a.trade"), format!("import \"{import}\"\nparameter beta = 1\n")).unwrap_or_else(|e| panic!("{e}"));
        let out = check(&at("a.trade"));
        let said = out.json["diagnostics"][0].clone();
        failures.check(said["code"] == code && said["message"].as_str().is_some_and(|m| m.contains(words)), || format!("{import}: {}", out.stdout));
    }
    // A process substitution is a pipe that a shell makes: the main file may be one.
    let out = Command::new("sh")
        .args(["-c", &format!("echo 'parameter beta = 1' | '{BINARY}' check /dev/stdin")])
        .output()
        .unwrap_or_else(|e| panic!("{e}"));
    failures.check(out.status.success(), || text(&out.stderr));
    let (code, words) = {
        let o = tasktrade(&owned(&["check", "/dev/zero"]));
        (o.code, o.stderr)
    };
    failures.check(code == 5 && words.contains("64 MB"), || words.clone());
    failures.finish();
}

/// A file imported under two aliases, fourteen levels deep, would be sixteen thousand.
#[test]
fn imports_do_not_multiply_without_end() {
    let folder = scratch();
    for level in 0..14 {
        let next = level + 1;
        let text = format!("import \"f{next}.trade\" as a\nimport \"f{next}.trade\" as b\nparameter q{level} = 1\n");
        std::fs::write(folder.path().join(format!("f{level}.trade")), text).unwrap_or_else(|e| panic!("{e}"));
    }
    std::fs::write(folder.path().join("f14.trade"), "parameter last = 1\n").unwrap_or_else(|e| panic!("{e}"));
    let out = check(&folder.path().join("f0.trade"));
    assert_eq!(out.code, 1, "{}", out.stderr);
    assert!(out.json["diagnostics"].as_array().is_some_and(|l| l.iter().any(|d| d["code"] == "N012")), "{}", out.stdout);
}

#[test]
fn names_are_what_they_look_like() {
    let folder = scratch();
    let file = folder.path().join("m.trade");
    let codes = |program: &str| -> Vec<String> {
        std::fs::write(&file, program).unwrap_or_else(|e| panic!("{e}"));
        check(&file).json["diagnostics"].as_array().into_iter().flatten().map(|d| d["code"].as_str().unwrap_or("").to_string()).collect()
    };
    // One element, composed and decomposed.
    assert_eq!(codes("set S = {\"caf\u{e9}\"}\nparameter a[i in S] = 1\nlet v = a[\"cafe\u{301}\"]\n"), Vec::<String>::new());
    assert_eq!(codes("set S = {\"caf\u{e9}\", \"cafe\u{301}\"}\n"), ["N044"]);
    for invisible in ["\u{200d}", "\u{200c}", "\u{200b}", "\u{2060}", "\u{ad}"] {
        assert_eq!(codes(&format!("set S = {{\"a{invisible}b\"}}\n")), ["N049"], "{invisible:?}");
        let bare = codes(&format!("parameter a{invisible}b = 1\n"));
        assert!(!bare.is_empty() && bare.iter().all(|c| c == "N049" || c.starts_with('P')), "{invisible:?}: {bare:?}");
    }
    // A Cyrillic a beside a Latin one; Greek letters are at home, and so are scripts of one's own.
    assert_eq!(codes("parameter wage = 1\nparameter w\u{430}ge = 2\n"), ["N048"]);
    assert_eq!(codes("set S = {alpha, \"\u{430}lpha\"}\n"), ["N048"]);
    for fine in [
        "parameter ρ = 1\nparameter p = 2\n",
        "parameter ν = 1\nparameter v = 2\nparameter ω = 3\nlet w = 1\n",
        "parameter I1 = 1\nparameter l1 = 2\n",
        "parameter труд = 1\nparameter цена = 2\n",
    ] {
        assert_eq!(codes(fine), Vec::<String>::new(), "{fine}");
    }
}
