//! From a factored quotient to the form a theorist would write: shares renamed by adding-up, what recurs named.

pub use super::arrange::{in_order, negative, turned, turned_sum};
use super::arrange::{monomial_formula, order};
use super::ask::Ask;
use super::atoms::{Atoms, Measures, Range};
use super::flows::{Flows, NamedFlow};
use super::shares::Groups;
use crate::algebra::{Collected, Factored, Formula, Poly, Rational, Task};
use crate::diag::Diagnostic;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A formula as shown, and what its named quantities stand for.
#[derive(Clone, Debug)]
pub struct Shown {
    pub formula: Formula,
    /// Named quantities, each in terms of atoms and of those before it.
    pub named: Vec<(u32, Formula)>,
    /// The same, factored, in the atoms of `formula`.
    pub factored: Factored,
}

impl Shown {
    /// A formula that is short as it is.
    pub fn bare(formula: Formula) -> Shown {
        Shown { formula, named: Vec::new(), factored: Factored::zero() }
    }

    /// The value, named quantities evaluated from their own definitions.
    pub fn value(&self, values: &[f64]) -> f64 {
        cleared(self.value_within(values))
    }

    /// The value, and how far it may be off where each letter has a relative error of [`KNOWN`](super::derive::KNOWN).
    pub fn value_within(&self, values: &[f64]) -> (f64, f64) {
        self.formula.eval_within(&within(&self.named, values))
    }

    /// Characters, those of definitions at half weight.
    pub fn length(&self, atoms: &Atoms) -> usize {
        self.text(atoms).len() + self.named.iter().map(|(_, d)| atoms.text(d).len() / 2).sum::<usize>()
    }

    /// Characters of the formula and of all that it takes to read it.
    pub fn whole(&self, atoms: &Atoms) -> usize {
        let display = |f: &Formula| f.to_text(&|a| atoms.get(a).map_or_else(String::new, |x| x.display.clone())).chars().count();
        display(&self.formula) + self.named.iter().map(|(_, d)| display(d) + 6).sum::<usize>()
    }

    pub fn text(&self, atoms: &Atoms) -> String {
        atoms.text(&self.formula)
    }

    /// Atoms of the formula, then of the quantities named in it, in order of appearance.
    pub fn atoms(&self) -> Vec<u32> {
        let mut all = self.formula.atoms_as_read();
        for (_, definition) in self.named.iter().rev() {
            for a in definition.atoms_as_read() {
                if !all.contains(&a) {
                    all.push(a);
                }
            }
        }
        all
    }
}

/// The part of the error of ten-digit letters that sixteen digits leave.
const ROUNDING: f64 = 1e-4;

/// A value that is nothing but the rounding of what cancels in it is 0.
pub fn cleared((value, error): (f64, f64)) -> f64 {
    if value.abs() <= ROUNDING * error { 0.0 } else { value }
}

/// The letters' values, named ones from their own definitions.
pub fn filled(named: &[(u32, Formula)], values: &[f64]) -> Vec<f64> {
    let mut out = values.to_vec();
    for ((at, _), v) in named.iter().zip(defined(named, values)) {
        if let Some(slot) = out.get_mut(*at as usize) {
            *slot = cleared(v);
        }
    }
    out
}

fn defined(named: &[(u32, Formula)], values: &[f64]) -> Vec<(f64, f64)> {
    let all = within(named, values);
    named.iter().map(|(at, _)| all.get(*at as usize).copied().unwrap_or((f64::NAN, 0.0))).collect()
}

/// The letters' values with their errors, named ones from their own definitions.
pub fn within(named: &[(u32, Formula)], values: &[f64]) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = values.iter().map(|v| (*v, super::derive::KNOWN * v.abs())).collect();
    for (at, formula) in named {
        let v = formula.eval_within(&all);
        if let Some(slot) = all.get_mut(*at as usize) {
            *slot = v;
        }
    }
    all
}

