//! How quantities are called: canonical names, print names, LaTeX, meanings in the model's words.

use super::border::End;
use super::{Economy, Key};
use crate::system::{Quantity, Role, SymInfo};
use std::sync::Arc;

const GREEK: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
];

/// The Greek letter that a word names, if it does.
pub fn greek_letter(word: &str) -> Option<&'static str> {
    GREEK.iter().find(|(w, _)| *w == word).map(|(_, g)| *g)
}

/// The word for a Greek letter, if it is one.
pub fn greek_word(letter: &str) -> Option<&'static str> {
    GREEK.iter().find(|(_, g)| *g == letter).map(|(w, _)| *w)
}

/// All Greek words with their letters.
pub fn greek() -> impl Iterator<Item = (&'static str, &'static str)> {
    GREEK.iter().copied()
}

/// A Greek word followed by letters or digits reads as that letter with a suffix: `betax` → βx, `OmegaH` → ΩH.
fn split_greek(word: &str) -> Option<(&'static str, &'static str, &str)> {
    GREEK
        .iter()
        .filter(|(w, _)| word.starts_with(w))
        .filter(|(w, _)| {
            let rest = &word[w.len()..];
            rest.is_empty() || rest.chars().count() <= 2 || rest.starts_with('_')
        })
        .max_by_key(|(w, _)| w.len())
        .map(|(w, g)| (*w, *g, word[w.len()..].trim_start_matches('_')))
}

/// Print form and LaTeX of a base name.
pub fn pretty_base(base: &str) -> (String, String) {
    if let Some((word, letter, rest)) = split_greek(base) {
        let latex = if rest.is_empty() { format!("\\{word}") } else { format!("\\{word}_{{{}}}", latex_text(rest)) };
        return (format!("{letter}{rest}"), latex);
    }
    if let Some(word) = greek_word(base) {
        return (base.to_string(), format!("\\{word}"));
    }
    if base.chars().count() == 1 {
        return (base.to_string(), latex_text(base));
    }
    let mut chars = base.chars();
    let first = chars.next().map(String::from).unwrap_or_default();
    let rest: String = chars.collect();
    // `wx`, `pX1` carry a subscript; `use` is a word.
    let word = base.chars().count() > 2 && base.chars().all(|c| c.is_ascii_lowercase());
    let latex = if !word && rest.chars().count() <= 2 && rest.chars().all(|c| c.is_ascii_alphanumeric()) {
        format!("{first}_{{{rest}}}")
    } else {
        format!("\\mathit{{{}}}", latex_text(base))
    };
    (base.to_string(), latex)
}

/// Text inside LaTeX math, with the characters that mean something to it escaped.
pub fn latex_text(s: &str) -> String {
    crate::sink::tex::math(s, &greek_name)
}

/// Words inside LaTeX math, upright.
pub fn latex_words(s: &str) -> String {
    format!("\\text{{{}}}", crate::sink::tex::words(s, &greek_name))
}

/// The word for a Greek letter, if it is one.
pub fn greek_name(c: char) -> Option<&'static str> {
    greek_word(c.encode_utf8(&mut [0; 4]))
}

/// Print form and LaTeX of a canonical name with its indices in brackets.
pub fn pretty(name: &str) -> (String, String) {
    match name.split_once('[') {
        Some((base, rest)) => {
            let index = rest.trim_end_matches(']');
            let (display, latex) = pretty_base(base);
            let sub = latex_text(index);
            // A base that carries a subscript of its own is braced, so that LaTeX does not see two.
            let latex = if latex.contains('_') { format!("{{{latex}}}_{{{sub}}}") } else { format!("{latex}_{{{sub}}}") };
            (format!("{display}[{index}]"), latex)
        }
        None => pretty_base(name),
    }
}

/// A name in brackets form; quotes round elements that are no identifiers.
pub fn indexed(base: &str, index: &[Arc<str>]) -> String {
    if index.is_empty() {
        return base.to_string();
    }
    let parts: Vec<String> = index.iter().map(|i| element(i)).collect();
    format!("{base}[{}]", parts.join(", "))
}

