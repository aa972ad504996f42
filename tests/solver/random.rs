//! A thousand random economies: each solved, checked by a plain evaluator, and solved again under other names, another order and other units of money.

use crate::oracle;
use crate::support;

use oracle::economy::{Economy, Good, Line, Numeraire};
use oracle::names::Names;
use oracle::rng::Rng;
use oracle::{evaluate, generate, program::program};
use serde_json::Value;
use support::compare::find;
use support::{Failures, run};

const SEEDS: u64 = 1000;

/// An economy of the draw that has no equilibrium: [`seed_198_has_no_equilibrium`] proves it.
const IMPOSSIBLE: u64 = 198;

/// The answer to `solve` for an economy under these names, written in this order.
fn solve(e: &Economy, n: &Names, order: u64) -> run::Outcome {
    let file = tempfile::Builder::new().suffix(".trade").tempfile().unwrap_or_else(|e| panic!("no temporary file: {e}"));
    std::fs::write(file.path(), program(e, n, order)).unwrap_or_else(|e| panic!("no temporary file: {e}"));
    run::command("solve", file.path(), None, &[])
}

fn lookup(answer: &Value) -> impl Fn(&str) -> Option<f64> + '_ {
    |name| answer["variables"].as_object().and_then(|m| find(m, name)).and_then(Value::as_f64)
}

/// The same economy with all given prices 1.1 times as high.
fn dearer(e: &Economy) -> Economy {
    let mut e = e.clone();
    for g in &mut e.goods {
        if let Good::Given(p) = g {
            *p *= 1.1;
        }
    }
    for c in e.countries.iter_mut().filter(|c| c.outside) {
        c.amounts.iter_mut().for_each(|w| *w *= 1.1);
    }
    e
}

/// The same economy counting in a factor of its first country, if that is not free.
fn other_numeraire(e: &Economy, point: &evaluate::Point) -> Economy {
    let mut e = e.clone();
    let largest = point.pay.iter().map(|row| row[0]).fold(0.0, f64::max);
    if let Some(f) = (0..e.factors).find(|&f| point.pay[f][0] > 0.1 * largest) {
        e.numeraire = Numeraire::Factor(f, 0);
    }
    e
}

fn check(seed: u64, failures: &mut Failures) {
    check_this(seed, generate::economy(seed), failures);
}

fn check_this(seed: u64, e: Economy, failures: &mut Failures) {
    let names = Names::new(&e, seed);
    let out = solve(&e, &names, seed);
    let status = out.json["status"].as_str().unwrap_or("?").to_owned();
    if seed == IMPOSSIBLE {
        let wage = names.wage(0, 1);
        let true_reason = out.complaint().contains(&wage) && out.complaint().contains("would rise without bound");
        // The search may leave it at that; what it may not do is find one, or give another reason.
        return failures.check(out.code == 3 && (status == "not_found" || status == "none" && true_reason), || {
            format!("seed {seed}: {status}, {}", out.complaint())
        });
    }
    // Where there may be several equilibria, one with a free numeraire does not show that there is no other.
    let runs_off = ["the numeraire is in excess supply", "ran off to ever higher"].iter().any(|words| out.complaint().contains(words));
    let free = status == "not_found" && runs_off;
    if (status == "none" || free) && !e.anchored() {
        return free_numeraire(seed, &e, &out.complaint(), failures);
    }
    failures.check(out.code == 0 && (status == "solved" || status == "indeterminate"), || format!("seed {seed}: {status}, {}", out.complaint()));
    if out.code != 0 {
        return;
    }
    let point = match evaluate::read(&e, &names, &lookup(&out.json)) {
        Ok(p) => p,
        Err(missing) => return failures.add(format!("seed {seed}: {missing}")),
    };
    let verdict = evaluate::verdict(&e, &names, &point);
    failures.check(verdict.beyond(1e-9).is_empty(), || format!("seed {seed}: {}", verdict.beyond(1e-9).join("; ")));
    reported(seed, &e, &names, &out.json, &verdict, failures);
    if status == "solved" {
        again(seed, &e, &point, failures);
    }
}

