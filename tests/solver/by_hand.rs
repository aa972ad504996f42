//! The worked cases of the trade-in-tasks model, lowered by hand.

use crate::numeric_support as support;

use std::sync::atomic::AtomicBool;
use support::*;
use tasktrade::solve::{Position, Problem, Solution, Status, declared, derivatives, solve};

fn small(p: [f64; 2], endowment: [f64; 2], abroad: f64, beta: f64, schedule: Schedule, x: (f64, [f64; 2]), y: (f64, [f64; 2])) -> Spec {
    let textbook = |s: f64| s == 1.0;
    Spec {
        factors: 2,
        goods: p.iter().map(|p| Good { price: Some(*p), nontraded: false }).collect(),
        countries: vec![
            Country { endowment: endowment.into(), ..Country::default() },
            Country { outside: Some(vec![abroad, 0.0]), ..Country::default() },
        ],
        industries: [x, y]
            .iter()
            .enumerate()
            .map(|(g, (sigma, d))| Industry {
                good: g,
                country: 0,
                sigma: *sigma,
                inputs: vec![(Input::Factor(0), d[0]), (Input::Factor(1), d[1])],
                textbook: textbook(*sigma),
            })
            .collect(),
        tasks: vec![Tasks { factor: 0, home: 0, abroad: 1, beta, schedule, only: None }],
        ..Spec::default()
    }
}

fn solved(lowered: &Lowered) -> Solution {
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    assert_eq!(solution.status, Status::Solved, "{solution:?}");
    assert!(solution.residual < 1e-12, "residual {}", solution.residual);
    check::equilibrium(lowered, &solution);
    solution
}

fn expect(lowered: &Lowered, solution: &Solution, values: &[(&str, f64)]) {
    for (name, want) in values {
        let got = solution.value(lowered.sym(name));
        assert!((got - want).abs() <= 1e-11 * want.abs().max(1e-3), "{name}: {got} against {want}");
    }
}

const NAMES: [&str; 5] = ["w[0,0]", "w[1,0]", "I[0]", "x[0]", "x[1]"];

fn small_case(spec: Spec, omega: f64, values: [f64; 5]) {
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    let named: Vec<(&str, f64)> = NAMES.into_iter().zip(values).collect();
    expect(&lowered, &solution, &named);
    expect(&lowered, &solution, &[("Omega[0]", omega)]);
}

#[test]
fn small_economies() {
    small_case(
        small([1.2, 1.0], [8.0, 6.5], 0.18, 1.5, Schedule::Power(6.0, 1.5), (0.7, [0.3, 0.7]), (0.5, [0.7, 0.4])),
        0.9167445965766674,
        [0.5206682837239552, 1.6665624791630715, 0.28821920459436706, 8.032524227096662, 6.558422931944493],
    );
    small_case(
        small([1.2, 1.0], [8.0, 6.0], 0.16, 1.5, Schedule::Linear(1.0, 5.0), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35])),
        0.9631172435988103,
        [0.43658577945677113, 0.7859116980497697, 0.1638214828806426, 3.945331044578581, 4.003977459578884],
    );
}

#[test]
fn small_economies_with_other_technologies_and_schedules() {
    small_case(
        small([1.2, 1.0], [8.0, 9.0], 0.2, 1.35, Schedule::Exp(1.2), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35])),
        0.8913874738808075,
        [0.4717177488193745, 0.7859116980497697, 0.4649657149420958, 5.707295784984555, 6.511648065888287],
    );
    small_case(
        small([1.2, 1.0], [6.0, 8.0], 0.27, 1.3, Schedule::Linear(1.0, 1.5), (0.0, [0.4, 1.2]), (0.0, [1.1, 0.5])),
        0.9081023435351936,
        [0.5899272141824663, 0.8214285714285714, 0.4538028759401068, 2.9531048998179297, 8.91254824043697],
    );
    small_case(
        small([1.2, 1.0], [6.0, 8.0], 0.27, 1.2, Schedule::Exp(2.0), (0.0, [0.4, 1.2]), (0.0, [1.1, 0.5])),
        0.9313773876475794,
        [0.5751849817476917, 0.8214285714285714, 0.2869740903277926, 4.100517197069967, 6.158758727032077],
    );
    small_case(
        small(
            [1.2, 1.0],
            [7.0, 8.0],
            0.45,
            1.3,
            Schedule::Points(vec![(0.0, 1.0), (0.25, 1.2), (0.6, 1.9), (1.0, 3.4)]),
            (1.5, [0.25, 0.65]),
            (2.0, [0.6, 0.3]),
        ),
        0.8913969465883274,
        [0.9507468294110155, 1.0272938240374494, 0.46260412770172266, 5.267243486386639, 12.93691280342158],
    );
}

