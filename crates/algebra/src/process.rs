//! One worker process from start to end, seen from the parent.

use super::AlgebraError;
use super::engine::Launch;
use super::worker::{GREETING, LARGEST, SUBCOMMAND, VERSION};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How a worker ended.
pub(super) enum Outcome {
    /// The JSON of the reply, and the processor time that it took.
    Reply(String, Duration),
    /// It aborted before Symbolica was ready: another program holds the free instance.
    Busy,
}

/// What a worker said that is not ours, to be shown on stderr.
#[derive(Default)]
pub(super) struct Said {
    pub notice: Vec<u8>,
    pub errors: Vec<u8>,
}

/// What a worker is started for.
pub(super) struct Request<'a> {
    pub worker: &'a Launch,
    /// JSON.
    pub body: &'a str,
    pub memory: u64,
    /// Processor time of the worker.
    pub limit: Duration,
    /// How long other commands are waited for.
    pub queue: Duration,
}

impl Request<'_> {
    /// When a worker has to have come beyond a stage that it reached at `since`.
    ///
    /// A worker ends itself when its processor time is used up; on a machine that gives it none the wall's clock ends it, later.
    fn deadline(&self, stage: Stage, since: Instant) -> Option<Instant> {
        since.checked_add(if stage == Stage::Hello { self.queue } else { self.limit.saturating_mul(BUSY) })
    }
}

/// How many times its processor time a worker may take on a busy machine.
const BUSY: u32 = if cfg!(unix) { 5 } else { 1 };

/// Bytes that a worker may print besides its reply: Symbolica's notice is a few hundred.
const TALK: usize = 4 << 20;

#[cfg(feature = "symbolic")]
fn holder() -> Option<String> {
    super::lock::holder()
}

#[cfg(not(feature = "symbolic"))]
fn holder() -> Option<String> {
    None
}

enum Event {
    Output(Vec<u8>),
    OutputEnd,
    Errors(Vec<u8>),
    ErrorsEnd,
}

/// A worker that is killed and reaped when it goes out of scope.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs one request and gives the reply, with what else was said in `said`.
///
/// Errors: all of [`AlgebraError`] but `Busy`.
pub(super) fn run(request: &Request<'_>, interrupt: &AtomicBool, said: &mut Said) -> Result<Outcome, AlgebraError> {
    let token = token();
    let mut command = Command::new(&request.worker.program);
    command.args(&request.worker.arguments).arg(SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| AlgebraError::Unavailable(format!("{}: {error}", request.worker.program.display())))?;
    let mut guard = Guard(child);
    let (sender, events) = mpsc::channel();
    let (Some(mut input), Some(output), Some(errors)) = (guard.0.stdin.take(), guard.0.stdout.take(), guard.0.stderr.take()) else {
        return Err(AlgebraError::Unavailable("its pipes are closed".to_string()));
    };
    forward(output, sender.clone(), Event::Output, Event::OutputEnd)?;
    forward(errors, sender, Event::Errors, Event::ErrorsEnd)?;
    let micros = request.limit.as_micros();
    let text = format!("{GREETING} {VERSION} {token} {} {} {micros}\n{}", request.body.len(), request.memory, request.body);
    let (done, keep_open) = mpsc::channel::<()>();
    // A worker that does not read must not block us; one that has read keeps its pipe until we are done with it.
    spawn(move || {
        let _ = input.write_all(text.as_bytes()).and_then(|()| input.flush());
        let _ = keep_open.recv();
    })?;
    let mut reader = Reader::new(token);
    let ended = listen(&events, &mut reader, request, interrupt, said);
    drop(done);
    match ended? {
        End::Reply(reply) => {
            await_end(&mut guard.0, Duration::from_secs(1));
            drain(&events, &mut reader, said);
            Ok(Outcome::Reply(reply, reader.spent))
        }
        End::Closed => {
            let status = await_end(&mut guard.0, Duration::from_secs(1));
            drain(&events, &mut reader, said);
            said.notice.append(&mut reader.said);
            // Ctrl-C reaches the worker too, perhaps before our own flag is set.
            if interrupt.load(Ordering::Relaxed) || died_of(status, SIGINT) {
                return Err(AlgebraError::Interrupted);
            }
            if died_of(status, SIGPROF) {
                return Err(AlgebraError::Timeout { limit: request.limit });
            }
            verdict(status, &reader, &said.errors)
        }
    }
}

enum End {
    Reply(String),
    Closed,
}

