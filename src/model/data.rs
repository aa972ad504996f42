//! Data from files: a column of a CSV file as the elements of a set, columns as the values of a parameter.
//!
//! What is loaded takes the place of the list or the table that could have been written instead, so that nothing after this stage knows of files. All
//! sets come first: which values are missing, and which are surplus, is said by row and column.

use super::load::{Loaded, Program, Reader};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::parser::{invisible, normalize};
use crate::syntax::tree::{Declaration, Expr, ExprKind, Family, Kind, Load, Members, Name, Points, ScheduleBody, SetExpr};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Complaints of one file's cells: the rest is a number.
const TOLD: usize = 5;
/// What a column of values may be called where nothing else is said.
const VALUE: &str = "value";
/// What a column of tasks may be called.
const TASK: &str = "task";

/// A file as it was read: its heads, and each row with its line.
#[derive(Debug)]
pub struct Sheet {
    name: String,
    heads: Vec<String>,
    rows: Vec<(u64, csv::StringRecord)>,
}

impl Sheet {
    fn column(&self, head: &str) -> Option<usize> {
        let head = normalize(head);
        let alike = head.to_lowercase();
        self.heads.iter().position(|h| h.as_str() == head.as_ref()).or_else(|| self.heads.iter().position(|h| h.to_lowercase() == alike))
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|r| r.1.get(column)).unwrap_or("").trim()
    }

    fn at(&self, row: usize, column: usize) -> String {
        let line = self.rows.get(row).map_or(0, |r| r.0);
        format!("`{}`, line {line}, column `{}`", self.name, self.heads.get(column).map_or("", String::as_str))
    }
}

/// What a declaration loads.
pub(super) fn load_of(kind: &Kind) -> Option<&Load> {
    match kind {
        Kind::Set { elements: Members::Loaded(l), .. } => Some(l),
        Kind::Parameter { value, .. } => match &value.bare().kind {
            ExprKind::Load(l) => Some(l),
            _ => None,
        },
        Kind::Schedule { body: ScheduleBody::Loaded { load, .. }, .. } => Some(load),
        _ => None,
    }
}

/// The program with what its files hold in the place of what loads it, and what is wrong with them; the program itself where it loads nothing.
pub(super) fn filled(program: &Program) -> (Cow<'_, Program>, Vec<Diagnostic>) {
    if program.declarations.iter().all(|l| l.sheet.is_none()) {
        return (Cow::Borrowed(program), Vec::new());
    }
    let mut program = program.clone();
    let mut filler = Filler { found: Vec::new() };
    for sets in [true, false] {
        let known = known(&program.declarations);
        for loaded in &mut program.declarations {
            let (Some(load), Some(sheet)) = (load_of(&loaded.declaration.kind).cloned(), loaded.sheet.clone()) else { continue };
            let kind = match &loaded.declaration.kind {
                Kind::Set { name, ordered, .. } if sets => filler.set(name, *ordered, &load, &sheet),
                Kind::Parameter { name, interval, label, .. } if !sets => filler
                    .table(name.name.as_ref(), name.family.as_ref(), &load, &sheet, &known, loaded.prefix.as_deref())
                    .map(|value| Kind::Parameter { name: name.clone(), value, interval: interval.clone(), label: label.clone() }),
                Kind::Schedule { name, task, arguments, body: ScheduleBody::Loaded { points, .. } } if !sets => {
                    filler.points(name, task, *points, &load, &sheet).map(|body| {
                        let (name, task, arguments) = (name.clone(), task.clone(), arguments.clone());
                        Kind::Schedule { name, task, arguments, body }
                    })
                }
                _ => None,
            };
            if let Some(kind) = kind {
                loaded.declaration = Arc::new(Declaration { kind, ..(*loaded.declaration).clone() });
            }
        }
    }
    (Cow::Owned(program), filler.found)
}

