//! Several equilibria: how many there are, which one is shown, and where a branch of them ends.

use crate::ask as support;
use crate::branches_support;

use branches_support::{Exchange, NUMERAIRES, Random};
use serde_json::Value;
use support::{Told, ask};

#[track_caller]
fn near(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-3), "{got} is not {want}");
}

/// Equilibria that `solve --starts` lists: a value of each and its index, in order of the value.
fn listed(told: &Told, value: impl Fn(&Value) -> f64) -> Vec<(f64, i64)> {
    let all = told.json["equilibria"].as_array().unwrap_or_else(|| panic!("no list: {}\n{}", told.json, told.stderr));
    let mut out: Vec<(f64, i64)> = all.iter().map(|e| (value(&e["variables"]), e["index"].as_i64().unwrap_or(0))).collect();
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out
}

fn q_of(variables: &Value) -> f64 {
    variables["q"].as_f64().unwrap_or(f64::NAN)
}

#[test]
fn kehoes_three_equilibria_are_found_with_their_indices() {
    let e = Exchange::kehoe();
    let told = ask("solve", &e.program("price[x]", ""), &["--starts", "20"]);
    let found = listed(&told, |v| 1.0 / (1.0 + q_of(v)));
    let want = [(0.1129, 1), (0.5, -1), (0.8871, 1)];
    assert_eq!(found.len(), 3, "{found:?}");
    for ((p, index), (wanted, sign)) in found.iter().zip(want) {
        near(*p, wanted, 5e-4);
        assert_eq!(*index, sign);
    }
    assert_eq!(told.json["equilibria"][0]["variables"], told.json["variables"], "the first is the one shown");
    let stable: Vec<bool> = told.json["equilibria"].as_array().into_iter().flatten().filter_map(|e| e["stable"].as_bool()).collect();
    assert_eq!(stable.len(), 3);
}

/// Jones (1971), Kehoe: with one household too, distorted production may have three equilibria.
const TAXED: &str = "
country Home { endowment L = 1.6054, K = 1 }
factor L price w
factor K price r
good x
good y
good kx
industry kx { technology leontief { K: 1 }  markup 4 }
industry x { technology ces(0.1) { L: 0.65, kx: 0.35 } }
industry y { technology ces(0.1) { L: 0.55, K: 0.45 } }
demand ces(4) { x: 1, y: 2.0032^(-4) }
numeraire w
";

#[test]
fn a_taxed_economy_with_one_household_has_three_equilibria() {
    let told = ask("solve", TAXED, &["--starts", "40"]);
    let found = listed(&told, |v| 1.0 / v["r"].as_f64().unwrap_or(f64::NAN));
    let want = [(0.502, 1), (1.0, -1), (3.225, 1)];
    assert_eq!(found.len(), 3, "{found:?}");
    for ((ratio, index), (wanted, sign)) in found.iter().zip(want) {
        near(*ratio, wanted, 2e-3);
        assert_eq!(*index, sign);
    }
    // More than one relative price adjusts: nothing is said of stability.
    assert!(told.json["equilibria"][0].get("stable").is_none());
}

/// Every draw: what is found are equilibria, with the index that the excess demand's slope has; all of them, as their indices sum to 1.
#[test]
fn the_list_is_that_of_the_excess_demand() {
    let mut several = 0;
    for seed in 0..40 {
        let e = Exchange::drawn(seed);
        let want = e.equilibria();
        let told = ask("solve", &e.program("price[x]", ""), &["--starts", "12"]);
        let found = listed(&told, q_of);
        assert_eq!(found.len(), want.len(), "seed {seed}: {found:?} are not {want:?}");
        for ((q, index), (wanted, sign)) in found.iter().zip(&want) {
            near(*q, *wanted, 1e-8);
            assert_eq!(index, sign, "seed {seed}");
        }
        assert_eq!(found.iter().map(|f| f.1).sum::<i64>(), 1);
        several += usize::from(want.len() > 1);
        if told.json["unique"] == true {
            assert_eq!(want.len(), 1, "seed {seed} is called unique");
        }
    }
    assert!(several >= 5, "only {several} of the draws have several equilibria");
}

