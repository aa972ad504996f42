//! Trade between places: what is refused, with what advice, and that its words stay names elsewhere.

use crate::ask as support;

use support::{Told, ask};

const TWO: &str = "
country Home { endowment L = 100 }
country Foreign { endowment L = 150 }
factor L price w
good y differentiated(3)
industry y { technology leontief { L: 1 } }
demand cobb_douglas { y: 1 }
numeraire w[Foreign]
";

const SMALL: &str = "
country Home { endowment L = 80, K = 100 }
factor L price w
factor K price r
good x price = 1
good z price = 1
industry x { technology cobb_douglas { L: 0.7, K: 0.3 } }
industry z { technology cobb_douglas { L: 0.4, K: 0.6 } }
demand cobb_douglas { x: 0.6, z: 0.4 }
";

#[track_caller]
fn refused(program: &str, codes: &[&str]) -> Told {
    let told = ask("check", program, &[]);
    assert_eq!(told.codes(), codes, "{program}\n{}", told.stderr);
    assert_eq!(told.code, 1, "{}", told.stderr);
    told
}

#[track_caller]
fn fine(program: &str) {
    let told = ask("check", program, &[]);
    assert_eq!(told.code, 0, "{program}\n{}", told.stderr);
    assert!(told.codes().is_empty(), "{program}\n{}", told.stderr);
}

#[test]
fn borders_stand_between_two_places_that_trade() {
    refused(&format!("{TWO} tariff y from Home to Home = 0.1"), &["M070"]);
    let family = "set C = {Home, Foreign} iceberg y from i to j = 1.2 for i in C, j in C";
    assert!(refused(&format!("{TWO} {family}"), &["M070"]).stderr.contains("where i != j"));
    fine(&format!("{TWO} {family} where i != j"));
    refused(&format!("{TWO} tariff y from Nowhere to Home = 0.1"), &["N033"]);
    refused(&format!("{TWO} tariff q from Foreign to Home = 0.1"), &["N032"]);
    refused(&format!("{SMALL} good h nontraded industry h {{ technology leontief {{ L: 1 }} }} tariff h from world to Home = 0.1"), &["M071"]);
    refused(&format!("{SMALL} country F {{ endowment L = 1, K = 1 }} tariff x from F to Home = 0.1"), &["M072"]);
    refused(&format!("{SMALL} country A outside {{ price L = 1 }} tariff x from A to Home = 0.1"), &["M032"]);
    refused(&format!("{TWO} tariff y from Foreign to Home = 0.1 tariff y from Foreign to Home = 0.2"), &["M073"]);
    // Different kinds compound.
    fine(&format!("{TWO} tariff y from Foreign to Home = 0.1 on fob export tax y from Foreign to Home = 0.2 iceberg y from Foreign to Home = 1.1"));
}

#[test]
fn what_is_not_there_yet_is_said_so() {
    let plain = TWO.replace(" differentiated(3)", "");
    let told = refused(&format!("{plain} tariff y from Foreign to Home = 0.1"), &["P020"]);
    assert!(told.stderr.contains("differentiated(4)"), "{}", told.stderr);
    refused(&format!("{TWO} tariff y from world to Home = 0.1"), &["P020"]);
    refused(&TWO.replace("differentiated(3)", "differentiated(3) price = 1").replace("numeraire w[Foreign]", ""), &["P020"]);
    for line in [
        "quota y from Foreign to Home <= 3",
        "tax L in y = 0.1",
        "tax output y = 0.1",
        "tax use y = 0.1",
        "subsidy L in y = 0.1",
        "household H in Home { endowment L = 1 }",
        "transfer 3 from Home to Foreign",
        "closure c { fix w = 1 }",
        "curve A(z) = 1 + z",
        "wage floor w[Home] >= 1",
        "claim \"w rises\" { w[Home] > 0 }",
        "tariff y from Foreign to Home = 0.1 to Home",
    ] {
        assert!(refused(&format!("{TWO} {line}"), &["P020"]).stderr.contains("not yet in the language"), "{line}");
    }
}

#[test]
fn a_good_has_one_way_to_be_told_apart() {
    refused(&TWO.replace("differentiated(3)", "differentiated(3) nontraded"), &["M076"]);
    let told = refused(&TWO.replace("differentiated(3)", "differentiated(3) numeraire").replace("numeraire w[Foreign]", ""), &["M076"]);
    assert!(told.stderr.contains("producer_price[y, Home]"), "{}", told.stderr);
    refused(&TWO.replace("differentiated(3)", "differentiated(1)"), &["M005", "M005"]);
    fine(&TWO.replace("differentiated(3)", "differentiated(1) weights 0.5"));
    fine(&TWO.replace("differentiated(3)", "differentiated(home: 2, imports: 4) weights if from == to then 2 else 1"));
}

