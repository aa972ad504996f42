//! What Tab offers and what is hinted while typing; no terminal in it.

use super::help;
use super::input::{self, Input};
use super::workspace::Workspace;
use crate::diag::codes;
use crate::model::{library, naming};
use crate::present::number::Digits;
use crate::syntax::lexer::{Token, TokenKind, lex};
use crate::syntax::{parser, soft, words};
use crate::system::Role;
use std::path::Path;

/// One offer: what is shown and what takes the place of the fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub shown: String,
    pub text: String,
}

/// Economies with more symbols than this get no hints: a hint may not cost time.
const HINTED: usize = 3000;

const FUNCTIONS: [&str; 12] = ["exp(", "ln(", "sqrt(", "abs(", "min(", "max(", "sum(", "prod(", "real(", "slope(", "integral(", "if"];
const OPTIONS: &[(&str, &[&str])] = &[
    ("show", &["--csv", "--latex", "--digits", "--json"]),
    ("run", &["--csv", "--latex", "--digits", "--json"]),
    ("solve", &["--starts", "--csv", "--latex", "--digits", "--json"]),
    ("shock", &["--order", "--split", "--csv", "--latex", "--digits", "--json"]),
    ("compare", &["--csv", "--latex", "--digits", "--json"]),
    ("sam", &["--csv", "--latex", "--digits", "--json"]),
    ("export", &["--mpsge", "--out", "--json"]),
    ("save", &["--settings"]),
    ("sweep", &["--out", "--threads", "--digits", "--json"]),
    ("plot", &["--svg", "--pdf", "--png", "--dark", "--title", "--size", "--json"]),
    ("elasticities", &["--all", "--csv", "--latex", "--digits", "--json"]),
    ("equations", &["--latex", "--json"]),
    ("hats", &["--latex", "--json"]),
    ("derive", &["--latex", "--limit", "--json"]),
    ("effects", &["--limit", "--json"]),
    ("sign", &["--limit", "--json"]),
    ("report", &["--html", "--json"]),
];

/// Attributes that may stand in a declaration.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("country", &["endowment", "price", "productivity", "mark", "outside", "in"]),
    ("factor", &["price", "specific to"]),
    ("tasks", &["of", "offshore", "cost", "margin", "bill", "substitution", "in"]),
    ("good", &["price", "numeraire", "nontraded", "differentiated(", "weights", "in"]),
    ("iceberg", &["from", "to"]),
    ("tariff", &["from", "to", "on fob"]),
    ("export", &["tax", "from", "to"]),
    ("industry", &["in", "makes", "technology", "productivity", "markup", "leontief", "cobb_douglas", "ces(", "normalized", "general("]),
    ("technology", &["leontief", "cobb_douglas", "ces(", "normalized"]),
    ("demand", &["leontief", "cobb_douglas", "ces(", "in"]),
    ("schedule", &["table", "smooth table"]),
    ("parameter", &["in", "inf"]),
    ("variable", &["in", "start", "inf"]),
    ("equation", &["complements"]),
];

/// The start of the fragment before the cursor, and what may take its place.
pub fn complete(workspace: &Workspace, line: &str, pos: usize) -> (usize, Vec<Offer>) {
    let before = line.get(..pos).unwrap_or(line);
    if let Some(found) = greek(before) {
        return found;
    }
    if let Some(from) = file_context(before) {
        return files(before, from);
    }
    let (start, fragment) = fragment(before);
    let mut pool = pool(workspace, before, start);
    pool.sort();
    pool.dedup();
    let squeezed = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let wanted = squeezed(fragment);
    let mut found: Vec<&String> = pool.iter().filter(|p| squeezed(p).starts_with(&wanted)).collect();
    if found.is_empty() {
        found = pool.iter().filter(|p| squeezed(&p.to_lowercase()).starts_with(&wanted.to_lowercase())).collect();
    }
    let alone = found.len() == 1;
    let offers = found
        .into_iter()
        .map(|p| {
            let argued = start == 0 && alone && help::find(p).is_some_and(|e| e.usage.contains(' '));
            Offer { shown: p.clone(), text: if argued { format!("{p} ") } else { p.clone() } }
        })
        .collect();
    (start, offers)
}

