//! The table of value flows: who pays whom in the active regime, top down, so that all shares are written in few independent ones.
//!
//! Goods' shares in the cost of all that is made come first, then each maker's share in its good, then cost shares. Employment, supply, use,
//! income and spending shares follow from these.

use super::atoms::{Atom, Atoms, Measures, Range, dressed};
use super::hat::Hats;
use crate::algebra::Formula;
use crate::expr::{Node, NodeId};
use crate::model::{Economy, Input, Key, Nest, naming};
use crate::system::Role;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What replaces dependent shares, and what was used for it.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    /// Atom → formula in independent atoms.
    pub replace: FxHashMap<u32, Formula>,
    /// Quantities worth a name: the atom, its formula in independent atoms, the independent atom that it can stand for.
    pub named: Vec<NamedFlow>,
    /// By industry: its country.
    pub country: Vec<usize>,
    /// Equalities of the theory that were used.
    pub equalities: Vec<String>,
    /// By active industry: the value of what it makes, at cost, as a share of all that is made; every good by its own name.
    pub made: FxHashMap<usize, Formula>,
    /// Atoms that the table has a formula for whose value is another: what the model has beyond the table.
    pub dropped: Vec<u32>,
}

#[derive(Clone, Debug)]
pub struct NamedFlow {
    pub atom: u32,
    pub formula: Formula,
    /// Zero by definition of the named one, and linear in makers' shares: any of these can be written in it.
    pub gap: Option<Formula>,
}

/// Relative difference beyond which a share does not follow from the table.
const AGREE: f64 = 1e-6;

struct Table<'h, 'a> {
    h: &'h mut Hats<'a>,
    active: Vec<usize>,
    /// By industry: the industry whose cost shares it has.
    like: FxHashMap<usize, usize>,
    /// By industry: the value of what it makes, at cost, as a share of the world's.
    made: FxHashMap<usize, Formula>,
    out: Flows,
}

impl<'a> Hats<'a> {
    /// Writes all shares known so far in independent ones.
    pub fn flows(&mut self) -> Flows {
        self.flows_with(false)
    }

    /// The same; `every_maker` leaves the share of a good's last maker as it is, so that each country's formulas speak of its own makers.
    pub fn flows_with(&mut self, every_maker: bool) -> Flows {
        let e = self.economy;
        let active: Vec<usize> = (0..e.industries.len()).filter(|j| self.is_made(*j)).collect();
        for &j in &active {
            if let Some(&c) = e.keys.get(&Key::UnitCost(j)) {
                self.of(c);
            }
        }
        let mut table = Table {
            h: self,
            active,
            like: FxHashMap::default(),
            made: FxHashMap::default(),
            out: Flows { country: e.industries.iter().map(|i| i.country).collect(), ..Flows::default() },
        };
        table.equalised();
        table.adding_up();
        table.output(every_maker);
        table.markets();
        table.other_groups();
        table.names();
        table.out
    }

    /// Adding-up alone: the last share of each group as what the others leave.
    pub fn adding_up(&self) -> FxHashMap<u32, Formula> {
        let mut out = FxHashMap::default();
        for group in &self.atoms.groups {
            let Some((last, others)) = group.split_last() else { continue };
            if group.iter().any(|a| out.contains_key(a)) {
                continue;
            }
            out.insert(*last, others.iter().fold(Formula::one(), |left, a| left.minus(Formula::atom(*a))));
        }
        out
    }

    fn is_made(&self, j: usize) -> bool {
        match self.economy.keys.get(&Key::Activity(j)) {
            Some(&s) => self.point.bound(s).is_none() && (!self.point.numeric || self.point.value(s) > 0.0),
            None => false,
        }
    }
}

impl Table<'_, '_> {
    fn economy(&self) -> &Economy {
        self.h.economy
    }

