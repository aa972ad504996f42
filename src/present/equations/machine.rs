//! The sheet for machines.

use super::given::Given;
use super::latex;
use super::names::Style;
use super::print::{self, Target, print};
use super::sheet::{self, Partner, Relation, Row, sheet};
use super::text;
use crate::model::Economy;
use crate::present::json as number;
use crate::source::SourceMap;
use crate::system::System;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

pub fn render(system: &System, economy: &Economy, sources: &SourceMap) -> Value {
    let sheet = sheet(system, economy, sources, Style::Canonical);
    // Marks may part what canonical names bring together: print forms are given where both have the same row.
    let shown = sheet::sheet(system, economy, sources, Style::Display);
    let printed: FxHashMap<&[String], &Row> = shown.sections.iter().flat_map(|s| &s.rows).map(|r| (r.members.as_slice(), r)).collect();
    let rows = |conditions: bool| -> Vec<Value> {
        let of_kind = sheet.sections.iter().flat_map(|s| s.rows.iter().map(move |r| (s.key, r)));
        let of_kind = of_kind.filter(|(_, r)| (r.relation != Relation::Defined) == conditions);
        of_kind.map(|(key, r)| row(key, r, printed.get(r.members.as_slice()).copied(), sources)).collect()
    };
    json!({
        "model": economy.name.as_deref(),
        "label": economy.label.as_deref(),
        "count": {"equations": sheet.equations, "unknowns": sheet.unknowns},
        "equations": rows(true),
        "definitions": rows(false),
        "given": sheet.givens.iter().map(given).collect::<Vec<_>>(),
    })
}

fn row(condition: &str, r: &Row, printed: Option<&Row>, sources: &SourceMap) -> Value {
    let mut out = Map::new();
    out.insert("condition".into(), json!(condition));
    out.insert("name".into(), json!(r.name));
    out.insert("left".into(), json!(print(&r.left, Target::Ascii)));
    out.insert(
        "relation".into(),
        json!(match r.relation {
            Relation::AtLeast => ">=",
            Relation::Between => "between",
            Relation::Equal | Relation::Defined => "=",
        }),
    );
    out.insert("right".into(), json!(print(&r.right, Target::Ascii)));
    out.insert("partner".into(), r.partner.as_ref().map_or(Value::Null, partner));
    if !r.binders.is_empty() {
        out.insert("for".into(), json!(print::family(&r.binders, r.guard.as_ref(), Target::Ascii)));
    }
    if let Some(p) = printed {
        out.insert("text".into(), json!(text::formula(p)));
        out.insert("latex".into(), json!(latex::row(p, true).trim()));
    }
    out.insert("members".into(), json!(r.members));
    if let Some(words) = &r.words {
        out.insert("written".into(), json!(words));
    }
    if let Some(note) = &r.note {
        out.insert("note".into(), json!(note));
    }
    if let Some(span) = r.origin {
        let (line, column) = sources.line_column(span.file, span.start);
        out.insert("origin".into(), json!({"file": sources.file(span.file).name, "line": line, "column": column}));
    }
    Value::Object(out)
}

fn partner(p: &Partner) -> Value {
    json!({"name": print(&p.term, Target::Ascii), "lower": number::number(p.lower), "upper": number::number(p.upper)})
}

fn given(g: &Given) -> Value {
    let values: Map<String, serde_json::Value> = g.values.iter().map(|v| (v.name.clone(), number::number(v.value))).collect();
    let mut out = Map::new();
    out.insert("kind".into(), json!(g.kind));
    out.insert("name".into(), json!(print(&g.name, Target::Ascii)));
    out.insert("meaning".into(), json!(g.meaning));
    if let Some(f) = &g.follows {
        out.insert("follows".into(), json!(print(f, Target::Ascii)));
    }
    if !g.binders.is_empty() {
        out.insert("for".into(), json!(print::family(&g.binders, g.guard.as_ref(), Target::Ascii)));
    }
    out.insert("values".into(), Value::Object(values));
    Value::Object(out)
}
