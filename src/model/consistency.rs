//! What an economy as a whole must satisfy: anchors, used factors, made goods, endowed inputs, no circles among definitions.

use super::forms::{factors_of, goods_of};
use super::structure::Builder;
use super::{Demand, Key, naming};
use crate::diag::Diagnostic;
use crate::expr::{Node, NodeId, Sym};
use crate::system::{Quantity, Role};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Definitions of a circle that are shown.
const CIRCLE: usize = 12;

impl Builder<'_> {
    pub fn structural_checks(&mut self) {
        if self.definition_cycles() || self.economy.industries.is_empty() {
            return;
        }
        self.absent_endowments();
        self.missing_endowments();
        self.anchors();
        if !self.incomplete {
            self.unused_factors();
            self.unmade_goods();
            self.outside_payments();
        }
    }

    /// Parameters and lets that lead back to themselves; whether there are any.
    fn definition_cycles(&mut self) -> bool {
        let Some(cycle) = find_cycle(&self.economy.dag, &self.economy.syms) else { return false };
        let name = |s: &Sym| self.economy.info(*s).name.clone();
        let mut names: Vec<String> = cycle.iter().take(CIRCLE).map(name).collect();
        if cycle.len() > CIRCLE {
            names.push(format!("… ({} in all)", cycle.len()));
        }
        names.extend(cycle.first().map(name));
        let mut d = Diagnostic::new("N050", format!("definitions lead in a circle: {}", names.join(" → ")));
        for &s in cycle.iter().take(CIRCLE) {
            if let Some(span) = self.economy.written.get(&s).copied().or(self.economy.info(s).origin) {
                d = d.at(span, format!("`{}` is defined by the next", self.economy.info(s).name));
            }
        }
        self.report(d.help("give one of them a value of its own; what only the equilibrium can settle is a `variable` with an `equation`"));
        true
    }

    fn unused_factors(&mut self) {
        let used = self.economy.factors_used();
        for r in self.economy.inside().collect::<Vec<_>>() {
            for f in 0..self.economy.factors.len() {
                if self.economy.countries[r].endowments[f].is_none() || used.contains(&(f, r)) {
                    continue;
                }
                let (name, country) = (self.economy.factors[f].name.clone(), self.economy.countries[r].name.clone());
                let sym = self.economy.countries[r].endowments[f];
                // Of what there is none, nothing is left over either.
                if sym.is_some_and(|s| self.economy.info(s).role == Role::Parameter(0.0)) {
                    continue;
                }
                let span = sym.and_then(|s| self.economy.written.get(&s).copied()).unwrap_or(self.economy.factors[f].span);
                let d = Diagnostic::new("T010", format!("no industry in {country} uses `{name}`"))
                    .at(span, "endowed here and never used, so nothing determines its price")
                    .see(self.economy.factors[f].span, "the factor")
                    .help(format!("use `{name}` in a technology, or remove the endowment"));
                self.report(d);
            }
        }
    }

    /// A country without a factor that others have has 0 of it, so that a shock may give it some.
    fn absent_endowments(&mut self) {
        let inside: Vec<usize> = self.economy.inside().collect();
        let used = self.economy.factors_used();
        for f in 0..self.economy.factors.len() {
            if !inside.iter().any(|&r| self.economy.countries[r].endowments[f].is_some()) {
                continue;
            }
            for &r in &inside {
                let named = self.economy.keys.contains_key(&Key::FactorPrice(f, r));
                if self.economy.countries[r].endowments[f].is_some() || !named && !used.contains(&(f, r)) {
                    continue;
                }
                let (factor, country) = (self.economy.factors[f].clone(), self.economy.countries[r].clone());
                let label = factor.label.clone().unwrap_or_else(|| factor.name.clone());
                let names = naming::by_country(&self.economy, &factor.base, &factor.index, Some(r));
                let nothing = self.economy.dag.constant(0.0);
                let sym = self.place_node(names.0, Quantity::Endowment, nothing, country.span, &format!("endowment of {label} in {}", country.name));
                let info = &mut self.economy.syms[sym.index()];
                (info.display, info.latex) = (names.1, names.2);
                self.economy.countries[r].endowments[f] = Some(sym);
                let mut index = factor.index.clone();
                index.push(country.name.clone());
                self.enter(&factor.base, index, sym, true);
                self.check(sym, Demand::NonNegative, country.span, format!("the endowment of `{}` in {}", factor.name, country.name));
            }
        }
    }

    fn missing_endowments(&mut self) {
        let mut told: FxHashSet<(usize, usize)> = FxHashSet::default();
        for j in 0..self.economy.industries.len() {
            let ind = self.economy.industries[j].clone();
            for f in factors_of(&ind.form) {
                // One endowment is missing however many industries need it.
                if self.economy.countries[ind.country].endowments[f].is_none() && told.insert((f, ind.country)) {
                    let (name, country) = (self.economy.factors[f].name.clone(), self.economy.countries[ind.country].name.clone());
                    let d = Diagnostic::new("T011", format!("{country} has no `{name}`"))
                        .at(ind.form.span, format!("`{}` needs it in {country}", ind.name))
                        .help(format!("endow it, `endowment {name} = …` (0 is allowed), or place the industry elsewhere with `in COUNTRY`"));
                    self.report(d);
                }
            }
        }
        let using: FxHashSet<(usize, usize)> = match self.economy.lines.is_empty() {
            true => FxHashSet::default(),
            false => self.economy.industries.iter().enumerate().flat_map(|(j, i)| factors_of(&i.form).into_iter().map(move |f| (f, j))).collect(),
        };
        for l in 0..self.economy.lines.len() {
            let line = self.economy.lines[l].clone();
            let f = self.economy.tasks[line.tasks].factor;
            for place in &line.places {
                let to = &self.economy.countries[place.destination];
                let missing = if to.outside { to.prices[f].is_none() } else { to.endowments[f].is_none() };
                if !missing {
                    continue;
                }
                let (name, country) = (self.economy.factors[f].name.clone(), to.name.clone());
                let d = if to.outside {
                    Diagnostic::new("T012", format!("`{name}` has no price in {country}"))
                        .at(place.span, "what do tasks done there cost?")
                        .see(to.span, "outside the model")
                        .help(format!("give it: `price {name} = 0.5`"))
                } else {
                    Diagnostic::new("T011", format!("{country} has no `{name}`"))
                        .at(place.span, "tasks are offshored there")
                        .help(format!("endow it: `endowment {name} = …`"))
                };
                self.report(d);
            }
            if self.incomplete {
                continue;
            }
            if !line.industries.iter().any(|&j| using.contains(&(f, j))) {
                let name = self.economy.factors[f].name.clone();
                let d = Diagnostic::new("T013", format!("no industry that may offshore these tasks uses `{name}`"))
                    .at(line.span, "nothing determines how many go abroad")
                    .help(format!("use `{name}` in the technology of an industry, or remove the line"));
                self.report(d);
            }
        }
    }

    fn unmade_goods(&mut self) {
        let e = &self.economy;
        let made: FxHashSet<(usize, usize)> = e.industries.iter().map(|i| (i.good, i.country)).collect();
        let used: FxHashSet<(usize, usize)> = e.industries.iter().flat_map(|i| goods_of(&i.form).into_iter().map(|g| (g, i.country))).collect();
        let eaten: FxHashSet<(usize, usize)> = e
            .households
            .iter()
            .enumerate()
            .flat_map(|(r, h)| h.iter().flat_map(move |h| goods_of(&h.form).into_iter().map(move |g| (g, r))))
            .collect();
        let anywhere = |pairs: &FxHashSet<(usize, usize)>| pairs.iter().map(|p| p.0).collect::<FxHashSet<usize>>();
        let all = [anywhere(&made), anywhere(&used), anywhere(&eaten)];
        for g in 0..self.economy.goods.len() {
            let good = self.economy.goods[g].clone();
            let places: Vec<Option<usize>> = if good.nontraded { self.economy.inside().map(Some).collect() } else { vec![None] };
            for place in places {
                let [made, used, eaten] = match place {
                    Some(r) => [&made, &used, &eaten].map(|pairs| pairs.contains(&(g, r))),
                    None => [0, 1, 2].map(|k| all[k].contains(&g)),
                };
                let of = place.map_or(String::new(), |r| format!(" in {}", self.economy.countries[r].name));
                if good.given.is_some() {
                    continue;
                }
                if !made && (eaten || used) {
                    let by = self.economy.households.iter().flatten().map(|h| h.span).next().filter(|_| eaten);
                    let mut d = Diagnostic::new("T014", format!("`{}` is {} and never made{of}", good.name, if eaten { "demanded" } else { "used" }))
                        .at(good.span, "no industry makes it, and it has no given price");
                    if let Some(span) = by {
                        d = d.see(span, "demanded here");
                    }
                    self.report(d.help(format!("add `industry {} {{ … }}`, or give it a world price to import it at", good.name)));
                } else if made && !eaten && !used {
                    let d = Diagnostic::new("T015", format!("`{}` is made and nobody buys it{of}", good.name))
                        .at(good.span, "no household demands it, no industry uses it, and it has no given price")
                        .help("let `demand` name it, give it a world price to export it at, or remove it");
                    self.report(d);
                } else if !made && !eaten && !used {
                    let d = Diagnostic::new("T016", format!("`{}` is neither made nor used{of}", good.name))
                        .at(good.span, "nothing determines its price")
                        .help("remove it, or give it an industry and a demand");
                    self.report(d);
                }
            }
        }
    }

    fn anchors(&mut self) {
        let given = self.economy.goods.iter().find(|g| g.given.is_some()).map(|g| (g.name.clone(), g.span));
        let outside = self.economy.countries.iter().find(|c| c.prices.iter().any(Option::is_some)).map(|c| (c.name.clone(), c.span));
        let mut numeraires: Vec<crate::source::Span> = self.economy.goods.iter().filter(|g| g.numeraire).map(|g| g.span).collect();
        numeraires.extend(self.economy.numeraire.as_ref().map(|n| n.span));
        if let [first, second, ..] = numeraires[..] {
            self.report(
                Diagnostic::new("T021", "two numeraires").at(second, "a second one").see(first, "the first").help("prices need one anchor: keep one"),
            );
        }
        if let Some(n) = self.economy.numeraire.as_ref().filter(|n| !self.economy.has_price_level(n.node)) {
            let d = Diagnostic::new("T023", format!("the numeraire `{}` fixes no price level", n.name))
                .at(n.span, "it does not move when all prices double")
                .help("name a price, as in `numeraire w[Home]` or `numeraire price_index[Home]`");
            self.report(d);
        }
        match (given.or(outside), numeraires.first()) {
            (Some((name, span)), Some(&n)) => {
                let d = Diagnostic::new("T021", "a numeraire beside a given price")
                    .at(n, "this fixes the price level a second time")
                    .see(span, format!("`{name}` already anchors all prices"))
                    .help("remove the numeraire, or leave the price free");
                self.report(d);
            }
            (None, None) if self.incomplete => {}
            (None, None) => {
                let first = self.economy.goods.first().map(|g| (g.name.clone(), g.span));
                let mut d = Diagnostic::new("T020", "nothing anchors the price level");
                if let Some(span) = first.as_ref().map(|f| f.1).or(self.economy.span) {
                    d = d.at(span, "all prices are free: only their ratios are determined");
                }
                let name: Arc<str> = first.map_or("x".into(), |f| f.0);
                self.report(d.help(format!("choose a numeraire, `good {name} numeraire` or `numeraire w[Home]`; in a small economy give world prices, `good {name} price = 1`")));
            }
            _ => {}
        }
    }

    fn outside_payments(&mut self) {
        if self.economy.goods.iter().any(|g| g.given.is_some()) {
            return;
        }
        let found = self.economy.lines.iter().flat_map(|l| &l.places).find(|p| self.economy.countries[p.destination].outside).cloned();
        if let Some(line) = found {
            let to = &self.economy.countries[line.destination];
            let d = Diagnostic::new("T022", format!("{} is paid for tasks and cannot spend it", to.name))
                .at(line.span, "tasks are done outside the model")
                .see(to.span, "outside: nothing clears here")
                .help("an outside country spends at given world prices: give at least one good a price, or model the country");
            self.report(d);
        }
        // A good without price of its own needs buyers that a missing demand would have named.
        if self.economy.households.iter().all(Option::is_none)
            && self.economy.goods.iter().all(|g| g.given.is_none())
            && let Some(g) = self.economy.goods.first().cloned()
        {
            let d = Diagnostic::new("T017", "no goods are demanded")
                .at(g.span, "its price is free, so demand has to determine it")
                .help("add `demand cobb_douglas { … }`, or give the goods world prices");
            self.report(d);
        }
    }
}

