//! The session behind the prompt, without a terminal: inputs in, replies out; each takes effect whole or not at all.

use super::input::{self, Input};
use super::state::{Made, State, failed};
use super::{declare, explain, help, save, views, why};
use crate::cli;
use crate::command::{self, Options, Request, Tabular, shocks};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::Sym;
use crate::model::names::nearest;
use crate::present::number::{Digits, exact};
use crate::present::table::{Align, Table};
use crate::session::{Failure, Session, failure::exit, internal, single};
use crate::sink::{Shown, Tex};
use crate::source::SourceMap;
use crate::syntax::parser;
use crate::system::Role;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// States that `undo` can go back to.
const HISTORY: usize = 200;

/// What the prompt has to say to an input.
#[derive(Debug, Default)]
pub struct Reply {
    /// The command that answers, for JSON.
    pub command: String,
    /// Plain text for people.
    pub text: String,
    /// In place of the text, where it was asked for.
    pub latex: Option<Tex>,
    /// A picture in characters, before the text.
    pub picture: Option<Shown>,
    /// The text is a file's own: it goes as it is where it is data.
    pub copy: bool,
    pub json: Map<String, Value>,
    /// Warnings beside the answer.
    pub diagnostics: Diagnostics,
    pub sources: SourceMap,
    pub exit: u8,
    /// The user wants to leave.
    pub leave: bool,
}

impl Reply {
    /// Puts a table for other programs in the text's place.
    pub fn tabular(&mut self, table: Option<Tabular>) {
        match table {
            Some(Tabular::Csv(rows)) => (self.text, self.copy) = (rows, true),
            Some(Tabular::Latex(tex)) => self.latex = Some(tex),
            None => {}
        }
    }
}

/// The session: its present state, the states before it, and those that were undone.
#[derive(Default)]
pub struct Workspace {
    pub state: State,
    past: Vec<(String, State)>,
    future: Vec<(String, State)>,
    /// Changes so far: whether an input that failed had made one.
    commits: usize,
    /// Declarations typed so far, for the names of their texts.
    typed: usize,
    /// Whether it has been said that shocks move the session.
    told: bool,
    /// The last file that `load` was asked for, even where it failed: `reload` reads it again once it is mended.
    wanted: Option<PathBuf>,
    /// Files that this session wrote: `save` alone writes over these only.
    pub(super) written: Vec<PathBuf>,
    /// The model's text as it was last saved.
    pub(super) saved: Option<String>,
    /// The file that questions and answers are written to.
    pub log: Option<super::log::Log>,
    /// Files of inputs that are being read, outermost first.
    pub(super) sourced: Vec<PathBuf>,
}

/// Commands that answer for the whole model: what stands behind them would be passed over in silence.
const BARE: [&str; 12] = ["reload", "undo", "redo", "check", "fmt", "equations", "hats", "elasticities", "regime", "solve", "test", "resume"];

/// How a question is answered.
pub struct Asking<'a> {
    pub options: &'a Options,
    pub interrupt: &'a AtomicBool,
}

impl Workspace {
    /// Whether a word is a command of the prompt.
    pub fn is_command(word: &str) -> bool {
        help::find(word).is_some()
    }

    /// Whether the model declares a name.
    pub fn is_name(&self, word: &str) -> bool {
        self.state.session.economy.names.lookup(word, None).is_some()
    }