/// The shorter of the same response in independent shares and in the system's own.
pub fn shortest(exact: &Factored, natural: Option<&Factored>, atoms: &mut Atoms, flows: &Flows, ask: &Ask) -> Result<Shown, Diagnostic> {
    let renamed = shorten(exact, atoms, flows, ask)?;
    let Some(natural) = natural else { return Ok(renamed) };
    let plain = present(natural.clone(), Vec::new(), atoms, flows, ask)?;
    Ok(if plain.length(atoms) <= renamed.length(atoms) { plain } else { renamed })
}

/// Names what recurs in a quotient in independent shares.
pub fn shorten(exact: &Factored, atoms: &mut Atoms, flows: &Flows, ask: &Ask) -> Result<Shown, Diagnostic> {
    let (mut best, mut named) = country_shares(exact.clone(), atoms, flows, ask)?;
    while let Some((shorter, name)) = super::average::average_elasticity(&best, atoms, flows, ask)? {
        best = shorter;
        named.push(name);
    }
    present(best, named, atoms, flows, ask)
}

/// Monomials beyond which a quotient is not rewritten in two countries' shares at once.
const REWRITTEN: usize = 150;

/// Writes makers' shares in countries' shares of factors' earnings, where that shortens.
///
/// Where the quotient depends on makers' shares through one country's share alone, the other makers' shares may take any value, and zero is the
/// simplest; numbers tell beforehand, the algebra engine's answer is checked afterwards by all makers' shares being gone.
fn country_shares(exact: Factored, atoms: &Atoms, flows: &Flows, ask: &Ask) -> Result<(Factored, Vec<(u32, Formula)>), Diagnostic> {
    let makers =
        |f: &Factored| f.atoms().into_iter().filter(|a| matches!(atoms.get(*a).map(|x| &x.measures), Some(Measures::Maker(_)))).collect::<Vec<u32>>();
    // A maker's share means less to a reader than a country's share of what a factor earns.
    let weight = |f: &Factored| f.size() + 3 * makers(f).len();
    let present = makers(&exact);
    // Without equal factor prices every country's bills have shares of their own, and no country's share stands for makers' shares.
    if present.is_empty() || flows.equalities.is_empty() {
        return Ok((exact, Vec::new()));
    }
    let mut options: Vec<(Vec<u32>, Vec<(u32, Formula)>)> = Vec::new();
    for (n, first) in flows.named.iter().enumerate() {
        for one in first.instead(atoms, &[]).into_iter().filter(|i| present.contains(&i.0)) {
            let others: Vec<u32> = present.iter().copied().filter(|m| *m != one.0).collect();
            if others.is_empty() || alone(&exact, &one, &others, atoms) {
                let bare = one.1.replace(&|a| others.contains(&a).then(Formula::zero));
                let mut list: Vec<(u32, Formula)> = others.iter().map(|o| (*o, Formula::zero())).collect();
                list.push((one.0, bare));
                options.insert(0, (vec![first.atom], list));
                break;
            }
            if exact.size() > REWRITTEN {
                continue;
            }
            for second in flows.named.iter().skip(n + 1) {
                if let Some((maker, formula)) = second.instead(atoms, std::slice::from_ref(&one)).into_iter().next() {
                    // The first is written without the second's maker too.
                    let again = one.1.replace(&|a| (a == maker).then(|| formula.clone()));
                    options.push((vec![first.atom, second.atom], vec![(one.0, again), (maker, formula)]));
                }
            }
            break;
        }
    }
    options.truncate(3);
    let tasks: Vec<Task> = options.iter().map(|(_, r)| Task::Substitute { formula: exact.to_formula(), replacements: r.clone() }).collect();
    // Only for looks: what takes too long stays as it is.
    let Ok(replies) = ask.within(&tasks, ask.left().min(std::time::Duration::from_millis(2500))) else { return Ok((exact, Vec::new())) };
    let mut values = atoms.values();
    for n in &flows.named {
        let v = n.formula.eval(&values);
        if let Some(slot) = values.get_mut(n.atom as usize) {
            *slot = v;
        }
    }
    let same = |f: &Factored| {
        let (a, b) = (f.eval(&values), exact.eval(&values));
        a.is_nan() || (a - b).abs() <= 1e-8 * b.abs()
    };
    let found = options
        .iter()
        .zip(replies)
        .filter_map(|((n, _), r)| r.factored().ok().map(|f| (n, f)))
        .filter(|(_, f)| same(f))
        .min_by_key(|(n, f)| (weight(f), n.len()));
    Ok(match found {
        Some((names, shorter)) if weight(&shorter) < weight(&exact) => {
            let used = shorter.atoms();
            let named =
                flows.named.iter().filter(|n| names.contains(&n.atom) && used.contains(&n.atom)).map(|n| (n.atom, n.formula.clone())).collect();
            (shorter, named)
        }
        _ => (exact, Vec::new()),
    })
}

