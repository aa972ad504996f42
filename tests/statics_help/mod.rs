//! Opens models and asks for closed forms, as the commands do.

// Each test binary uses a part of it.
#![allow(dead_code)]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tasktrade::algebra::{Config, Engine, Factored, Formula, Relations, Task};
use tasktrade::diag::Diagnostic;
use tasktrade::expr::{Node, NodeId, Sym};
use tasktrade::model::load::{self, Disk};
use tasktrade::session::{Prepared, Session};
use tasktrade::solve::Solution;
use tasktrade::statics::ask::Ask;
use tasktrade::statics::atoms::Atoms;
use tasktrade::statics::derive::{Derived, Place, derive};
use tasktrade::statics::effects::{Effects, effects};
use tasktrade::statics::flows::Flows;
use tasktrade::statics::signs::{Signed, signed};
use tasktrade::syntax::parser;
use tasktrade::syntax::tree::{Expr, ExprKind};
use tasktrade::system::Role;

pub struct Model {
    pub session: Session,
}

pub struct Question {
    pub prepared: Prepared,
    pub solution: Solution,
    pub nodes: Vec<NodeId>,
}

pub fn engine() -> Engine {
    Engine::new(Config { worker: Some(PathBuf::from(crate::start::BINARY)), ..Config::default() })
}

/// The names of a list, whose indices have commas of their own.
fn listed(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut out) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[from..].trim());
    out
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

    /// The same where the model has errors of its own: `None`.
    pub fn try_open(file: &str) -> Option<Model> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        Session::new(load::load_file(&path, &Disk).ok()?).ok().map(|session| Model { session })
    }

    pub fn try_text(text: &str) -> Option<Model> {
        Session::new(load::load_text("test.trade", text, std::path::Path::new("test.trade"), &Disk)).ok().map(|session| Model { session })
    }

    /// Resolves expressions, prepares and solves; `None` where something stands in the way.
    pub fn try_question(&self, expressions: &[&str]) -> Option<Question> {
        let mut sources = tasktrade::source::SourceMap::default();
        let trees: Vec<Expr> = expressions.iter().map(|e| parser::parse_expr(sources.add("ask", *e), e).ok()).collect::<Option<_>>()?;
        let (economy, nodes) = self.session.resolve(|r, scope| trees.iter().map(|t| r.expr(t, scope)).collect::<Vec<_>>()).ok()?;
        let nodes: Vec<NodeId> = nodes.into_iter().collect::<Result<_, _>>().ok()?;
        if !economy.is_numeric() {
            return None;
        }
        let mut prepared = self.session.prepare(economy, Vec::new(), true).ok()?;
        let solution = prepared.equilibrium(&self.session, &AtomicBool::new(false));
        matches!(solution.status, tasktrade::solve::Status::Solved).then_some(Question { prepared, solution, nodes })
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
    pub fn derive(&self, text: &str) -> Result<Derived, Diagnostic> {
        let (target, rest) = text.split_once(" wrt ").expect("wrt");
        let (wrt, held) = match rest.split_once(" holding ") {
            Some((p, h)) => (p, listed(h)),
            None => (rest, Vec::new()),
        };
        let all: Vec<&str> = [target, wrt].into_iter().chain(held).collect();
        let q = self.question(&all);
        let given: Vec<Sym> = (2..q.nodes.len()).map(|n| q.sym(n)).collect();
        asking(|ask| derive(&q.place(), (target, q.nodes[0]), q.sym(1), &given, ask))
    }

    /// `target wrt parameter` of a model with a technology that has no numbers.
    pub fn derive_without_numbers(&self, text: &str) -> Derived {
        let (target, wrt) = text.split_once(" wrt ").expect("wrt");
        let mut sources = tasktrade::source::SourceMap::default();
        let trees: Vec<Expr> = [target, wrt]
            .iter()
            .map(|e| {
                let file = sources.add("ask", *e);
                parser::parse_expr(file, e).unwrap_or_else(|d| panic!("{e}: {d:?}"))
            })
            .collect();
        let (economy, nodes) =
            self.session.resolve(|r, scope| trees.iter().map(|t| r.expr(t, scope)).collect::<Vec<_>>()).unwrap_or_else(|d| panic!("{text}: {d:?}"));
        let nodes: Vec<NodeId> = nodes.into_iter().map(|n| n.unwrap_or_else(|_| panic!("resolved"))).collect();
        let mut economy = economy;
        assert!(!economy.is_numeric());
        let system = tasktrade::lower::lower(&mut economy, &self.session.accounts).unwrap_or_else(|d| panic!("{d:?}"));
        let mut parameters = economy.parameter_values(&self.session.settings);
        parameters.resize(system.syms.len(), f64::NAN);
        let Node::Sym(by) = *system.dag.node(nodes[1]) else { panic!("a parameter") };
        let place = Place { economy: &economy, accounts: &self.session.accounts, system: &system, parameters: &parameters, solved: None };
        asking(|ask| derive(&place, (target, nodes[0]), by, &[], ask)).unwrap_or_else(|d| panic!("{text}: {d:?}"))
    }

    /// `target wrt parameter`, by the channels that the model declares for the target.
    pub fn effects(&self, text: &str) -> Effects {
        let (target, wrt) = text.split_once(" wrt ").expect("wrt");
        let q = self.question(&[target, wrt]);
        let of = q.sym(0);
        let channels = q.prepared.economy.channels.iter().find(|c| c.of.contains(&of)).expect("channels of the target").channels.clone();
        asking(|ask| effects(&q.place(), (target, q.nodes[0]), q.sym(1), &channels, ask)).unwrap_or_else(|d| panic!("{text}: {d:?}"))
    }

    pub fn sign(&self, text: &str) -> Signed {
        let (target, wrt) = text.split_once(" wrt ").expect("wrt");
        let q = self.question(&[target, wrt]);
        asking(|ask| signed(&q.place(), (target, q.nodes[0]), q.sym(1), &[], ask, &AtomicBool::new(false)))
            .unwrap_or_else(|d| panic!("{text}: {d:?}"))
    }

    /// The model with every listed parameter moved a little; `seed` says how. `None` where that leaves the admissible values.
    pub fn near(file: &str, seed: u64) -> Model {
        let mut model = Model::open(file);
        let q = model.question(&[]);
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for s in q.prepared.system.parameters() {
            if !q.prepared.system.info(s).quantity.is_listed() || s.index() >= model.session.economy.syms.len() {
                continue;
            }
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let step = 1.0 + 0.02 * ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5);
            let _ = model.session.set(s, q.solution.value(s) * step);
        }
        model
    }
}

