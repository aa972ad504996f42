//! Draws an economy: prices, then technologies that make profits zero at them, then outputs, then endowments and tastes that make markets clear.

use super::nest::{Form, Input, Nest, form, shares};
use super::rng::Rng;
use super::{Country, Good, Industry, Known, Tasks};

/// The economy of a seed.
pub fn known(seed: u64) -> Known {
    let mut r = Rng::new(seed);
    let open = r.chance(0.25);
    let inside = r.whole(1, if open { 2 } else { 3 });
    let countries = inside + usize::from(open && r.chance(0.5));
    let factors = r.whole(1, 4);
    let goods = r.whole(1, 6);
    let decades = [0.3, 0.3, 1.0, 3.0, 6.0];
    let spread = (*r.pick(&decades), *r.pick(&decades));
    let wide = |r: &mut Rng, decades: f64| 10f64.powf(decades * (2.0 * r.uniform() - 1.0));
    let mut known = Known {
        seed,
        countries: (0..countries)
            .map(|c| Country {
                outside: c >= inside,
                productivity: if r.chance(0.6) { 1.0 } else { r.number(0.3, 3.0) },
                wage: (0..factors).map(|_| wide(&mut r, spread.0)).collect(),
                endowment: vec![0.0; factors],
            })
            .collect(),
        factors,
        goods: (0..goods)
            .map(|g| {
                let nontraded = g > 0 && r.chance(0.2);
                let one = wide(&mut r, spread.0);
                Good { nontraded, price: (0..countries).map(|_| if nontraded { wide(&mut r, spread.0) } else { one }).collect() }
            })
            .collect(),
        industries: Vec::new(),
        tasks: Vec::new(),
        tastes: Vec::new(),
        open,
        numeraires: Vec::new(),
        spread,
    };
    let decades = *r.pick(&[0.3, 0.3, 1.0, 3.0]);
    let mut draw = Draw { r, k: &mut known, decades, free: None };
    draw.unit_of_account();
    draw.tasks();
    draw.free_factor();
    draw.industries();
    let (gross, rest) = draw.quantities();
    draw.tastes(&gross, &rest);
    known
}

struct Draw<'a> {
    r: Rng,
    k: &'a mut Known,
    /// Over which shares spread.
    decades: f64,
    /// A factor of a country that is worth nothing.
    free: Option<(usize, usize)>,
}