fn listen(
    events: &Receiver<Event>,
    reader: &mut Reader,
    request: &Request<'_>,
    interrupt: &AtomicBool,
    said: &mut Said,
) -> Result<End, AlgebraError> {
    let mut closed = 0;
    let mut since = (reader.stage, Instant::now());
    loop {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AlgebraError::Interrupted);
        }
        if reader.stage != since.0 {
            since = (reader.stage, Instant::now());
        }
        if request.deadline(since.0, since.1).is_some_and(|end| end <= Instant::now()) {
            return Err(match since.0 {
                Stage::Hello => AlgebraError::Queued { waited: since.1.elapsed(), holder: holder() },
                _ => AlgebraError::Timeout { limit: request.limit },
            });
        }
        match events.recv_timeout(Duration::from_millis(20)) {
            Ok(Event::Output(bytes)) => {
                if let Some(reply) = reader.feed(&bytes)? {
                    said.notice.append(&mut reader.said);
                    return Ok(End::Reply(reply));
                }
            }
            Ok(Event::Errors(mut bytes)) => said.errors.append(&mut bytes),
            Ok(Event::OutputEnd | Event::ErrorsEnd) => {
                closed += 1;
                if closed == 2 {
                    return Ok(End::Closed);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(End::Closed),
        }
        if reader.idle() + said.errors.len() > TALK {
            return Err(AlgebraError::Crashed(format!("it printed more than {} MB and was cut off", TALK >> 20)));
        }
    }
}

fn drain(events: &Receiver<Event>, reader: &mut Reader, said: &mut Said) {
    let end = Instant::now() + Duration::from_secs(1);
    while let Ok(event) = events.recv_timeout(Duration::from_millis(100)) {
        if Instant::now() > end || reader.idle() + said.errors.len() > TALK {
            return;
        }
        match event {
            Event::Output(mut bytes) => reader.said.append(&mut bytes),
            Event::Errors(mut bytes) => said.errors.append(&mut bytes),
            Event::OutputEnd => {}
            Event::ErrorsEnd => return,
        }
    }
}

fn verdict(status: Option<ExitStatus>, reader: &Reader, errors: &[u8]) -> Result<Outcome, AlgebraError> {
    if let Some(version) = &reader.other_version {
        return Err(AlgebraError::Unavailable(format!("the worker is version {version}, this program is version {VERSION}")));
    }
    let how = status.map_or_else(|| "it closed its output".to_string(), |status| status.to_string());
    match reader.stage {
        Stage::Nothing => Err(AlgebraError::Unavailable(format!("the worker does not answer as tasktrade does, {how}"))),
        // Symbolica aborts where it may not start; 134 is how a shell passes that on.
        Stage::Locked if aborted(status) => Ok(Outcome::Busy),
        _ => {
            let words = String::from_utf8_lossy(errors);
            let first = words.trim().lines().next().unwrap_or_default().to_string();
            Err(AlgebraError::Crashed(if first.is_empty() { how } else { format!("{how}: {first}") }))
        }
    }
}

fn aborted(status: Option<ExitStatus>) -> bool {
    died_of(status, SIGABRT) || status.and_then(|status| status.code()) == Some(134)
}

#[cfg(unix)]
use libc::{SIGABRT, SIGINT, SIGPROF};

#[cfg(not(unix))]
const SIGABRT: i32 = 6;

#[cfg(not(unix))]
const SIGINT: i32 = 2;

#[cfg(not(unix))]
const SIGPROF: i32 = 27;

fn died_of(status: Option<ExitStatus>, signal: i32) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        status.and_then(|status| status.signal()) == Some(signal)
    }
    #[cfg(not(unix))]
    {
        let _ = (status, signal);
        false
    }
}

fn await_end(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(1)),
            _ => return None,
        }
    }
}

fn forward(mut from: impl Read + Send + 'static, to: Sender<Event>, event: fn(Vec<u8>) -> Event, last: Event) -> Result<(), AlgebraError> {
    spawn(move || {
        let mut buffer = vec![0u8; 1 << 16];
        loop {
            match from.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    let Some(bytes) = buffer.get(..count) else { break };
                    if to.send(event(bytes.to_vec())).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        let _ = to.send(last);
    })
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), AlgebraError> {
    let builder = std::thread::Builder::new().name("algebra".to_string());
    builder.spawn(work).map(drop).map_err(|error| AlgebraError::Unavailable(format!("no thread for its pipes: {error}")))
}

/// A word that no worker prints by chance.
fn token() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Nothing,
    Hello,
    Locked,
    Ready,
}

