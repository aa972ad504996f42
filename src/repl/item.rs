//! One declaration of the session's model, as written, with the name that a later one replaces it by.

use crate::model::load::Loaded;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::format::expr_to_string;
use crate::syntax::lexer::lex;
use crate::syntax::tree::{Declaration, Head, ImportPath, Kind, Name};
use std::sync::Arc;

/// A declaration of the main file or typed at the prompt; imported ones are not items.
#[derive(Clone, Debug)]
pub struct Item {
    /// Blanks and comments before it.
    pub lead: Arc<str>,
    pub text: Arc<str>,
    /// Where `text` stands in the session's sources.
    pub span: Span,
    /// `None` for an import, whose declarations are the program's.
    pub loaded: Option<Loaded>,
    pub key: Key,
    /// How messages call it: "parameter `beta`".
    pub words: String,
    pub typed: bool,
}

/// What makes two declarations the same: the second replaces the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// One namespace for all kinds.
    Name(String),
    /// An industry shares its good's name, and may be declared once a country.
    Industry(String, Vec<String>),
    /// Of a kind that has one declaration a model, or one a list: `model`, `report`, `numeraire`, `demand in A`, `channels of w`.
    Kind(&'static str, Vec<String>),
}

impl Key {
    /// Whether a declaration of this key takes the place of one of `old`.
    pub fn replaces(&self, old: &Key) -> bool {
        match (self, old) {
            (Key::Kind("channels", a), Key::Kind("channels", b)) => a.iter().any(|x| b.contains(x)),
            (Key::Industry(a, _), Key::Industry(b, _)) if a != b => false,
            (Key::Industry(_, a), Key::Industry(_, b)) => a == b,
            _ => self == old,
        }
    }
}

/// The word that begins a declaration.
pub fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Model { .. } => "model",
        Kind::Import { .. } => "import",
        Kind::Parameter { .. } => "parameter",
        Kind::Set { .. } => "set",
        Kind::Function { .. } => "function",
        Kind::Technology { .. } => "technology",
        Kind::Schedule { .. } => "schedule",
        Kind::Country(_) => "country",
        Kind::Factor { .. } => "factor",
        Kind::Tasks(_) => "tasks",
        Kind::Good(_) => "good",
        Kind::Industry(_) => "industry",
        Kind::Demand { .. } => "demand",
        Kind::Numeraire { .. } => "numeraire",
        Kind::Variable { .. } => "variable",
        Kind::Equation { .. } => "equation",
        Kind::Let { .. } => "let",
        Kind::Report { .. } => "report",
        Kind::Channels { .. } => "channels",
        Kind::Assume { .. } => "assume",
        Kind::Shock { .. } => "shock",
        Kind::Sweep { .. } => "sweep",
        Kind::Border(b) => b.kind.words(),
    }
}

fn names(list: &[Name]) -> Vec<String> {
    list.iter().map(|n| n.text.to_string()).collect()
}

/// A head's name, or for `country[r in R]` the set it runs over.
fn head(h: &Head) -> String {
    match (&h.name, &h.family) {
        (Some(n), _) => n.text.to_string(),
        (None, Some(family)) => {
            let sets: Vec<String> = family
                .binders
                .iter()
                .map(|b| match &b.set {
                    crate::syntax::tree::SetExpr::Named(n) => n.text.to_string(),
                    crate::syntax::tree::SetExpr::Listed(list) => names(list).join(" "),
                })
                .collect();
            format!("[{}]", sets.join(", "))
        }
        (None, None) => String::new(),
    }
}

