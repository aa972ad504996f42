//! An economy as plain data: everything is an index into the lists here, names come later.

#[derive(Clone, Debug)]
pub struct Economy {
    pub countries: Vec<Country>,
    pub factors: usize,
    /// The industry a factor is tied to.
    pub specific: Vec<Option<usize>>,
    pub goods: Vec<Good>,
    pub industries: Vec<Industry>,
    pub tasks: Vec<Tasks>,
    /// Tastes of each inside country, by its index.
    pub tastes: Vec<Nest>,
    pub numeraire: Numeraire,
}

#[derive(Clone, Debug)]
pub struct Country {
    pub outside: bool,
    /// Endowments inside, given factor prices outside.
    pub amounts: Vec<f64>,
    pub productivity: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Good {
    /// Traded at a given world price.
    Given(f64),
    /// Traded among the countries of the model.
    Free,
    Nontraded,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numeraire {
    /// Given prices anchor the model.
    None,
    Good(usize),
    /// The price of a factor in a country.
    Factor(usize, usize),
}

/// One industry in some countries, with the same technology in all of them.
#[derive(Clone, Debug)]
pub struct Industry {
    pub good: usize,
    pub countries: Vec<usize>,
    pub technology: Nest,
    pub productivity: f64,
    pub markup: f64,
}

#[derive(Clone, Debug)]
pub struct Nest {
    pub shape: Shape,
    pub inputs: Vec<(f64, Input)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    Leontief,
    CobbDouglas,
    Ces(f64),
    /// `ces(σ) normalized`
    Normalized(f64),
}

#[derive(Clone, Debug)]
pub enum Input {
    Factor(usize),
    Good(usize),
    Nest(Box<Nest>),
}

#[derive(Clone, Debug)]
pub struct Tasks {
    pub factor: usize,
    pub lines: Vec<Line>,
}

/// `offshore from -> to cost level * schedule [in goods]`
#[derive(Clone, Debug)]
pub struct Line {
    pub from: usize,
    pub to: usize,
    pub level: f64,
    pub schedule: Schedule,
    /// Ends of steps with what multiplies the schedule on each; empty where the cost does not jump.
    pub steps: Vec<(f64, f64)>,
    /// Elasticity of substitution between tasks.
    pub substitution: f64,
    /// What `from` levies on what is paid for tasks done in `to`.
    pub tariff: f64,
    /// Empty: all industries that no other line names.
    pub only: Vec<usize>,
    /// Other places where the same tasks may be done; of these only destination, cost and tariff count.
    pub others: Vec<Line>,
}

impl Line {
    /// κ(i), at or below task i.
    pub fn cost(&self, i: f64) -> f64 {
        self.level * self.schedule.value(i) * self.steps.iter().find(|s| i <= s.0 + 1e-12).map_or(1.0, |s| s.1)
    }

    /// κ right above task i.
    pub fn cost_above(&self, i: f64) -> f64 {
        let height = |at: f64| self.steps.iter().find(|s| at < s.0 - 1e-9).or(self.steps.last()).map_or(1.0, |s| s.1);
        self.level * self.schedule.value(i) * height(i)
    }

    /// ∫ κ^(1−ρ) from 0 to i, step by step.
    pub fn integral(&self, i: f64) -> f64 {
        let whole = [(1.0, 1.0)];
        let steps = if self.steps.is_empty() { &whole[..] } else { &self.steps[..] };
        let mut from = 0.0;
        let mut sum = 0.0;
        for &(end, height) in steps {
            let to = i.min(end);
            if to > from {
                sum += self.over(from, to) * (self.level * height).powf(1.0 - self.substitution);
            }
            from = end;
        }
        sum
    }

    /// ∫ t^(1−ρ) over a stretch: exactly where tasks are needed in fixed proportions.
    fn over(&self, from: f64, to: f64) -> f64 {
        let r = 1.0 - self.substitution;
        let between = |s: &Schedule| s.integral(to) - s.integral(from);
        match &self.schedule {
            exact if r == 1.0 => between(exact),
            Schedule::Pole(g) => between(&Schedule::Pole(g * r)),
            Schedule::Exponential(k) => between(&Schedule::Exponential(k * r)),
            Schedule::Linear(0.0) => to - from,
            Schedule::Linear(k) => ((1.0 + k * to).powf(r + 1.0) - (1.0 + k * from).powf(r + 1.0)) / (k * (r + 1.0)),
            other => {
                // Simpson's rule in the root of the distance from the left end: a power below 1 of a task has no slope at 0.
                let n = 4000;
                let h = 1.0 / f64::from(n);
                let g = |u: f64| 2.0 * u * other.value(from + u * u * (to - from)).powf(r) * (to - from);
                (0..n).map(|k| f64::from(k) * h).map(|u| (g(u) + 4.0 * g(u + h / 2.0) + g(u + h)) * h / 6.0).sum()
            }
        }
    }

    /// All places where the tasks may be done.
    pub fn places(&self) -> Vec<&Line> {
        std::iter::once(self).chain(&self.others).collect()
    }

    /// Which place does which tasks up to `share`, at pay `away` by country: each where it costs least.
    pub fn assignment(&self, share: f64, away: &dyn Fn(usize) -> f64) -> Vec<(usize, f64, f64)> {
        const CELLS: usize = 250;
        let places = self.places();
        let paid: Vec<f64> = places.iter().map(|l| away(l.to) * (1.0 + l.tariff)).collect();
        let least = |cost: &dyn Fn(&Line) -> f64| {
            let costs = places.iter().zip(&paid).map(|(l, w)| cost(l) * w);
            costs.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |x| x.0)
        };
        let mut ends: Vec<f64> = (1..=CELLS).map(|k| k as f64 / CELLS as f64).collect();
        ends.extend(places.iter().flat_map(|l| l.steps.iter().map(|s| s.0)));
        ends.push(share);
        ends.retain(|e| *e <= share);
        ends.sort_by(f64::total_cmp);
        let mut out: Vec<(usize, f64, f64)> = Vec::new();
        let mut from = 0.0;
        for to in ends {
            if to <= from {
                continue;
            }
            let (first, last) = (least(&|l| l.cost_above(from)), least(&|l| l.cost(to)));
            let (mut a, mut b) = (from, to);
            while first != last && b - a > 1e-15 {
                let middle = 0.5 * (a + b);
                if middle <= a || middle >= b {
                    break;
                }
                if least(&|l| l.cost(middle)) == first { a = middle } else { b = middle }
            }
            match first == last {
                true => out.push((first, from, to)),
                false => out.extend([(first, from, a), (last, a, to)]),
            }
            from = to;
        }
        out
    }

    /// What a unit of the bundle costs, the work at home in it, and that in each place, at pay `home` and, by country, `away`.
    pub fn divided(&self, share: f64, home: f64, away: &dyn Fn(usize) -> f64) -> (f64, f64, Vec<f64>) {
        if self.others.is_empty() {
            let (price, stay, work) = self.bundle(share, home, away(self.to));
            return (price, stay, vec![work]);
        }
        let places = self.places();
        let mut sums = vec![0.0; places.len()];
        for (place, from, to) in self.assignment(share, away) {
            let own = Line { substitution: self.substitution, others: Vec::new(), ..places[place].clone() };
            sums[place] += own.integral(to) - own.integral(from);
        }
        let paid: Vec<f64> = places.iter().map(|l| away(l.to) * (1.0 + l.tariff)).collect();
        if self.substitution == 0.0 {
            let price = (1.0 - share) * home + sums.iter().zip(&paid).map(|(s, w)| s * w).sum::<f64>();
            return (price, 1.0 - share, sums);
        }
        let r = 1.0 - self.substitution;
        let term = |weight: f64, p: f64| if weight == 0.0 { 0.0 } else { weight * p.powf(r) };
        let price = (term(1.0 - share, home) + sums.iter().zip(&paid).map(|(s, w)| term(*s, *w)).sum::<f64>()).powf(1.0 / r);
        // Of what is free any use will do.
        let relative = |p: f64| if p == 0.0 && price == 0.0 { 1.0 } else { price / p };
        let used = |weight: f64, p: f64| if weight == 0.0 { 0.0 } else { weight * relative(p).powf(self.substitution) };
        (price, used(1.0 - share, home), sums.iter().zip(&paid).map(|(s, w)| used(*s, *w)).collect())
    }

    /// What a unit of the bundle costs, and the work at home and abroad in it, at pay `home` and `away`.
    pub fn bundle(&self, share: f64, home: f64, away: f64) -> (f64, f64, f64) {
        let (paid, sum) = (away * (1.0 + self.tariff), self.integral(share));
        let r = 1.0 - self.substitution;
        if self.substitution == 0.0 {
            return ((1.0 - share) * home + sum * paid, 1.0 - share, sum);
        }
        // Of what is not used the price does not count, were it 0.
        let term = |weight: f64, p: f64| if weight == 0.0 { 0.0 } else { weight * p.powf(r) };
        let price = (term(1.0 - share, home) + term(sum, paid)).powf(1.0 / r);
        let used = |weight: f64, p: f64| if weight == 0.0 { 0.0 } else { weight * (price / p).powf(self.substitution) };
        (price, used(1.0 - share, home), used(sum, paid))
    }
}

#[derive(Clone, Debug)]
pub enum Schedule {
    Linear(f64),
    Power(f64, f64),
    Exponential(f64),
    Pole(f64),
    /// Knots from 0 to 1, straight lines between them.
    Table(Vec<(f64, f64)>),
}

impl Schedule {
    /// t(i)
    pub fn value(&self, i: f64) -> f64 {
        match self {
            Schedule::Linear(k) => 1.0 + k * i,
            Schedule::Power(k, g) => 1.0 + k * i.powf(*g),
            Schedule::Exponential(k) => (k * i).exp(),
            Schedule::Pole(g) => (1.0 - i).powf(-g),
            Schedule::Table(knots) => {
                let j = knots.windows(2).position(|w| i <= w[1].0).unwrap_or(knots.len() - 2);
                let ((a, ta), (b, tb)) = (knots[j], knots[j + 1]);
                ta + (tb - ta) * (i - a) / (b - a)
            }
        }
    }