impl Question {
    pub fn sym(&self, n: usize) -> Sym {
        match self.prepared.system.dag.node(self.nodes[n]) {
            Node::Sym(s) => *s,
            other => panic!("{other:?} is no symbol"),
        }
    }

    pub fn place(&self) -> Place<'_> {
        Place {
            economy: &self.prepared.economy,
            accounts: &self.prepared.accounts,
            system: &self.prepared.system,
            parameters: &self.prepared.parameters,
            solved: Some((&self.prepared.problem, &self.solution)),
        }
    }
}

/// Questions of a model: quantities and parameters drawn by `seed`.
pub fn questions(m: &Model, seed: u64, count: usize) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut pick = move |list: &[Sym]| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        list[(state >> 33) as usize % list.len()]
    };
    let Some(q) = m.try_question(&[]) else { return Vec::new() };
    let system = &q.prepared.system;
    let simple = |s: &Sym| s.index() < m.session.economy.syms.len();
    let mut targets: Vec<Sym> = system.unknowns().filter(simple).collect();
    let reported = m.session.economy.lets.iter().copied();
    targets.extend(reported.filter(|s| matches!(system.info(*s).role, Role::Definition(_))));
    let parameters: Vec<Sym> = system.parameters().filter(|s| system.info(*s).quantity.is_listed() && simple(s)).collect();
    if targets.is_empty() || parameters.is_empty() {
        return Vec::new();
    }
    let name = |s: Sym| system.info(s).name.clone();
    let mut list: Vec<String> = (0..count).map(|_| format!("{} wrt {}", name(pick(&targets)), name(pick(&parameters)))).collect();
    list.dedup();
    list
}

/// How many times as much is tried as in a usual run: `TASKTRADE_LAW=20` for an afternoon.
pub fn effort() -> u64 {
    std::env::var("TASKTRADE_LAW").ok().and_then(|v| v.parse().ok()).unwrap_or(1)
}

