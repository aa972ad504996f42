//! The command line: what each command does, exit codes, where text and JSON go.

mod arguments;

use crate::command::{self, Answer, Options, Request};
use crate::diag::{Diagnostic, Diagnostics, codes, render};
use crate::model::load::{self, Disk};
use crate::present::json;
use crate::present::number::Digits;
use crate::session::{Failure, Session, failure::exit, internal, single};
use crate::sink::file::{self, NotWritten};
use crate::sink::{Shown, Stream};
use crate::source::SourceMap;
use crate::syntax::{format, parser};
use arguments::{Cli, Command, Global, Tabular};
use clap::{CommandFactory, Parser};
use serde_json::{Map, Value};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Where a run's output goes.
pub struct Console<'a> {
    pub out: Stream<'a>,
    pub err: Stream<'a>,
}

/// Runs the program with the process's own arguments and streams; `closed`: whether it was started without a standard output.
pub fn main(closed: bool) -> u8 {
    main_with(std::env::args_os().collect(), closed)
}

/// As [`main`], with arguments of the caller's, the program's name first.
pub fn main_with(args: Vec<std::ffi::OsString>, closed: bool) -> u8 {
    internal::keep_quiet();
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let (out_terminal, err_terminal) = (out.is_terminal(), err.is_terminal());
    let out = Stream::new(&mut out, out_terminal);
    let out = if closed { out.fail(std::io::Error::other("it is closed")) } else { out };
    signals();
    run(args, &mut Console { out, err: Stream::new(&mut err, err_terminal) })
}

/// The first Ctrl-C asks a computation to stop, a second one ends the program, unless a session would be lost. A program that is told to end
/// leaves no temporary file.
fn signals() {
    let _ = ctrlc::set_handler(|| {
        let again = INTERRUPT.swap(true, std::sync::atomic::Ordering::SeqCst);
        if again && !SESSION.load(std::sync::atomic::Ordering::SeqCst) {
            file::abandon();
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
    });
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGTERM;
        if let Ok(mut told) = signal_hook::iterator::Signals::new([SIGTERM]) {
            let wait = move || {
                if let Some(signal) = told.forever().next() {
                    file::abandon();
                    std::process::exit(128 + signal);
                }
            };
            let _ = std::thread::Builder::new().name("signals".to_string()).spawn(wait);
        }
    }
}

/// Runs one command line.
///
/// An answer that its stream does not take is a failure of its own, unless the reader has closed a pipe.
pub fn run(args: Vec<std::ffi::OsString>, console: &mut Console) -> u8 {
    let mut code = internal::guarded(|| dispatch(&args, console)).unwrap_or_else(|d| {
        let options = Options { json: args.iter().any(|a| a == "--json"), ..Options::default() };
        let name = args.get(1).map(|a| a.to_string_lossy().into_owned()).unwrap_or_default();
        finish(&name, Err(Failure::wrong(SourceMap::default(), single(d))), &options, console)
    });
    if let Some(e) = console.out.failure() {
        let d = Diagnostic::new("F005", format!("the answer is lost: cannot write to standard output: {}", NotWritten::System(e)));
        console.err.say(&render::render_text(&[d], &SourceMap::default(), false));
        code = if code == exit::DONE { exit::FILE } else { code };
    }
    console.err.flush();
    code
}

