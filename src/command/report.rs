//! `report`: everything about a model on one page.

mod effects;
mod formulas;
mod pictures;
mod sweeps;

use super::equilibrium::{is_detail, report_rows, solved_words};
use super::{Answer, Options, Request};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::Sym;
use crate::present::equations;
use crate::present::number::Digits;
use crate::present::report::{Equilibrium, Finding, Holds, Page, Quantity, document};
use crate::session::failure::{exit, exit_of};
use crate::session::solved::Solved;
use crate::session::{Failure, Session, single};
use crate::solve::Status;
use crate::source::{FileId, SourceMap};
use serde_json::{Map, json};
use std::path::Path;

/// What a page is made of, while it is made.
struct Draft {
    page: Page,
    /// What the user should also hear of on the terminal.
    problems: Diagnostics,
    exit: u8,
    /// The user stopped the page before it was whole.
    stopped: bool,
}

/// The user stopped it.
const INTERRUPTED: &str = "S130";

fn interrupted(r: &Request) -> bool {
    r.interrupt.load(std::sync::atomic::Ordering::Relaxed)
}

impl Draft {
    /// Says on the page and on the terminal that it was stopped in its `what`.
    fn stop(&mut self, what: &str) {
        self.stopped = true;
        self.exit = exit::INTERRUPTED;
        self.problems.push(Diagnostic::new(INTERRUPTED, format!("interrupted while {what} were worked out; the page holds what was done before")));
    }

    /// Puts what went wrong onto the page; the rest of it is still made.
    fn fault(&mut self, found: &Diagnostics) {
        // That the user stopped it is no fault of what was being worked out.
        if found.list.iter().any(|d| d.code == INTERRUPTED) {
            return;
        }
        for d in &found.list {
            if d.is_error() {
                self.exit = self.exit.max(exit_of(d.code));
            }
            self.problems.push(d.clone());
        }
    }
}

/// Writes the page that the options name; stopped by the user, the page with what is done by then.
///
/// # Errors
/// A system that does not balance; a file that cannot be written. What cannot be solved or derived is said on the page.
pub fn report(r: Request) -> Result<Answer, Failure> {
    let Some(path) = r.options.html.clone() else {
        return Err(r.session.failure(single(Diagnostic::new("C002", "where to?").help("write `report --html out.html`"))));
    };
    let waiting = super::waiting::Waiting::new(r.options.progress, "making the page");
    // One sign of life is enough.
    let quiet = Options { progress: false, ..r.options.clone() };
    let mut r = Request { options: &quiet, ..r };
    let sources = r.session.sources.clone();
    let mut economy = r.session.economy.clone();
    let system = crate::lower::lower(&mut economy, &r.session.accounts).map_err(|d| r.session.failure(d))?;
    let mut draft = Draft { page: heading(r.session), problems: Diagnostics::default(), exit: exit::DONE, stopped: false };
    draft.page.sources = texts(&sources);
    draft.page.sheet = Some(equations::rows(&system, &economy, &sources));
    let solved = match r.session.solve(r.interrupt) {
        Ok(s) => Some(s),
        Err(d) => {
            draft.page.unsolved = Some(words(&d));
            // A technology without numbers has formulas all the same, and no equilibrium to miss.
            if d.list.iter().any(|x| x.code != formulas::LETTERS) {
                draft.fault(&d);
            }
            None
        }
    };
    if let Some(s) = &solved {
        draft.page.equilibrium = Some(equilibrium(s, &r));
    }
    let stages: [(&str, bool, fn(&mut Request, &mut Draft)); 4] = [
        ("formulas", true, formulas::derive),
        ("shocks", solved.is_some(), effects::split),
        ("sweeps", solved.is_some(), sweeps::tabulate),
        ("pictures", solved.is_some(), pictures::draw),
    ];
    for (what, wanted, stage) in stages {
        waiting.say(what);
        if wanted && !interrupted(&r) {
            stage(&mut r, &mut draft);
        }
        if wanted && interrupted(&r) {
            draft.stop(what);
            break;
        }
    }
    let Draft { mut page, problems, exit, stopped } = draft;
    let mut said = Answer::new(r.session).diagnostics;
    said.extend(problems);
    page.diagnostics = said.list.iter().map(|d| finding(d, &r.session.sources)).collect();
    let text = document(&page);
    r.write(&path, text.as_bytes())?;
    let mut out = Answer { diagnostics: said, exit, ..Answer::default() };
    out.text = format!("written to {}\n", path.display());
    out.json = contents(&page, r.session, &path.display().to_string());
    if stopped {
        out.json.insert("status".into(), json!("interrupted"));
    }
    Ok(out)
}