#[allow(clippy::too_many_arguments)]
fn large(
    a: f64,
    beta: f64,
    schedule: Schedule,
    home: [f64; 2],
    foreign: [f64; 2],
    demand: (f64, [f64; 2]),
    x: (f64, [f64; 2]),
    y: (f64, [f64; 2]),
) -> Spec {
    let industries = (0..2)
        .flat_map(|country| {
            [x, y].into_iter().enumerate().map(move |(g, (sigma, d))| Industry {
                good: g,
                country,
                sigma,
                inputs: vec![(Input::Factor(0), d[0]), (Input::Factor(1), d[1])],
                textbook: sigma == 1.0,
            })
        })
        .collect();
    Spec {
        factors: 2,
        goods: vec![Good::default(); 2],
        countries: vec![
            Country { endowment: home.into(), ..Country::default() },
            Country { endowment: foreign.into(), productivity: 1.0 / a, ..Country::default() },
        ],
        industries,
        tasks: vec![Tasks { factor: 0, home: 0, abroad: 1, beta, schedule, only: None }],
        demand: Some((demand.0, demand.1.into())),
        numeraire: Some(1),
    }
}

#[test]
fn large_ho_cd_cd() {
    let spec = large(2.1, 1.5, Schedule::Linear(1.0, 5.0), [10.0, 11.0], [60.0, 25.0], (1.0, [0.5, 0.5]), (1.0, [0.25, 0.75]), (1.0, [0.6, 0.4]));
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    assert!(solution.walras.unwrap().abs() < 1e-13);
    expect(
        &lowered,
        &solution,
        &[
            ("p[0]", 1.1956114879102904),
            ("w[0,0]", 0.3710901329537609),
            ("w[1,0]", 0.8377713730257765),
            ("w[0,1]", 0.1745373076281956),
            ("w[1,1]", 0.39893874905989357),
            ("I[0]", 0.083484861008832),
            ("x[0]", 9.39060473383707),
            ("x[1]", 1.9871223240831826),
            ("x[2]", 4.565472952961725),
            ("x[3]", 14.698924484421932),
        ],
    );
}

#[test]
fn large_ho_wfall_leontief() {
    let spec =
        large(2.0, 1.39, Schedule::Linear(1.0, 3.5), [30.0, 41.0], [64.0, 42.0], (0.37, [0.54, 0.46]), (0.0, [0.34, 0.69]), (0.0, [0.84, 0.35]));
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    assert!(solution.walras.unwrap().abs() < 1e-13);
    expect(
        &lowered,
        &solution,
        &[
            ("p[0]", 0.6707575120259166),
            ("w[0,0]", 1.010071904673061),
            ("w[1,0]", 0.48509837191005195),
            ("w[0,1]", 0.4941759344235011),
            ("w[1,1]", 0.24254918595502598),
            ("I[0]", 0.1344197390893731),
            ("x[0]", 48.43553873609892),
            ("x[1]", 21.655652205976423),
            ("x[2]", 17.020935078455032),
            ("x[3]", 26.444442273902933),
        ],
    );
}

