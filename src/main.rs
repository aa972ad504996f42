use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: a worker's stdin and stdout carry a request and its reply.
    if std::env::args_os().nth(1).is_some_and(|word| word == tasktrade::algebra::SUBCOMMAND) {
        return tasktrade::algebra::worker_main();
    }
    tasktrade::algebra::serves_as_worker();
    ExitCode::from(tasktrade::cli::main(started_without_output()))
}

/// Whether the program was started with its standard output closed.
///
/// The runtime opens the null device in place of a closed stream, so that an answer would be lost without a word; the loader calls this before.
#[cfg(target_os = "linux")]
fn started_without_output() -> bool {
    use std::sync::atomic::{AtomicBool, Ordering};
    static CLOSED: AtomicBool = AtomicBool::new(false);
    extern "C" fn look() {
        // SAFETY: F_GETFD reads the flags of a descriptor and touches no memory.
        let closed = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) } == -1;
        CLOSED.store(closed, Ordering::Relaxed);
    }
    // SAFETY: the loader calls each function of this section once, before main and in one thread.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;
    CLOSED.load(Ordering::Relaxed)
}

#[cfg(not(target_os = "linux"))]
fn started_without_output() -> bool {
    false
}
