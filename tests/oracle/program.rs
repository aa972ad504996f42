//! Writes an economy as a program of the language, its declarations in random order.

use super::economy::{Economy, Good, Input, Line, Nest, Numeraire, Schedule, Shape};
use super::names::Names;
use super::rng::Rng;

/// The text of the program; `seed` decides the order of declarations and the way equal things are written.
pub fn program(e: &Economy, n: &Names, seed: u64) -> String {
    let mut r = Rng::new(seed ^ 0x7777);
    let mut parts: Vec<String> = Vec::new();
    countries(e, n, &mut parts);
    for f in 0..e.factors {
        let specific = e.specific[f].map(|g| format!(" specific to {}", n.goods[g])).unwrap_or_default();
        parts.push(format!("factor {} price {}{specific}", n.factors[f], n.pay[f]));
    }
    tasks(e, n, &mut parts);
    goods(e, n, &mut parts);
    industries(e, n, &mut r, &mut parts);
    demand(e, n, &mut r, &mut parts);
    match e.numeraire {
        Numeraire::None => {}
        Numeraire::Good(g) => parts.push(format!("numeraire {}", n.price(g))),
        Numeraire::Factor(f, c) => parts.push(format!("numeraire {}", n.wage(f, c))),
    }
    r.shuffle(&mut parts);
    let title = format!("model {}", n.model);
    let at = r.whole(0, parts.len());
    parts.insert(at, title);
    parts.join("\n") + "\n"
}

fn countries(e: &Economy, n: &Names, parts: &mut Vec<String>) {
    for (c, country) in e.countries.iter().enumerate() {
        let amounts: Vec<String> = (0..e.factors).map(|f| format!("{} = {:?}", n.factors[f], country.amounts[f])).collect();
        let amounts = amounts.join(", ");
        parts.push(match country.outside {
            true => format!("country {} outside {{ price {amounts} }}", n.countries[c]),
            false if country.productivity == 1.0 => format!("country {} {{ endowment {amounts} }}", n.countries[c]),
            false => format!("country {} {{ productivity = {:?} endowment {amounts} }}", n.countries[c], country.productivity),
        });
    }
}

fn goods(e: &Economy, n: &Names, parts: &mut Vec<String>) {
    for (g, good) in e.goods.iter().enumerate() {
        let symbol = n.prices[g].as_ref().map(|p| format!(" {p}")).unwrap_or_default();
        let price = match good {
            Good::Given(value) => format!(" price{symbol} = {value:?}"),
            _ if symbol.is_empty() => String::new(),
            _ => format!(" price{symbol}"),
        };
        let nontraded = if *good == Good::Nontraded { " nontraded" } else { "" };
        parts.push(format!("good {}{price}{nontraded}", n.goods[g]));
    }
}

fn tasks(e: &Economy, n: &Names, parts: &mut Vec<String>) {
    let mut k = 0;
    for (t, set) in e.tasks.iter().enumerate() {
        let mut lines = String::new();
        for line in &set.lines {
            let own = format!(" margin {} bill {}", n.margins[k], n.bills[k]);
            lines += &format!("  {}\n", offshore(n, line, (&n.schedules[k], &own), parts));
            for (p, other) in line.others.iter().enumerate() {
                let other = Line { only: line.only.clone(), substitution: 0.0, ..other.clone() };
                lines += &format!("  {}\n", offshore(n, &other, (&format!("{}_p{p}", n.schedules[k]), ""), parts));
            }
            k += 1;
        }
        parts.push(format!("tasks {} of {} {{\n{lines}}}", n.tasks[t], n.factors[set.factor]));
        let all: Vec<&Line> = set.lines.iter().flat_map(Line::places).collect();
        let mut ends: Vec<(usize, usize)> = all.iter().filter(|l| l.tariff != 0.0).map(|l| (l.to, l.from)).collect();
        ends.sort_unstable();
        ends.dedup();
        for (to, from) in ends {
            let rate = all.iter().find(|l| (l.to, l.from) == (to, from)).map_or(0.0, |l| l.tariff);
            parts.push(format!("tariff {} from {} to {} = {rate:?}", n.tasks[t], n.countries[to], n.countries[from]));
        }
    }
}

