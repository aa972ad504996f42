//! The social accounting matrix: every row equals its column, whatever the model; its cells are what the equilibrium says.

use crate::oracle;
use crate::support;

use oracle::names::Names;
use oracle::{generate, program::program};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use support::{Failures, files, root, run, stem};
use tasktrade::accounts::payments::Account;
use tasktrade::accounts::sam::{Ledger, Sam};
use tasktrade::accounts::{Doing, Who};
use tasktrade::diag::Diagnostic;
use tasktrade::model::Key;
use tasktrade::model::load::{Disk, load_file, load_text};
use tasktrade::session::Session;
use tasktrade::session::solved::Solved;

/// A row and its column may differ by this part of all payments.
const LAW: f64 = 1e-9;

const SEEDS: u64 = 300;

fn models() -> Vec<PathBuf> {
    ["examples", "tests/models"].iter().flat_map(|f| files(f, "trade")).collect()
}

fn opened(name: &str, text: &str) -> Session {
    Session::new(load_text(name, text, Path::new(name), &Disk)).unwrap_or_else(|f| panic!("{name}: {:?}", f.diagnostics.list))
}

/// The law, and what the matrix has in common with quantities that the system defines on its own.
fn holds(name: &str, solved: &Solved, ledger: &Ledger, sam: &Sam, failures: &mut Failures) {
    let balance = sam.balance();
    let finite = sam.cells.iter().all(|c| c.2.is_finite());
    failures.check(finite && balance.payments > 0.0, || format!("{name}: {} payments in all", balance.payments));
    failures.check(balance.gap() <= LAW, || format!("{name}: off by {:e}: {:?}", balance.gap(), balance.worst));
    let (e, values) = (&solved.prepared.economy, &solved.solution.values);
    let value = |key: Key| e.keys.get(&key).map(|s| values[s.index()]);
    let near = |a: f64, b: f64| (a - b).abs() <= LAW * balance.payments;
    for (account, (received, paid)) in sam.accounts.iter().zip(sam.totals()) {
        match *account {
            Account::Household(agent) => {
                let Who::Household(r) = ledger.rows.agent(agent).who else { continue };
                let income = value(Key::Income(r)).unwrap_or(f64::NAN);
                failures.check(near(received, income), || format!("{name}: household {r} receives {received}, its income is {income}"));
            }
            Account::Activity(a) => {
                let Doing::Make(j) = ledger.rows.activity(a).what else { continue };
                let good = e.industries[j].good;
                let country = e.industries[j].country;
                let own = value(Key::ProducerPrice(good, country)).or(value(Key::GoodPrice(good, Some(country))));
                let price = own.or(e.goods[good].given.map(|s| values[s.index()])).or(value(Key::GoodPrice(good, None)));
                let sales = price.unwrap_or(f64::NAN) * value(Key::Activity(j)).unwrap_or(f64::NAN);
                failures.check(near(received, sales), || format!("{name}: industry {j} receives {received}, its sales are {sales}"));
                failures.check(near(paid, sales), || format!("{name}: industry {j} pays {paid} of {sales}"));
            }
            _ => {}
        }
    }
}

#[test]
fn rows_equal_columns_in_all_models() {
    let stop = AtomicBool::new(false);
    let mut failures = Failures::default();
    for path in models() {
        let program = load_file(&path, &Disk).unwrap_or_else(|d| panic!("{}: {d:?}", path.display()));
        // Programs that are not yet in the language, or have no equilibrium, have no matrix.
        let Ok(session) = Session::new(program) else { continue };
        if session.economy.industries.is_empty() {
            continue;
        }
        match session.sam(&stop) {
            Ok((solved, ledger, sam)) => holds(&stem(&path), &solved, &ledger, &sam, &mut failures),
            Err(d) => failures.check(d.list.iter().any(|d| matches!(d.code, "S001" | "S010")), || format!("{}: {:?}", path.display(), d.list)),
        }
    }
    failures.finish();
}

