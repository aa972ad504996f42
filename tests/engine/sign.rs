//! Signs of the forms that the theory of trade in tasks arrives at, proved from shares that add up.
#![cfg(feature = "symbolic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tasktrade::algebra::sign::{Judgement, Sign, Verdict, sign, verdict};
use tasktrade::algebra::*;

const LIMIT: Duration = Duration::from_secs(60);

fn engine() -> Engine {
    Engine::new(Config { worker: Some(PathBuf::from(crate::start::BINARY)), ..Config::default() })
}

/// Names for atoms, in the order of first use.
#[derive(Default)]
struct Names(BTreeMap<&'static str, u32>);

impl Names {
    fn index(&mut self, name: &'static str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(name).or_insert(next)
    }

    fn atom(&mut self, name: &'static str) -> Formula {
        Formula::atom(self.index(name))
    }

    fn text(&self, poly: &Poly) -> String {
        let name = |index| self.0.iter().find(|entry| *entry.1 == index).map_or(format!("s{index}"), |entry| entry.0.to_string());
        poly.to_text(&name)
    }
}

fn factored(formula: Formula) -> Factored {
    let replies = engine().run(&[Task::Factor { formula }], LIMIT, &AtomicBool::new(false)).expect("a reply");
    replies.into_iter().next().expect("one reply").factored().expect("a quotient")
}

fn poly(formula: Formula) -> Poly {
    let replies = engine().run(&[Task::Together { formula }], LIMIT, &AtomicBool::new(false)).expect("a reply");
    let value = replies.into_iter().next().expect("one reply").factored().expect("a quotient");
    assert!(value.denominator.is_empty());
    let product = value.numerator.iter().try_fold(Poly::one(), |product, factor| product.times(&factor.0));
    product.and_then(|product| product.scaled(&value.constant)).expect("small numbers")
}

fn judge(formula: Formula, known: &Assumptions) -> Judgement {
    let factor = |polys: &[Poly]| engine().factor(polys, LIMIT, &AtomicBool::new(false)).0;
    sign(&factored(formula), known, &factor).expect("a judgement")
}

fn one() -> Formula {
    Formula::one()
}

fn less(whole: Formula, part: &Formula) -> Formula {
    whole.minus(part.clone())
}

/// The large economy: cost shares of L in x and y, world share of x, elasticities.
struct Large {
    names: Names,
    known: Assumptions,
    lx: Formula,
    ly: Formula,
    mu: Formula,
}

impl Large {
    fn new() -> Large {
        let mut names = Names::default();
        let [lx, ly, mu] = ["lx", "ly", "mu"].map(|name| names.atom(name));
        let (hx, hy, my) = (names.index("hx"), names.index("hy"), names.index("my"));
        let mut known = Assumptions::new();
        known.shares([names.index("lx"), hx], true).shares([names.index("ly"), hy], true).shares([names.index("mu"), my], true);
        for name in ["eps", "sx", "sy"] {
            known.positive(names.index(name));
        }
        Large { names, known, lx, ly, mu }
    }

    /// [ μ(1−μ)|θ|²ε + μ θ_Lx θ_Hx σ_x + (1−μ) θ_Ly θ_Hy σ_y ], the numerator of the economy's elasticity of substitution.
    fn elasticity(&mut self, demand: Formula, x: Formula, y: Formula) -> Formula {
        let (lx, ly, mu) = (self.lx.clone(), self.ly.clone(), self.mu.clone());
        let gap = ly.clone().minus(lx.clone()).power(2);
        Formula::sum([
            Formula::product([mu.clone(), less(one(), &mu), gap, demand]),
            Formula::product([mu.clone(), lx.clone(), less(one(), &lx), x]),
            Formula::product([less(one(), &mu), ly.clone(), less(one(), &ly), y]),
        ])
    }
}

#[test]
fn the_economys_elasticity_of_substitution_is_positive() {
    let mut large = Large::new();
    let [eps, sx, sy] = ["eps", "sx", "sy"].map(|name| large.names.atom(name));
    let formula = large.elasticity(eps, sx, sy);
    let judgement = judge(formula, &large.known);
    assert_eq!(judgement.sign, Sign::Plus);
    assert!(judgement.steps.iter().any(|step| step.grounds.contains(&Ground::Square)));
    // With Cobb–Douglas everywhere the square is hidden in the sum.
    let formula = large.elasticity(one(), one(), one());
    assert_eq!(judge(formula, &large.known).sign, Sign::Plus);
}

#[test]
fn prices_of_the_large_economy_turn_on_intensities() {
    // p̂/Ω̂ = −|θ| λ_L φ_L φ_H / (…): negative where y is the labour-intensive good.
    let mut large = Large::new();
    let [eps, sx, sy, share] = ["eps", "sx", "sy", "lambda"].map(|name| large.names.atom(name));
    let lambda = large.names.index("lambda");
    large.known.share(lambda);
    let gap = large.ly.clone().minus(large.lx.clone());
    let phi = large.mu.clone().times(large.lx.clone()).plus(less(one(), &large.mu).times(large.ly.clone()));
    let top = Formula::product([gap.clone(), share, phi.clone(), less(one(), &phi)]).negated();
    let formula = top.over(large.elasticity(eps, sx, sy));
    let Sign::Undecided { turned, factors } = judge(formula.clone(), &large.known).sign else { panic!("intensities decide") };
    assert_eq!(factors.len(), 1);
    let (ly_first, text) = (poly(gap.clone()), large.names.text(&factors[0]));
    assert!((text == "ly - lx" && turned) || (text == "lx - ly" && !turned), "{text} {turned}");
    large.known.fact(ly_first);
    let judgement = judge(formula, &large.known);
    assert_eq!(judgement.sign, Sign::Minus);
    assert!(judgement.steps.iter().any(|step| step.grounds.contains(&Ground::Fact(0))));
}

#[test]
fn the_one_good_economy_depends_on_one_inequality() {
    let mut names = Names::default();
    let [eta, gamma, sigma, labour] = ["eta", "gamma", "sigma", "thL"].map(|name| names.atom(name));
    let skill = less(one(), &labour);
    let mut known = Assumptions::new();
    known.positive(names.index("eta")).positive(names.index("sigma")).share(names.index("gamma"));
    known.shares([names.index("thL"), names.index("thH")], true);
    // ŵ/β̂ = −(η γ − θ_H/σ) / (η(1−γ) + θ_H/σ)
    let top = eta.clone().times(gamma.clone()).minus(skill.clone().over(sigma.clone())).negated();
    let bottom = eta.clone().times(less(one(), &gamma)).plus(skill.clone().over(sigma.clone()));
    assert_eq!(judge(one().over(bottom.clone()), &known).sign, Sign::Plus);
    let Sign::Undecided { turned, factors } = judge(top.clone().over(bottom.clone()), &known).sign else { panic!("it depends") };
    let text = names.text(&factors[0]);
    assert!((text == "eta*gamma*sigma - thH" && turned) || (text == "thH - eta*gamma*sigma" && !turned), "{text} {turned}");
    // Where the user assumes the inequality, the wage rises as tasks get cheaper.
    known.fact(poly(Formula::product([eta, gamma, sigma]).minus(Formula::atom(names.index("thH")))));
    assert_eq!(judge(top.over(bottom), &known).sign, Sign::Minus);
}

#[test]
fn the_third_factors_denominator_is_positive() {
    // D = Σ_j μ_j σ_j Σ_f θ_fj n_f² with n = θ_x × θ_y and α₂ = φ_L n_L²/D ≥ 0.
    let mut names = Names::default();
    let x = ["Lx", "Hx", "Kx"].map(|name| names.atom(name));
    let y = ["Ly", "Hy", "Ky"].map(|name| names.atom(name));
    let [mu, sx, sy] = ["mu", "sx", "sy"].map(|name| names.atom(name));
    let mut known = Assumptions::new();
    known.shares([0, 1, 2], true).shares([3, 4, 5], true).share(6).positive(7).positive(8);
    let closed = |formula: Formula| {
        let last = |first: u32, second: u32| one().minus(Formula::atom(first)).minus(Formula::atom(second));
        formula.replace(&|atom| match atom {
            2 => Some(last(0, 1)),
            5 => Some(last(3, 4)),
            _ => None,
        })
    };
    let cross = |a: usize, b: usize| x[a].clone().times(y[b].clone()).minus(x[b].clone().times(y[a].clone()));
    let normal = [cross(1, 2), cross(2, 0), cross(0, 1)];
    let spread = |shares: &[Formula; 3]| Formula::sum((0..3).map(|f| shares[f].clone().times(normal[f].clone().power(2))));
    let weights = [(mu.clone(), sx), (less(one(), &mu), sy)];
    let denominator = Formula::sum(weights.into_iter().zip([&x, &y]).map(|((mu, s), shares)| Formula::product([mu, s, spread(shares)])));
    // In four shares the squares are out of sight; all vanish where both goods are made alike.
    let labour = mu.clone().times(x[0].clone()).plus(less(one(), &mu).times(y[0].clone()));
    let alpha = labour.times(normal[0].clone().power(2)).over(denominator);
    assert_eq!(judge(closed(alpha), &known).sign, Sign::NotNegative);
}

#[test]
fn wages_rise_where_factors_are_easy_to_substitute() {
    // ŵ/Ω̂ = −(1 − θ_Hy λ_L/Σ): with σ_x, σ_y > 1 and y labour-intensive it is negative for every ε.
    let mut large = Large::new();
    let [eps, sx, sy, share] = ["eps", "sx", "sy", "lambda"].map(|name| large.names.atom(name));
    let lambda = large.names.index("lambda");
    large.known.share(lambda);
    let phi = large.mu.clone().times(large.lx.clone()).plus(less(one(), &large.mu).times(large.ly.clone()));
    let sum = large.elasticity(eps, sx.clone(), sy.clone());
    let effect = less(one(), &large.ly).times(share).times(phi.clone()).times(less(one(), &phi)).over(sum);
    let formula = effect.minus(one());
    assert!(matches!(judge(formula.clone(), &large.known).sign, Sign::Undecided { .. }));
    for fact in [sx.minus(one()), sy.minus(one()), large.ly.clone().minus(large.lx.clone())] {
        large.known.fact(poly(fact));
    }
    let judgement = judge(formula, &large.known);
    assert_eq!(judgement.sign, Sign::Minus);
    let grounds: BTreeSet<Ground> = judgement.steps.iter().flat_map(|step| step.grounds.clone()).collect();
    assert!((0..3).all(|fact| grounds.contains(&Ground::Fact(fact))), "{grounds:?}");
}

#[test]
fn nothing_false_is_proved() {
    let mut known = Assumptions::new();
    known.shares([0, 1], true).share(2).positive(3);
    let s = Formula::atom;
    let undecided = |formula: Formula, known: &Assumptions| matches!(judge(formula, known).sign, Sign::Undecided { .. });
    assert!(undecided(s(0).minus(s(1)), &known));
    assert!(undecided(s(0).plus(s(2)).minus(one()), &known));
    assert!(undecided(s(3).minus(one()), &known));
    assert!(undecided(s(4), &known));
    assert_eq!(judge(s(4).power(2), &known).sign, Sign::NotNegative);
    assert_eq!(judge(one().over(s(4).power(2)), &known).sign, Sign::Plus);
    assert_eq!(judge(s(0).minus(s(1)).power(2), &known).sign, Sign::NotNegative);
    assert_eq!(judge(s(0).minus(s(0)), &known).sign, Sign::Zero);
    assert_eq!(judge(s(0).minus(one()), &known).sign, Sign::Minus);
    // σ > 1 by assumption decides σ − θ.
    known.fact(poly(s(3).minus(one())));
    assert_eq!(judge(s(3).minus(s(2)), &known).sign, Sign::Plus);
    assert!(undecided(s(3).times(s(0)).minus(s(1)), &known));
}

#[test]
fn a_single_polynomial_is_factored_first() {
    let mut known = Assumptions::new();
    known.share(0).share(1);
    let s = Formula::atom;
    let square = poly(s(0).minus(s(1)).power(2));
    let factor = |polys: &[Poly]| engine().factor(polys, LIMIT, &AtomicBool::new(false)).0;
    assert_eq!(verdict(&square, &known, &factor).expect("a verdict").verdict, Verdict::NotNegative);
    assert_eq!(verdict(&square, &known, &|_: &[Poly]| Ok(Vec::new())).expect("a verdict").verdict, Verdict::Unknown);
}