    /// Where two countries make the same goods at the same prices with the same technology, and as many goods as they have factors, factor
    /// prices are proportional and cost shares equal.
    fn equalised(&mut self) {
        let e = self.h.economy;
        let inside: Vec<usize> = e.inside().collect();
        for (n, &late) in inside.iter().enumerate() {
            for &early in inside.iter().take(n) {
                let pairs: Vec<(usize, usize)> = self
                    .active
                    .iter()
                    .copied()
                    .filter(|&j| e.industries[j].country == late)
                    .filter_map(|j| self.active.iter().copied().find(|&i| e.industries[i].country == early && same_industry(e, i, j)).map(|i| (i, j)))
                    .collect();
                if pairs.is_empty() || !self.factors_fixed(&pairs) || pairs.iter().any(|(_, j)| self.like.contains_key(j)) {
                    continue;
                }
                // Observed too: with factor intensities that reverse, equal goods prices allow several factor prices.
                if self.h.point.numeric && !pairs.iter().all(|(i, j)| self.shares_agree(*i, *j)) {
                    continue;
                }
                let goods: Vec<String> = pairs.iter().map(|(i, _)| e.industries[*i].name.to_string()).collect();
                let (a, b) = (&e.countries[early].name, &e.countries[late].name);
                self.out.equalities.push(format!(
                    "cost shares of {} are those of {}: same technology up to productivity, same goods prices, as many goods as factors ({})",
                    b,
                    a,
                    goods.join(", ")
                ));
                self.like.extend(pairs.iter().map(|(i, j)| (*j, *i)));
            }
        }
    }

    /// As many goods as distinct inputs without a common price, and one price a factor for all of them.
    fn factors_fixed(&self, pairs: &[(usize, usize)]) -> bool {
        let e = self.economy();
        let mut factors: Vec<usize> = pairs.iter().flat_map(|(i, _)| crate::model::forms::factors_of(&e.industries[*i].form)).collect();
        factors.sort_unstable();
        factors.dedup();
        let mut goods: Vec<usize> = pairs.iter().map(|(i, _)| e.industries[*i].good).collect();
        goods.sort_unstable();
        goods.dedup();
        // A factor whose tasks move in some industries only has several prices.
        let one_price = |country: usize, f: usize, list: &mut dyn Iterator<Item = usize>| {
            let lines: Vec<Option<usize>> = list.map(|j| e.line_of(f, j)).collect();
            lines.windows(2).all(|w| w[0] == w[1]) && country < e.countries.len()
        };
        let traded = pairs.iter().all(|(i, _)| crate::model::forms::goods_of(&e.industries[*i].form).iter().all(|g| e.goods[*g].one_price()));
        traded
            && goods.len() >= factors.len()
            && factors.iter().all(|&f| {
                let (first, second) = (e.industries[pairs[0].0].country, e.industries[pairs[0].1].country);
                one_price(first, f, &mut pairs.iter().map(|p| p.0).filter(|j| uses(e, *j, f)))
                    && one_price(second, f, &mut pairs.iter().map(|p| p.1).filter(|j| uses(e, *j, f)))
            })
    }

    fn shares_agree(&mut self, i: usize, j: usize) -> bool {
        let list: Vec<(Vec<usize>, f64)> =
            self.cost_atoms(i).into_iter().map(|(p, a)| (p, self.h.atoms.get(a).map_or(f64::NAN, |x| x.value))).collect();
        let other: FxHashMap<Vec<usize>, f64> =
            self.cost_atoms(j).into_iter().map(|(p, a)| (p, self.h.atoms.get(a).map_or(f64::NAN, |x| x.value))).collect();
        list.len() == other.len() && list.iter().all(|(p, v)| other.get(p).is_some_and(|w| (v - w).abs() < AGREE * v.abs()))
    }

    fn cost_atoms(&self, j: usize) -> Vec<(Vec<usize>, u32)> {
        self.h
            .atoms
            .iter()
            .filter_map(|(at, a)| match &a.measures {
                Measures::Cost(i, path) if *i == j => Some((path.clone(), at)),
                _ => None,
            })
            .collect()
    }

