//! pest's parser of `grammar/trade.pest`, run within bounds.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};
use std::num::NonZeroUsize;

#[derive(pest_derive::Parser)]
#[grammar = "grammar/trade.pest"]
struct TradeParser;

/// Steps that one declaration may take; a million terms take about a tenth of it.
const CALL_LIMIT: Option<NonZeroUsize> = NonZeroUsize::new(1_000_000_000);

/// Brackets and the like within each other that any thread's stack can hold.
const SHALLOW: usize = 24;

/// Stack for deeper texts, up to the depth that the scan admits.
const DEEP_STACK: usize = 256 << 20;

/// Why pest could not read a text.
#[derive(Debug)]
pub enum Failure {
    /// Nothing of `expected` was found at the byte `at`.
    Unexpected { at: usize, expected: Vec<Rule> },
    /// More steps than the limit.
    Long,
    /// Deeper than the stack.
    Deep,
}

/// The pairs of a text by one rule.
pub fn read(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Failure> {
    // The limit is one number for the whole process; it is always the same one.
    pest::set_call_limit(CALL_LIMIT);
    TradeParser::parse(rule, text).map_err(|error| match error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            Failure::Unexpected { at, expected: positives }
        }
        ErrorVariant::CustomError { message } if message.contains("stack") => Failure::Deep,
        ErrorVariant::CustomError { .. } => Failure::Long,
    })
}

/// Runs `work` where its recursion has room: here if the text is shallow, on a thread of its own otherwise.
///
/// `None` if no thread could be had.
pub fn with_stack<T: Send>(depth: usize, work: impl Fn() -> T + Sync) -> Option<T> {
    if depth <= SHALLOW {
        return Some(work());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, &work).ok()?;
        thread.join().ok()
    })
}

/// Where the last token of a pair ends; the pair itself may go on over blanks and comments.
pub fn end_of(pair: &Pair<'_, Rule>) -> usize {
    let mut end = pair.as_span().end();
    let mut last = pair.clone().into_inner().next_back();
    while let Some(inner) = last {
        end = inner.as_span().end();
        last = inner.into_inner().next_back();
    }
    end
}
