//! Systems too large for dense matrices: many countries that make a variety each, and a long chain of markets.

use crate::numeric_support as support;

use std::sync::atomic::AtomicBool;
use support::*;
use tasktrade::expr::NodeId;
use tasktrade::expr::differentiate::input_coefficient;
use tasktrade::solve::{Problem, Status, declared, derivatives, solve};
use tasktrade::system::{Condition, SetAside};

/// Country i makes variety i from labor alone and all buy all varieties at iceberg costs: unknowns are the wages.
fn armington(n: usize, sigma: f64) -> Lowered {
    let mut b = Build::default();
    let sigma = b.param("sigma", sigma);
    let wages: Vec<NodeId> = (0..n).map(|i| if i == 0 { b.param("w0", 1.0) } else { b.unknown(&format!("w{i}"), 0.0, f64::INFINITY) }).collect();
    let anchor = b.names["w0"];
    b.s.anchors.push(anchor);
    let labor: Vec<NodeId> = (0..n).map(|i| b.param(&format!("L{i}"), 1.0 + (i * 7 % 11) as f64)).collect();
    let weight = b.s.dag.constant(1.0 / n as f64);
    let weights = vec![weight; n];
    let mut sold: Vec<Vec<NodeId>> = vec![Vec::new(); n];
    let mut incomes = Vec::new();
    for j in 0..n {
        let prices: Vec<NodeId> = (0..n)
            .map(|i| {
                let distance = 1.0 + if i == j { 0.0 } else { 0.2 + 0.01 * ((i * 31 + j * 17) % 23) as f64 };
                let tau = b.s.dag.constant(distance);
                b.s.dag.mul(tau, wages[i])
            })
            .collect();
        let index = b.s.dag.ces(sigma, &weights, &prices);
        let index = b.define(&format!("P{j}"), index);
        let income = b.s.dag.mul(wages[j], labor[j]);
        let income = b.define(&format!("Y{j}"), income);
        incomes.push(income);
        let welfare = b.s.dag.div(income, index);
        for i in 0..n {
            let a = input_coefficient(&mut b.s.dag, index, sigma, weight, prices[i]);
            sold[i].push(b.s.dag.prod(&[a, welfare, prices[i]]));
        }
    }
    for i in 0..n {
        let value = b.s.dag.sum(&sold[i].clone());
        let used = b.s.dag.div(value, wages[i]);
        if i == 0 {
            b.equation("aside", Condition::Market, labor[0], used, "w0", true);
            let equation = b.s.equations.pop().unwrap();
            let scale = b.s.dag.sum(&incomes.clone());
            b.s.set_aside = Some(SetAside { equation, place: 0, scale, price: wages[0] });
        } else {
            b.equation(&format!("labor {i}"), Condition::Market, labor[i], used, &format!("w{i}"), true);
        }
    }
    b.done()
}

#[test]
fn seventy_countries() {
    let lowered = armington(70, 4.0);
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let params = declared(&lowered.system);
    let never = AtomicBool::new(false);
    let solution = solve(&problem, &params, None, &never);
    assert_eq!(solution.status, Status::Solved, "{:?}", solution.worst);
    check::equilibrium(&lowered, &solution);
    assert!(solution.walras.unwrap().abs() < 1e-12);
    let labor = lowered.sym("L3");
    let d = derivatives(&problem, &solution, &[labor]);
    let h = 1e-4;
    let shifted = |h: f64| {
        let mut p = params.clone();
        p[labor.index()] *= 1.0 + h;
        solve(&problem, &p, Some(&solution), &never)
    };
    let (up, down) = (shifted(h), shifted(-h));
    for name in ["w1", "w3", "w69", "P7"] {
        let sym = lowered.sym(name);
        let difference = (up.value(sym) - down.value(sym)) / (2.0 * h * params[labor.index()]);
        assert!((d.get(sym, 0, true) - difference).abs() < 1e-6 * difference.abs().max(1e-4), "{name}");
    }
}

