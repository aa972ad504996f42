//! What the prompt shows of its state: values before and after, declared names, all about one name.

use super::declare::{report, users};
use super::state::{State, Valued, failed};
use super::workspace::{Asking, Reply};
use crate::command;
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::names::What;
use crate::model::reference;
use crate::present::json;
use crate::present::number::Digits;
use crate::present::sheet::{Cell, Line, Sheet};
use crate::present::table::{Align, Table};
use crate::session::solved::Solved;
use crate::session::{Failure, single};
use crate::syntax::parser;
use crate::system::Role;
use serde_json::{Map, Value};

fn reply(state: &State, text: String, body: Map<String, Value>) -> Reply {
    Reply { text, json: body, sources: state.session.sources.clone(), ..Reply::default() }
}

/// The session's settings.
pub fn settings(state: &State, ask: &Asking) -> Result<Reply, Failure> {
    let d = ask.options.digits;
    if state.settings.is_empty() {
        return Ok(reply(state, "nothing is set: all parameters have their declared values\n".into(), Map::new()));
    }
    let own = state.session.economy.parameter_values(&Default::default());
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
    let mut body = Map::new();
    for (name, value) in &state.settings {
        let declared = state.session.economy.syms.iter().position(|s| s.name == *name).and_then(|i| own.get(i)).copied().unwrap_or(f64::NAN);
        table.row([name.clone(), d.short(*value), format!("(declared {})", d.short(declared))]);
        body.insert(name.clone(), json::number(*value));
    }
    Ok(reply(state, table.within(2, ask.options.columns), body))
}