fn dispatch(args: &[std::ffi::OsString], console: &mut Console) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => return usage(e, args, console),
    };
    let global = cli.global;
    let options = options(&global, console);
    match cli.command {
        None => crate::repl::start(None, &global.set, &options, console),
        Some(Command::Repl { file }) => crate::repl::start(file.as_deref(), &global.set, &options, console),
        Some(Command::Fmt { files, write, check }) => fmt(&files, write, check, &options, console),
        Some(Command::Explain { code }) => explain(code.as_deref(), &options, console),
        Some(Command::Check(f)) => answer("check", &f.file, None, options, &global, console),
        Some(Command::Run { file, table: Tabular { csv, latex } }) => {
            answer("run", &file.file, None, Options { csv, latex, ..options }, &global, console)
        }
        Some(Command::Solve { file, starts, table: Tabular { csv, latex } }) => {
            answer("solve", &file.file, None, Options { starts, csv, latex, ..options }, &global, console)
        }
        Some(Command::Regime(f)) => answer("regime", &f.file, None, options, &global, console),
        Some(Command::Dump(f)) => answer("dump", &f.file, None, options, &global, console),
        Some(Command::Test(f)) => answer("test", &f.file, None, options, &global, console),
        Some(Command::Shock { asked, order, split, table: Tabular { csv, latex } }) => {
            let options = Options { order, split_all: split.is_some(), csv, latex, ..options };
            answer("shock", &asked.file, asked.argument.as_deref(), options, &global, console)
        }
        Some(Command::Compare { asked, csv, latex }) => {
            answer("compare", &asked.file, asked.argument.as_deref(), Options { csv, latex, ..options }, &global, console)
        }
        Some(Command::Sam { asked, csv, latex }) => {
            answer("sam", &asked.file, asked.argument.as_deref(), Options { csv, latex, ..options }, &global, console)
        }
        Some(Command::Export { file, mpsge, out }) => answer("export", &file.file, None, Options { mpsge, out, ..options }, &global, console),
        Some(Command::Sweep { asked, out, threads }) => {
            answer("sweep", &asked.file, asked.argument.as_deref(), Options { out, threads, ..options }, &global, console)
        }
        Some(Command::Hats { file, latex }) => answer("hats", &file.file, None, Options { latex, ..options }, &global, console),
        Some(Command::Derive { asked, latex, limit }) => {
            answer("derive", &asked.file, asked.argument.as_deref(), Options { latex, limit, ..options }, &global, console)
        }
        Some(Command::Effects { asked, latex, limit }) => {
            answer("effects", &asked.file, asked.argument.as_deref(), Options { latex, limit, ..options }, &global, console)
        }
        Some(Command::Sign { asked, latex, limit }) => {
            answer("sign", &asked.file, asked.argument.as_deref(), Options { latex, limit, ..options }, &global, console)
        }
        Some(Command::Plot { asked, svg, pdf, png, dark, title, size }) => {
            answer("plot", &asked.file, asked.argument.as_deref(), Options { svg, pdf, png, dark, title, size, ..options }, &global, console)
        }
        Some(Command::Report { file, html, limit }) => {
            answer("report", &file.file, None, Options { html: Some(html), limit, ..options }, &global, console)
        }
        Some(Command::Elasticities { file, all, table: Tabular { csv, latex } }) => {
            answer("elasticities", &file.file, None, Options { all, csv, latex, ..options }, &global, console)
        }
        Some(Command::Equations { file, latex }) => answer("equations", &file.file, None, Options { latex, ..options }, &global, console),
    }
}

/// Set by Ctrl-C; long computations look at it.
pub static INTERRUPT: AtomicBool = AtomicBool::new(false);
/// Whether a prompt is open in a terminal: Ctrl-C never ends the program then.
pub static SESSION: AtomicBool = AtomicBool::new(false);

fn options(global: &Global, console: &Console) -> Options {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let color = match global.color.as_str() {
        "always" => true,
        "never" => false,
        _ => console.out.is_terminal() && !no_color && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    };
    let told = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok()).filter(|c| *c > 0);
    let columns = told.or_else(|| console.out.is_terminal().then(terminal_size::terminal_size).flatten().map(|(w, _)| usize::from(w.0)));
    Options {
        digits: global.digits.map_or(Digits::default(), |d| Digits(usize::from(d))),
        json: global.json,
        color,
        width: columns.unwrap_or(100),
        columns,
        progress: console.err.is_terminal(),
        worker: global.worker.clone(),
        ..Options::default()
    }
}

/// Loads a file with its settings.
///
/// # Errors
/// Diagnostics of reading, syntax and model.
pub fn load_session(file: &Path, set: &[String]) -> Result<Session, Failure> {
    let fail = |d: Diagnostic| Failure::wrong(SourceMap::default(), single(d));
    let program = if file == Path::new("-") {
        let bytes = load::bounded(std::io::stdin().lock()).map_err(|why| fail(Diagnostic::new("F001", format!("cannot read stdin: {why}"))))?;
        let text = parser::decode(&bytes).map_err(fail)?;
        load::load_read("<stdin>", &text, Path::new("."), Path::new("/dev/stdin"), &Disk)
    } else {
        load::load_file(file, &Disk).map_err(fail)?
    };
    let mut session = Session::new(program)?;
    for text in set {
        if let Err(d) = apply_setting(&mut session, text) {
            return Err(session.failure(d));
        }
    }
    Ok(session)
}

/// Applies `NAME=EXPR`.
///
/// # Errors
/// Diagnostics of the text, the name or the value.
pub fn apply_setting(session: &mut Session, text: &str) -> Result<(), Diagnostics> {
    apply_settings(session, std::iter::once(text.to_owned()))
}