/// `\beta` before the cursor: its letter.
fn greek(before: &str) -> Option<(usize, Vec<Offer>)> {
    let start = before.rfind('\\')?;
    let word = before.get(start + 1..)?;
    if !word.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut found: Vec<(&str, &str)> = naming::greek().filter(|(w, _)| w.starts_with(word)).collect();
    if let Some(exact) = found.iter().find(|(w, _)| *w == word).copied() {
        found = vec![exact];
    }
    Some((start, found.into_iter().map(|(w, letter)| Offer { shown: format!("{letter}  \\{w}"), text: letter.to_string() }).collect()))
}

/// Where a file name begins, if one is being typed.
fn file_context(before: &str) -> Option<usize> {
    let trimmed = before.trim_start();
    let lead = before.len() - trimmed.len();
    for option in ["--svg ", "--pdf ", "--png ", "--out ", "--html ", "--csv "] {
        if let Some(at) = before.rfind(option) {
            let from = at + option.len();
            if !before.get(from..).unwrap_or_default().contains(" --") {
                return Some(from);
            }
        }
    }
    for command in ["load ", "save ", "run ", "source ", "log on "] {
        if trimmed.starts_with(command) && !trimmed.contains(" --") {
            let rest = trimmed.get(command.len()..).unwrap_or_default();
            return Some(lead + command.len() + (rest.len() - rest.trim_start().len()));
        }
    }
    let last = before.rfind("import \"").map(|at| at + "import \"".len())?;
    (!before.get(last..)?.contains('"')).then_some(last)
}

/// Files and folders that begin as typed; models before other files.
fn files(before: &str, from: usize) -> (usize, Vec<Offer>) {
    let typed = before.get(from..).unwrap_or_default().trim_start_matches('"');
    let from = before.len() - typed.len();
    let (folder, stem) = match typed.rfind('/') {
        Some(at) => (typed.get(..=at).unwrap_or_default(), typed.get(at + 1..).unwrap_or_default()),
        None => ("", typed),
    };
    let home = std::env::var("HOME").unwrap_or_default();
    let real = match folder.strip_prefix("~/") {
        Some(rest) => format!("{home}/{rest}"),
        None if folder.is_empty() => ".".to_string(),
        None => folder.to_string(),
    };
    let mut out: Vec<(bool, Offer)> = Vec::new();
    for entry in std::fs::read_dir(Path::new(&real)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().to_string();
        if !name.starts_with(stem) || (name.starts_with('.') && !stem.starts_with('.')) {
            continue;
        }
        let is_folder = entry.path().is_dir();
        let shown = if is_folder { format!("{name}/") } else { name.clone() };
        out.push((!is_folder && !name.ends_with(".trade"), Offer { text: format!("{folder}{shown}"), shown }));
    }
    // The examples come with the program where there is no such folder.
    if folder.trim_end_matches('/') == library::EXAMPLES_FOLDER && !Path::new(library::EXAMPLES_FOLDER).exists() {
        let names = library::EXAMPLES.iter().map(|(n, _)| n.to_string()).filter(|n| n.starts_with(stem));
        out.extend(names.map(|n| (!n.ends_with(".trade"), Offer { text: format!("{folder}{n}"), shown: n })));
    } else if folder.is_empty()
        && before.trim_start().starts_with("load")
        && library::EXAMPLES_FOLDER.starts_with(stem)
        && !stem.is_empty()
        && out.is_empty()
    {
        let shown = format!("{}/", library::EXAMPLES_FOLDER);
        out.push((false, Offer { text: shown.clone(), shown }));
    }
    // Where there are models, other files are noise.
    if out.iter().any(|(other, _)| !other) && !before.contains(" --") {
        out.retain(|(other, _)| !other);
    }
    out.sort_by(|a, b| a.1.shown.cmp(&b.1.shown));
    (from, out.into_iter().map(|(_, o)| o).collect())
}

fn tokens(text: &str) -> Vec<Token> {
    lex(text).filter(|t| !t.kind.is_trivia()).collect()
}

