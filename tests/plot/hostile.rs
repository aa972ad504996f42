//! Data that no economist sends and every program meets.

use proptest::{collection::vec as list, prelude::*};
use tasktrade::present::plot::{
    Area, Axis, Band, Canvas, Cells, Cloud, Dash, Drop, Figure, Ink, Label, Legend, Line, Marker, Note, Scale, Series, Side, Stack, Terminal, Theme,
    diagrams::{
        EffectsBars, Isoquant, LernerPearce, LinesWithRegimes, MarginDiagram, Regime, RegimeMap, UnitValue, effects_bars, lerner_pearce,
        lines_with_regimes, margin_diagram, regime_map,
    },
};

fn number() -> impl Strategy<Value = f64> {
    let odd = [0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e-300, 1.0 + 1e-15, -1e9];
    prop_oneof![4 => -10.0..10.0f64, 2 => proptest::sample::select(odd.to_vec()), 1 => any::<f64>()]
}

fn numbers(most: usize) -> impl Strategy<Value = Vec<f64>> {
    list(number(), 0..most)
}

fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    list((number(), number()), 0..90)
}

fn label() -> impl Strategy<Value = Label> {
    let words = [
        "",
        "w",
        "β t(i) w*",
        "\\hat{w}",
        "θ_{Ly}^{2}",
        "a_{",
        "^",
        "\\hat{",
        "both goods, some L-tasks offshored in many words",
        "漢字と仮名",
        "<&\">",
    ];
    prop_oneof![proptest::sample::select(words.to_vec()).prop_map(Label::from), any::<String>().prop_map(Label::from)]
}

fn ink() -> impl Strategy<Value = Ink> {
    prop_oneof![any::<usize>().prop_map(Ink::Series), (0usize..20).prop_map(Ink::Series), Just(Ink::Text), Just(Ink::Muted)]
}

fn dash() -> impl Strategy<Value = Dash> {
    proptest::sample::select(vec![Dash::Solid, Dash::Dashed, Dash::Dotted])
}

fn series() -> impl Strategy<Value = Series> {
    let categories = || list(label(), 0..5);
    prop_oneof![
        (label(), points(), ink(), dash(), number()).prop_map(|(name, points, ink, dash, width)| Series::Line(Line {
            name,
            points,
            ink,
            dash,
            width
        })),
        (label(), points(), ink()).prop_map(|(name, points, ink)| Series::Cloud(Cloud { name, points, ink })),
        (label(), list((number(), number(), number()), 0..20), ink()).prop_map(|(name, points, ink)| Series::Area(Area { name, points, ink })),
        (numbers(12), list((label(), numbers(12)), 0..4), proptest::option::of((label(), numbers(12))), any::<usize>())
            .prop_map(|(at, parts, total, first)| Series::Stack(Stack { at, parts, total, first })),
        (numbers(8), numbers(8), list(proptest::option::of(0usize..7), 0..64), categories(), label())
            .prop_map(|(x, y, cell, categories, missing)| Series::Cells(Cells { x, y, cell, categories, looks: Vec::new(), missing })),
    ]
}

fn axis() -> impl Strategy<Value = Axis> {
    let ticks = proptest::option::weighted(0.2, list((number(), label()), 0..6));
    (label(), any::<bool>(), proptest::option::weighted(0.3, (number(), number())), ticks, any::<bool>())
        .prop_map(|(label, log, range, ticks, zero)| Axis { label, scale: if log { Scale::Log } else { Scale::Linear }, range, ticks, zero })
}

fn figure() -> impl Strategy<Value = Figure> {
    let band = (number(), number(), label(), proptest::option::of(0usize..100)).prop_map(|(from, to, name, look)| Band { from, to, name, look });
    let marker = (any::<bool>(), number(), label(), ink(), dash()).prop_map(|(x, at, label, ink, dash)| {
        let side = if x { Side::X } else { Side::Y };
        Marker { side, at, label, ink, dash }
    });
    let drop = proptest::sample::select(vec![Drop::None, Drop::Foot, Drop::Both]);
    let note = (number(), number(), label(), any::<bool>(), drop, ink()).prop_map(|(x, y, label, dot, drop, ink)| Note {
        at: (x, y),
        label,
        dot,
        drop,
        ink,
    });
    let legend = proptest::sample::select(vec![Legend::Auto, Legend::Inside, Legend::Above, Legend::None]);
    let words = (label(), label(), label());
    (words, axis(), axis(), list(series(), 0..4), list(band, 0..4), list(marker, 0..4), list(note, 0..4), legend, any::<bool>()).prop_map(
        |((title, subtitle, note), x, y, series, bands, markers, notes, legend, grid)| Figure {
            title,
            subtitle,
            note,
            x,
            y,
            series,
            bands,
            markers,
            notes,
            legend,
            grid,
        },
    )
}

