//! Random texts never break the parser or the lexer, and what parses keeps its tree when it is laid out.

#[path = "../../examples/fuzz/mutate.rs"]
mod mutate;
#[allow(dead_code)] // economies are drawn with the rest
#[path = "../oracle/rng.rs"]
mod rng;
#[allow(dead_code)] // the later stages
#[path = "../../examples/fuzz/targets.rs"]
mod targets;

use proptest::prelude::*;
use std::path::Path;
use std::sync::OnceLock;
use tasktrade::source::{FileId, Span};
use tasktrade::syntax::format::expr_to_string;
use tasktrade::syntax::parser::*;
use tasktrade::syntax::tree::*;

const F: FileId = FileId(0);

/// Reads a text in every way; laid out, it must keep its tree and be a fixed point.
fn survive(text: &str) {
    targets::lexer(text.as_bytes());
    targets::format(text.as_bytes());
    let _ = parse_expr(F, text).map(|e| expr_to_string(&e));
}

fn corpus() -> &'static [Vec<u8>] {
    static CORPUS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    CORPUS.get_or_init(|| mutate::corpus(Path::new(env!("CARGO_MANIFEST_DIR"))))
}

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
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(mutate::PIECES.to_vec()), 0..40)) {
        survive(&pieces.concat());
    }

    #[test]
    fn mutated_programs(seed in any::<u64>()) {
        let input = mutate::input(corpus(), &mut rng::Rng::new(seed));
        survive(&String::from_utf8_lossy(&input));
    }

    #[test]
    fn printed_trees_read_back(tree in trees()) {
        let printed = expr_to_string(&tree);
        let again = parse_expr(F, &printed).map_err(|e| TestCaseError::fail(format!("{printed}: {:?}", e.list)))?;
        prop_assert!(tree.same(&again), "{printed}\n{tree:?}\n{again:?}");
    }
}

/// A country's mark belongs to its name wherever the name stands.
#[test]
fn marks_stay_with_their_names() {
    for text in ["country B { endowment X* = 1 + gift, Y** = 10 }\n", "variable w in (0, inf*) start 1 \"a\"\n", "let a = (w*) / w* + 1\n"] {
        let once = tasktrade::syntax::format::format(text).unwrap_or_else(|e| panic!("{text}: {:?}", e.list));
        assert!(!once.contains(" *)") && !once.contains(" * =") && !once.contains("* *"), "{once}");
        survive(text);
    }
}
