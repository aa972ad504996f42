//! Why a request to the algebra engine got no reply, and what to do about it.

use std::fmt;
use std::time::Duration;

/// A request that failed as a whole; a task that has no answer is a [`Failure`](super::Failure) instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlgebraError {
    /// This program was built without the engine.
    BuiltWithout,
    /// No worker could be started, or it is of another version; says why.
    Unavailable(String),
    /// Another program of this user holds the one free instance of Symbolica.
    Busy,
    /// The time limit passed while the worker was at work.
    Timeout {
        limit: Duration,
    },
    /// Other requests of this user were served for so long; says who holds the lock, where that is known.
    Queued {
        waited: Duration,
        holder: Option<String>,
    },
    /// The directory of the lock that requests wait at cannot be used; says which and why.
    Unlockable(String),
    Interrupted,
    /// The worker ended without a reply; says how.
    Crashed(String),
    /// The worker's reply cannot be understood; a bug.
    Protocol(String),
}

impl AlgebraError {
    pub fn code(&self) -> &'static str {
        match self {
            AlgebraError::BuiltWithout => "A001",
            AlgebraError::Unavailable(_) => "A002",
            AlgebraError::Busy => "A003",
            AlgebraError::Timeout { .. } | AlgebraError::Queued { .. } => "A004",
            AlgebraError::Unlockable(_) => "A006",
            AlgebraError::Interrupted => "S130",
            AlgebraError::Crashed(_) => "A005",
            AlgebraError::Protocol(_) => "A071",
        }
    }

    /// What the user can do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            AlgebraError::BuiltWithout => Some("install tasktrade with its `symbolic` feature; solving, shocks and sweeps work without it"),
            AlgebraError::Unavailable(_) => Some("set TASKTRADE_WORKER to the tasktrade program of this version, or put it on PATH"),
            AlgebraError::Busy => Some("end the other program that uses Symbolica, or set SYMBOLICA_LICENSE to a key of your own, then try again"),
            AlgebraError::Queued { .. } => Some("wait for the other tasktrade command to finish, or end it"),
            AlgebraError::Unlockable(_) => Some("make it a directory that only you can write to, or remove it"),
            AlgebraError::Timeout { .. } => Some("ask for less at once, name intermediate quantities, or raise the time limit"),
            AlgebraError::Interrupted => None,
            AlgebraError::Crashed(_) => Some("the model may need more memory than there is; ask for less at once"),
            AlgebraError::Protocol(_) => Some("this is a bug in tasktrade; please report it"),
        }
    }
}

impl fmt::Display for AlgebraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AlgebraError::BuiltWithout => f.write_str("formulas need the algebra engine, and this program was built without symbolic"),
            AlgebraError::Unavailable(why) => write!(f, "the algebra engine cannot be started: {why}"),
            AlgebraError::Busy => f.write_str("another program of yours is using Symbolica, which without a key runs once per user"),
            AlgebraError::Queued { waited, holder } => {
                let holder = holder.as_ref().map_or_else(|| "another command".to_string(), |h| format!("another command ({h})"));
                write!(f, "{holder} has kept the algebra engine for the {} that were waited", seconds(*waited))
            }
            AlgebraError::Unlockable(why) => write!(f, "the lock of the algebra engine cannot be used: {why}"),
            AlgebraError::Timeout { limit } => write!(f, "the algebra engine found no answer within {}", seconds(*limit)),
            AlgebraError::Interrupted => f.write_str("interrupted"),
            AlgebraError::Crashed(how) => write!(f, "the algebra engine ended without an answer ({how})"),
            AlgebraError::Protocol(what) => write!(f, "the algebra engine's answer cannot be read: {what}"),
        }
    }
}

impl std::error::Error for AlgebraError {}

fn seconds(time: Duration) -> String {
    format!("{} s", (10.0 * time.as_secs_f64()).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_what_to_do() {
        let queued = AlgebraError::Queued { waited: Duration::from_millis(1512), holder: Some("process 7".into()) };
        for error in [AlgebraError::BuiltWithout, AlgebraError::Unavailable("x".into()), AlgebraError::Busy, queued.clone()] {
            assert!(error.help().is_some(), "{error}");
        }
        let words = queued.to_string();
        assert!(words.contains("1.5 s") && words.contains("process 7"), "{words}");
        assert!(AlgebraError::Unlockable("x".into()).help().is_some());
    }
}