/// A ring of markets in which each price depends on its neighbours: 20,000 unknowns, a few entries a row.
#[test]
fn a_long_ring_of_markets() {
    let n = 20_000;
    let mut b = Build::default();
    let prices: Vec<NodeId> = (0..n).map(|i| b.unknown(&format!("p{i}"), 0.0, f64::INFINITY)).collect();
    let scale = b.param("scale", 2.0);
    let half = b.s.dag.constant(0.5);
    for i in 0..n {
        let mean = b.s.dag.sum(&[prices[(i + 1) % n], prices[(i + n - 1) % n]]);
        let mean = b.s.dag.prod(&[half, mean]);
        let root = b.s.dag.pow(mean, half);
        let supply = b.s.dag.mul(prices[i], prices[i]);
        let demand = b.s.dag.mul(scale, root);
        b.equation(&format!("m{i}"), Condition::Market, supply, demand, &format!("p{i}"), true);
    }
    let lowered = b.done();
    assert!(tasktrade::system::balance::balance(&lowered.system).is_ok());
    let problem = Problem::new(&lowered.system, &[]).unwrap();
    let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
    assert_eq!(solution.status, Status::Solved);
    let expected = 2f64.powf(1.0 / 1.5);
    assert!(lowered.system.unknowns().all(|s| (solution.value(s) - expected).abs() < 1e-12));
}

/// Goods made one from the next, all of which draw on one market that sets the level of prices.
fn chain(n: usize) -> Lowered {
    let mut b = Build::default();
    let wage = b.unknown("w", 0.0, f64::INFINITY);
    let prices: Vec<NodeId> = (0..n).map(|i| b.unknown(&format!("p{i}"), 0.0, f64::INFINITY)).collect();
    let labor = b.param("labor", 2.0 * n as f64);
    let half = b.s.dag.constant(0.5);
    for i in 0..n {
        let root = b.s.dag.pow(if i + 1 < n { prices[i + 1] } else { wage }, half);
        let own = b.s.dag.pow(wage, half);
        let cost = b.s.dag.mul(own, root);
        b.equation(&format!("m{i}"), Condition::Market, prices[i], cost, &format!("p{i}"), true);
    }
    let use_ = b.s.dag.sum(&prices.clone());
    b.equation("labor", Condition::Market, labor, use_, "w", true);
    b.done()
}

/// One market in which everything takes part must not fill the matrix: its row is summed up in parts.
#[test]
fn twice_the_goods_are_twice_the_work() {
    let size = |n: usize| {
        let lowered = chain(n);
        assert!(tasktrade::system::balance::balance(&lowered.system).is_ok());
        let problem = Problem::new(&lowered.system, &[]).unwrap();
        let solution = solve(&problem, &declared(&lowered.system), None, &AtomicBool::new(false));
        assert_eq!(solution.status, Status::Solved);
        assert!(lowered.system.unknowns().all(|s| (solution.value(s) - 2.0).abs() < 1e-12));
        problem.size()
    };
    let (one, two) = (size(1500), size(3000));
    assert!(two.longest_row <= 40 && one.longest_row == two.longest_row, "{one:?} {two:?}");
    assert!(two.entries as f64 <= 2.05 * one.entries as f64 && two.instructions as f64 <= 2.05 * one.instructions as f64, "{one:?} {two:?}");
}

/// Definitions that share one long sum are each looked at once.
#[test]
fn shared_sums_are_walked_once() {
    use tasktrade::expr::Dag;
    let mut dag = Dag::default();
    let terms: Vec<NodeId> = (0..50_000u32).map(|k| dag.sym(tasktrade::expr::Sym(k))).collect();
    let sum = dag.sum(&terms);
    // A small expression at the end of a large graph: only its own nodes are visited.
    let few = dag.mul(terms[7], terms[9]);
    let _ = dag.div(few, sum);
    assert_eq!(dag.reachable(&[few]).len(), 3);
    assert_eq!(dag.symbols(&[few]).len(), 2);
    assert_eq!(dag.symbols(&[sum]).len(), 50_000);
}
