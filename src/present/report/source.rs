//! The model as written, in the colours of the language's own lexer.

use super::html::escape;
use crate::syntax::lexer::{TokenKind, lex};

/// A source text as `pre`, a class a kind of token; lines are numbered by the style sheet.
pub fn highlighted(text: &str) -> String {
    let mut out = String::from("<pre class=\"source\" tabindex=\"0\"><code>");
    let mut line = String::new();
    let mut end = |line: &mut String| {
        out.push_str(&format!("<span class=\"line\">{line}\n</span>"));
        line.clear();
    };
    for token in lex(text.trim_end()) {
        let slice = text.get(token.range).unwrap_or_default();
        let class = class(token.kind);
        // No element spans two lines.
        for (k, part) in slice.split('\n').enumerate() {
            if k > 0 {
                end(&mut line);
            }
            let part = escape(part.trim_end_matches('\r').trim_start_matches('\u{feff}'));
            match class {
                _ if part.is_empty() => {}
                "" => line.push_str(&part),
                _ => line.push_str(&format!("<span class=\"{class}\">{part}</span>")),
            }
        }
    }
    end(&mut line);
    out.push_str("</code></pre>\n");
    out
}

fn class(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Keyword | TokenKind::Contextual => "k",
        TokenKind::Number => "n",
        TokenKind::String | TokenKind::UnclosedString => "s",
        TokenKind::Comment | TokenKind::UnclosedComment => "c",
        TokenKind::DocComment => "d",
        TokenKind::Operator => "o",
        TokenKind::Error => "e",
        TokenKind::Name | TokenKind::Punctuation | TokenKind::Bracket | TokenKind::Whitespace => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_elements_and_text_is_escaped() {
        let page = highlighted("model a \"<b> & c\"\n/* two\nlines */\n");
        assert_eq!(page.matches("<span class=\"line\">").count(), 3);
        assert!(page.contains("<span class=\"s\">&quot;&lt;b&gt; &amp; c&quot;</span>"));
        assert_eq!(page.matches("<span").count(), page.matches("</span>").count());
    }
}
