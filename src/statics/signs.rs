//! Signs of responses: proved from what shares and elasticities are, or the exact condition; never from numbers.

use super::ask::Ask;
use super::atoms::{Atoms, Measures, Range};
use super::derive::{Derived, Place, derive};
use super::known::{Stated, check_assumptions, intervals, level, ranges};
use super::shorten::{Layout, within};
use crate::algebra::sign::{Judgement, Sign, Step, Verdict, sign};
use crate::algebra::{AlgebraError, Assumptions, Factored, Formula, Ground, Poly, Rational};
use crate::diag::Diagnostic;
use crate::expr::{Cmp, NodeId, Sym};
use crate::solve::{Solution, derivatives, solve};
use std::sync::atomic::AtomicBool;

/// The sign of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Plus,
    Minus,
    Zero,
    NotNegative,
    NotPositive,
    Depends,
}

/// Monomials beyond which the form in independent shares alone is not judged: proofs take longer than anyone waits.
const WIDEST: usize = 200;
/// How long a response is sought in other letters.
const FORM: std::time::Duration = std::time::Duration::from_millis(2000);
/// Size up to which a letter is written out in a condition.
const WRITTEN: usize = 9;

/// An inequality `left > right` between formulas.
#[derive(Clone, Debug)]
pub struct Inequality {
    pub left: Formula,
    pub right: Formula,
    pub left_value: Option<f64>,
    pub right_value: Option<f64>,
    /// Whether the present numbers cannot tell the two sides apart.
    pub border: bool,
}

/// A fact and what it follows from.
#[derive(Clone, Debug)]
pub struct Proof {
    pub what: Formula,
    pub verdict: Verdict,
    pub from: Vec<String>,
}

/// The sign with its proof or its condition.
#[derive(Clone, Debug)]
pub struct Signed {
    pub derived: Derived,
    pub answer: Answer,
    /// The response has the sign `+` where an even number of these fail (`positive`), otherwise where an odd number do.
    pub conditions: Vec<Inequality>,
    /// Whether the response is positive where all conditions hold.
    pub positive: bool,
    /// The sign where offshoring begins, γ = 0, if it is certain there and not everywhere.
    pub begins: Option<Answer>,
    /// Whether the response is positive here, by its value; `None` where its number cannot be told from zero.
    pub positive_here: Option<bool>,
    /// Whether the present numbers are on the border between the signs.
    pub border: bool,
    pub proofs: Vec<Proof>,
    /// Values of the parameter at which the sign turns, in order, and whether the target has a minimum there.
    pub turns: Vec<Turn>,
    pub atoms: Atoms,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    pub at: f64,
    pub minimum: bool,
}

/// The sign of `target`'s response to `wrt`, with `given` held.
///
/// # Errors
/// As [`derive`].
pub fn signed(place: &Place, target: (&str, NodeId), wrt: Sym, given: &[Sym], ask: &Ask, interrupt: &AtomicBool) -> Result<Signed, Diagnostic> {
    check_assumptions(place)?;
    let derived = derive(place, target, wrt, given, ask)?;
    let mut atoms = derived.atoms.clone();
    atoms.weaken(&derived.letters);
    let (known, facts) = assumptions(place, &atoms, &derived, ask)?;
    // The parts of a formula in stages have no sign of their own that is known.
    let value = derived.shown.factored.clone();
    let judgement = judged(&value, &derived, &known, &atoms, ask)?;
    let values = within(&derived.shown.named, &atoms.values());
    confirm(&derived, &judgement, &values)?;
    let answer = Answer::of(&judgement.sign);
    let (mut conditions, positive) = match judgement.sign {
        Sign::Undecided { turned, factors } => (factors, !turned),
        _ => (Vec::new(), matches!(answer, Answer::Plus | Answer::NotNegative)),
    };
    let begins = if answer == Answer::Depends { at_the_beginning(&value, &atoms, &known, ask)? } else { None };
    let mut layout = Layout::new(&atoms, &derived.flows);
    let steps: Vec<Factored> = judgement.steps.iter().filter_map(|s| Factored::new(Rational::ONE, vec![(s.factor.clone(), 1)], Vec::new())).collect();
    layout.collect(&steps.iter().collect::<Vec<_>>(), &atoms, ask)?;
    let bare: Vec<Factored> = conditions.iter().filter_map(|p| Factored::new(Rational::ONE, vec![(p.clone(), 1)], Vec::new())).collect();
    layout.collect(&bare.iter().collect::<Vec<_>>(), &atoms, ask)?;
    let numeric = derived.value.is_some();
    let inequalities: Vec<Inequality> = conditions.drain(..).map(|p| inequality(&p, &layout, &derived, &atoms, &values, numeric)).collect();
    let proofs = judgement.steps.iter().filter(|s| s.verdict != Verdict::Unknown).map(|s| proof(s, &known, &facts, &layout, &atoms)).collect();
    let clear = derived.value.zip(derived.error).map(|(v, e)| v.abs() > e);
    let positive_here = derived.value.filter(|_| clear == Some(true)).map(|v| v > 0.0);
    let border = clear == Some(false) && answer == Answer::Depends;
    let turns = match (answer, place.solved) {
        (Answer::Depends, Some(_)) if given.is_empty() => turns(place, target.1, wrt, ask, interrupt),
        _ => Vec::new(),
    };
    Ok(Signed { derived, answer, conditions: inequalities, positive, begins, positive_here, border, proofs, turns, atoms })
}

