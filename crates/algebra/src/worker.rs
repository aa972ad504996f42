//! The worker: this program started with a hidden subcommand reads one request, answers it and ends.
//!
//! Request: a line `tasktrade-algebra VERSION TOKEN LENGTH MEMORY TIME`, MEMORY in bytes, TIME in microseconds of the processor, then LENGTH bytes of JSON, a list of tasks; the pipe stays open, and its
//! end means that the parent is gone. Answer: marks `TOKEN hello VERSION`, `TOKEN locked`, `TOKEN ready`, each to the end of its line, and
//! `TOKEN reply LENGTH TIME` with LENGTH bytes of JSON after TIME, `TOKEN unlockable WHY`, or `TOKEN without` from a program built without Symbolica. Whatever stands between marks is Symbolica's and belongs to the parent's stderr.

use super::task::{Reply, Task};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

/// The hidden subcommand that starts a worker.
pub const SUBCOMMAND: &str = "__algebra";

/// The first word of a request.
pub(super) const GREETING: &str = "tasktrade-algebra";

/// What both sides must agree on.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A request larger than this is refused.
pub(super) const LARGEST: usize = 1 << 30;

/// Serves one request from stdin on stdout; the program's whole life under [`SUBCOMMAND`].
pub fn worker_main() -> ExitCode {
    die_with_parent();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tasktrade: algebra worker: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> io::Result<()> {
    let mut input = BufReader::new(io::stdin());
    let mut head = String::new();
    input.by_ref().take(200).read_line(&mut head)?;
    let words: Vec<&str> = head.split_ascii_whitespace().collect();
    let (version, token, length, memory, time) = match words.as_slice() {
        [greeting, version, token, length, memory, time] if *greeting == GREETING => {
            (*version, *token, length.parse::<u64>(), memory.parse().ok(), time.parse().ok())
        }
        _ => return Err(io::Error::other("this subcommand is for tasktrade's own use")),
    };
    mark(token, format_args!("hello {VERSION}"))?;
    if version != VERSION {
        return Ok(());
    }
    let length = length.ok().filter(|length| *length <= LARGEST as u64).ok_or_else(|| io::Error::other("a request of no possible length"))?;
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if u64::try_from(body.len()).ok() != Some(length) {
        return Err(io::Error::other("the request breaks off"));
    }
    let tasks: Vec<Task> = serde_json::from_slice(&body).map_err(io::Error::other)?;
    watch(input);
    bound_memory(memory);
    if let Some(micros) = time {
        super::clock::end_after(Duration::from_micros(micros));
    }
    let Some(replies) = answer(token, &tasks)? else { return mark(token, format_args!("without")) };
    let text = serde_json::to_string(&replies).map_err(io::Error::other)?;
    mark(token, format_args!("reply {} {}", text.len(), super::clock::process().as_micros()))?;
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn mark(token: &str, what: std::fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{token} {what}")?;
    out.flush()
}

/// Room for formulas nested as deeply as the wire format allows.
#[cfg(feature = "symbolic")]
const STACK: usize = 64 << 20;

#[cfg(feature = "symbolic")]
fn answer(token: &str, tasks: &[Task]) -> io::Result<Option<Vec<Reply>>> {
    let lock = match super::lock::acquire() {
        Ok(lock) => lock,
        Err(why) => {
            // A mark is one line.
            mark(token, format_args!("unlockable {}", why.to_string().replace(['\n', '\r'], " ")))?;
            return Ok(Some(Vec::new()));
        }
    };
    mark(token, format_args!("locked"))?;
    // Symbolica is called on this one thread only.
    let work = || -> io::Result<Vec<Reply>> {
        super::kernel::start();
        io::stdout().flush()?;
        mark(token, format_args!("ready"))?;
        Ok(super::kernel::run(tasks))
    };
    let replies = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the algebra thread panicked")))
    })?;
    // The lock ends with the process: Symbolica lives until then.
    std::mem::forget(lock);
    Ok(Some(replies))
}

#[cfg(not(feature = "symbolic"))]
fn answer(_: &str, _: &[Task]) -> io::Result<Option<Vec<Reply>>> {
    Ok(None)
}

/// Ends the process as soon as the parent closes the pipe, which its death does too.
fn watch(mut input: impl Read + Send + 'static) {
    let gone = move || {
        let mut byte = [0u8; 64];
        while matches!(input.read(&mut byte), Ok(count) if count > 0) {}
        end();
    };
    // Without the watcher the worker only outlives its parent until it has answered.
    let _ = std::thread::Builder::new().name("parent".to_string()).spawn(gone);
}

#[cfg(unix)]
fn end() -> ! {
    // SAFETY: _exit has no preconditions; it skips the handlers that could wait for the thread that computes.
    unsafe { libc::_exit(0) }
}

#[cfg(not(unix))]
fn end() -> ! {
    std::process::exit(0)
}

fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: PR_SET_PDEATHSIG takes a signal number and touches no memory of ours.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}

/// An answer that outgrows memory shall end the worker, not the machine.
fn bound_memory(bytes: Option<u64>) {
    #[cfg(target_os = "linux")]
    if let Some(bytes) = bytes {
        let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
        // SAFETY: the limit outlives the call, which only reads it.
        unsafe {
            libc::setrlimit(libc::RLIMIT_AS, &limit);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = bytes;
}
