//! Transcripts of the prompt: `tests/repl/*.session`. `TASKTRADE_RENEW=1` writes them anew.

mod session_support;

use session_support::{Page, difference, files, parse, print, renew, run};

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
    assert!(wrong.is_empty(), "\n{wrong}`TASKTRADE_RENEW=1 cargo test --test repl` accepts what the prompt says now");
}

/// Every example in `help COMMAND` runs, after what it says comes first.
#[test]
fn examples_of_help_run() {
    for entry in tasktrade::repl::help::all() {
        // Formulas need the algebra engine, which a build may lack; a page and a saved file leave traces.
        let engine = !cfg!(feature = "symbolic") && matches!(entry.name, "derive" | "effects" | "sign" | "report");
        if engine || entry.name == "exit" || entry.name == "quit" {
            continue;
        }
        let mut inputs = vec!["load examples/small_ho.trade".to_owned()];
        inputs.extend(entry.before.split(";;").filter(|s| !s.is_empty()).map(str::to_owned));
        let example = if entry.name == "save" { "save $TMP/m.trade".to_owned() } else { entry.example.replace("report.html", "$TMP/report.html") };
        inputs.push(example);
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
        let found = page.with(run(&typed));
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
    assert!(wrong.is_empty(), "\n{wrong}`TASKTRADE_RENEW=1 cargo test --test repl` accepts what the prompt says now");
}