#[test]
fn rows_equal_columns_in_random_economies() {
    let stop = AtomicBool::new(false);
    let (mut failures, mut solved_ones) = (Failures::default(), 0);
    for seed in 0..SEEDS {
        let e = generate::economy(seed);
        let text = program(&e, &Names::new(&e, seed), seed);
        let session = opened(&format!("seed {seed}"), &text);
        match session.sam(&stop) {
            Ok((solved, ledger, sam)) => {
                solved_ones += 1;
                holds(&format!("seed {seed}"), &solved, &ledger, &sam, &mut failures);
            }
            // A worthless numeraire counts nothing, whether that is all there is or not; `tests/solver/random.rs` proves that seed 198 has no equilibrium.
            Err(d) => {
                let worthless = |d: &Diagnostic| seed == 198 || d.title.contains("the numeraire is in excess supply");
                let fine = d.list.iter().all(|d| d.code == "S001" || d.code == "S002" && worthless(d));
                failures.check(fine, || format!("seed {seed}: {:?}", d.list));
            }
        }
    }
    failures.check(solved_ones > SEEDS * 9 / 10, || format!("only {solved_ones} of {SEEDS} economies were looked at"));
    failures.finish();
}

/// Cells by (receives, pays).
fn cells(out: &run::Outcome, field: &str) -> HashMap<(String, String), f64> {
    let list = out.json["cells"].as_array().unwrap_or_else(|| panic!("no cells: {}", out.complaint()));
    let word = |v: &serde_json::Value| v.as_str().unwrap_or("?").to_string();
    list.iter().map(|c| ((word(&c["receives"]), word(&c["pays"])), c[field].as_f64().unwrap_or(f64::NAN))).collect()
}

/// The figures of a small open economy, found apart.
#[test]
fn figures_of_a_small_open_economy() {
    let out = run::command("sam", &root().join("examples/small_ho.trade"), None, &[]);
    let cells = cells(&out, "value");
    let known = [
        ("industry[x]", "good[x]", 139.65),
        ("industry[y]", "good[y]", 112.53),
        ("good[x]", "household[Home]", 117.20),
        ("good[y]", "household[Home]", 117.20),
        ("good[x]", "world", 22.45),
        ("world", "good[y]", 4.67),
        ("factor[L]", "industry[x]", 28.52),
        ("factor[L]", "industry[y]", 49.43),
        ("factor[H]", "industry[x]", 104.63),
        ("factor[H]", "industry[y]", 51.82),
        ("outside[Abroad]", "industry[x]", 6.50),
        ("outside[Abroad]", "industry[y]", 11.27),
        ("world", "outside[Abroad]", 17.78),
        ("household[Home]", "factor[L]", 77.95),
        ("household[Home]", "factor[H]", 156.45),
    ];
    let mut failures = Failures::default();
    failures.check(cells.len() == known.len(), || format!("{} cells: {cells:?}", cells.len()));
    for (receives, pays, value) in known {
        let found = cells.get(&(receives.to_string(), pays.to_string())).copied();
        failures.check(found.is_some_and(|v| (v - value).abs() < 0.0051), || format!("{receives} receives {found:?} from {pays}, not {value}"));
    }
    failures.finish();
}

#[test]
fn after_a_shock_the_change_is_after_less_before() {
    let mut failures = Failures::default();
    for (file, shock) in [("small_ho", "beta -10%"), ("small_ho", "cheaper_offshoring"), ("markups", "less_competition"), ("large_ho", "A -5%")] {
        let path = root().join(format!("examples/{file}.trade"));
        let out = run::command("sam", &path, Some(shock), &[]);
        let [before, after, change] = ["before", "after", "change"].map(|f| cells(&out, f));
        let own = cells(&run::command("sam", &path, None, &[]), "value");
        for (pair, v) in &own {
            let was = before.get(pair).copied().unwrap_or(f64::NAN);
            failures.check((was - v).abs() <= 1e-9 * v.abs().max(1.0), || format!("{file} {shock}: {pair:?} was {was}, alone it is {v}"));
        }
        for (pair, v) in &change {
            failures.check((after[pair] - before[pair] - v).abs() <= 1e-12 * v.abs().max(1.0), || format!("{file} {shock}: {pair:?} changed by {v}"));
        }
        failures.check(change.values().any(|v| v.abs() > 1e-3), || format!("{file} {shock}: nothing changed"));
        for side in ["before", "after"] {
            let gap = out.json["balance"][side].as_f64().unwrap_or(f64::NAN);
            failures.check(gap <= LAW, || format!("{file} {shock}: {side} off by {gap}"));
        }
    }
    failures.finish();
}

