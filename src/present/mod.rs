//! What the commands print: one result type a question, several renderers.

pub mod accent;
pub mod cell;
pub mod equations;
pub mod fold;
pub mod formula;
mod hat_families;
pub mod json;
pub mod mpsge;
pub mod number;
pub mod plot;
pub mod report;
pub mod sam;
pub mod sheet;
pub mod statics;
pub mod statics_channels;
pub mod table;

use crate::sink::{Shown, Tex};

/// An answer as a terminal may be given it: a picture before its text, LaTeX in place of the text.
///
/// The text is plain, a model's words in it as they are; it is made harmless here.
pub fn shown(picture: Option<&Shown>, latex: Option<&Tex>, text: &str, color: bool, columns: fold::Columns) -> Shown {
    let mut out = picture.cloned().unwrap_or_default();
    match latex {
        Some(tex) => out.push_plain(tex.as_str()),
        None => out.push(&accent::accented(&fold::folded(text, columns), color)),
    }
    out
}