/// Takes a worker's output apart into marks, reply and the rest.
struct Reader {
    token: Vec<u8>,
    pending: Vec<u8>,
    said: Vec<u8>,
    stage: Stage,
    expected: Option<usize>,
    /// The processor time that the reply names.
    spent: Duration,
    other_version: Option<String>,
}

impl Reader {
    fn new(token: String) -> Reader {
        let token = format!("{token} ").into_bytes();
        Reader { token, pending: Vec::new(), said: Vec::new(), stage: Stage::Nothing, expected: None, spent: Duration::ZERO, other_version: None }
    }

    /// Bytes held that are no part of a reply.
    fn idle(&self) -> usize {
        self.said.len() + if self.expected.is_some() { 0 } else { self.pending.len() }
    }

    /// Takes in more output; gives the reply once it is whole.
    fn feed(&mut self, bytes: &[u8]) -> Result<Option<String>, AlgebraError> {
        self.pending.extend_from_slice(bytes);
        loop {
            if let Some(length) = self.expected {
                if self.pending.len() < length {
                    return Ok(None);
                }
                let rest = self.pending.split_off(length);
                let reply = std::mem::replace(&mut self.pending, rest);
                return String::from_utf8(reply).map(Some).map_err(|error| AlgebraError::Protocol(error.to_string()));
            }
            let Some(start) = self.pending.windows(self.token.len()).position(|window| window == self.token.as_slice()) else {
                // What cannot be the beginning of a mark any more is not looked at again.
                let rest = self.pending.split_off(self.pending.len().saturating_sub(self.token.len()));
                let mut line = std::mem::replace(&mut self.pending, rest);
                self.said.append(&mut line);
                return Ok(None);
            };
            let after = start + self.token.len();
            let Some(length) = self.pending.iter().skip(after).position(|byte| *byte == b'\n') else { return Ok(None) };
            let rest = self.pending.split_off(after + length + 1);
            let mut line = std::mem::replace(&mut self.pending, rest);
            let mark = String::from_utf8_lossy(line.get(after..after + length).unwrap_or_default()).into_owned();
            line.truncate(start);
            self.said.append(&mut line);
            self.mark(&mark)?;
        }
    }

    fn mark(&mut self, mark: &str) -> Result<(), AlgebraError> {
        match mark.split_once(' ').unwrap_or((mark, "")) {
            ("hello", version) => {
                self.stage = Stage::Hello;
                if version != VERSION {
                    self.other_version = Some(version.to_string());
                }
            }
            ("locked", "") => self.stage = Stage::Locked,
            ("ready", "") => self.stage = Stage::Ready,
            ("unlockable", why) => return Err(AlgebraError::Unlockable(why.to_string())),
            ("without", "") => return Err(AlgebraError::BuiltWithout),
            ("reply", words) => match words.split_once(' ').map(|(length, micros)| (length.parse(), micros.parse())) {
                Some((Ok(length), Ok(_))) if length > LARGEST => return Err(AlgebraError::Protocol(format!("a reply of {length} bytes"))),
                Some((Ok(length), Ok(micros))) => {
                    self.expected = Some(length);
                    self.spent = Duration::from_micros(micros);
                }
                _ => return Err(AlgebraError::Protocol(format!("no length and time in `{mark}`"))),
            },
            _ => return Err(AlgebraError::Protocol(format!("unknown mark `{mark}`"))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_taken_apart_wherever_it_is_cut() {
        let whole = format!("tok hello {VERSION}\ntok locked\n| notice |\nmoretok ready\ntok reply 5 70\n[1,2]");
        for size in 1..whole.len() {
            let mut reader = Reader::new("tok".to_string());
            let mut reply = None;
            for piece in whole.as_bytes().chunks(size) {
                if let Some(found) = reader.feed(piece).expect("well formed") {
                    reply = Some(found);
                }
            }
            assert_eq!(reply.as_deref(), Some("[1,2]"));
            assert_eq!(String::from_utf8_lossy(&reader.said), "| notice |\nmore");
            assert_eq!((reader.stage, reader.spent), (Stage::Ready, Duration::from_micros(70)));
        }
    }

    #[test]
    fn nonsense_is_a_protocol_error() {
        assert!(matches!(Reader::new("tok".into()).feed(b"tok reply x\n"), Err(AlgebraError::Protocol(_))));
        assert!(matches!(Reader::new("tok".into()).feed(b"tok reply 3\n"), Err(AlgebraError::Protocol(_))));
        assert!(matches!(Reader::new("tok".into()).feed(b"tok jump\n"), Err(AlgebraError::Protocol(_))));
        assert_ne!(token(), token());
    }
}
