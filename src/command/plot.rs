//! `plot`: quantities along a parameter, the margin of offshoring, effects as bars, the isocost diagram, maps of regimes.

mod curves;
mod effects;
mod isocost;
mod margin;
mod members;
mod regimes;

use super::{Answer, Request};
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::model::{Axis, Economy, Grid};
use crate::present::number::Digits;
use crate::present::plot::{Canvas, DrawError, Figure, Label, Scale, Terminal, Theme};
use crate::session::{Failure, Session, single};
use crate::syntax::parser;
use crate::syntax::tree::{self, PlotRequest};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Pixels of a PNG a unit of the page, for print.
const PRINT: f64 = 3.0;
/// Lines of a picture in the terminal.
const HEIGHT: usize = 24;

/// A figure with the numbers behind it, and what to say below it.
pub(super) struct Picture {
    pub figure: Figure,
    json: Map<String, Value>,
    pub text: String,
    exit: u8,
}

/// Draws what the argument asks for, in the terminal or into the files of the options.
///
/// # Errors
/// Diagnostics of the argument; no equilibrium; a file that cannot be written.
pub fn plot(mut r: Request) -> Result<Answer, Failure> {
    let argument = r.argument.trim().to_string();
    let mut picture = picture(&mut r, &argument)?;
    if let Some(title) = &r.options.title {
        picture.figure.title = Label::plain(title);
    }
    answer(&r, picture)
}

/// The picture that an argument asks for.
///
/// # Errors
/// Diagnostics of the argument; no equilibrium.
pub(super) fn picture(r: &mut Request, argument: &str) -> Result<Picture, Failure> {
    let found = drawn(r, argument)?;
    whole(r, found)
}

/// A picture, unless the user stopped it half way: borders that were being looked for would be wrong.
fn whole(r: &Request, picture: Picture) -> Result<Picture, Failure> {
    if r.interrupt.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(r.session.failure(single(Diagnostic::new("S130", "interrupted"))));
    }
    Ok(picture)
}

fn drawn(r: &mut Request, argument: &str) -> Result<Picture, Failure> {
    let (word, rest) = argument.split_once(char::is_whitespace).map_or((argument, ""), |(a, b)| (a, b.trim()));
    // A quantity of that name is meant where it is drawn against something.
    let along = argument.contains(" against ");
    match word {
        "" => Err(usage(r, "plot what?")),
        "margin" if !along => margin::draw(r, rest),
        "isocost" | "lerner" if !along => isocost::draw(r, rest),
        "effects" if along && !rest.starts_with("against") => effects::draw(r, rest),
        "regimes" if rest.starts_with("over") => {
            let request = parse(r, argument)?;
            let fine = [&r.options.svg, &r.options.pdf, &r.options.png].iter().any(|f| f.is_some());
            regimes::draw(r, &request, fine)
        }
        _ => {
            let request = parse(r, argument)?;
            match members::set_of(r, &request) {
                Some(set) => members::draw(r, argument, &set),
                None => curves::draw(r, &request),
            }
        }
    }
}

fn usage(r: &Request, title: &str) -> Failure {
    let help = "`plot w, s against beta = 1.1..1.5`, `plot margin`, `plot effects w against beta`, `plot isocost`, `plot regimes over beta, L`, `plot wage over Year`";
    r.session.failure(single(Diagnostic::new("C040", title).help(help)))
}

/// Curves against one parameter, or a map of regimes over two.
///
/// # Errors
/// Diagnostics of the request; no equilibrium.
pub(super) fn requested(r: &mut Request, request: &PlotRequest) -> Result<Picture, Failure> {
    let found = if request.axes.len() == 2 { regimes::draw(r, request, true) } else { curves::draw(r, request) }?;
    whole(r, found)
}

pub(super) fn parse(r: &mut Request, text: &str) -> Result<PlotRequest, Failure> {
    let file = r.session.add_text("<argument>", text);
    parser::parse_plot(file, text).map_err(|d| r.session.failure(d))
}