fn one_good(sigma: f64, d: [f64; 2], beta: f64, schedule: Schedule, endowment: [f64; 2], abroad: f64) -> Spec {
    let mut spec = small([1.0, 1.0], endowment, abroad, beta, schedule, (sigma, d), (sigma, d));
    spec.goods.truncate(1);
    spec.industries.truncate(1);
    spec
}

#[test]
fn one_good_economy() {
    let lowered = lower(&one_good(0.5, [0.6, 0.4], 1.2, Schedule::Power(3.0, 1.2), [9.0, 9.0], 0.25));
    let solution = solved(&lowered);
    expect(
        &lowered,
        &solution,
        &[("w[0,0]", 0.7852866635947207), ("w[1,0]", 1.7217970708172052), ("I[0]", 0.5976724066943344), ("x[0]", 29.523884688523125)],
    );
}

fn derivative(lowered: &Lowered, solution: &Solution, of: &str, wrt: &str, left: bool) -> f64 {
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let p = lowered.sym(wrt);
    derivatives(&problem, solution, &[p]).get(lowered.sym(of), 0, left) * solution.value(p)
}

#[test]
fn derivatives_of_a_small_economy() {
    let spec = small([1.2, 1.0], [8.0, 6.0], 0.16, 1.5, Schedule::Linear(1.0, 5.0), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35]));
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    let expected = [
        ("beta[0]", [-0.06627728614004938, 0.0, -0.4190525546640171, 1.6800722809803819, -4.032173474352916]),
        ("p[0]", [-0.5028630655968205, 1.4595502963781437, -0.4190525546640171, 14.640128711510984, -19.58424119098964]),
        ("L[0,0]", [0.0, 0.0, 0.0, -3.3524204373121367, 8.045809049549128]),
    ];
    for (wrt, row) in expected {
        for (of, want) in NAMES.iter().zip(row) {
            let got = derivative(&lowered, &solution, of, wrt, true);
            assert!((got - want).abs() < 1e-9 * want.abs().max(1.0), "d {of} / d ln {wrt}: {got} against {want}");
        }
    }
    let omega = derivative(&lowered, &solution, "Omega[0]", "beta[0]", false);
    assert!((omega - 0.14620906164153807).abs() < 1e-10);
}

fn corner_map(beta: f64) -> Lowered {
    lower(&small([1.2, 1.0], [8.0, 6.0], 0.16, beta, Schedule::Linear(1.0, 1.5), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35])))
}

const EXIT: f64 = 1.6030985716446875;

#[test]
fn regimes_of_a_small_economy() {
    let rows: [(f64, [f64; 5]); 4] = [
        (3.5, [0.4204832925048435, 0.7859116980497697, 0.0, 4.4945295318584275, 2.685901090107252]),
        (2.7, [0.4204832925048435, 0.7859116980497697, 0.0, 4.4945295318584275, 2.685901090107252]),
        (2.4, [0.4217182456794395, 0.7859116980497697, 0.06548306541569353, 4.298103378906662, 3.1573238571914906]),
        (2.0, [0.43402726987472107, 0.7859116980497697, 0.23755681223900227, 3.621120888253605, 4.782081834758]),
    ];
    for (beta, values) in rows {
        let lowered = corner_map(beta);
        let solution = solved(&lowered);
        let named: Vec<(&str, f64)> = NAMES.into_iter().zip(values).collect();
        expect(&lowered, &solution, &named);
    }
    for beta in [1.5, 1.0, 0.3, 0.05] {
        let lowered = corner_map(beta);
        let solution = solved(&lowered);
        assert_eq!(solution.position(lowered.sym("x[0]")), Some(Position::Lower));
        assert!(solution.value(lowered.sym("I[0]")) < 1.0);
    }
}

#[test]
fn elasticities_on_both_sides_of_a_border() {
    let lowered = corner_map(EXIT);
    let solution = solved(&lowered);
    assert_eq!(solution.borders, vec![lowered.sym("x[0]")]);
    let w = solution.value(lowered.sym("w[0,0]"));
    for (of, left, want, scale) in [
        ("w[0,0]", false, -1.218380972160748, w),
        ("w[0,0]", true, 0.38248605380904244, w),
        ("I[0]", false, -2.8451741875749263, 1.0),
        ("I[0]", true, -0.791989636684791, 1.0),
    ] {
        let got = derivative(&lowered, &solution, of, "beta[0]", left) / scale;
        assert!((got - want).abs() < 1e-7, "{of} left {left}: {got} against {want}");
    }
}

