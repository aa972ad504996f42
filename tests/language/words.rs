//! Promises of the language that small programs show: each runs through the binary, its text on stdin.

use crate::ask as support;
use crate::start::{ended, tasktrade};

use serde_json::Value;
use std::time::{Duration, Instant};
use support::{Told, ask};

fn check(program: &str) -> Told {
    ask("check", program, &[])
}

/// The program is refused, by these codes and no others.
#[track_caller]
fn refused(program: &str, codes: &[&str]) -> Told {
    let told = check(program);
    assert_eq!(told.codes(), codes, "{program}\n{}", told.stderr);
    assert_eq!(told.code, 1, "{program}\n{}", told.stderr);
    told
}

const ONE_FACTOR: &str = "
country H { endowment L = 100, K = 50 }
factor L price w
factor K price r
good g numeraire
good h
industry h { technology leontief { L: 1 } }
";

#[test]
fn a_name_is_bound_once() {
    refused("set S = {a, b} parameter v[g in S, g in S] = 1", &["N047"]);
    refused("set S = {a, b} let v = sum(g in S, g in S) 1", &["N047"]);
    refused("function f(a, a) = a", &["N047"]);
    refused("schedule t(i; k, i) = k*i", &["N047"]);
}

#[test]
fn bodies_are_checked_before_they_are_called() {
    refused("function f(a) = a + q", &["N001"]);
    refused("schedule t(i) = 1 + slop*i", &["N001"]);
    let fine = "set S = {a, b} parameter v[g in S] = 1 function f(g, x) = if g == a then v[g]*x else sum(h in S) v[h] let z = f(a, 2) + f(b, 1)";
    assert_eq!(check(fine).code, 0);
}

#[test]
fn least_and_greatest_need_an_argument() {
    let told = refused("let b = min()", &["N023"]);
    assert!(!told.stderr.contains("did you mean"), "{}", told.stderr);
}

#[test]
fn tables_name_each_entry_once_at_every_depth() {
    refused("set S = {a, b} parameter v[g in S] = {a: 1, a: 2, b: 3}", &["M024"]);
    refused("set S = {a, b} parameter v[g in S, h in S] = {a: {a: 1, b: 2}, b: {a: 1, b: 2, a: 3}}", &["M024"]);
    let told = check("set S = {a, b} parameter v[g in S, h in S] = {a: {a: 1, b: 2, c: 3}, b: {a: 1, b: 2}}");
    assert_eq!((told.code, told.codes()), (0, vec!["M027"]));
}

#[test]
fn calls_and_nests_that_double_end() {
    let started = Instant::now();
    assert!(refused("function f(a) = f(a) + f(a) let b = f(1)", &["N027", "N027", "N012"]).code == 1);
    let mut text = "function f0(a) = a + 1\n".to_string();
    for k in 1..=40 {
        text += &format!("function f{k}(a) = f{}(a)*f{}(a + 1)\n", k - 1, k - 1);
    }
    refused(&format!("{text} parameter q = 1 let z = f40(q)"), &["N012"]);
    let twice =
        format!("technology f(s) = ces(s) {{ A: f(s), B: f(s) }} {ONE_FACTOR} industry g {{ technology f(1) }} demand cobb_douglas {{ g: 1, h: 1 }}");
    assert!(refused(&twice, &["N027", "N012"]).code == 1);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    // What ends by itself is no circle.
    let told = ask("run", "function f(n) = if n < 1 then 1 else n*f(n - 1) let b = f(10) report { b }", &[]);
    assert_eq!(told.value("b"), 3628800.0);
}

fn offshoring(schedule: &str) -> String {
    format!(
        "{schedule}
country Home {{ endowment L = 100, H = 110 }}
country Abroad outside {{ price L = 0.5 }}
factor L price w
factor H price s
tasks Lt of L {{ offshore Home -> Abroad cost 1.3*t(i) margin I bill Omega }}
good x price = 1.2
good y price = 1
industry x {{ technology ces(0.6) {{ L: 0.3, H: 0.7 }} }}
industry y {{ technology ces(0.6) {{ L: 0.6, H: 0.4 }} }}
demand cobb_douglas {{ x: 0.5, y: 0.5 }}"
    )
}

#[test]
fn a_schedule_table_covers_all_tasks() {
    for table in ["{0.2: 1, 1: 3}", "{0: 1, 0.9: 3}", "{0: 1}", "{0: 1, 0: 2, 1: 3}"] {
        refused(&offshoring(&format!("schedule t(i) = table {table}")), &["M009"]);
        refused(&offshoring(&format!("schedule t(i) = smooth table {table}")), &["M009"]);
    }
    // The order of entries is free.
    assert_eq!(check(&offshoring("schedule t(i) = table {1: 3, 0: 1}")).code, 0);
}

