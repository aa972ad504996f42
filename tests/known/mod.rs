//! Random economies with an equilibrium built in: prices, cost shares and final quantities are drawn first; weights, productivities and endowments
//! are what makes them an equilibrium. So there is one, whatever a solver finds.
//!
//! Costs, demands and markets are written down here as plainly as possible, apart from the program's own.
#![allow(dead_code)] // each test file is its own crate and uses a part

mod draw;
pub mod nest;
#[path = "../oracle/rng.rs"]
pub mod rng;
pub mod write;

pub use draw::known;

use nest::Nest;

/// An economy with an equilibrium that is known; prices are in a unit of account in which the chosen numeraire is 1.
#[derive(Clone, Debug)]
pub struct Known {
    pub seed: u64,
    pub countries: Vec<Country>,
    pub factors: usize,
    pub goods: Vec<Good>,
    pub industries: Vec<Industry>,
    pub tasks: Vec<Tasks>,
    /// By country that is not outside.
    pub tastes: Vec<Nest>,
    /// Whether goods have given prices.
    pub open: bool,
    /// What may be the numeraire where none is given, with its price; the first one is the economy's own.
    pub numeraires: Vec<(String, f64)>,
    /// Decades over which prices and quantities spread.
    pub spread: (f64, f64),
}

#[derive(Clone, Debug)]
pub struct Country {
    pub outside: bool,
    pub productivity: f64,
    /// By factor: price and endowment.
    pub wage: Vec<f64>,
    pub endowment: Vec<f64>,
}

#[derive(Clone, Debug)]
pub struct Good {
    pub nontraded: bool,
    /// By country; the same everywhere where it is traded.
    pub price: Vec<f64>,
}

#[derive(Clone, Debug)]
pub struct Industry {
    pub good: usize,
    pub country: usize,
    /// A second technique of making the good there.
    pub other: bool,
    pub technology: Nest,
    pub productivity: f64,
    pub markup: f64,
    pub output: f64,
}

/// Tasks of a factor that may be done abroad, at cost `level · (1 + slope i)`.
#[derive(Clone, Debug)]
pub struct Tasks {
    pub factor: usize,
    pub from: usize,
    pub to: usize,
    pub level: f64,
    pub slope: f64,
    pub margin: f64,
}

impl Tasks {
    /// Foreign work per unit of the bundle.
    pub fn labor(&self) -> f64 {
        self.level * (self.margin + self.slope * self.margin * self.margin / 2.0)
    }

    /// The price of the bundle.
    pub fn price(&self, home: f64, away: f64) -> f64 {
        (1.0 - self.margin) * home + self.labor() * away
    }
}

impl Known {
    pub fn inside(&self) -> Vec<usize> {
        (0..self.countries.len()).filter(|c| !self.countries[*c].outside).collect()
    }

    /// What a producer in the country pays for a unit of the factor, tasks abroad included.
    pub fn pay(&self, factor: usize, country: usize) -> f64 {
        let home = self.countries[country].wage[factor];
        match self.tasks.iter().find(|t| t.factor == factor && t.from == country) {
            Some(t) => t.price(home, self.countries[t.to].wage[factor]),
            None => home,
        }
    }
}
