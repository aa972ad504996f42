//! Draws an economy from a seed, within what is known to have an equilibrium.
//!
//! At given prices output is bounded as long as every industry needs a factor that cannot come from an outside country: where tasks may leave for
//! one, elasticities stay at or below 1 and another factor takes part. Goods as inputs take a small share, so that the economy is productive.

use super::economy::{Country, Economy, Good, Industry, Input, Line, Nest, Numeraire, Schedule, Shape, Tasks};
use super::rng::Rng;

pub fn economy(seed: u64) -> Economy {
    let mut r = Rng::new(seed);
    let open = r.chance(0.5);
    let inside = r.whole(1, if open { 2 } else { 4 });
    let outside = if open { r.whole(0, 2) } else { 0 };
    let factors = r.whole(1, 4);
    let goods = goods(&mut r, open);
    let specific = specific(&mut r, factors, goods.len());
    let tasks = tasks(&mut r, inside, outside, factors, &goods, &specific);
    let industries = industries(&mut r, inside, factors, &goods, &specific, &tasks);
    let tastes = tastes(&mut r, inside, goods.len());
    let mut countries: Vec<Country> = (0..inside)
        .map(|_| Country {
            outside: false,
            amounts: (0..factors).map(|_| r.number(20.0, 120.0)).collect(),
            productivity: if r.chance(0.5) { 1.0 } else { r.number(0.4, 1.5) },
        })
        .collect();
    countries.extend((0..outside).map(|_| Country { outside: true, amounts: (0..factors).map(|_| r.number(0.1, 0.8)).collect(), productivity: 1.0 }));
    let numeraire = if open { Numeraire::None } else { numeraire(&mut r, inside, factors, &goods) };
    let mut e = Economy { countries, factors, specific, goods, industries, tasks, tastes, numeraire };
    prune(&mut e);
    e
}

fn line(r: &mut Rng, from: usize, to: usize, only: Vec<usize>) -> Line {
    Line { from, to, level: r.number(0.9, 2.5), schedule: schedule(r), steps: Vec::new(), substitution: 0.0, tariff: 0.0, only, others: Vec::new() }
}

/// The economy of a seed with all that tasks can have: costs that jump, flat between the jumps or not, tasks that replace each other, tariffs on them.
///
/// Drawn apart, so that the economies of [`economy`] stay what they are. Tasks that may leave for an outside country replace each other less than one
/// for one: home labor then stays essential.
pub fn with_tasks(seed: u64) -> Economy {
    let mut e = economy(seed);
    let mut r = Rng::new(seed ^ 0x7A5C_5000);
    let outside: Vec<bool> = e.countries.iter().map(|c| c.outside).collect();
    for set in &mut e.tasks {
        let mut rates: Vec<((usize, usize), f64)> = Vec::new();
        for l in &mut set.lines {
            if r.chance(0.6) {
                let n = r.whole(1, 4);
                let mut ends: Vec<f64> = (1..n).map(|_| r.number(0.05, 0.95)).chain([1.0]).collect();
                ends.sort_by(f64::total_cmp);
                ends.dedup();
                let mut height = r.number(0.9, 1.1);
                l.steps = ends
                    .into_iter()
                    .map(|end| {
                        height = ((height + r.number(0.05, 0.5)) * 1000.0).round() / 1000.0;
                        (end, height)
                    })
                    .collect();
                if r.chance(0.6) {
                    l.schedule = Schedule::Linear(0.0);
                }
            }
            if r.chance(0.4) {
                let most = if outside[l.to] { 0.9 } else { 2.5 };
                // Not 1: `bundle` writes down means of other orders only.
                l.substitution = r.number(0.1, most) + 0.0003;
                // Knots make integrals of powers slow, and the evaluator's own inexact.
                if matches!(l.schedule, Schedule::Table(_)) {
                    l.schedule = Schedule::Exponential(1.3);
                }
            }
            let rate = match rates.iter().find(|x| x.0 == (l.from, l.to)) {
                Some((_, rate)) => *rate,
                None => {
                    let rate = if r.chance(0.4) { r.number(-0.1, 0.3) } else { 0.0 };
                    rates.push(((l.from, l.to), rate));
                    rate
                }
            };
            l.tariff = rate;
        }
    }
    e
}