#[test]
fn a_kink_of_the_schedule_is_one_sided() {
    let points = vec![(0.0, 1.0), (0.25, 1.2), (0.6, 1.9), (1.0, 3.4)];
    let spec = small([1.2, 1.0], [8.0, 8.0], 0.2, 1.7892906064035894, Schedule::Points(points), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35]));
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    assert_eq!(solution.position(lowered.sym("I[0]")), Some(Position::Kink));
    let w = solution.value(lowered.sym("w[0,0]"));
    assert!((w - 0.4294297455368615).abs() < 1e-12);
    for (of, left, want) in [
        ("I[0]", false, -1.9583333333333333),
        ("I[0]", true, -0.7833333333333333),
        ("w[0,0]", true, -0.3055555555555556 * w),
        ("w[0,0]", false, -0.3055555555555556 * w),
    ] {
        let got = derivative(&lowered, &solution, of, "beta[0]", left);
        assert!((got - want).abs() < 1e-8, "{of} left {left}: {got} against {want}");
    }
}

fn along(lowered: &Lowered, parameter: &str, to: f64) -> tasktrade::solve::Walk {
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let start = solved(lowered);
    let params = declared(&lowered.system);
    let sym = lowered.sym(parameter);
    let from = params[sym.index()];
    let path = |s: f64| {
        let mut p = params.clone();
        p[sym.index()] = from * ((to / from).ln() * s).exp();
        p
    };
    tasktrade::solve::trace(&problem, &start, &path, &AtomicBool::new(false))
}

#[test]
fn a_path_through_a_switch() {
    let spec = small([1.2, 1.0], [8.0, 4.0], 0.14, 1.6, Schedule::Linear(1.0, 5.0), (1.0, [0.3, 0.7]), (1.0, [0.65, 0.35]));
    let lowered = lower(&spec);
    let walk = along(&lowered, "beta[0]", 1.02);
    assert_eq!(walk.segments.len(), 2, "{walk:?}");
    let exit = 1.6 * ((1.02f64 / 1.6).ln() * walk.segments[0].to).exp();
    assert!((exit - 1.1248733385911016).abs() < 1e-11, "{exit}");
    assert_eq!(walk.segments[0].switches[0].sym, lowered.sym("x[0]"));
    let end = walk.end.unwrap();
    expect(&lowered, &end, &[("w[0,0]", 0.4881659706661703), ("s", 0.0)][..1]);
    expect(&lowered, &end, &[("I[0]", 0.48370584126914606), ("x[1]", 9.645978753780158)]);
}

#[test]
fn a_path_through_several_regimes() {
    let lowered = corner_map(3.5);
    let walk = along(&lowered, "beta[0]", 1.2);
    let places: Vec<f64> = walk.segments.iter().map(|s| 3.5 * ((1.2f64 / 3.5).ln() * s.to).exp()).collect();
    assert_eq!(places.len(), 3, "{places:?}");
    assert!((places[0] - 2.628020578155272).abs() < 1e-11 && (places[1] - EXIT).abs() < 1e-11, "{places:?}");
    let back = corner_map(1.2);
    let walk = along(&back, "beta[0]", 3.5);
    let places: Vec<f64> = walk.segments.iter().map(|s| 1.2 * ((3.5f64 / 1.2).ln() * s.to).exp()).collect();
    assert!((places[1] - 2.628020578155272).abs() < 1e-11 && (places[0] - EXIT).abs() < 1e-11, "{places:?}");
}