/// Whether a quotient depends on makers' shares only through one country's share, at random points.
fn alone(exact: &Factored, one: &(u32, Formula), others: &[u32], atoms: &Atoms) -> bool {
    // Fixed numbers, so that a question has one answer; the atoms of shares are in (0, 1), others above.
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.1 + 0.35 * ((state >> 33) as f64 / (1u64 << 31) as f64)
    };
    (0..2).all(|_| {
        let mut values: Vec<f64> = (0..atoms.len()).map(|_| next()).collect();
        let mut at = |values: &mut Vec<f64>| -> f64 {
            for o in others {
                if let Some(slot) = values.get_mut(*o as usize) {
                    *slot = next();
                }
            }
            let v = one.1.eval(values);
            if let Some(slot) = values.get_mut(one.0 as usize) {
                *slot = v;
            }
            exact.eval(values)
        };
        let (a, b) = (at(&mut values), at(&mut values));
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
    })
}

pub(super) fn is_elasticity(atoms: &Atoms, at: u32) -> bool {
    atoms.get(at).is_some_and(|a| a.measures == Measures::Substitution)
}

/// Lays a quotient out: factors that are known quantities by their names, long ones collected.
pub fn present(best: Factored, named: Vec<(u32, Formula)>, atoms: &mut Atoms, flows: &Flows, ask: &Ask) -> Result<Shown, Diagnostic> {
    let mut layout = Layout::new(atoms, flows);
    let mut definitions = Vec::new();
    let raw: Vec<Formula> = named.iter().map(|(_, d)| d.clone()).collect();
    let factored = if raw.is_empty() { Vec::new() } else { ask.factor_all(raw)? };
    let mut all: Vec<&Factored> = factored.iter().flatten().collect();
    all.push(&best);
    layout.collect(&all, atoms, ask)?;
    for ((at, raw), nice) in named.iter().zip(&factored) {
        definitions.push((*at, nice.as_ref().map_or_else(|| raw.clone(), |f| layout.quotient(f))));
    }
    let formula = layout.quotient(&best);
    // φ and other names that the layout used, before what is written in them.
    let mut first: Vec<(u32, Formula)> = Vec::new();
    let mut used: Vec<u32> = formula.atoms().into_iter().chain(definitions.iter().flat_map(|(_, d)| d.atoms())).collect();
    used.sort_unstable();
    used.dedup();
    for n in &flows.named {
        if used.contains(&n.atom) && !definitions.iter().any(|(a, _)| *a == n.atom) {
            let nice = layout.definition(n);
            first.push((n.atom, nice));
        }
    }
    first.extend(definitions);
    let formula = in_order(&formula, atoms);
    for (_, definition) in &mut first {
        *definition = in_order(definition, atoms);
    }
    let (formula, named) = super::recur::name_recurring(formula, first, atoms);
    Ok(Shown { formula, named, factored: best })
}

