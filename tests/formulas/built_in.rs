//! The law of shares: the change of every built-in quantity, written in shares, is the solver's, in economies where goods make goods, several
//! industries make one good and markups leave profits.
//!
//! Shares are taken as the table of value flows writes them, so that a letter may stand for one number only.

use crate::oracle;
use crate::statics_help;

use oracle::rng::Rng;
use statics_help::*;
use tasktrade::expr::Sym;
use tasktrade::solve::{Problem, derivatives, solve};
use tasktrade::statics::hat::{Hats, Measure};

const SEEDS: u64 = 40;
const COUNTRIES: [&str; 3] = ["Home", "Foreign", "Third"];
const FACTORS: [&str; 2] = ["L", "K"];

/// An economy as text, with its countries, goods and industries: (name, good, countries).
struct Drawn {
    text: String,
    countries: Vec<&'static str>,
    goods: Vec<&'static str>,
    industries: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

fn draw(seed: u64) -> Drawn {
    let mut r = Rng::new(seed);
    let countries = COUNTRIES[..r.whole(1, 3)].to_vec();
    let goods = if r.chance(0.4) { vec!["x", "y", "z"] } else { vec!["x", "y"] };
    let mut text = String::from("model drawn\n");
    for c in &countries {
        text += &format!("country {c} {{ endowment L = {}, K = {} }}\n", r.number(40.0, 60.0), r.number(40.0, 60.0));
    }
    text += "factor L price w\nfactor K price r\n";
    for g in &goods {
        text += &format!("good {g}{}\n", if *g == "z" { " nontraded" } else { "" });
    }
    let mut industries = Vec::new();
    for (k, g) in goods.iter().enumerate() {
        let makers: &[&str] = if *g == "x" && r.chance(0.5) { &["a", "b"] } else { &goods[k..=k] };
        for maker in makers {
            // Two makers of a good live in one country each, or one is idle; elsewhere the first makes it.
            let places = if makers.len() == 2 && countries.len() > 1 && *maker == "b" { countries[1..].to_vec() } else { countries.clone() };
            let other = goods[(k + 1) % goods.len()];
            let (labor, share) = (if *g == "x" { 0.6 } else { 0.35 }, r.number(0.05, 0.25));
            let markup = if r.chance(0.2) { format!(" markup {}", r.number(1.05, 1.3)) } else { String::new() };
            let own = if *maker == *g { String::new() } else { format!("makes {g} ") };
            let specific = if makers.len() == 2 { 0.9 * if *maker == "a" { 1.0 } else { 0.5 } } else { 1.0 };
            text += &format!(
                "industry {maker} in {} {{ {own}technology ces({}) {{ L: {:.4}, K: {:.4}, {other}: {share} }}{markup} }}\n",
                places.join(", "),
                r.number(0.4, 1.8),
                labor * specific,
                1.0 - share - labor * specific,
            );
            industries.push((*maker, *g, places));
        }
    }
    for c in &countries {
        let weights: Vec<String> = goods.iter().map(|g| format!("{g}: {}", r.number(0.3, 0.7))).collect();
        text += &format!("demand ces({}) {{ {} }} in {c}\n", r.number(0.5, 2.5), weights.join(", "));
    }
    text += &format!("numeraire w{}\n", if countries.len() > 1 { "[Home]" } else { "" });
    Drawn { text, countries, goods, industries }
}

/// All that is built in.
fn quantities(d: &Drawn) -> Vec<String> {
    let several = d.countries.len() > 1;
    let at = |base: &str, index: &[&str], c: &str| {
        let mut list = index.to_vec();
        list.extend(several.then_some(c));
        if list.is_empty() { base.to_string() } else { format!("{base}[{}]", list.join(", ")) }
    };
    let mut out = Vec::new();
    for c in &d.countries {
        out.extend(["income", "welfare", "price_index", "balance", "w", "r"].map(|q| at(q, &[], c)));
        for g in &d.goods {
            out.extend(["output", "demand", "use", "exports", "expenditure_share"].map(|q| at(q, &[g], c)));
        }
    }
    for (industry, good, places) in &d.industries {
        let k = d.goods.iter().position(|g| g == good).expect("a good");
        let other = d.goods[(k + 1) % d.goods.len()];
        for c in places {
            out.extend(["activity", "unit_cost"].map(|q| at(q, &[industry], c)));
            for input in FACTORS.iter().chain([&other]) {
                out.extend(["input", "theta"].map(|q| at(q, &[input, industry], c)));
            }
            out.extend(FACTORS.map(|f| at("lambda", &[f, industry], c)));
        }
    }
    out
}

#[test]
fn every_built_in_changes_as_its_shares_say() {
    let (mut solved, mut compared) = (0, 0);
    let mut failures = Vec::new();
    for seed in 0..SEEDS {
        let d = draw(seed);
        let model = Model::text(&d.text);
        let several = d.countries.len() > 1;
        let asked = quantities(&d);
        for wrt in ["L", "K"].map(|f| if several { format!("{f}[Home]") } else { f.to_string() }) {
            let all: Vec<&str> = [wrt.as_str()].into_iter().chain(asked.iter().map(String::as_str)).collect();
            let Some(q) = model.try_question(&all) else { continue };
            let by = q.sym(0);
            let Ok(problem) = Problem::new(&q.prepared.system, &q.nodes) else { continue };
            let solution = solve(&problem, &q.prepared.parameters, Some(&q.solution), &Default::default());
            let rates = derivatives(&problem, &solution, &[by]);
            if !solution.is_equilibrium() || rates.one_sided() || !solution.borders.is_empty() {
                continue;
            }
            solved += 1;
            let place = q.place();
            let point = place.point();
            // Every quantity is asked in one question, so that letters of all meet.
            let mut hats = Hats::new(place.economy, place.accounts, place.system, &point, [by]);
            let forms: Vec<_> = q.nodes.iter().map(|n| hats.target_of(*n, Some(by))).collect();
            hats.rows().unwrap_or_else(|d| panic!("{d:?}"));
            let flows = hats.flows();
            let values = hats.atoms.values();
            let change = |s: Sym| {
                let (rate, own) = (rates.get(s, 0, false), q.solution.value(s));
                let rate = if s == by { 1.0 } else { rate };
                match hats.measure(s) {
                    Measure::Log => rate / own,
                    Measure::Margin => rate / (1.0 - own),
                    Measure::Plain => rate,
                }
            };
            for (k, (form, measure)) in forms.iter().enumerate().skip(1) {
                let own = q.prepared.value_of(q.nodes[k], &q.solution);
                let moved = rates.output(k, 0, false);
                let found = if *measure == Measure::Log { moved / own } else { moved };
                let said: f64 = form.terms().map(|(s, c)| c.replace(&|a| flows.replace.get(&a).cloned()).eval(&values) * change(s)).sum();
                compared += 1;
                let size = found.abs().max(own.abs() * 1e-2).max(1e-3);
                if !((said - found).abs() <= 1e-6 * size) {
                    failures.push(format!("seed {seed}: {} wrt {wrt}: the shares say {said:e}, the solver {found:e}", all[k]));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {compared} differ:\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
    assert!(solved as u64 >= SEEDS && compared > 1000, "{solved} solved, {compared} compared");
}