#[test]
fn weights_may_not_all_be_zero() {
    let with = |form: &str, demand: &str| format!("{ONE_FACTOR} industry g {{ technology {form} {{ L: 0, K: 0 }} }} demand {demand}");
    for form in ["ces(0.5)", "leontief", "ces(2) normalized"] {
        assert!(refused(&with(form, "cobb_douglas { g: 1, h: 1 }"), &["M003"]).stderr.contains("sum of the weights"));
    }
    refused(&format!("{ONE_FACTOR} industry g {{ technology leontief {{ K: 1 }} }} demand cobb_douglas {{ g: 0, h: 0 }}"), &["M003"]);
}

/// A broken technology is one finding: what it would have used or made is not missed a second time.
#[test]
fn one_slip_is_one_error() {
    let with = |g: &str, demand: &str| format!("{ONE_FACTOR} industry g {{ technology {g} }} demand {demand}");
    refused(&with("ces(0.5) { L: 0.4, L: 0.4 }", "cobb_douglas { g: 1, h: 1 }"), &["M037"]);
    refused(&with("ces(0.5) { L: 0.4, q: 0.4 }", "cobb_douglas { g: 1, h: 1 }"), &["N035"]);
    refused(&with("ces(0.5) { L: 0.4, K: 0.4 }", "cobb_douglas { g: 1, h: 1, L: 1 }"), &["M040"]);
    let free = ONE_FACTOR.replace(" numeraire", "");
    refused(&format!("{free} industry g {{ technology leontief {{ K: 1 }} }} demand cobb_douglas {{ g: 1, h: 1 }} numeraire nosuch"), &["N001"]);
}

#[test]
fn a_numeraire_names_a_price() {
    let free = ONE_FACTOR.replace(" numeraire", "");
    let with = |n: &str| {
        format!("{free} industry g {{ technology leontief {{ K: 1 }} }} demand cobb_douglas {{ g: 1, h: 1 }} parameter a = 2 let twice = 2*w {n}")
    };
    refused(&with("numeraire 2"), &["T023"]);
    refused(&with("numeraire a"), &["T023"]);
    refused(&with("numeraire output[g]"), &["T023"]);
    for fine in ["numeraire w", "numeraire twice", "numeraire price_index", "numeraire income", "numeraire w*price[g]"] {
        assert_eq!(check(&with(fine)).code, 0, "{fine}");
    }
}

#[test]
fn a_nontraded_numeraire_belongs_to_a_country() {
    let one = "country H { endowment L = 100 } factor L price w good s nontraded numeraire
        industry s { technology leontief { L: 2 } } demand cobb_douglas { s: 1 }";
    let told = ask("solve", one, &[]);
    assert!((told.value("w") - 0.5).abs() < 1e-12);
    refused(&format!("{one} country F {{ endowment L = 50 }}"), &["N008"]);
}

