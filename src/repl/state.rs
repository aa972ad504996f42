//! Everything that `undo` takes back: the model, its settings, the shocks made, the current equilibrium.

use super::item::Item;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::Sym;
use crate::model::load::{self, Disk, Loaded, Program};
use crate::model::{Economy, Named};
use crate::session::shock::Shocked;
use crate::session::solved::Solved;
use crate::session::{Failure, Prepared, Session};
use crate::solve::Solution;
use crate::source::SourceMap;
use crate::syntax::parser;
use crate::syntax::tree;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// A shock made at the prompt.
#[derive(Clone, Debug)]
pub struct Made {
    /// As typed: `beta -10%`, `cheaper_offshoring`.
    pub text: String,
    pub shocked: Arc<Shocked>,
}

impl std::fmt::Debug for Shocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shocked").field("moves", &self.moves).finish_non_exhaustive()
    }
}

/// One state of the session; states share what they can.
#[derive(Clone)]
pub struct State {
    /// Declarations that came by imports.
    pub imported: Vec<Loaded>,
    /// Declarations of the main file and of the prompt, in order.
    pub items: Vec<Item>,
    /// Text of the main file after its last declaration.
    pub tail: Arc<str>,
    /// Typed declarations that lack something which is not declared yet.
    pub waiting: Vec<Item>,
    /// Parameter values that differ from the declared ones, by name, in the order they were set.
    pub settings: Vec<(String, f64)>,
    /// Shocks since the model last changed, the last one last.
    pub made: Vec<Made>,
    /// The file that the model was loaded from.
    pub file: Option<PathBuf>,
    /// The model with its settings; its sources are the session's.
    pub session: Arc<Session>,
    /// Sources and what is imported.
    program: Program,
    /// Whether equations and unknowns match, so that the model can be solved.
    pub whole: bool,
    solved: Arc<OnceLock<Arc<Solved>>>,
}

impl Default for State {
    fn default() -> Self {
        let session = Session {
            sources: SourceMap::default(),
            economy: Economy::default(),
            accounts: Arc::default(),
            warnings: Diagnostics::default(),
            settings: FxHashMap::default(),
        };
        State {
            imported: Vec::new(),
            items: Vec::new(),
            tail: "".into(),
            waiting: Vec::new(),
            settings: Vec::new(),
            made: Vec::new(),
            file: None,
            session: Arc::new(session),
            program: Program::default(),
            whole: false,
            solved: Arc::default(),
        }
    }
}

impl State {
    /// The file that the main text was read from.
    pub fn main_file(&self) -> Option<&Path> {
        self.program.main.and_then(|main| self.program.sources.get(main)).and_then(|f| f.path.as_deref())
    }

    /// Loads a file; nothing of the state before is kept.
    ///
    /// # Errors
    /// Diagnostics of the file.
    pub fn load(path: &Path) -> Result<State, Failure> {
        let program = load::load_file(path, &Disk).map_err(|d| Failure::wrong(SourceMap::default(), crate::session::single(d)))?;
        Self::of(program, Some(path.to_path_buf()), false)
    }

    /// The state that a text makes, as if all of it had been typed.
    ///
    /// # Errors
    /// Diagnostics of the text.
    pub fn typed(name: &str, text: &str, file: Option<PathBuf>) -> Result<State, Failure> {
        let path = file.clone().unwrap_or_default();
        Self::of(load::load_text(name, text, &path, &Disk), file, true)
    }

    fn of(program: Program, file: Option<PathBuf>, typed: bool) -> Result<State, Failure> {
        let session = Session::new(program.clone())?;
        let mut state = State { file, ..State::default() };
        if let Some(main) = program.main {
            let (tree, _) = parser::parse_file(main, &program.sources.file(main).text.clone());
            let (own, imported): (Vec<Loaded>, Vec<Loaded>) = program.declarations.iter().cloned().partition(|l| l.declaration.span.file == main);
            (state.items, state.tail) = super::item::items(main, &program.sources, &tree.declarations, &own, typed);
            state.imported = imported;
        }
        state.whole = lowers(&session).is_ok();
        state.session = Arc::new(session);
        state.program = program;
        Ok(state)
    }

    /// Reads a typed text: its items, the declarations that its imports bring, and the program with both in its sources.
    ///
    /// # Errors
    /// Diagnostics of the text and of what it imports.
    pub fn read(&self, name: &str, text: &str) -> Result<(Vec<Item>, Vec<Loaded>, Program), Failure> {
        let mut program = self.program.clone();
        program.declarations.clear();
        program.diagnostics = Diagnostics::default();
        let (program, file) = load::extend(program, name, text, &self.folder(), &Disk);
        if program.diagnostics.has_errors() {
            return Err(Failure::wrong(program.sources, program.diagnostics));
        }
        let (tree, _) = parser::parse_file(file, text);
        let (own, imported): (Vec<Loaded>, Vec<Loaded>) = program.declarations.iter().cloned().partition(|l| l.declaration.span.file == file);
        // A model of an imported file lends its parts; one typed at the prompt names the session's.
        let (items, _) = super::item::items(file, &program.sources, &tree.declarations, &own, true);
        Ok((items, imported, program))
    }