/// Applies settings at once: the model is read and its values are checked a single time, however many there are.
///
/// # Errors
/// Diagnostics of the texts, the names or the values; nothing is changed then.
pub fn apply_settings(session: &mut Session, texts: impl Iterator<Item = String>) -> Result<(), Diagnostics> {
    let mut parsed = Vec::new();
    let mut found = Diagnostics::default();
    for text in texts {
        let file = session.add_text("<set>", &text);
        match parser::parse_assignment(file, &text) {
            Ok(setting) => parsed.push(setting),
            Err(d) => found.extend(d),
        }
    }
    if found.has_errors() {
        return Err(found);
    }
    if parsed.is_empty() {
        return Ok(());
    }
    let (economy, resolved) = session.resolve(|r, scope| {
        let mut one = |(target, value): &(crate::syntax::tree::Expr, crate::syntax::tree::Expr)| {
            let sym = r.parameter(target, scope);
            let node = r.expr(value, scope).and_then(|n| r.only_parameters(n, value.span, "a setting").map(|()| n));
            Some((sym.ok()?, node.ok()?))
        };
        parsed.iter().filter_map(&mut one).collect::<Vec<_>>()
    })?;
    let values = economy.parameter_values(&session.settings);
    let nodes: Vec<_> = resolved.iter().map(|r| r.1).collect();
    let new = crate::expr::eval::evaluate(&economy.dag, &nodes, &mut |s| values[s.index()]);
    let settings: Vec<_> = resolved.iter().map(|r| r.0).zip(new).collect();
    let notes: Vec<Diagnostic> = settings.iter().filter_map(|(sym, _)| session.cut_note(*sym)).collect();
    session.set_all(&settings)?;
    notes.into_iter().for_each(|note| session.warnings.push(note));
    Ok(())
}

fn answer(name: &str, file: &Path, argument: Option<&str>, options: Options, global: &Global, console: &mut Console) -> u8 {
    let result = load_session(file, &global.set).and_then(|mut session| {
        let request = Request { session: &mut session, argument: argument.unwrap_or(""), options: &options, interrupt: &INTERRUPT };
        command::run(name, request).map(|a| (a, session.sources.clone()))
    });
    finish(name, result, &options, console)
}

/// Prints an answer or a failure in the form asked for.
pub fn finish(name: &str, result: Result<(Answer, SourceMap), Failure>, options: &Options, console: &mut Console) -> u8 {
    let err_color = options.color && console.err.is_terminal();
    match result {
        Ok((answer, sources)) => {
            let ok = answer.exit == exit::DONE;
            if !answer.diagnostics.list.is_empty() {
                console.err.say(&render::render_within(&answer.diagnostics.list, &sources, err_color, options.columns));
            }
            if options.json {
                emit(&json::envelope(name, ok, &answer.diagnostics, &sources, answer.json), console);
            } else {
                console.out.say(&answer.shown(options.color && console.out.is_terminal(), options.columns));
            }
            console.out.flush();
            answer.exit
        }
        Err(f) => {
            if options.json {
                let mut body = Map::new();
                let status = match f.diagnostics.list.iter().find(|d| d.is_error()).map(|d| d.code) {
                    Some("S001") => Some("none"),
                    Some("S002") => Some("not_found"),
                    _ => None,
                };
                if let Some(s) = status {
                    body.insert("status".into(), Value::String(s.into()));
                }
                emit(&json::envelope(name, false, &f.diagnostics, &f.sources, body), console);
            }
            console.err.say(&render::render_within(&f.diagnostics.list, &f.sources, err_color, options.columns));
            f.exit
        }
    }
}

/// One JSON value as a line.
pub(crate) fn emit(value: &Value, console: &mut Console) {
    console.out.say(&Shown::json(value));
    console.out.say(&Shown::plain("\n"));
}

/// Errors of the arguments themselves; `--json` still gets its object.
fn usage(e: clap::Error, args: &[std::ffi::OsString], console: &mut Console) -> u8 {
    use clap::error::ErrorKind;
    let shown = e.render();
    if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // The program's own words, with its own styles.
        console.out.say(&if console.out.is_terminal() { Shown::coloured(&shown.ansi().to_string()) } else { Shown::plain(&shown.to_string()) });
        return exit::DONE;
    }
    if args.iter().any(|a| a == "--json") {
        let mut d = Diagnostics::default();
        let text = shown.to_string();
        let words: Vec<&str> = text.lines().take_while(|l| !l.starts_with("Usage:")).map(str::trim).filter(|l| !l.is_empty()).collect();
        d.push(Diagnostic::new("C002", words.join(" ").trim_start_matches("error: ").to_string()));
        let name = args.get(1).map(|a| a.to_string_lossy().to_string()).unwrap_or_default();
        emit(&json::envelope(&name, false, &d, &SourceMap::default(), Map::new()), console);
    }
    console.err.say(&Shown::plain(&shown.to_string()));
    exit::USAGE
}