/// The equilibrium shown is the same in every unit of account, and by every command.
#[test]
fn the_equilibrium_shown_does_not_depend_on_the_numeraire_or_the_command() {
    let more = "report { q } sweep gifts { gift = {-0.2, 0, 0.05} }";
    for seed in (0..24).chain([1000]) {
        let e = if seed == 1000 { Exchange::kehoe() } else { Exchange::drawn(seed) };
        let mut shown: Option<f64> = None;
        for (k, numeraire) in NUMERAIRES.iter().enumerate().filter(|(k, _)| seed >= 20 || k % 2 == seed as usize % 2) {
            let told = ask("run", &e.program(numeraire, more), &[]);
            assert_eq!(told.code, 0, "seed {seed}, {numeraire}: {}", told.stderr);
            let q = told.json["report"]["q"].as_f64().unwrap_or(f64::NAN);
            near(q, *shown.get_or_insert(q), 1e-7);
            let columns = told.json["sweeps"]["gifts"]["columns"].as_array().cloned().unwrap_or_default();
            let at = columns.iter().position(|c| c == "q").unwrap_or_else(|| panic!("no column q in {columns:?}"));
            near(told.json["sweeps"]["gifts"]["rows"][1]["values"][at].as_f64().unwrap_or(f64::NAN), q, 1e-7);
            if k % 3 == 0 {
                let shock = ask("shock", &e.program(numeraire, more), &["gift = 0.05"]);
                near(shock.json["before"]["q"].as_f64().unwrap_or(f64::NAN), q, 1e-7);
                let after = shock.json["after"]["q"].as_f64().unwrap_or(f64::NAN);
                near(told.json["sweeps"]["gifts"]["rows"][2]["values"][at].as_f64().unwrap_or(f64::NAN), after, 1e-7);
                let set = ask("solve", &e.program(numeraire, more), &["--set", "gift=0.05"]);
                near(set.value("q"), after, 1e-7);
            }
        }
    }
}

/// What is asked besides does not matter either.
#[test]
fn the_equilibrium_shown_does_not_depend_on_what_is_reported() {
    for seed in 0..12 {
        let e = Exchange::drawn(seed);
        let plain = ask("solve", &e.program("price[x]", ""), &[]).value("q");
        let more = ask("solve", &e.program("price[x]", "report { welfare[B], exports[y, A], q, fy[B] }"), &[]);
        near(more.value("q"), plain, 1e-9);
    }
}

const GIFT: &str = include_str!("../models/gift.trade");

/// The branch of the first equilibrium ends at a gift of 0.12; beyond, there is one.
#[test]
fn a_gift_past_the_turning_point_is_not_split() {
    let told = ask("solve", GIFT, &["--starts", "20"]);
    let found: Vec<f64> = listed(&told, |v| v["q"].as_f64().unwrap_or(f64::NAN)).into_iter().map(|f| f.0).collect();
    for (q, want) in found.iter().zip([0.051_468_971_309_383_62, 1.0, 19.429_181_787_779_076]) {
        near(*q, want, 1e-9);
    }
    let shock = ask("shock", GIFT, &["gift_of_one"]);
    near(shock.json["after"]["q"].as_f64().unwrap_or(f64::NAN), 24.526_794_915_054_815, 1e-9);
    let from = shock.json["before"]["q"].as_f64().unwrap_or(f64::NAN);
    let text = shock.json["path"].to_string();
    if from < 10.0 {
        assert!(text.contains("two equilibria meet"), "{text}");
        assert!(shock.json["effects"].as_object().is_none_or(|o| o.is_empty()), "{}", shock.json["effects"]);
    }
}

/// The parts of a change sum to the change from end to end, or there are none.
#[test]
fn parts_of_a_change_sum_to_the_change() {
    let mut split = 0;
    for seed in 0..40 {
        let e = Exchange::drawn(seed);
        let mut random = Random(seed + 500);
        let gift = random.between(-0.9, 3.0);
        let more = "channels of welfare[A] { terms_of_trade = q, own_supply = gift }";
        let told = ask("shock", &e.program("price[x]", more), &[&format!("gift = {gift}")]);
        if told.code != 0 {
            continue;
        }
        // The end is an equilibrium that the excess demand knows.
        let mut after = e.clone();
        after.endowments[0][0] -= gift;
        after.endowments[1][0] += gift;
        let q = told.json["after"]["q"].as_f64().unwrap_or(f64::NAN);
        assert!(after.equilibria().iter().any(|(x, _)| (x / q - 1.0).abs() < 1e-7), "seed {seed}: {q} is none of {:?}", after.equilibria());
        let parts: Vec<f64> = told.json["effects"]["welfare[A]"].as_object().into_iter().flatten().filter_map(|(_, v)| v.as_f64()).collect();
        if parts.is_empty() {
            assert!(told.json["error"].is_null());
            continue;
        }
        split += 1;
        let whole = told.json["change"]["welfare[A]"].as_f64().unwrap_or(f64::NAN);
        let error = told.json["error"].as_f64().unwrap_or(f64::NAN);
        assert!((parts.iter().sum::<f64>() - whole).abs() <= error + 1e-12, "seed {seed}: {parts:?} are not {whole} to {error}");
        assert!(error <= 1e-6, "seed {seed}");
    }
    assert!(split >= 20, "only {split} changes were split");
}

