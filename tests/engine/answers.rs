//! The algebra engine through its worker process: what it answers.
#![cfg(feature = "symbolic")]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tasktrade::algebra::*;

fn engine() -> Engine {
    Engine::new(Config { worker: Some(PathBuf::from(crate::start::BINARY)), ..Config::default() })
}

fn ask(tasks: Vec<Task>) -> Vec<Reply> {
    engine().run(&tasks, Duration::from_secs(60), &AtomicBool::new(false)).expect("a reply")
}

fn ask_one(task: Task) -> Reply {
    ask(vec![task]).pop().expect("one reply")
}

fn s(index: u32) -> Formula {
    Formula::atom(index)
}

fn n(value: i64) -> Formula {
    Formula::int(value)
}

fn text(value: &Factored) -> String {
    value.to_text(&|index| format!("s{index}"))
}

fn factor(formula: Formula) -> String {
    text(&ask_one(Task::Factor { formula }).factored().expect("a quotient"))
}

#[test]
fn quotients_come_out_factored_and_in_canonical_order() {
    let difference = |a, b| s(a).power(2).minus(s(b).power(2));
    let reply = ask(vec![
        Task::Factor { formula: difference(0, 1).over(s(1).minus(s(0)).times(s(2))) },
        Task::Factor { formula: n(6).times(s(0)).minus(n(6)).over(n(4).times(s(0).power(-3))) },
        Task::Together { formula: n(1).over(s(0)).plus(n(1).over(s(1))) },
        Task::Factor { formula: s(0).minus(s(0)).over(s(1)) },
        Task::Factor { formula: n(1).over(s(0).minus(s(0))) },
    ]);
    let texts: Vec<_> = reply.into_iter().map(|reply| reply.factored().map(|value| text(&value))).collect();
    assert_eq!(texts[0].as_deref(), Ok("-(s0 + s1)/s2"));
    assert_eq!(texts[1].as_deref(), Ok("-3*s0^3*(1 - s0)/2"));
    assert_eq!(texts[2].as_deref(), Ok("(s0 + s1)/(s0*s1)"));
    assert_eq!(texts[3].as_deref(), Ok("0"));
    assert_eq!(texts[4], Err(Failure::DivisionByZero));
}

#[test]
fn adding_up_shortens() {
    // |λ| = λ_Lx − λ_Hx with λ_Ly = 1 − λ_Lx: s0 s3 − s1 s2 where s2 = 1 − s0, s3 = 1 − s1.
    let formula = s(0).times(s(3)).minus(s(1).times(s(2)));
    let replacements = vec![(2, n(1).minus(s(0))), (3, n(1).minus(s(1)))];
    let value = ask_one(Task::Substitute { formula, replacements }).factored().expect("a quotient");
    assert_eq!(text(&value), "s0 - s1");
    // All at once: a swap is a swap.
    let swapped = Task::Substitute { formula: s(0).over(s(1)), replacements: vec![(0, s(1)), (1, s(0))] };
    assert_eq!(text(&ask_one(swapped).factored().expect("a quotient")), "s1/s0");
}

#[test]
fn stolper_samuelson_solved_from_zero_profit() {
    // θ_Lx ŵ + θ_Hx ŝ = p̂, θ_Ly ŵ + θ_Hy ŝ = 0 with θ_Hj = 1 − θ_Lj.
    let (x, y) = (s(0), s(1));
    let row = |share: &Formula| vec![share.clone(), n(1).minus(share.clone())];
    let system = LinearSystem::dense(vec![row(&x), row(&y)], vec![vec![n(1), n(0)], vec![n(0), n(1)]]);
    let solution = ask_one(Task::Solve { system, wanted: vec![1, 0] }).solution().expect("a solution");
    assert_eq!(solution.len(), 2);
    assert_eq!(text(&solution[0][1]), "(1 - s1)/(s0 - s1)");
    assert_eq!(text(&solution[0][0]), "-s1/(s0 - s1)");
    assert_eq!(text(&solution[1][1]), "-(1 - s0)/(s0 - s1)");
}