/// Known polynomials by name, and the collected form of long ones.
pub struct Layout {
    atoms: Atoms,
    values: Vec<f64>,
    groups: Groups,
    done: RefCell<FxHashMap<Poly, Formula>>,
    known: FxHashMap<Poly, Formula>,
    collected: FxHashMap<Poly, Formula>,
}

/// Terms beyond which a factor is left as the algebra engine collects it.
const WIDE: usize = 32;
/// Terms from which a factor is tried in collected form.
const LONG: usize = 3;

impl Layout {
    pub fn new(atoms: &Atoms, flows: &Flows) -> Layout {
        let mut layout = Layout {
            atoms: atoms.clone(),
            values: atoms.values(),
            groups: Groups::of(atoms),
            done: RefCell::default(),
            known: FxHashMap::default(),
            collected: FxHashMap::default(),
        };
        // What the others of a group leave is the last share: 1 − θ_L = θ_H.
        let replaced: Vec<(u32, Formula)> = atoms.iter().filter_map(|(at, _)| flows.replace.get(&at).map(|f| (at, f.clone()))).collect();
        // Where shares of output and of spending are one number, output's is the better known.
        let (output, others): (Vec<_>, Vec<_>) =
            replaced.into_iter().partition(|(at, _)| matches!(atoms.get(*at).map(|a| &a.measures), Some(Measures::Made(_))));
        for (at, formula) in output.into_iter().chain(others) {
            if let Some(poly) = super::linear::polynomial(&formula) {
                if poly.terms().len() > 1 && poly.degree() == 1 {
                    layout.known.entry(poly).or_insert(Formula::atom(at));
                }
            }
        }
        for group in &atoms.groups {
            if let Some((last, others)) = group.split_last() {
                let left = others.iter().try_fold(Poly::one(), |left, a| left.minus(&Poly::atom(*a)));
                if let Some(poly) = left {
                    layout.known.entry(poly).or_insert(Formula::atom(*last));
                }
            }
        }
        for (poly, formula) in curvatures(atoms, flows) {
            let (fixed, turned_round) = poly.with_fixed_sign();
            layout.known.entry(fixed).or_insert(if turned_round { self::turned(formula) } else { formula });
        }
        for n in &flows.named {
            if let Some(poly) = super::linear::polynomial(&n.formula) {
                let (fixed, turned) = poly.with_fixed_sign();
                if !turned && fixed.terms().len() > 2 {
                    layout.known.entry(fixed).or_insert(Formula::atom(n.atom));
                }
            }
        }
        layout
    }

    /// What a named flow stands for, in the names of the flows before it.
    fn definition(&self, flow: &NamedFlow) -> Formula {
        let Some(poly) = super::linear::polynomial(&flow.formula) else { return flow.formula.clone() };
        // Not by its own name.
        let found = self.known.get(&poly) == Some(&Formula::atom(flow.atom));
        if found { self.arranged(&poly) } else { self.poly(&poly) }
    }

