//! Borders of regimes and free quantities: what is said where an economy stands between two regimes or where its conditions leave something open.

use crate::ask as support;
use crate::start::{ended, tasktrade};

use support::ask;

/// The answer as text.
fn text(command: &str, program: &str, arguments: &[&str]) -> String {
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("{e}"));
    std::fs::write(file.path(), program).unwrap_or_else(|e| panic!("{e}"));
    let out = ended(tasktrade([command]).arg(file.path()).args(arguments));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Equal countries: A makes x, B makes y, and the price is just A's own cost ratio, so that A's y breaks even.
const RICARDO: &str = "
country A { endowment L = 100 }
country B { endowment L = 100 }
factor L price w
good x
good y numeraire
industry x in A { technology leontief { L: 1 } }
industry y in A { technology leontief { L: 1 } }
industry x in B { technology leontief { L: 2 } }
industry y in B { technology leontief { L: 1 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
shock growth { L[A] +10% }
shock decline { L[A] -10% }
";

#[test]
fn an_economy_that_starts_on_a_border_says_so() {
    for command in ["run", "solve", "regime"] {
        let told = ask(command, RICARDO, &[]);
        assert!(told.json["border"].as_str().is_some_and(|b| b.contains('y') && b.contains("breaks even")), "{command}: {}", told.json["border"]);
        assert!(text(command, RICARDO, &[]).contains("Border "), "{command}");
    }
    // Growth of A makes it produce both; its decline does not.
    let growth = ask("shock", RICARDO, &["growth"]);
    assert_eq!(growth.json["regime_unchanged"], false);
    let shown = text("shock", RICARDO, &["growth"]);
    assert!(!shown.contains("regime unchanged") && shown.contains("y in A starts up"), "{shown}");
    let decline = ask("shock", RICARDO, &["decline"]);
    assert_eq!(decline.json["regime_unchanged"], true, "{}", decline.json["path"]);
    // Inside a regime nothing is said.
    let inside = ask("solve", RICARDO, &["--set", "L[A]=90"]);
    assert!(inside.json.get("border").is_none() && inside.codes().is_empty());
}

/// Growing, A makes both goods at a price of 1, and its wage stands; shrinking, it is paid the more for its x, in proportion.
#[cfg(feature = "symbolic")]
#[test]
fn at_a_border_there_are_two_formulas() {
    let told = ask("derive", RICARDO, &["w[A] wrt L[A]"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let value = |side: &str| told.json[side]["value"].as_f64().unwrap_or_else(|| panic!("no {side}: {}", told.json));
    assert!((value("left") + 1.0).abs() < 1e-9 && value("right").abs() < 1e-9, "{}", told.json);
    let shown = text("derive", RICARDO, &["w[A] wrt L[A]"]);
    assert!(shown.contains("left of the border") && shown.contains("right of the border"), "{shown}");
}

/// The log-linear form of either side.
#[cfg(feature = "symbolic")]
#[test]
fn at_a_border_there_are_two_forms() {
    let told = ask("hats", RICARDO, &[]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let rows = |side: &str| told.json[side]["equations"].as_array().map_or(0, Vec::len);
    assert!(rows("left") > 0 && rows("right") > 0 && rows("left") != rows("right"), "{}", told.json);
    let shown = text("hats", RICARDO, &[]);
    assert!(shown.contains("two regimes meet here") && shown.contains("left of the border"), "{shown}");
}

/// Signs and splits have two sides there too.
#[cfg(feature = "symbolic")]
#[test]
fn at_a_border_there_are_two_signs() {
    let told = ask("sign", RICARDO, &["w[A] wrt L[A]"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert_eq!((&told.json["left"]["sign"], &told.json["right"]["sign"]), (&"-".into(), &"0".into()), "{}", told.json);
    let told = ask("effects", RICARDO, &["w[A] in terms of price[x] wrt L[A]"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    // Where A makes both goods a given price leaves open how much of each.
    assert!(told.json["left"]["total"].is_object() || told.json["left"]["total"].is_number(), "{}", told.json);
    assert!(told.json["right"]["error"].as_str().is_some_and(|e| e.contains("A051")), "{}", told.json);
}

const OFFSHORING: &str = "
parameter beta = 1.3 in (0, inf)
schedule t(i) = table { 0: 1, 0.2: 1.2, 1: 3 }
country Home { endowment L = 100, H = 110 }
country Abroad mark \"*\" outside { price L = 0.5 }
factor L price w
factor H price s
tasks Ltasks of L { offshore Home -> Abroad cost beta * t(i) margin I bill Omega }
good x price p = 1.2
good y price = 1
industry x { technology ces(0.6) { L: 0.3, H: 0.7 } }
industry y { technology ces(0.6) { L: 0.6, H: 0.4 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
channels of w { productivity = Omega, labor_supply = I }
";

/// On a knot of a schedule the marginal task's cost has two slopes: what rests on them has two formulas, with the numbers of either side; what does
/// not has one.
#[cfg(feature = "symbolic")]
#[test]
fn on_a_kink_there_are_two_formulas() {
    // Prices give wΩ; at I = 0.2 the marginal task costs 1.2 and Ω = 0.8 + 0.22/1.2.
    let anywhere = ask("solve", OFFSHORING, &[]);
    let beta = anywhere.value("w") * anywhere.value("Omega") / (0.8 + 0.22 / 1.2) / (1.2 * 0.5);
    let at = format!("beta={beta:?}");
    let here = ask("solve", OFFSHORING, &["--set", &at]);
    assert!((here.value("I") - 0.2).abs() < 1e-12);
    let step = 1e-6;
    let slope = |direction: f64| {
        let moved = ask("solve", OFFSHORING, &["--set", &format!("beta={:?}", beta * (1.0 + direction * step))]);
        (moved.value("I") - here.value("I")) / 0.8 / (direction * step)
    };
    for command in ["derive", "sign"] {
        let told = ask(command, OFFSHORING, &["I wrt beta", "--set", &at]);
        assert_eq!(told.code, 0, "{}", told.stderr);
        for (side, direction) in [("left", -1.0), ("right", 1.0)] {
            let value = told.json[side]["value"].as_f64().unwrap_or_else(|| panic!("{command}: no {side}: {}", told.json));
            assert!((value - slope(direction)).abs() < 1e-4 * value.abs(), "{command} {side}: {value}, {}", slope(direction));
        }
        let plain = ask(command, OFFSHORING, &["w wrt beta", "--set", &at]);
        assert!(plain.json.get("left").is_none() && plain.json["value"].is_number(), "{command}: {}", plain.json);
    }
    let told = ask("effects", OFFSHORING, &["w wrt beta", "--set", &at]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let shown = text("elasticities", OFFSHORING, &["--set", &at]);
    assert!(shown.contains("left of the kink") && shown.contains("right of the kink"), "{shown}");
}

/// Two industries alike: how labor is divided is open, what all of it earns is not.
const OPEN: &str = "
country Home { endowment L = 100 }
factor L price w
good x price = 1
good y price = 1
industry x { technology leontief { L: 1 } }
industry y { technology leontief { L: 1 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
let total = output[x] + output[y]
report { w, total, output[x], exports[y], output[x] - output[y] }
";

#[test]
fn what_rests_on_free_quantities_is_free() {
    let told = ask("solve", OPEN, &[]);
    assert_eq!(told.json["status"], "indeterminate");
    let free: Vec<&str> = told.json["free"].as_array().into_iter().flatten().filter_map(|f| f.as_str()).collect();
    for name in ["output[x]", "output[y]", "exports[x]", "exports[y]"] {
        assert!(free.contains(&name), "{name} is not among {free:?}");
    }
    for name in ["w", "total", "income", "demand[x]", "welfare"] {
        assert!(!free.contains(&name), "{name} is among {free:?}");
    }
    let shock = ask("shock", OPEN, &["L +10%"]);
    assert!(shock.json["change"]["exports[y]"].is_null() && shock.json["change"]["output[x]"].is_null());
    let total = shock.json["change"]["total"].as_f64().unwrap_or(f64::NAN);
    assert!((total - 1.1f64.ln()).abs() < 1e-12, "{total}");
    // Derivatives: those of what is determined exist.
    let slopes = ask("elasticities", OPEN, &[]);
    assert!(slopes.json["d_dln"]["L"]["output[x]"].is_null());
    assert!((slopes.json["elasticity"]["L"]["total"].as_f64().unwrap_or(f64::NAN) - 1.0).abs() < 1e-12);
    let shown = text("run", OPEN, &[]);
    assert!(shown.lines().any(|l| l.contains("output[x]") && l.trim_end().ends_with("free")), "{shown}");
    assert!(shown.contains("may shift without changing prices"), "{shown}");
}

/// A good that nobody makes and only an idle industry would use: its price is open, no law fails by it, and it is no quantity that shifts at given prices.
#[test]
fn an_open_price_is_no_shifting_quantity() {
    let program = "
country Home { endowment L = 100 }
factor L price w
good x price = 1
good y price = 0.1
good z nontraded
industry x { technology leontief { L: 1 } }
industry y { technology leontief { z: 1 } }
industry z { technology leontief { L: 2 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
";
    let shown = text("solve", program, &[]);
    assert!(!shown.contains("may shift without changing prices"), "{shown}");
    let told = ask("test", program, &[]);
    assert_eq!(told.code, 0, "{}", told.json);
    let solved = ask("solve", program, &[]);
    assert_eq!(solved.json["status"], "indeterminate");
    // The range ends at the unit cost.
    assert!((solved.json["at_most"]["price[z]"].as_f64().unwrap_or(f64::NAN) - 2.0).abs() < 1e-9, "{}", solved.json);
}

#[test]
fn price_indices_are_one_at_the_files_own_values() {
    let file = std::fs::read_to_string("examples/ricardo.trade").unwrap_or_else(|e| panic!("{e}"));
    for numeraire in ["price[wine]", "price[cloth]", "w[England]", "income[Portugal]", "price_index[England]"] {
        let program = file.replace("numeraire price[wine]", &format!("numeraire {numeraire}"));
        let program = format!("{program}\nreport {{ price_index[England], price_index[Portugal] }}\n");
        let told = ask("solve", &program, &[]);
        for country in ["England", "Portugal"] {
            let index = told.value(&format!("price_index[{country}]"));
            assert!((index - 1.0).abs() < 1e-12, "{numeraire}: {index}\n{}", told.stderr);
        }
    }
}

/// What is 0 up to the arithmetic prints 0, and tasks are spoken of only where there are any.
#[test]
fn words_and_zeros_of_the_examples() {
    for entry in std::fs::read_dir("examples").unwrap_or_else(|e| panic!("{e}")).flatten() {
        let path = entry.path();
        let Ok(program) = std::fs::read_to_string(&path) else { continue };
        if !program.contains("country") {
            continue;
        }
        let shown = text("run", &program, &[]);
        for line in shown.lines().filter(|l| !l.contains("residual") && !l.contains("error below")) {
            let noise = line
                .split_whitespace()
                .any(|w| w.contains("e-1") && w.trim_matches(['(', ')', '+', '-', '·']).parse::<f64>().is_ok_and(|v| v.abs() < 1e-11));
            assert!(!noise, "{}: {line}", path.display());
        }
        if !program.contains("tasks ") {
            assert!(!shown.contains("tasks") && !shown.contains("offshor"), "{}: {shown}", path.display());
        }
    }
}

/// Conduct lies in [0, 1]; that an industry would shut down at 9 bounds nothing.
#[test]
fn what_the_file_excludes_is_no_bound() {
    let told = ask("regime", include_str!("../models/classics/monopoly/monopoly.trade"), &[]);
    let bounds = &told.json["regime"]["holds"]["conduct"];
    assert!(bounds[0].is_null() && bounds[1].is_null() && bounds.is_array(), "{}", told.json["regime"]);
}
