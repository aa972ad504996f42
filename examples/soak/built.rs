//! Economies with an equilibrium built in, over up to twelve decades of prices and quantities: whatever is found is verified like any other answer, and
//! "none" is wrong.

use super::Case;
use super::answer::{Answer, Status};
use super::check::{Verified, compare, told, verified};
use super::drawn::{dearest, worth};
use super::known::{Known, known, nest, write};
use super::oracle::economy::{Country, Economy, Good, Industry, Input, Line, Nest, Numeraire, Schedule, Shape, Tasks};
use super::oracle::evaluate;
use super::oracle::names::Names;

pub fn text(seed: u64) -> String {
    known(seed).program(0, seed, false)
}

pub fn case(seed: u64) -> Case {
    let k = known(seed);
    let e = economy(&k);
    let names = Names::numbered(&e);
    let mut findings = Vec::new();
    let solved = |n: usize, order: u64, report: bool, variant, findings: &mut Vec<_>| {
        let e = Economy { numeraire: numeraire(&k, n), ..e.clone() };
        verified(&e, &names, &k.program(n, order, report), &|a: &Answer| point(&k, a), variant, findings)
    };
    let first = solved(0, seed, false, "", &mut findings);
    let status = first.answer.status;
    let class = if matches!(status, Status::None | Status::NotFound) { class(&k, &e, &names) } else { String::new() };
    told(&first.answer, &class, true, &mut findings);
    let shuffled = solved(0, seed ^ 0x5EED, false, "shuffled", &mut findings);
    compare(&first, &shuffled, "shuffled", &mut findings);
    let reporting = solved(0, seed, true, "with a report", &mut findings);
    compare(&first, &reporting, "with a report", &mut findings);
    if k.numeraires.len() > 1 {
        let n = 1 + (seed % (k.numeraires.len() as u64 - 1)) as usize;
        let other = solved(n, seed, false, "another numeraire", &mut findings);
        let free = |v: &Verified, n: usize| v.point.as_ref().is_some_and(|p| worth(p, numeraire(&k, n)) < 1e-6 * dearest(p));
        let counts = |v: &Verified| v.answer.status.has_values();
        let excused = !counts(&first) && free(&other, 0) || !counts(&other) && free(&first, n);
        if !excused {
            compare(&first, &other, "another numeraire", &mut findings);
        }
    }
    Case { kind: "built", seed, status, findings }
}

/// Why an economy has no answer: over how much its prices spread, and what its other numeraires say.
fn class(k: &Known, e: &Economy, names: &Names) -> String {
    let decades = 2.0 * k.spread.0.max(k.spread.1);
    let spread = format!("{decades:.1} decades");
    for n in 1..k.numeraires.len() {
        let v = verified(e, names, &k.program(n, k.seed, false), &|a: &Answer| point(k, a), "", &mut Vec::new());
        if let Some(p) = &v.point {
            let free = worth(p, numeraire(k, 0)) < 1e-6 * dearest(p);
            return format!("{} under another numeraire, {spread}", if free { "its numeraire is free" } else { "SOLVED" });
        }
    }
    format!("{}, {spread}", if k.open { "prices are given" } else { "under no numeraire" })
}

/// The numeraire by number, as the evaluator has it.
fn numeraire(k: &Known, n: usize) -> Numeraire {
    let Some((name, _)) = k.numeraires.get(n) else { return Numeraire::None };
    for f in 0..k.factors {
        if let Some(c) = k.inside().into_iter().find(|c| k.place(&format!("w{f}"), *c) == *name) {
            return Numeraire::Factor(f, c);
        }
    }
    (0..k.goods.len()).find(|g| format!("price[g{g}]") == *name).map_or(Numeraire::None, Numeraire::Good)
}

/// The same economy in the evaluator's terms; each industry of each country stands alone.
fn economy(k: &Known) -> Economy {
    let country = |c: &super::known::Country| Country {
        outside: c.outside,
        amounts: if c.outside { c.wage.clone() } else { c.endowment.clone() },
        productivity: c.productivity,
    };
    let good = |g: &super::known::Good| match (g.nontraded, k.open) {
        (true, _) => Good::Nontraded,
        (false, true) => Good::Given(g.price[0]),
        (false, false) => Good::Free,
    };
    let industry = |i: &super::known::Industry| Industry {
        good: i.good,
        countries: vec![i.country],
        technology: form(&i.technology),
        productivity: i.productivity,
        markup: i.markup,
    };
    let line = |t: &super::known::Tasks| Line {
        from: t.from,
        to: t.to,
        level: t.level,
        schedule: Schedule::Linear(t.slope),
        steps: Vec::new(),
        substitution: 0.0,
        tariff: 0.0,
        only: Vec::new(),
        others: Vec::new(),
    };
    Economy {
        countries: k.countries.iter().map(country).collect(),
        factors: k.factors,
        specific: vec![None; k.factors],
        goods: k.goods.iter().map(good).collect(),
        industries: k.industries.iter().map(industry).collect(),
        tasks: k.tasks.iter().map(|t| Tasks { factor: t.factor, lines: vec![line(t)] }).collect(),
        tastes: k.tastes.iter().map(form).collect(),
        numeraire: Numeraire::None,
    }
}

fn form(n: &nest::Nest) -> Nest {
    let shape = match n.form {
        nest::Form::Leontief => Shape::Leontief,
        nest::Form::CobbDouglas => Shape::CobbDouglas,
        nest::Form::Ces(s) => Shape::Ces(s),
    };
    let input = |i: &nest::Input| match i {
        nest::Input::Factor(f) => Input::Factor(*f),
        nest::Input::Good(g) => Input::Good(*g),
        nest::Input::Nest(inner) => Input::Nest(Box::new(form(inner))),
    };
    Nest { shape, inputs: n.inputs.iter().map(|(weight, _, i)| (*weight, input(i))).collect() }
}

/// The solved unknowns by the program's names.
fn point(k: &Known, answer: &Answer) -> Result<evaluate::Point, String> {
    let value = |name: String| answer.value(&name).filter(|x| x.is_finite()).ok_or(format!("{name} is missing"));
    let countries = 0..k.countries.len();
    let pay = |f: usize, c: usize| if k.countries[c].outside { Ok(k.countries[c].wage[f]) } else { value(k.place(&format!("w{f}"), c)) };
    let price = |g: usize, c: usize| match (k.goods[g].nontraded, k.countries[c].outside) {
        (true, true) => Ok(1.0),
        (true, false) => value(k.indexed("price", &format!("g{g}"), c)),
        (false, _) if k.open => Ok(k.goods[g].price[0]),
        (false, _) => value(format!("price[g{g}]")),
    };
    // What one industry makes is its good's output.
    let output = |i: &super::known::Industry| {
        let of = |word: &str| k.indexed(word, &write::name(i), i.country);
        value(of("activity")).or_else(|_| value(of("output")))
    };
    let table = |rows: usize, cell: &dyn Fn(usize, usize) -> Result<f64, String>| {
        (0..rows).map(|r| countries.clone().map(|c| cell(r, c)).collect::<Result<Vec<f64>, _>>()).collect::<Result<Vec<_>, _>>()
    };
    Ok(evaluate::Point {
        pay: table(k.factors, &pay)?,
        price: table(k.goods.len(), &price)?,
        output: k.industries.iter().map(|i| output(i).map(|x| vec![x])).collect::<Result<_, _>>()?,
        margin: (0..k.tasks.len()).map(|t| value(format!("M{t}"))).collect::<Result<_, _>>()?,
    })
}
