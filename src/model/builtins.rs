//! Built-in quantities: `output[x]`, `theta[L, x]`, `welfare[Home]`, …

use super::forms::{factors_of, goods_of};
use super::resolve::{Reported, Resolved, Resolver, Scope};
use super::{Economy, Input, Key, Nest};
use crate::diag::Diagnostic;
use crate::expr::{NodeId, Sym};
use crate::source::Span;
use crate::syntax::tree::Expr;
use std::sync::Arc;

/// Every built-in name, short and long.
pub const NAMES: &[&str] = &[
    "price",
    "output",
    "activity",
    "demand",
    "use",
    "exports",
    "input",
    "income",
    "price_index",
    "welfare",
    "real",
    "balance",
    "unit_cost",
    "theta",
    "cost_share",
    "lambda",
    "employment_share",
    "mu",
    "alpha",
    "expenditure_share",
    "gamma",
    "offshored_share",
    "eta",
    "margin_elasticity",
    "home_tasks",
    "mean_cost",
    "offshored_step",
    "place_share",
    "tasks_in",
    "cuts",
    "employed_abroad",
    "task_imports",
    "producer_price",
    "trade",
    "share",
    "origin_input",
    "revenue",
    "import_parity",
    "export_parity",
    "parity",
    "θ",
    "λ",
    "μ",
    "α",
    "γ",
    "η",
];

/// Those that only mean something where goods are told apart by origin or bear borders.
pub const BETWEEN: &[&str] = &["producer_price", "trade", "share", "origin_input", "revenue", "import_parity", "export_parity", "parity"];

/// The long name of a built-in that has one.
pub fn long_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "theta" | "θ" => "cost_share",
        "lambda" | "λ" => "employment_share",
        "mu" | "μ" | "alpha" | "α" => "expenditure_share",
        "gamma" | "γ" => "offshored_share",
        "eta" | "η" => "margin_elasticity",
        _ => return None,
    })
}

/// The symbol of a built-in quantity; `None` where the name is none.
pub fn symbol(r: &mut Resolver, name: &str, index: &[Arc<str>], span: Span) -> Option<Resolved<Sym>> {
    let ask = Ask { name, index, span };
    Some(match long_name(name).unwrap_or(name) {
        "output" => ask.good(r).map(|(g, c)| r.economy.output(g, c)),
        "demand" => ask.with_demand(r, Key::Demand),
        "use" => ask.with_demand(r, Key::Use),
        "exports" => ask.exports(r),
        "expenditure_share" => ask.with_demand(r, Key::ExpenditureShare),
        "activity" => ask.industry(r, 0).map(|j| r.economy.quantity(Key::Activity(j))),
        "unit_cost" => ask.industry(r, 0).map(|j| r.economy.quantity(Key::UnitCost(j))),
        "income" => ask.country(r, 0).map(|c| r.economy.quantity(Key::Income(c))),
        "balance" => ask.country(r, 0).and_then(|c| ask.needs_demand(r, c)).map(|c| r.economy.quantity(Key::Balance(c))),
        "price_index" => ask.country(r, 0).and_then(|c| ask.needs_demand(r, c)).map(|c| r.economy.quantity(Key::PriceIndex(c))),
        "welfare" => ask.country(r, 0).and_then(|c| ask.needs_demand(r, c)).map(|c| r.economy.quantity(Key::Welfare(c))),
        "input" => ask.input(r).map(|(i, j)| r.economy.quantity(Key::InputPerUnit(i, j))),
        "cost_share" => ask.input(r).map(|(i, j)| r.economy.quantity(Key::CostShare(i, j))),
        "employment_share" => ask.employment(r),
        "price" => ask.price(r),
        "producer_price" => ask.producer_price(r),
        "trade" => ask.trade(r),
        "share" => ask.route(r).map(|(g, i, j)| r.economy.quantity(Key::OriginShare(g, i, j))),
        "origin_input" => ask.route(r).map(|(g, i, j)| r.economy.quantity(Key::OriginInput(g, i, j))),
        "revenue" => ask.revenue(r),
        "import_parity" => ask.parity(r, Key::ImportParity),
        "export_parity" => ask.parity(r, Key::ExportParity),
        "parity" => ask.parity(r, Key::Parity),
        "offshored_share" => ask.offshored(r),
        "margin_elasticity" => ask.line(r, Key::MarginElasticity),
        "home_tasks" => ask.line(r, Key::HomeTasks),
        "offshored_step" => ask.step(r, Key::Step),
        "mean_cost" => ask.mean(r),
        "place_share" => ask.place_share(r),
        "cuts" => ask.no_number(r),
        "employed_abroad" => ask.line_or_place(r, Key::EmployedAbroad),
        "tasks_in" => ask.place(r, Key::TasksIn),
        "task_imports" => ask.line_or_place(r, Key::TaskImports),
        "I" | "Omega" => return ask.default_margin(r),
        "Ω" => return Ask { name: "Omega", index, span }.default_margin(r),
        _ => return None,
    })
}