/// [`with_tasks`], with several places for the tasks of most lines.
pub fn with_places(seed: u64) -> Economy {
    let mut e = with_tasks(seed);
    let mut r = Rng::new(seed ^ 0x0DE5_7000);
    let countries = e.countries.len();
    let outside: Vec<bool> = e.countries.iter().map(|c| c.outside).collect();
    for set in &mut e.tasks {
        let mut rates: Vec<((usize, usize), f64)> = set.lines.iter().map(|l| ((l.from, l.to), l.tariff)).collect();
        let factor = set.factor;
        for l in &mut set.lines {
            let elsewhere: Vec<usize> = (0..countries).filter(|c| *c != l.from && *c != l.to).collect();
            for to in elsewhere {
                if e.countries[to].amounts[factor] <= 0.0 || !r.chance(0.8) {
                    continue;
                }
                let mut other = line(&mut r, l.from, to, Vec::new());
                // As dear as the first on the whole, so that both do some.
                other.level = l.level * r.number(0.7, 1.4);
                if r.chance(0.4) {
                    let end = r.number(0.1, 0.9);
                    other.steps = vec![(end, 1.0), (1.0, r.number(1.05, 1.6))];
                }
                // The rate of a border is one, whatever the industries.
                let rate = match rates.iter().find(|x| x.0 == (l.from, to)) {
                    Some((_, rate)) => *rate,
                    None => {
                        let rate = if r.chance(0.3) { r.number(-0.1, 0.3) } else { 0.0 };
                        rates.push(((l.from, to), rate));
                        rate
                    }
                };
                other.tariff = rate;
                l.others.push(other);
            }
            let places = l.others.iter().map(|o| o.to).chain([l.to]);
            if places.into_iter().any(|to| outside[to]) && l.substitution >= 1.0 {
                l.substitution = 0.4003;
            }
            // Of two costs that are flat which place does what is not settled by the costs alone.
            if !l.others.is_empty() {
                let odd = |s: &Schedule| matches!(s, Schedule::Linear(k) if *k == 0.0) || matches!(s, Schedule::Table(_));
                for (n, place) in std::iter::once(&mut l.schedule).chain(l.others.iter_mut().map(|o| &mut o.schedule)).enumerate() {
                    if odd(place) {
                        *place = Schedule::Linear(0.4 + 0.37 * n as f64);
                    }
                }
            }
        }
        // Industries that a line names have these places only; so have those of a line for all where another line begins there.
        let named: Vec<(usize, usize)> = set.lines.iter().flat_map(|l| l.only.iter().map(|g| (l.from, *g))).collect();
        for l in &mut set.lines {
            if l.only.is_empty() && named.iter().any(|x| x.0 == l.from) {
                l.others.clear();
            }
        }
    }
    e
}

/// Takes out task lines that no industry uses: nothing would determine their margins.
fn prune(e: &mut Economy) {
    let all = e.clone();
    let mut number = 0..;
    for set in &mut e.tasks {
        let factor = set.factor;
        set.lines.retain(|l| {
            let mine = number.next();
            all.industries.iter().any(|i| {
                let here = i.countries.contains(&l.from) && uses(&i.technology, factor);
                here && all.line(factor, l.from, i.good).map(|(k, _)| k) == mine
            })
        });
    }
    e.tasks.retain(|t| !t.lines.is_empty());
}

fn goods(r: &mut Rng, open: bool) -> Vec<Good> {
    let n = r.whole(1, 6);
    (0..n)
        .map(|g| match () {
            () if g > 0 && r.chance(0.15) => Good::Nontraded,
            () if open && (g == 0 || r.chance(0.85)) => Good::Given(r.number(0.7, 1.4)),
            () => Good::Free,
        })
        .collect()
}

/// Sometimes the last factor belongs to one industry.
fn specific(r: &mut Rng, factors: usize, goods: usize) -> Vec<Option<usize>> {
    let mut list = vec![None; factors];
    if factors > 1 && r.chance(0.2) {
        list[factors - 1] = Some(r.whole(0, goods - 1));
    }
    list
}

fn numeraire(r: &mut Rng, inside: usize, factors: usize, goods: &[Good]) -> Numeraire {
    let traded: Vec<usize> = (0..goods.len()).filter(|&g| goods[g] == Good::Free).collect();
    match r.chance(0.5) {
        true => Numeraire::Good(*r.pick(&traded)),
        false => Numeraire::Factor(r.whole(0, factors - 1), r.whole(0, inside - 1)),
    }
}

