//! A figure as PDF: one page of paths as large as the figure, its words as outlines of the embedded font, so that it is the same on every machine.

use super::{figure::Figure, png::DrawError, svg::Canvas};
use pdf_writer::{Content, Filter, Pdf, Rect, Ref, TextStr};
use resvg::usvg::{self, tiny_skia_path::PathSegment};

/// PDF's points a pixel of the canvas: 96 pixels and 72 points are an inch.
const POINTS: f32 = 0.75;
/// How hard the page is compressed, of 10.
const LEVEL: u8 = 8;

impl Figure {
    /// The figure as the bytes of a PDF file.
    ///
    /// [`Theme::Auto`](super::Theme::Auto) is drawn light.
    ///
    /// # Errors
    /// [`DrawError::Render`] where the renderer refuses the drawing.
    pub fn to_pdf(&self, canvas: &Canvas) -> Result<Vec<u8>, DrawError> {
        let tree = self.tree(canvas)?;
        let (width, height) = (tree.size().width() * POINTS, tree.size().height() * POINTS);
        let mut page = Content::new();
        // The canvas counts downwards from its upper left corner, in pixels.
        page.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, height]);
        group(tree.root(), &mut page);
        let body = miniz_oxide::deflate::compress_to_vec_zlib(&page.finish(), LEVEL);
        let [catalog, pages, only, stream, about] = [1, 2, 3, 4, 5].map(Ref::new);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(pages);
        pdf.pages(pages).kids([only]).count(1);
        pdf.page(only).parent(pages).media_box(Rect::new(0.0, 0.0, width, height)).contents(stream).resources();
        pdf.stream(stream, &body).filter(Filter::FlateDecode);
        let title = self.title.unicode();
        pdf.document_info(about).title(TextStr(&title)).producer(TextStr("tasktrade"));
        Ok(pdf.finish())
    }
}

fn group(group: &usvg::Group, page: &mut Content) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => self::group(inner, page),
            usvg::Node::Path(path) => draw(path, page),
            // Letters, as the outlines that they were set in.
            usvg::Node::Text(text) => self::group(text.flattened(), page),
            // Figures have no images.
            usvg::Node::Image(_) => {}
        }
    }
}

/// A path filled and stroked, in the order that it asks for.
fn draw(path: &usvg::Path, page: &mut Content) {
    if !path.is_visible() {
        return;
    }
    let fill = path.fill().and_then(|f| Some((color(f.paint())?, f.rule())));
    let stroke = path.stroke().and_then(|s| Some((color(s.paint())?, s)));
    let t = path.abs_transform();
    page.save_state();
    page.transform([t.sx, t.ky, t.kx, t.sy, t.tx, t.ty]);
    let paint_fill = |page: &mut Content| {
        if let Some((c, rule)) = fill {
            page.set_fill_rgb(c[0], c[1], c[2]);
            trace(path, page);
            match rule {
                usvg::FillRule::NonZero => page.fill_nonzero(),
                usvg::FillRule::EvenOdd => page.fill_even_odd(),
            };
        }
    };
    let paint_stroke = |page: &mut Content| {
        if let Some((c, s)) = &stroke {
            page.set_stroke_rgb(c[0], c[1], c[2]);
            page.set_line_width(s.width().get());
            page.set_miter_limit(s.miterlimit().get());
            page.set_line_join(match s.linejoin() {
                usvg::LineJoin::Round => pdf_writer::types::LineJoinStyle::RoundJoin,
                usvg::LineJoin::Bevel => pdf_writer::types::LineJoinStyle::BevelJoin,
                _ => pdf_writer::types::LineJoinStyle::MiterJoin,
            });
            page.set_dash_pattern(s.dasharray().unwrap_or_default().iter().copied(), s.dashoffset());
            trace(path, page);
            page.stroke();
        }
    };
    // A halo lies behind its letters.
    if path.paint_order() == usvg::PaintOrder::StrokeAndFill {
        paint_stroke(page);
        paint_fill(page);
    } else {
        paint_fill(page);
        paint_stroke(page);
    }
    page.restore_state();
}

/// Figures are painted in plain colours only.
fn color(paint: &usvg::Paint) -> Option<[f32; 3]> {
    let usvg::Paint::Color(c) = paint else { return None };
    Some([c.red, c.green, c.blue].map(|v| f32::from(v) / 255.0))
}

fn trace(path: &usvg::Path, page: &mut Content) {
    let mut at = (0.0, 0.0);
    for segment in path.data().segments() {
        match segment {
            PathSegment::MoveTo(p) => {
                page.move_to(p.x, p.y);
                at = (p.x, p.y);
            }
            PathSegment::LineTo(p) => {
                page.line_to(p.x, p.y);
                at = (p.x, p.y);
            }
            // PDF has cubic curves only: the same curve with its control point taken two thirds of the way from each end.
            PathSegment::QuadTo(c, p) => {
                let third = |end: f32, control: f32| end + (control - end) * 2.0 / 3.0;
                page.cubic_to(third(at.0, c.x), third(at.1, c.y), third(p.x, c.x), third(p.y, c.y), p.x, p.y);
                at = (p.x, p.y);
            }
            PathSegment::CubicTo(a, b, p) => {
                page.cubic_to(a.x, a.y, b.x, b.y, p.x, p.y);
                at = (p.x, p.y);
            }
            PathSegment::Close => {
                page.close_path();
            }
        }
    }
}