#[test]
fn singular_and_malformed_systems_are_told_apart() {
    let singular = LinearSystem::dense(vec![vec![s(0), s(1)], vec![s(0), s(1)]], vec![vec![n(1), n(2)]]);
    let short = LinearSystem::dense(vec![vec![s(0)]], vec![vec![n(1), n(2)]]);
    let empty_row = LinearSystem { rows: vec![vec![(0, s(0))], vec![]], sides: vec![vec![n(1), n(0)]] };
    let replies = ask(vec![
        Task::Solve { system: singular.clone(), wanted: vec![0] },
        Task::Solve { system: singular, wanted: vec![0, 1] },
        Task::Solve { system: short, wanted: vec![0] },
        Task::Solve { system: empty_row, wanted: vec![0] },
    ]);
    assert_eq!(replies[0], Reply::Failed(Failure::Singular));
    assert_eq!(replies[1], Reply::Failed(Failure::Singular));
    assert!(matches!(replies[2], Reply::Failed(Failure::Malformed(_))));
    assert_eq!(replies[3], Reply::Failed(Failure::Singular));
}

/// Two small economies in three factors and two goods in log changes, tied by a good's price: 12 equations, 14 shares.
fn twelve_equations() -> (LinearSystem, u32) {
    let mut next = 0;
    let mut share = || {
        next += 1;
        s(next - 1)
    };
    let mut rows = vec![Vec::new(); 12];
    let mut side = vec![n(0); 12];
    for country in 0..2usize {
        let at = 6 * country;
        let theta: Vec<Vec<Formula>> = (0..2).map(|_| (0..2).map(|_| share()).collect()).collect();
        let lambda: Vec<Formula> = (0..3).map(|_| share()).collect();
        for (good, theta) in theta.iter().enumerate() {
            let last = n(1).minus(theta[0].clone()).minus(theta[1].clone());
            let price = n(if good == 0 { -1 } else { 1 });
            rows[at + good] = vec![(at, theta[0].clone()), (at + 1, theta[1].clone()), (at + 2, last), (at + 5, price)];
        }
        for (factor, lambda) in lambda.iter().enumerate() {
            let other = n(1).minus(lambda.clone());
            let mut row = vec![(at + 3, lambda.clone()), (at + 4, other.clone()), (at + factor, n(-1))];
            for (price, weight) in theta[factor % 2].iter().enumerate() {
                row.push((at + price, weight.clone().times(other.clone())));
            }
            rows[at + 2 + factor] = row;
        }
        rows[at + 5] = vec![(at + 3, n(1)), (at + 4, n(-1)), (at + 5, n(1)), (6 - at + 5, n(1))];
        side[at + 2] = n(1);
    }
    (LinearSystem { rows, sides: vec![side] }, next)
}

#[test]
fn twelve_equations_in_fourteen_shares_are_solved_at_once() {
    let (system, atoms) = twelve_equations();
    assert_eq!(atoms, 14);
    let values: Vec<f64> = (0..14).map(|index| 0.11 + 0.013 * f64::from(index * index % 17)).collect();
    let exact = gauss(&system, &values);
    let all = ask_one(Task::Solve { system: system.clone(), wanted: (0..12).collect() }).solution().expect("a solution");
    for (found, exact) in all[0].iter().zip(exact) {
        assert!((found.eval(&values) / exact - 1.0).abs() < 1e-9, "{} against {exact}", found.eval(&values));
    }
    // One unknown alone is the same formula.
    assert_eq!(ask_one(Task::Solve { system, wanted: vec![0] }).solution().expect("a solution")[0][0], all[0][0]);
}

/// Plain elimination in floating point, which shares no code with the engine.
fn gauss(system: &LinearSystem, values: &[f64]) -> Vec<f64> {
    let count = system.rows.len();
    let mut matrix = vec![vec![0.0; count + 1]; count];
    for (row, list) in system.rows.iter().enumerate() {
        for (column, formula) in list {
            matrix[row][*column] += formula.eval(values);
        }
        matrix[row][count] = system.sides[0][row].eval(values);
    }
    for step in 0..count {
        let best = (step..count).max_by(|a, b| matrix[*a][step].abs().total_cmp(&matrix[*b][step].abs())).expect("rows");
        matrix.swap(step, best);
        let pivot = matrix[step].clone();
        for row in (0..count).filter(|row| *row != step) {
            let ratio = matrix[row][step] / pivot[step];
            for (entry, above) in matrix[row].iter_mut().zip(&pivot).skip(step) {
                *entry -= ratio * above;
            }
        }
    }
    (0..count).map(|row| matrix[row][count] / matrix[row][row]).collect()
}

