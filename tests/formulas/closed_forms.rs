//! Closed forms derived from model files equal the theory's: their differences simplify to zero in the algebra worker.
#![cfg(feature = "symbolic")]

use crate::statics_help;
use statics_help::*;

const GRH: &str = "tests/models/grh/";

fn example(name: &str) -> Model {
    Model::open(&format!("examples/{name}.trade"))
}

fn reference(name: &str) -> Model {
    Model::open(&format!("{GRH}{name}.trade"))
}

fn derived(model: &Model, ask: &str) -> tasktrade::statics::derive::Derived {
    model.derive(ask).unwrap_or_else(|d| panic!("{ask}: {d:?}"))
}

fn words(e: &tasktrade::statics::effects::Effects) -> (&tasktrade::statics::atoms::Atoms, &tasktrade::statics::flows::Flows) {
    (&e.form.atoms, &e.form.flows)
}

#[test]
fn small_economy_wage_is_the_productivity_effect() {
    let m = example("small_ho");
    assert_is(&derived(&m, "w wrt beta"), "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    assert!(derived(&m, "s wrt beta").exact.is_zero());
    // dI = −Ω/((1−I)e) β̂ with 1 − γ = (1−I)/Ω and η = e (1−I).
    assert_is(&derived(&m, "I wrt beta"), "-1/(eta[Ltasks]*(1 - gamma[Ltasks]))");
    assert_is(&derived(&m, "Omega wrt beta"), "gamma[Ltasks]/(1 - gamma[Ltasks])");
    let x = derived(&m, "output[x] wrt beta");
    assert_eq!(x.shown.text(&x.atoms), "lambda[H, y]/(eta[Ltasks]*(1 - gamma[Ltasks])*(lambda[H, x] - lambda[L, x]))");
    for file in ["small_ho_cobb_douglas", "small_ho_fixed_coefficients"] {
        assert_is(&derived(&example(file), "w wrt beta"), "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    }
}

#[test]
fn one_good_economy() {
    let m = reference("spec_ces_high");
    let d = derived(&m, "w wrt beta");
    assert_is(&d, "-(eta[Ltasks]*gamma[Ltasks] - theta[H, y]/sigma[y])/(eta[Ltasks]*(1 - gamma[Ltasks]) + theta[H, y]/sigma[y])");
    assert_is(&derived(&m, "I wrt beta"), "-1/(eta[Ltasks]*(1 - gamma[Ltasks]) + theta[H, y]/sigma[y])");
    let e = m.effects("w wrt beta");
    let labor = e.form.terms.last().expect("a term");
    assert_same(&labor.exact, words(&e), "-theta[H, y]/sigma[y]");
    let e = m.effects("s wrt beta");
    assert_same(&e.form.terms.last().expect("a term").exact, words(&e), "theta[L, y]/sigma[y]");
}

#[test]
fn large_economy_in_earnings_shares_and_one_elasticity() {
    let m = reference("large_ho_ces_ces");
    let sigma = "(sigma[\"demand\"]*output_share[x]*output_share[y]*(theta[L, y, Home] - theta[L, x, Home])^2 + sigma[x]*output_share[x]*theta[L, x, Home]*theta[H, x, Home] \
                 + sigma[y]*output_share[y]*theta[L, y, Home]*theta[H, y, Home])/(factor_share[L]*(1 - factor_share[L]))";
    let omega = "gamma[Ltasks]/(1 - gamma[Ltasks])";
    let p = derived(&m, "p wrt beta");
    assert_is(&p, &format!("-(theta[L, y, Home] - theta[L, x, Home])*country_share[L]/({sigma})*{omega}"));
    let s = derived(&m, "s[Home] wrt beta");
    assert_is(&s, &format!("-theta[L, y, Home]*country_share[L]/({sigma})*{omega}"));
    let w = derived(&m, "w[Home] wrt beta");
    assert_is(&w, &format!("-{omega}*(1 - theta[H, y, Home]*country_share[L]/({sigma}))"));
    let task = m.question(&[]);
    let bundle = task.prepared.system.syms.iter().find(|x| x.quantity == tasktrade::system::Quantity::TaskPrice).expect("ω").name.clone();
    assert_eq!(bundle, "task_price[Ltasks]");
    for d in [&p, &s, &w] {
        let text = d.shown.text(&d.atoms);
        assert!(text.len() < 300, "{}: {text}", text.len());
        assert!(text.contains("Sigma") && text.contains("country_share[L]"), "{text}");
        assert!(!d.equalities.is_empty());
    }
    // Markups leave the formulas alone, with shares of cost.
    let m = reference("markup_large");
    let d = derived(&m, "w[Home] wrt beta");
    assert_eq!(d.shown.text(&d.atoms), w.shown.text(&w.atoms));
}

#[test]
fn large_economy_channels() {
    let m = reference("large_ho_ces_ces");
    let e = m.effects("w[Home] wrt beta");
    let [omega, p, i] = e.form.terms.as_slice() else { panic!("three channels") };
    assert_eq!(omega.exact.as_constant().map(|c| c.to_f64()), Some(-1.0));
    assert_same(&p.exact, words(&e), "-(1 - theta[L, y, Home])/(theta[L, y, Home] - theta[L, x, Home])");
    assert!(i.exact.is_zero());
    let e = m.effects("s[Home] wrt beta");
    let [omega, p, i] = e.form.terms.as_slice() else { panic!("three channels") };
    assert!(omega.exact.is_zero() && i.exact.is_zero());
    assert_same(&p.exact, words(&e), "theta[L, y, Home]/(theta[L, y, Home] - theta[L, x, Home])");
    let parts: f64 = e.channels.iter().filter_map(|c| c.value).sum();
    let total = e.total.value.expect("a number");
    assert!((parts - total).abs() < 1e-12, "{parts} {total}");
}

/// n = θ_x × θ_y and D of the three-factor economy.
fn three_factor_words() -> (String, String, String) {
    let th = |f: &str, j: &str| format!("theta[{f}, {j}]");
    let minor = |a: &str, b: &str| format!("({}*{} - {}*{})", th(a, "x"), th(b, "y"), th(b, "x"), th(a, "y"));
    let n = [("L", minor("H", "K")), ("H", minor("K", "L")), ("K", minor("L", "H"))];
    let bend = |j: &str| n.iter().map(|(f, n)| format!("{}*{n}^2", th(f, j))).collect::<Vec<_>>().join(" + ");
    let d = format!("(output_share[x]*sigma[x]*({}) + output_share[y]*sigma[y]*({}))", bend("x"), bend("y"));
    (n[0].1.clone(), n[1].1.clone(), d)
}

#[test]
fn three_factors_and_two_goods() {
    let m = reference("small3f_ces");
    let (nl, nh, d) = three_factor_words();
    let e = m.effects("w wrt beta");
    let labor = e.form.terms.last().expect("a term");
    assert_same(&labor.exact, words(&e), &format!("-factor_share[L]*{nl}^2/{d}"));
    let e = m.effects("s wrt beta");
    let labor = e.form.terms.last().expect("a term");
    assert_same(&labor.exact, words(&e), &format!("-factor_share[L]*{nl}*{nh}/{d}"));
    let w = derived(&m, "w wrt beta");
    let (eta, gamma) = ("eta[Ltasks]", "gamma[Ltasks]");
    let alpha = format!("factor_share[L]*{nl}^2/{d}");
    assert_is(&w, &format!("-({eta}*{gamma} - {alpha})/({eta}*(1 - {gamma}) + {alpha})"));
    let text = w.shown.text(&w.atoms);
    assert!(text.len() < 300, "{text}");
}

#[test]
fn concentration_in_either_industry() {
    let (lx, hx, ly, hy) = ("theta[L, x]", "theta[H, x]", "theta[L, y]", "theta[H, y]");
    let m = reference("conc_y_cd");
    let w = derived(&m, "w wrt betay");
    let g = "gamma[Ltasks]";
    let mult = format!("({ly}*{hx}/({ly} - {lx}))");
    assert_is(&w, &format!("-{mult}*{g}/(1 - {mult}*{g})"));
    let s = derived(&m, "s wrt betay");
    assert_is(&s, &format!("{lx}/{hx}*{mult}*{g}/(1 - {mult}*{g})"));
    let m = reference("conc_x_cd");
    let w = derived(&m, "w wrt betax");
    assert_is(&w, &format!("-{hy}*{lx}*{g}/({lx}*(1 - {g})*{hy} - {ly}*{hx})"));
}

#[test]
fn concentration_in_both_industries_adds_up() {
    let m = reference("conc_both_ces");
    let e = m.effects("w wrt betax");
    let productivity = &e.channels[0];
    assert_eq!(productivity.members.len(), 2);
    assert_eq!(productivity.sum, Some(-1.0));
    let terms: Vec<_> = productivity.members.iter().map(|x| &e.form.terms[x.term]).collect();
    assert_same(&terms[0].exact, words(&e), "theta[L, x]*theta[H, y]/(theta[L, y] - theta[L, x])");
    assert_same(&terms[1].exact, words(&e), "-theta[L, y]*theta[H, x]/(theta[L, y] - theta[L, x])");
    let labor = &e.channels[2];
    assert!(labor.members.iter().all(|x| e.form.terms[x.term].exact.is_zero()));
}

#[test]
fn margins_of_one_factor_share_a_multiplier() {
    // Three factors and two margins: freed labor counts by where it worked.
    let m = Model::text(
        "parameter betax = 1.4 in (0, inf)\nparameter betay = 1.3 in (0, inf)\nschedule t(i) = 1 + 1.5 * i\n\
         country Home { endowment L = 100, H = 100, K = 100 }\ncountry Abroad mark \"*\" outside { price L = 0.2 }\n\
         factor L price w\nfactor H price s\nfactor K price r\n\
         tasks Ltasks of L {\n offshore Home -> Abroad cost betax * t(i) in x margin Ix bill Ox\n offshore Home -> Abroad cost betay * t(i) in y margin Iy bill Oy\n}\n\
         good x price p = 1\ngood y price = 1\n\
         industry x { technology cobb_douglas { L: 0.2, H: 0.5, K: 0.3 } }\nindustry y { technology cobb_douglas { L: 0.5, H: 0.2, K: 0.3 } }\n\
         demand cobb_douglas { x: 0.5, y: 0.5 }\n\
         channels of w { productivity = {Ox, Oy}, relative_price = p, labor_supply = {Ix, Iy} }\n",
    );
    let e = m.effects("w wrt betax");
    let common = e.channels[2].common.as_ref().expect("one multiplier");
    assert_eq!(common.weights.len(), 2);
    let value = common.value.expect("a number");
    assert!(value < 0.0);
    for (member, weight) in e.channels[2].members.iter().zip(&common.weights) {
        let share = weight.eval(&e.form.atoms.values());
        let own = e.form.terms[member.term].value.expect("a number");
        assert!((own - value * share).abs() < 1e-9 * own.abs(), "{own} {value} {share}");
    }
}

#[test]
fn offshoring_of_high_skill_tasks_and_of_both() {
    let m = example("h_tasks");
    assert_is(&derived(&m, "s wrt beta"), "-gamma[Htasks]/(1 - gamma[Htasks])");
    assert!(derived(&m, "w wrt beta").exact.is_zero());
    // Small economy, both kinds: each wage by its own tasks.
    let m = reference("lh_equal_cd");
    assert_is(&derived(&m, "w wrt beta"), "-gamma[Ltasks]/(1 - gamma[Ltasks])");
    assert_is(&derived(&m, "s wrt beta"), "-gamma[Htasks]/(1 - gamma[Htasks])");
    // Large economy: p falls by home's larger share in what H earns.
    let m = reference("large_lh");
    let p = derived(&m, "p wrt beta");
    let q = m.effects("w[Home] wrt beta");
    assert_eq!(q.channels[0].members.len(), 2);
    let omega = |t: &str| format!("gamma[{t}]/(1 - gamma[{t}])");
    let sigma = "(sigma[\"demand\"]*output_share[x]*output_share[y]*(theta[L, y, Home] - theta[L, x, Home])^2 + output_share[x]*theta[L, x, Home]*theta[H, x, Home] \
                 + output_share[y]*theta[L, y, Home]*theta[H, y, Home])/(factor_share[L]*(1 - factor_share[L]))";
    assert_is(
        &p,
        &format!("-(theta[L, y, Home] - theta[L, x, Home])*(country_share[L]*{} - country_share[H]*{})/({sigma})", omega("Ltasks"), omega("Htasks")),
    );
}

#[test]
fn classical_results_without_tasks() {
    let m = example("stolper_samuelson");
    assert_is(&derived(&m, "w wrt p"), "-theta[H, y]/(theta[L, y] - theta[L, x])");
    assert_is(&derived(&m, "s wrt p"), "theta[L, y]/(theta[L, y] - theta[L, x])");
    let x = derived(&m, "output[x] wrt L");
    assert_eq!(x.shown.text(&x.atoms), "-lambda[H, y]/(lambda[H, x] - lambda[L, x])");
    // Jones (1971): p̂ share by demand elasticities of labor, σ_j λ_Lj / θ_Kj.
    let m = example("specific_factors");
    let w = derived(&m, "w wrt p");
    let text = w.shown.text(&w.atoms);
    assert_eq!(text, "sigma[x]*theta[Ky, y]*lambda[L, x]/(sigma[y]*theta[Kx, x]*lambda[L, y] + sigma[x]*theta[Ky, y]*lambda[L, x])");
    let rx = derived(&m, "rx wrt p");
    assert!(rx.value.expect("a number") > 1.0);
}

#[test]
fn holding_a_price_sets_its_market_aside() {
    let m = reference("large_ho_ces_ces");
    let d = derived(&m, "w[Home] wrt beta holding p");
    assert_is(&d, "-gamma[Ltasks]/(1 - gamma[Ltasks])");
}

#[test]
fn a_parameter_inside_a_schedule() {
    let m = example("one_good");
    let d = derived(&m, "w wrt steepness");
    assert!(d.atoms.find("mean_elasticity[Ltasks, steepness]").is_some());
    assert!(d.value.expect("a number").is_finite());
    // Endowments, given prices, technology: each is checked against the solver inside.
    for ask in ["w wrt L", "s wrt H", "output[y] wrt weight[y, L]", "real(w) wrt beta", "exports[y] wrt beta", "w wrt w[Abroad]"] {
        if let Err(d) = m.derive(ask) {
            assert!(!matches!(d.code, "A070"), "{ask}: {d:?}");
        }
    }
}

#[test]
fn every_formula_holds_at_economies_near_by() {
    let list = [
        ("examples/small_ho.trade", "output[x] wrt beta"),
        ("examples/one_good.trade", "w wrt beta"),
        ("examples/three_factors.trade", "s wrt beta"),
        ("examples/offshoring_in_y.trade", "w wrt beta"),
        ("tests/models/grh/large_ho_ces_ces.trade", "w[Home] wrt beta"),
        ("examples/both_tasks.trade", "p wrt beta"),
        ("examples/specific_factors.trade", "rx wrt p"),
    ];
    for (file, ask) in list {
        let here = derived(&Model::open(file), ask);
        let name = |a: u32| here.atoms.name(a);
        let text = here.exact.to_text(&name);
        for seed in 1..=3 {
            // The solver confirms each one inside; the formula is the same, the numbers are not.
            let there = derived(&Model::near(file, seed), ask);
            assert_eq!(there.exact.to_text(&|a| there.atoms.name(a)), text, "{file} {ask}");
            if !here.exact.is_zero() {
                assert_ne!(there.value, here.value, "{file} {ask}");
            }
        }
    }
}

#[test]
fn formulas_are_read_by_the_language_and_give_their_value() {
    let list = [
        ("examples/large_ho.trade", "output[x, Home] wrt A"),
        ("tests/models/grh/large_ho_ces_ces.trade", "w[Home] wrt beta"),
        ("examples/three_factors.trade", "w wrt beta"),
        ("tests/models/trade/armington_equations.trade", "U[USA] wrt tau[EUR, USA]"),
        ("examples/one_good.trade", "w wrt steepness"),
        ("examples/markups.trade", "income[Home] wrt beta"),
    ];
    for (file, ask) in list {
        let d = derived(&Model::open(file), ask);
        let text = d.shown.text(&d.atoms);
        assert!(text.is_ascii(), "{text}");
        let mut values = d.atoms.values();
        for (at, definition) in &d.shown.named {
            values[*at as usize] = reread(&d.atoms.text(definition), &d.atoms).eval(&values);
        }
        let value = reread(&text, &d.atoms).eval(&values);
        let own = d.value.expect("a number");
        assert!((value - own).abs() <= 1e-9 * own.abs().max(1e-9), "{file} {ask}: {value} {own}");
    }
}

/// A price that the numeraire's own country settles is no link between countries: the condition that settles it holds beside it.
#[test]
fn a_price_that_the_numeraire_settles_is_not_given() {
    let demand = |r: &str, a: f64, b: f64, c: f64| format!("demand ces(4) {{ a: {a}, b: {b}, c: {c} }} in {r}\n");
    let countries = [("A", "a", 40), ("B", "b", 39), ("C", "c", 32)];
    let mut text = String::from("factor L price w\nnumeraire w[A]\n");
    for (country, good, size) in countries {
        text += &format!(
            "country {country} {{ endowment L = {size} }}\ngood {good}\nindustry {good} in {country} {{ technology leontief {{ L: 1 }} }}\n"
        );
    }
    text += &[demand("A", 0.6, 0.2, 0.2), demand("B", 0.2, 0.7, 0.1), demand("C", 0.2, 0.3, 0.5)].concat();
    let m = Model::text(&text);
    for ask in ["w[B] wrt L[A]", "w[C] wrt L[A]", "w[B] wrt L[C]", "price[b] wrt L[A]"] {
        let d = derived(&m, ask);
        let (formula, solver) = (d.value.expect("a number"), d.solver_value.expect("a number"));
        assert!((formula - solver).abs() <= 1e-8 * solver.abs(), "{ask}: {formula} {solver}");
    }
}
