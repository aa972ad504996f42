//! A figure as PNG, set in the embedded font, so that it looks the same on every machine.

use super::{figure::Figure, svg::Canvas};
use resvg::{tiny_skia, usvg};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Why a figure could not be drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawError {
    /// The picture would have more pixels than fit in memory.
    Size { width: f64, height: f64 },
    /// The renderer refused the drawing.
    Render(String),
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrawError::Size { width, height } => write!(f, "a picture of {width:.0} × {height:.0} pixels is too large: lower its scale"),
            DrawError::Render(why) => write!(f, "the figure could not be drawn: {why}"),
        }
    }
}

impl std::error::Error for DrawError {}

/// Most pixels of a picture.
const PIXELS: f64 = 2e8;

impl Figure {
    /// The figure as the bytes of a PNG file, with `scale` pixels a unit of the canvas (3 for print).
    ///
    /// [`Theme::Auto`](super::Theme::Auto) is drawn light.
    ///
    /// # Errors
    /// [`DrawError::Size`] beyond 2×10⁸ pixels or where the scale is not a positive number.
    pub fn to_png(&self, canvas: &Canvas, scale: f64) -> Result<Vec<u8>, DrawError> {
        let tree = self.tree(canvas)?;
        let (width, height) = (f64::from(tree.size().width()) * scale, f64::from(tree.size().height()) * scale);
        let too_large = DrawError::Size { width, height };
        if !(width >= 1.0 && height >= 1.0 && width * height <= PIXELS) {
            return Err(too_large);
        }
        let mut pixels = tiny_skia::Pixmap::new(width.round() as u32, height.round() as u32).ok_or(too_large)?;
        resvg::render(&tree, tiny_skia::Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
        pixels.encode_png().map_err(|e| DrawError::Render(e.to_string()))
    }

    /// The figure's SVG read back, with every word set in the embedded font.
    pub(crate) fn tree(&self, canvas: &Canvas) -> Result<usvg::Tree, DrawError> {
        let options = usvg::Options { fontdb: fonts(), font_family: FAMILY.to_string(), ..usvg::Options::default() };
        usvg::Tree::from_str(&self.to_svg(canvas), &options).map_err(|e| DrawError::Render(e.to_string()))
    }
}

const FAMILY: &str = "DejaVu Sans";

fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = usvg::fontdb::Database::new();
        for face in [dejavu::sans::regular(), dejavu::sans::bold(), dejavu::sans::oblique(), dejavu::sans::bold_oblique()] {
            fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(face)));
        }
        fonts.set_sans_serif_family(FAMILY);
        fonts.set_serif_family(FAMILY);
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}
