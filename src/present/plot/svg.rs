//! A figure as SVG: the same bytes for the same figure, text as text.

use super::{
    draw::scene,
    figure::{Dash, Figure},
    metrics,
    palette::{DARK, LIGHT, Palette, Theme},
    path::P,
    scene::{Anchor, Paint, Scene, Shape, Words},
    text::Shift,
};
use std::{collections::BTreeSet, fmt::Write};

/// Size and ground of a drawn file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Pixels of the page; a canvas too small for the figure's words grows.
    pub width: f64,
    pub height: f64,
    pub theme: Theme,
    /// Paints the ground; without it the page shows through.
    pub ground: bool,
}

impl Default for Canvas {
    fn default() -> Self {
        Canvas { width: 640.0, height: 420.0, theme: Theme::Light, ground: true }
    }
}

/// Faces that readers are likely to have, all with Greek; the last is the one that PNG files are set in.
const FACES: &str = "'Source Sans 3','Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif";

impl Figure {
    /// Width and height of the page that the figure takes: more than the canvas where its words have no room on it.
    pub fn size(&self, canvas: &Canvas) -> (f64, f64) {
        let scene = scene(self, canvas.width, canvas.height);
        (scene.width, scene.height)
    }

    /// The figure as a self-contained SVG document.
    ///
    /// [`Theme::Auto`] carries a style that follows `prefers-color-scheme`; its class names are colours, so that many figures can share a page.
    pub fn to_svg(&self, canvas: &Canvas) -> String {
        let scene = scene(self, canvas.width, canvas.height);
        let mut pen = Pen { theme: canvas.theme, out: String::new(), dark: BTreeSet::new() };
        for shape in &scene.shapes {
            pen.shape(shape);
        }
        pen.document(&scene, canvas.ground)
    }
}

struct Pen {
    theme: Theme,
    out: String,
    /// Colour pairs that the style of [`Theme::Auto`] must know, as strokes and as fills.
    dark: BTreeSet<(bool, u32, u32)>,
}