    /// Collects the long factors of these quotients by elasticities, and by single atoms, and keeps the shortest form of each.
    pub fn collect(&mut self, quotients: &[&Factored], atoms: &Atoms, ask: &Ask) -> Result<(), Diagnostic> {
        let mut polys: Vec<Poly> = quotients.iter().flat_map(|f| f.numerator.iter().chain(&f.denominator)).map(|f| f.0.clone()).collect();
        polys.retain(|p| p.terms().len() >= LONG && !self.known.contains_key(p) && !self.collected.contains_key(p));
        polys.dedup();
        // With equal degrees in each group of shares determinants show: θ_Lx(1 − θ_Hy) − θ_Ly(1 − θ_Hx) = θ_Lx θ_Ky − θ_Ly θ_Kx.
        let mut twins = Vec::new();
        let text = |p: &Poly| atoms.text(&p.to_formula()).len();
        for poly in polys.iter().filter(|p| p.terms().len() < WIDE) {
            let even = self.groups.shortest(poly, atoms, &text);
            if even != *poly {
                self.done.borrow_mut().clear();
                self.collected.insert(poly.clone(), even.to_formula());
                twins.push((poly.clone(), even));
            }
        }
        let mut questions = Vec::new();
        for (poly, even) in twins {
            for by in self.collectors(&even, atoms) {
                questions.push((poly.clone(), even.to_formula(), by));
            }
        }
        for poly in &polys {
            for by in self.collectors(poly, atoms) {
                questions.push((poly.clone(), poly.to_formula(), by));
            }
        }
        if questions.is_empty() {
            return Ok(());
        }
        let answers = ask.collect_all(questions.iter().map(|(_, p, by)| (p.clone(), by.clone())).collect())?;
        for ((poly, ..), answer) in questions.into_iter().zip(answers) {
            let Some(answer) = answer else { continue };
            let formula = self.collected_form(&answer);
            let length = |f: &Formula| atoms.text(f).len();
            let shorter = length(&formula) < length(&self.poly(&poly));
            if shorter {
                self.done.borrow_mut().clear();
                self.collected.insert(poly, formula);
            }
        }
        Ok(())
    }

    /// Sets of atoms to collect a factor by: all that are no shares, then each atom alone.
    fn collectors(&self, poly: &Poly, atoms: &Atoms) -> Vec<Vec<u32>> {
        let all: Vec<u32> = poly.atoms().into_iter().collect();
        let outer: Vec<u32> = all
            .iter()
            .copied()
            .filter(|a| {
                atoms.range(*a) != Range::Share || matches!(atoms.get(*a).map(|x| &x.measures), Some(Measures::Offshored(_) | Measures::Named))
            })
            .collect();
        let elasticities: Vec<u32> = all.iter().copied().filter(|a| is_elasticity(atoms, *a)).collect();
        let mut out = vec![outer, elasticities];
        if all.len() <= 8 {
            out.extend(all.into_iter().map(|a| vec![a]));
        }
        out.retain(|s| !s.is_empty());
        out.dedup();
        out
    }

    fn collected_form(&self, answer: &Collected) -> Formula {
        let mut terms: Vec<Formula> =
            answer.terms.iter().map(|(monomial, coefficient)| monomial_formula(monomial, self.quotient(coefficient))).collect();
        // A sum that begins with a minus reads badly.
        if let Some(lead) = terms.iter().position(|t| !negative(t)) {
            let first = terms.remove(lead);
            terms.insert(0, first);
        }
        let sum = Formula::sum(terms);
        if answer.denominator.as_constant().is_some_and(|c| c.is_one()) { sum } else { sum.over(self.quotient(&answer.denominator)) }
    }

    /// A quotient with each factor in its best form.
    pub fn quotient(&self, value: &Factored) -> Formula {
        // A difference is written so that it is positive here: θ_Ly − θ_Lx where y is the labour-intensive good.
        let mut minus = false;
        let mut side = |list: &[(Poly, u32)]| -> Vec<Formula> {
            let mut out = Vec::new();
            for (p, n) in list {
                let power = i32::try_from(*n).unwrap_or(i32::MAX);
                let backwards = p.terms().len() > 1 && p.eval(&self.values) < 0.0 && !self.known.contains_key(p);
                minus ^= backwards && n % 2 == 1;
                out.push(if backwards { self.poly(&p.negated()) } else { self.poly(p) }.power(power));
            }
            out
        };
        let (top, bottom) = value.constant.parts();
        let (top, bottom) = (Rational::parse(&top).unwrap_or(Rational::ONE), Rational::parse(&bottom).unwrap_or(Rational::ONE));
        let mut above = side(&value.numerator);
        order(&mut above);
        let mut below = side(&value.denominator);
        order(&mut below);
        let top = if minus { top.negated() } else { top };
        let above = Formula::product(std::iter::once(Formula::from(top)).chain(above));
        above.over(Formula::product(std::iter::once(Formula::from(bottom)).chain(below)))
    }