    /// The folder that typed imports are relative to.
    pub fn folder(&self) -> PathBuf {
        self.file.as_deref().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default()
    }

    /// The state with these declarations, if they make a model; settings that no longer exist are dropped.
    ///
    /// # Errors
    /// Diagnostics of the model; the state is as it was.
    pub fn with_model(&self, items: Vec<Item>, imported: Vec<Loaded>, program: &Program, settings: Vec<(String, f64)>) -> Result<State, Diagnostics> {
        let mut whole = program.clone();
        whole.declarations = imported.iter().cloned().chain(items.iter().filter_map(|i| i.loaded.clone())).collect();
        let mut session = Session::new(whole).map_err(|f| f.diagnostics)?;
        let kept: Vec<(String, f64)> = settings.into_iter().filter(|(n, v)| apply(&mut session, n, *v)).collect();
        let values = session.economy.parameter_values(&session.settings);
        let found = session.economy.check_values(&values, &[]);
        if found.has_errors() {
            return Err(found);
        }
        let lowers = lowers(&session);
        if let (Err(d), true) = (&lowers, self.whole) {
            return Err(d.clone());
        }
        let mut program = program.clone();
        program.declarations.clear();
        Ok(State {
            imported,
            items,
            tail: self.tail.clone(),
            waiting: self.waiting.clone(),
            settings: kept,
            made: Vec::new(),
            file: self.file.clone(),
            session: Arc::new(session),
            program,
            whole: lowers.is_ok(),
            solved: Arc::default(),
        })
    }

    /// Keeps a typed text and what it imports, for declarations that wait.
    pub fn remember(&mut self, imported: Vec<Loaded>, program: &Program) {
        self.imported = imported;
        self.program = program.clone();
        self.program.declarations.clear();
        let mut session = copy(&self.session);
        session.sources = program.sources.clone();
        self.session = Arc::new(session);
    }

    /// The same model at other parameter values.
    pub fn with_settings(&self, settings: Vec<(String, f64)>) -> State {
        let mut session = copy(&self.session);
        session.settings.clear();
        let settings = settings.into_iter().filter(|(n, v)| apply(&mut session, n, *v)).collect();
        State { settings, session: Arc::new(session), solved: Arc::default(), ..self.clone() }
    }

    /// A session of its own for one question, so that what the question adds is forgotten with it.
    pub fn scratch(&self) -> Session {
        copy(&self.session)
    }

    /// Everything that makes this state the one it is, as text: for comparing states.
    pub fn identity(&self) -> String {
        let mut out = super::save::text(self, false).0;
        let mut line = |s: String| out.push_str(&format!("{s}\n"));
        line(format!("imported {}", self.imported.len()));
        self.waiting.iter().for_each(|w| line(format!("waiting {}", w.text)));
        self.settings.iter().for_each(|(n, v)| line(format!("set {n} = {v:?}")));
        self.made.iter().for_each(|m| line(format!("made {}", m.text)));
        line(format!("file {:?}, whole {}", self.file, self.whole));
        let values = self.session.economy.parameter_values(&self.session.settings);
        for (info, v) in self.session.economy.syms.iter().zip(values).filter(|(i, _)| i.quantity.is_parameter()) {
            line(format!("{} = {v:?}", info.name));
        }
        out
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.imported.is_empty()
    }

    /// The current equilibrium, found when first asked for; after a shock it is the one that the shock led to.
    ///
    /// # Errors
    /// Why there is none.
    pub fn equilibrium(&self, interrupt: &AtomicBool) -> Result<Arc<Solved>, Failure> {
        if let Some(solved) = self.solved.get() {
            return Ok(solved.clone());
        }
        let mut solved = self.session.solve(interrupt).map_err(|d| self.session.failure(d))?;
        if let Some(last) = self.made.last() {
            let warm = carry(&last.shocked.prepared, &last.shocked.after, &solved.prepared);
            let again = solved.prepared.near(&warm, interrupt);
            if again.is_equilibrium() {
                solved.solution = again;
            }
        }
        Ok(self.solved.get_or_init(|| Arc::new(solved)).clone())
    }

    /// The current equilibrium, if it has been found already.
    pub fn ready(&self) -> Option<&Arc<Solved>> {
        self.solved.get()
    }

