//! One page to read: a self-contained HTML document without scripts and without anything to fetch.

pub mod equations;
pub mod formula;
pub mod html;
pub mod mathml;
pub mod source;

use crate::diag::Severity;
use crate::present::equations::sheet::Sheet;
use formula::Response;
use html::{Cell, escape, figure, prose, symbol, table};

/// Everything that a page shows; all texts are plain, escaped only here.
#[derive(Default)]
pub struct Page {
    pub title: String,
    /// The model's name, where the title is its label.
    pub name: Option<String>,
    /// Parameters set by hand: `beta = 1.2`.
    pub settings: Vec<String>,
    pub equilibrium: Option<Equilibrium>,
    /// Why there are no values.
    pub unsolved: Option<String>,
    /// Name and text of the model file, then of what it imports.
    pub sources: Vec<(String, String)>,
    pub sheet: Option<Sheet>,
    pub responses: Vec<Response>,
    /// Why formulas are missing, whole or in part.
    pub formula_notes: Vec<String>,
    pub shocks: Vec<Shock>,
    pub sweeps: Vec<Swept>,
    pub plots: Vec<Plot>,
    pub plot_notes: Vec<String>,
    pub diagnostics: Vec<Finding>,
}

/// Values, the regime and how long it lasts.
#[derive(Default)]
pub struct Equilibrium {
    pub regime: String,
    pub holds: Vec<Holds>,
    /// Residuals, what is set aside, balances.
    pub solved: String,
    /// Quantities left free where the equilibrium is not unique.
    pub free: Vec<String>,
    pub report: Vec<Quantity>,
    pub quantities: Vec<Quantity>,
    pub details: Vec<Quantity>,
}

pub struct Quantity {
    pub display: String,
    pub meaning: String,
    pub value: String,
}

/// The interval of a parameter over which a regime lasts.
pub struct Holds {
    pub display: String,
    pub here: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// The same three as texts.
    pub words: [String; 3],
    pub below: String,
    pub above: String,
}

/// A declared shock.
#[derive(Default)]
pub struct Shock {
    pub name: String,
    /// `beta: 1.3 → 1.17 (−10%)`
    pub moves: Vec<String>,
    /// Stretches of the path between regimes, with what switches; empty where the regime lasts.
    pub path: Vec<[String; 3]>,
    /// Display, before, after, % change, lp, linear prediction.
    pub changes: Vec<[String; 6]>,
    pub splits: Vec<Split>,
    /// By parameter, where several move: its heads and rows.
    pub by_parameter: (Vec<String>, Vec<Vec<String>>),
    pub accuracy: String,
    /// Why there is nothing to tell.
    pub failed: Option<String>,
}

/// A declared sweep as a table.
#[derive(Default)]
pub struct Swept {
    pub name: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What the table leaves out.
    pub more: String,
    /// Why there is nothing to tell.
    pub failed: Option<String>,
}

/// Targets that share their channels.
pub struct Split {
    pub channels: Vec<String>,
    /// Display, the channels' contributions, the total.
    pub rows: Vec<(String, Vec<String>)>,
    pub svg: String,
    pub caption: String,
}

pub struct Plot {
    pub svg: String,
    pub caption: String,
    pub notes: Vec<String>,
}

/// A diagnostic.
pub struct Finding {
    pub severity: Severity,
    pub code: String,
    pub title: String,
    pub place: Option<String>,
    pub help: Option<String>,
}

