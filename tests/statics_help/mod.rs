//! Opens models and asks for closed forms, as the commands do.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tasktrade::algebra::{Config, Engine};
use tasktrade::diag::Diagnostic;
use tasktrade::expr::{Node, NodeId, Sym};
use tasktrade::model::load::{self, Disk};
use tasktrade::session::{Prepared, Session};
use tasktrade::solve::Solution;
use tasktrade::statics::ask::Ask;
use tasktrade::statics::derive::{Derived, Place, derive};
use tasktrade::syntax::parser;

pub struct Model {
    pub session: Session,
}

pub struct Question {
    pub prepared: Prepared,
    pub solution: Solution,
    pub nodes: Vec<NodeId>,
}

pub fn engine() -> Engine {
    Engine::new(Config { worker: Some(PathBuf::from(env!("CARGO_BIN_EXE_tasktrade"))), ..Config::default() })
}

impl Model {
    pub fn open(file: &str) -> Model {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        let program = load::load_file(&path, &Disk).expect("the file is there");
        Model { session: Session::new(program).unwrap_or_else(|f| panic!("{file}: {:?}", f.diagnostics)) }
    }

    pub fn text(text: &str) -> Model {
        let program = load::load_text("test.trade", text, std::path::Path::new("test.trade"), &Disk);
        Model { session: Session::new(program).unwrap_or_else(|f| panic!("{:?}", f.diagnostics)) }
    }

    /// Resolves expressions, prepares and solves.
    pub fn question(&self, expressions: &[&str]) -> Question {
        let mut session_sources = tasktrade::source::SourceMap::default();
        let mut trees = Vec::new();
        for e in expressions {
            let file = session_sources.add("ask", *e);
            let tree = parser::parse_expr(file, e);
            trees.push(tree.unwrap_or_else(|d| panic!("{e}: {d:?}")));
        }
        let (economy, nodes) = self
            .session
            .resolve(|r, scope| trees.iter().map(|t| r.expr(t, scope)).collect::<Vec<_>>())
            .unwrap_or_else(|d| panic!("{expressions:?}: {d:?}"));
        let nodes: Vec<NodeId> = nodes.into_iter().map(|n| n.unwrap_or_else(|_| panic!("resolved"))).collect();
        let prepared = self.session.prepare(economy, Vec::new(), true).unwrap_or_else(|d| panic!("{d:?}"));
        let solution = prepared.solve_at(&prepared.parameters, None, &AtomicBool::new(false));
        assert!(solution.is_equilibrium(), "{:?}", solution.status);
        Question { prepared, solution, nodes }
    }

    /// `target wrt parameter [holding a, b]`
    pub fn derive(&self, ask: &str) -> Result<Derived, Diagnostic> {
        let (target, rest) = ask.split_once(" wrt ").expect("wrt");
        let (wrt, held) = match rest.split_once(" holding ") {
            Some((p, h)) => (p, h.split(", ").collect()),
            None => (rest, Vec::new()),
        };
        let all: Vec<&str> = [target, wrt].into_iter().chain(held).collect();
        let q = self.question(&all);
        let sym = |n: NodeId| -> Sym {
            match q.prepared.system.dag.node(n) {
                Node::Sym(s) => *s,
                other => panic!("{other:?} is no symbol"),
            }
        };
        let given: Vec<Sym> = q.nodes[2..].iter().map(|n| sym(*n)).collect();
        let place = Place { economy: &q.prepared.economy, system: &q.prepared.system, parameters: &q.prepared.parameters, solved: Some((&q.prepared.problem, &q.solution)) };
        let (engine, interrupt) = (engine(), AtomicBool::new(false));
        let ask = Ask::new(&engine, Duration::from_secs(60), &interrupt);
        derive(&place, (target, q.nodes[0]), sym(q.nodes[1]), &given, &ask)
    }
}

/// A formula in the language's own words, over the atoms of a derived one: dependent shares and named quantities written out.
pub fn written(d: &Derived, text: &str) -> Formula {
    let mut sources = tasktrade::source::SourceMap::default();
    let file = sources.add("formula", text);
    let tree = parser::parse_expr(file, text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let plain = from_tree(&tree, d);
    let named = plain.replace(&|a| d.flows.named.iter().find(|n| n.atom == a).map(|n| n.formula.clone()));
    named.replace(&|a| d.flows.replace.get(&a).cloned())
}

fn from_tree(e: &Expr, d: &Derived) -> Formula {
    let atom = |name: String| Formula::atom(d.atoms.find(&name).unwrap_or_else(|| panic!("no `{name}` among {:?}", d.atoms.iter().map(|a| a.1.name.clone()).collect::<Vec<_>>())));
    match &e.kind {
        ExprKind::Number(v) => Formula::from(tasktrade::algebra::Rational::from_f64(*v).expect("a number")),
        ExprKind::Name(n) => atom(n.text.to_string()),
        ExprKind::Index(n, index) => {
            let list: Vec<String> = index.iter().map(|i| if let ExprKind::Name(n) = &i.kind { n.text.to_string() } else { panic!("an element") }).collect();
            atom(format!("{}[{}]", n.text, list.join(", ")))
        }
        ExprKind::Paren(x) => from_tree(x, d),
        ExprKind::Negate(x) => from_tree(x, d).negated(),
        ExprKind::Sum(list) => Formula::sum(list.iter().map(|(plus, x)| if *plus { from_tree(x, d) } else { from_tree(x, d).negated() })),
        ExprKind::Product(list) => list.iter().fold(Formula::one(), |p, (times, x)| if *times { p.times(from_tree(x, d)) } else { p.over(from_tree(x, d)) }),
        ExprKind::Power(base, exponent) => {
            let ExprKind::Number(n) = exponent.kind else { panic!("a whole exponent") };
            from_tree(base, d).power(n as i32)
        }
        other => panic!("{other:?}"),
    }
}

/// Asserts that the derived formula is `text`: their difference simplifies to zero.
pub fn assert_is(d: &Derived, text: &str) {
    let difference = d.exact.to_formula().minus(written(d, text));
    let task = Task::IsZero { formula: difference, given: Relations::default() };
    let reply = engine().run(&[task], Duration::from_secs(60), &AtomicBool::new(false)).expect("a reply").remove(0);
    assert_eq!(reply.truth(), Ok(true), "{} = {}, not {text}", d.target, d.shown.text(&d.atoms));
    // The printed form is the same number.
    let (shown, exact) = (d.shown.value(&d.atoms.values()), d.exact.eval(&d.atoms.values()));
    assert!((shown - exact).abs() <= 1e-9 * exact.abs().max(1e-9), "{shown} {exact}");
}