#[test]
fn the_interval_of_a_regime() {
    let lowered = corner_map(2.0);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solved(&lowered);
    let interval = tasktrade::solve::holds(&problem, &solution, lowered.sym("beta[0]"), &AtomicBool::new(false));
    let (low, high) = (interval.low.unwrap(), interval.high.unwrap());
    assert!((low.at - EXIT).abs() < 1e-11 && low.sym == Some(lowered.sym("x[0]")) && low.to == Position::Lower, "{low:?}");
    assert!((high.at - 2.628020578155272).abs() < 1e-11 && high.sym == Some(lowered.sym("I[0]")), "{high:?}");
}

#[test]
fn a_power_schedule_reaches_zero_steeply() {
    let spec = small([1.2, 1.0], [8.0, 6.5], 0.18, 1.5, Schedule::Power(6.0, 1.5), (0.7, [0.3, 0.7]), (0.5, [0.7, 0.4]));
    let lowered = lower(&spec);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solved(&lowered);
    let interval = tasktrade::solve::holds(&problem, &solution, lowered.sym("beta[0]"), &AtomicBool::new(false));
    let omega = 0.47731983571278314;
    let high = interval.high.unwrap();
    assert!((high.at - omega / 0.18).abs() < 1e-10 && high.to == Position::Lower, "{high:?}");
}

#[test]
fn a_sweep_does_not_depend_on_threads() {
    let lowered = corner_map(2.0);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let base = solved(&lowered);
    let params = declared(&lowered.system);
    let beta = lowered.sym("beta[0]").index();
    let place = |k: usize| vec![1.2 + 0.002 * k as f64];
    let axes = [lowered.sym("beta[0]")];
    let asked: Vec<_> = lowered.system.unknowns().chain(lowered.system.definitions().map(|d| d.0)).collect();
    let grid = tasktrade::solve::Grid { points: 1000, params: &params, axes: &axes, place: &place, chunk: None };
    let rows = |threads: usize| {
        let mut rows: Vec<Vec<f64>> = Vec::new();
        tasktrade::solve::sweep(&problem, &base, &grid, &asked, Some(threads), &|_| {}, &AtomicBool::new(false), &mut |k, point| {
            assert_eq!(k, rows.len());
            assert_eq!(point.like.status, Status::Solved);
            rows.push(point.values);
        });
        rows
    };
    let one = rows(1);
    assert_eq!(one.len(), 1000);
    let bits = |rows: &[Vec<f64>]| rows.iter().flatten().map(|v| v.to_bits()).collect::<Vec<u64>>();
    assert!(bits(&one) == bits(&rows(3)));
    // Each point is the equilibrium that a solve of its own finds, in whatever regime.
    for k in (0..1000).step_by(7) {
        let mut p = params.clone();
        p[beta] = place(k)[0];
        let own = solve(&problem, &p, None, &AtomicBool::new(false));
        for (sym, value) in asked.iter().zip(&one[k]) {
            let want = own.value(*sym);
            let size = want.abs().max(1e-3);
            assert!((value - want).abs() <= 1e-12 * size, "{} at point {k}: {value} against {want}", lowered.system.info(*sym).name);
        }
    }
}

