//! The margin of offshoring: cost of each task abroad against the wage.

use super::Picture;
use crate::command::Request;
use crate::diag::Diagnostic;
use crate::expr::eval;
use crate::model::Key;
use crate::present::json;
use crate::present::plot::Label;
use crate::present::plot::diagrams::{MarginDiagram, margin_diagram};
use crate::session::{Failure, single};
use serde_json::{Map, Value, json};

const SAMPLES: usize = 200;

pub fn draw(r: &mut Request, which: &str) -> Result<Picture, Failure> {
    let s = r.session.solve(r.interrupt).map_err(|d| r.session.failure(d))?;
    let fail = |d: Diagnostic| r.session.failure(single(d));
    let (p, e) = (&s.prepared, &s.prepared.economy);
    let called = |l: usize| -> (String, String) {
        let line = &e.lines[l];
        let index: Vec<_> = std::iter::once(e.tasks[line.tasks].name.clone()).chain(line.index.iter().cloned()).collect();
        let margin = p.key(&Key::Margin(l)).map(|m| p.system.info(m).name.clone()).unwrap_or_default();
        (crate::model::naming::indexed("tasks", &index), margin)
    };
    if e.lines.is_empty() {
        return Err(fail(
            Diagnostic::new("C042", "no tasks are offshored in this model").help("`tasks NAME of FACTOR { offshore A -> B cost … }` declares some"),
        ));
    }
    let wanted = which.trim();
    let fits: Vec<usize> = (0..e.lines.len())
        .filter(|&l| {
            let (tasks, margin) = called(l);
            let inner = tasks.trim_start_matches("tasks[").trim_end_matches(']');
            wanted.is_empty() || wanted == inner || wanted == margin || wanted == e.tasks[e.lines[l].tasks].name.as_ref() || wanted == tasks
        })
        .collect();
    let &[l] = fits.as_slice() else {
        let names: Vec<String> = (0..e.lines.len()).map(|l| format!("`plot margin {}`", called(l).1)).collect();
        let title = if fits.is_empty() { format!("there are no tasks `{wanted}`") } else { "which margin?".to_string() };
        return Err(fail(Diagnostic::new("C042", title).help(names.join(", "))));
    };
    let line = &e.lines[l];
    let f = e.tasks[line.tasks].factor;
    let price = |country: usize| {
        if e.countries[country].outside { e.countries[country].prices.get(f).copied().flatten() } else { p.key(&Key::FactorPrice(f, country)) }
    };
    let (Some(home), Some(margin)) = (price(line.origin), p.key(&Key::Margin(l))) else {
        return Err(fail(Diagnostic::new("C042", "these tasks have no wage to compare")));
    };
    let value = |q| s.solution.value(q);
    let shown = |q: crate::expr::Sym| p.system.info(q).display.clone();
    // By place: what each task costs there, with the tariff on it, and how that is written.
    let mut costs: Vec<(String, Vec<(f64, f64)>, String)> = Vec::new();
    for place in &line.places {
        let Some(abroad) = price(place.destination) else {
            return Err(fail(Diagnostic::new("C042", "these tasks have no wage to compare")));
        };
        let tariff = place.tariff.as_ref().map_or(1.0, |t| 1.0 + value(t.rate));
        let cost = (0..=SAMPLES).map(|k| {
            let i = k as f64 / SAMPLES as f64;
            let kappa = eval::evaluate(&p.system.dag, &[place.cost], &mut |q| if q == line.task { i } else { value(q) })[0];
            (i, kappa * value(abroad) * tariff)
        });
        let written = r.session.sources.snippet(place.cost_span).split_whitespace().collect::<Vec<_>>().join(" ");
        let border = place.tariff.as_ref().map_or(String::new(), |t| format!(" (1 + {})", shown(t.rate)));
        let words = format!("{} {}{border}", pretty(&written), shown(abroad));
        costs.push((e.countries[place.destination].name.to_string(), cost.collect(), words));
    }
    let cost: Vec<(f64, f64)> = costs.first().map(|c| c.1.clone()).unwrap_or_default();
    let done = e.done(l, &|q| value(q));
    let label = e.tasks[line.tasks].label.clone().unwrap_or_else(|| format!("{}-tasks", e.factors[f].name).into());
    let data = MarginDiagram {
        title: Label::plain(&format!("{label}: which are done abroad")),
        costs: costs.iter().map(|(_, cost, words)| (Label::from(words.as_str()), cost.clone())).collect(),
        cuts: done.windows(2).map(|w| w[0].to).collect(),
        wage: value(home),
        margin: value(margin),
        wage_name: Label::from(shown(home).as_str()),
        margin_name: Label::from(shown(margin).as_str()),
    };
    let d = r.options.digits;
    let stretch = |n: &crate::model::assignment::Done| format!("  {} to {}: {}\n", d.value(n.from), d.value(n.to), costs[n.place].0);
    let places: String = if costs.len() > 1 { done.iter().map(stretch).collect() } else { String::new() };
    let text = format!(
        "  {} = {}: tasks below are done abroad, where they cost less than {} = {}\n{places}  regime: {}\n",
        shown(margin),
        d.value(value(margin)),
        shown(home),
        d.value(value(home)),
        p.regime_words(&s.solution)
    );
    let mut body = Map::new();
    body.insert("kind".into(), json!("margin"));
    body.insert("tasks".into(), json!(called(l).0));
    body.insert("margin".into(), json::number(value(margin)));
    body.insert("wage".into(), json::number(value(home)));
    if costs.len() > 1 {
        let points = |cost: &[(f64, f64)]| Value::Array(cost.iter().map(|(i, c)| json!([json::number(*i), json::number(*c)])).collect());
        let by_place: Map<String, Value> = costs.iter().map(|(name, cost, _)| (name.clone(), points(cost))).collect();
        body.insert("costs".into(), Value::Object(by_place));
        let stretch = |n: &crate::model::assignment::Done| json!({"place": costs[n.place].0, "from": json::number(n.from), "to": json::number(n.to)});
        body.insert("places".into(), Value::Array(done.iter().map(stretch).collect()));
    }
    body.insert("cost".into(), Value::Array(cost.iter().map(|(i, c)| json!([json::number(*i), json::number(*c)])).collect()));
    Ok(Picture { figure: margin_diagram(&data), json: body, text, exit: 0 })
}

/// A cost as written, with Greek letters for their words and a space for the product sign.
fn pretty(text: &str) -> String {
    let mut out = String::new();
    for token in crate::syntax::lexer::lex(text) {
        let slice = text.get(token.range.clone()).unwrap_or_default();
        match slice {
            "*" => {}
            _ if token.kind.is_word() => out.push_str(&crate::model::naming::pretty_base(slice).0),
            _ => out.push_str(slice),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