    /// The name of the model, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.state.session.economy.name.as_deref()
    }

    /// Answers one input; should the program itself fail at it, that is the answer, and the session goes on.
    ///
    /// # Errors
    /// Diagnostics with their sources; the state is as it was.
    pub fn answer(&mut self, text: &str, ask: &Asking) -> Result<Reply, Failure> {
        let commits = self.commits;
        internal::guarded(|| self.run(text, ask)).unwrap_or_else(|d| {
            if self.commits > commits
                && let Some((_, before)) = self.past.pop()
            {
                self.state = before;
            }
            Err(failed(&self.state, d.help("the session is as it was before; this is a bug in tasktrade: please report it with the input")))
        })
    }

    /// Whether an input asks for its answer as JSON.
    pub fn wants_json(&self, text: &str) -> bool {
        match input::classify(text, &Self::is_command, &|n| self.is_name(n)) {
            Input::Command { argument, .. } => input::options(argument).1.iter().any(|(name, _)| *name == "json"),
            _ => false,
        }
    }

    /// Answers one input.
    ///
    /// # Errors
    /// Diagnostics with their sources; the state is as it was.
    pub fn run(&mut self, text: &str, ask: &Asking) -> Result<Reply, Failure> {
        match input::classify(text, &Self::is_command, &|n| self.is_name(n)) {
            Input::Nothing => Ok(Reply::default()),
            Input::Declaration(text) => self.declare(text, ask),
            Input::Expression(text) => self.expression(text, ask),
            Input::Command { name, argument } => {
                let (head, options) = input::options(argument);
                let options = with_options(ask.options, name, &options).map_err(|d| failed(&self.state, d))?;
                let ask = Asking { options: &options, interrupt: ask.interrupt };
                let mut reply = self.command(name, head, &ask)?;
                if reply.command.is_empty() {
                    reply.command = name.to_string();
                }
                Ok(reply)
            }
        }
    }

    fn command(&mut self, name: &str, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        if BARE.contains(&name) && !argument.is_empty() {
            let words = argument.to_string();
            let help = match name {
                "solve" | "regime" => format!("`show {words}` prints quantities, `{name}` alone answers for the whole model"),
                "elasticities" | "hats" => format!("`derive {words}` gives one response as a formula, `{name}` alone gives all"),
                "equations" => format!("`why {words}` gives the condition of one quantity, `equations` alone gives all"),
                "undo" | "redo" => format!("each `{name}` goes one step"),
                _ => format!("`{name}` stands alone"),
            };
            return Err(failed(&self.state, Diagnostic::new("C002", format!("`{name}` takes nothing behind it, found `{words}`")).help(help)));
        }
        match name {
            "help" => help::answer(self, argument, ask),
            "exit" | "quit" => Ok(Reply { leave: true, ..Reply::default() }),
            "load" => self.load(argument, ask),
            "reload" => self.reload(ask),
            "save" => self.save(argument, ask),
            "resume" => self.resume(ask),
            "log" => self.log(argument),
            "source" => self.source(argument, ask),
            "run" if !argument.is_empty() => {
                self.load(argument, ask)?;
                self.ask("run", "", ask)
            }
            "set" => self.set(argument, ask),
            "reset" => self.reset(argument, ask),
            "undo" => self.travel(true),
            "redo" => self.travel(false),
            "shock" => self.shock(argument, ask),
            "show" => {
                self.needs_equilibrium()?;
                views::show(&self.state, argument, ask)
            }
            "why" => {
                self.needs_equilibrium()?;
                why::answer(&self.state, argument, ask)
            }
            "list" => views::list(&self.state, argument, ask),
            "info" => views::info(&self.state, argument, ask),
            "drop" => self.drop(argument),
            "explain" if argument.is_empty() => explain::last(&self.state, ask.options.digits),
            "explain" => explain::code(&self.state, argument),
            "fmt" => save::formatted(&self.state),
            _ => self.ask(name, argument, ask),
        }
    }

    /// A command that the command line has too, asked of the present state.
    fn ask(&mut self, name: &str, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        if matches!(name, "check" | "equations" | "hats") { self.needs_model() } else { self.needs_equilibrium() }?;
        let mut session = self.state.scratch();
        let request = Request { session: &mut session, argument, options: ask.options, interrupt: ask.interrupt };
        let answer = command::run(name, request)?;
        let diagnostics = answer.diagnostics.keep(|d| name == "check" || !session.warnings.list.contains(d));
        Ok(Reply {
            command: name.to_string(),
            text: answer.text,
            latex: answer.latex,
            picture: answer.picture,
            copy: answer.copy,
            json: answer.json,
            diagnostics,
            sources: session.sources,
            exit: answer.exit,
            ..Reply::default()
        })
    }

    pub(super) fn needs_model(&self) -> Result<(), Failure> {
        if !self.state.is_empty() {
            return Ok(());
        }
        let d = if self.state.waiting.is_empty() {
            Diagnostic::new("C030", "there is no model yet")
                .help("`load FILE` reads one; or declare one here: `parameter`, `country`, `factor`, `good`, `industry`, …")
        } else {
            Diagnostic::new("C030", format!("the model is not complete: {} waits for what it names", declare::list_words(&self.state.waiting)))
                .help("`check` says what is missing")
        };
        Err(failed(&self.state, d))
    }

    /// Something for an equilibrium to determine, or at least something to report.
    fn needs_equilibrium(&self) -> Result<(), Failure> {
        self.needs_model()?;
        let e = &self.state.session.economy;
        if !(e.industries.is_empty() && e.equations.is_empty() && e.lets.is_empty() && e.report.is_empty()) {
            return Ok(());
        }
        let d = Diagnostic::new("C030", "the model has no industry and no equation yet");
        Err(failed(
            &self.state,
            match self.state.waiting.as_slice() {
                [] => d.help("`industry NAME { technology … }` declares one"),
                waiting => d.help(format!("waiting for what they name: {}", declare::list_words(waiting))),
            },
        ))
    }

    /// Makes a new state the present one.
    pub(super) fn commit(&mut self, what: String, next: State) {
        self.commits += 1;
        self.past.push((what, std::mem::replace(&mut self.state, next)));
        if self.past.len() > HISTORY {
            self.past.remove(0);
        }
        self.future.clear();
    }

    fn travel(&mut self, back: bool) -> Result<Reply, Failure> {
        let (from, to) = if back { (&mut self.past, &mut self.future) } else { (&mut self.future, &mut self.past) };
        let Some((what, state)) = from.pop() else {
            let (code, title) = if back { ("C031", "there is nothing to undo") } else { ("C031", "there is nothing to redo") };
            return Err(failed(&self.state, Diagnostic::new(code, title)));
        };
        to.push((what.clone(), std::mem::replace(&mut self.state, state)));
        let word = if back { "undone" } else { "redone" };
        Ok(self.reply(format!("{word}: {what}\n")))
    }

    pub(super) fn reply(&self, text: String) -> Reply {
        Reply { text, sources: self.state.session.sources.clone(), ..Reply::default() }
    }

    pub(super) fn declare(&mut self, text: &str, ask: &Asking) -> Result<Reply, Failure> {
        self.typed += 1;
        let name = format!("input {}", self.typed);
        let done = declare::declare(&self.state, &name, text, ask)?;
        let mut reply = self.reply(done.text);
        reply.command = "declare".into();
        reply.diagnostics = done.news;
        reply.sources = done.state.session.sources.clone();
        if let Some(sources) = done.sources {
            reply.sources = sources;
        }
        self.commit(done.what, done.state);
        Ok(reply)
    }

    /// Forgets typed declarations that wait for others.
    fn drop(&mut self, argument: &str) -> Result<Reply, Failure> {
        let gone: Vec<_> = self.state.waiting.iter().filter(|w| argument.is_empty() || w.words.contains(&format!("`{argument}`"))).cloned().collect();
        if gone.is_empty() {
            return Err(failed(
                &self.state,
                Diagnostic::new("C032", "no declaration waits to be completed").help("`reset` takes settings back, `undo` the last change"),
            ));
        }
        let words = declare::list_words(&gone);
        let mut next = self.state.clone();
        next.waiting.retain(|w| !gone.iter().any(|g| g.key == w.key));
        self.commit(format!("drop {words}"), next);
        Ok(self.reply(format!("dropped {words}\n")))
    }

    /// Loads a file in place of the model.
    ///
    /// # Errors
    /// Diagnostics of the file; the model is as it was.
    pub fn load(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        let path = file_name(argument)
            .ok_or_else(|| failed(&self.state, Diagnostic::new("C033", "load which file?").help("as in `load examples/small_ho.trade`")))?;
        self.wanted = Some(path.clone());
        let next = State::load(&path)?;
        let unsaved = self.state.items.iter().any(|i| i.typed);
        let mut text = loaded_line(&next);
        if unsaved {
            text.push_str("  what was typed before is gone from the model; `undo` brings it back\n");
        }
        let warnings = next.session.warnings.clone();
        self.commit(format!("load {}", path.display()), next);
        let mut reply = self.reply(text);
        reply.diagnostics = warnings;
        let _ = self.state.equilibrium(ask.interrupt);
        Ok(reply)
    }

    fn reload(&mut self, ask: &Asking) -> Result<Reply, Failure> {
        let Some(path) = self.wanted.clone().or_else(|| self.state.file.clone()) else {
            return Err(failed(&self.state, Diagnostic::new("C033", "no file was loaded").help("as in `load examples/small_ho.trade`")));
        };
        let before = self.state.clone();
        let mut next = State::load(&path)?;
        // Settings belong to the session, not to the file: they last where their parameter does.
        let settings = before.settings.clone();
        if !settings.is_empty() && before.file == next.file {
            next = next.with_settings(settings);
        }
        let mut text = loaded_line(&next);
        for (name, value) in &next.settings {
            text.push_str(&format!("  {name} stays at {} (`reset` takes it back)\n", Digits::default().short(*value)));
        }
        text.push_str(&declare::differences(&before, &next, ask));
        let warnings = next.session.warnings.clone();
        self.commit(format!("reload {}", path.display()), next);
        let mut reply = self.reply(text);
        reply.diagnostics = warnings;
        Ok(reply)
    }

    /// Sets a parameter for the session: `set beta = 1.2`.
    ///
    /// # Errors
    /// Diagnostics of the text, the name, the value.
    pub fn set(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        if argument.is_empty() {
            return views::settings(&self.state, ask);
        }
        self.needs_model()?;
        let mut session = self.state.scratch();
        cli::apply_setting(&mut session, argument).map_err(|d| session.failure(d))?;
        let (next, rows) = self.resettled(&session);
        let Some((name, ..)) = rows.first().cloned() else {
            return Ok(self.reply("nothing changes\n".into()));
        };
        let mut text = String::new();
        let d = ask.options.digits;
        for (name, from, to) in &rows {
            text.push_str(&format!("{name} {} → {}\n", d.short(*from), d.short(*to)));
            let economy = &self.state.session.economy;
            let cut = economy.syms.iter().position(|s| s.name == *name && matches!(s.role, Role::Definition(_)));
            if let Some(at) = cut.filter(|_| !self.state.settings.iter().any(|(n, _)| n == name)) {
                let span = economy.written.get(&Sym(at as u32));
                let followed = span.map_or(String::new(), |s| format!(" `{}`", self.state.session.sources.snippet(*s)));
                text.push_str(&format!("  it follows{followed} no longer, until `reset {name}`\n"));
            }
        }
        text.push_str(&declare::differences(&self.state, &next, ask));
        self.commit(format!("set {name}"), next);
        Ok(self.reply(text))
    }

    /// The state with a session's settings, and what they change.
    fn resettled(&self, session: &Session) -> (State, Vec<(String, f64, f64)>) {
        let old = self.state.session.economy.parameter_values(&self.state.session.settings);
        let mut settings = self.state.settings.clone();
        let mut rows = Vec::new();
        let mut set: Vec<_> = session.settings.iter().collect();
        set.sort_by_key(|(s, _)| **s);
        for (sym, value) in set {
            let (name, before) = (session.economy.info(*sym).name.clone(), old[sym.index()]);
            if self.state.session.settings.get(sym) == Some(value) {
                continue;
            }
            settings.retain(|(n, _)| *n != name);
            settings.push((name.clone(), *value));
            rows.push((name, before, *value));
        }
        let mut next = self.state.with_settings(settings);
        next.made.clear();
        (next, rows)
    }

    /// Takes settings and shocks back: all, or those of one parameter.
    fn reset(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        let mut settings = self.state.settings.clone();
        if argument.is_empty() {
            settings.clear();
        } else {
            let mut session = self.state.scratch();
            let file = session.add_text("reset", argument);
            let items = parser::parse_items(file, argument).map_err(|d| session.failure(d))?;
            let (economy, syms) = session
                .resolve(|r, scope| items.iter().filter_map(|i| r.parameter(&i.value, scope).ok()).collect::<Vec<_>>())
                .map_err(|d| session.failure(d))?;
            let names: Vec<&str> = syms.iter().map(|s| economy.info(*s).name.as_str()).collect();
            settings.retain(|(n, _)| !names.contains(&n.as_str()));
        }
        if settings.len() == self.state.settings.len() {
            return Err(failed(&self.state, Diagnostic::new("C034", "nothing is set: all parameters have their declared values")));
        }
        let mut next = self.state.with_settings(settings);
        next.made.clear();
        let gone: Vec<&(String, f64)> = self.state.settings.iter().filter(|(n, _)| !next.settings.iter().any(|(m, _)| m == n)).collect();
        let own = next.session.economy.parameter_values(&next.session.settings);
        let mut text = String::new();
        for (name, value) in gone {
            let back = next.session.economy.syms.iter().position(|s| s.name == *name).and_then(|i| own.get(i)).copied().unwrap_or(f64::NAN);
            text.push_str(&format!("{name} {} → {}\n", ask.options.digits.short(*value), ask.options.digits.short(back)));
        }
        text.push_str(&declare::differences(&self.state, &next, ask));
        self.commit(format!("reset {argument}").trim_end().to_string(), next);
        Ok(self.reply(text))
    }

    /// Shocks the present equilibrium and moves the session there.
    fn shock(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        self.needs_equilibrium()?;
        let mut session = self.state.scratch();
        let (shocked, title) = shocks::solve(&mut Request { session: &mut session, argument, options: ask.options, interrupt: ask.interrupt })?;
        let mut text = shocks::text(&shocked, &title, ask.options.digits, ask.options.columns);
        let json = shocks::body(&shocked, self.name());
        let table = command::tabular(ask.options, &|| shocks::sheet(&shocked)).map_err(|d| session.failure(single(d)))?;
        let mut settings = self.state.settings.clone();
        for m in &shocked.moves {
            let name = shocked.prepared.system.info(m.parameter).name.clone();
            settings.retain(|(n, _)| *n != name);
            settings.push((name, m.to));
        }
        let mut next = self.state.with_settings(settings);
        next.made.push(Made { text: title.clone(), shocked: Arc::new(shocked) });
        if !self.told {
            self.told = true;
            text.push_str("  the session stands at the new equilibrium; `undo` goes back, `explain` says why\n");
        }
        self.commit(format!("shock {title}"), next);
        // Ready for hints and for the next question.
        let _ = self.state.equilibrium(ask.interrupt);
        let mut reply = self.reply(text);
        reply.json = json;
        reply.tabular(table);
        Ok(reply)
    }

    fn expression(&mut self, text: &str, ask: &Asking) -> Result<Reply, Failure> {
        let mut session = self.state.scratch();
        let file = session.add_text("expression", text);
        let items = parser::parse_items(file, text).map_err(|d| session.failure(self.not_an_expression(text, d)))?;
        let _ = if self.state.whole { self.state.equilibrium(ask.interrupt).is_ok() } else { false };
        let values = self.state.values(&session, &items, ask.interrupt).map_err(|d| session.failure(self.not_an_expression(text, d)))?;
        let d = ask.options.digits;
        let mut reply = self.reply(String::new());
        reply.command = "value".into();
        if let [one] = values.as_slice() {
            let name = if one.sym.is_some() { one.display.clone() } else { one.name.clone() };
            let label = if one.meaning.is_empty() { String::new() } else { format!("   {}", one.meaning) };
            let value =
                if one.sym.is_none() && text.trim() == exact(one.value) { exact(one.value) } else { format!("{name} = {}", d.value(one.value)) };
            reply.text = format!("{value}{label}\n");
        } else {
            let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
            for v in &values {
                table.row([v.display.clone(), d.value(v.value), v.meaning.clone()]);
            }
            reply.text = table.within(0, ask.options.columns);
        }
        // `beta -10%` alone is a difference; who types it usually means the shock.
        if text.trim_end().ends_with('%') && values.len() == 1 && parser::parse_changes(file, text).is_ok() {
            reply.text.push_str(&format!(
                "  an expression: {} less a fraction; `shock {}` changes the parameter\n",
                text.split_whitespace().next().unwrap_or_default(),
                text.trim()
            ));
        }
        reply.json = values.iter().map(|v| (v.name.clone(), crate::present::json::number(v.value))).collect();
        reply.json = Map::from_iter([("values".to_string(), Value::Object(std::mem::take(&mut reply.json)))]);
        Ok(reply)
    }

    /// Adds what the user may have meant by something that is no expression.
    fn not_an_expression(&self, text: &str, mut found: Diagnostics) -> Diagnostics {
        let tokens: Vec<_> = crate::syntax::lexer::lex(text).filter(|t| !t.kind.is_trivia()).take(3).collect();
        let slice = |k: usize| tokens.get(k).and_then(|t| text.get(t.range.clone())).unwrap_or_default();
        let word = slice(0);
        if word.is_empty() || !tokens.first().is_some_and(|t| t.kind.is_word()) {
            return found;
        }
        if slice(1) == "=" || (slice(1), slice(2)) == (":", "=") {
            let text = text.trim().replacen(":=", "=", 1);
            let economy = &self.state.session.economy;
            let moved = economy.syms.iter().any(|s| s.name == word && s.quantity.is_parameter() && s.quantity != crate::system::Quantity::Named);
            let d = Diagnostic::new("C035", "an expression has no `=`").help(match (moved, self.is_name(word)) {
                (true, _) => format!("`set {text}` gives a parameter a new value"),
                (false, true) => format!("`{word}` is determined by the model: change what moves it, such as a parameter (`list parameters`)"),
                (false, false) => format!("`let {text}` defines a quantity, `parameter {text}` a parameter"),
            });
            return crate::session::single(d);
        }
        if word == "endowment" && slice(2) == "=" {
            let rest = text.trim_start().strip_prefix(word).unwrap_or_default().trim();
            let d = Diagnostic::new("C035", "an endowment is declared within its country");
            return crate::session::single(
                d.help(format!("`set {rest}` changes it for the session, `country NAME {{ endowment {rest} }}` declares it")),
            );
        }
        let declared = self.is_name(word) || crate::syntax::words::is_contextual(word);
        let rest = text.trim_start().strip_prefix(word).unwrap_or_default();
        let is_change = parser::parse_changes(crate::source::FileId(0), rest.trim()).is_ok();
        if !declared && is_change && nearest(word, ["shock"].into_iter()).is_some() {
            return crate::session::single(Diagnostic::new("C001", format!("there is no command `{word}`")).help("did you mean `shock`?"));
        }
        let unreadable = found.list.iter().any(|d| d.code.starts_with('P'));
        if let (false, true, Some(e)) = (declared, unreadable, crate::model::reference::find(word)) {
            let example = crate::model::reference::example(&self.state.session.economy, e);
            for d in &mut found.list {
                d.help = Some(format!("write `{example}`: {}", e.about));
            }
            return found;
        }
        let candidates = help::names().chain(crate::syntax::words::DECLARATIONS).chain(crate::syntax::words::DEFINITIONS);
        if let (false, Some(near)) = (declared, nearest(word, candidates)) {
            if unreadable || rest.trim().is_empty() {
                let d = Diagnostic::new("C001", format!("there is no command `{word}`")).help(format!("did you mean `{near}`?"));
                // A misspelt quantity is as likely: keep its own suggestion too.
                let own = found.list.iter().find_map(|d| d.help.clone()).filter(|_| !unreadable);
                found = crate::session::single(match own {
                    Some(own) => d.help(format!("did you mean the command `{near}`? As a quantity: {own}")),
                    None => d,
                });
            }
        }
        found
    }

    /// Reads a file name, loads it, and answers as `load` does; for the command line's argument.
    ///
    /// # Errors
    /// As [`Workspace::load`].
    pub fn open(&mut self, path: &Path, ask: &Asking) -> Result<Reply, Failure> {
        let reply = self.load(&path.display().to_string(), ask);
        self.past.clear();
        reply
    }
}