#[test]
fn rates_change_by_points() {
    let with = format!("parameter t = 0.1 in (-1, inf) {TWO} tariff y from Foreign to Home = t");
    let told = refused(&format!("{with} shock s {{ t +10% }}"), &["C016"]);
    assert!(told.stderr.contains("t +10pp"), "{}", told.stderr);
    assert!(refused(&format!("{with} shock s {{ tariff[y, Foreign, Home] -20% }}"), &["C016"]).stderr.contains("-20pp"));
    fine(&format!("{with} shock s {{ t +10pp }} shock u {{ t = 0.3 }}"));
    let both = format!("{with} tariff y from Home to Foreign = t");
    refused(&format!("{both} shock s {{ t +10% }}"), &["C016"]);
    fine(&format!("{both} shock s {{ tariff[y, Home, Foreign] = 0.3 }}"));
    refused(&with.replace("0.1 in (-1, inf)", "-1"), &["M074"]);
    // A cost is no rate.
    fine(&format!("parameter tau = 1.2 {TWO} iceberg y from Foreign to Home = tau shock s {{ tau -5% }}"));
}

/// A rate that several borders share is set for one of them alone.
#[test]
fn setting_one_rate_leaves_the_others() {
    let with = format!(
        "parameter t = 0.1 {TWO} tariff y from Foreign to Home = t tariff y from Home to Foreign = t report {{ revenue[Home], revenue[Foreign] }}"
    );
    let told = ask("solve", &with, &["--set", "tariff[y, Foreign, Home]=0"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.value("revenue[Home]") == 0.0 && told.value("revenue[Foreign]") > 0.1, "{}", told.json);
}

#[test]
fn a_good_at_the_border_has_two_prices() {
    let with = format!("{SMALL} tariff x from world to Home = 0.1");
    let told = refused(&format!("{with} let p = price[x]"), &["N008"]);
    assert!(told.stderr.contains("`price[x, world]`") && told.stderr.contains("`price[x, Home]`"), "{}", told.stderr);
    fine(&format!("{with} let p = price[x, world] let q = price[x, Home] let m = trade[x, world, Home] + trade[x, Home, world] let u = parity[x]"));
    refused(&format!("{SMALL} tariff x from world to Home = -0.1"), &["M075"]);
    fine(&format!("{SMALL} tariff x from world to Home = -0.1 iceberg x from Home to world = 1.2"));
}

#[test]
fn quantities_of_places_say_what_they_need() {
    assert!(refused(&format!("{TWO} let v = exports[y, Home]"), &["N009"]).stderr.contains("trade[y, FROM, TO]"));
    refused(&format!("{TWO} let v = trade[y, Home]"), &["N009"]);
    refused(&format!("{TWO} let v = trade[y, Home, Nowhere]"), &["N009"]);
    refused(&format!("{TWO} let v = revenue[Home]"), &["N009"]);
    let none = TWO.replace(" differentiated(3)", "");
    assert!(refused(&format!("{none} let v = share[y, Home, Foreign]"), &["N009"]).stderr.contains("differentiated(4)"));
    fine(&format!(
        "{TWO} let v = price[y, Home] + price[y, Home, Foreign] + producer_price[y, Home] + trade[y, Home, Home] + share[y, Home, Foreign]"
    ));
}

/// Economists call parameters by these words.
#[test]
fn soft_words_are_names() {
    let words = "parameter tariff = 0.1 parameter iceberg = 1.2 parameter tax = 2 parameter export = 3 parameter quota = 4 parameter map = 5
        parameter claim = 6 parameter transfer = 7 parameter household = 8 parameter weights = 9 parameter home = 10 parameter world = 11
        let all = tariff + iceberg + tax * export - quota^map + claim / transfer + household + weights + home + world";
    fine(words);
    // What follows decides.
    fine(&format!(
        "parameter tariff = 0.1\n{TWO}\nlet a = tariff\ntariff y from Foreign to Home = tariff\niceberg y from Foreign to Home = 1.1\nlet b = a"
    ));
    fine(&format!("{SMALL}\ngood q numeraire\n").replace("good q numeraire", "tariff x from world to Home = 0.1"));
    // The rate goes by another name where the model has its own.
    let told = ask(
        "solve",
        &format!(
            "parameter tariff = 0.1 in (-1, inf) {TWO} tariff y from Foreign to Home = 0.2 let b = tariff_rate[y, Foreign, Home] report {{ b }}"
        ),
        &[],
    );
    assert_eq!((told.code, told.value("b")), (0, 0.2), "{}", told.stderr);
}
