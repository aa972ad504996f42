//! Tasks whole: costs that jump, tasks that replace each other, tariffs on tasks. What is printed of them is what the solver finds.
#![cfg(feature = "symbolic")]

use crate::oracle::economy::Economy;
use crate::oracle::names::Names;
use crate::oracle::{generate, program::program};
use crate::statics_help::{Model, assert_is, derive_of};
use tasktrade::statics::derive::Derived;

/// Diagnostics that say honestly that there is no answer.
const HONEST: [&str; 7] = ["A051", "A052", "A053", "A054", "A059", "A004", "S005"];

/// One good, a flat step of tasks half of which is abroad.
const FLAT: &str = "
parameter beta = 1 in (0, inf)
parameter J = 0.7
schedule n(i) = steps {0.4: 2, J: 2.6, 1: 4}
country Home { endowment L = 80, H = 110 }
country India outside { price L = 0.3 }
factor L price w
factor H price s
tasks Ltasks of L { offshore Home -> India cost beta * n(i) margin I bill Omega }
good y price = 1
industry y { technology ces(0.6) { L: 0.6, H: 0.4 } }
demand cobb_douglas { y: 1 }
channels of w, s { productivity = Omega, labor_supply = I }
";

fn derived(m: &Model, question: &str) -> Derived {
    m.derive(question).unwrap_or_else(|d| panic!("{question}: {d:?}"))
}

fn value(m: &Model, question: &str) -> f64 {
    derived(m, question).value.unwrap_or(f64::NAN)
}

#[test]
fn within_a_flat_step_its_cost_settles_the_wage() {
    let m = Model::text(FLAT);
    assert_is(&derived(&m, "w wrt beta"), "1");
    // Who comes works in tasks that come back.
    assert_is(&derived(&m, "w wrt L"), "0");
    assert_is(&derived(&m, "I wrt L"), "-1");
    assert_is(&derived(&m, "I wrt beta"), "-sigma[y] / theta[H, y]");
    assert_is(&derived(&m, "Omega wrt beta"), "0");
    // The end of the step is no margin here.
    assert!(value(&m, "w wrt J").abs() < 1e-12);
}

#[test]
fn at_a_jump_the_margin_stays() {
    let m = Model::text(&FLAT.replace("beta = 1 ", "beta = 0.9 "));
    assert_is(&derived(&m, "I wrt beta"), "0");
    assert!(value(&m, "w wrt beta") < 0.0);
    // A wider step is abroad as a whole: dI = dJ.
    assert!((value(&m, "I wrt J") - 0.7 / 0.3).abs() < 1e-9);
    assert!(value(&m, "w wrt J").is_finite());
}