impl super::Economy {
    /// Whether an expression rests on some price or value, directly or through definitions.
    pub fn has_price_level(&self, node: NodeId) -> bool {
        let mut pending = self.dag.symbols(&[node]);
        let mut seen = FxHashSet::default();
        while let Some(s) = pending.pop() {
            if !seen.insert(s) {
                continue;
            }
            let info = self.info(s);
            match (info.quantity, &info.role) {
                (Quantity::Named, Role::Definition(n)) => pending.extend(self.dag.symbols(&[*n])),
                (Quantity::FactorPrice | Quantity::GoodPrice | Quantity::UnitCost | Quantity::TaskPrice, _) => return true,
                (Quantity::PriceIndex | Quantity::Income | Quantity::Variable | Quantity::Numeraire, _) => return true,
                _ => {}
            }
        }
        false
    }

    /// Factors with the countries where anything employs them, tasks done for others included.
    pub fn factors_used(&self) -> FxHashSet<(usize, usize)> {
        let own = self.industries.iter().flat_map(|i| factors_of(&i.form).into_iter().map(|f| (f, i.country)));
        let tasks = self.lines.iter().flat_map(|l| l.places.iter().map(|p| (self.tasks[l.tasks].factor, p.destination)));
        own.chain(tasks).collect()
    }
}