fn contents(page: &Page, session: &Session, path: &str) -> Map<String, serde_json::Value> {
    let mut out = Map::new();
    out.insert("model".into(), json!(session.economy.name.as_deref()));
    out.insert("path".into(), json!(path));
    let holds = json!({
        "equilibrium": page.equilibrium.is_some(),
        "equations": page.sheet.as_ref().map_or(0, |s| s.sections.iter().map(|x| x.rows.len()).sum::<usize>()),
        "formulas": page.responses.len(),
        "shocks": page.shocks.iter().filter(|s| s.failed.is_none()).map(|s| s.name.as_str()).collect::<Vec<_>>(),
        "sweeps": page.sweeps.iter().filter(|s| s.failed.is_none()).map(|s| s.name.as_str()).collect::<Vec<_>>(),
        "pictures": page.plots.iter().map(|p| p.caption.as_str()).collect::<Vec<_>>(),
        "notes": page.formula_notes.iter().chain(&page.plot_notes).collect::<Vec<_>>(),
    });
    out.insert("holds".into(), holds);
    out
}

/// Title, name, and what was set by hand.
fn heading(session: &Session) -> Page {
    let e = &session.economy;
    let (title, name) = match (&e.label, &e.name) {
        (Some(l), n) if !l.trim().is_empty() => (l.to_string(), n.as_ref().map(|n| n.to_string())),
        (_, Some(n)) => (n.to_string(), None),
        _ => ("A model of international trade".to_string(), None),
    };
    let mut set: Vec<(Sym, f64)> = session.settings.iter().map(|(s, v)| (*s, *v)).collect();
    set.sort_by_key(|(s, _)| *s);
    let settings = set.iter().map(|(s, v)| format!("{} = {}", e.info(*s).name, crate::present::number::exact(*v))).collect();
    Page { title, name, settings, ..Page::default() }
}

/// The model file and its imports; what was typed besides has a name in angle brackets.
fn texts(sources: &SourceMap) -> Vec<(String, String)> {
    let typed = |name: &str| name.starts_with('<') && name != "<stdin>";
    sources.files().filter(|(_, f)| !typed(&f.name)).map(|(_, f)| (base(&f.name), f.text.to_string())).collect()
}

/// A file's own name, so that a page does not depend on where it was made.
fn base(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_string(), |n| n.to_string_lossy().into_owned())
}

/// Diagnostics in one sentence.
fn words(d: &Diagnostics) -> String {
    d.list.iter().filter(|x| x.is_error()).map(|x| x.title.as_str()).collect::<Vec<_>>().join("; ")
}

fn finding(d: &Diagnostic, sources: &SourceMap) -> Finding {
    let label = d.labels.iter().find(|l| l.primary).or(d.labels.first());
    let place = label.map(|l| {
        let (line, column) = sources.line_column(l.span.file, l.span.start);
        let at = format!("{}:{line}:{column}", base(&sources.file(l.span.file).name));
        if l.text.is_empty() { at } else { format!("{at}, {}", l.text) }
    });
    Finding { severity: d.severity, code: d.code.to_string(), title: d.title.clone(), place, help: d.help.clone() }
}

fn equilibrium(s: &Solved, r: &Request) -> Equilibrium {
    let d = r.options.digits;
    let p = &s.prepared;
    let quantity = |sym: Sym| {
        let info = p.system.info(sym);
        Quantity { display: info.display.clone(), meaning: info.meaning.clone(), value: d.value(s.solution.value(sym)) }
    };
    let (details, main): (Vec<Sym>, Vec<Sym>) = p.listed().into_iter().partition(|q| is_detail(p.system.info(*q).quantity));
    let report = report_rows(s)
        .into_iter()
        .map(|(_, display, meaning, value, note)| Quantity {
            display,
            meaning: format!("{meaning} {note}").trim().to_string(),
            value: d.value(value),
        })
        .collect();
    let free = match &s.solution.status {
        Status::Indeterminate { free } => free.iter().map(|f| p.system.info(*f).display.clone()).collect(),
        _ => Vec::new(),
    };
    Equilibrium {
        regime: p.regime_words(&s.solution),
        holds: s.holds_of(r.session, r.interrupt).iter().map(|h| holds(s, h, d)).collect(),
        solved: solved_words(s, d),
        free,
        report,
        quantities: main.into_iter().map(quantity).collect(),
        details: details.into_iter().map(quantity).collect(),
    }
}

fn holds(s: &Solved, h: &crate::session::regime::Holds, d: Digits) -> Holds {
    let here = s.prepared.parameters.get(h.parameter.index()).copied().unwrap_or(f64::NAN);
    let end = |v: Option<f64>| v.map_or_else(|| "no limit".to_string(), |v| d.short(v));
    Holds {
        display: s.prepared.system.info(h.parameter).display.clone(),
        here,
        low: h.low,
        high: h.high,
        words: [end(h.low), d.short(here), end(h.high)],
        below: h.below.clone().unwrap_or_default(),
        above: h.above.clone().unwrap_or_default(),
    }
}

/// The file that the session loaded.
const MODEL: FileId = FileId(0);
