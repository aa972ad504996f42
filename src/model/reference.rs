//! Every built-in quantity, function and form in one table: what `help NAME`, `list quantities`, suggestions and the page on the language say.

use super::{Economy, Key, naming};

/// A built-in.
pub struct Entry {
    /// What it is called, the usual name first; others mean the same.
    pub names: &'static [&'static str],
    /// How it is written, with placeholders.
    pub form: &'static str,
    pub about: &'static str,
    /// More, a sentence a line.
    pub more: &'static str,
    /// An economist's other words for it.
    pub synonyms: &'static [&'static str],
}

const fn entry(
    names: &'static [&'static str],
    form: &'static str,
    about: &'static str,
    more: &'static str,
    synonyms: &'static [&'static str],
) -> Entry {
    Entry { names, form, about, more, synonyms }
}

/// Quantities of the equilibrium.
pub const QUANTITIES: &[Entry] = &[
    entry(
        &["price"],
        "price[x]",
        "price of a good, of a factor, or of a nest (`price[VA, x]`)",
        "A good's or factor's own symbol means the same: `good x price p`, `factor L price w`. That of a traded good has no country.",
        &["prices", "cost_of", "p"],
    ),
    entry(&["output"], "output[x]", "what is made of a good", "", &["production", "supply", "quantity", "q", "y", "x"]),
    entry(&["activity"], "activity[j]", "what an industry makes, in units of its technology", "", &["scale"]),
    entry(&["demand"], "demand[x]", "final demand for a good", "Rests on `demand`.", &["consumption", "c"]),
    entry(&["use"], "use[x]", "final and intermediate use of a good", "Rests on `demand`.", &["absorption"]),
    entry(
        &["exports"],
        "exports[x]",
        "net exports of a good: output less use",
        "Negative where the good is imported. Rests on `demand`.",
        &["imports", "net_exports", "export", "import"],
    ),
    entry(&["input"], "input[L, x]", "units of an input per unit of output", "", &["input_coefficient", "a"]),
    entry(&["unit_cost"], "unit_cost[x]", "unit cost of an industry", "", &["cost", "marginal_cost", "mc"]),
    entry(&["income"], "income", "factor income, profits and border revenue of a country", "", &["gdp", "gnp", "expenditure", "spending"]),
    entry(
        &["price_index"],
        "price_index",
        "price level of a country: 1 at the file's own values",
        "Rests on `demand`.",
        &["cpi", "price_level", "deflator"],
    ),
    entry(&["welfare"], "welfare", "income over the price index", "Rests on `demand`.", &["utility", "u", "real_income", "ev"]),
    entry(
        &["real"],
        "real(w)",
        "a value over the price index of its country",
        "`real(w)` is w / price_index. Rests on `demand`.",
        &["real_wage", "purchasing_power"],
    ),
    entry(
        &["balance"],
        "balance",
        "net exports of goods less the payment for tasks",
        "Rests on `demand`.",
        &["trade_balance", "current_account", "tb"],
    ),
    entry(
        &["theta", "cost_share"],
        "theta[L, x]",
        "share of an input in the cost of an industry, offshored work included",
        "",
        &["shares", "factor_share", "input_share"],
    ),
    entry(&["lambda", "employment_share"], "lambda[L, x]", "share of a factor's work that is done in an industry", "", &["employment", "allocation"]),
    entry(&["mu", "alpha", "expenditure_share"], "mu[x]", "share of a good in spending", "Rests on `demand`.", &["budget_share", "spending_share"]),
    entry(
        &["I"],
        "I",
        "margin of the tasks: all below it are done abroad",
        "Its name is what `margin` gives it.",
        &["cutoff", "margin", "marginal_task"],
    ),
    entry(&["Omega"], "Omega", "bill of the tasks, relative to doing all at home", "Its name is what `bill` gives it.", &["cost_of_tasks", "bill"]),
    entry(
        &["gamma", "offshored_share"],
        "gamma[TASKS]",
        "offshored share of the tasks' bill",
        "A margin's name will also do: `gamma[I]`.",
        &["offshoring", "offshore_share"],
    ),
    entry(&["eta", "margin_elasticity"], "eta[TASKS]", "elasticity of the cost of the marginal task with respect to 1 − I", "", &["elasticity"]),
    entry(&["home_tasks"], "home_tasks[TASKS]", "share of the tasks done at home, 1 − I", "", &["home_share_of_tasks"]),
    entry(
        &["mean_cost"],
        "mean_cost[TASKS]",
        "foreign labor per unit of home labor, on average over the tasks abroad",
        "Where tasks replace each other (`substitution`): the mean of order 1 − ρ.",
        &["average_cost"],
    ),
    entry(
        &["offshored_step"],
        "offshored_step[TASKS, 2]",
        "share of one step's tasks that is done abroad",
        "Where the cost of tasks is a schedule of `steps`.",
        &["step", "fragment"],
    ),
    entry(
        &["tasks_in"],
        "tasks_in[TASKS, COUNTRY]",
        "share of all tasks that is done in a country",
        "Where tasks may be done in several places each goes where it costs least.",
        &["places", "destination", "assignment"],
    ),
    entry(
        &["cuts"],
        "cuts[TASKS]",
        "tasks at which one place hands over to the next, in a `report`",
        "A list: with each cut the place on either side.",
        &["borders_of_tasks", "sequence"],
    ),
    entry(
        &["place_share"],
        "place_share[TASKS, COUNTRY]",
        "of what is done up to the next place, the share done up to this one",
        "An unknown of the system where tasks may be done in several places.",
        &["division"],
    ),
    entry(
        &["employed_abroad"],
        "employed_abroad[TASKS]",
        "foreign work in the tasks",
        "A country as second index: the work there.",
        &["foreign_employment"],
    ),
    entry(&["task_imports"], "task_imports[TASKS]", "what is paid for tasks done abroad", "", &["imports_of_tasks", "task_trade"]),
    entry(
        &["producer_price"],
        "producer_price[x]",
        "price that a country's makers of a good get",
        "What they sell is the country's variety, where origins are told apart.",
        &["mill_price", "factory_price"],
    ),
    entry(
        &["trade"],
        "trade[x, A, B]",
        "what arrives in B of a good from A",
        "Of goods told apart by origin; `trade[x, world, B]` of one at the border of a given world price.",
        &["flow", "flows", "bilateral_trade"],
    ),
    entry(&["share"], "share[x, A, B]", "share of origin A in what B spends on a good", "", &["origin_share", "trade_share", "import_share"]),
    entry(&["origin_input"], "origin_input[x, A, B]", "units of A's variety per unit of a good that B uses", "", &["blend"]),
    entry(
        &["revenue"],
        "revenue",
        "what a country's tariffs and export taxes bring",
        "Part of its income.",
        &["tariff_revenue", "tax_revenue", "customs"],
    ),
    entry(&["import_parity"], "import_parity[x]", "world price with all that stands before a country's users", "", &["landed_price", "cif"]),
    entry(&["export_parity"], "export_parity[x]", "world price less all that stands before it when a country sells there", "", &["fob"]),
    entry(
        &["parity"],
        "parity[x]",
        "where a country's price stands: 0 at export parity, 1 at import parity",
        "Between, nothing is traded.",
        &["price_band"],
    ),
];

