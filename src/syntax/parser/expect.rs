//! What was expected where, in the language's words.

use super::super::lexer::{Token, TokenKind, lex};
use super::super::words;
use super::grammar::{Failure, Rule};
use super::scan::not_yet;
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use std::ops::Range;

/// The text that pest was given and where it stands.
pub struct Context<'a> {
    pub file: FileId,
    /// The whole text, of which pest was given `range`.
    pub text: &'a str,
    pub range: Range<usize>,
    /// The word that begins the declaration; empty in a command's argument.
    pub word: &'a str,
    /// How it is written, for a message that has nothing nearer to say.
    pub form: Option<&'static str>,
}

impl<'a> Context<'a> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn own(&self) -> &'a str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    fn slice(&self, token: &Token) -> &'a str {
        self.own().get(token.range.clone()).unwrap_or_default()
    }

    /// The token at a place within the range and the one before it.
    fn around(&self, at: usize) -> (Option<Token>, Option<Token>) {
        let mut before = None;
        for token in lex(self.own()).filter(|t| !t.kind.is_trivia()) {
            if token.range.end > at {
                return (before, Some(token));
            }
            before = Some(token);
        }
        (before, None)
    }

    /// The diagnostic of a failure, and whether it lies at the end of the text.
    pub fn explain(&self, failure: Failure) -> (Diagnostic, bool) {
        let whole = self.span(self.range.start..self.range.start + self.word.len());
        match failure {
            Failure::Deep => (Diagnostic::new("P012", "nesting is too deep").at(whole, "in this declaration"), false),
            Failure::Long => (Diagnostic::new("P013", "this takes too many steps to read").at(whole, "in this declaration"), false),
            Failure::Unexpected { at, expected } => {
                let (before, found) = self.around(at);
                let at_end = found.is_none();
                let diagnostic = self.later(before.as_ref(), found.as_ref()).unwrap_or_else(|| self.unexpected(before, found, &expected));
                (diagnostic, at_end)
            }
        }
    }

    /// The words of a construct that is not there yet, at the place of failure or right before it.
    fn later(&self, before: Option<&Token>, found: Option<&Token>) -> Option<Diagnostic> {
        let here = found.filter(|t| t.kind.is_word()).and_then(|t| words::later_attribute(self.slice(t), self.word).map(|what| (what, t)));
        // `price world buy`, `110 by beta`: the word was read as a name.
        let earlier = || {
            let token = before.filter(|t| matches!(self.slice(t), "world" | "load" | "benchmark" | "by"))?;
            words::later_attribute(self.slice(token), self.word).map(|what| (what, token))
        };
        let joint = || {
            let token = before.filter(|t| self.slice(t) == "makes")?;
            found.filter(|t| self.slice(t) == "{").map(|_| ("joint products (`makes { … }`)", token))
        };
        let (what, token) = here.or_else(earlier).or_else(joint)?;
        Some(not_yet(what, self.shift(&token.range)))
    }

    fn shift(&self, range: &Range<usize>) -> Span {
        self.span(self.range.start + range.start..self.range.start + range.end)
    }

    fn unexpected(&self, before: Option<Token>, found: Option<Token>, expected: &[Rule]) -> Diagnostic {
        let (span, shown) = match &found {
            Some(token) => (self.shift(&token.range), self.show(token)),
            None => {
                let end = self.range.start + before.as_ref().map_or(0, |t| t.range.end);
                (self.span(end..end), self.end_words().to_string())
            }
        };
        let slice = found.as_ref().map_or("", |t| self.slice(t));
        if let Some(diagnostic) = self.comparison(slice, span, expected) {
            return diagnostic;
        }
        let wanted = describe(expected, self.end_words());
        let operator = expected.iter().any(|r| matches!(r, Rule::plus | Rule::times));
        let names = !operator && (wanted.contains("a name") || wanted.contains("an expression"));
        if names && found.as_ref().is_some_and(|t| super::scan::is_reserved_token(t, slice)) {
            return reserved(slice, span, &wanted);
        }
        let label = if wanted.len() <= 60 { format!("expected {wanted}") } else { "this cannot stand here".to_string() };
        let mut diagnostic = Diagnostic::new("P001", format!("expected {wanted}, found {shown}")).at(span, label);
        let slip = found.as_ref().and_then(|t| self.slip(t, expected, before.as_ref()));
        if let Some(help) = slip.or_else(|| self.help(slice, expected, before.as_ref())) {
            diagnostic = diagnostic.help(help);
        }
        diagnostic
    }

    /// Comparisons where none can stand.
    fn comparison(&self, slice: &str, span: Span, expected: &[Rule]) -> Option<Diagnostic> {
        let operator = expected.iter().any(|r| matches!(r, Rule::plus | Rule::times | Rule::caret));
        match slice {
            "==" if expected.iter().any(|r| matches!(r, Rule::equals | Rule::relation)) => {
                Some(Diagnostic::new("P001", "expected `=`, found `==`").at(span, "one `=` here").help("`==` compares, in guards and after `if`"))
            }
            "=" if expected.contains(&Rule::compare) => {
                Some(Diagnostic::new("P001", "expected a comparison, found `=`").at(span, "`==` compares").help("write `==`; `=` gives a value"))
            }
            "<" | ">" | "<=" | ">=" | "==" | "!=" if matches!(self.word, "assume" | "equation") && operator => {
                let help = "write two declarations, one for each comparison";
                Some(Diagnostic::new("P011", "comparisons in a chain").at(span, "a second comparison").help(help))
            }
            "<" | ">" | "<=" | ">=" | "==" | "!=" if operator => {
                let help = "a comparison stands after `where` and `if`, and in `assume`";
                Some(Diagnostic::new("P014", "a comparison where a number is needed").at(span, "this compares").help(help))
            }
            _ => None,
        }
    }

    fn end_words(&self) -> &'static str {
        if self.word.is_empty() { "the end of the line" } else { "the end of the declaration" }
    }

    fn show(&self, token: &Token) -> String {
        let slice = self.slice(token);
        let short: String = slice.chars().take(40).collect();
        let dots = if short.len() < slice.len() { "…" } else { "" };
        match token.kind {
            TokenKind::Number => format!("the number `{short}{dots}`"),
            TokenKind::String => format!("the string {short}{dots}"),
            _ => format!("`{short}{dots}`"),
        }
    }

    /// What is written so elsewhere: thousands with commas, `;` at the end, `:=`, `L = 0.3` for a weight, `ces { … }`, words in capitals.
    fn slip(&self, found: &Token, expected: &[Rule], before: Option<&Token>) -> Option<String> {
        let slice = self.slice(found);
        let digit = |at: Option<usize>| at.and_then(|at| self.own().as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
        let comma = |at: Option<usize>| at.and_then(|at| self.own().as_bytes().get(at)) == Some(&b',');
        let (start, end) = (found.range.start, found.range.end);
        let inside = slice == "," && digit(start.checked_sub(1)) && digit(Some(end));
        let after = digit(Some(start)) && comma(start.checked_sub(1)) && digit(start.checked_sub(2));
        if inside || after {
            return Some("numbers have no commas: write `1000` for a thousand, and a decimal with a point, `1.3`".into());
        }
        let lower = slice.to_lowercase();
        if lower != slice && (words::begins_declaration(&lower) || words::is_reserved(&lower)) {
            return Some(format!("the language's words are in lower case: `{lower}`"));
        }
        if let Some(help) = self.change_slip(found, expected, before).or_else(|| self.fold_slip(found)) {
            return Some(help);
        }
        let previous = before.map(|t| self.slice(t)).unwrap_or_default();
        match slice {
            "vs" | "versus" | "on" | "by" | "over" | "wrt" if expected.iter().any(|r| matches!(r, Rule::kw_against)) => {
                Some("a picture is drawn `against` a parameter: write `w against beta`".into())
            }
            "against" | "by" | "over" | "on" | "vs" if expected.iter().any(|r| matches!(r, Rule::kw_wrt | Rule::wrt)) => {
                Some("write `w wrt beta`".into())
            }
            _ if found.kind == TokenKind::Number && expected.contains(&Rule::colon) => {
                Some(format!("a colon stands between: write `{previous}: {slice}`"))
            }
            _ if found.kind == TokenKind::Number && expected.contains(&Rule::equals) && before.is_some_and(|t| t.kind.is_word()) => {
                let rest = self.own().get(found.range.start..).unwrap_or(slice);
                let value = rest.split([',', '}', '\n']).next().unwrap_or(slice).trim();
                Some(format!("a value is given with `=`: write `{previous} = {value}`"))
            }
            ";" if expected.contains(&Rule::comma) => Some("entries are separated by commas".into()),
            ";" => Some("nothing ends a declaration: leave the `;` out".into()),
            ":" if expected.iter().any(|r| matches!(r, Rule::equals)) => Some("a value is given with `=`".into()),
            "=" if expected.contains(&Rule::colon) && self.word != "equation" => Some("a colon stands here: `L: 0.3`".into()),
            "{" if before.is_some_and(|t| self.slice(t) == "ces") => Some("`ces` takes its elasticity of substitution: `ces(0.5) { … }`".into()),
            _ => None,
        }
    }

    /// What is written for a sum in other places: `sum(a[g] for g in S)`, `sum(g in S, a[g])`, `sum[g in S] a[g]`, `sum_{g in S} a[g]`, `sum g in S a[g]`.
    fn fold_slip(&self, found: &Token) -> Option<String> {
        let fold = |t: &Token| FOLDS.iter().copied().find(|f| self.slice(t).trim_end_matches('_') == *f);
        let tokens: Vec<Token> = lex(self.own()).filter(|t| !t.kind.is_trivia()).collect();
        let before: Vec<&Token> = tokens.iter().take_while(|t| t.range.start < found.range.start).collect();
        let (at, word) = before.iter().enumerate().rev().find_map(|(at, t)| Some((at, fold(t)?)))?;
        let opened = before.get(at + 1).map_or("", |t| self.slice(t));
        let open = |t: &&Token| i32::from(matches!(self.slice(t), "(" | "[")) - i32::from(matches!(self.slice(t), ")" | "]"));
        if !opened.is_empty() && before.get(at + 1..)?.iter().map(open).sum::<i32>() <= 0 {
            return None;
        }
        let general = || Some(format!("write `{word}(g in S) a[g]`: what is bound stands in the brackets, what is added up behind them"));
        match (opened, self.slice(found)) {
            // The whole of it can be turned round where its bracket closes.
            ("(", "for") => {
                let inside = before.get(at + 1)?.range.end;
                let mut depth = 1;
                let close = tokens.iter().find(|t| {
                    t.range.start > found.range.start && {
                        depth += i32::from(self.slice(t) == "(") - i32::from(self.slice(t) == ")");
                        depth == 0
                    }
                });
                let Some(close) = close else { return general() };
                let body = self.own().get(inside..found.range.start)?.trim();
                let binders = self.own().get(found.range.end..close.range.start)?.trim();
                // What is added up stops at a sum.
                let body = if body.contains(['+', '-']) { format!("({body})") } else { body.to_string() };
                Some(format!("write `{word}({binders}) {body}`"))
            }
            ("(", "in" | "[") | ("[", "in") | ("", _) => general(),
            _ => None,
        }
    }

    /// What is written for a change in other places: `beta 10%`, `beta by -10%`, `beta to 1.2`, `beta falls 10%`.
    fn change_slip(&self, found: &Token, expected: &[Rule], before: Option<&Token>) -> Option<String> {
        if !expected.iter().any(|r| matches!(r, Rule::shift | Rule::set_to)) {
            return None;
        }
        let slice = self.slice(found);
        let start = before.map(|t| t.range.start)?;
        let target = self.own().get(start..before?.range.end)?;
        let rest = self.own().get(found.range.end..)?.trim_start();
        let amount = rest.split([',', '}', '\n']).next().unwrap_or_default().trim();
        let unsigned = amount.trim_start_matches(['-', '+', '−']).trim_start_matches("by ").trim();
        match slice {
            _ if found.kind == TokenKind::Number => {
                let mark = if rest.starts_with('%') { "%" } else { "" };
                Some(format!(
                    "write `{target} +{slice}{mark}` for a rise, `{target} -{slice}{mark}` for a fall, `{target} = {slice}{mark}` for a new value"
                ))
            }
            "by" if amount.starts_with(['-', '+', '−']) => Some(format!("write `{target} {amount}`")),
            "to" | "at" | ":" | "is" => Some(format!("write `{target} = {amount}`")),
            "falls" | "fall" | "down" | "decreases" | "drops" => Some(format!("write `{target} -{unsigned}`")),
            "rises" | "rise" | "up" | "increases" | "by" => Some(format!("write `{target} +{unsigned}`")),
            _ => None,
        }
    }

    /// A word that was nearly written, or the form of the declaration.
    fn help(&self, slice: &str, expected: &[Rule], before: Option<&Token>) -> Option<String> {
        if slice == "*" && before.is_some_and(|t| self.slice(t) == "*") {
            return Some("a power is written with `^`".into());
        }
        if let Some(token) = before.filter(|_| matches!(slice, "-" | "{" | "(")).and_then(|_| self.misspelt_form()) {
            return Some(format!("`{token}` is no technology here: the words are `leontief`, `cobb_douglas`, `ces(σ)`"));
        }
        let near = expected
            .iter()
            .filter_map(|r| words_of(*r))
            .filter_map(|w| w.strip_prefix('`')?.strip_suffix('`'))
            .filter(|w| w.len() > 2 && slice.len() > 1)
            .map(|w| (strsim::damerau_levenshtein(w, slice), w))
            .filter(|(distance, w)| *distance > 0 && *distance <= 1 + w.len() / 4)
            .min();
        if let Some((_, word)) = near {
            return Some(format!("did you mean `{word}`?"));
        }
        self.form.map(|form| format!("write {form}"))
    }
}

