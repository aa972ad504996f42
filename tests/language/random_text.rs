//! Random texts never break the parser or the lexer, and what parses keeps its tree when it is laid out.

use proptest::prelude::*;
use std::path::Path;
use tasktrade::diag::render::{render_text, to_json};
use tasktrade::source::{FileId, SourceMap, Span};
use tasktrade::syntax::format::{expr_to_string, format};
use tasktrade::syntax::lexer::{is_complete, tokens};
use tasktrade::syntax::parser::*;
use tasktrade::syntax::tree::*;

const F: FileId = FileId(0);

/// Reads a text in every way; laid out, it must keep its tree and be a fixed point.
fn survive(text: &str) {
    let covered: usize = tokens(text).iter().map(|t| t.range.len()).sum();
    assert_eq!(covered, text.len());
    let _ = is_complete(text);
    let (file, found) = parse_file(F, text);
    let mut sources = SourceMap::default();
    sources.add("random.trade", text);
    let plain = render_text(&found.list, &sources, false);
    assert!(!plain.contains('\u{1b}'));
    let _ = render_text(&found.list, &sources, true);
    for diagnostic in &found.list {
        let _ = to_json(diagnostic, &sources);
    }
    if !found.has_errors() {
        let once = format(text).expect("no errors");
        assert_eq!(format(&once).as_deref().map_err(|e| &e.list), Ok(once.as_str()), "{text:?}");
        assert!(file.same(&parse_file(F, &once).0), "{text:?}\n{once}");
    }
    let _ = parse_expr(F, text).map(|e| expr_to_string(&e));
    let _ = (parse_changes(F, text), parse_axes(F, text), parse_items(F, text), parse_query(F, text), parse_plot(F, text));
}

fn programs() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/ok");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("folder").filter_map(|e| e.ok()).map(|e| e.path()).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).expect("readable")).collect()
}

const PIECES: [&str; 64] = [
    "let ",
    "a",
    "b",
    " = ",
    "1",
    "0.5",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    "..",
    ".",
    "->",
    "%",
    " ",
    "\n",
    "sum(g in S) ",
    "if ",
    " then ",
    " else ",
    " and ",
    " or ",
    "not ",
    "<",
    ">=",
    "==",
    "good ",
    "country ",
    "demand ",
    "price ",
    "numeraire ",
    "industry x { technology ",
    "leontief { L: ",
    "ces(",
    "report { ",
    "shock s { ",
    "beta -10%",
    "pp",
    "\"s\"",
    "\"",
    "// c\n",
    "/* c */",
    "/*",
    "/// d\n",
    " for r in R",
    " where ",
    " in ",
    "β",
    "$",
    "\0",
    "\r\n",
    "\u{FEFF}",
    "sweep s { ",
    "tasks T of L { ",
];

fn name(text: &str) -> Name {
    Name { text: text.into(), span: Span::new(F, 0, 0), quoted: false }
}

fn node(kind: ExprKind) -> Expr {
    Expr { span: Span::new(F, 0, 0), kind }
}

fn family() -> Family {
    let guard = node(ExprKind::Compare(Comparison::NotEqual, Box::new(node(ExprKind::Name(name("g")))), Box::new(node(ExprKind::Name(name("h"))))));
    Family { binders: vec![Binder { variable: name("g"), set: SetExpr::Named(name("S")) }], guard: Some(Box::new(guard)) }
}

/// Trees as programs build them: no brackets in them but those that the printer must add.
fn trees() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        (0u32..1000).prop_map(|n| node(ExprKind::Number(f64::from(n) / 8.0, format!("{}", f64::from(n) / 8.0).into()))),
        (0u32..1000).prop_map(|n| node(ExprKind::Number(f64::from(n) / 8.0, "".into()))),
        Just(node(ExprKind::Name(name("β")))),
        Just(node(ExprKind::Percent(0.1, "10".into()))),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let flags = || prop::collection::vec((any::<bool>(), inner.clone()), 2..4);
        // A sum within a sum at its end reads as one sum; the printer must bracket it.
        let first_plain = |mut list: Vec<(bool, Expr)>| {
            list[0].0 = false;
            list
        };
        let condition = (inner.clone(), inner.clone()).prop_map(|(a, b)| node(ExprKind::Compare(Comparison::Less, Box::new(a), Box::new(b))));
        let conditions = condition.prop_recursive(2, 6, 3, |c| {
            prop_oneof![
                prop::collection::vec(c.clone(), 2..3).prop_map(|l| node(ExprKind::And(l))),
                prop::collection::vec(c.clone(), 2..3).prop_map(|l| node(ExprKind::Or(l))),
                c.prop_map(|c| node(ExprKind::Not(Box::new(c)))),
            ]
        });
        prop_oneof![
            boxed().prop_map(|e| node(ExprKind::Negate(e))),
            flags().prop_map(move |l| node(ExprKind::Sum(first_plain(l)))),
            flags().prop_map(move |l| node(ExprKind::Product(first_plain(l)))),
            (boxed(), boxed()).prop_map(|(a, b)| node(ExprKind::Power(a, b))),
            boxed().prop_map(|body| node(ExprKind::Fold { fold: Fold::Sum, family: family(), body })),
            boxed().prop_map(|body| node(ExprKind::Fold { fold: Fold::Max, family: family(), body })),
            (conditions, boxed(), boxed()).prop_map(|(c, then, otherwise)| node(ExprKind::If { condition: Box::new(c), then, otherwise })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|l| node(ExprKind::Index(name("a"), l))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|l| node(ExprKind::Call(name("max"), l))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)) {
        survive(&pieces.concat());
    }

    #[test]
    fn mutated_programs(which in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..3, prop::sample::select(PIECES.to_vec())), 1..4)) {
        let programs = programs();
        let mut text = which.get(&programs).clone();
        for (place, edit, piece) in edits {
            let list = tokens(&text);
            if list.is_empty() {
                continue;
            }
            let range = place.get(&list).range.clone();
            match edit {
                0 => text.replace_range(range, ""),
                1 => text.replace_range(range, piece),
                _ => text.insert_str(range.start, piece),
            }
        }
        survive(&text);
    }

    #[test]
    fn printed_trees_read_back(tree in trees()) {
        let printed = expr_to_string(&tree);
        let again = parse_expr(F, &printed).map_err(|e| TestCaseError::fail(format!("{printed}: {:?}", e.list)))?;
        prop_assert!(tree.same(&again), "{printed}\n{tree:?}\n{again:?}");
    }
}
