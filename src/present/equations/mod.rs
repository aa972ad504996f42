use crate::{model::Economy, source::SourceMap, system::System};
pub fn text(_s: &System, _e: &Economy, _m: &SourceMap) -> String {
    String::new()
}
pub fn latex(_s: &System, _e: &Economy, _m: &SourceMap) -> String {
    String::new()
}
pub fn json(_s: &System, _e: &Economy, _m: &SourceMap) -> serde_json::Value {
    serde_json::Value::Null
}