fn answer(r: &Request, picture: Picture) -> Result<Answer, Failure> {
    let mut out = Answer::new(r.session);
    out.exit = picture.exit;
    out.json = picture.json;
    let mut canvas = Canvas { theme: if r.options.dark { Theme::Dark } else { Theme::Light }, ..Canvas::default() };
    if let Some((width, height)) = r.options.size {
        (canvas.width, canvas.height) = (width, height);
        // A legend beside the figure makes the page wider: the size that was asked for is that of the page.
        let more = picture.figure.size(&canvas).0 - width;
        canvas.width -= more.max(0.0);
    }
    let mut files = Vec::new();
    let mut write = |path: &std::path::Path, bytes: &[u8]| {
        files.push(path.display().to_string());
        r.write(path, bytes)
    };
    if let Some(path) = &r.options.svg {
        write(path, picture.figure.to_svg(&canvas).as_bytes())?;
    }
    let drawn = |found: Result<Vec<u8>, DrawError>| found.map_err(|e| r.session.failure(single(Diagnostic::new("F003", e.to_string()))));
    if let Some(path) = &r.options.pdf {
        write(path, &drawn(picture.figure.to_pdf(&canvas))?)?;
    }
    if let Some(path) = &r.options.png {
        write(path, &drawn(picture.figure.to_png(&canvas, PRINT))?)?;
    }
    if files.is_empty() {
        let terminal = Terminal { width: r.options.width.clamp(40, 120), height: HEIGHT, color: r.options.color };
        out.picture = Some(picture.figure.to_terminal(&terminal));
    } else {
        let _ = writeln!(out.text, "written to {}", files.join(", "));
        out.json.insert("files".into(), json!(files));
    }
    out.text.push_str(&picture.text);
    Ok(out)
}

/// The axes of a request, with ranges of their own where it gives none.
fn axes(r: &Request, request: &PlotRequest, points: usize) -> Result<(Economy, Vec<Axis>), Failure> {
    let session = &*r.session;
    let given: Vec<tree::Axis> = request
        .axes
        .iter()
        .map(|a| {
            let open = tree::Grid::List(Vec::new());
            tree::Axis { span: a.span, target: a.target.clone(), grid: a.grid.clone().unwrap_or(open) }
        })
        .collect();
    let (mut economy, mut axes) = session.resolve(|res, scope| res.axes(&given, scope)).map_err(|d| session.failure(d))?;
    let values = economy.parameter_values(&session.settings);
    for axis in &mut axes {
        let v = values.get(axis.target.index()).copied().unwrap_or(f64::NAN);
        match &mut axis.grid {
            Grid::List(list) if list.is_empty() => {
                let (low, high) = range(session, axis.target, v, r);
                let (from, to, n) = (economy.dag.constant(low), economy.dag.constant(high), economy.dag.constant(points as f64));
                axis.grid = Grid::Range { from, to, points: Some(n), log: false };
            }
            Grid::Range { points: p, .. } if p.is_none() => *p = Some(economy.dag.constant(points as f64)),
            _ => {}
        }
    }
    Ok((economy, axes))
}

/// A range round the present value: the regime's own interval and something beyond it, or a half either way.
fn range(session: &Session, target: Sym, v: f64, r: &Request) -> (f64, f64) {
    let mut wide = if v == 0.0 { (-1.0, 1.0) } else { (v - 0.4 * v.abs(), v + 0.5 * v.abs()) };
    if let Ok(s) = session.solve(r.interrupt) {
        let h = s.prepared.holds(&s.solution, target, r.interrupt);
        if let (Some(low), Some(high)) = (h.low, h.high) {
            let pad = 0.2 * (high - low);
            if pad > 0.0 {
                wide = (low - pad, high + pad);
            }
        }
    }
    // Values that the file does not admit would only be gaps.
    let admitted = |x: f64| {
        let mut settings = session.settings.clone();
        settings.insert(target, x);
        !session.economy.check_intervals(&session.economy.parameter_values(&settings))
    };
    let shrink = |mut end: f64| {
        for _ in 0..60 {
            if admitted(end) {
                break;
            }
            end = v + 0.9 * (end - v);
        }
        end
    };
    (shrink(wide.0), shrink(wide.1))
}

/// How an axis of the figure is scaled: in logs where the grid is.
fn scale(axis: &Axis) -> Scale {
    if matches!(axis.grid, Grid::Range { log: true, .. }) { Scale::Log } else { Scale::Linear }
}

/// How a figure names a quantity: with Greek letters, also where the program's own answers repeat the name as declared.
fn shown(info: &crate::system::SymInfo) -> String {
    if info.display == info.name { crate::model::naming::pretty(&info.name).0 } else { info.display.clone() }
}

/// What an axis measures: the quantity's meaning and its symbol.
fn axis_label(info: &crate::system::SymInfo) -> Label {
    let symbol = shown(info);
    let plain = info.meaning.trim();
    if plain.is_empty() || plain == info.name || plain == symbol {
        return Label::from(symbol.as_str());
    }
    Label::plain(&format!("{plain}, ")).join(&Label::from(symbol.as_str()))
}

/// `β = 1.3`, as the mark of the model's own value.
fn here(name: &str, v: f64, d: Digits) -> Label {
    Label::from(name).join(&Label::plain(&format!(" = {}", d.short(v))))
}

/// A failed point is said once, below the picture.
fn failures(failed: usize, total: usize) -> (String, u8) {
    if failed == 0 {
        return (String::new(), crate::session::failure::exit::DONE);
    }
    (format!("  {failed} of {total} points have no equilibrium or are not admitted: gaps\n"), crate::session::failure::exit::DONE)
}
