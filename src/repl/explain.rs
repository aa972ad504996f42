//! The last shock in plain sentences, and the meaning of a diagnostic.

use super::state::{Made, State, failed};
use super::workspace::Reply;
use crate::diag::{Diagnostic, codes};
use crate::expr::Sym;
use crate::model::names::nearest;
use crate::present::number::Digits;
use crate::session::Failure;
use crate::session::shock::{Changed, ChannelSplit, Group, Shocked};
use serde_json::{Map, Value};

/// Log changes below this are none.
const NOTHING: f64 = 5e-7;

/// A diagnostic's page.
pub fn code(state: &State, argument: &str) -> Result<Reply, Failure> {
    let wanted = argument.trim().trim_matches('`');
    let Some(info) = codes::explain(wanted) else {
        let near = nearest(&wanted.to_uppercase(), codes::all().map(|c| c.code));
        if near.is_none() && state.session.economy.names.entries.contains_key(wanted) {
            let d = Diagnostic::new("C003", format!("`{wanted}` is no diagnostic"));
            return Err(failed(state, d.help(format!("`why {wanted}` says what determines it, `info {wanted}` where it stands"))));
        }
        let help = near.map_or_else(
            || "codes stand in square brackets behind `error`; `explain` alone explains the last shock".to_string(),
            |n| format!("did you mean {n}?"),
        );
        return Err(failed(state, Diagnostic::new("C003", format!("there is no diagnostic `{wanted}`")).help(help)));
    };
    let mut json = Map::new();
    json.insert("code".into(), Value::String(info.code.into()));
    json.insert("title".into(), Value::String(info.title.into()));
    json.insert("explain".into(), Value::String(info.sections()));
    Ok(Reply { text: info.page(), json, ..Reply::default() })
}

/// Why the last shock moved what it moved.
pub fn last(state: &State, d: Digits) -> Result<Reply, Failure> {
    let Some(made) = state.made.last() else {
        return Err(failed(
            state,
            Diagnostic::new("C038", "there is no shock to explain").help("make one, as in `shock beta -10%`; `explain CODE` explains a diagnostic"),
        ));
    };
    let text = sentences(made, d).join("\n") + "\n";
    Ok(Reply { text, sources: state.session.sources.clone(), ..Reply::default() })
}

fn sentences(made: &Made, d: Digits) -> Vec<String> {
    let s = &*made.shocked;
    let mut out = vec![opening(s, d)];
    out.push(regimes(s, d));
    if s.splits.is_empty() {
        out.extend(plain(s, d));
        out.push("No `channels` are declared, so the change is not split; `channels of w { … }` declares them.".into());
    }
    for split in &s.splits {
        out.extend(channel_sentences(s, split, d));
    }
    if s.by_group {
        out.extend(by_parameter(s, d));
    }
    out
}

fn opening(s: &Shocked, d: Digits) -> String {
    let parts: Vec<String> = s
        .moves
        .iter()
        .map(|m| {
            let name = &s.prepared.system.info(m.parameter).display;
            let verb = if m.to > m.from {
                "rose"
            } else if m.to < m.from {
                "fell"
            } else {
                "stayed"
            };
            let size = if m.from != 0.0 && m.to != m.from {
                format!(" by {}%", unsigned(100.0 * (m.to / m.from - 1.0), d).trim_end_matches('0').trim_end_matches('.'))
            } else {
                String::new()
            };
            format!("{name} {verb}{size}, from {} to {}", d.short(m.from), d.short(m.to))
        })
        .collect();
    format!("{}.", parts.join("; "))
}

fn regimes(s: &Shocked, d: Digits) -> String {
    let words = |x: &crate::solve::Solution| s.prepared.regime_words(x);
    let Some(first) = s.moves.first() else { return String::new() };
    let switches: Vec<String> = s
        .stretches
        .iter()
        .flat_map(|st| st.switches.iter().map(move |(sym, a, b)| (st.to, sym, a, b)))
        .map(|(at, sym, a, b)| {
            format!("at {} = {} {}", s.prepared.system.info(first.parameter).display, d.short(first.at(at).0), s.prepared.switch_words(*sym, *a, *b))
        })
        .collect();
    if s.regime_stays() {
        format!("The regime stayed: {}.", words(&s.after))
    } else if switches.is_empty() {
        format!("The regime is another one: {}.", words(&s.after))
    } else {
        format!("On the way {}. Now: {}.", switches.join(", then "), words(&s.after))
    }
}

/// `rose by 3.88% (+3.81 lp)`, or the plain change.
fn moved(c: &Changed, d: Digits) -> String {
    match (c.plain, c.change()) {
        (_, Some(v)) if v.abs() < NOTHING => "did not change".into(),
        (true, Some(v)) => format!("{} from {} to {}", if v > 0.0 { "rose" } else { "fell" }, d.value(c.before), d.value(c.after)),
        (false, Some(v)) => format!("{} by {}% ({} lp)", if v > 0.0 { "rose" } else { "fell" }, unsigned(100.0 * v.exp_m1(), d), d.signed(100.0 * v)),
        (_, None) => format!("went from {} to {}", d.value(c.before), d.value(c.after)),
    }
}

fn unsigned(v: f64, d: Digits) -> String {
    d.signed(v.abs()).trim_start_matches('+').to_string()
}