pub fn files(folder: &str) -> Vec<String> {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "trade") {
                found.push(path.strip_prefix(&root).expect("inside").display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// `target wrt parameter` of a question that is solved, as a formula.
pub fn derive_of(q: &Question, ask: &str) -> Result<Derived, Diagnostic> {
    let (target, _) = ask.split_once(" wrt ").expect("wrt");
    asking(|a| derive(&q.place(), (target, q.nodes[0]), q.sym(1), &[], a))
}

/// `target wrt parameter` of a question that is solved.
pub fn sign_of(q: &Question, ask: &str) -> Result<Signed, Diagnostic> {
    let (target, _) = ask.split_once(" wrt ").expect("wrt");
    asking(|a| signed(&q.place(), (target, q.nodes[0]), q.sym(1), &[], a, &AtomicBool::new(false)))
}

/// The split of a question that is solved, by the channels that the model declares for its target.
pub fn effects_of(q: &Question, target: &str) -> Result<Effects, Diagnostic> {
    let of = q.sym(0);
    let channels = q.prepared.economy.channels.iter().find(|c| c.of.contains(&of)).expect("channels of the target").channels.clone();
    asking(|a| effects(&q.place(), (target, q.nodes[0]), q.sym(1), &channels, a))
}

fn asking<T>(question: impl FnOnce(&Ask) -> T) -> T {
    let (engine, interrupt) = (engine(), AtomicBool::new(false));
    question(&Ask::new(&engine, Duration::from_secs(60), &interrupt))
}

/// A formula in the language's own words, over the atoms of a derived one: dependent shares and named quantities written out.
pub fn written((atoms, flows): (&Atoms, &Flows), text: &str) -> Formula {
    let mut sources = tasktrade::source::SourceMap::default();
    let file = sources.add("formula", text);
    let tree = parser::parse_expr(file, text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let plain = from_tree(&tree, atoms);
    let named = plain.replace(&|a| flows.named.iter().find(|n| n.atom == a).map(|n| n.formula.clone()));
    named.replace(&|a| flows.replace.get(&a).cloned())
}

/// A printed formula read back by the language's own parser.
pub fn reread(text: &str, atoms: &Atoms) -> Formula {
    let mut sources = tasktrade::source::SourceMap::default();
    let file = sources.add("formula", text);
    from_tree(&parser::parse_expr(file, text).unwrap_or_else(|e| panic!("{text}: {e:?}")), atoms)
}

fn from_tree(e: &Expr, d: &Atoms) -> Formula {
    let atom = |name: String| {
        Formula::atom(d.find(&name).unwrap_or_else(|| panic!("no `{name}` among {:?}", d.iter().map(|a| a.1.name.clone()).collect::<Vec<_>>())))
    };
    match &e.kind {
        ExprKind::Number(v, _) => Formula::from(tasktrade::algebra::Rational::from_f64(*v).expect("a number")),
        ExprKind::Name(n) => atom(n.text.to_string()),
        ExprKind::Index(n, index) => {
            let list: Vec<String> = index
                .iter()
                .map(|i| {
                    if let ExprKind::Name(n) = &i.kind {
                        if n.quoted { format!("\"{}\"", n.text) } else { n.text.to_string() }
                    } else {
                        panic!("an element")
                    }
                })
                .collect();
            atom(format!("{}[{}]", n.text, list.join(", ")))
        }
        ExprKind::Paren(x) => from_tree(x, d),
        ExprKind::Negate(x) => from_tree(x, d).negated(),
        ExprKind::Sum(list) => Formula::sum(list.iter().map(|(minus, x)| if *minus { from_tree(x, d).negated() } else { from_tree(x, d) })),
        ExprKind::Product(list) => {
            list.iter().fold(Formula::one(), |p, (divides, x)| if *divides { p.over(from_tree(x, d)) } else { p.times(from_tree(x, d)) })
        }
        ExprKind::Power(base, exponent) => {
            let ExprKind::Number(n, _) = exponent.kind else { panic!("a whole exponent") };
            from_tree(base, d).power(n as i32)
        }
        other => panic!("{other:?}"),
    }
}

/// Whether a formula in independent shares is zero.
pub fn is_zero(formula: Formula, (_, flows): (&Atoms, &Flows)) -> bool {
    let named = formula.replace(&|a| flows.named.iter().find(|n| n.atom == a).map(|n| n.formula.clone()));
    let formula = named.replace(&|a| flows.replace.get(&a).cloned());
    let task = Task::IsZero { formula, given: Relations::default() };
    engine().run(&[task], Duration::from_secs(60), &AtomicBool::new(false)).expect("a reply").remove(0).truth() == Ok(true)
}

/// Asserts that a formula in the atoms of `d` is `text`: their difference simplifies to zero.
pub fn assert_same(exact: &Factored, words: (&Atoms, &Flows), text: &str) {
    let difference = exact.to_formula().minus(written(words, text));
    let task = Task::IsZero { formula: difference, given: Relations::default() };
    let reply = engine().run(&[task], Duration::from_secs(60), &AtomicBool::new(false)).expect("a reply").remove(0);
    assert_eq!(reply.truth(), Ok(true), "{}, not {text}", exact.to_text(&|a| words.0.name(a)));
}

/// Asserts that the derived formula is `text`; for one without numbers.
pub fn assert_is_symbolically(d: &Derived, text: &str) {
    assert_same(&d.exact, (&d.atoms, &d.flows), text);
}

/// Asserts that the derived formula is `text`, and that its printed form is the same number.
pub fn assert_is(d: &Derived, text: &str) {
    assert_same(&d.exact, (&d.atoms, &d.flows), text);
    let (shown, exact) = (d.shown.value(&d.atoms.values()), d.exact.eval(&d.atoms.values()));
    assert!((shown - exact).abs() <= 1e-9 * exact.abs().max(1e-9), "{shown} {exact}");
}
