//! Comparing numbers by name.

use super::Failures;
use serde_json::{Map, Value};

/// How far two numbers may lie apart: relative to the expected one, and at least `floor`.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub relative: f64,
    pub floor: f64,
}

pub const VALUES: Tolerance = Tolerance { relative: 1e-9, floor: 1e-11 };
pub const DERIVATIVES: Tolerance = Tolerance { relative: 1e-7, floor: 1e-9 };
pub const BORDERS: Tolerance = Tolerance { relative: 1e-8, floor: 1e-10 };
pub const AFTER_SHOCK: Tolerance = Tolerance { relative: 1e-8, floor: 1e-10 };
pub const EFFECTS: Tolerance = Tolerance { relative: 1e-7, floor: 1e-10 };

impl Tolerance {
    pub fn holds(self, got: f64, want: f64) -> bool {
        (got - want).abs() <= (self.relative * want.abs()).max(self.floor)
    }
}

/// The entry of this name; where it is missing, the only one that has more or fewer indices at its end.
///
/// A name may carry its country or leave it out when there is one, and a task set may name where it stands.
pub fn find<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(v) = map.get(name) {
        return Some(v);
    }
    let longer = |long: &str, short: &str| {
        let open = short.strip_suffix(']').map_or_else(|| format!("{short}["), |s| format!("{s}, "));
        long.starts_with(&open)
    };
    let mut hits = map.iter().filter(|(k, _)| longer(k, name) || longer(name, k));
    match (hits.next(), hits.next()) {
        (Some((_, v)), None) => Some(v),
        _ => None,
    }
}

/// Every expected number of `want` against the one of the same name in `got`.
pub fn numbers(failures: &mut Failures, place: &str, got: &Value, want: &Value, tolerance: Tolerance) {
    let empty = Map::new();
    let got = got.as_object().unwrap_or(&empty);
    for (name, value) in want.as_object().into_iter().flatten() {
        let Some(expected) = value.as_f64() else { continue };
        match find(got, name).and_then(Value::as_f64) {
            None => failures.add(format!("{place}: {name} is missing, expected {expected}")),
            Some(x) => {
                failures.check(tolerance.holds(x, expected), || format!("{place}: {name} = {x}, expected {expected}, off by {:.1e}", x - expected))
            }
        }
    }
}

/// Tables of tables: `{row: {name: number}}`.
pub fn tables(failures: &mut Failures, place: &str, got: &Value, want: &Value, tolerance: Tolerance) {
    let empty = Map::new();
    for (row, names) in want.as_object().into_iter().flatten() {
        match find(got.as_object().unwrap_or(&empty), row) {
            None => failures.add(format!("{place}: no row {row}")),
            Some(found) => numbers(failures, &format!("{place}: {row}"), found, names, tolerance),
        }
    }
}
