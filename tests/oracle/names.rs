//! Names for an economy, drawn anew for every seed, so that no result can depend on them.

use super::economy::Economy;
use super::rng::Rng;

pub struct Names {
    pub countries: Vec<String>,
    pub factors: Vec<String>,
    /// What a factor's price is called.
    pub pay: Vec<String>,
    pub goods: Vec<String>,
    /// What a good's price is called, where it has a name of its own.
    pub prices: Vec<Option<String>>,
    pub tasks: Vec<String>,
    /// Margin and bill of each line, over all task sets in order.
    pub margins: Vec<String>,
    pub bills: Vec<String>,
    pub schedules: Vec<String>,
    pub model: String,
    nests: Vec<String>,
}

const FIRST: &[&str] = &["Ba", "co", "Du", "fe", "Gi", "ko", "Lu", "ma", "Ne", "po", "Ra", "su", "To", "ve", "Xi", "za", "ψ", "ξ", "Ñu", "é"];
const SECOND: &[&str] = &["", "n", "r_", "Lo", "ti", "ka", "us", "be", "Mo", "_x", "α", "q"];

impl Names {
    pub fn new(economy: &Economy, seed: u64) -> Names {
        let mut r = Rng::new(seed ^ 0xABCD);
        let mut n = 0;
        // The running number keeps them apart.
        let mut name = || {
            n += 1;
            format!("{}{}{n}", r.pick(FIRST), r.pick(SECOND))
        };
        let lines: usize = economy.tasks.iter().map(|t| t.lines.len()).sum();
        let mut many = |k: usize| -> Vec<String> { (0..k).map(|_| name()).collect() };
        let (countries, factors, pay) = (many(economy.countries.len()), many(economy.factors), many(economy.factors));
        let (goods, price_names, tasks) = (many(economy.goods.len()), many(economy.goods.len()), many(economy.tasks.len()));
        let (margins, bills, schedules, model, nests) = (many(lines), many(lines), many(lines), many(1).remove(0), many(8));
        let prices = price_names.into_iter().map(|p| r.chance(0.5).then_some(p)).collect();
        Names { countries, factors, pay, goods, prices, tasks, margins, bills, schedules, model, nests }
    }

    /// Names by number, for an economy whose program was written elsewhere: `C0`, `w0`, `g0`, `M0`.
    pub fn numbered(economy: &Economy) -> Names {
        let lines: usize = economy.tasks.iter().map(|t| t.lines.len()).sum();
        let many = |letter: &str, k: usize| -> Vec<String> { (0..k).map(|n| format!("{letter}{n}")).collect() };
        Names {
            countries: many("C", economy.countries.len()),
            factors: many("F", economy.factors),
            pay: many("w", economy.factors),
            goods: many("g", economy.goods.len()),
            prices: vec![None; economy.goods.len()],
            tasks: many("T", economy.tasks.len()),
            margins: many("M", lines),
            bills: many("O", lines),
            schedules: many("t", lines),
            model: "numbered".to_owned(),
            nests: many("N", 8),
        }
    }

    pub fn nest(&self, depth: usize) -> &str {
        &self.nests[depth]
    }

    pub fn wage(&self, factor: usize, country: usize) -> String {
        format!("{}[{}]", self.pay[factor], self.countries[country])
    }

    /// The price of a good that is traded freely.
    pub fn price(&self, good: usize) -> String {
        self.prices[good].clone().unwrap_or_else(|| format!("price[{}]", self.goods[good]))
    }

    /// The price of a nontraded good.
    pub fn local_price(&self, good: usize, country: usize) -> String {
        match &self.prices[good] {
            Some(symbol) => format!("{symbol}[{}]", self.countries[country]),
            None => format!("price[{}, {}]", self.goods[good], self.countries[country]),
        }
    }

    pub fn of(&self, quantity: &str, good: usize, country: usize) -> String {
        format!("{quantity}[{}, {}]", self.goods[good], self.countries[country])
    }
}