    pub fn poly(&self, poly: &Poly) -> Formula {
        if let Some(found) = self.done.borrow().get(poly) {
            return found.clone();
        }
        let found = self.laid_out(poly);
        self.done.borrow_mut().insert(poly.clone(), found.clone());
        found
    }

    fn laid_out(&self, poly: &Poly) -> Formula {
        if let Some(known) = self.known.get(poly) {
            return known.clone();
        }
        self.arranged(poly)
    }

    fn arranged(&self, poly: &Poly) -> Formula {
        if let (Some(collected), None) = (self.collected.get(&poly.negated()), self.collected.get(poly)) {
            return turned_sum(collected.clone());
        }
        if let Some(collected) = self.collected.get(poly) {
            return collected.clone();
        }
        let plain = poly.to_formula();
        if poly.terms().len() < LONG || poly.terms().len() > WIDE {
            return plain;
        }
        let length = |p: &Poly| self.atoms.text(&p.to_formula()).len();
        let even = self.groups.shortest(poly, &self.atoms, &length).to_formula();
        let outer = |a: u32| self.atoms.range(a) != Range::Share;
        let by = self.sorted_by(poly, &outer);
        let mut options = vec![by, even];
        for (free, last) in &self.groups.list {
            let alone = Groups { list: vec![(free.clone(), *last)] };
            let member = |a: u32| free.contains(&a) || *last == Some(a);
            if poly.atoms().into_iter().any(member) && degree_in(poly, &member) == 1 {
                if let Some(lifted) = alone.homogeneous(poly, &self.atoms, false, 0, 0) {
                    options.push(self.sorted_by(&lifted, &|a| member(a) || outer(a)));
                }
            }
        }
        options.into_iter().fold(plain, |best, next| if self.atoms.text(&next).len() < self.atoms.text(&best).len() { next } else { best })
    }

    /// The best form of a polynomial or of the one that adding-up makes of it.
    pub fn shortest(&self, poly: &Poly) -> Formula {
        let own = self.poly(poly);
        let normal = self.groups.list.iter().try_fold(poly.clone(), |p, (free, last)| match last {
            Some(last) if p.degree_in(*last) > 0 => p.replace(*last, &free.iter().try_fold(Poly::one(), |left, a| left.minus(&Poly::atom(*a)))?),
            _ => Some(p),
        });
        let Some(normal) = normal else { return own };
        let (fixed, turn) = normal.with_fixed_sign();
        let other = if turn { turned_sum(self.poly(&fixed)) } else { self.poly(&fixed) };
        if self.atoms.text(&other).len() < self.atoms.text(&own).len() { other } else { own }
    }

    /// A comparison of two products of shares, where equal degrees in each group leave two: `(1 − γ) θ_Ly θ_Hx − θ_Lx θ_Hy`.
    pub fn comparison(&self, poly: &Poly) -> Option<Formula> {
        if poly.terms().len() == 2 && poly.degree() == 1 {
            return None;
        }
        let all = self.groups.homogeneous(poly, &self.atoms, false, 0, 0).filter(|p| p.terms().len() <= 6)?;
        let grouped = |a: u32| self.groups.list.iter().any(|(free, last)| free.contains(&a) || *last == Some(a));
        let parts = all.collect(&grouped);
        let plain = |p: &Poly| p.terms().len() == 1 || p.terms().len() == 2 && p.degree() == 1 && p.terms().iter().any(|(_, m)| m.degree() == 0);
        if parts.len() != 2 || parts.iter().any(|(m, p)| m.degree() < 2 || !plain(p)) {
            return None;
        }
        let terms = parts.into_iter().map(|(m, p)| {
            let (rest, turn) = p.with_fixed_sign();
            let term = monomial_formula(&m, self.poly(&rest));
            if turn { turned(term) } else { term }
        });
        Some(Formula::sum(terms))
    }