    /// ∫ t from 0 to i
    pub fn integral(&self, i: f64) -> f64 {
        match self {
            Schedule::Linear(k) => i + k * i * i / 2.0,
            Schedule::Power(k, g) => i + k * i.powf(g + 1.0) / (g + 1.0),
            Schedule::Exponential(k) => (k * i).exp_m1() / k,
            Schedule::Pole(g) => (1.0 - (1.0 - i).powf(1.0 - g)) / (1.0 - g),
            Schedule::Table(knots) => knots
                .windows(2)
                .filter(|w| w[0].0 < i)
                .map(|w| {
                    let end = i.min(w[1].0);
                    (self.value(w[0].0) + self.value(end)) / 2.0 * (end - w[0].0)
                })
                .sum(),
        }
    }
}

impl Economy {
    pub fn inside(&self) -> Vec<usize> {
        (0..self.countries.len()).filter(|&c| !self.countries[c].outside).collect()
    }

    /// Whether some price is given, so that none needs to be normalised.
    pub fn anchored(&self) -> bool {
        self.goods.iter().any(|g| matches!(g, Good::Given(_)))
    }

    /// The line of a factor's tasks that holds for this industry of this country: its index among the lines of all task sets, in order.
    pub fn line(&self, factor: usize, country: usize, good: usize) -> Option<(usize, &Line)> {
        let all = self.tasks.iter().flat_map(|t| t.lines.iter().map(move |l| (t.factor, l))).enumerate();
        let mine = all.filter(|(_, (f, l))| *f == factor && l.from == country);
        let (named, general): (Vec<_>, Vec<_>) = mine.map(|(k, (_, l))| (k, l)).partition(|(_, l)| !l.only.is_empty());
        named.into_iter().find(|(_, l)| l.only.contains(&good)).or(general.into_iter().next())
    }
}