    /// Cost shares: those of an equal industry, and the last of each nest as what the others leave.
    fn adding_up(&mut self) {
        let like: Vec<(usize, usize)> = self.like.iter().map(|(j, i)| (*j, *i)).collect();
        let mut renamed: FxHashMap<u32, u32> = FxHashMap::default();
        for (j, i) in like {
            let twin: FxHashMap<Vec<usize>, u32> = self.cost_atoms(i).into_iter().collect();
            for (path, atom) in self.cost_atoms(j) {
                if let Some(&t) = twin.get(&path) {
                    renamed.insert(atom, t);
                }
            }
        }
        for group in self.h.atoms.groups.clone() {
            let cost = group.iter().all(|a| matches!(self.h.atoms.get(*a).map(|x| &x.measures), Some(Measures::Cost(..))));
            if !cost || group.iter().any(|a| renamed.contains_key(a)) {
                continue;
            }
            if let Some((last, others)) = group.split_last() {
                self.out.replace.insert(*last, others.iter().fold(Formula::one(), |left, a| left.minus(Formula::atom(*a))));
            }
        }
        for (atom, twin) in renamed {
            let formula = self.out.replace.get(&twin).cloned().unwrap_or(Formula::atom(twin));
            self.out.replace.insert(atom, formula);
        }
    }

    /// Values at cost: goods first, then the makers of each.
    fn output(&mut self, every_maker: bool) {
        let e = self.h.economy;
        let mut goods: Vec<usize> = self.active.iter().map(|j| e.industries[*j].good).collect();
        goods.sort_unstable();
        goods.dedup();
        let value = |h: &Hats, j: usize| {
            let v = |k: Key| e.keys.get(&k).map_or(f64::NAN, |s| h.point.value(*s));
            v(Key::UnitCost(j)) * v(Key::Activity(j))
        };
        let total: f64 = self.active.iter().map(|j| value(self.h, *j)).sum();
        let single = goods.len() == 1;
        let one_country = e.inside().count() == 1;
        let mut left = Formula::one();
        for (n, &g) in goods.iter().enumerate() {
            let makers: Vec<usize> = self.active.iter().copied().filter(|j| e.industries[*j].good == g).collect();
            let of_good: f64 = makers.iter().map(|j| value(self.h, *j)).sum();
            let name = e.goods[g].name.clone();
            let mut named = Formula::one();
            let share = if single {
                Formula::one()
            } else {
                let world = if one_country { "" } else { "the world's " };
                let atom = flow_atom(
                    "output_share",
                    ("μ", "\\mu"),
                    &[name.clone()],
                    format!("share of {name} in {world}output, at cost"),
                    of_good / total,
                    Measures::Made(g),
                );
                let at = self.h.atoms.intern(atom);
                named = Formula::atom(at);
                if n + 1 == goods.len() {
                    self.out.replace.insert(at, left.clone());
                    left.clone()
                } else {
                    left = left.minus(Formula::atom(at));
                    Formula::atom(at)
                }
            };
            let mut rest = Formula::one();
            for (m, &j) in makers.iter().enumerate() {
                let ind = &e.industries[j];
                let part = if m + 1 == makers.len() && !(every_maker && m > 0) {
                    rest.clone()
                } else {
                    let index = [name.clone(), if one_country { ind.name.clone() } else { e.countries[ind.country].name.clone() }];
                    let words = if one_country { ind.name.to_string() } else { format!("{} in {}", ind.name, e.countries[ind.country].name) };
                    let atom = flow_atom(
                        "maker_share",
                        ("ν", "\\nu"),
                        &index,
                        format!("share of {words} in what is made of {name}, at cost"),
                        value(self.h, j) / of_good,
                        Measures::Maker(j),
                    );
                    let at = self.h.atoms.intern(atom);
                    rest = rest.minus(Formula::atom(at));
                    Formula::atom(at)
                };
                self.out.made.insert(j, named.clone().times(part.clone()));
                self.made.insert(j, share.clone().times(part));
            }
        }
    }