impl Answer {
    fn of(sign: &Sign) -> Answer {
        match sign {
            Sign::Plus => Answer::Plus,
            Sign::Minus => Answer::Minus,
            Sign::Zero => Answer::Zero,
            Sign::NotNegative => Answer::NotNegative,
            Sign::NotPositive => Answer::NotPositive,
            Sign::Undecided { .. } => Answer::Depends,
        }
    }
}

/// The verdict on the response in the letters that say most: decided, or with the shortest condition.
fn judged(value: &Factored, derived: &Derived, known: &Assumptions, atoms: &Atoms, ask: &Ask) -> Result<Judgement, Diagnostic> {
    let mut best = judge(value, known, ask)?;
    // Σ hides that it is large where its elasticities are, and shares that a determinant is a sum of squares: other letters may say more.
    let open = |j: &Judgement| match &j.sign {
        Sign::Undecided { factors, .. } => factors.iter().map(|p| 3 + words(&open_letters(&p.to_formula(), derived), atoms).len()).sum::<usize>(),
        _ => 0,
    };
    for other in [derived.exact.to_formula()].into_iter().chain(derived.forms.iter().cloned()) {
        if open(&best) == 0 {
            break;
        }
        // Only for a better answer: what takes too long says nothing.
        let Ok(other) = ask.part(FORM).factor(other) else { continue };
        if other == *value || other.size() > WIDEST {
            continue;
        }
        let Ok(next) = judge(&other, known, ask) else { continue };
        if open(&next) < open(&best) {
            best = next;
        }
    }
    Ok(best)
}

/// The formula without letters that the answer does not explain, or that are short.
fn open_letters(formula: &Formula, derived: &Derived) -> Formula {
    let short = |d: &Formula| d.size() <= WRITTEN;
    let explained = |a: u32| derived.shown.named.iter().any(|n| n.0 == a);
    let mut out = formula.clone();
    // A letter is written in earlier ones.
    for (at, definition) in derived.letters.iter().rev().filter(|(a, d)| short(d) || !explained(*a)) {
        out = out.replace(&|a| (a == *at).then(|| definition.clone()));
    }
    super::gnp::powers(&out)
}

/// The sign with nothing offshored yet: γ = 0, whatever all else is.
fn at_the_beginning(value: &Factored, atoms: &Atoms, known: &Assumptions, ask: &Ask) -> Result<Option<Answer>, Diagnostic> {
    let offshored = |a: u32| matches!(atoms.get(a).map(|x| &x.measures), Some(Measures::Offshored(_)));
    if !value.atoms().into_iter().any(offshored) {
        return Ok(None);
    }
    let start = value.to_formula().replace(&|a| offshored(a).then(Formula::zero));
    // A formula that divides by γ says nothing there.
    let Ok(start) = ask.factor(start) else { return Ok(None) };
    let answer = Answer::of(&judge(&start, known, ask)?.sign);
    Ok(Some(answer).filter(|a| matches!(a, Answer::Plus | Answer::Minus | Answer::Zero)))
}