/// The name that a declaration gives, if it gives one.
pub fn name_of(d: &Declaration) -> Option<String> {
    let name = match &d.kind {
        Kind::Model { name, .. } | Kind::Set { name, .. } | Kind::Function { name, .. } | Kind::Technology { name, .. } => name.text.to_string(),
        Kind::Schedule { name, .. } | Kind::Shock { name, .. } | Kind::Sweep { name, .. } => name.text.to_string(),
        Kind::Parameter { name, .. }
        | Kind::Factor { name, .. }
        | Kind::Variable { name, .. }
        | Kind::Equation { name, .. }
        | Kind::Let { name, .. } => head(name),
        Kind::Country(c) => head(&c.head),
        Kind::Good(g) => head(&g.head),
        Kind::Industry(i) => head(&i.head),
        Kind::Tasks(t) => t.name.text.to_string(),
        Kind::Import { path, .. } => match path {
            ImportPath::Library(n) => n.text.to_string(),
            ImportPath::File(t) => format!("\"{}\"", t.text),
        },
        Kind::Demand { .. } | Kind::Numeraire { .. } | Kind::Report { .. } | Kind::Channels { .. } | Kind::Assume { .. } => return None,
        Kind::Border(b) => format!("{} from {} to {}", b.good.text, b.from.text, b.to.text),
    };
    Some(name)
}

/// The key of a declaration; `text` is the declaration as written.
pub fn key_of(d: &Declaration, text: &str) -> Key {
    let name = name_of(d).unwrap_or_default();
    match &d.kind {
        Kind::Model { .. } => Key::Kind("model", Vec::new()),
        Kind::Import { alias, .. } => Key::Kind("import", vec![name, alias.as_ref().map(|a| a.text.to_string()).unwrap_or_default()]),
        Kind::Industry(i) => Key::Industry(name, names(&i.countries)),
        Kind::Demand { countries, .. } => Key::Kind("demand", names(countries)),
        Kind::Numeraire { .. } => Key::Kind("numeraire", Vec::new()),
        Kind::Report { .. } => Key::Kind("report", Vec::new()),
        Kind::Channels { of, .. } => Key::Kind("channels", of.iter().map(|i| expr_to_string(&i.value)).collect()),
        Kind::Assume { .. } => Key::Kind("assume", vec![text.split_whitespace().collect::<Vec<_>>().join(" ")]),
        Kind::Border(b) => Key::Kind(b.kind.words(), vec![name]),
        Kind::Country(c) if c.head.name.is_none() => Key::Kind("country", vec![name]),
        Kind::Good(g) if g.head.name.is_none() => Key::Kind("good", vec![name]),
        _ => Key::Name(name),
    }
}

/// How messages call a declaration.
pub fn words_of(d: &Declaration) -> String {
    let kind = kind_word(&d.kind);
    match (name_of(d), &d.kind) {
        (Some(name), _) => format!("{kind} `{name}`"),
        (None, Kind::Channels { of, .. }) => format!("channels of {}", of.iter().map(|i| expr_to_string(&i.value)).collect::<Vec<_>>().join(", ")),
        (None, _) => kind.to_string(),
    }
}

/// The items of one text, from its declarations in order and those of them that the program loaded.
pub fn items(file: FileId, sources: &SourceMap, declarations: &[Declaration], loaded: &[Loaded], typed: bool) -> (Vec<Item>, Arc<str>) {
    let text = sources.file(file).text.clone();
    let mut sorted: Vec<&Declaration> = declarations.iter().collect();
    sorted.sort_by_key(|d| d.span.start);
    let mut at = 0usize;
    let mut out = Vec::new();
    for d in sorted {
        let (start, end) = (d.span.start as usize, d.span.end as usize);
        let own = loaded.iter().find(|l| l.declaration.span == d.span && l.prefix.is_none());
        if own.is_none() && !matches!(d.kind, Kind::Import { .. }) {
            continue;
        }
        let body = text.get(start..end).unwrap_or_default();
        out.push(Item {
            // What is typed begins a line of its own.
            lead: if typed {
                format!("\n{}", text.get(at..start).unwrap_or_default().trim_start()).into()
            } else {
                text.get(at..start).unwrap_or_default().into()
            },
            text: body.into(),
            span: d.span,
            loaded: own.cloned(),
            key: key_of(d, body),
            words: words_of(d),
            typed,
        });
        at = end;
    }
    (out, text.get(at..).unwrap_or_default().into())
}

/// Whether a text contains the name as a word of the language.
pub fn mentions(text: &str, name: &str) -> bool {
    lex(text).any(|t| t.kind.is_word() && text.get(t.range.clone()) == Some(name))
}
