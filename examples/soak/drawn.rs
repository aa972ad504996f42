//! Economies drawn at random: tasks that move both ways, nests, goods as inputs, goods that are not traded, specific factors, markups, several
//! households. Nothing says beforehand that an equilibrium exists.

use super::Case;
use super::answer::{Answer, Status};
use super::check::{Verified, compare, told, verified};
use super::oracle::economy::{Economy, Numeraire};
use super::oracle::names::Names;
use super::oracle::rng::Rng;
use super::oracle::{evaluate, generate, program::program};

pub fn text(seed: u64) -> String {
    let e = generate::economy(seed);
    program(&e, &Names::new(&e, seed), seed)
}

pub fn case(seed: u64) -> Case {
    let e = generate::economy(seed);
    let names = Names::new(&e, seed);
    let read = |answer: &Answer| evaluate::read(&e, &names, &|name: &str| answer.value(name));
    let mut findings = Vec::new();
    let first = verified(&e, &names, &program(&e, &names, seed), &read, "", &mut findings);
    let status = first.answer.status;
    let class = if matches!(status, Status::None | Status::NotFound) { class(&e, &names, seed) } else { "" };
    // What has an equilibrium under another numeraire, where its own is worth something, has one.
    told(&first.answer, class, class.starts_with("SOLVED"), &mut findings);
    let shuffled = verified(&e, &names, &program(&e, &names, seed ^ 0x5EED), &read, "shuffled", &mut findings);
    compare(&first, &shuffled, "shuffled", &mut findings);
    let reporting = verified(&e, &names, &with_report(&e, &names, seed), &read, "with a report", &mut findings);
    compare(&first, &reporting, "with a report", &mut findings);
    if !e.anchored() {
        let other = other_numeraire(&e, seed);
        let other_read = |answer: &Answer| evaluate::read(&other, &names, &|name: &str| answer.value(name));
        let answer = verified(&other, &names, &program(&other, &names, seed), &other_read, "another numeraire", &mut findings);
        // A numeraire that is free has no price to count in: the claim is right where the other one says so too.
        let free = |v: &Verified, n: Numeraire| v.point.as_ref().is_some_and(|p| worth(p, n) < 1e-6 * dearest(p));
        let counts = |v: &Verified| v.answer.status.has_values();
        let excused = !counts(&first) && free(&answer, e.numeraire) || !counts(&answer) && free(&first, other.numeraire);
        if !excused {
            compare(&first, &answer, "another numeraire", &mut findings);
        }
    }
    Case { kind: "drawn", seed, status, findings }
}

/// Why an economy has no answer in its own numeraire: what the first factor that has one as numeraire says of it.
fn class(e: &Economy, names: &Names, seed: u64) -> &'static str {
    if e.anchored() {
        return "prices are given";
    }
    for n in factors(e) {
        let mut other = e.clone();
        other.numeraire = n;
        let v = verified(
            &other,
            names,
            &program(&other, names, seed),
            &|answer: &Answer| evaluate::read(&other, names, &|name: &str| answer.value(name)),
            "",
            &mut Vec::new(),
        );
        if let Some(p) = &v.point {
            return if worth(p, e.numeraire) < 1e-6 * dearest(p) { "the numeraire is free: seen under another" } else { "SOLVED under another" };
        }
    }
    "no answer under any factor as numeraire"
}

/// Every factor of every country as a numeraire.
fn factors(e: &Economy) -> Vec<Numeraire> {
    let inside = e.inside();
    (0..e.factors).flat_map(|f| inside.iter().map(move |&c| Numeraire::Factor(f, c))).collect()
}

pub fn worth(p: &evaluate::Point, n: Numeraire) -> f64 {
    match n {
        Numeraire::Factor(f, c) => p.pay[f][c],
        Numeraire::Good(g) => p.price[g][0],
        Numeraire::None => f64::NAN,
    }
}

pub fn dearest(p: &evaluate::Point) -> f64 {
    p.pay.iter().flatten().copied().fold(0.0, f64::max)
}

fn other_numeraire(e: &Economy, seed: u64) -> Economy {
    let mut r = Rng::new(seed ^ 0x0F0F);
    let all: Vec<Numeraire> = factors(e).into_iter().filter(|n| *n != e.numeraire).collect();
    let mut other = e.clone();
    if !all.is_empty() {
        other.numeraire = *r.pick(&all);
    }
    other
}

/// The program with every price of a factor reported.
fn with_report(e: &Economy, n: &Names, seed: u64) -> String {
    let one = e.inside().len() == 1 && e.countries.len() == 1;
    let of = |f: usize, c: usize| if one { n.pay[f].clone() } else { n.wage(f, c) };
    let all: Vec<String> = e.inside().into_iter().flat_map(|c| (0..e.factors).map(move |f| (f, c))).map(|(f, c)| of(f, c)).collect();
    format!("{}report {{ {} }}\n", program(e, n, seed), all.join(", "))
}
