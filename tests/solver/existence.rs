//! Where there is an equilibrium, none is denied: random economies with one built in.

use crate::known;
use crate::support;

use known::{Known, known};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use support::Failures;
use tasktrade::model::load;
use tasktrade::session::Session;
use tasktrade::solve::Status;

static INTERRUPT: AtomicBool = AtomicBool::new(false);

/// What the solver says of a program: a word, its evidence, and the values by name.
struct Said {
    status: &'static str,
    words: String,
    values: BTreeMap<String, f64>,
}

fn solve(text: &str) -> Said {
    let failed = |words: String| Said { status: "error", words, values: BTreeMap::new() };
    let session = match Session::new(load::load_text("known", text, Path::new("known"), &load::Disk)) {
        Ok(session) => session,
        Err(f) => return failed(format!("{:?}", f.diagnostics.list)),
    };
    let mut prepared = match session.prepare_standard() {
        Ok(prepared) => prepared,
        Err(d) => return failed(format!("{:?}", d.list)),
    };
    let solution = prepared.equilibrium(&session, &INTERRUPT);
    let status = match solution.status {
        Status::Solved => "solved",
        Status::Indeterminate { .. } => "indeterminate",
        Status::NotFound => "not_found",
        Status::None => "none",
    };
    let values = prepared.listed().into_iter().map(|s| (prepared.system.info(s).name.clone(), solution.values[s.index()])).collect();
    Said { status, words: solution.evidence.unwrap_or_default(), values }
}

/// Whether the built-in equilibrium is the one found.
fn same(k: &Known, numeraire: usize, said: &Said) -> bool {
    let largest = k.industries.iter().map(|i| i.output).fold(0.0, f64::max);
    k.values(numeraire).iter().all(|(name, want)| {
        let floor = if name.starts_with("activity") { 1e-6 * largest } else { 1e-9 };
        // What one industry makes is its good's output.
        let got = said.values.get(name).or_else(|| said.values.get(&name.replace("activity", "output")));
        got.is_some_and(|got| (got - want).abs() <= 1e-5 * want.abs() + floor)
    })
}

/// Solves all of these seeds and counts what is said, by word.
fn count(seeds: std::ops::Range<u64>) -> (BTreeMap<&'static str, usize>, usize, Failures) {
    let mut failures = Failures::default();
    let mut counts = BTreeMap::new();
    let mut alike = 0;
    for seed in seeds {
        let k = known(seed);
        let said = solve(&k.program(0, seed, false));
        if said.status == "not_found" {
            println!("seed {seed} (spread {:?}, open {}) is not found: {}", k.spread, k.open, said.words);
        }
        *counts.entry(said.status).or_default() += 1;
        alike += usize::from(same(&k, 0, &said));
        failures.check(matches!(said.status, "solved" | "indeterminate" | "not_found"), || {
            format!("seed {seed} (spread {:?}, open {}): {} {}", k.spread, k.open, said.status, said.words)
        });
    }
    (counts, alike, failures)
}

#[test]
fn an_economy_with_an_equilibrium_is_never_told_that_there_is_none() {
    let (counts, alike, failures) = count(0..300);
    println!("{counts:?}, the built-in one {alike} times");
    let missed = counts.get("not_found").copied().unwrap_or(0);
    assert!(missed <= 1, "of 300, {missed} are not found");
    assert!(alike > 100, "the economies do not have the equilibrium that they are built on: {alike} of {counts:?}");
    failures.finish();
}

/// `KNOWN=0..10000 cargo test --release --test solver existence::counts_over_many -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes; for a release build"]
fn counts_over_many() {
    let range = std::env::var("KNOWN").unwrap_or_else(|_| "0..10000".into());
    let (from, to) = range.split_once("..").expect("a range");
    let (counts, alike, failures) = count(from.parse().expect("a number")..to.parse().expect("a number"));
    println!("{counts:?}, the built-in one {alike} times");
    failures.finish();
}

/// Goods made of labor and of each other in a circle: each takes `use_` units of the one before, whatever the technique takes least of it.
fn circle(goods: usize, sigma: f64, use_: f64, markup: f64) -> String {
    let mut text =
        String::from("model circle\ncountry H { endowment L = 10 }\nfactor L price w\ngood bread\nindustry bread { technology leontief { L: 1 } }\n");
    for i in 0..goods {
        let before = (i + goods - 1) % goods;
        // At any prices at least `use_` units: what σ lets labor do is only to save on the rest.
        text += &format!(
            "good g{i}\nindustry g{i} {{ technology leontief {{ g{before}: {use_:?}, N: 1 * ces({sigma:?}) {{ L: 0.3, bread: 0.7 }} }} markup {markup:?} }}\n"
        );
    }
    text + "demand cobb_douglas { bread: 0.5, g0: 0.5 }\nnumeraire w\n"
}

