//! What commands take, and what the tree says of a program.

use tasktrade::source::FileId;
use tasktrade::syntax::format::{expr_to_string, form_to_string};
use tasktrade::syntax::parser::*;
use tasktrade::syntax::tree::*;

const F: FileId = FileId(0);

fn expr(text: &str) -> Expr {
    parse_expr(F, text).unwrap_or_else(|e| panic!("{text}: {:?}", e.list))
}

fn codes<T>(result: Result<T, tasktrade::diag::Diagnostics>) -> Vec<&'static str> {
    result.err().map(|d| d.list.iter().map(|d| d.code).collect()).unwrap_or_default()
}

fn only(text: &str) -> Declaration {
    let (file, found) = parse_file(F, text);
    assert!(found.list.is_empty(), "{text}: {:?}", found.list);
    let [one] = file.declarations.as_slice() else { panic!("{text}: {} declarations", file.declarations.len()) };
    one.clone()
}

/// Every bracket that the tree implies, written out.
fn explicit(e: &Expr) -> String {
    let list = |l: &[(bool, Expr)], a: &str, b: &str| {
        let parts: Vec<String> = l
            .iter()
            .enumerate()
            .map(|(i, (x, e))| {
                format!(
                    "{}{}",
                    if *x {
                        b
                    } else if i > 0 {
                        a
                    } else {
                        ""
                    },
                    explicit(e)
                )
            })
            .collect();
        format!("[{}]", parts.concat())
    };
    match &e.kind {
        ExprKind::Number(_, t) => t.to_string(),
        ExprKind::Percent(_, t) => format!("{t}%"),
        ExprKind::Name(n) => n.text.to_string(),
        ExprKind::Index(n, l) => format!("{}[{}]", n.text, l.iter().map(explicit).collect::<Vec<_>>().join(",")),
        ExprKind::Call(n, l) => format!("{}({})", n.text, l.iter().map(explicit).collect::<Vec<_>>().join(",")),
        ExprKind::Negate(e) => format!("(-{})", explicit(e)),
        ExprKind::Sum(l) => list(l, "+", "-"),
        ExprKind::Product(l) => list(l, "*", "/"),
        ExprKind::Power(a, b) => format!("({}^{})", explicit(a), explicit(b)),
        ExprKind::Compare(op, a, b) => format!("({} {op:?} {})", explicit(a), explicit(b)),
        ExprKind::And(l) => format!("and({})", l.iter().map(explicit).collect::<Vec<_>>().join(",")),
        ExprKind::Or(l) => format!("or({})", l.iter().map(explicit).collect::<Vec<_>>().join(",")),
        ExprKind::Not(e) => format!("not({})", explicit(e)),
        ExprKind::Fold { fold, body, .. } => format!("{fold:?}<{}>", explicit(body)),
        ExprKind::If { condition, then, otherwise } => format!("if<{};{};{}>", explicit(condition), explicit(then), explicit(otherwise)),
        ExprKind::Table(_) => "table".into(),
        // A parameter's data, which no argument has.
        ExprKind::Load(_) => String::new(),
        ExprKind::Paren(e) => explicit(e),
    }
}

#[test]
fn precedence() {
    for (text, expected) in [
        ("-a^2", "(-(a^2))"),
        ("2^-1", "(2^(-1))"),
        ("a^b^c", "(a^(b^c))"),
        ("a^-b^c", "(a^(-(b^c)))"),
        ("(-a)^2", "((-a)^2)"),
        ("a - b - c + d", "[a-b-c+d]"),
        ("a / b * c", "[a/b*c]"),
        ("a + b * c", "[a+[b*c]]"),
        ("-a * b", "[(-a)*b]"),
        ("a * -b", "[a*(-b)]"),
        ("a - -b", "[a-(-b)]"),
        ("10%^2", "(10%^2)"),
        ("sum(g in S) a[g] * p[g] + 1", "[Sum<[a[g]*p[g]]>+1]"),
        ("1 + sum(g in S) a[g] / 2 - b", "[1+Sum<[a[g]/2]>-b]"),
        ("2 * sum(g in S) a * prod(h in S) b * c", "[2*Sum<[a*Prod<[b*c]>]>]"),
        ("sum(g in S) -a ^ 2", "Sum<(-(a^2))>"),
        ("max(a, b) * max(g in S) c", "[max(a,b)*Max<c>]"),
        ("1 + if a > b then c + 1 else d + 2", "[1+if<(a Greater b);[c+1];[d+2]>]"),
        ("if a > b then 1 else if c < d then 2 else 3", "if<(a Greater b);1;if<(c Less d);2;3>>"),
        ("a < b + 1 and not c == d or e != f", "or(and((a Less [b+1]),not((c Equal d))),(e NotEqual f))"),
        ("not not a < b", "not(not((a Less b)))"),
        ("t(I; 2, 3)", "t(I,2,3)"),
        ("demand [x] + price[x, \"Rest of World\"]", "[demand[x]+price[x,Rest of World]]"),
        ("m.name * a.b.c[i]", "[m.name*a.b.c[i]]"),
    ] {
        assert_eq!(explicit(&expr(text)), expected, "{text}");
    }
}

