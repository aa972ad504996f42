//! Two goods whose relative price clears the markets of one country or of several with the same tastes.
//!
//! At given endowments supply moves along the transformation curves, x̂ − ŷ = σ_S p̂, demand by x̂ − ŷ = −σ_D p̂; a shock that moves relative supply by N
//! at given prices moves the price by p̂ = −N/(σ_S + σ_D). Source: Jones, JPE 73 (1965), 557–572; for several countries σ_S is the sum of theirs.

use super::core::{Core, CoreGood};
use super::solve::{Letters, Solver};
use crate::algebra::Formula;
use crate::expr::{Node, Sym};
use crate::model::{Input, Key};
use crate::statics::arrange::turned;
use crate::statics::atoms::{Measures, Range};
use crate::statics::hat::Hats;
use crate::statics::linear::Linear;
use crate::statics::nests::Owner;
use crate::statics::rows::Rows;
use crate::system::{Condition, Role};

/// A world of two goods, one the numeraire.
pub struct World {
    cores: Vec<Core>,
    /// The relative price, unknown.
    price: Sym,
    goods: [usize; 2],
    /// σ_D.
    demand: Formula,
}

impl World {
    /// `None` where something else than supply and one taste settles the relative price.
    pub fn find(hats: &mut Hats, rows: &Rows, cores: Vec<Core>) -> Option<World> {
        let e = hats.economy;
        let inside: Vec<usize> = e.inside().collect();
        let plain = e.lines.is_empty() && e.equations.is_empty() && e.variables.is_empty() && e.industries.iter().all(|i| i.markup.is_none());
        if !plain || cores.len() != inside.len() || e.goods.iter().any(|g| g.given.is_some() || g.differentiated || g.nontraded && inside.len() > 1) {
            return None;
        }
        let mut made: Vec<usize> = cores.iter().flat_map(|c| c.goods.iter().map(|g| g.good)).collect();
        made.sort_unstable();
        made.dedup();
        let mut unknown: Vec<Sym> = cores.iter().flat_map(|c| c.externals(rows)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        let ([price], [a, b]) = (unknown.as_slice(), made.as_slice()) else { return None };
        let place = |g: usize| if e.goods.get(g).is_some_and(|x| x.nontraded) { e.sole_country() } else { None };
        let own = |g: usize| e.keys.get(&Key::GoodPrice(g, place(g))) == Some(price);
        let goods = match (own(*a), own(*b)) {
            (true, false) => [*a, *b],
            (false, true) => [*b, *a],
            _ => return None,
        };
        rows.rows.iter().find(|r| r.partner == Some(*price) && r.condition == Condition::Market)?;
        let demand = taste(hats, &inside, &goods)?;
        Some(World { cores, price: *price, goods, demand })
    }

    /// The response of a target to a source by way of the relative price.
    pub fn response(&self, target: &Linear, source: Sym, letters: &mut Letters, rows: &Rows) -> Option<Formula> {
        let direct = self.at_given_price(target, source, letters, rows)?;
        let by_price = self.at_given_price(target, self.price, letters, rows)?;
        if by_price.is_zero() {
            return Some(direct);
        }
        let gap = self.relative(source, letters)?;
        if gap.is_zero() {
            return Some(direct);
        }
        let supply = self.supply(letters)?;
        let move_of_price = turned(gap).over(supply.plus(self.demand.clone()));
        Some(direct.plus(by_price.times(move_of_price)))
    }

    fn at_given_price(&self, target: &Linear, source: Sym, letters: &mut Letters, rows: &Rows) -> Option<Formula> {
        let mut terms = Vec::new();
        for (s, c) in target.terms() {
            if s == source {
                terms.push(c.clone());
                continue;
            }
            if s == self.price || !rows.unknowns.contains(&s) {
                continue;
            }
            let core = self.cores.iter().find(|c| c.owns(s))?;
            let change = Solver::new(core, source)?.response(&Linear::change(s), letters, &|_| true)?;
            if !change.is_zero() {
                terms.push(c.clone().times(change));
            }
        }
        Some(Formula::sum(terms))
    }

    /// A maker's share in a good: made/μ.
    fn maker(&self, hats: &Hats, g: &CoreGood) -> Formula {
        let whole = hats.atoms.measuring(&Measures::Made(g.good));
        match (&g.made, whole) {
            (Formula::Atom(a), Some(w)) if *a == w => Formula::one(),
            (Formula::Product(list), Some(w)) if list.first() == Some(&Formula::atom(w)) => Formula::product(list.iter().skip(1).cloned()),
            (made, Some(w)) => made.clone().over(Formula::atom(w)),
            (made, None) => made.clone(),
        }
    }

    /// By how much a source moves the supply of one good against the other at given prices.
    fn relative(&self, source: Sym, letters: &mut Letters) -> Option<Formula> {
        let mut terms = Vec::new();
        for core in &self.cores {
            let price_like = core.neutral(source);
            let mut pull = Formula::zero();
            for g in &core.goods {
                let sign = if g.good == self.goods[0] { 1 } else { -1 };
                let share = self.maker(letters.hats, g);
                let change = if price_like {
                    // Progress that spares all inputs alike is a higher price, and more output from the same inputs.
                    let up = g.price.get(source).cloned().unwrap_or_else(Formula::zero);
                    pull = pull.plus(if sign == 1 { up } else { turned(up) });
                    turned(g.inputs.get(source).cloned().unwrap_or_else(Formula::zero))
                } else {
                    Solver::new(core, source)?.response(&Linear::change(g.activity), letters, &|_| true)?
                };
                if !change.is_zero() {
                    let term = share.times(change);
                    terms.push(if sign == 1 { term } else { turned(term) });
                }
            }
            if !pull.is_zero() {
                terms.push(pull.times(self.part(core, letters)?));
            }
        }
        Some(Formula::sum(terms))
    }

    /// A country's part of σ_S; the letter itself where no other country makes both goods.
    fn part(&self, core: &Core, letters: &mut Letters) -> Option<Formula> {
        for other in self.cores.iter().filter(|c| !std::ptr::eq(*c, core)) {
            if !self.slope(other, letters)?.is_zero() {
                return self.slope(core, letters);
            }
        }
        let own = self.slope(core, letters)?;
        if own.is_zero() { Some(own) } else { self.supply(letters) }
    }

    /// Σ made ŷ/p̂ over a country's makers of the first good, over μ_x μ_y: by the envelope the other good's supply falls as much.
    fn slope(&self, core: &Core, letters: &mut Letters) -> Option<Formula> {
        let solver = Solver::new(core, self.price)?;
        let mut terms = Vec::new();
        for g in core.goods.iter().filter(|g| g.good == self.goods[0]) {
            let change = solver.response(&Linear::change(g.activity), letters, &|_| true)?;
            if !change.is_zero() {
                terms.push(self.maker(letters.hats, g).times(change));
            }
        }
        let sum = Formula::sum(terms);
        let other = letters.hats.atoms.measuring(&Measures::Made(self.goods[1]))?;
        Some(if sum.is_zero() { sum } else { sum.over(Formula::atom(other)) })
    }

    /// σ_S by its letter.
    fn supply(&self, letters: &mut Letters) -> Option<Formula> {
        let mut terms = Vec::new();
        for core in &self.cores {
            let part = self.slope(core, letters)?;
            if !part.is_zero() {
                terms.push(part);
            }
        }
        // Along a transformation curve supply rises with the price; strictly where a factor leaves one good for the other.
        let strict = self.cores.iter().any(|c| {
            (0..c.factors.len()).any(|f| self.goods.iter().all(|good| c.goods.iter().any(|g| g.good == *good && g.uses(f) && g.bends(letters.hats))))
        });
        let range = if strict { Range::Positive } else { Range::NonNegative };
        let meaning = "elasticity of relative supply along the transformation curve".to_string();
        Some(letters.define("sigma_S", ("σ_S", "\\sigma_S"), &[], meaning, range, Formula::sum(terms)))
    }
}

/// The elasticity of substitution in demand, where all households spend on one nest of the two goods.
fn taste(hats: &mut Hats, inside: &[usize], goods: &[usize; 2]) -> Option<Formula> {
    let e = hats.economy;
    let first = *inside.first()?;
    let household = e.households.get(first)?.as_ref()?;
    let all: Vec<usize> = household
        .form
        .inputs
        .iter()
        .map(|i| match i.what {
            Input::Good(g) => Some(g),
            _ => None,
        })
        .collect::<Option<_>>()?;
    if all.len() != 2 || !goods.iter().all(|g| all.contains(g)) {
        return None;
    }
    let mut nodes = hats
        .nests
        .iter()
        .filter(|(_, n)| n.path.is_empty() && matches!(&n.owner, Owner::Households(list) if inside.iter().all(|r| list.contains(r))));
    let node = *nodes.next()?.0;
    let Node::Ces { sigma, .. } = hats.dag.node(node) else { return None };
    let sigma = *sigma;
    let fixed = matches!(hats.dag.node(sigma), Node::Const(_))
        || matches!(hats.dag.node(sigma), Node::Sym(s) if matches!(hats.system.info(*s).role, Role::Parameter(_)));
    fixed.then(|| hats.level(sigma))
}
