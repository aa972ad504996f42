//! Pictures: the report along each declared sweep, each margin of offshoring, the isocost diagram of each country with two factors.

use super::effects::canvas;
use super::{Draft, MODEL, words};
use crate::command::{Request, plot};
use crate::expr::Node;
use crate::model::{Key, Sweep};
use crate::present::report::Plot;
use crate::session::solved::Solved;
use crate::session::{Failure, failure::exit};
use crate::syntax::tree::{self, PlotRequest};
use crate::system::{Quantity, Role};

/// Quantities of one picture.
const LINES: usize = 5;
/// Quantities of a picture lie within this factor of one another, so that each is seen to move.
const SPREAD: f64 = 8.0;
/// How the line begins that repeats the regime, which the page has said already.
const REGIME: &str = "regime:";
/// Margins and countries that are drawn.
const MOST: usize = 6;

pub fn draw(r: &mut Request, draft: &mut Draft) {
    let Ok(solved) = r.session.solve(r.interrupt) else { return };
    for sweep in r.session.economy.sweeps.clone() {
        along(r, &solved, &sweep, draft);
    }
    let (p, e) = (&solved.prepared, &solved.prepared.economy);
    let margins: Vec<String> = (0..e.lines.len()).filter_map(|l| p.key(&Key::Margin(l))).map(|m| p.system.info(m).name.clone()).collect();
    for margin in margins.iter().take(MOST) {
        let shown = p.system.find(margin).map_or_else(|| margin.clone(), |m| p.system.info(m).display.clone());
        let caption = format!("The margin of offshoring {shown}: the cost of each task abroad against the wage at home");
        let found = plot::picture(r, &format!("margin {margin}"));
        put(draft, found, caption, &format!("the margin {margin}"));
    }
    for country in e.inside().take(MOST).map(|c| e.countries[c].name.to_string()) {
        // Where the diagram does not fit the country there is nothing to say.
        if let Ok(picture) = plot::picture(r, &format!("isocost {country}")) {
            let caption = format!("Unit-value isoquants and the isocost line (Lerner–Pearce), {country}");
            put(draft, Ok(picture), caption, "");
        }
    }
    for (what, n) in [("margins", margins.len()), ("countries", e.inside().count())] {
        if n > MOST && what == "margins" {
            draft.page.plot_notes.push(format!("{MOST} of {n} {what} are drawn; `plot` draws each."));
        }
    }
}

fn put(draft: &mut Draft, found: Result<plot::Picture, Failure>, caption: String, what: &str) {
    match found {
        Err(f) if f.exit == exit::INTERRUPTED => {}
        Ok(p) => {
            let notes = p.text.lines().map(|l| l.trim().to_string()).filter(|l| !l.is_empty() && !l.starts_with(REGIME)).collect();
            draft.page.plots.push(Plot { svg: p.figure.to_svg(&canvas(600.0, 380.0)), caption, notes });
        }
        Err(f) => draft.page.plot_notes.push(format!("No picture of {what}: {}.", words(&f.diagnostics))),
    }
}

/// The sweep's axes as the file has them.
fn written(r: &Request, sweep: &Sweep) -> Option<Vec<String>> {
    let text = |a: &crate::model::Axis| {
        let words = r.session.sources.snippet(a.span).split_whitespace().collect::<Vec<_>>().join(" ");
        (a.span.file == MODEL && !words.is_empty()).then_some(words)
    };
    sweep.axes.iter().map(text).collect()
}

/// The quantities of the report against a sweep's parameter, or the regimes over its two.
fn along(r: &mut Request, s: &Solved, sweep: &Sweep, draft: &mut Draft) {
    let what = format!("the sweep {}", sweep.name.replace('_', " "));
    let Some(axes) = written(r, sweep) else {
        draft.page.plot_notes.push(format!("No picture of {what}: it is declared in an imported file; `sweep {}` runs it.", sweep.name));
        return;
    };
    let names: Vec<String> = sweep.axes.iter().map(|a| s.prepared.economy.info(a.target).display.clone()).collect();
    let requests: Vec<(String, String)> = match axes.as_slice() {
        [one] => grouped(s).into_iter().map(|(names, shown)| (format!("{} against {one}", names.join(", ")), shown.join(", "))).collect(),
        [_, _] => vec![(format!("regimes over {}", axes.join(", ")), "Regimes".to_string())],
        _ => {
            draft.page.plot_notes.push(format!(
                "No picture of {what}: it has {} parameters; `sweep {} --out F.csv` writes its rows.",
                axes.len(),
                sweep.name
            ));
            return;
        }
    };
    for (text, shown) in requests {
        let caption = format!("{shown} against {}, over the range of {what}", names.join(" and "));
        let found = plot::parse(r, &text).and_then(|mut request| {
            finer(&mut request);
            plot::requested(r, &request)
        });
        put(draft, found, caption, &what);
    }
}

/// A curve is drawn with more points than the file tabulates, over the same range.
fn finer(request: &mut PlotRequest) {
    if let [axis] = request.axes.as_mut_slice()
        && let Some(tree::Grid::Range { points, .. }) = &mut axis.grid
    {
        *points = None;
    }
}

/// What the report names, or prices and margins without one, by kind and by size: names and print forms of each picture.
fn grouped(s: &Solved) -> Vec<(Vec<String>, Vec<String>)> {
    let (p, system) = (&s.prepared, &s.prepared.system);
    let mut items: Vec<(Quantity, f64, String, String)> = Vec::new();
    for n in &p.economy.report {
        let value = p.value_of(n.node, &s.solution).abs();
        match system.dag.node(n.node) {
            Node::Sym(sym) => items.push((system.info(*sym).quantity, value, n.name.clone(), system.info(*sym).display.clone())),
            _ => items.push((Quantity::Named, value, n.name.clone(), n.name.clone())),
        }
    }
    if items.is_empty() {
        let wanted = |q: Quantity| matches!(q, Quantity::FactorPrice | Quantity::GoodPrice | Quantity::Margin | Quantity::Variable);
        for sym in p
            .listed()
            .into_iter()
            .filter(|x| matches!(system.info(*x).role, Role::Unknown { .. }) && wanted(system.info(*x).quantity))
            .take(3 * LINES)
        {
            let info = system.info(sym);
            items.push((info.quantity, s.solution.value(sym).abs(), info.name.clone(), info.display.clone()));
        }
    }
    let mut groups: Vec<Vec<(Quantity, f64, String, String)>> = Vec::new();
    for item in items {
        let fits = |g: &&mut Vec<(Quantity, f64, String, String)>| {
            let sizes = || g.iter().map(|x| x.1).chain([item.1]);
            let (low, high) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(0.0, f64::max));
            // Margins share the interval from 0 to 1 whatever their sizes.
            let near = high <= SPREAD * low || item.0 == Quantity::Margin;
            g.len() < LINES && near && g.first().is_some_and(|f| f.0 == item.0)
        };
        match groups.iter_mut().find(fits) {
            Some(g) => g.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups.into_iter().map(|g| g.into_iter().map(|(_, _, name, display)| (name, display)).unzip()).collect()
}