impl Draw<'_> {
    /// Counts prices in the first of the numeraires, drawn by lot.
    fn unit_of_account(&mut self) {
        let k = &mut *self.k;
        if k.open {
            return;
        }
        let inside = k.inside();
        for f in 0..k.factors {
            let wages: Vec<(String, f64)> = inside.iter().map(|c| (k.place(&format!("w{f}"), *c), k.countries[*c].wage[f])).collect();
            k.numeraires.extend(wages);
        }
        for (g, good) in k.goods.iter().enumerate().filter(|(_, g)| !g.nontraded || inside.len() == 1) {
            k.numeraires.push((format!("price[g{g}]"), good.price[0]));
        }
        self.r.shuffle(&mut k.numeraires);
        let unit = k.numeraires[0].1;
        k.numeraires.iter_mut().for_each(|n| n.1 /= unit);
        k.countries.iter_mut().flat_map(|c| &mut c.wage).chain(k.goods.iter_mut().flat_map(|g| &mut g.price)).for_each(|p| *p /= unit);
    }

    fn tasks(&mut self) {
        let n = self.k.countries.len();
        if n < 2 || self.r.chance(0.7) {
            return;
        }
        let (factor, from) = (self.r.whole(0, self.k.factors - 1), self.r.whole(0, self.k.inside().len() - 1));
        let to = (from + self.r.whole(1, n - 1)) % n;
        let (slope, margin) = (self.r.number(0.2, 3.0), self.r.number(0.05, 0.95));
        let level = self.k.countries[from].wage[factor] / self.k.countries[to].wage[factor] / (1.0 + slope * margin);
        self.k.tasks.push(Tasks { factor, from, to, level, slope, margin });
    }

    fn free_factor(&mut self) {
        if self.k.factors < 2 || self.r.chance(0.9) {
            return;
        }
        let (f, c) = (self.r.whole(0, self.k.factors - 1), self.r.whole(0, self.k.inside().len() - 1));
        let name = self.k.place(&format!("w{f}"), c);
        let counts = self.k.numeraires.first().is_some_and(|n| n.0 == name);
        if !counts && !self.k.tasks.iter().any(|t| t.factor == f) {
            self.k.countries[c].wage[f] = 0.0;
            self.k.numeraires.retain(|n| n.0 != name);
            self.free = Some((f, c));
        }
    }

    fn industries(&mut self) {
        let (inside, goods) = (self.k.inside(), self.k.goods.len());
        let traded: Vec<usize> = (0..goods).filter(|g| !self.k.goods[*g].nontraded).collect();
        // What must be made: a traded good in each country, each traded good somewhere, each other good everywhere.
        let mut must: Vec<(usize, usize)> = inside.iter().map(|c| (*self.r.pick(&traded), *c)).collect();
        for g in 0..goods {
            match self.k.goods[g].nontraded {
                true => must.extend(inside.iter().map(|c| (g, *c))),
                false => must.push((g, *self.r.pick(&inside))),
            }
        }
        let mut plan: Vec<(usize, usize, bool, bool)> = Vec::new();
        for g in 0..goods {
            for &c in &inside {
                let active = must.contains(&(g, c)) || self.r.chance(0.3);
                if active || self.r.chance(0.5) {
                    plan.push((g, c, false, active));
                    if self.r.chance(0.15) {
                        plan.push((g, c, true, self.r.chance(0.3)));
                    }
                }
            }
        }
        let mut uses: Vec<Vec<usize>> = plan.iter().map(|(_, c, ..)| self.some_factors(*c)).collect();
        for &c in &inside {
            for f in (0..self.k.factors).filter(|f| self.free != Some((*f, c))) {
                let here: Vec<usize> = (0..plan.len()).filter(|j| plan[*j].1 == c && plan[*j].3).collect();
                if !here.iter().any(|j| uses[*j].contains(&f)) {
                    uses[*self.r.pick(&here)].push(f);
                }
            }
        }
        for ((good, country, other, active), factors) in plan.into_iter().zip(uses) {
            let industry = self.industry(good, country, other, active, factors);
            self.k.industries.push(industry);
        }
        self.use_free_factor();
    }

    fn some_factors(&mut self, country: usize) -> Vec<usize> {
        let worth: Vec<usize> = (0..self.k.factors).filter(|f| self.free != Some((*f, country))).collect();
        let mut some: Vec<usize> = worth.iter().copied().filter(|_| self.r.chance(0.6)).collect();
        if some.is_empty() {
            some.push(*self.r.pick(&worth));
        }
        some
    }

    fn industry(&mut self, good: usize, country: usize, other: bool, active: bool, factors: Vec<usize>) -> Industry {
        let mut others: Vec<usize> = (0..self.k.goods.len()).filter(|g| *g != good).collect();
        others.retain(|_| self.r.chance(0.2));
        others.truncate(2);
        let part = if others.is_empty() { 0.0 } else { self.r.number(0.02, 0.5) };
        let mut inputs: Vec<(f64, Input)> = Vec::new();
        let mut add = |list: Vec<Input>, part: f64, r: &mut Rng, decades: f64| {
            let split = shares(r, list.len(), decades);
            inputs.extend(list.into_iter().zip(split).map(|(i, s)| (s * part, i)));
        };
        add(factors.into_iter().map(Input::Factor).collect(), 1.0 - part, &mut self.r, self.decades);
        if part > 0.0 {
            add(others.into_iter().map(Input::Good).collect(), part, &mut self.r, self.decades);
        }
        self.r.shuffle(&mut inputs);
        let markup = if self.r.chance(0.8) { 1.0 } else { self.r.number(1.02, 1.5) };
        let loss = if active { 1.0 } else { 1.0 + self.r.number(0.01, 1.0) };
        let target = self.k.goods[good].price[country] / markup * loss * self.k.countries[country].productivity;
        let level = self.r.chance(0.5).then_some(target);
        let k = &*self.k;
        let price = |i: &Input| match i {
            Input::Factor(f) => k.pay(*f, country),
            Input::Good(g) => k.goods[*g].price[country],
            Input::Nest(n) => n.cost,
        };
        let technology = technology(&mut self.r, inputs, &price, level);
        let productivity = if level == Some(technology.cost) { 1.0 } else { technology.cost / target };
        Industry { good, country, other, technology, productivity, markup, output: if active { 1.0 } else { 0.0 } }
    }

    /// The free factor is used in a fixed proportion.
    fn use_free_factor(&mut self) {
        let Some((f, c)) = self.free else { return };
        let here: Vec<usize> =
            (0..self.k.industries.len()).filter(|j| self.k.industries[*j].country == c && self.k.industries[*j].output > 0.0).collect();
        let per_unit = self.r.number(0.1, 2.0);
        let industry = &mut self.k.industries[*self.r.pick(&here)];
        let inner = industry.technology.clone();
        let cost = inner.cost;
        industry.technology = Nest { form: Form::Leontief, inputs: vec![(1.0, 1.0, Input::Nest(inner)), (per_unit, 0.0, Input::Factor(f))], cost };
    }

    /// Outputs and endowments; the value of each market's final use, and what each country spends on traded goods.
    fn quantities(&mut self) -> (Vec<f64>, Vec<f64>) {
        let k = &mut *self.k;
        let inside = k.inside();
        let n = inside.len();
        // Markets by good, and by country where a good is not traded.
        let market = |k: &Known, g: usize, c: usize| if k.goods[g].nontraded { g * n + c } else { g * n };
        let mut last: Vec<f64> = (0..k.goods.len() * n)
            .map(|m| if k.goods[m / n].nontraded || m % n == 0 { 10f64.powf(k.spread.1 * (2.0 * self.r.uniform() - 1.0)) } else { 0.0 })
            .collect();
        let active: Vec<usize> = (0..k.industries.len()).filter(|j| k.industries[*j].output > 0.0).collect();
        let mut split: Vec<f64> = active.iter().map(|_| 0.1 + self.r.uniform()).collect();
        let total: Vec<f64> = split.clone();
        for (s, j) in split.iter_mut().zip(&active) {
            let own = market(k, k.industries[*j].good, k.industries[*j].country);
            let here = active.iter().zip(&total).filter(|(o, _)| market(k, k.industries[**o].good, k.industries[**o].country) == own);
            *s /= here.map(|h| h.1).sum::<f64>();
        }
        let slack = 1.0 + self.r.uniform();
        let mut rest = vec![0.0; n];
        for _ in 0..60 {
            let mut gross = last.clone();
            for _ in 0..3000 {
                let mut next = last.clone();
                for (s, j) in split.iter().zip(&active) {
                    let i = &k.industries[*j];
                    let spent = s * gross[market(k, i.good, i.country)] / i.markup;
                    for (share, input) in i.technology.leaves() {
                        if let Input::Good(g) = input {
                            next[market(k, *g, i.country)] += share * spent;
                        }
                    }
                }
                if next == gross {
                    break;
                }
                gross = next;
            }
            for c in &mut k.countries {
                c.endowment.fill(0.0);
            }
            let mut income = vec![0.0; n];
            for (s, j) in split.iter().zip(&active) {
                let i = k.industries[*j].clone();
                let value = s * gross[market(k, i.good, i.country)];
                k.industries[*j].output = value / k.goods[i.good].price[i.country];
                income[i.country] += value * (1.0 - 1.0 / i.markup);
                for (share, input) in i.technology.leaves() {
                    let Input::Factor(f) = input else { continue };
                    let bundles = share * value / i.markup / k.pay(*f, i.country);
                    match k.tasks.iter().find(|t| t.factor == *f && t.from == i.country).cloned() {
                        Some(t) => {
                            k.countries[i.country].endowment[*f] += (1.0 - t.margin) * bundles;
                            k.countries[t.to].endowment[*f] += t.labor() * bundles;
                        }
                        None if share > 0.0 => k.countries[i.country].endowment[*f] += bundles,
                        // A free factor's amount is its weight.
                        None => {
                            let per_unit = i.technology.inputs.last().map_or(0.0, |x| x.0);
                            let output = k.industries[*j].output;
                            k.countries[i.country].endowment[*f] += slack * per_unit * output / i.productivity / k.countries[i.country].productivity;
                        }
                    }
                }
            }
            for &c in &inside {
                income[c] += k.countries[c].wage.iter().zip(&k.countries[c].endowment).map(|(w, e)| w * e).sum::<f64>();
                let own: f64 = (0..k.goods.len()).filter(|g| k.goods[*g].nontraded).map(|g| last[g * n + c]).sum();
                rest[c] = income[c] - own;
                if rest[c] < 0.02 * income[c] {
                    (0..k.goods.len()).filter(|g| k.goods[*g].nontraded).for_each(|g| last[g * n + c] *= 0.3);
                    rest[c] = -1.0;
                }
            }
            if rest.iter().all(|x| *x > 0.0) {
                return (last, rest);
            }
        }
        panic!("seed {}: a country is left without income for traded goods", k.seed)
    }

    /// Tastes by which each household buys its part of what is left of each good.
    fn tastes(&mut self, last: &[f64], rest: &[f64]) {
        let n = rest.len();
        let goods = self.k.goods.len();
        let traded: Vec<usize> = (0..goods).filter(|g| !self.k.goods[*g].nontraded).collect();
        let alike = self.r.chance(0.3);
        let mut spent: Vec<Vec<f64>> = Vec::new();
        for c in 0..n {
            let row: Vec<f64> = traded.iter().map(|g| if alike { last[g * n] } else { last[g * n] * (0.1 + self.r.uniform()) }).collect();
            let sum: f64 = row.iter().sum();
            spent.push(row.into_iter().map(|x| x / sum * rest[c]).collect());
        }
        // Where prices are not given, rows add up to incomes and columns to what there is of each good.
        for _ in 0..if self.k.open { 0 } else { 2000 } {
            for (at, g) in traded.iter().enumerate() {
                let sum: f64 = spent.iter().map(|row| row[at]).sum();
                spent.iter_mut().for_each(|row| row[at] *= last[g * n] / sum);
            }
            for (row, want) in spent.iter_mut().zip(rest) {
                let sum: f64 = row.iter().sum();
                row.iter_mut().for_each(|x| *x *= want / sum);
            }
        }
        for (c, row) in spent.iter().enumerate() {
            let own = (0..goods).filter(|g| self.k.goods[*g].nontraded).map(|g| (last[g * n + c], Input::Good(g)));
            let mut inputs: Vec<(f64, Input)> = traded.iter().zip(row).map(|(g, x)| (*x, Input::Good(*g))).chain(own).collect();
            let income: f64 = inputs.iter().map(|i| i.0).sum();
            inputs.iter_mut().for_each(|i| i.0 /= income);
            let k = &*self.k;
            let price = |i: &Input| match i {
                Input::Good(g) => k.goods[*g].price[c],
                Input::Factor(f) => k.pay(*f, c),
                Input::Nest(nest) => nest.cost,
            };
            let taste = technology(&mut self.r, inputs, &price, None).normalized();
            self.k.tastes.push(taste);
        }
    }
}

/// A nest over the inputs, some of them in nests of their own; of unit cost `level` where that is asked for and the form leaves it open.
fn technology(r: &mut Rng, mut inputs: Vec<(f64, Input)>, price: &dyn Fn(&Input) -> f64, level: Option<f64>) -> Nest {
    if inputs.len() > 2 && r.chance(0.4) {
        let mut inner = inputs.split_off(inputs.len() - r.whole(2, inputs.len() - 1));
        let part: f64 = inner.iter().map(|i| i.0).sum();
        inner.iter_mut().for_each(|i| i.0 /= part);
        inputs.push((part, Input::Nest(technology(r, inner, price, None).normalized())));
    }
    let mean = inputs.iter().map(|(share, i)| share * price(i).ln()).sum::<f64>().exp();
    let form = form(r);
    Nest::new(form, inputs, price, level.unwrap_or(mean))
}
