//! The algebra engine's worker process: queueing, limits, deaths on either side.
#![cfg(all(feature = "symbolic", unix))]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tasktrade::algebra::*;
use tasktrade::session::exit_of;

const LONG: Duration = Duration::from_secs(120);

fn tasktrade() -> PathBuf {
    PathBuf::from(crate::start::BINARY)
}

fn engine(worker: PathBuf) -> Engine {
    Engine::new(Config { worker: Some(worker), ..Config::default() })
}

fn s(index: u32) -> Formula {
    Formula::atom(index)
}

fn easy() -> Vec<Task> {
    vec![Task::IsZero { formula: s(0).plus(s(1)).power(2).minus(s(0).power(2)), given: Relations::default() }]
}

/// The determinant of a full matrix of distinct atoms, far beyond any patience.
fn endless() -> Vec<Task> {
    let matrix = (0..14).map(|row| (0..14).map(|column| s(14 * row + column)).collect()).collect();
    let system = LinearSystem::dense(matrix, vec![(0..14).map(|row| s(196 + row)).collect()]);
    vec![Task::Solve { system, wanted: vec![0] }]
}

fn quick(engine: &Engine) -> Result<Vec<Reply>, AlgebraError> {
    engine.run(&easy(), LONG, &AtomicBool::new(false))
}

fn works_again() {
    assert_eq!(quick(&engine(tasktrade())), Ok(vec![Reply::Truth(false)]));
}

/// The processes whose parent is `parent`.
fn children(parent: u32) -> Vec<u32> {
    let status = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let all = std::fs::read_dir("/proc").expect("a process table").filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(|pid| status(*pid).lines().any(|line| line == format!("PPid:\t{parent}"))).collect()
}

fn alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|status| !status.contains("State:\tZ"))
}

fn soon(what: &str, test: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !test() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().expect("kill").success());
}

/// A program that stands in for the worker.
fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("worker");
    let draft = folder.join("draft");
    std::fs::write(&draft, format!("#!/bin/sh\n{text}")).expect("written");
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o700)).expect("made executable");
    // A file that this process wrote may still be open for writing in a child that another test forks, and then
    // cannot be run; so a process of its own writes what is run.
    assert!(std::process::Command::new("cp").arg("-p").arg(&draft).arg(&path).status().expect("cp runs").success());
    path
}

#[test]
fn five_at_once_all_succeed() {
    let threads: Vec<_> = (0..5).map(|_| std::thread::spawn(|| quick(&engine(tasktrade())))).collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no panic"), Ok(vec![Reply::Truth(false)]));
    }
}

/// Run by other tests as a process of its own, it asks what takes for ever.
#[test]
fn asks_for_ever_when_told_to() {
    if std::env::var_os("TASKTRADE_TEST_ASKS").is_some() {
        let _ = engine(tasktrade()).run(&endless(), LONG, &AtomicBool::new(false));
    }
}

/// A parent process with a worker that computes, and the worker's number.
fn busy_parent() -> (std::process::Child, u32) {
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new(own);
    command.args(["--exact", "process::asks_for_ever_when_told_to"]).env("TASKTRADE_TEST_ASKS", "1");
    let parent = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    soon("the worker starts", || !children(parent.id()).is_empty());
    let worker = children(parent.id())[0];
    (parent, worker)
}

#[test]
fn waiting_for_others_counts_and_is_said() {
    let (mut parent, _) = busy_parent();
    let queued = |_| {
        let config = Config { worker: Some(tasktrade()), queue: Duration::from_millis(300), ..Config::default() };
        let reply = Engine::new(config).run(&easy(), LONG, &AtomicBool::new(false));
        match reply {
            Err(AlgebraError::Queued { waited, holder }) => {
                assert!(waited >= Duration::from_millis(300), "{waited:?}");
                assert!(holder.is_none_or(|h| h.starts_with("process ")));
                true
            }
            _ => false,
        }
    };
    // The worker may itself still wait for those of other tests.
    let seen = (0..50).any(queued);
    parent.kill().expect("killed");
    parent.wait().expect("reaped");
    assert!(seen);
    works_again();
}

