//! Every declared shock: what changes, split exactly by channel and by parameter.

use super::{Draft, interrupted, words};
use crate::command::{Request, shocks};
use crate::present::number::Digits;
use crate::present::plot::diagrams::{EffectsBars, effects_bars};
use crate::present::plot::{Canvas, Label, Theme};
use crate::present::report::{Shock, Split};
use crate::session::shock::{Changed, ChannelSplit, Shocked};

/// Rows of the path beyond which it is cut.
const STRETCHES: usize = 40;

/// A canvas whose colours follow the reader's.
pub fn canvas(width: f64, height: f64) -> Canvas {
    Canvas { width, height, theme: Theme::Auto, ground: false }
}

pub fn split(r: &mut Request, draft: &mut Draft) {
    let declared = r.session.economy.shocks.clone();
    for shock in declared {
        let economy = r.session.economy.clone();
        let found = match shocks::run(r, economy, &shock.changes) {
            Ok(s) => told(&s, &shock.name, r.options.digits),
            Err(_) if interrupted(r) => return,
            Err(f) => {
                draft.fault(&f.diagnostics);
                Shock { name: shock.name.to_string(), failed: Some(words(&f.diagnostics)), ..Shock::default() }
            }
        };
        draft.page.shocks.push(found);
    }
}

fn told(s: &Shocked, name: &str, d: Digits) -> Shock {
    let system = &s.prepared.system;
    let moves = s.moves.iter().map(|m| {
        let percent = if m.from != 0.0 { format!(" ({}%)", short_percent(100.0 * (m.to / m.from - 1.0), d)) } else { String::new() };
        format!("{}: {} → {}{percent}", system.info(m.parameter).display, d.short(m.from), d.short(m.to))
    });
    let mut moves: Vec<String> = moves.collect();
    if moves.len() > 8 {
        let more = moves.len() - 7;
        moves.truncate(7);
        moves.push(format!("and {more} more"));
    }
    let mut out = Shock { name: name.to_string(), moves, ..Shock::default() };
    if s.stretches.iter().any(|x| !x.switches.is_empty()) {
        out.path = path(s, d);
    }
    let shown = shocks::shown(s);
    out.changes = shown.iter().map(|c| change(c, d)).collect();
    out.splits = groups(&s.splits).into_iter().map(|g| split_of(s, &g, name, d)).collect();
    if s.by_group {
        let split: Vec<&&Changed> =
            shown.iter().filter(|c| !c.plain && !c.by_parameter.is_empty() && c.by_parameter.iter().all(|v| v.is_finite())).collect();
        let heads = s.groups.iter().map(|g| crate::model::naming::pretty(&g.name).0).collect();
        let rows =
            split.iter().map(|c| std::iter::once(c.display.clone()).chain(c.by_parameter.iter().map(|v| d.signed(100.0 * v))).collect()).collect();
        out.by_parameter = (heads, rows);
    }
    if !s.splits.is_empty() {
        out.accuracy =
            format!("The split is exact (error below {}) along the path that is straight in logs of the parameters.", d.residual(s.error.max(1e-12)));
    }
    out
}

fn short_percent(v: f64, d: Digits) -> String {
    let text = d.signed(v);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

fn change(c: &Changed, d: Digits) -> [String; 6] {
    let (percent, points) = match (c.plain, c.change()) {
        (true, Some(v)) => (format!("({}{})", if v > 0.0 { "+" } else { "" }, d.value(v)), String::new()),
        (false, Some(v)) => (d.signed(100.0 * v.exp_m1()), d.signed(100.0 * v)),
        (_, None) => ("–".to_string(), String::new()),
    };
    let first = match (c.plain, c.linear) {
        (false, Some(v)) => d.signed(100.0 * v),
        (true, Some(v)) => format!("({}{})", if v > 0.0 { "+" } else { "" }, d.value(v)),
        _ => String::new(),
    };
    [c.display.clone(), d.value(c.before), d.value(c.after), percent, points, first]
}

/// A row a stretch of the path, and one a switch.
fn path(s: &Shocked, d: Digits) -> Vec<[String; 3]> {
    let Some(first) = s.moves.first() else { return Vec::new() };
    let name = &s.prepared.system.info(first.parameter).display;
    let value = |x: f64| d.short(first.at(x).0);
    let mut out = Vec::new();
    for st in &s.stretches {
        if st.to > st.from {
            let parts: Vec<String> =
                s.splits.iter().enumerate().filter_map(|(t, split)| shocks::contributions(s, split, st.effects.get(t)?, d)).collect();
            out.push([format!("{name} {} → {}", value(st.from), value(st.to)), s.prepared.regime_words(&st.start), parts.join("; ")]);
        }
        for (sym, from, to) in &st.switches {
            out.push([format!("{name} = {}", value(st.to)), s.prepared.switch_words(*sym, *from, *to), String::new()]);
        }
    }
    if out.len() > STRETCHES {
        let more = out.len() - STRETCHES;
        out.truncate(STRETCHES);
        out.push(["…".into(), format!("and {more} more"), String::new()]);
    }
    out
}

/// Splits with the same channels, which share a table and a picture.
fn groups(splits: &[ChannelSplit]) -> Vec<Vec<&ChannelSplit>> {
    let mut out: Vec<Vec<&ChannelSplit>> = Vec::new();
    for s in splits {
        match out.iter_mut().find(|g| g.first().is_some_and(|f| f.names == s.names)) {
            Some(g) => g.push(s),
            None => out.push(vec![s]),
        }
    }
    out
}

fn split_of(s: &Shocked, group: &[&ChannelSplit], shock: &str, d: Digits) -> Split {
    let direct = group.iter().any(|x| x.direct.abs() > 1e-12);
    let display = |x: &ChannelSplit| s.prepared.system.info(x.target).display.clone();
    let mut channels: Vec<String> = group.first().map(|g| g.names.iter().map(|n| n.replace('_', " ")).collect()).unwrap_or_default();
    if direct {
        channels.push("direct".into());
    }
    let all = |x: &ChannelSplit| -> Vec<f64> {
        let own = x.effects.iter().copied();
        if direct { own.chain([x.direct]).collect() } else { own.collect() }
    };
    let total = |x: &ChannelSplit| x.effects.iter().sum::<f64>() + x.direct;
    let rows = group.iter().map(|x| (display(x), all(x).into_iter().chain([total(x)]).map(|v| d.signed(100.0 * v)).collect())).collect();
    let parts: Vec<(Label, Vec<f64>)> = channels
        .iter()
        .enumerate()
        .map(|(k, n)| (Label::plain(n), group.iter().map(|x| all(x).get(k).map_or(f64::NAN, |v| 100.0 * v)).collect()))
        .collect();
    let title = shock.replace('_', " ");
    let data = EffectsBars {
        title: Label::plain(&title),
        x_label: Label::default(),
        at: (0..group.len()).map(|k| k as f64).collect(),
        names: Some(group.iter().map(|x| Label::from(display(x).as_str())).collect()),
        y_label: Label::plain("100 × log change"),
        channels: parts,
        total: Some((Label::plain("total"), group.iter().map(|x| 100.0 * total(x)).collect())),
        borders: Vec::new(),
    };
    let names: Vec<String> = group.iter().map(|x| display(x)).collect();
    Split {
        channels,
        rows,
        svg: effects_bars(&data).to_svg(&canvas(600.0, 300.0)),
        caption: format!("Effects of {title} on {} by channel", names.join(", ")),
    }
}