/// Draws a figure in every way; every number in the SVG is finite and every line of the picture has its width.
fn draw(figure: &Figure, width: usize, height: usize, canvas: (f64, f64)) {
    for theme in [Theme::Light, Theme::Auto] {
        let svg = figure.to_svg(&Canvas { width: canvas.0, height: canvas.1, theme, ground: true });
        let shapes = svg.split(['<', '>']).skip(1).step_by(2).collect::<String>();
        assert!(resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).is_ok(), "{svg}");
        assert!(!shapes.contains("NaN") && !shapes.contains("inf"), "{svg}");
    }
    for color in [false, true] {
        let text = figure.to_terminal(&Terminal { width, height, color });
        for line in text.lines().filter(|_| !color) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width.max(24), "{line:?} of {width}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_figure_is_drawn(figure in figure(), width in 0usize..140, height in 0usize..50, canvas in (number(), 0.0..900.0f64)) {
        draw(&figure, width, height, canvas);
    }
}

proptest! {
    // Five diagrams in four drawings each.
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_numbers_make_the_diagrams(
        a in numbers(12), b in numbers(12), c in numbers(12), pairs in points(), x in number(), y in number(), name in label(), cell in list(proptest::option::of(0usize..4), 0..50),
    ) {
        let good = |k: usize, isoquant| UnitValue { name: name.clone(), inputs: (a.get(k).copied().unwrap_or(x), b.get(k).copied().unwrap_or(y)), isoquant };
        let figures = [
            margin_diagram(&MarginDiagram {
                title: name.clone(), costs: vec![(name.clone(), pairs.clone()), (name.clone(), pairs.clone())], cuts: vec![x, y], wage: x, margin: y, wage_name: name.clone(), margin_name: name.clone(),
            }),
            effects_bars(&EffectsBars {
                title: name.clone(), x_label: name.clone(), at: a.clone(), names: None, y_label: name.clone(),
                channels: vec![(name.clone(), b.clone()), (name.clone(), c.clone())], total: Some((name.clone(), c.clone())), borders: b.clone(),
            }),
            lines_with_regimes(&LinesWithRegimes {
                title: name.clone(), x_label: name.clone(), x_scale: Scale::Log, y_label: name.clone(), series: vec![(name.clone(), pairs.clone())],
                regimes: a.iter().zip(&b).map(|(from, to)| Regime { from: *from, to: *to, name: name.clone(), look: None }).collect(),
                turns: pairs.iter().take(3).copied().collect(), here: Some((x, name.clone())),
            }),
            lerner_pearce(&LernerPearce {
                title: name.clone(), factors: (name.clone(), name.clone()), prices: (x, y),
                goods: vec![good(0, Isoquant::Ces { sigma: x }), good(1, Isoquant::Ces { sigma: 0.6 }), good(2, Isoquant::Points(pairs.clone()))],
                endowment: Some((y, x)),
            }),
            regime_map(&RegimeMap {
                title: name.clone(), x_label: name.clone(), x_scale: Scale::Linear, x: a.clone(), y_label: name.clone(), y_scale: Scale::Log, y: b.clone(),
                regimes: vec![name.clone(), name.clone()], looks: a.iter().map(|v| *v as usize).collect(), cell, here: Some((x, y, name.clone())),
            }),
        ];
        for figure in &figures {
            draw(figure, 70, 20, (640.0, 420.0));
        }
    }
}

/// Pixels are drawn from the same SVG, so a few cases are enough here.
#[test]
fn odd_figures_become_pixels() {
    let nan = f64::NAN;
    let axes = || Figure::new(Axis::new("x"), Axis::new("y"));
    for figure in [
        axes().line("one point", vec![(1.0, 2.0)]),
        axes().line("constant", vec![(0.0, 1.4223), (1.0, 1.4223 + 1e-16), (2.0, 1.4223)]),
        axes().line("failed", vec![(nan, nan), (1.0, nan)]),
        axes().line("huge", vec![(-1e308, -1e308), (0.0, 0.0), (1e308, 1e308)]),
        axes().line("negative zero", vec![(-0.0, -0.0), (0.0, -0.0)]),
    ] {
        draw(&figure, 60, 16, (640.0, 420.0));
        assert!(figure.to_png(&Canvas::default(), 1.0).is_ok());
    }
}

/// A hundred thousand points: small files that keep the extremes.
#[test]
fn long_series_are_thinned() {
    let n = 100_000;
    let wave: Vec<(f64, f64)> = (0..n).map(|k| (f64::from(k), (f64::from(k) * 0.37).sin() + if k == 51_234 { 3.0 } else { 0.0 })).collect();
    let figure = Figure::new(Axis::new("x"), Axis::new("y")).line("wave", wave.clone()).cloud("dots", wave.clone());
    let only = Figure::new(Axis::new("x"), Axis::new("y")).line("wave", wave);
    let svg = only.to_svg(&Canvas::default());
    assert!(svg.len() < 150_000, "{}", svg.len());
    assert!(figure.to_png(&Canvas::default(), 1.0).is_ok());
    draw(&figure, 80, 24, (640.0, 420.0));
    let side = 400;
    let line: Vec<f64> = (0..side).map(f64::from).collect();
    let cell = (0..side * side).map(|k| Some((k % side * 3 / side) as usize)).collect();
    let map =
        Cells { x: line.clone(), y: line, cell, categories: vec!["a".into(), "b".into(), "c".into()], looks: Vec::new(), missing: Label::default() };
    let svg = Figure::new(Axis::new("x"), Axis::new("y")).with(Series::Cells(map)).to_svg(&Canvas::default());
    assert!(svg.len() < 20_000, "{}", svg.len());
}
