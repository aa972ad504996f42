//! The engine as the rest of the program sees it: tasks in, replies out, a worker in between.

use super::process::{self, Outcome, Request, Said};
use super::task::{Reply, Task};
use super::{AlgebraError, Factored, Poly, Rational, worker};
use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long a start is tried again while another program holds Symbolica.
const PATIENCE: Duration = Duration::from_secs(2);

/// What can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The program to start as the worker; without it the environment's `TASKTRADE_WORKER`, this program, or `tasktrade` beside it or on PATH.
    pub worker: Option<PathBuf>,
    /// Bytes of memory beyond which a worker is ended.
    pub memory: u64,
    /// How long other commands of this user are waited for.
    pub queue: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config { worker: None, memory: 4 << 30, queue: Duration::from_secs(60) }
    }
}

/// Runs algebra in worker processes; may be used from several threads.
#[derive(Debug, Default)]
pub struct Engine {
    config: Config,
}

/// Symbolica's notices that this process has shown already.
static SHOWN: Mutex<BTreeSet<Vec<u8>>> = Mutex::new(BTreeSet::new());

/// How this process is started once more as a worker.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: PathBuf,
    /// What stands before [`SUBCOMMAND`](super::SUBCOMMAND).
    pub arguments: Vec<OsString>,
}

impl Launch {
    fn of(program: PathBuf) -> Launch {
        Launch { program, arguments: Vec::new() }
    }
}

/// What answers to the worker's subcommand, where the process said so.
static SERVES: OnceLock<Launch> = OnceLock::new();

/// Says that this program answers to [`SUBCOMMAND`](super::SUBCOMMAND), so that a renamed one starts itself.
pub fn serves_as_worker() {
    if let Ok(own) = env::current_exe() {
        served_by(Launch::of(own));
    }
}

/// Says what to start as a worker, for a process that is no `tasktrade` itself, such as an interpreter that loaded this library. The first word holds.
pub fn served_by(launch: Launch) {
    SERVES.get_or_init(|| launch);
}

impl Engine {
    pub fn new(config: Config) -> Engine {
        Engine { config }
    }

    /// Answers every task, in order, in one worker.
    ///
    /// `limit` bounds the worker's processor time; waiting for other commands of this user has a limit of its own. `interrupt` ends the
    /// worker and leaves the session.
    /// Errors: [`AlgebraError`]; a single task without an answer is [`Reply::Failed`] in its place.
    pub fn run(&self, tasks: &[Task], limit: Duration, interrupt: &AtomicBool) -> Result<Vec<Reply>, AlgebraError> {
        self.timed(tasks, limit, interrupt).0
    }

    /// The same, and the worker's processor time.
    pub fn timed(&self, tasks: &[Task], limit: Duration, interrupt: &AtomicBool) -> (Result<Vec<Reply>, AlgebraError>, Duration) {
        let mut spent = Duration::ZERO;
        let answer = self.answer(tasks, limit, interrupt, &mut spent);
        if matches!(answer, Err(AlgebraError::Timeout { .. })) {
            spent = limit;
        }
        (answer, spent)
    }

    fn answer(&self, tasks: &[Task], limit: Duration, interrupt: &AtomicBool, spent: &mut Duration) -> Result<Vec<Reply>, AlgebraError> {
        if !cfg!(feature = "symbolic") {
            return Err(AlgebraError::BuiltWithout);
        }
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let worker = self.worker()?;
        let body = serde_json::to_string(tasks).map_err(|error| AlgebraError::Protocol(error.to_string()))?;
        let (text, time) = self.converse(&worker, &body, limit, interrupt)?;
        *spent = time;
        let replies: Vec<Reply> = serde_json::from_str(&text).map_err(|error| AlgebraError::Protocol(error.to_string()))?;
        if replies.len() != tasks.len() {
            return Err(AlgebraError::Protocol(format!("{} answers to {} questions", replies.len(), tasks.len())));
        }
        Ok(replies)
    }

