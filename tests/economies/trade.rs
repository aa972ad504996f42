//! Trade between places: figures found apart, and what theory says of tariffs, export taxes and iceberg costs.

use crate::origins::{World, opened, values};
use crate::support::{Failures, root};

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use tasktrade::model::load::{Disk, load_file};
use tasktrade::session::Session;

type Values = HashMap<String, f64>;

fn solved(name: &str, text: &str) -> Values {
    let session = opened(name, text);
    values(&session.solve(&AtomicBool::new(false)).unwrap_or_else(|d| panic!("{name}: {:?}\n{text}", d.list)))
}

fn example(name: &str) -> String {
    let path = root().join(format!("examples/{name}.trade"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The equilibrium of a session of the program in which a parameter has another value: price indices are 1 at the file's own.
fn moved(session: Session, parameter: &str, index: &[&str], value: f64) -> Values {
    let mut session = session;
    let index: Vec<std::sync::Arc<str>> = index.iter().map(|i| (*i).into()).collect();
    let sym = session.economy.names.tables[parameter].members[&index];
    session.set(sym, value).unwrap_or_else(|d| panic!("{:?}", d.list));
    values(&session.solve(&AtomicBool::new(false)).unwrap_or_else(|d| panic!("{:?}", d.list)))
}

/// A program with another value of a parameter.
fn with(text: &str, parameter: &str, old: &str, new: f64) -> String {
    let from = format!("parameter {parameter} = {old} ");
    assert!(text.contains(&from), "{text}");
    text.replacen(&from, &format!("parameter {parameter} = {new} "), 1)
}

fn near(failures: &mut Failures, what: &str, a: f64, b: f64, tolerance: f64) {
    failures.check((a - b).abs() <= tolerance * a.abs().max(b.abs()), || format!("{what}: {a} is not {b}"));
}

#[test]
fn figures_of_protection() {
    let text = example("protection");
    let (free, tariff) = (solved("protection", &text), solved("protection at 0.1", &with(&text, "t", "0", 0.1)));
    let known = [
        ("w[Home]", 0.740772898, 0.746747595),
        ("price[cars, Home]", 2.247370490, 2.346235840),
        ("trade[cars, Foreign, Home]", 14.085517953, 12.057276670),
        ("revenue[Home]", 0.0, 3.532971870),
        ("income[Home]", f64::NAN, f64::NAN),
    ];
    let mut failures = Failures::default();
    for (name, before, after) in known.into_iter().filter(|k| !k.1.is_nan()) {
        failures.check((free[name] - before).abs() < 3e-9, || format!("{name} is {} without the tariff, not {before}", free[name]));
        failures.check((tariff[name] - after).abs() < 6e-9, || format!("{name} is {} with it, not {after}", tariff[name]));
    }
    // Welfare is in units of the price index, which is 1 at the file's own values.
    let at = |t: f64| moved(opened("protection", &text), "t", &[], t);
    let (before, after) = (at(0.0), at(0.1));
    for (name, was, is) in [("welfare[Home]", 194.985071, 196.563178), ("welfare[Foreign]", 188.862083, 186.971911)] {
        failures.check((before[name] - was).abs() < 6e-7, || format!("{name} is {}, not {was}", before[name]));
        failures.check((after[name] - is).abs() < 6e-7, || format!("{name} is {}, not {is}", after[name]));
    }
    // Home gains most at this rate: to first order nothing changes there, and less is gained to either side.
    let best = 0.2776031;
    let (low, top, high) = (at(best - 1e-3), at(best), at(best + 1e-3));
    let w = |v: &Values| v["welfare[Home]"];
    failures.check(w(&low) < w(&top) && w(&high) < w(&top), || format!("{} {} {}", w(&low), w(&top), w(&high)));
    let slope = (w(&high) - w(&low)) / 2e-3;
    failures.check((slope).abs() < 2e-4, || format!("the slope at the optimum is {slope}"));
    failures.finish();
}

/// The program in primitives has the equilibrium of the one that writes every condition as an equation.
#[test]
fn primitives_and_equations_are_one_economy() {
    let open = |file: &str| {
        let program = load_file(&root().join(file), &Disk).unwrap_or_else(|d| panic!("{file}: {d:?}"));
        Session::new(program).unwrap_or_else(|f| panic!("{file}: {:?}", f.diagnostics.list))
    };
    let mut failures = Failures::default();
    for tariff in [0.1, 0.25] {
        let at = |file: &str| moved(open(file), "tariffs", &["CHN", "USA"], tariff);
        let (a, b) = (at("examples/armington.trade"), at("tests/models/trade/armington_equations.trade"));
        for i in ["USA", "EUR", "CHN"] {
            near(&mut failures, &format!("wage of {i}"), a[&format!("w[{i}]")], b[&format!("w[{i}]")], 1e-11);
            near(&mut failures, &format!("spending of {i}"), a[&format!("income[{i}]")], b[&format!("E[{i}]")], 1e-11);
            near(&mut failures, &format!("price index of {i}"), a[&format!("price[y, {i}]")], b[&format!("P[{i}]")], 1e-11);
            for j in ["USA", "EUR", "CHN"] {
                near(&mut failures, &format!("share of {i} in {j}"), a[&format!("share[y, {i}, {j}]")], b[&format!("share[{i}, {j}]")], 1e-11);
            }
        }
    }
    failures.finish();
}

/// Lines that declare taxes.
fn is_tax(line: &&str) -> bool {
    line.starts_with("tariff") || line.starts_with("export tax")
}

/// A tax of nothing is no tax, to the last digit of what the search finds.
#[test]
fn a_zero_tariff_is_none() {
    let mut failures = Failures::default();
    for seed in 0..12 {
        let text = World::draw(seed).program();
        let without: String = text.lines().filter(|l| !is_tax(l)).map(|l| format!("{l}\n")).collect();
        let zero = format!("{without}tariff g0 from C0 to C1 = 0\nexport tax g0 from C1 to C0 = 0\ntariff g0 from C1 to C0 = 0 on fob\n");
        let (a, b) = (solved("without", &without), solved("zero", &zero));
        for (name, v) in a.iter().filter(|(n, v)| n.contains('[') && v.is_finite() && b.contains_key(*n)) {
            failures.check((v - b[name]).abs() <= 1e-13 * v.abs().max(1e-3), || format!("seed {seed}: {name} is {v} without, {} with", b[name]));
        }
    }
    let text = example("small_tariff");
    let without: String = text.lines().filter(|l| !l.starts_with("tariff") && !l.starts_with("report")).map(|l| format!("{l}\n")).collect();
    let (a, b) = (solved("without", &without), solved("zero", &text));
    for name in ["w", "r", "output[wool]", "output[wine]", "demand[wool]", "welfare", "income"] {
        near(&mut failures, name, a[name], b[name], 1e-12);
    }
    near(&mut failures, "imports", -a["exports[wool]"], b["trade[wool, world, Home]"], 1e-12);
    failures.finish();
}

/// Lerner: a country that taxes all its imports at one rate does what it would do by taxing all its exports at that rate.
#[test]
fn import_and_export_taxes_are_symmetric() {
    let mut failures = Failures::default();
    for seed in 0..20 {
        let world = World::draw(seed);
        let text = world.program();
        let bare: String = text.lines().filter(|l| !is_tax(l)).map(|l| format!("{l}\n")).collect();
        let (n, goods) = world.size();
        let rate = 0.07 + 0.01 * seed as f64;
        let lines = |word: &str, inward: bool| -> String {
            let pairs = (1..n).flat_map(|c| (0..goods).map(move |g| (g, c)));
            pairs
                .map(
                    |(g, c)| {
                        if inward { format!("{word} g{g} from C{c} to C0 = {rate}\n") } else { format!("{word} g{g} from C0 to C{c} = {rate}\n") }
                    },
                )
                .collect()
        };
        let (a, b) =
            (solved("imports", &format!("{bare}{}", lines("tariff", true))), solved("exports", &format!("{bare}{}", lines("export tax", false))));
        for (name, v) in a.iter().filter(|(n, _)| ["trade[", "output[", "use[", "share["].iter().any(|s| n.starts_with(s))) {
            let w = b.get(name).copied().unwrap_or(f64::NAN);
            failures.check((v - w).abs() <= 1e-9 * v.abs().max(1e-3), || format!("seed {seed}: {name} is {v} with tariffs, {w} with export taxes"));
        }
        let taxed = |v: &Values| v["revenue[C0]"] / v["income[C0]"];
        near(&mut failures, "revenue, as a part of income", taxed(&a), taxed(&b), 1e-9);
    }
    failures.finish();
}

/// In a small open economy the loss of a tariff is of second order: it quarters when the rate halves, and its limit is the triangle of the textbook.
#[test]
fn the_loss_of_a_small_tariff_is_of_second_order() {
    let text = example("small_tariff");
    let at = |t: f64| moved(opened("small_tariff", &text), "t", &[], t);
    let free = at(0.0);
    let loss = |t: f64| (free["welfare"] - at(t)["welfare"]) / free["welfare"];
    let mut failures = Failures::default();
    for t in [0.02, 0.01, 0.005] {
        let ratio = loss(t) / loss(t / 2.0);
        failures.check((ratio - 4.0).abs() < 8.0 * t, || format!("the loss at {t} is {ratio} times that at half of it"));
    }
    // −½ t dM, as a part of income, at t near 0.
    let h = 1e-3;
    let (m, there) = (free["trade[wool, world, Home]"], at(h)["trade[wool, world, Home]"]);
    let triangle = 0.5 * h * (m - there) / free["income"];
    near(&mut failures, "the triangle", loss(h), triangle, 0.02);
    // The price at home rises by the whole tariff while wool is imported.
    near(&mut failures, "price of wool", at(0.1)["price[wool, Home]"], 1.1, 1e-14);
    failures.finish();
}

/// At a prohibitive tariff nothing is traded, and the price stands between the parities.
#[test]
fn a_high_tariff_ends_trade() {
    let text = with(&example("small_tariff"), "t", "0", 3.0);
    let v = solved("prohibitive", &text);
    let mut failures = Failures::default();
    let traded = ["trade[wool, world, Home]", "trade[wool, Home, world]", "revenue"];
    for name in traded {
        failures.check(v[name].abs() < 1e-9, || format!("{name} is {}", v[name]));
    }
    let (price, parity) = (v["price[wool, Home]"], v["parity[wool, Home]"]);
    failures.check(price > 1.0 && price < 4.0 && parity > 0.0 && parity < 1.0, || format!("{price} at {parity}"));
    near(&mut failures, "output and use", v["output[wool]"], v["demand[wool]"], 1e-10);
    failures.finish();
}
