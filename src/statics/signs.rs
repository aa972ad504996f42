//! Signs of responses: proved from what shares and elasticities are, or the exact condition; never from numbers.

use super::ask::Ask;
use super::atoms::{Atoms, Measures, Range};
use super::derive::{Derived, Place, derive};
use super::hat::Measure;
use super::shorten::Layout;
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
    /// Whether the response is positive here, by its value.
    pub positive_here: Option<bool>,
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
    let derived = derive(place, target, wrt, given, ask)?;
    let mut atoms = derived.atoms.clone();
    let (known, facts) = assumptions(place, &mut atoms, &derived, ask)?;
    // The parts of a formula in stages have no sign of their own that is known.
    let value = derived.shown.factored.clone();
    let judgement = judged(&value, &derived, &known, &atoms, ask)?;
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
    let values = named_values(&derived, &atoms);
    let numeric = derived.value.is_some();
    let inequalities = conditions.drain(..).map(|p| inequality(&p, &layout, &derived, &atoms, &values, numeric)).collect();
    let proofs = judgement.steps.iter().filter(|s| s.verdict != Verdict::Unknown).map(|s| proof(s, &known, &facts, &layout, &atoms)).collect();
    let positive_here = derived.value.filter(|v| *v != 0.0).map(|v| v > 0.0);
    let turns = match (answer, place.solved) {
        (Answer::Depends, Some(_)) if given.is_empty() => turns(place, target.1, wrt, derived.measure, interrupt),
        _ => Vec::new(),
    };
    Ok(Signed { derived, answer, conditions: inequalities, positive, begins, positive_here, proofs, turns, atoms })
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

fn named_values(derived: &Derived, atoms: &Atoms) -> Vec<f64> {
    let mut values = atoms.values();
    for (at, formula) in &derived.shown.named {
        let v = formula.eval(&values);
        if let Some(slot) = values.get_mut(*at as usize) {
            *slot = v;
        }
    }
    values
}

/// What is known of the atoms: ranges, groups of shares, parameters' intervals, and the model's own `assume` (`true` in the list of facts).
fn assumptions(place: &Place, atoms: &mut Atoms, derived: &Derived, ask: &Ask) -> Result<(Assumptions, Vec<(bool, String)>), Diagnostic> {
    let mut known = Assumptions::new();
    let mut grouped: Vec<u32> = Vec::new();
    let whole = |known: &mut Assumptions, group: &[u32], grouped: &mut Vec<u32>| {
        if group.len() > 1 && !group.iter().any(|a| grouped.contains(a)) && group.iter().all(|a| atoms.range(*a) == Range::Share) {
            known.shares(group.iter().copied(), true);
            grouped.extend(group);
        }
    };
    for group in &atoms.groups {
        whole(&mut known, group, &mut grouped);
    }
    let made: Vec<u32> = atoms.iter().filter(|(_, a)| matches!(a.measures, Measures::Made(_))).map(|x| x.0).collect();
    whole(&mut known, &made, &mut grouped);
    let factors: Vec<u32> = derived.flows.named.iter().filter(|n| n.gap.is_none()).map(|n| n.atom).collect();
    if factors.len() > 1 {
        known.shares(factors.iter().copied(), false);
        grouped.extend(factors);
    }
    for (at, atom) in atoms.iter() {
        match atom.range {
            Range::Share if !grouped.contains(&at) => {
                known.share(at);
            }
            Range::Positive => {
                known.positive(at);
            }
            _ => {}
        }
    }
    let mut facts = Vec::new();
    // What a parameter's own interval says: σ in (1, ∞) is above 1.
    for check in &place.economy.checks {
        let (Some(sym), crate::model::Demand::Within(interval)) = (check.sym, &check.what) else { continue };
        let Some(at) = atoms.find(&place.economy.info(sym).name) else { continue };
        let bound = |n: Option<NodeId>, open: bool| n.filter(|_| open).and_then(|n| place.economy.dag.as_const(n)).and_then(Rational::from_f64);
        let name = words(&Formula::atom(at), atoms);
        // A parameter within (0, 1) is as good as a share.
        let (zero, one) = (bound(interval.low, interval.low_open), bound(interval.high, interval.high_open));
        if zero.is_some_and(|n| !n.is_negative()) && one.is_some_and(|n| n.is_one()) && !grouped.contains(&at) {
            known.share(at);
        }
        if let Some(low) = bound(interval.low, interval.low_open).filter(Rational::is_positive)
            && let Some(gap) = Poly::atom(at).minus(&Poly::constant(low.clone()))
        {
            known.fact(gap);
            facts.push((false, format!("{name} > {low}")));
        }
        if let Some(high) = bound(interval.high, interval.high_open)
            && let Some(gap) = Poly::constant(high.clone()).minus(&Poly::atom(at))
        {
            known.fact(gap);
            facts.push((false, format!("{name} < {high}")));
        }
    }
    for (larger, smaller, strict) in super::own::orders(place.economy, place.system, atoms) {
        if let (true, Some(gap)) = (strict, Poly::atom(larger).minus(&Poly::atom(smaller))) {
            known.fact(gap);
            let name = |a: u32| words(&Formula::atom(a), atoms);
            facts.push((false, format!("{} > {}", name(larger), name(smaller))));
        }
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
        let mut poly = Poly::constant(factored.constant.clone());
        let mut exact = true;
        for (p, n) in &factored.numerator {
            for _ in 0..*n {
                match poly.times(p) {
                    Some(next) => poly = next,
                    None => exact = false,
                }
            }
        }
        if exact {
            if let [(c, m)] = poly.terms()
                && let ([(at, 1)], true) = (m.powers(), c.is_positive())
            {
                known.positive(*at);
            }
            known.fact(poly);
            facts.push((true, format!("{} > {}", words(&large, atoms), words(&small, atoms))));
        }
    }
    Ok((known, facts))
}