/// The word before the cursor; with an open `[`, from the name before it.
fn fragment(before: &str) -> (usize, &str) {
    let list = tokens(before);
    let slice = |t: &Token| before.get(t.range.clone()).unwrap_or_default();
    let mut open: Vec<usize> = Vec::new();
    for (k, t) in list.iter().enumerate() {
        match slice(t) {
            "[" | "(" | "{" => open.push(k),
            "]" | ")" | "}" => {
                open.pop();
            }
            _ => {}
        }
    }
    let named = |k: usize| k.checked_sub(1).and_then(|k| list.get(k)).filter(|t| t.kind.is_word());
    if let Some(name) = open.last().filter(|&&k| list.get(k).is_some_and(|t| slice(t) == "[")).and_then(|&k| named(k)) {
        return (name.range.start, before.get(name.range.start..).unwrap_or_default());
    }
    let mut start = match list.last() {
        Some(t) if t.range.end == before.len() && (t.kind.is_word() || t.kind == TokenKind::Error) => t.range.start,
        _ => before.len(),
    };
    // An option is no name: its dashes belong to it.
    let dashes = before.get(..start).unwrap_or_default();
    if dashes.ends_with("--") && dashes.get(..dashes.len() - 2).is_some_and(|b| b.ends_with(' ')) {
        start -= 2;
    }
    (start, before.get(start..).unwrap_or_default())
}

fn pool(workspace: &Workspace, before: &str, start: usize) -> Vec<String> {
    let head = before.get(..start).unwrap_or_default();
    let list = tokens(head);
    let slice = |t: &Token| head.get(t.range.clone()).unwrap_or_default();
    let strings = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
    if list.is_empty() {
        let mut out: Vec<String> = help::names().map(String::from).collect();
        out.extend(strings(&words::DECLARATIONS));
        out.extend(strings(&words::DEFINITIONS));
        out.extend(strings(&soft::DECLARATIONS));
        out.extend(quantities(workspace));
        return out;
    }
    let names: Vec<String> = workspace.state.session.economy.names.order.iter().map(|n| n.to_string()).collect();
    let last = list.last().map(slice).unwrap_or_default();
    let after = |word: &str| list.iter().any(|t| slice(t) == word);
    match input::classify(head, &Workspace::is_command, &|n| workspace.is_name(n)) {
        Input::Command { name, .. } => {
            let mut options = OPTIONS.iter().find(|o| o.0 == name).map(|o| strings(o.1)).unwrap_or_default();
            if before.get(start..).unwrap_or_default().starts_with("--") {
                return options;
            }
            let mut out = match name {
                "help" => help::names().map(String::from).chain(names).collect(),
                "explain" => codes::all().map(|c| c.code.to_string()).collect(),
                "info" => names.into_iter().chain(quantities(workspace)).collect(),
                "why" | "show" => quantities(workspace),
                "list" => strings(&[
                    "parameters",
                    "sets",
                    "countries",
                    "factors",
                    "goods",
                    "industries",
                    "tasks",
                    "definitions",
                    "variables",
                    "functions",
                    "shocks",
                    "sweeps",
                    "quantities",
                    "forms",
                ]),
                "set" => {
                    if after("=") {
                        quantities(workspace)
                    } else {
                        parameters(workspace)
                    }
                }
                "reset" => workspace.state.settings.iter().map(|s| s.0.clone()).collect(),
                "drop" => Vec::new(),
                "shock" | "compare" | "sam" => of(workspace, true).into_iter().chain(parameters(workspace)).collect(),
                "sweep" => of(workspace, false).into_iter().chain(parameters(workspace)).collect(),
                "plot" => {
                    if after("against") || after("over") {
                        parameters(workspace)
                    } else {
                        let mut q = quantities(workspace);
                        q.extend(strings(&["margin", "effects", "isocost", "lerner", "regimes over", "against"]));
                        q
                    }
                }
                "derive" | "effects" | "sign" => match last {
                    "wrt" | "when" | "holding" => parameters(workspace),
                    _ => {
                        let mut q = quantities(workspace);
                        q.extend(strings(&["wrt", "in terms of", "holding", "when", "falls", "rises"]));
                        q
                    }
                },
                _ => Vec::new(),
            };
            if before.get(start..).is_some_and(str::is_empty) && list.len() > 1 {
                out.append(&mut options);
            }
            out
        }
        Input::Declaration(_) => {
            // In a text of several declarations the last one counts.
            let begins = |k: &usize| {
                let (word, rest) = list.get(*k..).and_then(<[Token]>::split_first).map_or(("", &list[..0]), |(t, rest)| (slice(t), rest));
                let following = rest.iter().map(|t| (t.kind, slice(t)));
                let hard = words::begins_declaration(word) && !(word == "technology" && after("industry"));
                hard || soft::begins(word, following.clone()).is_some() || soft::nearly(word, following)
            };
            let word = (0..list.len()).rev().find(begins).and_then(|k| list.get(k)).map(slice).unwrap_or_default();
            if word == "import" {
                return library::FILES.iter().map(|f| f.0.to_string()).collect();
            }
            let mut out = ATTRIBUTES.iter().find(|a| a.0 == word).map(|a| strings(a.1)).unwrap_or_default();
            out.extend(strings(&["for", "where"]));
            out.extend(strings(&words::DECLARATIONS));
            out.extend(strings(&soft::DECLARATIONS));
            out.extend(names);
            if matches!(word, "let" | "report" | "equation" | "channels" | "assume" | "numeraire") {
                out.extend(quantities(workspace));
            }
            if matches!(word, "shock" | "sweep") {
                out.extend(parameters(workspace));
            }
            out
        }
        Input::Expression(_) | Input::Nothing => quantities(workspace),
    }
}