    /// Factors polynomials, for [`sign`](super::sign), and says the processor time it took.
    ///
    /// Errors: [`AlgebraError`]; a polynomial that cannot be factored comes back whole.
    pub fn factor(&self, polys: &[Poly], limit: Duration, interrupt: &AtomicBool) -> (Result<Vec<Factored>, AlgebraError>, Duration) {
        let tasks: Vec<Task> = polys.iter().map(|poly| Task::Factor { formula: poly.to_formula() }).collect();
        let (replies, spent) = self.timed(&tasks, limit, interrupt);
        let whole = |poly: &Poly| Factored { constant: Rational::ONE, numerator: vec![(poly.clone(), 1)], denominator: Vec::new() };
        let each =
            |replies: Vec<Reply>| replies.into_iter().zip(polys).map(|(reply, poly)| reply.factored().unwrap_or_else(|_| whole(poly))).collect();
        (replies.map(each), spent)
    }

    /// One request, started again for a while where Symbolica is held by another program.
    fn converse(&self, worker: &Launch, body: &str, limit: Duration, interrupt: &AtomicBool) -> Result<(String, Duration), AlgebraError> {
        let request = Request { worker, body, memory: self.config.memory, limit, queue: self.config.queue };
        let mut refused: Option<Instant> = None;
        let mut pause = Duration::from_millis(25);
        loop {
            let mut said = Said::default();
            let outcome = process::run(&request, interrupt, &mut said);
            if let Ok(Outcome::Busy) = outcome {
                let first = *refused.get_or_insert_with(Instant::now);
                if first.elapsed() + pause < PATIENCE {
                    rest(pause, interrupt)?;
                    pause = (2 * pause).min(Duration::from_millis(400));
                    continue;
                }
            }
            show(&said);
            return match outcome? {
                Outcome::Reply(text, time) => Ok((text, time)),
                Outcome::Busy => Err(AlgebraError::Busy),
            };
        }
    }

    fn worker(&self) -> Result<Launch, AlgebraError> {
        if let Some(path) = &self.config.worker {
            return Ok(Launch::of(path.clone()));
        }
        if let Some(path) = env::var_os("TASKTRADE_WORKER").filter(|value| !value.is_empty()) {
            return Ok(Launch::of(path.into()));
        }
        if let Some(launch) = SERVES.get() {
            return Ok(launch.clone());
        }
        let own = env::current_exe().ok();
        if let Some(own) = own.as_ref().filter(|path| path.file_stem() == Some(OsStr::new("tasktrade"))) {
            return Ok(Launch::of(own.clone()));
        }
        let name = format!("tasktrade{}", env::consts::EXE_SUFFIX);
        let beside = own.as_ref().and_then(|path| path.parent()).map(|folder| folder.join(&name));
        let path = env::var_os("PATH").unwrap_or_default();
        let found = beside.into_iter().chain(env::split_paths(&path).map(|folder| folder.join(&name))).find(|path| path.is_file());
        found.map(Launch::of).ok_or_else(|| {
            AlgebraError::Unavailable(format!("there is no `{name}` beside this program or on PATH to start with `{}`", worker::SUBCOMMAND))
        })
    }
}

/// Waits a moment, less if interrupted.
fn rest(pause: Duration, interrupt: &AtomicBool) -> Result<(), AlgebraError> {
    let end = Instant::now() + pause;
    while Instant::now() < end {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AlgebraError::Interrupted);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Passes on, unaltered and once a session, what the worker and Symbolica said.
fn show(said: &Said) {
    for text in [&said.notice, &said.errors] {
        let Ok(mut shown) = SHOWN.lock() else { return };
        if !text.is_empty() && shown.insert(text.clone()) {
            let _ = std::io::stderr().lock().write_all(text);
        }
    }
}

#[cfg(all(test, not(feature = "symbolic")))]
mod tests {
    use super::*;
    use crate::Formula;

    #[test]
    fn without_the_feature_it_says_so() {
        let task = Task::Factor { formula: Formula::one() };
        let reply = Engine::default().run(&[task], Duration::from_secs(1), &AtomicBool::new(false));
        assert_eq!(reply, Err(AlgebraError::BuiltWithout));
    }
}