    /// Sorted by some letters, each coefficient with its common letters taken out.
    fn sorted_by(&self, poly: &Poly, outer: &dyn Fn(u32) -> bool) -> Formula {
        let groups = poly.collect(&outer);
        if groups.len() < 2 || groups.len() == poly.terms().len() {
            return poly.to_formula();
        }
        let terms = groups.into_iter().map(|(monomial, coefficient)| {
            let (common, rest) = coefficient.monomial_content();
            let (rest, turn) = rest.with_fixed_sign();
            let inner = Formula::product(
                common.powers().iter().map(|(a, p)| Formula::atom(*a).power(i32::try_from(*p).unwrap_or(i32::MAX))).chain([self.poly(&rest)]),
            );
            monomial_formula(&monomial, if turn { turned(inner) } else { inner })
        });
        Formula::sum(terms)
    }
}

fn degree_in(poly: &Poly, member: &dyn Fn(u32) -> bool) -> u32 {
    poly.terms().iter().map(|(_, m)| m.powers().iter().filter(|(a, _)| member(*a)).map(|(_, p)| *p).sum()).max().unwrap_or(0)
}

/// `Σ_f θ_fk n_f²` for two goods made of three factors, n = θ_x × θ_y: by how much an industry's inputs bend along the direction that leaves
/// both unit costs as they are.
fn curvatures(atoms: &Atoms, flows: &Flows) -> Vec<(Poly, Formula)> {
    let mut rows: BTreeMap<usize, BTreeMap<usize, u32>> = BTreeMap::new();
    for (at, atom) in atoms.iter() {
        if let Measures::Cost(j, path) = &atom.measures {
            match path.as_slice() {
                [k] => drop(rows.entry(*j).or_default().insert(*k, at)),
                _ => drop(rows.entry(*j).or_default().insert(usize::MAX, at)),
            }
        }
    }
    let flat: Vec<(Option<usize>, Vec<u32>)> = rows
        .into_iter()
        .filter(|(_, r)| r.len() == 3 && !r.contains_key(&usize::MAX))
        .map(|(j, r)| (flows.country.get(j).copied(), r.into_values().collect()))
        .collect();
    let poly = |a: u32| flows.replace.get(&a).map_or_else(|| Some(Poly::atom(a)), super::linear::polynomial);
    let mut out = Vec::new();
    for (n, (here, x)) in flat.iter().enumerate() {
        for (_, y) in flat.iter().skip(n + 1).filter(|(there, _)| there == here) {
            let minor = |a: usize, b: usize| -> Option<(Poly, Formula)> {
                let (xa, xb, ya, yb) = (*x.get(a)?, *x.get(b)?, *y.get(a)?, *y.get(b)?);
                let value = poly(xa)?.times(&poly(yb)?)?.minus(&poly(xb)?.times(&poly(ya)?)?)?;
                let f = Formula::atom;
                Some((value, f(xa).times(f(yb)).minus(f(xb).times(f(ya)))))
            };
            let (Some(l), Some(h), Some(k)) = (minor(1, 2), minor(2, 0), minor(0, 1)) else { continue };
            for own in [x, y] {
                let terms: Option<Vec<(Poly, Formula)>> = own
                    .iter()
                    .zip([&l, &h, &k])
                    .map(|(a, (value, shown))| Some((poly(*a)?.times(&value.power(2)?)?, Formula::atom(*a).times(shown.clone().power(2)))))
                    .collect();
                let Some(terms) = terms else { continue };
                let sum = terms.iter().try_fold(Poly::zero(), |s, t| s.plus(&t.0));
                if let Some(sum) = sum.filter(|s| s.terms().len() > 3) {
                    out.push((sum, Formula::sum(terms.into_iter().map(|t| t.1))));
                }
            }
        }
    }
    out
}