/// `real(w)`: a value in units of its country's consumption.
pub fn real(r: &mut Resolver, args: &[Expr], span: Span, scope: &Scope) -> Resolved<NodeId> {
    let [arg] = args else {
        return r.report(Diagnostic::new("N023", format!("`real` takes one argument, not {}", args.len())).at(span, "called here"));
    };
    let node = r.expr(arg, scope)?;
    let symbols = r.economy.dag.symbols(&[node]);
    let mut countries: Vec<usize> = symbols.iter().filter_map(|s| r.economy.country_of(*s)).collect();
    countries.dedup();
    let country = match (countries.as_slice(), r.economy.sole_country()) {
        (_, Some(c)) => c,
        ([c], None) => *c,
        _ => {
            return r.report(
                Diagnostic::new("N039", "whose price level?")
                    .at(arg.span, "this belongs to no single country")
                    .help("divide by the price index yourself: `… / price_index[Home]`"),
            );
        }
    };
    let ask = Ask { name: "real", index: &[], span };
    let c = ask.needs_demand(r, country)?;
    let p = r.economy.quantity(Key::PriceIndex(c));
    let p = r.economy.dag.sym(p);
    Ok(r.economy.dag.div(node, p))
}

pub(super) struct Ask<'a> {
    pub(super) name: &'a str,
    pub(super) index: &'a [Arc<str>],
    pub(super) span: Span,
}

