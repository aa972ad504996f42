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
    /// Empty: all industries that no other line names.
    pub only: Vec<usize>,
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
