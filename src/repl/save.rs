//! The session's model as a file that runs: the text as written, with settings put in.

use super::state::{State, failed};
use super::workspace::{Reply, file_name};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::load::{self, Disk};
use crate::present::number::exact;
use crate::session::{Failure, Session};
use crate::sink::file;
use crate::source::Span;
use crate::syntax::format;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One piece of text to put in place of a span.
struct Edit {
    span: Span,
    text: String,
}

/// Writes the model to a file; without a name to the one that this session wrote last. Gives the path back.
///
/// The session's settings are put in as values where a file is named, or where `settings` asks for them.
pub fn save(state: &State, argument: &str, settings: bool, written: &[PathBuf]) -> Result<(Reply, PathBuf), Failure> {
    if state.is_empty() && state.waiting.is_empty() {
        return Err(failed(state, Diagnostic::new("C030", "there is no model to save")));
    }
    let named = file_name(argument);
    let settings = settings || named.is_some();
    let path = match (named, state.file.as_deref()) {
        (Some(p), _) => p,
        (None, Some(p)) if written.iter().any(|w| w == p) => p.to_path_buf(),
        (None, Some(p)) => {
            return Err(failed(
                state,
                Diagnostic::new("C033", format!("`{}` was not written by this session: `save` alone leaves it as it is", p.display()))
                    .help(format!("`save {}` writes over it, `save my_model.trade` beside it", p.display())),
            ));
        }
        (None, None) => return Err(failed(state, Diagnostic::new("C033", "save to which file?").help("as in `save my_model.trade`"))),
    };
    let path = if path.extension().is_none() { path.with_extension("trade") } else { path };
    // The model may replace its own file, not one that it imports.
    let main = state.main_file();
    let imported = state.session.sources.paths().filter(|p| Some(*p) != main);
    file::may_write(&path, imported).map_err(|why| failed(state, crate::command::not_written(&path, &why)))?;
    let (text, left) = text(state, settings);
    let read_back = check(state, &text, &path, &left, settings);
    if let Err(why) = read_back {
        return Err(failed(
            state,
            Diagnostic::new("C039", format!("the text would not read back as this model: {why}"))
                .help("save beside the file that was loaded, so that its imports are found"),
        ));
    }
    file::replace(&path, text.as_bytes()).map_err(|why| failed(state, crate::command::not_written(&path, &why)))?;
    let mut out = format!("saved {}\n", path.display());
    for (name, value) in &left {
        out.push_str(&format!("  {name} = {} stands there as a comment: it is one member of a family that a formula gives\n", exact(*value)));
    }
    if !state.settings.is_empty() {
        let list: Vec<String> = state.settings.iter().filter(|s| !left.contains(s)).map(|(n, v)| format!("{n} = {}", exact(*v))).collect();
        if !settings {
            out.push_str(&format!("  with declared values; `save --settings` puts in {}\n", list.join(", ")));
        } else if !list.is_empty() {
            out.push_str(&format!("  with the session's {}\n", list.join(", ")));
        }
    }
    if !state.waiting.is_empty() {
        out.push_str(&format!("  what still waits stands there as a comment: {}\n", super::declare::list_words(&state.waiting)));
    }
    Ok((Reply { text: out, sources: state.session.sources.clone(), ..Reply::default() }, path))
}

/// The model's text in canonical layout.
pub fn formatted(state: &State) -> Result<Reply, Failure> {
    let (text, _) = text(state, true);
    let text = format::format(&text).map_err(|d| state.session.failure(d))?;
    Ok(Reply { text, copy: true, sources: state.session.sources.clone(), ..Reply::default() })
}

/// The model's text, with the session's settings put in if asked, and the settings that it cannot hold.
pub fn text(state: &State, settings: bool) -> (String, Vec<(String, f64)>) {
    let (edits, left) = if settings { edits(state) } else { Default::default() };
    let mut out = String::new();
    for (k, item) in state.items.iter().enumerate() {
        let mut body = item.text.to_string();
        let mut own: Vec<&Edit> =
            edits.iter().filter(|e| e.span.file == item.span.file && e.span.start >= item.span.start && e.span.end <= item.span.end).collect();
        own.sort_by_key(|e| std::cmp::Reverse(e.span.start));
        for e in own {
            let range = (e.span.start - item.span.start) as usize..(e.span.end - item.span.start) as usize;
            if body.get(range.clone()).is_some() {
                body.replace_range(range, &e.text);
            }
        }
        let lead = item.lead.trim_start_matches([' ', '\t']);
        if k > 0 && !lead.contains('\n') {
            out.push('\n');
        }
        out.push_str(if k == 0 { lead.trim_start_matches('\n') } else { lead });
        out.push_str(body.trim_end());
    }
    // Comments at the end of the file; blanks alone are the file's last newline.
    if state.tail.trim().is_empty() {
        out.push('\n')
    } else {
        out.push_str(&state.tail)
    }
    for item in &state.waiting {
        out.extend(item.text.trim_end().lines().map(|l| format!("// {l}\n")));
    }
    for (name, value) in &left {
        out.push_str(&format!("// set {name} = {}\n", exact(*value)));
    }
    (out, left)
}