#[test]
fn numbers_and_names() {
    let ExprKind::Percent(value, _) = expr("7%").kind else { panic!("percent") };
    assert_eq!(value, 0.07);
    let ExprKind::Percent(value, _) = expr("12.5 %").kind else { panic!("percent") };
    assert_eq!(value, 0.125);
    let ExprKind::Number(value, text) = expr("1.50e-3").kind else { panic!("number") };
    assert_eq!((value, text.as_ref()), (0.0015, "1.50e-3"));
    let name = |text: &str| match expr(text).kind {
        ExprKind::Name(n) => n.text.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name("\u{2126}"), "Ω");
    assert_eq!(name("\u{B5}"), "μ");
    assert_eq!(name("e\u{301}"), "é");
    assert_ne!(name("β"), name("beta"));
}

#[test]
fn spans_cover_what_they_name() {
    let text = "let β = a * (b + 1)  // c\n";
    let declaration = only(text);
    assert_eq!(&text[declaration.span.start as usize..declaration.span.end as usize], "let β = a * (b + 1)");
    let Kind::Let { name, value, .. } = &declaration.kind else { panic!("let") };
    assert_eq!(&text[name.span.start as usize..name.span.end as usize], "β");
    assert_eq!(&text[value.span.start as usize..value.span.end as usize], "a * (b + 1)");
    let text = "shock s { beta -10% /* x */ , A = 1 }";
    let Kind::Shock { changes, .. } = only(text).kind else { panic!("shock") };
    let shown: Vec<&str> = changes.iter().map(|c| &text[c.span.start as usize..c.span.end as usize]).collect();
    assert_eq!(shown, ["beta -10%", "A = 1"]);
}

#[test]
fn changes() {
    let list = parse_changes(F, "beta -10%, A = 1.5 L[Home] +1, tau -2pp, real(w) +(a + b), x -(c) for g in S").expect("changes");
    assert_eq!(list.len(), 6);
    assert!(matches!(&list[0].by, By::Percent(e) if explicit(e) == "(-10%)"));
    assert!(matches!(&list[1].by, By::Set(e) if explicit(e) == "1.5"));
    assert!(matches!(&list[2].by, By::Add(e) if explicit(e) == "1"));
    assert!(matches!(&list[3].by, By::Points(e) if explicit(e) == "(-2%)"));
    assert!(matches!(&list[4].by, By::Add(e) if explicit(e) == "[a+b]"));
    assert!(matches!(&list[5].by, By::Add(e) if explicit(e) == "(-c)") && list[5].family.is_some());
    assert_eq!(codes(parse_changes(F, "beta 10%")), ["P001"]);
    assert_eq!(codes(parse_changes(F, "")), ["P001"]);
    assert_eq!(codes(parse_changes(F, "beta - a")), ["P001"]);
    assert_eq!(codes(parse_changes(F, "beta -10% $")), ["P006"]);
}

#[test]
fn axes_assignments_items() {
    let axes = parse_axes(F, "beta = 1.1..1.5 : 1000, L = {1, 2}, A = 0.1..10 : 5 log, k = a..b").expect("axes");
    assert!(matches!(&axes[0].grid, Grid::Range { points: Some(_), log: false, .. }));
    assert!(matches!(&axes[1].grid, Grid::List(l) if l.len() == 2));
    assert!(matches!(&axes[2].grid, Grid::Range { points: Some(_), log: true, .. }));
    assert!(matches!(&axes[3].grid, Grid::Range { points: None, log: false, .. }));
    assert_eq!(codes(parse_axes(F, "beta = 1.1")), ["P001"]);
    let (target, value) = parse_assignment(F, "L[Home] = 1.2 * a").expect("assignment");
    assert_eq!((explicit(&target), explicit(&value)), ("L[Home]".into(), "[1.2*a]".into()));
    assert_eq!(codes(parse_assignment(F, "a == 2")), ["P001"]);
    let items = parse_items(F, "w, welfare[r] for r in R where r != USA, s").expect("items");
    assert_eq!(items.len(), 3);
    assert!(items[1].family.as_ref().is_some_and(|f| f.guard.is_some()));
}