impl Ask<'_> {
    pub(super) fn wrong<T>(&self, r: &mut Resolver, why: String, candidates: &[Arc<str>], at: usize) -> Resolved<T> {
        let shown = super::naming::indexed(self.name, self.index);
        let mut d = Diagnostic::new("N009", format!("there is no `{shown}`")).at(self.span, why);
        let near = self.index.get(at).and_then(|i| r.near(i, || candidates.iter().map(|c| c.as_ref())));
        let missing = self.index.len() == at;
        d.help = match near {
            Some(n) => Some(format!("did you mean `{n}`?")),
            None if missing && !candidates.is_empty() => {
                let with = |c: &Arc<str>| self.index.iter().chain([c]).cloned().collect::<Vec<_>>();
                let list: Vec<String> = candidates.iter().take(6).map(|c| format!("`{}`", super::naming::indexed(self.name, &with(c)))).collect();
                Some(format!("write {}", list.join(" or ")))
            }
            None if !candidates.is_empty() => {
                let list: Vec<String> = candidates.iter().take(8).map(|c| format!("`{c}`")).collect();
                Some(format!("there are {}", list.join(", ")))
            }
            None => None,
        };
        r.report(d)
    }

    /// The country at position `at`, or the only one.
    pub(super) fn country(&self, r: &mut Resolver, at: usize) -> Resolved<usize> {
        if self.index.len() > at + 1 {
            return self.wrong(r, "too many indices".into(), &[], at);
        }
        let named = self.index.get(at).map(|name| r.economy.country_named(name));
        if let Some(Some(c)) = named.filter(|c| c.is_some_and(|c| !r.economy.countries[c].outside)) {
            return Ok(c);
        }
        let names: Vec<Arc<str>> = r.economy.inside().map(|c| r.economy.countries[c].name.clone()).collect();
        match self.index.get(at) {
            Some(name) => match named.flatten().filter(|&c| !r.economy.countries[c].outside) {
                Some(c) => Ok(c),
                None if named.flatten().is_some() => self.wrong(r, format!("{name} is outside the model"), &[], usize::MAX),
                None => self.wrong(r, format!("`{name}` is not a country"), &names, at),
            },
            None => match r.economy.sole_country() {
                Some(c) => Ok(c),
                None => {
                    let offers: Vec<String> = names
                        .iter()
                        .map(|c| {
                            let mut index = self.index.to_vec();
                            index.push(c.clone());
                            format!("`{}`", super::naming::indexed(self.name, &index))
                        })
                        .collect();
                    let shown = super::naming::indexed(self.name, self.index);
                    r.report(
                        Diagnostic::new("N008", format!("`{shown}` needs a country"))
                            .at(self.span, "there are several countries")
                            .help(format!("write {}", offers.join(" or "))),
                    )
                }
            },
        }
    }

    pub(super) fn good(&self, r: &mut Resolver) -> Resolved<(usize, usize)> {
        let found = self.index.first().map(|name| (name, r.economy.good_named(name)));
        if let Some((_, Some(g))) = found {
            return Ok((g, self.country(r, 1)?));
        }
        let names: Vec<Arc<str>> = r.economy.goods.iter().map(|g| g.name.clone()).collect();
        let what = found.map_or_else(|| "it needs a good".into(), |(name, _)| format!("`{name}` is not a good"));
        self.wrong(r, what, &names, 0)
    }

    fn needs_demand(&self, r: &mut Resolver, country: usize) -> Resolved<usize> {
        if r.economy.households.get(country).is_some_and(Option::is_some) {
            return Ok(country);
        }
        let d = Diagnostic::new("M060", format!("`{}` is undefined: nothing says what households demand", self.name))
            .at(self.span, "rests on demand")
            .help(format!("add `{}`", some_demand(r.economy)));
        r.report(d)
    }

    fn with_demand(&self, r: &mut Resolver, key: fn(usize, usize) -> Key) -> Resolved<Sym> {
        let (g, c) = self.good(r)?;
        self.needs_demand(r, c)?;
        Ok(r.economy.quantity(key(g, c)))
    }

    /// Net exports, of goods that are the same wherever they are made.
    fn exports(&self, r: &mut Resolver) -> Resolved<Sym> {
        let (g, _) = self.good(r)?;
        if r.economy.goods[g].differentiated {
            let name = r.economy.goods[g].name.clone();
            let d = Diagnostic::new("N009", format!("there is no `{}`", super::naming::indexed(self.name, self.index)))
                .at(self.span, format!("a country's own `{name}` is not what it buys of others"));
            return r.report(d.help(format!("write `trade[{}, FROM, TO]`: what arrives in a country from another", super::naming::element(&name))));
        }
        self.with_demand(r, Key::Exports)
    }

    fn industry(&self, r: &mut Resolver, at: usize) -> Resolved<usize> {
        let known = |r: &Resolver| {
            let mut names: Vec<Arc<str>> = r.economy.industries.iter().map(|i| i.name.clone()).collect();
            names.dedup();
            names
        };
        let Some(name) = self.index.get(at) else {
            let names = known(r);
            return self.wrong(r, "it needs an industry".into(), &names, at);
        };
        let Some(of_name) = r.economy.index.named.get(name) else {
            let names = known(r);
            return self.wrong(r, format!("`{name}` is not an industry"), &names, at);
        };
        // An industry of one country alone needs no country.
        if let ([only], None) = (of_name.as_slice(), self.index.get(at + 1)) {
            return Ok(*only);
        }
        let c = self.country(r, at + 1)?;
        match r.economy.industry_named(name, c) {
            Some(j) => Ok(j),
            None => {
                let country = r.economy.countries[c].name.clone();
                self.wrong(r, format!("{country} has no industry `{name}`"), &[], usize::MAX)
            }
        }
    }

    /// An input by its key (factor, good or nest) and an industry that uses it.
    fn input(&self, r: &mut Resolver) -> Resolved<(Arc<str>, usize)> {
        let j = self.industry(r, 1)?;
        let keys = keys_of(r.economy, &r.economy.industries[j].form);
        match self.index.first() {
            Some(k) if keys.contains(k) => Ok((k.clone(), j)),
            _ => {
                let name = r.economy.industries[j].name.clone();
                self.wrong(r, format!("not an input of `{name}`"), &keys, 0)
            }
        }
    }

    fn employment(&self, r: &mut Resolver) -> Resolved<Sym> {
        let j = self.industry(r, 1)?;
        let used = factors_of(&r.economy.industries[j].form);
        let names: Vec<Arc<str>> = used.iter().map(|&f| r.economy.factors[f].name.clone()).collect();
        match self.index.first().and_then(|k| names.iter().position(|n| n == k)) {
            Some(at) => Ok(r.economy.quantity(Key::EmploymentShare(used[at], j))),
            None => {
                let name = r.economy.industries[j].name.clone();
                self.wrong(r, format!("not a factor of `{name}`"), &names, 0)
            }
        }
    }

    fn price(&self, r: &mut Resolver) -> Resolved<Sym> {
        let all = |r: &Resolver| -> Vec<Arc<str>> {
            r.economy.goods.iter().map(|g| g.name.clone()).chain(r.economy.factors.iter().map(|f| f.name.clone())).collect()
        };
        let Some(name) = self.index.first() else {
            return self.wrong(r, "it needs a good".into(), &all(r), 0);
        };
        if let Some(g) = r.economy.good_named(name) {
            if r.economy.goods[g].bordered {
                return self.bordered_price(r, g);
            }
            if r.economy.goods[g].differentiated && self.index.len() > 2 {
                return self.route(r).map(|(g, i, j)| r.economy.quantity(Key::Delivered(g, i, j)));
            }
            if r.economy.goods[g].one_price() {
                return match self.index.len() {
                    1 => Ok(r.economy.good_price(g, None)),
                    _ => {
                        let d = Diagnostic::new("N007", format!("the price of `{name}` is the same everywhere"))
                            .at(self.span, "a freely traded good has one price")
                            .help(format!("write `price[{name}]`"));
                        r.report(d)
                    }
                };
            }
            let c = self.country(r, 1)?;
            return Ok(r.economy.good_price(g, Some(c)));
        }
        if let Some(f) = r.economy.factor_named(name) {
            let c = match self.index.get(1) {
                Some(c) => r.economy.country_named(c).ok_or(Reported).or_else(|_| self.country(r, 1))?,
                None => self.country(r, 1)?,
            };
            return match r.economy.factor_price(f, c) {
                Some(s) => Ok(s),
                None => self.wrong(r, "no price is given there".into(), &[], usize::MAX),
            };
        }
        if self.index.len() >= 2 {
            let (key, j) = self.input(r)?;
            return Ok(r.economy.quantity(Key::NestPrice(key, j)));
        }
        self.wrong(r, format!("`{name}` is not a good"), &all(r), 0)
    }

    fn line(&self, r: &mut Resolver, key: fn(usize) -> Key) -> Resolved<Sym> {
        self.which_line(r).map(|l| r.economy.quantity(key(l)))
    }

    /// A line as a whole, or what is done for it in one of several places, where the index names one.
    fn line_or_place(&self, r: &mut Resolver, key: fn(usize, Option<usize>) -> Key) -> Resolved<Sym> {
        let l = self.which_line(r)?;
        let place = self.named_place(r, l).filter(|_| r.economy.lines[l].places.len() > 1);
        Ok(r.economy.quantity(key(l, place)))
    }

    /// The share of a bill that is paid abroad, or in one of several places, home among them.
    fn offshored(&self, r: &mut Resolver) -> Resolved<Sym> {
        let l = self.which_line(r)?;
        let line = &r.economy.lines[l];
        let home = line.places.len() > 1 && self.index.iter().skip(1).any(|i| r.economy.countries[line.origin].name == *i);
        match home && self.named_place(r, l).is_none() && !line.index.contains(&r.economy.countries[line.origin].name) {
            true => Ok(r.economy.quantity(Key::HomeShare(l))),
            false => self.line_or_place(r, Key::OffshoredShare),
        }
    }

    /// What is done for a line in one place.
    fn place(&self, r: &mut Resolver, key: fn(usize, usize) -> Key) -> Resolved<Sym> {
        let l = self.which_line(r)?;
        let line = &r.economy.lines[l];
        match self.named_place(r, l).or((line.places.len() == 1).then_some(0)) {
            Some(d) => Ok(r.economy.quantity(key(l, d))),
            None => {
                let places: Vec<Arc<str>> = line.places.iter().map(|p| r.economy.countries[p.destination].name.clone()).collect();
                self.wrong(r, "in which country?".into(), &places, self.index.len())
            }
        }
    }

    /// Where tasks of a piece are divided among places: the country whose tasks end there, and the piece where there are several.
    fn place_share(&self, r: &mut Resolver) -> Resolved<Sym> {
        let number = self.index.last().and_then(|k| k.parse::<usize>().ok());
        let line = if number.is_some() { self.index.split_last().map_or(self.index, |s| s.1) } else { self.index };
        let ask = Ask { name: self.name, index: line, span: self.span };
        let l = ask.which_line(r)?;
        let k = number.map_or(Some(0), |n| n.checked_sub(1));
        let pieces = &r.economy.lines[l].pieces;
        let place = ask.named_place(r, l);
        let found = k.and_then(|k| Some((k, pieces.get(k)?.places.iter().position(|s| Some(s.place) == place)?, pieces.get(k)?.places.len())));
        match found {
            Some((k, j, places)) if j + 1 < places => Ok(r.economy.quantity(Key::Cut(l, k, j))),
            _ => self.wrong(r, "no place hands over to another there".into(), &[], usize::MAX),
        }
    }

    /// The list of cuts is none of the numbers that an expression may hold.
    fn no_number(&self, r: &mut Resolver) -> Resolved<Sym> {
        let l = self.which_line(r)?;
        let line = &r.economy.lines[l];
        let tasks = &r.economy.tasks[line.tasks].name;
        let country = line.places.first().map(|p| r.economy.countries[p.destination].name.clone()).unwrap_or_default();
        let d = Diagnostic::new("N054", "the cuts of tasks are a list, not a number").at(self.span, "no number");
        r.report(d.help(format!(
            "`report {{ cuts[{tasks}] }}` lists them; a number is `tasks_in[{tasks}, {country}]`, the share of all tasks that is done there"
        )))
    }

    /// The number among a line's places of the country that an index names.
    fn named_place(&self, r: &Resolver, l: usize) -> Option<usize> {
        let line = r.economy.lines.get(l)?;
        let named = |d: &usize| self.index.iter().skip(1).any(|i| line.places.get(*d).is_some_and(|p| r.economy.countries[p.destination].name == *i));
        (0..line.places.len()).find(named)
    }

    /// A line by its task set or margin, with the indices that vary.
    pub(super) fn which_line(&self, r: &mut Resolver) -> Resolved<usize> {
        let lines: Vec<usize> = (0..r.economy.lines.len()).collect();
        let Some((first, rest)) = self.index.split_first() else {
            let names: Vec<Arc<str>> = r.economy.tasks.iter().map(|t| t.name.clone()).collect();
            return self.wrong(r, "it needs a task set".into(), &names, 0);
        };
        let matches: Vec<usize> = lines
            .into_iter()
            .filter(|&l| {
                let line = &r.economy.lines[l];
                let of_tasks = r.economy.tasks[line.tasks].name == *first;
                let margin = r.economy.keys.get(&Key::Margin(l)).map(|s| r.economy.info(*s).name.clone()).unwrap_or_default();
                let of_margin = line.margin_name.as_ref() == Some(first) || margin == super::naming::indexed(first, rest);
                // Any index that tells the line apart will do: an industry it holds for, its origin.
                let fits = rest.iter().all(|i| {
                    line.index.contains(i)
                        || line.industries.iter().any(|&j| r.economy.industries[j].name == *i)
                        || r.economy.countries[line.origin].name == *i
                        || line.places.iter().any(|p| r.economy.countries[p.destination].name == *i)
                });
                (of_tasks || of_margin) && fits
            })
            .collect();
        // The line whose indices are given in full is meant, whatever else has these names; then the one that starts there.
        let narrowed = |fits: &dyn Fn(usize) -> bool| matches.iter().copied().filter(|&l| fits(l)).collect::<Vec<_>>();
        let exact = narrowed(&|l| r.economy.lines[l].index == rest);
        let from = narrowed(&|l| rest.contains(&r.economy.countries[r.economy.lines[l].origin].name));
        let matches = if exact.len() == 1 {
            exact
        } else if from.len() == 1 {
            from
        } else {
            matches
        };
        match matches.as_slice() {
            [l] => Ok(*l),
            // Tasks whose lines are refused have been told of.
            [] if r.economy.lines.is_empty() && r.diagnostics.has_errors() => Err(super::resolve::Reported),
            [] => {
                let names: Vec<Arc<str>> = r.economy.tasks.iter().map(|t| t.name.clone()).collect();
                self.wrong(r, "no such tasks".into(), &names, 0)
            }
            several => {
                let offers: Vec<String> = several
                    .iter()
                    .map(|&l| {
                        let index: Vec<Arc<str>> = std::iter::once(first.clone()).chain(super::naming::apart(r.economy, l)).collect();
                        format!("`{}`", super::naming::indexed(self.name, &index))
                    })
                    .collect();
                let shown = super::naming::indexed(self.name, self.index);
                r.report(
                    Diagnostic::new("N008", format!("`{shown}` differs between lines"))
                        .at(self.span, "which one?")
                        .help(format!("write {}", offers.join(" or "))),
                )
            }
        }
    }

    /// What tasks abroad take on average, of one step where there are several.
    fn mean(&self, r: &mut Resolver) -> Resolved<Sym> {
        if r.economy.lines.iter().all(|l| l.substitution.is_none()) {
            return self.wrong(r, "these tasks are needed in fixed proportions".into(), &[], usize::MAX);
        }
        if self.index.last().is_some_and(|k| k.parse::<usize>().is_ok()) {
            self.step(r, Key::MeanCost)
        } else {
            self.line(r, |l| Key::MeanCost(l, 0))
        }
    }

    /// A step of a line's cost, by its number, after what tells the line.
    fn step(&self, r: &mut Resolver, key: fn(usize, usize) -> Key) -> Resolved<Sym> {
        let Some((number, line)) = self.index.split_last() else { return self.line(r, Key::HomeTasks) };
        let l = Ask { name: self.name, index: line, span: self.span }.which_line(r)?;
        let steps = r.economy.lines[l].pieces.len();
        match number.parse::<usize>() {
            Ok(k) if (1..=steps).contains(&k) => Ok(r.economy.quantity(key(l, k - 1))),
            _ if steps == 0 => self.wrong(r, "the cost of these tasks has no steps".into(), &[], usize::MAX),
            _ => self.wrong(r, format!("the cost has {steps} steps"), &[], usize::MAX),
        }
    }

    /// Margins and bills that were given no name of their own.
    fn default_margin(&self, r: &mut Resolver) -> Option<Resolved<Sym>> {
        let shown = super::naming::indexed(self.name, self.index);
        for l in 0..r.economy.lines.len() {
            let key = if self.name == "I" { Key::Margin(l) } else { Key::Bill(l) };
            let sym = r.economy.quantity(key);
            if r.economy.info(sym).name == shown {
                return Some(Ok(sym));
            }
        }
        None
    }
}