/// No prices in units of something free: the claim is checked by counting in a factor that is not.
fn free_numeraire(seed: u64, e: &Economy, complaint: &str, failures: &mut Failures) {
    let places = (0..e.factors).flat_map(|f| e.inside().into_iter().map(move |c| (f, c)));
    for (f, c) in places {
        let mut other = e.clone();
        other.numeraire = Numeraire::Factor(f, c);
        let names = Names::new(&other, seed);
        let out = solve(&other, &names, seed);
        let Ok(point) = evaluate::read(&other, &names, &lookup(&out.json)) else { continue };
        let price = match e.numeraire {
            Numeraire::Factor(f, c) => point.pay[f][c],
            Numeraire::Good(g) => point.price[g][0],
            Numeraire::None => f64::NAN,
        };
        let dearest = point.pay.iter().flatten().copied().fold(0.0, f64::max);
        failures.check(price <= 1e-6 * dearest, || format!("seed {seed}: {complaint}, yet the numeraire is worth {price} of {dearest}"));
        return;
    }
    failures.add(format!("seed {seed}: {complaint}, and no factor serves as numeraire"));
}

/// Incomes and net exports as the program reports them.
fn reported(seed: u64, e: &Economy, n: &Names, answer: &Value, verdict: &evaluate::Verdict, failures: &mut Failures) {
    let get = lookup(answer);
    for (k, &c) in e.inside().iter().enumerate() {
        let name = format!("income[{}]", n.countries[c]);
        let (got, want) = (get(&name), verdict.income[k]);
        failures.check(got.is_some_and(|x| (x - want).abs() <= 1e-9 * want), || format!("seed {seed}: {name} = {got:?}, expected {want}"));
        for g in (0..e.goods.len()).filter(|&g| e.goods[g] != Good::Nontraded) {
            let name = n.of("exports", g, c);
            let (got, want) = (get(&name), verdict.net[g][c]);
            let scale = verdict.income[k] / e_price(e, g);
            failures.check(got.is_some_and(|x| (x - want).abs() <= 1e-8 * scale.max(want.abs())), || {
                format!("seed {seed}: {name} = {got:?}, expected {want}")
            });
        }
    }
}

fn e_price(e: &Economy, g: usize) -> f64 {
    if let Good::Given(p) = e.goods[g] { p } else { 1.0 }
}

/// Other names, another order, other units: the same equilibrium.
fn again(seed: u64, e: &Economy, point: &evaluate::Point, failures: &mut Failures) {
    let e = if e.anchored() { dearer(e) } else { other_numeraire(e, point) };
    let names = Names::new(&e, seed + 1_000_000);
    let out = solve(&e, &names, seed + 1_000_000);
    let other = match evaluate::read(&e, &names, &lookup(&out.json)) {
        Ok(p) => p,
        Err(missing) => return failures.add(format!("seed {seed} renamed: {missing}, {}", out.complaint())),
    };
    let money = |at: &evaluate::Point| -> f64 {
        e.inside().iter().map(|&c| (0..e.factors).map(|f| at.pay[f][c] * e.countries[c].amounts[f]).sum::<f64>()).sum()
    };
    let units = if e.anchored() { 1.1 } else { money(&other) / money(point) };
    let near = |a: f64, b: f64, size: f64| (a - b).abs() <= 1e-7 * size.max(a.abs());
    let mut same = true;
    for (a, b) in point.output.iter().flatten().zip(other.output.iter().flatten()) {
        same &= near(*a, *b, 1.0);
    }
    for &c in &e.inside() {
        for f in 0..e.factors {
            same &= near(point.pay[f][c] * units, other.pay[f][c], 1e-2);
        }
    }
    for (a, b) in point.margin.iter().zip(&other.margin) {
        same &= near(*a, *b, 1.0);
    }
    failures.check(same, || format!("seed {seed}: another equilibrium under other names: outputs {:?} and {:?}", point.output, other.output));
}

