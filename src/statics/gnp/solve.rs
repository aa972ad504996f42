//! The core in closed form: specific factors eliminated first, then as many goods as factors, one factor more, or any number.
//!
//! With h_f = Σ_j μ_j σ_j θ_fj (and what a margin of tasks adds), S over choices of as many factors as goods and P_S their determinant:
//! Δ = Σ_S P_S² Π_{f∉S} h_f. Responses of factor prices to goods prices and those of outputs to endowments are one matrix.

use super::core::{Core, CoreGood};
use super::minors::{Block, choices};
use crate::algebra::Formula;
use crate::expr::Sym;
use crate::statics::arrange::turned;
use crate::statics::atoms::{Atom, Measures, Range, dressed};
use crate::statics::hat::Hats;
use crate::statics::linear::Linear;

/// Subsets of factors beyond which a block is left to elimination.
const SUBSETS: usize = 24;

/// Letters made on the way, each in terms of earlier ones.
pub struct Letters<'h, 'a> {
    pub hats: &'h mut Hats<'a>,
    pub named: Vec<(u32, Formula)>,
    /// Letters that are read better written out where they stand once.
    pub brief: Vec<u32>,
}

impl Letters<'_, '_> {
    pub fn define(&mut self, word: &str, letter: (&str, &str), index: &[String], meaning: String, range: Range, definition: Formula) -> Formula {
        if definition.size() <= 3 {
            return definition;
        }
        let (display, latex) = dressed(letter.0, letter.1, index);
        let name = if index.is_empty() { word.to_string() } else { format!("{word}[{}]", index.join(", ")) };
        let value = definition.eval(&self.hats.atoms.values());
        let at = self.hats.atoms.define(Atom { name, display, latex, meaning, value, range, measures: Measures::Named }, &definition);
        if !self.named.iter().any(|n| n.0 == at) {
            self.named.push((at, definition));
        }
        Formula::atom(at)
    }
}

/// An industry with a factor of its own and one that others use too.
struct Leaf {
    good: usize,
    own: usize,
    mobile: usize,
}

/// Factors and goods that hang together once specific factors are gone.
struct Group {
    block: Block,
    /// Places in the core.
    factors: Vec<usize>,
    goods: Vec<usize>,
}

/// The core taken apart.
pub struct Solver<'c> {
    core: &'c Core,
    leaves: Vec<Leaf>,
    groups: Vec<Group>,
    source: Sym,
}

fn at(form: &Linear, s: Sym) -> Formula {
    form.get(s).cloned().unwrap_or_else(Formula::zero)
}

