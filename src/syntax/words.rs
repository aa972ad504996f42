//! The words of the language: reserved ones, contextual ones, and those set aside for what is not there yet.

/// Words that begin a declaration.
pub const DECLARATIONS: [&str; 20] = [
    "model",
    "import",
    "parameter",
    "set",
    "schedule",
    "country",
    "factor",
    "tasks",
    "good",
    "industry",
    "demand",
    "numeraire",
    "variable",
    "equation",
    "let",
    "report",
    "channels",
    "assume",
    "shock",
    "sweep",
];

/// Words that begin a definition with arguments.
pub const DEFINITIONS: [&str; 2] = ["function", "technology"];

/// Reserved words inside declarations.
pub const CONNECTIVES: [&str; 6] = ["in", "for", "where", "if", "then", "else"];

/// Words with a meaning at their place that may be names elsewhere.
pub const CONTEXTUAL: [&str; 65] = [
    "abs",
    "against",
    "and",
    "as",
    "bill",
    "by",
    "ces",
    "cobb_douglas",
    "column",
    "complements",
    "cost",
    "differentiated",
    "endowment",
    "exp",
    "export",
    "falls",
    "fob",
    "from",
    "general",
    "holding",
    "home",
    "iceberg",
    "imports",
    "inf",
    "leontief",
    "ln",
    "load",
    "log",
    "makes",
    "margin",
    "mark",
    "markup",
    "max",
    "min",
    "nontraded",
    "normalized",
    "not",
    "of",
    "offshore",
    "on",
    "or",
    "ordered",
    "outside",
    "over",
    "pp",
    "price",
    "prod",
    "productivity",
    "rises",
    "smooth",
    "specific",
    "sqrt",
    "start",
    "steps",
    "substitution",
    "sum",
    "table",
    "tariff",
    "tax",
    "terms",
    "to",
    "weights",
    "when",
    "wide",
    "wrt",
];

/// Words that stand where an attribute could, the declarations they would stand in, and the construct that they belong to.
const LATER_ATTRIBUTES: [(&str, &[&str], &str); 17] = [
    ("benchmark", &["industry", "demand", "technology"], "the benchmark form of technologies and demand (`benchmark`)"),
    ("transformation", &["industry"], "joint products (`transformation`)"),
    ("world", &["good"], "goods with two world prices (`world buy … sell …`)"),
    ("export", &["good"], "export demand (`export demand`)"),
    ("monopolistic", &["industry"], "monopolistic competition (`monopolistic`)"),
    ("heterogeneous", &["industry"], "heterogeneous firms (`heterogeneous`)"),
    ("with", &["industry"], "heterogeneous firms (`with heterogeneous`)"),
    ("marginal", &["industry"], "monopolistic competition (`marginal`)"),
    ("fixed", &["industry"], "fixed costs (`fixed`)"),
    ("entry", &["industry"], "entry costs (`entry`)"),
    ("sell", &["industry"], "costs of selling (`sell`)"),
    ("owns", &["country"], "ownership of factors and profits (`owns`)"),
    ("by", &["shock"], "targets of a shock (`by`)"),
    ("fix", &["shock"], "closures (`fix`)"),
    ("free", &["shock"], "closures (`free`)"),
    ("rent", &["parameter"], "quota rents (`rent`)"),
    ("to", &["tariff", "export"], "households of their own (`to HOUSEHOLD`)"),
];

/// Whether the word can never be a name.
pub fn is_reserved(word: &str) -> bool {
    // Most words of a file are names; the longest reserved word is `technology`.
    (2..=10).contains(&word.len()) && (begins_declaration(word) || CONNECTIVES.contains(&word))
}

/// Whether the word begins a declaration wherever it stands.
pub fn begins_declaration(word: &str) -> bool {
    DECLARATIONS.contains(&word) || DEFINITIONS.contains(&word)
}

/// Whether the word means something at its place and may be a name elsewhere.
pub fn is_contextual(word: &str) -> bool {
    CONTEXTUAL.contains(&word)
}

/// The construct of a later version that a word at an attribute's place of a declaration belongs to.
pub fn later_attribute(word: &str, declaration: &str) -> Option<&'static str> {
    let found = LATER_ATTRIBUTES.iter().find(|(w, _, _)| *w == word)?;
    (found.1.is_empty() || found.1.contains(&declaration)).then_some(found.2)
}