/// Two countries a (0) and b (1) make six goods, of which the second is made in b alone and the fourth is not traded; all but these two have given
/// prices. Households take goods in fixed proportions `take`: u is the number of such baskets. Labor (factor 0) of b makes the second good one for
/// one and takes part in the fourth; factor 1 of both countries earns `rent`, at least what its only industry pays at the given price.
///
/// Were there an equilibrium, then, w being b's wage:
/// - w is at least the given price of the sixth good, or making that one in b would pay;
/// - labor of a is free: fully used, it would serve `endowment / take[3]` baskets, whose second good needs more labor than b has; so the fourth good
///   is free in a;
/// - a's baskets are at least u_a = rent_a / (B + x), where B is the cost of the goods at given prices and x = take[1] · price of the second good;
/// - b spends at least what its factors earn; with its labor at least what its second and fourth goods take, what is left of its budget is
///   u_b (B + m) ≥ x u_a + rent_b, where m is the imported input in b's fourth good for a basket.
///
/// Labor needed in b is then at least `take[1] (u_a + u_b) + labor in the fourth good · u_b`: more than b has, at every x.
#[test]
fn seed_198_has_no_equilibrium() {
    use oracle::economy::{Industry, Input};
    let e = generate::economy(IMPOSSIBLE);
    let price = |g: usize| if let Good::Given(p) = e.goods[g] { p } else { f64::NAN };
    let of = |good: usize, country: usize| -> &Industry {
        let found = e.industries.iter().find(|i| i.good == good && i.countries.contains(&country));
        found.unwrap_or_else(|| panic!("nobody makes good {good} in {country}"))
    };
    let take: Vec<f64> =
        (0..6).map(|g| e.tastes[0].inputs.iter().find(|(_, i)| matches!(i, Input::Good(k) if *k == g)).map_or(f64::NAN, |t| t.0)).collect();
    assert!(take.iter().all(|t| *t > 0.0) && format!("{:?}", e.tastes[0]) == format!("{:?}", e.tastes[1]) && e.countries[1].productivity == 1.0);
    let (second, fourth, sixth, own) = (of(1, 1), of(3, 1), of(5, 1), of(0, 1));
    assert!(second.countries == [1] && second.productivity == 1.0 && sixth.productivity == 1.0 && own.markup == 1.0 && of(3, 0).productivity == 1.0);
    let [(labor, Input::Nest(_)), (import, Input::Good(4))] = fourth.technology.inputs[..] else { panic!("another fourth industry") };
    // A single input at normalized weight costs its own price; markups go to the household.
    let rent = |c: usize| price(0) * own.productivity * e.countries[c].amounts[1];
    let given: f64 = [0, 2, 4, 5].iter().map(|&g| take[g] * price(g)).sum();
    let (labor_b, import_b) = (labor / fourth.productivity * take[3], import / fourth.productivity * take[3] * price(4));
    let endowment = e.countries[1].amounts[0];
    assert!(take[1] * e.countries[0].amounts[0] / take[3] > endowment);
    let lowest = take[1] * second.markup * price(5) / sixth.markup;
    // Both bounds are monotone in x: between two neighbours of the grid the mixed bound holds, and beyond its end the limit.
    let needed = |low: f64, high: f64| {
        let (baskets_a, spent) = (rent(0) / (given + high), low * rent(0) / (given + low));
        take[1] * baskets_a + (take[1] + labor_b) * (spent + rent(1)) / (given + import_b)
    };
    let grid: Vec<f64> = (0..=2000).map(|k| lowest * (0.01 * f64::from(k)).exp()).collect();
    let least = grid.windows(2).map(|w| needed(w[0], w[1])).fold(needed(grid[2000], f64::INFINITY), f64::min);
    assert!(least > 1.1 * endowment, "labor needed {least}, there {endowment}");
}

fn span(from: u64, to: u64) {
    let mut failures = Failures::default();
    for seed in from..to {
        check(seed, &mut failures);
    }
    failures.finish();
}

/// `SEEDS=26,163 cargo test --test solver random::chosen -- --nocapture` prints and checks these economies alone.
#[test]
fn chosen_seeds() {
    let chosen = std::env::var("SEEDS").unwrap_or_else(|_| "0".to_owned());
    let mut failures = Failures::default();
    for seed in chosen.split(',').filter_map(|s| s.trim().parse().ok()) {
        let e = if std::env::var("TASKS").is_ok() { generate::with_tasks(seed) } else { generate::economy(seed) };
        println!("// seed {seed}\n{}", program(&e, &Names::new(&e, seed), seed));
        check_this(seed, e, &mut failures);
    }
    failures.finish();
}

#[test]
fn first_half() {
    span(0, SEEDS / 2);
}

#[test]
fn second_half() {
    span(SEEDS / 2, SEEDS);
}

