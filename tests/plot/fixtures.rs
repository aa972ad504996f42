//! Figures with numbers worked out here, by formulas and not by the crate.

use tasktrade::present::plot::{
    Axis, Dash, Figure, Ink, Label, Line, Scale, Series, Side,
    diagrams::{
        EffectsBars, Isoquant, LernerPearce, LinesWithRegimes, MarginDiagram, Regime, RegimeMap, UnitValue, effects_bars, lerner_pearce,
        lines_with_regimes, margin_diagram, regime_map,
    },
};

/// Name and figure of every diagram that is kept as a golden file.
pub fn all() -> Vec<(&'static str, Figure)> {
    vec![
        ("margin", margin()),
        ("margin_corner", margin_corner()),
        ("effects", effects()),
        ("effects_shocks", effects_shocks()),
        ("u_shape", u_shape()),
        ("across_regimes", across_regimes()),
        ("lerner_pearce", lerner()),
        ("lerner_pearce_leontief", lerner_leontief()),
        ("regimes", regimes()),
        ("regimes_logs", regimes_in_logs()),
        ("many_lines", many_lines()),
        ("cloud", cloud()),
        ("empty", Figure::new(Axis::new("x"), Axis::new("y")).title("Nothing to show")),
    ]
}

/// t(i) = 1 + i, β w* = 0.65, w = 0.7795: the small economy of the handbook's first page.
pub fn margin() -> Figure {
    let cost = (0..=100).map(|k| f64::from(k) / 100.0).map(|i| (i, 0.65 * (1.0 + i))).collect();
    margin_diagram(&MarginDiagram {
        title: "The margin of offshoring".into(),
        costs: vec![("β t(i) w*".into(), cost)],
        cuts: Vec::new(),
        wage: 0.7795,
        margin: 0.7795 / 0.65 - 1.0,
        wage_name: "w".into(),
        margin_name: "I".into(),
    })
}

/// A schedule that is infinite at 1, and no task worth offshoring.
pub fn margin_corner() -> Figure {
    let cost = (0..=200).map(|k| f64::from(k) / 200.0).map(|i| (i, 0.9 * (1.0 - i).powf(-0.8))).collect();
    margin_diagram(&MarginDiagram {
        title: Label::default(),
        costs: vec![("β t(i) w*".into(), cost)],
        cuts: Vec::new(),
        wage: 0.8,
        margin: 0.0,
        wage_name: "w".into(),
        margin_name: "I".into(),
    })
}

/// Wage, skilled wage and β of a one-good Cobb–Douglas economy with t(i) = 1 + i, by the marginal task I.
pub fn one_good(task: f64) -> (f64, f64, f64) {
    let (theta_h, l, h, foreign) = (0.1, 100.0, 40.0, 0.15);
    let omega = 1.0 - task + (task + task * task / 2.0) / (1.0 + task);
    let ratio = h * (1.0 - task) / l;
    let w = (1.0 - theta_h) * ratio.powf(theta_h) / omega;
    let s = theta_h * ratio.powf(theta_h - 1.0);
    (w / ((1.0 + task) * foreign), w, s)
}

pub fn u_shape() -> Figure {
    let steps: Vec<(f64, f64, f64)> = (0..=380).map(|k| one_good(f64::from(k) / 400.0)).collect();
    let curve = |pick: fn(&(f64, f64, f64)) -> f64| steps.iter().map(|p| (p.0, pick(p))).collect::<Vec<_>>();
    let wages = curve(|p| p.1);
    let turn = |sign: f64| wages.windows(3).find(|p| sign * (p[1].1 - p[0].1) > 0.0 && sign * (p[1].1 - p[2].1) > 0.0).map(|p| p[1]);
    let turns = vec![turn(-1.0).unwrap(), turn(1.0).unwrap()];
    let border = one_good(0.0).0;
    let beyond = |w: f64| (0..=10).map(move |k| (border * (1.0 + 0.02 * f64::from(k)), w));
    let mut w: Vec<(f64, f64)> = wages.into_iter().rev().collect();
    w.extend(beyond(one_good(0.0).1));
    lines_with_regimes(&LinesWithRegimes {
        title: "The wage against the cost of offshoring".into(),
        x_label: "β".into(),
        x_scale: Scale::Linear,
        y_label: "w".into(),
        series: vec![("w".into(), w)],
        regimes: vec![
            Regime { from: 0.0, to: border, name: "some L-tasks offshored (0 < I < 1)".into(), look: Some(0) },
            Regime { from: border, to: f64::INFINITY, name: "no offshoring (I = 0)".into(), look: Some(4) },
        ],
        turns,
        here: Some((1.6, "β = 1.6".into())),
    })
}