fn judge(value: &Factored, known: &Assumptions, ask: &Ask) -> Result<Judgement, Diagnostic> {
    let factor = |polys: &[Poly]| -> Result<Vec<Factored>, AlgebraError> { ask.factors(polys) };
    sign(value, known, &factor).map_err(|e| (&e).into())
}

/// What is known of the letters, and the inequalities among it in words, by number.
fn assumptions(place: &Place, atoms: &Atoms, derived: &Derived, ask: &Ask) -> Result<(Assumptions, Vec<Stated>), Diagnostic> {
    let mut known = ranges(atoms, &derived.flows);
    let mut stated = Vec::new();
    intervals(place, atoms, &mut known, &mut stated);
    for (larger, smaller, strict) in super::own::orders(place.economy, place.system, atoms) {
        let Some(gap) = Poly::atom(larger).minus(&Poly::atom(smaller)) else { continue };
        let name = |a: u32| words(&Formula::atom(a), atoms);
        if strict {
            known.fact(gap);
        } else {
            known.weak_fact(gap);
        }
        let words = format!("{} {} {}", name(larger), if strict { ">" } else { "≥" }, name(smaller));
        stated.push(Stated { assumed: false, words });
    }
    for at in super::own::parts_of_one(place.economy, atoms) {
        known.share(at);
    }
    for (left, cmp, right, _) in &place.economy.assumptions {
        if !matches!(cmp, Cmp::Less | Cmp::LessEqual) {
            continue;
        }
        let (Some(small), Some(large)) = (level(place, *left, atoms), level(place, *right, atoms)) else { continue };
        let gap = large.clone().minus(small.clone()).replace(&|a| derived.flows.replace.get(&a).cloned());
        let factored = ask.factor(gap)?;
        // A positive denominator changes nothing; one of unknown sign makes the inequality useless here.
        let bottom = Factored { constant: Rational::ONE, numerator: factored.denominator.clone(), denominator: Vec::new() };
        if judge(&bottom, &known, ask)?.sign != Sign::Plus {
            continue;
        }
        let mut all = factored.numerator.iter().flat_map(|(p, n)| std::iter::repeat_n(p, *n as usize));
        let product = all.try_fold(Poly::constant(factored.constant.clone()), |sum, p| sum.times(p));
        let Some(poly) = product else { continue };
        let weak = *cmp == Cmp::LessEqual;
        if weak {
            known.weak_fact(poly);
        } else {
            if let [(c, m)] = poly.terms()
                && let ([(at, 1)], true) = (m.powers(), c.is_positive())
            {
                known.positive(*at);
            }
            known.fact(poly);
        }
        let words = format!("{} {} {}", words(&large, atoms), if weak { "≥" } else { ">" }, words(&small, atoms));
        stated.push(Stated { assumed: true, words });
    }
    Ok((known, stated))
}