/// Names of shocks (`true`) or sweeps that the model declares.
fn of(workspace: &Workspace, shocks: bool) -> Vec<String> {
    let e = &workspace.state.session.economy;
    if shocks { e.shocks.iter().map(|s| s.name.to_string()).collect() } else { e.sweeps.iter().map(|s| s.name.to_string()).collect() }
}

fn parameters(workspace: &Workspace) -> Vec<String> {
    let e = &workspace.state.session.economy;
    e.syms
        .iter()
        .filter(|s| s.quantity.is_parameter() && s.quantity != crate::system::Quantity::Hidden && !matches!(s.role, Role::Bound))
        .map(|s| s.name.clone())
        .collect()
}

/// Everything with a value: quantities of the equilibrium where it is known, parameters, functions.
fn quantities(workspace: &Workspace) -> Vec<String> {
    let e = &workspace.state.session.economy;
    let mut out: Vec<String> =
        e.syms.iter().filter(|s| !matches!(s.role, Role::Bound) && s.quantity != crate::system::Quantity::Hidden).map(|s| s.name.clone()).collect();
    if let Some(solved) = workspace.state.ready() {
        out.extend(solved.prepared.listed().into_iter().map(|s| solved.prepared.system.info(s).name.clone()));
    }
    out.extend(FUNCTIONS.iter().map(|s| s.to_string()));
    out
}

/// The value of the expression being typed, if the equilibrium is known, or the form of the command.
pub fn hint(workspace: &Workspace, line: &str, d: Digits) -> Option<String> {
    if line.len() > 300 || line.contains('\n') {
        return None;
    }
    match input::classify(line, &Workspace::is_command, &|n| workspace.is_name(n)) {
        Input::Command { name, argument } if argument.is_empty() && line.ends_with(' ') && !line.ends_with("  ") => {
            let usage = help::find(name)?.usage;
            usage.strip_prefix(name).map(|u| u.trim_start().to_string()).filter(|u| !u.is_empty() && u.chars().count() < 70)
        }
        Input::Expression(text) => value(workspace, text, d).map(|v| format!("  = {v}")),
        _ => None,
    }
}

/// Evaluates on what is there: no solving, nothing new asked of the model.
fn value(workspace: &Workspace, text: &str, d: Digits) -> Option<String> {
    let solved = workspace.state.ready()?;
    if solved.prepared.economy.syms.len() > HINTED {
        return None;
    }
    let expression = parser::parse_expr(crate::source::FileId(0), text.trim()).ok()?;
    if matches!(expression.bare().kind, crate::syntax::tree::ExprKind::Number(..)) {
        return None;
    }
    let mut economy = solved.prepared.economy.clone();
    let mut found = crate::diag::Diagnostics::default();
    let node = crate::model::resolve::Resolver { economy: &mut economy, diagnostics: &mut found }.expr(&expression, &Default::default()).ok()?;
    if found.has_errors() {
        return None;
    }
    let values = &solved.solution.values;
    let v = crate::expr::eval::evaluate(&economy.dag, &[node], &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN))[0];
    v.is_finite().then(|| d.value(v))
}
