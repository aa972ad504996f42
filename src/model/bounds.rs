//! How large a model may be: what would not fit is refused with its size, before memory is taken.

use super::structure::Builder;
use crate::diag::Diagnostic;
use crate::source::Span;

/// Members of families with a name of their own, over the whole model.
pub const MEMBERS: usize = 400_000;
/// Terms of expressions and members of sums, over the whole model, once families and functions are unfolded.
pub const TERMS: usize = 3_000_000;
/// Arguments of a function, schedule or technology.
pub const ARGUMENTS: usize = 64;
/// Lines of tasks: the cost of each is looked at along all its tasks.
pub const LINES: usize = 5_000;
/// Countries, factors, goods, industries: of each.
pub const THINGS: usize = 20_000;
/// Markets: factors and nontraded goods by country.
const MARKETS: usize = 200_000;
/// Inputs of industries and goods that households buy, each by country: each is a quantity of its own.
const INPUTS: usize = 1_000_000;
/// Bytes that a member takes with its name and its place in the tables.
const BYTES: usize = 900;

/// That many members, and the memory that they would take.
pub fn members(count: usize) -> String {
    let bytes = count as f64 * BYTES as f64;
    let memory = if bytes < 1e12 { format!("{:.1} GB", bytes / 1e9) } else { "more memory than any machine has".to_string() };
    format!("{} members, which would take {memory}", grouped(count))
}

/// A count as people read it: `6,250,000`; what does not fit into a word is "very many".
pub fn grouped(count: usize) -> String {
    if count == usize::MAX {
        return "very many".to_string();
    }
    let digits = count.to_string();
    let mut out = String::new();
    for (k, c) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

impl Builder<'_> {
    /// Whether the economy's structure is larger than is handled; reported where it is.
    pub fn too_large(&mut self) -> bool {
        if self.refused {
            return true;
        }
        let e = &self.economy;
        let last = |span: Option<Span>| span.or(e.span);
        let things = [
            ("countries", e.countries.len(), last(e.countries.last().map(|x| x.span))),
            ("factors", e.factors.len(), last(e.factors.last().map(|x| x.span))),
            ("goods", e.goods.len(), last(e.goods.last().map(|x| x.span))),
            ("industries", e.industries.len(), last(e.industries.last().map(|x| x.span))),
        ];
        let markets = e.index.inside.saturating_mul(e.factors.len() + e.goods.iter().filter(|g| !g.one_price()).count());
        let found = things
            .into_iter()
            .find(|(_, n, _)| *n > THINGS)
            .map(|(what, n, span)| (format!("{} {what}", grouped(n)), THINGS, span))
            .or_else(|| {
                let (n, span) = (e.lines.len(), last(e.lines.last().map(|x| x.span)));
                (n > LINES).then(|| (format!("{} lines of tasks", grouped(n)), LINES, span))
            })
            .or_else(|| {
                let n = e.goods.iter().filter(|g| g.differentiated).count().saturating_mul(e.index.inside.saturating_mul(e.index.inside));
                (n > MARKETS).then(|| (format!("{} flows of goods between countries", grouped(n)), MARKETS, e.span))
            })
            .or_else(|| (markets > MARKETS).then(|| (format!("{} markets of factors and nontraded goods", grouped(markets)), MARKETS, e.span)));
        let Some((what, most, span)) = found else { return false };
        let mut d = Diagnostic::new("N012", format!("a model of {what} is too large"));
        if let Some(span) = span {
            d = d.at(span, format!("at most {} are handled", grouped(most)));
        }
        self.report(d.help("aggregate, or write several models"));
        true
    }

    /// Refuses `what`, of which there would be `count` and at most `most` are handled, before any of it is made.
    pub fn refuse(&mut self, count: usize, what: &str, most: usize, span: Span) {
        if !self.refused {
            let d = Diagnostic::new("N012", format!("a model of {} {what} is too large", grouped(count)))
                .at(span, format!("at most {} are handled", grouped(most)))
                .help("aggregate, or write several models");
            self.report(d);
        }
        self.refused = true;
    }

    /// Whether `copies` of a form with that many inputs fit into the model; refused where they do not.
    pub fn has_room(&mut self, copies: usize, inputs: usize, span: Span) -> bool {
        self.economy.resolved = self.economy.resolved.saturating_add(copies.saturating_mul(inputs));
        let fits = self.economy.resolved <= INPUTS;
        if !fits {
            self.refuse(copies.saturating_mul(inputs), "inputs and demands by country", INPUTS, span);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_numbers() {
        assert_eq!(members(6_250_000), "6,250,000 members, which would take 5.6 GB");
        assert_eq!([grouped(0), grouped(999), grouped(1000)], ["0", "999", "1,000"]);
        assert!(members(usize::MAX).starts_with("very many"));
    }
}