/// An element as it is written: quoted unless it is an identifier, an indexed name, or a number such as a year.
pub fn element(name: &str) -> String {
    let number = name.starts_with(|c: char| c.is_ascii_digit()) && name.ends_with(|c: char| c.is_ascii_digit());
    if number && name.chars().all(|c| c.is_ascii_digit() || c == '.') && name.matches('.').count() < 2 {
        return name.to_string();
    }
    let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)) && !s.starts_with(|c: char| c.is_ascii_digit());
    match name.split_once('[') {
        Some((base, _)) if plain(base) => name.to_string(),
        None if plain(name) => name.to_string(),
        _ => format!("\"{name}\""),
    }
}

/// Canonical, print and LaTeX name of a quantity of a country.
///
/// With one inside country its index is left out; a country's mark replaces it in print (`w*`).
pub fn by_country(economy: &Economy, base: &str, index: &[Arc<str>], country: Option<usize>) -> (String, String, String) {
    let mut full = index.to_vec();
    if let Some(r) = country
        && economy.sole_country() != Some(r)
    {
        full.push(economy.countries[r].name.clone());
    }
    let name = indexed(base, &full);
    let mark = country.and_then(|r| economy.countries[r].mark.clone());
    let unmarked = economy.index.unmarked;
    // An outside country without a mark keeps its name: its price is another than the one at home.
    let alone = country.is_some_and(|r| economy.countries[r].mark.is_none() && !economy.countries[r].outside && unmarked == 1);
    let (display, latex) = match (&mark, alone) {
        (Some(m), _) => {
            let (d, l) = pretty_base(base);
            let sub: Vec<String> = index.iter().map(|i| latex_text(i)).collect();
            let plain = indexed("", index);
            let l = if l.contains('_') || l.contains('^') { format!("{{{l}}}") } else { l };
            let sub = if sub.is_empty() { String::new() } else { format!("_{{{}}}", sub.join(",")) };
            (format!("{d}{m}{plain}"), format!("{l}^{{{}}}{sub}", latex_text(m)))
        }
        (None, true) => pretty(&indexed(base, index)),
        (None, false) => pretty(&name),
    };
    (name, display, latex)
}

/// Names of a quantity of a good and the places that it is between, each with its own name.
fn between(e: &Economy, base: &str, good: usize, ends: &[End]) -> (String, String, String) {
    let index: Vec<Arc<str>> = std::iter::once(e.goods[good].name.clone()).chain(ends.iter().map(|p| e.end_name(*p))).collect();
    let name = indexed(base, &index);
    let (display, latex) = pretty(&name);
    (name, display, latex)
}

/// The base name of a built-in: its Greek short name, or the long one where the model declares the short one itself.
fn built_in(economy: &Economy, short: &'static str, long: &'static str) -> &'static str {
    if economy.names.entries.contains_key(short) { long } else { short }
}

