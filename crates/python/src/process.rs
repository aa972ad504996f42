//! Work beside the interpreter: without its lock, stopped by Ctrl-C; the command line; the algebra worker.

use pyo3::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tasktrade::algebra::{self, Launch};

/// How often the interpreter is asked whether a signal has come.
const LOOK: Duration = Duration::from_millis(20);
/// Room for expressions that nest as deep as the language allows.
const STACK: usize = 64 << 20;

/// Does some work on a thread of its own, without the interpreter's lock. Ctrl-C sets `interrupt`, and is raised when the work has ended.
///
/// # Errors
/// What a signal handler raised; no thread can be started.
pub fn work<T: Send>(py: Python<'_>, interrupt: &AtomicBool, job: impl FnOnce() -> T + Send) -> PyResult<T> {
    let mut raised = None;
    let done = std::thread::scope(|scope| {
        let (ended, end) = mpsc::channel::<()>();
        let run = move || {
            let _ended = ended; // dropped, it wakes the loop below, after a panic too
            job()
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run)?;
        let end = std::sync::Mutex::new(end);
        while let Err(RecvTimeoutError::Timeout) = py.detach(|| end.lock().map_or(Err(RecvTimeoutError::Disconnected), |end| end.recv_timeout(LOOK)))
        {
            if let Err(error) = py.check_signals() {
                interrupt.store(true, Ordering::Relaxed);
                raised = Some(error);
            }
        }
        py.detach(|| thread.join()).map_err(|_| pyo3::exceptions::PyRuntimeError::new_err("tasktrade failed on its own account: please report this"))
    })?;
    match raised {
        Some(error) => Err(error),
        None => Ok(done),
    }
}

/// Runs one command line, `arguments[0]` being the program's name, on the process's own streams; gives the exit code.
#[pyfunction]
pub fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| tasktrade::cli::main_with(arguments, false))
}

/// Answers one request of the algebra engine on stdin and stdout; gives the exit code.
#[pyfunction]
pub fn worker(py: Python<'_>) -> u8 {
    py.detach(|| if algebra::worker_main() == std::process::ExitCode::SUCCESS { 0 } else { 1 })
}

/// Says how this process starts an algebra worker: a program and what stands before its subcommand.
#[pyfunction]
pub fn worker_command(program: PathBuf, arguments: Vec<OsString>) {
    algebra::served_by(Launch { program, arguments });
}