#[test]
fn below_the_bound_there_is_no_equilibrium() {
    let economy = |beta: f64| lower(&one_good(2.5, [0.6, 0.4], beta, Schedule::Linear(1.0, 3.0), [9.0, 9.0], 0.3));
    let rows: [(f64, [f64; 4]); 4] = [
        (1.1382058574368201, [1.2010890827212468, 1.484221957630797, 0.8391640813708501, 60.385080386227536]),
        (0.9959301252572176, [1.179231361080134, 3.1868949793857198, 0.9822781083111466, 407.9452663936157]),
        (0.9579899300093235, [1.1485530343880366, 9.000578824432178, 0.9987997071428951, 5468.379132010036]),
        (0.9494533860785475, [1.1393220453698596, 41.46429824638905, 0.9999742332158692, 249096.89682193915]),
    ];
    for (beta, values) in rows {
        let lowered = economy(beta);
        let problem = Problem::new(&lowered.system, &[]).unwrap();
        let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
        assert_eq!(solution.status, Status::Solved);
        for (name, want) in ["w[0,0]", "w[1,0]", "I[0]", "x[0]"].into_iter().zip(values) {
            let got = solution.value(lowered.sym(name));
            // Close to the bound, output rests on 1 − I, of which few digits are left.
            assert!((got - want).abs() < 1e-8 * want.abs(), "{name} at {beta}: {got} against {want}");
        }
    }
    let lowest = 0.9485048811973501;
    for beta in [0.9 * lowest, 0.5 * lowest, 0.1] {
        let lowered = economy(beta);
        let problem = Problem::new(&lowered.system, &[]).unwrap();
        let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
        assert_eq!(solution.status, Status::None, "at {beta}");
        let evidence = solution.evidence.unwrap();
        assert!(evidence.contains("x[0]") && evidence.contains("without bound"), "{evidence}");
    }
    let lowered = economy(1.2);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solved(&lowered);
    let interval = tasktrade::solve::holds(&problem, &solution, lowered.sym("beta[0]"), &AtomicBool::new(false));
    let low = interval.low.unwrap();
    assert!((low.at - lowest).abs() < 1e-7 && low.sym.is_none(), "{low:?}");
}

fn ricardo(home: f64) -> Lowered {
    let industry = |good, country, a| Industry { good, country, sigma: 0.0, inputs: vec![(Input::Factor(0), a)], textbook: false };
    lower(&Spec {
        factors: 1,
        goods: vec![Good::default(); 2],
        countries: [home, 15.0].iter().map(|l| Country { endowment: vec![*l], ..Country::default() }).collect(),
        industries: vec![industry(0, 0, 1.0), industry(1, 0, 2.0), industry(0, 1, 3.0), industry(1, 1, 2.5)],
        tasks: Vec::new(),
        demand: Some((1.5, vec![0.4, 0.6])),
        numeraire: Some(1),
    })
}

#[test]
fn ricardo_with_complete_and_incomplete_specialisation() {
    let lowered = ricardo(10.0);
    let solution = solved(&lowered);
    expect(&lowered, &solution, &[("p[0]", 0.5428835233189813), ("w[0,0]", 0.5428835233189813), ("w[0,1]", 0.4)]);
    assert_eq!(solution.position(lowered.sym("x[1]")), Some(Position::Lower));
    assert_eq!(solution.position(lowered.sym("x[2]")), Some(Position::Lower));
    let p = derivative(&lowered, &solution, "p[0]", "L[0,0]", true);
    assert!((p + 0.3619223488793209).abs() < 1e-10);
    let lowered = ricardo(60.0);
    let solution = solved(&lowered);
    expect(&lowered, &solution, &[("p[0]", 0.5), ("w[0,0]", 0.5)]);
    assert_eq!(solution.position(lowered.sym("x[1]")), Some(Position::Interior));
}

#[test]
fn more_goods_than_factors_at_given_prices_leave_outputs_free() {
    let industry = |good, d: [f64; 2]| Industry {
        good,
        country: 0,
        sigma: 1.0,
        inputs: vec![(Input::Factor(0), d[0]), (Input::Factor(1), d[1])],
        textbook: false,
    };
    let spec = Spec {
        factors: 2,
        goods: (0..3).map(|_| Good { price: Some(1.0), nontraded: false }).collect(),
        countries: vec![Country { endowment: vec![10.0, 10.0], ..Country::default() }],
        industries: vec![industry(0, [0.3, 0.7]), industry(1, [0.7, 0.3]), industry(2, [0.5, 0.5])],
        ..Spec::default()
    };
    let lowered = lower(&spec);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    let free: Vec<_> = ["x[0]", "x[1]", "x[2]"].iter().map(|n| lowered.sym(n)).collect();
    assert_eq!(solution.status, Status::Indeterminate { free });
    expect(&lowered, &solution, &[("w[0,0]", 1.0), ("w[1,0]", 1.0)]);
    let labor = lowered.sym("L[0,0]");
    let d = derivatives(&problem, &solution, &[labor]);
    assert!(d.get(lowered.sym("x[0]"), 0, true).is_nan() && d.get(lowered.sym("w[0,0]"), 0, true).abs() < 1e-12);
}