fn fmt(files: &[PathBuf], write: bool, check: bool, options: &Options, console: &mut Console) -> u8 {
    let mut code = exit::DONE;
    let stdin = [PathBuf::from("-")];
    let files = if files.is_empty() { &stdin } else { files };
    let mut body = Map::new();
    let mut all = Diagnostics::default();
    let mut sources = SourceMap::default();
    for path in files {
        let name = path.display().to_string();
        let read = if name == "-" { load::bounded(std::io::stdin().lock()) } else { load::Reader::read(&Disk, path) };
        let text = read.map_err(|why| Diagnostic::new("F001", format!("cannot read `{name}`: {why}"))).and_then(|b| parser::decode(&b));
        let text = match text {
            Ok(t) => t,
            Err(d) => {
                all.push(d);
                code = code.max(exit::FILE);
                continue;
            }
        };
        // The formatter's spans are those of a file on its own.
        let mut own = SourceMap::default();
        own.add(name.clone(), text.clone());
        match format::format(&text) {
            Ok(new) if check => {
                if new != text {
                    console.err.say(&Shown::plain(&format!("{name} is not in canonical layout: `tasktrade fmt --write {name}`\n")));
                    code = code.max(exit::WRONG_MODEL);
                }
            }
            Ok(new) if write && name != "-" => {
                if new != text
                    && let Err(e) = file::replace(path, new.as_bytes())
                {
                    all.push(Diagnostic::new("F003", format!("cannot write `{name}`: {e}")));
                    code = code.max(exit::FILE);
                }
            }
            Ok(new) => {
                if options.json {
                    body.insert("text".into(), Value::String(new));
                } else {
                    console.out.copy(&new);
                }
            }
            Err(d) => {
                console.err.say(&render::render_text(&d.list, &own, options.color && console.err.is_terminal()));
                sources = own;
                all.extend(d);
                code = code.max(exit::WRONG_MODEL);
            }
        }
    }
    if options.json {
        emit(&json::envelope("fmt", code == exit::DONE, &all, &sources, body), console);
    } else {
        let files: Vec<Diagnostic> = all.list.into_iter().filter(|d| d.labels.is_empty()).collect();
        console.err.say(&render::render_text(&files, &sources, options.color && console.err.is_terminal()));
    }
    code
}

fn explain(code: Option<&str>, options: &Options, console: &mut Console) -> u8 {
    let Some(code) = code else {
        if options.json {
            let list = codes::all().map(|c| serde_json::json!({"code": c.code, "severity": c.severity, "title": c.title})).collect();
            let body = std::iter::once(("codes".to_string(), Value::Array(list))).collect();
            emit(&json::envelope("explain", true, &Diagnostics::default(), &SourceMap::default(), body), console);
            return exit::DONE;
        }
        for info in codes::all() {
            console.out.say(&Shown::plain(&format!("{}  {}\n", info.code, info.title)));
        }
        return exit::DONE;
    };
    match codes::explain(&code.to_uppercase()) {
        Some(info) => {
            if options.json {
                let mut body = Map::new();
                body.insert("code".into(), Value::String(info.code.into()));
                body.insert("title".into(), Value::String(info.title.into()));
                body.insert("explain".into(), Value::String(info.sections()));
                emit(&json::envelope("explain", true, &Diagnostics::default(), &SourceMap::default(), body), console);
            } else {
                console.out.say(&Shown::plain(&format!("{}\n", info.page().trim_end())));
            }
            exit::DONE
        }
        None => {
            let near = crate::model::names::nearest(&code.to_uppercase(), codes::all().map(|c| c.code));
            let help = near.map_or_else(|| "`tasktrade explain` lists them all".to_string(), |n| format!("did you mean {n}?"));
            let failure =
                Failure::wrong(SourceMap::default(), single(Diagnostic::new("C003", format!("there is no diagnostic `{code}`")).help(help)));
            finish("explain", Err(failure), options, console)
        }
    }
}

/// The whole help, for tests and documentation.
pub fn help() -> String {
    Cli::command().render_long_help().to_string()
}