#[test]
fn queries() {
    let q = parse_query(F, "w, s[Home] wrt beta holding p, I").expect("query");
    assert_eq!((q.targets.len(), q.holding.len(), q.falls), (2, 2, None));
    assert_eq!(q.wrt.as_ref().map(explicit).as_deref(), Some("beta"));
    let q = parse_query(F, "w in terms of Omega, p, I").expect("query");
    assert_eq!((q.in_terms_of.len(), q.wrt.is_none()), (3, true));
    let q = parse_query(F, "w when beta falls").expect("query");
    assert_eq!((q.falls, q.wrt.as_ref().map(explicit).as_deref()), (Some(true), Some("beta")));
    assert_eq!(parse_query(F, "w when beta rises").expect("query").falls, Some(false));
    assert_eq!(parse_query(F, "w").expect("query").targets.len(), 1);
    assert_eq!(codes(parse_query(F, "w wrt beta wrt gamma")), ["P009"]);
    assert_eq!(codes(parse_query(F, "w wrt")), ["P001"]);
    assert_eq!(codes(parse_query(F, "wrt beta wrt")), ["P001"]);
    assert_eq!(codes(parse_query(F, "w when beta drops")), ["P001"]);
    assert_eq!(codes(parse_query(F, "a < b")), ["P014"]);
}

#[test]
fn plots() {
    let p = parse_plot(F, "w, s against beta = 1.1..1.5 : 50").expect("plot");
    assert_eq!((p.targets.len(), p.axes.len()), (2, 1));
    assert!(p.axes[0].grid.is_some());
    let p = parse_plot(F, "regimes over beta, L").expect("plot");
    assert_eq!((p.targets.len(), p.axes.len(), p.axes[0].grid.is_none()), (1, 2, true));
    assert_eq!(parse_plot(F, "margin").expect("plot").axes.len(), 0);
}

#[test]
fn documentation_goes_to_the_next_declaration() {
    let text = "/// one\n///  two\nlet a = 1 /// not\n/// three\n\n// between\nlet b = 2\nlet c = 3 /* x */ /// no\n";
    let docs: Vec<Option<String>> = parse_file(F, text).0.declarations.iter().map(|d| d.doc.as_ref().map(|d| d.to_string())).collect();
    assert_eq!(docs, [Some("one\n two".to_string()), Some("three".to_string()), None]);
}

#[test]
fn forms() {
    let Kind::Demand { form, countries } =
        only("demand ces(0.5) normalized { L: 0.3, VA: 0.7*b * ces(1.2) { H: 0.6 } for r in R } in A, \"B C\"").kind
    else {
        panic!("demand")
    };
    assert_eq!(form_to_string(&form), "ces(0.5) normalized { L: 0.3, VA: 0.7 * b * ces(1.2) { H: 0.6 } for r in R }");
    assert!(countries[1].quoted);
    let FormKind::Nest { inputs, normalized: true, .. } = &form.kind else { panic!("nest") };
    assert!(inputs[1].nest.is_some() && inputs[1].family.is_some());
    assert_eq!(inputs[1].weight.as_ref().map(expr_to_string).as_deref(), Some("0.7 * b"));
    let Kind::Demand { form, .. } = only("demand leontief { VA: 0.7 * value_added(2), U }").kind else { panic!("demand") };
    let FormKind::Nest { inputs, .. } = &form.kind else { panic!("nest") };
    assert!(inputs[0].nest.is_none() && inputs[0].weight.is_some() && inputs[1].weight.is_none());
}

#[test]
fn a_numeraire_is_an_attribute_or_a_declaration() {
    let (file, found) = parse_file(F, "good y numeraire\ngood x numeraire price p\nnumeraire w[Home]\ngood z\nnumeraire price[z]\n");
    assert!(found.list.is_empty(), "{:?}", found.list);
    let kinds: Vec<bool> = file
        .declarations
        .iter()
        .map(|d| match &d.kind {
            Kind::Good(g) => g.numeraire,
            Kind::Numeraire { .. } => true,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, [true, true, true, false, true]);
}