/// Run by the next test in an environment of its own.
#[test]
fn asks_with_the_worker_of_the_environment_when_told_to() {
    if std::env::var_os("TASKTRADE_TEST_FINDS").is_some() {
        assert_eq!(quick(&Engine::default()), Ok(vec![Reply::Truth(false)]));
    }
}

#[test]
fn the_worker_is_found_by_environment_and_path() {
    let found = |variable: &str, value: &Path| {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "process::asks_with_the_worker_of_the_environment_when_told_to"]).env("TASKTRADE_TEST_FINDS", "1");
        command.env_remove("TASKTRADE_WORKER").env("PATH", "").env(variable, value);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("run").success()
    };
    let program = tasktrade();
    assert!(found("TASKTRADE_WORKER", &program));
    assert!(found("PATH", program.parent().expect("a folder")));
    let empty = tempfile::tempdir().expect("a folder");
    assert!(!found("PATH", empty.path()));
    assert!(!found("TASKTRADE_WORKER", &empty.path().join("none")));
}

#[test]
fn a_renamed_program_starts_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other");
    assert!(Command::new("cp").arg(tasktrade()).arg(&other).status().expect("cp runs").success());
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/small_ho.trade");
    let mut command = Command::new(&other);
    command.args(["derive", example, "w wrt beta"]).env_remove("TASKTRADE_WORKER").env("PATH", "");
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("run").success());
}

#[test]
fn a_killed_parent_leaves_no_worker() {
    let (mut parent, worker) = busy_parent();
    std::thread::sleep(Duration::from_millis(300));
    assert!(alive(worker));
    parent.kill().expect("killed");
    parent.wait().expect("reaped");
    soon("the worker follows its parent", || !alive(worker));
    works_again();
}

#[test]
fn a_killed_worker_is_an_error_and_the_next_call_works() {
    let (mut parent, worker) = busy_parent();
    kill(worker);
    let status = parent.wait().expect("ended");
    assert!(status.success(), "the parent outlives its worker");
    works_again();
}

#[test]
fn a_worker_that_dies_by_a_signal_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let worker = script(folder.path(), "read g v t rest; echo \"$t hello $v\"; echo \"$t locked\"; echo \"$t ready\"; kill -KILL $$");
    let error = quick(&engine(worker)).expect_err("no reply");
    assert!(matches!(&error, AlgebraError::Crashed(how) if how.contains("signal")), "{error}");
    assert_eq!(exit_of(error.code()), 4);
}

#[test]
fn the_time_limit_ends_the_worker() {
    let began = Instant::now();
    let limit = Duration::from_millis(700);
    let error = engine(tasktrade()).run(&endless(), limit, &AtomicBool::new(false)).expect_err("no answer in time");
    assert!(matches!(error, AlgebraError::Timeout { .. }), "{error}");
    assert!(began.elapsed() < 6 * limit);
    works_again();
}

#[test]
fn an_interrupt_ends_the_worker() {
    let flag = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&flag);
    let began = Instant::now();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        setter.store(true, Ordering::Relaxed);
    });
    let error = engine(tasktrade()).run(&endless(), LONG, &flag).expect_err("interrupted");
    thread.join().expect("no panic");
    assert_eq!((exit_of(error.code()), error), (130, AlgebraError::Interrupted));
    assert!(began.elapsed() < Duration::from_secs(3));
    works_again();
}

/// As Symbolica does where another program holds the free instance: a box on stdout, then an abort.
const ABORTS: &str = "read g v t rest; echo \"$t hello $v\"; echo \"$t locked\"; echo '| no second instance |'; kill -ABRT $$";

#[test]
fn a_held_instance_is_tried_again_for_two_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    let error = quick(&engine(script(folder.path(), ABORTS))).expect_err("never free");
    assert_eq!((exit_of(error.code()), error.clone()), (4, AlgebraError::Busy));
    assert!(began.elapsed() > Duration::from_secs(1) && began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert!(error.help().is_some_and(|help| help.contains("SYMBOLICA_LICENSE")));
    works_again();
}

#[test]
fn an_instance_that_becomes_free_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let marker = folder.path().join("second");
    let (marker, real) = (marker.display(), tasktrade());
    let text = format!("if [ -e '{marker}' ]; then exec '{}' \"$@\"; fi; : > '{marker}'; {ABORTS}", real.display());
    assert_eq!(quick(&engine(script(folder.path(), &text))), Ok(vec![Reply::Truth(false)]));
}