pub fn across_regimes() -> Figure {
    let beta = |k: i32| 1.0 + 0.7 * f64::from(k) / 140.0;
    let wage = |b: f64| if b < 1.1249 { 0.93 - 0.4 * (b - 1.0) } else { (0.88 / (b / 1.1249)).max(0.6457) };
    let skilled = |b: f64| if b < 1.1249 { 1.45 - 0.22 * (b - 1.0) } else { 1.4223 };
    let all = |f: &dyn Fn(f64) -> f64| (0..=140).map(beta).map(|b| (b, f(b))).collect::<Vec<_>>();
    let mut w = all(&wage);
    for p in w.iter_mut().skip(60).take(4) {
        p.1 = f64::NAN;
    }
    lines_with_regimes(&LinesWithRegimes {
        title: "Wages across a border of regimes".into(),
        x_label: "cost level of offshoring β".into(),
        x_scale: Scale::Linear,
        y_label: "wage, in units of textiles".into(),
        series: vec![("w low-skilled".into(), w), ("s high-skilled".into(), all(&skilled)), ("real(s)".into(), all(&|b| skilled(b) - 0.012))],
        regimes: vec![
            Regime { from: 1.0, to: 1.1249, name: "x shuts down".into(), look: Some(1) },
            Regime { from: 1.1249, to: 1.5331, name: "both goods, some L-tasks offshored".into(), look: Some(0) },
            Regime { from: 1.5331, to: 1.7, name: "both goods, no offshoring".into(), look: Some(4) },
        ],
        turns: vec![],
        here: None,
    })
}

pub fn effects() -> Figure {
    let at: Vec<f64> = (0..=24).map(|k| 1.0 + 0.02 * f64::from(k)).collect();
    let of = |f: fn(f64) -> f64| at.iter().map(|b| f(*b)).collect::<Vec<f64>>();
    let productivity = |b: f64| 30.0 * (1.5 - b);
    let price = |b: f64| if b < 1.1249 { -4.0 } else { 0.0 };
    let supply = |b: f64| if b < 1.1249 { -60.0 * (1.1249 - b) } else { 0.0 };
    effects_bars(&EffectsBars {
        title: "Effects of cheaper offshoring on the low-skilled wage".into(),
        x_label: "β".into(),
        at: at.clone(),
        names: None,
        y_label: "contribution to ŵ, 100 × log change".into(),
        channels: vec![("productivity Ω".into(), of(productivity)), ("relative price p".into(), of(price)), ("labor supply I".into(), of(supply))],
        total: Some(("total".into(), at.iter().map(|b| productivity(*b) + price(*b) + supply(*b)).collect())),
        borders: vec![1.1249],
    })
}

pub fn effects_shocks() -> Figure {
    effects_bars(&EffectsBars {
        title: Label::default(),
        x_label: Label::default(),
        at: vec![0.0, 1.0, 2.0, 3.0],
        names: Some(vec!["cheaper offshoring".into(), "more unskilled labor".into(), "better terms of trade".into(), "failed".into()]),
        y_label: "\\hat{w}, 100 × log change".into(),
        channels: vec![
            ("productivity".into(), vec![3.81, 0.4, 0.0, f64::NAN]),
            ("relative price".into(), vec![-1.2, 0.0, 2.6, 1.0]),
            ("labor supply".into(), vec![-0.9, -1.7, 0.0, 1.0]),
        ],
        total: Some(("total".into(), vec![1.71, -1.3, 2.6, f64::NAN])),
        borders: vec![],
    })
}

/// Two CES goods with σ = 0.6 at given factor prices: unit inputs from Shephard's lemma.
pub fn lerner() -> Figure {
    let prices = (0.7667, 1.4223);
    let good = |name: &str, d: (f64, f64), price: f64, sigma: f64| {
        let cost = (d.0 * f64::powf(prices.0, 1.0 - sigma) + d.1 * f64::powf(prices.1, 1.0 - sigma)).powf(1.0 / (1.0 - sigma));
        let input = |d: f64, q: f64| d * (q / cost).powf(-sigma) / price * (price / cost);
        UnitValue { name: name.into(), inputs: (input(d.0, prices.0), input(d.1, prices.1)), isoquant: Isoquant::Ces { sigma } }
    };
    lerner_pearce(&LernerPearce {
        title: "Factor prices and the cone of diversification".into(),
        factors: ("low-skilled labor L".into(), "high-skilled labor H".into()),
        prices,
        goods: vec![good("financial services x", (0.3, 0.7), 1.2, 0.6), good("textiles y", (0.6, 0.4), 1.0, 0.6)],
        endowment: Some((100.0, 66.0)),
    })
}

