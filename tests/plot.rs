//! Figures: golden SVG files, PNG files, terminal pictures, and data that try to break them.

#[path = "plot/fixtures.rs"]
mod fixtures;

use std::{fs, path::Path};
use tasktrade::present::plot::{Canvas, Theme};

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