/// Equal shares of spending on the model's goods, as a declaration to start from.
fn some_demand(economy: &Economy) -> String {
    const MOST: usize = 4;
    let goods: Vec<&str> = economy.goods.iter().map(|g| g.name.as_ref()).collect();
    if goods.is_empty() || goods.len() > MOST {
        return "demand cobb_douglas { GOOD: SHARE, … }".to_string();
    }
    let list: Vec<String> = goods.iter().map(|g| format!("{}: 1", super::naming::element(g))).collect();
    // In demand weights are normalised.
    format!("demand cobb_douglas {{ {} }}", list.join(", "))
}

/// The keys of all inputs of a nest, nests included.
pub fn keys_of(economy: &Economy, nest: &Nest) -> Vec<Arc<str>> {
    let mut out: Vec<Arc<str>> = factors_of(nest).into_iter().map(|f| economy.factors[f].name.clone()).collect();
    out.extend(goods_of(nest).into_iter().map(|g| economy.goods[g].name.clone()));
    fn nests(nest: &Nest, out: &mut Vec<Arc<str>>) {
        for i in &nest.inputs {
            if let Input::Nest(n) = &i.what {
                out.extend(n.name.clone());
                nests(n, out);
            }
        }
    }
    nests(nest, &mut out);
    out
}