fn printed(file: &str, more: &[&str]) -> String {
    let args: Vec<String> = ["sam", file].iter().chain(more).map(|s| s.to_string()).collect();
    let out = run::tasktrade(&args);
    assert_eq!(out.code, 0, "{file}: {}", out.complaint());
    out.stdout
}

#[test]
fn tables_fit_a_terminal() {
    let mut failures = Failures::default();
    for path in files("examples", "trade") {
        for line in printed(&path.display().to_string(), &[]).lines() {
            let wide = unicode_width::UnicodeWidthStr::width(line);
            // The heading says the regime in as many words as it needs.
            failures.check(wide <= 80 || line.starts_with("sam of"), || format!("{}: {wide} columns: {line}", stem(&path)));
        }
    }
    failures.finish();
}

#[test]
fn tables_read_well() {
    let mut out = String::new();
    for more in [
        &["examples/small_ho.trade"][..],
        &["examples/small_ho.trade", "beta -10%"],
        &["examples/markups.trade"],
        &["examples/small_ho.trade", "--latex"],
    ] {
        out.push_str(&format!("$ tasktrade sam {}\n{}\n", more.join(" "), printed(more[0], &more[1..])));
    }
    // The size of what rounding leaves differs from machine to machine.
    let steady: Vec<String> = out
        .lines()
        .map(|l| match (l.strip_prefix("balanced to "), l.split_once(" of all payments")) {
            (Some(_), Some((_, rest))) => format!("balanced to … of all payments{rest}"),
            _ => l.to_string(),
        })
        .collect();
    insta::assert_snapshot!("tables", steady.join("\n"));
}

/// What a spreadsheet reads: square, and its rows and columns have one total each.
#[test]
fn csv_is_a_square_that_balances() {
    for (more, parts) in [(&["--csv"][..], 1), (&["beta -10%", "--csv"], 3)] {
        let text = printed("examples/both_tasks.trade", more);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head: Vec<String> = reader.headers().expect("a header").iter().map(str::to_string).collect();
        let first = if parts == 1 { 1 } else { 2 };
        let names = &head[first..];
        let rows: Vec<Vec<String>> = reader.records().map(|r| r.expect("a row").iter().map(str::to_string).collect()).collect();
        assert_eq!(rows.len(), parts * names.len(), "{head:?}");
        for block in rows.chunks(names.len()) {
            let value = |r: usize, c: usize| block[r][first + c].parse::<f64>().expect("a number");
            let all: f64 = (0..names.len()).flat_map(|r| (0..names.len()).map(move |c| value(r, c).abs())).sum();
            assert!(all > 0.0);
            for (k, name) in names.iter().enumerate() {
                assert_eq!(block[k][first - 1], *name);
                let (row, column): (f64, f64) = ((0..names.len()).map(|c| value(k, c)).sum(), (0..names.len()).map(|r| value(r, k)).sum());
                assert!((row - column).abs() <= LAW * all, "{name}: {row} is not {column}");
            }
        }
    }
}

#[test]
fn without_demand_income_is_not_spent() {
    let text = "country Home { endowment L = 100, K = 60 }\nfactor L\nfactor K\ngood x price = 1.1\ngood y price = 1\n\
                industry x { technology ces(0.6) { L: 0.7, K: 0.3 } }\nindustry y { technology ces(0.6) { L: 0.3, K: 0.7 } }\n";
    let session = opened("no demand", text);
    let (solved, ledger, sam) = session.sam(&AtomicBool::new(false)).unwrap_or_else(|d| panic!("{:?}", d.list));
    let mut failures = Failures::default();
    holds("no demand", &solved, &ledger, &sam, &mut failures);
    let at = sam.accounts.iter().position(|a| *a == Account::NotSpent).expect("an account for what is not spent");
    let income: f64 = sam.totals()[at].0;
    failures.check(income > 0.0, || "nothing is left unspent".into());
    failures.finish();
}

#[test]
fn without_industries_there_are_no_accounts() {
    let out = run::command("sam", &root().join("tests/models/trade/armington_equations.trade"), None, &[]);
    assert_eq!((out.code, out.json["accounts"].as_array().map(Vec::len)), (0, Some(0)), "{}", out.complaint());
    assert!(printed("tests/models/trade/armington_equations.trade", &[]).contains("no accounts"));
}
