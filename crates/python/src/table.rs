//! The points of a sweep as columns, handed on without a copy.

use crate::arrow::{Column, Stream};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::Arc;
use tasktrade::command::points;

/// Columns of equal length: the axes, `status`, `regime`, `error`, and what was kept.
#[pyclass(frozen, module = "tasktrade._tasktrade")]
pub struct Table {
    columns: Arc<Vec<(String, Column)>>,
    rows: usize,
    axes: usize,
    stopped: bool,
}

/// Where a point ended, by number.
const STATUS: [&str; 5] = ["solved", "indeterminate", "none", "not_found", "outside"];
/// In place of the regime of a point without equilibrium.
const NO_REGIME: &str = "";

impl Table {
    pub fn new(found: points::Table) -> Table {
        let numbers = |list: Vec<(String, Vec<f64>)>| list.into_iter().map(|(name, values)| (name, Column::Numbers(values)));
        let (rows, axes) = (found.status.len(), found.axes.len());
        let mut columns: Vec<(String, Column)> = numbers(found.axes).collect();
        let keys = found.status.iter().map(|s| STATUS.iter().position(|k| k == s).unwrap_or(STATUS.len() - 1) as i32).collect();
        columns.push(("status".into(), Column::Words { keys, words: STATUS.iter().map(|s| s.to_string()).collect() }));
        let none = found.regimes.len();
        let keys = found.regime.iter().map(|k| (*k as usize).min(none) as i32).collect();
        let words = found.regimes.into_iter().chain([NO_REGIME.to_string()]).collect();
        columns.push(("regime".into(), Column::Words { keys, words }));
        columns.push(("error".into(), Column::Numbers(found.error)));
        columns.extend(numbers(found.values));
        Table { columns: Arc::new(columns), rows, axes, stopped: found.stopped }
    }
}

#[pymethods]
impl Table {
    /// The Arrow C stream of the one batch.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // A consumer that wants another type casts what it gets, as the protocol allows.
        let _ = requested_schema;
        PyCapsule::new(py, Stream::new(self.columns.clone(), self.rows), Some(c"arrow_array_stream".to_owned()))
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    #[getter]
    fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.0.clone()).collect()
    }

    /// How many of the first columns are axes.
    #[getter]
    fn axes(&self) -> usize {
        self.axes
    }

    #[getter]
    fn stopped(&self) -> bool {
        self.stopped
    }

    /// A column as a list of numbers or words.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.columns.iter().find(|c| c.0 == name).map(|c| &c.1) {
            None => Ok(None),
            Some(Column::Numbers(values)) => Ok(Some(values.clone().into_pyobject(py)?.into_any())),
            Some(Column::Words { keys, words }) => {
                let list: Vec<&str> = keys.iter().map(|k| words.get(*k as usize).map_or("", String::as_str)).collect();
                Ok(Some(list.into_pyobject(py)?.into_any()))
            }
        }
    }
}
