//! The Lerner–Pearce diagram of a country with two factors.

use super::Picture;
use crate::command::Request;
use crate::diag::Diagnostic;
use crate::expr::eval;
use crate::model::{Input, Key, Shape};
use crate::present::json;
use crate::present::plot::Label;
use crate::present::plot::diagrams::{Isoquant, LernerPearce, UnitValue, lerner_pearce};
use crate::session::{Failure, single};
use serde_json::{Map, Value, json};

pub fn draw(r: &mut Request, which: &str) -> Result<Picture, Failure> {
    let s = r.session.solve(r.interrupt).map_err(|d| r.session.failure(d))?;
    let fail = |title: String| {
        r.session
            .failure(single(Diagnostic::new("C043", title).help("the diagram shows two factors whose industries use nothing else, each in one nest")))
    };
    let (p, e) = (&s.prepared, &s.prepared.economy);
    let wanted = which.trim();
    let country = if wanted.is_empty() { e.inside().next() } else { e.inside().find(|&c| e.countries[c].name.as_ref() == wanted) };
    let Some(c) = country else { return Err(fail(format!("there is no country `{wanted}` inside the model"))) };
    let value = |q| s.solution.value(q);
    let mut factors: Vec<usize> = Vec::new();
    let mut plain = Vec::new();
    for j in e.industries_in(c) {
        let form = &e.industries[j].form;
        let own: Option<Vec<usize>> = form.inputs.iter().map(|i| if let Input::Factor(f) = i.what { Some(f) } else { None }).collect();
        let Some(own) = own else { continue };
        factors.extend(own.iter().copied());
        plain.push((j, own));
    }
    factors.sort_unstable();
    factors.dedup();
    let &[l, h] = factors.as_slice() else {
        return Err(fail(format!("`{}` does not have exactly two factors in industries without other inputs", e.countries[c].name)));
    };
    plain.retain(|(_, own)| own.len() == 2);
    // Where tasks of a factor are offshored, the industry pays for the bundle: w Ω.
    let cost_of = |f: usize, j: usize| -> Option<(f64, String)> {
        let w = p.key(&Key::FactorPrice(f, c))?;
        let name = p.system.info(w).display.clone();
        match e.line_of(f, j).and_then(|line| p.key(&Key::Bill(line))) {
            Some(bill) => Some((value(w) * value(bill), format!("{name} {}", p.system.info(bill).display))),
            None => Some((value(w), name)),
        }
    };
    let mut prices: Option<((f64, String), (f64, String))> = None;
    let mut goods = Vec::new();
    let mut rows = Vec::new();
    for (j, _) in &plain {
        let (Some(a), Some(b)) = (cost_of(l, *j), cost_of(h, *j)) else { continue };
        if let Some((x, y)) = &prices {
            let differ = (x.0 / a.0 - 1.0).abs() > 1e-9 || (y.0 / b.0 - 1.0).abs() > 1e-9;
            if differ {
                return Err(fail("industries pay different prices for a factor's bundle of tasks".into()));
            }
        }
        let share = |f: usize| p.key(&Key::CostShare(e.factors[f].name.clone(), *j)).map(value).unwrap_or(f64::NAN);
        let inputs = (share(l) / a.0, share(h) / b.0);
        prices = Some((a, b));
        let form = &e.industries[*j].form;
        let sigma = match form.shape {
            Shape::Leontief => 0.0,
            Shape::CobbDouglas => 1.0,
            Shape::Ces | Shape::General => eval::evaluate(&p.system.dag, &[form.sigma], &mut |q| value(q))[0],
        };
        let name = &e.industries[*j].name;
        goods.push(UnitValue { name: Label::plain(name), inputs, isoquant: Isoquant::Ces { sigma } });
        rows.push(json!({"industry": name.as_ref(), "inputs": [json::number(inputs.0), json::number(inputs.1)], "sigma": json::number(sigma)}));
    }
    let Some(((w, w_name), (v, v_name))) = prices else { return Err(fail("no industry uses just two factors".into())) };
    let endowment = |f: usize| e.countries[c].endowments.get(f).copied().flatten().map(value);
    let factor = |f: usize| Label::plain(&e.factors[f].label.clone().unwrap_or_else(|| e.factors[f].name.clone()));
    let data = LernerPearce {
        title: Label::plain(&format!("unit-value isoquants, {}", e.countries[c].label.clone().unwrap_or_else(|| e.countries[c].name.clone()))),
        factors: (factor(l), factor(h)),
        prices: (w, v),
        goods,
        endowment: endowment(l).zip(endowment(h)),
    };
    let d = r.options.digits;
    let text = format!("  isocost: {w_name} = {}, {v_name} = {}\n  regime: {}\n", d.value(w), d.value(v), p.regime_words(&s.solution));
    let mut body = Map::new();
    body.insert("kind".into(), json!("isocost"));
    body.insert("prices".into(), json!([json::number(w), json::number(v)]));
    body.insert("goods".into(), Value::Array(rows));
    Ok(Picture { figure: lerner_pearce(&data), json: body, text, exit: 0 })
}