/// Functions of expressions.
pub const FUNCTIONS: &[Entry] = &[
    entry(&["exp"], "exp(x)", "e to the power of x", "", &[]),
    entry(&["ln"], "ln(x)", "natural logarithm; `log` is refused", "", &["log", "logarithm"]),
    entry(&["sqrt"], "sqrt(x)", "square root", "", &["root"]),
    entry(&["abs"], "abs(x)", "absolute value", "", &[]),
    entry(&["min"], "min(a, b, …), min(g in S) E", "the least of some values, or over a set", "", &["minimum"]),
    entry(&["max"], "max(a, b, …), max(g in S) E", "the greatest of some values, or over a set", "", &["maximum"]),
    entry(&["sum"], "sum(g in S where …) E", "sum over a set; E is the product that follows", "`sum(g in S) a[g] + 1` is (Σ a) + 1.", &["total"]),
    entry(&["prod"], "prod(g in S where …) E", "product over a set", "", &["product"]),
    entry(&["slope"], "slope(t, i)", "derivative of a schedule at a task", "", &["derivative"]),
    entry(&["integral"], "integral(t, i)", "integral of a schedule from 0 to a task", "", &[]),
    entry(&["if"], "if CONDITION then A else B", "one of two values", "", &[]),
    entry(&["first"], "first(Y)", "the first element of an ordered set", "An index; `t - 1` is the element before t.", &[]),
    entry(&["last"], "last(Y)", "the last element of an ordered set", "", &[]),
    entry(&["growth"], "growth(x, t)", "log change of the family x from the element before t", "", &["log_change"]),
    entry(&["pct"], "pct(x, t)", "change of the family x from the element before t, in percent", "", &["percentage", "percent_change"]),
    entry(&["rate"], "rate(x, a, b)", "compound rate a step of the family x from a to b", "", &["compound_rate", "annual_rate"]),
];

