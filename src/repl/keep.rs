//! What keeps a session: saving it, its log, files of inputs, and what a killed prompt left behind.

use super::state::{State, failed};
use super::workspace::{Asking, Reply, Workspace, file_name, loaded_line};
use super::{input, journal, log, save};
use crate::diag::Diagnostic;
use crate::present::number::Digits;
use crate::session::{Failure, failure::exit};
use crate::syntax::parser;

impl Workspace {
    /// Whether leaving now would lose declarations that were typed.
    pub fn unsaved(&self) -> bool {
        let typed = self.state.items.iter().any(|i| i.typed) || !self.state.waiting.is_empty();
        typed && self.saved.as_deref() != Some(save::text(&self.state, false).0.as_str())
    }

    pub(super) fn save(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        let (reply, path) = save::save(&self.state, argument, ask.options.all, &self.written)?;
        self.saved = Some(save::text(&self.state, false).0);
        // What was typed lives in this file from now on.
        self.state.file = Some(path.clone());
        if !self.written.contains(&path) {
            self.written.push(path);
        }
        Ok(reply)
    }

    /// Brings back what a killed prompt left behind.
    pub(super) fn resume(&mut self, ask: &Asking) -> Result<Reply, Failure> {
        let Some(left) = journal::left().into_iter().next() else {
            return Err(failed(&self.state, Diagnostic::new("C031", "there is nothing to resume").help("every prompt was left as it should be")));
        };
        let next = if left.model.trim().is_empty() { State::default() } else { State::typed("resumed", &left.model, left.file.clone())? };
        let next = next.with_settings(left.settings.clone());
        let mut text = loaded_line(&next);
        for (name, value) in &next.settings {
            text.push_str(&format!("  {name} = {}\n", Digits::default().short(*value)));
        }
        self.commit("resume".into(), next);
        if !left.waiting.is_empty() {
            text.push_str(&self.declare(&left.waiting, ask)?.text);
        }
        left.forget();
        Ok(self.reply(text))
    }

    /// Begins or ends the log of the session: `log on FILE.md`, `log off`.
    pub(super) fn log(&mut self, argument: &str) -> Result<Reply, Failure> {
        let usage = || Diagnostic::new("C004", "log on or off?").help("write `log on session.md`, or `log off`");
        let (word, file) = argument.trim().split_once(char::is_whitespace).unwrap_or((argument.trim(), ""));
        match (word, file_name(file), self.log.take()) {
            ("on", Some(path), _) => {
                crate::sink::file::may_write(&path, self.state.session.sources.paths())
                    .map_err(|why| failed(&self.state, crate::command::not_written(&path, &why)))?;
                let log = log::Log::begin(&path, self.name())
                    .map_err(|e| failed(&self.state, Diagnostic::new("F003", format!("cannot write `{}`: {e}", path.display()))))?;
                self.log = Some(log);
                Ok(self.reply(format!("questions and answers go to {}\n", path.display())))
            }
            ("off", None, Some(log)) => Ok(self.reply(format!("the log is in {}\n", log.path().display()))),
            ("off", None, None) => Err(failed(&self.state, Diagnostic::new("C031", "no log is kept").help("`log on session.md` begins one"))),
            (_, _, old) => {
                self.log = old;
                Err(failed(&self.state, usage()))
            }
        }
    }

    /// Answers the inputs of a file one after the other, up to the first that fails.
    pub(super) fn source(&mut self, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
        let Some(path) = file_name(argument) else {
            return Err(failed(
                &self.state,
                Diagnostic::new("C033", "source which file?").help("as in `source session.txt`: a file of inputs as they are typed"),
            ));
        };
        if self.sourced.contains(&path) {
            return Err(failed(
                &self.state,
                Diagnostic::new("C033", format!("`{}` is being read already", path.display())).help("take the `source` out of it"),
            ));
        }
        let read = crate::model::load::Reader::read(&crate::model::load::Disk, &path);
        let text = read
            .map_err(|why| Diagnostic::new("F001", format!("cannot read `{}`: {why}", path.display())))
            .and_then(|b| parser::decode(&b))
            .map_err(|d| failed(&self.state, d))?;
        self.sourced.push(path.clone());
        let mut out = Reply { sources: self.state.session.sources.clone(), ..Reply::default() };
        let inputs = if text.contains("\n```session") { log::inputs(&text) } else { input::split(&text, &Self::is_command) };
        for one in inputs {
            if ask.interrupt.load(std::sync::atomic::Ordering::SeqCst) || out.leave || out.exit != exit::DONE {
                break;
            }
            for (k, line) in one.lines().enumerate() {
                out.text.push_str(&format!("{} {line}\n", if k == 0 { ">>>" } else { "..." }));
            }
            match self.run(&one, ask) {
                Ok(reply) => {
                    out.text.push_str(&reply.text);
                    out.leave = reply.leave;
                    out.exit = reply.exit;
                    if !reply.diagnostics.list.is_empty() {
                        out.text.push_str(&crate::diag::render::render_within(&reply.diagnostics.list, &reply.sources, false, ask.options.columns));
                    }
                }
                Err(f) => {
                    out.diagnostics = f.diagnostics;
                    out.sources = f.sources;
                    out.exit = f.exit;
                }
            }
        }
        self.sourced.pop();
        Ok(out)
    }
}