#[test]
fn programs_that_are_no_worker_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let unavailable = |path: PathBuf| match quick(&engine(path)) {
        Err(AlgebraError::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    };
    unavailable(folder.path().join("nothing here"));
    assert!(unavailable(script(folder.path(), "echo hello")).contains("does not answer"));
    assert!(unavailable(script(folder.path(), "read g v t rest; echo \"$t hello 0.0.1\"")).contains("0.0.1"));
    let nonsense =
        script(folder.path(), "read g v t rest; echo \"$t hello $v\"; echo \"$t locked\"; echo \"$t ready\"; echo \"$t reply 3 1\"; echo '[1]'");
    let error = quick(&engine(nonsense)).expect_err("no reply");
    assert_eq!(exit_of(error.code()), 70, "{error}");
    let without = script(folder.path(), "read g v t rest; echo \"$t hello $v\"; echo \"$t without\"");
    assert_eq!(quick(&engine(without)), Err(AlgebraError::BuiltWithout));
}

/// Neither before its reply nor after it, on neither stream.
#[test]
fn a_worker_that_prints_without_end_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let hello = "read g v t rest; echo \"$t hello $v\"; echo \"$t locked\"; echo \"$t ready\"; ";
    for endless in ["exec yes", "exec yes >&2", "exec yes \"$t\"", "exec tr '\\\\0' a < /dev/zero"] {
        let error = quick(&engine(script(folder.path(), &format!("{hello}{endless}")))).expect_err("no reply");
        assert!(
            matches!(&error, AlgebraError::Crashed(how) if how.contains("printed")) || matches!(error, AlgebraError::Protocol(_)),
            "{endless}: {error}"
        );
    }
    let after = script(folder.path(), &format!("{hello} printf '%s reply 2 1\\n[]' \"$t\"; exec yes"));
    let began = Instant::now();
    assert!(engine(after).run(&easy(), LONG, &AtomicBool::new(false)).is_err());
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_lock_that_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let worker = script(folder.path(), "read g v t rest; echo \"$t hello $v\"; echo \"$t unlockable /run/lock is open to other users\"");
    let error = quick(&engine(worker)).expect_err("no lock");
    assert_eq!((error.code(), exit_of(error.code())), ("A006", 4));
    assert!(error.to_string().contains("/run/lock is open to other users"), "{error}");
}

#[test]
fn a_worker_that_reads_nothing_does_not_block() {
    let folder = tempfile::tempdir().expect("a folder");
    let many: Vec<Task> = (0..40_000).flat_map(|_| easy()).collect();
    let worker = script(folder.path(), "exec sleep 30");
    let error = engine(worker).run(&many, Duration::from_millis(500), &AtomicBool::new(false)).expect_err("no answer");
    assert!(matches!(error, AlgebraError::Timeout { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded() {
    let engine = Engine::new(Config { worker: Some(tasktrade()), memory: 400 << 20, ..Config::default() });
    let error = engine.run(&endless(), LONG, &AtomicBool::new(false)).expect_err("no room");
    assert!(matches!(&error, AlgebraError::Crashed(how) if how.contains("memory")), "{error}");
    works_again();
}

#[test]
fn many_tasks_in_one_request() {
    let many: Vec<Task> = (0..2_000).flat_map(|_| easy()).collect();
    let replies = engine(tasktrade()).run(&many, LONG, &AtomicBool::new(false)).expect("replies");
    assert!(replies.len() == 2_000 && replies.iter().all(|reply| *reply == Reply::Truth(false)));
    assert_eq!(engine(tasktrade()).run(&[], LONG, &AtomicBool::new(false)), Ok(vec![]));
}

#[test]
fn the_notice_stays_out_of_the_reply_and_by_hand_nothing_happens() {
    let by_hand = Command::new(tasktrade()).arg(SUBCOMMAND).stdin(Stdio::null()).output().expect("run");
    assert_eq!(by_hand.status.code(), Some(2));
    assert!(by_hand.stdout.is_empty());
}