/// The page as a document; the same page gives the same bytes.
pub fn document(page: &Page) -> String {
    let mut sections: Vec<(&str, &str, String)> = vec![("equilibrium", "Equilibrium", equilibrium(page)), ("model", "Model", model(page))];
    if let Some(sheet) = &page.sheet {
        sections.push(("equations", "Equations", equations::section(sheet)));
    }
    sections.push(("formulas", "Formulas", formulas(page)));
    sections.push(("effects", "Effects", effects(page)));
    sections.push(("sweeps", "Sweeps", sweeps(page)));
    sections.push(("pictures", "Pictures", pictures(page)));
    sections.push(("diagnostics", "Diagnostics", diagnostics(page)));
    sections.retain(|s| !s.2.is_empty());
    let title = escape(&page.title);
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.push_str(&format!("<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n", include_str!("style.css")));
    if let Some(name) = &page.name {
        out.push_str(&format!("<p class=\"name\"><code>{}</code></p>\n", escape(name)));
    }
    if !page.settings.is_empty() {
        out.push_str(&format!(
            "<p class=\"note\">Set by hand: {}.</p>\n",
            page.settings.iter().map(|s| format!("<code>{}</code>", escape(s))).collect::<Vec<_>>().join(", ")
        ));
    }
    out.push_str("</header>\n<nav aria-label=\"Contents\"><ul>\n");
    for (id, word, _) in &sections {
        out.push_str(&format!("<li><a href=\"#{id}\">{word}</a></li>\n"));
    }
    out.push_str("</ul></nav>\n<main>\n");
    for (id, word, body) in &sections {
        out.push_str(&format!("<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{word}</h2>\n{body}</section>\n"));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn paragraph(class: &str, text: &str) -> String {
    format!("<p class=\"{class}\">{}</p>\n", prose(text))
}

fn quantities(list: &[Quantity]) -> Vec<Vec<Cell>> {
    list.iter().map(|q| vec![Cell::html(symbol(&q.display)), Cell::text(&q.meaning), Cell::number(&q.value)]).collect()
}

fn equilibrium(page: &Page) -> String {
    let mut out = String::new();
    if let Some(why) = &page.unsolved {
        out.push_str(&paragraph("problem", why));
    }
    let Some(e) = &page.equilibrium else { return out };
    if !e.regime.is_empty() {
        out.push_str(&format!("<p class=\"regime\"><strong>Regime</strong> {}</p>\n", escape(&e.regime)));
    }
    if !e.free.is_empty() {
        let names: Vec<String> = e.free.iter().map(|f| symbol(f)).collect();
        out.push_str(&format!(
            "<p class=\"problem\">The active conditions leave {} undetermined: these may shift without changing prices.</p>\n",
            names.join(", ")
        ));
    }
    if !e.holds.is_empty() {
        let rows: Vec<Vec<Cell>> = e
            .holds
            .iter()
            .map(|h| {
                let [low, here, high] = &h.words;
                vec![
                    Cell::html(symbol(&h.display)),
                    Cell::number(low),
                    Cell::html(bar(h)),
                    Cell::number(high),
                    Cell::number(here),
                    Cell::text(&h.below),
                    Cell::text(&h.above),
                ]
            })
            .collect();
        out.push_str(&table(
            "How long the regime holds",
            &["parameter", "from", "", "to", "here", "what happens below", "what happens above"],
            &rows,
        ));
    }
    if !e.report.is_empty() {
        out.push_str(&table("Values", &["", "", "value"], &quantities(&e.report)));
    }
    let all = quantities(&e.quantities);
    if !all.is_empty() {
        let body = table("All prices, quantities and margins", &["", "meaning", "value"], &all);
        out.push_str(&folded(if e.report.is_empty() { "" } else { "All prices, quantities and margins" }, &body));
    }
    if !e.details.is_empty() {
        out.push_str(&folded("Shares and flows", &table("Shares and flows", &["", "meaning", "value"], &quantities(&e.details))));
    }
    out.push_str(&paragraph("note", &format!("Solved: {}.", e.solved)));
    out
}

/// What opens at a click; open from the start without a summary.
fn folded(summary: &str, body: &str) -> String {
    if summary.is_empty() { body.to_string() } else { format!("<details>\n<summary>{}</summary>\n{body}</details>\n", escape(summary)) }
}

/// Where the present value stands between the ends of the regime.
fn bar(h: &Holds) -> String {
    let (Some(low), Some(high)) = (h.low, h.high) else { return String::new() };
    let at = (h.here - low) / (high - low);
    if !(0.0..=1.0).contains(&at) {
        return String::new();
    }
    let label = format!("{} stands at {:.0}% of the interval", h.display, 100.0 * at);
    format!(
        "<svg class=\"bar\" role=\"img\" viewBox=\"0 0 100 12\" width=\"100\" height=\"12\"><title>{}</title><path d=\"M2 6H98M2 2V10M98 2V10\" class=\"axis\"/><circle cx=\"{:.1}\" cy=\"6\" r=\"4\" class=\"here\"/></svg>",
        escape(&label),
        2.0 + 96.0 * at
    )
}

fn model(page: &Page) -> String {
    let mut out = String::new();
    for (k, (name, text)) in page.sources.iter().enumerate() {
        let body = source::highlighted(text);
        match k {
            0 => out.push_str(&body),
            _ => out.push_str(&folded(&format!("Imported: {name}"), &body)),
        }
    }
    out
}

fn formulas(page: &Page) -> String {
    let mut out = String::new();
    if !page.responses.is_empty() {
        out.push_str("<p>Responses of the declared channels’ targets to the parameters that the file’s shocks move, in the regime of the equilibrium. A hat is a relative change.</p>\n");
    }
    out.push_str(&formula::section(&page.responses));
    for n in &page.formula_notes {
        out.push_str(&paragraph("note", n));
    }
    out
}

fn effects(page: &Page) -> String {
    let mut out = String::new();
    if !page.shocks.is_empty() {
        out.push_str("<p>Each shock of the file is solved anew. lp is 100 × the log change; over channels it adds up exactly. A change in brackets is a difference of levels.</p>\n");
    }
    for s in &page.shocks {
        out.push_str(&format!("<h3>{}</h3>\n", escape(&s.name.replace('_', " "))));
        if !s.moves.is_empty() {
            out.push_str(&paragraph("moves", &s.moves.join(", ")));
        }
        if let Some(why) = &s.failed {
            out.push_str(&paragraph("problem", why));
            continue;
        }
        let regimes = page.equilibrium.as_ref().is_some_and(|e| !e.regime.is_empty());
        if s.path.is_empty() && regimes {
            out.push_str(&paragraph("note", "The regime lasts all the way."));
        } else if !s.path.is_empty() {
            let rows: Vec<Vec<Cell>> = s
                .path
                .iter()
                .map(|[at, what, parts]| {
                    vec![Cell::html(format!("<span class=\"nobreak\">{}</span>", escape(at))), Cell::text(what), Cell::text(parts)]
                })
                .collect();
            out.push_str(&table("The path", &["", "regime, and what switches", "contributions, lp"], &rows));
        }
        let linear = s.changes.iter().any(|c| c.get(5).is_some_and(|l| !l.is_empty()));
        let rows: Vec<Vec<Cell>> = s
            .changes
            .iter()
            .map(|[display, before, after, percent, points, first]| {
                let mut row =
                    vec![Cell::html(symbol(display)), Cell::number(before), Cell::number(after), Cell::number(percent), Cell::number(points)];
                if linear {
                    row.push(Cell::number(first));
                }
                row
            })
            .collect();
        let mut head = vec!["", "before", "after", "% change", "lp"];
        if linear {
            head.push("to first order");
        }
        out.push_str(&table("Changes", &head, &rows));
        for split in &s.splits {
            let mut head = vec![""];
            head.extend(split.channels.iter().map(String::as_str));
            head.push("total");
            let rows: Vec<Vec<Cell>> = split
                .rows
                .iter()
                .map(|(display, cells)| std::iter::once(Cell::html(symbol(display))).chain(cells.iter().map(|c| Cell::number(c))).collect())
                .collect();
            out.push_str(&table("Exact split by channel, lp", &head, &rows));
            out.push_str(&figure(&split.svg, &split.caption, &[]));
        }
        let (head, rows) = &s.by_parameter;
        if !rows.is_empty() {
            let head: Vec<&str> = std::iter::once("").chain(head.iter().map(String::as_str)).collect();
            let rows: Vec<Vec<Cell>> = rows
                .iter()
                .map(|r| r.iter().enumerate().map(|(k, c)| if k == 0 { Cell::html(symbol(c)) } else { Cell::number(c) }).collect())
                .collect();
            out.push_str(&table("Split by parameter, lp", &head, &rows));
        }
        if !s.accuracy.is_empty() {
            out.push_str(&paragraph("note", &s.accuracy));
        }
    }
    out
}

fn sweeps(page: &Page) -> String {
    let mut out = String::new();
    for s in &page.sweeps {
        let name = s.name.replace('_', " ");
        if let Some(why) = &s.failed {
            out.push_str(&paragraph("problem", &format!("{name}: {why}")));
            continue;
        }
        let head: Vec<String> = s.head.iter().map(|h| symbol(h)).collect();
        let rows: Vec<Vec<Cell>> = s.rows.iter().map(|r| r.iter().map(|c| Cell::number(c)).collect()).collect();
        out.push_str(&html::table_of(&format!("Equilibria along {name}"), &head, &rows));
        if !s.more.is_empty() {
            out.push_str(&paragraph("note", &s.more));
        }
    }
    out
}

fn pictures(page: &Page) -> String {
    let mut out = String::new();
    if !page.plots.is_empty() {
        out.push_str("<div class=\"pictures\">\n");
        for p in &page.plots {
            out.push_str(&figure(&p.svg, &p.caption, &p.notes));
        }
        out.push_str("</div>\n");
    }
    for n in &page.plot_notes {
        out.push_str(&paragraph("note", n));
    }
    out
}

fn diagnostics(page: &Page) -> String {
    if page.diagnostics.is_empty() {
        return paragraph("note", "Nothing to warn of.");
    }
    let mut out = String::from("<ul class=\"findings\">\n");
    for d in &page.diagnostics {
        let word = match d.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        out.push_str(&format!("<li class=\"{word}\"><strong>{word} {}</strong> {}", escape(&d.code), prose(&d.title)));
        if let Some(p) = &d.place {
            out.push_str(&format!(" <span class=\"place\">{}</span>", prose(p)));
        }
        if let Some(h) = &d.help {
            out.push_str(&format!("<br><span class=\"help\">{}</span>", prose(h)));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    out
}
