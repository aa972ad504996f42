//! The JSON that machines read: one object a command.

use crate::diag::{Diagnostics, render};
use crate::source::SourceMap;
use serde_json::{Map, Value, json};

/// A number, or null where it is none.
pub fn number(v: f64) -> Value {
    serde_json::Number::from_f64(if v == 0.0 { 0.0 } else { v }).map_or(Value::Null, Value::Number)
}

pub fn optional(v: Option<f64>) -> Value {
    v.map_or(Value::Null, number)
}

/// The frame round every answer.
pub fn envelope(command: &str, ok: bool, diagnostics: &Diagnostics, sources: &SourceMap, body: Map<String, Value>) -> Value {
    let list: Vec<Value> = diagnostics.list.iter().map(|d| render::to_json(d, sources)).collect();
    let mut out = Map::new();
    out.insert("schema".into(), json!(1));
    out.insert("command".into(), json!(command));
    out.insert("ok".into(), json!(ok));
    out.insert("diagnostics".into(), Value::Array(list));
    out.extend(body);
    Value::Object(out)
}
