use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == tasktrade::algebra::SUBCOMMAND) {
        return tasktrade::algebra::worker_main();
    }
    ExitCode::SUCCESS
}
