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

/// Reserved words that begin a declaration which is not yet in the language, with what it would declare.
pub const LATER_DECLARATIONS: [(&str, &str); 11] = [
    ("household", "households of their own (`household`)"),
    ("tariff", "tariffs (`tariff`)"),
    ("iceberg", "iceberg costs (`iceberg`)"),
    ("tax", "taxes (`tax`)"),
    ("subsidy", "subsidies (`subsidy`)"),
    ("quota", "quotas (`quota`)"),
    ("transfer", "transfers (`transfer`)"),
    ("closure", "closures (`closure`)"),
    ("continuum", "continua of goods (`continuum`)"),
    ("curve", "curves (`curve`)"),
    ("map", "maps between sets (`map`)"),
];

/// Two words, neither of them reserved, that begin a line of a later version together.
pub const LATER_PAIRS: [(&str, &str); 2] = [("wage", "floor"), ("export", "tax")];

/// Reserved words inside declarations.
pub const CONNECTIVES: [&str; 6] = ["in", "for", "where", "if", "then", "else"];

/// Words with a meaning at their place that may be names elsewhere.
pub const CONTEXTUAL: [&str; 48] = [
    "abs",
    "against",
    "and",
    "as",
    "bill",
    "ces",
    "cobb_douglas",
    "complements",
    "cost",
    "endowment",
    "exp",
    "falls",
    "from",
    "general",
    "holding",
    "inf",
    "leontief",
    "ln",
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
    "or",
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
    "sum",
    "table",
    "terms",
    "to",
    "when",
    "wrt",
];

/// Words that stand where an attribute could, the declarations they would stand in, and the construct that they belong to.
const LATER_ATTRIBUTES: [(&str, &[&str], &str); 24] = [
    ("substitution", &["tasks"], "substitution between tasks (`substitution`)"),
    ("steps", &["schedule"], "cost schedules in steps (`steps`)"),
    ("benchmark", &["industry", "demand", "technology"], "the benchmark form of technologies and demand (`benchmark`)"),
    ("transformation", &["industry"], "joint products (`transformation`)"),
    ("differentiated", &["good"], "goods differentiated by origin (`differentiated`)"),
    ("weights", &["good"], "goods differentiated by origin (`weights`)"),
    ("world", &["good"], "goods with two world prices (`world buy … sell …`)"),
    ("export", &[], "export taxes and export demand (`export`)"),
    ("monopolistic", &["industry"], "monopolistic competition (`monopolistic`)"),
    ("heterogeneous", &["industry"], "heterogeneous firms (`heterogeneous`)"),
    ("with", &["industry"], "heterogeneous firms (`with heterogeneous`)"),
    ("marginal", &["industry"], "monopolistic competition (`marginal`)"),
    ("fixed", &["industry"], "fixed costs (`fixed`)"),
    ("entry", &["industry"], "entry costs (`entry`)"),
    ("sell", &["industry"], "costs of selling (`sell`)"),
    ("wage", &[], "wage floors (`wage floor`)"),
    ("owns", &["country"], "ownership of factors and profits (`owns`)"),
    ("load", &["parameter", "set", "schedule"], "data from files (`load`)"),
    ("column", &["parameter", "set", "schedule"], "data from files (`column`)"),
    ("ordered", &["set"], "ordered sets (`ordered`)"),
    ("by", &["shock"], "targets of a shock (`by`)"),
    ("fix", &["shock"], "closures (`fix`)"),
    ("free", &["shock"], "closures (`free`)"),
    ("rent", &["parameter"], "quota rents (`rent`)"),
];

/// Whether the word can never be a name.
pub fn is_reserved(word: &str) -> bool {
    // Most words of a file are names; the longest reserved word is `technology`.
    (2..=10).contains(&word.len()) && (begins_declaration(word) || CONNECTIVES.contains(&word))
}

/// Whether the word begins a declaration, present or to come.
pub fn begins_declaration(word: &str) -> bool {
    DECLARATIONS.contains(&word) || DEFINITIONS.contains(&word) || later_declaration(word).is_some()
}

/// Whether the word means something at its place and may be a name elsewhere.
pub fn is_contextual(word: &str) -> bool {
    CONTEXTUAL.contains(&word)
}

/// What a reserved word of a later version would declare.
pub fn later_declaration(word: &str) -> Option<&'static str> {
    LATER_DECLARATIONS.iter().find(|(w, _)| *w == word).map(|(_, what)| *what)
}

/// The construct of a later version that a word at an attribute's place of a declaration belongs to.
pub fn later_attribute(word: &str, declaration: &str) -> Option<&'static str> {
    let found = LATER_ATTRIBUTES.iter().find(|(w, _, _)| *w == word)?;
    (found.1.is_empty() || found.1.contains(&declaration)).then_some(found.2)
}