/// Names, meaning and kind of a quantity.
pub fn describe(economy: &Economy, key: &Key) -> SymInfo {
    let e = economy;
    let country = |r: usize| e.countries[r].name.as_ref();
    let within = |r: usize| if e.sole_country() == Some(r) { String::new() } else { format!(" in {}", country(r)) };
    let factor_word = |f: usize| e.factors[f].label.clone().unwrap_or_else(|| e.factors[f].name.clone());
    let good_word = |g: usize| e.goods[g].label.clone().unwrap_or_else(|| e.goods[g].name.clone());
    let good = |g: usize| vec![e.goods[g].name.clone()];
    let unknown = |lower: f64| Role::Unknown { lower, upper: f64::INFINITY, start: None };
    // Replaced by `lower`; a definition nobody defined is an error there.
    let later = || Role::Bound;
    let (names, meaning, role, quantity, origin) = match key {
        Key::FactorPrice(f, r) => {
            let factor = &e.factors[*f];
            let names = match &factor.price {
                Some(p) => by_country(e, p, &factor.index, Some(*r)),
                None => by_country(e, "price", &[factor.name.clone()], Some(*r)),
            };
            (names, format!("price of {}{}", factor_word(*f), within(*r)), unknown(0.0), Quantity::FactorPrice, factor.span)
        }
        Key::GoodPrice(g, r) => {
            let item = &e.goods[*g];
            let names = match &item.price {
                Some((p, index)) => by_country(e, p, index, *r),
                None => by_country(e, "price", &good(*g), *r),
            };
            // Beside the world price a country's own needs its country, even where there is one only.
            let names = match r {
                Some(r) if item.bordered => between(e, "price", *g, &[End::Country(*r)]),
                _ => names,
            };
            let of = if item.bordered && r.is_some() { format!(" in {}", r.map_or("", country)) } else { r.map(within).unwrap_or_default() };
            (names, format!("price of {}{of}", good_word(*g)), unknown(0.0), Quantity::GoodPrice, item.span)
        }
        Key::ProducerPrice(g, r) => (
            by_country(e, "producer_price", &good(*g), Some(*r)),
            format!("price that makers of {} get{}", good_word(*g), within(*r)),
            unknown(0.0),
            Quantity::GoodPrice,
            e.goods[*g].span,
        ),
        Key::Delivered(g, i, j) => (
            between(e, "price", *g, &[*i, *j].map(End::Country)),
            format!("price of {} from {} in {}", good_word(*g), country(*i), country(*j)),
            later(),
            Quantity::GoodPrice,
            e.goods[*g].span,
        ),
        Key::Trade(g, from, to) => (
            between(e, "trade", *g, &[*from, *to]),
            format!("{} that {} gets from {}", good_word(*g), e.end_name(*to), e.end_name(*from)),
            later(),
            Quantity::Flow,
            e.goods[*g].span,
        ),
        Key::OriginShare(g, i, j) => (
            between(e, "share", *g, &[*i, *j].map(End::Country)),
            format!("share of {} in what {} spends on {}", country(*i), country(*j), good_word(*g)),
            later(),
            Quantity::Share,
            e.goods[*g].span,
        ),
        Key::OriginInput(g, i, j) => (
            between(e, "origin_input", *g, &[*i, *j].map(End::Country)),
            format!("{} of {} per unit that {} uses", good_word(*g), country(*i), country(*j)),
            later(),
            Quantity::Flow,
            e.goods[*g].span,
        ),
        Key::Revenue(r) => (
            by_country(e, "revenue", &[], Some(*r)),
            format!("revenue of tariffs and export taxes{}", within(*r)),
            later(),
            Quantity::NetFlow,
            e.countries[*r].span,
        ),
        Key::ImportParity(g, r) => (
            between(e, "import_parity", *g, &[End::Country(*r)]),
            format!("price at which {} can be imported in {}", good_word(*g), country(*r)),
            later(),
            Quantity::GoodPrice,
            e.goods[*g].span,
        ),
        Key::ExportParity(g, r) => (
            between(e, "export_parity", *g, &[End::Country(*r)]),
            format!("price that {} brings when it is exported from {}", good_word(*g), country(*r)),
            later(),
            Quantity::GoodPrice,
            e.goods[*g].span,
        ),
        Key::Parity(g, r) => (
            between(e, "parity", *g, &[End::Country(*r)]),
            format!("price of {} in {} between export parity (0) and import parity (1)", good_word(*g), country(*r)),
            Role::Unknown { lower: 0.0, upper: 1.0, start: None },
            Quantity::Margin,
            e.goods[*g].span,
        ),
        Key::Output(g, r) => (
            by_country(e, "output", &good(*g), Some(*r)),
            format!("output of {}{}", good_word(*g), within(*r)),
            later(),
            Quantity::Output,
            e.goods[*g].span,
        ),
        Key::Activity(j) => {
            let ind = &e.industries[*j];
            // An industry that alone makes the good of its own name is that good's output.
            let own = e.goods[ind.good].name == ind.name && e.makers(ind.good, ind.country).count() == 1;
            let base = if own { "output" } else { "activity" };
            (
                by_country(e, base, &[ind.name.clone()], Some(ind.country)),
                format!("output of {}{}", ind.label.clone().unwrap_or_else(|| good_word(ind.good)), within(ind.country)),
                unknown(0.0),
                Quantity::Activity,
                ind.span,
            )
        }
        Key::Demand(g, r) => (
            by_country(e, "demand", &good(*g), Some(*r)),
            format!("final demand for {}{}", good_word(*g), within(*r)),
            later(),
            Quantity::Flow,
            e.goods[*g].span,
        ),
        Key::Use(g, r) => {
            (by_country(e, "use", &good(*g), Some(*r)), format!("use of {}{}", good_word(*g), within(*r)), later(), Quantity::Flow, e.goods[*g].span)
        }
        Key::Exports(g, r) => (
            by_country(e, "exports", &good(*g), Some(*r)),
            format!("net exports of {}{}", good_word(*g), within(*r)),
            later(),
            Quantity::NetFlow,
            e.goods[*g].span,
        ),
        Key::Income(r) => (by_country(e, "income", &[], Some(*r)), format!("income{}", within(*r)), later(), Quantity::Income, e.countries[*r].span),
        Key::PriceIndex(r) => {
            (by_country(e, "price_index", &[], Some(*r)), format!("price index{}", within(*r)), later(), Quantity::PriceIndex, e.countries[*r].span)
        }
        Key::PriceBase(r) => (
            by_country(e, "price_base", &[], Some(*r)),
            format!("base of the price index{}", within(*r)),
            Role::Parameter(1.0),
            Quantity::Hidden,
            e.countries[*r].span,
        ),
        Key::Expenditure(r) => (
            by_country(e, "living_cost", &[], Some(*r)),
            format!("cost of a unit of utility{}", within(*r)),
            later(),
            Quantity::PriceIndex,
            e.countries[*r].span,
        ),
        Key::Welfare(r) => {
            (by_country(e, "welfare", &[], Some(*r)), format!("real income{}", within(*r)), later(), Quantity::Flow, e.countries[*r].span)
        }
        Key::Balance(r) => (
            by_country(e, "balance", &[], Some(*r)),
            format!("net exports of goods less payment for tasks{}", within(*r)),
            later(),
            Quantity::NetFlow,
            e.countries[*r].span,
        ),
        Key::InputPerUnit(what, j) => {
            let ind = &e.industries[*j];
            (
                by_country(e, "input", &[what.clone(), ind.name.clone()], Some(ind.country)),
                format!("{what} per unit of {}{}", ind.name, within(ind.country)),
                later(),
                Quantity::Flow,
                ind.span,
            )
        }
        Key::CostShare(what, j) => {
            let ind = &e.industries[*j];
            (
                by_country(e, built_in(e, "theta", "cost_share"), &[what.clone(), ind.name.clone()], Some(ind.country)),
                format!("share of {what} in the cost of {}{}", ind.name, within(ind.country)),
                later(),
                Quantity::Share,
                ind.span,
            )
        }
        Key::NestPrice(what, j) => {
            let ind = &e.industries[*j];
            (
                by_country(e, "price", &[what.clone(), ind.name.clone()], Some(ind.country)),
                format!("unit cost of {what} in {}{}", ind.name, within(ind.country)),
                later(),
                Quantity::UnitCost,
                ind.span,
            )
        }
        Key::UnitCost(j) => {
            let ind = &e.industries[*j];
            let index = [ind.name.clone()];
            let (name, display, long) = by_country(e, "unit_cost", &index, Some(ind.country));
            // As a paper writes it, where the model has no other use for the letter.
            let latex = if e.names.entries.contains_key("c") { long } else { by_country(e, "c", &index, Some(ind.country)).2 };
            ((name, display, latex), format!("unit cost of {}{}", ind.name, within(ind.country)), later(), Quantity::UnitCost, ind.span)
        }
        Key::EmploymentShare(f, j) => {
            let ind = &e.industries[*j];
            (
                by_country(e, built_in(e, "lambda", "employment_share"), &[e.factors[*f].name.clone(), ind.name.clone()], Some(ind.country)),
                format!("share of {} that works in {}{}", factor_word(*f), ind.name, within(ind.country)),
                later(),
                Quantity::Share,
                ind.span,
            )
        }
        Key::ExpenditureShare(g, r) => (
            by_country(e, built_in(e, "mu", "expenditure_share"), &good(*g), Some(*r)),
            format!("share of {} in spending{}", good_word(*g), within(*r)),
            later(),
            Quantity::Share,
            e.goods[*g].span,
        ),
        Key::Margin(l)
        | Key::Step(l, _)
        | Key::Cut(l, ..)
        | Key::HomeTasks(l)
        | Key::MeanCost(l, _)
        | Key::TasksIn(l, _)
        | Key::Bill(l)
        | Key::TaskPrice(l)
        | Key::ForeignLabor(l, _)
        | Key::OffshoredShare(l, _)
        | Key::HomeShare(l)
        | Key::MarginElasticity(l)
        | Key::EmployedAbroad(l, _)
        | Key::TaskImports(l, _) => {
            return describe_line(e, key, *l);
        }
    };
    SymInfo { name: names.0, display: names.1, latex: names.2, meaning, role, quantity, origin: Some(origin) }
}

