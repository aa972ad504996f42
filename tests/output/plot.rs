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
        assert_eq!(figure.to_pdf(&Canvas::default()), figure.to_pdf(&Canvas::default()));
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

/// The page of a PDF, inflated, and the whole file as text where it is text.
fn page(pdf: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(pdf).into_owned();
    let find = |needle: &[u8], from: usize| pdf[from..].windows(needle.len()).position(|w| w == needle).map(|at| at + from);
    let start = find(b"stream\n", 0).expect("a stream") + 7;
    let end = find(b"\nendstream", start).expect("its end");
    let body = miniz_oxide::inflate::decompress_to_vec_zlib(&pdf[start..end]).expect("a compressed page");
    (String::from_utf8(body).expect("operators"), text)
}

/// A PDF has the figure's size, its paths, and its words as outlines: nothing that a reader's machine would have to bring.
#[test]
fn pdf_files_hold_what_the_drawing_holds() {
    for (name, figure) in fixtures::all() {
        let canvas = Canvas::default();
        let pdf = figure.to_pdf(&canvas).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (operators, text) = page(&pdf);
        let (width, height) = figure.size(&canvas);
        assert!(text.starts_with("%PDF-") && text.trim_end().ends_with("%%EOF"), "{name}");
        assert!(text.contains("/MediaBox [0 0 ") && !text.contains("/Font"), "{name}");
        let sides: Vec<f64> =
            text.split("/MediaBox [0 0 ").nth(1).unwrap_or_default().split([' ', ']']).filter_map(|v| v.parse().ok()).take(2).collect();
        assert!((sides[0] - 0.75 * width).abs() < 0.01 && (sides[1] - 0.75 * height).abs() < 0.01, "{name}: {sides:?}");
        // Each letter is an outline of its own curves.
        let svg = figure.to_svg(&canvas);
        let letters: usize = svg.split("<text").skip(1).filter_map(|t| t.split("</text>").next()).map(|t| t.len() / 40).sum();
        assert!(operators.matches(" c\n").count() >= letters && operators.matches(" m\n").count() > 5, "{name}");
    }
}

/// What tells regions, bars and lines apart in grey: no two looks agree once colour is gone, and strokes and hatchings are drawn.
#[test]
fn pictures_can_be_read_without_colour() {
    let canvas = Canvas::default();
    let map = fixtures::regimes().to_svg(&canvas);
    // Three regions of the four are hatched, the first is plain, each in strokes of one width.
    let hatched = map.matches("stroke-width=\"0.8\"").count();
    assert_eq!(hatched, 3, "three hatchings");
    let lines = Figure::new(Axis::new("x"), Axis::new("y")).line("a", vec![(0.0, 0.0), (1.0, 1.0)]).line("b", vec![(0.0, 1.0), (1.0, 0.0)]);
    let svg = lines.to_svg(&canvas);
    assert_eq!(svg.matches("stroke-dasharray").count(), 1, "the second line is dashed");
}

/// A legend that has no room on the map stands beside it and takes nothing from it.
#[test]
fn a_legend_beside_a_map_does_not_squeeze_it() {
    let wide = |names: &[&str]| {
        let mut figure = fixtures::regimes();
        for series in &mut figure.series {
            if let tasktrade::present::plot::Series::Cells(cells) = series {
                cells.categories = names.iter().map(|n| (*n).into()).collect();
            }
        }
        figure
    };
    let short = wide(&["a", "b", "c", "d"]);
    let long: Vec<String> = (0..4)
        .map(|k| format!("{k} of 4 industries active in all of the countries; tasks of every kind partly offshored (0 < I < 1), {k}"))
        .collect();
    let long = wide(&long.iter().map(String::as_str).collect::<Vec<_>>());
    let frame = |figure: &Figure| {
        let svg = figure.to_svg(&Canvas::default());
        // The ground of the first region: as far as it reaches is how large the map is drawn.
        let numbers = |d: &str| -> Vec<f64> { d.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter_map(|v| v.parse().ok()).collect() };
        let fills = svg.split("<path d=\"").skip(1).filter(|p| p.contains("crispEdges")).filter_map(|p| p.split('"').next());
        let all: Vec<f64> = fills.flat_map(|d| numbers(d).chunks(2).map(|c| c[0]).collect::<Vec<_>>()).filter(|x| *x < 630.0).collect();
        all.iter().copied().fold(0.0, f64::max) - all.iter().copied().fold(f64::INFINITY, f64::min)
    };
    let canvas = Canvas::default();
    assert_eq!(short.size(&canvas).0, canvas.width);
    assert!(long.size(&canvas).0 > canvas.width + 100.0, "the legend stands beside the map");
    assert!((frame(&long) - frame(&short)).abs() < 1.0, "{} against {}", frame(&long), frame(&short));
}