const CURVE: &str = "
parameter c = 1.25 in (0, inf)
variable x in (0, inf) start 2
equation e: x + 1 / x = 2 * c
";

/// x = c ± √(c² − 1): two equilibria above c = 1, none below.
#[test]
fn where_two_equilibria_meet_there_is_no_derivative() {
    let at_turn = ask("solve", CURVE, &["--set", "c=1"]);
    assert_eq!(at_turn.json["turning_point"], "c", "{}\n{}", at_turn.json, at_turn.stderr);
    let told = ask("elasticities", CURVE, &["--set", "c=1"]);
    assert!(told.json["d_dln"]["c"]["x"].is_null(), "{}", told.json["d_dln"]);
    let derive = ask("derive", CURVE, &["x wrt c", "--set", "c=1"]);
    assert_ne!(derive.code, 0);
    assert!(derive.codes().contains(&"S004"), "{:?} {}", derive.codes(), derive.stderr);
    // A little inside there is one: dx/dc = x / √(c² − 1).
    let inside = ask("elasticities", CURVE, &["--set", "c=1.0001"]);
    let (c, x) = (1.0001f64, 1.0001 + (1.0001f64 * 1.0001 - 1.0).sqrt());
    let got = inside.json["d_dln"]["c"]["x"].as_f64().unwrap_or(f64::NAN);
    near(got.abs(), (c * if inside.value("x") > 1.0 { x } else { 1.0 / x } / (c * c - 1.0).sqrt()).abs(), 1e-6);
    let shock = ask("shock", CURVE, &["c = 0.5"]);
    assert!(shock.stderr.contains("two equilibria meet") && shock.stderr.contains("c = 1"), "{}", shock.stderr);
    let regime = ask("shock", CURVE, &["c = 1.01"]);
    assert_eq!(regime.code, 0, "{}", regime.stderr);
}

/// What falls without bound is no turning point.
#[test]
fn what_runs_off_is_no_turning_point() {
    let program = "parameter c = 1 in (0, 10)\nvariable x in (0, inf) start 1\nequation e: x * (2 - c) = 1\n";
    let told = ask("shock", program, &["c = 3"]);
    assert_ne!(told.code, 0);
    assert!(told.stderr.contains("grows without bound"), "{}", told.stderr);
}

/// A branch is kept in a large economy as it is in a small one: the same exchange beside eighty conditions that follow it.
#[test]
fn a_large_economy_keeps_to_its_branch() {
    let beside = "set S = {s1, s2, s3, s4, s5, s6, s7, s8} set V = {v1, v2, v3, v4, v5, v6, v7, v8, v9, v10}
        variable k[s in S, v in V] in (0, inf) start 1
        equation follows[s in S, v in V]: k[s, v] = q * (1 + 0.5 * k[s, v] / (1 + k[s, v]))";
    let mut jumps = 0;
    for seed in 0..24 {
        let e = Exchange::drawn(seed);
        let gift = Random(seed + 500).between(-0.9, 3.0);
        let [small, large] = ["", beside].map(|more| ask("shock", &e.program("price[x]", more), &[&format!("gift = {gift}")]));
        let start = |t: &crate::ask::Told| t.json["before"]["q"].as_f64().unwrap_or(f64::NAN);
        // Another of several equilibria to start from is another question.
        if small.code == 0 && large.code == 0 && (start(&small) / start(&large) - 1.0).abs() > 1e-8 {
            continue;
        }
        assert_eq!(small.code, large.code, "seed {seed}: {}\n{}", small.stderr, large.stderr);
        let (a, b) = (small.json["after"]["q"].as_f64(), large.json["after"]["q"].as_f64());
        let near = a.zip(b).is_none_or(|(a, b)| (a / b - 1.0).abs() < 1e-8);
        assert!(near, "seed {seed}: q = {a:?} alone, {b:?} beside others");
        let jump = |t: &crate::ask::Told| t.json["path"].to_string().contains("jump");
        assert_eq!(jump(&small), jump(&large), "seed {seed}");
        jumps += usize::from(jump(&small));
    }
    assert!(jumps > 0, "no branch ended");
}