impl<'c> Solver<'c> {
    /// `None` where there are more goods than factors somewhere, or too many choices.
    pub fn new(core: &'c Core, source: Sym) -> Option<Solver<'c>> {
        let uses = |f: usize| core.goods.iter().filter(|g| g.uses(f)).count();
        let mut leaves: Vec<Leaf> = Vec::new();
        for (good, g) in core.goods.iter().enumerate() {
            let used: Vec<usize> = (0..core.factors.len()).filter(|f| g.uses(*f)).collect();
            let [a, b] = used.as_slice() else { continue };
            let own = |f: usize| uses(f) == 1 && core.factors.get(f).is_some_and(|x| x.tasks.is_none());
            let leaf = match (own(*a), own(*b)) {
                (_, true) => Leaf { good, own: *b, mobile: *a },
                (true, false) => Leaf { good, own: *a, mobile: *b },
                _ => continue,
            };
            leaves.push(leaf);
        }
        let mut open: Vec<usize> = (0..core.factors.len()).filter(|f| !leaves.iter().any(|l| l.own == *f)).collect();
        let rest: Vec<usize> = (0..core.goods.len()).filter(|g| !leaves.iter().any(|l| l.good == *g)).collect();
        let mut groups = Vec::new();
        while let Some(first) = open.first().copied() {
            let (mut factors, mut goods) = (vec![first], Vec::new());
            loop {
                let more: Vec<usize> = rest
                    .iter()
                    .copied()
                    .filter(|g| !goods.contains(g) && factors.iter().any(|f| core.goods.get(*g).is_some_and(|x| x.uses(*f))))
                    .collect();
                if more.is_empty() {
                    break;
                }
                goods.extend(more);
                factors =
                    open.iter().copied().filter(|f| *f == first || goods.iter().any(|g| core.goods.get(*g).is_some_and(|x| x.uses(*f)))).collect();
            }
            goods.sort_unstable();
            open.retain(|f| !factors.contains(f));
            if goods.len() > factors.len() || choices(&factors, goods.len()).len() > SUBSETS {
                return None;
            }
            let theta = factors
                .iter()
                .map(|f| goods.iter().map(|g| core.goods.get(*g).and_then(|x| x.theta.get(*f)).cloned().unwrap_or_else(Formula::zero)).collect())
                .collect();
            let block = Block {
                factors: factors.clone(),
                goods: goods.clone(),
                theta,
                factor_names: factors.iter().filter_map(|f| core.factors.get(*f)).map(|f| f.name.clone()).collect(),
                good_names: goods.iter().filter_map(|g| core.goods.get(*g)).map(|g| g.name.clone()).collect(),
            };
            groups.push(Group { block, factors, goods });
        }
        Some(Solver { core, leaves, groups, source })
    }

    /// The response of a target over unknowns of the core and the source; `None` where it needs others, or no letters serve.
    pub fn response(&self, target: &Linear, letters: &mut Letters, unknown: &dyn Fn(Sym) -> bool) -> Option<Formula> {
        let mut terms = Vec::new();
        for (s, c) in target.terms() {
            let change = if s == self.source {
                Formula::one()
            } else if let Some(f) = self.core.factors.iter().position(|f| f.price == s) {
                self.pay(f, letters)?
            } else if let Some(f) = self.core.factors.iter().position(|f| f.tasks.as_ref().is_some_and(|t| t.margin == s)) {
                self.margin(f, letters)?
            } else if let Some(g) = self.core.goods.iter().position(|g| g.activity == s) {
                self.output(g, letters)?
            } else if unknown(s) {
                return None;
            } else {
                Formula::zero()
            };
            if !change.is_zero() {
                terms.push(c.clone().times(change));
            }
        }
        Some(Formula::sum(terms))
    }

    /// ŵ = (ω̂ − rest)/paid.
    fn pay(&self, f: usize, letters: &mut Letters) -> Option<Formula> {
        let factor = self.core.factors.get(f)?;
        let paid = self.price(f, letters)?;
        Some(paid.minus(at(&factor.rest, self.source)).over(factor.paid.clone()))
    }

    /// dI/(1 − I) = (ŵ − cost)/η.
    fn margin(&self, f: usize, letters: &mut Letters) -> Option<Formula> {
        let factor = self.core.factors.get(f)?;
        let tasks = factor.tasks.as_ref()?;
        let gap = self.price(f, letters)?.minus(self.pull(f));
        Some(gap.over(tasks.steepness.clone().times(factor.paid.clone())))
    }

    /// The price of the bundle at which the margin stays.
    fn pull(&self, f: usize) -> Formula {
        let Some(factor) = self.core.factors.get(f) else { return Formula::zero() };
        let Some(tasks) = &factor.tasks else { return Formula::zero() };
        let mut sum = factor.rest.clone();
        sum.add(&tasks.cost, &factor.paid);
        at(&sum, self.source)
    }

    /// What a margin of tasks adds to the diagonal, per unit of the factor's share: 1/(η(1 − γ)).
    fn flow(&self, f: usize) -> Option<Formula> {
        let factor = self.core.factors.get(f)?;
        let tasks = factor.tasks.as_ref()?;
        Some(Formula::one().over(tasks.steepness.clone().times(factor.paid.clone())))
    }

    /// χ_f = φ_f/(η(1 − γ)), by its letter.
    fn elastic(&self, f: usize, letters: &mut Letters) -> Option<Formula> {
        let factor = self.core.factors.get(f)?;
        let tasks = factor.tasks.as_ref()?;
        let whole = factor.share.clone().over(tasks.steepness.clone().times(factor.paid.clone()));
        let meaning = format!("elasticity of the supply of {} as its tasks move, times its share", factor.name);
        Some(letters.define("task_supply", ("χ", "\\chi"), std::slice::from_ref(&factor.name), meaning, Range::Positive, whole))
    }

    /// The change of what industries pay for a factor.
    fn price(&self, f: usize, letters: &mut Letters) -> Option<Formula> {
        if let Some(leaf) = self.leaves.iter().find(|l| l.own == f) {
            let g = self.core.goods.get(leaf.good)?;
            let (mobile, own) = (g.theta.get(leaf.mobile)?.clone(), g.theta.get(leaf.own)?.clone());
            let other = self.price(leaf.mobile, letters)?;
            return Some(at(&g.price, self.source).minus(mobile.times(other)).over(own));
        }
        let group = self.groups.iter().find(|g| g.factors.contains(&f))?;
        if group.goods.is_empty() {
            return self.alone(f, letters);
        }
        let place = group.factors.iter().position(|x| *x == f)?;
        let mut terms = Vec::new();
        for (k, j) in group.goods.iter().enumerate() {
            let price = at(&self.core.goods.get(*j)?.price, self.source);
            if !price.is_zero() {
                terms.push(self.stolper(group, place, k, letters)?.times(price));
            }
        }
        let pushes = self.pushes(group, letters)?;
        terms.push(self.pushed(group, place, &pushes, letters)?);
        Some(Formula::sum(terms))
    }

    /// A factor that only industries with specific factors use: its share in what each demands is λ.
    fn alone(&self, f: usize, letters: &mut Letters) -> Option<Formula> {
        let factor = self.core.factors.get(f)?;
        let (mut demand, mut terms) = (Vec::new(), Vec::new());
        for leaf in self.leaves.iter().filter(|l| l.mobile == f) {
            let g = self.core.goods.get(leaf.good)?;
            let lambda = g.lambda.get(f)?.clone();
            let weight = g.sigma.clone().times(lambda.clone()).over(g.theta.get(leaf.own)?.clone());
            let price = at(&g.price, self.source);
            let push = self.specific(leaf)?.plus(at(g.own.get(f)?, self.source));
            demand.push(weight.clone());
            if !price.is_zero() {
                terms.push((weight.times(price), Some(leaf.good)));
            }
            if !push.is_zero() {
                terms.push((lambda.times(push), None));
            }
        }
        if let Some(flow) = self.flow(f) {
            let pull = self.pull(f);
            if !pull.is_zero() {
                terms.push((flow.clone().times(pull), None));
            }
            demand.push(flow);
        }
        let supply = at(&factor.supply, self.source);
        if !supply.is_zero() {
            terms.push((turned(supply), None));
        }
        if terms.is_empty() {
            return Some(Formula::zero());
        }
        if demand.is_empty() {
            return None;
        }
        let several = demand.len() > 1;
        let meaning = format!("elasticity of the demand for {} at given prices of goods", factor.name);
        let total = letters.define(
            "demand_elasticity",
            ("ε", "\\varepsilon"),
            std::slice::from_ref(&factor.name),
            meaning,
            Range::Positive,
            Formula::sum(demand),
        );
        brief(letters, &total);
        if let [(only, Some(good))] = terms.as_slice() {
            let name = self.core.goods.get(*good)?.name.clone();
            let meaning = format!("share of {name} in the elasticity of the demand for {}", factor.name);
            let range = if several { Range::Share } else { Range::Positive };
            let ratio = only.clone().over(total);
            let letter = letters.define("demand_share", ("β", "\\beta"), &[name], meaning, range, ratio);
            brief(letters, &letter);
            return Some(letter);
        }
        Some(Formula::sum(terms.into_iter().map(|t| t.0)).over(total))
    }

    /// What raises a specific factor in effective units.
    fn specific(&self, leaf: &Leaf) -> Option<Formula> {
        let g = self.core.goods.get(leaf.good)?;
        let supply = at(&self.core.factors.get(leaf.own)?.supply, self.source);
        Some(supply.minus(at(g.own.get(leaf.own)?, self.source)))
    }

    /// g = μ σ θ_f/θ_K of an industry with a specific factor.
    fn slope(&self, leaf: &Leaf) -> Option<Formula> {
        let g = self.core.goods.get(leaf.good)?;
        Some(g.sigma.clone().times(g.made.clone()).times(g.theta.get(leaf.mobile)?.clone()).over(g.theta.get(leaf.own)?.clone()))
    }

    /// By factor of a group: what shifts its market, in shares of the value made.
    fn pushes(&self, group: &Group, letters: &mut Letters) -> Option<Vec<Formula>> {
        let mut out = Vec::new();
        for &f in &group.factors {
            let factor = self.core.factors.get(f)?;
            let supply = at(&factor.supply, self.source);
            let mut sum = Vec::new();
            if !supply.is_zero() {
                sum.push(factor.share.clone().times(supply));
            }
            for g in self.core.goods.iter().filter(|g| g.uses(f)) {
                let own = at(g.own.get(f)?, self.source);
                if !own.is_zero() {
                    sum.push(turned(g.made.clone().times(g.theta.get(f)?.clone()).times(own)));
                }
            }
            for leaf in self.leaves.iter().filter(|l| l.mobile == f) {
                let g = self.core.goods.get(leaf.good)?;
                let push = self.specific(leaf)?;
                if !push.is_zero() {
                    sum.push(turned(g.made.clone().times(g.theta.get(f)?.clone()).times(push)));
                }
                let price = at(&g.price, self.source);
                if !price.is_zero() {
                    sum.push(turned(self.slope(leaf)?.times(price)));
                }
            }
            let pull = self.pull(f);
            if !pull.is_zero() {
                let weight = self.elastic(f, letters)?;
                sum.push(turned(weight.times(pull)));
            }
            out.push(Formula::sum(sum));
        }
        Some(out)
    }

    /// h_f by its letter.
    fn bend(&self, group: &Group, place: usize, letters: &mut Letters) -> Option<Formula> {
        let f = *group.factors.get(place)?;
        let mut terms: Vec<Formula> = Vec::new();
        for j in &group.goods {
            let g = self.core.goods.get(*j)?;
            if g.uses(f) {
                terms.push(g.sigma.clone().times(g.made.clone()).times(g.theta.get(f)?.clone()));
            }
        }
        terms.extend(self.leaves.iter().filter(|l| l.mobile == f).filter_map(|l| self.slope(l)));
        terms.extend(self.elastic(f, letters));
        let name = self.core.factors.get(f)?.name.clone();
        let meaning = format!("how the use of {name} bends with its price at given costs");
        Some(letters.define("h", ("h", "h"), &[name], meaning, Range::Positive, Formula::sum(terms)))
    }

    /// With one factor more than goods: the direction in which factor prices move at given costs, by place.
    fn direction(&self, group: &Group, letters: &mut Letters) -> Vec<Formula> {
        let all: Vec<usize> = (0..group.factors.len()).collect();
        let columns: Vec<usize> = (0..group.goods.len()).collect();
        let mut out = Vec::new();
        for &f in &all {
            let rows: Vec<usize> = all.iter().copied().filter(|r| *r != f).collect();
            let written = group.block.written(&rows, &columns);
            let signed = if f % 2 == 1 { crate::statics::arrange::turned_sum(written) } else { written };
            let name = group.block.factor_names.get(f).cloned().unwrap_or_default();
            let others: Vec<String> = rows.iter().filter_map(|r| group.block.factor_names.get(*r).cloned()).collect();
            let signed = if columns.len() <= 2 {
                let meaning = format!("determinant of the cost shares of {}", others.join(", "));
                letters.define("n", ("n", "n"), &[name], meaning, Range::Any, signed)
            } else {
                let goods = group.block.good_names.join(", ");
                let turn = if f % 2 == 1 { "minus the determinant" } else { "determinant" };
                let meaning = format!("{turn} of the cost shares of {} in {goods}", others.join(", "));
                let value = signed.eval(&letters.hats.atoms.values());
                let (display, latex) = dressed("n", "n", std::slice::from_ref(&name));
                let atom = Atom { name: format!("n[{name}]"), display, latex, meaning, value, range: Range::Any, measures: Measures::Other };
                Formula::atom(letters.hats.atoms.intern(atom))
            };
            out.push(signed);
        }
        out
    }

    /// Δ, by its letter.
    fn determinant(&self, group: &Group, letters: &mut Letters) -> Option<Formula> {
        let spare = group.factors.len() - group.goods.len();
        let columns: Vec<usize> = (0..group.goods.len()).collect();
        let definition = match spare {
            0 => {
                let all: Vec<usize> = (0..group.factors.len()).collect();
                return Some(group.block.minor(letters.hats, &all, &columns));
            }
            1 => {
                for f in &group.factors {
                    let _ = self.elastic(*f, letters);
                }
                let n = self.direction(group, letters);
                let square = |f: usize| n.get(f).cloned().unwrap_or_else(Formula::zero).power(2);
                let mut terms = Vec::new();
                for j in &group.goods {
                    let g = self.core.goods.get(*j)?;
                    let inner = group.factors.iter().enumerate().filter(|(_, f)| g.uses(**f));
                    let inner = Formula::sum(inner.filter_map(|(n, f)| Some(g.theta.get(*f)?.clone().times(square(n)))));
                    terms.push(g.sigma.clone().times(g.made.clone()).times(inner));
                }
                for (place, f) in group.factors.iter().enumerate() {
                    for leaf in self.leaves.iter().filter(|l| l.mobile == *f) {
                        terms.push(self.slope(leaf)?.times(square(place)));
                    }
                    if let Some(more) = self.elastic(*f, letters) {
                        terms.push(more.times(square(place)));
                    }
                }
                Formula::sum(terms)
            }
            _ => {
                let all: Vec<usize> = (0..group.factors.len()).collect();
                let mut terms = Vec::new();
                for chosen in choices(&all, group.goods.len()) {
                    let minor = group.block.minor(letters.hats, &chosen, &columns);
                    if !minor.is_zero() {
                        terms.push(minor.power(2).times(self.left_out(group, &chosen, &[], letters)?));
                    }
                }
                Formula::sum(terms)
            }
        };
        // The equilibrium is determined, so that not all of the squares are zero.
        let meaning = "how costs bend along factor prices that leave unit costs as they are".to_string();
        Some(letters.define("Delta", ("Δ", "\\Delta"), &[], meaning, Range::Positive, definition))
    }

    /// Π h over the factors that are not chosen.
    fn left_out(&self, group: &Group, chosen: &[usize], also: &[usize], letters: &mut Letters) -> Option<Formula> {
        let mut product = Formula::one();
        for f in (0..group.factors.len()).filter(|f| !chosen.contains(f) && !also.contains(f)) {
            product = product.times(self.bend(group, f, letters)?);
        }
        Some(product)
    }

    /// ω̂_f for a rise of the k-th price of the group.
    fn stolper(&self, group: &Group, f: usize, k: usize, letters: &mut Letters) -> Option<Formula> {
        let all: Vec<usize> = (0..group.factors.len()).collect();
        let others: Vec<usize> = (0..group.goods.len()).filter(|x| *x != k).collect();
        let columns: Vec<usize> = (0..group.goods.len()).collect();
        let spare = group.factors.len() - group.goods.len();
        let cofactor = |chosen: &[usize], letters: &mut Letters| {
            let place = chosen.iter().position(|x| *x == f)?;
            let rows: Vec<usize> = chosen.iter().copied().filter(|x| *x != f).collect();
            let minor = group.block.minor(letters.hats, &rows, &others);
            Some(if (place + k) % 2 == 1 { crate::statics::arrange::turned_sum(minor) } else { minor })
        };
        if spare > 0 {
            for place in &all {
                self.bend(group, *place, letters)?;
            }
        }
        let below = self.determinant(group, letters)?;
        if spare == 0 {
            return Some(cofactor(&all, letters)?.over(below));
        }
        let mut terms = Vec::new();
        for chosen in choices(&all, group.goods.len()).into_iter().filter(|c| c.contains(&f)) {
            let minor = if spare == 1 {
                let missing = all.iter().copied().find(|x| !chosen.contains(x))?;
                let n = self.direction(group, letters).get(missing)?.clone();
                if missing % 2 == 1 { turned(n) } else { n }
            } else {
                group.block.minor(letters.hats, &chosen, &columns)
            };
            let rest = self.left_out(group, &chosen, &[], letters)?;
            terms.push(Formula::product([rest, minor, cofactor(&chosen, letters)?]));
        }
        Some(Formula::sum(terms).over(below))
    }

    /// ω̂_f for shifts of the group's factor markets.
    fn pushed(&self, group: &Group, f: usize, pushes: &[Formula], letters: &mut Letters) -> Option<Formula> {
        let spare = group.factors.len() - group.goods.len();
        if spare == 0 || pushes.iter().all(Formula::is_zero) {
            return Some(Formula::zero());
        }
        let below = self.determinant(group, letters)?;
        if spare == 1 {
            let n = self.direction(group, letters);
            let along = Formula::sum(n.iter().zip(pushes).filter(|(_, p)| !p.is_zero()).map(|(n, p)| p.clone().times(n.clone())));
            return Some(turned(along.times(n.get(f)?.clone())).over(below));
        }
        let all: Vec<usize> = (0..group.factors.len()).collect();
        let columns: Vec<usize> = (0..group.goods.len()).collect();
        let mut terms = Vec::new();
        for (g, push) in pushes.iter().enumerate().filter(|(_, p)| !p.is_zero()) {
            if g == f {
                for chosen in choices(&all, group.goods.len()).into_iter().filter(|c| !c.contains(&f)) {
                    let minor = group.block.minor(letters.hats, &chosen, &columns);
                    let rest = self.left_out(group, &chosen, &[f], letters)?;
                    terms.push(turned(push.clone().times(rest).times(minor.power(2))));
                }
                continue;
            }
            let both: Vec<usize> = all.iter().copied().filter(|x| *x != f && *x != g).collect();
            for shared in choices(&both, group.goods.len() - 1) {
                let with = |x: usize, letters: &mut Letters| {
                    let mut rows = shared.clone();
                    rows.push(x);
                    rows.sort_unstable();
                    let place = rows.iter().position(|r| *r == x).unwrap_or(0);
                    let minor = group.block.minor(letters.hats, &rows, &columns);
                    if place % 2 == 1 { crate::statics::arrange::turned_sum(minor) } else { minor }
                };
                let (one, other) = (with(f, letters), with(g, letters));
                let rest = self.left_out(group, &shared, &[f, g], letters)?;
                terms.push(Formula::product([push.clone(), rest, one, other]));
            }
        }
        Some(Formula::sum(terms).over(below))
    }

    /// a_fk by its letter.
    fn response_letter(&self, group: &Group, f: usize, k: usize, letters: &mut Letters) -> Option<Formula> {
        let value = self.stolper(group, f, k, letters)?;
        let (factor, good) = (group.block.factor_names.get(f)?.clone(), group.block.good_names.get(k)?.clone());
        let meaning = format!("response of the price of {factor} to that of {good}");
        Some(letters.define("a", ("a", "a"), &[factor, good], meaning, Range::Any, value))
    }

    /// The change of an industry's output.
    fn output(&self, j: usize, letters: &mut Letters) -> Option<Formula> {
        let g = self.core.goods.get(j)?;
        let direct = turned_or_zero(at(&g.inputs, self.source));
        if let Some(leaf) = self.leaves.iter().find(|l| l.good == j) {
            // ŷ = K̂ + (σ θ_f/θ_K)(p̂ − ω̂).
            let price = at(&g.price, self.source);
            let gap = price.minus(self.price(leaf.mobile, letters)?);
            let slope = g.sigma.clone().times(g.theta.get(leaf.mobile)?.clone()).over(g.theta.get(leaf.own)?.clone());
            return Some(Formula::sum([self.specific(leaf)?, slope.times(gap), direct]));
        }
        let group = self.groups.iter().find(|x| x.goods.contains(&j))?;
        let k = group.goods.iter().position(|x| *x == j)?;
        let mut terms = Vec::new();
        for (l, i) in group.goods.iter().enumerate() {
            let price = at(&self.core.goods.get(*i)?.price, self.source);
            if !price.is_zero() {
                terms.push(self.supply(group, k, l, letters)?.times(price));
            }
        }
        let pushes = self.pushes(group, letters)?;
        for (f, push) in pushes.iter().enumerate().filter(|(_, p)| !p.is_zero()) {
            terms.push(self.stolper(group, f, k, letters)?.times(push.clone()));
        }
        let sum = Formula::sum(terms);
        let sum = if sum.is_zero() { sum } else { sum.over(g.made.clone()) };
        Some(sum.plus(direct))
    }

    /// Two goods of two factors: Σ_j μ_j σ_j θ_Lj θ_Kj/|θ|² is what a price does to its own output, and its opposite to the other's.
    fn two_by_two(&self, group: &Group, letters: &mut Letters) -> Option<Formula> {
        let alone = self.leaves.iter().all(|l| !group.factors.contains(&l.mobile)) && group.factors.iter().all(|f| self.flow(*f).is_none());
        let ([a, b], [_, _], true) = (group.factors.as_slice(), group.goods.as_slice(), alone) else { return None };
        let mut terms = Vec::new();
        for j in &group.goods {
            let g = self.core.goods.get(*j)?;
            terms.push(Formula::product([g.sigma.clone(), g.theta.get(*a)?.clone(), g.theta.get(*b)?.clone(), g.made.clone()]));
        }
        Some(Formula::sum(terms).over(self.determinant(group, letters)?.power(2)))
    }

    /// What the l-th price does to the k-th output, in shares of the value made: Σ_j μ_j σ_j Σ_f θ_fj (a_fk − δ_jk)(a_fl − δ_jl).
    fn supply(&self, group: &Group, k: usize, l: usize, letters: &mut Letters) -> Option<Formula> {
        if let Some(short) = self.two_by_two(group, letters) {
            return Some(if k == l { short } else { turned(short) });
        }
        let response = |f: usize, x: usize, letters: &mut Letters| self.response_letter(group, f, x, letters);
        let mut terms = Vec::new();
        let mut strict = false;
        for (place, j) in group.goods.iter().enumerate() {
            let g = self.core.goods.get(*j)?;
            let mut inner = Vec::new();
            for (f, n) in group.factors.iter().enumerate().filter(|(_, n)| g.uses(**n)) {
                let gap = |x: usize, letters: &mut Letters| -> Option<Formula> {
                    let a = response(f, x, letters)?;
                    Some(if place == x { a.minus(Formula::one()) } else { a })
                };
                let product = if k == l { gap(k, letters)?.power(2) } else { gap(k, letters)?.times(gap(l, letters)?) };
                inner.push(g.theta.get(*n)?.clone().times(product));
                // A factor that also works elsewhere cannot be paid as the price rises in one place and not at all in the other.
                strict |= place == k && group.goods.iter().any(|i| i != j && self.core.goods.get(*i).is_some_and(|o| o.uses(*n)));
            }
            terms.push(g.sigma.clone().times(g.made.clone()).times(Formula::sum(inner)));
        }
        for (f, n) in group.factors.iter().enumerate() {
            let mut extra: Vec<Formula> = self.leaves.iter().filter(|x| x.mobile == *n).filter_map(|x| self.slope(x)).collect();
            extra.extend(self.elastic(*n, letters));
            for weight in extra {
                let product = if k == l { response(f, k, letters)?.power(2) } else { response(f, k, letters)?.times(response(f, l, letters)?) };
                terms.push(weight.times(product));
            }
        }
        let name = |x: usize| group.block.good_names.get(x).cloned().unwrap_or_default();
        let positive = |g: &CoreGood| {
            matches!(&g.sigma, Formula::Number(n) if n.is_positive())
                || matches!(&g.sigma, Formula::Atom(a) if letters.hats.atoms.range(*a) == Range::Positive)
        };
        let strict = strict && group.goods.iter().all(|j| self.core.goods.get(*j).is_some_and(positive));
        let (range, index) = match (k == l, strict) {
            (true, true) => (Range::Positive, vec![name(k)]),
            (true, false) => (Range::NonNegative, vec![name(k)]),
            _ => (Range::Any, vec![name(k), name(l)]),
        };
        let meaning = match k == l {
            true => format!("response of the output of {} to its price, times its share: the value made is convex in prices", name(k)),
            false => format!("response of the output of {} to the price of {}, times its share", name(k), name(l)),
        };
        let definition = Formula::sum(terms);
        Some(letters.define("e", ("e", "e"), &index, meaning, range, definition))
    }
}

fn brief(letters: &mut Letters, letter: &Formula) {
    if let Formula::Atom(a) = letter
        && !letters.brief.contains(a)
    {
        letters.brief.push(*a);
    }
}

fn turned_or_zero(formula: Formula) -> Formula {
    if formula.is_zero() { formula } else { turned(formula) }
}

impl CoreGood {
    /// Whether its elasticity of substitution is above zero.
    pub fn bends(&self, hats: &Hats) -> bool {
        match &self.sigma {
            Formula::Number(n) => n.is_positive(),
            Formula::Atom(a) => hats.atoms.range(*a) == Range::Positive,
            _ => false,
        }
    }

    pub fn uses(&self, f: usize) -> bool {
        self.theta.get(f).is_some_and(|t| !t.is_zero())
    }
}