/// Refuses a sign that its own number, or the number of a factor that it was proved from, contradicts.
///
/// # Errors
/// A072, a bug.
fn confirm(derived: &Derived, judgement: &Judgement, values: &[(f64, f64)]) -> Result<(), Diagnostic> {
    let (Some(value), Some(error)) = (derived.value, derived.error) else { return Ok(()) };
    let refuse = |what: String| {
        Err(Diagnostic::new("A072", format!("the sign that was proved of {} is contradicted by a number: {what}", derived.target))
            .help("this is a bug in tasktrade; please report it with the model"))
    };
    let fits = |verdict: Verdict, v: f64, error: f64| match verdict {
        Verdict::Positive => v > 0.0,
        Verdict::Negative => v < 0.0,
        Verdict::Zero => v.abs() <= error,
        Verdict::NotNegative => v >= -error,
        Verdict::NotPositive => v <= error,
        Verdict::Unknown => true,
    };
    let overall = match judgement.sign {
        Sign::Plus => Verdict::Positive,
        Sign::Minus => Verdict::Negative,
        Sign::Zero => Verdict::Zero,
        Sign::NotNegative => Verdict::NotNegative,
        Sign::NotPositive => Verdict::NotPositive,
        Sign::Undecided { .. } => Verdict::Unknown,
    };
    if !fits(overall, value, error) {
        return refuse(format!("the response is {value:e}"));
    }
    for step in &judgement.steps {
        let (v, e) = step.factor.to_formula().eval_within(values);
        // A strict sign of a factor that the numbers cannot tell from zero is left to the response's own.
        if v.is_finite() && v.abs() > e && !fits(step.verdict, v, e) {
            return refuse(format!("a factor of it is {v:e}"));
        }
    }
    if let Sign::Undecided { turned, factors } = &judgement.sign {
        let each: Vec<(f64, f64)> = factors.iter().map(|p| p.to_formula().eval_within(values)).collect();
        let product: f64 = each.iter().map(|x| x.0.signum()).product::<f64>() * if *turned { -1.0 } else { 1.0 };
        let clear = value.abs() > error && each.iter().all(|(v, e)| v.abs() > *e);
        if clear && product * value < 0.0 {
            return refuse(format!("the response is {value:e}, on the other side of its condition"));
        }
    }
    Ok(())
}

fn words(formula: &Formula, atoms: &Atoms) -> String {
    formula.to_text(&|a| atoms.get(a).map_or_else(String::new, |x| x.display.clone()))
}

