//! Shocks through places where the equilibrium cannot be followed step by step, against figures worked out beside the program.

use crate::ask as support;

use support::{Told, ask};

#[track_caller]
fn near(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{got} is not {want}");
}

fn after(told: &Told, name: &str) -> f64 {
    told.json["after"][name].as_f64().unwrap_or_else(|| panic!("no `{name}`: {}\n{}", told.json, told.stderr))
}

fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let sign = f(low).signum();
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle).signum() == sign { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

const STEEP: &str = "
parameter beta = 3 in (0, inf)
schedule t(i) = 1 + sqrt(i)
country Home { endowment L = 100, H = 120 }
country Foreign { endowment L = 300, H = 300  productivity 1 / 1.5 }
factor L price w
factor H price s
tasks Lt of L { offshore Home -> Foreign cost beta * t(i) margin I bill Omega }
good x price p
good y numeraire
industry x { technology cobb_douglas { L: 0.3, H: 0.7 } }
industry y { technology cobb_douglas { L: 0.6, H: 0.4 } }
demand leontief { x: 1, y: 1 }
channels of w[Home] { productivity = Omega, relative_price = p, labor_supply = I }
";

/// The first task costs more at an infinite rate: offshoring begins with rate 0, and the path goes on.
#[test]
fn offshoring_begins_where_the_schedule_is_vertical() {
    let told = ask("shock", STEEP, &["beta = 1.3"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    // With two goods made in both countries wages differ by productivity on what the bundle costs: Ω w = 1.5 w*, so κ(I) = 1.5 / (β Ω).
    let i = after(&told, "I");
    let omega = 1.0 - i + 1.3 * (i + 2.0 / 3.0 * i.powf(1.5)) * after(&told, "w[Foreign]") / after(&told, "w[Home]");
    near(after(&told, "Omega"), omega, 1e-12);
    near(omega * after(&told, "w[Home]"), 1.5 * after(&told, "w[Foreign]"), 1e-12);
    near(1.3 * (1.0 + i.sqrt()) * omega, 1.5, 1e-10);
    let split: f64 = told.json["effects"]["w[Home]"].as_object().into_iter().flatten().filter_map(|(_, v)| v.as_f64()).sum();
    near(split, told.json["change"]["w[Home]"].as_f64().unwrap_or(f64::NAN), 1e-9);
    near(told.json["path"][0]["to"]["beta"].as_f64().unwrap_or(f64::NAN), 1.5, 1e-9);
    // Close to the border too there is an equilibrium, with a margin of next to nothing.
    assert!(ask("solve", STEEP, &["--set", "beta=1.49999"]).value("I") < 1e-10);
}

const FLOOR: &str = "
parameter floor = 0.55 in (0, inf)
variable w in (0, inf) start 0.6
variable r in (0, inf) start 0.6
variable u in [0, 1) \"unemployment\"
variable x in [0, inf) start 50
variable y in [0, inf) start 50
let cx = (w / 0.3)^0.3 * (r / 0.7)^0.7
let cy = (w / 0.6)^0.6 * (r / 0.4)^0.4
equation zx: cx >= 1 complements x
equation zy: cy >= 1 complements y
equation labor: 100 * (1 - u) = 0.3 * cx / w * x + 0.6 * cy / w * y
equation capital: 100 = 0.7 * cx / r * x + 0.4 * cy / r * y
equation wage: w >= floor complements u
";

/// Brecher (1974): at the wage of full employment with both goods, unemployment and outputs are open, so a falling floor makes them jump.
#[test]
fn an_equilibrium_that_jumps_is_reported_without_a_split() {
    let told = ask("shock", FLOOR, &["floor = 0.1"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let (a, b) = (0.3 * 0.3_f64.ln() + 0.7 * 0.7_f64.ln(), 0.6 * 0.6_f64.ln() + 0.4 * 0.4_f64.ln());
    let w = ((0.4 * a - 0.7 * b) / (0.4 * 0.3 - 0.7 * 0.6)).exp();
    let r = ((a - 0.3 * w.ln()) / 0.7).exp();
    near(after(&told, "w"), w, 1e-12);
    // w L = 0.3 x + 0.6 y and r K = 0.7 x + 0.4 y.
    near(after(&told, "x"), 100.0 * (0.6 * r - 0.4 * w) / 0.3, 1e-10);
    near(after(&told, "y"), 100.0 * (0.7 * w - 0.3 * r) / 0.3, 1e-10);
    assert_eq!(after(&told, "u"), 0.0);
    // Before, x alone is made: 1 − u = 0.3 x / (w L) with x = r K / 0.7.
    let rent = ((a - 0.3 * 0.55_f64.ln()) / 0.7).exp();
    near(told.json["before"]["u"].as_f64().unwrap_or(f64::NAN), 1.0 - 0.3 / 0.7 * rent / 0.55, 1e-12);
    near(told.json["path"][0]["to"]["floor"].as_f64().unwrap_or(f64::NAN), w, 1e-9);
    assert!(told.json["path"][0]["switches"].to_string().contains("jumps"), "{}", told.json["path"]);
    assert!(told.json["effects"].as_object().is_some_and(|e| e.is_empty()));
}

const PROTECTION: &str = "
parameter duty = 0.1 in [0, inf)
country Home { endowment L = 100, Ks = 30, Kc = 20, Kf = 50 }
factor L price w
factor Ks price rs specific to shirts
factor Kc price rc specific to cloth
factor Kf price rf specific to food
good shirts price = 1.2
good cloth price = 1 + duty
good food price = 1
industry shirts { technology leontief { cloth: 0.5, VA: 1 * ces(0.5) { L: 0.5, Ks: 0.5 } } }
industry cloth { technology cobb_douglas { L: 0.4, Kc: 0.6 } }
industry food { technology cobb_douglas { L: 0.5, Kf: 0.5 } }
demand cobb_douglas { shirts: 0.4, cloth: 0.1, food: 0.5 }
shock more { duty = 0.2 }
";

/// Where a tariff on cloth leaves shirts no value added, their capital earns nothing and they are imported: a border, not the end.
#[test]
fn an_industry_with_capital_of_its_own_shuts_down() {
    let rest = |tariff: f64| {
        let labor = |w: f64| {
            let rc = 0.6 * ((1.0 + tariff) / (w / 0.4).powf(0.4)).powf(1.0 / 0.6);
            20.0 * 0.4 / 0.6 * rc / w + 50.0 * 0.25 / (w * w)
        };
        root(|w| labor(w) - 100.0, 0.05, 5.0)
    };
    // With rs = 0 a unit of value added costs w/4.
    let border = root(|t| 1.2 - 0.5 * (1.0 + t) - 0.25 * rest(t), 0.5, 1.4);
    let regime = ask("regime", PROTECTION, &[]);
    near(regime.json["regime"]["holds"]["duty"][1].as_f64().unwrap_or(f64::NAN), border, 1e-8);
    let told = ask("shock", PROTECTION, &["duty = 1.3"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    near(after(&told, "w"), rest(1.3), 1e-10);
    assert_eq!((after(&told, "rs"), after(&told, "output[shirts]")), (0.0, 0.0));
    near(told.json["path"][0]["to"]["duty"].as_f64().unwrap_or(f64::NAN), border, 1e-7);
}

const QUOTA: &str = "
parameter q = 20 in [0, inf)
variable p in (0, inf) start 25
variable m in [0, inf) start 10
variable rent in [0, inf)
equation market: p + m = 100 - 2 * p
equation imports: 20 + rent >= p complements m
equation licence: q >= m complements rent
";

/// A quota that closes the border leaves the licence its value at the last unit.
#[test]
fn a_quota_of_nothing_is_reached() {
    let told = ask("shock", QUOTA, &["q = 0"]);
    assert_eq!((told.code, told.codes()), (0, vec![]), "{}", told.stderr);
    near(after(&told, "p"), 100.0 / 3.0, 1e-10);
    near(after(&told, "rent"), 40.0 / 3.0, 1e-9);
    near(after(&told, "m"), 0.0, 1e-10);
}

const CONES: &str = "
country North { endowment L = 100, K = 400 }
country South { endowment L = 300, K = 100 }
factor L price w
factor K price r
good machines price pm
good cloth price pc
good food numeraire
industry machines { technology cobb_douglas { L: 0.2, K: 0.8 } }
industry cloth { technology cobb_douglas { L: 0.5, K: 0.5 } }
industry food { technology cobb_douglas { L: 0.85, K: 0.15 } }
demand cobb_douglas { machines: 1, cloth: 1, food: 1 }
shock accumulation { K[South] = 240 }
";

/// Three goods and two factors: alike endowments equalise factor prices, and who makes what is open; in two cones it is settled.
#[test]
fn what_equal_factor_prices_leave_open_is_said() {
    // Who makes what, and nothing that is paid: of the unknowns, the six outputs.
    let free =
        |told: &Told| -> Vec<String> { told.json["free"].as_array().into_iter().flatten().filter_map(|f| f.as_str().map(str::to_owned)).collect() };
    let names = |told: &Told| free(told).iter().filter(|n| n.starts_with("output[")).count();
    assert_eq!(ask("solve", CONES, &[]).json["status"], "solved");
    // The world as one economy: labor earns the share that it has in costs, weighted by spending.
    let share: f64 = (0.2 + 0.5 + 0.85) / 3.0;
    let ratio = share / (1.0 - share) * (400.0 + 240.0) / (100.0 + 300.0);
    let w = 0.85 * f64::powf(ratio * 0.15 / 0.85, 0.15);
    let told = ask("solve", CONES, &["--set", "K[South]=240"]);
    assert_eq!((told.json["status"].as_str(), names(&told)), (Some("indeterminate"), 6));
    let shock = ask("shock", CONES, &["accumulation"]);
    assert_eq!((shock.json["status"].as_str(), names(&shock)), (Some("indeterminate"), 6), "{}", shock.stderr);
    assert!(!free(&told).iter().any(|n| n.starts_with("income") || n.starts_with("w[") || n.starts_with("demand")), "{:?}", free(&told));
    for country in ["w[North]", "w[South]"] {
        near(told.value(country), w, 1e-10);
        near(after(&shock, country), w, 1e-10);
    }
    let sweep = ask("sweep", CONES, &["K[South] = {100, 240}"]);
    assert_eq!((sweep.json["rows"][0]["status"].as_str(), sweep.json["rows"][1]["status"].as_str()), (Some("solved"), Some("indeterminate")));
}

/// Three goods just break even with two factors: prices have derivatives, outputs have none, and the test of the model knows.
#[test]
fn derivatives_are_not_asked_of_what_is_open() {
    let program = "
country Home { endowment L = 100, K = 100 }
factor L price w
factor K price r
good a price = 2
good b price = 2.5
good c price = 1.5
industry a { technology leontief { L: 1, K: 1 } }
industry b { technology leontief { L: 1, K: 1.5 } }
industry c { technology leontief { L: 1, K: 0.5 } }
demand cobb_douglas { a: 1, b: 1, c: 1 }
";
    let told = ask("test", program, &[]);
    assert_eq!(told.code, 0, "{}", told.json);
    let shock = ask("shock", program, &["L +1%"]);
    assert_eq!(shock.json["status"], "indeterminate");
    near(after(&shock, "welfare"), 201.0, 1e-12);
}
