//! From pairs to the declarations of an economy: countries, factors, tasks, goods, industries.

use super::super::tree::*;
use super::declare::Once;
use super::expression::Builder;
use super::grammar::Rule;
use crate::diag::Diagnostic;
use pest::iterators::Pair;

impl Builder {
    pub fn country(&mut self, pair: Pair<'_, Rule>) -> Option<Country> {
        let (mut head, mut label, mut mark, mut outside, mut productivity) = (None, Once::new(), Once::new(), Once::new(), Once::new());
        let (mut endowments, mut prices, mut augmentations) = (Vec::new(), Vec::new(), Vec::new());
        for part in flat(pair, Rule::country_block) {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::member_head => head = Some(self.head(part)?),
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                Rule::mark => {
                    let given = self.inner_text(part)?;
                    mark.set(self, given, span, "`mark`");
                }
                Rule::outside => outside.set(self, true, span, "`outside`"),
                Rule::endowments => endowments.extend(self.entries(part)?),
                Rule::prices => prices.extend(self.entries(part)?),
                Rule::augmentations => augmentations.extend(self.entries(part)?),
                Rule::country_productivity => {
                    let given = self.inner_expr(part)?;
                    productivity.set(self, given, span, "`productivity`");
                }
                _ => {}
            }
        }
        Some(Country {
            head: head?,
            label: label.take(),
            mark: mark.take(),
            outside: outside.take().is_some(),
            endowments,
            prices,
            productivity: productivity.take(),
            augmentations,
        })
    }

    fn entries(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in pair.into_inner().filter(|p| p.as_rule() == Rule::entry) {
            let (mut key, mut value, mut family) = (None, None, None);
            for part in entry.into_inner() {
                match part.as_rule() {
                    Rule::key => key = Some(self.key(part)?),
                    Rule::expr => value = Some(self.expr(part)?),
                    Rule::for_clause => family = Some(self.for_clause(part)?),
                    _ => {}
                }
            }
            entries.push(Entry { key: key?, value: value?, family });
        }
        Some(entries)
    }

    pub fn factor(&mut self, pair: Pair<'_, Rule>) -> Option<Kind> {
        let (mut head, mut label, mut price, mut specific) = (None, Once::new(), Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::head => head = Some(self.head(part)?),
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                Rule::factor_price => {
                    let given = self.inner_name(part)?;
                    price.set(self, given, span, "`price`");
                }
                Rule::specific => {
                    let given = self.inner_name(part)?;
                    specific.set(self, given, span, "`specific to`");
                }
                _ => {}
            }
        }
        Some(Kind::Factor { name: head?, label: label.take(), price: price.take(), specific: specific.take() })
    }

    pub fn tasks(&mut self, pair: Pair<'_, Rule>) -> Option<Tasks> {
        let (mut name, mut label, mut factor, mut lines) = (None, Once::new(), None, Vec::new());
        let (mut margin, mut bill, mut substitution) = (Once::new(), Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::ident => name = Some(self.name(&part)),
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                Rule::key => factor = Some(self.key(part)?),
                Rule::offshore => lines.push(self.offshore(part)?),
                Rule::margin => {
                    let given = self.inner_name(part)?;
                    margin.set(self, given, span, "`margin`");
                }
                Rule::bill => {
                    let given = self.inner_name(part)?;
                    bill.set(self, given, span, "`bill`");
                }
                Rule::substitution => {
                    let given = self.inner_expr(part)?;
                    substitution.set(self, given, span, "`substitution`");
                }
                _ => {}
            }
        }
        Some(Tasks {
            name: name?,
            label: label.take(),
            factor: factor?,
            lines,
            margin: margin.take(),
            bill: bill.take(),
            substitution: substitution.take(),
        })
    }

    fn offshore(&mut self, pair: Pair<'_, Rule>) -> Option<Offshore> {
        let span = self.span(&pair);
        let (mut places, mut industries) = (Vec::new(), Once::new());
        let (mut cost, mut margin, mut bill, mut substitution, mut family) = (Once::new(), Once::new(), Once::new(), Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::name | Rule::string => places.push(self.name(&part)),
                Rule::cost => {
                    let given = self.inner_expr(part)?;
                    cost.set(self, given, span, "`cost`");
                }
                Rule::in_list => {
                    let given = self.elements(part);
                    industries.set(self, given, span, "the list of industries");
                }
                Rule::margin => {
                    let given = self.inner_name(part)?;
                    margin.set(self, given, span, "`margin`");
                }
                Rule::bill => {
                    let given = self.inner_name(part)?;
                    bill.set(self, given, span, "`bill`");
                }
                Rule::substitution => {
                    let given = self.inner_expr(part)?;
                    substitution.set(self, given, span, "`substitution`");
                }
                Rule::for_clause => {
                    let given = self.for_clause(part)?;
                    family.set(self, given, span, "`for`");
                }
                _ => {}
            }
        }
        let Some(cost) = cost.take() else {
            let help = "write `offshore A -> B cost beta * t(i)`: foreign labor per unit of home labor on task `i`";
            self.found.push(Diagnostic::new("P015", "an `offshore` line without `cost`").at(span, "what does a task cost abroad?").help(help));
            return None;
        };
        let to = places.pop()?;
        Some(Offshore {
            span,
            from: places.pop()?,
            to,
            cost,
            industries: industries.take().unwrap_or_default(),
            margin: margin.take(),
            bill: bill.take(),
            substitution: substitution.take(),
            family: family.take(),
        })
    }

    pub fn good(&mut self, pair: Pair<'_, Rule>) -> Option<Good> {
        let (mut head, mut label, mut price) = (None, Once::new(), Once::new());
        let (mut numeraire, mut nontraded, mut differentiated) = (Once::new(), Once::new(), Once::new());
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::member_head => head = Some(self.head(part)?),
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                Rule::good_price => {
                    let mut given = Price { span, symbol: None, value: None };
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::ident => given.symbol = Some(self.name(&inner)),
                            Rule::expr => given.value = Some(self.expr(inner)?),
                            _ => {}
                        }
                    }
                    price.set(self, given, span, "`price`");
                }
                Rule::good_numeraire => numeraire.set(self, true, span, "`numeraire`"),
                Rule::nontraded => nontraded.set(self, true, span, "`nontraded`"),
                Rule::differentiated => {
                    let given = self.differentiated(part)?;
                    differentiated.set(self, given, span, "`differentiated`");
                }
                _ => {}
            }
        }
        Some(Good {
            head: head?,
            label: label.take(),
            price: price.take(),
            numeraire: numeraire.take().is_some(),
            nontraded: nontraded.take().is_some(),
            differentiated: differentiated.take(),
        })
    }

    pub fn industry(&mut self, pair: Pair<'_, Rule>) -> Option<Industry> {
        let (mut head, mut label, mut countries) = (None, Once::new(), Once::new());
        let (mut makes, mut technology, mut productivity, mut markup) = (Once::new(), Once::new(), Once::new(), Once::new());
        let mut augmentations = Vec::new();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::member_head => head = Some(self.head(part)?),
                Rule::label => {
                    let given = self.inner_text(part)?;
                    label.set(self, given, span, "the label");
                }
                Rule::in_list => {
                    let given = self.elements(part);
                    countries.set(self, given, span, "the list of countries");
                }
                Rule::makes => {
                    let given = self.inner_name(part)?;
                    makes.set(self, given, span, "`makes`");
                }
                Rule::industry_technology => {
                    let inner = part.into_inner().find(|p| p.as_rule() == Rule::form)?;
                    let given = self.form(inner)?;
                    technology.set(self, given, span, "`technology`");
                }
                Rule::augmentations => augmentations.extend(self.entries(part)?),
                Rule::industry_productivity => {
                    let given = self.inner_expr(part)?;
                    productivity.set(self, given, span, "`productivity`");
                }
                Rule::markup => {
                    let given = self.inner_expr(part)?;
                    markup.set(self, given, span, "`markup`");
                }
                _ => {}
            }
        }
        Some(Industry {
            head: head?,
            label: label.take(),
            countries: countries.take().unwrap_or_default(),
            makes: makes.take(),
            technology: technology.take(),
            productivity: productivity.take(),
            augmentations,
            markup: markup.take(),
        })
    }
}

/// The pairs inside, with those of its block in the block's place.
fn flat<'i>(pair: Pair<'i, Rule>, block: Rule) -> Vec<Pair<'i, Rule>> {
    let mut list = Vec::new();
    for part in pair.into_inner() {
        if part.as_rule() == block { list.extend(part.into_inner()) } else { list.push(part) }
    }
    list
}