/// A circle among definitions, as the symbols on it, in order.
pub fn find_cycle(dag: &crate::expr::Dag, syms: &[crate::system::SymInfo]) -> Option<Vec<Sym>> {
    let inside = |node: NodeId| -> Vec<NodeId> {
        let mut out = Vec::new();
        match dag.node(node) {
            Node::Sym(s) => {
                if let Some(Role::Definition(body)) = syms.get(s.index()).map(|i| &i.role) {
                    out.push(*body);
                }
            }
            other => other.for_children(|c| out.push(c)),
        }
        out
    };
    // 0 new, 1 on the path, 2 done; each node once, whatever the number of definitions that share it; chains may be long.
    let mut state = vec![0u8; dag.len()];
    for info in syms {
        let Role::Definition(root) = info.role else { continue };
        if state[root.index()] != 0 {
            continue;
        }
        let mut path: Vec<(NodeId, Vec<NodeId>)> = vec![(root, inside(root))];
        state[root.index()] = 1;
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.pop() {
                Some(next) if state[next.index()] == 1 => {
                    let start = path.iter().position(|(n, _)| *n == next).unwrap_or(0);
                    let on_it = path[start..].iter();
                    let mut cycle: Vec<Sym> = on_it.filter_map(|(n, _)| if let Node::Sym(s) = dag.node(*n) { Some(*s) } else { None }).collect();
                    // Told from what was declared first.
                    let first = (0..cycle.len()).min_by_key(|k| cycle[*k]).unwrap_or(0);
                    cycle.rotate_left(first);
                    return Some(cycle);
                }
                Some(next) if state[next.index()] == 0 => {
                    state[next.index()] = 1;
                    path.push((next, inside(next)));
                }
                Some(_) => {}
                None => {
                    state[at.index()] = 2;
                    path.pop();
                }
            }
        }
    }
    None
}