impl<'a> Context<'a> {
    /// A word that would be one of a technology's but for its case or a hyphen.
    fn misspelt_form(&self) -> Option<&'a str> {
        let tokens: Vec<Token> = lex(self.own()).filter(|t| !t.kind.is_trivia()).collect();
        // Only what stands where a form does: before its brace, its bracket, or the second half of its name.
        let opens = |t: &Token| matches!(self.slice(t), "{" | "(" | "-");
        let words = tokens.windows(2).filter(|p| p[0].kind == TokenKind::Name && opens(&p[1])).map(|p| self.slice(&p[0]));
        let list: Vec<&str> = words.collect();
        let near = |w: &str| FORMS.iter().any(|f| strsim::damerau_levenshtein(f, w) <= if f.len() > 4 { 2 } else { 1 });
        list.iter().copied().find(|w| {
            let lower = w.to_lowercase();
            !FORMS.contains(w) && (FORMS.contains(&lower.as_str()) || near(&lower) || matches!(lower.as_str(), "cobb" | "cobbdouglas" | "cd"))
        })
    }
}

/// Words of folds over sets.
const FOLDS: [&str; 4] = ["sum", "prod", "min", "max"];

/// Forms of technologies.
const FORMS: [&str; 4] = ["leontief", "cobb_douglas", "ces", "general"];