fn edits(state: &State) -> (Vec<Edit>, Vec<(String, f64)>) {
    let e = &state.session.economy;
    let values = e.parameter_values(&state.session.settings);
    let mut edits: Vec<Edit> = Vec::new();
    let mut left = Vec::new();
    for (name, value) in &state.settings {
        let Some(sym) = e.syms.iter().position(|s| s.name == *name && s.quantity.is_parameter()).map(|i| Sym(i as u32)) else { continue };
        let place = e
            .written
            .get(&sym)
            .copied()
            .filter(|span| state.items.iter().any(|i| i.span.file == span.file && span.start >= i.span.start && span.end <= i.span.end));
        let Some(span) = place else {
            left.push((name.clone(), *value));
            continue;
        };
        let sharing: Vec<Sym> = e.written.iter().filter(|(_, s)| **s == span).map(|(s, _)| *s).collect();
        let text = if sharing.len() == 1 { Some(exact(*value)) } else { table(state, &sharing, &values) };
        match text {
            Some(_) if edits.iter().any(|x| x.span == span) => {}
            Some(text) => edits.push(Edit { span, text }),
            None => left.push((name.clone(), *value)),
        }
    }
    (edits, left)
}

/// The values of a whole family as an inline table, if these symbols are just its members.
fn table(state: &State, members: &[Sym], values: &[f64]) -> Option<String> {
    let names = &state.session.economy.names;
    let found = names.tables.values().find(|t| t.members.len() == members.len() && members.iter().all(|m| t.members.values().any(|s| s == m)))?;
    if found.order.iter().any(Vec::is_empty) {
        return None;
    }
    let rows: Vec<(&[Arc<str>], f64)> =
        found.order.iter().filter_map(|i| found.members.get(i).and_then(|s| values.get(s.index())).map(|v| (i.as_slice(), *v))).collect();
    nested(&rows)
}

fn nested(rows: &[(&[Arc<str>], f64)]) -> Option<String> {
    let mut keys: Vec<&Arc<str>> = Vec::new();
    for (index, _) in rows {
        let key = index.first()?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let parts: Option<Vec<String>> = keys
        .into_iter()
        .map(|key| {
            let inner: Vec<(&[Arc<str>], f64)> = rows.iter().filter(|(i, _)| i.first() == Some(key)).map(|(i, v)| (&i[1..], *v)).collect();
            let value = match inner.as_slice() {
                [([], v)] => exact(*v),
                _ => nested(&inner)?,
            };
            Some(format!("{}: {value}", crate::model::naming::element(key)))
        })
        .collect();
    Some(format!("{{{}}}", parts?.join(", ")))
}

/// Reads the text as the file would be read and compares all parameter values.
fn check(state: &State, text: &str, path: &Path, left: &[(String, f64)], settings: bool) -> Result<(), String> {
    let program = load::load_text(&path.display().to_string(), text, path, &Disk);
    let again = Session::new(program).map_err(|f| f.diagnostics.list.iter().find(|d| d.is_error()).map(|d| d.title.clone()).unwrap_or_default())?;
    if !left.is_empty() {
        return Ok(());
    }
    let (was, is) = (&state.session.economy, &again.economy);
    let own = if settings { state.session.settings.clone() } else { Default::default() };
    let (a, b) = (was.parameter_values(&own), is.parameter_values(&again.settings));
    for (info, v) in was.syms.iter().zip(&a).filter(|(i, _)| i.quantity.is_parameter()) {
        let other = is.syms.iter().position(|s| s.name == info.name).and_then(|i| b.get(i));
        match other {
            Some(w) if w == v || (w.is_nan() && v.is_nan()) => {}
            Some(w) => return Err(format!("{} would be {} instead of {}", info.name, exact(*w), exact(*v))),
            None => return Err(format!("{} would be missing", info.name)),
        }
    }
    Ok(())
}