/// Reads the file that a declaration loads.
///
/// # Errors
/// A diagnostic (F014, F012): it cannot be read, or is no table.
pub(super) fn read(path: &Path, load: &Load, reader: &dyn Reader) -> Result<Sheet, Diagnostic> {
    let name = path.display().to_string();
    let refuse = |why: String| Diagnostic::new("F014", format!("cannot load `{name}`: {why}")).at(load.span, "loaded here");
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
        return Err(refuse("Parquet is not read".into()).help("save the table as CSV"));
    }
    let bytes = reader.import(path).map_err(|why| refuse(why).help("the path is relative to the program's file"))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|e| refuse(format!("it is not UTF-8 (byte {})", e.valid_up_to())).help("save it as UTF-8"))?
        .trim_start_matches('\u{FEFF}');
    let first = text.lines().find(|l| !l.trim_start().starts_with('#') && !l.trim().is_empty()).unwrap_or("");
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| (first.bytes().filter(|b| b == d).count(), *d == b',')).unwrap_or(b',');
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).comment(Some(b'#')).trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let heads: Vec<String> = csv.headers().map_err(|e| refuse(e.to_string()))?.iter().map(|h| normalize(h).to_string()).collect();
    if heads.iter().all(String::is_empty) {
        return Err(refuse("it has no header".into()).help("its first line names the columns"));
    }
    let mut seen = FxHashSet::default();
    if let Some(twice) = heads.iter().find(|h| !h.is_empty() && !seen.insert(h.as_str())) {
        return Err(refuse(format!("two columns are called `{twice}`")));
    }
    let mut rows = Vec::new();
    for record in csv.records() {
        let record = record.map_err(|e| refuse(e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != heads.len() {
            let cells = if record.len() == 1 { "cell" } else { "cells" };
            return Err(Diagnostic::new("F012", format!("`{name}`, line {line}: {} {cells}, where the header has {}", record.len(), heads.len()))
                .at(load.span, "loaded here")
                .help("a cell that holds a comma stands in double quotes"));
        }
        rows.push((line, record));
    }
    Ok(Sheet { name, heads, rows })
}

/// Every set's elements by its name, with the alias of its file in front.
fn known(declarations: &[Loaded]) -> FxHashMap<String, Vec<Arc<str>>> {
    let full = |name: &Name, prefix: Option<&str>| prefix.map_or_else(|| name.text.to_string(), |p| format!("{p}.{}", name.text));
    let listed = declarations.iter().filter_map(|l| match &l.declaration.kind {
        Kind::Set { name, elements: Members::Listed(list), .. } => {
            Some((full(name, l.prefix.as_deref()), list.iter().map(|e| e.text.clone()).collect()))
        }
        _ => None,
    });
    listed.collect()
}

struct Filler {
    found: Vec<Diagnostic>,
}

/// Values by index.
type Cells = BTreeMap<Vec<usize>, (f64, usize, usize)>;

impl Filler {
    fn refuse<T>(&mut self, code: &'static str, load: &Load, words: String, help: &str) -> Option<T> {
        let d = Diagnostic::new(code, words).at(load.span, "loaded here");
        self.found.push(if help.is_empty() { d } else { d.help(help.to_string()) });
        None
    }

    /// The column of a head.
    fn named(&mut self, sheet: &Sheet, head: &str, span: Span) -> Option<usize> {
        if let Some(at) = sheet.column(head) {
            return Some(at);
        }
        let d = Diagnostic::new("F011", format!("`{}` has no column `{head}`", sheet.name)).at(span, "this column");
        let near = super::names::nearest(head, sheet.heads.iter().map(String::as_str));
        self.found.push(match near {
            Some(n) => d.help(format!("did you mean `{n}`?")),
            None => d.help(format!("it has {}", sheet.heads.iter().map(|h| format!("`{h}`")).collect::<Vec<_>>().join(", "))),
        });
        None
    }

    /// The elements of a set, each once, in the order of the file.
    fn set(&mut self, name: &Name, ordered: bool, load: &Load, sheet: &Sheet) -> Option<Kind> {
        let column = match &load.column {
            Some(head) => self.named(sheet, &head.text, head.span)?,
            None => match sheet.column(&name.text) {
                Some(at) => at,
                None if sheet.heads.len() == 1 => 0,
                None => {
                    let words = format!("which column of `{}` holds the elements of `{}`?", sheet.name, name.text);
                    return self.refuse("F011", load, words, "name it: `column \"…\"`");
                }
            },
        };
        let mut seen: FxHashSet<Arc<str>> = FxHashSet::default();
        let mut elements = Vec::new();
        for row in 0..sheet.rows.len() {
            let cell = sheet.cell(row, column);
            if cell.is_empty() {
                return self.refuse("F012", load, format!("{}: no element stands there", sheet.at(row, column)), "");
            }
            // An element from a file is spelt as one in the program.
            let cell = normalize(cell);
            if let Some(c) = cell.chars().find(|c| invisible(*c)) {
                let words = format!("{}: an invisible character (U+{:04X})", sheet.at(row, column), c as u32);
                return self.refuse("F012", load, words, "it looks like another element without it: delete it");
            }
            if seen.insert(cell.clone()) {
                elements.push(element(cell, load.span));
            }
        }
        Some(Kind::Set { name: name.clone(), elements: Members::Listed(elements), ordered })
    }

    /// The points of a schedule: a column of tasks, or of the ends of steps, and one of what they cost, in any order of rows.
    fn points(&mut self, name: &Name, task: &Name, points: Points, load: &Load, sheet: &Sheet) -> Option<ScheduleBody> {
        if load.wide {
            return self.refuse("F011", load, "the points of a schedule have no index in the heads of columns".into(), "leave out `wide`");
        }
        let at = match load.by.as_slice() {
            [head] => self.named(sheet, &head.text, head.span)?,
            [] => match sheet.column(&task.text).or_else(|| sheet.column(TASK)) {
                Some(at) => at,
                None => {
                    let words = format!("`{}` has no column for the task `{}`", sheet.name, task.text);
                    return self.refuse("F011", load, words, &format!("head it `{}` or `{TASK}`, or name it: `by \"…\"`", task.text));
                }
            },
            _ => return self.refuse("F011", load, "a schedule has one task".into(), "name one column after `by`"),
        };
        let others: Vec<usize> = (0..sheet.heads.len()).filter(|c| *c != at).collect();
        let cost = match (&load.column, others.as_slice()) {
            (Some(head), _) => self.named(sheet, &head.text, head.span)?,
            (None, [one]) => *one,
            (None, _) => match sheet.column(VALUE).or_else(|| sheet.column(&name.text)) {
                Some(at) => at,
                None => {
                    let words = format!("which column of `{}` holds the costs of `{}`?", sheet.name, name.text);
                    return self.refuse("F011", load, words, "name it: `column \"…\"`");
                }
            },
        };
        let mut rows: Vec<(f64, f64)> = Vec::new();
        let mut wrong = Vec::new();
        for row in 0..sheet.rows.len() {
            let number = |column: usize| sheet.cell(row, column).parse::<f64>().ok().filter(|v| v.is_finite());
            match (number(at), number(cost)) {
                (Some(x), Some(_)) if rows.iter().any(|r| r.0 == x) => wrong.push(format!("{}: a second value at this task", sheet.at(row, at))),
                (Some(x), Some(y)) => rows.push((x, y)),
                (x, _) => {
                    let column = if x.is_none() { at } else { cost };
                    let cell = sheet.cell(row, column);
                    let what = if cell.is_empty() { "no value stands there".to_string() } else { format!("`{cell}` is no number") };
                    wrong.push(format!("{}: {what}", sheet.at(row, column)));
                }
            }
        }
        if rows.is_empty() && wrong.is_empty() {
            wrong.push(format!("`{}` has no row", sheet.name));
        }
        if !wrong.is_empty() {
            self.cells(load, sheet, wrong);
            return None;
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = rows.into_iter().map(|(x, y)| (number(x, load.span), number(y, load.span))).collect();
        Some(match points {
            Points::Steps => ScheduleBody::Steps { rows },
            Points::Linear | Points::Smooth => ScheduleBody::Table { smooth: points == Points::Smooth, rows },
        })
    }

    /// Tells of wrong cells, the first few of them.
    fn cells(&mut self, load: &Load, sheet: &Sheet, wrong: Vec<String>) {
        let more = wrong.len().saturating_sub(TOLD);
        for words in wrong.into_iter().take(TOLD) {
            let _: Option<()> = self.refuse("F012", load, words, "");
        }
        if more > 0 {
            let _: Option<()> = self.refuse("F012", load, format!("`{}`: {more} more of its cells are wrong", sheet.name), "");
        }
    }

    fn table(
        &mut self,
        name: Option<&Name>,
        family: Option<&Family>,
        load: &Load,
        sheet: &Sheet,
        sets: &FxHashMap<String, Vec<Arc<str>>>,
        prefix: Option<&str>,
    ) -> Option<Expr> {
        let binders = family.map_or(&[][..], |f| f.binders.as_slice());
        let mut members: Vec<Vec<Arc<str>>> = Vec::new();
        for b in binders {
            members.push(match &b.set {
                SetExpr::Listed(list) => list.iter().map(|e| e.text.clone()).collect(),
                // A set that is not there is told of where it is looked for.
                SetExpr::Named(n) => prefix.and_then(|p| sets.get(&format!("{p}.{}", n.text))).or_else(|| sets.get(n.text.as_ref()))?.clone(),
            });
        }
        let places: Vec<FxHashMap<&str, usize>> = members.iter().map(|m| m.iter().enumerate().map(|(k, e)| (e.as_ref(), k)).collect()).collect();
        if load.wide && binders.is_empty() {
            return self.refuse("F011", load, "a wide table has an index in the heads of its columns".into(), "leave out `wide`");
        }
        let in_rows = binders.len() - usize::from(load.wide);
        if !load.by.is_empty() && load.by.len() != in_rows {
            let words = format!("{} of its columns hold an index here, not {}", in_rows, load.by.len());
            return self.refuse("F011", load, words, "name as many columns as there are indices in rows");
        }
        let mut index = Vec::new();
        for (k, b) in binders.iter().take(in_rows).enumerate() {
            index.push(match load.by.get(k) {
                Some(head) => self.named(sheet, &head.text, head.span)?,
                None => {
                    let set = if let SetExpr::Named(n) = &b.set { n.text.as_ref() } else { "" };
                    match sheet.column(set).or_else(|| sheet.column(&b.variable.text)) {
                        Some(at) => at,
                        None => {
                            let words = format!("`{}` has no column for the index `{}`", sheet.name, b.variable.text);
                            let help = format!("head it `{}`, or name it: `by \"…\"`", if set.is_empty() { b.variable.text.as_ref() } else { set });
                            return self.refuse("F011", load, words, &help);
                        }
                    }
                }
            });
        }
        let own = name.map_or("", |n| n.text.as_ref());
        let columns: Vec<(usize, Option<usize>)> = if load.wide {
            let last = members.last()?;
            let mut out = Vec::new();
            for (k, e) in last.iter().enumerate() {
                match sheet.heads.iter().position(|h| h == e.as_ref()) {
                    Some(at) => out.push((at, Some(k))),
                    None => {
                        return self.refuse("F011", load, format!("`{}` has no column `{e}`", sheet.name), "its heads are the last index's elements");
                    }
                }
            }
            out
        } else {
            let rest: Vec<usize> = (0..sheet.heads.len()).filter(|c| !index.contains(c)).collect();
            let at = match (&load.column, rest.as_slice()) {
                (Some(head), _) => self.named(sheet, &head.text, head.span)?,
                (None, [one]) => *one,
                (None, _) => match sheet.column(VALUE).or_else(|| sheet.column(own)) {
                    Some(at) => at,
                    None => {
                        return self.refuse(
                            "F011",
                            load,
                            format!("which column of `{}` holds the values of `{own}`?", sheet.name),
                            "name it: `column \"…\"`",
                        );
                    }
                },
            };
            vec![(at, None)]
        };
        let mut cells = Cells::new();
        let mut wrong = Vec::new();
        for row in 0..sheet.rows.len() {
            let mut key = Vec::with_capacity(binders.len());
            for (c, places) in index.iter().zip(&places) {
                let cell = sheet.cell(row, *c);
                match places.get(cell).or_else(|| places.get(normalize(cell).as_ref())) {
                    Some(k) => key.push(*k),
                    None => {
                        let set = binders.get(key.len()).map_or("", |b| if let SetExpr::Named(n) = &b.set { n.text.as_ref() } else { "its set" });
                        wrong.push(format!("{}: `{}` is no element of {set}", sheet.at(row, *c), sheet.cell(row, *c)));
                        break;
                    }
                }
            }
            if key.len() < in_rows {
                continue;
            }
            for (c, last) in &columns {
                let cell = sheet.cell(row, *c);
                let value = cell.parse::<f64>().ok().filter(|v| v.is_finite());
                let mut key = key.clone();
                key.extend(*last);
                match value {
                    None if cell.is_empty() => wrong.push(format!("{}: no value stands there", sheet.at(row, *c))),
                    None => wrong.push(format!("{}: `{cell}` is no number", sheet.at(row, *c))),
                    Some(v) => {
                        if let Some((_, before, _)) = cells.insert(key, (v, row, *c)) {
                            let line = sheet.rows.get(before).map_or(0, |r| r.0);
                            wrong.push(format!("{}: a second value, after that of line {line}", sheet.at(row, *c)));
                        }
                    }
                }
            }
        }
        if wrong.is_empty() && family.is_none_or(|f| f.guard.is_none()) {
            wrong.extend(missing(&members, &cells).into_iter().map(|key| match key.as_slice() {
                [] => format!("`{}` has no row", sheet.name),
                key => format!("`{}` has no value of {own}[{}]", sheet.name, key.join(", ")),
            }));
        }
        if !wrong.is_empty() {
            self.cells(load, sheet, wrong);
            return None;
        }
        let list: Vec<(&[usize], f64)> = cells.iter().map(|(k, v)| (k.as_slice(), v.0)).collect();
        Some(nested(&list, 0, &members, load.span))
    }
}

/// Indices without a value, the first few of them.
fn missing(members: &[Vec<Arc<str>>], cells: &Cells) -> Vec<Vec<String>> {
    let all = members.iter().map(Vec::len).fold(1usize, usize::saturating_mul);
    if cells.len() == all {
        return Vec::new();
    }
    let mut out = Vec::new();
    for n in 0..all {
        let (mut rest, mut key) = (n, Vec::new());
        for m in members.iter().rev() {
            key.push(rest % m.len().max(1));
            rest /= m.len().max(1);
        }
        key.reverse();
        if !cells.contains_key(&key) {
            out.push(key.iter().zip(members).filter_map(|(k, m)| m.get(*k)).map(|e| e.to_string()).collect());
            if out.len() > TOLD {
                break;
            }
        }
    }
    out
}

/// The table that could have been written in the file's place.
fn nested(cells: &[(&[usize], f64)], depth: usize, members: &[Vec<Arc<str>>], span: Span) -> Expr {
    if depth == members.len() {
        return number(cells.first().map_or(f64::NAN, |c| c.1), span);
    }
    let groups = cells.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth));
    let rows = groups.filter_map(|g| {
        let key = *g.first()?.0.get(depth)?;
        Some((element(members.get(depth)?.get(key)?.clone(), span), nested(g, depth + 1, members, span)))
    });
    Expr { span, kind: ExprKind::Table(rows.collect()) }
}

/// A number as it could have been written.
fn number(v: f64, span: Span) -> Expr {
    let number = Expr { span, kind: ExprKind::Number(v.abs(), format!("{}", v.abs()).into()) };
    if v.is_sign_negative() { Expr { span, kind: ExprKind::Negate(Box::new(number)) } } else { number }
}

fn element(text: Arc<str>, span: Span) -> Name {
    // In quotes it is an element whatever it looks like.
    Name { text, span, quoted: true }
}