    fn made(&self, j: usize) -> Formula {
        self.made.get(&j).cloned().unwrap_or_else(Formula::zero)
    }

    fn markup(&mut self, j: usize) -> Formula {
        match self.economy().industries.get(j).and_then(|i| i.markup) {
            Some(s) => Formula::atom(self.h.symbol_atom(s)),
            None => Formula::one(),
        }
    }

    /// Share of an input in an industry's cost, over all nests that it stands in.
    fn input_share(&self, j: usize, wanted: &dyn Fn(&Input) -> bool) -> Formula {
        let twin = self.like.get(&j).copied().unwrap_or(j);
        let Some(ind) = self.economy().industries.get(twin) else { return Formula::zero() };
        let atoms: FxHashMap<Vec<usize>, u32> = self.cost_atoms(twin).into_iter().collect();
        self.nest_input(&ind.form, &atoms, &mut Vec::new(), wanted)
    }

    fn nest_input(&self, nest: &Nest, atoms: &FxHashMap<Vec<usize>, u32>, path: &mut Vec<usize>, wanted: &dyn Fn(&Input) -> bool) -> Formula {
        let mut terms = Vec::new();
        for (k, input) in nest.inputs.iter().enumerate() {
            path.push(k);
            // The only input of a nest has all of its cost and no atom.
            let share = match atoms.get(path.as_slice()) {
                Some(at) => self.out.replace.get(at).cloned().unwrap_or(Formula::atom(*at)),
                None if nest.inputs.len() == 1 => Formula::one(),
                None => Formula::zero(),
            };
            if wanted(&input.what) {
                terms.push(share.clone());
            }
            if let Input::Nest(inner) = &input.what {
                terms.push(share.times(self.nest_input(inner, atoms, path, wanted)));
            }
            path.pop();
        }
        Formula::sum(terms)
    }

    fn factor_share(&self, f: usize, j: usize) -> Formula {
        self.input_share(j, &|i| matches!(i, Input::Factor(x) if *x == f))
    }

    fn good_share(&self, g: usize, j: usize) -> Formula {
        self.input_share(j, &|i| matches!(i, Input::Good(x) if *x == g))
    }

    /// What an industry pays a factor at home; what it pays those who do its tasks elsewhere.
    fn home_bill(&mut self, f: usize, j: usize) -> Formula {
        let bill = self.factor_share(f, j).times(self.made(j));
        match self.economy().line_of(f, j) {
            Some(l) => self.h.at_home(l).times(bill),
            None => bill,
        }
    }

    /// What those who do an industry's tasks in a country get for it: a tariff on it stays at home.
    fn task_bill(&mut self, f: usize, j: usize, r: usize) -> Formula {
        let bill = self.factor_share(f, j).times(self.made(j));
        match self.economy().line_of(f, j) {
            Some(l) => {
                let Some(place) = self.economy().lines[l].place_in(r) else { return Formula::zero() };
                let paid = self.h.offshored(l, place).times(bill);
                match self.h.tariff_factor(l, place) {
                    Some(factor) => paid.over(factor),
                    None => paid,
                }
            }
            None => Formula::zero(),
        }
    }

    /// All that a factor of a country earns: by industry at home, then by tasks for industries elsewhere.
    fn earners(&mut self, f: usize, r: usize) -> Vec<(Measures, Formula)> {
        let e = self.h.economy;
        let mut out = Vec::new();
        for j in self.active.clone() {
            if e.industries[j].country == r {
                out.push((Measures::Work(f, r, j, false), self.home_bill(f, j)));
            }
            let here = e.line_of(f, j).is_some_and(|l| e.lines[l].goes_to(r));
            if here {
                out.push((Measures::Work(f, r, j, true), self.task_bill(f, j, r)));
            }
        }
        out.retain(|(_, f)| !f.is_zero());
        out
    }