#[test]
fn a_chain_of_forty_equations_is_cheap() {
    // x_i = s_i x_{i−1}, with feedback at every third: a band of forty equations in thirty atoms.
    let rows = (0..40usize).map(|row| {
        let mut list = vec![(row, n(1))];
        if row > 0 {
            list.push((row - 1, s((row % 30) as u32).negated()));
        }
        if row + 1 < 40 && row % 3 == 0 {
            list.push((row + 1, s(((row + 7) % 30) as u32).negated()));
        }
        list
    });
    let mut side = vec![n(0); 40];
    side[0] = n(1);
    let system = LinearSystem { rows: rows.collect(), sides: vec![side] };
    let solution = ask_one(Task::Solve { system: system.clone(), wanted: vec![39, 7] }).solution().expect("a solution");
    let values: Vec<f64> = (0..30).map(|index| 0.3 + 0.01 * f64::from(index)).collect();
    let exact = gauss(&system, &values);
    assert!((solution[0][0].eval(&values) / exact[39] - 1.0).abs() < 1e-9);
    assert!((solution[0][1].eval(&values) / exact[7] - 1.0).abs() < 1e-9);
}

#[test]
fn equality_under_relations() {
    // s0 s1 = s0 s2 says s1 = s2 only where s0 is not zero.
    let equal = s(0).times(s(1)).minus(s(0).times(s(2)));
    let claim = s(1).minus(s(2));
    let plain = Relations { zero: vec![equal.clone()], nonzero: vec![] };
    let positive = Relations { zero: vec![equal], nonzero: vec![s(0)] };
    let contradiction = Relations { zero: vec![s(0), s(0).minus(n(1))], nonzero: vec![] };
    // Shares of a value-flow table: s0 + s1 = 1 and s2 = s0 s3 make s2/s0 + s1 − 1 equal s3 − s0.
    let flows = Relations { zero: vec![s(0).plus(s(1)).minus(n(1)), s(2).minus(s(0).times(s(3)))], nonzero: vec![s(0)] };
    let sum = s(2).over(s(0)).plus(s(1)).minus(n(1)).minus(s(3)).plus(s(0));
    let replies = ask(vec![
        Task::IsZero { formula: claim.clone(), given: plain },
        Task::IsZero { formula: claim.clone(), given: positive },
        Task::IsZero { formula: claim, given: contradiction },
        Task::IsZero { formula: sum, given: flows.clone() },
        Task::IsZero { formula: s(0).plus(s(1)).power(2).minus(s(0).power(2)).minus(s(1).power(2)), given: Relations::default() },
        Task::Reduce { formula: s(0).plus(s(1)).times(s(3)).over(s(1).plus(s(0)).plus(n(1))), given: flows },
    ]);
    let truths: Vec<_> = replies.iter().take(5).map(|reply| reply.clone().truth()).collect();
    assert_eq!(truths, [Ok(false), Ok(true), Err(Failure::Contradiction), Ok(true), Ok(false)]);
    assert_eq!(text(&replies[5].clone().factored().expect("a quotient")), "s3/2");
}

