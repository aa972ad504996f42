//! Classic models, elasticities other than one, technologies without numbers, and every example, as formulas.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;
use tasktrade::statics::derive::Derived;
use tasktrade::statics::signs::Answer;

fn example(name: &str) -> Model {
    Model::open(&format!("examples/{name}.trade"))
}

fn with(name: &str, more: &str) -> Model {
    let text = std::fs::read_to_string(format!("{}/examples/{name}.trade", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    Model::text(&format!("{text}\n{more}\n"))
}

fn derived(m: &Model, ask: &str) -> Derived {
    m.derive(ask).unwrap_or_else(|d| panic!("{ask}: {d:?}"))
}

#[test]
fn stolper_samuelson_and_rybczynski_magnified() {
    let m = with("stolper_samuelson", "assume theta[L, y] > theta[L, x]\nassume lambda[L, y] > lambda[H, y]");
    // ŝ > p̂ > 0 > ŵ.
    assert_eq!(m.sign("s/p wrt p").answer, Answer::Plus);
    assert_eq!(m.sign("w wrt p").answer, Answer::Minus);
    // ŷ > L̂ > 0 > x̂, and the mirror image for the skilled.
    assert_eq!(m.sign("output[y]/L wrt L").answer, Answer::Plus);
    assert_eq!(m.sign("output[x] wrt L").answer, Answer::Minus);
    assert_eq!(m.sign("output[x]/H wrt H").answer, Answer::Plus);
    assert_eq!(m.sign("output[y] wrt H").answer, Answer::Minus);
    // Nothing but its own endowment and prices moves a factor's pay.
    for ask in ["w wrt L", "s wrt H"] {
        assert!(derived(&m, ask).exact.is_zero(), "{ask}");
    }
    assert_is(&derived(&m, "output[x] wrt L"), "lambda[H, y]/(lambda[H, y] - lambda[L, y])");
    assert_is(&derived(&m, "output[y] wrt L"), "-lambda[H, x]/(lambda[H, y] - lambda[L, y])");
    assert_is(&derived(&m, "output[x] wrt H"), "-lambda[L, y]/(lambda[H, y] - lambda[L, y])");
}

#[test]
fn specific_factors_as_jones_has_them() {
    let m = example("specific_factors");
    let e = |j: &str| format!("sigma[{j}]*lambda[L, {j}]/theta[K{j}, {j}]");
    let all = format!("({} + {})", e("x"), e("y"));
    assert_is(&derived(&m, "w wrt p"), &format!("{}/{all}", e("x")));
    assert_is(&derived(&m, "w wrt L"), &format!("-1/{all}"));
    assert_is(&derived(&m, "w wrt Kx"), &format!("lambda[L, x]/{all}"));
    assert_is(&derived(&m, "rx wrt p"), &format!("(1 - theta[L, x]*{}/{all})/theta[Kx, x]", e("x")));
    // r̂_x > p̂ > ŵ > 0 > r̂_y.
    for (ask, sign) in [("rx/p wrt p", Answer::Plus), ("w/p wrt p", Answer::Minus), ("w wrt p", Answer::Plus), ("ry wrt p", Answer::Minus)] {
        assert_eq!(m.sign(ask).answer, sign, "{ask}");
    }
}

#[test]
fn armington_two_countries_and_a_tariff() {
    let m = Model::text(
        "parameter sigma = 4 in (1, inf)\nparameter LH = 10 in (0, inf)\nparameter LF = 20 in (0, inf)\nparameter tau = 1.3 in [1, inf)\n\
         parameter T = 1.1 in [1, inf) \"one plus home's tariff\"\nvariable w in (0, inf) start 1\n\
         let own = w^(1 - sigma) / (w^(1 - sigma) + (tau * T)^(1 - sigma))\nlet bought = 1 - own\n\
         let sold = (tau * w)^(1 - sigma) / ((tau * w)^(1 - sigma) + 1)\n\
         let imports = w * LH * bought / (own * T + bought)\nequation trade: sold * LF = imports\n",
    );
    // ŵ/T̂ = σ e/(1 + (σ − 1)(1 − sold + e)), e the share of home's own good in spending at home prices of imports.
    let d = derived(&m, "w wrt T");
    let e = d.atoms.iter().find(|a| a.1.meaning.starts_with("own T as a share")).expect("its share").1.name.clone();
    assert_is(&d, &format!("sigma*{e}/(1 + (sigma - 1)*(1 - sold + {e}))"));
    assert_is(&derived(&m, "w wrt LF"), &format!("1/(1 + (sigma - 1)*(1 - sold + {e}))"));
    assert_eq!(m.sign("w wrt T").answer, Answer::Plus);
    assert_eq!(m.sign("w wrt LF").answer, Answer::Plus);
}

/// Σ of the large economy, in the shares of the formula.
fn economys_elasticity(demand: &str) -> String {
    format!(
        "(({demand}*output_share[x]*output_share[y]*(theta[L, y, Home] - theta[L, x, Home])^2 + sigma[x]*output_share[x]*theta[L, x, Home]*theta[H, x, Home] \
         + sigma[y]*output_share[y]*theta[L, y, Home]*theta[H, y, Home])/(factor_share[L]*(1 - factor_share[L])))"
    )
}

#[test]
fn technologies_without_numbers() {
    let small = |demand: &str| {
        Model::text(&format!(
            "parameter beta = 1.3 in (0, inf)\nschedule t(i) = 1 + i\ncountry Home {{ endowment L = 100, H = 110 }}\n\
             country Abroad mark \"*\" outside {{ price L = 0.5 }}\nfactor L price w\nfactor H price s\n\
             tasks Ltasks of L {{ offshore Home -> Abroad cost beta * t(i) margin I bill Omega }}\n\
             good x price p = 1.2\ngood y price = 1\nindustry x {{ technology general(0.7) {{ L, H }} }}\n\
             industry y {{ technology general(0.6) {{ L, H }} }}\n{demand}\n"
        ))
    };
    let m = small("");
    let d = m.derive_without_numbers("w wrt beta");
    assert_is_symbolically(&d, "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    assert!(d.value.is_none() && d.solver_value.is_none());
    assert!(m.derive_without_numbers("s wrt beta").exact.is_zero());
    assert_is_symbolically(&m.derive_without_numbers("w wrt p"), "-theta[H, y]/(theta[L, y] - theta[L, x])/(1 - gamma[Ltasks])");
    let large = Model::text(
        "parameter beta = 1.3 in (0, inf)\nparameter A = 2 in (0, inf)\nschedule t(i) = 1 + i\ncountry Home { endowment L = 100, H = 110 }\n\
         country Foreign mark \"*\" { endowment L = 400, H = 110 productivity = 1/A }\nfactor L price w\nfactor H price s\n\
         tasks Ltasks of L { offshore Home -> Foreign cost beta * t(i) margin I bill Omega }\ngood x price p\ngood y numeraire\n\
         industry x { technology general(0.7) { L, H } }\nindustry y { technology general(0.6) { L, H } }\ndemand general(1.2) { x, y }\n",
    );
    let sigma = economys_elasticity("sigma[\"demand\"]");
    let omega = "gamma[Ltasks]/(1 - gamma[Ltasks])";
    assert_is_symbolically(&large.derive_without_numbers("w[Home] wrt beta"), &format!("-{omega}*(1 - theta[H, y, Home]*country_share[L]/{sigma})"));
    assert_is_symbolically(
        &large.derive_without_numbers("p wrt beta"),
        &format!("-(theta[L, y, Home] - theta[L, x, Home])*country_share[L]/{sigma}*{omega}"),
    );
}

/// One question for each example.
const ASKED: [(&str, &str); 29] = [
    ("armington", "w[EUR] wrt tau[EUR, USA]"),
    ("protection", "trade[cars, Foreign, Home] wrt t holding producer_price[cars, Foreign], producer_price[cars, Home]"),
    ("small_tariff", "w wrt t"),
    ("both_tasks", "p wrt beta"),
    ("dornbusch_fischer_samuelson", "omega wrt L"),
    ("eaton_kortum", "w[South] wrt T[North]"),
    ("h_tasks", "s wrt beta"),
    ("krugman", "w[Small] wrt tau"),
    ("large_ho", "w[Home] wrt beta"),
    ("markups", "w[Home] wrt beta"),
    ("melitz", "P wrt tau"),
    ("offshoring_in_x", "w wrt beta"),
    ("offshoring_in_y", "w wrt beta"),
    ("one_good", "w wrt beta"),
    ("ricardo", "relative_wage wrt size[England]"),
    ("small_ho", "output[x] wrt beta"),
    ("small_ho_cobb_douglas", "output[y] wrt L"),
    ("small_ho_fixed_coefficients", "w wrt p"),
    ("specific_factors", "rx wrt p"),
    ("stolper_samuelson", "output[x] wrt L"),
    ("three_factors", "s wrt beta"),
    ("three_factors_large", "s[Home] wrt beta"),
    ("capital_skill", "premium wrt K"),
    ("wage_accounting", "residual[low_skill] wrt tot"),
    ("imported_inputs", "of_inputs[2000] wrt M[electronics, 2000]"),
    ("task_content", "place[analytic, 2000] wrt employment[programmers, 2000]"),
    ("task_trade_figures", "tot_a_year wrt tot"),
    ("offshoring_from_data", "w wrt barrier"),
    ("destinations", "tasks_in[Ltasks, India] wrt beta"),
];

#[test]
fn every_example_has_its_formula_here_and_near_by() {
    let files: Vec<String> = std::fs::read_dir(format!("{}/examples", env!("CARGO_MANIFEST_DIR")))
        .expect("examples")
        .filter_map(|f| f.ok()?.file_name().into_string().ok()?.strip_suffix(".trade").map(str::to_string))
        .collect();
    for file in &files {
        assert!(ASKED.iter().any(|a| a.0 == file), "a question for {file}");
    }
    for (name, ask) in ASKED {
        let file = format!("examples/{name}.trade");
        let here = derived(&Model::open(&file), ask);
        assert!(here.value.is_some() && here.solver_value.is_some(), "{name}");
        let text = here.shown.text(&here.atoms);
        assert!(text.len() < 600, "{name} {ask}: {} characters", text.len());
        for (at, definition) in &here.shown.named {
            let length = here.atoms.text(definition).len();
            assert!(length < 2500, "{name} {ask}: {} is {length} characters long", here.atoms.name(*at));
        }
        for seed in 1..=3 {
            // The solver confirms each inside: a formula that holds here only would be refused there.
            let there = derived(&Model::near(&file, seed), ask);
            assert!(there.value.is_some(), "{name} {seed}");
        }
    }
}

/// A price that joins two countries is solved for with them apart: without that this formula fills a book.
#[test]
fn a_price_between_countries_is_written_with_the_countries_apart() {
    let d = derived(&Model::open("examples/three_factors_large.trade"), "p wrt beta");
    assert!(d.shown.text(&d.atoms).len() < 600);
    let pages: usize = d.shown.named.iter().map(|(_, f)| d.atoms.text(f).len()).sum();
    assert!(pages < 20_000, "{pages} characters");
}

#[test]
fn parameters_of_every_kind() {
    let list = [
        ("small_ho", "w wrt sigma[x]"),
        ("small_ho", "output[x] wrt sigma[y]"),
        ("small_ho", "w wrt weight[x, L]"),
        ("small_ho", "exports[x] wrt weight[\"demand\", x]"),
        ("small_ho", "s wrt price[y]"),
        ("small_ho", "I wrt w[Abroad]"),
        ("one_good", "w wrt steepness"),
        ("large_ho", "p wrt A"),
        ("large_ho", "welfare[Home] wrt L[Foreign]"),
        ("markups", "income[Home] wrt A"),
        ("both_tasks", "p wrt weight[y, H]"),
        ("both_tasks", "welfare[Home] wrt weight[\"demand\", x]"),
        // At zero, so by its own change; its revenue is zero too.
        ("../tests/models/trade/armington_equations", "U[CHN] wrt tariffs[USA, USA]"),
        ("../tests/models/trade/armington_equations", "P[USA] wrt sigma"),
    ];
    for (name, ask) in list {
        let d = derived(&example(name), ask);
        let (formula, solver) = (d.value.expect("a number"), d.solver_value.expect("a number"));
        assert!((formula - solver).abs() <= 1e-8 * solver.abs().max(1e-3), "{name} {ask}: {formula} {solver}");
        for at in d.shown.atoms() {
            let atom = d.atoms.get(at).expect("a letter");
            assert!(!atom.meaning.is_empty() && (atom.value.is_finite() || d.shown.named.iter().any(|n| n.0 == at)), "{ask}: {}", atom.name);
        }
    }
    // Letters that stand for different numbers are different letters.
    let d = derived(&example("both_tasks"), "I_H wrt weight[x, H]");
    assert!(d.value.expect("a number").abs() > 0.5);
}

#[test]
fn letters_stand_in_order_of_reading() {
    let d = derived(&example("one_good"), "w wrt beta");
    let names: Vec<String> = d.shown.atoms().into_iter().map(|a| d.atoms.name(a)).collect();
    assert_eq!(names, ["eta[Ltasks]", "gamma[Ltasks]", "theta[H, y]"]);
    assert_eq!(d.shown.text(&d.atoms), "-(eta[Ltasks]*gamma[Ltasks] - theta[H, y])/(eta[Ltasks]*(1 - gamma[Ltasks]) + theta[H, y])");
}
