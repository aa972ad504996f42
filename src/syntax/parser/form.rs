//! From pairs to technologies and tastes.

use super::super::tree::*;
use super::expression::Builder;
use super::grammar::Rule;
use pest::iterators::Pair;

impl Builder {
    pub fn form(&mut self, pair: Pair<'_, Rule>) -> Option<Form> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next()?;
        if inner.as_rule() == Rule::nest {
            return self.nest(inner);
        }
        let mut parts = inner.into_inner();
        let name = self.name(&parts.next()?);
        let arguments = match parts.next() {
            Some(arguments) => self.expr_list(arguments)?,
            None => Vec::new(),
        };
        Some(Form { span, kind: FormKind::Named { name, arguments } })
    }

    fn nest(&mut self, pair: Pair<'_, Rule>) -> Option<Form> {
        let span = self.span(&pair);
        let (mut shape, mut normalized, mut inputs) = (None, false, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::shape => shape = Some(self.shape(part)?),
                Rule::kw_normalized => normalized = true,
                Rule::input => inputs.push(self.input(part)?),
                _ => {}
            }
        }
        Some(Form { span, kind: FormKind::Nest { shape: shape?, normalized, inputs } })
    }

    fn shape(&mut self, pair: Pair<'_, Rule>) -> Option<Shape> {
        let word = pair.clone().into_inner().next()?.as_rule();
        Some(match word {
            Rule::kw_leontief => Shape::Leontief,
            Rule::kw_cobb_douglas => Shape::CobbDouglas,
            Rule::kw_ces => Shape::Ces(self.inner_expr(pair)?),
            _ => Shape::General(self.inner_expr(pair)?),
        })
    }

    fn input(&mut self, pair: Pair<'_, Rule>) -> Option<Input> {
        let span = self.span(&pair);
        let (mut key, mut weight, mut nest, mut family) = (None, None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::key => key = Some(self.key(part)?),
                Rule::expr => weight = Some(self.expr(part)?),
                Rule::weighted_nest => {
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::weight => weight = Some(self.expr(inner)?),
                            Rule::nest => nest = Some(self.nest(inner)?),
                            _ => {}
                        }
                    }
                }
                Rule::for_clause => family = Some(self.for_clause(part)?),
                _ => {}
            }
        }
        Some(Input { span, key: key?, weight, nest, family })
    }
}
