//! Texts that no economist writes: they must be answered quickly, in bounds, without a panic.

use std::time::{Duration, Instant};
use tasktrade::diag::Diagnostics;
use tasktrade::source::FileId;
use tasktrade::syntax::lexer::is_complete;
use tasktrade::syntax::parser::{decode, parse_expr, parse_file};
use tasktrade::syntax::tree::{ExprKind, File, Kind};

fn parse(text: &str) -> (File, Diagnostics) {
    parse_file(FileId(0), text)
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).1.list.iter().map(|d| d.code).collect()
}

fn within(limit: Duration, what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let taken = start.elapsed();
    assert!(taken < limit, "{what} took {taken:?}");
}

#[test]
fn nesting_is_bounded() {
    let n = 100_000;
    let deep = [
        format!("let a = {}1{}", "(".repeat(n), ")".repeat(n)),
        format!("let a = {}", "(".repeat(n)),
        format!("let a = {}b{}", "f(".repeat(n), ")".repeat(n)),
        format!("let a = {}b{}", "f[".repeat(n), "]".repeat(n)),
        format!("let a = 2{}", "^2".repeat(n)),
        format!("let a = 2{}", "^-2".repeat(n)),
        format!("let a = {}2", "- ".repeat(n)),
        format!("let a = {}1", "if a > b then 1 else ".repeat(n)),
        format!("let a = {}1", "if if ".repeat(n)),
        format!("let a = {}1", "sum(g in S) ".repeat(n)),
        format!("let a = {}1", "2 * sum(g in S) ".repeat(n)),
        format!("let a = if {}b > c then 1 else 2", "not ".repeat(n)),
        format!("parameter a = {}1{}", "{b: ".repeat(n), "}".repeat(n)),
        format!("demand {}", "ces(1) { a: ".repeat(n)),
        format!("demand {}x: 1{}", "ces(1) { a: ".repeat(n), "}".repeat(n)),
    ];
    for text in deep {
        within(Duration::from_secs(30), &text[..40], || assert_eq!(codes(&text), ["P012"], "{}", &text[..40]));
    }
}

#[test]
fn the_deepest_admitted_text_parses_on_a_small_stack() {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for (open, close, n) in [("(", ")", 250), ("f(", ")", 250), ("f[", "]", 250), ("- ", "", 250), ("2^", "", 250), ("sum(g in S) ", "", 250)] {
            let text = format!("let a = {}b{}", open.repeat(n), close.repeat(n));
            let (file, found) = parse(&text);
            assert!(found.list.is_empty(), "{open}: {:?}", found.list);
            assert_eq!(file.declarations.len(), 1);
            assert!(file.declarations[0].clone().kind.same_kind());
        }
        let text = format!("demand {}1{}", "ces(1) { a: ".repeat(250), "}".repeat(250));
        assert!(codes(&text).is_empty());
        let text = format!("let a = {}1", "if a > b then 1 else ".repeat(250));
        assert!(codes(&text).is_empty());
    });
    thread.expect("thread").join().expect("no overflow");
}

trait SameKind {
    fn same_kind(self) -> bool;
}

impl SameKind for Kind {
    fn same_kind(self) -> bool {
        use tasktrade::syntax::Same;
        self.same(&self.clone())
    }
}

#[test]
fn length_does_not_nest() {
    let n = 1_000_000;
    let text = format!("let a = 1{}", "+1".repeat(n));
    within(Duration::from_secs(60), "a long sum", || {
        let (file, found) = parse(&text);
        assert!(found.list.is_empty(), "{:?}", found.list);
        let Kind::Let { value, .. } = &file.declarations[0].kind else { panic!("not a let") };
        let ExprKind::Sum(terms) = &value.kind else { panic!("not a sum") };
        assert_eq!(terms.len(), n + 1);
    });
    for text in [
        format!("let a = 1{}", "*b".repeat(20_000)),
        format!("let a = b^2{}", " + b^2".repeat(20_000)),
        format!("let a = -b{}", " * -b".repeat(20_000)),
        format!("let a = min(a, b){}", " * min(a, b)".repeat(20_000)),
        format!("let a = sum(g in S) b{}", " - sum(g in S) b".repeat(20_000)),
        format!("let a = if a > b{} then 1 else 2", " and a > b".repeat(20_000)),
        format!("report {{ a{} }}", ", (b)".repeat(20_000)),
    ] {
        within(Duration::from_secs(30), &text[..30], || assert!(codes(&text).is_empty(), "{}", &text[..30]));
    }
}

#[test]
fn garbage_gives_few_diagnostics_quickly() {
    let small =
        ["( ", "let ", "}\n", "let a = (\n", "x y z ", "\"", "//", "/*", "a\0b ", "β", "1.1.1.1 ", "household h { }\n", "let a = 1 2\n", "///\n"];
    for (size, piece) in small.into_iter().map(|piece| (300_000, piece)).chain([(5_000_000, "$ good x ")]) {
        let text = piece.repeat(size / piece.len());
        within(Duration::from_secs(60), piece, || {
            let (_, found) = parse(&text);
            assert!(found.list.len() <= 22, "{piece:?}: {} diagnostics", found.list.len());
        });
    }
}

#[test]
fn strange_texts() {
    assert!(codes("").is_empty());
    assert!(codes(" \n\t// nothing\n/* at all */").is_empty());
    assert!(codes("\u{FEFF}let a = 1").is_empty());
    assert!(codes("let a = 1\r\nlet b = 2 // x\r\n/// doc\r\nlet c = 3\r\n").is_empty());
    assert!(codes("let\u{A0}a = 1").is_empty());
    assert_eq!(codes("let a = 1\0"), ["P006"]);
    assert_eq!(codes("let a = \"b"), ["P004"]);
    assert_eq!(codes("let a = 1 /* b"), ["P005"]);
    assert_eq!(codes("/* b"), ["P005"]);
    assert_eq!(codes("let a = \"\\q\""), ["P001"]);
    assert_eq!(codes("good x \"\\q\""), ["P018"]);
    assert_eq!(codes("good x \"a\\"), ["P004"]);
    assert_eq!(codes("\\"), ["P006"]);
    let (file, found) = parse("let a = 1 /* b");
    assert_eq!((file.declarations.len(), found.list.len()), (1, 1));
}

#[test]
fn bytes_that_are_not_utf8_are_reported_by_offset() {
    let error = decode(b"let a = 1\nlet \xFF").expect_err("not UTF-8");
    assert_eq!(error.code, "P016");
    assert!(error.title.contains("offset 14") && error.title.contains("line 2"), "{}", error.title);
    assert!(decode(b"\xFF\xFEl\0e\0").expect_err("UTF-16").help.is_some_and(|h| h.contains("UTF-16")));
    assert_eq!(decode("\u{FEFF}let β = 1".as_bytes()).expect("UTF-8"), "let β = 1");
}

#[test]
fn a_prompt_survives_anything() {
    for text in ["", "(((", ")", "\"", "/*", "\0", "β", "1 +", "\u{FEFF}", "if", "////"] {
        let _ = (is_complete(text), parse_expr(FileId(0), text));
    }
}