const SEVERAL_LINES: &str = "
country A { endowment L = 100, H = 100 }
country B { endowment L = 300, H = 100 productivity = 0.5 }
country C { endowment L = 500, H = 100 productivity = 0.3 }
factor L price w
factor H price s
tasks Lt of L {
  offshore A -> B cost 1.2*(1 + i) in x
  offshore A -> C cost 1.3*(1 + i) in y
  offshore B -> C cost 1.3*(1 + i)
}
good x numeraire
good y
industry x { technology cobb_douglas { L: 0.3, H: 0.7 } }
industry y { technology cobb_douglas { L: 0.7, H: 0.3 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
report { gamma[Lt, B], gamma[Lt, x, A], gamma[I, y, A], I[x, A], I[y, A], I[B], Omega[y, A], task_imports[Lt, B] }
";

/// Margins carry the indices that vary; no two have one name, and each can be asked for.
#[test]
fn lines_of_one_origin_keep_their_margins_apart() {
    let told = ask("run", SEVERAL_LINES, &[]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.value("I[x, A]") > told.value("I[y, A]"));
    assert_eq!(told.value("I[B]"), 0.0);
    // A destination of one line may be the origin of another: the origin is meant.
    assert_eq!(told.value("gamma[Lt, B]"), 0.0);
}

#[test]
fn arguments_that_are_no_change_say_so() {
    let program = "parameter beta = 1 shock cheaper { beta -10% }";
    for (argument, code, word) in [("cheapr", "C004", "did you mean `cheaper`?"), ("beta", "C012", "beta -10%"), ("zzz", "C004", "`cheaper`")] {
        let told = ask("shock", program, &[argument]);
        assert_eq!((told.code, told.codes()), (2, vec![code]), "{}", told.stderr);
        assert!(told.stderr.contains(word), "{}", told.stderr);
    }
    assert_eq!(ask("sweep", program, &["beta"]).codes(), ["C005"]);
}

const SPECIFIC: &str = "
parameter q = 1.1
country Home { endowment L = 100, K = 20 }
factor L price w
factor K price r
good x price = q
good y price = 1/q
industry x { technology cobb_douglas { L: 0.3, K: 0.7 } }
industry y { technology cobb_douglas { L: 0.7, K: 0.3 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
";

/// A given price that follows a parameter is an anchor all the same, and setting it cuts the link and says so.
#[test]
fn a_definition_that_is_set_is_cut_loose() {
    let told = ask("test", SPECIFIC, &[]);
    assert!(told.json["tests"].as_array().is_some_and(|l| l.len() == 4 && l.iter().all(|t| t["passed"] == true)), "{}", told.json);
    let (base, set) = (ask("solve", SPECIFIC, &[]), ask("solve", SPECIFIC, &["--set", "price[y]=2"]));
    assert_eq!(set.codes(), ["C015"], "{}", set.stderr);
    // y alone is made: the wage follows its price.
    assert!((set.value("w") / base.value("w") - 2.0 * 1.1).abs() < 1e-12);
    assert!((set.value("price_index") - 2.2_f64.sqrt()).abs() < 1e-12, "the index is 1 at the file's own values");
    let shock = ask("shock", SPECIFIC, &["price[y] = 2"]);
    assert_eq!(shock.codes(), ["C015"]);
    assert!((shock.json["after"]["w"].as_f64().unwrap_or(f64::NAN) - set.value("w")).abs() < 1e-12);
    let sweep = ask("sweep", SPECIFIC, &["price[y] = {1, 2}"]);
    let at = |row: usize| sweep.json["rows"][row]["values"][0].as_f64().unwrap_or(f64::NAN);
    assert!((at(1) - set.value("w")).abs() < 1e-12 && (at(0) * 2.0 - at(1)).abs() < 1e-12, "{}", sweep.json);
}

#[test]
fn what_is_missing_is_offered_in_the_users_words() {
    let with = |report: &str| format!("{SPECIFIC} report {{ {report} }}");
    assert!(refused(&with("output"), &["N009"]).stderr.contains("write `output[x]` or `output[y]`"));
    assert!(refused(&with("theta[L]"), &["N009"]).stderr.contains("write `theta[L, x]` or `theta[L, y]`"));
    assert!(refused(&with("real"), &["N006"]).stderr.contains("real(w)"));
}

#[test]
fn places_are_those_of_the_file() {
    let told = check(&format!("let a = {}1 + nosuch\r\n", "1 + ".repeat(100)));
    let column = 9 + 400 + 4;
    assert_eq!(told.json["diagnostics"][0]["labels"][0]["column"], column);
    assert!(told.stderr.contains(&format!("<stdin>:1:{column} ]")), "{}", told.stderr);
    assert!(!told.stderr.contains('\u{FFFD}'), "{}", told.stderr);
}

/// stdout is one JSON object whatever was asked.
#[test]
fn json_is_json_for_lists_and_wrong_usage() {
    let run = |args: &[&str]| {
        let out = ended(&mut tasktrade(args));
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|e| panic!("{args:?}: {e}: {text}"))
    };
    assert!(run(&["explain", "--json"])["codes"].as_array().is_some_and(|l| l.len() > 50));
    let told = run(&["solve", "--json"]);
    assert!(told["diagnostics"][0]["message"].as_str().is_some_and(|m| m.contains("<FILE>")), "{told}");
}

const TWO_NAMED_LINES: &str = "
schedule t(i) = 1 + 0.3 * i
country Home { endowment L = 100, H = 100 }
country Abroad outside { price L = 0.4 }
factor L price w
factor H price s
tasks Lt of L {
  offshore Home -> Abroad cost 1.02 * t(i) in x margin Ix bill Ox
  offshore Home -> Abroad cost 3 * t(i) in y margin Iy bill Oy
}
good x price = 1
good y price = 1
industry x { technology cobb_douglas { L: 0.3, H: 0.7 } }
industry y { technology cobb_douglas { L: 0.6, H: 0.4 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
";

/// Lines with margins of their own names still differ in everything else, and are told apart there.
#[test]
fn named_lines_of_two_industries_have_bundles_of_their_own() {
    let regime = ask("regime", TWO_NAMED_LINES, &[]);
    assert_eq!(regime.json["regime"]["tasks[Lt, x]"], "part", "{}", regime.json);
    assert_eq!(regime.json["regime"]["tasks[Lt, y]"], "none");
    let equations = ask("equations", TWO_NAMED_LINES, &[]).json.to_string();
    assert!(equations.contains("omega_{x}") || equations.contains("ω[x]"), "{equations}");
    let told = refused(&format!("{TWO_NAMED_LINES} report {{ employed_abroad[Lt] }}"), &["N008"]);
    assert!(told.stderr.contains("write `employed_abroad[Lt, x]` or `employed_abroad[Lt, y]`"), "{}", told.stderr);
}

/// Prices given leave the outputs of a closed economy open, but not those of the whole system: a formula is found all the same.
#[cfg(feature = "symbolic")]
#[test]
fn a_markup_on_an_intermediate_has_a_formula() {
    let program = "
parameter m = 1.25 in [1, inf)
country Home { endowment L = 100, K = 50 }
factor L price w
factor K price r
good steel nontraded
good cars nontraded
good food numeraire
industry steel { technology cobb_douglas { K: 0.7, L: 0.3 } markup m }
industry cars { technology ces(0.5) { steel: 0.4, L: 0.6 } }
industry food { technology cobb_douglas { L: 0.8, K: 0.2 } }
demand cobb_douglas { cars: 0.5, food: 0.5 }
";
    let told = ask("derive", program, &["w wrt m"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let (formula, solver) = (told.json["value"].as_f64().unwrap_or(f64::NAN), told.json["solver_value"].as_f64().unwrap_or(f64::NAN));
    assert!((formula - solver).abs() < 1e-8, "{formula} {solver}");
}

const SMALL: &str = "
parameter beta = 1.3 in (0, inf)
schedule t(i) = 1 + i
country Home { endowment L = 100, H = 110 }
country Abroad outside { price L = 0.5 }
factor L price w
factor H price s
tasks Lt of L { offshore Home -> Abroad cost beta * t(i) margin I bill Omega }
good x price p = 1.2
good y price = 1
industry x { technology ces(0.6) { L: 0.3, H: 0.7 } }
industry y { technology ces(0.6) { L: 0.6, H: 0.4 } }
demand cobb_douglas { x: 0.5, y: 0.5 }
report { w, s, I }
shock down { beta -10% }
";

/// One slip, one error: what the broken declaration would have brought is not missed a second time.
#[test]
fn a_slip_is_one_error_that_says_what_to_write() {
    for (right, wrong, code, word) in [
        ("beta = 1.3", "beta = 1,300", "P001", "write `1000`"),
        ("beta = 1.3", "beta = 1,3", "P001", "`1.3`"),
        ("L = 100", "L = 1,000", "P001", "write `1000`"),
        ("beta = 1.3", "beta := 1.3", "P001", "a value is given with `=`"),
        ("beta = 1.3", "beta = .3", "P007", "`0.5`"),
        ("1 + i\n", "1 + i;\n", "P001", "leave the `;` out"),
        ("1 + i\n", "1 + 2i\n", "P007", "`2 * i`"),
        ("factor L", "Factor L", "P002", "in lower case: `factor`"),
        ("Home -> Abroad", "Home to Abroad", "P001", "offshore A -> B"),
        ("{ L: 0.3, H: 0.7 }", "{ L = 0.3, H = 0.7 }", "P001", "`L: 0.3`"),
        ("ces(0.6) { L: 0.3", "ces { L: 0.3", "P001", "`ces(0.5) { … }`"),
        ("schedule t", "# costs\nschedule t", "P006", "`//`"),
        (", H = 110", "", "T011", "endowment H"),
        ("report { w", "let z = log10(w)\nreport { w", "N002", "`ln(x) / ln(10)`"),
        ("report { w", "equation e: w = 1\nreport { w", "T002", "remove `e`"),
        ("beta -10%", "w -10%", "C010", "a parameter"),
    ] {
        let told = ask("run", &SMALL.replace(right, wrong), &[]);
        assert_eq!((told.code, told.codes()), (1, vec![code]), "{wrong}\n{}", told.stderr);
        assert!(told.stderr.contains(word), "{wrong}\n{}", told.stderr);
    }
    // A second slip elsewhere is still told.
    let told = ask("run", &SMALL.replace("beta = 1.3", "beta = 1,3").replace("{ w, s, I }", "{ w, s, J }"), &[]);
    assert_eq!(told.codes(), ["P001", "N001"], "{}", told.stderr);
}
