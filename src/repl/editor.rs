//! The line editor: rustyline with the language's colours, completion, hints and ends of input.

use super::complete;
use super::input;
use super::workspace::Workspace;
use crate::present::number::Digits;
use crate::sink::shown::harmless;
use crate::syntax::lexer::{TokenKind, lex};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// Longer inputs are shown without colours: a redraw happens on every key.
const COLOURED: usize = 20_000;

/// What rustyline asks while a line is edited.
pub struct Assistant {
    pub workspace: Rc<RefCell<Workspace>>,
    pub color: bool,
    pub digits: Digits,
}

/// A hint is looked at, never typed by itself.
pub struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let Ok(workspace) = self.workspace.try_borrow() else { return Ok((pos, Vec::new())) };
        let (start, offers) = complete::complete(&workspace, line, pos);
        Ok((start, offers.into_iter().map(|o| Pair { display: harmless(&o.shown).into_owned(), replacement: o.text }).collect()))
    }
}

impl Hinter for Assistant {
    type Hint = Shown;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Shown> {
        if pos < line.len() || line.trim().is_empty() {
            return None;
        }
        let workspace = self.workspace.try_borrow().ok()?;
        complete::hint(&workspace, line, self.digits).map(|h| Shown(harmless(&h).into_owned()))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if input::ends(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.color || line.len() > COLOURED { Cow::Borrowed(line) } else { Cow::Owned(paint(line)) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.color { Cow::Owned(format!("\x1b[2m{hint}\x1b[0m")) } else { Cow::Borrowed(hint) }
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        Cow::Borrowed(candidate)
    }

    fn highlight_char(&self, line: &str, _: usize, kind: CmdKind) -> bool {
        self.color && line.len() <= COLOURED && kind != CmdKind::MoveCursor
    }
}

/// The text with ANSI colours by kind of token; a command's word is bold.
pub fn paint(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut first = true;
    for token in lex(text) {
        let slice = text.get(token.range.clone()).unwrap_or_default();
        let begins = first && !token.kind.is_trivia();
        if begins {
            first = false;
        }
        let code = match token.kind {
            _ if begins && Workspace::is_command(slice) => "1",
            TokenKind::Keyword => "1;34",
            TokenKind::Contextual => "34",
            TokenKind::Number => "36",
            TokenKind::String | TokenKind::UnclosedString => "32",
            TokenKind::Comment | TokenKind::DocComment | TokenKind::UnclosedComment => "2",
            TokenKind::Error => "31",
            TokenKind::Name | TokenKind::Operator | TokenKind::Punctuation | TokenKind::Bracket | TokenKind::Whitespace => "",
        };
        if code.is_empty() {
            out.push_str(slice);
        } else {
            // A colour ends at a line's end, so that a redraw may begin at any line.
            for (k, line) in slice.split('\n').enumerate() {
                if k > 0 {
                    out.push('\n');
                }
                if !line.is_empty() {
                    out.push_str(&format!("\x1b[{code}m{line}\x1b[0m"));
                }
            }
        }
    }
    out
}

/// The editor with the user's history.
///
/// # Errors
/// The terminal cannot be set up.
pub fn editor(assistant: Assistant) -> rustyline::Result<Editor<Assistant, FileHistory>> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .color_mode(if assistant.color { ColorMode::Enabled } else { ColorMode::Disabled })
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .max_history_size(5000)?
        .tab_stop(2)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(assistant));
    if let Some(path) = history_file() {
        let _ = editor.load_history(&path);
    }
    Ok(editor)
}

/// `tasktrade/history` in the user's state directory.
pub fn history_file() -> Option<PathBuf> {
    let absolute = |p: PathBuf| p.is_absolute().then_some(p);
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).and_then(absolute);
    let home = || std::env::var_os("HOME").map(PathBuf::from).and_then(absolute).map(|h| h.join(".local").join("state"));
    state.or_else(home).map(|s| s.join("tasktrade").join("history"))
}

/// Keeps what was typed; a history that cannot be written is no reason to disturb anyone.
pub fn keep(editor: &mut Editor<Assistant, FileHistory>, text: &str) {
    let fresh = editor.add_history_entry(text).unwrap_or(false);
    if !fresh {
        return;
    }
    if let Some(path) = history_file() {
        if let Some(folder) = path.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let _ = editor.append_history(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_leave_the_text() {
        for text in ["shock beta -10% // less", "country A { endowment L = 1 }\n/* two\nlines */ good x", "\"open", "β ⊕ 1"] {
            let plain: String = {
                let mut out = String::new();
                let mut escape = false;
                for c in paint(text).chars() {
                    match (escape, c) {
                        (false, '\x1b') => escape = true,
                        (true, 'm') => escape = false,
                        (true, _) => {}
                        (false, c) => out.push(c),
                    }
                }
                out
            };
            assert_eq!(plain, text);
        }
        assert!(paint("shock beta").starts_with("\x1b[1mshock"));
        assert!(paint("industry x").contains("\x1b[1;34mindustry"));
    }
}