#[test]
fn collecting_derivatives_fractions_divisors_resultants() {
    let poly = s(0).times(s(1)).plus(s(0).times(s(2))).plus(s(0).power(2).times(s(1).power(2).minus(n(1)))).plus(s(3));
    let replies = ask(vec![
        Task::Collect { formula: poly.over(s(4).times(n(2))), atoms: vec![0] },
        Task::Derivative { formula: n(1).over(n(1).minus(s(0))), atom: 0 },
        Task::Derivative { formula: s(1), atom: 0 },
        Task::Apart { formula: n(1).over(s(0).times(s(0).plus(n(1)))), atom: 0 },
        Task::Gcd { first: s(0).power(2).minus(n(1)), second: s(0).times(s(1)).plus(s(1)) },
        Task::Resultant { first: s(0).power(2).minus(s(1)), second: s(0).minus(s(2)), atom: 0 },
        Task::Gcd { first: n(1).over(s(0)), second: s(0) },
    ]);
    let collected = replies[0].clone().collected().expect("terms");
    let terms: Vec<_> = collected.terms.iter().map(|(monomial, part)| (monomial.degree(), text(part))).collect();
    assert_eq!(terms, [(2, "-(1 - s1)*(s1 + 1)".to_string()), (1, "s1 + s2".to_string()), (0, "s3".to_string())]);
    assert_eq!(text(&collected.denominator), "2*s4");
    assert_eq!(text(&replies[1].clone().factored().expect("a quotient")), "1/(1 - s0)^2");
    assert!(replies[2].clone().factored().expect("a quotient").is_zero());
    let parts: Vec<_> = replies[3].clone().parts().expect("parts").iter().map(text).collect();
    assert_eq!(parts.len(), 2);
    assert!(parts.contains(&"1/s0".to_string()) && parts.contains(&"-1/(s0 + 1)".to_string()), "{parts:?}");
    assert_eq!(text(&replies[4].clone().factored().expect("a divisor")), "s0 + 1");
    let resultant = text(&replies[5].clone().factored().expect("a resultant"));
    assert!(resultant == "s1 - s2^2" || resultant == "-(s1 - s2^2)", "{resultant}");
    assert!(matches!(replies[6], Reply::Failed(Failure::Malformed(_))));
}

#[test]
fn numbers_of_any_length_and_degrees_out_of_bounds() {
    let digits = "9".repeat(60);
    let long = Formula::Number(Rational::parse(&digits).expect("a number"));
    assert_eq!(factor(long.clone().times(s(0)).over(n(2))), format!("{digits}*s0/2"));
    assert_eq!(factor(long.clone().over(long)), "1");
    assert_eq!(ask_one(Task::Factor { formula: s(0).power(i32::MAX) }), Reply::Failed(Failure::TooLarge));
    assert_eq!(ask_one(Task::Factor { formula: s(0).power(i32::MIN) }), Reply::Failed(Failure::TooLarge));
}

#[test]
fn edges_of_linear_systems() {
    let one = || LinearSystem { rows: vec![vec![(0, s(0)), (0, s(1))]], sides: vec![vec![n(1)]] };
    let no_sides = LinearSystem { rows: vec![vec![(0, s(0))]], sides: vec![] };
    let empty = LinearSystem { rows: vec![], sides: vec![vec![]] };
    let zero_row = LinearSystem::dense(vec![vec![s(0).minus(s(0))]], vec![vec![n(1)]]);
    let replies = ask(vec![
        Task::Solve { system: one(), wanted: vec![0, 0] },
        Task::Solve { system: one(), wanted: vec![] },
        Task::Solve { system: one(), wanted: vec![7] },
        Task::Solve { system: no_sides, wanted: vec![0] },
        Task::Solve { system: empty, wanted: vec![] },
        Task::Solve { system: zero_row, wanted: vec![0] },
    ]);
    let twice = replies[0].clone().solution().expect("a solution");
    assert_eq!(twice[0].iter().map(text).collect::<Vec<_>>(), ["1/(s0 + s1)", "1/(s0 + s1)"]);
    assert_eq!(replies[1], Reply::Solution(vec![vec![]]));
    assert!(matches!(replies[2], Reply::Failed(Failure::Malformed(_))));
    assert_eq!(replies[3], Reply::Solution(vec![]));
    assert_eq!(replies[4], Reply::Solution(vec![vec![]]));
    assert_eq!(replies[5], Reply::Failed(Failure::Singular));
}

/// A fixed sequence of whole numbers below `bound`.
fn draws(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    }
}