fn offshore(n: &Names, line: &Line, (name, own): (&str, &str), parts: &mut Vec<String>) -> String {
    let body = match &line.schedule {
        Schedule::Linear(s) => format!("1 + {s:?} * i"),
        Schedule::Power(s, g) => format!("1 + {s:?} * i^{g:?}"),
        Schedule::Exponential(s) => format!("exp({s:?} * i)"),
        Schedule::Pole(g) => format!("(1 - i)^(-{g:?})"),
        Schedule::Table(knots) => {
            let rows: Vec<String> = knots.iter().map(|(x, y)| format!("{x:?}: {y:?}")).collect();
            format!("table {{{}}}", rows.join(", "))
        }
    };
    parts.push(format!("schedule {name}(i) = {body}"));
    let only: Vec<&str> = line.only.iter().map(|&g| n.goods[g].as_str()).collect();
    let only = if only.is_empty() { String::new() } else { format!(" in {}", only.join(", ")) };
    let (from, to) = (&n.countries[line.from], &n.countries[line.to]);
    let steps = if line.steps.is_empty() {
        String::new()
    } else {
        let rows: Vec<String> = line.steps.iter().map(|(x, y)| format!("{x:?}: {y:?}")).collect();
        parts.push(format!("schedule {name}_steps(i) = steps {{{}}}", rows.join(", ")));
        format!(" * {name}_steps(i)")
    };
    let replaced = if line.substitution == 0.0 { String::new() } else { format!(" substitution {:?}", line.substitution) };
    format!("offshore {from} -> {to} cost {:?} * {name}(i){steps}{only}{own}{replaced}", line.level)
}

fn industries(e: &Economy, n: &Names, r: &mut Rng, parts: &mut Vec<String>) {
    for industry in &e.industries {
        let places: Vec<&str> = industry.countries.iter().map(|&c| n.countries[c].as_str()).collect();
        let everywhere = industry.countries.len() == e.inside().len();
        let place = if everywhere && r.chance(0.7) { String::new() } else { format!(" in {}", places.join(", ")) };
        let mut attributes = vec![format!("technology {}", form(e, n, r, &industry.technology, 0))];
        if industry.productivity != 1.0 {
            attributes.push(format!("productivity {:?}", industry.productivity));
        }
        if industry.markup != 1.0 {
            attributes.push(format!("markup {:?}", industry.markup));
        }
        r.shuffle(&mut attributes);
        parts.push(format!("industry {}{place} {{ {} }}", n.goods[industry.good], attributes.join("  ")));
    }
}

fn demand(e: &Economy, n: &Names, r: &mut Rng, parts: &mut Vec<String>) {
    let inside = e.inside();
    let texts: Vec<String> = e.tastes.iter().map(|t| format!("{t:?}")).collect();
    if texts.windows(2).all(|w| w[0] == w[1]) {
        parts.push(format!("demand {}", form(e, n, r, &e.tastes[0], 4)));
        return;
    }
    for (k, &c) in inside.iter().enumerate() {
        parts.push(format!("demand {} in {}", form(e, n, r, &e.tastes[k], 4), n.countries[c]));
    }
}

fn form(e: &Economy, n: &Names, r: &mut Rng, nest: &Nest, depth: usize) -> String {
    let head = match nest.shape {
        Shape::Leontief => "leontief".to_owned(),
        Shape::CobbDouglas => "cobb_douglas".to_owned(),
        Shape::Ces(s) => format!("ces({s:?})"),
        Shape::Normalized(s) => format!("ces({s:?}) normalized"),
    };
    let mut inputs: Vec<String> = nest
        .inputs
        .iter()
        .map(|(weight, input)| match input {
            Input::Factor(f) => format!("{}: {weight:?}", n.factors[*f]),
            Input::Good(g) => format!("{}: {weight:?}", n.goods[*g]),
            Input::Nest(inner) => format!("{}: {weight:?} * {}", n.nest(depth), form(e, n, r, inner, depth + 1)),
        })
        .collect();
    r.shuffle(&mut inputs);
    format!("{head} {{ {} }}", inputs.join(", "))
}