    fn markets(&mut self) {
        let e = self.h.economy;
        let mut incomes: FxHashMap<usize, Formula> = FxHashMap::default();
        for r in e.inside() {
            let mut all = Vec::new();
            for f in 0..e.factors.len() {
                let earners = self.earners(f, r);
                let total = Formula::sum(earners.iter().map(|x| x.1.clone()));
                // One price for all units of a factor: shares of its earnings are shares of its work.
                self.follow(earners, &total);
                all.push((Measures::Earnings(f, r), total));
            }
            for j in self.active.clone() {
                if e.industries[j].country == r && e.industries[j].markup.is_some() {
                    let profits = self.markup(j).minus(Formula::one()).times(self.made(j));
                    all.push((Measures::Profits(j), profits));
                }
            }
            all.retain(|x| !x.1.is_zero());
            // Where borders bring revenue income is more than what is earned here.
            if self.h.levies(r) {
                continue;
            }
            let income = Formula::sum(all.iter().map(|x| x.1.clone()));
            self.follow(all, &income);
            incomes.insert(r, income);
        }
        for l in 0..e.lines.len() {
            let factor = e.tasks[e.lines[l].tasks].factor;
            let bills: Vec<(Measures, Formula)> = self
                .active
                .iter()
                .filter(|j| e.lines[l].industries.contains(j))
                .map(|j| (Measures::Bundle(l, *j), self.factor_share(factor, *j).times(self.made(*j))))
                .collect();
            let total = Formula::sum(bills.iter().map(|b| b.1.clone()));
            self.follow(bills, &total);
        }
        for g in 0..e.goods.len() {
            if e.goods[g].given.is_some() {
                continue;
            }
            let places: Vec<Option<usize>> = if e.goods[g].nontraded { e.inside().map(Some).collect() } else { vec![None] };
            for place in places {
                self.market(g, place, &incomes);
            }
        }
        self.free_spending();
    }

    fn market(&mut self, g: usize, place: Option<usize>, incomes: &FxHashMap<usize, Formula>) {
        let e = self.h.economy;
        let here = |r: usize| place.is_none_or(|p| p == r);
        let makers: Vec<usize> = self.active.iter().copied().filter(|j| e.industries[*j].good == g && here(e.industries[*j].country)).collect();
        let mut supply = Vec::new();
        for j in makers {
            let value = self.markup(j).times(self.made(j));
            supply.push((Measures::Supply(g, place, j), value));
        }
        let total = Formula::sum(supply.iter().map(|x| x.1.clone()));
        self.follow(supply, &total);
        let mut using = Vec::new();
        for j in self.active.clone() {
            if here(e.industries[j].country) {
                let value = self.good_share(g, j).times(self.made(j));
                if !value.is_zero() {
                    using.push((Measures::Use(g, place, j), value));
                }
            }
        }
        let consumed = using.iter().fold(total.clone(), |left, u| left.minus(u.1.clone()));
        // What is consumed is spent by households: it fixes one spending share of the good.
        let spenders: Vec<(usize, Option<u32>)> =
            e.inside().filter(|r| here(*r) && e.households[*r].is_some()).map(|r| (r, self.spending_atom(g, r))).collect();
        if spenders.iter().any(|(r, _)| !incomes.contains_key(r)) {
            return;
        }
        let income = |r: usize| incomes.get(&r).cloned().unwrap_or_else(Formula::zero);
        let atoms: Vec<u32> = spenders.iter().filter_map(|s| s.1).collect();
        let common = atoms.len() == spenders.len() && atoms.windows(2).all(|w| w[0] == w[1]);
        if let (true, Some(&first)) = (common, atoms.first()) {
            let spent = Formula::sum(spenders.iter().map(|s| income(s.0)));
            self.settle(first, consumed.clone().over(spent));
        } else if let Some(&(r, Some(last))) = spenders.iter().rev().find(|s| s.1.is_some()) {
            let others = Formula::sum(spenders.iter().filter(|s| s.0 != r).filter_map(|s| s.1.map(|a| Formula::atom(a).times(income(s.0)))));
            self.settle(last, consumed.clone().minus(others).over(income(r)));
        }
        for (r, atom) in spenders {
            let Some(atom) = atom else { continue };
            let share = self.out.replace.get(&atom).cloned().unwrap_or(Formula::atom(atom));
            using.push((Measures::Consumption(g, place, r), share.times(income(r))));
        }
        self.follow(using, &total);
    }

