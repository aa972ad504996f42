//! Processor time, which says how much was computed however busy the machine is.
//!
//! What is shown of a formula may depend on what can be found within a limit; were that limit one of the wall's clock, the same question
//! would get another answer on a busy machine.

use std::time::Duration;

/// Processor time of this thread so far.
#[cfg(unix)]
pub fn thread() -> Duration {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Processor time of this process so far, all threads.
#[cfg(unix)]
pub fn process() -> Duration {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

#[cfg(unix)]
fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `time` alone, which outlives it.
    let done = unsafe { libc::clock_gettime(clock, &mut time) };
    if done != 0 {
        return Duration::ZERO;
    }
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Without such a clock, the wall's.
#[cfg(not(unix))]
pub fn thread() -> Duration {
    process()
}

/// Without such a clock, the wall's.
#[cfg(not(unix))]
pub fn process() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Ends this process by a signal of its own after so much processor time.
#[cfg(unix)]
pub(super) fn end_after(limit: Duration) {
    let zero = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let value = libc::timeval {
        tv_sec: libc::time_t::try_from(limit.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_usec: libc::suseconds_t::from(limit.subsec_micros().max(1) as i32),
    };
    let timer = libc::itimerval { it_interval: zero, it_value: value };
    // SAFETY: the timer outlives the call, which only reads it; the default action of its signal ends the process.
    unsafe {
        libc::setitimer(libc::ITIMER_PROF, &timer, std::ptr::null_mut());
    }
}

#[cfg(not(unix))]
pub(super) fn end_after(_: Duration) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_and_sleep_does_not() {
        let before = (thread(), process());
        std::thread::sleep(Duration::from_millis(30));
        let slept = thread() - before.0;
        let mut sum = 0.0f64;
        while thread() < before.0 + Duration::from_millis(20) {
            sum += (sum + 1.0).sqrt();
        }
        assert!(sum > 0.0 && slept < Duration::from_millis(30) && process() >= before.1 + Duration::from_millis(20) - slept);
    }
}