impl Pen {
    fn document(mut self, scene: &Scene, ground: bool) -> String {
        let body = std::mem::take(&mut self.out);
        let (w, h) = (short(scene.width), short(scene.height));
        let ground = if ground {
            let paint = self.fill(Paint::Ground);
            format!("<rect width=\"{w}\" height=\"{h}\"{paint}/>\n")
        } else {
            String::new()
        };
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"{FACES}\">\n"
        );
        if !scene.name.is_empty() {
            out.push_str(&format!("<title>{}</title>\n", escape(&scene.name)));
        }
        if self.theme == Theme::Auto {
            out.push_str("<style>@media (prefers-color-scheme:dark){");
            for (stroke, light, dark) in &self.dark {
                let property = if *stroke { "stroke" } else { "fill" };
                out.push_str(&format!(".{}{{{property}:#{dark:06x}}}", class(*stroke, *light, *dark)));
            }
            out.push_str("}</style>\n");
        }
        format!("{out}{ground}{body}</svg>\n")
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Curves { pieces, stroke } => {
                let mut path = String::new();
                for piece in pieces {
                    trace(piece, false, &mut path);
                }
                let paint = self.stroke(stroke.paint, stroke.width);
                let dash = match stroke.dash {
                    Dash::Solid => "",
                    Dash::Dashed => " stroke-dasharray=\"5 3.5\"",
                    Dash::Dotted => " stroke-dasharray=\"1.4 2.8\"",
                    Dash::Long => " stroke-dasharray=\"11 3.5\"",
                    Dash::DashDot => " stroke-dasharray=\"7 2.5 1.4 2.5\"",
                };
                self.put(format_args!("<path d=\"{path}\" fill=\"none\"{paint}{dash} stroke-linejoin=\"round\"/>\n"));
            }
            Shape::Fill { pieces, paint, crisp } => {
                let mut path = String::new();
                for piece in pieces {
                    trace(piece, true, &mut path);
                }
                let paint = self.fill(*paint);
                let crisp = if *crisp { " shape-rendering=\"crispEdges\"" } else { "" };
                self.put(format_args!("<path d=\"{path}\"{paint}{crisp}/>\n"));
            }
            Shape::Dots { at, radius, paint, rim } => {
                let paint = self.paint(Some(*paint), rim.then_some((Paint::Ground, 1.4)));
                if let [(x, y)] = at.as_slice() {
                    self.put(format_args!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{paint}/>\n", short(*x), short(*y), short(*radius)));
                } else if !at.is_empty() {
                    let circle = |(x, y): &P| format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", short(*x), short(*y), short(*radius));
                    let circles: String = at.iter().map(circle).collect();
                    self.put(format_args!("<g{paint}>{circles}</g>\n"));
                }
            }
            Shape::Diamonds { at, radius, paint } => {
                let mut path = String::new();
                for (x, y) in at {
                    trace(&[(x - radius, *y), (*x, y - radius), (x + radius, *y), (*x, y + radius)], true, &mut path);
                }
                let paint = self.paint(Some(*paint), Some((Paint::Ground, 1.2)));
                self.put(format_args!("<path d=\"{path}\"{paint}/>\n"));
            }
            Shape::Words(words) => self.words(words),
        }
    }

    fn words(&mut self, words: &Words) {
        let anchor = match words.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let bold = if words.bold { " font-weight=\"bold\"" } else { "" };
        let halo = if words.halo { " paint-order=\"stroke\" stroke-linejoin=\"round\"" } else { "" };
        let paint = self.paint(Some(words.paint), words.halo.then_some((Paint::Ground, 3.0)));
        let mut inner = String::new();
        let mut raised = 0.0;
        for span in &words.label.spans {
            let level = match span.shift {
                Shift::Base => 0.0,
                Shift::Sub => 0.22 * words.size,
                Shift::Sup => -0.36 * words.size,
            };
            let mut style = String::new();
            if level != raised {
                style.push_str(&format!(" dy=\"{}\"", short(level - raised)));
                raised = level;
            }
            if span.shift != Shift::Base {
                style.push_str(&format!(" font-size=\"{}\"", short(words.size * metrics::SMALL)));
            }
            if span.italic {
                style.push_str(" font-style=\"italic\"");
            }
            let text = escape(&span.text);
            inner.push_str(&if style.is_empty() { text } else { format!("<tspan{style}>{text}</tspan>") });
        }
        let (x, y, size) = (short(words.at.0), short(words.at.1), short(words.size));
        self.put(format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}{bold}{paint}{halo}>{inner}</text>\n"));
    }

    fn put(&mut self, text: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(text);
    }

    fn fill(&mut self, paint: Paint) -> String {
        self.paint(Some(paint), None)
    }

    fn stroke(&mut self, paint: Paint, width: f64) -> String {
        self.paint(None, Some((paint, width)))
    }

    /// The attributes that fill and stroke a shape.
    fn paint(&mut self, fill: Option<Paint>, stroke: Option<(Paint, f64)>) -> String {
        let mut out = String::new();
        let mut classes: Vec<String> = Vec::new();
        for (paint, width) in fill.map(|p| (p, None)).into_iter().chain(stroke.map(|(p, w)| (p, Some(w)))) {
            let light = color(if self.theme == Theme::Dark { &DARK } else { &LIGHT }, paint);
            out.push_str(&match width {
                None => format!(" fill=\"#{light:06x}\""),
                Some(width) => format!(" stroke=\"#{light:06x}\" stroke-width=\"{}\"", short(width)),
            });
            if self.theme == Theme::Auto {
                let pair = (width.is_some(), light, color(&DARK, paint));
                self.dark.insert(pair);
                classes.push(class(pair.0, pair.1, pair.2));
            }
        }
        if !classes.is_empty() {
            out.push_str(&format!(" class=\"{}\"", classes.join(" ")));
        }
        out
    }
}

fn color(palette: &Palette, paint: Paint) -> u32 {
    match paint {
        Paint::Ink(ink) => palette.ink(ink),
        Paint::Tint(ink) => palette.tint(ink),
        Paint::Hatch(ink) => palette.hatch(ink),
        Paint::Word(ink) => palette.word(ink),
        Paint::Ground => palette.ground,
        Paint::Grid => palette.grid,
        Paint::Frame => palette.frame,
        Paint::Band => palette.band,
    }
}

fn class(stroke: bool, light: u32, dark: u32) -> String {
    format!("{}{light:06x}-{dark:06x}", if stroke { 's' } else { 'f' })
}

/// Appends a path of straight lines.
fn trace(piece: &[P], close: bool, out: &mut String) {
    for (k, (x, y)) in piece.iter().enumerate() {
        out.push(if k == 0 { 'M' } else { 'L' });
        out.push_str(&short(*x));
        out.push(' ');
        out.push_str(&short(*y));
    }
    if close && !piece.is_empty() {
        out.push('Z');
    }
}

/// A coordinate with at most two decimals.
fn short(value: f64) -> String {
    let text = format!("{:.2}", if value.is_finite() { value.clamp(-1e6, 1e6) } else { 0.0 });
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