    /// The atom for the share of a good in a household's spending, where its form is one nest of goods.
    fn spending_atom(&mut self, g: usize, r: usize) -> Option<u32> {
        let e = self.h.economy;
        let household = e.households.get(r)?.as_ref()?;
        if household.form.inputs.iter().any(|i| matches!(i.what, Input::Nest(_))) {
            return None;
        }
        let k = household.form.inputs.iter().position(|i| matches!(i.what, Input::Good(x) if x == g))?;
        let sym = e.keys.get(&Key::Expenditure(r))?;
        let Role::Definition(node) = self.h.system.info(*sym).role else { return None };
        self.h.of(*sym);
        self.h.atoms.measuring(&Measures::Spending(node, k + 1))
    }

    /// Spending shares that no market fixes: the last of each group as what the others leave.
    fn free_spending(&mut self) {
        for group in self.h.atoms.groups.clone() {
            if !group.iter().all(|a| matches!(self.h.atoms.get(*a).map(|x| &x.measures), Some(Measures::Spending(..)))) {
                continue;
            }
            let free: Vec<u32> = group.iter().copied().filter(|a| !self.out.replace.contains_key(a)).collect();
            if let Some(last) = free.last() {
                let formula = group
                    .iter()
                    .filter(|a| *a != last)
                    .fold(Formula::one(), |left, a| left.minus(self.out.replace.get(a).cloned().unwrap_or(Formula::atom(*a))));
                self.settle(*last, formula);
            }
        }
    }

    /// Shares in sums of the user's own: the last of each group as what the others leave.
    fn other_groups(&mut self) {
        for group in self.h.atoms.groups.clone() {
            if group.iter().any(|a| self.out.replace.contains_key(a)) {
                continue;
            }
            if let Some((last, others)) = group.split_last() {
                self.out.replace.insert(*last, others.iter().fold(Formula::one(), |left, a| left.minus(Formula::atom(*a))));
            }
        }
    }

    /// Writes each part over the whole, where that is its value.
    fn follow(&mut self, parts: Vec<(Measures, Formula)>, whole: &Formula) {
        for (measures, value) in parts {
            if let Some(at) = self.h.atoms.measuring(&measures) {
                self.settle(at, value.over(whole.clone()));
            }
        }
    }

    /// Uses a formula for an atom, unless the numbers say that more goes on than the table knows (taxes of the user's own).
    fn settle(&mut self, at: u32, formula: Formula) {
        let values = self.h.atoms.values();
        let own = self.h.atoms.get(at).map_or(f64::NAN, |a| a.value);
        let agrees = !self.h.point.numeric && self.h.economy.equations.is_empty() || (formula.eval(&values) - own).abs() <= AGREE * own.abs();
        if !agrees {
            self.out.dropped.push(at);
        } else if !formula.atoms().contains(&at) {
            self.out.replace.insert(at, formula);
        }
    }

