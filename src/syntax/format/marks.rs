//! What pest's pairs tell of each token: which braces are blocks, which signs are unary, where entries begin.

use super::super::parser::grammar::{Rule, end_of};
use pest::iterators::Pair;
use rustc_hash::{FxHashMap, FxHashSet};

/// How a pair of braces is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Braces {
    /// `{ a }`, not `{a}`.
    pub padded: bool,
    /// Entries are separated by commas; otherwise they are attributes, which nothing separates.
    pub commas: bool,
}

/// Properties of tokens, by the offset where they begin.
#[derive(Default)]
pub struct Marks {
    pub braces: FxHashMap<usize, Braces>,
    /// Where the entries of blocks and lists begin.
    pub entries: FxHashSet<usize>,
    /// Signs that stick to what follows.
    pub signs: FxHashSet<usize>,
    /// Colons with a blank before them.
    pub wide: FxHashSet<usize>,
    /// Brackets and units that stick to what precedes.
    pub tight: FxHashSet<usize>,
    /// Good places to break a line before.
    pub breaks: FxHashSet<usize>,
    /// Attributes of a declaration's line.
    pub attributes: FxHashSet<usize>,
    /// Folds that get brackets: where they begin, and where they end.
    pub open: FxHashMap<usize, usize>,
    pub close: FxHashMap<usize, usize>,
    /// An `=` is written before this token.
    pub equals: FxHashSet<usize>,
    /// This token is left out.
    pub dropped: FxHashSet<usize>,
}

impl Marks {
    /// The marks of a declaration whose text begins at `base`.
    pub fn read(pair: Pair<'_, Rule>, base: usize) -> Marks {
        let mut marks = Marks::default();
        marks.walk(pair, base);
        marks
    }

    fn walk(&mut self, pair: Pair<'_, Rule>, base: usize) {
        let rule = pair.as_rule();
        let start = base + pair.as_span().start();
        self.attribute(rule, start);
        if rule == Rule::name {
            // A country's mark is part of the name: `w*`.
            let text = pair.as_str();
            let bare = text.trim_end_matches('*').len();
            self.tight.extend((bare..text.len()).map(|at| start + at));
        }
        let mut inside = false;
        let mut previous: Option<(Rule, usize, usize)> = None;
        for inner in pair.into_inner() {
            let (kind, at, end) = (inner.as_rule(), base + inner.as_span().start(), base + end_of(&inner));
            match kind {
                Rule::lbrace => {
                    self.braces.insert(at, braces(rule));
                    inside = true;
                }
                Rule::lparen | Rule::lbracket if tight_bracket(rule) => {
                    self.tight.insert(at);
                }
                Rule::kw_pp | Rule::percent_sign => {
                    self.tight.insert(at);
                }
                Rule::colon if rule == Rule::range => {
                    self.wide.insert(at);
                }
                Rule::minus | Rule::plus if rule == Rule::shift || !previous.is_some_and(|(p, ..)| is_operand(p)) => {
                    self.signs.insert(at);
                }
                Rule::minus | Rule::plus => {
                    self.breaks.insert(at);
                    if let Some((Rule::fold, from, to)) = previous {
                        *self.open.entry(from).or_default() += 1;
                        *self.close.entry(to).or_default() += 1;
                    }
                }
                Rule::kw_and | Rule::kw_or | Rule::times | Rule::slash => {
                    self.breaks.insert(at);
                }
                Rule::equals if matches!(rule, Rule::industry_productivity | Rule::markup) => {
                    self.dropped.insert(at);
                }
                Rule::expr if rule == Rule::country_productivity && previous.is_none_or(|(p, ..)| p != Rule::equals) => {
                    self.equals.insert(at);
                }
                _ => {}
            }
            if inside && is_entry(rule, kind) {
                self.entries.insert(at);
            }
            previous = Some((kind, at, end));
            self.walk(inner, base);
        }
    }

    fn attribute(&mut self, rule: Rule, start: usize) {
        match rule {
            Rule::label | Rule::mark | Rule::outside | Rule::interval | Rule::start | Rule::factor_price | Rule::specific | Rule::cost => {}
            Rule::in_list | Rule::margin | Rule::bill | Rule::for_clause | Rule::good_price | Rule::good_numeraire | Rule::nontraded => {}
            Rule::differentiated | Rule::weights | Rule::on_fob | Rule::substitution => {}
            Rule::guard | Rule::entry | Rule::kw_complements | Rule::kw_then | Rule::kw_else => {
                self.breaks.insert(start);
                return;
            }
            _ => return,
        }
        self.breaks.insert(start);
        self.attributes.insert(start);
    }
}

fn braces(rule: Rule) -> Braces {
    match rule {
        Rule::country_block | Rule::tasks | Rule::industry => Braces { padded: true, commas: false },
        Rule::table | Rule::set_list | Rule::points | Rule::channel_list => Braces { padded: false, commas: true },
        _ => Braces { padded: true, commas: true },
    }
}

/// Whether a pair inside braces is one of their entries.
fn is_entry(rule: Rule, kind: Rule) -> bool {
    match rule {
        Rule::country_block => matches!(kind, Rule::endowments | Rule::prices | Rule::augmentations | Rule::country_productivity),
        Rule::tasks => matches!(kind, Rule::offshore | Rule::margin | Rule::bill | Rule::substitution),
        Rule::industry => matches!(kind, Rule::makes | Rule::industry_technology | Rule::augmentations | Rule::industry_productivity | Rule::markup),
        Rule::report => kind == Rule::item,
        Rule::channels => kind == Rule::channel,
        Rule::shock => kind == Rule::change,
        Rule::sweep => kind == Rule::axis,
        Rule::nest => kind == Rule::input,
        Rule::table => kind == Rule::table_row,
        Rule::set_list => matches!(kind, Rule::name | Rule::string),
        Rule::points => kind == Rule::point,
        Rule::channel_list => kind == Rule::expr,
        _ => false,
    }
}

/// Brackets that belong to the word before them.
fn tight_bracket(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::arguments | Rule::parameters | Rule::indices | Rule::binding | Rule::fold | Rule::shape | Rule::schedule | Rule::differentiated
    )
}

/// Pairs after which a sign joins two operands.
fn is_operand(rule: Rule) -> bool {
    use Rule::*;
    matches!(rule, number | percent_sign | name | string | indices | arguments | paren | table | conditional | fold)
}