/// A reserved word where a name is needed.
pub fn reserved(word: &str, span: Span, wanted: &str) -> Diagnostic {
    let help = match word {
        "demand" => "a good's final demand is written `demand[x]`; for a name choose another word".to_string(),
        _ => format!("choose another name: `{word}` begins {}", if words::CONNECTIVES.contains(&word) { "a clause" } else { "a declaration" }),
    };
    Diagnostic::new("P008", format!("`{word}` is a reserved word and cannot be a name")).at(span, format!("expected {wanted}")).help(help)
}

/// Things named in one message.
const MOST: usize = 9;

/// The expected things as one phrase; parts of an expression are called that.
fn describe(expected: &[Rule], end: &'static str) -> String {
    let has = |r: Rule| expected.contains(&r);
    let expression = has(Rule::number) && has(Rule::paren) || has(Rule::expr) || has(Rule::condition) || has(Rule::number) && has(Rule::minus);
    let operator = has(Rule::plus) || has(Rule::times);
    let mut list: Vec<&str> = Vec::new();
    let mut add = |word: &'static str| {
        if !list.contains(&word) {
            list.push(word);
        }
    };
    if expression {
        add("an expression");
    }
    for rule in expected {
        match rule {
            Rule::EOI | Rule::expr | Rule::condition => {}
            Rule::plus | Rule::minus | Rule::times | Rule::slash | Rule::caret | Rule::percent_sign | Rule::compare | Rule::kw_and | Rule::kw_or
                if operator => {}
            Rule::number | Rule::minus | Rule::name | Rule::paren | Rule::table | Rule::conditional | Rule::fold | Rule::fold_word | Rule::kw_if
                if expression => {}
            Rule::lparen | Rule::lbrace | Rule::kw_not if expression => {}
            Rule::string if has(Rule::name) => {}
            Rule::indices | Rule::arguments | Rule::lbracket | Rule::lparen if operator => {}
            rule => {
                if let Some(word) = words_of(*rule) {
                    add(word);
                }
            }
        }
    }
    if operator {
        add("an operator");
    }
    if has(Rule::EOI) {
        add(end);
    }
    if list.len() > MOST {
        list.truncate(MOST - 1);
        list.push("…");
        return list.join(", ");
    }
    match list.as_slice() {
        [] => "something else".to_string(),
        [one] => one.to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// How a rule is called in a message; words and marks as they are typed.
fn words_of(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::ident | Rule::name | Rule::element | Rule::key | Rule::target | Rule::head | Rule::member_head => "a name",
        Rule::number => "a number",
        Rule::string => "a string in quotes",
        Rule::label => "a label in quotes",
        Rule::expr | Rule::product | Rule::weight | Rule::item | Rule::plotted => "an expression",
        Rule::paren => "an expression in brackets",
        Rule::condition | Rule::guard => "a condition",
        Rule::table | Rule::set_list | Rule::lbrace => "`{`",
        Rule::rbrace => "`}`",
        Rule::lparen | Rule::parameters => "`(`",
        Rule::rparen => "`)`",
        Rule::lbracket | Rule::indices | Rule::binding => "`[`",
        Rule::rbracket => "`]`",
        Rule::comma => "`,`",
        Rule::semicolon => "`;`",
        Rule::colon => "`:`",
        Rule::equals | Rule::set_to => "`=`",
        Rule::arrow => "`->`",
        Rule::dots => "`..`",
        Rule::plus => "`+`",
        Rule::minus => "`-`",
        Rule::times => "`*`",
        Rule::slash => "`/`",
        Rule::caret => "`^`",
        Rule::percent_sign => "`%`",
        Rule::compare => "a comparison",
        Rule::relation => "`=`, `>=` or `<=`",
        Rule::shift => "a change like `-10%`, `+1` or `+2pp`",
        Rule::change => "a change like `beta -10%` or `A = 1.5`",
        Rule::axis => "a line like `beta = 1.1..1.5 : 100`",
        Rule::grid | Rule::range => "a range like `1.1..1.5 : 100`",
        Rule::form | Rule::nest | Rule::shape | Rule::named_form => "`leontief`, `cobb_douglas`, `ces(σ)` or a technology's name",
        Rule::input => "an input like `L: 0.3`",
        Rule::binder | Rule::binders => "a binder like `g in S`",
        Rule::channel => "a channel like `productivity = Omega`",
        Rule::entry => "an entry like `L = 100`",
        Rule::point => "a point like `0: 1`",
        Rule::interval => "an interval like `in (0, inf)`",
        Rule::in_list | Rule::kw_in => "`in`",
        Rule::kw_for | Rule::for_clause => "`for`",
        Rule::kw_where => "`where`",
        Rule::kw_then => "`then`",
        Rule::kw_else => "`else`",
        Rule::kw_as => "`as`",
        Rule::mark | Rule::kw_mark => "`mark`",
        Rule::outside | Rule::kw_outside => "`outside`",
        Rule::endowments | Rule::kw_endowment => "`endowment`",
        Rule::prices | Rule::good_price | Rule::factor_price | Rule::kw_price => "`price`",
        Rule::kw_productivity | Rule::country_productivity | Rule::industry_productivity | Rule::augmentations => "`productivity`",
        Rule::specific | Rule::kw_specific => "`specific`",
        Rule::kw_to => "`to`",
        Rule::kw_of => "`of`",
        Rule::offshore | Rule::kw_offshore => "`offshore`",
        Rule::cost | Rule::kw_cost => "`cost`",
        Rule::margin | Rule::kw_margin => "`margin`",
        Rule::bill | Rule::kw_bill => "`bill`",
        Rule::substitution | Rule::kw_substitution => "`substitution`",
        Rule::nontraded | Rule::kw_nontraded => "`nontraded`",
        Rule::good_numeraire | Rule::kw_numeraire => "`numeraire`",
        Rule::differentiated | Rule::kw_differentiated => "`differentiated`",
        Rule::origins | Rule::kw_home => "`home: σ, imports: σ`",
        Rule::kw_imports => "`imports`",
        Rule::weights | Rule::kw_weights => "`weights`",
        Rule::kw_from => "`from`",
        Rule::on_fob | Rule::kw_on => "`on fob`",
        Rule::kw_fob => "`fob`",
        Rule::kw_tax => "`tax`",
        Rule::makes | Rule::kw_makes => "`makes`",
        Rule::industry_technology | Rule::kw_technology => "`technology`",
        Rule::markup | Rule::kw_markup => "`markup`",
        Rule::start | Rule::kw_start => "`start`",
        Rule::kw_complements => "`complements`",
        Rule::kw_normalized => "`normalized`",
        Rule::kw_smooth => "`smooth`",
        Rule::kw_steps => "`steps`",
        Rule::kw_table => "`table`",
        Rule::kw_log => "`log`",
        Rule::kw_pp => "`pp`",
        Rule::in_terms_of => "`in terms of`",
        Rule::kw_terms => "`terms`",
        Rule::wrt | Rule::kw_wrt => "`wrt`",
        Rule::holding | Rule::kw_holding => "`holding`",
        Rule::when | Rule::kw_when => "`when`",
        Rule::kw_falls => "`falls`",
        Rule::kw_rises => "`rises`",
        Rule::kw_against => "`against`",
        Rule::kw_over => "`over`",
        Rule::kw_not => "`not`",
        Rule::kw_and => "`and`",
        Rule::kw_or => "`or`",
        _ => return None,
    })
}