fn tasks(r: &mut Rng, inside: usize, outside: usize, factors: usize, goods: &[Good], specific: &[Option<usize>]) -> Vec<Tasks> {
    let countries = inside + outside;
    if countries < 2 || r.chance(0.25) {
        return Vec::new();
    }
    // One factor stays at home, so that something bounds output at given prices.
    let stay = if outside == 0 { 0 } else { 1 + usize::from(specific.iter().any(Option::is_some)) };
    let mut movable: Vec<usize> = (0..factors.saturating_sub(stay)).filter(|&f| specific[f].is_none()).collect();
    r.shuffle(&mut movable);
    let sets = r.whole(1, 2).min(movable.len());
    let mut list = Vec::new();
    for &factor in &movable[..sets] {
        let mut lines = Vec::new();
        for from in 0..inside {
            if !lines.is_empty() && r.chance(0.5) {
                continue;
            }
            let to = (from + r.whole(1, countries - 1)) % countries;
            // A line for one industry: one that every country has. Where there is no other, nothing is left for a general line.
            let made: Vec<usize> = (0..goods.len()).filter(|&g| everywhere(goods, specific, g)).collect();
            let general = r.chance(0.7);
            if general {
                lines.push(line(r, from, to, Vec::new()));
            }
            if !general || (goods.len() > 1 && r.chance(0.2)) {
                let good = *r.pick(&made);
                lines.push(line(r, from, to, vec![good]));
            }
        }
        list.push(Tasks { factor, lines });
    }
    list
}

fn schedule(r: &mut Rng) -> Schedule {
    match r.whole(0, 4) {
        0 => Schedule::Linear(r.number(0.2, 3.0)),
        1 => Schedule::Power(r.number(0.2, 3.0), r.number(0.4, 2.5)),
        2 => Schedule::Exponential(r.number(0.2, 2.5)),
        3 => Schedule::Pole(r.number(0.1, 0.9)),
        _ => {
            let (a, b) = (r.number(0.1, 0.45), r.number(0.55, 0.9));
            let (ta, tb, last) = (r.number(1.05, 1.5), r.number(1.55, 2.5), r.number(2.6, 4.5));
            Schedule::Table(vec![(0.0, 1.0), (a, ta), (b, tb), (1.0, last)])
        }
    }
}

fn industries(r: &mut Rng, inside: usize, factors: usize, goods: &[Good], specific: &[Option<usize>], tasks: &[Tasks]) -> Vec<Industry> {
    let mut list = Vec::new();
    for good in 0..goods.len() {
        let mut places: Vec<usize> = (0..inside).collect();
        if !everywhere(goods, specific, good) && inside > 1 && r.chance(0.3) {
            let drop = r.whole(0, inside - 1);
            places.retain(|&c| c != drop);
        }
        // Either one technology for all of these countries, or each its own.
        let groups: Vec<Vec<usize>> = if r.chance(0.4) { vec![places] } else { places.into_iter().map(|c| vec![c]).collect() };
        for countries in groups {
            list.push(Industry {
                good,
                technology: technology(r, good, factors, goods, specific, tasks, inside),
                countries,
                productivity: if r.chance(0.6) { 1.0 } else { r.number(0.7, 1.4) },
                markup: if r.chance(0.75) { 1.0 } else { r.number(1.02, 1.4) },
            });
        }
    }
    cover(&mut list, inside, factors, specific);
    list
}

/// Whether each country makes the good: the first one, so that no country is idle; what is not traded; what a factor is tied to.
fn everywhere(goods: &[Good], specific: &[Option<usize>], good: usize) -> bool {
    good == 0 || goods[good] == Good::Nontraded || specific.contains(&Some(good))
}

/// Gives every factor of every country a use: an unused one is an error of the model.
fn cover(list: &mut [Industry], inside: usize, factors: usize, specific: &[Option<usize>]) {
    for country in 0..inside {
        for factor in 0..factors {
            let used = |i: &Industry| i.countries.contains(&country) && uses(&i.technology, factor);
            if list.iter().any(used) {
                continue;
            }
            let fits = |i: &&mut Industry| i.countries.contains(&country) && specific[factor].is_none_or(|g| g == i.good);
            if let Some(industry) = list.iter_mut().find(fits) {
                insert(&mut industry.technology, factor);
            }
        }
    }
}

pub fn uses(nest: &Nest, factor: usize) -> bool {
    nest.inputs.iter().any(|(_, i)| match i {
        Input::Factor(f) => *f == factor,
        Input::Good(_) => false,
        Input::Nest(n) => uses(n, factor),
    })
}

/// Adds a factor to the innermost bundle of factors, with a fifth of its weight.
fn insert(nest: &mut Nest, factor: usize) {
    let inner = nest.inputs.iter().position(|(_, i)| matches!(i, Input::Nest(_)));
    if let Some(at) = inner
        && let Input::Nest(n) = &mut nest.inputs[at].1
    {
        insert(n, factor);
        return;
    }
    for (weight, _) in &mut nest.inputs {
        *weight = round(*weight * 0.8);
    }
    let rest = round(1.0 - nest.inputs.iter().map(|(w, _)| w).sum::<f64>());
    let free = matches!(nest.shape, Shape::Leontief | Shape::Normalized(_));
    nest.inputs.push((if free { 0.2 } else { rest }, Input::Factor(factor)));
}