impl Economy {
    /// Output of a good in a country: the industry's own unknown where one industry makes it, a definition otherwise.
    pub fn output(&mut self, good: usize, country: usize) -> Sym {
        let makers: Vec<usize> = self.makers(good, country).collect();
        match makers.as_slice() {
            [j] if self.industries[*j].name == self.goods[good].name => self.quantity(Key::Activity(*j)),
            _ => self.quantity(Key::Output(good, country)),
        }
    }

    /// The country that a quantity belongs to, where it belongs to one.
    pub fn country_of(&self, sym: Sym) -> Option<usize> {
        match self.asked_key(sym) {
            Some(
                Key::FactorPrice(_, r)
                | Key::Output(_, r)
                | Key::Demand(_, r)
                | Key::Use(_, r)
                | Key::Exports(_, r)
                | Key::Income(r)
                | Key::Welfare(r)
                | Key::PriceIndex(r)
                | Key::Balance(r)
                | Key::ExpenditureShare(_, r)
                | Key::ProducerPrice(_, r)
                | Key::Delivered(_, _, r)
                | Key::OriginShare(_, _, r)
                | Key::OriginInput(_, _, r)
                | Key::Revenue(r)
                | Key::ImportParity(_, r)
                | Key::ExportParity(_, r),
            ) => Some(*r),
            Some(Key::GoodPrice(_, r)) => *r,
            Some(Key::Trade(_, _, to)) => to.country(),
            Some(
                Key::Activity(j)
                | Key::InputPerUnit(_, j)
                | Key::CostShare(_, j)
                | Key::NestPrice(_, j)
                | Key::UnitCost(j)
                | Key::EmploymentShare(_, j),
            ) => Some(self.industries[*j].country),
            Some(Key::TaskImports(l, _) | Key::TaskPrice(l)) => Some(self.lines[*l].origin),
            _ => None,
        }
    }
}