/// The form of a declaration, as the reference writes it.
pub fn synopsis(word: &str) -> Option<&'static str> {
    Some(match word {
        "model" => "`model NAME \"label\"`",
        "import" => "`import NAME`, or `import \"file.trade\" as m`",
        "parameter" => "`parameter NAME = EXPR [in (LOW, HIGH)] [\"label\"]`",
        "set" => "`set NAME = {a, b, c}`",
        "function" => "`function NAME(a, b) = EXPR`",
        "technology" => "`technology NAME(a, b) = FORM`",
        "schedule" => "`schedule NAME(i) = EXPR`, or `= table {0: 1, 1: 3}`, `= steps {0.4: 1, 1: 3}`, or `= load \"F.csv\"`",
        "country" => "`country NAME [\"label\"] [mark \"*\"] [outside] { endowment L = 100  productivity = EXPR  price L = EXPR }`",
        "factor" => "`factor NAME [\"label\"] [price SYMBOL] [specific to INDUSTRY]`",
        "tasks" => "`tasks NAME of FACTOR { offshore A -> B cost EXPR [in x, y] [margin SYMBOL] [bill SYMBOL] [substitution EXPR] }`",
        "good" => "`good NAME [\"label\"] [price [SYMBOL] [= EXPR]] [numeraire] [nontraded] [differentiated(σ) [weights b[from, to]]]`",
        "iceberg" => "`iceberg GOOD from A to B = EXPR [for …]`: units shipped per unit that arrives",
        "tariff" => "`tariff GOOD from A to B = RATE [on fob] [for …]`",
        "export" => "`export tax GOOD from A to B = RATE [for …]`",
        "industry" => "`industry NAME [in COUNTRY] { [makes GOOD]  technology FORM  [productivity EXPR]  [markup EXPR] }`",
        "demand" => "`demand FORM [in COUNTRY]`, with FORM as in `cobb_douglas { x: 0.5, y: 0.5 }`",
        "numeraire" => "`numeraire EXPR`, as in `numeraire w[Home]`",
        "variable" => "`variable NAME [in (LOW, HIGH)] [start EXPR] [\"label\"]`",
        "equation" => "`equation NAME: EXPR = EXPR`, or `EXPR >= EXPR complements VARIABLE`",
        "let" => "`let NAME = EXPR [\"label\"]`",
        "report" => "`report { w, s, welfare[r] for r in R }`",
        "channels" => "`channels of w, s { NAME = VARIABLE, NAME = {VARIABLE, VARIABLE} }`",
        "assume" => "`assume EXPR > EXPR`",
        "shock" => "`shock NAME { beta -10%, A = 1.5 }`",
        "sweep" => "`sweep NAME { beta = 1.1..1.5 : 100 }`",
        _ => return None,
    })
}
