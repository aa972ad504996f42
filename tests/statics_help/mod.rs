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

    #[allow(dead_code)]
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
        let place = Place {
            economy: &q.prepared.economy,
            system: &q.prepared.system,
            parameters: &q.prepared.parameters,
            solved: Some((&q.prepared.problem, &q.solution)),
        };
        let (engine, interrupt) = (engine(), AtomicBool::new(false));
        let ask = Ask::new(&engine, Duration::from_secs(60), &interrupt);
        derive(&place, (target, q.nodes[0]), sym(q.nodes[1]), &given, &ask)
    }
}
