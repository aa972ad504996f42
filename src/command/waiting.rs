//! A sign of life on stderr while formulas or a page are worked out.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nobody wonders before.
const QUIET: Duration = Duration::from_secs(1);

/// Shows from the second second on what is being done and for how long; gone when dropped.
pub struct Waiting {
    done: Arc<AtomicBool>,
    /// What is being done.
    what: Arc<Mutex<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// `shown` is false where stderr is no terminal, or must stay quiet.
    pub fn new(shown: bool, what: &'static str) -> Waiting {
        let done = Arc::new(AtomicBool::new(false));
        let what = Arc::new(Mutex::new(what.to_string()));
        let (flag, words) = (done.clone(), what.clone());
        let thread = shown.then(|| std::thread::Builder::new().name("waiting".to_string()).spawn(move || show(&flag, &words)).ok()).flatten();
        Waiting { done, what, thread }
    }

    /// Says which part of it is being done.
    pub fn say(&self, part: &str) {
        if let Ok(mut what) = self.what.lock() {
            let whole = what.split(": ").next().unwrap_or_default();
            *what = format!("{whole}: {part}");
        }
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

fn show(done: &AtomicBool, what: &Mutex<String>) {
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
    while !done.load(Ordering::Relaxed) {
        if let Ok(words) = what.lock() {
            bar.set_message(words.clone());
        }
        bar.tick();
        std::thread::sleep(Duration::from_millis(60));
    }
    bar.finish_and_clear();
}
