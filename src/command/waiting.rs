//! A sign of life on stderr while formulas are worked out.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nobody wonders before.
const QUIET: Duration = Duration::from_secs(1);

/// Shows from the second second on what is being done and for how long; gone when dropped.
pub struct Waiting {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// `shown` is false where stderr is no terminal, or must stay quiet.
    pub fn new(shown: bool, what: &'static str) -> Waiting {
        let done = Arc::new(AtomicBool::new(false));
        let flag = done.clone();
        let thread = shown.then(|| std::thread::Builder::new().name("waiting".to_string()).spawn(move || show(&flag, what)).ok()).flatten();
        Waiting { done, thread }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn show(done: &AtomicBool, what: &str) {
    let start = Instant::now();
    while start.elapsed() < QUIET {
        if done.load(Ordering::Relaxed) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let bar = ProgressBar::new_spinner().with_elapsed(start.elapsed());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed} · Ctrl-C stops") {
        bar.set_style(style);
    }
    bar.set_message(what.to_string());
    while !done.load(Ordering::Relaxed) {
        bar.tick();
        std::thread::sleep(Duration::from_millis(60));
    }
    bar.finish_and_clear();
}