#[test]
fn all_tasks_of_one_industry_may_be_done_abroad() {
    let mut spec = small([1.2, 1.0], [0.8, 8.0], 0.3, 1.3, Schedule::Linear(1.0, 0.5), (1.0, [0.4, 0.6]), (1.0, [0.55, 0.45]));
    spec.tasks[0].only = Some(vec![1]);
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    assert_eq!(solution.position(lowered.sym("I[0]")), Some(Position::Upper));
    expect(
        &lowered,
        &solution,
        &[("w[0,0]", 0.7787111933025417), ("w[1,0]", 0.5214856670931792), ("x[0]", 1.2978519888375695), ("x[1]", 7.194293121738632), ("I[0]", 1.0)],
    );
    for (of, want) in [("w[0,0]", 1.8333333333333333), ("w[1,0]", -1.2222222222222223)] {
        let got = derivative(&lowered, &solution, of, "beta[0]", true) / solution.value(lowered.sym(of));
        assert!((got - want).abs() < 1e-9, "{of}: {got}");
    }
}

#[test]
fn an_unproductive_economy_is_not_solved() {
    let industry = |good, inputs| Industry { good, country: 0, sigma: 0.0, inputs, textbook: false };
    let spec = Spec {
        factors: 1,
        goods: vec![Good::default(); 3],
        countries: vec![Country { endowment: vec![10.0], ..Country::default() }],
        industries: vec![
            industry(0, vec![(Input::Factor(0), 1.0)]),
            industry(1, vec![(Input::Factor(0), 0.5), (Input::Good(2), 1.2)]),
            industry(2, vec![(Input::Factor(0), 0.5), (Input::Good(1), 1.1)]),
        ],
        tasks: Vec::new(),
        demand: Some((0.8, vec![0.4, 0.3, 0.3])),
        numeraire: Some(0),
    };
    let lowered = lower(&spec);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    assert_eq!(solution.status, Status::None, "{solution:?}");
    assert!(solution.evidence.is_some_and(|e| e.contains("p[1]") && e.contains("p[2]") && !e.contains("p[0]")));
}

/// Fixed proportions: the factor that is not scarce has price zero.
#[test]
fn a_free_factor() {
    let mut spec = small([1.0, 1.0], [10.0, 4.0], 0.5, 3.0, Schedule::Linear(1.0, 1.0), (0.0, [1.0, 1.0]), (0.0, [1.0, 1.0]));
    spec.goods.truncate(1);
    spec.industries.truncate(1);
    spec.tasks.clear();
    let lowered = lower(&spec);
    let solution = solved(&lowered);
    expect(&lowered, &solution, &[("w[0,0]", 0.0), ("w[1,0]", 1.0), ("x[0]", 4.0)]);
    assert_eq!(solution.position(lowered.sym("w[0,0]")), Some(Position::Lower));
    let d = derivative(&lowered, &solution, "x[0]", "L[1,0]", true);
    assert!((d - 4.0).abs() < 1e-12);
}

/// Prices and quantities in other units give the same economy.
#[test]
fn units_do_not_matter() {
    for money in [1e-6, 1.0, 1e7] {
        for people in [1e-4, 1e6] {
            let spec = small(
                [1.2 * money, money],
                [8.0 * people, 6.5 * people],
                0.18 * money,
                1.5,
                Schedule::Power(6.0, 1.5),
                (0.7, [0.3, 0.7]),
                (0.5, [0.7, 0.4]),
            );
            let lowered = lower(&spec);
            let solution = solved(&lowered);
            expect(
                &lowered,
                &solution,
                &[("w[0,0]", 0.5206682837239552 * money), ("I[0]", 0.28821920459436706), ("x[0]", 8.032524227096662 * people)],
            );
        }
    }
}
