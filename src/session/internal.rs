//! Errors of the program itself: caught, kept from the terminal, told as a diagnostic.

use crate::diag::Diagnostic;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// Where the last panic of any thread happened and what it said.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps the runtime's own report of a panic off the terminal; [`guarded`] tells what there is to tell.
pub fn keep_quiet() {
    set_hook(Box::new(|info| {
        let words = info.payload_as_str().unwrap_or("no words");
        let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{words}{place}"));
    }));
}

/// Does some work; a panic in it, on any of its threads, becomes a diagnostic.
///
/// What the work had changed so far stays changed: the caller puts it back.
///
/// # Errors
/// `X070` with the panic's own words.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let words = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        let own = || payload.downcast_ref::<&str>().map(|s| s.to_string()).or_else(|| payload.downcast_ref::<String>().cloned());
        let words = words.or_else(own).unwrap_or_default();
        Diagnostic::new("X070", format!("tasktrade failed on its own account: {words}"))
            .help("this is a bug in tasktrade, not in the model; please report it with the input that led here")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_diagnostic() {
        assert_eq!(guarded(|| 1).ok(), Some(1));
        let d = guarded(|| -> () { std::panic::panic_any(String::from("index 3")) }).expect_err("panicked");
        assert_eq!(d.code, "X070");
        assert!(d.is_error() && d.title.contains("index 3"), "{}", d.title);
    }
}
