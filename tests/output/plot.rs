//! Figures: golden SVG files, PNG files, terminal pictures, and data that try to break them.

#[path = "../plot/fixtures.rs"]
mod fixtures;
#[path = "../plot/hostile.rs"]
mod hostile;

use std::{fs, path::Path};
use tasktrade::present::plot::{Axis, Canvas, Figure, Side, Terminal, Theme};

/// A golden file for each figure in each theme that it is printed in.
#[test]
fn svg_files_keep_their_bytes() {
    for (name, figure) in fixtures::all() {
        insta::assert_snapshot!(format!("{name}_svg"), figure.to_svg(&Canvas::default()));
    }
    insta::assert_snapshot!("u_shape_dark_svg", fixtures::u_shape().to_svg(&Canvas { theme: Theme::Dark, ..Canvas::default() }));
    insta::assert_snapshot!("margin_auto_svg", fixtures::margin().to_svg(&Canvas { theme: Theme::Auto, ground: false, ..Canvas::default() }));
}

/// A golden picture for each figure in plain characters, and one in colour.
#[test]
fn terminal_pictures_keep_their_characters() {
    for (name, figure) in fixtures::all() {
        insta::assert_snapshot!(format!("{name}_terminal"), figure.to_terminal(&Terminal::default()));
    }
    let color = Terminal { width: 60, height: 18, color: true };
    insta::assert_snapshot!("effects_terminal_color", fixtures::effects().to_terminal(&color).replace('\x1b', "␛"));
}

/// The style of the automatic theme names every colour pair that shapes use, and nothing needs an id that another figure could own.
#[test]
fn the_automatic_theme_is_complete() {
    for (_, figure) in fixtures::all() {
        let svg = figure.to_svg(&Canvas { theme: Theme::Auto, ..Canvas::default() });
        let style = svg.split("<style>").nth(1).and_then(|s| s.split("</style>").next()).unwrap();
        for class in svg.split("class=\"").skip(1).filter_map(|s| s.split('"').next()).flat_map(str::split_whitespace) {
            assert!(style.contains(&format!(".{class}{{")), "{class}");
        }
        assert!(!svg.contains(" id="));
    }
}

/// Two drawings of one figure have the same bytes, in every format.
#[test]
fn drawing_is_deterministic() {
    for (_, figure) in fixtures::all() {
        assert_eq!(figure.to_svg(&Canvas::default()), figure.clone().to_svg(&Canvas::default()));
        assert_eq!(figure.to_png(&Canvas::default(), 1.0), figure.to_png(&Canvas::default(), 1.0));
    }
}

/// Words are escaped, so that a name cannot break the document.
#[test]
fn names_cannot_break_the_document() {
    let figure =
        Figure::new(Axis::new("a < b & \"c\" \u{0}\u{1b}"), Axis::new("</svg>")).title("<script>").line("x > y", vec![(0.0, 1.0), (1.0, 2.0)]);
    let svg = figure.to_svg(&Canvas::default());
    assert!(!svg.contains("<script>") && svg.matches("</svg>").count() == 1 && !svg.contains('\u{0}') && !svg.contains('\u{1b}'));
    assert!(figure.to_png(&Canvas::default(), 1.0).is_ok());
    assert!(!figure.to_terminal(&Terminal::default()).contains('\u{1b}'));
}

/// Words are set in the embedded font: the title leaves ink on the theme's ground.
#[test]
fn pixels_show_the_ground_and_the_words() {
    for (theme, ground) in [(Theme::Light, [255, 255, 255]), (Theme::Dark, [0x16, 0x18, 0x1c])] {
        let png = fixtures::u_shape().to_png(&Canvas { theme, ..Canvas::default() }, 1.0).unwrap();
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        let is_ground = |x: u32, y: u32| pixels.pixel(x, y).is_some_and(|p| [p.red(), p.green(), p.blue()] == ground);
        assert!(is_ground(0, 0) && is_ground(pixels.width() - 1, pixels.height() - 1));
        let title = (14..34).flat_map(|y| (14..340).map(move |x| (x, y))).filter(|(x, y)| !is_ground(*x, *y)).count();
        assert!(title > 800, "{title}");
    }
}

/// Thousands of series, borders, names and points stay a figure and take no minute.
#[test]
fn crowds_are_thinned_and_counted() {
    let started = std::time::Instant::now();
    let mut figure = Figure::new(Axis::new("x").named((0..3000).map(|k| (f64::from(k) / 3000.0, format!("n{k}").into())).collect()), Axis::new("y"));
    for k in 0..3000 {
        let at = f64::from(k) / 3000.0;
        figure = figure
            .marker(Side::X, at, format!("{k}"))
            .marker(Side::Y, at, format!("{k}"))
            .band(at, at + 1e-3, format!("regime {k}"))
            .mark((at, at), "here");
    }
    for k in 0..300 {
        figure = figure.line(format!("series {k}"), vec![(0.0, 0.0), (0.5, f64::from(k)), (1.0, 1.0)]);
    }
    let svg = figure.to_svg(&Canvas::default());
    assert!(svg.contains("and 260 more"));
    assert!(figure.to_terminal(&Terminal::default()).lines().count() < 100);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// A scale that asks for more pixels than memory is refused with the numbers.
#[test]
fn oversized_pictures_are_refused() {
    let figure = fixtures::margin();
    for scale in [1e6, f64::NAN, f64::INFINITY, 0.0, -1.0] {
        assert!(figure.to_png(&Canvas::default(), scale).is_err(), "{scale}");
    }
}

/// PNG files of every fixture land in cargo's scratch folder, for the eye.
#[test]
fn every_figure_becomes_a_png() {
    for (name, figure) in fixtures::all() {
        let small = Canvas { width: 340.0, height: 250.0, ..Canvas::default() };
        let dark = Canvas { theme: Theme::Dark, ..Canvas::default() };
        for (canvas, suffix) in [(Canvas::default(), "light"), (dark, "dark"), (small, "small")] {
            let png = figure.to_png(&canvas, 1.5).unwrap();
            assert!(png.starts_with(b"\x89PNG\r\n"), "{name}");
            fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{suffix}.png")), png).unwrap();
        }
    }
}
