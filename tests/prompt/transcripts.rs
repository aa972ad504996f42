//! Transcripts of the prompt: `tests/repl/*.session`. `TASKTRADE_RENEW=1` writes them anew.

use crate::session_support;
use crate::start::{fed, tasktrade};

use session_support::{Page, difference, files, parse, print, renew, run, run_as_reader, run_at};

#[test]
fn transcripts() {
    let list = files("tests/repl", "session");
    assert!(!list.is_empty(), "no transcripts");
    let mut wrong = String::new();
    for file in list {
        let text = std::fs::read_to_string(&file).expect("a transcript");
        let (head, exchanges) = parse(&text);
        assert!(!exchanges.is_empty(), "{}: no inputs", file.display());
        let inputs: Vec<String> = exchanges.into_iter().map(|e| e.input).collect();
        let found = print(&head, &run(&inputs));
        if found == text {
            continue;
        }
        if renew() {
            std::fs::write(&file, &found).expect("written");
        } else {
            wrong.push_str(&format!("{}\n{}", file.display(), difference(&text, &found)));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}`TASKTRADE_RENEW=1 cargo test --test prompt transcripts::` accepts what the prompt says now");
}

/// What the prompt says at 60, 80 and 120 columns: `tests/width/*.session` at each, and no line is wider than its terminal.
#[test]
fn answers_fit_the_terminal() {
    let list = files("tests/width", "session");
    assert!(!list.is_empty(), "no transcripts");
    let mut wrong = String::new();
    for file in list {
        let text = std::fs::read_to_string(&file).expect("a transcript");
        let inputs: Vec<String> = parse(&text).1.into_iter().map(|e| e.input).collect();
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        for columns in ["60", "80", "120"] {
            let room: usize = columns.parse().expect("a number");
            let answers = run_at(&inputs, columns);
            for line in answers.iter().flat_map(|e| e.answer.lines()) {
                let width = unicode_width::UnicodeWidthStr::width(line);
                if width > room {
                    wrong.push_str(&format!("{stem} at {columns}: {width} columns: {line}\n"));
                }
            }
            let found = print("", &answers);
            let golden = file.with_file_name(format!("{stem}.{columns}"));
            let expected = std::fs::read_to_string(&golden).unwrap_or_default();
            if found != expected {
                if renew() {
                    std::fs::write(&golden, &found).expect("written");
                } else {
                    wrong.push_str(&format!("{}\n{}", golden.display(), difference(&expected, &found)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every example in `help COMMAND` runs, after what it says comes first.
#[test]
fn examples_of_help_run() {
    for entry in tasktrade::repl::help::all() {
        // Formulas need the algebra engine, which a build may lack; a page and a saved file leave traces.
        let engine = !cfg!(feature = "symbolic") && matches!(entry.name, "derive" | "effects" | "sign" | "report");
        if engine || matches!(entry.name, "exit" | "quit" | "resume") {
            continue;
        }
        let mut inputs = vec!["load examples/small_ho.trade".to_owned()];
        inputs.extend(entry.before.split(";;").filter(|s| !s.is_empty()).map(str::to_owned));
        let example = if entry.name == "save" { "save $TMP/m.trade".to_owned() } else { entry.example.replace("report.html", "$TMP/report.html") };
        inputs.iter_mut().for_each(|i| *i = i.replace("session.md", "$TMP/session.md"));
        inputs.push(example.replace("session.md", "$TMP/session.md"));
        let found = run(&inputs);
        let answer = &found.last().expect("an answer").answer;
        assert!(!answer.contains("error["), "{}: {answer}", entry.name);
        assert!(!answer.trim().is_empty(), "{} says nothing", entry.name);
    }
}

/// Through a pipe nothing is echoed and nothing but answers is said.
#[test]
fn pipes_get_answers_only() {
    let found = run(&["load examples/small_ho.trade".into(), "w".into(), "// nothing".into(), "set beta = 1.2".into()]);
    assert_eq!(found[1].answer, "w = 0.7795   price of low-skilled labor\n");
    assert_eq!(found[2].answer, "");
    assert!(!found.iter().any(|e| e.answer.contains("small_ho>") || e.answer.contains('\x1b')));
}

/// Pages show what the prompt really says: every block fenced as `session`, one session a page.
#[test]
fn pages_say_what_the_prompt_says() {
    let mut pages = files("docs", "md");
    pages.push(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let (mut wrong, mut inputs) = (String::new(), 0);
    for file in pages {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let page = Page::parse(&text);
        let typed = page.inputs();
        if typed.is_empty() {
            continue;
        }
        inputs += typed.len();
        let found = page.with(run_as_reader(&typed));
        if found == text {
            continue;
        }
        if renew() {
            std::fs::write(&file, &found).expect("written");
        } else {
            wrong.push_str(&format!("{}\n{}", file.display(), difference(&text, &found)));
        }
    }
    assert!(inputs > 20, "the tutorial types only {inputs} inputs");
    assert!(wrong.is_empty(), "\n{wrong}`TASKTRADE_RENEW=1 cargo test --test prompt transcripts::` accepts what the prompt says now");
}

/// With `--json` every answer is one object on a line of its own, failures too.
#[test]
fn json_answers_line_by_line() {
    let typed = "beta\nshock beta -10%\nsolve\nshow\nexplain\nnonsense\nundo\nplot margin\nwhy w\n";
    let output = fed(&mut tasktrade(["repl", "examples/small_ho.trade", "--json", "--set", "beta=1.25"]), typed);
    let said = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<serde_json::Value> = said.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect();
    assert_eq!(lines.len(), 9, "{said}");
    assert!(lines.iter().all(|l| l["schema"] == 1));
    assert_eq!(lines.iter().filter(|l| l["ok"] == false).count(), 1);
    assert_eq!(lines[0]["values"]["beta"], 1.25);
    assert_eq!(lines[1]["parameters"]["beta"][1], 1.125);
    assert_eq!(lines[2]["status"], "solved");
    assert_eq!(lines[5]["diagnostics"][0]["code"], "N001");
    assert_eq!(output.status.code(), Some(1));
}

/// The page of the prompt lists every command with its forms.
#[test]
fn the_page_lists_all_commands() {
    let page = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/prompt.md")).expect("the page");
    for entry in tasktrade::repl::help::all() {
        let row = format!("| `{}` | {} |", entry.usage.replace('|', "\\|"), entry.about);
        assert!(page.contains(&row), "docs/prompt.md lacks the row\n{row}");
    }
}

/// What is printed can be typed: the print form of every quantity of every example reads as that quantity.
#[test]
fn printed_names_read_as_themselves() {
    use tasktrade::expr::Node;
    use tasktrade::syntax::parser;
    use tasktrade::system::Quantity;
    let never = std::sync::atomic::AtomicBool::new(false);
    let (mut seen, mut wrong) = (0, String::new());
    for file in files("examples", "trade") {
        let session = tasktrade::cli::load_session(&file, &[]).unwrap_or_else(|f| panic!("{}: {:?}", file.display(), f.diagnostics));
        let Ok(solved) = session.solve(&never) else { continue };
        let system = &solved.prepared.system;
        let listed: Vec<_> = solved.prepared.listed().into_iter().chain(system.parameters()).map(|s| system.info(s)).collect();
        for info in listed.iter().filter(|i| i.display != i.name && !matches!(i.quantity, Quantity::Hidden | Quantity::Numeraire)) {
            // Where two quantities print alike, or the print form is the name of another, it means neither of them.
            if listed.iter().filter(|o| o.display == info.display).count() > 1 || listed.iter().any(|o| o.name == info.display) {
                continue;
            }
            // An element may be a reserved word, as in the σ of `demand`; then the name itself stands in quotes.
            if parser::parse_expr(tasktrade::source::FileId(0), &info.name).is_err() || info.name.contains('"') {
                continue;
            }
            seen += 1;
            let mut copy = tasktrade::cli::load_session(&file, &[]).expect("loaded");
            let id = copy.add_text("typed", &info.display);
            let read = parser::parse_expr(id, &info.display).and_then(|e| copy.resolve(|r, scope| r.expr(&e, scope).ok())).map(|(economy, node)| {
                node.and_then(|n| if let Node::Sym(s) = economy.dag.node(n) { Some(economy.info(*s).name.clone()) } else { None })
            });
            match read {
                Ok(Some(name)) if name == info.name => {}
                Ok(other) => wrong.push_str(&format!("{}: {} reads as {other:?}, not {}\n", file.display(), info.display, info.name)),
                // With several countries the one without a mark is not silently meant: the message offers it.
                Err(d) if d.list[0].code == "N008" && d.list[0].help.as_ref().is_some_and(|h| h.starts_with("write")) => {}
                Err(d) => wrong.push_str(&format!("{}: {} does not read: {}\n", file.display(), info.display, d.list[0].title)),
            }
        }
    }
    assert!(seen > 100, "{seen} names");
    assert!(wrong.is_empty(), "\n{wrong}");
}
