//! Whether the technology can make what is wanted at all.
//!
//! Take prices of some goods at which making each of them, with everything else for nothing, costs more than it sells for. Cost is least cost, so any
//! technique uses inputs of these goods that are worth more at these prices than what it makes, and so does every combination of industries: their
//! net output of these goods is worth less than nothing, whatever is made by whatever technique. Where a household wants one of them at any prices
//! there is no equilibrium. (Hawkins and Simon 1949; with substitution, Gale 1960, chapter 9.)
//!
//! Prices are found by the power method: costs of the goods at the prices before, in proportion.

use super::engine::Engine;
use super::kernel::Want;
use super::problem::{Kind, Problem};
use super::start::{Maker, makers};
use crate::system::Condition;

/// Rounds of the power method.
const ROUNDS: usize = 200;
/// What everything else costs: next to nothing, and even less. Where the two give different costs, something else is needed at any price.
const NOTHING: [f64; 2] = [1e-300, 1e-200];
/// A good whose price falls below this part of the dearest is not among them.
const FALLEN: f64 = 1e-9;
/// By how much cost must exceed the price.
const BEYOND: f64 = 1e-9;

/// Goods, by unknown, that households want and that the technology cannot make at the parameters that the engine holds.
pub fn impossible(engine: &mut Engine) -> Option<Vec<usize>> {
    let problem = engine.problem;
    // Productivities may follow what such equations determine.
    if problem.relations.iter().any(|r| r.condition == Condition::User) {
        return None;
    }
    let makers = makers(problem);
    let mut goods: Vec<usize> = makers.iter().map(|m| m.price).collect();
    goods.sort_unstable();
    goods.dedup();
    // Only industries supply them.
    goods.retain(|k| problem.unknowns[*k].equation.is_some_and(|i| !problem.relations[i].given));
    let mut prices = vec![1.0; problem.unknowns.len()];
    let mut growth = 0.0;
    for _ in 0..ROUNDS {
        let costs = costs(engine, &makers, &goods, &prices, NOTHING[0])?;
        let top = costs.iter().copied().fold(0.0, f64::max);
        if !(top > 0.0 && top.is_finite()) {
            return None;
        }
        // Half a step in logs: a chain of goods in a circle would turn round for ever.
        let next: Vec<f64> = goods.iter().zip(&costs).map(|(k, c)| (prices[*k] * c / top).sqrt()).collect();
        let largest = next.iter().copied().fold(0.0, f64::max);
        goods.iter().zip(next).for_each(|(k, p)| prices[*k] = p / largest);
        growth = top;
        let fallen = |k: &usize| prices[*k] < FALLEN;
        if goods.iter().any(fallen) {
            goods.retain(|k| !fallen(k));
        }
    }
    if growth < 1.0 || goods.is_empty() {
        return None;
    }
    proves(engine, &makers, &goods, &prices).then_some(goods)
}

/// Least cost of each good at prices of the goods, all else at `nothing`.
fn costs(engine: &mut Engine, makers: &[Maker], goods: &[usize], prices: &[f64], nothing: f64) -> Option<Vec<f64>> {
    let z = point(engine.problem, goods, prices, nothing);
    engine.evaluate(&z, Want::Values);
    let least = |k: &usize| makers.iter().filter(|m| m.price == *k).map(|m| engine.value(m.left)).reduce(f64::min);
    goods.iter().map(least).collect::<Option<Vec<f64>>>().filter(|costs| costs.iter().all(|c| *c >= 0.0))
}

fn point(problem: &Problem, goods: &[usize], prices: &[f64], nothing: f64) -> Vec<f64> {
    let unknowns = problem.unknowns.iter().enumerate();
    let value = |(k, u): (usize, &super::problem::Unknown)| match u.kind {
        Kind::Price if goods.contains(&k) => prices[k],
        Kind::Price => nothing,
        Kind::Margin => u.lower,
        Kind::Activity | Kind::Other => 1.0f64.clamp(u.lower, u.upper),
    };
    unknowns.map(value).collect()
}

/// The proof: each industry that makes one of the goods uses more of them, at these prices, than it makes; and a household wants one.
fn proves(engine: &mut Engine, makers: &[Maker], goods: &[usize], prices: &[f64]) -> bool {
    let problem = engine.problem;
    let (Some(a), Some(b)) = (costs(engine, makers, goods, prices, NOTHING[1]), costs(engine, makers, goods, prices, NOTHING[0])) else {
        return false;
    };
    if a.iter().zip(&b).any(|(a, b)| (a - b).abs() > 1e-12 * b) {
        return false;
    }
    let z = point(problem, goods, prices, NOTHING[0]);
    engine.evaluate(&z, Want::Newton);
    let block = &problem.tape.block;
    let own: Vec<&Maker> = makers.iter().filter(|m| goods.contains(&m.price)).collect();
    let worth = own.iter().all(|m| {
        let mut rates = vec![0.0; block.slots];
        rates[problem.unknowns[m.activity].slot as usize] = 1.0;
        engine.work.tangent(block, problem.tape.fixed..problem.tape.main, 0, &mut rates);
        let (mut made, mut used) = (0.0, 0.0);
        for k in goods {
            let Some(i) = problem.unknowns[*k].equation else { return false };
            let (supply, use_) = problem.tape.sides[i];
            made += prices[*k] * rates[supply as usize];
            used += prices[*k] * rates[use_ as usize];
        }
        // What cost counts is what is used: no markup and no tax stands between, so that the technique is the cheapest one in these goods.
        let cost = engine.value(m.left) * made / prices[m.price];
        made > 0.0 && used >= made * (1.0 + BEYOND) && (used - cost).abs() <= 1e-9 * used
    });
    worth && wanted(engine, goods)
}

/// Whether a household wants one of the goods where nobody makes anything and all prices are alike.
fn wanted(engine: &mut Engine, goods: &[usize]) -> bool {
    let problem = engine.problem;
    let z: Vec<f64> = problem.unknowns.iter().map(|u| if u.kind == Kind::Activity { 0.0 } else { 1.0f64.clamp(u.lower, u.upper) }).collect();
    engine.evaluate(&z, Want::Values);
    goods.iter().any(|k| {
        let market = problem.unknowns[*k].equation.filter(|i| problem.relations[*i].condition == Condition::Market);
        market.is_some_and(|i| engine.value(problem.tape.sides[i].1) > 0.0)
    })
}