    /// Values of expressions at the current equilibrium, without solving where they rest on parameters only.
    ///
    /// # Errors
    /// Diagnostics of the expressions, or why there is no equilibrium.
    pub fn values(&self, session: &Session, items: &[tree::Item], interrupt: &AtomicBool) -> Result<Vec<Valued>, Diagnostics> {
        let (economy, named) = session.resolve(|r, s| r.named(items, s))?;
        let parameters = economy.parameter_values(&session.settings);
        let at = |n: &Named| crate::expr::eval::evaluate(&economy.dag, &[n.node], &mut |s| parameters.get(s.index()).copied().unwrap_or(f64::NAN))[0];
        let given: Vec<f64> = named.iter().map(at).collect();
        let valued = |e: &Economy, n: &Named, value: f64, error: &dyn Fn(Sym) -> Option<f64>| {
            let sym = if let crate::expr::Node::Sym(s) = e.dag.node(n.node) { Some(*s) } else { None };
            let (display, meaning) = sym.map_or((n.name.clone(), String::new()), |s| (e.info(s).display.clone(), e.info(s).meaning.clone()));
            let plain = sym.is_some_and(|s| matches!(e.info(s).quantity, crate::system::Quantity::Margin | crate::system::Quantity::NetFlow));
            Valued { name: n.name.clone(), display, meaning, plain, sym, value, error: sym.and_then(error) }
        };
        if given.iter().all(|v| v.is_finite()) {
            return Ok(named.iter().zip(given).map(|(n, v)| valued(&economy, n, v, &|_| None)).collect());
        }
        let (prepared, solution) = self.solved_with(economy, session, interrupt)?;
        Ok(named.iter().map(|n| valued(&prepared.economy, n, prepared.value_of(n.node, &solution), &|s| solution.error(s))).collect())
    }

    /// The current equilibrium of an economy that more was asked of.
    ///
    /// # Errors
    /// Why there is none.
    pub fn solved_with(&self, economy: Economy, session: &Session, interrupt: &AtomicBool) -> Result<(Prepared, Solution), Diagnostics> {
        let mut prepared = session.prepare(economy, Vec::new(), true)?;
        let solution = self.solve_for(&mut prepared, session, interrupt);
        match prepared.why_unsolved(&solution) {
            Some(d) => Err(crate::session::single(d)),
            None => Ok((prepared, solution)),
        }
    }

    /// Solves a system that more was asked of, from the current equilibrium where that is known and holds at the same values.
    fn solve_for(&self, prepared: &mut Prepared, session: &Session, interrupt: &AtomicBool) -> Solution {
        let cold = prepared.equilibrium(session, interrupt);
        match self.ready().filter(|_| session.settings == self.session.settings) {
            Some(ready) => {
                let warm = carry(&ready.prepared, &ready.solution, prepared);
                let again = prepared.near(&warm, interrupt);
                if again.is_equilibrium() { again } else { cold }
            }
            None => cold,
        }
    }
}

/// A quantity or expression with its value.
#[derive(Clone, Debug)]
pub struct Valued {
    pub name: String,
    pub display: String,
    pub meaning: String,
    /// Moves as a plain difference.
    pub plain: bool,
    pub sym: Option<Sym>,
    pub value: f64,
    /// Its relative error, where that is larger than is taken for granted.
    pub error: Option<f64>,
}

/// Sets a parameter by its canonical name; `false` if the model has none of that name.
fn apply(session: &mut Session, name: &str, value: f64) -> bool {
    let found = session.economy.syms.iter().position(|s| s.quantity.is_parameter() && s.name == name);
    match found {
        Some(at) => {
            session.settings.insert(Sym(at as u32), value);
            true
        }
        None => false,
    }
}

fn copy(s: &Session) -> Session {
    Session {
        sources: s.sources.clone(),
        economy: s.economy.clone(),
        accounts: s.accounts.clone(),
        warnings: s.warnings.clone(),
        settings: s.settings.clone(),
    }
}

/// Whether the model can be solved; a technology without numbers can be asked for formulas and counts.
fn lowers(session: &Session) -> Result<(), Diagnostics> {
    match session.prepare_standard() {
        Ok(_) => Ok(()),
        Err(d) if d.list.iter().all(|x| x.code == "S010") => Ok(()),
        Err(d) => Err(d),
    }
}

/// A solution of one system as a starting point for another, quantities matched by name.
fn carry(from: &Prepared, solution: &Solution, to: &Prepared) -> Solution {
    let by_name: FxHashMap<&str, usize> = from.system.syms.iter().enumerate().map(|(i, s)| (s.name.as_str(), i)).collect();
    let mut out = solution.clone();
    out.values =
        to.system.syms.iter().map(|s| by_name.get(s.name.as_str()).and_then(|i| solution.values.get(*i)).copied().unwrap_or(f64::NAN)).collect();
    out.positions = to
        .system
        .unknowns()
        .map(|u| {
            let name = &to.system.info(u).name;
            let old = by_name.get(name.as_str()).map(|i| Sym(*i as u32));
            (u, old.and_then(|o| solution.position(o)).unwrap_or(crate::solve::Position::Interior))
        })
        .collect();
    out
}

/// A diagnostic as a failure of this state.
pub fn failed(state: &State, d: Diagnostic) -> Failure {
    state.session.failure(crate::session::single(d))
}