/// Forms of technologies and demand.
pub const FORMS: &[Entry] = &[
    entry(&["leontief"], "leontief { L: a, H: b }", "unit cost Σ a_k p_k: weights are inputs per unit", "", &["fixed_coefficients"]),
    entry(
        &["cobb_douglas"],
        "cobb_douglas { L: a, H: 1 - a }",
        "unit cost Π (p_k/a_k)^{a_k}: the textbook production function",
        "Exponents sum to 1.",
        &["cobbdouglas", "cd"],
    ),
    entry(
        &["ces"],
        "ces(σ) { L: d, H: e }",
        "unit cost (Σ d_k p_k^{1−σ})^{1/(1−σ)}: weights of the cost function",
        "At σ = 0 that is `leontief`, at σ = 1 it is Π p_k^{d_k}; there weights sum to 1, or are `ces(σ) normalized { … }`.",
        &["constant_elasticity"],
    ),
    entry(&["general"], "general(σ) { L, H }", "no numbers, only shares and elasticities: for formulas, not for solving", "", &["translog"]),
];

/// The entry of a built-in by any of its names, Greek letters included.
pub fn find(name: &str) -> Option<&'static Entry> {
    let word = naming::greek_word(name).unwrap_or(name);
    [QUANTITIES, FUNCTIONS, FORMS].into_iter().flatten().find(|e| e.names.contains(&word))
}

/// The entry that an economist's other word means.
fn synonym(word: &str) -> Option<&'static Entry> {
    let lower = word.to_lowercase();
    let plain = lower.strip_suffix('s').unwrap_or(&lower);
    // One letter means too many things to be a hint.
    let long = |s: &&&str| s.chars().count() > 1;
    [QUANTITIES, FUNCTIONS, FORMS].into_iter().flatten().find(|e| e.synonyms.iter().filter(long).any(|s| *s == lower || *s == plain))
}

/// The words for what factors earn.
const EARNINGS: &[&str] =
    &["wage", "wages", "salary", "rent", "rents", "rental", "return", "earnings", "pay", "income_share", "factor_price", "interest"];
/// The words for wedges.
const WEDGES: &[&str] = &["tariff", "tariffs", "tax", "taxes", "duty", "subsidy", "quota", "ntb", "trade_cost"];

/// What an economist who wrote a name that nothing declares may have meant.
pub fn meant(economy: &Economy, name: &str) -> Option<String> {
    let word = name.trim_matches('"').to_lowercase().replace(' ', "_");
    if EARNINGS.contains(&word.as_str()) {
        let list = factor_prices(economy);
        return (!list.is_empty()).then(|| format!("the price of a factor: {}", list.join(", ")));
    }
    if matches!(word.as_str(), "skill_premium" | "wage_premium" | "premium" | "inequality") {
        return match factor_prices(economy).as_slice() {
            [a, b, ..] => Some(format!("divide one price by another, as in {b} / {a}").replace("` / `", " / ")),
            _ => None,
        };
    }
    if matches!(word.as_str(), "terms_of_trade" | "tot") {
        return Some("divide the price of what is exported by the price of what is imported".into());
    }
    if WEDGES.contains(&word.as_str()) {
        return Some("a rate is declared where it is levied: `tariff x from A to B = 0.1`, then `tariff[x, A, B]`".into());
    }
    let found = synonym(&word)?;
    Some(format!("write `{}`: {}", example(economy, found), found.about))
}