/// A path as typed: quotes around it and a leading `~/` are understood.
pub fn file_name(argument: &str) -> Option<PathBuf> {
    let text = argument.trim().trim_matches('"');
    if text.is_empty() {
        return None;
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    Some(match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    })
}

pub(super) fn loaded_line(state: &State) -> String {
    let e = &state.session.economy;
    let mut out = command::heading(&state.session);
    if out.is_empty() {
        out = format!("{}\n", state.file.as_deref().map(|p| p.display().to_string()).unwrap_or_default());
    }
    let counts = [
        (e.inside().count(), "country", "countries"),
        (e.factors.len(), "factor", "factors"),
        (e.goods.len(), "good", "goods"),
        (e.tasks.len(), "task set", "task sets"),
        (e.shocks.len(), "shock", "shocks"),
        (e.sweeps.len(), "sweep", "sweeps"),
    ];
    let words: Vec<String> = counts.iter().filter(|c| c.0 > 0).map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
    if !words.is_empty() {
        out.push_str(&format!("  {}\n", words.join(", ")));
    }
    out
}

/// The options of one command, over those of the session.
fn with_options(base: &Options, command: &str, list: &[(&str, &str)]) -> Result<Options, Diagnostic> {
    let mut o = base.clone();
    for (name, value) in list {
        let wrong =
            |what: &str| Diagnostic::new("C002", format!("`--{name}` needs {what}")).help(format!("`help {command}` shows how it is written"));
        let path = || file_name(value).ok_or_else(|| wrong("a file name"));
        match *name {
            "all" | "settings" => o.all = true,
            "latex" => o.latex = true,
            "csv" => o.csv = true,
            "mpsge" => o.mpsge = true,
            "json" => o.json = true,
            "dark" => o.dark = true,
            "digits" => o.digits = Digits(value.parse().ok().filter(|n| (1..=17).contains(n)).ok_or_else(|| wrong("a number from 1 to 17"))?),
            "out" => o.out = Some(path()?),
            "svg" => o.svg = Some(path()?),
            "pdf" => o.pdf = Some(path()?),
            "png" => o.png = Some(path()?),
            "html" => o.html = Some(path()?),
            "title" => o.title = Some(value.to_string()),
            "size" => o.size = Some(command::size(value).ok_or_else(|| wrong("width and height, as in 800x500"))?),
            "split" => o.split_all = true,
            "order" => o.order = Some((*value).to_string()),
            "starts" => o.starts = Some(value.parse().map_err(|_| wrong("a number"))?),
            "threads" => o.threads = Some(value.parse().map_err(|_| wrong("a number"))?),
            "limit" => o.limit = Some(value.parse().map_err(|_| wrong("seconds"))?),
            _ => {
                let known = [
                    "all", "settings", "latex", "json", "dark", "digits", "out", "svg", "pdf", "png", "html", "csv", "mpsge", "split", "title",
                    "size", "order", "starts", "threads", "limit",
                ];
                let d = Diagnostic::new("C002", format!("there is no option `--{name}`"));
                return Err(match nearest(name, known.into_iter()) {
                    Some(near) => d.help(format!("did you mean `--{near}`?")),
                    None => d.help(format!("`help {command}` lists them")),
                });
            }
        }
    }
    Ok(o)
}

/// The JSON of a reply, as the command line writes it.
pub fn json(reply: &Reply) -> Value {
    let mut body = reply.json.clone();
    if let (true, Some(tex)) = (body.is_empty(), &reply.latex) {
        body.insert("latex".into(), json!(tex));
    }
    if body.is_empty() && !reply.text.is_empty() {
        body.insert("text".into(), json!(reply.text));
    }
    crate::present::json::envelope(&reply.command, reply.exit == exit::DONE, &reply.diagnostics, &reply.sources, body)
}
