//! From pairs to trade between places: goods told apart by origin, and what borders do to prices.

use super::super::tree::*;
use super::expression::Builder;
use super::grammar::Rule;
use pest::iterators::Pair;

impl Builder {
    pub fn border(&mut self, pair: Pair<'_, Rule>, kind: BorderKind) -> Option<Kind> {
        let (mut places, mut rate, mut on_fob, mut family) = (Vec::new(), None, false, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name | Rule::string => places.push(self.name(&part)),
                Rule::expr => rate = Some(self.expr(part)?),
                Rule::on_fob => on_fob = true,
                Rule::for_clause => family = Some(self.for_clause(part)?),
                _ => {}
            }
        }
        let mut places = places.into_iter();
        let (good, from, to) = (places.next()?, places.next()?, places.next()?);
        Some(Kind::Border(Border { kind, good, from, to, rate: rate?, on_fob, family }))
    }

    pub fn differentiated(&mut self, pair: Pair<'_, Rule>) -> Option<Differentiated> {
        let span = self.span(&pair);
        let (mut origins, mut weights) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => origins = Some(Origins::One(self.expr(part)?)),
                Rule::origins => {
                    let mut list = self.expr_list(part)?.into_iter();
                    origins = Some(Origins::Two { home: list.next()?, imports: list.next()? });
                }
                Rule::weights => weights = Some(self.inner_expr(part)?),
                _ => {}
            }
        }
        Some(Differentiated { span, origins: origins?, weights })
    }
}