fn words(formula: &Formula, atoms: &Atoms) -> String {
    formula.to_text(&|a| atoms.get(a).map_or_else(String::new, |x| x.display.clone()))
}

/// An assumed expression in the atoms of the formula; `None` where it names something that the formula does not know.
fn level(place: &Place, node: NodeId, atoms: &Atoms) -> Option<Formula> {
    use crate::expr::Node;
    let all = |xs: &[NodeId]| xs.iter().map(|x| level(place, *x, atoms)).collect::<Option<Vec<_>>>();
    match place.system.dag.node(node) {
        Node::Const(r) => Rational::from_f64(r.0).map(Formula::from),
        Node::Sym(s) => atoms.find(&place.system.info(*s).name).map(Formula::atom),
        Node::Sum(xs) => all(xs).map(Formula::sum),
        Node::Prod(xs) => all(xs).map(Formula::product),
        Node::Neg(x) => level(place, *x, atoms).map(Formula::negated),
        Node::Div(a, b) => Some(level(place, *a, atoms)?.over(level(place, *b, atoms)?)),
        _ => None,
    }
}

/// `poly > 0` with its negative terms on the other side.
fn inequality(poly: &Poly, layout: &Layout, derived: &Derived, atoms: &Atoms, values: &[f64], numeric: bool) -> Inequality {
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
    let value = |f: &Formula| numeric.then(|| f.eval(values)).filter(|v| v.is_finite());
    Inequality { left_value: value(&left), right_value: value(&right), left, right }
}

fn proof(step: &Step, known: &Assumptions, facts: &[(bool, String)], layout: &Layout, atoms: &Atoms) -> Proof {
    let name = |a: u32| atoms.get(a).map_or_else(String::new, |x| x.display.clone());
    let mut from: Vec<String> = step
        .grounds
        .iter()
        .map(|g| match g {
            Ground::Positive(a) => match atoms.range(*a) {
                Range::Share => format!("0 < {} < 1", name(*a)),
                _ => format!("{} > 0", name(*a)),
            },
            Ground::AddingUp(n) => {
                let members = known.groups().get(*n).map(|g| (g.members.clone(), g.whole)).unwrap_or_default();
                match members.0.as_slice() {
                    [one] => format!("{} < 1", name(*one)),
                    list => format!("{} {} 1", list.iter().map(|a| name(*a)).collect::<Vec<_>>().join(" + "), if members.1 { "=" } else { "≤" }),
                }
            }
            Ground::Fact(n) => match facts.get(*n) {
                Some((true, words)) => format!("assumed: {words}"),
                Some((false, words)) => words.clone(),
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

/// Where the response changes its sign along the parameter, found by solving; regime by regime.
fn turns(place: &Place, target: NodeId, wrt: Sym, measure: Measure, interrupt: &AtomicBool) -> Vec<Turn> {
    let Some((_, base)) = place.solved else { return Vec::new() };
    let value = base.value(wrt);
    if value <= 0.0 || measure == Measure::Plain {
        return Vec::new();
    }
    let mut system = place.system.clone();
    let mut info = system.info(wrt).clone();
    (info.name, info.role, info.quantity) = ("(target)".to_string(), crate::system::Role::Definition(target), crate::system::Quantity::Named);
    system.syms.push(info);
    let own = Sym(system.syms.len() as u32 - 1);
    let Ok(problem) = crate::solve::Problem::new(&system, &[target]) else { return Vec::new() };
    let mut parameters = place.parameters.to_vec();
    parameters.resize(system.syms.len(), f64::NAN);
    let mut slope = |at: f64, near: Option<&Solution>| -> Option<(f64, Solution)> {
        if !admissible(place, wrt, at) {
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
        Some((d, solution))
    };
    let mut found = Vec::new();
    for side in [-1.0, 1.0] {
        let Some((mut last, mut near)) = slope(value, None) else { return Vec::new() };
        let mut at = value;
        for n in 1..=STEPS {
            let next = value * (side * REACH * n as f64 / STEPS as f64).exp();
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
        let middle = (low.0 * high.0).sqrt();
        if middle <= low.0 || middle >= high.0 || (high.0 / low.0 - 1.0) < 1e-13 {
            break;
        }
        let (d, _) = slope(middle, Some(near))?;
        if (d > 0.0) == (low.1 > 0.0) { low = (middle, d) } else { high = (middle, d) }
    }
    Some(Turn { at: (low.0 * high.0).sqrt(), minimum })
}

/// Whether a parameter may take a value.
fn admissible(place: &Place, wrt: Sym, value: f64) -> bool {
    let settings = std::iter::once((wrt, value)).collect();
    let values = place.economy.parameter_values(&settings);
    !place.economy.check_values(&values, &[wrt]).has_errors()
}