/// `poly > 0` with its negative terms on the other side.
fn inequality(poly: &Poly, layout: &Layout, derived: &Derived, atoms: &Atoms, values: &[(f64, f64)], numeric: bool) -> Inequality {
    let formula = open_letters(&layout.comparison(poly).unwrap_or_else(|| layout.shortest(poly)), derived);
    let formula = super::shorten::in_order(&formula, atoms);
    let terms = match formula {
        Formula::Sum(list) => list,
        other => vec![other],
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for term in terms {
        if super::shorten::negative(&term) { right.push(super::shorten::turned(term)) } else { left.push(term) }
    }
    let (left, right) = (Formula::sum(left), Formula::sum(right));
    let value = |f: &Formula| Some(f.eval_within(values)).filter(|v| numeric && v.0.is_finite());
    let (l, r) = (value(&left), value(&right));
    let border = l.zip(r).is_some_and(|(l, r)| (l.0 - r.0).abs() <= l.1 + r.1);
    Inequality { left_value: l.map(|v| v.0), right_value: r.map(|v| v.0), border, left, right }
}

fn proof(step: &Step, known: &Assumptions, facts: &[Stated], layout: &Layout, atoms: &Atoms) -> Proof {
    let name = |a: u32| atoms.get(a).map_or_else(String::new, |x| x.display.clone());
    let mut from: Vec<String> = step
        .grounds
        .iter()
        .map(|g| match g {
            Ground::Positive(a) => match atoms.range(*a) {
                Range::Share => format!("0 < {} < 1", name(*a)),
                _ => format!("{} > 0", name(*a)),
            },
            Ground::NonNegative(a) => format!("{} ≥ 0", name(*a)),
            Ground::AddingUp(n) => {
                let members = known.groups().get(*n).map(|g| (g.members.clone(), g.whole)).unwrap_or_default();
                match members.0.as_slice() {
                    [one] => format!("{} < 1", name(*one)),
                    list => format!("{} {} 1", list.iter().map(|a| name(*a)).collect::<Vec<_>>().join(" + "), if members.1 { "=" } else { "≤" }),
                }
            }
            Ground::Fact(n) => match facts.get(*n) {
                Some(Stated { assumed: true, words }) => format!("assumed: {words}"),
                Some(stated) => stated.words.clone(),
                None => String::new(),
            },
            Ground::Square => "a square is not negative".to_string(),
        })
        .filter(|s| !s.is_empty())
        .collect();
    from.dedup();
    Proof { what: layout.shortest(&step.factor), verdict: step.verdict, from }
}

/// Points of the search along the parameter, on either side, and how far it goes in logs.
const STEPS: usize = 40;
const REACH: f64 = 2.5;
/// From 0 the search goes from here to its inverse: what is usual of a rate, and of a charge in units of money, lies between.
const FIRST: f64 = 1e-3;

/// The `n`-th point on a side of a parameter's value.
fn place_of(value: f64, side: f64, n: usize) -> f64 {
    let part = n as f64 / STEPS as f64;
    if value == 0.0 { side * FIRST * (-2.0 * FIRST.ln() * part).exp() } else { value * (value.signum() * side * REACH * part).exp() }
}

/// Where the response changes its sign along the parameter, found by solving; regime by regime.
fn turns(place: &Place, target: NodeId, wrt: Sym, ask: &Ask, interrupt: &AtomicBool) -> Vec<Turn> {
    let Some((_, base)) = place.solved else { return Vec::new() };
    let value = base.value(wrt);
    let mut system = place.system.clone();
    let mut info = system.info(wrt).clone();
    (info.name, info.role, info.quantity) = ("(target)".to_string(), crate::system::Role::Definition(target), crate::system::Quantity::Named);
    system.syms.push(info);
    let own = Sym(system.syms.len() as u32 - 1);
    let Ok(problem) = crate::solve::Problem::new(&system, &[target]) else { return Vec::new() };
    let mut parameters = place.parameters.to_vec();
    parameters.resize(system.syms.len(), f64::NAN);
    let mut slope = |at: f64, near: Option<&Solution>| -> Option<(f64, Solution)> {
        if ask.is_over() || !admissible(place, wrt, at) {
            return None;
        }
        if let Some(slot) = parameters.get_mut(wrt.index()) {
            *slot = at;
        }
        let solution = solve(&problem, &parameters, near, interrupt);
        if !solution.is_equilibrium() {
            return None;
        }
        let d = derivatives(&problem, &solution, &[wrt]).get(own, 0, false);
        // As an elasticity, so that noise has a scale.
        let size = solution.outputs.first().map_or(1.0, |v| v.abs());
        let unit = at.abs().max(if value == 0.0 { FIRST } else { 0.0 });
        Some((if size > 0.0 { d * unit / size } else { d }, solution))
    };
    let mut found = Vec::new();
    for side in [-1.0, 1.0] {
        let Some((mut last, mut near)) = slope(value, None) else { return Vec::new() };
        let mut at = value;
        for n in 1..=STEPS {
            let next = place_of(value, side, n);
            let Some((d, solution)) = slope(next, Some(&near)) else { break };
            let noise = 1e-9;
            if d.abs() > noise
                && last.abs() > noise
                && (d > 0.0) != (last > 0.0)
                && let Some(turn) = bisect(&mut slope, (at, last), (next, d), &near)
            {
                found.push(turn);
            }
            if d.abs() > noise {
                last = d;
                at = next;
            }
            near = solution;
        }
    }
    found.sort_by(|a, b| b.at.total_cmp(&a.at));
    found
}

fn bisect(slope: &mut impl FnMut(f64, Option<&Solution>) -> Option<(f64, Solution)>, a: (f64, f64), b: (f64, f64), near: &Solution) -> Option<Turn> {
    let (mut low, mut high) = if a.0 < b.0 { (a, b) } else { (b, a) };
    let minimum = low.1 < 0.0;
    for _ in 0..60 {
        let middle = between(low.0, high.0);
        if middle <= low.0 || middle >= high.0 || (high.0 - low.0).abs() < 1e-13 * high.0.abs() {
            break;
        }
        let (d, _) = slope(middle, Some(near))?;
        if (d > 0.0) == (low.1 > 0.0) { low = (middle, d) } else { high = (middle, d) }
    }
    Some(Turn { at: between(low.0, high.0), minimum })
}

/// The mean of two values of a parameter, in logs where both are positive.
fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { (low * high).sqrt() } else { 0.5 * (low + high) }
}

/// Whether a parameter may take a value.
fn admissible(place: &Place, wrt: Sym, value: f64) -> bool {
    let settings = std::iter::once((wrt, value)).collect();
    let values = place.economy.parameter_values(&settings);
    !place.economy.check_values(&values, &[wrt]).has_errors()
}