#[test]
fn what_takes_more_of_itself_than_it_yields_is_denied_and_nothing_else() {
    let mut failures = Failures::default();
    for goods in 1..5 {
        for sigma in [0.3, 1.0, 4.0] {
            for use_ in [0.5, 0.9, 0.99, 0.999999, 1.000001, 1.01, 1.5, 20.0] {
                if goods == 1 && use_ < 1.0 {
                    // A good is no input of itself.
                    continue;
                }
                let said = solve(&circle(goods.max(2), sigma, use_, 1.0));
                let want = if use_ < 1.0 { "solved" } else { "none" };
                failures.check(said.status == want, || format!("{goods} goods, σ = {sigma}, {use_} of itself: {} {}", said.status, said.words));
                failures.check(use_ < 1.0 || said.words.contains("price[g0]") && !said.words.contains("price[bread]"), || {
                    format!("{goods} goods, σ = {sigma}, {use_} of itself: {}", said.words)
                });
            }
            // Dearer by a markup, but still to be made.
            let said = solve(&circle(2, sigma, 0.9, 1.05));
            failures.check(said.status == "solved", || format!("σ = {sigma}, with a markup: {} {}", said.status, said.words));
            let said = solve(&circle(2, sigma, 0.9, 1.2));
            failures.check(said.status != "none" || said.words.contains("price[g0]"), || format!("σ = {sigma}, with a large markup: {}", said.words));
        }
    }
    failures.finish();
}

/// Two goods made of labor and of each other at one elasticity of substitution.
#[test]
fn substitution_decides_what_can_be_made() {
    let mut failures = Failures::default();
    for sigma in [0.0, 0.2, 0.5, 0.8, 0.99, 1.2, 3.0] {
        for weight in [0.3, 0.9, 1.1, 3.0] {
            let text = format!(
                "model pair\ncountry H {{ endowment L = 10 }}\nfactor L price w\ngood a\ngood b\n\
                 industry a {{ technology ces({sigma:?}) {{ L: 1, b: {weight:?} }} }}\nindustry b {{ technology ces({sigma:?}) {{ L: 1, a: {weight:?} }} }}\n\
                 demand cobb_douglas {{ a: 0.5, b: 0.5 }}\nnumeraire w\n"
            );
            // Cost c: c^(1-σ) = 1 + weight c^(1-σ). From weight 1 on nothing can be made if σ < 1, and without end if σ > 1.
            let want: &[&str] = if weight < 1.0 {
                &["solved"]
            } else if sigma < 0.9 {
                &["none"]
            } else {
                &["none", "not_found"]
            };
            // Prices of 1e100.
            let want: &[&str] = if sigma == 0.99 && weight == 0.9 { &["solved", "not_found"] } else { want };
            let said = solve(&text);
            failures.check(want.contains(&said.status), || format!("σ = {sigma}, weight {weight}: {} {}", said.status, said.words));
        }
    }
    failures.finish();
}

/// Countries that trade varieties at iceberg costs, each delivery an industry of its own.
fn icebergs(countries: usize, cost: f64, sigma: f64) -> String {
    let mut text = String::from("model icebergs\nfactor L price w\n");
    for i in 0..countries {
        text += &format!(
            "country C{i} {{ endowment L = {} }}\ngood m{i}\ngood v{i} nontraded\nindustry m{i} in C{i} {{ technology leontief {{ L: 1 }} }}\n",
            10 + 7 * i
        );
        for n in 0..countries {
            let d = if n == i { 1.0 } else { cost * (1.0 + 0.1 * n as f64) };
            text += &format!("industry v{i} in C{n} {{ technology leontief {{ m{i}: {d:?} }} }}\n");
        }
    }
    let varieties: Vec<String> = (0..countries).map(|i| format!("v{i}: 1")).collect();
    text + format!("demand ces({sigma:?}) {{ {} }}\nnumeraire w[C0]\n", varieties.join(", ")).as_str()
}

#[test]
fn prohibitive_costs_leave_autarky() {
    let mut failures = Failures::default();
    for countries in [2, 3] {
        for cost in [1e1, 1e4, 1e5, 1e6, 1e7, 1e8] {
            for sigma in [2.0, 4.0, 8.0] {
                let said = solve(&icebergs(countries, cost, sigma));
                let found = matches!(said.status, "solved" | "indeterminate");
                failures.check(found, || format!("{countries} countries, cost {cost:e}, σ = {sigma}: {} {}", said.status, said.words));
                let Some(own) = said.values.get("output[v1, C1]").copied().filter(|_| found) else { continue };
                failures.check(cost < 1e3 || (own - 17.0).abs() < 1e-2, || {
                    format!("{countries} countries, cost {cost:e}, σ = {sigma}: {own} of 17 at home")
                });
            }
        }
    }
    failures.finish();
}

