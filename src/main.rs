use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: a worker's stdin and stdout carry a request and its reply.
    if std::env::args_os().nth(1).is_some_and(|word| word == tasktrade::algebra::SUBCOMMAND) {
        return tasktrade::algebra::worker_main();
    }
    tasktrade::algebra::serves_as_worker();
    ExitCode::from(tasktrade::cli::main())
}
