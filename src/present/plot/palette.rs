//! Inks that colour-blind readers tell apart, for light and dark grounds and for terminals.

use super::figure::Ink;

/// The ground that a figure stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Light, and dark where the reader's browser asks for it: for pages.
    Auto,
}

/// Colours of one ground as `0xRRGGBB`.
pub(crate) struct Palette {
    pub ground: u32,
    pub text: u32,
    pub muted: u32,
    pub grid: u32,
    pub frame: u32,
    pub band: u32,
    series: [u32; 8],
    /// How much of a series' colour a tint keeps.
    tint: f64,
}

/// After Okabe and Ito (2008), "Color universal design"; yellow gives way to brown and grey, which print on white.
pub(crate) const LIGHT: Palette = Palette {
    ground: 0xffffff,
    text: 0x1a1a1a,
    muted: 0x6b6b6b,
    grid: 0xe9e9e9,
    frame: 0x4d4d4d,
    band: 0xf6f6f4,
    series: [0x0072b2, 0xd55e00, 0x009e73, 0xb0569a, 0xe69f00, 0x56b4e9, 0x8a5a2b, 0x7f7f7f],
    tint: 0.30,
};

/// The same hues, lightened to stand on a dark ground.
pub(crate) const DARK: Palette = Palette {
    ground: 0x16181c,
    text: 0xe8e8e6,
    muted: 0xa0a3a8,
    grid: 0x2a2d33,
    frame: 0x8b8f96,
    band: 0x1c1f24,
    series: [0x5aaeea, 0xff8c4b, 0x35c79a, 0xe091c9, 0xf3b73f, 0x9ad4f7, 0xc99a68, 0xb0b3b8],
    tint: 0.28,
};

impl Palette {
    pub fn ink(&self, ink: Ink) -> u32 {
        match ink {
            Ink::Series(k) => self.series.get(k % self.series.len()).copied().map_or(self.text, |c| c),
            Ink::Text => self.text,
            Ink::Muted => self.muted,
        }
    }

    /// The ink of a word that names a series: drawn towards the text's, as light hues are hard to read in thin strokes.
    pub fn word(&self, ink: Ink) -> u32 {
        if matches!(ink, Ink::Series(_)) { mix(self.text, self.ink(ink), 0.6) } else { self.ink(ink) }
    }

    /// The ink thinned on the ground, for areas that text must stand on.
    ///
    /// Each round through the palette thins further, so that the ninth category is not the first.
    pub fn tint(&self, ink: Ink) -> u32 {
        let round = if let Ink::Series(k) = ink { (k / self.series.len()).min(3) as f64 } else { 0.0 };
        let keep = if ink == Ink::Muted { 0.12 } else { self.tint * 0.6f64.powf(round) };
        mix(self.ground, self.ink(ink), keep)
    }

    /// The ink of strokes on its tint.
    pub fn hatch(&self, ink: Ink) -> u32 {
        mix(self.tint(ink), self.ink(ink), 0.45)
    }
}

fn mix(ground: u32, ink: u32, keep: f64) -> u32 {
    [16, 8, 0].iter().fold(0, |out, shift| {
        let channel = |c: u32| f64::from(c >> shift & 0xff);
        out | ((channel(ground) * (1.0 - keep) + channel(ink) * keep).round() as u32 & 0xff) << shift
    })
}

/// The number of an ink among a terminal's 256 colours; text has the terminal's own, whose ground is not known.
pub(crate) fn terminal(ink: Ink) -> Option<u8> {
    const SERIES: [u8; 8] = [33, 208, 36, 170, 178, 117, 137, 245];
    match ink {
        Ink::Series(k) => SERIES.get(k % SERIES.len()).copied(),
        Ink::Text => None,
        Ink::Muted => Some(244),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.
    fn luminance(color: u32) -> f64 {
        let channel = |shift: u32| {
            let c = f64::from(color >> shift & 0xff) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(a: u32, b: u32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_legible_on_ground_and_tints() {
        for palette in [&LIGHT, &DARK] {
            assert!(contrast(palette.muted, palette.ground) > 4.5);
            for k in 0..8 {
                assert!(contrast(palette.text, palette.tint(Ink::Series(k))) > 6.0, "{k}");
                assert!(contrast(palette.word(Ink::Series(k)), palette.ground) > 4.5, "{k}");
                assert!(contrast(palette.ink(Ink::Series(k)), palette.ground) > 2.0, "{k}");
            }
        }
    }

    #[test]
    fn categories_beyond_the_palette_differ() {
        assert_ne!(LIGHT.tint(Ink::Series(0)), LIGHT.tint(Ink::Series(8)));
        assert_eq!(mix(0xffffff, 0x000000, 0.5), 0x808080);
    }
}