    /// φ: each factor's share in the cost of all that is made; and a country's share of the bill for a factor's work, its tasks abroad included.
    fn names(&mut self) {
        let e = self.h.economy;
        let inside: Vec<usize> = e.inside().collect();
        let mut named = Vec::new();
        for f in 0..e.factors.len() {
            let bills: Vec<(usize, Formula)> =
                self.active.iter().map(|j| (*j, self.factor_share(f, *j).times(self.made(*j)))).filter(|b| !b.1.is_zero()).collect();
            if bills.len() < 2 {
                continue;
            }
            let name = e.factors[f].name.clone();
            let total = Formula::sum(bills.iter().map(|b| b.1.clone()));
            let world = if inside.len() == 1 { "" } else { " of the world" };
            let atom = flow_atom(
                "factor_share",
                ("φ", "\\phi"),
                &[name.clone()],
                format!("share of {name} in the cost of all goods{world}"),
                total.eval(&self.h.atoms.values()),
                Measures::Named,
            );
            let phi = self.h.atoms.intern(atom);
            named.push(NamedFlow { atom: phi, formula: total.clone(), gap: None });
            for &r in inside.iter().take(inside.len().saturating_sub(1)) {
                let earned = Formula::sum(self.earners(f, r).into_iter().map(|x| x.1));
                if earned.is_zero() {
                    continue;
                }
                let country = e.countries[r].name.clone();
                let index = if inside.len() == 2 { vec![name.clone()] } else { vec![name.clone(), country.clone()] };
                let share = earned.clone().over(total.clone());
                let value = share.eval(&self.h.atoms.values());
                let meaning = format!("{country}'s share in what {name} earns in the world");
                let at = self.h.atoms.intern(flow_atom("country_share", ("λ", "\\lambda"), &index, meaning, value, Measures::Named));
                let gap = earned.minus(Formula::atom(at).times(total.clone()));
                named.push(NamedFlow { atom: at, formula: share, gap: Some(gap) });
            }
        }
        self.out.named = named;
    }
}

impl NamedFlow {
    /// Makers' shares that this quantity can stand for once `gone` are written in other names: each with how.
    pub fn instead(&self, atoms: &Atoms, gone: &[(u32, Formula)]) -> Vec<(u32, Formula)> {
        let Some(gap) = &self.gap else { return Vec::new() };
        let gap = gone.iter().fold(gap.clone(), |g, (a, f)| g.replace(&|x| (x == *a).then(|| f.clone())));
        let makers = gap.atoms().into_iter().filter(|a| matches!(atoms.get(*a).map(|x| &x.measures), Some(Measures::Maker(_))));
        let solved = |maker: u32| {
            let at = |value: Formula| gap.replace(&|a| (a == maker).then(|| value.clone()));
            let without = at(Formula::zero());
            (maker, without.clone().negated().over(at(Formula::one()).minus(without)))
        };
        makers.map(solved).collect()
    }
}

fn flow_atom(word: &str, letter: (&str, &str), index: &[Arc<str>], meaning: String, value: f64, measures: Measures) -> Atom {
    let names: Vec<String> = index.iter().map(|i| i.to_string()).collect();
    let (display, latex) = dressed(letter.0, letter.1, &names);
    let name = naming::indexed(word, index);
    Atom { name, display, latex, meaning, value, range: Range::Share, measures }
}

fn uses(e: &Economy, j: usize, f: usize) -> bool {
    crate::model::forms::factors_of(&e.industries[j].form).contains(&f)
}

/// Same good, traded, with one technology up to its productivity, and the same markup.
fn same_industry(e: &Economy, i: usize, j: usize) -> bool {
    let (a, b) = (&e.industries[i], &e.industries[j]);
    a.good == b.good && e.goods[a.good].one_price() && a.productivity == b.productivity && a.markup == b.markup && same_form(e, &a.form, &b.form)
}

fn same_form(e: &Economy, a: &Nest, b: &Nest) -> bool {
    let same_number = |x: NodeId, y: NodeId| x == y || matches!((e.dag.node(x), e.dag.node(y)), (Node::Sym(s), Node::Sym(t)) if s == t);
    a.shape == b.shape
        && same_number(a.sigma, b.sigma)
        && a.inputs.len() == b.inputs.len()
        && a.inputs.iter().zip(&b.inputs).all(|(x, y)| {
            same_number(x.weight, y.weight)
                && match (&x.what, &y.what) {
                    (Input::Factor(f), Input::Factor(g)) => f == g,
                    (Input::Good(f), Input::Good(g)) => f == g,
                    (Input::Nest(m), Input::Nest(n)) => same_form(e, m, n),
                    _ => false,
                }
        })
}