#[test]
fn random_systems_agree_with_elimination_in_numbers() {
    let mut draw = draws(7);
    let mut systems = Vec::new();
    for _ in 0..20 {
        let count = 2 + draw(4) as usize;
        let mut entry = |row: usize, column: usize| match draw(10) {
            _ if row == column => n(3).plus(s(draw(8) as u32)),
            0 => s(draw(8) as u32),
            1 => n(1).minus(s(draw(8) as u32)),
            2 => s(draw(8) as u32).times(s(draw(8) as u32)).over(n(1).plus(s(draw(8) as u32))),
            _ => n(0),
        };
        let matrix = (0..count).map(|row| (0..count).map(|column| entry(row, column)).collect()).collect();
        let sides = (0..2).map(|side| (0..count).map(|row| if row % 2 == side { n(1) } else { s(3) }).collect()).collect();
        systems.push(LinearSystem::dense(matrix, sides));
    }
    let all = |system: &LinearSystem| (0..system.rows.len()).collect::<Vec<_>>();
    let replies = ask(systems.iter().map(|system| Task::Solve { system: system.clone(), wanted: all(system) }).collect());
    let values: Vec<f64> = (0..8).map(|index| 0.17 + 0.09 * f64::from(index)).collect();
    for (system, reply) in systems.iter().zip(replies) {
        let solution = reply.solution().expect("a solution");
        for (side, found) in solution.iter().enumerate() {
            let single = LinearSystem { rows: system.rows.clone(), sides: vec![system.sides[side].clone()] };
            for (value, exact) in found.iter().zip(gauss(&single, &values)) {
                assert!((value.eval(&values) - exact).abs() < 1e-9 * exact.abs().max(1.0), "{} against {exact}", text(value));
            }
        }
    }
}

#[test]
fn nesting_as_deep_as_the_wire_allows() {
    let deep = (0..1800).fold(s(0), |inner, _| n(1).over(n(1).plus(inner)));
    let values = [0.5];
    let exact = (0..1800).fold(0.5, |inner: f64, _| 1.0 / (1.0 + inner));
    let value = ask_one(Task::Factor { formula: deep }).factored().expect("a quotient");
    assert!((value.eval(&values) - exact).abs() < 1e-12 || !value.eval(&values).is_finite());
    let square = (0..3000).fold(s(0), |inner, _| Formula::Power(Box::new(inner), 1));
    assert_eq!(factor(square), "s0");
}

#[test]
fn answers_do_not_depend_on_the_run() {
    let (system, _) = twelve_equations();
    let task = Task::Solve { system, wanted: vec![0, 5] };
    let first = ask_one(task.clone());
    assert_eq!(first, ask_one(task));
}