/// A built-in with the model's own names in the place of x, j and L.
pub fn example(economy: &Economy, entry: &Entry) -> String {
    let several = economy.sole_country().is_none();
    let country = economy.inside().next().and_then(|r| economy.countries.get(r)).map(|c| c.name.to_string());
    let good = economy.goods.first().map(|g| naming::element(&g.name));
    let industry = economy.industries.first().map(|j| naming::element(&j.name));
    let factor = economy.factors.first().map(|f| naming::element(&f.name));
    let tasks = economy.tasks.first().map(|t| naming::element(&t.name));
    let place = economy.lines.first().and_then(|l| l.places.first()).and_then(|p| economy.countries.get(p.destination));
    let place = place.map(|c| naming::element(&c.name));
    let mut index: Vec<String> = Vec::new();
    let Some(inner) = entry.form.split_once('[').and_then(|(_, r)| r.strip_suffix(']')) else {
        let national = matches!(entry.names.first(), Some(&("income" | "welfare" | "balance" | "price_index" | "revenue")));
        return match country {
            Some(c) if several && national => format!("{}[{c}]", entry.form),
            _ => entry.form.to_string(),
        };
    };
    let mut inside = economy.inside().filter_map(|r| economy.countries.get(r)).map(|c| naming::element(&c.name));
    let first = inside.next();
    // From one country to another, or where there is one, from the world.
    let (from, to) = match inside.next() {
        Some(second) => (first, Some(second)),
        None => (Some("world".to_string()), first),
    };
    for part in inner.split(", ") {
        let own = match part {
            "A" => from.as_ref(),
            "B" => to.as_ref(),
            "x" => good.as_ref(),
            "j" => industry.as_ref(),
            "L" => factor.as_ref(),
            "TASKS" => tasks.as_ref(),
            "COUNTRY" => place.as_ref(),
            _ => None,
        };
        index.push(own.cloned().unwrap_or_else(|| part.to_string()));
    }
    let between = inner.ends_with("A, B");
    const WHOLE: &[&str] = &["price", "gamma", "eta", "employed_abroad", "task_imports", "tasks_in", "cuts", "place_share"];
    if several && !between && entry.names.first().is_none_or(|n| !WHOLE.contains(n)) {
        index.extend(country);
    }
    format!("{}[{}]", entry.form.split('[').next().unwrap_or_default(), index.join(", "))
}

/// The prices of the factors of the first country, as they are written.
fn factor_prices(economy: &Economy) -> Vec<String> {
    let Some(r) = economy.inside().next() else { return Vec::new() };
    (0..economy.factors.len().min(6))
        .map(|f| {
            let info = naming::describe(economy, &Key::FactorPrice(f, r));
            let label = economy.factors[f].label.as_ref().map(|l| format!(" ({l})")).unwrap_or_default();
            format!("`{}`{label}", info.name)
        })
        .collect()
}

/// The table of some entries as the page on the language prints it.
pub fn page(entries: &[Entry]) -> String {
    let mut out = String::from("| written | meaning |\n| --- | --- |\n");
    for e in entries {
        let others: Vec<String> = e.names.iter().skip(1).map(|n| format!("`{n}`")).collect();
        let others = if others.is_empty() { String::new() } else { format!(", also {}", others.join(", ")) };
        let more = e.more.lines().map(|l| format!(" {l}")).collect::<String>();
        let stop = if more.is_empty() { "" } else { "." };
        out.push_str(&format!("| `{}`{others} | {}{stop}{more} |\n", e.form, e.about).replace("…|", "…\\|"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtins;

    /// The table and the resolver know the same names.
    #[test]
    fn every_built_in_is_in_the_table() {
        let listed: Vec<&str> = QUANTITIES.iter().flat_map(|e| e.names).copied().collect();
        for name in builtins::NAMES {
            assert!(find(name).is_some(), "{name}");
        }
        for name in listed {
            assert!(builtins::NAMES.contains(&name) || matches!(name, "I" | "Omega"), "{name}");
        }
    }

    /// An entry's other words are no names of built-ins, and none has two meanings.
    #[test]
    fn synonyms_have_one_meaning() {
        let mut seen = Vec::new();
        for e in QUANTITIES.iter().chain(FUNCTIONS).chain(FORMS) {
            for s in e.synonyms.iter().filter(|s| s.len() > 1) {
                assert!(find(s).is_none() || e.names.contains(s), "{s}");
                assert!(!seen.contains(s), "{s} twice");
                seen.push(*s);
            }
        }
    }
}
