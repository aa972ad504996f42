//! The extension module `tasktrade._tasktrade`: models, questions and sweeps for the Python package, which gives them their types.

mod arrow;
mod model;
mod process;
mod prompt;
mod table;

use pyo3::prelude::*;

#[pymodule]
fn _tasktrade(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<model::Model>()?;
    m.add_class::<prompt::Prompt>()?;
    m.add_class::<table::Table>()?;
    m.add_function(wrap_pyfunction!(process::main, m)?)?;
    m.add_function(wrap_pyfunction!(process::worker, m)?)?;
    m.add_function(wrap_pyfunction!(process::worker_command, m)?)?;
    m.add_function(wrap_pyfunction!(model::chunk, m)?)?;
    m.add_function(wrap_pyfunction!(prompt::words, m)?)?;
    Ok(())
}