fn changed(s: &Shocked, sym: Sym) -> Option<&Changed> {
    s.quantities.iter().find(|c| c.sym == Some(sym))
}

fn channel_sentences(s: &Shocked, split: &ChannelSplit, d: Digits) -> Vec<String> {
    let name = &s.prepared.system.info(split.target).display;
    let Some(target) = changed(s, split.target) else { return Vec::new() };
    let total = target.change().unwrap_or(f64::NAN);
    let mut out = vec![format!("{name} {}.", moved(target, d))];
    let channels =
        s.prepared.economy.channels.iter().find(|c| c.of.contains(&split.target) && c.channels.iter().map(|x| &x.0).eq(split.names.iter()));
    let mut rows: Vec<(String, f64, String)> = Vec::new();
    for (k, (channel, effect)) in split.names.iter().zip(&split.effects).enumerate() {
        let through: Vec<String> = channels
            .and_then(|c| c.channels.get(k))
            .map(|(_, syms)| syms.iter().map(|q| format!("{} {}", s.prepared.system.info(*q).display, through(s, *q, d))).collect())
            .unwrap_or_default();
        rows.push((channel.replace('_', " "), *effect, through.join(", ")));
    }
    if split.direct.abs() > NOTHING {
        rows.push(("what runs through no channel".into(), split.direct, String::new()));
    }
    // Effects that are none stay in the order of the file: what rounding leaves of them has no order.
    let size = |v: f64| if v.abs() < NOTHING { 0.0 } else { v.abs() };
    rows.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)));
    for (channel, effect, through) in &rows {
        let through = if through.is_empty() { String::new() } else { format!(" ({through})") };
        out.push(if effect.abs() < NOTHING {
            format!("  {channel} left it where it was{through}.")
        } else {
            format!("  {channel} pushed it {} by {} lp{through}.", if *effect > 0.0 { "up" } else { "down" }, unsigned(100.0 * effect, d))
        });
    }
    let (with, against): (Vec<_>, Vec<_>) = rows.iter().filter(|r| r.1.abs() >= NOTHING).partition(|r| r.1 * total > 0.0);
    if let ([winner, ..], [loser, ..]) = (with.as_slice(), against.as_slice()) {
        let share = 100.0 * against.iter().map(|r| r.1).sum::<f64>().abs() / with.iter().map(|r| r.1).sum::<f64>().abs();
        out.push(format!("  {} outweighed {}, which took back {share:.0}% of it.", winner.0, loser.0));
    }
    if let (Some(l), true) = (target.linear, total.abs() > NOTHING) {
        let miss = if l.abs() < NOTHING {
            "which misses all of it".to_string()
        } else if l * total < 0.0 {
            "with the wrong sign".to_string()
        } else {
            format!("{:.0}% too {}", (100.0 * (l / total - 1.0)).abs(), if l.abs() < total.abs() { "little" } else { "much" })
        };
        if (l / total - 1.0).abs() > 0.005 {
            out.push(format!("  elasticities at the start would have said {} lp, {miss}.", d.signed(100.0 * l)));
        }
    }
    out
}

/// How a channel's own quantity moved.
fn through(s: &Shocked, q: Sym, d: Digits) -> String {
    match changed(s, q) {
        // The percentage is enough inside the brackets.
        Some(c) => moved(c, d).split(" (").next().unwrap_or_default().to_string(),
        None => {
            let (before, after) = (s.before.value(q), s.after.value(q));
            if before == after { "did not change".into() } else { format!("went from {} to {}", d.value(before), d.value(after)) }
        }
    }
}

/// Without channels: what moved most.
fn plain(s: &Shocked, d: Digits) -> Vec<String> {
    let report: Vec<&str> = s.prepared.economy.report.iter().map(|n| n.name.as_str()).collect();
    let shown = |c: &&Changed| {
        if report.is_empty() {
            c.sym.is_some_and(|x| matches!(s.prepared.system.info(x).role, crate::system::Role::Unknown { .. }))
        } else {
            report.contains(&c.name.as_str())
        }
    };
    s.quantities.iter().filter(shown).take(12).map(|c| format!("{} {}.", c.display, moved(c, d))).collect()
}

/// A group of parameters in print.
fn shown(s: &Shocked, g: &Group) -> String {
    match g.members.as_slice() {
        [k] => s.moves.get(*k).map_or_else(|| g.name.clone(), |m| s.prepared.system.info(m.parameter).display.clone()),
        _ => crate::model::naming::pretty(&g.name).0,
    }
}

/// Which shocked parameter did how much, for what is split by channel or else reported.
fn by_parameter(s: &Shocked, d: Digits) -> Vec<String> {
    let targets: Vec<&Changed> = if s.splits.is_empty() {
        s.quantities.iter().filter(|c| !c.plain).take(4).collect()
    } else {
        s.splits.iter().filter_map(|x| changed(s, x.target)).collect()
    };
    let mut out = Vec::new();
    for c in targets {
        let parts: Vec<String> = s
            .groups
            .iter()
            .zip(&c.by_parameter)
            .filter(|(_, v)| v.is_finite())
            .map(|(g, v)| format!("{} {}", shown(s, g), d.signed(100.0 * v)))
            .collect();
        if !parts.is_empty() {
            out.push(format!("Of {}'s change in lp: {}.", c.display, parts.join(", ")));
        }
    }
    out
}