/// The large economy in log changes, all shares written in the world's: cost shares of labour in x and y (0, 1), x's share of world output
/// (2), home's share of x and of y (3, 4), the offshored share of the labour bill (5), and η, σ_x, σ_y, ε (6 to 9).
///
/// Unknowns: p̂, ω̂, ŝ, ω̂*, ŝ*, dI/(1−I), x̂, ŷ, x̂*, ŷ*; the shock is β̂ = 1.
fn large_economy() -> (LinearSystem, Formula, Formula) {
    let one = || n(1);
    let [lx, ly, mu, home_x, home_y, tau, eta, sx, sy, eps] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(s);
    let rest = |share: &Formula| one().minus(share.clone());
    let flow = |world: Formula, home: &Formula, cost: &Formula| Formula::product([world, home.clone(), cost.clone()]);
    let worlds = || [mu.clone(), rest(&mu)];
    let homes = [home_x.clone(), home_y.clone()];
    let abroad = [rest(&home_x), rest(&home_y)];
    let (labour, skill) = ([lx.clone(), ly.clone()], [rest(&lx), rest(&ly)]);
    let bill = |places: &[Formula; 2], costs: &[Formula; 2]| -> [Formula; 2] {
        let [x, y] = worlds();
        [flow(x, &places[0], &costs[0]), flow(y, &places[1], &costs[1])]
    };
    let employment = |places: &[Formula; 2], costs: &[Formula; 2]| {
        let flows = bill(places, costs);
        let total = Formula::sum(flows.clone());
        flows.map(|part| part.over(total.clone()))
    };
    let elasticity = [sx.clone(), sy.clone()];
    // Demand for a factor: its employment shares times output and the substitution towards it (in labour's price less skill's).
    let market = |places: &[Formula; 2], costs: &[Formula; 2], others: &[Formula; 2], sign: i64, prices: (usize, usize), outputs: (usize, usize)| {
        let shares = employment(places, costs);
        let towards =
            Formula::sum((0..2).map(|good| Formula::product([n(sign), shares[good].clone(), elasticity[good].clone(), others[good].clone()])));
        let [x, y] = shares;
        vec![(prices.0, towards.clone()), (prices.1, towards.negated()), (outputs.0, x), (outputs.1, y)]
    };
    let (home_bill, foreign_bill) = (Formula::sum(bill(&homes, &labour)), Formula::sum(bill(&abroad, &labour)));
    let offshored = tau.clone().times(home_bill.clone());
    let tasks = offshored.clone().over(offshored.plus(foreign_bill.clone()));
    let mut foreign_labour: Vec<(usize, Formula)> =
        market(&abroad, &labour, &skill, -1, (3, 4), (8, 9)).into_iter().map(|(unknown, part)| (unknown, part.times(rest(&tasks)))).collect();
    foreign_labour.push((5, tasks.clone().over(tau.clone())));
    let mut home_labour = market(&homes, &labour, &skill, -1, (1, 2), (6, 7));
    home_labour.push((5, n(-1)));
    let rows = vec![
        vec![(1, lx.clone()), (2, rest(&lx)), (0, n(-1))],
        vec![(1, ly.clone()), (2, rest(&ly))],
        vec![(3, lx.clone()), (4, rest(&lx)), (0, n(-1))],
        vec![(3, ly.clone()), (4, rest(&ly))],
        // ω̂ − Ω̂ = β̂ + η dI/(1−I) + ŵ*, with Ω̂ = −γ η dI/(1−I).
        vec![(1, one()), (3, n(-1)), (5, eta.clone().times(tau.clone()).minus(eta.clone()))],
        home_labour,
        market(&homes, &skill, &labour, 1, (1, 2), (6, 7)),
        foreign_labour,
        market(&abroad, &skill, &labour, 1, (3, 4), (8, 9)),
        vec![(6, home_x.clone()), (8, rest(&home_x)), (7, home_y.clone().negated()), (9, rest(&home_y).negated()), (0, eps.clone())],
    ];
    let mut side = vec![n(0); 10];
    side[4] = one();
    side[7] = tasks.negated();
    // p̂ = −(|θ| λ_L/Σ) Ω̂ with Ω̂ = γ/(1−γ) and λ_L φ_L = (1−γ) times home's bill.
    let gap = ly.clone().minus(lx.clone());
    let phi = mu.clone().times(lx.clone()).plus(rest(&mu).times(ly.clone()));
    let sigma = Formula::sum([
        Formula::product([mu.clone(), rest(&mu), gap.clone().power(2), eps]),
        Formula::product([mu.clone(), lx.clone(), rest(&lx), sx]),
        Formula::product([rest(&mu), ly.clone(), rest(&ly), sy]),
    ]);
    let price = Formula::product([n(-1), gap, home_bill, rest(&phi), tau.clone()]).over(sigma);
    let margin = n(-1).over(eta.times(rest(&tau)));
    (LinearSystem { rows, sides: vec![side] }, price, margin)
}

#[test]
fn the_large_economy_comes_out_as_theorists_write_it() {
    let (system, price, margin) = large_economy();
    let solution = ask_one(Task::Solve { system, wanted: vec![0, 5] }).solution().expect("a solution");
    let [found_price, found_margin] = solution[0].as_slice() else { panic!("two unknowns") };
    let given = Relations::default();
    let zero = |found: &Factored, known: Formula| Task::IsZero { formula: found.to_formula().minus(known), given: given.clone() };
    let replies = ask(vec![zero(found_price, price), zero(found_margin, margin)]);
    assert_eq!(replies, [Reply::Truth(true), Reply::Truth(true)]);
    assert_eq!(text(found_margin), "-1/(s6*(1 - s5))");
    assert_eq!(found_price.denominator.len(), 1);
    assert!(found_price.size() <= 24, "{}", text(found_price));
}