/// The quantities of the report, or those asked for: at declared values, before the last shock, now.
pub fn show(state: &State, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
    let d = ask.options.digits;
    let now_solved = state.equilibrium(ask.interrupt)?;
    let earlier = earlier(state, ask);
    let columns: Vec<(&'static str, Vec<Valued>)> = if argument.is_empty() {
        let mut columns: Vec<(&'static str, Vec<Valued>)> = Vec::new();
        for (head, s) in &earlier {
            if let Ok(solved) = s.equilibrium(ask.interrupt) {
                columns.push((head, report(&solved)));
            }
        }
        columns.push((if columns.is_empty() { "value" } else { "now" }, report(&now_solved)));
        columns
    } else {
        let mut session = state.scratch();
        let file = session.add_text("show", argument);
        let items = parser::parse_items(file, argument).map_err(|x| session.failure(x))?;
        let now = state.values(&session, &items, ask.interrupt).map_err(|x| session.failure(x))?;
        let mut columns: Vec<(&'static str, Vec<Valued>)> = Vec::new();
        for (head, s) in &earlier {
            let mut old = s.scratch();
            old.add_text("show", argument);
            if let Ok(values) = s.values(&old, &items, ask.interrupt) {
                columns.push((head, values));
            }
        }
        columns.push((if columns.is_empty() { "value" } else { "now" }, now));
        columns
    };
    let mut text = String::new();
    if let Some(last) = state.made.last() {
        let moves: Vec<String> = last
            .shocked
            .moves
            .iter()
            .map(|m| format!("{} {} → {}", last.shocked.prepared.system.info(m.parameter).display, d.short(m.from), d.short(m.to)))
            .collect();
        text.push_str(&format!("after shock {}   {}\n", last.text, moves.join(", ")));
    } else if !state.settings.is_empty() {
        let set: Vec<String> = state.settings.iter().map(|(n, v)| format!("{n} = {}", d.short(*v))).collect();
        text.push_str(&format!("at {}\n", set.join(", ")));
    }
    let (table, body) = compare(&columns, d);
    let tabular = command::tabular(ask.options, &|| sheet(&now_solved, &columns)).map_err(|x| state.session.failure(single(x)))?;
    text.push_str(&table.within(2, ask.options.columns));
    let words = now_solved.prepared.regime_words(&now_solved.solution);
    if !words.is_empty() {
        text.push_str(&format!("  regime: {words}\n"));
    }
    let mut answer = reply(state, text, body);
    answer.tabular(tabular);
    Ok(answer)
}

/// What is shown, a column a state.
fn sheet(solved: &Solved, columns: &[(&'static str, Vec<Valued>)]) -> Sheet {
    let last = columns.last().map_or(&[][..], |c| c.1.as_slice());
    let lines = last.iter().enumerate().map(|(n, v)| {
        let latex = v.sym.map_or_else(|| crate::model::naming::latex_text(&v.name), |sym| solved.prepared.system.info(sym).latex.clone());
        let values = columns.iter().map(|(_, list)| list.get(n).map_or(Cell::None, |v| Cell::Number(v.value, v.error)));
        Line { name: v.name.clone(), latex, cells: std::iter::once(Cell::Words(v.meaning.clone())).chain(values).collect() }
    });
    Sheet { heads: std::iter::once("meaning").chain(columns.iter().map(|c| c.0)).map(str::to_string).collect(), lines: lines.collect() }
}

/// The states that the present one is compared with: declared values, and before the last shock.
fn earlier(state: &State, ask: &Asking) -> Vec<(&'static str, State)> {
    let mut out = Vec::new();
    if state.settings.is_empty() {
        return out;
    }
    let mut declared = state.with_settings(Vec::new());
    declared.made.clear();
    let Some(last) = state.made.last() else {
        out.push(("declared", declared));
        return out;
    };
    let mut settings = state.settings.clone();
    for m in &last.shocked.moves {
        let name = &last.shocked.prepared.system.info(m.parameter).name;
        for (n, v) in &mut settings {
            if n == name {
                *v = m.from;
            }
        }
    }
    let own = state.session.economy.parameter_values(&Default::default());
    let differs = settings.iter().any(|(n, v)| {
        let at = state.session.economy.syms.iter().position(|s| s.name == *n).and_then(|i| own.get(i)).copied();
        at != Some(*v)
    });
    if differs && declared.equilibrium(ask.interrupt).is_ok() {
        out.push(("declared", declared));
    }
    let mut before = state.with_settings(settings);
    before.made.pop();
    out.push(("before", before));
    out
}

/// Columns of values side by side, with the change from the last but one to the last.
fn compare(columns: &[(&'static str, Vec<Valued>)], d: Digits) -> (Table, Map<String, Value>) {
    let mut table = Table::new(&[Align::Left, Align::Left]);
    let mut body = Map::new();
    let Some((_, now)) = columns.last() else { return (table, body) };
    let several = columns.len() > 1;
    let mut head = vec![String::new(), String::new()];
    head.extend(columns.iter().map(|c| c.0.to_string()));
    if several {
        head.extend(["% change".to_string(), "lp".to_string()]);
    }
    table.row(head);
    for v in now {
        let found: Vec<Option<&Valued>> = columns.iter().map(|(_, list)| list.iter().find(|u| u.name == v.name)).collect();
        let values: Vec<f64> = found.iter().map(|u| u.map_or(f64::NAN, |u| u.value)).collect();
        let mut row = vec![v.display.clone(), v.meaning.clone()];
        row.extend(found.iter().map(|u| u.map_or_else(|| d.value(f64::NAN), |u| d.known(u.value, u.error))));
        if let (true, [.., before, after]) = (several, values.as_slice()) {
            let change = after - before;
            if v.plain || *before <= 0.0 || *after <= 0.0 {
                row.push(if change == 0.0 { "0".into() } else { format!("({}{})", if change > 0.0 { "+" } else { "" }, d.value(change)) });
            } else {
                row.push(d.signed(100.0 * change / before));
                row.push(d.signed(100.0 * (after / before).ln()));
            }
        }
        let cells: Map<String, Value> = columns.iter().zip(&values).map(|((h, _), x)| (h.to_string(), json::number(*x))).collect();
        body.insert(v.name.clone(), Value::Object(cells));
        table.row(row);
    }
    (table, body)
}

/// Groups of `list`: the word that asks for it, its heading, what belongs to it.
const GROUPS: [(&str, &[What]); 12] = [
    ("parameters", &[What::Parameter]),
    ("sets", &[What::Set]),
    ("countries", &[What::Country]),
    ("factors", &[What::Factor]),
    ("goods", &[What::Good]),
    ("industries", &[What::Industry]),
    ("tasks", &[What::Tasks, What::Margin, What::Bill]),
    ("definitions", &[What::Let]),
    ("variables", &[What::Variable, What::Equation]),
    ("functions", &[What::Function, What::Technology, What::Schedule]),
    ("shocks", &[What::Shock]),
    ("sweeps", &[What::Sweep]),
];

/// Declared names by kind with value and label; with a kind, only those; with `waiting`, what is not complete.
pub fn list(state: &State, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
    let d = ask.options.digits;
    let wanted = argument.trim();
    let names = &state.session.economy.names;
    if let Some(found) = built_in(state, wanted, ask) {
        return Ok(found);
    }
    if !wanted.is_empty() && wanted != "waiting" && !GROUPS.iter().any(|g| g.0 == wanted || g.0.trim_end_matches('s') == wanted) {
        let near = crate::model::names::nearest(wanted, GROUPS.iter().map(|g| g.0).chain(["quantities", "forms"]));
        let known: Vec<&str> = GROUPS.iter().map(|g| g.0).chain(["quantities", "forms"]).collect();
        let help = near.map_or_else(|| format!("`list` knows {}", known.join(", ")), |n| format!("did you mean `list {n}`?"));
        return Err(failed(state, Diagnostic::new("C036", format!("`{wanted}` is no kind of name")).help(help)));
    }
    let values = state.session.economy.parameter_values(&state.session.settings);
    let solved = state.ready();
    let value = |sym: Sym| -> f64 {
        let v = values.get(sym.index()).copied().unwrap_or(f64::NAN);
        if v.is_finite() {
            return v;
        }
        let name = &state.session.economy.info(sym).name;
        solved.and_then(|s| s.prepared.system.find(name).map(|q| s.solution.value(q))).unwrap_or(f64::NAN)
    };
    let mut text = String::new();
    let mut body = Map::new();
    for (group, kinds) in GROUPS {
        if !wanted.is_empty() && wanted != group && wanted != group.trim_end_matches('s') {
            continue;
        }
        let mut rows: Vec<[String; 3]> = Vec::new();
        let mut listed = Vec::new();
        for name in names.order.iter().filter(|n| names.entries.get(*n).is_some_and(|e| kinds.contains(&e.what))) {
            // A library's own definitions would bury the model's.
            let from_library = names.entries.get(name).is_some_and(|e| state.session.sources.file(e.span.file).name.starts_with('<'));
            if from_library && wanted.is_empty() {
                continue;
            }
            listed.push(Value::String(name.to_string()));
            let members: Vec<Sym> =
                names.tables.get(name).map(|t| t.order.iter().filter_map(|i| t.members.get(i).copied()).collect()).unwrap_or_default();
            let cell = match members.as_slice() {
                [one] => {
                    let v = value(*one);
                    if v.is_finite() { d.short(v) } else { String::new() }
                }
                [] => String::new(),
                many => format!("{} values", many.len()),
            };
            rows.push([name.to_string(), cell, described(state, name)]);
        }
        // A column without a value is none.
        let bare = rows.iter().all(|r| r[1].is_empty());
        let mut table = Table::new(if bare { &[Align::Left, Align::Left] } else { &[Align::Left, Align::Right, Align::Left] });
        for [name, value, about] in rows {
            if bare { table.row([name, about]) } else { table.row([name, value, about]) }
        }
        if !table.is_empty() {
            text.push_str(&format!("{group}\n{}", table.within(2, ask.options.columns)));
            body.insert(group.into(), Value::Array(listed));
        }
    }
    if !state.waiting.is_empty() && (wanted.is_empty() || wanted == "waiting") {
        text.push_str(&format!("waiting for what they name\n  {}\n", super::declare::list_words(&state.waiting)));
    }
    if text.is_empty() {
        text = match wanted {
            "" => "nothing is declared; `load FILE` reads a model\n".into(),
            "waiting" => "nothing waits\n".into(),
            _ => format!("the model has no {wanted}\n"),
        };
    }
    Ok(reply(state, text, body))
}

/// `list quantities`, `list forms`: the language's own, written with the model's names.
fn built_in(state: &State, wanted: &str, ask: &Asking) -> Option<Reply> {
    let groups: &[(&str, &[reference::Entry])] = match wanted {
        "quantities" | "quantity" => &[("quantities", reference::QUANTITIES), ("functions", reference::FUNCTIONS)],
        "forms" | "form" | "technologies" => &[("forms", reference::FORMS)],
        _ => return None,
    };
    let mut text = String::new();
    let mut body = Map::new();
    for (group, entries) in groups {
        let mut table = Table::new(&[Align::Left, Align::Left]);
        for e in *entries {
            table.row([reference::example(&state.session.economy, e), e.about.to_string()]);
        }
        text.push_str(&format!("{group}\n{}", table.within(2, ask.options.columns)));
        body.insert((*group).into(), Value::Array(entries.iter().flat_map(|e| e.names).map(|n| Value::String((*n).into())).collect()));
    }
    Some(reply(state, text, body))
}

/// The label, or the first line of the documentation, or the text of a short declaration.
fn described(state: &State, name: &str) -> String {
    let e = &state.session.economy;
    if names_kind(state, name).is_some_and(|w| matches!(w, What::Margin | What::Bill)) {
        let sym = e.names.tables.get(name).and_then(|t| t.order.first().and_then(|i| t.members.get(i)));
        return sym.map(|s| e.info(*s).meaning.clone()).unwrap_or_default();
    }
    if let Some(label) = item_of(state, name).and_then(label) {
        return label;
    }
    if let Some(doc) = e.docs.get(name) {
        return doc.lines().next().unwrap_or_default().trim().to_string();
    }
    let shown = names_text(state, name).split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.chars().count() > 60 { format!("{}…", shown.chars().take(59).collect::<String>()) } else { shown }
}

fn names_kind<'a>(state: &'a State, name: &str) -> Option<&'a What> {
    state.session.economy.names.entries.get(name).map(|e| &e.what)
}

/// The text that declares a name.
fn names_text(state: &State, name: &str) -> String {
    let Some((_, entry)) = state.session.economy.names.lookup(name, None) else { return String::new() };
    state.session.sources.snippet(entry.declaration.span).to_string()
}

fn item_of<'a>(state: &'a State, name: &str) -> Option<&'a super::item::Item> {
    state.items.iter().find(|i| i.loaded.as_ref().and_then(|l| super::item::name_of(&l.declaration)).as_deref() == Some(name))
}

/// The string that labels a declaration: the first one in its text, outside braces.
fn label(item: &super::item::Item) -> Option<String> {
    let mut depth = 0i32;
    for token in crate::syntax::lexer::lex(&item.text) {
        let slice = item.text.get(token.range.clone()).unwrap_or_default();
        match slice {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if token.kind == crate::syntax::lexer::TokenKind::String && depth == 0 && slice.len() > 4 => {
                return Some(slice.trim_matches('"').to_string());
            }
            _ => {}
        }
    }
    None
}

/// All about a name: what it is, documentation, definition, value, where used.
pub fn info(state: &State, argument: &str, ask: &Asking) -> Result<Reply, Failure> {
    let name = argument.trim();
    if name.is_empty() {
        return Err(failed(state, Diagnostic::new("C037", "info about what?").help("`info NAME`; `list` shows the names")));
    }
    let d = ask.options.digits;
    let e = &state.session.economy;
    let mut lines: Vec<String> = Vec::new();
    let mut body = Map::new();
    body.insert("name".into(), Value::String(name.to_string()));
    let entry = e.names.lookup(name, None).map(|(full, entry)| (full.clone(), entry.clone()));
    let mut session = state.scratch();
    let file = session.add_text("info", name);
    // A bare good or country is no number: what is known of its declaration is all there is.
    let items = parser::parse_items(file, name);
    let values =
        items.map_err(|x| session.failure(x)).and_then(|items| state.values(&session, &items, ask.interrupt).map_err(|x| session.failure(x)));
    let value = values.as_ref().ok().and_then(|v| v.first());
    if let Some((full, entry)) = &entry {
        lines.push(format!("{full}   {}", entry.what.word()));
        body.insert("kind".into(), Value::String(entry.what.word().into()));
        if let Some(doc) = e.docs.get(full) {
            lines.extend(doc.lines().map(|l| format!("  {}", l.trim())));
            body.insert("documentation".into(), Value::String(doc.to_string()));
        }
        let span = entry.declaration.span;
        let (line, _) = state.session.sources.line_column(span.file, span.start);
        let text = state.session.sources.snippet(span).trim_end();
        lines.extend(text.lines().map(|l| format!("  {l}")));
        lines.push(format!("  at {}:{line}", state.session.sources.file(span.file).name));
        body.insert("definition".into(), Value::String(text.to_string()));
    }
    match value {
        Some(v) => {
            let set = state.settings.iter().any(|(n, _)| *n == v.name);
            let own = v.sym.filter(|_| set).and_then(|s| e.parameter_values(&Default::default()).get(s.index()).copied());
            let declared = own.map_or(String::new(), |o| format!("   (declared {})", d.short(o)));
            let what = if v.meaning.is_empty() || entry.is_some() { String::new() } else { format!("   {}", v.meaning) };
            lines.push(format!("{}{} = {}{what}{declared}", if entry.is_some() { "  value " } else { "" }, v.display, d.value(v.value)));
            body.insert("value".into(), json::number(v.value));
            if let Some(by) = determined_by(state, &v.name, ask) {
                lines.push(format!("  {by}"));
            }
        }
        None if entry.is_some() => {}
        None => {
            values?;
        }
    }
    let used: Vec<String> = match item_of(state, name) {
        Some(item) => users(state, item),
        None => state.items.iter().filter(|i| super::item::mentions(&i.text, name)).map(|i| i.words.clone()).collect(),
    };
    if !used.is_empty() {
        lines.push(format!("  used in {}", used.join(", ")));
    }
    lines.push(String::new());
    Ok(reply(state, lines.join("\n"), body))
}

/// The condition that an unknown is paired with.
fn determined_by(state: &State, name: &str, ask: &Asking) -> Option<String> {
    if !state.whole {
        return None;
    }
    let solved = state.equilibrium(ask.interrupt).ok()?;
    let system = &solved.prepared.system;
    let sym = system.find(name)?;
    match system.info(sym).role {
        Role::Unknown { .. } => {
            let equation = system.equations.iter().find(|e| e.partner == Some(sym));
            Some(match equation {
                Some(e) => format!("determined with {}; `why {name}` shows how", e.name),
                None => "determined by the equilibrium as a whole".into(),
            })
        }
        Role::Definition(_) => Some(format!("follows from other quantities; `why {name}` shows how")),
        Role::Parameter(_) | Role::Bound => None,
    }
}