fn describe_line(e: &Economy, key: &Key, l: usize) -> SymInfo {
    let line = &e.lines[l];
    let tasks = &e.tasks[line.tasks];
    let with_tasks: Vec<Arc<str>> = std::iter::once(tasks.name.clone()).chain(apart(e, l)).collect();
    let which = if with_tasks.len() > 1 { format!(" ({})", with_tasks[1..].join(", ")) } else { String::new() };
    let kind = tasks.label.clone().unwrap_or_else(|| format!("{}-tasks", e.factors[tasks.factor].name).into());
    let of = format!("{kind}{which}");
    let several = e.tasks.len() > 1;
    let plain = |base: &str, own: &Option<Arc<str>>| {
        let name = match own {
            Some(own) => indexed(own, &line.index),
            None if several => indexed(base, &with_tasks),
            None => indexed(base, &line.index),
        };
        let (display, latex) = pretty(&name);
        (name, display, latex)
    };
    let listed = |base: &str| {
        let name = indexed(base, &with_tasks);
        let (display, latex) = pretty(&name);
        (name, display, latex)
    };
    let country = |d: usize| line.places.get(d).map(|p| e.countries[p.destination].name.clone()).unwrap_or_default();
    let with = |more: &[Arc<str>]| -> Vec<Arc<str>> { with_tasks.iter().chain(more).cloned().collect() };
    // Of a part of a line: a step, a place.
    let part = |base: &str, more: &[Arc<str>]| {
        let name = indexed(base, &with(more));
        let (display, latex) = pretty(&name);
        (name, display, latex)
    };
    // Of one of several places.
    let at = |base: &str, d: &Option<usize>| match d {
        Some(d) => (part(base, &[country(*d)]), format!(" in {}", country(*d))),
        None => (listed(base), String::new()),
    };
    let share = || Role::Unknown { lower: 0.0, upper: 1.0, start: None };
    // What adds up to a margin is printed by its letter.
    let of_margin = |more: &[Arc<str>]| {
        let own: Vec<Arc<str>> = line.index.iter().chain(more).cloned().collect();
        pretty(&indexed(line.margin_name.as_deref().unwrap_or("I"), &own))
    };
    let (names, meaning, role, quantity) = match key {
        Key::Margin(_) => (
            plain("I", &line.margin_name),
            format!("marginal {}", kind.trim_end_matches('s')),
            Role::Unknown { lower: 0.0, upper: 1.0, start: None },
            Quantity::Margin,
        ),
        Key::Step(_, k) => {
            let meaning = format!("share of the tasks of step {} of {of} that is done abroad", k + 1);
            let (name, ..) = part("offshored_step", &[(k + 1).to_string().into()]);
            let (display, latex) = of_margin(&[(k + 1).to_string().into()]);
            ((name, display, latex), meaning, share(), Quantity::Margin)
        }
        Key::Cut(_, k, j) => {
            let order: Vec<Arc<str>> = line.pieces.get(*k).into_iter().flat_map(|p| &p.places).map(|s| country(s.place)).collect();
            let step = (line.pieces.len() > 1).then(|| (k + 1).to_string().into());
            let [first, both] = [*j, *j + 1].map(|n| order.get(..=n).unwrap_or_default().join(" and "));
            let within = if step.is_some() { format!(" of step {}", k + 1) } else { String::new() };
            let before: Vec<Arc<str>> = order.get(*j).cloned().into_iter().chain(step).collect();
            let meaning = format!("share of {first} in the {of}{within} done in {both}");
            let (name, ..) = part("place_share", &before);
            let (display, latex) = of_margin(&before);
            ((name, display, latex), meaning, share(), Quantity::Margin)
        }
        Key::MeanCost(_, k) => {
            let several = line.pieces.iter().map(|p| p.places.len()).sum::<usize>() > 1;
            let step: Option<Arc<str>> = several.then(|| (k + 1).to_string().into());
            (
                part("mean_cost", step.as_slice()),
                format!("foreign labor per unit of home labor, mean of order 1 − ρ over the {of} abroad"),
                Role::Bound,
                Quantity::Flow,
            )
        }
        Key::TasksIn(_, d) => (part("tasks_in", &[country(*d)]), format!("share of {of} done in {}", country(*d)), Role::Bound, Quantity::Share),
        Key::HomeTasks(_) => (listed("home_tasks"), format!("share of {of} done at home"), Role::Bound, Quantity::Share),
        Key::Bill(_) => (plain("Omega", &line.bill_name), format!("bill of {kind}"), Role::Bound, Quantity::Bill),
        Key::TaskPrice(_) => {
            let (name, ..) = listed("task_price");
            let index: &[Arc<str>] = with_tasks.get(if several { 0 } else { 1 }..).unwrap_or_default();
            (
                (name, indexed("ω", index), pretty(&indexed("omega", index)).1),
                format!("price of the bundle of {of}"),
                Role::Bound,
                Quantity::TaskPrice,
            )
        }
        Key::ForeignLabor(_, d) => {
            let (names, place) = at("foreign_labor", &(line.places.len() > 1).then_some(*d));
            (names, format!("foreign labor per unit of the bundle of {of}{place}"), Role::Bound, Quantity::Flow)
        }
        Key::OffshoredShare(_, d) => {
            let (names, place) = at(built_in(e, "gamma", "offshored_share"), d);
            let meaning = if place.is_empty() {
                format!("offshored share of the bill of {of}")
            } else {
                format!("share of the bill of {of} that is paid{place}")
            };
            (names, meaning, Role::Bound, Quantity::Share)
        }
        Key::HomeShare(_) => {
            let home = e.countries[line.origin].name.clone();
            (
                part(built_in(e, "gamma", "offshored_share"), std::slice::from_ref(&home)),
                format!("share of the bill of {of} that is paid in {home}"),
                Role::Bound,
                Quantity::Share,
            )
        }
        Key::MarginElasticity(_) => {
            (listed(built_in(e, "eta", "margin_elasticity")), format!("elasticity of the cost of {of} in 1 − I"), Role::Bound, Quantity::Flow)
        }
        Key::EmployedAbroad(_, d) => {
            let (names, place) = at("employed_abroad", d);
            (names, format!("foreign labor employed in {of}{place}"), Role::Bound, Quantity::Flow)
        }
        Key::TaskImports(_, d) => {
            let (names, place) = at("task_imports", d);
            (names, format!("payment for {of} done {}", if place.is_empty() { "abroad" } else { place.trim_start() }), Role::Bound, Quantity::Flow)
        }
        _ => (listed("tasks"), String::new(), Role::Bound, Quantity::Flow),
    };
    SymInfo { name: names.0, display: names.1, latex: names.2, meaning, role, quantity, origin: Some(line.span) }
}

/// What tells a line apart from the others of its tasks: its own indices; where names of its own made those needless, its industry and countries.
pub(crate) fn apart(e: &Economy, l: usize) -> Vec<Arc<str>> {
    let line = &e.lines[l];
    let set = &e.tasks[line.tasks];
    if !line.index.is_empty() || set.lines.iter().all(|o| *o == l) {
        return line.index.clone();
    }
    let mut index = Vec::new();
    let several = |counts: &rustc_hash::FxHashMap<usize, usize>, own: usize| counts.keys().any(|k| *k != own);
    let shared = |p: &super::tasks::TaskPlace| set.ends.between.get(&(line.origin, p.destination)).is_some_and(|k| *k > 1);
    if line.places.iter().any(shared) {
        index.extend(line.industries.first().map(|&j| e.industries[j].name.clone()));
    }
    if several(&set.ends.origins, line.origin) {
        index.push(e.countries[line.origin].name.clone());
    } else if let [place] = line.places.as_slice()
        && several(&set.ends.destinations, place.destination)
    {
        index.push(e.countries[place.destination].name.clone());
    }
    index
}