#[test]
fn large_numbers_are_no_evidence() {
    let mut failures = Failures::default();
    let case = |name: &str| support::root().join("tests/existence_cases").join(format!("{name}.trade"));
    let read = |name: &str| std::fs::read_to_string(case(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let said = solve(&read("false_none_scale"));
    failures.check(said.status == "solved", || format!("false_none_scale: {} {}", said.status, said.words));
    for productivity in [1e8, 1e11, 1e14] {
        let text = format!(
            "model large\ncountry H {{ endowment L = 1 }}\nfactor L price w\ngood g price = 1\n\
             industry g {{ technology leontief {{ L: 1 }} productivity {productivity:?} }}\ndemand cobb_douglas {{ g: 1 }}\n"
        );
        let said = solve(&text);
        let w = said.values.get("w").copied().unwrap_or(f64::NAN);
        failures.check((w / productivity - 1.0).abs() < 1e-9, || format!("productivity {productivity:e}: {} {}, w = {w:e}", said.status, said.words));
    }
    for relative in [1e-9, 1e-20, 1e-35] {
        let text = format!(
            "model ricardo\ncountry H {{ endowment L = 1 }}\nfactor L price w\ngood x\ngood y\nindustry x {{ technology leontief {{ L: {relative:?} }} }}\n\
             industry y {{ technology leontief {{ L: 1 }} }}\ndemand cobb_douglas {{ x: 0.5, y: 0.5 }}\nnumeraire price[y]\n"
        );
        let said = solve(&text);
        let x = said.values.get("price[x]").copied().unwrap_or(f64::NAN);
        failures.check(said.status == "solved" && (x / relative - 1.0).abs() < 1e-9, || {
            format!("relative price {relative:e}: {} {}, {x:e}", said.status, said.words)
        });
    }
    for name in ["numeraire_choice", "report_decides"] {
        let text = read(name);
        let without: String = text.lines().filter(|l| !l.starts_with("report")).map(|l| format!("{l}\n")).collect();
        let (with, without) = (solve(&text), solve(&without));
        failures.check(with.status == "solved" && with.status == without.status, || {
            format!("{name}: {} {}, without its report {}", with.status, with.words, without.status)
        });
    }
    failures.finish();
}

/// Relative prices are the same whichever price counts, though the market that a numeraire sets aside be a ten-billionth of world income.
#[test]
fn relative_prices_know_no_numeraire() {
    let mut failures = Failures::default();
    // Of one, part of the world is so small that rounding elsewhere is all of its markets; of the other, a price is so small that the path comes
    // to the end before its condition does.
    for (name, numeraires) in
        [("small_country", ["w1[C0]", "w1[C1]", "w3[C2]", "price[g0]"]), ("twelve_decades", ["w0[C1]", "w1[C0]", "w1[C1]", "price[g0]"])]
    {
        let file = support::root().join("tests/existence_cases").join(format!("{name}.trade"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut first: Option<(f64, f64)> = None;
        for numeraire in numeraires {
            let lines = text.lines().map(|l| if l.starts_with("numeraire") { format!("numeraire {numeraire}\n") } else { format!("{l}\n") });
            let said = solve(&lines.collect::<String>());
            failures.check(matches!(said.status, "solved" | "indeterminate"), || format!("{name}, {numeraire}: {} {}", said.status, said.words));
            let price = |name: &str| if name == numeraire { 1.0 } else { said.values.get(name).copied().unwrap_or(f64::NAN) };
            let own = (price("w1[C0]") / price("price[g0]"), price("price[g2]") / price("w1[C1]"));
            let known = *first.get_or_insert(own);
            let off = (own.0 / known.0 - 1.0).abs().max((own.1 / known.1 - 1.0).abs());
            failures.check(off < 1e-8, || format!("{name}, {numeraire}: relative prices differ by {off:e}"));
        }
    }
    failures.finish();
}

#[test]
fn under_no_numeraire_order_or_report_is_an_equilibrium_denied() {
    let mut failures = Failures::default();
    for seed in 1000..1120 {
        let k = known(seed);
        let others = if k.open { 1 } else { k.numeraires.len().min(4) };
        for n in 0..others {
            let said = solve(&k.program(n, seed ^ (77 + n as u64), n % 2 == 1));
            failures.check(matches!(said.status, "solved" | "indeterminate"), || {
                format!("seed {seed}, numeraire {:?}: {} {}", k.numeraires.get(n), said.status, said.words)
            });
        }
    }
    failures.finish();
}

/// One good, labor's tasks nearly all abroad: with d the part that stays, `d = 1.25 (ω/0.8)^5` and `ω = d w + 0.3 β (exp(3 (1 − d)) − 1)/3`.
#[test]
fn what_stays_at_home_is_its_own_scale() {
    let text = std::fs::read_to_string(support::root().join("examples/one_good.trade")).expect("the example");
    let mut failures = Failures::default();
    for beta in [0.05, 0.02, 0.012, 0.01, 0.0095, 0.0093, 0.0091, 0.008, 0.0075] {
        let said = solve(&text.replace("parameter beta = 1.6", &format!("parameter beta = {beta:?}")));
        let (mut d, mut bill) = (0.0, 0.0);
        for _ in 0..200 {
            let wage = 0.3 * beta * f64::exp(3.0 * (1.0 - d));
            bill = d * wage + 0.1 * beta * f64::exp_m1(3.0 * (1.0 - d));
            d = 1.25 * (bill / 0.8f64).powi(5);
        }
        let s = 0.0025 * 100.0 * bill / (0.8 * d);
        let got = said.values.get("s").copied().unwrap_or(f64::NAN);
        failures.check(said.status == "solved" && (got / s - 1.0).abs() < 1e-12, || {
            format!("beta {beta}, {d:e} at home: {} {}, s = {got:e}, exactly {s:e}", said.status, said.words)
        });
    }
    failures.finish();
}

/// Land in one of two countries only: `end` is what the other one's declaration and the industries say of it.
fn land(sigma: f64, other: &str, place: &str) -> String {
    format!(
        "model land\ncountry A {{ endowment L = 10, T = 5 }}\ncountry B {{ endowment L = 10{other} }}\nfactor L price w\nfactor T price t\n\
         good x price p\ngood y numeraire\nindustry x{place} {{ technology ces({sigma:?}) {{ L: 0.5, T: 0.5 }} }}\n\
         industry y {{ technology leontief {{ L: 1 }} }}\ndemand cobb_douglas {{ x: 0.5, y: 0.5 }}\n"
    )
}

#[test]
fn a_country_without_a_factor_does_without_it() {
    let mut failures = Failures::default();
    for sigma in [0.0, 0.5, 0.9, 1.0, 1.5, 3.0] {
        let none = solve(&land(sigma, ", T = 0", ""));
        failures.check(none.status == "solved", || format!("σ = {sigma}, T = 0: {} {}", none.status, none.words));
        failures.check(none.values.get("t[B]").is_some_and(|t| t.is_nan()), || format!("σ = {sigma}: t[B] = {:?}", none.values.get("t[B]")));
        let mut same = |how: &str, other: &Said| {
            for name in ["p", "w[A]", "w[B]", "t[A]", "output[x, A]", "output[y, A]", "output[y, B]"] {
                let (a, b) = (none.values.get(name).copied().unwrap_or(f64::NAN), other.values.get(name).copied().unwrap_or(f64::NAN));
                failures
                    .check((a - b).abs() <= 1e-9 * a.abs().max(1.0), || format!("σ = {sigma}, {how}: {name} = {b}, expected {a} ({})", other.words));
            }
        };
        same("no T declared", &solve(&land(sigma, "", "")));
        if sigma <= 1.0 {
            // Land is needed: the industry may as well not be there.
            same("x in A, T = 0", &solve(&land(sigma, ", T = 0", " in A")));
        } else {
            // What a trace of land does is next to nothing.
            let trace = solve(&land(sigma, ", T = 1e-14", ""));
            let (a, b) = (none.values.get("p").copied().unwrap_or(f64::NAN), trace.values.get("p").copied().unwrap_or(f64::NAN));
            failures.check((a - b).abs() < 1e-3 && none.values.contains_key("output[x, B]"), || format!("σ = {sigma}: p = {a}, with a trace {b}"));
        }
    }
    let one = solve(&land(1.0, ", T = 0", ""));
    failures.check(one.values.get("p").is_some_and(|p| (2.0 * p - 2.309401076758503).abs() < 1e-12), || format!("p = {:?}", one.values.get("p")));
    failures.finish();
}

#[test]
fn a_factor_that_vanishes_is_gone_whoever_asks() {
    let path = support::root().join("tests/existence_cases/land_vanishes.trade");
    let mut failures = Failures::default();
    let p = 2.309401076758503;
    let mut near = |what: &str, x: Option<f64>| failures.check(x.is_some_and(|x| (x - p).abs() < 1e-9), || format!("{what}: p = {x:?}"));
    let set = support::run::command("solve", &path, None, &[("T[B]".to_owned(), 0.0)]);
    near("--set", set.json["variables"]["p"].as_f64());
    let shock = support::run::command("shock", &path, Some("gone"), &[]);
    near("shock", shock.json["after"]["p"].as_f64());
    let sweep = support::run::command("sweep", &path, Some("down"), &[]);
    let column = sweep.json["columns"].as_array().and_then(|list| list.iter().position(|c| c == "p"));
    near("sweep", column.and_then(|c| sweep.json["rows"][0]["values"][c].as_f64()));
    failures.finish();
}
