//! Figures: golden SVG files, PNG files, terminal pictures, and data that try to break them.

#[path = "plot/fixtures.rs"]
mod fixtures;
#[path = "plot/hostile.rs"]
mod hostile;

use std::{fs, path::Path};
use tasktrade::present::plot::{Axis, Canvas, Figure, Terminal, Theme};

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
        for class in svg.split("class=\"").skip(1).filter_map(|s| s.split('"').next()) {
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
        for (theme, suffix) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let png = figure.to_png(&Canvas { theme, ..Canvas::default() }, 1.5).unwrap();
            assert!(png.starts_with(b"\x89PNG\r\n"), "{name}");
            fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{suffix}.png")), png).unwrap();
        }
    }
}