fn tasks_seeds() -> u64 {
    std::env::var("TASKS").ok().and_then(|n| n.parse().ok()).unwrap_or(3 * SEEDS / 10)
}

/// Solves what is drawn and has `what`: so many at least, of which 2 in 100 may be not found. The search may give up, and says so; a wrong word is worse.
fn with_lines(seeds: u64, draw: fn(u64) -> Economy, what: fn(&Line) -> bool, least: usize) {
    let mut failures = Failures::default();
    let (mut drawn, mut missed) = (0, 0);
    for seed in (0..seeds).filter(|s| *s != IMPOSSIBLE) {
        let e = draw(seed);
        if e.tasks.iter().flat_map(|t| &t.lines).any(what) {
            drawn += 1;
            let out = solve(&e, &Names::new(&e, seed), seed);
            match out.json["status"] == "not_found" && !out.complaint().contains("ran off") {
                true => missed += 1,
                false => check_this(seed, e, &mut failures),
            }
        }
    }
    assert!(missed * 50 <= drawn, "{missed} of {drawn} not found");
    assert!(drawn > least, "only {drawn} drawn");
    failures.finish();
}

/// Economies whose tasks have all that tasks can have.
#[test]
fn tasks_whole() {
    with_lines(tasks_seeds(), generate::with_tasks, |l| !l.steps.is_empty() || l.substitution != 0.0 || l.tariff != 0.0, 60);
}

/// Tasks that may be done in several places: each is done where it costs least, as a plain search over a fine grid of tasks finds.
#[test]
fn several_places() {
    with_lines(tasks_seeds() / 2, generate::with_places, |l| !l.others.is_empty(), 30);
}

/// The generator covers what it promises: otherwise the thousand say less than they seem to.
#[test]
fn the_draw_is_broad() {
    let all: Vec<Economy> = (0..SEEDS).map(generate::economy).collect();
    let share = |f: &dyn Fn(&Economy) -> bool| all.iter().filter(|e| f(e)).count();
    for (what, n) in [
        ("given prices", share(&|e| e.anchored())),
        ("no given price", share(&|e| !e.anchored())),
        ("tasks", share(&|e| !e.tasks.is_empty())),
        ("nontraded goods", share(&|e| e.goods.contains(&Good::Nontraded))),
        ("four factors", share(&|e| e.factors == 4)),
        ("six goods", share(&|e| e.goods.len() == 6)),
        ("four countries", share(&|e| e.countries.len() == 4)),
        ("markups", share(&|e| e.industries.iter().any(|i| i.markup > 1.0))),
        ("specific factors", share(&|e| e.specific.iter().any(Option::is_some))),
    ] {
        assert!(n >= 40, "{what}: only {n} of {SEEDS}");
    }
}

/// The evaluator itself: it accepts an equilibrium worked out by hand and refuses one that is slightly off.
#[test]
fn the_evaluator_can_say_no() {
    use oracle::economy::{Country, Industry, Input, Nest, Shape};
    let nest = |shape, inputs| Nest { shape, inputs };
    // One good, one factor: wage = price, output = endowment.
    let e = Economy {
        countries: vec![Country { outside: false, amounts: vec![10.0], productivity: 1.0 }],
        factors: 1,
        specific: vec![None],
        goods: vec![Good::Given(2.0)],
        industries: vec![Industry {
            good: 0,
            countries: vec![0],
            technology: nest(Shape::Leontief, vec![(1.0, Input::Factor(0))]),
            productivity: 1.0,
            markup: 1.0,
        }],
        tasks: Vec::new(),
        tastes: vec![nest(Shape::CobbDouglas, vec![(1.0, Input::Good(0))])],
        numeraire: Numeraire::None,
    };
    let n = Names::new(&e, Rng::new(1).whole(0, 9) as u64);
    let point =
        |wage: f64, output: f64| evaluate::Point { pay: vec![vec![wage]], price: vec![vec![2.0]], output: vec![vec![output]], margin: Vec::new() };
    assert!(evaluate::verdict(&e, &n, &point(2.0, 10.0)).beyond(1e-12).is_empty());
    assert!(!evaluate::verdict(&e, &n, &point(2.0001, 10.0)).beyond(1e-9).is_empty());
    assert!(!evaluate::verdict(&e, &n, &point(2.0, 10.001)).beyond(1e-9).is_empty());
}