fn technology(r: &mut Rng, good: usize, factors: usize, goods: &[Good], specific: &[Option<usize>], tasks: &[Tasks], inside: usize) -> Nest {
    let mut mine: Vec<usize> = (0..factors).filter(|&f| specific[f].is_none_or(|g| g == good) && r.chance(0.75)).collect();
    let leaves = |f: usize| tasks.iter().any(|t| t.factor == f && t.lines.iter().any(|l| l.to >= inside));
    let inelastic = (0..factors).any(leaves);
    if mine.iter().all(|&f| leaves(f)) {
        // The one that stays: never among the movable ones where a country is outside.
        let stays = (0..factors).filter(|&f| specific[f].is_none_or(|g| g == good) && !leaves(f)).max();
        mine.extend(stays);
    }
    let shape = |r: &mut Rng, low: bool| match r.whole(0, 4) {
        0 => Shape::Leontief,
        1 => Shape::CobbDouglas,
        2 => Shape::Ces(1.0),
        3 if !low => Shape::Normalized(r.number(1.1, 3.0)),
        3 => Shape::Normalized(r.number(0.2, 0.9)),
        _ => Shape::Ces(r.number(0.2, if low { 0.95 } else { 2.5 })),
    };
    let inputs: Vec<Input> = mine.iter().map(|&f| Input::Factor(f)).collect();
    let mut value_added = if inputs.len() > 2 && r.chance(0.5) {
        let mut first = inputs;
        let rest = first.split_off(1);
        let (inner, outer) = (shape(r, inelastic), shape(r, inelastic));
        let inner = nest(r, inner, rest);
        first.push(Input::Nest(Box::new(inner)));
        nest(r, outer, first)
    } else {
        let s = shape(r, inelastic);
        nest(r, s, inputs)
    };
    if goods.len() > 1 && r.chance(0.35) {
        let other = (good + r.whole(1, goods.len() - 1)) % goods.len();
        let shape = *r.pick(&[Shape::Leontief, Shape::CobbDouglas, Shape::Ces(1.0), Shape::Ces(0.5)]);
        let share = r.number(0.05, 0.25);
        value_added = Nest { shape, inputs: vec![(round(1.0 - share), Input::Nest(Box::new(value_added))), (share, Input::Good(other))] };
    }
    value_added
}

/// Inputs with random weights that sum to 1, also where the language does not ask for it: unit cost is then near 1 at unit prices.
fn nest(r: &mut Rng, shape: Shape, inputs: Vec<Input>) -> Nest {
    let raw: Vec<f64> = inputs.iter().map(|_| r.number(0.2, 1.0)).collect();
    let total: f64 = raw.iter().sum();
    let mut weights: Vec<f64> = raw.iter().map(|w| round(w / total)).collect();
    let last = weights.len() - 1;
    weights[last] = round(1.0 - weights[..last].iter().sum::<f64>());
    if let Shape::Normalized(_) = shape {
        weights = weights.iter().map(|w| round(w * 3.0)).collect();
    }
    Nest { shape, inputs: weights.into_iter().zip(inputs).collect() }
}

fn round(x: f64) -> f64 {
    (x * 10_000.0).round() / 10_000.0
}

/// Every good is wanted, alike everywhere or country by country.
fn tastes(r: &mut Rng, inside: usize, goods: usize) -> Vec<Nest> {
    let draw = |r: &mut Rng| {
        let shape = |r: &mut Rng| match r.whole(0, 3) {
            0 => Shape::Leontief,
            1 => Shape::CobbDouglas,
            _ => Shape::Ces(r.number(0.4, 2.5)),
        };
        let inputs: Vec<Input> = (0..goods).map(Input::Good).collect();
        if goods > 2 && r.chance(0.3) {
            let mut first = inputs;
            let rest = first.split_off(1);
            let (inner, outer) = (shape(r), shape(r));
            let inner = nest(r, inner, rest);
            first.push(Input::Nest(Box::new(inner)));
            nest(r, outer, first)
        } else {
            let s = shape(r);
            nest(r, s, inputs)
        }
    };
    if r.chance(0.6) {
        let one = draw(r);
        return vec![one; inside];
    }
    (0..inside).map(|_| draw(r)).collect()
}
