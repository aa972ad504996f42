//! Every broken program below `tests/diag` against the diagnostics it gives: source and rendering in one golden file.

mod support;

use std::process::Command;

#[test]
fn broken_programs_say_what_is_wrong() {
    let mut seen = 0;
    insta::glob!("diag/{names,model,balance,solve}/*.trade", |path| {
        seen += 1;
        let source = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.strip_prefix(support::root()).unwrap_or(path).display().to_string();
        let verb = if name.contains("/solve/") { "solve" } else { "check" };
        let out = Command::new(env!("CARGO_BIN_EXE_tasktrade"))
            .args([verb, &name])
            .current_dir(support::root())
            .env("NO_COLOR", "1")
            .output()
            .unwrap_or_else(|e| panic!("tasktrade does not start: {e}"));
        let code = out.status.code().unwrap_or(-1);
        let text = format!("{source}----- {verb}: exit {code}\n{}", String::from_utf8_lossy(&out.stderr));
        insta::assert_snapshot!(text);
    });
    assert!(seen > 0, "no programs found");
}

/// Labels are bytes in JSON and characters on the page: a Greek letter before an error shifts neither.
#[test]
fn labels_of_greek_programs_cover_their_words() {
    let path = "tests/diag/model/value_outside_interval.trade";
    let out = support::run::tasktrade(&["check".into(), path.into(), "--json".into()]);
    let text = std::fs::read(support::root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let label = &out.json["diagnostics"][0]["labels"][0];
    let range = label["start"].as_u64().unwrap_or(0) as usize..label["end"].as_u64().unwrap_or(0) as usize;
    assert_eq!(std::str::from_utf8(&text[range]), Ok("-1.3"));
    assert_eq!((label["line"].as_u64(), label["column"].as_u64()), (Some(2), Some(15)));
}