pub fn lerner_leontief() -> Figure {
    let good = |name: &str, l: f64, sigma: f64| UnitValue { name: name.into(), inputs: (l, (1.0 - l) / 2.0), isoquant: Isoquant::Ces { sigma } };
    lerner_pearce(&LernerPearce {
        title: Label::default(),
        factors: ("L".into(), "K".into()),
        prices: (1.0, 2.0),
        goods: vec![good("wheat", 0.25, 0.0), good("cloth", 0.7, 1.0)],
        endowment: None,
    })
}

fn map(x: Vec<f64>, y: Vec<f64>, scale: Scale, kind: impl Fn(f64, f64) -> Option<usize>) -> RegimeMap {
    let cell = y.iter().flat_map(|l| x.iter().map(|b| kind(*b, *l)).collect::<Vec<_>>()).collect();
    RegimeMap {
        title: "Regimes over the cost of offshoring and labor".into(),
        x_label: "β".into(),
        x_scale: Scale::Linear,
        x,
        y_label: "L".into(),
        y_scale: scale,
        y,
        regimes: vec!["x and y, no offshoring".into(), "x and y, some L-tasks offshored".into(), "y only".into(), "x only".into()],
        looks: vec![4, 0, 1, 2],
        cell,
        here: Some((1.3, 100.0, "the model".into())),
    }
}

pub fn regimes() -> Figure {
    let x = (0..60).map(|k| 1.0 + 0.7 * f64::from(k) / 59.0).collect();
    let y = (0..50).map(|k| 40.0 + 180.0 * f64::from(k) / 49.0).collect();
    regime_map(&map(x, y, Scale::Linear, |b, l| {
        Some(if b > 1.533 {
            0
        } else if l / 100.0 > 0.9 * b * b {
            2
        } else if l < 90.0 - 15.0 * b {
            3
        } else {
            1
        })
    }))
}

pub fn regimes_in_logs() -> Figure {
    let x = (0..24).map(|k| 1.0 + 0.7 * f64::from(k) / 23.0).collect();
    let y = (0..20).map(|k| 10.0 * 100f64.powf(f64::from(k) / 19.0)).collect();
    regime_map(&map(x, y, Scale::Log, |b, l| {
        if b < 1.1 && l > 500.0 {
            None
        } else {
            Some(if b > 1.6 {
                0
            } else if l > 300.0 * b {
                2
            } else {
                1
            })
        }
    }))
}

pub fn many_lines() -> Figure {
    let mut figure =
        Figure::new(Axis::new("A").in_logs(), Axis::new("price index P^{1−σ}")).title("Many countries").note("Each curve is one country.");
    for k in 0..6 {
        let points = (0..=60).map(|n| 10f64.powf(f64::from(n) / 20.0 - 1.0)).map(|a| (a, 1.0 / (1.0 + a * (0.2 + 0.02 * f64::from(k))))).collect();
        figure = figure.line(["Home", "Foreign", "Rest of World", "Mexico", "Canada", "\\hat{P}_W"][k as usize], points);
    }
    figure.marker(Side::Y, 0.5, "half")
}

pub fn cloud() -> Figure {
    let mut seed = 1u64;
    let mut draw = || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 11) as f64 / (1u64 << 53) as f64
    };
    let points: Vec<(f64, f64)> = (0..120).map(|_| (draw() - 0.5, draw() - 0.5)).map(|(a, b)| (10.0 * a, 10.0 * (0.8 * a + 0.3 * b))).collect();
    let mut figure = Figure::new(Axis::new("formula"), Axis::new("solver")).title("Responses by formula and by solver").cloud("economies", points);
    let points = vec![(-5.0, -4.0), (5.0, 4.0)];
    figure = figure.with(Series::Line(Line { name: "fit".into(), points, ink: Ink::Muted, dash: Dash::Dashed, width: 1.2 }));
    figure.mark((0.0, 0.0), "no change")
}