/// Footnote 10: with one good the productivity effect is scaled by 1 − ρ θ_H/σ.
#[test]
fn tasks_that_replace_each_other_lessen_the_productivity_effect() {
    let m = Model::open("tests/models/grh/fn10_spec_rho.trade");
    assert_is(
        &derived(&m, "w wrt beta"),
        "(theta[H, y] - eta[Ltasks]*gamma[Ltasks]*(1 - theta[H, y]*rho)) / (eta[Ltasks] + theta[H, y] - eta[Ltasks]*gamma[Ltasks]*(1 - theta[H, y]*rho))",
    );
    for rho in ["0.9999999", "1", "1.0000001", "2.5"] {
        let text = std::fs::read_to_string(format!("{}/tests/models/grh/fn10_spec_rho.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
        let m = Model::text(&text.replace("rho = 0.3", &format!("rho = {rho}")));
        for question in ["w wrt rho", "I wrt rho", "Omega wrt beta", "s wrt L"] {
            assert!(value(&m, question).is_finite(), "{question} at {rho}");
        }
    }
}

/// In random economies no formula is shown that the solver does not confirm, and most questions have one.
#[test]
fn formulas_of_random_tasks() {
    let (asked, answered) = asked_of(generate::with_tasks, 0..120, |names, _| vec![names.margins[0].clone(), names.bills[0].clone()]);
    assert!(asked >= 30 && answered * 2 > asked, "{answered} of {asked} answered");
}

/// Where tasks may be done in several places the shares of the bill and of the tasks have formulas too.
#[test]
fn formulas_of_random_places() {
    let (asked, answered) = asked_of(generate::with_places, 0..160, |names, e| {
        let line = &e.tasks[0].lines[0];
        let of = |word: &str| format!("{word}[{}, {}]", names.margins[0], names.countries[line.to]);
        match line.others.is_empty() {
            true => Vec::new(),
            false => vec![names.margins[0].clone(), names.bills[0].clone(), of("tasks_in"), of("employed_abroad")],
        }
    });
    assert!(asked >= 30 && answered * 2 > asked, "{answered} of {asked} answered");
}

/// How often a formula was asked for and given: each is checked against the solver.
fn asked_of(draw: fn(u64) -> Economy, seeds: std::ops::Range<u64>, of: impl Fn(&Names, &Economy) -> Vec<String>) -> (usize, usize) {
    let (mut asked, mut answered) = (0, 0);
    for seed in seeds {
        let e = draw(seed);
        let lines: Vec<_> = e.tasks.iter().flat_map(|t| &t.lines).collect();
        if lines.is_empty() || lines.len() > 2 || e.factors > 3 || e.goods.len() > 3 {
            continue;
        }
        let names = Names::new(&e, seed);
        let targets = of(&names, &e);
        if targets.is_empty() {
            continue;
        }
        let text = program(&e, &names, seed);
        let Some(m) = Model::try_text(&text) else { continue };
        let wrt = format!("{}[{}]", names.factors[e.tasks[0].factor], names.countries[lines[0].from]);
        for target in targets.into_iter().chain([names.wage(e.tasks[0].factor, lines[0].from)]) {
            let Some(q) = m.try_question(&[&target, &wrt]) else { continue };
            asked += 1;
            match derive_of(&q, &format!("{target} wrt {wrt}")) {
                Ok(_) => answered += 1,
                Err(d) => assert!(HONEST.contains(&d.code), "seed {seed}: {target}: {d:?}\n{text}"),
            }
        }
    }
    (asked, answered)
}

/// Easy tasks to one country, harder ones to another; figures found apart (`language.md`, program `destinations`).
#[test]
fn each_task_goes_where_it_is_cheapest() {
    let text = include_str!("../models/destinations.trade");
    let m = Model::text(text);
    let wanted = [
        ("w", 0.8571, 1e-4),
        ("I", 0.4, 1e-12),
        ("Omega", 0.8943, 1e-4),
        ("output[x]", 73.78, 1e-4),
        ("output[y]", 195.67, 1e-4),
        // Mexico's cost 0.42 (1 + 3 i) passes India's 0.72 at 5/21.
        ("tasks_in[Ltasks, Mexico]", 5.0 / 21.0, 1e-12),
        ("tasks_in[Ltasks, India]", 0.4 - 5.0 / 21.0, 1e-12),
    ];
    let q = m.question(&wanted.map(|x| x.0));
    for ((name, wanted, digits), node) in wanted.into_iter().zip(&q.nodes) {
        let found = q.prepared.value_of(*node, &q.solution);
        assert!((found / wanted - 1.0).abs() < digits, "{name}: {found}");
    }
    let words = q.prepared.regime_words(&q.solution);
    assert!(words.contains("done in Mexico, then India, up to where their cost jumps; the rest at home"), "{words}");
    // The envelope: a dearer Mexico costs its share of the bill.
    let d = derived(&m, "w wrt w[Mexico]");
    assert_is(&d, "-gamma[Ltasks, Mexico] / gamma[Ltasks, Home]");
}

/// A regime is the sequence of places, whatever a share of tasks that nobody does does.
#[test]
fn the_sequence_of_places_is_the_regime() {
    let text = include_str!("../models/destinations.trade");
    let at = |mexico: f64, india: f64| {
        let text = text.replace("price L = 0.35", &format!("price L = {mexico}")).replace("price L = 0.3 ", &format!("price L = {india} "));
        let m = Model::text(&text);
        let q = m.question(&["w"]);
        let words = q.prepared.regime_words(&q.solution);
        words.split("; L-tasks ").nth(1).unwrap_or_default().to_string()
    };
    assert_eq!(at(0.35, 5.0), "done in Mexico, the rest at home");
    assert_eq!(at(5.0, 0.3), "done in India, up to where their cost jumps; the rest at home");
    assert_eq!(at(0.2, 0.2), "done in Mexico, then India, then Mexico, then India, then Mexico, the rest at home");
    assert_eq!(at(5.0, 5.0), "not offshored (I = 0)");
    assert_eq!(at(0.35, 0.3), "done in Mexico, then India, up to where their cost jumps; the rest at home");
    // India's second step is dearer than Mexico where it begins.
    assert_eq!(at(0.3, 0.3), "done in Mexico, then India, then Mexico, the rest at home");
}

/// Tasks of one industry have one margin; what else rests on these tasks is not told of again.
#[test]
fn a_margin_is_named_once() {
    let text = include_str!("../models/destinations.trade").replace("* m(i)", "* m(i) margin I").replace("  margin I bill", "  bill");
    let text = text.replace("* n(i)", "* n(i) margin J");
    let program = tasktrade::model::load::load_text("t.trade", &text, std::path::Path::new("t.trade"), &tasktrade::model::load::Disk);
    let codes: Vec<&str> = match tasktrade::session::Session::new(program) {
        Ok(_) => Vec::new(),
        Err(f) => f.diagnostics.list.iter().map(|d| d.code).collect(),
    };
    assert_eq!(codes, ["M055"]);
}

/// Every end of a step, and every step that is split, is a regime of its own: with words and a look on maps that no other has.
#[test]
fn each_step_is_a_regime_of_its_own() {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for beta in [1.8, 1.5, 1.0, 0.9, 0.7, 0.01] {
        let m = Model::text(&FLAT.replace("beta = 1 ", &format!("beta = {beta} ")));
        let q = m.question(&["w"]);
        let words = q.prepared.regime_words(&q.solution);
        let number = q.prepared.regime_number(&q.solution, &words, 1000);
        assert!(seen.iter().all(|(w, n)| (*w == words) == (*n == number)), "{words} is {number}: {seen:?}");
        seen.push((words, number));
    }
    seen.sort();
    seen.dedup();
    assert!(seen.len() >= 4, "{seen:?}");
}

/// A tariff on tasks hides no other error of theirs.
#[test]
fn what_is_wrong_beside_a_tariff_on_tasks_is_told() {
    let text = FLAT.replace("L: 0.6, H: 0.4", "H: 1").replace("good y", "tariff Ltasks from India to Home = 0.1\ngood y");
    let program = tasktrade::model::load::load_text("t.trade", &text, std::path::Path::new("t.trade"), &tasktrade::model::load::Disk);
    let codes: Vec<&str> = match tasktrade::session::Session::new(program) {
        Ok(_) => Vec::new(),
        Err(f) => f.diagnostics.list.iter().map(|d| d.code).collect(),
    };
    assert!(codes.contains(&"T013"), "{codes:?}");
}
